#include "decode/ip.h"

#include "base/limits.h"
#include "decode/obs.h"
#include "decode/stats.h"

enum { MORE_FRAGMENTS4 = 0x2000, OFFSET4 = 0x1fff, FRAGMENT_UNIT = 8 };
enum { IP4_HEADER = 20, IP6_HEADER = 40 };

enum { /* next headers that are extension headers */
       HOP_BY_HOP = 0,
       ROUTING = 43,
       FRAGMENT = 44,
       ESP = 50,
       DESTINATION = 60,
       MOBILITY = 135,
       HIP = 139,
       SHIM6 = 140,
};

enum rc_layer rc_ip_v4(struct rc_packet *p)
{
	struct rc_cursor *c = &p->c;
	const uint8_t *header = rc_cursor_bytes(c, IP4_HEADER);
	if (!header)
		return RC_LAYER_END;
	uint32_t header_len = (header[0] & 0xfu) * 4;
	uint32_t total_len = rc_block_u16(header, 2);
	uint16_t fragment = rc_block_u16(header, 6);
	p->ip_id = rc_block_u16(header, 4);
	p->ip_ttl = header[8];
	p->proto = header[9];
	/* The checksum is often left to the network card. */
	p->src = rc_addr_v4(header + 12);
	p->dst = rc_addr_v4(header + 16);
	p->flags &= ~(uint32_t)RC_OBS_IP6;
	p->ext = 0;
	if (header_len < IP4_HEADER || (total_len && total_len < header_len))
		return rc_packet_end(p, RC_FATE_BAD_HEADER);
	rc_cursor_skip(c, header_len - IP4_HEADER);
	if (total_len) /* 0: left to the network card (segmentation offload) */
		rc_packet_limit(p, total_len - header_len);
	if (!(fragment & (MORE_FRAGMENTS4 | OFFSET4)))
		return RC_LAYER_IPPROTO;
	p->fragment = (struct rc_fragment){
		.id = p->ip_id,
		.off = (fragment & OFFSET4) * (uint32_t)FRAGMENT_UNIT,
		.proto = (uint8_t)p->proto,
		.more = (fragment & MORE_FRAGMENTS4) != 0,
	};
	return RC_LAYER_FRAGMENT;
}

enum rc_layer rc_ip_v6(struct rc_packet *p)
{
	struct rc_cursor *c = &p->c;
	const uint8_t *header = rc_cursor_bytes(c, IP6_HEADER);
	if (!header)
		return RC_LAYER_END;
	uint32_t payload_len = rc_block_u16(header, 4);
	p->proto = header[6];
	p->ip_ttl = header[7];
	p->src = rc_addr_v6(header + 8);
	p->dst = rc_addr_v6(header + 24);
	p->ip_id = 0;
	p->flags |= RC_OBS_IP6;
	p->ext = 0;
	if (payload_len) /* 0: a jumbogram or segmentation offload */
		rc_packet_limit(p, payload_len);
	if (p->proto == RC_IP_UDP || p->proto == RC_IP_TCP)
		return RC_LAYER_IPPROTO;
	return RC_LAYER_IP6_EXT;
}

static enum rc_layer fragment6(struct rc_packet *p)
{
	enum { MORE = 1, OFFSET = 0xfff8 };
	uint8_t next = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 1);
	uint16_t bits = rc_cursor_u16(&p->c);
	uint32_t id = rc_cursor_u32(&p->c);
	p->proto = next;
	if (!(bits & (MORE | OFFSET))) /* atomic: a datagram of its own (RFC 6946) */
		return RC_LAYER_IP6_EXT;
	p->fragment = (struct rc_fragment){
		.id = id, .off = bits & OFFSET, .proto = next, .more = (bits & MORE) != 0};
	return RC_LAYER_FRAGMENT;
}

enum rc_layer rc_ip_extensions(struct rc_packet *p)
{
	for (; !p->c.failed; p->ext++) {
		if (p->ext >= RC_IP6_EXT_MAX)
			return rc_packet_end(p, RC_FATE_TOO_DEEP);
		switch (p->proto) {
		case HOP_BY_HOP:
		case ROUTING:
		case DESTINATION:
		case MOBILITY:
		case HIP:
		case SHIM6: {
			uint8_t next = rc_cursor_u8(&p->c);
			uint8_t units = rc_cursor_u8(&p->c);
			rc_cursor_skip(&p->c, units * 8u + 6);
			p->proto = next;
			break;
		}
		case FRAGMENT:
			p->ext++;
			return fragment6(p);
		case ESP:
			return rc_packet_end(p, RC_FATE_ENCRYPTED);
		default:
			return RC_LAYER_IPPROTO;
		}
	}
	return RC_LAYER_END;
}

enum rc_layer rc_ip_step(struct rc_packet *p)
{
	switch (rc_cursor_peek_u8(&p->c, 0) >> 4) {
	case 4:
		return rc_ip_v4(p);
	case 6:
		return rc_ip_v6(p);
	default:
		rc_cursor_need(&p->c, 1);
		return rc_packet_end(p, RC_FATE_BAD_HEADER);
	}
}
