#include "analyze/pair/internal.h"

#include "base/time.h"

#define STEPS_MAX 16u /* records looked at to explain an answer that pairs with nothing */

/* A further answer to a question that was answered or given up: same ends and ID. */
static void note_repeated_answer(struct rc_pair *p, struct rc_exchange *x, const struct rc_obs *o)
{
	if (x->state == RC_X_UNANSWERED) {
		/* One that says that it failed would have helped nobody in time either. */
		if (rc_rcode_is_usable(o->msg.rcode))
			x->marks |= RC_X_LATE;
		p->stats.late_answers++;
	} else if (o->ts_ns - x->end_ns < RC_MIRROR_WINDOW_NS) {
		/* A tap that doubles packets had doubled the query. */
		x->marks |= RC_X_MIRRORED | (x->marks & RC_X_MIRRORED ? 0u : RC_X_REPEATED);
		p->stats.mirror_copies++;
	} else {
		x->marks |= RC_X_REPEATED;
		p->stats.repeated_answers++;
	}
}

static void mark_mismatch(struct rc_exchange *x, const struct rc_obs *o, uint32_t mark)
{
	if (x->sign_frame == 0)
		rc_pair_note_sign(x, o);
	x->marks |= mark;
}

/* An answer that fits an open question but for its ID or its source. */
static bool note_mismatch(struct rc_pair *p, struct rc_exchange *x, const struct rc_obs *o,
			  const struct rc_ends *e)
{
	bool same_server = rc_addr_equal(&x->server, e->server) && x->server_port == e->server_port;
	if (x->state != RC_X_PENDING || x->asker_port != e->asker_port ||
	    x->transport != o->transport)
		return false;
	if (!same_server && x->id != o->msg.id)
		return false;
	if (same_server && (o->flags & RC_OBS_UNASKED)) /* it answers a query that is not there */
		return false;
	mark_mismatch(x, o, same_server ? RC_X_WRONG_ID : RC_X_WRONG_SOURCE);
	p->stats.wrong_id += same_server;
	p->stats.wrong_source += !same_server;
	return true;
}

void rc_pair_observe_orphan(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e,
			    const struct rc_pair_keys *keys, uint64_t other)
{
	struct rc_record *r;
	struct rc_exchange *near[STEPS_MAX]; /* of the same asker and question, newest first */
	size_t n = 0;
	uint64_t pos = rc_recorder_newest_by_asker(p->recorder, e->asker, o->msg.qname_hash);
	for (unsigned i = 0; i < STEPS_MAX; i++) {
		r = rc_recorder_at(p->recorder, pos);
		if (r == NULL)
			break;
		pos = r->prev_asker;
		if (rc_addr_equal(&r->x.asker, e->asker) && rc_same_question(&r->x, &o->msg))
			near[n++] = &r->x;
	}
	for (size_t i = 0; i < n; i++) {
		if (near[i]->state != RC_X_PENDING && near[i]->id == o->msg.id &&
		    near[i]->transport == o->transport && rc_same_ends(near[i], e)) {
			note_repeated_answer(p, near[i], o);
			return;
		}
	}
	/* Behind those: who asks much may have used the ID and the port of an earlier question for this one. */
	r = rc_recorder_at(p->recorder, other);
	if (r != NULL && r->x.state == RC_X_PENDING) {
		mark_mismatch(&r->x, o, RC_X_WRONG_QUESTION);
		p->stats.wrong_question++;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (note_mismatch(p, near[i], o, e))
			return;
	p->stats.orphan_answers++;
	p->stats.orphan_errors += !rc_rcode_is_usable(o->msg.rcode);
	rc_early_keep(p->early, o, keys->tag);
	p->out.on_orphan(p->out.context, o);
}

bool rc_pair_is_sent_back(struct rc_pair *p, const struct rc_obs *o)
{
	struct rc_ends e = rc_ends_of(o, true);
	if (o->src_port == o->dst_port) /* two servers, which may ask each other */
		return false;
	uint64_t pos = rc_pair_find(p, rc_pair_tag(p, &e, o), &e, &o->msg, NULL);
	struct rc_record *r = rc_recorder_at(p->recorder, pos);
	if (r == NULL || r->x.state != RC_X_PENDING)
		return false;
	mark_mismatch(&r->x, o, RC_X_SENT_BACK);
	p->stats.sent_back++;
	return true;
}

void rc_pair_take_early(struct rc_pair *p, struct rc_record *r, uint64_t pos,
			const struct rc_obs *query, const struct rc_pair_keys *keys)
{
	const struct rc_obs *o = rc_early_take(p->early, query, keys->tag);
	if (o == NULL)
		return;
	if (o->kind == RC_OBS_ICMP) {
		rc_pair_observe_icmp(p, o);
		return;
	}
	p->stats.early_answers++;
	p->stats.early_errors += !rc_rcode_is_usable(o->msg.rcode);
	rc_pair_take_answer(p, r, pos, o, keys);
}
