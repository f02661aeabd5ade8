/*
 * ICMP (RFC 792) and ICMPv6 (RFC 4443) errors: the packet they quote.
 */
#ifndef RC_DECODE_ICMP_H
#define RC_DECODE_ICMP_H

#include "decode/packet.h"
#include "decode/stats.h"

struct rc_icmp {
	uint8_t type, code;
	bool hard;              /* unreachable or prohibited: trying again will not help */
	struct rc_packet quote; /* the quoted packet, standing at the transport header's ports */
};

/*
 * Reads the message at p's cursor. True if it is an error that quotes (at least the ports of) an UDP or
 * TCP packet: *ret_icmp is filled; quote.proto says which. Else false, and p->fate says why.
 */
bool rc_icmp_read(struct rc_packet *p, struct rc_decode_stats *stats, struct rc_icmp *ret_icmp);

#endif
