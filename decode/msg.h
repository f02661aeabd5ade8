/*
 * A DNS message (RFC 1035 4, RFC 6891): header, first question, EDNS, TSIG, and a walk over all RRs
 * that checks their structure. Pure: no I/O, no clock, no allocation. Malformed input is data: `fault`
 * says what is wrong and where, and everything read before it is valid.
 */
#ifndef RC_DECODE_MSG_H
#define RC_DECODE_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "decode/codes.h"
#include "decode/name.h"

/* Why a message is malformed: one list makes the enum, the stable slug and the text. */
#define RC_FAULT_LIST(X) \
	X(RC_FAULT_NONE, "none", "well-formed") \
	X(RC_FAULT_CUT, "cut", "the capture's snap length cut the message") \
	X(RC_FAULT_HEADER_SHORT, "header_short", "shorter than the 12-octet header") \
	X(RC_FAULT_QUESTION_SHORT, "question_short", "ends inside the question section") \
	X(RC_FAULT_RR_SHORT, "rr_short", "ends inside a resource record's owner or header") \
	X(RC_FAULT_RDATA_SHORT, "rdata_short", "RDLENGTH goes past the end of the message") \
	X(RC_FAULT_RDATA_BAD, "rdata_bad", "RDATA does not fit its type") \
	X(RC_FAULT_NAME_SHORT, "name_short", "ends inside a name") \
	X(RC_FAULT_LABEL_TYPE, "label_type", "a label of type 01 or 10") \
	X(RC_FAULT_POINTER, "pointer", "a compression pointer that does not go backwards") \
	X(RC_FAULT_NAME_TOO_LONG, "name_too_long", "a name above 255 octets") \
	X(RC_FAULT_OPT_TWICE, "opt_twice", "more than one OPT record") \
	X(RC_FAULT_OPT_OWNER, "opt_owner", "an OPT record whose owner is not the root") \
	X(RC_FAULT_OPTION_SHORT, "option_short", \
	  "an EDNS option goes past the end of the OPT record") \
	X(RC_FAULT_OPTION_BAD, "option_bad", "an EDNS option that does not fit its code") \
	X(RC_FAULT_TSIG_PLACE, "tsig_place", "a TSIG record that is not the last of the message") \
	X(RC_FAULT_TRAILING, "trailing", "octets behind the last record") \
	X(RC_FAULT_TOO_MANY, "too_many", "more records than this program walks")

enum rc_fault {
#define X(name, slug, text) name,
	RC_FAULT_LIST(X)
#undef X
		RC_FAULT_COUNT
};

const char *rc_fault_slug(enum rc_fault fault);
const char *rc_fault_text(enum rc_fault fault);

enum rc_section { RC_QUESTION, RC_ANSWER, RC_AUTHORITY, RC_ADDITIONAL };

struct rc_ede {
	uint16_t code;
	uint16_t
		text_off; /* of EXTRA-TEXT in the message; not necessarily UTF-8 nor NUL-terminated */
	uint16_t text_len; /* octets, at most RC_EDE_TEXT_MAX */
};

struct rc_edns {
	uint64_t options; /* bit n: option code n was present (codes below 64) */
	bool present;
	bool do_bit; /* RFC 3225 */
	uint8_t version;
	uint8_t n_ede;
	uint8_t cookie_len; /* octets of the COOKIE option: 8 client only, 16-40 with server; 0 none */
	uint16_t udp_size;  /* requestor's payload size, octets */
	uint16_t flags;     /* the low 16 bits of the TTL field */
	uint16_t rdata_off; /* first option, offset in the message */
	uint16_t rdata_len;
	uint16_t n_options;
	struct rc_ede ede[RC_EDE_MAX];
};

struct rc_tsig {
	bool present;
	uint16_t error;     /* RFC 8945 4.2, host order */
	uint16_t mac_len;   /* octets */
	uint16_t owner_off; /* of the key name in the message */
};

/* What the answer, authority and additional sections hold; set while walking. */
enum {
	RC_HAS_ANSWER_QTYPE = 1u << 0, /* an answer RR of the question's type (any, for ANY) */
	RC_HAS_ANSWER_CNAME = 1u << 1,
	RC_HAS_ANSWER_DNAME = 1u << 2,
	RC_HAS_ANSWER_RRSIG = 1u << 3,
	RC_HAS_AUTH_NS = 1u << 4,
	RC_HAS_AUTH_SOA = 1u << 5,
	RC_HAS_AUTH_DS = 1u << 6,
	RC_HAS_AUTH_NSEC = 1u << 7, /* NSEC or NSEC3 */
	RC_HAS_AUTH_RRSIG = 1u << 8,
	RC_HAS_ADDL_ADDR = 1u << 9, /* A or AAAA in additional: glue */
	RC_HAS_DNSSEC = 1u << 10,   /* DS, DNSKEY, RRSIG, NSEC, NSEC3 anywhere */
};

