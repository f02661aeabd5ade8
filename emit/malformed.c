#include "emit/malformed.h"

#include "analyze/pair/facts.h"

void rc_malformed_exchange(const struct rc_obs *obs, struct rc_exchange *ret_exchange)
{
	const struct rc_msg *m = &obs->msg;
	bool answer = obs->kind == RC_OBS_MESSAGE ? rc_msg_is_response(m) : obs->from_server;
	struct rc_exchange *x = ret_exchange;
	*x = (struct rc_exchange){
		.first_ns = obs->ts_ns,
		.end_ns = obs->ts_ns,
		.asker = answer ? obs->dst : obs->src,
		.server = answer ? obs->src : obs->dst,
		.asker_port = answer ? obs->dst_port : obs->src_port,
		.server_port = answer ? obs->src_port : obs->dst_port,
		.transport = (uint8_t)obs->transport,
		.state = answer ? RC_X_ANSWERED : RC_X_UNANSWERED,
		.vlan = obs->vlan,
		.inner_vlan = obs->inner_vlan,
		.encaps = obs->encaps,
		.id = m->id,
		.opcode = m->opcode,
		.qtype = m->qtype,
		.qclass = m->qclass,
	};
	rc_facts_take(m, answer ? &x->answer : &x->query);
	if (answer) {
		x->end_frame = obs->frame & RC_FRAME_MASK;
		x->end_source = obs->source;
	} else {
		x->first_frame = obs->frame & RC_FRAME_MASK;
		x->first_source = obs->source;
	}
}

const char *rc_malformed_section_at(size_t n)
{
	static const char *const words[] = {"header", "question", "answer", "authority",
					    "additional"};
	return n < sizeof words / sizeof *words ? words[n] : NULL;
}

const char *rc_malformed_section(const struct rc_obs *obs)
{
	return rc_malformed_section_at(
		obs->kind == RC_OBS_SHORT ? 0 : 1 + (size_t)obs->msg.fault_section);
}
