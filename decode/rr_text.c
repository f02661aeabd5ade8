#include "decode/rr_text.h"

#include "base/digits.h"
#include "base/plain.h"

void rc_text_hex(struct rc_buf *buf, struct rc_cursor c)
{
	uint32_t n = rc_cursor_left(&c);
	const uint8_t *octets = rc_cursor_bytes(&c, n);
	char *at = octets == NULL ? NULL : rc_buf_reserve(buf, 2 * (size_t)n);
	if (at != NULL)
		buf->len += (size_t)(rc_hex_put(at, octets, n) - at);
}

void rc_text_base64(struct rc_buf *buf, struct rc_cursor c)
{
	uint32_t n = rc_cursor_left(&c);
	const uint8_t *octets = rc_cursor_bytes(&c, n);
	size_t len = (n + 2) / 3 * 4;
	char *at = octets == NULL ? NULL : rc_buf_reserve(buf, len);
	if (at != NULL) {
		rc_base64_put(at, octets, n);
		buf->len += len;
	}
}

/* Digits of five bits each; the last one is filled with zero bits. */
void rc_text_base32hex(struct rc_buf *buf, struct rc_cursor c)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	unsigned word = 0, have = 0;
	while (rc_cursor_left(&c) > 0) {
		word = (word << 8 | rc_cursor_u8(&c)) & 0xffff;
		for (have += 8; have >= 5;) {
			have -= 5;
			rc_buf_putc(buf, digits[word >> have & 31]);
		}
	}
	if (have > 0)
		rc_buf_putc(buf, digits[word << (5 - have) & 31]);
}

/* Writes an octet that is not plain. */
static void put_special(struct rc_buf *buf, uint8_t octet)
{
	if (octet == '"' || octet == '\\') {
		rc_buf_putc(buf, '\\');
		rc_buf_putc(buf, (char)octet);
	} else {
		rc_buf_printf(buf, "\\%03u", octet);
	}
}

void rc_text_escaped(struct rc_buf *buf, struct rc_cursor c)
{
	uint32_t len = rc_cursor_left(&c), i = 0;
	const uint8_t *octets = rc_cursor_bytes(&c, len);
	while (octets != NULL && i < len) {
		uint32_t n = (uint32_t)rc_plain_len(octets + i, len - i);
		rc_buf_add(buf, octets + i, n);
		i += n;
		for (uint32_t end = len - i < RC_PLAIN_PIECE ? len : i + RC_PLAIN_PIECE; i < end;
		     i++) {
			if (rc_is_plain(octets[i]))
				rc_buf_putc(buf, (char)octets[i]);
			else
				put_special(buf, octets[i]);
		}
	}
}

void rc_text_quoted(struct rc_buf *buf, struct rc_cursor c)
{
	rc_buf_putc(buf, '"');
	rc_text_escaped(buf, c);
	rc_buf_putc(buf, '"');
}

/* Size or precision: mantissa and power of ten, in centimetres. */
static void put_loc_size(struct rc_buf *buf, uint8_t octet)
{
	uint64_t cm = octet >> 4;
	for (unsigned power = octet & 15; power > 0; power--)
		cm *= 10;
	rc_buf_printf(buf, " %u.%02um", (unsigned)(cm / 100), (unsigned)(cm % 100));
}

/* Thousandths of a second of arc from 2^31, which is the equator or the prime meridian. */
static void put_loc_angle(struct rc_buf *buf, uint32_t value, char above, char below)
{
	const uint32_t middle = UINT32_C(1) << 31;
	uint32_t ms = value >= middle ? value - middle : middle - value;
	rc_buf_printf(buf, "%u %u %u.%03u %c", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
		      ms % 1000, value >= middle ? above : below);
}

void rc_text_loc(struct rc_buf *buf, struct rc_cursor c)
{
	const int64_t datum_cm = 10000000; /* altitude counts from 100,000 m below the spheroid */
	rc_cursor_skip(&c, 1);             /* version */
	uint8_t size = rc_cursor_u8(&c), horizontal = rc_cursor_u8(&c), vertical = rc_cursor_u8(&c);
	put_loc_angle(buf, rc_cursor_u32(&c), 'N', 'S');
	rc_buf_putc(buf, ' ');
	put_loc_angle(buf, rc_cursor_u32(&c), 'E', 'W');
	int64_t cm = (int64_t)rc_cursor_u32(&c) - datum_cm;
	uint64_t positive = (uint64_t)(cm < 0 ? -cm : cm);
	rc_buf_printf(buf, " %s%u.%02um", cm < 0 ? "-" : "", (unsigned)(positive / 100),
		      (unsigned)(positive % 100));
	put_loc_size(buf, size);
	put_loc_size(buf, horizontal);
	put_loc_size(buf, vertical);
}
