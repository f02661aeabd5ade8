/*
 * What the server that was asked is and does, by what is in sight of it: a resolver, for whom, and at work on the question.
 */
#ifndef RC_ANALYZE_CAUSE_ASKED_SERVER_H
#define RC_ANALYZE_CAUSE_ASKED_SERVER_H

#include "analyze/infer/case.h"

/*
 * The server asks somebody for a question that it leaves unanswered, as a resolver does at once, or is at work on the name
 * for others, in vain. What it asks about the name much later it asks for others, if they are given the name; keys and
 * delegations that it is given say nothing, since it would go on to the question then.
 */
bool rc_is_taken_up(const struct rc_case *c);

/* The server answers others as a resolver (RA=1), by this answer or by earlier ones. */
bool rc_server_recurses(const struct rc_case *c);

/*
 * Does it recurse for others, by whichever of its addresses? LIKELY: they are served so; POSSIBLE: they are
 * answered with RA=1, or it walks delegations; NONE: not that it was seen.
 */
enum rc_confidence rc_recursion_for_others(const struct rc_case *c);

/* The server was seen answering with authority (AA=1). */
bool rc_server_is_authoritative(const struct rc_case *c);

/*
 * Asked to recurse it failed, after longer than who has no such zone takes to say so: it waits for others, though it says
 * that it does not recurse, as stubs do that hand on what they are asked.
 */
bool rc_has_waited_for_others(const struct rc_case *c);

/* Its own queries are out of sight, and all that it answered well was asked with CD=1: what it has to check fails. */
bool rc_server_gives_only_unchecked(const struct rc_case *c);

/* It was seen answering with authority for a zone the question lies in. */
bool rc_server_hosts_zone(struct rc_case *c);

#endif
