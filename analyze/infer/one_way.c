#include "analyze/infer/one_way.h"

#include "base/hash.h"

#define QUERIES_MIN 3u /* so many questions and not one answer */
#define SERVERS_MIN 4  /* so many are hardly dead all at once */
/* Asked about by clients whose servers are well; dead ones they would ask again, or about one domain alone. */
#define DOMAINS_MIN 2
#define DOMAINS_OF_ONE_SERVER_MIN 8
#define DOMAIN_LABELS 2u

void rc_one_way_note(struct rc_one_way_signs *signs, const struct rc_record *record,
		     uint64_t server_hash)
{
	struct rc_name name, domain;
	rc_record_name(record, &name);
	unsigned below = name.labels > DOMAIN_LABELS ? name.labels - DOMAIN_LABELS : 0;
	rc_name_parent(&name, below, &domain);
	signs->servers |= UINT64_C(1) << (server_hash & 63);
	signs->domains |= UINT64_C(1) << (rc_name_hash(0, &domain) & 63);
}

enum rc_one_way rc_one_way_of(const struct rc_one_way_signs *signs,
			      const struct rc_pair_stats *pairs)
{
	if (pairs->answers + pairs->tcp_replies + pairs->icmp_matched + pairs->retransmissions >
		    0 ||
	    pairs->exchanges < QUERIES_MIN)
		return RC_TWO_WAYS;
	int servers = __builtin_popcountll(signs->servers);
	int domains = __builtin_popcountll(signs->domains);
	bool much = servers >= SERVERS_MIN ||
		    domains >= (servers > 1 ? DOMAINS_MIN : DOMAINS_OF_ONE_SERVER_MIN);
	return much ? RC_ONE_WAY : RC_PERHAPS_SILENT;
}
