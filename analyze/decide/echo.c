#include "analyze/decide/echo.h"

#include <stdlib.h>

#include "analyze/cause/rule.h"
#include "analyze/decide/look.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "base/time.h"

#define STORM_FAILURES 256u          /* in a second, this one or the one before: a storm */
#define AGE_NS (5 * RC_NS_PER_S)     /* a verdict speaks for others no longer */
#define NEAR_NS (120 * RC_NS_PER_S)  /* as others' outcomes are compared (infer/case.c) */
#define BURST_NS (50 * RC_NS_PER_MS) /* one fetch's end answers all who wait, this close */
#define NOT_SEEN_MAX 8u
#define LISTS_MAX 4u     /* texts of one list */
#define POOL_BYTES 4096u /* evidence, names and texts of one verdict; most take half */
#define SLOT_BYTES 128u  /* of the memory for verdicts, for each slot they are found by */
#define OWN_STEPS_MAX 32u
#define CUT_PAGES 4u /* looked for at each name above the question */
#define OTHERS_STEPS_MAX 64u
#define ASKED_SHARE 8u /* one part in so many of the memory remembers who asked first */

/* The question that began the latest fetch that failed: by server, name and type. */
struct asked {
	uint64_t key;
	int64_t first_ns, end_ns; /* of that question */
	int64_t last_ns;          /* the latest that asked it */
	uint64_t seen_pos;  /* others' questions up to this record were looked at, in a storm */
	int64_t bearing_ns; /* the latest of them with an answer that bears on it */
	uint32_t bearing;   /* how many had */
};

/* What its client may have got of other servers without the verdict being another. */
enum elsewhere {
	NOTHING_ELSEWHERE,
	FAILURES_WITHOUT_EDE, /* that say nothing more, and other resolvers fail anyway */
	FAILURES
};

struct entry {
	int64_t end_ns; /* of the failure decided */
	int64_t from_min_ns, from_max_ns, to_min_ns, to_max_ns;
	uint32_t bearing;
	unsigned cuts;        /* of a verdict without a zone: as many were known */
	uint8_t worked_class; /* rc_look_took of the time that the server worked on it */
	uint8_t load_class;   /* rc_look_load */
	bool hangs_on_load;   /* the verdict might be another with another load_class */
	uint8_t elsewhere;    /* enum elsewhere */
	uint8_t n_addrs;
	int8_t own_evidence; /* index of the failed exchange itself; -1 none */
	uint16_t took_off;   /* where its duration stands in the explanation; 0 nowhere */
	uint16_t took_len;
	struct rc_addr addrs[RC_LOOK_ADDRS_MAX];
	uint64_t heads[RC_LOOK_ADDRS_MAX]; /* newest query of each for the name */
	struct rc_addr server;             /* subject */
	const struct rc_name *qname;
	struct rc_failure failure;
	struct rc_evidence *evidence;
	const char *fix[LISTS_MAX], *next_steps[LISTS_MAX], *not_seen[NOT_SEEN_MAX];
	const struct rc_cause *alternatives[LISTS_MAX];
	size_t used; /* of the pool */
	/* Names are kept as long as they are: whoever copies one whole reads on behind it. */
	_Alignas(struct rc_evidence) uint8_t pool[];
};

#define ALIGN _Alignof(struct entry)
#define SLACK sizeof(struct rc_name)
#define ENTRY_MAX (sizeof(struct entry) + POOL_BYTES + SLACK)

struct slot {
	uint64_t key; /* 0 free */
	uint64_t at;  /* of the entry in the ring: only grows */
};

struct rc_echo {
	struct asked *asked;
	struct slot *slots;
	uint8_t *ring; /* of entries, the oldest overwritten first */
	uint64_t n_asked, mask;
	uint64_t size, head;
	uint64_t written; /* the ring was written up to here */
	uint64_t seed;
	int64_t second; /* of packet time, in which `now` failures were entered; `before` in the one before */
	uint32_t now, before;
	struct asked *asking; /* of the exchange noted last; NULL none */
	uint64_t
		vacant; /* key under which a verdict on the exchange just asked for would be kept; 0 none */
	struct rc_echo_stats stats;
};

