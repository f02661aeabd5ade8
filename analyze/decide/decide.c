#include "analyze/decide/decide.h"

#include <stdlib.h>

#include "analyze/decide/ahead.h"
#include "analyze/decide/caps.h"
#include "analyze/decide/fetch.h"
#include "base/err.h"
#include "base/time.h"

#define RULES_MAX 128u
#define ALTERNATIVES_MAX 4u
#define TEXTS_MAX 4u
#define INSTANT_NS RC_NS_PER_MS /* no time for asking anybody: told from memory */
#define MEMO_AGE_NS \
	(900 * RC_NS_PER_S) /* longer than any failure cache in use; RFC 9520 allows 5 min */
#define REPEAT_AGE_NS (30 * RC_NS_PER_S) /* failure caches in use: BIND 1 s, Unbound 5 s */
/* What an answer may say that comes from a failure cache: cached error, and why it failed at first. */
#define EDE_REPEATED (RC_EDE(0) | RC_EDE(13) | RC_EDE(22) | RC_EDE(23))

/* A rule, with what it is looked at for: side by side, as most are passed over at each failure. */
struct candidate {
	uint32_t opcodes, rcodes;
	const struct rc_rule *rule;
};

struct rc_decider {
	struct rc_memo *memo;
	struct rc_echo *echo;
	struct rc_ahead *ahead;
	struct candidate candidates[RULES_MAX]; /* by rank */
	size_t n_candidates;
};

/* What the rules made of one case. */
struct outcome {
	const struct rc_rule *rule;
	enum rc_confidence confidence;
	struct rc_finding finding;
	const struct rc_cause *alternatives[ALTERNATIVES_MAX];
	size_t n_alternatives;
};

static int by_rank(const void *a, const void *b)
{
	const struct rc_rule *x = ((const struct candidate *)a)->rule;
	const struct rc_rule *y = ((const struct candidate *)b)->rule;
	return x->rank != y->rank ? x->rank - y->rank : strcmp(x->cause.slug, y->cause.slug);
}

int rc_decider_new(size_t memo_bytes, size_t echo_bytes, uint64_t seed,
		   struct rc_decider **ret_decider)
{
	struct rc_decider *d = calloc(1, sizeof *d);
	if (d == NULL)
		return RC_E_NOMEM;
	const struct rc_rule *rule;
	for (size_t i = 0; (rule = rc_rule_at(i)) != NULL && d->n_candidates < RULES_MAX; i++)
		d->candidates[d->n_candidates++] = (struct candidate){
			rule->opcodes == 0 ? RC_ON(RC_OPCODE_QUERY) : rule->opcodes, rule->rcodes,
			rule};
	qsort(d->candidates, d->n_candidates, sizeof *d->candidates, by_rank);
	if (rc_memo_new(memo_bytes, seed, &d->memo) != RC_OK ||
	    rc_echo_new(echo_bytes, seed, &d->echo) != RC_OK ||
	    rc_ahead_new(seed, &d->ahead) != RC_OK) {
		rc_decider_free(d);
		return RC_E_NOMEM;
	}
	*ret_decider = d;
	return RC_OK;
}

void rc_decider_free(struct rc_decider *d)
{
	if (d == NULL)
		return;
	rc_memo_free(d->memo);
	rc_echo_free(d->echo);
	rc_ahead_free(d->ahead);
	free(d);
}

/* RD=1 answered with nothing, without recursion and without authority: an answer that helps nobody. */
static bool is_empty_refusal(const struct rc_exchange *x)
{
	const struct rc_msg_facts *a = &x->answer;
	return x->opcode == RC_OPCODE_QUERY && (x->query.flags & RC_FLAG_RD) &&
	       !(a->flags & (RC_FLAG_RA | RC_FLAG_AA | RC_FLAG_TC)) && a->counts[0] == 0 &&
	       !rc_exchange_is_transfer(x);
}

