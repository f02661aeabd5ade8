#include "analyze/infer/window.h"

#include "base/time.h"

#define EARLIER_MAX 4u        /* one alone may be of a client that was answered by the way */
#define SHARED_STEPS_MAX 128u /* clients of one fetch: the earliest is among the last few */
#define CROWD_STEPS_MAX 4096u /* ... of a name that a crowd asks for, some ten seconds long */

/*
 * Of the first failure of a question the whole crowd is looked through that waits for it; those that follow know from
 * it when the fetch began (decide/asked.h).
 */
static unsigned steps_max(const struct rc_case *c)
{
	bool first = rc_exchange_answered(c->x) && c->others.earlier == 0 &&
		     c->shared_ns == INT64_MAX;
	return first ? CROWD_STEPS_MAX : SHARED_STEPS_MAX;
}

/* Answered before this one was asked: what came before it was of that fetch, or of an earlier one. */
static bool is_of_earlier_fetch(const struct rc_case *c, const struct rc_addr *service,
				const struct rc_exchange *x)
{
	return rc_exchange_answered(x) && x->end_ns <= c->x->first_ns &&
	       rc_addr_equal(&x->server, service) && x->name_hash == c->x->name_hash &&
	       x->qtype == c->x->qtype &&
	       !((x->query.flags ^ c->x->query.flags) & (RC_FLAG_CD | RC_FLAG_RD));
}

/*
 * A resolver joins several clients to one fetch: if it was already working on the same question for
 * somebody when this one arrived, the work began then.
 */
static void widen_at(struct rc_case *c, const struct rc_addr *service)
{
	uint64_t pos = rc_recorder_newest_by_server(c->recorder, service, c->x->name_hash);
	unsigned past = 0, earlier = 0;
	unsigned steps = c->well_known && c->fetch_known ? 0 : steps_max(c);
	for (unsigned i = 0; i < steps; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || rc_window_is_past(c, &r->x, &past))
			return;
		pos = r->prev_server;
		earlier += is_of_earlier_fetch(c, service, &r->x);
		if (earlier == EARLIER_MAX)
			return;
		bool at_work = r->x.state == RC_X_PENDING || r->x.end_ns > c->x->first_ns;
		if (r->x.name_hash == c->x->name_hash && r->x.qtype == c->x->qtype &&
		    rc_addr_equal(&r->x.server, service) && r->x.first_ns < c->from_ns && at_work &&
		    r->x.state != RC_X_UNANSWERED)
			c->from_ns = r->x.first_ns;
	}
}

/* The somebody may have asked another address of the resolver: of IPv6, as its clients do. */
void rc_window_join_fetch(struct rc_case *c)
{
	if (c->shared_ns < c->from_ns)
		c->from_ns = c->shared_ns;
	for (size_t i = 0; i < c->n_resolver; i++)
		widen_at(c, &c->resolver[i]);
}

bool rc_window_join_silent_fetch(struct rc_case *c)
{
	uint64_t pos = rc_recorder_newest_by_server(c->recorder, &c->x->server, c->x->name_hash);
	int64_t from_ns = c->from_ns;
	unsigned past = 0, earlier = 0, steps = c->well_known ? 0 : steps_max(c);
	for (unsigned i = 0; i < steps && earlier < EARLIER_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || rc_window_is_past(c, &r->x, &past))
			break;
		pos = r->prev_server;
		earlier += is_of_earlier_fetch(c, &c->x->server, &r->x);
		if (r->x.name_hash == c->x->name_hash && r->x.state == RC_X_UNANSWERED &&
		    rc_addr_equal(&r->x.server, &c->x->server) && r->x.first_ns < from_ns &&
		    r->x.end_ns > c->x->first_ns &&
		    rc_exchange_asks_keys(&r->x) == rc_exchange_asks_keys(c->x))
			from_ns = r->x.first_ns;
	}
	bool wider = from_ns < c->from_ns;
	c->from_ns = from_ns;
	return wider;
}
