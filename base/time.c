#include "base/time.h"

#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/err.h"

#define SECONDS_PER_DAY 86400

/* Days from civil date and back: Howard Hinnant's algorithms, valid over the whole int64 ns range. */
static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned yoe = (unsigned)(y - era * 400);
	unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + (int64_t)doe - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, unsigned *m, unsigned *d)
{
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = (int64_t)yoe + era * 400 + (*m <= 2);
}

void rc_time_format(int64_t ts_ns, char text[RC_TIME_TEXT_LEN + 1])
{
	int64_t s = ts_ns / RC_NS_PER_S;
	int64_t ns = ts_ns % RC_NS_PER_S;
	if (ns < 0) {
		ns += RC_NS_PER_S;
		s--;
	}
	int64_t day = s / SECONDS_PER_DAY;
	int64_t rest = s % SECONDS_PER_DAY;
	if (rest < 0) {
		rest += SECONDS_PER_DAY;
		day--;
	}
	int64_t y;
	unsigned m, d, sec = (unsigned)rest;
	civil_from_days(day, &y, &m, &d);
	memcpy(text, "0000-00-00T00:00:00.000000000Z", RC_TIME_TEXT_LEN + 1);
	rc_digits_two(text, (unsigned)y / 100);
	rc_digits_two(text + 2, (unsigned)y % 100);
	rc_digits_two(text + 5, m);
	rc_digits_two(text + 8, d);
	rc_digits_two(text + 11, sec / 3600);
	rc_digits_two(text + 14, sec / 60 % 60);
	rc_digits_two(text + 17, sec % 60);
	rc_digits_nine(text + 20, (uint32_t)ns);
}

/* Reads exactly `digits` decimal digits. */
static int get_digits(const char **at, unsigned digits, unsigned *ret_value)
{
	unsigned value = 0;
	for (unsigned i = 0; i < digits; i++) {
		char c = (*at)[i];
		if (c < '0' || c > '9')
			return RC_E_SYNTAX;
		value = value * 10 + (unsigned)(c - '0');
	}
	*at += digits;
	*ret_value = value;
	return RC_OK;
}

static int get_char(const char **at, const char *accepted)
{
	if (**at == '\0' || strchr(accepted, **at) == NULL)
		return RC_E_SYNTAX;
	(*at)++;
	return RC_OK;
}

static int get_fraction(const char **at, int64_t *ret_ns)
{
	int64_t ns = 0, unit = RC_NS_PER_S / 10;
	*ret_ns = 0;
	if (**at != '.')
		return RC_OK;
	(*at)++;
	const char *start = *at;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		ns += unit * (**at - '0');
		unit /= 10;
	}
	if (*at == start || *at - start > 9)
		return RC_E_SYNTAX;
	*ret_ns = ns;
	return RC_OK;
}

static int get_offset(const char **at, int64_t *ret_offset_s)
{
	unsigned h, m;
	char sign = **at;
	if (get_char(at, "Zz+-") != RC_OK)
		return RC_E_SYNTAX;
	*ret_offset_s = 0;
	if (sign == 'Z' || sign == 'z')
		return RC_OK;
	if (get_digits(at, 2, &h) != RC_OK || get_char(at, ":") != RC_OK ||
	    get_digits(at, 2, &m) != RC_OK || h > 23 || m > 59)
		return RC_E_SYNTAX;
	*ret_offset_s = (sign == '-' ? -1 : 1) * (int64_t)(h * 3600 + m * 60);
	return RC_OK;
}

int rc_time_parse(const char *text, int64_t *ret_ts_ns)
{
	const char *at = text;
	unsigned y, mo, d, h, mi, s;
	int64_t ns, offset_s;

	if (get_digits(&at, 4, &y) != RC_OK || get_char(&at, "-") != RC_OK ||
	    get_digits(&at, 2, &mo) != RC_OK || get_char(&at, "-") != RC_OK ||
	    get_digits(&at, 2, &d) != RC_OK || get_char(&at, "Tt ") != RC_OK ||
	    get_digits(&at, 2, &h) != RC_OK || get_char(&at, ":") != RC_OK ||
	    get_digits(&at, 2, &mi) != RC_OK || get_char(&at, ":") != RC_OK ||
	    get_digits(&at, 2, &s) != RC_OK || get_fraction(&at, &ns) != RC_OK ||
	    get_offset(&at, &offset_s) != RC_OK || *at != '\0')
		return RC_E_SYNTAX;
	if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60)
		return RC_E_SYNTAX;

	int64_t back_y;
	unsigned back_m, back_d;
	int64_t day = days_from_civil(y, mo, d);
	civil_from_days(day, &back_y, &back_m, &back_d);
	if (back_m != mo || back_d != d) /* 30 February */
		return RC_E_SYNTAX;
	int64_t total_s = day * SECONDS_PER_DAY + (int64_t)(h * 3600 + mi * 60 + s) - offset_s;
	if (total_s <= INT64_MIN / RC_NS_PER_S || total_s >= INT64_MAX / RC_NS_PER_S)
		return RC_E_RANGE;
	*ret_ts_ns = total_s * RC_NS_PER_S + ns;
	return RC_OK;
}

size_t rc_duration_format(int64_t ns, char *text, size_t size)
{
	static const struct {
		int64_t below_ns;
		double unit_ns;
		const char *format;
	} steps[] = {
		{RC_NS_PER_MS / 10, 1e3, "%.0f us"},    {10 * RC_NS_PER_MS, 1e6, "%.1f ms"},
		{RC_NS_PER_S, 1e6, "%.0f ms"},          {120 * RC_NS_PER_S, 1e9, "%.1f s"},
		{7200 * RC_NS_PER_S, 60e9, "%.0f min"}, {INT64_MAX, 3600e9, "%.1f h"},
	};
	size_t i = 0;
	while (ns >= steps[i].below_ns && i + 1 < sizeof steps / sizeof *steps)
		i++;
	int n = snprintf(text, size, steps[i].format, (double)ns / steps[i].unit_ns);
	return n < 0 ? 0 : (size_t)n;
}