bool rc_is_failure(const struct rc_exchange *x, bool include_nxdomain)
{
	if (x->state != RC_X_ANSWERED)
		return true;
	switch (x->answer.rcode) {
	case RC_RCODE_NOERROR:
		return is_empty_refusal(x);
	case RC_RCODE_NXDOMAIN:
		return x->opcode != RC_OPCODE_QUERY || include_nxdomain;
	default:
		return true;
	}
}

/* The bit of its outcome among those that rules are looked at for; 0 for one that has none. */
static uint32_t outcome_bit(const struct rc_case *c)
{
	if (!rc_is_answered(c))
		return RC_ON_SILENCE;
	return c->x->answer.rcode < 31 ? RC_ON(c->x->answer.rcode) : 0;
}

/* What others fared with as well, or this one before. */
static bool is_plain_query(const struct rc_case *c)
{
	return c->x->opcode == RC_OPCODE_QUERY && !rc_exchange_is_of_other_class(c->x);
}

static bool is_of_family(const struct rc_rule *rule, const char *family)
{
	return strncmp(rule->cause.slug, family, strlen(family)) == 0;
}

static void note_alternative(struct outcome *o, const struct rc_rule *rule)
{
	for (size_t i = 0; i < o->n_alternatives; i++)
		if (o->alternatives[i] == &rule->cause)
			return;
	if (o->n_alternatives < ALTERNATIVES_MAX)
		o->alternatives[o->n_alternatives++] = &rule->cause;
}

/* Weighs the rules, then has the one that won tell its finding. */
static bool run_rules(struct rc_decider *d, struct rc_case *c, struct outcome *o)
{
	struct rc_evidence *evidence = rc_arena_take(c->arena, RC_EVIDENCE_MAX * sizeof *evidence);
	if (evidence == NULL)
		return false;
	*o = (struct outcome){.rule = NULL};
	c->weighing = true;
	uint32_t on = outcome_bit(c);
	uint32_t kind = rc_exchange_is_of_other_class(c->x) ? RC_OTHER_CLASS : RC_ON(c->x->opcode);
	for (size_t i = 0; i < d->n_candidates && o->confidence < RC_CONF_PROVEN; i++) {
		const struct candidate *candidate = &d->candidates[i];
		if (!(candidate->opcodes & kind) ||
		    (!(candidate->rcodes & on) && candidate->rcodes != RC_ON_ANY))
			continue;
		const struct rc_rule *rule = candidate->rule;
		struct rc_finding f = {.evidence = evidence};
		enum rc_confidence confidence = rc_cap_by_silence(rule, c, rule->test(rule, c, &f));
		bool fallback = confidence == RC_CONF_NONE && o->rule == NULL &&
				rule->rcodes == RC_ON_ANY && f.explanation != NULL;
		if (confidence > o->confidence || fallback) {
			if (o->confidence > RC_CONF_NONE)
				note_alternative(o, o->rule);
			o->rule = rule;
			o->confidence = confidence;
		} else if (confidence > RC_CONF_NONE) {
			note_alternative(o, rule);
		}
	}
	c->weighing = false;
	if (o->rule == NULL)
		return false;
	o->finding = (struct rc_finding){.evidence = evidence};
	o->rule->test(o->rule, c, &o->finding);
	return true;
}

/* Tells a failure by the verdict on one that it repeats. */
static void take_over(struct rc_case *c, const struct rc_memo_entry *e, bool by_zone,
		      struct outcome *o)
{
	bool asked_nobody = c->upstream_visible || c->x->end_ns - c->x->first_ns < INSTANT_NS;
	bool cached = c->n_links == 0 && asked_nobody;
	struct rc_finding *f = &o->finding;
	o->rule = e->rule;
	o->confidence = e->confidence;
	if ((by_zone || !cached) && o->confidence == RC_CONF_PROVEN)
		o->confidence = RC_CONF_LIKELY;
	f->n_evidence = 0;
	f->vague = f->generic = false;
	f->cached = cached;
	f->advice = e->advice;
	f->zone = e->has_zone ? rc_arena_copy(c->arena, &e->zone, sizeof e->zone) : NULL;
	f->server = e->has_server ? rc_arena_copy(c->arena, &e->server, sizeof e->server) : NULL;
	c->took = NULL; /* what the rule told is void */
	c->names_client = false;
	bool original = cached && !(e->rule->flags & RC_RULE_REPEATS);
	bool of_other = e->of_other || (by_zone && e->names_question);
	f->of_other = of_other ? rc_say(c, "%s", e->explanation) : NULL;
	f->explanation = rc_say(c, "%s%s%s%s", of_other ? rc_say_name(c, c->qname) : "",
				of_other ? " fails as another name does: " : "", e->explanation,
				original ? " (answered from the resolver's memory of that failure)"
					 : "");
	rc_prove_self(c, f,
		      cached ? "the same failure again, and nothing asked upstream"
			     : "the same failure again");
	for (size_t i = 0; i < e->n_evidence && f->n_evidence < RC_EVIDENCE_MAX; i++)
		f->evidence[f->n_evidence++] = e->evidence[i];
}

