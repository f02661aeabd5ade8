#include "tests/emit/sample.h"

#include <stdio.h>

#include "base/limits.h"
#include "emit/report.h"

struct world {
	struct sample sample;
	struct rc_report *report;
	struct rc_buf text;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	if (w == NULL || rc_report_new(sample_source, NULL, &w->report) != RC_OK)
		return -1;
	w->text = rc_buf_init(RC_REPORT_TEXT_MAX);
	sample_make(&w->sample, "x", 1);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	rc_report_free(w->report);
	rc_buf_free(&w->text);
	free(w);
	return 0;
}

/* Each run of blanks and line ends as one blank: where lines wrap depends on the cause's title. */
static const char *flatten(struct rc_buf *text)
{
	size_t n = 0;
	for (size_t i = 0; i < text->len; i++) {
		char c = text->data[i] == '\n' ? ' ' : text->data[i];
		if (c != ' ' || n == 0 || text->data[n - 1] != ' ')
			text->data[n++] = c;
	}
	return text->data;
}

/* The report, whose form is checked, flattened. */
static const char *write_report(struct world *w)
{
	size_t column = 0;
	rc_report_write(w->report, false, &w->text);
	rc_buf_putc(&w->text, '\0');
	assert_false(w->text.failed);
	for (size_t i = 0; i + 1 < w->text.len; i++) {
		column = w->text.data[i] == '\n' ? 0 : column + 1;
		assert_true(column <= 100);
		if (column > 0)
			assert_in_range(w->text.data[i], 0x20, 0x7e);
	}
	return flatten(&w->text);
}

static void an_input_without_failures_says_so(void **state)
{
	struct world *w = *state;
	assert_non_null(strstr(write_report(w), "Failures none"));
}

static void failures_of_one_cause_and_zone_are_one_group(void **state)
{
	struct world *w = *state;
	for (uint8_t i = 0; i < 10; i++) {
		w->sample.x.asker.bytes[15] = i;
		w->sample.x.first_ns += RC_NS_PER_S;
		w->sample.x.end_ns += RC_NS_PER_S;
		rc_report_failure(w->report, &w->sample.failure);
	}
	const char *text = write_report(w);
	assert_non_null(strstr(text, "10 failures, of 1 kind "));
	assert_non_null(strstr(text, "10 queries failed: 10 SERVFAIL "));
	assert_non_null(
		strstr(text, "10 clients (192.0.2.0, 192.0.2.1, 192.0.2.2, 192.0.2.3, ...)"));
	assert_non_null(strstr(text, "1 server (192.0.2.53)"));
	assert_non_null(strstr(text, ": example Cause "));
	assert_non_null(strstr(text, "Sign the zone again."));
	assert_non_null(strstr(text, "frame 12 (asked in 11)"));
	assert_non_null(strstr(text, "the resolver's own queries"));
	assert_null(strstr(text, " 2. "));
}

static void another_zone_cause_or_server_is_another_group(void **state)
{
	struct world *w = *state;
	struct rc_failure *f = &w->sample.failure;
	struct rc_name other;
	assert_int_equal(rc_name_parse("other", &other), RC_OK);
	rc_report_failure(w->report, f);
	f->zone = &other;
	rc_report_failure(w->report, f);
	f->zone = NULL;
	rc_report_failure(w->report, f);
	f->server = &w->sample.chain[1];
	rc_report_failure(w->report, f);
	f->cause = rc_cause_at(1);
	rc_report_failure(w->report, f);
	rc_report_failure(w->report, f);
	assert_non_null(strstr(write_report(w), "6 failures, of 5 kinds "));
}

static void the_most_certain_failure_speaks_for_its_group(void **state)
{
	struct world *w = *state;
	struct rc_failure *f = &w->sample.failure;
	f->confidence = RC_CONF_POSSIBLE;
	f->explanation = "First guess.";
	rc_report_failure(w->report, f);
	f->confidence = RC_CONF_PROVEN;
	f->explanation = "Certain.";
	rc_report_failure(w->report, f);
	f->confidence = RC_CONF_LIKELY;
	f->explanation = "Afterthought.";
	rc_report_failure(w->report, f);
	const char *text = write_report(w);
	assert_non_null(strstr(text, "Certain."));
	assert_null(strstr(text, "First guess."));
	assert_null(strstr(text, "Afterthought."));
	assert_non_null(strstr(text, "(proven)"));
}

/* Nothing failed among what was paired: that says little where half of the traffic is missing. */
static void answers_without_their_questions_are_told(void **state)
{
	static const struct counted {
		uint64_t orphan_answers, orphan_errors, early_answers, early_errors;
	} counted = {240, 3, 8, 2};
	static const struct rc_counter_desc rows[] = {
		{"orphan_answers", "", offsetof(struct counted, orphan_answers)},
		{"orphan_errors", "", offsetof(struct counted, orphan_errors)},
		{"early_answers", "", offsetof(struct counted, early_answers)},
		{"early_errors", "", offsetof(struct counted, early_errors)},
	};
	struct world *w = *state;
	struct rc_counter_set set = {"pair", rows, 4, &counted};
	rc_report_stats(w->report, 1, 2, &set, 1);
	const char *text = write_report(w);
	assert_non_null(strstr(text, "Failures none Unjudged 232 answers to questions not in this "
				     "input, of them 1 error"));
}

