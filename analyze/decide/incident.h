/*
 * Incidents: failures of one cause and subject (zone, else server), however many, told when they
 * begin, once in a while, and when they are over. Bounded; the least recent is closed for a new one.
 */
#ifndef RC_ANALYZE_INCIDENT_H
#define RC_ANALYZE_INCIDENT_H

#include "analyze/verdict.h"
#include "base/arena.h"

struct rc_incidents;

typedef void (*rc_incident_fn)(void *context, const struct rc_incident *incident);

struct rc_incident_stats {
	uint64_t opened, closed, evicted;
};

/* RC_E_NOMEM. Free with rc_incidents_free. fn may be NULL. */
int rc_incidents_new(size_t bytes, rc_incident_fn fn, void *context,
		     struct rc_incidents **ret_incidents);
void rc_incidents_free(struct rc_incidents *incidents);

/* Enters a failure; sets its incident id and scope.clients. */
void rc_incidents_note(struct rc_incidents *incidents, struct rc_failure *failure, int64_t now_ns);

/* A zone one of whose servers lets resolvers down, while another helps them. */
struct rc_degradation {
	const struct rc_cause *cause;
	enum rc_confidence confidence;
	const struct rc_name *zone;
	const struct rc_addr *server; /* the bad one */
	const char *verb;             /* what it does: "does not answer; others help" */
	int64_t first_ns;
	const struct rc_exchange *bad, *good;
	const struct rc_name *name, *good_name; /* what these asked for */
	const char *bad_outcome;                /* stable word */
	uint64_t failures;                      /* so far, this one with them */
};

/* Everything is copied. */
void rc_incidents_note_degraded(struct rc_incidents *incidents,
				const struct rc_degradation *degradation, int64_t now_ns);

/* Tells updates and ends that are due. */
void rc_incidents_advance(struct rc_incidents *incidents, int64_t now_ns);

/* Closes all. */
void rc_incidents_finish(struct rc_incidents *incidents, int64_t now_ns);

const struct rc_incident_stats *rc_incidents_stats(const struct rc_incidents *incidents);

#endif
