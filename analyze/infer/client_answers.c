#include "analyze/infer/client_answers.h"

#define CLIENT_ANSWERS_MAX 64u
#define STEPS_MAX 64u /* exchanges of a name looked through, each way */

static bool is_held(const struct rc_case *c, const struct rc_exchange *x)
{
	for (size_t i = 0; i < c->n_client_answers; i++)
		if (c->client_answers[i].x == x)
			return true;
	return false;
}

/*
 * Worth judging: asked for DNSSEC records, and given by a server that knows of them. Without CD=1 a
 * resolver gives only what it accepts, or what it does not look at.
 */
static bool bears_on(const struct rc_case *c, const struct rc_exchange *x)
{
	bool good = rc_exchange_answered_well(x) && !(x->answer.flags & RC_FLAG_TC);
	if (!good || x->opcode != RC_OPCODE_QUERY || !x->query.do_bit || !rc_case_is_near(c, x))
		return false;
	bool asked = (x->query.flags & RC_FLAG_CD) && rc_addr_equal(&x->server, &c->x->server);
	return asked || (x->answer.has & RC_HAS_DNSSEC);
}

static void take(struct rc_case *c, const struct rc_record *r, const struct rc_name *name)
{
	if (c->n_client_answers == CLIENT_ANSWERS_MAX || !bears_on(c, &r->x) || is_held(c, &r->x))
		return;
	const struct rc_msg *m = rc_case_decode(c, r);
	if (m != NULL && m->has_question)
		c->client_answers[c->n_client_answers++] = (struct rc_client_answer){&r->x, name,
										     m};
}

/* By name there are two ways in: what the failing server was asked, and what this client asked. */
static void collect(struct rc_case *c, const struct rc_name *name)
{
	uint64_t hash = rc_name_hash(c->seed, name);
	const struct rc_record *r;
	/* Of the question it may be known that the server gave nobody anything but the failure. */
	bool nothing_given = c->well_known && hash == c->x->name_hash;
	struct rc_chain chain = rc_chain_by_server(c->recorder, &c->x->server, hash,
						   nothing_given ? 0 : STEPS_MAX);
	while ((r = rc_chain_next(&chain)) != NULL)
		take(c, r, name);
	chain = rc_chain_by_asker(c->recorder, &c->x->asker, hash, STEPS_MAX);
	while ((r = rc_chain_next(&chain)) != NULL)
		take(c, r, name);
}

void rc_case_find_client_answers(struct rc_case *c)
{
	if (c->client_answers_known)
		return;
	c->client_answers_known = true;
	size_t n = (size_t)c->qname->labels + 1;
	struct rc_name *names = rc_arena_take(c->arena, n * sizeof *names);
	c->client_answers = rc_arena_take(c->arena, CLIENT_ANSWERS_MAX * sizeof *c->client_answers);
	if (names == NULL || c->client_answers == NULL || c->qname->len == 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		rc_name_parent(c->qname, i, &names[i]);
		collect(c, &names[i]);
	}
}
