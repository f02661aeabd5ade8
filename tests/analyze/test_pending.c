#include "analyze/pair/pending.h"
#include "base/hash.h"
#include "tests/analyze/build.h"

#define LARGEST 65536u /* slots: many times what a table begins with */
#define TABLE_BYTES (LARGEST * sizeof(struct rc_pending_slot) * 3 / 2)

/* Three positions in a row share a tag; homes lie all over the table, and close to its end. */
static uint64_t tag_of(uint64_t pos)
{
	uint64_t hash = rc_hash_u64(SEED, pos / 3, 0);
	return (pos % 2 == 0 ? hash | 0xffff : hash) | 1;
}

static bool holds(const struct rc_pending *t, uint64_t pos)
{
	uint64_t at = tag_of(pos), found;
	while ((found = rc_pending_next(t, tag_of(pos), &at)) != 0)
		if (found == pos)
			return true;
	return false;
}

static void what_is_in_a_table_stays_while_it_grows_and_nothing_else(void **state)
{
	struct rc_pending t;
	uint64_t n = 0;
	(void)state;
	assert_int_equal(rc_pending_init(&t, TABLE_BYTES), RC_OK);
	while (!rc_pending_is_full(&t)) {
		n++;
		assert_true(rc_pending_insert(&t, tag_of(n), n, 16));
		if (n % 5 == 0)
			rc_pending_remove(&t, tag_of(n - 3), n - 3);
		if (n % 7 == 0)
			for (uint64_t pos = 1; pos <= n && n < 2000; pos++)
				assert_int_equal(holds(&t, pos), pos % 5 != 2 || pos + 3 > n);
	}
	assert_true(t.used >= LARGEST / 2);
	for (uint64_t pos = 1; pos <= n; pos += 11)
		assert_int_equal(holds(&t, pos), pos % 5 != 2 || pos + 3 > n);
	assert_false(holds(&t, n + 1));
	for (uint64_t pos = 1; pos <= n; pos++)
		rc_pending_remove(&t, tag_of(pos), pos);
	assert_int_equal(t.used, 0);
	for (uint64_t pos = 1; pos <= n; pos += 11)
		assert_false(holds(&t, pos));
	rc_pending_free(&t);
}

static void a_table_never_takes_more_than_its_ceiling(void **state)
{
	(void)state;
	for (size_t bytes = 100000; bytes < 10000000; bytes = bytes * 3 / 2) {
		struct rc_pending t;
		assert_int_equal(rc_pending_init(&t, bytes), RC_OK);
		assert_true((t.largest + t.largest / 2) * sizeof *t.slots <= bytes);
		assert_true(t.largest * 3 * sizeof *t.slots > bytes);
		rc_pending_free(&t);
	}
}

static void a_moved_position_is_found_where_it_is_now(void **state)
{
	struct rc_pending t;
	(void)state;
	assert_int_equal(rc_pending_init(&t, TABLE_BYTES), RC_OK);
	for (uint64_t pos = 3; pos < 6; pos++)
		assert_true(rc_pending_insert(&t, 7, pos, 3));
	rc_pending_move(&t, 7, 4, 40);
	rc_pending_move(&t, 8, 5, 50);
	uint64_t at = 7, sum = 0, found;
	while ((found = rc_pending_next(&t, 7, &at)) != 0)
		sum += found;
	assert_int_equal(sum, 3 + 40 + 5);
	rc_pending_free(&t);
}

static void of_one_tag_there_are_no_more_than_a_look_goes_through(void **state)
{
	struct rc_pending t;
	(void)state;
	assert_int_equal(rc_pending_init(&t, TABLE_BYTES), RC_OK);
	assert_true(rc_pending_insert(&t, 7, 1, 2));
	assert_true(rc_pending_insert(&t, 8, 2, 2));
	assert_true(rc_pending_insert(&t, 7, 3, 2));
	assert_false(rc_pending_insert(&t, 7, 4, 2));
	assert_true(rc_pending_insert(&t, 8, 5, 2));
	assert_int_equal(t.used, 4);
	rc_pending_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_a_table_stays_while_it_grows_and_nothing_else),
		cmocka_unit_test(a_table_never_takes_more_than_its_ceiling),
		cmocka_unit_test(a_moved_position_is_found_where_it_is_now),
		cmocka_unit_test(of_one_tag_there_are_no_more_than_a_look_goes_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
