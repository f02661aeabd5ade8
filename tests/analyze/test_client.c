/* What a server denies one client alone: what else it takes to say so. */
#include "tests/analyze/scene.h"

#define ALLOWED "policy.client_not_allowed"

/* ... and others get the name. */
static void begin_got_by_others(uint16_t rcode)
{
	begin_alone(rcode);
	s.c.others.same_server_ok = s.c.others.same_server_type_ok = 1;
	s.c.others.same_server_alike_ok = 1;
	s.c.others.ok_example = &s.asked[0];
	s.asked[0].end_ns = T0 + 2 * MS;
}

static void fault_found(void)
{
	begin_got_by_others(RC_RCODE_FORMERR);
	s.x.answer.flags = 0;
	rc_hosts_find(s.hosts, &s.resolver)->answered_ra = 1;
}

static void a_fault_is_about_the_client_where_the_question_has_none_and_others_get_it(void **state)
{
	(void)state;
	assert_but(fault_found, (void)0, ALLOWED, RC_CONF_POSSIBLE);
	assert_but(fault_found, s.x.query.fault = RC_FAULT_CUT, ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, s.x.qdcount = 2, ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, s.x.query.flags = 0, ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, s.x.query.edns_version = 1, ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, s.x.answer.flags = RC_FLAG_RA, ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, ask_before(1), ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, rc_hosts_find(s.hosts, &s.resolver)->answered_ra = 0, ALLOWED,
		   RC_CONF_NONE);
	assert_but(fault_found, serve_client(), ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, s.c.others.same_client_ok = 1, ALLOWED, RC_CONF_NONE);
	assert_but(fault_found, s.c.others.same_server_alike_ok = 0, ALLOWED, RC_CONF_NONE);
}

static void failed_alone(void)
{
	begin_got_by_others(RC_RCODE_SERVFAIL);
}

static void prohibited(void)
{
	begin_got_by_others(RC_RCODE_SERVFAIL);
	s.c.ede = RC_EDE(PROHIBITED);
}

static void a_failure_is_about_the_client_where_it_alone_fails_and_nobody_is_asked(void **state)
{
	(void)state;
	assert_but(failed_alone, (void)0, ALLOWED, RC_CONF_POSSIBLE);
	assert_but(failed_alone, serve_client(), ALLOWED, RC_CONF_NONE);
	assert_but(failed_alone, s.c.others.same_client_ok = 1, ALLOWED, RC_CONF_NONE);
	assert_but(failed_alone, s.c.others.same_server_failed = 1, ALLOWED, RC_CONF_NONE);
	assert_but(failed_alone, s.c.others.same_server_type_ok = 0, ALLOWED, RC_CONF_NONE);
	assert_but(failed_alone, s.c.upstream_visible = false, ALLOWED, RC_CONF_NONE);
	assert_but(failed_alone, ask_before(-1), ALLOWED, RC_CONF_NONE);
	assert_but(failed_alone, ask_before(1), ALLOWED, RC_CONF_NONE);

	assert_but(prohibited, (void)0, ALLOWED, RC_CONF_LIKELY);
	assert_but(prohibited, s.c.others.same_server_ok = 0, ALLOWED, RC_CONF_POSSIBLE);
	assert_but(prohibited, serve_client(), ALLOWED, RC_CONF_NONE);
	assert_but(prohibited, s.c.others.same_client_ok = 1, ALLOWED, RC_CONF_NONE);
	/* What is asked at the time for others is not asked for it, if it is told at once. */
	assert_but(prohibited, ask_before(1), ALLOWED, RC_CONF_LIKELY);
	assert_but(prohibited, (ask_before(1), s.x.end_ns = T0 + RC_SOON_NS), ALLOWED,
		   RC_CONF_NONE);
	assert_but(prohibited, ask_before(-1), ALLOWED, RC_CONF_NONE);
	assert_but(prohibited, s.x.end_ns = T0 + RC_SOON_NS, ALLOWED, RC_CONF_LIKELY);
}

static void refused(void)
{
	begin_got_by_others(RC_RCODE_REFUSED);
	s.c.ede = RC_EDE(PROHIBITED);
}

/* It was given an answer by whom it asked. */
static void be_given(uint16_t rcode)
{
	ask_before(-1);
	s.asked[0].state = RC_X_ANSWERED;
	s.asked[0].answer.rcode = rcode & 0xf;
	s.c.final = &s.links[0];
}

/* The server is authoritative for something, and gives the client some of it. */
static void hold_zones(uint16_t flags)
{
	serve_client();
	struct rc_host *h = rc_hosts_find(s.hosts, &s.resolver);
	h->answered_aa = 1;
	h->answered_ra = 0;
	s.x.answer.flags = flags;
	s.c.others.same_server_type_ok = 0;
}

