/* Silence that is told by other things than servers of a zone that all leave questions unanswered. */
#include "analyze/cause/late.h"
#include "tests/analyze/scene.h"

#define TIMEOUT "upstream.timeout"
#define UNREACHABLE "upstream.unreachable"

/* The resolver asks for the name at that time, and has its answer at the other; 0: none. */
static void fetch(unsigned i, int64_t at_ns, int64_t end_ns)
{
	s.asked[i].first_ns = s.asked[i].last_ns = T0 + at_ns;
	s.asked[i].end_ns = end_ns > 0 ? T0 + end_ns : s.c.to_ns;
	s.asked[i].attempts = 1;
	s.asked[i].state = end_ns > 0 ? RC_X_ANSWERED : RC_X_UNANSWERED;
	s.asked[i].answer.counts[0] = end_ns > 0;
	s.links[i].outcome = end_ns > 0 ? RC_OUT_USABLE : RC_OUT_TIMEOUT;
	if (end_ns > 0)
		s.c.final = &s.links[i];
}

static void validate(enum rc_dnssec_status status)
{
	s.asked[0].query.do_bit = true;
	s.c.dnssec_done = true;
	s.c.dnssec.status = status;
}

/* What it asks for is answered at once, and it goes on as if nothing came. */
static void unheard(void)
{
	begin(RC_OUT_USABLE);
	s.c.failed_zone = RC_ZONE_NONE;
	fetch(1, 500 * MS, 0);
	s.asked[1].end_ns = s.c.to_ns - MS;
	fetch(0, 0, 10 * MS);
}

