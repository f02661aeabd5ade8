/*
 * A verdict that outlives its decision: all that it borrows is copied, and it can be told again of another exchange
 * with the same question, with that one's own frames, times and addresses.
 */
#ifndef RC_ANALYZE_KEPT_H
#define RC_ANALYZE_KEPT_H

#include "analyze/infer/case.h"
#include "analyze/verdict.h"

#define RC_KEPT_LISTS_MAX 4u /* texts of one list */
#define RC_KEPT_NOT_SEEN_MAX 8u
#define RC_KEPT_ALIGN _Alignof(struct rc_evidence) /* of the pool */
/* Octets behind the used part of the pool that may be read: names are kept as long as they are, and copied whole. */
#define RC_KEPT_SLACK sizeof(struct rc_name)

/* Points into itself and its pool: neither may move. */
struct rc_kept {
	struct rc_failure
		failure; /* exchange and answer: of the failure decided, no longer valid */
	const struct rc_name *qname; /* in the pool */
	struct rc_addr asked;        /* the server's address that the texts tell */
	bool looks_asked; /* the question's name reads as that address: texts tell no more which it is */

	struct rc_evidence *evidence;
	int8_t own_evidence; /* index of the failed exchange itself; -1 none */
	uint16_t
		took_off; /* where its duration stands in the explanation, and its length; 0 nowhere */
	uint16_t took_len;
	struct rc_addr server; /* subject */
	const char *fix[RC_KEPT_LISTS_MAX], *next_steps[RC_KEPT_LISTS_MAX];
	const char *not_seen[RC_KEPT_NOT_SEEN_MAX];
	const struct rc_cause *alternatives[RC_KEPT_LISTS_MAX];
	uint8_t *pool; /* borrowed */
	size_t room, used;
};

/*
 * Copies the verdict on a case into *ret_kept and the pool of room octets. False if it does not fit there, or if it
 * is not clear what in it would differ for another exchange.
 */
bool rc_kept_make(struct rc_kept *ret_kept, uint8_t *pool, size_t room, const struct rc_case *c,
		  const struct rc_failure *failure);

/*
 * The verdict as it reads for x, asked of the same server at whichever of its addresses. What *ret_failure points to
 * is x, the kept verdict (until the next call for it) and the arena's; qname and answer are left to the caller.
 */
void rc_kept_tell(struct rc_kept *kept, struct rc_arena *arena, const struct rc_exchange *x,
		  struct rc_failure *ret_failure);

#endif
