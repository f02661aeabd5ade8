#include "analyze/cause/asked_server.h"

#include "analyze/cause/rule.h"
#include "base/time.h"

#define TAKEN_UP_NS (500 * RC_NS_PER_MS) /* no resolver lets a question lie so long */

enum rc_confidence rc_recursion_for_others(const struct rc_case *c)
{
	enum rc_confidence confidence = RC_CONF_NONE;
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && h->served > 0)
			return RC_CONF_LIKELY;
		/* Whoever walks delegations does so for somebody. */
		if ((h != NULL && h->recurses) || rc_hosts_walks(c->hosts, &c->resolver[i]))
			confidence = RC_CONF_POSSIBLE;
	}
	return confidence;
}

bool rc_server_recurses(const struct rc_case *c)
{
	return rc_flag(&c->x->answer, RC_FLAG_RA) ||
	       (c->server_host != NULL && c->server_host->answered_ra > 0);
}

bool rc_server_is_authoritative(const struct rc_case *c)
{
	return c->server_host != NULL && c->server_host->answered_aa > 0;
}

bool rc_has_waited_for_others(const struct rc_case *c)
{
	return rc_is_answered(c) && rc_flag(&c->x->query, RC_FLAG_RD) &&
	       rc_exchange_took_ns(c->x) >= RC_SLOW_NS && !rc_server_is_authoritative(c);
}

bool rc_server_gives_only_unchecked(const struct rc_case *c)
{
	const struct rc_host *h = c->server_host;
	return !c->upstream_visible && h != NULL && h->served > 0 && h->served_checked == 0;
}

bool rc_server_hosts_zone(struct rc_case *c)
{
	for (unsigned n = 0; n <= c->qname->labels && c->qname->len > 0; n++) {
		struct rc_name zone;
		rc_name_parent(c->qname, n, &zone);
		if (zone.labels == 0)
			break;
		struct rc_chain chain = rc_chain_by_server(c->recorder, &c->x->server,
							   rc_name_hash(c->seed, &zone),
							   RC_CHAIN_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (rc_flag(&r->x.answer, RC_FLAG_AA) &&
			    r->x.answer.rcode == RC_RCODE_NOERROR)
				return true;
	}
	return false;
}

/* About the root's servers, and well answered: so it asks for itself, and for anybody. */
static bool is_for_anybody(const struct rc_case *c, const struct rc_link *link)
{
	if (link->outcome != RC_OUT_USABLE || link->name->role != RC_ROLE_NAMESERVER)
		return false;
	for (size_t i = 0; i < c->n_zones; i++)
		for (size_t k = 0; k < c->zones[i].n_ns && c->zones[i].name.labels == 0; k++)
			if (rc_name_in(&c->zones[i].ns[k], &link->name->name))
				return true;
	return false;
}

/* Keys or a delegation, and given: it goes on to the question then, or that was for another name. */
static bool is_on_the_way(const struct rc_link *link)
{
	bool given = link->outcome == RC_OUT_USABLE ||
		     (link->outcome == RC_OUT_UNKNOWN && rc_exchange_answered(link->x));
	return given && link->name->role == RC_ROLE_ANCESTOR;
}

bool rc_is_taken_up(const struct rc_case *c)
{
	bool given = c->others.same_server_failed == 0 && c->others.same_server_ok > 0;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		if (is_for_anybody(c, &c->links[i]) || is_on_the_way(&c->links[i]))
			continue;
		if (!given)
			return true;
		bool at_first = x->first_ns < c->x->first_ns + TAKEN_UP_NS;
		bool at_last = x->first_ns >= c->x->last_ns &&
			       x->first_ns < c->x->last_ns + TAKEN_UP_NS;
		if (at_first || at_last)
			return true;
	}
	return false;
}
