#include "analyze/infer/translated.h"

#include "base/time.h"

#define NAT_NS (2 * RC_NS_PER_MS) /* from one side of the translator to the other */
#define STEPS_MAX 64u             /* questions of the client for the name looked at */
#define NEXT_MAX 8u /* records behind the question looked at: a translator hands on at once */

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

/* Whose address is another: the server's, the client's with its port, or, for servers that answer elsewhere, both. */
struct changed {
	bool asker, server;
};

static struct changed changed_of(const struct rc_exchange *inner, const struct rc_exchange *outer)
{
	return (struct changed){!rc_addr_equal(&inner->asker, &outer->asker),
				!rc_addr_equal(&inner->server, &outer->server)};
}

/*
 * Clients that ask two servers at once from one socket (musl) send the same too, and of clients that ask the same at
 * once a few hit on one ID: but not with one identification, and their answers do not come one within the other, and
 * alike.
 */
bool rc_translated_is_inside(const struct rc_exchange *inner, const struct rc_exchange *outer)
{
	if (inner->id != outer->id || inner->name_hash != outer->name_hash)
		return false;
	struct changed c = changed_of(inner, outer);
	if (c.asker && outer->id == 0 && !rc_translated_surely(outer))
		return false; /* as many clients of one kind ask */
	bool same = inner->qtype == outer->qtype && inner->transport == outer->transport &&
		    inner->last_ip_id == outer->last_ip_id && inner->state == outer->state &&
		    (c.asker || (c.server && inner->asker_port == outer->asker_port)) &&
		    is_asked_first(outer, inner);
	if (!same || !rc_exchange_answered(outer))
		return same && rc_translated_surely(outer);
	return is_shortly_after(outer->end_ns, inner->end_ns) &&
	       are_alike(&inner->answer, &outer->answer);
}

/* Of the same client. 0 if there is none; then *ret_own: where x itself stands, 0 if it was not come by. */
static uint64_t find(struct rc_recorder *recorder, const struct rc_exchange *x, bool inner,
		     uint64_t *ret_own)
{
	uint64_t pos = rc_recorder_newest_by_asker(recorder, &x->asker, x->name_hash);
	*ret_own = 0;
	for (unsigned n = 0; n < STEPS_MAX; n++) {
		const struct rc_record *r = rc_recorder_at(recorder, pos);
		if (r == NULL || r->x.first_ns < x->first_ns - NAT_NS)
			return 0;
		if (inner ? rc_translated_is_inside(&r->x, x) : rc_translated_is_inside(x, &r->x))
			return pos;
		if (r->x.first_ns == x->first_ns && r->x.first_frame == x->first_frame)
			*ret_own = pos;
		pos = r->prev_asker;
	}
	return 0;
}

uint64_t rc_translated_behind(struct rc_recorder *recorder, const struct rc_exchange *x)
{
	uint64_t own, pos = find(recorder, x, true, &own);
	for (unsigned n = 0; n < NEXT_MAX && pos == 0 && own != 0; n++) {
		own = rc_recorder_next(recorder, own);
		const struct rc_record *r = rc_recorder_at(recorder, own);
		if (r == NULL || r->x.first_ns > x->first_ns + NAT_NS)
			return 0;
		pos = rc_translated_is_inside(&r->x, x) ? own : 0;
	}
	return pos;
}

const struct rc_exchange *rc_translated_to(struct rc_recorder *recorder,
					   const struct rc_exchange *x)
{
	const struct rc_record *r = rc_recorder_at(recorder, rc_translated_behind(recorder, x));
	return r != NULL ? &r->x : NULL;
}

/* Its server was asked the same just before, from the address behind the one that it asks from. */
static bool is_masqueraded(struct rc_recorder *recorder, const struct rc_record *r)
{
	const struct rc_exchange *x = &r->x;
	for (unsigned n = 0; n < STEPS_MAX && r != NULL; n++) {
		if (r->x.first_ns < x->first_ns - NAT_NS)
			return false;
		if (rc_translated_is_inside(x, &r->x))
			return true;
		r = rc_recorder_at(recorder, r->prev_server);
	}
	return false;
}

bool rc_is_translated(struct rc_recorder *recorder, uint64_t pos, const struct rc_exchange *x)
{
	const struct rc_record *r = rc_recorder_at(recorder, pos);
	if (r != NULL && rc_addr_equal(&r->x.asker, &x->asker) && r->x.first_ns == x->first_ns &&
	    is_masqueraded(recorder, r))
		return true;
	return find(recorder, x, false, &pos) != 0;
}
