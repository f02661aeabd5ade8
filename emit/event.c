#include "emit/event.h"

#include <string.h>

#include "base/digits.h"
#include "emit/fields.h"
#include "emit/malformed.h"

#ifndef RC_VERSION
#define RC_VERSION "0"
#endif

static const char *const dataset_names[RC_DS_COUNT] = {
	[RC_DS_FAILURE] = "rcause.failure",         [RC_DS_UPSTREAM] = "rcause.upstream",
	[RC_DS_INCIDENT] = "rcause.incident",       [RC_DS_STATS] = "rcause.stats",
	[RC_DS_TRANSACTION] = "rcause.transaction", [RC_DS_MALFORMED] = "rcause.malformed",
};

/* ECS names of the header flags, in ECS's order; DO is not in the header and comes last. */
static const struct {
	uint16_t bit;
	const char *name;
} header_flags[] = {
	{RC_FLAG_AA, "AA"}, {RC_FLAG_TC, "TC"}, {RC_FLAG_RD, "RD"},
	{RC_FLAG_RA, "RA"}, {RC_FLAG_AD, "AD"}, {RC_FLAG_CD, "CD"},
};

static const struct {
	uint32_t bit;
	const char *word;
} marks[] = {
	{RC_X_ICMP, "icmp"},
	{RC_X_ICMP_HARD, "icmp_hard"},
	{RC_X_RESET, "reset"},
	{RC_X_CLOSED, "closed"},
	{RC_X_NO_CONNECT, "no_connect"},
	{RC_X_LATE, "late"},
	{RC_X_WRONG_ID, "wrong_id"},
	{RC_X_WRONG_QUESTION, "wrong_question"},
	{RC_X_WRONG_SOURCE, "wrong_source"},
	{RC_X_FRAGMENTS_LOST, "fragments_lost"},
	{RC_X_MALFORMED, "malformed"},
	{RC_X_TC_RETRIED, "tc_retried"},
	{RC_X_IS_TC_RETRY, "is_tc_retry"},
	{RC_X_AT_END, "at_end"},
	{RC_X_AT_START, "at_start"},
	{RC_X_DROPS, "drops"},
	{RC_X_CUT, "cut"},
	{RC_X_EARLY, "early"},
	{RC_X_MIRRORED, "mirrored"},
};

const char *rc_dataset_name(enum rc_dataset dataset)
{
	return dataset_names[dataset];
}

static void set_mnemonic(struct rc_mnemonic *m, const struct rc_code_table *table, uint16_t value)
{
	m->text = rc_code_name(table, value, m->unknown);
}

static const char *source_name(const struct rc_observer *observer, uint16_t source)
{
	return observer->source_name == NULL
		       ? NULL
		       : observer->source_name(observer->source_context, source);
}

static int64_t known_frame(uint64_t frame)
{
	return frame == 0 ? RC_NONE : (int64_t)frame;
}

static void add_related(struct rc_event *e, const struct rc_addr *addr)
{
	for (size_t i = 0; i < e->related.n; i++) {
		if (rc_addr_equal(&e->related_ip[i], addr))
			return;
	}
	if (e->related.n < RC_EVENT_RELATED_MAX)
		e->related_ip[e->related.n++] = *addr;
	e->related.items = e->related_ip;
}

static void add_host(struct rc_event *e, const struct rc_name *name)
{
	if (name->len <= 1) /* none, or the root */
		return;
	for (size_t i = 0; i < e->hosts.n; i++) {
		if (rc_name_equal(&e->host[i], name))
			return;
	}
	if (e->hosts.n < RC_EVENT_HOSTS_MAX)
		e->host[e->hosts.n++] = *name;
	e->hosts.items = e->host;
}

static void fill_common(struct rc_event *e, const struct rc_observer *observer,
			enum rc_dataset dataset)
{
	static const char *const category[] = {"network"};
	static const char *const exchange_type[] = {"connection", "protocol"};
	static const char *const info_type[] = {"info"};
	bool exchange = dataset != RC_DS_INCIDENT && dataset != RC_DS_STATS;

