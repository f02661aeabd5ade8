#include "emit/emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "emit/json.h"
#include "emit/report.h"
#include "emit/sink.h"

struct emit_counters {
	uint64_t events[RC_DS_COUNT];
	uint64_t bytes, lost, too_long, trimmed;
};

#define COUNTER(name, member, help) \
	{ \
		name, help, offsetof(struct emit_counters, member) \
	}
static const struct rc_counter_desc counter_desc[] = {
	COUNTER("failures", events[RC_DS_FAILURE], "failure events written"),
	COUNTER("upstream", events[RC_DS_UPSTREAM], "upstream events written"),
	COUNTER("incidents", events[RC_DS_INCIDENT], "incident events written"),
	COUNTER("transactions", events[RC_DS_TRANSACTION], "transaction events written"),
	COUNTER("malformed", events[RC_DS_MALFORMED], "malformed message events written"),
	COUNTER("stats", events[RC_DS_STATS], "stats events written"),
	COUNTER("bytes", bytes, "bytes of events"),
	COUNTER("trimmed", trimmed, "events from which lists were left out, being too long"),
	COUNTER("too_long", too_long, "events left out, being too long even so"),
	COUNTER("lost", lost, "events that a sink could not take"),
};

struct rc_emit {
	unsigned what;
	struct rc_observer observer;
	struct rc_sink *sinks;
	size_t n_sinks;
	unsigned takes; /* of all sinks together */
	struct rc_report *report;
	struct rc_event *event;
	struct rc_buf line;
	struct rc_json *json;
	struct rc_event_cause_count *causes; /* by index of the cause */
	struct rc_event_cause_count *seen;   /* those above zero, for the stats event */
	size_t n_causes;
	const struct rc_cause *last_cause; /* counted last, at *last_count */
	int64_t *last_count;
	uint64_t sequence;
	struct emit_counters counters;
};

static int open_sinks(struct rc_emit *emit, const struct rc_emit_config *config)
{
	static const char *const defaults[] = {"json:-"};
	const char *const *names = config->n_sinks > 0 ? config->sinks : defaults;
	size_t n = config->n_sinks > 0 ? config->n_sinks : 1;

	emit->sinks = calloc(n, sizeof *emit->sinks);
	if (emit->sinks == NULL)
		return RC_E_NOMEM;
	for (; emit->n_sinks < n; emit->n_sinks++) {
		struct rc_sink *sink = &emit->sinks[emit->n_sinks];
		int err = rc_sink_open(sink, names[emit->n_sinks], config->on_error,
				       config->error_context);
		if (err != RC_OK)
			return err;
		emit->takes |= sink->type->takes;
	}
	if (emit->takes & RC_SINK_REPORT)
		return rc_report_new(config->source_name, config->source_context, &emit->report);
	return RC_OK;
}

static int make_causes(struct rc_emit *emit)
{
	size_t n = emit->n_causes = rc_cause_count();
	emit->causes = calloc(n + 1, sizeof *emit->causes);
	emit->seen = calloc(n + 1, sizeof *emit->seen);
	if (emit->causes == NULL || emit->seen == NULL)
		return RC_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		emit->causes[i].slug = rc_cause_at(i)->slug;
	return RC_OK;
}

static void emit_free(struct rc_emit *emit)
{
	for (size_t i = 0; i < emit->n_sinks; i++)
		rc_sink_close(&emit->sinks[i]);
	free(emit->sinks);
	rc_report_free(emit->report);
	rc_buf_free(&emit->line);
	rc_json_free(emit->json);
	free(emit->event);
	free(emit->causes);
	free(emit->seen);
	free(emit);
}

int rc_emit_open(const struct rc_emit_config *config, struct rc_emit **ret_emit)
{
	struct rc_emit *emit = calloc(1, sizeof *emit);
	int err = RC_E_NOMEM;
	if (emit == NULL)
		return RC_E_NOMEM;
	emit->what = config->what;
	emit->line = rc_buf_init(RC_EVENT_MAX + RC_JSON_ROOM);
	emit->observer.hostname = config->hostname;
	emit->observer.iface = config->n_ifaces == 1 ? config->ifaces[0] : NULL;
	emit->observer.source_name = config->source_name;
	emit->observer.source_context = config->source_context;
	emit->event = calloc(1, sizeof *emit->event);
	if (emit->event != NULL)
		rc_event_init(emit->event, &emit->observer);
	if (emit->event == NULL || (err = make_causes(emit)) != RC_OK ||
	    (err = rc_json_new(emit->event, &emit->json)) != RC_OK ||
	    (err = open_sinks(emit, config)) != RC_OK) {
		emit_free(emit);
		return err;
	}
	*ret_emit = emit;
	return RC_OK;
}

static bool wants(const struct rc_emit *emit, unsigned what)
{
	return (emit->what & what) != 0 && (emit->takes & RC_SINK_LINES) != 0;
}

/* False: it is too long. */
static bool write_line(struct rc_emit *emit)
{
	rc_buf_clear(&emit->line);
	rc_json_event(emit->json, &emit->line, emit->event);
	return !emit->line.failed && emit->line.len <= RC_EVENT_MAX;
}

