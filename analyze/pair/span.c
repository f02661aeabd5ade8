#include "analyze/pair/span.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/pages.h"

/* More spare chunks: those of one slab. */
static bool add_slab(struct rc_span *span)
{
	size_t bytes = span->slab_chunks << RC_SPAN_SHIFT;
	uint8_t *slab = bytes < RC_PAGE_BYTES ? malloc(bytes) : aligned_alloc(RC_PAGE_BYTES, bytes);
	if (slab == NULL)
		return false;
	rc_pages_enlarge(slab, bytes);
	span->slabs[span->n_slabs++] = slab;
	for (uint64_t i = span->slab_chunks; i > 0; i--)
		span->spare[span->n_spare++] = slab + ((i - 1) << RC_SPAN_SHIFT);
	return true;
}

int rc_span_init(struct rc_span *span, uint64_t max_bytes)
{
	bool large = max_bytes / RC_PAGE_BYTES >= RC_SPAN_PAGES_MANY;
	*span = (struct rc_span){.slab_chunks = large ? RC_PAGE_BYTES >> RC_SPAN_SHIFT : 1};
	span->max = (max_bytes >> RC_SPAN_SHIFT) / span->slab_chunks * span->slab_chunks;
	if (span->max < 2)
		span->max = 2;
	uint64_t slots = 4; /* more than max: the chunk behind the last one's place is empty */
	while (slots <= span->max)
		slots *= 2;
	span->mask = slots - 1;
	span->chunks = calloc(slots, sizeof *span->chunks);
	span->spare = calloc(span->max, sizeof *span->spare);
	span->slabs = calloc(span->max, sizeof *span->slabs);
	if (span->chunks == NULL || span->spare == NULL || span->slabs == NULL)
		return RC_E_NOMEM;
	/* Two from the start: then letting go of the oldest always makes room, whatever malloc says later. */
	while (span->n_spare < 2)
		if (!add_slab(span))
			return RC_E_NOMEM;
	return RC_OK;
}

void rc_span_free(struct rc_span *span)
{
	for (uint64_t i = 0; i < span->n_slabs; i++)
		free(span->slabs[i]);
	free(span->slabs);
	free(span->chunks);
	free(span->spare);
	*span = (struct rc_span){.chunks = NULL};
}

bool rc_span_room_slow(struct rc_span *span, uint64_t size)
{
	uint64_t left = rc_span_left_in_chunk(span->head);
	uint64_t at = left < size ? span->head + left : span->head;
	if ((at >> RC_SPAN_SHIFT) - (span->tail >> RC_SPAN_SHIFT) >= span->max)
		return false;
	uint8_t **chunk = &span->chunks[at >> RC_SPAN_SHIFT & span->mask];
	if (*chunk == NULL) {
		if (span->n_spare == 0 && !add_slab(span))
			return false;
		*chunk = span->spare[--span->n_spare];
	}
	span->head = at;
	return true;
}

void rc_span_release(struct rc_span *span, uint64_t pos)
{
	if (pos <= span->tail)
		return;
	for (uint64_t c = span->tail >> RC_SPAN_SHIFT; c < pos >> RC_SPAN_SHIFT; c++) {
		uint8_t **chunk = &span->chunks[c & span->mask];
		if (*chunk != NULL)
			span->spare[span->n_spare++] = *chunk;
		*chunk = NULL;
	}
	span->tail = pos;
}
