#include "analyze/infer/forwarding.h"
#include "analyze/infer/lineage.h"
#include "analyze/infer/zones.h"
#include "tests/analyze/sim.h"

#define PROVIDER_SERVER "203.0.113.9"

/* The delegation without glue. */
static void refer_away(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.provider.test");
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns2.provider.test");
	say(s, ms, ROOT_SERVER, RESOLVER, id, &d);
}

/* The same, cut by the snap length within the second NS record. */
static void refer_in_part(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.provider.test");
	size_t whole = d.len;
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns2.provider.test");
	struct rc_obs o = obs_raw(T0 + ms * MS, ROOT_SERVER, 53, RESOLVER, 20000 + id);
	o.flags = RC_OBS_CUT;
	assert_true(rc_msg_decode(d.data, (uint32_t)whole + 2, (uint32_t)d.len, s->seed, &o.msg));
	send_obs(s, &o);
}

static void look_up(struct sim *s, int64_t ms, unsigned id, const char *name, const char *address)
{
	static struct dns d;
	ask(s, ms, RESOLVER, PROVIDER_SERVER, id, FETCH, name);
	dns_query(&d, (uint16_t)id, AUTHORITY, name, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, name, address);
	say(s, ms + 1, PROVIDER_SERVER, RESOLVER, id, &d);
}

/* A client asks, and both servers of the zone are silent; when it asked. */
static int64_t ask_in_vain(struct sim *s, const char *name)
{
	int64_t ms = LATE + 100;
	begin(s);
	warm_up(s, LATE);
	ask(s, ms, CLIENT, RESOLVER, 1, QUERY, name);
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
	refer_away(s, ms + 10, 2, name);
	ask(s, ms + 20, RESOLVER, ZONE_SERVER, 3, FETCH, name);
	ask(s, ms + 820, RESOLVER, ZONE_SERVER2, 4, FETCH, name);
	return ms;
}

/* Asked of the root with RD=1, type NS, whether the server lives. */
static void probe(struct sim *s, int64_t ms, const char *server, unsigned id)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, QUERY, ".", RC_TYPE_NS);
	send_message(s, ms, FORWARDER, 1000 + id, server, 53, &d);
}

/* CoreDNS asks the root now and then of each server that it hands questions on to. */
static void whether_servers_live_a_forwarder_asks_for_nobody(void **state)
{
	static struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, "www.example");
	ask(&s, LATE + 1, FORWARDER, ZONE_SERVER, 2, QUERY, "www.example");
	probe(&s, LATE + 100, ZONE_SERVER2, 3);
	reply(&s, LATE + 6000, FORWARDER, CLIENT, 1, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_SERVFAIL,
	      "www.example");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_non_null(strstr(s.seen[0].text, "1 of 1 asked"));
}

/*
 * A storm: each fetch looks the nameservers up again. Their lookups, though more than a lineage takes, leave
 * room for all that belongs to the failure.
 */
