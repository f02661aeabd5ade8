/*
 * Builds frames for the tests of decode, layer by layer, and feeds them to a decoder.
 */
#ifndef RC_TESTS_DECODE_FRAMES_H
#define RC_TESTS_DECODE_FRAMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/frame.h"
#include "base/time.h"
#include "decode/decoder.h"

struct bytes {
	uint8_t data[70000];
	uint32_t len;
};

static inline void put(struct bytes *b, const void *data, uint32_t len)
{
	assert_true(b->len + len <= sizeof b->data);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

static inline void put_u8(struct bytes *b, unsigned v)
{
	uint8_t octet = (uint8_t)v;
	put(b, &octet, 1);
}

static inline void put_u16(struct bytes *b, unsigned v)
{
	put_u8(b, v >> 8 & 0xff);
	put_u8(b, v & 0xff);
}

static inline void put_u32(struct bytes *b, uint32_t v)
{
	put_u16(b, v >> 16);
	put_u16(b, v & 0xffff);
}

static inline void put_zeros(struct bytes *b, unsigned n)
{
	while (n--)
		put_u8(b, 0);
}

/* Text like "aa aa 03" as octets. */
static inline void put_hex(struct bytes *b, const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		unsigned high = (unsigned)(strchr(digits, hex[0]) - digits);
		unsigned low = (unsigned)(strchr(digits, hex[1]) - digits);
		put_u8(b, high << 4 | low);
		hex++;
	}
}

/* A query (or, with response, an answer without records) for a.test A, padded with a long label. */
static inline struct bytes dns(unsigned id, bool response, unsigned label_len)
{
	struct bytes b = {.len = 0};
	put_u16(&b, id);
	put_u16(&b, response ? 0x8180 : 0x0100);
	put_u16(&b, 1);
	put_zeros(&b, 6);
	while (label_len) {
		unsigned n = label_len > 63 ? 63 : label_len;
		put_u8(&b, n);
		for (unsigned i = 0; i < n; i++)
			put_u8(&b, 'a');
		label_len -= n;
	}
	put_hex(&b, "04 74 65 73 74 00 00 01 00 01");
	return b;
}

/* A response with one TXT record of rdata_len octets (a multiple of 100). */
static inline struct bytes dns_big(unsigned id, unsigned rdata_len)
{
	struct bytes b = dns(id, true, 1);
	b.data[7] = 1; /* ANCOUNT */
	put_hex(&b, "c0 0c 00 10 00 01 00 00 00 3c");
	put_u16(&b, rdata_len);
	for (unsigned i = 0; i < rdata_len; i++)
		put_u8(&b, i % 100 ? 'x' : 99);
	return b;
}

static inline struct bytes udp(unsigned src, unsigned dst, struct bytes payload)
{
	struct bytes b = {.len = 0};
	put_u16(&b, src);
	put_u16(&b, dst);
	put_u16(&b, payload.len + 8);
	put_u16(&b, 0);
	put(&b, payload.data, payload.len);
	return b;
}

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

static inline struct bytes tcp(unsigned src, unsigned dst, uint32_t seq, uint32_t ack,
			       unsigned flags, const void *data, uint32_t len)
{
	struct bytes b = {.len = 0};
	put_u16(&b, src);
	put_u16(&b, dst);
	put_u32(&b, seq);
	put_u32(&b, ack);
	put_u8(&b, 5 << 4);
	put_u8(&b, flags);
	put_zeros(&b, 6);
	put(&b, data, len);
	return b;
}

/* fragment: the 16 bits of flags and offset. Addresses 192.0.2.src and 192.0.2.dst. */
static inline struct bytes ip4_fragment(unsigned src, unsigned dst, unsigned proto, unsigned id,
					unsigned fragment, const void *data, uint32_t len)
{
	struct bytes b = {.len = 0};
	put_hex(&b, "45 00");
	put_u16(&b, 20 + len);
	put_u16(&b, id);
	put_u16(&b, fragment);
	put_u8(&b, 64);
	put_u8(&b, proto);
	put_u16(&b, 0);
	put_hex(&b, "c0 00 02");
	put_u8(&b, src);
	put_hex(&b, "c0 00 02");
	put_u8(&b, dst);
	put(&b, data, len);
	return b;
}

