/*
 * How the servers of a zone fared, counted and in words.
 */
#ifndef RC_ANALYZE_CAUSE_SERVERS_H
#define RC_ANALYZE_CAUSE_SERVERS_H

#include "analyze/cause/rule.h"

/* How many servers of the zone ended with this outcome, and how many with any. */
void rc_count_servers(const struct rc_zone_view *zone, enum rc_outcome outcome, unsigned *ret_these,
		      unsigned *ret_all);

/*
 * "2 of 2 asked, no answer came", with the title of the cause that the outcome stands for; "of 3 asked 2 refused it, 1
 * sent no answer" where they differ.
 */
const char *rc_say_servers(struct rc_case *c, const struct rc_zone_view *zone,
			   enum rc_outcome outcome, const char *title);

#endif