/* Takes over the verdict of the failure that this one repeats, where the rules do not say as much of it. */
static void recall(struct rc_decider *d, struct rc_case *c, struct outcome *o)
{
	bool by_zone = false;
	if (!is_plain_query(c) ||
	    (o->confidence >= RC_CONF_LIKELY && !o->finding.vague && !o->finding.generic))
		return;
	if (rc_is_answered(c) && c->x->answer.rcode != RC_RCODE_SERVFAIL)
		return;
	const struct rc_memo_entry *e = rc_memo_find(d->memo, c, MEMO_AGE_NS, &by_zone);
	if (e == NULL || (e->vague && o->finding.vague && !o->finding.generic))
		return;
	if (!rc_is_answered(c) && (c->x->query.flags & RC_FLAG_CD) &&
	    is_of_family(e->rule, "dnssec."))
		return;
	/* Mere signs say nothing beside other signs, and nothing about other names: but those of the resolver. */
	bool mere = e->confidence < RC_CONF_LIKELY && !(e->rule->flags & RC_RULE_RESOLVER);
	bool same = e->rule == o->rule && o->confidence >= e->confidence && !o->finding.vague &&
		    !o->finding.generic; /* and its own evidence is of this question */
	bool asks = (e->rule->flags & RC_RULE_REPEATS) && c->n_links > 0;
	if (same || asks || (mere && (o->confidence > RC_CONF_NONE || by_zone)))
		return;
	if (o->confidence > RC_CONF_NONE)
		note_alternative(o, o->rule);
	take_over(c, e, by_zone, o);
}

/* Answered at once by a resolver that is seen to ask nobody, and says nothing more than that it failed. */
static bool is_bare_repeat(const struct rc_case *c)
{
	const struct rc_others *t = &c->others;
	return is_plain_query(c) && rc_rcode_is(c, RC_RCODE_SERVFAIL) && c->upstream_visible &&
	       c->n_links == 0 && !c->own_fetch && c->x->end_ns - c->x->first_ns < INSTANT_NS &&
	       !rc_flag(&c->x->query, RC_FLAG_CD) && !(c->ede & ~EDE_REPEATED) &&
	       t->same_server_ok + t->same_client_ok + t->cd_ok + t->validated == 0;
}

/* What was proven of the same question a moment ago says all that rules could find out about such a repeat. */
static bool recall_at_once(struct rc_decider *d, struct rc_case *c, struct outcome *o)
{
	bool by_zone = false;
	if (!is_bare_repeat(c))
		return false;
	const struct rc_memo_entry *e = rc_memo_find(d->memo, c, REPEAT_AGE_NS, &by_zone);
	struct rc_evidence *evidence = rc_arena_take(c->arena, RC_EVIDENCE_MAX * sizeof *evidence);
	if (e == NULL || evidence == NULL || by_zone || e->vague ||
	    e->confidence < RC_CONF_PROVEN || (e->rule->flags & RC_RULE_RESOLVER))
		return false;
	*o = (struct outcome){.finding = {.evidence = evidence}};
	take_over(c, e, false, o);
	return true;
}

/*
 * The resolver's own queries are not in sight, and nothing is known of this failure: but other names of the zone
 * fail at the same time, and why is known.
 */
