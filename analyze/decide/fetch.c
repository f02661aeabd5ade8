#include "analyze/decide/fetch.h"

#include "analyze/infer/validation.h"

#define STEPS_MAX 128u     /* exchanges about the name looked at, per address */
#define SCAN_MAX 384u      /* records between the way down to a zone and its keys looked through */
#define KEYS_STEPS_MAX 16u /* exchanges about a zone looked through for its keys */
#define WAITING_STEPS_MAX 16u           /* clients that asked a resolver for the name looked at */
#define FETCH_TAIL_NS RC_NS_PER_S       /* resolvers go on fetching a while after they answered */
#define HAND_ON_NS (250 * RC_NS_PER_MS) /* a forwarder hands on at once */
#define RETRY_NS (300 * RC_NS_PER_MS)
#define LOOK_BACK_NS (2 * RC_NS_PER_S) /* the way down to the name comes before the name */
#define LOOK_ON_NS (3 * RC_NS_PER_S)   /* keys are asked for behind it */

struct span {
	int64_t from_ns, to_ns;
	int64_t gap_ns; /* how long after the end a further try may come */
};

/* How long until a further try: at once after an answer that did not do. */
static int64_t gap_ns(const struct rc_exchange *x)
{
	return rc_exchange_answered(x) ? RETRY_NS : RC_FETCH_GAP_NS;
}

/* Widens the span by every exchange about the name that no gap parts from it. True if it grew. */
static bool widen(const struct rc_case_sources *s, const struct rc_addr *asker,
		  const struct rc_exchange *x, struct span *span)
{
	bool grew = false;
	struct rc_chain chain = rc_chain_by_asker(s->recorder, asker, x->name_hash, STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL) {
		int64_t last_ns = rc_exchange_last_act_ns(&r->x);
		if (r->x.qtype != x->qtype || r->x.first_ns > span->to_ns + span->gap_ns ||
		    last_ns < span->from_ns - gap_ns(&r->x))
			continue;
		if (last_ns > span->to_ns)
			span->gap_ns = gap_ns(&r->x);
		grew = grew || r->x.first_ns < span->from_ns || last_ns > span->to_ns;
		span->from_ns = r->x.first_ns < span->from_ns ? r->x.first_ns : span->from_ns;
		span->to_ns = last_ns > span->to_ns ? last_ns : span->to_ns;
	}
	return grew;
}

int64_t rc_fetch_of(const struct rc_case_sources *s, const struct rc_exchange *x,
		    struct rc_exchange *ret_work)
{
	struct rc_addr addrs[2] = {x->asker};
	size_t n = 1 + rc_hosts_twin(s->hosts, &x->asker, &addrs[1]);
	struct span span = {x->first_ns, rc_exchange_last_act_ns(x), gap_ns(x)};
	for (bool grew = true; grew;) {
		grew = false;
		for (size_t i = 0; i < n; i++)
			grew = widen(s, &addrs[i], x, &span) || grew;
	}
	*ret_work = *x;
	ret_work->server = x->asker;
	ret_work->first_ns = ret_work->last_ns = span.from_ns - LOOK_BACK_NS;
	ret_work->end_ns = span.to_ns + LOOK_ON_NS;
	ret_work->state = RC_X_ANSWERED;
	ret_work->marks &= RC_X_AT_START | RC_X_AT_END | RC_X_DROPS;
	ret_work->query.flags = RC_FLAG_RD; /* as a client would have asked */
	ret_work->answer = (struct rc_msg_facts){.flags = RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA,
						 .rcode = RC_RCODE_SERVFAIL};
	return span.to_ns + (span.gap_ns > LOOK_ON_NS ? span.gap_ns : LOOK_ON_NS);
}

/* What the resolver has asked about one name: where its first question stands, and its first for keys. */
struct asked {
	uint64_t first, keys; /* positions; 0 none */
	unsigned n_keys;
};

static struct asked asked_about(const struct rc_case *c, uint64_t hash)
{
	struct asked a = {0, 0, 0};
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], hash,
							  RC_CHAIN_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			a.first = a.first == 0 || chain.pos < a.first ? chain.pos : a.first;
			if (!rc_exchange_asks_keys(&r->x))
				continue;
			a.n_keys++;
			a.keys = a.keys == 0 || chain.pos < a.keys ? chain.pos : a.keys;
		}
	}
	return a;
}

