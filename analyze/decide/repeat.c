#include "analyze/decide/repeat.h"

#include "analyze/infer/zones.h"
#include "analyze/pair/chain.h"
#include "base/time.h"

#define INSTANT_NS RC_NS_PER_MS      /* no time for asking anybody: told from memory */
#define SOON_NS (200 * RC_NS_PER_MS) /* no memory takes longer: somebody is asked, be it not seen */
/* Longer than any failure cache in use; RFC 9520 allows 5 min. */
#define MEMO_AGE_NS (900 * RC_NS_PER_S)
#define KEYS_AGE_NS (60 * RC_NS_PER_S)   /* that it got no keys is held so long: Unbound */
#define REPEAT_AGE_NS (30 * RC_NS_PER_S) /* failure caches in use: BIND 1 s, Unbound 5 s */
#define GIVEN_STEPS_MAX 16u              /* exchanges of the name looked through, the latest */

/*
 * What others fared with as well, or this one before: who gives no transfers serves the zone all the same, and what cannot
 * be read is no fault of the next query.
 */
static bool is_plain_query(const struct rc_case *c)
{
	return c->x->opcode == RC_OPCODE_QUERY && !rc_exchange_is_of_other_class(c->x) &&
	       !rc_exchange_is_transfer(c->x) && c->x->qdcount == 1 &&
	       c->x->query.fault == RC_FAULT_NONE;
}

/* It was given what this one asks for since then, be it for another question, or for who asked at another address. */
static bool was_given_since(const struct rc_case *c, int64_t since_ns)
{
	if (c->others.given_ns > since_ns)
		return true;
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_record *r;
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i],
							  c->x->name_hash, GIVEN_STEPS_MAX);
		chain.since_ns = since_ns + 1;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (r->x.qtype == c->x->qtype && r->x.end_ns <= c->x->first_ns &&
			    rc_exchange_answered_well(&r->x))
				return true;
	}
	return false;
}

/* Tells a failure by the verdict on one that it repeats. */
static void take_over(struct rc_case *c, const struct rc_memo_entry *e, bool by_zone,
		      struct rc_weighed *o)
{
	bool cached = c->n_links == 0 &&
		      rc_exchange_took_ns(c->x) < (c->upstream_visible ? SOON_NS : INSTANT_NS);
	struct rc_finding *f = &o->finding;
	o->rule = e->rule;
	o->confidence = e->confidence;
	/* Where it has answered since, what it met with then may be over: this is another failure. */
	if (o->confidence == RC_CONF_PROVEN && (by_zone || !cached || was_given_since(c, e->at_ns)))
		o->confidence = RC_CONF_LIKELY;
	f->n_evidence = 0;
	f->vague = f->generic = false;
	f->cached = cached;
	f->advice = e->advice;
	f->zone = e->has_zone ? rc_arena_copy(c->arena, &e->zone, sizeof e->zone) : NULL;
	f->cut = e->has_cut ? rc_arena_copy(c->arena, &e->cut, sizeof e->cut) : NULL;
	f->server = e->has_server ? rc_arena_copy(c->arena, &e->server, sizeof e->server) : NULL;
	c->took = NULL; /* what the rule told is void */
	c->names_client = false;
	bool of_other = e->of_other || (by_zone && e->names_question);
	f->of_other = of_other ? rc_say(c, "%s", e->explanation) : NULL;
	f->explanation = rc_say(c, "%s%s%s", of_other ? rc_say_name(c, c->qname) : "",
				of_other ? " fails as another name does: " : "", e->explanation);
	rc_prove_self(c, f,
		      cached ? "the same failure again, and nothing asked upstream"
			     : "the same failure again");
	for (size_t i = 0; i < e->n_evidence && f->n_evidence < RC_EVIDENCE_MAX; i++)
		f->evidence[f->n_evidence++] = e->evidence[i];
}

