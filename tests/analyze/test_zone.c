/*
 * The zone itself, most of it by what clients alone are told: none of the resolver's own queries in sight.
 */
#include "tests/analyze/sim.h"

static void fail_saying(struct sim *s, int64_t ms, unsigned id, const char *name, int ede,
			const char *text)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, QUERY, name, RC_TYPE_A);
	dns_opt(&d, false, -1);
	send_message(s, ms, CLIENT, 20000 + id, RESOLVER, 53, &d);
	dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_SERVFAIL, name, RC_TYPE_A);
	dns_opt_said(&d, false, ede, text);
	say(s, ms + 4, RESOLVER, CLIENT, id, &d);
}

static void an_alias_loop_in_the_answer_is_named(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned loop = 0; loop < 2; loop++) {
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
		dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_rr_name(&d, RC_ANSWER, "www.example", RC_TYPE_CNAME, "www.test");
		dns_rr_name(&d, RC_ANSWER, "www.test", RC_TYPE_CNAME,
			    loop ? "www.example" : "mail.test");
		say(&s, LATE + 5, RESOLVER, CLIENT, 1, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, loop ? "zone.cname_loop" : "unknown.upstream_not_visible");
	}
}

/* The server's answer to a resolver's query: two aliases, at the same time. */
static void say_aliases(struct sim *s, int64_t ms, unsigned id, unsigned flags,
			const char *const names[3])
{
	static struct dns d;
	ask(s, ms, RESOLVER, ZONE_SERVER, id, FETCH, names[0]);
	dns_query(&d, (uint16_t)id, RC_FLAG_QR | RC_FLAG_AA | flags, names[0], RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, names[0], RC_TYPE_CNAME, names[1]);
	if (names[2] != NULL)
		dns_rr_name(&d, RC_ANSWER, names[1], RC_TYPE_CNAME, names[2]);
	say(s, ms + 1, ZONE_SERVER, RESOLVER, id, &d);
}

/* The alias itself is not fetched again: the servers' SERVFAIL below it holds the loop. */
static void a_loop_behind_an_alias_that_is_remembered_is_named(void **state)
{
	static const char *const alias[3] = {"alias.zone.example", "www.zone.example", NULL};
	static const char *const loop[3] = {"www.zone.example", "b.zone.example",
					    "www.zone.example"};
	static const char *const ends[3] = {"www.zone.example", "b.zone.example", "c.zone.example"};
	struct sim s;
	(void)state;
	for (unsigned looped = 0; looped < 2; looped++) {
		begin(&s);
		warm_up(&s, LATE - 500);
		ask(&s, LATE - 100, CLIENT, RESOLVER, 1, QUERY, "alias.zone.example");
		say_aliases(&s, LATE - 99, 2, 0, alias);
		reply_a(&s, LATE - 95, RESOLVER, CLIENT, 1, RECURSED, "alias.zone.example");
		ask(&s, LATE, CLIENT2, RESOLVER, 3, QUERY, "alias.zone.example");
		say_aliases(&s, LATE + 1, 4, RC_RCODE_SERVFAIL, looped ? loop : ends);
		servfail(&s, LATE + 5, RESOLVER, CLIENT2, 3, "alias.zone.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		if (looped)
			assert_cause(&s, 0, "zone.cname_loop");
		else
			assert_string_not_equal(s.seen[0].cause->slug, "zone.cname_loop");
	}
}

/* One that holds the aliases asks nobody for them: where they lead is seen where another resolver follows them. */
static void a_loop_that_another_resolver_follows_is_one_for_all(void **state)
{
	static const char *const loop[3] = {"www.example", "b.example", "www.example"};
	(void)state;
	for (unsigned same = 0; same < 2; same++) {
		const char *name = same ? "www.example" : "c.example";
		struct sim s;
		begin_warm(&s);
		ask(&s, 10, FORWARDER, ROOT_SERVER, 5, FETCH, "good.test");
		reply_a(&s, 11, ROOT_SERVER, FORWARDER, 5, AUTHORITY, "good.test");
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
		say_aliases(&s, LATE + 1, 2, 0, loop);
		servfail(&s, LATE + 5, RESOLVER, CLIENT, 1, "www.example");
		ask(&s, LATE + 100, CLIENT2, FORWARDER, 3, QUERY, name);
		servfail(&s, LATE + 100, FORWARDER, CLIENT2, 3, name);
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 0, "zone.cname_loop");
		assert_int_equal(strcmp(s.seen[1].cause->slug, "zone.cname_loop") == 0, same);
		assert_true(!same || s.seen[1].confidence == RC_CONF_POSSIBLE);
	}
}

