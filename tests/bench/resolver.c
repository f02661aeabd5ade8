/* Resolvers at work: what they ask servers, and what they are told. */
#include "traffic.h"

#define FAILURE_KEPT_US (5000 * MS) /* failures are answered from memory so long (RFC 9520 3.2) */
#define TRIES 4u                    /* before a resolver gives a silent zone up: 3.3 s */

struct upstream {
	unsigned resolver;
	struct end from, to;
	uint16_t id;
	int64_t rtt_us;
};

static struct upstream upstream_to(struct traffic *g, unsigned resolver, uint32_t server_key)
{
	bool v6 = chance(g, 150);
	return (struct upstream){
		.resolver = resolver,
		.from = resolver_end(resolver, v6, (uint16_t)(1024 + below(g, 64512))),
		.to = server_end(server_key, v6),
		.id = (uint16_t)random64(g),
		.rtt_us = between(g, 2 * MS, 90 * MS),
	};
}

static void ask_upstream(struct traffic *g, const struct upstream *u, int64_t t,
			 const struct name *qname, uint16_t type)
{
	struct message m;
	message_begin(&m, u->id, 0, qname, type);
	put_opt(&m, 1232, true, NULL, 0);
	send_udp(g, t, &u->from, &u->to, &m);
}

static void answer_upstream(struct traffic *g, const struct upstream *u, int64_t t,
			    struct message *m)
{
	put_opt(m, 1232, true, NULL, 0);
	send_udp(g, t, &u->to, &u->from, m);
}

/* The root's referral to a TLD. */
static int64_t ask_root(struct traffic *g, unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	unsigned at = q->zone.tld;
	struct name tld = name_of(tld_name(at)), root = name_of(""), nic = name_below("nic", &tld);
	struct upstream u = upstream_to(g, resolver, KEY_ROOT + below(g, 13));
	ask_upstream(g, &u, t, &q->name, q->type);
	t += u.rtt_us;
	message_begin(&m, u.id, QR, &q->name, q->type);
	for (unsigned i = 0; i < 4; i++) {
		struct name server = name_below((char[]){(char)('a' + i), '\0'}, &nic);
		record_begin(&m, AUTHORITY, &tld, TYPE_NS, 172800);
		put_name(&m, &server, true);
		record_end(&m);
	}
	record_begin(&m, AUTHORITY, &tld, TYPE_DS, 86400);
	put_u32(&m, 0x4a5c0d02);
	put_noise(&m, at, 32);
	record_end(&m);
	put_rrsig(&m, AUTHORITY, &tld, TYPE_DS, &root, at);
	for (unsigned i = 0; i < 4; i++) {
		struct name server = name_below((char[]){(char)('a' + i), '\0'}, &nic);
		put_address(&m, ADDITIONAL, &server, KEY_TLD + at * 4 + i, false);
		put_address(&m, ADDITIONAL, &server, KEY_TLD + at * 4 + i, true);
	}
	answer_upstream(g, &u, t, &m);
	return t + 100;
}

/* Asks for the addresses of servers named without glue, all at once; returns when the last came. */
static int64_t fetch_servers(struct traffic *g, unsigned resolver, int64_t t, const struct zone *z)
{
	int64_t last_us = t;
	uint32_t host = (uint32_t)(provider_hash(z->provider) % PROVIDERS); /* serves their names */
	for (unsigned i = 0; i < 2 * z->servers; i++) {
		struct message m;
		uint16_t type = i % 2 == 0 ? TYPE_A : TYPE_AAAA;
		struct name server = server_name(z->provider, i / 2);
		struct upstream u = upstream_to(g, resolver, KEY_SERVER + host * 4);
		ask_upstream(g, &u, t, &server, type);
		message_begin(&m, u.id, QR | AA, &server, type);
		put_address(&m, ANSWER, &server, KEY_SERVER + z->provider * 4 + i / 2, i % 2 != 0);
		answer_upstream(g, &u, t + u.rtt_us, &m);
		if (t + u.rtt_us > last_us)
			last_us = t + u.rtt_us;
	}
	return last_us + 100;
}