/* Nothing was asked for it, and the same question failed before: what the records still show is why it did then. */
static void note_memory(struct rc_memo *memo, const struct rc_case *c, struct rc_weighed *o)
{
	bool by_zone = false;
	if (c->n_links > 0 || !c->upstream_visible || !rc_rcode_is(c, RC_RCODE_SERVFAIL) ||
	    rc_flag(&c->x->query, RC_FLAG_CD) || rc_exchange_took_ns(c->x) >= SOON_NS)
		return;
	const struct rc_memo_entry *e = rc_memo_find(memo, c, MEMO_AGE_NS, &by_zone);
	if (e != NULL && !by_zone && e->rule == o->rule)
		o->finding.cached = true;
}

/*
 * What it was given verifies by now, and it rejects it: it may still hold the data, keys or DS that made it fail before,
 * or the failure itself.
 */
static bool rejects_what_verifies(const struct rc_case *c, const struct rc_weighed *o)
{
	return (c->final != NULL && rc_cause_is_of(&o->rule->cause, "resolver.internal")) ||
	       rc_cause_is_of(&o->rule->cause, "dnssec.clock_skew");
}

/* Data that failed validation, or keys that it could not get, as they are held against what comes later. */
static bool is_held_against(const struct rc_case *c, const struct rc_weighed *o,
			    const struct rc_memo_entry *e)
{
	if (rc_cause_is_of(&o->rule->cause, "dnssec.clock_skew"))
		return rc_cause_is_of(&e->rule->cause, "dnssec.signature_");
	/* With a wrong anchor or clock it can validate nothing, whatever it is given. */
	if (e->rule->flags & RC_RULE_RESOLVER)
		return c->x->end_ns - e->at_ns <= KEYS_AGE_NS;
	bool no_keys = (rc_cause_is_of(&e->rule->cause, "upstream.") ||
			rc_cause_is_of(&e->rule->cause, "delegation.") ||
			rc_cause_is_of(&e->rule->cause, "zone.")) &&
		       rc_asks_dnssec(c) && c->x->end_ns - e->at_ns <= KEYS_AGE_NS;
	return no_keys || rc_cause_is_of(&e->rule->cause, "dnssec.");
}

/* That it fails validation is another resolver's word: what this one answers, asks or tells others shows nothing of it. */
static bool is_word_of_others(const struct rc_case *c)
{
	const struct rc_others *t = &c->others;
	if (c->n_links > 0 || (c->ede & ~RC_EDE_REPEATED) || c->report != NULL || t->cd_ok > 0 ||
	    c->dnssec.n_findings > 0)
		return false;
	for (unsigned i = 0; i < t->n_said; i++)
		if (rc_case_is_resolver(c, &t->said[i]->x.server))
			return false;
	return t->n_said > 0 ||
	       (t->said_of_type != NULL && !rc_case_is_resolver(c, &t->said_of_type->x.server));
}

/* By the resolver's own words it is a fault of DNSSEC now, and says which, whatever it was before. */
static bool says_otherwise(const struct rc_case *c, const struct rc_weighed *o,
			   const struct rc_memo_entry *e)
{
	return o->confidence >= RC_CONF_LIKELY && rc_cause_is_of(&o->rule->cause, "dnssec.") &&
	       !rc_cause_is_of(&o->rule->cause, "dnssec.validation_failed") &&
	       !rc_cause_is_of(&e->rule->cause, "dnssec.") && !is_word_of_others(c);
}

/* Refused without asking anybody, and nothing but that says that it is a policy of its own: it may have asked before. */
static bool may_hand_on_again(const struct rc_case *c, const struct rc_weighed *o)
{
	return rc_rcode_is(c, RC_RCODE_REFUSED) && c->upstream_visible && c->n_links == 0 &&
	       c->ede == 0 && o->confidence < RC_CONF_PROVEN &&
	       rc_cause_is_of(&o->rule->cause, "policy.blocked");
}

/* It told nothing, and asked nobody: what it remembers it would have told. */
static bool is_ignored(const struct rc_case *c)
{
	return c->ignored || (!rc_is_answered(c) && c->upstream_visible && c->n_links == 0);
}

/*
 * Another client is shut out; or the network told it of its packets, of a server that has answered since: it is not down;
 * or what came as an answer to it did not match, or came too late. What a forwarder hands on again was said to the forwarder.
 */
