#include "analyze/pair/recorder.h"

#include <stdlib.h>

#include "analyze/pair/span.h"
#include "base/copy.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/pages.h"
#include "base/prefetch.h"

#define ALIGN 8u
#define FIRST_POS 64u             /* so that position 0 means none */
#define INDEX_BYTES_PER_HEAD 192u /* one index head per so many ring bytes: about one per record */
#define MARK_SHIFT RC_RECORD_POS_BITS /* of a head: above it the key's mark, below it a position */
#define POS_MASK RC_RECORD_POS_MASK
#define AHEAD_BYTES 1024u /* of the ring, fetched ahead of where it is written: some records */
#define RUN_BYTES 2048u   /* the same where it is read from record to record */
#define TIMED_BYTES offsetof(struct rc_record, x.asker) /* looked at by timers, and when let go */
/* Of a record, looked at when the name is asked again, and when the answer comes. */
#define ASKED_BYTES offsetof(struct rc_record, x.answer)
#define ANSWERED_BYTES (offsetof(struct rc_record, x.query) + sizeof(struct rc_msg_facts))
#define BLOB_HEADER 4u         /* before an answer in its ring: its length */
#define BACK_BYTES (64u << 10) /* gone back at least: some 250 records */
#define MOVES_MAX 64u          /* pending records moved for one add before one is given up */

/* Newest records by asker and by server of the keys of one slot, each with 8 bits of its record's key. */
struct heads {
	uint64_t by_asker, by_server;
};

struct rc_recorder {
	struct rc_span records, answers;
	int64_t retention_ns;
	struct heads *heads;
	uint64_t mask;
	uint64_t seed;
	int64_t since_ns;
	void (*on_move)(void *context, uint64_t old_pos, uint64_t new_pos);
	void *context;
	struct rc_recorder_stats stats;
};

static uint64_t power_of_two_below(uint64_t n)
{
	uint64_t p = 1;
	while (p * 2 <= n)
		p *= 2;
	return p;
}

int rc_recorder_new(const struct rc_recorder_config *config, struct rc_recorder **ret_recorder)
{
	struct rc_recorder *r = calloc(1, sizeof *r);
	if (r == NULL)
		return RC_E_NOMEM;
	uint64_t heads = power_of_two_below(config->record_bytes / INDEX_BYTES_PER_HEAD + 2);
	r->mask = heads - 1;
	r->seed = config->seed;
	r->since_ns = INT64_MIN;
	r->retention_ns = config->retention_ns;
	r->on_move = config->on_move;
	r->context = config->context;
	int err = rc_span_init(&r->records, config->record_bytes);
	if (err == RC_OK)
		err = rc_span_init(&r->answers, config->answer_bytes);
	r->records.head = r->records.tail = FIRST_POS;
	r->answers.head = r->answers.tail = FIRST_POS;
	r->heads = calloc(heads, sizeof *r->heads);
	rc_pages_enlarge(r->heads, heads * sizeof *r->heads);
	if (err != RC_OK || r->heads == NULL) {
		rc_recorder_free(r);
		return RC_E_NOMEM;
	}
	*ret_recorder = r;
	return RC_OK;
}

void rc_recorder_free(struct rc_recorder *r)
{
	if (r == NULL)
		return;
	rc_span_free(&r->records);
	rc_span_free(&r->answers);
	free(r->heads);
	free(r);
}

static struct rc_record *record_at(const struct rc_recorder *r, uint64_t pos)
{
	return rc_span_at(&r->records, pos);
}

struct rc_record *rc_recorder_at(struct rc_recorder *r, uint64_t pos)
{
	return pos < r->records.tail || pos >= r->records.head ? NULL : record_at(r, pos);
}

uint64_t rc_recorder_key(const struct rc_recorder *r, uint64_t addr_hash, uint64_t name_hash)
{
	return rc_hash_u64(r->seed, addr_hash, name_hash);
}

static uint64_t key_of(const struct rc_recorder *r, const struct rc_addr *addr, uint64_t name_hash)
{
	return rc_recorder_key(r, rc_addr_hash(r->seed, addr), name_hash);
}

