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
	const struct rc_name *const *items;
	size_t n;
};

/* A text made here, with nothing in it to escape; there is room for RC_PLAIN_ROOM octets where it lies. */
#define RC_PLAIN_ROOM 32u
struct rc_plain {
	const char *text; /* NULL: absent */
	size_t len;
};

/* The sentence of an event. */
struct rc_event_message {
	const char *text;    /* the whole of it; NULL: it says what was asked and answered */
	const char *because; /* then: why; NULL: nothing about that */
};

struct rc_event_answer {
	const struct rc_name *owner;
	int32_t type, class;
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
	int32_t qtype, rcode; /* -1: absent */
	const char *outcome, *fact;
};

struct rc_event_edns {
	int64_t version, udp_size;
	int8_t do_bit;    /* -1: no EDNS */
	uint64_t options; /* bit = code */
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
