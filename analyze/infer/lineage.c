#include "analyze/infer/lineage.h"

#include "analyze/infer/alias.h"
#include "analyze/infer/window.h"
#include "base/time.h"

#define GIVEN_ENOUGH 2u      /* addresses of a nameserver given so often, lately */
#define RECALL_STEPS_MAX 16u /* exchanges of a name looked through for an alias */
#define CONNECTIONS_MAX 128u /* to one server, the latest */
#define UNASKED_MAX 8u       /* zones on the way with servers that nobody asked */
/* BIND asks 188 times for one name within 10 s. Of a name that a crowd asks for the latest are as good as all. */
#define NAME_LINKS_MAX 192u

/* The answers about a name among the links: as long as these are not sorted. */
struct rc_answers_seen {
	unsigned n;
	unsigned n_kinds; /* ... that differ, of those looked at */
	struct {
		uint64_t content;
		size_t link;          /* the earliest that has it */
	} kinds[RC_ANSWER_KINDS_MAX]; /* the latest of them that differ */
};

static struct rc_followed *find_name(const struct rc_case *c, const struct rc_name *name,
				     uint64_t hash)
{
	for (size_t i = 0; i < c->n_names; i++)
		if (c->names[i].hash == hash && rc_name_equal(&c->names[i].name, name))
			return &c->names[i];
	return NULL;
}

/* False if it was there already. */
static bool follow_one(struct rc_case *c, const struct rc_name *name, enum rc_role role,
		       bool wanted)
{
	uint64_t hash = rc_name_hash(c->seed, name);
	struct rc_followed *known = find_name(c, name, hash);
	if (known != NULL) {
		/* An alias leads to what was on the way before, or to where nameservers have their names. */
		bool nearer = known->role == RC_ROLE_NAMESERVER ||
			      (known->role == RC_ROLE_ANCESTOR && wanted);
		if (role == RC_ROLE_ALIAS && nearer)
			known->role = RC_ROLE_ALIAS;
		known->wanted = known->wanted || wanted;
		return false;
	}
	if (c->n_names == RC_LINEAGE_NAMES_MAX) {
		c->lineage_cut = true;
		return true;
	}
	c->seen[c->n_names] = (struct rc_answers_seen){.n = 0};
	c->names[c->n_names++] = (struct rc_followed){
		.name = *name, .hash = hash, .role = role, .wanted = wanted};
	return true;
}

/* A name and all its ancestors: delegation walk, QNAME minimisation, DS, DNSKEY. */
static void follow(struct rc_case *c, const struct rc_name *name, enum rc_role role)
{
	if (!follow_one(c, name, role, true) && role == RC_ROLE_NAMESERVER)
		return; /* so are those above it, and no role is further from the question */
	enum rc_role above = role == RC_ROLE_QUESTION ? RC_ROLE_ANCESTOR : role;
	for (unsigned n = 1; n <= name->labels; n++) {
		struct rc_name parent;
		rc_name_parent(name, n, &parent);
		follow_one(c, &parent, above, false);
	}
}

/* Names that an answer leads to: alias targets, and the nameservers of a zone reached. */
static void follow_answer(struct rc_case *c, const struct rc_msg *m, enum rc_role role)
{
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	enum rc_role alias = role == RC_ROLE_NAMESERVER ? RC_ROLE_NAMESERVER : RC_ROLE_ALIAS;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++) {
		struct rc_name owner, target, renamed;
		if (rr.section == RC_ADDITIONAL)
			break;
		bool ns = rr.type == RC_TYPE_NS;
		if (!ns && rr.type != RC_TYPE_CNAME && rr.type != RC_TYPE_DNAME)
			continue;
		if (!rc_rr_owner(m, &rr, &owner) || !rc_rr_rdata_name(m, &rr, 0, &target))
			continue;
		if (ns)
			follow(c, &target, RC_ROLE_NAMESERVER);
		else if (rr.type == RC_TYPE_CNAME)
			follow(c, &target, alias);
		else if (rc_name_in(&m->qname, &owner) &&
			 rc_alias_substitute(&m->qname, &owner, &target, &renamed))
			follow(c, &renamed, alias);
	}
}

