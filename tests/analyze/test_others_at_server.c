/* What others got for the same name near in time, counted: rc_others_compare. */
#include "analyze/infer/others.h"
#include "tests/analyze/scene.h"

#define CLIENT2 "198.51.100.2"
#define RESOLVER2 "198.51.100.54"
#define RESOLVER3 "198.51.100.55"
#define S RC_NS_PER_S

static struct rc_exchange o; /* another exchange about the name */

/* A client gets SERVFAIL; another client asked the same server the same, a second before, and got an answer. */
static void meet(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.x.first_frame = 9;
	o = s.x;
	o.first_frame = 1;
	o.asker = addr(CLIENT2);
	o.answer.rcode = RC_RCODE_NOERROR;
	o.answer.counts[0] = 1;
	o.first_ns = o.last_ns = T0 - S;
	o.end_ns = o.first_ns + MS;
}

static const struct rc_others *compare(void)
{
	record(&o, "www.example");
	record(&s.x, "www.example");
	rc_others_compare(&s.c);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return &s.c.others;
}

#define assert_count(otherwise, field, wanted) \
	do { \
		meet(); \
		otherwise; \
		assert_int_equal(compare()->field, wanted); \
	} while (0)

static void what_other_clients_got_there_is_counted(void **state)
{
	(void)state;
	assert_count((void)0, same_server_ok, 1);
	assert_count((void)0, same_server_failed, 0);
	assert_count((void)0, same_client_ok, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, same_server_ok, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, same_server_failed, 1);
	assert_count(o.server = addr(SERVER1), same_server_ok, 0);
	assert_count((void)0, same_server_type_ok, 1);
	assert_count(o.qtype = RC_TYPE_AAAA, same_server_type_ok, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, same_server_type_ok, 0);
	assert_count((void)0, earlier, 1);
	assert_count(o.first_ns = T0 + S, earlier, 0);
	assert_count((void)0, silent, 0);
	assert_count(o.state = RC_X_UNANSWERED, silent, 1);
}

/* Two minutes each way; who still waits has to have waited for some time. */
static void only_what_is_near_is_compared(void **state)
{
	(void)state;
	assert_count(o.first_ns = T0 - RC_NEAR_NS + 1, same_server_ok, 1);
	assert_count(o.first_ns = T0 - RC_NEAR_NS, same_server_ok, 0);
	assert_count(o.first_ns = T0 + RC_NEAR_NS - 1, same_server_ok, 1);
	assert_count(o.first_ns = T0 + RC_NEAR_NS, same_server_ok, 0);
	assert_count(o.state = RC_X_PENDING, silent, 0);
	assert_count((o.state = RC_X_PENDING, o.last_ns = T0 - 2 * S), silent, 1);
}

static void who_asks_alike_is_told_apart(void **state)
{
	(void)state;
	assert_count((void)0, same_server_alike_ok, 1);
	assert_count(o.query.edns = true, same_server_alike_ok, 0);
	assert_count(o.query.options = 2, same_server_alike_ok, 0);
	assert_count(o.query.do_bit = true, same_server_alike_ok, 0);
	assert_count(o.qtype = RC_TYPE_AAAA, same_server_alike_ok, 0);
	assert_count(o.answer.rcode = RC_RCODE_REFUSED, same_server_alike_ok, 0);
	assert_count(o.asker = s.x.asker, same_client_alike_ok, 1);
	assert_count((o.asker = s.x.asker, o.qtype = RC_TYPE_AAAA), same_client_alike_ok, 0);
	assert_count((o.asker = s.x.asker, o.answer.rcode = RC_RCODE_REFUSED), same_client_alike_ok,
		     0);
}

/* Given after this one was asked, before it was told the failure. */
static void what_was_given_meanwhile_is_told_apart(void **state)
{
	(void)state;
	assert_count((void)0, got_before, 0);
	assert_count((s.c.from_ns = T0 - 2 * S), got_before, 1);
	assert_count((s.c.from_ns = T0 - 2 * S, o.end_ns = T0), got_before, 0);
	assert_count((s.c.from_ns = T0 - 2 * S, o.qtype = RC_TYPE_AAAA), got_before, 0);
	assert_count((s.c.from_ns = T0 - 2 * S, o.answer.rcode = RC_RCODE_SERVFAIL), got_before, 0);
}

static void answer_at(int64_t end_ns)
{
	o.first_ns = o.last_ns = end_ns - MS;
	o.end_ns = end_ns;
}

