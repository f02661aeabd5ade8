#include "analyze/infer/forwarding.h"

/* Is yet another server, besides these two, silent about the question? */
static bool others_are_silent(const struct rc_case *c, const struct rc_link *a,
			      const struct rc_link *b)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].outcome == RC_OUT_TIMEOUT && c->links[i].name == a->name &&
		    c->links[i].x->qtype == a->x->qtype &&
		    !rc_addr_equal(&c->links[i].x->server, &a->x->server) &&
		    !rc_addr_equal(&c->links[i].x->server, &b->x->server))
			return true;
	return false;
}

/*
 * What another server answered says more than one that is silent or not there, or that was still at it: of those asked at
 * the same time the first answer is what the client gets. One that refuses is passed over: where the rest is silent, that
 * is why it fails.
 */
static bool says_more(const struct rc_case *c, const struct rc_link *link,
		      const struct rc_link *than)
{
	bool silent = than->outcome == RC_OUT_TIMEOUT || than->outcome == RC_OUT_UNKNOWN;
	bool absent = than->outcome == RC_OUT_ICMP;
	if (!(silent || absent) || link->answer == NULL)
		return false;
	if (rc_addr_equal(&link->x->server, &than->x->server))
		return than->outcome == RC_OUT_UNKNOWN; /* asked anew, over TCP it may be */
	return link->outcome != RC_OUT_REFUSED || (silent && !others_are_silent(c, link, than));
}

/* What that resolver gives unchecked (CD=1), after it failed at the check: the check is why it is asked again. */
static bool is_unchecked(const struct rc_case *c, const struct rc_link *link)
{
	const struct rc_link *before = c->forwarded;
	return (link->x->query.flags & RC_FLAG_CD) && before != NULL &&
	       before->outcome == RC_OUT_SERVFAIL && !(before->x->query.flags & RC_FLAG_CD) &&
	       !(c->x->query.flags & RC_FLAG_CD) &&
	       rc_addr_equal(&before->x->server, &link->x->server);
}

/* Truncated, and asked again over TCP: what came of it there counts. */
static bool goes_on_over_tcp(const struct rc_link *link)
{
	return rc_exchange_answered(link->x) && link->outcome == RC_OUT_UNKNOWN &&
	       (link->x->answer.flags & RC_FLAG_TC);
}

void rc_forwarding_find(struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (!(link->x->query.flags & RC_FLAG_RD) || link->x->qtype != c->x->qtype ||
		    link->name->role != RC_ROLE_QUESTION || link->superseded ||
		    goes_on_over_tcp(link))
			continue;
		bool helped = link->outcome == RC_OUT_USABLE && !rc_link_is_hollow(link) &&
			      !is_unchecked(c, link);
		if (c->forwarded == NULL || helped || c->forwarded->outcome == RC_OUT_USABLE ||
		    says_more(c, link, c->forwarded))
			c->forwarded = link;
	}
}

/* Some server gave it, or may have. */
static bool is_had(const struct rc_case *c, const struct rc_link *link)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name == link->name && c->links[i].x->qtype == link->x->qtype &&
		    (c->links[i].outcome == RC_OUT_USABLE || c->links[i].outcome == RC_OUT_UNKNOWN))
			return true;
	return false;
}

const struct rc_link *rc_case_handed_on(const struct rc_case *c)
{
	if (c->forwarded != NULL && c->forwarded->outcome != RC_OUT_USABLE)
		return c->forwarded;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		/* Where an alias leads that it held, or was given: that may be all that it asks. */
		bool target = link->name->role == RC_ROLE_ALIAS && link->x->qtype == c->x->qtype;
		bool needed = (link->x->query.flags & RC_FLAG_RD) &&
			      (rc_exchange_asks_keys(link->x) || target);
		if (needed && link->name->role != RC_ROLE_NAMESERVER && !link->superseded &&
		    !is_had(c, link))
			return link;
	}
	return NULL;
}
