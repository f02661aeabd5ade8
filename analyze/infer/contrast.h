/*
 * Contrast: what the queries that a zone's servers failed have in common, and those they answered
 * have not. Looks at what any asker put to these servers near the failure; for failures only.
 */
#ifndef RC_ANALYZE_CONTRAST_H
#define RC_ANALYZE_CONTRAST_H

#include "analyze/infer/case.h"

/* Properties of a query, as bits: its EDNS options (codes up to 61), and these two. */
#define RC_TRAIT_DO (UINT64_C(1) << 62)
#define RC_TRAIT_EDNS (UINT64_C(1) << 63)

struct rc_contrast {
	uint64_t trait; /* one bit: each failing query had it, no answered one did */
	unsigned failed, worked;
	bool interleaved; /* with it failed before and after one without it worked */
	const struct rc_exchange *works;
	const struct rc_name *works_name;
	const struct rc_link *fails;
};

/*
 * Compares over the servers of a zone (index into c->zones). False if they answered nobody usably, or
 * nothing tells the queries apart.
 */
bool rc_contrast_find(struct rc_case *c, size_t zone, struct rc_contrast *ret_contrast);

#endif
