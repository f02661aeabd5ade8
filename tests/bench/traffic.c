/*
 * Writes a capture of resolvers at work, seen from both sides, for the benchmark; and the truth about
 * its failures. The same seed gives the same bytes.
 *
 *   traffic [-p PROFILE] [-n PACKETS] [-c CLIENTS] [-q QUERIES_PER_SECOND] [-w narrow|scattered]
 *           [-s SEED] [-l LABELS] [-o FILE]
 *
 * Four resolvers, a million zones asked by Zipf's law, delegations and servers that follow from the
 * zone; referrals, DNSSEC records and glue as servers give them. Signatures are noise: nobody can
 * check them, as no zone's keys lead to a trust anchor. A label is written for each failure alone:
 * an event without a label is invented.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define ZONES (1u << 20)
#define PROVIDERS 5000u /* operators of name servers */
#define DEAD_ZONES 2000u
#define LAME_ZONES 500u
#define DENIED_CLIENTS 500u
#define RESOLVERS 4u
#define HOSTS 8u
#define FAILED_SLOTS (1u << 16)
#define START_US INT64_C(1767600000000000) /* 2026-01-05 08:00 UTC */
#define MS INT64_C(1000)
#define FAILURE_KEPT_US (5000 * MS) /* failures are answered from memory so long (RFC 9520 3.2) */
#define SIGNATURE_DAYS 14
#define TRIES 4u /* before a resolver gives a silent zone up: 3.3 s */

struct profile {
	const char *name;
	unsigned servfail, nxdomain, refused; /* of 1000 questions of clients; the rest NOERROR */
	unsigned hits;                        /* of 1000 answerable questions: from the cache */
	bool one_zone;                        /* all SERVFAIL in one zone of many names */
	bool flood;                           /* NXDOMAIN: random names below few zones, uncached */
	bool hostile; /* addresses, ports and IDs that weak hashes collide on */
};

static const struct profile profiles[] = {
	{"healthy", 0, 110, 0, 800, false, false, false},
	{"normal", 30, 110, 10, 800, false, false, false},
	{"storm", 600, 40, 5, 800, true, false, false},
	{"flood", 10, 700, 5, 800, false, true, false},
	{"hostile", 30, 110, 10, 800, false, false, true},
};

static const struct {
	const char *name;
	unsigned share; /* of 100 zones */
} tlds[] = {{"com", 50}, {"net", 10}, {"org", 9}, {"de", 8}, {"uk", 5},  {"fr", 4},
	    {"nl", 4},   {"br", 3},   {"jp", 3},  {"io", 2}, {"info", 2}};

enum fault { SOUND, DEAD, LAME };

struct zone {
	struct name name;
	uint64_t hash;
	unsigned tld, provider, servers;
	enum fault fault;
	bool is_signed;
};

struct question {
	struct zone zone;
	struct name name;
	uint16_t type;
	bool exists, alias, data; /* the name; it is a CNAME; it has data of the type */
	uint64_t hash;
};

struct client {
	struct end end;
	uint16_t id, udp_size; /* 0: no EDNS */
	bool dnssec_ok, cookie, tcp;
};

/* A failure that a resolver remembers. */
struct failed {
	uint64_t key;
	int64_t answered_us;
};

static struct {
	const struct profile *profile;
	uint64_t packets, scheduled, written, sequence, queries, random;
	unsigned clients;
	double mean_gap_us;
	bool scattered;
	FILE *out, *labels;
	struct frame **heap, **spare;
	size_t n_heap, n_spare, cap;
	struct failed failed[FAILED_SLOTS];
} g;

/* --- chance --- */

static uint64_t random64(void)
{
	return mix(g.random++);
}

static unsigned below(unsigned n)
{
	return (unsigned)((random64() >> 32) * n >> 32);
}

static bool chance(unsigned of_1000)
{
	return below(1000) < of_1000;
}

static double unit(void)
{
	return (double)(random64() >> 11) / (double)(UINT64_C(1) << 53);
}

/* Rank by Zipf's law with exponent 1: the logarithm of the rank is uniform. */
static unsigned zipf(unsigned n)
{
	unsigned rank = (unsigned)(exp(unit() * log(n + 1.0)) - 1.0);
	return rank < n ? rank : n - 1;
}

static int64_t between(int64_t min_us, int64_t max_us)
{
	double ratio = (double)max_us / (double)min_us;
	return (int64_t)((double)min_us * pow(ratio, unit()));
}

/* --- the queue of frames, by time --- */

static void *need(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "traffic: out of memory\n");
		exit(1);
	}
	return p;
}

static bool earlier(const struct frame *a, const struct frame *b)
{
	return a->ts_us != b->ts_us ? a->ts_us < b->ts_us : a->sequence < b->sequence;
}