/* It asks for the first alias, and goes on from others that it holds: its client is told them, and where they lead. */
static void aliases_that_a_resolver_holds_are_in_its_answer(void **state)
{
	static const char *const first[3] = {"www.example", "www.test", NULL};
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned how = 0; how < 3; how++) {
		begin(&s);
		warm_up(&s, LATE - 500);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
		say_aliases(&s, LATE + 1, 2, 0, first);
		dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_rr_name(&d, RC_ANSWER, "www.example", RC_TYPE_CNAME, "www.test");
		if (how < 2)
			dns_rr_name(&d, RC_ANSWER, "www.test", RC_TYPE_CNAME,
				    how == 1 ? "www.example" : "mail.test");
		else
			dns_opt_said(&d, false, 0, "max. restarts reached");
		say(&s, LATE + 5, RESOLVER, CLIENT, 1, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "zone.cname_loop") == 0, how > 0);
	}
}

static void a_resolver_that_gave_up_aliases_is_believed(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fail_saying(&s, LATE, 1, "www.example", 0, "max. restarts reached");
	fail_saying(&s, LATE + 50, 2, "www.other", 0, "something else");
	finish(&s);
	assert_cause(&s, 0, "zone.cname_loop");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	assert_cause(&s, 1, "unknown.upstream_not_visible");
}

/* The delegation is not seen, nor what else its servers are asked: they say it. */
static void servers_that_say_so_have_not_loaded_whichever_zone_it_is(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned said = 0; said < 2; said++) {
		begin(&s);
		warm_up(&s, LATE - 500);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		ask(&s, LATE + 1, RESOLVER, ZONE_SERVER, 11, FETCH, "www.example");
		dns_query(&d, 11, RC_FLAG_QR | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_opt_said(&d, false, said ? 24 : -1, "");
		say(&s, LATE + 2, ZONE_SERVER, RESOLVER, 11, &d);
		servfail(&s, LATE + 3, RESOLVER, CLIENT, 10, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, said ? "zone.not_loaded" : "upstream.servfail");
	}
}

/* Somebody asks the zone's server by hand, for another name: it answers SERVFAIL without recursion. */
static void a_server_that_fails_its_own_zone_says_why_resolvers_do(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fail_saying(&s, LATE, 1, "www.zone.example", -1, "");
	fail_saying(&s, LATE + 50, 2, "www.other.example", -1, "");
	ask(&s, LATE + 100, CLIENT2, ZONE_SERVER, 3, FETCH, "zone.example");
	reply(&s, LATE + 101, ZONE_SERVER, CLIENT2, 3, RC_FLAG_QR | RC_RCODE_SERVFAIL,
	      "zone.example");
	finish(&s);
	assert_int_equal(s.n, 3);
	assert_cause(&s, 0, "zone.not_loaded");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	assert_cause(&s, 1, "unknown.upstream_not_visible");
}

/* What it says without recursion is its own failure to get an answer, not that of a zone of its own. */
static void a_server_that_gives_what_others_say_has_no_zone_to_load(void **state)
{
	for (unsigned served = 0; served < 2; served++) {
		struct sim s;
		(void)state;
		begin(&s);
		if (served) {
			ask(&s, LATE - 100, CLIENT2, FORWARDER, 9, QUERY, "good.test");
			reply_a(&s, LATE - 90, FORWARDER, CLIENT2, 9, RECURSED, "good.test");
		}
		fail_saying(&s, LATE, 1, "www.zone.example", -1, "");
		ask(&s, LATE + 100, CLIENT2, FORWARDER, 3, QUERY, "zone.example");
		reply(&s, LATE + 101, FORWARDER, CLIENT2, 3,
		      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_SERVFAIL, "zone.example");
		finish(&s);
		assert_int_equal(s.n, 2);
		for (size_t i = 0; i < s.n; i++)
			assert_cause(&s, i,
				     served ? "unknown.upstream_not_visible" : "zone.not_loaded");
	}
}

