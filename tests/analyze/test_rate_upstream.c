/*
 * Servers that answer a resolver only part of what it asks at a high rate: what its other questions met with shows it.
 */
#include "tests/analyze/scene.h"

#define ASKER "198.51.100.99" /* somebody else */
#define RATE_MIN 20u          /* questions in a second */

/*
 * What the resolver asked besides, a millisecond apart, behind the question that SERVER1 left unanswered. Of each three of
 * the zone the first is answered; of those put to the server of another zone all are.
 */
static struct {
	struct rc_exchange zone, other;
	const char *zone_name, *silent_name, *other_name;
	unsigned n_zone, n_other;
	unsigned answered_of; /* one of so many is, from the first on; 0: none */
	unsigned silent_of;   /* ... or is not, the last of them */
	unsigned lost;        /* of those to the other zone */
	int64_t gap_ns, took_ns;
} besides;

static struct rc_host *server;

static void limit(void)
{
	begin(RC_OUT_TIMEOUT);
	assert_int_equal(rc_arena_new(1u << 16, &s.c.arena), RC_OK);
	enter_asker(s.hosts, SERVER1);
	enter_asker(s.hosts, SERVER3)->answered_query_ns = T0 + 60 * RC_NS_PER_S;
	server = rc_hosts_find(s.hosts, &s.addrs[0]);
	server->answered_query_ns = T0 + 60 * RC_NS_PER_S;
	s.asked[0].first_ns = s.asked[1].first_ns = T0;
	s.asked[0].name_hash = s.asked[1].name_hash = s.x.name_hash;
	s.asked[0].qtype = s.asked[1].qtype = RC_TYPE_A;
	memset(&besides, 0, sizeof besides);
	besides.zone = s.asked[0];
	besides.other = s.asked[0];
	besides.other.server = addr(SERVER3);
	besides.zone_name = besides.silent_name = "mail.example";
	besides.other_name = "www.test";
	besides.n_zone = 3 * RATE_MIN;
	besides.n_other = 12;
	besides.answered_of = 3;
	besides.gap_ns = MS;
	besides.took_ns = MS;
}

static void put(struct rc_exchange x, const char *name, unsigned i, bool answered)
{
	x.first_ns = x.last_ns = T0 + (i + 1) * besides.gap_ns;
	x.end_ns = x.first_ns + besides.took_ns;
	x.state = answered ? RC_X_ANSWERED : RC_X_UNANSWERED;
	record(&x, name);
}

static enum rc_confidence judge_limit(void)
{
	record(&s.asked[0], "www.example");
	s.links[0].pos = rc_recorder_newest_by_asker(s.recorder, &s.resolver, s.x.name_hash);
	for (unsigned i = 0; i < besides.n_zone; i++) {
		bool answered = besides.answered_of > 0 && i % besides.answered_of == 0;
		if (besides.silent_of > 0)
			answered = i % besides.silent_of < besides.silent_of - 1;
		put(besides.zone, answered ? besides.zone_name : besides.silent_name, i, answered);
	}
	for (unsigned i = 0; i < besides.n_other; i++)
		put(besides.other, besides.other_name, besides.n_zone, i >= besides.lost);
	enum rc_confidence confidence = judge_as("upstream.rate_limited");
	rc_arena_free(s.c.arena);
	return confidence;
}

