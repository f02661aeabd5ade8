#include "analyze/cause/shape.h"
#include "analyze/cause/witness.h"

/* Does it lack what a signed zone would have given? *ret_fault is then what it lacks. Of a part nothing is known. */
static bool lacks(const struct rc_msg *m, uint32_t *ret_fault)
{
	if (m->fault != RC_FAULT_NONE)
		return false;
	bool negative = m->counts[RC_ANSWER] == 0;
	*ret_fault = negative ? RC_DNSSEC_DENIAL_MISSING : RC_DNSSEC_RRSIG_MISSING;
	return negative ? (m->has & RC_HAS_AUTH_SOA) && !(m->has & RC_HAS_AUTH_NSEC)
			: !(m->has & (RC_HAS_ANSWER_RRSIG | RC_HAS_AUTH_RRSIG));
}

/* Only the client's side is in sight: what is answered with CD=1 is not with CD=0, anywhere. */
static bool find_client_answer(struct rc_case *c, struct rc_shape *ret_shape)
{
	if (c->others.elsewhere_ok > 0)
		return false;
	rc_case_find_client_answers(c);
	for (size_t i = 0; i < c->n_client_answers; i++) {
		const struct rc_client_answer *t = &c->client_answers[i];
		if (!(t->x->query.flags & RC_FLAG_CD) || t->x->qtype != c->x->qtype ||
		    !t->answer->edns.do_bit || !rc_addr_equal(&t->x->server, &c->x->server) ||
		    !rc_name_equal(t->name, c->qname))
			continue;
		*ret_shape = (struct rc_shape){.answer = t->answer, .x = t->x, .name = t->name};
		return lacks(t->answer, &ret_shape->fault);
	}
	return false;
}

/*
 * The resolver looked for a DS of the name that was just answered without signatures: for a cut below its
 * zone, where a zone without signatures could begin. So it holds the zone to be signed. True if it found none.
 */
static bool looked_for_a_cut(const struct rc_case *c, const struct rc_link *answer)
{
	bool looked = false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->x->qtype != RC_TYPE_DS || !rc_exchange_answered(link->x) ||
		    !rc_name_equal(&link->name->name, &answer->name->name))
			continue;
		if ((link->x->answer.has & RC_HAS_DNSSEC) ||
		    !rc_flag(&link->x->answer, RC_FLAG_AA) || (link->x->marks & RC_X_CUT))
			return false;
		looked = looked || link->x->first_ns >= answer->x->end_ns;
	}
	return looked;
}

static bool find_fetched(const struct rc_case *c, struct rc_shape *ret_shape)
{
	const struct rc_link *l = c->final;
	if (l == NULL || l->answer == NULL || c->failed_zone != RC_ZONE_NONE || c->lineage_cut ||
	    !l->x->query.do_bit || !rc_flag(&l->x->answer, RC_FLAG_AA) || !looked_for_a_cut(c, l))
		return false;
	*ret_shape = (struct rc_shape){
		.answer = l->answer, .x = l->x, .name = &l->name->name, .fetched = true};
	return lacks(l->answer, &ret_shape->fault);
}

bool rc_shape_find(struct rc_case *c, struct rc_shape *ret_shape)
{
	return c->n_links == 0 ? find_client_answer(c, ret_shape) : find_fetched(c, ret_shape);
}

/* Another resolver that fails for the same says so (EDE). */
static bool is_said_elsewhere(struct rc_case *c, uint64_t ede)
{
	const struct rc_record *other = rc_witness_other(c);
	return other != NULL && (rc_msg_ede_codes(rc_case_decode(c, other)) & ede) != 0;
}

enum rc_confidence rc_by_shape(struct rc_case *c, struct rc_finding *f,
			       const struct rc_shape *shape, uint64_t ede)
{
	bool negative = shape->fault == RC_DNSSEC_DENIAL_MISSING;
	f->explanation = rc_say(c, "%s fails validation at %s: %s, and the answer holds no %s.",
				rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server),
				shape->fetched ? "it holds the zone to be signed"
					       : "with CD=1 it is answered",
				negative ? "NSEC or NSEC3 that proves it" : "signature");
	rc_prove_self(c, f, "SERVFAIL with CD=0");
	rc_prove(c, f, shape->x, shape->name, NULL,
		 rc_say(c, "%s%s", shape->fetched ? "" : "with CD=1: ",
			negative ? "negative, without proof"
				 : "answered, without RRSIG though DO=1"));
	f->vague = !shape->fetched;
	/* Or its zone is unsigned by right, and it is not proven for a fault of the zone above. */
	return shape->fetched || is_said_elsewhere(c, ede) ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}