/* Whoever has not loaded a zone knows that at once; who fails late has waited for somebody, as stubs do. */
static void who_fails_late_has_waited_and_not_failed_to_load(void **state)
{
	for (unsigned late = 0; late < 2; late++) {
		struct sim s;
		(void)state;
		begin(&s);
		ask(&s, LATE, CLIENT2, FORWARDER, 3, QUERY, "zone.example");
		reply(&s, LATE + (late ? 2400 : 1), FORWARDER, CLIENT2, 3,
		      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_SERVFAIL, "zone.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, late ? "upstream.timeout" : "zone.not_loaded");
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/* An apex and the names right below it share a zone, as a rule; so do names beside each other, fewer times. */
static void what_is_known_of_a_name_holds_above_and_beside_it(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fail_saying(&s, LATE, 1, "www.zone.example", 7, "");
	fail_saying(&s, LATE + 50, 2, "mail.zone.example", -1, "");
	fail_saying(&s, LATE + 60, 3, "zone.example", -1, "");
	fail_saying(&s, LATE + 70, 4, "www.other.example", -1, "");
	finish(&s);
	assert_int_equal(s.n, 4);
	for (unsigned i = 0; i < 3; i++) {
		assert_cause(&s, i, "dnssec.signature_expired");
		assert_int_equal(s.seen[i].confidence, i == 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
	assert_cause(&s, 3, "unknown.upstream_not_visible");
}

/* "co.uk" is no zone whose names have anything in common. */
static void names_below_a_registry_share_nothing(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fail_saying(&s, LATE, 1, "example.co.uk", 7, "");
	fail_saying(&s, LATE + 50, 2, "other.co.uk", -1, "");
	finish(&s);
	assert_cause(&s, 0, "dnssec.signature_expired");
	assert_cause(&s, 1, "unknown.upstream_not_visible");
}

#define LABEL63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static void a_dname_that_makes_a_name_too_long_is_named(void **state)
{
	static const char *const targets[2] = {"short.test",
					       LABEL63 "." LABEL63 "." LABEL63 ".test"};
	static struct dns d;
	const char *name = LABEL63 ".d.test";
	(void)state;
	for (unsigned kind = 0; kind < 3; kind++) {
		struct sim s;
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, name);
		dns_query(&d, 1, RECURSED | RC_RCODE_YXDOMAIN, name, RC_TYPE_A);
		if (kind < 2)
			dns_rr_name(&d, RC_ANSWER, "d.test", RC_TYPE_DNAME, targets[kind]);
		say(&s, LATE + 5, RESOLVER, CLIENT, 1, &d);
		finish(&s);
		assert_cause(&s, 0, "zone.alias_too_long");
		assert_int_equal(s.seen[0].confidence, kind == 1 ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
}

/* RFC 6672 2.2: the zone's server tells the DNAME beside it. */
static void yxdomain_of_a_server_without_a_dname_says_little(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 1, "www.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
	reply(&s, LATE + 7, ZONE_SERVER, RESOLVER, 3, AUTHORITY | RC_RCODE_YXDOMAIN, "www.example");
	servfail(&s, LATE + 8, RESOLVER, CLIENT, 1, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

static void ask_soa(struct sim *s, int64_t ms, const char *asker, const char *server, unsigned id,
		    unsigned flags)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, "copy.test", RC_TYPE_SOA);
	send_message(s, ms, asker, 20000 + id, server, 53, &d);
}

/* Resolvers ask for an SOA only to refresh a copy of the zone, or for a client. */
static void a_resolver_without_its_copy_of_the_zone_has_not_loaded_it(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.copy.test");
	servfail(&s, LATE + 1, RESOLVER, CLIENT, 10, "www.copy.test");
	ask_soa(&s, LATE + 200, RESOLVER, ZONE_SERVER2, 11, FETCH);
	finish(&s);
	assert_cause(&s, 0, "zone.not_loaded");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	assert_string_equal(s.seen[0].zone, "copy.test");
}

static void a_resolver_that_looks_up_an_soa_is_no_secondary(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_soa(&s, LATE - 100, CLIENT, RESOLVER, 12, QUERY);
	ask_soa(&s, LATE - 99, RESOLVER, ZONE_SERVER2, 11, FETCH);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.copy.test");
	servfail(&s, LATE + 1, RESOLVER, CLIENT, 10, "www.copy.test");
	finish(&s);
	assert_int_equal(s.n, 2);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "zone.not_loaded");
}

/* A client's question for the SOA of an alias leads there too: who asks servers for other types of the name has no copy. */
static void a_resolver_that_was_led_to_an_soa_is_no_secondary(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE - 3000, RESOLVER, ZONE_SERVER2, 13, FETCH, "copy.test");
	reply(&s, LATE - 2999, ZONE_SERVER2, RESOLVER, 13, AUTHORITY, "copy.test");
	ask_soa(&s, LATE - 100, RESOLVER, ZONE_SERVER2, 11, FETCH);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.copy.test");
	servfail(&s, LATE + 1, RESOLVER, CLIENT, 10, "www.copy.test");
	finish(&s);
	assert_int_equal(s.n, 1);
	for (size_t i = 0; i < s.n; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "zone.not_loaded");
}

/* Delegates the zone to one server in it, with its address or without. */
static void delegate(struct sim *s, int64_t ms, const char *server, unsigned id, unsigned flags,
		     const char *name, const char *zone, const char *ns, const char *address)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, zone, RC_TYPE_NS, ns);
	if (address != NULL)
		dns_rr_a(&d, RC_ADDITIONAL, ns, address);
	say(s, ms, server, RESOLVER, id, &d);
}

/* "test" is served at one address; somebody, there or elsewhere, refers to a zone below whose server has none. */
static void below_itself(struct sim *s, const char *asked, unsigned flags)
{
	begin(s);
	warm_up(s, 0);
	ask(s, LATE - 10, RESOLVER, ROOT_SERVER, 9, FETCH, "other.test");
	delegate(s, LATE - 9, ROOT_SERVER, 9, RC_FLAG_QR, "other.test", "test", "ns.test",
		 ZONE_SERVER);
	ask(s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.shop.test");
	ask(s, LATE + 1, RESOLVER, asked, 11, FETCH, "www.shop.test");
	delegate(s, LATE + 2, asked, 11, flags, "www.shop.test", "shop.test", "ns1.shop.test",
		 NULL);
	servfail(s, LATE + 3, RESOLVER, CLIENT, 10, "www.shop.test");
	finish(s);
	assert_int_equal(s->n, 1);
	assert_cause(s, 0, "delegation.loop");
}

static void a_parent_that_gives_no_address_proves_a_loop(void **state)
{
	struct sim s;
	(void)state;
	below_itself(&s, ZONE_SERVER, RC_FLAG_QR);
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/*
 * Two zones with their servers in each other, delegated without addresses. What a resolver remembers of it shows in the
 * zone book, though it asks nobody for another name.
 */
static void what_is_remembered_of_a_loop_is_a_loop(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned glue = 0; glue < 2; glue++) {
		begin_warm(&s);
		ask(&s, LATE - 2000, RESOLVER, ROOT_SERVER, 8, FETCH, "www.left.test");
		delegate(&s, LATE - 1999, ROOT_SERVER, 8, RC_FLAG_QR, "www.left.test", "left.test",
			 "ns.right.test", NULL);
		ask(&s, LATE - 1998, RESOLVER, ROOT_SERVER, 9, FETCH, "ns.right.test");
		delegate(&s, LATE - 1997, ROOT_SERVER, 9, RC_FLAG_QR, "ns.right.test", "right.test",
			 "ns.left.test", glue ? ZONE_SERVER : NULL);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "mail.left.test");
		servfail(&s, LATE + 1, RESOLVER, CLIENT, 10, "mail.left.test");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "delegation.loop") == 0, !glue);
		assert_true(s.seen[0].confidence <= RC_CONF_POSSIBLE);
	}
}