static void heavier_groups_come_first(void **state)
{
	struct world *w = *state;
	struct rc_failure *f = &w->sample.failure;
	struct rc_name heavy;
	assert_int_equal(rc_name_parse("heavy", &heavy), RC_OK);
	rc_report_failure(w->report, f);
	f->zone = &heavy;
	rc_report_failure(w->report, f);
	rc_report_failure(w->report, f);
	const char *text = write_report(w);
	const char *first = strstr(text, ": heavy Cause "),
		   *second = strstr(text, ": example Cause ");
	assert_true(first != NULL && second != NULL && first < second);
}

static void groups_are_bounded_and_the_rest_is_counted(void **state)
{
	struct world *w = *state;
	struct rc_name zone;
	w->sample.failure.zone = &zone;
	for (unsigned i = 0; i < RC_REPORT_GROUPS_MAX + 7; i++) {
		char text[32];
		snprintf(text, sizeof text, "z%u.example", i);
		assert_int_equal(rc_name_parse(text, &zone), RC_OK);
		rc_report_failure(w->report, &w->sample.failure);
	}
	assert_non_null(strstr(write_report(w), "7 failures are not shown"));
}

/* As it was told last; incidents of failures are the groups' business. */
static void a_degraded_zone_is_told_once(void **state)
{
	struct world *w = *state;
	struct rc_incident *incident = &w->sample.incident;
	rc_report_incident(w->report, incident);
	incident->degraded = true;
	incident->server = &w->sample.x.server;
	incident->summary = "first words";
	incident->evidence = w->sample.failure.evidence;
	incident->n_evidence = 1;
	rc_report_incident(w->report, incident);
	incident->state = RC_INCIDENT_CLOSE;
	incident->summary = "last words";
	rc_report_incident(w->report, incident);
	const char *text = write_report(w), *told = strstr(text, "Degraded zones");
	assert_non_null(told);
	assert_non_null(strstr(told, "last words Proof frame"));
	assert_null(strstr(told, "first words"));
	assert_null(strstr(strstr(told, "last words") + 1, "last words"));
}

static void degraded_zones_are_bounded_and_the_rest_is_counted(void **state)
{
	struct world *w = *state;
	w->sample.incident.degraded = true;
	w->sample.incident.state = RC_INCIDENT_OPEN;
	for (unsigned i = 0; i < RC_REPORT_DEGRADED_MAX + 3; i++) {
		w->sample.incident.id = i + 1;
		rc_report_incident(w->report, &w->sample.incident);
	}
	assert_non_null(strstr(write_report(w), "3 degraded zones are not shown"));
}

static void distinct_clients_are_bounded_and_said(void **state)
{
	struct world *w = *state;
	for (unsigned i = 0; i < RC_DISTINCT_MAX + 50; i++) {
		w->sample.x.asker.bytes[14] = (uint8_t)(i >> 8);
		w->sample.x.asker.bytes[15] = (uint8_t)i;
		rc_report_failure(w->report, &w->sample.failure);
	}
	assert_non_null(strstr(write_report(w), "more than 256 clients"));
}

/* A name of 253 octets that each print as \DDD, and control characters in a sentence. */
static void hostile_text_keeps_the_form(void **state)
{
	struct world *w = *state;
	struct rc_name *name = &w->sample.msg.qname;
	name->len = 0;
	for (unsigned label = 0; label < 3; label++) {
		name->wire[name->len++] = 63;
		memset(name->wire + name->len, 1, 63);
		name->len = (uint8_t)(name->len + 63);
	}
	name->wire[name->len++] = 0;
	name->labels = 3;
	w->sample.failure.explanation = "a\033[31mb\nc";
	rc_report_failure(w->report, &w->sample.failure);
	rc_report_write(w->report, false, &w->text);
	rc_buf_putc(&w->text, '\0');
	assert_null(strchr(w->text.data, '\033'));
	assert_non_null(strstr(w->text.data, "a?[31mb?c\n"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_input_without_failures_says_so),
		CASE(answers_without_their_questions_are_told),
		CASE(failures_of_one_cause_and_zone_are_one_group),
		CASE(another_zone_cause_or_server_is_another_group),
		CASE(the_most_certain_failure_speaks_for_its_group),
		CASE(heavier_groups_come_first),
		CASE(groups_are_bounded_and_the_rest_is_counted),
		CASE(a_degraded_zone_is_told_once),
		CASE(degraded_zones_are_bounded_and_the_rest_is_counted),
		CASE(distinct_clients_are_bounded_and_said),
		CASE(hostile_text_keeps_the_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
