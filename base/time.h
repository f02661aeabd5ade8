/*
 * Time: int64 nanoseconds since 1970-01-01T00:00:00Z, taken from packets alone. No function here
 * reads a clock.
 */
#ifndef RC_BASE_TIME_H
#define RC_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RC_NS_PER_S INT64_C(1000000000)
#define RC_NS_PER_MS INT64_C(1000000)
#define RC_NS_PER_US INT64_C(1000)

/* Packet times lie within this of 1970 (1823 to 2116): sums and differences of them cannot overflow. */
#define RC_TIME_MAX_NS (INT64_MAX / 2)

#define RC_TIME_TEXT_LEN 30u /* "2026-11-21T01:43:44.123456789Z" */

/* Serial number arithmetic (RFC 1982 3.2), as of the times in RRSIG records and of zones' serials: is a before b? */
static inline bool rc_serial_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/*
 * Writes ts_ns as RFC 3339 in UTC with nine decimals: exactly RC_TIME_TEXT_LEN characters and a NUL.
 * Years outside 0000-9999 cannot occur: the whole int64 range lies in 1677-2262.
 */
void rc_time_format(int64_t ts_ns, char text[RC_TIME_TEXT_LEN + 1]);

/*
 * Reads an RFC 3339 time ("2026-11-21T01:43:44Z", fraction of 1-9 digits, offset Z or +hh:mm/-hh:mm,
 * 'T' or a space). RC_E_SYNTAX when it is none, RC_E_RANGE when it does not fit.
 */
int rc_time_parse(const char *text, int64_t *ret_ts_ns);

/*
 * Writes a duration for people: "0.4 ms", "1.9 s", "12 min", "3.5 h". Returns the length written.
 * size must be at least 24.
 */
size_t rc_duration_format(int64_t ns, char *text, size_t size);

#endif
