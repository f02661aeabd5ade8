#include "analyze/cause/alive.h"

#include "analyze/infer/meanwhile.h"
#include "analyze/infer/zones.h"
#include "analyze/pair/chain.h"
#include "base/time.h"

#define UNHEARD_MIN 3u       /* questions in a row: so many are hardly lost by chance */
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

/* The deepest zone that the question is known to lie in. */
static const struct rc_zone_view *zone_of_question(const struct rc_case *c)
{
	const struct rc_zone_view *deepest = NULL;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if (z->known_cut && z->name.labels > 0 && z->role != RC_ROLE_NAMESERVER &&
		    rc_name_in(c->qname, &z->name) &&
		    (deepest == NULL || z->name.labels > deepest->name.labels))
			deepest = z;
	}
	return deepest;
}

const struct rc_zone_view *rc_left_behind_silence(struct rc_case *c)
{
	const struct rc_zone_view *z = c->upstream_visible && !rc_is_answered(c) && !c->own_fetch
					       ? zone_of_question(c)
					       : NULL;
	if (z != NULL && !c->unheard_known) {
		c->unheard_known = true;
		if (rc_case_unheard_before(c, z, &c->unheard_example) >= UNHEARD_MIN)
			c->unheard = z;
	}
	return c->unheard;
}

/* Answered at once, with nobody asked: the zone, if its servers are silent. */
static const struct rc_zone_view *failed_behind_silence(const struct rc_case *c,
							const struct rc_exchange **ret_example)
{
	const struct rc_zone_view *z = rc_zones_unhelpful(c);
	if (!c->upstream_visible || c->own_fetch || c->n_links > 0 || z == NULL ||
	    z->name.labels == 0 || !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    c->others.same_server_ok > 0 || (c->ede & ~RC_EDE_REPEATED) ||
	    rc_exchange_took_ns(c->x) >= RC_AT_ONCE_NS)
		return NULL;
	return rc_case_unheard_before(c, z, ret_example) >= UNHEARD_MIN ? z : NULL;
}

enum rc_confidence rc_by_silence_before(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_exchange *example = NULL;
	bool answered = rc_is_answered(c);
	const struct rc_zone_view *z = answered ? failed_behind_silence(c, &example)
						: rc_left_behind_silence(c);
	if (z == NULL)
		return RC_CONF_NONE;
	example = answered ? example : c->unheard_example;
	f->zone = &z->name;
	f->explanation = rc_say(c,
				"%s %s %s when it had got no answer from the servers of %s, "
				"whatever it asked them right before.",
				rc_say_addr(c, &c->x->server),
				answered ? "gave up at once" : "did not answer",
				rc_say_name(c, c->qname), rc_say_zone(c, z));
	rc_prove_self(c, f, answered ? "SERVFAIL at once, and nobody asked" : "no answer");
	rc_prove(c, f, example, NULL, NULL, "a question for the zone, without an answer");
	return RC_CONF_POSSIBLE;
}

/* It has answered for the name, of whatever type: then it holds the zone. */
static bool has_served(const struct rc_case *c, const struct rc_addr *server, uint64_t hash)
{
	const struct rc_record *r;
	struct rc_chain chain = rc_chain_by_server(c->recorder, server, hash, SERVED_STEPS_MAX);
	while ((r = rc_chain_next(&chain)) != NULL)
		if (rc_flag(&r->x.answer, RC_FLAG_AA) && r->x.answer.rcode != RC_RCODE_SERVFAIL)
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
