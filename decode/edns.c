#include "decode/walk.h"

#define EXT_RCODE_SHIFT 24u /* in the TTL field, RFC 6891 6.1.3 */
#define VERSION_SHIFT 16u
#define DO_BIT 0x8000u
#define RCODE_LOW_BITS 4u
#define OPTION_BITS 64u /* of rc_edns.options */

#define COOKIE_CLIENT_LEN 8u /* RFC 7873 4 */
#define COOKIE_BOTH_MIN 16u
#define COOKIE_BOTH_MAX 40u
#define EDE_FIXED 2u /* INFO-CODE */
#define ECS_FIXED 4u /* RFC 7871 6 */
#define ECS_FAMILY_V4 1u
#define ECS_FAMILY_V6 2u

/* An option as it stands in the message. */
struct option {
	uint16_t code;
	uint16_t off; /* of its data */
	uint16_t len;
};

/* Octets an option may have, by code; all others may have any number. */
static const struct {
	uint16_t code;
	uint16_t min, max, multiple_of;
} option_lengths[] = {
	{9, 0, 4, 4},           /* EXPIRE: nothing or a 32-bit time, RFC 7314 3 */
	{11, 0, 2, 2},          /* TCP-KEEPALIVE: nothing or 16 bits, RFC 7828 3.1 */
	{14, 2, UINT16_MAX, 2}, /* KEY-TAG, RFC 8145 4.1 */
	{RC_OPTION_EDE, EDE_FIXED, UINT16_MAX, 1}, /* RFC 8914 2 */
};

static bool length_fits(const struct option *o)
{
	for (size_t i = 0; i < sizeof option_lengths / sizeof *option_lengths; i++)
		if (option_lengths[i].code == o->code)
			return o->len >= option_lengths[i].min && o->len <= option_lengths[i].max &&
			       o->len % option_lengths[i].multiple_of == 0;
	return true;
}

/* Client subnet, RFC 7871 6: the address has just the octets its prefix needs. */
static bool ecs_fits(struct rc_cursor c, const struct option *o)
{
	uint16_t family = rc_cursor_u16(&c);
	unsigned prefix_bits = rc_cursor_u8(&c);
	if (o->len < ECS_FIXED)
		return false;
	if (family == ECS_FAMILY_V4 || family == ECS_FAMILY_V6)
		return prefix_bits <= (family == ECS_FAMILY_V4 ? 32u : 128u) &&
		       o->len == ECS_FIXED + (prefix_bits + 7) / 8;
	return true;
}

/* The agent domain of a report channel fills the option, RFC 9567 5. */
static bool name_fits(struct rc_cursor c)
{
	return rc_name_skip(&c) == RC_NAME_OK && rc_cursor_left(&c) == 0;
}

static void keep_ede(struct rc_edns *edns, struct rc_cursor c, const struct option *o)
{
	if (o->len < EDE_FIXED || edns->n_ede == RC_EDE_MAX)
		return;
	unsigned text_len = o->len - EDE_FIXED;
	edns->ede[edns->n_ede++] = (struct rc_ede){
		.code = rc_cursor_u16(&c),
		.text_off = (uint16_t)(o->off + EDE_FIXED),
		.text_len = (uint16_t)(text_len < RC_EDE_TEXT_MAX ? text_len : RC_EDE_TEXT_MAX),
	};
}

/* Looks into one option; c stands at its data and ends with it. False if it does not fit its code. */
static bool read_option(struct rc_edns *edns, struct rc_cursor c, const struct option *o)
{
	if (o->code < OPTION_BITS)
		edns->options |= UINT64_C(1) << o->code;
	switch (o->code) {
	case RC_OPTION_ECS:
		return ecs_fits(c, o);
	case RC_OPTION_COOKIE:
		edns->cookie_len = (uint8_t)(o->len < UINT8_MAX ? o->len : UINT8_MAX);
		return o->len == COOKIE_CLIENT_LEN ||
		       (o->len >= COOKIE_BOTH_MIN && o->len <= COOKIE_BOTH_MAX);
	case RC_OPTION_EDE:
		keep_ede(edns, c, o);
		break;
	case RC_OPTION_REPORT_CHANNEL:
		return name_fits(c);
	default:
		break;
	}
	return length_fits(o);
}

/* Not inlined: six of seven OPT records have no options and shall not pay for what this needs. */
static __attribute__((noinline)) void read_options(struct rc_walk *w, uint32_t rdata_off,
						   uint16_t rdata_len)
{
	struct rc_edns *edns = &w->msg->edns;
	struct rc_cursor c = rc_walk_rdata(w->msg, rdata_off, rdata_len);
	while (rc_cursor_left(&c) > 0) {
		uint32_t off = c.pos;
		struct option o = {.code = rc_cursor_u16(&c)};
		o.len = rc_cursor_u16(&c);
		o.off = (uint16_t)c.pos;
		struct rc_cursor data = c;
		rc_cursor_skip(&c, o.len);
		if (c.failed) {
			rc_walk_fault(w, RC_FAULT_OPTION_SHORT, off);
			return;
		}
		data.len = c.pos;
		if (edns->n_options < RC_OPTIONS_MAX && !read_option(edns, data, &o))
			rc_walk_fault(w, RC_FAULT_OPTION_BAD, off);
		edns->n_options++;
	}
}

void rc_edns_read(struct rc_walk *w, const uint8_t *fixed, uint32_t off, uint32_t rdata_off)
{
	struct rc_msg *m = w->msg;
	uint32_t ttl_s = rc_block_u32(fixed, RC_RR_TTL);
	uint16_t rdata_len = rc_block_u16(fixed, RC_RR_RDLENGTH);
	if (m->edns.present) {
		rc_walk_fault(w, RC_FAULT_OPT_TWICE, off);
		return;
	}
	if (rdata_off - off != 1 + RC_RR_FIXED) /* a root label and the fixed part */
		rc_walk_fault(w, RC_FAULT_OPT_OWNER, off);
	m->edns.present = true;
	m->edns.udp_size = rc_block_u16(fixed, RC_RR_CLASS);
	m->edns.version = (uint8_t)(ttl_s >> VERSION_SHIFT);
	m->edns.flags = (uint16_t)ttl_s;
	m->edns.do_bit = (m->edns.flags & DO_BIT) != 0;
	m->edns.rdata_off = (uint16_t)rdata_off;
	m->edns.rdata_len = rdata_len;
	m->rcode |= (uint16_t)(ttl_s >> EXT_RCODE_SHIFT << RCODE_LOW_BITS);
	if (rdata_len > 0)
		read_options(w, rdata_off, rdata_len);
}
