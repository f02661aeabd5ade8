/*
 * What the modules of analyze count, with the words for it: one row a counter (counters.c).
 */
#ifndef RC_ANALYZE_COUNTERS_H
#define RC_ANALYZE_COUNTERS_H

#include "analyze/decide/degraded.h"
#include "analyze/decide/echo.h"
#include "analyze/decide/incident.h"
#include "analyze/dnssec/cache.h"
#include "analyze/engine.h"
#include "analyze/infer/book.h"
#include "analyze/infer/digest.h"
#include "analyze/infer/serial.h"
#include "analyze/pair/hosts.h"
#include "analyze/pair/pair.h"
#include "base/counter.h"

struct rc_engine_stats {
	uint64_t failures, upstream_failures, decided_early, too_young, no_memory, unchecked;
};

/* Where each module keeps its counters. */
struct rc_analyze_stats {
	const struct rc_pair_stats *pair;
	const struct rc_recorder_stats *recorder;
	const struct rc_hosts_stats *hosts;
	const struct rc_book_stats *book;
	const struct rc_serials_stats *serials;
	const struct rc_digests_stats *digests;
	const struct rc_dnssec_cache_stats *dnssec;
	const struct rc_engine_stats *engine;
	const struct rc_echo_stats *echo;
	const struct rc_incident_stats *incidents;
	const struct rc_degraded_stats *degraded;
};

/* The counters stay where they are. */
void rc_analyze_counters(const struct rc_analyze_stats *stats,
			 struct rc_counter_set sets[RC_ENGINE_SETS]);

#endif
