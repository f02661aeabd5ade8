#include "analyze/pair/host_tables.h"
#include "tests/analyze/build.h"

#define CLIENT "192.0.2.1"
#define SERVICE "192.0.2.53"
#define CLIENT6 "2001:db8::1"
#define SERVICE6 "2001:db8::53"
#define EGRESS "192.0.2.99"
#define EGRESS6 "2001:db8::99"
#define EGRESS2 "192.0.2.98"
#define ADDRS_MAX 16u

static const uint8_t no_mac[6];

static struct rc_hosts *new_hosts(void)
{
	struct rc_hosts *h;
	assert_int_equal(rc_hosts_new(65536, SEED, &h), RC_OK);
	return h;
}

static struct rc_exchange exchange(int64_t ts_ns, const char *asker, const char *server,
				   unsigned flags, uint64_t name)
{
	return (struct rc_exchange){
		.first_ns = ts_ns,
		.end_ns = ts_ns + 5 * MS,
		.asker = addr(asker),
		.server = addr(server),
		.name_hash = name,
		.query = {.flags = (uint16_t)flags},
	};
}

static struct rc_host_keys keys_of(const struct rc_exchange *x)
{
	return (struct rc_host_keys){rc_addr_hash(SEED, &x->asker), rc_addr_hash(SEED, &x->server)};
}

static void note_query_to(struct rc_hosts *h, const struct rc_exchange *x, const uint8_t mac[6])
{
	struct rc_host_keys keys = keys_of(x);
	rc_hosts_note_query(h, x, &keys, mac, false);
}

static void note_query(struct rc_hosts *h, const struct rc_exchange *x)
{
	note_query_to(h, x, no_mac);
}

static void note_answer(struct rc_hosts *h, const struct rc_exchange *x, const uint8_t mac[6])
{
	struct rc_host_keys keys = keys_of(x);
	rc_hosts_note_answer(h, x, &keys, mac);
}

static void ask(struct rc_hosts *h, int64_t ts_ns, const char *asker, const char *server,
		unsigned flags, uint64_t name)
{
	struct rc_exchange x = exchange(ts_ns, asker, server, flags, name);
	note_query(h, &x);
}

static void answer(struct rc_hosts *h, int64_t ts_ns, const char *asker, const char *server,
		   unsigned query_flags, unsigned answer_flags, const uint8_t mac[6])
{
	struct rc_exchange x = exchange(ts_ns, asker, server, query_flags, 1);
	x.state = RC_X_ANSWERED;
	x.answer.flags = (uint16_t)answer_flags;
	x.answer.rcode = answer_flags & 15;
	note_answer(h, &x, mac);
}

static void ask_with_mac(struct rc_hosts *h, int64_t ts_ns, const char *asker, const char *server,
			 const uint8_t mac[6])
{
	struct rc_exchange x = exchange(ts_ns, asker, server, 0, (uint64_t)ts_ns);
	memcpy(x.asker_mac, mac, 6);
	note_query(h, &x);
}

static bool are_one(const struct rc_hosts *h, const char *a, const char *b)
{
	struct rc_addr addrs[ADDRS_MAX], first = addr(a), other = addr(b);
	size_t n = rc_hosts_addresses(h, &first, addrs, ADDRS_MAX);
	assert_true(n >= 1 && rc_addr_equal(&addrs[0], &first));
	for (size_t i = 1; i < n; i++)
		if (rc_addr_equal(&addrs[i], &other))
			return true;
	return false;
}

static bool is_resolver(const struct rc_hosts *h, const char *text)
{
	struct rc_addr a = addr(text);
	return rc_hosts_is_resolver(h, &a);
}

static bool resolves_by_orphan(unsigned flags, unsigned rcode)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr service = addr(SERVICE);
	rc_hosts_note_orphan(h, &service, (uint16_t)flags, (uint16_t)rcode, T0);
	bool resolver = is_resolver(h, SERVICE);
	rc_hosts_free(h);
	return resolver;
}

/* What was asked before the capture began is answered in it; to whom that bears on others is not known. */
static void an_answer_to_what_was_not_seen_shows_a_resolver(void **state)
{
	(void)state;
	assert_true(resolves_by_orphan(RC_FLAG_RD | RC_FLAG_RA, RC_RCODE_SERVFAIL));
	assert_true(resolves_by_orphan(RC_FLAG_RD | RC_FLAG_RA, RC_RCODE_NXDOMAIN));
	assert_false(resolves_by_orphan(RC_FLAG_RD | RC_FLAG_RA, RC_RCODE_REFUSED));
	assert_false(resolves_by_orphan(RC_FLAG_RD, RC_RCODE_NOERROR));
	assert_false(resolves_by_orphan(RC_FLAG_RA, RC_RCODE_NOERROR));
}

static void an_answer_with_ra_makes_a_resolver(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	answer(h, T0, CLIENT, "192.0.2.80", RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_AA, no_mac);
	assert_true(is_resolver(h, SERVICE));
	assert_false(is_resolver(h, "192.0.2.80"));
	assert_false(is_resolver(h, CLIENT));
	assert_int_equal(rc_hosts_resolvers(h), 1);
	rc_hosts_free(h);
}

static void servfail_with_ra_shows_a_resolver_too(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_SERVFAIL,
	       no_mac);
	assert_true(is_resolver(h, SERVICE));
	assert_int_equal(rc_hosts_resolvers(h), 1);
	/* Who refuses has not tried. */
	answer(h, T0, CLIENT, "192.0.2.80", RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_REFUSED,
	       no_mac);
	assert_int_equal(rc_hosts_resolvers(h), 1);
	rc_hosts_free(h);
}

static void clients_get_no_entry(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(CLIENT);
	(void)state;
	ask(h, T0, CLIENT, SERVICE, RC_FLAG_RD, 1);
	assert_null(rc_hosts_find(h, &a));
	rc_hosts_free(h);
}