static struct frame *frame_at(int64_t ts_us)
{
	if (g.n_heap + g.n_spare >= g.cap) {
		g.cap = g.cap == 0 ? 4096 : g.cap * 2;
		g.heap = need(realloc(g.heap, g.cap * sizeof(struct frame *)));
		g.spare = need(realloc(g.spare, g.cap * sizeof(struct frame *)));
	}
	struct frame *f = g.n_spare > 0 ? g.spare[--g.n_spare] : need(malloc(sizeof *f));
	f->ts_us = ts_us;
	f->sequence = ++g.sequence;
	size_t i = g.n_heap++;
	for (; i > 0 && earlier(f, g.heap[(i - 1) / 2]); i = (i - 1) / 2)
		g.heap[i] = g.heap[(i - 1) / 2];
	g.heap[i] = f;
	g.scheduled++;
	return f;
}

static struct frame *take_first(void)
{
	struct frame *first = g.heap[0], *last = g.heap[--g.n_heap];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < g.n_heap && earlier(g.heap[child + 1], g.heap[child]))
			child++;
		if (child >= g.n_heap || !earlier(g.heap[child], last))
			break;
		g.heap[i] = g.heap[child];
		i = child;
	}
	g.heap[i] = last;
	return first;
}

static void write_until(int64_t ts_us)
{
	while (g.n_heap > 0 && g.heap[0]->ts_us <= ts_us) {
		struct frame *f = take_first();
		uint32_t record[4] = {(uint32_t)(f->ts_us / 1000000),
				      (uint32_t)(f->ts_us % 1000000), f->len, f->len};
		fwrite(record, sizeof record, 1, g.out);
		if (fwrite(f->bytes, f->len, 1, g.out) != 1) {
			perror("traffic");
			exit(1);
		}
		g.spare[g.n_spare++] = f;
		g.written++;
	}
}

/* --- names and addresses --- */

/* A word that no other number below 2^24 has. */
static void word_of(uint32_t number, char *word)
{
	static const char *const endings[] = {"", "", "", "shop", "media", "-online", "cloud"};
	uint32_t left = number * 0x9e3775u & 0xffffffu; /* odd: a permutation */
	for (int i = 0; i < 4; i++, left /= 80) {
		*word++ = "bcdfghklmnprstvz"[left % 16];
		*word++ = "aeiou"[left / 16 % 5];
	}
	strcpy(word, endings[mix(number) % 7]);
}

static unsigned tld_of(uint64_t hash)
{
	unsigned at = (unsigned)(hash % 100), i = 0;
	while (at >= tlds[i].share)
		at -= tlds[i++].share;
	return i;
}

static struct zone zone_of(uint32_t number, enum fault fault)
{
	struct zone z = {.fault = fault};
	char word[32];
	if (fault != SOUND)
		number += ZONES + (fault == LAME ? DEAD_ZONES : 0);
	z.hash = mix(number);
	z.tld = tld_of(z.hash);
	z.servers = 2 + (unsigned)(z.hash >> 20) % 3;
	z.is_signed = fault == SOUND && (z.hash >> 24) % 100 < 25;
	double rank = exp((double)(z.hash >> 40) / (double)(1u << 24) * log(PROVIDERS));
	z.provider = fault == SOUND ? (unsigned)rank : PROVIDERS + number - ZONES;
	word_of(number, word);
	struct name tld = name_of(tlds[z.tld].name);
	z.name = name_below(word, &tld);
	return z;
}

static struct address address_of(uint64_t hash, bool v6)
{
	static const uint8_t first[] = {23, 37,  45,  52,  64,  77,  81,
					93, 104, 151, 162, 185, 193, 212};
	struct address a = {.v6 = v6};
	hash = mix(hash);
	memcpy(a.bytes, &hash, 8);
	a.bytes[0] = first[a.bytes[0] % sizeof first];
	a.bytes[3] = (uint8_t)(1 + a.bytes[3] % 254);
	if (v6) {
		memcpy(a.bytes + 8, a.bytes, 8);
		a.bytes[0] = 0x2a;
		a.bytes[1] = (uint8_t)(a.bytes[1] & 0x0f);
	}
	return a;
}

static uint64_t provider_hash(unsigned provider)
{
	return mix(provider + (UINT64_C(1) << 32));
}

static struct name server_name(unsigned provider, unsigned server)
{
	char word[32], label[8];
	word_of(ZONES * 2 + provider, word);
	struct name tld = name_of(tlds[tld_of(provider_hash(provider))].name);
	struct name domain = name_below(word, &tld);
	snprintf(label, sizeof label, "ns%u", server + 1);
	return name_below(label, &domain);
}

static struct end end_of(struct address address, uint16_t port, unsigned station)
{
	struct end e = {.address = address, .port = port, .mac = {0x02, 0, 0x5e, 0, 0}};
	e.mac[5] = (uint8_t)station;
	return e;
}

