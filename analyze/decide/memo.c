#include "analyze/decide/memo.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"

#define WAYS 4u

struct rc_memo {
	struct rc_memo_entry *entries;
	uint64_t mask;
	uint64_t seed;
};

int rc_memo_new(size_t bytes, uint64_t seed, struct rc_memo **ret_memo)
{
	struct rc_memo *m = calloc(1, sizeof *m);
	if (m == NULL)
		return RC_E_NOMEM;
	uint64_t sets = 16;
	while (sets * 2 * WAYS * sizeof(struct rc_memo_entry) <= bytes)
		sets *= 2;
	m->mask = sets - 1;
	m->seed = seed;
	m->entries = calloc(sets * WAYS, sizeof *m->entries);
	if (m->entries == NULL) {
		free(m);
		return RC_E_NOMEM;
	}
	*ret_memo = m;
	return RC_OK;
}

void rc_memo_free(struct rc_memo *m)
{
	if (m == NULL)
		return;
	free(m->entries);
	free(m);
}

static uint64_t key_of(const struct rc_memo *m, const struct rc_addr *server, uint64_t name_hash,
		       bool zone)
{
	uint64_t h = rc_hash_bytes(m->seed, server->bytes, sizeof server->bytes);
	uint64_t key = rc_hash_u64(m->seed, h, name_hash ^ (zone ? RC_HASH_K0 : 0));
	return key == 0 ? 1 : key;
}

static struct rc_memo_entry *find(const struct rc_memo *m, uint64_t key)
{
	struct rc_memo_entry *set = &m->entries[(key & m->mask) * WAYS];
	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

/* The entry of this key, else a free one, else the oldest of its set. */
static struct rc_memo_entry *place(struct rc_memo *m, uint64_t key)
{
	struct rc_memo_entry *set = &m->entries[(key & m->mask) * WAYS], *oldest = set;
	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key || set[i].key == 0)
			return &set[i];
		if (set[i].at_ns < oldest->at_ns)
			oldest = &set[i];
	}
	return oldest;
}

static void put(struct rc_memo *m, uint64_t key, const struct rc_case *c,
		const struct rc_rule *rule, enum rc_confidence confidence,
		const struct rc_finding *f)
{
	struct rc_memo_entry *e = place(m, key);
	e->key = key;
	e->at_ns = c->x->end_ns;
	e->rule = rule;
	e->confidence = confidence;
	e->vague = f->vague;
	e->has_zone = f->zone != NULL;
	e->has_server = f->server != NULL;
	if (e->has_zone)
		e->zone = *f->zone;
	if (e->has_server)
		e->server = *f->server;
	e->n_evidence = 0;
	for (size_t i = 0; i < f->n_evidence && e->n_evidence < RC_MEMO_EVIDENCE; i++) {
		e->evidence[e->n_evidence] = f->evidence[i];
		e->evidence[e->n_evidence].name = NULL;
		e->evidence[e->n_evidence].fact = "part of the original failure";
		e->n_evidence++;
	}
	size_t len = strlen(f->explanation);
	if (len >= RC_MEMO_TEXT_MAX)
		len = RC_MEMO_TEXT_MAX - 1;
	memcpy(e->explanation, f->explanation, len);
	e->explanation[len] = '\0';
}

void rc_memo_put(struct rc_memo *m, const struct rc_case *c, const struct rc_rule *rule,
		 enum rc_confidence confidence, const struct rc_finding *f)
{
	put(m, key_of(m, &c->x->server, c->x->name_hash, false), c, rule, confidence, f);
	if (rule->flags & RC_RULE_RESOLVER) {
		struct rc_name root;
		rc_name_parent(c->qname, c->qname->labels, &root);
		put(m, key_of(m, &c->x->server, rc_name_hash(c->seed, &root), true), c, rule,
		    confidence, f);
	}
	if (f->zone != NULL && f->zone->labels > 0)
		put(m, key_of(m, &c->x->server, rc_name_hash(c->seed, f->zone), true), c, rule,
		    confidence, f);
}

const struct rc_memo_entry *rc_memo_find(const struct rc_memo *m, const struct rc_case *c,
					 int64_t max_age_ns, bool *ret_by_zone)
{
	const struct rc_memo_entry *e = find(m, key_of(m, &c->x->server, c->x->name_hash, false));
	if (e != NULL && c->x->end_ns - e->at_ns <= max_age_ns) {
		*ret_by_zone = false;
		return e;
	}
	for (unsigned n = 0; n <= c->qname->labels && c->qname->len > 0; n++) {
		struct rc_name zone;
		rc_name_parent(c->qname, n, &zone);
		e = find(m, key_of(m, &c->x->server, rc_name_hash(c->seed, &zone), true));
		if (e != NULL && c->x->end_ns - e->at_ns <= max_age_ns) {
			*ret_by_zone = true;
			return e;
		}
	}
	return NULL;
}
