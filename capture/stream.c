#include "capture/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"

int rc_stream_open(const char *path, size_t buffer_bytes, struct rc_stream *ret_stream)
{
	struct rc_stream s = {.fd = -1, .cap = buffer_bytes};
	struct stat st;
	bool is_stdin = strcmp(path, "-") == 0;
	/* O_NONBLOCK: opening a FIFO without a writer must not hang, nor reading it. */
	s.fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (s.fd < 0)
		return errno == ENOENT   ? RC_E_NOT_FOUND
		       : errno == EACCES ? RC_E_PERMISSION
					 : RC_E_IO;
	if (fstat(s.fd, &st) == 0 && S_ISREG(st.st_mode)) {
		s.regular = !is_stdin; /* standard input cannot be opened twice either */
		s.raw_size = (uint64_t)st.st_size;
	}
	s.buf = malloc(s.cap);
	if (!s.buf) {
		close(s.fd);
		return RC_E_NOMEM;
	}
	*ret_stream = s;
	return RC_OK;
}

void rc_stream_close(struct rc_stream *s)
{
	if (s->codec_state)
		s->codec->stop(s->codec_state);
	if (s->fd >= 0)
		close(s->fd);
	free(s->buf);
	free(s->raw);
	*s = (struct rc_stream){.fd = -1};
}

/* Waits for a pipe, but not for long. */
static int wait_readable(const struct rc_stream *s)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};
	if (s->regular || poll(&p, 1, RC_STREAM_WAIT_MS) > 0)
		return RC_OK;
	return RC_E_AGAIN;
}

/* One read(2). RC_E_EOF at the end of the file. */
static int read_some(struct rc_stream *s, uint8_t *to, size_t room, size_t *ret_n)
{
	if (s->raw_ended)
		return RC_E_EOF;
	int rc = wait_readable(s);
	if (rc)
		return rc;
	ssize_t n = read(s->fd, to, room);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return RC_E_AGAIN;
	if (n < 0) {
		s->sys_errno = errno;
		return RC_E_IO;
	}
	if (n == 0) {
		s->raw_ended = true;
		return RC_E_EOF;
	}
	s->raw_done += (uint64_t)n;
	*ret_n = (size_t)n;
	return RC_OK;
}

/* The first bytes were read plain: hands them to a codec if they are its magic. */
static int start_codec(struct rc_stream *s)
{
	s->sniffed = true;
	s->codec = rc_codec_find(s->buf, s->len);
	if (!s->codec)
		return RC_OK;
	if (!s->codec->start)
		return RC_E_UNSUPPORTED;
	s->raw = malloc(RC_STREAM_RAW_BYTES);
	if (!s->raw)
		return RC_E_NOMEM;
	memcpy(s->raw, s->buf, s->len);
	s->io = (struct rc_codec_io){.in = s->raw, .in_len = s->len, .between = true};
	s->len = 0;
	return s->codec->start(&s->codec_state);
}

static int sniff(struct rc_stream *s)
{
	while (s->len < RC_CODEC_MAGIC_MAX) {
		size_t room = s->cap < RC_STREAM_RAW_BYTES ? s->cap : RC_STREAM_RAW_BYTES;
		size_t n;
		int rc = read_some(s, s->buf + s->len, room - s->len, &n);
		if (rc == RC_E_EOF)
			break;
		if (rc)
			return rc;
		s->len += n;
	}
	return start_codec(s);
}

/* Decodes at least one byte into the free room, or says why not. */
static int decode_some(struct rc_stream *s)
{
	struct rc_codec_io *io = &s->io;
	for (;;) {
		while (io->in_len > 0 || s->pending) {
			size_t in_before = io->in_len, room = s->cap - s->len;
			io->out = s->buf + s->len;
			io->out_len = room;
			int rc = s->codec->step(s->codec_state, io);
			s->pending = io->out_len == 0 && !io->between;
			s->len += room - io->out_len;
			if (rc)
				s->err = rc;
			if (io->out_len < room)
				return RC_OK;
			if (rc)
				return rc;
			if (io->in_len > 0 && io->in_len == in_before)
				return s->err = RC_E_FORMAT;
		}
		size_t n;
		int rc = read_some(s, s->raw, RC_STREAM_RAW_BYTES, &n);
		if (rc == RC_E_EOF)
			return s->err = io->between ? RC_E_EOF : RC_E_TRUNCATED;
		if (rc)
			return rc;
		io->in = s->raw;
		io->in_len = n;
	}
}

static int fill_some(struct rc_stream *s)
{
	if (s->err)
		return s->err;
	int rc = RC_OK;
	if (!s->sniffed) {
		rc = sniff(s);
		if (rc == RC_OK && s->len > 0)
			return RC_OK;
	}
	if (rc == RC_OK && s->codec) {
		rc = decode_some(s);
	} else if (rc == RC_OK) {
		size_t n = 0;
		rc = read_some(s, s->buf + s->len, s->cap - s->len, &n);
		s->len += n;
	}
	if (rc && rc != RC_E_AGAIN)
		s->err = rc;
	return rc;
}

static int make_room(struct rc_stream *s, size_t n)
{
	if (s->pos > 0) {
		memmove(s->buf, s->buf + s->pos, s->len - s->pos);
		s->offset += s->pos;
		s->len -= s->pos;
		s->pos = 0;
	}
	if (n <= s->cap)
		return RC_OK;
	if (n > RC_STREAM_BUFFER_MAX)
		return RC_E_RANGE;
	size_t cap = s->cap;
	while (cap < n)
		cap *= 2;
	uint8_t *buf = realloc(s->buf, cap);
	if (!buf)
		return RC_E_NOMEM;
	s->buf = buf;
	s->cap = cap;
	return RC_OK;
}

int rc_stream_need(struct rc_stream *s, size_t n)
{
	while (s->skip > 0 || s->len - s->pos < n) {
		int rc = make_room(s, n);
		if (rc)
			return rc;
		rc = fill_some(s);
		if (rc)
			return rc;
		uint64_t skip = s->skip;
		s->skip = 0;
		rc_stream_skip(s, skip);
	}
	return RC_OK;
}
