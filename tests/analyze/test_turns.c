/* Whom a server refuses by turns: rc_case_turns. */
#include "analyze/infer/turns.h"
#include "tests/analyze/scene.h"

#define CLIENT2 "198.51.100.2"
#define CLIENT3 "198.51.100.3"
#define FULL 8u  /* open at a server without room */
#define BUSY 50u /* ... with one that works on as much */

static const char *const names[] = {"a.test", "b.test", "c.test"};
static int64_t last_ms;
static unsigned load; /* others open at the server with each that follows */
static struct rc_exchange base;

static void put(const char *client, const char *name, uint16_t rcode, int64_t took_ms)
{
	struct rc_exchange x = base;
	x.asker = addr(client);
	x.answer.rcode = rcode & 0xfffu;
	x.load = load & 0xffffu;
	x.first_ns = x.last_ns = T0 + ++last_ms * MS;
	x.end_ns = x.first_ns + took_ms * MS;
	record(&x, name);
}

/* The server refuses the client three names, and answers it three. */
static void turn(const char *client)
{
	for (unsigned i = 0; i < 3; i++)
		put(client, names[i], RC_RCODE_REFUSED, 1);
	for (unsigned i = 0; i < 3; i++)
		put(client, names[i], RC_RCODE_NOERROR, 1);
}

/* A client is refused, by a server that has refused whom it serves. */
static void refuse(void)
{
	begin_alone(RC_RCODE_REFUSED);
	last_ms = 0;
	load = 0;
	base = (struct rc_exchange){.server = addr(RESOLVER),
				    .query = {.flags = RC_FLAG_RD},
				    .answer = {.flags = RC_FLAG_RA},
				    .state = RC_X_ANSWERED,
				    .qtype = RC_TYPE_A};
	enter_asker(s.hosts, RESOLVER)->turned_s = T0 / RC_NS_PER_S;
	s.c.server_host = rc_hosts_find(s.hosts, &s.resolver);
	s.x.load = BUSY;
	record(&s.x, "www.example"); /* the first that is refused */
}

static enum rc_turns turns(void)
{
	enum rc_turns found = rc_case_turns(&s.c);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return found;
}

