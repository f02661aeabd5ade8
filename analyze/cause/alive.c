#include "analyze/cause/alive.h"

#include "analyze/pair/chain.h"

#define SERVED_STEPS_MAX 16u /* exchanges of one name at one server looked through */

/* The resolver is seen to ask by this family. */
static bool asks_by_family_of(const struct rc_case *c, const struct rc_addr *addr)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && h->asked_rd0 > 0 && rc_addr_is_v4(&h->addr) == rc_addr_is_v4(addr))
			return true;
	}
	return false;
}

/* ... by one of which it is not seen to have asked any server of the zone. */
static bool asks_by_another_family(const struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		bool asked = h == NULL || h->asked_rd0 == 0;
		for (size_t k = 0; k < z->n_servers && !asked; k++)
			asked = rc_addr_is_v4(&z->servers[k].addr) == rc_addr_is_v4(&h->addr);
		if (!asked)
			return true;
	}
	return false;
}

/* It has answered before, and was asked so much since that it may limit the rate of its answers, down to none. */
static bool may_limit(const struct rc_case *c, const struct rc_addr *server)
{
	const struct rc_host *h = rc_hosts_find(c->hosts, server);
	struct rc_rate rate;
	return h != NULL && h->answered > 0 && rc_hosts_rate(c->hosts, server, &rate) &&
	       rate.asked >= RC_LIMIT_RATE_MIN;
}

enum rc_confidence rc_left_by_who_lives(const struct rc_case *c, const struct rc_zone_view *z,
					enum rc_outcome outcome)
{
	enum rc_confidence left = RC_CONF_PROVEN;
	for (size_t i = 0; i < z->n_addrs; i++) {
		bool asked = false;
		for (size_t k = 0; k < z->n_servers && !asked; k++)
			asked = rc_addr_equal(&z->servers[k].addr, &z->addrs[i]);
		if (asked || !rc_case_has_answered(c, &z->addrs[i]))
			continue;
		if (outcome == RC_OUT_ICMP && asks_by_family_of(c, &z->addrs[i]))
			return RC_CONF_POSSIBLE;
		left = RC_CONF_LIKELY;
	}
	for (size_t i = 0; i < z->n_servers && outcome == RC_OUT_TIMEOUT; i++)
		if (may_limit(c, &z->servers[i].addr))
			return RC_CONF_LIKELY;
	if (z->known_cut)
		return left;
	if (outcome == RC_OUT_ICMP)
		return asks_by_another_family(c, z) ? RC_CONF_LIKELY : left;
	for (size_t k = 0; k < z->n_servers; k++)
		if (rc_case_has_answered(c, &z->servers[k].addr))
			return RC_CONF_LIKELY;
	return left;
}

/* It has answered for the name, of whatever type: then it holds the zone. */
static bool has_served(const struct rc_case *c, const struct rc_addr *server, uint64_t hash)
{
	const struct rc_record *r;
	struct rc_chain chain = rc_chain_by_server(c->recorder, server, hash, SERVED_STEPS_MAX);
	while ((r = rc_chain_next(&chain)) != NULL)
		if (rc_exchange_answered(&r->x) && rc_flag(&r->x.answer, RC_FLAG_AA) &&
		    r->x.answer.rcode != RC_RCODE_SERVFAIL)
			return true;
	return false;
}

bool rc_fail_for_zone_alone(const struct rc_case *c)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	uint64_t apex = z != NULL && z->name.len > 0 ? rc_name_hash(c->seed, &z->name) : 0;
	size_t n = 0;
	if (z == NULL || c->lineage_cut)
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != c->failed_zone || link->outcome == RC_OUT_UNKNOWN)
			continue;
		const struct rc_addr *server = &link->x->server;
		const struct rc_host *h = rc_hosts_find(c->hosts, server);
		bool alone = link->outcome == RC_OUT_SERVFAIL &&
			     !rc_flag(&link->x->answer, RC_FLAG_RA) &&
			     !(link->answer != NULL && (link->answer->has & RC_HAS_ANSWER_CNAME));
		bool said = (rc_msg_ede_codes(link->answer) & RC_NO_ZONE_EDE) != 0;
		bool serves = h != NULL && h->answered_aa > 0 &&
			      !has_served(c, server, link->x->name_hash) &&
			      (apex == 0 || !has_served(c, server, apex));
		if (!alone || !(said || serves))
			return false;
		n++;
	}
	return n > 0;
}
