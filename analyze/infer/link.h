/*
 * What the lineage of a failure is made of: the names followed from the question, and the exchanges of the
 * resolver about them.
 */
#ifndef RC_ANALYZE_LINK_H
#define RC_ANALYZE_LINK_H

#include "analyze/infer/outcome.h"
#include "analyze/pair/recorder.h"
#include "base/arena.h"
#include "base/time.h"
#include "decode/msg.h"

/* How a name came to be followed from the question. */
enum rc_role { RC_ROLE_QUESTION, RC_ROLE_ANCESTOR, RC_ROLE_ALIAS, RC_ROLE_NAMESERVER };

/* A name of the lineage. */
struct rc_followed {
	struct rc_name name;
	uint64_t hash;
	enum rc_role role;
	bool wanted; /* itself, not only names below it: an ancestor's answer ends nothing */
};

/* One exchange of the resolver that belongs to the failure. */
struct rc_link {
	const struct rc_record *record;
	uint64_t pos; /* of the record */
	const struct rc_exchange *x;
	const struct rc_followed *name;
	const struct rc_msg *answer; /* decoded; NULL when none is kept */
	enum rc_outcome outcome;
	size_t zone;     /* index into zones: whose server was asked; RC_ZONE_NONE */
	bool superseded; /* forwarded in vain, then put to the zones' own servers (forward first) */
	bool again;      /* an earlier link of the name has the same answer */
};

/*
 * What rules tell failures apart by, and so what makes them look alike (decide/look.h). In less than the first nobody was
 * asked and gave up, but by ICMP, or only the end of a fetch was waited for; in less than the second a busy server has
 * given up, not waited: BIND drops its oldest waiting clients after 0.1 to 0.5 s.
 */
#define RC_AT_ONCE_NS (20 * RC_NS_PER_MS)
#define RC_EARLY_NS (700 * RC_NS_PER_MS)
#define RC_PATIENCE_NS (150 * RC_NS_PER_MS) /* no resolver gives up on a first try sooner */
#define RC_SLOW_NS (1400 * RC_NS_PER_MS)    /* ... nor on a question, for silence */
/* The least that one gives a question; no chain of answers takes so long. */
#define RC_WAITS_NS (5 * RC_NS_PER_S)

/* BIND gives up on a fetch that waits for itself, as of servers' names that lie below each other, after 12 s. */
#define RC_SELF_WAIT_MIN_NS (11900 * RC_NS_PER_MS)
#define RC_SELF_WAIT_MAX_NS (12100 * RC_NS_PER_MS)

static inline bool rc_waits_for_itself(int64_t took_ns)
{
	return took_ns >= RC_SELF_WAIT_MIN_NS && took_ns < RC_SELF_WAIT_MAX_NS;
}

/*
 * Neither data nor a SOA that says that there are none: some forwarders take it for an answer, others for none. With
 * CD=1 some resolvers give as an answer what their own servers let them down with.
 */
static inline bool rc_link_is_hollow(const struct rc_link *link)
{
	const struct rc_msg_facts *a = &link->x->answer;
	return rc_exchange_answered(link->x) && a->rcode == RC_RCODE_NOERROR && a->counts[0] == 0 &&
	       a->counts[1] == 0;
}

/*
 * Sorts by the time of the question, then by its frame. Links come from chains of the recorder, each newest first: runs,
 * which are merged. False if the arena is exhausted.
 */
bool rc_links_sort(struct rc_arena *arena, struct rc_link *links, size_t n);

#endif
