/*
 * Trust anchor signals (RFC 8145 5.1): a resolver asks the zone for _ta-TAG-TAG... and so tells which anchors it has.
 * Only those of the root are read. Bounded: one signal per hash slot, the latest stays.
 */
#ifndef RC_ANALYZE_ANCHOR_SIGNAL_H
#define RC_ANALYZE_ANCHOR_SIGNAL_H

#include "analyze/exchange.h"

#define RC_ANCHOR_TAGS_MAX 8u

struct rc_anchor_signal {
	struct rc_exchange x; /* the query that tells */
	unsigned n_tags;      /* 0: free */
	uint16_t tags[RC_ANCHOR_TAGS_MAX];
};

struct rc_anchor_signals;

/* RC_E_NOMEM. Free with rc_anchor_signals_free. */
int rc_anchor_signals_new(uint64_t seed, struct rc_anchor_signals **ret_signals);
void rc_anchor_signals_free(struct rc_anchor_signals *signals);

/* May the first label of a name, at least two octets, be a signal? For few others it says so. */
static inline bool rc_may_be_anchor_signal(const uint8_t *label)
{
	return label[1] == '_' && label[0] % 5 == 3; /* _ta and any number of -XXXX */
}

/* Keeps what a query of this name tells of the anchors of the root, if it does. */
void rc_anchor_signals_note(struct rc_anchor_signals *signals, const struct rc_exchange *x,
			    const struct rc_name *name);

/* The anchors of the root that this asker told of last; NULL if it has not. Borrowed until the next one. */
const struct rc_anchor_signal *rc_anchor_signals_find(const struct rc_anchor_signals *signals,
						      const struct rc_addr *asker);

#endif
