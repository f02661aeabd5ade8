#include "decode/quick.h"

#include "decode/ip.h"

enum { LINKTYPE_ETHERNET = 1, ETHERTYPE_IP4 = 0x0800, ETHERTYPE_IP6 = 0x86dd };
enum { ETHERNET = 14, MAC = 6, TYPE = 12, UDP = 8 };

/* IPv4 (RFC 791 3.1): version 4 and no options; the two bits and the offset of fragments are zero. */
enum { IP4 = 20, IP4_NO_OPTIONS = 0x45, IP4_FRAGMENT = 0x3fff };

/* IPv6 (RFC 8200 3). */
enum { IP6 = 40 };

/* The octets behind the IP header, as it counts them; 0 if this is not the short way. */
static uint32_t read_ip4(const uint8_t *ip, struct rc_obs *o)
{
	if (ip[0] != IP4_NO_OPTIONS || (rc_block_u16(ip, 6) & IP4_FRAGMENT) != 0 ||
	    ip[9] != RC_IP_UDP)
		return 0;
	o->flags = 0;
	o->ip_id = rc_block_u16(ip, 4);
	o->ip_ttl = ip[8];
	o->src = rc_addr_v4(ip + 12);
	o->dst = rc_addr_v4(ip + 16);
	uint32_t total_len = rc_block_u16(ip, 2);
	return total_len > IP4 ? total_len - IP4 : 0;
}

static uint32_t read_ip6(const uint8_t *ip, struct rc_obs *o)
{
	if (ip[0] >> 4 != 6 || ip[6] != RC_IP_UDP)
		return 0;
	o->flags = RC_OBS_IP6;
	o->ip_id = 0;
	o->ip_ttl = ip[7];
	o->src = rc_addr_v6(ip + 8);
	o->dst = rc_addr_v6(ip + 24);
	return rc_block_u16(ip, 4);
}

bool rc_quick_udp(const struct rc_frame *f, struct rc_obs *o, struct rc_cursor *ret_payload)
{
	struct rc_cursor c = rc_cursor_init(f->data, f->caplen);
	if (f->linktype != LINKTYPE_ETHERNET || f->len > f->caplen ||
	    f->caplen < ETHERNET + IP6 + UDP) /* a shorter one takes the long way */
		return false;
	const uint8_t *ethernet = rc_cursor_bytes(&c, ETHERNET);
	bool v6 = rc_block_u16(ethernet, TYPE) == ETHERTYPE_IP6;
	if (!v6 && rc_block_u16(ethernet, TYPE) != ETHERTYPE_IP4)
		return false;
	const uint8_t *ip = rc_cursor_bytes(&c, v6 ? IP6 : IP4);
	uint32_t len = v6 ? read_ip6(ip, o) : read_ip4(ip, o);
	const uint8_t *udp = rc_cursor_bytes(&c, UDP);
	if (len < UDP || len != rc_block_u16(udp, 4) || len - UDP > rc_cursor_left(&c))
		return false;
	c.len = c.pos + len - UDP;
	o->ts_ns = f->ts_ns;
	o->frame = f->number;
	o->source = f->source;
	o->encaps = 0;
	o->vlan = o->inner_vlan = 0;
	o->src_port = rc_block_u16(udp, 0);
	o->dst_port = rc_block_u16(udp, 2);
	memcpy(o->dst_mac, ethernet, sizeof o->dst_mac);
	memcpy(o->src_mac, ethernet + MAC, sizeof o->src_mac);
	*ret_payload = c;
	return true;
}
