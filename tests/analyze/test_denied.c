/* A name that is denied: what else it takes to say that a policy does, or how it is denied. */
#include "analyze/infer/validation.h"
#include "tests/analyze/scene.h"

#define BLOCKED "policy.blocked"
#define ITERATIONS "dnssec.nsec3_iterations_too_high"

/* An answer to the resolver, as it is decoded; one with an address, or that the name does not exist. */
static void give(uint16_t rcode, const char *address, const char *soa, int ede, bool signature)
{
	static struct dns d;
	static const struct dns rrsig = {.len = 20};
	dns_query(&d, 7, RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA | rcode, "www.example", RC_TYPE_A);
	if (address != NULL)
		dns_rr_a(&d, RC_ANSWER, "www.example", address);
	if (soa != NULL)
		dns_rr_soa(&d, RC_AUTHORITY, soa);
	if (signature)
		dns_rr(&d, RC_AUTHORITY, "www.example", RC_TYPE_RRSIG, 60, &rrsig);
	dns_opt(&d, true, ede);
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &s.answer));
	s.c.n_links = 1;
	s.links[0].answer = &s.answer;
	s.links[0].outcome = RC_OUT_USABLE;
	s.asked[0].state = RC_X_ANSWERED;
	s.asked[0].query.flags = RC_FLAG_RD;
	s.asked[0].answer.flags = RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA;
	s.asked[0].answer.rcode = rcode & 0xf;
}

static void called_blocked(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.c.ede = RC_EDE(BLOCKED);
}

/* The same, by one that was let down by the servers of the zone. */
static void called_blocked_in_vain(void)
{
	called_blocked();
	s.c.n_links = s.c.n_zones = 1;
	s.c.failed_zone = 0;
	s.zone.asked = 1;
}

/* One of the servers asked says this by its extended error. */
static void let_server_say(int ede)
{
	give(RC_RCODE_REFUSED, NULL, NULL, ede, false);
}

static void who_says_so_blocks_unless_it_means_what_it_was_told(void **state)
{
	(void)state;
	assert_but(called_blocked, (void)0, BLOCKED, RC_CONF_PROVEN);
	assert_but(called_blocked, s.c.others.same_server_ok = 1, BLOCKED, RC_CONF_POSSIBLE);
	assert_but(called_blocked, (s.c.others.same_server_ok = 1, serve_client()), BLOCKED,
		   RC_CONF_PROVEN);
	assert_but(called_blocked, (s.c.others.same_server_ok = 1, s.c.others.served_refused = 1),
		   BLOCKED, RC_CONF_PROVEN);

	assert_but(called_blocked_in_vain, (void)0, BLOCKED, RC_CONF_NONE);
	assert_but(called_blocked_in_vain, s.x.answer.rcode = RC_RCODE_REFUSED, BLOCKED,
		   RC_CONF_PROVEN);
	assert_but(called_blocked_in_vain, s.zone.asked = 0, BLOCKED, RC_CONF_PROVEN);
	assert_but(called_blocked_in_vain, s.zone.usable = 1, BLOCKED, RC_CONF_PROVEN);
	assert_but(called_blocked_in_vain, let_server_say(15), BLOCKED, RC_CONF_PROVEN);
	assert_but(called_blocked_in_vain, let_server_say(22), BLOCKED, RC_CONF_NONE);
	assert_but(called_blocked_in_vain, (let_server_say(15), s.links[0].zone = 7), BLOCKED,
		   RC_CONF_NONE);
}

/* A resolver that it hands its questions to makes something up. */
static void made_up_above(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	give(RC_RCODE_NXDOMAIN, NULL, "rpz.local", -1, false);
	s.asked[0].query.do_bit = true;
	s.c.failed_zone = RC_ZONE_NONE;
}

static void said_above(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	give(RC_RCODE_NOERROR, "203.0.113.80", NULL, 15, false);
}

