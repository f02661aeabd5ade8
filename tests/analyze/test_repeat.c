/* Verdicts handed on to failures that repeat others: when, and as how sure. */
#include "tests/analyze/repeat.h"

static enum rc_confidence recall(void)
{
	struct rc_memo *memo = remember(rc_memo_put);
	rc_repeat_recall(memo, &s.c, &o);
	end(memo);
	return taken_over();
}

static enum rc_confidence at_once(void)
{
	struct rc_memo *memo = remember(rc_memo_put);
	bool taken = rc_repeat_recall_at_once(memo, &s.c, &o);
	end(memo);
	assert_int_equal(taken, taken_over() != RC_CONF_NONE);
	return taken_over();
}

static void only_plain_questions_repeat_others(void **state)
{
	(void)state;
	assert_at(recall, repeat, (void)0, PROVEN);
	assert_at(recall, repeat, s.x.opcode = RC_OPCODE_NOTIFY, NONE);
	assert_at(recall, repeat, s.x.qclass = RC_CLASS_CH, NONE);
	assert_at(recall, repeat, s.x.qtype = RC_TYPE_AXFR, NONE);
	assert_at(recall, repeat, s.x.qdcount = 2, NONE);
	assert_at(recall, repeat, s.x.query.fault = RC_FAULT_HEADER_SHORT, NONE);
	assert_at(recall, repeat, s.x.answer.rcode = RC_RCODE_NXDOMAIN, NONE);
}

/* The resolver was given something about the name between the two failures. */
static void give(uint16_t qtype, int64_t end_ns)
{
	struct rc_exchange x = s.asked[0];
	x.first_ns = x.last_ns = T0 - 2 * S;
	x.end_ns = end_ns;
	x.qtype = qtype;
	record(&x, "www.example");
}

static void what_it_was_given_since_makes_it_another_failure(void **state)
{
	(void)state;
	assert_at(recall, repeat, s.c.others.given_ns = T0 - S, LIKELY);
	assert_at(recall, repeat, give(RC_TYPE_A, T0 - S), LIKELY);
	assert_at(recall, repeat, give(RC_TYPE_AAAA, T0 - S), PROVEN);
	assert_at(recall, repeat, give(RC_TYPE_A, T0 + MS), PROVEN);
	assert_at(recall, repeat, s.c.n_links = 1, LIKELY);
	assert_at(recall, repeat, s.x.end_ns = T0 + 300 * MS, LIKELY);
	assert_at(recall, repeat, s.x.end_ns = T0 + 100 * MS, PROVEN);
	assert_at(recall, repeat, tell_of_zone(), LIKELY);
	assert_at(recall, repeat, told_of = "mail.example", NONE);
}

/* Rules see by themselves what was seen before, and nobody is asked. */
static void see_again(void)
{
	repeat();
	sees("upstream.timeout", PROVEN);
	o.rule = &was;
}

static bool is_cached(void)
{
	(void)recall();
	return o.finding.cached;
}

static void what_records_show_of_before_is_told_from_memory(void **state)
{
	(void)state;
	assert_at(is_cached, see_again, (void)0, true);
	assert_at(is_cached, see_again, o.rule = &now, false);
	assert_at(is_cached, see_again, s.c.n_links = 1, false);
	assert_at(is_cached, see_again, s.c.upstream_visible = false, false);
	assert_at(is_cached, see_again, s.x.answer.rcode = RC_RCODE_REFUSED, false);
	assert_at(is_cached, see_again, s.x.query.flags |= RC_FLAG_CD, false);
	assert_at(is_cached, see_again, s.x.end_ns = T0 + 300 * MS, false);
	assert_at(is_cached, see_again, ago_ns = 901 * S, false);
	assert_at(is_cached, see_again, tell_of_zone(), false);
}

/* It was given what verifies, and fails all the same. */
static void reject(void)
{
	repeat();
	s.c.n_links = 1;
	s.c.final = &s.links[0];
	s.asked[0].query.do_bit = true;
	sees("resolver.internal", LIKELY);
	met("dnssec.signature_expired", 0);
}

