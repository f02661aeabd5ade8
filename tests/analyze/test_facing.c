/*
 * Who asks: a client, whose failure is told, or a resolver at work, whose exchanges are evidence.
 */
#include "analyze/decide/facing.h"
#include "tests/analyze/scene.h"

#define LOOPBACK "127.0.0.1"

static struct rc_host
	*asker; /* with an entry of its own; what it is known for is set by the tests */

/* An address asks a server of a zone for the name, with RD=0. */
static void fetch(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.x.asker = addr(SERVER3);
	s.x.server = addr(SERVER1);
	s.x.query.flags = s.x.answer.flags = 0;
	asker = enter_asker(s.hosts, SERVER3);
}

/* Resolvers serve clients in the same capture. */
static void fetch_among_resolvers(void)
{
	fetch();
	serve(CLIENT, RESOLVER);
	asker = rc_hosts_find(s.hosts, &s.x.asker);
}

/* It asks several servers for signed answers: no stub does. */
static void ask_servers(void)
{
	asker->asked_do = true;
	asker->asked_rd0 = RC_FEW_MAX;
	for (unsigned i = 1; i <= RC_FEW_MAX; i++)
		rc_few_note(&asker->servers_asked, i);
}

static void iterate(void)
{
	fetch_among_resolvers();
	ask_servers();
}

static void ask_itself(void)
{
	fetch();
	s.x.server = s.x.asker;
	asker->partner_name = 1;
}

/* The asker and the server are addresses of one resolver. */
static void ask_own_address(void)
{
	fetch();
	rc_hosts_declare(s.hosts, (struct rc_addr[]){s.x.asker, s.x.server}, 2);
	asker = rc_hosts_find(s.hosts, &s.x.asker);
}

static bool is_by_client(void)
{
	bool by_client = rc_facing_is_by_client(s.recorder, s.hosts, &s.x);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return by_client;
}

#define assert_client(set, otherwise, wanted) \
	do { \
		set(); \
		otherwise; \
		assert_int_equal(is_by_client(), wanted); \
	} while (0)

/* Without RD it may be work; who iterates works. A tool says that it understands AD. */
static void who_iterates_beside_resolvers_is_one(void **state)
{
	(void)state;
	assert_client(iterate, (void)0, false);
	assert_client(fetch_among_resolvers, (void)0, true);
	assert_client(iterate, s.x.query.flags = RC_FLAG_RD, true);
	assert_client(iterate, s.x.query.flags = RC_FLAG_AD, true);
}

/* ... and where no resolver is in sight, somebody who asks for signatures may be anybody. */
static void who_asks_for_signatures_alone_is_a_client(void **state)
{
	(void)state;
	assert_client(fetch, ask_servers(), true);
}

/* Transfers, and what is no query, each server asks for itself; a forwarder hands on what it is asked. */
static void what_no_resolver_asks_for_others_is_of_a_client(void **state)
{
	(void)state;
	assert_client(iterate, s.x.opcode = RC_OPCODE_NOTIFY, true);
	assert_client(iterate, s.x.qtype = RC_TYPE_AXFR, true);
	assert_client(iterate, (s.x.opcode = RC_OPCODE_UPDATE, asker->fetches = 1), false);
}

/* On a server's own host: the resolver there works for somebody who was seen to ask at another address. */
static void who_asks_its_own_address_is_a_client_but_for_a_resolver_there(void **state)
{
	(void)state;
	assert_client(ask_itself, (void)0, false);
	assert_client(ask_itself, s.x.query.flags = RC_FLAG_RD, true);
	assert_client(ask_itself, asker->answered_ra = 1, true);
	assert_client(ask_itself, asker->partner_name = 0, true);
}

/* A program beside a resolver asks it by another of its addresses; a server beside it is asked by the resolver. */
static void who_asks_another_address_of_its_own_is_a_client_if_it_wants_recursion(void **state)
{
	(void)state;
	assert_client(ask_own_address, s.x.query.flags = RC_FLAG_RD, true);
	assert_client(ask_own_address, (void)0, false);
}

/* Several resolvers ask from the address: it is none's own, and what is asked from it is for clients of one of them. */
static void an_address_that_resolvers_share_fetches_for_them(void **state)
{
	(void)state;
	assert_client(fetch, (asker->is_common = true, asker->asked_rd1 = 1), false);
	assert_client(fetch, (asker->is_common = true, s.x.query.flags = RC_FLAG_RD), true);
	assert_client(fetch, (void)0, true);
}

/* A client asked the resolver for the same at that time, and was answered then; 0: it waits still. */
static void ask_resolver(int64_t ms, int64_t end_ms)
{
	struct rc_exchange x = {.asker = addr(CLIENT),
				.server = addr(RESOLVER),
				.query = {.flags = RC_FLAG_RD},
				.qtype = RC_TYPE_A,
				.qdcount = 1,
				.name_hash = s.x.name_hash,
				.state = end_ms == 0 ? RC_X_PENDING : RC_X_ANSWERED,
				.first_ns = T0 + ms * MS,
				.last_ns = T0 + ms * MS,
				.end_ns = end_ms == 0 ? 0 : T0 + end_ms * MS};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	record(&x, "www.example");
	rc_hosts_note_query(s.hosts, &x, &keys, (const uint8_t[6]){0}, false);
	asker = rc_hosts_find(s.hosts, &s.x.asker);
}

