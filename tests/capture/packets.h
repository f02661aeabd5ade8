/*
 * Frames around a DNS query, one encapsulation each, for the tests of the default filter: each must
 * pass, offline and through the kernel.
 */
#ifndef RC_TESTS_CAPTURE_PACKETS_H
#define RC_TESTS_CAPTURE_PACKETS_H

#include "tests/capture/build.h"

#define FRAME_MAX 512u

struct frame {
	uint8_t data[FRAME_MAX];
	uint32_t len;
};

static inline void put(struct frame *f, const void *data, size_t len)
{
	if (f->len + len > FRAME_MAX)
		abort();
	memcpy(f->data + f->len, data, len);
	f->len += (uint32_t)len;
}

static inline void put16(struct frame *f, unsigned v)
{
	put(f, (uint8_t[]){(uint8_t)(v >> 8), (uint8_t)v}, 2);
}

/* Headers, outside in. Lengths are those of the padded frame and checksums 0: filters do not look. */
static inline void put_ethernet(struct frame *f, unsigned type)
{
	put(f, "\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\1", 12);
	put16(f, type);
}

static inline void put_tag(struct frame *f, unsigned type)
{
	put16(f, 7); /* VLAN 7 */
	put16(f, type);
}

static inline void put_ip4(struct frame *f, unsigned proto, unsigned fragment)
{
	put(f, "\x45\0\0\x60\0\1", 6);
	put16(f, fragment);
	put(f, (uint8_t[]){64, (uint8_t)proto, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}, 12);
}

