#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"

static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7};

static void numbers_are_big_endian(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, sizeof octets);
	assert_int_equal(rc_cursor_u8(&c), 0x01);
	assert_int_equal(rc_cursor_u16(&c), 0x0203);
	assert_int_equal(rc_cursor_u32(&c), 0x04050607);
	assert_int_equal(rc_cursor_left(&c), 0);
	assert_false(c.failed);
}

static void read_past_the_end_is_zero_and_fails_for_good(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, 3);
	assert_int_equal(rc_cursor_u32(&c), 0);
	assert_true(c.failed);
	assert_int_equal(c.pos, 0);
	assert_int_equal(rc_cursor_u8(&c), 0); /* there, but the error sticks */
	assert_null(rc_cursor_bytes(&c, 1));
	assert_int_equal(rc_cursor_peek_u8(&c, 0), 0);
	assert_int_equal(c.pos, 0);
}

static void lengths_near_the_largest_do_not_wrap(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, sizeof octets);
	rc_cursor_skip(&c, 3);
	struct rc_cursor copy = c;
	rc_cursor_skip(&copy, UINT32_MAX);
	assert_true(copy.failed);
	copy = c;
	assert_null(rc_cursor_bytes(&copy, UINT32_MAX - 1));
	assert_true(copy.failed);
	assert_int_equal(rc_cursor_peek_u8(&c, UINT32_MAX), 0);
	assert_false(c.failed);
}

static void seek_goes_to_the_end_and_not_behind(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, sizeof octets);
	rc_cursor_seek(&c, sizeof octets);
	assert_false(c.failed);
	assert_int_equal(rc_cursor_left(&c), 0);
	rc_cursor_seek(&c, 2);
	assert_int_equal(rc_cursor_u8(&c), 3);
	rc_cursor_seek(&c, sizeof octets + 1);
	assert_true(c.failed);
}

static void peek_neither_moves_nor_fails(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, sizeof octets);
	assert_int_equal(rc_cursor_peek_u16(&c, 1), 0x0203);
	assert_int_equal(rc_cursor_peek_u8(&c, 6), 7);
	assert_int_equal(rc_cursor_peek_u8(&c, 7), 0);
	assert_ptr_equal(rc_cursor_ahead(&c, 7), octets);
	assert_null(rc_cursor_ahead(&c, 8));
	assert_int_equal(c.pos, 0);
	assert_false(c.failed);
}

static void shorter_buffer_keeps_the_place(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, sizeof octets);
	rc_cursor_skip(&c, 2);
	struct rc_cursor part = rc_cursor_until(&c, 4);
	assert_int_equal(rc_cursor_left(&part), 2);
	assert_int_equal(rc_cursor_octet_at(&part, 3), 4);
	assert_int_equal(rc_cursor_octet_at(&part, 4), -1);
	assert_int_equal(rc_cursor_left(&c), 5);
	part = rc_cursor_until(&c, 8); /* it does not grow */
	assert_int_equal(rc_cursor_left(&part), 5);
}

static void bytes_are_borrowed_and_skipped(void **state)
{
	(void)state;
	struct rc_cursor c = rc_cursor_init(octets, sizeof octets);
	assert_ptr_equal(rc_cursor_bytes(&c, 2), octets);
	assert_ptr_equal(rc_cursor_bytes(&c, 5), octets + 2);
	assert_non_null(rc_cursor_bytes(&c, 0));
	assert_null(rc_cursor_bytes(&c, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(read_past_the_end_is_zero_and_fails_for_good),
		cmocka_unit_test(lengths_near_the_largest_do_not_wrap),
		cmocka_unit_test(seek_goes_to_the_end_and_not_behind),
		cmocka_unit_test(peek_neither_moves_nor_fails),
		cmocka_unit_test(shorter_buffer_keeps_the_place),
		cmocka_unit_test(bytes_are_borrowed_and_skipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
