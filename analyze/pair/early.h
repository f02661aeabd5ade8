/*
 * Answers, ICMP errors and resets that the capture has before what they reply to: the queues of a card, or two taps, are
 * read by turns. Kept for some milliseconds of packet time until that comes. Bounded: the latest few, of the usual size.
 */
#ifndef RC_ANALYZE_EARLY_H
#define RC_ANALYZE_EARLY_H

#include "base/time.h"
#include "decode/obs.h"

#define RC_DISORDER_NS (5 * RC_NS_PER_MS) /* longer than any queue is left unread beside another */

struct rc_early;

/* RC_E_NOMEM. Free with rc_early_free. */
int rc_early_new(struct rc_early **ret_early);
void rc_early_free(struct rc_early *early);

/*
 * Keeps a copy of an answer to no question seen, of an ICMP error that quotes such a question, or of the reset of a
 * connection not seen; tag: of its ends, transport and ID, or of the connection (internal.h).
 */
void rc_early_keep(struct rc_early *early, const struct rc_obs *reply, uint64_t tag);

/* Whether rc_early_take may find anything: this packet time lies near the one kept last. */
bool rc_early_is_near(const struct rc_early *early, int64_t ts_ns);

/*
 * What came back to this query, once: as if it had come at the query's time. Borrowed until the next
 * rc_early_keep. NULL if there is nothing.
 */
const struct rc_obs *rc_early_take(struct rc_early *early, const struct rc_obs *query,
				   uint64_t tag);

#endif
