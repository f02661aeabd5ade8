#include "analyze/decide/degraded.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyze/infer/delegation.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"
#include "decode/rr.h"

#define NOTES_MAX 1024u               /* waiting to be judged */
#define SLOTS 1024u                   /* servers sampled, by hash */
#define SAMPLES 6u                    /* notes per server ... */
#define SAMPLE_NS (10 * RC_NS_PER_S)  /* ... in so much time: more say nothing new */
#define DELAY_NS (4 * RC_NS_PER_S)    /* by then the resolver has asked another server */
#define SIBLING_NS (30 * RC_NS_PER_S) /* and this long it may take it */
#define ZONES_MAX 256u
#define SERVERS_MAX 8u
#define FAILURES_MIN 3u /* one lost packet is none of these, and its repeat neither */
#define STEPS_MAX 32u
#define LAG_MIN 3u /* answers with the old serial after that */

struct note {
	uint64_t pos;
	int64_t due_ns;
};

struct sample {
	int64_t from_ns;
	uint32_t n;
};

struct bad_server {
	struct rc_addr addr;
	enum rc_outcome outcome;
	uint32_t failures;
	int64_t first_ns;
};

struct zone {
	struct rc_name name;
	int64_t last_ns;
	struct bad_server servers[SERVERS_MAX];
	size_t n_servers;
};

struct rc_degraded {
	uint64_t seed;
	struct note notes[NOTES_MAX];
	uint64_t head, tail;
	struct sample samples[SLOTS];
	struct zone zones[ZONES_MAX];
	size_t n_zones;
	struct rc_degraded_stats stats;
};

int rc_degraded_new(uint64_t seed, struct rc_degraded **ret_degraded)
{
	struct rc_degraded *d = calloc(1, sizeof *d);
	if (d == NULL)
		return RC_E_NOMEM;
	d->seed = seed;
	*ret_degraded = d;
	return RC_OK;
}

void rc_degraded_free(struct rc_degraded *d)
{
	free(d);
}

void rc_degraded_note(struct rc_degraded *d, uint64_t pos, const struct rc_exchange *x,
		      int64_t now_ns)
{
	uint64_t hash = rc_hash_bytes(d->seed, x->server.bytes, sizeof x->server.bytes);
	struct sample *s = &d->samples[hash % SLOTS];
	if (now_ns - s->from_ns > SAMPLE_NS || now_ns < s->from_ns)
		*s = (struct sample){.from_ns = now_ns};
	if (s->n++ >= SAMPLES || d->head - d->tail == NOTES_MAX) {
		d->stats.skipped++;
		return;
	}
	d->notes[d->head++ % NOTES_MAX] = (struct note){pos, now_ns + DELAY_NS};
	d->stats.noted++;
}

static enum rc_outcome outcome_of(const struct rc_exchange *x)
{
	if (x->state == RC_X_UNANSWERED) {
		if (x->marks & RC_X_ICMP_HARD)
			return RC_OUT_ICMP;
		bool other = x->marks &
			     (RC_X_FRAGMENTS_LOST | RC_X_MISMATCH | RC_X_LOST | RC_X_EARLY);
		return other || x->transport != RC_UDP ? RC_OUT_UNKNOWN : RC_OUT_TIMEOUT;
	}
	switch (x->answer.rcode) {
	case RC_RCODE_REFUSED:
		return RC_OUT_REFUSED;
	case RC_RCODE_SERVFAIL:
		return RC_OUT_SERVFAIL;
	case RC_RCODE_NOERROR:
		return RC_OUT_LAME;
	default:
		return RC_OUT_UNKNOWN; /* FORMERR, NOTIMP: of what was asked, not of the zone */
	}
}

static bool is_good(const struct rc_exchange *x)
{
	return rc_exchange_answered_well(x) && !(x->answer.flags & (RC_FLAG_TC | RC_FLAG_RA));
}

/* The exchange in which another server answered the resolver the same question; NULL if none did. */
static const struct rc_record *sibling_of(const struct rc_case_sources *s,
					  const struct rc_exchange *x)
{
	struct rc_addr addrs[4];
	const struct rc_record *best = NULL;
	size_t n = rc_hosts_addresses(s->hosts, &x->asker, addrs, 4);
	for (size_t a = 0; a < n; a++) {
		struct rc_chain chain = rc_chain_by_asker(s->recorder, &addrs[a], x->name_hash,
							  STEPS_MAX);
		const struct rc_record *r;
		chain.since_ns = x->first_ns;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (r->x.qtype == x->qtype && r->x.first_ns - x->first_ns < SIBLING_NS &&
			    is_good(&r->x) && !rc_addr_equal(&r->x.server, &x->server) &&
			    (best == NULL || r->x.first_ns < best->x.first_ns))
				best = r;
	}
	return best;
}

