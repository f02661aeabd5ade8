/*
 * Is the packets' time that of the traffic?
 */
#ifndef RC_ANALYZE_DNSSEC_CLOCK_H
#define RC_ANALYZE_DNSSEC_CLOCK_H

#include "analyze/dnssec/run.h"

/*
 * Does the packets' time lie within the validity of what was signed? OFF: signatures of several zones were
 * seen and none is valid, all too early or all too late, or all begin far in the future; *ret_fitting_ns is
 * a time at which most are.
 */
enum rc_dnssec_clock rc_dnssec_clock_check(struct rc_dnssec_run *run, int64_t *ret_fitting_ns);

#endif
