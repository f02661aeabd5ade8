#include "decode/encap.h"

#include "decode/decoder.h"
#include "decode/obs.h"
#include "decode/stats.h"

#define ETHERTYPE_MPLS 0x8847u
#define ETHERTYPE_ERSPAN 0x88beu

enum rc_layer rc_encap_ethernet(struct rc_packet *p)
{
	enum { SOURCE = 6, TYPE = 12, HEADER = 14 };
	const uint8_t *header = rc_cursor_bytes(&p->c, HEADER);
	if (!header)
		return RC_LAYER_END;
	memcpy(p->dst_mac, header, sizeof p->dst_mac);
	memcpy(p->src_mac, header + SOURCE, sizeof p->src_mac);
	return rc_encap_ethertype(p, rc_block_u16(header, TYPE));
}

static enum rc_layer step_llc(struct rc_packet *p)
{
	enum { SNAP = 0xaa, IP = 0x06, ISO = 0xfe, NLPID_IP4 = 0xcc, NLPID_IP6 = 0x8e };
	enum { OUI_BRIDGED = 0x0080c2, OUI_ETHER = 0, OUI_8021H = 0x0000f8 };
	enum { PID_ETHER_FCS = 1, PID_ETHER = 7, PID_PAD_LEN = 2 };
	uint8_t dsap = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 2); /* SSAP, control */
	if (dsap == IP)
		return RC_LAYER_IP;
	if (dsap == ISO) {
		uint8_t id = rc_cursor_u8(&p->c);
		if (id == NLPID_IP4 || id == NLPID_IP6)
			return RC_LAYER_IP;
	}
	if (dsap != SNAP)
		return rc_packet_end(p, RC_FATE_NOT_IP);
	uint32_t oui = (uint32_t)rc_cursor_u16(&p->c) << 8;
	oui |= rc_cursor_u8(&p->c);
	uint16_t type = rc_cursor_u16(&p->c);
	if (oui == OUI_BRIDGED && (type == PID_ETHER_FCS || type == PID_ETHER)) {
		if (rc_cursor_peek_u16(&p->c, 0) == 0) /* RFC 2684 5.2 pads on ATM */
			rc_cursor_skip(&p->c, PID_PAD_LEN);
		return RC_LAYER_ETHERNET;
	}
	if (oui == OUI_ETHER || oui == OUI_8021H)
		return rc_encap_ethertype(p, type);
	return rc_packet_end(p, RC_FATE_NOT_IP);
}

/* RFC 1661 2, with the address and control fields of RFC 1662 3.1 and compressed protocol fields. */
static enum rc_layer step_ppp(struct rc_packet *p)
{
	enum { ADDRESS_CONTROL = 0xff03, IP4 = 0x0021, IP6 = 0x0057, MPLS = 0x0281 };
	if (rc_cursor_peek_u16(&p->c, 0) == ADDRESS_CONTROL)
		rc_cursor_skip(&p->c, 2);
	uint16_t protocol = rc_cursor_u8(&p->c);
	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | rc_cursor_u8(&p->c));
	switch (protocol) {
	case IP4:
	case IP6:
		return RC_LAYER_IP;
	case MPLS:
		return rc_encap_ethertype(p, ETHERTYPE_MPLS);
	default:
		return rc_packet_end(p, RC_FATE_NOT_IP);
	}
}

static enum rc_layer step_vlan(struct rc_packet *p)
{
	enum { VID = 0x0fff };
	uint16_t tag = rc_cursor_u16(&p->c);
	if (!p->vlan)
		p->vlan = tag & VID;
	else
		p->inner_vlan = tag & VID;
	return rc_encap_ethertype(p, rc_cursor_u16(&p->c));
}

static enum rc_layer step_pbb(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 4); /* I-TAG */
	return RC_LAYER_ETHERNET;
}

static enum rc_layer step_vntag(struct rc_packet *p)
{
	enum { ETAG = 0x893f, ETAG_LEN = 6, VNTAG_LEN = 4 };
	rc_cursor_skip(&p->c, p->proto == ETAG ? ETAG_LEN : VNTAG_LEN);
	return rc_encap_ethertype(p, rc_cursor_u16(&p->c));
}

