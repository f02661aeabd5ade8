#include "base/blocks.h"

#include <stdlib.h>

#include "base/err.h"

int rc_blocks_init(struct rc_blocks *b, uint64_t slots, size_t bytes, size_t align)
{
	*b = (struct rc_blocks){.mask = slots - 1, .size = bytes};
	b->slots = calloc(slots, sizeof *b->slots);
	b->ring = aligned_alloc(align, bytes);
	if (b->slots != NULL && b->ring != NULL)
		return RC_OK;
	rc_blocks_free(b);
	return RC_E_NOMEM;
}

void rc_blocks_free(struct rc_blocks *b)
{
	free(b->slots);
	free(b->ring);
	*b = (struct rc_blocks){.slots = NULL};
}
