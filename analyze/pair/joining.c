#include "analyze/pair/host_tables.h"
#include "base/hash.h"
#include "base/time.h"

#define JOIN_HITS 3u  /* names seen fetched by an egress address while its service was asked */
#define JOIN_RATIO 4u /* hits per miss that it takes */
/* Names seen fetched for another resolver that speak against having joined the two. */
#define OTHERS_MIN 2u
#define FETCH_WINDOW_NS (2 * RC_NS_PER_S) /* a fetch begins this soon after the client's question */
#define RELAY_NS (250 * RC_NS_PER_MS)     /* a forwarder hands on at once */
#define NAME_MASK ((1u << 31) - 1)

static bool has(const struct rc_group *g, const struct rc_addr *addr)
{
	for (size_t i = 0; i < g->n; i++)
		if (rc_addr_equal(&g->addrs[i], addr))
			return true;
	return false;
}

static bool group_add(struct rc_hosts *h, uint16_t group, const struct rc_addr *addr)
{
	struct rc_group *g = &h->groups[group];
	if (has(g, addr))
		return true;
	if (g->n == RC_GROUP_ADDRS_MAX)
		return false;
	g->addrs[g->n++] = *addr;
	struct rc_host *host = rc_hosts_find(h, addr);
	if (host != NULL)
		host->group = group;
	return true;
}

void rc_hosts_declare(struct rc_hosts *h, const struct rc_addr *addrs, size_t n)
{
	if (h->n_groups == RC_GROUPS_MAX)
		return;
	uint16_t group = (uint16_t)h->n_groups++;
	h->n_declared = h->n_groups;
	for (size_t i = 0; i < n; i++) /* stays, however full the table */
		if (group_add(h, group, &addrs[i]))
			rc_hosts_enter(h, &addrs[i], rc_addr_hash(h->seed, &addrs[i]), INT64_MAX);
}

static void group_remove(struct rc_hosts *h, struct rc_host *host)
{
	struct rc_group *g = &h->groups[host->group];
	size_t kept = 0;
	for (size_t i = 0; i < g->n; i++)
		if (!rc_addr_equal(&g->addrs[i], &host->addr))
			g->addrs[kept++] = g->addrs[i];
	g->n = kept;
	host->group = RC_GROUP_NONE;
}

uint16_t rc_hosts_group_listing(const struct rc_hosts *h, const struct rc_addr *addr)
{
	for (size_t g = 1; g < h->n_groups; g++)
		for (size_t i = 0; i < h->groups[g].n; i++)
			if (rc_addr_equal(&h->groups[g].addrs[i], addr))
				return (uint16_t)g;
	return RC_GROUP_NONE;
}

/* A service that has never answered has no entry of its own. */
static uint16_t group_of(const struct rc_hosts *h, const struct rc_addr *addr)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	if (host != NULL)
		return host->group;
	return rc_hosts_group_listing(h, addr);
}

static void join(struct rc_hosts *h, const struct rc_addr *egress, const struct rc_addr *service)
{
	struct rc_addr egress_addr = *egress, service_addr = *service; /* entries may move below */
	uint16_t group = group_of(h, &service_addr);
	if (group == RC_GROUP_NONE) {
		if (h->n_groups == RC_GROUPS_MAX)
			return;
		group = (uint16_t)h->n_groups++;
		group_add(h, group, &service_addr);
	}
	group_add(h, group, &egress_addr);
}

/* The station itself if it is known, else where it may be written: its address then differs. */
static struct rc_station *station_of(const struct rc_hosts *h, const uint8_t mac[6])
{
	uint64_t hash = rc_hash_bytes(h->seed, mac, 6);
	struct rc_station *set = h->tables->stations[hash % RC_STATION_SETS];
	for (unsigned i = 0; i < RC_HOST_WAYS; i++)
		if (set[i].n == 0 || memcmp(set[i].mac, mac, sizeof set[i].mac) == 0)
			return &set[i];
	return &set[hash / RC_STATION_SETS % RC_HOST_WAYS];
}

/* The network card with that address, NULL if it is none's or a router's. */
static const struct rc_station *card_of(const struct rc_hosts *h, const uint8_t mac[6])
{
	const struct rc_station *st = station_of(h, mac);
	return st->n > 0 && st->n <= RC_STATION_ADDRS_MAX && memcmp(st->mac, mac, 6) == 0 ? st
											  : NULL;
}