/*
 * RFC 3032 2.1. What lies under the stack is told by its first nibble: IP, a pseudowire's control
 * word (RFC 4385 3), else an Ethernet pseudowire without one.
 */
static enum rc_layer step_mpls(struct rc_packet *p)
{
	enum { BOTTOM = 0x100, LABELS_MAX = 16, CONTROL_WORD_LEN = 4 };
	for (unsigned i = 0; i < LABELS_MAX; i++)
		if (rc_cursor_u32(&p->c) & BOTTOM)
			break;
	uint8_t nibble = rc_cursor_peek_u8(&p->c, 0) >> 4;
	if (nibble == 4 || nibble == 6)
		return RC_LAYER_IP;
	if (nibble == 0)
		rc_cursor_skip(&p->c, CONTROL_WORD_LEN);
	return RC_LAYER_ETHERNET;
}

/* RFC 2516 4 */
static enum rc_layer step_pppoe(struct rc_packet *p)
{
	enum { SESSION = 0 };
	rc_cursor_skip(&p->c, 1); /* version, type */
	uint8_t code = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 2 + 2); /* session, length: the IP header says it better */
	return code == SESSION ? RC_LAYER_PPP : rc_packet_end(p, RC_FATE_NOT_IP);
}

static enum rc_layer step_erspan2(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 8);
	return RC_LAYER_ETHERNET;
}

static enum rc_layer step_erspan3(struct rc_packet *p)
{
	enum { SUBHEADER = 1, SUBHEADER_LEN = 8, FRAME_TYPE = 0x7c00, IP_PACKET = 0x0800 };
	rc_cursor_skip(&p->c, 10);
	uint16_t last = rc_cursor_u16(&p->c);
	if (last & SUBHEADER)
		rc_cursor_skip(&p->c, SUBHEADER_LEN);
	return (last & FRAME_TYPE) == IP_PACKET ? RC_LAYER_IP : RC_LAYER_ETHERNET;
}

static enum rc_layer step_ip(struct rc_packet *p)
{
	(void)p;
	return RC_LAYER_IP;
}

/* RFC 2784 and 2890; version 1 is PPTP's (RFC 2637 4.1). */
static enum rc_layer step_gre(struct rc_packet *p)
{
	enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ACK = 0x80 };
	enum { VERSION = 0x7, PPTP = 1, WCCP = 0x883e, WCCP_LEN = 4 };
	uint16_t bits = rc_cursor_u16(&p->c);
	uint16_t type = rc_cursor_u16(&p->c);
	bool pptp = (bits & VERSION) == PPTP;
	if (bits & ROUTING || (bits & VERSION) > PPTP)
		return rc_packet_end(p, RC_FATE_OTHER_PROTOCOL);
	if (bits & CHECKSUM)
		rc_cursor_skip(&p->c, 4);
	if (bits & KEY)
		rc_cursor_skip(&p->c, 4);
	if (bits & SEQUENCE)
		rc_cursor_skip(&p->c, 4);
	if (pptp && bits & ACK)
		rc_cursor_skip(&p->c, 4);
	if (pptp && rc_cursor_left(&p->c) == 0) /* a bare acknowledgement */
		return rc_packet_end(p, RC_FATE_OTHER_PROTOCOL);
	if (type == ETHERTYPE_ERSPAN && !(bits & SEQUENCE)) /* ERSPAN type I has no header */
		return RC_LAYER_ETHERNET;
	if (type == WCCP) {
		if (rc_cursor_peek_u8(&p->c, 0) >> 4 != 4)
			rc_cursor_skip(&p->c, WCCP_LEN);
		return RC_LAYER_IP;
	}
	return rc_encap_ethertype(p, type);
}

/* RFC 4302 2: the length counts 32-bit words, less two. */
static enum rc_layer step_ah(struct rc_packet *p)
{
	uint8_t next = rc_cursor_u8(&p->c);
	uint8_t words = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, words * 4u + 6);
	p->proto = next;
	return p->flags & RC_OBS_IP6 ? RC_LAYER_IP6_EXT : RC_LAYER_IPPROTO;
}

