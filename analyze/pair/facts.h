/*
 * Facts of a message that outlive its packet.
 */
#ifndef RC_ANALYZE_FACTS_H
#define RC_ANALYZE_FACTS_H

#include "analyze/exchange.h"

static inline void rc_facts_take(const struct rc_msg *m, struct rc_msg_facts *f)
{
	struct rc_msg_facts facts = {
		.flags = m->flags,
		.rcode = m->rcode & 0xfffu,
		.edns = m->edns.present,
		.do_bit = m->edns.do_bit,
		.tsig = m->tsig.present,
		.udp_size = m->edns.udp_size,
		.counts = {m->counts[RC_ANSWER], m->counts[RC_AUTHORITY], m->counts[RC_ADDITIONAL]},
		.has = m->has & 0x7ffu,
		.fault = (unsigned)m->fault & 0x1fu,
		.len = (uint16_t)m->len,
		.tsig_error = m->tsig.error,
		.edns_version = m->edns.version,
		.cookie_len = m->edns.cookie_len,
		.options = m->edns.options,
	};
	*f = facts;
}

#endif
