/*
 * Errors: one list makes the enum, the name and the text.
 *
 * Functions that can fail return 0 or one of these (all negative). A malformed packet is not an
 * error: it is data, with a reason and an offset (decode/msg.h).
 */
#ifndef RC_BASE_ERR_H
#define RC_BASE_ERR_H

#define RC_ERR_LIST(X) \
	X(RC_E_EOF, -1, "end of input") \
	X(RC_E_NOMEM, -2, "out of memory") \
	X(RC_E_FULL, -3, "a bounded buffer or table is full") \
	X(RC_E_RANGE, -4, "value out of range") \
	X(RC_E_SYNTAX, -5, "syntax error") \
	X(RC_E_IO, -6, "input or output error") \
	X(RC_E_TRUNCATED, -7, "input ends in the middle of a record") \
	X(RC_E_FORMAT, -8, "unknown or damaged format") \
	X(RC_E_UNSUPPORTED, -9, "not supported by this build") \
	X(RC_E_NOT_FOUND, -10, "not found") \
	X(RC_E_PERMISSION, -11, "permission denied") \
	X(RC_E_AGAIN, -12, "nothing to read now")

enum rc_err {
	RC_OK = 0,
#define X(name, value, text) name = (value),
	RC_ERR_LIST(X)
#undef X
};

/* Text of an error, never NULL; an unknown number gives "unknown error". */
const char *rc_err_text(int err);

#endif
