/*
 * What a validator says of a case: the messages that the resolver was given, with what the zone book has of the zones above,
 * handed to the checks of DNSSEC (analyze/dnssec/). Where nothing it was given is in sight, what clients were told.
 */
#ifndef RC_ANALYZE_VALIDATION_H
#define RC_ANALYZE_VALIDATION_H

#include "analyze/infer/client_answers.h"

/* Where a message that was judged comes from: an exchange of the lineage, or the zone book. */
struct rc_origin {
	const struct rc_link *link; /* NULL: the zone book, or what a client was told */
	const struct rc_client_answer *client;
	const struct rc_msg *msg;
	int64_t ts_ns;
	uint64_t frame;
	uint16_t source;
	struct rc_addr asker, server;
};

/* DNSSEC judgement over the lineage and the zone book; computed on first use. Sets c->dnssec, c->dnssec_origins. */
const struct rc_dnssec_result *rc_case_dnssec(struct rc_case *c);

#endif