/*
 * Does another link have the same answer about the name? Of a name that is asked for over and over, as by many clients at
 * once, an answer is read only once: the earliest. Of few answers to find that out costs more than to read them.
 */
static bool is_seen_again(struct rc_case *c, struct rc_link *link, size_t name)
{
	struct rc_answers_seen *seen = &c->seen[name];
	if (seen->n++ < RC_ANSWER_KINDS_MAX)
		return false;
	size_t at = (size_t)(link - c->links);
	uint64_t content = rc_digests_content(c->digests, RC_DIGEST_ANSWER, link->record->blob_pos,
					      link->answer);
	content += c->names[name].role; /* by which it leads to other names */
	for (size_t i = 0; i < RC_ANSWER_KINDS_MAX; i++) {
		if (seen->kinds[i].content != content)
			continue;
		struct rc_link *known = &c->links[seen->kinds[i].link];
		bool earlier = link->x->first_ns < known->x->first_ns;
		known->again = earlier;
		link->again = !earlier;
		if (earlier)
			seen->kinds[i].link = at;
		return true;
	}
	size_t kind = seen->n_kinds++ % RC_ANSWER_KINDS_MAX;
	seen->kinds[kind].content = content;
	seen->kinds[kind].link = at;
	return false;
}

static void add_link(struct rc_case *c, const struct rc_record *r, uint64_t pos, size_t name)
{
	if (c->n_links == RC_LINEAGE_MAX) {
		c->lineage_cut = true;
		return;
	}
	struct rc_link *link = &c->links[c->n_links++];
	*link = (struct rc_link){
		.record = r, .pos = pos, .x = &r->x, .name = &c->names[name], .zone = RC_ZONE_NONE};
	if (rc_exchange_answered(&r->x) && r->x.end_ns <= c->to_ns)
		link->answer = rc_case_decode(c, r);
	if (link->answer == NULL)
		return;
	if (!is_seen_again(c, link, name))
		follow_answer(c, link->answer, c->names[name].role);
}

/*
 * What a resolver's own address asks of it is a client on its host (a monitor, an operator's dig). Where all are on one
 * host a resolver, too, asks each server from that server's address, but with RD=0.
 */
static bool is_asked_of_itself(const struct rc_case *c, const struct rc_exchange *x)
{
	bool rd = (x->query.flags & RC_FLAG_RD) != 0;
	bool recurses = c->server_host != NULL && c->server_host->answered_ra > 0;
	bool of_server = rc_addr_equal(&x->server, &c->x->server);
	if (rc_addr_equal(&x->asker, &x->server))
		return rd || of_server;
	return recurses && rd && of_server;
}

/* Whether the server behind it lives, a forwarder asks by the root, for nobody (CoreDNS: ". NS"). */
static bool is_probe(const struct rc_followed *name, const struct rc_exchange *x)
{
	return (x->query.flags & RC_FLAG_RD) && name->name.labels == 0 &&
	       name->role != RC_ROLE_QUESTION && !rc_exchange_asks_keys(x);
}

/* A nameserver's address was given in time. */
static bool gives_address(const struct rc_case *c, const struct rc_exchange *x)
{
	return (x->qtype == RC_TYPE_A || x->qtype == RC_TYPE_AAAA) && rc_exchange_answered(x) &&
	       x->end_ns <= c->to_ns && x->answer.rcode == RC_RCODE_NOERROR &&
	       (x->answer.has & RC_HAS_ANSWER_QTYPE);
}

/*
 * A transfer that it hands on for somebody says nothing of what else it is asked in that zone; nor does what a secondary
 * asks of its primary, whether its zone is still the latest.
 */
static bool is_of_its_kind(const struct rc_case *c, const struct rc_exchange *x)
{
	bool refresh = x->qtype == RC_TYPE_SOA && !(x->query.flags & RC_FLAG_RD) &&
		       c->x->qtype != RC_TYPE_SOA;
	return x->opcode == RC_OPCODE_QUERY && !refresh &&
	       (rc_exchange_is_transfer(c->x) || !rc_exchange_is_transfer(x));
}

