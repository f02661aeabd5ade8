#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 1024u

void rc_buf_free(struct rc_buf *buf)
{
	free(buf->data);
	*buf = rc_buf_init(buf->max);
}

char *rc_buf_grow(struct rc_buf *buf, size_t n)
{
	if (buf->failed || n > buf->max - buf->len) {
		buf->failed = true;
		return NULL;
	}
	if (buf->data == NULL || n > buf->cap - buf->len) {
		size_t cap = buf->cap == 0 ? FIRST_CAP : buf->cap;
		while (cap - buf->len < n)
			cap *= 2;
		if (cap > buf->max)
			cap = buf->max;
		char *data = realloc(buf->data, cap);
		if (data == NULL) {
			buf->failed = true;
			return NULL;
		}
		buf->data = data;
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void rc_buf_puts(struct rc_buf *buf, const char *text)
{
	rc_buf_add(buf, text, strlen(text));
}

void rc_buf_printf(struct rc_buf *buf, const char *format, ...)
{
	va_list ap, again;
	va_start(ap, format);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, format, ap);
	char *at = n < 0 ? NULL : rc_buf_reserve(buf, (size_t)n + 1);
	if (at != NULL) {
		vsnprintf(at, (size_t)n + 1, format, again);
		buf->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}