void rc_hosts_take_mac(struct rc_hosts *h, struct rc_host *host, const uint8_t mac[6])
{
	memcpy(host->mac, mac, sizeof host->mac);
	struct rc_station *st = station_of(h, mac);
	if (memcmp(st->mac, mac, sizeof st->mac) != 0) {
		st->n = 0;
		memcpy(st->mac, mac, sizeof st->mac);
	}
	for (unsigned i = 0; i < st->n && i < RC_STATION_ADDRS_MAX; i++)
		if (rc_addr_equal(&st->addrs[i], &host->addr))
			return;
	if (st->n < RC_STATION_ADDRS_MAX)
		st->addrs[st->n] = host->addr;
	if (st->n <= RC_STATION_ADDRS_MAX)
		st->n++;
}

static bool is_on(const struct rc_station *st, const struct rc_addr *addr)
{
	for (unsigned i = 0; i < st->n && i < RC_STATION_ADDRS_MAX; i++)
		if (rc_addr_equal(&st->addrs[i], addr))
			return true;
	return false;
}

void rc_hosts_note_neighbours(struct rc_hosts *h, const struct rc_host *asker,
			      const struct rc_addr *server)
{
	struct rc_station *st = station_of(h, asker->mac);
	if (st->n > 0 && st->n <= RC_STATION_ADDRS_MAX && memcmp(st->mac, asker->mac, 6) == 0 &&
	    !rc_addr_equal(&asker->addr, server) && is_on(st, server))
		st->n = RC_STATION_ADDRS_MAX + 1;
}

bool rc_hosts_is_inside(const struct rc_hosts *h, const struct rc_host *host)
{
	if (!h->on_host || host == NULL || host->group == RC_GROUP_NONE)
		return false;
	const struct rc_group *g = &h->groups[host->group];
	for (size_t i = 0; i < g->n; i++)
		if (rc_addr_is_loopback(&g->addrs[i]))
			return true;
	return false;
}

/* It is asked, and it asks servers: a resolver, though it has answered nobody yet. */
static bool is_asked_and_asks(const struct rc_hosts *h, const struct rc_host *host)
{
	return host != NULL && host->asked_rd0 > 0 && rc_hosts_open(h, &host->addr) > 0;
}

/*
 * It serves at an address of each family, asks for others, and whatever else is on its card only asks: one resolver, though
 * it be asked for the same at both. Two that ask nobody may be far away, behind a router.
 */
static bool serves_both_families(const struct rc_hosts *h, const struct rc_station *st)
{
	unsigned serves[2] = {0, 0};
	uint32_t asked = 0;
	for (unsigned i = 0; i < st->n; i++) {
		const struct rc_host *host = rc_hosts_find(h, &st->addrs[i]);
		if (host == NULL || (host->answered_ra == 0 && host->answered > 0))
			return false;
		serves[rc_addr_is_v4(&st->addrs[i])] += host->answered_ra > 0;
		asked += host->asked_rd0 + host->fetches;
	}
	return serves[0] == 1 && serves[1] == 1 && asked > 0;
}

/* It asks, and nobody waits for it or has got an answer of it: an egress address, though it hands some questions on. */
static bool only_asks(const struct rc_hosts *h, const struct rc_host *host)
{
	return host->asked_rd0 > 0 && host->answered == 0 && !host->answered_unseen &&
	       rc_hosts_open(h, &host->addr) == 0;
}

/* The address that is asked, of the resolver on a card; NULL if there is none, or there are two, behind a router. */
static const struct rc_host *service_on(const struct rc_hosts *h, const struct rc_station *st)
{
	const struct rc_host *service = NULL;
	for (unsigned i = 0; i < st->n; i++) {
		const struct rc_host *other = rc_hosts_find(h, &st->addrs[i]);
		if (!rc_acts_as_resolver(other) && !rc_hosts_is_inside(h, other) &&
		    !is_asked_and_asks(h, other))
			continue;
		if (service != NULL && only_asks(h, other))
			continue;
		bool alike = service != NULL &&
			     rc_addr_is_v4(&service->addr) == rc_addr_is_v4(&other->addr);
		if (alike && !only_asks(h, service))
			return NULL;
		bool better = service == NULL || only_asks(h, service) ||
			      (service->group == RC_GROUP_NONE && other->group != RC_GROUP_NONE);
		service = better ? other : service;
	}
	return service;
}

