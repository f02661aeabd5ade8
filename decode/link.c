#include "decode/link.h"

#include "decode/decoder.h"

#include "decode/encap.h"
#include "decode/obs.h"
#include "decode/stats.h"

#define MAC_LEN 6u

static uint16_t swap_u16(uint16_t v)
{
	return (uint16_t)(v << 8 | v >> 8);
}

static uint32_t swap_u32(uint32_t v)
{
	return (uint32_t)swap_u16((uint16_t)v) << 16 | swap_u16((uint16_t)(v >> 16));
}

static enum rc_layer link_ethernet(struct rc_packet *p)
{
	return rc_encap_ethernet(p);
}

static enum rc_layer link_ip(struct rc_packet *p)
{
	(void)p;
	return RC_LAYER_IP;
}

/* BSD loopback: an address family in the capturing host's byte order; AF_INET6 differs by system. */
static enum rc_layer link_null(struct rc_packet *p)
{
	uint32_t word = rc_cursor_u32(&p->c);
	uint32_t family = word > UINT16_MAX ? swap_u32(word) : word;
	if (family > UINT16_MAX) /* no family in either order: some put an ethertype there */
		return rc_encap_ethertype(p, (uint16_t)word);
	switch (family) {
	case 2:  /* AF_INET everywhere */
	case 10: /* AF_INET6: Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		return RC_LAYER_IP;
	default:
		return rc_packet_end(p, RC_FATE_NOT_IP);
	}
}

/* What a Linux device of this ARPHRD_ type delivers behind a cooked header. */
static enum rc_layer cooked(struct rc_packet *p, uint16_t arphrd, uint16_t protocol)
{
	enum { ARPHRD_IPGRE = 778, ARPHRD_RADIOTAP = 803, ARPHRD_NETLINK = 824 };
	enum { NOVELL_RAW = 1, LLC_FRAME = 4, IP_GRE = 47, RADIOTAP = 127 };
	switch (arphrd) {
	case ARPHRD_NETLINK:
		return rc_packet_end(p, RC_FATE_NOT_IP);
	case ARPHRD_RADIOTAP:
		p->proto = RADIOTAP;
		return RC_LAYER_LINK;
	case ARPHRD_IPGRE:
		if (rc_encap_find(RC_ENCAP_KEY_ETHERTYPE, protocol) == RC_ENCAP_COUNT &&
		    protocol != 0x0800 && protocol != 0x86dd) {
			p->proto = IP_GRE;
			return RC_LAYER_IPPROTO;
		}
		break;
	default:
		break;
	}
	if (protocol == LLC_FRAME)
		return RC_LAYER_LLC;
	if (protocol == NOVELL_RAW)
		return rc_packet_end(p, RC_FATE_NOT_IP);
	return rc_encap_ethertype(p, protocol);
}

static void take_mac(struct rc_packet *p, const uint8_t *mac, unsigned len)
{
	if (mac && len == MAC_LEN)
		memcpy(p->src_mac, mac, MAC_LEN);
}

static enum rc_layer link_sll(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 2); /* packet type */
	uint16_t arphrd = rc_cursor_u16(&p->c);
	uint16_t addr_len = rc_cursor_u16(&p->c);
	take_mac(p, rc_cursor_bytes(&p->c, 8), addr_len);
	return cooked(p, arphrd, rc_cursor_u16(&p->c));
}

static enum rc_layer link_sll2(struct rc_packet *p)
{
	uint16_t protocol = rc_cursor_u16(&p->c);
	rc_cursor_skip(&p->c, 2 + 4); /* reserved, interface index */
	uint16_t arphrd = rc_cursor_u16(&p->c);
	rc_cursor_skip(&p->c, 1); /* packet type */
	uint8_t addr_len = rc_cursor_u8(&p->c);
	take_mac(p, rc_cursor_bytes(&p->c, 8), addr_len);
	return cooked(p, arphrd, protocol);
}

static enum rc_layer link_ppp(struct rc_packet *p)
{
	(void)p;
	return RC_LAYER_PPP;
}

/* A direction octet stands before (or, from pppd, in place of) the PPP address octet. */
static enum rc_layer link_ppp_direction(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 1);
	if (rc_cursor_peek_u8(&p->c, 0) == 0x03)
		rc_cursor_skip(&p->c, 1);
	return RC_LAYER_PPP;
}

