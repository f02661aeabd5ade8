/*
 * IANA's DNS parameters as tables (https://www.iana.org/assignments/dns-parameters, the date stands
 * in RC_CODES_DATE). One row per code; every print, schema enum and --explain comes from these rows.
 */
#ifndef RC_DECODE_CODES_H
#define RC_DECODE_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RC_CODES_DATE "2026-07-10"

enum { /* OPCODE, RFC 6895 2.2 */
       RC_OPCODE_QUERY = 0,
       RC_OPCODE_IQUERY = 1,
       RC_OPCODE_STATUS = 2,
       RC_OPCODE_NOTIFY = 4,
       RC_OPCODE_UPDATE = 5,
       RC_OPCODE_DSO = 6,
};

enum { /* RCODE, RFC 6895 2.3; above 15 with the OPT record's eight upper bits, or in TSIG/TKEY */
       RC_RCODE_NOERROR = 0,
       RC_RCODE_FORMERR = 1,
       RC_RCODE_SERVFAIL = 2,
       RC_RCODE_NXDOMAIN = 3,
       RC_RCODE_NOTIMP = 4,
       RC_RCODE_REFUSED = 5,
       RC_RCODE_YXDOMAIN = 6,
       RC_RCODE_YXRRSET = 7,
       RC_RCODE_NXRRSET = 8,
       RC_RCODE_NOTAUTH = 9,
       RC_RCODE_NOTZONE = 10,
       RC_RCODE_DSOTYPENI = 11,
       RC_RCODE_BADVERS = 16, /* in OPT */
       RC_RCODE_BADSIG = 16,  /* in TSIG */
       RC_RCODE_BADKEY = 17,
       RC_RCODE_BADTIME = 18,
       RC_RCODE_BADMODE = 19,
       RC_RCODE_BADNAME = 20,
       RC_RCODE_BADALG = 21,
       RC_RCODE_BADTRUNC = 22,
       RC_RCODE_BADCOOKIE = 23,
};

/* Of use to who asked: the name is there, or it is known not to be. */
static inline bool rc_rcode_is_usable(uint16_t rcode)
{
	return rcode == RC_RCODE_NOERROR || rcode == RC_RCODE_NXDOMAIN;
}

enum { /* RR TYPE, the ones the code reasons about; names of all are in the table */
       RC_TYPE_A = 1,
       RC_TYPE_NS = 2,
       RC_TYPE_CNAME = 5,
       RC_TYPE_SOA = 6,
       RC_TYPE_PTR = 12,
       RC_TYPE_MX = 15,
       RC_TYPE_TXT = 16,
       RC_TYPE_AAAA = 28,
       RC_TYPE_SRV = 33,
       RC_TYPE_DNAME = 39,
       RC_TYPE_OPT = 41,
       RC_TYPE_DS = 43,
       RC_TYPE_RRSIG = 46,
       RC_TYPE_NSEC = 47,
       RC_TYPE_DNSKEY = 48,
       RC_TYPE_NSEC3 = 50,
       RC_TYPE_NSEC3PARAM = 51,
       RC_TYPE_SVCB = 64,
       RC_TYPE_HTTPS = 65,
       RC_TYPE_TKEY = 249,
       RC_TYPE_TSIG = 250,
       RC_TYPE_IXFR = 251,
       RC_TYPE_AXFR = 252,
       RC_TYPE_MAILB = 253,
       RC_TYPE_MAILA = 254,
       RC_TYPE_ANY = 255,
};

enum { RC_CLASS_IN = 1, RC_CLASS_CH = 3, RC_CLASS_HS = 4, RC_CLASS_NONE = 254, RC_CLASS_ANY = 255 };

enum { /* EDNS option codes */
       RC_OPTION_NSID = 3,
       RC_OPTION_ECS = 8,
       RC_OPTION_COOKIE = 10,
       RC_OPTION_PADDING = 12,
       RC_OPTION_EDE = 15,
       RC_OPTION_REPORT_CHANNEL = 18, /* RFC 9567 */
};

