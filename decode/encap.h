/*
 * Encapsulations: one row each. A step reads its header at the packet's cursor and says which layer
 * comes next; it never trusts a length further than the captured bytes.
 */
#ifndef RC_DECODE_ENCAP_H
#define RC_DECODE_ENCAP_H

#include "base/limits.h"
#include "decode/packet.h"

/*
 * X(name, counter, help, key, v0, v1, v2, tunnel, step): key says which number leads to it (0 ends
 * the values; key LAYER: an enum rc_layer), tunnel whether it sets RC_OBS_TUNNELLED.
 */
#define RC_ENCAP_LIST(X) \
	X(ETHERNET, "ethernet", "Ethernet inside a tunnel", LAYER, RC_LAYER_ETHERNET, 0, 0, false, \
	  rc_encap_ethernet) \
	X(LLC, "llc", "LLC and SNAP", LAYER, RC_LAYER_LLC, 0, 0, false, step_llc) \
	X(PPP, "ppp", "PPP", LAYER, RC_LAYER_PPP, 0, 0, false, step_ppp) \
	X(VLAN, "vlan", "802.1Q and 802.1ad tags", ETHERTYPE, 0x8100, 0x88a8, 0x9100, false, \
	  step_vlan) \
	X(PBB, "pbb", "802.1ah provider backbone bridges", ETHERTYPE, 0x88e7, 0, 0, false, \
	  step_pbb) \
	X(VNTAG, "vntag", "802.1BR E-tags and VN-tags", ETHERTYPE, 0x8926, 0x893f, 0, false, \
	  step_vntag) \
	X(MPLS, "mpls", "MPLS label stacks", ETHERTYPE, 0x8847, 0x8848, 0, false, step_mpls) \
	X(PPPOE, "pppoe", "PPPoE sessions", ETHERTYPE, 0x8864, 0, 0, false, step_pppoe) \
	X(PPP_GRE, "ppp_gre", "PPP in GRE", ETHERTYPE, 0x880b, 0, 0, false, step_ppp) \
	X(TEB, "teb", "transparent Ethernet bridging", ETHERTYPE, 0x6558, 0, 0, false, \
	  rc_encap_ethernet) \
	X(ERSPAN2, "erspan2", "ERSPAN type II", ETHERTYPE, 0x88be, 0, 0, true, step_erspan2) \
	X(ERSPAN3, "erspan3", "ERSPAN type III", ETHERTYPE, 0x22eb, 0, 0, true, step_erspan3) \
	X(IPIP, "ipip", "IPv4 in IP", IP_PROTOCOL, 4, 94, 0, true, step_ip) \
	X(SIT, "sit", "IPv6 in IP", IP_PROTOCOL, 41, 0, 0, true, step_ip) \
	X(GRE, "gre", "GRE", IP_PROTOCOL, 47, 0, 0, true, step_gre) \
	X(AH, "ah", "IPsec authentication headers", IP_PROTOCOL, 51, 0, 0, false, step_ah) \
	X(ETHERIP, "etherip", "EtherIP", IP_PROTOCOL, 97, 0, 0, true, step_etherip) \
	X(MPLS_IP, "mpls_ip", "MPLS in IP", IP_PROTOCOL, 137, 0, 0, true, step_mpls) \
	X(VXLAN, "vxlan", "VXLAN", UDP_PORT, 4789, 8472, 4790, true, step_vxlan) \
	X(GENEVE, "geneve", "Geneve", UDP_PORT, 6081, 0, 0, true, step_geneve) \
	X(GTPU, "gtpu", "GTP-U", UDP_PORT, 2152, 0, 0, true, step_gtpu) \
	X(TEREDO, "teredo", "Teredo", UDP_PORT, 3544, 0, 0, true, step_teredo) \
	X(TZSP, "tzsp", "TZSP", UDP_PORT, 37008, 0, 0, true, step_tzsp) \
	X(MPLS_UDP, "mpls_udp", "MPLS in UDP", UDP_PORT, 6635, 0, 0, true, step_mpls)

enum rc_encap {
#define X(name, counter, help, key, v0, v1, v2, tunnel, step) RC_ENCAP_##name,
	RC_ENCAP_LIST(X)
#undef X
		RC_ENCAP_COUNT
};

enum { RC_ENCAP_BITS = 5 }; /* of each step of rc_packet.encaps; 0: no step */
_Static_assert(RC_ENCAP_COUNT < 1 << RC_ENCAP_BITS, "an encapsulation does not fit its bits");
_Static_assert(RC_ENCAP_DEPTH_MAX *RC_ENCAP_BITS <= 64, "a path of encapsulations does not fit");

enum rc_encap_key {
	RC_ENCAP_KEY_LAYER,
	RC_ENCAP_KEY_ETHERTYPE,
	RC_ENCAP_KEY_IP_PROTOCOL,
	RC_ENCAP_KEY_UDP_PORT,
};

struct rc_encap_row {
	enum rc_encap_key key;
	uint16_t values[3];
	bool tunnel;
	enum rc_layer (*step)(struct rc_packet *p);
};

extern const struct rc_encap_row rc_encaps[RC_ENCAP_COUNT];

/* The row for a number, RC_ENCAP_COUNT when there is none. */
enum rc_encap rc_encap_find(enum rc_encap_key key, uint16_t value);

/* Puts an encapsulation behind those that the packet came through. */
static inline void rc_encap_note(struct rc_packet *p, enum rc_encap encap)
{
	p->encaps = p->encaps << RC_ENCAP_BITS | ((uint64_t)encap + 1);
}

/* Ethernet from the destination address on: the common start, called without a row. */
enum rc_layer rc_encap_ethernet(struct rc_packet *p);

/* From an ethertype or, below 0x0600, an 802.3 length (IEEE 802.3 3.2.6). */
static inline enum rc_layer rc_encap_ethertype(struct rc_packet *p, uint16_t type)
{
	enum { LENGTH_MAX = 0x05ff };
	p->proto = type;
	return type <= LENGTH_MAX ? RC_LAYER_LLC : RC_LAYER_ETHERTYPE;
}

#endif
