#include "analyze/dnssec/cache.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/dnssec/chain.h"
#include "analyze/dnssec/report.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define WAYS 4u
#define DETAIL_MAX 320u
#define NOT_SEEN_MAX 8u
#define NOT_SEEN_LEN 96u

struct entry {
	uint64_t key; /* 0: free */
	int64_t used_ns;
	int64_t from_ns, to_ns; /* holds for packet times in [from, to) */
	enum rc_dnssec_status status;
	enum rc_dnssec_clock clock;
	bool has_finding;
	struct rc_dnssec_finding finding; /* detail points to the array below */
	struct rc_name zone;
	unsigned n_not_seen;
	char detail[DETAIL_MAX];
	char not_seen[NOT_SEEN_MAX][NOT_SEEN_LEN];
};

struct rc_dnssec_cache {
	struct entry *entries;
	uint64_t mask;
	uint64_t seed;
	struct rc_dnssec_cache_stats stats;
};

int rc_dnssec_cache_new(size_t bytes, uint64_t seed, struct rc_dnssec_cache **ret_cache)
{
	struct rc_dnssec_cache *c = calloc(1, sizeof *c);
	if (c == NULL)
		return RC_E_NOMEM;
	uint64_t sets = 16;
	while (sets * 2 * WAYS * sizeof(struct entry) <= bytes)
		sets *= 2;
	c->mask = sets - 1;
	c->seed = seed;
	c->entries = calloc(sets * WAYS, sizeof *c->entries);
	if (c->entries == NULL) {
		free(c);
		return RC_E_NOMEM;
	}
	*ret_cache = c;
	return RC_OK;
}

void rc_dnssec_cache_free(struct rc_dnssec_cache *c)
{
	if (c == NULL)
		return;
	free(c->entries);
	free(c);
}

/* Narrows the span to the nearest boundaries around now; RRSIG times are seconds modulo 2^32. */
static void narrow(struct entry *e, int64_t now_ns, uint32_t when)
{
	int64_t now_s = now_ns / RC_NS_PER_S;
	int64_t ts_ns = (now_s + (int32_t)(when - (uint32_t)now_s)) * RC_NS_PER_S;
	if (ts_ns <= now_ns && ts_ns > e->from_ns)
		e->from_ns = ts_ns;
	if (ts_ns > now_ns && ts_ns < e->to_ns)
		e->to_ns = ts_ns;
}

/* A signature's window, and the same with what resolvers forgive around it. */
static void narrow_to_window(struct entry *e, int64_t now_ns, uint32_t inception,
			     uint32_t expiration)
{
	uint32_t skew = rc_dnssec_forgiven_s(inception, expiration);
	narrow(e, now_ns, expiration);
	narrow(e, now_ns, expiration + skew);
	narrow(e, now_ns, inception);
	narrow(e, now_ns, inception - skew);
}

/* What is wrong with a signature out of its time says how long before or after: as long as that says the same. */
static void narrow_to_text(struct entry *e, int64_t now_ns, const struct rc_rrsig *sig)
{
	uint32_t now_s = (uint32_t)(now_ns / RC_NS_PER_S), from_s, to_s;
	if (rc_serial_before(sig->expiration_s, now_s)) {
		rc_dnssec_span_alike(now_s - sig->expiration_s, &from_s, &to_s);
		narrow(e, now_ns, sig->expiration_s + from_s);
		narrow(e, now_ns, sig->expiration_s + to_s);
	}
	if (rc_serial_before(now_s, sig->inception_s)) {
		rc_dnssec_span_alike(sig->inception_s - now_s, &from_s, &to_s);
		narrow(e, now_ns, sig->inception_s - to_s + 1);
		narrow(e, now_ns, sig->inception_s - from_s + 1);
	}
}

/* How old a message is, as coarsely as the judgement looks at it. */
static unsigned age_class(int64_t age_ns)
{
	return age_ns < RC_DNSSEC_RECENT_NS ? 0 : age_ns < RC_DNSSEC_FRESH_NS ? 1 : 2;
}

