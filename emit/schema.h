/*
 * event.schema.json: JSON Schema 2020-12 of every event, made from the field table and from the
 * descriptions of the modules' counters.
 */
#ifndef RC_EMIT_SCHEMA_H
#define RC_EMIT_SCHEMA_H

#include <stdio.h>

#include "base/counter.h"

/* sets: descriptions suffice (base may be NULL). RC_E_NOMEM, RC_E_IO. */
int rc_schema_write(FILE *out, const struct rc_counter_set *sets, size_t n_sets);

#endif
