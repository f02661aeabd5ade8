#include "analyze/pair/pair.h"
#include "tests/analyze/build.h"

#define CLIENT "192.0.2.1"
#define SERVER "192.0.2.53"
#define OTHER "192.0.2.54"
#define PORT 40000u
#define TIMEOUT_NS (10 * RC_NS_PER_S)
#define TABLE_LEAST 1024u /* places; three quarters are used */

/* What pairing told of. */
struct scene {
	struct rc_pair *pair;
	unsigned queries, answered, unanswered, refused, orphans;
	struct rc_exchange last; /* the exchange told of last */
	uint64_t last_pos;
};

static void take(struct scene *s, uint64_t pos)
{
	const struct rc_record *r = rc_recorder_at(rc_pair_recorder(s->pair), pos);
	assert_non_null(r);
	s->last = r->x;
	s->last_pos = pos;
}

static void on_query(void *context, uint64_t pos, struct rc_record *record,
		     const struct rc_obs *obs)
{
	struct scene *s = context;
	(void)obs;
	assert_ptr_equal(record, rc_recorder_at(rc_pair_recorder(s->pair), pos));
	s->queries++;
	take(s, pos);
}

static void on_answered(void *context, uint64_t pos, struct rc_record *record,
			const struct rc_obs *obs)
{
	struct scene *s = context;
	(void)obs;
	assert_ptr_equal(record, rc_recorder_at(rc_pair_recorder(s->pair), pos));
	s->answered++;
	take(s, pos);
}

static void on_unanswered(void *context, uint64_t pos)
{
	struct scene *s = context;
	s->unanswered++;
	take(s, pos);
}

static void on_refused(void *context, uint64_t pos)
{
	struct scene *s = context;
	s->refused++;
	take(s, pos);
}

static void on_orphan(void *context, const struct rc_obs *obs)
{
	struct scene *s = context;
	(void)obs;
	s->orphans++;
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof *s);
	struct rc_pair_output out = {s,          on_query, on_answered, on_unanswered,
				     on_refused, on_orphan};
	assert_non_null(s);
	assert_int_equal(rc_pair_new(1, 1, 1, SEED, TIMEOUT_NS, &out, &s->pair), RC_OK);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;
	rc_pair_free(s->pair);
	free(s);
	return 0;
}

static const struct rc_pair_stats *stats(struct scene *s)
{
	return rc_pair_stats(s->pair);
}

static const struct rc_exchange *at(struct scene *s, uint64_t pos)
{
	const struct rc_record *r = rc_recorder_at(rc_pair_recorder(s->pair), pos);
	assert_non_null(r);
	return &r->x;
}

static struct dns *message(uint16_t id, unsigned flags, const char *name, unsigned type)
{
	static struct dns d;
	dns_query(&d, id, flags, name, type);
	return &d;
}

static struct rc_obs query_obs(int64_t ms, unsigned id, const char *name)
{
	return obs_message(T0 + ms * MS, CLIENT, PORT, SERVER, 53,
			   message((uint16_t)id, RC_FLAG_RD, name, RC_TYPE_A));
}

static struct rc_obs answer_obs(int64_t ms, unsigned id, const char *name)
{
	return obs_message(
		T0 + ms * MS, SERVER, 53, CLIENT, PORT,
		message((uint16_t)id, RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA, name, RC_TYPE_A));
}

static void observe(struct scene *s, struct rc_obs o)
{
	struct rc_pair_keys keys;
	rc_pair_prepare(s->pair, &o, &keys);
	rc_pair_prefetch(s->pair, &o, &keys);
	rc_pair_observe(s->pair, &o, &keys);
}

/* --- the ordinary ---------------------------------------------------------------------------- */

static void an_answer_completes_its_query(void **state)
{
	struct scene *s = *state;
	struct rc_obs q = query_obs(0, 7, "www.example"), a = answer_obs(25, 7, "WWW.example");
	observe(s, q);
	assert_int_equal(s->queries, 1);
	assert_int_equal(stats(s)->pending, 1);
	observe(s, a);
	assert_int_equal(s->answered, 1);
	assert_int_equal(s->last.state, RC_X_ANSWERED);
	assert_int_equal(s->last.end_ns - s->last.first_ns, 25 * MS);
	assert_int_equal(s->last.first_frame, q.frame);
	assert_int_equal(s->last.end_frame, a.frame);
	assert_int_equal(s->last.attempts, 1);
	assert_int_equal(s->last.marks, 0);
	assert_int_equal(stats(s)->pending, 0);
	rc_pair_finish(s->pair, T0 + 60 * RC_NS_PER_S);
	assert_int_equal(s->unanswered, 0);
}

static void repeats_are_attempts_of_one_exchange(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, query_obs(1000, 7, "www.example"));
	struct rc_obs third = query_obs(3000, 7, "www.example");
	observe(s, third);
	observe(s, answer_obs(3010, 7, "www.example"));
	assert_int_equal(s->queries, 1);
	assert_int_equal(s->answered, 1);
	assert_int_equal(s->last.attempts, 3);
	assert_int_equal(s->last.last_ns, T0 + 3000 * MS);
	assert_int_equal(s->last.last_frame, third.frame);
	assert_int_equal(stats(s)->retransmissions, 2);
}

static void the_same_id_with_another_question_is_another_exchange(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, query_obs(1, 7, "b.example"));
	assert_int_equal(s->queries, 2);
	observe(s, answer_obs(2, 7, "a.example"));
	observe(s, answer_obs(3, 7, "b.example"));
	assert_int_equal(s->answered, 2);
	assert_int_equal(stats(s)->pending, 0);
}

static void an_answer_without_question_pairs_by_the_rest(void **state)
{
	struct scene *s = *state;
	struct dns d;
	observe(s, query_obs(0, 7, "www.example"));
	dns_begin(&d, 7, RC_FLAG_QR | RC_RCODE_FORMERR);
	observe(s, obs_message(T0 + MS, SERVER, 53, CLIENT, PORT, &d));
	assert_int_equal(s->answered, 1);
	assert_int_equal(s->last.answer.rcode, RC_RCODE_FORMERR);
}