/*
 * A nameserver whose addresses the resolver was given over and over needs no older exchange: whatever went
 * wrong before was made good.
 */
static void collect_name(struct rc_case *c, size_t name, const struct rc_addr *asker)
{
	uint64_t hash = c->names[name].hash;
	bool nameserver = c->names[name].role == RC_ROLE_NAMESERVER;
	uint64_t pos = nameserver ? rc_trails_begin(c->trails, c->recorder, asker, hash, c->to_ns)
				  : rc_recorder_newest_by_asker(c->recorder, asker, hash);
	unsigned past = 0, given = 0;
	size_t n_links = c->n_links;
	for (unsigned i = 0; i < RC_CHAIN_STEPS_MAX && c->n_links - n_links < NAME_LINKS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || rc_window_is_past(c, &r->x, &past))
			return;
		if (r->x.name_hash == hash && rc_addr_equal(&r->x.asker, asker) &&
		    is_of_its_kind(c, &r->x) && !is_asked_of_itself(c, &r->x) &&
		    !is_probe(&c->names[name], &r->x)) {
			rc_window_note(c, &r->x);
			if (rc_window_overlaps(c, &r->x))
				add_link(c, r, pos, name);
			given += nameserver && gives_address(c, &r->x);
			if (given == GIVEN_ENOUGH)
				return;
		}
		pos = r->prev_asker;
	}
	c->lineage_cut = true;
}

/* Some server of the zone was asked, so that its silence or answer is what counts. */
static bool was_asked(const struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (rc_zone_has_addr(z, &c->links[i].x->server))
			return true;
	return false;
}

/* A zone on the way with servers that nobody asked, and the name that lies in it. */
struct unasked {
	size_t zone, name;
};

static size_t find_unasked(const struct rc_case *c, struct unasked *unasked)
{
	size_t n = 0;
	for (size_t z = 0; z < c->n_zones && n < UNASKED_MAX; z++) {
		const struct rc_zone_view *zone = &c->zones[z];
		bool on_way = zone->n_addrs > 0 && zone->role != RC_ROLE_NAMESERVER;
		for (size_t i = 0; on_way && i < c->n_names; i++) {
			enum rc_role role = c->names[i].role;
			if ((role != RC_ROLE_QUESTION && role != RC_ROLE_ALIAS) ||
			    !rc_name_in(&c->names[i].name, &zone->name))
				continue;
			if (!was_asked(c, zone))
				unasked[n++] = (struct unasked){z, i};
			break;
		}
	}
	return n;
}

static bool follow_cached_aliases(struct rc_case *c, const struct rc_record *r, enum rc_role role)
{
	const struct rc_msg *m = rc_exchange_answered(&r->x) ? rc_case_decode(c, r) : NULL;
	struct rc_rr rr;
	if (m == NULL || !(m->has & RC_HAS_ANSWER_CNAME))
		return false;
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	bool fresh = rc_rr_next(&it, &rr) &&
		     (c->to_ns - r->x.end_ns) / RC_NS_PER_S <= (int64_t)rr.ttl_s;
	if (fresh)
		follow_answer(c, m, role);
	return fresh;
}

/* A warm resolver goes on from an alias that it holds, without asking for it again. */
static void recall_alias(struct rc_case *c, size_t name)
{
	uint64_t hash = c->names[name].hash;
	for (size_t a = 0; a < c->n_resolver; a++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[a], hash,
							  RECALL_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			rc_window_bound(c, r->x.end_ns);
			if (r->x.end_ns <= c->to_ns &&
			    follow_cached_aliases(c, r, c->names[name].role))
				return;
		}
	}
}