static void compare_siblings(struct rc_decider *d, struct rc_case *c, struct outcome *o)
{
	const struct rc_others *t = &c->others;
	if (o->confidence > RC_CONF_NONE || c->upstream_visible || !is_plain_query(c) ||
	    !rc_rcode_is(c, RC_RCODE_SERVFAIL) || rc_flag(&c->x->query, RC_FLAG_CD) ||
	    !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    t->same_server_ok + t->same_client_ok + t->cd_failed > 0)
		return;
	const struct rc_memo_entry *e = rc_memo_find_sibling(d->memo, c);
	if (e == NULL)
		return;
	struct rc_finding *f = &o->finding;
	o->rule = e->rule;
	o->confidence = RC_CONF_POSSIBLE;
	f->n_evidence = 0;
	f->vague = f->generic = true;
	f->cached = false;
	f->advice = e->advice;
	f->zone = NULL;
	f->server = NULL;
	c->took = NULL;
	c->names_client = false;
	f->of_other = rc_say(c, "%s", e->explanation);
	f->explanation = rc_say(
		c, "%s fails at %s as another name of its zone does, of which more is known: %s",
		rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server), e->explanation);
	rc_prove_self(c, f, "SERVFAIL, and nothing that tells it apart");
	for (size_t i = 0; i < e->n_evidence && f->n_evidence < RC_EVIDENCE_MAX; i++) {
		f->evidence[f->n_evidence] = e->evidence[i];
		f->evidence[f->n_evidence++].fact = "part of the failure of the other name";
	}
}

/* Of the zone, its servers or the way there: what others of its names meet as well. */
static bool concerns_zone(const struct rc_rule *rule)
{
	enum rc_party party = rule->cause.responsible;
	return party == RC_PARTY_ZONE_OWNER || party == RC_PARTY_SERVER_OPERATOR ||
	       party == RC_PARTY_NETWORK;
}

/* The case of the exchange that a forwarder itself failed in; NULL if this is the end of the chain. */
static struct rc_case *next_hop(const struct rc_case_sources *sources, struct rc_case *c)
{
	const struct rc_link *link = rc_case_handed_on(c);
	/* Nobody is there to have failed at anything: that is the forwarder's own upstream failure. */
	if (link == NULL || link->outcome == RC_OUT_USABLE || link->outcome == RC_OUT_UNKNOWN ||
	    link->outcome == RC_OUT_ICMP)
		return NULL;
	struct rc_exchange *x = rc_arena_copy(c->arena, link->x, sizeof *link->x);
	if (x == NULL)
		return NULL;
	if (x->state == RC_X_PENDING) /* still waiting when its client was answered */
		x->end_ns = c->to_ns;
	x->state = x->state == RC_X_ANSWERED ? RC_X_ANSWERED : RC_X_UNANSWERED;
	return rc_case_build(sources, x, &link->name->name, link->answer);
}

static size_t expand_texts(struct rc_case *c, const struct rc_finding *f, bool command,
			   const char *const *texts, size_t max, const char *const **ret_texts)
{
	const char **out = rc_arena_alloc(c->arena, TEXTS_MAX * sizeof *out);
	size_t n = 0;
	for (; out != NULL && n < max && n < TEXTS_MAX && texts[n] != NULL; n++)
		out[n] = rc_say_expand(c, f, command, texts[n]);
	*ret_texts = out;
	return n;
}

static void say_not_seen(struct rc_case *c, struct rc_visibility *v)
{
	const char **out = rc_arena_alloc(c->arena, (RC_EVIDENCE_MAX + 2) * sizeof *out);
	if (out == NULL)
		return;
	if (!c->upstream_visible)
		out[v->n_not_seen++] = rc_say(c, "queries of %s to other servers",
					      rc_say_addr(c, &c->x->server));
	else if (c->n_links == 0)
		out[v->n_not_seen++] = rc_say(c, "queries of %s for %s",
					      rc_say_addr(c, &c->x->server),
					      rc_say_name(c, c->qname));
	if (c->dnssec_done)
		for (size_t i = 0; i < c->dnssec.n_not_seen && v->n_not_seen < RC_EVIDENCE_MAX; i++)
			out[v->n_not_seen++] = c->dnssec.not_seen[i];
	v->not_seen = out;
}