/*
 * The names of a zone's servers lie in a second zone, whose servers' names lie in a third. A resolver that holds the
 * delegations asks the server of the third alone, in vain, whatever name of the first it is asked for next.
 */
static void servers_behind_servers_are_found_by_what_is_remembered(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE - 3000, CLIENT, RESOLVER, 1, QUERY, "www.left.test");
	ask(&s, LATE - 2999, RESOLVER, ROOT_SERVER, 2, FETCH, "www.left.test");
	delegate(&s, LATE - 2998, ROOT_SERVER, 2, RC_FLAG_QR, "www.left.test", "left.test",
		 "ns.mid.test", NULL);
	ask(&s, LATE - 2997, RESOLVER, ROOT_SERVER, 3, FETCH, "ns.mid.test");
	delegate(&s, LATE - 2996, ROOT_SERVER, 3, RC_FLAG_QR, "ns.mid.test", "mid.test",
		 "ns.far.test", NULL);
	ask(&s, LATE - 2995, RESOLVER, ROOT_SERVER, 4, FETCH, "ns.far.test");
	delegate(&s, LATE - 2994, ROOT_SERVER, 4, RC_FLAG_QR, "ns.far.test", "far.test",
		 "ns1.far.test", ZONE_SERVER);
	ask(&s, LATE - 2993, RESOLVER, ZONE_SERVER, 5, FETCH, "ns.far.test");
	servfail(&s, LATE - 100, RESOLVER, CLIENT, 1, "www.left.test");
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "mail.left.test");
	ask(&s, LATE + 1, RESOLVER, ZONE_SERVER, 11, FETCH, "ns.far.test");
	servfail(&s, LATE + 2900, RESOLVER, CLIENT, 10, "mail.left.test");
	finish(&s);
	assert_int_equal(s.n, 2);
	for (size_t i = 0; i < s.n; i++) {
		assert_cause(&s, i, "upstream.timeout");
		assert_string_equal(s.seen[i].zone, "far.test");
	}
}

