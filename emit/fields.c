#include "emit/fields.h"

#include <stddef.h>
#include <string.h>

#include "emit/malformed.h"

#define F (1u << RC_DS_FAILURE)
#define U (1u << RC_DS_UPSTREAM)
#define I (1u << RC_DS_INCIDENT)
#define T (1u << RC_DS_TRANSACTION)
#define S (1u << RC_DS_STATS)
#define M (1u << RC_DS_MALFORMED)
#define FU (F | U)      /* verdicts */
#define FUT (F | U | T) /* whatever is one exchange */
#define FUTM (FUT | M)  /* whatever has addresses */
#define FUI (F | U | I) /* whatever has a cause */
#define ALL (FUTM | I | S)
#define NEVER 0u

#define TIME_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$"

static const char *choice_slug(size_t n)
{
	const struct rc_cause *cause = rc_cause_at(n);
	return cause == NULL ? NULL : cause->slug;
}

static const char *choice_confidence(size_t n)
{
	return n > RC_CONF_PROVEN ? NULL : rc_confidence_name((enum rc_confidence)n);
}

static const char *choice_party(size_t n)
{
	return n >= RC_PARTY_COUNT ? NULL : rc_party_name((enum rc_party)n);
}

static const char *choice_fault(size_t n)
{
	return n >= RC_FAULT_COUNT ? NULL : rc_fault_slug((enum rc_fault)n);
}

static const char *choice_dataset(size_t n)
{
	return n >= RC_DS_COUNT ? NULL : rc_dataset_name((enum rc_dataset)n);
}

#define CHOICE(name, ...) \
	static const char *name(size_t n) \
	{ \
		static const char *const words[] = {__VA_ARGS__}; \
		return n < sizeof words / sizeof *words ? words[n] : NULL; \
	}

CHOICE(choice_kind, "event", "alert", "metric")
CHOICE(choice_category, "network")
CHOICE(choice_type, "connection", "protocol", "info")
CHOICE(choice_outcome, "success", "failure", "unknown")
CHOICE(choice_network, "ipv4", "ipv6")
CHOICE(choice_transport, "udp", "tcp")
CHOICE(choice_dns_type, "answer", "query")
CHOICE(choice_side, "client", "upstream", "authoritative")
CHOICE(choice_incident, "failures", "degraded")
CHOICE(choice_state, "open", "update", "close")

/* --- sub-tables --- */
#define ANSWER(path, kind, member, codes, help) \
	{ \
		path, kind, ALL, ALL, offsetof(struct rc_event_answer, member), NULL, codes, NULL, \
			NULL, help \
	}
static const struct rc_field answer_fields[] = {
	ANSWER("name", RC_KIND_NAME, owner, NULL, "owner of this record"),
	ANSWER("type", RC_KIND_CODE, type, &rc_types, "record type"),
	ANSWER("class", RC_KIND_CODE, class, &rc_classes, "record class"),
	ANSWER("ttl", RC_KIND_NUMBER, ttl_s, NULL, "time to live, seconds"),
	ANSWER("data", RC_KIND_RDATA, rr, NULL, "RDATA in presentation format"),
};
static const struct rc_field_table answer_table = {answer_fields,
						   sizeof answer_fields / sizeof *answer_fields,
						   sizeof(struct rc_event_answer)};

#define PROOF(path, kind, must, member, codes, help) \
	{ \
		path, kind, ALL, must, offsetof(struct rc_event_evidence, member), NULL, codes, \
			NULL, NULL, help \
	}
