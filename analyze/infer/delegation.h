/*
 * What messages say of delegations: which zones lie on the way from the question, and who serves them.
 */
#ifndef RC_ANALYZE_DELEGATION_H
#define RC_ANALYZE_DELEGATION_H

#include "analyze/infer/case.h"
#include "base/addr.h"
#include "decode/msg.h"

/* The zone a referral hands over to: owner of its NS records. False if the message is none. */
bool rc_referral_target(const struct rc_msg *m, struct rc_name *ret_zone);

/*
 * What a server that failed the question said when the resolver asked it for the root: that it is none of the
 * root's. Then it is asked as one for all names. NULL if it was not asked so, or serves the root.
 */
const struct rc_exchange *rc_case_false_root(const struct rc_case *c);

/*
 * Fills c->zones with the zones that the answers of the lineage and the zone book show, the names and addresses
 * of their servers; with room for one more. False if the arena is exhausted. Called by rc_zones_judge.
 */
bool rc_delegation_gather(struct rc_case *c);

/* The zone is delegated to other servers than this one, as far as the case shows. */
bool rc_delegation_has_moved(const struct rc_case *c, const struct rc_name *zone,
			     const struct rc_addr *server);

#endif