	rc_event_reset(e);
	e->dataset = dataset;
	e->dataset_name = dataset_names[dataset];
	e->ecs_version = RC_ECS_VERSION;
	e->schema = RC_SCHEMA_VERSION;
	e->kind = dataset == RC_DS_INCIDENT ? "alert" : exchange ? "event" : "metric";
	e->category = (struct rc_texts){category, 1};
	e->type = exchange ? (struct rc_texts){exchange_type, 2} : (struct rc_texts){info_type, 1};
	e->protocol = "dns";
	e->observer_type = "sensor";
	e->observer_product = "rcause";
	e->observer_vendor = "rcause";
	e->observer_version = RC_VERSION;
	e->hostname = observer->hostname;
	e->iface = observer->iface;
}

static void fill_span(struct rc_event *e, int64_t start_ns, int64_t end_ns, int64_t timestamp_ns)
{
	e->start_ns = start_ns;
	e->end_ns = end_ns < start_ns ? start_ns : end_ns;
	e->duration_ns = e->end_ns - start_ns;
	e->timestamp_ns = timestamp_ns;
}

/* event.id: a fingerprint of octets that every sensor sees alike. */
struct id_input {
	uint8_t bytes[64 + RC_NAME_MAX];
	size_t n;
};

static void id_add(struct id_input *in, uint64_t value, unsigned octets)
{
	while (octets-- > 0)
		in->bytes[in->n++] = (uint8_t)(value >> (8 * octets));
}

static void id_add_bytes(struct id_input *in, const void *data, size_t n)
{
	memcpy(in->bytes + in->n, data, n);
	in->n += n;
}

static void fill_exchange_id(struct rc_event *e, const struct rc_exchange *x,
			     const struct rc_name *qname)
{
	struct id_input in;
	in.n = 0; /* the octets need no clearing */
	id_add(&in, e->dataset, 1);
	id_add(&in, (uint64_t)x->first_ns, 8);
	id_add_bytes(&in, x->asker.bytes, sizeof x->asker.bytes);
	id_add_bytes(&in, x->server.bytes, sizeof x->server.bytes);
	id_add(&in, x->asker_port, 2);
	id_add(&in, x->server_port, 2);
	id_add(&in, x->transport, 1);
	id_add(&in, x->id, 2);
	id_add(&in, x->qtype, 2);
	id_add(&in, x->qclass, 2);
	if (qname != NULL)
		id_add_bytes(&in, qname->wire, qname->len);
	rc_ident_event(in.bytes, in.n, e->id);
	e->id_text = e->id;
}

static void fill_words_id(struct rc_event *e, uint64_t a, uint64_t b, uint64_t c)
{
	struct id_input in = {.n = 0};
	id_add(&in, e->dataset, 1);
	id_add(&in, a, 8);
	id_add(&in, b, 8);
	id_add(&in, c, 8);
	rc_ident_event(in.bytes, in.n, e->id);
	e->id_text = e->id;
}

static void fill_network(struct rc_event *e, const struct rc_exchange *x)
{
	bool tcp = x->transport == RC_TCP;
	e->network_type = rc_addr_is_v4(&x->server) ? "ipv4" : "ipv6";
	e->transport = tcp ? "tcp" : "udp";
	rc_ident_community(&x->asker, x->asker_port, &x->server, x->server_port, tcp ? 6 : 17,
			   e->community_id_text);
	e->community_id = e->community_id_text;
	if (x->vlan != 0) {
		*rc_digits_put(e->vlan_text, x->vlan) = '\0';
		e->vlan = e->vlan_text;
	}
	if (x->inner_vlan != 0) {
		*rc_digits_put(e->inner_vlan_text, x->inner_vlan) = '\0';
		e->inner_vlan = e->inner_vlan_text;
	}
	if (x->encaps != 0)
		e->encaps = (struct rc_texts){e->encap, rc_encap_list(x->encaps, e->encap)};
	e->asker = (struct rc_event_endpoint){&x->asker, x->asker_port};
	e->server = (struct rc_event_endpoint){&x->server, x->server_port};
	add_related(e, &x->asker);
	add_related(e, &x->server);
}

