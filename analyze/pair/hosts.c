#include "analyze/pair/hosts.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/pages.h"
#include "base/prefetch.h"
#include "base/time.h"

#define WAYS 8u
#define OCTETS UINT64_C(0x0101010101010101) /* 1 in each octet */
#define GROUPS_MAX 1024u    /* resolvers of several addresses; a large site has some dozens */
#define GROUP_ADDRS_MAX 16u /* addresses of one resolver */
#define ITERATES_SERVERS 3u /* distinct servers asked with RD=0 that make an iterating resolver */
#define REFERRALS_MIN 2u    /* one may come from a server asked by hand for what it does not host */
#define RECENT_NAMES 65536u /* client questions remembered for learning: one per hash slot */
#define JOIN_HITS 3u      /* names seen fetched by an egress address while its service was asked */
#define JOIN_RATIO 4u     /* hits per miss that it takes */
#define LOAD_SLOTS 65536u /* far more than servers asked at a time */
#define BUSY_NS (30 * RC_NS_PER_S) /* a busiest second older than this gives way to any other */
#define SMALL_ANSWER 512u          /* octets that any UDP answer may have (RFC 1035 4.2.1) */
#define SERVED_PAIRS 131072u       /* pairs remembered; what is forgotten only weakens a claim */
#define STATION_SETS 512u          /* of WAYS cards; in a full one the newest replaces another */
#define STATION_ADDRS_MAX 6u       /* IPv4 and IPv6, service and egress; more is a router */
#define FETCH_WINDOW_NS (2 * RC_NS_PER_S) /* a fetch begins this soon after the client's question */

struct group {
	struct rc_addr addrs[GROUP_ADDRS_MAX];
	size_t n;
};

/* The last client question per name: whom it was put to, and when. Half a line, as each query writes one. */
struct recent {
	int64_t ts_ns;
	struct rc_addr server;
	uint32_t name;  /* upper half of its hash */
	uint8_t mac[4]; /* it went to: the last octets, in which cards differ; zero unknown */
};

/* Addresses seen behind one link-layer address: one host has few, a router has many. */
struct station {
	uint8_t mac[6];
	uint8_t n; /* above STATION_ADDRS_MAX: a router */
	struct rc_addr addrs[STATION_ADDRS_MAX];
};

struct load {          /* what is asked of a server, in seconds of packet time */
	uint32_t open; /* questions without an answer yet */
	struct rc_rate now, busiest;
};

/* What is looked into at random for each message, on the same large pages. */
struct tables {
	_Alignas(RC_LINE_BYTES) struct recent recent[RECENT_NAMES]; /* by hash of the name */
	struct load load[LOAD_SLOTS];                               /* by hash of the server */
	/* Upper halves of hashes of client and server pairs that worked; a later pair overwrites. */
	uint32_t served[SERVED_PAIRS];
	struct station stations[STATION_SETS][WAYS];
};

struct rc_hosts {
	uint64_t ranges; /* special-purpose ranges in use, by number */
	void *memory;    /* of the tables */
	struct tables *tables;
	struct rc_addr services[RC_SERVICES_MAX];
	size_t n_services;
	struct rc_host *entries;
	uint64_t *marks; /* by set: an octet of each entry's hash, 0 where there is none */
	uint64_t mask;   /* of sets */
	uint64_t seed;
	struct group *groups; /* index 0 unused */
	size_t n_groups;
	uint64_t resolvers;
	uint64_t evicted;
};

int rc_hosts_new(size_t bytes, uint64_t seed, struct rc_hosts **ret_hosts)
{
	struct rc_hosts *h = calloc(1, sizeof *h);
	if (h == NULL)
		return RC_E_NOMEM;
	uint64_t sets = 64;
	while (sets * 2 * WAYS * sizeof(struct rc_host) <= bytes)
		sets *= 2;
	h->mask = sets - 1;
	h->seed = seed;
	h->n_groups = 1;
	h->entries = calloc(sets * WAYS, sizeof *h->entries);
	h->marks = calloc(sets, sizeof *h->marks);
	rc_pages_enlarge(h->entries, sets * WAYS * sizeof *h->entries);
	h->groups = calloc(GROUPS_MAX, sizeof *h->groups);
	h->memory = calloc(1, sizeof *h->tables + RC_LINE_BYTES);
	h->tables = rc_lines_begin(h->memory);
	rc_pages_enlarge(h->tables, sizeof *h->tables);
	if (h->entries == NULL || h->marks == NULL || h->groups == NULL || h->memory == NULL) {
		rc_hosts_free(h);
		return RC_E_NOMEM;
	}
	*ret_hosts = h;
	return RC_OK;
}