static inline struct bytes ip4(unsigned src, unsigned dst, unsigned proto, struct bytes payload)
{
	return ip4_fragment(src, dst, proto, 77, 0, payload.data, payload.len);
}

/* 2001:db8::src and 2001:db8::dst */
static inline struct bytes ip6(unsigned src, unsigned dst, unsigned next, struct bytes payload)
{
	struct bytes b = {.len = 0};
	put_hex(&b, "60 00 00 00");
	put_u16(&b, payload.len);
	put_u8(&b, next);
	put_u8(&b, 63);
	put_hex(&b, "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00");
	put_u8(&b, src);
	put_hex(&b, "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00");
	put_u8(&b, dst);
	put(&b, payload.data, payload.len);
	return b;
}

/* header (in hex) before payload */
static inline struct bytes wrap(const char *header, struct bytes payload)
{
	struct bytes b = {.len = 0};
	put_hex(&b, header);
	put(&b, payload.data, payload.len);
	return b;
}

static inline struct bytes ether(unsigned type, struct bytes payload)
{
	struct bytes b = {.len = 0};
	put_hex(&b, "02 00 00 00 00 01 02 00 00 00 00 02");
	put_u16(&b, type);
	put(&b, payload.data, payload.len);
	return b;
}

/* The plainest frame: a query from .1 port 4000 to .2 port 53 in IPv4. */
static inline struct bytes query4(void)
{
	return ip4(1, 2, 17, udp(4000, 53, dns(0x1234, false, 1)));
}

static inline struct bytes query6(void)
{
	return ip6(1, 2, 17, udp(4000, 53, dns(0x1234, false, 1)));
}

/* --- feeding --- */

enum { OBS_MAX = 32, BATCH_FRAMES = 64 };

struct feeder {
	struct rc_decoder *decoder;
	struct rc_obs obs[OBS_MAX]; /* of the last call */
	struct bytes kept[BATCH_FRAMES];
	uint64_t frames;
	int64_t ts_ns;
};

static inline struct feeder *feeder_new(size_t memory_bytes)
{
	static struct feeder f;
	static const uint16_t ports[] = {53};
	struct rc_decoder_config config = {
		.seed = 42, .ports = ports, .n_ports = 1, .memory_bytes = memory_bytes};
	memset(&f, 0, sizeof f);
	assert_int_equal(rc_decoder_new(&config, &f.decoder), 0);
	f.ts_ns = 1000 * RC_NS_PER_S;
	return &f;
}

static inline void feeder_free(struct feeder *f)
{
	rc_decoder_free(f->decoder);
}

/* Feeds a frame of which caplen octets were captured; the observations are in f->obs. */
static inline size_t feed_cut(struct feeder *f, unsigned linktype, const struct bytes *b,
			      uint32_t caplen)
{
	struct bytes *kept = &f->kept[f->frames % BATCH_FRAMES];
	if (f->frames % BATCH_FRAMES == 0)
		rc_decoder_batch(f->decoder);
	*kept = *b;
	memset(kept->data + caplen, 0xee, sizeof kept->data - caplen);
	struct rc_frame frame = {.ts_ns = f->ts_ns,
				 .number = ++f->frames,
				 .data = kept->data,
				 .caplen = caplen,
				 .len = b->len,
				 .linktype = (uint16_t)linktype};
	return rc_decoder_feed(f->decoder, &frame, f->obs, OBS_MAX);
}

static inline size_t feed(struct feeder *f, unsigned linktype, struct bytes b)
{
	return feed_cut(f, linktype, &b, b.len);
}

static inline uint64_t counter(const struct feeder *f, const char *name)
{
	struct rc_counter_set set = rc_decoder_counters(f->decoder);
	for (size_t i = 0; i < set.n; i++)
		if (strcmp(set.desc[i].name, name) == 0)
			return rc_counter_value(&set, i);
	fail_msg("no counter %s", name);
	return 0;
}

/* One whole, well-formed message with this ID came out of the last call. */
static inline void assert_message(const struct feeder *f, size_t n, unsigned id)
{
	assert_int_equal(n, 1);
	assert_int_equal(f->obs[0].kind, RC_OBS_MESSAGE);
	assert_int_equal(f->obs[0].msg.id, id);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_NONE);
}

#endif
