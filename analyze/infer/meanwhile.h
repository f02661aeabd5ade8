/*
 * What else went on around a failure, in the order of time: at the server for other names, and of the resolver's own
 * queries. Walks the recorder from some time before the failure; for rules that ask.
 */
#ifndef RC_ANALYZE_MEANWHILE_H
#define RC_ANALYZE_MEANWHILE_H

#include "analyze/infer/case.h"
#include "analyze/pair/traffic.h"

/* Of what it was asked for other names between this question's attempts, or right after, did the server answer most? */
bool rc_case_are_others_answered(const struct rc_case *c);

/*
 * It answered none of that, and others than this client asked for some of it; or all attempts were made in one hush
 * (rc_case_hush).
 */
bool rc_case_is_nobody_answered(const struct rc_case *c);

/*
 * All attempts fell into a time in which the server, at none of its addresses in sight, sent anything to anybody: though others
 * asked as well, and by what it answers of late some of them would have got an answer; and it was not waiting for servers in
 * vain, as far as these are in sight.
 */
bool rc_case_hush(const struct rc_case *c, struct rc_hush *ret_hush);

/*
 * Within a second of the question it answered some, and nobody soon, not even from memory: it is short of time, or its way is
 * slow. Who limits a rate answers at once what it answers.
 */
bool rc_case_is_slow_to_all(const struct rc_case *c);

/*
 * The server answers this client nothing: several of its names in sight are left unanswered, and right after each it answers
 * somebody else, and is not seen to ask others what this client alone asks. Whatever else is wrong with a name is not why
 * this client hears nothing. Likely if others get one of the names, else possible: it may ask for nothing but what nobody
 * gets.
 */
enum rc_confidence rc_case_is_ignored(const struct rc_case *c);

/*
 * While servers were silent (those of the failed zone, if one failed), the resolver heard of nobody else either, though it
 * asked others as well; and one of the silent has answered at another time. Its own way to them may be what failed.
 */
bool rc_case_is_deaf(const struct rc_case *c, struct rc_deaf *ret_deaf);

/*
 * So many questions in a row, the latest before the resolver answered, or was asked if it did not, have the servers of the
 * zone left it without an answer, each for longer than they take that answer, and no network said why. *ret_example is the
 * last of them, and left alone if there is none.
 */
unsigned rc_case_unheard_before(const struct rc_case *c, const struct rc_zone_view *zone,
				const struct rc_exchange **ret_example);

/* Around then the server refused this client another name, too. */
bool rc_case_is_refused_more(const struct rc_case *c);

/* What the resolver itself has asked of others at a time. */
struct rc_work {
	bool known;             /* it can be seen, and far enough back, as where not much is open */
	unsigned open, started; /* questions without an answer then; put just then */
};

struct rc_work rc_case_work(const struct rc_case *c, int64_t at_ns);

/*
 * Does the resolver work on much of what is open there, so that it asks others? What it leaves open by its own will, as
 * what a policy drops, takes no room. True as well where that cannot be seen.
 */
static inline bool rc_case_load_is_at_work(const struct rc_case *c, int64_t at_ns)
{
	struct rc_work w = rc_case_work(c, at_ns);
	return !w.known || w.open >= RC_LOAD_BUSY;
}

#endif
