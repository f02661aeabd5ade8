/*
 * Signature checks remembered: the keys of the root and of top-level domains are verified for every name below them,
 * and nothing of it hangs on time. Kept by a digest of all that a check reads, so that it cannot be taken for another;
 * bounded, the last one in a place stays.
 */
#ifndef RC_ANALYZE_DNSSEC_PROOFS_H
#define RC_ANALYZE_DNSSEC_PROOFS_H

#include "analyze/dnssec/sig.h"

#define RC_DNSSEC_PROOF_ID 16u /* octets of a SHA-256 */

/* Which check it is. */
struct rc_dnssec_proof_id {
	uint8_t octets[RC_DNSSEC_PROOF_ID];
};

struct rc_dnssec_proofs;

/* NULL without memory. Free with rc_dnssec_proofs_free. */
struct rc_dnssec_proofs *rc_dnssec_proofs_new(void);
void rc_dnssec_proofs_free(struct rc_dnssec_proofs *proofs);

/* Of the records, the signature and the key. */
struct rc_dnssec_proof_id rc_dnssec_proof_id(const ldns_rr_list *rrs, const ldns_rr *sig,
					     const ldns_rr *key);

/* UNCHECKED if it is not remembered. */
enum rc_dnssec_proof rc_dnssec_proofs_find(const struct rc_dnssec_proofs *proofs,
					   const struct rc_dnssec_proof_id *id);
void rc_dnssec_proofs_put(struct rc_dnssec_proofs *proofs, const struct rc_dnssec_proof_id *id,
			  enum rc_dnssec_proof proof);

#endif
