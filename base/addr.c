#include "base/addr.h"

#include <arpa/inet.h>

#include "base/digits.h"
#include "base/err.h"

/* The digits of an octet and how many they are; there are four rows more than octets. */
#define TEN(n, ...) \
	{__VA_ARGS__ '0', [3] = n}, {__VA_ARGS__ '1', [3] = n}, {__VA_ARGS__ '2', [3] = n}, \
		{__VA_ARGS__ '3', [3] = n}, {__VA_ARGS__ '4', [3] = n}, \
		{__VA_ARGS__ '5', [3] = n}, {__VA_ARGS__ '6', [3] = n}, \
		{__VA_ARGS__ '7', [3] = n}, {__VA_ARGS__ '8', [3] = n}, \
	{ \
		__VA_ARGS__ '9', [3] = n \
	}
static const char octets[][4] = {
	TEN(1, ),           TEN(2, '1', ),      TEN(2, '2', ),      TEN(2, '3', ),
	TEN(2, '4', ),      TEN(2, '5', ),      TEN(2, '6', ),      TEN(2, '7', ),
	TEN(2, '8', ),      TEN(2, '9', ),      TEN(3, '1', '0', ), TEN(3, '1', '1', ),
	TEN(3, '1', '2', ), TEN(3, '1', '3', ), TEN(3, '1', '4', ), TEN(3, '1', '5', ),
	TEN(3, '1', '6', ), TEN(3, '1', '7', ), TEN(3, '1', '8', ), TEN(3, '1', '9', ),
	TEN(3, '2', '0', ), TEN(3, '2', '1', ), TEN(3, '2', '2', ), TEN(3, '2', '3', ),
	TEN(3, '2', '4', ), TEN(3, '2', '5', ),
};
#undef TEN

static char *put_v4(char *at, const uint8_t bytes[4])
{
	for (unsigned i = 0; i < 4; i++) {
		const char *octet = octets[bytes[i]];
		memcpy(at, octet, sizeof octets[0]);
		at += octet[3];
		*at++ = '.';
	}
	return at - 1; /* without the last dot */
}

/* The first of the longest runs of zero groups (RFC 5952 4.2); the groups that are zero are bits. */
static unsigned longest_zeros(unsigned zero, unsigned *ret_len)
{
	unsigned first = 0, len = 0;
	for (; zero != 0; zero &= zero >> 1, len++)
		first = (unsigned)__builtin_ctz(zero);
	*ret_len = len;
	return first;
}

static char *put_v6(char *at, const uint8_t bytes[16])
{
	unsigned zero = 0, n_zeros;
	for (unsigned i = 0; i < 8; i++)
		zero |= (unsigned)((bytes[2 * i] | bytes[2 * i + 1]) == 0) << i;
	unsigned zeros = longest_zeros(zero, &n_zeros);
	for (unsigned i = 0; i < 8; i++) {
		if (n_zeros > 1 && i == zeros) {
			*at++ = ':';
			i += n_zeros - 1;
			if (i == 7)
				*at++ = ':';
			continue;
		}
		if (i > 0)
			*at++ = ':';
		if (i == 6 && zeros == 0 && n_zeros == 6) /* IPv4-compatible */
			return put_v4(at, bytes + 12);
		at = rc_hex_put_short(at, bytes + 2 * i);
	}
	return at;
}

size_t rc_addr_put(const struct rc_addr *a, char *text)
{
	char *end = rc_addr_is_v4(a) ? put_v4(text, a->bytes + 12) : put_v6(text, a->bytes);
	return (size_t)(end - text);
}

const char *rc_addr_format(const struct rc_addr *a, char text[RC_ADDR_TEXT_MAX])
{
	text[rc_addr_put(a, text)] = '\0';
	return text;
}

