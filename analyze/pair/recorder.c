#include "analyze/pair/recorder.h"

#include <stdlib.h>

#include "analyze/pair/span.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/pages.h"

#define ALIGN 8u
#define FIRST_POS 64u             /* so that position 0 means none */
#define INDEX_BYTES_PER_HEAD 256u /* one index head per so many ring bytes: about one per record */
#define MARK_SHIFT 56u            /* of a head: above it the key's mark, below it a position */
#define POS_MASK ((UINT64_C(1) << MARK_SHIFT) - 1)
#define LINE_BYTES 64u
#define MOVES_MAX 64u /* pending records moved for one add before one is given up */

struct rc_recorder {
	struct rc_span records, answers;
	int64_t retention_ns;
	uint64_t *by_asker,
		*by_server; /* heads of the chains, each with 8 bits of its record's key */
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
	r->by_asker = calloc(heads, sizeof *r->by_asker);
	r->by_server = calloc(heads, sizeof *r->by_server);
	rc_pages_enlarge(r->by_asker, heads * sizeof *r->by_asker);
	rc_pages_enlarge(r->by_server, heads * sizeof *r->by_server);
	if (err != RC_OK || r->by_asker == NULL || r->by_server == NULL) {
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
	free(r->by_asker);
	free(r->by_server);
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

uint64_t rc_recorder_key(const struct rc_recorder *r, const struct rc_addr *addr,
			 uint64_t name_hash)
{
	uint64_t a, b;
	memcpy(&a, addr->bytes, 8);
	memcpy(&b, addr->bytes + 8, 8);
	return rc_hash_u64(r->seed ^ name_hash, a, b);
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

static bool is_padding(const struct rc_record *record)
{
	return record->prev_asker == UINT64_MAX;
}

/* Takes up the record that was written at the head, where the caller has made room, into its chains. */
static uint64_t append(struct rc_recorder *r, uint64_t asker_key, uint64_t server_key)
{
	uint64_t pos = r->records.head;
	struct rc_record *record = record_at(r, pos);
	uint64_t *a = &r->by_asker[asker_key & r->mask], *s = &r->by_server[server_key & r->mask];
	record->prev_asker = *a & POS_MASK;
	record->prev_server = *s & POS_MASK;
	*a = head_of(pos, asker_key);
	*s = head_of(pos, server_key);
	r->records.head += record->size;
	return pos;
}

/* Room for a record: what is left of a chunk too small for it becomes padding. */
static bool room(struct rc_recorder *r, uint32_t size)
{
	uint64_t old_head = r->records.head;
	if (!rc_span_room(&r->records, size))
		return false;
	uint64_t pad = r->records.head - old_head;
	if (pad >= offsetof(struct rc_record, x)) {
		struct rc_record *p = record_at(r, old_head);
		p->prev_asker = UINT64_MAX;
		p->size = (uint32_t)pad;
	}
	return true;
}

/* Nothing but padding up to the end of the chunk: marked so, or too small for a mark. */
static bool is_gap(const struct rc_recorder *r, uint64_t pos, uint64_t *ret_size)
{
	*ret_size = rc_span_left_in_chunk(&r->records, pos);
	if (*ret_size < offsetof(struct rc_record, x))
		return true;
	if (!is_padding(record_at(r, pos)))
		return false;
	*ret_size = record_at(r, pos)->size;
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
	size = old->size;
	r->since_ns = old->x.first_ns;
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
	while (!room(r, (uint32_t)size))
		evict(r, moves);
	memcpy(record_at(r, r->records.head), &copy, size);
	const struct rc_exchange *x = &copy.record.x;
	uint64_t new_pos = append(r, rc_recorder_key(r, &x->asker, x->name_hash),
				  rc_recorder_key(r, &x->server, x->name_hash));
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

uint64_t rc_recorder_add(struct rc_recorder *r, const struct rc_exchange *x,
			 const struct rc_name *name, uint64_t asker_key, uint64_t server_key)
{
	uint32_t size = (uint32_t)sizeof(struct rc_record) + name->len;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	unsigned moves = MOVES_MAX;
	forget(r, x->first_ns);
	while (!room(r, size))
		evict(r, &moves);
	struct rc_record *record = record_at(r, r->records.head);
	record->link = 0;
	record->blob_pos = 0;
	record->blob_len = 0;
	record->size = size;
	record->x = *x;
	record->listed = false;
	record->name_len = name->len;
	record->name_labels = name->labels;
	memcpy(record->name, name->wire, name->len);
	/* The place of the record after next: the ring has long left the cache when it comes round. */
	for (size_t i = 0;
	     i < sizeof *record && 3 * size <= rc_span_left_in_chunk(&r->records, r->records.head);
	     i += LINE_BYTES)
		__builtin_prefetch((const char *)record + 2 * size + i, 1);
	r->stats.records++;
	return append(r, asker_key, server_key);
}

void rc_recorder_keep_answer(struct rc_recorder *r, struct rc_record *record, const uint8_t *wire,
			     uint32_t len)
{
	if (len == 0 || len > rc_span_chunk_bytes(&r->answers))
		return;
	while (!rc_span_room(&r->answers, len)) {
		uint64_t tail = r->answers.tail;
		if (tail + rc_span_left_in_chunk(&r->answers, tail) > r->answers.head)
			return; /* not even an empty ring has room: out of memory */
		rc_span_release(&r->answers, tail + rc_span_left_in_chunk(&r->answers, tail));
	}
	memcpy(rc_span_at(&r->answers, r->answers.head), wire, len);
	record->blob_pos = r->answers.head;
	record->blob_len = len;
	r->answers.head += len;
	r->stats.answers_kept++;
	r->stats.answer_bytes += len;
}

const uint8_t *rc_recorder_answer(const struct rc_recorder *r, const struct rc_record *record,
				  uint32_t *ret_len)
{
	if (record->blob_pos == 0 || record->blob_pos < r->answers.tail)
		return NULL;
	*ret_len = record->blob_len;
	return rc_span_at(&r->answers, record->blob_pos);
}

void rc_recorder_prefetch_asker(const struct rc_recorder *r, uint64_t key)
{
	__builtin_prefetch(&r->by_asker[key & r->mask], 1);
}

void rc_recorder_prefetch_server(const struct rc_recorder *r, uint64_t key)
{
	__builtin_prefetch(&r->by_server[key & r->mask], 1);
}

void rc_recorder_prefetch(const struct rc_recorder *r, uint64_t pos)
{
	if (pos < r->records.tail || pos >= r->records.head)
		return;
	const char *record = (const char *)record_at(r, pos);
	for (size_t i = 0; i < sizeof(struct rc_record); i += LINE_BYTES)
		__builtin_prefetch(record + i, 1);
}

uint64_t rc_recorder_last_by_asker(const struct rc_recorder *r, uint64_t key)
{
	return last_of(r->by_asker[key & r->mask], key);
}

uint64_t rc_recorder_last_by_server(const struct rc_recorder *r, uint64_t key)
{
	return last_of(r->by_server[key & r->mask], key);
}

uint64_t rc_recorder_newest_by_asker(const struct rc_recorder *r, const struct rc_addr *asker,
				     uint64_t name_hash)
{
	return r->by_asker[rc_recorder_key(r, asker, name_hash) & r->mask] & POS_MASK;
}

uint64_t rc_recorder_newest_by_server(const struct rc_recorder *r, const struct rc_addr *server,
				      uint64_t name_hash)
{
	return r->by_server[rc_recorder_key(r, server, name_hash) & r->mask] & POS_MASK;
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
		pos += record_at(r, pos)->size;
	while (pos < r->records.head && is_gap(r, pos, &gap))
		pos += gap;
	return pos < r->records.head ? pos : 0;
}

int64_t rc_recorder_since(const struct rc_recorder *r)
{
	return r->since_ns;
}

const struct rc_recorder_stats *rc_recorder_stats(const struct rc_recorder *r)
{
	return &r->stats;
}
