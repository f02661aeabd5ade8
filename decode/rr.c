#include "decode/rr.h"

#include <string.h>

#include "base/digits.h"
#include "base/time.h"
#include "decode/rdata.h"
#include "decode/rr_text.h"
#include "decode/walk.h"

/* The printers of fields get a cursor that ends with the field, over a field that was checked. */

static void put_name(struct rc_buf *buf, struct rc_cursor *c)
{
	struct rc_name name;
	char text[RC_NAME_TEXT_MAX + 1];
	if (rc_name_read(c, &name) == RC_NAME_OK)
		rc_buf_add(buf, text, rc_name_format(&name, text));
}

static void put_names(struct rc_buf *buf, struct rc_cursor c)
{
	for (bool first = true; rc_cursor_left(&c) > 0 && !c.failed; first = false) {
		uint32_t before = c.pos;
		if (!first)
			rc_buf_putc(buf, ' ');
		put_name(buf, &c);
		if (c.pos == before)
			return;
	}
}

/* The first octets of an address; what is missing is zero (APL leaves zeros at the end out). */
static void put_addr(struct rc_buf *buf, struct rc_cursor c, bool v6)
{
	uint8_t bytes[16] = {0};
	char text[RC_ADDR_TEXT_MAX];
	uint32_t len = rc_cursor_left(&c);
	const uint8_t *from = rc_cursor_bytes(&c, len);
	if (from == NULL || len > (v6 ? 16u : 4u))
		return;
	if (len > 0)
		memcpy(bytes, from, len);
	struct rc_addr addr = v6 ? rc_addr_v6(bytes) : rc_addr_v4(bytes);
	rc_buf_puts(buf, rc_addr_format(&addr, text));
}

static void put_code(struct rc_buf *buf, const struct rc_code_table *table, uint16_t value)
{
	char text[RC_CODE_TEXT_MAX];
	rc_buf_puts(buf, rc_code_name(table, value, text));
}

static void put_u64(struct rc_buf *buf, struct rc_cursor *c, unsigned octets)
{
	uint64_t value = 0;
	while (octets-- > 0)
		value = value << 8 | rc_cursor_u8(c);
	char digits[RC_DIGITS_MAX];
	rc_buf_add(buf, digits, (size_t)(rc_digits_put(digits, value) - digits));
}

/* YYYYMMDDHHmmSS: the digits of the RFC 3339 form up to the seconds. */
static void put_time(struct rc_buf *buf, uint32_t seconds)
{
	char text[RC_TIME_TEXT_LEN + 1];
	rc_time_format((int64_t)seconds * RC_NS_PER_S, text);
	for (const char *at = text; *at != '.'; at++)
		if (*at >= '0' && *at <= '9')
			rc_buf_putc(buf, *at);
}

/* Groups of hex octets with something between. */
static void put_groups(struct rc_buf *buf, struct rc_cursor c, unsigned octets, char between)
{
	for (bool first = true; rc_cursor_left(&c) >= octets; first = false) {
		if (!first)
			rc_buf_putc(buf, between);
		rc_text_hex(buf, rc_text_part(&c, octets));
	}
}

static void put_strings(struct rc_buf *buf, struct rc_cursor c)
{
	for (bool first = true; rc_cursor_left(&c) > 0; first = false) {
		if (!first)
			rc_buf_putc(buf, ' ');
		rc_text_quoted(buf, rc_text_part(&c, rc_cursor_u8(&c)));
	}
}

static void put_salt(struct rc_buf *buf, struct rc_cursor c)
{
	rc_cursor_skip(&c, 1);
	if (rc_cursor_left(&c) == 0)
		rc_buf_putc(buf, '-');
	rc_text_hex(buf, c);
}

/* Length, and the octets if there are any. */
static void put_blob16(struct rc_buf *buf, struct rc_cursor c)
{
	rc_buf_printf(buf, "%u", rc_cursor_u16(&c));
	if (rc_cursor_left(&c) > 0)
		rc_buf_putc(buf, ' ');
	rc_text_base64(buf, c);
}

