#include "tests/decode/wire.h"

#include <stdio.h>

#include "decode/rr.h"

static struct wire w;
static struct rc_buf buf;

static struct rc_msg *record(unsigned type, unsigned class, const void *rdata, size_t len,
			     struct rc_rr *ret_rr)
{
	put_header(&w, 0x8180, 1, 1, 0, 0);
	put_question(&w, "example.com", type);
	put_u16(&w, 0xc00c);
	put_rr_fixed(&w, type, class, 300, (unsigned)len);
	put_bytes(&w, rdata, len);
	struct rc_msg *m = decode(&w);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	assert_true(rc_rr_next(&it, ret_rr));
	return m;
}

static const char *format(unsigned type, unsigned class, const void *rdata, size_t len)
{
	struct rc_rr rr;
	struct rc_msg *m = record(type, class, rdata, len, &rr);
	rc_buf_clear(&buf);
	rc_rr_format_rdata(m, &rr, &buf);
	rc_buf_putc(&buf, '\0');
	assert_false(buf.failed);
	return buf.data;
}

#define PRINTS(type, rdata, text) \
	assert_string_equal(format((type), RC_CLASS_IN, (rdata), sizeof(rdata) - 1), text)

static void addresses_and_names_print_in_presentation_format(void **state)
{
	(void)state;
	PRINTS(RC_TYPE_A, "\300\000\002\001", "192.0.2.1");
	PRINTS(RC_TYPE_AAAA, "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001", "2001:db8::1");
	PRINTS(RC_TYPE_NS, "\002NS\300\014", "ns.example.com");
	PRINTS(RC_TYPE_MX, "\000\012\000", "10 .");
	PRINTS(RC_TYPE_SRV, "\000\001\000\002\001\273\001a\000", "1 2 443 a");
	PRINTS(RC_TYPE_SOA,
	       "\300\014\001x\300\014\0\0\0\001\0\0\0\002\0\0\0\003\0\0\0\004\377\377\377\377",
	       "example.com x.example.com 1 2 3 4 4294967295");
}

static void addresses_are_those_of_the_internet_and_of_the_right_length(void **state)
{
	static const uint8_t rdata[17] = {192, 0, 2, 1};
	static const struct {
		unsigned type, class, len;
		bool holds;
	} cases[] = {{RC_TYPE_A, RC_CLASS_IN, 4, true},      {RC_TYPE_A, RC_CLASS_CH, 4, false},
		     {RC_TYPE_A, RC_CLASS_IN, 5, false},     {RC_TYPE_A, RC_CLASS_IN, 0, false},
		     {RC_TYPE_AAAA, RC_CLASS_IN, 16, true},  {RC_TYPE_AAAA, RC_CLASS_IN, 4, false},
		     {RC_TYPE_AAAA, RC_CLASS_IN, 17, false}, {RC_TYPE_TXT, RC_CLASS_IN, 4, false}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rc_rr rr;
		struct rc_addr addr, v4 = rc_addr_v4(rdata), v6 = rc_addr_v6(rdata);
		struct rc_msg *m = record(cases[i].type, cases[i].class, rdata, cases[i].len, &rr);
		assert_int_equal(rc_rr_addr(m, &rr, &addr), cases[i].holds);
		if (cases[i].holds)
			assert_true(rc_addr_equal(&addr, cases[i].len == 4 ? &v4 : &v6));
	}
}

static void text_is_quoted_and_ascii(void **state)
{
	(void)state;
	PRINTS(RC_TYPE_TXT, "\003a\"b\003\\\000\351\000", "\"a\\\"b\" \"\\\\\\000\\233\" \"\"");
	PRINTS(257, "\000\005issueca.example", "0 issue \"ca.example\"");
	PRINTS(256, "\000\012\000\001http://x/", "10 1 \"http://x/\"");
	PRINTS(35, "\000\001\000\002\001s\000\000\000", "1 2 \"s\" \"\" \"\" .");
}

