#include "tests/decode/frames.h"

static struct bytes error4(unsigned type, unsigned code, struct bytes quote)
{
	struct bytes b = {.len = 0};
	put_u8(&b, type);
	put_u8(&b, code);
	put_zeros(&b, 6);
	put(&b, quote.data, quote.len);
	return ip4(3, 1, 1, b);
}

static struct bytes error6(unsigned type, unsigned code, struct bytes quote)
{
	struct bytes b = {.len = 0};
	put_u8(&b, type);
	put_u8(&b, code);
	put_zeros(&b, 6);
	put(&b, quote.data, quote.len);
	return ip6(3, 1, 58, b);
}

static void icmp_error_gives_the_quoted_datagram(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	for (unsigned six = 0; six < 2; six++) {
		struct bytes b = six ? error6(1, 4, query6()) : error4(3, 3, query4());
		assert_int_equal(feed(f, 101, b), 1);
		const struct rc_obs *o = &f->obs[0];
		assert_int_equal(o->kind, RC_OBS_ICMP);
		assert_int_equal(o->transport, RC_UDP);
		assert_int_equal(o->src.bytes[15], 1);
		assert_int_equal(o->dst.bytes[15], 2);
		assert_int_equal(o->icmp_from.bytes[15], 3);
		assert_int_equal(o->src_port, 4000);
		assert_int_equal(o->dst_port, 53);
		assert_int_equal(o->icmp_type, six ? 1 : 3);
		assert_int_equal(o->icmp_code, six ? 4 : 3);
		assert_true(o->icmp_hard);
		assert_int_equal(o->msg.id, 0x1234);
		assert_true(o->msg.has_question);
	}
	feeder_free(f);
}

static void icmp_is_hard_where_the_packet_did_not_arrive(void **state)
{
	(void)state;
	static const struct {
		bool six;
		unsigned type, code;
		bool hard;
	} rows[] = {
		{false, 3, 1, true},  {false, 3, 13, true},  {false, 3, 4, false},
		{false, 11, 0, true}, {false, 11, 1, false}, {false, 12, 0, false},
		{true, 1, 0, true},   {true, 1, 1, true},    {true, 2, 0, false},
		{true, 3, 0, true},   {true, 3, 1, false},   {true, 4, 1, false},
	};
	struct feeder *f = feeder_new(0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes b = rows[i].six ? error6(rows[i].type, rows[i].code, query6())
					     : error4(rows[i].type, rows[i].code, query4());
		assert_int_equal(feed(f, 101, b), 1);
		assert_int_equal(f->obs[0].icmp_hard, rows[i].hard);
	}
	feeder_free(f);
}

static void icmp_quote_may_be_short(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes quote = query4();
	quote.len = 20 + 8; /* RFC 792: the header and 64 bits */
	assert_int_equal(feed(f, 101, error4(3, 3, quote)), 1);
	assert_int_equal(f->obs[0].src_port, 4000);
	assert_int_equal(f->obs[0].msg.len, 0);
	assert_false(f->obs[0].msg.has_question);
	quote.len = 20 + 8 + 12;
	assert_int_equal(feed(f, 101, error4(3, 3, quote)), 1);
	assert_int_equal(f->obs[0].msg.id, 0x1234);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
	quote.len = 20 + 3;
	assert_int_equal(feed(f, 101, error4(3, 3, quote)), 0);
	assert_int_equal(counter(f, "icmp_no_ports"), 1);
	feeder_free(f);
}

static void icmp_quote_with_options_and_extensions_is_read(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = udp(4000, 53, dns(7, false, 1));
	struct bytes quote = ip4(1, 2, 17, wrap("94 04 00 00", q));
	quote.data[0] = 0x46;
	assert_int_equal(feed(f, 101, error4(3, 1, quote)), 1);
	assert_int_equal(f->obs[0].msg.id, 7);
	quote = ip6(1, 2, 60, wrap("11 00 000000000000", q));
	assert_int_equal(feed(f, 101, error6(1, 3, quote)), 1);
	assert_int_equal(f->obs[0].msg.id, 7);
	feeder_free(f);
}

static void icmp_quoted_tcp_gives_its_ports(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes quote = ip4(1, 2, 6, tcp(4000, 53, 1, 0, TCP_SYN, NULL, 0));
	assert_int_equal(feed(f, 101, error4(3, 13, quote)), 1);
	assert_int_equal(f->obs[0].transport, RC_TCP);
	assert_int_equal(f->obs[0].dst_port, 53);
	assert_int_equal(f->obs[0].msg.len, 0);
	feeder_free(f);
}

static void icmp_extension_is_not_part_of_the_quote(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes quote = query4(), b;
	quote.len = 20 + 8 + 12; /* cut in the middle of the DNS message ... */
	b = error4(3, 3, quote);
	b.data[20 + 5] = (uint8_t)(quote.len / 4); /* ... where RFC 4884 extensions follow */
	put_hex(&b, "20 00 00 00 00 08 01 01 00 00 00 00");
	b.data[3] = (uint8_t)b.len;
	assert_int_equal(feed(f, 101, b), 1);
	assert_int_equal(f->obs[0].msg.len, 12);
	feeder_free(f);
}

static void icmp_of_other_traffic_is_no_observation(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	assert_int_equal(feed(f, 101, error4(3, 3, ip4(1, 2, 17, udp(5, 6, query4())))), 0);
	assert_int_equal(feed(f, 101, error4(8, 0, query4())), 0); /* echo */
	assert_int_equal(feed(f, 101, error6(135, 0, query6())), 0);
	struct bytes later = ip4_fragment(1, 2, 17, 5, 100, "abcdefgh", 8);
	assert_int_equal(feed(f, 101, error4(3, 3, later)), 0);
	assert_int_equal(counter(f, "frames_icmp_other"), 4);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(icmp_error_gives_the_quoted_datagram),
		cmocka_unit_test(icmp_is_hard_where_the_packet_did_not_arrive),
		cmocka_unit_test(icmp_quote_may_be_short),
		cmocka_unit_test(icmp_quote_with_options_and_extensions_is_read),
		cmocka_unit_test(icmp_quoted_tcp_gives_its_ports),
		cmocka_unit_test(icmp_extension_is_not_part_of_the_quote),
		cmocka_unit_test(icmp_of_other_traffic_is_no_observation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
