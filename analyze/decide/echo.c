#include "analyze/decide/echo.h"

#include <ctype.h>
#include <stdlib.h>

#include "analyze/cause/rule.h"
#include "analyze/decide/asked.h"
#include "analyze/decide/look.h"
#include "base/blocks.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "base/time.h"

#define STORM_FAILURES 256u      /* in a second, this one or the one before: a storm */
#define AGE_NS (5 * RC_NS_PER_S) /* a verdict speaks for others no longer */
#define NOT_SEEN_MAX 8u
#define LISTS_MAX 4u     /* texts of one list */
#define POOL_BYTES 4096u /* evidence, names and texts of one verdict; most take half */
#define SLOT_BYTES 128u  /* of the memory for verdicts, for each slot they are found by */
#define OWN_STEPS_MAX 32u
#define CUT_PAGES 4u   /* looked for at each name above the question */
#define ASKED_SHARE 8u /* one part in so many of the memory remembers who asked first */

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
	struct rc_addr asked;              /* the address that the texts tell */
	bool looks_asked; /* the question's name reads as that address: texts tell no more which it is */
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

struct rc_echo {
	struct rc_asked_table *asked;
	struct rc_blocks kept; /* entries, by their look */
	int64_t second; /* of packet time, in which `now` failures were entered; `before` in the one before */
	uint32_t now, before;
	struct rc_asked *asking;                 /* of the exchange noted last; NULL none */
	struct rc_addr addrs[RC_LOOK_ADDRS_MAX]; /* of its server, the asked one first */
	size_t n_addrs;
	uint64_t
		vacant; /* key under which a verdict on the exchange just asked for would be kept; 0 none */
	struct rc_echo_stats stats;
};

