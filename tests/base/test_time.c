#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/time.h"

static void assert_formats(int64_t ts_ns, const char *want)
{
	char text[RC_TIME_TEXT_LEN + 1];
	rc_time_format(ts_ns, text);
	assert_string_equal(text, want);
}

static void assert_parses(const char *text, int64_t want)
{
	int64_t ts_ns = -1;
	assert_int_equal(rc_time_parse(text, &ts_ns), RC_OK);
	assert_true(ts_ns == want);
}

static void whole_range_formats_with_nine_decimals(void **state)
{
	(void)state;
	assert_formats(0, "1970-01-01T00:00:00.000000000Z");
	assert_formats(-1, "1969-12-31T23:59:59.999999999Z");
	assert_formats(INT64_C(951782400) * RC_NS_PER_S, "2000-02-29T00:00:00.000000000Z");
	assert_formats(INT64_C(1763689424) * RC_NS_PER_S + 123456789,
		       "2025-11-21T01:43:44.123456789Z");
	assert_formats(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
	assert_formats(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
}

static void format_and_parse_are_inverse(void **state)
{
	(void)state;
	uint64_t random = 88172645463325252u;
	for (int i = 0; i < 2000; i++) {
		char text[RC_TIME_TEXT_LEN + 1];
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		int64_t ts_ns = (int64_t)(random >> 1) - INT64_C(4000000000000000000);
		rc_time_format(ts_ns, text);
		assert_parses(text, ts_ns);
	}
}

static void parse_takes_fractions_and_offsets(void **state)
{
	(void)state;
	assert_parses("1970-01-01T00:00:01Z", RC_NS_PER_S);
	assert_parses("1970-01-01 00:00:00.5z", RC_NS_PER_S / 2);
	assert_parses("1970-01-01t01:30:00+01:30", 0);
	assert_parses("1969-12-31T23:00:00.000000001-01:00", 1);
	assert_parses("2000-02-29T00:00:00Z", INT64_C(951782400) * RC_NS_PER_S);
}

static void parse_refuses_what_is_no_time(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "now",
					  "2025-11-21",
					  "2025-11-21T01:43:44",
					  "2025-11-21T01:43:44.Z",
					  "2025-11-21T01:43:44.1234567890Z",
					  "2025-11-21T01:43:44Zx",
					  "2025-02-29T00:00:00Z",
					  "2025-13-01T00:00:00Z",
					  "2025-00-01T00:00:00Z",
					  "2025-04-31T00:00:00Z",
					  "2025-01-01T24:00:00Z",
					  "2025-01-01T00:60:00Z",
					  "2025-01-01T00:00:61Z",
					  "2025-01-01T00:00:00+24:00",
					  "2025-1-01T00:00:00Z"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t ts_ns = 42;
		assert_int_equal(rc_time_parse(bad[i], &ts_ns), RC_E_SYNTAX);
		assert_true(ts_ns == 42);
	}
}

static void parse_refuses_years_that_do_not_fit(void **state)
{
	(void)state;
	int64_t ts_ns;
	assert_int_equal(rc_time_parse("2263-01-01T00:00:00Z", &ts_ns), RC_E_RANGE);
	assert_int_equal(rc_time_parse("1600-01-01T00:00:00Z", &ts_ns), RC_E_RANGE);
	assert_int_equal(rc_time_parse("9999-12-31T23:59:59Z", &ts_ns), RC_E_RANGE);
}

static void durations_use_the_unit_people_would(void **state)
{
	(void)state;
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {{0, "0 us"},
		     {42 * RC_NS_PER_US, "42 us"},
		     {400 * RC_NS_PER_US, "0.4 ms"},
		     {25 * RC_NS_PER_MS, "25 ms"},
		     {1900 * RC_NS_PER_MS, "1.9 s"},
		     {720 * RC_NS_PER_S, "12 min"},
		     {12600 * RC_NS_PER_S, "3.5 h"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[24];
		size_t len = rc_duration_format(cases[i].ns, text, sizeof text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(len, strlen(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_range_formats_with_nine_decimals),
		cmocka_unit_test(format_and_parse_are_inverse),
		cmocka_unit_test(parse_takes_fractions_and_offsets),
		cmocka_unit_test(parse_refuses_what_is_no_time),
		cmocka_unit_test(parse_refuses_years_that_do_not_fit),
		cmocka_unit_test(durations_use_the_unit_people_would),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
