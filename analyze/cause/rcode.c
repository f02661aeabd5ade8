/*
 * RCODEs that answer no query: those of updates and of TSIG, and numbers that stand for nothing.
 */
#include "analyze/cause/reply.h"
#include "decode/codes.h"

#define HEADER_RCODES 16u /* above are those that tell of EDNS and cookies */

/* YXDOMAIN is told of a DNAME that makes too long a name, be it seen or not (RFC 6672 2.2): zone.alias_too_long. */
static bool fits_query(const struct rc_msg_facts *answer)
{
	return answer->rcode >= HEADER_RCODES || answer->rcode == RC_RCODE_YXDOMAIN;
}

static const char *say_rcode(struct rc_case *c, uint16_t rcode)
{
	char text[RC_CODE_TEXT_MAX];
	return rc_say(c, "%s", rc_code_name(&rc_rcodes, rcode, text));
}

/* It was asked by the client itself, and handed the question on to nobody. */
static enum rc_confidence by_server(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_msg_facts *a = &c->x->answer;
	if (!rc_is_answered(c) || rc_rcode_is(c, RC_RCODE_SERVFAIL) || c->n_links > 0 ||
	    c->x->query.fault != RC_FAULT_NONE || c->x->query.tsig || c->x->qdcount != 1 ||
	    rc_exchange_is_transfer(c->x) || fits_query(a))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c, "%s answers %s to a query for %s, which that RCODE does not fit.",
		rc_say_addr(c, &c->x->server), say_rcode(c, a->rcode), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "an RCODE that fits no query");
	return RC_CONF_LIKELY; /* that is seen, but not what is behind it */
}

enum rc_confidence rc_by_odd_rcode(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	const struct rc_link *example = NULL;
	size_t these = 0, all = 0;
	if (z == NULL)
		return by_server(c, f);
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone == c->failed_zone && link->outcome == RC_OUT_OTHER_RCODE &&
		    !fits_query(&link->x->answer))
			example = link;
	}
	for (size_t i = 0; i < z->n_servers; i++) {
		these += z->servers[i].worst == RC_OUT_OTHER_RCODE;
		all += z->servers[i].worst != RC_OUT_UNKNOWN;
	}
	if (example == NULL || these == 0 || rc_exchange_is_transfer(c->x))
		return RC_CONF_NONE;
	f->zone = z->name.len > 0 ? &z->name : NULL;
	f->server = z->n_servers == 1 ? &z->servers[0].addr : NULL;
	f->explanation = rc_say(c,
				"No server of %s gave %s a usable answer: %zu of %zu asked, each "
				"answered %s, which fits no query.",
				rc_say_zone(c, z), rc_say_addr(c, &c->x->server), these, all,
				say_rcode(c, example->x->answer.rcode));
	rc_prove_zone(c, f, c->failed_zone, RC_OUT_OTHER_RCODE);
	return 2 * these >= all ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}
