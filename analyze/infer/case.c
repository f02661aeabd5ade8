#include "analyze/infer/lineage.h"

#include "analyze/infer/askers.h"
#include "analyze/infer/delegation.h"
#include "analyze/infer/translated.h"
#include "base/time.h"

#define BOOK_PAGES 2u
#define BOOK_VERSIONS 8u              /* of a page */
#define STEP_NS (50 * RC_NS_PER_MS)   /* no resolver thinks so long, or gives up so soon */
#define REPORT_NS (120 * RC_NS_PER_S) /* a report is sent at once, and not again for a while */
#define SKEW_NS (10 * RC_NS_PER_MS)   /* between the clocks of two taps */
#define SKEW_MAX_NS (2 * RC_NS_PER_S) /* ... that nobody has set for long */

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

const struct rc_digest *rc_case_answer(const struct rc_case *c, const struct rc_record *record)
{
	uint32_t len;
	const uint8_t *wire = rc_recorder_answer(c->recorder, record, &len);
	/* Some octets are missing, how many is gone. */
	uint32_t cut = (record->x.marks & RC_X_CUT) != 0;
	return wire == NULL ? NULL
			    : rc_digests_get(c->digests, RC_DIGEST_ANSWER, record->blob_pos, wire,
					     len, len + cut);
}

const struct rc_digest *rc_case_page(const struct rc_case *c, const struct rc_book_page *page)
{
	return rc_digests_get(c->digests, RC_DIGEST_PAGE, page->pos, page->wire, page->len_bytes,
			      page->len_bytes);
}

static const struct rc_msg *keep(struct rc_case *c, const struct rc_digest *digest)
{
	return digest == NULL ? NULL : rc_arena_copy(c->arena, &digest->msg, sizeof digest->msg);
}

const struct rc_msg *rc_case_decode(struct rc_case *c, const struct rc_record *record)
{
	return keep(c, rc_case_answer(c, record));
}

/* True if queries of one of these addresses of the resolver are in sight. */
static bool look_upstream(struct rc_case *c, size_t from)
{
	bool seen = false;
	for (size_t i = from; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h == NULL || h->asked_rd0 + h->asked_rd1 == 0)
			continue;
		seen = true;
		c->other_tap = c->other_tap || h->asked_source != c->x->first_source;
	}
	if (c->other_tap) {
		c->from_ns -= SKEW_NS;
		c->to_ns += SKEW_NS;
	}
	return seen;
}

static void find_resolver(struct rc_case *c)
{
	c->resolver = rc_arena_alloc(c->arena, RC_GROUP_ADDRS_MAX * sizeof *c->resolver);
	if (c->resolver == NULL)
		return;
	c->n_resolver = rc_hosts_addresses(c->hosts, &c->x->server, c->resolver,
					   RC_GROUP_ADDRS_MAX);
	if (c->own_fetch && c->n_resolver == 1 &&
	    rc_hosts_twin(c->hosts, &c->x->server, &c->resolver[1]))
		c->n_resolver = 2;
	c->upstream_visible = look_upstream(c, 0);
	const struct rc_exchange *behind = c->upstream_visible || c->own_fetch
						   ? NULL
						   : rc_translated_to(c->recorder, c->x);
	if (behind == NULL)
		return;
	size_t n = c->n_resolver;
	if (n == RC_GROUP_ADDRS_MAX)
		return;
	c->n_resolver += rc_hosts_addresses(c->hosts, &behind->server, c->resolver + n,
					    RC_GROUP_ADDRS_MAX - n);
	c->upstream_visible = look_upstream(c, n);
	c->translated = true;
	c->adopted = !rc_translated_surely(c->x);
}

/* Is yet another server, besides these two, silent about the question? */
static bool others_are_silent(const struct rc_case *c, const struct rc_link *a,
			      const struct rc_link *b)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].outcome == RC_OUT_TIMEOUT && c->links[i].name == a->name &&
		    c->links[i].x->qtype == a->x->qtype &&
		    !rc_addr_equal(&c->links[i].x->server, &a->x->server) &&
		    !rc_addr_equal(&c->links[i].x->server, &b->x->server))
			return true;
	return false;
}

