/* Servers that send nothing to anybody for a time. */
#include "tests/analyze/sim.h"

#define ASKED 30u /* questions in that time, 100 ms apart */
#define HUSH_MS (LATE + 100 * ASKED)

static void served(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, name);
	reply_a(s, ms + 1, RESOLVER, CLIENT, id, RECURSED, name);
}

/* What many clients get, or one alone. */
static void served_before(struct sim *s, bool upstream)
{
	begin(s);
	if (upstream)
		warm_up(s, 0);
	for (unsigned i = 0; i < 49; i++)
		served(s, 100 + 100 * i, 100 + i, "good.test");
}

static void asked_in_vain(struct sim *s, bool several)
{
	for (unsigned i = 0; i < ASKED; i++) {
		char name[] = "w00.test";
		name[1] = (char)('a' + i % 8);
		name[2] = (char)('a' + i / 8);
		ask(s, LATE + 100 * i, several && i % 2 > 0 ? CLIENT2 : CLIENT, RESOLVER, 200 + i,
		    QUERY, name);
	}
}

/* It serves again, now and then, with pauses in which nothing is asked. */
static void served_after(struct sim *s)
{
	served(s, HUSH_MS, 300, "good.test");
	served(s, HUSH_MS + 3000, 301, "good.test");
	served(s, HUSH_MS + 20000, 302, "good.test");
	finish(s);
}

static unsigned told_as_hush(const struct sim *s)
{
	unsigned n = 0;
	for (size_t i = 0; i < s->n; i++)
		n += strstr(s->seen[i].text, "sent nothing to anybody for 3") != NULL;
	return n;
}

static void who_sends_nothing_to_anybody_stood_still(void **state)
{
	(void)state;
	for (int upstream = 0; upstream < 2; upstream++) {
		struct sim s;
		served_before(&s, upstream > 0);
		asked_in_vain(&s, true);
		served_after(&s);
		assert_int_equal(s.n, ASKED);
		assert_int_equal(told_as_hush(&s), ASKED);
		for (size_t i = 0; i < s.n; i++) {
			assert_cause(&s, i, "no_answer.server_silent");
			assert_int_equal(s.seen[i].confidence, RC_CONF_LIKELY);
		}
	}
}

/* ... and it does not come back. */
static void a_hush_may_go_on(void **state)
{
	struct sim s;
	(void)state;
	served_before(&s, true);
	asked_in_vain(&s, true);
	finish(&s);
	assert_true(s.n > 0); /* what was asked shortly before the end is too young */
	for (size_t i = 0; i < s.n; i++) {
		assert_cause(&s, i, "no_answer.server_silent");
		assert_non_null(strstr(s.seen[i].text, "and more, while"));
	}
}

static void who_answers_one_or_asks_is_there(void **state)
{
	struct sim s;
	(void)state;
	served_before(&s, true);
	for (unsigned i = 0; i < 4; i++)
		served(&s, LATE - 10 + 800 * i, 400 + i, "good.test");
	asked_in_vain(&s, true);
	served_after(&s);
	assert_int_equal(told_as_hush(&s), 0);

	served_before(&s, true);
	for (unsigned i = 0; i < 4; i++)
		ask(&s, LATE - 10 + 800 * i, RESOLVER, ROOT_SERVER, 400 + i, FETCH, "www.other");
	asked_in_vain(&s, true);
	served_after(&s);
	assert_int_equal(told_as_hush(&s), 0);
}

/* One client alone may be shut out; and in a short time by chance nothing may be due. */
static void a_hush_takes_several_clients_and_questions(void **state)
{
	struct sim s;
	(void)state;
	served_before(&s, true);
	asked_in_vain(&s, false);
	served_after(&s);
	assert_int_equal(told_as_hush(&s), 0);

	served_before(&s, true);
	for (unsigned i = 0; i < 6; i++)
		ask(&s, LATE + 100 * i, i % 2 > 0 ? CLIENT2 : CLIENT, RESOLVER, 200 + i, QUERY,
		    "www.test");
	served_after(&s);
	assert_int_equal(told_as_hush(&s), 0);
}

/* Who asks again when it serves again, and hears nothing, has missed no hush. */
static void a_hush_that_is_over_is_no_reason(void **state)
{
	struct sim s;
	(void)state;
	served_before(&s, true);
	asked_in_vain(&s, true);
	served(&s, HUSH_MS, 300, "good.test");
	ask(&s, HUSH_MS + 100, CLIENT2, RESOLVER, 201, QUERY, "wba.test");
	served(&s, HUSH_MS + 20000, 302, "good.test");
	finish(&s);
	assert_int_equal(s.n, ASKED);
	assert_int_equal(told_as_hush(&s), ASKED - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_sends_nothing_to_anybody_stood_still),
		cmocka_unit_test(a_hush_may_go_on),
		cmocka_unit_test(who_answers_one_or_asks_is_there),
		cmocka_unit_test(a_hush_takes_several_clients_and_questions),
		cmocka_unit_test(a_hush_that_is_over_is_no_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