/* Asks so many servers with RD=0. */
static void ask_servers(struct rc_hosts *h, unsigned n, bool do_bit)
{
	char server[32];
	for (unsigned i = 0; i < n; i++) {
		snprintf(server, sizeof server, "203.0.113.%u", i);
		struct rc_exchange x = exchange(T0, EGRESS, server, 0, 1);
		x.query.do_bit = do_bit;
		note_query(h, &x);
	}
}

static void asking_several_servers_without_rd_is_iterating(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(EGRESS);
	(void)state;
	ask_servers(h, 1, true);
	assert_false(rc_hosts_iterates(h, &a));
	ask_servers(h, 40, true);
	assert_true(rc_hosts_iterates(h, &a));
	rc_hosts_free(h);
}

/* A person or a monitor: nobody refers it elsewhere, and it wants no signatures. */
static void asking_several_servers_by_hand_is_not_iterating(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(EGRESS);
	(void)state;
	ask_servers(h, 40, false);
	assert_false(rc_hosts_iterates(h, &a));
	struct rc_exchange x = exchange(T0, EGRESS, "203.0.113.1", 0, 1);
	x.state = RC_X_ANSWERED;
	x.answer.flags = RC_FLAG_QR;
	x.answer.has = RC_HAS_AUTH_NS;
	note_answer(h, &x, no_mac);
	assert_true(rc_hosts_iterates(h, &a));
	rc_hosts_free(h);
}

/* A monitor asks resolvers what they hold: some refer it to the zone's servers. */
static void looking_into_the_caches_of_resolvers_is_not_iterating(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(EGRESS);
	(void)state;
	ask_servers(h, 40, false);
	for (unsigned i = 0; i < 40; i++) {
		char server[32];
		snprintf(server, sizeof server, "203.0.113.%u", i);
		struct rc_exchange served = exchange(T0, CLIENT, server, RC_FLAG_RD, 2);
		served.state = RC_X_ANSWERED;
		served.answer.flags = RC_FLAG_QR | RC_FLAG_RA;
		note_query(h, &served);
		note_answer(h, &served, no_mac);
		struct rc_exchange x = exchange(T0 + MS, EGRESS, server, 0, 1);
		x.state = RC_X_ANSWERED;
		x.answer.flags = RC_FLAG_QR | RC_FLAG_RA;
		x.answer.has = RC_HAS_AUTH_NS;
		note_answer(h, &x, no_mac);
	}
	assert_false(rc_hosts_iterates(h, &a));
	rc_hosts_free(h);
}

static bool iterates_with(const uint8_t mac[6], const uint8_t mac6[6])
{
	static const char *const servers6[] = {"2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::3"};
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(EGRESS);
	ask_servers(h, 1, true);
	ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.0", mac);
	assert_false(rc_hosts_iterates(h, &a));
	for (unsigned i = 0; i < 3; i++)
		ask_with_mac(h, T0 + 2 * MS, "2001:db8::99", servers6[i], mac6);
	bool iterates = rc_hosts_iterates(h, &a);
	rc_hosts_free(h);
	return iterates;
}

/* What works by IPv6 is no client where it tries IPv4. */
static void asking_servers_by_the_other_family_is_iterating_too(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1}, other[6] = {2, 0, 0, 0, 0, 2};
	(void)state;
	assert_true(iterates_with(mac, mac));
	assert_false(iterates_with(mac, other));
}

/* A client asks at a card, and from there, by the other family, the same is asked of somebody else. */
struct relayed {
	uint8_t asked_mac[6], from_mac[6];
	const char *service, *from, *to;
	uint64_t name;
	int64_t after_ns;
	unsigned clients;
	bool answered;
};

static const struct relayed relayed = {
	{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 1}, SERVICE6, EGRESS, "192.0.2.200", 7, MS, 1, false};

static bool is_relay(const struct relayed *r)
{
	static const char *const clients[] = {"2001:db8::1", "2001:db8::2"};
	struct rc_hosts *h = new_hosts();
	for (unsigned i = 0; i < r->clients; i++) {
		struct rc_exchange x = exchange(
			T0, clients[i], i == 0 ? r->service : "2001:db8::54", RC_FLAG_RD, 7);
		note_query_to(h, &x, r->asked_mac);
		x.state = RC_X_ANSWERED;
		if (r->answered)
			note_answer(h, &x, no_mac);
	}
	struct rc_exchange x = exchange(T0 + r->after_ns, r->from, r->to, RC_FLAG_RD, r->name);
	memcpy(x.asker_mac, r->from_mac, sizeof x.asker_mac);
	bool is = rc_hosts_is_relay(h, &x);
	rc_hosts_free(h);
	return is;
}

static void what_is_handed_on_from_the_card_that_was_asked_is_relayed(void **state)
{
	struct relayed r = relayed;
	(void)state;
	assert_true(is_relay(&r));
	r.from_mac[5]++;
	assert_false(is_relay(&r));
	r = relayed;
	memset(r.from_mac, 0, 6); /* no card is known of either */
	memset(r.asked_mac, 0, 6);
	assert_false(is_relay(&r));
	r = relayed;
	r.name += UINT64_C(1) << 40; /* another of the same slot */
	assert_false(is_relay(&r));
	r = relayed;
	r.after_ns = 251 * MS;
	assert_false(is_relay(&r));
	r = relayed;
	r.from = EGRESS6;
	assert_false(is_relay(&r));
	r = relayed;
	r.to = SERVICE6;
	assert_false(is_relay(&r));
	r = relayed;
	r.clients = 2; /* two resolvers were asked for it */
	assert_false(is_relay(&r));
	r = relayed;
	r.answered = true; /* nobody waits for it any more */
	assert_false(is_relay(&r));
}