static enum rc_layer link_pppoe(struct rc_packet *p)
{
	enum { ETHERTYPE_PPPOE = 0x8864 };
	return rc_encap_ethertype(p, ETHERTYPE_PPPOE);
}

static enum rc_layer link_mpls(struct rc_packet *p)
{
	enum { ETHERTYPE_MPLS = 0x8847 };
	return rc_encap_ethertype(p, ETHERTYPE_MPLS);
}

static enum rc_layer link_chdlc(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 2); /* address, control */
	return rc_encap_ethertype(p, rc_cursor_u16(&p->c));
}

/* Network layer protocol identifier (RFC 2427 3, ISO/IEC TR 9577). */
static enum rc_layer nlpid(struct rc_packet *p)
{
	enum { SNAP = 0x80, PAD = 0x00, IP6 = 0x8e, IP4 = 0xcc, PPP = 0xcf, OUI_LEN = 3 };
	uint8_t id = rc_cursor_u8(&p->c);
	if (id == PAD)
		id = rc_cursor_u8(&p->c);
	switch (id) {
	case IP4:
	case IP6:
		return RC_LAYER_IP;
	case PPP:
		return RC_LAYER_PPP;
	case SNAP:
		rc_cursor_skip(&p->c, OUI_LEN);
		return rc_encap_ethertype(p, rc_cursor_u16(&p->c));
	default:
		return rc_packet_end(p, RC_FATE_NOT_IP);
	}
}

static enum rc_layer link_frame_relay(struct rc_packet *p)
{
	enum { LAST = 1, UI = 0x03, ADDRESS_MAX = 4 };
	for (unsigned i = 0; i < ADDRESS_MAX; i++)
		if (rc_cursor_u8(&p->c) & LAST)
			break;
	if (rc_cursor_peek_u8(&p->c, 0) != UI) /* Cisco's own: an ethertype */
		return rc_encap_ethertype(p, rc_cursor_u16(&p->c));
	rc_cursor_skip(&p->c, 1);
	return nlpid(p);
}

/* RFC 2684: LLC encapsulation, else VC multiplexing of IP. */
static enum rc_layer link_atm_rfc1483(struct rc_packet *p)
{
	uint8_t first = rc_cursor_peek_u8(&p->c, 0);
	return first >> 4 == 4 || first >> 4 == 6 ? RC_LAYER_IP : RC_LAYER_LLC;
}

/* A copy of the compressed header, which tells nothing more than the packet behind it. */
static enum rc_layer link_slip(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 16);
	return RC_LAYER_IP;
}

static enum rc_layer link_arcnet(struct rc_packet *p)
{
	enum { IP4_RFC1051 = 240, IP4 = 212, IP6 = 196, EXCEPTION = 0xff };
	rc_cursor_skip(&p->c, 2 + 2); /* source, destination, offset */
	uint8_t type = rc_cursor_u8(&p->c);
	if (type != IP4_RFC1051) {
		uint8_t split = rc_cursor_u8(&p->c); /* RFC 1201 2 */
		if (split == EXCEPTION)
			rc_cursor_skip(&p->c, 4);
		rc_cursor_skip(&p->c, 2); /* sequence number */
		if (split != 0 && split != EXCEPTION)
			return rc_packet_end(p, RC_FATE_NOT_IP);
	}
	if (type == IP4 || type == IP6 || type == IP4_RFC1051)
		return RC_LAYER_IP;
	return rc_packet_end(p, RC_FATE_NOT_IP);
}

/*
 * Data frames of IEEE 802.11-2020 9.3.2; the body begins with LLC. padded: the adapter filled the
 * header up to a multiple of four octets.
 */
