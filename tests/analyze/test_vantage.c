/* Clients, resolvers and upstreams that are not where one expects them. */
#include "tests/analyze/sim.h"

#define FORWARD_TARGET "203.0.113.9"

static void connect_to(struct sim *s, int64_t ms, const char *server, unsigned port, bool refused)
{
	struct rc_obs syn = obs_tcp(T0 + ms * MS, RC_TCP_SYN, RESOLVER, port, server, 53);
	struct rc_obs rst = obs_tcp(T0 + ms * MS + 1, RC_TCP_RESET, server, 53, RESOLVER, port);
	send_obs(s, &syn);
	if (refused)
		send_obs(s, &rst);
}

static void a_client_on_the_resolvers_host_is_a_client(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, RESOLVER, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	refer(&s, LATE + 10, 11, "www.example");
	ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(&s, LATE + 12, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	servfail(&s, LATE + 13, RESOLVER, RESOLVER, 10, "www.example");
	finish(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_PROVEN);
}

/* What such a client is refused is not what another server refused the resolver. */
static void a_refusal_to_a_client_on_the_resolvers_host_is_the_resolvers_own(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, RESOLVER, RESOLVER, 10, QUERY, "www.example");
	reply(&s, LATE + 1, RESOLVER, RESOLVER, 10, RECURSED | RC_RCODE_REFUSED, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.lame_refused");
}

/* The resolver asks from another address of its host, and so do programs there. */
static void who_asks_from_the_egress_of_the_resolver_it_asks_is_a_client(void **state)
{
	static const char *const names[] = {"a.test", "b.test", "c.test", "d.test"};
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 4; i++) {
		ask(&s, 100 * i, CLIENT2, RESOLVER, 100 + i, QUERY, names[i]);
		ask(&s, 100 * i + 1, CLIENT, ROOT_SERVER, 200 + i, FETCH, names[i]);
		reply_a(&s, 100 * i + 5, ROOT_SERVER, CLIENT, 200 + i, AUTHORITY, names[i]);
		reply_a(&s, 100 * i + 6, RESOLVER, CLIENT2, 100 + i, RECURSED, names[i]);
	}
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, CLIENT, ZONE_SERVER, 12, FETCH, "www.example");
	reply(&s, LATE + 2, ZONE_SERVER, CLIENT, 12, RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
	servfail(&s, LATE + 3, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "delegation.lame_refused");
	assert_true(s.seen[0].visibility.upstream_seen);
}

/* Where all have addresses of one host, who asks an address asks from that very address. */
static void a_resolver_on_the_host_of_all_servers_is_followed(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, 0, RESOLVER, RESOLVER, 900, QUERY, "good.test");
	ask(&s, 1, ROOT_SERVER, ROOT_SERVER, 901, FETCH, "good.test");
	reply_a(&s, 5, ROOT_SERVER, ROOT_SERVER, 901, AUTHORITY, "good.test");
	reply_a(&s, 6, RESOLVER, RESOLVER, 900, RECURSED, "good.test");
	ask(&s, LATE, RESOLVER, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, ROOT_SERVER, ROOT_SERVER, 11, FETCH, "www.example");
	dns_query(&d, 11, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
	say(&s, LATE + 10, ROOT_SERVER, ROOT_SERVER, 11, &d);
	ask(&s, LATE + 11, ZONE_SERVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(&s, LATE + 12, ZONE_SERVER, ZONE_SERVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	servfail(&s, LATE + 13, RESOLVER, RESOLVER, 10, "www.example");
	finish(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_LIKELY);
}

/* A monitor on a server's own host, that asks for nothing that a resolver was asked. */
static void who_asks_a_server_on_its_own_host_is_a_client(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, ZONE_SERVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(&s, LATE + 1, ZONE_SERVER, ZONE_SERVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
}

/* It asks several servers for signatures without RD, as resolvers do, but says that it understands AD. */
static void who_looks_at_servers_with_a_tool_is_a_client(void **state)
{
	static const char *const servers[] = {ROOT_SERVER, ZONE_SERVER, ZONE_SERVER2};
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned tool = 0; tool < 2; tool++) {
		begin_warm(&s);
		for (unsigned i = 0; i < 6; i++) {
			dns_query(&d, (uint16_t)i, tool ? RC_FLAG_AD : FETCH, "www.example",
				  RC_TYPE_A);
			dns_opt(&d, true, -1);
			send_message(&s, LATE + 100 * i, CLIENT, 20000 + i, servers[i % 3], 53, &d);
			reply(&s, LATE + 100 * i + 1, servers[i % 3], CLIENT, i,
			      RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
		}
		finish(&s);
		assert_int_equal(s.n, tool ? 6 : 0);
	}
}

/* The primary says that the zone is newer, and the secondary asks it for the SOA record. */
static void notify_secondary(struct sim *s, int64_t ms, const char *primary, const char *secondary)
{
	static struct dns d;
	for (unsigned i = 0; i < 2; i++) {
		unsigned notify = i == 0 ? RC_OPCODE_NOTIFY << 11 : 0;
		const char *asker = i == 0 ? primary : secondary;
		const char *asked = i == 0 ? secondary : primary;
		dns_query(&d, 30, notify, "example", RC_TYPE_SOA);
		send_message(s, ms + i, asker, 20030, asked, 53, &d);
		dns_query(&d, 30, AUTHORITY | notify, "example", RC_TYPE_SOA);
		send_message(s, ms + i, asked, 53, asker, 20030, &d);
	}
}

static void a_secondary_that_is_notified_is_no_resolver(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	notify_secondary(&s, 0, ZONE_SERVER, ZONE_SERVER2);
	ask(&s, LATE, CLIENT, ZONE_SERVER2, 10, QUERY, "www.test");
	reply(&s, LATE + 1, ZONE_SERVER2, CLIENT, 10, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED,
	      "www.test");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "policy.recursion_unavailable");
}

/* It asks its primary for the zone's SOA record, in vain, long after it left a client's question unanswered. */
static void what_a_secondary_asks_for_itself_is_no_part_of_a_question(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, 0, CLIENT, ZONE_SERVER2, 9, FETCH, "www.example");
	reply_a(&s, 1, ZONE_SERVER2, CLIENT, 9, AUTHORITY, "www.example");
	ask(&s, LATE, CLIENT, ZONE_SERVER2, 10, FETCH, "www.example");
	dns_query(&d, 11, FETCH, "example", RC_TYPE_SOA);
	send_message(&s, LATE + 8000, ZONE_SERVER2, 20011, ZONE_SERVER, 53, &d);
	warm_up(&s, 6 * LATE);
	finish(&s);
	assert_true(s.n >= 1);
	assert_cause(&s, 0, "no_answer.server_silent");
}

/* Whose resolver asks from there is not known, and it gets no further. */
static void what_a_resolver_asks_the_root_for_itself_is_no_clients_question(void **state)
{
	static const uint16_t types[] = {RC_TYPE_NS, RC_TYPE_DNSKEY, RC_TYPE_A};
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin_warm(&s);
		dns_query(&d, 10, FETCH, ".", types[i]);
		send_message(&s, LATE, CLIENT, 20010, ROOT_SERVER, 53, &d);
		warm_up(&s, 4 * LATE);
		finish(&s);
		assert_int_equal(s.n, types[i] == RC_TYPE_A);
	}
}

