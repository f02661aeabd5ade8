/*
 * Inside the DNSSEC checker: messages become RRsets (sets.c), signatures are judged (sig.c), DS sets
 * matched with DNSKEY sets (keys.c), zones walked from the anchor down (chain.c), answers and denials
 * judged (answer.c, denial.c, nsec.c, nsec3.c). All of it lives for one rc_dnssec_check.
 */
#ifndef RC_ANALYZE_DNSSEC_INTERNAL_H
#define RC_ANALYZE_DNSSEC_INTERNAL_H

#include <ldns/ldns.h>

#include "analyze/dnssec/dnssec.h"
#include "base/time.h"

#define RC_DNSKEY_ZONE 0x0100u /* RFC 4034 2.1.1 */
#define RC_DNSKEY_SEP 0x0001u

struct rc_dnssec {
	ldns_rr_list *anchors; /* DS and DNSKEY */
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

/* --- sets.c --- */

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

/* --- clock.c --- */

/*
 * Does the packets' time lie within the validity of what was signed? OFF: signatures of several zones were
 * seen and none is valid, all too early or all too late, or all begin far in the future; *ret_fitting_ns is
 * a time at which most are.
 */
enum rc_dnssec_clock rc_dnssec_clock_check(struct rc_dnssec_run *run, int64_t *ret_fitting_ns);

/* --- sig.c --- */

bool rc_dnssec_algorithm_known(uint8_t algorithm);
uint32_t rc_dnssec_rdf_int(const ldns_rdf *rdf);

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

/* --- keys.c --- */

/* The DS of a set that a resolver can use (RFC 4509 3, RFC 4035 5.2), in a new list; NULL: none. */
ldns_rr_list *rc_dnssec_ds_usable(const ldns_rr_list *ds);

/* Judges a DNSKEY set of zone against zone->ds (any of its own keys if that is NULL). */
struct rc_dnssec_verdict rc_dnssec_dnskey_judge(struct rc_dnssec_run *run,
						const struct rc_dnssec_zone *zone,
						const struct rc_dnssec_set *set);

/* --- chain.c --- */

/*
 * The deepest zone that holds name (the parent's side for DS), judged down to it or to where the
 * chain breaks. NULL without memory. A zone is judged once.
 */
struct rc_dnssec_zone *rc_dnssec_chain_walk(struct rc_dnssec_run *run, const struct rc_name *name,
					    uint16_t type);

/* --- answer.c --- */

/* Judges the question and the aliases it leads to; adds findings; returns the status. */
enum rc_dnssec_status rc_dnssec_answer_judge(struct rc_dnssec_run *run, const struct rc_name *qname,
					     uint16_t qtype, struct rc_name *ret_zone);

/* Is a more than by_ns before b? Times of a damaged capture may be anything. */
bool rc_dnssec_older(int64_t a_ns, int64_t b_ns, int64_t by_ns);

/* Copies of the same thing this much older than the newest no longer matter to the resolver. */
#define RC_DNSSEC_RECENT_NS (60 * RC_NS_PER_S)

/* A set this much older than what it does not fit may just be stale in a cache. */
#define RC_DNSSEC_FRESH_NS (300 * RC_NS_PER_S)

#endif
