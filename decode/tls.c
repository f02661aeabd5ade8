#include "decode/tls.h"

enum { SYN = 0x02, RST = 0x04, ACK = 0x10 };
enum { PORTS_LEN = 4, HEADER_LEN = 20 };

bool rc_tls_event(struct rc_packet *p, enum rc_tcp_event *ret_event)
{
	bool from_server = p->src_port == RC_TLS_PORT;
	uint32_t wire_len = PORTS_LEN + rc_packet_wire_left(p); /* of the segment */
	rc_cursor_skip(&p->c, 4 + 4);                           /* sequence, acknowledgement */
	uint32_t header_len = (rc_cursor_u8(&p->c) >> 4) * 4u;
	uint8_t flags = rc_cursor_u8(&p->c);
	if (p->c.failed || header_len < HEADER_LEN)
		return false;
	if (flags & RST) {
		*ret_event = RC_TCP_RESET;
		return true;
	}
	*ret_event = from_server ? RC_TCP_ESTABLISHED : RC_TCP_SYN;
	if (!from_server)
		return (flags & (SYN | ACK)) == SYN;
	return (flags & (SYN | ACK)) == (SYN | ACK) || wire_len > header_len;
}
