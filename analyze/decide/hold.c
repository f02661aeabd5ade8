#include "analyze/decide/hold.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/pages.h"
#include "base/prefetch.h"

#define ALIGN 16u
/* Of the ring, given back at a time: some thousand failures. */
#define RELEASE_BYTES ((uint64_t)1 << 20)
#define PAD_DUE INT64_MIN /* due_ns of the filler at the end of the ring */

struct rc_hold {
	uint8_t *ring;
	uint64_t size;
	uint64_t head, tail;
	uint64_t kept; /* position from which the memory is not given back */
	uint64_t count;
	struct rc_held *first; /* the oldest, looked at with every packet; NULL when empty */
};

int rc_hold_new(size_t bytes, struct rc_hold **ret_hold)
{
	struct rc_hold *h = calloc(1, sizeof *h);
	if (h == NULL)
		return RC_E_NOMEM;
	h->size = bytes / ALIGN * ALIGN;
	h->ring = malloc(h->size);
	if (h->ring == NULL) {
		free(h);
		return RC_E_NOMEM;
	}
	*ret_hold = h;
	return RC_OK;
}

void rc_hold_free(struct rc_hold *h)
{
	if (h == NULL)
		return;
	free(h->ring);
	free(h);
}

static struct rc_held *at(const struct rc_hold *h, uint64_t pos)
{
	return (struct rc_held *)(void *)(h->ring + pos % h->size);
}

int rc_hold_push(struct rc_hold *h, int64_t due_ns, uint64_t pos, const struct rc_exchange *x,
		 const struct rc_name *name, const uint8_t *answer, uint32_t answer_len)
{
	uint64_t size = (sizeof(struct rc_held) + answer_len + ALIGN - 1) / ALIGN * ALIGN;
	uint64_t to_end = h->size - h->head % h->size;
	uint64_t pad = to_end < size ? to_end : 0;
	if (h->head + pad + size > h->tail + h->size)
		return RC_E_FULL;
	if (pad > 0) {
		struct rc_held *filler = at(h, h->head);
		filler->due_ns = PAD_DUE;
		h->head += pad;
	}
	/* What is written over on the way round is not given back. */
	uint64_t end = h->head + size;
	if (end > h->kept + h->size)
		h->kept = end - h->size;
	struct rc_held *e = at(h, h->head);
	e->due_ns = due_ns;
	e->pos = pos;
	e->x = *x;
	e->name = *name;
	e->answer_len = answer_len;
	e->size = (uint32_t)size;
	if (answer_len > 0)
		memcpy(e->answer, answer, answer_len);
	h->head += size;
	if (h->count++ == 0)
		h->first = e;
	return RC_OK;
}

bool rc_hold_again(struct rc_hold *h, const struct rc_held *held, int64_t due_ns)
{
	return rc_hold_push(h, due_ns, held->pos, &held->x, &held->name, held->answer,
			    held->answer_len) == RC_OK;
}

static void skip_filler(struct rc_hold *h)
{
	if (at(h, h->tail)->due_ns == PAD_DUE)
		h->tail += h->size - h->tail % h->size;
}

const struct rc_held *rc_hold_first(const struct rc_hold *h)
{
	return h->first;
}

/* The ring goes round; so its memory would be all in use however little is held. */
static void release(struct rc_hold *h)
{
	uint64_t from = h->kept % h->size, left = h->size - from;
	uint64_t bytes = left < RELEASE_BYTES ? left : RELEASE_BYTES;
	if (h->tail - h->kept < bytes)
		return;
	rc_pages_release(h->ring + from, bytes);
	h->kept += bytes;
}

void rc_hold_pop(struct rc_hold *h)
{
	h->tail += h->first->size;
	if (--h->count == 0) {
		h->head = h->tail = h->kept = (h->head + h->size - 1) / h->size * h->size;
		h->first = NULL;
		return;
	}
	skip_filler(h);
	h->first = at(h, h->tail);
	release(h);
}

const struct rc_held *rc_hold_next(const struct rc_hold *h, uint64_t *cursor)
{
	if (*cursor < h->tail)
		*cursor = h->tail;
	if (*cursor < h->head && at(h, *cursor)->due_ns == PAD_DUE)
		*cursor += h->size - *cursor % h->size;
	if (*cursor >= h->head)
		return NULL;
	const struct rc_held *e = at(h, *cursor);
	*cursor += e->size;
	return e;
}

void rc_hold_prefetch(const struct rc_hold *h, uint64_t cursor)
{
	if (cursor < h->head)
		rc_prefetch_bytes(at(h, cursor), offsetof(struct rc_held, name));
}

uint64_t rc_hold_count(const struct rc_hold *h)
{
	return h->count;
}
