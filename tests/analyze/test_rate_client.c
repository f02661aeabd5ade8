/* Servers that answer a client only some of the time: what they say, what they slip, and how much they were asked. */
#include "tests/analyze/scene.h"

#define FLOOD 30u /* questions in a second: many */
#define FLOOD_MIN 10u

static struct rc_exchange slip;

/* So many questions of that second were put to the resolver, and so many of them answered. */
static void flood(unsigned asked, unsigned answered, int64_t at_ns)
{
	struct rc_exchange x = {.asker = addr(CLIENT),
				.server = addr(RESOLVER),
				.query = {.flags = RC_FLAG_RD},
				.answer = {.flags = RC_FLAG_QR | RC_FLAG_RA},
				.qdcount = 1,
				.state = RC_X_ANSWERED,
				.first_ns = at_ns,
				.end_ns = at_ns + MS};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	for (unsigned i = 0; i < asked; i++) {
		rc_hosts_note_query(s.hosts, &x, &keys, (const uint8_t[6]){0}, false);
		if (i < answered)
			rc_hosts_note_answer(s.hosts, &x, &keys, (const uint8_t[6]){0});
	}
	s.c.server_host = rc_hosts_find(s.hosts, &s.resolver);
}

static void flood_instead(unsigned asked, unsigned answered, int64_t at_ns)
{
	rc_hosts_free(s.hosts);
	assert_int_equal(rc_hosts_new(1u << 16, SEED, &s.hosts), RC_OK);
	s.c.hosts = s.hosts;
	flood(asked, answered, at_ns);
}

