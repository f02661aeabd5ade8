#include "analyze/infer/delegation.h"

#include "base/hash.h"

/* Which zones lie on the way, and who serves them, by what the messages of the case show. */

#define ROOT_STEPS_MAX 32u /* of what a resolver asked the root */
#define BOOK_PAGES 8u /* all versions: a lame server's own referral may stand beside its parent's */
#define ZONES_MAX RC_LINEAGE_NAMES_MAX
#define ZONE_ADDRS_MAX 32u /* 13 nameservers with two addresses each, RFC 1035 and practice */
#define ZONE_NS_MAX 16u
#define LOOKUP_STEPS_MAX 32u  /* lookups of nameservers before the failure looked through */
#define BEYOND_MAX 16u        /* referrals looked at for zones that only servers' names lie in */
#define BEYOND_STEPS_MAX 256u /* ... and names that they are looked for at */

bool rc_referral_target(const struct rc_msg *m, struct rc_name *ret_zone)
{
	if (m->rcode != RC_RCODE_NOERROR || m->counts[RC_ANSWER] != 0 ||
	    !(m->has & RC_HAS_AUTH_NS) || (m->has & RC_HAS_AUTH_SOA))
		return false;
	struct rc_rr_iter it = rc_rr_begin(m, RC_AUTHORITY);
	struct rc_rr rr;
	while (rc_rr_next(&it, &rr) && rr.section == RC_AUTHORITY)
		if (rr.type == RC_TYPE_NS)
			return rc_rr_owner(m, &rr, ret_zone);
	return false;
}

static struct rc_zone_view *find_zone(struct rc_case *c, const struct rc_name *name)
{
	for (size_t i = 0; i < c->n_zones; i++)
		if (rc_name_equal(&c->zones[i].name, name))
			return &c->zones[i];
	return NULL;
}

static enum rc_role role_of(const struct rc_case *c, const struct rc_name *zone)
{
	enum rc_role role = RC_ROLE_NAMESERVER;
	for (size_t i = 0; i < c->n_names; i++)
		if (c->names[i].role < role && rc_name_in(&c->names[i].name, zone))
			role = c->names[i].role;
	return role;
}

static struct rc_zone_view *add_zone(struct rc_case *c, const struct rc_name *name)
{
	struct rc_zone_view *z = find_zone(c, name);
	if (z != NULL || c->n_zones == ZONES_MAX)
		return z;
	z = &c->zones[c->n_zones];
	*z = (struct rc_zone_view){.n_ns = 0};
	z->addrs = rc_arena_take(c->arena, ZONE_ADDRS_MAX * sizeof *z->addrs);
	z->ns = rc_arena_take(c->arena, ZONE_NS_MAX * sizeof *z->ns);
	z->ns_hash = rc_arena_take(c->arena, ZONE_NS_MAX * sizeof *z->ns_hash);
	if (z->addrs == NULL || z->ns == NULL || z->ns_hash == NULL)
		return NULL;
	rc_digest_name(name, &z->name);
	z->role = role_of(c, name);
	c->n_zones++;
	return z;
}

static void add_addr(struct rc_zone_view *z, const struct rc_addr *addr, uint16_t type)
{
	if (type == RC_TYPE_AAAA && rc_addr_is_v4(addr)) {
		z->n_mapped++;
		return;
	}
	if (z->n_addrs < ZONE_ADDRS_MAX && !rc_zone_has_addr(z, addr))
		z->addrs[z->n_addrs++] = *addr;
}

static void add_ns(struct rc_zone_view *z, const struct rc_name *name, uint64_t hash)
{
	for (size_t i = 0; i < z->n_ns; i++)
		if (z->ns_hash[i] == hash && rc_name_equal(&z->ns[i], name))
			return;
	if (z->n_ns == ZONE_NS_MAX)
		return;
	z->ns_hash[z->n_ns] = hash;
	rc_digest_name(name, &z->ns[z->n_ns++]);
}

