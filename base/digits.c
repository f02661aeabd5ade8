#include "base/digits.h"

#define ROW(t) t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"
const char rc_digit_pairs[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6")
	ROW("7") ROW("8") ROW("9");

static unsigned count_digits(uint64_t value)
{
	unsigned n = 1;
	for (; value >= 10000; value /= 10000)
		n += 4;
	return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

char *rc_digits_put(char *at, uint64_t value)
{
	if (value < 10) {
		*at = (char)('0' + value);
		return at + 1;
	}
	if (value < 100)
		return rc_digits_two(at, (unsigned)value);
	char *end = at + count_digits(value), *p = end;
	for (; value >= 100; value /= 100)
		rc_digits_two(p -= 2, (unsigned)(value % 100));
	if (value >= 10)
		rc_digits_two(p - 2, (unsigned)value);
	else
		*--p = (char)('0' + value);
	return end;
}

char *rc_digits_nine(char *at, uint32_t value)
{
	uint32_t high = value / 10000 / 10000, middle = value / 10000 % 10000, low = value % 10000;
	*at++ = (char)('0' + high);
	at = rc_digits_two(at, middle / 100);
	at = rc_digits_two(at, middle % 100);
	at = rc_digits_two(at, low / 100);
	return rc_digits_two(at, low % 100);
}
