/*
 * What analyze says: failures, incidents, transactions. Emit turns these into events and reports.
 * Everything here is borrowed for the duration of the call that hands it over.
 */
#ifndef RC_ANALYZE_VERDICT_H
#define RC_ANALYZE_VERDICT_H

#include "analyze/cause.h"
#include "analyze/exchange.h"

enum rc_side { RC_SIDE_CLIENT, RC_SIDE_UPSTREAM, RC_SIDE_AUTHORITATIVE };

/* One line of proof: an exchange (or a single packet) and what it shows. */
struct rc_evidence {
	uint64_t frame;          /* the packet that proves it, 1-based in its source; 0 unknown */
	uint64_t query_frame;    /* the packet that asked; 0 none */
	uint16_t source;         /* of frame (index of file or interface) */
	int64_t ts_ns;           /* of that packet */
	struct rc_addr from, to; /* asker and server */
	const struct rc_name *name; /* question; NULL if none */
	uint16_t qtype;
	const char *outcome; /* static: rc_outcome_word, or "seen_before" of the zone book's */
	int32_t rcode;       /* -1 without an answer */
	int64_t rtt_ns;      /* -1 without an answer */
	const char *fact;    /* what it shows, one phrase */
};

struct rc_visibility {
	bool upstream_seen; /* exchanges that the resolver itself made were visible around the failure */
	bool one_way;       /* only one direction between client and server was ever seen */
	bool capture_start; /* the failure touches the start of the capture */
	bool capture_end;   /* ... or its end */
	bool kernel_drops;  /* packets were dropped while it ran */
	bool cut;           /* a packet of the exchange or its lineage was cut by the snap length */
	bool fragments_missing;
	bool history_evicted; /* the flight recorder no longer held all of the time in question */
	const char *const *not_seen; /* phrases: what would have settled it */
	size_t n_not_seen;
};

/* What others got for the same question (or zone) near the failure's time. Counts of exchanges, and
 * of distinct parties. */
struct rc_scope {
	uint32_t resolvers_failing, resolvers_ok;
	uint32_t
		clients; /* distinct clients that failed for this cause and subject, this incident */
	int64_t given_ns; /* the same server's latest good answer to the question by then; 0 none */
};

struct rc_failure {
	uint64_t sequence;  /* counts failures, from 1, in order of decision */
	int64_t decided_ns; /* packet time of the decision */
	const struct rc_exchange *exchange;
	const struct rc_name *qname; /* of the question; len 0 when there was none */
	const struct rc_msg *answer; /* decoded answer; NULL when unanswered */
	const struct rc_cause *cause;
	enum rc_confidence confidence;
	enum rc_party responsible;
	enum rc_side side;
	bool cached;
	const struct rc_name *zone;   /* subject zone; NULL unknown */
	const struct rc_addr *server; /* subject server; NULL unknown or several */
	const char *explanation;      /* one sentence, ASCII */
	const char *const *fix;
	size_t n_fix;
	const char *const *next_steps;
	size_t n_next_steps;
	const struct rc_evidence *evidence; /* most telling first */
	size_t n_evidence;
	const struct rc_cause *const *alternatives;
	size_t n_alternatives;
	const struct rc_addr *chain; /* resolvers behind one another, the asked one first */
	size_t n_chain;
	struct rc_visibility visibility;
	struct rc_scope scope;
	uint64_t incident; /* id, printed as 16 hex digits; 0 none */
	bool echoed; /* the verdict was made for another failure that looks the same (decide/echo.h) */
};

enum rc_incident_state { RC_INCIDENT_OPEN, RC_INCIDENT_UPDATE, RC_INCIDENT_CLOSE };

#define RC_INCIDENT_EVIDENCE 2u

/*
 * Failures of one cause and subject (zone, else server), however many; or a zone that works although one
 * of its servers does not (degraded): then the failures are those of resolvers at that server.
 */
struct rc_incident {
	uint64_t id;
	enum rc_incident_state state;
	bool degraded;
	int64_t now_ns; /* packet time of this event */
	const struct rc_cause *cause;
	enum rc_confidence confidence; /* the best of its failures */
	enum rc_party responsible;
	const struct rc_name *zone;   /* NULL if the subject is a server or a resolver */
	const struct rc_addr *server; /* NULL if the subject is a zone; degraded: the bad server */
	const struct rc_evidence *evidence; /* of a degraded zone, else none */
	size_t n_evidence;
	int64_t first_ns, last_ns; /* of its failures */
	uint64_t failures;
	uint32_t clients, names,
		resolvers; /* distinct; counted exactly up to RC_DISTINCT_MAX, then "at least" */
	bool clients_at_least, names_at_least;
	bool persistent; /* no question that failed again had been answered between, nor by other resolvers */
	const char *summary;               /* one sentence, ASCII */
	const struct rc_exchange *example; /* the first failure */
	const struct rc_name *example_name;
};

#endif
