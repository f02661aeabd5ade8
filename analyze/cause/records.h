/*
 * What the check of the records (analyze/dnssec/) proves of a failure: of those that the resolver was given, or that it
 * gives to others.
 */
#ifndef RC_ANALYZE_CAUSE_RECORDS_H
#define RC_ANALYZE_CAUSE_RECORDS_H

#include "analyze/cause/rule.h"

/* A resolver that validates asks with DO=1: for this question, else for others. */
bool rc_validates(const struct rc_case *c);

/* It is about when a signature is valid (enum rc_dnssec_fault). */
static inline bool rc_fault_is_of_time(uint32_t fault)
{
	return fault == RC_DNSSEC_SIGNATURE_EXPIRED || fault == RC_DNSSEC_SIGNATURE_NOT_YET_VALID;
}

/* The verdict of the rule that is about the first finding of the check, which must have one. */
enum rc_confidence rc_by_records(struct rc_case *c, struct rc_finding *f);

#endif
