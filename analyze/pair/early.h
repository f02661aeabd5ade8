/*
 * Answers that the capture has before their questions: the queues of a card, or two taps, are read by turns. Kept
 * for some milliseconds of packet time until the question comes. Bounded: the latest few, of the usual size.
 */
#ifndef RC_ANALYZE_EARLY_H
#define RC_ANALYZE_EARLY_H

#include "decode/obs.h"

struct rc_early;

/* RC_E_NOMEM. Free with rc_early_free. */
int rc_early_new(struct rc_early **ret_early);
void rc_early_free(struct rc_early *early);

/* Keeps a copy of an answer to no question seen; tag: of its ends, transport and ID (rc_pair_keys). */
void rc_early_keep(struct rc_early *early, const struct rc_obs *answer, uint64_t tag);

/* Whether rc_early_take may find anything: this packet time lies near the answer kept last. */
bool rc_early_is_near(const struct rc_early *early, int64_t ts_ns);

/*
 * The answer to this query, once: as if it had come at the query's time. Borrowed until the next
 * rc_early_keep. NULL if there is none.
 */
const struct rc_obs *rc_early_take(struct rc_early *early, const struct rc_obs *query,
				   uint64_t tag);

#endif