int rc_echo_new(size_t bytes, uint64_t seed, struct rc_echo **ret_echo)
{
	struct rc_echo *e = calloc(1, sizeof *e);
	if (e == NULL)
		return RC_E_NOMEM;
	e->seed = seed;
	e->second = INT64_MIN;
	size_t slots = 16, kept = bytes - bytes / ASKED_SHARE;
	while (slots * 2 * SLOT_BYTES <= kept)
		slots *= 2;
	kept -= kept < slots * sizeof *e->slots ? kept : slots * sizeof *e->slots;
	e->n_asked = bytes / ASKED_SHARE / sizeof *e->asked + 1;
	e->mask = slots - 1;
	e->size = (kept > 2 * ENTRY_MAX ? kept : 2 * ENTRY_MAX) / ALIGN * ALIGN;
	e->asked = calloc(e->n_asked, sizeof *e->asked);
	e->slots = calloc(slots, sizeof *e->slots);
	e->ring = aligned_alloc(ALIGN, e->size);
	if (e->asked == NULL || e->slots == NULL || e->ring == NULL) {
		rc_echo_free(e);
		return RC_E_NOMEM;
	}
	*ret_echo = e;
	return RC_OK;
}

void rc_echo_free(struct rc_echo *e)
{
	if (e == NULL)
		return;
	free(e->asked);
	free(e->slots);
	free(e->ring);
	free(e);
}

/* A place in a table of n, by hash. */
static uint64_t place_of(uint64_t key, uint64_t n)
{
	return (uint64_t)((rc_u128)key * n >> 64);
}

static uint64_t question_key(const struct rc_echo *e, const struct rc_exchange *x)
{
	uint64_t h = rc_hash_bytes(e->seed, x->server.bytes, sizeof x->server.bytes);
	h = rc_hash_u64(h, x->name_hash, (uint64_t)x->qtype << 16 | x->qclass);
	return h == 0 ? 1 : h;
}

static void count_second(struct rc_echo *e, int64_t ts_ns)
{
	int64_t second = ts_ns / RC_NS_PER_S;
	if (second != e->second) {
		e->before = second == e->second + 1 ? e->now : 0;
		e->now = 0;
		e->second = second;
	}
	e->now++;
}

static bool is_storm(const struct rc_echo *e)
{
	return e->now >= STORM_FAILURES || e->before >= STORM_FAILURES;
}

/*
 * Looks at who else asked this server for the name since the last look, once at each. Answers that were
 * good, or to questions with CD=1, bear on the verdict.
 */
static void look_at_others(struct asked *a, const struct rc_case_sources *s,
			   const struct rc_exchange *x)
{
	uint64_t head = rc_recorder_newest_by_server(s->recorder, &x->server, x->name_hash);
	uint64_t pos = head, seen_pos = head;
	for (unsigned i = 0; i < OTHERS_STEPS_MAX && pos > a->seen_pos; i++) {
		const struct rc_record *r = rc_recorder_at(s->recorder, pos);
		if (r == NULL)
			break;
		if (r->x.state == RC_X_PENDING)
			seen_pos = r->prev_server; /* to be looked at again */
		bool bears = r->x.state == RC_X_ANSWERED &&
			     (r->x.answer.rcode == RC_RCODE_NOERROR ||
			      r->x.answer.rcode == RC_RCODE_NXDOMAIN ||
			      (r->x.query.flags & RC_FLAG_CD));
		if (bears && r->x.name_hash == x->name_hash &&
		    rc_addr_equal(&r->x.server, &x->server)) {
			a->bearing++;
			a->bearing_ns = r->x.first_ns;
		}
		pos = r->prev_server;
	}
	a->seen_pos = seen_pos;
}

