/*
 * How much a verdict may claim, whatever its rule says: by what the capture may have missed.
 */
#ifndef RC_ANALYZE_CAPS_H
#define RC_ANALYZE_CAPS_H

#include "analyze/cause/rule.h"

/*
 * Of a rule that goes by silence (RC_RULE_SILENCE): nothing is proven by it where answers may have come and are not
 * in the capture (its end, one direction, dropped packets, addresses to which no answer at all is seen), or where nobody
 * asks again or gives up.
 */
enum rc_confidence rc_cap_by_silence(const struct rc_rule *rule, const struct rc_case *c,
				     enum rc_confidence confidence);

/* What is wrong with a name is not why a client hears nothing that the server says nothing at all. */
enum rc_confidence rc_cap_by_client(const struct rc_rule *rule, const struct rc_case *c,
				    enum rc_confidence confidence);

/* The answer itself may be among what the capture lost; an ICMP error that quotes the query is there. */
enum rc_confidence rc_cap_by_loss(const struct rc_case *c, enum rc_confidence confidence);

/*
 * Of a chain of forwarders up to `last`: nothing is proven where it is not proven whose the exchanges are, or where
 * the snap length cut what servers said.
 */
enum rc_confidence rc_cap_by_lineage(struct rc_case *const *hop, size_t last,
				     enum rc_confidence confidence);

#endif
