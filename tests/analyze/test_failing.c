/* Servers without recursion that fail for their own zone when they are asked by hand. */
#include "analyze/infer/failing.h"
#include "tests/analyze/build.h"

#define SERVER "9.9.9.1"
#define SERVER2 "9.9.9.2"
#define S RC_NS_PER_S
#define BY_EDE (UINT64_C(1) << 14) /* Not Ready */

static struct rc_failing_table *table;

static void note(int64_t at_ns, const char *server, const char *text, uint64_t ede)
{
	struct rc_exchange x = {.server = addr(server), .first_ns = at_ns};
	struct rc_name name = name_of(text);
	rc_failing_note(table, &x, &name, ede);
}

static const struct rc_failing *find(const char *text)
{
	struct rc_name name = name_of(text);
	return rc_failing_find(table, &name);
}

static bool is_apart(const char *server, int64_t at_ns)
{
	struct rc_addr a = addr(server);
	return rc_failing_is_apart(table, &a, at_ns);
}

static int begin(void **state)
{
	(void)state;
	return rc_failing_new(SEED, &table);
}

static int end(void **state)
{
	(void)state;
	rc_failing_free(table);
	return 0;
}

static void the_latest_failure_of_a_name_is_kept(void **state)
{
	(void)state;
	note(T0, SERVER, "www.example", 0);
	note(T0 + S, SERVER2, "www.example", 0);
	assert_non_null(find("www.example"));
	assert_int_equal(find("www.example")->x.first_ns, T0 + S);
	assert_null(find("example"));
}

static void one_that_says_why_stays(void **state)
{
	(void)state;
	note(T0, SERVER, "www.example", BY_EDE);
	note(T0 + S, SERVER, "www.example", 0);
	assert_int_equal(find("www.example")->ede, BY_EDE);
	note(T0 + 2 * S, SERVER, "www.example", BY_EDE);
	assert_int_equal(find("www.example")->x.first_ns, T0 + 2 * S);
}

/* There is room for 64 names: each that comes takes the place of another sooner or later. */
static void another_name_takes_its_place(void **state)
{
	char text[32];
	(void)state;
	note(T0, SERVER, "www.example", BY_EDE);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "n%u.example", i);
		note(T0, SERVER, text, 0);
		assert_non_null(find(text));
	}
	assert_null(find("www.example"));
}

static void a_server_that_fails_for_several_domains_is_apart(void **state)
{
	(void)state;
	note(T0, SERVER, "www.example", 0);
	note(T0 + S, SERVER, "mail.example", 0);
	assert_false(is_apart(SERVER, T0 + S));
	note(T0 + S, SERVER, ".", 0); /* of no domain */
	assert_false(is_apart(SERVER, T0 + S));
	note(T0 + S, SERVER, "www.test", 0);
	assert_true(is_apart(SERVER, T0 + S));
	assert_true(is_apart(SERVER, T0 + 60 * S));
	assert_false(is_apart(SERVER, T0 + 61 * S));
	assert_false(is_apart(SERVER2, T0 + S));
}

/* What it failed for long before, or another server did, does not count. */
static void failures_far_apart_are_two(void **state)
{
	(void)state;
	note(T0, SERVER, "www.example", 0);
	note(T0 + 60 * S, SERVER, "www.test", 0);
	assert_false(is_apart(SERVER, T0 + 60 * S));
	note(T0 + 61 * S, SERVER2, "www.example", 0);
	assert_false(is_apart(SERVER, T0 + 61 * S));
	assert_false(is_apart(SERVER2, T0 + 61 * S));
}

/* Two servers in one place of the table: the later has it. */
static void servers_in_one_place_are_not_taken_for_one(void **state)
{
	char text[32];
	(void)state;
	note(T0, SERVER, "www.example", 0);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "10.0.%u.%u", i / 250, i % 250);
		note(T0, text, "www.test", 0);
		assert_false(is_apart(text, T0));
		note(T0, SERVER, "www.example", 0);
		assert_false(is_apart(SERVER, T0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_latest_failure_of_a_name_is_kept, begin, end),
		cmocka_unit_test_setup_teardown(one_that_says_why_stays, begin, end),
		cmocka_unit_test_setup_teardown(another_name_takes_its_place, begin, end),
		cmocka_unit_test_setup_teardown(a_server_that_fails_for_several_domains_is_apart,
						begin, end),
		cmocka_unit_test_setup_teardown(failures_far_apart_are_two, begin, end),
		cmocka_unit_test_setup_teardown(servers_in_one_place_are_not_taken_for_one, begin,
						end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
