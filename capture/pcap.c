/*
 * Classic pcap (draft-ietf-opsawg-pcap): microseconds or nanoseconds, either byte order, also with
 * the longer record headers of Alexey Kuznetzov's patched libpcap.
 */
#include "base/err.h"
#include "base/limits.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "capture/order.h"
#include "capture/reader.h"

#define FILE_HEADER_LEN 24u
#define FILE_LINKTYPE_AT 20u
#define RECORD_HEADER_LEN 16u
#define RECORD_HEADER_LONG_LEN 24u /* adds interface index, protocol and packet type */
/* Octets fetched into the cache ahead of a record: about one record's, some records on. */
#define FETCH_BEGIN 1024u
#define FETCH_END 1216u

struct variant {
	uint32_t magic;
	int64_t ns_per_tick;
	size_t header_len;
};

static const struct variant variants[] = {
	{0xa1b2c3d4, RC_NS_PER_US, RECORD_HEADER_LEN},
	{0xa1b23c4d, 1, RECORD_HEADER_LEN},
	{0xa1b2cd34, RC_NS_PER_US, RECORD_HEADER_LONG_LEN},
};

static const struct variant *find_variant(const uint8_t head[4], bool big)
{
	uint32_t magic = rc_order_u32(head, big);
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
		if (variants[i].magic == magic)
			return &variants[i];
	return NULL;
}

static bool match(const uint8_t head[4])
{
	return find_variant(head, false) || find_variant(head, true);
}

static int start(struct rc_reader *r)
{
	const uint8_t *head = rc_stream_at(&r->stream);
	struct rc_pcap_state *pcap = &r->as.pcap;
	pcap->big = find_variant(head, true) != NULL;
	const struct variant *v = find_variant(head, pcap->big);
	pcap->ns_per_tick = v->ns_per_tick;
	pcap->header_len = v->header_len;
	/* The upper half of the word is about frame check sequences, not part of the number. */
	pcap->linktype = (uint16_t)(rc_order_u32(head + FILE_LINKTYPE_AT, pcap->big) & 0xffff);
	rc_stream_skip(&r->stream, FILE_HEADER_LEN);
	r->in_packet = true;
	return RC_OK;
}

/* Inlined for each byte order, so that no field asks for it. */
static inline __attribute__((always_inline)) int parse_records(struct rc_reader *r,
							       struct rc_frame *frames, size_t max,
							       bool big, size_t *ret_n)
{
	const struct rc_pcap_state pcap = r->as.pcap;
	const uint8_t *p = rc_stream_at(&r->stream);
	size_t left = rc_stream_left(&r->stream), n = 0;
	int rc = RC_OK;
	while (n < max) {
		if (left > FETCH_END)
			rc_prefetch_bytes(p + FETCH_BEGIN, FETCH_END - FETCH_BEGIN);
		if (left < pcap.header_len) {
			r->need = pcap.header_len;
			rc = RC_E_AGAIN;
			break;
		}
		uint32_t caplen = rc_order_u32(p + 8, big);
		uint32_t len = rc_order_u32(p + 12, big);
		if (caplen > RC_FRAME_MAX) {
			rc = RC_E_FORMAT;
			break;
		}
		if (left - pcap.header_len < caplen) {
			r->need = pcap.header_len + caplen;
			rc = RC_E_AGAIN;
			break;
		}
		frames[n++] = (struct rc_frame){
			.ts_ns = rc_order_u32(p, big) * RC_NS_PER_S +
				 rc_order_u32(p + 4, big) * pcap.ns_per_tick,
			.number = ++r->number,
			.data = p + pcap.header_len,
			.caplen = caplen,
			.len = len < caplen ? caplen : len,
			.linktype = pcap.linktype,
		};
		p += pcap.header_len + caplen;
		left -= pcap.header_len + caplen;
	}
	rc_stream_skip(&r->stream, rc_stream_left(&r->stream) - left);
	*ret_n = n;
	return rc;
}

static int parse(struct rc_reader *r, struct rc_frame *frames, size_t max, size_t *ret_n)
{
	return r->as.pcap.big ? parse_records(r, frames, max, true, ret_n)
			      : parse_records(r, frames, max, false, ret_n);
}

const struct rc_format rc_format_pcap = {"pcap", match, FILE_HEADER_LEN, start, parse, NULL};
