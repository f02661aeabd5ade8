#include "emit/event_dns.h"

#include "decode/rr.h"
#include "emit/event_related.h"

/* ECS names of the header flags, in ECS's order; DO is not in the header and comes last. */
static const struct {
	uint16_t bit;
	const char *name;
} header_flags[] = {
	{RC_FLAG_AA, "AA"}, {RC_FLAG_TC, "TC"}, {RC_FLAG_RD, "RD"},
	{RC_FLAG_RA, "RA"}, {RC_FLAG_AD, "AD"}, {RC_FLAG_CD, "CD"},
};
#define N_HEADER_FLAGS (sizeof header_flags / sizeof *header_flags)
#define LOWEST_FLAG 4u /* bit; the highest is RC_EVENT_FLAG_SETS << LOWEST_FLAG >> 1 */

const char *rc_event_flag_name(size_t n)
{
	return n < N_HEADER_FLAGS ? header_flags[n].name : n == N_HEADER_FLAGS ? "DO" : NULL;
}

void rc_event_make_flag_sets(struct rc_event *e)
{
	for (unsigned flags = 0; flags < RC_EVENT_FLAG_SETS; flags++) {
		for (size_t i = 0; i < N_HEADER_FLAGS; i++) {
			if (flags << LOWEST_FLAG & header_flags[i].bit)
				e->flag_sets[flags] |= (uint8_t)(1u << i);
		}
	}
}

static uint64_t flag_set(const struct rc_event *e, uint16_t flags, bool do_bit)
{
	return e->flag_sets[flags >> LOWEST_FLAG & (RC_EVENT_FLAG_SETS - 1)] |
	       (unsigned)do_bit << N_HEADER_FLAGS;
}

static void fill_edns(struct rc_event_edns *edns, const struct rc_msg_facts *facts)
{
	if (!facts->edns)
		return;
	edns->version = facts->edns_version;
	edns->udp_size = facts->udp_size;
	edns->do_bit = facts->do_bit;
	edns->options = facts->options;
}

static void fill_ede(struct rc_event *e, const struct rc_msg *msg)
{
	e->ede = (struct rc_items){e->ede_option, msg->edns.n_ede};
	for (size_t i = 0; i < msg->edns.n_ede; i++) {
		const struct rc_ede *ede = &msg->edns.ede[i];
		const struct rc_code *code = rc_code_find(&rc_ede_codes, ede->code);
		struct rc_cursor c = rc_cursor_init(msg->wire, msg->len);
		rc_cursor_seek(&c, ede->text_off);
		const uint8_t *text = rc_cursor_bytes(&c, ede->text_len);
		e->ede_option[i] = (struct rc_event_ede){
			.code = ede->code,
			.purpose = code == NULL ? NULL : code->name,
			.text = {text, text == NULL ? 0 : ede->text_len},
		};
	}
}

/* Owners of the records read last. */
struct owners {
	const struct rc_msg *msg;
	const struct rc_name *last; /* what the pointer `pointer` stands for; NULL none */
	uint16_t pointer;
};

/* Most owners are a pointer to the question or the one of the record before: read once. */
static const struct rc_name *read_owner(struct owners *o, const struct rc_rr *rr,
					struct rc_name *room)
{
	struct rc_cursor c = rc_cursor_init(o->msg->wire, o->msg->len);
	rc_cursor_seek(&c, rr->owner_off);
	uint16_t pointer = rc_cursor_u16(&c);
	if (!c.failed && pointer == o->pointer && o->last != NULL)
		return o->last;
	if (!rc_rr_owner(o->msg, rr, room))
		return NULL;
	o->pointer = pointer;
	o->last = pointer >= 0xc000 ? room : NULL; /* RFC 1035 4.1.4 */
	return room;
}

/* Among the addresses so far: a transfer gives one for many names. */
static bool is_resolved(const struct rc_event *e, const struct rc_addr *addr)
{
	for (size_t i = 0; i < e->resolved.n; i++)
		if (rc_addr_equal(&e->resolved_ip[i], addr))
			return true;
	return false;
}

static void fill_answers(struct rc_event *e, const struct rc_msg *msg)
{
	struct owners owners = {.msg = msg};
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	if (msg->qname.len > 0) {
		owners.last = &msg->qname;
		owners.pointer = 0xc000 | RC_DNS_HEADER_LEN;
	}
	e->answers.items = e->answer;
	e->resolved.items = e->resolved_ip;
	while (e->answers.n < RC_EVENT_ANSWERS_MAX && it.left > 0) {
		struct rc_event_answer *a = &e->answer[e->answers.n];
		struct rc_rr *rr = &a->rr;
		if (!rc_rr_next(&it, rr))
			break;
		a->owner = read_owner(&owners, rr, &e->owner[e->answers.n]);
		if (a->owner == NULL)
			break;
		a->type = rr->type;
		a->class = rr->class;
		a->ttl_s = rr->ttl_s;
		e->answers.n++;
		rc_event_relate_host(e, a->owner);
		if (rc_rr_addr(msg, rr, &e->resolved_ip[e->resolved.n]) &&
		    !is_resolved(e, &e->resolved_ip[e->resolved.n]))
			rc_event_relate(e, &e->resolved_ip[e->resolved.n++]);
	}
	if (e->answers.n == RC_EVENT_ANSWERS_MAX && it.left > 0)
		e->truncated = 1;
}

static void fill_fault(struct rc_event *e, const struct rc_msg_facts *facts,
		       const struct rc_msg *msg)
{
	if (facts->fault == RC_FAULT_NONE || facts->fault >= RC_FAULT_COUNT)
		return;
	e->fault = rc_fault_slug((enum rc_fault)facts->fault);
	if (msg != NULL)
		e->fault_off = msg->fault_off;
}

static void fill_answer(struct rc_event *e, const struct rc_exchange *x, const struct rc_msg *msg)
{
	const struct rc_msg_facts *facts = &x->answer;
	e->header_flags = flag_set(e, facts->flags, facts->do_bit);
	e->rcode = e->response_code = facts->rcode;
	for (size_t i = 0; i < 3; i++)
		e->counts[i] = facts->counts[i];
	fill_edns(&e->answer_edns, facts);
	fill_fault(e, facts, msg);
	e->msg = msg;
	if (msg != NULL) {
		fill_ede(e, msg);
		fill_answers(e, msg);
	}
}

void rc_event_fill_dns(struct rc_event *e, const struct rc_exchange *x, const struct rc_name *qname,
		       const struct rc_msg *msg)
{
	bool answered = rc_exchange_answered(x);
	e->dns_type = answered ? "answer" : "query";
	e->dns_id = x->id;
	e->op_code = x->opcode;
	if (qname != NULL && qname->len > 0) {
		e->qname = qname;
		e->qtype = x->qtype;
		e->qclass = x->qclass;
		rc_event_relate_host(e, qname);
	}
	e->query_flags = flag_set(e, x->query.flags, x->query.do_bit);
	fill_edns(&e->query_edns, &x->query);
	if (answered)
		fill_answer(e, x, msg);
	else
		e->header_flags = e->query_flags;
}
