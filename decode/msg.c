#include "decode/msg.h"

#include "base/copy.h"
#include "base/hash.h"

#include <string.h>

#include "decode/rdata.h"
#include "decode/walk.h"

#define QUESTION_FIXED 4u /* QTYPE, QCLASS */
#define RR_FIXED 10u      /* TYPE, CLASS, TTL, RDLENGTH */
#define OPCODE_SHIFT 11u  /* in the flags word */
#define OPCODE_MASK 0xfu
#define RCODE_MASK 0xfu
#define FIRST_OWNER 0xc00cu /* pointer to the first question's name, as nearly all owners are */

const char *rc_fault_slug(enum rc_fault fault)
{
	static const char *const slugs[] = {
#define X(name, slug, text) [name] = slug,
		RC_FAULT_LIST(X)
#undef X
	};
	return (unsigned)fault < RC_FAULT_COUNT ? slugs[fault] : "unknown";
}

const char *rc_fault_text(enum rc_fault fault)
{
	static const char *const texts[] = {
#define X(name, slug, text) [name] = text,
		RC_FAULT_LIST(X)
#undef X
	};
	return (unsigned)fault < RC_FAULT_COUNT ? texts[fault] : "unknown fault";
}

/* What a record of a type says about the message, by section. */
static const uint16_t has_of_type[RC_ADDITIONAL + 1][RC_TYPE_NSEC3 + 1] = {
	[RC_ANSWER] =
		{
			[RC_TYPE_CNAME] = RC_HAS_ANSWER_CNAME,
			[RC_TYPE_DNAME] = RC_HAS_ANSWER_DNAME,
			[RC_TYPE_DS] = RC_HAS_DNSSEC,
			[RC_TYPE_RRSIG] = RC_HAS_ANSWER_RRSIG | RC_HAS_DNSSEC,
			[RC_TYPE_NSEC] = RC_HAS_DNSSEC,
			[RC_TYPE_DNSKEY] = RC_HAS_DNSSEC,
			[RC_TYPE_NSEC3] = RC_HAS_DNSSEC,
		},
	[RC_AUTHORITY] =
		{
			[RC_TYPE_NS] = RC_HAS_AUTH_NS,
			[RC_TYPE_SOA] = RC_HAS_AUTH_SOA,
			[RC_TYPE_DS] = RC_HAS_AUTH_DS | RC_HAS_DNSSEC,
			[RC_TYPE_RRSIG] = RC_HAS_AUTH_RRSIG | RC_HAS_DNSSEC,
			[RC_TYPE_NSEC] = RC_HAS_AUTH_NSEC | RC_HAS_DNSSEC,
			[RC_TYPE_DNSKEY] = RC_HAS_DNSSEC,
			[RC_TYPE_NSEC3] = RC_HAS_AUTH_NSEC | RC_HAS_DNSSEC,
		},
	[RC_ADDITIONAL] =
		{
			[RC_TYPE_A] = RC_HAS_ADDL_ADDR,
			[RC_TYPE_AAAA] = RC_HAS_ADDL_ADDR,
			[RC_TYPE_DS] = RC_HAS_DNSSEC,
			[RC_TYPE_RRSIG] = RC_HAS_DNSSEC,
			[RC_TYPE_NSEC] = RC_HAS_DNSSEC,
			[RC_TYPE_DNSKEY] = RC_HAS_DNSSEC,
			[RC_TYPE_NSEC3] = RC_HAS_DNSSEC,
		},
};

/* Running out of octets: the capture's doing if it cut the message, else the sender's. */
static void fault_short(struct rc_walk *w, enum rc_fault fault, uint32_t off)
{
	rc_walk_fault(w, w->cut ? RC_FAULT_CUT : fault, off);
}

