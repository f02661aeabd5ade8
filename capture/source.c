#include "capture/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/time.h"

void rc_source_tell(struct rc_capture *c, const char *what, const char *why)
{
	c->failed = true;
	c->counts.inputs_failed++;
	if (c->on_error)
		c->on_error(c->error_context, what, why);
}

void rc_source_end(struct rc_capture *c, struct rc_source *s)
{
	if (s->reader) {
		s->done = s->reader->stream.raw_done;
		c->counts.interface_drops += s->reader->drops[0];
		c->counts.kernel_drops += s->reader->drops[1];
		rc_reader_close(s->reader);
		free(s->reader);
		s->reader = NULL;
		c->n_open--;
	}
	rc_iface_close(s->iface);
	s->iface = NULL;
	s->state = RC_SOURCE_ENDED;
}

static int open_file(struct rc_capture *c, struct rc_source *s, char *why, size_t why_size)
{
	if (c->n_open >= RC_FILES_OPEN_MAX) {
		snprintf(why, why_size, "more than %u files overlap in time", RC_FILES_OPEN_MAX);
		return RC_E_FULL;
	}
	struct rc_reader *r = malloc(sizeof *r);
	if (!r) {
		snprintf(why, why_size, "%s", rc_err_text(RC_E_NOMEM));
		return RC_E_NOMEM;
	}
	int rc = rc_reader_open(s->name, RC_STREAM_BUFFER_BYTES, r);
	if (rc) {
		snprintf(why, why_size, "%s", r->why);
		free(r);
		return rc;
	}
	s->reader = r;
	s->state = RC_SOURCE_OPEN;
	c->n_open++;
	return RC_OK;
}

static int read_raw(struct rc_capture *c, struct rc_source *s, struct rc_frame *frames, size_t max,
		    size_t *ret_n, char *why, size_t why_size)
{
	if (s->iface)
		return rc_iface_read(s->iface, frames, max, ret_n, why, why_size);
	if (s->state == RC_SOURCE_CLOSED) {
		int rc = open_file(c, s, why, why_size);
		if (rc)
			return rc;
	}
	int rc = rc_reader_read(s->reader, frames, max, ret_n);
	if (rc)
		snprintf(why, why_size, "%s", s->reader->why);
	return rc;
}

/* Takes out, in place, what the filter and the time window do not want. */
static int select_frames(struct rc_capture *c, struct rc_source *s, struct rc_frame *frames,
			 size_t n, size_t *ret_n, char *why)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		struct rc_frame *f = &frames[i];
		bool pass = true;
		f->source = s->index;
		if (f->ts_ns > RC_TIME_MAX_NS)
			f->ts_ns = RC_TIME_MAX_NS;
		if (f->ts_ns < -RC_TIME_MAX_NS)
			f->ts_ns = -RC_TIME_MAX_NS;
		if (f->ts_ns < c->from_ns || f->ts_ns > c->to_ns) {
			c->counts.outside_window++;
			continue;
		}
		if (c->filter) {
			int rc = rc_filter_match(c->filter, f, why, &pass);
			if (rc) {
				*ret_n = kept;
				return rc;
			}
		}
		if (!pass) {
			c->counts.filtered++;
			continue;
		}
		c->counts.bytes += f->caplen;
		if (kept != i)
			frames[kept] = *f;
		kept++;
	}
	c->counts.frames += kept;
	*ret_n = kept;
	return RC_OK;
}

int rc_source_read(struct rc_capture *c, struct rc_source *s, struct rc_frame *frames, size_t max,
		   size_t *ret_n)
{
	char why[RC_SOURCE_WHY_MAX];
	size_t n = 0, kept = 0;
	int rc = RC_OK;
	if (s->failed)
		rc_source_end(c, s);
	if (s->state == RC_SOURCE_ENDED)
		return RC_E_EOF;
	while (rc == RC_OK && kept == 0) {
		if (atomic_load_explicit(&c->stopped, memory_order_relaxed))
			return RC_E_AGAIN;
		rc = read_raw(c, s, frames, max, &n, why, sizeof why);
		if (rc == RC_OK)
			rc = select_frames(c, s, frames, n, &kept, why);
	}
	*ret_n = kept;
	if (rc == RC_OK || rc == RC_E_AGAIN)
		return rc;
	if (rc != RC_E_EOF)
		rc_source_tell(c, s->name, why);
	/* Frames kept before a filter failed still point into the file's buffer. */
	if (kept > 0) {
		s->failed = true;
		return RC_OK;
	}
	rc_source_end(c, s);
	return RC_E_EOF;
}