/* Nothing is known of the address, but that it asks what a client waits for at a resolver. */
static void who_asks_what_a_client_waits_for_fetches_it(void **state)
{
	(void)state;
	assert_client(fetch_among_resolvers, ask_resolver(-1, 0), false);
	assert_client(fetch_among_resolvers, ask_resolver(-1, 1), false);
	assert_client(fetch_among_resolvers, ask_resolver(-2, -1), true);
	assert_client(fetch_among_resolvers, ask_resolver(1, 0), true);
	assert_client(fetch_among_resolvers, (ask_resolver(-1, 0), asker->asked_rd1 = 1), true);
	assert_client(fetch, ask_resolver(-1, 0), true); /* it is not known to recurse */
	assert_client(fetch_among_resolvers, (serve(CLIENT, SERVER1), ask_resolver(-1, 0)), true);
	assert_client(fetch_among_resolvers, (s.x.server = addr(RESOLVER), ask_resolver(-1, 0)),
		      true);
}

/* The servers and the keys of the root, each resolver asks for itself. */
static void who_asks_for_the_servers_of_the_root_beside_resolvers_is_one(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		bool by_client;
	} asked[] = {
		{".", RC_TYPE_NS, false},          {".", RC_TYPE_DNSKEY, false},
		{".", RC_TYPE_SOA, true},          {"example", RC_TYPE_NS, true},
		{"example", RC_TYPE_DNSKEY, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		fetch_among_resolvers();
		struct rc_name name = name_of(asked[i].name);
		s.x.name_hash = rc_name_hash(SEED, &name);
		s.x.qtype = asked[i].type;
		record(&s.x, asked[i].name);
		assert_int_equal(is_by_client(), asked[i].by_client);
	}
}

/* --- relays --- */

/* Somebody asks for the name, whose own asker still waits for it; both in the recorder. */
static struct rc_exchange asked;

static void hand_on(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	asked = (struct rc_exchange){.asker = addr(CLIENT),
				     .server = addr(RESOLVER),
				     .first_ns = T0 - MS,
				     .state = RC_X_PENDING};
	s.x.asker = addr(RESOLVER);
	s.x.server = addr(SERVER1);
}

static bool is_relay(const char *asked_name)
{
	struct rc_addr resolver = addr(RESOLVER);
	record(&asked, asked_name);
	record(&s.x, "www.example");
	uint64_t pos = rc_recorder_newest_by_asker(s.recorder, &resolver, s.x.name_hash);
	/* The slot of the asker and the name; where keys collide, it holds another's. */
	struct rc_name name = name_of(asked_name);
	uint64_t key = rc_recorder_key(s.recorder, rc_addr_hash(SEED, &asked.server),
				       rc_name_hash(SEED, &name));
	bool relay = rc_facing_is_relay(s.recorder, rc_recorder_at(s.recorder, pos), key);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return relay;
}

#define assert_relay(otherwise, name, wanted) \
	do { \
		hand_on(); \
		otherwise; \
		assert_int_equal(is_relay(name), wanted); \
	} while (0)

static void who_asks_what_it_was_just_asked_asks_for_others(void **state)
{
	(void)state;
	assert_relay((void)0, "www.example", true);
	assert_relay((asked.state = RC_X_ANSWERED, asked.end_ns = T0 - MS), "www.example", true);
	assert_relay((asked.state = RC_X_ANSWERED, asked.end_ns = T0 - 2 * RC_NS_PER_S),
		     "www.example", false);
	assert_relay(asked.opcode = RC_OPCODE_NOTIFY, "www.example", false);
	/* Two keys share a slot. */
	assert_relay((void)0, "mail.example", false);
	assert_relay(asked.server = addr(SERVER2), "www.example", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_iterates_beside_resolvers_is_one),
		cmocka_unit_test(who_asks_for_signatures_alone_is_a_client),
		cmocka_unit_test(what_no_resolver_asks_for_others_is_of_a_client),
		cmocka_unit_test(who_asks_its_own_address_is_a_client_but_for_a_resolver_there),
		cmocka_unit_test(
			who_asks_another_address_of_its_own_is_a_client_if_it_wants_recursion),
		cmocka_unit_test(an_address_that_resolvers_share_fetches_for_them),
		cmocka_unit_test(who_asks_what_a_client_waits_for_fetches_it),
		cmocka_unit_test(who_asks_for_the_servers_of_the_root_beside_resolvers_is_one),
		cmocka_unit_test(who_asks_what_it_was_just_asked_asks_for_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