static void a_nameserver_looked_up_over_and_over_hides_no_other(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	int64_t ms = ask_in_vain(&s, name);
	for (unsigned i = 0; i < 2 * RC_LINEAGE_MAX; i++) {
		bool second = i % 8 == 7;
		look_up(&s, ms + 900 + i, 2000 + i,
			second ? "ns2.provider.test" : "ns1.provider.test",
			second ? ZONE_SERVER2 : ZONE_SERVER);
	}
	servfail(&s, ms + 3000, RESOLVER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
	assert_string_equal(s.seen[0].zone, "example");
	assert_non_null(strstr(s.seen[0].text, "2 of 2 asked"));
	assert_false(s.seen[0].visibility.history_evicted);
}

/* So many answers came since that the referral itself is gone: what it was is still known. */
static void a_referral_let_go_of_is_no_final_answer(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example", *other = "ns1.provider.test";
	(void)state;
	int64_t ms = ask_in_vain(&s, name);
	servfail(&s, ms + 3000, RESOLVER, CLIENT, 1, name);
	for (unsigned i = 0; i < 9000; i++) {
		ask(&s, ms + 3010, RESOLVER, PROVIDER_SERVER, 2000 + i, FETCH, other);
		dns_query(&d, (uint16_t)(2000 + i), AUTHORITY, other, RC_TYPE_A);
		for (unsigned k = 0; k < 20; k++)
			dns_rr_a(&d, RC_ANSWER, other, ZONE_SERVER);
		say(&s, ms + 3010, PROVIDER_SERVER, RESOLVER, 2000 + i, &d);
	}
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_true(s.seen[0].confidence >= RC_CONF_LIKELY);
}

/* Refers to names of servers without addresses; these are looked up and answered with these flags. */
static void look_up_in_vain(struct sim *s, unsigned flags, unsigned type, bool cut)
{
	static struct dns d;
	const char *name = "www.example";
	begin(s);
	warm_up(s, LATE);
	int64_t ms = LATE + 100;
	ask(s, ms, CLIENT, RESOLVER, 1, QUERY, name);
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
	if (cut)
		refer_in_part(s, ms + 10, 2, name);
	else
		refer_away(s, ms + 10, 2, name);
	for (unsigned i = 0; i < 4; i++) {
		const char *server = i % 2 != 0 ? "ns1.provider.test" : "ns2.provider.test";
		dns_query(&d, (uint16_t)(100 + i), FETCH, server, type);
		send_message(s, ms + 20 + i, RESOLVER, 20100 + i, PROVIDER_SERVER, 53, &d);
		dns_query(&d, (uint16_t)(100 + i), flags, server, type);
		if ((flags & 15) == RC_RCODE_NXDOMAIN)
			dns_rr_soa(&d, RC_AUTHORITY, "provider.test");
		say(s, ms + 30 + i, PROVIDER_SERVER, RESOLVER, 100 + i, &d);
	}
	servfail(s, ms + 40, RESOLVER, CLIENT, 1, name);
	finish(s);
}

static void a_nameserver_without_an_address_stays_at_fault(void **state)
{
	static struct sim s;
	(void)state;
	look_up_in_vain(&s, AUTHORITY | RC_RCODE_NXDOMAIN, RC_TYPE_A, false);
	assert_cause(&s, 0, "delegation.ns_unresolvable");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/*
 * The delegation gives no addresses; those that the resolver looked up for one name it does not ask for again for the
 * next: whose servers it asks then is known all the same. Unless the latest that it was told is that there are none.
 */
static void what_a_resolver_was_told_of_servers_tells_whose_they_are(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "mail.example";
	(void)state;
	for (unsigned gone = 0; gone < 2; gone++) {
		int64_t ms = ask_in_vain(&s, "www.example");
		look_up(&s, ms + 12, 5, "ns1.provider.test", ZONE_SERVER);
		look_up(&s, ms + 14, 6, "ns2.provider.test", ZONE_SERVER2);
		reply_a(&s, ms + 900, ZONE_SERVER2, RESOLVER, 4, AUTHORITY, "www.example");
		reply_a(&s, ms + 901, RESOLVER, CLIENT, 1, RECURSED, "www.example");
		for (unsigned i = 0; i < 2 && gone; i++) {
			const char *server = i == 0 ? "ns1.provider.test" : "ns2.provider.test";
			ask(&s, ms + 950, RESOLVER, PROVIDER_SERVER, 7 + i, FETCH, server);
			dns_query(&d, (uint16_t)(7 + i), AUTHORITY | RC_RCODE_NXDOMAIN, server,
				  RC_TYPE_A);
			dns_rr_soa(&d, RC_AUTHORITY, "provider.test");
			say(&s, ms + 951, PROVIDER_SERVER, RESOLVER, 7 + i, &d);
		}
		ask(&s, ms + 1000, CLIENT, RESOLVER, 10, QUERY, name);
		for (unsigned i = 0; i < 2; i++) {
			const char *server = i == 0 ? ZONE_SERVER : ZONE_SERVER2;
			ask(&s, ms + 1001 + 5 * i, RESOLVER, server, 11 + i, FETCH, name);
			reply(&s, ms + 1003 + 5 * i, server, RESOLVER, 11 + i,
			      RC_FLAG_QR | RC_RCODE_REFUSED, name);
		}
		servfail(&s, ms + 1012, RESOLVER, CLIENT, 10, name);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "delegation.lame_refused");
		assert_string_equal(s.seen[0].zone, gone ? "" : "example");
		assert_int_equal(s.seen[0].confidence, gone ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

/* Looked up for IPv6 alone, when an address of IPv4 is remembered: that there is none says little. */
static void look_up_ipv6(struct sim *s, int64_t ms, unsigned id)
{
	static struct dns d;
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i == 0 ? "ns1.provider.test" : "ns2.provider.test";
		dns_query(&d, (uint16_t)(id + i), FETCH, server, RC_TYPE_AAAA);
		send_message(s, ms, RESOLVER, 20000 + id + i, PROVIDER_SERVER, 53, &d);
		dns_query(&d, (uint16_t)(id + i), AUTHORITY, server, RC_TYPE_AAAA);
		dns_rr_soa(&d, RC_AUTHORITY, "provider.test");
		say(s, ms + 1, PROVIDER_SERVER, RESOLVER, id + i, &d);
	}
}

static void servers_without_ipv6_have_what_was_told_of_ipv4_before(void **state)
{
	static struct sim s;
	(void)state;
	int64_t ms = ask_in_vain(&s, "www.example");
	look_up(&s, ms + 12, 5, "ns1.provider.test", ZONE_SERVER);
	look_up(&s, ms + 14, 6, "ns2.provider.test", ZONE_SERVER2);
	reply_a(&s, ms + 900, ZONE_SERVER2, RESOLVER, 4, AUTHORITY, "www.example");
	reply_a(&s, ms + 901, RESOLVER, CLIENT, 1, RECURSED, "www.example");
	ask(&s, ms + 20000, CLIENT, RESOLVER, 10, QUERY, "mail.example");
	look_up_ipv6(&s, ms + 20001, 20);
	servfail(&s, ms + 23000, RESOLVER, CLIENT, 10, "mail.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.ns_unresolvable");
}

static void servers_without_ipv6_may_have_ipv4(void **state)
{
	static struct sim s;
	(void)state;
	look_up_in_vain(&s, AUTHORITY, RC_TYPE_AAAA, false);
	assert_int_equal(s.n, 1);
	for (size_t i = 0; i < s.n; i++)
		assert_true(strcmp(s.seen[i].cause->slug, "delegation.ns_unresolvable") != 0 ||
			    s.seen[i].confidence < RC_CONF_LIKELY);
}

static void send_tcp(struct sim *s, int64_t ms, enum rc_tcp_event event, bool from_server)
{
	struct rc_obs o = from_server
				  ? obs_tcp(T0 + ms * MS, event, ZONE_SERVER, 53, RESOLVER, 4000)
				  : obs_tcp(T0 + ms * MS, event, RESOLVER, 4000, ZONE_SERVER, 53);
	o.from_server = from_server;
	send_obs(s, &o);
}

/* Silent over UDP, it takes the connection and resets that when it was asked: it is there, and silent. */
static void a_connection_reset_by_who_is_silent_is_not_out_of_reach(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	for (unsigned silent = 0; silent < 2; silent++) {
		begin(&s);
		warm_up(&s, LATE);
		int64_t ms = LATE + 100;
		ask(&s, ms, CLIENT, RESOLVER, 1, QUERY, name);
		ask(&s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
		refer(&s, ms + 10, 2, name);
		if (silent) {
			ask(&s, ms + 20, RESOLVER, ZONE_SERVER, 3, FETCH, name);
			ask(&s, ms + 420, RESOLVER, ZONE_SERVER2, 4, FETCH, name);
		}
		send_tcp(&s, ms + 820, RC_TCP_SYN, false);
		send_tcp(&s, ms + 821, RC_TCP_ESTABLISHED, true);
		dns_query(&d, 5, FETCH, name, RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, T0 + (ms + 822) * MS, RESOLVER, 4000,
					     ZONE_SERVER, 53, &d);
		o.transport = RC_TCP;
		send_obs(&s, &o);
		send_tcp(&s, ms + 900, RC_TCP_RESET, true);
		servfail(&s, ms + 3000, RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, silent ? "upstream.timeout" : "upstream.unreachable");
	}
}

/* The snap length cut the delegation: further servers, and addresses, may have stood in the rest. */
static void half_a_delegation_names_not_all_servers(void **state)
{
	static struct sim s;
	(void)state;
	look_up_in_vain(&s, AUTHORITY | RC_RCODE_NXDOMAIN, RC_TYPE_A, true);
	assert_cause(&s, 0, "delegation.ns_unresolvable");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	look_up_in_vain(&s, AUTHORITY, RC_TYPE_AAAA, true);
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.ns_unresolvable");
}

/* One server has the zone and the one above: it does not refer, and what the zone says of its servers leads nowhere. */
static void a_zone_whose_own_servers_have_no_addresses_is_at_fault(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.sub.example", *zone = "sub.example", *server = "ns1.provider.test";
	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		bool missing = how & 1;
		begin(&s);
		warm_up(&s, LATE);
		int64_t ms = LATE + 100;
		ask_below(&s, ms, 1, name);
		uint16_t type = how & 2 ? RC_TYPE_NS : RC_TYPE_A;
		dns_query(&d, 4, FETCH, zone, type);
		send_message(&s, ms + 6, RESOLVER, 20004, ZONE_SERVER, 53, &d);
		dns_query(&d, 4, AUTHORITY, zone, type);
		if (type == RC_TYPE_A)
			dns_rr_a(&d, RC_ANSWER, zone, "203.0.113.80");
		dns_rr_name(&d, type == RC_TYPE_A ? RC_AUTHORITY : RC_ANSWER, zone, RC_TYPE_NS,
			    server);
		say(&s, ms + 7, ZONE_SERVER, RESOLVER, 4, &d);
		ask(&s, ms + 8, RESOLVER, PROVIDER_SERVER, 3, FETCH, server);
		dns_query(&d, 3, AUTHORITY | (missing ? RC_RCODE_NXDOMAIN : RC_RCODE_SERVFAIL),
			  server, RC_TYPE_A);
		if (missing)
			dns_rr_soa(&d, RC_AUTHORITY, "provider.test");
		say(&s, ms + 9, PROVIDER_SERVER, RESOLVER, 3, &d);
		servfail(&s, ms + 10, RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "delegation.ns_unresolvable") == 0,
				 missing);
		if (missing)
			assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	}
}

/* Truncated, and empty for that reason: no word of there being no address. */
static void a_truncated_answer_does_not_say_that_there_is_no_address(void **state)
{
	static struct sim s;
	(void)state;
	look_up_in_vain(&s, AUTHORITY | RC_FLAG_TC, RC_TYPE_A, false);
	assert_true(s.n > 0);
	for (size_t i = 0; i < s.n; i++)
		assert_true(strcmp(s.seen[i].cause->slug, "delegation.ns_unresolvable") != 0 ||
			    s.seen[i].confidence < RC_CONF_PROVEN);
}

/*
 * DNS64: no address of IPv6, so those of IPv4 are asked for, and the server fails that. Asked for before
 * the answer, they are another question: a client asks for both.
 */
static void a_failure_to_find_what_dns64_needs_is_the_cause(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	for (unsigned after = 0; after < 2; after++) {
		begin(&s);
		warm_up(&s, LATE);
		int64_t ms = LATE + 100;
		dns_query(&d, 1, QUERY, name, RC_TYPE_AAAA);
		send_message(&s, ms, CLIENT, 20001, RESOLVER, 53, &d);
		ask(&s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
		refer(&s, ms + 10, 2, name);
		for (unsigned i = 0; i < 2; i++) {
			if (i == after) {
				ask(&s, ms + 20 + i, RESOLVER, ZONE_SERVER, 3, FETCH, name);
				continue;
			}
			dns_query(&d, 4, FETCH, name, RC_TYPE_AAAA);
			send_message(&s, ms + 20 + i, RESOLVER, 20004, ZONE_SERVER, 53, &d);
			dns_query(&d, 4, AUTHORITY, name, RC_TYPE_AAAA);
			dns_rr_soa(&d, RC_AUTHORITY, "example");
			say(&s, ms + 20 + i, ZONE_SERVER, RESOLVER, 4, &d);
		}
		reply(&s, ms + 30, ZONE_SERVER, RESOLVER, 3, RC_FLAG_QR | RC_RCODE_SERVFAIL, name);
		dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, name, RC_TYPE_AAAA);
		say(&s, ms + 31, RESOLVER, CLIENT, 1, &d);
		finish(&s);
		assert_cause(&s, 0, after ? "upstream.servfail" : "resolver.internal");
	}
}

/* What the zone's servers refuse; and an alias of all names below "d.test" leads to that zone. */
static void refused_behind_dname(struct sim *s, int64_t ms, unsigned id, const char *name,
				 const char *target)
{
	static struct dns d;
	if (name != NULL) {
		ask(s, ms, RESOLVER, PROVIDER_SERVER, id, FETCH, name);
		dns_query(&d, (uint16_t)id, AUTHORITY, name, RC_TYPE_A);
		dns_rr_name(&d, RC_ANSWER, "d.test", RC_TYPE_DNAME, "example");
		dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, target);
		say(s, ms + 1, PROVIDER_SERVER, RESOLVER, id, &d);
		ask(s, ms + 2, RESOLVER, ROOT_SERVER, id + 1, FETCH, target);
		refer(s, ms + 3, id + 1, target);
	}
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i == 0 ? ZONE_SERVER : ZONE_SERVER2;
		ask(s, ms + 4 + i, RESOLVER, server, id + 2 + i, FETCH, target);
		reply(s, ms + 4 + i, server, RESOLVER, id + 2 + i, RC_FLAG_QR | RC_RCODE_REFUSED,
		      target);
	}
}

