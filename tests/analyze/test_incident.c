#include "analyze/decide/incident.h"
#include "tests/analyze/build.h"

static const struct rc_cause cause = {.slug = "upstream.timeout", .title = "no answer came"};
static const struct rc_cause other_cause = {.slug = "upstream.servfail", .title = "SERVFAIL"};

/* Counts what is told; keeps the last. */
struct scene {
	struct rc_incidents *incidents;
	unsigned told[3];
	struct rc_incident last;
	char summary[2048];
};

static void on_incident(void *context, const struct rc_incident *in)
{
	struct scene *s = context;
	s->told[in->state]++;
	s->last = *in;
	snprintf(s->summary, sizeof s->summary, "%s", in->summary);
	for (const char *c = s->summary; *c != '\0'; c++)
		assert_in_range(*c, 32, 126);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof *s);
	assert_non_null(s);
	assert_int_equal(rc_incidents_new(1, on_incident, s, &s->incidents), RC_OK);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;
	rc_incidents_free(s->incidents);
	free(s);
	return 0;
}

/* Notes a failure and gives back its incident. */
static struct rc_failure note_with(struct scene *s, int64_t ts_s, const struct rc_cause *why,
				   const char *zone, const char *client,
				   const struct rc_scope *scope)
{
	static struct rc_exchange x;
	static struct rc_name name, subject;
	x = (struct rc_exchange){.first_ns = T0 + ts_s * RC_NS_PER_S,
				 .end_ns = T0 + ts_s * RC_NS_PER_S,
				 .asker = addr(client),
				 .server = addr("192.0.2.53")};
	name = name_of("www.example");
	struct rc_failure f = {.exchange = &x,
			       .qname = &name,
			       .cause = why,
			       .confidence = RC_CONF_LIKELY,
			       .scope = *scope};
	if (zone != NULL) {
		subject = name_of(zone);
		f.zone = &subject;
	}
	rc_incidents_note(s->incidents, &f, T0 + ts_s * RC_NS_PER_S);
	return f;
}

static struct rc_failure note(struct scene *s, int64_t ts_s, const struct rc_cause *why,
			      const char *zone, const char *client, bool others_ok)
{
	return note_with(s, ts_s, why, zone, client, &(struct rc_scope){.resolvers_ok = others_ok});
}

static void failures_of_one_cause_and_zone_are_one_incident(void **state)
{
	struct scene *s = *state;
	uint64_t id = note(s, 0, &cause, "example", "192.0.2.1", false).incident;
	assert_true(id != 0);
	assert_int_equal(s->told[RC_INCIDENT_OPEN], 1);
	assert_int_equal(note(s, 1, &cause, "example", "192.0.2.2", false).incident, id);
	assert_int_equal(s->told[RC_INCIDENT_OPEN], 1);
	assert_true(note(s, 1, &other_cause, "example", "192.0.2.1", false).incident != id);
	assert_true(note(s, 1, &cause, "other", "192.0.2.1", false).incident != id);
	assert_true(note(s, 1, &cause, NULL, "192.0.2.1", false).incident != id);
	assert_int_equal(s->told[RC_INCIDENT_OPEN], 4);
	assert_int_equal(rc_incidents_stats(s->incidents)->opened, 4);
}

static void an_update_comes_once_in_a_while_and_only_with_news(void **state)
{
	struct scene *s = *state;
	note(s, 0, &cause, "example", "192.0.2.1", false);
	note(s, 10, &cause, "example", "192.0.2.2", false);
	rc_incidents_advance(s->incidents, T0 + 30 * RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_UPDATE], 0);
	rc_incidents_advance(s->incidents, T0 + 70 * RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_UPDATE], 1);
	assert_int_equal(s->last.failures, 2);
	assert_int_equal(s->last.clients, 2);
	rc_incidents_advance(s->incidents, T0 + 200 * RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_UPDATE], 1);
}

static void silence_closes_an_incident_and_a_later_failure_opens_it_again(void **state)
{
	struct scene *s = *state;
	uint64_t id = note(s, 0, &cause, "example", "192.0.2.1", false).incident;
	rc_incidents_advance(s->incidents, T0 + 299 * RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_CLOSE], 0);
	rc_incidents_advance(s->incidents, T0 + 310 * RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_CLOSE], 1);
	assert_int_equal(note(s, 400, &cause, "example", "192.0.2.1", false).incident, id);
	assert_int_equal(s->told[RC_INCIDENT_OPEN], 2);
	assert_int_equal(s->last.failures, 1);
}