/* Zones and nameserver names that a message shows: NS records, or the SOA of a negative answer. */
static void zones_of_message(struct rc_case *c, const struct rc_digest *d)
{
	struct rc_zone_view *z = NULL;
	for (uint32_t i = 0; i < d->n_cuts; i++) {
		const struct rc_digest_cut *cut = &d->cuts[i];
		if (i == 0 || cut->zone != cut[-1].zone)
			z = add_zone(c, cut->zone);
		if (z == NULL)
			continue;
		z->known_cut = true;
		if (cut->server != NULL)
			add_ns(z, cut->server, cut->server_hash);
	}
}

/* Where each nameserver's name is named: zones and places in them, by its hash. */
struct naming {
	struct named {
		uint64_t hash;
		uint16_t zone, ns; /* zone counts from 1; 0 free */
	} * slots;
	uint64_t mask;
};

/* False if the arena is exhausted. */
static bool index_servers(struct rc_case *c, struct naming *naming)
{
	size_t n = 0, slots = 16;
	for (size_t i = 0; i < c->n_zones; i++)
		n += c->zones[i].n_ns;
	while (slots < 2 * n)
		slots *= 2;
	naming->mask = slots - 1;
	naming->slots = rc_arena_alloc(c->arena, slots * sizeof *naming->slots);
	if (naming->slots == NULL)
		return false;
	for (size_t i = 0; i < c->n_zones; i++) {
		for (size_t k = 0; k < c->zones[i].n_ns; k++) {
			uint64_t hash = c->zones[i].ns_hash[k], at = hash;
			while (naming->slots[at & naming->mask].zone != 0)
				at++;
			naming->slots[at & naming->mask] = (struct named){hash, (uint16_t)(i + 1),
									  (uint16_t)k};
		}
	}
	return true;
}

/* Addresses of nameservers, wherever a message gives them. */
static void addresses_of_message(struct rc_case *c, const struct rc_digest *d,
				 const struct naming *naming)
{
	for (uint32_t i = 0; i < d->n_addrs; i++) {
		const struct rc_digest_addr *a = &d->addrs[i];
		const struct named *named;
		for (uint64_t at = a->hash; (named = &naming->slots[at & naming->mask])->zone != 0;
		     at++) {
			struct rc_zone_view *z = &c->zones[named->zone - 1];
			if (named->hash != a->hash || !rc_name_equal(&z->ns[named->ns], a->owner))
				continue;
			add_addr(z, &a->addr, a->type);
			z->ns_found |= UINT32_C(1) << named->ns;
		}
	}
}

/* For addresses of both families: that of another, got before, still counts. */
static bool is_looked_up(const struct rc_case *c, uint64_t hash)
{
	bool v4 = false, v6 = false;
	for (size_t i = 0; i < c->n_links; i++) {
		if (c->links[i].name->hash != hash)
			continue;
		v4 = v4 || c->links[i].x->qtype == RC_TYPE_A;
		v6 = v6 || c->links[i].x->qtype == RC_TYPE_AAAA;
	}
	return v4 && v6;
}

/* What the resolver's latest lookups of one name gave, of either family. */
static void addresses_by_lookup(struct rc_case *c, const struct rc_addr *asker, uint64_t hash,
				const struct naming *naming, unsigned *steps)
{
	uint64_t pos = rc_trails_begin(c->trails, c->recorder, asker, hash, c->to_ns);
	bool v4 = false, v6 = false;
	for (; *steps > 0 && !(v4 && v6); (*steps)--) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL)
			return;
		pos = r->prev_asker;
		bool *known = r->x.qtype == RC_TYPE_A ? &v4 : &v6;
		bool address = r->x.qtype == RC_TYPE_A || r->x.qtype == RC_TYPE_AAAA;
		if (r->x.name_hash != hash || !rc_addr_equal(&r->x.asker, asker) || !address ||
		    *known || rc_exchange_refers(&r->x) || r->x.first_ns > c->to_ns)
			continue;
		*known = true;
		bool given = rc_exchange_answered(&r->x) && r->x.end_ns <= c->to_ns;
		const struct rc_digest *d = given ? rc_case_answer(c, r) : NULL;
		if (d != NULL)
			addresses_of_message(c, d, naming);
	}
}

