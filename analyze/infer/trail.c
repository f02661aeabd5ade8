#include "analyze/infer/trail.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define TRAILS \
	512u /* names of servers of the zones that fail in a storm, by address of the resolver */
#define MARKS 128u /* so far do they reach: a minute, as long as failures of a file are held */
#define APART_NS (RC_NS_PER_S / 2)

struct mark {
	uint64_t pos;
	int64_t first_ns; /* of the record there */
};

struct trail {
	uint64_t key;
	uint64_t n; /* marks made; the last MARKS of them are held */
	struct mark marks[MARKS];
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

uint64_t rc_trails_begin(struct rc_trails *trails, struct rc_recorder *recorder,
			 const struct rc_addr *asker, uint64_t name_hash, int64_t to_ns)
{
	uint64_t pos = rc_recorder_newest_by_asker(recorder, asker, name_hash);
	const struct rc_record *r = rc_recorder_at(recorder, pos);
	if (r == NULL || r->x.first_ns <= to_ns || r->x.name_hash != name_hash ||
	    !rc_addr_equal(&r->x.asker, asker))
		return pos;
	uint64_t key = rc_hash_u64(rc_addr_hash(trails->seed, asker), name_hash, 0);
	struct trail *t = &trails->trails[key % TRAILS];
	if (t->key != key) {
		t->key = key;
		t->n = 0;
	}
	/* The newest mark must lie before the record: positions only grow, times may step back. */
	if (t->n == 0 || r->x.first_ns - mark_at(t, t->n - 1)->first_ns >= APART_NS) {
		t->marks[t->n % MARKS] = (struct mark){pos, r->x.first_ns};
		t->n++;
	} else if (r->x.first_ns < mark_at(t, t->n - 1)->first_ns - APART_NS) {
		t->n = 0; /* a clock that was set back */
	}
	const struct mark *m = oldest_after(t, to_ns);
	return m != NULL && rc_recorder_at(recorder, m->pos) != NULL ? m->pos : pos;
}
