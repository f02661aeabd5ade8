/* Forwarders that hand a question to each other. */
#include "tests/analyze/sim.h"

#define NAME "www.example"
#define THIRD "198.51.100.55"

/* Of each forwarder it is known that it forwards, to a server that answers. */
static void both_work(struct sim *s)
{
	static const char *const forwarders[] = {FORWARDER, RESOLVER, THIRD};
	for (unsigned i = 0; i < 3; i++) {
		unsigned id = 800 + 10 * i;
		ask(s, 10 * i, CLIENT2, forwarders[i], id, QUERY, "good.test");
		ask(s, 10 * i + 1, forwarders[i], ROOT_SERVER, id + 1, QUERY, "good.test");
		reply_a(s, 10 * i + 5, ROOT_SERVER, forwarders[i], id + 1, RECURSED, "good.test");
		reply_a(s, 10 * i + 6, forwarders[i], CLIENT2, id, RECURSED, "good.test");
	}
}

static void end_later(struct sim *s)
{
	ask(s, LATE + 20000, CLIENT2, RESOLVER, 990, QUERY, "good.test");
	reply_a(s, LATE + 20001, RESOLVER, CLIENT2, 990, RECURSED, "good.test");
	finish(s);
}

static void assert_loop(const struct sim *s)
{
	assert_int_equal(s->n, 1);
	assert_cause(s, 0, "resolver.forwarding_loop");
	assert_int_equal(s->seen[0].confidence, RC_CONF_PROVEN);
	assert_true(s->seen[0].n_evidence >= 3);
}

/* A client's question goes to the one, which hands it to the other, which hands it back. */
static void begin_round(struct sim *s)
{
	begin(s);
	both_work(s);
	ask(s, LATE, CLIENT, FORWARDER, 10, QUERY, NAME);
	ask(s, LATE + 1, FORWARDER, RESOLVER, 11, QUERY, NAME);
	ask(s, LATE + 2, RESOLVER, FORWARDER, 12, QUERY, NAME);
}

static void two_that_ask_each_other_are_a_loop(void **state)
{
	struct sim s;
	(void)state;
	begin_round(&s);
	end_later(&s);
	assert_loop(&s);
	assert_int_equal(s.seen[0].n_chain, 2); /* each once */
}

/* Each that gets no answer asks again, and each of these is handed round: of the name much is asked by then. */
static void a_loop_is_found_beneath_what_it_multiplies(void **state)
{
	struct sim s;
	(void)state;
	begin_round(&s);
	reply(&s, LATE + 3, FORWARDER, RESOLVER, 12, RECURSED | RC_RCODE_REFUSED, NAME);
	reply(&s, LATE + 4, RESOLVER, FORWARDER, 11, RECURSED | RC_RCODE_REFUSED, NAME);
	reply(&s, LATE + 5, FORWARDER, CLIENT, 10, RECURSED | RC_RCODE_REFUSED, NAME);
	for (unsigned i = 0; i < 600; i++)
		ask(&s, LATE + 500 + i, i % 2 ? RESOLVER : FORWARDER, i % 2 ? FORWARDER : RESOLVER,
		    1000 + i, QUERY, NAME);
	end_later(&s);
	assert_true(s.n >= 1);
	assert_cause(&s, 0, "resolver.forwarding_loop");
}

static void three_in_a_circle_are_a_loop(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	both_work(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, NAME);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 11, QUERY, NAME);
	ask(&s, LATE + 2, RESOLVER, THIRD, 12, QUERY, NAME);
	ask(&s, LATE + 3, THIRD, FORWARDER, 13, QUERY, NAME);
	servfail(&s, LATE + 3000, THIRD, RESOLVER, 12, NAME);
	servfail(&s, LATE + 3001, RESOLVER, FORWARDER, 11, NAME);
	servfail(&s, LATE + 3002, FORWARDER, CLIENT, 10, NAME);
	end_later(&s);
	assert_true(s.n >= 1);
	assert_cause(&s, s.n - 1, "resolver.forwarding_loop");
}

/* The one behind fails for the one before, and asks it other things. */
static void what_does_not_come_back_is_no_loop(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	both_work(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, NAME);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 11, QUERY, NAME);
	ask(&s, LATE + 2, RESOLVER, FORWARDER, 12, QUERY, "other.example");
	ask(&s, LATE + 3, RESOLVER, FORWARDER, 13, FETCH, NAME); /* no forwarding: RD=0 */
	servfail(&s, LATE + 3000, RESOLVER, FORWARDER, 11, NAME);
	servfail(&s, LATE + 3001, FORWARDER, CLIENT, 10, NAME);
	end_later(&s);
	assert_int_equal(s.n, 1);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "resolver.forwarding_loop");
}

/* On the host of the one behind, a program asks the one before for the same: it forwards nothing. */
static void a_servers_host_that_asks_for_itself_is_no_loop(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	both_work(&s);
	ask(&s, LATE, RESOLVER, FORWARDER, 10, QUERY, NAME);
	ask(&s, LATE + 1, CLIENT, FORWARDER, 11, QUERY, NAME);
	ask(&s, LATE + 2, FORWARDER, RESOLVER, 12, QUERY, NAME);
	servfail(&s, LATE + 3000, RESOLVER, FORWARDER, 12, NAME);
	servfail(&s, LATE + 3001, FORWARDER, CLIENT, 11, NAME);
	servfail(&s, LATE + 3002, FORWARDER, RESOLVER, 10, NAME);
	end_later(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "resolver.forwarding_loop");
}

/* On its own host a forwarder is seen to ask itself; a program there asks the same of it, but once. */
static void one_that_asks_itself_is_a_loop(void **state)
{
	(void)state;
	for (unsigned times = 1; times <= 3; times += 2) {
		struct sim s;
		begin(&s);
		both_work(&s);
		ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, NAME);
		for (unsigned i = 0; i < times; i++)
			ask(&s, LATE + 1 + 800 * i, FORWARDER, FORWARDER, 11 + i, QUERY, NAME);
		end_later(&s);
		size_t i = 0;
		while (i < s.n && s.seen[i].x.id != 10)
			i++;
		assert_true(i < s.n);
		assert_int_equal(strcmp(s.seen[i].cause->slug, "resolver.forwarding_loop") == 0,
				 times > 1);
		assert_true(s.seen[i].confidence <= RC_CONF_LIKELY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_ask_each_other_are_a_loop),
		cmocka_unit_test(a_loop_is_found_beneath_what_it_multiplies),
		cmocka_unit_test(three_in_a_circle_are_a_loop),
		cmocka_unit_test(what_does_not_come_back_is_no_loop),
		cmocka_unit_test(a_servers_host_that_asks_for_itself_is_no_loop),
		cmocka_unit_test(one_that_asks_itself_is_a_loop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