/*
 * What another server answered says more than one that is silent or not there, or that was still at it: of those asked at
 * the same time the first answer is what the client gets. One that refuses is passed over: where the rest is silent, that
 * is why it fails.
 */
static bool says_more(const struct rc_case *c, const struct rc_link *link,
		      const struct rc_link *than)
{
	bool silent = than->outcome == RC_OUT_TIMEOUT || than->outcome == RC_OUT_UNKNOWN;
	bool absent = than->outcome == RC_OUT_ICMP;
	if (!(silent || absent) || link->answer == NULL)
		return false;
	if (rc_addr_equal(&link->x->server, &than->x->server))
		return than->outcome == RC_OUT_UNKNOWN; /* asked anew, over TCP it may be */
	return link->outcome != RC_OUT_REFUSED || (silent && !others_are_silent(c, link, than));
}

/* What that resolver gives unchecked (CD=1), after it failed at the check: the check is why it is asked again. */
static bool is_unchecked(const struct rc_case *c, const struct rc_link *link)
{
	const struct rc_link *before = c->forwarded;
	return (link->x->query.flags & RC_FLAG_CD) && before != NULL &&
	       before->outcome == RC_OUT_SERVFAIL && !(before->x->query.flags & RC_FLAG_CD) &&
	       !(c->x->query.flags & RC_FLAG_CD) &&
	       rc_addr_equal(&before->x->server, &link->x->server);
}

/* Truncated, and asked again over TCP: what came of it there counts. */
static bool goes_on_over_tcp(const struct rc_link *link)
{
	return link->x->state == RC_X_ANSWERED && link->outcome == RC_OUT_UNKNOWN &&
	       (link->x->answer.flags & RC_FLAG_TC);
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
		    link->name->role != RC_ROLE_QUESTION || link->superseded ||
		    goes_on_over_tcp(link))
			continue;
		bool helped = link->outcome == RC_OUT_USABLE && !rc_link_is_hollow(link) &&
			      !is_unchecked(c, link);
		if (c->forwarded == NULL || helped || c->forwarded->outcome == RC_OUT_USABLE ||
		    says_more(c, link, c->forwarded))
			c->forwarded = link;
	}
}

static bool is_answered_elsewhere(const struct rc_case *c, const struct rc_link *link)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name == link->name && c->links[i].x->qtype == link->x->qtype &&
		    (c->links[i].outcome == RC_OUT_USABLE || c->links[i].outcome == RC_OUT_UNKNOWN))
			return true;
	return false;
}

const struct rc_link *rc_case_handed_on(const struct rc_case *c)
{
	if (c->forwarded != NULL && c->forwarded->outcome != RC_OUT_USABLE)
		return c->forwarded;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		/* Where an alias leads that it held, or was given: that may be all that it asks. */
		bool target = link->name->role == RC_ROLE_ALIAS && link->x->qtype == c->x->qtype;
		bool needed = (link->x->query.flags & RC_FLAG_RD) &&
			      (rc_exchange_asks_keys(link->x) || target);
		if (needed && link->name->role != RC_ROLE_NAMESERVER && !link->superseded &&
		    link->outcome != RC_OUT_USABLE && link->outcome != RC_OUT_UNKNOWN &&
		    !is_answered_elsewhere(c, link))
			return link;
	}
	return NULL;
}

const struct rc_zone_serials *rc_case_serials_of(const struct rc_case *c,
						 const struct rc_name *zone)
{
	const struct rc_zone_serials *s = rc_serials_find(c->serials, zone);
	return s != NULL && !rc_delegation_has_moved(c, zone, &s->older.x.server) ? s : NULL;
}

const struct rc_zone_serials *rc_case_serials(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		bool on_way = z->known_cut && z->role != RC_ROLE_NAMESERVER && z->name.labels > 0;
		const struct rc_zone_serials *s = on_way ? rc_case_serials_of(c, &z->name) : NULL;
		if (s != NULL)
			return s;
	}
	return NULL;
}

bool rc_case_is_resolver(const struct rc_case *c, const struct rc_addr *addr)
{
	for (size_t i = 0; i < c->n_resolver; i++)
		if (rc_addr_equal(&c->resolver[i], addr))
			return true;
	return false;
}

