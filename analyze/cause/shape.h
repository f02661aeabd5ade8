/*
 * What the shape of an unsigned answer shows where the keys of its zone are not in sight: a resolver rejects it, so
 * the zone is signed above, and that it holds no signature is why.
 */
#ifndef RC_ANALYZE_CAUSE_SHAPE_H
#define RC_ANALYZE_CAUSE_SHAPE_H

#include "analyze/cause/rule.h"

struct rc_shape {
	uint32_t fault; /* enum rc_dnssec_fault */
	const struct rc_msg *answer;
	const struct rc_exchange *x; /* that it answers */
	const struct rc_name *name;
	bool fetched; /* given to the resolver; else what it hands out with CD=1 */
};

/* Finds such an answer. False if there is none. */
bool rc_shape_find(struct rc_case *c, struct rc_shape *ret_shape);

/* The verdict of the rule that is about the fault found. ede: the codes that say the same. */
enum rc_confidence rc_by_shape(struct rc_case *c, struct rc_finding *f,
			       const struct rc_shape *shape, uint64_t ede);

#endif
