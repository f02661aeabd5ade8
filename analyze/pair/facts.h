/*
 * Facts of a message that outlive its packet.
 */
#ifndef RC_ANALYZE_FACTS_H
#define RC_ANALYZE_FACTS_H

#include "analyze/exchange.h"

/* In place, whole words at a time: what was put together first would be copied by parts. */
static inline void rc_facts_take(const struct rc_msg *m, struct rc_msg_facts *f)
{
	memcpy(f->counts, &m->counts[RC_ANSWER], sizeof f->counts);
	f->flags = m->flags;
	f->rcode = m->rcode & 0xfffu;
	f->edns = m->edns.present;
	f->do_bit = m->edns.do_bit;
	f->tsig = m->tsig.present;
	f->unused = false;
	f->udp_size = m->edns.udp_size;
	f->has = m->has & 0x7ffu;
	f->fault = (unsigned)m->fault & 0x1fu;
	f->len = (uint16_t)m->len;
	f->tsig_error = m->tsig.error;
	f->edns_version = m->edns.version;
	f->cookie_len = m->edns.cookie_len;
	f->options = m->edns.options;
}

#endif
