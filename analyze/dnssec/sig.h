/*
 * Signatures and the keys that make them (RFC 4034, RFC 4035 5.3).
 */
#ifndef RC_ANALYZE_DNSSEC_SIG_H
#define RC_ANALYZE_DNSSEC_SIG_H

#include "analyze/dnssec/run.h"

#define RC_DNSKEY_ZONE 0x0100u /* RFC 4034 2.1.1 */
#define RC_DNSKEY_SEP 0x0001u

/* Do resolvers in use validate with it? */
bool rc_dnssec_algorithm_known(uint8_t algorithm);

/* Reads the keys of a DNSKEY set into the arena, NULL without memory. */
struct rc_dnssec_keys *rc_dnssec_keys_read(struct rc_dnssec_run *run, const ldns_rr_list *rrs);

enum rc_dnssec_proof { RC_DNSSEC_P_GOOD, RC_DNSSEC_P_BAD, RC_DNSSEC_P_UNCHECKED };

/* One signature check, time apart; UNCHECKED once RC_DNSSEC_CHECKS_MAX are used up. */
enum rc_dnssec_proof rc_dnssec_verify(struct rc_dnssec_run *run, const ldns_rr_list *rrs,
				      const ldns_rr *sig, ldns_rr *key);

/*
 * Judges a set by its signatures (RFC 4035 5.3): signer must be zone. keys NULL: not seen, so only
 * times and absence are judged. only_keys: signatures by other keys do not count (DNSKEY, 5.2).
 */
struct rc_dnssec_verdict rc_dnssec_set_judge(struct rc_dnssec_run *run,
					     const struct rc_dnssec_set *set,
					     const struct rc_name *zone,
					     const struct rc_dnssec_keys *keys, bool only_keys);

#endif
