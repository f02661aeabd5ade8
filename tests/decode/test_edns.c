#include "tests/decode/wire.h"

static struct wire w;
static uint32_t opt_off; /* of the first option */

static struct rc_msg *decode_options(const void *options, size_t len)
{
	put_header(&w, 0x8182, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_A);
	opt_off = w.len + 11;
	put_opt(&w, 0, options, len);
	return decode(&w);
}

#define DECODE(text) decode_options((text), sizeof(text) - 1)

static void fixed_part_is_read(void **state)
{
	(void)state;
	put_header(&w, 0x8180, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_A);
	put_opt(&w, 0x01038001, "", 0);
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_true(m->edns.present);
	assert_true(m->edns.do_bit);
	assert_int_equal(m->edns.version, 3);
	assert_int_equal(m->edns.udp_size, 1232);
	assert_int_equal(m->edns.flags, 0x8001);
	assert_int_equal(m->edns.n_options, 0);
	assert_int_equal(m->rcode, RC_RCODE_BADVERS); /* 0 of the header, 1 above it */
}

static void extended_rcode_adds_to_that_of_the_header(void **state)
{
	(void)state;
	put_header(&w, 0x8187, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_A);
	put_opt(&w, 0x01000000, "", 0);
	assert_int_equal(decode(&w)->rcode, RC_RCODE_BADCOOKIE);
}

static void ede_is_kept_with_its_text(void **state)
{
	(void)state;
	struct rc_msg *m = DECODE("\000\017\000\011\000\026timeout\000\017\000\002\000\003");
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_int_equal(m->edns.n_ede, 2);
	assert_int_equal(m->edns.ede[0].code, 22);
	assert_int_equal(m->edns.ede[0].text_len, 7);
	assert_memory_equal(m->wire + m->edns.ede[0].text_off, "timeout", 7);
	assert_int_equal(m->edns.ede[1].code, 3);
	assert_int_equal(m->edns.ede[1].text_len, 0);
	assert_int_equal(m->edns.n_options, 2);
	assert_true(m->edns.options == UINT64_C(1) << RC_OPTION_EDE);
}

static void ede_beyond_the_ceiling_is_counted_not_kept(void **state)
{
	(void)state;
	char options[6 * (RC_EDE_MAX + 1)];
	for (size_t i = 0; i <= RC_EDE_MAX; i++)
		memcpy(options + 6 * i, "\000\017\000\002\000\006", 6);
	struct rc_msg *m = decode_options(options, sizeof options);
	assert_int_equal(m->edns.n_ede, RC_EDE_MAX);
	assert_int_equal(m->edns.n_options, RC_EDE_MAX + 1);
}

static void ede_text_is_kept_up_to_its_ceiling(void **state)
{
	(void)state;
	char option[4 + 2 + 1100] = "\000\017\004\116\000\006";
	memset(option + 6, 'x', 1100);
	struct rc_msg *m = decode_options(option, sizeof option);
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_int_equal(m->edns.ede[0].text_len, RC_EDE_TEXT_MAX);
}

static void ede_without_code_is_bad(void **state)
{
	(void)state;
	struct rc_msg *m = DECODE("\000\017\000\001\000");
	assert_fault(m, RC_FAULT_OPTION_BAD, opt_off);
	assert_int_equal(m->edns.n_ede, 0);
}

static void cookie_has_8_or_16_to_40_octets(void **state)
{
	(void)state;
	char option[4 + 41] = {0, RC_OPTION_COOKIE};
	for (unsigned len = 0; len <= 41; len++) {
		option[3] = (char)len;
		struct rc_msg *m = decode_options(option, 4 + len);
		bool good = len == 8 || (len >= 16 && len <= 40);
		assert_string_equal(rc_fault_slug(m->fault), good ? "none" : "option_bad");
		assert_int_equal(m->edns.cookie_len, len);
	}
}

static void client_subnet_has_the_octets_of_its_prefix(void **state)
{
	(void)state;
	assert_fault(DECODE("\000\010\000\007\000\001\030\000abc"), RC_FAULT_NONE, 0);
	assert_fault(DECODE("\000\010\000\007\000\001\021\000abc"), RC_FAULT_NONE, 0);
	assert_fault(DECODE("\000\010\000\007\000\001\031\000abc"), RC_FAULT_OPTION_BAD, opt_off);
	assert_fault(DECODE("\000\010\000\011\000\001\041\000abcde"), RC_FAULT_OPTION_BAD, opt_off);
	assert_fault(DECODE("\000\010\000\011\000\002\041\000abcde"), RC_FAULT_NONE, 0);
	assert_fault(DECODE("\000\010\000\004\000\000\000\000"), RC_FAULT_NONE, 0);
	assert_fault(DECODE("\000\010\000\003\000\001\000"), RC_FAULT_OPTION_BAD, opt_off);
}

