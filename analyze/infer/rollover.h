/*
 * Rollovers: keys that the zone publishes and the resolver's cached DNSKEY set lacks; and what else was seen of keys
 * before. For failures only.
 */
#ifndef RC_ANALYZE_ROLLOVER_H
#define RC_ANALYZE_ROLLOVER_H

#include "analyze/infer/case.h"

/* Keys that changed: a signature of the zone is by a key that the resolver's own DNSKEY set lacks. */
struct rc_rollover {
	struct rc_name zone;
	uint16_t tag;               /* of the key that signed */
	const struct rc_link *link; /* the answer with that signature */
	const struct rc_exchange
		*own; /* in which the resolver got its set; NULL: before that was kept */
	const struct rc_name *own_name;
	struct rc_book_page with, without; /* DNSKEY sets seen, with that key and without it */
	const struct rc_exchange
		*before; /* rc_case_key_change: the last answer by a key of that set */
	const struct rc_name *before_name;
	uint16_t old_tag; /* of that key */
	bool both_alive;  /* the set without it was still handed out when the set with it was */
};

/* False if no set with that key was seen, or the resolver had it. */
bool rc_case_rollover(struct rc_case *c, struct rc_rollover *ret_rollover);

/*
 * No set with that key was seen, but what the resolver got of the zone was signed with a key of its set before,
 * and with that key since: link, own, before and old_tag are filled in. False if not so.
 */
bool rc_case_key_change(struct rc_case *c, struct rc_rollover *ret_rollover);

/*
 * How often the resolver was given the root's keys in the time kept_ns before the question, or for it, each time asking
 * for them after it had them; the last time (*ret_last, NULL never), and when it asked the first time (*ret_since_ns).
 */
unsigned rc_case_root_keys_before(const struct rc_case *c, int64_t kept_ns,
				  const struct rc_exchange **ret_last, int64_t *ret_since_ns);

/* The zone's keys were fetched for this very question: an older set may have been replaced since. */
bool rc_case_has_fresh_keys(const struct rc_case *c, const struct rc_name *zone);

/* What it was given of the zone is signed with a key that its own DNSKEY set lacks. */
bool rc_case_lacks_key(struct rc_case *c, const struct rc_name *zone);

/* The tag of the key in a DNSKEY record, RFC 4034 appendix B. */
uint16_t rc_read_key_tag(const struct rc_msg *m, const struct rc_rr *rr);

#endif