void rc_hosts_join_by_mac(struct rc_hosts *h, const struct rc_host *host)
{
	const struct rc_station *st = card_of(h, host->mac);
	const struct rc_host *service = st != NULL ? service_on(h, st) : NULL;
	if (service == NULL)
		return;
	bool both = serves_both_families(h, st);
	for (unsigned i = 0; i < st->n; i++) {
		struct rc_host *egress = rc_hosts_find(h, &st->addrs[i]);
		if (egress == NULL || egress == service || egress->is_common ||
		    egress->group != RC_GROUP_NONE)
			continue;
		if (both || (egress->asked_rd0 > 0 && egress->answered == 0))
			join(h, &egress->addr, &service->addr);
	}
}

bool rc_hosts_twin(const struct rc_hosts *h, const struct rc_addr *addr, struct rc_addr *ret_twin)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	const struct rc_station *st = host != NULL ? card_of(h, host->mac) : NULL;
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
			 const struct rc_recent *r)
{
	return memcmp(r->mac, egress->mac + 2, sizeof r->mac) == 0 &&
	       card_of(h, egress->mac) != NULL && egress->answered == 0;
}

static unsigned recent_name(uint64_t name_hash)
{
	return (unsigned)(name_hash >> 33);
}

/*
 * A client waits for this name, which it has just asked of a host that asks others, and on a loopback address it is asked
 * for next: a forwarder serves at the one, and its resolver stands on the same host.
 */
static bool is_waited_for_outside(const struct rc_hosts *h, const struct rc_exchange *x,
				  const struct rc_recent *r)
{
	if (!rc_addr_is_loopback(&x->asker) || rc_addr_is_loopback(&r->server) || r->several ||
	    r->name != recent_name(x->name_hash) || x->first_ns - r->ts_ns > RELAY_NS ||
	    rc_hosts_open(h, &r->server) == 0)
		return false;
	const struct rc_host *service = rc_hosts_find(h, &r->server);
	return service != NULL && service->asked_rd0 + service->asked_rd1 > 0;
}

void rc_hosts_note_recent(struct rc_hosts *h, const struct rc_exchange *x,
			  const uint8_t server_mac[6])
{
	struct rc_recent *r = &h->tables->recent[x->name_hash % RC_RECENT_NAMES];
	unsigned name = recent_name(x->name_hash);
	bool again = r->name == name && x->first_ns - r->ts_ns <= FETCH_WINDOW_NS;
	/* A host's own resolver is one, at whichever of its loopback addresses. */
	bool other = again && !rc_addr_equal(&r->server, &x->server) &&
		     !(rc_addr_is_loopback(&r->server) && rc_addr_is_loopback(&x->server)) &&
		     !is_waited_for_outside(h, x, r);
	/* Clients that try one server after the other: the one before has nothing to fetch any more. */
	bool several = again && (r->several || (other && rc_hosts_open(h, &r->server) > 0));
	h->on_host = h->on_host || rc_addr_is_loopback(&x->server);
	*r = (struct rc_recent){x->first_ns, x->server, name & NAME_MASK, several, {0}};
	memcpy(r->mac, server_mac + 2, sizeof r->mac);
}

/* A program waits for this name, which it has just asked of a loopback address: the resolver of this very host. */
static bool is_waited_for_inside(const struct rc_hosts *h, const struct rc_exchange *x,
				 const struct rc_recent *r)
{
	return r->name == recent_name(x->name_hash) && rc_addr_is_loopback(&r->server) &&
	       x->first_ns - r->ts_ns <= RELAY_NS && !rc_addr_is_loopback(&x->asker) &&
	       !rc_addr_is_loopback(&x->server) && rc_hosts_open(h, &r->server) > 0;
}

/*
 * A client waits for this name, which it has just asked of the very card that this comes from, at an address of the other
 * family: a forwarder serves at the one and asks from the other.
 */
static bool is_waited_for_at_card(const struct rc_hosts *h, const struct rc_exchange *x,
				  const struct rc_recent *r)
{
	static const uint8_t none[sizeof r->mac];
	return memcmp(r->mac, x->asker_mac + 2, sizeof r->mac) == 0 &&
	       memcmp(r->mac, none, sizeof none) != 0 && r->name == recent_name(x->name_hash) &&
	       x->first_ns - r->ts_ns <= RELAY_NS && !r->several &&
	       rc_addr_is_v4(&r->server) != rc_addr_is_v4(&x->asker) &&
	       !rc_addr_equal(&r->server, &x->server) && rc_hosts_open(h, &r->server) > 0;
}

