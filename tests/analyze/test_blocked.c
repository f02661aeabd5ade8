/* Names that a resolver is told not to give, and what only looks so. */
#include "tests/analyze/sim.h"

#define NAME "www.test"

static void served(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, name);
	reply_a(s, ms + 1, RESOLVER, CLIENT, id, RECURSED, name);
}

/* The name is left without an answer, twice asked; meanwhile the client gets another one, or not until later. */
static void dropped(struct sim *s, int64_t served_ms)
{
	begin(s);
	warm_up(s, 0);
	served(s, 100, 10, "good.test");
	ask(s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	ask(s, LATE + 2000, CLIENT, RESOLVER, 11, QUERY, NAME);
	served(s, LATE + served_ms, 12, "good.test");
	warm_up(s, LATE + 20000);
	finish(s);
	assert_int_equal(s->n, 1);
}

static void a_name_that_is_dropped_again_and_again_is_blocked(void **state)
{
	struct sim s;
	(void)state;
	dropped(&s, 1000);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

static void who_answers_nothing_for_a_time_drops_no_name(void **state)
{
	struct sim s;
	(void)state;
	dropped(&s, 7000);
	assert_cause(&s, 0, "no_answer.server_silent");
}

/* Six questions that a policy drops are no work: the one more is dropped like them. */
static void what_is_dropped_takes_no_room(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 7; i++) {
		char name[] = "w0.test";
		name[1] = (char)('0' + i);
		ask(&s, LATE + i, "198.51.100.3", RESOLVER, 10 + i, QUERY, name);
	}
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 7);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "resolver.overload");
}

/* The resolver is given the answer, with this address, and fails. */
static void kept_back(struct sim *s, const char *address, unsigned rcode)
{
	static struct dns d;
	begin(s);
	warm_up(s, 0);
	ask_below(s, LATE, 10, "www.example");
	ask(s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	dns_query(&d, 12, AUTHORITY, "www.example", RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, "www.example", address);
	say(s, LATE + 11, ZONE_SERVER, RESOLVER, 12, &d);
	reply(s, LATE + 12, RESOLVER, CLIENT, 10, RECURSED | rcode, "www.example");
	finish(s);
	assert_int_equal(s->n, 1);
}

static void an_answer_with_a_private_address_is_kept_back(void **state)
{
	struct sim s;
	(void)state;
	kept_back(&s, "10.1.2.3", RC_RCODE_SERVFAIL);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	kept_back(&s, "203.0.113.80", RC_RCODE_SERVFAIL);
	assert_cause(&s, 0, "resolver.internal");
	kept_back(&s, "203.0.113.80", RC_RCODE_REFUSED);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* It asks for the name first, and then gives the client nothing of the answer (a policy about addresses). */
static void dropped_by_its_answer(struct sim *s, unsigned rate)
{
	begin(s);
	warm_up(s, 0);
	for (unsigned i = 0; i < rate; i++)
		served(s, LATE - 500 + i * 40, 30 + i, "good.test");
	ask_below(s, LATE, 10, "www.example");
	ask(s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply_a(s, LATE + 11, ZONE_SERVER, RESOLVER, 12, AUTHORITY, "www.example");
	served(s, LATE + 1000, 21, "good.test");
	ask(s, LATE + 2000, CLIENT, RESOLVER, 10, QUERY, "www.example");
	warm_up(s, LATE + 20000);
	finish(s);
	assert_int_equal(s->n, 1);
}

static void a_name_may_be_dropped_by_its_answer(void **state)
{
	struct sim s;
	(void)state;
	dropped_by_its_answer(&s, 1);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	dropped_by_its_answer(&s, 12); /* it may be a limit */
	assert_string_not_equal(s.seen[0].cause->slug, "policy.blocked");
}

/* Whoever answers other names knows of addresses. */
static void a_name_without_addresses_by_notimp_is_blocked(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	served(&s, 100, 10, "good.test");
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	reply(&s, LATE + 1, RESOLVER, CLIENT, 11, RECURSED | RC_RCODE_NOTIMP, NAME);
	finish(&s);
	assert_only(&s, "policy.blocked", RC_CONF_POSSIBLE);
}

/* Four questions wait for servers; a further one is refused, and nothing new is asked: or is it? */
static void refused_while_busy(struct sim *s, bool goes_on)
{
	begin(s);
	warm_up(s, 0);
	served(s, 100, 10, "good.test");
	for (unsigned i = 0; i < 5; i++) {
		char name[] = "w0.example";
		name[1] = (char)('0' + i);
		ask(s, LATE + i, CLIENT2, RESOLVER, 20 + i, QUERY, name);
		ask(s, LATE + i, RESOLVER, ZONE_SERVER, 30 + i, FETCH, name);
	}
	ask(s, LATE + 500, CLIENT, RESOLVER, 11, QUERY, NAME);
	if (goes_on)
		ask(s, LATE + 500, RESOLVER, ROOT_SERVER, 40, FETCH, "good.test");
	reply(s, LATE + 501, RESOLVER, CLIENT, 11, RECURSED | RC_RCODE_REFUSED, NAME);
	finish(s);
	assert_true(s->n > 0);
	assert_int_equal(s->seen[0].x.id, 11);
}

static void who_takes_up_nothing_new_has_no_room(void **state)
{
	struct sim s;
	(void)state;
	refused_while_busy(&s, false);
	assert_cause(&s, 0, "resolver.overload");
	refused_while_busy(&s, true);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

static void not_implemented(struct sim *s, int64_t ms, unsigned id, uint16_t type)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, QUERY, NAME, type);
	send_message(s, ms, CLIENT, 20000 + id, RESOLVER, 53, &d);
	dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_NOTIMP, NAME, type);
	say(s, ms + 1, RESOLVER, CLIENT, id, &d);
}

/* What is said to its addresses as well is about the name; of a common type alone it may be either. */
static void notimp_to_a_common_type_may_be_about_the_name(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned both = 0; both < 2; both++) {
		begin_warm(&s);
		served(&s, 100, 10, "good.test");
		if (both)
			not_implemented(&s, LATE, 11, RC_TYPE_A);
		not_implemented(&s, LATE + 10, 12, RC_TYPE_MX);
		finish(&s);
		assert_int_equal(s.n, both + 1);
		assert_cause(&s, both, both ? "policy.blocked" : "unsupported.qtype");
		assert_int_equal(s.seen[both].confidence, RC_CONF_POSSIBLE);
	}
}

