/* Much is asked while something fails: what else went on tells one reason from another. */
#include "tests/analyze/sim.h"

#define CLIENT3 "198.51.100.3"

/* Two clients ask by turns; each third question is refused to them all, or to the first of them alone. */
static void refuse_by_turns(struct sim *s, bool all)
{
	char name[32];
	for (unsigned i = 0; i < 60; i++) {
		if (i == 30) { /* a name that the client is never given */
			ask(s, LATE + 148, CLIENT, RESOLVER, 200, QUERY, "fresh.test");
			reply(s, LATE + 148, RESOLVER, CLIENT, 200, RECURSED | RC_RCODE_REFUSED,
			      "fresh.test");
		}
		const char *client = i % 2 ? CLIENT : CLIENT2;
		bool refused = i / 2 % 3 == 0 && (all || i % 2);
		snprintf(name, sizeof name, "n%u.test", i / 2 % 7);
		ask(s, LATE + i * 5, client, RESOLVER, 100 + i, QUERY, name);
		if (refused)
			reply(s, LATE + i * 5, RESOLVER, client, 100 + i,
			      RECURSED | RC_RCODE_REFUSED, name);
		else
			reply_a(s, LATE + i * 5, RESOLVER, client, 100 + i, RECURSED, name);
	}
}

static void a_client_refused_by_turns_asks_too_much(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	refuse_by_turns(&s, false);
	finish(&s);
	assert_int_equal(s.n, 11);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "policy.rate_limited");
}

/* Who has come for a name or two that the server has no room for is not shut out. */
static void who_is_refused_when_all_are_is_not_shut_out(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 3; i++) {
		char name[32];
		snprintf(name, sizeof name, "x%u.test", i);
		ask(&s, LATE + 100 + i, CLIENT3, RESOLVER, 300 + i, QUERY, name);
		reply(&s, LATE + 100 + i, RESOLVER, CLIENT3, 300 + i, RECURSED | RC_RCODE_REFUSED,
		      name);
	}
	refuse_by_turns(&s, true);
	finish(&s);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "policy.client_not_allowed");
}

/* Who limits a rate answers at once what it answers; who is short of time answers late, and leaves out the rest. */
static void who_answers_nobody_soon_limits_no_rate(void **state)
{
	(void)state;
	for (unsigned slow = 0; slow < 2; slow++) {
		struct sim s;
		begin(&s);
		for (unsigned i = 0; i < 48; i++) {
			char name[32];
			const char *client = i % 2 ? CLIENT : CLIENT2;
			snprintf(name, sizeof name, "n%u.test", i % 8 / 2);
			ask(&s, LATE + i * 25, client, RESOLVER, 100 + i, QUERY, name);
			unsigned k = slow ? i - 12 : i; /* which it answers now */
			if (i < 12 || k % 5 == 4)
				continue;
			snprintf(name, sizeof name, "n%u.test", k % 8 / 2);
			reply_a(&s, LATE + i * 25 + 1, RESOLVER, k % 2 ? CLIENT : CLIENT2, 100 + k,
				RECURSED, name);
		}
		finish(&s);
		unsigned limits = 0;
		for (size_t i = 0; i < s.n; i++)
			limits += strcmp(s.seen[i].cause->slug, "policy.rate_limited") == 0;
		assert_int_equal(limits > 0, !slow);
	}
}

/* Asked for too much that nobody answers it takes up nothing new, of whomever, be it a name that it gave before. */
static void who_has_no_room_refuses_all(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 4; i++) {
		const char *client = i % 2 ? CLIENT : CLIENT2;
		snprintf(name, sizeof name, "n%u.test", i);
		ask(&s, LATE + i * 5, client, RESOLVER, 100 + i, QUERY, name);
		reply_a(&s, LATE + i * 5 + 3, RESOLVER, client, 100 + i, RECURSED, name);
	}
	for (unsigned i = 0; i < 12; i++) {
		snprintf(name, sizeof name, "d%u.dead.test", i);
		ask(&s, LATE + 100, CLIENT3, RESOLVER, 200 + i, QUERY, name);
	}
	for (unsigned i = 0; i < 16; i++) {
		const char *client = i % 2 ? CLIENT : CLIENT2;
		snprintf(name, sizeof name, "n%u.test", i / 2);
		ask(&s, LATE + 200 + i * 5, client, RESOLVER, 300 + i, QUERY, name);
		reply(&s, LATE + 200 + i * 5, RESOLVER, client, 300 + i,
		      RECURSED | RC_RCODE_REFUSED, name);
	}
	finish(&s);
	unsigned refused = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!rc_exchange_answered(&s.seen[i].x))
			continue;
		refused++;
		assert_cause(&s, i, "resolver.overload");
	}
	assert_int_equal(refused, 16);
}