void rc_hosts_free(struct rc_hosts *h)
{
	if (h == NULL)
		return;
	free(h->entries);
	free(h->marks);
	free(h->groups);
	free(h->memory);
	free(h);
}

static uint64_t addr_hash(const struct rc_hosts *h, const struct rc_addr *addr)
{
	return rc_addr_hash(h->seed, addr);
}

static uint64_t pair_hash(const struct rc_hosts *h, const struct rc_host_keys *keys)
{
	return rc_hash_u64(h->seed, keys->asker, keys->server);
}

/* The octet that stands for an address in the marks of its set. */
static uint64_t mark_of(uint64_t hash)
{
	return hash >> 56 == 0 ? 1 : hash >> 56;
}

/* Octets of marks that are mark: their upper bits. Now and then one more, never one less. */
static uint64_t marked(uint64_t marks, uint64_t mark)
{
	uint64_t differ = marks ^ mark * OCTETS;
	return (differ - OCTETS) & ~differ & OCTETS << 7;
}

static struct rc_host *find(const struct rc_hosts *h, const struct rc_addr *addr, uint64_t hash)
{
	uint64_t set = hash & h->mask;
	uint64_t found = marked(h->marks[set], mark_of(hash));
	for (; found != 0; found &= found - 1) {
		struct rc_host
			*host = &h->entries[set * WAYS + (unsigned)__builtin_ctzll(found) / 8];
		if (host->used && rc_addr_equal(&host->addr, addr))
			return host;
	}
	return NULL;
}

static void prefetch_entry(const struct rc_hosts *h, uint64_t hash)
{
	uint64_t set = hash & h->mask, found = marked(h->marks[set], mark_of(hash));
	if (found != 0)
		rc_prefetch_bytes(&h->entries[set * WAYS + (unsigned)__builtin_ctzll(found) / 8],
				  sizeof *h->entries);
}

void rc_hosts_prefetch(const struct rc_hosts *h, const struct rc_host_keys *keys,
		       uint64_t name_hash, bool answer, unsigned step)
{
	if (step == 1) {
		prefetch_entry(h, keys->asker);
		prefetch_entry(h, keys->server);
		return;
	}
	rc_prefetch(&h->marks[keys->asker & h->mask]);
	rc_prefetch(&h->marks[keys->server & h->mask]);
	rc_prefetch(&h->tables->load[keys->server % LOAD_SLOTS]);
	if (answer)
		rc_prefetch(&h->tables->served[pair_hash(h, keys) % SERVED_PAIRS]);
	else
		rc_prefetch(&h->tables->recent[name_hash % RECENT_NAMES]);
}

struct rc_host *rc_hosts_find(const struct rc_hosts *h, const struct rc_addr *addr)
{
	return find(h, addr, addr_hash(h, addr));
}

static struct rc_host *add(struct rc_hosts *h, const struct rc_addr *addr, uint64_t hash,
			   int64_t now_ns)
{
	uint64_t set = hash & h->mask;
	struct rc_host *ways = &h->entries[set * WAYS], *oldest = ways;
	for (unsigned i = 1; i < WAYS; i++)
		if (oldest->used && (!ways[i].used || ways[i].last_ns < oldest->last_ns))
			oldest = &ways[i];
	h->evicted += oldest->used;
	*oldest = (struct rc_host){.addr = *addr, .last_ns = now_ns, .used = true};
	unsigned shift = (unsigned)(oldest - ways) * 8;
	h->marks[set] = (h->marks[set] & ~(UINT64_C(0xff) << shift)) | mark_of(hash) << shift;
	/* What is known of groups outlives an evicted entry. */
	for (size_t g = 1; g < h->n_groups; g++)
		for (size_t i = 0; i < h->groups[g].n; i++)
			if (rc_addr_equal(&h->groups[g].addrs[i], addr))
				oldest->group = (uint16_t)g;
	return oldest;
}

