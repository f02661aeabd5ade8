#include "analyze/pair/recorder.h"
#include "tests/analyze/build.h"

#define RING ((size_t)512 << 10) /* the least there is */
#define RECORDS 12000u           /* go round it several times */
#define RETENTION_NS (60 * RC_NS_PER_S)

/* Follows pending records as they move, as pairing does. */
struct follower {
	struct rc_recorder *recorder;
	uint64_t pos[64];
	size_t n;
	unsigned moved, dropped;
};

static void on_move(void *context, uint64_t old_pos, uint64_t new_pos)
{
	struct follower *f = context;
	assert_non_null(rc_recorder_at(f->recorder, new_pos == 0 ? old_pos : new_pos));
	for (size_t i = 0; i < f->n; i++)
		if (f->pos[i] == old_pos)
			f->pos[i] = new_pos;
	if (new_pos == 0)
		f->dropped++;
	else
		f->moved++;
}

static void begin(struct follower *f, size_t record_bytes, size_t answer_bytes)
{
	*f = (struct follower){.n = 0};
	struct rc_recorder_config config = {
		.record_bytes = record_bytes,
		.answer_bytes = answer_bytes,
		.retention_ns = RETENTION_NS,
		.seed = SEED,
		.on_move = on_move,
		.context = f,
	};
	assert_int_equal(rc_recorder_new(&config, &f->recorder), RC_OK);
}

static struct rc_exchange exchange(int64_t ts_ns, const char *asker, uint64_t hash,
				   enum rc_exchange_state state)
{
	return (struct rc_exchange){
		.first_ns = ts_ns,
		.asker = addr(asker),
		.server = addr("192.0.2.53"),
		.name_hash = hash,
		.state = (uint8_t)state,
	};
}

static uint64_t key_of(struct rc_recorder *r, const struct rc_addr *addr, uint64_t name_hash)
{
	return rc_recorder_key(r, rc_addr_hash(SEED, addr), name_hash);
}

static uint64_t put(struct rc_recorder *r, const struct rc_exchange *x, const struct rc_name *name)
{
	struct rc_record *record;
	uint64_t pos = rc_recorder_add(r, x->first_ns, name, key_of(r, &x->asker, x->name_hash),
				       key_of(r, &x->server, x->name_hash), &record);
	record->x = *x;
	return pos;
}

static uint64_t add(struct follower *f, int64_t ts_ns, uint64_t hash, enum rc_exchange_state state)
{
	struct rc_exchange x = exchange(ts_ns, "192.0.2.1", hash, state);
	struct rc_name name = name_of("www.example.com");
	return put(f->recorder, &x, &name);
}

static void a_record_comes_back_as_written(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	struct rc_exchange x = exchange(T0, "192.0.2.1", 7, RC_X_ANSWERED);
	struct rc_name name = name_of("www.example.com"), back;
	x.qtype = 28;
	uint64_t pos = put(f.recorder, &x, &name);
	const struct rc_record *r = rc_recorder_at(f.recorder, pos);
	assert_non_null(r);
	assert_int_equal(r->x.first_ns, T0);
	assert_int_equal(r->x.qtype, 28);
	assert_int_equal(r->prev_asker, 0);
	rc_record_name(r, &back);
	assert_true(rc_name_equal(&back, &name));
	assert_null(rc_recorder_at(f.recorder, 0));
	assert_null(rc_recorder_at(f.recorder, rc_recorder_head(f.recorder)));
	rc_recorder_free(f.recorder);
}

static void names_of_every_length_are_kept_whole(void **state)
{
	struct follower f;
	uint64_t pos[RC_NAME_MAX + 1];
	struct rc_exchange x = exchange(T0, "192.0.2.1", 7, RC_X_ANSWERED);
	(void)state;
	begin(&f, RING, RING);
	for (unsigned len = 0; len <= RC_NAME_MAX; len++) {
		struct rc_name name = {.len = (uint8_t)len, .labels = (uint8_t)(len / 2)};
		memset(name.wire, (int)len, len);
		pos[len] = put(f.recorder, &x, &name);
	}
	for (unsigned len = 0; len <= RC_NAME_MAX; len++) {
		struct rc_name name;
		const struct rc_record *r = rc_recorder_at(f.recorder, pos[len]);
		assert_non_null(r);
		rc_record_name(r, &name);
		assert_int_equal(name.len, len);
		assert_int_equal(name.labels, len / 2);
		for (unsigned i = 0; i < len; i++)
			assert_int_equal(name.wire[i], len);
	}
	rc_recorder_free(f.recorder);
}

