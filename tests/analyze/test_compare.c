/* Verdicts handed on to other names and other resolvers, and what is kept for them. */
#include "tests/analyze/repeat.h"

static enum rc_confidence with_siblings(void)
{
	struct rc_memo *memo = remember(rc_memo_put_sibling);
	rc_repeat_compare_siblings(memo, &s.c, &o);
	end(memo);
	return taken_over();
}

static enum rc_confidence with_resolvers(void)
{
	struct rc_memo *memo = remember(rc_memo_put_for_resolvers);
	rc_repeat_compare_resolvers(memo, &s.c, &o);
	if (o.rule == &was)
		assert_int_equal(strstr(o.finding.explanation, "as at another") != NULL,
				 o.finding.zone == NULL);
	end(memo);
	return taken_over();
}

/* Nothing is known of why it fails, but of another question for it. */
static void know_nothing(void)
{
	repeat();
	s.c.upstream_visible = false;
	was.cause.responsible = RC_PARTY_ZONE_OWNER;
	ago_ns = S;
}

static void names_that_fail_with_others_may_fail_as_they_do(void **state)
{
	(void)state;
	assert_at(with_siblings, know_nothing, (void)0, POSSIBLE);
	assert_at(with_siblings, know_nothing, told_of = "a.www.example", POSSIBLE);
	assert_at(with_siblings, know_nothing, told_of = "mail.example", NONE);
	assert_at(with_siblings, know_nothing, s.c.upstream_visible = true, NONE);
	assert_at(with_siblings, know_nothing, sees("upstream.servfail", POSSIBLE), NONE);
	assert_at(with_siblings, know_nothing, s.x.qtype = RC_TYPE_AXFR, NONE);
	assert_at(with_siblings, know_nothing, s.x.answer.rcode = RC_RCODE_REFUSED, NONE);
	assert_at(with_siblings, know_nothing, s.x.query.flags |= RC_FLAG_CD, NONE);
	assert_at(with_siblings, know_nothing, s.x.answer.flags = 0, NONE);
	assert_at(with_siblings, know_nothing, s.c.others.same_server_ok = 1, NONE);
	assert_at(with_siblings, know_nothing, s.c.others.same_client_ok = 1, NONE);
	assert_at(with_siblings, know_nothing, s.c.others.cd_failed = 1, NONE);
}

/* Another resolver met with a fault of the name itself. */
static void give_up(void)
{
	repeat();
	met("zone.cname_loop", 0);
	ago_ns = S;
}

/* Another resolver was let down by the servers of the zone, which this one knows of, and does not ask. */
static void leave_alone(void)
{
	give_up();
	met("upstream.timeout", 0);
	told.zone = &example;
	s.c.n_zones = 1;
	s.zone.role = RC_ROLE_QUESTION;
	s.links[0].outcome = RC_OUT_UNKNOWN;
}

static void what_another_resolver_met_with_this_one_may_hold_against_it(void **state)
{
	(void)state;
	assert_at(with_resolvers, give_up, (void)0, POSSIBLE);
	assert_null(o.finding.zone);
	assert_at(with_resolvers, give_up, met("dnssec.signature_expired", 0), NONE);
	assert_at(with_resolvers, leave_alone, (void)0, POSSIBLE);
	assert_ptr_equal(o.finding.zone, &s.zone.name);
	assert_at(with_resolvers, leave_alone, (met("zone.cname_loop", 0), told.zone = NULL),
		  POSSIBLE);
	assert_null(o.finding.zone); /* it is the name's own */
	assert_at(with_resolvers, leave_alone, s.c.upstream_visible = false, NONE);
	assert_at(with_resolvers, leave_alone, s.c.own_fetch = true, NONE);
	assert_at(with_resolvers, leave_alone, s.x.qtype = RC_TYPE_AXFR, NONE);
	assert_at(with_resolvers, leave_alone, s.x.answer.rcode = RC_RCODE_REFUSED, NONE);
	assert_at(with_resolvers, leave_alone, s.c.others.elsewhere_name_ok = 1, NONE);
	assert_at(with_resolvers, leave_alone, sees("resolver.internal", POSSIBLE), POSSIBLE);
	assert_int_equal(o.n_alternatives, 1);
	assert_at(with_resolvers, leave_alone, sees("resolver.internal", LIKELY), NONE);
	assert_at(with_resolvers, leave_alone, sees("upstream.servfail", POSSIBLE), NONE);
}