/* ... or from one that it holds for all names below another: a DNAME, or a signed wildcard. */
static void recall_alias_below(struct rc_case *c, size_t name)
{
	const struct rc_name *asked = &c->names[name].name;
	for (unsigned n = 1; n < asked->labels; n++) {
		struct rc_book_page page;
		struct rc_name above, target;
		struct rc_msg m;
		struct rc_rr rr;
		rc_name_parent(asked, n, &above);
		if (rc_book_find(c->book, rc_name_hash(c->seed, &above), RC_BOOK_ALIAS,
				 c->x->first_ns, INT64_MAX, &page, 1) == 0)
			continue;
		rc_window_bound(c, page.first_ns);
		if (page.first_ns > c->to_ns ||
		    !rc_msg_decode(page.wire, page.len_bytes, page.len_bytes, c->seed, &m))
			continue;
		struct rc_rr_iter it = rc_rr_begin(&m, RC_ANSWER);
		for (unsigned k = 0; k < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); k++) {
			if (rr.section != RC_ANSWER || !rc_alias_below(&m, &rr, asked, &target))
				continue;
			follow(c, &target, RC_ROLE_ALIAS);
			return;
		}
	}
}

/*
 * It holds the delegation too: where that gives no address, it looks the servers' names up again, whose own zones it
 * may hold as well.
 */
static void recall_nameservers(struct rc_case *c, size_t name)
{
	for (unsigned n = 0; n < c->names[name].name.labels; n++) {
		struct rc_book_page page;
		struct rc_name zone;
		struct rc_msg m;
		rc_name_parent(&c->names[name].name, n, &zone);
		if (rc_book_find(c->book, rc_name_hash(c->seed, &zone), RC_BOOK_REFERRAL,
				 c->x->first_ns, c->to_ns, &page, 1) == 0)
			continue;
		if (rc_msg_decode(page.wire, page.len_bytes, page.len_bytes, c->seed, &m) &&
		    !(m.has & RC_HAS_ADDL_ADDR))
			follow_answer(c, &m, c->names[name].role);
		return;
	}
}

static void fetch_names(const struct rc_case *c, size_t first)
{
	uint64_t keys[RC_CHAINS_FETCHED_MAX];
	size_t n = 0;
	for (size_t a = 0; a < c->n_resolver; a++) {
		uint64_t asker = rc_addr_hash(c->seed, &c->resolver[a]);
		for (size_t i = first; i < c->n_names && n < RC_CHAINS_FETCHED_MAX; i++)
			keys[n++] = rc_recorder_key(c->recorder, asker, c->names[i].hash);
	}
	rc_recorder_prefetch_firsts(c->recorder, keys, n, false);
}

static void collect_names(struct rc_case *c, size_t first)
{
	fetch_names(c, first);
	for (size_t i = first; i < c->n_names; i++)
		for (size_t a = 0; a < c->n_resolver; a++)
			collect_name(c, i, &c->resolver[a]);
}

static bool asked_question(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name->role == RC_ROLE_QUESTION)
			return true;
	return false;
}

/*
 * The question itself was not asked again: the work may have gone on from what a warm resolver knows of it. A
 * failure that repeats one in the capture has that to go by, unless an alias led anew to what went wrong.
 */
static void recall(struct rc_case *c)
{
	size_t n_names = c->n_names, n_links = c->n_links;
	bool went_on = false, repeats = c->others.earlier > 0 && rc_exchange_answered(c->x);
	if (asked_question(c))
		return;
	if (c->answer != NULL && (c->answer->has & RC_HAS_ANSWER_CNAME))
		follow_answer(c, c->answer,
			      RC_ROLE_QUESTION); /* it tells the client how far it came */
	for (size_t i = 0; i < c->n_names; i++) {
		enum rc_role role = c->names[i].role;
		if (role == RC_ROLE_QUESTION || role == RC_ROLE_ALIAS) {
			recall_alias(c, i);
			recall_alias_below(c, i);
		}
		if (!repeats && role != RC_ROLE_ANCESTOR && c->names[i].wanted)
			recall_nameservers(c, i);
	}
	collect_names(c, n_names);
	c->n_recalled = c->n_names;
	for (size_t i = n_links; i < c->n_links && !went_on; i++)
		went_on = c->links[i].x->first_ns >= c->from_ns &&
			  (!repeats || rc_exchange_may_tell_why(c->links[i].x));
	if (!went_on) { /* what was under way already is of somebody else's question */
		c->n_names = n_names;
		c->n_links = n_links;
	}
}