static struct rc_texts fill_flags(const char **list, uint16_t flags, bool do_bit)
{
	struct rc_texts texts = {list, 0};
	for (size_t i = 0; i < sizeof header_flags / sizeof *header_flags; i++) {
		if (flags & header_flags[i].bit)
			list[texts.n++] = header_flags[i].name;
	}
	if (do_bit)
		list[texts.n++] = "DO";
	return texts;
}

static void fill_edns(struct rc_event_edns *edns, struct rc_event_options *options,
		      const struct rc_msg_facts *facts)
{
	if (!facts->edns)
		return;
	edns->version = facts->edns_version;
	edns->udp_size = facts->udp_size;
	edns->do_bit = facts->do_bit;
	edns->options = (struct rc_texts){options->list, 0};
	for (uint64_t left = facts->options; left != 0 && edns->options.n < RC_OPTIONS_MAX;
	     left &= left - 1) {
		size_t i = edns->options.n++;
		set_mnemonic(&options->option[i], &rc_options, (uint16_t)__builtin_ctzll(left));
		options->list[i] = options->option[i].text;
	}
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

static bool rr_address(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_addr *ret_addr)
{
	struct rc_cursor c = rc_rr_rdata(msg, rr);
	const uint8_t *bytes;
	if (rr->class != RC_CLASS_IN)
		return false;
	if (rr->type == RC_TYPE_A && rr->rdata_len == 4) {
		bytes = rc_cursor_bytes(&c, 4);
		if (bytes != NULL)
			*ret_addr = rc_addr_v4(bytes);
		return bytes != NULL;
	}
	if (rr->type == RC_TYPE_AAAA && rr->rdata_len == 16) {
		bytes = rc_cursor_bytes(&c, 16);
		if (bytes != NULL)
			*ret_addr = rc_addr_v6(bytes);
		return bytes != NULL;
	}
	return false;
}

static void fill_answers(struct rc_event *e, const struct rc_msg *msg)
{
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_rr rr;
	e->answers.items = e->answer;
	e->resolved.items = e->resolved_ip;
	while (e->answers.n < RC_EVENT_ANSWERS_MAX && rc_rr_next(&it, &rr) &&
	       rr.section == RC_ANSWER) {
		struct rc_event_answer *a = &e->answer[e->answers.n];
		if (!rc_rr_owner(msg, &rr, &a->owner))
			break;
		set_mnemonic(&a->type, &rc_types, rr.type);
		set_mnemonic(&a->class, &rc_classes, rr.class);
		a->ttl_s = rr.ttl_s;
		a->rr = rr;
		e->answers.n++;
		add_host(e, &a->owner);
		if (rr_address(msg, &rr, &e->resolved_ip[e->resolved.n]))
			add_related(e, &e->resolved_ip[e->resolved.n++]);
	}
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
	e->header_flags = fill_flags(e->header_flag_list, facts->flags,
				     facts->do_bit || x->query.do_bit);
	set_mnemonic(&e->response_code, &rc_rcodes, facts->rcode);
	e->rcode = facts->rcode;
	for (size_t i = 0; i < 3; i++)
		e->counts[i] = facts->counts[i];
	fill_edns(&e->answer_edns, &e->answer_options, facts);
	fill_fault(e, facts, msg);
	e->msg = msg;
	if (msg != NULL) {
		fill_ede(e, msg);
		fill_answers(e, msg);
	}
}

static void fill_dns(struct rc_event *e, const struct rc_exchange *x, const struct rc_name *qname,
		     const struct rc_msg *msg)
{
	bool answered = rc_exchange_answered(x);
	e->dns_type = answered ? "answer" : "query";
	*rc_digits_put(e->dns_id_text, x->id) = '\0';
	e->dns_id = e->dns_id_text;
	set_mnemonic(&e->op_code, &rc_opcodes, x->opcode);
	if (qname != NULL && qname->len > 0) {
		e->qname = qname;
		set_mnemonic(&e->qtype, &rc_types, x->qtype);
		set_mnemonic(&e->qclass, &rc_classes, x->qclass);
		add_host(e, qname);
	}
	e->query_flags = fill_flags(e->query_flag_list, x->query.flags, x->query.do_bit);
	fill_edns(&e->query_edns, &e->query_options, &x->query);
	if (answered)
		fill_answer(e, x, msg);
	else
		e->header_flags = e->query_flags;
}

static void fill_exchange(struct rc_event *e, const struct rc_observer *observer,
			  const struct rc_exchange *x, const struct rc_name *qname,
			  const struct rc_msg *msg)
{
	fill_span(e, x->first_ns, x->end_ns, x->end_ns);
	fill_network(e, x);
	fill_dns(e, x, qname, msg);
	fill_exchange_id(e, x, qname);
	e->attempts = x->attempts;
	e->query_frame = known_frame(x->first_frame);
	if (x->first_frame != 0)
		e->query_file = source_name(observer, x->first_source);
	if (rc_exchange_answered(x) && x->end_frame != 0) {
		e->answer_frame = known_frame(x->end_frame);
		e->answer_file = source_name(observer, x->end_source);
	}
	if (x->marks & RC_X_ICMP) {
		e->icmp_type = x->icmp_type;
		e->icmp_code = x->icmp_code;
	}
	e->marks = (struct rc_texts){e->mark, 0};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (x->marks & marks[i].bit)
			e->mark[e->marks.n++] = marks[i].word;
	}
}

