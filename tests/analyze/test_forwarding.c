/* Which of the things that a forwarder handed on is why it failed. */
#include "analyze/infer/forwarding.h"
#include "tests/analyze/scene.h"

static struct rc_msg answer;
static struct rc_followed alias, zone;

/* It put the question to three resolvers, one after the other; none answered. */
static void hand_on(void)
{
	begin(RC_OUT_TIMEOUT);
	s.x.qtype = RC_TYPE_A;
	s.c.n_links = 3;
	for (unsigned i = 0; i < SERVERS; i++) {
		s.asked[i].qtype = RC_TYPE_A;
		s.asked[i].query.flags = RC_FLAG_RD;
	}
	alias = s.name;
	alias.role = RC_ROLE_ALIAS;
	zone = (struct rc_followed){.name = name_of("example"), .role = RC_ROLE_ANCESTOR};
}

/* One of them answered so. */
static void reply(unsigned i, enum rc_outcome outcome)
{
	s.links[i].outcome = outcome;
	s.links[i].answer = &answer;
	s.asked[i].state = RC_X_ANSWERED;
	s.asked[i].answer.counts[0] = outcome == RC_OUT_USABLE;
}

static int link_index(const struct rc_link *link)
{
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return link == NULL ? -1 : (int)(link - s.links);
}

static int find(void)
{
	rc_forwarding_find(&s.c);
	return link_index(s.c.forwarded);
}

#define assert_forwarded(otherwise, wanted) \
	do { \
		hand_on(); \
		otherwise; \
		assert_int_equal(find(), wanted); \
	} while (0)

static void the_question_is_handed_on_with_rd(void **state)
{
	(void)state;
	assert_forwarded((void)0, 0);
	assert_forwarded(s.asked[0].query.flags = 0, 1);
	assert_forwarded(s.asked[0].qtype = RC_TYPE_AAAA, 1);
	assert_forwarded(s.links[0].name = &alias, 1);
	assert_forwarded(s.links[0].superseded = true, 1);
	assert_forwarded(s.c.n_links = 0, -1);
}

/* What helped in the end counts, and what came after it; else the first: later ones may be answered from a cache. */
static void what_helped_last_counts(void **state)
{
	(void)state;
	assert_forwarded(reply(1, RC_OUT_USABLE), 2);
	assert_forwarded(reply(2, RC_OUT_USABLE), 2);
	assert_forwarded((reply(0, RC_OUT_SERVFAIL), reply(2, RC_OUT_SERVFAIL)), 0);
	assert_forwarded((reply(0, RC_OUT_SERVFAIL), reply(2, RC_OUT_USABLE)), 2);
	/* An empty one is none. */
	assert_forwarded((reply(0, RC_OUT_SERVFAIL), reply(2, RC_OUT_USABLE),
			  s.asked[2].answer.counts[0] = 0),
			 0);
}

/* An answer is worth more than silence, and than a network's word; one of those at it still may be asked anew. */
static void an_answer_says_more_than_silence(void **state)
{
	(void)state;
	assert_forwarded(reply(1, RC_OUT_SERVFAIL), 1);
	assert_forwarded((reply(1, RC_OUT_SERVFAIL), s.links[1].answer = NULL), 0);
	assert_forwarded((reply(1, RC_OUT_SERVFAIL), s.asked[1].server = s.asked[0].server), 0);
	assert_forwarded((reply(1, RC_OUT_SERVFAIL), s.asked[1].server = s.asked[0].server,
			  s.links[0].outcome = RC_OUT_UNKNOWN),
			 1);
	assert_forwarded((reply(1, RC_OUT_SERVFAIL), s.links[0].outcome = RC_OUT_ICMP), 1);
}

/* Who refuses is passed over where the rest is silent. */
static void one_that_refuses_among_silent_ones_is_not_why(void **state)
{
	(void)state;
	assert_forwarded(reply(1, RC_OUT_REFUSED), 0);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.c.n_links = 2), 1);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.links[2].name = &alias), 1);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.asked[2].qtype = RC_TYPE_AAAA), 1);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.asked[2].server = s.asked[0].server), 1);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.asked[2].server = s.asked[1].server), 1);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.links[2].outcome = RC_OUT_ICMP), 1);
	assert_forwarded((reply(1, RC_OUT_REFUSED), s.links[0].outcome = RC_OUT_ICMP), 0);
	assert_forwarded(
		(reply(1, RC_OUT_REFUSED), s.links[0].outcome = RC_OUT_ICMP, s.c.n_links = 2), 0);
}

/* Failed at the check, the same resolver gives it unchecked: to look at what is wrong. */
static void look_unchecked(void)
{
	hand_on();
	s.c.n_links = 2;
	reply(0, RC_OUT_SERVFAIL);
	reply(1, RC_OUT_USABLE);
	s.asked[1].server = s.asked[0].server;
	s.asked[1].query.flags |= RC_FLAG_CD;
}

