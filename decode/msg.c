#include "decode/msg.h"

#include "base/hash.h"

#include <string.h>

#include "decode/rdata.h"
#include "decode/walk.h"

#define QUESTION_FIXED 4u /* QTYPE, QCLASS */
#define QUESTION_MIN 5u   /* octets, with the root's name; no record has fewer */
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
static const uint16_t has_of_type[RC_TYPE_NSEC3 + 1][RC_ADDITIONAL + 1] = {
	[RC_TYPE_A] = {[RC_ADDITIONAL] = RC_HAS_ADDL_ADDR},
	[RC_TYPE_NS] = {[RC_AUTHORITY] = RC_HAS_AUTH_NS},
	[RC_TYPE_CNAME] = {[RC_ANSWER] = RC_HAS_ANSWER_CNAME},
	[RC_TYPE_SOA] = {[RC_AUTHORITY] = RC_HAS_AUTH_SOA},
	[RC_TYPE_AAAA] = {[RC_ADDITIONAL] = RC_HAS_ADDL_ADDR},
	[RC_TYPE_DNAME] = {[RC_ANSWER] = RC_HAS_ANSWER_DNAME},
	[RC_TYPE_DS] = {0, RC_HAS_DNSSEC, RC_HAS_AUTH_DS | RC_HAS_DNSSEC, RC_HAS_DNSSEC},
	[RC_TYPE_RRSIG] = {0, RC_HAS_ANSWER_RRSIG | RC_HAS_DNSSEC,
			   RC_HAS_AUTH_RRSIG | RC_HAS_DNSSEC, RC_HAS_DNSSEC},
	[RC_TYPE_NSEC] = {0, RC_HAS_DNSSEC, RC_HAS_AUTH_NSEC | RC_HAS_DNSSEC, RC_HAS_DNSSEC},
	[RC_TYPE_DNSKEY] = {0, RC_HAS_DNSSEC, RC_HAS_DNSSEC, RC_HAS_DNSSEC},
	[RC_TYPE_NSEC3] = {0, RC_HAS_DNSSEC, RC_HAS_AUTH_NSEC | RC_HAS_DNSSEC, RC_HAS_DNSSEC},
};

/* What notes a fault is marked as cold, so that the walk is laid out for sound messages. */

/* Running out of octets: the capture's doing if it cut the message, else the sender's. */
static __attribute__((cold)) void fault_short(struct rc_walk *w, enum rc_fault fault, uint32_t off)
{
	rc_walk_fault(w, w->cut ? RC_FAULT_CUT : fault, off);
}

static __attribute__((cold)) void fault_name(struct rc_walk *w, enum rc_name_fault name_fault,
					     uint32_t off)
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
static void read_tsig(struct rc_walk *w, uint32_t off, uint32_t rdata_off, uint16_t rdata_len,
		      bool last)
{
	struct rc_cursor c = rc_walk_rdata(w->msg, rdata_off, rdata_len);
	if (!last)
		rc_walk_fault(w, RC_FAULT_TSIG_PLACE, off);
	if (rc_name_skip(&c) != RC_NAME_OK)
		return;
	rc_cursor_skip(&c, 6 + 2); /* time signed, fudge */
	uint16_t mac_len = rc_cursor_u16(&c);
	rc_cursor_skip(&c, mac_len);
	rc_cursor_skip(&c, 2); /* original ID */
	uint16_t error = rc_cursor_u16(&c);
	if (c.failed)
		return;
	w->msg->tsig = (struct rc_tsig){
		.present = true, .error = error, .mac_len = mac_len, .owner_off = (uint16_t)off};
}

/*
 * Steps over a record's owner and fixed part and gives the latter. *known is a pointer to a name that was
 * checked before, 0 without; an owner that is such a pointer becomes it. False if the owner is damaged or the
 * message ends before.
 */
