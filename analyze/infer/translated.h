/*
 * Address translation seen from both sides, as on a Kubernetes node: the same packets once with the address that the
 * client asked, once with that of the server behind it.
 */
#ifndef RC_ANALYZE_TRANSLATED_H
#define RC_ANALYZE_TRANSLATED_H

#include "analyze/pair/recorder.h"

/* The exchange with the server that x was handed on to; NULL if none is in sight. */
const struct rc_exchange *rc_translated_to(struct rc_recorder *recorder,
					   const struct rc_exchange *x);

/* x is such an exchange: its client has asked another address. */
bool rc_is_translated(struct rc_recorder *recorder, const struct rc_exchange *x);

/* Nobody but a translator sends a packet twice with one IPv4 identification that is not 0 (RFC 6864). */
static inline bool rc_translated_surely(const struct rc_exchange *x)
{
	return x->last_ip_id != 0;
}

#endif