/* By its clock signatures are not valid, and nobody is asked. */
static void be_out_of_time(void)
{
	repeat();
	sees("dnssec.clock_skew", LIKELY);
	met("dnssec.signature_expired", 0);
}

#define assert_rejecting(...) assert_at(recall, reject, __VA_ARGS__)

static void what_it_holds_against_a_zone_is_what_failed_before(void **state)
{
	(void)state;
	assert_rejecting((void)0, LIKELY);
	assert_true(o.finding.cached);
	assert_rejecting(s.c.final = NULL, NONE);
	assert_rejecting(sees("resolver.limits", LIKELY), NONE);
	assert_rejecting(ago_ns = 300 * S, LIKELY);
	assert_rejecting(ago_ns = 901 * S, NONE);
	assert_rejecting(told_as = POSSIBLE, NONE);
	assert_rejecting(met("policy.blocked", 0), NONE);
	/* It got no keys then. */
	assert_rejecting(met("upstream.timeout", 0), LIKELY);
	assert_rejecting(met("delegation.lame", 0), LIKELY);
	assert_rejecting(met("zone.not_loaded", 0), LIKELY);
	assert_rejecting((met("upstream.timeout", 0), told_as = POSSIBLE), NONE);
	assert_rejecting((met("upstream.timeout", 0), ago_ns = 61 * S), NONE);
	assert_rejecting((met("upstream.timeout", 0), s.asked[0].query.do_bit = false), NONE);
	/* Its own anchor or clock was wrong: that is no memory. */
	assert_rejecting(met("dnssec.trust_anchor", RC_RULE_RESOLVER), LIKELY);
	assert_false(o.finding.cached);
	assert_rejecting((met("dnssec.trust_anchor", RC_RULE_RESOLVER), ago_ns = 61 * S), NONE);
	assert_at(recall, be_out_of_time, (void)0, PROVEN);
	assert_at(recall, be_out_of_time, told_as = POSSIBLE, NONE);
	assert_at(recall, be_out_of_time, met("dnssec.ds_mismatch", 0), NONE);
}

/* The resolver's word says which fault of DNSSEC it is, or only that it is one. */
static void say(void)
{
	repeat();
	sees("dnssec.ds_mismatch", LIKELY);
	o.finding.vague = true;
}

static void the_resolvers_own_words_are_not_passed_over(void **state)
{
	(void)state;
	assert_at(recall, say, (void)0, NONE);
	assert_at(recall, say, o.confidence = POSSIBLE, PROVEN);
	assert_at(recall, say, sees("dnssec.validation_failed", LIKELY), PROVEN);
	assert_at(recall, say, sees("upstream.servfail", LIKELY), PROVEN);
	assert_at(recall, say, met("dnssec.signature_expired", 0), PROVEN);
	assert_at(recall, say, (met("dnssec.signature_expired", 0), told.vague = true), NONE);
}

/* It refuses at once what it was refused upstream before. */
static void refuse_again(void)
{
	repeat();
	s.x.answer.rcode = RC_RCODE_REFUSED;
	sees("policy.blocked", LIKELY);
	was.rcodes = RC_ON(RC_RCODE_REFUSED);
}

static void a_refusal_is_handed_on_again(void **state)
{
	(void)state;
	assert_at(recall, refuse_again, (void)0, PROVEN);
	assert_at(recall, refuse_again, s.x.answer.rcode = RC_RCODE_NXDOMAIN, NONE);
	assert_at(recall, refuse_again, s.c.upstream_visible = false, NONE);
	assert_at(recall, refuse_again, s.c.n_links = 1, NONE);
	assert_at(recall, refuse_again, s.c.ede = RC_EDE(BLOCKED), NONE);
	assert_at(recall, refuse_again, o.confidence = PROVEN, NONE);
	assert_at(recall, refuse_again, sees("policy.client_not_allowed", LIKELY), NONE);
	assert_at(recall, refuse_again, ago_ns = 31 * S, NONE);
	assert_at(recall, refuse_again, tell_of_zone(), NONE);
	assert_at(recall, refuse_again, was.rcodes = RC_ON(RC_RCODE_SERVFAIL), NONE);
	/* Said to the forwarder, whoever of its clients asked. */
	assert_at(recall, refuse_again,
		  (was.flags = RC_RULE_CLIENT, shown[0].from = addr("198.51.100.2")), PROVEN);
}

