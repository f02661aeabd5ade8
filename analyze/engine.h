/*
 * The analysis: observations in, verdicts out. Pairs messages into exchanges, keeps the flight
 * recorder and the zone book, decides each failure once its evidence is in. All state is bounded by
 * memory_bytes; packet time is the only clock; no I/O.
 */
#ifndef RC_ANALYZE_ENGINE_H
#define RC_ANALYZE_ENGINE_H

#include "analyze/verdict.h"
#include "base/counter.h"

/* One resolver with several addresses, as declared by the user. */
struct rc_resolver_decl {
	const char *name;            /* for people: nothing goes by it */
	const struct rc_addr *addrs; /* copied */
	size_t n_addrs;
};

struct rc_engine_config {
	uint64_t seed;       /* the same as the decoder's: name hashes are shared */
	size_t memory_bytes; /* ceiling for all tables together */
	int64_t timeout_ns;  /* a query with no answer by then is a failure */
	int64_t hold_ns;     /* how long a failure waits for later evidence */
	bool include_nxdomain;
	bool want_transactions; /* call on_transaction for every finished exchange */
	bool written_elsewhere; /* another core writes the observations: fetch them ahead as well */
	bool want_upstream;     /* call on_failure for failing upstream exchanges too */
	const struct rc_resolver_decl *resolvers;
	size_t n_resolvers;
	const char *
		trust_anchor; /* text of DS/DNSKEY records in zone-file form; NULL for the IANA root */
};

/* Where verdicts go. Functions may be NULL. Everything passed is borrowed for the call. */
struct rc_engine_output {
	void *context;
	void (*on_failure)(void *context, const struct rc_failure *failure);
	void (*on_incident)(void *context, const struct rc_incident *incident);
	void (*on_transaction)(void *context, const struct rc_exchange *exchange,
			       const struct rc_name *qname, const struct rc_msg *answer);
	void (*on_upstream)(void *context, const struct rc_failure *failure);
};

struct rc_engine;

/*
 * RC_E_NOMEM, RC_E_RANGE (memory below RC_ENGINE_MEMORY_MIN), RC_E_SYNTAX (trust anchor). What config and output point to
 * is read here and not held, but for output->context. Free with rc_engine_free.
 */
int rc_engine_new(const struct rc_engine_config *config, const struct rc_engine_output *output,
		  struct rc_engine **ret_engine);
void rc_engine_free(struct rc_engine *engine);

/*
 * Takes n observations in packet-time order; they and their octets are borrowed for the call. Verdicts that became due
 * are handed out meanwhile.
 */
void rc_engine_observe(struct rc_engine *engine, const struct rc_obs *obs, size_t n);

/* Lets packet time pass to now_ns without an observation: deadlines fire. */
void rc_engine_advance(struct rc_engine *engine, int64_t now_ns);

/* Tells that the kernel or the interface dropped packets since the last call; on the first call, at any
 * time since the input began. */
void rc_engine_dropped(struct rc_engine *engine, uint64_t packets);

/* The input ended: everything pending is decided with what is known. */
void rc_engine_finish(struct rc_engine *engine);

#define RC_ENGINE_SETS 11u /* of counters: the modules in the table of analyze/counters.c */

/* Counters of pairing, recorder, inference, in the order of their table. They live as long as the engine. */
void rc_engine_counters(const struct rc_engine *engine, struct rc_counter_set sets[RC_ENGINE_SETS]);

#endif
