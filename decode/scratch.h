/*
 * Memory for the reassembled octets of one batch: handed out front to back, freed whole.
 */
#ifndef RC_DECODE_SCRATCH_H
#define RC_DECODE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

struct rc_scratch {
	uint8_t *data;
	size_t size, used; /* octets */
};

/* Room for len octets until the next batch; NULL when full. */
static inline uint8_t *rc_scratch_take(struct rc_scratch *scratch, size_t len)
{
	if (len > scratch->size - scratch->used)
		return NULL;
	uint8_t *p = scratch->data + scratch->used;
	scratch->used += len;
	return p;
}

#endif
