#include "emit/event.h"

#include <string.h>

#include "base/copy.h"
#include "base/digits.h"
#include "emit/event_dns.h"
#include "emit/event_id.h"
#include "emit/event_related.h"
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
	{RC_X_SENT_BACK, "sent_back"},
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
	{RC_X_GAP, "gap"},
};
#define N_MARKS (sizeof marks / sizeof *marks)

const char *rc_dataset_name(enum rc_dataset dataset)
{
	return dataset_names[dataset];
}

const char *rc_event_mark_name(size_t n)
{
	return n < N_MARKS ? marks[n].word : NULL;
}

static const char *source_name(const struct rc_event *e, uint16_t source)
{
	const struct rc_observer *observer = e->observer;
	return observer->source_name == NULL
		       ? NULL
		       : observer->source_name(observer->source_context, source);
}

static int64_t known_frame(uint64_t frame)
{
	return frame == 0 ? RC_NONE : (int64_t)frame;
}

static const struct rc_name *known_name(const struct rc_name *name)
{
	return name != NULL && name->len > 0 ? name : NULL;
}

/* What is the same in all events of a dataset. */
static void fill_common(struct rc_event *e, enum rc_dataset dataset)
{
	static const char *const category[] = {"network"};
	static const char *const exchange_type[] = {"connection", "protocol"};
	static const char *const info_type[] = {"info"};
	bool exchange = dataset != RC_DS_INCIDENT && dataset != RC_DS_STATS;

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
	e->hostname = e->observer->hostname;
	e->iface = e->observer->iface;
}

#define FIELDS_LEN offsetof(struct rc_event, malformed)

void rc_event_init(struct rc_event *event, const struct rc_observer *observer)
{
	_Static_assert(FIELDS_LEN <= RC_EVENT_FIELDS_MAX, "the fields have outgrown their copies");
	memset(event, 0, sizeof *event);
	event->observer = observer;
	rc_event_make_flag_sets(event);
	for (unsigned d = 0; d < RC_DS_COUNT; d++) {
		rc_event_clear(event);
		fill_common(event, (enum rc_dataset)d);
		memcpy(event->blank[d], event, FIELDS_LEN);
	}
}

const void *rc_event_blank(const struct rc_event *event, enum rc_dataset dataset)
{
	return event->blank[dataset];
}

static void reset(struct rc_event *e, enum rc_dataset dataset)
{
	rc_copy(e, e->blank[dataset], FIELDS_LEN);
}

static void fill_span(struct rc_event *e, int64_t start_ns, int64_t end_ns, int64_t timestamp_ns)
{
	e->start_ns = start_ns;
	e->end_ns = end_ns < start_ns ? start_ns : end_ns;
	e->duration_ns = e->end_ns - start_ns;
	e->timestamp_ns = timestamp_ns;
}

static void fill_network(struct rc_event *e, const struct rc_exchange *x)
{
	bool tcp = x->transport == RC_TCP;
	e->network_type = rc_addr_is_v4(&x->server) ? "ipv4" : "ipv6";
	e->transport = tcp ? "tcp" : "udp";
	rc_ident_community(&x->asker, x->asker_port, &x->server, x->server_port, tcp ? 6 : 17,
			   e->community_id_text);
	e->community_id = (struct rc_plain){e->community_id_text, RC_COMMUNITY_ID_LEN};
	if (x->vlan != 0)
		e->vlan = x->vlan;
	if (x->inner_vlan != 0)
		e->inner_vlan = x->inner_vlan;
	if (x->encaps != 0)
		e->encaps = (struct rc_texts){e->encap, rc_encap_list(x->encaps, e->encap)};
	e->asker = (struct rc_event_endpoint){&x->asker, x->asker_port};
	e->server = (struct rc_event_endpoint){&x->server, x->server_port};
	rc_event_relate(e, &x->asker);
	rc_event_relate(e, &x->server);
}

static uint64_t mark_set(uint32_t of_exchange)
{
	uint64_t set = 0;
	if ((of_exchange & ~(uint32_t)(RC_X_IP6 | RC_X_JUDGED)) ==
	    0) /* most: nothing that is shown */
		return 0;
	for (size_t i = 0; i < N_MARKS; i++)
		set |= (uint64_t)((of_exchange & marks[i].bit) != 0) << i;
	return set;
}

static void fill_exchange(struct rc_event *e, const struct rc_exchange *x,
			  const struct rc_name *qname, const struct rc_msg *msg)
{
	fill_span(e, x->first_ns, x->end_ns, x->end_ns);
	fill_network(e, x);
	rc_event_fill_dns(e, x, qname, msg);
	rc_event_identify(e, x, qname);
	e->attempts = x->attempts;
	e->query_frame = known_frame(x->first_frame);
	if (x->first_frame != 0)
		e->query_file = source_name(e, x->first_source);
	if (rc_exchange_answered(x) && x->end_frame != 0) {
		e->answer_frame = known_frame(x->end_frame);
		e->answer_file = source_name(e, x->end_source);
	}
	if (x->marks & RC_X_ICMP) {
		e->icmp_type = x->icmp_type;
		e->icmp_code = x->icmp_code;
	}
	e->marks = mark_set(x->marks);
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
	uint8_t bytes[sizeof id];
	rc_ident_u64(bytes, id);
	rc_hex_put(e->incident_text, bytes, sizeof bytes);
	e->incident = (struct rc_plain){e->incident_text, 2 * sizeof bytes};
}

