/*
 * Address translation seen from both sides, as on a Kubernetes node: the same packets once with the address that the
 * client asked, once with that of the server behind it; or before and behind the address that many clients share.
 */
#ifndef RC_ANALYZE_TRANSLATED_H
#define RC_ANALYZE_TRANSLATED_H

#include "analyze/pair/recorder.h"

/* Where the record of the exchange is that x was handed on as; 0 if none is in sight. */
uint64_t rc_translated_behind(struct rc_recorder *recorder, const struct rc_exchange *x);

/* That exchange; NULL if none is in sight. */
const struct rc_exchange *rc_translated_to(struct rc_recorder *recorder,
					   const struct rc_exchange *x);

/* The inner one of two exchanges is what became of the outer one. */
bool rc_translated_is_inside(const struct rc_exchange *inner, const struct rc_exchange *outer);

/*
 * x, whose record is at pos, is such an exchange: its client has asked another address, or from another one. Where both
 * are others it is not found.
 */
bool rc_is_translated(struct rc_recorder *recorder, uint64_t pos, const struct rc_exchange *x);

/* Nobody but a translator sends a packet twice with one IPv4 identification that is not 0 (RFC 6864). */
static inline bool rc_translated_surely(const struct rc_exchange *x)
{
	return x->last_ip_id != 0;
}

#endif
