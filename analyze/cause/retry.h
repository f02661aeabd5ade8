/*
 * A client that is sent to TCP by a truncated answer, and does not get there.
 */
#ifndef RC_ANALYZE_CAUSE_RETRY_H
#define RC_ANALYZE_CAUSE_RETRY_H

#include "analyze/cause/rule.h"

enum rc_confidence rc_by_failed_retry(struct rc_case *c, struct rc_finding *f);

#endif