static void what_is_given_unchecked_after_a_failure_did_not_help(void **state)
{
	(void)state;
	look_unchecked();
	assert_int_equal(find(), 0);
	look_unchecked();
	s.asked[1].query.flags = RC_FLAG_RD;
	assert_int_equal(find(), 1);
	look_unchecked();
	s.links[0].outcome = RC_OUT_REFUSED;
	assert_int_equal(find(), 1);
	look_unchecked();
	s.asked[0].query.flags |= RC_FLAG_CD;
	assert_int_equal(find(), 1);
	look_unchecked();
	s.x.query.flags |= RC_FLAG_CD; /* as the client wants it */
	assert_int_equal(find(), 1);
	look_unchecked();
	s.asked[1].server = s.addrs[2];
	assert_int_equal(find(), 1);
}

static void truncate_first(void)
{
	reply(0, RC_OUT_UNKNOWN);
	s.asked[0].answer.flags = RC_FLAG_TC;
}

static void what_is_truncated_is_asked_again_over_tcp(void **state)
{
	(void)state;
	assert_forwarded(truncate_first(), 1);
	assert_forwarded((truncate_first(), s.asked[0].state = RC_X_UNANSWERED), 0);
	assert_forwarded((truncate_first(), s.asked[0].answer.flags = 0), 0);
	assert_forwarded((truncate_first(), s.links[0].outcome = RC_OUT_TIMEOUT), 0);
}

/* --- what else it asked in vain --- */

/* The question was answered, but not what its keys are. */
static void hand_on_for_keys(void)
{
	hand_on();
	reply(0, RC_OUT_USABLE);
	s.c.forwarded = &s.links[0];
	s.c.n_links = 2;
	s.asked[1].qtype = RC_TYPE_DNSKEY;
	s.links[1].name = &zone;
}

#define assert_handed_on(otherwise, wanted) \
	do { \
		hand_on_for_keys(); \
		otherwise; \
		assert_int_equal(link_index(rc_case_handed_on(&s.c)), wanted); \
	} while (0)

static void keys_and_targets_of_aliases_are_needed_too(void **state)
{
	(void)state;
	assert_handed_on((void)0, 1);
	assert_handed_on(s.links[0].outcome = RC_OUT_SERVFAIL, 0); /* the question itself */
	assert_handed_on(s.asked[1].qtype = RC_TYPE_DS, 1);
	assert_handed_on(s.asked[1].qtype = RC_TYPE_A, -1);
	assert_handed_on((s.asked[1].qtype = RC_TYPE_A, s.links[1].name = &alias), 1);
	assert_handed_on((s.asked[1].qtype = RC_TYPE_AAAA, s.links[1].name = &alias), -1);
	assert_handed_on(s.asked[1].query.flags = 0, -1); /* it iterates */
	assert_handed_on(zone.role = RC_ROLE_NAMESERVER, -1);
	assert_handed_on(s.links[1].superseded = true, -1);
	assert_handed_on(s.links[1].outcome = RC_OUT_USABLE, -1);
	assert_handed_on(s.links[1].outcome = RC_OUT_UNKNOWN, -1);
}

static void ask_another(enum rc_outcome outcome)
{
	s.c.n_links = 3;
	s.links[2] = s.links[1];
	s.asked[2].qtype = RC_TYPE_DNSKEY;
	s.links[2].x = &s.asked[2];
	s.links[2].outcome = outcome;
}

static void what_another_server_gave_was_not_in_vain(void **state)
{
	(void)state;
	assert_handed_on(ask_another(RC_OUT_TIMEOUT), 1);
	assert_handed_on(ask_another(RC_OUT_USABLE), -1);
	assert_handed_on(ask_another(RC_OUT_UNKNOWN), -1);
	assert_handed_on((ask_another(RC_OUT_USABLE), s.asked[2].qtype = RC_TYPE_DS), 1);
	assert_handed_on((ask_another(RC_OUT_USABLE), s.links[2].name = &s.name), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_question_is_handed_on_with_rd),
		cmocka_unit_test(what_helped_last_counts),
		cmocka_unit_test(an_answer_says_more_than_silence),
		cmocka_unit_test(one_that_refuses_among_silent_ones_is_not_why),
		cmocka_unit_test(what_is_given_unchecked_after_a_failure_did_not_help),
		cmocka_unit_test(what_is_truncated_is_asked_again_over_tcp),
		cmocka_unit_test(keys_and_targets_of_aliases_are_needed_too),
		cmocka_unit_test(what_another_server_gave_was_not_in_vain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
