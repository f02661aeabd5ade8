#include "decode/icmp.h"

#include "decode/ip.h"
#include "decode/obs.h"

enum { /* RFC 792 */
       UNREACHABLE4 = 3,
       SOURCE_QUENCH4 = 4,
       TIME_EXCEEDED4 = 11,
       PARAMETER4 = 12,
       CODE_TOO_BIG4 = 4,
       CODE_IN_TRANSIT = 0, /* of TIME_EXCEEDED4 and TIME_EXCEEDED6 */
};

enum { /* RFC 4443 */
       UNREACHABLE6 = 1,
       TOO_BIG6 = 2,
       TIME_EXCEEDED6 = 3,
       PARAMETER6 = 4,
};

static bool is_error(const struct rc_packet *p, uint8_t type)
{
	if (p->flags & RC_OBS_IP6)
		return type >= UNREACHABLE6 && type <= PARAMETER6;
	return type == UNREACHABLE4 || type == SOURCE_QUENCH4 || type == TIME_EXCEEDED4 ||
	       type == PARAMETER4;
}

/* The packet did not arrive, as in a routing loop, where it is sent round until its time is up. */
static bool is_hard(const struct rc_packet *p, uint8_t type, uint8_t code)
{
	if (p->flags & RC_OBS_IP6)
		return type == UNREACHABLE6 || (type == TIME_EXCEEDED6 && code == CODE_IN_TRANSIT);
	return (type == UNREACHABLE4 && code != CODE_TOO_BIG4) ||
	       (type == TIME_EXCEEDED4 && code == CODE_IN_TRANSIT);
}

/* RFC 4884 4: where extensions follow, the quote's length stands in the header, in words. */
static uint32_t quote_len(const struct rc_packet *p, uint8_t type, uint8_t octet4, uint8_t octet5)
{
	if (p->flags & RC_OBS_IP6)
		return type == UNREACHABLE6 || type == TIME_EXCEEDED6 ? octet4 * 8u : 0;
	return type == PARAMETER4 || type == UNREACHABLE4 || type == TIME_EXCEEDED4 ? octet5 * 4u
										    : 0;
}

/* Moves the quote's cursor to the transport header; false when it does not get there. */
static bool walk_quote(struct rc_packet *quote)
{
	enum { PORTS_LEN = 4 };
	enum rc_layer layer = rc_ip_step(quote);
	while (layer == RC_LAYER_IP6_EXT)
		layer = rc_ip_extensions(quote);
	if (layer == RC_LAYER_FRAGMENT && quote->fragment.off == 0) {
		quote->proto = quote->fragment.proto;
		layer = RC_LAYER_IPPROTO;
	}
	return layer == RC_LAYER_IPPROTO && !quote->c.failed &&
	       (quote->proto == RC_IP_UDP || quote->proto == RC_IP_TCP) &&
	       rc_cursor_left(&quote->c) >= PORTS_LEN;
}

bool rc_icmp_read(struct rc_packet *p, struct rc_decode_stats *stats, struct rc_icmp *ret_icmp)
{
	uint8_t type = rc_cursor_u8(&p->c);
	uint8_t code = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 2); /* checksum */
	uint8_t octet4 = rc_cursor_u8(&p->c), octet5 = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 2);
	p->fate = RC_FATE_ICMP_OTHER;
	if (p->c.failed || !is_error(p, type))
		return false;
	struct rc_packet quote = *p;
	uint32_t len = quote_len(p, type, octet4, octet5);
	if (len && len < rc_packet_wire_left(p))
		rc_packet_limit(&quote, len);
	if (!walk_quote(&quote)) {
		stats->icmp_no_ports++;
		return false;
	}
	*ret_icmp = (struct rc_icmp){
		.type = type, .code = code, .hard = is_hard(p, type, code), .quote = quote};
	p->fate = RC_FATE_ICMP;
	return true;
}
