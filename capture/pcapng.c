/*
 * pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces of any link type and
 * time resolution, enhanced, simple and obsolete packet blocks. Other blocks are skipped.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"
#include "capture/order.h"
#include "capture/reader.h"

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_MIN_LEN 12u /* type, length, length again */
#define OPTION_IFDROP 5u  /* isb_ifdrop, isb_osdrop */
#define OPTION_OSDROP 7u
#define SECTION_MIN_LEN 28u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define OPTION_END 0u
#define OPTION_TSRESOL 9u
#define OPTION_TSOFFSET 14u
#define TSRESOL_DEFAULT 6u    /* 10^-6 */
#define TSRESOL_BINARY 0x80u  /* the exponent is of 2 */
#define TSRESOL_EXP10_MAX 19u /* 10^19 is the last to fit 64 bits */
#define TSRESOL_EXP2_MAX 63u

__extension__ typedef __int128 rc_i128;

struct block {
	const uint8_t *p; /* its first byte */
	uint32_t len;     /* rounded up to a multiple of 4 */
	bool big;
};

/* What a kind of block does; a frame is filled by those that say so. RC_E_FORMAT for damage. */
struct block_kind {
	uint32_t type;
	uint32_t min_len;
	bool packet;
	int (*read)(struct rc_reader *r, const struct block *b, struct rc_frame *frame);
};

static bool match(const uint8_t head[4])
{
	return rc_order_u32(head, false) == BLOCK_SECTION;
}

static int start(struct rc_reader *r)
{
	r->as.pcapng = (struct rc_pcapng_state){.big = false};
	return RC_OK;
}

static void stop(struct rc_reader *r)
{
	free(r->as.pcapng.ifaces);
	r->as.pcapng.ifaces = NULL;
}

static int read_section(struct rc_reader *r, const struct block *b, struct rc_frame *frame)
{
	(void)frame;
	r->as.pcapng.big = b->big;
	r->as.pcapng.n_ifaces = 0;
	return RC_OK;
}

static int read_iface_options(const struct block *b, size_t pos, struct rc_pcapng_iface *iface)
{
	size_t end = b->len - 4;
	while (end - pos >= 4) {
		uint16_t code = rc_order_u16(b->p + pos, b->big);
		uint16_t len = rc_order_u16(b->p + pos + 2, b->big);
		pos += 4;
		if (code == OPTION_END)
			break;
		if (len > end - pos)
			return RC_E_FORMAT;
		if (code == OPTION_TSRESOL && len >= 1)
			iface->tsresol = b->p[pos];
		if (code == OPTION_TSOFFSET && len >= 8)
			iface->offset_s = (int64_t)rc_order_u64(b->p + pos, b->big);
		size_t padded = (len + 3u) & ~(size_t)3;
		pos = padded < end - pos ? pos + padded : end;
	}
	uint8_t exponent = iface->tsresol & 0x7f;
	if (exponent > (iface->tsresol & TSRESOL_BINARY ? TSRESOL_EXP2_MAX : TSRESOL_EXP10_MAX))
		return RC_E_FORMAT;
	return RC_OK;
}

static int read_iface(struct rc_reader *r, const struct block *b, struct rc_frame *frame)
{
	(void)frame;
	struct rc_pcapng_state *ng = &r->as.pcapng;
	struct rc_pcapng_iface iface = {
		.tsresol = TSRESOL_DEFAULT,
		.linktype = rc_order_u16(b->p + 8, b->big),
		.snaplen = rc_order_u32(b->p + 12, b->big),
	};
	int rc = read_iface_options(b, 16, &iface);
	if (rc)
		return rc;
	if (ng->n_ifaces == RC_PCAPNG_IFACES_MAX)
		return RC_E_FORMAT;
	if (ng->n_ifaces == ng->cap_ifaces) {
		size_t cap = ng->cap_ifaces ? ng->cap_ifaces * 2 : 4;
		struct rc_pcapng_iface *grown = realloc(ng->ifaces, cap * sizeof *grown);
		if (!grown)
			return RC_E_NOMEM;
		ng->ifaces = grown;
		ng->cap_ifaces = cap;
	}
	ng->ifaces[ng->n_ifaces++] = iface;
	return RC_OK;
}

