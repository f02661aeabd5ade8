#include "analyze/decide/asked.h"
#include "tests/analyze/build.h"

#define BYTES 65536u

static struct rc_asked_table *table(void)
{
	struct rc_asked_table *t;
	assert_int_equal(rc_asked_new(BYTES, SEED, &t), RC_OK);
	return t;
}

static struct rc_exchange failed(const char *server, int64_t first_ns, int64_t end_ns)
{
	return (struct rc_exchange){.state = RC_X_ANSWERED,
				    .server = addr(server),
				    .name_hash = 7,
				    .qtype = RC_TYPE_A,
				    .qclass = RC_CLASS_IN,
				    .first_ns = T0 + first_ns,
				    .end_ns = T0 + end_ns};
}

/* What is known at an exchange, whose server has these addresses. */
static struct rc_case_sources note(struct rc_asked_table *t, struct rc_exchange x,
				   const struct rc_addr *addrs, size_t n)
{
	struct rc_case_sources s = {.shared_ns = INT64_MAX};
	bool new;
	assert_non_null(rc_asked_note(t, &x, addrs, n, &s, &new));
	assert_true(!new || (!s.asked_before && !s.fetch_known && s.shared_ns == INT64_MAX));
	return s;
}

static struct rc_case_sources note_one(struct rc_asked_table *t, struct rc_exchange x)
{
	return note(t, x, &x.server, 1);
}

static void who_joins_a_fetch_is_told_when_it_began(void **state)
{
	struct rc_asked_table *t = table();
	(void)state;
	struct rc_case_sources s = note_one(t, failed("192.0.2.53", 0, 2000 * MS));
	assert_false(s.asked_before);
	s = note_one(t, failed("192.0.2.53", 1500 * MS, 2001 * MS));
	assert_true(s.asked_before);
	assert_true(s.fetch_known);
	assert_true(s.shared_ns == T0);
	rc_asked_free(t);
}

static void who_asks_later_shares_no_fetch(void **state)
{
	struct rc_asked_table *t = table();
	(void)state;
	note_one(t, failed("192.0.2.53", 0, 2000 * MS));
	struct rc_case_sources s = note_one(t, failed("192.0.2.53", 3000 * MS, 5000 * MS));
	assert_true(s.asked_before);
	assert_false(s.fetch_known);
	assert_true(s.shared_ns == INT64_MAX);
	rc_asked_free(t);
}

static void another_server_knows_nothing_of_it(void **state)
{
	struct rc_asked_table *t = table();
	(void)state;
	note_one(t, failed("192.0.2.53", 0, 2000 * MS));
	assert_false(note_one(t, failed("192.0.2.54", 1500 * MS, 2001 * MS)).asked_before);
	rc_asked_free(t);
}

static void the_same_resolver_is_one_by_all_its_addresses(void **state)
{
	const struct rc_addr here[2] = {addr("192.0.2.53"), addr("2001:db8::53")};
	const struct rc_addr there[2] = {here[1], here[0]};
	struct rc_asked_table *t = table();
	(void)state;
	note(t, failed("192.0.2.53", 0, 2000 * MS), here, 2);
	struct rc_case_sources s = note(t, failed("2001:db8::53", 1500 * MS, 2001 * MS), there, 2);
	assert_true(s.asked_before);
	assert_true(s.shared_ns == T0);
	rc_asked_free(t);
}

static void what_is_long_past_is_forgotten(void **state)
{
	struct rc_asked_table *t = table();
	(void)state;
	note_one(t, failed("192.0.2.53", 0, 2000 * MS));
	int64_t later = RC_NEAR_NS;
	assert_false(note_one(t, failed("192.0.2.53", later, later + MS)).asked_before);
	rc_asked_free(t);
}

/* Looked at in one go, of several the latest counts: for some time behind it others may fare as it did. */
static void the_latest_that_another_was_given_is_known(void **state)
{
	struct rc_asked_table *t = table();
	struct rc_recorder *recorder = new_recorder();
	struct rc_name name = name_of("www.example");
	struct rc_exchange x = failed("192.0.2.53", 0, MS);
	struct rc_case_sources s = {.shared_ns = INT64_MAX};
	bool new;
	(void)state;
	x.name_hash = rc_name_hash(SEED, &name);
	for (unsigned i = 1; i <= 3; i++) {
		struct rc_record *r;
		uint64_t server = rc_recorder_key(recorder, rc_addr_hash(SEED, &x.server),
						  x.name_hash);
		rc_recorder_add(recorder, T0 + i * MS, &name, i, server, &r);
		r->x = x;
		r->x.first_ns = T0 + i * MS;
		r->x.answer.rcode = i < 3 ? RC_RCODE_NOERROR : RC_RCODE_SERVFAIL;
	}
	struct rc_asked *a = rc_asked_note(t, &x, &x.server, 1, &s, &new);
	rc_asked_look(a, recorder, &x.server, 1, x.name_hash);
	assert_int_equal(a->bearing, 2);
	assert_int_equal(a->bearing_ns, T0 + 2 * MS);
	rc_recorder_free(recorder);
	rc_asked_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_joins_a_fetch_is_told_when_it_began),
		cmocka_unit_test(who_asks_later_shares_no_fetch),
		cmocka_unit_test(another_server_knows_nothing_of_it),
		cmocka_unit_test(the_same_resolver_is_one_by_all_its_addresses),
		cmocka_unit_test(what_is_long_past_is_forgotten),
		cmocka_unit_test(the_latest_that_another_was_given_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
