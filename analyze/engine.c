#include "analyze/engine.h"

#include <stdlib.h>

#include "analyze/infer/retry.h"
#include "analyze/internal.h"
#include "base/err.h"
#include "base/prefetch.h"
#include "base/time.h"

/* Shares of the memory ceiling, in 64ths; their sum is below 64. */
#define SHARE_RECORDS 16u
#define SHARE_ANSWERS 18u
#define SHARE_PENDING 4u
#define SHARE_BOOK 6u
#define SHARE_HOSTS 3u
#define SHARE_HOLD 3u
#define SHARE_MEMO 4u
#define SHARE_ECHO 2u
#define SHARE_INCIDENTS 1u
#define SHARE_JUDGEMENTS 1u
#define SHARE_DIGESTS 1u

#define CASE_BYTES_MAX ((size_t)16 << 20) /* one decision: 512 answers decoded and their texts */
#define YOUNG_NS (2 * RC_NS_PER_S)        /* unanswered for less at the end: says nothing */
#define LATE_NS RC_NS_PER_S               /* no client gives up sooner */
#define OBS_BYTES (offsetof(struct rc_obs, msg.qname) + RC_LINE_BYTES) /* as a rule looked at */
#define ANSWER_BYTES 256u /* of an answer: most are no longer */
#define AHEAD 8u          /* observations: a step of fetching their memory before the next */
#define BATCHES 4u        /* of so many under way: three */
/* Good answers held and checked in a second where no client is in sight, 0.2 ms each. */
#define WORK_PER_S_MAX 500u

static bool is_upstream_query(const struct rc_exchange *x)
{
	return !(x->query.flags & RC_FLAG_RD) || x->query.do_bit;
}

/* How many other questions are open at the server: when this one is asked, and when it is answered. */
static void set_load(struct rc_exchange *x, uint32_t open)
{
	x->load = (uint16_t)(open < UINT16_MAX ? open : UINT16_MAX);
}

/* What its name tells in passing, by the form of its first label. */
static void note_name(struct rc_engine *e, const struct rc_record *r)
{
	struct rc_name name;
	rc_record_name(r, &name);
	rc_error_reports_note(e->reports, &r->x, &name);
	rc_anchor_signals_note(e->signals, &r->x, &name);
}

static struct rc_host_keys hosts_of(const struct rc_pair_keys *keys)
{
	return (struct rc_host_keys){keys->asker_host, keys->server_host};
}

static void on_query(void *context, uint64_t pos, struct rc_record *r, const struct rc_obs *obs)
{
	struct rc_engine *e = context;
	struct rc_recorder *recorder = rc_pair_recorder(e->pair);
	(void)pos;
	if (r->name_len > 1 &&
	    (rc_may_be_error_report(r->name) || rc_may_be_anchor_signal(r->name)))
		note_name(e, r);
	struct rc_host_keys hosts = hosts_of(e->keys);
	if (rc_pair_stats(e->pair)->answers == 0)
		rc_one_way_note(&e->one_way, r, rc_recorder_at(recorder, r->prev_server),
				e->keys->asker_host, e->keys->server_host);
	set_load(&r->x, rc_hosts_note_query(e->hosts, &r->x, &hosts, obs->dst_mac,
					    rc_facing_is_relay(recorder, r, e->keys->asker)));
}

/* Where no client is in sight, each question that a resolver works on is looked at, whatever the answer. */
static bool may_be_work(const struct rc_engine *e, const struct rc_record *r)
{
	return rc_fetch_is_of_question(rc_pair_recorder(e->pair), r) &&
	       (rc_hosts_resolvers(e->hosts) == 0 || rc_hosts_works_apart(e->hosts, &r->x.asker));
}

static bool has_time_for_work(struct rc_engine *e)
{
	if (e->now_ns - e->work_ns >= RC_NS_PER_S || e->now_ns < e->work_ns) {
		e->work_ns = e->now_ns;
		e->work_done = 0;
	}
	bool has = e->work_done++ < WORK_PER_S_MAX;
	e->stats.unchecked += !has;
	return has;
}

/* The resolvers' own exchanges: RD=0, so that a forwarder's do not count. */
static void note_degraded(struct rc_engine *e, uint64_t pos, const struct rc_exchange *x, bool bad,
			  const struct rc_msg *answer)
{
	if ((x->query.flags & RC_FLAG_RD) || x->opcode != RC_OPCODE_QUERY)
		return;
	if (bad)
		rc_degraded_note(e->degraded, pos, x, e->now_ns);
	const struct rc_zone_serials *serials = answer == NULL
							? NULL
							: rc_serials_note(e->serials, x, answer);
	if (serials != NULL)
		rc_degraded_note_serials(e->degraded, serials, e->incidents);
}