static int64_t clamp_ns(rc_i128 ns)
{
	return ns > INT64_MAX ? INT64_MAX : ns < INT64_MIN ? INT64_MIN : (int64_t)ns;
}

/* Ticks of the interface to nanoseconds; what does not fit is clamped, as only damage can be. */
static int64_t to_ns(const struct rc_pcapng_iface *iface, uint64_t ticks)
{
	if (iface->tsresol == TSRESOL_DEFAULT && iface->offset_s == 0 &&
	    ticks <= INT64_MAX / RC_NS_PER_US)
		return (int64_t)ticks * RC_NS_PER_US;
	uint64_t per_s = 1;
	uint8_t exponent = iface->tsresol & 0x7f;
	if (iface->tsresol & TSRESOL_BINARY)
		per_s <<= exponent;
	else
		for (uint8_t i = 0; i < exponent; i++)
			per_s *= 10;
	rc_i128 seconds = (rc_i128)(ticks / per_s) + iface->offset_s;
	rc_i128 rest = (rc_i128)(ticks % per_s) * RC_NS_PER_S / per_s;
	return clamp_ns(seconds * RC_NS_PER_S + rest);
}

static int fill(struct rc_reader *r, const struct rc_pcapng_iface *iface, int64_t ts_ns,
		const uint8_t *data, uint32_t caplen, uint32_t len, struct rc_frame *frame)
{
	if (caplen > RC_FRAME_MAX)
		return RC_E_FORMAT;
	r->as.pcapng.last_ts_ns = ts_ns;
	*frame = (struct rc_frame){
		.ts_ns = ts_ns,
		.number = r->number + 1,
		.data = data,
		.caplen = caplen,
		.len = len < caplen ? caplen : len,
		.linktype = iface->linktype,
	};
	return RC_OK;
}

/* Enhanced and obsolete packet blocks differ in the first word alone. */
static int read_packet_of(struct rc_reader *r, const struct block *b, uint32_t iface_id,
			  struct rc_frame *frame)
{
	const struct rc_pcapng_state *ng = &r->as.pcapng;
	uint32_t caplen = rc_order_u32(b->p + 20, b->big);
	if (iface_id >= ng->n_ifaces || caplen > b->len - 32)
		return RC_E_FORMAT;
	const struct rc_pcapng_iface *iface = &ng->ifaces[iface_id];
	uint64_t ticks = (uint64_t)rc_order_u32(b->p + 12, b->big) << 32 |
			 rc_order_u32(b->p + 16, b->big);
	return fill(r, iface, to_ns(iface, ticks), b->p + 28, caplen,
		    rc_order_u32(b->p + 24, b->big), frame);
}

static int read_packet(struct rc_reader *r, const struct block *b, struct rc_frame *frame)
{
	return read_packet_of(r, b, rc_order_u32(b->p + 8, b->big), frame);
}

static int read_old_packet(struct rc_reader *r, const struct block *b, struct rc_frame *frame)
{
	return read_packet_of(r, b, rc_order_u16(b->p + 8, b->big), frame);
}

static int read_simple_packet(struct rc_reader *r, const struct block *b, struct rc_frame *frame)
{
	const struct rc_pcapng_state *ng = &r->as.pcapng;
	if (ng->n_ifaces == 0)
		return RC_E_FORMAT;
	uint32_t len = rc_order_u32(b->p + 8, b->big);
	uint32_t caplen = len;
	if (ng->ifaces[0].snaplen > 0 && caplen > ng->ifaces[0].snaplen)
		caplen = ng->ifaces[0].snaplen;
	if (caplen > b->len - 16)
		return RC_E_FORMAT;
	return fill(r, &ng->ifaces[0], ng->last_ts_ns, b->p + 12, caplen, len, frame);
}

/* Interface statistics: counts since the capture began, so the last block of an interface counts. */
static int read_statistics(struct rc_reader *r, const struct block *b, struct rc_frame *frame)
{
	(void)frame;
	struct rc_pcapng_state *ng = &r->as.pcapng;
	uint32_t id = rc_order_u32(b->p + 8, b->big);
	size_t pos = 20, end = b->len - 4;
	if (id >= ng->n_ifaces)
		return RC_E_FORMAT;
	while (end - pos >= 4) {
		uint16_t code = rc_order_u16(b->p + pos, b->big);
		uint16_t len = rc_order_u16(b->p + pos + 2, b->big);
		pos += 4;
		if (code == OPTION_END || len > end - pos)
			break;
		if ((code == OPTION_IFDROP || code == OPTION_OSDROP) && len == 8) {
			unsigned which = code == OPTION_OSDROP;
			uint64_t value = rc_order_u64(b->p + pos, b->big);
			if (value > ng->ifaces[id].drops[which])
				r->drops[which] += value - ng->ifaces[id].drops[which];
			ng->ifaces[id].drops[which] = value;
		}
		size_t padded = (len + 3u) & ~(size_t)3;
		pos = padded < end - pos ? pos + padded : end;
	}
	return RC_OK;
}