static void fault_name(struct rc_walk *w, enum rc_name_fault name_fault, uint32_t off)
{
	static const enum rc_fault faults[] = {
		[RC_NAME_OK] = RC_FAULT_NONE,
		[RC_NAME_SHORT] = RC_FAULT_NAME_SHORT,
		[RC_NAME_LABEL_TYPE] = RC_FAULT_LABEL_TYPE,
		[RC_NAME_POINTER] = RC_FAULT_POINTER,
		[RC_NAME_TOO_LONG] = RC_FAULT_NAME_TOO_LONG,
	};
	if (name_fault == RC_NAME_SHORT)
		fault_short(w, RC_FAULT_NAME_SHORT, off);
	else
		rc_walk_fault(w, faults[name_fault], off);
}

/* A TSIG record's fields (RFC 8945 4.2). A second one can only be in a wrong place too. */
static void read_tsig(struct rc_walk *w, const struct rc_rr *rr, bool last)
{
	struct rc_cursor c = rc_walk_rdata(w->msg, rr);
	if (!last)
		rc_walk_fault(w, RC_FAULT_TSIG_PLACE, rr->off);
	if (rc_name_skip(&c) != RC_NAME_OK)
		return;
	rc_cursor_skip(&c, 6 + 2); /* time signed, fudge */
	uint16_t mac_len = rc_cursor_u16(&c);
	rc_cursor_skip(&c, mac_len);
	rc_cursor_skip(&c, 2); /* original ID */
	uint16_t error = rc_cursor_u16(&c);
	if (c.failed)
		return;
	w->msg->tsig = (struct rc_tsig){.present = true,
					.error = error,
					.mac_len = mac_len,
					.owner_off = (uint16_t)rr->owner_off};
}

/* The record's owner and header; RC_FAULT_NONE, or what is wrong at c->pos or at the RDATA. */
static inline __attribute__((always_inline)) bool read_rr(struct rc_cursor *c, bool has_question,
							  struct rc_rr *rr,
							  enum rc_name_fault *ret_name_fault)
{
	rr->off = rr->owner_off = c->pos;
	uint16_t start = rc_cursor_peek_u16(c, 0);
	if (has_question && start == FIRST_OWNER) {
		rc_cursor_skip(c, 2); /* that name was checked */
	} else if (start >> 8 == 0 && rc_cursor_left(c) > 0) {
		rc_cursor_skip(c, 1); /* the root */
	} else {
		struct rc_cursor at = *c; /* so that c itself may live in registers */
		enum rc_name_fault fault = rc_name_skip(&at);
		c->pos = at.pos;
		if (fault != RC_NAME_OK) {
			*ret_name_fault = fault;
			return false;
		}
	}
	const uint8_t *fixed = rc_cursor_bytes(c, RR_FIXED);
	if (fixed == NULL)
		return false;
	rr->type = rc_block_u16(fixed, 0);
	rr->class = rc_block_u16(fixed, 2);
	rr->ttl_s = rc_block_u32(fixed, 4);
	rr->rdata_len = rc_block_u16(fixed, 8);
	rr->rdata_off = c->pos;
	return true;
}

/* A record that is no mere address. */
static void check_rr(struct rc_walk *w, const struct rc_rr *rr, bool last)
{
	struct rc_msg *m = w->msg;
	uint32_t bad_off;

	if (rr->type == RC_TYPE_OPT) {
		if (rr->section == RC_ADDITIONAL)
			rc_edns_read(w, rr);
		return;
	}
	/* In an UPDATE, RDATA is empty where only the name or the type matters (RFC 2136 2.4, 2.5). */
	if (rr->rdata_len == 0 && m->opcode == RC_OPCODE_UPDATE)
		return;
	if (!rc_rdata_check(m, rr, &bad_off))
		rc_walk_fault(w, RC_FAULT_RDATA_BAD, bad_off);
	if (rr->type == RC_TYPE_TSIG)
		read_tsig(w, rr, last && rr->section == RC_ADDITIONAL);
}

