/*
 * Error reports (RFC 9567): a resolver that fails to resolve or validate a name asks the reporting agent of the zone for
 * _er.TYPE.NAME.CODE._er.AGENT, and so names the extended error it would tell its clients. Bounded: one report per
 * hash slot, the latest stays.
 */
#ifndef RC_ANALYZE_ERROR_REPORT_H
#define RC_ANALYZE_ERROR_REPORT_H

#include "analyze/exchange.h"

struct rc_error_report {
	uint64_t hash; /* of the name reported; 0 free */
	uint16_t qtype;
	uint16_t code;        /* EDE INFO-CODE */
	struct rc_exchange x; /* the query that reports, as it was sent */
	struct rc_name name;  /* its name */
};

struct rc_error_reports;

/* RC_E_NOMEM. Free with rc_error_reports_free. */
int rc_error_reports_new(uint64_t seed, struct rc_error_reports **ret_reports);
void rc_error_reports_free(struct rc_error_reports *reports);

/* Does the name have the form of a report (RFC 9567 6.1.1)? Costs one comparison for any other. */
bool rc_is_error_report(const struct rc_name *name);

/* May the first label of a name, at least two octets, be the mark of a report? For few others it says so. */
static inline bool rc_may_be_error_report(const uint8_t *label)
{
	return label[1] == '_' && label[0] == 3; /* _er */
}

/* Keeps what a query of this name reports, if it does. */
void rc_error_reports_note(struct rc_error_reports *reports, const struct rc_exchange *x,
			   const struct rc_name *name);

/* The latest report of this name and type; NULL if there is none. Compare the asker. Borrowed until the next one. */
const struct rc_error_report *rc_error_reports_find(const struct rc_error_reports *reports,
						    const struct rc_name *name, uint16_t qtype);

#endif
