/*
 * How a failure looks to the rules (analyze/cause/): two of one look, of one question and one lineage, get one
 * verdict.
 */
#ifndef RC_ANALYZE_LOOK_H
#define RC_ANALYZE_LOOK_H

#include "analyze/infer/case.h"

#define RC_LOOK_ADDRS_MAX 4u /* addresses of a server by which it may ask others */

/* How long something took, as coarsely as the rules look at it: by their limits. */
unsigned rc_look_took(int64_t took_ns);

/* How busy the server was, as coarsely as the rules look at it; only some of them do. */
unsigned rc_look_load(const struct rc_exchange *x);

/*
 * Hash of all that rules look at of the exchange and its answer, but for names, parties, times and load; key is
 * the question's, addrs all addresses of the server. EDNS is left out: what a SERVFAIL tells does not hang on it, but for
 * the extended errors. Never 0.
 */
uint64_t rc_look_of(const struct rc_case_sources *sources, const struct rc_exchange *x,
		    const struct rc_msg *answer, const struct rc_addr *addrs, size_t n_addrs,
		    uint64_t key);

#endif