enum { STATION_CLIENTS = 1, STATION_INTERNET = 2, STATION_RESOLVER = 16 };
enum { KEY_SERVER = 3 << 24, KEY_TLD = 1 << 24, KEY_ROOT = 2 << 24, KEY_CLIENT = 5 << 24 };

static struct end server_end(uint32_t key, bool v6)
{
	return end_of(address_of(key, v6), 53, STATION_INTERNET);
}

static struct end resolver_end(unsigned resolver, bool v6, uint16_t port)
{
	struct address a = {.v6 = v6, .bytes = {193, 110, 157, (uint8_t)(8 + resolver)}};
	static const uint8_t net6[4] = {0x2a, 0x10, 0x3d, 0x80};
	if (v6) {
		memset(&a.bytes, 0, sizeof a.bytes);
		memcpy(a.bytes, net6, sizeof net6);
		a.bytes[15] = (uint8_t)(8 + resolver);
	}
	return end_of(a, port, STATION_RESOLVER + resolver);
}

static struct address client_address(uint32_t number)
{
	struct address a = {.v6 = number % 20 < 3, .bytes = {0}};
	if (g.scattered)
		return address_of(KEY_CLIENT + number, a.v6);
	if (a.v6) {
		static const uint8_t net6[4] = {0x2a, 0x10, 0x3d, 0x81};
		memcpy(a.bytes, net6, sizeof net6);
		a.bytes[6] = (uint8_t)(number >> 8);
		a.bytes[7] = (uint8_t)number;
		a.bytes[15] = 2;
		return a;
	}
	a.bytes[0] = 10;
	a.bytes[1] = (uint8_t)(64 + (number >> 16));
	a.bytes[2] = (uint8_t)(number >> 8);
	a.bytes[3] = (uint8_t)number;
	return a;
}

/*
 * Ends that collide under hashes that add or exclusive-or the fields or look at some of their bits:
 * address, port and ID change against one another, half of the addresses in their upper bits only.
 */
static void make_hostile(struct client *c, uint32_t number)
{
	uint16_t low = (uint16_t)(number & 0x7fff);
	struct address *a = &c->end.address;
	memset(a, 0, sizeof *a);
	a->bytes[0] = (uint8_t)(number % 2 != 0 ? 10 : 11 + (low >> 8));
	a->bytes[1] = (uint8_t)(number % 2 != 0 ? 64 : low);
	a->bytes[2] = (uint8_t)(number % 2 != 0 ? low >> 8 : 0);
	a->bytes[3] = (uint8_t)(number % 2 != 0 ? low : 1);
	c->end.port = (uint16_t)(0x8000 + low);
	c->id = (uint16_t)(0xffff - low);
}

static struct client choose_client(bool denied)
{
	struct client c = {.id = (uint16_t)random64()};
	double u = unit();
	uint32_t number = denied ? g.clients + below(DENIED_CLIENTS)
				 : (uint32_t)(u * u * g.clients); /* few ask much */
	c.end = end_of(client_address(number), (uint16_t)(1024 + below(64512)), STATION_CLIENTS);
	if (g.profile->hostile && !denied)
		make_hostile(&c, (uint32_t)g.queries);
	uint64_t habits = mix(number + (UINT64_C(7) << 32));
	if (habits % 100 < 70) {
		c.udp_size = habits / 100 % 10 < 7 ? 1232 : 4096;
		c.dnssec_ok = habits / 1000 % 100 < 14;
		c.cookie = habits / 100000 % 100 < 30;
	}
	c.tcp = chance(20);
	return c;
}

/* --- records --- */

static void put_rrsig(struct message *m, enum section section, const struct name *owner,
		      uint16_t covered, const struct name *signer, uint64_t key)
{
	unsigned labels = 0;
	for (unsigned i = 0; owner->wire[i] != 0; i += 1u + owner->wire[i])
		labels++;
	uint32_t day = (uint32_t)(START_US / 1000000 / 86400);
	record_begin(m, section, owner, TYPE_RRSIG, 3600);
	put_u16(m, covered);
	put_u8(m, 13);
	put_u8(m, labels);
	put_u32(m, 3600);
	put_u32(m, (day + SIGNATURE_DAYS) * 86400);
	put_u32(m, (day - SIGNATURE_DAYS) * 86400);
	put_u16(m, (unsigned)(mix(signer->len + key) & 0xffff));
	put_name(m, signer, false);
	put_noise(m, key + covered, 64);
	record_end(m);
}

static void put_soa(struct message *m, const struct name *zone, uint64_t key)
{
	struct name primary = name_below("ns1", zone), mail = name_below("hostmaster", zone);
	record_begin(m, AUTHORITY, zone, TYPE_SOA, 900);
	put_name(m, &primary, true);
	put_name(m, &mail, true);
	put_u32(m, 2026010500 + (uint32_t)(key % 100));
	put_u32(m, 7200);
	put_u32(m, 3600);
	put_u32(m, 1209600);
	put_u32(m, 900);
	record_end(m);
}

