/*
 * A table of fixed rows found by key (seeded hash, chained) and kept in order of use, so that the
 * oldest can make room. A row begins with struct rc_table_row, its key follows at once. No
 * allocation after rc_table_init; memory is touched only as rows are used.
 */
#ifndef RC_DECODE_TABLE_H
#define RC_DECODE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define RC_TABLE_NONE UINT32_MAX

struct rc_table_row {
	uint64_t hash;
	int64_t ts_ns;         /* of the last rc_table_touch or rc_table_add */
	uint32_t chain;        /* next row of the bucket */
	uint32_t older, newer; /* order of use */
	uint32_t unused;
};

struct rc_table {
	uint8_t *rows;
	uint32_t *buckets;
	uint64_t seed;
	size_t stride, key_len; /* octets of a row, of its key */
	uint32_t n_rows, mask;  /* rows; buckets less one */
	uint32_t used, fresh, free;
	uint32_t oldest, newest;
};

/* Takes about memory_bytes for rows and buckets. RC_E_NOMEM. Free with rc_table_free. */
int rc_table_init(struct rc_table *table, uint64_t seed, size_t memory_bytes, size_t stride,
		  size_t key_len);
void rc_table_free(struct rc_table *table);

uint64_t rc_table_hash(const struct rc_table *table, const void *key);

/* The row of a key, or NULL. */
void *rc_table_find(const struct rc_table *table, uint64_t hash, const void *key);

/* A row for a new key, newest, zero behind the key; NULL when full: remove the oldest first. */
void *rc_table_add(struct rc_table *table, uint64_t hash, const void *key, int64_t ts_ns);

/* Makes a row the newest. */
void rc_table_touch(struct rc_table *table, void *row, int64_t ts_ns);
void rc_table_remove(struct rc_table *table, void *row);

/* The row longest unused, and the one used next after a row; NULL at the end. */
void *rc_table_oldest(const struct rc_table *table);
void *rc_table_newer(const struct rc_table *table, const void *row);

#endif
