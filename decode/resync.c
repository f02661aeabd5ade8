#include "decode/resync.h"

#include "base/limits.h"
#include "decode/msg.h"
#include "decode/name.h"

enum { PREFIX_LEN = 2, QUESTION_MIN = 5, RR_MIN = 11, CHAIN_MAX = 64 };

enum look { NO, HEADER, RECORD, QUESTION };

static bool is_class(uint16_t class)
{
	return class == RC_CLASS_IN || class == RC_CLASS_CH || class == RC_CLASS_HS ||
	       class == RC_CLASS_NONE || class == RC_CLASS_ANY;
}

static bool is_header(uint16_t flags, const uint16_t counts[4], uint32_t len, bool from_server)
{
	enum { OPCODE_SHIFT = 11, OPCODE = 0xf, RCODE = 0xf, OPCODE_FREE = 3 };
	unsigned opcode = flags >> OPCODE_SHIFT & OPCODE;
	uint32_t records = (uint32_t)counts[1] + counts[2] + counts[3];
	if (((flags & RC_FLAG_QR) != 0) != from_server || flags & RC_FLAG_Z)
		return false;
	if (opcode == OPCODE_FREE || opcode > RC_OPCODE_DSO || counts[0] > 1)
		return false;
	if (!from_server && (flags & RCODE || (opcode == RC_OPCODE_QUERY && counts[1])))
		return false;
	if (counts[0] + records == 0 && (!from_server || !(flags & RCODE)))
		return false;
	return RC_DNS_HEADER_LEN + counts[0] * QUESTION_MIN + records * RR_MIN <= len;
}

/* How much of a message stands behind the prefix at data; *ret_len: the prefix's value. */
static enum look look_at(const uint8_t *data, uint32_t len, bool from_server, uint32_t *ret_len)
{
	struct rc_cursor c = rc_cursor_init(data, len);
	uint32_t message_len = rc_cursor_u16(&c);
	uint32_t have = len - PREFIX_LEN < message_len ? len - PREFIX_LEN : message_len;
	c = rc_cursor_init(data + PREFIX_LEN, have);
	rc_cursor_skip(&c, 2); /* ID */
	uint16_t flags = rc_cursor_u16(&c), counts[4];
	for (unsigned i = 0; i < 4; i++)
		counts[i] = rc_cursor_u16(&c);
	if (c.failed || !is_header(flags, counts, message_len, from_server))
		return NO;
	*ret_len = message_len;
	if (counts[0] + counts[1] + counts[2] + counts[3] == 0)
		return HEADER;
	enum rc_name_fault fault = rc_name_skip(&c);
	if (fault == RC_NAME_SHORT && have < message_len)
		return HEADER;
	uint16_t type = rc_cursor_u16(&c), class = rc_cursor_u16(&c);
	if (fault)
		return NO;
	if (c.failed)
		return have < message_len ? HEADER : NO;
	if (counts[0] == 0)
		return type == RC_TYPE_OPT || is_class(class) ? RECORD : NO;
	return type && is_class(class) ? QUESTION : NO;
}

/* Message after message, until the octets end where one ends or inside one. */
static bool is_chain(const uint8_t *data, uint32_t len, bool from_server)
{
	for (unsigned i = 0; len; i++) {
		uint32_t message_len;
		if (len < PREFIX_LEN + RC_DNS_HEADER_LEN || i > CHAIN_MAX)
			return i > 0;
		if (look_at(data, len, from_server, &message_len) == NO)
			return false;
		if (len - PREFIX_LEN < message_len)
			return i > 0;
		data += PREFIX_LEN + message_len;
		len -= PREFIX_LEN + message_len;
	}
	return true;
}

uint32_t rc_resync_find(const uint8_t *data, uint32_t len, bool from_server)
{
	uint32_t message_len, max = len < RC_RESYNC_SCAN_MAX ? len : RC_RESYNC_SCAN_MAX;
	for (uint32_t off = 0; off + PREFIX_LEN + RC_DNS_HEADER_LEN <= max; off++) {
		enum look look = look_at(data + off, len - off, from_server, &message_len);
		if (look == NO)
			continue;
		if (off == 0 || look == QUESTION ||
		    (look == RECORD && is_chain(data + off, len - off, from_server)))
			return off;
	}
	return RC_RESYNC_NONE;
}
