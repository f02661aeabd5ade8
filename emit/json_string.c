#include <string.h>

#include "base/plain.h"
#include "emit/json.h"

#define REPLACEMENT 0xfffdu /* U+FFFD REPLACEMENT CHARACTER */

static char *put_unit(char *at, unsigned unit)
{
	static const char digits[] = "0123456789abcdef";
	*at++ = '\\';
	*at++ = 'u';
	for (unsigned shift = 16; shift > 0;) {
		shift -= 4;
		*at++ = digits[unit >> shift & 15];
	}
	return at;
}

static char *put_code_point(char *at, uint32_t c)
{
	if (c > 0xffff) { /* RFC 8259 7: a surrogate pair */
		at = put_unit(at, 0xd800u + ((c - 0x10000) >> 10));
		c = 0xdc00u + ((c - 0x10000) & 0x3ff);
	}
	return put_unit(at, c);
}

/* Octets of the UTF-8 sequence at p (RFC 3629 4: no overlong forms, no surrogates), 0 if it is none. */
static size_t utf8_read(const unsigned char *p, size_t left, uint32_t *ret_c)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
		if ((p[0] & forms[f].mask) != forms[f].lead)
			continue;
		size_t n = f + 2;
		uint32_t c = p[0] & (unsigned char)~forms[f].mask;
		if (n > left)
			return 0;
		for (size_t i = 1; i < n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		if (c < forms[f].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return 0;
		*ret_c = c;
		return n;
	}
	return 0;
}

/* One octet, or one UTF-8 sequence, that cannot stand as it is; *ret_end is behind what was written. */
static size_t put_special(char *at, const unsigned char *p, size_t left, char **ret_end)
{
	uint32_t c = p[0];
	if (c == '"' || c == '\\') {
		*at++ = '\\';
		*at++ = (char)c;
		*ret_end = at;
		return 1;
	}
	size_t n = 1;
	if (c == 0) {
		c = REPLACEMENT;
	} else if (c >= 0x80) {
		n = utf8_read(p, left, &c);
		if (n == 0) {
			c = REPLACEMENT;
			n = 1;
		}
	}
	*ret_end = put_code_point(at, c);
	return n;
}

char *rc_json_escape(char *at, const void *text, size_t len)
{
	const unsigned char *p = text;
	for (size_t i = 0;;) {
		size_t n = rc_plain_len(p + i, len - i);
		at = mempcpy(at, p + i, n);
		i += n;
		if (i == len)
			return at;
		size_t end = len - i < RC_PLAIN_PIECE ? len : i + RC_PLAIN_PIECE;
		while (i < end) {
			if (rc_is_plain(p[i]))
				*at++ = (char)p[i++];
			else
				i += put_special(at, p + i, len - i, &at);
		}
	}
}

/* Where the worst case does not fit, the text itself still may. */
static void put_piecewise(struct rc_buf *out, const unsigned char *p, size_t len)
{
	rc_buf_putc(out, '"');
	for (size_t i = 0; i < len;) {
		char text[2 * RC_JSON_ESCAPED_MAX], *end = text;
		if (rc_is_plain(p[i]))
			*end++ = (char)p[i++];
		else
			i += put_special(text, p + i, len - i, &end);
		rc_buf_add(out, text, (size_t)(end - text));
	}
	rc_buf_putc(out, '"');
}

void rc_json_string(struct rc_buf *out, const void *text, size_t len)
{
	size_t worst = RC_JSON_ESCAPED_MAX * len + RC_JSON_PIECE + 2;
	if (out->failed || worst > out->max - out->len) {
		put_piecewise(out, text, len);
		return;
	}
	char *at = rc_buf_reserve(out, worst), *start = at;
	if (at == NULL)
		return;
	*at++ = '"';
	at = rc_json_escape(at, text, len);
	*at++ = '"';
	out->len += (size_t)(at - start);
}
