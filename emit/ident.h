/*
 * Identifiers computed from an exchange alone, so that two sensors that saw the same packets agree:
 * Community ID version 1 (github.com/corelight/community-id-spec) and event.id. SHA-1 here is a
 * fingerprint, not a protection; its plain functions cost a third of what the EVP interface does.
 */
#ifndef RC_EMIT_IDENT_H
#define RC_EMIT_IDENT_H

#include "base/addr.h"

#define RC_COMMUNITY_ID_LEN 30u /* "1:" and 28 characters of base64 */
#define RC_EVENT_ID_LEN 32u     /* hex */

/* proto: 17 UDP, 6 TCP; ports in host order. Writes exactly RC_COMMUNITY_ID_LEN characters and a NUL. */
void rc_ident_community(const struct rc_addr *src, uint16_t src_port, const struct rc_addr *dst,
			uint16_t dst_port, uint8_t proto, char text[RC_COMMUNITY_ID_LEN + 1]);

/* Fingerprint of len octets: the first 16 octets of their SHA-1 in hex. */
void rc_ident_event(const void *data, size_t len, char text[RC_EVENT_ID_LEN + 1]);

#endif
