#include "base/digits.h"

#define ROW(t) t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"
const char rc_digit_pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6")
	ROW("7") ROW("8") ROW("9");

char *rc_digits_put_long(char *at, uint64_t value)
{
	at = rc_digits_put(at, value / RC_DIGITS_EIGHT);
	rc_digits_store(at, rc_digits_eight((uint32_t)(value % RC_DIGITS_EIGHT)) |
				    UINT64_C(0x3030303030303030));
	return at + 8;
}

/* Four octets spread over eight: one nibble each, the first in the lowest. */
static uint64_t nibbles(uint32_t octets)
{
	uint64_t x = octets;
	x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
	x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
	return (x >> 4 & UINT64_C(0x000f000f000f000f)) | (x & UINT64_C(0x000f000f000f000f)) << 8;
}

char *rc_hex_put(char *at, const void *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = octets;
	for (; n >= 4; n -= 4, from += 4, at += 8) {
		uint64_t x = nibbles((uint32_t)from[0] | (uint32_t)from[1] << 8 |
				     (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24);
		uint64_t letters = (x + UINT64_C(0x0606060606060606)) >> 4 &
				   UINT64_C(0x0101010101010101);
		rc_digits_store(at, x + UINT64_C(0x3030303030303030) + letters * ('a' - '0' - 10));
	}
	for (; n > 0; n--, from++) {
		*at++ = digits[*from >> 4];
		*at++ = digits[*from & 15];
	}
	return at;
}

static char *put_four(char *at, uint32_t three)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	at[0] = digits[three >> 18];
	at[1] = digits[three >> 12 & 63];
	at[2] = digits[three >> 6 & 63];
	at[3] = digits[three & 63];
	return at + 4;
}

char *rc_base64_put(char *at, const void *octets, size_t n)
{
	const uint8_t *from = octets;
	for (; n >= 3; n -= 3, from += 3)
		at = put_four(at, (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2]);
	if (n > 0) {
		at = put_four(at, (uint32_t)from[0] << 16 | (n > 1 ? (uint32_t)from[1] << 8 : 0));
		memset(at - (3 - n), '=', 3 - n);
	}
	return at;
}
