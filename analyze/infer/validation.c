#include "analyze/infer/validation.h"

#include "analyze/infer/zones.h"

#define BOOK_PAGES 2u
#define BOOK_VERSIONS 8u /* of a page */

struct gathering {
	struct rc_dnssec_msg *msgs;
	struct rc_origin *origins;
	size_t n, max;
};

/* The same records again, later: of them nothing else is new (rc_dnssec_check, too, reads them once). */
static bool is_repeat(struct gathering *g, const struct rc_origin *o, uint64_t content)
{
	for (size_t i = g->n; content != 0 && i-- > 0;) {
		if (g->msgs[i].content == content && g->msgs[i].msg->fault == o->msg->fault) {
			g->msgs[i].ts_ns = o->ts_ns;
			return true;
		}
	}
	return false;
}

static void gather(struct gathering *g, const struct rc_origin *o, uint64_t content)
{
	const struct rc_msg *m = o->msg;
	if (g->n == g->max || !rc_rcode_is_usable(m->rcode) || (m->flags & RC_FLAG_TC) ||
	    !m->has_question || is_repeat(g, o, content))
		return;
	g->msgs[g->n] = (struct rc_dnssec_msg){m, o->ts_ns, content};
	g->origins[g->n++] = *o;
}

static void gather_link(struct rc_case *c, struct gathering *g, const struct rc_link *link)
{
	gather(g,
	       &(struct rc_origin){.link = link,
				   .msg = link->answer,
				   .ts_ns = link->x->end_ns,
				   .frame = link->x->end_frame,
				   .source = link->x->end_source,
				   .asker = link->x->asker,
				   .server = link->x->server},
	       rc_digests_content(c->digests, RC_DIGEST_ANSWER, link->record->blob_pos,
				  link->answer));
}

static void gather_client_answer(struct gathering *g, const struct rc_client_answer *a)
{
	gather(g,
	       &(struct rc_origin){.client = a,
				   .msg = a->answer,
				   .ts_ns = a->x->end_ns,
				   .frame = a->x->end_frame,
				   .source = a->x->end_source,
				   .asker = a->x->asker,
				   .server = a->x->server},
	       0);
}

static void gather_page(struct gathering *g, const struct rc_msg *m, const struct rc_book_page *p)
{
	gather(g,
	       &(struct rc_origin){.msg = m,
				   .ts_ns = p->first_ns,
				   .frame = p->frame,
				   .source = p->source,
				   .asker = p->asker,
				   .server = p->server},
	       p->content);
}

/* Keys that the resolver fetched itself count, not those that somebody held before. */
static bool has_fetched_keys(const struct rc_case *c, uint64_t hash)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->qtype == RC_TYPE_DNSKEY && c->links[i].name->hash == hash &&
		    c->links[i].answer != NULL && c->links[i].x->query.do_bit &&
		    (c->links[i].answer->has & RC_HAS_ANSWER_QTYPE))
			return true;
	return false;
}

/* Of all versions of a page those that were seen last; before them, those that the resolver itself was given. */
static size_t find_pages(const struct rc_case *c, uint64_t hash, enum rc_book_kind kind,
			 struct rc_book_page *pages)
{
	struct rc_book_page all[BOOK_VERSIONS];
	size_t n = 0, n_all = rc_book_find(c->book, hash, kind, c->x->first_ns, c->to_ns, all,
					   BOOK_VERSIONS);
	for (unsigned own = 2; own-- > 0;)
		for (size_t i = 0; i < n_all && n < BOOK_PAGES; i++)
			if (rc_case_is_resolver(c, &all[i].asker) == own)
				pages[n++] = all[i];
	return n;
}

/* What the zone book has of one name. */
static void gather_book(struct rc_case *c, struct gathering *g, uint64_t hash)
{
	static const enum rc_book_kind kinds[] = {RC_BOOK_REFERRAL, RC_BOOK_DS, RC_BOOK_DNSKEY};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		struct rc_book_page pages[BOOK_PAGES];
		if (kinds[k] == RC_BOOK_DNSKEY && has_fetched_keys(c, hash))
			continue;
		size_t n = find_pages(c, hash, kinds[k], pages);
		while (n-- > 0) {
			const struct rc_msg *m = pages[n].dnssec_ok
							 ? rc_case_decode_page(c, &pages[n])
							 : NULL;
			if (m != NULL)
				gather_page(g, m, &pages[n]);
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

/* Where the question itself was not asked, an alias that the resolver holds led on: what it was given is about there. */
static const struct rc_name *judged_name(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name->role == RC_ROLE_QUESTION)
			return c->qname;
	for (size_t i = 0; i < c->n_names && c->n_links > 0; i++)
		if (c->names[i].role == RC_ROLE_ALIAS && c->names[i].wanted)
			return &c->names[i].name;
	return c->qname;
}

static void check_name(struct rc_case *c, const struct gathering *g, const struct rc_name *name,
		       uint16_t type)
{
	const struct rc_dnssec_question q = {
		.name = name, .type = type, .now_ns = c->to_ns, .msgs = g->msgs, .n = g->n};
	rc_dnssec_cache_check(c->judgements, c->dnssec_anchors, &q, c->arena, &c->dnssec);
}

static void check(struct rc_case *c, const struct gathering *g, uint16_t type)
{
	check_name(c, g, judged_name(c), type);
}

/* Told that there is no AAAA, it went on to ask for A: it makes the one of the other (DNS64, RFC 6147 5.1.6). */
static bool makes_it_of_a(const struct rc_case *c)
{
	const struct rc_link *none = c->x->qtype == RC_TYPE_AAAA ? c->final : NULL;
	if (none == NULL || none->answer == NULL || none->answer->rcode != RC_RCODE_NOERROR ||
	    (none->answer->has & RC_HAS_ANSWER_QTYPE))
		return false;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->qtype == RC_TYPE_A && c->links[i].answer != NULL &&
		    c->links[i].name == none->name && c->links[i].x->first_ns >= none->x->end_ns)
			return true;
	return false;
}

