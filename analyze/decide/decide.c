#include "analyze/decide/decide.h"

#include <stdlib.h>

#include "analyze/decide/ahead.h"
#include "analyze/decide/caps.h"
#include "analyze/decide/fetch.h"
#include "analyze/decide/repeat.h"
#include "analyze/decide/tell.h"
#include "analyze/infer/askers.h"
#include "analyze/infer/forwarding.h"
#include "base/err.h"

struct rc_decider {
	struct rc_memo *memo;
	struct rc_echo *echo;
	struct rc_ahead *ahead;
	struct rc_ranking rules;
};

int rc_decider_new(size_t memo_bytes, size_t echo_bytes, uint64_t seed,
		   struct rc_decider **ret_decider)
{
	struct rc_decider *d = calloc(1, sizeof *d);
	if (d == NULL)
		return RC_E_NOMEM;
	rc_ranking_init(&d->rules);
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
	if (!rc_exchange_answered(x))
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

/* The answer came when the forwarder had given its client another, or that one waited no longer. */
static bool is_told_late(const struct rc_case *c, const struct rc_exchange *x)
{
	return rc_exchange_answered(x) && x->end_ns > c->x->end_ns;
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
	bool waited = is_told_late(c, x) && !rc_is_failure(x, false); /* it would have helped */
	if (waited) {
		x->end_frame = 0;
		x->answer = (struct rc_msg_facts){.rcode = 0};
	}
	if (waited || x->state == RC_X_PENDING) /* still waiting when its client was answered */
		x->end_ns = c->to_ns;
	x->state = rc_exchange_answered(x) && !waited ? RC_X_ANSWERED : RC_X_UNANSWERED;
	return rc_case_build(sources, x, &link->name->name, waited ? NULL : link->answer);
}

/* A resolver refused to serve them, or failed to: that is for those who asked it, and no word of what is wrong with the name. */
static bool is_between_the_two(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		bool of_resolver = (link->x->query.flags & RC_FLAG_RD) ||
				   rc_flag(&link->x->answer, RC_FLAG_RA);
		if (of_resolver &&
		    (link->outcome == RC_OUT_REFUSED || link->outcome == RC_OUT_SERVFAIL))
			return true;
	}
	return false;
}

/* What is wrong with a name, with its servers, or on the way to them: whoever resolves it meets with it. */
static bool is_met_by_all(const struct rc_case *c, const struct rc_weighed *o)
{
	return o->confidence >= RC_CONF_LIKELY && !is_between_the_two(c) &&
	       o->rule->cause.responsible != RC_PARTY_RESOLVER_OPERATOR &&
	       (rc_cause_is_of(&o->rule->cause, "delegation.") ||
		rc_cause_is_of(&o->rule->cause, "dnssec.") ||
		rc_cause_is_of(&o->rule->cause, "upstream.") ||
		rc_cause_is_of(&o->rule->cause, "zone."));
}

/* What all of them met with, taken together and each alone; the case where they are the resolver's. NULL if nothing. */
static struct rc_case *weigh_common(struct rc_decider *d, const struct rc_case *c,
				    const struct rc_addr *askers, size_t n,
				    struct rc_weighed *ret_common)
{
	struct rc_weighed own;
	struct rc_case *all = n > 0 ? rc_case_suppose(c, askers, n) : NULL;
	if (all == NULL || rc_case_handed_on(all) != NULL ||
	    !rc_weigh(&d->rules, all, ret_common) || !is_met_by_all(all, ret_common))
		return NULL;
	for (size_t i = 0; i < n && n > 1; i++) {
		struct rc_case *one = rc_case_suppose(c, &askers[i], 1);
		if (one == NULL || !rc_weigh(&d->rules, one, &own) ||
		    (own.confidence >= RC_CONF_LIKELY && own.rule != ret_common->rule))
			return NULL;
	}
	/* The way to servers is another for each host. */
	if (rc_cause_is_of(&ret_common->rule->cause, "upstream.") &&
	    rc_askers_may_be_one_host(askers, n))
		ret_common->confidence = RC_CONF_POSSIBLE;
	return all;
}

/*
 * Others asked for the name, and none is known to be the resolver: what all of them met with, be they one resolver's
 * addresses or each another's, is why it failed.
 */
static struct rc_case *find_common_cause(struct rc_decider *d, const struct rc_case *c,
					 struct rc_weighed *ret_common)
{
	struct rc_askers askers;
	struct rc_case *common = NULL;
	bool recursive = (c->x->query.flags & RC_FLAG_RD) && c->x->opcode == RC_OPCODE_QUERY &&
			 (!rc_is_answered(c) || (c->x->answer.flags & RC_FLAG_RA));
	if (!recursive || c->n_links > 0 || c->upstream_visible || c->own_fetch)
		return NULL;
	rc_askers_find_all(c, &askers);
	for (size_t i = 0, n = 0; i < RC_ASKER_KINDS && common == NULL; i++) {
		if (askers.until[i] > n)
			common = weigh_common(d, c, askers.addrs, askers.until[i], ret_common);
		n = askers.until[i];
	}
	return common;
}

/* By the rules; and with what seems to be the resolver's other address, where its own exchanges prove nothing. */
static bool run_rules_widely(struct rc_decider *d, struct rc_case **c, struct rc_weighed *o)
{
	if (!rc_weigh(&d->rules, *c, o))
		return false;
	struct rc_case *wide = o->confidence < RC_CONF_PROVEN ? rc_case_widen(*c) : NULL;
	if (wide != NULL) {
		*c = wide;
		return rc_weigh(&d->rules, wide, o);
	}
	struct rc_weighed common;
	wide = o->confidence < RC_CONF_LIKELY ? find_common_cause(d, *c, &common) : NULL;
	if (wide != NULL) {
		*c = wide;
		*o = common;
	}
	return true;
}