static void a_dname_that_the_resolver_holds_is_followed(void **state)
{
	static struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, LATE);
	int64_t ms = LATE + 100;
	ask(&s, ms, CLIENT, RESOLVER, 1, QUERY, "www.d.test");
	refused_behind_dname(&s, ms + 1, 10, "www.d.test", "www.example");
	servfail(&s, ms + 10, RESOLVER, CLIENT, 1, "www.d.test");
	ask(&s, ms + 100, CLIENT, RESOLVER, 2, QUERY, "mail.d.test");
	refused_behind_dname(&s, ms + 101, 20, NULL, "mail.example");
	servfail(&s, ms + 110, RESOLVER, CLIENT, 2, "mail.d.test");
	/* Those servers are not asked any more. */
	ask(&s, ms + 200, CLIENT, RESOLVER, 3, QUERY, "api.d.test");
	servfail(&s, ms + 201, RESOLVER, CLIENT, 3, "api.d.test");
	finish(&s);
	assert_int_equal(s.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_cause(&s, i, "delegation.lame_refused");
		assert_string_equal(s.seen[i].zone, "example");
		assert_int_equal(s.seen[i].confidence, i < 2 ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
}

/* The resolver holds the alias from before the capture began: its answer shows it. */
static void an_alias_in_the_answer_to_the_client_is_followed(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "mail.d.test";
	(void)state;
	begin(&s);
	warm_up(&s, LATE);
	ask(&s, LATE + 100, CLIENT, RESOLVER, 2, QUERY, name);
	refused_behind_dname(&s, LATE + 101, 20, NULL, "mail.example");
	dns_query(&d, 2, RECURSED | RC_RCODE_SERVFAIL, name, RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, "mail.example");
	say(&s, LATE + 110, RESOLVER, CLIENT, 2, &d);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "delegation.lame_refused");
}

/*
 * The answers pass by, and the resolver asks on after its usual wait; or it asks on at once, as one does that
 * has them and takes them for bad.
 */
