/* Refusals: whom or what they are about. */
#include "tests/analyze/sim.h"

#define NAME "www.test"

/* A client gets a name of the resolver, from its cache. */
static void served(struct sim *s, int64_t ms, const char *client, unsigned id, const char *name)
{
	ask(s, ms, client, RESOLVER, id, QUERY, name);
	reply_a(s, ms + 1, RESOLVER, client, id, RECURSED, name);
}

static void refused_as_blocked(struct sim *s, int64_t ms, const char *client, unsigned id)
{
	static struct dns d;
	ask(s, ms, client, RESOLVER, id, QUERY, NAME);
	dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_REFUSED, NAME, RC_TYPE_A);
	dns_opt(&d, false, 15);
	say(s, ms + 1, RESOLVER, client, id, &d);
}

static void blocked_for_one_client_alone_is_about_the_client(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	served(&s, 0, CLIENT2, 10, NAME);
	refused_as_blocked(&s, LATE, CLIENT, 11);
	served(&s, LATE + 10, CLIENT2, 12, NAME);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "policy.client_not_allowed");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

static void blocked_for_a_client_that_is_served_is_about_the_name(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	served(&s, 0, CLIENT, 10, "good.test");
	served(&s, 1, CLIENT2, 11, NAME);
	refused_as_blocked(&s, LATE, CLIENT, 12);
	finish(&s);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/* A resolver may leave RA out of what a policy of its own answers. */
static void a_name_refused_without_ra_by_a_resolver_is_blocked(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, 0);
	served(&s, 100, CLIENT, 10, "good.test");
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	reply(&s, LATE + 1, RESOLVER, CLIENT, 11, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, NAME);
	finish(&s);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* The first so many of a series of questions are answered, the rest refused. */
static void series(struct sim *s, unsigned n, unsigned answered)
{
	for (unsigned i = 0; i < n; i++) {
		ask(s, LATE + i * 20, CLIENT, RESOLVER, 10 + i, QUERY, NAME);
		if (i < answered)
			reply_a(s, LATE + i * 20 + 1, RESOLVER, CLIENT, 10 + i, RECURSED, NAME);
		else
			reply(s, LATE + i * 20 + 1, RESOLVER, CLIENT, 10 + i,
			      RECURSED | RC_RCODE_REFUSED, NAME);
	}
}

static void refusals_beside_answers_at_a_high_rate_are_a_limit(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, 0);
	series(&s, 20, 5);
	finish(&s);
	assert_int_equal(s.n, 15);
	assert_cause(&s, 14, "policy.rate_limited");
}

static void refusals_beside_answers_at_a_low_rate_are_none(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, 0);
	series(&s, 4, 2);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_string_not_equal(s.seen[1].cause->slug, "policy.rate_limited");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocked_for_one_client_alone_is_about_the_client),
		cmocka_unit_test(blocked_for_a_client_that_is_served_is_about_the_name),
		cmocka_unit_test(a_name_refused_without_ra_by_a_resolver_is_blocked),
		cmocka_unit_test(refusals_beside_answers_at_a_high_rate_are_a_limit),
		cmocka_unit_test(refusals_beside_answers_at_a_low_rate_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