/* --- copies made by the mirror --------------------------------------------------------------- */

static void a_mirror_copy_of_a_query_is_no_attempt(void **state)
{
	struct scene *s = *state;
	struct rc_obs q = query_obs(0, 7, "www.example"), copy = query_obs(1, 7, "www.example");
	copy.ip_id = q.ip_id;
	observe(s, q);
	observe(s, copy);
	observe(s, answer_obs(20, 7, "www.example"));
	assert_int_equal(s->last.attempts, 1);
	assert_true(s->last.marks & RC_X_MIRRORED);
	assert_int_equal(stats(s)->mirror_copies, 1);
	assert_int_equal(stats(s)->retransmissions, 0);
}

static void a_mirror_copy_of_an_answer_is_left_out(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, answer_obs(20, 7, "www.example"));
	observe(s, answer_obs(21, 7, "www.example"));
	assert_int_equal(s->answered, 1);
	assert_int_equal(stats(s)->mirror_copies, 1);
	assert_int_equal(stats(s)->orphan_answers, 0);
}

static void a_copy_of_a_query_behind_its_answer_opens_nothing(void **state)
{
	struct scene *s = *state;
	struct rc_obs q = query_obs(0, 7, "www.example"), copy = query_obs(3, 7, "www.example");
	copy.ip_id = q.ip_id;
	observe(s, q);
	observe(s, answer_obs(2, 7, "www.example"));
	observe(s, copy);
	assert_int_equal(s->queries, 1);
	rc_pair_finish(s->pair, T0 + 60 * RC_NS_PER_S);
	assert_int_equal(s->unanswered, 0);
}

/* IPv6 has no identification, but a packet that passes once more with a tag or in a tunnel is the same. */
static void a_copy_by_another_way_behind_its_answer_opens_nothing(void **state)
{
	struct scene *s = *state;
	struct rc_obs q = query_obs(0, 7, "www.example"), copy = query_obs(3, 7, "www.example");
	q.ip_id = copy.ip_id = 0;
	copy.vlan = 42;
	observe(s, q);
	observe(s, answer_obs(1, 7, "www.example"));
	observe(s, copy);
	assert_int_equal(stats(s)->exchanges, 1);
	assert_int_equal(stats(s)->mirror_copies, 1);
	copy = query_obs(4, 7, "www.example");
	copy.ip_id = 0;
	copy.encaps = 1;
	observe(s, copy);
	assert_int_equal(stats(s)->exchanges, 1);
}

static void a_copy_of_an_answer_to_an_older_query_marks_no_other(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, query_obs(10, 8, "www.example"));
	uint64_t second = s->last_pos;
	observe(s, answer_obs(20, 7, "www.example"));
	observe(s, answer_obs(21, 7, "www.example"));
	assert_int_equal(at(s, second)->state, RC_X_PENDING);
	assert_int_equal(at(s, second)->marks & RC_X_WRONG_ID, 0);
	assert_int_equal(stats(s)->mirror_copies, 1);
}

/* --- answers that do not fit ----------------------------------------------------------------- */

static void a_reply_with_another_id_is_recognised(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, answer_obs(20, 8, "www.example"));
	assert_int_equal(stats(s)->wrong_id, 1);
	assert_int_equal(s->answered, 0);
	assert_true(at(s, s->last_pos)->marks & RC_X_WRONG_ID);
	observe(s, answer_obs(30, 7, "www.example"));
	assert_int_equal(s->answered, 1);
}

/* Of a TCP stream of which queries are missing: it answers one of those. */
static void an_answer_to_a_query_that_was_lost_is_no_mismatch(void **state)
{
	struct scene *s = *state;
	struct rc_obs query = query_obs(0, 7, "www.example"), answer;
	query.transport = RC_TCP;
	observe(s, query);
	answer = answer_obs(20, 8, "www.example");
	answer.transport = RC_TCP;
	answer.flags |= RC_OBS_UNASKED;
	observe(s, answer);
	assert_int_equal(stats(s)->wrong_id, 0);
	assert_int_equal(at(s, s->last_pos)->marks & RC_X_WRONG_ID, 0);
	answer = answer_obs(20, 8, "www.example");
	answer.transport = RC_TCP;
	observe(s, answer);
	assert_int_equal(stats(s)->wrong_id, 1);
}

static void a_reply_with_another_question_is_recognised(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, answer_obs(20, 7, "evil.example"));
	assert_int_equal(stats(s)->wrong_question, 1);
	assert_int_equal(s->answered, 0);
	assert_true(at(s, s->last_pos)->marks & RC_X_WRONG_QUESTION);
}

/* Nor one that came before, of which the tap made a copy, or that comes too late for it. */
static void an_answer_to_an_earlier_question_with_its_id_is_no_mismatch(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, query_obs(10, 7, "mail.example"));
	observe(s, answer_obs(20, 7, "www.example"));
	observe(s, answer_obs(20, 7, "www.example"));
	assert_int_equal(stats(s)->wrong_question, 0);
	assert_int_equal(stats(s)->mirror_copies, 1);
	assert_int_equal(at(s, s->last_pos)->marks & RC_X_WRONG_QUESTION, 0);
	observe(s, answer_obs(30, 7, "evil.example"));
	assert_int_equal(stats(s)->wrong_question, 1);
}

static void a_reply_from_another_address_is_recognised(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, obs_message(T0 + 20 * MS, OTHER, 53, CLIENT, PORT,
			       message(7, RC_FLAG_QR, "www.example", RC_TYPE_A)));
	assert_int_equal(stats(s)->wrong_source, 1);
	assert_true(at(s, s->last_pos)->marks & RC_X_WRONG_SOURCE);
	assert_int_equal(s->answered, 0);
}

