#include "analyze/infer/zones.h"

#include "analyze/infer/delegation.h"
#include "analyze/infer/lineage.h"
#include "base/hash.h"
#include "base/time.h"

/* Whose servers were asked, and which zone is at fault: the deepest cut where no server gave a usable answer. */

#define ZONE_SERVERS_MAX 32u
#define LATE_NS (3 * RC_NS_PER_S) /* no resolver listens this long, once it has asked again */
#define CONNECT_STEPS_MAX 256u
#define KNOWN_ZONES 32u /* of servers and names asked for */

/*
 * The deepest zone that the name lies in and the server is named for. DS belongs to the zone above (RFC 4035 3.1.4.1):
 * a server of the zone itself that serves one farther up, too, refers from there.
 */
static size_t zone_by_server(const struct rc_case *c, const struct rc_link *link)
{
	size_t best = RC_ZONE_NONE, own = RC_ZONE_NONE;
	const struct rc_name *name = &link->name->name;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if ((best != RC_ZONE_NONE && z->name.labels <= c->zones[best].name.labels) ||
		    !rc_name_in(name, &z->name) || !rc_zone_has_addr(z, &link->x->server))
			continue;
		if (link->x->qtype == RC_TYPE_DS && z->name.labels == name->labels)
			own = i;
		else
			best = i;
	}
	return best != RC_ZONE_NONE ? best : own;
}

/*
 * Without the delegation: by what the server itself answered for. With AA alone, and nothing told, it may as well serve a
 * zone below that no delegation to was seen; where it is none of those that are known to serve the one above, it does.
 */
static size_t zone_by_answer(struct rc_case *c, const struct rc_link *link)
{
	struct rc_name target;
	size_t best = RC_ZONE_NONE;
	if (link->answer == NULL)
		return RC_ZONE_NONE;
	bool referral = rc_referral_target(link->answer, &target);
	if (!referral && !(link->answer->flags & RC_FLAG_AA))
		return RC_ZONE_NONE;
	bool told = referral || !(link->answer->flags & RC_FLAG_TC);
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if (!rc_name_in(&link->name->name, &z->name) || !z->known_cut)
			continue;
		if (referral && z->name.labels >= target.labels)
			continue;
		if (best == RC_ZONE_NONE || z->name.labels > c->zones[best].name.labels)
			best = i;
	}
	return best != RC_ZONE_NONE && !told && c->zones[best].n_addrs > 0 ? RC_ZONE_NONE : best;
}

/* Most links ask a few servers for a few names again and again. */
static void find_zones(struct rc_case *c)
{
	struct {
		const struct rc_followed *name;
		const struct rc_addr *server;
		bool ds;
		size_t zone;
	} known[KNOWN_ZONES] = {{.name = NULL}};
	for (size_t i = 0; i < c->n_links; i++) {
		struct rc_link *link = &c->links[i];
		const struct rc_addr *server = &link->x->server;
		uint64_t at = rc_addr_hash(link->name->hash, server) % KNOWN_ZONES;
		bool ds = link->x->qtype == RC_TYPE_DS;
		if (known[at].name != link->name || known[at].ds != ds ||
		    !rc_addr_equal(known[at].server, server)) {
			known[at].name = link->name;
			known[at].server = server;
			known[at].ds = ds;
			known[at].zone = zone_by_server(c, link);
		}
		link->zone = known[at].zone;
		if (link->zone == RC_ZONE_NONE)
			link->zone = zone_by_answer(c, link);
	}
}

/* The links of one question, in time order: by its first link, or by any of them. */
struct questions {
	uint16_t *first; /* of each link: the first of its question */
	uint16_t *next;  /* of each link: the next of its question; 0 none */
	uint16_t *last;  /* of each first link */
	bool by_zone;    /* the same question to another zone's servers is another one */
};

static bool same_question(const struct questions *q, const struct rc_link *a,
			  const struct rc_link *b)
{
	return a->name == b->name && a->x->qtype == b->x->qtype &&
	       (!q->by_zone || a->zone == b->zone);
}

