#include "analyze/pair/early.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/time.h"

#define SLOTS 32u
#define OCTETS_MAX 1500u            /* of an answer: what one datagram carries */
#define EARLY_NS (5 * RC_NS_PER_MS) /* longer than any queue is left unread beside another */

struct slot {
	uint64_t tag; /* 0: free */
	struct rc_obs answer;
	uint8_t wire[OCTETS_MAX];
};

struct rc_early {
	int64_t until_ns;
	unsigned next; /* slot, the oldest */
	struct slot slots[SLOTS];
};

int rc_early_new(struct rc_early **ret_early)
{
	struct rc_early *e = calloc(1, sizeof *e);
	if (e == NULL)
		return RC_E_NOMEM;
	e->until_ns = INT64_MIN + 2 * EARLY_NS;
	*ret_early = e;
	return RC_OK;
}

void rc_early_free(struct rc_early *e)
{
	free(e);
}

bool rc_early_is_near(const struct rc_early *e, int64_t ts_ns)
{
	return ts_ns <= e->until_ns && ts_ns >= e->until_ns - 2 * EARLY_NS;
}

void rc_early_keep(struct rc_early *e, const struct rc_obs *answer, uint64_t tag)
{
	if (!answer->msg.has_question || answer->msg.len > OCTETS_MAX)
		return;
	struct slot *s = &e->slots[e->next++ % SLOTS];
	s->tag = tag;
	s->answer = *answer;
	memcpy(s->wire, answer->msg.wire, answer->msg.len);
	s->answer.msg.wire = s->wire;
	e->until_ns = answer->ts_ns + EARLY_NS;
}

static bool is_answer_to(const struct slot *s, const struct rc_obs *query, uint64_t tag)
{
	const struct rc_obs *a = &s->answer;
	int64_t early_ns = query->ts_ns - a->ts_ns; /* less than 0: by its time, in order */
	return s->tag == tag && early_ns <= EARLY_NS && early_ns >= -EARLY_NS &&
	       a->msg.id == query->msg.id && a->src_port == query->dst_port &&
	       a->dst_port == query->src_port && a->msg.qtype == query->msg.qtype &&
	       a->msg.qclass == query->msg.qclass && rc_addr_equal(&a->src, &query->dst) &&
	       rc_addr_equal(&a->dst, &query->src) &&
	       rc_name_equal(&a->msg.qname, &query->msg.qname);
}

const struct rc_obs *rc_early_take(struct rc_early *e, const struct rc_obs *query, uint64_t tag)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		struct slot *s = &e->slots[i];
		if (!is_answer_to(s, query, tag))
			continue;
		s->tag = 0;
		if (s->answer.ts_ns < query->ts_ns)
			s->answer.ts_ns = query->ts_ns;
		return &s->answer;
	}
	return NULL;
}
