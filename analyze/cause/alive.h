/*
 * Servers of a zone that live: beside those that are silent or out of reach, or for other zones alone.
 */
#ifndef RC_ANALYZE_CAUSE_ALIVE_H
#define RC_ANALYZE_CAUSE_ALIVE_H

#include "analyze/cause/rule.h"

#define RC_LIMIT_RATE_MIN 20u /* questions in a second: fewer are no rate that any server limits */

/* By which a server says that it is not ready, or that its data is not valid (RFC 8914 4.15, 4.25). */
#define RC_NO_ZONE_EDE (RC_EDE(NOT_READY) | RC_EDE(INVALID_DATA))

/*
 * What remains of the proof if a server of the zone answers when it is asked, and the resolver is not seen to have asked
 * it: it may have, by an address not known as its own, or it holds something against it from before. The latter is so where
 * it asks by that family, and the others were told to be out of reach: then it would have turned to this one at once. Where
 * it is not seen who the zone's servers are, there may be such a one if one that is silent now has answered at other times,
 * or if it asks by a family of which no server that is out of reach is. And one that has answered and is asked much may be
 * silent for that very reason.
 */
enum rc_confidence rc_left_by_who_lives(const struct rc_case *c, const struct rc_zone_view *z,
					enum rc_outcome outcome);

/*
 * The zone of a question that its client got no answer to, if its servers left all unanswered that the resolver had asked
 * them right before: it may wait for them, and ask nobody for this one. Else NULL.
 */
const struct rc_zone_view *rc_left_behind_silence(struct rc_case *c);

/* ... or SERVFAIL at once, and nobody asked: it holds that against them (Unbound). */
enum rc_confidence rc_by_silence_before(struct rc_case *c, struct rc_finding *f);

/*
 * The servers of the failed zone do what an authoritative server does that holds no good copy of one of its zones (RFC
 * 1034 4.3.5, 5.3.3): they answer SERVFAIL about it, without recursion or any part of an answer, and say so (EDE), or
 * are seen to answer with AA for what is not in it.
 */
bool rc_fail_for_zone_alone(const struct rc_case *c);

#endif
