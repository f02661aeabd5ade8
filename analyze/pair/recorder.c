#include "analyze/pair/recorder.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"

#define ALIGN 8u
#define FIRST_POS 64u             /* so that position 0 means none */
#define INDEX_BYTES_PER_HEAD 256u /* one index head per so many ring bytes: about one per record */
#define MOVES_MAX 64u             /* pending records moved for one add before one is given up */

struct rc_recorder {
	uint8_t *ring;
	uint64_t ring_size;
	uint64_t head, tail; /* positions */
	uint8_t *blobs;
	uint64_t blob_size;
	uint64_t blob_head;
	uint64_t *by_asker, *by_server; /* heads of the chains */
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
	r->ring_size = config->record_bytes / ALIGN * ALIGN;
	r->blob_size = config->answer_bytes;
	uint64_t heads = power_of_two_below(r->ring_size / INDEX_BYTES_PER_HEAD + 2);
	r->mask = heads - 1;
	r->seed = config->seed;
	r->head = r->tail = FIRST_POS;
	r->blob_head = FIRST_POS;
	r->since_ns = INT64_MIN;
	r->on_move = config->on_move;
	r->context = config->context;
	r->ring = malloc(r->ring_size);
	r->blobs = malloc(r->blob_size);
	r->by_asker = calloc(heads, sizeof *r->by_asker);
	r->by_server = calloc(heads, sizeof *r->by_server);
	if (r->ring == NULL || r->blobs == NULL || r->by_asker == NULL || r->by_server == NULL) {
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
	free(r->ring);
	free(r->blobs);
	free(r->by_asker);
	free(r->by_server);
	free(r);
}

static struct rc_record *record_at(const struct rc_recorder *r, uint64_t pos)
{
	return (struct rc_record *)(void *)(r->ring + pos % r->ring_size);
}

struct rc_record *rc_recorder_at(struct rc_recorder *r, uint64_t pos)
{
	return pos < r->tail || pos >= r->head ? NULL : record_at(r, pos);
}

static uint64_t *chain_head(const struct rc_recorder *r, uint64_t *heads,
			    const struct rc_addr *addr, uint64_t name_hash)
{
	uint64_t a, b;
	memcpy(&a, addr->bytes, 8);
	memcpy(&b, addr->bytes + 8, 8);
	return &heads[rc_hash_u64(r->seed ^ name_hash, a, b) & r->mask];
}

static bool is_padding(const struct rc_record *record)
{
	return record->prev_asker == UINT64_MAX;
}

/* Copies a record to the head, where the caller has made room, and links it into its chains. */
static uint64_t append(struct rc_recorder *r, const struct rc_record *from)
{
	uint64_t pos = r->head;
	struct rc_record *to = record_at(r, pos);
	memmove(to, from, from->size);
	uint64_t *a = chain_head(r, r->by_asker, &to->x.asker, to->x.name_hash);
	uint64_t *s = chain_head(r, r->by_server, &to->x.server, to->x.name_hash);
	to->prev_asker = *a;
	to->prev_server = *s;
	*a = *s = pos;
	r->head += to->size;
	return pos;
}

/*
 * Room for size bytes that do not straddle the end of the ring: a gap too small at the end becomes a
 * padding record. Returns false while the tail stands in the way.
 */
static bool room(struct rc_recorder *r, uint32_t size)
{
	uint64_t to_end = r->ring_size - r->head % r->ring_size;
	uint64_t pad = to_end < size ? to_end : 0;
	if (r->head + pad + size > r->tail + r->ring_size)
		return false;
	if (pad > 0) {
		struct rc_record *p = record_at(r, r->head);
		if (pad >= offsetof(struct rc_record, x)) {
			p->prev_asker = UINT64_MAX;
			p->size = (uint32_t)pad;
		}
		r->head += pad;
	}
	return true;
}

/* Size of what stands at the tail: a gap too small for a header can only be at the end of the ring. */
static uint32_t tail_size(const struct rc_recorder *r)
{
	uint64_t to_end = r->ring_size - r->tail % r->ring_size;
	if (to_end < offsetof(struct rc_record, x))
		return (uint32_t)to_end;
	return record_at(r, r->tail)->size;
}

static bool tail_is_padding(const struct rc_recorder *r)
{
	uint64_t to_end = r->ring_size - r->tail % r->ring_size;
	return to_end < offsetof(struct rc_record, x) || is_padding(record_at(r, r->tail));
}

/* Frees the oldest record. A pending one is carried forward unless `moves` is used up. */
static void evict(struct rc_recorder *r, unsigned *moves)
{
	uint32_t size = tail_size(r);
	if (tail_is_padding(r)) {
		r->tail += size;
		return;
	}
	struct rc_record *old = record_at(r, r->tail);
	uint64_t old_pos = r->tail;
	r->since_ns = old->x.first_ns;
	if (old->x.state != RC_X_PENDING) {
		r->stats.overwritten++;
		r->tail += size;
		return;
	}
	if (*moves == 0) {
		r->stats.dropped++;
		r->on_move(r->context, old_pos, 0);
		r->tail += size;
		return;
	}
	(*moves)--;
	r->stats.moved++;
	/* Its own place is free now; the copy goes through the stack since the places may overlap. */
	union {
		struct rc_record record;
		uint8_t bytes[sizeof(struct rc_record) + RC_NAME_MAX + ALIGN];
	} copy;
	memcpy(&copy, old, size);
	r->tail += size;
	while (!room(r, size))
		evict(r, moves);
	r->on_move(r->context, old_pos, append(r, &copy.record));
}

uint64_t rc_recorder_add(struct rc_recorder *r, const struct rc_exchange *x,
			 const struct rc_name *name)
{
	uint32_t size = (uint32_t)sizeof(struct rc_record) + name->len;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	unsigned moves = MOVES_MAX;
	while (!room(r, size))
		evict(r, &moves);
	union {
		struct rc_record record;
		uint8_t bytes[sizeof(struct rc_record) + RC_NAME_MAX + ALIGN];
	} fresh;
	fresh.record.link = 0;
	fresh.record.blob_pos = 0;
	fresh.record.blob_len = 0;
	fresh.record.size = size;
	fresh.record.x = *x;
	fresh.record.name_len = name->len;
	fresh.record.name_labels = name->labels;
	memcpy(fresh.record.name, name->wire, name->len);
	r->stats.records++;
	return append(r, &fresh.record);
}

void rc_recorder_keep_answer(struct rc_recorder *r, struct rc_record *record, const uint8_t *wire,
			     uint32_t len)
{
	if (len > r->blob_size / 2)
		return;
	uint64_t to_end = r->blob_size - r->blob_head % r->blob_size;
	if (to_end < len)
		r->blob_head += to_end;
	memcpy(r->blobs + r->blob_head % r->blob_size, wire, len);
	record->blob_pos = r->blob_head;
	record->blob_len = len;
	r->blob_head += len;
	r->stats.answers_kept++;
	r->stats.answer_bytes += len;
}

const uint8_t *rc_recorder_answer(const struct rc_recorder *r, const struct rc_record *record,
				  uint32_t *ret_len)
{
	if (record->blob_pos == 0 || record->blob_pos + r->blob_size < r->blob_head)
		return NULL;
	*ret_len = record->blob_len;
	return r->blobs + record->blob_pos % r->blob_size;
}

uint64_t rc_recorder_newest_by_asker(const struct rc_recorder *r, const struct rc_addr *asker,
				     uint64_t name_hash)
{
	return *chain_head(r, r->by_asker, asker, name_hash);
}

uint64_t rc_recorder_newest_by_server(const struct rc_recorder *r, const struct rc_addr *server,
				      uint64_t name_hash)
{
	return *chain_head(r, r->by_server, server, name_hash);
}

uint64_t rc_recorder_tail(const struct rc_recorder *r)
{
	return r->tail;
}

uint64_t rc_recorder_head(const struct rc_recorder *r)
{
	return r->head;
}

uint64_t rc_recorder_next(struct rc_recorder *r, uint64_t pos)
{
	if (pos < r->tail)
		pos = r->tail;
	else if (pos < r->head)
		pos += record_at(r, pos)->size;
	while (pos < r->head) {
		uint64_t to_end = r->ring_size - pos % r->ring_size;
		if (to_end < offsetof(struct rc_record, x))
			pos += to_end;
		else if (is_padding(record_at(r, pos)))
			pos += record_at(r, pos)->size;
		else
			return pos;
	}
	return 0;
}

int64_t rc_recorder_since(const struct rc_recorder *r)
{
	return r->since_ns;
}

const struct rc_recorder_stats *rc_recorder_stats(const struct rc_recorder *r)
{
	return &r->stats;
}
