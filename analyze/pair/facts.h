/*
 * Facts of a message that outlive its packet.
 */
#ifndef RC_ANALYZE_FACTS_H
#define RC_ANALYZE_FACTS_H

#include "analyze/exchange.h"

static inline void rc_facts_take(const struct rc_msg *m, struct rc_msg_facts *f)
{
	f->flags = m->flags;
	f->rcode = m->rcode & 0xfffu;
	f->counts[0] = m->counts[RC_ANSWER];
	f->counts[1] = m->counts[RC_AUTHORITY];
	f->counts[2] = m->counts[RC_ADDITIONAL];
	f->has = m->has & 0x7ffu;
	f->len = (uint16_t)m->len;
	f->edns = m->edns.present;
	f->do_bit = m->edns.do_bit;
	f->udp_size = m->edns.udp_size;
	f->options = m->edns.options;
	f->edns_version = m->edns.version;
	f->cookie_len = m->edns.cookie_len;
	f->tsig = m->tsig.present;
	f->tsig_error = m->tsig.error;
	f->fault = (unsigned)m->fault & 0x1fu;
}

#endif
