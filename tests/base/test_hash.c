#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"

enum { BUCKETS = 1024 };

static void every_octet_length_and_seed_matters(void **state)
{
	(void)state;
	unsigned char data[64];
	memset(data, 'x', sizeof data);
	for (size_t len = 0; len < sizeof data; len++) {
		uint64_t h = rc_hash_bytes(1, data, len);
		assert_true(h != rc_hash_bytes(2, data, len));
		assert_true(h != rc_hash_bytes(1, data, len + 1));
		for (size_t i = 0; i < len; i++) {
			data[i] ^= 1;
			assert_true(h != rc_hash_bytes(1, data, len));
			data[i] ^= 1;
		}
	}
}

static void zeros_of_different_length_differ(void **state)
{
	(void)state;
	static const unsigned char zeros[33];
	for (size_t a = 0; a < 33; a++)
		for (size_t b = 0; b < a; b++)
			assert_true(rc_hash_bytes(5, zeros, a) != rc_hash_bytes(5, zeros, b));
}

static void octets_behind_the_length_are_not_read(void **state)
{
	(void)state;
	for (size_t len = 1; len < 40; len++) { /* a sanitizer sees a read over the end */
		unsigned char *exact = malloc(len);
		unsigned char longer[64];
		assert_non_null(exact);
		memset(exact, 'a', len);
		memset(longer, 'a', sizeof longer);
		assert_true(rc_hash_bytes(3, exact, len) == rc_hash_bytes(3, longer, len));
		free(exact);
	}
}

static void counting_keys_spread_over_low_and_high_bits(void **state)
{
	(void)state;
	static unsigned low[BUCKETS], high[BUCKETS];
	for (uint64_t i = 0; i < BUCKETS * 16; i++) {
		uint64_t h = rc_hash_u64(99, i, 0);
		low[h % BUCKETS]++;
		high[h >> 54]++;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		assert_in_range(low[i], 1, 48); /* 16 expected; far beyond chance outside */
		assert_in_range(high[i], 1, 48);
	}
}

static void order_of_the_two_words_matters(void **state)
{
	(void)state;
	assert_true(rc_hash_u64(1, 2, 3) != rc_hash_u64(1, 3, 2));
	assert_true(rc_hash_u64(1, 2, 3) != rc_hash_u64(2, 2, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_octet_length_and_seed_matters),
		cmocka_unit_test(zeros_of_different_length_differ),
		cmocka_unit_test(octets_behind_the_length_are_not_read),
		cmocka_unit_test(counting_keys_spread_over_low_and_high_bits),
		cmocka_unit_test(order_of_the_two_words_matters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