static void answers_that_do_not_reach_the_resolver_are_told_from_rejected_ones(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned unheard = 0; unheard < 2; unheard++) {
		begin(&s);
		warm_up(&s, LATE);
		int64_t ms = LATE + 100;
		ask_below(&s, ms, 1, name);
		for (unsigned i = 0; i < 3; i++) {
			int64_t at = ms + 10 + (unheard ? 800 : 8) * i;
			const char *server = i % 2 ? ZONE_SERVER2 : ZONE_SERVER;
			ask(&s, at, RESOLVER, server, 10 + i, FETCH, name);
			reply_a(&s, at + 2, server, RESOLVER, 10 + i, AUTHORITY, name);
		}
		servfail(&s, ms + (unheard ? 2500 : 30), RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_cause(&s, 0, unheard ? "upstream.timeout" : "resolver.internal");
		assert_int_equal(s.seen[0].confidence, unheard ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* Where the resolver turns out to have another address: nothing is left of the first time. */
static void what_is_collected_again_begins_from_nothing(void **state)
{
	struct rc_exchange x = {.first_ns = T0, .end_ns = T0 + MS, .state = RC_X_ANSWERED};
	struct rc_addr resolver = addr(RESOLVER);
	struct rc_name name = name_of("www.example");
	struct rc_case c = {.seed = SEED, .x = &x, .qname = &name, .resolver = &resolver};
	struct rc_book *book;
	(void)state;
	c.n_resolver = 1;
	c.others.earlier = 1;
	c.recorder = new_recorder();
	assert_int_equal(rc_trails_new(SEED, &c.trails), RC_OK);
	assert_int_equal(rc_arena_new((size_t)1 << 20, &c.arena), RC_OK);
	assert_int_equal(rc_book_new(1u << 16, SEED, &book), RC_OK);
	c.book = book;
	for (unsigned i = 0; i < 2; i++) {
		rc_lineage_collect(&c);
		assert_int_equal(c.n_names, 3); /* the name, example and the root */
		assert_int_equal(c.n_links, 0);
		assert_true(rc_name_equal(&c.names[0].name, &name));
	}
	rc_arena_free(c.arena);
	rc_trails_free(c.trails);
	rc_book_free(book);
	rc_recorder_free(c.recorder);
}

/* What was found out of the case with fewer addresses is not true of the one with more. */
static void a_case_of_more_addresses_is_judged_anew(void **state)
{
	struct rc_exchange x = {.first_ns = T0, .end_ns = T0 + MS, .state = RC_X_ANSWERED};
	struct rc_addr resolver = addr(RESOLVER), other = addr("2001:db8::53");
	struct rc_name name = name_of("www.example");
	struct rc_case c = {.seed = SEED,
			    .x = &x,
			    .qname = &name,
			    .resolver = &resolver,
			    .dnssec_done = true,
			    .dnssec = {.status = RC_DNSSEC_BOGUS},
			    .foreign_root = true,
			    .silence_known = true,
			    .silence_alone = true};
	struct rc_book *book;
	(void)state;
	c.n_resolver = 1;
	c.recorder = new_recorder();
	assert_int_equal(rc_trails_new(SEED, &c.trails), RC_OK);
	assert_int_equal(rc_arena_new((size_t)1 << 20, &c.arena), RC_OK);
	assert_int_equal(rc_book_new(1u << 16, SEED, &book), RC_OK);
	c.book = book;
	const struct rc_case *wide = rc_case_suppose(&c, &other, 1);
	assert_non_null(wide);
	assert_int_equal(wide->n_resolver, 2);
	assert_false(wide->dnssec_done || wide->foreign_root || wide->silence_known);
	assert_int_equal(wide->dnssec.status, RC_DNSSEC_INDETERMINATE);
	rc_arena_free(c.arena);
	rc_trails_free(c.trails);
	rc_book_free(book);
	rc_recorder_free(c.recorder);
}

#define TOLD 12u
#define TOLD_ODD 3u /* of them, the one with another alias */

/* An answer of the zone's server to RESOLVER, the alias of www.example, that many milliseconds after T0. */
static void keep_alias(struct rc_case *c, unsigned ms, const struct rc_name *name,
		       const char *target)
{
	static struct dns d;
	struct rc_record *r;
	struct rc_addr asker = addr(RESOLVER), server = addr(ZONE_SERVER);
	uint64_t hash = rc_name_hash(SEED, name);
	dns_query(&d, (uint16_t)ms, AUTHORITY, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, "www.example", RC_TYPE_CNAME, target);
	rc_recorder_add(c->recorder, T0 + ms * MS, name,
			rc_recorder_key(c->recorder, rc_addr_hash(SEED, &asker), hash),
			rc_recorder_key(c->recorder, rc_addr_hash(SEED, &server), hash), &r);
	r->x.asker = asker;
	r->x.server = server;
	r->x.name_hash = hash;
	r->x.qtype = RC_TYPE_A;
	r->x.state = RC_X_ANSWERED;
	r->x.last_ns = r->x.first_ns;
	r->x.end_ns = r->x.first_ns + MS / 2;
	rc_recorder_keep_answer(c->recorder, r, d.data, (uint32_t)d.len);
}

/* Of answers that are alike the earliest speaks for those found to be; one that is not is followed, too. */
static void what_is_told_again_is_followed_once(void **state)
{
	struct rc_exchange x = {.first_ns = T0,
				.end_ns = T0 + TOLD * MS,
				.state = RC_X_ANSWERED,
				.server = addr(RESOLVER)};
	struct rc_addr resolver = addr(RESOLVER);
	struct rc_name name = name_of("www.example"), target = name_of("a.test"),
		       odd = name_of("b.test");
	struct rc_case c = {.seed = SEED, .x = &x, .qname = &name, .resolver = &resolver};
	unsigned again = 0, followed = 0;
	(void)state;
	c.n_resolver = 1;
	c.from_ns = T0;
	c.to_ns = T0 + TOLD * MS;
	c.others.earlier = 1;
	c.recorder = new_recorder();
	assert_int_equal(rc_trails_new(SEED, &c.trails), RC_OK);
	assert_int_equal(rc_digests_new((size_t)1 << 20, SEED, &c.digests), RC_OK);
	assert_int_equal(rc_arena_new((size_t)1 << 20, &c.arena), RC_OK);
	for (unsigned i = 0; i < TOLD; i++)
		keep_alias(&c, i, &name, i == TOLD_ODD ? "b.test" : "a.test");
	rc_lineage_collect(&c);
	assert_int_equal(c.n_links, TOLD);
	for (size_t i = 0; i < c.n_links; i++)
		again += c.links[i].again;
	assert_int_equal(again, TOLD - 2 - RC_ANSWER_KINDS_MAX);
	assert_false(c.links[0].again);
	assert_false(c.links[TOLD_ODD].again);
	assert_true(c.links[TOLD_ODD + 1].again);
	for (size_t i = 0; i < c.n_names; i++)
		followed += rc_name_equal(&c.names[i].name, &target) ||
			    rc_name_equal(&c.names[i].name, &odd);
	assert_int_equal(followed, 2);
	rc_arena_free(c.arena);
	rc_digests_free(c.digests);
	rc_trails_free(c.trails);
	rc_recorder_free(c.recorder);
}

static void send_typed(struct sim *s, int64_t ms, const char *asker, const char *server,
		       unsigned id, unsigned flags, const char *name, unsigned type)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, type);
	send_message(s, ms, asker, 20000 + id, server, 53, &d);
}

/* With QNAME minimisation it asks for what lies above the target first: that this is answered ends nothing. */
static void an_answer_for_what_lies_above_an_alias_target_is_not_final(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example", *target = "a.b.far.test";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, name);
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
	dns_query(&d, 3, AUTHORITY, name, RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, target);
	say(&s, LATE + 11, ZONE_SERVER, RESOLVER, 3, &d);
	ask(&s, LATE + 12, RESOLVER, ROOT_SERVER, 4, FETCH, "far.test");
	dns_query(&d, 4, RC_FLAG_QR, "far.test", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "far.test", RC_TYPE_NS, "ns1.far.test");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.far.test", PROVIDER_SERVER);
	say(&s, LATE + 13, ROOT_SERVER, RESOLVER, 4, &d);
	ask(&s, LATE + 14, RESOLVER, PROVIDER_SERVER, 5, FETCH, "b.far.test");
	dns_query(&d, 5, AUTHORITY, "b.far.test", RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, "far.test");
	say(&s, LATE + 15, PROVIDER_SERVER, RESOLVER, 5, &d);
	for (unsigned i = 0; i < 3; i++)
		ask(&s, LATE + 16 + 800 * i, RESOLVER, PROVIDER_SERVER, 6 + i, FETCH, target);
	servfail(&s, LATE + 3000, RESOLVER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_string_equal(s.seen[0].zone, "far.test");
}

/* The alias's server holds a copy of the other zone too, which is delegated elsewhere. */
static void a_target_that_the_aliass_server_answers_too_is_asked_where_it_is_delegated(void **state)
{
	static struct dns d;
	static const char *const causes[] = {"resolver.internal", "delegation.lame_refused",
					     "delegation.lame_referral"};
	const char *name = "www.example", *target = "www.far.test";
	(void)state;
	for (unsigned how = 0; how < 3; how++) {
		static struct sim s;
		begin_warm(&s);
		ask_below(&s, LATE, 1, name);
		ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
		dns_query(&d, 3, AUTHORITY, name, RC_TYPE_A);
		dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, target);
		dns_rr_a(&d, RC_ANSWER, target, "203.0.113.80");
		say(&s, LATE + 11, ZONE_SERVER, RESOLVER, 3, &d);
		ask(&s, LATE + 12, RESOLVER, ROOT_SERVER, 4, FETCH, target);
		dns_query(&d, 4, RC_FLAG_QR, target, RC_TYPE_A);
		dns_rr_name(&d, RC_AUTHORITY, "far.test", RC_TYPE_NS, "ns1.far.test");
		dns_rr_a(&d, RC_ADDITIONAL, "ns1.far.test", PROVIDER_SERVER);
		say(&s, LATE + 13, ROOT_SERVER, RESOLVER, 4, &d);
		ask(&s, LATE + 14, RESOLVER, PROVIDER_SERVER, 5, FETCH, target);
		dns_query(&d, 5, RC_FLAG_QR | (how == 1 ? RC_RCODE_REFUSED : 0), target, RC_TYPE_A);
		if (how == 2) /* upwards */
			dns_rr_name(&d, RC_AUTHORITY, ".", RC_TYPE_NS, "a.root.test");
		if (how == 0)
			reply_a(&s, LATE + 15, PROVIDER_SERVER, RESOLVER, 5, AUTHORITY, target);
		else
			say(&s, LATE + 15, PROVIDER_SERVER, RESOLVER, 5, &d);
		servfail(&s, LATE + 20, RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_cause(&s, 0, causes[how]);
	}
}

/*
 * The alias's server holds a copy of the other zone, and the resolver does not ask that zone's own servers: they let it
 * down before, or there is something else that the capture does not show.
 */
static void what_an_aliass_server_says_of_the_target_is_not_the_whole_answer(void **state)
{
	static struct dns d;
	const char *name = "www.example", *target = "www.far.test";
	(void)state;
	for (unsigned failed_before = 0; failed_before < 2; failed_before++) {
		static struct sim s;
		begin_warm(&s);
		if (failed_before) {
			ask(&s, LATE, CLIENT, RESOLVER, 11, QUERY, target);
			ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 12, FETCH, target);
			dns_query(&d, 12, RC_FLAG_QR, target, RC_TYPE_A);
			dns_rr_name(&d, RC_AUTHORITY, "far.test", RC_TYPE_NS, "ns1.far.test");
			dns_rr_a(&d, RC_ADDITIONAL, "ns1.far.test", PROVIDER_SERVER);
			say(&s, LATE + 2, ROOT_SERVER, RESOLVER, 12, &d);
			ask(&s, LATE + 3, RESOLVER, PROVIDER_SERVER, 13, FETCH, target);
			reply(&s, LATE + 4, PROVIDER_SERVER, RESOLVER, 13,
			      RC_FLAG_QR | RC_RCODE_REFUSED, target);
			servfail(&s, LATE + 5, RESOLVER, CLIENT, 11, target);
		}
		ask_below(&s, LATE + 100, 1, name);
		ask(&s, LATE + 110, RESOLVER, ZONE_SERVER, 3, FETCH, name);
		dns_query(&d, 3, AUTHORITY, name, RC_TYPE_A);
		dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, target);
		dns_rr_a(&d, RC_ANSWER, target, "203.0.113.80");
		say(&s, LATE + 111, ZONE_SERVER, RESOLVER, 3, &d);
		servfail(&s, LATE + 112, RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_int_equal(s.n, 1 + failed_before);
		assert_cause(&s, s.n - 1,
			     failed_before ? "delegation.lame_refused" : "unknown.no_evidence");
	}
}

/* www is an alias of the zone's own name: what answers that is the answer. */
static void an_alias_may_lead_to_what_lies_above_it(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, name);
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
	dns_query(&d, 3, AUTHORITY, name, RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, "example");
	say(&s, LATE + 11, ZONE_SERVER, RESOLVER, 3, &d);
	ask(&s, LATE + 12, RESOLVER, ZONE_SERVER, 4, FETCH, "example");
	reply_a(&s, LATE + 13, ZONE_SERVER, RESOLVER, 4, AUTHORITY, "example");
	servfail(&s, LATE + 14, RESOLVER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "resolver.internal");
}

/* One that validates asks for keys before it hands the question on. */
static void what_a_forwarder_asks_first_need_not_be_the_question(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	send_typed(&s, LATE + 1, FORWARDER, RESOLVER, 2, QUERY, "example", RC_TYPE_DNSKEY);
	servfail(&s, LATE + 6000, FORWARDER, CLIENT, 1, name);
	finish(&s);
	assert_true(s.seen[0].visibility.upstream_seen);
	assert_cause(&s, 0, "upstream.timeout");
}

/* The question it is answered, the keys it is refused: as the server that it forwards to does not recurse. */
static void keys_that_a_forwarder_is_refused_are_why_it_fails(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(&s, LATE + 1, FORWARDER, ZONE_SERVER, 2, QUERY, name);
	reply_a(&s, LATE + 2, ZONE_SERVER, FORWARDER, 2, AUTHORITY | RC_FLAG_RD, name);
	send_typed(&s, LATE + 3, FORWARDER, ZONE_SERVER, 3, QUERY, "example", RC_TYPE_DS);
	dns_query(&d, 3, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, "example", RC_TYPE_DS);
	say(&s, LATE + 4, ZONE_SERVER, FORWARDER, 3, &d);
	servfail(&s, LATE + 5, FORWARDER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "policy.recursion_unavailable");
}