/* Asked by hand, while clients get it from resolvers: what ails the zone may show here. */
static void note_failing(struct rc_engine *e, const struct rc_record *r, const struct rc_obs *obs)
{
	struct rc_name name;
	if (r->x.answer.rcode != RC_RCODE_SERVFAIL || (r->x.answer.flags & RC_FLAG_RA) ||
	    r->x.opcode != RC_OPCODE_QUERY || rc_hosts_is_resolver(e->hosts, &r->x.asker))
		return;
	rc_record_name(r, &name);
	rc_failing_note(e->failing, &r->x, &name, rc_msg_ede_codes(&obs->msg));
}

static void on_answered(void *context, uint64_t pos, struct rc_record *r, const struct rc_obs *obs)
{
	struct rc_engine *e = context;
	struct rc_recorder *recorder = rc_pair_recorder(e->pair);
	if (r->x.answers > 1)
		return; /* a further message of a zone transfer */
	bool failed = rc_is_failure(&r->x, e->config.include_nxdomain);
	struct rc_host_keys hosts = hosts_of(e->keys);
	set_load(&r->x, rc_hosts_note_answer(e->hosts, &r->x, &hosts, obs->src_mac));
	bool lame = is_upstream_query(&r->x) && rc_book_note(e->book, obs, r->x.query.do_bit);
	note_degraded(e, pos, &r->x, failed || lame, &obs->msg);
	if (failed)
		note_failing(e, r, obs);
	if (is_upstream_query(&r->x) || r->x.answer.rcode != RC_RCODE_NOERROR)
		rc_recorder_keep_answer(recorder, r, obs->msg.wire, obs->msg.len);
	if (e->config.want_transactions && e->out.on_transaction != NULL) {
		struct rc_name name;
		rc_record_name(r, &name);
		e->out.on_transaction(e->out.context, &r->x, &name, &obs->msg);
	}
	bool may_fail = rc_is_truncated(&r->x) ? rc_is_client_facing(e, &r->x) : may_be_work(e, r);
	if (failed || (may_fail && has_time_for_work(e)))
		rc_failures_hold(e, pos, r, obs->msg.wire, obs->msg.len);
}

static void on_orphan(void *context, const struct rc_obs *obs)
{
	struct rc_engine *e = context;
	if (obs->msg.opcode == RC_OPCODE_QUERY)
		rc_hosts_note_orphan(e->hosts, &obs->src, obs->msg.flags, obs->msg.rcode,
				     obs->ts_ns);
}

/*
 * Unanswered when the input ended, and asked so shortly before that nothing can be said: unless the
 * server has answered later questions meanwhile.
 */
static bool is_too_young(const struct rc_engine *e, const struct rc_exchange *x)
{
	const struct rc_host *server = rc_hosts_find(e->hosts, &x->server);
	if (!(x->marks & RC_X_AT_END) || e->now_ns - x->first_ns >= YOUNG_NS ||
	    (x->marks & (RC_X_ICMP_HARD | RC_X_RESET | RC_X_CLOSED)) ||
	    rc_engine_one_way(e) != RC_TWO_WAYS)
		return false;
	return x->attempts == 1 && (server == NULL || server->answered_query_ns <= x->first_ns);
}

static void on_unanswered(void *context, uint64_t pos)
{
	struct rc_engine *e = context;
	struct rc_record *r = rc_recorder_at(rc_pair_recorder(e->pair), pos);
	rc_hosts_note_silence(e->hosts, &r->x);
	note_degraded(e, pos, &r->x, true, NULL);
	if (e->config.want_transactions && e->out.on_transaction != NULL) {
		struct rc_name name;
		rc_record_name(r, &name);
		e->out.on_transaction(e->out.context, &r->x, &name, NULL);
	}
	if (is_too_young(e, &r->x))
		e->stats.too_young++;
	else
		rc_failures_hold(e, pos, r, NULL, 0);
}

/*
 * The asker's port was closed when the answer came. That is a failure only if the asker had waited:
 * one that asked two servers at once and took the quicker answer does the same.
 */
static void on_refused_answer(void *context, uint64_t pos)
{
	struct rc_engine *e = context;
	struct rc_record *r = rc_recorder_at(rc_pair_recorder(e->pair), pos);
	if (r->x.end_ns - r->x.last_ns >= LATE_NS &&
	    !rc_is_failure(&r->x, e->config.include_nxdomain))
		rc_failures_hold(e, pos, r, NULL, 0);
}

