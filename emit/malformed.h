/*
 * A malformed message as an exchange of which one packet is known, so that its event has the fields of
 * the others.
 */
#ifndef RC_EMIT_MALFORMED_H
#define RC_EMIT_MALFORMED_H

#include "analyze/exchange.h"

void rc_malformed_exchange(const struct rc_obs *obs, struct rc_exchange *ret_exchange);

/* The part of the message where its fault is: "header", "question", "answer", ... */
const char *rc_malformed_section(const struct rc_obs *obs);

/* The n-th of these words, NULL behind the last. */
const char *rc_malformed_section_at(size_t n);

#endif
