#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"

enum { BUCKETS = 1024, KEYS_EACH = 16 };

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

/* Chi-square over 1024 buckets: 1023 expected, above 1300 once in a billion times. */
static double unevenness(const unsigned count[BUCKETS])
{
	double sum = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		sum += ((double)count[i] - KEYS_EACH) * ((double)count[i] - KEYS_EACH) / KEYS_EACH;
	return sum;
}

static void assert_spreads(uint64_t (*hash)(uint64_t seed, uint64_t key))
{
	for (uint64_t round = 1; round <= 50; round++) {
		unsigned low[BUCKETS] = {0}, high[BUCKETS] = {0};
		for (uint64_t key = 0; key < BUCKETS * KEYS_EACH; key++) {
			uint64_t h = hash(round * UINT64_C(0x9e3779b97f4a7c15), key);
			low[h % BUCKETS]++;
			high[h >> 54]++;
		}
		assert_true(unevenness(low) < 1300);
		assert_true(unevenness(high) < 1300);
	}
}

static uint64_t hash_of_bytes(uint64_t seed, uint64_t key)
{
	return rc_hash_bytes(seed, &key, sizeof key);
}

static void counting_octets_spread_over_low_and_high_bits(void **state)
{
	(void)state;
	assert_spreads(hash_of_bytes);
}

static uint64_t hash_of_words(uint64_t seed, uint64_t key)
{
	return rc_hash_u64(seed, key, 0);
}

static void counting_words_spread_over_low_and_high_bits(void **state)
{
	(void)state;
	assert_spreads(hash_of_words);
}

/* What is known to all must not make a factor zero, whatever stands beside it. */
static void no_chosen_octets_hide_the_others(void **state)
{
	static const uint64_t known[] = {RC_HASH_K0, RC_HASH_K1, RC_HASH_K0 ^ RC_HASH_K1, 0};
	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint64_t key[4] = {known[i], 1, 2, 3};
		uint64_t first = rc_hash_bytes(5, key, sizeof key);
		key[1] = 4;
		assert_true(rc_hash_bytes(5, key, sizeof key) != first);
		assert_true(rc_hash_u64(5, known[i], 1) != rc_hash_u64(5, known[i], 2));
		assert_true(rc_hash_u64(5, 1, known[i]) != rc_hash_u64(5, 2, known[i]));
	}
}

static void ids_stay_what_they_are(void **state)
{
	(void)state;
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		assert_true(rc_hash_id(1, "www.example.com", 15) == UINT64_C(0x1fe522369f6fda64));
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
		cmocka_unit_test(counting_octets_spread_over_low_and_high_bits),
		cmocka_unit_test(counting_words_spread_over_low_and_high_bits),
		cmocka_unit_test(no_chosen_octets_hide_the_others),
		cmocka_unit_test(ids_stay_what_they_are),
		cmocka_unit_test(order_of_the_two_words_matters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
