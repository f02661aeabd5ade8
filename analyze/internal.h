/*
 * Inside the engine: what comes in (engine.c), and what becomes of failures among it (failures.c).
 */
#ifndef RC_ANALYZE_INTERNAL_H
#define RC_ANALYZE_INTERNAL_H

#include "analyze/counters.h"
#include "analyze/decide/decide.h"
#include "analyze/decide/degraded.h"
#include "analyze/decide/facing.h"
#include "analyze/decide/fetch.h"
#include "analyze/decide/hold.h"
#include "analyze/decide/incident.h"
#include "analyze/drops.h"
#include "analyze/engine.h"
#include "analyze/infer/anchor_signal.h"
#include "analyze/infer/error_report.h"
#include "analyze/infer/failing.h"

struct rc_engine {
	struct rc_engine_config config;
	struct rc_engine_output out;
	struct rc_pair *pair;
	struct rc_hosts *hosts;
	struct rc_book *book;
	struct rc_serial_table *serials;
	struct rc_error_reports *reports;
	struct rc_anchor_signals *signals;
	struct rc_failing_table *failing;
	struct rc_hold *hold;
	struct rc_decider *decider;
	struct rc_incidents *incidents;
	struct rc_degraded *degraded;
	struct rc_dnssec *dnssec;
	struct rc_dnssec_cache *judgements;
	struct rc_digests *digests;
	struct rc_trails *trails;
	struct rc_arena *arena;
	const struct rc_pair_keys *keys; /* of the observation in hand */
	int64_t start_ns;                /* first observation; INT64_MIN before */
	int64_t now_ns;
	struct rc_drops drops;
	struct rc_one_way_signs one_way;
	int64_t looked_ns; /* when drops were last asked for */
	int64_t work_ns;   /* begin of the second in which work_done counts */
	unsigned work_done;
	bool hurry; /* what is decided now cannot wait any longer */
	uint64_t sequence;
	struct rc_engine_stats stats;
};

static inline bool rc_is_client_facing(const struct rc_engine *e, const struct rc_exchange *x)
{
	return rc_facing_is_by_client(rc_pair_recorder(e->pair), e->hosts, x);
}

static inline enum rc_one_way rc_engine_one_way(const struct rc_engine *e)
{
	return rc_one_way_of(&e->one_way, rc_pair_stats(e->pair));
}

/* What every case is built from. */
struct rc_case_sources rc_engine_sources(const struct rc_engine *e);

/*
 * Holds a failure until what explains it has come; one that is nobody's news is left out. answer: its message,
 * copied; answer_len 0: none. Where there is no room the oldest one is decided at once.
 */
void rc_failures_hold(struct rc_engine *e, uint64_t pos, const struct rc_record *r,
		      const uint8_t *answer, uint32_t answer_len);

/* A failure held is to be decided at this time (INT64_MAX: all are), or must not wait longer. */
bool rc_failures_are_due(const struct rc_engine *e, int64_t now_ns);

/* Decides them, and tells them. */
void rc_failures_decide(struct rc_engine *e, int64_t now_ns);

#endif