/* It serves the zone and the one two cuts above: the DS it does not have, and it refers to where that is. */
static void who_refers_to_where_the_ds_is_is_not_lame_for_the_zone(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.child.mid.example";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, name);
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
	dns_query(&d, 3, AUTHORITY, name, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
	dns_rr_name(&d, RC_AUTHORITY, "child.mid.example", RC_TYPE_NS, "ns1.example");
	say(&s, LATE + 12, ZONE_SERVER, RESOLVER, 3, &d);
	dns_query(&d, 4, FETCH, "child.mid.example", RC_TYPE_DS);
	send_message(&s, LATE + 13, RESOLVER, 20004, ZONE_SERVER, 53, &d);
	dns_query(&d, 4, RC_FLAG_QR, "child.mid.example", RC_TYPE_DS);
	dns_rr_name(&d, RC_AUTHORITY, "mid.example", RC_TYPE_NS, "ns.mid.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns.mid.example", PROVIDER_SERVER);
	say(&s, LATE + 14, ZONE_SERVER, RESOLVER, 4, &d);
	dns_query(&d, 5, FETCH, "child.mid.example", RC_TYPE_DS);
	send_message(&s, LATE + 15, RESOLVER, 20005, PROVIDER_SERVER, 53, &d);
	dns_query(&d, 5, AUTHORITY, "child.mid.example", RC_TYPE_DS);
	dns_rr_soa(&d, RC_AUTHORITY, "mid.example");
	say(&s, LATE + 16, PROVIDER_SERVER, RESOLVER, 5, &d);
	servfail(&s, LATE + 20, RESOLVER, CLIENT, 1, name);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.lame_referral");
}

/* Why the resolver behind fails them is not seen: that it does is what is left. */
static void keys_that_fail_behind_a_forwarder_are_its_upstreams(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 2, QUERY, name);
	reply_a(&s, LATE + 2, RESOLVER, FORWARDER, 2, RECURSED, name);
	send_typed(&s, LATE + 3, FORWARDER, RESOLVER, 3, QUERY, "example", RC_TYPE_DNSKEY);
	dns_query(&d, 3, RECURSED | RC_RCODE_SERVFAIL, "example", RC_TYPE_DNSKEY);
	say(&s, LATE + 4, RESOLVER, FORWARDER, 3, &d);
	servfail(&s, LATE + 5, FORWARDER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.servfail");
}

/* The network turns a query away: the port is closed there. */
static void unreachable(struct sim *s, int64_t ms, const char *asker, const char *server,
			unsigned id, unsigned flags, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, RC_TYPE_A);
	struct rc_obs o = obs_seeded(s->seed, T0 + ms * MS, asker, 20000 + id, server, 53, &d);
	o.kind = RC_OBS_ICMP;
	o.icmp_type = o.icmp_code = 3;
	o.icmp_hard = true;
	send_obs(s, &o);
}

/* A forwarder asks two at a time, and gives its client the first answer, or nothing: the other is still at it, or silent. */
static void ask_two(struct sim *s, bool answered, bool absent)
{
	const char *name = "www.example";
	begin(s);
	warm_up(s, 0);
	ask(s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(s, LATE + 1, FORWARDER, "198.51.100.99", 2, QUERY, name);
	if (absent)
		unreachable(s, LATE + 1, FORWARDER, "198.51.100.99", 2, QUERY, name);
	ask(s, LATE + 1, FORWARDER, RESOLVER, 3, QUERY, name);
	ask(s, LATE + 2, RESOLVER, ROOT_SERVER, 4, FETCH, name);
	refer(s, LATE + 3, 4, name);
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i == 0 ? ZONE_SERVER : ZONE_SERVER2;
		ask(s, LATE + 4 + 2 * i, RESOLVER, server, 5 + i, FETCH, name);
		reply(s, LATE + 5 + 2 * i, server, RESOLVER, 5 + i, RC_FLAG_QR | RC_RCODE_REFUSED,
		      name);
	}
	servfail(s, LATE + 8, RESOLVER, FORWARDER, 3, name);
	if (answered)
		servfail(s, LATE + 9, FORWARDER, CLIENT, 1, name);
	rc_engine_advance(s->engine, T0 + 60000 * MS);
	finish(s);
}

static void a_forwarder_of_two_fails_for_the_reason_of_the_one_that_answered(void **state)
{
	static struct sim s;
	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		ask_two(&s, how % 2 != 0, how / 2 != 0);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "delegation.lame_refused");
	}
}

/* Lame is who was delegated the zone: else it may be the root, or something in its place, that refuses. */
static void who_refuses_is_lame_for_sure_where_the_delegation_is_seen(void **state)
{
	static const char *const servers[] = {ZONE_SERVER, ZONE_SERVER2};
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned seen = 0; seen < 2; seen++) {
		begin_warm(&s);
		if (seen)
			ask_below(&s, LATE, 1, name);
		else
			ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, name);
		for (unsigned i = 0; i < 2; i++) {
			ask(&s, LATE + 10 + 2 * i, RESOLVER, servers[i], 3 + i, FETCH, name);
			reply(&s, LATE + 11 + 2 * i, servers[i], RESOLVER, 3 + i,
			      RC_FLAG_QR | RC_RCODE_REFUSED, name);
		}
		servfail(&s, LATE + 20, RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "delegation.lame_refused");
		assert_int_equal(s.seen[0].confidence, seen ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
}

/* Of three that a forwarder asks one after the other, two are silent and one does not recurse. */
static void a_forwarder_goes_on_from_one_that_refuses(void **state)
{
	static const char *const servers[] = {"198.51.100.97", "198.51.100.98", "198.51.100.99"};
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	for (unsigned i = 0; i < 3; i++)
		ask(&s, LATE + 1 + 1200 * i, FORWARDER, servers[i], 2 + i, QUERY, name);
	reply(&s, LATE + 1203, servers[1], FORWARDER, 3, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED,
	      name);
	servfail(&s, LATE + 5000, FORWARDER, CLIENT, 1, name);
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
}

/* It told its client when its resolver, of which nothing is known, had said nothing yet: that is why, whatever came later. */
static void a_failure_told_to_a_forwarder_too_late_did_not_fail_its_client(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
		ask(&s, LATE + 1, FORWARDER, RESOLVER, 3, QUERY, name);
		if (!late)
			servfail(&s, LATE + 4999, RESOLVER, FORWARDER, 3, name);
		servfail(&s, LATE + 5000, FORWARDER, CLIENT, 1, name);
		if (late)
			servfail(&s, LATE + 5100, RESOLVER, FORWARDER, 3, name);
		finish(&s);
		assert_true(s.n > 0);
		if (late)
			assert_cause(&s, 0, "upstream.timeout");
		else
			assert_string_not_equal(s.seen[0].cause->slug, "upstream.timeout");
	}
}

/* One forwarder behind another: what would have helped came to both when the client had been told. */
static void help_that_comes_too_late_to_two_forwarders_is_no_answer(void **state)
{
	static struct sim s;
	const char *name = "www.example", *behind = "198.51.100.99";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(&s, LATE + 1, FORWARDER, behind, 2, QUERY, name);
	ask(&s, LATE + 2, behind, RESOLVER, 3, QUERY, name);
	servfail(&s, LATE + 2000, FORWARDER, CLIENT, 1, name);
	reply_a(&s, LATE + 3000, RESOLVER, behind, 3, RECURSED, name);
	reply_a(&s, LATE + 3500, behind, FORWARDER, 2, RECURSED, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

/* Its resolver fails, and with CD=1 gives an answer with nothing in it: why it failed is what matters. */
static void an_answer_with_nothing_in_it_is_no_help_after_a_failure(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 3, QUERY, name);
	ask(&s, LATE + 2, RESOLVER, ROOT_SERVER, 4, FETCH, name);
	refer(&s, LATE + 3, 4, name);
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i == 0 ? ZONE_SERVER : ZONE_SERVER2;
		ask(&s, LATE + 4 + 2 * i, RESOLVER, server, 5 + i, FETCH, name);
		reply(&s, LATE + 5 + 2 * i, server, RESOLVER, 5 + i, RC_FLAG_QR | RC_RCODE_REFUSED,
		      name);
	}
	servfail(&s, LATE + 8, RESOLVER, FORWARDER, 3, name);
	ask(&s, LATE + 9, FORWARDER, RESOLVER, 7, QUERY | RC_FLAG_CD, name);
	reply(&s, LATE + 10, RESOLVER, FORWARDER, 7, RECURSED | RC_FLAG_CD, name);
	dns_query(&d, 8, QUERY, "example", RC_TYPE_DNSKEY);
	send_message(&s, LATE + 11, FORWARDER, 20008, RESOLVER, 53, &d);
	dns_query(&d, 8, RECURSED, "example", RC_TYPE_DNSKEY);
	say(&s, LATE + 12, RESOLVER, FORWARDER, 8, &d);
	servfail(&s, LATE + 13, FORWARDER, CLIENT, 1, name);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "delegation.lame_refused");
	assert_int_equal(s.seen[0].n_chain, 2);
}