static void what_is_given_as_it_is_asked_is_in_hand(void **state)
{
	(void)state;
	assert_count(answer_at(T0 - 900 * MS), in_hand, true);
	assert_count((answer_at(T0 - 900 * MS), o.asker = s.x.asker), in_hand, true);
	assert_count(answer_at(T0 - S), in_hand, false);
	assert_count(answer_at(T0 + S), in_hand, true);
	assert_count(answer_at(T0 + RC_SLOW_NS), in_hand, false);
	assert_count((answer_at(T0), o.qtype = RC_TYPE_AAAA), in_hand, false);
	assert_count((answer_at(T0), o.answer.rcode = RC_RCODE_SERVFAIL), in_hand, false);
	assert_count((answer_at(T0), o.answer.flags |= RC_FLAG_TC), in_hand, false);
	assert_count((answer_at(T0), o.server = addr(SERVER1)), in_hand, false);
}

static void the_nearest_that_got_it_or_was_refused_counts(void **state)
{
	(void)state;
	assert_count((void)0, nearest_gap_ns, S + 1);
	assert_count((void)0, others_refused, false);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, nearest_gap_ns, 0);
	assert_count(o.answer.rcode = RC_RCODE_REFUSED, nearest_gap_ns, 0);
	assert_count((o.answer.rcode = RC_RCODE_REFUSED, serve(CLIENT2, RESOLVER)), nearest_gap_ns,
		     S + 1);
	assert_count((o.answer.rcode = RC_RCODE_REFUSED, serve(CLIENT2, RESOLVER)), others_refused,
		     true);
	assert_count((o.answer.rcode = RC_RCODE_REFUSED, serve(CLIENT2, RESOLVER)), served_refused,
		     1);
	assert_count((o.state = RC_X_UNANSWERED, o.answer.rcode = RC_RCODE_REFUSED,
		      serve(CLIENT2, RESOLVER)),
		     served_refused, 0);
	meet();
	record(&o, "www.example");
	o.first_ns = T0 - 2 * S;
	assert_int_equal(compare()->nearest_gap_ns, S + 1);
}

/* When something of the name, and the answer itself, were given last before the failure was told. */
static void when_it_was_given_last_is_known(void **state)
{
	(void)state;
	assert_count((void)0, given_ns, T0 - S + MS);
	assert_count((void)0, others_given_ns, T0 - S + MS);
	assert_count((void)0, question_given_ns, T0 - S + MS);
	assert_count(o.end_ns = T0 + S, given_ns, 0);
	assert_count(o.end_ns = T0 + S, others_given_ns, T0 + S);
	assert_count(o.end_ns = T0 + S, question_given_ns, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, given_ns, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, others_given_ns, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, question_given_ns, 0);
	assert_count(o.qtype = RC_TYPE_AAAA, given_ns, T0 - S + MS);
	assert_count(o.qtype = RC_TYPE_AAAA, question_given_ns, 0);
	meet();
	record(&o, "www.example");
	o.end_ns = T0 - 2 * S; /* the latest counts */
	assert_int_equal(compare()->given_ns, T0 - S + MS);
}

/* Failures other than SERVFAIL may be about the client, and the way it asks. */
static void what_another_client_was_given_says_less_of_a_refusal(void **state)
{
	(void)state;
	assert_count(s.x.answer.rcode = RC_RCODE_REFUSED, question_given_ns, 0);
	assert_count(s.x.state = RC_X_UNANSWERED, question_given_ns, 0);
	assert_count((s.x.answer.rcode = RC_RCODE_REFUSED, o.asker = s.x.asker), question_given_ns,
		     T0 - S + MS);
	assert_count(
		(s.x.answer.rcode = RC_RCODE_REFUSED, o.asker = s.x.asker, o.query.edns = true),
		question_given_ns, 0);
}

static void errors_to_other_types_are_counted(void **state)
{
	(void)state;
	meet();
	s.x.qtype = RC_TYPE_AAAA;
	o.answer.rcode = RC_RCODE_SERVFAIL;
	assert_int_equal(compare()->addresses_alike, 1);
	assert_count((s.x.qtype = RC_TYPE_AAAA), addresses_alike, 0);
	assert_count((s.x.qtype = RC_TYPE_AAAA, s.x.answer.rcode = RC_RCODE_NOERROR,
		      s.x.state = RC_X_UNANSWERED),
		     addresses_alike, 0);
	assert_count(o.answer.rcode = RC_RCODE_SERVFAIL, addresses_alike, 0); /* the same type */
	assert_count((s.x.qtype = RC_TYPE_AAAA, o.answer.rcode = RC_RCODE_SERVFAIL,
		      o.state = RC_X_UNANSWERED),
		     addresses_alike, 0);
	assert_count((s.x.qtype = RC_TYPE_AAAA, o.answer.rcode = RC_RCODE_SERVFAIL,
		      o.opcode = RC_OPCODE_NOTIFY),
		     addresses_alike, 0);
}