/*
 * The resolver fetches the keys of a zone before it asks for anything in it, and does not keep those that fail:
 * then what it asks for without them it does not mean to validate. Other resolvers look for keys once they have
 * an answer that needs them.
 */
static bool asks_keys_first(const struct rc_case *c, const struct rc_name *zone)
{
	struct asked a = asked_about(c, rc_name_hash(c->seed, zone));
	uint64_t pos = a.first;
	if (a.n_keys < 2 || a.first == a.keys)
		return false;
	for (unsigned n = 0; n < SCAN_MAX && pos < a.keys; n++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		struct rc_name name;
		rc_record_name(r, &name);
		if (rc_case_is_resolver(c, &r->x.asker) && !rc_exchange_asks_keys(&r->x) &&
		    rc_name_in(&name, zone) && (r->x.answer.flags & RC_FLAG_AA))
			return false;
		pos = rc_recorder_next(c->recorder, pos);
	}
	return pos == a.keys;
}

/*
 * It has asked for keys of the zone, or whether there is a signed zone further down: who checks the name does,
 * now or before. Names of servers, among others, are not checked.
 */
static bool looks_for_keys(const struct rc_case *c, const struct rc_dnssec_finding *d)
{
	for (size_t i = 0; i < c->n_names; i++) {
		bool apart = c->names[i].role == RC_ROLE_NAMESERVER ||
			     !rc_name_in(&c->names[i].name, &d->zone);
		if (!apart && asked_about(c, c->names[i].hash).n_keys > 0)
			return true;
	}
	return false;
}

/* The break is in the keys of its zone, so nothing in the zone can be validated. */
static bool is_in_keys(const struct rc_case *c, const struct rc_dnssec_finding *d)
{
	return d->fault == RC_DNSSEC_DS_MISMATCH || d->fault == RC_DNSSEC_NO_ZONE_KEY_BIT ||
	       c->dnssec_origins[d->msg].msg->qtype == RC_TYPE_DNSKEY;
}

static bool asks_keys_again(struct rc_recorder *recorder, const struct rc_record *r)
{
	struct rc_chain chain = rc_chain_by_asker(recorder, &r->x.asker, r->x.name_hash,
						  KEYS_STEPS_MAX);
	const struct rc_record *before;
	chain.next = r->prev_asker;
	chain.since_ns = r->x.first_ns - LOOK_BACK_NS;
	while ((before = rc_chain_next(&chain)) != NULL)
		if (rc_exchange_gives_keys(&before->x) && before->x.end_ns <= r->x.first_ns)
			return true;
	return false;
}

bool rc_fetch_is_of_question(struct rc_recorder *recorder, const struct rc_record *r)
{
	const struct rc_exchange *x = &r->x;
	return x->opcode == RC_OPCODE_QUERY && !(x->query.flags & RC_FLAG_RD) &&
	       x->qtype != RC_TYPE_DS &&
	       (x->qtype != RC_TYPE_DNSKEY || asks_keys_again(recorder, r));
}

/* It has asked for keys. With CD=0, and for this with CD=1: then a client wanted this unchecked. */
static bool validates(const struct rc_case *c, const struct rc_exchange *x)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL &&
		    ((x->query.flags & RC_FLAG_CD) ? h->asked_keys_cd : h->asked_keys) > 0)
			return true;
	}
	return false;
}

bool rc_fetch_rejects(struct rc_case *c, const struct rc_exchange *x)
{
	/* A step of QNAME minimisation (RFC 9156): that there is no cut need not be proven. */
	if ((x->qtype == RC_TYPE_NS && x->answer.counts[0] == 0) || !validates(c, x))
		return false;
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	if ((r->status != RC_DNSSEC_BOGUS && r->status != RC_DNSSEC_INDETERMINATE) ||
	    r->n_findings == 0 || !r->findings[0].conclusive)
		return false;
	const struct rc_dnssec_finding *d = &r->findings[0];
	bool by_keys = is_in_keys(c, d) && asks_keys_first(c, &d->zone);
	if (x->qtype == RC_TYPE_DNSKEY) /* asked for again */
		return by_keys && rc_name_equal(&d->zone, c->qname);
	return looks_for_keys(c, d) && !by_keys;
}

