/* Refusals: whom or what they are about. */
#include "tests/analyze/sim.h"

#define NAME "www.test"

/* A client gets a name of the resolver, from its cache. */
static void served(struct sim *s, int64_t ms, const char *client, unsigned id, const char *name)
{
	ask(s, ms, client, RESOLVER, id, QUERY, name);
	reply_a(s, ms + 1, RESOLVER, client, id, RECURSED, name);
}

static void refused_as_blocked(struct sim *s, int64_t ms, const char *client, unsigned id)
{
	static struct dns d;
	ask(s, ms, client, RESOLVER, id, QUERY, NAME);
	dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_REFUSED, NAME, RC_TYPE_A);
	dns_opt(&d, false, 15);
	say(s, ms + 1, RESOLVER, client, id, &d);
}

static void blocked_for_one_client_alone_is_about_the_client(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	served(&s, 0, CLIENT2, 10, NAME);
	refused_as_blocked(&s, LATE, CLIENT, 11);
	served(&s, LATE + 10, CLIENT2, 12, NAME);
	finish(&s);
	assert_only(&s, "policy.client_not_allowed", RC_CONF_LIKELY);
}

static void blocked_for_a_client_that_is_served_is_about_the_name(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	served(&s, 0, CLIENT, 10, "good.test");
	served(&s, 1, CLIENT2, 11, NAME);
	refused_as_blocked(&s, LATE, CLIENT, 12);
	finish(&s);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/* A resolver may leave RA out of what a policy of its own answers. */
static void a_name_refused_without_ra_by_a_resolver_is_blocked(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	served(&s, 100, CLIENT, 10, "good.test");
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	reply(&s, LATE + 1, RESOLVER, CLIENT, 11, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, NAME);
	finish(&s);
	assert_cause(&s, 0, "policy.blocked");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* Where nothing the resolver asks is in sight, what it refuses may be what it was told itself. */
static void a_refusal_that_may_be_handed_on_says_less(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned seen = 0; seen < 2; seen++) {
		begin(&s);
		if (seen)
			warm_up(&s, 0);
		served(&s, 100, CLIENT, 10, "good.test");
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		reply(&s, LATE + 1, RESOLVER, CLIENT, 11, RECURSED | RC_RCODE_REFUSED, NAME);
		finish(&s);
		assert_cause(&s, 0, "policy.blocked");
		assert_int_equal(s.seen[0].confidence, seen ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* Asked without RD, a forwarder asks its resolver so, which serves others and is not to be looked into. */
static void a_look_into_a_cache_is_refused_through_a_forwarder_too(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, "good.test");
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 11, QUERY, "good.test");
	reply_a(&s, LATE + 2, RESOLVER, FORWARDER, 11, RECURSED, "good.test");
	reply_a(&s, LATE + 3, FORWARDER, CLIENT, 10, RECURSED, "good.test");
	ask(&s, LATE + 100, CLIENT, FORWARDER, 12, QUERY & ~RC_FLAG_RD, NAME);
	ask(&s, LATE + 101, FORWARDER, RESOLVER, 13, QUERY & ~RC_FLAG_RD, NAME);
	reply(&s, LATE + 102, RESOLVER, FORWARDER, 13, (RECURSED & ~RC_FLAG_RD) | RC_RCODE_REFUSED,
	      NAME);
	reply(&s, LATE + 103, FORWARDER, CLIENT, 12, (RECURSED & ~RC_FLAG_RD) | RC_RCODE_REFUSED,
	      NAME);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "policy.nonrecursive_refused");
}

/* Knot Resolver answers SERVFAIL where it is told to drop. */
static void a_failure_called_prohibited_is_no_cached_one(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, "198.51.100.77", RESOLVER, 11, QUERY, NAME);
	dns_query(&d, 11, RECURSED | RC_RCODE_SERVFAIL, NAME, RC_TYPE_A);
	dns_opt(&d, false, 18);
	say(&s, LATE + 1, RESOLVER, "198.51.100.77", 11, &d);
	finish(&s);
	assert_cause(&s, 0, "policy.client_not_allowed");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* RA=0 in a refusal says that this client gets no recursion; the server's own walk, that somebody does. */
static void who_walks_delegations_and_refuses_means_the_client(void **state)
{
	static const char *const servers[] = {ROOT_SERVER, ZONE_SERVER, ZONE_SERVER2};
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 3; i++) {
		unsigned id = 20 + i;
		ask(&s, 10 * i, RESOLVER, servers[i], id, FETCH, "www.other");
		dns_query(&d, (uint16_t)id, RC_FLAG_QR, "www.other", RC_TYPE_A);
		dns_rr_name(&d, RC_AUTHORITY, "other", RC_TYPE_NS, "ns1.other");
		say(&s, 10 * i + 1, servers[i], RESOLVER, id, &d);
	}
	ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
	reply(&s, LATE + 1, RESOLVER, CLIENT, 11, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, NAME);
	finish(&s);
	assert_true(s.n > 0);
	assert_cause(&s, s.n - 1, "policy.client_not_allowed");
	assert_int_equal(s.seen[s.n - 1].confidence, RC_CONF_POSSIBLE);
}

/* Others are served at the address that is silent, and the client at another one of the same resolver. */
static void who_is_served_at_another_address_is_allowed(void **state)
{
	struct rc_addr addrs[] = {addr(RESOLVER), addr("198.51.100.63")};
	struct rc_resolver_decl resolver = {"r", addrs, 2};
	struct sim s;
	(void)state;
	begin_with(&s, SEED, &resolver, 1);
	served(&s, 0, CLIENT2, 10, "good.test");
	ask(&s, 10, CLIENT, "198.51.100.63", 11, QUERY, "good.test");
	reply_a(&s, 11, "198.51.100.63", CLIENT, 11, RECURSED, "good.test");
	ask(&s, LATE, CLIENT, RESOLVER, 12, QUERY, NAME);
	served(&s, LATE + 100, CLIENT2, 13, "good.test");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "no_answer.server_silent");
}

/* The first so many of a series of questions are answered, the rest refused. */
static void series(struct sim *s, unsigned n, unsigned answered)
{
	for (unsigned i = 0; i < n; i++) {
		ask(s, LATE + i * 20, CLIENT, RESOLVER, 10 + i, QUERY, NAME);
		if (i < answered)
			reply_a(s, LATE + i * 20 + 1, RESOLVER, CLIENT, 10 + i, RECURSED, NAME);
		else
			reply(s, LATE + i * 20 + 1, RESOLVER, CLIENT, 10 + i,
			      RECURSED | RC_RCODE_REFUSED, NAME);
	}
}

static void refusals_beside_answers_at_a_high_rate_are_a_limit(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	series(&s, 20, 5);
	finish(&s);
	assert_int_equal(s.n, 15);
	assert_cause(&s, 14, "policy.rate_limited");
}

