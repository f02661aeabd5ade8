#include "analyze/pair/load.h"

#define BUSY_NS (30 * RC_NS_PER_S) /* a busiest second older than this gives way to any other */

uint32_t rc_load_note_question(struct rc_load *l, const struct rc_exchange *x, uint64_t asker_hash)
{
	uint16_t asker = (uint16_t)((asker_hash & (RC_LOAD_MANY >> 1)) |
				    1); /* neither 0 nor several */
	if (l->asked_hush < UINT16_MAX)
		l->asked_hush++;
	if (l->asker_hush != asker)
		l->asker_hush = l->asker_hush == 0 ? asker : RC_LOAD_MANY;
	l->open++;
	if (x->first_ns - l->now.from_ns >= RC_NS_PER_S || x->first_ns < l->now.from_ns) {
		if (l->now.asked >= l->busiest.asked || x->first_ns - l->busiest.from_ns > BUSY_NS)
			l->busiest = l->now;
		l->now = (struct rc_rate){.from_ns = x->first_ns};
	}
	l->now.asked++;
	return l->open - 1;
}

void rc_load_note_end(struct rc_load *l, const struct rc_exchange *x)
{
	l->open -= l->open > 0;
	if (!rc_exchange_answered(x))
		return;
	if (x->first_ns >= l->now.from_ns)
		l->now.answered++;
	else if (x->first_ns >= l->busiest.from_ns &&
		 x->first_ns - l->busiest.from_ns < RC_NS_PER_S)
		l->busiest.answered++;
}

bool rc_load_busiest(const struct rc_load *l, struct rc_rate *ret_rate)
{
	if (l->now.asked == 0)
		return false;
	*ret_rate = l->now.asked > l->busiest.asked ? l->now : l->busiest;
	return true;
}

static bool covers(const struct rc_hush *h, int64_t at_ns)
{
	return at_ns >= h->from_ns &&
	       (h->ms == UINT32_MAX || at_ns - h->from_ns < h->ms * RC_NS_PER_MS);
}

bool rc_load_hush_at(const struct rc_load *l, int64_t at_ns, struct rc_hush *ret_hush)
{
	struct rc_hush now = rc_load_hush_now(l);
	*ret_hush = covers(&l->hush, at_ns) ? l->hush : now;
	return covers(ret_hush, at_ns);
}
