/* Two failures of one look get one verdict: what makes a look another one. */
#include "analyze/cause/rule.h"
#include "analyze/decide/look.h"
#include "tests/analyze/build.h"

#define RESOLVER "192.0.2.53"
#define KEY UINT64_C(7)

struct scene {
	struct rc_hosts *hosts;
	struct rc_case_sources sources;
	struct rc_exchange x;
	struct rc_msg answer;
	bool answered;
};

static void begin(struct scene *s)
{
	*s = (struct scene){.answered = false};
	assert_int_equal(rc_hosts_new(1 << 16, SEED, &s->hosts), RC_OK);
	s->sources.hosts = s->hosts;
	s->x = (struct rc_exchange){.first_ns = T0,
				    .end_ns = T0 + 3 * RC_NS_PER_S,
				    .state = RC_X_ANSWERED,
				    .server = addr(RESOLVER)};
	s->x.query.flags = RC_FLAG_RD;
	s->x.answer.flags = RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA | RC_RCODE_SERVFAIL;
	s->x.answer.rcode = RC_RCODE_SERVFAIL;
}

static uint64_t look(const struct scene *s)
{
	struct rc_addr addrs[RC_LOOK_ADDRS_MAX];
	size_t n = rc_hosts_addresses(s->hosts, &s->x.server, addrs, RC_LOOK_ADDRS_MAX);
	return rc_look_of(&s->sources, &s->x, s->answered ? &s->answer : NULL, addrs, n, KEY);
}

/* The resolver's own queries come into sight. */
static void is_seen_asking(struct scene *s)
{
	static const uint8_t mac[6];
	struct rc_exchange own = {
		.first_ns = T0, .asker = addr(RESOLVER), .server = addr("203.0.113.2")};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &own.asker),
				    rc_addr_hash(SEED, &own.server)};
	rc_hosts_note_query(s->hosts, &own, &keys, mac, false);
}

static void the_client_its_port_and_the_time_make_no_difference(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	uint64_t before = look(&s);
	s.x.asker = addr("10.0.0.7");
	s.x.asker_port = 4242;
	s.x.id = 17;
	s.x.first_ns += RC_NS_PER_S;
	s.x.end_ns += RC_NS_PER_S;
	s.x.first_frame = 99;
	s.x.query.edns = true;
	s.x.query.udp_size = 1232;
	assert_int_equal(look(&s), before);
	rc_hosts_free(s.hosts);
}

static void each_thing_that_rules_look_at_makes_another_look(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	uint64_t seen[16] = {look(&s)};
	struct scene plain = s;
	size_t n = 1;
#define WITH(change) \
	do { \
		s = plain; \
		change; \
		seen[n++] = look(&s); \
	} while (0)
	WITH(s.x.query.flags |= RC_FLAG_CD);
	WITH(s.x.query.flags = 0);
	WITH(s.x.query.tsig = true);
	WITH(s.x.answer.flags &= (uint16_t)~RC_FLAG_RA);
	WITH(s.x.answer.counts[0] = 1);
	WITH(s.x.answer.counts[1] = 1);
	WITH(s.x.answer.fault = RC_FAULT_TRAILING);
	WITH(s.x.transport = RC_TCP);
	WITH(s.x.marks = RC_X_LATE);
	WITH(s.x.end_ns = T0);
#undef WITH
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(seen[i], seen[k]);
	rc_hosts_free(s.hosts);
}

/* Where the resolver's own queries are in sight, they tell what its slowness could only hint at. */
static void how_long_it_took_counts_less_where_its_queries_are_seen(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	uint64_t slow = look(&s);
	s.x.end_ns = T0 + 900 * MS;
	assert_int_not_equal(look(&s), slow);
	is_seen_asking(&s);
	uint64_t sooner = look(&s);
	s.x.end_ns = T0 + 3 * RC_NS_PER_S;
	assert_int_equal(look(&s), sooner);
	s.x.end_ns = T0 + MS;
	assert_int_not_equal(look(&s), sooner);
	rc_hosts_free(s.hosts);
}

static void how_busy_the_server_was_counts_for_itself(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	is_seen_asking(&s);
	s.x.end_ns = T0 + 300 * MS;
	uint64_t idle = look(&s);
	unsigned load = rc_look_load(&s.x);
	s.x.load = RC_LOAD_BUSY;
	assert_int_equal(look(&s), idle);
	assert_int_not_equal(rc_look_load(&s.x), load);
	load = rc_look_load(&s.x);
	s.x.end_ns = T0 + 3 * RC_NS_PER_S;
	assert_int_not_equal(rc_look_load(&s.x), load);
	rc_hosts_free(s.hosts);
}

static void what_the_answer_says_of_the_reason_counts(void **state)
{
	static const uint8_t text[] = "onetwo";
	struct scene s;
	(void)state;
	begin(&s);
	uint64_t silent = look(&s);
	s.answered = true;
	s.answer.wire = text;
	assert_int_equal(look(&s), silent);
	s.answer.edns.n_ede = 1;
	s.answer.edns.ede[0] = (struct rc_ede){.code = 22, .text_off = 0, .text_len = 3};
	uint64_t one = look(&s);
	assert_int_not_equal(one, silent);
	s.answer.edns.ede[0].text_off = 3;
	assert_int_not_equal(look(&s), one);
	s.answer.edns.ede[0] = (struct rc_ede){.code = 23, .text_off = 0, .text_len = 3};
	assert_int_not_equal(look(&s), one);
	rc_hosts_free(s.hosts);
}

static void a_wait_is_told_as_coarsely_as_rules_look_at_it(void **state)
{
	(void)state;
	assert_int_equal(rc_look_took(0), rc_look_took(MS - 1));
	assert_int_not_equal(rc_look_took(MS - 1), rc_look_took(MS));
	assert_int_not_equal(rc_look_took(RC_AT_ONCE_NS - 1), rc_look_took(RC_AT_ONCE_NS));
	assert_int_equal(rc_look_took(2 * RC_NS_PER_S), rc_look_took(RC_WAITS_NS - 1));
	/* Who waited so long may have waited for keys, and not failed at the check. */
	assert_int_not_equal(rc_look_took(RC_WAITS_NS - 1), rc_look_took(RC_WAITS_NS));
	assert_int_equal(rc_look_took(RC_WAITS_NS), rc_look_took(11 * RC_NS_PER_S));
	/* BIND's 12 s are a fetch that waits for itself. */
	assert_int_not_equal(rc_look_took(11 * RC_NS_PER_S), rc_look_took(12 * RC_NS_PER_S));
	assert_int_not_equal(rc_look_took(12 * RC_NS_PER_S), rc_look_took(13 * RC_NS_PER_S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_client_its_port_and_the_time_make_no_difference),
		cmocka_unit_test(each_thing_that_rules_look_at_makes_another_look),
		cmocka_unit_test(how_long_it_took_counts_less_where_its_queries_are_seen),
		cmocka_unit_test(how_busy_the_server_was_counts_for_itself),
		cmocka_unit_test(what_the_answer_says_of_the_reason_counts),
		cmocka_unit_test(a_wait_is_told_as_coarsely_as_rules_look_at_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