static bool is_of_another_client(const struct rc_case *c, const struct rc_memo_entry *e, bool again)
{
	const struct rc_host *h = c->server_host;
	if (e->n_evidence == 0 || rc_addr_equal(&e->evidence[0].from, &c->x->asker))
		return false;
	bool own_server = e->has_server && rc_addr_equal(&e->server, &c->x->server);
	bool back = h != NULL && h->answered_query_ns > e->evidence[0].ts_ns;
	uint16_t flags = e->rule->flags;
	return ((flags & RC_RULE_CLIENT) && !again) || ((flags & RC_RULE_ANSWER) && own_server) ||
	       ((flags & RC_RULE_GONE) && back);
}

void rc_repeat_recall(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o)
{
	bool by_zone = false, rejects = rejects_what_verifies(c, o);
	bool again = may_hand_on_again(c, o);
	bool sure = o->confidence >= RC_CONF_LIKELY && !o->finding.vague;
	if (!is_plain_query(c) || is_ignored(c))
		return;
	if (sure && !rejects && !again) {
		note_memory(memo, c, o);
		return;
	}
	if (rc_is_answered(c) && c->x->answer.rcode != RC_RCODE_SERVFAIL && !again)
		return;
	const struct rc_memo_entry *e = rc_memo_find(memo, c, again ? REPEAT_AGE_NS : MEMO_AGE_NS,
						     &by_zone);
	if (e == NULL || (e->vague && o->finding.vague && !o->finding.generic) ||
	    is_of_another_client(c, e, again))
		return;
	if (again && (by_zone || !(e->rule->rcodes & RC_ON(RC_RCODE_REFUSED))))
		return;
	if ((sure && !again && !is_held_against(c, o, e)) || says_otherwise(c, o, e))
		return;
	if (!rc_is_answered(c) && (c->x->query.flags & RC_FLAG_CD) &&
	    rc_cause_is_of(&e->rule->cause, "dnssec."))
		return;
	/* Mere signs say nothing beside other signs, and nothing about other names: but those of the resolver. */
	bool mere = e->confidence < RC_CONF_LIKELY && !(e->rule->flags & RC_RULE_RESOLVER);
	bool same = e->rule == o->rule && o->confidence >= e->confidence &&
		    !o->finding.vague; /* and its own evidence is of this question */
	bool asks = (e->rule->flags & RC_RULE_REPEATS) && c->n_links > 0;
	bool has_signs = o->confidence > RC_CONF_NONE && !(o->finding.cached && o->finding.generic);
	if (same || asks || (mere && (has_signs || by_zone)))
		return;
	if (o->confidence > RC_CONF_NONE)
		rc_weighed_note(o, o->rule);
	take_over(c, e, by_zone, o);
	if (sure && !(e->rule->flags & RC_RULE_RESOLVER))
		o->finding.cached = true; /* what is wrong by now is the resolver's memory alone */
}

/* Answered at once by a resolver that is seen to ask nobody, and says nothing more than that it failed. */
static bool is_bare_repeat(const struct rc_case *c)
{
	const struct rc_others *t = &c->others;
	return is_plain_query(c) && rc_rcode_is(c, RC_RCODE_SERVFAIL) && c->upstream_visible &&
	       c->n_links == 0 && !c->own_fetch && rc_exchange_took_ns(c->x) < INSTANT_NS &&
	       !rc_flag(&c->x->query, RC_FLAG_CD) && !(c->ede & ~RC_EDE_REPEATED) &&
	       t->same_server_ok + t->same_client_ok + t->cd_ok + t->validated == 0;
}

bool rc_repeat_recall_at_once(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o)
{
	bool by_zone = false;
	if (!is_bare_repeat(c))
		return false;
	const struct rc_memo_entry *e = rc_memo_find(memo, c, REPEAT_AGE_NS, &by_zone);
	struct rc_evidence *evidence = rc_arena_take(c->arena, RC_EVIDENCE_MAX * sizeof *evidence);
	if (e == NULL || evidence == NULL || by_zone || e->vague ||
	    e->confidence < RC_CONF_PROVEN || (e->rule->flags & RC_RULE_RESOLVER))
		return false;
	*o = (struct rc_weighed){.finding = {.evidence = evidence}};
	take_over(c, e, false, o);
	return true;
}