static struct rc_obs sent_back_obs(int64_t ms, unsigned id, const char *name)
{
	struct rc_obs o = obs_message(T0 + ms * MS, SERVER, 53, CLIENT, PORT,
				      message((uint16_t)id, RC_FLAG_RD, name, RC_TYPE_A));
	o.from_server = true;
	return o;
}

static void a_query_sent_back_as_it_was_is_a_reply_that_does_not_match(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, sent_back_obs(20, 7, "www.example"));
	assert_int_equal(s->queries, 1);
	assert_int_equal(stats(s)->sent_back, 1);
	assert_true(at(s, s->last_pos)->marks & RC_X_SENT_BACK);
	assert_int_equal(s->answered, 0);
	/* What was not asked is asked. */
	observe(s, sent_back_obs(30, 8, "www.example"));
	observe(s, sent_back_obs(30, 7, "mail.example"));
	assert_int_equal(stats(s)->sent_back, 1);
	assert_int_equal(s->queries, 3);
}

static void an_answer_to_nothing_is_an_orphan(void **state)
{
	struct scene *s = *state;
	observe(s, answer_obs(0, 7, "www.example"));
	assert_int_equal(stats(s)->orphan_answers, 1);
	assert_int_equal(stats(s)->orphan_errors, 0);
	assert_int_equal(s->answered, 0);
}

/* As two queues of a card are read: by turns. */
static void an_answer_captured_just_before_its_question_is_its_answer(void **state)
{
	struct scene *s = *state;
	observe(s, answer_obs(1, 7, "other.example"));
	observe(s, answer_obs(1, 7, "www.example"));
	observe(s, query_obs(2, 7, "www.example"));
	assert_int_equal(s->answered, 1);
	const struct rc_exchange *x = at(s, s->last_pos);
	assert_int_equal(x->state, RC_X_ANSWERED);
	assert_int_equal(x->first_ns, T0 + 2 * MS);
	assert_int_equal(x->end_ns, x->first_ns);
	assert_int_equal(stats(s)->early_answers, 1);
	assert_int_equal(stats(s)->orphan_answers, 2);
	assert_int_equal(s->orphans, 2);
	observe(s, query_obs(3, 7, "www.example"));
	assert_int_equal(s->answered, 1);
}

static void an_answer_over_tcp_captured_just_before_its_question_is_its_answer(void **state)
{
	struct scene *s = *state;
	struct rc_obs query = query_obs(1, 8, "www.example"),
		      answer = answer_obs(1, 7, "www.example");
	query.transport = answer.transport = RC_TCP;
	answer.flags |= RC_OBS_UNASKED;
	observe(s, query);
	observe(s, answer);
	query = query_obs(2, 7, "www.example");
	query.transport = RC_TCP;
	observe(s, query);
	assert_int_equal(s->answered, 1);
	assert_int_equal(at(s, s->last_pos)->state, RC_X_ANSWERED);
	assert_int_equal(stats(s)->wrong_id, 0);
	assert_int_equal(stats(s)->early_answers, 1);
}

static void an_answer_captured_long_before_a_question_is_not_its_answer(void **state)
{
	struct scene *s = *state;
	observe(s, answer_obs(1, 7, "www.example"));
	observe(s, query_obs(20, 7, "www.example"));
	observe(s, query_obs(21, 8, "www.example"));
	assert_int_equal(s->answered, 0);
	assert_int_equal(stats(s)->early_answers, 0);
	assert_int_equal(stats(s)->orphan_answers, 1);
}

static void an_answer_without_question_captured_just_before_one_is_its_answer(void **state)
{
	struct scene *s = *state;
	struct rc_obs bare = answer_obs(1, 7, "www.example"),
		      other = answer_obs(1, 8, "www.example");
	bare.msg.has_question = other.msg.has_question = false;
	observe(s, other);
	observe(s, bare);
	observe(s, query_obs(2, 7, "www.example"));
	assert_int_equal(s->answered, 1);
	assert_int_equal(stats(s)->early_answers, 1);
}

static void a_second_answer_much_later_is_repeated_and_no_orphan(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, answer_obs(20, 7, "www.example"));
	observe(s, answer_obs(900, 7, "www.example"));
	assert_int_equal(stats(s)->repeated_answers, 1);
	assert_int_equal(stats(s)->orphan_answers, 0);
	assert_int_equal(s->answered, 1);
}

/* --- time ------------------------------------------------------------------------------------ */

static void packet_time_alone_expires_a_query(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	rc_pair_advance(s->pair, T0 + TIMEOUT_NS - 1);
	assert_int_equal(s->unanswered, 0);
	rc_pair_advance(s->pair, T0 + TIMEOUT_NS);
	assert_int_equal(s->unanswered, 1);
	assert_int_equal(s->last.state, RC_X_UNANSWERED);
	assert_int_equal(s->last.end_ns, T0 + TIMEOUT_NS);
	assert_int_equal(s->last.marks & RC_X_AT_END, 0);
	assert_int_equal(stats(s)->pending, 0);
}

static void an_answer_behind_the_deadline_is_late(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, answer_obs(10500, 7, "www.example"));
	assert_int_equal(s->unanswered, 1);
	assert_int_equal(s->answered, 0);
	assert_int_equal(stats(s)->late_answers, 1);
	assert_true(at(s, s->last_pos)->marks & RC_X_LATE);
}

static void a_failure_behind_the_deadline_is_no_late_answer(void **state)
{
	struct scene *s = *state;
	static struct dns d;
	observe(s, query_obs(0, 7, "www.example"));
	dns_query(&d, 7, RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	struct rc_obs answer = answer_obs(10500, 7, "www.example");
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &answer.msg));
	observe(s, answer);
	assert_int_equal(stats(s)->late_answers, 1);
	assert_int_equal(at(s, s->last_pos)->marks & RC_X_LATE, 0);
}

static void the_end_of_the_input_is_no_deadline(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	rc_pair_finish(s->pair, T0 + 3 * RC_NS_PER_S);
	assert_int_equal(s->unanswered, 1);
	assert_true(s->last.marks & RC_X_AT_END);
	assert_int_equal(s->last.end_ns, T0 + 3 * RC_NS_PER_S);
	assert_int_equal(stats(s)->pending_at_end, 1);
}