static inline void put_ip6(struct frame *f, unsigned next)
{
	put(f, (uint8_t[]){0x60, 0, 0, 0, 0, 0x60, (uint8_t)next, 64}, 8);
	for (int i = 0; i < 2; i++)
		put(f, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
}

static inline void put_ports(struct frame *f, unsigned from, unsigned to)
{
	put16(f, from);
	put16(f, to);
	put16(f, 0x40);
	put16(f, 0);
}

#define IP4 0x0800u
#define IP6 0x86ddu
#define UDP 17u
#define TCP 6u

/* One letter a header, outermost first; see write_frame. */
struct encapsulation {
	const char *name, *headers;
	bool pass;
};

static const struct encapsulation encapsulations[] = {
	{"dns over IPv4", "E4u", true},
	{"dns over IPv6", "E6u", true},
	{"tcp without data on the dns port", "E4t", true},
	{"tcp without data over IPv6", "E6t", true},
	{"first IPv4 fragment", "E4f", true},
	{"later IPv4 fragment", "E4l", true},
	{"IPv6 fragment", "E6F", true},
	{"hop-by-hop options", "E6H", true},
	{"icmp unreachable", "E4c", true},
	{"icmpv6 unreachable", "E6C", true},
	{"vlan", "Ev4u", true},
	{"vlan IPv6", "Ev6u", true},
	{"vlan later fragment", "Ev4l", true},
	{"vlan IPv6 fragment", "Ev6F", true},
	{"vlan icmp unreachable", "Ev4c", true},
	{"QinQ 802.1ad", "Eqv4u", true},
	{"QinQ 0x9100", "Eov4u", true},
	{"QinQ IPv6", "Eqv6u", true},
	{"QinQ later fragment", "Eqv4l", true},
	{"GRE", "E4g", true},
	{"GRE over IPv6", "E6g", true},
	{"GRE behind a vlan", "Ev4g", true},
	{"IP in IP", "E4i4u", true},
	{"6in4", "E4s6u", true},
	{"IPv4 in IPv6", "E6i4u", true},
	{"VXLAN", "E4x", true},
	{"VXLAN on the old port", "E4X", true},
	{"Geneve", "E4n", true},
	{"GTP-U", "E4p", true},
	{"Teredo", "E4d", true},
	{"TZSP", "E4z", true},
	{"MPLS", "Em", true},
	{"PPPoE", "EP", true},
	{"MPLS behind a vlan", "EvM", true},
	{"IPsec AH", "E4a", true},
	{"EtherIP", "E4h", true},
	{"MPLS in IP", "E4j", true},
	{"VXLAN-GPE", "E4y", true},
	{"MPLS in UDP", "E4k", true},
	{"802.1ah", "EB", true},
	{"VN-tag", "EV", true},
	{"E-tag", "ET", true},
	{"LLC with SNAP", "EL", true},
	{"LLC with IP", "EI", true},
	{"spanning tree", "ES", false},
	{"web traffic", "E4w", false},
	{"web traffic behind a vlan", "Ev4w", false},
	{"web traffic behind two", "Eqv4w", false},
	{"ping", "E4e", false},
	{"neighbour solicitation", "E6N", false},
};

#define N_ENCAPSULATIONS (sizeof encapsulations / sizeof encapsulations[0])

/* What a header letter writes as the number of the header that follows it. */
static inline unsigned number_of(char next)
{
	static const struct {
		char letters[12];
		unsigned number;
	} rows[] = {
		{"4", IP4},     {"6", IP6},    {"v", 0x8100}, {"q", 0x88a8}, {"o", 0x9100},
		{"mM", 0x8847}, {"P", 0x8864}, {"t", TCP},    {"w", TCP},    {"ce", 1},
		{"CN", 58},     {"g", 47},     {"i", 4},      {"s", 41},     {"F", 44},
		{"H", 0},       {"a", 51},     {"h", 97},     {"j", 137},    {"B", 0x88e7},
		{"V", 0x8926},  {"T", 0x893f}, {"LIS", 64},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strchr(rows[i].letters, next))
			return rows[i].number;
	return UDP;
}

static inline void write_payload(struct frame *f, char letter)
{
	static const struct {
		char letter;
		unsigned from, to;
	} ports[] = {
		{'u', 4000, 53},   {'t', 53, 4000},   {'f', 4000, 53},   {'x', 4000, 4789},
		{'X', 4000, 8472}, {'n', 4000, 6081}, {'p', 2152, 2152}, {'d', 4000, 3544},
		{'z', 1, 37008},   {'w', 4000, 443},  {'y', 4000, 4790}, {'k', 4000, 6635},
	};
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (ports[i].letter == letter)
			put_ports(f, ports[i].from, ports[i].to);
	switch (letter) {
	case 'c':
		put(f, "\3\1\0\0", 4);
		break;
	case 'L':
		put(f, "\xaa\xaa\3\0\0\0\x08\0", 8);
		break;
	case 'I':
		put(f, "\6\6\3", 3);
		break;
	case 'S':
		put(f, "\x42\x42\3", 3);
		break;
	case 'e':
		put(f, "\x08\0\0\0", 4);
		break;
	case 'C':
		put(f, "\1\4\0\0", 4);
		break;
	case 'N':
		put(f, "\x87\0\0\0", 4);
		break;
	case 'F':
		put(f, "\x11\0\0\xb9\0\0\0\1", 8); /* a later fragment of UDP */
		break;
	case 'H':
		put(f, "\x11\0\1\4\0\0\0\0", 8);
		put_ports(f, 4000, 53);
		break;
	default:
		break;
	}
}

/* Writes the headers and pads the frame to 128 bytes. */
static inline void write_frame(struct frame *f, const char *headers)
{
	*f = (struct frame){.len = 0};
	for (const char *p = headers; *p; p++) {
		unsigned next = number_of(p[1]);
		switch (*p) {
		case 'E':
			put_ethernet(f, next);
			break;
		case 'v':
		case 'q':
		case 'o':
			put_tag(f, next);
			break;
		case '4':
			put_ip4(f, next, p[1] == 'f' ? 0x2000 : p[1] == 'l' ? 0x00b9 : 0);
			break;
		case '6':
			put_ip6(f, next);
			break;
		default:
			write_payload(f, *p);
			break;
		}
	}
	f->len = 128;
}

#endif