/* Plain text of every length, with an odd octet at each place, against one octet at a time. */
static void text_is_escaped_wherever_it_needs_it(void **state)
{
	static const uint8_t odd[] = {0, 31, '"', '\\', 127, 128, 255, ' ', '~'};
	(void)state;
	for (unsigned len = 1; len < 70; len++) {
		for (unsigned i = 0; i < len * sizeof odd; i++) {
			uint8_t rdata[70];
			char want[4 * sizeof rdata + 3], *at = want;
			rdata[0] = (uint8_t)len;
			for (unsigned k = 0; k < len; k++)
				rdata[1 + k] = (uint8_t)('a' + (k + i) % 26);
			rdata[1 + i / sizeof odd] = odd[i % sizeof odd];
			*at++ = '"';
			for (unsigned k = 1; k <= len; k++) {
				uint8_t c = rdata[k];
				if (c < 32 || c > 126)
					at += sprintf(at, "\\%03u", c);
				else
					at += sprintf(at, c == '"' || c == '\\' ? "\\%c" : "%c", c);
			}
			memcpy(at, "\"", 2);
			assert_string_equal(format(RC_TYPE_TXT, RC_CLASS_IN, rdata, len + 1), want);
		}
	}
}

static void dnssec_types_print_as_their_rfcs_say(void **state)
{
	(void)state;
	PRINTS(RC_TYPE_DS, "\117\146\010\002\340\155\104\270", "20326 8 2 e06d44b8");
	PRINTS(RC_TYPE_DNSKEY, "\001\001\003\010abcd", "257 3 8 YWJjZA==");
	PRINTS(RC_TYPE_DNSKEY, "\001\001\003\010", "257 3 8");
	PRINTS(RC_TYPE_RRSIG,
	       "\000\001\010\002\000\000\016\020\177\377\377\377\000\000\000\000\060\071\300\014ab"
	       "c",
	       "A 8 2 3600 20380119031407 19700101000000 12345 example.com YWJj");
	PRINTS(RC_TYPE_NSEC, "\300\014\000\006\100\001\000\000\000\003\001\001\100",
	       "example.com A MX RRSIG NSEC CAA");
	PRINTS(RC_TYPE_NSEC, "\300\014", "example.com");
	PRINTS(RC_TYPE_NSEC3, "\001\001\000\012\002\252\273\005\000\104\062\024\307\000\001\100",
	       "1 1 10 aabb 01234567 A");
	PRINTS(RC_TYPE_NSEC3PARAM, "\001\000\000\000\000", "1 0 0 -");
}

static void service_bindings_print_by_name(void **state)
{
	(void)state;
	PRINTS(RC_TYPE_HTTPS, "\000\000\300\014", "0 example.com");
	PRINTS(RC_TYPE_HTTPS,
	       "\000\001\000"
	       "\000\000\000\004\000\001\000\003"
	       "\000\001\000\006\002h3\002h2"
	       "\000\002\000\000"
	       "\000\003\000\002\001\273"
	       "\000\004\000\010\300\000\002\001\300\000\002\002"
	       "\000\005\000\003abc"
	       "\000\006\000\020\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001"
	       "\000\007\000\002/q"
	       "\002\233\000\002x\001",
	       "1 . mandatory=alpn,port alpn=\"h3,h2\" no-default-alpn port=443 "
	       "ipv4hint=192.0.2.1,192.0.2.2 ech=YWJj ipv6hint=2001:db8::1 dohpath=\"/q\" "
	       "key667=\"x\\001\"");
}

static void service_parameter_that_does_not_fit_makes_the_rdata_print_as_octets(void **state)
{
	(void)state;
	PRINTS(RC_TYPE_SVCB, "\000\001\000\000\003\000\001\001", "\\# 8 0001000003000101");
	/* A length inside the list of protocols that goes past its end. */
	PRINTS(RC_TYPE_SVCB, "\000\001\000\000\001\000\003\005h2", "\\# 10 00010000010003056832");
	PRINTS(RC_TYPE_SVCB, "\000\001\000\000\001\000\004\003a,\\", "1 . alpn=\"a\\\\,\\\\\\\\\"");
	PRINTS(RC_TYPE_SVCB, "\000\001\000\000\012\000\000", "1 . docpath=\"\"");
}

static void rarer_types_print_as_their_rfcs_say(void **state)
{
	(void)state;
	PRINTS(29, "\000\000\026\023\213\015\054\214\177\370\374\245\000\230\225\270",
	       "51 30 12.748 N 0 7 39.611 W -2.00m 0.00m 10000.00m 10.00m");
	PRINTS(29, "\001\000\026\023\213\015\054\214\177\370\374\245\000\230\225\270",
	       "\\# 16 010016138b0d2c8c7ff8fca5009895b8");
	PRINTS(42, "\000\001\030\203\300\000\002\000\002\040\002\040\001",
	       "!1:192.0.2.0/24 2:2001::/32");
	PRINTS(45, "\012\003\002\001g\000key", "10 3 2 g a2V5");
	PRINTS(45, "\012\000\002key", "10 0 2 . a2V5");
	PRINTS(260, "\012\201\300\000\002\001", "10 1 1 192.0.2.1");
	PRINTS(55, "\002\002\000\003\252\273key\001r\000", "2 aabb a2V5 r");
	PRINTS(104, "\000\012\000\024\117\377\377\040\356\144", "10 0014:4fff:ff20:ee64");
	PRINTS(108, "\000\000\136\000\123\052", "00-00-5e-00-53-2a");
	PRINTS(11, "\300\000\002\001\006\000\000\000\100", "192.0.2.1 6 25");
	PRINTS(22, "\107\000", "0x4700");
	PRINTS(32769, "\000\001\010\002\252", "1 8 2 aa");
}