/* An empty answer that the resolver did not take to another server: it has taken it for no data. */
static bool is_taken(const struct rc_case *c, const struct rc_link *link)
{
	if (link->outcome != RC_OUT_LAME || !rc_link_is_hollow(link))
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *other = &c->links[i];
		if (other->name == link->name && other->x->qtype == link->x->qtype &&
		    other->x->first_ns >= link->x->end_ns &&
		    !rc_addr_equal(&other->x->server, &link->x->server))
			return false;
	}
	return true;
}

/* Another server of the zone, or the same when it was asked anew, has told it afterwards where to go on. */
static bool is_helped_on(const struct rc_case *c, size_t failed)
{
	for (size_t i = failed + 1; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->name == c->links[failed].name && link->zone == c->links[failed].zone &&
		    link->x->qtype == c->x->qtype && link->outcome == RC_OUT_USABLE)
			return true;
	}
	return false;
}

bool rc_fetch_let_down(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->name->role != RC_ROLE_QUESTION || link->x->qtype != c->x->qtype ||
		    link->outcome == RC_OUT_USABLE || link->outcome == RC_OUT_UNKNOWN)
			continue;
		if (!is_taken(c, link) && !is_helped_on(c, i))
			return true;
	}
	return false;
}

bool rc_fetch_is_keys_once(const struct rc_case *c)
{
	unsigned tries = 0;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name->role == RC_ROLE_QUESTION &&
		    c->links[i].x->qtype == c->x->qtype)
			tries += c->links[i].x->attempts;
	return rc_exchange_asks_keys(c->x) && tries < 2;
}

bool rc_fetch_may_content(const struct rc_case *c)
{
	const struct rc_link *last = NULL;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name->role == RC_ROLE_QUESTION &&
		    rc_exchange_answered(c->links[i].x))
			last = &c->links[i];
	return last != NULL && last->outcome == RC_OUT_LAME &&
	       last->x->answer.rcode == RC_RCODE_NOERROR;
}

/* answered: an answer that came later shows that the client did wait. */
static bool is_waited_for(struct rc_recorder *recorder, const struct rc_addr *resolver,
			  const struct rc_exchange *x, bool answered, int64_t within_ns)
{
	struct rc_chain chain = rc_chain_by_server(recorder, resolver, x->name_hash,
						   WAITING_STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL) {
		if (x->first_ns - r->x.last_ns <= within_ns && r->x.first_ns <= x->first_ns &&
		    (r->x.state == RC_X_PENDING || r->x.end_ns >= x->first_ns) &&
		    (rc_exchange_answered(&r->x) || !answered))
			return true;
	}
	return false;
}

/* It has asked what clients had just asked a resolver, while they waited for it. */
static bool has_partner(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			const struct rc_host *asker)
{
	/* One server may be asked by hand, and the answer to the client may have been lost by the capture. */
	struct rc_addr twin;
	const struct rc_host *other = rc_hosts_twin(hosts, &asker->addr, &twin)
					      ? rc_hosts_find(hosts, &twin)
					      : asker;
	struct rc_few servers = asker->servers_asked;
	rc_few_join(&servers, &other->servers_asked);
	bool by_hand = rc_few_count(&servers) < 2;
	struct rc_chain chain = rc_chain_by_asker(recorder, &asker->addr, asker->partner_name,
						  STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (is_waited_for(recorder, &asker->partner, &r->x, by_hand, INT64_MAX))
			return true;
	return false;
}

/*
 * Handed on by a forwarder on the host that was captured on: it asks for what a program waits for that asked at a
 * loopback address, or for keys. All else that is asked from there with RD=1, somebody else asks.
 */
static bool is_handed_on(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			 const struct rc_host *asker, const struct rc_exchange *x)
{
	struct rc_addr addrs[RC_GROUP_ADDRS_MAX];
	size_t n = rc_hosts_addresses(hosts, &x->asker, addrs, RC_GROUP_ADDRS_MAX);
	/* Where programs ask from the same address, they too may ask others what the resolver is at. */
	int64_t soon_ns = asker->asks_itself ? HAND_ON_NS : INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		/* A forwarder that others reach, and whose resolver they do not, asks that one again and again. */
		bool before = rc_addr_is_loopback(&x->server) && !rc_addr_is_loopback(&addrs[i]);
		if (!rc_addr_equal(&addrs[i], &x->server) &&
		    is_waited_for(recorder, &addrs[i], x, false, before ? INT64_MAX : soon_ns))
			return true;
	}
	return rc_exchange_asks_keys(x);
}