static struct rc_visibility visibility_of(struct rc_case *c, const struct outcome *o)
{
	uint32_t marks = c->x->marks;
	struct rc_visibility v = {
		.upstream_seen = c->n_links > 0,
		.one_way = c->one_way != RC_TWO_WAYS,
		.capture_start = (marks & RC_X_AT_START) != 0,
		.capture_end = (marks & RC_X_AT_END) != 0,
		.kernel_drops = (marks & RC_X_DROPS) != 0,
		.cut = (marks & RC_X_CUT) != 0,
		.fragments_missing = (marks & RC_X_FRAGMENTS_LOST) != 0,
		.history_evicted = rc_recorder_since(c->recorder) >= c->from_ns || c->lineage_cut,
	};
	for (size_t i = 0; i < c->n_links; i++) {
		v.cut = v.cut || (c->links[i].x->marks & RC_X_CUT);
		v.fragments_missing = v.fragments_missing ||
				      (c->links[i].x->marks & RC_X_FRAGMENTS_LOST);
	}
	if (o->confidence <= RC_CONF_POSSIBLE)
		say_not_seen(c, &v);
	return v;
}

static enum rc_side side_of(const struct rc_case *c)
{
	if (rc_hosts_is_resolver(c->hosts, &c->x->asker))
		return RC_SIDE_UPSTREAM;
	return rc_server_recurses(c) || c->upstream_visible ? RC_SIDE_CLIENT
							    : RC_SIDE_AUTHORITATIVE;
}

/* Resolvers known as such are counted one by one; of other servers the client itself tells. */
static uint32_t failing_elsewhere(const struct rc_others *o)
{
	return o->elsewhere_failed > 0 ? o->elsewhere_failed : o->other_server_failed > 0;
}

static uint32_t ok_elsewhere(const struct rc_others *o)
{
	return o->elsewhere_ok > 0 ? o->elsewhere_ok : o->other_server_ok > 0;
}

static void fill(struct rc_case *c, struct rc_case *root, struct outcome *o, struct rc_failure *v)
{
	const struct rc_cause *cause = &o->rule->cause;
	const struct rc_cause **alternatives = rc_arena_copy(c->arena, o->alternatives,
							     sizeof o->alternatives);
	size_t n_alternatives = 0;
	for (size_t i = 0; alternatives != NULL && i < o->n_alternatives; i++)
		if (o->alternatives[i] != cause)
			alternatives[n_alternatives++] = o->alternatives[i];
	*v = (struct rc_failure){
		.exchange = c->x,
		.qname = c->qname,
		.answer = c->answer,
		.cause = cause,
		.confidence = o->confidence,
		.responsible = cause->responsible,
		.side = side_of(c),
		.cached = o->finding.cached,
		.zone = o->finding.zone,
		.server = o->finding.server,
		.explanation = o->finding.explanation,
		.evidence = o->finding.evidence,
		.n_evidence = o->finding.n_evidence,
		.alternatives = alternatives,
		.n_alternatives = n_alternatives,
		.visibility = visibility_of(c, o),
		.scope = {.resolvers_failing = 1 + failing_elsewhere(&c->others),
			  .resolvers_ok = ok_elsewhere(&c->others),
			  .clients = 1},
	};
	const struct rc_advice *own = o->finding.advice;
	v->n_fix = expand_texts(root, &o->finding, false, own != NULL ? own->fix : cause->fix, 3,
				&v->fix);
	v->n_next_steps = expand_texts(root, &o->finding, true,
				       own != NULL ? own->next_steps : cause->next_steps, 3,
				       &v->next_steps);
}

/*
 * Where the resolver's own queries are not in sight, what its slowness says is all there will ever be: a
 * repeat that fails at once is the same. And what ails the resolver itself shows but once.
 */
