#include <limits.h>

#include "analyze/decide/hold.h"
#include "tests/analyze/build.h"

#define ANSWER_MAX 700u

static int push(struct rc_hold *h, unsigned i)
{
	uint8_t answer[ANSWER_MAX];
	struct rc_exchange x = {.first_ns = T0 + i};
	struct rc_name name = {.len = (uint8_t)i};
	memset(answer, (int)(i & 0xff), sizeof answer);
	return rc_hold_push(h, T0 + i, i + 1, &x, &name, answer, i * 13 % ANSWER_MAX);
}

static void assert_first(const struct rc_hold *h, unsigned i)
{
	const struct rc_held *e = rc_hold_first(h);
	assert_non_null(e);
	assert_int_equal(e->due_ns, T0 + i);
	assert_int_equal(e->pos, i + 1);
	assert_int_equal(e->x.first_ns, T0 + i);
	assert_int_equal(e->name.len, i & 0xff);
	assert_int_equal(e->answer_len, i * 13 % ANSWER_MAX);
	for (unsigned k = 0; k < e->answer_len; k++)
		assert_int_equal(e->answer[k], i & 0xff);
}

static void first_in_is_first_out(void **state)
{
	struct rc_hold *h;
	(void)state;
	assert_int_equal(rc_hold_new(64u << 10, &h), RC_OK);
	assert_null(rc_hold_first(h));
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(push(h, i), RC_OK);
	assert_int_equal(rc_hold_count(h), 20);
	for (unsigned i = 0; i < 20; i++) {
		assert_first(h, i);
		rc_hold_pop(h);
	}
	assert_null(rc_hold_first(h));
	assert_int_equal(rc_hold_count(h), 0);
	rc_hold_free(h);
}

static void a_full_hold_says_so_and_changes_nothing(void **state)
{
	struct rc_hold *h;
	unsigned n = 0;
	(void)state;
	assert_int_equal(rc_hold_new(8192, &h), RC_OK);
	while (push(h, n) == RC_OK)
		n++;
	assert_in_range(n, 3, 20);
	assert_int_equal(push(h, n), RC_E_FULL);
	assert_int_equal(rc_hold_count(h), n);
	for (unsigned i = 0; i < n; i++) {
		assert_first(h, i);
		rc_hold_pop(h);
	}
	assert_null(rc_hold_first(h));
	rc_hold_free(h);
}

/* n go through, as many at a time as it takes, or at most so many. */
static void go_round(size_t bytes, unsigned n, unsigned most)
{
	struct rc_hold *h;
	unsigned in = 0, out = 0;
	assert_int_equal(rc_hold_new(bytes, &h), RC_OK);
	while (in < n) {
		if (in - out < most && push(h, in) == RC_OK) {
			in++;
			continue;
		}
		assert_first(h, out++);
		rc_hold_pop(h);
	}
	while (rc_hold_count(h) > 0) {
		assert_first(h, out++);
		rc_hold_pop(h);
	}
	assert_int_equal(in, out);
	rc_hold_free(h);
}

static void the_ring_goes_round_without_loss(void **state)
{
	(void)state;
	for (size_t bytes = 6000; bytes < 6400; bytes += 16)
		go_round(bytes, 400, UINT_MAX);
}

/* One behind the other; where those at the cursor were popped, from the first on. */
static void a_cursor_goes_ahead_and_is_never_behind(void **state)
{
	struct rc_hold *h;
	uint64_t cursor = 0;
	unsigned in = 0, out = 0, seen = 0;
	(void)state;
	assert_int_equal(rc_hold_new(6000, &h), RC_OK);
	assert_null(rc_hold_next(h, &cursor));
	for (unsigned round = 0; round < 500; round++) {
		while (push(h, in) == RC_OK)
			in++;
		for (unsigned i = 0; i < round % 4; i++) {
			const struct rc_held *e = rc_hold_next(h, &cursor);
			seen = seen < out ? out : seen;
			assert_true(seen == in ? e == NULL : e != NULL && e->pos == seen + 1);
			seen += e != NULL;
		}
		for (unsigned i = 0; i < 1 + round % 3 || (round % 100 == 99 && out < in); i++) {
			assert_first(h, out++);
			rc_hold_pop(h);
		}
	}
	assert_true(in > 500);
	rc_hold_free(h);
}

static void memory_given_back_holds_nothing(void **state)
{
	(void)state;
	go_round((5u << 20) / 2 + 48, 9000, UINT_MAX); /* full */
	go_round((5u << 20) / 2 + 48, 9000, 300);
	go_round((5u << 20) / 2 + 48, 9000, 2500);
}

static void what_can_never_fit_is_refused_when_empty(void **state)
{
	struct rc_hold *h;
	static uint8_t answer[RC_MSG_MAX];
	struct rc_exchange x = {.first_ns = T0};
	struct rc_name name = {.len = 0};
	(void)state;
	assert_int_equal(rc_hold_new(4096, &h), RC_OK);
	assert_int_equal(rc_hold_push(h, T0, 1, &x, &name, answer, sizeof answer), RC_E_FULL);
	assert_null(rc_hold_first(h));
	rc_hold_free(h);
}

static void an_entry_due_at_the_beginning_of_time_is_an_entry(void **state)
{
	struct rc_hold *h;
	struct rc_exchange x = {.first_ns = 5};
	struct rc_name name = {.len = 0};
	(void)state;
	assert_int_equal(rc_hold_new(8192, &h), RC_OK);
	assert_int_equal(rc_hold_push(h, INT64_MIN, 1, &x, &name, NULL, 0), RC_OK);
	x.first_ns = 6;
	assert_int_equal(rc_hold_push(h, T0, 2, &x, &name, NULL, 0), RC_OK);
	assert_int_equal(rc_hold_first(h)->x.first_ns, 5);
	rc_hold_pop(h);
	assert_int_equal(rc_hold_first(h)->x.first_ns, 6);
	rc_hold_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_in_is_first_out),
		cmocka_unit_test(a_full_hold_says_so_and_changes_nothing),
		cmocka_unit_test(the_ring_goes_round_without_loss),
		cmocka_unit_test(a_cursor_goes_ahead_and_is_never_behind),
		cmocka_unit_test(memory_given_back_holds_nothing),
		cmocka_unit_test(what_can_never_fit_is_refused_when_empty),
		cmocka_unit_test(an_entry_due_at_the_beginning_of_time_is_an_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