/* What resolvers, and servers that could be ones, ask of the root for themselves (RFC 8109, RFC 5011 2.3). */
static bool is_priming(struct rc_recorder *recorder, const struct rc_exchange *x)
{
	if (x->qtype != RC_TYPE_NS && !rc_exchange_asks_keys(x))
		return false;
	uint64_t pos = rc_recorder_newest_by_asker(recorder, &x->asker, x->name_hash);
	const struct rc_record *r = rc_recorder_at(recorder, pos);
	return r != NULL && r->x.name_hash == x->name_hash && r->name_len == 1;
}

/*
 * Somebody who never asks otherwise asks a server that does not recurse, with RD=0, what a client waits for that
 * asked one resolver alone: that one's own fetch, it seems, from an address not known as its own. Who has done so
 * asks all else for it too: addresses of servers, keys, for clients out of sight.
 */
static bool is_for_client(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			  const struct rc_exchange *x)
{
	struct rc_addr resolver;
	const struct rc_host *asker = rc_hosts_find(hosts, &x->asker);
	const struct rc_host *server = rc_hosts_find(hosts, &x->server);
	bool recurses = server != NULL && server->answered_ra > 0;
	if ((x->query.flags & RC_FLAG_RD) || asker == NULL)
		return false;
	if (asker->is_common)
		return !recurses;
	if (asker->asked_rd1 > 0)
		return false;
	if (has_partner(recorder, hosts, asker))
		return !rc_addr_equal(&asker->partner, &x->server);
	bool serves = rc_hosts_resolvers(hosts) > 0 || rc_hosts_serves_beside(hosts, asker);
	if (serves && !recurses && is_priming(recorder, x))
		return true;
	if (!rc_hosts_asked_last(hosts, x->name_hash, &resolver))
		return false;
	const struct rc_host *recursor = rc_hosts_find(hosts, &resolver);
	return recursor != NULL && recursor->answered_ra > 0 && !recurses &&
	       is_waited_for(recorder, &resolver, x, false, INT64_MAX);
}

bool rc_fetch_is_relay(struct rc_recorder *recorder, const struct rc_record *r, uint64_t asker_key)
{
	uint64_t pos = rc_recorder_last_by_server(recorder, asker_key);
	const struct rc_record *asked = rc_recorder_at(recorder, pos);
	/* A secondary that is notified asks its primary whether the zone is newer: for itself. */
	return asked != NULL && asked != r && asked->x.name_hash == r->x.name_hash &&
	       asked->x.opcode == r->x.opcode && rc_addr_equal(&asked->x.server, &r->x.asker) &&
	       (asked->x.state == RC_X_PENDING || r->x.first_ns - asked->x.end_ns < FETCH_TAIL_NS);
}

bool rc_fetch_is_by_client(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			   const struct rc_exchange *x)
{
	const struct rc_host *asker = rc_hosts_find(hosts, &x->asker);
	bool rd = (x->query.flags & RC_FLAG_RD) != 0;
	bool inside = rc_hosts_is_inside(hosts, asker);
	/* Its own business, but for a forwarder's. */
	if (x->opcode != RC_OPCODE_QUERY || rc_exchange_is_transfer(x))
		return asker == NULL || asker->fetches == 0;
	/* On the server's own host: a client, or a resolver there. */
	if (rc_addr_equal(&x->asker, &x->server))
		return rd || asker == NULL || asker->answered_ra > 0 || asker->partner_name == 0;
	if (rd && !inside && asker != NULL && rc_hosts_are_one(hosts, asker, &x->server))
		return true;
	if (rd && (inside || (asker != NULL && asker->asks_itself)))
		return !is_handed_on(recorder, hosts, asker, x);
	if (rc_hosts_is_resolver(hosts, &x->asker) || is_for_client(recorder, hosts, x))
		return false;
	/* Tools say that they understand AD (RFC 6840 5.7); who walks delegations asks without it. */
	bool by_tool = rd || (x->query.flags & RC_FLAG_AD);
	return by_tool || rc_hosts_resolvers(hosts) == 0 || !rc_hosts_iterates(hosts, &x->asker) ||
	       rc_hosts_works_apart(hosts, &x->asker);
}
