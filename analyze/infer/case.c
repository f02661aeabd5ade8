#include "analyze/infer/case.h"

#include "analyze/infer/askers.h"
#include "analyze/infer/delegation.h"
#include "analyze/infer/forwarding.h"
#include "analyze/infer/lineage.h"
#include "analyze/infer/translated.h"
#include "analyze/infer/zones.h"
#include "base/time.h"

#define STEP_NS (50 * RC_NS_PER_MS)   /* no resolver thinks so long, or gives up so soon */
#define REPORT_NS (120 * RC_NS_PER_S) /* a report is sent at once, and not again for a while */
#define SKEW_NS (10 * RC_NS_PER_MS)   /* between the clocks of two taps */
#define SKEW_MAX_NS (2 * RC_NS_PER_S) /* ... that nobody has set for long */

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

const struct rc_msg *rc_case_decode_page(struct rc_case *c, const struct rc_book_page *page)
{
	return keep(c, rc_case_page(c, page));
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
	const struct rc_error_report *r = rc_error_reports_find(c->reports, c->qname, c->x->qtype);
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
			 (!rc_exchange_answered(c->x) || (c->x->answer.flags & RC_FLAG_RA));
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
	c->signals = sources->signals;
	c->failing = sources->failing;
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
		rc_forwarding_find(c);
	}
	rc_others_compare(c);
	/* What it had given others when this client asked again, no server of a zone keeps it from giving. */
	if (!rc_exchange_answered(x) && c->others.got_before > 0)
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
	wide->unheard_known = false;
	wide->unheard = NULL;
	wide->signers = NULL;
	wide->dnssec_server = NULL;
	wide->dnssec = (struct rc_dnssec_result){.status = RC_DNSSEC_INDETERMINATE};
	rc_lineage_collect(wide);
	rc_zones_judge(wide);
	rc_forwarding_find(wide);
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
