/*
 * Observations made by hand for the tests of analyze/: messages octet by octet, decoded as the
 * decoder does it, with addresses, ports and times.
 */
#ifndef RC_TESTS_ANALYZE_BUILD_H
#define RC_TESTS_ANALYZE_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyze/pair/hosts.h"
#include "analyze/pair/recorder.h"
#include "base/err.h"
#include "base/time.h"

#define SEED UINT64_C(0x5eed)
#define T0 (INT64_C(1795226704) * RC_NS_PER_S)
#define MS RC_NS_PER_MS
#define TIME_MAX (INT64_MAX / 2 - 86400 * RC_NS_PER_S) /* differences fit; the year 2116 */

static inline void never_moves(void *context, uint64_t old_pos, uint64_t new_pos)
{
	(void)context, (void)old_pos, (void)new_pos;
	fail();
}

/* A recorder with room for all that a test puts into it. */
static inline struct rc_recorder *new_recorder(void)
{
	struct rc_recorder_config config = {.record_bytes = 1u << 20,
					    .answer_bytes = 1u << 19,
					    .retention_ns = 3600 * RC_NS_PER_S,
					    .seed = SEED,
					    .on_move = never_moves};
	struct rc_recorder *recorder;
	assert_int_equal(rc_recorder_new(&config, &recorder), RC_OK);
	return recorder;
}

/* A message under construction. */
struct dns {
	uint8_t data[RC_MSG_MAX];
	uint32_t len;
};

static inline void dns_u8(struct dns *d, unsigned value)
{
	assert_true(d->len < sizeof d->data);
	d->data[d->len++] = (uint8_t)value;
}

static inline void dns_u16(struct dns *d, unsigned value)
{
	dns_u8(d, value >> 8 & 0xff);
	dns_u8(d, value & 0xff);
}

static inline void dns_u32(struct dns *d, uint32_t value)
{
	dns_u16(d, value >> 16);
	dns_u16(d, value & 0xffff);
}

static inline void dns_bytes(struct dns *d, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dns_u8(d, ((const uint8_t *)data)[i]);
}

/* Plain labels as written, with the root; "." or "" is the root. */
static inline void dns_name(struct dns *d, const char *text)
{
	while (*text != '\0' && strcmp(text, ".") != 0) {
		size_t len = strcspn(text, ".");
		dns_u8(d, (unsigned)len);
		dns_bytes(d, text, len);
		text += len + (text[len] == '.');
	}
	dns_u8(d, 0);
}

static inline void dns_begin(struct dns *d, uint16_t id, unsigned flags)
{
	d->len = 0;
	dns_u16(d, id);
	dns_u16(d, flags);
	for (unsigned i = 0; i < 4; i++)
		dns_u16(d, 0);
}

