#include "analyze/infer/one_way.h"

#include "base/hash.h"

#define QUERIES_MIN 3u /* so many questions and not one answer */
#define DOMAINS_MIN \
	4 /* asked about by clients whose server is well: of a dead one they would ask again */
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
	bool one_server = __builtin_popcountll(signs->servers) <= 1;
	return one_server && __builtin_popcountll(signs->domains) < DOMAINS_MIN
		       ? RC_ONE_SERVER_SILENT
		       : RC_ONE_WAY;
}
