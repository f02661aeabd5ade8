/*
 * Frames of several sources in order of packet time. A heap of sources, ordered by the time of the
 * next frame of each, ties by index. Frames are borrowed from the sources' own buffers, so a source
 * that runs dry after lending some ends the batch; it is read again by the next call.
 */
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/time.h"
#include "capture/source.h"

static int64_t next_ns(const struct rc_source *s)
{
	return s->head < s->tail ? s->queue[s->head].ts_ns : s->first_ns;
}

static bool before(const struct rc_source *a, const struct rc_source *b)
{
	int64_t x = next_ns(a), y = next_ns(b);
	return x != y ? x < y : a->index < b->index;
}

static void sift_down(struct rc_capture *c, size_t i)
{
	struct rc_source **heap = c->heap;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= c->n_heap)
			return;
		if (child + 1 < c->n_heap && before(heap[child + 1], heap[child]))
			child++;
		if (!before(heap[child], heap[i]))
			return;
		struct rc_source *s = heap[i];
		heap[i] = heap[child];
		heap[child] = s;
		i = child;
	}
}

static void push(struct rc_capture *c, struct rc_source *s)
{
	struct rc_source **heap = c->heap;
	size_t i = c->n_heap++;
	for (; i > 0 && before(s, heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = s;
}

static struct rc_source *pop(struct rc_capture *c)
{
	struct rc_source *top = c->heap[0];
	c->heap[0] = c->heap[--c->n_heap];
	sift_down(c, 0);
	return top;
}

int rc_merge_start(struct rc_capture *c)
{
	c->heap = calloc(c->n_sources, sizeof(struct rc_source *));
	c->idle = calloc(c->n_sources, sizeof(struct rc_source *));
	if (!c->heap || !c->idle)
		return RC_E_NOMEM;
	for (size_t i = 0; i < c->n_sources; i++) {
		struct rc_source *s = &c->sources[i];
		if (s->state == RC_SOURCE_CLOSED)
			push(c, s);
		else if (s->state == RC_SOURCE_OPEN)
			c->idle[c->n_idle++] = s;
	}
	return RC_OK;
}

/* Reads a source whose queue is empty and puts it where it belongs then. RC_E_NOMEM. */
static int refill(struct rc_capture *c, struct rc_source *s)
{
	size_t n = 0;
	if (!s->queue) {
		s->queue = calloc(RC_BATCH_FRAMES, sizeof *s->queue);
		if (!s->queue)
			return RC_E_NOMEM;
	}
	s->head = s->tail = 0;
	int rc = rc_source_read(c, s, s->queue, RC_BATCH_FRAMES, &n);
	s->tail = n;
	if (rc == RC_OK)
		push(c, s);
	else if (rc == RC_E_AGAIN)
		c->idle[c->n_idle++] = s;
	if (rc == RC_E_EOF) {
		free(s->queue);
		s->queue = NULL;
		s->head = s->tail = 0;
	}
	return RC_OK;
}

static int refill_idle(struct rc_capture *c)
{
	size_t n = c->n_idle;
	int rc = RC_OK;
	/* Those that stay idle are written back in front of the ones still to be tried. */
	c->n_idle = 0;
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = refill(c, c->idle[i]);
	return rc;
}

/* Frames later than this must wait for what an idle source may still bring. */
static int64_t limit_ns(const struct rc_capture *c)
{
	struct timespec ts;
	if (c->n_idle == 0)
		return INT64_MAX;
	if (!c->live)
		return INT64_MIN;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * RC_NS_PER_S + ts.tv_nsec - RC_LIVE_HOLD_NS;
}

int rc_merge_next(struct rc_capture *c, struct rc_frame *frames, size_t max, size_t *ret_n)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_sources; i++)
		c->sources[i].lent = false;
	int rc = refill_idle(c);
	int64_t limit = limit_ns(c);
	while (rc == RC_OK && n < max && c->n_heap > 0 && next_ns(c->heap[0]) <= limit) {
		struct rc_source *s = c->heap[0];
		if (s->head < s->tail) {
			frames[n++] = s->queue[s->head++];
			s->lent = true;
			if (s->head < s->tail) {
				sift_down(c, 0);
				continue;
			}
		}
		/* Dry, or a file whose turn has come. */
		pop(c);
		if (s->lent) {
			c->idle[c->n_idle++] = s;
			break;
		}
		rc = refill(c, s);
		limit = limit_ns(c);
	}
	*ret_n = n;
	if (rc == RC_OK && n == 0)
		rc = c->n_heap + c->n_idle > 0 ? RC_E_AGAIN : RC_E_EOF;
	return rc;
}