static enum rc_layer wifi(struct rc_packet *p, bool padded)
{
	enum { TYPE = 0x0c, DATA = 0x08, NO_DATA = 0x40, QOS = 0x80 };
	enum { TO_DS = 0x01, FROM_DS = 0x02, PROTECTED = 0x40, ORDER = 0x80, AMSDU = 0x80 };
	uint32_t start = p->c.pos;
	uint8_t kind = rc_cursor_u8(&p->c);
	uint8_t bits = rc_cursor_u8(&p->c);
	if ((kind & TYPE) != DATA || kind & NO_DATA)
		return rc_packet_end(p, RC_FATE_NOT_IP);
	rc_cursor_skip(&p->c, 2 + MAC_LEN); /* duration, address 1 */
	const uint8_t *address2 = rc_cursor_bytes(&p->c, MAC_LEN);
	const uint8_t *address3 = rc_cursor_bytes(&p->c, MAC_LEN);
	rc_cursor_skip(&p->c, 2); /* sequence control */
	const uint8_t *source = bits & FROM_DS ? address3 : address2;
	if (bits & TO_DS && bits & FROM_DS)
		source = rc_cursor_bytes(&p->c, MAC_LEN);
	take_mac(p, source, MAC_LEN);
	uint8_t qos = kind & QOS ? rc_cursor_u8(&p->c) : 0;
	if (kind & QOS) {
		rc_cursor_skip(&p->c, 1);
		if (bits & ORDER)
			rc_cursor_skip(&p->c, 4); /* HT control */
	}
	if (bits & PROTECTED)
		return rc_packet_end(p, RC_FATE_ENCRYPTED);
	if (padded)
		rc_cursor_skip(&p->c, (4 - (p->c.pos - start) % 4) % 4);
	if (qos & AMSDU) /* the first of several */
		rc_cursor_skip(&p->c, 2 * MAC_LEN + 2);
	return RC_LAYER_LLC;
}

static enum rc_layer link_wifi(struct rc_packet *p)
{
	return wifi(p, false);
}

/* radiotap.org: little-endian; of the fields only "flags" matters, the second possible one. */
static enum rc_layer link_radiotap(struct rc_packet *p)
{
	enum { HAS_TSFT = 1, HAS_FLAGS = 2, TSFT_LEN = 8, WORD_LEN = 4, PADDED = 0x20 };
	const uint32_t more = UINT32_C(1) << 31;
	uint32_t start = p->c.pos;
	rc_cursor_skip(&p->c, 2); /* version, pad */
	uint16_t len = swap_u16(rc_cursor_u16(&p->c));
	uint32_t present = swap_u32(rc_cursor_u32(&p->c)), word = present;
	while (word & more && !p->c.failed)
		word = swap_u32(rc_cursor_u32(&p->c));
	if (present & HAS_TSFT)
		rc_cursor_skip(&p->c,
			       (TSFT_LEN - (p->c.pos - start) % TSFT_LEN) % TSFT_LEN + TSFT_LEN);
	bool padded = present & HAS_FLAGS && rc_cursor_peek_u8(&p->c, 0) & PADDED;
	rc_cursor_seek(&p->c, start + len);
	return wifi(p, padded);
}

/* Per-packet information: its own link type stands in the header (little-endian). */
static enum rc_layer link_ppi(struct rc_packet *p)
{
	uint32_t start = p->c.pos;
	rc_cursor_skip(&p->c, 2); /* version, flags */
	uint16_t len = swap_u16(rc_cursor_u16(&p->c));
	uint32_t dlt = swap_u32(rc_cursor_u32(&p->c));
	rc_cursor_seek(&p->c, start + len);
	p->proto = dlt > UINT16_MAX ? UINT16_MAX : (uint16_t)dlt;
	return RC_LAYER_LINK;
}

