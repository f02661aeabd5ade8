/*
 * The JSON writer: appends an event as one line, ASCII only. What each row of the field table needs is
 * worked out once (emit/plan.h), so that an event costs what differs from one to the next.
 */
#ifndef RC_EMIT_JSON_H
#define RC_EMIT_JSON_H

#include "base/buf.h"
#include "emit/fields.h"

#define RC_JSON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1: readers keep no more, RFC 8259 6 */
#define RC_JSON_ROOM 32768u /* octets of a line's buffer that may stay unused, see rc_json_event */
#define RC_JSON_ESCAPED_MAX 6u /* "\uXXXX" for one octet */
#define RC_JSON_PIECE 16u      /* octets copied and looked at together */

struct rc_json;

/*
 * A writer of events that begin as *event was initialised (rc_event_init), which is only read.
 * RC_E_NOMEM. Free with rc_json_free.
 */
int rc_json_new(const struct rc_event *event, struct rc_json **ret_json);
void rc_json_free(struct rc_json *json);

/*
 * Appends *event and a newline to out; out->failed tells when it did not fit. Room is asked for in
 * advance: what is longer than out->max - RC_JSON_ROOM may not fit.
 */
void rc_json_event(struct rc_json *json, struct rc_buf *out, const struct rc_event *event);

/*
 * Appends len octets as a JSON string. Valid UTF-8 beyond ASCII becomes \uXXXX (surrogate pairs above
 * U+FFFF); octets that are not UTF-8, and NUL (which many readers refuse), become \ufffd.
 */
void rc_json_string(struct rc_buf *out, const void *text, size_t len);

/*
 * The same without the quotes, to where there is room for RC_JSON_ESCAPED_MAX * len + RC_JSON_PIECE
 * octets; returns where it ends.
 */
char *rc_json_escape(char *at, const void *text, size_t len);

/* Appends an integer, held within +-RC_JSON_INT_MAX. */
void rc_json_number(struct rc_buf *out, int64_t value);

#endif