/* Walks a chain: newest first, strictly older each step, each record of this hash. */
static unsigned walk(struct follower *f, uint64_t hash)
{
	struct rc_addr asker = addr("192.0.2.1");
	uint64_t pos = rc_recorder_newest_by_asker(f->recorder, &asker, hash), before = UINT64_MAX;
	unsigned n = 0;
	const struct rc_record *r;
	while ((r = rc_recorder_at(f->recorder, pos)) != NULL) {
		assert_true(pos < before);
		before = pos;
		n += r->x.name_hash == hash;
		pos = r->prev_asker;
	}
	return n;
}

static void chains_stay_sound_when_the_ring_wraps(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	for (unsigned i = 0; i < RECORDS; i++) {
		struct rc_exchange x = exchange(T0 + i, "192.0.2.1", i % 3, RC_X_ANSWERED);
		struct rc_name name = {.len = (uint8_t)(i * 37 % 256)};
		memset(name.wire, 'a', name.len);
		uint64_t pos = put(f.recorder, &x, &name);
		assert_int_equal(rc_recorder_newest_by_asker(f.recorder, &x.asker, i % 3), pos);
		assert_int_equal(rc_recorder_newest_by_server(f.recorder, &x.server, i % 3), pos);
		assert_true(rc_recorder_head(f.recorder) - rc_recorder_tail(f.recorder) <= RING);
		if (i % 97 == 0 && i > 1000)
			assert_in_range(walk(&f, i % 3), 100, 600);
	}
	assert_true(rc_recorder_stats(f.recorder)->overwritten > RECORDS / 2);
	rc_recorder_free(f.recorder);
}

static void next_visits_every_record_held_once_in_order(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	for (unsigned i = 0; i < RECORDS; i++) {
		add(&f, T0 + i, i, RC_X_ANSWERED);
		if (i % 131 != 0)
			continue;
		uint64_t pos = 0;
		unsigned n = 0;
		int64_t before = INT64_MIN;
		while ((pos = rc_recorder_next(f.recorder, pos)) != 0) {
			const struct rc_record *r = rc_recorder_at(f.recorder, pos);
			assert_non_null(r);
			assert_true(before == INT64_MIN || r->x.first_ns == before + 1);
			before = r->x.first_ns;
			n++;
		}
		assert_int_equal(before, T0 + i);
		assert_int_equal(n, i + 1 - rc_recorder_stats(f.recorder)->overwritten);
	}
	rc_recorder_free(f.recorder);
}

static void back_leads_forward_again_from_some_hundred_records_before(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	assert_int_equal(rc_recorder_back(f.recorder, 4096), 0);
	for (unsigned i = 0; i < RECORDS; i++) {
		uint64_t pos = add(&f, T0 + i, i, RC_X_ANSWERED);
		if (i % 131 != 0)
			continue;
		uint64_t at = rc_recorder_back(f.recorder, pos);
		unsigned n = 0;
		bool oldest = at == rc_recorder_next(f.recorder, 0);
		assert_non_null(rc_recorder_at(f.recorder, at));
		for (; at != pos && at != 0; at = rc_recorder_next(f.recorder, at))
			n++;
		assert_int_equal(at, pos);
		assert_true(oldest || n >= 100);
		assert_true(n <= 3000);
	}
	rc_recorder_free(f.recorder);
}

