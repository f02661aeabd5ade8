#include "analyze/infer/case.h"

#include "base/time.h"

#define RESOLVER_ADDRS_MAX 16u
#define OTHERS_WINDOW_NS (120 * RC_NS_PER_S) /* "near in time" for comparing with what others got */
#define OTHERS_STEPS_MAX 64u                 /* exchanges of the same name compared with */
#define SERVICE_STEPS_MAX 16u /* ... at another resolver: the latest like this one counts */
#define BOOK_PAGES 2u

const char *rc_outcome_word(enum rc_outcome outcome)
{
	static const char *const words[RC_OUT_COUNT] = {
		[RC_OUT_USABLE] = "answered",         [RC_OUT_TIMEOUT] = "timeout",
		[RC_OUT_ICMP] = "icmp_unreachable",   [RC_OUT_TCP_FAILED] = "tcp_failed",
		[RC_OUT_REFUSED] = "refused",         [RC_OUT_SERVFAIL] = "servfail",
		[RC_OUT_FORMERR] = "formerr",         [RC_OUT_NOTIMP] = "notimp",
		[RC_OUT_OTHER_RCODE] = "other_rcode", [RC_OUT_LAME] = "lame",
		[RC_OUT_TRUNCATED] = "truncated",     [RC_OUT_MISMATCHED] = "mismatched",
		[RC_OUT_MALFORMED] = "malformed",     [RC_OUT_FRAGMENTS] = "fragments_lost",
		[RC_OUT_UNKNOWN] = "under_way",
	};
	return words[outcome];
}

const struct rc_msg *rc_case_decode(struct rc_case *c, const struct rc_record *record)
{
	uint32_t len;
	const uint8_t *wire = rc_recorder_answer(c->recorder, record, &len);
	if (wire == NULL)
		return NULL;
	uint32_t cut = (record->x.marks & RC_X_CUT) !=
		       0; /* some octets are missing, how many is gone */
	struct rc_msg *m = rc_arena_alloc(c->arena, sizeof *m);
	if (m == NULL || !rc_msg_decode(wire, len, len + cut, c->seed, m))
		return NULL;
	return m;
}

static bool answered_well(const struct rc_exchange *x)
{
	return x->state == RC_X_ANSWERED &&
	       (x->answer.rcode == RC_RCODE_NOERROR || x->answer.rcode == RC_RCODE_NXDOMAIN);
}

static void compare_at_server(struct rc_case *c, const struct rc_exchange *o)
{
	struct rc_others *t = &c->others;
	bool ok = answered_well(o);
	t->earlier += o->first_ns < c->x->first_ns;
	if (o->query.flags & RC_FLAG_CD) {
		ok ? t->cd_ok++ : t->cd_failed++;
		if (ok && t->cd_example == NULL)
			t->cd_example = o;
		if (!(c->x->query.flags & RC_FLAG_CD))
			return; /* without checking it is another question */
	}
	if (rc_addr_equal(&o->asker, &c->x->asker)) {
		bool slip = ok && (o->answer.flags & RC_FLAG_TC) && o->answer.counts[0] == 0;
		t->slipped += slip;
		if (slip)
			t->slip_example = o;
		t->same_client_ok += ok && !slip;
		if (ok && c->x->query.edns && !o->query.edns && o->qtype == c->x->qtype) {
			t->same_client_without_edns_ok++;
			t->without_edns_example = o;
		}
		return;
	}
	ok ? t->same_server_ok++ : t->same_server_failed++;
	t->same_server_alike_ok += ok && o->query.edns == c->x->query.edns &&
				   o->qtype == c->x->qtype;
	if (ok && t->ok_example == NULL)
		t->ok_example = o;
}

static bool is_near(const struct rc_case *c, const struct rc_exchange *o)
{
	return o->first_ns - c->x->first_ns < OTHERS_WINDOW_NS &&
	       c->x->first_ns - o->first_ns < OTHERS_WINDOW_NS && o->state != RC_X_PENDING;
}

static bool is_itself(const struct rc_case *c, const struct rc_exchange *o)
{
	return o->first_frame == c->x->first_frame && o->first_source == c->x->first_source;
}

