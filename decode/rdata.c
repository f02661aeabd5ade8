#include "decode/rdata.h"

#include "decode/rr_text.h"
#include "decode/walk.h"

#define TYPE_TA 32768u /* have the RDATA of DS (RFC 4431) */
#define TYPE_DLV 32769u

#define LOC_LEN 16u
#define BITMAP_WINDOW_MAX 32u /* RFC 4034 4.1.2 */
#define APL_LEN_MASK 0x7fu    /* the upper bit is negation, RFC 3123 4 */

enum gateway { GATEWAY_NONE, GATEWAY_A, GATEWAY_AAAA, GATEWAY_NAME }; /* RFC 4025 2.3 */

#define F(...) \
	{ \
		__VA_ARGS__, RC_FIELD_END \
	}

/* One row per type. */
static const uint8_t layouts[][RC_FIELDS_MAX] = {
	[RC_TYPE_A] = F(RC_FIELD_A),
	[RC_TYPE_NS] = F(RC_FIELD_NAME),
	[3 /* MD */] = F(RC_FIELD_NAME),
	[4 /* MF */] = F(RC_FIELD_NAME),
	[RC_TYPE_CNAME] = F(RC_FIELD_NAME),
	[RC_TYPE_SOA] = F(RC_FIELD_NAME, RC_FIELD_NAME, RC_FIELD_U32, RC_FIELD_U32, RC_FIELD_U32,
			  RC_FIELD_U32, RC_FIELD_U32),
	[7 /* MB */] = F(RC_FIELD_NAME),
	[8 /* MG */] = F(RC_FIELD_NAME),
	[9 /* MR */] = F(RC_FIELD_NAME),
	[11 /* WKS */] = F(RC_FIELD_A, RC_FIELD_U8, RC_FIELD_WKS),
	[RC_TYPE_PTR] = F(RC_FIELD_NAME),
	[13 /* HINFO */] = F(RC_FIELD_STRING, RC_FIELD_STRING),
	[14 /* MINFO */] = F(RC_FIELD_NAME, RC_FIELD_NAME),
	[RC_TYPE_MX] = F(RC_FIELD_U16, RC_FIELD_NAME),
	[RC_TYPE_TXT] = F(RC_FIELD_STRINGS),
	[17 /* RP */] = F(RC_FIELD_NAME, RC_FIELD_NAME),
	[18 /* AFSDB */] = F(RC_FIELD_U16, RC_FIELD_NAME),
	[19 /* X25 */] = F(RC_FIELD_STRING),
	[20 /* ISDN */] = F(RC_FIELD_STRINGS),
	[21 /* RT */] = F(RC_FIELD_U16, RC_FIELD_NAME),
	[22 /* NSAP */] = F(RC_FIELD_NSAP),
	[23 /* NSAP-PTR */] = F(RC_FIELD_NAME),
	[24 /* SIG */] = F(RC_FIELD_TYPE, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_U32, RC_FIELD_TIME,
			   RC_FIELD_TIME, RC_FIELD_U16, RC_FIELD_NAME, RC_FIELD_REST_BASE64),
	[25 /* KEY */] = F(RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_BASE64),
	[26 /* PX */] = F(RC_FIELD_U16, RC_FIELD_NAME, RC_FIELD_NAME),
	[27 /* GPOS */] = F(RC_FIELD_STRING, RC_FIELD_STRING, RC_FIELD_STRING),
	[RC_TYPE_AAAA] = F(RC_FIELD_AAAA),
	[29 /* LOC */] = F(RC_FIELD_LOC),
	[31 /* EID */] = F(RC_FIELD_REST_HEX),
	[32 /* NIMLOC */] = F(RC_FIELD_REST_HEX),
	[RC_TYPE_SRV] = F(RC_FIELD_U16, RC_FIELD_U16, RC_FIELD_U16, RC_FIELD_NAME),
	[35 /* NAPTR */] = F(RC_FIELD_U16, RC_FIELD_U16, RC_FIELD_STRING, RC_FIELD_STRING,
			     RC_FIELD_STRING, RC_FIELD_NAME),
	[36 /* KX */] = F(RC_FIELD_U16, RC_FIELD_NAME),
	[37 /* CERT */] = F(RC_FIELD_U16, RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_REST_BASE64),
	[RC_TYPE_DNAME] = F(RC_FIELD_NAME),
	[42 /* APL */] = F(RC_FIELD_APL),
	[RC_TYPE_DS] = F(RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_HEX),
	[44 /* SSHFP */] = F(RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_HEX),
	[45 /* IPSECKEY */] = F(RC_FIELD_GATEWAY, RC_FIELD_REST_BASE64),
	[RC_TYPE_RRSIG] = F(RC_FIELD_TYPE, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_U32, RC_FIELD_TIME,
			    RC_FIELD_TIME, RC_FIELD_U16, RC_FIELD_NAME, RC_FIELD_REST_BASE64),
	[RC_TYPE_NSEC] = F(RC_FIELD_NAME, RC_FIELD_BITMAP),
	[RC_TYPE_DNSKEY] = F(RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_BASE64),
	[49 /* DHCID */] = F(RC_FIELD_REST_BASE64),
	[RC_TYPE_NSEC3] = F(RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_U16, RC_FIELD_SALT, RC_FIELD_HASH,
			    RC_FIELD_BITMAP),
	[RC_TYPE_NSEC3PARAM] = F(RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_U16, RC_FIELD_SALT),
	[52 /* TLSA */] = F(RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_HEX),
	[53 /* SMIMEA */] = F(RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_HEX),
	[55 /* HIP */] = F(RC_FIELD_HIP, RC_FIELD_NAMES),
	[56 /* NINFO */] = F(RC_FIELD_STRINGS),
	[57 /* RKEY */] = F(RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_BASE64),
	[58 /* TALINK */] = F(RC_FIELD_NAME, RC_FIELD_NAME),
	[59 /* CDS */] = F(RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_HEX),
	[60 /* CDNSKEY */] = F(RC_FIELD_U16, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_BASE64),
	[61 /* OPENPGPKEY */] = F(RC_FIELD_REST_BASE64),
	[62 /* CSYNC */] = F(RC_FIELD_U32, RC_FIELD_U16, RC_FIELD_BITMAP),
	[63 /* ZONEMD */] = F(RC_FIELD_U32, RC_FIELD_U8, RC_FIELD_U8, RC_FIELD_REST_HEX),
	[RC_TYPE_SVCB] = F(RC_FIELD_U16, RC_FIELD_NAME, RC_FIELD_SVCPARAMS),
	[RC_TYPE_HTTPS] = F(RC_FIELD_U16, RC_FIELD_NAME, RC_FIELD_SVCPARAMS),
	[66 /* DSYNC */] = F(RC_FIELD_TYPE, RC_FIELD_U8, RC_FIELD_U16, RC_FIELD_NAME),
	[67 /* HHIT */] = F(RC_FIELD_REST_BASE64),
	[68 /* BRID */] = F(RC_FIELD_REST_BASE64),
	[99 /* SPF */] = F(RC_FIELD_STRINGS),
	[104 /* NID */] = F(RC_FIELD_U16, RC_FIELD_NODE64),
	[105 /* L32 */] = F(RC_FIELD_U16, RC_FIELD_A),
	[106 /* L64 */] = F(RC_FIELD_U16, RC_FIELD_NODE64),
	[107 /* LP */] = F(RC_FIELD_U16, RC_FIELD_NAME),
	[108 /* EUI48 */] = F(RC_FIELD_EUI48),
	[109 /* EUI64 */] = F(RC_FIELD_EUI64),
	[RC_TYPE_TKEY] = F(RC_FIELD_NAME, RC_FIELD_TIME, RC_FIELD_TIME, RC_FIELD_U16,
			   RC_FIELD_TSIG_ERROR, RC_FIELD_BLOB16, RC_FIELD_BLOB16),
	[RC_TYPE_TSIG] = F(RC_FIELD_NAME, RC_FIELD_U48, RC_FIELD_U16, RC_FIELD_BLOB16, RC_FIELD_U16,
			   RC_FIELD_TSIG_ERROR, RC_FIELD_BLOB16),
	[256 /* URI */] = F(RC_FIELD_U16, RC_FIELD_U16, RC_FIELD_REST_TEXT),
	[257 /* CAA */] = F(RC_FIELD_U8, RC_FIELD_TAG, RC_FIELD_REST_TEXT),
	[258 /* AVC */] = F(RC_FIELD_STRINGS),
	[259 /* DOA */] = F(RC_FIELD_U32, RC_FIELD_U32, RC_FIELD_U8, RC_FIELD_STRING,
			    RC_FIELD_REST_BASE64),
	[260 /* AMTRELAY */] = F(RC_FIELD_RELAY),
	[261 /* RESINFO */] = F(RC_FIELD_STRINGS),
	[262 /* WALLET */] = F(RC_FIELD_STRINGS),
	[263 /* CLA */] = F(RC_FIELD_STRINGS),
	[264 /* IPN */] = F(RC_FIELD_U64),
};
#undef F

