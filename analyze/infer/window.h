/*
 * The time in which a resolver worked on a failure, c->from_ns to c->to_ns. It may have begun before the client asked, with
 * a fetch for somebody else. c->from_min_ns and the rest tell within what other times the lineage would be the same: a
 * verdict speaks for other failures within these (decide/echo.h).
 */
#ifndef RC_ANALYZE_WINDOW_H
#define RC_ANALYZE_WINDOW_H

#include "analyze/infer/case.h"

#define RC_PAST_MAX 4u /* records in a row from before the window */

/*
 * Did the resolver work on this within the time it worked on the failure? One begun before and still
 * without an answer belongs to an earlier fetch that it has given up.
 */
static inline bool rc_window_overlaps(const struct rc_case *c, const struct rc_exchange *x)
{
	return x->first_ns <= c->to_ns && rc_exchange_last_act_ns(x) >= c->from_ns;
}

/*
 * Chains run from newest to oldest. No exchange outlives the timeout, so records begun longer before the
 * window than that cannot reach into it; a few of them in a row end the walk (one alone may be a record
 * that was carried forward in the ring, and stands out of order).
 */
static inline bool rc_window_is_past(const struct rc_case *c, const struct rc_exchange *x,
				     unsigned *past)
{
	*past = x->first_ns < c->from_ns - c->timeout_ns ? *past + 1 : 0;
	return *past == RC_PAST_MAX;
}

/* A time that c->to_ns is compared with: nothing changes while it stays on the same side. */
static inline void rc_window_bound(struct rc_case *c, int64_t ts_ns)
{
	if (ts_ns <= c->to_ns)
		c->to_min_ns = ts_ns > c->to_min_ns ? ts_ns : c->to_min_ns;
	else
		c->to_max_ns = ts_ns - 1 < c->to_max_ns ? ts_ns - 1 : c->to_max_ns;
}

/* How far the failure's time could be another without this exchange counting differently. */
static inline void rc_window_note(struct rc_case *c, const struct rc_exchange *x)
{
	int64_t until_ns = rc_exchange_last_act_ns(x);
	rc_window_bound(c, x->first_ns);
	rc_window_bound(c, x->end_ns);
	rc_window_bound(c, x->last_ns + RC_PATIENCE_NS);
	if (c->from_ns <= until_ns)
		c->from_max_ns = until_ns < c->from_max_ns ? until_ns : c->from_max_ns;
	else
		c->from_min_ns = until_ns + 1 > c->from_min_ns ? until_ns + 1 : c->from_min_ns;
}

/* Sets c->from_ns back to the beginning of the fetch that the failure joined, at whichever address of the resolver. */
void rc_window_join_fetch(struct rc_case *c);

/*
 * Nothing was asked within the failure's own time. The name was asked before by somebody who has had no answer:
 * the resolver was at work on that, and this failure ended with it, or right after it. Keys of the name are another's
 * work: those of a forwarder that validates. True if c->from_ns was set back to that.
 */
bool rc_window_join_silent_fetch(struct rc_case *c);

#endif