/* The zone's servers refuse, the last with this code; the client is told SERVFAIL, and that the name is blocked. */
static void refused_and_called_blocked(struct sim *s, int code, const char *text)
{
	static struct dns d;
	begin(s);
	warm_up(s, 0);
	ask_below(s, LATE, 10, "www.example");
	ask(s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(s, LATE + 11, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	ask(s, LATE + 12, RESOLVER, ZONE_SERVER2, 13, FETCH, "www.example");
	dns_query(&d, 13, RC_FLAG_QR | RC_RCODE_REFUSED, "www.example", RC_TYPE_A);
	dns_opt(&d, true, code);
	say(s, LATE + 13, ZONE_SERVER2, RESOLVER, 13, &d);
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_opt_said(&d, false, 15, text);
	say(s, LATE + 14, RESOLVER, CLIENT, 10, &d);
	finish(s);
	assert_int_equal(s->n, 1);
}

static void who_is_refused_may_call_it_blocked(void **state)
{
	struct sim s;
	(void)state;
	refused_and_called_blocked(&s, -1, "");
	assert_cause(&s, 0, "delegation.lame_refused");
	refused_and_called_blocked(&s, 18, "Upstream server refused the query");
	assert_cause(&s, 0, "delegation.lame_refused");
	refused_and_called_blocked(&s, 15, "");
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.lame_refused");
}

/* Its own queries are not seen: the text says whose word it is. */
static void a_refusal_told_as_a_block_is_known_by_its_text(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	served(&s, 0, 8, "good.test");
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_opt_said(&d, false, 15, "Upstream server refused the query");
	say(&s, LATE + 14, RESOLVER, CLIENT, 10, &d);
	finish(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_LIKELY);
}

/* A forwarder is told that there is no such name, and fails: the one that told it says that it blocks the name. */
static void what_the_resolver_of_a_forwarder_blocks_is_blocked(void **state)
{
	static const int codes[] = {15, 17, 29};
	static struct sim s;
	static struct dns d;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, NAME);
		ask(&s, LATE + 1, FORWARDER, RESOLVER, 3, QUERY, NAME);
		dns_query(&d, 3, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		dns_rr_soa(&d, RC_AUTHORITY, "test");
		dns_opt(&d, true, codes[i]);
		say(&s, LATE + 2, RESOLVER, FORWARDER, 3, &d);
		servfail(&s, LATE + 3, FORWARDER, CLIENT, 1, NAME);
		finish(&s);
		assert_int_equal(s.n, 1);
		if (codes[i] == 29) { /* Synthesized: no word of a policy */
			assert_string_not_equal(s.seen[0].cause->slug, "policy.blocked");
			continue;
		}
		assert_cause(&s, 0, "policy.blocked");
		assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
	}
}

/*
 * It has no EDE. The SOA of the name itself, or of a zone it does not lie in, shows that no zone said so;
 * but behind an alias it is the target's.
 */
static void what_no_zone_would_say_is_made_up_by_a_policy(void **state)
{
	static const char *const apex[] = {NAME, "policy.local", "test", "policy.local"};
	static struct sim s;
	static struct dns d;
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, NAME);
		dns_query(&d, 3, QUERY, NAME, RC_TYPE_A);
		dns_opt(&d, true, -1);
		send_message(&s, LATE + 1, FORWARDER, 20003, RESOLVER, 53, &d);
		dns_query(&d, 3, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
		if (i == 3)
			dns_rr_name(&d, RC_ANSWER, NAME, RC_TYPE_CNAME, "gone.policy.local");
		dns_rr_soa(&d, RC_AUTHORITY, apex[i]);
		say(&s, LATE + 2, RESOLVER, FORWARDER, 3, &d);
		servfail(&s, LATE + 3, FORWARDER, CLIENT, 1, NAME);
		finish(&s);
		assert_int_equal(s.n, 1);
		if (i >= 2) {
			assert_string_not_equal(s.seen[0].cause->slug, "policy.blocked");
			continue;
		}
		assert_cause(&s, 0, "policy.blocked");
		assert_int_equal(s.seen[0].confidence, i == 0 ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* It writes a SOA record of the name itself, and was told that of the zone above. */
static void what_is_handed_on_in_other_words_is_not_made_up(void **state)
{
	static struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, NAME);
	dns_query(&d, 3, QUERY, NAME, RC_TYPE_A);
	dns_opt(&d, true, -1);
	send_message(&s, LATE + 1, FORWARDER, 20003, RESOLVER, 53, &d);
	ask(&s, LATE + 2, RESOLVER, ROOT_SERVER, 4, QUERY, NAME);
	dns_query(&d, 4, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, "test");
	say(&s, LATE + 3, ROOT_SERVER, RESOLVER, 4, &d);
	dns_query(&d, 3, RECURSED | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, NAME);
	say(&s, LATE + 4, RESOLVER, FORWARDER, 3, &d);
	servfail(&s, LATE + 5, FORWARDER, CLIENT, 1, NAME);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "policy.blocked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_is_dropped_again_and_again_is_blocked),
		cmocka_unit_test(who_answers_nothing_for_a_time_drops_no_name),
		cmocka_unit_test(what_is_dropped_takes_no_room),
		cmocka_unit_test(an_answer_with_a_private_address_is_kept_back),
		cmocka_unit_test(a_name_without_addresses_by_notimp_is_blocked),
		cmocka_unit_test(who_takes_up_nothing_new_has_no_room),
		cmocka_unit_test(a_name_may_be_dropped_by_its_answer),
		cmocka_unit_test(who_is_refused_may_call_it_blocked),
		cmocka_unit_test(a_refusal_told_as_a_block_is_known_by_its_text),
		cmocka_unit_test(notimp_to_a_common_type_may_be_about_the_name),
		cmocka_unit_test(what_the_resolver_of_a_forwarder_blocks_is_blocked),
		cmocka_unit_test(what_no_zone_would_say_is_made_up_by_a_policy),
		cmocka_unit_test(what_is_handed_on_in_other_words_is_not_made_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
