/*
 * Judgements remembered: in a storm the same records fail again and again, and verifying signatures
 * is by far the dearest step. A judgement depends on the records and on the packet time only through
 * the validity windows of the signatures, so it is kept with the span of time in which none of them
 * begins or ends, and in which what is told of one out of its time stays true. Bounded: set-associative, oldest out.
 */
#ifndef RC_ANALYZE_DNSSEC_CACHE_H
#define RC_ANALYZE_DNSSEC_CACHE_H

#include "analyze/dnssec/dnssec.h"

struct rc_dnssec_cache;

struct rc_dnssec_cache_stats {
	uint64_t judged; /* judgements made */
	uint64_t reused; /* taken from here */
};

/* RC_E_NOMEM. Free with rc_dnssec_cache_free. */
int rc_dnssec_cache_new(size_t bytes, uint64_t seed, struct rc_dnssec_cache **ret_cache);
void rc_dnssec_cache_free(struct rc_dnssec_cache *cache);

/*
 * rc_dnssec_check, or what it said of the same records before: its first finding and eight of its
 * not_seen at most.
 */
void rc_dnssec_cache_check(struct rc_dnssec_cache *cache, struct rc_dnssec *dnssec,
			   const struct rc_dnssec_question *question, struct rc_arena *arena,
			   struct rc_dnssec_result *ret_result);

const struct rc_dnssec_cache_stats *rc_dnssec_cache_stats(const struct rc_dnssec_cache *cache);

#endif
