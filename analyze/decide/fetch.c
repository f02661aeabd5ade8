#include "analyze/decide/fetch.h"

#define STEPS_MAX 128u /* exchanges about the name looked at, per address */
#define RETRY_NS (300 * RC_NS_PER_MS)
#define LOOK_BACK_NS (2 * RC_NS_PER_S) /* the way down to the name comes before the name */
#define LOOK_ON_NS (3 * RC_NS_PER_S)   /* keys are asked for behind it */

struct span {
	int64_t from_ns, to_ns;
	int64_t gap_ns; /* how long after the end a further try may come */
};

static int64_t last_act_ns(const struct rc_exchange *x)
{
	return x->state == RC_X_ANSWERED ? x->end_ns : x->last_ns;
}

/* How long until a further try: at once after an answer that did not do. */
static int64_t gap_ns(const struct rc_exchange *x)
{
	return x->state == RC_X_ANSWERED ? RETRY_NS : RC_FETCH_GAP_NS;
}

/* Widens the span by every exchange about the name that no gap parts from it. True if it grew. */
static bool widen(const struct rc_case_sources *s, const struct rc_addr *asker,
		  const struct rc_exchange *x, struct span *span)
{
	bool grew = false;
	uint64_t pos = rc_recorder_newest_by_asker(s->recorder, asker, x->name_hash);
	for (unsigned i = 0; i < STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(s->recorder, pos);
		if (r == NULL)
			break;
		pos = r->prev_asker;
		int64_t last_ns = last_act_ns(&r->x);
		if (r->x.name_hash != x->name_hash || r->x.qtype != x->qtype ||
		    !rc_addr_equal(&r->x.asker, asker) ||
		    r->x.first_ns > span->to_ns + span->gap_ns ||
		    last_ns < span->from_ns - gap_ns(&r->x))
			continue;
		if (last_ns > span->to_ns)
			span->gap_ns = gap_ns(&r->x);
		grew = grew || r->x.first_ns < span->from_ns || last_ns > span->to_ns;
		span->from_ns = r->x.first_ns < span->from_ns ? r->x.first_ns : span->from_ns;
		span->to_ns = last_ns > span->to_ns ? last_ns : span->to_ns;
	}
	return grew;
}

int64_t rc_fetch_of(const struct rc_case_sources *s, const struct rc_exchange *x,
		    struct rc_exchange *ret_work)
{
	struct rc_addr addrs[2] = {x->asker};
	size_t n = 1 + rc_hosts_twin(s->hosts, &x->asker, &addrs[1]);
	struct span span = {x->first_ns, last_act_ns(x), gap_ns(x)};
	bool grew = true;
	for (unsigned round = 0; grew && round < STEPS_MAX; round++) {
		grew = false;
		for (size_t i = 0; i < n; i++)
			grew = widen(s, &addrs[i], x, &span) || grew;
	}
	*ret_work = *x;
	ret_work->server = x->asker;
	ret_work->first_ns = ret_work->last_ns = span.from_ns - LOOK_BACK_NS;
	ret_work->end_ns = span.to_ns + LOOK_ON_NS;
	ret_work->state = RC_X_ANSWERED;
	ret_work->marks &= RC_X_AT_START | RC_X_AT_END | RC_X_DROPS;
	ret_work->query.flags = RC_FLAG_RD; /* as a client would have asked */
	ret_work->answer = (struct rc_msg_facts){.flags = RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA,
						 .rcode = RC_RCODE_SERVFAIL};
	return span.to_ns + (span.gap_ns > LOOK_ON_NS ? span.gap_ns : LOOK_ON_NS);
}
