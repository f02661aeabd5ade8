/*
 * The register of causes: one row each (the family files of analyze/cause/), the only list of them. Options,
 * events, schema, metrics labels, documentation and golden tests all come from these rows.
 */
#ifndef RC_ANALYZE_CAUSE_H
#define RC_ANALYZE_CAUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum rc_confidence { RC_CONF_NONE, RC_CONF_POSSIBLE, RC_CONF_LIKELY, RC_CONF_PROVEN };

/* No more than that. */
static inline enum rc_confidence rc_confidence_cap(enum rc_confidence confidence,
						   enum rc_confidence most)
{
	return confidence > most ? most : confidence;
}

#define RC_PARTY_LIST(X) \
	X(RC_PARTY_ZONE_OWNER, "zone_owner") \
	X(RC_PARTY_PARENT_ZONE, "parent_zone") \
	X(RC_PARTY_RESOLVER_OPERATOR, "resolver_operator") \
	X(RC_PARTY_SERVER_OPERATOR, "server_operator") \
	X(RC_PARTY_NETWORK, "network") \
	X(RC_PARTY_CLIENT, "client") \
	X(RC_PARTY_NOBODY, "nobody")

enum rc_party {
#define X(name, text) name,
	RC_PARTY_LIST(X)
#undef X
		RC_PARTY_COUNT
};

#define RC_SEVERITY_LIST(X) /* event.severity: 1 info, 3 low, 5 medium, 7 high, 9 critical */ \
	X(RC_SEVERITY_INFO, 1) \
	X(RC_SEVERITY_LOW, 3) \
	X(RC_SEVERITY_MEDIUM, 5) X(RC_SEVERITY_HIGH, 7) X(RC_SEVERITY_CRITICAL, 9)

enum rc_severity {
#define X(name, value) name = (value),
	RC_SEVERITY_LIST(X)
#undef X
};

#define RC_RIVALS_MAX 3u

/* What a cause is mistaken for, and the fact that tells: "there ..." */
struct rc_rival {
	const char *slug;
	const char *fact;
};

struct rc_cause {
	const char *slug;  /* stable: "policy.recursion_unavailable"; may be added, never renamed */
	const char *title; /* a few words for lists: "recursion not offered" */
	const char *when;  /* one sentence: what evidence makes it (--explain, docs/causes.md) */
	const char *truth[RC_CONF_PROVEN +
			  1]; /* by confidence: the evidence that it takes; NULL: never */
	struct rc_rival rivals[RC_RIVALS_MAX]; /* slug NULL ends them */
	enum rc_party responsible;
	enum rc_severity severity;
	const char *fix[3];        /* sentences, placeholders allowed; NULL-terminated or full */
	const char *next_steps[3]; /* commands, placeholders allowed */
	const char *reference;     /* "RFC 8914 4.8" */
};

/* What to do about one failure, where it says more than its cause does; texts as of the cause. */
struct rc_advice {
	const char *fix[3];
	const char *next_steps[3];
	bool network; /* whoever acts on the cause else, it is the network's turn */
};

const char *rc_confidence_name(enum rc_confidence confidence); /* "proven" ... "none" */
const char *rc_party_name(enum rc_party party);

size_t rc_cause_count(void);
const struct rc_cause *rc_cause_at(size_t index); /* in the table's order; NULL out of range */
const struct rc_cause *rc_cause_find(const char *slug); /* NULL if none */

/* Its slug begins so: "dnssec." for a family, or a slug in full. */
static inline bool rc_cause_is_of(const struct rc_cause *cause, const char *family)
{
	return cause->slug[0] == family[0] && strncmp(cause->slug, family, strlen(family)) == 0;
}

#endif
