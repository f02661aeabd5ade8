/*
 * Servers that a resolver asks over TLS, where its connections to them fail.
 */
#ifndef RC_ANALYZE_CAUSE_TLS_H
#define RC_ANALYZE_CAUSE_TLS_H

#include "analyze/cause/rule.h"

/*
 * For the rules whose param is RC_OUT_TIMEOUT or RC_OUT_ICMP: no such connection was opened while the resolver
 * worked on the question, for want of any answer or because it was refused.
 */
enum rc_confidence rc_by_tls(const struct rc_rule *rule, struct rc_case *c, struct rc_finding *f);

#endif