/* Servers are told apart whatever their hashes: else a verdict would hang on the seed. */
static void four_servers_are_four_under_any_seed(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct rc_hosts *h;
		assert_int_equal(rc_hosts_new(65536, seed, &h), RC_OK);
		for (unsigned i = 0; i < 8; i++) {
			char server[16];
			snprintf(server, sizeof server, "203.0.113.%u", 1 + i % 4);
			struct rc_exchange x = exchange(T0 + i, EGRESS, server, 0, i);
			struct rc_host_keys keys = {rc_addr_hash(seed, &x.asker),
						    rc_addr_hash(seed, &x.server)};
			rc_hosts_note_query(h, &x, &keys, no_mac, false);
		}
		struct rc_addr a = addr(EGRESS);
		assert_int_equal(rc_few_count(&rc_hosts_find(h, &a)->servers_asked), 4);
		rc_hosts_free(h);
	}
}

/* It is referred from server to server: that it works for somebody else is told by how much it asks, and for whom. */
static void who_walks_for_nobody_in_sight_works_apart(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(EGRESS);
	(void)state;
	assert_false(rc_hosts_works_apart(h, &a));
	ask_servers(h, 2, true);
	struct rc_host *host = rc_hosts_find(h, &a);
	host->got_referrals = 2;
	assert_false(rc_hosts_works_apart(h, &a));
	host->asked_keys = 1; /* a validator asks few, where its servers have all zones */
	assert_true(rc_hosts_works_apart(h, &a));
	host->got_referrals = 1;
	assert_false(rc_hosts_works_apart(h, &a));
	host->got_referrals = 2;
	/* A resolver comes in sight: it may be its own other address. */
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	assert_false(rc_hosts_works_apart(h, &a));
	host->asked_rd0 = 1000;
	assert_true(rc_hosts_works_apart(h, &a));
	host->partner_name = 1;
	assert_false(rc_hosts_works_apart(h, &a));
	host->partner_name = 0;
	host->group = 1;
	assert_false(rc_hosts_works_apart(h, &a));
	rc_hosts_free(h);
}

static void who_asks_to_recurse_much_more_often_is_not_iterating(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr a = addr(EGRESS);
	(void)state;
	ask_servers(h, 5, true);
	for (unsigned i = 0; i < 19; i++)
		ask(h, T0, EGRESS, SERVICE, RC_FLAG_RD, 1);
	assert_true(rc_hosts_iterates(h, &a));
	ask(h, T0, EGRESS, SERVICE, RC_FLAG_RD, 1);
	assert_false(rc_hosts_iterates(h, &a));
	rc_hosts_free(h);
}

static void who_was_served_is_remembered_for_the_pair(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr client = addr(CLIENT), other = addr("192.0.2.2"), server = addr(SERVICE);
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	answer(h, T0, "192.0.2.2", SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_RCODE_REFUSED, no_mac);
	assert_true(rc_hosts_served(h, &client, &server));
	assert_false(rc_hosts_served(h, &other, &server));
	assert_false(rc_hosts_served(h, &server, &client));
	rc_hosts_free(h);
}

/* Clients put names to the service; soon after, the egress asks for the very same. */
static void fetches(struct rc_hosts *h, const char *egress, unsigned names, unsigned from)
{
	for (unsigned i = 0; i < names; i++) {
		int64_t ts_ns = T0 + i * 100 * MS;
		ask(h, ts_ns, CLIENT, SERVICE, RC_FLAG_RD, 1000 + from + i);
		ask(h, ts_ns + 2 * MS, egress, "203.0.113.1", 0, 1000 + from + i);
	}
}

static void an_egress_address_is_learned_by_the_names_it_fetches(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	fetches(h, EGRESS, 2, 0);
	assert_false(are_one(h, SERVICE, EGRESS));
	fetches(h, EGRESS, 4, 10);
	assert_true(are_one(h, SERVICE, EGRESS));
	assert_true(are_one(h, EGRESS, SERVICE));
	assert_true(is_resolver(h, EGRESS));
	rc_hosts_free(h);
}

