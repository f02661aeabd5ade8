/*
 * Replies to the asker itself that it cannot take: they do not fit its question, or come in part only.
 */
#ifndef RC_ANALYZE_CAUSE_REPLY_H
#define RC_ANALYZE_CAUSE_REPLY_H

#include "analyze/cause/rule.h"

/* A reply to it came with another ID, question or source address, or as a query. */
static inline bool rc_is_mismatched(const struct rc_exchange *x)
{
	return (x->marks & RC_X_MISMATCH) != 0;
}

/* The one that was asked sent such a reply and no other. */
enum rc_confidence rc_by_own_mismatch(struct rc_case *c, struct rc_finding *f);

/* Of its reply the first fragment came, and never the rest. */
enum rc_confidence rc_by_own_fragments(struct rc_case *c, struct rc_finding *f);

#define RC_ON_ODD_RCODES (UINT32_C(0xffc0) & ~(RC_ON(RC_RCODE_YXDOMAIN) | RC_ON(RC_RCODE_NOTAUTH)))

/*
 * Every server of the failed zone, or the one that was asked, answered with an RCODE of updates (NXRRSET, ...) or
 * one that is not assigned: no query is answered so.
 */
enum rc_confidence rc_by_odd_rcode(struct rc_case *c, struct rc_finding *f);

#endif
