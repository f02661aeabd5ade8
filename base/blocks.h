/*
 * Blocks of different length in a ring, each found by a key: a new one is written over the oldest. Memory is that of the
 * ring and of the slots that blocks are found by, whatever is kept; a slot holds the block kept last under a key of it.
 */
#ifndef RC_BASE_BLOCKS_H
#define RC_BASE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

struct rc_blocks_slot {
	uint64_t key; /* 0 free */
	uint64_t at;  /* of the block in the ring: only grows */
};

struct rc_blocks {
	struct rc_blocks_slot *slots;
	uint64_t mask;
	uint8_t *ring;
	uint64_t size, head;
	uint64_t written; /* the ring was written up to here */
};

/*
 * slots: a power of two. bytes: of the ring, a multiple of align, which all blocks begin at, and more than the largest
 * takes. RC_E_NOMEM, with nothing left to free. Free with rc_blocks_free.
 */
int rc_blocks_init(struct rc_blocks *blocks, uint64_t slots, size_t bytes, size_t align);
void rc_blocks_free(struct rc_blocks *blocks);

/* The block of a key, which is not 0; hash: of it, or itself. NULL if there is none. Borrowed until the next rc_blocks_room. */
static inline void *rc_blocks_find(const struct rc_blocks *b, uint64_t hash, uint64_t key)
{
	const struct rc_blocks_slot *slot = &b->slots[hash & b->mask];
	if (slot->key != key || slot->at + b->size < b->written)
		return NULL;
	return b->ring + slot->at % b->size;
}

/* Where the next block goes, of max octets at most: what stood there is gone. */
static inline void *rc_blocks_room(struct rc_blocks *b, size_t max)
{
	if (b->size - b->head % b->size < max)
		b->head += b->size - b->head % b->size;
	if (b->written < b->head + max)
		b->written = b->head + max;
	return b->ring + b->head % b->size;
}

/* The block written there, of len octets (a multiple of align), is found by this key from now on. */
static inline void rc_blocks_keep(struct rc_blocks *b, uint64_t hash, uint64_t key, size_t len)
{
	b->slots[hash & b->mask] = (struct rc_blocks_slot){key, b->head};
	b->head += len;
}

#endif