static void packets_out_of_time_order_do_no_harm(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(1000, 1, "a.example"));
	observe(s, query_obs(995, 2, "b.example"));
	observe(s, answer_obs(990, 2, "b.example"));
	assert_int_equal(s->answered, 1);
	observe(s, query_obs(900, 3, "c.example"));
	observe(s, answer_obs(999, 1, "a.example"));
	observe(s, answer_obs(1001, 3, "c.example"));
	assert_int_equal(s->answered, 3);
	assert_int_equal(stats(s)->pending, 0);
	assert_int_equal(s->unanswered, 0);
}

static void a_repeat_out_of_time_order_is_still_an_attempt(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(1000, 1, "a.example"));
	observe(s, query_obs(0, 1, "a.example"));
	observe(s, answer_obs(1001, 1, "a.example"));
	assert_int_equal(s->last.attempts, 2);
	assert_true(s->last.first_ns <= s->last.last_ns);
}

/* A packet with a wrong time, or a clock set back, must not make failures of what comes after. */
static void a_clock_set_back_does_no_harm(void **state)
{
	struct scene *s = *state;
	observe(s, answer_obs(3600 * 1000, 1, "a.example"));
	for (unsigned i = 0; i < 100; i++) {
		observe(s, query_obs(i * 100, 100 + i, "b.example"));
		observe(s, answer_obs(i * 100 + 20, 100 + i, "b.example"));
	}
	assert_int_equal(s->answered, 100);
	assert_int_equal(s->unanswered, 0);
	assert_int_equal(stats(s)->late_answers, 0);
}

/* Set by an hour either way, between a question and its answer. */
static void a_clock_that_is_set_ends_no_question(void **state)
{
	struct scene *s = *state;
	int64_t hour_ms = 3600 * 1000;
	observe(s, query_obs(2 * hour_ms, 1, "a.example"));
	observe(s, query_obs(3 * hour_ms + 10, 2, "b.example"));
	observe(s, answer_obs(3 * hour_ms + 20, 1, "a.example"));
	observe(s, query_obs(2 * hour_ms + 30, 3, "c.example"));
	observe(s, answer_obs(2 * hour_ms + 40, 2, "b.example"));
	assert_int_equal(s->answered, 2);
	assert_int_equal(s->unanswered, 0);
	observe(s, query_obs(3 * hour_ms + 50, 4, "d.example")); /* the rest of its time */
	observe(s, query_obs(3 * hour_ms + 9000, 5, "e.example"));
	assert_int_equal(s->unanswered, 0);
	observe(s, query_obs(3 * hour_ms + 10060, 6, "f.example"));
	assert_int_equal(s->unanswered, 2);
}

static void a_query_from_the_future_does_not_keep_others_from_their_deadlines(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(3600 * 1000, 1, "a.example"));
	observe(s, query_obs(0, 2, "b.example"));
	uint64_t silent = s->last_pos;
	for (unsigned i = 1; i < 100; i++) {
		observe(s, query_obs(i * 200, 100 + i, "c.example"));
		observe(s, answer_obs(i * 200 + 20, 100 + i, "c.example"));
	}
	assert_int_equal(at(s, silent)->state, RC_X_UNANSWERED);
}

static void times_at_the_ends_of_the_range_do_no_harm(void **state)
{
	struct scene *s = *state;
	const int64_t times[] = {-TIME_MAX, TIME_MAX, 0, -1, -TIME_MAX + 1, TIME_MAX - 1};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		for (unsigned k = 0; k < 2; k++) {
			struct rc_obs q = query_obs(0, (unsigned)i, "www.example");
			q.ts_ns = times[i];
			observe(s, q);
		}
		struct rc_obs a = answer_obs(0, (unsigned)i, "www.example");
		a.ts_ns = times[sizeof times / sizeof *times - 1 - i];
		observe(s, a);
	}
	rc_pair_finish(s->pair, TIME_MAX);
	assert_int_equal(stats(s)->pending, 0);
	assert_int_equal(s->queries, s->answered + s->unanswered);
}

/* --- TCP ------------------------------------------------------------------------------------- */

static struct rc_obs over_tcp(struct rc_obs o)
{
	o.transport = RC_TCP;
	return o;
}

static void a_truncated_answer_and_its_retry_over_tcp_are_linked(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	uint64_t udp = s->last_pos;
	observe(s, obs_message(T0 + 5 * MS, SERVER, 53, CLIENT, PORT,
			       message(7, RC_FLAG_QR | RC_FLAG_TC, "www.example", RC_TYPE_A)));
	observe(s, obs_tcp(T0 + 6 * MS, RC_TCP_SYN, CLIENT, PORT + 1, SERVER, 53));
	observe(s, obs_tcp(T0 + 7 * MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT + 1));
	struct rc_obs q = over_tcp(query_obs(8, 9, "www.example"));
	q.src_port = PORT + 1;
	observe(s, q);
	assert_int_equal(s->queries, 2);
	assert_true(at(s, s->last_pos)->marks & RC_X_IS_TC_RETRY);
	assert_true(at(s, udp)->marks & RC_X_TC_RETRIED);
}

static void udp_and_tcp_do_not_pair_with_each_other(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "www.example"));
	observe(s, over_tcp(answer_obs(5, 7, "www.example")));
	assert_int_equal(s->answered, 0);
	assert_int_equal(stats(s)->pending, 1);
}

