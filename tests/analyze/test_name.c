/* NXDOMAIN: names that do not exist, and those that a resolver only says so of. */
#include "tests/analyze/sim.h"

#define NAME "www.test"

/*
 * The resolver, which asks others for other names, answers NXDOMAIN at once; with the SOA record of this zone, or
 * none. Another resolver may have given the name's address before.
 */
static void denied(struct sim *s, const char *name, const char *soa, bool found_elsewhere)
{
	static struct dns d;
	begin_with_names(s);
	warm_up(s, 0);
	if (found_elsewhere) {
		ask(s, LATE - 1000, CLIENT2, FORWARDER, 10, QUERY, name);
		reply_a(s, LATE - 999, FORWARDER, CLIENT2, 10, RECURSED, name);
	}
	ask(s, LATE, CLIENT, RESOLVER, 11, QUERY, name);
	dns_query(&d, 11, RECURSED | RC_RCODE_NXDOMAIN, name, RC_TYPE_A);
	if (soa != NULL)
		dns_rr_soa(&d, RC_AUTHORITY, soa);
	say(s, LATE + 1, RESOLVER, CLIENT, 11, &d);
	finish(s);
	assert_int_equal(s->n, 1);
}

static void what_no_zone_denies_is_blocked(void **state)
{
	static const struct {
		const char *name, *soa;
		bool found_elsewhere;
		const char *slug;
		enum rc_confidence confidence;
	} cases[] = {
		{NAME, "test", false, "name.does_not_exist", RC_CONF_LIKELY},
		{NAME, "", false, "name.does_not_exist", RC_CONF_LIKELY},
		{NAME, NAME, false, "name.blocked", RC_CONF_POSSIBLE},
		{NAME, NAME, true, "name.blocked", RC_CONF_LIKELY},
		{NAME, "rpz.local", false, "name.blocked", RC_CONF_LIKELY},
		{NAME, NULL, false, "name.blocked", RC_CONF_POSSIBLE},
		{NAME, NULL, true, "name.blocked", RC_CONF_LIKELY},
		{"printer", NULL, false, "name.does_not_exist", RC_CONF_LIKELY},
	};
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		denied(&s, cases[i].name, cases[i].soa, cases[i].found_elsewhere);
		assert_cause(&s, 0, cases[i].slug);
		assert_int_equal(s.seen[0].confidence, cases[i].confidence);
	}
}

