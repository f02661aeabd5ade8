/*
 * Domain names: uncompressed wire form, ASCII letters lower-cased (RFC 4343), as compared everywhere.
 */
#ifndef RC_DECODE_NAME_H
#define RC_DECODE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"

struct rc_name {
	uint8_t len; /* octets used in wire, with the root label; 1 for the root, 0 for "no name" */
	uint8_t labels; /* labels without the root */
	uint8_t wire[RC_NAME_MAX];
};

/* What can be wrong with a name; message faults reuse these (decode/msg.h). */
enum rc_name_fault {
	RC_NAME_OK = 0,
	RC_NAME_SHORT,      /* ends before its root label */
	RC_NAME_LABEL_TYPE, /* label type 01 or 10 (RFC 1035 4.1.4, RFC 6891 5) */
	RC_NAME_POINTER,    /* pointer forward, to itself, or into the header */
	RC_NAME_TOO_LONG,   /* above 255 octets */
};

/*
 * Reads a possibly compressed name at the cursor, whose buffer is the whole message. Pointers must
 * go strictly backwards. On success the cursor stands behind the name (behind the pointer, if any);
 * on a fault it is where it was and *ret_name is untouched.
 */
enum rc_name_fault rc_name_read(struct rc_cursor *c, struct rc_name *ret_name);

/* The same walk without keeping the name: moves the cursor, returns the fault. */
enum rc_name_fault rc_name_skip(struct rc_cursor *c);

/* The same for a cursor that lives in registers: where the name at pos ends, 0 if it is damaged. */
uint32_t rc_name_end(const uint8_t *message, uint32_t len, uint32_t pos);

/* From presentation format ("www.example.com", "a\.b.example.", "\000x."). RC_E_SYNTAX, RC_E_RANGE. */
int rc_name_parse(const char *text, struct rc_name *ret_name);

/*
 * Presentation format (RFC 1035 5.1): \DDD for bytes outside 33..126, backslash before . " ( ) ; @ $
 * and \, no trailing dot except for the root ("."). Writes at most RC_NAME_TEXT_MAX characters and a
 * NUL, returns the length.
 */
size_t rc_name_format(const struct rc_name *name, char text[RC_NAME_TEXT_MAX + 1]);

bool rc_name_equal(const struct rc_name *a, const struct rc_name *b);

/* True if name is ancestor or lies below it (example.com is in com, in ".", and in itself). */
bool rc_name_in(const struct rc_name *name, const struct rc_name *ancestor);

/* The name without its first n labels (n <= labels). */
void rc_name_parent(const struct rc_name *name, unsigned n, struct rc_name *ret_parent);

/* Labels that a and b have in common, counted from the root. */
unsigned rc_name_common_labels(const struct rc_name *a, const struct rc_name *b);

/* Canonical order (RFC 4034 6.1): negative, 0, positive. */
int rc_name_compare(const struct rc_name *a, const struct rc_name *b);

/* Seeded hash of the wire form. */
uint64_t rc_name_hash(uint64_t seed, const struct rc_name *name);

#endif
