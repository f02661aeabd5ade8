/*
 * Pairing: observations in, exchanges out. Holds the pending questions in an open-addressed table of
 * positions into the flight recorder; the exchanges themselves live there.
 *
 * Key: addresses, ports, transport, ID; then the question is compared (a reply without a question
 * section pairs by the rest). Repeats are attempts of one exchange. Packet time alone expires.
 */
#ifndef RC_ANALYZE_PAIR_H
#define RC_ANALYZE_PAIR_H

#include "analyze/pair/recorder.h"

/* Name hash of the records that stand for TCP connections (no question, name_len 0). */
#define RC_CONNECT_HASH UINT64_C(0x7463705f636f6e6e)

/* ... and of those for DNS over TLS, whose questions nobody sees. end_ns: when the server last sent anything. */
#define RC_TLS_HASH UINT64_C(0x746c735f636f6e6e)

static inline bool rc_is_connection(const struct rc_exchange *x)
{
	return x->name_hash == RC_CONNECT_HASH || x->name_hash == RC_TLS_HASH;
}

/* ... was refused: by a reset, or by ICMP that says it cannot be reached. */
static inline bool rc_is_refused(const struct rc_exchange *connection)
{
	return (connection->marks & (RC_X_RESET | RC_X_ICMP_HARD)) != 0;
}

struct rc_pair_stats {
	uint64_t queries;   /* query messages */
	uint64_t answers;   /* response messages */
	uint64_t exchanges; /* distinct questions asked */
	uint64_t answered;
	uint64_t unanswered;       /* deadline passed */
	uint64_t pending_at_end;   /* neither, when the input ended */
	uint64_t retransmissions;  /* further attempts of a pending question */
	uint64_t mirror_copies;    /* packets left out as copies made by the mirror */
	uint64_t orphan_answers;   /* answers to nothing that was seen by then */
	uint64_t orphan_errors;    /* ... of them neither NOERROR nor NXDOMAIN */
	uint64_t early_answers;    /* orphans whose questions came just after them */
	uint64_t early_errors;     /* ... of them neither NOERROR nor NXDOMAIN */
	uint64_t late_answers;     /* answers after the deadline */
	uint64_t repeated_answers; /* second answers to an answered question */
	uint64_t wrong_id, wrong_question,
		wrong_source; /* answers that fit a question but for this */
	uint64_t sent_back;   /* queries that came back as they were */
	uint64_t icmp_matched, icmp_unmatched;
	uint64_t tcp_connections, tcp_repeated, tcp_replies, tcp_failed;
	uint64_t fragments_lost;
	uint64_t table_full; /* questions given up because the table was full */
	uint64_t pending;    /* now */
};

struct rc_pair_output {
	void *context;
	void (*on_query)(void *context, uint64_t pos, struct rc_record *record,
			 const struct rc_obs *obs);
	/* Also for further messages of a zone transfer (x.answers > 1). */
	void (*on_answered)(void *context, uint64_t pos, struct rc_record *record,
			    const struct rc_obs *obs);
	void (*on_unanswered)(void *context, uint64_t pos);
	/* The asker itself refused the answer (ICMP port unreachable): it had given up. Told once. */
	void (*on_refused_answer)(void *context, uint64_t pos);
	/* An answer whose question was not seen: asked before the capture began, or lost. */
	void (*on_orphan)(void *context, const struct rc_obs *obs);
};

struct rc_pair;

/* table_bytes: ceiling of the pending table. RC_E_NOMEM. Free with rc_pair_free. */
int rc_pair_new(size_t table_bytes, size_t record_bytes, size_t answer_bytes, uint64_t seed,
		int64_t timeout_ns, const struct rc_pair_output *output, struct rc_pair **ret_pair);
void rc_pair_free(struct rc_pair *pair);

struct rc_recorder *rc_pair_recorder(struct rc_pair *pair);

/* The hashes by which an observed message, or part of one, is found; of other observations nothing. */
struct rc_pair_keys {
	uint64_t asker_host, server_host; /* rc_addr_hash of the two ends */
	uint64_t tag;                     /* of the question among the pending ones */
	uint64_t asker, server;           /* of the recorder's chains; queries only */
};

/*
 * The work of one observation in three steps, each to be done for some dozens before the next: the memory
 * that a step needs is on its way to the cache meanwhile. The first makes the keys that the others take.
 */
void rc_pair_prepare(const struct rc_pair *pair, const struct rc_obs *obs,
		     struct rc_pair_keys *ret_keys);
void rc_pair_prefetch(const struct rc_pair *pair, const struct rc_obs *obs,
		      const struct rc_pair_keys *keys);
void rc_pair_observe(struct rc_pair *pair, const struct rc_obs *obs,
		     const struct rc_pair_keys *keys);

/* Expires what is due at now_ns. */
void rc_pair_advance(struct rc_pair *pair, int64_t now_ns);

/* Ends everything pending as unanswered with RC_X_AT_END. */
void rc_pair_finish(struct rc_pair *pair, int64_t now_ns);

/*
 * Where the newest record of a connection for DNS over TLS is, whoever opened it; its link leads to the one before it.
 * 0 if there is none.
 */
uint64_t rc_pair_last_tls(const struct rc_pair *pair);

const struct rc_pair_stats *rc_pair_stats(const struct rc_pair *pair);

#endif
