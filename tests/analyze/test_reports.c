#include "analyze/infer/reports.h"
#include "tests/analyze/sim.h"

static void only_the_form_of_rfc_9567_is_a_report(void **state)
{
	static const char *const good[] = {
		"_er.1.www.example.7._er.agent.test", "_er.28.example.22._er.agent.test",
		"_er.1.22._er.agent.test", "_er.1-28.www.example.7._er.agent.test"};
	static const char *const bad[] = {"www.example",
					  "_er",
					  "_er.1.www.example",
					  "_er.a.www.example.7._er.agent.test",
					  "_er.1.www.example.x._er.agent.test",
					  "_er.1.www.example.99999._er.agent.test",
					  "er.1.www.example.7._er.agent.test"};
	struct rc_name n;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		n = name_of(good[i]);
		if (!rc_is_report(&n))
			fail_msg("%s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		n = name_of(bad[i]);
		if (rc_is_report(&n))
			fail_msg("%s", bad[i]);
	}
}

static void a_report_is_found_by_what_it_reports(void **state)
{
	struct rc_reports *r;
	struct rc_exchange x = {.asker = addr(RESOLVER)};
	struct rc_name report = name_of("_er.1.www.example.7._er.agent.test");
	struct rc_name subject = name_of("www.example"), other = name_of("mail.example");
	(void)state;
	assert_int_equal(rc_reports_new(SEED, &r), RC_OK);
	rc_reports_note(r, &x, &report);
	const struct rc_report *found = rc_reports_find(r, &subject, RC_TYPE_A);
	assert_non_null(found);
	assert_int_equal(found->code, 7);
	assert_null(rc_reports_find(r, &subject, RC_TYPE_AAAA));
	assert_null(rc_reports_find(r, &other, RC_TYPE_A));
	rc_reports_free(r);
}

/* A failure that the resolver says nothing about to its client, and reports to the zone's agent. */
static void a_report_says_what_the_answer_does_not(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "_er.1.www.example.7._er.agent.test");
	reply(&s, LATE + 2, ROOT_SERVER, RESOLVER, 11, AUTHORITY | RC_RCODE_NXDOMAIN,
	      "_er.1.www.example.7._er.agent.test");
	reply(&s, LATE + 3, RESOLVER, CLIENT, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "dnssec.signature_expired");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

static void a_report_that_fails_is_no_failure(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, ZONE_SERVER, 10, QUERY, "_er.1.www.example.7._er.agent.test");
	reply(&s, LATE + 2, ZONE_SERVER, CLIENT, 10, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED,
	      "_er.1.www.example.7._er.agent.test");
	finish(&s);
	assert_int_equal(s.n, 0);
}

static void a_signal_names_the_anchors_of_its_asker(void **state)
{
	static const char *const none[] = {"_ta-4f6", "_ta_4f66", "_ta-4f66.example", "_tb-4f66",
					   "_ta-4g66"};
	struct rc_reports *r;
	struct rc_exchange x = {.asker = addr(RESOLVER)};
	struct rc_addr other = addr(CLIENT);
	struct rc_name name = name_of("_ta-4f66-9728");
	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct rc_name bad = name_of(none[i]);
		assert_int_equal(rc_reports_new(SEED, &r), RC_OK);
		rc_reports_note(r, &x, &bad);
		assert_null(rc_reports_signal(r, &x.asker));
		rc_reports_free(r);
	}
	assert_int_equal(rc_reports_new(SEED, &r), RC_OK);
	assert_true(rc_may_report(name.wire));
	rc_reports_note(r, &x, &name);
	const struct rc_signal *s = rc_reports_signal(r, &x.asker);
	assert_non_null(s);
	assert_int_equal(s->n_tags, 2);
	assert_int_equal(s->tags[0], 20326);
	assert_int_equal(s->tags[1], 38696);
	assert_null(rc_reports_signal(r, &other));
	rc_reports_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_form_of_rfc_9567_is_a_report),
		cmocka_unit_test(a_report_is_found_by_what_it_reports),
		cmocka_unit_test(a_report_says_what_the_answer_does_not),
		cmocka_unit_test(a_report_that_fails_is_no_failure),
		cmocka_unit_test(a_signal_names_the_anchors_of_its_asker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
