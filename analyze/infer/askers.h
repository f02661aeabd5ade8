/*
 * Askers: who asked for the name of a failure meanwhile, where none of the addresses known as its resolver's did.
 */
#ifndef RC_ANALYZE_ASKERS_H
#define RC_ANALYZE_ASKERS_H

#include "analyze/infer/case.h"

#define RC_ASKERS_MAX (2 * RC_LONE_MAX)
#define RC_ASKER_KINDS 3u

/*
 * Those of whom it is not known whose addresses they are: that seem to fetch for this resolver, else all that seem to
 * fetch for none. Writes RC_LONE_MAX at most, returns how many; as many, if another resolver was asked as well.
 */
size_t rc_askers_find_lone(const struct rc_case *c, struct rc_addr *addrs);

/*
 * Who asked for the name, whichever resolvers were asked: those who seem to fetch for this one, else for none; behind
 * them known resolvers; behind these who seems to fetch for another.
 */
struct rc_askers {
	struct rc_addr addrs[RC_ASKERS_MAX];
	size_t until[RC_ASKER_KINDS]; /* where each of the three kinds ends */
};

void rc_askers_find_all(const struct rc_case *c, struct rc_askers *ret_askers);

/* At most one address of each family. */
bool rc_askers_may_be_one_host(const struct rc_addr *addrs, size_t n);

#endif
