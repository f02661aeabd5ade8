#include "analyze/infer/error_report.h"
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
		if (!rc_is_error_report(&n))
			fail_msg("%s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		n = name_of(bad[i]);
		if (rc_is_error_report(&n))
			fail_msg("%s", bad[i]);
	}
}

static void a_report_is_found_by_what_it_reports(void **state)
{
	struct rc_error_reports *reports;
	struct rc_exchange x = {.asker = addr(RESOLVER)};
	struct rc_name report = name_of("_er.1.www.example.7._er.agent.test");
	struct rc_name subject = name_of("www.example"), other = name_of("mail.example");
	(void)state;
	assert_int_equal(rc_error_reports_new(SEED, &reports), RC_OK);
	rc_error_reports_note(reports, &x, &report);
	const struct rc_error_report *found = rc_error_reports_find(reports, &subject, RC_TYPE_A);
	assert_non_null(found);
	assert_int_equal(found->code, 7);
	assert_null(rc_error_reports_find(reports, &subject, RC_TYPE_AAAA));
	assert_null(rc_error_reports_find(reports, &other, RC_TYPE_A));
	rc_error_reports_free(reports);
}

/* A failure that the resolver says nothing about to its client, and reports to the zone's agent. */
static void a_report_says_what_the_answer_does_not(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "_er.1.www.example.7._er.agent.test");
	reply(&s, LATE + 2, ROOT_SERVER, RESOLVER, 11, AUTHORITY | RC_RCODE_NXDOMAIN,
	      "_er.1.www.example.7._er.agent.test");
	servfail(&s, LATE + 3, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_only(&s, "dnssec.signature_expired", RC_CONF_LIKELY);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_form_of_rfc_9567_is_a_report),
		cmocka_unit_test(a_report_is_found_by_what_it_reports),
		cmocka_unit_test(a_report_says_what_the_answer_does_not),
		cmocka_unit_test(a_report_that_fails_is_no_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
