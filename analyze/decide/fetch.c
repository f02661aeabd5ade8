#include "analyze/decide/fetch.h"

#include "analyze/infer/validation.h"

#define STEPS_MAX 128u     /* exchanges about the name looked at, per address */
#define SCAN_MAX 384u      /* records between the way down to a zone and its keys looked through */
#define KEYS_STEPS_MAX 16u /* exchanges about a zone looked through for its keys */
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