/* "SERVFAIL for www.example.com A from 192.0.2.53: DNSSEC signature expired" */
static void fill_message(struct rc_event *e, const char *because)
{
	char *at = e->message_text;
	at = stpcpy(at, e->response_code.text == NULL ? "No answer" : e->response_code.text);
	at = stpcpy(at, " for ");
	if (e->qname != NULL) {
		at += rc_name_format(e->qname, at);
		*at++ = ' ';
		at = stpcpy(at, e->qtype.text);
	} else {
		at = stpcpy(at, "a message without a question");
	}
	at = stpcpy(at, " from ");
	at += rc_addr_put(e->server.ip, at);
	*at = '\0';
	if (because != NULL)
		stpcpy(stpcpy(at, ": "), because);
	e->message = e->message_text;
}

static void fill_cause(struct rc_event *e, const struct rc_cause *cause,
		       enum rc_confidence confidence, enum rc_party responsible)
{
	e->cause = e->reason = cause->slug;
	e->severity = cause->severity;
	e->confidence = rc_confidence_name(confidence);
	e->responsible = rc_party_name(responsible);
}

static void fill_incident_id(struct rc_event *e, uint64_t id)
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0; i < 16; i++)
		e->incident_text[i] = digits[id >> (60 - 4 * i) & 15];
	e->incident_text[16] = '\0';
	e->incident = id == 0 ? NULL : e->incident_text;
}

static void fill_evidence(struct rc_event *e, const struct rc_observer *observer,
			  const struct rc_evidence *evidence, size_t n_evidence)
{
	size_t n = n_evidence < RC_EVIDENCE_MAX ? n_evidence : RC_EVIDENCE_MAX;
	e->evidence = (struct rc_items){e->evidence_line, n};
	for (size_t i = 0; i < n; i++) {
		const struct rc_evidence *from = &evidence[i];
		struct rc_event_evidence *to = &e->evidence_line[i];
		bool question = from->name != NULL && from->name->len > 0;
		to->frame = known_frame(from->frame);
		to->query_frame = known_frame(from->query_frame);
		to->file = from->frame == 0 && from->query_frame == 0
				   ? NULL
				   : source_name(observer, from->source);
		to->ts_ns = from->ts_ns == 0 ? RC_NONE : from->ts_ns;
		to->rtt_ns = from->rtt_ns < 0 ? RC_NONE : from->rtt_ns;
		to->from = from->from;
		to->to = from->to;
		to->name = from->name;
		to->outcome = from->outcome;
		to->fact = from->fact;
		to->qtype.text = to->rcode.text = NULL;
		if (question)
			set_mnemonic(&to->qtype, &rc_types, from->qtype);
		if (from->rcode >= 0)
			set_mnemonic(&to->rcode, &rc_rcodes, (uint16_t)from->rcode);
		add_related(e, &from->from);
		add_related(e, &from->to);
	}
}

