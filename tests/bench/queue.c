/* The frames that are still to come, by time, and the file they are written to. */
#include <stdio.h>
#include <stdlib.h>

#include "traffic.h"

static void *need(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "traffic: out of memory\n");
		exit(1);
	}
	return p;
}

static bool earlier(const struct frame *a, const struct frame *b)
{
	return a->ts_us != b->ts_us ? a->ts_us < b->ts_us : a->sequence < b->sequence;
}

struct frame *frame_at(struct traffic *g, int64_t ts_us)
{
	if (g->n_heap + g->n_spare >= g->cap) {
		g->cap = g->cap == 0 ? 4096 : g->cap * 2;
		g->heap = need(realloc(g->heap, g->cap * sizeof(struct frame *)));
		g->spare = need(realloc(g->spare, g->cap * sizeof(struct frame *)));
	}
	struct frame *f = g->n_spare > 0 ? g->spare[--g->n_spare] : need(malloc(sizeof *f));
	f->ts_us = ts_us;
	f->sequence = ++g->sequence;
	size_t i = g->n_heap++;
	for (; i > 0 && earlier(f, g->heap[(i - 1) / 2]); i = (i - 1) / 2)
		g->heap[i] = g->heap[(i - 1) / 2];
	g->heap[i] = f;
	g->scheduled++;
	return f;
}

static struct frame *take_first(struct traffic *g)
{
	struct frame *first = g->heap[0], *last = g->heap[--g->n_heap];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < g->n_heap && earlier(g->heap[child + 1], g->heap[child]))
			child++;
		if (child >= g->n_heap || !earlier(g->heap[child], last))
			break;
		g->heap[i] = g->heap[child];
		i = child;
	}
	g->heap[i] = last;
	return first;
}

void write_until(struct traffic *g, int64_t ts_us)
{
	while (g->n_heap > 0 && g->heap[0]->ts_us <= ts_us) {
		struct frame *f = take_first(g);
		uint32_t record[4] = {(uint32_t)(f->ts_us / 1000000),
				      (uint32_t)(f->ts_us % 1000000), f->len, f->len};
		fwrite(record, sizeof record, 1, g->out);
		if (fwrite(f->bytes, f->len, 1, g->out) != 1) {
			perror("traffic");
			exit(1);
		}
		g->spare[g->n_spare++] = f;
		g->written++;
	}
}

void send_udp(struct traffic *g, int64_t ts_us, const struct end *from, const struct end *to,
	      const struct message *m)
{
	frame_udp(frame_at(g, ts_us), from, to, m);
}
