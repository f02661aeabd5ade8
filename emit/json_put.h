/*
 * The parts of the JSON writer that need nothing to be known. Each writes at a pointer, where there is
 * room for two pieces (RC_JSON_PIECE) at least, and returns where what it wrote ends.
 */
#ifndef RC_EMIT_JSON_PUT_H
#define RC_EMIT_JSON_PUT_H

#include "base/digits.h"
#include "emit/json.h"

/* Copies a piece; from and to may overlap. */
static inline void rc_put_piece(char *to, const char *from)
{
	char piece[RC_JSON_PIECE];
	memcpy(piece, from, sizeof piece);
	memcpy(to, piece, sizeof piece);
}

/* Copies n octets in whole pieces: from and to must have room for two, and for the rest of the last one. */
static inline char *rc_put_pieces(char *to, const char *from, size_t n)
{
	rc_put_piece(to, from);
	rc_put_piece(to + RC_JSON_PIECE, from + RC_JSON_PIECE);
	for (size_t done = 2 * RC_JSON_PIECE; __builtin_expect(done < n, 0); done += RC_JSON_PIECE)
		rc_put_piece(to + done, from + done);
	return to + n;
}

/* Numbers that readers would not keep, and those below zero. */
static inline char *rc_put_odd_number(char *at, int64_t value)
{
	if (value > RC_JSON_INT_MAX)
		value = RC_JSON_INT_MAX;
	if (value < 0) {
		value = value < -RC_JSON_INT_MAX ? RC_JSON_INT_MAX : -value;
		*at++ = '-';
	}
	return rc_digits_put(at, (uint64_t)value);
}

static inline char *rc_put_number(char *at, int64_t value)
{
	if ((uint64_t)value > RC_JSON_INT_MAX)
		return rc_put_odd_number(at, value);
	return rc_digits_put(at, (uint64_t)value);
}

static inline char *rc_put_bool(char *at, bool value)
{
	memcpy(at, value ? "true,   " : "false,  ", 8);
	return at + (value ? 4 : 5);
}

static inline char *rc_put_digits(char *at, int64_t value)
{
	*at++ = '"';
	at = rc_digits_put(at, (uint64_t)value);
	*at++ = '"';
	return at;
}

#endif
