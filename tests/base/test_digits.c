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
		char text[10];
		*rc_digits_nine(text, cases[i].value) = '\0';
		assert_string_equal(text, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_print_as_printf_prints_them),
		cmocka_unit_test(nanoseconds_have_nine_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
