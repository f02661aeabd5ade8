#include "analyze/pair/early.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define SLOTS 32u
#define OCTETS_MAX 1500u /* of an answer: what one datagram carries */

struct slot {
	uint64_t tag; /* 0: free */
	struct rc_obs reply;
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
	e->until_ns = INT64_MIN + 2 * RC_DISORDER_NS;
	*ret_early = e;
	return RC_OK;
}

void rc_early_free(struct rc_early *e)
{
	free(e);
}

bool rc_early_is_near(const struct rc_early *e, int64_t ts_ns)
{
	return ts_ns <= e->until_ns && ts_ns >= e->until_ns - 2 * RC_DISORDER_NS;
}

void rc_early_keep(struct rc_early *e, const struct rc_obs *reply, uint64_t tag)
{
	if (reply->msg.len > OCTETS_MAX)
		return;
	struct slot *s = &e->slots[e->next++ % SLOTS];
	s->tag = tag;
	s->reply = *reply;
	if (reply->msg.len > 0)
		memcpy(s->wire, reply->msg.wire, reply->msg.len);
	s->reply.msg.wire = s->wire;
	e->until_ns = reply->ts_ns + RC_DISORDER_NS;
}

/* Of the same question, if it has one: an error may come with the header alone, or quote no more. */
static bool is_of_question(const struct rc_msg *m, const struct rc_msg *query)
{
	return !m->has_question || (m->qtype == query->qtype && m->qclass == query->qclass &&
				    rc_name_equal(&m->qname, &query->qname));
}

/* An ICMP error has the ends of the query that it quotes. */
static bool is_reply_to(const struct slot *s, const struct rc_obs *query, uint64_t tag)
{
	const struct rc_obs *a = &s->reply;
	int64_t early_ns = query->ts_ns - a->ts_ns; /* less than 0: by its time, in order */
	bool back = a->kind != RC_OBS_ICMP;
	return s->tag == tag && early_ns <= RC_DISORDER_NS && early_ns >= -RC_DISORDER_NS &&
	       a->msg.id == query->msg.id && is_of_question(&a->msg, &query->msg) &&
	       (back ? a->src_port : a->dst_port) == query->dst_port &&
	       (back ? a->dst_port : a->src_port) == query->src_port &&
	       rc_addr_equal(back ? &a->src : &a->dst, &query->dst) &&
	       rc_addr_equal(back ? &a->dst : &a->src, &query->src);
}

const struct rc_obs *rc_early_take(struct rc_early *e, const struct rc_obs *query, uint64_t tag)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		struct slot *s = &e->slots[i];
		if (!is_reply_to(s, query, tag))
			continue;
		s->tag = 0;
		if (s->reply.ts_ns < query->ts_ns)
			s->reply.ts_ns = query->ts_ns;
		return &s->reply;
	}
	return NULL;
}