/* RFC 3378 */
static enum rc_layer step_etherip(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 2);
	return RC_LAYER_ETHERNET;
}

/* RFC 7348 5; the generic protocol extension, told by a P bit or by its port, says what follows. */
static enum rc_layer step_vxlan(struct rc_packet *p)
{
	enum { VNI_VALID = 0x08, NEXT_VALID = 0x04, IP4 = 1, IP6 = 2, ETHER = 3 };
	enum { PORT_GPE = 4790 };
	uint8_t bits = rc_cursor_u8(&p->c);
	if (p->dst_port == PORT_GPE || p->src_port == PORT_GPE)
		bits = (uint8_t)(bits | NEXT_VALID);
	rc_cursor_skip(&p->c, 2);
	uint8_t next = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 4); /* VNI, reserved */
	if (bits & NEXT_VALID && (next == IP4 || next == IP6))
		return RC_LAYER_IP;
	if (!(bits & VNI_VALID) || (bits & NEXT_VALID && next != ETHER))
		return rc_packet_end(p, RC_FATE_OTHER_PORT);
	return RC_LAYER_ETHERNET;
}

/* RFC 8926 3.4 */
static enum rc_layer step_geneve(struct rc_packet *p)
{
	enum { VERSION = 0xc0, OPTION_WORDS = 0x3f };
	uint8_t first = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 1);
	uint16_t type = rc_cursor_u16(&p->c);
	rc_cursor_skip(&p->c, 4 + (first & OPTION_WORDS) * 4u);
	if (first & VERSION)
		return rc_packet_end(p, RC_FATE_OTHER_PORT);
	return rc_encap_ethertype(p, type);
}

/* 3GPP TS 29.281 5.1: only G-PDUs carry packets. */
static enum rc_layer step_gtpu(struct rc_packet *p)
{
	enum { VERSION_TYPE = 0xf0, V1_GTP = 0x30, EXTRA = 0x07, EXTENSIONS = 0x04, G_PDU = 255 };
	uint8_t bits = rc_cursor_u8(&p->c);
	uint8_t type = rc_cursor_u8(&p->c);
	rc_cursor_skip(&p->c, 2 + 4); /* length, tunnel */
	if ((bits & VERSION_TYPE) != V1_GTP || type != G_PDU)
		return rc_packet_end(p, RC_FATE_OTHER_PORT);
	if (bits & EXTRA) {
		rc_cursor_skip(&p->c, 3); /* sequence, N-PDU */
		uint8_t next = rc_cursor_u8(&p->c);
		while (bits & EXTENSIONS && next && !p->c.failed) {
			uint8_t words = rc_cursor_u8(&p->c);
			if (!words)
				return rc_packet_end(p, RC_FATE_BAD_HEADER);
			rc_cursor_skip(&p->c, words * 4u - 2);
			next = rc_cursor_u8(&p->c);
		}
	}
	return RC_LAYER_IP;
}

/* RFC 4380 5.1.1: authentication and origin indications may stand before the IPv6 header. */
static enum rc_layer step_teredo(struct rc_packet *p)
{
	enum { AUTHENTICATION = 1, ORIGIN = 0, ORIGIN_LEN = 6, NONCE_LEN = 9 };
	if (rc_cursor_peek_u16(&p->c, 0) == AUTHENTICATION) {
		rc_cursor_skip(&p->c, 2);
		uint8_t id_len = rc_cursor_u8(&p->c);
		uint8_t auth_len = rc_cursor_u8(&p->c);
		rc_cursor_skip(&p->c, (uint32_t)id_len + auth_len + NONCE_LEN);
	}
	if (rc_cursor_left(&p->c) >= 2 && rc_cursor_peek_u16(&p->c, 0) == ORIGIN)
		rc_cursor_skip(&p->c, 2 + ORIGIN_LEN);
	if (rc_cursor_peek_u8(&p->c, 0) >> 4 != 6)
		return rc_packet_end(p, RC_FATE_OTHER_PORT);
	return RC_LAYER_IP;
}