static bool decode_answer(const struct rc_case_sources *s, const struct rc_record *r,
			  struct rc_msg *ret_msg)
{
	uint32_t len;
	const uint8_t *wire = rc_recorder_answer(s->recorder, r, &len);
	return wire != NULL && rc_msg_decode(wire, len, len, s->seed, ret_msg);
}

/* The deepest delegation known that the name lies in, at least so many labels above it. */
static bool find_cut(const struct rc_case_sources *s, const struct rc_name *name, unsigned above,
		     struct rc_name *ret_zone, struct rc_msg *ret_referral)
{
	for (unsigned n = above; n < name->labels; n++) {
		struct rc_book_page page;
		rc_name_parent(name, n, ret_zone);
		uint64_t hash = rc_name_hash(s->seed, ret_zone);
		if (rc_book_find(s->book, hash, RC_BOOK_REFERRAL, INT64_MIN, INT64_MAX, &page, 1) ==
		    1)
			return rc_msg_decode(page.wire, page.len_bytes, page.len_bytes, s->seed,
					     ret_referral);
	}
	return false;
}

enum listed { LISTED, NOT_LISTED, LISTED_UNKNOWN };

/* Does the delegation name this server? Unknown where it gives no address for either of the two. */
static enum listed is_listed(const struct rc_msg *referral, const struct rc_addr *server,
			     const struct rc_addr *sibling)
{
	struct rc_rr_iter it = rc_rr_begin(referral, RC_ADDITIONAL);
	struct rc_rr rr;
	bool knows_sibling = false;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++) {
		struct rc_addr addr;
		if (!rc_rr_addr(referral, &rr, &addr))
			continue;
		if (rc_addr_equal(&addr, server))
			return LISTED;
		knows_sibling = knows_sibling || rc_addr_equal(&addr, sibling);
	}
	return knows_sibling ? NOT_LISTED : LISTED_UNKNOWN;
}

/* The zone that both servers were asked for. */
static bool zone_of(const struct rc_case_sources *s, const struct rc_exchange *x,
		    const struct rc_record *sibling, struct rc_name *ret_zone)
{
	struct rc_msg answer, referral;
	struct rc_name name, target;
	rc_record_name(sibling, &name);
	if (name.len == 0 || !decode_answer(s, sibling, &answer))
		return false;
	unsigned above = x->qtype == RC_TYPE_DS;
	if (rc_referral_target(&answer, &target))
		above = (unsigned)(name.labels - target.labels) + 1;
	else if (!(answer.flags & RC_FLAG_AA))
		return false;
	return find_cut(s, &name, above, ret_zone, &referral) &&
	       is_listed(&referral, &x->server, &sibling->x.server) != NOT_LISTED;
}

static struct zone *place_zone(struct rc_degraded *d, const struct rc_name *name)
{
	struct zone *oldest = &d->zones[0];
	for (size_t i = 0; i < d->n_zones; i++) {
		if (rc_name_equal(&d->zones[i].name, name))
			return &d->zones[i];
		if (d->zones[i].last_ns < oldest->last_ns)
			oldest = &d->zones[i];
	}
	if (d->n_zones < ZONES_MAX)
		oldest = &d->zones[d->n_zones++];
	else
		d->stats.evicted++;
	*oldest = (struct zone){.name = *name};
	return oldest;
}

static struct bad_server *place_server(struct zone *z, const struct rc_exchange *x,
				       enum rc_outcome outcome)
{
	struct bad_server *s = NULL;
	for (size_t i = 0; i < z->n_servers && s == NULL; i++)
		if (rc_addr_equal(&z->servers[i].addr, &x->server))
			s = &z->servers[i];
	if (s == NULL && z->n_servers == SERVERS_MAX)
		return NULL;
	if (s == NULL)
		s = &z->servers[z->n_servers++];
	else if (s->outcome == outcome)
		return s;
	*s = (struct bad_server){.addr = x->server, .outcome = outcome, .first_ns = x->first_ns};
	return s;
}

