#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/blocks.h"
#include "base/err.h"

#define MAX 64u
#define BYTES (4 * MAX)

static void keep(struct rc_blocks *b, uint64_t key, size_t len)
{
	memset(rc_blocks_room(b, MAX), (int)key, len);
	rc_blocks_keep(b, key, key, len);
}

static void a_block_is_found_by_its_key(void **state)
{
	struct rc_blocks b;
	(void)state;
	assert_int_equal(rc_blocks_init(&b, 16, BYTES, 8), RC_OK);
	assert_null(rc_blocks_find(&b, 1, 1));
	keep(&b, 1, 16);
	keep(&b, 2, 24);
	assert_int_equal(*(uint8_t *)rc_blocks_find(&b, 1, 1), 1);
	assert_int_equal(*(uint8_t *)rc_blocks_find(&b, 2, 2), 2);
	assert_null(rc_blocks_find(&b, 1, 17)); /* of the same slot */
	rc_blocks_free(&b);
}

static void a_block_that_was_written_over_is_gone(void **state)
{
	struct rc_blocks b;
	(void)state;
	assert_int_equal(rc_blocks_init(&b, 16, BYTES, 8), RC_OK);
	for (uint64_t key = 1; key <= 4; key++)
		keep(&b, key, MAX);
	assert_non_null(rc_blocks_find(&b, 1, 1));
	rc_blocks_room(&b, MAX); /* even where nothing is kept in the end */
	assert_null(rc_blocks_find(&b, 1, 1));
	assert_int_equal(*(uint8_t *)rc_blocks_find(&b, 2, 2), 2);
	rc_blocks_free(&b);
}

/* A block stands whole: what is left at the end of the ring is passed over. */
static void no_block_reaches_over_the_end(void **state)
{
	struct rc_blocks b;
	(void)state;
	assert_int_equal(rc_blocks_init(&b, 1024, BYTES, 8), RC_OK);
	for (uint64_t key = 1; key < 1000; key++) {
		uint8_t *at = rc_blocks_room(&b, MAX);
		assert_true(at >= b.ring && at + MAX <= b.ring + BYTES);
		keep(&b, key, 8 + key * 24 % (MAX - 7) / 8 * 8);
		assert_ptr_equal(rc_blocks_find(&b, key, key), at);
	}
	rc_blocks_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_is_found_by_its_key),
		cmocka_unit_test(a_block_that_was_written_over_is_gone),
		cmocka_unit_test(no_block_reaches_over_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