static void what_a_resolver_above_blocks_fails_below(void **state)
{
	(void)state;
	assert_but(said_above, (void)0, BLOCKED, RC_CONF_PROVEN);
	assert_but(said_above, give(RC_RCODE_NXDOMAIN, NULL, NULL, 15, false), BLOCKED,
		   RC_CONF_PROVEN);
	assert_but(said_above, give(RC_RCODE_REFUSED, NULL, NULL, 15, false), BLOCKED,
		   RC_CONF_NONE);
	assert_but(said_above, s.x.answer.rcode = RC_RCODE_REFUSED, BLOCKED, RC_CONF_NONE);
	assert_but(said_above, s.name.role = RC_ROLE_NAMESERVER, BLOCKED, RC_CONF_NONE);
	assert_but(said_above, s.asked[0].query.flags = 0, BLOCKED, RC_CONF_NONE);
	assert_but(said_above, s.asked[0].answer.flags = RC_FLAG_QR, BLOCKED, RC_CONF_NONE);

	assert_but(made_up_above, (void)0, BLOCKED, RC_CONF_LIKELY);
	assert_but(made_up_above, s.asked[0].query.do_bit = false, BLOCKED, RC_CONF_NONE);
	assert_but(made_up_above, give(RC_RCODE_NOERROR, NULL, "rpz.local", -1, false), BLOCKED,
		   RC_CONF_NONE);
	assert_but(made_up_above, give(RC_RCODE_NXDOMAIN, NULL, "rpz.local", -1, true), BLOCKED,
		   RC_CONF_NONE);
	assert_but(made_up_above, give(RC_RCODE_NXDOMAIN, NULL, "example", -1, false), BLOCKED,
		   RC_CONF_NONE);
	assert_but(made_up_above, give(RC_RCODE_NXDOMAIN, NULL, NULL, -1, false), BLOCKED,
		   RC_CONF_NONE);
}

/* It has a complete answer with a private address, and fails. */
static void kept_back(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	give(RC_RCODE_NOERROR, "10.1.2.3", NULL, -1, false);
	s.c.final = &s.links[0];
}

static void judge_validation(enum rc_dnssec_status status)
{
	s.asked[0].query.do_bit = true;
	s.c.dnssec_done = true;
	s.c.dnssec.status = status;
}

static void what_is_kept_back_was_sound_and_given_to_nobody(void **state)
{
	(void)state;
	assert_but(kept_back, (void)0, BLOCKED, RC_CONF_LIKELY);
	assert_but(kept_back, s.x.query.flags |= RC_FLAG_CD, BLOCKED, RC_CONF_NONE);
	assert_but(kept_back, s.x.answer.flags = 0, BLOCKED, RC_CONF_NONE);
	assert_but(kept_back, s.c.others.same_server_type_ok = 1, BLOCKED, RC_CONF_NONE);
	assert_but(kept_back, judge_validation(RC_DNSSEC_SECURE), BLOCKED, RC_CONF_LIKELY);
	assert_but(kept_back, judge_validation(RC_DNSSEC_INSECURE), BLOCKED, RC_CONF_LIKELY);
	assert_but(kept_back, judge_validation(RC_DNSSEC_INDETERMINATE), BLOCKED, RC_CONF_POSSIBLE);
	assert_but(kept_back, judge_validation(RC_DNSSEC_BOGUS), BLOCKED, RC_CONF_NONE);
	assert_but(kept_back, (judge_validation(RC_DNSSEC_BOGUS), s.asked[0].query.do_bit = false),
		   BLOCKED, RC_CONF_LIKELY);
}

/* A client that gets other names is refused this one, at once. */
static void refused_alone(void)
{
	begin_alone(RC_RCODE_REFUSED);
	serve_client();
}

static void refused_as_prohibited(void)
{
	refused_alone();
	s.x.answer.rcode = RC_RCODE_SERVFAIL;
	s.c.ede = RC_EDE(PROHIBITED);
}

