#include "tests/analyze/sim.h"

/* A query that carries an OPT record. */
static void ask_edns(struct sim *s, int64_t ms, const char *asker, const char *server, unsigned id,
		     const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, FETCH, name, RC_TYPE_A);
	dns_opt(&d, false, -1);
	send_message(s, ms, asker, 20000 + id, server, 53, &d);
}

/* A client waits while the resolver asks both servers of "example" with EDNS, and gets SERVFAIL. */
static void deaf_to_edns(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, name);
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, id + 1, FETCH, name);
	refer(s, ms + 10, id + 1, name);
	ask_edns(s, ms + 11, RESOLVER, ZONE_SERVER, id + 2, name);
	ask_edns(s, ms + 811, RESOLVER, ZONE_SERVER2, id + 3, name);
	ask_edns(s, ms + 1611, RESOLVER, ZONE_SERVER, id + 4, name);
	servfail(s, ms + 3000, RESOLVER, CLIENT, id, name);
}

static void servers_that_answer_only_without_edns_have_it_broken(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	deaf_to_edns(&s, LATE, 10, "www.example");
	ask(&s, LATE + 3500, RESOLVER, ZONE_SERVER, 20, FETCH, "www.example");
	reply_a(&s, LATE + 3505, ZONE_SERVER, RESOLVER, 20, AUTHORITY, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.edns_broken");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* What another asker gets shows nothing of EDNS, if that asker never failed with it. */
static void another_asker_without_edns_proves_nothing(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	deaf_to_edns(&s, LATE, 10, "www.example");
	ask(&s, LATE + 3500, CLIENT2, ZONE_SERVER, 20, FETCH, "www.example");
	reply_a(&s, LATE + 3505, ZONE_SERVER, CLIENT2, 20, AUTHORITY, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY); /* it answers others */
}

static void one_answer_with_edns_clears_it(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	deaf_to_edns(&s, LATE, 10, "www.example");
	ask(&s, LATE + 3500, RESOLVER, ZONE_SERVER, 20, FETCH, "www.example");
	reply_a(&s, LATE + 3505, ZONE_SERVER, RESOLVER, 20, AUTHORITY, "www.example");
	ask_edns(&s, LATE + 3600, RESOLVER, ZONE_SERVER, 21, "www.example");
	dns_query(&d, 21, AUTHORITY, "www.example", RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, "www.example", "203.0.113.80");
	say(&s, LATE + 3605, ZONE_SERVER, RESOLVER, 21, &d);
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* It answers EDNS for another name, and this one without it some time before: it was down in between. */
static void a_server_that_was_down_has_edns_not_broken(void **state)
{
	(void)state;
	for (unsigned takes = 0; takes < 2; takes++) {
		struct sim s;
		static struct dns d;
		begin_warm(&s);
		ask(&s, LATE - 1000, RESOLVER, ZONE_SERVER, 20, FETCH, "www.example");
		reply_a(&s, LATE - 995, ZONE_SERVER, RESOLVER, 20, AUTHORITY, "www.example");
		deaf_to_edns(&s, LATE, 10, "www.example");
		dns_query(&d, 21, FETCH, "mail.example", RC_TYPE_A);
		if (takes)
			dns_opt(&d, false, -1);
		send_message(&s, LATE + 3500, RESOLVER, 20021, ZONE_SERVER, 53, &d);
		reply_a(&s, LATE + 3505, ZONE_SERVER, RESOLVER, 21, AUTHORITY, "mail.example");
		finish(&s);
		assert_cause(&s, 0, takes ? "upstream.timeout" : "upstream.edns_broken");
	}
}

/* Asked again without EDNS the server gives an answer, which cannot be signed; the resolver says that it had to be. */
static void an_answer_without_edns_that_had_to_be_signed_is_no_zones_fault(void **state)
{
	(void)state;
	for (int ede = -1; ede <= 10; ede += 11) {
		struct sim s;
		static struct dns d;
		begin_warm(&s);
		ask_below(&s, LATE, 10, "www.example");
		ask_edns(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, "www.example");
		reply(&s, LATE + 7, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_NOTIMP,
		      "www.example");
		ask(&s, LATE + 8, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
		reply_a(&s, LATE + 9, ZONE_SERVER, RESOLVER, 13, AUTHORITY, "www.example");
		dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_opt(&d, false, ede);
		say(&s, LATE + 10, RESOLVER, CLIENT, 10, &d);
		finish(&s);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "upstream.edns_broken") == 0,
				 ede == 10);
	}
}

/* A client gets SERVFAIL with EDNS, and an answer without it at once, or when what failed is over. */
static void who_fails_for_a_time_fails_without_edns_too(void **state)
{
	struct rc_engine_config config = sim_config(SEED);
	(void)state;
	config.hold_ns = TIMEOUT_NS;
	for (int64_t gap = 500; gap <= 4500; gap += 4000) {
		struct sim s;
		static struct dns d;
		begin_as(&s, &config);
		dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
		dns_opt(&d, false, -1);
		send_message(&s, LATE, CLIENT, 20010, RESOLVER, 53, &d);
		reply(&s, LATE + 2, RESOLVER, CLIENT, 10,
		      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_SERVFAIL, "www.example");
		ask(&s, LATE + gap, CLIENT, RESOLVER, 11, QUERY, "www.example");
		reply_a(&s, LATE + gap + 2, RESOLVER, CLIENT, 11, RECURSED, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "protocol.edns_unsupported") == 0,
				 gap == 500);
	}
}

/* Both servers of "example" say this, and the resolver hands it on (4 bits in the header, the rest in OPT). */
static void handed_on(struct sim *s, unsigned rcode)
{
	static struct dns d;
	char opt[] = "\0\0\051\004\320\0\0\0\0\0";
	opt[5] = (char)(rcode >> 4);
	begin(s);
	warm_up(s, 0);
	ask_below(s, LATE, 10, "www.example");
	for (unsigned i = 0; i < 3; i++) {
		const char *server = i == 0 ? ZONE_SERVER : i == 1 ? ZONE_SERVER2 : RESOLVER;
		unsigned id = i < 2 ? 12 + i : 10;
		if (i < 2)
			ask_edns(s, LATE + 10 + i * 10, RESOLVER, server, id, "www.example");
		dns_query(&d, (uint16_t)id, (i < 2 ? RC_FLAG_QR : RECURSED) | (rcode & 15),
			  "www.example", RC_TYPE_A);
		dns_count(&d, RC_ADDITIONAL);
		dns_bytes(&d, opt, sizeof opt);
		say(s, LATE + 15 + i * 10, server, i < 2 ? RESOLVER : CLIENT, id, &d);
	}
	finish(s);
	assert_int_equal(s->n, 1);
}

static void what_servers_say_is_the_cause_if_it_is_handed_on(void **state)
{
	struct sim s;
	(void)state;
	handed_on(&s, RC_RCODE_BADVERS);
	assert_cause(&s, 0, "upstream.edns_broken");
	handed_on(&s, RC_RCODE_NOTAUTH);
	assert_cause(&s, 0, "delegation.lame_referral");
}

/* A forwarder's target answers FORMERR, without an OPT record; to a query without EDNS it may say the same. */
static void formerr_of_the_target(struct sim *s, bool to_plain_too)
{
	static struct dns d;
	const char *target = "198.51.100.77";
	begin(s);
	warm_up(s, 0);
	ask(s, LATE, CLIENT, FORWARDER, 10, QUERY, "www.example");
	dns_query(&d, 11, QUERY, "www.example", RC_TYPE_A);
	dns_opt(&d, false, -1);
	send_message(s, LATE + 1, FORWARDER, 20011, target, 53, &d);
	reply(s, LATE + 2, target, FORWARDER, 11, RC_FLAG_QR | RC_RCODE_FORMERR, "www.example");
	if (to_plain_too) {
		ask(s, LATE + 3, FORWARDER, target, 12, QUERY, "www.example");
		reply(s, LATE + 4, target, FORWARDER, 12, RC_FLAG_QR | RC_RCODE_FORMERR,
		      "www.example");
	}
	servfail(s, LATE + 5, FORWARDER, CLIENT, 10, "www.example");
	finish(s);
	assert_int_equal(s->n, 1);
}

static void who_answers_formerr_without_edns_too_does_not_lack_it(void **state)
{
	struct sim s;
	(void)state;
	formerr_of_the_target(&s, false);
	assert_cause(&s, 0, "protocol.edns_unsupported");
	formerr_of_the_target(&s, true);
	assert_cause(&s, 0, "upstream.formerr");
}

static void silence_of_servers_that_answer_nobody_is_proven(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	deaf_to_edns(&s, LATE, 10, "www.example");
	ask(&s, LATE + 15000, CLIENT2, RESOLVER, 30, QUERY, "good.test");
	reply_a(&s, LATE + 15001, RESOLVER, CLIENT2, 30, RECURSED, "good.test");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/* A server that gives part of the zone's names while it leaves others, all in one second. */
static void flood(struct sim *s, unsigned asked, unsigned answered)
{
	char name[32];
	for (unsigned i = 0; i < asked; i++) {
		int64_t ms = LATE + 20 + i;
		snprintf(name, sizeof name, "n%u.example", i);
		ask(s, ms, RESOLVER, ZONE_SERVER, 100 + i, FETCH, name);
		if (i < answered)
			reply_a(s, ms, ZONE_SERVER, RESOLVER, 100 + i, AUTHORITY, name);
	}
}

/* A resolver gives up on one name of the zone while its server gives others some of theirs. */
static void drop_beside(struct sim *s, unsigned asked, unsigned answered)
{
	begin(s);
	warm_up(s, 0);
	ask_below(s, LATE, 10, "www.example");
	ask(s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	flood(s, asked, answered);
	ask(s, LATE + 1700, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
	servfail(s, LATE + 3400, RESOLVER, CLIENT, 10, "www.example");
	finish(s);
}

static void drops_beside_answers_at_a_high_rate_are_a_limit(void **state)
{
	struct sim s;
	(void)state;
	drop_beside(&s, 40, 10);
	assert_cause(&s, 0, "upstream.rate_limited");
}

/* It was silent to all for a time, and has come back. */
static void a_server_that_comes_back_limited_nothing(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		ask(&s, LATE + 20 + i, RESOLVER, ZONE_SERVER, 100 + i, FETCH, name);
		if (i >= 40)
			reply_a(&s, LATE + 20 + i, ZONE_SERVER, RESOLVER, 100 + i, AUTHORITY, name);
	}
	ask(&s, LATE + 1700, RESOLVER, ZONE_SERVER2, 13, FETCH, "www.example");
	servfail(&s, LATE + 3400, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* A third of what is asked gets lost, whoever is asked. */
static void what_the_network_loses_is_no_limit(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof name, "n%u.%s", i / 2, i % 2 ? "test" : "example");
		const char *server = i % 2 ? ROOT_SERVER : ZONE_SERVER;
		ask(&s, LATE + 20 + i, RESOLVER, server, 100 + i, FETCH, name);
		if (i / 2 % 3 != 0)
			reply_a(&s, LATE + 20 + i, server, RESOLVER, 100 + i, AUTHORITY, name);
	}
	ask(&s, LATE + 1700, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
	servfail(&s, LATE + 3400, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* Mere garbage beside silence: there is nothing that the server would give at a lower rate. */
static void drops_beside_garbage_are_no_limit(void **state)
{
	struct sim s;
	static struct dns d;
	char name[32];
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	flood(&s, 40, 0);
	for (unsigned i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		dns_query(&d, (uint16_t)(100 + i), AUTHORITY, name, RC_TYPE_A);
		d.data[7] = 1; /* an answer that is not there */
		say(&s, LATE + 60, ZONE_SERVER, RESOLVER, 100 + i, &d);
	}
	ask(&s, LATE + 1700, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
	servfail(&s, LATE + 3400, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* A slow server answers, if late, whatever the rate. */
static void drops_beside_late_answers_are_no_limit(void **state)
{
	struct sim s;
	char name[32];
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	flood(&s, 40, 0);
	ask(&s, LATE + 1000, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
	for (unsigned i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		reply_a(&s, LATE + 2020 + i, ZONE_SERVER, RESOLVER, 100 + i, AUTHORITY, name);
	}
	servfail(&s, LATE + 3400, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* One that has to look elsewhere for a name first (an ALIAS, a slow backend) is silent about it, and answers the rest. */
static void a_name_that_is_always_dropped_is_no_limit(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	for (unsigned i = 0; i < 12; i++)
		ask(&s, LATE + 10 + i, RESOLVER, ZONE_SERVER, 12 + i, FETCH, "www.example");
	flood(&s, 20, 20);
	servfail(&s, LATE + 3400, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* Some drop every question for AAAA, however few there are. */
static void a_type_that_is_always_dropped_is_no_limit(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	dns_query(&d, 12, QUERY, "www.example", RC_TYPE_AAAA);
	send_message(&s, LATE + 10, CLIENT, 20012, RESOLVER, 53, &d);
	for (unsigned i = 0; i < 30; i++) {
		dns_query(&d, (uint16_t)(200 + i), FETCH, "www.example", RC_TYPE_AAAA);
		send_message(&s, LATE + 11, RESOLVER, 20200 + i, ZONE_SERVER, 53, &d);
	}
	flood(&s, 20, 20);
	dns_query(&d, 12, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_AAAA);
	say(&s, LATE + 3400, RESOLVER, CLIENT, 12, &d);
	finish(&s);
	assert_int_equal(s.seen[0].x.qtype, RC_TYPE_AAAA);
	assert_cause(&s, 0, "upstream.timeout");
}

static void drops_at_a_low_rate_are_no_limit(void **state)
{
	struct sim s;
	(void)state;
	drop_beside(&s, 6, 2);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* --- a resolver that fails by itself --------------------------------------------------------- */

static void servfail_after_a_complete_answer_is_the_resolvers_own(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply_a(&s, LATE + 12, ZONE_SERVER, RESOLVER, 12, AUTHORITY, "www.example");
	servfail(&s, LATE + 13, RESOLVER, CLIENT, 10, "www.example");
	ask(&s, LATE + 20, CLIENT, FORWARDER, 13, QUERY, "www.example");
	reply_a(&s, LATE + 21, FORWARDER, CLIENT, 13, RECURSED, "www.example");
	finish(&s);
	assert_cause(&s, 0, "resolver.internal");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* Refers an asker of this name to the one server of a zone. */
static void delegate(struct sim *s, int64_t ms, const char *server, const char *asker, unsigned id,
		     const char *name, const char *zone, const char *address)
{
	static struct dns d;
	char ns[64];
	snprintf(ns, sizeof ns, "ns1.%s", zone);
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, zone, RC_TYPE_NS, ns);
	dns_rr_a(&d, RC_ADDITIONAL, ns, address);
	say(s, ms, server, asker, id, &d);
}

/*
 * A new name fails at once and nobody is asked for it: a limit, where its zone works. That the zone above it works says
 * nothing of the zone that it lies in.
 */
static void a_zone_whose_own_servers_do_not_work_needs_no_limit_to_fail(void **state)
{
	(void)state;
	for (unsigned below = 0; below < 2; below++) {
		struct sim s;
		const char *name = below ? "new.sub.zone.test" : "new.zone.test";
		begin_warm(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.zone.test");
		ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 2, FETCH, "www.zone.test");
		delegate(&s, LATE + 2, ROOT_SERVER, RESOLVER, 2, "www.zone.test", "zone.test",
			 ZONE_SERVER);
		ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 3, FETCH, "www.zone.test");
		reply_a(&s, LATE + 7, ZONE_SERVER, RESOLVER, 3, AUTHORITY, "www.zone.test");
		reply_a(&s, LATE + 8, RESOLVER, CLIENT, 1, RECURSED, "www.zone.test");
		ask(&s, LATE + 10, FORWARDER, ZONE_SERVER, 4, FETCH, "www.sub.zone.test");
		delegate(&s, LATE + 11, ZONE_SERVER, FORWARDER, 4, "www.sub.zone.test",
			 "sub.zone.test", ZONE_SERVER2);
		ask(&s, LATE + 12, FORWARDER, ZONE_SERVER2, 5, FETCH, "www.sub.zone.test");
		reply(&s, LATE + 13, ZONE_SERVER2, FORWARDER, 5, RC_FLAG_QR | RC_RCODE_REFUSED,
		      "www.sub.zone.test");
		for (unsigned i = 0; i < 12; i++) {
			ask(&s, LATE + 50, CLIENT, RESOLVER, 10 + i, QUERY, "www.zone.test");
			reply_a(&s, LATE + 51, RESOLVER, CLIENT, 10 + i, RECURSED, "www.zone.test");
		}
		ask(&s, LATE + 100, CLIENT2, RESOLVER, 6, QUERY, name);
		servfail(&s, LATE + 100, RESOLVER, CLIENT2, 6, name);
		finish(&s);
		size_t i = 0;
		struct rc_addr client = addr(CLIENT2);
		while (i < s.n && !rc_addr_equal(&s.seen[i].client, &client))
			i++;
		assert_true(i < s.n);
		assert_int_equal(strcmp(s.seen[i].cause->slug, "resolver.rate_limited") == 0,
				 !below);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_that_answer_only_without_edns_have_it_broken),
		cmocka_unit_test(another_asker_without_edns_proves_nothing),
		cmocka_unit_test(one_answer_with_edns_clears_it),
		cmocka_unit_test(a_server_that_was_down_has_edns_not_broken),
		cmocka_unit_test(who_fails_for_a_time_fails_without_edns_too),
		cmocka_unit_test(an_answer_without_edns_that_had_to_be_signed_is_no_zones_fault),
		cmocka_unit_test(what_servers_say_is_the_cause_if_it_is_handed_on),
		cmocka_unit_test(who_answers_formerr_without_edns_too_does_not_lack_it),
		cmocka_unit_test(silence_of_servers_that_answer_nobody_is_proven),
		cmocka_unit_test(drops_beside_answers_at_a_high_rate_are_a_limit),
		cmocka_unit_test(a_server_that_comes_back_limited_nothing),
		cmocka_unit_test(what_the_network_loses_is_no_limit),
		cmocka_unit_test(drops_beside_garbage_are_no_limit),
		cmocka_unit_test(drops_beside_late_answers_are_no_limit),
		cmocka_unit_test(drops_at_a_low_rate_are_no_limit),
		cmocka_unit_test(a_type_that_is_always_dropped_is_no_limit),
		cmocka_unit_test(a_name_that_is_always_dropped_is_no_limit),
		cmocka_unit_test(servfail_after_a_complete_answer_is_the_resolvers_own),
		cmocka_unit_test(a_zone_whose_own_servers_do_not_work_needs_no_limit_to_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
