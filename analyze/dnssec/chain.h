/*
 * From the trust anchor down, zone by zone (RFC 4035 5), and how old records may be that are held together.
 */
#ifndef RC_ANALYZE_DNSSEC_CHAIN_H
#define RC_ANALYZE_DNSSEC_CHAIN_H

#include "analyze/dnssec/run.h"
#include "base/time.h"

/* Is a more than by_ns before b? Times of a damaged capture may be anything. */
bool rc_dnssec_older(int64_t a_ns, int64_t b_ns, int64_t by_ns);

/* Copies of the same thing this much older than the newest no longer matter to the resolver. */
#define RC_DNSSEC_RECENT_NS (60 * RC_NS_PER_S)

/* A set this much older than what it does not fit may just be stale in a cache. */
#define RC_DNSSEC_FRESH_NS (300 * RC_NS_PER_S)

/*
 * The deepest zone that holds name (the parent's side for DS), judged down to it or to where the
 * chain breaks. NULL without memory. A zone is judged once.
 */
struct rc_dnssec_zone *rc_dnssec_chain_walk(struct rc_dnssec_run *run, const struct rc_name *name,
					    uint16_t type);

#endif