static void put_nsec3(struct message *m, const struct name *zone, uint64_t key, bool opt_out)
{
	static const uint8_t types[] = {0, 6, 0x40, 0x01, 0, 0x80, 0, 2}; /* A MX AAAA RRSIG */
	char label[33];
	for (int i = 0; i < 32; i++)
		label[i] = "0123456789abcdefghijklmnopqrstuv"[mix(key + (uint64_t)i) % 32];
	label[32] = '\0';
	struct name owner = name_below(label, zone);
	record_begin(m, AUTHORITY, &owner, TYPE_NSEC3, 900);
	put_u8(m, 1);
	put_u8(m, opt_out);
	put_u16(m, 0);
	put_u8(m, 0);
	put_u8(m, 20);
	put_noise(m, key, 20);
	for (size_t i = 0; i < sizeof types; i++)
		put_u8(m, types[i]);
	record_end(m);
	put_rrsig(m, AUTHORITY, &owner, TYPE_NSEC3, zone, key);
}

static void put_record(struct message *m, enum section section, const struct name *owner,
		       uint16_t type, uint32_t ttl_s, const struct question *q)
{
	struct name mail;
	struct address a;
	record_begin(m, section, owner, type, ttl_s);
	switch (type) {
	case TYPE_A:
	case TYPE_AAAA:
		a = address_of(q->hash + m->len, type == TYPE_AAAA);
		for (int i = 0; i < (a.v6 ? 16 : 4); i++)
			put_u8(m, a.bytes[i]);
		break;
	case TYPE_MX:
		mail = name_below("mx1", &q->zone.name);
		put_u16(m, 10);
		put_name(m, &mail, true);
		break;
	case TYPE_TXT:
		for (unsigned i = 0; i < 1 + q->hash % 6; i++) {
			put_u8(m, 120);
			for (unsigned k = 0; k < 120; k++)
				put_u8(m, 'a' + (unsigned)(mix(q->hash + k) % 26));
		}
		break;
	case TYPE_HTTPS:
		put_u16(m, 1);
		put_u8(m, 0);
		put_u16(m, 1); /* alpn */
		put_u16(m, 6);
		put_u32(m, 0x02683202);
		put_u16(m, 'h' << 8 | '3');
		break;
	default:
		break;
	}
	record_end(m);
}

static void put_ns_set(struct message *m, enum section section, const struct zone *z)
{
	for (unsigned i = 0; i < z->servers; i++) {
		struct name server = server_name(z->provider, i);
		record_begin(m, section, &z->name, TYPE_NS, 86400);
		put_name(m, &server, true);
		record_end(m);
	}
}

static void put_address(struct message *m, enum section section, const struct name *owner,
			uint32_t key, bool v6)
{
	struct address a = address_of(key, v6);
	record_begin(m, section, owner, v6 ? TYPE_AAAA : TYPE_A, 86400);
	for (int i = 0; i < (v6 ? 16 : 4); i++)
		put_u8(m, a.bytes[i]);
	record_end(m);
}

/* The TLD's servers know the addresses of servers below the TLD. */
static bool has_glue(const struct zone *z)
{
	return tld_of(provider_hash(z->provider)) == z->tld;
}

static void put_glue(struct message *m, const struct zone *z)
{
	if (!has_glue(z))
		return;
	for (unsigned i = 0; i < z->servers; i++) {
		struct name server = server_name(z->provider, i);
		put_address(m, ADDITIONAL, &server, KEY_SERVER + z->provider * 4 + i, false);
		put_address(m, ADDITIONAL, &server, KEY_SERVER + z->provider * 4 + i, true);
	}
}

/* The alias's target: a host of a delivery network, whose zone is z. */
static struct question target_of(const struct question *q)
{
	char label[24];
	struct question t = {.zone = zone_of((uint32_t)(q->hash % 40), SOUND),
			     .type = q->type,
			     .exists = true,
			     .data = true,
			     .hash = mix(q->hash)};
	t.zone.is_signed = false;
	snprintf(label, sizeof label, "e%u", (unsigned)(q->hash >> 16 & 0xffff));
	t.name = name_below(label, &t.zone.name);
	return t;
}

