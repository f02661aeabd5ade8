/*
 * What servers refuse: of a client at a server, the last two names. One slot for each such pair, by its hash; of two that
 * share it the later has it. Touched for refusals alone.
 */
#ifndef RC_ANALYZE_REFUSED_H
#define RC_ANALYZE_REFUSED_H

#include <stdbool.h>
#include <stdint.h>

#define RC_REFUSED_SLOTS 4096u /* pairs that a policy denies something, lately */

struct rc_refused {
	uint64_t pair;              /* hash of both; 0 none */
	uint64_t last, before;      /* names by hash: never the same; 0 none */
	int64_t last_ns, before_ns; /* when each was refused last */
};

static inline void rc_refused_note(struct rc_refused *slots, uint64_t pair, uint64_t name,
				   int64_t ts_ns)
{
	struct rc_refused *r = &slots[pair % RC_REFUSED_SLOTS];
	if (r->pair != pair)
		*r = (struct rc_refused){.pair = pair};
	if (r->last != name) {
		r->before = r->last;
		r->before_ns = r->last_ns;
		r->last = name;
	}
	r->last_ns = ts_ns;
}

/* Another name than this was refused, within some time around ts_ns. */
static inline bool rc_refused_another(const struct rc_refused *slots, uint64_t pair, uint64_t name,
				      int64_t ts_ns, int64_t within_ns)
{
	const struct rc_refused *r = &slots[pair % RC_REFUSED_SLOTS];
	bool is_last = r->last != name;
	uint64_t other = is_last ? r->last : r->before;
	int64_t apart_ns = (is_last ? r->last_ns : r->before_ns) - ts_ns;
	return r->pair == pair && other != 0 && apart_ns <= within_ns && -apart_ns <= within_ns;
}

#endif