static void fill_visibility(struct rc_event *e, const struct rc_visibility *v)
{
	e->upstream_seen = v->upstream_seen;
	e->one_way = v->one_way;
	e->capture_start = v->capture_start;
	e->capture_end = v->capture_end;
	e->kernel_drops = v->kernel_drops;
	e->cut = v->cut;
	e->fragments_missing = v->fragments_missing;
	e->history_evicted = v->history_evicted;
	e->not_seen = (struct rc_texts){v->not_seen, v->n_not_seen};
}

static void fill_verdict(struct rc_event *e, const struct rc_failure *failure)
{
	static const char *const sides[] = {[RC_SIDE_CLIENT] = "client",
					    [RC_SIDE_UPSTREAM] = "upstream",
					    [RC_SIDE_AUTHORITATIVE] = "authoritative"};
	fill_cause(e, failure->cause, failure->confidence, failure->responsible);
	e->explanation = failure->explanation == NULL ? failure->cause->title
						      : failure->explanation;
	e->side = sides[failure->side];
	e->cached = failure->cached;
	e->decided_ns = failure->decided_ns;
	e->zone = failure->zone;
	e->subject_server = failure->server;
	e->fix = (struct rc_texts){failure->fix, failure->n_fix};
	e->next_steps = (struct rc_texts){failure->next_steps, failure->n_next_steps};
	e->alternatives = (struct rc_texts){e->alternative, 0};
	for (size_t i = 0; i < failure->n_alternatives && i < RC_EVENT_ALTERNATIVES_MAX; i++)
		e->alternative[e->alternatives.n++] = failure->alternatives[i]->slug;
	e->chain = (struct rc_addrs){failure->chain, failure->n_chain};
	e->scope_failing = failure->scope.resolvers_failing;
	e->scope_ok = failure->scope.resolvers_ok;
	e->scope_clients = failure->scope.clients;
	fill_visibility(e, &failure->visibility);
	fill_incident_id(e, failure->incident);
}

void rc_event_from_failure(struct rc_event *event, const struct rc_observer *observer,
			   enum rc_dataset dataset, const struct rc_failure *failure)
{
	fill_common(event, observer, dataset);
	fill_exchange(event, observer, failure->exchange, failure->qname, failure->answer);
	event->outcome = "failure";
	fill_verdict(event, failure);
	fill_evidence(event, observer, failure->evidence, failure->n_evidence);
	if (failure->server != NULL)
		add_related(event, failure->server);
	for (size_t i = 0; i < failure->n_chain; i++)
		add_related(event, &failure->chain[i]);
	fill_message(event, failure->cause->title);
}

