/*
 * The JSON writer: appends an event as one line, ASCII only, straight from the field table.
 */
#ifndef RC_EMIT_JSON_H
#define RC_EMIT_JSON_H

#include "base/buf.h"
#include "emit/fields.h"

#define RC_JSON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1: readers keep no more, RFC 8259 6 */

/* Room for values that are formatted before they are escaped; made by the caller, kept over events. */
struct rc_json_scratch {
	struct rc_buf rdata;
};

/* Appends *event and a newline to out; out->failed tells when it did not fit. */
void rc_json_event(struct rc_buf *out, const struct rc_event *event,
		   struct rc_json_scratch *scratch);

/*
 * Appends len octets as a JSON string. Valid UTF-8 beyond ASCII becomes \uXXXX (surrogate pairs above
 * U+FFFF); octets that are not UTF-8, and NUL (which many readers refuse), become \ufffd.
 */
void rc_json_string(struct rc_buf *out, const void *text, size_t len);

/* Appends an integer, held within +-RC_JSON_INT_MAX. */
void rc_json_number(struct rc_buf *out, int64_t value);

#endif
