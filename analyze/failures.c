#include "analyze/infer/retry.h"
#include "analyze/infer/translated.h"
#include "analyze/internal.h"
#include "base/err.h"
#include "base/time.h"

#define EDGE_NS (2 * RC_NS_PER_S)   /* "touches the start of the capture" */
#define TWINS_MAX 8u                /* failures held looked at for one that was translated */
#define FADING_NS (5 * RC_NS_PER_S) /* before a failure: its lineage, joined fetches */

/*
 * No client in sight, and the asker walks delegations: its exchanges are judged together, as its work on a
 * question.
 */
static bool is_own_work(const struct rc_engine *e, const struct rc_exchange *x)
{
	return x->opcode == RC_OPCODE_QUERY && !(x->query.flags & RC_FLAG_RD) &&
	       !rc_exchange_is_transfer(x) && rc_hosts_works_apart(e->hosts, &x->asker);
}

static uint32_t window_marks(const struct rc_engine *e, const struct rc_exchange *x)
{
	uint32_t marks = 0;
	if (x->first_ns - e->start_ns < EDGE_NS)
		marks |= RC_X_AT_START;
	if (rc_drops_touch(&e->drops, x->first_ns, x->end_ns))
		marks |= RC_X_DROPS;
	return marks;
}

static void tell_failure(struct rc_engine *e, struct rc_failure *failure)
{
	failure->decided_ns = e->now_ns;
	failure->sequence = ++e->sequence;
	e->stats.failures++;
	rc_incidents_note(e->incidents, failure, e->now_ns);
	if (e->out.on_failure != NULL)
		e->out.on_failure(e->out.context, failure);
}

/* Work that goes on is held once more. */
static void decide_work(struct rc_engine *e, const struct rc_held *held,
			const struct rc_case_sources *sources, const struct rc_exchange *x,
			const struct rc_msg *answer)
{
	struct rc_failure failure;
	if (x->marks & RC_X_JUDGED)
		return;
	switch (rc_decide_fetch(e->decider, sources, x, &held->name, answer, &failure)) {
	case RC_FETCHED_FAILED:
		tell_failure(e, &failure);
		break;
	case RC_FETCHED_LATER:
		e->stats.unchecked += !rc_hold_again(e->hold, held, e->now_ns + e->config.hold_ns);
		break;
	case RC_FETCHED_NOTHING:
		break;
	}
}

struct rc_case_sources rc_engine_sources(const struct rc_engine *e)
{
	return (struct rc_case_sources){
		.arena = e->arena,
		.recorder = rc_pair_recorder(e->pair),
		.hosts = e->hosts,
		.book = e->book,
		.serials = e->serials,
		.reports = e->reports,
		.signals = e->signals,
		.failing = e->failing,
		.dnssec = e->dnssec,
		.judgements = e->judgements,
		.digests = e->digests,
		.trails = e->trails,
		.tls_pos = rc_pair_last_tls(e->pair),
		.one_way = rc_engine_one_way(e),
		.own_anchor = e->config.trust_anchor != NULL,
		.seed = e->config.seed,
		.timeout_ns = e->config.timeout_ns,
		.shared_ns = INT64_MAX,
		.now_ns = INT64_MAX,
		.packet_ns = e->now_ns,
	};
}

/* The asker of a truncated answer went on over TCP in vain. While it tries, the answer is held once more. */
static bool is_retry_failed(struct rc_engine *e, const struct rc_held *held,
			    const struct rc_exchange *x)
{
	const struct rc_exchange *connection;
	struct rc_recorder *recorder = rc_pair_recorder(e->pair);
	enum rc_retry retry = rc_retry_find(recorder, x, e->now_ns, &connection);
	if (retry == RC_RETRY_PENDING && !e->hurry)
		e->stats.unchecked += !rc_hold_again(e->hold, held, e->now_ns + e->config.hold_ns);
	return retry == RC_RETRY_FAILED;
}

/* Of exchanges without an answer the client's own is decided first. */
static void mark_twin(struct rc_engine *e, const struct rc_exchange *x)
{
	struct rc_recorder *recorder = rc_pair_recorder(e->pair);
	uint64_t pos = rc_translated_behind(recorder, x);
	struct rc_record *twin = rc_recorder_at(recorder, pos);
	if (twin != NULL)
		twin->x.marks |= RC_X_JUDGED;
}

/* The client's own exchange, whose answer comes right behind the one of its translated twin, is told. */
static bool is_translated(struct rc_engine *e, const struct rc_held *held,
			  const struct rc_exchange *x)
{
	uint64_t cursor = 0;
	if (!rc_exchange_answered(x) && (x->marks & RC_X_JUDGED))
		return true;
	for (unsigned n = 0; n < TWINS_MAX && rc_exchange_answered(x); n++) {
		const struct rc_held *next = rc_hold_next(e->hold, &cursor);
		if (next == NULL)
			break;
		if (next != held && rc_translated_is_inside(x, &next->x))
			return true;
	}
	return rc_is_translated(rc_pair_recorder(e->pair), held->pos, x);
}