static struct rc_host *find_or_add(struct rc_hosts *h, const struct rc_addr *addr, uint64_t hash,
				   int64_t now_ns)
{
	struct rc_host *host = find(h, addr, hash);
	if (host == NULL)
		return add(h, addr, hash, now_ns);
	if (now_ns > host->last_ns)
		host->last_ns = now_ns;
	return host;
}

static bool group_add(struct rc_hosts *h, uint16_t group, const struct rc_addr *addr)
{
	struct group *g = &h->groups[group];
	for (size_t i = 0; i < g->n; i++)
		if (rc_addr_equal(&g->addrs[i], addr))
			return true;
	if (g->n == GROUP_ADDRS_MAX)
		return false;
	g->addrs[g->n++] = *addr;
	struct rc_host *host = rc_hosts_find(h, addr);
	if (host != NULL)
		host->group = group;
	return true;
}

void rc_hosts_declare(struct rc_hosts *h, const struct rc_addr *addrs, size_t n)
{
	if (h->n_groups == GROUPS_MAX)
		return;
	uint16_t group = (uint16_t)h->n_groups++;
	for (size_t i = 0; i < n; i++) /* stays, however full the table */
		if (group_add(h, group, &addrs[i]))
			find_or_add(h, &addrs[i], addr_hash(h, &addrs[i]), INT64_MAX);
}

/* A service that has never answered has no entry of its own. */
static uint16_t group_of(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	if (host != NULL)
		return host->group;
	for (size_t g = 1; g < h->n_groups; g++)
		for (size_t i = 0; i < h->groups[g].n; i++)
			if (rc_addr_equal(&h->groups[g].addrs[i], addr))
				return (uint16_t)g;
	return RC_GROUP_NONE;
}

static void join(struct rc_hosts *h, const struct rc_addr *egress, const struct rc_addr *service)
{
	struct rc_addr egress_addr = *egress, service_addr = *service; /* entries may move below */
	uint16_t group = group_of(h, &service_addr);
	if (group == RC_GROUP_NONE) {
		if (h->n_groups == GROUPS_MAX)
			return;
		group = (uint16_t)h->n_groups++;
		group_add(h, group, &service_addr);
	}
	group_add(h, group, &egress_addr);
}

static bool acts_as_resolver(const struct rc_host *host)
{
	return host != NULL && (host->answered_ra > 0 || host->fetches > 0);
}

/* The station itself if it is known, else where it may be written: its address then differs. */
static struct station *station_of(const struct rc_hosts *h, const uint8_t mac[6])
{
	uint64_t hash = rc_hash_bytes(h->seed, mac, 6);
	struct station *set = h->tables->stations[hash % STATION_SETS];
	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].n == 0 || memcmp(set[i].mac, mac, sizeof set[i].mac) == 0)
			return &set[i];
	return &set[hash / STATION_SETS % WAYS];
}

/* The network card with that address, NULL if it is none's or a router's. */
static const struct station *card_of(const struct rc_hosts *h, const uint8_t mac[6])
{
	const struct station *st = station_of(h, mac);
	return st->n > 0 && st->n <= STATION_ADDRS_MAX && memcmp(st->mac, mac, 6) == 0 ? st : NULL;
}

/* Notes a host's link-layer address when it is new or has changed. */
static void note_mac(struct rc_hosts *h, struct rc_host *host, const uint8_t mac[6])
{
	static const uint8_t none[6];
	if (memcmp(host->mac, mac, sizeof host->mac) == 0 || memcmp(mac, none, sizeof none) == 0)
		return;
	memcpy(host->mac, mac, sizeof host->mac);
	struct station *st = station_of(h, mac);
	if (memcmp(st->mac, mac, sizeof st->mac) != 0) {
		st->n = 0;
		memcpy(st->mac, mac, sizeof st->mac);
	}
	for (unsigned i = 0; i < st->n && i < STATION_ADDRS_MAX; i++)
		if (rc_addr_equal(&st->addrs[i], &host->addr))
			return;
	if (st->n < STATION_ADDRS_MAX)
		st->addrs[st->n] = host->addr;
	if (st->n <= STATION_ADDRS_MAX)
		st->n++;
}