/* It could be a resolver and is asked by nobody to be one: no resolver is in sight. */
static void what_a_server_asks_the_root_for_itself_is_no_clients_question(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned serves = 0; serves < 2; serves++) {
		begin(&s);
		ask(&s, LATE, CLIENT, ZONE_SERVER, 1, FETCH, "www.example");
		if (serves)
			reply_a(&s, LATE + 1, ZONE_SERVER, CLIENT, 1, AUTHORITY, "www.example");
		dns_query(&d, 10, FETCH, ".", RC_TYPE_DNSKEY);
		send_message(&s, LATE + 100, ZONE_SERVER, 20010, ROOT_SERVER, 53, &d);
		ask(&s, 4 * LATE, CLIENT, ZONE_SERVER2, 2, FETCH, "www.test");
		reply_a(&s, 4 * LATE + 1, ZONE_SERVER2, CLIENT, 2, AUTHORITY, "www.test");
		finish(&s);
		assert_int_equal(s.n, serves ? 0 : 2);
	}
}

/* The same packets from one address and from the other, to one server or to the one behind it. */
struct twins {
	const char *outer, *inner;
	const char *asked, *behind;
	bool answered;
};

static void fail_twice(struct sim *s, const struct twins *t)
{
	static struct dns d;
	unsigned ports[] = {20010, strcmp(t->outer, t->inner) == 0 ? 20010 : 20011};
	dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
	for (unsigned i = 0; i < 2; i++) {
		const char *asker = i == 0 ? t->outer : t->inner;
		const char *server = i == 0 ? t->asked : t->behind;
		struct rc_obs o = obs_seeded(s->seed, T0 + (LATE + i) * MS, asker, ports[i], server,
					     53, &d);
		o.ip_id = 77;
		send_obs(s, &o);
	}
	ask(s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	refer(s, LATE + 10, 11, "www.example");
	ask(s, LATE + 11, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(s, LATE + 12, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	for (unsigned i = 2; i-- > 0 && t->answered;)
		send_message(s, LATE + 14 - i, i == 0 ? t->asked : t->behind, 53,
			     i == 0 ? t->outer : t->inner, ports[i], &d);
}

#define SERVICE "198.51.100.60"

static void what_is_seen_before_and_behind_a_translator_is_told_once(void **state)
{
	static const struct twins all[] = {
		{CLIENT, CLIENT2, RESOLVER, RESOLVER, true},
		{CLIENT, CLIENT2, RESOLVER, RESOLVER, false},
		{CLIENT, CLIENT, SERVICE, RESOLVER, true},
		{CLIENT, CLIENT2, SERVICE, RESOLVER, true},
		{CLIENT, CLIENT2, SERVICE, RESOLVER, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct rc_addr client = addr(CLIENT);
		struct sim s;
		begin_warm(&s);
		fail_twice(&s, &all[i]);
		warm_up(&s, 4 * LATE);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "delegation.lame_refused");
		assert_true(rc_addr_equal(&s.seen[0].client, &client));
	}
}

/* Two clients that hit on one ID are answered one after the other, not one within the other. */
static void two_clients_that_ask_the_same_at_once_are_two(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, CLIENT2, RESOLVER, 10, QUERY, "www.example");
	servfail(&s, LATE + 10, RESOLVER, CLIENT, 10, "www.example");
	servfail(&s, LATE + 11, RESOLVER, CLIENT2, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
}

#define INSIDE "127.0.0.53"

/* A program asks the forwarder on its host, which asks a resolver, all in vain. */
static void fail_inside(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, "127.0.0.1", INSIDE, id, QUERY, name);
	ask(s, ms + 1, CLIENT, FORWARD_TARGET, id + 1, QUERY, name);
	servfail(s, ms + 9, FORWARD_TARGET, CLIENT, id + 1, name);
	servfail(s, ms + 10, INSIDE, "127.0.0.1", id, name);
}

static void a_forwarder_on_the_captured_host_fails_for_the_server_behind_it(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fail_inside(&s, LATE, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.seen[0].n_chain, 2); /* itself, and who failed it */
	assert_true(s.seen[0].visibility.upstream_seen);
}

/* The host asks from one address, whoever on it asks. */
static void what_a_person_asks_on_the_captured_host_is_told_too(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fail_inside(&s, LATE, 10, "www.example");
	fail_inside(&s, LATE + 500, 20, "mail.example");
	ask(&s, LATE + 1000, CLIENT, FORWARD_TARGET, 30, QUERY, "www.example");
	servfail(&s, LATE + 1009, FORWARD_TARGET, CLIENT, 30, "www.example");
	finish(&s);
	struct rc_addr person = addr(CLIENT);
	assert_int_equal(s.n, 3);
	assert_true(rc_addr_equal(&s.seen[2].client, &person));
}

/* A forwarder that is asked from outside hands on to the resolver beside it, twice, and that one asks a server. */
static void fail_beside(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT2, RESOLVER, id, QUERY, name);
	ask(s, ms + 1, "127.0.0.1", INSIDE, id + 1, QUERY, name);
	ask(s, ms + 2, RESOLVER, ZONE_SERVER, id + 2, FETCH, name);
	reply(s, ms + 3, ZONE_SERVER, RESOLVER, id + 2, RC_FLAG_QR | RC_RCODE_REFUSED, name);
	servfail(s, ms + 4, INSIDE, "127.0.0.1", id + 1, name);
	ask(s, ms + 1004, "127.0.0.1", INSIDE, id + 3, QUERY, name);
	servfail(s, ms + 1005, INSIDE, "127.0.0.1", id + 3, name);
	servfail(s, ms + 1006, RESOLVER, CLIENT2, id, name);
}

/* What it asks there is no question of a client; what a program of the host asks is. */
static void a_forwarder_beside_its_resolver_is_no_client_of_it(void **state)
{
	static const char *const names[] = {"a.example", "b.example", "c.example", "d.example"};
	struct rc_addr client = addr(CLIENT2);
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, LATE - 500);
	for (unsigned i = 0; i < 4; i++)
		fail_beside(&s, LATE + 1500 * i, 10 + 10 * i, names[i]);
	ask(&s, LATE + 9000, "127.0.0.1", INSIDE, 60, QUERY, "a.example");
	servfail(&s, LATE + 9001, INSIDE, "127.0.0.1", 60, "a.example");
	finish(&s);
	unsigned outside = 0;
	for (size_t i = 0; i < s.n; i++)
		outside += rc_addr_equal(&s.seen[i].client, &client);
	assert_int_equal(outside, 4);
	assert_int_equal(s.n, 5);
}

