/* Servers that send nothing to anybody for a time, and resolvers that hear nothing from anybody. */
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
			assert_int_equal(s.seen[i].confidence,
					 upstream > 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
		}
	}
}

/* What is asked there again and again was answered before: no server above it is silent, and no rate is limited. */
static void a_hush_is_neither_a_slow_server_nor_a_limit(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 90; i++) /* the busiest second is half answered */
		served(&s, LATE - 4500 + 50 * i, 100 + i, "good.test");
	for (unsigned i = 0; i < 40; i++)
		for (unsigned again = 0; again < 2; again++)
			ask(&s, LATE + (i < 20 ? 20 * i : 80 * i - 1200) + 20 * again,
			    i % 2 > 0 ? CLIENT2 : CLIENT, RESOLVER, 300 + i, QUERY,
			    i % 4 > 0 ? "good.test" : "www.test");
	served(&s, LATE + 2100, 400, "good.test");
	served(&s, LATE + 20000, 401, "good.test");
	finish(&s);
	assert_int_equal(s.n, 40);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "no_answer.server_silent");
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

/* While it waits for the servers of "example", it asks others too; is_known: one of those has answered before. */
static void cut_off(struct sim *s, bool is_known, unsigned others, bool one_answers)
{
	static const char *const servers[] = {"203.0.113.11", "203.0.113.12"};
	begin_warm(s);
	if (is_known) {
		ask_below(s, 100, 10, "old.example");
		ask(s, 110, RESOLVER, ZONE_SERVER, 12, FETCH, "old.example");
		reply_a(s, 115, ZONE_SERVER, RESOLVER, 12, AUTHORITY, "old.example");
		reply_a(s, 116, RESOLVER, CLIENT, 10, RECURSED, "old.example");
	}
	ask_below(s, LATE, 20, "www.example");
	ask(s, LATE + 11, RESOLVER, ZONE_SERVER, 22, FETCH, "www.example");
	for (unsigned i = 0; i < others; i++)
		ask(s, LATE + 100 + i, RESOLVER, servers[i], 30 + i, FETCH, "www.test");
	ask(s, LATE + 811, RESOLVER, ZONE_SERVER2, 23, FETCH, "www.example");
	if (one_answers)
		reply_a(s, LATE + 1000, servers[0], RESOLVER, 30, AUTHORITY, "www.test");
	ask(s, LATE + 1611, RESOLVER, ZONE_SERVER, 24, FETCH, "www.example");
	servfail(s, LATE + 3000, RESOLVER, CLIENT, 20, "www.example");
	warm_up(s, LATE + 20000);
	finish(s);
	assert_int_equal(s->n, 1);
	assert_cause(s, 0, "upstream.timeout");
}

static bool is_told_cut_off(const struct sim *s)
{
	bool told = strstr(s->seen[0].text, "heard from no server of other zones") != NULL;
	assert_int_equal(s->seen[0].responsible,
			 told ? RC_PARTY_NETWORK : RC_PARTY_SERVER_OPERATOR);
	return told;
}

static void who_hears_from_nobody_may_be_cut_off(void **state)
{
	struct sim s;
	(void)state;
	cut_off(&s, true, 2, false);
	assert_true(is_told_cut_off(&s));
	cut_off(&s, true, 2, true); /* it hears of one */
	assert_false(is_told_cut_off(&s));
	cut_off(&s, true, 1, false); /* one other server may be down as well */
	assert_false(is_told_cut_off(&s));
	cut_off(&s, false, 2, false); /* these servers have been silent all the time */
	assert_false(is_told_cut_off(&s));
}

/* ... and waits for servers: that it sends nothing more for a time is no standstill. */
static void who_waits_in_vain_does_not_stand_still(void **state)
{
	struct sim s;
	(void)state;
	served_before(&s, true);
	for (unsigned i = 0; i < 3; i++)
		ask(&s, LATE - 700 + 300 * i, RESOLVER, ROOT_SERVER, 400 + i, FETCH, "www.test");
	asked_in_vain(&s, true);
	served_after(&s);
	assert_int_equal(told_as_hush(&s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_sends_nothing_to_anybody_stood_still),
		cmocka_unit_test(a_hush_is_neither_a_slow_server_nor_a_limit),
		cmocka_unit_test(a_hush_may_go_on),
		cmocka_unit_test(who_answers_one_or_asks_is_there),
		cmocka_unit_test(a_hush_takes_several_clients_and_questions),
		cmocka_unit_test(a_hush_that_is_over_is_no_reason),
		cmocka_unit_test(who_hears_from_nobody_may_be_cut_off),
		cmocka_unit_test(who_waits_in_vain_does_not_stand_still),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
