#include "analyze/pair/span.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/pages.h"

static uint8_t *new_chunk(const struct rc_span *span)
{
	size_t bytes = rc_span_chunk_bytes(span);
	if (bytes < RC_PAGE_BYTES)
		return malloc(bytes);
	uint8_t *chunk = aligned_alloc(RC_PAGE_BYTES, bytes);
	rc_pages_enlarge(chunk, bytes);
	return chunk;
}

int rc_span_init(struct rc_span *span, uint64_t max_bytes)
{
	bool large = max_bytes >> RC_SPAN_SHIFT_MAX >= RC_SPAN_CHUNKS_MANY;
	*span = (struct rc_span){.shift = large ? RC_SPAN_SHIFT_MAX : RC_SPAN_SHIFT_MIN};
	span->max = max_bytes >> span->shift;
	if (span->max < 2)
		span->max = 2;
	uint64_t slots = 4; /* more than max: the chunk behind the last one's place is empty */
	while (slots <= span->max)
		slots *= 2;
	span->mask = slots - 1;
	span->chunks = calloc(slots, sizeof *span->chunks);
	span->spare = calloc(span->max, sizeof *span->spare);
	if (span->chunks == NULL || span->spare == NULL)
		return RC_E_NOMEM;
	/* Two from the start: then letting go of the oldest always makes room, whatever malloc says later. */
	while (span->n_spare < 2) {
		span->spare[span->n_spare] = new_chunk(span);
		if (span->spare[span->n_spare] == NULL)
			return RC_E_NOMEM;
		span->n_spare++;
	}
	return RC_OK;
}

void rc_span_free(struct rc_span *span)
{
	for (uint64_t i = 0; span->chunks != NULL && i <= span->mask; i++)
		free(span->chunks[i]);
	for (uint64_t i = 0; i < span->n_spare; i++)
		free(span->spare[i]);
	free(span->chunks);
	free(span->spare);
	*span = (struct rc_span){.chunks = NULL};
}

bool rc_span_room_slow(struct rc_span *span, uint64_t size)
{
	uint64_t left = rc_span_left_in_chunk(span, span->head);
	uint64_t at = left < size ? span->head + left : span->head;
	if ((at >> span->shift) - (span->tail >> span->shift) >= span->max)
		return false;
	uint8_t **chunk = &span->chunks[at >> span->shift & span->mask];
	if (*chunk == NULL)
		*chunk = span->n_spare > 0 ? span->spare[--span->n_spare] : new_chunk(span);
	if (*chunk == NULL)
		return false;
	span->head = at;
	return true;
}

void rc_span_release(struct rc_span *span, uint64_t pos)
{
	if (pos <= span->tail)
		return;
	for (uint64_t c = span->tail >> span->shift; c < pos >> span->shift; c++) {
		uint8_t **chunk = &span->chunks[c & span->mask];
		if (*chunk != NULL)
			span->spare[span->n_spare++] = *chunk;
		*chunk = NULL;
	}
	span->tail = pos;
}
