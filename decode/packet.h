/*
 * A packet on its way through the layers: where the cursor stands, and what the layers read so far
 * said. Private to decode.
 */
#ifndef RC_DECODE_PACKET_H
#define RC_DECODE_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cursor.h"
#include "base/frame.h"

/* What the cursor stands at. rc_packet.proto holds the number that goes with it. */
enum rc_layer {
	RC_LAYER_END,       /* nothing more to read; rc_packet.fate says why */
	RC_LAYER_LINK,      /* a link layer; proto: LINKTYPE_ number */
	RC_LAYER_ETHERNET,  /* destination address */
	RC_LAYER_LLC,       /* DSAP */
	RC_LAYER_PPP,       /* protocol field, perhaps behind FF 03 */
	RC_LAYER_ETHERTYPE, /* payload; proto: ethertype */
	RC_LAYER_IP,        /* IP header of the version its first nibble says */
	RC_LAYER_IP6_EXT,   /* IPv6 extension header or payload; proto: next header */
	RC_LAYER_IPPROTO,   /* payload of IP; proto: protocol */
	RC_LAYER_FRAGMENT,  /* payload of an IP fragment; rc_packet.fragment describes it */
	RC_LAYER_DNS,       /* DNS message in UDP */
	RC_LAYER_TCP,       /* TCP header behind the ports, of a DNS port */
	RC_LAYER_TLS,       /* the same, of the port of DNS over TLS */
	RC_LAYER_ICMP,      /* ICMP or ICMPv6 header */
};

struct rc_fragment {
	uint32_t id;
	uint32_t off;  /* octets, of the payload in the datagram's */
	uint8_t proto; /* protocol of the datagram's payload */
	bool more;     /* not the last */
};

struct rc_packet {
	struct rc_cursor c; /* the captured octets of the innermost datagram */
	uint32_t wire_end;  /* where its octets end on the wire, counted in c; above c.len: cut */
	int64_t ts_ns;
	uint64_t frame;
	uint64_t encaps; /* as rc_obs.encaps */
	uint16_t source;
	uint16_t proto;
	uint16_t vlan;       /* outermost, 0 none */
	uint16_t inner_vlan; /* innermost of several, 0 none */
	uint16_t ip_id;      /* of the innermost IPv4 header; 0 for IPv6 */
	uint16_t src_port, dst_port;
	uint32_t udp_len; /* octets of the UDP payload as its header says */
	uint32_t flags;   /* RC_OBS_* */
	uint8_t depth;    /* headers read, for RC_ENCAP_DEPTH_MAX */
	uint8_t ext;      /* IPv6 extension headers read, for RC_IP6_EXT_MAX */
	uint8_t ip_ttl;
	uint8_t fate; /* enum rc_fate, once the layer is RC_LAYER_END */
	uint8_t src_mac[6], dst_mac[6];
	struct rc_addr src, dst; /* of the innermost IP header */
	struct rc_fragment fragment;
};

/* Octets left of the innermost datagram, as on the wire. */
static inline uint32_t rc_packet_wire_left(const struct rc_packet *p)
{
	return p->wire_end > p->c.pos ? p->wire_end - p->c.pos : 0;
}

/* A header says that the datagram has len more octets: what lies behind is padding. */
static inline void rc_packet_limit(struct rc_packet *p, uint32_t len)
{
	if (len < rc_cursor_left(&p->c))
		p->c.len = p->c.pos + len;
	p->wire_end = p->c.pos + len;
}

/* True when at is limit_ns or more before now: safe for any two times. */
static inline bool rc_packet_older(int64_t at_ns, int64_t now_ns, int64_t limit_ns)
{
	return now_ns > at_ns && (uint64_t)now_ns - (uint64_t)at_ns >= (uint64_t)limit_ns;
}

static inline enum rc_layer rc_packet_end(struct rc_packet *p, uint8_t fate)
{
	p->fate = fate;
	return RC_LAYER_END;
}

#endif
