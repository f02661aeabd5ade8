/*
 * Failures that repeat others: what was found out before, about this question, its zone or its resolver, says why
 * where the case itself does not.
 */
#ifndef RC_ANALYZE_REPEAT_H
#define RC_ANALYZE_REPEAT_H

#include "analyze/decide/memo.h"
#include "analyze/decide/weigh.h"

/* Takes over the verdict of the failure that this one repeats, where the rules do not say as much of it. */
void rc_repeat_recall(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o);

/*
 * What was proven of the same question a moment ago says all that rules could find out about a bare repeat: then
 * they need not be weighed. False if it is none.
 */
bool rc_repeat_recall_at_once(struct rc_memo *memo, struct rc_case *c,
			      struct rc_weighed *ret_weighed);

/*
 * The resolver's own queries are not in sight, and nothing is known of this failure: but other names of the zone
 * fail at the same time, and why is known.
 */
void rc_repeat_compare_siblings(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o);

/*
 * Remembers a verdict for siblings (rc_repeat_compare_siblings), if it is of the kind that other names of the zone
 * meet as well.
 */
void rc_repeat_keep_for_siblings(struct rc_memo *memo, const struct rc_case *c,
				 const struct rc_weighed *o);

/*
 * Nothing explains why the resolver gave up, and it asked nobody about the zone: another resolver did, and what it met
 * with there is known.
 */
void rc_repeat_compare_resolvers(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o);

/* Remembers what this resolver met with at a zone's servers for others (rc_repeat_compare_resolvers). */
void rc_repeat_keep_for_resolvers(struct rc_memo *memo, const struct rc_case *c,
				  const struct rc_weighed *o);

/* Is the verdict one for repeats to take over, once the caller has put it into the memo? */
bool rc_repeat_is_worth_keeping(const struct rc_case *c, const struct rc_weighed *o);

/* Did the resolver tell from memory that it failed, and is it known at what? */
bool rc_repeat_is_from_memory(const struct rc_weighed *o);

#endif
