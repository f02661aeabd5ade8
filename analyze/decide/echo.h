/*
 * Echoes: when many clients ask one server the same failing question, by whichever of its addresses, the
 * verdict of one speaks for the others. Only in a storm (hundreds of failures a second), for a few seconds, and
 * only while the server has asked nobody about the name since, the failure lies in time as the one decided did
 * among the server's own queries, and its client has had nothing but this failure of the name.
 */
#ifndef RC_ANALYZE_ECHO_H
#define RC_ANALYZE_ECHO_H

#include "analyze/infer/case.h"

struct rc_echo_stats {
	uint64_t answered, kept;
};

struct rc_echo;

/* RC_E_NOMEM. Free with rc_echo_free. */
int rc_echo_new(size_t bytes, uint64_t seed, struct rc_echo **ret_echo);
void rc_echo_free(struct rc_echo *echo);

/* Fetches into the cache what rc_echo_note looks at. addrs: of its server, as rc_hosts_addresses tells. */
void rc_echo_prefetch(const struct rc_echo *echo, const struct rc_exchange *x,
		      const struct rc_addr *addrs, size_t n);

/*
 * Enters a failed exchange, once for each, and says in *sources what is known of the question from
 * earlier ones: asked_before, shared_ns, fetch_known, well_known.
 */
void rc_echo_note(struct rc_echo *echo, const struct rc_exchange *x,
		  struct rc_case_sources *sources);

/* Remembers when the fetch began that this failure joined, as its case found it. */
void rc_echo_learn(struct rc_echo *echo, const struct rc_case *c);

/*
 * The verdict on x if it is one of many: what ret_failure points to is the echo's (until the next
 * rc_echo_keep) and the arena's. sources: after rc_echo_note. False: it must be decided.
 */
bool rc_echo_answer(struct rc_echo *echo, const struct rc_case_sources *sources,
		    const struct rc_exchange *x, const struct rc_name *qname,
		    const struct rc_msg *answer, struct rc_failure *ret_failure);

/* Keeps a verdict for those that will equal it, if it is fit for that. */
void rc_echo_keep(struct rc_echo *echo, const struct rc_case *c, const struct rc_failure *failure);

const struct rc_echo_stats *rc_echo_stats(const struct rc_echo *echo);

#endif
