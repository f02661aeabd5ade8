/*
 * What the judgement leaves behind: phrases, findings, and what was not seen. Texts live in the arena.
 */
#ifndef RC_ANALYZE_DNSSEC_REPORT_H
#define RC_ANALYZE_DNSSEC_REPORT_H

#include "analyze/dnssec/run.h"

const char *rc_dnssec_text(struct rc_dnssec_run *run, const struct rc_name *name);
const char *rc_dnssec_type_text(struct rc_dnssec_run *run, uint16_t type);
const char *rc_dnssec_span_text(struct rc_dnssec_run *run, uint32_t seconds);

/* Spans with the same text as this one: from *ret_from_s to below *ret_to_s. */
void rc_dnssec_span_alike(uint32_t seconds, uint32_t *ret_from_s, uint32_t *ret_to_s);
/* "2026-11-21T01:43:44Z": a time of an RRSIG (RFC 4034 3.1.5), of those that its 32 bits mean the one nearest to the run's. */
const char *rc_dnssec_time_text(struct rc_dnssec_run *run, uint32_t seconds);
void rc_dnssec_not_seen(struct rc_dnssec_run *run, const char *what, const struct rc_name *name,
			const char *more);
struct rc_dnssec_verdict rc_dnssec_fault(enum rc_dnssec_fault fault, const char *detail);

/* The copies of one thing from several messages, judged one by one. */
struct rc_dnssec_tally {
	struct rc_dnssec_verdict worst; /* the first that failed */
	size_t msg;                     /* of it, index of the caller */
	size_t n_ok, n_insecure, n_fault, n_unknown;
	const struct rc_name
		*cut;  /* it is the word of the zone above on this delegation; NULL: it is not */
	bool doubtful; /* they fail for different reasons, or doubtfully */
	bool weak;     /* all that failed is weak, or without the DO bit (RFC 3225) */
};
void rc_dnssec_tally_add(struct rc_dnssec_tally *tally, const struct rc_dnssec_verdict *verdict,
			 const struct rc_dnssec_view *view);

/* Writes the finding, as a break when no copy was good. Returns whether it was a break. */
bool rc_dnssec_tally_report(struct rc_dnssec_run *run, const struct rc_dnssec_tally *tally,
			    const struct rc_name *zone);

#endif