int rc_addr_parse(const char *text, struct rc_addr *ret_addr)
{
	uint8_t bytes[16];
	if (inet_pton(AF_INET, text, bytes) == 1)
		*ret_addr = rc_addr_v4(bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*ret_addr = rc_addr_v6(bytes);
	else
		return RC_E_SYNTAX;
	return RC_OK;
}

/* IANA IPv4 and IPv6 Special-Purpose Address Registries, as of 2025-10; multicast by RFC 5771, 4291. */
#define INSIDE 1u  /* of a network, or of a host: no public name should have such an address */
#define NOWHERE 2u /* nobody can be reached there from another host */

static const struct special_range {
	uint8_t bytes[16];
	uint8_t prefix_bits;
	const char *name;
	unsigned traits;
} special_ranges[] = {
#define V4(a, b, c, d) \
	{ \
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d \
	}
	{V4(0, 0, 0, 0), 96 + 8, "this-network", INSIDE | NOWHERE},
	{V4(10, 0, 0, 0), 96 + 8, "private-use", INSIDE},
	{V4(100, 64, 0, 0), 96 + 10, "shared-address-space", 0},
	{V4(127, 0, 0, 0), 96 + 8, "loopback", INSIDE | NOWHERE},
	{V4(169, 254, 0, 0), 96 + 16, "link-local", INSIDE},
	{V4(172, 16, 0, 0), 96 + 12, "private-use", INSIDE},
	{V4(192, 0, 0, 0), 96 + 24, "ietf-protocol-assignments", 0},
	{V4(192, 0, 2, 0), 96 + 24, "documentation", 0},
	{V4(192, 88, 99, 0), 96 + 24, "6to4-relay-anycast", 0},
	{V4(192, 168, 0, 0), 96 + 16, "private-use", INSIDE},
	{V4(198, 18, 0, 0), 96 + 15, "benchmarking", 0},
	{V4(198, 51, 100, 0), 96 + 24, "documentation", 0},
	{V4(203, 0, 113, 0), 96 + 24, "documentation", 0},
	{V4(224, 0, 0, 0), 96 + 4, "multicast", NOWHERE},
	{V4(240, 0, 0, 0), 96 + 4, "reserved", NOWHERE},
#undef V4
	{{0}, 128, "unspecified", NOWHERE},
	{{[15] = 1}, 128, "loopback", INSIDE | NOWHERE},
	{{[10] = 0xff, [11] = 0xff}, 96, NULL, 0}, /* every other IPv4 address is ordinary */
	{{0}, 96, "ipv4-compatible", NOWHERE},
	{{0x00, 0x64, 0xff, 0x9b}, 96, "nat64", 0},
	{{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48, "nat64-local", 0},
	{{0x01}, 64, "discard-only", NOWHERE},
	{{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation", 0},
	{{0x3f, 0xff}, 20, "documentation", 0},
	{{0x20, 0x01, 0x00, 0x02}, 48, "benchmarking", 0},
	{{0x20, 0x02}, 16, "6to4", 0},
	{{0xfc}, 7, "unique-local", INSIDE},
	{{0xfe, 0x80}, 10, "link-local", INSIDE},
	{{0xfe, 0xc0}, 10, "site-local", 0},
	{{0xff}, 8, "multicast", NOWHERE},
	{{0x20}, 3, NULL, 0}, /* global unicast, the only range IANA hands out */
	{{0}, 0, "unallocated", 0},
};

static bool in_range(const struct rc_addr *a, const struct special_range *r)
{
	unsigned whole = r->prefix_bits / 8u, rest = r->prefix_bits % 8u;
	/* The last of them first: IPv4 addresses have 12 in common. */
	if (whole > 0 &&
	    (a->bytes[whole - 1] != r->bytes[whole - 1] || memcmp(a->bytes, r->bytes, whole) != 0))
		return false;
	return rest == 0 || (a->bytes[whole] ^ r->bytes[whole]) >> (8u - rest) == 0;
}

static const struct special_range *range_of(const struct rc_addr *a)
{
	const struct special_range *r = special_ranges;
	while (!in_range(a, r)) /* the last row matches everything */
		r++;
	return r;
}

bool rc_addr_is_loopback(const struct rc_addr *a)
{
	static const uint8_t v6[16] = {[15] = 1};
	return rc_addr_is_v4(a) ? a->bytes[12] == 127 : memcmp(a->bytes, v6, sizeof v6) == 0;
}

const char *rc_addr_special(const struct rc_addr *a)
{
	return range_of(a)->name;
}

bool rc_addr_is_inside(const struct rc_addr *a)
{
	return range_of(a)->traits & INSIDE;
}

bool rc_addr_is_nowhere(const struct rc_addr *a)
{
	return range_of(a)->traits & NOWHERE;
}

int rc_addr_special_range(const struct rc_addr *a)
{
	const struct special_range *r = range_of(a);
	return r->name == NULL ? -1 : (int)(r - special_ranges);
}
