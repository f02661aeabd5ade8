/*
 * Lineage: which exchanges of the resolver belong to a failure (DESIGN section 4). A search over names: the question
 * and its ancestors first, then what the answers found on the way point to. Each name costs one walk of an index
 * chain per address of the resolver, up to ceilings that c->lineage_cut tells of.
 */
#ifndef RC_ANALYZE_LINEAGE_H
#define RC_ANALYZE_LINEAGE_H

#include "analyze/infer/case.h"

/* Answers about a name that differ, remembered while it is collected. */
#define RC_ANSWER_KINDS_MAX 4u

/* Fills c->names and c->links, and how far the time of the failure could be another. Called by rc_case_build. */
void rc_lineage_collect(struct rc_case *c);

/*
 * A connection that had not come about when the failure was told: it never did, or only afterwards, as where a SYN that is
 * repeated gets through in the end.
 */
bool rc_lineage_is_unconnected(const struct rc_case *c, const struct rc_exchange *connection);

/* Adds connections that failed to servers never asked otherwise. Called by rc_zones_judge. */
void rc_lineage_connect(struct rc_case *c);

#endif