static void a_reset_marks_the_open_queries_of_its_connection(void **state)
{
	struct scene *s = *state;
	uint64_t pos[3];
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	observe(s, obs_tcp(T0 + MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT));
	for (unsigned i = 0; i < 3; i++) {
		observe(s, over_tcp(query_obs(2 + i, i, "www.example")));
		pos[i] = s->last_pos;
	}
	struct rc_obs elsewhere = over_tcp(query_obs(9, 99, "www.example"));
	elsewhere.src_port = PORT + 5;
	observe(s, elsewhere);
	uint64_t other = s->last_pos;
	observe(s, obs_tcp(T0 + 20 * MS, RC_TCP_RESET, SERVER, 53, CLIENT, PORT));
	for (unsigned i = 0; i < 3; i++)
		assert_true(at(s, pos[i])->marks & RC_X_RESET);
	assert_false(at(s, other)->marks & RC_X_RESET);
}

/* A server that takes one query a connection is there. */
static void a_reset_after_an_answer_closes_the_connection(void **state)
{
	struct scene *s = *state;
	uint64_t pos[2];
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	observe(s, obs_tcp(T0 + MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT));
	for (unsigned i = 0; i < 2; i++) {
		observe(s, over_tcp(query_obs(2 + i, i, "www.example")));
		pos[i] = s->last_pos;
	}
	observe(s, over_tcp(answer_obs(10, 0, "www.example")));
	observe(s, obs_tcp(T0 + 20 * MS, RC_TCP_RESET, SERVER, 53, CLIENT, PORT));
	assert_false(at(s, pos[0])->marks & (RC_X_RESET | RC_X_CLOSED));
	assert_true(at(s, pos[1])->marks & RC_X_CLOSED);
	assert_false(at(s, pos[1])->marks & RC_X_RESET);
}

/* What is asked after that is not heard any more. */
static void a_reset_after_the_end_of_a_connection_is_none_of_the_network(void **state)
{
	struct scene *s = *state;
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	observe(s, obs_tcp(T0 + MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT));
	observe(s, over_tcp(query_obs(2, 1, "www.example")));
	observe(s, obs_tcp(T0 + 3 * MS, RC_TCP_CLOSED, SERVER, 53, CLIENT, PORT));
	observe(s, over_tcp(query_obs(4, 2, "www.example")));
	uint64_t late = s->last_pos;
	observe(s, obs_tcp(T0 + 5 * MS, RC_TCP_RESET, SERVER, 53, CLIENT, PORT));
	assert_true(at(s, late)->marks & RC_X_CLOSED);
	assert_false(at(s, late)->marks & RC_X_RESET);
}

static void a_reset_of_a_connection_older_than_the_timeout_still_marks(void **state)
{
	struct scene *s = *state;
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	observe(s, obs_tcp(T0 + MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT));
	for (unsigned i = 1; i <= 3; i++) { /* in use all the time */
		observe(s, over_tcp(query_obs(i * 6000, i, "www.example")));
		if (i < 3)
			observe(s, over_tcp(answer_obs(i * 6000 + 5, i, "www.example")));
	}
	uint64_t open = s->last_pos;
	for (uint64_t pos = 0; (pos = rc_recorder_next(rc_pair_recorder(s->pair), pos)) != 0;)
		if (at(s, pos)->state == RC_X_PENDING)
			open = pos;
	observe(s, obs_tcp(T0 + 18100 * MS, RC_TCP_RESET, SERVER, 53, CLIENT, PORT));
	assert_int_equal(at(s, open)->state, RC_X_PENDING);
	assert_true(at(s, open)->marks & RC_X_CLOSED);
}

static void a_handshake_refused_is_no_connection(void **state)
{
	struct scene *s = *state;
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	observe(s, obs_tcp(T0 + MS, RC_TCP_RESET, SERVER, 53, CLIENT, PORT));
	assert_int_equal(stats(s)->tcp_connections, 1);
	assert_int_equal(stats(s)->tcp_failed, 1);
	assert_int_equal(s->unanswered, 0);
}