static void answers_that_pass_by_and_change_nothing_are_not_heard(void **state)
{
	(void)state;
	assert_but(unheard, (void)0, TIMEOUT, RC_CONF_LIKELY);
	assert_but(unheard, s.c.n_links = 1, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(unheard, (s.c.n_links = 1, s.x.state = RC_X_UNANSWERED), TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.x.state = RC_X_UNANSWERED, TIMEOUT, RC_CONF_LIKELY);
	assert_but(unheard, s.links[1].name = NULL, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(unheard, s.asked[1].qtype = RC_TYPE_AAAA, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(unheard, s.c.final = NULL, TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.c.lineage_cut = true, TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.c.adopted = true, TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.c.ede = RC_EDE(DNSSEC_BOGUS), TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.c.ede = RC_EDE(NO_REACHABLE_AUTHORITY), TIMEOUT, RC_CONF_LIKELY);
	assert_but(unheard, s.c.others.same_server_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.c.others.same_client_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, s.asked[0].answer.counts[0] = 0, TIMEOUT, RC_CONF_NONE);
	/* It went on at once: so it has heard it. */
	assert_but(unheard, s.asked[1].first_ns = T0 + 100 * MS, TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, (s.links[0].outcome = RC_OUT_TIMEOUT, s.c.final = &s.links[2]), TIMEOUT,
		   RC_CONF_NONE);
	assert_but(unheard, validate(RC_DNSSEC_BOGUS), TIMEOUT, RC_CONF_NONE);
	assert_but(unheard, validate(RC_DNSSEC_SECURE), TIMEOUT, RC_CONF_LIKELY);
	assert_but(unheard, (validate(RC_DNSSEC_BOGUS), s.asked[0].query.do_bit = false), TIMEOUT,
		   RC_CONF_LIKELY);
}

/* One server is silent, the next answers, when the client is gone. */
static void slow(void)
{
	begin(RC_OUT_USABLE);
	s.x.state = RC_X_UNANSWERED;
	s.x.last_ns = T0;
	s.x.end_ns = s.c.to_ns = T0 + 10 * RC_NS_PER_S;
	s.c.failed_zone = RC_ZONE_NONE;
	fetch(0, 0, 0);
	fetch(1, 1990 * MS, 2000 * MS);
}

/* The same, and the resolver has too little time left. */
static void slow_to_the_end(void)
{
	slow();
	s.x.state = RC_X_ANSWERED;
	s.x.end_ns = s.c.to_ns = T0 + 6100 * MS;
	fetch(1, 5990 * MS, 6000 * MS);
}

static void an_answer_after_a_long_wait_is_too_late(void **state)
{
	(void)state;
	assert_but(slow, (void)0, TIMEOUT, RC_CONF_LIKELY);
	assert_but(slow, s.x.marks = RC_X_DROPS, TIMEOUT, RC_CONF_NONE);
	assert_but(slow, s.c.final = NULL, TIMEOUT, RC_CONF_NONE);
	assert_but(slow, s.c.to_ns = T0 + 4 * RC_NS_PER_S, TIMEOUT, RC_CONF_LIKELY);
	/* How long the capture waits for an answer is not how long the resolver does. */
	assert_but(slow, s.asked[0].end_ns = T0 + RC_NS_PER_S, TIMEOUT, RC_CONF_LIKELY);
	assert_but(slow,
		   (fetch(1, 1290 * MS, 1300 * MS), s.asked[0].qtype = RC_TYPE_AAAA,
		    s.asked[0].state = RC_X_ANSWERED, s.asked[0].end_ns = T0 + 3 * RC_NS_PER_S),
		   TIMEOUT, RC_CONF_NONE);
	assert_but(slow, s.name.role = RC_ROLE_NAMESERVER, TIMEOUT, RC_CONF_NONE);
	assert_but(slow, fetch(1, 1290 * MS, 1300 * MS), TIMEOUT, RC_CONF_NONE);
	assert_but(slow, fetch(1, 1490 * MS, 1500 * MS), TIMEOUT, RC_CONF_LIKELY);
	/* Others have it: then it is late only if it comes when all resolvers have given up. */
	assert_but(slow, s.c.others.same_server_ok = 1, TIMEOUT, RC_CONF_LIKELY);
	assert_but(slow, (s.c.others.same_server_ok = 1, fetch(1, 1490 * MS, 1500 * MS)), TIMEOUT,
		   RC_CONF_NONE);
	/* It was answered, and the next thing was not asked until later. */
	assert_but(slow,
		   (fetch(0, 0, 10 * MS), s.asked[0].qtype = RC_TYPE_AAAA, s.c.final = &s.links[1]),
		   TIMEOUT, RC_CONF_NONE);
	assert_but(slow, s.links[0].outcome = RC_OUT_ICMP, TIMEOUT, RC_CONF_NONE);
	assert_but(slow, s.links[0].outcome = RC_OUT_ICMP, UNREACHABLE, RC_CONF_LIKELY);
	assert_but(slow, (void)0, UNREACHABLE, RC_CONF_NONE);

	assert_but(slow_to_the_end, (void)0, TIMEOUT, RC_CONF_LIKELY);
	assert_but(slow_to_the_end, s.c.others.same_server_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(slow_to_the_end, fetch(0, 4000 * MS, 0), TIMEOUT, RC_CONF_NONE);
	assert_but(slow_to_the_end,
		   (fetch(1, 4790 * MS, 4800 * MS), s.c.to_ns = s.x.end_ns = T0 + 4900 * MS),
		   TIMEOUT, RC_CONF_NONE);
	assert_but(slow_to_the_end, validate(RC_DNSSEC_BOGUS), TIMEOUT, RC_CONF_NONE);
	assert_but(slow_to_the_end, validate(RC_DNSSEC_SECURE), TIMEOUT, RC_CONF_LIKELY);
	assert_but(slow_to_the_end, (validate(RC_DNSSEC_BOGUS), s.asked[0].query.do_bit = false),
		   TIMEOUT, RC_CONF_LIKELY);
}

/* The clients' side alone. */
static void alone(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.c.upstream_visible = false;
	s.x.end_ns = s.c.to_ns = T0 + 3 * RC_NS_PER_S;
}

static void unanswered_alone(void)
{
	alone();
	serve_client();
	s.x.state = RC_X_UNANSWERED;
	s.x.answer = (struct rc_msg_facts){.flags = 0};
	s.x.attempts = 2;
}

/* Its server is seen to have zones of its own. */
static const struct rc_host *answer_aa(void)
{
	struct rc_host *h = enter_asker(s.hosts, RESOLVER);
	h->answered_aa = 1;
	return h;
}

static void the_time_of_a_silent_server_is_all_that_clients_see_of_it(void **state)
{
	(void)state;
	assert_but(alone, (void)0, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(alone, s.c.upstream_visible = true, TIMEOUT, RC_CONF_NONE);
	assert_but(alone, s.c.ede = RC_EDE(DNSSEC_BOGUS), TIMEOUT, RC_CONF_NONE);
	assert_but(alone, s.c.ede = RC_EDE(NETWORK_ERROR), TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(alone, s.x.query.flags = 0, TIMEOUT, RC_CONF_NONE);
	assert_but(alone, s.x.answer.flags = 0, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(alone, (s.x.answer.flags = 0, s.c.server_host = answer_aa()), TIMEOUT,
		   RC_CONF_NONE);
	assert_but(alone, (s.x.answer.flags = 0, serve_client()), TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(alone, s.x.end_ns = T0 + 12 * RC_NS_PER_S, TIMEOUT, RC_CONF_NONE);

	assert_but(unanswered_alone, (void)0, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(unanswered_alone, s.x.end_ns = T0 + 12 * RC_NS_PER_S, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(unanswered_alone, s.x.end_ns = T0 + RC_NS_PER_S, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(unanswered_alone, s.x.attempts = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(unanswered_alone, (s.x.attempts = 1, s.c.others.silent = 1), TIMEOUT,
		   RC_CONF_POSSIBLE);
	assert_but(unanswered_alone, s.c.others.in_hand = true, TIMEOUT, RC_CONF_NONE);
	assert_but(alone, s.c.others.in_hand = true, TIMEOUT, RC_CONF_POSSIBLE);
}

/* It fails soon, where another resolver gives up after the time of a query or two. */
static void soon(void)
{
	alone();
	s.x.end_ns = s.c.to_ns = T0 + 10 * MS;
	s.c.others.n_elsewhere_waited = 1;
	s.c.others.elsewhere_waited[0] = &s.asked[0];
	s.asked[0].state = RC_X_ANSWERED;
	s.asked[0].first_ns = T0;
	s.asked[0].end_ns = T0 + 1500 * MS;
}

static void who_fails_soon_may_know_of_silence_that_others_wait_for(void **state)
{
	(void)state;
	assert_but(soon, (void)0, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(soon, s.c.others.n_elsewhere_waited = 0, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.upstream_visible = true, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.ede = RC_EDE(DNSSEC_BOGUS), TIMEOUT, RC_CONF_NONE);
	assert_but(soon, (s.x.answer.flags = 0, serve_client()), TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.others.elsewhere_name_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.others.other_server_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.others.other_server_cd_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.others.same_server_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.others.same_client_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(soon, s.c.others.cd_ok = 1, TIMEOUT, RC_CONF_NONE);
}

/* A forwarder that asks in vain whatever it asks. */
static void hears_nobody(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	struct rc_host *h = rc_hosts_find(s.hosts, &s.resolver);
	h->asked_rd0 = 0;
	h->asked_rd1 = 3;
}

static void who_never_heard_anybody_gives_up_for_silence(void **state)
{
	(void)state;
	assert_but(hears_nobody, (void)0, TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(hears_nobody, rc_hosts_find(s.hosts, &s.resolver)->asked_rd1 = 2, TIMEOUT,
		   RC_CONF_NONE);
	assert_but(hears_nobody, rc_hosts_find(s.hosts, &s.resolver)->got_answers = 1, TIMEOUT,
		   RC_CONF_NONE);
	assert_but(hears_nobody, rc_hosts_find(s.hosts, &s.resolver)->served = 1, TIMEOUT,
		   RC_CONF_NONE);
	assert_but(hears_nobody, rc_hosts_find(s.hosts, &s.resolver)->asked_rd0 = 1, TIMEOUT,
		   RC_CONF_NONE);
	assert_but(hears_nobody, ask_before(1), TIMEOUT, RC_CONF_NONE);
	assert_but(hears_nobody, s.x.state = RC_X_UNANSWERED, TIMEOUT, RC_CONF_NONE);
	assert_but(hears_nobody, s.c.ede = RC_EDE(NETWORK_ERROR), TIMEOUT, RC_CONF_NONE);
	assert_but(hears_nobody, s.c.ede = RC_EDE(CACHED_ERROR), TIMEOUT, RC_CONF_POSSIBLE);
}

/* So many questions for the zone got no answer; now nobody is asked for it, and the client gets this, or nothing. */
static void behind(bool answered, unsigned silent)
{
	begin_alone(RC_RCODE_SERVFAIL);
	if (!answered) {
		s.x.state = RC_X_UNANSWERED;
		s.x.answer = (struct rc_msg_facts){.flags = 0};
	}
	find_silent(silent);
}

static void fails_behind_silence(void)
{
	behind(true, 3);
}

static void waits_behind_silence(void)
{
	behind(false, 3);
}

static void who_asks_nobody_behind_silence_has_given_that_up(void **state)
{
	(void)state;
	for (unsigned answered = 0; answered < 2; answered++) {
		void (*set)(void) = answered ? fails_behind_silence : waits_behind_silence;
		assert_but(set, (void)0, TIMEOUT, RC_CONF_POSSIBLE);
		assert_but(
			set,
			(rc_hosts_free(s.hosts), rc_recorder_free(s.recorder), behind(answered, 2)),
			TIMEOUT, RC_CONF_NONE);
		assert_but(set, s.c.upstream_visible = false, TIMEOUT, RC_CONF_NONE);
		assert_but(set, s.c.own_fetch = true, TIMEOUT, RC_CONF_NONE);
		assert_but(set, s.zone.name = name_of("."), TIMEOUT, RC_CONF_NONE);
		assert_but(set, s.zone.name = name_of("test"), TIMEOUT, RC_CONF_NONE);
		assert_but(set, s.zone.known_cut = false, TIMEOUT, RC_CONF_NONE);
		assert_but(set, s.zone.role = RC_ROLE_NAMESERVER, TIMEOUT, RC_CONF_NONE);
	}
	assert_but(fails_behind_silence, ask_before(1), TIMEOUT, RC_CONF_NONE);
	assert_but(fails_behind_silence, s.x.answer.flags = 0, TIMEOUT, RC_CONF_NONE);
	assert_but(fails_behind_silence, s.c.others.same_server_ok = 1, TIMEOUT, RC_CONF_NONE);
	assert_but(fails_behind_silence, s.c.ede = RC_EDE(DNSSEC_BOGUS), TIMEOUT, RC_CONF_NONE);
	assert_but(fails_behind_silence, s.c.ede = RC_EDE(CACHED_ERROR), TIMEOUT, RC_CONF_POSSIBLE);
	assert_but(fails_behind_silence, s.x.end_ns = T0 + RC_AT_ONCE_NS, TIMEOUT, RC_CONF_NONE);
	/* Of the zones that it lies in the deepest. */
	struct rc_zone_view zones[2];
	for (unsigned i = 0; i < 2; i++) {
		waits_behind_silence();
		zones[i] = s.zone;
		zones[!i] = s.zone;
		zones[!i].name = name_of("www.example");
		zones[!i].n_addrs = 0;
		s.c.zones = zones;
		s.c.n_zones = 2;
		assert_int_equal(judge_as(TIMEOUT), RC_CONF_NONE);
	}
}

/* With one thing otherwise. */
#define assert_silence_alone(otherwise, wanted) \
	do { \
		begin(RC_OUT_TIMEOUT); \
		otherwise; \
		assert_int_equal(rc_met_silence_alone(&s.c), wanted); \
		rc_hosts_free(s.hosts); \
		rc_recorder_free(s.recorder); \
	} while (0)

/* Where the question itself met nothing else, nothing was there to validate. */
static void a_question_that_meets_silence_alone_is_not_validated(void **state)
{
	struct rc_followed above = {.role = RC_ROLE_ANCESTOR};
	(void)state;
	assert_silence_alone((void)0, true);
	assert_silence_alone(s.c.final = &s.links[2], false);
	assert_silence_alone(s.zone.usable = 1, false);
	assert_silence_alone(s.c.failed_zone = RC_ZONE_NONE, false);
	assert_silence_alone(s.links[1].outcome = RC_OUT_ICMP, true);
	assert_silence_alone(s.links[1].outcome = RC_OUT_SERVFAIL, false);
	assert_silence_alone((s.links[1].outcome = RC_OUT_SERVFAIL, s.links[1].zone = 7), true);
	assert_silence_alone(s.links[1].name = &above, true);
	assert_silence_alone(s.links[0].name = s.links[1].name = &above, false);
	assert_silence_alone(s.asked[0].qtype = s.asked[1].qtype = RC_TYPE_DNSKEY, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_that_pass_by_and_change_nothing_are_not_heard),
		cmocka_unit_test(an_answer_after_a_long_wait_is_too_late),
		cmocka_unit_test(the_time_of_a_silent_server_is_all_that_clients_see_of_it),
		cmocka_unit_test(who_fails_soon_may_know_of_silence_that_others_wait_for),
		cmocka_unit_test(who_never_heard_anybody_gives_up_for_silence),
		cmocka_unit_test(who_asks_nobody_behind_silence_has_given_that_up),
		cmocka_unit_test(a_question_that_meets_silence_alone_is_not_validated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
