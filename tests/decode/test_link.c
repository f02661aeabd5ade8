#include "tests/decode/frames.h"

struct sample {
	const char *name;
	unsigned linktype;
	const char *header;
	bool ip6;
};

/* One header per row of the table of link types. */
static const struct sample samples[] = {
	{"ethernet", 1, "02 00 00 00 00 01 02 00 00 00 00 02 08 00", false},
	{"null, little-endian", 0, "02 00 00 00", false},
	{"null, big-endian", 0, "00 00 00 02", false},
	{"null, ip6 of Linux", 0, "0a 00 00 00", true},
	{"null, ip6 of FreeBSD", 0, "1c 00 00 00", true},
	{"null, ip6 of macOS", 0, "00 00 00 1e", true},
	{"null with an ethertype", 0, "0f 00 08 00", false},
	{"loop", 108, "00 00 00 02", false},
	{"raw", 101, "", false},
	{"raw 12", 12, "", true},
	{"raw 14", 14, "", false},
	{"ipv4", 228, "", false},
	{"ipv6", 229, "", true},
	{"sll", 113, "00 00 00 01 00 06 02 00 00 00 00 02 00 00 08 00", false},
	{"sll of a GRE device", 113, "00 00 03 0a 00 04 00 00 00 00 00 00 00 00 86 dd", true},
	{"sll2", 276, "86 dd 00 00 00 00 00 01 00 01 00 06 02 00 00 00 00 02 00 00", true},
	{"ppp", 9, "ff 03 00 21", false},
	{"ppp without address", 9, "00 57", true},
	{"ppp, short protocol field", 9, "21", false},
	{"ppp hdlc", 50, "ff 03 00 57", true},
	{"ppp of pppd", 166, "01 03 00 21", false},
	{"ppp with direction", 204, "00 ff 03 00 21", false},
	{"pppoe", 51, "11 00 00 01 00 40 00 21", false},
	{"c-hdlc", 104, "0f 00 08 00", false},
	{"frame relay", 107, "18 41 03 cc", false},
	{"frame relay, snap", 107, "18 41 03 00 80 00 00 00 86 dd", true},
	{"frame relay, Cisco", 107, "18 41 08 00", false},
	{"wifi", 105,
	 "08 02 00 00 020000000001 020000000003 020000000002 00 00 aa aa 03 00 00 00 08 00", false},
	{"wifi qos", 105,
	 "88 01 00 00 020000000001 020000000002 020000000003 00 00 00 00 aa aa 03 00 00 00 86 dd",
	 true},
	{"wifi, four addresses", 105,
	 "08 03 00 00 020000000001 020000000003 020000000004 00 00 020000000002 aa aa 03 00 00 00 "
	 "08 00",
	 false},
	{"radiotap", 127,
	 "00 00 08 00 00 00 00 00 08 02 00 00 020000000001 020000000003 020000000002 00 00"
	 "aa aa 03 00 00 00 08 00",
	 false},
	{"radiotap with padding", 127,
	 "00 00 11 00 03 00 00 00 0000000000000000 20"
	 "88 02 00 00 020000000001 020000000003 020000000002 00 00 00 00 00 00 aa aa 03 00 00 00 "
	 "08 00",
	 false},
	{"ppi", 192, "00 00 08 00 01 00 00 00 02 00 00 00 00 01 02 00 00 00 00 02 08 00", false},
	{"nflog", 239, "02 00 00 00 05 00 01 00 00 00 00 00 30 00 09 00", false},
	{"nflog, big-endian", 239, "02 00 00 00 00 08 00 01 00 00 00 00 00 30 00 09", false},
	{"pktap", 258,
	 "0c 00 00 00 01 00 00 00 01 00 00 00 02 00 00 00 00 01 02 00 00 00 00 02 08 00", false},
	{"pktap by its DLT", 149,
	 "0c 00 00 00 01 00 00 00 01 00 00 00 02 00 00 00 00 01 02 00 00 00 00 02 08 00", false},
	{"arcnet", 129, "01 02 00 00 d4 00 00 01", false},
	{"atm, llc", 100, "aa aa 03 00 00 00 08 00", false},
	{"atm, vc", 100, "", false},
	{"slip", 8, "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", false},
	{"pflog", 117, "05 02 00 00 00 00 00 00", false},
	{"enc", 109, "02 00 00 00 00 00 00 00 00 00 00 00", false},
	{"mpls", 219, "00 01 01 40", false},
	{"mpacket", 274, "55 55 55 55 55 55 55 d5 020000000001 020000000002 08 00", false},
};

