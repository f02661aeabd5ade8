/*
 * Explanations and lists for people, from the tables of codes and causes: --explain and --causes.
 */
#ifndef RC_EMIT_EXPLAIN_H
#define RC_EMIT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/* One line a cause: slug, who must act, title. */
void rc_causes_text(FILE *out);

/* The rows as a JSON array. RC_E_NOMEM. */
int rc_causes_json(FILE *out);

/*
 * Explains each word, "ede 9" as one; without words, everything. Returns the first word that is no RCODE,
 * EDE code or cause, NULL if all are.
 */
const char *rc_explain_words(FILE *out, char *const *words, size_t n);

#endif
