/*
 * The bytes of a capture file, decompressed, as one forward stream read in large chunks.
 *
 * Readers look at what is buffered in place (rc_stream_at, rc_stream_has) and ask for more with
 * rc_stream_need, the only call that moves or overwrites bytes: pointers into the buffer are good
 * until it is called. Nothing but pipes ever waits, and those at most RC_STREAM_WAIT_MS a call.
 */
#ifndef RC_CAPTURE_STREAM_H
#define RC_CAPTURE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/codec.h"

#define RC_STREAM_WAIT_MS 100 /* so that a signal is noticed while a pipe is silent */

struct rc_stream {
	uint8_t *buf;
	size_t cap, pos, len; /* unread bytes are buf[pos..len) */
	uint64_t offset;      /* of buf[0] in the decompressed stream */
	uint64_t skip;        /* bytes still to be thrown away before the next one counts */
	int fd;
	bool regular;   /* a plain file: reads never wait, the size is known */
	bool sniffed;   /* the codec is decided */
	bool raw_ended; /* the file has no more bytes */
	bool pending;   /* the codec filled its room: it may have more without input */
	int err;        /* sticky; told after everything decoded before was taken */
	int sys_errno;  /* of a failed read */
	const struct rc_codec *codec; /* NULL: plain */
	void *codec_state;
	uint8_t *raw; /* compressed input */
	struct rc_codec_io io;
	uint64_t raw_done; /* bytes read from the file */
	uint64_t raw_size; /* its size; 0 if unknown */
};

/*
 * Opens a path ("-": standard input) with a buffer of this many bytes. RC_E_NOT_FOUND,
 * RC_E_PERMISSION, RC_E_IO (errno says why), RC_E_NOMEM. Free with rc_stream_close.
 */
int rc_stream_open(const char *path, size_t buffer_bytes, struct rc_stream *ret_stream);
void rc_stream_close(struct rc_stream *s);

static inline const uint8_t *rc_stream_at(const struct rc_stream *s)
{
	return s->buf + s->pos;
}

static inline size_t rc_stream_left(const struct rc_stream *s)
{
	return s->len - s->pos;
}

static inline bool rc_stream_has(const struct rc_stream *s, size_t n)
{
	return s->len - s->pos >= n;
}

/* Position of the next unread byte in the decompressed stream. */
static inline uint64_t rc_stream_offset(const struct rc_stream *s)
{
	return s->offset + s->pos;
}

/* Goes n bytes on, also beyond what is buffered. */
static inline void rc_stream_skip(struct rc_stream *s, uint64_t n)
{
	uint64_t here = rc_stream_left(s) < n ? rc_stream_left(s) : n;
	s->pos += (size_t)here;
	s->skip += n - here;
}

/*
 * Makes n bytes available at the read position. RC_OK; RC_E_AGAIN when a pipe is silent; RC_E_EOF when the
 * stream ends before (what is left can still be read); RC_E_TRUNCATED when compressed data is cut
 * off, RC_E_FORMAT when it is damaged; RC_E_UNSUPPORTED when its library is missing; RC_E_IO (see
 * sys_errno), RC_E_NOMEM; RC_E_RANGE when n is above RC_STREAM_BUFFER_MAX.
 */
int rc_stream_need(struct rc_stream *s, size_t n);

#endif
