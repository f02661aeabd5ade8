#include "tests/decode/frames.h"

#include <stdio.h>

enum carrier { IN_ETHER, IN_IP, IN_UDP };
enum inner { INNER_IP4, INNER_IP6, INNER_ETHER };

struct sample {
	const char *counter;
	enum carrier carrier;
	unsigned number; /* ethertype, IP protocol, UDP port */
	const char *header;
	enum inner inner;
	bool tunnel;
	unsigned vlan;
};

static const struct sample samples[] = {
	{"encap_vlan", IN_ETHER, 0x8100, "20 2a 08 00", INNER_IP4, false, 42},
	{"encap_vlan", IN_ETHER, 0x88a8, "00 07 81 00 00 08 86 dd", INNER_IP6, false, 7},
	{"encap_vlan", IN_ETHER, 0x9100, "00 09 81 00 00 08 08 00", INNER_IP4, false, 9},
	{"encap_pbb", IN_ETHER, 0x88e7, "00 00 00 01", INNER_ETHER, false, 0},
	{"encap_vntag", IN_ETHER, 0x8926, "00 00 00 01 08 00", INNER_IP4, false, 0},
	{"encap_mpls", IN_ETHER, 0x8847, "00 01 00 40 00 02 01 40", INNER_IP4, false, 0},
	{"encap_mpls", IN_ETHER, 0x8848, "00 02 01 40", INNER_IP6, false, 0},
	{"encap_mpls", IN_ETHER, 0x8847, "00 02 01 40 00 00 00 00", INNER_ETHER, false, 0},
	{"encap_pppoe", IN_ETHER, 0x8864, "11 00 00 01 00 40 00 21", INNER_IP4, false, 0},
	{"encap_llc", IN_ETHER, 0x0040, "aa aa 03 00 00 00 86 dd", INNER_IP6, false, 0},
	{"encap_ipip", IN_IP, 4, "", INNER_IP4, true, 0},
	{"encap_sit", IN_IP, 41, "", INNER_IP6, true, 0},
	{"encap_gre", IN_IP, 47, "00 00 08 00", INNER_IP4, true, 0},
	{"encap_gre", IN_IP, 47, "b0 00 86 dd 00000000 00000001 00000002", INNER_IP6, true, 0},
	{"encap_teb", IN_IP, 47, "20 00 65 58 00 00 00 01", INNER_ETHER, true, 0},
	{"encap_gre", IN_IP, 47, "30 81 88 0b 00000000 00000001 00000002 21", INNER_IP4, true, 0},
	{"encap_gre", IN_IP, 47, "00 00 88 be", INNER_ETHER, true, 0},
	{"encap_erspan2", IN_IP, 47, "10 00 88 be 00000001 10010001 00000000", INNER_ETHER, true,
	 0},
	{"encap_erspan3", IN_IP, 47, "10 00 22 eb 00000001 20010001 00000000 00000000", INNER_ETHER,
	 true, 0},
	{"encap_erspan3", IN_IP, 47,
	 "10 00 22 eb 00000001 20010001 00000000 00000001 0000000000000000", INNER_ETHER, true, 0},
	{"encap_ah", IN_IP, 51, "04 04 00 00 00000001 00000001 000000000000000000000000", INNER_IP4,
	 true, 0},
	{"encap_etherip", IN_IP, 97, "30 00", INNER_ETHER, true, 0},
	{"encap_mpls_ip", IN_IP, 137, "00 02 01 40", INNER_IP4, true, 0},
	{"encap_vxlan", IN_UDP, 4789, "08 00 00 00 00 00 01 00", INNER_ETHER, true, 0},
	{"encap_vxlan", IN_UDP, 8472, "08 00 00 00 00 00 01 00", INNER_ETHER, true, 0},
	{"encap_vxlan", IN_UDP, 4790, "0c 00 00 01 00 00 01 00", INNER_IP4, true, 0},
	{"encap_geneve", IN_UDP, 6081, "01 00 65 58 00 00 01 00 00000000", INNER_ETHER, true, 0},
	{"encap_geneve", IN_UDP, 6081, "00 00 86 dd 00 00 01 00", INNER_IP6, true, 0},
	{"encap_gtpu", IN_UDP, 2152, "30 ff 00 40 00 00 00 01", INNER_IP4, true, 0},
	{"encap_gtpu", IN_UDP, 2152, "34 ff 00 40 00000001 0000 00 85 01 00 09 00", INNER_IP6, true,
	 0},
	{"encap_teredo", IN_UDP, 3544, "", INNER_IP6, true, 0},
	{"encap_teredo", IN_UDP, 3544, "0001 00 00 0000000000000000 00 0000 000000000000",
	 INNER_IP6, true, 0},
	{"encap_tzsp", IN_UDP, 37008, "01 00 00 01 00 0a 01 ff 01", INNER_ETHER, true, 0},
	{"encap_mpls_udp", IN_UDP, 6635, "00 02 01 40", INNER_IP4, true, 0},
};

static struct bytes carry(const struct sample *s)
{
	struct bytes b = s->inner == INNER_IP6 ? query6() : query4();
	if (s->inner == INNER_ETHER)
		b = ether(0x0800, b);
	b = wrap(s->header, b);
	if (s->carrier == IN_ETHER)
		return ether(s->number, b);
	if (s->carrier == IN_UDP)
		b = udp(50000, s->number, b);
	return ether(0x0800, ip4(11, 12, s->carrier == IN_UDP ? 17 : s->number, b));
}

