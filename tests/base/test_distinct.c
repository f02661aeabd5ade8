#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/distinct.h"

static void each_is_counted_once(void **state)
{
	struct rc_distinct set = {.n = 0};
	(void)state;
	assert_true(rc_distinct_add(&set, 0));
	assert_true(rc_distinct_add(&set, 1));
	assert_false(rc_distinct_add(&set, 0));
	assert_int_equal(set.n, 2);
	assert_false(set.more);
}

static void a_full_set_says_that_there_are_more(void **state)
{
	struct rc_distinct set = {.n = 0};
	(void)state;
	for (uint64_t hash = 0; hash < RC_DISTINCT_MAX; hash++)
		assert_true(rc_distinct_add(&set, hash));
	assert_false(rc_distinct_add(&set, 0));
	assert_false(set.more);
	assert_false(rc_distinct_add(&set, RC_DISTINCT_MAX));
	assert_true(set.more);
	assert_int_equal(set.n, RC_DISTINCT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_counted_once),
		cmocka_unit_test(a_full_set_says_that_there_are_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
