/*
 * Trails: where to begin in a chain of the flight recorder. Chains run from the newest record, while a
 * failure is decided seconds after it ended: of a name that is asked for all the time, hundreds of later
 * records stand before those it needs. A trail has marks on the way, two a second. Bounded: few names are
 * asked so often; one asked more often than another takes its place.
 */
#ifndef RC_ANALYZE_TRAIL_H
#define RC_ANALYZE_TRAIL_H

#include "analyze/pair/recorder.h"

struct rc_trails;

/* RC_E_NOMEM. Free with rc_trails_free. */
int rc_trails_new(uint64_t seed, struct rc_trails **ret_trails);
void rc_trails_free(struct rc_trails *trails);

/*
 * The newest record of the asker's chain for a name (seeded hash) that may have begun at to_ns or before:
 * records that were carried forward in the ring aside, those passed over began later. 0 none.
 */
uint64_t rc_trails_begin(struct rc_trails *trails, struct rc_recorder *recorder,
			 const struct rc_addr *asker, uint64_t name_hash, int64_t to_ns);

#endif
