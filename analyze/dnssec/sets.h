/*
 * From messages to RRsets, and what a message is by them.
 */
#ifndef RC_ANALYZE_DNSSEC_SETS_H
#define RC_ANALYZE_DNSSEC_SETS_H

#include "analyze/dnssec/run.h"

/* Reads the messages. False when there is no memory for them; rc_dnssec_sets_free in any case. */
bool rc_dnssec_sets_read(struct rc_dnssec_run *run, const struct rc_dnssec_msg *msgs, size_t n);
void rc_dnssec_sets_free(struct rc_dnssec_run *run);

/* The RRset of owner and type in a view's section, NULL if none; an RRSIG without its set is none. */
const struct rc_dnssec_set *rc_dnssec_set_find(const struct rc_dnssec_run *run,
					       const struct rc_dnssec_view *view,
					       enum rc_section section, const struct rc_name *owner,
					       uint16_t type);

/* Any RRset of a type in the section, NULL if none. */
const struct rc_dnssec_set *rc_dnssec_set_of_type(const struct rc_dnssec_run *run,
						  const struct rc_dnssec_view *view,
						  enum rc_section section, uint16_t type);

/* Does any signature name this zone as its signer? */
bool rc_dnssec_signs(const struct rc_dnssec_run *run, const struct rc_name *zone);

/* Lower-cased name of an ldns dname; false if it is none. */
bool rc_dnssec_name(const ldns_rdf *rdf, struct rc_name *ret_name);

/* Answers nothing, has no SOA, is not authoritative, and delegates `zone`. */
bool rc_dnssec_is_referral(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			   const struct rc_name *zone);

/* A resolver says that the name does not exist, and nothing else. */
bool rc_dnssec_denies_barely(const struct rc_msg *msg);

/* A number of at most four octets in network byte order; 0 if it is none. */
uint32_t rc_dnssec_rdf_int(const ldns_rdf *rdf);

#endif
