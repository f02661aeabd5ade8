/*
 * Where aliases lead: CNAME, and DNAME for what lies below it.
 */
#ifndef RC_ANALYZE_ALIAS_H
#define RC_ANALYZE_ALIAS_H

#include "decode/msg.h"

/* Replaces the owner suffix of a name by a DNAME's target (RFC 6672 2.2); false if too long. */
bool rc_alias_substitute(const struct rc_name *name, const struct rc_name *owner,
			 const struct rc_name *target, struct rc_name *ret_name);

/*
 * The target that an alias of all names below one gives this name: a DNAME above it, or the CNAME that a wildcard gives.
 * False if that is not what the record is.
 */
bool rc_alias_below(const struct rc_msg *m, const struct rc_rr *rr, const struct rc_name *name,
		    struct rc_name *ret_name);

#endif
