#include "analyze/infer/trail.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

/* Names of servers of the zones that fail in a storm, by address of the resolver. */
#define TRAILS 512u
#define MARKS 128u /* so far do they reach: a minute, as long as failures of a file are held */
#define APART_NS (RC_NS_PER_S / 2)
#define STEPS 256u /* between two marks, of a name that is asked for 500 times a second */

struct mark {
	uint64_t pos;
	int64_t first_ns; /* of the record there */
};

struct trail {
	uint64_t key;
	uint64_t n; /* marks made; the last MARKS of them are held */
	struct mark marks[MARKS];
	/* The records from one mark on, newest first: as far as they were looked at. */
	uint64_t steps_from; /* position of the mark */
	unsigned n_steps;
	struct mark steps[STEPS];
};

struct rc_trails {
	uint64_t seed;
	struct trail trails[TRAILS];
};

int rc_trails_new(uint64_t seed, struct rc_trails **ret_trails)
{
	struct rc_trails *t = calloc(1, sizeof *t);
	if (t == NULL)
		return RC_E_NOMEM;
	t->seed = seed;
	*ret_trails = t;
	return RC_OK;
}

void rc_trails_free(struct rc_trails *t)
{
	free(t);
}

static const struct mark *mark_at(const struct trail *t, uint64_t n)
{
	return &t->marks[n % MARKS];
}

/* The oldest mark whose record began after to_ns; NULL if there is none. */
static const struct mark *oldest_after(const struct trail *t, int64_t to_ns)
{
	uint64_t low = t->n > MARKS ? t->n - MARKS : 0, high = t->n;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (mark_at(t, middle)->first_ns > to_ns)
			high = middle;
		else
			low = middle + 1;
	}
	return low == t->n ? NULL : mark_at(t, low);
}

static bool is_of(const struct rc_record *r, const struct rc_addr *asker, uint64_t name_hash)
{
	return r->x.name_hash == name_hash && rc_addr_equal(&r->x.asker, asker);
}

/*
 * The oldest record behind the mark with none but later ones before it. Failures are decided in the order of
 * their times: the next one finds all but the last steps made.
 */
static uint64_t step_down(struct trail *t, struct rc_recorder *recorder, uint64_t from,
			  const struct rc_addr *asker, uint64_t name_hash, int64_t to_ns)
{
	unsigned n = 0;
	if (t->steps_from != from) {
		t->steps_from = from;
		t->n_steps = 0;
	}
	while (n < t->n_steps && t->steps[n].first_ns > to_ns)
		n++;
	uint64_t at = n > 0 ? t->steps[n - 1].pos : from;
	const struct rc_record *r = rc_recorder_at(recorder, at);
	if (r == NULL)
		return 0;
	if (n < t->n_steps)
		return at;
	for (uint64_t pos = n > 0 ? r->prev_asker : at; n < STEPS; pos = r->prev_asker) {
		r = rc_recorder_at(recorder, pos);
		if (r == NULL || (is_of(r, asker, name_hash) && r->x.first_ns <= to_ns))
			break;
		if (!is_of(r, asker, name_hash))
			continue;
		t->steps[n++] = (struct mark){pos, r->x.first_ns};
		at = pos;
	}
	t->n_steps = n;
	return at;
}

uint64_t rc_trails_begin(struct rc_trails *trails, struct rc_recorder *recorder,
			 const struct rc_addr *asker, uint64_t name_hash, int64_t to_ns)
{
	uint64_t pos = rc_recorder_newest_by_asker(recorder, asker, name_hash);
	const struct rc_record *r = rc_recorder_at(recorder, pos);
	if (r == NULL || r->x.first_ns <= to_ns || !is_of(r, asker, name_hash))
		return pos;
	uint64_t key = rc_hash_u64(rc_addr_hash(trails->seed, asker), name_hash, 0);
	struct trail *t = &trails->trails[key % TRAILS];
	if (t->key != key) {
		t->key = key;
		t->n = 0;
		t->steps_from = 0;
	}
	/* The newest mark must lie before the record: positions only grow, times may step back. */
	if (t->n == 0 || r->x.first_ns - mark_at(t, t->n - 1)->first_ns >= APART_NS) {
		t->marks[t->n % MARKS] = (struct mark){pos, r->x.first_ns};
		t->n++;
	} else if (r->x.first_ns < mark_at(t, t->n - 1)->first_ns - APART_NS) {
		t->n = 0; /* a clock that was set back */
		t->steps_from = 0;
	}
	const struct mark *m = oldest_after(t, to_ns);
	uint64_t at = m == NULL ? 0 : step_down(t, recorder, m->pos, asker, name_hash, to_ns);
	return at == 0 ? pos : at;
}