static void link_each_row_leads_to_the_message(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		const struct sample *s = &samples[i];
		size_t n = feed(f, s->linktype, wrap(s->header, s->ip6 ? query6() : query4()));
		if (n != 1 || f->obs[0].msg.id != 0x1234)
			fail_msg("%s", s->name);
		assert_int_equal((f->obs[0].flags & RC_OBS_IP6) != 0, s->ip6);
		assert_int_equal(f->obs[0].flags & (RC_OBS_TUNNELLED | RC_OBS_CUT), 0);
	}
	feeder_free(f);
}

static void link_each_row_has_a_sample(void **state)
{
	(void)state;
	for (unsigned linktype = 0; linktype <= UINT16_MAX; linktype++) {
		size_t i = 0;
		while (i < sizeof samples / sizeof *samples && samples[i].linktype != linktype)
			i++;
		bool sampled = i < sizeof samples / sizeof *samples;
		if (rc_decoder_knows_link((uint16_t)linktype) != sampled)
			fail_msg("link type %u has %s", linktype, sampled ? "no row" : "no sample");
	}
}

static void link_each_row_survives_every_cut(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct bytes b = wrap(samples[i].header, samples[i].ip6 ? query6() : query4());
		for (uint32_t caplen = 0; caplen < b.len; caplen++) {
			size_t n = feed_cut(f, samples[i].linktype, &b, caplen);
			if (n)
				assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
		}
	}
	assert_true(counter(f, "frames_cut") > 0);
	feeder_free(f);
}

static void link_source_address_is_the_senders(void **state)
{
	(void)state;
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 2};
	static const char *const names[] = {
		"ethernet", "sll", "sll2", "wifi", "wifi qos", "wifi, four addresses", "radiotap"};
	struct feeder *f = feeder_new(0);
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			if (strcmp(samples[i].name, names[k]) != 0)
				continue;
			feed(f, samples[i].linktype,
			     wrap(samples[i].header, samples[i].ip6 ? query6() : query4()));
			assert_memory_equal(f->obs[0].src_mac, mac, sizeof mac);
		}
	}
	feed(f, 101, query4());
	assert_memory_equal(f->obs[0].src_mac, "\0\0\0\0\0\0", 6);
	feeder_free(f);
}

static void link_unknown_type_is_counted(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	assert_int_equal(feed(f, 65000, query4()), 0);
	assert_int_equal(counter(f, "frames_link_unknown"), 1);
	feeder_free(f);
}

static void link_protected_wifi_is_counted_as_encrypted(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = wrap("08 42 00 00 020000000001 020000000003 020000000002 00 00"
			      "aa aa 03 00 00 00 08 00",
			      query4());
	assert_int_equal(feed(f, 105, b), 0);
	assert_int_equal(counter(f, "frames_encrypted"), 1);
	feeder_free(f);
}

static void link_header_that_names_itself_ends(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	/* a PPI header of length 0 whose link type is PPI */
	assert_int_equal(feed(f, 192, wrap("00 00 00 00 c0 00 00 00", query4())), 0);
	assert_int_equal(counter(f, "frames_too_deep"), 1);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_each_row_leads_to_the_message),
		cmocka_unit_test(link_each_row_has_a_sample),
		cmocka_unit_test(link_each_row_survives_every_cut),
		cmocka_unit_test(link_source_address_is_the_senders),
		cmocka_unit_test(link_unknown_type_is_counted),
		cmocka_unit_test(link_protected_wifi_is_counted_as_encrypted),
		cmocka_unit_test(link_header_that_names_itself_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