void rc_echo_prefetch(const struct rc_echo *e, const struct rc_exchange *x)
{
	rc_prefetch(&e->asked[place_of(question_key(e, x), e->n_asked)]);
}

void rc_echo_note(struct rc_echo *e, const struct rc_exchange *x, struct rc_case_sources *s)
{
	s->asked_before = s->well_known = s->fetch_known = false;
	s->shared_ns = INT64_MAX;
	e->asking = NULL;
	count_second(e, x->end_ns);
	if (x->state != RC_X_ANSWERED)
		return;
	uint64_t key = question_key(e, x);
	struct asked *a = e->asking = &e->asked[place_of(key, e->n_asked)];
	if (a->key != key || x->first_ns - a->last_ns >= NEAR_NS) {
		*a = (struct asked){key, x->first_ns, x->end_ns, x->first_ns, 0, INT64_MIN, 0};
		return;
	}
	s->asked_before = a->first_ns < x->first_ns;
	if (s->asked_before && a->end_ns > x->first_ns)
		s->shared_ns = a->first_ns;
	bool same_burst = x->end_ns - a->end_ns < BURST_NS && a->end_ns - x->end_ns < BURST_NS;
	if (!same_burst || x->first_ns < a->first_ns) {
		a->first_ns = x->first_ns;
		a->end_ns = x->end_ns;
	}
	if (x->first_ns > a->last_ns)
		a->last_ns = x->first_ns;
	s->fetch_known = same_burst || x->end_ns - x->first_ns < RC_LOOK_AT_ONCE_NS;
	if (!is_storm(e))
		return;
	look_at_others(a, s, x);
	s->well_known = a->bearing_ns == INT64_MIN || a->bearing_ns <= x->first_ns - NEAR_NS;
}

void rc_echo_learn(struct rc_echo *e, const struct rc_case *c)
{
	if (e->asking != NULL && c->from_ns < e->asking->first_ns)
		e->asking->first_ns = c->from_ns;
}

/* Plain questions that failed with SERVFAIL: what storms are made of. */
static bool is_plain(const struct rc_case_sources *s, const struct rc_exchange *x)
{
	return s->client_facing && x->state == RC_X_ANSWERED &&
	       x->answer.rcode == RC_RCODE_SERVFAIL && x->opcode == RC_OPCODE_QUERY &&
	       x->qtype < 128 && x->qclass == RC_CLASS_IN && x->qdcount == 1 &&
	       x->query.fault == RC_FAULT_NONE && x->query.edns_version == 0 &&
	       !(x->marks & RC_X_AT_END) && !s->one_way && !rc_addr_equal(&x->asker, &x->server);
}

/* An answer that says nothing but that it failed. */
static bool is_like_all(const struct rc_exchange *o, const struct rc_exchange *x,
			enum elsewhere elsewhere)
{
	if (o->state != RC_X_ANSWERED || o->answer.rcode != RC_RCODE_SERVFAIL)
		return false;
	return rc_addr_equal(&o->server, &x->server) || elsewhere == FAILURES ||
	       (elsewhere == FAILURES_WITHOUT_EDE && !(o->answer.options >> RC_OPTION_EDE & 1));
}

/* No other dealings of this client with the name but failures. */
static bool client_is_like_others(const struct rc_case_sources *s, const struct rc_exchange *x,
				  enum elsewhere elsewhere)
{
	uint64_t pos = rc_recorder_newest_by_asker(s->recorder, &x->asker, x->name_hash);
	for (unsigned i = 0; i < OWN_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(s->recorder, pos);
		if (r == NULL || r->x.first_ns < x->first_ns - NEAR_NS)
			return true;
		pos = r->prev_asker;
		if (r->x.name_hash != x->name_hash || !rc_addr_equal(&r->x.asker, &x->asker))
			continue;
		if (!is_like_all(&r->x, x, elsewhere))
			return false;
	}
	return false;
}