/* What other clients got from this server, and this client from other servers, for the same name. */
static void compare_with_others(struct rc_case *c)
{
	uint64_t hash = c->x->name_hash;
	uint64_t pos = rc_recorder_newest_by_server(c->recorder, &c->x->server, hash);
	for (unsigned i = 0; i < OTHERS_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL)
			break;
		pos = r->prev_server;
		if (r->x.name_hash == hash && rc_addr_equal(&r->x.server, &c->x->server) &&
		    !is_itself(c, &r->x) && is_near(c, &r->x))
			compare_at_server(c, &r->x);
	}
	pos = rc_recorder_newest_by_asker(c->recorder, &c->x->asker, hash);
	for (unsigned i = 0; i < OTHERS_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL)
			break;
		pos = r->prev_asker;
		if (r->x.name_hash != hash || !rc_addr_equal(&r->x.asker, &c->x->asker) ||
		    rc_addr_equal(&r->x.server, &c->x->server) || !is_near(c, &r->x))
			continue;
		if (answered_well(&r->x)) {
			c->others.other_server_ok++;
			c->others.other_example = &r->x;
		} else {
			c->others.other_server_failed++;
		}
	}
}

/* What this resolver made of the question, when anybody asked it near in time: the latest counts. */
static void compare_resolver(struct rc_case *c, const struct rc_addr *service)
{
	uint64_t pos = rc_recorder_newest_by_server(c->recorder, service, c->x->name_hash);
	for (unsigned i = 0; i < SERVICE_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL)
			return;
		pos = r->prev_server;
		if (r->x.name_hash != c->x->name_hash || r->x.qtype != c->x->qtype ||
		    !rc_addr_equal(&r->x.server, service) || !is_near(c, &r->x) ||
		    ((r->x.query.flags ^ c->x->query.flags) & (RC_FLAG_CD | RC_FLAG_RD)))
			continue;
		bool ok = answered_well(&r->x);
		ok ? c->others.elsewhere_ok++ : c->others.elsewhere_failed++;
		if (ok)
			c->others.elsewhere_example = &r->x;
		return;
	}
}

static void compare_with_resolvers(struct rc_case *c)
{
	const struct rc_addr *services;
	size_t n = rc_hosts_services(c->hosts, &services);
	for (size_t i = 0; i < n; i++) {
		bool own = rc_addr_equal(&services[i], &c->x->server);
		for (size_t k = 0; k < c->n_resolver && !own; k++)
			own = rc_addr_equal(&services[i], &c->resolver[k]);
		if (!own)
			compare_resolver(c, &services[i]);
	}
}

static void find_resolver(struct rc_case *c)
{
	c->resolver = rc_arena_alloc(c->arena, RESOLVER_ADDRS_MAX * sizeof *c->resolver);
	if (c->resolver == NULL)
		return;
	c->n_resolver = rc_hosts_addresses(c->hosts, &c->x->server, c->resolver,
					   RESOLVER_ADDRS_MAX);
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && h->asked_rd0 + h->asked_rd1 > 0)
			c->upstream_visible = true;
	}
}

/*
 * The same question put to another resolver: this one forwards. If its last attempt helped, that one;
 * else the first that did not, since later ones may be answered from a failure cache.
 */
static void find_forwarded(struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (!(link->x->query.flags & RC_FLAG_RD) || link->x->qtype != c->x->qtype ||
		    link->name->role != RC_ROLE_QUESTION)
			continue;
		bool helped = link->outcome == RC_OUT_USABLE;
		if (c->forwarded == NULL || helped || c->forwarded->outcome == RC_OUT_USABLE)
			c->forwarded = link;
	}
}

struct rc_case *rc_case_build(const struct rc_case_sources *sources, const struct rc_exchange *x,
			      const struct rc_name *qname, const struct rc_msg *answer)
{
	struct rc_case *c = rc_arena_alloc(sources->arena, sizeof *c);
	if (c == NULL)
		return NULL;
	c->arena = sources->arena;
	c->recorder = sources->recorder;
	c->hosts = sources->hosts;
	c->book = sources->book;
	c->dnssec_anchors = sources->dnssec;
	c->judgements = sources->judgements;
	c->seed = sources->seed;
	c->timeout_ns = sources->timeout_ns;
	c->one_way = sources->one_way;
	c->own_anchor = sources->own_anchor;
	c->x = x;
	c->qname = qname;
	c->answer = answer;
	c->from_ns = x->first_ns;
	c->to_ns = x->end_ns;
	c->server_host = rc_hosts_find(c->hosts, &x->server);
	c->failed_zone = RC_ZONE_NONE;
	if (answer != NULL)
		for (unsigned i = 0; i < answer->edns.n_ede; i++)
			if (answer->edns.ede[i].code < 64)
				c->ede |= UINT64_C(1) << answer->edns.ede[i].code;
	find_resolver(c);
	if (x->opcode == RC_OPCODE_QUERY && c->upstream_visible) {
		rc_lineage_collect(c);
		rc_zones_judge(c);
		find_forwarded(c);
	}
	compare_with_others(c);
	compare_with_resolvers(c);
	return c;
}