#define assert_turns(otherwise, wanted) \
	do { \
		refuse(); \
		otherwise; \
		assert_int_equal(turns(), RC_TURNS_##wanted); \
	} while (0)

static void who_is_refused_and_answered_the_same_is_by_turns(void **state)
{
	(void)state;
	assert_turns((void)0, NONE);
	assert_turns(turn(CLIENT), OWN);
	assert_turns(turn(CLIENT2), NONE); /* it is another's matter */
	assert_turns((turn(CLIENT), put(CLIENT2, "a.test", RC_RCODE_NOERROR, 1)), OWN);
	assert_turns((turn(CLIENT), turn(CLIENT2)), ALL);
	assert_turns((turn(CLIENT2), turn(CLIENT3)), ALL);
}

/* Fewer names may be refused by a policy about names; and where none of them is ever answered, that is what it is about. */
static void refuse_one_more(void)
{
	put(CLIENT, "b.test", RC_RCODE_REFUSED, 1);
	put(CLIENT, "b.test", RC_RCODE_REFUSED, 1); /* again */
	put(CLIENT, "a.test", RC_RCODE_NOERROR, 1);
	put(CLIENT, "b.test", RC_RCODE_NOERROR, 1);
	put(CLIENT, "x.test", RC_RCODE_NOERROR, 1);
}

static void refuse_others(uint16_t rcode)
{
	for (unsigned i = 0; i < 3; i++) {
		put(CLIENT, i == 0 ? "a.test" : i == 1 ? "b.test" : "c.test", RC_RCODE_REFUSED, 1);
		put(CLIENT, i == 0 ? "x.test" : i == 1 ? "y.test" : "a.test", rcode, 1);
	}
}

/* It gets what it was refused, and little else. */
static void give_one(uint16_t rcode)
{
	put(CLIENT, "a.test", RC_RCODE_REFUSED, 1);
	put(CLIENT, "b.test", RC_RCODE_REFUSED, 1);
	put(CLIENT, "a.test", RC_RCODE_NOERROR, 1);
	put(CLIENT, "x.test", rcode, 1);
	put(CLIENT, "y.test", rcode, 1);
}

static void what_is_about_names_is_not_by_turns(void **state)
{
	(void)state;
	assert_turns(refuse_one_more(), NONE);
	assert_turns(give_one(RC_RCODE_NOERROR), OWN);
	assert_turns(give_one(RC_RCODE_SERVFAIL), NONE);
	assert_turns(refuse_others(RC_RCODE_NOERROR), OWN);
	assert_turns(refuse_others(RC_RCODE_SERVFAIL), NONE);
	assert_turns((refuse_others(RC_RCODE_SERVFAIL), put(CLIENT, "x.test", 0, 1),
		      put(CLIENT, "y.test", 0, 1), put(CLIENT, "z.test", 0, 1)),
		     NONE);
}

/* Only what this server did near in time, as a resolver, counts. */
static void only_what_is_near_counts(void **state)
{
	(void)state;
	assert_turns((last_ms = 1500, turn(CLIENT)), NONE);
	assert_turns((last_ms = -1500, turn(CLIENT)), NONE);
	assert_turns((last_ms = -500, turn(CLIENT)), OWN);
	assert_turns((base.server = addr(SERVER1), turn(CLIENT)), NONE);
	assert_turns((base.query.flags = 0, turn(CLIENT)), NONE);
	assert_turns(s.c.server_host = NULL, NONE);
	assert_turns((turn(CLIENT), s.c.server_host = NULL), NONE);
	assert_turns(
		(turn(CLIENT), enter_asker(s.hosts, RESOLVER)->turned_s = T0 / RC_NS_PER_S - 3),
		NONE);
	assert_turns((turn(CLIENT), s.x.answer.rcode = RC_RCODE_SERVFAIL), NONE);
}

static void it_is_found_once(void **state)
{
	(void)state;
	refuse();
	s.c.turns_known = true;
	s.c.turns = RC_TURNS_ALL;
	assert_int_equal(turns(), RC_TURNS_ALL);
}

/* --- no room --- */

static void refuse_to(const char *client, unsigned n)
{
	s.c.server_host = rc_hosts_find(s.hosts, &s.resolver);
	for (unsigned i = 0; i < n; i++)
		put(client, names[i], RC_RCODE_REFUSED, 1);
}

/* The server has served the client, and refuses it whatever is new while much is open. */
static void shut(const char *client)
{
	serve(client, RESOLVER);
	refuse_to(client, 3);
}

static void shut_both(unsigned open)
{
	load = open;
	enter_asker(s.hosts, RESOLVER)->turned_s = T0 / RC_NS_PER_S;
	shut(CLIENT);
	shut(CLIENT2);
}

static void who_refuses_all_with_much_open_has_no_room(void **state)
{
	(void)state;
	assert_turns(shut_both(FULL), FULL);
	assert_turns(shut_both(FULL - 1), NONE);
	assert_turns((load = FULL, shut(CLIENT)), NONE);
	assert_turns((load = FULL, shut(CLIENT), refuse_to(CLIENT2, 3)), NONE);
	assert_turns((load = FULL, shut(CLIENT), serve(CLIENT2, RESOLVER), refuse_to(CLIENT2, 2)),
		     NONE);
	assert_turns((load = FULL, shut(CLIENT), serve(CLIENT2, RESOLVER), refuse_to(CLIENT2, 3)),
		     FULL);
	assert_turns((shut_both(FULL), load = 1, put(CLIENT, "d.test", RC_RCODE_REFUSED, 1)), NONE);
}

/* Where it works on much more at that time, it is not for want of room. */
static void work_on(unsigned open, int64_t took_ms)
{
	shut_both(FULL);
	load = open;
	put(CLIENT3, "d.test", RC_RCODE_NOERROR, took_ms);
}

static void who_works_on_more_has_room(void **state)
{
	(void)state;
	assert_turns(work_on(2 * FULL, 5), FULL);
	assert_turns(work_on(2 * FULL + 2, 5), NONE);
	assert_turns(work_on(2 * FULL + 2, 1), FULL); /* from memory */
	assert_turns((work_on(2 * FULL + 2, 5), load = 1, put(CLIENT3, "e.test", 0, 5)), NONE);
	assert_turns((shut_both(FULL), load = BUSY, put(CLIENT3, "d.test", RC_RCODE_SERVFAIL, 5)),
		     FULL);
}

/* --- a limit that names run into --- */

static void run_into(unsigned ok, unsigned refused, const char *parent)
{
	char name[32];
	for (unsigned i = 0; i < ok + refused; i++) {
		snprintf(name, sizeof name, "n%u.%s", i, parent);
		put(CLIENT, name, i < ok ? RC_RCODE_NXDOMAIN : RC_RCODE_REFUSED, 1);
	}
}

/* The failure is the last that is refused. */
static enum rc_turns after(unsigned ok, unsigned refused, const char *parent, unsigned open)
{
	refuse();
	rc_recorder_free(s.recorder);
	s.c.recorder = s.recorder = new_recorder();
	last_ms = -500;
	load = s.x.load = open & 0xffffu;
	run_into(ok, refused - 1, parent);
	record(&s.x, "www.example");
	return turns();
}

static void who_refuses_all_that_comes_after_some_names_counts_them(void **state)
{
	(void)state;
	assert_int_equal(after(3, 10, "example", 0), RC_TURNS_OWN);
	assert_int_equal(after(2, 10, "example", 0), RC_TURNS_NONE);
	assert_int_equal(after(3, 9, "example", 0), RC_TURNS_NONE);
	assert_int_equal(after(3, 10, "test", 0), RC_TURNS_NONE);
	/* It has no room for what stands there. */
	assert_int_equal(after(3, 10, "example", RC_LOAD_BUSY), RC_TURNS_NONE);
	/* It answers others between: that is about names. */
	assert_turns((run_into(3, 10, "example")), NONE);
}

/* --- let in --- */

/* Questions of the client that stand when it is refused another. */
static void let_stand(const char *client, unsigned n)
{
	last_ms = -100;
	for (unsigned i = 0; i < n; i++)
		put(client, "d.test", RC_RCODE_NOERROR, 9000);
}

/* The order of records is that of time: that of the failure stands last. */
static void refuse_after(void (*before)(void))
{
	begin_alone(RC_RCODE_REFUSED);
	last_ms = 0;
	base = (struct rc_exchange){.server = addr(RESOLVER),
				    .query = {.flags = RC_FLAG_RD},
				    .state = RC_X_ANSWERED,
				    .qtype = RC_TYPE_A};
	s.x.load = RC_LOAD_BUSY;
	s.c.timeout_ns = 10 * RC_NS_PER_S;
	before();
	record(&s.x, "www.example");
}

static bool is_let_in(void)
{
	bool found = rc_case_is_let_in(&s.c);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return found;
}

static void three_stand(void)
{
	let_stand(CLIENT, 3);
}

static void two_stand(void)
{
	let_stand(CLIENT, 2);
}

static void another_client_waits(void)
{
	let_stand(CLIENT2, 3);
}

static void another_server_is_asked(void)
{
	base.server = addr(SERVER1);
	let_stand(CLIENT, 3);
}

static void answered_soon(void)
{
	last_ms = -100;
	for (unsigned i = 0; i < 3; i++)
		put(CLIENT, "d.test", RC_RCODE_SERVFAIL, 1);
}

static void refused_from_the_first(void)
{
	last_ms = -200;
	put(CLIENT, "a.test", RC_RCODE_REFUSED, 1);
	let_stand(CLIENT, 3);
}

static void refused_by_now(void)
{
	let_stand(CLIENT, 3);
	put(CLIENT, "a.test", RC_RCODE_REFUSED, 1);
}

static void whose_questions_stand_is_let_in(void **state)
{
	(void)state;
	refuse_after(three_stand);
	assert_true(is_let_in());
	refuse_after(refused_by_now);
	assert_true(is_let_in());
	refuse_after(two_stand);
	assert_false(is_let_in());
	refuse_after(another_client_waits);
	assert_false(is_let_in());
	refuse_after(another_server_is_asked);
	assert_false(is_let_in());
	refuse_after(answered_soon);
	assert_false(is_let_in());
	refuse_after(refused_from_the_first);
	assert_false(is_let_in());
	refuse_after(three_stand);
	s.x.load = RC_LOAD_BUSY - 1;
	assert_false(is_let_in());
	refuse_after(three_stand);
	s.x.answer.rcode = RC_RCODE_SERVFAIL;
	assert_false(is_let_in());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_refused_and_answered_the_same_is_by_turns),
		cmocka_unit_test(what_is_about_names_is_not_by_turns),
		cmocka_unit_test(only_what_is_near_counts),
		cmocka_unit_test(it_is_found_once),
		cmocka_unit_test(who_refuses_all_with_much_open_has_no_room),
		cmocka_unit_test(who_works_on_more_has_room),
		cmocka_unit_test(who_refuses_all_that_comes_after_some_names_counts_them),
		cmocka_unit_test(whose_questions_stand_is_let_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
