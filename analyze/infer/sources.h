/*
 * What a case is built from: the tables of the engine, and what it knows of the failure before it is looked at.
 */
#ifndef RC_ANALYZE_SOURCES_H
#define RC_ANALYZE_SOURCES_H

#include "analyze/dnssec/cache.h"
#include "analyze/infer/anchor_signal.h"
#include "analyze/infer/book.h"
#include "analyze/infer/digest.h"
#include "analyze/infer/error_report.h"
#include "analyze/infer/failing.h"
#include "analyze/infer/one_way.h"
#include "analyze/infer/serial.h"
#include "analyze/infer/trail.h"
#include "analyze/pair/hosts.h"
#include "base/arena.h"

/* Inputs of a case that stay the same from failure to failure. */
struct rc_case_sources {
	struct rc_arena *arena;
	struct rc_recorder *recorder;
	const struct rc_hosts *hosts;
	const struct rc_book *book;
	const struct rc_serial_table *serials;
	const struct rc_error_reports *reports;
	const struct rc_anchor_signals *signals;
	const struct rc_failing_table *failing;
	struct rc_dnssec *dnssec;
	struct rc_dnssec_cache *judgements;
	struct rc_digests *digests;
	struct rc_trails *trails;
	uint64_t tls_pos;
	bool own_fetch; /* the exchange is a resolver's own work, asker and server are itself */
	enum rc_one_way one_way; /* of the whole capture */
	bool own_anchor;         /* trust anchors were given by the user */
	uint64_t seed;
	int64_t timeout_ns; /* no exchange stays open longer */
	int64_t now_ns;     /* packet time; INT64_MAX when nothing is waited for any longer */
	int64_t packet_ns;  /* packet time, in any case */
	/* Of this failure: */
	bool client_facing;
	bool asked_before; /* the same question failed before at this server */
	bool well_known;   /* ... many times, and nobody fared otherwise: few others need a look */
	bool fetch_known;  /* it shares its fetch with a failure decided before */
	int64_t shared_ns; /* the fetch it joined has run since then; INT64_MAX if not known */
};

#endif