/* A warm resolver does not ask again for the addresses of nameservers that the delegation only names. */
static void addresses_known_before(struct rc_case *c, const struct naming *naming)
{
	unsigned steps = LOOKUP_STEPS_MAX;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		for (size_t k = 0; k < z->n_ns && z->role != RC_ROLE_NAMESERVER; k++) {
			if ((z->ns_found >> k & 1) || is_looked_up(c, z->ns_hash[k]))
				continue;
			for (size_t a = 0; a < c->n_resolver; a++)
				addresses_by_lookup(c, &c->resolver[a], z->ns_hash[k], naming,
						    &steps);
		}
	}
}

/* Messages that bear on delegation, the lineage's and then the zone book's; each told once, however often it came. */
struct messages {
	struct message {
		const struct rc_record
			*record; /* of an answer; NULL: a page of the book, as follows */
		const uint8_t *wire;
		uint64_t pos;
		uint32_t len_bytes;
	} * all;
	size_t n;
};

static void add_pages(struct rc_case *c, uint64_t hash, enum rc_book_kind kind, size_t max,
		      struct messages *m)
{
	struct rc_book_page pages[BOOK_PAGES];
	size_t n = rc_book_find(c->book, hash, kind, c->x->first_ns, c->to_ns, pages, max);
	while (n-- > 0) {
		const struct rc_book_page *p = &pages[n];
		m->all[m->n++] = (struct message){NULL, p->wire, p->pos, p->len_bytes};
	}
}

/* False if the arena is exhausted. */
static bool find_messages(struct rc_case *c, struct messages *m)
{
	size_t max = c->n_links + c->n_names * 2 * BOOK_PAGES;
	*m = (struct messages){rc_arena_take(c->arena, max * sizeof *m->all + 1), 0};
	if (m->all == NULL)
		return false;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].answer != NULL)
			m->all[m->n++] = (struct message){.record = c->links[i].record};
	for (size_t i = 0; i < c->n_names; i++) {
		size_t most = c->names[i].role == RC_ROLE_NAMESERVER ? 1 : BOOK_PAGES;
		add_pages(c, c->names[i].hash, RC_BOOK_REFERRAL, most, m);
		add_pages(c, c->names[i].hash, RC_BOOK_NS, most, m);
	}
	return true;
}

static const struct rc_digest *read_message(const struct rc_case *c, const struct message *m)
{
	return m->record != NULL ? rc_case_answer(c, m->record)
				 : rc_digests_get(c->digests, RC_DIGEST_PAGE, m->pos, m->wire,
						  m->len_bytes, m->len_bytes);
}

/* A set of hashes, none of them 0. */
struct hashes {
	uint64_t *slots;
	uint64_t mask;
};

static bool add_hash(struct hashes *set, uint64_t hash)
{
	uint64_t at = hash;
	for (; set->slots[at & set->mask] != 0; at++)
		if (set->slots[at & set->mask] == hash)
			return false;
	set->slots[at & set->mask] = hash;
	return true;
}

/*
 * Zones first, since an address may be given before the zone that it serves. Leaves out what shows nothing, or
 * the same as one before: a referral comes with each name that is asked for. False if the arena is exhausted.
 */
static bool gather_zones(struct rc_case *c, struct messages *m)
{
	size_t slots = 16, kept = 0;
	while (slots < 2 * m->n)
		slots *= 2;
	struct hashes shown = {rc_arena_alloc(c->arena, slots * sizeof *shown.slots), slots - 1};
	for (size_t i = 0; shown.slots != NULL && i < m->n; i++) {
		const struct rc_digest *d = read_message(c, &m->all[i]);
		if (d == NULL || d->shows == 0 || !add_hash(&shown, d->shows))
			continue;
		zones_of_message(c, d);
		m->all[kept++] = m->all[i];
	}
	m->n = kept;
	return shown.slots != NULL;
}

/* Where a server's name lies: the deepest zone that the zone book shows and no message of the case. */
static void add_zone_beyond(struct rc_case *c, const struct rc_name *server, struct messages *m,
			    unsigned *steps)
{
	struct rc_name name;
	for (unsigned i = 0; i < server->labels && m->n<BEYOND_MAX && * steps> 0; i++) {
		size_t before = m->n;
		--*steps;
		rc_name_parent(server, i, &name);
		if (find_zone(c, &name) != NULL)
			return;
		add_pages(c, rc_name_hash(c->seed, &name), RC_BOOK_REFERRAL, 1, m);
		const struct rc_digest *d = m->n == before ? NULL
							   : read_message(c, &m->all[before]);
		if (d != NULL) {
			zones_of_message(c, d);
			return;
		}
	}
}