static void a_handshake_without_answer_fails_at_its_deadline(void **state)
{
	struct scene *s = *state;
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	observe(s, obs_tcp(T0 + 1000 * MS, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	rc_pair_advance(s->pair, T0 + TIMEOUT_NS);
	assert_int_equal(stats(s)->tcp_connections, 1);
	assert_int_equal(stats(s)->tcp_repeated, 1);
	assert_int_equal(stats(s)->tcp_failed, 1);
	assert_int_equal(s->unanswered, 0); /* a connection is no question */
	assert_int_equal(stats(s)->retransmissions, 0);
}

/* As two queues of a card are read: by turns. */
static void a_handshake_whose_answer_was_captured_first_is_a_connection(void **state)
{
	struct scene *s = *state;
	observe(s, obs_tcp(T0 + MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT));
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	assert_int_equal(stats(s)->tcp_connections, 1);
	rc_pair_advance(s->pair, T0 + TIMEOUT_NS + MS);
	assert_int_equal(stats(s)->tcp_failed, 0);
	/* The ports are used again. */
	observe(s, obs_tcp(T0 + TIMEOUT_NS + 2 * MS, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	assert_int_equal(stats(s)->tcp_connections, 2);
	rc_pair_advance(s->pair, T0 + 2 * TIMEOUT_NS + 3 * MS);
	assert_int_equal(stats(s)->tcp_failed, 1);
}

static void a_handshake_whose_refusal_was_captured_first_is_no_connection(void **state)
{
	struct scene *s = *state;
	observe(s, obs_tcp(T0 + MS, RC_TCP_RESET, SERVER, 53, CLIENT, PORT));
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT + 1, SERVER, 53));
	assert_int_equal(stats(s)->tcp_failed, 0);
	observe(s, obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53));
	assert_int_equal(stats(s)->tcp_failed, 1);
}

static struct rc_obs transfer_obs(int64_t ms, bool answer)
{
	struct rc_obs o = answer ? answer_obs(ms, 7, "example") : query_obs(ms, 7, "example");
	o.msg.qtype = RC_TYPE_AXFR;
	return over_tcp(o);
}

static void a_zone_transfer_of_many_messages_is_one_exchange(void **state)
{
	struct scene *s = *state;
	observe(s, transfer_obs(0, false));
	for (unsigned i = 1; i <= 5; i++)
		observe(s, transfer_obs(i, true));
	assert_int_equal(stats(s)->exchanges, 1);
	assert_int_equal(stats(s)->answered, 1);
	assert_int_equal(s->last.answers, 5);
	assert_int_equal(stats(s)->orphan_answers, 0);
	assert_int_equal(stats(s)->mirror_copies, 0);
	rc_pair_finish(s->pair, T0 + 60 * RC_NS_PER_S);
	assert_int_equal(s->unanswered, 0);
}

static void a_transfer_asked_again_with_the_same_id_is_answered_again(void **state)
{
	struct scene *s = *state;
	observe(s, transfer_obs(0, false));
	observe(s, transfer_obs(5, true));
	observe(s, transfer_obs(1000, false));
	observe(s, transfer_obs(1005, true));
	assert_int_equal(stats(s)->exchanges, 2);
	assert_int_equal(stats(s)->answered, 2);
	rc_pair_finish(s->pair, T0 + 60 * RC_NS_PER_S);
	assert_int_equal(s->unanswered, 0);
}

/* --- ICMP and fragments ---------------------------------------------------------------------- */

static struct rc_obs icmp(struct rc_obs quoted)
{
	quoted.kind = RC_OBS_ICMP;
	quoted.icmp_type = 3;
	quoted.icmp_code = 3;
	quoted.icmp_hard = true;
	quoted.icmp_from = addr("192.0.2.254");
	return quoted;
}

static void an_icmp_error_marks_the_query_it_quotes(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	uint64_t a = s->last_pos;
	observe(s, query_obs(0, 8, "b.example"));
	uint64_t b = s->last_pos;
	struct rc_obs error = icmp(query_obs(3, 7, "a.example"));
	observe(s, error);
	assert_true(at(s, a)->marks & RC_X_ICMP_HARD);
	assert_int_equal(at(s, a)->sign_frame, error.frame);
	assert_int_equal(at(s, a)->sign_ns, T0 + 3 * MS);
	assert_int_equal(at(s, b)->marks, 0);
	assert_int_equal(stats(s)->icmp_matched, 1);
}

/* As two queues of a card are read: by turns. */
static void an_icmp_error_captured_just_before_the_query_it_quotes_marks_it(void **state)
{
	struct scene *s = *state;
	observe(s, icmp(query_obs(1, 7, "a.example")));
	observe(s, query_obs(2, 8, "a.example"));
	assert_false(at(s, s->last_pos)->marks & RC_X_ICMP);
	observe(s, query_obs(2, 7, "a.example"));
	assert_true(at(s, s->last_pos)->marks & RC_X_ICMP_HARD);
	assert_int_equal(s->answered, 0);
	observe(s, icmp(query_obs(10, 9, "a.example")));
	observe(s, query_obs(20, 9, "a.example"));
	assert_false(at(s, s->last_pos)->marks & RC_X_ICMP);
}

static void an_icmp_error_that_quotes_no_message_or_an_unknown_one_marks_nothing(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	struct rc_obs bare = icmp(query_obs(3, 7, "a.example"));
	bare.msg = (struct rc_msg){.len = 0};
	observe(s, bare);
	observe(s, icmp(query_obs(4, 9, "a.example")));
	assert_int_equal(stats(s)->icmp_unmatched, 2);
	assert_int_equal(at(s, s->last_pos)->marks, 0);
}

static void an_icmp_error_that_quotes_tcp_marks_the_connection(void **state)
{
	struct scene *s = *state;
	struct rc_obs syn = obs_tcp(T0, RC_TCP_SYN, CLIENT, PORT, SERVER, 53);
	observe(s, syn);
	observe(s, icmp(syn));
	assert_int_equal(stats(s)->icmp_matched, 1);
	uint64_t pos = rc_recorder_newest_by_asker(rc_pair_recorder(s->pair), &syn.src,
						   RC_CONNECT_HASH);
	assert_true(at(s, pos)->marks & RC_X_ICMP_HARD);
	/* The client's system quotes a segment of the server: no answer was refused by that. */
	observe(s, icmp(obs_tcp(T0 + MS, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, PORT)));
	assert_int_equal(s->refused, 0);
	assert_false(at(s, pos)->marks & RC_X_LATE);
}

static void an_asker_that_refuses_the_answer_is_told_once(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, answer_obs(4000, 7, "a.example"));
	observe(s, icmp(answer_obs(4001, 7, "a.example")));
	observe(s, icmp(answer_obs(4002, 7, "a.example")));
	assert_int_equal(s->refused, 1);
	assert_true(s->last.marks & RC_X_LATE);
}

/* The capture lacks the answer, and the error quotes it: one that failed would have helped nobody in time either. */
static void an_answer_is_refused_that_is_not_in_the_capture(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, icmp(obs_message(
			   T0 + 4000 * MS, SERVER, 53, CLIENT, PORT,
			   message(7, RC_FLAG_QR | RC_RCODE_SERVFAIL, "a.example", RC_TYPE_A))));
	assert_false(at(s, s->last_pos)->marks & RC_X_LATE);
	observe(s, icmp(answer_obs(4001, 7, "a.example")));
	assert_true(at(s, s->last_pos)->marks & RC_X_LATE);
	assert_int_equal(at(s, s->last_pos)->sign_ns, T0 + 4001 * MS);
}

/* Too big for the way, and fragments that did not come in time (RFC 792): the asker waits still. */
static void an_answer_is_refused_that_is_captured_just_behind_the_refusal(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, icmp(answer_obs(4001, 7, "a.example")));
	assert_int_equal(s->refused, 0);
	observe(s, answer_obs(4000, 7, "a.example"));
	assert_int_equal(s->answered, 1);
	assert_int_equal(s->refused, 1);
}

static void an_answer_that_does_not_arrive_whole_is_not_refused(void **state)
{
	struct scene *s = *state;
	struct rc_obs error = icmp(answer_obs(1, 7, "a.example"));
	error.icmp_hard = false;
	error.icmp_code = 4;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, answer_obs(1, 7, "a.example"));
	observe(s, error);
	error.icmp_type = 11;
	error.icmp_code = 1;
	observe(s, error);
	error.icmp_code = 0; /* its hops are used up */
	error.icmp_hard = true;
	observe(s, error);
	assert_int_equal(s->refused, 0);
	assert_false(at(s, s->last_pos)->marks & RC_X_LATE);
}

