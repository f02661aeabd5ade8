/*
 * Inside decode only: what the RDATA of each RR type is made of. One table row per type serves both
 * the check of its structure (decode/rdata.c) and its printing (decode/rr.c).
 */
#ifndef RC_DECODE_RDATA_H
#define RC_DECODE_RDATA_H

#include "decode/msg.h"

#define RC_FIELDS_MAX 10u /* SIG and RRSIG have nine, and the end */

enum rc_field {
	RC_FIELD_END, /* nothing may follow */
	RC_FIELD_U8,
	RC_FIELD_U16,
	RC_FIELD_U32,
	RC_FIELD_U48,
	RC_FIELD_U64,
	RC_FIELD_TIME,       /* 32-bit serial time, YYYYMMDDHHmmSS (RFC 4034 3.2) */
	RC_FIELD_TYPE,       /* RR type by mnemonic */
	RC_FIELD_TSIG_ERROR, /* 16-bit error of TSIG and TKEY by mnemonic */
	RC_FIELD_NAME,       /* domain name, compressed or not */
	RC_FIELD_A,          /* IPv4 address */
	RC_FIELD_AAAA,       /* IPv6 address */
	RC_FIELD_NODE64,     /* 64 bits as four groups of hex digits (RFC 6742) */
	RC_FIELD_EUI48,      /* RFC 7043 */
	RC_FIELD_EUI64,
	RC_FIELD_LOC,     /* RFC 1876, 16 octets */
	RC_FIELD_STRING,  /* one character-string, quoted */
	RC_FIELD_TAG,     /* one character-string, plain (CAA) */
	RC_FIELD_SALT,    /* length octet and octets in hex, "-" for none (NSEC3) */
	RC_FIELD_HASH,    /* length octet and octets in base32hex (NSEC3) */
	RC_FIELD_BLOB16,  /* 16-bit length and octets in base64 (TSIG, TKEY) */
	RC_FIELD_GATEWAY, /* precedence, type, algorithm, gateway (IPSECKEY, RFC 4025 2) */
	RC_FIELD_RELAY,   /* precedence, discovery and type, relay (AMTRELAY, RFC 8777 4) */
	RC_FIELD_HIP,     /* lengths, algorithm, HIT, public key (RFC 8005 5) */
	/* The ones below take all that is left. */
	RC_FIELD_STRINGS, /* one character-string or more */
	RC_FIELD_NAMES,   /* none or more names */
	RC_FIELD_REST_HEX,
	RC_FIELD_REST_BASE64,
	RC_FIELD_REST_TEXT, /* quoted text without a length (CAA, URI) */
	RC_FIELD_NSAP,      /* 0x and hex (RFC 1706) */
	RC_FIELD_BITMAP,    /* type bitmap (RFC 4034 4.1.2) */
	RC_FIELD_SVCPARAMS, /* RFC 9460 2.2 */
	RC_FIELD_APL,       /* RFC 3123 */
	RC_FIELD_WKS,       /* bitmap of ports (RFC 1035 3.4.2) */
	RC_FIELD_COUNT,
};

/* The fields of a type in a class, ended by RC_FIELD_END; NULL when this program knows none. */
const uint8_t *rc_rdata_fields(uint16_t type, uint16_t class);

/*
 * Moves the cursor over one field; its buffer must be the message up to the RDATA's end. False, and
 * the cursor where the field stops making sense, if it does not fit.
 */
bool rc_rdata_skip(struct rc_cursor *c, enum rc_field field);

/*
 * Checks the structure of RDATA, whose octets are there, against its type: 0 if it fits or the type is not
 * known, else the offset in the message where it stops making sense.
 */
uint32_t rc_rdata_check(const uint8_t *message, uint16_t type, uint16_t class, uint32_t rdata_off,
			uint16_t rdata_len);

/* The commonest of all: an address of its length, which fits in every class. */
static inline bool rc_rdata_is_address(uint16_t type, uint16_t rdata_len)
{
	return (type == RC_TYPE_A && rdata_len == 4) || (type == RC_TYPE_AAAA && rdata_len == 16);
}

#endif
