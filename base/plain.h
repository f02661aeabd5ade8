/*
 * Printable ASCII that stands for itself in a quoted text, in JSON as in presentation format: all but the
 * quote and the backslash. Nearly all text is made of it, so sixteen octets are looked at together.
 */
#ifndef RC_BASE_PLAIN_H
#define RC_BASE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define RC_PLAIN_PIECE 16u /* octets looked at together */

/* The compiler makes of it what the machine has. */
typedef int8_t rc_octets __attribute__((vector_size(RC_PLAIN_PIECE)));

static inline bool rc_is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static inline bool rc_all_plain(rc_octets v)
{
	/* Signed: octets from 0x80 on are below the space, too. */
	rc_octets odd = (rc_octets)(v < ' ') | (rc_octets)(v == 0x7f) | (rc_octets)(v == '"') |
			(rc_octets)(v == '\\');
#ifdef __SSE2__
	return _mm_movemask_epi8((__m128i)odd) == 0;
#else
	uint64_t halves[2];
	memcpy(halves, &odd, sizeof halves);
	return (halves[0] | halves[1]) == 0;
#endif
}

/* Fewer octets than a piece, with plain ones behind them. */
static inline rc_octets rc_plain_short(const unsigned char *p, size_t len)
{
	unsigned char piece[RC_PLAIN_PIECE];
	rc_octets v;
	memset(piece, ' ', sizeof piece);
	if (len >= 8) { /* two words that overlap */
		memcpy(piece, p, 8);
		memcpy(piece + len - 8, p + len - 8, 8);
	} else if (len >= 4) {
		memcpy(piece, p, 4);
		memcpy(piece + len - 4, p + len - 4, 4);
	} else {
		for (size_t i = 0; i < len; i++)
			piece[i] = p[i];
	}
	memcpy(&v, piece, sizeof v);
	return v;
}

/*
 * How many octets at the front of text are plain, by whole pieces: len, or there is another one among the
 * next RC_PLAIN_PIECE.
 */
static inline size_t rc_plain_len(const void *text, size_t len)
{
	const unsigned char *p = text;
	size_t i = 0;
	rc_octets v;
	for (; i + sizeof v <= len; i += sizeof v) {
		memcpy(&v, p + i, sizeof v);
		if (!rc_all_plain(v))
			return i;
	}
	if (len < sizeof v)
		v = rc_plain_short(p, len);
	else
		memcpy(&v, p + len - sizeof v, sizeof v); /* some once more */
	return rc_all_plain(v) ? len : i;
}

#endif