/* TaZmen Sniffer Protocol: tagged fields up to an end tag, then the frame. */
static enum rc_layer step_tzsp(struct rc_packet *p)
{
	enum { RECEIVED = 0, TRANSMIT = 1, TAG_PAD = 0, TAG_END = 1 };
	enum { TZSP_ETHER = 1, TZSP_WIFI = 18, LINK_WIFI = 105 };
	rc_cursor_skip(&p->c, 1); /* version */
	uint8_t type = rc_cursor_u8(&p->c);
	uint16_t protocol = rc_cursor_u16(&p->c);
	uint8_t tag;
	while ((tag = rc_cursor_u8(&p->c)) != TAG_END && !p->c.failed)
		if (tag != TAG_PAD)
			rc_cursor_skip(&p->c, rc_cursor_u8(&p->c));
	if (type > TRANSMIT)
		return rc_packet_end(p, RC_FATE_OTHER_PORT);
	if (protocol == TZSP_ETHER)
		return RC_LAYER_ETHERNET;
	if (protocol != TZSP_WIFI)
		return rc_packet_end(p, RC_FATE_NOT_IP);
	p->proto = LINK_WIFI;
	return RC_LAYER_LINK;
}

const struct rc_encap_row rc_encaps[RC_ENCAP_COUNT] = {
#define X(name, counter, help, key, v0, v1, v2, tunnel, step) \
	[RC_ENCAP_##name] = {RC_ENCAP_KEY_##key, {v0, v1, v2}, tunnel, step},
	RC_ENCAP_LIST(X)
#undef X
};

enum rc_encap rc_encap_find(enum rc_encap_key key, uint16_t value)
{
	for (unsigned i = 0; i < RC_ENCAP_COUNT; i++) {
		const struct rc_encap_row *row = &rc_encaps[i];
		if (row->key == key && value != 0 &&
		    (row->values[0] == value || row->values[1] == value || row->values[2] == value))
			return (enum rc_encap)i;
	}
	return RC_ENCAP_COUNT;
}

const char *rc_encap_name(size_t n)
{
	static const char *const names[RC_ENCAP_COUNT] = {
#define X(name, counter, help, key, v0, v1, v2, tunnel, step) [RC_ENCAP_##name] = counter,
		RC_ENCAP_LIST(X)
#undef X
	};
	return n < RC_ENCAP_COUNT ? names[n] : NULL;
}

size_t rc_encap_list(uint64_t encaps, const char *ret_names[RC_ENCAP_DEPTH_MAX])
{
	size_t n = 0;
	for (unsigned step = RC_ENCAP_DEPTH_MAX; step-- > 0;) {
		uint64_t one = encaps >> step * RC_ENCAP_BITS & ((1u << RC_ENCAP_BITS) - 1);
		if (one > 0)
			ret_names[n++] = rc_encap_name(one - 1);
	}
	return n;
}

void rc_decoder_carriers(struct rc_buf *buf)
{
	static const struct {
		enum rc_encap_key key;
		const char *term;
	} kinds[] = {{RC_ENCAP_KEY_ETHERTYPE, "ether proto"},
		     {RC_ENCAP_KEY_IP_PROTOCOL, "proto"},
		     {RC_ENCAP_KEY_UDP_PORT, "udp port"}};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const char *before = "";
		rc_buf_printf(buf, "%s%s (", k > 0 ? " or " : "", kinds[k].term);
		for (size_t i = 0; i < RC_ENCAP_COUNT; i++) {
			if (rc_encaps[i].key != kinds[k].key || i == RC_ENCAP_VLAN)
				continue;
			for (size_t v = 0; v < 3 && rc_encaps[i].values[v] != 0; v++) {
				rc_buf_printf(buf, "%s%u", before, rc_encaps[i].values[v]);
				before = " or ";
			}
		}
		rc_buf_puts(buf, ")");
	}
}
