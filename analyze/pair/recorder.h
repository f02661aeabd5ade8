/*
 * The flight recorder: every exchange of the recent past, in one ring of bytes, oldest let go first;
 * and the raw answers that inference may need, in a second ring.
 *
 * A record is written once when its first query is seen and completed in place. Two indexes find the
 * records of one name: those one asker asked, and those one server was asked. Index chains run from
 * newest to oldest and end by themselves where the ring has been overwritten, so nothing is ever
 * unlinked. A record still pending when its place is needed moves to the head (on_move).
 *
 * Positions are byte offsets that only grow; 0 is none. Pointers are valid until the next add.
 */
#ifndef RC_ANALYZE_RECORDER_H
#define RC_ANALYZE_RECORDER_H

#include "analyze/exchange.h"

#define RC_RECORD_POS_BITS 56u /* of a position: 9 years at 256 MB a second */
#define RC_RECORD_POS_MASK ((UINT64_C(1) << RC_RECORD_POS_BITS) - 1)

struct rc_record {
	/* Older record of the same asker (server) and name, by hash; 0 none. */
	uint64_t prev_asker : RC_RECORD_POS_BITS, name_len : 8;
	uint64_t prev_server : RC_RECORD_POS_BITS, name_labels : 8;
	/* A TCP query or connection: the newest query before it on that connection; a connection for DNS over
	 * TLS: the one before it, of whomever. Listed: the pairing table points here, and on_move tells when
	 * it is let go. */
	uint64_t link : RC_RECORD_POS_BITS, listed : 8;
	uint64_t blob_pos : RC_RECORD_POS_BITS; /* the raw answer, 0 none kept */
	struct rc_exchange x;
	uint8_t name[]; /* wire form; absent (len 0) when there was no question */
};

struct rc_recorder_stats {
	uint64_t records;     /* written */
	uint64_t overwritten; /* finished records that made room */
	uint64_t moved;       /* pending records carried forward */
	uint64_t dropped;     /* pending records given up for want of room */
	uint64_t answers_kept;
	uint64_t answer_bytes;
};

struct rc_recorder;

struct rc_recorder_config {
	size_t record_bytes;  /* ring of records */
	size_t answer_bytes;  /* ring of raw answers */
	int64_t retention_ns; /* finished records older than this are let go */
	uint64_t seed;
	/* A pending record moved (new_pos), or one that is pending or listed is let go (new_pos 0; still
	 * readable at old_pos). */
	void (*on_move)(void *context, uint64_t old_pos, uint64_t new_pos);
	void *context;
};

/* RC_E_NOMEM. Free with rc_recorder_free. */
int rc_recorder_new(const struct rc_recorder_config *config, struct rc_recorder **ret_recorder);
void rc_recorder_free(struct rc_recorder *recorder);

/*
 * Adds a record of this name, all else of it zero but for x.first_ns; returns its position (never 0). The
 * keys are rc_recorder_key of its asker and of its server, with its name hash.
 */
uint64_t rc_recorder_add(struct rc_recorder *recorder, int64_t first_ns, const struct rc_name *name,
			 uint64_t asker_key, uint64_t server_key, struct rc_record **ret_record);

/* The record at pos; NULL when it has been overwritten. */
struct rc_record *rc_recorder_at(struct rc_recorder *recorder, uint64_t pos);

/* Keeps a copy of an answer for the record (the last one wins). */
void rc_recorder_keep_answer(struct rc_recorder *recorder, struct rc_record *record,
			     const uint8_t *wire, uint32_t len_bytes);

/* The kept answer; NULL when none was kept or it has been overwritten. */
const uint8_t *rc_recorder_answer(const struct rc_recorder *recorder,
				  const struct rc_record *record, uint32_t *ret_len_bytes);

/* Seeded hash of an address, by its rc_addr_hash, and a name hash: by it the chains are found. */
uint64_t rc_recorder_key(const struct rc_recorder *recorder, uint64_t addr_hash,
			 uint64_t name_hash);

/* Fetches into the cache where the chains of a key begin. */
void rc_recorder_prefetch_key(const struct rc_recorder *recorder, uint64_t key);

/* Fetches into the cache what a query looks at of the records that these chains of a key begin with. */
void rc_recorder_prefetch_last(const struct rc_recorder *recorder, uint64_t key);

/* Fetches what an answer looks at of a record into the cache. */
void rc_recorder_prefetch(const struct rc_recorder *recorder, uint64_t pos);

/* Fetches what a timer looks at of the record behind the one at pos. */
void rc_recorder_prefetch_behind(const struct rc_recorder *recorder, uint64_t pos);

/* Fetches what comes some records behind the one at pos: for one who goes on from record to record. */
void rc_recorder_prefetch_run(const struct rc_recorder *recorder, uint64_t pos);

/*
 * The newest record of a chain if it may be of this very asker (server) and name: hardly ever another.
 * 0 if it is surely not, without a look at the record.
 */
uint64_t rc_recorder_last_by_asker(const struct rc_recorder *recorder, uint64_t key);
uint64_t rc_recorder_last_by_server(const struct rc_recorder *recorder, uint64_t key);

/* Where the chain begins that holds the records of this asker (server) and name, and others: chain.h tells them apart. 0
 * when there is none. */
uint64_t rc_recorder_newest_by_asker(const struct rc_recorder *recorder,
				     const struct rc_addr *asker, uint64_t name_hash);
uint64_t rc_recorder_newest_by_server(const struct rc_recorder *recorder,
				      const struct rc_addr *server, uint64_t name_hash);

/* Where the chain of a key begins, of askers or of servers; 0 nowhere. */
uint64_t rc_recorder_first(const struct rc_recorder *recorder, uint64_t key, bool by_server);

/*
 * Fetches the records that these chains begin with into the cache, all at once rather than each when its turn
 * comes. Of more than RC_CHAINS_FETCHED_MAX the first so many.
 */
#define RC_CHAINS_FETCHED_MAX 32u
void rc_recorder_prefetch_firsts(const struct rc_recorder *recorder, const uint64_t *keys, size_t n,
				 bool by_server);

/* Oldest position still held, and the position behind the newest record. */
uint64_t rc_recorder_tail(const struct rc_recorder *recorder);
uint64_t rc_recorder_head(const struct rc_recorder *recorder);

/* The record after pos in time of writing; 0 at the head. */
uint64_t rc_recorder_next(struct rc_recorder *recorder, uint64_t pos);

/*
 * A record written before the one at pos, from which rc_recorder_next leads there: some hundred to two
 * thousand records back, or the oldest held. 0 if pos itself is not held.
 */
uint64_t rc_recorder_back(struct rc_recorder *recorder, uint64_t pos);

/* Packet time of the oldest record held (INT64_MIN while nothing has been overwritten). */
int64_t rc_recorder_since(const struct rc_recorder *recorder);

const struct rc_recorder_stats *rc_recorder_stats(const struct rc_recorder *recorder);

static inline void rc_record_name(const struct rc_record *record, struct rc_name *ret_name)
{
	ret_name->len = (uint8_t)record->name_len;
	ret_name->labels = (uint8_t)record->name_labels;
	memcpy(ret_name->wire, record->name, ret_name->len);
}

#endif