static void the_end_closes_what_is_open(void **state)
{
	struct scene *s = *state;
	note(s, 0, &cause, "example", "192.0.2.1", false);
	note(s, 0, &cause, "other", "192.0.2.1", false);
	rc_incidents_finish(s->incidents, T0 + RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_CLOSE], 2);
	rc_incidents_finish(s->incidents, T0 + RC_NS_PER_S);
	assert_int_equal(s->told[RC_INCIDENT_CLOSE], 2);
}

static void what_worked_for_others_is_not_persistent(void **state)
{
	struct scene *s = *state;
	note(s, 0, &cause, "example", "192.0.2.1", false);
	assert_true(s->last.persistent);
	note(s, 1, &cause, "example", "192.0.2.1", true);
	rc_incidents_finish(s->incidents, T0 + RC_NS_PER_S);
	assert_false(s->last.persistent);
}

static bool is_persistent(struct scene *s, int64_t given_s)
{
	struct rc_scope scope = {.given_ns = T0 + given_s * RC_NS_PER_S};
	note(s, 10, &cause, "example", "192.0.2.1", false);
	note_with(s, 30, &cause, "example", "192.0.2.1", &scope);
	rc_incidents_finish(s->incidents, T0 + 40 * RC_NS_PER_S);
	return s->last.persistent;
}

static void what_worked_between_two_failures_is_not_persistent(void **state)
{
	assert_true(is_persistent(*state, 5));
	assert_false(is_persistent(*state, 20));
}

static void distinct_clients_are_counted_up_to_a_ceiling(void **state)
{
	struct scene *s = *state;
	char client[32];
	for (unsigned i = 0; i < 600; i++) {
		snprintf(client, sizeof client, "10.0.%u.%u", i % 300 >> 8, i % 300 & 255);
		note(s, 0, &cause, "example", client, false);
	}
	rc_incidents_finish(s->incidents, T0 + RC_NS_PER_S);
	assert_int_equal(s->last.failures, 600);
	assert_int_equal(s->last.clients, 256);
	assert_true(s->last.clients_at_least);
	assert_int_equal(s->last.names, 1);
	assert_false(s->last.names_at_least);
	assert_non_null(strstr(s->summary, "at least 256"));
}

static void too_many_incidents_close_the_least_recent(void **state)
{
	struct scene *s = *state;
	char zone[32];
	for (unsigned i = 0; i < 200; i++) {
		snprintf(zone, sizeof zone, "zone%u.example", i);
		note(s, i, &cause, zone, "192.0.2.1", false);
	}
	const struct rc_incident_stats *stats = rc_incidents_stats(s->incidents);
	assert_int_equal(stats->opened, 200);
	assert_true(stats->evicted > 100);
	assert_int_equal(s->told[RC_INCIDENT_CLOSE], stats->closed);
	rc_incidents_finish(s->incidents, T0 + 300 * RC_NS_PER_S);
	assert_int_equal(stats->opened, stats->closed);
	assert_int_equal(s->told[RC_INCIDENT_CLOSE], 200);
}

static void a_missing_function_is_no_harm(void **state)
{
	struct scene s = {.told = {0}};
	(void)state;
	assert_int_equal(rc_incidents_new(1, NULL, NULL, &s.incidents), RC_OK);
	note(&s, 0, &cause, "example", "192.0.2.1", false);
	rc_incidents_finish(s.incidents, T0);
	assert_int_equal(rc_incidents_stats(s.incidents)->closed, 1);
	rc_incidents_free(s.incidents);
}

/* What waits for its deadline is decided after what began later. */
static void an_incident_begins_with_its_earliest_failure(void **state)
{
	struct scene *s = *state;
	note(s, 5, &cause, "example", "192.0.2.1", false);
	note(s, 2, &cause, "example", "192.0.2.1", false);
	rc_incidents_finish(s->incidents, T0 + 9 * RC_NS_PER_S);
	assert_int_equal(s->last.first_ns, T0 + 2 * RC_NS_PER_S);
	assert_int_equal(s->last.last_ns, T0 + 5 * RC_NS_PER_S);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(failures_of_one_cause_and_zone_are_one_incident),
		CASE(an_incident_begins_with_its_earliest_failure),
		CASE(an_update_comes_once_in_a_while_and_only_with_news),
		CASE(silence_closes_an_incident_and_a_later_failure_opens_it_again),
		CASE(the_end_closes_what_is_open),
		CASE(what_worked_for_others_is_not_persistent),
		CASE(what_worked_between_two_failures_is_not_persistent),
		CASE(distinct_clients_are_counted_up_to_a_ceiling),
		CASE(too_many_incidents_close_the_least_recent),
		cmocka_unit_test(a_missing_function_is_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
