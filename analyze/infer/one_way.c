#include "analyze/infer/one_way.h"

#include "base/hash.h"
#include "base/time.h"

#define QUERIES_MIN 3u /* so many questions and not one answer */
/* Asked by clients whose servers are well; dead ones they would ask again, or about one domain alone. */
#define SERVERS_MANY 4
#define SERVERS_OF_ALL_MANY 8 /* with those that resolvers ask */
#define DOMAINS_SEVERAL 2
#define DOMAINS_MANY 8
#define DOMAIN_LABELS 2u
#define AGAIN_MIN 3 /* servers: what is not kept (TTL 0) is asked again as well */
#define AGAIN_FROM_NS (200 * RC_NS_PER_MS) /* at once it may be without EDNS */
#define AGAIN_TO_NS (10 * RC_NS_PER_S)

static uint64_t bit_of(uint64_t hash)
{
	return UINT64_C(1) << (hash & 63);
}

/* One that walks delegations (RD=0) has no use for what it was told a moment ago. */
static bool is_asked_again(const struct rc_exchange *x, const struct rc_exchange *before)
{
	int64_t after_ns = x->first_ns - before->first_ns;
	return !(x->query.flags & RC_FLAG_RD) && x->name_hash == before->name_hash &&
	       x->qtype == before->qtype && x->transport == before->transport &&
	       after_ns >= AGAIN_FROM_NS && after_ns < AGAIN_TO_NS &&
	       rc_addr_equal(&x->asker, &before->asker) &&
	       rc_addr_equal(&x->server, &before->server);
}

void rc_one_way_note(struct rc_one_way_signs *signs, const struct rc_record *record,
		     const struct rc_record *before, uint64_t asker_hash, uint64_t server_hash)
{
	struct rc_name name, domain;
	signs->servers |= bit_of(server_hash);
	if (!(record->x.query.flags & RC_FLAG_RD))
		signs->walked |= bit_of(server_hash);
	if (before != NULL && is_asked_again(&record->x, &before->x))
		signs->asked_again |= bit_of(server_hash);
	if (signs->servers_of_clients & bit_of(asker_hash))
		return; /* it works on what it was asked, and may ask several dead servers about it */
	rc_record_name(record, &name);
	unsigned below = name.labels > DOMAIN_LABELS ? name.labels - DOMAIN_LABELS : 0;
	rc_name_parent(&name, below, &domain);
	signs->servers_of_clients |= bit_of(server_hash);
	signs->domains |= bit_of(rc_name_hash(0, &domain));
}

/* Nobody else is asked by who gets answers: a few servers that are dead would not be most of those asked. */
static bool is_in_vain(const struct rc_one_way_signs *signs)
{
	int again = __builtin_popcountll(signs->asked_again);
	return again >= AGAIN_MIN && 4 * again >= 3 * __builtin_popcountll(signs->walked);
}

enum rc_one_way rc_one_way_of(const struct rc_one_way_signs *signs,
			      const struct rc_pair_stats *pairs)
{
	if (pairs->answers + pairs->tcp_replies + pairs->icmp_matched + pairs->retransmissions +
			    pairs->tcp_repeated >
		    0 ||
	    pairs->exchanges < QUERIES_MIN || is_in_vain(signs))
		return RC_TWO_WAYS;
	int servers = __builtin_popcountll(signs->servers_of_clients);
	int domains = __builtin_popcountll(signs->domains);
	if (__builtin_popcountll(signs->servers) >= SERVERS_OF_ALL_MANY ||
	    domains >= DOMAINS_MANY || (servers >= SERVERS_MANY && domains >= DOMAINS_SEVERAL))
		return RC_ONE_WAY;
	return servers >= SERVERS_MANY || (servers > 1 && domains >= DOMAINS_SEVERAL)
		       ? RC_PERHAPS_ONE_WAY
		       : RC_PERHAPS_SILENT;
}