/* Each of three servers fails in its own way, so that none is surely the cause: no more is known when it is asked again. */
static void a_repeat_of_what_is_but_possible_is_as_possible(void **state)
{
	static const char *const servers[] = {ZONE_SERVER, ZONE_SERVER2, PROVIDER_SERVER};
	static const unsigned rcodes[] = {RC_RCODE_REFUSED, RC_RCODE_SERVFAIL, RC_RCODE_NOTIMP};
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, name);
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
	dns_query(&d, 2, RC_FLAG_QR, name, RC_TYPE_A);
	for (unsigned i = 0; i < 3; i++)
		dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns.example");
	for (unsigned i = 0; i < 3; i++)
		dns_rr_a(&d, RC_ADDITIONAL, "ns.example", servers[i]);
	say(&s, LATE + 2, ROOT_SERVER, RESOLVER, 2, &d);
	for (unsigned i = 0; i < 3; i++) {
		ask(&s, LATE + 3 + 2 * i, RESOLVER, servers[i], 3 + i, FETCH, name);
		reply(&s, LATE + 4 + 2 * i, servers[i], RESOLVER, 3 + i, RC_FLAG_QR | rcodes[i],
		      name);
	}
	servfail(&s, LATE + 10, RESOLVER, CLIENT, 1, name);
	ask(&s, LATE + 500, CLIENT2, RESOLVER, 9, QUERY, name);
	servfail(&s, LATE + 500, RESOLVER, CLIENT2, 9, name);
	finish(&s);
	assert_int_equal(s.n, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_cause(&s, i, s.seen[0].cause->slug);
		assert_int_equal(s.seen[i].confidence, RC_CONF_POSSIBLE);
		assert_int_equal(s.seen[i].cached, i);
	}
}

/* Its resolver fails at a check, and gives the data unchecked (CD=1): why the check fails is what matters. */
static void data_given_unchecked_is_no_help_after_a_failed_check(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 3, QUERY, name);
	ask(&s, LATE + 2, RESOLVER, ROOT_SERVER, 4, FETCH, name);
	refer(&s, LATE + 3, 4, name);
	ask(&s, LATE + 4, RESOLVER, ZONE_SERVER, 5, FETCH, name);
	reply_a(&s, LATE + 5, ZONE_SERVER, RESOLVER, 5, AUTHORITY, name);
	dns_query(&d, 3, RECURSED | RC_RCODE_SERVFAIL, name, RC_TYPE_A);
	dns_opt(&d, false, 7);
	say(&s, LATE + 8, RESOLVER, FORWARDER, 3, &d);
	ask(&s, LATE + 9, FORWARDER, RESOLVER, 7, QUERY | RC_FLAG_CD, name);
	reply_a(&s, LATE + 10, RESOLVER, FORWARDER, 7, RECURSED | RC_FLAG_CD, name);
	servfail(&s, LATE + 13, FORWARDER, CLIENT, 1, name);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "dnssec.signature_expired");
	assert_int_equal(s.seen[0].n_chain, 2);
}

/* Its resolver waits for a server, and has the answer when the forwarder has given up: why it waited is what matters. */
static void a_forwarder_that_gives_up_before_the_answer_fails_by_what_was_waited_for(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 3, QUERY, name);
	ask(&s, LATE + 2, RESOLVER, ROOT_SERVER, 4, FETCH, name);
	refer(&s, LATE + 3, 4, name);
	ask(&s, LATE + 4, RESOLVER, ZONE_SERVER, 5, FETCH, name);
	servfail(&s, LATE + 600, FORWARDER, CLIENT, 1, name);
	ask(&s, LATE + 1500, RESOLVER, ZONE_SERVER2, 6, FETCH, name);
	reply_a(&s, LATE + 1505, ZONE_SERVER2, RESOLVER, 6, AUTHORITY, name);
	reply_a(&s, LATE + 1506, RESOLVER, FORWARDER, 3, RECURSED, name);
	finish(&s);
	assert_true(s.n > 0);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].n_chain, 2);
}

/* What it is told holds neither data nor a SOA: some forwarders do not take it, and ask again until they give up. */
static void an_answer_with_nothing_in_it_may_be_taken_for_none(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
	for (unsigned i = 0; i < 3; i++) {
		ask(&s, LATE + 1 + 1000 * i, FORWARDER, RESOLVER, 3 + i, QUERY, name);
		reply(&s, LATE + 2 + 1000 * i, RESOLVER, FORWARDER, 3 + i, RECURSED, name);
	}
	servfail(&s, LATE + 3001, FORWARDER, CLIENT, 1, name);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "unknown.no_evidence");
}

/* A resolver hands an IXFR on: what the servers say to that is about it alone. */
static void a_transfer_handed_on_says_nothing_of_its_zone(void **state)
{
	static struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, "mail.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 3, FETCH, "mail.example");
	reply_a(&s, LATE + 7, ZONE_SERVER, RESOLVER, 3, AUTHORITY, "mail.example");
	reply_a(&s, LATE + 8, RESOLVER, CLIENT, 1, RECURSED, "mail.example");
	for (unsigned i = 0; i < 3; i++) { /* the client's, and what is asked of both servers */
		const char *server = i == 0 ? RESOLVER : i == 1 ? ZONE_SERVER : ZONE_SERVER2;
		dns_query(&d, (uint16_t)(10 + i), i == 0 ? QUERY : FETCH, "example", RC_TYPE_IXFR);
		send_message(&s, LATE + 100 + i, i == 0 ? CLIENT2 : RESOLVER, 20010 + i, server, 53,
			     &d);
	}
	ask(&s, LATE + 103, CLIENT, RESOLVER, 20, QUERY, "www.example");
	for (unsigned i = 1; i < 4; i++) {
		const char *server = i == 1 ? ZONE_SERVER : i == 2 ? ZONE_SERVER2 : RESOLVER;
		unsigned rcode = i == 3 ? RECURSED | RC_RCODE_SERVFAIL
					: RC_FLAG_QR | RC_RCODE_FORMERR;
		dns_query(&d, (uint16_t)(10 + i % 3), rcode, "example", RC_TYPE_IXFR);
		say(&s, LATE + 104 + i, server, i == 3 ? CLIENT2 : RESOLVER, 10 + i % 3, &d);
	}
	servfail(&s, LATE + 110, RESOLVER, CLIENT, 20, "www.example");
	ask(&s, LATE + 3000, CLIENT, RESOLVER, 21, QUERY, "api.example");
	servfail(&s, LATE + 3001, RESOLVER, CLIENT, 21, "api.example");
	finish(&s);
	assert_int_equal(s.n, 3);
	for (size_t i = 0; i < s.n; i++)
		if (rc_exchange_is_transfer(&s.seen[i].x))
			assert_cause(&s, i, "unsupported.ixfr");
		else
			assert_string_not_equal(s.seen[i].cause->slug, "upstream.formerr");
}

/* The answer that it waited for came, and so late that its client got nothing. */
static void servers_that_are_slow_leave_a_client_without_an_answer(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned slow = 0; slow < 2; slow++) {
		begin_warm(&s);
		ask_below(&s, LATE, 1, name);
		ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
		reply_a(&s, LATE + (slow ? 3000 : 20), ZONE_SERVER, RESOLVER, 3, AUTHORITY, name);
		ask(&s, LATE + 30000, CLIENT2, RESOLVER, 4, QUERY, "other.test");
		reply_a(&s, LATE + 30001, RESOLVER, CLIENT2, 4, RECURSED, "other.test");
		finish(&s);
		assert_cause(&s, 0, slow ? "upstream.timeout" : "no_answer.server_silent");
	}
}

