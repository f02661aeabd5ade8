/*
 * A cause rule: one row says what the cause is, when it is looked at, and how it is recognised. Rows
 * stand in the family files of this folder; adding a cause is adding a row there, with its case in
 * pcaps/<slug>/.
 */
#ifndef RC_ANALYZE_RULE_H
#define RC_ANALYZE_RULE_H

#include "analyze/cause/say.h"
#include "analyze/infer/meanwhile.h"
#include "analyze/infer/turns.h"
#include "analyze/infer/validation.h"
#include "base/time.h"

/* What a rule claims about a case. Strings live in the case's arena. */
struct rc_finding {
	const char *explanation;    /* one sentence; required unless the confidence is NONE */
	const char *of_other;       /* as it was told of another name; NULL if it is of this one */
	const struct rc_name *zone; /* subject; NULL unknown */
	const struct rc_name *cut; /* concerns this delegation of the zone alone; NULL: all of it */
	const struct rc_addr *server;   /* subject; NULL unknown or several */
	const struct rc_advice *advice; /* static; NULL: the cause's own */
	struct rc_evidence *evidence;   /* room for RC_EVIDENCE_MAX */
	size_t n_evidence;
	bool cached;
	bool vague; /* rests on the resolver's word alone: a remembered verdict with proof says more */
	bool generic; /* vague, and does not even say which fault: any remembered verdict says more */
};

/* What an answer may say that comes from a failure cache: cached error, and why it failed at first. */
#define RC_EDE_REPEATED \
	(RC_EDE(OTHER) | RC_EDE(CACHED_ERROR) | RC_EDE(NO_REACHABLE_AUTHORITY) | \
	 RC_EDE(NETWORK_ERROR))

enum { /* rc_rule.flags */
       /* Rests on silence: at most possible where the capture may have missed the answer. */
       RC_RULE_SILENCE = 1u << 0,
       /* About the resolver itself, so it explains its other failures too. */
       RC_RULE_RESOLVER = 1u << 1,
       /* Repeats a failure that is not in sight; what repeats it in turn repeats that. */
       RC_RULE_REPEATS = 1u << 2,
       /* About one client: says nothing of another's question. */
       RC_RULE_CLIENT = 1u << 3,
       /* About an answer: of the server asked, it says nothing of another client's question. */
       RC_RULE_ANSWER = 1u << 4,
       /* The server asked cannot be reached: that is over once it has answered somebody. */
       RC_RULE_GONE = 1u << 5,
};

/*
 * Rules are looked at in the order of their ranks (of equal ones, of their slugs), until one is proven; among equally sure
 * causes the first wins. From what the question itself is refused for, to what is left when nothing else explains it:
 *
 *    90 to 150   the query: malformed, TSIG, an update, what the server does not do
 *   200 to 250   the server asked: whom and what it serves, its limits, its own zone
 *   280 to 350   the zone: its aliases and versions, EDNS, DNSSEC
 *   400 to 450   the way to it: its delegation, forwarders, its servers
 *   585 to 600   the resolver by itself
 *   690 to 720   no usable answer of the server asked
 *   790 to 810   a name that does not exist
 *   900 to 920   unknown
 */
struct rc_rule {
	struct rc_cause cause;
	uint16_t rank;
	uint16_t flags;
	uint32_t rcodes;  /* RC_ON(...) of the answers it is looked at for */
	uint32_t opcodes; /* bit per OPCODE, RC_OTHER_CLASS; 0: QUERY in class IN only */
	uint32_t param;   /* for tests shared by several rows */
	uint64_t ede;     /* bits of EDE codes that say the same; for tests that use it */
	/* Called for each case to weigh it (c->weighing), and again for the one that won, to tell it. */
	enum rc_confidence (*test)(const struct rc_rule *rule, struct rc_case *c,
				   struct rc_finding *f);
};