/* It asks a server: of that zone, of another below it, or of one that is not known. */
enum { OF_ZONE, BELOW, UNKNOWN };

static void ask_server(unsigned whose, const char *name, enum rc_outcome outcome, bool refers)
{
	static struct rc_zone_view zones[3];
	static struct rc_followed asked;
	leave_alone();
	zones[OF_ZONE] = s.zone;
	zones[BELOW] = (struct rc_zone_view){.name = name_of("a.example"), .known_cut = true};
	zones[UNKNOWN] = (struct rc_zone_view){.known_cut = false};
	asked = (struct rc_followed){.name = name_of(name)};
	s.c.zones = zones;
	s.c.n_zones = 3;
	s.c.n_links = 1;
	s.links[0].name = &asked;
	s.links[0].zone = whose;
	s.links[0].outcome = outcome;
	s.asked[0].answer.has = refers ? RC_HAS_AUTH_NS : 0;
}

static void who_asked_the_servers_of_the_zone_holds_nothing_against_them(void **state)
{
	(void)state;
	ask_server(OF_ZONE, "www.example", RC_OUT_UNKNOWN, false);
	assert_int_equal(with_resolvers(), NONE);
	ask_server(BELOW, "www.example", RC_OUT_UNKNOWN, false);
	assert_int_equal(with_resolvers(), POSSIBLE);
	ask_server(UNKNOWN, "www.example", RC_OUT_UNKNOWN, false);
	assert_int_equal(with_resolvers(), NONE);
	ask_server(UNKNOWN, "www.example", RC_OUT_USABLE, false);
	assert_int_equal(with_resolvers(), NONE);
	ask_server(UNKNOWN, "ns.test", RC_OUT_UNKNOWN, false);
	assert_int_equal(with_resolvers(), POSSIBLE);
	/* Who refers to the zone is not of it; it is no help to be referred up. */
	ask_server(UNKNOWN, "www.example", RC_OUT_USABLE, true);
	assert_int_equal(with_resolvers(), POSSIBLE);
	ask_server(UNKNOWN, "www.example", RC_OUT_LAME, true);
	assert_int_equal(with_resolvers(), NONE);
}

static bool for_resolvers(void)
{
	struct rc_memo *memo = remember(rc_memo_put);
	rc_repeat_keep_for_resolvers(memo, &s.c, &o);
	bool kept = o.finding.zone == NULL ? rc_memo_find_elsewhere(memo, &s.c) != NULL
					   : rc_memo_find_of_zone(memo, &s.c, &example) != NULL;
	end(memo);
	return kept;
}

static bool for_siblings(void)
{
	struct rc_memo *memo = remember(rc_memo_put);
	rc_repeat_keep_for_siblings(memo, &s.c, &o);
	struct rc_name below = name_of("a.www.example");
	s.c.qname = &below;
	bool kept = rc_memo_find_sibling(memo, &s.c) != NULL;
	end(memo);
	return kept;
}

static bool worth_keeping(void)
{
	struct rc_memo *memo = remember(rc_memo_put);
	bool worth = rc_repeat_is_worth_keeping(&s.c, &o);
	end(memo);
	return worth;
}

static void find_silence(void)
{
	repeat();
	s.c.n_links = 1;
	sees("upstream.timeout", LIKELY);
	o.finding.zone = &example;
}

static void find_fault(void)
{
	repeat();
	s.c.upstream_visible = false;
	sees("dnssec.signature_expired", LIKELY);
}

