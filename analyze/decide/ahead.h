/*
 * Looking ahead: failures are decided one by one, in the order they were held, and each looks at records that
 * left the cache long ago, one behind the other in their chains. What the next few will look at is fetched
 * while those before them are decided, a step of every chain for each decision. Changes nothing but the time.
 */
#ifndef RC_ANALYZE_AHEAD_H
#define RC_ANALYZE_AHEAD_H

#include "analyze/decide/echo.h"
#include "analyze/decide/hold.h"

struct rc_ahead;

/* RC_E_NOMEM. Free with rc_ahead_free. */
int rc_ahead_new(uint64_t seed, struct rc_ahead **ret_ahead);
void rc_ahead_free(struct rc_ahead *ahead);

/* To be called each time before the first failure held is decided. */
void rc_ahead_step(struct rc_ahead *ahead, const struct rc_hold *hold, const struct rc_echo *echo,
		   struct rc_recorder *recorder, const struct rc_hosts *hosts);

#endif
