/*
 * What the wire tells in passing, kept by name or asker. Error reports (RFC 9567): a resolver that fails to resolve or validate a name asks the reporting agent
 * of the zone for _er.TYPE.NAME.CODE._er.AGENT, and so names the extended error it would tell its
 * clients. Bounded: one report per hash slot, the latest stays.
 */
#ifndef RC_ANALYZE_REPORTS_H
#define RC_ANALYZE_REPORTS_H

#include "analyze/exchange.h"

struct rc_report {
	uint64_t hash; /* of the name reported; 0 free */
	uint16_t qtype;
	uint16_t code;        /* EDE INFO-CODE */
	struct rc_exchange x; /* the query that reports, as it was sent */
	struct rc_name name;  /* its name */
};

#define RC_SIGNAL_TAGS_MAX 8u

/* Which trust anchors a resolver has: it asks the zone for _ta-TAG-TAG... (RFC 8145 5.1). */
struct rc_signal {
	struct rc_exchange x; /* the query that tells */
	unsigned n_tags;      /* 0: free */
	uint16_t tags[RC_SIGNAL_TAGS_MAX];
};

/* A server without recursion that answered SERVFAIL for its own zone when it was asked directly. */
struct rc_failing {
	uint64_t hash; /* of the name asked; 0 free */
	uint64_t ede;  /* bit per EDE code of the answer below 64 */
	struct rc_exchange x;
	struct rc_name name;
};

struct rc_reports;

/* RC_E_NOMEM. Free with rc_reports_free. */
int rc_reports_new(uint64_t seed, struct rc_reports **ret_reports);
void rc_reports_free(struct rc_reports *reports);

/* Does the name have the form of a report (RFC 9567 6.1.1)? Costs one comparison for any other. */
bool rc_is_report(const struct rc_name *name);

/* May the first label of a name, at least two octets, be a mark of either kind? For few others it says so. */
static inline bool rc_may_report(const uint8_t *label)
{
	return label[1] == '_' && label[0] % 5 == 3; /* _er; _ta and any number of -XXXX */
}

/* Keeps what a query reports, or tells of the anchors of the root, if it does. */
void rc_reports_note(struct rc_reports *reports, const struct rc_exchange *x,
		     const struct rc_name *name);

/* The latest report of this name and type; NULL if there is none. Compare the asker. */
const struct rc_report *rc_reports_find(const struct rc_reports *reports,
					const struct rc_name *name, uint16_t qtype);

/* Keeps such an answer. */
void rc_reports_note_failing(struct rc_reports *reports, const struct rc_exchange *x,
			     const struct rc_name *name, uint64_t ede);

/* The latest of them for this very name; NULL if there is none. */
const struct rc_failing *rc_reports_failing(const struct rc_reports *reports,
					    const struct rc_name *name);

/* About then this server failed so for names of several top-level domains. */
bool rc_reports_fails_apart(const struct rc_reports *reports, const struct rc_addr *server,
			    int64_t at_ns);

/* The anchors of the root that this asker told of last; NULL if it has not. */
const struct rc_signal *rc_reports_signal(const struct rc_reports *reports,
					  const struct rc_addr *asker);

#endif
