/*
 * Lineage: which exchanges of the resolver belong to a failure (DESIGN section 4). A search over names: the question
 * and its ancestors first, then what the answers found on the way point to. Each name costs one walk of an index
 * chain per address of the resolver, up to ceilings that c->lineage_cut tells of.
 */
#ifndef RC_ANALYZE_LINEAGE_H
#define RC_ANALYZE_LINEAGE_H

#include "analyze/infer/case.h"

/* Fills c->names and c->links, and how far the time of the failure could be another. Called by rc_case_build. */
void rc_lineage_collect(struct rc_case *c);

/*
 * Who asked for the name at that time of whom it is not known whose address that is: those that seem to fetch for this
 * resolver, else all that seem to fetch for none. Writes RC_LONE_MAX at most, returns how many; as many, if another
 * resolver was asked as well.
 */
size_t rc_lineage_find_lone(const struct rc_case *c, struct rc_addr *addrs);

/*
 * A connection that had not come about when the failure was told: it never did, or only afterwards, as where a SYN that is
 * repeated gets through in the end.
 */
bool rc_lineage_is_unconnected(const struct rc_case *c, const struct rc_exchange *connection);
/* The same, whichever resolvers were asked. */
size_t rc_lineage_find_askers(const struct rc_case *c, struct rc_addr *addrs);

/* At most one address of each family. */
bool rc_lineage_may_be_one_host(const struct rc_addr *addrs, size_t n);

/* Adds connections that failed to servers never asked otherwise. Called by rc_zones_judge. */
void rc_lineage_connect(struct rc_case *c);

#endif