static void who_is_prohibited_alone_may_not_ask(void **state)
{
	(void)state;
	assert_but(refused, (void)0, ALLOWED, RC_CONF_PROVEN);
	assert_but(refused, s.c.ede = 0, ALLOWED, RC_CONF_LIKELY);
	assert_but(refused, s.x.qtype = RC_TYPE_AXFR, ALLOWED, RC_CONF_NONE);
	assert_but(refused,
		   (be_given(RC_RCODE_REFUSED), s.c.final = NULL, s.c.forwarded = &s.links[0]),
		   ALLOWED, RC_CONF_NONE);
	assert_but(refused, be_given(RC_RCODE_NOERROR), ALLOWED, RC_CONF_NONE);
	/* ... be it for somebody else, before */
	assert_but(refused, (be_given(RC_RCODE_NOERROR), s.asked[0].first_ns = T0 - 1), ALLOWED,
		   RC_CONF_PROVEN);
	assert_but(refused, (s.c.turns_known = true, s.c.turns = RC_TURNS_ALL), ALLOWED,
		   RC_CONF_NONE);
	assert_but(refused, s.c.others.others_refused = true, ALLOWED, RC_CONF_NONE);
	assert_but(refused, s.c.others.same_client_ok = 1, ALLOWED, RC_CONF_NONE);
	assert_but(refused, serve_client(), ALLOWED, RC_CONF_LIKELY);
	assert_but(refused, (serve_client(), s.c.others.same_server_type_ok = 0), ALLOWED,
		   RC_CONF_NONE);
	assert_but(refused, s.x.query.edns_version = 1, ALLOWED, RC_CONF_PROVEN);
	assert_but(refused, (s.c.n_zones = 1, s.c.failed_zone = 0), ALLOWED, RC_CONF_PROVEN);
	assert_but(refused, find_silent(3), ALLOWED, RC_CONF_PROVEN);
	/* Served before, and shut out since. */
	assert_but(refused,
		   (s.c.others.same_client_ok = 1, s.c.others.refused.n = 9,
		    s.c.others.refused.from_ns = T0 - 100 * RC_NS_PER_S,
		    s.c.others.refused.until_ns = s.c.others.others_given_ns = T0),
		   ALLOWED, RC_CONF_LIKELY);
	/* Who holds zones of its own may give this one to others alone: a resolver means the name. */
	assert_but(refused, hold_zones(0), ALLOWED, RC_CONF_LIKELY);
	assert_but(refused, hold_zones(RC_FLAG_RA), ALLOWED, RC_CONF_NONE);
	/* ... not one that says that it does not recurse for this client, though it does for others. */
	assert_but(refused, (hold_zones(0), rc_hosts_find(s.hosts, &s.resolver)->answered_ra = 1),
		   ALLOWED, RC_CONF_LIKELY);
	assert_but(refused, (hold_zones(0), s.c.ede = 0), ALLOWED, RC_CONF_NONE);
	/* By the code alone, from one that recurses for it, it may be the name. */
	assert_but(refused, s.c.others.same_server_ok = 0, ALLOWED, RC_CONF_POSSIBLE);
	assert_but(refused, (s.c.others.same_server_ok = 0, s.x.answer.flags = 0), ALLOWED,
		   RC_CONF_LIKELY);
	assert_but(refused, (hold_zones(0), rc_hosts_find(s.hosts, &s.resolver)->answered_aa = 0),
		   ALLOWED, RC_CONF_NONE);
}

static void told_not_authoritative(void)
{
	begin_got_by_others(RC_RCODE_NOTAUTH);
}

static void who_is_told_not_authoritative_alone_may_not_ask(void **state)
{
	(void)state;
	assert_but(told_not_authoritative, (void)0, ALLOWED, RC_CONF_LIKELY);
	assert_but(told_not_authoritative, s.x.query.tsig = true, ALLOWED, RC_CONF_NONE);
	assert_but(told_not_authoritative, s.x.marks = RC_X_CUT, ALLOWED, RC_CONF_NONE);
	assert_but(told_not_authoritative, s.c.others.same_server_ok = 0, ALLOWED, RC_CONF_NONE);
	assert_but(told_not_authoritative,
		   (s.c.others.same_server_ok = 0, s.c.ede = RC_EDE(PROHIBITED)), ALLOWED,
		   RC_CONF_NONE);
	/* Served otherwise, and answered: it is not left out. */
	assert_but(told_not_authoritative,
		   (serve_client(), s.x.attempts = 2,
		    rc_hosts_find(s.hosts, &s.resolver)->answered_query_ns = T0 + 1),
		   ALLOWED, RC_CONF_NONE);
}