static void refusals_beside_answers_at_a_low_rate_are_none(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	series(&s, 4, 2);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_string_not_equal(s.seen[1].cause->slug, "policy.rate_limited");
}

/* Answered before and after, and nobody in between: a limit would let some through. */
static void silence_in_an_outage_is_no_limit_of_the_rate(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 60; i++) {
		int64_t ms = LATE + i * 50;
		ask(&s, ms, CLIENT, RESOLVER, 10 + i, QUERY, NAME);
		if (i < 10 || i >= 50)
			reply_a(&s, ms + 1, RESOLVER, CLIENT, 10 + i, RECURSED, NAME);
	}
	finish(&s);
	assert_int_equal(s.n, 40);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "policy.rate_limited");
}

/*
 * A question that it answers at other times has its answer, and waits for the keys of a zone whose servers are silent,
 * however much else is answered meanwhile. Where the capture ends, neither is more than possible.
 */
static void silence_behind_silent_servers_is_no_limit_of_the_rate(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	served(&s, 100, CLIENT, 10, "www.example");
	ask_below(&s, LATE, 20, "www.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 22, FETCH, "www.example");
	reply_a(&s, LATE + 7, ZONE_SERVER, RESOLVER, 22, AUTHORITY, "www.example");
	for (unsigned i = 0; i < 4; i++) {
		static const unsigned at[] = {8, 808, 1608, 2408};
		const char *server = i % 2 ? ZONE_SERVER : ZONE_SERVER2;
		dns_query(&d, (uint16_t)(30 + i), FETCH, "example", RC_TYPE_DNSKEY);
		send_message(&s, LATE + at[i], RESOLVER, 20030 + i, server, 53, &d);
		for (unsigned k = 0; i == 0 && k < 10; k++)
			served(&s, LATE + 50 + k * 20, CLIENT2, 40 + k, NAME);
	}
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
}

/* This client never had an answer; but whom the resolver does serve is refused the name as well. */
static void a_name_refused_to_a_client_that_is_served_is_no_matter_of_who_asks(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned both = 0; both < 2; both++) {
		begin_warm(&s);
		for (unsigned i = both ? 0 : 1; i < 2; i++) {
			const char *client = i == 0 ? CLIENT2 : CLIENT;
			ask(&s, LATE + i * 50, client, RESOLVER, 20 + i, QUERY, NAME);
			reply(&s, LATE + i * 50 + 1, RESOLVER, client, 20 + i,
			      RECURSED | RC_RCODE_REFUSED, NAME);
		}
		finish(&s);
		assert_cause(&s, both, both ? "policy.blocked" : "policy.client_not_allowed");
	}
}