/* The zone its server's name lies in has nobody left to ask; that the root was silent once is beside the point. */
static void one_lost_query_above_is_not_what_a_nameserver_fails_for(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	dns_query(&d, 8, FETCH, ".", RC_TYPE_NS);
	send_message(&s, LATE - 2000, RESOLVER, 20008, ROOT_SERVER, 53, &d);
	dns_query(&d, 8, AUTHORITY, ".", RC_TYPE_NS);
	dns_rr_name(&d, RC_ANSWER, ".", RC_TYPE_NS, "root.test");
	dns_rr_a(&d, RC_ADDITIONAL, "root.test", ROOT_SERVER);
	say(&s, LATE - 1999, ROOT_SERVER, RESOLVER, 8, &d);
	ask(&s, LATE - 1998, RESOLVER, ROOT_SERVER, 9, FETCH, "test");
	delegate(&s, LATE - 1997, ROOT_SERVER, 9, RC_FLAG_QR, "test", "test", "ns.test",
		 ZONE_SERVER2);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.left.test");
	ask(&s, LATE + 1, RESOLVER, ZONE_SERVER2, 2, FETCH, "www.left.test");
	delegate(&s, LATE + 2, ZONE_SERVER2, 2, RC_FLAG_QR, "www.left.test", "left.test",
		 "ns.far.test", NULL);
	ask(&s, LATE + 3, RESOLVER, ZONE_SERVER2, 3, FETCH, "ns.far.test");
	delegate(&s, LATE + 4, ZONE_SERVER2, 3, RC_FLAG_QR, "ns.far.test", "far.test",
		 "ns1.far.test", ZONE_SERVER);
	ask(&s, LATE + 5, RESOLVER, ZONE_SERVER, 4, FETCH, "ns.far.test");
	ask(&s, LATE + 1005, RESOLVER, ROOT_SERVER, 5, FETCH, "ns.far.test");
	servfail(&s, LATE + 2900, RESOLVER, CLIENT, 1, "www.left.test");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
	assert_string_equal(s.seen[0].zone, "far.test");
}

/* The address of the zone's own server may have been given out of sight: then it refers to itself. */
static void a_server_that_only_looks_like_the_parent_proves_no_loop(void **state)
{
	struct sim s;
	(void)state;
	below_itself(&s, ZONE_SERVER2, RC_FLAG_QR);
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* What a resolver in the parent's place holds of the delegation may be without the addresses. */
static void a_resolver_in_the_parents_place_proves_no_loop(void **state)
{
	struct sim s;
	(void)state;
	below_itself(&s, ZONE_SERVER, RC_FLAG_QR | RC_FLAG_RA);
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

static void refer_to(struct sim *s, int64_t ms, const char *server, const char *resolver,
		     unsigned id, const char *zone, const char *ns, const char *address)
{
	static struct dns d;
	ask(s, ms, resolver, server, id, FETCH, "www.shop.test");
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, "www.shop.test", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, zone, RC_TYPE_NS, ns);
	dns_rr_a(&d, RC_ADDITIONAL, ns, address);
	say(s, ms + 1, server, resolver, id, &d);
}

/* The zone's server has a loopback address, and is silent; so has that of the zone above, which answers, or not. */
static void a_whole_internet_of_loopback_addresses_is_none_without_routes(void **state)
{
	const char *resolver = "127.0.6.1", *name = "www.shop.test";
	(void)state;
	for (unsigned inside = 0; inside < 2; inside++) {
		const char *above = inside ? "127.0.2.1" : ZONE_SERVER;
		struct sim s;
		begin_warm(&s);
		ask(&s, LATE, CLIENT, resolver, 10, QUERY, name);
		refer_to(&s, LATE + 1, ROOT_SERVER, resolver, 11, "test", "ns.test", above);
		refer_to(&s, LATE + 3, above, resolver, 12, "shop.test", "ns.shop.test",
			 "127.0.5.1");
		for (unsigned i = 0; i < 3; i++)
			ask(&s, LATE + 5 + 800 * i, resolver, "127.0.5.1", 13 + i, FETCH, name);
		servfail(&s, LATE + 3000, resolver, CLIENT, 10, name);
		warm_up(&s, LATE + 20000);
		finish(&s);
		assert_true(s.n > 0);
		assert_cause(&s, 0, inside ? "upstream.timeout" : "delegation.glue_unroutable");
	}
}

/* The resolver is refused the keys of an answer that it was given: that is why it cannot validate it. */
static void keys_that_are_refused_are_why_an_answer_does_not_validate(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	dns_query(&d, 1, QUERY, "www.example", RC_TYPE_A);
	dns_opt(&d, false, -1);
	send_message(&s, LATE, CLIENT, 20001, RESOLVER, 53, &d);
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 2, FETCH, "www.example");
	refer(&s, LATE + 2, 2, "www.example");
	dns_query(&d, 3, FETCH, "www.example", RC_TYPE_A);
	dns_opt(&d, true, -1);
	send_message(&s, LATE + 3, RESOLVER, 20003, ZONE_SERVER, 53, &d);
	dns_query(&d, 3, AUTHORITY, "www.example", RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, "www.example", "203.0.113.80");
	dns_opt(&d, true, -1);
	say(&s, LATE + 4, ZONE_SERVER, RESOLVER, 3, &d);
	for (unsigned i = 0; i < 2; i++) {
		dns_query(&d, (uint16_t)(4 + i), FETCH, "example", RC_TYPE_DNSKEY);
		dns_opt(&d, true, -1);
		send_message(&s, LATE + 5 + 2 * i, RESOLVER, 20004 + i,
			     i == 0 ? ZONE_SERVER : ZONE_SERVER2, 53, &d);
		dns_query(&d, (uint16_t)(4 + i), RC_FLAG_QR | RC_RCODE_REFUSED, "example",
			  RC_TYPE_DNSKEY);
		say(&s, LATE + 6 + 2 * i, i == 0 ? ZONE_SERVER : ZONE_SERVER2, RESOLVER, 4 + i, &d);
	}
	dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_opt(&d, false, 9);
	say(&s, LATE + 12, RESOLVER, CLIENT, 1, &d);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "delegation.lame_refused");
}

