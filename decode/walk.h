/*
 * Inside decode only: the state of one walk over a message, and the parts of the walk that have their
 * own file.
 */
#ifndef RC_DECODE_WALK_H
#define RC_DECODE_WALK_H

#include "decode/msg.h"

struct rc_walk {
	struct rc_msg *msg;
	enum rc_section section;
	bool cut;      /* the capture lacks octets that the message had */
	unsigned room; /* questions and records that may still follow */
};

/* Notes what is wrong and where; the first fault is the one kept. */
static inline void rc_walk_fault(struct rc_walk *w, enum rc_fault fault, uint32_t off)
{
	if (w->msg->fault != RC_FAULT_NONE)
		return;
	w->msg->fault = (uint8_t)fault;
	w->msg->fault_off = (uint16_t)off;
	w->msg->fault_section = (uint8_t)w->section;
}

/* A cursor over the RDATA whose buffer is the message up to the RDATA's end: for names in it. */
static inline struct rc_cursor rc_walk_rdata(const struct rc_msg *msg, uint32_t rdata_off,
					     uint16_t rdata_len)
{
	struct rc_cursor c = rc_cursor_init(msg->wire, rdata_off + rdata_len);
	rc_cursor_seek(&c, rdata_off);
	return c;
}

/* The fixed part of a record, behind its owner (RFC 1035 4.1.3). */
enum { RC_RR_TYPE, RC_RR_CLASS = 2, RC_RR_TTL = 4, RC_RR_RDLENGTH = 8, RC_RR_FIXED = 10 };

/* Reads an OPT record (RFC 6891 6.1) and its options into msg->edns and msg->rcode. */
void rc_edns_read(struct rc_walk *w, const uint8_t *fixed, uint32_t off, uint32_t rdata_off);

#endif
