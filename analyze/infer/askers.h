/*
 * Askers: who asked for the name of a failure meanwhile, where none of the addresses known as its resolver's did.
 */
#ifndef RC_ANALYZE_ASKERS_H
#define RC_ANALYZE_ASKERS_H

#include "analyze/infer/case.h"

#define RC_ASKERS_MAX (2 * RC_LONE_MAX)

/*
 * Those of whom it is not known whose addresses they are: that seem to fetch for this resolver, else all that seem to
 * fetch for none. Writes RC_LONE_MAX at most, returns how many; as many, if another resolver was asked as well.
 */
size_t rc_askers_find_lone(const struct rc_case *c, struct rc_addr *addrs);

/*
 * The same, whichever resolvers were asked, and behind them (from ret_lone on) addresses of those. Writes RC_ASKERS_MAX
 * at most.
 */
size_t rc_askers_find_all(const struct rc_case *c, struct rc_addr *addrs, size_t *ret_lone);

/* At most one address of each family. */
bool rc_askers_may_be_one_host(const struct rc_addr *addrs, size_t n);

#endif