/* Writes emit->event to every sink that takes lines. */
static void send_event(struct rc_emit *emit)
{
	struct rc_event *event = emit->event;
	event->sequence = (int64_t)(emit->sequence + 1);
	bool fits = write_line(emit);
	if (!fits) {
		emit->counters.trimmed++;
		rc_event_trim(event);
		fits = write_line(emit);
	}
	if (!fits) {
		emit->counters.too_long++;
		return;
	}
	emit->sequence++;
	emit->counters.events[event->dataset]++;
	emit->counters.bytes += emit->line.len;
	for (size_t i = 0; i < emit->n_sinks; i++) {
		struct rc_sink *sink = &emit->sinks[i];
		if ((sink->type->takes & RC_SINK_LINES) == 0)
			continue;
		uint64_t lost = sink->lost;
		sink->type->write(sink, emit->line.data, emit->line.len);
		emit->counters.lost += sink->lost - lost;
	}
}

static void count_cause(struct rc_emit *emit, const struct rc_cause *cause)
{
	if (emit->last_cause != cause) { /* failures come in rows of one cause */
		size_t i = 0;
		while (i < emit->n_causes && rc_cause_at(i) != cause)
			i++;
		emit->last_cause = cause;
		emit->last_count = &emit->causes[i].failures;
	}
	(*emit->last_count)++;
}

void rc_emit_failure(struct rc_emit *emit, const struct rc_failure *failure)
{
	count_cause(emit, failure->cause);
	if (emit->report != NULL)
		rc_report_failure(emit->report, failure);
	if (!wants(emit, RC_EMIT_FAILURES))
		return;
	rc_event_from_failure(emit->event, RC_DS_FAILURE, failure);
	send_event(emit);
}

void rc_emit_upstream(struct rc_emit *emit, const struct rc_failure *failure)
{
	if (!wants(emit, RC_EMIT_UPSTREAM))
		return;
	rc_event_from_failure(emit->event, RC_DS_UPSTREAM, failure);
	send_event(emit);
}

void rc_emit_incident(struct rc_emit *emit, const struct rc_incident *incident)
{
	if (emit->report != NULL)
		rc_report_incident(emit->report, incident);
	if (!wants(emit, RC_EMIT_INCIDENTS))
		return;
	rc_event_from_incident(emit->event, incident);
	send_event(emit);
}

void rc_emit_transaction(struct rc_emit *emit, const struct rc_exchange *exchange,
			 const struct rc_name *qname, const struct rc_msg *answer)
{
	if (!wants(emit, RC_EMIT_TRANSACTIONS))
		return;
	rc_event_from_transaction(emit->event, exchange, qname, answer);
	send_event(emit);
}

void rc_emit_malformed(struct rc_emit *emit, const struct rc_obs *obs)
{
	bool message = obs->kind == RC_OBS_MESSAGE || obs->kind == RC_OBS_SHORT;
	if (!message || obs->msg.fault == RC_FAULT_NONE || obs->msg.fault == RC_FAULT_CUT ||
	    !wants(emit, RC_EMIT_MALFORMED))
		return;
	rc_event_from_malformed(emit->event, obs);
	send_event(emit);
}

void rc_emit_stats(struct rc_emit *emit, int64_t start_ns, int64_t now_ns, bool final,
		   const struct rc_counter_set *sets, size_t n_sets)
{
	size_t n = 0;
	if (emit->report != NULL)
		rc_report_stats(emit->report, start_ns, now_ns, sets, n_sets);
	if (!wants(emit, RC_EMIT_STATS))
		return;
	rc_event_from_stats(emit->event, start_ns, now_ns, final, sets, n_sets);
	for (size_t i = 0; i < emit->n_causes; i++) {
		if (emit->causes[i].failures > 0)
			emit->seen[n++] = emit->causes[i];
	}
	emit->event->causes = (struct rc_items){emit->seen, n};
	send_event(emit);
}

void rc_emit_flush(struct rc_emit *emit)
{
	for (size_t i = 0; i < emit->n_sinks; i++) {
		if (emit->sinks[i].buf.len > 0)
			emit->sinks[i].type->flush(&emit->sinks[i]);
	}
}

bool rc_emit_done(const struct rc_emit *emit)
{
	for (size_t i = 0; i < emit->n_sinks; i++) {
		if (!emit->sinks[i].gone)
			return false;
	}
	return true;
}

/* A report goes out in lines, so that even a long one passes the sink's buffer. */
static void write_report(struct rc_emit *emit, struct rc_sink *sink)
{
	struct rc_buf text = rc_buf_init(RC_REPORT_TEXT_MAX);
	rc_report_write(emit->report, sink->tty, &text);
	for (size_t at = 0; at < text.len;) {
		const char *end = memchr(text.data + at, '\n', text.len - at);
		size_t len = end == NULL ? text.len - at : (size_t)(end - text.data) + 1 - at;
		sink->type->write(sink, text.data + at, len);
		at += len;
	}
	rc_buf_free(&text);
}

int rc_emit_close(struct rc_emit *emit)
{
	bool failed = false;
	if (emit == NULL)
		return RC_OK;
	for (size_t i = 0; i < emit->n_sinks; i++) {
		struct rc_sink *sink = &emit->sinks[i];
		if (sink->type->takes & RC_SINK_REPORT)
			write_report(emit, sink);
		rc_sink_close(sink);
		failed |= sink->failed || sink->lost > 0;
	}
	emit_free(emit);
	return failed ? RC_E_IO : RC_OK;
}

struct rc_counter_set rc_emit_counters(const struct rc_emit *emit)
{
	return (struct rc_counter_set){
		.module = "emit",
		.desc = counter_desc,
		.n = sizeof counter_desc / sizeof *counter_desc,
		.base = emit == NULL ? NULL : &emit->counters,
	};
}