static enum rc_layer link_pktap(struct rc_packet *p)
{
	enum { HEADER_MIN = 12 };
	uint32_t start = p->c.pos;
	uint32_t len = swap_u32(rc_cursor_u32(&p->c));
	rc_cursor_skip(&p->c, 4); /* record type */
	uint32_t dlt = swap_u32(rc_cursor_u32(&p->c));
	if (len < HEADER_MIN || len > p->c.len - start || dlt > UINT16_MAX)
		return rc_packet_end(p, RC_FATE_BAD_HEADER);
	rc_cursor_seek(&p->c, start + len);
	p->proto = (uint16_t)dlt;
	return RC_LAYER_LINK;
}

/* Netfilter log: type-length-value in the capturing host's byte order, padded to four octets. */
static enum rc_layer link_nflog(struct rc_packet *p)
{
	enum { HEADER_LEN = 4, PAYLOAD = 9, TLV_MIN = 4, TLV_MAX_TYPE = 32 };
	rc_cursor_skip(&p->c, HEADER_LEN);
	while (!p->c.failed && rc_cursor_left(&p->c) >= TLV_MIN) {
		uint16_t len = rc_cursor_u16(&p->c), type = rc_cursor_u16(&p->c);
		if (type > TLV_MAX_TYPE) {
			len = swap_u16(len);
			type = swap_u16(type);
		}
		if (type == PAYLOAD)
			return RC_LAYER_IP;
		if (len < TLV_MIN)
			return rc_packet_end(p, RC_FATE_BAD_HEADER);
		rc_cursor_skip(&p->c, (len + 3u) / 4 * 4 - TLV_MIN);
	}
	return rc_packet_end(p, RC_FATE_NOT_IP);
}

/* OpenBSD's packet filter log: the header's length, then the family, padded to four octets. */
static enum rc_layer link_pflog(struct rc_packet *p)
{
	uint8_t len = rc_cursor_peek_u8(&p->c, 0);
	rc_cursor_skip(&p->c, (len + 3u) / 4 * 4);
	return RC_LAYER_IP;
}

/* OpenBSD's decrypted IPsec: family, SPI, flags. */
static enum rc_layer link_enc(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 12);
	return RC_LAYER_IP;
}

/* IEEE 802.3br: preamble and start of frame stand before the addresses. */
static enum rc_layer link_mpacket(struct rc_packet *p)
{
	rc_cursor_skip(&p->c, 8);
	return rc_encap_ethernet(p);
}

/* The table: number, reader. DLT_ numbers that differ (12, 14, 149) also stand in PPI and PKTAP. */
static const struct {
	uint16_t linktype;
	enum rc_layer (*step)(struct rc_packet *p);
} links[] = {
	{1, link_ethernet},
	{0, link_null},
	{101, link_ip},
	{113, link_sll},
	{276, link_sll2},
	{228, link_ip},
	{229, link_ip},
	{12, link_ip},
	{14, link_ip},
	{108, link_null},
	{8, link_slip},
	{9, link_ppp},
	{50, link_ppp},
	{51, link_pppoe},
	{166, link_ppp_direction},
	{204, link_ppp_direction},
	{104, link_chdlc},
	{107, link_frame_relay},
	{105, link_wifi},
	{127, link_radiotap},
	{192, link_ppi},
	{239, link_nflog},
	{258, link_pktap},
	{149, link_pktap},
	{129, link_arcnet},
	{100, link_atm_rfc1483},
	{109, link_enc},
	{117, link_pflog},
	{219, link_mpls},
	{274, link_mpacket},
};

static size_t row_of(uint32_t linktype)
{
	size_t i = 0;
	while (i < sizeof links / sizeof *links && links[i].linktype != linktype)
		i++;
	return i;
}

enum rc_layer rc_link_step(struct rc_packet *p)
{
	size_t i = row_of(p->proto);
	return i < sizeof links / sizeof *links ? links[i].step(p)
						: rc_packet_end(p, RC_FATE_LINK_UNKNOWN);
}

bool rc_decoder_knows_link(uint16_t linktype)
{
	return row_of(linktype) < sizeof links / sizeof *links;
}
