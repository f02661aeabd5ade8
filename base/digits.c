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

#undef ROW
#define ROW(t) \
	t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9" t "a" t "b" t "c" t "d" t \
	  "e" t "f"
static const char hex_pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6")
	ROW("7") ROW("8") ROW("9") ROW("a") ROW("b") ROW("c") ROW("d") ROW("e") ROW("f");

char *rc_hex_put(char *at, const void *octets, size_t n)
{
	const uint8_t *from = octets;
	for (size_t i = 0; i < n; i++)
		memcpy(at + 2 * i, hex_pairs + 2 * (size_t)from[i], 2);
	return at + 2 * n;
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