static void refuse_type(void)
{
	o.qtype = RC_TYPE_MX;
	o.answer.rcode = RC_RCODE_REFUSED;
	o.answer.flags = 0;
}

static void what_is_not_hosted_is_refused_for_all_types(void **state)
{
	(void)state;
	assert_count(refuse_type(), not_hosted, 1);
	assert_count((refuse_type(), o.answer.flags = RC_FLAG_RA), not_hosted, 0);
	assert_count((refuse_type(), o.qtype = RC_TYPE_AXFR), not_hosted, 0);
	assert_count((refuse_type(), o.answer.rcode = RC_RCODE_SERVFAIL), not_hosted, 0);
}

static void formerr_without_edns_is_counted(void **state)
{
	(void)state;
	assert_count(o.answer.rcode = RC_RCODE_FORMERR, without_edns_formerr, 1);
	assert_count((void)0, without_edns_formerr, 0);
	assert_count((o.answer.rcode = RC_RCODE_FORMERR, o.query.edns = true), without_edns_formerr,
		     0);
	assert_count((o.answer.rcode = RC_RCODE_FORMERR, o.opcode = RC_OPCODE_NOTIFY),
		     without_edns_formerr, 0);
	assert_count((o.answer.rcode = RC_RCODE_FORMERR, o.state = RC_X_UNANSWERED),
		     without_edns_formerr, 0);
}

static void validate_type(void)
{
	o.qtype = RC_TYPE_MX;
	o.answer.flags |= RC_FLAG_AD;
}

static void other_types_that_were_validated_are_counted(void **state)
{
	(void)state;
	assert_count(validate_type(), validated, 1);
	assert_count((validate_type(), o.qtype = RC_TYPE_A), validated, 0);
	assert_count((validate_type(), o.answer.flags = RC_FLAG_RA), validated, 0);
	assert_count((validate_type(), o.query.flags |= RC_FLAG_CD), validated, 0);
	assert_count((validate_type(), o.answer.rcode = RC_RCODE_SERVFAIL), validated, 0);
}

/* --- the same client --- */

static void meet_again(void)
{
	meet();
	o.asker = s.x.asker;
}

#define assert_own(otherwise, field, wanted) \
	do { \
		meet_again(); \
		otherwise; \
		assert_int_equal(compare()->field, wanted); \
	} while (0)

static void slip(void)
{
	o.answer.flags |= RC_FLAG_TC;
	o.answer.counts[0] = 0;
}

static void empty_truncated_answers_are_slips(void **state)
{
	(void)state;
	assert_own((void)0, same_client_ok, 1);
	assert_own((void)0, slipped, 0);
	assert_own(slip(), slipped, 1);
	assert_own(slip(), same_client_ok, 0);
	assert_own(slip(), same_client_alike_ok, 0);
	assert_own((slip(), o.qtype = RC_TYPE_AAAA), same_client_types_ok, 0);
	assert_own(o.qtype = RC_TYPE_AAAA, same_client_types_ok, 1);
	assert_own((slip(), o.answer.counts[0] = 1), slipped, 0);
	assert_own((slip(), o.answer.counts[1] = 1), slipped, 0);
	assert_own((slip(), o.answer.rcode = RC_RCODE_SERVFAIL), slipped, 0);
}

static void what_works_without_edns_is_counted(void **state)
{
	(void)state;
	assert_own(s.x.query.edns = true, same_client_without_edns_ok, 1);
	assert_own((void)0, same_client_without_edns_ok, 0);
	assert_own((s.x.query.edns = true, o.query.edns = true), same_client_without_edns_ok, 0);
	assert_own((s.x.query.edns = true, o.qtype = RC_TYPE_AAAA), same_client_without_edns_ok, 0);
	assert_own((s.x.query.edns = true, o.answer.rcode = RC_RCODE_SERVFAIL),
		   same_client_without_edns_ok, 0);
}

/* The example is the one that is nearest, whichever comes first. */
static void the_nearest_without_edns_is_the_example(void **state)
{
	(void)state;
	for (int newer = 0; newer < 2; newer++) {
		meet_again();
		s.x.query.edns = true;
		o.first_ns = T0 + (newer ? -3 : -2) * S;
		record(&o, "www.example");
		o.first_ns = T0 + (newer ? -2 : -3) * S;
		record(&o, "www.example");
		o.first_ns = T0 - 4 * S;
		record(&s.x, "www.example");
		rc_others_compare(&s.c);
		assert_int_equal(s.c.others.same_client_without_edns_ok, 2);
		assert_int_equal(s.c.others.without_edns_example->first_ns, T0 - 2 * S);
		rc_hosts_free(s.hosts);
		rc_recorder_free(s.recorder);
	}
}

