/*
 * The records of one asker, or of one server, about one name: newest first, as the recorder chains them. A chain holds
 * those of other keys, too: they are passed over, but count as looked at.
 */
#ifndef RC_ANALYZE_CHAIN_H
#define RC_ANALYZE_CHAIN_H

#include "analyze/pair/recorder.h"

struct rc_chain {
	struct rc_recorder *recorder;
	const struct rc_addr *addr; /* borrowed */
	uint64_t name_hash;
	bool by_server;
	uint64_t next; /* position to look at next */
	uint64_t pos;  /* of the record given last */
	unsigned left; /* records to look at, at most; 0 once they are used up */
	int64_t since_ns; /* ends at the first record begun before; INT64_MIN if the caller sets nothing */
};

static inline struct rc_chain rc_chain_by_asker(struct rc_recorder *recorder,
						const struct rc_addr *asker, uint64_t name_hash,
						unsigned steps_max)
{
	return (struct rc_chain){.recorder = recorder,
				 .addr = asker,
				 .name_hash = name_hash,
				 .next = rc_recorder_newest_by_asker(recorder, asker, name_hash),
				 .left = steps_max,
				 .since_ns = INT64_MIN};
}

static inline struct rc_chain rc_chain_by_server(struct rc_recorder *recorder,
						 const struct rc_addr *server, uint64_t name_hash,
						 unsigned steps_max)
{
	return (struct rc_chain){.recorder = recorder,
				 .addr = server,
				 .name_hash = name_hash,
				 .by_server = true,
				 .next = rc_recorder_newest_by_server(recorder, server, name_hash),
				 .left = steps_max,
				 .since_ns = INT64_MIN};
}

/* The next of them; NULL at the end of the chain, or once enough were looked at. */
static inline const struct rc_record *rc_chain_next(struct rc_chain *chain)
{
	while (chain->left > 0) {
		const struct rc_record *r = rc_recorder_at(chain->recorder, chain->next);
		if (r == NULL || r->x.first_ns < chain->since_ns)
			return NULL;
		chain->left--;
		chain->pos = chain->next;
		chain->next = chain->by_server ? r->prev_server : r->prev_asker;
		const struct rc_addr *addr = chain->by_server ? &r->x.server : &r->x.asker;
		if (r->x.name_hash == chain->name_hash && rc_addr_equal(addr, chain->addr))
			return r;
	}
	return NULL;
}

#endif
