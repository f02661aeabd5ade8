/*
 * A ring of bytes made of chunks: positions only grow, a chunk is taken when the head enters it and goes
 * back to a free list when the tail has left it. So memory follows what is held, not what has passed
 * through, up to a ceiling. What is written never straddles two chunks.
 */
#ifndef RC_ANALYZE_SPAN_H
#define RC_ANALYZE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A chunk is above the largest DNS message, RC_MSG_MAX, and small enough that one which the tail has just left
 * is still in the core's cache when the head enters it. A large ring has them by the large page.
 */
#define RC_SPAN_SHIFT 18u
#define RC_SPAN_PAGES_MANY 16u /* a ring of so many large pages is large */

struct rc_span {
	uint8_t **chunks; /* by chunk number; NULL: not there */
	uint8_t **spare;
	uint64_t n_spare;
	uint8_t **slabs; /* what they are made of */
	uint64_t n_slabs;
	uint64_t slab_chunks; /* of one */
	uint64_t max;         /* chunks */
	uint64_t mask;        /* of chunk numbers: the array has a power of two of them */
	uint64_t head, tail;  /* positions; tail <= head */
};

/* An empty ring of at most max_bytes (at least two chunks). RC_E_NOMEM. Free with rc_span_free. */
int rc_span_init(struct rc_span *span, uint64_t max_bytes);
void rc_span_free(struct rc_span *span);

#define RC_SPAN_CHUNK_BYTES (UINT64_C(1) << RC_SPAN_SHIFT)

static inline void *rc_span_at(const struct rc_span *span, uint64_t pos)
{
	return span->chunks[pos >> RC_SPAN_SHIFT & span->mask] + (pos & (RC_SPAN_CHUNK_BYTES - 1));
}

static inline uint64_t rc_span_left_in_chunk(uint64_t pos)
{
	return RC_SPAN_CHUNK_BYTES - (pos & (RC_SPAN_CHUNK_BYTES - 1));
}

/*
 * Makes room for size bytes at the head, which must fit in one chunk: the head stands in the chunk in
 * which they will be. False when the ceiling is reached (move the tail first) or memory is out.
 */
bool rc_span_room_slow(struct rc_span *span, uint64_t size);

static inline bool rc_span_room(struct rc_span *span, uint64_t size)
{
	return (rc_span_left_in_chunk(span->head) >= size &&
		span->chunks[span->head >> RC_SPAN_SHIFT & span->mask] != NULL) ||
	       rc_span_room_slow(span, size);
}

/* Moves the tail up to pos; chunks wholly before it are free for the head. */
void rc_span_release(struct rc_span *span, uint64_t pos);

#endif
