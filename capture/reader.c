#include "capture/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define MAGIC_LEN 4u

static const struct rc_format *const formats[] = {&rc_format_pcap, &rc_format_pcapng};

__attribute__((format(printf, 3, 4))) static int fail(struct rc_reader *r, int err,
						      const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(r->why, sizeof r->why, format, args);
	va_end(args);
	return err;
}

int rc_reader_open(const char *path, size_t buffer_bytes, struct rc_reader *r)
{
	*r = (struct rc_reader){.in_packet = false};
	int rc = rc_stream_open(path, buffer_bytes, &r->stream);
	switch (rc) {
	case RC_OK:
		return RC_OK;
	case RC_E_NOT_FOUND:
		return fail(r, rc, "no such file");
	case RC_E_PERMISSION:
	case RC_E_NOMEM:
		return fail(r, rc, "%s", rc_err_text(rc));
	default:
		return fail(r, rc, "%s", strerror(errno));
	}
}

void rc_reader_close(struct rc_reader *r)
{
	if (r->format && r->format->stop)
		r->format->stop(r);
	r->format = NULL;
	rc_stream_close(&r->stream);
}

/* Where in the file the data stopped, after "gzip data is cut off" or the like. */
static int fail_codec(struct rc_reader *r, int rc, const char *what)
{
	const char *name = r->stream.codec->name;
	if (!r->format)
		return fail(r, rc, "%s data is %s before the first packet", name, what);
	if (rc_stream_left(&r->stream) > 0 && r->in_packet)
		return fail(r, rc, "%s data is %s in the middle of packet %" PRIu64, name, what,
			    r->number + 1);
	return fail(r, rc, "%s data is %s after packet %" PRIu64, name, what, r->number);
}

/* The stream could not give what the parser needs. */
static int ended(struct rc_reader *r, int rc)
{
	const struct rc_stream *s = &r->stream;
	switch (rc) {
	case RC_E_AGAIN:
		return rc;
	case RC_E_EOF:
		if (rc_stream_left(s) == 0 && s->skip == 0 && r->format)
			return rc;
		if (rc_stream_left(s) == 0 && !r->format)
			return fail(r, RC_E_FORMAT, "is empty");
		if (!r->format)
			return fail(r, RC_E_FORMAT, "is not a pcap or pcapng capture");
		if (r->need == r->format->header_len && rc_stream_offset(s) == 0)
			return fail(r, RC_E_TRUNCATED, "ends in the middle of the file header");
		if (r->in_packet)
			return fail(r, RC_E_TRUNCATED, "ends in the middle of packet %" PRIu64,
				    r->number + 1);
		return fail(r, RC_E_TRUNCATED,
			    "ends in the middle of a block after packet %" PRIu64, r->number);
	case RC_E_TRUNCATED:
		return fail_codec(r, rc, "cut off");
	case RC_E_FORMAT:
		return fail_codec(r, rc, "damaged");
	case RC_E_UNSUPPORTED:
		return fail(r, rc, "compressed with %s; this build lacks %s", s->codec->name,
			    s->codec->library);
	case RC_E_IO:
		return fail(r, rc, "%s", strerror(s->sys_errno));
	default:
		return fail(r, rc, "%s", rc_err_text(rc));
	}
}

static int damaged(struct rc_reader *r)
{
	return fail(r, RC_E_FORMAT, "damaged record at byte %" PRIu64,
		    rc_stream_offset(&r->stream));
}

static int find_format(struct rc_reader *r)
{
	int rc = rc_stream_need(&r->stream, MAGIC_LEN);
	if (rc)
		return ended(r, rc);
	const struct rc_format *format = NULL;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i]->match(rc_stream_at(&r->stream)))
			format = formats[i];
	if (!format)
		return fail(r, RC_E_FORMAT, "is not a pcap or pcapng capture");
	rc = rc_stream_need(&r->stream, format->header_len);
	if (rc == RC_E_AGAIN)
		return rc;
	r->format = format;
	r->need = format->header_len;
	if (rc)
		return ended(r, rc);
	rc = format->start(r);
	return rc == RC_E_FORMAT ? damaged(r) : rc;
}

int rc_reader_read(struct rc_reader *r, struct rc_frame *frames, size_t max, size_t *ret_n)
{
	int rc = r->format ? RC_OK : find_format(r);
	if (rc)
		return rc;
	for (;;) {
		size_t n = 0;
		rc = r->format->parse(r, frames, max, &n);
		if (n > 0) {
			*ret_n = n;
			return RC_OK;
		}
		if (rc == RC_E_FORMAT)
			return damaged(r);
		if (rc != RC_E_AGAIN)
			return ended(r, rc);
		rc = rc_stream_need(&r->stream, r->need);
		if (rc)
			return ended(r, rc);
	}
}