#define assert_limit(set, otherwise, wanted) \
	assert_but(set, otherwise, "policy.rate_limited", RC_CONF_##wanted)

/* A question that the client is answered at other times, and now is not. */
static void leave_now(void)
{
	begin_alone(RC_RCODE_NOERROR);
	s.x.state = RC_X_UNANSWERED;
	s.c.others.same_client_ok = 1;
	flood(FLOOD, FLOOD / 2, T0);
}

static void what_is_left_in_a_flood_and_answered_otherwise_may_be_limited(void **state)
{
	(void)state;
	assert_limit(leave_now, (void)0, POSSIBLE);
	assert_limit(leave_now, flood_instead(FLOOD_MIN - 1, 1, T0), NONE);
	assert_limit(leave_now, flood_instead(FLOOD, FLOOD, T0), NONE);
	assert_limit(leave_now, flood_instead(FLOOD, 0, T0), NONE);
	assert_limit(leave_now, flood_instead(FLOOD, 1, T0 + 2 * RC_NS_PER_S), NONE);
	assert_limit(leave_now, flood_instead(FLOOD, 1, T0 - 3 * RC_NS_PER_S), NONE);
	assert_limit(leave_now, s.c.failed_zone = 0, NONE); /* it waits for its servers */
	assert_limit(leave_now, s.c.forwarded = s.links, NONE);
}

/* It slips: an empty truncated answer to the same. */
static void slip_once(void)
{
	leave_now();
	flood_instead(1, 1, T0);
	s.c.others.slipped = 1;
	slip = s.x;
	s.c.others.slip_example = &slip;
}

static void small_answers_truncated_show_a_limit(void **state)
{
	(void)state;
	assert_limit(slip_once, (void)0, LIKELY);
	assert_limit(slip_once, s.c.others.slipped = 0, NONE);
	assert_limit(slip_once, s.c.others.same_client_types_ok = 1, NONE);
}

/* What it leaves though it asks nobody for it, and serves the client otherwise. */
static void leave_for_no_reason(void)
{
	begin_alone(RC_RCODE_NOERROR);
	s.x.state = RC_X_UNANSWERED;
	flood(FLOOD, FLOOD / 2, T0);
	record(&s.x, "www.example");
	s.c.timeout_ns = 5 * RC_NS_PER_S;
}

/* Whoever works on much at that time has other reasons. */
static void work(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		record(&(struct rc_exchange){.asker = addr(RESOLVER),
					     .server = addr(SERVER1),
					     .first_ns = T0 - MS,
					     .state = RC_X_UNANSWERED},
		       "www.test");
}

static void what_is_left_in_a_flood_without_a_reason_may_be_limited(void **state)
{
	(void)state;
	assert_limit(leave_for_no_reason, (void)0, POSSIBLE);
	assert_limit(leave_for_no_reason, flood_instead(FLOOD, FLOOD, T0), NONE);
	assert_limit(leave_for_no_reason, s.x.asker = addr("198.51.100.2"), NONE);
	assert_limit(leave_for_no_reason, s.c.upstream_visible = false, NONE);
	assert_limit(leave_for_no_reason, s.c.n_links = 1, NONE);
	assert_limit(leave_for_no_reason, (s.c.n_links = 1, s.c.final = s.links), POSSIBLE);
	assert_limit(leave_for_no_reason, s.c.failed_zone = 0, NONE);
	assert_limit(leave_for_no_reason, s.x.transport = RC_TCP, NONE);
	assert_limit(leave_for_no_reason, s.x.query.flags = 0, NONE);
	assert_limit(leave_for_no_reason, s.c.others.earlier = 1, NONE);
	assert_limit(leave_for_no_reason, work(RC_LOAD_BUSY - 1), POSSIBLE);
	assert_limit(leave_for_no_reason, work(RC_LOAD_BUSY), NONE);
}

/* Others get their names, and this one was left more than once. */
static void serve_others(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		record(&(struct rc_exchange){.asker = addr(CLIENT),
					     .server = addr(RESOLVER),
					     .first_ns = T0 + MS,
					     .last_ns = T0 + MS,
					     .end_ns = T0 + 2 * MS,
					     .state = RC_X_ANSWERED},
		       "www.test");
}

static void a_name_left_again_and_again_beside_others_is_not_limited(void **state)
{
	(void)state;
	assert_limit(leave_for_no_reason, serve_others(3), POSSIBLE);
	assert_limit(leave_for_no_reason, s.x.attempts = 2, POSSIBLE);
	assert_limit(leave_for_no_reason, (serve_others(3), s.x.attempts = 2), NONE);
	assert_limit(leave_for_no_reason, (serve_others(3), s.c.others.silent = 1), NONE);
}

/* Nobody gets an answer soon: it is slow. */
static void answer_slowly(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		record(&(struct rc_exchange){.asker = addr(CLIENT),
					     .server = addr(RESOLVER),
					     .query = {.flags = RC_FLAG_RD},
					     .answer = {.flags = RC_FLAG_QR | RC_FLAG_RA},
					     .first_ns = T0 + MS,
					     .last_ns = T0 + MS,
					     .end_ns = T0 + 100 * MS,
					     .state = RC_X_ANSWERED},
		       "www.test");
}

static void who_is_slow_to_all_limits_nothing(void **state)
{
	(void)state;
	assert_limit(leave_for_no_reason, answer_slowly(3), NONE);
	assert_limit(leave_for_no_reason, answer_slowly(2), POSSIBLE);
}

static void refuse_by_turns(void)
{
	begin_alone(RC_RCODE_REFUSED);
	s.c.others.same_client_ok = 1;
	flood(FLOOD, FLOOD / 2, T0);
}

static void turn(enum rc_turns turns)
{
	s.c.turns_known = true;
	s.c.turns = turns;
}

static void what_is_refused_in_a_flood_and_answered_otherwise_may_be_limited(void **state)
{
	(void)state;
	assert_limit(refuse_by_turns, (void)0, POSSIBLE);
	assert_limit(refuse_by_turns, s.x.answer.rcode = RC_RCODE_SERVFAIL, NONE);
	assert_limit(refuse_by_turns, s.c.n_links = 1, NONE);
	assert_limit(refuse_by_turns, flood_instead(FLOOD_MIN - 1, 1, T0), NONE);
	assert_limit(refuse_by_turns, s.c.others.same_client_ok = 0, NONE);
	assert_limit(refuse_by_turns, (s.c.others.same_client_ok = 0, turn(RC_TURNS_OWN)),
		     POSSIBLE);
	assert_limit(refuse_by_turns, (s.c.others.same_client_ok = 0, turn(RC_TURNS_ALL)), NONE);
	assert_limit(refuse_by_turns, turn(RC_TURNS_FULL), NONE); /* it has no room */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_in_a_flood_and_answered_otherwise_may_be_limited),
		cmocka_unit_test(small_answers_truncated_show_a_limit),
		cmocka_unit_test(what_is_left_in_a_flood_without_a_reason_may_be_limited),
		cmocka_unit_test(a_name_left_again_and_again_beside_others_is_not_limited),
		cmocka_unit_test(who_is_slow_to_all_limits_nothing),
		cmocka_unit_test(what_is_refused_in_a_flood_and_answered_otherwise_may_be_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