/* Asked twice and answered twice: the port was closed on the second answer, after the first was taken. */
static void an_asker_that_refuses_a_second_answer_had_the_first(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, query_obs(5000, 7, "a.example"));
	observe(s, answer_obs(7000, 7, "a.example"));
	observe(s, answer_obs(7300, 7, "a.example"));
	observe(s, icmp(answer_obs(7301, 7, "a.example")));
	assert_int_equal(s->refused, 0);
	assert_false(at(s, s->last_pos)->marks & RC_X_LATE);
}

/* The network doubles packets, and not the tap, which had doubled the query too. */
static void a_copy_made_by_the_network_is_refused_though_the_answer_was_taken(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, answer_obs(1, 7, "a.example"));
	observe(s, answer_obs(1, 7, "a.example"));
	observe(s, icmp(answer_obs(2, 7, "a.example")));
	assert_int_equal(s->refused, 0);
	assert_false(at(s, s->last_pos)->marks & RC_X_LATE);
}

/* Both attempts are answered: with the first answer the asker has what it wants, and closes its port. */
static void an_asker_may_refuse_the_answer_to_its_second_attempt(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, query_obs(3000, 7, "a.example"));
	observe(s, answer_obs(4000, 7, "a.example"));
	observe(s, answer_obs(4001, 7, "a.example"));
	observe(s, icmp(answer_obs(4002, 7, "a.example")));
	assert_int_equal(s->refused, 0);
	assert_false(s->last.marks & RC_X_LATE);
	/* It takes two to refuse both. */
	observe(s, icmp(answer_obs(4003, 7, "a.example")));
	assert_int_equal(s->refused, 1);
	assert_true(s->last.marks & RC_X_LATE);
}

/* It gave it up and asked anew, of another port: what it refuses is the answer to the first. */
static void an_asker_may_refuse_an_answer_after_it_has_asked_anew(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	uint64_t first = s->last_pos;
	observe(s, query_obs(1000, 8, "a.example"));
	observe(s, answer_obs(2000, 7, "a.example"));
	observe(s, icmp(answer_obs(2001, 7, "a.example")));
	assert_int_equal(s->refused, 1);
	assert_true(at(s, first)->marks & RC_X_LATE);
}

static void lost_fragments_mark_the_query_they_answer(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	observe(s, query_obs(1000, 7, "a.example"));
	struct rc_obs o = answer_obs(3, 7, "a.example");
	o.kind = RC_OBS_FRAGMENTS;
	observe(s, o);
	assert_true(at(s, s->last_pos)->marks & RC_X_FRAGMENTS_LOST);
	assert_int_equal(at(s, s->last_pos)->state, RC_X_PENDING);
	assert_int_equal(at(s, s->last_pos)->sign_frame, o.frame);
}

static void a_reply_in_part_that_is_not_asked_for_again_is_a_cut_answer(void **state)
{
	struct scene *s = *state;
	observe(s, query_obs(0, 7, "a.example"));
	struct rc_obs o = answer_obs(3, 7, "a.example");
	o.kind = RC_OBS_FRAGMENTS;
	observe(s, o);
	assert_int_equal(s->answered, 1);
	assert_int_equal(s->last.state, RC_X_ANSWERED);
	assert_int_equal(s->last.end_frame, o.frame);
	assert_true(s->last.marks & RC_X_CUT);
	assert_true(s->last.marks & RC_X_FRAGMENTS_LOST);
	assert_int_equal(stats(s)->pending, 0);
}

/* --- ceilings -------------------------------------------------------------------------------- */

static void a_full_table_gives_up_the_oldest_and_pairs_the_newest(void **state)
{
	struct scene *s = *state;
	for (unsigned i = 0; i < TABLE_LEAST * 2; i++)
		observe(s, query_obs(0, i, "www.example"));
	assert_true(stats(s)->table_full > 0);
	assert_true(stats(s)->pending <= TABLE_LEAST);
	assert_true(s->unanswered > 0);
	observe(s, answer_obs(1, TABLE_LEAST * 2 - 1, "www.example"));
	assert_int_equal(s->answered, 1);
}

static void what_a_full_table_gives_up_is_marked_early(void **state)
{
	struct scene *s = *state;
	for (unsigned i = 0; s->unanswered == 0 && i < TABLE_LEAST * 2; i++)
		observe(s, query_obs(0, i, "www.example"));
	take(s, rc_recorder_next(rc_pair_recorder(s->pair), 0));
	assert_int_equal(s->last.id, 0);
	assert_int_equal(s->last.state, RC_X_UNANSWERED);
	assert_true(s->last.marks & RC_X_EARLY);
}

/* Answered questions between the open ones: making room passes over them. */
static void a_full_table_pairs_the_newest_behind_answered_ones(void **state)
{
	struct scene *s = *state;
	for (unsigned i = 0; i < 500; i++) {
		observe(s, query_obs(0, i, "quick.example"));
		observe(s, answer_obs(0, i, "quick.example"));
	}
	for (unsigned i = 0; i < TABLE_LEAST; i++)
		observe(s, query_obs(1, i, "silent.example"));
	unsigned before = s->answered;
	observe(s, query_obs(2, 60000, "www.example"));
	observe(s, answer_obs(3, 60000, "www.example"));
	assert_int_equal(s->answered, before + 1);
	assert_int_equal(stats(s)->repeated_answers, 0);
}

