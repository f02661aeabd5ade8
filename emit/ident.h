/*
 * Identifiers computed from an exchange alone, so that two sensors that saw the same packets agree:
 * Community ID version 1 (github.com/corelight/community-id-spec) and event.id. SHA-1 here is a
 * fingerprint, not a protection; its plain functions cost a third of what the EVP interface does.
 */
#ifndef RC_EMIT_IDENT_H
#define RC_EMIT_IDENT_H

#include <endian.h>

#include "base/addr.h"

#define RC_COMMUNITY_ID_LEN 30u /* "1:" and 28 characters of base64 */
#define RC_EVENT_ID_LEN 32u     /* hex */

/* proto: 17 UDP, 6 TCP; ports in host order. Writes exactly RC_COMMUNITY_ID_LEN characters, no NUL. */
void rc_ident_community(const struct rc_addr *src, uint16_t src_port, const struct rc_addr *dst,
			uint16_t dst_port, uint8_t proto, char text[RC_COMMUNITY_ID_LEN]);

#define RC_IDENT_MAX 375u /* octets of what is digested: six blocks of SHA-1, less the padding */

/* What is digested. Written in place, padded there. */
struct rc_ident {
	uint8_t bytes[RC_IDENT_MAX + 9];
	size_t n;
};

/* Stores a number in network order. */
static inline void rc_ident_u16(uint8_t *at, uint16_t value)
{
	value = htobe16(value);
	memcpy(at, &value, sizeof value);
}

static inline void rc_ident_u32(uint8_t *at, uint32_t value)
{
	value = htobe32(value);
	memcpy(at, &value, sizeof value);
}

static inline void rc_ident_u64(uint8_t *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, sizeof value);
}

/* Fingerprint of what in holds, which is used up: the first 16 octets of its SHA-1 in hex, no NUL. */
void rc_ident_event(struct rc_ident *in, char text[RC_EVENT_ID_LEN]);

#endif
