/*
 * Counters: each module keeps its own struct of uint64_t and describes it with one const table, from
 * which the stats event, its schema, the metrics and the report are written.
 */
#ifndef RC_BASE_COUNTER_H
#define RC_BASE_COUNTER_H

#include <stddef.h>
#include <stdint.h>

struct rc_counter_desc {
	const char *name; /* lower_case_with_underscores, unique in its module */
	const char *help; /* one line */
	size_t offset;    /* of a uint64_t in the module's struct */
};

struct rc_counter_set {
	const char *module; /* "capture", "decode", ... */
	const struct rc_counter_desc *desc;
	size_t n;
	const void *
		base; /* the struct; borrowed for as long as the module lives. NULL: description only */
};

static inline uint64_t rc_counter_value(const struct rc_counter_set *set, size_t i)
{
	return *(const uint64_t *)((const char *)set->base + set->desc[i].offset);
}

#endif