/* Others had the name from the cache before; for this client the resolver asks servers that are silent. */
static void a_resolver_at_work_does_not_shut_its_client_out(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, 100, 10, "www.example");
	ask(&s, 110, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply_a(&s, 111, ZONE_SERVER, RESOLVER, 12, AUTHORITY, "www.example");
	reply_a(&s, 112, RESOLVER, CLIENT, 10, RECURSED, "www.example");
	ask(&s, LATE, "198.51.100.3", RESOLVER, 13, QUERY, "www.example");
	for (unsigned i = 0; i < 4; i++)
		ask(&s, LATE + 1 + 900 * i, RESOLVER, i % 2 ? ZONE_SERVER2 : ZONE_SERVER, 14 + i,
		    FETCH, "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* What the resolver gets long after the client asked, and for others, was not refused to the client meanwhile. */
static void what_is_ready_too_late_was_not_refused_to_who_waited(void **state)
{
	(void)state;
	for (unsigned slow = 0; slow < 2; slow++) {
		struct sim s;
		int64_t ready = slow ? LATE + 8000 : LATE + 700;
		begin(&s);
		warm_up(&s, 0);
		ask(&s, 100, CLIENT, RESOLVER, 10, QUERY, "www.example");
		ask(&s, 101, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
		refer(&s, 105, 11, "www.example");
		ask(&s, 110, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
		reply_a(&s, 111, ZONE_SERVER, RESOLVER, 12, AUTHORITY, "www.example");
		reply_a(&s, 112, RESOLVER, CLIENT, 10, RECURSED, "www.example");
		ask(&s, LATE, "198.51.100.3", RESOLVER, 13, QUERY, "www.example");
		if (slow)
			for (unsigned i = 0; i < 8; i++)
				ask(&s, LATE + 1 + 900 * i, RESOLVER,
				    i % 2 ? ZONE_SERVER2 : ZONE_SERVER, 14 + i, FETCH,
				    "www.example");
		ask(&s, ready, RESOLVER, ZONE_SERVER, 30, FETCH, "www.example");
		reply_a(&s, ready + 1, ZONE_SERVER, RESOLVER, 30, AUTHORITY, "www.example");
		served(&s, ready + 1000, CLIENT, 31, "www.example");
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, slow ? "upstream.timeout" : "policy.client_not_allowed");
	}
}

/* A version of EDNS that others do not ask with may be what a server drops. */
static void silence_to_another_version_of_edns_is_not_about_the_client(void **state)
{
	(void)state;
	for (unsigned version = 0; version < 2; version++) {
		struct sim s;
		static struct dns d;
		begin(&s);
		warm_up(&s, 0);
		dns_query(&d, 10, QUERY, NAME, RC_TYPE_A);
		dns_count(&d, RC_ADDITIONAL);
		dns_u8(&d, 0);
		dns_u16(&d, RC_TYPE_OPT);
		dns_u16(&d, 1232);
		dns_u32(&d, version << 16);
		dns_u16(&d, 0);
		send_message(&s, LATE, "198.51.100.77", 20010, RESOLVER, 53, &d);
		served(&s, LATE + 20, CLIENT, 40, NAME);
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0,
			     version ? "no_answer.server_silent" : "policy.client_not_allowed");
	}
}

/* Out of sight it may ask for the name in vain: one question without an answer says nothing of its client. */
static void silence_is_about_the_client_where_nobody_is_seen_to_be_asked(void **state)
{
	static const char other[] = "198.51.100.77";
	struct sim s;
	(void)state;
	for (unsigned in_sight = 0; in_sight < 2; in_sight++) {
		begin(&s);
		if (in_sight)
			warm_up(&s, 0);
		ask(&s, LATE, other, RESOLVER, 10, QUERY, NAME);
		served(&s, LATE + 10, CLIENT, 11, "good.test");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0,
			     in_sight ? "policy.client_not_allowed" : "no_answer.server_silent");
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/* What a resolver asks the root after a start, or about a top-level domain, it asks for whomever: not for who is shut out. */
static void what_is_asked_of_the_root_is_not_asked_for_who_is_shut_out(void **state)
{
	static const char other[] = "198.51.100.77", *name = "www.example";
	static struct dns d;
	(void)state;
	for (unsigned own = 0; own < 2; own++) {
		struct sim s;
		begin_warm(&s);
		ask(&s, LATE, other, RESOLVER, 10, QUERY, name);
		dns_query(&d, 11, FETCH, ".", RC_TYPE_NS);
		send_message(&s, LATE + 100, RESOLVER, 20011, ROOT_SERVER, 53, &d);
		dns_query(&d, 11, AUTHORITY, ".", RC_TYPE_NS);
		dns_rr_name(&d, RC_ANSWER, ".", RC_TYPE_NS, "a.servers");
		dns_rr_a(&d, RC_ADDITIONAL, "a.servers", ROOT_SERVER);
		say(&s, LATE + 101, ROOT_SERVER, RESOLVER, 11, &d);
		ask(&s, LATE + 102, RESOLVER, ROOT_SERVER, 12, FETCH, "a.servers");
		reply_a(&s, LATE + 103, ROOT_SERVER, RESOLVER, 12, AUTHORITY, "a.servers");
		ask(&s, LATE + 104, RESOLVER, ROOT_SERVER, 13, FETCH, own ? name : "example");
		refer(&s, LATE + 105, 13, own ? name : "example");
		served(&s, LATE + 600, CLIENT, 14, "good.test");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "policy.client_not_allowed") == 0,
				 !own);
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/* A client has its answer about the name, for which the resolver asks: another one's question has lain there for a while. */
static void what_is_asked_later_for_others_is_not_asked_for_who_is_shut_out(void **state)
{
	static const char other[] = "198.51.100.77", *name = "www.example";
	static struct dns d;
	(void)state;
	for (unsigned at_once = 0; at_once < 2; at_once++) {
		struct sim s;
		int64_t later = at_once ? 1 : 2000;
		begin_warm(&s);
		ask(&s, LATE, other, RESOLVER, 10, QUERY, name);
		dns_query(&d, 11, QUERY, name, RC_TYPE_MX);
		send_message(&s, LATE + later, CLIENT, 20011, RESOLVER, 53, &d);
		dns_query(&d, 12, FETCH, name, RC_TYPE_MX);
		send_message(&s, LATE + later + 1, RESOLVER, 20012, ROOT_SERVER, 53, &d);
		dns_query(&d, 12, AUTHORITY, name, RC_TYPE_MX);
		dns_rr_soa(&d, RC_AUTHORITY, "example");
		say(&s, LATE + later + 2, ROOT_SERVER, RESOLVER, 12, &d);
		dns_query(&d, 11, RECURSED, name, RC_TYPE_MX);
		dns_rr_soa(&d, RC_AUTHORITY, "example");
		say(&s, LATE + later + 3, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0,
			     at_once ? "no_answer.server_silent" : "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/* Keys of the zone, which it asks for and is given while a question lies there, are for another name of it; in vain, perhaps not. */
static void keys_asked_for_later_are_not_asked_for_who_is_shut_out(void **state)
{
	static const char other[] = "198.51.100.77";
	static struct dns d;
	(void)state;
	for (unsigned given = 0; given < 2; given++) {
		struct sim s;
		begin_warm(&s);
		ask(&s, LATE, other, RESOLVER, 10, QUERY, "www.b.example");
		ask_below(&s, LATE + 200, 20, "mail.b.example");
		ask(&s, LATE + 206, RESOLVER, ZONE_SERVER, 22, FETCH, "mail.b.example");
		reply_a(&s, LATE + 207, ZONE_SERVER, RESOLVER, 22, AUTHORITY, "mail.b.example");
		dns_query(&d, 23, FETCH, "b.example", RC_TYPE_DNSKEY);
		send_message(&s, LATE + 208, RESOLVER, 20023, ZONE_SERVER, 53, &d);
		dns_query(&d, 23, AUTHORITY, "b.example", RC_TYPE_DNSKEY);
		dns_rr(&d, RC_ANSWER, "b.example", RC_TYPE_DNSKEY, 300, &(struct dns){.len = 4});
		if (given)
			say(&s, LATE + 209, ZONE_SERVER, RESOLVER, 23, &d);
		reply_a(&s, LATE + 210, RESOLVER, CLIENT, 20, RECURSED, "mail.b.example");
		warm_up(&s, LATE + 30000);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "policy.client_not_allowed") == 0,
				 given);
	}
}

/* Whoever asks so much may be over a limit: the capture need not hold the answers from before. */
static void silence_to_a_flood_may_be_a_limit(void **state)
{
	static const unsigned times[] = {3, 12};
	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		struct sim s;
		begin_warm(&s);
		for (unsigned i = 0; i < times[k]; i++)
			ask(&s, LATE + 50 * i, "198.51.100.77", RESOLVER, 10 + i, QUERY, NAME);
		served(&s, LATE + 20, CLIENT, 40, NAME);
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, times[k]);
		assert_cause(&s, 0, "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence, k == 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* What the resolver asks for the name may have died since. */
static void what_others_had_before_says_little_of_who_is_left_out(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 2; before++) {
		struct sim s;
		begin_warm(&s);
		for (unsigned i = 0; i < 3; i++)
			ask(&s, LATE + 50 * i, "198.51.100.77", RESOLVER, 10 + i, QUERY, NAME);
		served(&s, before ? LATE - 1000 : LATE + 20, CLIENT, 40, NAME);
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_cause(&s, 0, "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence, before ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* Out of sight it may have waited in vain, for what it has got for others since; not while it gave it to them. */
static void what_others_get_later_says_little_where_the_resolver_is_not_seen_at_work(void **state)
{
	(void)state;
	for (unsigned later = 0; later < 2; later++) {
		struct sim s;
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
		served(&s, LATE + (later ? 8000 : 1000), CLIENT2, 40, NAME);
		ask(&s, LATE + 2000, CLIENT, RESOLVER, 10, QUERY, NAME);
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_only(&s, "policy.client_not_allowed",
			    later ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* It serves others by IPv4; all its clients of IPv6 are shut out. Of one name alone it may be the name that is. */
static void who_is_served_at_another_address_of_the_resolver_counts(void **state)
{
	static const char other[] = "2001:db8::53", client[] = "2001:db8::1";
	struct rc_addr addrs[] = {addr(RESOLVER), addr(other)};
	struct rc_resolver_decl both = {.name = "both", .addrs = addrs, .n_addrs = 2};
	static const char *const names[] = {NAME, "other.test"};
	struct sim s;
	(void)state;
	for (unsigned n = 1; n <= 2; n++) {
		begin_with(&s, SEED, &both, 1);
		warm_up(&s, 0);
		for (unsigned i = 0; i < n; i++) {
			ask(&s, LATE + i, client, other, 10 + i, QUERY, names[i]);
			reply(&s, LATE + i + 1, other, client, 10 + i,
			      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, names[i]);
		}
		finish(&s);
		assert_int_equal(s.n, n);
		assert_cause(&s, 0, "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence, n == 1 ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* The resolver was gone for a while: whom it answers before and after says nothing of who asked meanwhile. */
static void who_asks_while_nobody_is_answered_is_not_shut_out(void **state)
{
	static const char client[] = "198.51.100.77";
	static const char *const others[][2] = {{"198.51.100.78", "a.test"},
						{"198.51.100.79", "b.test"},
						{"198.51.100.80", "c.test"}};
	(void)state;
	for (unsigned gone = 0; gone < 2; gone++) {
		struct sim s;
		unsigned about_client = 0;
		begin_warm(&s);
		ask(&s, LATE, client, RESOLVER, 10, QUERY, NAME);
		for (unsigned i = 0; gone && i < 6; i++)
			ask(&s, LATE + 200 * (i + 1), others[i % 3][0], RESOLVER, 20 + i % 3, QUERY,
			    others[i % 3][1]);
		ask(&s, LATE + 1500, client, RESOLVER, 10, QUERY, NAME);
		served(&s, LATE + 6000, CLIENT2, 40, "d.test");
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, gone ? 4 : 1);
		for (size_t i = 0; i < s.n; i++)
			about_client += strcmp(s.seen[i].cause->slug,
					       "policy.client_not_allowed") == 0;
		assert_int_equal(about_client, !gone);
	}
}

/* Unbound's way to refuse all but its own zones. */
static void a_fault_found_in_what_others_may_ask_is_about_the_client(void **state)
{
	(void)state;
	for (unsigned recursion = 0; recursion < 2; recursion++) {
		struct sim s;
		unsigned flags = RC_FLAG_QR | RC_FLAG_RD | (recursion ? RC_FLAG_RA : 0);
		begin_warm(&s);
		served(&s, LATE - 100, CLIENT2, 10, NAME);
		ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, NAME);
		reply(&s, LATE + 1, RESOLVER, CLIENT, 11, flags | RC_RCODE_FORMERR, NAME);
		finish(&s);
		assert_int_equal(s.n, 1);
		if (recursion)
			assert_string_not_equal(s.seen[0].cause->slug, "policy.client_not_allowed");
		else
			assert_only(&s, "policy.client_not_allowed", RC_CONF_POSSIBLE);
	}
}

/* What the network says of one client's packets, as a firewall that lets others through, is no more than that. */
static void who_is_told_unreachable_is_told_for_himself_where_others_are_answered(void **state)
{
	static const char told[] = "198.51.100.77", silent[] = "198.51.100.78";
	(void)state;
	for (unsigned lives = 0; lives < 2; lives++) {
		static struct dns d;
		struct sim s;
		begin(&s);
		served(&s, LATE - 1000, CLIENT2, 39, "c.test");
		ask(&s, LATE, told, RESOLVER, 10, QUERY, NAME);
		dns_query(&d, 10, QUERY, NAME, RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, T0 + (LATE + 1) * MS, told, 20010, RESOLVER,
					     53, &d);
		o.kind = RC_OBS_ICMP;
		o.icmp_type = 3;
		o.icmp_code = 13;
		o.icmp_hard = true;
		send_obs(&s, &o);
		ask(&s, LATE + 10, silent, RESOLVER, 11, QUERY, NAME);
		if (lives)
			served(&s, LATE + 500, CLIENT2, 40, "d.test");
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, 2);
		for (size_t i = 0; i < s.n; i++) {
			struct rc_addr first = addr(told);
			bool unreachable = strcmp(s.seen[i].cause->slug, "no_answer.unreachable") ==
					   0;
			bool himself = rc_addr_equal(&s.seen[i].client, &first);
			assert_int_equal(unreachable, himself || !lives);
		}
	}
}

/* Another client got another type of the name: that tells nothing of who is served. */
static void what_fails_by_its_type_is_no_matter_of_who_asks(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	for (unsigned same = 0; same < 2; same++) {
		unsigned type = same ? RC_TYPE_A : RC_TYPE_AAAA;
		begin_warm(&s);
		served(&s, LATE, CLIENT2, 10, NAME);
		dns_query(&d, 11, QUERY, NAME, type);
		send_message(&s, LATE + 10, CLIENT, 20011, RESOLVER, 53, &d);
		dns_query(&d, 11, RECURSED | RC_RCODE_SERVFAIL, NAME, type);
		say(&s, LATE + 11, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "policy.client_not_allowed") == 0,
				 same);
	}
}

/* version.bind, as scanners and monitors ask for it; RD=1 to whoever it is. */
static void ask_in_class(struct sim *s, unsigned rclass, unsigned flags, unsigned rcode)
{
	static struct dns d;
	begin(s);
	dns_query(&d, 10, QUERY, "version.bind", RC_TYPE_TXT);
	d.data[d.len - 1] = (uint8_t)rclass;
	send_message(s, LATE, CLIENT, 20010, RESOLVER, 53, &d);
	dns_query(&d, 10, flags | rcode, "version.bind", RC_TYPE_TXT);
	d.data[d.len - 1] = (uint8_t)rclass;
	say(s, LATE + 1, RESOLVER, CLIENT, 10, &d);
	finish(s);
	assert_int_equal(s->n, 1);
}

static void another_class_is_what_is_refused(void **state)
{
	struct sim s;
	(void)state;
	ask_in_class(&s, RC_CLASS_CH, RC_FLAG_QR | RC_FLAG_RD, RC_RCODE_REFUSED);
	assert_cause(&s, 0, "policy.qtype_refused");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	ask_in_class(&s, RC_CLASS_IN, RC_FLAG_QR | RC_FLAG_RD, RC_RCODE_REFUSED);
	assert_cause(&s, 0, "policy.recursion_unavailable");
}

static void another_class_is_what_is_not_served(void **state)
{
	struct sim s;
	(void)state;
	ask_in_class(&s, RC_CLASS_CH, RECURSED, RC_RCODE_NOTIMP);
	assert_cause(&s, 0, "unsupported.qtype");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
	ask_in_class(&s, RC_CLASS_HS, RECURSED, RC_RCODE_SERVFAIL);
	assert_cause(&s, 0, "unsupported.qtype");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* It has names of its own for everybody (AA=1), and all others for some; and says so, or does not (EDE 18). */
static void who_gets_own_names_alone_may_not_ask_for_others(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned said = 0; said < 2; said++) {
		begin_warm(&s);
		served(&s, 100, CLIENT2, 10, NAME);
		ask(&s, 110, CLIENT, RESOLVER, 11, QUERY, "nas.lan");
		reply_a(&s, 111, RESOLVER, CLIENT, 11, AUTHORITY | RC_FLAG_RD, "nas.lan");
		ask(&s, LATE, CLIENT, RESOLVER, 12, QUERY, NAME);
		dns_query(&d, 12, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, NAME, RC_TYPE_A);
		dns_opt(&d, false, said ? 18 : -1);
		say(&s, LATE + 1, RESOLVER, CLIENT, 12, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence, said ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* An authoritative server has zones for everybody, and one that it refuses everybody. A resolver's words are about names. */
static void a_zone_that_an_authoritative_server_prohibits_is_not_for_the_client(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned resolver = 0; resolver < 2; resolver++) {
		const char *server = resolver ? RESOLVER : ZONE_SERVER;
		begin(&s);
		if (resolver)
			warm_up(&s, 0);
		for (unsigned i = 0; i < 2; i++) {
			const char *client = i == 0 ? CLIENT : CLIENT2;
			ask(&s, 100 + i, client, server, 20 + i, FETCH, "www.open.example");
			reply_a(&s, 102 + i, server, client, 20 + i,
				resolver ? RECURSED : AUTHORITY, "www.open.example");
			ask(&s, LATE + i, client, server, 30 + i, FETCH, NAME);
			dns_query(&d, (uint16_t)(30 + i), RC_FLAG_QR | RC_RCODE_REFUSED, NAME,
				  RC_TYPE_A);
			dns_opt(&d, false, 18);
			say(&s, LATE + 2 + i, server, client, 30 + i, &d);
		}
		finish(&s);
		assert_int_equal(s.n, 2);
		for (unsigned i = 0; i < 2; i++) {
			bool is_it = strcmp(s.seen[i].cause->slug, "policy.client_not_allowed") ==
				     0;
			assert_int_equal(is_it, !resolver);
			assert_true(resolver || s.seen[i].confidence == RC_CONF_LIKELY);
		}
	}
}

/* It was at work for another client just then; this one is told that it may not ask (Knot Resolver's view). */
static void a_failure_called_prohibited_for_what_others_get_is_about_the_client(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	ask(&s, LATE + 2, "198.51.100.77", RESOLVER, 12, QUERY, "www.example");
	dns_query(&d, 12, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_opt(&d, false, 18);
	say(&s, LATE + 3, RESOLVER, "198.51.100.77", 12, &d);
	refer(&s, LATE + 5, 11, "www.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
	reply_a(&s, LATE + 7, ZONE_SERVER, RESOLVER, 13, AUTHORITY, "www.example");
	reply_a(&s, LATE + 8, RESOLVER, CLIENT2, 10, RECURSED, "www.example");
	finish(&s);
	assert_only(&s, "policy.client_not_allowed", RC_CONF_LIKELY);
}

/* All that it ever said is REFUSED, with RA=1: a forwarder without servers. It serves nobody. */
static void who_refuses_everybody_serves_no_others(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 2; i++) {
		const char *client = i == 0 ? CLIENT2 : CLIENT;
		ask(&s, LATE + i * 50, client, RESOLVER, 20 + i, QUERY, NAME);
		reply(&s, LATE + i * 50 + 1, RESOLVER, client, 20 + i, RECURSED | RC_RCODE_REFUSED,
		      NAME);
	}
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_string_not_equal(s.seen[1].cause->slug, "policy.client_not_allowed");
}

/* One type of the name is refused all the time, at whatever rate. */
static void a_type_that_is_refused_is_no_rate(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 20; i++) {
		served(&s, LATE + i * 20, CLIENT, 10 + i, NAME);
		dns_query(&d, (uint16_t)(50 + i), QUERY, NAME, RC_TYPE_MX);
		send_message(&s, LATE + i * 20 + 5, CLIENT, 20050 + i, RESOLVER, 53, &d);
		dns_query(&d, (uint16_t)(50 + i), RECURSED | RC_RCODE_REFUSED, NAME, RC_TYPE_MX);
		say(&s, LATE + i * 20 + 6, RESOLVER, CLIENT, 50 + i, &d);
	}
	finish(&s);
	assert_int_equal(s.n, 20);
	assert_cause(&s, 19, "policy.qtype_refused");
}

/* This type was answered as well, before an access list shut the client out: it is not the type that is refused. */
static void a_type_that_was_answered_before_is_not_what_is_refused(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	for (unsigned before = 0; before < 2; before++) {
		begin_warm(&s);
		served(&s, LATE, CLIENT, 10, NAME);
		for (unsigned i = before ? 0 : 1; i < 2; i++) {
			int64_t ms = LATE + 5000 * i + 5;
			dns_query(&d, (uint16_t)(50 + i), QUERY, NAME, RC_TYPE_MX);
			send_message(&s, ms, CLIENT, 20050 + i, RESOLVER, 53, &d);
			dns_query(&d, (uint16_t)(50 + i),
				  RECURSED | (i > 0 ? RC_RCODE_REFUSED : RC_RCODE_NOERROR), NAME,
				  RC_TYPE_MX);
			say(&s, ms + 1, RESOLVER, CLIENT, 50 + i, &d);
		}
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "policy.qtype_refused") != 0,
				 before);
	}
}

/* Each name is asked once, at a rate that the resolver does not take; it has no work with those it drops. */
static void names_left_out_at_a_high_rate_are_a_limit(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	served(&s, 100, CLIENT, 10, "good.test");
	for (unsigned i = 0; i < 20; i++) {
		char name[] = "wa.test";
		name[1] = (char)('a' + i);
		ask(&s, LATE + i * 20, CLIENT, RESOLVER, 20 + i, QUERY, name);
		if (i < 4)
			reply_a(&s, LATE + i * 20 + 1, RESOLVER, CLIENT, 20 + i, RECURSED, name);
	}
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 16);
	assert_cause(&s, 0, "policy.rate_limited");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* What a limit truncates is empty (RRL slip). A referral that does not fit says of a limit nothing. */
static void a_truncated_answer_with_records_is_no_sign_of_a_limit(void **state)
{
	struct sim s;
	struct dns d;
	(void)state;
	for (unsigned whole = 0; whole < 2; whole++) {
		begin(&s);
		served(&s, 100, CLIENT, 10, NAME);
		ask(&s, LATE, CLIENT, RESOLVER, 20, QUERY, NAME);
		ask(&s, LATE + 10, CLIENT, RESOLVER, 21, QUERY, NAME);
		dns_query(&d, 21, RECURSED | RC_FLAG_TC, NAME, RC_TYPE_A);
		if (whole)
			dns_rr_soa(&d, RC_AUTHORITY, "example");
		say(&s, LATE + 11, RESOLVER, CLIENT, 21, &d);
		served(&s, LATE + 20, CLIENT, 30, NAME);
		warm_up(&s, LATE + 20000);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "policy.rate_limited") == 0, !whole);
	}
}

/* Nobody has asked for another type: it may be the type. Where others failed for the name, it may be the name. */
static void any_that_fails_out_of_hand_may_not_be_supported(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	for (unsigned failed = 0; failed < 2; failed++) {
		begin_warm(&s);
		if (failed) {
			ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, NAME);
			servfail(&s, LATE + 1, RESOLVER, CLIENT2, 10, NAME);
		}
		dns_query(&d, 11, QUERY, NAME, RC_TYPE_ANY);
		send_message(&s, LATE + 10, CLIENT, 20011, RESOLVER, 53, &d);
		dns_query(&d, 11, RECURSED | RC_RCODE_SERVFAIL, NAME, RC_TYPE_ANY);
		say(&s, LATE + 11, RESOLVER, CLIENT, 11, &d);
		finish(&s);
		assert_int_equal(s.n, 1 + failed);
		assert_int_equal(strcmp(s.seen[failed].cause->slug, "unsupported.qtype") == 0,
				 !failed);
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/* What it asks for others of that name at the same time has nothing to do with it. */
static void any_is_not_supported_by_a_resolver_at_work_on_that_name(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	for (unsigned rcode = RC_RCODE_SERVFAIL; rcode <= RC_RCODE_NOTIMP; rcode += 2) {
		begin_warm(&s);
		served(&s, LATE, CLIENT, 10, NAME);
		ask(&s, LATE + 100, CLIENT2, RESOLVER, 12, QUERY, NAME);
		ask(&s, LATE + 101, RESOLVER, ROOT_SERVER, 13, FETCH, NAME);
		dns_query(&d, 11, QUERY, NAME, RC_TYPE_ANY);
		send_message(&s, LATE + 110, CLIENT, 20011, RESOLVER, 53, &d);
		dns_query(&d, 11, RECURSED | rcode, NAME, RC_TYPE_ANY);
		say(&s, LATE + 111, RESOLVER, CLIENT, 11, &d);
		reply_a(&s, LATE + 900, ROOT_SERVER, RESOLVER, 13, AUTHORITY, NAME);
		reply_a(&s, LATE + 901, RESOLVER, CLIENT2, 12, RECURSED, NAME);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "unsupported.qtype");
	}
}

/* Knot Resolver fails ANY out of hand: other types of the name it gives. */
static void any_that_fails_out_of_hand_is_not_supported(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	served(&s, LATE, CLIENT, 10, NAME);
	dns_query(&d, 11, QUERY, NAME, RC_TYPE_ANY);
	send_message(&s, LATE + 10, CLIENT, 20011, RESOLVER, 53, &d);
	dns_query(&d, 11, RECURSED | RC_RCODE_SERVFAIL, NAME, RC_TYPE_ANY);
	say(&s, LATE + 11, RESOLVER, CLIENT, 11, &d);
	finish(&s);
	assert_only(&s, "unsupported.qtype", RC_CONF_LIKELY);
}

/* Asked again a second later, still too often: most of what is asked is left out, so no name is meant. */
static void names_left_out_twice_at_a_high_rate_are_not_blocked(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	served(&s, 100, CLIENT, 10, "good.test");
	for (unsigned i = 0; i < 40; i++) {
		char name[] = "wa.test";
		name[1] = (char)('a' + i % 20);
		ask(&s, LATE + i * 50, CLIENT, RESOLVER, 20 + i % 20, QUERY, name);
		if (i % 20 < 4)
			reply_a(&s, LATE + i * 50 + 1, RESOLVER, CLIENT, 20 + i % 20, RECURSED,
				name);
	}
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 16);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "policy.blocked");
}

/* One name that a client is refused may be refused to all; several names of different zones hardly. */
static void a_client_refused_one_name_alone_need_not_be_shut_out(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned names = 1; names <= 2; names++) {
		begin(&s);
		served(&s, 0, CLIENT2, 10, "good.test");
		served(&s, 10, CLIENT2, 11, "fine.test");
		for (unsigned i = 0; i < names; i++) {
			const char *name = i == 0 ? NAME : "www.other";
			ask(&s, LATE + i, CLIENT, RESOLVER, 12 + i, QUERY, name);
			reply(&s, LATE + i + 1, RESOLVER, CLIENT, 12 + i,
			      RECURSED | RC_RCODE_REFUSED, name);
		}
		finish(&s);
		assert_int_equal(s.n, names);
		assert_cause(&s, 0, "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence,
				 names == 1 ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* A zone transfer, or another question, over TCP as far as the engine is concerned with it: in one message each. */
static void ask_type(struct sim *s, int64_t ms, unsigned id, uint16_t type, unsigned rcode)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, FETCH, "zone.test", type);
	send_message(s, ms, CLIENT, 20000 + id, ZONE_SERVER, 53, &d);
	dns_query(&d, (uint16_t)id, RC_FLAG_QR | rcode, "zone.test", type);
	say(s, ms + 1, ZONE_SERVER, CLIENT, id, &d);
}

/* Who would let nobody transfer a zone answers for it all the same. */
static void a_zone_refused_altogether_is_not_hosted(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned soa = 0; soa < 2; soa++) {
		begin(&s);
		if (soa)
			ask_type(&s, LATE, 10, RC_TYPE_SOA, RC_RCODE_REFUSED);
		ask_type(&s, LATE + 10, 11, RC_TYPE_AXFR, RC_RCODE_NOTAUTH);
		finish(&s);
		assert_int_equal(s.n, soa + 1);
		assert_cause(&s, soa, soa ? "policy.not_authoritative" : "policy.transfer_refused");
		assert_int_equal(s.seen[soa].confidence, soa ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

static void an_ixfr_that_does_not_say_from_where_is_malformed(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask_type(&s, LATE, 10, RC_TYPE_IXFR, RC_RCODE_FORMERR);
	ask_type(&s, LATE + 10, 11, RC_TYPE_IXFR, RC_RCODE_NOTIMP);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "protocol.malformed_query");
	assert_cause(&s, 1, "unsupported.ixfr");
}

/* Unbound's deny_non_local: this client gets the names of the server's own zones, and no answer for what others get. */
static void who_is_left_without_what_others_get_may_not_ask_for_it(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned others = 0; others < 2; others++) {
		begin_warm(&s);
		served(&s, 100, CLIENT, 10, "own.test");
		if (others)
			served(&s, LATE, CLIENT2, 11, NAME);
		ask(&s, LATE + 100, CLIENT, RESOLVER, 12, QUERY, NAME);
		ask(&s, LATE + 1100, CLIENT, RESOLVER, 12, QUERY, NAME);
		served(&s, LATE + 1500, CLIENT2, 13, others ? NAME : "good.test");
		served(&s, LATE + 20000, CLIENT2, 14, "good.test");
		finish(&s);
		assert_int_equal(s.n, 1);
		if (others)
			assert_cause(&s, 0, "policy.client_not_allowed");
		else
			assert_string_not_equal(s.seen[0].cause->slug, "policy.client_not_allowed");
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/*
 * A client that was served is refused all along while others go on: it may not ask any more. Refusals and answers by turns
 * are of another kind, and so are refusals to all.
 */
static void who_was_served_before_may_be_shut_out_since(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 3; how++) {
		bool by_turns = how == 1, to_all = how == 2;
		struct sim s;
		begin_warm(&s);
		served(&s, 1000, CLIENT, 10, NAME);
		served(&s, 1100, CLIENT2, 11, NAME);
		for (unsigned i = 0; i < 4; i++) {
			ask(&s, LATE + i * 2000, CLIENT, RESOLVER, 20 + i, QUERY, NAME);
			reply(&s, LATE + i * 2000 + 1, RESOLVER, CLIENT, 20 + i,
			      RECURSED | RC_RCODE_REFUSED, NAME);
			if (by_turns)
				served(&s, LATE + i * 2000 + 900, CLIENT, 30 + i, NAME);
			if (!to_all)
				served(&s, LATE + i * 2000 + 1000, CLIENT2, 40 + i, NAME);
		}
		finish(&s);
		assert_int_equal(s.n, 4);
		assert_int_equal(strcmp(s.seen[3].cause->slug, "policy.client_not_allowed") == 0,
				 how == 0);
		assert_true(how != 0 || s.seen[3].confidence == RC_CONF_LIKELY);
	}
}

/* What it was given without EDNS before it was shut out says nothing of EDNS. */
static void who_is_shut_out_does_not_fail_by_edns(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	served(&s, 1000, CLIENT, 10, NAME);
	for (unsigned i = 0; i < 4; i++) {
		dns_query(&d, (uint16_t)(20 + i), QUERY, NAME, RC_TYPE_A);
		dns_opt(&d, false, -1);
		send_message(&s, LATE + i * 2000, CLIENT, 20020 + i, RESOLVER, 53, &d);
		reply(&s, LATE + i * 2000 + 1, RESOLVER, CLIENT, 20 + i,
		      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, NAME);
		served(&s, LATE + i * 2000 + 1000, CLIENT2, 40 + i, NAME);
	}
	finish(&s);
	assert_int_equal(s.n, 4);
	assert_cause(&s, 3, "policy.client_not_allowed");
}

/* Others got the name before, and are refused it now as well: that is no matter of who asks. */
static void what_others_are_refused_too_by_now_is_not_about_the_client(void **state)
{
	(void)state;
	for (unsigned to_all = 0; to_all < 2; to_all++) {
		struct sim s;
		begin_warm(&s);
		served(&s, 1000, CLIENT2, 10, NAME);
		if (to_all) {
			ask(&s, LATE - 200, CLIENT2, RESOLVER, 11, QUERY, NAME);
			reply(&s, LATE - 199, RESOLVER, CLIENT2, 11, RECURSED | RC_RCODE_REFUSED,
			      NAME);
		}
		ask(&s, LATE, CLIENT, RESOLVER, 12, QUERY, NAME);
		reply(&s, LATE + 1, RESOLVER, CLIENT, 12, RECURSED | RC_RCODE_REFUSED, NAME);
		finish(&s);
		assert_int_equal(s.n, 1 + to_all);
		assert_int_equal(strcmp(s.seen[to_all].cause->slug, "policy.client_not_allowed") ==
					 0,
				 !to_all);
	}
}

/* It asked another once, which refused it, and says so again from memory: that is no policy of its own. */
static void what_was_handed_on_once_is_not_blocked_the_next_time(void **state)
{
	(void)state;
	for (unsigned asked = 0; asked < 2; asked++) {
		struct sim s;
		begin_warm(&s);
		ask(&s, 1000, CLIENT, FORWARDER, 10, QUERY, "good.test");
		ask(&s, 1001, FORWARDER, RESOLVER, 11, QUERY, "good.test");
		reply_a(&s, 1002, RESOLVER, FORWARDER, 11, RECURSED, "good.test");
		reply_a(&s, 1003, FORWARDER, CLIENT, 10, RECURSED, "good.test");
		for (unsigned i = 0; i < 3; i++) { /* a server of zones of its own */
			ask(&s, 2000 + 10 * i, RESOLVER, ZONE_SERVER, 20 + i, FETCH, "www.own");
			reply_a(&s, 2001 + 10 * i, ZONE_SERVER, RESOLVER, 20 + i, AUTHORITY,
				"www.own");
		}
		if (asked) {
			ask(&s, LATE, CLIENT, FORWARDER, 12, QUERY, NAME);
			ask(&s, LATE + 1, FORWARDER, ZONE_SERVER, 13, QUERY, NAME);
			reply(&s, LATE + 2, ZONE_SERVER, FORWARDER, 13,
			      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, NAME);
			reply(&s, LATE + 3, FORWARDER, CLIENT, 12, RECURSED | RC_RCODE_REFUSED,
			      NAME);
		}
		ask(&s, LATE + 1000, CLIENT, FORWARDER, 14, QUERY, NAME);
		reply(&s, LATE + 1000, FORWARDER, CLIENT, 14, RECURSED | RC_RCODE_REFUSED, NAME);
		finish(&s);
		assert_int_equal(s.n, 1 + asked);
		assert_cause(&s, asked, asked ? "policy.recursion_unavailable" : "policy.blocked");
	}
}

/*
 * Everything that this client asks is left unanswered, what others get among it: that a name's servers are dead, too, is not
 * why. A client that got one answer, or of whose names nobody gets one, is another matter.
 */
static void who_is_never_answered_is_shut_out_whatever_else_is_wrong(void **state)
{
	static const char *const client = "198.51.100.77";
	static struct sim s;
	(void)state;
	for (unsigned story = 0; story < 3; story++) {
		unsigned dead = 0;
		begin_warm(&s);
		for (unsigned i = 0; i < 4; i++) {
			const char *name = i == 1 && story != 2 ? "good.test" : NAME;
			char other[] = "n0.example";
			other[1] = (char)('0' + i);
			ask(&s, LATE + 3000 * i, client, RESOLVER, 30 + i, QUERY,
			    i == 1 ? name : other);
			if (i == 1 && story == 1)
				reply_a(&s, LATE + 3001, RESOLVER, client, 31, RECURSED, name);
			warm_up(&s, LATE + 3000 * i + 100);
		}
		dead_zone(&s, LATE + 9001, 50, "n3.example");
		warm_up(&s, LATE + 40000);
		finish(&s);
		for (size_t i = 0; i < s.n; i++) {
			bool its = s.seen[i].x.first_ns == T0 + (LATE + 9000) * MS;
			bool shut = its &&
				    strcmp(s.seen[i].cause->slug, "policy.client_not_allowed") ==
					    0 &&
				    s.seen[i].confidence == RC_CONF_LIKELY;
			dead += its;
			assert_true(!its || shut == (story == 0));
		}
		assert_int_equal(dead, 1);
	}
}

/* What is dropped of another client, whom it serves otherwise, has a reason of its own. */
static void that_one_client_is_shut_out_is_not_said_of_another(void **state)
{
	static const char *const client = "198.51.100.77";
	static struct sim s;
	unsigned shut = 0, other = 0;
	(void)state;
	begin_warm(&s);
	ask(&s, 100, CLIENT, RESOLVER, 5, QUERY, "good.test");
	reply_a(&s, 101, RESOLVER, CLIENT, 5, RECURSED, "good.test");
	for (unsigned i = 0; i < 4; i++) {
		char name[] = "n0.example";
		name[1] = (char)('0' + i);
		ask(&s, LATE + 3000 * i, client, RESOLVER, 30 + i, QUERY,
		    i == 1 ? "good.test" : name);
		warm_up(&s, LATE + 3000 * i + 100);
	}
	ask(&s, LATE + 9500, CLIENT, RESOLVER, 6, QUERY, "n2.example");
	ask(&s, LATE + 9501, RESOLVER, ROOT_SERVER, 7, FETCH, "n2.example");
	reply_a(&s, LATE + 9505, ROOT_SERVER, RESOLVER, 7, AUTHORITY, "n2.example");
	warm_up(&s, LATE + 9600);
	warm_up(&s, LATE + 40000);
	finish(&s);
	for (size_t i = 0; i < s.n; i++) {
		bool refused = strcmp(s.seen[i].cause->slug, "policy.client_not_allowed") == 0;
		bool its = strcmp(rc_addr_format(&s.seen[i].client, (char[RC_ADDR_TEXT_MAX]){0}),
				  client) == 0;
		shut += its && refused;
		other += !its && !refused;
	}
	assert_int_equal(shut, 4);
	assert_int_equal(other, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_class_is_what_is_refused),
		cmocka_unit_test(another_class_is_what_is_not_served),
		cmocka_unit_test(
			a_name_refused_to_a_client_that_is_served_is_no_matter_of_who_asks),
		cmocka_unit_test(a_resolver_at_work_does_not_shut_its_client_out),
		cmocka_unit_test(what_is_ready_too_late_was_not_refused_to_who_waited),
		cmocka_unit_test(silence_to_another_version_of_edns_is_not_about_the_client),
		cmocka_unit_test(silence_is_about_the_client_where_nobody_is_seen_to_be_asked),
		cmocka_unit_test(what_is_asked_later_for_others_is_not_asked_for_who_is_shut_out),
		cmocka_unit_test(keys_asked_for_later_are_not_asked_for_who_is_shut_out),
		cmocka_unit_test(silence_to_a_flood_may_be_a_limit),
		cmocka_unit_test(what_others_had_before_says_little_of_who_is_left_out),
		cmocka_unit_test(
			what_others_get_later_says_little_where_the_resolver_is_not_seen_at_work),
		cmocka_unit_test(who_is_served_at_another_address_of_the_resolver_counts),
		cmocka_unit_test(who_asks_while_nobody_is_answered_is_not_shut_out),
		cmocka_unit_test(a_fault_found_in_what_others_may_ask_is_about_the_client),
		cmocka_unit_test(
			who_is_told_unreachable_is_told_for_himself_where_others_are_answered),
		cmocka_unit_test(blocked_for_one_client_alone_is_about_the_client),
		cmocka_unit_test(blocked_for_a_client_that_is_served_is_about_the_name),
		cmocka_unit_test(a_name_refused_without_ra_by_a_resolver_is_blocked),
		cmocka_unit_test(a_refusal_that_may_be_handed_on_says_less),
		cmocka_unit_test(a_look_into_a_cache_is_refused_through_a_forwarder_too),
		cmocka_unit_test(a_failure_called_prohibited_is_no_cached_one),
		cmocka_unit_test(who_is_served_at_another_address_is_allowed),
		cmocka_unit_test(who_walks_delegations_and_refuses_means_the_client),
		cmocka_unit_test(refusals_beside_answers_at_a_high_rate_are_a_limit),
		cmocka_unit_test(refusals_beside_answers_at_a_low_rate_are_none),
		cmocka_unit_test(silence_in_an_outage_is_no_limit_of_the_rate),
		cmocka_unit_test(silence_behind_silent_servers_is_no_limit_of_the_rate),
		cmocka_unit_test(what_fails_by_its_type_is_no_matter_of_who_asks),
		cmocka_unit_test(who_gets_own_names_alone_may_not_ask_for_others),
		cmocka_unit_test(
			a_zone_that_an_authoritative_server_prohibits_is_not_for_the_client),
		cmocka_unit_test(
			a_failure_called_prohibited_for_what_others_get_is_about_the_client),
		cmocka_unit_test(what_is_asked_of_the_root_is_not_asked_for_who_is_shut_out),
		cmocka_unit_test(who_refuses_everybody_serves_no_others),
		cmocka_unit_test(a_type_that_is_refused_is_no_rate),
		cmocka_unit_test(a_type_that_was_answered_before_is_not_what_is_refused),
		cmocka_unit_test(names_left_out_at_a_high_rate_are_a_limit),
		cmocka_unit_test(a_truncated_answer_with_records_is_no_sign_of_a_limit),
		cmocka_unit_test(any_that_fails_out_of_hand_is_not_supported),
		cmocka_unit_test(any_is_not_supported_by_a_resolver_at_work_on_that_name),
		cmocka_unit_test(any_that_fails_out_of_hand_may_not_be_supported),
		cmocka_unit_test(names_left_out_twice_at_a_high_rate_are_not_blocked),
		cmocka_unit_test(a_client_refused_one_name_alone_need_not_be_shut_out),
		cmocka_unit_test(a_zone_refused_altogether_is_not_hosted),
		cmocka_unit_test(an_ixfr_that_does_not_say_from_where_is_malformed),
		cmocka_unit_test(who_is_left_without_what_others_get_may_not_ask_for_it),
		cmocka_unit_test(who_was_served_before_may_be_shut_out_since),
		cmocka_unit_test(who_is_shut_out_does_not_fail_by_edns),
		cmocka_unit_test(what_others_are_refused_too_by_now_is_not_about_the_client),
		cmocka_unit_test(what_was_handed_on_once_is_not_blocked_the_next_time),
		cmocka_unit_test(who_is_never_answered_is_shut_out_whatever_else_is_wrong),
		cmocka_unit_test(that_one_client_is_shut_out_is_not_said_of_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