static void collect(struct rc_case *c)
{
	c->n_names = c->n_recalled = c->n_links = 0;
	follow(c, c->qname, RC_ROLE_QUESTION);
	collect_names(c, 0);
}

void rc_lineage_collect(struct rc_case *c)
{
	/* Once more from the start, where the resolver turns out to have more addresses. */
	c->n_names = c->n_recalled = c->n_links = 0;
	c->names = rc_arena_take(c->arena, RC_LINEAGE_NAMES_MAX * sizeof *c->names);
	c->seen = rc_arena_take(c->arena, RC_LINEAGE_NAMES_MAX * sizeof *c->seen);
	c->links = rc_arena_take(c->arena, RC_LINEAGE_MAX * sizeof *c->links);
	if (c->names == NULL || c->seen == NULL || c->links == NULL || c->qname->len == 0)
		return;
	rc_window_join_fetch(c);
	collect(c);
	bool gave_up = !rc_exchange_answered(c->x) || c->x->answer.rcode == RC_RCODE_SERVFAIL;
	if (gave_up && !asked_question(c) && rc_window_join_silent_fetch(c))
		collect(c);
	recall(c);
	if (c->n_recalled < c->n_names)
		c->n_recalled = c->n_names;
	if (!rc_links_sort(c->arena, c->links, c->n_links))
		c->n_links = 0;
}

bool rc_lineage_is_unconnected(const struct rc_case *c, const struct rc_exchange *connection)
{
	bool later = connection->end_ns > c->to_ns &&
		     c->to_ns - connection->first_ns >= RC_PATIENCE_NS;
	return !rc_exchange_answered(connection) || later;
}

static bool is_linked(const struct rc_case *c, size_t from, const struct rc_exchange *x)
{
	for (size_t i = from; i < c->n_links; i++)
		if (c->links[i].x == x)
			return true;
	return false;
}

/*
 * Connections to a server whose zone nobody was asked about: none of them came about. By server: a resolver may open
 * hundreds to others a second.
 */
static void collect_connections(struct rc_case *c, const struct rc_addr *server,
				const struct unasked *unasked, size_t n_links)
{
	uint64_t pos = rc_recorder_newest_by_server(c->recorder, server, RC_CONNECT_HASH);
	unsigned past = 0;
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || rc_window_is_past(c, &r->x, &past))
			return;
		uint64_t at = pos;
		pos = r->prev_server;
		if (r->x.name_hash != RC_CONNECT_HASH || !rc_addr_equal(&r->x.server, server) ||
		    !rc_case_is_resolver(c, &r->x.asker))
			continue;
		rc_window_note(c, &r->x);
		if (rc_lineage_is_unconnected(c, &r->x) && rc_window_overlaps(c, &r->x) &&
		    !is_linked(c, n_links, &r->x))
			add_link(c, r, at, unasked->name);
	}
}

void rc_lineage_connect(struct rc_case *c)
{
	struct unasked unasked[UNASKED_MAX];
	size_t n_links = c->n_links, n = 0;
	for (size_t a = 0; a < c->n_resolver && n == 0; a++)
		if (rc_recorder_newest_by_asker(c->recorder, &c->resolver[a], RC_CONNECT_HASH) != 0)
			n = find_unasked(c, unasked);
	for (size_t k = 0; k < n; k++) {
		const struct rc_zone_view *z = &c->zones[unasked[k].zone];
		for (size_t i = 0; i < z->n_addrs; i++)
			collect_connections(c, &z->addrs[i], &unasked[k], n_links);
	}
	if (c->n_links > n_links && !rc_links_sort(c->arena, c->links, c->n_links))
		c->n_links = 0;
}
