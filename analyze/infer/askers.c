#include "analyze/infer/askers.h"

#include "analyze/infer/window.h"

#define STEPS_MAX 16u               /* exchanges of a name looked through */
#define ASKED_NS (10 * RC_NS_PER_S) /* resolvers work on a question this long */
#define OTHERS_MAX 8u /* resolvers asked for the same: of more it is not looked into */

/* It asked for the name at that time, or for a zone that holds it: of the root and its children all ask. */
static bool has_asked_for(const struct rc_case *c, const struct rc_addr *asker)
{
	for (unsigned n = 0; n + 2 <= c->qname->labels; n++) {
		struct rc_name name;
		rc_name_parent(c->qname, n, &name);
		struct rc_chain chain = rc_chain_by_asker(c->recorder, asker,
							  rc_name_hash(c->seed, &name), STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (rc_window_overlaps(c, &r->x) && r->x.first_ns >= c->from_ns)
				return true;
	}
	return false;
}

/*
 * Addresses of no known resolver that asked for the name. ret_own: they are known to ask for the server of the case,
 * and those that are not are left out.
 */
static size_t find_askers(const struct rc_case *c, struct rc_addr *addrs, bool *ret_own)
{
	struct rc_addr lone[RC_LONE_MAX], partner;
	size_t n = rc_hosts_lone(c->hosts, lone), found = 0;
	*ret_own = false;
	for (size_t i = 0; i < n; i++) {
		bool paired = rc_hosts_partner(c->hosts, &lone[i], &partner);
		bool own = paired && rc_addr_equal(&partner, &c->x->server);
		if ((paired && !own) || (*ret_own && !own) ||
		    rc_addr_equal(&lone[i], &c->x->asker) || !has_asked_for(c, &lone[i]))
			continue;
		if (own && !*ret_own)
			found = 0;
		*ret_own = *ret_own || own;
		addrs[found++] = lone[i];
	}
	return found;
}

/* Somebody asked this resolver for the name not long before the end. */
static bool is_asked_for(const struct rc_case *c, const struct rc_addr *service)
{
	struct rc_chain chain = rc_chain_by_server(c->recorder, service, c->x->name_hash,
						   STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (r->x.first_ns <= c->to_ns && r->x.first_ns >= c->from_ns - ASKED_NS)
			return true;
	return chain.left == 0; /* too often to be sure */
}

/* Every other resolver that was asked for the name has asked for it itself: what is left over is of this one. */
static bool others_ask_themselves(const struct rc_case *c)
{
	const struct rc_addr *services;
	struct rc_addr own[RC_GROUP_ADDRS_MAX];
	size_t n = rc_hosts_services(c->hosts, &services), asked = 0;
	for (size_t i = 0; i < n; i++) {
		if (rc_case_is_resolver(c, &services[i]) || !is_asked_for(c, &services[i]))
			continue;
		bool itself = false;
		size_t n_own = rc_hosts_addresses(c->hosts, &services[i], own, RC_GROUP_ADDRS_MAX);
		for (size_t k = 0; k < n_own && !itself; k++)
			itself = has_asked_for(c, &own[k]);
		if (!itself || ++asked == OTHERS_MAX)
			return false;
	}
	return true;
}

size_t rc_askers_find_lone(const struct rc_case *c, struct rc_addr *addrs)
{
	struct rc_addr other;
	bool own;
	size_t found = find_askers(c, addrs, &own);
	if (own && found == 1 && rc_hosts_twin(c->hosts, &addrs[0], &other) &&
	    !rc_addr_equal(&other, &c->x->server))
		addrs[found++] = other;
	if (own)
		return found;
	/* Which resolver was asked is all there is to go by. */
	bool alone = found > 0 && ((rc_hosts_asked_last(c->hosts, c->x->name_hash, &other) &&
				    rc_addr_equal(&other, &c->x->server)) ||
				   others_ask_themselves(c));
	return alone || found == 0 ? found : RC_LONE_MAX;
}

/* Adds an address that asked for the name, unless it is there. */
static size_t add_asker(const struct rc_case *c, const struct rc_addr *addr, struct rc_addr *addrs,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rc_addr_equal(&addrs[i], addr))
			return n;
	if (n < RC_ASKERS_MAX && !rc_addr_equal(addr, &c->x->server) && has_asked_for(c, addr))
		addrs[n++] = *addr;
	return n;
}

void rc_askers_find_all(const struct rc_case *c, struct rc_askers *ret_askers)
{
	struct rc_addr all[RC_LONE_MAX], partner;
	struct rc_askers *a = ret_askers;
	bool own;
	size_t n = find_askers(c, a->addrs, &own);
	size_t n_all = own ? 0 : rc_hosts_fetchers(c->hosts, all);
	a->until[0] = n;
	for (unsigned kind = 1; kind < RC_ASKER_KINDS; kind++) {
		for (size_t i = 0; i < n_all; i++)
			if (kind > 1 || !rc_hosts_partner(c->hosts, &all[i], &partner) ||
			    rc_hosts_is_resolver(c->hosts, &all[i]))
				n = add_asker(c, &all[i], a->addrs, n);
		a->until[kind] = n;
	}
}

bool rc_askers_may_be_one_host(const struct rc_addr *addrs, size_t n)
{
	return n == 1 || (n == 2 && rc_addr_is_v4(&addrs[0]) != rc_addr_is_v4(&addrs[1]));
}
