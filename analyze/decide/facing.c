#include "analyze/decide/facing.h"

#include "analyze/pair/chain.h"
#include "base/time.h"

#define STEPS_MAX 128u                  /* exchanges about the name looked at */
#define WAITING_STEPS_MAX 16u           /* clients that asked a resolver for the name looked at */
#define FETCH_TAIL_NS RC_NS_PER_S       /* resolvers go on fetching a while after they answered */
#define HAND_ON_NS (250 * RC_NS_PER_MS) /* a forwarder hands on at once */

/* answered: an answer that came later shows that the client did wait. */
static bool is_waited_for(struct rc_recorder *recorder, const struct rc_addr *resolver,
			  const struct rc_exchange *x, bool answered, int64_t within_ns)
{
	struct rc_chain chain = rc_chain_by_server(recorder, resolver, x->name_hash,
						   WAITING_STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL) {
		if (x->first_ns - r->x.last_ns <= within_ns && r->x.first_ns <= x->first_ns &&
		    (r->x.state == RC_X_PENDING || r->x.end_ns >= x->first_ns) &&
		    (rc_exchange_answered(&r->x) || !answered))
			return true;
	}
	return false;
}

/* It has asked what clients had just asked a resolver, while they waited for it. */
static bool has_partner(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			const struct rc_host *asker)
{
	/* One server may be asked by hand, and the answer to the client may have been lost by the capture. */
	struct rc_addr twin;
	const struct rc_host *other = rc_hosts_twin(hosts, &asker->addr, &twin)
					      ? rc_hosts_find(hosts, &twin)
					      : asker;
	struct rc_few servers = asker->servers_asked;
	rc_few_join(&servers, &other->servers_asked);
	bool by_hand = rc_few_count(&servers) < 2;
	struct rc_chain chain = rc_chain_by_asker(recorder, &asker->addr, asker->partner_name,
						  STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (is_waited_for(recorder, &asker->partner, &r->x, by_hand, INT64_MAX))
			return true;
	return false;
}

/*
 * Handed on by a forwarder on the host that was captured on: it asks for what a program waits for that asked at a
 * loopback address, or for keys. All else that is asked from there with RD=1, somebody else asks.
 */
static bool is_handed_on(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			 const struct rc_host *asker, const struct rc_exchange *x)
{
	struct rc_addr addrs[RC_GROUP_ADDRS_MAX];
	size_t n = rc_hosts_addresses(hosts, &x->asker, addrs, RC_GROUP_ADDRS_MAX);
	/* Where programs ask from the same address, they too may ask others what the resolver is at. */
	int64_t soon_ns = asker->asks_itself ? HAND_ON_NS : INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		/* A forwarder that others reach, and whose resolver they do not, asks that one again and again. */
		bool before = rc_addr_is_loopback(&x->server) && !rc_addr_is_loopback(&addrs[i]);
		if (!rc_addr_equal(&addrs[i], &x->server) &&
		    is_waited_for(recorder, &addrs[i], x, false, before ? INT64_MAX : soon_ns))
			return true;
	}
	return rc_exchange_asks_keys(x);
}

/* What resolvers, and servers that could be ones, ask of the root for themselves (RFC 8109, RFC 5011 2.3). */
static bool is_priming(struct rc_recorder *recorder, const struct rc_exchange *x)
{
	if (x->qtype != RC_TYPE_NS && !rc_exchange_asks_keys(x))
		return false;
	uint64_t pos = rc_recorder_newest_by_asker(recorder, &x->asker, x->name_hash);
	const struct rc_record *r = rc_recorder_at(recorder, pos);
	return r != NULL && r->x.name_hash == x->name_hash && r->name_len == 1;
}

/*
 * Somebody who never asks otherwise asks a server that does not recurse, with RD=0, what a client waits for that
 * asked one resolver alone: that one's own fetch, it seems, from an address not known as its own. Who has done so
 * asks all else for it too: addresses of servers, keys, for clients out of sight.
 */
static bool is_for_client(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			  const struct rc_exchange *x)
{
	struct rc_addr resolver;
	const struct rc_host *asker = rc_hosts_find(hosts, &x->asker);
	const struct rc_host *server = rc_hosts_find(hosts, &x->server);
	bool recurses = server != NULL && server->answered_ra > 0;
	if ((x->query.flags & RC_FLAG_RD) || asker == NULL)
		return false;
	if (asker->is_common)
		return !recurses;
	if (asker->asked_rd1 > 0)
		return false;
	if (has_partner(recorder, hosts, asker))
		return !rc_addr_equal(&asker->partner, &x->server);
	bool serves = rc_hosts_resolvers(hosts) > 0 || rc_hosts_serves_beside(hosts, asker);
	if (serves && !recurses && is_priming(recorder, x))
		return true;
	if (!rc_hosts_asked_last(hosts, x->name_hash, &resolver))
		return false;
	const struct rc_host *recursor = rc_hosts_find(hosts, &resolver);
	return recursor != NULL && recursor->answered_ra > 0 && !recurses &&
	       is_waited_for(recorder, &resolver, x, false, INT64_MAX);
}

bool rc_facing_is_relay(struct rc_recorder *recorder, const struct rc_record *r, uint64_t asker_key)
{
	uint64_t pos = rc_recorder_last_by_server(recorder, asker_key);
	const struct rc_record *asked = rc_recorder_at(recorder, pos);
	/* A secondary that is notified asks its primary whether the zone is newer: for itself. */
	return asked != NULL && asked != r && asked->x.name_hash == r->x.name_hash &&
	       asked->x.opcode == r->x.opcode && rc_addr_equal(&asked->x.server, &r->x.asker) &&
	       (asked->x.state == RC_X_PENDING || r->x.first_ns - asked->x.end_ns < FETCH_TAIL_NS);
}

bool rc_facing_is_by_client(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			    const struct rc_exchange *x)
{
	const struct rc_host *asker = rc_hosts_find(hosts, &x->asker);
	bool rd = (x->query.flags & RC_FLAG_RD) != 0;
	bool inside = rc_hosts_is_inside(hosts, asker);
	/* Its own business, but for a forwarder's. */
	if (x->opcode != RC_OPCODE_QUERY || rc_exchange_is_transfer(x))
		return asker == NULL || asker->fetches == 0;
	/* On the server's own host: a client, or a resolver there. */
	if (rc_addr_equal(&x->asker, &x->server))
		return rd || asker == NULL || asker->answered_ra > 0 || asker->partner_name == 0;
	if (rd && !inside && asker != NULL && rc_hosts_are_one(hosts, asker, &x->server))
		return true;
	if (rd && (inside || (asker != NULL && asker->asks_itself)))
		return !is_handed_on(recorder, hosts, asker, x);
	if (rc_hosts_is_resolver(hosts, &x->asker) || is_for_client(recorder, hosts, x))
		return false;
	/* Tools say that they understand AD (RFC 6840 5.7); who walks delegations asks without it. */
	bool by_tool = rd || (x->query.flags & RC_FLAG_AD);
	return by_tool || rc_hosts_resolvers(hosts) == 0 || !rc_hosts_iterates(hosts, &x->asker) ||
	       rc_hosts_works_apart(hosts, &x->asker);
}