/* By a table of first links, counted from 1: its size is a power of two. */
static size_t first_of_question(const struct rc_case *c, const struct questions *q, uint16_t *slots,
				size_t n_slots, size_t i)
{
	const struct rc_link *link = &c->links[i];
	uint64_t zone = q->by_zone ? link->zone : 0;
	uint64_t at = rc_hash_u64(c->seed, link->name->hash, zone << 16 | link->x->qtype);
	uint16_t *slot = &slots[at & (n_slots - 1)];
	while (*slot != 0 && !same_question(q, &c->links[*slot - 1u], link))
		slot = &slots[++at & (n_slots - 1)];
	if (*slot == 0)
		*slot = (uint16_t)(i + 1);
	return *slot - 1u;
}

/* False if the arena is exhausted. */
static bool group_links(struct rc_case *c, bool by_zone, struct questions *q)
{
	size_t n_slots = 2;
	while (n_slots < 2 * c->n_links)
		n_slots *= 2;
	uint16_t *slots = rc_arena_alloc(c->arena, n_slots * sizeof *slots);
	q->by_zone = by_zone;
	q->first = rc_arena_take(c->arena, c->n_links * sizeof *q->first);
	q->next = rc_arena_take(c->arena, c->n_links * sizeof *q->next);
	q->last = rc_arena_take(c->arena, c->n_links * sizeof *q->last);
	if (slots == NULL || q->first == NULL || q->next == NULL || q->last == NULL)
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		size_t first = i > 0 && same_question(q, link - 1, link)
				       ? q->first[i - 1]
				       : first_of_question(c, q, slots, n_slots, i);
		q->first[i] = (uint16_t)first;
		q->last[i] = (uint16_t)i;
		q->next[i] = 0;
		if (first == i)
			continue;
		q->next[q->last[first]] = (uint16_t)i;
		q->last[first] = (uint16_t)i;
	}
	return true;
}

static bool asked_again(const struct rc_case *c, const struct questions *q, size_t i)
{
	const struct rc_exchange *x = c->links[i].x;
	const struct rc_exchange *last = c->links[q->last[q->first[i]]].x;
	return x->attempts > 1 || last->first_ns - x->first_ns >= RC_PATIENCE_NS;
}

/* Is there a failed connection from its asker to its server in this chain, back to x? */
static bool has_failed_connection(struct rc_case *c, const struct rc_exchange *x, uint64_t pos,
				  bool of_asker)
{
	for (unsigned i = 0; i < CONNECT_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || r->x.first_ns < x->first_ns)
			return false;
		pos = of_asker ? r->prev_asker : r->prev_server;
		if (r->x.name_hash == RC_CONNECT_HASH && rc_addr_equal(&r->x.asker, &x->asker) &&
		    rc_addr_equal(&r->x.server, &x->server) && r->x.first_ns <= c->to_ns &&
		    rc_lineage_is_unconnected(c, &r->x))
			return true;
	}
	return false;
}

/*
 * The resolver's TCP connection to this server after a truncated answer: did it fail? Many may connect to the server
 * soon after, or this resolver to others meanwhile: hardly both.
 */
static bool tcp_failed(struct rc_case *c, const struct rc_exchange *x)
{
	uint64_t of_server = rc_recorder_newest_by_server(c->recorder, &x->server, RC_CONNECT_HASH);
	return of_server != 0 &&
	       (has_failed_connection(c, x, of_server, false) ||
		has_failed_connection(c, x,
				      rc_trails_begin(c->trails, c->recorder, &x->asker,
						      RC_CONNECT_HASH, c->to_ns),
				      true));
}

/* Asked over TCP, as this server said over UDP to do, or another one, as some resolvers then go to. */
static bool is_sent_to_tcp(const struct rc_case *c, const struct questions *q, size_t i)
{
	const struct rc_exchange *x = c->links[i].x;
	bool sent = (x->marks & RC_X_IS_TC_RETRY) != 0;
	for (size_t k = q->first[i]; x->transport == RC_TCP && !sent && k != i; k = q->next[k])
		sent = rc_exchange_is_truncated(c->links[k].x);
	return sent;
}

