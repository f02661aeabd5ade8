/*
 * An observation: one thing decode saw that matters to DNS. This is all that analyze learns of a
 * packet.
 */
#ifndef RC_DECODE_OBS_H
#define RC_DECODE_OBS_H

#include "base/addr.h"
#include "base/limits.h"
#include "decode/msg.h"

enum rc_obs_kind {
	RC_OBS_MESSAGE,   /* a DNS message, whole or cut */
	RC_OBS_ICMP,      /* an ICMP error that quotes a packet to or from a DNS port */
	RC_OBS_TCP,       /* a TCP event on a DNS port that matters for failures */
	RC_OBS_FRAGMENTS, /* a datagram to or from a DNS port whose fragments never completed */
	RC_OBS_SHORT,     /* what should be a message but is shorter than its header */
};

enum rc_transport { RC_UDP, RC_TCP };

enum rc_tcp_event {
	RC_TCP_SYN,         /* client's SYN (each one: repeats are repeats) */
	RC_TCP_ESTABLISHED, /* server's SYN+ACK; with RC_OBS_TLS whatever it sends */
	RC_TCP_RESET,       /* RST from either side; from_server says which */
	RC_TCP_CLOSED,      /* FIN from the server, first, before every query was answered */
	RC_TCP_GAP,         /* octets of the server's are missing, and with them perhaps answers */
};

enum {                               /* rc_obs.flags */
       RC_OBS_CUT = 1u << 0,         /* caplen < len: bytes are missing from the capture */
       RC_OBS_REASSEMBLED = 1u << 1, /* came in IP fragments or several TCP segments */
       RC_OBS_TUNNELLED = 1u << 2,   /* inside GRE, VXLAN, IP-in-IP, ... */
       RC_OBS_RESYNC = 1u << 3,      /* first message after a gap in a TCP stream */
       RC_OBS_IP6 = 1u << 4,         /* IPv6 on the wire */
       RC_OBS_TLS = 1u << 5,         /* of DNS over TLS: TCP events and ICMP errors alone */
       RC_OBS_UNASKED = 1u << 6,     /* queries of its TCP stream are missing: it may answer one */
};

/*
 * Addresses and ports are those of the message as sent; for ICMP and FRAGMENTS those of the quoted
 * or incomplete datagram. Pointers are borrowed until the decoder's next rc_decoder_batch.
 */
struct rc_obs {
	uint8_t kind;      /* enum rc_obs_kind */
	uint8_t transport; /* enum rc_transport */
	uint8_t flags;     /* RC_OBS_* */
	bool from_server;  /* src_port is the DNS port (all kinds; messages tell by their QR bit) */
	uint16_t source;   /* file or interface */
	uint16_t src_port, dst_port;
	uint16_t ip_id;      /* IPv4 identification; 0 for IPv6 */
	uint16_t vlan;       /* outermost VLAN id, 0 none */
	uint16_t inner_vlan; /* innermost VLAN id of several, 0 none */
	int64_t ts_ns;       /* of the packet that completed it */
	uint64_t frame;      /* of that packet, 1-based in its source */
	struct rc_addr src, dst;
	uint64_t encaps;    /* encapsulations on the way to the datagram: rc_encap_list */
	uint8_t src_mac[6]; /* link-layer source, zero when the link type has none */
	uint8_t dst_mac[6]; /* link-layer destination; of Ethernet only, else zero */
	uint8_t ip_ttl;     /* TTL or hop limit */

	uint8_t tcp_event; /* RC_OBS_TCP: enum rc_tcp_event */

	/* RC_OBS_MESSAGE: the message. RC_OBS_ICMP: the quoted query as far as it goes (msg.len 0: none).
	 * RC_OBS_FRAGMENTS: what the first fragment holds, if it was seen. */
	struct rc_msg msg;

	/* RC_OBS_ICMP */
	struct rc_addr icmp_from; /* who sent the error */
	uint8_t icmp_type, icmp_code;
	bool icmp_hard; /* unreachable, prohibited, or out of hops: it did not arrive (not "too big") */
};

/* The n-th encapsulation's stable name ("vlan", "gre", ...), NULL behind the last. */
const char *rc_encap_name(size_t n);

/* The names of an encapsulation path, outermost first; how many there are. */
size_t rc_encap_list(uint64_t encaps, const char *ret_names[RC_ENCAP_DEPTH_MAX]);

#endif
