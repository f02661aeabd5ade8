#include "analyze/infer/trail.h"
#include "tests/analyze/build.h"

#define ASKER "198.51.100.53"
#define SERVER "203.0.113.2"
#define EACH_MS 10

struct road {
	struct rc_recorder *recorder;
	struct rc_trails *trails;
	struct rc_addr asker;
	uint64_t hash;
};

static void no_move(void *context, uint64_t old_pos, uint64_t new_pos)
{
	(void)context, (void)old_pos, (void)new_pos;
}

static void set_up(struct road *t, size_t record_bytes)
{
	struct rc_recorder_config config = {.record_bytes = record_bytes,
					    .answer_bytes = 1u << 19,
					    .retention_ns = 600 * RC_NS_PER_S,
					    .seed = SEED,
					    .on_move = no_move};
	struct rc_name name = name_of("ns1.provider.test");
	assert_int_equal(rc_recorder_new(&config, &t->recorder), RC_OK);
	assert_int_equal(rc_trails_new(SEED, &t->trails), RC_OK);
	t->asker = addr(ASKER);
	t->hash = rc_name_hash(SEED, &name);
}

static void tear_down(struct road *t)
{
	rc_trails_free(t->trails);
	rc_recorder_free(t->recorder);
}

static void add(struct road *t, int64_t ts_ns)
{
	struct rc_name name = name_of("ns1.provider.test");
	struct rc_exchange x = {.first_ns = ts_ns,
				.last_ns = ts_ns,
				.end_ns = ts_ns,
				.state = RC_X_ANSWERED,
				.asker = t->asker,
				.server = addr(SERVER),
				.name_hash = t->hash};
	struct rc_record *record;
	uint64_t asker = rc_addr_hash(SEED, &x.asker), server = rc_addr_hash(SEED, &x.server);
	rc_recorder_add(t->recorder, ts_ns, &name, rc_recorder_key(t->recorder, asker, t->hash),
			rc_recorder_key(t->recorder, server, t->hash), &record);
	record->x = x;
}

/* The newest record that began at to_ns or before, walking from pos; and how many steps that took. */
static uint64_t walk(struct road *t, uint64_t pos, int64_t to_ns, unsigned *ret_steps)
{
	const struct rc_record *r;
	*ret_steps = 0;
	while ((r = rc_recorder_at(t->recorder, pos)) != NULL && r->x.first_ns > to_ns) {
		pos = r->prev_asker;
		(*ret_steps)++;
	}
	return r == NULL ? 0 : pos;
}

/* Asks each time as time goes on, for what lies so long back; the way must lead where the whole one does. */
static unsigned longest_way(struct road *t, unsigned records, int64_t back_ns)
{
	unsigned longest = 0;
	for (unsigned i = 0; i < records; i++) {
		int64_t now_ns = T0 + i * EACH_MS * MS, to_ns = now_ns - back_ns;
		unsigned steps, all;
		add(t, now_ns);
		uint64_t pos = rc_trails_begin(t->trails, t->recorder, &t->asker, t->hash, to_ns);
		uint64_t newest = rc_recorder_newest_by_asker(t->recorder, &t->asker, t->hash);
		assert_int_equal(walk(t, pos, to_ns, &steps), walk(t, newest, to_ns, &all));
		assert_true(steps <= all);
		longest = steps > longest ? steps : longest;
	}
	return longest;
}

static void a_trail_leads_to_the_same_record_by_a_shorter_way(void **state)
{
	struct road t;
	(void)state;
	set_up(&t, 8u << 20);
	assert_in_range(longest_way(&t, 3000, 10 * RC_NS_PER_S), 1, 2); /* of a thousand */
	tear_down(&t);
}

/* More records between two marks than are remembered: longer, and still right. */
static void a_name_asked_for_all_the_time_has_a_longer_way(void **state)
{
	struct road t;
	(void)state;
	set_up(&t, 8u << 20);
	for (unsigned i = 0; i < 4000; i++) {
		int64_t now_ns = T0 + i * MS, to_ns = now_ns - RC_NS_PER_S;
		unsigned steps, all;
		add(&t, now_ns);
		uint64_t pos = rc_trails_begin(t.trails, t.recorder, &t.asker, t.hash, to_ns);
		uint64_t newest = rc_recorder_newest_by_asker(t.recorder, &t.asker, t.hash);
		assert_int_equal(walk(&t, pos, to_ns, &steps), walk(&t, newest, to_ns, &all));
		assert_in_range(steps, 0, 600);
	}
	tear_down(&t);
}

/* Further back than marks reach: longer, and still right. */
static void beyond_the_marks_the_whole_way_is_walked(void **state)
{
	struct road t;
	(void)state;
	set_up(&t, 16u << 20);
	longest_way(&t, 8000, 70 * RC_NS_PER_S);
	tear_down(&t);
}

static void marks_of_records_overwritten_are_not_followed(void **state)
{
	struct road t;
	(void)state;
	set_up(&t, 1u << 19); /* some 1500 records */
	longest_way(&t, 4000, 30 * RC_NS_PER_S);
	tear_down(&t);
}

static void a_clock_set_back_starts_anew(void **state)
{
	struct road t;
	unsigned steps;
	(void)state;
	set_up(&t, 8u << 20);
	longest_way(&t, 1000, RC_NS_PER_S);
	for (unsigned i = 0; i < 1000; i++) {
		int64_t now_ns = T0 - 3600 * RC_NS_PER_S + i * EACH_MS * MS;
		add(&t, now_ns);
		uint64_t pos = rc_trails_begin(t.trails, t.recorder, &t.asker, t.hash,
					       now_ns - 2 * RC_NS_PER_S);
		uint64_t newest = rc_recorder_newest_by_asker(t.recorder, &t.asker, t.hash);
		unsigned all;
		if (i > 300)
			assert_int_equal(walk(&t, pos, now_ns - 2 * RC_NS_PER_S, &steps),
					 walk(&t, newest, now_ns - 2 * RC_NS_PER_S, &all));
	}
	tear_down(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trail_leads_to_the_same_record_by_a_shorter_way),
		cmocka_unit_test(a_name_asked_for_all_the_time_has_a_longer_way),
		cmocka_unit_test(beyond_the_marks_the_whole_way_is_walked),
		cmocka_unit_test(marks_of_records_overwritten_are_not_followed),
		cmocka_unit_test(a_clock_set_back_starts_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