/* A server that is silent over UDP took the connection and reset it, asked already: it is there, and as silent as before. */
static bool is_reset_in_silence(const struct rc_case *c, const struct rc_exchange *x)
{
	bool silent = false;
	if (!(x->marks & RC_X_RESET) || (x->marks & RC_X_NO_CONNECT) ||
	    x->name_hash == RC_CONNECT_HASH)
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *o = c->links[i].x;
		if (o->transport != RC_UDP || !rc_addr_equal(&o->server, &x->server))
			continue;
		if (rc_exchange_answered(o) && !(o->marks & RC_X_LATE) &&
		    rc_exchange_took_ns(o) <= LATE_NS)
			return false;
		silent = true;
	}
	return silent;
}

static enum rc_outcome outcome_unanswered(const struct rc_case *c, const struct questions *q,
					  size_t i)
{
	const struct rc_exchange *x = c->links[i].x;
	if (x->marks & RC_X_ICMP_HARD)
		return RC_OUT_ICMP;
	if (x->marks & RC_X_GAP)
		return RC_OUT_UNKNOWN;
	if (x->name_hash == RC_CONNECT_HASH && !(x->marks & RC_X_RESET))
		return RC_OUT_TIMEOUT;
	/*
	 * One that took the connection and closed it without a word is as silent as any; unless it was asked
	 * there because of a truncated answer.
	 */
	if (is_reset_in_silence(c, x))
		return RC_OUT_TIMEOUT;
	if ((x->marks & (RC_X_RESET | RC_X_NO_CONNECT)) ||
	    (((x->marks & RC_X_CLOSED) || c->to_ns - x->last_ns >= RC_PATIENCE_NS) &&
	     is_sent_to_tcp(c, q, i)))
		return RC_OUT_TCP_FAILED;
	if ((x->marks & RC_X_FRAGMENTS_LOST) &&
	    (asked_again(c, q, i) || !rc_case_went_on(c, x->sign_ns)))
		return RC_OUT_FRAGMENTS;
	if (x->marks & RC_X_MISMATCH)
		return RC_OUT_MISMATCHED;
	if (c->to_ns - x->last_ns >= RC_PATIENCE_NS || asked_again(c, q, i))
		return RC_OUT_TIMEOUT;
	return RC_OUT_UNKNOWN;
}

static enum rc_outcome outcome_by_rcode(uint16_t rcode)
{
	switch (rcode) {
	case RC_RCODE_REFUSED:
		return RC_OUT_REFUSED;
	case RC_RCODE_SERVFAIL:
		return RC_OUT_SERVFAIL;
	case RC_RCODE_FORMERR:
		return RC_OUT_FORMERR;
	case RC_RCODE_NOTIMP:
		return RC_OUT_NOTIMP;
	case RC_RCODE_NOTAUTH:
		return RC_OUT_LAME;
	case RC_RCODE_NOERROR:
	case RC_RCODE_NXDOMAIN:
		return RC_OUT_USABLE;
	default:
		return RC_OUT_OTHER_RCODE;
	}
}

/* By its SOA, and without authority: of a zone above the one that it was asked as a server of. */
static bool speaks_for_above(const struct rc_case *c, const struct rc_link *link)
{
	struct rc_rr_iter it = rc_rr_begin(link->answer, RC_AUTHORITY);
	struct rc_name owner;
	struct rc_rr rr;
	while (link->zone != RC_ZONE_NONE && rc_rr_next(&it, &rr) && rr.section == RC_AUTHORITY)
		if (rr.type == RC_TYPE_SOA)
			return rc_rr_owner(link->answer, &rr, &owner) &&
			       owner.labels < c->zones[link->zone].name.labels;
	return false;
}

