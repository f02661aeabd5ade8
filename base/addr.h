/*
 * IP addresses. One shape for both families: 16 bytes in network order, IPv4 as ::ffff:a.b.c.d
 * (RFC 4291 2.5.5.2; such addresses do not occur in IPv6 headers on a sound network).
 */
#ifndef RC_BASE_ADDR_H
#define RC_BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

#define RC_ADDR_TEXT_MAX 46u /* INET6_ADDRSTRLEN */

struct rc_addr {
	uint8_t bytes[16];
};

/* From 4 bytes in network order. */
static inline struct rc_addr rc_addr_v4(const uint8_t bytes[4])
{
	struct rc_addr a = {{0}};
	a.bytes[10] = a.bytes[11] = 0xff;
	memcpy(a.bytes + 12, bytes, 4);
	return a;
}

/* From 16 bytes in network order. */
static inline struct rc_addr rc_addr_v6(const uint8_t bytes[16])
{
	struct rc_addr a;
	memcpy(a.bytes, bytes, 16);
	return a;
}

static inline bool rc_addr_is_v4(const struct rc_addr *a)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static inline bool rc_addr_equal(const struct rc_addr *a, const struct rc_addr *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Seeded hash. */
static inline uint64_t rc_addr_hash(uint64_t seed, const struct rc_addr *a)
{
	return rc_hash_u64(seed, rc_hash_word(a->bytes), rc_hash_word(a->bytes + 8));
}

/* Text form: dotted quad, or RFC 5952. Writes at most RC_ADDR_TEXT_MAX - 1 characters and no NUL;
 * returns how many. */
size_t rc_addr_put(const struct rc_addr *a, char *text);

/* The same with a NUL. Returns text. */
const char *rc_addr_format(const struct rc_addr *a, char text[RC_ADDR_TEXT_MAX]);

/* From text. RC_E_SYNTAX when it is no address. */
int rc_addr_parse(const char *text, struct rc_addr *ret_addr);

/*
 * Why an address can serve nobody on the Internet, from the IANA special-purpose registries
 * (RFC 6890 and updates): "private-use", "documentation", "loopback", ... NULL for ordinary global
 * unicast addresses.
 */
const char *rc_addr_special(const struct rc_addr *a);

/* Of a range for use inside of a network, or of a host: an address that no public name should have. */
bool rc_addr_is_inside(const struct rc_addr *a);

/* Of a range in which no other host can ever be reached. */
bool rc_addr_is_nowhere(const struct rc_addr *a);

/*
 * Number of the special-purpose range an address lies in, below 64 (10.0.0.0/8 and 192.168.0.0/16 are two
 * ranges); -1 for ordinary addresses.
 */
int rc_addr_special_range(const struct rc_addr *a);

/* 127.0.0.0/8 and ::1: never outside of a host (RFC 1122 3.2.1.3, RFC 4291 2.5.3). */
bool rc_addr_is_loopback(const struct rc_addr *a);

#endif
