#include "analyze/decide/asked.h"

#include <stdlib.h>

#include "analyze/decide/look.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "base/time.h"

#define ASKERS_STEPS_MAX 64u

struct rc_asked_table {
	struct rc_asked *entries;
	uint64_t n;
	uint64_t seed;
};

int rc_asked_new(size_t bytes, uint64_t seed, struct rc_asked_table **ret_table)
{
	struct rc_asked_table *t = calloc(1, sizeof *t);
	if (t == NULL)
		return RC_E_NOMEM;
	t->seed = seed;
	t->n = bytes / sizeof *t->entries + 1;
	t->entries = calloc(t->n, sizeof *t->entries);
	if (t->entries == NULL) {
		rc_asked_free(t);
		return RC_E_NOMEM;
	}
	*ret_table = t;
	return RC_OK;
}

void rc_asked_free(struct rc_asked_table *t)
{
	if (t == NULL)
		return;
	free(t->entries);
	free(t);
}

/* The lowest of its addresses stands for a server. */
static uint64_t key_of(const struct rc_asked_table *t, const struct rc_exchange *x,
		       const struct rc_addr *addrs, size_t n)
{
	const struct rc_addr *lowest = &addrs[0];
	for (size_t i = 1; i < n; i++)
		if (memcmp(addrs[i].bytes, lowest->bytes, sizeof lowest->bytes) < 0)
			lowest = &addrs[i];
	uint64_t h = rc_hash_bytes(t->seed, lowest->bytes, sizeof lowest->bytes);
	h = rc_hash_u64(h, x->name_hash, (uint64_t)x->qtype << 16 | x->qclass);
	return h == 0 ? 1 : h;
}

static struct rc_asked *place_of(const struct rc_asked_table *t, uint64_t key)
{
	return &t->entries[(rc_u128)key * t->n >> 64];
}

void rc_asked_prefetch(const struct rc_asked_table *t, const struct rc_exchange *x,
		       const struct rc_addr *addrs, size_t n)
{
	rc_prefetch(place_of(t, key_of(t, x, addrs, n)));
}

struct rc_asked *rc_asked_note(struct rc_asked_table *t, const struct rc_exchange *x,
			       const struct rc_addr *addrs, size_t n, struct rc_case_sources *s,
			       bool *ret_new)
{
	uint64_t key = key_of(t, x, addrs, n);
	struct rc_asked *a = place_of(t, key);
	*ret_new = a->key != key || x->first_ns - a->last_ns >= RC_NEAR_NS;
	if (*ret_new) {
		*a = (struct rc_asked){key, x->first_ns, x->end_ns, x->first_ns, 0, INT64_MIN, 0};
		return a;
	}
	s->asked_before = a->first_ns < x->first_ns;
	if (s->asked_before && a->end_ns > x->first_ns)
		s->shared_ns = a->first_ns;
	bool same_burst = x->end_ns - a->end_ns < RC_ASKED_BURST_NS &&
			  a->end_ns - x->end_ns < RC_ASKED_BURST_NS;
	if (!same_burst || x->first_ns < a->first_ns) {
		a->first_ns = x->first_ns;
		a->end_ns = x->end_ns;
	}
	if (x->first_ns > a->last_ns)
		a->last_ns = x->first_ns;
	s->fetch_known = same_burst || rc_exchange_took_ns(x) < RC_AT_ONCE_NS;
	return a;
}

/* Those who asked this address. Lowers *until to what must be looked at again. */
static void look_at_askers(struct rc_asked *a, struct rc_recorder *recorder, uint64_t head,
			   const struct rc_addr *server, uint64_t name_hash, uint64_t *until)
{
	uint64_t pos = head;
	for (unsigned i = 0; i < ASKERS_STEPS_MAX && pos > a->seen_pos; i++) {
		const struct rc_record *r = rc_recorder_at(recorder, pos);
		if (r == NULL)
			break;
		pos = r->prev_server;
		if (r->x.state == RC_X_PENDING && pos < *until)
			*until = pos;
		bool bears = rc_exchange_answered(&r->x) &&
			     (rc_rcode_is_usable(r->x.answer.rcode) ||
			      (r->x.query.flags & RC_FLAG_CD));
		if (bears && r->x.name_hash == name_hash && rc_addr_equal(&r->x.server, server)) {
			a->bearing++;
			if (r->x.first_ns > a->bearing_ns)
				a->bearing_ns = r->x.first_ns;
		}
	}
}

void rc_asked_look(struct rc_asked *a, struct rc_recorder *recorder, const struct rc_addr *addrs,
		   size_t n, uint64_t name_hash)
{
	uint64_t heads[RC_LOOK_ADDRS_MAX], newest = 0;
	for (size_t i = 0; i < n; i++) {
		heads[i] = rc_recorder_newest_by_server(recorder, &addrs[i], name_hash);
		newest = heads[i] > newest ? heads[i] : newest;
	}
	for (size_t i = 0; i < n; i++)
		look_at_askers(a, recorder, heads[i], &addrs[i], name_hash, &newest);
	a->seen_pos = newest;
}