/* A NOERROR answer with nothing in it for the question: fine if it leads down, lame otherwise. */
static enum rc_outcome outcome_of_referral(const struct rc_case *c, const struct rc_link *link)
{
	struct rc_name target;
	const struct rc_msg *m = link->answer;
	if (m == NULL || (m->flags & RC_FLAG_AA) || m->counts[RC_ANSWER] > 0 ||
	    m->rcode == RC_RCODE_NXDOMAIN)
		return RC_OUT_USABLE;
	if (link->x->query.flags & RC_FLAG_RD)
		return RC_OUT_USABLE; /* a forwarder's own upstream: NODATA without a SOA */
	if (m->has & RC_HAS_AUTH_SOA)
		return speaks_for_above(c, link) ? RC_OUT_LAME : RC_OUT_USABLE;
	if (!rc_referral_target(m, &target)) /* cut by the snap length, it may say where to */
		return link->x->marks & RC_X_CUT ? RC_OUT_UNKNOWN : RC_OUT_LAME;
	if (target.labels == 0)
		return RC_OUT_LAME;
	if (link->zone != RC_ZONE_NONE && target.labels <= c->zones[link->zone].name.labels)
		return RC_OUT_LAME;
	return RC_OUT_USABLE;
}

/* Of none, or of several, resolvers do not take it (RFC 9619). */
static bool answers_one_question(const struct rc_msg *answer)
{
	return answer->has_question && answer->counts[RC_QUESTION] == 1;
}

/* It has records of other names alone, which nothing leads to (RFC 1034 4.3.2): to BIND that is an error. */
static bool answers_other_name(const struct rc_link *link)
{
	const struct rc_msg *m = link->answer;
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_name owner;
	struct rc_rr rr;
	unsigned n = 0;
	for (; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr) && rr.section == RC_ANSWER; n++)
		if (rr.type == RC_TYPE_DNAME || !rc_rr_owner(m, &rr, &owner) ||
		    rc_name_equal(&owner, &m->qname))
			return false;
	return n > 0 && n == m->counts[RC_ANSWER] && !(link->x->marks & RC_X_CUT);
}

static enum rc_outcome outcome_of(struct rc_case *c, const struct questions *q, size_t i)
{
	const struct rc_link *link = &c->links[i];
	const struct rc_exchange *x = link->x;
	if (!rc_exchange_answered(x))
		return outcome_unanswered(c, q, i);
	bool late = rc_exchange_took_ns(x) > LATE_NS && asked_again(c, q, i);
	if (!late && x->end_ns > c->to_ns)
		return outcome_unanswered(c, q, i) == RC_OUT_TIMEOUT ? RC_OUT_TIMEOUT
								     : RC_OUT_UNKNOWN;
	/* Its asker had given it up. */
	if (late || (x->marks & RC_X_LATE))
		return RC_OUT_TIMEOUT;
	if (x->answer.flags & RC_FLAG_TC) {
		if (tcp_failed(c, x))
			return RC_OUT_TCP_FAILED;
		return x->marks & RC_X_TC_RETRIED ? RC_OUT_UNKNOWN : RC_OUT_TRUNCATED;
	}
	if (x->marks & RC_X_MALFORMED && x->answer.fault != RC_FAULT_TRAILING)
		return RC_OUT_MALFORMED;
	enum rc_outcome o = outcome_by_rcode(x->answer.rcode);
	if (o == RC_OUT_USABLE && link->answer != NULL &&
	    (!answers_one_question(link->answer) || answers_other_name(link)))
		return RC_OUT_MISMATCHED;
	return o == RC_OUT_USABLE ? outcome_of_referral(c, link) : o;
}

/* Forwarded in vain to somebody else, and then put to the zones' own servers. */
static bool is_walked_after(const struct rc_case *c, const struct questions *q, size_t i)
{
	return !rc_case_is_resolver(c, &c->links[i].x->server) &&
	       !(c->links[q->last[q->first[i]]].x->query.flags & RC_FLAG_RD);
}

/*
 * A resolver that forwards first walks the delegations itself when that is in vain: its walk decides,
 * and what became of anything at that forwarder does not.
 */