/* Asks the servers of the TLD (or the root) for a delegation; returns when it came. */
static int64_t fetch_referral(struct traffic *g, unsigned resolver, int64_t t,
			      const struct question *q)
{
	struct message m;
	const struct zone *z = &q->zone;
	struct name tld = name_of(tld_name(z->tld));
	if (chance(g, 20))
		t = ask_root(g, resolver, t, q);
	struct upstream u = upstream_to(g, resolver, KEY_TLD + z->tld * 4 + below(g, 4));
	ask_upstream(g, &u, t, &q->name, q->type);
	t += u.rtt_us;
	message_begin(&m, u.id, QR, &q->name, q->type);
	put_ns_set(&m, AUTHORITY, z);
	if (z->is_signed) {
		record_begin(&m, AUTHORITY, &z->name, TYPE_DS, 86400);
		put_u32(&m, (uint32_t)(z->hash << 16) | 0x0d02);
		put_noise(&m, z->hash, 32);
		record_end(&m);
		put_rrsig(&m, AUTHORITY, &z->name, TYPE_DS, &tld, z->hash);
	} else {
		put_nsec3(&m, &tld, z->hash, true);
	}
	put_glue(&m, z);
	answer_upstream(g, &u, t, &m);
	return has_glue(z) ? t + 100 : fetch_servers(g, resolver, t + 100, z);
}

static int64_t fetch_keys(struct traffic *g, unsigned resolver, int64_t t, const struct zone *z)
{
	struct message m;
	struct upstream u = upstream_to(g, resolver, zone_server(z, below(g, 4)));
	ask_upstream(g, &u, t, &z->name, TYPE_DNSKEY);
	t += u.rtt_us;
	message_begin(&m, u.id, QR | AA, &z->name, TYPE_DNSKEY);
	for (unsigned i = 0; i < 2; i++) {
		record_begin(&m, ANSWER, &z->name, TYPE_DNSKEY, 3600);
		put_u32(&m, 0x0100030d + i * 0x00010000);
		put_noise(&m, z->hash + i, 64);
		record_end(&m);
	}
	put_rrsig(&m, ANSWER, &z->name, TYPE_DNSKEY, &z->name, z->hash);
	answer_upstream(g, &u, t, &m);
	return t + 100;
}

/* A resolver finds an answer it has not cached; returns when it has it. */
int64_t resolve(struct traffic *g, unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	if (chance(g, 100)) {
		t = fetch_referral(g, resolver, t, q);
		if (q->zone.is_signed)
			t = fetch_keys(g, resolver, t, &q->zone);
	}
	unsigned server = below(g, 4);
	if (chance(g, 10)) { /* lost on the way: asked again at the next server */
		struct upstream lost = upstream_to(g, resolver, zone_server(&q->zone, server++));
		ask_upstream(g, &lost, t, &q->name, q->type);
		t += 400 * MS;
	}
	struct upstream u = upstream_to(g, resolver, zone_server(&q->zone, server));
	ask_upstream(g, &u, t, &q->name, q->type);
	t += u.rtt_us;
	message_begin(&m, u.id, QR | AA | (q->exists ? NOERROR : NXDOMAIN), &q->name, q->type);
	put_answer(&m, q, 300, true, true);
	if (m.len < 700 && q->exists && q->data && !q->alias && q->hash % 3 == 0) {
		put_ns_set(&m, AUTHORITY, &q->zone);
		put_glue(&m, &q->zone);
	}
	answer_upstream(g, &u, t, &m);
	t += 100;
	if (q->alias) {
		struct question target = target_of(q);
		t = resolve(g, resolver, t, &target);
	}
	return t;
}

/* A resolver fails at a zone whose servers are silent, or refuse; returns when it gives up. */
static int64_t fail(struct traffic *g, unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	bool dead = q->zone.fault == DEAD;
	int64_t wait_us = 400 * MS;
	if (chance(g, 150))
		t = fetch_referral(g, resolver, t, q);
	for (unsigned try = 0; try < (dead ? TRIES : q->zone.servers); try++) {
		struct upstream u = upstream_to(g, resolver, zone_server(&q->zone, try));
		ask_upstream(g, &u, t, &q->name, q->type);
		if (dead) {
			t += wait_us;
			wait_us += wait_us / 2;
			continue;
		}
		t += u.rtt_us;
		message_begin(&m, u.id, QR | REFUSED, &q->name, q->type);
		answer_upstream(g, &u, t, &m);
		t += 100;
	}
	return t;
}

/* When a resolver answers a question that must fail: after a fetch, or from memory, or with a fetch under way. */
int64_t fail_once(struct traffic *g, unsigned resolver, int64_t t, const struct question *q)
{
	if (g->profile->crowd)
		return fail(g, resolver, t, q);
	uint64_t key = mix(q->hash + resolver) | 1;
	struct failed *f = &g->failed[key % FAILED_SLOTS];
	if (f->key == key && t < f->answered_us + FAILURE_KEPT_US)
		return f->answered_us > t ? f->answered_us : t;
	f->answered_us = fail(g, resolver, t, q);
	f->key = key;
	return f->answered_us;
}
