/*
 * The answer itself: RRsets, aliases, wildcards, denials (RFC 4035 5.3-5.4).
 */
#ifndef RC_ANALYZE_DNSSEC_ANSWER_H
#define RC_ANALYZE_DNSSEC_ANSWER_H

#include "analyze/dnssec/run.h"

/* Judges the question and the aliases it leads to; adds findings; returns the status. */
enum rc_dnssec_status rc_dnssec_answer_judge(struct rc_dnssec_run *run, const struct rc_name *qname,
					     uint16_t qtype, struct rc_name *ret_zone);

#endif