/* It gets nothing, but the resolver is seen to ask what it alone has asked. */
static void a_client_that_is_worked_for_is_not_shut_out(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 8; i++) {
		int64_t ms = LATE + i * 100;
		snprintf(name, sizeof name, "n%u.example", i);
		ask_below(&s, ms, 100 + i * 10, name);
		ask(&s, ms + 6, RESOLVER, ZONE_SERVER, 102 + i * 10, FETCH, name);
		ask(&s, ms + 20, CLIENT2, RESOLVER, 500 + i, QUERY, "good.test");
		reply_a(&s, ms + 21, RESOLVER, CLIENT2, 500 + i, RECURSED, "good.test");
	}
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 8);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "upstream.timeout");
}

/* The zone's servers leave several names unanswered; the next fails at once, and nobody is asked for it. */
static void fail_behind_silence(struct sim *s, bool heard)
{
	char name[32];
	begin_warm(s);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		ask_below(s, LATE + i * 100, 100 + i * 10, name);
		ask(s, LATE + i * 100 + 6, RESOLVER, ZONE_SERVER, 102 + i * 10, FETCH, name);
		if (heard && i > 0)
			reply_a(s, LATE + i * 100 + 9, ZONE_SERVER, RESOLVER, 102 + i * 10,
				AUTHORITY, name);
	}
	ask(s, LATE + 1500, CLIENT2, RESOLVER, 200, QUERY, "www.example");
	servfail(s, LATE + 1501, RESOLVER, CLIENT2, 200, "www.example");
	finish(s);
}

static void what_fails_at_once_behind_silent_servers_is_theirs(void **state)
{
	struct sim s;
	(void)state;
	fail_behind_silence(&s, false);
	assert_int_equal(s.seen[0].x.id, 200);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	assert_string_equal(s.seen[0].zone, "example");
}

static void what_fails_at_once_behind_servers_that_answer_is_not(void **state)
{
	struct sim s;
	(void)state;
	fail_behind_silence(&s, true);
	assert_int_equal(s.seen[0].x.id, 200);
	assert_string_not_equal(s.seen[0].cause->slug, "upstream.timeout");
}

/* It answered some, and nothing since much is asked: down, or at its limit. */
static void silence_of_one_that_answered_proves_nothing_where_much_is_asked(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		ask(&s, LATE - 1000 + i * 5, RESOLVER, ZONE_SERVER, 100 + i, FETCH, name);
		if (i < 5)
			reply_a(&s, LATE - 1000 + i * 5, ZONE_SERVER, RESOLVER, 100 + i, AUTHORITY,
				name);
	}
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	ask(&s, LATE + 806, RESOLVER, ZONE_SERVER2, 13, FETCH, "www.example");
	servfail(&s, LATE + 2600, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* What another client waits for in vain as well, this one is not denied. */
static void what_others_wait_for_as_well_says_nothing_of_the_client(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 8; i++) {
		int64_t ms = LATE + i * 100;
		snprintf(name, sizeof name, "n%u.example", i);
		ask_below(&s, ms, 100 + i * 10, name);
		ask(&s, ms + 5, CLIENT3, RESOLVER, 300 + i, QUERY, name);
		ask(&s, ms + 6, RESOLVER, ZONE_SERVER, 102 + i * 10, FETCH, name);
		ask(&s, ms + 20, CLIENT2, RESOLVER, 500 + i, QUERY, "good.test");
		reply_a(&s, ms + 21, RESOLVER, CLIENT2, 500 + i, RECURSED, "good.test");
	}
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 16);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "upstream.timeout");
}

/* Of a client never served before it takes some questions up, and refuses the next: it has no room for more. */
static void who_takes_a_clients_questions_up_does_not_shut_it_out(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	ask(&s, LATE - 500, CLIENT2, RESOLVER, 9, QUERY, "good.test");
	reply_a(&s, LATE - 499, RESOLVER, CLIENT2, 9, RECURSED, "good.test");
	for (unsigned i = 0; i < 9; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		ask(&s, LATE + i * 10, CLIENT, RESOLVER, 100 + i, QUERY, name);
		if (i < 5)
			ask(&s, LATE + i * 10 + 1, RESOLVER, ZONE_SERVER, 200 + i, FETCH, name);
		else
			reply(&s, LATE + i * 10 + 1, RESOLVER, CLIENT, 100 + i,
			      RECURSED | RC_RCODE_REFUSED, name);
	}
	finish(&s);
	assert_int_equal(s.n, 9);
	for (size_t i = 0; i < s.n; i++)
		if (rc_exchange_answered(&s.seen[i].x))
			assert_cause(&s, i, "resolver.overload");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_refused_by_turns_asks_too_much),
		cmocka_unit_test(who_is_refused_when_all_are_is_not_shut_out),
		cmocka_unit_test(who_has_no_room_refuses_all),
		cmocka_unit_test(who_answers_nobody_soon_limits_no_rate),
		cmocka_unit_test(a_client_that_is_worked_for_is_not_shut_out),
		cmocka_unit_test(who_takes_a_clients_questions_up_does_not_shut_it_out),
		cmocka_unit_test(what_others_wait_for_as_well_says_nothing_of_the_client),
		cmocka_unit_test(what_fails_at_once_behind_silent_servers_is_theirs),
		cmocka_unit_test(what_fails_at_once_behind_servers_that_answer_is_not),
		cmocka_unit_test(silence_of_one_that_answered_proves_nothing_where_much_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
