/*
 * Forwarders: what the resolver of a case handed on to other resolvers, and which of that is why it failed.
 */
#ifndef RC_ANALYZE_FORWARDING_H
#define RC_ANALYZE_FORWARDING_H

#include "analyze/infer/case.h"

/*
 * Sets c->forwarded, from the links: the same question put to another resolver. If its last attempt helped, that one; else
 * the first that did not, since later ones may be answered from a failure cache. Called by rc_case_build.
 */
void rc_forwarding_find(struct rc_case *c);

/* What a forwarder asked another resolver for in vain: the question, else keys to validate the answer; NULL if nothing. */
const struct rc_link *rc_case_handed_on(const struct rc_case *c);

#endif
