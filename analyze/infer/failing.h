/*
 * Servers without recursion that answered SERVFAIL for their own zone when they were asked directly: asked by hand, while
 * clients get it from resolvers, what ails the zone may show there. Bounded: one answer per hash slot.
 */
#ifndef RC_ANALYZE_FAILING_H
#define RC_ANALYZE_FAILING_H

#include "analyze/exchange.h"

struct rc_failing {
	uint64_t hash; /* of the name asked; 0 free */
	uint64_t ede;  /* bit per EDE code of the answer below 64 */
	struct rc_exchange x;
	struct rc_name name;
};

struct rc_failing_table;

/* RC_E_NOMEM. Free with rc_failing_free. */
int rc_failing_new(uint64_t seed, struct rc_failing_table **ret_table);
void rc_failing_free(struct rc_failing_table *table);

/* Keeps such an answer. One that says why, by its EDE, stays when the next does not. */
void rc_failing_note(struct rc_failing_table *table, const struct rc_exchange *x,
		     const struct rc_name *name, uint64_t ede);

/* The latest of them for this very name; NULL if there is none. Borrowed until the next one. */
const struct rc_failing *rc_failing_find(const struct rc_failing_table *table,
					 const struct rc_name *name);

/* About then this server failed so for names of several top-level domains. */
bool rc_failing_is_apart(const struct rc_failing_table *table, const struct rc_addr *server,
			 int64_t at_ns);

#endif