#define CLUSTER_ADDRESS "192.0.2.10"

/* The same packet once more, to or from the address that an address translation has for the resolver. */
static void send_copy(struct sim *s, int64_t ms, bool answer, unsigned ip_id, const char *server)
{
	static struct dns d;
	dns_query(&d, 10, answer ? RECURSED | RC_RCODE_SERVFAIL : QUERY, "www.example", RC_TYPE_A);
	struct rc_obs o = answer ? obs_message(T0 + ms * MS, server, 53, CLIENT, 1010, &d)
				 : obs_message(T0 + ms * MS, CLIENT, 1010, server, 53, &d);
	o.ip_id = (uint16_t)ip_id;
	send_obs(s, &o);
}

static void ask_through_translation(struct sim *s, unsigned ip_id, unsigned inner_ip_id)
{
	begin(s);
	warm_up(s, 0);
	send_copy(s, LATE, false, ip_id, CLUSTER_ADDRESS);
	send_copy(s, LATE, false, inner_ip_id, RESOLVER);
	ask(s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	refer(s, LATE + 10, 11, "www.example");
	ask(s, LATE + 11, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(s, LATE + 12, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	send_copy(s, LATE + 13, true, 21, RESOLVER);
	send_copy(s, LATE + 13, true, 21, CLUSTER_ADDRESS);
	finish(s);
}

static void both_sides_of_an_address_translation_are_one_question(void **state)
{
	struct sim s;
	struct rc_addr asked = addr(CLUSTER_ADDRESS);
	(void)state;
	for (unsigned ip_id = 0; ip_id < 2; ip_id++) { /* 0: there is none */
		ask_through_translation(&s, ip_id, ip_id);
		assert_int_equal(s.n, 1);
		assert_true(rc_addr_equal(&s.seen[0].x.server, &asked));
		assert_cause(&s, 0, "delegation.lame_refused");
		assert_int_equal(s.seen[0].confidence, ip_id > 0 ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
	ask_through_translation(&s, 7, 8); /* a client that asks two at once */
	assert_int_equal(s.n, 2);
}

/* The server says too little for a cause; what it says is told, and as it says it. */
static void what_cannot_be_told_has_the_servers_own_words(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_opt_said(&d, false, 22, "delegation\texample");
	say(&s, LATE + 5, RESOLVER, CLIENT, 10, &d);
	ask(&s, LATE + 9, CLIENT2, RESOLVER, 11, QUERY, "www.example");
	servfail(&s, LATE + 14, RESOLVER, CLIENT2, 11, "www.example");
	finish(&s);
	assert_cause(&s, 0, "unknown.upstream_not_visible");
	assert_non_null(
		strstr(s.seen[0].text, "EDE 22 (No Reachable Authority): delegation example."));
	assert_null(strstr(s.seen[1].text, "EDE"));
}

static void a_failure_told_late_is_no_answer_that_came_too_late(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 12000, CLIENT2, RESOLVER, 11, QUERY, "good.test");
	servfail(&s, LATE + 12100, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_true(s.n > 0);
	assert_string_not_equal(s.seen[0].cause->slug, "no_answer.late_response");
}

static void an_answer_behind_the_deadline_does_not_prove_that_the_client_had_left(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 12000, CLIENT2, RESOLVER, 11, QUERY, "good.test");
	reply(&s, LATE + 12100, RESOLVER, CLIENT, 10, RECURSED, "www.example");
	finish(&s);
	assert_true(s.n > 0);
	assert_string_equal(s.seen[0].cause->slug, "no_answer.late_response");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* The client refuses an answer that is not in the capture. */
static void refuse_unseen(struct sim *s, int64_t ms, const char *client)
{
	static struct dns d;
	dns_query(&d, 10, RECURSED, "www.example", RC_TYPE_A);
	struct rc_obs o = obs_seeded(s->seed, T0 + ms * MS, RESOLVER, 53, client, 20010, &d);
	o.kind = RC_OBS_ICMP;
	o.icmp_type = o.icmp_code = 3;
	o.icmp_hard = true;
	send_obs(s, &o);
}

static void what_came_too_late_for_one_says_nothing_of_another(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, "www.example");
	refuse_unseen(&s, LATE + 4021, CLIENT2);
	ask_below(&s, LATE + 4100, 11, "www.example");
	ask(&s, LATE + 4200, RESOLVER, ZONE_SERVER, 20, FETCH, "www.example");
	reply_a(&s, LATE + 4210, ZONE_SERVER, RESOLVER, 20, AUTHORITY, "www.example");
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "no_answer.late_response");
	assert_string_not_equal(s.seen[1].cause->slug, "no_answer.late_response");
}

/* An answer that is not in the capture is refused: of two attempts the other one's may have been taken, as little in sight. */
static void a_refused_answer_alone_shows_less_of_two_attempts(void **state)
{
	(void)state;
	for (unsigned attempts = 1; attempts <= 2; attempts++) {
		struct sim s;
		begin_warm(&s);
		for (unsigned i = 0; i < attempts; i++)
			ask(&s, LATE + 2000 * i, CLIENT, RESOLVER, 10, QUERY, "www.example");
		refuse_unseen(&s, LATE + 4021, CLIENT);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "no_answer.late_response");
		assert_int_equal(s.seen[0].confidence,
				 attempts == 1 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
		assert_non_null(strstr(s.seen[0].text, "the client had given up"));
	}
}

/* Asked under ID 10 it answers after four seconds, and the client's port is closed by then. */
static void answer_who_left(struct sim *s, unsigned rcode)
{
	static struct dns d;
	dns_query(&d, 10, RECURSED | rcode, "www.example", RC_TYPE_A);
	say(s, LATE + 4020, RESOLVER, CLIENT, 10, &d);
	struct rc_obs o = obs_seeded(s->seed, T0 + (LATE + 4021) * MS, RESOLVER, 53, CLIENT, 20010,
				     &d);
	o.kind = RC_OBS_ICMP;
	o.icmp_type = o.icmp_code = 3;
	o.icmp_hard = true;
	send_obs(s, &o);
	finish(s);
}

/* That there is no such name is an answer like any other, and no failure of its own. */
static void a_client_that_had_left_missed_any_answer(void **state)
{
	static const unsigned rcodes[] = {RC_RCODE_NOERROR, RC_RCODE_NXDOMAIN};
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof rcodes / sizeof *rcodes; i++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		answer_who_left(&s, rcodes[i]);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "no_answer.late_response");
	}
}

/* What it was given for another attempt the capture may have lost. */
static void a_client_that_asked_twice_need_not_have_left(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned twice = 0; twice < 2; twice++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		if (twice)
			ask(&s, LATE + 2000, CLIENT, RESOLVER, 10, QUERY, "www.example");
		answer_who_left(&s, RC_RCODE_NOERROR);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "no_answer.late_response");
		assert_int_equal(s.seen[0].confidence, twice ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

static void nxdomain(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	reply(s, ms, ROOT_SERVER, RESOLVER, id, AUTHORITY | RC_RCODE_NXDOMAIN, name);
}

/* The forwarder is dead, and the walk that follows ends at a nameserver's name that does not exist. */
static void forward_first_is_judged_by_its_walk(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, FORWARD_TARGET, 11, QUERY, "www.example");
	ask(&s, LATE + 1201, RESOLVER, ROOT_SERVER, 12, FETCH, "www.example");
	dns_query(&d, 12, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns.none");
	say(&s, LATE + 1210, ROOT_SERVER, RESOLVER, 12, &d);
	ask(&s, LATE + 1211, RESOLVER, FORWARD_TARGET, 13, QUERY, "ns.none");
	ask(&s, LATE + 2411, RESOLVER, ROOT_SERVER, 14, FETCH, "ns.none");
	nxdomain(&s, LATE + 2415, 14, "ns.none");
	servfail(&s, LATE + 2416, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_cause(&s, 0, "delegation.ns_unresolvable");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
	assert_string_equal(s.seen[0].zone, "example");
}

/* A dead forwarder is not proven to be all of it where the resolver could have walked. */
static void silence_of_a_forwarder_is_not_proven_of_one_that_walks(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, 100, RESOLVER, ROOT_SERVER, 8, FETCH, "other.example");
	refer(&s, 110, 8, "other.example");
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.test");
	ask(&s, LATE + 1, RESOLVER, FORWARD_TARGET, 11, QUERY, "www.test");
	servfail(&s, LATE + 3000, RESOLVER, CLIENT, 10, "www.test");
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* A resolver that asks over TCP alone: its connections are all there is. */
static void tell_of_connections(struct sim *s, bool refused)
{
	begin(s);
	warm_up(s, 0);
	ask(s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	refer(s, LATE + 10, 11, "www.example");
	connect_to(s, LATE + 11, ZONE_SERVER, 40001, refused);
	connect_to(s, LATE + 1011, ZONE_SERVER2, 40002, refused);
	servfail(s, LATE + 3000, RESOLVER, CLIENT, 10, "www.example");
	finish(s);
}

static void connections_refused_are_an_unreachable_upstream(void **state)
{
	struct sim s;
	(void)state;
	tell_of_connections(&s, true);
	assert_cause(&s, 0, "upstream.unreachable");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	assert_string_equal(s.seen[0].zone, "example");
}

static void connections_unanswered_are_a_silent_upstream(void **state)
{
	struct sim s;
	(void)state;
	tell_of_connections(&s, false);
	assert_cause(&s, 0, "upstream.timeout");
	assert_string_equal(s.seen[0].zone, "example");
}

/* A first question makes the resolver hold an alias; a later one goes on from there. */
static void a_warm_resolver_goes_on_from_the_alias_it_holds(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, 0, CLIENT2, RESOLVER, 10, QUERY, "alias.example");
	ask(&s, 1, RESOLVER, ZONE_SERVER, 11, FETCH, "alias.example");
	dns_query(&d, 11, AUTHORITY, "alias.example", RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, "alias.example", RC_TYPE_CNAME, "www.test");
	say(&s, 5, ZONE_SERVER, RESOLVER, 11, &d);
	ask(&s, 6, RESOLVER, ZONE_SERVER2, 12, FETCH, "www.test");
	reply_a(&s, 10, ZONE_SERVER2, RESOLVER, 12, AUTHORITY, "www.test");
	reply_a(&s, 11, RESOLVER, CLIENT2, 10, RECURSED, "alias.example");
	ask(&s, LATE, CLIENT, RESOLVER, 20, QUERY, "alias.example");
	ask(&s, LATE + 1, RESOLVER, ZONE_SERVER2, 21, FETCH, "www.test");
	ask(&s, LATE + 801, RESOLVER, ZONE_SERVER2, 22, FETCH, "www.test");
	servfail(&s, LATE + 3000, RESOLVER, CLIENT, 20, "alias.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
}

#define LONE "198.51.100.7"
#define LONE2 "198.51.100.8"
#define LONE6 "2001:db8::7"
#define RESOLVER2 "192.0.2.54"

/* Asked of two at once, and told by the other: what comes late is missed by nobody, nor is it that no such name is. */
static void a_client_that_left_with_anothers_answer_missed_nothing(void **state)
{
	static const unsigned rcodes[] = {RC_RCODE_NOERROR, RC_RCODE_NXDOMAIN};
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof rcodes / sizeof *rcodes; i++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, FORWARDER, 11, QUERY, "www.example");
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		reply(&s, LATE + 20, FORWARDER, CLIENT, 11, RECURSED | rcodes[i], "www.example");
		answer_who_left(&s, rcodes[i]);
		assert_int_equal(s.n, 0);
	}
}

/* Somebody of whom nothing else is known asks for the name that a client asked of the resolver. */
static void ask_from_elsewhere(struct sim *s, int64_t ms, unsigned id, const char *asker)
{
	static struct dns d;
	ask(s, ms, asker, ROOT_SERVER, id, FETCH, "www.example");
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
	say(s, ms + 10, ROOT_SERVER, asker, id, &d);
	ask(s, ms + 11, asker, ZONE_SERVER, id + 1, FETCH, "www.example");
	reply(s, ms + 12, ZONE_SERVER, asker, id + 1, RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
}

static void fail_at_once(struct sim *s)
{
	servfail(s, LATE + 100, RESOLVER, CLIENT, 10, "www.example");
	finish(s);
}

/* One name proves nothing of whose address it is, but no rival is in sight. */
static void one_question_shows_an_egress_address_that_nobody_else_has(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask_from_elsewhere(&s, LATE + 1, 11, LONE);
	fail_at_once(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_LIKELY);
}

/* The resolver asks by an address that is its own as well, but not for this name. */
static void an_egress_shows_beside_an_address_known_already(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, 1000, 300,
		  "one.example"); /* decided first: nothing of it may be read again */
	dead_zone(&s, 5000, 310, "two.example");
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask_from_elsewhere(&s, LATE + 1, 11, LONE);
	fail_at_once(&s);
	assert_int_equal(s.n, 3);
	assert_cause(&s, 2, "delegation.lame_refused");
	assert_int_equal(s.seen[2].confidence, RC_CONF_LIKELY);
}

/* The resolver is referred to the zone at its own address, and asks the zone's server from one of IPv6. */
static void tell_of_half_a_walk(struct sim *s, const char *other)
{
	static struct dns d;
	begin(s);
	ask(s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	dns_query(&d, 11, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
	say(s, LATE + 10, ROOT_SERVER, RESOLVER, 11, &d);
	ask(s, LATE + 11, other, ZONE_SERVER, 12, FETCH, "www.example");
	reply(s, LATE + 12, ZONE_SERVER, other, 12, RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
	fail_at_once(s);
	assert_int_equal(s->n, 1);
}

static void what_one_family_began_the_other_may_have_ended(void **state)
{
	struct sim s;
	(void)state;
	tell_of_half_a_walk(&s, LONE6);
	assert_cause(&s, 0, "delegation.lame_refused");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
	/* Another address of the same family is as well another resolver's. */
	tell_of_half_a_walk(&s, LONE);
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.lame_refused");
}

/* Whichever of them it is: both meet with the same. */
static void what_all_meet_with_that_may_be_its_egress_is_why_it_fails(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask_from_elsewhere(&s, LATE + 1, 11, LONE);
	ask_from_elsewhere(&s, LATE + 2, 21, LONE2);
	fail_at_once(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_LIKELY);
}

/* A server that recurses for others refuses both: whom it serves is for it to say, and for them. */
static void whom_a_resolver_refuses_is_no_matter_of_the_name(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned recurses = 0; recurses < 2; recurses++) {
		unsigned flags = RC_FLAG_QR | RC_RCODE_REFUSED | (recurses ? RC_FLAG_RA : 0);
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		for (unsigned i = 0; i < 2; i++) {
			const char *other = i == 0 ? LONE : LONE2;
			ask(&s, LATE + 1, other, ZONE_SERVER, 11 + i, FETCH, "www.example");
			reply(&s, LATE + 2, ZONE_SERVER, other, 11 + i, flags, "www.example");
		}
		fail_at_once(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "delegation.lame_refused") == 0,
				 !recurses);
	}
}

/* One is refused by the zone's server, the other one gets an answer. */
static void two_that_may_be_its_egress_and_fare_differently_leave_it_unknown(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask_from_elsewhere(&s, LATE + 1, 11, LONE);
	ask(&s, LATE + 2, LONE2, ROOT_SERVER, 21, FETCH, "www.example");
	dns_query(&d, 21, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns2.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns2.example", ZONE_SERVER2);
	say(&s, LATE + 10, ROOT_SERVER, LONE2, 21, &d);
	ask(&s, LATE + 11, LONE2, ZONE_SERVER2, 22, FETCH, "www.example");
	reply_a(&s, LATE + 12, ZONE_SERVER2, LONE2, 22, AUTHORITY, "www.example");
	fail_at_once(&s);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.seen[0].cause->slug, "unknown.upstream_not_visible");
}

/* The zone's server refuses whoever asks; but who cannot reach it is perhaps the other one alone. */
static void an_egress_may_be_of_another_resolver_that_was_asked_too(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned silent = 0; silent < 2; silent++) {
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		ask(&s, LATE, CLIENT2, RESOLVER2, 30, QUERY, "www.example");
		if (silent) {
			ask(&s, LATE + 1, LONE, ROOT_SERVER, 11, FETCH, "www.example");
			ask(&s, LATE + 801, LONE, ROOT_SERVER, 12, FETCH, "www.example");
			servfail(&s, LATE + 1601, RESOLVER, CLIENT, 10, "www.example");
			finish(&s);
		} else {
			ask_from_elsewhere(&s, LATE + 1, 11, LONE);
			fail_at_once(&s);
		}
		assert_true(s.n > 0);
		assert_cause(&s, 0, silent ? "upstream.timeout" : "delegation.lame_refused");
		assert_int_equal(s.seen[0].confidence, silent ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* Only the other resolver is seen at work, for a client of its own. */
static void what_another_resolver_meets_with_is_why_one_out_of_sight_fails(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, 0, CLIENT2, RESOLVER2, 900, QUERY, "good.test");
	reply_a(&s, 6, RESOLVER2, CLIENT2, 900, RECURSED, "good.test");
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE, CLIENT2, RESOLVER2, 30, QUERY, "www.example");
	ask_from_elsewhere(&s, LATE + 1, 11, RESOLVER2);
	fail_at_once(&s);
	assert_cause(&s, 0, "delegation.lame_refused");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/*
 * One that knows the zone's servers, and asks none of them, may hold against them what another resolver is seen to meet
 * with there. Not so where somebody resolves the name.
 */
static void what_another_resolver_meets_with_is_why_one_asks_no_server(void **state)
{
	const char *name = "mail.example";
	(void)state;
	for (unsigned how = 0; how < 3; how++) {
		bool resolved = how == 1, at_once = how == 2;
		static struct sim s;
		static struct dns d;
		begin_warm(&s);
		ask_below(&s, LATE, 1, "www.example");
		for (unsigned i = 0; i < 2; i++) {
			const char *server = i == 0 ? ZONE_SERVER : ZONE_SERVER2;
			ask(&s, LATE + 6 + 2 * i, RESOLVER, server, 3 + i, FETCH, "www.example");
			reply(&s, LATE + 7 + 2 * i, server, RESOLVER, 3 + i,
			      RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
		}
		servfail(&s, LATE + 10, RESOLVER, CLIENT, 1, "www.example");
		if (resolved) {
			ask(&s, LATE + 50, CLIENT, RESOLVER, 8, QUERY, name);
			reply_a(&s, LATE + 51, RESOLVER, CLIENT, 8, RECURSED, name);
		}
		const char *asked = at_once ? "good.test" : name;
		if (!at_once)
			ask(&s, LATE + 100, CLIENT2, FORWARDER, 5, QUERY, name);
		ask(&s, LATE + 101, FORWARDER, ROOT_SERVER, 6, FETCH, asked);
		dns_query(&d, 6, RC_FLAG_QR, asked, RC_TYPE_A);
		dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
		dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
		say(&s, LATE + 102, ROOT_SERVER, FORWARDER, 6, &d);
		if (at_once)
			ask(&s, LATE + 103, CLIENT2, FORWARDER, 5, QUERY, name);
		servfail(&s, LATE + 103, FORWARDER, CLIENT2, 5, name);
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 1, resolved ? "unknown.no_evidence" : "delegation.lame_refused");
		if (!resolved) {
			assert_int_equal(s.seen[1].confidence, RC_CONF_POSSIBLE);
			assert_string_equal(s.seen[1].zone, "example");
		}
	}
}

/*
 * One that asked for the root's keys again and again, for an earlier question, and gives nobody anything that it checks,
 * rejects what it is given since: for want of an anchor. Once is what anybody asks. What it gives later, mended, says
 * nothing of that time.
 */
static void who_rejected_the_roots_keys_before_rejects_all_after(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		bool again = how > 0, serves = how == 2, mended = how == 3;
		static struct sim s;
		static struct dns d;
		begin(&s);
		for (unsigned i = 0; i < (again ? 3 : 1); i++) {
			dns_query(&d, (uint16_t)(900 + i), FETCH, ".", RC_TYPE_DNSKEY);
			send_message(&s, 10 + 2 * i, RESOLVER, 20900 + i, ROOT_SERVER, 53, &d);
			dns_query(&d, (uint16_t)(900 + i), AUTHORITY, ".", RC_TYPE_DNSKEY);
			say(&s, 11 + 2 * i, ROOT_SERVER, RESOLVER, 900 + i, &d);
		}
		if (serves) {
			ask(&s, 100, CLIENT2, RESOLVER, 910, QUERY, "good.test");
			reply_a(&s, 101, RESOLVER, CLIENT2, 910, RECURSED, "good.test");
		}
		ask_below(&s, LATE, 1, "www.example");
		ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
		reply_a(&s, LATE + 7, ZONE_SERVER, RESOLVER, 3, AUTHORITY, "www.example");
		servfail(&s, LATE + 8, RESOLVER, CLIENT, 1, "www.example");
		if (mended)
			warm_up(&s, LATE + 100);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, again && !serves ? "dnssec.trust_anchor" : "resolver.internal");
		assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
	}
}

/* Who could validate nothing, with a wrong anchor, rejects by that what it is given right after, signed or not. */
static void who_has_a_wrong_anchor_rejects_by_it_what_comes_next(void **state)
{
	(void)state;
	for (unsigned soon = 0; soon < 2; soon++) {
		int64_t next = LATE + (soon ? 1000 : 100000);
		static struct sim s;
		static struct dns d;
		begin_warm(&s);
		ask_below(&s, LATE, 1, "www.example");
		for (unsigned i = 0; i < 2; i++) {
			dns_query(&d, (uint16_t)(900 + i), FETCH, ".", RC_TYPE_DNSKEY);
			send_message(&s, LATE + 6 + 2 * i, RESOLVER, 20900 + i, ROOT_SERVER, 53,
				     &d);
			dns_query(&d, (uint16_t)(900 + i), AUTHORITY, ".", RC_TYPE_DNSKEY);
			dns_rr(&d, RC_ANSWER, ".", RC_TYPE_DNSKEY, 3600, &(struct dns){.len = 4});
			say(&s, LATE + 7 + 2 * i, ROOT_SERVER, RESOLVER, 900 + i, &d);
		}
		servfail(&s, LATE + 10, RESOLVER, CLIENT, 1, "www.example");
		ask(&s, next - 10, CLIENT2, FORWARDER, 5, QUERY, "mail.example");
		reply_a(&s, next - 9, FORWARDER, CLIENT2, 5, RECURSED, "mail.example");
		ask(&s, next, CLIENT, RESOLVER, 10, QUERY, "mail.example");
		ask(&s, next + 1, RESOLVER, ZONE_SERVER, 11, FETCH, "mail.example");
		reply_a(&s, next + 2, ZONE_SERVER, RESOLVER, 11, AUTHORITY, "mail.example");
		servfail(&s, next + 3, RESOLVER, CLIENT, 10, "mail.example");
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 0, "dnssec.trust_anchor");
		assert_cause(&s, 1, soon ? "dnssec.trust_anchor" : "resolver.internal");
	}
}

/*
 * Keys that came twice since two who waited for them had each lost a query are not asked for again and again. More
 * answers than were lost are.
 */
static void keys_asked_for_again_after_loss_are_not_rejected(void **state)
{
	(void)state;
	for (unsigned lost = 1; lost < 3; lost++) {
		static struct sim s;
		static struct dns d;
		begin(&s);
		warm_up(&s, 0);
		ask_below(&s, LATE, 1, "www.example");
		for (unsigned i = 0; i < lost; i++) {
			dns_query(&d, (uint16_t)(800 + i), FETCH, ".", RC_TYPE_DNSKEY);
			send_message(&s, LATE + 6 + i, RESOLVER, 20800 + i, "203.0.113.7", 53, &d);
		}
		for (unsigned i = 0; i < 2; i++) {
			dns_query(&d, (uint16_t)(900 + i), FETCH, ".", RC_TYPE_DNSKEY);
			send_message(&s, LATE + 1500 + 400 * i, RESOLVER, 20900 + i, ROOT_SERVER,
				     53, &d);
			dns_query(&d, (uint16_t)(900 + i), AUTHORITY, ".", RC_TYPE_DNSKEY);
			dns_rr(&d, RC_ANSWER, ".", RC_TYPE_DNSKEY, 3600, &(struct dns){.len = 4});
			say(&s, LATE + 1501 + 400 * i, ROOT_SERVER, RESOLVER, 900 + i, &d);
		}
		reply(&s, LATE + 2500, RESOLVER, CLIENT, 1, RECURSED | RC_RCODE_SERVFAIL,
		      "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "dnssec.trust_anchor") == 0,
				 lost < 2);
	}
}

/* Its own work is seen by a tap whose clock is ahead of the tap before its clients. */
static void a_resolver_is_followed_past_the_skew_of_another_tap(void **state)
{
	static const int64_t skews_ms[] = {0, -80, 80, 600};
	static struct dns d;
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof skews_ms / sizeof *skews_ms; i++) {
		begin(&s);
		dns_query(&d, 11, FETCH, "www.example", RC_TYPE_A);
		struct rc_obs fetch = obs_message(T0 + (LATE + skews_ms[i] + 1) * MS, RESOLVER,
						  20011, ZONE_SERVER, 53, &d);
		fetch.source = 1;
		if (skews_ms[i] < 0) {
			send_obs(&s, &fetch);
			reply(&s, LATE + skews_ms[i] + 2, ZONE_SERVER, RESOLVER, 11,
			      RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
		}
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		if (skews_ms[i] > 0)
			servfail(&s, LATE + 4, RESOLVER, CLIENT, 10, "www.example");
		if (skews_ms[i] >= 0) {
			send_obs(&s, &fetch);
			reply(&s, LATE + skews_ms[i] + 2, ZONE_SERVER, RESOLVER, 11,
			      RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
		}
		if (skews_ms[i] <= 0)
			servfail(&s, LATE + 4, RESOLVER, CLIENT, 10, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "delegation.lame_refused");
		assert_true(skews_ms[i] == 0 || s.seen[0].confidence <= RC_CONF_LIKELY);
	}
}

/* It goes on, and asks what no client asked: the addresses of servers, the next client out of sight. */
static void what_an_egress_address_asks_is_no_failure_of_a_client(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask_from_elsewhere(&s, LATE + 1, 11, LONE);
	servfail(&s, LATE + 100, RESOLVER, CLIENT, 10, "www.example");
	ask(&s, LATE + 110, LONE, ZONE_SERVER, 13, FETCH, "ns1.example");
	reply(&s, LATE + 111, ZONE_SERVER, LONE, 13, RC_FLAG_QR | RC_RCODE_REFUSED, "ns1.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "delegation.lame_refused");
}

/* Who asks a server what a resolver failed to say, once it did, looks into it by hand. */
static void who_asks_by_hand_afterwards_is_a_client(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	servfail(&s, LATE + 100, RESOLVER, CLIENT, 10, "www.example");
	ask(&s, LATE + 500, LONE, ZONE_SERVER, 11, FETCH, "www.example");
	reply(&s, LATE + 501, ZONE_SERVER, LONE, 11, RC_FLAG_QR | RC_RCODE_REFUSED, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
}

/* A resolver that fails each client in sight works for clients all the same. */
static void a_resolver_that_serves_nobody_well_has_clients(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	servfail(&s, LATE + 100, RESOLVER, CLIENT, 10, "www.example");
	static const char *const servers[] = {ROOT_SERVER, ZONE_SERVER, ZONE_SERVER2};
	for (unsigned i = 0; i < 3; i++) {
		unsigned id = 20 + i;
		static struct dns d;
		dns_query(&d, (uint16_t)id, FETCH, "www.other", RC_TYPE_A);
		dns_opt(&d, true, -1);
		send_message(&s, LATE + 200 + i, LONE, 20000 + id, servers[i], 53, &d);
		reply(&s, LATE + 210 + i, servers[i], LONE, id, RC_FLAG_QR | RC_RCODE_REFUSED,
		      "www.other");
	}
	finish(&s);
	assert_int_equal(s.n, 1);
}

/* A load balancer asks its servers now and then whether they are there, and clients' questions only of those. */
static void a_balancer_whose_servers_are_silent_says_so_at_once(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 4; i++) {
		ask(&s, LATE + 1000 * i, CLIENT, FORWARDER, 10 + i, QUERY, "www.example");
		reply(&s, LATE + 1000 * i + 1, FORWARDER, CLIENT, 10 + i,
		      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_SERVFAIL, "www.example");
		ask(&s, LATE + 1000 * i + 500, FORWARDER, RESOLVER, 20 + i, QUERY, "check.test");
	}
	finish(&s);
	struct rc_addr client = addr(CLIENT);
	const struct seen *last = NULL;
	for (size_t i = 0; i < s.n; i++)
		if (rc_addr_equal(&s.seen[i].client, &client))
			last = &s.seen[i];
	assert_non_null(last);
	assert_string_equal(last->cause->slug, "upstream.timeout");
	assert_int_equal(last->confidence, RC_CONF_POSSIBLE);
}

static void refuse_with(struct sim *s, int64_t ms, unsigned id, int ede, unsigned flags)
{
	static struct dns d;
	ask(s, ms, CLIENT, FORWARDER, id, QUERY, "www.example");
	dns_query(&d, (uint16_t)id, flags | RC_RCODE_REFUSED, "www.example", RC_TYPE_A);
	dns_opt(&d, false, ede);
	say(s, ms + 1, FORWARDER, CLIENT, id, &d);
}

/* dnsmasq refuses what it has nobody to ask for, or cannot send. */
static void a_forwarder_that_has_nobody_to_ask_says_so(void **state)
{
	static const struct {
		int ede;
		unsigned flags;
		const char *slug;
	} rows[] = {
		{14, RECURSED, "resolver.internal"},
		{14, RC_FLAG_QR | RC_FLAG_RD, "policy.recursion_unavailable"},
		{23, RECURSED, "upstream.unreachable"},
		{0, RECURSED, "unknown.upstream_not_visible"},
	};
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(&s);
		refuse_with(&s, LATE, 10, rows[i].ede, rows[i].flags);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, rows[i].slug);
	}
}

/* Nothing but what the resolver says itself, in one extended error or in two. */
static void what_a_resolver_says_of_itself_is_taken_together(void **state)
{
	static const struct {
		unsigned rcode, code, code2;
		const char *text, *text2, *slug;
	} rows[] = {
		{RC_RCODE_SERVFAIL, 9, 0,
		 "validation failure <www.example. A IN>: No DNSKEY record [all servers for this "
		 "domain failed, at zone example. from 192.0.2.1 got REFUSED] for key example.",
		 NULL, "delegation.lame_refused"},
		{RC_RCODE_SERVFAIL, 9, 0, "No DNSKEY record for key example.", NULL,
		 "dnssec.validation_failed"},
		{RC_RCODE_SERVFAIL, 10, 7, "for DNSKEY example., id = 2",
		 "for DNSKEY example., id = 1: RRSIG example., expiration = 5",
		 "dnssec.signature_expired"},
		{RC_RCODE_SERVFAIL, 10, 6, "for DNSKEY example., id = 2", "",
		 "dnssec.rrsig_missing"},
		{RC_RCODE_SERVFAIL, 18, 23, "", "192.0.2.1:53 timed out for www.example. A",
		 "upstream.timeout"},
		{RC_RCODE_SERVFAIL, 18, 0, "", NULL, "policy.blocked"},
		{RC_RCODE_REFUSED, 22, 0, "at delegation example.", NULL,
		 "unknown.upstream_not_visible"},
		{RC_RCODE_REFUSED, 0, 0, "DNS Cookie needed for UDP replies", NULL,
		 "protocol.bad_cookie"},
	};
	struct sim s;
	static struct dns d;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(&s);
		ask(&s, 0, CLIENT, RESOLVER, 9, QUERY, "good.test");
		reply_a(&s, 6, RESOLVER, CLIENT, 9, RECURSED, "good.test");
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		dns_query(&d, 10, RECURSED | rows[i].rcode, "www.example", RC_TYPE_A);
		size_t opt_at = d.len;
		dns_opt_said(&d, false, (int)rows[i].code, rows[i].text);
		if (rows[i].text2 != NULL)
			dns_said_too(&d, opt_at, rows[i].code2, rows[i].text2);
		say(&s, LATE + 50, RESOLVER, CLIENT, 10, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, rows[i].slug);
	}
}

