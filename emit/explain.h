/*
 * Explanations and lists for people, from the tables of codes and causes: --explain and --causes.
 */
#ifndef RC_EMIT_EXPLAIN_H
#define RC_EMIT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Explains every code that word names: a mnemonic ("SERVFAIL"), a number ("9": RCODE and EDE), a number
 * with its table ("EDE 9", "ede9", "rcode=2"), a cause's slug or the beginning of one ("dnssec").
 * False if nothing matches.
 */
bool rc_explain(FILE *out, const char *word);

/* An overview of all of it. */
void rc_explain_all(FILE *out);

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