/* It asked nobody about the name since, by the time of the failure: what it asked later is another matter. */
static bool asked_no_more(const struct rc_case_sources *s, const struct rc_exchange *x,
			  const struct rc_addr *asker, uint64_t head)
{
	uint64_t pos = rc_recorder_newest_by_asker(s->recorder, asker, x->name_hash);
	for (unsigned i = 0; i < OWN_STEPS_MAX && pos != head; i++) {
		const struct rc_record *r = rc_recorder_at(s->recorder, pos);
		if (r == NULL)
			return false;
		if (r->x.name_hash == x->name_hash && rc_addr_equal(&r->x.asker, asker) &&
		    r->x.first_ns <= x->end_ns)
			return false;
		pos = r->prev_asker;
	}
	return pos == head;
}

/* The server has asked nobody about the name since, and the failure lies alike among what it asked. */
static bool lineage_is_alike(const struct entry *n, const struct rc_case_sources *s,
			     const struct rc_exchange *x)
{
	int64_t from_ns = s->shared_ns < x->first_ns ? s->shared_ns : x->first_ns;
	if (from_ns < n->from_min_ns || from_ns > n->from_max_ns || x->end_ns < n->to_min_ns ||
	    x->end_ns > n->to_max_ns || rc_look_took(x->end_ns - from_ns) != n->worked_class)
		return false;
	for (unsigned i = 0; i < n->n_addrs; i++)
		if (!asked_no_more(s, x, &n->addrs[i], n->heads[i]))
			return false;
	return n->failure.visibility.history_evicted == (rc_recorder_since(s->recorder) >= from_ns);
}

/* Messages shown by then that tell of a zone cut at or above the name. */
static unsigned cuts_known(const struct rc_book *book, uint64_t seed, const struct rc_name *qname,
			   const struct rc_exchange *x)
{
	size_t n = 0;
	for (unsigned i = 0; i < qname->labels; i++) {
		struct rc_name name;
		rc_name_parent(qname, i, &name);
		uint64_t hash = rc_name_hash(seed, &name);
		n += rc_book_count(book, hash, RC_BOOK_REFERRAL, x->first_ns, x->end_ns, CUT_PAGES);
		n += rc_book_count(book, hash, RC_BOOK_NS, x->first_ns, x->end_ns, CUT_PAGES);
	}
	return (unsigned)n;
}

static bool zone_stays_unknown(const struct entry *n, const struct rc_case_sources *s,
			       const struct rc_exchange *x, const struct rc_name *qname)
{
	return n->failure.zone != NULL || cuts_known(s->book, s->seed, qname, x) == n->cuts;
}

static void tell(struct entry *n, const struct rc_case_sources *s, const struct rc_exchange *x,
		 struct rc_failure *f)
{
	*f = n->failure;
	f->exchange = x;
	if (n->own_evidence >= 0) {
		struct rc_evidence *own = &n->evidence[n->own_evidence];
		own->frame = x->end_frame;
		own->query_frame = x->first_frame;
		own->source = x->end_source;
		own->ts_ns = x->end_ns;
		own->from = x->asker;
		own->rtt_ns = x->end_ns - x->first_ns;
	}
	if (n->took_len > 0) {
		char took[32];
		rc_duration_format(x->end_ns - x->first_ns, took, sizeof took);
		f->explanation = rc_arena_printf(
			s->arena, "%.*s%s%s", (int)n->took_off, n->failure.explanation, took,
			n->failure.explanation + n->took_off + n->took_len);
	}
}

static struct entry *find(const struct rc_echo *e, uint64_t key)
{
	const struct slot *slot = &e->slots[key & e->mask];
	if (slot->key != key || slot->at + e->size < e->written)
		return NULL;
	return (struct entry *)(e->ring + slot->at % e->size);
}