static void a_pending_record_moves_to_the_head_and_is_told(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	f.pos[0] = add(&f, T0, 42, RC_X_PENDING);
	f.n = 1;
	for (unsigned i = 0; i < RECORDS; i++) {
		add(&f, T0 + i, i % 5, RC_X_ANSWERED);
		const struct rc_record *r = rc_recorder_at(f.recorder, f.pos[0]);
		assert_non_null(r);
		assert_int_equal(r->x.name_hash, 42);
		assert_int_equal(r->x.first_ns, T0);
		assert_int_equal(walk(&f, 42), 1);
	}
	assert_true(f.moved >= 3);
	assert_int_equal(f.dropped, 0);
	assert_int_equal(rc_recorder_stats(f.recorder)->moved, f.moved);
	rc_recorder_free(f.recorder);
}

static void too_many_pending_records_are_dropped_and_told(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	for (unsigned i = 0; i < RECORDS; i++)
		add(&f, T0 + i, i, RC_X_PENDING);
	const struct rc_recorder_stats *s = rc_recorder_stats(f.recorder);
	assert_true(f.dropped > 0);
	assert_int_equal(s->dropped, f.dropped);
	assert_int_equal(s->records, RECORDS);
	/* What is neither dropped nor overwritten is still there. */
	unsigned held = 0;
	for (uint64_t pos = 0; (pos = rc_recorder_next(f.recorder, pos)) != 0;)
		held++;
	assert_int_equal(held + s->dropped + s->overwritten, RECORDS);
	rc_recorder_free(f.recorder);
}

static void a_ring_too_small_for_anything_still_holds_the_newest(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, 1, 1);
	for (unsigned i = 0; i < RECORDS; i++) {
		struct rc_exchange x = exchange(T0, "192.0.2.1", i,
						i % 4 ? RC_X_ANSWERED : RC_X_PENDING);
		struct rc_name name = {.len = (uint8_t)(i * 7 % 256)};
		memset(name.wire, (int)(i & 0xff), name.len);
		const struct rc_record *r = rc_recorder_at(f.recorder, put(f.recorder, &x, &name));
		assert_non_null(r);
		assert_int_equal(r->x.name_hash, i);
		assert_int_equal(r->name_len, name.len);
		assert_memory_equal(r->name, name.wire, name.len);
	}
	rc_recorder_free(f.recorder);
}

static void a_large_ring_that_is_full_lets_go_of_little_at_a_time(void **state)
{
	const size_t ring = (size_t)40 << 20, step = (size_t)512 << 10;
	struct follower f;
	(void)state;
	begin(&f, ring, RING);
	for (unsigned i = 0; i < 2 * ring / sizeof(struct rc_record); i++) {
		add(&f, T0, i, RC_X_ANSWERED);
		if (rc_recorder_stats(f.recorder)->overwritten > 0)
			assert_true(rc_recorder_head(f.recorder) - rc_recorder_tail(f.recorder) >
				    ring - step);
	}
	assert_true(rc_recorder_stats(f.recorder)->overwritten > 0);
	uint64_t pos = rc_recorder_next(f.recorder, 0);
	uint64_t expected = rc_recorder_at(f.recorder, pos)->x.name_hash;
	for (; pos != 0; pos = rc_recorder_next(f.recorder, pos))
		assert_int_equal(rc_recorder_at(f.recorder, pos)->x.name_hash, expected++);
	rc_recorder_free(f.recorder);
}

static void finished_records_older_than_the_retention_are_let_go(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	uint64_t old = add(&f, T0, 1, RC_X_ANSWERED);
	uint64_t young = add(&f, T0 + RETENTION_NS, 2, RC_X_ANSWERED);
	assert_non_null(rc_recorder_at(f.recorder, old));
	add(&f, T0 + RETENTION_NS + 1, 3, RC_X_ANSWERED);
	assert_null(rc_recorder_at(f.recorder, old));
	assert_non_null(rc_recorder_at(f.recorder, young));
	rc_recorder_free(f.recorder);
}

static void an_open_question_outlives_the_retention(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	f.pos[0] = add(&f, T0, 1, RC_X_PENDING);
	f.n = 1;
	add(&f, T0 + 9 * RETENTION_NS, 2, RC_X_ANSWERED);
	assert_non_null(rc_recorder_at(f.recorder, f.pos[0]));
	rc_recorder_free(f.recorder);
}