int rc_echo_new(size_t bytes, uint64_t seed, struct rc_echo **ret_echo)
{
	struct rc_echo *e = calloc(1, sizeof *e);
	if (e == NULL)
		return RC_E_NOMEM;
	e->second = INT64_MIN;
	size_t slots = 16, kept = bytes - bytes / ASKED_SHARE;
	while (slots * 2 * SLOT_BYTES <= kept)
		slots *= 2;
	size_t found_by = slots * sizeof(struct rc_blocks_slot);
	kept -= kept < found_by ? kept : found_by;
	kept = (kept > 2 * ENTRY_MAX ? kept : 2 * ENTRY_MAX) / ALIGN * ALIGN;
	if (rc_asked_new(bytes / ASKED_SHARE, seed, &e->asked) != RC_OK ||
	    rc_blocks_init(&e->kept, slots, kept, ALIGN) != RC_OK) {
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
	rc_asked_free(e->asked);
	rc_blocks_free(&e->kept);
	free(e);
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

void rc_echo_prefetch(const struct rc_echo *e, const struct rc_exchange *x,
		      const struct rc_addr *addrs, size_t n)
{
	rc_asked_prefetch(e->asked, x, addrs, n);
}

void rc_echo_note(struct rc_echo *e, const struct rc_exchange *x, struct rc_case_sources *s)
{
	bool new;
	s->asked_before = s->well_known = s->fetch_known = false;
	s->shared_ns = INT64_MAX;
	e->asking = NULL;
	count_second(e, x->end_ns);
	if (!rc_exchange_answered(x))
		return;
	e->n_addrs = rc_hosts_addresses(s->hosts, &x->server, e->addrs, RC_LOOK_ADDRS_MAX);
	e->asking = rc_asked_note(e->asked, x, e->addrs, e->n_addrs, s, &new);
	if (new || !is_storm(e))
		return;
	rc_asked_look(e->asking, s->recorder, e->addrs, e->n_addrs, x->name_hash);
	int64_t bearing_ns = e->asking->bearing_ns;
	s->well_known = bearing_ns == INT64_MIN || bearing_ns <= x->first_ns - RC_NEAR_NS;
}

void rc_echo_learn(struct rc_echo *e, const struct rc_case *c)
{
	if (e->asking != NULL && c->from_ns < e->asking->first_ns)
		e->asking->first_ns = c->from_ns;
}

/* Plain questions that failed with SERVFAIL: what storms are made of. */
static bool is_plain(const struct rc_case_sources *s, const struct rc_exchange *x)
{
	return s->client_facing && rc_exchange_answered(x) &&
	       x->answer.rcode == RC_RCODE_SERVFAIL && x->opcode == RC_OPCODE_QUERY &&
	       x->qtype < 128 && x->qclass == RC_CLASS_IN && x->qdcount == 1 &&
	       x->query.fault == RC_FAULT_NONE && x->query.edns_version == 0 &&
	       !(x->marks & RC_X_AT_END) && s->one_way == RC_TWO_WAYS &&
	       !rc_addr_equal(&x->asker, &x->server);
}

/* An answer that says nothing but that it failed. */
static bool is_like_all(const struct rc_exchange *o, const struct rc_exchange *x,
			enum elsewhere elsewhere)
{
	if (!rc_exchange_answered(o) || o->answer.rcode != RC_RCODE_SERVFAIL)
		return false;
	return rc_addr_equal(&o->server, &x->server) || elsewhere == FAILURES ||
	       (elsewhere == FAILURES_WITHOUT_EDE && !(o->answer.options >> RC_OPTION_EDE & 1));
}

/* No other dealings of this client with the name but failures. */
static bool client_is_like_others(const struct rc_case_sources *s, const struct rc_exchange *x,
				  enum elsewhere elsewhere)
{
	struct rc_chain chain = rc_chain_by_asker(s->recorder, &x->asker, x->name_hash,
						  OWN_STEPS_MAX);
	const struct rc_record *r;
	chain.since_ns = x->first_ns - RC_NEAR_NS;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (!is_like_all(&r->x, x, elsewhere))
			return false;
	return chain.left > 0; /* else there may be more */
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

/* Could belong to an address: a full stop does where something of it follows. */
static bool is_of_addr(const char *c)
{
	return isalnum((unsigned char)c[0]) || c[0] == ':' ||
	       (c[0] == '.' && isalnum((unsigned char)c[1]));
}

/* Where a text has this address, and not as part of another; NULL nowhere. */
static const char *find_addr(const char *text, const char *addr)
{
	size_t len = strlen(addr);
	const char *at = text;
	while ((at = strstr(at, addr)) != NULL) {
		if ((at == text || !is_of_addr(at - 1)) && !is_of_addr(at + len))
			return at;
		at += len;
	}
	return NULL;
}

/* A text with each mention of one address as another. */
static const char *readdress(struct rc_arena *arena, const char *text, const char *from,
			     const char *to)
{
	const char *at = find_addr(text, from);
	if (at == NULL)
		return text;
	const char *rest = readdress(arena, at + strlen(from), from, to);
	return rc_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, rest);
}

static const char *const *readdress_all(struct rc_arena *arena, const char *const *texts, size_t n,
					const char *from, const char *to)
{
	const char **out = rc_arena_alloc(arena, n * sizeof *out);
	for (size_t i = 0; out != NULL && i < n; i++)
		out[i] = readdress(arena, texts[i], from, to);
	return out == NULL ? texts : out;
}

static bool reads_as(const struct rc_name *name, const struct rc_addr *addr)
{
	char text[RC_NAME_TEXT_MAX + 1], address[RC_ADDR_TEXT_MAX];
	rc_name_format(name, text);
	return find_addr(text, rc_addr_format(addr, address)) != NULL;
}

/* The verdict was made for another address of the same server: the texts tell the one that was asked. */
static void tell_address(const struct entry *n, struct rc_arena *arena, struct rc_failure *f)
{
	char from[RC_ADDR_TEXT_MAX], to[RC_ADDR_TEXT_MAX];
	const struct rc_addr *server = &f->exchange->server;
	rc_addr_format(&n->asked, from);
	rc_addr_format(server, to);
	f->explanation = readdress(arena, f->explanation, from, to);
	f->fix = readdress_all(arena, f->fix, f->n_fix, from, to);
	f->next_steps = readdress_all(arena, f->next_steps, f->n_next_steps, from, to);
	f->visibility.not_seen = readdress_all(arena, f->visibility.not_seen,
					       f->visibility.n_not_seen, from, to);
	if (f->server != NULL && rc_addr_equal(f->server, &n->asked))
		f->server = server;
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
		own->to = x->server;
		own->rtt_ns = rc_exchange_took_ns(x);
	}
	if (n->took_len > 0) {
		char took[32];
		rc_duration_format(rc_exchange_took_ns(x), took, sizeof took);
		f->explanation = rc_arena_printf(
			s->arena, "%.*s%s%s", (int)n->took_off, n->failure.explanation, took,
			n->failure.explanation + n->took_off + n->took_len);
	}
	if (!rc_addr_equal(&n->asked, &x->server))
		tell_address(n, s->arena, f);
}

bool rc_echo_answer(struct rc_echo *e, const struct rc_case_sources *s, const struct rc_exchange *x,
		    const struct rc_name *qname, const struct rc_msg *answer,
		    struct rc_failure *ret_failure)
{
	e->vacant = 0;
	if (!is_storm(e) || e->asking == NULL || !is_plain(s, x))
		return false;
	uint64_t key = rc_look_of(s, x, answer, e->addrs, e->n_addrs, e->asking->key);
	struct entry *n = rc_blocks_find(&e->kept, key, key);
	int64_t age_ns = n == NULL ? 0 : x->end_ns - n->end_ns;
	if (n == NULL || n->bearing != e->asking->bearing || age_ns >= AGE_NS ||
	    (n->hangs_on_load && n->load_class != rc_look_load(x)) ||
	    (n->looks_asked && !rc_addr_equal(&n->asked, &x->server)) ||
	    age_ns < -RC_ASKED_BURST_NS || !rc_name_equal(n->qname, qname) ||
	    !lineage_is_alike(n, s, x) || !zone_stays_unknown(n, s, x, qname) ||
	    !client_is_like_others(s, x, n->elsewhere)) {
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
		return o->n_said == 0;
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
	struct entry *n = rc_blocks_room(&e->kept, ENTRY_MAX);
	if (!keep_failure(n, c, f))
		return;
	n->elsewhere = (uint8_t)tolerated(c);
	n->n_addrs = (uint8_t)c->n_resolver;
	for (size_t i = 0; i < c->n_resolver; i++) {
		n->addrs[i] = c->resolver[i];
		n->heads[i] = rc_recorder_newest_by_asker(c->recorder, &c->resolver[i],
							  c->x->name_hash);
	}
	n->asked = c->x->server;
	n->looks_asked = reads_as(c->qname, &n->asked);
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
	rc_blocks_keep(&e->kept, key, key,
		       (sizeof *n + n->used + SLACK + ALIGN - 1) / ALIGN * ALIGN);
	e->stats.kept++;
}

const struct rc_echo_stats *rc_echo_stats(const struct rc_echo *e)
{
	return &e->stats;
}