/*
 * Servers of which no address is known: a resolver that remembers why asks nobody for their names again. What the zone
 * book has of the zones that these lie in tells it, or where they are. False if the arena is exhausted.
 */
static bool gather_beyond(struct rc_case *c, const struct messages *known)
{
	struct messages m = {rc_arena_take(c->arena, BEYOND_MAX * sizeof *m.all), 0};
	size_t shown = c->n_zones;
	unsigned steps = BEYOND_STEPS_MAX;
	struct naming naming;
	for (size_t i = 0; m.all != NULL && i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		bool bare = z->n_addrs + z->n_mapped == 0;
		if (!bare || (z->role == RC_ROLE_NAMESERVER && i < shown))
			continue;
		for (size_t k = 0; k < z->n_ns; k++)
			add_zone_beyond(c, &z->ns[k], &m, &steps);
	}
	if (m.all == NULL || (m.n > 0 && !index_servers(c, &naming)))
		return false;
	for (size_t i = 0; m.n > 0 && i < known->n + m.n; i++) {
		const struct message *from = i < known->n ? &known->all[i] : &m.all[i - known->n];
		const struct rc_digest *d = read_message(c, from);
		if (d != NULL)
			addresses_of_message(c, d, &naming);
	}
	return true;
}

bool rc_delegation_gather(struct rc_case *c)
{
	struct messages m;
	struct naming naming;
	/* One more than ZONES_MAX: the last place collects servers whose zone is not known. */
	c->zones = rc_arena_take(c->arena, (ZONES_MAX + 1) * sizeof *c->zones);
	if (c->zones == NULL || !find_messages(c, &m) || !gather_zones(c, &m) ||
	    !index_servers(c, &naming))
		return false;
	for (size_t i = 0; i < m.n; i++) {
		const struct rc_digest *d = read_message(c, &m.all[i]);
		if (d != NULL)
			addresses_of_message(c, d, &naming);
	}
	addresses_known_before(c, &naming);
	return gather_beyond(c, &m);
}

/* It gets no further than to ask this server for the root (PowerDNS, of answers that others would take). */
static bool is_stuck_at(const struct rc_case *c, const struct rc_addr *server)
{
	bool asked = false;
	for (size_t i = 0; i < c->n_links && c->final == NULL; i++) {
		if (c->links[i].name->name.labels > 0)
			return false;
		asked = asked || rc_addr_equal(&c->links[i].x->server, server);
	}
	return asked;
}

static bool has_failed_with(const struct rc_case *c, const struct rc_addr *server)
{
	if (c->failed_zone == RC_ZONE_NONE)
		return is_stuck_at(c, server);
	const struct rc_zone_view *z = &c->zones[c->failed_zone];
	for (size_t i = 0; i < z->n_servers; i++)
		if (rc_addr_equal(&z->servers[i].addr, server))
			return true;
	return false;
}

static bool asks_for_root(const struct rc_exchange *x)
{
	return (x->qtype == RC_TYPE_NS || x->qtype == RC_TYPE_DNSKEY) &&
	       !(x->query.flags & RC_FLAG_RD) && rc_exchange_answered(x);
}

const struct rc_exchange *rc_case_false_root(const struct rc_case *c)
{
	static const struct rc_name root = {.len = 1};
	uint64_t hash = rc_name_hash(c->seed, &root);
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], hash,
							  ROOT_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			bool serves = r->x.answer.rcode == RC_RCODE_NOERROR &&
				      (r->x.answer.flags & RC_FLAG_AA);
			if (asks_for_root(&r->x) && !serves && has_failed_with(c, &r->x.server))
				return &r->x;
		}
	}
	return NULL;
}

bool rc_delegation_has_moved(const struct rc_case *c, const struct rc_name *zone,
			     const struct rc_addr *server)
{
	for (size_t i = 0; i < c->n_zones; i++)
		if (rc_name_equal(&c->zones[i].name, zone))
			return rc_zone_has_left(&c->zones[i], server);
	return false;
}
