/*
 * How many different ones there were: counted by their hashes, exactly up to RC_DISTINCT_MAX. Costs a look at each hash
 * held, nothing once there are more.
 */
#ifndef RC_BASE_DISTINCT_H
#define RC_BASE_DISTINCT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* Begins as zeros. */
struct rc_distinct {
	uint32_t n;
	bool more; /* than n */
	uint64_t hashes[RC_DISTINCT_MAX];
};

/* True if it is new, and was counted. */
static inline bool rc_distinct_add(struct rc_distinct *set, uint64_t hash)
{
	if (set->more)
		return false;
	for (uint32_t i = 0; i < set->n; i++)
		if (set->hashes[i] == hash)
			return false;
	if (set->n == RC_DISTINCT_MAX) {
		set->more = true;
		return false;
	}
	set->hashes[set->n++] = hash;
	return true;
}

#endif