/*
 * Nothing is wrong with the one that was asked for: is it with the other? Somebody else may have asked for that. A fetch
 * for A of the resolver's own is judged for itself.
 */
static void check_other(struct rc_case *c, const struct gathering *g)
{
	const struct rc_dnssec_result seen = c->dnssec;
	if (seen.n_findings > 0 || c->own_fetch || !makes_it_of_a(c))
		return;
	check(c, g, RC_TYPE_A);
	if (c->dnssec.n_findings == 0 || c->dnssec.status != RC_DNSSEC_BOGUS)
		c->dnssec = seen;
	else
		c->dnssec.status = RC_DNSSEC_INDETERMINATE;
}

static void judge(struct rc_case *c, struct gathering *g)
{
	c->dnssec_origins = g->origins;
	check(c, g, c->x->qtype);
	/* A private root that nobody told us of: what lies below it can still be judged. */
	if (!c->own_anchor && c->dnssec.n_findings > 0 &&
	    c->dnssec.findings[0].fault == RC_DNSSEC_TRUST_ANCHOR) {
		leave_out_root_keys(g);
		c->foreign_root = true;
		check(c, g, c->x->qtype);
	}
	check_other(c, g);
}

static bool room(struct rc_case *c, struct gathering *g, size_t max)
{
	g->max = max;
	g->msgs = rc_arena_take(c->arena, max * sizeof *g->msgs + 1);
	g->origins = rc_arena_take(c->arena, max * sizeof *g->origins + 1);
	return g->msgs != NULL && g->origins != NULL;
}

/* What the resolver itself was given, and what a warm one already knew, for names of roles up to this one. */
static bool gather_lineage(struct rc_case *c, struct gathering *g, enum rc_role last)
{
	if (c->n_names == 0 || !room(c, g, c->n_links + c->n_names * 3 * BOOK_PAGES))
		return false;
	for (size_t i = 0; i < c->n_names; i++)
		if (c->names[i].role <= last)
			gather_book(c, g, c->names[i].hash);
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].answer != NULL && c->links[i].x->query.do_bit &&
		    c->links[i].name->role <= last)
			gather_link(c, g, &c->links[i]);
	return true;
}

/*
 * Nothing is wrong with the question as far as it was got at, and nobody was asked at a zone on the way: are the names of
 * its servers in a zone that is broken? A resolver that validates their addresses too (Knot Resolver) has none then. That
 * it does is seen by this alone: not the whole chain is proven.
 */
static void judge_servers(struct rc_case *c)
{
	const struct rc_dnssec_result seen = c->dnssec;
	const struct rc_zone_view *z = seen.n_findings == 0 ? rc_zones_unhelpful(c) : NULL;
	struct gathering g = {.n = 0};
	if (z == NULL || z->asked > 0 || c->failed_zone != RC_ZONE_NONE)
		return;
	for (size_t i = 0; i < z->n_ns; i++) {
		if (rc_name_in(&z->ns[i], &z->name))
			continue; /* it comes with the delegation */
		if (g.max == 0 && !gather_lineage(c, &g, RC_ROLE_NAMESERVER))
			return;
		check_name(c, &g, &z->ns[i], RC_TYPE_A);
		if (c->dnssec.status == RC_DNSSEC_BOGUS && c->dnssec.n_findings > 0) {
			c->dnssec.status = RC_DNSSEC_INDETERMINATE;
			c->dnssec_origins = g.origins;
			c->dnssec_server = &z->ns[i];
			return;
		}
	}
	c->dnssec = seen;
}

static void judge_lineage(struct rc_case *c)
{
	struct gathering g = {.n = 0};
	if (!gather_lineage(c, &g, RC_ROLE_ALIAS))
		return;
	judge(c, &g);
	judge_servers(c);
}

/* The resolver's own queries are not in sight: by what clients were given. */
static void judge_client_answers(struct rc_case *c)
{
	struct gathering g = {.n = 0};
	rc_case_find_client_answers(c);
	if (c->n_client_answers == 0 ||
	    !room(c, &g, c->n_client_answers + (c->qname->labels + 1u) * 3 * BOOK_PAGES))
		return;
	for (unsigned i = 0; i <= c->qname->labels; i++) {
		struct rc_name name;
		rc_name_parent(c->qname, i, &name);
		gather_book(c, &g, rc_name_hash(c->seed, &name));
	}
	for (size_t i = 0; i < c->n_client_answers; i++)
		gather_client_answer(&g, &c->client_answers[i]);
	judge(c, &g);
}

const struct rc_dnssec_result *rc_case_dnssec(struct rc_case *c)
{
	if (c->dnssec_done)
		return &c->dnssec;
	c->dnssec_done = true;
	c->dnssec.status = RC_DNSSEC_INDETERMINATE;
	judge_lineage(c);
	if (c->n_links == 0 && c->dnssec.n_findings == 0 &&
	    c->dnssec.status == RC_DNSSEC_INDETERMINATE)
		judge_client_answers(c);
	return &c->dnssec;
}