/* What one calls expired and others give may be in time: it may be the clock of the one. */
static void signatures_that_others_give_may_be_in_time(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned others = 0; others < 2; others++) {
		begin(&s);
		if (others) {
			ask(&s, LATE, CLIENT2, FORWARDER, 9, QUERY, "www.example");
			reply_a(&s, LATE + 4, FORWARDER, CLIENT2, 9, RECURSED, "www.example");
		}
		fail_saying(&s, LATE + 10, 10, "www.example", 7, "");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "dnssec.signature_expired");
		assert_int_equal(s.seen[0].confidence, others ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* A server that is seen to resolve for clients. */
static void serve_elsewhere(struct sim *s, const char *server, unsigned id)
{
	ask(s, 10 * id, CLIENT2, server, id, QUERY, "good.test");
	reply_a(s, 10 * id + 1, server, CLIENT2, id, RECURSED, "good.test");
}

/* Stub resolvers ask without EDNS and get no extended error; who asks the same with EDNS does, here or elsewhere. */
static void what_another_client_is_told_holds_for_who_asks_without_edns(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned here = 0; here < 2; here++) {
		const char *server = here ? RESOLVER : FORWARDER;
		begin(&s);
		serve_elsewhere(&s, FORWARDER, 90);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
		servfail(&s, LATE + 5, RESOLVER, CLIENT, 1, "www.example");
		dns_query(&d, 2, QUERY, "www.example", RC_TYPE_A);
		dns_opt(&d, false, -1);
		send_message(&s, LATE + 500, CLIENT2, 20002, server, 53, &d);
		dns_query(&d, 2, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_opt(&d, false, 10);
		say(&s, LATE + 504, server, CLIENT2, 2, &d);
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 0, "dnssec.rrsig_missing");
		assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	}
}

/* Who says which fault it is says more than who says that there is one, whoever comes first. */
static void who_names_the_fault_is_heard_first(void **state)
{
	static const int codes[] = {6, 10, 6};
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	serve_elsewhere(&s, FORWARDER, 90);
	serve_elsewhere(&s, ZONE_SERVER2, 91);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
	servfail(&s, LATE + 5, RESOLVER, CLIENT, 1, "www.example");
	for (unsigned i = 0; i < 3; i++) {
		unsigned id = 2 + i;
		const char *server = i == 2 ? RESOLVER : i == 1 ? FORWARDER : ZONE_SERVER2;
		dns_query(&d, (uint16_t)id, QUERY, "www.example", RC_TYPE_A);
		dns_opt(&d, false, -1);
		send_message(&s, LATE + 10 * id, CLIENT2, 20000 + id, server, 53, &d);
		dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_opt(&d, false, codes[i]);
		say(&s, LATE + 10 * id + 4, server, CLIENT2, id, &d);
	}
	finish(&s);
	assert_int_equal(s.n, 4);
	assert_cause(&s, 0, "dnssec.rrsig_missing");
}