struct gathering {
	struct rc_dnssec_msg *msgs;
	struct rc_origin *origins;
	size_t n, max;
};

static void gather(struct gathering *g, const struct rc_origin *o)
{
	const struct rc_msg *m = o->msg;
	bool usable = m->rcode == RC_RCODE_NOERROR || m->rcode == RC_RCODE_NXDOMAIN;
	if (g->n == g->max || !usable || (m->flags & RC_FLAG_TC) || !m->has_question)
		return;
	g->msgs[g->n] = (struct rc_dnssec_msg){m, o->ts_ns};
	g->origins[g->n++] = *o;
}

static void gather_link(struct gathering *g, const struct rc_link *link)
{
	gather(g, &(struct rc_origin){link, link->answer, link->x->end_ns, link->x->end_frame,
				      link->x->end_source, link->x->asker, link->x->server});
}

static void gather_page(struct gathering *g, const struct rc_msg *m, const struct rc_book_page *p)
{
	gather(g,
	       &(struct rc_origin){NULL, m, p->first_ns, p->frame, p->source, p->asker, p->server});
}

/* What a warm resolver already knew of the zones above the names followed. */
static void gather_book(struct rc_case *c, struct gathering *g)
{
	static const enum rc_book_kind kinds[] = {RC_BOOK_REFERRAL, RC_BOOK_DS, RC_BOOK_DNSKEY};
	for (size_t i = 0; i < c->n_names; i++) {
		if (c->names[i].role == RC_ROLE_NAMESERVER)
			continue;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
			struct rc_book_page pages[BOOK_PAGES];
			size_t n = rc_book_find(c->book, c->names[i].hash, kinds[k], c->x->first_ns,
						pages, BOOK_PAGES);
			while (n-- > 0) {
				struct rc_msg *m = rc_arena_alloc(c->arena, sizeof *m);
				if (m != NULL && pages[n].dnssec_ok &&
				    pages[n].first_ns <= c->to_ns &&
				    rc_msg_decode(pages[n].wire, pages[n].len_bytes,
						  pages[n].len_bytes, c->seed, m))
					gather_page(g, m, &pages[n]);
			}
		}
	}
}

static void leave_out_root_keys(struct gathering *g)
{
	size_t kept = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct rc_msg *m = g->msgs[i].msg;
		if (m->qtype == RC_TYPE_DNSKEY && m->qname.labels == 0)
			continue;
		g->msgs[kept] = g->msgs[i];
		g->origins[kept++] = g->origins[i];
	}
	g->n = kept;
}

const struct rc_dnssec_result *rc_case_dnssec(struct rc_case *c)
{
	if (c->dnssec_done)
		return &c->dnssec;
	c->dnssec_done = true;
	c->dnssec.status = RC_DNSSEC_INDETERMINATE;
	struct gathering g = {.max = c->n_links + c->n_names * 3 * BOOK_PAGES};
	g.msgs = rc_arena_alloc(c->arena, g.max * sizeof *g.msgs + 1);
	g.origins = rc_arena_alloc(c->arena, g.max * sizeof *g.origins + 1);
	if (g.msgs == NULL || g.origins == NULL || c->n_names == 0)
		return &c->dnssec;
	gather_book(c, &g);
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].answer != NULL && c->links[i].x->query.do_bit &&
		    c->links[i].name->role != RC_ROLE_NAMESERVER)
			gather_link(&g, &c->links[i]);
	c->dnssec_origins = g.origins;
	rc_dnssec_cache_check(c->judgements, c->dnssec_anchors, c->qname, c->x->qtype, c->to_ns,
			      g.msgs, g.n, c->arena, &c->dnssec);
	/* A private root that nobody told us of: what lies below it can still be judged. */
	if (!c->own_anchor && c->dnssec.n_findings > 0 &&
	    c->dnssec.findings[0].fault == RC_DNSSEC_TRUST_ANCHOR) {
		leave_out_root_keys(&g);
		rc_dnssec_cache_check(c->judgements, c->dnssec_anchors, c->qname, c->x->qtype,
				      c->to_ns, g.msgs, g.n, c->arena, &c->dnssec);
	}
	return &c->dnssec;
}
