#include "analyze/decide/tell.h"

#include "analyze/cause/asked_server.h"
#include "analyze/decide/repeat.h"

#define TEXTS_MAX 4u

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

static struct rc_visibility visibility_of(struct rc_case *c, const struct rc_weighed *o)
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

static const char *explain(struct rc_case *c, const struct rc_weighed *o)
{
	if (!rc_repeat_is_from_memory(o))
		return o->finding.explanation;
	return rc_say(c, "%s (answered from the resolver's memory of that failure)",
		      o->finding.explanation);
}

void rc_tell(struct rc_case *c, struct rc_case *root, const struct rc_weighed *o,
	     struct rc_failure *v)
{
	const struct rc_cause *cause = &o->rule->cause;
	const struct rc_cause **alternatives = rc_arena_copy(c->arena, o->alternatives,
							     sizeof o->alternatives);
	const struct rc_advice *own = o->finding.advice;
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
		.responsible = own != NULL && own->network ? RC_PARTY_NETWORK : cause->responsible,
		.side = side_of(c),
		.cached = o->finding.cached,
		.zone = o->finding.zone,
		.server = o->finding.server,
		.explanation = explain(c, o),
		.evidence = o->finding.evidence,
		.n_evidence = o->finding.n_evidence,
		.alternatives = alternatives,
		.n_alternatives = n_alternatives,
		.visibility = visibility_of(c, o),
		.scope = {.resolvers_failing = 1 + failing_elsewhere(&c->others),
			  .resolvers_ok = ok_elsewhere(&c->others),
			  .clients = 1,
			  .given_ns = c->others.question_given_ns},
	};
	v->n_fix = expand_texts(root, &o->finding, false, own != NULL ? own->fix : cause->fix, 3,
				&v->fix);
	v->n_next_steps = expand_texts(root, &o->finding, true,
				       own != NULL ? own->next_steps : cause->next_steps, 3,
				       &v->next_steps);
}
