#include "analyze/decide/echo.h"

#include <stdlib.h>

#include "analyze/cause/rule.h"
#include "analyze/decide/asked.h"
#include "analyze/decide/kept.h"
#include "analyze/decide/look.h"
#include "base/blocks.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "base/time.h"

#define STORM_FAILURES 256u      /* in a second, this one or the one before: a storm */
#define AGE_NS (5 * RC_NS_PER_S) /* a verdict speaks for others no longer */
#define POOL_BYTES 4096u         /* evidence, names and texts of one verdict; most take half */
#define SLOT_BYTES 128u          /* of the memory for verdicts, for each slot they are found by */
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
	struct rc_addr addrs[RC_LOOK_ADDRS_MAX];
	uint64_t heads[RC_LOOK_ADDRS_MAX]; /* newest query of each for the name */
	struct rc_kept verdict;
	_Alignas(RC_KEPT_ALIGN) uint8_t pool[]; /* the verdict's */
};

#define ALIGN _Alignof(struct entry)
#define ENTRY_MAX (sizeof(struct entry) + POOL_BYTES + RC_KEPT_SLACK)

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
	s->well_known = e->asking->bearing_ns <= x->first_ns - RC_NEAR_NS;
}

void rc_echo_learn(struct rc_echo *e, const struct rc_case *c)
{
	if (e->asking != NULL && c->from_ns < e->asking->first_ns)
		e->asking->first_ns = c->from_ns;
}

/* Plain questions that failed with SERVFAIL: what storms are made of. */
static bool is_plain(const struct rc_case_sources *s, const struct rc_exchange *x)
{
	return s->client_facing && x->answer.rcode == RC_RCODE_SERVFAIL &&
	       x->opcode == RC_OPCODE_QUERY && x->qtype < 128 && x->qclass == RC_CLASS_IN &&
	       x->qdcount == 1 && x->query.fault == RC_FAULT_NONE && x->query.edns_version == 0 &&
	       !(x->marks & RC_X_AT_END) && s->one_way == RC_TWO_WAYS &&
	       !rc_addr_equal(&x->asker, &x->server);
}

/* An answer that says nothing but that it failed. */
static bool is_like_all(const struct rc_exchange *o, const struct rc_exchange *x,
			enum elsewhere elsewhere)
{
	return o->answer.rcode == RC_RCODE_SERVFAIL &&
	       (rc_addr_equal(&o->server, &x->server) || elsewhere == FAILURES ||
		(elsewhere == FAILURES_WITHOUT_EDE && !(o->answer.options >> RC_OPTION_EDE & 1)));
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
	return n->verdict.failure.visibility.history_evicted ==
	       (rc_recorder_since(s->recorder) >= from_ns);
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
	return n->verdict.failure.zone != NULL || cuts_known(s->book, s->seed, qname, x) == n->cuts;
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
	    (n->verdict.looks_asked && !rc_addr_equal(&n->verdict.asked, &x->server)) ||
	    age_ns < -RC_ASKED_BURST_NS || !rc_name_equal(n->verdict.qname, qname) ||
	    !lineage_is_alike(n, s, x) || !zone_stays_unknown(n, s, x, qname) ||
	    !client_is_like_others(s, x, n->elsewhere)) {
		e->vacant = key;
		return false;
	}
	e->stats.answered++;
	rc_kept_tell(&n->verdict, s->arena, x, ret_failure);
	ret_failure->qname = qname;
	ret_failure->answer = answer;
	return true;
}

/* --- keeping --- */

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
	if (!rc_kept_make(&n->verdict, n->pool, POOL_BYTES, c, f))
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
	rc_blocks_keep(&e->kept, key, key,
		       (sizeof *n + n->verdict.used + RC_KEPT_SLACK + ALIGN - 1) / ALIGN * ALIGN);
	e->stats.kept++;
}

const struct rc_echo_stats *rc_echo_stats(const struct rc_echo *e)
{
	return &e->stats;
}
