/*
 * What was written to the recorder around a failure, in order: from some time before the failure's own record to some time
 * after it, whoever asked whom. Bounded by records, not by time: a busy sensor sees no further than a quiet one.
 */
#ifndef RC_ANALYZE_AROUND_H
#define RC_ANALYZE_AROUND_H

#include "analyze/infer/case.h"

enum rc_around_reach {
	RC_AROUND_NEAR, /* some hundred to two thousand records before it */
	RC_AROUND_FAR,  /* twice that, before and after */
};

struct rc_around {
	const struct rc_case *c; /* borrowed */
	uint64_t pos;            /* of the record to be given next; 0 if there is none */
	unsigned left;           /* records that may still be given */
	int64_t until_ns;        /* ends at the first record begun later */
};

/* Nothing is given where the failure's own record is not found. */
struct rc_around rc_around(const struct rc_case *c, enum rc_around_reach reach, int64_t until_ns);

/* The next record; NULL at the end. */
static inline const struct rc_record *rc_around_next(struct rc_around *a)
{
	const struct rc_record *r = a->left > 0 ? rc_recorder_at(a->c->recorder, a->pos) : NULL;
	if (r == NULL || r->x.first_ns > a->until_ns)
		return NULL;
	a->left--;
	a->pos = rc_recorder_next(a->c->recorder, a->pos);
	return r;
}

/* The next one that the failure's server answered as a resolver, begun at most a second before the failure. */
const struct rc_record *rc_around_next_answer(struct rc_around *a);

#endif