/* A client's question to a service, what the egress fetches for it, and its answer. */
static void serve_by(struct rc_hosts *h, unsigned i, const char *service)
{
	int64_t ts_ns = T0 + i * 100 * MS;
	ask(h, ts_ns, CLIENT, service, RC_FLAG_RD, 1000 + i);
	ask(h, ts_ns + 2 * MS, EGRESS, "203.0.113.1", 0, 1000 + i);
	answer(h, ts_ns, CLIENT, service, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
}

/* Several resolvers on one host, or behind one address translation. */
static void an_address_that_several_resolvers_ask_from_is_none_of_theirs(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr addrs[RC_LONE_MAX];
	(void)state;
	for (unsigned i = 0; i < 6; i++)
		serve_by(h, i, SERVICE);
	assert_true(are_one(h, SERVICE, EGRESS));
	assert_int_equal(rc_hosts_lone(h, addrs), 0);
	for (unsigned i = 6; i < 12; i++)
		serve_by(h, i, "192.0.2.54");
	assert_false(are_one(h, SERVICE, EGRESS));
	assert_false(are_one(h, "192.0.2.54", EGRESS));
	assert_int_equal(rc_hosts_lone(h, addrs), 1);
	rc_hosts_find(h, &addrs[0])->answered_ra = 1; /* whose address is its own */
	assert_int_equal(rc_hosts_lone(h, addrs), 0);
	for (unsigned i = 12; i < 24; i++)
		serve_by(h, i, SERVICE);
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

static void a_declared_address_is_its_resolvers_whatever_it_fetches(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr both[] = {addr(SERVICE), addr(EGRESS)};
	(void)state;
	rc_hosts_declare(h, both, 2);
	for (unsigned i = 0; i < 12; i++)
		serve_by(h, i, "192.0.2.54");
	assert_true(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

/* A monitor asks several resolvers, of some what they hold (RD=0): it resolves nothing for any of them. */
static void who_looks_into_caches_fetches_for_nobody(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr addrs[RC_LONE_MAX];
	(void)state;
	answer(h, T0, CLIENT, "192.0.2.54", RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	for (unsigned i = 0; i < 6; i++) {
		int64_t ts_ns = T0 + i * 100 * MS;
		ask(h, ts_ns, CLIENT, SERVICE, RC_FLAG_RD, 1000 + i);
		ask(h, ts_ns + 2 * MS, EGRESS, "192.0.2.54", 0, 1000 + i);
		answer(h, ts_ns + 2 * MS, EGRESS, "192.0.2.54", 0, RC_FLAG_QR, no_mac);
	}
	assert_false(are_one(h, SERVICE, EGRESS));
	assert_int_equal(rc_hosts_lone(h, addrs), 0);
	for (unsigned i = 0; i < 12; i++) /* more than that it asks servers */
		ask(h, T0 + 10 * RC_NS_PER_S, EGRESS, "203.0.113.1", 0, 2000 + i);
	assert_int_equal(rc_hosts_lone(h, addrs), 1);
	for (unsigned i = 0; i < 19; i++) /* and mostly it has others recurse */
		ask(h, T0 + 10 * RC_NS_PER_S, EGRESS, SERVICE, RC_FLAG_RD, 3000 + i);
	assert_int_equal(rc_hosts_lone(h, addrs), 0);
	rc_hosts_free(h);
}

/* Who has others recurse, and is refused a look into a cache, by one of which nothing else is known. */
static void who_may_not_look_into_caches_fetches_for_nobody(void **state)
{
	struct rc_addr addrs[RC_LONE_MAX];
	(void)state;
	for (unsigned client = 0; client < 2; client++) {
		struct rc_hosts *h = new_hosts();
		ask(h, T0, EGRESS, "192.0.2.54", 0, 1000);
		if (client)
			ask(h, T0 + MS, EGRESS, SERVICE, RC_FLAG_RD, 1000);
		answer(h, T0 + 2 * MS, EGRESS, "192.0.2.54", 0,
		       RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_REFUSED, no_mac);
		assert_int_equal(rc_hosts_lone(h, addrs), !client);
		rc_hosts_free(h);
	}
}

/* At the address looked into it has served nobody yet. */
static void who_looks_into_a_cache_by_its_other_address_fetches_for_nobody(void **state)
{
	struct rc_addr both[] = {addr("192.0.2.54"), addr("2001:db8::54")};
	(void)state;
	for (unsigned known = 0; known < 2; known++) {
		struct rc_hosts *h = new_hosts();
		struct rc_addr addrs[RC_LONE_MAX];
		if (known)
			rc_hosts_declare(h, both, 2);
		ask(h, T0, EGRESS, "192.0.2.54", 0, 1000);
		answer(h, T0, EGRESS, "192.0.2.54", 0, RC_FLAG_QR, no_mac);
		assert_int_equal(rc_hosts_lone(h, addrs), 1 - known);
		rc_hosts_free(h);
	}
}

/* Behind a forwarder the resolver asks for the very names that were put to the forwarder. */
static void who_walks_behind_a_forwarder_is_no_egress_of_it(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	for (unsigned i = 0; i < 6; i++) {
		int64_t ts_ns = T0 + i * 100 * MS;
		ask(h, ts_ns, CLIENT, SERVICE, RC_FLAG_RD, 1000 + i);
		struct rc_exchange x = exchange(ts_ns + MS, SERVICE, "192.0.2.54", RC_FLAG_RD,
						1000 + i);
		struct rc_host_keys keys = keys_of(&x);
		rc_hosts_note_query(h, &x, &keys, no_mac, true);
		ask(h, ts_ns + 2 * MS, EGRESS, "203.0.113.1", 0, 1000 + i);
	}
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

static void one_name_many_times_teaches_nothing(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	for (unsigned i = 0; i < 50; i++) {
		ask(h, T0 + i * MS, CLIENT, SERVICE, RC_FLAG_RD, 7);
		ask(h, T0 + i * MS, EGRESS, "203.0.113.1", 0, 7);
	}
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

/* The service of the other family, which clients ask too, asks for names that only the first was asked. */
static void fetches_of_the_other(struct rc_hosts *h, const char *other, unsigned names, bool asked)
{
	for (uint64_t i = 0; i < names; i++) {
		uint64_t name = (i + 1) << 40 | i;
		ask(h, T0 + (int64_t)i * RC_NS_PER_S, CLIENT, SERVICE, RC_FLAG_RD, name);
		struct rc_exchange x = exchange(T0 + (int64_t)i * RC_NS_PER_S + MS, other,
						"203.0.113.1", 0, name);
		struct rc_host_keys keys = keys_of(&x);
		rc_hosts_note_query(h, &x, &keys, no_mac, asked);
	}
}

static void addresses_of_both_families_that_serve_are_one_resolver(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	answer(h, T0, CLIENT6, SERVICE6, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	fetches_of_the_other(h, SERVICE6, 2, false);
	assert_false(are_one(h, SERVICE, SERVICE6));
	fetches_of_the_other(h, SERVICE6, 6, false);
	assert_true(are_one(h, SERVICE, SERVICE6));
	rc_hosts_free(h);
}

static void a_resolver_that_was_asked_the_same_stays_another(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	answer(h, T0, CLIENT6, SERVICE6, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	fetches_of_the_other(h, SERVICE6, 20, true);
	assert_false(are_one(h, SERVICE, SERVICE6));
	answer(h, T0, CLIENT, EGRESS, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	fetches_of_the_other(h, EGRESS, 20, false);
	assert_false(are_one(h, SERVICE, EGRESS)); /* of one family: a resolver of its own */
	rc_hosts_free(h);
}

static void names_put_to_several_at_once_teach_nothing(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	for (uint64_t i = 0; i < 20; i++) {
		uint64_t name = (i + 1) << 40 | i;
		ask(h, T0 + (int64_t)i * RC_NS_PER_S, CLIENT, "192.0.2.54", RC_FLAG_RD, name);
		ask(h, T0 + (int64_t)i * RC_NS_PER_S, CLIENT, SERVICE, RC_FLAG_RD, name);
		ask(h, T0 + (int64_t)i * RC_NS_PER_S + MS, EGRESS, "203.0.113.1", 0, name);
	}
	assert_false(are_one(h, SERVICE, EGRESS));
	fetches(h, EGRESS, 4, 100);
	assert_true(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

/* A client that tries the next resolver once the first has failed it: only one of them works on the name. */
static void names_put_to_one_after_the_other_teach_whose_egress_asks(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		int64_t ts_ns = T0 + (int64_t)i * RC_NS_PER_S;
		ask(h, ts_ns, CLIENT, "192.0.2.54", RC_FLAG_RD, 100 + i);
		answer(h, ts_ns, CLIENT, "192.0.2.54", RC_FLAG_RD,
		       RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_SERVFAIL, no_mac);
		ask(h, ts_ns + 10 * MS, CLIENT, SERVICE, RC_FLAG_RD, 100 + i);
		ask(h, ts_ns + 11 * MS, EGRESS, "203.0.113.1", 0, 100 + i);
	}
	assert_true(are_one(h, EGRESS, SERVICE));
	assert_false(are_one(h, EGRESS, "192.0.2.54"));
	rc_hosts_free(h);
}

static void names_fetched_long_after_teach_nothing(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	for (unsigned i = 0; i < 50; i++) {
		ask(h, T0 + i * MS, CLIENT, SERVICE, RC_FLAG_RD, 100 + i);
		ask(h, T0 + i * MS + 60 * RC_NS_PER_S, EGRESS, "203.0.113.1", 0, 100 + i);
	}
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

static void two_egress_addresses_of_a_silent_service_are_one_resolver(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	fetches(h, EGRESS, 4, 0);
	fetches(h, EGRESS2, 4, 50);
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	assert_true(are_one(h, SERVICE, EGRESS));
	assert_true(are_one(h, SERVICE, EGRESS2));
	rc_hosts_free(h);
}

static void declared_addresses_are_one_resolver_before_they_are_seen(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr addrs[2] = {addr(SERVICE), addr(EGRESS)};
	(void)state;
	rc_hosts_declare(h, addrs, 2);
	assert_true(are_one(h, SERVICE, EGRESS));
	assert_true(is_resolver(h, EGRESS));
	rc_hosts_free(h);
}

static void declared_addresses_are_one_resolver_once_seen(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr addrs[2] = {addr(SERVICE), addr(EGRESS)};
	(void)state;
	rc_hosts_declare(h, addrs, 2);
	ask(h, T0, EGRESS, "203.0.113.1", 0, 1);
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	assert_true(are_one(h, SERVICE, EGRESS));
	assert_true(are_one(h, EGRESS, SERVICE));
	rc_hosts_free(h);
}

static void an_egress_on_the_network_card_of_a_resolver_joins_it(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1}, other[6] = {2, 0, 0, 0, 0, 2};
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.1", mac);
	ask_with_mac(h, T0 + MS, EGRESS2, "203.0.113.1", other);
	assert_true(are_one(h, SERVICE, EGRESS));
	assert_false(are_one(h, SERVICE, EGRESS2));
	rc_hosts_free(h);
}

/* Asked by a client, and asking servers itself: it need not have answered. */
static void an_egress_on_the_network_card_of_a_resolver_at_work_joins_it(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	(void)state;
	for (unsigned asked = 0; asked < 2; asked++) {
		struct rc_hosts *h = new_hosts();
		if (asked)
			ask(h, T0, CLIENT, SERVICE, RC_FLAG_RD, 1);
		ask_with_mac(h, T0 + MS, SERVICE, "203.0.113.1", mac);
		ask_with_mac(h, T0 + 2 * MS, EGRESS, "203.0.113.1", mac);
		assert_int_equal(are_one(h, SERVICE, EGRESS), asked);
		rc_hosts_free(h);
	}
}

/* A resolver that a client waits for asks for the names above, which somebody else was just asked. */
static void a_resolver_at_its_own_work_is_no_egress(void **state)
{
	(void)state;
	for (unsigned asked = 0; asked < 2; asked++) {
		struct rc_hosts *h = new_hosts();
		answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
		if (asked)
			ask(h, T0, CLIENT, EGRESS, RC_FLAG_RD, 5000);
		fetches(h, EGRESS, 6, 0);
		assert_int_equal(are_one(h, SERVICE, EGRESS), !asked);
		rc_hosts_free(h);
	}
}

/* Some of what it is asked it hands on, which does not make it another resolver. */
static void an_egress_that_hands_on_joins_its_service(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	struct rc_exchange x = exchange(T0 + MS, EGRESS, "203.0.113.2", RC_FLAG_RD, 1);
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	(void)state;
	memcpy(x.asker_mac, mac, sizeof mac);
	rc_hosts_note_query(h, &x, &keys, no_mac, true);
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	ask_with_mac(h, T0 + 2 * MS, EGRESS, "203.0.113.1", mac);
	assert_true(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

/* Asked at both families, it asks from further addresses of one alone; a server beside it makes the card a router's. */
static void services_of_both_families_share_an_egress(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	(void)state;
	for (unsigned beside = 0; beside < 2; beside++) {
		struct rc_hosts *h = new_hosts();
		answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
		ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.1", mac);
		if (beside)
			answer(h, T0 + 2 * MS, CLIENT, "192.0.2.54", 0, RC_FLAG_QR | RC_FLAG_AA,
			       mac);
		answer(h, T0 + 3 * MS, CLIENT6, SERVICE6, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
		assert_true(are_one(h, SERVICE, EGRESS));
		assert_int_equal(are_one(h, SERVICE6, EGRESS), !beside);
		rc_hosts_free(h);
	}
}

static void the_network_cards_of_a_site_do_not_push_one_another_out(void **state)
{
	enum { CARDS = 300 };
	struct rc_hosts *h;
	char service[32], egress[32];
	(void)state;
	assert_int_equal(rc_hosts_new(1 << 21, SEED, &h), RC_OK);
	for (unsigned i = 0; i < CARDS; i++) {
		uint8_t mac[6] = {2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i};
		snprintf(egress, sizeof egress, "198.18.%u.%u", i >> 8, i & 255);
		ask_with_mac(h, T0 + MS, egress, "203.0.113.1", mac);
	}
	for (unsigned i = 0; i < CARDS; i++) {
		uint8_t mac[6] = {2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i};
		snprintf(service, sizeof service, "10.0.%u.%u", i >> 8, i & 255);
		snprintf(egress, sizeof egress, "198.18.%u.%u", i >> 8, i & 255);
		answer(h, T0, CLIENT, service, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
		assert_true(are_one(h, service, egress));
	}
	rc_hosts_free(h);
}

static void addresses_behind_a_router_do_not_join(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	char server[32];
	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		snprintf(server, sizeof server, "203.0.113.%u", i + 1);
		answer(h, T0, CLIENT, server, 0, RC_FLAG_QR | RC_FLAG_AA, mac);
	}
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.1", mac);
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

/* All frames come from one router, and the other resolver asks this one. */
static void who_asks_a_neighbour_on_its_card_is_behind_a_router(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, "203.0.113.1", 0, RC_FLAG_QR | RC_FLAG_AA, mac);
	ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.1", mac);
	answer(h, T0 + 2 * MS, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	ask_with_mac(h, T0 + 3 * MS, EGRESS, "203.0.113.1", mac);
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

static void two_resolvers_behind_one_card_are_not_told_apart_by_it(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	answer(h, T0, CLIENT, "192.0.2.54", RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.1", mac);
	assert_false(are_one(h, SERVICE, EGRESS));
	assert_false(are_one(h, "192.0.2.54", EGRESS));
	rc_hosts_free(h);
}

/* A forwarder, which never asks as resolvers do. Two that ask nothing may be any two behind a router. */
static void services_of_both_families_on_one_card_are_one_resolver(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1}, other[6] = {2, 0, 0, 0, 0, 2};
	(void)state;
	for (unsigned same = 0; same < 2; same++)
		for (unsigned asks = 0; asks < 2; asks++) {
			struct rc_hosts *h = new_hosts();
			struct rc_exchange x = exchange(T0 + MS, SERVICE, "203.0.113.1", RC_FLAG_RD,
							1);
			struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker),
						    rc_addr_hash(SEED, &x.server)};
			answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
			answer(h, T0, CLIENT6, SERVICE6, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA,
			       same ? mac : other);
			memcpy(x.asker_mac, mac, sizeof mac);
			if (asks)
				rc_hosts_note_query(h, &x, &keys, no_mac, true);
			assert_int_equal(are_one(h, SERVICE, SERVICE6), same && asks);
			rc_hosts_free(h);
		}
}

/* Is EGRESS, which asks from that card, the resolver that a client asked for the name at the card of `mac`? */
static bool forwards_for(const char *service, const uint8_t mac[6], int64_t after_ns, bool waits)
{
	static const uint8_t card[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	struct rc_exchange asked = exchange(T0, CLIENT6, service, RC_FLAG_RD, 7);
	struct rc_exchange on = exchange(T0 + after_ns, EGRESS, "203.0.113.1", RC_FLAG_RD, 7);
	memcpy(on.asker_mac, card, sizeof card);
	answer(h, T0, CLIENT, "203.0.113.1", RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	note_query_to(h, &asked, mac);
	if (!waits)
		answer(h, T0, CLIENT6, service, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	note_query(h, &on);
	bool one = are_one(h, service, EGRESS);
	rc_hosts_free(h);
	return one;
}

static void who_forwards_by_the_other_family_is_the_resolver_asked(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1}, other[6] = {2, 0, 0, 0, 0, 2};
	(void)state;
	assert_true(forwards_for(SERVICE6, mac, MS, true));
	assert_false(forwards_for(SERVICE6, other, MS, true));
	assert_false(forwards_for(SERVICE6, no_mac, MS, true));
	assert_false(forwards_for(SERVICE, mac, MS, true)); /* it could have asked from there */
	assert_false(forwards_for(SERVICE6, mac, RC_NS_PER_S, true));
	assert_false(forwards_for(SERVICE6, mac, MS, false)); /* for whom? */
}

/* Who walks delegations for the same names stands behind it. */
static void who_walks_behind_a_forwarder_of_two_families_is_no_egress_of_it(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		int64_t ts_ns = T0 + i * 100 * MS;
		struct rc_exchange asked = exchange(ts_ns, CLIENT6, SERVICE6, RC_FLAG_RD, 1000 + i);
		struct rc_exchange on = exchange(ts_ns + MS, EGRESS, "192.0.2.54", RC_FLAG_RD,
						 1000 + i);
		memcpy(on.asker_mac, mac, sizeof mac);
		note_query_to(h, &asked, mac);
		note_query(h, &on);
		ask(h, ts_ns + 2 * MS, EGRESS2, "203.0.113.1", 0, 1000 + i);
	}
	assert_true(are_one(h, SERVICE6, EGRESS));
	assert_false(are_one(h, SERVICE6, EGRESS2));
	rc_hosts_free(h);
}

/* A secondary that transfers a zone asks with RD=0 as well. */
#define INSIDE "127.0.0.53"

/* What the sensor's own host asks for a program that waits, which asked at a loopback address. */
static void hand_on(struct rc_hosts *h, int64_t ts_ns, const char *asker, unsigned flags,
		    uint64_t name)
{
	ask(h, ts_ns, "127.0.0.1", INSIDE, RC_FLAG_RD, name);
	ask(h, ts_ns + MS, asker, "203.0.113.1", flags, name);
}

static void who_asks_for_a_program_on_the_host_is_its_resolver_by_one_name(void **state)
{
	for (unsigned flags = 0; flags <= RC_FLAG_RD; flags += RC_FLAG_RD) { /* forwarder or not */
		struct rc_hosts *h = new_hosts();
		(void)state;
		hand_on(h, T0, EGRESS, flags, 1);
		assert_true(are_one(h, INSIDE, EGRESS));
		hand_on(h, T0 + RC_NS_PER_S, "2001:db8::99", flags, 2);
		assert_true(are_one(h, INSIDE, "2001:db8::99"));
		ask(h, T0 + 2 * RC_NS_PER_S, "::1", "::1", RC_FLAG_RD, 3);
		ask(h, T0 + 2 * RC_NS_PER_S + MS, EGRESS, "203.0.113.1", flags, 3);
		assert_true(are_one(h, INSIDE, "::1"));
		rc_hosts_free(h);
	}
}

static void who_asks_what_no_program_waits_for_is_not_the_hosts_resolver(void **state)
{
	struct rc_hosts *h = new_hosts();
	struct rc_addr server = addr(INSIDE), asker = addr(EGRESS);
	(void)state;
	ask(h, T0, "127.0.0.1", INSIDE, RC_FLAG_RD, 1);
	ask(h, T0 + RC_NS_PER_S, EGRESS, "203.0.113.1", RC_FLAG_RD, 1); /* much later */
	struct rc_exchange x = exchange(T0, "127.0.0.1", INSIDE, RC_FLAG_RD, 1);
	x.state = RC_X_ANSWERED;
	x.answer.flags = RC_FLAG_QR | RC_FLAG_RA;
	note_answer(h, &x, no_mac);
	ask(h, T0 + MS, EGRESS, "203.0.113.1", RC_FLAG_RD, 1); /* the program has its answer */
	ask(h, T0, CLIENT, SERVICE, RC_FLAG_RD, 2);
	ask(h, T0 + MS, EGRESS, "203.0.113.1", RC_FLAG_RD, 2); /* no program, a client */
	assert_false(are_one(h, INSIDE, EGRESS));
	assert_false(are_one(h, SERVICE, EGRESS));
	assert_null(rc_hosts_find(h, &asker));
	assert_false(rc_hosts_is_inside(h, rc_hosts_find(h, &server)));
	rc_hosts_free(h);
}

static void a_card_with_an_address_of_the_hosts_resolver_is_the_hosts(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};
	struct rc_hosts *h = new_hosts();
	(void)state;
	ask_with_mac(h, T0, EGRESS, "203.0.113.1", mac);
	hand_on(h, T0, EGRESS, 0, 1);
	ask_with_mac(h, T0 + RC_NS_PER_S, "2001:db8::99", "2001:db8::1", mac);
	assert_true(are_one(h, INSIDE, "2001:db8::99"));
	rc_hosts_free(h);
}

static void a_transfer_makes_no_resolver(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, mac);
	struct rc_exchange x = exchange(T0 + MS, EGRESS, SERVICE, 0, 7);
	x.qtype = RC_TYPE_AXFR;
	memcpy(x.asker_mac, mac, sizeof mac);
	note_query(h, &x);
	assert_false(are_one(h, SERVICE, EGRESS));
	assert_null(rc_hosts_find(h, &x.asker));
	rc_hosts_free(h);
}

static void link_layer_address_zero_is_no_address(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	ask_with_mac(h, T0 + MS, EGRESS, "203.0.113.1", no_mac);
	assert_false(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

static void a_full_table_forgets_the_least_recent_and_counts_it(void **state)
{
	struct rc_hosts *h = new_hosts();
	char server[32];
	struct rc_addr newest;
	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(server, sizeof server, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		answer(h, T0 + i, CLIENT, server, 0, RC_FLAG_QR | RC_FLAG_AA, no_mac);
		if (i % 16 == 0)
			answer(h, T0 + i, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA,
			       no_mac);
	}
	newest = addr(server);
	assert_non_null(rc_hosts_find(h, &newest));
	assert_true(is_resolver(h, SERVICE)); /* in use all the time */
	assert_true(rc_hosts_stats(h)->evicted > 10000);
	rc_hosts_free(h);
}

static void what_is_joined_outlives_its_entry(void **state)
{
	struct rc_hosts *h = new_hosts();
	char server[32];
	(void)state;
	answer(h, T0, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA, no_mac);
	fetches(h, EGRESS, 6, 0);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(server, sizeof server, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		answer(h, T0 + 3600 * RC_NS_PER_S + i, CLIENT, server, 0, RC_FLAG_QR, no_mac);
	}
	struct rc_addr service = addr(SERVICE);
	assert_null(rc_hosts_find(h, &service));
	answer(h, T0 + 7200 * RC_NS_PER_S, CLIENT, SERVICE, RC_FLAG_RD, RC_FLAG_QR | RC_FLAG_RA,
	       no_mac);
	assert_true(are_one(h, SERVICE, EGRESS));
	rc_hosts_free(h);
}

static void a_host_seen_at_time_zero_or_before_is_known(void **state)
{
	static const int64_t times[] = {0, -1, INT64_MIN};
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct rc_hosts *h = new_hosts();
		struct rc_exchange x = exchange(0, CLIENT, SERVICE, RC_FLAG_RD, 1);
		x.first_ns = x.end_ns = times[i];
		x.answer.flags = RC_FLAG_QR | RC_FLAG_RA;
		note_answer(h, &x, no_mac);
		assert_true(is_resolver(h, SERVICE));
		rc_hosts_free(h);
	}
}

/* It serves at one address, from where nothing has come yet, and asks from another. */
static void a_service_that_has_not_answered_is_known_by_its_card(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9}, other[6] = {2, 0, 0, 0, 0, 8};
	(void)state;
	for (unsigned same = 0; same < 2; same++) {
		struct rc_hosts *h = new_hosts();
		struct rc_exchange q = exchange(T0, CLIENT, SERVICE, RC_FLAG_RD, 77);
		struct rc_exchange f = exchange(T0 + 2 * MS, EGRESS, "203.0.113.1", 0, 77);
		memcpy(f.asker_mac, mac, sizeof mac);
		note_query_to(h, &q, same ? mac : other);
		note_query(h, &f);
		assert_int_equal(are_one(h, SERVICE, EGRESS), same);
		rc_hosts_free(h);
	}
}

static void refuse(struct rc_hosts *h, int64_t ts_ns, const char *client, uint64_t name)
{
	struct rc_exchange x = exchange(ts_ns, client, SERVICE, RC_FLAG_RD, name);
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	x.state = RC_X_ANSWERED;
	x.answer.rcode = RC_RCODE_REFUSED;
	rc_hosts_note_answer(h, &x, &keys, no_mac);
}

static bool refused_another(struct rc_hosts *h, int64_t ts_ns, const char *client, uint64_t name)
{
	struct rc_exchange x = exchange(ts_ns, client, SERVICE, RC_FLAG_RD, name);
	return rc_hosts_refused_another(h, &x, 1000 * MS);
}

/* A name that is denied over and over is one name; and each client is told by itself. */
static void what_a_client_is_refused_lately_is_known(void **state)
{
	struct rc_hosts *h = new_hosts();
	(void)state;
	refuse(h, T0, CLIENT, 1);
	refuse(h, T0 + 10 * MS, CLIENT, 1);
	assert_false(refused_another(h, T0, CLIENT, 1));
	assert_true(refused_another(h, T0, CLIENT, 2));
	assert_false(refused_another(h, T0, CLIENT6, 2));
	refuse(h, T0 + 20 * MS, CLIENT, 2);
	refuse(h, T0 + 30 * MS, CLIENT, 2);
	assert_true(refused_another(h, T0, CLIENT, 1));
	assert_true(refused_another(h, T0, CLIENT, 2));
	assert_false(refused_another(h, T0 + 5000 * MS, CLIENT, 2));
	assert_false(refused_another(h, T0 - 5000 * MS, CLIENT, 2));
	rc_hosts_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_client_is_refused_lately_is_known),
		cmocka_unit_test(an_answer_to_what_was_not_seen_shows_a_resolver),
		cmocka_unit_test(an_answer_with_ra_makes_a_resolver),
		cmocka_unit_test(servfail_with_ra_shows_a_resolver_too),
		cmocka_unit_test(clients_get_no_entry),
		cmocka_unit_test(asking_several_servers_without_rd_is_iterating),
		cmocka_unit_test(asking_several_servers_by_hand_is_not_iterating),
		cmocka_unit_test(looking_into_the_caches_of_resolvers_is_not_iterating),
		cmocka_unit_test(asking_servers_by_the_other_family_is_iterating_too),
		cmocka_unit_test(what_is_handed_on_from_the_card_that_was_asked_is_relayed),
		cmocka_unit_test(four_servers_are_four_under_any_seed),
		cmocka_unit_test(who_walks_for_nobody_in_sight_works_apart),
		cmocka_unit_test(who_asks_to_recurse_much_more_often_is_not_iterating),
		cmocka_unit_test(who_was_served_is_remembered_for_the_pair),
		cmocka_unit_test(an_egress_address_is_learned_by_the_names_it_fetches),
		cmocka_unit_test(an_address_that_several_resolvers_ask_from_is_none_of_theirs),
		cmocka_unit_test(a_declared_address_is_its_resolvers_whatever_it_fetches),
		cmocka_unit_test(who_looks_into_caches_fetches_for_nobody),
		cmocka_unit_test(who_may_not_look_into_caches_fetches_for_nobody),
		cmocka_unit_test(who_looks_into_a_cache_by_its_other_address_fetches_for_nobody),
		cmocka_unit_test(who_walks_behind_a_forwarder_is_no_egress_of_it),
		cmocka_unit_test(one_name_many_times_teaches_nothing),
		cmocka_unit_test(addresses_of_both_families_that_serve_are_one_resolver),
		cmocka_unit_test(a_resolver_that_was_asked_the_same_stays_another),
		cmocka_unit_test(names_put_to_several_at_once_teach_nothing),
		cmocka_unit_test(names_put_to_one_after_the_other_teach_whose_egress_asks),
		cmocka_unit_test(names_fetched_long_after_teach_nothing),
		cmocka_unit_test(two_egress_addresses_of_a_silent_service_are_one_resolver),
		cmocka_unit_test(declared_addresses_are_one_resolver_before_they_are_seen),
		cmocka_unit_test(declared_addresses_are_one_resolver_once_seen),
		cmocka_unit_test(an_egress_on_the_network_card_of_a_resolver_joins_it),
		cmocka_unit_test(an_egress_on_the_network_card_of_a_resolver_at_work_joins_it),
		cmocka_unit_test(a_resolver_at_its_own_work_is_no_egress),
		cmocka_unit_test(an_egress_that_hands_on_joins_its_service),
		cmocka_unit_test(services_of_both_families_share_an_egress),
		cmocka_unit_test(the_network_cards_of_a_site_do_not_push_one_another_out),
		cmocka_unit_test(addresses_behind_a_router_do_not_join),
		cmocka_unit_test(who_asks_a_neighbour_on_its_card_is_behind_a_router),
		cmocka_unit_test(two_resolvers_behind_one_card_are_not_told_apart_by_it),
		cmocka_unit_test(services_of_both_families_on_one_card_are_one_resolver),
		cmocka_unit_test(who_forwards_by_the_other_family_is_the_resolver_asked),
		cmocka_unit_test(who_walks_behind_a_forwarder_of_two_families_is_no_egress_of_it),
		cmocka_unit_test(who_asks_for_a_program_on_the_host_is_its_resolver_by_one_name),
		cmocka_unit_test(who_asks_what_no_program_waits_for_is_not_the_hosts_resolver),
		cmocka_unit_test(a_card_with_an_address_of_the_hosts_resolver_is_the_hosts),
		cmocka_unit_test(a_transfer_makes_no_resolver),
		cmocka_unit_test(link_layer_address_zero_is_no_address),
		cmocka_unit_test(a_full_table_forgets_the_least_recent_and_counts_it),
		cmocka_unit_test(what_is_joined_outlives_its_entry),
		cmocka_unit_test(a_host_seen_at_time_zero_or_before_is_known),
		cmocka_unit_test(a_service_that_has_not_answered_is_known_by_its_card),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
