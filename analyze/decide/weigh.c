#include "analyze/decide/weigh.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/decide/caps.h"
#include "analyze/infer/meanwhile.h"
#include "base/time.h"

static int by_rank(const void *a, const void *b)
{
	const struct rc_rule *x = ((const struct rc_candidate *)a)->rule;
	const struct rc_rule *y = ((const struct rc_candidate *)b)->rule;
	return x->rank != y->rank ? x->rank - y->rank : strcmp(x->cause.slug, y->cause.slug);
}

void rc_ranking_init(struct rc_ranking *r)
{
	const struct rc_rule *rule;
	r->n = 0;
	for (size_t i = 0; (rule = rc_rule_at(i)) != NULL && r->n < RC_RULES_MAX; i++)
		r->candidates[r->n++] = (struct rc_candidate){
			rule->opcodes == 0 ? RC_ON(RC_OPCODE_QUERY) : rule->opcodes, rule->rcodes,
			rule};
	qsort(r->candidates, r->n, sizeof *r->candidates, by_rank);
}

/* The bit of its outcome among those that rules are looked at for; 0 for one that has none. */
static uint32_t outcome_bit(const struct rc_case *c)
{
	if (!rc_is_answered(c))
		return RC_ON_SILENCE;
	return c->x->answer.rcode < 31 ? RC_ON(c->x->answer.rcode) : 0;
}

void rc_weighed_note(struct rc_weighed *o, const struct rc_rule *rule)
{
	for (size_t i = 0; i < o->n_alternatives; i++)
		if (o->alternatives[i] == &rule->cause)
			return;
	if (o->n_alternatives < RC_ALTERNATIVES_MAX)
		o->alternatives[o->n_alternatives++] = &rule->cause;
}

#define SENT_BACK_NS RC_NS_PER_S

/*
 * The network sent the query back: the server never had it, and it failed for nothing that the server met with when it
 * worked on the same question for others, before or since. Of several attempts the first has to have come back.
 */
static bool never_arrived(const struct rc_case *c)
{
	const struct rc_exchange *x = c->x;
	return !rc_is_answered(c) && (x->marks & RC_X_ICMP_HARD) &&
	       (x->attempts == 1 || x->sign_ns - x->first_ns < SENT_BACK_NS);
}

bool rc_weigh(const struct rc_ranking *r, struct rc_case *c, struct rc_weighed *o)
{
	struct rc_evidence *evidence = rc_arena_take(c->arena, RC_EVIDENCE_MAX * sizeof *evidence);
	if (evidence == NULL)
		return false;
	*o = (struct rc_weighed){.rule = NULL};
	c->weighing = true;
	c->ignored = rc_case_is_ignored(c);
	uint32_t on = outcome_bit(c);
	uint32_t kind = rc_exchange_is_of_other_class(c->x) ? RC_OTHER_CLASS : RC_ON(c->x->opcode);
	bool arrived = !never_arrived(c);
	for (size_t i = 0; i < r->n && o->confidence < RC_CONF_PROVEN; i++) {
		const struct rc_candidate *candidate = &r->candidates[i];
		if (!arrived && rc_rule_is_beyond_server(candidate->rule))
			continue;
		if (!(candidate->opcodes & kind) ||
		    (!(candidate->rcodes & on) && candidate->rcodes != RC_ON_ANY))
			continue;
		const struct rc_rule *rule = candidate->rule;
		struct rc_finding f = {.evidence = evidence};
		enum rc_confidence confidence = rc_cap_by_client(
			rule, c, rc_cap_by_silence(rule, c, rule->test(rule, c, &f)));
		bool fallback = confidence == RC_CONF_NONE && o->rule == NULL &&
				rule->rcodes == RC_ON_ANY && f.explanation != NULL;
		if (confidence > o->confidence || fallback) {
			if (o->confidence > RC_CONF_NONE)
				rc_weighed_note(o, o->rule);
			o->rule = rule;
			o->confidence = confidence;
		} else if (confidence > RC_CONF_NONE) {
			rc_weighed_note(o, rule);
		}
	}
	c->weighing = false;
	if (o->rule == NULL)
		return false;
	o->finding = (struct rc_finding){.evidence = evidence};
	o->rule->test(o->rule, c, &o->finding);
	return true;
}
