/*
 * Which UDP and TCP ports matter, as bitmaps: a frame of other ports is rejected with one look.
 */
#ifndef RC_DECODE_PORTS_H
#define RC_DECODE_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct rc_ports {
	uint64_t dns[1024]; /* DNS ports */
	uint64_t any[1024]; /* those and the UDP ports of encapsulations */
};

static inline void rc_ports_set(uint64_t map[1024], uint16_t port)
{
	map[port / 64] |= UINT64_C(1) << port % 64;
}

static inline bool rc_ports_has(const uint64_t map[1024], uint16_t port)
{
	return map[port / 64] >> port % 64 & 1;
}

#endif