/* The earlier failure was that of a client who is shut out. */
static void shut_out(void)
{
	repeat();
	was.flags = RC_RULE_CLIENT;
	shown[0].from = addr("198.51.100.2");
}

#define assert_shut_out(...) assert_at(recall, shut_out, __VA_ARGS__)

static void what_is_of_another_client_is_not_of_this_one(void **state)
{
	struct rc_addr resolver = addr(RESOLVER), other = addr("198.51.100.54");
	(void)state;
	assert_shut_out((void)0, NONE);
	assert_shut_out(was.flags = 0, PROVEN);
	assert_shut_out(shown[0].from = s.x.asker, PROVEN);
	assert_shut_out(told.n_evidence = 0, PROVEN);
	assert_shut_out((was.flags = RC_RULE_ANSWER, told.server = &resolver), NONE);
	assert_shut_out((was.flags = RC_RULE_ANSWER, told.server = &other), PROVEN);
	assert_shut_out((was.flags = 0, told.server = &resolver), PROVEN);
	/* The server that the network did not reach answers since. */
	assert_shut_out(was.flags = RC_RULE_GONE, PROVEN);
	assert_shut_out((was.flags = RC_RULE_GONE, serve_client()), NONE);
	assert_shut_out((was.flags = RC_RULE_GONE, serve_client(), shown[0].ts_ns = T0), PROVEN);
	assert_shut_out((was.flags = RC_RULE_GONE, s.c.server_host = NULL), PROVEN);
}

static uint16_t flags_of(const char *slug)
{
	const struct rc_rule *rule;
	for (size_t i = 0; (rule = rc_rule_at(i)) != NULL; i++)
		if (strcmp(rule->cause.slug, slug) == 0)
			return rule->flags;
	fail_msg("no cause %s", slug);
	return 0;
}

static void causes_say_whom_they_are_about(void **state)
{
	(void)state;
	assert_true(flags_of("policy.client_not_allowed") & RC_RULE_CLIENT);
	assert_true(flags_of("upstream.mismatched_reply") & RC_RULE_ANSWER);
	assert_true(flags_of("no_answer.late_response") & RC_RULE_ANSWER);
	assert_true(flags_of("no_answer.unreachable") & RC_RULE_GONE);
	assert_false(flags_of("upstream.timeout") &
		     (RC_RULE_CLIENT | RC_RULE_ANSWER | RC_RULE_GONE));
}

/* It asks for the name, and gives its client no answer. */
static void be_silent(void)
{
	repeat();
	s.c.n_links = 1;
	s.x.state = RC_X_UNANSWERED;
	s.x.end_ns = s.c.to_ns = T0 + 10 * S;
	s.x.query.flags |= RC_FLAG_CD;
	met("dnssec.signature_expired", 0);
}

static void silence_repeats_what_it_may_come_of(void **state)
{
	(void)state;
	assert_at(recall, be_silent, (void)0, NONE); /* who does not want it checked */
	assert_at(recall, be_silent, s.x.query.flags = RC_FLAG_RD, LIKELY);
	assert_at(recall, be_silent, met("upstream.timeout", 0), LIKELY);
	assert_at(recall, be_silent, s.x.state = RC_X_ANSWERED, LIKELY);
	/* What it remembers it would have told. */
	assert_at(recall, be_silent, (met("upstream.timeout", 0), s.c.n_links = 0), NONE);
	assert_at(recall, be_silent,
		  (met("upstream.timeout", 0), s.c.n_links = 0, s.c.upstream_visible = false),
		  LIKELY);
	assert_at(recall, be_silent, (met("upstream.timeout", 0), s.c.ignored = LIKELY), NONE);
}