/* It serves the client otherwise, and others get this name; it goes on answering. */
static void left_out(void)
{
	begin_got_by_others(RC_RCODE_NOERROR);
	serve_client();
	s.x.state = RC_X_UNANSWERED;
	s.x.attempts = 2;
	rc_hosts_find(s.hosts, &s.resolver)->answered_query_ns = T0 + 1;
}

/* It has the answer for others, and put the question of this one to another server, which answers after that time; 0: not. */
static void wait_for_another(int64_t took_ns)
{
	be_given(RC_RCODE_NOERROR);
	s.asked[0].end_ns = T0 + MS;
	s.c.n_links = 2;
	s.asked[1].first_ns = s.asked[1].last_ns = T0 + 1;
	s.asked[1].end_ns = T0 + 1 + took_ns;
	s.asked[1].state = took_ns > 0 ? RC_X_ANSWERED : RC_X_UNANSWERED;
	s.links[1].outcome = RC_OUT_UNKNOWN;
}

static void who_is_served_may_be_left_out_of_what_others_get(void **state)
{
	(void)state;
	assert_but(left_out, (void)0, ALLOWED, RC_CONF_POSSIBLE);
	assert_but(left_out, s.c.upstream_visible = false, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.x.transport = RC_TCP, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.x.attempts = 1, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, (s.x.attempts = 1, s.c.others.silent = 1), ALLOWED, RC_CONF_POSSIBLE);
	assert_but(left_out, s.c.others.same_server_alike_ok = 0, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.c.others.same_server_type_ok = 0, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.c.others.same_client_ok = 1, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, rc_hosts_find(s.hosts, &s.resolver)->answered_query_ns = T0, ALLOWED,
		   RC_CONF_NONE);
	assert_but(left_out, ask_before(1), ALLOWED, RC_CONF_NONE);
	assert_but(left_out, (be_given(0), s.asked[0].end_ns = T0 + MS), ALLOWED, RC_CONF_POSSIBLE);
	assert_but(left_out, (be_given(0), s.asked[0].end_ns = T0 + 2 * RC_NS_PER_S), ALLOWED,
		   RC_CONF_NONE);
	assert_but(left_out, wait_for_another(0), ALLOWED, RC_CONF_NONE);
	assert_but(left_out, wait_for_another(MS), ALLOWED, RC_CONF_POSSIBLE);
	assert_but(left_out, wait_for_another(RC_NS_PER_S), ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.x.marks = RC_X_DROPS, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.x.marks = RC_X_LATE, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.x.marks = RC_X_EARLY, ALLOWED, RC_CONF_NONE);
	assert_but(left_out, s.x.query.flags = 0, ALLOWED, RC_CONF_NONE);
}

/* Nobody is seen to get the name; the server goes on answering others. */
static void ignored(void)
{
	begin_alone(RC_RCODE_NOERROR);
	serve("198.51.100.2", RESOLVER);
	s.x.state = RC_X_UNANSWERED;
	s.c.server_host = rc_hosts_find(s.hosts, &s.resolver);
	rc_hosts_find(s.hosts, &s.resolver)->answered_query_ns = T0 + 1;
}

static void who_gets_nothing_from_a_server_that_goes_on_answering_may_not_ask(void **state)
{
	(void)state;
	assert_but(ignored, (void)0, ALLOWED, RC_CONF_POSSIBLE);
	assert_but(ignored, rc_hosts_find(s.hosts, &s.resolver)->served = 0, ALLOWED, RC_CONF_NONE);
	assert_but(ignored, rc_hosts_find(s.hosts, &s.resolver)->answered_query_ns = T0, ALLOWED,
		   RC_CONF_NONE);
	assert_but(ignored, s.c.upstream_visible = false, ALLOWED, RC_CONF_NONE);
	assert_but(ignored, ask_before(-1), ALLOWED, RC_CONF_NONE);
	/* nobody gets an answer from there */
	assert_but(ignored, (s.c.n_zones = 1, s.c.unheard_known = true, s.c.unheard = &s.zone),
		   ALLOWED, RC_CONF_NONE);
	assert_but(ignored,
		   (s.c.n_zones = 1, s.c.unheard_known = true, s.c.unheard = &s.zone,
		    s.c.ignored = RC_CONF_LIKELY),
		   ALLOWED, RC_CONF_LIKELY);
}

/* The resolver asked this, so long after the client asked first. */
static void ask_meanwhile(enum rc_role role, enum rc_outcome outcome, int64_t after_ns)
{
	ask_before(-after_ns);
	s.name.role = role;
	s.links[0].outcome = outcome;
	s.asked[0].state = outcome == RC_OUT_USABLE ? RC_X_ANSWERED : RC_X_UNANSWERED;
}