static inline void note_rr(struct rc_walk *w, const struct rc_rr *rr, const uint16_t *has,
			   bool last)
{
	struct rc_msg *m = w->msg;
	if (rr->type <= RC_TYPE_NSEC3)
		m->has |= has[rr->type];
	if (rr->section == RC_ANSWER &&
	    (rr->type == m->qtype || (m->qtype >= RC_TYPE_IXFR && m->qtype <= RC_TYPE_ANY)))
		m->has |= RC_HAS_ANSWER_QTYPE;
	if (!rc_rdata_is_address(rr))
		check_rr(w, rr, last);
}

/* Walks one section of records; false where the message is damaged. */
static bool walk_section(struct rc_walk *w)
{
	struct rc_msg *m = w->msg;
	struct rc_cursor c = w->c;
	const uint16_t *has = has_of_type[w->section];
	for (unsigned left = m->counts[w->section]; left > 0; left--) {
		enum rc_name_fault name_fault = RC_NAME_OK;
		struct rc_rr rr = {.section = w->section};
		if (w->walked++ == RC_RR_MAX) {
			rc_walk_fault(w, RC_FAULT_TOO_MANY, c.pos);
			return false;
		}
		if (!read_rr(&c, m->has_question, &rr, &name_fault)) {
			if (name_fault != RC_NAME_OK && rc_cursor_left(&c) > 0)
				fault_name(w, name_fault, rr.off);
			else
				fault_short(w, RC_FAULT_RR_SHORT, rr.off);
			return false;
		}
		rc_cursor_skip(&c, rr.rdata_len);
		if (c.failed) {
			fault_short(w, RC_FAULT_RDATA_SHORT, rr.rdata_off);
			return false;
		}
		m->end_off = (uint16_t)c.pos;
		note_rr(w, &rr, has, left == 1);
	}
	w->c.pos = c.pos;
	return true;
}

/* The question section: keeps the first, steps over others; false where the message is damaged. */
static bool walk_questions(struct rc_walk *w, uint64_t name_seed)
{
	struct rc_msg *m = w->msg;
	m->section_off[RC_QUESTION] = (uint16_t)w->c.pos;
	for (unsigned i = 0; i < m->counts[RC_QUESTION]; i++) {
		uint32_t off = w->c.pos;
		if (w->walked++ == RC_RR_MAX) {
			rc_walk_fault(w, RC_FAULT_TOO_MANY, off);
			return false;
		}
		if (rc_cursor_left(&w->c) == 0) {
			fault_short(w, RC_FAULT_QUESTION_SHORT, off);
			return false;
		}
		enum rc_name_fault name_fault = i == 0 ? rc_name_read(&w->c, &m->qname)
						       : rc_name_skip(&w->c);
		if (name_fault != RC_NAME_OK) {
			fault_name(w, name_fault, off);
			return false;
		}
		uint16_t qtype = rc_cursor_u16(&w->c);
		uint16_t qclass = rc_cursor_u16(&w->c);
		if (w->c.failed) {
			fault_short(w, RC_FAULT_QUESTION_SHORT, off);
			if (i == 0)
				m->qname.len = m->qname.labels = 0;
			return false;
		}
		m->end_off = (uint16_t)w->c.pos;
		if (i > 0)
			continue;
		m->has_question = true;
		m->qtype = qtype;
		m->qclass = qclass;
		m->qname_hash = rc_name_hash(name_seed, &m->qname);
	}
	return true;
}

static bool walk_records(struct rc_walk *w)
{
	struct rc_msg *m = w->msg;
	for (unsigned i = RC_ANSWER; i <= RC_ADDITIONAL; i++) {
		m->section_off[i] = (uint16_t)w->c.pos;
		w->section = (enum rc_section)i;
		if (m->counts[i] > 0 && !walk_section(w))
			return false;
	}
	return true;
}

/* False if not even the header is there. */
static bool read_header(struct rc_walk *w)
{
	struct rc_msg *m = w->msg;
	const uint8_t *header = rc_cursor_left(&w->c) < RC_DNS_HEADER_LEN
					? NULL
					: rc_cursor_bytes(&w->c, RC_DNS_HEADER_LEN);
	if (header == NULL) {
		fault_short(w, RC_FAULT_HEADER_SHORT, 0);
		return false;
	}
	m->id = rc_block_u16(header, 0);
	m->flags = rc_block_u16(header, 2);
	m->opcode = m->flags >> OPCODE_SHIFT & OPCODE_MASK;
	m->rcode = m->flags & RCODE_MASK;
	for (unsigned i = RC_QUESTION; i <= RC_ADDITIONAL; i++)
		m->counts[i] = rc_block_u16(header, 4 + 2 * i);
	m->end_off = (uint16_t)w->c.pos;
	return true;
}