/* A report of this resolver, about this question, and not of another day. */
static void find_report(struct rc_case *c)
{
	const struct rc_report *r = rc_reports_find(c->reports, c->qname, c->x->qtype);
	if (r == NULL || r->x.first_ns < c->from_ns - REPORT_NS ||
	    r->x.first_ns > c->to_ns + REPORT_NS)
		return;
	if (rc_case_is_resolver(c, &r->x.asker))
		c->report = r;
}

/*
 * Nothing is known to be asked for this question, but somebody asks for its name: where nobody else was asked for
 * it, that is the resolver by an address not known as its own. Else it is not known what is in sight of it.
 */
static void adopt(struct rc_case *c)
{
	struct rc_addr lone[RC_LONE_MAX];
	bool recursive = (c->x->query.flags & RC_FLAG_RD) &&
			 (c->x->state != RC_X_ANSWERED || (c->x->answer.flags & RC_FLAG_RA));
	size_t n = recursive && !c->own_fetch ? rc_askers_find_lone(c, lone) : 0;
	if (n == 0)
		return;
	c->upstream_visible = false;
	if (!rc_askers_may_be_one_host(lone, n) || c->n_resolver + n > RC_GROUP_ADDRS_MAX)
		return;
	for (size_t i = 0; i < n; i++)
		c->resolver[c->n_resolver++] = lone[i];
	c->upstream_visible = c->adopted = true;
	rc_lineage_collect(c);
}

/* For the name or a zone that holds it: of the root and its children all ask. */
static bool has_asked(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_followed *name = c->links[i].name;
		bool above = name->role == RC_ROLE_ANCESTOR && name->name.labels > 1;
		if (name->role == RC_ROLE_QUESTION || above)
			return true;
	}
	return false;
}

/*
 * Nothing was asked in the moment until the answer, by the clock of the other tap: perhaps it is that clock that is
 * wrong.
 */
static void collect_skewed(struct rc_case *c)
{
	int64_t from_ns = c->from_ns, to_ns = c->to_ns;
	for (int64_t skew_ns = 5 * SKEW_NS; skew_ns <= SKEW_MAX_NS; skew_ns *= 5) {
		c->from_ns = from_ns - skew_ns;
		c->to_ns = to_ns + skew_ns;
		rc_lineage_collect(c);
		if (has_asked(c)) {
			c->adopted = true;
			return;
		}
	}
	c->from_ns = from_ns;
	c->to_ns = to_ns;
	rc_lineage_collect(c);
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
	c->serials = sources->serials;
	c->reports = sources->reports;
	c->dnssec_anchors = sources->dnssec;
	c->judgements = sources->judgements;
	c->digests = sources->digests;
	c->trails = sources->trails;
	c->tls_pos = sources->tls_pos;
	c->packet_ns = sources->packet_ns;
	c->seed = sources->seed;
	c->timeout_ns = sources->timeout_ns;
	c->own_fetch = sources->own_fetch;
	c->one_way = sources->one_way;
	c->own_anchor = sources->own_anchor;
	c->x = x;
	c->qname = qname;
	c->answer = answer;
	c->from_ns = x->first_ns;
	c->to_ns = x->end_ns;
	c->from_min_ns = c->to_min_ns = INT64_MIN;
	c->from_max_ns = c->to_max_ns = INT64_MAX;
	c->shared_ns = sources->shared_ns;
	c->well_known = sources->well_known;
	c->fetch_known = sources->fetch_known;
	c->others.earlier = sources->asked_before;
	c->server_host = rc_hosts_find(c->hosts, &x->server);
	c->failed_zone = RC_ZONE_NONE;
	c->ede = rc_msg_ede_codes(answer);
	find_resolver(c);
	if (x->opcode == RC_OPCODE_QUERY && c->upstream_visible) {
		rc_lineage_collect(c);
		if (c->other_tap && rc_exchange_took_ns(x) < SKEW_MAX_NS && !has_asked(c))
			collect_skewed(c);
	}
	if (x->opcode == RC_OPCODE_QUERY && c->n_links == 0)
		adopt(c);
	if (x->opcode == RC_OPCODE_QUERY && c->upstream_visible) {
		rc_zones_judge(c);
		find_forwarded(c);
	}
	rc_others_compare(c);
	/* What it had given others when this client asked again, no server of a zone keeps it from giving. */
	if (x->state != RC_X_ANSWERED && c->others.got_before > 0)
		c->failed_zone = RC_ZONE_NONE;
	find_report(c);
	return c;
}

