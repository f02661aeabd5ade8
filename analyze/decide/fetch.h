/*
 * A resolver's own work on a question, where no client is in sight: all its exchanges about it, as long
 * as no gap shows that it had given up.
 */
#ifndef RC_ANALYZE_FETCH_H
#define RC_ANALYZE_FETCH_H

#include "analyze/infer/case.h"
#include "base/time.h"

/* No resolver waits longer for an answer before it tries again. */
#define RC_FETCH_GAP_NS (12 * RC_NS_PER_S)

/*
 * Writes an exchange that stands for the work that x belongs to: asked by the resolver of itself, from the
 * first packet about the name to the last, and ended with SERVFAIL. Returns the packet time from when on it
 * is over.
 */
int64_t rc_fetch_of(const struct rc_case_sources *sources, const struct rc_exchange *x,
		    struct rc_exchange *ret_work);

/*
 * Did the resolver reject what it was given for x? A validator does, if the records fail validation
 * whatever else it asks for: unless it did not look at them, as for a client that sets CD=1.
 */
bool rc_fetch_rejects(struct rc_case *c, const struct rc_exchange *x);

/*
 * Is this answered record of a resolver's work on a question? Keys are fetched for others; but those that do, nobody
 * asks for again a moment later.
 */
bool rc_fetch_is_of_question(struct rc_recorder *recorder, const struct rc_record *r);

/* Did a server fail the question itself, and did the resolver see it so? */
bool rc_fetch_let_down(const struct rc_case *c);

/*
 * Keys that were asked for once, and not again when no answer was seen: the resolver had one. Any other question may
 * have been its last for want of time.
 */
bool rc_fetch_is_keys_once(const struct rc_case *c);

/*
 * Is the last that the resolver was told about the question one that some take for no data, in want of better: without
 * authority, and without an error? Unbound does.
 */
bool rc_fetch_may_content(const struct rc_case *c);

#endif
