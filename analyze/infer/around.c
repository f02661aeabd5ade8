#include "analyze/infer/around.h"

#include "base/time.h"

#define NAME_STEPS_MAX 64u /* exchanges of the name that the failure itself is looked for among */
#define NEAR_STEPS_MAX 2048u
#define FAR_STEPS_MAX 4096u

/* The record of the failure itself; 0 if it is too far from the newest of its name, which others may ask for much. */
static uint64_t own_position(const struct rc_case *c)
{
	struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->x->asker, c->x->name_hash,
						  NAME_STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (rc_case_is_itself(c, &r->x))
			return chain.pos;
	return 0;
}

struct rc_around rc_around(const struct rc_case *c, enum rc_around_reach reach, int64_t until_ns)
{
	uint64_t pos = rc_recorder_back(c->recorder, own_position(c));
	if (reach == RC_AROUND_FAR)
		pos = rc_recorder_back(c->recorder, pos);
	return (struct rc_around){
		.c = c,
		.pos = pos,
		.left = reach == RC_AROUND_FAR ? FAR_STEPS_MAX : NEAR_STEPS_MAX,
		.until_ns = until_ns,
	};
}

const struct rc_record *rc_around_next_answer(struct rc_around *a)
{
	const struct rc_record *r;
	const struct rc_exchange *x = a->c->x;
	while ((r = rc_around_next(a)) != NULL)
		if (x->first_ns - r->x.first_ns <= RC_NS_PER_S && rc_exchange_answered(&r->x) &&
		    (r->x.query.flags & RC_FLAG_RD) && rc_addr_equal(&r->x.server, &x->server))
			break;
	return r;
}