static void encap_each_row_leads_to_the_message(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		const struct sample *s = &samples[i];
		uint64_t before = counter(f, s->counter);
		size_t n = feed(f, 1, carry(s));
		if (n != 1 || f->obs[0].msg.id != 0x1234 || f->obs[0].src_port != 4000)
			fail_msg("%s (%zu)", s->counter, i);
		assert_true(counter(f, s->counter) > before);
		assert_int_equal((f->obs[0].flags & RC_OBS_TUNNELLED) != 0, s->tunnel);
		assert_int_equal((f->obs[0].flags & RC_OBS_IP6) != 0, s->inner == INNER_IP6);
		assert_int_equal(f->obs[0].vlan, s->vlan);
		assert_int_equal(f->obs[0].src.bytes[15], 1);
	}
	feeder_free(f);
}

static void encap_each_row_has_a_sample(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	const char *name;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		feed(f, 1, carry(&samples[i]));
	for (size_t i = 0; (name = rc_encap_name(i)) != NULL; i++) {
		char text[64];
		snprintf(text, sizeof text, "encap_%s", name);
		if (counter(f, text) == 0)
			fail_msg("%s: no sample", name);
	}
	feeder_free(f);
}

static void encap_path_and_innermost_vlan_are_kept(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	const char *names[RC_ENCAP_DEPTH_MAX];
	struct bytes b = wrap("00 64 08 00", query4()); /* VLAN 100 */
	b = wrap("08000000 00000100", ether(0x8100, b));
	b = ether(0x88a8, wrap("00 07 81 00 00 08 08 00", ip4(11, 12, 17, udp(5, 4789, b))));
	assert_message(f, feed(f, 1, b), 0x1234);
	assert_int_equal(f->obs[0].vlan, 7);
	assert_int_equal(f->obs[0].inner_vlan, 100);
	assert_int_equal(rc_encap_list(f->obs[0].encaps, names), 5);
	assert_string_equal(names[0], "vlan");
	assert_string_equal(names[1], "vlan");
	assert_string_equal(names[2], "vxlan");
	assert_string_equal(names[3], "ethernet");
	assert_string_equal(names[4], "vlan");
	assert_message(f, feed(f, 1, ether(0x0800, query4())), 0x1234); /* nothing stays */
	assert_int_equal(f->obs[0].inner_vlan, 0);
	assert_int_equal(rc_encap_list(f->obs[0].encaps, names), 0);
	b = query4();
	for (unsigned i = 0; i < RC_ENCAP_DEPTH_MAX; i++)
		b = ip4(1, 2, 4, b);
	assert_message(f, feed(f, 1, ether(0x0800, b)), 0x1234);
	assert_int_equal(rc_encap_list(f->obs[0].encaps, names), RC_ENCAP_DEPTH_MAX);
	feeder_free(f);
}

static void encap_each_row_survives_every_cut(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct bytes b = carry(&samples[i]);
		for (uint32_t caplen = 0; caplen < b.len; caplen++) {
			size_t n = feed_cut(f, 1, &b, caplen);
			if (n)
				assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
		}
	}
	feeder_free(f);
}

static void encap_nesting_is_bounded(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = query4();
	for (unsigned i = 0; i < 8; i++)
		b = ip4(1, 2, 4, b);
	assert_message(f, feed(f, 1, ether(0x0800, b)), 0x1234);
	assert_int_equal(feed(f, 1, ether(0x0800, ip4(1, 2, 4, b))), 0);
	assert_int_equal(counter(f, "frames_too_deep"), 1);
	feeder_free(f);
}

static void encap_inner_ethernet_gives_the_source_address(void **state)
{
	(void)state;
	static const uint8_t inner[6] = {2, 0, 0, 0, 0, 9};
	struct feeder *f = feeder_new(0);
	struct bytes b = wrap("08000000 00000100 020000000008 020000000009 0800", query4());
	feed(f, 1, ether(0x0800, ip4(11, 12, 17, udp(50000, 4789, b))));
	assert_memory_equal(f->obs[0].src_mac, inner, sizeof inner);
	feeder_free(f);
}

static void encap_port_alone_does_not_make_a_tunnel(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes junk = wrap("00 00 00 00 00 00 00 00", query4());
	assert_int_equal(feed(f, 101, ip4(1, 2, 17, udp(5, 4789, junk))), 0);
	assert_int_equal(feed(f, 101, ip4(1, 2, 17, udp(5, 2152, junk))), 0);
	assert_int_equal(counter(f, "frames_other_port"), 2);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encap_each_row_leads_to_the_message),
		cmocka_unit_test(encap_each_row_has_a_sample),
		cmocka_unit_test(encap_path_and_innermost_vlan_are_kept),
		cmocka_unit_test(encap_each_row_survives_every_cut),
		cmocka_unit_test(encap_nesting_is_bounded),
		cmocka_unit_test(encap_inner_ethernet_gives_the_source_address),
		cmocka_unit_test(encap_port_alone_does_not_make_a_tunnel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