/* An egress address and a resolver on one network card are one resolver. */
static void join_by_mac(struct rc_hosts *h, const struct rc_host *host)
{
	const struct station *st = card_of(h, host->mac);
	const struct rc_addr *service = NULL;
	if (st == NULL)
		return;
	for (unsigned i = 0; i < st->n && service == NULL; i++)
		if (acts_as_resolver(rc_hosts_find(h, &st->addrs[i])))
			service = &st->addrs[i];
	for (unsigned i = 0; i < st->n && service != NULL; i++) {
		struct rc_host *egress = rc_hosts_find(h, &st->addrs[i]);
		if (egress != NULL && &st->addrs[i] != service && egress->asked_rd0 > 0 &&
		    egress->answered == 0 && egress->group == RC_GROUP_NONE)
			join(h, &egress->addr, service);
	}
}

bool rc_hosts_twin(const struct rc_hosts *h, const struct rc_addr *addr, struct rc_addr *ret_twin)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	const struct station *st = host != NULL ? card_of(h, host->mac) : NULL;
	if (st == NULL || st->n != 2)
		return false;
	const struct rc_addr *twin = &st->addrs[rc_addr_equal(&st->addrs[0], addr)];
	const struct rc_host *other = rc_hosts_find(h, twin);
	if (other == NULL || other->asked_rd0 == 0 || other->answered > 0 ||
	    rc_addr_is_v4(twin) == rc_addr_is_v4(addr))
		return false;
	*ret_twin = *twin;
	return true;
}

/* The client's question went to the very card that the egress address asks from, which is no router's. */
static bool is_same_card(const struct rc_hosts *h, const struct rc_host *egress,
			 const struct recent *r)
{
	return memcmp(r->mac, egress->mac + 2, sizeof r->mac) == 0 &&
	       card_of(h, egress->mac) != NULL && egress->answered == 0;
}

/*
 * An egress address asks, with RD=0, the very names that clients just asked one other address: the two
 * are one resolver. Several names must agree, and hardly any may disagree; one will do on one network card, where
 * the service address need never have answered.
 */
static void note_fetch(struct rc_hosts *h, struct rc_host *egress, const struct rc_exchange *x)
{
	const struct recent *r = &h->tables->recent[x->name_hash % RECENT_NAMES];
	if (egress->group != RC_GROUP_NONE || egress->served > 0 || r->name != x->name_hash >> 32 ||
	    x->first_ns - r->ts_ns > FETCH_WINDOW_NS || egress->partner_name == x->name_hash ||
	    rc_addr_equal(&r->server, &x->asker) || rc_addr_equal(&r->server, &x->server))
		return;
	egress->partner_name = x->name_hash;
	if (is_same_card(h, egress, r)) {
		join(h, &egress->addr, &r->server);
		return;
	}
	if (egress->partner_hits == 0)
		egress->partner = r->server;
	if (!rc_addr_equal(&egress->partner, &r->server)) {
		if (egress->partner_misses++ >= egress->partner_hits)
			egress->partner_hits = egress->partner_misses = 0;
		return;
	}
	if (++egress->partner_hits >= JOIN_HITS &&
	    egress->partner_hits >= JOIN_RATIO * egress->partner_misses)
		join(h, &egress->addr, &egress->partner);
}

static struct load *load_of(const struct rc_hosts *h, uint64_t server_hash)
{
	return &h->tables->load[server_hash % LOAD_SLOTS];
}

static uint32_t open_question(struct load *l, const struct rc_exchange *x)
{
	l->open++;
	if (x->first_ns - l->now.from_ns >= RC_NS_PER_S || x->first_ns < l->now.from_ns) {
		if (l->now.asked >= l->busiest.asked || x->first_ns - l->busiest.from_ns > BUSY_NS)
			l->busiest = l->now;
		l->now = (struct rc_rate){.from_ns = x->first_ns};
	}
	l->now.asked++;
	return l->open - 1;
}