bool rc_echo_answer(struct rc_echo *e, const struct rc_case_sources *s, const struct rc_exchange *x,
		    const struct rc_name *qname, const struct rc_msg *answer,
		    struct rc_failure *ret_failure)
{
	e->vacant = 0;
	if (!is_storm(e) || e->asking == NULL || !is_plain(s, x))
		return false;
	uint64_t key = rc_look_of(s, x, answer, question_key(e, x));
	struct entry *n = find(e, key);
	int64_t age_ns = n == NULL ? 0 : x->end_ns - n->end_ns;
	if (n == NULL || n->bearing != e->asking->bearing || age_ns >= AGE_NS ||
	    (n->hangs_on_load && n->load_class != rc_look_load(x)) || age_ns < -BURST_NS ||
	    !rc_name_equal(n->qname, qname) || !lineage_is_alike(n, s, x) ||
	    !zone_stays_unknown(n, s, x, qname) || !client_is_like_others(s, x, n->elsewhere)) {
		e->vacant = key;
		return false;
	}
	e->stats.answered++;
	tell(n, s, x, ret_failure);
	ret_failure->qname = qname;
	ret_failure->answer = answer;
	return true;
}

/* --- keeping --- */

/* Copies n octets into the pool; NULL when it is full. */
static void *pool_add(struct entry *n, const void *data, size_t len)
{
	void *p = n->pool + n->used;
	if (len > POOL_BYTES - n->used)
		return NULL;
	memcpy(p, data, len);
	n->used += len;
	return p;
}

static bool pool_text(struct entry *n, const char **text)
{
	return *text == NULL || (*text = pool_add(n, *text, strlen(*text) + 1)) != NULL;
}

static bool pool_name(struct entry *n, const struct rc_name **name)
{
	if (*name == NULL)
		return true;
	if (n->qname != NULL && rc_name_equal(n->qname, *name))
		*name = n->qname;
	else
		*name = pool_add(n, *name, offsetof(struct rc_name, wire) + (*name)->len);
	return *name != NULL;
}

static bool pool_texts(struct entry *n, const char **to, size_t max, const char *const *from,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i == max)
			return false;
		to[i] = from[i];
		if (!pool_text(n, &to[i]))
			return false;
	}
	return true;
}

static bool keep_evidence(struct entry *n, const struct rc_case *c, const struct rc_failure *f)
{
	n->own_evidence = -1;
	for (size_t i = 0; i < f->n_evidence; i++) {
		struct rc_evidence *to = &n->evidence[i];
		bool own = to->query_frame == c->x->first_frame && to->frame == c->x->end_frame &&
			   to->source == c->x->end_source;
		if (own && n->own_evidence >= 0)
			return false;
		if (own)
			n->own_evidence = (int8_t)i;
		if (!pool_name(n, &to->name) || !pool_text(n, &to->fact))
			return false;
	}
	n->failure.evidence = n->evidence;
	return true;
}

/* The failure's own duration is the one thing of it that explanations tell: where it stands. */
static bool find_took(struct entry *n, const struct rc_case *c)
{
	n->took_len = 0;
	if (c->took == NULL)
		return true;
	const char *at = strstr(n->failure.explanation, c->took);
	if (at == NULL || strstr(at + 1, c->took) != NULL)
		return false;
	n->took_off = (uint16_t)(at - n->failure.explanation);
	n->took_len = (uint16_t)strlen(c->took);
	return true;
}

static bool keep_failure(struct entry *n, const struct rc_case *c, const struct rc_failure *f)
{
	n->used = 0;
	n->qname = NULL;
	n->failure = *f;
	n->evidence = pool_add(n, f->evidence, f->n_evidence * sizeof *f->evidence);
	n->qname = pool_add(n, f->qname, offsetof(struct rc_name, wire) + f->qname->len);
	if (n->evidence == NULL || n->qname == NULL || !pool_name(n, &n->failure.zone) ||
	    !pool_text(n, &n->failure.explanation) || !find_took(n, c))
		return false;
	if (f->server != NULL) {
		n->server = *f->server;
		n->failure.server = &n->server;
	}
	for (size_t i = 0; i < f->n_alternatives && i < LISTS_MAX; i++)
		n->alternatives[i] = f->alternatives[i];
	n->failure.alternatives = n->alternatives;
	n->failure.fix = n->fix;
	n->failure.next_steps = n->next_steps;
	n->failure.visibility.not_seen = n->not_seen;
	return f->n_alternatives <= LISTS_MAX &&
	       pool_texts(n, n->fix, LISTS_MAX, f->fix, f->n_fix) &&
	       pool_texts(n, n->next_steps, LISTS_MAX, f->next_steps, f->n_next_steps) &&
	       pool_texts(n, n->not_seen, NOT_SEEN_MAX, f->visibility.not_seen,
			  f->visibility.n_not_seen) &&
	       keep_evidence(n, c, f);
}

