/*
 * Events out: turns verdicts into JSON lines and reports and delivers them to sinks. A sink is one row
 * in emit/sink.c; an event's fields are rows of one table (emit/fields.c), from which writer and
 * schema come.
 */
#ifndef RC_EMIT_EMIT_H
#define RC_EMIT_EMIT_H

#include "analyze/verdict.h"
#include "base/counter.h"

#define RC_SCHEMA_VERSION 1 /* rcause.schema of every event, and in the schema's $id */

enum { /* --emit */
       RC_EMIT_FAILURES = 1u << 0,
       RC_EMIT_INCIDENTS = 1u << 1,
       RC_EMIT_STATS = 1u << 2,
       RC_EMIT_UPSTREAM = 1u << 3,
       RC_EMIT_TRANSACTIONS = 1u << 4,
       RC_EMIT_MALFORMED = 1u << 5,
       RC_EMIT_DEFAULT = RC_EMIT_FAILURES | RC_EMIT_INCIDENTS | RC_EMIT_STATS,
};

/* what: the sink as the user named it; why: one phrase. */
typedef void (*rc_emit_error_fn)(void *context, const char *what, const char *why);

struct rc_emit_config {
	const char *const *sinks; /* as given to -o; none: "json:-" */
	size_t n_sinks;
	unsigned what; /* RC_EMIT_* */
	const char *
		hostname; /* observer.hostname; NULL to leave it out (files: byte-identical output) */
	const char *const
		*ifaces; /* live interfaces; observer.ingress.interface.name when there is one */
	size_t n_ifaces;
	const char *(*source_name)(void *context,
				   uint16_t source); /* path or interface of an index */
	void *source_context;
	rc_emit_error_fn on_error; /* each sink that fails tells once */
	void *error_context;
};

struct rc_emit;

/* Whether a sink of that name can be opened at all: RC_OK, or RC_E_SYNTAX or RC_E_UNSUPPORTED and
 * *ret_why one phrase. Opens nothing. */
int rc_emit_check_sink(const char *sink, const char **ret_why);

/*
 * RC_E_NOMEM; RC_E_SYNTAX (unknown sink), RC_E_UNSUPPORTED, RC_E_IO: the reason was told through on_error. config is copied,
 * what it points to is borrowed until rc_emit_close, which frees the emitter.
 */
int rc_emit_open(const struct rc_emit_config *config, struct rc_emit **ret_emit);

void rc_emit_failure(struct rc_emit *emit, const struct rc_failure *failure);
void rc_emit_upstream(struct rc_emit *emit, const struct rc_failure *failure);
void rc_emit_incident(struct rc_emit *emit, const struct rc_incident *incident);
void rc_emit_transaction(struct rc_emit *emit, const struct rc_exchange *exchange,
			 const struct rc_name *qname, const struct rc_msg *answer);
/* An event if the message is malformed, and not merely cut by the capture. */
void rc_emit_malformed(struct rc_emit *emit, const struct rc_obs *obs);
/* One stats event; final says that the input ended. start_ns..now_ns: packet time it covers. */
void rc_emit_stats(struct rc_emit *emit, int64_t start_ns, int64_t now_ns, bool final,
		   const struct rc_counter_set *sets, size_t n_sets);

/* Writes out what is buffered: called after each batch on live captures, so events leave at once. */
void rc_emit_flush(struct rc_emit *emit);

/* True once no sink can take anything any more (its reader went away): reading on is of no use. */
bool rc_emit_done(const struct rc_emit *emit);

/* Flushes and closes all sinks; reports (report:) are written here. Returns 0, or RC_E_IO if any
 * event was lost (told through on_error). */
int rc_emit_close(struct rc_emit *emit);

/* Counters: events by kind, bytes, events lost. NULL gives the description only. */
struct rc_counter_set rc_emit_counters(const struct rc_emit *emit);

#endif
