/*
 * Answers that were on their way to the resolver, and came too late, or never reached it; and what its waiting tells.
 */
#ifndef RC_ANALYZE_CAUSE_LATE_H
#define RC_ANALYZE_CAUSE_LATE_H

#include "analyze/cause/rule.h"

/* Answers pass by here, and the resolver goes on as if none came. */
enum rc_confidence rc_by_unheard(struct rc_case *c, struct rc_finding *f);

/*
 * It got its answer so late that the client got none, for servers that are slow, or of which the network said meanwhile that
 * they are not there: by the outcome of the longest wait, RC_OUT_ICMP or another.
 */
enum rc_confidence rc_by_slow_servers(struct rc_case *c, struct rc_finding *f,
				      enum rc_outcome outcome);

/* Some let a client go whose answer is ready later; who asked for the same since still gets it. */
bool rc_is_ready_too_late(const struct rc_case *c);

/* Its own queries are not in sight: it took as long as a resolver waits when nobody answers it. */
enum rc_confidence rc_by_timing(struct rc_case *c, struct rc_finding *f);

/*
 * A forwarder that asks nobody for this question, since all that it asked, if only to see who is alive, went unanswered,
 * and that has served nobody well. Where answers pass unseen it would be seen to ask.
 */
enum rc_confidence rc_by_all_silent(struct rc_case *c, struct rc_finding *f);

/* All that the servers of the zone at fault were asked they left without an answer: nothing was there to validate. */
bool rc_met_silence_alone(struct rc_case *c);

/* Adds to what is told of silent servers that no others were heard either, and that it is the network's turn: if so. */
void rc_tell_deaf(struct rc_case *c, struct rc_finding *f);

#endif
