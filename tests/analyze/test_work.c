/*
 * A resolver's own work on a question: what belongs to it, and how it ended.
 */
#include "analyze/decide/fetch.h"
#include "tests/analyze/scene.h"

#define S RC_NS_PER_S

/* The resolver asks a server for the name, and is answered with nothing after a millisecond. */
static struct rc_exchange own(int64_t first_ms)
{
	return (struct rc_exchange){.asker = addr(RESOLVER),
				    .server = addr(SERVER1),
				    .qtype = RC_TYPE_A,
				    .state = RC_X_ANSWERED,
				    .attempts = 1,
				    .first_ns = T0 + first_ms * MS,
				    .last_ns = T0 + first_ms * MS,
				    .end_ns = T0 + (first_ms + 1) * MS};
}

static struct rc_exchange silent(int64_t first_ms)
{
	struct rc_exchange x = own(first_ms);
	x.state = RC_X_UNANSWERED;
	x.end_ns = x.first_ns + 20 * S;
	return x;
}

/* --- from when to when --- */

/* The work that belongs to an exchange at T0, with others about the name: when it began and ended, when it is over. */
static void assert_span(struct rc_exchange x, const struct rc_exchange *others, size_t n,
			int64_t from_ms, int64_t to_ms, int64_t over_ms)
{
	struct rc_exchange work;
	begin(RC_OUT_TIMEOUT);
	x.name_hash = s.x.name_hash;
	for (size_t i = 0; i < n; i++)
		record(&others[i], "www.example");
	record(&x, "www.example");
	struct rc_case_sources sources = {.recorder = s.recorder, .hosts = s.hosts};
	int64_t over_ns = rc_fetch_of(&sources, &x, &work);
	assert_int_equal((work.first_ns - T0) / MS + 2000, from_ms); /* the way down comes before */
	assert_int_equal((work.end_ns - T0) / MS - 3000, to_ms);     /* keys are asked for behind */
	assert_int_equal((over_ns - T0) / MS, over_ms);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
}

static void tries_that_no_gap_parts_are_one_work(void **state)
{
	struct rc_exchange other[3];
	(void)state;
	assert_span(own(0), NULL, 0, 0, 1, 3001);
	assert_span(silent(0), NULL, 0, 0, 0, 12000);
	other[0] = own(200); /* at once after an answer that did not do */
	assert_span(own(0), other, 1, 0, 201, 3201);
	other[0] = own(900);
	assert_span(own(0), other, 1, 0, 1, 3001);
	assert_span(silent(0), other, 1, 0, 901, 3901);
	other[0] = silent(-9000);
	assert_span(own(0), other, 1, -9000, 1, 3001);
	other[0] = silent(-13000);
	assert_span(own(0), other, 1, 0, 1, 3001);
	other[0] = own(-900);
	assert_span(own(0), other, 1, 0, 1, 3001);
	other[0] = own(200); /* another type is another question */
	other[0].qtype = RC_TYPE_AAAA;
	assert_span(own(0), other, 1, 0, 1, 3001);
}

/* Each try may be what parts others from the first, whichever of them the recorder has last. */
static void tries_lead_to_further_tries(void **state)
{
	(void)state;
	assert_span(own(0), (struct rc_exchange[]){own(200), own(400), own(600)}, 3, 0, 601, 3601);
	assert_span(own(0), (struct rc_exchange[]){own(-600), own(-400), own(-200)}, 3, -600, 1,
		    3001);
	assert_span(own(0), (struct rc_exchange[]){silent(200), own(9000)}, 2, 0, 9001, 12001);
}

/* --- how it ended --- */

/* Exchanges about the question itself, in the order of the links; all of one zone. */
static void work(enum rc_outcome first, enum rc_outcome second)
{
	begin(first);
	s.x.qtype = RC_TYPE_A;
	s.name.role = RC_ROLE_QUESTION;
	for (unsigned i = 0; i < 2; i++) {
		s.asked[i].qtype = RC_TYPE_A;
		s.asked[i].state = RC_X_ANSWERED;
		s.asked[i].first_ns = T0 + (int64_t)(10 * i) * MS;
		s.asked[i].end_ns = s.asked[i].first_ns + MS;
		s.asked[i].attempts = 1;
	}
	s.links[1].outcome = second;
	s.asked[1].answer.rcode = rcode_of(second) & 0xfffu;
}

static bool is_let_down(void)
{
	return rc_fetch_let_down(&s.c);
}

static bool may_content(void)
{
	return rc_fetch_may_content(&s.c);
}

static bool is_keys_once(void)
{
	return rc_fetch_is_keys_once(&s.c);
}

#define assert_work(how, first, second, otherwise, wanted) \
	do { \
		work(first, second); \
		otherwise; \
		assert_int_equal(how(), wanted); \
		rc_hosts_free(s.hosts); \
		rc_recorder_free(s.recorder); \
	} while (0)

static struct rc_followed another = {.role = RC_ROLE_NAMESERVER};

