/*
 * Zones: whose servers were asked for a failure, how they behaved, and which zone is at fault.
 */
#ifndef RC_ANALYZE_ZONES_H
#define RC_ANALYZE_ZONES_H

#include "analyze/infer/case.h"

/* Fills c->zones, and in c->links the zone of each; sets c->failed_zone and c->final. Called by rc_case_build. */
void rc_zones_judge(struct rc_case *c);

/* The deepest zone around the question, or where its aliases lead, that nobody answered for; NULL. After rc_zones_judge. */
const struct rc_zone_view *rc_zones_unhelpful(const struct rc_case *c);

#endif