/* --- refused for good --- */

/* The client is refused three times in six seconds, and another gets it meanwhile. */
static void shut_out(void)
{
	meet();
	s.x.answer.rcode = RC_RCODE_REFUSED;
	o.first_ns = T0 - 2 * S;
	o.end_ns = o.first_ns + MS;
	record(&o, "www.example");
	o = s.x;
	o.first_frame = 1;
	o.first_ns = T0 - 6 * S;
	record(&o, "www.example");
	o.first_ns = T0 - 3 * S;
}

#define assert_shut(otherwise, wanted) \
	do { \
		shut_out(); \
		otherwise; \
		compare(); \
		assert_int_equal(rc_case_is_shut_out(&s.c), wanted); \
	} while (0)

static void who_is_refused_for_good_while_others_get_it_is_shut_out(void **state)
{
	(void)state;
	assert_shut((void)0, true);
	assert_shut(s.x.answer.rcode = RC_RCODE_SERVFAIL, false);
	assert_shut(s.c.n_links = 1, false);
	assert_shut(o.answer.rcode = RC_RCODE_NOERROR, false); /* it was answered between */
	assert_shut(o.query.flags = 0, false);
	assert_shut(o.state = RC_X_UNANSWERED, false);
	assert_shut(o.answer.rcode = RC_RCODE_SERVFAIL, false);
	assert_shut(o.first_ns = T0 + 3 * S, true);
}

/* --- other resolvers --- */

/* Another resolver was asked the same. */
static void ask_elsewhere(void)
{
	meet();
	serve(CLIENT2, RESOLVER2);
	o.server = addr(RESOLVER2);
}

#define assert_elsewhere(otherwise, field, wanted) \
	do { \
		ask_elsewhere(); \
		otherwise; \
		assert_int_equal(compare()->field, wanted); \
	} while (0)

static void what_other_resolvers_made_of_it_is_counted(void **state)
{
	(void)state;
	assert_elsewhere((void)0, elsewhere_ok, 1);
	assert_elsewhere((void)0, elsewhere_name_ok, 1);
	assert_elsewhere((void)0, elsewhere_validated, 0);
	assert_elsewhere(o.answer.rcode = RC_RCODE_SERVFAIL, elsewhere_failed, 1);
	assert_elsewhere(o.answer.rcode = RC_RCODE_SERVFAIL, elsewhere_ok, 0);
	assert_elsewhere(o.answer.rcode = RC_RCODE_SERVFAIL, elsewhere_name_ok, 0);
	assert_elsewhere(o.qtype = RC_TYPE_AAAA, elsewhere_ok, 0);
	assert_elsewhere(o.qtype = RC_TYPE_AAAA, elsewhere_name_ok, 1);
	assert_elsewhere(o.query.flags |= RC_FLAG_CD, elsewhere_ok, 0);
	assert_elsewhere(o.query.flags = 0, elsewhere_ok, 0);
	assert_elsewhere(o.first_ns = T0 - RC_NEAR_NS, elsewhere_ok, 0);
	assert_elsewhere(enter_asker(s.hosts, RESOLVER2)->answered_ad = 1, elsewhere_validated, 1);
	assert_elsewhere((enter_asker(s.hosts, RESOLVER2)->answered_ad = 1,
			  o.answer.rcode = RC_RCODE_SERVFAIL),
			 elsewhere_validated, 0);
}

/* The failing one's own addresses are none. */
static struct rc_addr own[2];

static void declare_own(void)
{
	own[0] = s.resolver;
	own[1] = addr(RESOLVER2);
	s.c.resolver = own;
	s.c.n_resolver = 2;
}

static void addresses_of_the_same_resolver_are_not_elsewhere(void **state)
{
	(void)state;
	assert_elsewhere(declare_own(), elsewhere_ok, 0);
	assert_elsewhere((o.server = s.x.server, serve(CLIENT2, RESOLVER)), elsewhere_ok, 0);
}

/* --- the same client at other servers --- */

static void what_the_client_got_elsewhere_is_counted(void **state)
{
	(void)state;
	assert_own(o.server = addr(SERVER1), other_server_ok, 1);
	assert_own(o.server = addr(SERVER1), same_client_ok, 0);
	assert_own((o.server = addr(SERVER1), o.query.flags |= RC_FLAG_CD), other_server_ok, 0);
	assert_own((o.server = addr(SERVER1), o.query.flags |= RC_FLAG_CD), other_server_cd_ok, 1);
	assert_own((o.server = addr(SERVER1), o.answer.rcode = RC_RCODE_SERVFAIL),
		   other_server_failed, 1);
	assert_own((o.server = addr(SERVER1), o.first_ns = T0 - RC_NEAR_NS), other_server_ok, 0);
}