static void what_is_refused_at_once_to_who_is_served_is_blocked(void **state)
{
	(void)state;
	assert_but(refused_alone, (void)0, BLOCKED, RC_CONF_LIKELY);
	assert_but(refused_alone, s.x.qtype = RC_TYPE_AXFR, BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, s.x.query.flags = 0, BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, ask_before(1), BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, s.c.ede = RC_EDE(NETWORK_ERROR), BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, s.c.others.same_server_ok = 1, BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, s.c.others.same_client_ok = 1, BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, (s.c.turns_known = true, s.c.turns = RC_TURNS_OWN), BLOCKED,
		   RC_CONF_NONE);
	assert_but(refused_alone, s.x.answer.flags = 0, BLOCKED, RC_CONF_POSSIBLE);
	assert_but(refused_alone, s.c.upstream_visible = false, BLOCKED, RC_CONF_POSSIBLE);
	assert_but(refused_alone, s.x.answer.rcode = RC_RCODE_NOTIMP, BLOCKED, RC_CONF_POSSIBLE);
	assert_but(refused_alone, (s.x.answer.rcode = RC_RCODE_NOTIMP, s.x.qtype = RC_TYPE_MX),
		   BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone, s.x.answer.rcode = RC_RCODE_SERVFAIL, BLOCKED, RC_CONF_NONE);

	assert_but(refused_as_prohibited, (void)0, BLOCKED, RC_CONF_LIKELY);
	assert_but(refused_as_prohibited, s.c.others.same_server_type_ok = 1, BLOCKED,
		   RC_CONF_NONE);
	/* The client itself gets it at other times; or is not offered recursion: then it is about the client. */
	assert_but(refused_as_prohibited, s.c.others.same_client_ok = 1, BLOCKED, RC_CONF_POSSIBLE);
	assert_but(refused_as_prohibited,
		   s.c.others.same_client_ok = s.c.others.same_client_types_ok = 1, BLOCKED,
		   RC_CONF_LIKELY);
	assert_but(refused_as_prohibited, s.x.answer.flags = 0, BLOCKED, RC_CONF_NONE);
	assert_but(refused_as_prohibited, ask_before(1), BLOCKED, RC_CONF_NONE);
	assert_but(refused_as_prohibited, s.c.ede |= RC_EDE(CACHED_ERROR), BLOCKED, RC_CONF_NONE);
}

/* Asked twice for it in vain, the server answers the client another name between. */
static void dropped(void)
{
	begin_alone(RC_RCODE_NOERROR);
	serve_client();
	s.x.state = RC_X_UNANSWERED;
	s.x.attempts = 2;
	s.x.last_ns = T0 + 2 * RC_NS_PER_S;
	struct rc_host_keys keys = {rc_addr_hash(SEED, &s.x.asker),
				    rc_addr_hash(SEED, &s.x.server)};
	rc_hosts_note_query(s.hosts, &s.x, &keys, (const uint8_t[6]){0}, false);
	record(&s.x, "www.example");
	struct rc_exchange other = s.x;
	other.first_ns = T0 + RC_NS_PER_S;
	other.end_ns = other.first_ns + MS;
	other.state = RC_X_ANSWERED;
	record(&other, "good.test");
}

static void ask_above(enum rc_role role, enum rc_outcome outcome)
{
	ask_before(-1);
	s.name.role = role;
	s.links[0].outcome = outcome;
}

/* It was given an answer for the name. */
static void have_it(void)
{
	ask_above(RC_ROLE_QUESTION, RC_OUT_USABLE);
	s.c.final = &s.links[0];
}

static void what_is_dropped_again_and_again_waits_for_nobody(void **state)
{
	(void)state;
	assert_but(dropped, (void)0, BLOCKED, RC_CONF_POSSIBLE);
	assert_but(dropped, s.c.upstream_visible = false, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.x.query.flags = 0, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.x.transport = RC_TCP, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.x.attempts = 1, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.x.marks = RC_X_DROPS, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.x.marks = RC_X_LATE, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.c.others.same_server_ok = 1, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, s.c.others.same_client_ok = 1, BLOCKED, RC_CONF_NONE);
	assert_but(dropped, ask_above(RC_ROLE_QUESTION, RC_OUT_UNKNOWN), BLOCKED, RC_CONF_NONE);
	assert_but(dropped, ask_above(RC_ROLE_QUESTION, RC_OUT_USABLE), BLOCKED, RC_CONF_NONE);
	assert_but(dropped, ask_above(RC_ROLE_ANCESTOR, RC_OUT_TIMEOUT), BLOCKED, RC_CONF_NONE);
	assert_but(dropped, ask_above(RC_ROLE_ANCESTOR, RC_OUT_USABLE), BLOCKED, RC_CONF_POSSIBLE);
	assert_but(dropped, have_it(), BLOCKED, RC_CONF_POSSIBLE);
	assert_but(dropped, (have_it(), judge_validation(RC_DNSSEC_BOGUS)), BLOCKED, RC_CONF_NONE);
	assert_but(dropped, (have_it(), s.c.n_zones = 1, s.c.failed_zone = 0), BLOCKED,
		   RC_CONF_NONE);
}