enum { /* EDE INFO-CODE, RFC 8914 4 and its registry: the ones the code reasons about */
       RC_EDE_OTHER = 0,
       RC_EDE_UNSUPPORTED_DNSKEY_ALGORITHM = 1,
       RC_EDE_UNSUPPORTED_DS_DIGEST = 2,
       RC_EDE_FORGED_ANSWER = 4,
       RC_EDE_DNSSEC_INDETERMINATE = 5,
       RC_EDE_DNSSEC_BOGUS = 6,
       RC_EDE_SIGNATURE_EXPIRED = 7,
       RC_EDE_SIGNATURE_NOT_YET_VALID = 8,
       RC_EDE_DNSKEY_MISSING = 9,
       RC_EDE_RRSIGS_MISSING = 10,
       RC_EDE_NO_ZONE_KEY_BIT = 11,
       RC_EDE_NSEC_MISSING = 12,
       RC_EDE_CACHED_ERROR = 13,
       RC_EDE_NOT_READY = 14,
       RC_EDE_BLOCKED = 15,
       RC_EDE_CENSORED = 16,
       RC_EDE_FILTERED = 17,
       RC_EDE_PROHIBITED = 18,
       RC_EDE_NOT_AUTHORITATIVE = 20,
       RC_EDE_NOT_SUPPORTED = 21,
       RC_EDE_NO_REACHABLE_AUTHORITY = 22,
       RC_EDE_NETWORK_ERROR = 23,
       RC_EDE_INVALID_DATA = 24,
       RC_EDE_SIGNATURE_WINDOW_INVERTED = 25,
       RC_EDE_NSEC3_ITERATIONS = 27,
       RC_EDE_INVALID_QUERY_TYPE = 30,
       RC_EDE_RATE_LIMITED = 31,
       RC_EDE_OVER_QUOTA = 32,
};

#define RC_EDE(name) (UINT64_C(1) << RC_EDE_##name) /* its bit in a set of codes below 64 */

enum { /* header flag bits in the 16-bit flags word (RFC 1035 4.1.1, RFC 4035 3) */
       RC_FLAG_QR = 0x8000,
       RC_FLAG_AA = 0x0400,
       RC_FLAG_TC = 0x0200,
       RC_FLAG_RD = 0x0100,
       RC_FLAG_RA = 0x0080,
       RC_FLAG_Z = 0x0040,
       RC_FLAG_AD = 0x0020,
       RC_FLAG_CD = 0x0010,
};

struct rc_code {
	uint16_t value;
	const char *name;      /* mnemonic as IANA spells it: "SERVFAIL", "AAAA", "Stale Answer" */
	const char *meaning;   /* one line */
	const char *reference; /* "RFC 1035" */
};

struct rc_code_table {
	const char *title;          /* "RCODE" */
	const char *prefix;         /* how unknown numbers print: "TYPE" -> TYPE65280 (RFC 3597) */
	const struct rc_code *rows; /* ascending by value */
	size_t n;
};

extern const struct rc_code_table rc_opcodes;
extern const struct rc_code_table rc_rcodes; /* header, OPT */
extern const struct rc_code_table rc_tsig_errors;
extern const struct rc_code_table rc_types;
extern const struct rc_code_table rc_classes;
extern const struct rc_code_table rc_options;
extern const struct rc_code_table rc_ede_codes;

#define RC_CODE_TEXT_MAX 32u

/* The row of a value, NULL when unassigned. */
const struct rc_code *rc_code_find(const struct rc_code_table *table, uint16_t value);

/* The mnemonic, or prefix and number written into text. Never NULL. */
const char *rc_code_name(const struct rc_code_table *table, uint16_t value,
			 char text[RC_CODE_TEXT_MAX]);

#endif