bool rc_hosts_is_relay(const struct rc_hosts *h, const struct rc_exchange *x)
{
	const struct rc_recent *r = &h->tables->recent[x->name_hash % RC_RECENT_NAMES];
	return (h->on_host && (is_waited_for_inside(h, x, r) || is_waited_for_outside(h, x, r))) ||
	       is_waited_for_at_card(h, x, r);
}

/* Of either family, and whether or not it serves others at its own address too. */
static void join_inside(struct rc_hosts *h, struct rc_host *egress, const struct rc_addr *service)
{
	struct rc_addr inside = *service;
	if (egress->group == RC_GROUP_NONE)
		join(h, &egress->addr, &inside);
	else if (group_of(h, &inside) == RC_GROUP_NONE)
		group_add(h, egress->group, &inside);
}

bool rc_hosts_serves_beside(const struct rc_hosts *h, const struct rc_host *host)
{
	const struct rc_station *st = card_of(h, host->mac);
	for (unsigned i = 0; st != NULL && i < st->n; i++) {
		const struct rc_host *other = rc_hosts_find(h, &st->addrs[i]);
		if (other != NULL && other->answered > 0)
			return true;
	}
	return host->answered > 0;
}

/* It hands on all that it is asked (RD=1): who walks delegations for the same names stands behind it. */
static bool only_forwards(const struct rc_hosts *h, const struct rc_addr *service)
{
	struct rc_addr addrs[RC_GROUP_ADDRS_MAX];
	size_t n = rc_hosts_addresses(h, service, addrs, RC_GROUP_ADDRS_MAX);
	uint32_t fetches = 0, walked = 0;
	for (size_t i = 0; i < n; i++) {
		const struct rc_host *host = rc_hosts_find(h, &addrs[i]);
		fetches += host != NULL ? host->fetches : 0;
		walked += host != NULL ? host->asked_rd0 : 0;
	}
	return fetches > 0 && walked == 0;
}

bool rc_hosts_are_one(const struct rc_hosts *h, const struct rc_host *host,
		      const struct rc_addr *other)
{
	return host->group != RC_GROUP_NONE && has(&h->groups[host->group], other);
}

/* A resolver that has any of these addresses is being asked. */
static bool is_asked(const struct rc_hosts *h, const struct rc_group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (rc_hosts_open(h, &g->addrs[i]) > 0)
			return true;
	return false;
}

/*
 * An address that was joined to a resolver fetches what another one was just asked, while nobody waits for its own: it
 * is that of a host with several resolvers, or of the address translation before them.
 */
static void note_other(struct rc_hosts *h, struct rc_host *egress, const struct rc_exchange *x,
		       const struct rc_recent *r)
{
	if (egress->group < h->n_declared || egress->answered > 0 || r->several ||
	    r->name != recent_name(x->name_hash) || x->first_ns - r->ts_ns > FETCH_WINDOW_NS ||
	    rc_hosts_open(h, &r->server) == 0 || has(&h->groups[egress->group], &r->server) ||
	    is_asked(h, &h->groups[egress->group]) || only_forwards(h, &r->server) ||
	    egress->partner_name == x->name_hash)
		return;
	egress->partner_name = x->name_hash;
	if (++egress->for_others < OTHERS_MIN)
		return;
	group_remove(h, egress);
	egress->is_common = true;
	egress->partner_hits = 0;
}

/* It recurses for others: who asks it with RD=0 looks into its cache, and resolves nothing by that. */
static bool is_cache(const struct rc_hosts *h, const struct rc_addr *server)
{
	const struct rc_host *host = rc_hosts_find(h, server);
	return host != NULL && host->served > 0;
}

/*
 * An egress address asks, with RD=0, the very names that clients just asked one other address: the two
 * are one resolver. Several names must agree, and hardly any may disagree; one will do on one network card, where
 * the service address need never have answered. An address that serves clients too may be the other family's of
 * the same resolver, where nobody asked it for the name (fetch).
 */