/* Who answers so takes offence at what it is asked, be it at anything: it did not fail at any work. */
static bool is_about_query(const struct rc_case *c)
{
	return rc_rcode_is(c, RC_RCODE_FORMERR) || rc_rcode_is(c, RC_RCODE_NOTIMP);
}

/* The verdict on the last case of a chain of forwarders: what was known of it already, or what rules say. */
static bool weigh(struct rc_decider *d, struct rc_case **hop, size_t *last, struct rc_weighed *o)
{
	if (*last == 0 && rc_repeat_recall_at_once(d->memo, hop[0], o))
		return true;
	if (!run_rules_widely(d, &hop[*last], o))
		return false;
	/* Silent behind a forwarder is the forwarder's upstream: its own case says so, and why keys matter. */
	bool keys = rc_exchange_asks_keys(hop[*last]->x) && !rc_exchange_asks_keys(hop[0]->x);
	bool late = *last > 0 && is_told_late(hop[*last - 1], hop[*last]->x);
	bool untold = keys || late || is_about_query(hop[*last]);
	bool nowhere = rc_cause_is_of(&o->rule->cause, "no_answer.") ||
		       (untold && rc_cause_is_of(&o->rule->cause, "unknown."));
	if (*last > 0 && nowhere && !rc_weigh(&d->rules, hop[--*last], o))
		return false;
	rc_repeat_recall(d->memo, hop[*last], o);
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
	struct rc_weighed o;
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
	rc_repeat_compare_siblings(d->memo, root, &o);
	rc_repeat_compare_resolvers(d->memo, root, &o);
	rc_repeat_keep_for_siblings(d->memo, root, &o);
	rc_repeat_keep_for_resolvers(d->memo, root, &o);
	o.confidence = rc_cap_by_lineage(hop, last, rc_cap_by_loss(c, o.confidence));
	if (root->report != NULL)
		rc_prove_report(root, &o.finding);
	if (root != c) {
		rc_prove_forwarder(&o.finding);
		rc_prove_self(c, &o.finding, "what the client got through the forwarder");
	}
	/* A resolver that told it from memory does not remember it longer for that; who forwarded to it may. */
	size_t n_keep = rc_repeat_is_from_memory(&o) ? last : last + 1;
	bool handed_on = root != c; /* whatever it was, the next time it may be told as a failure */
	if (rc_repeat_is_worth_keeping(root, &o) &&
	    (!rc_is_answered(c) || rc_rcode_is(c, RC_RCODE_SERVFAIL) || handed_on))
		for (size_t i = 0; i < n_keep; i++)
			rc_memo_put(d->memo, hop[i], o.rule, o.confidence, &o.finding);
	rc_tell(c, root, &o, ret_failure);
	ret_failure->chain = chain;
	ret_failure->n_chain = hops > 1 ? hops : 0;
	rc_echo_keep(d->echo, c, ret_failure);
	return true;
}

/* The name of a server of the zone at fault, looked up on the way: told with the question it served. */
static bool is_side_lookup(struct rc_decider *d, struct rc_case *c, const struct rc_weighed *o)
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

/*
 * Another type of the same name is another question, but for those that validation asks. What was asked beside it in
 * vain is told with it, if it is told.
 */
static void mark_judged(struct rc_case *c, bool told)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		struct rc_record *r = rc_recorder_at(c->recorder, link->pos);
		uint16_t type = link->x->qtype;
		bool own = link->name->role == RC_ROLE_QUESTION;
		bool side = link->name->role == RC_ROLE_NAMESERVER ||
			    (told && (!own || rc_exchange_asks_keys(link->x)));
		if (r != NULL &&
		    ((own && type == c->x->qtype) || (side && link->outcome != RC_OUT_USABLE)))
			r->x.marks |= RC_X_JUDGED;
	}
}

enum rc_fetched rc_decide_fetch(struct rc_decider *d, const struct rc_case_sources *sources,
				const struct rc_exchange *x, const struct rc_name *qname,
				const struct rc_msg *answer, struct rc_failure *ret_failure)
{
	struct rc_case_sources own = *sources;
	struct rc_exchange *work = rc_arena_alloc(sources->arena, sizeof *work); /* told with it */
	struct rc_weighed o;
	own.own_fetch = true;
	if (work == NULL)
		return RC_FETCHED_NOTHING;
	if (rc_fetch_of(sources, x, work) > sources->now_ns)
		return RC_FETCHED_LATER;
	struct rc_case *c = rc_case_build(&own, work, qname, NULL);
	if (c == NULL)
		return RC_FETCHED_NOTHING;
	mark_judged(c, false);
	bool resolved = c->final != NULL;
	if (!resolved &&
	    !rc_fetch_let_down(
		    c)) /* a step on the way down: what failed then is another question's */
		c->failed_zone = RC_ZONE_NONE;
	if ((resolved && !rc_fetch_rejects(c, x)) || !rc_weigh(&d->rules, c, &o) ||
	    o.confidence < RC_CONF_LIKELY ||
	    (rc_cause_is_of(&o.rule->cause, "dnssec.") && !rc_fetch_rejects(c, x)) ||
	    is_side_lookup(d, c, &o) || rc_fetch_is_keys_once(c))
		return RC_FETCHED_NOTHING;
	/* That it was rejected follows, and is not seen: who asked with CD=1, or of whom takes it, was answered. */
	if (resolved || rc_cause_is_of(&o.rule->cause, "dnssec.") || rc_fetch_may_content(c))
		o.confidence = RC_CONF_LIKELY;
	mark_judged(c, true);
	rc_memo_put(d->memo, c, o.rule, o.confidence, &o.finding);
	rc_tell(c, c, &o, ret_failure);
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
