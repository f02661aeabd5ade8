/*
 * Verdicts remembered: a failure that the resolver answers from its cache leaves no trace upstream, so
 * it keeps the verdict of the failure it repeats. Bounded: set-associative, oldest out.
 */
#ifndef RC_ANALYZE_MEMO_H
#define RC_ANALYZE_MEMO_H

#include "analyze/cause/rule.h"

#define RC_MEMO_TEXT_MAX 400u
#define RC_MEMO_EVIDENCE 4u

struct rc_memo_entry {
	uint64_t key;   /* 0: free */
	int64_t at_ns;  /* end of the failure it was made for */
	uint16_t qtype; /* of that failure */
	const struct rc_rule *rule;
	const struct rc_advice *advice; /* as of the finding */
	enum rc_confidence confidence;
	bool has_zone, has_cut, has_server;
	bool vague;          /* as of the finding */
	bool mixed;          /* of names beside each other: some fail for another reason */
	bool names_question; /* the explanation has the name it was made for */
	bool of_other;       /* ... or another, by which that one was explained in turn */
	struct rc_name zone, cut;
	struct rc_addr server;
	uint8_t n_evidence;
	struct rc_evidence evidence[RC_MEMO_EVIDENCE]; /* without names */
	char explanation[RC_MEMO_TEXT_MAX];
};

struct rc_memo;

/* RC_E_NOMEM. Free with rc_memo_free. */
int rc_memo_new(size_t bytes, uint64_t seed, struct rc_memo **ret_memo);
void rc_memo_free(struct rc_memo *memo);

/* Remembers a verdict for this server and name (and, if it has one, for its zone; for all
 * names, if it is about the resolver itself). */
void rc_memo_put(struct rc_memo *memo, const struct rc_case *c, const struct rc_rule *rule,
		 enum rc_confidence confidence, const struct rc_finding *f);

/*
 * The verdict for the same server, or another address of its resolver, and the same name, or a zone that the
 * name, or one that it is an alias of, lies in (*ret_by_zone), made at most max_age_ns before. NULL if
 * there is none. All that is found is borrowed until something is put.
 */
const struct rc_memo_entry *rc_memo_find(const struct rc_memo *memo, const struct rc_case *c,
					 int64_t max_age_ns, bool *ret_by_zone);

/*
 * Where the resolver's own queries are not in sight: remembers a verdict for the name above and those
 * right below; what fails validation, at any resolver, and also for those beside it; and at any, for the name
 * itself, what is its owner's fault.
 */
void rc_memo_put_sibling(struct rc_memo *memo, const struct rc_case *c, const struct rc_rule *rule,
			 enum rc_confidence confidence, const struct rc_finding *f);

/* The verdict on the very name at any resolver, lately, if it is likely and its owner's fault. NULL if there is none. */
const struct rc_memo_entry *rc_memo_find_elsewhere(const struct rc_memo *memo,
						   const struct rc_case *c);

/* The verdict on a name above, below or beside it, lately. NULL if there is none. */
const struct rc_memo_entry *rc_memo_find_sibling(const struct rc_memo *memo,
						 const struct rc_case *c);

/* Remembers what a resolver met with at the servers of the zone at fault, or with the name, for other resolvers. */
void rc_memo_put_for_resolvers(struct rc_memo *memo, const struct rc_case *c,
			       const struct rc_rule *rule, enum rc_confidence confidence,
			       const struct rc_finding *f);

/* What any resolver met with there, lately. NULL if none did. */
const struct rc_memo_entry *rc_memo_find_of_zone(const struct rc_memo *memo,
						 const struct rc_case *c,
						 const struct rc_name *zone);

#endif
