/*
 * One event, flattened: what the field table (emit/fields.c) points into. Filled from a verdict once
 * an event; values are borrowed from the verdict. What is the same in every event of a dataset
 * (observer, category, ...) is filled once, at the start.
 */
#ifndef RC_EMIT_EVENT_H
#define RC_EMIT_EVENT_H

#include <stddef.h>

#include "analyze/verdict.h"
#include "base/counter.h"
#include "emit/emit.h"
#include "emit/event_items.h"
#include "emit/ident.h"

#define RC_ECS_VERSION "9.4.0"
#define RC_NONE INT64_MIN         /* a number or time that is not known */
#define RC_EVENT_FIELDS_MAX 1536u /* octets of the fields of struct rc_event */
#define RC_EVENT_FLAG_SETS 128u   /* AA, TC, RD, RA, Z, AD and CD, each set or not */

enum rc_dataset {
	RC_DS_FAILURE,
	RC_DS_UPSTREAM,
	RC_DS_INCIDENT,
	RC_DS_TRANSACTION,
	RC_DS_STATS,
	RC_DS_MALFORMED
};
#define RC_DS_COUNT 6u

const char *rc_dataset_name(enum rc_dataset dataset); /* "rcause.failure" */

struct rc_event {
	/* Fields: what the table looks at. */
	enum rc_dataset dataset;
	const struct rc_msg *msg; /* the answer, for RDATA; NULL none */

	int64_t timestamp_ns, start_ns, end_ns, duration_ns;
	const char *ecs_version;
	struct rc_event_message message;
	const char *kind, *outcome, *reason, *dataset_name;
	struct rc_texts category, type;
	int64_t severity, sequence;
	struct rc_plain id;

	const char *network_type, *transport, *protocol;
	struct rc_plain community_id;
	int64_t vlan, inner_vlan;
	struct rc_texts encaps;
	struct rc_event_endpoint asker, server;

	const char *dns_type;
	int64_t dns_id;
	int32_t op_code, response_code, qtype, qclass; /* -1: absent, as all codes */
	uint64_t header_flags, query_flags;            /* bit = row of rc_event_flag_name */
	const struct rc_name *qname;
	struct rc_items answers;
	struct rc_addrs resolved, related;
	struct rc_names hosts;

	const char *observer_type, *observer_product, *observer_vendor, *observer_version;
	const char *hostname, *iface;

	int64_t schema;
	const char *cause, *confidence, *responsible, *explanation, *side;
	const struct rc_name *zone;
	const struct rc_addr *subject_server;
	struct rc_texts fix, next_steps, alternatives, not_seen;
	uint64_t marks; /* bit = row of rc_event_mark_name */
	struct rc_items evidence;
	struct rc_addrs chain;
	int8_t cached, truncated; /* -1: absent */
	int64_t attempts, decided_ns;
	int8_t upstream_seen, one_way, capture_start, capture_end, kernel_drops, cut,
		fragments_missing, history_evicted;
	int64_t scope_failing, scope_ok, scope_clients;
	struct rc_plain incident; /* its id */

	int64_t query_frame, answer_frame, icmp_type, icmp_code;
	const char *query_file, *answer_file;
	int64_t rcode, counts[3];
	struct rc_items ede;
	struct rc_event_edns query_edns, answer_edns;
	const char *fault, *fault_section;
	int64_t fault_off;

	const char *incident_state, *incident_kind;
	int64_t first_ns, last_ns, failures, clients, names, resolvers;
	int8_t clients_at_least, names_at_least, persistent;
	struct rc_event_endpoint example_client, example_server;
	const struct rc_name *example_name;
	int32_t example_qtype;
	int64_t example_frame;
	const char *example_file;

	int8_t final;
	struct rc_items causes;
	struct rc_items counters; /* of struct rc_counter_set */

	/* Behind the fields: room for what they point to. */
	struct rc_exchange malformed; /* what is known of a malformed message */
	char id_text[RC_PLAIN_ROOM], community_id_text[RC_PLAIN_ROOM];
	char incident_text[RC_PLAIN_ROOM];
	const char *encap[RC_ENCAP_DEPTH_MAX];
	const char *alternative[RC_EVENT_ALTERNATIVES_MAX];
	struct rc_event_ede ede_option[RC_EDE_MAX];
	struct rc_addr resolved_ip[RC_EVENT_ANSWERS_MAX], related_ip[RC_EVENT_RELATED_MAX];
	struct rc_event_evidence evidence_line[RC_EVIDENCE_MAX];
	const struct rc_name *host[RC_EVENT_HOSTS_MAX];
	struct rc_event_answer answer[RC_EVENT_ANSWERS_MAX];
	struct rc_name owner[RC_EVENT_ANSWERS_MAX];
	char message_text[256]; /* of a malformed message */

	const struct rc_observer *observer;
	uint8_t flag_sets[RC_EVENT_FLAG_SETS]; /* of the flags of a header */
	/* The fields of each dataset when all that differs from event to event is absent. */
	_Alignas(max_align_t) unsigned char blank[RC_DS_COUNT][RC_EVENT_FIELDS_MAX];
};

/* What the observer knows of itself; fixed for a run. */
struct rc_observer {
	const char *hostname, *iface; /* NULL: left out */
	const char *(*source_name)(void *context, uint16_t source);
	void *source_context;
};

/* Makes *event ready for the functions below; *observer stays borrowed. */
void rc_event_init(struct rc_event *event, const struct rc_observer *observer);

/* What every event of a dataset holds: as *event, up to the fields' end. */
const void *rc_event_blank(const struct rc_event *event, enum rc_dataset dataset);

/*
 * Fill *event. Everything stays borrowed from the arguments until the event is written.
 * event->sequence is left to the caller.
 */
void rc_event_from_failure(struct rc_event *event, enum rc_dataset dataset,
			   const struct rc_failure *failure);
void rc_event_from_incident(struct rc_event *event, const struct rc_incident *incident);
void rc_event_from_transaction(struct rc_event *event, const struct rc_exchange *exchange,
			       const struct rc_name *qname, const struct rc_msg *answer);
void rc_event_from_malformed(struct rc_event *event, const struct rc_obs *obs);
void rc_event_from_stats(struct rc_event *event, int64_t start_ns, int64_t now_ns, bool final,
			 const struct rc_counter_set *sets, size_t n_sets);

/* The words of header_flags, query_flags and marks; NULL behind the last. */
const char *rc_event_flag_name(size_t n);
const char *rc_event_mark_name(size_t n);

/* Leaves out the lists that a too long event can do without, and says so (rcause.truncated). */
void rc_event_trim(struct rc_event *event);

#endif