static void report_channel_is_one_whole_name(void **state)
{
	(void)state;
	assert_fault(DECODE("\000\022\000\003\001a\000"), RC_FAULT_NONE, 0);
	assert_fault(DECODE("\000\022\000\002\001a"), RC_FAULT_OPTION_BAD, opt_off);
	assert_fault(DECODE("\000\022\000\004\001a\000\000"), RC_FAULT_OPTION_BAD, opt_off);
}

static void option_past_the_end_is_short(void **state)
{
	(void)state;
	struct rc_msg *m = DECODE("\000\003\000\001x\000\014\000\005\000\000\000\000");
	assert_fault(m, RC_FAULT_OPTION_SHORT, opt_off + 5);
	assert_int_equal(m->edns.n_options, 1);
	assert_true(m->edns.options == UINT64_C(1) << RC_OPTION_NSID);
	assert_fault(DECODE("\000\003\000"), RC_FAULT_OPTION_SHORT, opt_off);
}

static void options_beyond_the_ceiling_are_counted_not_looked_at(void **state)
{
	(void)state;
	char options[(RC_OPTIONS_MAX + 1) * 4] = {0};
	for (size_t i = 0; i <= RC_OPTIONS_MAX; i++)
		options[4 * i + 1] = RC_OPTION_PADDING;
	options[4 * RC_OPTIONS_MAX + 1] = RC_OPTION_NSID;
	struct rc_msg *m = decode_options(options, sizeof options);
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_int_equal(m->edns.n_options, RC_OPTIONS_MAX + 1);
	assert_true(m->edns.options == UINT64_C(1) << RC_OPTION_PADDING);
}

static void second_opt_is_a_fault_and_the_first_counts(void **state)
{
	(void)state;
	put_header(&w, 0x8180, 1, 0, 0, 2);
	put_question(&w, "example", RC_TYPE_A);
	put_opt(&w, 0x8000, "", 0);
	uint32_t off = w.len;
	put_opt(&w, 0x01000000, "", 0);
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_OPT_TWICE, off);
	assert_true(m->edns.do_bit);
	assert_int_equal(m->rcode, 0);
}

static void opt_of_another_owner_than_the_root_is_a_fault(void **state)
{
	(void)state;
	put_header(&w, 0x8180, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_A);
	uint32_t off = w.len;
	put_rr_literal(&w, RC_TYPE_OPT, "");
	assert_fault(decode(&w), RC_FAULT_OPT_OWNER, off);
}

static void opt_outside_the_additional_section_is_no_edns(void **state)
{
	(void)state;
	put_header(&w, 0x8180, 1, 1, 0, 0);
	put_question(&w, "example", RC_TYPE_A);
	put_opt(&w, 0x01008000, "", 0);
	struct rc_msg *m = decode(&w);
	assert_false(m->edns.present);
	assert_int_equal(m->rcode, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_part_is_read),
		cmocka_unit_test(extended_rcode_adds_to_that_of_the_header),
		cmocka_unit_test(ede_is_kept_with_its_text),
		cmocka_unit_test(ede_beyond_the_ceiling_is_counted_not_kept),
		cmocka_unit_test(ede_text_is_kept_up_to_its_ceiling),
		cmocka_unit_test(ede_without_code_is_bad),
		cmocka_unit_test(cookie_has_8_or_16_to_40_octets),
		cmocka_unit_test(client_subnet_has_the_octets_of_its_prefix),
		cmocka_unit_test(report_channel_is_one_whole_name),
		cmocka_unit_test(option_past_the_end_is_short),
		cmocka_unit_test(options_beyond_the_ceiling_are_counted_not_looked_at),
		cmocka_unit_test(second_opt_is_a_fault_and_the_first_counts),
		cmocka_unit_test(opt_of_another_owner_than_the_root_is_a_fault),
		cmocka_unit_test(opt_outside_the_additional_section_is_no_edns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
