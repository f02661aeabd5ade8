/*
 * The only way packet bytes are read: a bounds-checked big-endian cursor with a sticky error.
 *
 * Reads past the end return 0 and set `failed`; every later read fails too, so a parser may read a
 * whole header and check once. The cursor borrows the bytes. No function here allocates.
 */
#ifndef RC_BASE_CURSOR_H
#define RC_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rc_cursor {
	const uint8_t *data; /* first byte of the buffer */
	uint32_t len;        /* bytes in the buffer */
	uint32_t pos;        /* next byte to read; never above len */
	bool failed;         /* a read or seek went out of bounds */
};

static inline struct rc_cursor rc_cursor_init(const uint8_t *data, uint32_t len)
{
	return (struct rc_cursor){.data = data, .len = len, .pos = 0, .failed = false};
}

static inline uint32_t rc_cursor_left(const struct rc_cursor *c)
{
	return c->len - c->pos;
}

/* True if n more bytes can be read; else sets the sticky error. */
static inline bool rc_cursor_need(struct rc_cursor *c, uint32_t n)
{
	if (c->failed || n > c->len - c->pos) {
		c->failed = true;
		return false;
	}
	return true;
}

/* The same cursor over a buffer that ends at an absolute offset, or where it ended if that is before. */
static inline struct rc_cursor rc_cursor_until(const struct rc_cursor *c, uint32_t end)
{
	struct rc_cursor part = *c;
	if (end < part.len)
		part.len = end;
	return part;
}

/* Moves to an absolute offset (0..len). */
static inline void rc_cursor_seek(struct rc_cursor *c, uint32_t pos)
{
	if (pos > c->len)
		c->failed = true;
	else
		c->pos = pos;
}

static inline void rc_cursor_skip(struct rc_cursor *c, uint32_t n)
{
	if (rc_cursor_need(c, n))
		c->pos += n;
}

static inline uint8_t rc_cursor_u8(struct rc_cursor *c)
{
	return rc_cursor_need(c, 1) ? c->data[c->pos++] : 0;
}

static inline uint16_t rc_cursor_u16(struct rc_cursor *c)
{
	if (!rc_cursor_need(c, 2))
		return 0;
	const uint8_t *p = c->data + c->pos;
	c->pos += 2;
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t rc_cursor_u32(struct rc_cursor *c)
{
	if (!rc_cursor_need(c, 4))
		return 0;
	const uint8_t *p = c->data + c->pos;
	c->pos += 4;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Borrowed pointer to the next n bytes, which are skipped; NULL (and the error set) if too few. */
static inline const uint8_t *rc_cursor_bytes(struct rc_cursor *c, uint32_t n)
{
	if (!rc_cursor_need(c, n))
		return NULL;
	const uint8_t *p = c->data + c->pos;
	c->pos += n;
	return p;
}

/* The same without skipping them and without setting the error. */
static inline const uint8_t *rc_cursor_ahead(const struct rc_cursor *c, uint32_t n)
{
	return !c->failed && n <= c->len - c->pos ? c->data + c->pos : NULL;
}

/*
 * Numbers in a block that rc_cursor_bytes gave: its bounds were checked once for all of it. The offset must
 * be a constant below the block's length.
 */
static inline uint16_t rc_block_u16(const uint8_t *block, unsigned off)
{
	return (uint16_t)(block[off] << 8 | block[off + 1]);
}

static inline uint32_t rc_block_u32(const uint8_t *block, unsigned off)
{
	return (uint32_t)rc_block_u16(block, off) << 16 | rc_block_u16(block, off + 2);
}

/* The octet at an absolute offset, -1 out of bounds; nothing moves and no error is set. */
static inline int rc_cursor_octet_at(const struct rc_cursor *c, size_t pos)
{
	return pos < c->len ? c->data[pos] : -1;
}

/* Like u8/u16 at pos + ahead, without moving and without setting the error; 0 if out of bounds. */
static inline uint8_t rc_cursor_peek_u8(const struct rc_cursor *c, uint32_t ahead)
{
	return !c->failed && ahead < c->len - c->pos ? c->data[c->pos + ahead] : 0;
}

static inline uint16_t rc_cursor_peek_u16(const struct rc_cursor *c, uint32_t ahead)
{
	return (uint16_t)(rc_cursor_peek_u8(c, ahead) << 8 | rc_cursor_peek_u8(c, ahead + 1));
}

#endif
