#include "analyze/decide/look.h"

#include "analyze/cause/rule.h"
#include "base/hash.h"
#include "base/time.h"

/* What the server asks others is seen: how long clients wait says little then. */
static bool is_seen_asking(const struct rc_case_sources *s, const struct rc_addr *addrs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rc_host *h = rc_hosts_find(s->hosts, &addrs[i]);
		if (h != NULL && h->asked_rd0 + h->asked_rd1 > 0)
			return true;
	}
	return false;
}

unsigned rc_look_took(int64_t took_ns)
{
	static const int64_t steps_ns[] = {RC_NS_PER_MS,        RC_AT_ONCE_NS,      RC_EARLY_NS,
					   RC_NS_PER_S,         RC_SLOW_NS,         RC_WAITS_NS,
					   RC_SELF_WAIT_MIN_NS, RC_SELF_WAIT_MAX_NS};
	unsigned n = 0;
	while (n < sizeof steps_ns / sizeof *steps_ns && took_ns >= steps_ns[n])
		n++;
	return n;
}

unsigned rc_look_load(const struct rc_exchange *x)
{
	if (x->load < RC_LOAD_BUSY)
		return 0;
	return rc_exchange_took_ns(x) < RC_EARLY_NS ? 1 : 2;
}

uint64_t rc_look_of(const struct rc_case_sources *s, const struct rc_exchange *x,
		    const struct rc_msg *answer, const struct rc_addr *addrs, size_t n_addrs,
		    uint64_t key)
{
	const struct rc_msg_facts *q = &x->query, *a = &x->answer;
	bool seen = is_seen_asking(s, addrs, n_addrs);
	int64_t took_ns = rc_exchange_took_ns(x);
	uint64_t query = (uint64_t)(q->flags & (RC_FLAG_RD | RC_FLAG_CD)) << 32 | q->tsig;
	uint64_t reply = (uint64_t)a->flags << 48 | (uint64_t)a->counts[0] << 32 |
			 (uint64_t)a->counts[1] << 16 | (uint64_t)a->fault << 8 | a->tsig;
	key = rc_hash_u64(key, query, reply);
	uint32_t marks = x->marks & ~(uint32_t)RC_X_IP6;
	key = rc_hash_u64(key, (uint64_t)marks << 8 | x->transport,
			  (uint64_t)seen << 8 |
				  (seen ? took_ns >= RC_AT_ONCE_NS : rc_look_took(took_ns)));
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		key = rc_hash_bytes(key ^ ede->code, answer->wire + ede->text_off, ede->text_len);
	}
	return key == 0 ? 1 : key;
}
