/*
 * The field table made ready for writing, once a run: for each dataset and each sub-table a list of
 * steps. A step is text that is known beforehand (keys, objects closed and opened, fields whose value
 * never changes) and the value behind it, if any; the last one closes what is open.
 */
#ifndef RC_EMIT_PLAN_H
#define RC_EMIT_PLAN_H

#include <string.h>

#include "base/buf.h"
#include "emit/fields.h"

#define RC_PLAN_DEPTH_MAX 6u  /* objects around a field */
#define RC_PLAN_TABLES_MAX 8u /* sub-tables */

/*
 * Which octets of the word at `offset` say whether a value is there, and what they are when it is not: of
 * a number, of a pointer, of the length of a list. Words reach beyond small fields, never beyond the item.
 */
struct rc_presence {
	uint64_t mask, absent;
	uint32_t offset; /* in the event or item */
};

struct rc_step {
	struct rc_presence present;
	uint8_t kind;    /* enum rc_kind, or one of those below */
	uint8_t table;   /* of its codes, in rc_plans.codes; of its items, in rc_plans.items */
	uint8_t depth;   /* objects open behind it */
	uint8_t shared;  /* objects that its first field shares with the field before */
	uint32_t offset; /* of the value, in the event or item */
	uint16_t joint_len, key_len;
	const char *
		joint; /* text behind the value of the step before; readable in whole RC_JSON_PIECE */
	const char *key; /* the same without what closes objects, and opening all of them */
	const struct rc_field *field;
	uint32_t joint_off, key_off;         /* in rc_plans.texts */
	uint8_t from[RC_PLAN_DEPTH_MAX + 1]; /* where key begins when so many objects are open */
};

enum { /* kinds of steps without a value */
       RC_PLAN_TEXT = RC_KIND_COUNTERS + 1,
       RC_PLAN_END, /* the last one: it closes what is open, and is always there */
};

struct rc_plan {
	const struct rc_field_table *table;
	struct rc_step *steps;
	size_t n;
	size_t text_len; /* of all steps, with what closes objects before them */
};

struct rc_plans {
	struct rc_plan events[RC_DS_COUNT];
	struct rc_plan items[RC_PLAN_TABLES_MAX];
	size_t n_items;
	const struct rc_code_table *codes[RC_PLAN_TABLES_MAX];
	size_t n_codes;
	struct rc_step *steps; /* of all of them */
	size_t n_steps;
	struct rc_buf texts;
};

/* RC_E_NOMEM; RC_E_RANGE if a table is deeper or has more sub-tables than planned for. */
int rc_plan_make(const struct rc_event *event, struct rc_plans *ret_plans);
void rc_plan_free(struct rc_plans *plans);

/* The number of a table of codes; it gets one if it has none. */
uint8_t rc_plan_codes(struct rc_plans *plans, const struct rc_code_table *codes);

static inline bool rc_plan_is_there(const struct rc_presence *p, const void *base)
{
	uint64_t word;
	memcpy(&word, (const char *)base + p->offset, sizeof word);
	return (word & p->mask) != p->absent;
}

#endif
