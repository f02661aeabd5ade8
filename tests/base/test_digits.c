#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/digits.h"

static void check(uint64_t value)
{
	char text[RC_DIGITS_MAX + 1], want[32];
	snprintf(want, sizeof want, "%llu", (unsigned long long)value);
	*rc_digits_put(text, value) = '\0';
	assert_string_equal(text, want);
}

static void numbers_print_as_printf_prints_them(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 20000; value++)
		check(value);
	for (uint64_t power = 10; power < UINT64_MAX / 10; power *= 10) {
		check(power - 1);
		check(power);
		check(power * 9 + 1);
	}
	check(UINT64_MAX);
	for (uint64_t value = 1, i = 0; i < 100000; i++) {
		value = value * UINT64_C(6364136223846793005) + 1442695040888963407u;
		check(value >> (value & 63));
	}
}

static void octets_print_as_printf_prints_them(void **state)
{
	uint8_t in[9];
	char text[2 * sizeof in + 1], want[2 * sizeof in + 1];
	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		size_t n = i % (sizeof in + 1);
		for (size_t k = 0; k < sizeof in; k++) {
			in[k] = (uint8_t)(i * (2 * k + 1) + k);
			snprintf(want + 2 * k, 3, "%02x", in[k]);
		}
		want[2 * n] = '\0';
		*rc_hex_put(text, in, n) = '\0';
		assert_string_equal(text, want);
	}
}

/* RFC 4648 10, and what lies at the ends of the alphabet. */
static void base64_is_that_of_its_specification(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {{"", ""},
		     {"f", "Zg=="},
		     {"fo", "Zm8="},
		     {"foo", "Zm9v"},
		     {"foob", "Zm9vYg=="},
		     {"fooba", "Zm9vYmE="},
		     {"foobar", "Zm9vYmFy"},
		     {"\xff\xef\xbe", "/+++"},
		     {"\x01\x02\x03", "AQID"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[16];
		*rc_base64_put(text, cases[i].in, strlen(cases[i].in)) = '\0';
		assert_string_equal(text, cases[i].want);
	}
}

static void short_hexadecimal_numbers_print_as_printf_prints_them(void **state)
{
	(void)state;
	for (unsigned value = 0; value < 0x10000; value++) {
		uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};
		char text[8], want[8];
		snprintf(want, sizeof want, "%x", value);
		*rc_hex_put_short(text, octets) = '\0';
		assert_string_equal(text, want);
	}
}

static void nanoseconds_have_nine_digits(void **state)
{
	static const struct {
		uint32_t value;
		const char *want;
	} cases[] = {{0, "000000000"},         {1, "000000001"},         {99999999, "099999999"},
		     {123456789, "123456789"}, {900000010, "900000010"}, {999999999, "999999999"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[RC_DIGITS_MAX];
		*rc_digits_nine(text, cases[i].value) = '\0';
		assert_string_equal(text, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_print_as_printf_prints_them),
		cmocka_unit_test(numbers_print_as_printf_prints_them),
		cmocka_unit_test(base64_is_that_of_its_specification),
		cmocka_unit_test(short_hexadecimal_numbers_print_as_printf_prints_them),
		cmocka_unit_test(nanoseconds_have_nine_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
