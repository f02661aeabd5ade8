/*
 * The field table made ready for writing, once a run: for each dataset and each sub-table a list of
 * steps. A step is text that is known beforehand (keys, objects closed and opened, fields whose value
 * never changes) and the value behind it, if any.
 */
#ifndef RC_EMIT_PLAN_H
#define RC_EMIT_PLAN_H

#include <string.h>

#include "base/buf.h"
#include "emit/fields.h"

#define RC_PLAN_DEPTH_MAX 6u  /* objects around a field */
#define RC_PLAN_TABLES_MAX 8u /* sub-tables */

/* How the absence of a value is seen. */
enum rc_plan_test {
	RC_PLAN_NEVER,
	RC_PLAN_WORD64, /* the word at test_off equals absent */
	RC_PLAN_WORD32,
	RC_PLAN_FLAG,
	RC_PLAN_NAME,
	RC_PLAN_BYTES,
};

struct rc_step {
	uint8_t kind;   /* enum rc_kind; RC_PLAN_TEXT: no value follows */
	uint8_t test;   /* enum rc_plan_test */
	bool joined;    /* the step before is never left out: text has all that stands between */
	uint8_t depth;  /* objects open behind it */
	uint8_t shared; /* of them, those it shares with the step before */
	uint8_t table;  /* of its codes, in rc_plans.codes; of its items, in rc_plans.items */
	uint8_t from[RC_PLAN_DEPTH_MAX + 1]; /* where text begins when so many objects are open */
	uint16_t text_len;
	uint32_t text_off;         /* in rc_plans.texts */
	uint32_t offset, test_off; /* in the event or item */
	uint64_t absent;
	const char *text; /* readable in whole pieces of RC_JSON_PIECE */
	const struct rc_field *field;
};

#define RC_PLAN_TEXT 0xffu

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

/* Whether a NAME or BYTES is there. */
bool rc_plan_has_octets(const struct rc_step *step, const void *at);

static inline bool rc_plan_is_present(const struct rc_step *step, const void *base)
{
	const char *at = (const char *)base + step->test_off;
	uint64_t word64;
	uint32_t word32;
	switch (step->test) {
	case RC_PLAN_WORD64:
		memcpy(&word64, at, sizeof word64);
		return word64 != step->absent;
	case RC_PLAN_WORD32:
		memcpy(&word32, at, sizeof word32);
		return word32 != (uint32_t)step->absent;
	case RC_PLAN_FLAG:
		return *(const int8_t *)at >= 0;
	case RC_PLAN_NEVER:
		return true;
	default:
		return rc_plan_has_octets(step, at);
	}
}

#endif
