/*
 * A resolver's connections for DNS over TLS (RFC 7858) while it worked on a failure. What it asked there nobody
 * sees, but whether it could ask at all.
 */
#ifndef RC_ANALYZE_TLS_H
#define RC_ANALYZE_TLS_H

#include "analyze/infer/case.h"

#define RC_TLS_SHOWN_MAX 4u /* connections that failed, kept to be shown */

struct rc_tls_use {
	unsigned unanswered; /* tried meanwhile: nothing came back */
	unsigned refused;    /* ... ended in a reset, or in ICMP unreachable */
	bool opened;         /* some of those not before the work began */
	bool given_up;       /* none was tried: those shown had failed shortly before */
	const struct rc_exchange
		*shown[RC_TLS_SHOWN_MAX]; /* of the failed ones, the latest first */
	unsigned n_shown;
	const struct rc_exchange *alive; /* one whose server has sent something since; NULL none */
};

void rc_tls_look(const struct rc_case *c, struct rc_tls_use *ret_use);

#endif
