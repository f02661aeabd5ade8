/*
 * Weighing: all rules looked at for one case, in the order of their rank, and what comes of it.
 */
#ifndef RC_ANALYZE_WEIGH_H
#define RC_ANALYZE_WEIGH_H

#include "analyze/cause/rule.h"

#define RC_RULES_MAX 128u
#define RC_ALTERNATIVES_MAX 4u

/* A rule, with what it is looked at for: side by side, as most are passed over at each failure. */
struct rc_candidate {
	uint32_t opcodes, rcodes;
	const struct rc_rule *rule;
};

struct rc_ranking {
	struct rc_candidate candidates[RC_RULES_MAX];
	size_t n;
};

/* What the rules made of one case. */
struct rc_weighed {
	const struct rc_rule *rule;
	enum rc_confidence confidence;
	struct rc_finding finding;
	const struct rc_cause *alternatives[RC_ALTERNATIVES_MAX];
	size_t n_alternatives;
};

/* All rules, by rank. */
void rc_ranking_init(struct rc_ranking *ranking);

/* Weighs the rules, then has the one that won tell its finding. False if the case's arena is exhausted. */
bool rc_weigh(const struct rc_ranking *ranking, struct rc_case *c, struct rc_weighed *ret_weighed);

/* The rule's cause might be it as well. */
void rc_weighed_note(struct rc_weighed *weighed, const struct rc_rule *rule);

#endif