static void an_answer_is_kept_until_its_place_is_used_again(void **state)
{
	enum { ANSWERS = 400, LEN = 5000 };
	static uint8_t wire[LEN + ANSWERS];
	struct follower f;
	uint64_t pos[ANSWERS];
	uint32_t len = 0;
	(void)state;
	begin(&f, RING, RING);
	for (unsigned i = 0; i < ANSWERS; i++) {
		pos[i] = add(&f, T0, i, RC_X_ANSWERED);
		memset(wire, (int)(i & 0xff), sizeof wire);
		rc_recorder_keep_answer(f.recorder, rc_recorder_at(f.recorder, pos[i]), wire,
					LEN + i);
	}
	unsigned kept = 0;
	for (unsigned i = 0; i < ANSWERS; i++) {
		const uint8_t *back = rc_recorder_answer(f.recorder,
							 rc_recorder_at(f.recorder, pos[i]), &len);
		if (back == NULL) {
			assert_int_equal(kept, 0); /* the oldest go first */
			continue;
		}
		kept++;
		assert_int_equal(len, LEN + i);
		for (unsigned k = 0; k < len; k++)
			assert_int_equal(back[k], i & 0xff);
	}
	assert_in_range(kept, RING / 4 / LEN, RING / LEN);
	rc_recorder_free(f.recorder);
}

static void the_largest_message_is_kept_in_the_least_ring(void **state)
{
	struct follower f;
	static uint8_t wire[RC_MSG_MAX];
	uint32_t len = 0;
	(void)state;
	begin(&f, 1, 1);
	for (unsigned i = 0; i < 40; i++) {
		struct rc_record *r = rc_recorder_at(f.recorder, add(&f, T0, i, RC_X_ANSWERED));
		wire[RC_MSG_MAX - 1] = (uint8_t)i;
		rc_recorder_keep_answer(f.recorder, r, wire, sizeof wire);
		const uint8_t *back = rc_recorder_answer(f.recorder, r, &len);
		assert_non_null(back);
		assert_int_equal(len, RC_MSG_MAX);
		assert_int_equal(back[RC_MSG_MAX - 1], i);
	}
	rc_recorder_free(f.recorder);
}

/* It tells what is lost: a late move of an old question gives nothing back. */
static void the_time_of_the_oldest_record_never_goes_back(void **state)
{
	struct follower f;
	(void)state;
	begin(&f, RING, RING);
	assert_int_equal(rc_recorder_since(f.recorder), INT64_MIN);
	f.pos[0] = add(&f, T0, 42, RC_X_PENDING);
	f.n = 1;
	int64_t since = INT64_MIN;
	for (unsigned i = 1; i < RECORDS; i++) {
		add(&f, T0 + i, i % 5, RC_X_ANSWERED);
		assert_true(rc_recorder_since(f.recorder) >= since);
		since = rc_recorder_since(f.recorder);
	}
	assert_true(since > T0);
	rc_recorder_free(f.recorder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_comes_back_as_written),
		cmocka_unit_test(names_of_every_length_are_kept_whole),
		cmocka_unit_test(chains_stay_sound_when_the_ring_wraps),
		cmocka_unit_test(next_visits_every_record_held_once_in_order),
		cmocka_unit_test(back_leads_forward_again_from_some_hundred_records_before),
		cmocka_unit_test(a_pending_record_moves_to_the_head_and_is_told),
		cmocka_unit_test(too_many_pending_records_are_dropped_and_told),
		cmocka_unit_test(a_ring_too_small_for_anything_still_holds_the_newest),
		cmocka_unit_test(an_answer_is_kept_until_its_place_is_used_again),
		cmocka_unit_test(the_largest_message_is_kept_in_the_least_ring),
		cmocka_unit_test(a_large_ring_that_is_full_lets_go_of_little_at_a_time),
		cmocka_unit_test(finished_records_older_than_the_retention_are_let_go),
		cmocka_unit_test(an_open_question_outlives_the_retention),
		cmocka_unit_test(the_time_of_the_oldest_record_never_goes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