/* A balancer without servers, of which nothing but its answers is seen: no zone holds such names but the root. */
static void who_fails_for_names_of_all_kinds_has_no_zone_to_load(void **state)
{
	static const char *const names[] = {"www.example", "mail.example", "www.test"};
	struct sim s;
	(void)state;
	for (unsigned n = 2; n <= 3; n++) {
		begin(&s);
		for (unsigned i = 0; i < n; i++) {
			ask(&s, LATE + i, CLIENT, FORWARDER, 10 + i, QUERY, names[i]);
			reply(&s, LATE + i + 1, FORWARDER, CLIENT, 10 + i,
			      RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_SERVFAIL, names[i]);
		}
		finish(&s);
		assert_int_equal(s.n, n);
		assert_cause(&s, 0, n == 2 ? "zone.not_loaded" : "unknown.upstream_not_visible");
	}
}

/* PowerDNS whose hints name a resolver: it asks that for the root's servers, and gets no further. */
static void who_gets_no_further_than_a_false_root_has_false_hints(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned authority = 0; authority < 2; authority++) {
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
		for (unsigned i = 0; i < 2; i++) {
			dns_query(&d, (uint16_t)(2 + i), FETCH, ".", RC_TYPE_NS);
			send_message(&s, LATE + 2 * i, RESOLVER, 20002 + i, ZONE_SERVER, 53, &d);
			dns_query(&d, (uint16_t)(2 + i),
				  RC_FLAG_QR | (authority ? RC_FLAG_AA : RC_FLAG_RA), ".",
				  RC_TYPE_NS);
			dns_rr_name(&d, RC_ANSWER, ".", RC_TYPE_NS, "a.root-servers.net");
			say(&s, LATE + 2 * i + 1, ZONE_SERVER, RESOLVER, 2 + i, &d);
		}
		servfail(&s, LATE + 9, RESOLVER, CLIENT, 1, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		if (authority)
			assert_string_not_equal(s.seen[0].cause->slug, "resolver.internal");
		else
			assert_cause(&s, 0, "resolver.internal");
	}
}