static bool is_worth_remembering(const struct rc_case *c, const struct outcome *o)
{
	bool repeats = (o->rule->flags & RC_RULE_REPEATS) != 0;
	bool alone = !c->upstream_visible || repeats || (o->rule->flags & RC_RULE_RESOLVER);
	enum rc_confidence least = alone ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
	bool retry = rc_is_answered(c) && rc_flag(&c->x->answer, RC_FLAG_TC);
	return o->confidence >= least && !retry && (!o->finding.cached || repeats) &&
	       !o->finding.generic && is_plain_query(c);
}

/* By the rules; and with what seems to be the resolver's other address, where its own exchanges prove nothing. */
static bool run_rules_widely(struct rc_decider *d, struct rc_case **c, struct outcome *o)
{
	if (!run_rules(d, *c, o))
		return false;
	struct rc_case *wide = o->confidence < RC_CONF_PROVEN ? rc_case_widen(*c) : NULL;
	if (wide == NULL)
		return true;
	*c = wide;
	return run_rules(d, wide, o);
}

/* The verdict on the last case of a chain of forwarders: what was known of it already, or what rules say. */
static bool weigh(struct rc_decider *d, struct rc_case **hop, size_t *last, struct outcome *o)
{
	if (*last == 0 && recall_at_once(d, hop[0], o))
		return true;
	if (!run_rules_widely(d, &hop[*last], o))
		return false;
	/* Silent behind a forwarder is the forwarder's upstream: its own case says so, and why keys matter. */
	bool keys = rc_exchange_asks_keys(hop[*last]->x) && !rc_exchange_asks_keys(hop[0]->x);
	bool nowhere = is_of_family(o->rule, "no_answer.") ||
		       (keys && is_of_family(o->rule, "unknown."));
	if (*last > 0 && nowhere && !run_rules(d, hop[--*last], o))
		return false;
	recall(d, hop[*last], o);
	return true;
}

/* The question is back at a server that it came by: forwarders that ask one another. */
static bool is_passed(struct rc_case *const *hop, size_t next)
{
	for (size_t i = 0; i < next; i++)
		if (rc_addr_equal(&hop[i]->x->server, &hop[next]->x->server))
			return true;
	return false;
}

bool rc_decide(struct rc_decider *d, const struct rc_case_sources *sources,
	       const struct rc_exchange *x, const struct rc_name *qname,
	       const struct rc_msg *answer, struct rc_failure *ret_failure)
{
	struct rc_case_sources own = *sources;
	struct outcome o;
	rc_echo_note(d->echo, x, &own);
	if (rc_echo_answer(d->echo, &own, x, qname, answer, ret_failure))
		return true;
	struct rc_case *c = rc_case_build(&own, x, qname, answer);
	if (c == NULL)
		return false;
	rc_echo_learn(d->echo, c);
	struct rc_addr *chain = rc_arena_alloc(c->arena, RC_FORWARD_HOPS_MAX * sizeof *chain);
	struct rc_case *hop[RC_FORWARD_HOPS_MAX] = {c};
	size_t hops = 1, last = 0;
	if (chain == NULL)
		return false;
	while (hops < RC_FORWARD_HOPS_MAX &&
	       (hop[hops] = next_hop(sources, hop[hops - 1])) != NULL && !is_passed(hop, hops))
		hops++;
	for (size_t i = 0; i < hops; i++)
		chain[i] = hop[i]->x->server;
	last = hops - 1;
	if (!weigh(d, hop, &last, &o))
		return false;
	struct rc_case *root = hop[last];
	c = hop[0];
	compare_siblings(d, root, &o);
	if (!root->upstream_visible && rc_rcode_is(root, RC_RCODE_SERVFAIL) &&
	    o.confidence > RC_CONF_NONE && o.finding.explanation != NULL && concerns_zone(o.rule))
		rc_memo_put_sibling(d->memo, root, o.rule, o.confidence, &o.finding);
	o.confidence = rc_cap_by_lineage(hop, last, rc_cap_by_loss(c, o.confidence));
	if (root->report != NULL)
		rc_prove_report(root, &o.finding);
	if (root != c)
		rc_prove_self(c, &o.finding, "what the client got through the forwarder");
	if (is_worth_remembering(root, &o) &&
	    (!rc_is_answered(c) || x->answer.rcode == RC_RCODE_SERVFAIL))
		for (size_t i = 0; i <= last; i++)
			rc_memo_put(d->memo, hop[i], o.rule, o.confidence, &o.finding);
	fill(c, root, &o, ret_failure);
	ret_failure->chain = chain;
	ret_failure->n_chain = hops > 1 ? hops : 0;
	rc_echo_keep(d->echo, c, ret_failure);
	return true;
}