static uint64_t head_of(uint64_t pos, uint64_t key)
{
	return pos | key >> MARK_SHIFT << MARK_SHIFT;
}

/* The position in a head whose mark is the key's, else 0. */
static uint64_t last_of(uint64_t head, uint64_t key)
{
	return (head ^ key) >> MARK_SHIFT == 0 ? head & POS_MASK : 0;
}

static uint64_t size_of(unsigned name_len)
{
	return (sizeof(struct rc_record) + name_len + ALIGN - 1) / ALIGN * ALIGN;
}

/* Padding has this for a chain, and its size for a link. */
static bool is_padding(const struct rc_record *record)
{
	return record->prev_asker == POS_MASK;
}

/*
 * Takes up the record that was written at the head, where the caller has made room, into its chains. They
 * share words with the name's lengths: written together, so that nothing waits for a word half written.
 */
static inline uint64_t append(struct rc_recorder *r, struct rc_record *record, unsigned name_len,
			      unsigned name_labels, uint64_t asker_key, uint64_t server_key)
{
	uint64_t pos = r->records.head;
	uint64_t *a = &r->heads[asker_key & r->mask].by_asker,
		 *s = &r->heads[server_key & r->mask].by_server;
	uint64_t prev_asker = *a & POS_MASK, prev_server = *s & POS_MASK;
	record->prev_asker = prev_asker & POS_MASK;
	record->name_len = name_len & UINT8_MAX;
	record->prev_server = prev_server & POS_MASK;
	record->name_labels = name_labels & UINT8_MAX;
	*a = head_of(pos, asker_key);
	*s = head_of(pos, server_key);
	r->records.head += size_of(name_len);
	return pos;
}

/* Room for a record: what is left of a chunk too small for it becomes padding. */
static inline bool room(struct rc_recorder *r, uint64_t size)
{
	uint64_t old_head = r->records.head;
	if (!rc_span_room(&r->records, size))
		return false;
	uint64_t pad = r->records.head - old_head;
	if (pad >= offsetof(struct rc_record, x)) {
		struct rc_record *p = record_at(r, old_head);
		p->prev_asker = POS_MASK;
		p->link = pad & POS_MASK;
	}
	return true;
}

/* Nothing but padding up to the end of the chunk: marked so, or too small for a mark. */
static bool is_gap(const struct rc_recorder *r, uint64_t pos, uint64_t *ret_size)
{
	*ret_size = rc_span_left_in_chunk(pos);
	if (*ret_size < offsetof(struct rc_record, x))
		return true;
	const struct rc_record *record = record_at(r, pos);
	if (!is_padding(record))
		return false;
	*ret_size = record->link;
	return true;
}

/* Frees the oldest record. A pending one is carried forward unless `moves` is used up. */
static void evict(struct rc_recorder *r, unsigned *moves)
{
	uint64_t size, old_pos = r->records.tail;
	if (is_gap(r, old_pos, &size)) {
		rc_span_release(&r->records, old_pos + size);
		return;
	}
	struct rc_record *old = record_at(r, old_pos);
	size = size_of(old->name_len);
	r->since_ns = old->x.first_ns;
	rc_recorder_prefetch_run(r, old_pos);
	if (old->blob_pos != 0) /* answers are in nearly the same order */
		rc_span_release(&r->answers, old->blob_pos);
	if (old->x.state != RC_X_PENDING) {
		if (old->listed)
			r->on_move(r->context, old_pos, 0);
		r->stats.overwritten++;
		rc_span_release(&r->records, old_pos + size);
		return;
	}
	if (*moves == 0) {
		r->stats.dropped++;
		r->on_move(r->context, old_pos, 0);
		rc_span_release(&r->records, old_pos + size);
		return;
	}
	(*moves)--;
	r->stats.moved++;
	/* Its chunk may go to the head at once, so the copy goes through the stack. */
	union {
		struct rc_record record;
		uint8_t bytes[sizeof(struct rc_record) + RC_NAME_MAX + ALIGN];
	} copy;
	memcpy(&copy, old, size);
	rc_span_release(&r->records, old_pos + size);
	while (!room(r, size))
		evict(r, moves);
	struct rc_record *record = record_at(r, r->records.head);
	memcpy(record, &copy, size);
	const struct rc_exchange *x = &copy.record.x;
	uint64_t new_pos = append(r, record, copy.record.name_len, copy.record.name_labels,
				  key_of(r, &x->asker, x->name_hash),
				  key_of(r, &x->server, x->name_hash));
	r->on_move(r->context, old_pos, new_pos);
}

