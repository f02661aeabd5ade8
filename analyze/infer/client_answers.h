/*
 * What clients were told of the name of a failure and of those above it, with DNSSEC records: where the resolver's own
 * queries are out of sight, that is what there is to validate.
 */
#ifndef RC_ANALYZE_CLIENT_ANSWERS_H
#define RC_ANALYZE_CLIENT_ANSWERS_H

#include "analyze/infer/case.h"

/*
 * An answer with DNSSEC records that a client was given, about the name or one above it. A client that
 * checks by itself, or looks for a fault, asks with CD=1 and is given what the resolver rejects.
 */
struct rc_client_answer {
	const struct rc_exchange *x;
	const struct rc_name *name;
	const struct rc_msg *answer;
};

/* Fills c->client_answers with those near in time; at most once. Borrowed until the arena is reset. */
void rc_case_find_client_answers(struct rc_case *c);

#endif
