#include "decode/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

static struct rc_table_row *row_at(const struct rc_table *t, uint32_t i)
{
	return i == RC_TABLE_NONE ? NULL : (struct rc_table_row *)(void *)(t->rows + i * t->stride);
}

static uint32_t index_of(const struct rc_table *t, const void *row)
{
	return (uint32_t)((size_t)((const uint8_t *)row - t->rows) / t->stride);
}

static uint8_t *key_of(struct rc_table_row *row)
{
	return (uint8_t *)(row + 1);
}

int rc_table_init(struct rc_table *t, uint64_t seed, size_t memory_bytes, size_t stride,
		  size_t key_len)
{
	size_t n = memory_bytes / (stride + 2 * sizeof *t->buckets);
	n = n < 16 ? 16 : n;
	n = n > UINT32_MAX / 4 ? UINT32_MAX / 4 : n;
	size_t n_buckets = 16;
	while (n_buckets < n)
		n_buckets *= 2;
	*t = (struct rc_table){
		.rows = malloc(n * stride),
		.buckets = malloc(n_buckets * sizeof *t->buckets),
		.seed = seed,
		.stride = stride,
		.key_len = key_len,
		.n_rows = (uint32_t)n,
		.mask = (uint32_t)n_buckets - 1,
		.free = RC_TABLE_NONE,
		.oldest = RC_TABLE_NONE,
		.newest = RC_TABLE_NONE,
	};
	if (!t->rows || !t->buckets) {
		rc_table_free(t);
		return RC_E_NOMEM;
	}
	memset(t->buckets, 0xff, n_buckets * sizeof *t->buckets);
	return RC_OK;
}

void rc_table_free(struct rc_table *t)
{
	free(t->rows);
	free(t->buckets);
	t->rows = NULL;
	t->buckets = NULL;
}

uint64_t rc_table_hash(const struct rc_table *t, const void *key)
{
	return rc_hash_bytes(t->seed, key, t->key_len);
}

void *rc_table_find(const struct rc_table *t, uint64_t hash, const void *key)
{
	for (uint32_t i = t->buckets[hash & t->mask]; i != RC_TABLE_NONE;) {
		struct rc_table_row *row = row_at(t, i);
		if (row->hash == hash && memcmp(key_of(row), key, t->key_len) == 0)
			return row;
		i = row->chain;
	}
	return NULL;
}

static void link_newest(struct rc_table *t, struct rc_table_row *row, int64_t ts_ns)
{
	uint32_t i = index_of(t, row);
	struct rc_table_row *newest = row_at(t, t->newest);
	row->older = t->newest;
	row->newer = RC_TABLE_NONE;
	row->ts_ns = ts_ns;
	if (newest)
		newest->newer = i;
	else
		t->oldest = i;
	t->newest = i;
}

static void unlink_order(struct rc_table *t, struct rc_table_row *row)
{
	struct rc_table_row *older = row_at(t, row->older), *newer = row_at(t, row->newer);
	if (older)
		older->newer = row->newer;
	else
		t->oldest = row->newer;
	if (newer)
		newer->older = row->older;
	else
		t->newest = row->older;
}

void *rc_table_add(struct rc_table *t, uint64_t hash, const void *key, int64_t ts_ns)
{
	uint32_t i = t->free;
	if (i != RC_TABLE_NONE)
		t->free = row_at(t, i)->chain;
	else if (t->fresh < t->n_rows)
		i = t->fresh++;
	else
		return NULL;
	struct rc_table_row *row = row_at(t, i);
	memset(row, 0, t->stride);
	row->hash = hash;
	memcpy(key_of(row), key, t->key_len);
	row->chain = t->buckets[hash & t->mask];
	t->buckets[hash & t->mask] = i;
	link_newest(t, row, ts_ns);
	t->used++;
	return row;
}

void rc_table_touch(struct rc_table *t, void *row_pointer, int64_t ts_ns)
{
	struct rc_table_row *row = row_pointer;
	if (row->newer == RC_TABLE_NONE) {
		row->ts_ns = ts_ns;
		return;
	}
	unlink_order(t, row);
	link_newest(t, row, ts_ns);
}

void rc_table_remove(struct rc_table *t, void *row_pointer)
{
	struct rc_table_row *row = row_pointer;
	uint32_t i = index_of(t, row);
	uint32_t *link = &t->buckets[row->hash & t->mask];
	while (*link != i)
		link = &row_at(t, *link)->chain;
	*link = row->chain;
	unlink_order(t, row);
	row->chain = t->free;
	t->free = i;
	t->used--;
}

void *rc_table_oldest(const struct rc_table *t)
{
	return row_at(t, t->oldest);
}

void *rc_table_newer(const struct rc_table *t, const void *row)
{
	return row_at(t, ((const struct rc_table_row *)row)->newer);
}