/* Who asked for the same a little later still had it; a client that had not waited so long is another matter. */
static void servers_that_are_slow_leave_those_without_an_answer_who_asked_first(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned slow = 0; slow < 2; slow++) {
		int64_t ms = LATE + (slow ? 2500 : 1800);
		begin_warm(&s);
		ask(&s, 100, CLIENT, RESOLVER, 9, QUERY, "good.test");
		reply_a(&s, 101, RESOLVER, CLIENT, 9, RECURSED, "good.test");
		ask_below(&s, LATE, 1, name);
		ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
		ask(&s, LATE + 1200, CLIENT2, RESOLVER, 4, QUERY, name);
		reply_a(&s, ms, ZONE_SERVER, RESOLVER, 3, AUTHORITY, name);
		reply_a(&s, ms + 1, RESOLVER, CLIENT2, 4, RECURSED, name);
		warm_up(&s, LATE + 30000);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "upstream.timeout") == 0, slow);
	}
}

/* All that it waited for came in the end, when the time for the question as a whole was over. */
static void servers_that_are_slow_use_up_the_time_of_a_question(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned how = 0; how < 3; how++) {
		bool slow = how > 0, absent = how == 2; /* as the network says, each time */
		begin_warm(&s);
		ask_below(&s, LATE, 1, name);
		ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 3, FETCH, name);
		if (absent)
			unreachable(&s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, name);
		if (slow) /* in vain, at either */
			ask(&s, LATE + 3500, RESOLVER, ZONE_SERVER2, 4, FETCH, name);
		if (absent)
			unreachable(&s, LATE + 3501, RESOLVER, ZONE_SERVER2, 4, FETCH, name);
		ask(&s, LATE + (slow ? 7000 : 20), RESOLVER, ZONE_SERVER, 5, FETCH, name);
		reply_a(&s, LATE + (slow ? 7005 : 25), ZONE_SERVER, RESOLVER, 5, AUTHORITY, name);
		servfail(&s, LATE + (slow ? 7010 : 30), RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_cause(&s, 0,
			     absent ? "upstream.unreachable"
			     : slow ? "upstream.timeout"
				    : "resolver.internal");
		assert_int_equal(s.seen[0].confidence, slow ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* Half of a message is no answer, and no silence either. */
static void malformed_replies_are_told_as_such(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, name);
	for (unsigned i = 0; i < 2; i++) {
		ask(&s, LATE + 10 + 10 * i, RESOLVER, i ? ZONE_SERVER2 : ZONE_SERVER, 3 + i, FETCH,
		    name);
		dns_query(&d, (uint16_t)(3 + i), AUTHORITY, name, RC_TYPE_A);
		dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
		d.len -= 8;
		say(&s, LATE + 11 + 10 * i, i ? ZONE_SERVER2 : ZONE_SERVER, RESOLVER, 3 + i, &d);
	}
	servfail(&s, LATE + 40, RESOLVER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.mismatched_reply");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

static void replies_of_other_names_alone_are_no_answers(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example", *other = "elsewhere.example";
	(void)state;
	for (unsigned own = 0; own < 2; own++) {
		begin_warm(&s);
		ask_below(&s, LATE, 1, name);
		for (unsigned i = 0; i < 2; i++) {
			const char *server = i ? ZONE_SERVER2 : ZONE_SERVER;
			ask(&s, LATE + 10 + 10 * i, RESOLVER, server, 3 + i, FETCH, name);
			dns_query(&d, (uint16_t)(3 + i), AUTHORITY, name, RC_TYPE_A);
			dns_rr_a(&d, RC_ANSWER, other, "203.0.113.80");
			if (own > 0) /* what is beside it does no harm */
				dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
			say(&s, LATE + 11 + 10 * i, server, RESOLVER, 3 + i, &d);
		}
		servfail(&s, LATE + 40, RESOLVER, CLIENT, 1, name);
		finish(&s);
		assert_cause(&s, 0, own ? "resolver.internal" : "upstream.mismatched_reply");
		if (own == 0)
			assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	}
}

/* NODATA without authority: by the SOA of the zone itself or, where a server does not have that, of the one above. */
static void soa_below(struct sim *s, const char *owner)
{
	static struct dns d;
	const char *name = "www.example";
	begin_warm(s);
	ask_below(s, LATE, 1, name);
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i ? ZONE_SERVER2 : ZONE_SERVER;
		ask(s, LATE + 10 + 10 * i, RESOLVER, server, 3 + i, FETCH, name);
		dns_query(&d, (uint16_t)(3 + i), RC_FLAG_QR, name, RC_TYPE_A);
		dns_rr_soa(&d, RC_AUTHORITY, owner);
		say(s, LATE + 11 + 10 * i, server, RESOLVER, 3 + i, &d);
	}
	servfail(s, LATE + 40, RESOLVER, CLIENT, 1, name);
	finish(s);
}

static void servers_that_speak_for_the_zone_above_are_lame(void **state)
{
	static struct sim s;
	(void)state;
	soa_below(&s, ".");
	assert_cause(&s, 0, "delegation.lame_referral");
	soa_below(&s, "example");
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.lame_referral");
}

/* Complete but for a question too many, which the resolver does not take (RFC 9619). */
static void replies_with_two_questions_do_not_match(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, name);
	for (unsigned i = 0; i < 2; i++) {
		ask(&s, LATE + 10 + 10 * i, RESOLVER, i ? ZONE_SERVER2 : ZONE_SERVER, 3 + i, FETCH,
		    name);
		dns_query(&d, (uint16_t)(3 + i), AUTHORITY, name, RC_TYPE_A);
		dns_question(&d, "second.example", RC_TYPE_A);
		dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
		say(&s, LATE + 11 + 10 * i, i ? ZONE_SERVER2 : ZONE_SERVER, RESOLVER, 3 + i, &d);
	}
	servfail(&s, LATE + 40, RESOLVER, CLIENT, 1, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.mismatched_reply");
}

/* A zone whose servers have IPv6 addresses alone, behind a resolver that is seen to ask over IPv4. */
static void other_family(struct sim *s, bool asked)
{
	static struct dns d, rdata;
	const char *name = "www.example";
	struct rc_addr glue = addr("2001:678:4::1");
	begin(s);
	warm_up(s, 0);
	ask(s, LATE, CLIENT, RESOLVER, 1, QUERY, name);
	for (unsigned i = 0; i < 2; i++) {
		ask(s, LATE + 1 + 10 * i, RESOLVER, ROOT_SERVER, 2 + i, FETCH, name);
		dns_query(&d, (uint16_t)(2 + i), RC_FLAG_QR, name, RC_TYPE_A);
		dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
		rdata.len = 0;
		dns_bytes(&rdata, glue.bytes, 16);
		dns_rr(&d, RC_ADDITIONAL, "ns1.example", RC_TYPE_AAAA, 300, &rdata);
		say(s, LATE + 5 + 10 * i, ROOT_SERVER, RESOLVER, 2 + i, &d);
	}
	/* By two, so that neither is taken for the resolver's other address. */
	for (unsigned i = 0; asked && i < 2; i++)
		ask(s, LATE + 16 + i, i ? "2001:678:9::53" : "2001:678:8::53", "2001:678:4::1", 9,
		    FETCH, name);
	servfail(s, LATE + 20, RESOLVER, CLIENT, 1, name);
	finish(s);
}

static void servers_of_the_other_family_are_as_good_as_none(void **state)
{
	static struct sim s;
	(void)state;
	other_family(&s, false);
	assert_cause(&s, 0, "delegation.ns_unresolvable");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	assert_string_equal(s.seen[0].zone, "example");
}

static void a_server_that_somebody_asked_may_have_been_asked_by_the_resolver(void **state)
{
	static struct sim s;
	(void)state;
	other_family(&s, true);
	assert_int_equal(s.n, 1);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "delegation.ns_unresolvable");
}

/* Servers that say NOTAUTH for what is delegated to them are lame. */
static void servers_that_say_notauth_are_not_authoritative(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, name);
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i > 0 ? ZONE_SERVER2 : ZONE_SERVER;
		ask(&s, LATE + 10 + 5 * i, RESOLVER, server, 20 + i, FETCH, name);
		reply(&s, LATE + 11 + 5 * i, server, RESOLVER, 20 + i,
		      RC_FLAG_QR | RC_RCODE_NOTAUTH, name);
	}
	servfail(&s, LATE + 20, RESOLVER, CLIENT, 10, name);
	finish(&s);
	assert_cause(&s, 0, "delegation.lame_referral");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/*
 * The zone's servers answer as resolvers do: the delegation names resolvers, or one is in the way, as where the
 * root's server does so, too.
 */
