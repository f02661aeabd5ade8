#include <pcap/pcap.h>

#include "capture/filter.h"
#include "decode/decoder.h"
#include "decode/encap.h"
#include "decode/obs.h"
#include "tests/capture/packets.h"

static bool passes(struct rc_filter *filter, const uint8_t *data, uint32_t len, uint16_t linktype)
{
	struct rc_frame frame = {.data = data, .caplen = len, .len = len, .linktype = linktype};
	char why[RC_FILTER_WHY_MAX];
	bool pass = false;
	assert_int_equal(rc_filter_match(filter, &frame, why, &pass), RC_OK);
	return pass;
}

static struct rc_filter *default_filter(bool vlan)
{
	char text[4096], why[RC_FILTER_WHY_MAX];
	struct rc_filter *filter = NULL;
	struct rc_buf carriers = rc_buf_init(sizeof text);
	rc_decoder_carriers(&carriers);
	rc_buf_putc(&carriers, '\0');
	assert_int_equal(rc_filter_write_default(NULL, 0, carriers.data, vlan, text, sizeof text),
			 RC_OK);
	rc_buf_free(&carriers);
	assert_int_equal(rc_filter_new(text, why, &filter), RC_OK);
	return filter;
}

static void default_filter_passes_every_encapsulation_and_little_else(void **state)
{
	(void)state;
	struct rc_filter *filter = default_filter(true);
	for (size_t i = 0; i < N_ENCAPSULATIONS; i++) {
		struct frame f;
		write_frame(&f, encapsulations[i].headers);
		if (passes(filter, f.data, f.len, 1) != encapsulations[i].pass)
			fail_msg("%s: must%s pass", encapsulations[i].name,
				 encapsulations[i].pass ? "" : " not");
	}
	rc_filter_free(filter);
}

/*
 * The frame that a row of decode's table is found in; how: the n-th way it may come, false if there is
 * none. Behind a VLAN tag stands a DNS packet: the filter looks through tags, it does not pass them all.
 */
static bool write_row(size_t i, uint16_t value, unsigned how, struct frame *f)
{
	enum rc_encap_key key = rc_encaps[i].key;
	bool tagged = how & 1, v6 = how & 2, reply = how & 4, is_tag = i == RC_ENCAP_VLAN;
	bool by_type = key == RC_ENCAP_KEY_ETHERTYPE,
	     by_port = is_tag || key == RC_ENCAP_KEY_UDP_PORT;
	unsigned ip = v6 ? IP6 : IP4, type = by_type ? value : ip, port = is_tag ? 53 : value;
	*f = (struct frame){.len = 0};
	put_ethernet(f, tagged ? 0x88a8 : type);
	if (tagged)
		put_tag(f, type);
	if (is_tag)
		put_tag(f, ip);
	if (is_tag || !by_type) {
		unsigned proto = by_port ? UDP : value;
		if (v6)
			put_ip6(f, proto);
		else
			put_ip4(f, proto, 0);
	}
	if (by_port)
		put_ports(f, reply ? port : 50000, reply ? 50000 : port);
	f->len = 128;
	return by_port || !reply;
}

static void default_filter_passes_every_row_of_decodes_table(void **state)
{
	(void)state;
	struct rc_filter *filter = default_filter(true);
	struct frame f;
	for (size_t i = 0; i < RC_ENCAP_COUNT; i++) {
		const struct rc_encap_row *row = &rc_encaps[i];
		if (row->key == RC_ENCAP_KEY_LAYER)
			continue;
		for (unsigned k = 0; k < 3 && row->values[k] != 0; k++)
			for (unsigned how = 0; how < 8; how++)
				if (write_row(i, row->values[k], how, &f) &&
				    !passes(filter, f.data, f.len, 1))
					fail_msg("%s, number %u, way %u: must pass",
						 rc_encap_name(i), row->values[k], how);
	}
	rc_filter_free(filter);
}

/* Without the vlan keyword: raw IP and cooked frames, tagged ones whole. */
static void default_filter_works_without_ethernet(void **state)
{
	(void)state;
	struct rc_filter *filter = default_filter(false);
	for (size_t i = 0; i < N_ENCAPSULATIONS; i++) {
		struct frame f, cooked = {.len = 0};
		const struct encapsulation *e = &encapsulations[i];
		write_frame(&f, e->headers);
		if (strchr("LI", e->headers[1])) /* LLC is looked for on Ethernet alone */
			continue;
		bool tagged = strchr("vqo", e->headers[1]) != NULL;
		put(&cooked, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0", 14);
		put(&cooked, f.data + 12, 100);
		assert_int_equal(passes(filter, cooked.data, cooked.len, 113), e->pass || tagged);
		if (e->headers[1] == '4' || e->headers[1] == '6')
			assert_int_equal(passes(filter, f.data + 14, f.len - 14, 101), e->pass);
	}
	rc_filter_free(filter);
}

static void default_filter_takes_the_ports_given(void **state)
{
	static const uint16_t ports[] = {5353, 54};
	char text[2048], why[RC_FILTER_WHY_MAX];
	struct rc_filter *filter;
	struct frame f;
	(void)state;
	assert_int_equal(rc_filter_write_default(ports, 2, NULL, true, text, sizeof text), RC_OK);
	assert_int_equal(rc_filter_new(text, why, &filter), RC_OK);
	for (unsigned port = 50; port < 60; port++) {
		write_frame(&f, "Ev4");
		f.len = 38;
		put_ports(&f, 4000, port);
		f.data[18 + 9] = UDP;
		assert_int_equal(passes(filter, f.data, f.len, 1), port == 54);
	}
	rc_filter_free(filter);
}

static void default_filter_for_sixteen_ports_fits_or_says_full(void **state)
{
	uint16_t ports[16];
	char text[2048];
	(void)state;
	for (uint16_t i = 0; i < 16; i++)
		ports[i] = (uint16_t)(65520 + i);
	assert_int_equal(rc_filter_write_default(ports, 16, NULL, true, text, sizeof text), RC_OK);
	size_t len = strlen(text);
	assert_int_equal(rc_filter_write_default(ports, 16, NULL, true, text, len), RC_E_FULL);
	assert_int_equal(rc_filter_write_default(ports, 16, NULL, true, text, len + 1), RC_OK);
}

static void link_types_are_numbered_as_in_files(void **state)
{
	(void)state;
	assert_int_equal(rc_filter_linktype_of_dlt(DLT_RAW), 101);
	assert_int_equal(rc_filter_dlt_of_linktype(101), DLT_RAW);
	assert_int_equal(rc_filter_linktype_of_dlt(DLT_EN10MB), 1);
	assert_int_equal(rc_filter_dlt_of_linktype(276), DLT_LINUX_SLL2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_filter_passes_every_encapsulation_and_little_else),
		cmocka_unit_test(default_filter_passes_every_row_of_decodes_table),
		cmocka_unit_test(default_filter_works_without_ethernet),
		cmocka_unit_test(default_filter_takes_the_ports_given),
		cmocka_unit_test(default_filter_for_sixteen_ports_fits_or_says_full),
		cmocka_unit_test(link_types_are_numbered_as_in_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