/*
 * Where other resolvers are known to fail at the question, and what this one asked for it shows why, nothing
 * is made of how its client fared with them.
 */
static enum elsewhere tolerated(const struct rc_case *c)
{
	if (!c->upstream_visible || c->others.elsewhere_failed == 0)
		return NOTHING_ELSEWHERE;
	return c->n_links > 0 ? FAILURES : FAILURES_WITHOUT_EDE;
}

static bool fared_alike_elsewhere(const struct rc_case *c)
{
	const struct rc_others *o = &c->others;
	if (o->other_server_ok + o->other_server_cd_ok > 0)
		return false;
	switch (tolerated(c)) {
	case FAILURES:
		return true;
	case FAILURES_WITHOUT_EDE:
		return o->other_failed == NULL;
	default:
		return o->other_server_failed == 0;
	}
}

/* Nothing in the verdict is about this client alone. */
static bool is_general(const struct rc_case *c, const struct rc_failure *f)
{
	const struct rc_others *o = &c->others;
	return !c->names_client && !c->adopted && !c->translated && f->n_chain == 0 &&
	       !c->lineage_cut && (o->earlier > 0 || !c->hangs_on_first) &&
	       o->same_client_ok == 0 && o->slipped == 0 && o->validated == 0 &&
	       fared_alike_elsewhere(c) && c->n_resolver <= RC_LOOK_ADDRS_MAX;
}

void rc_echo_keep(struct rc_echo *e, const struct rc_case *c, const struct rc_failure *f)
{
	uint64_t key = e->vacant;
	e->vacant = 0;
	if (key == 0 || !is_general(c, f))
		return;
	if (e->size - e->head % e->size < ENTRY_MAX)
		e->head += e->size - e->head % e->size;
	if (e->written < e->head + ENTRY_MAX)
		e->written = e->head + ENTRY_MAX;
	struct entry *n = (struct entry *)(e->ring + e->head % e->size);
	if (!keep_failure(n, c, f))
		return;
	n->elsewhere = (uint8_t)tolerated(c);
	n->n_addrs = (uint8_t)c->n_resolver;
	for (size_t i = 0; i < c->n_resolver; i++) {
		n->addrs[i] = c->resolver[i];
		n->heads[i] = rc_recorder_newest_by_asker(c->recorder, &c->resolver[i],
							  c->x->name_hash);
	}
	n->bearing = e->asking->bearing;
	n->cuts = f->zone == NULL ? cuts_known(c->book, c->seed, c->qname, c->x) : 0;
	n->end_ns = c->x->end_ns;
	n->from_min_ns = c->from_min_ns;
	n->from_max_ns = c->from_max_ns;
	n->to_min_ns = c->to_min_ns;
	n->to_max_ns = c->to_max_ns;
	n->worked_class = (uint8_t)rc_look_took(c->x->end_ns - c->from_ns);
	n->hangs_on_load = c->hangs_on_load;
	n->load_class = (uint8_t)rc_look_load(c->x);
	n->failure.echoed = true;
	e->slots[key & e->mask] = (struct slot){key, e->head};
	e->head += (sizeof *n + n->used + SLACK + ALIGN - 1) / ALIGN * ALIGN;
	e->stats.kept++;
}

const struct rc_echo_stats *rc_echo_stats(const struct rc_echo *e)
{
	return &e->stats;
}