static void set_now(struct rc_engine *e, int64_t now_ns)
{
	if (e->start_ns == INT64_MIN)
		e->start_ns = now_ns;
	/* As in pairing: a large step back is a clock that was set. */
	if (now_ns > e->now_ns || now_ns < e->now_ns - e->config.timeout_ns)
		e->now_ns = now_ns;
}

int rc_engine_new(const struct rc_engine_config *config, const struct rc_engine_output *output,
		  struct rc_engine **ret_engine)
{
	if (config->memory_bytes < RC_ENGINE_MEMORY_MIN)
		return RC_E_RANGE;
	struct rc_engine *e = calloc(1, sizeof *e);
	if (e == NULL)
		return RC_E_NOMEM;
	size_t part = config->memory_bytes / 64;
	struct rc_pair_output pair_output = {
		e, on_query, on_answered, on_unanswered, on_refused_answer, on_orphan};
	e->config = *config;
	e->out = *output;
	e->start_ns = e->now_ns = INT64_MIN;
	e->looked_ns = INT64_MIN;
	int err = rc_pair_new(part * SHARE_PENDING, part * SHARE_RECORDS, part * SHARE_ANSWERS,
			      config->seed, config->timeout_ns, &pair_output, &e->pair);
	if (err == RC_OK)
		err = rc_hosts_new(part * SHARE_HOSTS, config->seed, &e->hosts);
	if (err == RC_OK)
		err = rc_book_new(part * SHARE_BOOK, config->seed, &e->book);
	if (err == RC_OK)
		err = rc_hold_new(part * SHARE_HOLD, &e->hold);
	if (err == RC_OK)
		err = rc_decider_new(part * SHARE_MEMO, part * SHARE_ECHO, config->seed,
				     &e->decider);
	if (err == RC_OK)
		err = rc_incidents_new(part * SHARE_INCIDENTS, output->on_incident, output->context,
				       &e->incidents);
	if (err == RC_OK)
		err = rc_serials_new(config->seed, &e->serials);
	if (err == RC_OK)
		err = rc_error_reports_new(config->seed, &e->reports);
	if (err == RC_OK)
		err = rc_anchor_signals_new(config->seed, &e->signals);
	if (err == RC_OK)
		err = rc_failing_new(config->seed, &e->failing);
	if (err == RC_OK)
		err = rc_degraded_new(config->seed, &e->degraded);
	if (err == RC_OK)
		err = rc_arena_new(CASE_BYTES_MAX, &e->arena);
	if (err == RC_OK)
		err = rc_dnssec_cache_new(part * SHARE_JUDGEMENTS, config->seed, &e->judgements);
	if (err == RC_OK)
		err = rc_digests_new(part * SHARE_DIGESTS, config->seed, &e->digests);
	if (err == RC_OK)
		err = rc_trails_new(config->seed, &e->trails);
	if (err == RC_OK)
		err = rc_dnssec_new(config->trust_anchor, &e->dnssec);
	if (err != RC_OK) {
		rc_engine_free(e);
		return err;
	}
	for (size_t i = 0; i < config->n_resolvers; i++)
		rc_hosts_declare(e->hosts, config->resolvers[i].addrs,
				 config->resolvers[i].n_addrs);
	*ret_engine = e;
	return RC_OK;
}

void rc_engine_free(struct rc_engine *e)
{
	if (e == NULL)
		return;
	rc_pair_free(e->pair);
	rc_hosts_free(e->hosts);
	rc_book_free(e->book);
	rc_hold_free(e->hold);
	rc_decider_free(e->decider);
	rc_incidents_free(e->incidents);
	rc_degraded_free(e->degraded);
	rc_serials_free(e->serials);
	rc_error_reports_free(e->reports);
	rc_anchor_signals_free(e->signals);
	rc_failing_free(e->failing);
	rc_dnssec_free(e->dnssec);
	rc_dnssec_cache_free(e->judgements);
	rc_digests_free(e->digests);
	rc_trails_free(e->trails);
	rc_arena_free(e->arena);
	free(e);
}

static void tell_degraded(struct rc_engine *e, bool at_end)
{
	struct rc_case_sources sources = rc_engine_sources(e);
	rc_degraded_advance(e->degraded, &sources, e->incidents, at_end, e->now_ns);
}