/* Has it helped since? A silent server by answering anything, another by answering this name. */
static bool has_recovered(const struct rc_case_sources *s, const struct bad_server *bad,
			  const struct rc_exchange *x)
{
	const struct rc_host *h = rc_hosts_find(s->hosts, &bad->addr);
	if (bad->outcome == RC_OUT_TIMEOUT || bad->outcome == RC_OUT_ICMP)
		return h != NULL && h->answered > 0 && h->answered_query_ns >= bad->first_ns;
	struct rc_chain chain = rc_chain_by_server(s->recorder, &bad->addr, x->name_hash,
						   STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (is_good(&r->x) && (r->x.answer.flags & RC_FLAG_AA))
			return true;
	return false;
}

static const struct {
	enum rc_outcome outcome;
	const char *slug, *verb;
} ways[] = {
	{RC_OUT_TIMEOUT, "upstream.timeout", "does not answer; others help"},
	{RC_OUT_ICMP, "upstream.unreachable", "cannot be reached; others help"},
	{RC_OUT_REFUSED, "delegation.lame_refused", "refuses to answer for it; others help"},
	{RC_OUT_SERVFAIL, "upstream.servfail", "answers SERVFAIL for it; others help"},
	{RC_OUT_LAME, "delegation.lame_referral", "is not authoritative for it; others help"},
};

static void tell(struct rc_degraded *d, struct rc_incidents *incidents, const struct zone *z,
		 const struct bad_server *bad, const struct rc_exchange *x,
		 const struct rc_record *sibling, int64_t now_ns)
{
	size_t way = 0;
	struct rc_name name;
	rc_record_name(sibling, &name);
	while (ways[way].outcome != bad->outcome)
		way++;
	struct rc_degradation told = {
		.cause = rc_cause_find(ways[way].slug),
		.confidence = bad->outcome == RC_OUT_TIMEOUT ? RC_CONF_LIKELY : RC_CONF_PROVEN,
		.zone = &z->name,
		.server = &bad->addr,
		.verb = ways[way].verb,
		.first_ns = bad->first_ns,
		.name = &name,
		.bad = x,
		.bad_outcome = rc_outcome_word(bad->outcome),
		.good = &sibling->x,
		.good_name = &name,
		.failures = bad->failures,
	};
	d->stats.told++;
	rc_incidents_note_degraded(incidents, &told, now_ns);
}

static void judge(struct rc_degraded *d, const struct rc_case_sources *s,
		  struct rc_incidents *incidents, uint64_t pos, int64_t now_ns)
{
	const struct rc_record *r = rc_recorder_at(s->recorder, pos);
	struct rc_name zone;
	if (r == NULL || r->x.state == RC_X_PENDING)
		return;
	struct rc_exchange x = r->x;
	enum rc_outcome outcome = outcome_of(&x);
	const struct rc_record *sibling = outcome == RC_OUT_UNKNOWN ? NULL : sibling_of(s, &x);
	if (sibling == NULL || !zone_of(s, &x, sibling, &zone))
		return;
	struct zone *z = place_zone(d, &zone);
	struct bad_server *bad = place_server(z, &x, outcome);
	z->last_ns = x.first_ns;
	if (bad == NULL)
		return;
	if (has_recovered(s, bad, &x)) {
		bad->failures = 0;
		bad->first_ns = x.first_ns;
		return;
	}
	if (++bad->failures >= FAILURES_MIN)
		tell(d, incidents, z, bad, &x, sibling, now_ns);
}

void rc_degraded_advance(struct rc_degraded *d, const struct rc_case_sources *sources,
			 struct rc_incidents *incidents, bool at_end, int64_t now_ns)
{
	while (d->tail < d->head && (at_end || d->notes[d->tail % NOTES_MAX].due_ns <= now_ns))
		judge(d, sources, incidents, d->notes[d->tail++ % NOTES_MAX].pos, now_ns);
}

void rc_degraded_note_serials(struct rc_degraded *d, const struct rc_zone_serials *z,
			      struct rc_incidents *incidents)
{
	char verb[96];
	if (z->lagging < LAG_MIN)
		return;
	snprintf(verb, sizeof verb, "serves serial %u while another serves %u", z->older.value,
		 z->newest.value);
	struct rc_degradation told = {
		.cause = rc_cause_find("zone.serial_mismatch"),
		.confidence = RC_CONF_LIKELY,
		.zone = &z->name,
		.server = &z->older.x.server,
		.verb = verb,
		.first_ns = z->newest_ns,
		.name = &z->older.name,
		.bad = &z->older.x,
		.bad_outcome = "answered",
		.good = &z->newest.x,
		.good_name = &z->newest.name,
		.failures = z->lagging,
	};
	d->stats.told++;
	rc_incidents_note_degraded(incidents, &told, z->older.x.end_ns);
}

const struct rc_degraded_stats *rc_degraded_stats(const struct rc_degraded *d)
{
	return &d->stats;
}
