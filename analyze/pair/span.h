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

#define RC_SPAN_CHUNK ((uint64_t)256 << 10) /* above the largest DNS message, RC_MSG_MAX */

struct rc_span {
	uint8_t **chunks; /* by chunk number modulo max; NULL: not there */
	uint8_t **spare;
	uint64_t n_spare;
	uint64_t max;        /* chunks */
	uint64_t head, tail; /* positions; tail <= head */
};

/* An empty ring of at most max_bytes (at least two chunks). RC_E_NOMEM. Free with rc_span_free. */
int rc_span_init(struct rc_span *span, uint64_t max_bytes);
void rc_span_free(struct rc_span *span);

static inline void *rc_span_at(const struct rc_span *span, uint64_t pos)
{
	return span->chunks[pos / RC_SPAN_CHUNK % span->max] + pos % RC_SPAN_CHUNK;
}

static inline uint64_t rc_span_left_in_chunk(uint64_t pos)
{
	return RC_SPAN_CHUNK - pos % RC_SPAN_CHUNK;
}

/*
 * Makes room for size bytes at the head, which must fit in one chunk: the head stands in the chunk in
 * which they will be. False when the ceiling is reached (move the tail first) or memory is out.
 */
bool rc_span_room(struct rc_span *span, uint64_t size);

/* Moves the tail up to pos; chunks wholly before it are free for the head. */
void rc_span_release(struct rc_span *span, uint64_t pos);

#endif
