/*
 * What a resolver says of its own failure (RFC 8914), beyond the codes. Resolvers use the codes
 * differently, their EXTRA-TEXT is more exact; it also names zones and the rcodes they met upstream. A
 * witness, not an oracle: the wire goes first.
 */
#ifndef RC_ANALYZE_WITNESS_H
#define RC_ANALYZE_WITNESS_H

#include "analyze/infer/case.h"

#define RC_WITNESS_NONE UINT32_MAX

/*
 * EDE codes that name one fault. DNSKEY Missing does not: BIND, PowerDNS and others use it for a DS that matches no key
 * and for a zone without keys, Unbound for any fault of the keys.
 */
#define RC_WITNESS_EXACT \
	(RC_EDE(UNSUPPORTED_DNSKEY_ALGORITHM) | RC_EDE(UNSUPPORTED_DS_DIGEST) | \
	 RC_EDE(SIGNATURE_EXPIRED) | RC_EDE(SIGNATURE_NOT_YET_VALID) | RC_EDE(RRSIGS_MISSING) | \
	 RC_EDE(NO_ZONE_KEY_BIT) | RC_EDE(NSEC_MISSING) | RC_EDE(SIGNATURE_WINDOW_INVERTED) | \
	 RC_EDE(NSEC3_ITERATIONS))

/* The DNSSEC fault (enum rc_dnssec_fault) that a text names; RC_WITNESS_NONE without such a text. */
uint32_t rc_witness_fault(const struct rc_msg *answer);

/*
 * How sure a fault is that was taken from this answer. Some texts stand for servers that are no help as well: nothing
 * is known by those where they are none without checking (CD=1) either.
 */
enum rc_confidence rc_witness_cap(const struct rc_case *c, const struct rc_msg *answer,
				  enum rc_confidence most);

/* Does it say which fault? fault: the one that its texts name. */
bool rc_witness_is_exact(const struct rc_msg *answer, uint32_t fault);

/*
 * What a resolver says of validation where no server of a zone gave it anything usable: that it could not validate
 * nothing.
 */
enum rc_confidence rc_witness_cap_by_want(const struct rc_case *c, enum rc_confidence most);

/* Such a text is there, be it another's: the fault that it names is to be told before what is less exact. */
bool rc_witness_suspects(struct rc_case *c);

/*
 * Of the others that fail at the question and say why, the one that says it best: which fault it is, then this very server;
 * else one that fails at another type of the name, and is sure. NULL if there is none.
 */
const struct rc_record *rc_witness_other(struct rc_case *c);

/*
 * What the texts say of the servers asked: the outcome, if they name one and agree on it. RC_OUT_COUNT
 * otherwise.
 */
enum rc_outcome rc_witness_outcome(const struct rc_msg *answer);

/* A text says that the resolver gave up following aliases. */
bool rc_witness_gave_up_aliases(const struct rc_msg *answer);

/* A text says that without a DNS cookie nothing is given over UDP (Unbound, with REFUSED). */
bool rc_witness_wants_cookie(const struct rc_msg *answer);

/* The zone that a text names; false if none does, or if the name does not lie in it. */
bool rc_witness_zone(const struct rc_msg *answer, const struct rc_name *name,
		     struct rc_name *ret_zone);

/* The same, kept as long as the case is; NULL if no text names one that the name asked for lies in. */
const struct rc_name *rc_witness_zone_kept(struct rc_case *c, const struct rc_msg *answer);

/*
 * The zone of the question was not asked, since its servers are named in a zone whose keys the resolver asked for before
 * it gave up: that zone fails validation, not the question's. The exchange of the keys; NULL if it is not so.
 */
const struct rc_link *rc_case_keys_of_servers(const struct rc_case *c);

#endif