/*
 * Two resolvers are asked for the same at once: one, last, asks for itself, the other by an address that nobody knows and
 * answers nothing. If the first is not seen to ask, it is not known whose address that is.
 */
static void what_no_other_asks_for_is_asked_for_the_silent_one(void **state)
{
	static const char *const other = "198.51.100.60", *const egress = "203.0.113.77";
	const char *name = "www.example";
	(void)state;
	for (unsigned itself = 0; itself < 2; itself++) {
		static struct dns d;
		struct sim s;
		begin_warm(&s);
		ask(&s, LATE, CLIENT, other, 10, QUERY, name);
		ask(&s, LATE + 1, CLIENT, RESOLVER, 11, QUERY, name);
		if (itself) {
			ask(&s, LATE + 2, RESOLVER, ROOT_SERVER, 12, FETCH, name);
			refer(&s, LATE + 3, 12, name);
			ask(&s, LATE + 4, RESOLVER, ZONE_SERVER, 13, FETCH, name);
		}
		ask(&s, LATE + 5, egress, ROOT_SERVER, 20, FETCH, name);
		dns_query(&d, 20, RC_FLAG_QR, name, RC_TYPE_A);
		dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
		dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
		say(&s, LATE + 6, ROOT_SERVER, egress, 20, &d);
		for (unsigned i = 0; i < 4; i++)
			ask(&s, LATE + 7 + 1000 * i, egress, ZONE_SERVER, 21 + i, FETCH, name);
		servfail(&s, LATE + 4000, RESOLVER, CLIENT, 11, name);
		warm_up(&s, LATE + 20000);
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_int_equal(s.seen[1].x.id, 10);
		assert_cause(&s, 1, itself ? "upstream.timeout" : "no_answer.server_silent");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_of_an_address_translation_are_one_question),
		cmocka_unit_test(what_cannot_be_told_has_the_servers_own_words),
		cmocka_unit_test(what_no_other_asks_for_is_asked_for_the_silent_one),
		cmocka_unit_test(a_client_on_the_resolvers_host_is_a_client),
		cmocka_unit_test(a_refusal_to_a_client_on_the_resolvers_host_is_the_resolvers_own),
		cmocka_unit_test(who_asks_from_the_egress_of_the_resolver_it_asks_is_a_client),
		cmocka_unit_test(a_resolver_on_the_host_of_all_servers_is_followed),
		cmocka_unit_test(who_asks_a_server_on_its_own_host_is_a_client),
		cmocka_unit_test(who_looks_at_servers_with_a_tool_is_a_client),
		cmocka_unit_test(what_a_resolver_asks_the_root_for_itself_is_no_clients_question),
		cmocka_unit_test(what_a_server_asks_the_root_for_itself_is_no_clients_question),
		cmocka_unit_test(a_secondary_that_is_notified_is_no_resolver),
		cmocka_unit_test(what_a_secondary_asks_for_itself_is_no_part_of_a_question),
		cmocka_unit_test(what_is_seen_before_and_behind_a_translator_is_told_once),
		cmocka_unit_test(two_clients_that_ask_the_same_at_once_are_two),
		cmocka_unit_test(a_forwarder_on_the_captured_host_fails_for_the_server_behind_it),
		cmocka_unit_test(what_a_person_asks_on_the_captured_host_is_told_too),
		cmocka_unit_test(a_forwarder_beside_its_resolver_is_no_client_of_it),
		cmocka_unit_test(a_failure_told_late_is_no_answer_that_came_too_late),
		cmocka_unit_test(a_refused_answer_alone_shows_less_of_two_attempts),
		cmocka_unit_test(what_came_too_late_for_one_says_nothing_of_another),
		cmocka_unit_test(
			an_answer_behind_the_deadline_does_not_prove_that_the_client_had_left),
		cmocka_unit_test(a_client_that_had_left_missed_any_answer),
		cmocka_unit_test(a_client_that_asked_twice_need_not_have_left),
		cmocka_unit_test(a_client_that_left_with_anothers_answer_missed_nothing),
		cmocka_unit_test(a_warm_resolver_goes_on_from_the_alias_it_holds),
		cmocka_unit_test(one_question_shows_an_egress_address_that_nobody_else_has),
		cmocka_unit_test(an_egress_shows_beside_an_address_known_already),
		cmocka_unit_test(what_one_family_began_the_other_may_have_ended),
		cmocka_unit_test(what_all_meet_with_that_may_be_its_egress_is_why_it_fails),
		cmocka_unit_test(whom_a_resolver_refuses_is_no_matter_of_the_name),
		cmocka_unit_test(two_that_may_be_its_egress_and_fare_differently_leave_it_unknown),
		cmocka_unit_test(an_egress_may_be_of_another_resolver_that_was_asked_too),
		cmocka_unit_test(what_another_resolver_meets_with_is_why_one_out_of_sight_fails),
		cmocka_unit_test(what_another_resolver_meets_with_is_why_one_asks_no_server),
		cmocka_unit_test(who_rejected_the_roots_keys_before_rejects_all_after),
		cmocka_unit_test(who_has_a_wrong_anchor_rejects_by_it_what_comes_next),
		cmocka_unit_test(keys_asked_for_again_after_loss_are_not_rejected),
		cmocka_unit_test(a_resolver_is_followed_past_the_skew_of_another_tap),
		cmocka_unit_test(what_an_egress_address_asks_is_no_failure_of_a_client),
		cmocka_unit_test(who_asks_by_hand_afterwards_is_a_client),
		cmocka_unit_test(a_resolver_that_serves_nobody_well_has_clients),
		cmocka_unit_test(a_balancer_whose_servers_are_silent_says_so_at_once),
		cmocka_unit_test(forward_first_is_judged_by_its_walk),
		cmocka_unit_test(silence_of_a_forwarder_is_not_proven_of_one_that_walks),
		cmocka_unit_test(connections_refused_are_an_unreachable_upstream),
		cmocka_unit_test(connections_unanswered_are_a_silent_upstream),
		cmocka_unit_test(a_forwarder_that_has_nobody_to_ask_says_so),
		cmocka_unit_test(what_a_resolver_says_of_itself_is_taken_together),
		cmocka_unit_test(who_fails_for_names_of_all_kinds_has_no_zone_to_load),
		cmocka_unit_test(who_gets_no_further_than_a_false_root_has_false_hints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