/* What answers a question; from_zone: only what the zone itself holds. */
static void put_answer(struct message *m, const struct question *q, uint32_t ttl_s, bool dnssec,
		       bool from_zone)
{
	const struct name *zone = &q->zone.name;
	struct question t = *q;
	dnssec = dnssec && q->zone.is_signed;
	if (q->alias) {
		t = target_of(q);
		record_begin(m, ANSWER, &q->name, TYPE_CNAME, ttl_s);
		put_name(m, &t.name, true);
		record_end(m);
		if (dnssec)
			put_rrsig(m, ANSWER, &q->name, TYPE_CNAME, zone, q->hash);
		dnssec = false;
		if (from_zone)
			return;
	}
	if (!t.exists || !t.data) {
		put_soa(m, &t.zone.name, t.hash);
		if (dnssec) {
			put_rrsig(m, AUTHORITY, zone, TYPE_SOA, zone, q->hash);
			put_nsec3(m, zone, q->hash + 1, false);
			if (!t.exists)
				put_nsec3(m, zone, q->hash + 2, false);
		}
		return;
	}
	unsigned n = t.type == TYPE_A || t.type == TYPE_AAAA ? 1 + (unsigned)(t.hash >> 8) % 3 : 1;
	if (t.type == TYPE_NS)
		put_ns_set(m, ANSWER, &t.zone);
	else
		for (unsigned i = 0; i < n; i++)
			put_record(m, ANSWER, &t.name, t.type, ttl_s, &t);
	if (dnssec)
		put_rrsig(m, ANSWER, &q->name, q->type, zone, q->hash);
}

/* --- questions --- */

static uint16_t choose_type(void)
{
	static const struct {
		uint16_t type;
		unsigned share;
	} types[] = {{TYPE_A, 55}, {TYPE_AAAA, 25}, {TYPE_HTTPS, 12},
		     {TYPE_MX, 3}, {TYPE_TXT, 3},   {TYPE_NS, 2}};
	unsigned at = below(100), i = 0;
	while (at >= types[i].share)
		at -= types[i++].share;
	return types[i].type;
}

static struct question question_of(struct zone zone, const char *host, uint16_t type)
{
	struct question q = {.zone = zone, .type = type, .exists = true};
	bool apex = type == TYPE_MX || type == TYPE_NS || type == TYPE_TXT;
	q.name = name_below(apex ? "" : host, &zone.name);
	q.hash = zone.hash + type;
	for (const char *at = apex ? "" : host; *at != '\0'; at++)
		q.hash = mix(q.hash + (unsigned char)*at);
	q.hash = mix(q.hash);
	q.alias = !apex && host[0] != '\0' && mix(zone.hash + (unsigned char)host[0]) % 100 < 30;
	q.data = type == TYPE_AAAA ? q.hash % 2 == 0 : type == TYPE_HTTPS ? q.hash % 5 == 0 : true;
	return q;
}

static struct question choose_sound(void)
{
	static const char *const hosts[HOSTS] = {"www", "www", "www",  "",
						 "api", "cdn", "mail", "static"};
	return question_of(zone_of(zipf(ZONES), SOUND), hosts[below(HOSTS)], choose_type());
}