/* By its rank: about what lies beyond the server asked, from the zone to the resolver's own work. */
static inline bool rc_rule_is_beyond_server(const struct rc_rule *rule)
{
	return rule->rank >= 280 && rule->rank < 690;
}

#define RC_ON(rcode) (UINT32_C(1) << (rcode))
#define RC_ON_SILENCE (UINT32_C(1) << 31)
#define RC_ON_ANY UINT32_MAX
#define RC_OTHER_CLASS (UINT32_C(1) << 16) /* QUERY in another class than IN */
#define RC_OPCODES_ALL (RC_OTHER_CLASS | 0xffffu)

#define RC_SOON_NS (5 * RC_NS_PER_MS) /* hardly the time to ask anybody */
#define RC_FLOOD_MIN 10u              /* questions in a second: no limit in use is lower */

/* A row of the truth table: the evidence per confidence (NULL: never so sure), then the rivals. */
#define RC_TRUTH(proven_, likely_, possible_, ...) \
	.truth = {[RC_CONF_POSSIBLE] = possible_, \
		  [RC_CONF_LIKELY] = likely_, \
		  [RC_CONF_PROVEN] = proven_}, \
	.rivals = {__VA_ARGS__}

struct rc_rule_family {
	const struct rc_rule *rules;
	size_t n;
};

#define RC_RULE_FAMILIES(X) \
	X(transaction) \
	X(unsupported) \
	X(policy) \
	X(client) \
	X(blocked) \
	X(limit) \
	X(dnssec) \
	X(trust) \
	X(upstream) \
	X(selective) \
	X(delegation) \
	X(loop) \
	X(resolver) \
	X(zone) \
	X(alias) \
	X(silence) \
	X(name) \
	X(unknown)

#define X(name) extern const struct rc_rule_family rc_rules_##name;
RC_RULE_FAMILIES(X)
#undef X

/* All rules in the order of their families; NULL behind the last. */
const struct rc_rule *rc_rule_at(size_t index);

/* The EDE code that the resolver reported of this question (RFC 9567) is one of these bits. */
static inline bool rc_reported(const struct rc_case *c, uint64_t codes)
{
	return c->report != NULL && c->report->code < 64 && (codes >> c->report->code & 1) != 0;
}

/*
 * What it was told by the server that it handed the question on to, it tells its client; or nothing, though it was given an
 * answer: that one may be out of sight.
 */
static inline bool rc_relays_upstream(const struct rc_case *c)
{
	return c->forwarded != NULL && rc_exchange_answered(c->forwarded->x) &&
	       c->forwarded->x->answer.rcode == c->x->answer.rcode;
}

/* The deepest cut on the way that no server helped with; NULL if there is none. */
static inline const struct rc_zone_view *rc_failed_zone(const struct rc_case *c)
{
	return c->failed_zone == RC_ZONE_NONE ? NULL : &c->zones[c->failed_zone];
}

static inline bool rc_flag(const struct rc_msg_facts *m, uint16_t flag)
{
	return (m->flags & flag) != 0;
}

static inline bool rc_is_answered(const struct rc_case *c)
{
	return rc_exchange_answered(c->x);
}

static inline bool rc_rcode_is(const struct rc_case *c, uint16_t rcode)
{
	return rc_is_answered(c) && c->x->answer.rcode == rcode;
}

/* An address of a server of z, of a special-purpose range (RFC 6890) where nothing can answer, or nobody is seen to. */
bool rc_case_addr_is_unroutable(const struct rc_case *c, const struct rc_zone_view *z,
				const struct rc_addr *addr);

/* Some query of the lineage asks for DNSSEC records (DO=1), as resolvers that validate do. */
static inline bool rc_asks_dnssec(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->query.do_bit)
			return true;
	return false;
}

/*
 * No signature is valid at packet time, nothing else is wrong with them, and the resolver was not seen to serve
 * anybody: its clock may be as wrong as the sensor's.
 */
bool rc_may_share_clock(struct rc_case *c);

#endif
