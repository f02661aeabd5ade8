/*
 * What the report keeps of the failures of one cause and subject; shared by the collector
 * (emit/report.c) and the writer (emit/report_text.c).
 */
#ifndef RC_EMIT_REPORT_GROUP_H
#define RC_EMIT_REPORT_GROUP_H

#include "base/distinct.h"
#include "base/limits.h"
#include "emit/report.h"

#define RC_REPORT_SAMPLES 4u
#define RC_REPORT_PROOFS 5u
#define RC_REPORT_LINES 3u
#define RC_REPORT_LINE_MAX 320u
#define RC_REPORT_RCODES 4u
#define RC_REPORT_DEGRADED_PROOFS 2u /* one that failed, one that helped */

struct rc_report_proof {
	uint64_t frame, query_frame;
	uint16_t source;
	int64_t ts_ns, rtt_ns;
	struct rc_addr from, to;
	struct rc_name name;
	uint16_t qtype;
	const char *outcome; /* a stable word, static */
	int32_t rcode;
	char fact[RC_REPORT_LINE_MAX];
};

struct rc_report_lines {
	size_t n;
	char text[RC_REPORT_LINES][RC_REPORT_LINE_MAX];
};

struct rc_report_group {
	const struct rc_cause *cause;
	struct rc_name zone;   /* len 0: the subject is the server */
	struct rc_addr server; /* the subject, or the server asked */
	uint64_t hash;
	uint64_t failures, cached, unanswered;
	struct {
		uint16_t rcode;
		uint64_t n;
	} rcodes[RC_REPORT_RCODES]; /* the first ones met; others count in failures only */
	size_t n_rcodes;
	int64_t first_ns, last_ns;
	enum rc_confidence confidence; /* the best, and what follows is from that failure */
	enum rc_party responsible;
	struct rc_distinct clients, names, servers;
	struct rc_addr client[RC_REPORT_SAMPLES], asked[RC_REPORT_SAMPLES];
	struct rc_name name[RC_REPORT_SAMPLES];
	bool all_cached; /* no failure but those from a failure cache */
	char explanation[2 * RC_REPORT_LINE_MAX];
	struct rc_report_lines fix, next_steps, not_seen;
	const struct rc_cause *alternatives[RC_REPORT_LINES];
	size_t n_alternatives;
	struct rc_report_proof proofs[RC_REPORT_PROOFS];
	size_t n_proofs;
	struct rc_visibility visibility; /* of all its failures together; not_seen unused */
	struct rc_scope scope;           /* the widest */
};

/* A zone that one of its servers serves badly, while no client fails. */
struct rc_report_degraded {
	uint64_t id; /* of the incident */
	const struct rc_cause *cause;
	struct rc_name zone;   /* len 0: not known */
	struct rc_addr server; /* the bad one */
	uint64_t failures;
	int64_t first_ns, last_ns;
	enum rc_confidence confidence;
	char summary[RC_REPORT_LINE_MAX];
	struct rc_report_proof proofs[RC_REPORT_DEGRADED_PROOFS];
	size_t n_proofs;
};

struct rc_report {
	rc_source_name_fn source_name;
	void *source_context;
	uint64_t seed;
	struct rc_report_group *groups[RC_REPORT_GROUPS_MAX]; /* in order of first failure */
	size_t n_groups;
	uint16_t index[2 * RC_REPORT_GROUPS_MAX]; /* by hash: group number + 1, 0 free */
	uint64_t failures, overflow;
	struct rc_report_degraded *degraded[RC_REPORT_DEGRADED_MAX]; /* in order of opening */
	size_t n_degraded;
	uint64_t degraded_overflow;
	int64_t start_ns, now_ns;
	bool have_stats;
	uint64_t packets, messages, exchanges, dropped; /* UINT64_MAX: not known */
	uint64_t orphans, orphan_errors;                /* answers whose questions were not seen */
};

#endif
