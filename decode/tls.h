/*
 * DNS over TLS (RFC 7858): its messages cannot be read, but what its connections come to can. Nothing is
 * kept of them here.
 */
#ifndef RC_DECODE_TLS_H
#define RC_DECODE_TLS_H

#include "decode/obs.h"
#include "decode/packet.h"

#define RC_TLS_PORT 853u

/* Exactly one of the two ports is that of DNS over TLS. */
static inline bool rc_tls_is(const struct rc_packet *p)
{
	return (p->src_port == RC_TLS_PORT) != (p->dst_port == RC_TLS_PORT);
}

/*
 * What the segment whose header, behind the ports, is at p's cursor says of its connection: RC_TCP_SYN,
 * RC_TCP_ESTABLISHED (for whatever shows that the server has taken it), RC_TCP_RESET. False: nothing new.
 */
bool rc_tls_event(struct rc_packet *p, enum rc_tcp_event *ret_event);

#endif
