#include "analyze/infer/alias.h"

#include <string.h>

bool rc_alias_substitute(const struct rc_name *name, const struct rc_name *owner,
			 const struct rc_name *target, struct rc_name *ret_name)
{
	unsigned keep = (unsigned)(name->len - owner->len);
	if (keep + target->len > RC_NAME_MAX)
		return false;
	memcpy(ret_name->wire, name->wire, keep);
	memcpy(ret_name->wire + keep, target->wire, target->len);
	ret_name->len = (uint8_t)(keep + target->len);
	ret_name->labels = (uint8_t)(name->labels - owner->labels + target->labels);
	return true;
}

bool rc_alias_below(const struct rc_msg *m, const struct rc_rr *rr, const struct rc_name *name,
		    struct rc_name *ret_name)
{
	struct rc_name owner, target;
	if ((rr->type != RC_TYPE_DNAME && rr->type != RC_TYPE_CNAME) ||
	    !rc_rr_owner(m, rr, &owner) || !rc_rr_rdata_name(m, rr, 0, &target))
		return false;
	if (rr->type == RC_TYPE_CNAME) {
		*ret_name = target;
		return true;
	}
	return owner.labels < name->labels && rc_name_in(name, &owner) &&
	       rc_alias_substitute(name, &owner, &target, ret_name);
}
