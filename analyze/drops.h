/*
 * Spans of packet time in which the capture lost packets: a failure that touches one says so.
 */
#ifndef RC_ANALYZE_DROPS_H
#define RC_ANALYZE_DROPS_H

#include <stdbool.h>
#include <stdint.h>

#define RC_DROPS_MAX 16u /* spans remembered, a ring: failures look back a minute */

struct rc_drops {
	struct {
		int64_t from_ns, to_ns;
	} spans[RC_DROPS_MAX];
	unsigned n;
};

/* Packets were lost some time in this span. Spans come in order of time. */
static inline void rc_drops_note(struct rc_drops *d, int64_t from_ns, int64_t to_ns)
{
	unsigned last = (d->n + RC_DROPS_MAX - 1) % RC_DROPS_MAX;
	if (d->n == 0 || from_ns > d->spans[last].to_ns) {
		last = d->n++ % RC_DROPS_MAX;
		d->spans[last].from_ns = from_ns;
	}
	d->spans[last].to_ns = to_ns;
}

static inline bool rc_drops_touch(const struct rc_drops *d, int64_t from_ns, int64_t to_ns)
{
	for (unsigned i = 0; i < d->n && i < RC_DROPS_MAX; i++)
		if (from_ns <= d->spans[i].to_ns && to_ns >= d->spans[i].from_ns)
			return true;
	return false;
}

#endif