/* The earlier failure had no more than signs. */
static void guess(void)
{
	repeat();
	told_as = POSSIBLE;
}

static void mere_signs_say_nothing_beside_others(void **state)
{
	(void)state;
	assert_at(recall, guess, (void)0, POSSIBLE);
	assert_at(recall, guess, sees("upstream.servfail", POSSIBLE), NONE);
	assert_at(recall, guess, (sees("a", POSSIBLE), o.finding.cached = true), NONE);
	assert_at(recall, guess, (sees("a", POSSIBLE), o.finding.vague = o.finding.generic = true),
		  NONE);
	assert_at(recall, guess,
		  (sees("a", POSSIBLE),
		   o.finding.cached = o.finding.vague = o.finding.generic = true),
		  POSSIBLE);
	assert_at(recall, guess,
		  (sees("a", POSSIBLE), met("dnssec.trust_anchor", RC_RULE_RESOLVER)), POSSIBLE);
	/* Nor of other names of the zone. */
	assert_at(recall, guess, (tell_of_zone(), s.c.upstream_visible = false), NONE);
	assert_at(recall, guess, (tell_of_zone(), s.c.upstream_visible = false, told_as = LIKELY),
		  LIKELY);
	/* What repeats a failure out of sight is not told of who asks anew. */
	assert_at(recall, repeat, was.flags = RC_RULE_REPEATS, PROVEN);
	assert_at(recall, repeat, (was.flags = RC_RULE_REPEATS, s.c.n_links = 1), NONE);
}

static void a_bare_repeat_needs_no_rules(void **state)
{
	(void)state;
	assert_at(at_once, repeat, (void)0, PROVEN);
	assert_at(at_once, repeat, s.x.qdcount = 2, NONE);
	assert_at(at_once, repeat, s.x.answer.rcode = RC_RCODE_REFUSED, NONE);
	assert_at(at_once, repeat, s.c.upstream_visible = false, NONE);
	assert_at(at_once, repeat, s.c.n_links = 1, NONE);
	assert_at(at_once, repeat, s.c.own_fetch = true, NONE);
	assert_at(at_once, repeat, s.x.end_ns = T0 + MS, NONE);
	assert_at(at_once, repeat, s.x.query.flags |= RC_FLAG_CD, NONE);
	assert_at(at_once, repeat, s.c.ede = RC_EDE(DNSSEC_BOGUS), NONE);
	assert_at(at_once, repeat, s.c.ede = RC_EDE(CACHED_ERROR), PROVEN);
	assert_at(at_once, repeat, s.c.others.same_server_ok = 1, NONE);
	assert_at(at_once, repeat, told_as = LIKELY, NONE);
	assert_at(at_once, repeat, told.vague = true, NONE);
	assert_at(at_once, repeat, was.flags = RC_RULE_RESOLVER, NONE);
	assert_at(at_once, repeat, ago_ns = 31 * S, NONE);
	assert_at(at_once, repeat, tell_of_zone(), NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_plain_questions_repeat_others),
		cmocka_unit_test(what_it_was_given_since_makes_it_another_failure),
		cmocka_unit_test(what_records_show_of_before_is_told_from_memory),
		cmocka_unit_test(what_it_holds_against_a_zone_is_what_failed_before),
		cmocka_unit_test(the_resolvers_own_words_are_not_passed_over),
		cmocka_unit_test(a_refusal_is_handed_on_again),
		cmocka_unit_test(what_is_of_another_client_is_not_of_this_one),
		cmocka_unit_test(causes_say_whom_they_are_about),
		cmocka_unit_test(silence_repeats_what_it_may_come_of),
		cmocka_unit_test(mere_signs_say_nothing_beside_others),
		cmocka_unit_test(a_bare_repeat_needs_no_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