static inline __attribute__((always_inline)) bool read_fixed(struct rc_cursor *c, unsigned *known,
							     const uint8_t **ret_fixed)
{
	const uint32_t left = rc_cursor_left(c);
	const uint8_t *block = rc_cursor_ahead(c, 1 + RC_RR_FIXED);
	if (left > RC_RR_FIXED && block[0] == 0) {
		c->pos += 1 + RC_RR_FIXED;
		*ret_fixed = block + 1; /* behind the root */
		return true;
	}
	if (left > 1 + RC_RR_FIXED && rc_block_u16(block, 0) == *known) {
		*ret_fixed = rc_cursor_bytes(c, 2 + RC_RR_FIXED) + 2;
		return true;
	}
	const uint32_t end = rc_name_end(c->data, c->len, c->pos);
	if (end == 0 || c->len - end < RC_RR_FIXED)
		return false;
	if (end == c->pos + 2)
		*known = rc_block_u16(block, 0);
	c->pos = end;
	*ret_fixed = rc_cursor_bytes(c, RC_RR_FIXED);
	return true;
}

static inline unsigned known_owner(const struct rc_msg *m)
{
	return m->has_question ? FIRST_OWNER : 0;
}

/* A record that is neither a mere address nor OPT. */
static void check_rr(struct rc_walk *w, uint32_t off, const uint8_t *fixed, uint32_t rdata_off,
		     bool last)
{
	const uint16_t type = rc_block_u16(fixed, RC_RR_TYPE);
	const uint16_t class = rc_block_u16(fixed, RC_RR_CLASS);
	const uint16_t rdata_len = rc_block_u16(fixed, RC_RR_RDLENGTH);
	/* In an UPDATE, RDATA is empty where only the name or the type matters (RFC 2136 2.4, 2.5). */
	if (rdata_len == 0 && w->msg->opcode == RC_OPCODE_UPDATE)
		return;
	uint32_t bad_off = rc_rdata_check(w->msg->wire, type, class, rdata_off, rdata_len);
	if (bad_off != 0)
		rc_walk_fault(w, RC_FAULT_RDATA_BAD, bad_off);
	if (type == RC_TYPE_TSIG)
		read_tsig(w, off, rdata_off, rdata_len, last && w->section == RC_ADDITIONAL);
}

/* What is wrong with the record whose owner or fixed part could not be read. */
static __attribute__((cold)) void fault_record(struct rc_walk *w, uint32_t off)
{
	struct rc_cursor c = rc_cursor_init(w->msg->wire, w->msg->len);
	rc_cursor_seek(&c, off);
	enum rc_name_fault name_fault = rc_name_skip(&c);
	if (name_fault != RC_NAME_OK && rc_cursor_left(&c) > 0)
		fault_name(w, name_fault, off);
	else
		fault_short(w, RC_FAULT_RR_SHORT, off);
}

static inline bool answers(const struct rc_msg *m, uint16_t type)
{
	return type == m->qtype || (m->qtype >= RC_TYPE_IXFR && m->qtype <= RC_TYPE_ANY);
}

/*
 * Walks the records of all sections from an offset on; false where the message is damaged. What changes with each
 * record is kept out of the message until the end, so that it may live in registers.
 */