/* Who gives up as late as resolvers do that nobody answers, or not at all, waits. */
static void wait_elsewhere(void)
{
	meet_again();
	o.server = addr(SERVER1);
	o.answer.rcode = RC_RCODE_SERVFAIL;
	o.end_ns = o.first_ns + RC_SLOW_NS;
}

#define assert_waited(otherwise, wanted) \
	do { \
		wait_elsewhere(); \
		otherwise; \
		assert_int_equal(compare()->n_elsewhere_waited, wanted); \
	} while (0)

static void others_that_wait_in_vain_are_known(void **state)
{
	(void)state;
	assert_waited((void)0, 1);
	assert_waited(o.end_ns--, 0);
	assert_waited(o.end_ns = o.first_ns + 12 * S, 0); /* for itself */
	assert_waited(o.answer.rcode = RC_RCODE_REFUSED, 0);
	assert_waited(o.answer.flags = 0, 0);
	assert_waited(o.qtype = RC_TYPE_AAAA, 0);
	assert_waited((o.state = RC_X_UNANSWERED, o.end_ns = o.first_ns), 1);
	assert_waited(record(&o, "www.example"), 1); /* the same server */
	assert_waited((record(&o, "www.example"), o.server = addr(SERVER2)), 2);
}

/* One that gave up after a query or two; or two, one of them seen alive. */
static bool wait_for_it(int64_t took_ns, bool answered, bool second, bool alive)
{
	struct rc_exchange waited[2];
	wait_elsewhere();
	o.state = answered ? RC_X_ANSWERED : RC_X_UNANSWERED;
	o.end_ns = o.first_ns + took_ns;
	waited[0] = waited[1] = o;
	waited[1].server = addr(RESOLVER3);
	waited[1].state = RC_X_UNANSWERED;
	s.c.others.elsewhere_waited[0] = &waited[0];
	s.c.others.elsewhere_waited[1] = &waited[1];
	s.c.others.n_elsewhere_waited = 1 + second;
	if (alive)
		serve(CLIENT2, RESOLVER3);
	bool wait = rc_case_do_others_wait(&s.c);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return wait;
}

static void a_long_wait_of_one_alone_may_be_its_own(void **state)
{
	(void)state;
	assert_true(wait_for_it(2400 * MS, true, false, false));
	assert_true(wait_for_it(2400 * MS, true, true, false));
	assert_false(wait_for_it(2500 * MS, true, false, false));
	assert_true(wait_for_it(2500 * MS, true, true, false));
	assert_false(wait_for_it(2400 * MS, false, false, false));
	assert_false(wait_for_it(2400 * MS, false, true, false));
	assert_true(wait_for_it(2400 * MS, false, true, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_other_clients_got_there_is_counted),
		cmocka_unit_test(only_what_is_near_is_compared),
		cmocka_unit_test(who_asks_alike_is_told_apart),
		cmocka_unit_test(what_was_given_meanwhile_is_told_apart),
		cmocka_unit_test(what_is_given_as_it_is_asked_is_in_hand),
		cmocka_unit_test(the_nearest_that_got_it_or_was_refused_counts),
		cmocka_unit_test(when_it_was_given_last_is_known),
		cmocka_unit_test(what_another_client_was_given_says_less_of_a_refusal),
		cmocka_unit_test(errors_to_other_types_are_counted),
		cmocka_unit_test(what_is_not_hosted_is_refused_for_all_types),
		cmocka_unit_test(formerr_without_edns_is_counted),
		cmocka_unit_test(other_types_that_were_validated_are_counted),
		cmocka_unit_test(empty_truncated_answers_are_slips),
		cmocka_unit_test(what_works_without_edns_is_counted),
		cmocka_unit_test(the_nearest_without_edns_is_the_example),
		cmocka_unit_test(who_is_refused_for_good_while_others_get_it_is_shut_out),
		cmocka_unit_test(what_other_resolvers_made_of_it_is_counted),
		cmocka_unit_test(addresses_of_the_same_resolver_are_not_elsewhere),
		cmocka_unit_test(what_the_client_got_elsewhere_is_counted),
		cmocka_unit_test(others_that_wait_in_vain_are_known),
		cmocka_unit_test(a_long_wait_of_one_alone_may_be_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