static void resolvers_in_the_servers_place_prove_nothing_of_the_zone(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned everywhere = 0; everywhere < 2; everywhere++) {
		begin_warm(&s);
		ask_below(&s, LATE, 10, name);
		ask(&s, LATE + 6, RESOLVER, ROOT_SERVER, 12, FETCH, "example");
		reply(&s, LATE + 7, ROOT_SERVER, RESOLVER, 12,
		      RC_FLAG_QR | (everywhere ? RC_FLAG_RA : RC_FLAG_AA), "example");
		ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 13, FETCH, name);
		reply(&s, LATE + 11, ZONE_SERVER, RESOLVER, 13, RC_FLAG_QR | RC_FLAG_RA, name);
		servfail(&s, LATE + 20, RESOLVER, CLIENT, 10, name);
		finish(&s);
		assert_cause(&s, 0, "delegation.lame_referral");
		assert_int_equal(s.seen[0].confidence,
				 everywhere ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
		assert_int_equal(strstr(s.seen[0].text, "in their place") != NULL, everywhere);
	}
}

/* It holds the alias, and asks for where that leads: for the type of the question, and with RD=1. */
static void a_target_in_vain_is_what_a_forwarder_handed_on(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 4; kind++) {
		struct rc_exchange x = {.qtype = RC_TYPE_A};
		struct rc_exchange asked = {.qtype = kind == 1 ? RC_TYPE_AAAA : RC_TYPE_A};
		struct rc_followed target = {.role = RC_ROLE_ALIAS};
		struct rc_link link = {.x = &asked, .name = &target, .outcome = RC_OUT_SERVFAIL};
		struct rc_case c = {.x = &x, .links = &link, .n_links = 1};
		asked.query.flags = kind == 2 ? 0 : RC_FLAG_RD;
		link.outcome = kind == 3 ? RC_OUT_USABLE : RC_OUT_SERVFAIL;
		assert_ptr_equal(rc_case_handed_on(&c), kind == 0 ? &link : NULL);
	}
}

/* The client has long given up when somebody is asked for the name: it may be for another, of another time. */
static void what_is_asked_long_after_a_client_says_little_of_it(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		int64_t at = LATE + (late ? 8000 : 10);
		begin_warm(&s);
		ask(&s, LATE, CLIENT, FORWARDER, 1, QUERY, name);
		ask(&s, at, FORWARDER, "198.51.100.99", 2, QUERY, name);
		unreachable(&s, at + 1, FORWARDER, "198.51.100.99", 2, QUERY, name);
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_true(s.n > 0);
		assert_cause(&s, 0, "upstream.unreachable");
		assert_int_equal(s.seen[0].confidence, late ? RC_CONF_POSSIBLE : RC_CONF_PROVEN);
	}
}

/* A client asks for www.example, and its servers do not answer the resolver, which asks no more after a second. */
static void begin_in_vain(struct sim *s)
{
	begin_warm(s);
	ask_below(s, LATE, 1, "www.example");
	ask(s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
	ask(s, LATE + 811, RESOLVER, ZONE_SERVER2, 4, FETCH, "www.example");
}

/* The fetch began with the first of them, however many have asked since then. */
static void a_crowd_that_waits_does_not_hide_when_the_work_began(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin_in_vain(&s);
	for (unsigned i = 0; i < 300; i++)
		ask(&s, LATE + 900 + 10 * i, CLIENT2, RESOLVER, 100 + i, QUERY, name);
	ask(&s, LATE + 3900, CLIENT, RESOLVER, 5, QUERY, name);
	servfail(&s, LATE + 4000, RESOLVER, CLIENT, 5, name);
	rc_engine_advance(s.engine, T0 + (LATE + 6100) * MS);
	assert_only(&s, "upstream.timeout", RC_CONF_PROVEN);
	rc_engine_free(s.engine);
}

/* What was asked meanwhile about the zone above does not hide that the work on the name began before. */
static void a_fetch_joined_in_silence_is_found_beside_other_work(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin_in_vain(&s);
	ask(&s, LATE + 9000, CLIENT2, RESOLVER, 5, QUERY, name);
	ask(&s, LATE + 9100, RESOLVER, ROOT_SERVER, 6, FETCH, "example");
	refer(&s, LATE + 9105, 6, "example");
	servfail(&s, LATE + 9500, RESOLVER, CLIENT2, 5, name);
	finish(&s);
	assert_int_equal(s.n, 2);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "upstream.timeout");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whether_servers_live_a_forwarder_asks_for_nobody),
		cmocka_unit_test(what_is_collected_again_begins_from_nothing),
		cmocka_unit_test(a_case_of_more_addresses_is_judged_anew),
		cmocka_unit_test(what_is_told_again_is_followed_once),
		cmocka_unit_test(a_nameserver_looked_up_over_and_over_hides_no_other),
		cmocka_unit_test(a_referral_let_go_of_is_no_final_answer),
		cmocka_unit_test(a_nameserver_without_an_address_stays_at_fault),
		cmocka_unit_test(what_a_resolver_was_told_of_servers_tells_whose_they_are),
		cmocka_unit_test(half_a_delegation_names_not_all_servers),
		cmocka_unit_test(a_zone_whose_own_servers_have_no_addresses_is_at_fault),
		cmocka_unit_test(servers_without_ipv6_have_what_was_told_of_ipv4_before),
		cmocka_unit_test(servers_without_ipv6_may_have_ipv4),
		cmocka_unit_test(a_connection_reset_by_who_is_silent_is_not_out_of_reach),
		cmocka_unit_test(a_truncated_answer_does_not_say_that_there_is_no_address),
		cmocka_unit_test(a_failure_to_find_what_dns64_needs_is_the_cause),
		cmocka_unit_test(a_dname_that_the_resolver_holds_is_followed),
		cmocka_unit_test(an_alias_in_the_answer_to_the_client_is_followed),
		cmocka_unit_test(
			answers_that_do_not_reach_the_resolver_are_told_from_rejected_ones),
		cmocka_unit_test(an_answer_for_what_lies_above_an_alias_target_is_not_final),
		cmocka_unit_test(
			a_target_that_the_aliass_server_answers_too_is_asked_where_it_is_delegated),
		cmocka_unit_test(what_an_aliass_server_says_of_the_target_is_not_the_whole_answer),
		cmocka_unit_test(an_alias_may_lead_to_what_lies_above_it),
		cmocka_unit_test(what_a_forwarder_asks_first_need_not_be_the_question),
		cmocka_unit_test(who_refers_to_where_the_ds_is_is_not_lame_for_the_zone),
		cmocka_unit_test(keys_that_fail_behind_a_forwarder_are_its_upstreams),
		cmocka_unit_test(a_forwarder_of_two_fails_for_the_reason_of_the_one_that_answered),
		cmocka_unit_test(who_refuses_is_lame_for_sure_where_the_delegation_is_seen),
		cmocka_unit_test(a_forwarder_goes_on_from_one_that_refuses),
		cmocka_unit_test(a_repeat_of_what_is_but_possible_is_as_possible),
		cmocka_unit_test(a_failure_told_to_a_forwarder_too_late_did_not_fail_its_client),
		cmocka_unit_test(help_that_comes_too_late_to_two_forwarders_is_no_answer),
		cmocka_unit_test(an_answer_with_nothing_in_it_is_no_help_after_a_failure),
		cmocka_unit_test(data_given_unchecked_is_no_help_after_a_failed_check),
		cmocka_unit_test(
			a_forwarder_that_gives_up_before_the_answer_fails_by_what_was_waited_for),
		cmocka_unit_test(an_answer_with_nothing_in_it_may_be_taken_for_none),
		cmocka_unit_test(a_transfer_handed_on_says_nothing_of_its_zone),
		cmocka_unit_test(keys_that_a_forwarder_is_refused_are_why_it_fails),
		cmocka_unit_test(servers_that_are_slow_leave_a_client_without_an_answer),
		cmocka_unit_test(
			servers_that_are_slow_leave_those_without_an_answer_who_asked_first),
		cmocka_unit_test(servers_that_are_slow_use_up_the_time_of_a_question),
		cmocka_unit_test(malformed_replies_are_told_as_such),
		cmocka_unit_test(replies_of_other_names_alone_are_no_answers),
		cmocka_unit_test(replies_with_two_questions_do_not_match),
		cmocka_unit_test(servers_that_speak_for_the_zone_above_are_lame),
		cmocka_unit_test(servers_of_the_other_family_are_as_good_as_none),
		cmocka_unit_test(a_server_that_somebody_asked_may_have_been_asked_by_the_resolver),
		cmocka_unit_test(servers_that_say_notauth_are_not_authoritative),
		cmocka_unit_test(resolvers_in_the_servers_place_prove_nothing_of_the_zone),
		cmocka_unit_test(a_target_in_vain_is_what_a_forwarder_handed_on),
		cmocka_unit_test(what_is_asked_long_after_a_client_says_little_of_it),
		cmocka_unit_test(a_crowd_that_waits_does_not_hide_when_the_work_began),
		cmocka_unit_test(a_fetch_joined_in_silence_is_found_beside_other_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
