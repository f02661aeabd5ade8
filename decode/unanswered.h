/*
 * The queries of a TCP connection that no answer came for yet, by message ID.
 */
#ifndef RC_DECODE_UNANSWERED_H
#define RC_DECODE_UNANSWERED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "decode/codes.h"

struct rc_unanswered {
	uint16_t ids[RC_STREAM_OPEN_MAX];
	uint32_t n;    /* of ids */
	uint32_t more; /* queries beyond those, only counted */
};

static inline bool rc_unanswered_any(const struct rc_unanswered *u)
{
	return u->n || u->more;
}

/* Takes note of a message of either side: a query, or the (first) answer to one. */
static inline void rc_unanswered_note(struct rc_unanswered *u, const uint8_t *wire, uint32_t len)
{
	struct rc_cursor c = rc_cursor_init(wire, len);
	uint16_t id = rc_cursor_u16(&c);
	bool response = (rc_cursor_u16(&c) & RC_FLAG_QR) != 0;
	if (c.failed)
		return;
	if (!response) {
		if (u->n < RC_STREAM_OPEN_MAX)
			u->ids[u->n++] = id;
		else
			u->more++;
		return;
	}
	for (uint32_t i = 0; i < u->n; i++) {
		if (u->ids[i] == id) {
			u->ids[i] = u->ids[--u->n];
			return;
		}
	}
	if (u->more)
		u->more--;
}

#endif