/* The root names this server. */
static void name_root_server(const char *server, const char *zone)
{
	static struct rc_name ns;
	ns = name_of(server);
	s.c.n_zones = 1;
	s.zone.name = name_of(zone);
	s.zone.ns = &ns;
	s.zone.n_ns = 1;
}

/* What a resolver asks about the root's servers it asks for itself, and keys and delegations that it is given come before. */
static void what_is_asked_for_anybody_is_not_asked_for_who_is_left_out(void **state)
{
	(void)state;
	assert_but(ignored, ask_meanwhile(RC_ROLE_ANCESTOR, RC_OUT_USABLE, 1), ALLOWED,
		   RC_CONF_POSSIBLE);
	assert_but(ignored, ask_meanwhile(RC_ROLE_QUESTION, RC_OUT_USABLE, 1), ALLOWED,
		   RC_CONF_NONE);
	assert_but(ignored, ask_meanwhile(RC_ROLE_ANCESTOR, RC_OUT_UNKNOWN, 1), ALLOWED,
		   RC_CONF_NONE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_ANCESTOR, RC_OUT_UNKNOWN, 1),
		    s.asked[0].state = RC_X_ANSWERED),
		   ALLOWED, RC_CONF_POSSIBLE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_ANCESTOR, RC_OUT_SERVFAIL, 1),
		    s.asked[0].state = RC_X_ANSWERED),
		   ALLOWED, RC_CONF_NONE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_NAMESERVER, RC_OUT_USABLE, 1),
		    name_root_server("www.example", ".")),
		   ALLOWED, RC_CONF_POSSIBLE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_NAMESERVER, RC_OUT_TIMEOUT, 1),
		    name_root_server("www.example", ".")),
		   ALLOWED, RC_CONF_NONE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_QUESTION, RC_OUT_USABLE, 1),
		    name_root_server("www.example", ".")),
		   ALLOWED, RC_CONF_NONE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_NAMESERVER, RC_OUT_USABLE, 1),
		    name_root_server("other.example", ".")),
		   ALLOWED, RC_CONF_NONE);
	assert_but(ignored,
		   (ask_meanwhile(RC_ROLE_NAMESERVER, RC_OUT_USABLE, 1),
		    name_root_server("www.example", "example")),
		   ALLOWED, RC_CONF_NONE);
}

/* Another client, but for EDNS, asked for the name as well, and got it; this one asked twice. */
static void ignored_twice(void)
{
	ignored();
	s.c.others.same_server_ok = 1;
	s.x.attempts = 2;
	s.x.last_ns = T0 + 2 * RC_NS_PER_S;
}

static void what_is_asked_for_others_later_is_not_asked_for_who_is_left_out(void **state)
{
	static const struct {
		int64_t after_ns;
		enum rc_confidence confidence;
	} cases[] = {
		{0, RC_CONF_NONE},
		{499 * MS, RC_CONF_NONE},
		{500 * MS, RC_CONF_POSSIBLE},
		{2000 * MS - 1, RC_CONF_POSSIBLE},
		{2000 * MS, RC_CONF_NONE},
		{2500 * MS, RC_CONF_POSSIBLE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_but(ignored_twice,
			   ask_meanwhile(RC_ROLE_QUESTION, RC_OUT_USABLE, cases[i].after_ns),
			   ALLOWED, cases[i].confidence);
	assert_but(ignored_twice,
		   (ask_meanwhile(RC_ROLE_QUESTION, RC_OUT_USABLE, 500 * MS),
		    s.c.others.same_server_failed = 1),
		   ALLOWED, RC_CONF_NONE);
	assert_but(ignored_twice,
		   (ask_meanwhile(RC_ROLE_QUESTION, RC_OUT_USABLE, 500 * MS),
		    s.c.others.same_server_ok = 0),
		   ALLOWED, RC_CONF_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_fault_is_about_the_client_where_the_question_has_none_and_others_get_it),
		cmocka_unit_test(
			a_failure_is_about_the_client_where_it_alone_fails_and_nobody_is_asked),
		cmocka_unit_test(who_is_prohibited_alone_may_not_ask),
		cmocka_unit_test(who_is_told_not_authoritative_alone_may_not_ask),
		cmocka_unit_test(who_is_served_may_be_left_out_of_what_others_get),
		cmocka_unit_test(who_gets_nothing_from_a_server_that_goes_on_answering_may_not_ask),
		cmocka_unit_test(what_is_asked_for_anybody_is_not_asked_for_who_is_left_out),
		cmocka_unit_test(what_is_asked_for_others_later_is_not_asked_for_who_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
