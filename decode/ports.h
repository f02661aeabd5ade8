/*
 * Which UDP and TCP ports matter, as bitmaps: a frame of other ports is rejected with one look. The ports that
 * clients ask from lie in ranges without any, so they do not draw the map through the cache.
 */
#ifndef RC_DECODE_PORTS_H
#define RC_DECODE_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct rc_port_set {
	uint64_t ranges; /* of 1024 ports each: those that have one */
	uint64_t map[1024];
};

struct rc_ports {
	struct rc_port_set dns; /* DNS ports */
	struct rc_port_set any; /* those and the UDP ports of encapsulations */
};

static inline void rc_ports_set(struct rc_port_set *set, uint16_t port)
{
	set->ranges |= UINT64_C(1) << port / 1024;
	set->map[port / 64] |= UINT64_C(1) << port % 64;
}

static inline bool rc_ports_has(const struct rc_port_set *set, uint16_t port)
{
	return (set->ranges >> port / 1024 & 1) != 0 && (set->map[port / 64] >> port % 64 & 1) != 0;
}

#endif
