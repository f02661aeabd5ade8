/*
 * Decimal digits, two at a time: numbers stand in every event, and printf costs more than the rest of
 * a field. Nothing here writes a NUL.
 */
#ifndef RC_BASE_DIGITS_H
#define RC_BASE_DIGITS_H

#include <stdint.h>
#include <string.h>

#define RC_DIGITS_MAX 20u /* of a uint64_t */

extern const char rc_digit_pairs[]; /* "00" to "99" */

/* Writes value below 100 as two digits; returns where they end. */
static inline char *rc_digits_two(char *at, unsigned value)
{
	memcpy(at, rc_digit_pairs + 2 * value, 2);
	return at + 2;
}

/* Writes value without leading zeros, at most RC_DIGITS_MAX digits; returns where they end. */
char *rc_digits_put(char *at, uint64_t value);

/* Writes the nanoseconds of a second (below 10^9) as nine digits; returns where they end. */
char *rc_digits_nine(char *at, uint32_t value);

#endif