/* Offsets are below RC_MSG_MAX. What every packet fills lies close together, before the name. */
struct rc_msg {
	const uint8_t *wire; /* borrowed from the observation */
	uint64_t qname_hash; /* seeded rc_name_hash; 0 without a question */
	uint32_t len;        /* octets present */
	uint16_t id;
	uint16_t flags; /* the whole word: QR, OPCODE, AA TC RD RA Z AD CD, RCODE */
	uint16_t rcode; /* 12 bits: header and OPT (RFC 6891 6.1.3) */
	uint16_t qtype, qclass;
	uint16_t counts[4];      /* as the header says, by enum rc_section */
	uint16_t section_off[4]; /* offset of each section's first record; 0 when not reached */
	uint16_t end_off;        /* offset behind the last record walked */
	uint16_t has;            /* RC_HAS_* */
	uint16_t fault_off;      /* offset in the message */
	uint8_t fault;           /* enum rc_fault */
	uint8_t fault_section;   /* enum rc_section */
	uint8_t opcode;
	bool has_question; /* qname, qtype, qclass are valid */
	struct rc_tsig tsig;
	struct rc_edns edns;
	struct rc_name qname; /* lower-cased; len 0 without a question */
};

/* The extended errors (EDE) that it carries: a bit per code below 64. 0 for NULL. */
static inline uint64_t rc_msg_ede_codes(const struct rc_msg *m)
{
	uint64_t codes = 0;
	for (unsigned i = 0; m != NULL && i < m->edns.n_ede; i++)
		if (m->edns.ede[i].code < 64)
			codes |= UINT64_C(1) << m->edns.ede[i].code;
	return codes;
}

static inline bool rc_msg_is_response(const struct rc_msg *m)
{
	return (m->flags & RC_FLAG_QR) != 0;
}

/*
 * Decodes len octets at wire (the DNS message without a TCP length prefix). full_len is the length
 * the message has on the wire; if len is less, running out of octets is RC_FAULT_CUT. name_seed seeds
 * qname_hash. Always fills *ret_msg; returns false when not even the header is there.
 * Cost: one pass, about 50 ns for a typical response.
 */
bool rc_msg_decode(const uint8_t *wire, uint32_t len, uint32_t full_len, uint64_t name_seed,
		   struct rc_msg *ret_msg);

/*
 * Seeded hash of the records but for OPT, whose cookie and padding differ each time: equal for repeats
 * of the same data.
 */
uint64_t rc_msg_content_hash(const struct rc_msg *msg, uint64_t seed);

/* A resource record as it stands in the message. */
struct rc_rr {
	enum rc_section section;
	uint16_t type, class;
	uint32_t ttl_s;
	uint32_t owner_off; /* read it with rc_rr_owner */
	uint32_t off;       /* of the record's first octet */
	uint32_t rdata_off;
	uint16_t rdata_len;
};

struct rc_rr_iter {
	const struct rc_msg *msg;
	uint32_t pos;
	uint16_t left;
	enum rc_section section;
};

/* Starts at the first record of `from` (RC_ANSWER or later); goes on through the later sections. */
struct rc_rr_iter rc_rr_begin(const struct rc_msg *msg, enum rc_section from);

/* The next record; false at the end or where the message is damaged. */
bool rc_rr_next(struct rc_rr_iter *it, struct rc_rr *ret_rr);

/* The owner name; false if damaged. */
bool rc_rr_owner(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_name *ret_name);

/* The domain name at offset `ahead` of the RDATA (NS, CNAME, SOA ...); false if damaged. */
bool rc_rr_rdata_name(const struct rc_msg *msg, const struct rc_rr *rr, uint32_t ahead,
		      struct rc_name *ret_name);

/* What stands before the signer's name in an RRSIG (RFC 4034 3.1); times are seconds modulo 2^32. */
struct rc_rrsig {
	uint32_t original_ttl_s, expiration_s, inception_s;
	uint16_t covered, tag;
	uint8_t algorithm, labels;
};

#define RC_RRSIG_SIGNER_OFF 18u /* in the RDATA, for rc_rr_rdata_name */

/* False if the record is no RRSIG, or damaged. */
bool rc_rr_rrsig(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_rrsig *ret_rrsig);

/* A cursor over the RDATA alone. */
static inline struct rc_cursor rc_rr_rdata(const struct rc_msg *msg, const struct rc_rr *rr)
{
	return rc_cursor_init(msg->wire + rr->rdata_off, rr->rdata_len);
}

#endif