/* The name of a server of the zone at fault, looked up on the way: told with the question it served. */
static bool is_side_lookup(struct rc_decider *d, struct rc_case *c, const struct outcome *o)
{
	bool by_zone = false, is_ns = false;
	const struct rc_memo_entry *e = rc_memo_find(d->memo, c, RC_FETCH_GAP_NS, &by_zone);
	if (e == NULL || !by_zone || !e->has_zone || o->finding.zone == NULL ||
	    !rc_name_equal(&e->zone, o->finding.zone))
		return false;
	for (size_t i = 0; i < c->n_zones; i++)
		for (size_t k = 0; k < c->zones[i].n_ns; k++)
			is_ns = is_ns || rc_name_equal(&c->zones[i].ns[k], c->qname);
	return is_ns;
}

/* Another type of the same name is another question, but for those that validation asks. */
static void mark_told(struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		struct rc_record *r = rc_recorder_at(c->recorder, link->pos);
		uint16_t type = link->x->qtype;
		bool own = link->name->role == RC_ROLE_QUESTION;
		bool side = !own || rc_exchange_asks_keys(link->x);
		if (r != NULL &&
		    ((own && type == c->x->qtype) || (side && link->outcome != RC_OUT_USABLE)))
			r->x.marks |= RC_X_TOLD;
	}
}

enum rc_fetched rc_decide_fetch(struct rc_decider *d, const struct rc_case_sources *sources,
				const struct rc_exchange *x, const struct rc_name *qname,
				const struct rc_msg *answer, struct rc_failure *ret_failure)
{
	struct rc_case_sources own = *sources;
	struct rc_exchange work;
	struct outcome o;
	own.own_fetch = true;
	if (rc_fetch_of(sources, x, &work) > sources->now_ns)
		return RC_FETCHED_LATER;
	struct rc_case *c = rc_case_build(&own, &work, qname, NULL);
	if (c == NULL)
		return RC_FETCHED_NOTHING;
	mark_told(c);
	bool resolved = c->final != NULL;
	if (!resolved &&
	    !rc_fetch_let_down(
		    c)) /* a step on the way down: what failed then is another question's */
		c->failed_zone = RC_ZONE_NONE;
	if ((resolved && !rc_fetch_rejects(c, x)) || !run_rules(d, c, &o) ||
	    o.confidence < RC_CONF_LIKELY ||
	    (is_of_family(o.rule, "dnssec.") && !rc_fetch_rejects(c, x)) ||
	    is_side_lookup(d, c, &o))
		return RC_FETCHED_NOTHING;
	if (resolved) /* that it was rejected follows, and is not seen */
		o.confidence = RC_CONF_LIKELY;
	rc_memo_put(d->memo, c, o.rule, o.confidence, &o.finding);
	fill(c, c, &o, ret_failure);
	ret_failure->exchange = rc_arena_copy(c->arena, x, sizeof *x);
	ret_failure->answer = answer;
	ret_failure->side = RC_SIDE_UPSTREAM;
	return ret_failure->exchange != NULL ? RC_FETCHED_FAILED : RC_FETCHED_NOTHING;
}

void rc_decider_look_ahead(struct rc_decider *d, const struct rc_hold *hold,
			   struct rc_recorder *recorder, const struct rc_hosts *hosts)
{
	rc_ahead_step(d->ahead, hold, d->echo, recorder, hosts);
}

const struct rc_echo_stats *rc_decider_echoes(const struct rc_decider *d)
{
	return rc_echo_stats(d->echo);
}
