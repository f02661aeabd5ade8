/*
 * DNSSEC validation of what was on the wire, for failures only: walks the chain of trust from the
 * anchor to the question over the messages seen (RFC 4033-4035, 5155), and says what is wrong where.
 * It never guesses: what no message shows is "indeterminate" and named as not seen. Cryptography is
 * ldns's (on OpenSSL). Time is packet time. No I/O.
 */
#ifndef RC_ANALYZE_DNSSEC_H
#define RC_ANALYZE_DNSSEC_H

#include "base/arena.h"
#include "decode/msg.h"

/* What can be wrong. The caller maps these to cause slugs (analyze/cause/). */
enum rc_dnssec_fault {
	RC_DNSSEC_SIGNATURE_EXPIRED,
	RC_DNSSEC_SIGNATURE_NOT_YET_VALID,
	RC_DNSSEC_SIGNATURE_WINDOW_INVERTED,
	RC_DNSSEC_SIGNATURE_INVALID, /* the right DNSKEY is there, verification fails */
	RC_DNSSEC_DS_MISMATCH,       /* no DS matches any DNSKEY: tag, algorithm or digest */
	RC_DNSSEC_DNSKEY_MISSING,    /* DS, but no DNSKEY; or the signing key is not in the set */
	RC_DNSSEC_RRSIG_MISSING,
	RC_DNSSEC_DENIAL_MISSING, /* negative answer of a signed zone without NSEC/NSEC3 */
	RC_DNSSEC_DENIAL_INVALID, /* NSEC/NSEC3 there, but does not prove it, or is not signed right */
	RC_DNSSEC_NO_ZONE_KEY_BIT,
	RC_DNSSEC_ALGORITHM_UNSUPPORTED, /* all DS or DNSKEY algorithms or digests unknown or retired */
	RC_DNSSEC_NSEC3_ITERATIONS,      /* above 150 (RFC 9276 and what resolvers do) */
	RC_DNSSEC_TRUST_ANCHOR,          /* the root's DNSKEY set matches no anchor given */
	RC_DNSSEC_FAULT_COUNT
};

/* A message the resolver received, with what it was asked. */
struct rc_dnssec_msg {
	const struct rc_msg
		*msg;  /* NOERROR or NXDOMAIN answer or referral; qname and qtype of its question */
	int64_t ts_ns; /* packet time */
	uint64_t content; /* seeded hash of its records (rc_msg_content_hash); 0 not known */
};

struct rc_dnssec_finding {
	enum rc_dnssec_fault fault;
	struct rc_name zone; /* the zone whose data is wrong (signer, or owner of the DS) */
	struct rc_name
		cut; /* the delegation that this data is about (DS, or denial of one); len 0: none */
	size_t msg;  /* index into the messages: where it shows */
	const char *
		detail; /* one phrase, ASCII: "RRSIG of www.example.com A by key 12345 expired 3 days before" */
	bool undelegated; /* of a zone that the one above it proves not to be there */
	bool conclusive; /* nothing else in the messages could repair it: every signature, key or server seen
	                          fails the same way */
};

/*
 * BOGUS and SECURE need the whole chain, from the anchor on. Where it was not seen the status is
 * INDETERMINATE, and the findings still say what fails by itself: given that the resolver answered
 * SERVFAIL, the first conclusive one is why. SECURE and INSECURE may carry findings too, never
 * conclusive ones: a fault that another copy repairs, or why the zone counts as unsigned.
 */
enum rc_dnssec_status {
	RC_DNSSEC_SECURE,
	RC_DNSSEC_INSECURE,
	RC_DNSSEC_BOGUS,
	RC_DNSSEC_INDETERMINATE
};

/* Is the packets' time to be believed, where it speaks against signatures? */
enum rc_dnssec_clock {
	RC_DNSSEC_CLOCK_FITS,     /* some signature is in its time, or nothing was found */
	RC_DNSSEC_CLOCK_UNTESTED, /* all of one zone, and out of their time: no other to try it by */
	/*
	 * Signatures of several zones were seen, and all are out of their time, or all begin in half a year or later: the
	 * packets' time is hardly that of the traffic (a sensor without a clock, a capture made anonymous). What was
	 * found holds at a time at which most of them are valid.
	 */
	RC_DNSSEC_CLOCK_OFF,
	/* The same, and at that time nothing is wrong: what was found stands by the packets' time alone. */
	RC_DNSSEC_CLOCK_ALONE,
};

struct rc_dnssec_result {
	enum rc_dnssec_status status;
	enum rc_dnssec_clock clock;
	struct rc_dnssec_finding
		*findings; /* root first; the first one is the break that matters */
	size_t n_findings;
	const char **not_seen; /* what is missing for a judgement: "DNSKEY of example.com" */
	size_t n_not_seen;
	struct rc_name zone; /* deepest zone reached */
};

/*
 * How far outside of its window some resolvers still take a signature: Unbound by a tenth of it, at least an hour and at
 * most a day (val-sig-skew-*).
 */
static inline uint32_t rc_dnssec_forgiven_s(uint32_t inception_s, uint32_t expiration_s)
{
	uint32_t tenth_s = (expiration_s - inception_s) / 10;
	return tenth_s < 3600 ? 3600 : tenth_s > 86400 ? 86400 : tenth_s;
}

struct rc_dnssec;

/*
 * Loads trust anchors: DS or DNSKEY records in zone-file form, one a line; NULL for the IANA root
 * (KSK-2017, KSK-2024). RC_E_SYNTAX, RC_E_NOMEM. Free with rc_dnssec_free.
 */
int rc_dnssec_new(const char *anchors, struct rc_dnssec **ret_dnssec);
void rc_dnssec_free(struct rc_dnssec *dnssec);

/* What is judged, and by what. Borrowed for the check. */
struct rc_dnssec_question {
	const struct rc_name *name;
	uint16_t type;
	int64_t now_ns; /* packet time at which signatures have to be valid */
	/*
	 * In time order: the resolver's own exchanges for this failure, plus older DS and DNSKEY messages still within
	 * their TTL.
	 */
	const struct rc_dnssec_msg *msgs;
	size_t n;
};

/*
 * Judges a question. Everything in *ret_result lives in the arena. Always fills it; damaged messages are passed over.
 * Cost: a few signature checks a zone, bounded (RC_DNSSEC_CHECKS_MAX): an attacker may send many keys and signatures
 * (CVE-2023-50387).
 */
void rc_dnssec_check(struct rc_dnssec *dnssec, const struct rc_dnssec_question *question,
		     struct rc_arena *arena, struct rc_dnssec_result *ret_result);

#endif
