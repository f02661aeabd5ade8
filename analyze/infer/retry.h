/*
 * A truncated answer sends its asker to TCP (RFC 7766 5). Where no connection comes about, the question has failed,
 * though its answer says no such thing.
 */
#ifndef RC_ANALYZE_RETRY_H
#define RC_ANALYZE_RETRY_H

#include "analyze/pair/pair.h"

enum rc_retry {
	RC_RETRY_NONE,    /* none was seen, or it connected, or the answer came otherwise */
	RC_RETRY_PENDING, /* a connection is being opened */
	RC_RETRY_FAILED,
};

/* A truncated answer over UDP: worth a look once its asker has had time to go on. */
static inline bool rc_is_truncated(const struct rc_exchange *x)
{
	return rc_exchange_is_truncated(x) && x->opcode == RC_OPCODE_QUERY;
}

/* What became of the retry of x, by now_ns. *ret_connection: of one that failed, else NULL. */
enum rc_retry rc_retry_find(struct rc_recorder *recorder, const struct rc_exchange *x,
			    int64_t now_ns, const struct rc_exchange **ret_connection);

#endif