#define LAYOUTS (sizeof layouts / sizeof *layouts)

static inline const uint8_t *fields_of(uint16_t type, uint16_t class)
{
	if (type == TYPE_TA || type == TYPE_DLV)
		type = RC_TYPE_DS;
	if (type >= LAYOUTS || layouts[type][0] == RC_FIELD_END)
		return NULL;
	/* Addresses are of the Internet class alone; Chaosnet's A is a name and a number. */
	uint8_t first = layouts[type][0];
	if ((first == RC_FIELD_A || first == RC_FIELD_AAAA) && class != RC_CLASS_IN &&
	    class != RC_CLASS_NONE && class != RC_CLASS_HS)
		return NULL;
	return layouts[type];
}

const uint8_t *rc_rdata_fields(uint16_t type, uint16_t class)
{
	return fields_of(type, class);
}

static bool skip_strings(struct rc_cursor *c)
{
	do
		rc_cursor_skip(c, rc_cursor_u8(c));
	while (!c->failed && rc_cursor_left(c) > 0);
	return !c->failed;
}

static bool skip_bitmap(struct rc_cursor *c)
{
	int last = -1;
	while (rc_cursor_left(c) > 0) {
		int window = rc_cursor_u8(c);
		uint8_t len = rc_cursor_u8(c);
		if (window <= last || len == 0 || len > BITMAP_WINDOW_MAX)
			return false;
		rc_cursor_skip(c, len);
		if (c->failed)
			return false;
		last = window;
	}
	return true;
}