struct rc_case *rc_case_suppose(const struct rc_case *c, const struct rc_addr *addrs, size_t n)
{
	struct rc_case *wide = rc_arena_copy(c->arena, c, sizeof *c);
	if (wide == NULL || c->n_resolver + n > RC_GROUP_ADDRS_MAX)
		return NULL;
	wide->resolver = rc_arena_alloc(c->arena, RC_GROUP_ADDRS_MAX * sizeof *wide->resolver);
	if (wide->resolver == NULL)
		return NULL;
	for (size_t i = 0; i < c->n_resolver; i++)
		wide->resolver[i] = c->resolver[i];
	for (size_t i = 0; i < n; i++)
		wide->resolver[wide->n_resolver++] = addrs[i];
	wide->upstream_visible = wide->adopted = true;
	wide->n_zones = 0;
	wide->failed_zone = RC_ZONE_NONE;
	wide->final = wide->forwarded = NULL;
	wide->dnssec_done = wide->foreign_root = wide->silence_known = false;
	wide->signers = NULL;
	wide->dnssec = (struct rc_dnssec_result){.status = RC_DNSSEC_INDETERMINATE};
	rc_lineage_collect(wide);
	rc_zones_judge(wide);
	find_forwarded(wide);
	return wide;
}

struct rc_case *rc_case_widen(const struct rc_case *c)
{
	struct rc_addr lone[RC_LONE_MAX];
	if (c->n_links == 0 || c->n_resolver != 1 || c->adopted || c->own_fetch ||
	    !(c->x->query.flags & RC_FLAG_RD) || rc_askers_find_lone(c, lone) != 1 ||
	    rc_addr_is_v4(&lone[0]) == rc_addr_is_v4(&c->x->server))
		return NULL;
	return rc_case_suppose(c, lone, 1);
}

bool rc_case_went_on(const struct rc_case *c, int64_t after_ns)
{
	if (c->to_ns >= after_ns && c->to_ns - after_ns < STEP_NS)
		return true;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->first_ns > after_ns &&
		    c->links[i].x->first_ns - after_ns < STEP_NS)
			return true;
	return false;
}

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
							 ? keep(c, rc_case_page(c, &pages[n]))
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

static void judge(struct rc_case *c, struct gathering *g)
{
	const struct rc_name *name = judged_name(c);
	c->dnssec_origins = g->origins;
	rc_dnssec_cache_check(c->judgements, c->dnssec_anchors, name, c->x->qtype, c->to_ns,
			      g->msgs, g->n, c->arena, &c->dnssec);
	/* A private root that nobody told us of: what lies below it can still be judged. */
	if (!c->own_anchor && c->dnssec.n_findings > 0 &&
	    c->dnssec.findings[0].fault == RC_DNSSEC_TRUST_ANCHOR) {
		leave_out_root_keys(g);
		c->foreign_root = true;
		rc_dnssec_cache_check(c->judgements, c->dnssec_anchors, name, c->x->qtype, c->to_ns,
				      g->msgs, g->n, c->arena, &c->dnssec);
	}
}

static bool room(struct rc_case *c, struct gathering *g, size_t max)
{
	g->max = max;
	g->msgs = rc_arena_take(c->arena, max * sizeof *g->msgs + 1);
	g->origins = rc_arena_take(c->arena, max * sizeof *g->origins + 1);
	return g->msgs != NULL && g->origins != NULL;
}

/* By what the resolver itself was given, and what a warm one already knew of the zones above. */
static void judge_lineage(struct rc_case *c)
{
	struct gathering g = {.n = 0};
	if (c->n_names == 0 || !room(c, &g, c->n_links + c->n_names * 3 * BOOK_PAGES))
		return;
	for (size_t i = 0; i < c->n_names; i++)
		if (c->names[i].role != RC_ROLE_NAMESERVER)
			gather_book(c, &g, c->names[i].hash);
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].answer != NULL && c->links[i].x->query.do_bit &&
		    c->links[i].name->role != RC_ROLE_NAMESERVER)
			gather_link(c, &g, &c->links[i]);
	judge(c, &g);
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
