/*
 * The field table: every field of every event, one row each, in the order of its keys. The JSON writer
 * and the schema walk it; nothing else knows a field's name.
 */
#ifndef RC_EMIT_FIELDS_H
#define RC_EMIT_FIELDS_H

#include "emit/event.h"

enum rc_kind {
	RC_KIND_TEXT, /* const char *; NULL absent */
	RC_KIND_WORD, /* the same, of a text that stays as it is: a word of a table, a file's name */
	RC_KIND_PLAIN,   /* struct rc_plain; text NULL absent */
	RC_KIND_MESSAGE, /* struct rc_event_message of the event; never absent */
	RC_KIND_NUMBER,  /* int64_t; RC_NONE absent */
	RC_KIND_DIGITS,  /* the same as a text; not negative */
	RC_KIND_TIME,    /* int64_t ns; RC_NONE absent */
	RC_KIND_BOOL,    /* int8_t; -1 absent */
	RC_KIND_ADDR,    /* const struct rc_addr *; NULL absent */
	RC_KIND_ADDR_IN, /* struct rc_addr */
	RC_KIND_NAME,    /* const struct rc_name *; NULL absent */
	RC_KIND_CODE,    /* int32_t, printed by the field's table of codes; -1 absent */
	RC_KIND_BYTES,   /* struct rc_bytes: whatever came off the wire; empty absent */
	RC_KIND_RDATA,   /* struct rc_rr of the event's message */
	RC_KIND_SET,     /* uint64_t: list of words or codes, bit = number; 0 absent */
	RC_KIND_TEXTS, /* struct rc_texts; empty absent, as all lists; with a choice they are words */
	RC_KIND_ADDRS,    /* struct rc_addrs */
	RC_KIND_NAMES,    /* struct rc_names */
	RC_KIND_ITEMS,    /* struct rc_items of a sub-table */
	RC_KIND_COUNTERS, /* struct rc_items of struct rc_counter_set */
};

/* The n-th of the words a field may hold; NULL behind the last. */
typedef const char *(*rc_choice_fn)(size_t n);

struct rc_field {
	const char *path; /* "dns.question.name"; rows of one object stand together */
	enum rc_kind kind;
	unsigned in;   /* datasets that have it, bit = enum rc_dataset; all in sub-tables */
	unsigned must; /* datasets in which it is always present */
	size_t offset; /* in struct rc_event, or in the sub-table's item */
	const struct rc_field_table *items; /* RC_KIND_ITEMS */
	const struct rc_code_table *codes;  /* RC_KIND_CODE; RC_KIND_SET: NULL if it has a choice */
	rc_choice_fn choice;                /* NULL: free text */
	const char *pattern;                /* regular expression for the schema; NULL none */
	const char *help;                   /* one line */
};

struct rc_field_table {
	const struct rc_field *fields;
	size_t n;
	size_t item_size;
};

extern const struct rc_field_table rc_event_fields;
extern const struct rc_field_table rc_evidence_fields; /* of a line of rcause.evidence */

/* Makes every field of *event absent. */
void rc_event_clear(struct rc_event *event);

#endif
