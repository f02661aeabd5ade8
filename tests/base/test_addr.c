#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/err.h"

static struct rc_addr parsed(const char *text)
{
	struct rc_addr a;
	assert_int_equal(rc_addr_parse(text, &a), RC_OK);
	return a;
}

static void parse_and_format_are_inverse(void **state)
{
	(void)state;
	static const char *const texts[] = {"0.0.0.0",         "192.0.2.255", "::",      "::1",
					    "2001:db8::a:0:1", "fe80::1",     "ff02::fb"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char text[RC_ADDR_TEXT_MAX];
		struct rc_addr a = parsed(texts[i]);
		assert_string_equal(rc_addr_format(&a, text), texts[i]);
		assert_int_equal(rc_addr_is_v4(&a), strchr(texts[i], ':') == NULL);
	}
}

/* Each pattern of zero groups, with small and large groups between. */
static void text_is_that_of_the_c_library(void **state)
{
	(void)state;
	for (unsigned zeros = 0; zeros < 256; zeros++) {
		for (unsigned fill = 1; fill < 0x10000; fill = fill * 7 + 3) {
			char text[RC_ADDR_TEXT_MAX], want[RC_ADDR_TEXT_MAX];
			uint8_t bytes[16] = {0};
			for (unsigned i = 0; i < 8; i++) {
				if (zeros >> i & 1)
					continue;
				bytes[2 * i] = (uint8_t)(fill >> 8);
				bytes[2 * i + 1] = (uint8_t)fill;
			}
			struct rc_addr a = rc_addr_v6(bytes), b = rc_addr_v4(bytes);
			if (rc_addr_is_v4(&a))
				continue;
			inet_ntop(AF_INET6, bytes, want, sizeof want);
			assert_string_equal(rc_addr_format(&a, text), want);
			inet_ntop(AF_INET, bytes, want, sizeof want);
			assert_string_equal(rc_addr_format(&b, text), want);
		}
	}
}

static void every_octet_of_ipv4_is_text(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		uint8_t bytes[4] = {(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i + 7), (uint8_t)i};
		char text[RC_ADDR_TEXT_MAX], want[RC_ADDR_TEXT_MAX];
		struct rc_addr a = rc_addr_v4(bytes);
		inet_ntop(AF_INET, bytes, want, sizeof want);
		assert_string_equal(rc_addr_format(&a, text), want);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "1.2.3", "1.2.3.256", "1.2.3.4 ", ":::", "localhost"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rc_addr a;
		assert_int_equal(rc_addr_parse(bad[i], &a), RC_E_SYNTAX);
	}
}

static void families_with_the_same_octets_differ(void **state)
{
	(void)state;
	static const uint8_t octets[16] = {192, 0, 2, 1};
	struct rc_addr v4 = rc_addr_v4(octets), v6 = rc_addr_v6(octets),
		       again = parsed("192.0.2.1");
	assert_false(rc_addr_equal(&v4, &v6));
	assert_true(rc_addr_equal(&v4, &again));
}

static void special_ranges_hold_to_their_edges(void **state)
{
	(void)state;
	static const struct {
		const char *addr, *special;
	} cases[] = {
		{"9.255.255.255", NULL},
		{"10.0.0.0", "private-use"},
		{"10.255.255.255", "private-use"},
		{"11.0.0.0", NULL},
		{"100.63.255.255", NULL},
		{"100.64.0.0", "shared-address-space"},
		{"100.127.255.255", "shared-address-space"},
		{"100.128.0.0", NULL},
		{"127.0.0.1", "loopback"},
		{"172.15.255.255", NULL},
		{"172.16.0.0", "private-use"},
		{"172.31.255.255", "private-use"},
		{"172.32.0.0", NULL},
		{"192.0.2.1", "documentation"},
		{"198.17.255.255", NULL},
		{"198.19.255.255", "benchmarking"},
		{"198.20.0.0", NULL},
		{"224.0.0.1", "multicast"},
		{"255.255.255.255", "reserved"},
		{"8.8.8.8", NULL},
		{"::", "unspecified"},
		{"::1", "loopback"},
		{"2001:db8::1", "documentation"},
		{"2001:db9::1", NULL},
		{"fd00::1", "unique-local"},
		{"fe80::1", "link-local"},
		{"febf::1", "link-local"},
		{"ff02::1", "multicast"},
		{"2620:fe::fe", NULL},
		{"4000::1", "unallocated"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rc_addr a = parsed(cases[i].addr);
		const char *special = rc_addr_special(&a);
		if (cases[i].special == NULL)
			assert_null(special);
		else
			assert_string_equal(special == NULL ? "ordinary" : special,
					    cases[i].special);
	}
}

static void ranges_are_known_by_what_they_are_for(void **state)
{
	static const struct {
		const char *addr;
		bool inside, nowhere;
	} cases[] = {
		{"10.1.2.3", true, false},     {"127.0.0.1", true, true},
		{"::1", true, true},           {"fd00::1", true, false},
		{"0.0.0.0", true, true},       {"::", false, true},
		{"240.0.0.1", false, true},    {"192.0.2.1", false, false},
		{"100.64.0.1", false, false},  {"8.8.8.8", false, false},
		{"2620:fe::fe", false, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rc_addr a = parsed(cases[i].addr);
		assert_int_equal(rc_addr_is_inside(&a), cases[i].inside);
		assert_int_equal(rc_addr_is_nowhere(&a), cases[i].nowhere);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_known_by_what_they_are_for),
		cmocka_unit_test(parse_and_format_are_inverse),
		cmocka_unit_test(text_is_that_of_the_c_library),
		cmocka_unit_test(every_octet_of_ipv4_is_text),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(families_with_the_same_octets_differ),
		cmocka_unit_test(special_ranges_hold_to_their_edges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