void rc_hosts_note_fetch(struct rc_hosts *h, struct rc_host *egress, const struct rc_exchange *x,
			 bool fetch)
{
	const struct rc_recent *r = &h->tables->recent[x->name_hash % RC_RECENT_NAMES];
	if (h->on_host && !fetch && !r->several && is_waited_for_inside(h, x, r))
		join_inside(h, egress, &r->server);
	if (egress->group != RC_GROUP_NONE)
		note_other(h, egress, x, r);
	if (egress->group != RC_GROUP_NONE || egress->is_common ||
	    r->name != recent_name(x->name_hash) || x->first_ns - r->ts_ns > FETCH_WINDOW_NS ||
	    egress->partner_name == x->name_hash || rc_addr_equal(&r->server, &x->asker) ||
	    rc_addr_equal(&r->server, &x->server))
		return;
	if (egress->served > 0 &&
	    (fetch || rc_addr_is_v4(&r->server) == rc_addr_is_v4(&egress->addr)))
		return;
	if (!fetch && !(x->query.flags & RC_FLAG_RD) && is_cache(h, &x->server))
		return;
	egress->partner_name = x->name_hash;
	if (is_same_card(h, egress, r)) {
		join(h, &egress->addr, &r->server);
		return;
	}
	/* It is asked itself, and has answered nobody yet: the names on its way may be those that others were just asked. */
	bool at_own_work = egress->served == 0 && rc_hosts_open(h, &egress->addr) > 0;
	if (at_own_work || only_forwards(h, &r->server))
		return;
	if (egress->partner_hits == 0)
		egress->partner = r->server;
	if (r->several) /* it fetches for one of them */
		return;
	if (!rc_addr_equal(&egress->partner, &r->server)) {
		if (egress->partner_misses++ >= egress->partner_hits)
			egress->partner_hits = egress->partner_misses = 0;
		return;
	}
	if (++egress->partner_hits >= JOIN_HITS &&
	    egress->partner_hits >= JOIN_RATIO * egress->partner_misses)
		join(h, &egress->addr, &egress->partner);
}

bool rc_hosts_asked_last(const struct rc_hosts *h, uint64_t name_hash, struct rc_addr *ret_server)
{
	const struct rc_recent *r = &h->tables->recent[name_hash % RC_RECENT_NAMES];
	if (r->name != recent_name(name_hash) || r->several)
		return false;
	*ret_server = r->server;
	return true;
}

bool rc_hosts_partner(const struct rc_hosts *h, const struct rc_addr *addr,
		      struct rc_addr *ret_partner)
{
	const struct rc_host *host = rc_hosts_find(h, addr);
	if (host == NULL || host->partner_hits <= host->partner_misses)
		return false;
	*ret_partner = host->partner;
	return true;
}

/* A person or a monitor, whose queries with RD=0 resolve nothing, or who mostly has others recurse. */
static bool looks_into_caches(const struct rc_host *host)
{
	return (host->got_cached > 0 && 2 * host->got_cached >= host->asked_rd0) ||
	       host->asked_rd1 > host->asked_rd0;
}

size_t rc_hosts_fetchers(const struct rc_hosts *h, struct rc_addr *addrs)
{
	size_t n = 0;
	for (size_t i = 0; i < h->n_lone && i < RC_LONE_MAX; i++) {
		/* One whose entry made room for others, and came back, stands here twice. */
		const struct rc_host *host = rc_hosts_find(h, &h->lone[i]);
		bool skip = host == NULL || looks_into_caches(host);
		for (size_t k = 0; k < n && !skip; k++)
			skip = rc_addr_equal(&addrs[k], &h->lone[i]);
		if (!skip)
			addrs[n++] = h->lone[i];
	}
	return n;
}

size_t rc_hosts_lone(const struct rc_hosts *h, struct rc_addr *addrs)
{
	size_t n = rc_hosts_fetchers(h, addrs), kept = 0;
	for (size_t i = 0; i < n; i++) {
		const struct rc_host *host = rc_hosts_find(h, &addrs[i]);
		if (host->group == RC_GROUP_NONE && host->answered_ra == 0)
			addrs[kept++] = addrs[i];
	}
	return kept;
}

size_t rc_hosts_addresses(const struct rc_hosts *h, const struct rc_addr *addr,
			  struct rc_addr *addrs, size_t max)
{
	uint16_t group = group_of(h, addr);
	size_t n = 0;
	addrs[n++] = *addr;
	if (group == RC_GROUP_NONE)
		return n;
	const struct rc_group *g = &h->groups[group];
	for (size_t i = 0; i < g->n && n < max; i++)
		if (!rc_addr_equal(&g->addrs[i], addr))
			addrs[n++] = g->addrs[i];
	return n;
}
