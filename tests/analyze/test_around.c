/*
 * What else went on around a failure is found from the failure itself, whatever was asked since.
 */
#include "analyze/infer/meanwhile.h"
#include "tests/analyze/scene.h"

#define MANY 600u /* far more than are looked at of one name */

/* A question at the server, answered at once or never. */
static void ask(const char *client, const char *name, int64_t ms, bool answered)
{
	struct rc_exchange x = {.asker = addr(client),
				.server = s.x.server,
				.query = {.flags = RC_FLAG_RD},
				.first_frame = 100,
				.first_ns = T0 + ms * MS,
				.last_ns = T0 + ms * MS,
				.end_ns = T0 + (ms + 1) * MS,
				.state = answered ? RC_X_ANSWERED : RC_X_UNANSWERED};
	record(&x, name);
}

/* A client waits in vain, and another gets an answer for another name meanwhile. */
static void wait_beside_an_answer(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.x.state = RC_X_UNANSWERED;
	s.x.first_frame = 9;
	ask("198.51.100.2", "mail.example", -1, true);
	record(&s.x, "www.example");
	ask("198.51.100.2", "mail.example", 1, true);
}

static bool are_others_answered(void)
{
	bool answered = rc_case_are_others_answered(&s.c);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return answered;
}

/* The crowd comes later: how the server fared with others at the time of the question does not change by it. */
static void a_crowd_behind_a_question_hides_nothing_of_what_went_on_around_it(void **state)
{
	(void)state;
	wait_beside_an_answer();
	assert_true(are_others_answered());
	wait_beside_an_answer();
	for (unsigned i = 0; i < MANY; i++)
		ask("198.51.100.3", "www.example", 2000, false);
	assert_true(are_others_answered());
}

/* ... but where the client itself asks so much, nothing is said. */
static void what_its_own_client_asked_long_ago_may_be_too_far_back(void **state)
{
	(void)state;
	wait_beside_an_answer();
	for (unsigned i = 0; i < MANY; i++)
		ask(CLIENT, "www.example", 2000, false);
	assert_false(are_others_answered());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowd_behind_a_question_hides_nothing_of_what_went_on_around_it),
		cmocka_unit_test(what_its_own_client_asked_long_ago_may_be_too_far_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
