#include "analyze/pair/hosts.h"

#include <stdlib.h>

#include "analyze/pair/host_tables.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define OCTETS UINT64_C(0x0101010101010101) /* 1 in each octet */
/* ... by one whose clients, if they were in sight, had asked some of it. */
#define APART_QUERIES 64u
#define VALIDATOR_SERVERS 2u /* ... asked by one that asks for keys too */
#define ITERATES_SERVERS 3u  /* distinct servers asked with RD=0 that make an iterating resolver */
/* So much more often it asks to recurse: a client that looks at servers itself too. */
#define STUB_TIMES 4u
#define WORKED_NS (2 * RC_NS_PER_MS)   /* not from memory: it asked somebody */
#define AT_ONCE_NS (20 * RC_NS_PER_MS) /* no server on the way lets it down so soon, as a rule */
#define REFERRALS_MIN 2u /* one may come from a server asked by hand for what it does not host */
/* First queries of a host: enough to tell its card from a router's. */
#define NEIGHBOURS_LOOKED 256u
#define SMALL_ANSWER 512u /* octets that any UDP answer may have (RFC 1035 4.2.1) */

_Static_assert(offsetof(struct rc_host, answered_ad) <= RC_LINE_BYTES,
	       "what each answer looks at lies in one line");

int rc_hosts_new(size_t bytes, uint64_t seed, struct rc_hosts **ret_hosts)
{
	struct rc_hosts *h = calloc(1, sizeof *h);
	if (h == NULL)
		return RC_E_NOMEM;
	uint64_t sets = 64;
	while (sets * 2 * RC_HOST_WAYS * sizeof(struct rc_host) <= bytes)
		sets *= 2;
	h->mask = sets - 1;
	h->seed = seed;
	h->n_groups = 1;
	h->entries_memory = calloc(1, sets * RC_HOST_WAYS * sizeof *h->entries + RC_LINE_BYTES);
	h->entries = rc_lines_begin(h->entries_memory);
	h->marks = calloc(sets, sizeof *h->marks);
	rc_pages_enlarge(h->entries, sets * RC_HOST_WAYS * sizeof *h->entries);
	h->groups = calloc(RC_GROUPS_MAX, sizeof *h->groups);
	h->memory = calloc(1, sizeof *h->tables + RC_LINE_BYTES);
	h->tables = rc_lines_begin(h->memory);
	rc_pages_enlarge(h->tables, sizeof *h->tables);
	if (h->entries_memory == NULL || h->marks == NULL || h->groups == NULL ||
	    h->memory == NULL) {
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
	free(h->entries_memory);
	free(h->marks);
	free(h->groups);
	free(h->memory);
	free(h);
}

static uint64_t addr_hash(const struct rc_hosts *h, const struct rc_addr *addr)
{
	return rc_addr_hash(h->seed, addr);
}

static void note_recursion(struct rc_hosts *h, struct rc_host *host)
{
	h->resolvers += !host->recurses;
	host->recurses = true;
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

static inline struct rc_host *find(const struct rc_hosts *h, const struct rc_addr *addr,
				   uint64_t hash)
{
	uint64_t set = hash & h->mask;
	uint64_t found = marked(h->marks[set], mark_of(hash));
	for (; found != 0; found &= found - 1) {
		struct rc_host *host =
			&h->entries[set * RC_HOST_WAYS + (unsigned)__builtin_ctzll(found) / 8];
		if (host->used && rc_addr_equal(&host->addr, addr))
			return host;
	}
	return NULL;
}

static void prefetch_entry(const struct rc_hosts *h, uint64_t hash, size_t bytes)
{
	uint64_t set = hash & h->mask, found = marked(h->marks[set], mark_of(hash));
	if (found != 0)
		rc_prefetch_bytes(
			&h->entries[set * RC_HOST_WAYS + (unsigned)__builtin_ctzll(found) / 8],
			bytes);
}

void rc_hosts_prefetch(const struct rc_hosts *h, const struct rc_host_keys *keys,
		       uint64_t name_hash, bool answer, unsigned step)
{
	if (step == 1) {
		prefetch_entry(h, keys->asker, sizeof *h->entries);
		if (answer) /* a query leaves alone who it goes to */
			prefetch_entry(h, keys->server, RC_LINE_BYTES);
		return;
	}
	rc_prefetch(&h->marks[keys->asker & h->mask]);
	rc_prefetch(&h->tables->load[keys->server % RC_LOAD_SLOTS]);
	if (answer) {
		rc_prefetch(&h->marks[keys->server & h->mask]);
		rc_prefetch(&h->tables->served[pair_hash(h, keys) % RC_SERVED_PAIRS]);
	} else {
		rc_prefetch(&h->tables->recent[name_hash % RC_RECENT_NAMES]);
	}
}

struct rc_host *rc_hosts_find(const struct rc_hosts *h, const struct rc_addr *addr)
{
	return find(h, addr, addr_hash(h, addr));
}

static struct rc_host *add(struct rc_hosts *h, const struct rc_addr *addr, uint64_t hash,
			   int64_t now_ns)
{
	uint64_t set = hash & h->mask;
	struct rc_host *ways = &h->entries[set * RC_HOST_WAYS], *oldest = ways;
	for (unsigned i = 1; i < RC_HOST_WAYS; i++)
		if (oldest->used && (!ways[i].used || ways[i].last_ns < oldest->last_ns))
			oldest = &ways[i];
	h->stats.evicted += oldest->used;
	*oldest = (struct rc_host){.addr = *addr, .last_ns = now_ns, .used = true};
	unsigned shift = (unsigned)(oldest - ways) * 8;
	h->marks[set] = (h->marks[set] & ~(UINT64_C(0xff) << shift)) | mark_of(hash) << shift;
	oldest->group = rc_hosts_group_listing(h, addr);
	return oldest;
}

struct rc_host *rc_hosts_enter(struct rc_hosts *h, const struct rc_addr *addr, uint64_t hash,
			       int64_t now_ns)
{
	struct rc_host *host = find(h, addr, hash);
	if (host == NULL)
		return add(h, addr, hash, now_ns);
	if (now_ns > host->last_ns)
		host->last_ns = now_ns;
	return host;
}

static struct rc_load *load_of(const struct rc_hosts *h, uint64_t server_hash)
{
	return &h->tables->load[server_hash % RC_LOAD_SLOTS];
}

uint32_t rc_hosts_open(const struct rc_hosts *h, const struct rc_addr *server)
{
	return load_of(h, addr_hash(h, server))->open;
}

bool rc_hosts_rate(const struct rc_hosts *h, const struct rc_addr *server, struct rc_rate *ret_rate)
{
	return rc_load_busiest(load_of(h, addr_hash(h, server)), ret_rate);
}

bool rc_hosts_hush(const struct rc_hosts *h, const struct rc_addr *addr, int64_t at_ns,
		   struct rc_hush *ret_hush)
{
	return rc_load_hush_at(load_of(h, addr_hash(h, addr)), at_ns, ret_hush);
}

bool rc_hosts_deaf(const struct rc_hosts *h, const struct rc_addr *asker, int64_t from_ns,
		   int64_t to_ns, struct rc_deaf *ret_deaf)
{
	return rc_hearing_deaf(h->tables->hearing, addr_hash(h, asker), from_ns, to_ns, ret_deaf);
}

void rc_hosts_note_few(const struct rc_hosts *h, struct rc_few *few, const struct rc_addr *addr)
{
	rc_few_note(few, addr_hash(h, addr));
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
	uint32_t open = rc_load_note_question(load_of(h, keys->server), x, keys->asker);
	bool transfer = rc_exchange_is_transfer(x);
	bool rd = (x->query.flags & RC_FLAG_RD) || transfer; /* no sign of a resolver */
	bool relay = rd && !fetch && rc_hosts_is_relay(h, x);
	/* Who is asked itself and asks for keys validates, for a question that it may hand on later. */
	bool at_work = rd && rc_exchange_asks_keys(x) && keys->asker != keys->server &&
		       load_of(h, keys->asker)->open > 0;
	struct rc_host *asker = rd && !fetch && !relay && !at_work
					? find(h, &x->asker, keys->asker)
					: rc_hosts_enter(h, &x->asker, keys->asker, x->first_ns);
	if (asker != NULL) {
		rc_load_note_sent(load_of(h, keys->asker), x->first_ns);
		rc_hearing_note_asked(h->tables->hearing, keys->asker, keys->server, x->first_ns);
		if (fetch)
			note_recursion(h, asker);
		asker->fetches += fetch || relay;
		asker->asked_source = x->first_source;
		asker->asked_rd1 += rd;
		asker->asked_rd0 += !rd;
		if (rd && asker->group != RC_GROUP_NONE && keys->asker != keys->server)
			asker->asks_itself |= rc_hosts_are_one(h, asker, &x->server);
		rc_hosts_note_mac(h, asker, x->asker_mac);
		if (asker->group == RC_GROUP_NONE && asker->asked_rd0 <= NEIGHBOURS_LOOKED)
			rc_hosts_note_neighbours(h, asker, &x->server);
		if (fetch && rd && asker->group == RC_GROUP_NONE)
			rc_hosts_join_by_mac(h, asker);
	}
	if (!rd) {
		if (asker->asked_rd0 == 1 && asker->group == RC_GROUP_NONE)
			h->lone[h->n_lone++ % RC_LONE_MAX] = x->asker;
		asker->asked_keys += x->qtype == RC_TYPE_DNSKEY;
		asker->asked_do = asker->asked_do || x->query.do_bit;
		asker->asked_keys_cd += x->qtype == RC_TYPE_DNSKEY && (x->query.flags & RC_FLAG_CD);
		rc_few_note(&asker->servers_asked, keys->server);
		rc_hosts_note_fetch(h, asker, x, fetch);
		if (asker->group == RC_GROUP_NONE)
			rc_hosts_join_by_mac(h, asker);
	} else if (relay) {
		rc_hosts_note_fetch(h, asker, x, fetch);
		if (rc_addr_is_loopback(&x->server)) /* which has to fetch it */
			rc_hosts_note_recent(h, x, server_mac);
	} else if (!transfer && (asker == NULL || keys->asker == keys->server ||
				 (asker->answered_ra == 0 && asker->fetches == 0))) {
		rc_hosts_note_recent(h, x, server_mac);
	}
	return open;
}

static bool is_served(const struct rc_hosts *h, uint64_t pair)
{
	return h->tables->served[pair % RC_SERVED_PAIRS] == (uint32_t)(pair >> 32);
}

bool rc_hosts_served(const struct rc_hosts *h, const struct rc_addr *client,
		     const struct rc_addr *server)
{
	struct rc_host_keys keys = {addr_hash(h, client), addr_hash(h, server)};
	return is_served(h, pair_hash(h, &keys));
}

static void note_refused(struct rc_hosts *h, struct rc_host *server, const struct rc_exchange *x,
			 uint64_t pair)
{
	rc_refused_note(h->tables->refused, pair, x->name_hash, x->end_ns);
	if (is_served(h, pair))
		server->turned_s = (uint32_t)(x->end_ns / RC_NS_PER_S);
}

bool rc_hosts_refused_another(const struct rc_hosts *h, const struct rc_exchange *x,
			      int64_t within_ns)
{
	struct rc_host_keys keys = {addr_hash(h, &x->asker), addr_hash(h, &x->server)};
	return rc_refused_another(h->tables->refused, pair_hash(h, &keys), x->name_hash,
				  x->first_ns, within_ns);
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

/* It worked on the question, be it in vain. */
static bool is_of_work(uint16_t rcode)
{
	return rc_rcode_is_usable(rcode) || rcode == RC_RCODE_SERVFAIL;
}

void rc_hosts_note_orphan(struct rc_hosts *h, const struct rc_addr *addr, uint16_t flags,
			  uint16_t rcode, int64_t ts_ns)
{
	if (!(flags & RC_FLAG_RD) || !(flags & RC_FLAG_RA) || !is_of_work(rcode))
		return;
	struct rc_host *server = rc_hosts_enter(h, addr, addr_hash(h, addr), ts_ns);
	if (!server->answered_unseen) {
		server->answered_unseen = true;
		rc_hosts_join_by_mac(h, server);
	}
}

/*
 * Told without recursion by one that recurses for others, and has no such zone, or refused by one that could recurse:
 * somebody looks into its cache.
 */
static bool is_lookup(const struct rc_hosts *h, const struct rc_host *asker,
		      const struct rc_exchange *x, const struct rc_host_keys *keys)
{
	if ((x->query.flags & RC_FLAG_RD) || (x->answer.flags & RC_FLAG_AA))
		return false;
	if ((x->answer.flags & RC_FLAG_RA) && x->answer.rcode == RC_RCODE_REFUSED &&
	    asker->asked_rd1 > 0)
		return true;
	const struct rc_host *server = find(h, &x->server, keys->server);
	return server != NULL && (server->served > 0 || server->group != RC_GROUP_NONE);
}

uint32_t rc_hosts_note_answer(struct rc_hosts *h, const struct rc_exchange *x,
			      const struct rc_host_keys *keys, const uint8_t server_mac[6])
{
	struct rc_load *load = load_of(h, keys->server);
	rc_load_note_sent(load, x->end_ns);
	if (x->opcode == RC_OPCODE_QUERY)
		rc_load_note_end(load, x);
	struct rc_host *asker = find(h, &x->asker, keys->asker);
	if (asker != NULL) {
		rc_hearing_note_heard(h->tables->hearing, keys->asker, x->end_ns);
		asker->got_answers++;
		asker->got_referrals += is_referral(x);
		asker->got_cached += is_lookup(h, asker, x, keys);
	}
	struct rc_host *server = rc_hosts_enter(h, &x->server, keys->server, x->end_ns);
	bool usable = rc_rcode_is_usable(x->answer.rcode);
	bool rd = (x->query.flags & RC_FLAG_RD) != 0;

	rc_hosts_note_mac(h, server, server_mac);
	if (server->answered == 0 && rc_addr_special_range(&server->addr) >= 0)
		h->ranges |= UINT64_C(1) << rc_addr_special_range(&server->addr);
	server->answered++;
	server->truncated += x->transport == RC_UDP && (x->answer.flags & RC_FLAG_TC);
	if (x->first_ns > server->answered_query_ns)
		server->answered_query_ns = x->first_ns;
	if (x->opcode != RC_OPCODE_QUERY)
		return load->open;
	if (x->answer.flags & RC_FLAG_RA) {
		if (server->answered_ra++ == 0)
			rc_hosts_join_by_mac(h, server);
	}
	bool recursed = rd && (x->answer.flags & RC_FLAG_RA);
	if (recursed && is_of_work(x->answer.rcode))
		note_recursion(h, server);
	if (recursed && x->answer.rcode == RC_RCODE_SERVFAIL &&
	    rc_exchange_took_ns(x) < AT_ONCE_NS && load->open < RC_LOAD_BUSY)
		server->failed_idle++;
	if (usable && (x->answer.flags & RC_FLAG_AA))
		server->answered_aa++;
	if (x->answer.rcode == RC_RCODE_REFUSED)
		note_refused(h, server, x, pair_hash(h, keys));
	if (!usable)
		return load->open;
	server->takes_edns = server->takes_edns || x->query.edns;
	note_slip(server, x);
	if ((x->answer.flags & RC_FLAG_RA) && (x->answer.flags & RC_FLAG_AD))
		server->answered_ad++;
	uint64_t pair = pair_hash(h, keys);
	h->tables->served[pair % RC_SERVED_PAIRS] = (uint32_t)(pair >> 32);
	if (recursed && !(x->query.flags & RC_FLAG_CD)) {
		server->served_checked++;
		server->checked_ns = x->end_ns;
	}
	if (recursed && server->served++ == 0)
		note_service(h, &x->server);
	if (recursed && rc_exchange_took_ns(x) >= WORKED_NS && load->open > server->worked_load)
		server->worked_load = load->open < UINT16_MAX ? (uint16_t)load->open : UINT16_MAX;
	return load->open;
}

void rc_hosts_note_silence(struct rc_hosts *h, const struct rc_exchange *x)
{
	uint64_t hash = addr_hash(h, &x->server);
	struct rc_host *server = find(h, &x->server, hash);
	if (server != NULL)
		server->unanswered++;
	if (x->opcode == RC_OPCODE_QUERY)
		rc_load_note_end(load_of(h, hash), x);
}

bool rc_hosts_is_resolver(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	/* SERVFAIL with RA=1 shows a resolver just as well as success does. */
	return host != NULL && (host->group != RC_GROUP_NONE || rc_acts_as_resolver(host));
}

/* What a host has asked of servers, by its address of either family. */
struct asking {
	uint64_t rd0, rd1;
	uint64_t cached;    /* got from resolvers, to RD=0 */
	uint32_t referrals; /* got */
	bool keys, dnssec_ok;
	bool has_partner; /* what it asked a client had just asked a resolver */
	struct rc_few servers;
};

static void add_asking(struct asking *a, const struct rc_host *host)
{
	if (host == NULL)
		return;
	a->rd0 += host->asked_rd0;
	a->rd1 += host->asked_rd1;
	a->cached += host->got_cached;
	a->referrals += host->got_referrals;
	a->keys = a->keys || host->asked_keys > 0;
	a->dnssec_ok = a->dnssec_ok || host->asked_do;
	a->has_partner = a->has_partner || host->partner_name != 0;
	rc_few_join(&a->servers, &host->servers_asked);
}

static struct asking asking_of(const struct rc_hosts *h, const struct rc_addr *addr)
{
	struct asking a = {.rd0 = 0};
	struct rc_addr twin;
	add_asking(&a, rc_hosts_find(h, addr));
	if (rc_hosts_twin(h, addr, &twin))
		add_asking(&a, rc_hosts_find(h, &twin));
	return a;
}

bool rc_hosts_iterates(const struct rc_hosts *h, const struct rc_addr *addr)
{
	struct asking a = asking_of(h, addr);
	/* A monitor that looks into the caches of resolvers is told of delegations, too. */
	if (a.cached > 0 && 2 * a.cached >= a.rd0)
		return false;
	/* Somebody who looks at servers by hand gets no referrals, and seldom wants signatures. */
	return a.rd1 < STUB_TIMES * a.rd0 && (a.referrals > 0 || a.dnssec_ok) &&
	       rc_few_count(&a.servers) >= ITERATES_SERVERS;
}

static bool walks(const struct asking *a)
{
	/* Somebody who traces a name by hand asks for no keys. */
	unsigned least = a->keys ? VALIDATOR_SERVERS : ITERATES_SERVERS;
	return a->referrals >= REFERRALS_MIN && rc_few_count(&a->servers) >= least;
}

bool rc_hosts_walks(const struct rc_hosts *h, const struct rc_addr *addr)
{
	struct asking a = asking_of(h, addr);
	return walks(&a);
}

bool rc_hosts_works_apart(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	if (host == NULL)
		return false;
	bool alone = h->resolvers == 0;
	/* Asked for each of a resolver's own exchanges, and no for most: before its twin is looked for. */
	if (!alone && (host->group != RC_GROUP_NONE || host->partner_name != 0))
		return false;
	struct asking a = asking_of(h, addr);
	return walks(&a) && (alone || (!a.has_partner && a.rd0 >= APART_QUERIES));
}

uint64_t rc_hosts_resolvers(const struct rc_hosts *h)
{
	return h->resolvers;
}

const struct rc_hosts_stats *rc_hosts_stats(const struct rc_hosts *h)
{
	return &h->stats;
}