static const struct block_kind kinds[] = {
	{6, 32, true, read_packet},      {3, 16, true, read_simple_packet},
	{2, 32, true, read_old_packet},  {1, 20, false, read_iface},
	{5, 24, false, read_statistics}, {BLOCK_SECTION, SECTION_MIN_LEN, false, read_section},
};

static const struct block_kind *find_kind(uint32_t type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

/* Blocks without a packet that Wireshark numbers all the same: journal entries, custom, Sysdig. */
static const uint32_t numbered[] = {0x9, 0xbad, 0x40000bad, 0x204, 0x208, 0x216, 0x217, 0x221};

static bool is_numbered(uint32_t type)
{
	for (size_t i = 0; i < sizeof numbered / sizeof numbered[0]; i++)
		if (numbered[i] == type)
			return true;
	return false;
}

/* Waits for need bytes at the read position. */
static int wait_for(struct rc_reader *r, size_t need, bool in_packet)
{
	r->need = need;
	r->in_packet = in_packet;
	return RC_E_AGAIN;
}

/* The head of the next block; a section header brings its own byte order. */
static int read_head(struct rc_reader *r, struct block *b, uint32_t *ret_type)
{
	const struct rc_stream *s = &r->stream;
	if (!rc_stream_has(s, BLOCK_MIN_LEN))
		return wait_for(r, BLOCK_MIN_LEN, s->skip == 0);
	b->p = rc_stream_at(s);
	b->big = r->as.pcapng.big;
	*ret_type = rc_order_u32(b->p, b->big);
	if (*ret_type == BLOCK_SECTION) {
		b->big = rc_order_u32(b->p + 8, true) == BYTE_ORDER_MAGIC;
		if (rc_order_u32(b->p + 8, b->big) != BYTE_ORDER_MAGIC)
			return RC_E_FORMAT;
	}
	uint32_t len = rc_order_u32(b->p + 4, b->big);
	if (len < BLOCK_MIN_LEN || len > RC_PCAPNG_BLOCK_MAX)
		return RC_E_FORMAT;
	b->len = (len + 3) & ~3u;
	return RC_OK;
}

static int read_block(struct rc_reader *r, struct rc_frame *frame, bool *ret_packet)
{
	struct block b;
	uint32_t type;
	int rc = read_head(r, &b, &type);
	if (rc)
		return rc;
	const struct block_kind *kind = find_kind(type);
	if (!kind) {
		r->in_packet = false;
		r->number += is_numbered(type);
		rc_stream_skip(&r->stream, b.len);
		*ret_packet = false;
		return RC_OK;
	}
	if (b.len < kind->min_len || b.len > RC_STREAM_BUFFER_MAX)
		return RC_E_FORMAT;
	if (!rc_stream_has(&r->stream, b.len))
		return wait_for(r, b.len, kind->packet);
	if (rc_order_u32(b.p + b.len - 4, b.big) != rc_order_u32(b.p + 4, b.big))
		return RC_E_FORMAT;
	rc = kind->read(r, &b, frame);
	if (rc)
		return rc;
	r->number += kind->packet;
	rc_stream_skip(&r->stream, b.len);
	*ret_packet = kind->packet;
	return RC_OK;
}

static int parse(struct rc_reader *r, struct rc_frame *frames, size_t max, size_t *ret_n)
{
	size_t n = 0;
	int rc = RC_OK;
	while (n < max) {
		bool packet;
		rc = read_block(r, &frames[n], &packet);
		if (rc)
			break;
		n += packet;
	}
	*ret_n = n;
	return rc;
}

const struct rc_format rc_format_pcapng = {"pcapng", match, BLOCK_MIN_LEN, start, parse, stop};
