/*
 * The decision: runs the rules over a case, compares with what is remembered, follows forwarders to
 * the resolver that failed first, and fills in the verdict.
 */
#ifndef RC_ANALYZE_DECIDE_H
#define RC_ANALYZE_DECIDE_H

#include "analyze/decide/echo.h"
#include "analyze/decide/hold.h"
#include "analyze/decide/memo.h"

struct rc_decider;

/* Ceilings for verdicts remembered, and for those that speak for others. RC_E_NOMEM. Free with
 * rc_decider_free. */
int rc_decider_new(size_t memo_bytes, size_t echo_bytes, uint64_t seed,
		   struct rc_decider **ret_decider);
void rc_decider_free(struct rc_decider *decider);

/* Is this finished exchange a failure at all? NXDOMAIN only with include_nxdomain. */
bool rc_is_failure(const struct rc_exchange *x, bool include_nxdomain);

/*
 * Decides a failed exchange. Everything in *ret_failure lives in the sources' arena. False if the arena
 * is exhausted. sequence, incident and decided_ns are the caller's.
 */
bool rc_decide(struct rc_decider *decider, const struct rc_case_sources *sources,
	       const struct rc_exchange *x, const struct rc_name *qname,
	       const struct rc_msg *answer, struct rc_failure *ret_failure);

/*
 * The upstream side alone, no client in sight: decides the resolver's own work on a question, of which x is
 * one exchange, and marks the exchanges that belong to it (RC_X_JUDGED). NOTHING if none failed, if it was the
 * side lookup of work that was told, or if the arena is exhausted; LATER if the work goes on.
 */
enum rc_fetched { RC_FETCHED_NOTHING, RC_FETCHED_FAILED, RC_FETCHED_LATER };
enum rc_fetched rc_decide_fetch(struct rc_decider *decider, const struct rc_case_sources *sources,
				const struct rc_exchange *x, const struct rc_name *qname,
				const struct rc_msg *answer, struct rc_failure *ret_failure);

/* To be called each time before the first failure held is decided: fetches what the next ones will need. */
void rc_decider_look_ahead(struct rc_decider *decider, const struct rc_hold *hold,
			   struct rc_recorder *recorder, const struct rc_hosts *hosts);

/* How often one verdict spoke for others. */
const struct rc_echo_stats *rc_decider_echoes(const struct rc_decider *decider);

#endif
