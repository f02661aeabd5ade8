/*
 * Growing byte buffer with a maximum: for output text. Sticky error: once an append does not fit,
 * `failed` is set and every later append does nothing, so a writer checks once at the end.
 */
#ifndef RC_BASE_BUF_H
#define RC_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct rc_buf {
	char *data; /* owned; not NUL-terminated */
	size_t len;
	size_t cap;
	size_t max;
	bool failed;
};

/* An empty buffer that may grow to max bytes. Nothing is allocated yet. */
static inline struct rc_buf rc_buf_init(size_t max)
{
	return (struct rc_buf){.max = max};
}

void rc_buf_free(struct rc_buf *buf);

/* Empties it (and clears the error), keeps the memory. */
static inline void rc_buf_clear(struct rc_buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

/* What rc_buf_reserve does when the buffer has to grow. */
char *rc_buf_grow(struct rc_buf *buf, size_t n);

/* Makes room for n more bytes: a pointer to write them at (then add to len), or NULL (failed is set). */
static inline char *rc_buf_reserve(struct rc_buf *buf, size_t n)
{
	if (!buf->failed && n < buf->cap - buf->len) /* an empty one has no memory yet */
		return buf->data + buf->len;
	return rc_buf_grow(buf, n);
}

static inline void rc_buf_add(struct rc_buf *buf, const void *data, size_t n)
{
	char *at = n == 0 ? NULL : rc_buf_reserve(buf, n);
	if (at != NULL) {
		memcpy(at, data, n);
		buf->len += n;
	}
}

static inline void rc_buf_putc(struct rc_buf *buf, char c)
{
	char *at = rc_buf_reserve(buf, 1);
	if (at != NULL) {
		*at = c;
		buf->len++;
	}
}

void rc_buf_puts(struct rc_buf *buf, const char *text);
void rc_buf_printf(struct rc_buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