#define assert_limit(otherwise, wanted) \
	do { \
		limit(); \
		otherwise; \
		assert_int_equal(judge_limit(), RC_CONF_##wanted); \
	} while (0)

static void drops_among_answers_at_a_high_rate_are_a_limit(void **state)
{
	(void)state;
	assert_limit((void)0, LIKELY);
	assert_limit(besides.answered_of = 0, NONE);
	assert_limit(besides.silent_name = "www.example", NONE); /* it is about the name */
	assert_limit(s.zone.name.len = 0, NONE); /* whose servers these are, is not known */
}

/* Only what the same resolver asks the same server over UDP counts, of the same type and for the zone. */
static void only_questions_alike_are_compared(void **state)
{
	(void)state;
	assert_limit(besides.zone.asker = addr(ASKER), NONE);
	assert_limit(besides.zone.server = addr(SERVER2), NONE);
	assert_limit(besides.zone.transport = RC_TCP, NONE);
	assert_limit(besides.zone.qtype = RC_TYPE_AAAA, NONE);
	assert_limit(besides.zone_name = besides.silent_name = "www.test", NONE);
	assert_limit(besides.zone_name = besides.silent_name = "www.example",
		     LIKELY);                                 /* the very name, now and then */
	assert_limit(besides.gap_ns = 6 * RC_NS_PER_S, NONE); /* too late */
}

/* What cannot be read, or took long, is no answer of one that counts questions; octets behind an answer do no harm. */
static void only_good_answers_show_a_limit(void **state)
{
	(void)state;
	assert_limit(besides.zone.marks = RC_X_MALFORMED, NONE);
	assert_limit((besides.zone.marks = RC_X_MALFORMED,
		      besides.zone.answer.fault = RC_FAULT_TRAILING),
		     LIKELY);
	assert_limit(besides.zone.answer.rcode = RC_RCODE_SERVFAIL, NONE);
	assert_limit(besides.took_ns = RC_SLOW_NS, NONE);
}

/* Few questions in a second, by all that were asked: below any limit. */
static void at_a_low_rate_nothing_is_limited(void **state)
{
	(void)state;
	assert_limit(besides.gap_ns = 60 * MS, NONE);
	assert_limit((besides.n_zone = 12, besides.gap_ns = MS), NONE);
	assert_limit(besides.answered_of = 1, NONE);
	assert_limit(besides.silent_of = 4, LIKELY);
	assert_limit(besides.silent_of = 6, NONE); /* a rate, and hardly any of it left out */
}

/* Counted by the second, whoever asked. */
static void ask_in_one_second(unsigned n, unsigned answered, int64_t at_ns)
{
	struct rc_exchange x = {.asker = addr(ASKER),
				.server = addr(SERVER1),
				.qdcount = 1,
				.state = RC_X_ANSWERED,
				.first_ns = at_ns,
				.end_ns = at_ns + MS};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	for (unsigned i = 0; i < n; i++) {
		rc_hosts_note_query(s.hosts, &x, &keys, (const uint8_t[6]){0}, false);
		if (i < answered)
			rc_hosts_note_answer(s.hosts, &x, &keys, (const uint8_t[6]){0});
	}
	/* What the resolver itself asks is too little to tell. */
	besides.n_zone = 12;
}

static void the_busiest_second_may_show_the_rate(void **state)
{
	(void)state;
	assert_limit(ask_in_one_second(2 * RATE_MIN, RATE_MIN, T0), LIKELY);
	assert_limit(ask_in_one_second(RATE_MIN - 1, 0, T0), NONE);
	assert_limit(ask_in_one_second(2 * RATE_MIN, 2 * RATE_MIN, T0), NONE);
	assert_limit(ask_in_one_second(2 * RATE_MIN, RATE_MIN, T0 - 6 * RC_NS_PER_S), NONE);
	assert_limit(ask_in_one_second(2 * RATE_MIN, RATE_MIN, T0 + 9 * RC_NS_PER_S), NONE);
}

/* Where as much of what servers of other zones are asked gets lost, the network loses it. */
static void what_the_network_loses_is_no_limit(void **state)
{
	(void)state;
	assert_limit(besides.lost = 2, NONE);
	assert_limit(besides.lost = 1, LIKELY); /* any time */
	assert_limit((besides.lost = 2, besides.n_other = 40), LIKELY);
	assert_limit(besides.n_other = 9, NONE);
	assert_limit((besides.n_other = 0, besides.answered_of = 30), LIKELY);
	assert_limit((besides.lost = 2, besides.answered_of = 30), NONE);
}

static void ask_instead(const char *other, int64_t answered_ns)
{
	besides.other.server = addr(other);
	enter_asker(s.hosts, other)->answered_query_ns = answered_ns;
}

/* Servers that are silent to all, those of the zone itself, and what others ask show nothing of the network. */
static void only_living_servers_of_other_zones_show_the_network(void **state)
{
	(void)state;
	assert_limit(ask_instead(SERVER3, T0 + 60 * RC_NS_PER_S), LIKELY);
	assert_limit(ask_instead(SERVER2, T0 + 60 * RC_NS_PER_S), NONE);
	assert_limit(ask_instead(SERVER3, T0), NONE);
	assert_limit(besides.other.server = addr("9.9.9.77"), NONE);
	assert_limit(besides.other.asker = addr(ASKER), NONE);
	assert_limit(besides.other.transport = RC_TCP, NONE);
}

/* It slips: truncates small answers to some. */
static void slip(void)
{
	server->slips = 1;
	server->slip_ns = T0;
	besides.zone.answer.flags = RC_FLAG_TC;
	besides.gap_ns = 60 * MS; /* of a rate, that needs no other sign */
}

static void small_answers_truncated_are_a_limit_at_any_rate(void **state)
{
	(void)state;
	assert_limit(slip(), LIKELY);
	assert_limit((slip(), server->slips = 0), NONE);
	assert_limit((slip(), server->slip_ns = T0 - 6 * RC_NS_PER_S), NONE);
	assert_limit((slip(), besides.zone.answer.counts[0] = 1), NONE);
	assert_limit((slip(), besides.zone.answer.flags = 0), NONE);
}

/* A question of the zone at fault that was left for good, by a server that answers others. */
static void it_takes_a_question_left_by_a_living_server(void **state)
{
	(void)state;
	assert_limit(s.links[0].outcome = s.links[1].outcome = RC_OUT_SERVFAIL, NONE);
	assert_limit(s.asked[0].state = s.asked[1].state = RC_X_ANSWERED, NONE); /* it is slow */
	assert_limit(server->answered_query_ns = T0, NONE);
	assert_limit(s.links[0].zone = s.links[1].zone = RC_ZONE_NONE, NONE);
	assert_limit(s.c.failed_zone = RC_ZONE_NONE, NONE);
}

/* The resolver had its answer, and asked again. */
static void ask_again(int64_t end_ms)
{
	s.c.failed_zone = RC_ZONE_NONE;
	s.asked[2] = s.asked[0];
	s.asked[2].end_ns = T0 + end_ms * MS;
	s.asked[2].state = RC_X_ANSWERED;
	s.links[2] = s.links[0];
	s.links[2].x = &s.asked[2];
	s.links[2].outcome = RC_OUT_USABLE;
	s.c.final = &s.links[2];
}

static void what_it_asked_again_in_vain_may_be_limited_too(void **state)
{
	(void)state;
	assert_limit(ask_again(-1), LIKELY);
	assert_limit(ask_again(1), NONE); /* before it had it */
	assert_limit((ask_again(-1), s.links[2].zone = 1), NONE);
	assert_limit((ask_again(-1), s.c.failed_zone = 1), NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_among_answers_at_a_high_rate_are_a_limit),
		cmocka_unit_test(only_questions_alike_are_compared),
		cmocka_unit_test(only_good_answers_show_a_limit),
		cmocka_unit_test(at_a_low_rate_nothing_is_limited),
		cmocka_unit_test(the_busiest_second_may_show_the_rate),
		cmocka_unit_test(what_the_network_loses_is_no_limit),
		cmocka_unit_test(only_living_servers_of_other_zones_show_the_network),
		cmocka_unit_test(small_answers_truncated_are_a_limit_at_any_rate),
		cmocka_unit_test(it_takes_a_question_left_by_a_living_server),
		cmocka_unit_test(what_it_asked_again_in_vain_may_be_limited_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