/* Keys ascend strictly, values fit their keys (RFC 9460 2.2). */
static bool skip_svcparams(struct rc_cursor *c)
{
	int last = -1;
	while (rc_cursor_left(c) > 0) {
		struct rc_cursor param = *c;
		int key = rc_cursor_u16(&param);
		uint16_t len = rc_cursor_u16(&param);
		struct rc_cursor value = rc_text_part(&param, len);
		if (param.failed || key <= last || !rc_svcparam_fits((uint16_t)key, value))
			return false;
		*c = param;
		last = key;
	}
	return true;
}

static bool skip_apl(struct rc_cursor *c)
{
	while (rc_cursor_left(c) > 0) {
		rc_cursor_skip(c, 2 + 1); /* address family, prefix */
		rc_cursor_skip(c, rc_cursor_u8(c) & APL_LEN_MASK);
		if (c->failed)
			return false;
	}
	return true;
}

static bool skip_names(struct rc_cursor *c)
{
	while (rc_cursor_left(c) > 0)
		if (rc_name_skip(c) != RC_NAME_OK)
			return false;
	return true;
}

static bool skip_gateway(struct rc_cursor *c, unsigned type)
{
	switch (type) {
	case GATEWAY_NONE:
		return true;
	case GATEWAY_A:
		rc_cursor_skip(c, 4);
		return !c->failed;
	case GATEWAY_AAAA:
		rc_cursor_skip(c, 16);
		return !c->failed;
	case GATEWAY_NAME:
		return rc_name_skip(c) == RC_NAME_OK;
	default:
		return false;
	}
}

