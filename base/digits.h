/*
 * Decimal, hexadecimal and base64 digits, eight and more at a time: numbers stand in every event, and printf
 * costs more than the rest of a field. Nothing here writes a NUL.
 */
#ifndef RC_BASE_DIGITS_H
#define RC_BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RC_DIGITS_MAX 20u /* of a uint64_t */
#define RC_DIGITS_EIGHT 100000000u

extern const char rc_digit_pairs[]; /* "00" to "99" */

/* Writes value below 100 as two digits; returns where they end. */
static inline char *rc_digits_two(char *at, unsigned value)
{
	memcpy(at, rc_digit_pairs + 2 * value, 2);
	return at + 2;
}

/* The eight digits of a value below 10^8, one an octet, the first in the lowest. */
static inline uint64_t rc_digits_eight(uint32_t value)
{
	/* Halves of four digits, then pairs, then digits; divisions by multiplying, all lanes at once. */
	uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
	uint64_t high = fours * 10486 >> 20 & UINT64_C(0x7f0000007f);
	uint64_t pairs = high + ((fours - 100 * high) << 16);
	uint64_t tens = pairs * 103 >> 10 & UINT64_C(0x000f000f000f000f);
	return tens + ((pairs - 10 * tens) << 8);
}

/* Stores eight octets, the lowest first. */
static inline void rc_digits_store(char *at, uint64_t octets)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	octets = __builtin_bswap64(octets);
#endif
	memcpy(at, &octets, sizeof octets);
}

/* The same as rc_digits_put, for values of nine digits and more. */
char *rc_digits_put_long(char *at, uint64_t value);

/* Writes value without leading zeros; returns where its digits end. There must be room for RC_DIGITS_MAX. */
static inline char *rc_digits_put(char *at, uint64_t value)
{
	if (value < 100) {
		if (value >= 10)
			return rc_digits_two(at, (unsigned)value);
		*at = (char)('0' + value);
		return at + 1;
	}
	if (value >= RC_DIGITS_EIGHT)
		return rc_digits_put_long(at, value);
	uint64_t digits = rc_digits_eight((uint32_t)value);
	unsigned zeros = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8;
	rc_digits_store(at, (digits | UINT64_C(0x3030303030303030)) >> 8 * zeros);
	return at + 8 - zeros;
}

/* Writes the nanoseconds of a second (below 10^9) as nine digits; returns where they end. */
static inline char *rc_digits_nine(char *at, uint32_t value)
{
	*at = (char)('0' + value / RC_DIGITS_EIGHT);
	rc_digits_store(at + 1,
			rc_digits_eight(value % RC_DIGITS_EIGHT) | UINT64_C(0x3030303030303030));
	return at + 9;
}

/* Writes two octets as one hexadecimal number without leading zeros. There must be room for four digits. */
static inline char *rc_hex_put_short(char *at, const uint8_t octets[2])
{
	uint32_t x = octets[0] | (uint32_t)octets[1] << 16;
	uint32_t digits = (x >> 4 & 0x000f000fu) | (x & 0x000f000fu) << 8;
	uint32_t letters = (digits + 0x06060606u) >> 4 & 0x01010101u;
	unsigned zeros = (unsigned)__builtin_ctz(digits | 1u << 24) / 8;
	digits = (digits + 0x30303030u + letters * ('a' - '0' - 10)) >> 8 * zeros;
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	digits = __builtin_bswap32(digits);
#endif
	memcpy(at, &digits, sizeof digits);
	return at + 4 - zeros;
}

/* Writes n octets as 2 * n lower-case hexadecimal digits; returns where they end. */
char *rc_hex_put(char *at, const void *octets, size_t n);

/* Writes n octets in base64 with padding (RFC 4648 4), four characters for each three; returns the end. */
char *rc_base64_put(char *at, const void *octets, size_t n);

#endif