/* Expired for one and not yet valid for another, at the same time: so it is with one that ends before it begins. */
static void a_signature_that_is_early_and_late_ends_before_it_begins(void **state)
{
	struct sim s;
	(void)state;
	for (int second = 7; second <= 8; second++) {
		static struct dns d;
		begin(&s);
		serve_elsewhere(&s, RESOLVER, 90);
		serve_elsewhere(&s, FORWARDER, 91);
		fail_saying(&s, LATE, 1, "www.example", 7, "");
		dns_query(&d, 2, QUERY, "www.example", RC_TYPE_A);
		dns_opt(&d, false, -1);
		send_message(&s, LATE + 50, CLIENT2, 20002, FORWARDER, 53, &d);
		dns_query(&d, 2, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_opt(&d, false, second);
		say(&s, LATE + 54, FORWARDER, CLIENT2, 2, &d);
		finish(&s);
		assert_int_equal(s.n, 2);
		for (size_t i = 0; i < 2; i++) {
			assert_cause(&s, i,
				     second == 7 ? "dnssec.signature_expired"
						 : "dnssec.signature_window_inverted");
			assert_int_equal(s.seen[i].confidence, RC_CONF_LIKELY);
		}
	}
}

/* One that calls it expired and, later, not yet valid has set its clock in between. */
static void who_calls_a_signature_late_and_then_early_contradicts_itself(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	serve_elsewhere(&s, RESOLVER, 90);
	serve_elsewhere(&s, FORWARDER, 91);
	fail_saying(&s, LATE, 1, "www.example", 7, "");
	fail_saying(&s, LATE + 9000, 2, "www.example", 8, "");
	dns_query(&d, 3, QUERY, "www.example", RC_TYPE_A);
	send_message(&s, LATE + 10000, CLIENT2, 20003, FORWARDER, 53, &d);
	dns_query(&d, 3, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	say(&s, LATE + 10004, FORWARDER, CLIENT2, 3, &d);
	finish(&s);
	assert_int_equal(s.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "dnssec.signature_window_inverted");
}

/* A resolver that validates and asks without EDNS misses all signatures: of a zone that others resolve. */
static void who_asks_for_no_signatures_misses_them_by_itself(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned do_bit = 0; do_bit < 2; do_bit++) {
		begin_warm(&s);
		serve_elsewhere(&s, FORWARDER, 90);
		dns_query(&d, 1, QUERY, "www.example", RC_TYPE_A);
		dns_opt(&d, false, -1);
		send_message(&s, LATE, CLIENT, 20001, RESOLVER, 53, &d);
		dns_query(&d, 2, FETCH, "www.example", RC_TYPE_A);
		if (do_bit)
			dns_opt(&d, true, -1);
		send_message(&s, LATE + 1, RESOLVER, 20002, ROOT_SERVER, 53, &d);
		refer(&s, LATE + 2, 2, "www.example");
		dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
		dns_opt(&d, false, 10);
		say(&s, LATE + 4, RESOLVER, CLIENT, 1, &d);
		ask(&s, LATE + 100, CLIENT2, FORWARDER, 3, QUERY, "www.example");
		reply_a(&s, LATE + 101, FORWARDER, CLIENT2, 3, RECURSED, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, do_bit ? "dnssec.rrsig_missing" : "resolver.internal");
		assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	}
}

/* It holds them all, and asks nobody. */
static void a_loop_of_aliases_that_a_resolver_holds_is_in_its_answer(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, LATE - 500);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
	dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, "www.example", RC_TYPE_CNAME, "www.test");
	dns_rr_name(&d, RC_ANSWER, "www.test", RC_TYPE_CNAME, "www.example");
	say(&s, LATE, RESOLVER, CLIENT, 1, &d);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "zone.cname_loop");
}

/* The server tells all of the chain, to the address at its end. */
static void a_chain_that_ends_is_too_long_where_no_resolver_follows_it(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned aliases = 6; aliases <= 12; aliases += 6) {
		begin(&s);
		warm_up(&s, LATE - 500);
		ask_below(&s, LATE, 10, "a.example");
		ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, FETCH, "a.example");
		dns_query(&d, 12, AUTHORITY, "a.example", RC_TYPE_A);
		for (unsigned i = 0; i <= aliases; i++) {
			char owner[] = {(char)('a' + i), '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
			char target[sizeof owner];
			memcpy(target, owner, sizeof owner);
			target[0]++;
			if (i < aliases)
				dns_rr_name(&d, RC_ANSWER, owner, RC_TYPE_CNAME, target);
			else
				dns_rr_a(&d, RC_ANSWER, owner, "203.0.113.80");
		}
		say(&s, LATE + 7, ZONE_SERVER, RESOLVER, 12, &d);
		servfail(&s, LATE + 9, RESOLVER, CLIENT, 10, "a.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		if (aliases > 11)
			assert_cause(&s, 0, "zone.cname_loop");
		else
			assert_string_not_equal(s.seen[0].cause->slug, "zone.cname_loop");
	}
}