/* What the resolver that it handed the question to told it, it tells in turn. */
static void what_is_handed_on_is_no_policy_of_who_hands_it_on(void **state)
{
	(void)state;
	assert_but(refused_alone,
		   (give(RC_RCODE_REFUSED, NULL, NULL, -1, false), s.c.n_links = 0,
		    s.c.forwarded = &s.links[0]),
		   BLOCKED, RC_CONF_NONE);
	assert_but(refused_alone,
		   (give(RC_RCODE_NOERROR, NULL, NULL, -1, false), s.c.n_links = 0,
		    s.c.forwarded = &s.links[0]),
		   BLOCKED, RC_CONF_LIKELY);
	/* An answer that it was given is handed on, if out of sight. */
	assert_but(dropped,
		   (give(RC_RCODE_NOERROR, NULL, NULL, -1, false), s.c.n_links = 0,
		    s.c.forwarded = &s.links[0]),
		   BLOCKED, RC_CONF_NONE);
	assert_but(dropped,
		   (give(RC_RCODE_REFUSED, NULL, NULL, -1, false), s.c.n_links = 0,
		    s.c.forwarded = &s.links[0]),
		   BLOCKED, RC_CONF_POSSIBLE);
}

/* A denial that it was given has NSEC3 records of many iterations, and it fails. */
static void denied_with_iterations(void)
{
	static struct rc_dnssec_finding finding;
	static struct rc_origin origin;
	begin_alone(RC_RCODE_SERVFAIL);
	give(RC_RCODE_NXDOMAIN, NULL, "example", -1, true);
	judge_validation(RC_DNSSEC_INSECURE);
	finding = (struct rc_dnssec_finding){
		.fault = RC_DNSSEC_NSEC3_ITERATIONS, .zone = name_of("example"), .detail = "many"};
	origin = (struct rc_origin){.link = &s.links[0], .msg = &s.answer};
	s.c.dnssec.findings = &finding;
	s.c.dnssec.n_findings = 1;
	s.c.dnssec_origins = &origin;
	s.c.final = &s.links[0];
}

/* Not all validators take a zone with too many for unsigned: some fail its denials. */
static void who_fails_a_denial_of_many_iterations_does_so_for_these(void **state)
{
	(void)state;
	assert_but(denied_with_iterations, (void)0, ITERATIONS, RC_CONF_LIKELY);
	assert_but(denied_with_iterations, s.x.answer.rcode = RC_RCODE_REFUSED, ITERATIONS,
		   RC_CONF_NONE);
	assert_but(denied_with_iterations, s.c.ede = RC_EDE(NO_REACHABLE_AUTHORITY), ITERATIONS,
		   RC_CONF_NONE);
	assert_but(denied_with_iterations, s.asked[0].query.do_bit = false, ITERATIONS,
		   RC_CONF_NONE);
	assert_but(denied_with_iterations, s.c.others.same_server_type_ok = 1, ITERATIONS,
		   RC_CONF_NONE);
	assert_but(denied_with_iterations, s.c.final = NULL, ITERATIONS, RC_CONF_NONE);
	assert_but(denied_with_iterations, s.c.failed_zone = 0, ITERATIONS, RC_CONF_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_says_so_blocks_unless_it_means_what_it_was_told),
		cmocka_unit_test(what_a_resolver_above_blocks_fails_below),
		cmocka_unit_test(what_is_kept_back_was_sound_and_given_to_nobody),
		cmocka_unit_test(what_is_refused_at_once_to_who_is_served_is_blocked),
		cmocka_unit_test(what_is_dropped_again_and_again_waits_for_nobody),
		cmocka_unit_test(what_is_handed_on_is_no_policy_of_who_hands_it_on),
		cmocka_unit_test(who_fails_a_denial_of_many_iterations_does_so_for_these),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