static bool walk_records(struct rc_walk *w, uint32_t from)
{
	struct rc_msg *m = w->msg;
	struct rc_cursor c = rc_cursor_init(m->wire, m->len);
	const bool may_be_many = m->len >= w->room * QUESTION_MIN;
	unsigned known = known_owner(m), section = RC_QUESTION, left = 0, has = 0;
	uint32_t end = m->end_off;
	bool sound = false;
	c.pos = from;
	for (;;) {
		while (left == 0) {
			if (section == RC_ADDITIONAL) {
				sound = true;
				goto out;
			}
			left = m->counts[++section];
			m->section_off[section] = (uint16_t)c.pos;
			w->section = (enum rc_section)section;
		}
		left--;
		const uint32_t off = c.pos;
		const uint8_t *fixed;
		if (may_be_many && w->room-- == 0) {
			rc_walk_fault(w, RC_FAULT_TOO_MANY, off);
			goto out;
		}
		if (!read_fixed(&c, &known, &fixed)) {
			fault_record(w, off);
			goto out;
		}
		const uint32_t rdata_off = c.pos;
		const uint16_t type = rc_block_u16(fixed, RC_RR_TYPE);
		const uint16_t rdata_len = rc_block_u16(fixed, RC_RR_RDLENGTH);
		if (rdata_len > rc_cursor_left(&c)) {
			fault_short(w, RC_FAULT_RDATA_SHORT, rdata_off);
			goto out;
		}
		rc_cursor_skip(&c, rdata_len);
		end = c.pos;
		if (type <= RC_TYPE_NSEC3)
			has |= has_of_type[type][section];
		if (section == RC_ANSWER && answers(m, type))
			has |= RC_HAS_ANSWER_QTYPE;
		if (rc_rdata_is_address(type, rdata_len))
			continue;
		if (type != RC_TYPE_OPT)
			check_rr(w, off, fixed, rdata_off, left == 0);
		else if (section == RC_ADDITIONAL)
			rc_edns_read(w, fixed, off, rdata_off);
	}
out:
	m->has = (uint16_t)has;
	m->end_off = (uint16_t)end;
	return sound;
}

/* Reads a question, keeps its name unless ret_name is NULL; false where the message is damaged. */
static inline __attribute__((always_inline)) bool read_question(struct rc_walk *w,
								struct rc_cursor *c,
								struct rc_name *ret_name,
								const uint8_t **ret_fixed)
{
	const uint32_t off = c->pos;
	if (rc_cursor_left(c) == 0) {
		fault_short(w, RC_FAULT_QUESTION_SHORT, off);
		return false;
	}
	enum rc_name_fault name_fault = ret_name ? rc_name_read(c, ret_name) : rc_name_skip(c);
	if (name_fault != RC_NAME_OK) {
		fault_name(w, name_fault, off);
		return false;
	}
	if (rc_cursor_left(c) < QUESTION_FIXED) {
		fault_short(w, RC_FAULT_QUESTION_SHORT, off);
		return false;
	}
	*ret_fixed = rc_cursor_bytes(c, QUESTION_FIXED);
	w->msg->end_off = (uint16_t)c->pos;
	return true;
}

/* The questions behind the first. */
static bool skip_questions(struct rc_walk *w, struct rc_cursor *c)
{
	const uint8_t *fixed;
	for (unsigned left = w->msg->counts[RC_QUESTION]; left > 1; left--) {
		if (w->room-- == 0) {
			rc_walk_fault(w, RC_FAULT_TOO_MANY, c->pos);
			return false;
		}
		if (!read_question(w, c, NULL, &fixed))
			return false;
	}
	return true;
}

/* The question section: keeps the first, steps over others; false where the message is damaged. */
static inline bool walk_questions(struct rc_walk *w, struct rc_cursor *c, uint64_t name_seed)
{
	struct rc_msg *m = w->msg;
	const uint8_t *fixed;
	m->section_off[RC_QUESTION] = RC_DNS_HEADER_LEN;
	if (m->counts[RC_QUESTION] == 0)
		return true;
	w->room--;
	if (!read_question(w, c, &m->qname, &fixed)) {
		m->qname.len = m->qname.labels = 0;
		return false;
	}
	m->has_question = true;
	m->qtype = rc_block_u16(fixed, 0);
	m->qclass = rc_block_u16(fixed, 2);
	m->qname_hash = rc_name_hash(name_seed, &m->qname);
	return m->counts[RC_QUESTION] == 1 || skip_questions(w, c);
}

