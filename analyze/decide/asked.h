/*
 * Who asked first: a failure that joined a fetch which another client's question began shows the fetch only from
 * that question on. In a storm that question lies too far back in the recorder's chains. One entry for each failing
 * question of a server, whichever of its addresses is asked; a table of fixed size, an older question makes room.
 */
#ifndef RC_ANALYZE_ASKED_H
#define RC_ANALYZE_ASKED_H

#include "analyze/infer/case.h"

#define RC_ASKED_BURST_NS (50 * RC_NS_PER_MS) /* one fetch's end answers all who wait, this close */

/* The question that began the latest fetch that failed. */
struct rc_asked {
	uint64_t key;             /* of server, name and type; never 0 */
	int64_t first_ns, end_ns; /* of that question */
	int64_t last_ns;          /* the latest that asked it */
	uint64_t seen_pos;        /* others' questions up to this record were looked at */
	int64_t bearing_ns;       /* the latest of them with an answer that bears on the verdict */
	uint32_t bearing;         /* how many had */
};

struct rc_asked_table;

/* RC_E_NOMEM. Free with rc_asked_free. */
int rc_asked_new(size_t bytes, uint64_t seed, struct rc_asked_table **ret_table);
void rc_asked_free(struct rc_asked_table *table);

/* Fetches into the cache what rc_asked_note looks at. */
void rc_asked_prefetch(const struct rc_asked_table *table, const struct rc_exchange *x,
		       const struct rc_addr *addrs, size_t n);

/*
 * Enters a failed exchange, once for each, and says in *sources what is known of the question from earlier ones:
 * asked_before, shared_ns, fetch_known. addrs: all of its server's (rc_hosts_addresses). Borrowed until the next
 * note. *ret_new: nothing was known of it.
 */
struct rc_asked *rc_asked_note(struct rc_asked_table *table, const struct rc_exchange *x,
			       const struct rc_addr *addrs, size_t n,
			       struct rc_case_sources *sources, bool *ret_new);

/*
 * Looks at who else asked the server for the name since the last look, once at each. Answers that were good, or to
 * questions with CD=1, bear on the verdict.
 */
void rc_asked_look(struct rc_asked *asked, struct rc_recorder *recorder,
		   const struct rc_addr *addrs, size_t n, uint64_t name_hash);

#endif