bool rc_msg_decode(const uint8_t *wire, uint32_t len, uint32_t full_len, uint64_t name_seed,
		   struct rc_msg *ret_msg)
{
	if (len > RC_MSG_MAX)
		len = RC_MSG_MAX;
	struct rc_walk w = {.msg = ret_msg,
			    .c = rc_cursor_init(wire, len),
			    .section = RC_QUESTION,
			    .cut = len < full_len};

	rc_clear(ret_msg, offsetof(struct rc_msg, qname)); /* not the 255 octets behind */
	ret_msg->qname.len = ret_msg->qname.labels = 0;
	ret_msg->wire = wire;
	ret_msg->len = len;
	if (!read_header(&w))
		return false;
	if (!walk_questions(&w, name_seed) || !walk_records(&w))
		return true;
	/* DNS Stateful Operations have no records but TLVs behind the header (RFC 8490 5.4). */
	if (ret_msg->opcode != RC_OPCODE_DSO && (w.cut ? full_len : len) > ret_msg->end_off)
		rc_walk_fault(&w, RC_FAULT_TRAILING, ret_msg->end_off);
	return true;
}

struct rc_rr_iter rc_rr_begin(const struct rc_msg *msg, enum rc_section from)
{
	struct rc_rr_iter it = {.msg = msg, .pos = msg->section_off[from], .section = from};
	if (it.pos == 0)
		it.pos = msg->end_off;
	else
		it.left = msg->counts[from];
	return it;
}

bool rc_rr_next(struct rc_rr_iter *it, struct rc_rr *ret_rr)
{
	/* Up to the end, as in decoding: a name may lead through octets behind the last record. */
	struct rc_cursor c = rc_cursor_init(it->msg->wire, it->msg->len);
	enum rc_name_fault name_fault;
	struct rc_rr rr;

	if (it->pos >= it->msg->end_off)
		return false;
	rc_cursor_seek(&c, it->pos);
	while (it->left == 0) {
		if (it->section == RC_ADDITIONAL)
			return false;
		it->left = it->msg->counts[++it->section];
	}
	rr.section = it->section;
	if (!read_rr(&c, it->msg->has_question, &rr, &name_fault))
		return false;
	rc_cursor_skip(&c, rr.rdata_len);
	if (c.failed)
		return false;
	it->pos = c.pos;
	it->left--;
	*ret_rr = rr;
	return true;
}

bool rc_rr_owner(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_name *ret_name)
{
	struct rc_cursor c = rc_cursor_init(msg->wire, msg->len);
	rc_cursor_seek(&c, rr->owner_off);
	return rc_name_read(&c, ret_name) == RC_NAME_OK;
}

bool rc_rr_rdata_name(const struct rc_msg *msg, const struct rc_rr *rr, uint32_t ahead,
		      struct rc_name *ret_name)
{
	struct rc_cursor c = rc_walk_rdata(msg, rr);
	rc_cursor_skip(&c, ahead);
	return !c.failed && rc_name_read(&c, ret_name) == RC_NAME_OK;
}

uint64_t rc_msg_content_hash(const struct rc_msg *msg, uint64_t seed)
{
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_rr rr;
	uint64_t hash = rc_hash_u64(seed, msg->qname_hash, (uint64_t)msg->flags << 16 | msg->qtype);
	while (rc_rr_next(&it, &rr))
		if (rr.type != RC_TYPE_OPT)
			hash = rc_hash_bytes(hash, msg->wire + rr.off,
					     rr.rdata_off + rr.rdata_len - rr.off);
	return hash;
}
