#include "tests/emit/sample.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "emit/emit.h"

struct world {
	struct sample sample;
	unsigned told;
	char what[128];
	char folder[32], path[64], other[64], sink[80], sink2[80];
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	if (w == NULL)
		return -1;
	strcpy(w->folder, "/tmp/rcause-emit-XXXXXX");
	if (mkdtemp(w->folder) == NULL)
		return -1;
	snprintf(w->path, sizeof w->path, "%s/events.json", w->folder);
	snprintf(w->other, sizeof w->other, "%s/report.txt", w->folder);
	snprintf(w->sink, sizeof w->sink, "json:%s", w->path);
	snprintf(w->sink2, sizeof w->sink2, "report:%s", w->other);
	sample_make(&w->sample, "x", 1);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	unlink(w->path);
	unlink(w->other);
	rmdir(w->folder);
	free(w);
	return 0;
}

static void on_error(void *context, const char *what, const char *why)
{
	struct world *w = context;
	w->told++;
	snprintf(w->what, sizeof w->what, "%s: %s", what, why);
}

static int open_sinks(struct world *w, const char *const *sinks, size_t n, unsigned what,
		      struct rc_emit **ret_emit)
{
	struct rc_emit_config config = {.sinks = sinks,
					.n_sinks = n,
					.what = what,
					.source_name = sample_source,
					.on_error = on_error,
					.error_context = w};
	return rc_emit_open(&config, ret_emit);
}

static uint64_t counter(const struct rc_emit *emit, const char *name)
{
	struct rc_counter_set set = rc_emit_counters(emit);
	for (size_t i = 0; i < set.n; i++) {
		if (strcmp(set.desc[i].name, name) == 0)
			return rc_counter_value(&set, i);
	}
	fail_msg("no counter %s", name);
	return 0;
}

/* Lines of a file, each of which must be JSON with the next sequence number. */
static size_t count_events(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0, n = 0;
	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		json_t *event = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		json_t *sequence = json_object_get(json_object_get(event, "event"), "sequence");
		assert_non_null(event);
		assert_int_equal(json_integer_value(sequence), ++n);
		json_decref(event);
	}
	free(line);
	fclose(file);
	return n;
}

static void every_event_reaches_the_file(void **state)
{
	struct world *w = *state;
	const char *sinks[] = {w->sink, w->sink2};
	struct rc_emit *emit;
	assert_int_equal(open_sinks(w, sinks, 2, ~0u, &emit), RC_OK);
	for (int i = 0; i < 500; i++) { /* above the size that is written out at once */
		rc_emit_failure(emit, &w->sample.failure);
		rc_emit_transaction(emit, &w->sample.x, &w->sample.msg.qname, &w->sample.msg);
	}
	rc_emit_upstream(emit, &w->sample.failure);
	rc_emit_incident(emit, &w->sample.incident);
	rc_emit_stats(emit, 1, 2, true, NULL, 0);
	assert_int_equal(counter(emit, "failures"), 500);
	assert_int_equal(rc_emit_close(emit), RC_OK);
	assert_int_equal(w->told, 0);
	assert_int_equal(count_events(w->path), 1003);
	FILE *report = fopen(w->other, "r");
	assert_non_null(report);
	assert_int_equal(fseek(report, 0, SEEK_END), 0);
	assert_true(ftell(report) > 300);
	fclose(report);
}

static void only_what_was_asked_for_is_written(void **state)
{
	struct world *w = *state;
	const char *sinks[] = {w->sink};
	struct rc_emit *emit;
	assert_int_equal(open_sinks(w, sinks, 1, RC_EMIT_INCIDENTS, &emit), RC_OK);
	rc_emit_failure(emit, &w->sample.failure);
	rc_emit_upstream(emit, &w->sample.failure);
	rc_emit_transaction(emit, &w->sample.x, &w->sample.msg.qname, &w->sample.msg);
	rc_emit_stats(emit, 1, 2, true, NULL, 0);
	rc_emit_incident(emit, &w->sample.incident);
	assert_int_equal(rc_emit_close(emit), RC_OK);
	assert_int_equal(count_events(w->path), 1);
}

