#include "analyze/infer/link.h"
#include "base/err.h"
#include "tests/analyze/sim.h"

#define LINKS 200u
#define ROUNDS 500u

/* What a round sorts: pos says where a link stood. */
struct links {
	struct rc_exchange x[LINKS];
	struct rc_link link[LINKS];
	size_t n;
};

/* Runs newest first, as chains give them, of times that often are the same. */
static void make_links(struct links *l, unsigned *random)
{
	int64_t t = 0;
	l->n = *random % LINKS;
	for (size_t i = 0; i < l->n; i++) {
		*random = *random * 1664525u + 1013904223u;
		t = *random % 16 == 0 ? (int64_t)(*random >> 8 & 1023) : t - (*random >> 8 & 3);
		l->x[i] = (struct rc_exchange){.first_ns = t, .first_frame = *random >> 16 & 7};
		l->link[i] = (struct rc_link){.pos = i, .x = &l->x[i]};
	}
}

static bool is_in_order(const struct rc_link *a, const struct rc_link *b)
{
	if (a->x->first_ns != b->x->first_ns)
		return a->x->first_ns < b->x->first_ns;
	if (a->x->first_frame != b->x->first_frame)
		return a->x->first_frame < b->x->first_frame;
	return a->pos < b->pos; /* as they stood */
}

static void links_are_sorted_by_time_and_frame(void **state)
{
	static struct links l;
	struct rc_arena *arena;
	unsigned random = 1, turned = 0;
	(void)state;
	assert_int_equal(rc_arena_new((size_t)1 << 20, &arena), RC_OK);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint8_t seen[LINKS] = {0};
		make_links(&l, &random);
		rc_arena_reset(arena);
		assert_true(rc_links_sort(arena, l.link, l.n));
		for (size_t i = 0; i < l.n; i++) {
			assert_ptr_equal(l.link[i].x, &l.x[l.link[i].pos]);
			assert_false(seen[l.link[i].pos]++);
			turned += l.link[i].pos != i;
			assert_true(i == 0 || is_in_order(&l.link[i - 1], &l.link[i]));
		}
	}
	assert_true(turned > ROUNDS);
	rc_arena_free(arena);
}

static void without_memory_nothing_is_sorted(void **state)
{
	static struct links l;
	struct rc_arena *arena;
	unsigned random = 1;
	(void)state;
	while (l.n < LINKS / 2)
		make_links(&l, &random);
	assert_int_equal(rc_arena_new(1, &arena), RC_OK);
	while (rc_arena_take(arena, 64) != NULL)
		continue;
	assert_false(rc_links_sort(arena, l.link, l.n));
	rc_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_sorted_by_time_and_frame),
		cmocka_unit_test(without_memory_nothing_is_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