/* Numbers of the bits that are set, counted from the upper bit of each octet. */
static void put_bits(struct rc_buf *buf, struct rc_cursor c, unsigned base, bool types, bool *first)
{
	for (; rc_cursor_left(&c) > 0; base += 8) {
		uint8_t octet = rc_cursor_u8(&c);
		for (unsigned bit = 0; bit < 8; bit++) {
			if ((octet & 0x80u >> bit) == 0)
				continue;
			if (!*first)
				rc_buf_putc(buf, ' ');
			*first = false;
			if (types)
				put_code(buf, &rc_types, (uint16_t)(base + bit));
			else
				rc_buf_printf(buf, "%u", base + bit);
		}
	}
}

static void put_bitmap(struct rc_buf *buf, struct rc_cursor c)
{
	bool first = true;
	while (rc_cursor_left(&c) > 0) {
		unsigned window = rc_cursor_u8(&c);
		put_bits(buf, rc_text_part(&c, rc_cursor_u8(&c)), window << 8, true, &first);
	}
}

static void put_ports(struct rc_buf *buf, struct rc_cursor c)
{
	bool first = true;
	put_bits(buf, c, 0, false, &first);
}

/* Items as "!1:192.0.2.0/24"; an address of another family, or one too long, in hex. */
static void put_apl(struct rc_buf *buf, struct rc_cursor c)
{
	for (bool first = true; rc_cursor_left(&c) > 0; first = false) {
		uint16_t family = rc_cursor_u16(&c);
		uint8_t prefix = rc_cursor_u8(&c), len = rc_cursor_u8(&c);
		struct rc_cursor addr = rc_text_part(&c, len & 0x7fu);
		rc_buf_printf(buf, "%s%s%u:", first ? "" : " ", (len & 0x80u) != 0 ? "!" : "",
			      family);
		uint32_t addr_max = family == 1 ? 4 : family == 2 ? 16 : 0;
		if (rc_cursor_left(&addr) <= addr_max && addr_max > 0)
			put_addr(buf, addr, family == 2);
		else
			rc_text_hex(buf, addr);
		rc_buf_printf(buf, "/%u", prefix);
	}
}

/* A gateway or relay by its type (RFC 4025 2.5, RFC 8777 4.2.4), at the end of the cursor. */
static void put_gateway(struct rc_buf *buf, struct rc_cursor c, unsigned type)
{
	switch (type) {
	case 1:
	case 2:
		put_addr(buf, c, type == 2);
		break;
	case 3:
		put_name(buf, &c);
		break;
	default:
		rc_buf_putc(buf, '.');
		break;
	}
}

static void put_ipsec_gateway(struct rc_buf *buf, struct rc_cursor c)
{
	unsigned precedence = rc_cursor_u8(&c), type = rc_cursor_u8(&c),
		 algorithm = rc_cursor_u8(&c);
	rc_buf_printf(buf, "%u %u %u ", precedence, type, algorithm);
	put_gateway(buf, c, type);
}

static void put_relay(struct rc_buf *buf, struct rc_cursor c)
{
	unsigned precedence = rc_cursor_u8(&c), type = rc_cursor_u8(&c);
	rc_buf_printf(buf, "%u %u %u ", precedence, type >> 7, type & 0x7fu);
	put_gateway(buf, c, type & 0x7fu);
}

static void put_hip(struct rc_buf *buf, struct rc_cursor c)
{
	uint8_t hit_len = rc_cursor_u8(&c);
	rc_buf_printf(buf, "%u ", rc_cursor_u8(&c));
	rc_cursor_skip(&c, 2); /* length of the key: what is left */
	rc_text_hex(buf, rc_text_part(&c, hit_len));
	rc_buf_putc(buf, ' ');
	rc_text_base64(buf, c);
}

/* Fields that are numbers, names or addresses. */
static bool put_simple(struct rc_buf *buf, enum rc_field field, struct rc_cursor c)
{
	switch (field) {
	case RC_FIELD_U8:
		put_u64(buf, &c, 1);
		return true;
	case RC_FIELD_U16:
		put_u64(buf, &c, 2);
		return true;
	case RC_FIELD_U32:
		put_u64(buf, &c, 4);
		return true;
	case RC_FIELD_U48:
		put_u64(buf, &c, 6);
		return true;
	case RC_FIELD_U64:
		put_u64(buf, &c, 8);
		return true;
	case RC_FIELD_TIME:
		put_time(buf, rc_cursor_u32(&c));
		return true;
	case RC_FIELD_TYPE:
		put_code(buf, &rc_types, rc_cursor_u16(&c));
		return true;
	case RC_FIELD_TSIG_ERROR:
		put_code(buf, &rc_tsig_errors, rc_cursor_u16(&c));
		return true;
	case RC_FIELD_NAME:
		put_name(buf, &c);
		return true;
	case RC_FIELD_A:
	case RC_FIELD_AAAA:
		put_addr(buf, c, field == RC_FIELD_AAAA);
		return true;
	case RC_FIELD_NODE64:
		put_groups(buf, c, 2, ':');
		return true;
	case RC_FIELD_EUI48:
	case RC_FIELD_EUI64:
		put_groups(buf, c, 1, '-');
		return true;
	default:
		return false;
	}
}

