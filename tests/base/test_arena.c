#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"

static struct rc_arena *made(size_t max_bytes)
{
	struct rc_arena *arena = NULL;
	assert_int_equal(rc_arena_new(max_bytes, &arena), RC_OK);
	return arena;
}

static void memory_is_zeroed_and_aligned_also_after_a_reset(void **state)
{
	(void)state;
	struct rc_arena *arena = made(1 << 20);
	for (int round = 0; round < 2; round++) {
		for (size_t bytes = 1; bytes < 300; bytes++) {
			unsigned char *p = rc_arena_alloc(arena, bytes);
			assert_non_null(p);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < bytes; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xa5, bytes);
		}
		rc_arena_reset(arena);
	}
	rc_arena_free(arena);
}

static void allocations_do_not_overlap(void **state)
{
	(void)state;
	enum { N = 2000 };
	static unsigned char *pieces[N];
	struct rc_arena *arena = made(4 << 20);
	for (unsigned i = 0; i < N; i++) {
		pieces[i] = rc_arena_alloc(arena, 1 + i % 900);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)(i & 0xff), 1 + i % 900);
	}
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = 0; k < 1 + i % 900; k++)
			assert_int_equal(pieces[i][k], i & 0xff);
	rc_arena_free(arena);
}

static void maximum_holds_and_a_reset_gives_it_back(void **state)
{
	(void)state;
	struct rc_arena *arena = made(256 << 10);
	size_t first = 0, second = 0;
	while (rc_arena_alloc(arena, 1000) != NULL)
		first++;
	assert_in_range(first, 200, 262);
	rc_arena_reset(arena);
	while (rc_arena_alloc(arena, 1000) != NULL)
		second++;
	assert_int_equal(first, second);
	rc_arena_free(arena);
}

static void request_above_the_maximum_gives_null(void **state)
{
	(void)state;
	struct rc_arena *arena = made(128 << 10);
	assert_null(rc_arena_alloc(arena, (128 << 10) + 1));
	assert_null(rc_arena_alloc(arena, SIZE_MAX));
	assert_non_null(rc_arena_alloc(arena, 16)); /* it still works */
	rc_arena_free(arena);
}

static void request_larger_than_a_block_gets_its_own(void **state)
{
	(void)state;
	struct rc_arena *arena = made(1 << 20);
	unsigned char *p = rc_arena_alloc(arena, 300 << 10);
	assert_non_null(p);
	memset(p, 1, 300 << 10);
	assert_non_null(rc_arena_alloc(arena, 16));
	rc_arena_free(arena);
}

static void printf_formats_and_is_empty_when_full(void **state)
{
	(void)state;
	struct rc_arena *arena = made(64);
	assert_string_equal(rc_arena_printf(arena, "%s-%d", "a", 7), "a-7");
	assert_string_equal(rc_arena_printf(arena, "%100d", 1), "");
	rc_arena_free(arena);
}

static void copy_of_nothing_is_not_null(void **state)
{
	(void)state;
	struct rc_arena *arena = made(1024);
	assert_non_null(rc_arena_copy(arena, NULL, 0));
	assert_memory_equal(rc_arena_copy(arena, "abc", 4), "abc", 4);
	rc_arena_free(arena);
	rc_arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned_also_after_a_reset),
		cmocka_unit_test(allocations_do_not_overlap),
		cmocka_unit_test(maximum_holds_and_a_reset_gives_it_back),
		cmocka_unit_test(request_above_the_maximum_gives_null),
		cmocka_unit_test(request_larger_than_a_block_gets_its_own),
		cmocka_unit_test(printf_formats_and_is_empty_when_full),
		cmocka_unit_test(copy_of_nothing_is_not_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
