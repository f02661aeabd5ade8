/*
 * Keys that a resolver is given again and again: it rejects them, by its clock or by an anchor of its own.
 */
#ifndef RC_ANALYZE_CAUSE_KEYS_H
#define RC_ANALYZE_CAUSE_KEYS_H

#include "analyze/cause/rule.h"

/* What it told the root of its anchors (RFC 8145 5.1): nothing, one of its keys, or none of them. */
enum rc_anchor { RC_ANCHOR_UNKNOWN, RC_ANCHOR_GOOD, RC_ANCHOR_BAD };

/* What the root's keys showed, when a resolver asks for them again and again and rejects all the same. */
struct rc_root_keys {
	const struct rc_link *proof;
	const struct rc_exchange
		*before; /* given for an earlier question; NULL: all were for this one */
	const struct rc_anchor_signal *signal;
	enum rc_anchor anchor;
	bool whole; /* the chain down to the name was seen, and verifies */
};

/*
 * What the resolver fetched for the root's keys, the latest; NULL if it did so less than twice. *ret_before: the other
 * time, where it was for an earlier question, else NULL.
 */
const struct rc_link *rc_root_keys_again(const struct rc_case *c,
					 const struct rc_exchange **ret_before);

/* It was given them so, and nothing is seen to be wrong with them. *k is filled in any case. */
bool rc_distrusts_root(struct rc_case *c, struct rc_root_keys *k);

/*
 * The keys of a zone below the root that it was given so, where down from the root nothing is wrong with the zone: then
 * an anchor of the resolver's own for it is. NULL if there are none.
 */
const struct rc_link *rc_distrusted_keys(struct rc_case *c);

/* The resolver asks for the keys of the root, or a zone, again and again, though they verify: its anchor or its clock. */
bool rc_distrusts_keys(struct rc_case *c);

/* It asked for the root's keys so for questions before this one, the last time in *ret_keys, and has not changed its mind. */
bool rc_distrusted_root_before(const struct rc_case *c, const struct rc_exchange **ret_keys);

/*
 * It checks what nobody wants checked (CD=1): with an answer in hand it looks for where the signatures end, again and again,
 * and gives none. PowerDNS does so.
 */
bool rc_checks_unasked(struct rc_case *c);

#endif