/* All other fields. */
static void put_composed(struct rc_buf *buf, enum rc_field field, struct rc_cursor c)
{
	static void (*const printers[])(struct rc_buf *, struct rc_cursor) = {
		[RC_FIELD_LOC] = rc_text_loc,
		[RC_FIELD_STRING] = put_strings,
		[RC_FIELD_SALT] = put_salt,
		[RC_FIELD_BLOB16] = put_blob16,
		[RC_FIELD_GATEWAY] = put_ipsec_gateway,
		[RC_FIELD_RELAY] = put_relay,
		[RC_FIELD_HIP] = put_hip,
		[RC_FIELD_STRINGS] = put_strings,
		[RC_FIELD_NAMES] = put_names,
		[RC_FIELD_REST_HEX] = rc_text_hex,
		[RC_FIELD_REST_BASE64] = rc_text_base64,
		[RC_FIELD_REST_TEXT] = rc_text_quoted,
		[RC_FIELD_BITMAP] = put_bitmap,
		[RC_FIELD_SVCPARAMS] = rc_text_svcparams,
		[RC_FIELD_APL] = put_apl,
		[RC_FIELD_WKS] = put_ports,
	};
	switch (field) {
	case RC_FIELD_TAG:
		rc_cursor_skip(&c, 1);
		rc_text_escaped(buf, rc_text_part(&c, rc_cursor_left(&c)));
		break;
	case RC_FIELD_HASH:
		rc_cursor_skip(&c, 1);
		rc_text_base32hex(buf, c);
		break;
	case RC_FIELD_NSAP:
		rc_buf_puts(buf, "0x");
		rc_text_hex(buf, c);
		break;
	default:
		printers[field](buf, c);
		break;
	}
}

void rc_rr_format_rdata(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_buf *buf)
{
	const uint8_t *field = rc_rdata_fields(rr->type, rr->class);
	if (field == NULL ||
	    rc_rdata_check(msg->wire, rr->type, rr->class, rr->rdata_off, rr->rdata_len) != 0) {
		rc_buf_printf(buf, "\\# %u", rr->rdata_len);
		if (rr->rdata_len > 0)
			rc_buf_putc(buf, ' ');
		rc_text_hex(buf, rc_rr_rdata(msg, rr));
		return;
	}
	struct rc_cursor c = rc_walk_rdata(msg, rr->rdata_off, rr->rdata_len);
	size_t start = buf->len;
	for (; *field != RC_FIELD_END; field++) {
		struct rc_cursor part = c;
		rc_rdata_skip(&c, *field);
		part.len = c.pos;
		size_t before = buf->len;
		if (before > start)
			rc_buf_putc(buf, ' ');
		size_t printed = buf->len;
		if (!put_simple(buf, *field, part))
			put_composed(buf, *field, part);
		if (buf->len == printed)
			buf->len = before; /* an empty field at the end leaves no space behind */
	}
}

bool rc_rr_addr(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_addr *ret_addr)
{
	bool v4 = rr->type == RC_TYPE_A && rr->rdata_len == 4;
	bool v6 = rr->type == RC_TYPE_AAAA && rr->rdata_len == 16;
	if (!(v4 || v6) || rr->class != RC_CLASS_IN)
		return false;
	struct rc_cursor c = rc_rr_rdata(msg, rr);
	const uint8_t *bytes = rc_cursor_bytes(&c, rr->rdata_len);
	if (bytes == NULL)
		return false;
	*ret_addr = v4 ? rc_addr_v4(bytes) : rc_addr_v6(bytes);
	return true;
}
