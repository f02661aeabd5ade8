/*
 * The report for people: collects failures by cause and subject while they pass, and writes a summary
 * at the end. Holds at most RC_REPORT_GROUPS_MAX groups; what did not fit is counted and said.
 */
#ifndef RC_EMIT_REPORT_H
#define RC_EMIT_REPORT_H

#include "analyze/verdict.h"
#include "base/buf.h"
#include "base/counter.h"

typedef const char *(*rc_source_name_fn)(void *context, uint16_t source);

struct rc_report;

/* source_name may be NULL. RC_E_NOMEM. */
int rc_report_new(rc_source_name_fn source_name, void *source_context,
		  struct rc_report **ret_report);
void rc_report_free(struct rc_report *report);

void rc_report_failure(struct rc_report *report, const struct rc_failure *failure);

/* Incidents of degraded zones are kept, as they last were told; those of failures the groups tell better. */
void rc_report_incident(struct rc_report *report, const struct rc_incident *incident);

/* Period and counters of the whole input, for the headline and the remarks. */
void rc_report_stats(struct rc_report *report, int64_t start_ns, int64_t now_ns,
		     const struct rc_counter_set *sets, size_t n_sets);

/* Appends the whole text: ASCII, at most 100 columns; colour: with ANSI emphasis, for terminals. */
void rc_report_write(struct rc_report *report, bool colour, struct rc_buf *out);

#endif
