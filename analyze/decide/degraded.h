/*
 * Zones that work, though some of their servers do not: no client fails, until the last server goes too.
 * Looks at the failed exchanges of resolvers a few seconds later, when it is known who helped them
 * instead, and at serials that differ for long. Bounded; takes a few samples of a storm.
 */
#ifndef RC_ANALYZE_DEGRADED_H
#define RC_ANALYZE_DEGRADED_H

#include "analyze/decide/incident.h"
#include "analyze/infer/case.h"

struct rc_degraded;

struct rc_degraded_stats {
	uint64_t noted;   /* failed upstream exchanges looked at */
	uint64_t skipped; /* more of the same server within seconds */
	uint64_t told;    /* findings entered as incidents */
	uint64_t evicted; /* zones forgotten for others */
};

/* RC_E_NOMEM. Free with rc_degraded_free. */
int rc_degraded_new(uint64_t seed, struct rc_degraded **ret_degraded);
void rc_degraded_free(struct rc_degraded *degraded);

/* A resolver's exchange failed: unanswered, answered with an error, or lame. */
void rc_degraded_note(struct rc_degraded *degraded, uint64_t pos, const struct rc_exchange *x,
		      int64_t now_ns);

/* An older serial was shown (rc_serials_note). */
void rc_degraded_note_serials(struct rc_degraded *degraded, const struct rc_zone_serials *serials,
			      struct rc_incidents *incidents);

/* Judges what was noted some seconds before now; all of it at the end of the input. */
void rc_degraded_advance(struct rc_degraded *degraded, const struct rc_case_sources *sources,
			 struct rc_incidents *incidents, bool at_end, int64_t now_ns);

const struct rc_degraded_stats *rc_degraded_stats(const struct rc_degraded *degraded);

#endif
