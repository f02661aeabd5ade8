/*
 * What the fields of an event hold beyond plain numbers and texts: lists, and the items of sub-tables.
 */
#ifndef RC_EMIT_EVENT_ITEMS_H
#define RC_EMIT_EVENT_ITEMS_H

#include "analyze/verdict.h"
#include "base/limits.h"

struct rc_texts {
	const char *const *items;
	size_t n;
};

struct rc_bytes {
	const uint8_t *data; /* NULL: absent */
	size_t len;
};

/* Items of a sub-table. */
struct rc_items {
	const void *items;
	size_t n;
};

struct rc_addrs {
	const struct rc_addr *items;
	size_t n;
};

struct rc_names {
	const struct rc_name *items;
	size_t n;
};

/* The mnemonic of a code; text NULL: absent. */
struct rc_mnemonic {
	const char *text;
	char unknown[RC_CODE_TEXT_MAX];
};

struct rc_event_answer {
	struct rc_name owner;
	struct rc_mnemonic type, class;
	int64_t ttl_s;
	struct rc_rr rr;
};

struct rc_event_ede {
	int64_t code;
	const char *purpose; /* NULL: unassigned */
	struct rc_bytes text;
};

struct rc_event_evidence {
	int64_t frame, query_frame, ts_ns, rtt_ns;
	const char *file;
	struct rc_addr from, to;
	const struct rc_name *name;
	struct rc_mnemonic qtype, rcode;
	const char *outcome, *fact;
};

struct rc_event_edns {
	int64_t version, udp_size;
	int8_t do_bit; /* -1: no EDNS */
	struct rc_texts options;
};

struct rc_event_options {
	struct rc_mnemonic option[RC_OPTIONS_MAX];
	const char *list[RC_OPTIONS_MAX];
};

struct rc_event_cause_count {
	const char *slug;
	int64_t failures;
};

/* An endpoint appears twice in ECS (source and client, destination and server). */
struct rc_event_endpoint {
	const struct rc_addr *ip;
	int64_t port;
};

#endif
