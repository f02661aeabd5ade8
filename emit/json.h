/*
 * The JSON writer: appends an event as one line, ASCII only. What each row of the field table needs
 * (which objects to close and open, the key as text) is worked out once, so that an event costs its
 * values and some 5 ns a field.
 */
#ifndef RC_EMIT_JSON_H
#define RC_EMIT_JSON_H

#include "base/buf.h"
#include "emit/fields.h"

#define RC_JSON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1: readers keep no more, RFC 8259 6 */

struct rc_json;

/* RC_E_NOMEM. Free with rc_json_free. */
int rc_json_new(struct rc_json **ret_json);
void rc_json_free(struct rc_json *json);

/* Appends *event and a newline to out; out->failed tells when it did not fit (some hundred octets of
 * out->max may stay unused then). */
void rc_json_event(struct rc_json *json, struct rc_buf *out, const struct rc_event *event);

/*
 * Appends len octets as a JSON string. Valid UTF-8 beyond ASCII becomes \uXXXX (surrogate pairs above
 * U+FFFF); octets that are not UTF-8, and NUL (which many readers refuse), become \ufffd.
 */
void rc_json_string(struct rc_buf *out, const void *text, size_t len);

/* Appends an integer, held within +-RC_JSON_INT_MAX. */
void rc_json_number(struct rc_buf *out, int64_t value);

#endif
