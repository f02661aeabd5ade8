/*
 * The generator of traffic: one run's state, and what its parts give each other. Times are microseconds
 * since the epoch. All that is drawn by chance comes from one seed, so that the same seed gives the
 * same bytes.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <stdio.h>

#include "wire.h"

#define ZONES (1u << 20)
#define PROVIDERS 5000u /* operators of name servers */
#define DEAD_ZONES 2000u
#define LAME_ZONES 500u
#define DENIED_CLIENTS 500u
#define RESOLVERS 4u
#define FAILED_SLOTS (1u << 16)
#define START_US INT64_C(1767600000000000) /* 2026-01-05 08:00 UTC */
#define MS INT64_C(1000)

struct profile {
	const char *name;
	unsigned servfail, nxdomain, refused; /* of 1000 questions of clients; the rest NOERROR */
	unsigned hits;                        /* of 1000 answerable questions: from the cache */
	bool one_zone;                        /* all SERVFAIL in one zone of many names */
	bool crowd;   /* ... of few, by resolvers that forget failures at once */
	bool flood;   /* NXDOMAIN: random names below few zones, uncached */
	bool hostile; /* addresses, ports and IDs that weak hashes collide on */
};

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

/* A failure that a resolver remembers. */
struct failed {
	uint64_t key;
	int64_t answered_us;
};

struct traffic {
	const struct profile *profile;
	uint64_t packets, scheduled, written, sequence, queries, random;
	unsigned clients;
	double mean_gap_us;
	bool scattered;
	FILE *out, *labels; /* labels: NULL if nobody wants them */
	struct frame **heap, **spare;
	size_t n_heap, n_spare, cap;
	struct failed failed[FAILED_SLOTS];
};

/* traffic.c: chance */
uint64_t random64(struct traffic *g);
unsigned below(struct traffic *g, unsigned n);
bool chance(struct traffic *g, unsigned of_1000);
double unit(struct traffic *g); /* from 0 to 1 */
/* Rank by Zipf's law with exponent 1. */
unsigned zipf(struct traffic *g, unsigned n);
int64_t between(struct traffic *g, int64_t min_us, int64_t max_us);

/* queue.c: a frame that the caller fills at once; all that is due is written in the order of time. */
struct frame *frame_at(struct traffic *g, int64_t ts_us);
void write_until(struct traffic *g, int64_t ts_us);
void send_udp(struct traffic *g, int64_t ts_us, const struct end *from, const struct end *to,
	      const struct message *m);

/* world.c: what follows from numbers */
enum { STATION_CLIENTS = 1, STATION_INTERNET = 2, STATION_RESOLVER = 16 };
enum { KEY_SERVER = 3 << 24, KEY_TLD = 1 << 24, KEY_ROOT = 2 << 24, KEY_CLIENT = 5 << 24 };

struct zone zone_of(uint32_t number, enum fault fault);
const char *tld_name(unsigned tld);
unsigned tld_of(uint64_t hash);
uint64_t provider_hash(unsigned provider);
struct name server_name(unsigned provider, unsigned server);
uint32_t zone_server(const struct zone *z, unsigned n);
/* The TLD's servers know the addresses of servers below the TLD. */
bool has_glue(const struct zone *z);
struct address address_of(uint64_t hash, bool v6);
struct end end_of(struct address address, uint16_t port, unsigned station);
struct end server_end(uint32_t key, bool v6);
struct end resolver_end(unsigned resolver, bool v6, uint16_t port);

/* records.c */
void put_rrsig(struct message *m, enum section section, const struct name *owner, uint16_t covered,
	       const struct name *signer, uint64_t key);
void put_nsec3(struct message *m, const struct name *zone, uint64_t key, bool opt_out);
void put_ns_set(struct message *m, enum section section, const struct zone *z);
void put_address(struct message *m, enum section section, const struct name *owner, uint32_t key,
		 bool v6);
void put_glue(struct message *m, const struct zone *z);
/* The alias's target: a host of a delivery network, whose zone is z. */
struct question target_of(const struct question *q);
/* What answers a question; from_zone: only what the zone itself holds. */
void put_answer(struct message *m, const struct question *q, uint32_t ttl_s, bool dnssec,
		bool from_zone);

/* resolver.c: a resolver's own exchanges, from t on; both return when they end. */
int64_t resolve(struct traffic *g, unsigned resolver, int64_t t, const struct question *q);
/* From memory, with a fetch under way, or after one. */
int64_t fail_once(struct traffic *g, unsigned resolver, int64_t t, const struct question *q);

/* clients.c: one question of one client, and all that follows from it. */
void ask(struct traffic *g, int64_t t);

#endif
