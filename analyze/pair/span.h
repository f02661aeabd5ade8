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

/* Chunks of a small ring, above the largest DNS message, RC_MSG_MAX; those of a large one fill a large page. */
#define RC_SPAN_SHIFT_MIN 18u
#define RC_SPAN_SHIFT_MAX 21u
#define RC_SPAN_CHUNKS_MANY 16u /* a ring of so many large chunks has them */

struct rc_span {
	uint8_t **chunks; /* by chunk number; NULL: not there */
	uint8_t **spare;
	uint64_t n_spare;
	uint64_t max;        /* chunks */
	uint64_t mask;       /* of chunk numbers: the array has a power of two of them */
	uint64_t head, tail; /* positions; tail <= head */
	unsigned shift;      /* a chunk has 1 << shift bytes */
};

/* An empty ring of at most max_bytes (at least two chunks). RC_E_NOMEM. Free with rc_span_free. */
int rc_span_init(struct rc_span *span, uint64_t max_bytes);
void rc_span_free(struct rc_span *span);

static inline uint64_t rc_span_chunk_bytes(const struct rc_span *span)
{
	return UINT64_C(1) << span->shift;
}

static inline void *rc_span_at(const struct rc_span *span, uint64_t pos)
{
	return span->chunks[pos >> span->shift & span->mask] +
	       (pos & (rc_span_chunk_bytes(span) - 1));
}

static inline uint64_t rc_span_left_in_chunk(const struct rc_span *span, uint64_t pos)
{
	return rc_span_chunk_bytes(span) - (pos & (rc_span_chunk_bytes(span) - 1));
}

/*
 * Makes room for size bytes at the head, which must fit in one chunk: the head stands in the chunk in
 * which they will be. False when the ceiling is reached (move the tail first) or memory is out.
 */
bool rc_span_room_slow(struct rc_span *span, uint64_t size);

static inline bool rc_span_room(struct rc_span *span, uint64_t size)
{
	return (rc_span_left_in_chunk(span, span->head) >= size &&
		span->chunks[span->head >> span->shift & span->mask] != NULL) ||
	       rc_span_room_slow(span, size);
}

/* Moves the tail up to pos; chunks wholly before it are free for the head. */
void rc_span_release(struct rc_span *span, uint64_t pos);

#endif
