#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void appends_join(void **state)
{
	(void)state;
	struct rc_buf buf = rc_buf_init(100);
	rc_buf_puts(&buf, "ab");
	rc_buf_putc(&buf, 'c');
	rc_buf_add(&buf, "de", 2);
	rc_buf_printf(&buf, "%03d", 7);
	assert_int_equal(buf.len, 8);
	assert_memory_equal(buf.data, "abcde007", 8);
	assert_false(buf.failed);
	rc_buf_free(&buf);
	assert_null(buf.data);
}

static void grows_to_its_maximum_and_no_further(void **state)
{
	(void)state;
	struct rc_buf buf = rc_buf_init(5000);
	for (int i = 0; i < 5000; i++)
		rc_buf_putc(&buf, (char)('a' + i % 26));
	assert_false(buf.failed);
	assert_int_equal(buf.len, 5000);
	rc_buf_putc(&buf, 'x');
	assert_true(buf.failed);
	assert_int_equal(buf.len, 5000);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	rc_buf_free(&buf);
}

static void failure_sticks_until_cleared(void **state)
{
	(void)state;
	struct rc_buf buf = rc_buf_init(4);
	rc_buf_puts(&buf, "12345");
	assert_true(buf.failed);
	assert_int_equal(buf.len, 0);
	rc_buf_putc(&buf, '1'); /* would fit */
	assert_int_equal(buf.len, 0);
	rc_buf_clear(&buf);
	rc_buf_puts(&buf, "1234");
	assert_false(buf.failed);
	assert_int_equal(buf.len, 4);
	rc_buf_free(&buf);
}

static void reserve_of_too_much_fails_without_overflow(void **state)
{
	(void)state;
	struct rc_buf buf = rc_buf_init(100);
	rc_buf_puts(&buf, "x");
	assert_null(rc_buf_reserve(&buf, SIZE_MAX));
	assert_true(buf.failed);
	rc_buf_free(&buf);
}

static void nothing_may_be_appended(void **state)
{
	(void)state;
	struct rc_buf buf = rc_buf_init(10);
	rc_buf_puts(&buf, "");
	rc_buf_add(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	assert_false(buf.failed);
	assert_non_null(rc_buf_reserve(&buf, 0)); /* NULL is for failures */
	assert_false(buf.failed);
	rc_buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_join),
		cmocka_unit_test(grows_to_its_maximum_and_no_further),
		cmocka_unit_test(failure_sticks_until_cleared),
		cmocka_unit_test(reserve_of_too_much_fails_without_overflow),
		cmocka_unit_test(nothing_may_be_appended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