static inline void read_header(struct rc_msg *m, const uint8_t *header)
{
	m->id = rc_block_u16(header, 0);
	m->flags = rc_block_u16(header, 2);
	m->opcode = m->flags >> OPCODE_SHIFT & OPCODE_MASK;
	m->rcode = m->flags & RCODE_MASK;
	m->counts[RC_QUESTION] = rc_block_u16(header, 4);
	m->counts[RC_ANSWER] = rc_block_u16(header, 6);
	m->counts[RC_AUTHORITY] = rc_block_u16(header, 8);
	m->counts[RC_ADDITIONAL] = rc_block_u16(header, 10);
	m->end_off = RC_DNS_HEADER_LEN;
}

bool rc_msg_decode(const uint8_t *wire, uint32_t len, uint32_t full_len, uint64_t name_seed,
		   struct rc_msg *ret_msg)
{
	if (len > RC_MSG_MAX)
		len = RC_MSG_MAX;
	struct rc_walk w = {
		.msg = ret_msg, .section = RC_QUESTION, .cut = len < full_len, .room = RC_RR_MAX};
	struct rc_cursor c = rc_cursor_init(wire, len);

	/* In two parts, so small that they are stored to directly; not the 255 octets of the name behind. */
	memset(ret_msg, 0, offsetof(struct rc_msg, edns));
	memset(&ret_msg->edns, 0, sizeof ret_msg->edns);
	ret_msg->qname.len = ret_msg->qname.labels = 0;
	ret_msg->wire = wire;
	ret_msg->len = len;
	if (len < RC_DNS_HEADER_LEN) {
		fault_short(&w, RC_FAULT_HEADER_SHORT, 0);
		return false;
	}
	read_header(ret_msg, rc_cursor_bytes(&c, RC_DNS_HEADER_LEN));
	if (!walk_questions(&w, &c, name_seed) || !walk_records(&w, c.pos))
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
	unsigned known = known_owner(it->msg);
	const uint8_t *fixed;

	if (it->pos >= it->msg->end_off)
		return false;
	rc_cursor_seek(&c, it->pos);
	while (it->left == 0) {
		if (it->section == RC_ADDITIONAL)
			return false;
		it->left = it->msg->counts[++it->section];
	}
	if (c.failed || !read_fixed(&c, &known, &fixed))
		return false;
	uint16_t rdata_len = rc_block_u16(fixed, RC_RR_RDLENGTH);
	if (rdata_len > rc_cursor_left(&c))
		return false;
	*ret_rr = (struct rc_rr){
		.section = it->section,
		.type = rc_block_u16(fixed, RC_RR_TYPE),
		.class = rc_block_u16(fixed, RC_RR_CLASS),
		.ttl_s = rc_block_u32(fixed, RC_RR_TTL),
		.rdata_len = rdata_len,
		.off = it->pos,
		.owner_off = it->pos,
		.rdata_off = c.pos,
	};
	it->pos = c.pos + rdata_len;
	it->left--;
	return true;
}

bool rc_rr_owner(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_name *ret_name)
{
	struct rc_cursor c = rc_cursor_init(msg->wire, msg->len);
	rc_cursor_seek(&c, rr->owner_off);
	return rc_name_read(&c, ret_name) == RC_NAME_OK;
}

bool rc_rr_rrsig(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_rrsig *ret_rrsig)
{
	struct rc_cursor rd = rc_rr_rdata(msg, rr);
	if (rr->type != RC_TYPE_RRSIG)
		return false;
	struct rc_rrsig sig = {.covered = rc_cursor_u16(&rd)};
	sig.algorithm = rc_cursor_u8(&rd);
	sig.labels = rc_cursor_u8(&rd);
	sig.original_ttl_s = rc_cursor_u32(&rd);
	sig.expiration_s = rc_cursor_u32(&rd);
	sig.inception_s = rc_cursor_u32(&rd);
	sig.tag = rc_cursor_u16(&rd);
	if (rd.failed)
		return false;
	*ret_rrsig = sig;
	return true;
}

bool rc_rr_rdata_name(const struct rc_msg *msg, const struct rc_rr *rr, uint32_t ahead,
		      struct rc_name *ret_name)
{
	struct rc_cursor c = rc_walk_rdata(msg, rr->rdata_off, rr->rdata_len);
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