/* Connections and transfers stay in the table when answered; the ring may forget them first. */
static void records_that_the_ring_forgets_leave_the_table(void **state)
{
	struct scene *s = *state;
	unsigned asked = 0;
	for (unsigned i = 0; i < 40000; i++) { /* all of it within the timeout */
		int64_t ts_ns = T0 + i * RC_NS_PER_US;
		if (i % 20 == 0) {
			unsigned port = 1024 + i / 20;
			observe(s, obs_tcp(ts_ns, RC_TCP_SYN, CLIENT, port, SERVER, 53));
			observe(s, obs_tcp(ts_ns, RC_TCP_ESTABLISHED, SERVER, 53, CLIENT, port));
			continue;
		}
		asked++;
		observe(s, query_obs(i / 1000, i, "www.example"));
		observe(s, answer_obs(i / 1000, i, "www.example"));
	}
	assert_int_equal(stats(s)->table_full, 0);
	assert_int_equal(s->answered, asked);
}

/* One asker, one port, one ID, another name each time: a run in the table that only grew would be walked
 * again and again, so only the first few of them are entered. */
static void of_many_questions_that_share_a_key_only_the_first_pair(void **state)
{
	struct scene *s = *state;
	struct rc_obs o = query_obs(0, 7, "www.example");
	for (unsigned i = 0; i < 1000; i++) {
		o.msg.qname_hash = 1000 + i;
		o.frame++;
		observe(s, o);
	}
	struct rc_obs a = answer_obs(1, 7, "www.example");
	a.msg.qname_hash = 1000 + 999;
	observe(s, a);
	assert_int_equal(s->answered, 0);
	a.msg.qname_hash = 1000;
	observe(s, a);
	assert_int_equal(s->answered, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_answer_completes_its_query),
		CASE(repeats_are_attempts_of_one_exchange),
		CASE(the_same_id_with_another_question_is_another_exchange),
		CASE(an_answer_without_question_pairs_by_the_rest),
		CASE(a_mirror_copy_of_a_query_is_no_attempt),
		CASE(a_mirror_copy_of_an_answer_is_left_out),
		CASE(a_copy_of_a_query_behind_its_answer_opens_nothing),
		CASE(a_copy_by_another_way_behind_its_answer_opens_nothing),
		CASE(a_copy_of_an_answer_to_an_older_query_marks_no_other),
		CASE(a_reply_with_another_id_is_recognised),
		CASE(an_answer_to_a_query_that_was_lost_is_no_mismatch),
		CASE(a_reply_with_another_question_is_recognised),
		CASE(an_answer_to_an_earlier_question_with_its_id_is_no_mismatch),
		CASE(a_reply_from_another_address_is_recognised),
		CASE(a_query_sent_back_as_it_was_is_a_reply_that_does_not_match),
		CASE(an_answer_to_nothing_is_an_orphan),
		CASE(an_answer_captured_just_before_its_question_is_its_answer),
		CASE(an_answer_over_tcp_captured_just_before_its_question_is_its_answer),
		CASE(an_answer_captured_long_before_a_question_is_not_its_answer),
		CASE(an_answer_without_question_captured_just_before_one_is_its_answer),
		CASE(a_second_answer_much_later_is_repeated_and_no_orphan),
		CASE(packet_time_alone_expires_a_query),
		CASE(an_answer_behind_the_deadline_is_late),
		CASE(a_failure_behind_the_deadline_is_no_late_answer),
		CASE(the_end_of_the_input_is_no_deadline),
		CASE(packets_out_of_time_order_do_no_harm),
		CASE(a_repeat_out_of_time_order_is_still_an_attempt),
		CASE(a_clock_set_back_does_no_harm),
		CASE(a_clock_that_is_set_ends_no_question),
		CASE(a_query_from_the_future_does_not_keep_others_from_their_deadlines),
		CASE(times_at_the_ends_of_the_range_do_no_harm),
		CASE(a_truncated_answer_and_its_retry_over_tcp_are_linked),
		CASE(udp_and_tcp_do_not_pair_with_each_other),
		CASE(a_reset_marks_the_open_queries_of_its_connection),
		CASE(a_reset_after_an_answer_closes_the_connection),
		CASE(a_reset_after_the_end_of_a_connection_is_none_of_the_network),
		CASE(a_reset_of_a_connection_older_than_the_timeout_still_marks),
		CASE(a_handshake_refused_is_no_connection),
		CASE(a_handshake_without_answer_fails_at_its_deadline),
		CASE(a_handshake_whose_answer_was_captured_first_is_a_connection),
		CASE(a_handshake_whose_refusal_was_captured_first_is_no_connection),
		CASE(a_zone_transfer_of_many_messages_is_one_exchange),
		CASE(a_transfer_asked_again_with_the_same_id_is_answered_again),
		CASE(an_icmp_error_marks_the_query_it_quotes),
		CASE(an_icmp_error_captured_just_before_the_query_it_quotes_marks_it),
		CASE(an_icmp_error_that_quotes_no_message_or_an_unknown_one_marks_nothing),
		CASE(an_icmp_error_that_quotes_tcp_marks_the_connection),
		CASE(an_answer_is_refused_that_is_not_in_the_capture),
		CASE(an_answer_is_refused_that_is_captured_just_behind_the_refusal),
		CASE(an_answer_that_does_not_arrive_whole_is_not_refused),
		CASE(an_asker_that_refuses_the_answer_is_told_once),
		CASE(an_asker_that_refuses_a_second_answer_had_the_first),
		CASE(a_copy_made_by_the_network_is_refused_though_the_answer_was_taken),
		CASE(an_asker_may_refuse_the_answer_to_its_second_attempt),
		CASE(an_asker_may_refuse_an_answer_after_it_has_asked_anew),
		CASE(lost_fragments_mark_the_query_they_answer),
		CASE(a_reply_in_part_that_is_not_asked_for_again_is_a_cut_answer),
		CASE(a_full_table_gives_up_the_oldest_and_pairs_the_newest),
		CASE(what_a_full_table_gives_up_is_marked_early),
		CASE(a_full_table_pairs_the_newest_behind_answered_ones),
		CASE(records_that_the_ring_forgets_leave_the_table),
		CASE(of_many_questions_that_share_a_key_only_the_first_pair),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
