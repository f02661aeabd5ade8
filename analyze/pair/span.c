#include "analyze/pair/span.h"

#include <stdlib.h>

#include "base/err.h"

int rc_span_init(struct rc_span *span, uint64_t max_bytes)
{
	*span = (struct rc_span){.max = max_bytes / RC_SPAN_CHUNK};
	if (span->max < 2)
		span->max = 2;
	span->chunks = calloc(span->max, sizeof *span->chunks);
	span->spare = calloc(span->max, sizeof *span->spare);
	if (span->chunks == NULL || span->spare == NULL)
		return RC_E_NOMEM;
	/* Two from the start: then letting go of the oldest always makes room, whatever malloc says later. */
	while (span->n_spare < 2) {
		span->spare[span->n_spare] = malloc(RC_SPAN_CHUNK);
		if (span->spare[span->n_spare] == NULL)
			return RC_E_NOMEM;
		span->n_spare++;
	}
	return RC_OK;
}

void rc_span_free(struct rc_span *span)
{
	for (uint64_t i = 0; span->chunks != NULL && i < span->max; i++)
		free(span->chunks[i]);
	for (uint64_t i = 0; i < span->n_spare; i++)
		free(span->spare[i]);
	free(span->chunks);
	free(span->spare);
	*span = (struct rc_span){.chunks = NULL};
}

bool rc_span_room(struct rc_span *span, uint64_t size)
{
	uint64_t left = rc_span_left_in_chunk(span->head);
	uint64_t at = left < size ? span->head + left : span->head;
	if (at / RC_SPAN_CHUNK - span->tail / RC_SPAN_CHUNK >= span->max)
		return false;
	uint8_t **chunk = &span->chunks[at / RC_SPAN_CHUNK % span->max];
	if (*chunk == NULL)
		*chunk = span->n_spare > 0 ? span->spare[--span->n_spare] : malloc(RC_SPAN_CHUNK);
	if (*chunk == NULL)
		return false;
	span->head = at;
	return true;
}

void rc_span_release(struct rc_span *span, uint64_t pos)
{
	if (pos <= span->tail)
		return;
	for (uint64_t c = span->tail / RC_SPAN_CHUNK; c < pos / RC_SPAN_CHUNK; c++) {
		uint8_t **chunk = &span->chunks[c % span->max];
		if (*chunk != NULL)
			span->spare[span->n_spare++] = *chunk;
		*chunk = NULL;
	}
	span->tail = pos;
}
