/*
 * Proofs of absence: denial.c asks, nsec.c and nsec3.c say what the records would prove.
 */
#ifndef RC_ANALYZE_DNSSEC_DENIAL_H
#define RC_ANALYZE_DNSSEC_DENIAL_H

#include "analyze/dnssec/run.h"

enum rc_dnssec_denial {
	RC_DNSSEC_NO_NAME,
	RC_DNSSEC_NO_TYPE,
	RC_DNSSEC_NO_DS,
	RC_DNSSEC_NO_CLOSER
};

struct rc_dnssec_claim {
	enum rc_dnssec_denial kind;
	const struct rc_name *name;
	uint16_t type;
	uint8_t labels;             /* NO_CLOSER: of the wildcard's parent */
	const struct rc_name *zone; /* whose NSEC or NSEC3 must prove it */
};

#define RC_DNSSEC_USED_MAX 4u
struct rc_dnssec_denial_proof {
	bool holds;
	bool opt_out;      /* holds, but says only "unsigned delegations may be here" */
	bool absent;       /* NO_DS: no delegation at that name */
	bool unchecked;    /* too many hashes */
	unsigned too_many; /* NSEC3: iterations, when above what resolvers compute */
	const struct rc_dnssec_set *used[RC_DNSSEC_USED_MAX];
	size_t n_used;
	const char *detail; /* why it does not hold */
};

struct rc_dnssec_verdict rc_dnssec_denial_judge(struct rc_dnssec_run *run,
						const struct rc_dnssec_view *view,
						const struct rc_dnssec_claim *claim,
						const struct rc_dnssec_keys *keys);
void rc_dnssec_denial_use(struct rc_dnssec_denial_proof *proof, const struct rc_dnssec_set *set);
bool rc_dnssec_bitmap_has(const ldns_rr *rr, uint16_t type);

/* Why a matching record does not deny the claim's type ("" if it does); sets proof->absent. */
const char *rc_dnssec_match_fault(const ldns_rr *rr, const struct rc_dnssec_claim *claim,
				  struct rc_dnssec_denial_proof *proof);
void rc_dnssec_nsec_prove(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			  const struct rc_dnssec_claim *claim,
			  struct rc_dnssec_denial_proof *proof);
void rc_dnssec_nsec3_prove(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			   const struct rc_dnssec_claim *claim,
			   struct rc_dnssec_denial_proof *proof);

#endif
