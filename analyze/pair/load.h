/*
 * What is asked of a server, and when it sends anything: how much is open there, its busiest second of late, and the last
 * time that it sent nothing at all. In seconds of packet time; hot path.
 */
#ifndef RC_ANALYZE_LOAD_H
#define RC_ANALYZE_LOAD_H

#include "analyze/exchange.h"
#include "base/time.h"

#define RC_HUSH_MIN_NS RC_NS_PER_S /* a shorter one is a pause */
/* One in which less was asked does not replace it before. */
#define RC_HUSH_KEPT_NS (30 * RC_NS_PER_S)

/* How a server fared in one second. */
struct rc_rate {
	int64_t from_ns;
	uint32_t asked, answered;
};

/* A time in which it sent nothing to anybody, neither answers nor questions of its own. */
struct rc_hush {
	int64_t from_ns;
	uint32_t ms;                   /* that it took; UINT32_MAX: it goes on */
	uint32_t asked : 31, many : 1; /* questions put to it meanwhile, by more than one asker */
};

struct rc_load {
	uint32_t open;       /* questions without an answer yet */
	uint16_t asked_hush; /* since it last sent something */
	uint16_t asker_hush; /* of the asker's hash; 0 nobody, RC_LOAD_MANY several */
	int64_t sent_ns;     /* when that was; 0 never */
	struct rc_rate now, busiest;
	struct rc_hush hush;
};

#define RC_LOAD_MANY UINT16_MAX

_Static_assert(sizeof(struct rc_load) == 64, "one line of memory");

/* The hush that it is in. */
static inline struct rc_hush rc_load_hush_now(const struct rc_load *l)
{
	return (struct rc_hush){.from_ns = l->sent_ns,
				.ms = UINT32_MAX,
				.asked = l->asked_hush,
				.many = l->asker_hush == RC_LOAD_MANY};
}

/* It sent something. */
static inline void rc_load_note_sent(struct rc_load *l, int64_t ts_ns)
{
	int64_t hush_ns = ts_ns - l->sent_ns;
	if (l->sent_ns != 0 && hush_ns >= RC_HUSH_MIN_NS &&
	    (l->asked_hush >= l->hush.asked || ts_ns - l->hush.from_ns > RC_HUSH_KEPT_NS)) {
		int64_t ms = hush_ns / RC_NS_PER_MS;
		l->hush = rc_load_hush_now(l);
		l->hush.ms = (uint32_t)(ms < UINT32_MAX ? ms : UINT32_MAX - 1);
	}
	l->sent_ns = ts_ns;
	l->asked_hush = 0;
	l->asker_hush = 0;
}

/* A question put to it. Returns how many others are open. */
uint32_t rc_load_note_question(struct rc_load *load, const struct rc_exchange *x,
			       uint64_t asker_hash);

/* It got its answer, or is given up. */
void rc_load_note_end(struct rc_load *load, const struct rc_exchange *x);

/* False if nothing was asked. */
bool rc_load_busiest(const struct rc_load *load, struct rc_rate *ret_rate);

/* The hush that this time lies in: from 0 on if it never sent anything. False if it lies in none, or in one no longer held. */
bool rc_load_hush_at(const struct rc_load *load, int64_t at_ns, struct rc_hush *ret_hush);

#endif
