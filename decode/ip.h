/*
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers: addresses, the payload's true end, fragments.
 */
#ifndef RC_DECODE_IP_H
#define RC_DECODE_IP_H

#include "decode/packet.h"

enum {
	RC_IP_ICMP = 1,
	RC_IP_TCP = 6,
	RC_IP_UDP = 17,
	RC_IP_ICMP6 = 58,
};

/*
 * Reads the header at the cursor, of the version its first nibble says. Gives RC_LAYER_IPPROTO,
 * RC_LAYER_IP6_EXT, RC_LAYER_FRAGMENT or RC_LAYER_END.
 */
enum rc_layer rc_ip_step(struct rc_packet *p);

/* The same for a known IPv4 or IPv6 header. */
enum rc_layer rc_ip_v4(struct rc_packet *p);
enum rc_layer rc_ip_v6(struct rc_packet *p);

/* Walks IPv6 extension headers from the one p->proto names (RFC 8200 4). */
enum rc_layer rc_ip_extensions(struct rc_packet *p);

#endif
