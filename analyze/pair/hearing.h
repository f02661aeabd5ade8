/*
 * Whether an asker hears of the servers that it asks: the last time that none of several answered. One slot for each asker,
 * by a hash of its address; of two that share it the later has it. Hot path.
 */
#ifndef RC_ANALYZE_HEARING_H
#define RC_ANALYZE_HEARING_H

#include <stdbool.h>

#include "analyze/pair/few.h"
#include "base/time.h"

#define RC_HEARING_SLOTS 4096u /* resolvers: a large site has some dozens */
#define RC_DEAF_MIN_MS 1000    /* a shorter time proves little */

/* A time in which an asker heard nothing, from the first question in vain on. */
struct rc_deaf {
	int64_t from_ns;
	uint32_t ms;           /* that it took; UINT32_MAX: it goes on */
	struct rc_few servers; /* asked in vain, by the hashes of their addresses */
};

struct rc_hearing {
	uint64_t asker;        /* hash of its address; 0 nobody's */
	int64_t asked_ns;      /* its first question since it last had an answer */
	struct rc_few servers; /* asked since */
	struct rc_deaf deaf;   /* the last time it was, over by now; ms 0: never */
};

static inline void rc_hearing_note_asked(struct rc_hearing *slots, uint64_t asker, uint64_t server,
					 int64_t ts_ns)
{
	struct rc_hearing *h = &slots[asker % RC_HEARING_SLOTS];
	if (h->asker != asker)
		*h = (struct rc_hearing){.asker = asker};
	if (rc_few_count(&h->servers) == 0)
		h->asked_ns = ts_ns;
	rc_few_note(&h->servers, server);
}

static inline void rc_hearing_note_heard(struct rc_hearing *slots, uint64_t asker, int64_t ts_ns)
{
	struct rc_hearing *h = &slots[asker % RC_HEARING_SLOTS];
	if (h->asker != asker || rc_few_count(&h->servers) == 0)
		return;
	int64_t ms = (ts_ns - h->asked_ns) / RC_NS_PER_MS;
	if (ms >= RC_DEAF_MIN_MS)
		h->deaf = (struct rc_deaf){
			h->asked_ns, (uint32_t)(ms < UINT32_MAX ? ms : UINT32_MAX - 1), h->servers};
	h->servers = (struct rc_few){{0}};
}

/* All the time from one to the other. */
static inline bool rc_deaf_covers(const struct rc_deaf *d, int64_t from_ns, int64_t to_ns)
{
	return from_ns >= d->from_ns &&
	       (d->ms == UINT32_MAX || to_ns - d->from_ns < d->ms * RC_NS_PER_MS);
}

/* Was it deaf all the time from one to the other? Then *ret_deaf says since when, and for how long. */
static inline bool rc_hearing_deaf(const struct rc_hearing *slots, uint64_t asker, int64_t from_ns,
				   int64_t to_ns, struct rc_deaf *ret_deaf)
{
	const struct rc_hearing *h = &slots[asker % RC_HEARING_SLOTS];
	*ret_deaf = h->deaf;
	if (h->asker != asker)
		return false;
	if (rc_deaf_covers(&h->deaf, from_ns, to_ns))
		return true;
	*ret_deaf = (struct rc_deaf){h->asked_ns, UINT32_MAX, h->servers};
	return rc_few_count(&h->servers) > 0 && rc_deaf_covers(ret_deaf, from_ns, to_ns);
}

#endif