static void fill_evidence(struct rc_event *e, const struct rc_evidence *evidence, size_t n_evidence)
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
				   : source_name(e, from->source);
		to->ts_ns = from->ts_ns == 0 ? RC_NONE : from->ts_ns;
		to->rtt_ns = from->rtt_ns < 0 ? RC_NONE : from->rtt_ns;
		to->from = from->from;
		to->to = from->to;
		to->name = question ? from->name : NULL;
		to->outcome = from->outcome;
		to->fact = from->fact;
		to->qtype = question ? from->qtype : -1;
		to->rcode = from->rcode < 0 ? -1 : from->rcode;
		rc_event_relate(e, &from->from);
		rc_event_relate(e, &from->to);
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
	e->zone = known_name(failure->zone);
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
	if (failure->incident != 0)
		fill_incident_id(e, failure->incident);
}

void rc_event_from_failure(struct rc_event *event, enum rc_dataset dataset,
			   const struct rc_failure *failure)
{
	reset(event, dataset);
	fill_exchange(event, failure->exchange, failure->qname, failure->answer);
	event->outcome = "failure";
	fill_verdict(event, failure);
	fill_evidence(event, failure->evidence, failure->n_evidence);
	if (failure->server != NULL)
		rc_event_relate(event, failure->server);
	for (size_t i = 0; i < failure->n_chain; i++)
		rc_event_relate(event, &failure->chain[i]);
	event->message.because = failure->cause->title;
}

void rc_event_from_incident(struct rc_event *event, const struct rc_incident *incident)
{
	static const char *const states[] = {[RC_INCIDENT_OPEN] = "open",
					     [RC_INCIDENT_UPDATE] = "update",
					     [RC_INCIDENT_CLOSE] = "close"};
	const struct rc_exchange *x = incident->example;
	struct rc_event *e = event;

	reset(e, RC_DS_INCIDENT);
	fill_span(e, incident->first_ns, incident->last_ns, incident->now_ns);
	fill_cause(e, incident->cause, incident->confidence, incident->responsible);
	fill_incident_id(e, incident->id);
	rc_event_identify_words(e, incident->id, incident->state, (uint64_t)incident->now_ns);
	e->message.text = e->explanation = incident->summary == NULL ? incident->cause->title
								     : incident->summary;
	e->incident_state = states[incident->state];
	e->incident_kind = incident->degraded ? "degraded" : "failures";
	fill_evidence(e, incident->evidence, incident->n_evidence);
	e->zone = known_name(incident->zone);
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
		rc_event_relate(e, incident->server);
	if (x == NULL)
		return;
	e->example_client.ip = &x->asker;
	e->example_server.ip = &x->server;
	rc_event_relate(e, &x->asker);
	rc_event_relate(e, &x->server);
	e->example_frame = known_frame(x->first_frame);
	e->example_file = x->first_frame == 0 ? NULL : source_name(e, x->first_source);
	if (incident->example_name != NULL && incident->example_name->len > 0) {
		e->example_name = incident->example_name;
		e->example_qtype = x->qtype;
		rc_event_relate_host(e, incident->example_name);
	}
}

void rc_event_from_transaction(struct rc_event *event, const struct rc_exchange *exchange,
			       const struct rc_name *qname, const struct rc_msg *answer)
{
	reset(event, RC_DS_TRANSACTION);
	fill_exchange(event, exchange, qname, answer);
	if (rc_exchange_answered(exchange))
		event->outcome = exchange->answer.rcode == RC_RCODE_NOERROR ? "success" : "failure";
	else
		event->outcome = exchange->marks & RC_X_AT_END ? "unknown" : "failure";
}

/* "Malformed message from 192.0.2.53: an EDNS option goes past the end of the OPT record" */
void rc_event_from_malformed(struct rc_event *event, const struct rc_obs *obs)
{
	const struct rc_msg *m = &obs->msg;
	reset(event, RC_DS_MALFORMED);
	rc_malformed_exchange(obs, &event->malformed);
	fill_exchange(event, &event->malformed, &m->qname, m);
	if (obs->kind == RC_OBS_SHORT) { /* no header */
		event->dns_type = NULL;
		event->op_code = event->response_code = -1;
		event->dns_id = event->rcode = RC_NONE;
		for (size_t i = 0; i < 3; i++)
			event->counts[i] = RC_NONE;
	}
	event->fault = rc_fault_slug(m->fault);
	event->fault_off = m->fault_off;
	event->fault_section = rc_malformed_section(obs);
	char *at = stpcpy(event->message_text, "Malformed message from ");
	at += rc_addr_put(&obs->src, at);
	stpcpy(stpcpy(at, ": "), rc_fault_text(m->fault));
	event->message.text = event->message_text;
}

void rc_event_from_stats(struct rc_event *event, int64_t start_ns, int64_t now_ns, bool final,
			 const struct rc_counter_set *sets, size_t n_sets)
{
	reset(event, RC_DS_STATS);
	fill_span(event, start_ns, now_ns, now_ns);
	rc_event_identify_words(event, (uint64_t)start_ns, (uint64_t)now_ns, final);
	event->message.text = final ? "Counters at the end of the input" : "Counters so far";
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