static bool skip_hip(struct rc_cursor *c)
{
	uint8_t hit_len = rc_cursor_u8(c);
	rc_cursor_skip(c, 1); /* algorithm */
	uint16_t key_len = rc_cursor_u16(c);
	rc_cursor_skip(c, hit_len);
	rc_cursor_skip(c, key_len);
	return !c->failed;
}

static bool skip_fixed(struct rc_cursor *c, uint32_t len)
{
	rc_cursor_skip(c, len);
	return !c->failed;
}

/* The fields made of parts, and those that take the rest. */
static bool skip_composed(struct rc_cursor *c, enum rc_field field)
{
	switch (field) {
	case RC_FIELD_STRING:
	case RC_FIELD_TAG:
	case RC_FIELD_SALT:
	case RC_FIELD_HASH:
		return skip_fixed(c, rc_cursor_u8(c));
	case RC_FIELD_BLOB16:
		return skip_fixed(c, rc_cursor_u16(c));
	case RC_FIELD_GATEWAY: {
		unsigned type = rc_cursor_peek_u8(c, 1);
		return skip_fixed(c, 3) && skip_gateway(c, type);
	}
	case RC_FIELD_RELAY: {
		unsigned type = rc_cursor_peek_u8(c, 1) & 0x7fu; /* the upper bit: discovery */
		return skip_fixed(c, 2) && skip_gateway(c, type);
	}
	case RC_FIELD_LOC: /* the version must be 0, RFC 1876 2 */
		return rc_cursor_peek_u8(c, 0) == 0 && skip_fixed(c, LOC_LEN);
	case RC_FIELD_HIP:
		return skip_hip(c);
	case RC_FIELD_STRINGS:
		return skip_strings(c);
	case RC_FIELD_NAMES:
		return skip_names(c);
	case RC_FIELD_BITMAP:
		return skip_bitmap(c);
	case RC_FIELD_SVCPARAMS:
		return skip_svcparams(c);
	case RC_FIELD_APL:
		return skip_apl(c);
	default:
		return skip_fixed(c, rc_cursor_left(c));
	}
}

/* Octets of the fields of one size; 0 for the others. */
static const uint8_t sizes[RC_FIELD_COUNT] = {
	[RC_FIELD_U8] = 1,    [RC_FIELD_U16] = 2,        [RC_FIELD_U32] = 4,
	[RC_FIELD_U48] = 6,   [RC_FIELD_U64] = 8,        [RC_FIELD_TIME] = 4,
	[RC_FIELD_TYPE] = 2,  [RC_FIELD_TSIG_ERROR] = 2, [RC_FIELD_A] = 4,
	[RC_FIELD_AAAA] = 16, [RC_FIELD_NODE64] = 8,     [RC_FIELD_EUI48] = 6,
	[RC_FIELD_EUI64] = 8,
};

bool rc_rdata_skip(struct rc_cursor *c, enum rc_field field)
{
	if (sizes[field] > 0)
		return skip_fixed(c, sizes[field]);
	if (field == RC_FIELD_NAME)
		return rc_name_skip(c) == RC_NAME_OK;
	return skip_composed(c, field);
}

uint32_t rc_rdata_check(const uint8_t *message, uint16_t type, uint16_t class, uint32_t rdata_off,
			uint16_t rdata_len)
{
	const uint8_t *field = fields_of(type, class);
	struct rc_cursor c = rc_cursor_init(message, rdata_off + rdata_len);
	c.pos = rdata_off;
	if (field == NULL)
		return 0;
	for (;; field++) {
		uint32_t fixed = 0; /* neighbours of one size are stepped over together: hot path */
		while (sizes[*field] > 0)
			fixed += sizes[*field++];
		if (fixed > rc_cursor_left(&c))
			return c.pos;
		rc_cursor_skip(&c, fixed);
		if (*field == RC_FIELD_END)
			return rc_cursor_left(&c) == 0 ? 0 : c.pos;
		if (*field == RC_FIELD_NAME) {
			uint32_t end = rc_name_end(c.data, c.len, c.pos);
			if (end == 0)
				return c.pos;
			c.pos = end;
			continue;
		}
		struct rc_cursor at = c; /* so that c itself may live in registers */
		if (!skip_composed(&at, *field))
			return at.pos;
		c.pos = at.pos;
	}
}