static void supersede_forwarded(struct rc_case *c, const struct questions *q)
{
	const struct rc_addr *forwarder = NULL;
	for (size_t i = 0; i < c->n_links && forwarder == NULL; i++)
		if ((c->links[i].x->query.flags & RC_FLAG_RD) &&
		    c->links[i].outcome != RC_OUT_USABLE && is_walked_after(c, q, i))
			forwarder = &c->links[i].x->server;
	for (size_t i = 0; i < c->n_links && forwarder != NULL; i++) {
		struct rc_link *link = &c->links[i];
		link->superseded = (link->x->query.flags & RC_FLAG_RD) &&
				   link->outcome != RC_OUT_USABLE &&
				   rc_addr_equal(&link->x->server, forwarder);
		if (link->superseded)
			link->outcome = RC_OUT_UNKNOWN;
	}
}

static bool refers(const struct rc_link *link)
{
	struct rc_name target;
	return link->answer != NULL ? rc_referral_target(link->answer, &target)
				    : rc_exchange_refers(link->x);
}

static bool is_final(const struct rc_link *link, uint16_t qtype)
{
	const struct rc_msg_facts *a = &link->x->answer;
	return link->outcome == RC_OUT_USABLE && link->x->qtype == qtype && link->name->wanted &&
	       link->name->role != RC_ROLE_NAMESERVER && !refers(link) &&
	       (!(a->has & RC_HAS_ANSWER_CNAME) || (a->has & RC_HAS_ANSWER_QTYPE));
}

/* It led to where the same was asked next, and of neither is it known which zone that is. */
static bool leads_on(const struct rc_case *c, const struct questions *q, size_t i)
{
	return q->next[i] != 0 && c->links[i].zone == c->n_zones - 1 && refers(&c->links[i]);
}

static void tally(struct rc_case *c, struct rc_zone_view *z, const struct rc_link *link)
{
	struct rc_server_view *s = NULL;
	z->count[link->outcome]++;
	if (z->servers == NULL)
		z->servers = rc_arena_take(c->arena, ZONE_SERVERS_MAX * sizeof *z->servers);
	for (size_t i = 0; i < z->n_servers && s == NULL; i++)
		if (rc_addr_equal(&z->servers[i].addr, &link->x->server))
			s = &z->servers[i];
	if (s == NULL) {
		if (z->n_servers == ZONE_SERVERS_MAX || z->servers == NULL)
			return;
		s = &z->servers[z->n_servers++];
		*s = (struct rc_server_view){.addr = link->x->server, .worst = link->outcome};
	}
	s->count[link->outcome]++;
	if (s->worst == RC_OUT_UNKNOWN ||
	    (link->outcome != RC_OUT_UNKNOWN && s->count[link->outcome] > s->count[s->worst]))
		s->worst = link->outcome;
}

/*
 * A server that holds a copy of the alias's zone answers for it too: resolvers do not take its word, and ask the
 * servers that the target is delegated to. Did this one, in vain?
 */
static bool goes_on_for_alias(const struct rc_case *c, const struct rc_link *whole)
{
	bool asked = false;
	if (!(whole->x->answer.has & RC_HAS_ANSWER_CNAME))
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->name->role != RC_ROLE_ALIAS || !link->name->wanted ||
		    link->x->qtype != whole->x->qtype || link->x->first_ns < whole->x->end_ns)
			continue;
		if (link->outcome == RC_OUT_USABLE && refers(link)) /* on the way down */
			continue;
		if (link->outcome == RC_OUT_USABLE)
			return false;
		asked = asked || link->outcome != RC_OUT_UNKNOWN;
	}
	return asked;
}

/* DNS64 (RFC 6147 5.1.6): where IPv6 has no address, those of IPv4 are asked for next: was that in vain? */
static bool goes_on_for_ipv4(const struct rc_case *c, const struct rc_link *none)
{
	bool asked = false;
	if (c->x->qtype != RC_TYPE_AAAA || none->x->answer.rcode != RC_RCODE_NOERROR ||
	    none->answer == NULL || (none->answer->has & RC_HAS_ANSWER_QTYPE))
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->name == none->name && link->zone == none->zone &&
		    link->x->qtype == RC_TYPE_A && link->outcome == RC_OUT_USABLE)
			return false;
		asked = asked ||
			(link->name == none->name && link->zone == none->zone &&
			 link->x->qtype == RC_TYPE_A && link->x->first_ns >= none->x->end_ns);
	}
	return asked;
}