static void close_question(struct load *l, const struct rc_exchange *x)
{
	l->open -= l->open > 0;
	if (x->state != RC_X_ANSWERED)
		return;
	if (x->first_ns >= l->now.from_ns)
		l->now.answered++;
	else if (x->first_ns >= l->busiest.from_ns &&
		 x->first_ns - l->busiest.from_ns < RC_NS_PER_S)
		l->busiest.answered++;
}

bool rc_hosts_rate(const struct rc_hosts *h, const struct rc_addr *server, struct rc_rate *ret_rate)
{
	const struct load *l = load_of(h, addr_hash(h, server));
	bool now = l->now.asked > l->busiest.asked;
	if (l->now.asked == 0)
		return false;
	*ret_rate = now ? l->now : l->busiest;
	return true;
}

size_t rc_hosts_services(const struct rc_hosts *h, const struct rc_addr **ret_addrs)
{
	*ret_addrs = h->services;
	return h->n_services;
}

bool rc_hosts_range_in_use(const struct rc_hosts *h, const struct rc_addr *addr)
{
	int range = rc_addr_special_range(addr);
	return range >= 0 && (h->ranges >> range & 1) != 0;
}

uint32_t rc_hosts_note_query(struct rc_hosts *h, const struct rc_exchange *x,
			     const struct rc_host_keys *keys, const uint8_t server_mac[6],
			     bool fetch)
{
	if (x->opcode != RC_OPCODE_QUERY)
		return 0;
	uint32_t open = open_question(load_of(h, keys->server), x);
	bool rd = (x->query.flags & RC_FLAG_RD) != 0;
	struct rc_host *asker = rd && !fetch ? find(h, &x->asker, keys->asker)
					     : find_or_add(h, &x->asker, keys->asker, x->first_ns);
	if (asker != NULL) {
		asker->fetches += fetch;
		asker->asked_source = x->first_source;
		asker->asked_rd1 += rd;
		asker->asked_rd0 += !rd;
		note_mac(h, asker, x->asker_mac);
	}
	if (!rd) {
		asker->asked_keys += x->qtype == RC_TYPE_DNSKEY;
		asker->asked_keys_cd += x->qtype == RC_TYPE_DNSKEY && (x->query.flags & RC_FLAG_CD);
		asker->servers_asked |= UINT64_C(1) << (keys->server & 63);
		note_fetch(h, asker, x);
		if (asker->group == RC_GROUP_NONE)
			join_by_mac(h, asker);
	} else if (asker == NULL || (asker->answered_ra == 0 && asker->fetches == 0)) {
		struct recent *r = &h->tables->recent[x->name_hash % RECENT_NAMES];
		*r = (struct recent){x->first_ns, x->server, (uint32_t)(x->name_hash >> 32), {0}};
		memcpy(r->mac, server_mac + 2, sizeof r->mac);
	}
	return open;
}

bool rc_hosts_served(const struct rc_hosts *h, const struct rc_addr *client,
		     const struct rc_addr *server)
{
	struct rc_host_keys keys = {addr_hash(h, client), addr_hash(h, server)};
	uint64_t pair = pair_hash(h, &keys);
	return h->tables->served[pair % SERVED_PAIRS] == (uint32_t)(pair >> 32);
}

static void note_service(struct rc_hosts *h, const struct rc_addr *addr)
{
	for (size_t i = 0; i < h->n_services; i++)
		if (rc_addr_equal(&h->services[i], addr))
			return;
	if (h->n_services < RC_SERVICES_MAX)
		h->services[h->n_services++] = *addr;
}

/* Truncated over UDP, yet small enough for it: the server wanted to see the asker's address proven. */
static void note_slip(struct rc_host *server, const struct rc_exchange *x)
{
	if (!(x->marks & RC_X_IS_TC_RETRY) || x->answer.len > SMALL_ANSWER)
		return;
	server->slips++;
	server->slip_ns = x->end_ns;
	server->slip_name = x->name_hash;
}

static bool is_referral(const struct rc_exchange *x)
{
	const struct rc_msg_facts *a = &x->answer;
	return !(x->query.flags & RC_FLAG_RD) && a->rcode == RC_RCODE_NOERROR &&
	       a->counts[0] == 0 && !(a->flags & RC_FLAG_AA) && (a->has & RC_HAS_AUTH_NS) &&
	       !(a->has & RC_HAS_AUTH_SOA);
}