static inline void dns_count(struct dns *d, enum rc_section section)
{
	uint8_t *at = d->data + 4 + 2 * (unsigned)section;
	unsigned n = (unsigned)(at[0] << 8 | at[1]) + 1;
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

static inline void dns_question(struct dns *d, const char *name, unsigned type)
{
	dns_count(d, RC_QUESTION);
	dns_name(d, name);
	dns_u16(d, type);
	dns_u16(d, RC_CLASS_IN);
}

static inline void dns_rr(struct dns *d, enum rc_section section, const char *owner, unsigned type,
			  uint32_t ttl_s, const struct dns *rdata)
{
	dns_count(d, section);
	dns_name(d, owner);
	dns_u16(d, type);
	dns_u16(d, RC_CLASS_IN);
	dns_u32(d, ttl_s);
	dns_u16(d, rdata->len);
	dns_bytes(d, rdata->data, rdata->len);
}

/* A record whose RDATA is one name: NS, CNAME. */
static inline void dns_rr_name(struct dns *d, enum rc_section section, const char *owner,
			       unsigned type, const char *target)
{
	struct dns rdata = {.len = 0};
	dns_name(&rdata, target);
	dns_rr(d, section, owner, type, 3600, &rdata);
}

static inline struct rc_addr addr(const char *text)
{
	struct rc_addr a;
	assert_int_equal(rc_addr_parse(text, &a), RC_OK);
	return a;
}

static inline void dns_rr_a(struct dns *d, enum rc_section section, const char *owner,
			    const char *address)
{
	struct rc_addr a = addr(address);
	struct dns rdata = {.len = 0};
	dns_bytes(&rdata, a.bytes + 12, 4);
	dns_rr(d, section, owner, RC_TYPE_A, 300, &rdata);
}

static inline void dns_rr_soa(struct dns *d, enum rc_section section, const char *zone)
{
	struct dns rdata = {.len = 0};
	dns_name(&rdata, "ns");
	dns_name(&rdata, "hostmaster");
	for (uint32_t i = 1; i <= 5; i++)
		dns_u32(&rdata, i);
	dns_rr(d, section, zone, RC_TYPE_SOA, 60, &rdata);
}

/* OPT; an EDE option with this text if ede is not negative. */
static inline void dns_opt_said(struct dns *d, bool do_bit, int ede, const char *text)
{
	size_t len = strlen(text);
	dns_count(d, RC_ADDITIONAL);
	dns_u8(d, 0);
	dns_u16(d, RC_TYPE_OPT);
	dns_u16(d, 1232);
	dns_u32(d, do_bit ? 0x8000u : 0);
	dns_u16(d, ede < 0 ? 0 : (unsigned)(6 + len));
	if (ede >= 0) {
		dns_u16(d, RC_OPTION_EDE);
		dns_u16(d, (unsigned)(2 + len));
		dns_u16(d, (unsigned)ede);
		dns_bytes(d, text, len);
	}
}

/* One more extended error behind the last of the message that dns_opt_said ended; opt_at: where its OPT begins. */
static inline void dns_said_too(struct dns *d, size_t opt_at, unsigned ede, const char *text)
{
	size_t len = strlen(text), rdlen = d->len - opt_at - 11 + 6 + len;
	d->data[opt_at + 9] = (uint8_t)(rdlen >> 8);
	d->data[opt_at + 10] = (uint8_t)rdlen;
	dns_u16(d, RC_OPTION_EDE);
	dns_u16(d, (unsigned)(2 + len));
	dns_u16(d, ede);
	dns_bytes(d, text, len);
}

static inline void dns_opt(struct dns *d, bool do_bit, int ede)
{
	dns_opt_said(d, do_bit, ede, "");
}

/* TSIG with an empty MAC (RFC 8945 4.2). */
static inline void dns_tsig(struct dns *d, unsigned error)
{
	dns_count(d, RC_ADDITIONAL);
	dns_name(d, "key");
	dns_u16(d, RC_TYPE_TSIG);
	dns_u16(d, RC_CLASS_ANY);
	dns_u32(d, 0);
	dns_u16(d, 13 + 16);
	dns_name(d, "hmac-sha256");
	dns_bytes(d, "\0\0\0\0\0\0", 6); /* time */
	dns_u16(d, 300);
	dns_u16(d, 0); /* MAC size */
	dns_u16(d, 0); /* original ID */
	dns_u16(d, error);
	dns_u16(d, 0); /* other data */
}

/* A query for one name. */
static inline void dns_query(struct dns *d, uint16_t id, unsigned flags, const char *name,
			     unsigned type)
{
	dns_begin(d, id, flags);
	dns_question(d, name, type);
}

/* The observation of a message as sent. Frames count up from one observation to the next. */
static inline struct rc_obs obs_raw(int64_t ts_ns, const char *src, unsigned src_port,
				    const char *dst, unsigned dst_port)
{
	static uint64_t frame;
	frame++;
	struct rc_obs o = {
		.kind = RC_OBS_MESSAGE,
		.transport = RC_UDP,
		.ts_ns = ts_ns,
		.frame = frame,
		.src_port = (uint16_t)src_port,
		.dst_port = (uint16_t)dst_port,
		.src = addr(src),
		.dst = addr(dst),
		.ip_id = (uint16_t)(frame % 60000 + 1),
		.from_server = src_port == 53,
	};
	return o;
}

static inline struct rc_obs obs_seeded(uint64_t seed, int64_t ts_ns, const char *src,
				       unsigned src_port, const char *dst, unsigned dst_port,
				       const struct dns *d)
{
	struct rc_obs o = obs_raw(ts_ns, src, src_port, dst, dst_port);
	assert_true(rc_msg_decode(d->data, d->len, d->len, seed, &o.msg));
	return o;
}

static inline struct rc_obs obs_message(int64_t ts_ns, const char *src, unsigned src_port,
					const char *dst, unsigned dst_port, const struct dns *d)
{
	return obs_seeded(SEED, ts_ns, src, src_port, dst, dst_port, d);
}

/* A packet of a TCP connection from src to dst. */
static inline struct rc_obs obs_tcp(int64_t ts_ns, enum rc_tcp_event event, const char *src,
				    unsigned src_port, const char *dst, unsigned dst_port)
{
	struct rc_obs o = obs_raw(ts_ns, src, src_port, dst, dst_port);
	o.kind = RC_OBS_TCP;
	o.transport = RC_TCP;
	o.tcp_event = (uint8_t)event;
	return o;
}

static inline struct rc_name name_of(const char *text)
{
	struct rc_name name;
	assert_int_equal(rc_name_parse(text, &name), RC_OK);
	return name;
}

/* An address that has asked somebody. */
static inline struct rc_host *enter_asker(struct rc_hosts *hosts, const char *address)
{
	struct rc_exchange x = {
		.asker = addr(address), .server = addr("192.88.99.1"), .qdcount = 1};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	rc_hosts_note_query(hosts, &x, &keys, (const uint8_t[6]){0}, false);
	return rc_hosts_find(hosts, &x.asker);
}

#endif