/* It is answered with CD=1, with an alias or not. */
static void answer_unchecked(bool alias)
{
	s.asked[2].answer.has = alias ? RC_HAS_ANSWER_CNAME : 0;
	s.c.others.cd_example = &s.asked[2];
}

#define assert_for_resolvers(...) assert_at(for_resolvers, find_silence, __VA_ARGS__)

#define assert_for_siblings(...) assert_at(for_siblings, find_fault, __VA_ARGS__)

static void what_others_may_meet_with_is_kept_for_them(void **state)
{
	(void)state;
	assert_for_resolvers((void)0, true);
	assert_for_resolvers(sees("delegation.lame", LIKELY), true);
	assert_for_resolvers(sees("dnssec.ds_mismatch", LIKELY), false);
	assert_for_resolvers(o.finding.zone = NULL, false);
	assert_for_resolvers((o.finding.zone = NULL, sees("zone.cname_loop", LIKELY)), true);
	assert_for_resolvers(s.c.upstream_visible = false, false);
	assert_for_resolvers(o.confidence = POSSIBLE, false);
	assert_for_resolvers(o.finding.vague = true, false);
	assert_for_resolvers(o.finding.cached = true, false);

	assert_for_siblings((void)0, true);
	assert_for_siblings(now.cause.responsible = RC_PARTY_ZONE_OWNER, true);
	assert_for_siblings(now.cause.responsible = RC_PARTY_NETWORK, true);
	assert_for_siblings(now.cause.responsible = RC_PARTY_RESOLVER_OPERATOR, false);
	assert_for_siblings(s.c.upstream_visible = true, false);
	assert_for_siblings(s.x.answer.rcode = RC_RCODE_REFUSED, false);
	assert_for_siblings(answer_unchecked(true), false);
	assert_for_siblings(answer_unchecked(false), true);
	assert_for_siblings(o.finding.vague = o.finding.generic = true, true);
	assert_for_siblings((o.confidence = POSSIBLE, o.finding.vague = o.finding.generic = true),
			    false);
	assert_for_siblings(o.confidence = POSSIBLE, true);
}

/* Signs that it will not show again. */
static void find_signs(void)
{
	find_silence();
	o.confidence = POSSIBLE;
}

#define assert_worth(...) assert_at(worth_keeping, find_signs, __VA_ARGS__)

static void signs_are_kept_where_they_show_but_once(void **state)
{
	(void)state;
	assert_worth((void)0, true);
	assert_worth(o.confidence = NONE, false);
	assert_worth(now.flags = RC_RULE_SILENCE, false);
	assert_worth(sees("resolver.internal", POSSIBLE), false);
	assert_worth(s.c.n_links = 0, false);
	assert_worth(s.x.answer.rcode = RC_RCODE_REFUSED, false);
	assert_worth(s.x.qdcount = 2, false);
	assert_worth(o.finding.generic = true, false);
	assert_worth(s.x.answer.flags |= RC_FLAG_TC, false);
	assert_worth((s.c.n_links = 0, o.confidence = LIKELY), true);
	assert_worth((s.c.n_links = 0, s.c.upstream_visible = false), true);
	assert_worth((s.c.n_links = 0, now.flags = RC_RULE_REPEATS), true);
	assert_worth((s.c.n_links = 0, now.flags = RC_RULE_RESOLVER), true);
	/* No answer has no flags. */
	assert_worth((o.confidence = LIKELY, s.x.state = RC_X_UNANSWERED,
		      s.x.answer.flags |= RC_FLAG_TC),
		     true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_fail_with_others_may_fail_as_they_do),
		cmocka_unit_test(what_another_resolver_met_with_this_one_may_hold_against_it),
		cmocka_unit_test(who_asked_the_servers_of_the_zone_holds_nothing_against_them),
		cmocka_unit_test(what_others_may_meet_with_is_kept_for_them),
		cmocka_unit_test(signs_are_kept_where_they_show_but_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