uint32_t rc_hosts_note_answer(struct rc_hosts *h, const struct rc_exchange *x,
			      const struct rc_host_keys *keys, const uint8_t server_mac[6])
{
	struct load *load = load_of(h, keys->server);
	if (x->opcode == RC_OPCODE_QUERY)
		close_question(load, x);
	struct rc_host *asker = find(h, &x->asker, keys->asker);
	if (asker != NULL) {
		asker->got_answers++;
		asker->got_referrals += is_referral(x);
	}
	struct rc_host *server = find_or_add(h, &x->server, keys->server, x->end_ns);
	bool usable = x->answer.rcode == RC_RCODE_NOERROR || x->answer.rcode == RC_RCODE_NXDOMAIN;
	bool rd = (x->query.flags & RC_FLAG_RD) != 0;

	note_mac(h, server, server_mac);
	if (server->answered == 0 && rc_addr_special_range(&server->addr) >= 0)
		h->ranges |= UINT64_C(1) << rc_addr_special_range(&server->addr);
	server->answered++;
	if (x->first_ns > server->answered_query_ns)
		server->answered_query_ns = x->first_ns;
	if (x->opcode != RC_OPCODE_QUERY)
		return load->open;
	if (x->answer.flags & RC_FLAG_RA) {
		if (server->answered_ra++ == 0)
			join_by_mac(h, server);
	} else if (rd) {
		server->answered_ra0++;
	}
	if (usable && (x->answer.flags & RC_FLAG_AA))
		server->answered_aa++;
	if (!usable)
		return load->open;
	note_slip(server, x);
	server->answered_ad += (x->answer.flags & (RC_FLAG_RA | RC_FLAG_AD)) ==
			       (RC_FLAG_RA | RC_FLAG_AD);
	uint64_t pair = pair_hash(h, keys);
	h->tables->served[pair % SERVED_PAIRS] = (uint32_t)(pair >> 32);
	if (rd && (x->answer.flags & RC_FLAG_RA) && server->served++ == 0) {
		h->resolvers++;
		note_service(h, &x->server);
	}
	return load->open;
}

void rc_hosts_note_silence(struct rc_hosts *h, const struct rc_exchange *x)
{
	uint64_t hash = addr_hash(h, &x->server);
	struct rc_host *server = find(h, &x->server, hash);
	if (server != NULL)
		server->unanswered++;
	if (x->opcode == RC_OPCODE_QUERY)
		close_question(load_of(h, hash), x);
}

bool rc_hosts_is_resolver(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	/* SERVFAIL with RA=1 shows a resolver just as well as success does. */
	return host != NULL && (host->group != RC_GROUP_NONE || acts_as_resolver(host));
}

bool rc_hosts_iterates(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	return host != NULL &&
	       (unsigned)__builtin_popcountll(host->servers_asked) >= ITERATES_SERVERS;
}

bool rc_hosts_walks(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	struct rc_addr twin;
	const struct rc_host *other = rc_hosts_twin(h, addr, &twin) ? rc_hosts_find(h, &twin)
								    : NULL;
	uint32_t referrals = (host != NULL ? host->got_referrals : 0) +
			     (other != NULL ? other->got_referrals : 0);
	return referrals >= REFERRALS_MIN &&
	       (rc_hosts_iterates(h, addr) || (other != NULL && rc_hosts_iterates(h, &twin)));
}

size_t rc_hosts_addresses(const struct rc_hosts *h, const struct rc_addr *addr,
			  struct rc_addr *addrs, size_t max)
{
	uint16_t group = group_of(h, addr);
	size_t n = 0;
	addrs[n++] = *addr;
	if (group == RC_GROUP_NONE)
		return n;
	const struct group *g = &h->groups[group];
	for (size_t i = 0; i < g->n && n < max; i++)
		if (!rc_addr_equal(&g->addrs[i], addr))
			addrs[n++] = g->addrs[i];
	return n;
}

uint64_t rc_hosts_resolvers(const struct rc_hosts *h)
{
	return h->resolvers;
}

uint64_t rc_hosts_evicted(const struct rc_hosts *h)
{
	return h->evicted;
}