/* Lets go of what is older than anybody will ask for; stops at a question still open. */
static void forget(struct rc_recorder *r, int64_t now_ns)
{
	uint64_t size;
	while (r->records.tail < r->records.head) {
		if (!is_gap(r, r->records.tail, &size)) {
			const struct rc_record *old = record_at(r, r->records.tail);
			if (old->x.state == RC_X_PENDING ||
			    old->x.first_ns >= now_ns - r->retention_ns)
				return;
		}
		unsigned none = 0;
		evict(r, &none);
	}
}

uint64_t rc_recorder_add(struct rc_recorder *r, int64_t first_ns, const struct rc_name *name,
			 uint64_t asker_key, uint64_t server_key, struct rc_record **ret_record)
{
	uint64_t size = size_of(name->len);
	unsigned moves = MOVES_MAX;
	forget(r, first_ns);
	while (!room(r, size))
		evict(r, &moves);
	struct rc_record *record = record_at(r, r->records.head);
	rc_clear(record, size);
	rc_copy(record->name, name->wire, name->len);
	/* The ring has long left the cache when it comes round. */
	if (rc_span_left_in_chunk(r->records.head) > AHEAD_BYTES + size)
		rc_prefetch_bytes((const char *)record + AHEAD_BYTES, size);
	r->stats.records++;
	record->x.first_ns = first_ns;
	*ret_record = record;
	return append(r, record, name->len, name->labels, asker_key, server_key);
}

void rc_recorder_keep_answer(struct rc_recorder *r, struct rc_record *record, const uint8_t *wire,
			     uint32_t len)
{
	if (len == 0 || len > RC_SPAN_CHUNK_BYTES - BLOB_HEADER)
		return;
	while (!rc_span_room(&r->answers, BLOB_HEADER + len)) {
		uint64_t tail = r->answers.tail;
		if (tail + rc_span_left_in_chunk(tail) > r->answers.head)
			return; /* not even an empty ring has room: out of memory */
		rc_span_release(&r->answers, tail + rc_span_left_in_chunk(tail));
	}
	uint8_t *blob = rc_span_at(&r->answers, r->answers.head);
	memcpy(blob, &len, BLOB_HEADER);
	rc_copy(blob + BLOB_HEADER, wire, len);
	record->blob_pos = r->answers.head & POS_MASK;
	r->answers.head += BLOB_HEADER + len;
	r->stats.answers_kept++;
	r->stats.answer_bytes += len;
}

const uint8_t *rc_recorder_answer(const struct rc_recorder *r, const struct rc_record *record,
				  uint32_t *ret_len)
{
	if (record->blob_pos == 0 || record->blob_pos < r->answers.tail)
		return NULL;
	const uint8_t *blob = rc_span_at(&r->answers, record->blob_pos);
	memcpy(ret_len, blob, BLOB_HEADER);
	return blob + BLOB_HEADER;
}

void rc_recorder_prefetch_key(const struct rc_recorder *r, uint64_t key)
{
	rc_prefetch(&r->heads[key & r->mask]);
}

static void prefetch(const struct rc_recorder *r, uint64_t pos, size_t bytes)
{
	if (pos >= r->records.tail && pos < r->records.head)
		rc_prefetch_bytes(record_at(r, pos), bytes);
}

void rc_recorder_prefetch(const struct rc_recorder *r, uint64_t pos)
{
	prefetch(r, pos, ANSWERED_BYTES);
}

