#include "analyze/cause/reply.h"

static const struct rc_advice other_address = {
	.fix = {"Have {server} answer from the address that it is asked at: bind its service to "
		"each of its addresses, or mend the address translation before it."},
	.next_steps = {"dig @{server} {qname} {qtype}", "ss -lnup 'sport = :53'"},
};

static const struct rc_advice broken = {
	.fix = {"Find out whether {server} is broken or somebody forges its answers."},
	.next_steps = {"dig @{server} {qname} {qtype}"},
};

static const struct rc_advice smaller = {
	.fix = {"Let IP fragments through to {client}, or have {server} send at most 1232 octets "
		"over UDP."},
	.next_steps = {"dig @{server} {qname} {qtype} +bufsize=1232"},
};

enum rc_confidence rc_by_own_mismatch(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_exchange *x = c->x;
	if (rc_is_answered(c) || c->own_fetch || !rc_is_mismatched(x))
		return RC_CONF_NONE;
	bool source = (x->marks & RC_X_WRONG_SOURCE) != 0;
	const char *how = source                           ? "from another address"
			  : x->marks & RC_X_WRONG_QUESTION ? "with another question"
			  : x->marks & RC_X_SENT_BACK      ? "as a query (QR=0)"
							   : "with another ID";
	f->server = &x->server;
	f->advice = source ? &other_address : &broken;
	f->explanation = rc_say(c, "The reply of %s for %s came %s: %s does not take it.",
				rc_say_addr(c, &x->server), rc_say_name(c, c->qname), how,
				rc_say_addr(c, &x->asker));
	rc_prove(c, f, x, c->qname, "mismatched", rc_say(c, "a reply that came %s", how));
	/* Who asks again has not taken it. IDs are also guessed by who forges answers. */
	bool again = x->last_ns > x->sign_ns && !(x->marks & RC_X_ICMP);
	/* To a client that gets the right IDs otherwise it may be the answer to a question that is not in the capture. */
	bool by_id = !source && !(x->marks & (RC_X_WRONG_QUESTION | RC_X_SENT_BACK));
	if (by_id && rc_case_is_served(c))
		return RC_CONF_POSSIBLE;
	return again && !(x->marks & RC_X_WRONG_ID) ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}

enum rc_confidence rc_by_own_fragments(struct rc_case *c, struct rc_finding *f)
{
	if (rc_is_answered(c) || c->own_fetch || !(c->x->marks & RC_X_FRAGMENTS_LOST))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->advice = &smaller;
	f->explanation = rc_say(c,
				"Of the reply of %s for %s the first fragment came, and never the "
				"rest: %s asks again.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->asker));
	rc_prove_self(c, f, "the first fragment of the reply");
	return RC_CONF_LIKELY; /* the rest may only not have been captured */
}