/* Through a resolver: what else its servers are asked they answer well, unless they are broken, or the name is. */
static void servers_that_fail_for_one_zone_alone_have_not_loaded_it(void **state)
{
	static const char *const answered[] = {NULL, "www.test", "www.example"};
	struct sim s;
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin(&s);
		warm_up(&s, LATE - 500);
		for (unsigned k = 0; k < 2 && answered[i] != NULL; k++) {
			const char *server = k == 0 ? ZONE_SERVER : ZONE_SERVER2;
			ask(&s, LATE - 100, RESOLVER, server, 20 + k, FETCH, answered[i]);
			reply_a(&s, LATE - 99, server, RESOLVER, 20 + k, AUTHORITY, answered[i]);
		}
		ask_below(&s, LATE, 10, "www.example");
		for (unsigned k = 0; k < 2; k++) {
			const char *server = k == 0 ? ZONE_SERVER : ZONE_SERVER2;
			ask(&s, LATE + 6 + k, RESOLVER, server, 12 + k, FETCH, "www.example");
			reply(&s, LATE + 7 + k, server, RESOLVER, 12 + k,
			      RC_FLAG_QR | RC_RCODE_SERVFAIL, "www.example");
		}
		servfail(&s, LATE + 9, RESOLVER, CLIENT, 10, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, i == 1 ? "zone.not_loaded" : "upstream.servfail");
		assert_int_equal(s.seen[0].confidence, i == 1 ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_that_another_resolver_follows_is_one_for_all),
		cmocka_unit_test(a_parent_that_gives_no_address_proves_a_loop),
		cmocka_unit_test(what_is_remembered_of_a_loop_is_a_loop),
		cmocka_unit_test(servers_behind_servers_are_found_by_what_is_remembered),
		cmocka_unit_test(one_lost_query_above_is_not_what_a_nameserver_fails_for),
		cmocka_unit_test(a_server_that_only_looks_like_the_parent_proves_no_loop),
		cmocka_unit_test(a_resolver_in_the_parents_place_proves_no_loop),
		cmocka_unit_test(a_dname_that_makes_a_name_too_long_is_named),
		cmocka_unit_test(yxdomain_of_a_server_without_a_dname_says_little),
		cmocka_unit_test(a_resolver_without_its_copy_of_the_zone_has_not_loaded_it),
		cmocka_unit_test(a_resolver_that_looks_up_an_soa_is_no_secondary),
		cmocka_unit_test(a_resolver_that_was_led_to_an_soa_is_no_secondary),
		cmocka_unit_test(an_alias_loop_in_the_answer_is_named),
		cmocka_unit_test(a_loop_behind_an_alias_that_is_remembered_is_named),
		cmocka_unit_test(aliases_that_a_resolver_holds_are_in_its_answer),
		cmocka_unit_test(a_loop_of_aliases_that_a_resolver_holds_is_in_its_answer),
		cmocka_unit_test(a_chain_that_ends_is_too_long_where_no_resolver_follows_it),
		cmocka_unit_test(a_resolver_that_gave_up_aliases_is_believed),
		cmocka_unit_test(servers_that_fail_for_one_zone_alone_have_not_loaded_it),
		cmocka_unit_test(servers_that_say_so_have_not_loaded_whichever_zone_it_is),
		cmocka_unit_test(a_server_that_fails_its_own_zone_says_why_resolvers_do),
		cmocka_unit_test(who_fails_late_has_waited_and_not_failed_to_load),
		cmocka_unit_test(a_server_that_gives_what_others_say_has_no_zone_to_load),
		cmocka_unit_test(what_is_known_of_a_name_holds_above_and_beside_it),
		cmocka_unit_test(names_below_a_registry_share_nothing),
		cmocka_unit_test(a_whole_internet_of_loopback_addresses_is_none_without_routes),
		cmocka_unit_test(keys_that_are_refused_are_why_an_answer_does_not_validate),
		cmocka_unit_test(signatures_that_others_give_may_be_in_time),
		cmocka_unit_test(what_another_client_is_told_holds_for_who_asks_without_edns),
		cmocka_unit_test(who_names_the_fault_is_heard_first),
		cmocka_unit_test(a_signature_that_is_early_and_late_ends_before_it_begins),
		cmocka_unit_test(who_calls_a_signature_late_and_then_early_contradicts_itself),
		cmocka_unit_test(who_asks_for_no_signatures_misses_them_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
