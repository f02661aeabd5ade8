/*
 * Telling: the verdict as it is handed over, filled in from a case and what the rules made of it.
 */
#ifndef RC_ANALYZE_TELL_H
#define RC_ANALYZE_TELL_H

#include "analyze/decide/weigh.h"

/*
 * c: the client's case; root: that of the resolver at the end of a chain of forwarders, where the verdict was found,
 * else c. Everything in *ret_failure lives in the cases' arena.
 */
void rc_tell(struct rc_case *c, struct rc_case *root, const struct rc_weighed *o,
	     struct rc_failure *ret_failure);

#endif