/* Notes the validity times of a message's signatures; told: something is said of them. */
static void note_windows(struct entry *e, const struct rc_msg *msg, int64_t now_ns, bool told)
{
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_rr rr;
	struct rc_rrsig sig;
	while (rc_rr_next(&it, &rr)) {
		if (!rc_rr_rrsig(msg, &rr, &sig))
			continue;
		narrow_to_window(e, now_ns, sig.inception_s, sig.expiration_s);
		if (told)
			narrow_to_text(e, now_ns, &sig);
	}
}

static uint64_t content_of(const struct rc_dnssec_cache *c, const struct rc_dnssec_msg *m)
{
	return m->content != 0 ? m->content : rc_msg_content_hash(m->msg, c->seed);
}

static void restore(const struct entry *e, struct rc_arena *arena, struct rc_dnssec_result *r)
{
	*r = (struct rc_dnssec_result){.status = e->status, .clock = e->clock, .zone = e->zone};
	if (e->has_finding) {
		r->findings = rc_arena_copy(arena, &e->finding, sizeof e->finding);
		if (r->findings != NULL) {
			r->findings->detail = rc_arena_printf(arena, "%s", e->detail);
			r->n_findings = 1;
		}
	}
	r->not_seen = rc_arena_take(arena, NOT_SEEN_MAX * sizeof *r->not_seen);
	for (unsigned i = 0; r->not_seen != NULL && i < e->n_not_seen; i++)
		r->not_seen[r->n_not_seen++] = rc_arena_printf(arena, "%s", e->not_seen[i]);
}

static void copy_text(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);
	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

static void remember(struct entry *e, const struct rc_dnssec_result *r)
{
	e->status = r->status;
	e->clock = r->clock;
	e->zone = r->zone;
	e->has_finding = r->n_findings > 0;
	if (e->has_finding) {
		e->finding = r->findings[0];
		copy_text(e->detail, sizeof e->detail, r->findings[0].detail);
	}
	e->n_not_seen = 0;
	for (size_t i = 0; i < r->n_not_seen && i < NOT_SEEN_MAX; i++)
		copy_text(e->not_seen[e->n_not_seen++], NOT_SEEN_LEN, r->not_seen[i]);
}

void rc_dnssec_cache_check(struct rc_dnssec_cache *c, struct rc_dnssec *dnssec,
			   const struct rc_dnssec_question *q, struct rc_arena *arena,
			   struct rc_dnssec_result *ret_result)
{
	int64_t now_ns = q->now_ns;
	uint64_t key = rc_hash_u64(c->seed, rc_name_hash(c->seed, q->name), q->type);
	for (size_t i = 0; i < q->n; i++)
		key = rc_hash_u64(key, content_of(c, &q->msgs[i]),
				  age_class(now_ns - q->msgs[i].ts_ns));
	if (key == 0)
		key = 1;
	struct entry *set = &c->entries[(key & c->mask) * WAYS], *place = set;
	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key && now_ns >= set[i].from_ns && now_ns < set[i].to_ns) {
			set[i].used_ns = now_ns;
			c->stats.reused++;
			restore(&set[i], arena, ret_result);
			return;
		}
		if (set[i].key == 0 || (place->key != 0 && set[i].used_ns < place->used_ns))
			place = &set[i];
	}
	rc_dnssec_check(dnssec, q, arena, ret_result);
	/* No more than is remembered: what is said must not hang on what else came by. */
	if (ret_result->n_findings > 1)
		ret_result->n_findings = 1;
	if (ret_result->n_not_seen > NOT_SEEN_MAX)
		ret_result->n_not_seen = NOT_SEEN_MAX;
	c->stats.judged++;
	place->key = key;
	place->used_ns = now_ns;
	place->from_ns = INT64_MIN;
	place->to_ns = INT64_MAX;
	for (size_t i = 0; i < q->n; i++)
		note_windows(place, q->msgs[i].msg, now_ns, ret_result->n_findings > 0);
	remember(place, ret_result);
}

const struct rc_dnssec_cache_stats *rc_dnssec_cache_stats(const struct rc_dnssec_cache *c)
{
	return &c->stats;
}