void rc_recorder_prefetch_last(const struct rc_recorder *r, uint64_t key)
{
	prefetch(r, rc_recorder_last_by_asker(r, key), ASKED_BYTES);
	prefetch(r, rc_recorder_last_by_server(r, key), ASKED_BYTES);
}

void rc_recorder_prefetch_run(const struct rc_recorder *r, uint64_t pos)
{
	const struct rc_record *record = record_at(r, pos);
	uint64_t size = size_of(record->name_len);
	if (rc_span_left_in_chunk(pos) > RUN_BYTES + size)
		rc_prefetch_bytes((const char *)record + RUN_BYTES, size);
}

void rc_recorder_prefetch_behind(const struct rc_recorder *r, uint64_t pos)
{
	const struct rc_record *record = record_at(r, pos);
	uint64_t size = size_of(record->name_len);
	if (rc_span_left_in_chunk(pos) < size + sizeof *record)
		return;
	const char *behind = (const char *)record + size;
	rc_prefetch(behind);
	rc_prefetch(behind + TIMED_BYTES - 1);
}

uint64_t rc_recorder_last_by_asker(const struct rc_recorder *r, uint64_t key)
{
	return last_of(r->heads[key & r->mask].by_asker, key);
}

uint64_t rc_recorder_last_by_server(const struct rc_recorder *r, uint64_t key)
{
	return last_of(r->heads[key & r->mask].by_server, key);
}

uint64_t rc_recorder_first(const struct rc_recorder *r, uint64_t key, bool by_server)
{
	const struct heads *heads = &r->heads[key & r->mask];
	return (by_server ? heads->by_server : heads->by_asker) & POS_MASK;
}

void rc_recorder_prefetch_firsts(const struct rc_recorder *r, const uint64_t *keys, size_t n,
				 bool by_server)
{
	n = n < RC_CHAINS_FETCHED_MAX ? n : RC_CHAINS_FETCHED_MAX;
	for (size_t i = 0; i < n; i++)
		rc_recorder_prefetch_key(r, keys[i]);
	for (size_t i = 0; i < n; i++)
		rc_recorder_prefetch(r, rc_recorder_first(r, keys[i], by_server));
}

uint64_t rc_recorder_newest_by_asker(const struct rc_recorder *r, const struct rc_addr *asker,
				     uint64_t name_hash)
{
	return r->heads[key_of(r, asker, name_hash) & r->mask].by_asker & POS_MASK;
}

uint64_t rc_recorder_newest_by_server(const struct rc_recorder *r, const struct rc_addr *server,
				      uint64_t name_hash)
{
	return r->heads[key_of(r, server, name_hash) & r->mask].by_server & POS_MASK;
}

uint64_t rc_recorder_tail(const struct rc_recorder *r)
{
	return r->records.tail;
}

uint64_t rc_recorder_head(const struct rc_recorder *r)
{
	return r->records.head;
}

uint64_t rc_recorder_next(struct rc_recorder *r, uint64_t pos)
{
	uint64_t gap;
	if (pos < r->records.tail)
		pos = r->records.tail;
	else if (pos < r->records.head)
		pos += size_of(record_at(r, pos)->name_len);
	while (pos < r->records.head && is_gap(r, pos, &gap))
		pos += gap;
	return pos < r->records.head ? pos : 0;
}

/* Chunks begin with a record: from there on each leads to the next. */
uint64_t rc_recorder_back(struct rc_recorder *r, uint64_t pos)
{
	uint64_t gap, into = pos & (RC_SPAN_CHUNK_BYTES - 1);
	if (rc_recorder_at(r, pos) == NULL)
		return 0;
	if (into < BACK_BYTES)
		into += RC_SPAN_CHUNK_BYTES;
	uint64_t at = into < pos ? pos - into : 0;
	if (at < r->records.tail)
		at = r->records.tail;
	while (at < pos && is_gap(r, at, &gap))
		at += gap;
	return at;
}

int64_t rc_recorder_since(const struct rc_recorder *r)
{
	return r->since_ns;
}

const struct rc_recorder_stats *rc_recorder_stats(const struct rc_recorder *r)
{
	return &r->stats;
}