/* A guess by the verdict on another failure; its zone and explanation are the caller's. Facts: of this one, of that one. */
static void guess_by(struct rc_case *c, const struct rc_memo_entry *e, const char *own_fact,
		     const char *other_fact, struct rc_weighed *o)
{
	struct rc_finding *f = &o->finding;
	o->rule = e->rule;
	o->confidence = RC_CONF_POSSIBLE;
	f->n_evidence = 0;
	f->vague = f->generic = true;
	f->cached = false;
	f->advice = e->advice;
	f->zone = f->cut = NULL;
	f->server = NULL;
	c->took = NULL;
	c->names_client = false;
	f->of_other = rc_say(c, "%s", e->explanation);
	rc_prove_self(c, f, own_fact);
	for (size_t i = 0; i < e->n_evidence && f->n_evidence < RC_EVIDENCE_MAX; i++) {
		f->evidence[f->n_evidence] = e->evidence[i];
		f->evidence[f->n_evidence++].fact = other_fact;
	}
}

void rc_repeat_compare_siblings(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o)
{
	const struct rc_others *t = &c->others;
	if (o->confidence > RC_CONF_NONE || c->upstream_visible || !is_plain_query(c) ||
	    !rc_rcode_is(c, RC_RCODE_SERVFAIL) || rc_flag(&c->x->query, RC_FLAG_CD) ||
	    !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    t->same_server_ok + t->same_client_ok + t->cd_failed > 0)
		return;
	const struct rc_memo_entry *elsewhere = rc_memo_find_elsewhere(memo, c);
	const struct rc_memo_entry *e = elsewhere != NULL ? elsewhere
							  : rc_memo_find_sibling(memo, c);
	if (e == NULL)
		return;
	guess_by(c, e, "SERVFAIL, and nothing that tells it apart",
		 "part of the failure of the other name", o);
	o->finding.explanation = rc_say(c, "%s fails at %s as %s, of which more is known: %s",
					rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server),
					elsewhere != NULL ? "another question for it does"
							  : "another name of its zone does",
					e->explanation);
}

/* One of the zone's servers was asked, or one of which it is not known whose it is, and that did not refer to others. */
static bool may_be_of(const struct rc_case *c, const struct rc_link *link,
		      const struct rc_zone_view *z)
{
	bool refers = link->outcome == RC_OUT_USABLE && rc_exchange_refers(link->x);
	return &c->zones[link->zone] == z ||
	       (link->zone == c->n_zones - 1 && rc_name_in(&link->name->name, &z->name) && !refers);
}

/* The deepest zone known that the question, or an alias it leads to, lies in, if nobody was asked about it; else NULL. */
static const struct rc_zone_view *left_alone(const struct rc_case *c)
{
	const struct rc_zone_view *found = rc_zones_unhelpful(c);
	for (size_t i = 0; i < c->n_links && found != NULL; i++)
		if (may_be_of(c, &c->links[i], found))
			found = NULL;
	return found;
}

