/*
 * One run of the DNSSEC checker, and what its parts hand to one another. Messages become RRsets (sets.h),
 * signatures are judged (sig.h), DS sets matched with DNSKEY sets (keys.h), zones walked from the anchor down (chain.h),
 * answers and denials judged (answer.h, denial.h). All of it lives for one rc_dnssec_check.
 */
#ifndef RC_ANALYZE_DNSSEC_RUN_H
#define RC_ANALYZE_DNSSEC_RUN_H

#include <ldns/ldns.h>

#include "analyze/dnssec/dnssec.h"

struct rc_dnssec_proofs;

struct rc_dnssec {
	ldns_rr_list *anchors; /* DS and DNSKEY */
	struct rc_dnssec_proofs *proofs;
};

/* An RRset as one message has it. */
struct rc_dnssec_set {
	struct rc_name owner;
	uint16_t type;
	enum rc_section section;
	size_t view;
	ldns_rr_list *rrs;  /* owned */
	ldns_rr_list *sigs; /* owned: the RRSIGs of the same owner that cover type */
};

/* A message worth judging. */
struct rc_dnssec_view {
	size_t index; /* in the caller's array */
	const struct rc_msg *msg;
	int64_t ts_ns;
	size_t first, n; /* its RRsets */
};

enum rc_dnssec_state {
	RC_DNSSEC_V_OK,
	RC_DNSSEC_V_INSECURE, /* proven to be without a chain below this point */
	RC_DNSSEC_V_FAULT,
	RC_DNSSEC_V_UNKNOWN, /* what would decide it was not seen */
};

struct rc_dnssec_verdict {
	enum rc_dnssec_state state;
	enum rc_dnssec_fault fault; /* FAULT; INSECURE if has_reason */
	bool has_reason;            /* INSECURE: fault says why */
	bool doubtful; /* not conclusive: signatures fail for different reasons, or some tolerate it */
	bool weak;     /* not even BOGUS: the data may belong elsewhere */
	bool wildcard;    /* OK: made from a wildcard, so the proof is needed too */
	bool undelegated; /* FAULT: as in the finding */
	bool absent;      /* OK of a DS denial: there is no delegation at that name */
	uint8_t labels;   /* OK: of the RRSIG, RFC 4034 3.1.3 */
	const char *detail;
};

struct rc_dnssec_key {
	ldns_rr *rr; /* borrowed from its set */
	uint16_t flags, tag;
	uint8_t protocol, algorithm;
};

struct rc_dnssec_keys {
	struct rc_dnssec_key *keys;
	size_t n;
	int64_t ts_ns; /* newest message they come from */
};

struct rc_dnssec_zone {
	struct rc_name name;
	enum rc_dnssec_status status; /* of the zone's keys: SECURE as far as the chain was seen */
	ldns_rr_list *ds; /* owned list of borrowed RRs: what a resolver can use; NULL none seen */
	const struct rc_dnssec_keys *keys; /* NULL: not seen */
	bool anchored;                     /* ds are trust anchors (DS or DNSKEY) */
	bool disputed;  /* copies of the parent differ on whether there is a DS */
	int64_t ds_ns;  /* packet time of the DS */
	bool is_signed; /* a DS, a DNSKEY or a signature of it was seen */
	bool broken;    /* a finding was made: what lies below needs no judgement */
	bool no_ds;     /* its parent denies a DS, in records that could not be verified */
	struct rc_dnssec_zone *next;
};

struct rc_dnssec_run {
	const struct rc_dnssec *dnssec;
	struct rc_arena *arena;
	int64_t now_ns;
	struct rc_dnssec_view *views;
	size_t n_views;
	struct rc_dnssec_set *sets;
	size_t n_sets, max_sets, n_rrs;
	struct rc_name *signers; /* zones whose signatures were seen */
	size_t n_signers;
	struct rc_dnssec_zone *zones;
	unsigned checks_left, hashes_left;
	struct rc_dnssec_finding *breaks, *others; /* others: faults that another copy repairs */
	size_t n_breaks, n_others, max_findings;
	const char **not_seen;
	size_t n_not_seen, max_not_seen;
};

#endif
