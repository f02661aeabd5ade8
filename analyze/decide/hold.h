/*
 * Failures waiting for later evidence: first in, first out, each a copy of its exchange, name and
 * answer, in one ring of bytes.
 */
#ifndef RC_ANALYZE_HOLD_H
#define RC_ANALYZE_HOLD_H

#include "analyze/exchange.h"

struct rc_held {
	int64_t due_ns;
	uint64_t pos;        /* of its record, for marks that came later */
	uint32_t answer_len; /* octets of the answer behind this struct; 0 none */
	uint32_t size;       /* in the ring */
	struct rc_exchange x;
	struct rc_name name;
	uint8_t answer[];
};

struct rc_hold;

/* RC_E_NOMEM. Free with rc_hold_free. */
int rc_hold_new(size_t bytes, struct rc_hold **ret_hold);
void rc_hold_free(struct rc_hold *hold);

/* RC_E_FULL when there is no room: the caller decides the oldest first, then asks again. */
int rc_hold_push(struct rc_hold *hold, int64_t due_ns, uint64_t pos, const struct rc_exchange *x,
		 const struct rc_name *name, const uint8_t *answer, uint32_t answer_len);

/* Pushes one that is held (the oldest, about to be popped) once more; false if there is no room. */
bool rc_hold_again(struct rc_hold *hold, const struct rc_held *held, int64_t due_ns);

/* The oldest, borrowed until popped; NULL when empty. */
const struct rc_held *rc_hold_first(const struct rc_hold *hold);
void rc_hold_pop(struct rc_hold *hold);

/*
 * For looking ahead: the failure at the cursor, which moves on. 0 is the begin. A cursor that was overtaken goes on at
 * the oldest. NULL behind the newest.
 */
const struct rc_held *rc_hold_next(const struct rc_hold *hold, uint64_t *cursor);

/* Fetches what stands where rc_hold_next moved the cursor. */
void rc_hold_prefetch(const struct rc_hold *hold, uint64_t cursor);
uint64_t rc_hold_count(const struct rc_hold *hold);

#endif
