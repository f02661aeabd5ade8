/*
 * What became of one upstream exchange, in one word.
 */
#ifndef RC_ANALYZE_OUTCOME_H
#define RC_ANALYZE_OUTCOME_H

/* What one upstream exchange did for the resolver. */
enum rc_outcome {
	RC_OUT_USABLE,  /* an authoritative answer, a referral downwards, or a resolver's answer */
	RC_OUT_TIMEOUT, /* no answer while the resolver waited */
	RC_OUT_ICMP,    /* ICMP unreachable */
	RC_OUT_TCP_FAILED, /* no connection, reset; or no answer there after a truncated one over UDP */
	RC_OUT_REFUSED,
	RC_OUT_SERVFAIL,
	RC_OUT_FORMERR,
	RC_OUT_NOTIMP,
	RC_OUT_OTHER_RCODE,
	RC_OUT_LAME, /* an upward or sideways referral, or not authoritative and empty, or NOTAUTH */
	RC_OUT_TRUNCATED,  /* TC=1 and no retry over TCP was seen */
	RC_OUT_MISMATCHED, /* only replies with another ID, question or source */
	RC_OUT_MALFORMED,
	RC_OUT_FRAGMENTS, /* the reply's fragments never completed */
	RC_OUT_UNKNOWN,   /* still under way when the resolver answered its client */
	RC_OUT_COUNT
};

/* Stable word of an outcome, for evidence[].outcome. */
const char *rc_outcome_word(enum rc_outcome outcome);

#endif
