/*
 * Integers of either byte order, as capture file headers hold them. The caller has checked that the
 * bytes are there (rc_stream_has); packet bytes are never read with these.
 */
#ifndef RC_CAPTURE_ORDER_H
#define RC_CAPTURE_ORDER_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t rc_order_u16(const uint8_t *p, bool big)
{
	uint16_t v;
	memcpy(&v, p, sizeof v);
	return big ? be16toh(v) : le16toh(v);
}

static inline uint32_t rc_order_u32(const uint8_t *p, bool big)
{
	uint32_t v;
	memcpy(&v, p, sizeof v);
	return big ? be32toh(v) : le32toh(v);
}

static inline uint64_t rc_order_u64(const uint8_t *p, bool big)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return big ? be64toh(v) : le64toh(v);
}

#endif