static void tsig_prints_its_error(void **state)
{
	(void)state;
	assert_string_equal(format(RC_TYPE_TSIG, RC_CLASS_ANY,
				   "\001h\000\000\000\145\123\361\000\001\054\000\003abc\022\064"
				   "\000\022\000\000",
				   22),
			    "h 1700000000 300 3 YWJj 4660 BADTIME 0");
}

static void rdata_that_does_not_fit_prints_as_unknown(void **state)
{
	(void)state;
	PRINTS(RC_TYPE_A, "\300\000\002", "\\# 3 c00002");
	PRINTS(RC_TYPE_NS, "\300\377", "\\# 2 c0ff");
	PRINTS(RC_TYPE_TXT, "", "\\# 0");
	PRINTS(65280, "\001\002", "\\# 2 0102");
	assert_string_equal(format(RC_TYPE_A, RC_CLASS_CH, "\000\001\002", 3), "\\# 3 000102");
}

/* Whatever the octets are, what comes out is printable ASCII without spaces at the ends. */
static void output_is_ascii_for_every_type(void **state)
{
	(void)state;
	uint64_t random = 88172645463325252u;
	for (unsigned type = 0; type < 300; type++)
		for (unsigned round = 0; round < 60; round++) {
			uint8_t rdata[40];
			size_t len = round % (sizeof rdata + 1);
			for (size_t i = 0; i < len; i++) {
				random ^= random << 13;
				random ^= random >> 7;
				random ^= random << 17;
				rdata[i] = (uint8_t)(random & (round < 30 ? 0xff : 0x07));
			}
			const char *text = format(type, RC_CLASS_IN, rdata, len);
			for (const char *at = text; *at != '\0'; at++)
				assert_in_range((unsigned char)*at, 32, 126);
			assert_true(text[0] != ' ' &&
				    (text[0] == '\0' || text[strlen(text) - 1] != ' '));
		}
}

static void full_buffer_fails_and_does_not_write_over_its_end(void **state)
{
	(void)state;
	struct rc_rr rr;
	put_header(&w, 0x8180, 1, 1, 0, 0);
	put_question(&w, "example.com", RC_TYPE_TXT);
	put_rr_literal(&w, RC_TYPE_TXT, "\010abcdefgh");
	struct rc_msg *m = decode(&w);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	assert_true(rc_rr_next(&it, &rr));
	struct rc_buf small = rc_buf_init(5);
	rc_rr_format_rdata(m, &rr, &small);
	assert_true(small.failed);
	assert_in_range(small.len, 0, 5);
	rc_buf_free(&small);
}

static int free_buf(void **state)
{
	(void)state;
	rc_buf_free(&buf);
	return 0;
}

static int make_buf(void **state)
{
	(void)state;
	buf = rc_buf_init(1 << 20);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_names_print_in_presentation_format),
		cmocka_unit_test(addresses_are_those_of_the_internet_and_of_the_right_length),
		cmocka_unit_test(text_is_quoted_and_ascii),
		cmocka_unit_test(text_is_escaped_wherever_it_needs_it),
		cmocka_unit_test(dnssec_types_print_as_their_rfcs_say),
		cmocka_unit_test(service_bindings_print_by_name),
		cmocka_unit_test(
			service_parameter_that_does_not_fit_makes_the_rdata_print_as_octets),
		cmocka_unit_test(rarer_types_print_as_their_rfcs_say),
		cmocka_unit_test(tsig_prints_its_error),
		cmocka_unit_test(rdata_that_does_not_fit_prints_as_unknown),
		cmocka_unit_test(output_is_ascii_for_every_type),
		cmocka_unit_test(full_buffer_fails_and_does_not_write_over_its_end),
	};
	return cmocka_run_group_tests(tests, make_buf, free_buf);
}