static void who_is_not_helped_on_is_let_down(void **state)
{
	(void)state;
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_REFUSED, (void)0, true);
	assert_work(is_let_down, RC_OUT_USABLE, RC_OUT_USABLE, (void)0, false);
	assert_work(is_let_down, RC_OUT_UNKNOWN, RC_OUT_UNKNOWN, (void)0, false);
	assert_work(is_let_down, RC_OUT_USABLE, RC_OUT_REFUSED, (void)0, true);
	/* A later answer helps, if it is of the zone, and to the question. */
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_USABLE, (void)0, false);
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_USABLE, s.links[1].zone = 1, true);
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_USABLE, s.asked[1].qtype = RC_TYPE_NS,
		    true);
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_USABLE, s.links[1].name = &another, true);
	/* What fails beside the question lets nobody down in it. */
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_REFUSED,
		    s.links[0].name = s.links[1].name = &another, false);
	assert_work(is_let_down, RC_OUT_REFUSED, RC_OUT_REFUSED,
		    s.asked[0].qtype = s.asked[1].qtype = RC_TYPE_DNSKEY, false);
}

/* Some take an empty answer without authority for no data: who asks no other server then, has. */
static void an_empty_answer_is_taken_by_who_asks_nobody_else(void **state)
{
	(void)state;
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN, s.c.n_links = 1, false);
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN, (void)0, true);
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN, s.asked[1].server = s.addrs[0],
		    false);
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN, s.links[1].name = &another, false);
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN, s.asked[1].qtype = RC_TYPE_AAAA,
		    false);
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN, s.asked[1].first_ns = T0, false);
	/* Neither is empty. */
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN,
		    (s.c.n_links = 1, s.asked[0].answer.counts[1] = 1), true);
	assert_work(is_let_down, RC_OUT_LAME, RC_OUT_UNKNOWN,
		    (s.c.n_links = 1, s.asked[0].answer.rcode = RC_RCODE_NOTAUTH), true);
}

static void who_was_told_nothing_better_may_content_itself(void **state)
{
	(void)state;
	assert_work(may_content, RC_OUT_REFUSED, RC_OUT_LAME, (void)0, true);
	assert_work(may_content, RC_OUT_LAME, RC_OUT_REFUSED, (void)0, false);
	assert_work(may_content, RC_OUT_LAME, RC_OUT_TIMEOUT, s.asked[1].state = RC_X_UNANSWERED,
		    true);
	assert_work(may_content, RC_OUT_LAME, RC_OUT_REFUSED, s.links[1].name = &another, true);
	assert_work(may_content, RC_OUT_LAME, RC_OUT_LAME,
		    s.asked[1].answer.rcode = RC_RCODE_NOTAUTH, false);
}

static void ask_keys(void)
{
	s.x.qtype = s.asked[0].qtype = s.asked[1].qtype = RC_TYPE_DNSKEY;
}

static void keys_without_an_answer_are_asked_for_again(void **state)
{
	(void)state;
	assert_work(is_keys_once, RC_OUT_TIMEOUT, RC_OUT_TIMEOUT, ask_keys(), false);
	assert_work(is_keys_once, RC_OUT_TIMEOUT, RC_OUT_TIMEOUT, (ask_keys(), s.c.n_links = 1),
		    true);
	assert_work(is_keys_once, RC_OUT_TIMEOUT, RC_OUT_TIMEOUT,
		    (ask_keys(), s.links[1].name = &another), true);
	assert_work(is_keys_once, RC_OUT_TIMEOUT, RC_OUT_TIMEOUT,
		    (ask_keys(), s.asked[1].qtype = RC_TYPE_A), true);
	assert_work(is_keys_once, RC_OUT_TIMEOUT, RC_OUT_TIMEOUT, s.c.n_links = 1, false);
}

/* --- what of it is looked at --- */

/* The keys before, and the exchange: is that a question of its own? */
static bool is_of_question(struct rc_exchange x, const struct rc_exchange *before)
{
	struct rc_addr resolver = addr(RESOLVER);
	begin(RC_OUT_TIMEOUT);
	if (before != NULL)
		record(before, "www.example");
	record(&x, "www.example");
	uint64_t pos = rc_recorder_newest_by_asker(s.recorder, &resolver, s.x.name_hash);
	bool is = rc_fetch_is_of_question(s.recorder, rc_recorder_at(s.recorder, pos));
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return is;
}

static void keys_are_no_question_until_they_are_asked_for_again(void **state)
{
	struct rc_exchange x = own(0), before = own(-1500);
	(void)state;
	assert_true(is_of_question(x, NULL));
	x.query.flags = RC_FLAG_RD;
	assert_false(is_of_question(x, NULL));
	x.query.flags = 0;
	x.opcode = RC_OPCODE_NOTIFY;
	assert_false(is_of_question(x, NULL));
	x.opcode = RC_OPCODE_QUERY;
	x.qtype = RC_TYPE_DS;
	assert_false(is_of_question(x, NULL));
	x.qtype = before.qtype = RC_TYPE_DNSKEY;
	assert_false(is_of_question(x, NULL));
	assert_true(is_of_question(x, &before));
	before.end_ns = x.end_ns; /* asked for at once, of two servers */
	assert_false(is_of_question(x, &before));
	before = own(-1500);
	assert_false(is_of_question(x, &before)); /* another type */
	before = own(-2500);
	before.qtype = RC_TYPE_DNSKEY;
	assert_false(is_of_question(x, &before)); /* long before */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_that_no_gap_parts_are_one_work),
		cmocka_unit_test(tries_lead_to_further_tries),
		cmocka_unit_test(who_is_not_helped_on_is_let_down),
		cmocka_unit_test(an_empty_answer_is_taken_by_who_asks_nobody_else),
		cmocka_unit_test(who_was_told_nothing_better_may_content_itself),
		cmocka_unit_test(keys_without_an_answer_are_asked_for_again),
		cmocka_unit_test(keys_are_no_question_until_they_are_asked_for_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