static struct question choose_missing(void)
{
	char label[24];
	uint64_t r = random64();
	struct zone zone = zone_of(g.profile->flood ? 70 + below(3) : zipf(ZONES), SOUND);
	unsigned digits = g.profile->flood ? 12 : 4;
	for (unsigned i = 0; i < digits; i++, r /= 36)
		label[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[r % 36];
	label[digits] = '\0';
	struct question q = question_of(zone, label, chance(800) ? TYPE_A : TYPE_AAAA);
	q.hash = mix(q.hash + r);
	q.exists = q.alias = false;
	return q;
}

static struct question choose_failing(void)
{
	static const char *const hosts[] = {"www", "api", "mail"};
	char label[16];
	if (g.profile->one_zone) {
		snprintf(label, sizeof label, "host%u", zipf(2000));
		return question_of(zone_of(0, DEAD), label, TYPE_A);
	}
	bool lame = chance(120);
	struct zone zone = zone_of(zipf(lame ? LAME_ZONES : DEAD_ZONES), lame ? LAME : DEAD);
	return question_of(zone, hosts[below(3)], chance(700) ? TYPE_A : TYPE_AAAA);
}

/* --- exchanges --- */

static void send_udp(int64_t ts_us, const struct end *from, const struct end *to,
		     const struct message *m)
{
	frame_udp(frame_at(ts_us), from, to, m);
}

struct upstream {
	unsigned resolver;
	struct end from, to;
	uint16_t id;
	int64_t rtt_us;
};

static struct upstream upstream_to(unsigned resolver, uint32_t server_key)
{
	bool v6 = chance(150);
	return (struct upstream){
		.resolver = resolver,
		.from = resolver_end(resolver, v6, (uint16_t)(1024 + below(64512))),
		.to = server_end(server_key, v6),
		.id = (uint16_t)random64(),
		.rtt_us = between(2 * MS, 90 * MS),
	};
}

static uint32_t zone_server(const struct zone *z, unsigned n)
{
	return KEY_SERVER + z->provider * 4 + n % z->servers;
}

static void ask_upstream(const struct upstream *u, int64_t t, const struct name *qname,
			 uint16_t type)
{
	struct message m;
	message_begin(&m, u->id, 0, qname, type);
	put_opt(&m, 1232, true, NULL, 0);
	send_udp(t, &u->from, &u->to, &m);
}

static void answer_upstream(const struct upstream *u, int64_t t, struct message *m)
{
	put_opt(m, 1232, true, NULL, 0);
	send_udp(t, &u->to, &u->from, m);
}

/* The root's referral to a TLD. */
static int64_t ask_root(unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	unsigned at = q->zone.tld;
	struct name tld = name_of(tlds[at].name), root = name_of(""), nic = name_below("nic", &tld);
	struct upstream u = upstream_to(resolver, KEY_ROOT + below(13));
	ask_upstream(&u, t, &q->name, q->type);
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
	answer_upstream(&u, t, &m);
	return t + 100;
}

/* Asks for the addresses of servers named without glue, all at once; returns when the last came. */
static int64_t fetch_servers(unsigned resolver, int64_t t, const struct zone *z)
{
	int64_t last_us = t;
	uint32_t host = (uint32_t)(provider_hash(z->provider) % PROVIDERS); /* serves their names */
	for (unsigned i = 0; i < 2 * z->servers; i++) {
		struct message m;
		uint16_t type = i % 2 == 0 ? TYPE_A : TYPE_AAAA;
		struct name server = server_name(z->provider, i / 2);
		struct upstream u = upstream_to(resolver, KEY_SERVER + host * 4);
		ask_upstream(&u, t, &server, type);
		message_begin(&m, u.id, QR | AA, &server, type);
		put_address(&m, ANSWER, &server, KEY_SERVER + z->provider * 4 + i / 2, i % 2 != 0);
		answer_upstream(&u, t + u.rtt_us, &m);
		if (t + u.rtt_us > last_us)
			last_us = t + u.rtt_us;
	}
	return last_us + 100;
}

/* Asks the servers of the TLD (or the root) for a delegation; returns when it came. */
static int64_t fetch_referral(unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	const struct zone *z = &q->zone;
	struct name tld = name_of(tlds[z->tld].name);
	if (chance(20))
		t = ask_root(resolver, t, q);
	struct upstream u = upstream_to(resolver, KEY_TLD + z->tld * 4 + below(4));
	ask_upstream(&u, t, &q->name, q->type);
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
	answer_upstream(&u, t, &m);
	return has_glue(z) ? t + 100 : fetch_servers(resolver, t + 100, z);
}

static int64_t fetch_keys(unsigned resolver, int64_t t, const struct zone *z)
{
	struct message m;
	struct upstream u = upstream_to(resolver, zone_server(z, below(4)));
	ask_upstream(&u, t, &z->name, TYPE_DNSKEY);
	t += u.rtt_us;
	message_begin(&m, u.id, QR | AA, &z->name, TYPE_DNSKEY);
	for (unsigned i = 0; i < 2; i++) {
		record_begin(&m, ANSWER, &z->name, TYPE_DNSKEY, 3600);
		put_u32(&m, 0x0100030d + i * 0x00010000);
		put_noise(&m, z->hash + i, 64);
		record_end(&m);
	}
	put_rrsig(&m, ANSWER, &z->name, TYPE_DNSKEY, &z->name, z->hash);
	answer_upstream(&u, t, &m);
	return t + 100;
}

/* A resolver finds an answer it has not cached; returns when it has it. */
static int64_t resolve(unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	if (chance(100)) {
		t = fetch_referral(resolver, t, q);
		if (q->zone.is_signed)
			t = fetch_keys(resolver, t, &q->zone);
	}
	unsigned server = below(4);
	if (chance(10)) { /* lost on the way: asked again at the next server */
		struct upstream lost = upstream_to(resolver, zone_server(&q->zone, server++));
		ask_upstream(&lost, t, &q->name, q->type);
		t += 400 * MS;
	}
	struct upstream u = upstream_to(resolver, zone_server(&q->zone, server));
	ask_upstream(&u, t, &q->name, q->type);
	t += u.rtt_us;
	message_begin(&m, u.id, QR | AA | (q->exists ? NOERROR : NXDOMAIN), &q->name, q->type);
	put_answer(&m, q, 300, true, true);
	if (m.len < 700 && q->exists && q->data && !q->alias && q->hash % 3 == 0) {
		put_ns_set(&m, AUTHORITY, &q->zone);
		put_glue(&m, &q->zone);
	}
	answer_upstream(&u, t, &m);
	t += 100;
	if (q->alias) {
		struct question target = target_of(q);
		t = resolve(resolver, t, &target);
	}
	return t;
}

/* A resolver fails at a zone whose servers are silent, or refuse; returns when it gives up. */
static int64_t fail(unsigned resolver, int64_t t, const struct question *q)
{
	struct message m;
	bool dead = q->zone.fault == DEAD;
	int64_t wait_us = 400 * MS;
	if (chance(150))
		t = fetch_referral(resolver, t, q);
	for (unsigned try = 0; try < (dead ? TRIES : q->zone.servers); try++) {
		struct upstream u = upstream_to(resolver, zone_server(&q->zone, try));
		ask_upstream(&u, t, &q->name, q->type);
		if (dead) {
			t += wait_us;
			wait_us += wait_us / 2;
			continue;
		}
		t += u.rtt_us;
		message_begin(&m, u.id, QR | REFUSED, &q->name, q->type);
		answer_upstream(&u, t, &m);
		t += 100;
	}
	return t;
}

/* When a resolver answers a question that must fail: from memory, with a fetch under way, or after one. */
static int64_t fail_once(unsigned resolver, int64_t t, const struct question *q)
{
	uint64_t key = mix(q->hash + resolver) | 1;
	struct failed *f = &g.failed[key % FAILED_SLOTS];
	if (f->key == key && t < f->answered_us + FAILURE_KEPT_US)
		return f->answered_us > t ? f->answered_us : t;
	f->answered_us = fail(resolver, t, q);
	f->key = key;
	return f->answered_us;
}

/* --- clients --- */

static const char *address_print(const struct address *a, char text[48])
{
	if (!a->v6) {
		snprintf(text, 48, "%u.%u.%u.%u", a->bytes[0], a->bytes[1], a->bytes[2],
			 a->bytes[3]);
		return text;
	}
	for (int i = 0, at = 0; i < 16; i += 2)
		at += snprintf(text + at, 48u - (size_t)at, "%s%x", i > 0 ? ":" : "",
			       a->bytes[i] << 8 | a->bytes[i + 1]);
	return text;
}

static void write_label(int64_t t, const struct client *c, const struct end *server,
			const struct question *q, const char *rcode, const char *cause)
{
	char client[48], resolver[48], qname[256];
	const char *type = q->type == TYPE_A      ? "A"
			   : q->type == TYPE_AAAA ? "AAAA"
						  : "TYPE"; /* stands for any */
	if (g.labels == NULL)
		return;
	name_print(&q->name, qname);
	fprintf(g.labels,
		"{\"t\": %lld.%06lld, \"client\": \"%s\", \"server\": \"%s\", \"qname\": \"%s\", "
		"\"qtype\": \"%s\", \"rcode\": \"%s\", \"cause\": \"%s\", \"also_ok\": [], "
		"\"id\": %u, \"sport\": %u}\n",
		(long long)(t / 1000000), (long long)(t % 1000000),
		address_print(&c->end.address, client), address_print(&server->address, resolver),
		qname, type, rcode, cause, c->id, c->end.port);
}

static void put_client_opt(struct message *m, const struct client *c, bool answer, bool denied)
{
	uint8_t options[64] = {0, 10, 0, 8};
	size_t len = 0;
	uint64_t cookie = mix(c->end.port + ((uint64_t)c->id << 32));
	if (c->udp_size == 0)
		return;
	if (c->cookie) {
		memcpy(options + 4, &cookie, 8);
		len = 12;
	}
	if (c->cookie && answer) {
		static const uint8_t version[8] = {1, 0, 0, 0, 0x69, 0x5b, 0x70, 0x80};
		options[3] = 24;
		memcpy(options + 12, version, 8);
		cookie = mix(cookie);
		memcpy(options + 20, &cookie, 8);
		len = 28;
	}
	if (denied) {
		static const uint8_t prohibited[] = {0, 15, 0,
						     2, 0,  18}; /* EDE 18, RFC 8914 4.19 */
		memcpy(options + len, prohibited, sizeof prohibited);
		len += sizeof prohibited;
	}
	put_opt(m, answer ? 1232 : c->udp_size, c->dnssec_ok, options, len);
}

/* A question over a TCP connection of its own. */
static void talk_tcp(int64_t t, int64_t answer_us, const struct client *c, const struct end *server,
		     const struct message *query, const struct message *answer)
{
	uint32_t a = (uint32_t)random64(), b = (uint32_t)random64();
	uint32_t a2 = a + 3 + (uint32_t)query->len, b2 = b + 3 + (uint32_t)answer->len;
	const struct end *e = &c->end;
	int64_t rtt_us = 200 + below(800);
	frame_tcp(frame_at(t - 2 * rtt_us), e, server, a, 0, TCP_SYN, NULL);
	frame_tcp(frame_at(t - rtt_us), server, e, b, a + 1, TCP_SYN | TCP_ACK, NULL);
	frame_tcp(frame_at(t - rtt_us / 2), e, server, a + 1, b + 1, TCP_ACK, NULL);
	frame_tcp(frame_at(t), e, server, a + 1, b + 1, TCP_PSH | TCP_ACK, query);
	frame_tcp(frame_at(answer_us), server, e, b + 1, a2, TCP_PSH | TCP_ACK, answer);
	frame_tcp(frame_at(answer_us + rtt_us), e, server, a2, b2, TCP_FIN | TCP_ACK, NULL);
	frame_tcp(frame_at(answer_us + rtt_us + 50), server, e, b2, a2 + 1, TCP_FIN | TCP_ACK,
		  NULL);
	frame_tcp(frame_at(answer_us + 2 * rtt_us), e, server, a2 + 1, b2 + 1, TCP_ACK, NULL);
}

static void ask(int64_t t)
{
	const struct profile *p = g.profile;
	unsigned kind = below(1000), resolver = below(RESOLVERS);
	bool failing = kind < p->servfail, denied = false, missing = false;
	if (!failing && (kind -= p->servfail) < p->nxdomain)
		missing = true;
	else if (!failing && kind - p->nxdomain < p->refused)
		denied = true;
	struct client c = choose_client(denied);
	struct end server = resolver_end(resolver, c.end.address.v6, 53);
	struct question q = failing   ? choose_failing()
			    : missing ? choose_missing()
				      : choose_sound();
	int64_t asked_us = t, answer_us = t;
	if (failing)
		answer_us = fail_once(resolver, t + 100, &q);
	else if (!denied && !(p->flood && missing ? false : chance(p->hits)))
		answer_us = resolve(resolver, t + 100, &q);
	answer_us += between(30, 400);

	enum rcode rcode = failing ? SERVFAIL : denied ? REFUSED : missing ? NXDOMAIN : NOERROR;
	struct message query, answer;
	message_begin(&query, c.id, RD | (c.udp_size > 0 ? AD : 0), &q.name, q.type);
	put_client_opt(&query, &c, false, false);
	message_begin(&answer, c.id, (uint16_t)(QR | RD | (denied ? 0 : RA) | rcode), &q.name,
		      q.type);
	if (!failing && !denied)
		put_answer(&answer, &q, 1 + below(300), c.dnssec_ok, false);
	put_client_opt(&answer, &c, true, denied);
	if (!c.tcp && answer.len > (c.udp_size > 0 ? 1232u : 512u)) {
		struct message cut;
		message_begin(&cut, c.id, QR | RD | RA | TC, &q.name, q.type);
		put_client_opt(&cut, &c, true, false);
		send_udp(t, &c.end, &server, &query);
		send_udp(answer_us, &server, &c.end, &cut);
		asked_us = answer_us + 3 * MS;
		answer_us = asked_us + 100;
		c.tcp = true;
	}
	if (c.tcp) {
		asked_us += 2500; /* after the handshake */
		answer_us += 2500;
		talk_tcp(asked_us, answer_us, &c, &server, &query, &answer);
	} else {
		send_udp(asked_us, &c.end, &server, &query);
		send_udp(answer_us, &server, &c.end, &answer);
	}
	if (failing)
		write_label(asked_us, &c, &server, &q, "SERVFAIL",
			    q.zone.fault == DEAD ? "upstream.timeout" : "delegation.lame_refused");
	if (denied)
		write_label(asked_us, &c, &server, &q, "REFUSED", "policy.client_not_allowed");
	g.queries++;
}

/* --- options --- */

static FILE *open_or_die(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	setvbuf(f, NULL, _IOFBF, 1 << 20);
	return f;
}

static const struct profile *profile_of(const char *name)
{
	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	fprintf(stderr, "traffic: %s: no such profile\n", name);
	exit(2);
}

static void parse_options(int argc, char **argv)
{
	int option;
	double rate = 20000;
	g.profile = profile_of("normal");
	g.packets = 1000000;
	g.clients = 50000;
	while ((option = getopt(argc, argv, "p:n:c:q:w:s:l:o:")) != -1) {
		switch (option) {
		case 'p':
			g.profile = profile_of(optarg);
			break;
		case 'n':
			g.packets = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			g.clients = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'q':
			rate = strtod(optarg, NULL);
			break;
		case 'w':
			g.scattered = strcmp(optarg, "scattered") == 0;
			break;
		case 's':
			g.random = strtoull(optarg, NULL, 10) << 40;
			break;
		case 'l':
			g.labels = open_or_die(optarg);
			break;
		case 'o':
			g.out = open_or_die(optarg);
			break;
		default:
			fprintf(stderr, "usage: see the head of traffic.c\n");
			exit(2);
		}
	}
	g.mean_gap_us = 1e6 / rate;
	if (g.out == NULL)
		g.out = stdout;
}

int main(int argc, char **argv)
{
	static const uint32_t header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
	parse_options(argc, argv);
	fwrite(header, sizeof header, 1, g.out);
	double t = (double)START_US;
	while (g.scheduled < g.packets) {
		t += -log(1.0 - unit()) * g.mean_gap_us;
		ask((int64_t)t);
		write_until((int64_t)t - 10 * MS); /* nothing is scheduled that far back */
	}
	write_until(INT64_MAX);
	bool bad = fclose(g.out) != 0;
	if (g.labels != NULL)
		bad |= fclose(g.labels) != 0;
	fprintf(stderr, "%s: %llu packets, %llu questions\n", g.profile->name,
		(unsigned long long)g.written, (unsigned long long)g.queries);
	return bad;
}