void rc_repeat_compare_resolvers(struct rc_memo *memo, struct rc_case *c, struct rc_weighed *o)
{
	const struct rc_others *t = &c->others;
	bool open = o->confidence == RC_CONF_NONE || (o->confidence == RC_CONF_POSSIBLE &&
						      rc_cause_is_of(&o->rule->cause, "resolver."));
	if (!open || !c->upstream_visible || c->own_fetch || !is_plain_query(c) ||
	    !rc_rcode_is(c, RC_RCODE_SERVFAIL) ||
	    t->same_server_ok + t->same_client_ok + t->elsewhere_name_ok > 0)
		return;
	const struct rc_zone_view *z = left_alone(c);
	const struct rc_memo_entry *e = z == NULL ? NULL : rc_memo_find_of_zone(memo, c, &z->name);
	if (e == NULL) {
		e = rc_memo_find_elsewhere(memo, c);
		z = NULL;
	}
	if (e == NULL || (z == NULL && !rc_cause_is_of(&e->rule->cause, "zone.")))
		return;
	if (o->confidence > RC_CONF_NONE)
		rc_weighed_note(o, o->rule);
	guess_by(c, e,
		 z == NULL ? "SERVFAIL, and nothing that tells why"
			   : "SERVFAIL, and no question to the zone's servers",
		 "part of the failure at another resolver", o);
	if (z == NULL) {
		o->finding.explanation = rc_say(
			c, "%s fails at %s as at another resolver, where more is known: %s",
			rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server), e->explanation);
		return;
	}
	o->finding.zone = &z->name;
	o->finding.explanation = rc_say(
		c,
		"%s gives %s up and is not seen to ask the servers of %s: it may hold against them "
		"what another resolver met with there: %s",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname), rc_say_name(c, &z->name),
		e->explanation);
}

void rc_repeat_keep_for_resolvers(struct rc_memo *memo, const struct rc_case *c,
				  const struct rc_weighed *o)
{
	/* Of a name whose zone is not known only what its aliases do is of use: more would crowd out repeats. */
	bool of_servers = o->finding.zone != NULL &&
			  (rc_cause_is_of(&o->rule->cause, "delegation.") ||
			   rc_cause_is_of(&o->rule->cause, "upstream."));
	bool met_by_all = of_servers || rc_cause_is_of(&o->rule->cause, "zone.");
	if (c->upstream_visible && met_by_all && o->confidence >= RC_CONF_LIKELY &&
	    !o->finding.vague && !o->finding.cached)
		rc_memo_put_for_resolvers(memo, c, o->rule, o->confidence, &o->finding);
}

/* Of the zone, its servers or the way there: what others of its names meet as well. */
static bool concerns_zone(const struct rc_rule *rule)
{
	enum rc_party party = rule->cause.responsible;
	return party == RC_PARTY_ZONE_OWNER || party == RC_PARTY_SERVER_OPERATOR ||
	       party == RC_PARTY_NETWORK;
}

void rc_repeat_keep_for_siblings(struct rc_memo *memo, const struct rc_case *c,
				 const struct rc_weighed *o)
{
	bool guess = o->finding.generic && o->confidence < RC_CONF_LIKELY;
	/* Behind an alias it may be another zone that fails. */
	bool alias = c->others.cd_example != NULL &&
		     (c->others.cd_example->answer.has & RC_HAS_ANSWER_CNAME);
	if (!c->upstream_visible && rc_rcode_is(c, RC_RCODE_SERVFAIL) && concerns_zone(o->rule) &&
	    !alias && !guess)
		rc_memo_put_sibling(memo, c, o->rule, o->confidence, &o->finding);
}

/*
 * Where the resolver's own queries are not in sight, what its slowness says is all there will ever be: a
 * repeat that fails at once is the same. And what ails the resolver itself shows but once; so do the signs that answers
 * give which it rejects, since it does not ask for them again.
 */
bool rc_repeat_is_worth_keeping(const struct rc_case *c, const struct rc_weighed *o)
{
	bool alone = !c->upstream_visible ||
		     (o->rule->flags & (RC_RULE_REPEATS | RC_RULE_RESOLVER)) ||
		     (c->n_links > 0 && rc_rcode_is(c, RC_RCODE_SERVFAIL) &&
		      !(o->rule->flags & RC_RULE_SILENCE) &&
		      !rc_cause_is_of(&o->rule->cause, "resolver."));
	enum rc_confidence least = alone ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
	bool retry = rc_is_answered(c) && rc_flag(&c->x->answer, RC_FLAG_TC);
	return o->confidence >= least && !retry && !o->finding.generic && is_plain_query(c);
}

bool rc_repeat_is_from_memory(const struct rc_weighed *o)
{
	return o->finding.cached && !(o->rule->flags & RC_RULE_REPEATS);
}