static void decide(struct rc_engine *e, const struct rc_held *held)
{
	struct rc_exchange x = held->x;
	struct rc_msg answer;
	struct rc_failure failure;
	struct rc_recorder *recorder = rc_pair_recorder(e->pair);
	const struct rc_record *r = rc_recorder_at(recorder, held->pos);
	rc_decider_look_ahead(e->decider, e->hold, recorder, e->hosts);
	if (r != NULL && r->x.first_frame == x.first_frame && r->x.first_source == x.first_source)
		x.marks = r->x.marks;
	x.marks |= window_marks(e, &x);
	bool client = rc_is_client_facing(e, &x);
	if (client ? is_translated(e, held, &x) : !e->config.want_upstream)
		return;
	uint32_t cut = (x.marks & RC_X_CUT) != 0;
	bool decoded = held->answer_len > 0 &&
		       rc_msg_decode(held->answer, held->answer_len, held->answer_len + cut,
				     e->config.seed, &answer);
	struct rc_case_sources sources = rc_engine_sources(e);
	sources.now_ns = e->hurry || e->config.hold_ns < RC_NS_PER_S ? INT64_MAX : e->now_ns;
	sources.client_facing = client;
	rc_arena_reset(e->arena);
	if (client && is_own_work(e, &x)) {
		decide_work(e, held, &sources, &x, decoded ? &answer : NULL);
		return;
	}
	if (decoded && !rc_is_failure(&x, e->config.include_nxdomain) &&
	    !is_retry_failed(e, held, &x))
		return; /* held for what may be wrong with it: clients have come into sight since */
	if (!rc_decide(e->decider, &sources, &x, &held->name, decoded ? &answer : NULL, &failure)) {
		e->stats.no_memory++;
		return;
	}
	bool of_name = rc_cause_is_of(failure.cause, "name.");
	if (rc_exchange_answered(&x) && !rc_is_failure(&x, e->config.include_nxdomain) &&
	    (failure.confidence < RC_CONF_LIKELY || of_name))
		return; /* refused by its asker, who got it elsewhere */
	if (!client) {
		failure.decided_ns = e->now_ns;
		failure.sequence = ++e->stats.upstream_failures;
		if (e->out.on_upstream != NULL)
			e->out.on_upstream(e->out.context, &failure);
		return;
	}
	if (!rc_exchange_answered(&x))
		mark_twin(e, &x);
	tell_failure(e, &failure);
}

void rc_failures_hold(struct rc_engine *e, uint64_t pos, const struct rc_record *r,
		      const uint8_t *answer, uint32_t answer_len)
{
	struct rc_name name;
	rc_record_name(r, &name);
	/* The upstream side of a resolver at work is evidence, not news; so is a report of an error. */
	if (!e->config.want_upstream &&
	    (rc_is_error_report(&name) || !rc_is_client_facing(e, &r->x)))
		return;
	struct rc_exchange x = r->x;
	while (rc_hold_push(e->hold, e->now_ns + e->config.hold_ns, pos, &x, &name, answer,
			    answer_len) == RC_E_FULL) {
		const struct rc_held *first = rc_hold_first(e->hold);
		if (first == NULL)
			return;
		e->stats.decided_early++;
		e->hurry = true;
		decide(e, first);
		e->hurry = false;
		rc_hold_pop(e->hold);
	}
}

/* The flight recorder is about to let go of what the failure is to be judged by. */
static bool is_fading(const struct rc_engine *e, const struct rc_held *held)
{
	return rc_recorder_since(rc_pair_recorder(e->pair)) > held->x.first_ns - FADING_NS;
}

/* Its time has come, or it is from a time that a clock was set back from. */
static bool is_due(const struct rc_engine *e, const struct rc_held *held, int64_t now_ns)
{
	return held->due_ns <= now_ns || held->due_ns > e->now_ns + e->config.hold_ns;
}

bool rc_failures_are_due(const struct rc_engine *e, int64_t now_ns)
{
	const struct rc_held *held = rc_hold_first(e->hold);
	return held != NULL && (is_due(e, held, now_ns) || is_fading(e, held));
}

void rc_failures_decide(struct rc_engine *e, int64_t now_ns)
{
	while (rc_failures_are_due(e, now_ns)) {
		const struct rc_held *held = rc_hold_first(e->hold);
		bool due = is_due(e, held, now_ns);
		e->stats.decided_early += !due;
		e->hurry = !due || now_ns == INT64_MAX;
		decide(e, held);
		e->hurry = false;
		rc_hold_pop(e->hold);
	}
}
