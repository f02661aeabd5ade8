/*
 * DNSKEY sets against DS sets or trust anchors (RFC 4035 5.2).
 */
#ifndef RC_ANALYZE_DNSSEC_KEYS_H
#define RC_ANALYZE_DNSSEC_KEYS_H

#include "analyze/dnssec/run.h"

/* The DS of a set that a resolver can use (RFC 4509 3, RFC 4035 5.2), in a new list; NULL: none. */
ldns_rr_list *rc_dnssec_ds_usable(const ldns_rr_list *ds);

/* Judges a DNSKEY set of zone against zone->ds (any of its own keys if that is NULL). */
struct rc_dnssec_verdict rc_dnssec_dnskey_judge(struct rc_dnssec_run *run,
						const struct rc_dnssec_zone *zone,
						const struct rc_dnssec_set *set);

#endif
