#include "analyze/counters.h"

#include <string.h>

#define ROW(type, field, help) \
	{ \
#field, help, offsetof(struct type, field) \
	}

static const struct rc_counter_desc pair_rows[] = {
	ROW(rc_pair_stats, queries, "query messages"),
	ROW(rc_pair_stats, answers, "response messages"),
	ROW(rc_pair_stats, exchanges, "distinct questions asked"),
	ROW(rc_pair_stats, answered, "exchanges with an answer"),
	ROW(rc_pair_stats, unanswered, "exchanges without answer by their deadline"),
	ROW(rc_pair_stats, pending_at_end, "exchanges still open when the input ended"),
	ROW(rc_pair_stats, pending, "exchanges open now"),
	ROW(rc_pair_stats, retransmissions, "further attempts of an open question"),
	ROW(rc_pair_stats, mirror_copies, "packets left out as copies made by the mirror"),
	ROW(rc_pair_stats, orphan_answers, "answers to no question seen by then"),
	ROW(rc_pair_stats, orphan_errors, "... of them neither NOERROR nor NXDOMAIN"),
	ROW(rc_pair_stats, early_answers, "orphan answers whose questions came just after them"),
	ROW(rc_pair_stats, early_errors, "... of them neither NOERROR nor NXDOMAIN"),
	ROW(rc_pair_stats, late_answers, "answers after the deadline"),
	ROW(rc_pair_stats, repeated_answers, "second answers to an answered question"),
	ROW(rc_pair_stats, wrong_id, "answers that fit a question but for their ID"),
	ROW(rc_pair_stats, wrong_question, "answers that fit but for their question"),
	ROW(rc_pair_stats, wrong_source, "answers that fit but for their source address"),
	ROW(rc_pair_stats, sent_back, "queries that a server sent back as they were"),
	ROW(rc_pair_stats, icmp_matched, "ICMP errors that belong to an exchange"),
	ROW(rc_pair_stats, icmp_unmatched, "ICMP errors that belong to none seen before them"),
	ROW(rc_pair_stats, tcp_connections, "TCP connections begun"),
	ROW(rc_pair_stats, tcp_repeated, "further SYNs of connections that had not opened"),
	ROW(rc_pair_stats, tcp_replies,
	    "packets of servers that show what a TCP connection came to"),
	ROW(rc_pair_stats, tcp_failed, "TCP connections that never opened"),
	ROW(rc_pair_stats, fragments_lost, "datagrams whose fragments never completed"),
	ROW(rc_pair_stats, table_full, "questions given up early for want of room"),
};

static const struct rc_counter_desc recorder_rows[] = {
	ROW(rc_recorder_stats, records, "exchanges written"),
	ROW(rc_recorder_stats, overwritten, "finished exchanges overwritten by newer ones"),
	ROW(rc_recorder_stats, moved, "open exchanges carried forward"),
	ROW(rc_recorder_stats, dropped, "open exchanges given up for want of room"),
	ROW(rc_recorder_stats, answers_kept, "raw answers kept"),
	ROW(rc_recorder_stats, answer_bytes, "octets of raw answers kept"),
};

static const struct rc_counter_desc host_rows[] = {
	ROW(rc_hosts_stats, evicted, "addresses forgotten for want of room"),
};

static const struct rc_counter_desc book_rows[] = {
	ROW(rc_book_stats, messages, "zone data messages kept"),
	ROW(rc_book_stats, refreshed, "zone data seen again unchanged"),
	ROW(rc_book_stats, evicted, "zone data lost before its TTL ran out"),
};

static const struct rc_counter_desc serial_rows[] = {
	ROW(rc_serials_stats, evicted, "serials of zones forgotten for want of room"),
};

static const struct rc_counter_desc digest_rows[] = {
	ROW(rc_digests_stats, made, "messages read for what they say of delegations"),
	ROW(rc_digests_stats, reused, "... looked at again without reading them"),
};

static const struct rc_counter_desc dnssec_rows[] = {
	ROW(rc_dnssec_cache_stats, judged, "DNSSEC judgements made"),
	ROW(rc_dnssec_cache_stats, reused, "DNSSEC judgements taken over from the same records"),
};

static const struct rc_counter_desc incident_rows[] = {
	ROW(rc_incident_stats, opened, "incidents begun"),
	ROW(rc_incident_stats, closed, "incidents ended"),
	ROW(rc_incident_stats, evicted, "incidents closed early for want of room"),
};

static const struct rc_counter_desc echo_rows[] = {
	ROW(rc_echo_stats, answered,
	    "failures of a storm told by the verdict on another like them"),
	ROW(rc_echo_stats, kept, "verdicts kept to speak for others"),
};

static const struct rc_counter_desc degraded_rows[] = {
	ROW(rc_degraded_stats, noted, "failed upstream exchanges looked at for degraded zones"),
	ROW(rc_degraded_stats, skipped, "more of the same server, not looked at"),
	ROW(rc_degraded_stats, told, "findings of degraded zones"),
	ROW(rc_degraded_stats, evicted, "degraded zones forgotten for want of room"),
};

static const struct rc_counter_desc decide_rows[] = {
	ROW(rc_engine_stats, failures, "failures decided"),
	ROW(rc_engine_stats, upstream_failures, "failing upstream exchanges decided"),
	ROW(rc_engine_stats, decided_early, "failures decided before their evidence was all in"),
	ROW(rc_engine_stats, too_young, "questions too young at the end of the input to judge"),
	ROW(rc_engine_stats, unchecked,
	    "questions of resolvers not looked at for want of time, no client being in sight"),
	ROW(rc_engine_stats, no_memory, "failures not decided for want of memory"),
};

#define SET(name, rows, stats) \
	{ \
		name, rows, sizeof(rows) / sizeof *(rows), stats \
	}

void rc_analyze_counters(const struct rc_analyze_stats *stats,
			 struct rc_counter_set sets[RC_ENGINE_SETS])
{
	const struct rc_counter_set all[] = {
		SET("pair", pair_rows, stats->pair),
		SET("recorder", recorder_rows, stats->recorder),
		SET("hosts", host_rows, stats->hosts),
		SET("book", book_rows, stats->book),
		SET("serials", serial_rows, stats->serials),
		SET("digests", digest_rows, stats->digests),
		SET("dnssec", dnssec_rows, stats->dnssec),
		SET("decide", decide_rows, stats->engine),
		SET("echo", echo_rows, stats->echo),
		SET("incidents", incident_rows, stats->incidents),
		SET("degraded", degraded_rows, stats->degraded),
	};
	_Static_assert(sizeof all == RC_ENGINE_SETS * sizeof *all, "each set has its place");
	memcpy(sets, all, sizeof all);
}
