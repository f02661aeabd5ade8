/*
 * Inside decode only: encodings of octets in presentation format. Each reads what is left of the
 * cursor.
 */
#ifndef RC_DECODE_RR_TEXT_H
#define RC_DECODE_RR_TEXT_H

#include "base/buf.h"
#include "base/cursor.h"

void rc_text_hex(struct rc_buf *buf, struct rc_cursor c);

/* RFC 4648 4, with padding. */
void rc_text_base64(struct rc_buf *buf, struct rc_cursor c);

/* RFC 4648 7 without padding, in lower case as owner names print. */
void rc_text_base32hex(struct rc_buf *buf, struct rc_cursor c);

/* The inside of a quoted string: \DDD outside printable ASCII, backslash before " and \. */
void rc_text_escaped(struct rc_buf *buf, struct rc_cursor c);

/* The same in quotes. */
void rc_text_quoted(struct rc_buf *buf, struct rc_cursor c);

/* SvcParams with a space between (RFC 9460 2.1); their structure must have been checked. */
void rc_text_svcparams(struct rc_buf *buf, struct rc_cursor c);

/* True if the value of a service parameter fits its key (RFC 9460 2.2), or the key is not known. */
bool rc_svcparam_fits(uint16_t key, struct rc_cursor value);

/* 16 octets of LOC, version 0 (RFC 1876 3). */
void rc_text_loc(struct rc_buf *buf, struct rc_cursor c);

/* A cursor over the next n octets alone; c moves behind them. They must be there. */
static inline struct rc_cursor rc_text_part(struct rc_cursor *c, uint32_t n)
{
	const uint8_t *octets = rc_cursor_bytes(c, n);
	return rc_cursor_init(octets, octets == NULL ? 0 : n);
}

#endif