void rc_event_from_incident(struct rc_event *event, const struct rc_observer *observer,
			    const struct rc_incident *incident)
{
	static const char *const states[] = {[RC_INCIDENT_OPEN] = "open",
					     [RC_INCIDENT_UPDATE] = "update",
					     [RC_INCIDENT_CLOSE] = "close"};
	const struct rc_exchange *x = incident->example;
	struct rc_event *e = event;

	fill_common(e, observer, RC_DS_INCIDENT);
	fill_span(e, incident->first_ns, incident->last_ns, incident->now_ns);
	fill_cause(e, incident->cause, incident->confidence, incident->responsible);
	fill_incident_id(e, incident->id);
	fill_words_id(e, incident->id, incident->state, (uint64_t)incident->now_ns);
	e->message = e->explanation = incident->summary == NULL ? incident->cause->title
								: incident->summary;
	e->incident = e->incident_text;
	e->incident_state = states[incident->state];
	e->incident_kind = incident->degraded ? "degraded" : "failures";
	fill_evidence(e, observer, incident->evidence, incident->n_evidence);
	e->zone = incident->zone;
	e->subject_server = incident->server;
	e->first_ns = incident->first_ns;
	e->last_ns = incident->last_ns;
	e->failures = (int64_t)incident->failures;
	e->clients = incident->clients;
	e->names = incident->names;
	e->resolvers = incident->resolvers;
	e->clients_at_least = incident->clients_at_least;
	e->names_at_least = incident->names_at_least;
	e->persistent = incident->persistent;
	if (incident->server != NULL)
		add_related(e, incident->server);
	if (x == NULL)
		return;
	e->example_client.ip = &x->asker;
	e->example_server.ip = &x->server;
	add_related(e, &x->asker);
	add_related(e, &x->server);
	e->example_frame = known_frame(x->first_frame);
	e->example_file = x->first_frame == 0 ? NULL : source_name(observer, x->first_source);
	if (incident->example_name != NULL && incident->example_name->len > 0) {
		e->example_name = incident->example_name;
		set_mnemonic(&e->example_qtype, &rc_types, x->qtype);
		add_host(e, incident->example_name);
	}
}

void rc_event_from_transaction(struct rc_event *event, const struct rc_observer *observer,
			       const struct rc_exchange *exchange, const struct rc_name *qname,
			       const struct rc_msg *answer)
{
	fill_common(event, observer, RC_DS_TRANSACTION);
	fill_exchange(event, observer, exchange, qname, answer);
	if (rc_exchange_answered(exchange))
		event->outcome = exchange->answer.rcode == RC_RCODE_NOERROR ? "success" : "failure";
	else
		event->outcome = exchange->marks & RC_X_AT_END ? "unknown" : "failure";
	fill_message(event, NULL);
}

/* "Malformed message from 192.0.2.53: an EDNS option goes past the end of the OPT record" */
void rc_event_from_malformed(struct rc_event *event, const struct rc_observer *observer,
			     const struct rc_obs *obs)
{
	const struct rc_msg *m = &obs->msg;
	fill_common(event, observer, RC_DS_MALFORMED);
	rc_malformed_exchange(obs, &event->malformed);
	fill_exchange(event, observer, &event->malformed, &m->qname, m);
	if (obs->kind == RC_OBS_SHORT) { /* no header */
		event->dns_type = event->dns_id = event->op_code.text = NULL;
		event->response_code.text = NULL;
		event->rcode = RC_NONE;
		for (size_t i = 0; i < 3; i++)
			event->counts[i] = RC_NONE;
	}
	event->fault = rc_fault_slug(m->fault);
	event->fault_off = m->fault_off;
	event->fault_section = rc_malformed_section(obs);
	char *at = stpcpy(event->message_text, "Malformed message from ");
	at += rc_addr_put(&obs->src, at);
	stpcpy(stpcpy(at, ": "), rc_fault_text(m->fault));
	event->message = event->message_text;
}

void rc_event_from_stats(struct rc_event *event, const struct rc_observer *observer,
			 int64_t start_ns, int64_t now_ns, bool final,
			 const struct rc_counter_set *sets, size_t n_sets)
{
	fill_common(event, observer, RC_DS_STATS);
	fill_span(event, start_ns, now_ns, now_ns);
	fill_words_id(event, (uint64_t)start_ns, (uint64_t)now_ns, final);
	event->message = final ? "Counters at the end of the input" : "Counters so far";
	event->final = final;
	event->counters = (struct rc_items){sets, n_sets};
}

void rc_event_trim(struct rc_event *event)
{
	event->answers.n = 0;
	event->resolved.n = 0;
	event->truncated = 1;
	if (event->evidence.n > 1)
		event->evidence.n = 1;
}