/* The first step makes the keys too. */
static void prefetch(struct rc_engine *e, const struct rc_obs *o, struct rc_pair_keys *keys,
		     unsigned step)
{
	if (o->kind != RC_OBS_MESSAGE)
		return;
	if (step == 0 && e->config.written_elsewhere && rc_msg_is_response(&o->msg))
		rc_prefetch_bytes(o->msg.wire,
				  o->msg.len < ANSWER_BYTES ? o->msg.len : ANSWER_BYTES);
	if (step == 0)
		rc_pair_prepare(e->pair, o, keys);
	else
		rc_pair_prefetch(e->pair, o, keys);
	struct rc_host_keys hosts = hosts_of(keys);
	rc_hosts_prefetch(e->hosts, &hosts, o->msg.qname_hash, rc_msg_is_response(&o->msg), step);
}

static void observe(struct rc_engine *e, const struct rc_obs *o, const struct rc_pair_keys *keys)
{
	set_now(e, o->ts_ns);
	if (rc_failures_are_due(e, e->now_ns))
		rc_failures_decide(e, e->now_ns);
	e->keys = keys;
	rc_pair_observe(e->pair, o, keys);
}

/* Where a batch ends of so many that are n observations together. */
static size_t end_of(size_t batch, size_t n)
{
	return (batch + 1) * AHEAD < n ? (batch + 1) * AHEAD : n;
}

/*
 * Memory is fetched in two steps, each so many observations ahead of the next: the fetches of one go on
 * while others are worked on.
 */
void rc_engine_observe(struct rc_engine *e, const struct rc_obs *obs, size_t n)
{
	struct rc_pair_keys keys[BATCHES][AHEAD], *key;
	for (size_t b = 0; b * AHEAD < n + 2 * AHEAD; b++) {
		size_t i = (b + 1) * AHEAD;
		for (; e->config.written_elsewhere && i < end_of(b + 1, n); i++)
			rc_prefetch_bytes(&obs[i], OBS_BYTES);
		key = keys[b % BATCHES];
		for (i = b * AHEAD; i < end_of(b, n); i++)
			prefetch(e, &obs[i], key++, 0);
		if (b < 1)
			continue;
		key = keys[(b - 1) % BATCHES];
		for (i = (b - 1) * AHEAD; i < end_of(b - 1, n); i++)
			prefetch(e, &obs[i], key++, 1);
		if (b < 2)
			continue;
		key = keys[(b - 2) % BATCHES];
		for (i = (b - 2) * AHEAD; i < end_of(b - 2, n); i++)
			observe(e, &obs[i], key++);
	}
	e->keys = NULL;
	if (n > 0) {
		tell_degraded(e, false);
		rc_incidents_advance(e->incidents, e->now_ns);
	}
}

void rc_engine_advance(struct rc_engine *e, int64_t now_ns)
{
	set_now(e, now_ns);
	rc_pair_advance(e->pair, e->now_ns);
	rc_failures_decide(e, e->now_ns);
	tell_degraded(e, false);
	rc_incidents_advance(e->incidents, e->now_ns);
}

void rc_engine_dropped(struct rc_engine *e, uint64_t packets)
{
	int64_t looked_ns = e->looked_ns;
	e->looked_ns = e->now_ns;
	if (packets == 0 || e->now_ns == INT64_MIN)
		return;
	/* When exactly is not known: some time since the last look. */
	rc_drops_note(&e->drops, looked_ns == INT64_MIN ? e->start_ns : looked_ns, e->now_ns);
}

void rc_engine_finish(struct rc_engine *e)
{
	if (e->now_ns == INT64_MIN)
		return;
	rc_pair_finish(e->pair, e->now_ns);
	rc_failures_decide(e, INT64_MAX);
	tell_degraded(e, true);
	rc_incidents_finish(e->incidents, e->now_ns);
}

void rc_engine_counters(const struct rc_engine *e, struct rc_counter_set sets[RC_ENGINE_SETS])
{
	const struct rc_analyze_stats stats = {
		.pair = rc_pair_stats(e->pair),
		.recorder = rc_recorder_stats(rc_pair_recorder(e->pair)),
		.hosts = rc_hosts_stats(e->hosts),
		.book = rc_book_stats(e->book),
		.serials = rc_serials_stats(e->serials),
		.digests = rc_digests_stats(e->digests),
		.dnssec = rc_dnssec_cache_stats(e->judgements),
		.engine = &e->stats,
		.echo = rc_decider_echoes(e->decider),
		.incidents = rc_incidents_stats(e->incidents),
		.degraded = rc_degraded_stats(e->degraded),
	};
	rc_analyze_counters(&stats, sets);
}
