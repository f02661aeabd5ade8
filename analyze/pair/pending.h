/*
 * The table of pending questions: hash of a key to position in the flight recorder. Open addressing with
 * linear probing and backward-shift deletion; several entries may share a tag. It begins small, so that few
 * open questions stay in the cache, and doubles in memory of its own up to its ceiling.
 */
#ifndef RC_ANALYZE_PENDING_H
#define RC_ANALYZE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prefetch.h"

struct rc_pending_slot {
	uint64_t tag; /* 0: free */
	uint64_t pos;
};

struct rc_pending {
	struct rc_pending_slot *slots;  /* of the table as large as it is now */
	struct rc_pending_slot *memory; /* for the largest table, behind it for half of that */
	uint64_t mask;
	uint64_t used;
	uint64_t enough;  /* used; with more it doubles */
	uint64_t limit;   /* used; it is full: three quarters of the largest */
	uint64_t largest; /* slots */
};

/* RC_E_NOMEM. Free with rc_pending_free. */
int rc_pending_init(struct rc_pending *table, size_t bytes);
void rc_pending_free(struct rc_pending *table);

static inline bool rc_pending_is_full(const struct rc_pending *table)
{
	return table->used >= table->limit;
}

/* tag must not be 0, the table not full. False, and nothing entered, if so many of the tag are there already. */
bool rc_pending_insert(struct rc_pending *table, uint64_t tag, uint64_t pos, unsigned most);

/* Removes (moves to new_pos) the entry with this tag and position, if it is there. */
void rc_pending_remove(struct rc_pending *table, uint64_t tag, uint64_t pos);
void rc_pending_move(struct rc_pending *table, uint64_t tag, uint64_t old_pos, uint64_t new_pos);

/*
 * The positions stored under a tag: start with *at = tag, call until it returns 0. The table must not
 * change meanwhile.
 */
static inline uint64_t rc_pending_next(const struct rc_pending *table, uint64_t tag, uint64_t *at)
{
	const struct rc_pending_slot *slot;
	while ((slot = &table->slots[*at & table->mask])->tag != 0) {
		(*at)++;
		if (slot->tag == tag)
			return slot->pos;
	}
	return 0;
}

static inline void rc_pending_prefetch(const struct rc_pending *table, uint64_t tag)
{
	rc_prefetch(&table->slots[tag & table->mask]);
}

#endif