static void flush_makes_events_readable_at_once(void **state)
{
	struct world *w = *state;
	const char *sinks[] = {w->sink};
	struct rc_emit *emit;
	assert_int_equal(open_sinks(w, sinks, 1, RC_EMIT_DEFAULT, &emit), RC_OK);
	rc_emit_failure(emit, &w->sample.failure);
	assert_int_equal(count_events(w->path), 0);
	rc_emit_flush(emit);
	assert_int_equal(count_events(w->path), 1);
	assert_int_equal(rc_emit_close(emit), RC_OK);
}

static void a_full_disk_is_told_once_and_the_other_sink_gets_all(void **state)
{
	struct world *w = *state;
	const char *sinks[] = {"json:/dev/full", w->sink};
	struct rc_emit *emit;
	assert_int_equal(open_sinks(w, sinks, 2, RC_EMIT_DEFAULT, &emit), RC_OK);
	for (int i = 0; i < 3000; i++) /* more than a sink keeps */
		rc_emit_failure(emit, &w->sample.failure);
	rc_emit_flush(emit);
	assert_false(rc_emit_done(emit));
	assert_true(counter(emit, "lost") > 0);
	assert_true(counter(emit, "lost") < 3000);
	assert_int_equal(rc_emit_close(emit), RC_E_IO);
	assert_int_equal(w->told, 1);
	assert_non_null(strstr(w->what, "json:/dev/full: "));
	assert_int_equal(count_events(w->path), 3000);
}

static void a_report_onto_a_full_disk_fails(void **state)
{
	struct world *w = *state;
	const char *sinks[] = {"report:/dev/full"};
	struct rc_emit *emit;
	assert_int_equal(open_sinks(w, sinks, 1, RC_EMIT_DEFAULT, &emit), RC_OK);
	rc_emit_failure(emit, &w->sample.failure);
	assert_int_equal(rc_emit_close(emit), RC_E_IO);
	assert_int_equal(w->told, 1);
}

static void what_cannot_be_opened_is_refused_with_one_line(void **state)
{
	static const struct {
		const char *sink;
		int err;
	} cases[] = {
		{"json:/no/such/folder/x", RC_E_IO},
		{"json:", RC_E_SYNTAX},
		{"json", RC_E_SYNTAX},
		{"jsonx:-", RC_E_SYNTAX},
		{"", RC_E_SYNTAX},
		{"kafka://h:1/t", RC_E_UNSUPPORTED},
		{"syslog+tls://h", RC_E_UNSUPPORTED},
	};
	struct world *w = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rc_emit *emit;
		w->told = 0;
		assert_int_equal(open_sinks(w, &cases[i].sink, 1, RC_EMIT_DEFAULT, &emit),
				 cases[i].err);
		assert_int_equal(w->told, 1);
	}
}

/* 32 lines of evidence, each with the longest name, do not fit in one event with 64 answers. */
static void a_too_long_event_is_trimmed_and_says_so(void **state)
{
	struct world *w = *state;
	const char *sinks[] = {w->sink};
	char *huge = malloc(80000);
	struct rc_evidence many[RC_EVIDENCE_MAX];
	struct rc_emit *emit;
	assert_non_null(huge);
	memset(huge, 'x', 79999);
	huge[79999] = '\0';
	for (size_t i = 0; i < RC_EVIDENCE_MAX; i++) {
		many[i] = w->sample.evidence[0];
		many[i].fact = huge;
	}
	w->sample.failure.evidence = many;
	w->sample.failure.n_evidence = RC_EVIDENCE_MAX;
	assert_int_equal(open_sinks(w, sinks, 1, RC_EMIT_DEFAULT, &emit), RC_OK);
	rc_emit_failure(emit, &w->sample.failure);
	assert_int_equal(counter(emit, "trimmed"), 1);
	assert_int_equal(counter(emit, "too_long"), 0);
	assert_int_equal(rc_emit_close(emit), RC_OK);
	json_t *event = json_load_file(w->path, 0, NULL);
	json_t *rcause = json_object_get(event, "rcause");
	assert_true(json_is_true(json_object_get(rcause, "truncated")));
	assert_int_equal(json_array_size(json_object_get(rcause, "evidence")), 1);
	json_decref(event);
	free(huge);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_event_reaches_the_file),
		CASE(only_what_was_asked_for_is_written),
		CASE(flush_makes_events_readable_at_once),
		CASE(a_full_disk_is_told_once_and_the_other_sink_gets_all),
		CASE(a_report_onto_a_full_disk_fails),
		CASE(what_cannot_be_opened_is_refused_with_one_line),
		CASE(a_too_long_event_is_trimmed_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