static const struct rc_field evidence_fields[] = {
	PROOF("frame", RC_KIND_NUMBER, NEVER, frame, NULL,
	      "frame that proves it, as Wireshark counts"),
	PROOF("query_frame", RC_KIND_NUMBER, NEVER, query_frame, NULL, "frame that asked"),
	PROOF("file", RC_KIND_WORD, NEVER, file, NULL, "file or interface of the frame"),
	PROOF("time", RC_KIND_TIME, NEVER, ts_ns, NULL, "packet time of the frame"),
	PROOF("from", RC_KIND_ADDR_IN, ALL, from, NULL, "who asked"),
	PROOF("to", RC_KIND_ADDR_IN, ALL, to, NULL, "who was asked"),
	PROOF("question", RC_KIND_NAME, NEVER, name, NULL, "name asked for"),
	PROOF("type", RC_KIND_CODE, NEVER, qtype, &rc_types, "type asked for"),
	PROOF("outcome", RC_KIND_WORD, NEVER, outcome, NULL, "what became of it, one stable word"),
	PROOF("rcode", RC_KIND_CODE, NEVER, rcode, &rc_rcodes, "response code, if answered"),
	PROOF("rtt_ns", RC_KIND_NUMBER, NEVER, rtt_ns, NULL, "time to the answer, nanoseconds"),
	PROOF("fact", RC_KIND_TEXT, NEVER, fact, NULL, "what it shows"),
};
const struct rc_field_table rc_evidence_fields = {evidence_fields,
						  sizeof evidence_fields / sizeof *evidence_fields,
						  sizeof(struct rc_event_evidence)};

static const struct rc_field ede_fields[] = {
	{"code", RC_KIND_NUMBER, ALL, ALL, offsetof(struct rc_event_ede, code), NULL, NULL, NULL,
	 NULL, "INFO-CODE, RFC 8914"},
	{"purpose", RC_KIND_WORD, ALL, NEVER, offsetof(struct rc_event_ede, purpose), NULL, NULL,
	 NULL, NULL, "its name in IANA's registry"},
	{"text", RC_KIND_BYTES, ALL, NEVER, offsetof(struct rc_event_ede, text), NULL, NULL, NULL,
	 NULL, "EXTRA-TEXT as sent"},
};
static const struct rc_field_table ede_table = {ede_fields, sizeof ede_fields / sizeof *ede_fields,
						sizeof(struct rc_event_ede)};

static const struct rc_field cause_fields[] = {
	{"cause", RC_KIND_WORD, ALL, ALL, offsetof(struct rc_event_cause_count, slug), NULL, NULL,
	 choice_slug, NULL, "cause"},
	{"failures", RC_KIND_NUMBER, ALL, ALL, offsetof(struct rc_event_cause_count, failures),
	 NULL, NULL, NULL, NULL, "failures since the start"},
};
static const struct rc_field_table cause_table = {cause_fields,
						  sizeof cause_fields / sizeof *cause_fields,
						  sizeof(struct rc_event_cause_count)};

/* --- the events --- */
#define AT(member) offsetof(struct rc_event, member)
#define ROW(path, kind, in, must, member, items, codes, choice, pattern, help) \
	{ \
		path, kind, in, must, AT(member), items, codes, choice, pattern, help \
	}
#define TEXT(path, in, must, member, help) \
	ROW(path, RC_KIND_TEXT, in, must, member, NULL, NULL, NULL, NULL, help)
#define WORD(path, in, must, member, choice, help) \
	ROW(path, RC_KIND_WORD, in, must, member, NULL, NULL, choice, NULL, help)
#define WORDS(path, in, must, member, choice, help) \
	ROW(path, RC_KIND_TEXTS, in, must, member, NULL, NULL, choice, NULL, help)
#define SET(path, in, member, choice, help) \
	ROW(path, RC_KIND_SET, in, NEVER, member, NULL, NULL, choice, NULL, help)
#define LIKE(path, kind, in, must, member, pattern, help) \
	ROW(path, kind, in, must, member, NULL, NULL, NULL, pattern, help)
#define CODE(path, in, must, member, codes, help) \
	ROW(path, RC_KIND_CODE, in, must, member, NULL, codes, NULL, NULL, help)
#define FIELD(path, kind, in, must, member, help) \
	ROW(path, kind, in, must, member, NULL, NULL, NULL, NULL, help)
