/*
 * Replies that do not fit the question of the asker itself.
 */
#ifndef RC_ANALYZE_CAUSE_MISMATCH_H
#define RC_ANALYZE_CAUSE_MISMATCH_H

#include "analyze/cause/rule.h"

/* A reply to it came with another ID, question or source address. */
static inline bool rc_is_mismatched(const struct rc_exchange *x)
{
	return (x->marks & (RC_X_WRONG_ID | RC_X_WRONG_QUESTION | RC_X_WRONG_SOURCE)) != 0;
}

/* The one that was asked sent such a reply and no other. */
enum rc_confidence rc_by_own_mismatch(struct rc_case *c, struct rc_finding *f);

#endif