/* Whom the resolver asks is out of sight: a denial of no zone is doubted where the name is found elsewhere. */
static void what_no_zone_denies_and_another_finds_may_be_blocked(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned soa = 0; soa < 2; soa++) {
		begin_with_names(&s);
		ask(&s, LATE - 1000, CLIENT2, FORWARDER, 10, QUERY, NAME);
		reply_a(&s, LATE - 999, FORWARDER, CLIENT2, 10, RECURSED, NAME);
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		dns_query(&d, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		if (soa)
			dns_rr_soa(&d, RC_AUTHORITY, "test");
		say(&s, LATE + 1, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, soa ? "name.does_not_exist" : "name.blocked");
		assert_int_equal(s.seen[0].confidence, soa ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* As BIND tells of a response policy zone: beside the answer. */
static void the_zone_of_a_policy_may_stand_in_the_additional_section(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned of_zone = 0; of_zone < 2; of_zone++) {
		begin_with_names(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		dns_query(&d, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		if (of_zone)
			dns_rr_soa(&d, RC_AUTHORITY, "test");
		dns_rr_soa(&d, RC_ADDITIONAL, "rpz");
		say(&s, LATE + 1, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_cause(&s, 0, of_zone ? "name.does_not_exist" : "name.blocked");
		assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	}
}

/* The resolver has the answer, and says that there is no such name. */
static void who_denies_what_it_was_given_blocks_it(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned denied = 0; denied < 2; denied++) {
		begin_with_names(&s);
		warm_up(&s, 0);
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 12, FETCH, NAME);
		reply_a(&s, LATE + 5, ROOT_SERVER, RESOLVER, 12, AUTHORITY, NAME);
		if (denied) {
			ask(&s, LATE + 6, RESOLVER, ROOT_SERVER, 13, FETCH, NAME);
			reply(&s, LATE + 7, ROOT_SERVER, RESOLVER, 13,
			      AUTHORITY | RC_RCODE_NXDOMAIN, NAME);
		}
		reply(&s, LATE + 8, RESOLVER, CLIENT, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME);
		finish(&s);
		assert_cause(&s, 0, denied ? "name.does_not_exist" : "name.blocked");
		assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	}
}

/* Some write a SOA record of the name itself where they were told that of its zone. */
static void what_the_resolver_was_told_it_does_not_make_up(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned soa = 0; soa < 3; soa++) { /* of no zone, of the name, of the zone above */
		begin_with_names(&s);
		warm_up(&s, 0);
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		ask(&s, LATE + 1, RESOLVER, FORWARDER, 12, QUERY, NAME);
		dns_query(&d, 12, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		if (soa > 0)
			dns_rr_soa(&d, RC_AUTHORITY, soa == 1 ? NAME : "test");
		say(&s, LATE + 2, FORWARDER, RESOLVER, 12, &d);
		dns_query(&d, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		if (soa > 0)
			dns_rr_soa(&d, RC_AUTHORITY, NAME);
		say(&s, LATE + 3, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, soa == 1 ? "name.blocked" : "name.does_not_exist");
		assert_int_equal(s.seen[0].confidence,
				 soa == 2 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* The name is not there, and a policy denies it all the same. */
static void a_policy_denies_what_is_not_there_either(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_with_names(&s);
	warm_up(&s, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 12, FETCH, NAME);
	reply(&s, LATE + 5, ROOT_SERVER, RESOLVER, 12, AUTHORITY | RC_RCODE_NXDOMAIN, NAME);
	dns_query(&d, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
	dns_rr_soa(&d, RC_ADDITIONAL, "rpz");
	say(&s, LATE + 6, RESOLVER, CLIENT, 11, &d);
	finish(&s);
	assert_cause(&s, 0, "name.blocked");
}

/* Another resolver that denies it as well does not find it. */
static void what_another_denies_by_a_zone_is_not_blocked(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool upstream = i & 1, of_name = i & 2;
		begin_with_names(&s);
		if (upstream)
			warm_up(&s, 0);
		ask(&s, LATE - 1000, CLIENT2, FORWARDER, 10, QUERY, NAME);
		dns_query(&d, 10, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		dns_rr_soa(&d, RC_AUTHORITY, "test");
		say(&s, LATE - 999, FORWARDER, CLIENT2, 10, &d);
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		dns_query(&d, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		if (of_name)
			dns_rr_soa(&d, RC_AUTHORITY, NAME);
		say(&s, LATE + 1, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_int_equal(s.n, 2);
		for (size_t k = 0; k < s.n; k++) {
			assert_cause(&s, k, "name.does_not_exist");
			assert_int_equal(s.seen[k].confidence, RC_CONF_LIKELY);
		}
	}
}

/* Out of sight somebody may have told it so, with a SOA record; or it blocks the name. */
static void what_no_zone_is_seen_to_deny_may_exist(void **state)
{
	struct sim s;
	(void)state;
	begin_with_names(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	reply(&s, LATE + 1, RESOLVER, CLIENT, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME);
	finish(&s);
	assert_cause(&s, 0, "name.does_not_exist");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* A server said so to the resolver, and some servers give no SOA record. */
static void what_a_server_denies_is_not_blocked(void **state)
{
	struct sim s;
	(void)state;
	begin_with_names(&s);
	warm_up(&s, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 12, FETCH, NAME);
	reply(&s, LATE + 5, ROOT_SERVER, RESOLVER, 12, AUTHORITY | RC_RCODE_NXDOMAIN, NAME);
	reply(&s, LATE + 6, RESOLVER, CLIENT, 11, RECURSED | RC_RCODE_NXDOMAIN, NAME);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "name.does_not_exist");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_zone_denies_is_blocked),
		cmocka_unit_test(what_no_zone_denies_and_another_finds_may_be_blocked),
		cmocka_unit_test(the_zone_of_a_policy_may_stand_in_the_additional_section),
		cmocka_unit_test(who_denies_what_it_was_given_blocks_it),
		cmocka_unit_test(what_the_resolver_was_told_it_does_not_make_up),
		cmocka_unit_test(a_policy_denies_what_is_not_there_either),
		cmocka_unit_test(what_another_denies_by_a_zone_is_not_blocked),
		cmocka_unit_test(what_no_zone_is_seen_to_deny_may_exist),
		cmocka_unit_test(what_a_server_denies_is_not_blocked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