/*
 * Marks failed questions. Where the question itself got its final answer, only the side lookups that
 * validation needs can still make it fail.
 */
static void judge_questions(struct rc_case *c, const struct questions *q)
{
	for (size_t i = 0; i < c->n_links && c->final == NULL; i++)
		if (is_final(&c->links[i], c->x->qtype))
			c->final = &c->links[i];
	if (c->final != NULL && (goes_on_for_ipv4(c, c->final) || goes_on_for_alias(c, c->final)))
		c->final = NULL;
	for (size_t i = 0; i < c->n_links; i++) {
		struct rc_link *first = &c->links[i];
		struct rc_zone_view *z = &c->zones[first->zone];
		bool usable = false, known = false;
		z->asked++;
		z->usable += first->outcome == RC_OUT_USABLE;
		if (q->first[i] != i)
			continue;
		size_t j = i;
		do {
			usable = usable ||
				 (c->links[j].outcome == RC_OUT_USABLE && !leads_on(c, q, j));
			known = known || c->links[j].outcome != RC_OUT_UNKNOWN;
		} while ((j = q->next[j]) != 0);
		bool side = rc_exchange_asks_keys(first->x);
		if (usable || !known || (c->final != NULL && !side))
			continue;
		z->failed_questions++;
		z->failed_on_way = z->failed_on_way || first->name->role != RC_ROLE_NAMESERVER;
		j = i;
		do
			tally(c, z, &c->links[j]);
		while ((j = q->next[j]) != 0);
	}
}

static void find_failed_zone(struct rc_case *c)
{
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if (z->failed_questions == 0)
			continue;
		if (c->failed_zone == RC_ZONE_NONE) {
			c->failed_zone = i;
			continue;
		}
		const struct rc_zone_view *best = &c->zones[c->failed_zone];
		bool deeper = z->name.labels > best->name.labels;
		if (z->failed_on_way > best->failed_on_way ||
		    (z->failed_on_way == best->failed_on_way && deeper))
			c->failed_zone = i;
	}
}

void rc_zones_judge(struct rc_case *c)
{
	if (!rc_delegation_gather(c)) {
		c->n_links = 0;
		return;
	}
	rc_lineage_connect(c);
	find_zones(c);
	struct questions of_name, of_zone;
	if (!group_links(c, false, &of_name)) {
		c->n_links = 0;
		return;
	}
	for (size_t i = 0; i < c->n_links; i++)
		c->links[i].outcome = outcome_of(c, &of_name, i);
	supersede_forwarded(c, &of_name);
	struct rc_zone_view *unknown = &c->zones[c->n_zones];
	*unknown = (struct rc_zone_view){.role = RC_ROLE_QUESTION};
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].zone == RC_ZONE_NONE)
			c->links[i].zone = c->n_zones;
	c->n_zones++;
	if (!group_links(c, true, &of_zone)) {
		c->n_links = 0;
		return;
	}
	judge_questions(c, &of_zone);
	find_failed_zone(c);
}

static bool is_on_path(const struct rc_zone_view *z)
{
	return z->known_cut && z->name.len > 0 && z->role != RC_ROLE_NAMESERVER;
}

const struct rc_zone_view *rc_zones_unhelpful(const struct rc_case *c)
{
	for (size_t n = 0; n < c->n_names; n++) {
		const struct rc_zone_view *deepest = NULL;
		/* An alias' ancestors are followed in its role too: the deepest of them tells. */
		if (c->names[n].role != RC_ROLE_QUESTION && c->names[n].role != RC_ROLE_ALIAS)
			continue;
		for (size_t i = 0; i < c->n_zones; i++) {
			const struct rc_zone_view *z = &c->zones[i];
			if (is_on_path(z) && rc_name_in(&c->names[n].name, &z->name) &&
			    (deepest == NULL || z->name.labels > deepest->name.labels))
				deepest = z;
		}
		if (deepest != NULL && deepest->usable == 0)
			return deepest;
	}
	return NULL;
}
