/*
 * Builds DNS messages octet by octet for the tests of decode/.
 */
#ifndef RC_TESTS_DECODE_WIRE_H
#define RC_TESTS_DECODE_WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "decode/msg.h"

struct wire {
	uint8_t data[RC_MSG_MAX];
	uint32_t len;
};

static inline void put_u8(struct wire *w, unsigned value)
{
	assert_true(w->len < sizeof w->data);
	w->data[w->len++] = (uint8_t)value;
}

static inline void put_u16(struct wire *w, unsigned value)
{
	put_u8(w, value >> 8 & 0xff);
	put_u8(w, value & 0xff);
}

static inline void put_u32(struct wire *w, uint32_t value)
{
	put_u16(w, value >> 16);
	put_u16(w, value & 0xffff);
}

static inline void put_bytes(struct wire *w, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_u8(w, ((const uint8_t *)data)[i]);
}

/* A string literal's octets without its NUL. */
#define put_literal(w, text) put_bytes((w), (text), sizeof(text) - 1)

/* Plain labels as they are written, with the root. */
static inline void put_name(struct wire *w, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ".");
		put_u8(w, (unsigned)len);
		put_bytes(w, text, len);
		text += len;
		if (*text == '.')
			text++;
	}
	put_u8(w, 0);
}

static inline void put_header(struct wire *w, unsigned flags, unsigned qd, unsigned an, unsigned ns,
			      unsigned ar)
{
	w->len = 0;
	put_u16(w, 0x1234);
	put_u16(w, flags);
	put_u16(w, qd);
	put_u16(w, an);
	put_u16(w, ns);
	put_u16(w, ar);
}

static inline void put_question(struct wire *w, const char *name, unsigned type)
{
	put_name(w, name);
	put_u16(w, type);
	put_u16(w, RC_CLASS_IN);
}

/* Type to RDLENGTH; the owner goes before, the RDATA behind. */
static inline void put_rr_fixed(struct wire *w, unsigned type, unsigned class, uint32_t ttl,
				unsigned rdata_len)
{
	put_u16(w, type);
	put_u16(w, class);
	put_u32(w, ttl);
	put_u16(w, rdata_len);
}

/* A record of the first question's name. */
static inline void put_rr(struct wire *w, unsigned type, const void *rdata, size_t rdata_len)
{
	put_u16(w, 0xc00c);
	put_rr_fixed(w, type, RC_CLASS_IN, 300, (unsigned)rdata_len);
	put_bytes(w, rdata, rdata_len);
}

#define put_rr_literal(w, type, text) put_rr((w), (type), (text), sizeof(text) - 1)

/* OPT with the options given. */
static inline void put_opt(struct wire *w, uint32_t ttl, const void *options, size_t len)
{
	put_u8(w, 0);
	put_rr_fixed(w, RC_TYPE_OPT, 1232, ttl, (unsigned)len);
	put_bytes(w, options, len);
}

/*
 * Decodes a copy that ends where the message ends, so that reading over the end is seen by a
 * sanitizer. The copy lives until the next call; the struct starts full of rubbish.
 */
static inline struct rc_msg *decode_cut(const struct wire *w, uint32_t len)
{
	static uint8_t *copy;
	static struct rc_msg msg;
	free(copy);
	copy = malloc(len == 0 ? 1 : len);
	assert_non_null(copy);
	memcpy(copy, w->data, len);
	memset(&msg, 0xa5, sizeof msg);
	rc_msg_decode(copy, len, w->len, 7, &msg);
	return &msg;
}

static inline struct rc_msg *decode(const struct wire *w)
{
	return decode_cut(w, w->len);
}

static inline void assert_fault(const struct rc_msg *m, enum rc_fault fault, uint32_t off)
{
	assert_string_equal(rc_fault_slug(m->fault), rc_fault_slug(fault));
	assert_int_equal(m->fault_off, off);
}

#endif
