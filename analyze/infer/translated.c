#include "analyze/infer/translated.h"

#include "base/time.h"

#define NAT_NS (2 * RC_NS_PER_MS) /* from one side of the translator to the other */
#define STEPS_MAX 64u             /* questions of the client for the name looked at */

static bool is_shortly_after(int64_t later_ns, int64_t ns)
{
	return later_ns >= ns && later_ns - ns <= NAT_NS;
}

/* Within one tick of the clock, frames tell. */
static bool is_asked_first(const struct rc_exchange *x, const struct rc_exchange *then)
{
	return is_shortly_after(then->first_ns, x->first_ns) &&
	       (then->first_ns > x->first_ns || then->first_frame > x->first_frame);
}

static bool are_alike(const struct rc_msg_facts *a, const struct rc_msg_facts *b)
{
	return a->flags == b->flags && a->rcode == b->rcode && a->len == b->len;
}

/*
 * Clients that ask two servers at once from one socket (musl) send the same too: but not with one identification, and
 * their answers do not come one within the other, and alike.
 */
static bool is_inside(const struct rc_exchange *inner, const struct rc_exchange *outer)
{
	bool same = inner->asker_port == outer->asker_port && inner->id == outer->id &&
		    inner->name_hash == outer->name_hash && inner->qtype == outer->qtype &&
		    inner->transport == outer->transport &&
		    inner->last_ip_id == outer->last_ip_id && inner->state == outer->state &&
		    rc_addr_equal(&inner->asker, &outer->asker) &&
		    !rc_addr_equal(&inner->server, &outer->server) && is_asked_first(outer, inner);
	if (!same || outer->state != RC_X_ANSWERED)
		return same && rc_translated_surely(outer);
	return is_shortly_after(outer->end_ns, inner->end_ns) &&
	       are_alike(&inner->answer, &outer->answer);
}

static const struct rc_exchange *find(struct rc_recorder *recorder, const struct rc_exchange *x,
				      bool inner)
{
	uint64_t pos = rc_recorder_newest_by_asker(recorder, &x->asker, x->name_hash);
	for (unsigned n = 0; n < STEPS_MAX; n++) {
		const struct rc_record *r = rc_recorder_at(recorder, pos);
		if (r == NULL || r->x.first_ns < x->first_ns - NAT_NS)
			return NULL;
		if (inner ? is_inside(&r->x, x) : is_inside(x, &r->x))
			return &r->x;
		pos = r->prev_asker;
	}
	return NULL;
}

const struct rc_exchange *rc_translated_to(struct rc_recorder *recorder,
					   const struct rc_exchange *x)
{
	return find(recorder, x, true);
}

bool rc_is_translated(struct rc_recorder *recorder, const struct rc_exchange *x)
{
	return find(recorder, x, false) != NULL;
}