#define NUM(path, in, must, member, help) FIELD(path, RC_KIND_NUMBER, in, must, member, help)
#define WHEN(path, in, must, member, help) \
	LIKE(path, RC_KIND_TIME, in, must, member, TIME_PATTERN, help)
#define FLAG(path, in, must, member, help) FIELD(path, RC_KIND_BOOL, in, must, member, help)
#define LIST(path, in, must, member, table, help) \
	ROW(path, RC_KIND_ITEMS, in, must, member, &table, NULL, NULL, NULL, help)

static const struct rc_field event_fields[] = {
	WHEN("@timestamp", ALL, ALL, timestamp_ns,
	     "time of the answer, of the deadline, of the decision"),
	TEXT("ecs.version", ALL, ALL, ecs_version, "version of the Elastic Common Schema"),
	FIELD("message", RC_KIND_MESSAGE, ALL, ALL, message, "one sentence for people"),

	WORD("event.kind", ALL, ALL, kind, choice_kind, "event, alert or metric"),
	WORDS("event.category", ALL, ALL, category, choice_category, "ECS category"),
	WORDS("event.type", ALL, ALL, type, choice_type, "ECS type"),
	WORD("event.outcome", FUT, FUT, outcome, choice_outcome,
	     "unknown: only the query was seen"),
	WORD("event.reason", FUI, FUI, reason, choice_slug, "the cause"),
	WORD("event.dataset", ALL, ALL, dataset_name, choice_dataset, "what this event is"),
	WHEN("event.start", ALL, ALL, start_ns, "first attempt; first failure; start of the input"),
	WHEN("event.end", ALL, ALL, end_ns, "answer or deadline; last failure; now"),
	NUM("event.duration", ALL, ALL, duration_ns, "end - start, nanoseconds"),
	NUM("event.severity", FUI, FUI, severity, "1 info, 3 low, 5 medium, 7 high, 9 critical"),
	NUM("event.sequence", ALL, ALL, sequence, "counts the events of a run, from 1"),
	LIKE("event.id", RC_KIND_PLAIN, ALL, ALL, id, "^[0-9a-f]{32}$",
	     "fingerprint of what happened: equal for every sensor that saw the same packets"),

	WORD("network.type", FUTM, FUTM, network_type, choice_network, "IP version"),
	WORD("network.transport", FUTM, FUTM, transport, choice_transport, "transport"),
	TEXT("network.protocol", ALL & ~S, ALL & ~S, protocol, "always dns"),
	LIKE("network.community_id", RC_KIND_PLAIN, FUTM, FUTM, community_id,
	     "^1:[A-Za-z0-9+/]{27}=$", "Community ID version 1, seed 0"),
	LIKE("network.vlan.id", RC_KIND_DIGITS, FUTM, NEVER, vlan, "^[0-9]{1,4}$",
	     "outermost VLAN id"),
	LIKE("network.inner.vlan.id", RC_KIND_DIGITS, FUTM, NEVER, inner_vlan, "^[0-9]{1,4}$",
	     "innermost VLAN id, if there are several tags"),

	FIELD("source.ip", RC_KIND_ADDR, FUTM, FUTM, asker.ip, "who asked"),
	NUM("source.port", FUTM, FUTM, asker.port, "its port in the first attempt"),
	FIELD("client.ip", RC_KIND_ADDR, FUTM, FUTM, asker.ip, "who asked"),
	NUM("client.port", FUTM, FUTM, asker.port, "its port in the first attempt"),
	FIELD("destination.ip", RC_KIND_ADDR, FUTM, FUTM, server.ip, "who was asked"),
	NUM("destination.port", FUTM, FUTM, server.port, "its port"),
	FIELD("server.ip", RC_KIND_ADDR, FUTM, FUTM, server.ip, "who was asked"),
	NUM("server.port", FUTM, FUTM, server.port, "its port"),

	WORD("dns.type", FUTM, FUT, dns_type, choice_dns_type, "query: unanswered"),
	LIKE("dns.id", RC_KIND_DIGITS, FUTM, FUT, dns_id, "^[0-9]{1,5}$",
	     "message ID of the first attempt"),
	CODE("dns.op_code", FUTM, FUT, op_code, &rc_opcodes, "operation"),
	SET("dns.header_flags", FUTM, header_flags, rc_event_flag_name,
	    "flags of the answer, or of the query when unanswered"),
	CODE("dns.response_code", FUTM, NEVER, response_code, &rc_rcodes,
	     "extended RCODE by name; absent when unanswered"),
	FIELD("dns.question.name", RC_KIND_NAME, FUTM, NEVER, qname,
	      "presentation format, lower case, no trailing dot"),
	CODE("dns.question.type", FUTM, NEVER, qtype, &rc_types, "type asked for"),
	CODE("dns.question.class", FUTM, NEVER, qclass, &rc_classes, "class asked for"),
	LIST("dns.answers", FUTM, NEVER, answers, answer_table, "answer section"),
	FIELD("dns.resolved_ip", RC_KIND_ADDRS, FUTM, NEVER, resolved,
	      "addresses in the answer section"),

	FIELD("related.ip", RC_KIND_ADDRS, ALL & ~S, NEVER, related, "every address of the event"),
	FIELD("related.hosts", RC_KIND_NAMES, ALL & ~S, NEVER, hosts,
	      "every host name of the event"),

	TEXT("observer.type", ALL, ALL, observer_type, "always sensor"),
	TEXT("observer.product", ALL, ALL, observer_product, "always rcause"),
	TEXT("observer.vendor", ALL, ALL, observer_vendor, "always rcause"),
	TEXT("observer.version", ALL, ALL, observer_version, "version of rcause"),
	TEXT("observer.hostname", ALL, NEVER, hostname, "host that captures"),
	TEXT("observer.ingress.interface.name", ALL, NEVER, iface,
	     "interface, if there is one only"),

	NUM("rcause.schema", ALL, ALL, schema, "version of these fields"),
	WORD("rcause.cause", FUI, FUI, cause, choice_slug, "why it failed"),
	WORD("rcause.confidence", FUI, FUI, confidence, choice_confidence,
	     "how far the packets carry the cause"),
	WORD("rcause.responsible", FUI, FUI, responsible, choice_party, "who must act"),
	FIELD("rcause.subject.zone", RC_KIND_NAME, FUI, NEVER, zone,
	      "zone at fault, or a name in it where it is not known"),
	FIELD("rcause.subject.server", RC_KIND_ADDR, FUI, NEVER, subject_server, "server at fault"),
	TEXT("rcause.explanation", FUI, FUI, explanation, "the cause in one sentence"),
	FIELD("rcause.fix", RC_KIND_TEXTS, FU, NEVER, fix, "what to do"),
	FIELD("rcause.next_steps", RC_KIND_TEXTS, FU, NEVER, next_steps, "commands that show more"),
	LIST("rcause.evidence", FUI, NEVER, evidence, rc_evidence_fields,
	     "proof, most telling first"),
	WORDS("rcause.alternatives", FU, NEVER, alternatives, choice_slug,
	      "causes that would fit as well"),
	FIELD("rcause.chain", RC_KIND_ADDRS, FU, NEVER, chain,
	      "resolvers behind one another, the asked one first"),
	FLAG("rcause.cached", FU, FU, cached, "answered from the resolver's failure cache"),
	NUM("rcause.attempts", FUT, FUT, attempts, "queries sent"),
	WORD("rcause.side", FU, FU, side, choice_side, "which side of the resolver"),
	WHEN("rcause.decided", FU, FU, decided_ns, "packet time of the decision"),
	FLAG("rcause.visibility.upstream_seen", FU, FU, upstream_seen,
	     "the resolver's own queries were visible"),
	FLAG("rcause.visibility.one_way", FU, FU, one_way, "only one direction was ever seen"),
	FLAG("rcause.visibility.capture_start", FU, FU, capture_start,
	     "touches the start of the capture"),
	FLAG("rcause.visibility.capture_end", FU, FU, capture_end,
	     "touches the end of the capture"),
	FLAG("rcause.visibility.kernel_drops", FU, FU, kernel_drops,
	     "packets were dropped meanwhile"),
	FLAG("rcause.visibility.cut", FU, FU, cut, "a packet was cut by the snap length"),
	FLAG("rcause.visibility.fragments_missing", FU, FU, fragments_missing,
	     "part of a packet never came"),
	FLAG("rcause.visibility.history_evicted", FU, FU, history_evicted,
	     "the past was no longer held in full"),
	FIELD("rcause.visibility.not_seen", RC_KIND_TEXTS, FU, NEVER, not_seen,
	      "what would have settled it"),
	NUM("rcause.scope.resolvers_failing", FU, FU, scope_failing, "resolvers that fail alike"),
	NUM("rcause.scope.resolvers_ok", FU, FU, scope_ok, "resolvers that succeed"),
	NUM("rcause.scope.clients", FU, FU, scope_clients,
	    "clients that failed alike in this incident"),
	LIKE("rcause.incident", RC_KIND_PLAIN, FU, NEVER, incident, "^[0-9a-f]{16}$",
	     "id of its incident"),

	WORDS("rcause.encapsulation", FUTM, NEVER, encaps, rc_encap_name,
	      "what the packets came wrapped in, outermost first"),
	NUM("rcause.frames.query", FUTM, NEVER, query_frame, "frame of the first attempt"),
	WORD("rcause.frames.query_file", FUTM, NEVER, query_file, NULL, "its file or interface"),
	NUM("rcause.frames.answer", FUTM, NEVER, answer_frame, "frame that completed the answer"),
	WORD("rcause.frames.answer_file", FUTM, NEVER, answer_file, NULL, "its file or interface"),
	SET("rcause.marks", FUT, marks, rc_event_mark_name, "what else happened to the exchange"),
	NUM("rcause.icmp.type", FUT, NEVER, icmp_type, "ICMP error that quoted an attempt"),
	NUM("rcause.icmp.code", FUT, NEVER, icmp_code, "its code"),

	LIST("rcause.dns.ede", FUTM, NEVER, ede, ede_table, "extended DNS errors of the answer"),
	NUM("rcause.dns.edns.query.version", FUTM, NEVER, query_edns.version,
	    "EDNS version of the query"),
	NUM("rcause.dns.edns.query.udp_size", FUTM, NEVER, query_edns.udp_size,
	    "UDP payload size offered"),
	FLAG("rcause.dns.edns.query.do", FUTM, NEVER, query_edns.do_bit, "DNSSEC wanted"),
	ROW("rcause.dns.edns.query.options", RC_KIND_SET, FUTM, NEVER, query_edns.options, NULL,
	    &rc_options, NULL, NULL, "EDNS options of the query"),
	NUM("rcause.dns.edns.answer.version", FUTM, NEVER, answer_edns.version,
	    "EDNS version of the answer"),
	NUM("rcause.dns.edns.answer.udp_size", FUTM, NEVER, answer_edns.udp_size,
	    "UDP payload size offered"),
	FLAG("rcause.dns.edns.answer.do", FUTM, NEVER, answer_edns.do_bit, "DO bit of the answer"),
	ROW("rcause.dns.edns.answer.options", RC_KIND_SET, FUTM, NEVER, answer_edns.options, NULL,
	    &rc_options, NULL, NULL, "EDNS options of the answer"),
	NUM("rcause.dns.rcode", FUTM, NEVER, rcode,
	    "extended RCODE as a number; absent when unanswered"),
	SET("rcause.dns.query_flags", FUT, query_flags, rc_event_flag_name,
	    "flags of the first attempt"),
	NUM("rcause.dns.answer_count", FUTM, NEVER, counts[0], "records in the answer section"),
	NUM("rcause.dns.authority_count", FUTM, NEVER, counts[1],
	    "records in the authority section"),
	NUM("rcause.dns.additional_count", FUTM, NEVER, counts[2],
	    "records in the additional section"),
	WORD("rcause.dns.fault.reason", FUTM, M, fault, choice_fault,
	     "why the answer is malformed"),
	NUM("rcause.dns.fault.offset", FUTM, M, fault_off,
	    "octet of the message where it goes wrong"),

	WORD("rcause.dns.fault.section", M, M, fault_section, rc_malformed_section_at,
	     "section of the message where it goes wrong"),

	LIKE("rcause.incident.id", RC_KIND_PLAIN, I, I, incident, "^[0-9a-f]{16}$",
	     "the same in each event of an incident and in its failures"),
	WORD("rcause.incident.kind", I, I, incident_kind, choice_incident,
	     "failures of clients; or degraded: no client fails, one server of the zone does"),
	WORD("rcause.incident.state", I, I, incident_state, choice_state, "life cycle"),
	WHEN("rcause.incident.first", I, I, first_ns, "first failure"),
	WHEN("rcause.incident.last", I, I, last_ns, "last failure so far"),
	NUM("rcause.incident.failures", I, I, failures, "failures so far"),
	NUM("rcause.incident.clients", I, I, clients, "distinct clients"),
	FLAG("rcause.incident.clients_at_least", I, I, clients_at_least,
	     "there may be more clients"),
	NUM("rcause.incident.names", I, I, names, "distinct names"),
	FLAG("rcause.incident.names_at_least", I, I, names_at_least, "there may be more names"),
	NUM("rcause.incident.resolvers", I, I, resolvers, "distinct resolvers"),
	FLAG("rcause.incident.persistent", I, I, persistent,
	     "no question that failed again had been answered in between, nor by other resolvers"),
	FIELD("rcause.incident.example.client", RC_KIND_ADDR, I, NEVER, example_client.ip,
	      "client of its first failure"),
	FIELD("rcause.incident.example.server", RC_KIND_ADDR, I, NEVER, example_server.ip,
	      "server of its first failure"),
	FIELD("rcause.incident.example.name", RC_KIND_NAME, I, NEVER, example_name,
	      "name asked for"),
	CODE("rcause.incident.example.type", I, NEVER, example_qtype, &rc_types, "type asked for"),
	NUM("rcause.incident.example.frame", I, NEVER, example_frame, "frame of its query"),
	WORD("rcause.incident.example.file", I, NEVER, example_file, NULL,
	     "file or interface of the frame"),

	FLAG("rcause.final", S, S, final, "the input ended"),
	LIST("rcause.causes", S, NEVER, causes, cause_table, "failures by cause since the start"),
	FIELD("rcause.counters", RC_KIND_COUNTERS, S, S, counters,
	      "counters of each module since the start"),
	FLAG("rcause.truncated", ALL, NEVER, truncated,
	     "lists were cut or left out: they were too long"),
};
const struct rc_field_table rc_event_fields = {
	event_fields, sizeof event_fields / sizeof *event_fields, sizeof(struct rc_event)};

void rc_event_clear(struct rc_event *event)
{
	for (size_t i = 0; i < rc_event_fields.n; i++) {
		const struct rc_field *f = &event_fields[i];
		char *at = (char *)event + f->offset;
		switch (f->kind) {
		case RC_KIND_NUMBER:
		case RC_KIND_DIGITS:
		case RC_KIND_TIME:
			*(int64_t *)at = RC_NONE;
			break;
		case RC_KIND_BOOL:
			*(int8_t *)at = -1;
			break;
		case RC_KIND_CODE:
			*(int32_t *)at = -1;
			break;
		case RC_KIND_SET:
			*(uint64_t *)at = 0;
			break;
		case RC_KIND_TEXT:
		case RC_KIND_WORD:
		case RC_KIND_ADDR:
		case RC_KIND_NAME:
			*(const void **)at = NULL;
			break;
		default: /* lists, bytes, plain texts and the message: two words */
			memset(at, 0, sizeof(struct rc_items));
		}
	}
	event->msg = NULL;
}
