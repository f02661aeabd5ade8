#include "analyze/pair/pair.h"

#include <stdlib.h>

#include "analyze/pair/facts.h"
#include "analyze/pair/internal.h"
#include "base/err.h"
#include "base/time.h"

/* How far back failures are compared with others' outcomes. */
#define RETENTION_NS (120 * RC_NS_PER_S)
/* Open questions with the same ends and ID: honest askers have one or two. */
#define SAME_KEY_MAX 16u
/* A client that asks several resolvers at once has some records of a name. */
#define COPY_STEPS_MAX 8u
#define TC_STEPS_MAX 16u /* records looked at for the truncated answer behind a TCP query */
/* A TCP query this soon after a truncated answer is its retry. */
#define TC_RETRY_NS (10 * RC_NS_PER_S)
#define LEAP_NS (60 * RC_NS_PER_S) /* beyond the timeout: no answer is so late */

static inline void set_hosts(const struct rc_pair *p, const struct rc_ends *e,
			     struct rc_pair_keys *keys)
{
	keys->asker_host = rc_addr_hash(p->seed, e->asker);
	keys->server_host = rc_addr_hash(p->seed, e->server);
}

static uint64_t tag_of_record(const struct rc_pair *p, const struct rc_exchange *x)
{
	struct rc_ends e = {&x->asker, &x->server, x->asker_port, x->server_port};
	struct rc_pair_keys hosts;
	set_hosts(p, &e, &hosts);
	return rc_tag_of(p, &hosts, &e, x->transport, x->id, rc_is_connection(x));
}

static void unlist(struct rc_pair *p, struct rc_record *r, uint64_t pos, uint64_t tag)
{
	if (r->listed)
		rc_pending_remove(&p->pending, tag, pos);
	r->listed = false;
}

void rc_pair_unlist(struct rc_pair *p, struct rc_record *r, uint64_t pos)
{
	if (r->listed)
		unlist(p, r, pos, tag_of_record(p, &r->x));
}

/*
 * Finds the pending record of these ends and ID. With a question it must be the same question;
 * *ret_other gets a record that fits but for the question. 0 when there is none.
 */
uint64_t rc_pair_find(struct rc_pair *p, uint64_t tag, const struct rc_ends *e,
		      const struct rc_msg *question, uint64_t *ret_other)
{
	uint64_t at = tag, pos;
	for (unsigned i = 0; i < SAME_KEY_MAX; i++) {
		if ((pos = rc_pending_next(&p->pending, tag, &at)) == 0)
			return 0;
		struct rc_record *r = rc_recorder_at(p->recorder, pos);
		if (r == NULL || !rc_same_ends(&r->x, e))
			continue;
		if (question == NULL || rc_same_question(&r->x, question))
			return pos;
		if (ret_other != NULL)
			*ret_other = pos;
	}
	return 0;
}

static void give_up(struct rc_pair *p, struct rc_record *r, uint64_t pos, uint32_t marks)
{
	bool connection = rc_is_connection(&r->x);
	rc_pair_unlist(p, r, pos);
	if (r->x.state != RC_X_PENDING)
		return; /* a zone transfer that was answered and only waited for more */
	r->x.state = RC_X_UNANSWERED;
	r->x.marks |= marks;
	r->x.end_ns = r->x.first_ns + p->timeout_ns;
	if (marks & (RC_X_AT_END | RC_X_EARLY) && r->x.end_ns > p->now_ns)
		r->x.end_ns = p->now_ns > r->x.first_ns ? p->now_ns : r->x.first_ns;
	if (connection) {
		r->x.marks |= RC_X_NO_CONNECT;
		p->stats.tcp_failed++;
		return;
	}
	p->stats.pending--;
	if (marks & RC_X_AT_END)
		p->stats.pending_at_end++;
	else
		p->stats.unanswered++;
	p->out.on_unanswered(p->out.context, pos);
}

/* Nobody waits for what may become of it. */
static bool is_settled(const struct rc_record *r)
{
	return r->x.state != RC_X_PENDING && !r->listed;
}

static void record_moved(void *context, uint64_t old_pos, uint64_t new_pos)
{
	struct rc_pair *p = context;
	if (new_pos == 0) {
		give_up(p, rc_recorder_at(p->recorder, old_pos), old_pos, RC_X_EARLY);
		return;
	}
	struct rc_record *r = rc_recorder_at(p->recorder, new_pos);
	if (p->last_tls == old_pos)
		p->last_tls = new_pos;
	rc_pending_move(&p->pending, tag_of_record(p, &r->x), old_pos, new_pos);
}

/* From a time that a clock was set back from. */
static bool is_taken_back(const struct rc_pair *p, int64_t first_ns)
{
	return first_ns > p->now_ns + p->timeout_ns;
}

/* Asked before the latest leap, which went ahead past it, or back behind it. */
static bool is_before_leap(const struct rc_pair *p, int64_t first_ns)
{
	bool ahead = p->leap_ns > p->before_leap_ns;
	return first_ns <= p->before_leap_ns && (ahead || first_ns > p->now_ns);
}

/*
 * A leap of time longer than any question waits is a clock that was set, or a link that was silent: questions open
 * then have their time without it, as what follows may be their answers.
 */
static bool is_due(const struct rc_pair *p, int64_t first_ns)
{
	if (p->leap_ns != p->before_leap_ns && is_before_leap(p, first_ns))
		return (p->before_leap_ns - first_ns) + (p->now_ns - p->leap_ns) >= p->timeout_ns;
	return first_ns <= p->now_ns - p->timeout_ns || is_taken_back(p, first_ns);
}

/* Small steps back are disorder; a large one is a clock that was set, and is believed. */
static void set_now(struct rc_pair *p, int64_t now_ns)
{
	bool back = now_ns < p->now_ns && p->now_ns - now_ns > p->timeout_ns;
	bool begun = p->now_ns != INT64_MIN;
	if (now_ns <= p->now_ns && !back)
		return;
	if (begun && (back || now_ns - p->now_ns > p->timeout_ns + LEAP_NS)) {
		p->before_leap_ns = p->now_ns;
		p->leap_ns = now_ns;
	}
	p->now_ns = now_ns;
}

/* Up to when time may pass without a leap, and the next record not become due. */
static int64_t quiet_until(const struct rc_pair *p)
{
	int64_t due_ns = p->next_ns + p->timeout_ns, leap_ns = p->now_ns + LEAP_NS;
	if (p->leap_ns != p->before_leap_ns)
		return INT64_MIN;
	return due_ns < leap_ns ? due_ns : leap_ns;
}

/* Records are in order of their first query, but for those moved. */
static void advance(struct rc_pair *p, int64_t now_ns, bool knows_next)
{
	set_now(p, now_ns);
	bool look = !knows_next || is_due(p, p->next_ns);
	while (look && (p->next = rc_recorder_next(p->recorder, p->cursor)) != 0) {
		struct rc_record *r = rc_recorder_at(p->recorder, p->next);
		p->next_ns = r->x.first_ns;
		look = is_due(p, p->next_ns);
		if (!look)
			break;
		rc_recorder_prefetch_behind(p->recorder, p->next);
		p->cursor = p->next;
		/* How long a clock that was set back has let it wait is not known. */
		if (!is_settled(r))
			give_up(p, r, p->cursor, is_taken_back(p, p->next_ns) ? RC_X_AT_END : 0);
	}
	p->quiet_ns = quiet_until(p);
}

void rc_pair_advance(struct rc_pair *p, int64_t now_ns)
{
	bool knows_next = p->next >= rc_recorder_tail(p->recorder) && p->next != 0;
	if (knows_next && now_ns >= p->now_ns && now_ns < p->quiet_ns)
		p->now_ns = now_ns; /* nearly always: hot path */
	else
		advance(p, now_ns, knows_next);
}

void rc_pair_finish(struct rc_pair *p, int64_t now_ns)
{
	rc_pair_advance(p, now_ns);
	uint64_t next;
	while ((next = rc_recorder_next(p->recorder, p->cursor)) != 0) {
		struct rc_record *r = rc_recorder_at(p->recorder, next);
		rc_recorder_prefetch_run(p->recorder, next);
		p->cursor = next;
		if (!is_settled(r))
			give_up(p, r, next, is_due(p, r->x.first_ns) ? 0 : RC_X_AT_END);
	}
}

static bool is_copy(const struct rc_obs *o, const struct rc_record *r)
{
	int64_t gap_ns = o->ts_ns - r->x.last_ns;
	return gap_ns < RC_MIRROR_WINDOW_NS && gap_ns > -RC_MIRROR_WINDOW_NS &&
	       o->ip_id == r->x.last_ip_id &&
	       ((o->frame & RC_FRAME_MASK) != r->x.last_frame || o->source != r->x.last_source);
}

/*
 * A copy of a query whose answer was quicker than the mirror: among the newest records of the same name. Without
 * identification it may be a repeat, if it is of the same tap and came the same way.
 */
static bool is_copy_of_answered(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e,
				const struct rc_pair_keys *keys)
{
	uint64_t pos = rc_recorder_last_by_asker(p->recorder, keys->asker);
	for (unsigned i = 0; i < COPY_STEPS_MAX; i++) {
		struct rc_record *r = rc_recorder_at(p->recorder, pos);
		if (r == NULL || o->ts_ns - r->x.last_ns >= RC_MIRROR_WINDOW_NS)
			return false;
		bool other_way = o->source != r->x.last_source || o->encaps != r->x.encaps ||
				 o->vlan != r->x.vlan;
		if (r->x.id == o->msg.id && r->x.transport == o->transport &&
		    (o->ip_id != 0 || other_way) && is_copy(o, r) && rc_same_ends(&r->x, e) &&
		    rc_same_question(&r->x, &o->msg))
			return true;
		pos = r->prev_asker;
	}
	return false;
}

void rc_pair_note_attempt(struct rc_pair *p, struct rc_record *r, const struct rc_obs *o)
{
	if (is_copy(o, r)) {
		r->x.marks |= RC_X_MIRRORED;
		p->stats.mirror_copies++;
		return;
	}
	if (o->ts_ns > r->x.last_ns)
		r->x.last_ns = o->ts_ns;
	r->x.last_frame = o->frame & RC_FRAME_MASK;
	r->x.last_source = o->source;
	r->x.last_ip_id = o->ip_id;
	if (r->x.attempts < UINT16_MAX)
		r->x.attempts++;
	if (rc_is_connection(&r->x))
		p->stats.tcp_repeated++;
	else
		p->stats.retransmissions++;
}

/* Gives up the oldest questions until the table has a place. */
static void make_room(struct rc_pair *p)
{
	uint64_t oldest;
	while (rc_pending_is_full(&p->pending) &&
	       (oldest = rc_recorder_next(p->recorder, p->cursor)) != 0) {
		p->cursor = oldest;
		give_up(p, rc_recorder_at(p->recorder, oldest), oldest, RC_X_EARLY);
	}
}

uint64_t rc_pair_add_record(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e,
			    const struct rc_pair_keys *keys, const struct rc_name *name,
			    uint64_t name_hash, struct rc_record **ret_record)
{
	struct rc_record *r;
	if (rc_pending_is_full(&p->pending)) {
		make_room(p);
		p->stats.table_full++;
	}
	uint64_t pos = rc_recorder_add(p->recorder, o->ts_ns, name, keys->asker, keys->server, &r);
	struct rc_exchange *x = &r->x;
	x->last_ns = o->ts_ns;
	x->first_frame = o->frame & RC_FRAME_MASK;
	x->first_source = o->source;
	x->last_frame = o->frame & RC_FRAME_MASK;
	x->last_source = o->source;
	x->last_ip_id = o->ip_id;
	x->asker = *e->asker;
	x->server = *e->server;
	x->asker_port = e->asker_port;
	x->server_port = e->server_port;
	x->name_hash = name_hash;
	x->attempts = 1;
	x->vlan = o->vlan;
	x->inner_vlan = o->inner_vlan;
	x->encaps = o->encaps;
	x->transport = (uint8_t)o->transport;
	x->state = RC_X_PENDING;
	x->marks = o->flags & RC_OBS_IP6 ? RC_X_IP6 : 0u;
	memcpy(x->asker_mac, o->src_mac, sizeof x->asker_mac);
	/* Where so many questions have one key a further one would not be found. */
	r->listed = !rc_pending_is_full(&p->pending) &&
		    rc_pending_insert(&p->pending, keys->tag, pos, SAME_KEY_MAX);
	*ret_record = r;
	return pos;
}

struct rc_pair_keys rc_pair_connection_keys(const struct rc_pair *p, const struct rc_ends *e,
					    uint64_t hash)
{
	struct rc_pair_keys keys;
	set_hosts(p, e, &keys);
	keys.tag = rc_tag_of(p, &keys, e, RC_TCP, 0, true);
	keys.asker = rc_recorder_key(p->recorder, keys.asker_host, hash);
	keys.server = rc_recorder_key(p->recorder, keys.server_host, hash);
	return keys;
}

/* A connection whose opening was not seen, or is long past, gets a record so that its end is noted. */
static void ensure_connection(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e)
{
	struct rc_pair_keys keys = rc_pair_connection_keys(p, e, RC_CONNECT_HASH);
	if (rc_pair_find(p, keys.tag, e, NULL, NULL) != 0)
		return;
	struct rc_record *c;
	struct rc_name none = {.len = 0};
	rc_pair_add_record(p, o, e, &keys, &none, RC_CONNECT_HASH, &c);
	c->x.state = RC_X_ANSWERED;
	c->x.end_ns = o->ts_ns;
}

/* A query over TCP: links it to its connection and to the truncated answer that caused it. */
static void note_tcp_query(struct rc_pair *p, struct rc_record *r, uint64_t pos,
			   const struct rc_ends *e, const struct rc_pair_keys *keys)
{
	uint64_t tag = rc_tag_of(p, keys, e, RC_TCP, 0, true);
	struct rc_record *c = rc_recorder_at(p->recorder, rc_pair_find(p, tag, e, NULL, NULL));
	if (c != NULL) {
		r->link = c->link;
		c->link = pos & RC_RECORD_POS_MASK;
	}
	uint64_t at = r->prev_asker;
	for (unsigned i = 0; i < TC_STEPS_MAX; i++) {
		struct rc_record *old = rc_recorder_at(p->recorder, at);
		if (old == NULL || r->x.first_ns - old->x.first_ns > TC_RETRY_NS)
			return;
		if (rc_exchange_is_truncated(&old->x) && old->x.qtype == r->x.qtype &&
		    old->x.name_hash == r->x.name_hash &&
		    rc_addr_equal(&old->x.asker, &r->x.asker) &&
		    rc_addr_equal(&old->x.server, &r->x.server)) {
			old->x.marks |= RC_X_TC_RETRIED;
			r->x.marks |= RC_X_IS_TC_RETRY;
			return;
		}
		at = old->prev_asker;
	}
}

static bool is_transfer(const struct rc_exchange *x)
{
	return x->opcode == RC_OPCODE_QUERY && x->transport == RC_TCP && rc_exchange_is_transfer(x);
}

void rc_pair_take_answer(struct rc_pair *p, struct rc_record *r, uint64_t pos,
			 const struct rc_obs *o, const struct rc_pair_keys *keys)
{
	/* Its asker was seen to refuse it, before it was seen itself: queues of a card are read by turns. */
	bool refused = (r->x.marks & RC_X_LATE) && r->x.state == RC_X_PENDING &&
		       o->ts_ns - r->x.sign_ns <= RC_DISORDER_NS;
	if (r->x.state == RC_X_PENDING) {
		p->stats.answered++;
		p->stats.pending--;
		rc_facts_take(&o->msg, &r->x.answer);
		r->x.state = RC_X_ANSWERED;
	}
	if (r->x.answers < UINT16_MAX)
		r->x.answers++;
	r->x.end_ns = o->ts_ns;
	r->x.end_frame = o->frame & RC_FRAME_MASK;
	r->x.end_source = o->source;
	if (o->flags & RC_OBS_CUT)
		r->x.marks |= RC_X_CUT;
	if (o->msg.fault != RC_FAULT_NONE && o->msg.fault != RC_FAULT_CUT)
		r->x.marks |= RC_X_MALFORMED;
	if (!is_transfer(&r->x))
		unlist(p, r, pos, keys->tag);
	p->out.on_answered(p->out.context, pos, r, o);
	if (refused)
		p->out.on_refused_answer(p->out.context, pos);
}

static void observe_query(struct rc_pair *p, const struct rc_obs *o,
			  const struct rc_pair_keys *keys)
{
	const struct rc_msg *m = &o->msg;
	struct rc_ends e = rc_ends_of(o, false);

	if (o->from_server && rc_pair_is_sent_back(p, o))
		return;
	p->stats.queries++;
	uint64_t old_pos = rc_pair_find(p, keys->tag, &e, m, NULL);
	struct rc_record *r = rc_recorder_at(p->recorder, old_pos);
	if (r != NULL && r->x.state == RC_X_PENDING) {
		rc_pair_note_attempt(p, r, o);
		return;
	}
	if (r != NULL) /* an answered transfer that waited for more: asked again */
		rc_pair_unlist(p, r, old_pos);
	if (is_copy_of_answered(p, o, &e, keys)) {
		p->stats.mirror_copies++;
		return;
	}
	if (o->transport == RC_TCP)
		ensure_connection(p, o, &e);
	uint64_t pos = rc_pair_add_record(p, o, &e, keys, &m->qname, m->qname_hash, &r);
	r->x.id = m->id;
	r->x.opcode = m->opcode;
	r->x.qtype = m->qtype;
	r->x.qclass = m->qclass;
	r->x.qdcount = m->counts[RC_QUESTION];
	if (o->flags & RC_OBS_CUT)
		r->x.marks |= RC_X_CUT;
	rc_facts_take(m, &r->x.query);
	p->stats.exchanges++;
	p->stats.pending++;
	if (o->transport == RC_TCP)
		note_tcp_query(p, r, pos, &e, keys);
	p->out.on_query(p->out.context, pos, r, o);
	if (rc_early_is_near(p->early, o->ts_ns))
		rc_pair_take_early(p, r, pos, o, keys);
}

static void observe_answer(struct rc_pair *p, const struct rc_obs *o,
			   const struct rc_pair_keys *keys)
{
	const struct rc_msg *m = &o->msg;
	struct rc_ends e = rc_ends_of(o, true);
	uint64_t other = 0;

	p->stats.answers++;
	uint64_t pos = rc_pair_find(p, keys->tag, &e, m->has_question ? m : NULL, &other);
	struct rc_record *r = rc_recorder_at(p->recorder, pos);
	if (r == NULL)
		rc_pair_observe_orphan(p, o, &e, keys, other);
	else
		rc_pair_take_answer(p, r, pos, o, keys);
}

int rc_pair_new(size_t table_bytes, size_t record_bytes, size_t answer_bytes, uint64_t seed,
		int64_t timeout_ns, const struct rc_pair_output *output, struct rc_pair **ret_pair)
{
	struct rc_pair *p = calloc(1, sizeof *p);
	if (p == NULL)
		return RC_E_NOMEM;
	p->seed = seed;
	p->timeout_ns = timeout_ns;
	p->now_ns = p->quiet_ns = INT64_MIN;
	p->out = *output;
	struct rc_recorder_config config = {
		.record_bytes = record_bytes,
		.answer_bytes = answer_bytes,
		.retention_ns = timeout_ns + RETENTION_NS,
		.seed = seed,
		.on_move = record_moved,
		.context = p,
	};
	if (rc_pending_init(&p->pending, table_bytes) != RC_OK ||
	    rc_early_new(&p->early) != RC_OK || rc_recorder_new(&config, &p->recorder) != RC_OK) {
		rc_pair_free(p);
		return RC_E_NOMEM;
	}
	*ret_pair = p;
	return RC_OK;
}

void rc_pair_free(struct rc_pair *p)
{
	if (p == NULL)
		return;
	rc_recorder_free(p->recorder);
	rc_early_free(p->early);
	rc_pending_free(&p->pending);
	free(p);
}

struct rc_recorder *rc_pair_recorder(struct rc_pair *p)
{
	return p->recorder;
}

uint64_t rc_pair_tag(const struct rc_pair *p, const struct rc_ends *e, const struct rc_obs *o)
{
	struct rc_pair_keys keys;
	set_hosts(p, e, &keys);
	return rc_tag_of(p, &keys, e, (uint8_t)o->transport, o->msg.id, false);
}

void rc_pair_prepare(const struct rc_pair *p, const struct rc_obs *o, struct rc_pair_keys *ret_keys)
{
	bool part = o->kind == RC_OBS_FRAGMENTS;
	if (o->kind != RC_OBS_MESSAGE && !part)
		return;
	bool answer = part ? o->from_server : rc_msg_is_response(&o->msg);
	struct rc_ends e = rc_ends_of(o, answer);
	/* In place: a copy of what was just written waits for all writes before it, ring and all. */
	set_hosts(p, &e, ret_keys);
	ret_keys->tag = rc_tag_of(p, ret_keys, &e, (uint8_t)o->transport, o->msg.id, false);
	rc_pending_prefetch(&p->pending, ret_keys->tag);
	if (answer || part)
		return;
	ret_keys->asker = rc_recorder_key(p->recorder, ret_keys->asker_host, o->msg.qname_hash);
	ret_keys->server = rc_recorder_key(p->recorder, ret_keys->server_host, o->msg.qname_hash);
	rc_recorder_prefetch_key(p->recorder, ret_keys->asker);
	rc_recorder_prefetch_key(p->recorder, ret_keys->server);
}

void rc_pair_prefetch(const struct rc_pair *p, const struct rc_obs *o,
		      const struct rc_pair_keys *keys)
{
	uint64_t at = keys->tag;
	if (o->kind != RC_OBS_MESSAGE)
		return;
	if (rc_msg_is_response(&o->msg))
		rc_recorder_prefetch(p->recorder, rc_pending_next(&p->pending, keys->tag, &at));
	else
		rc_recorder_prefetch_last(p->recorder, keys->asker);
}

void rc_pair_observe(struct rc_pair *p, const struct rc_obs *o, const struct rc_pair_keys *keys)
{
	rc_pair_advance(p, o->ts_ns);
	switch (o->kind) {
	case RC_OBS_MESSAGE:
		if (rc_msg_is_response(&o->msg))
			observe_answer(p, o, keys);
		else
			observe_query(p, o, keys);
		break;
	case RC_OBS_ICMP:
		rc_pair_observe_icmp(p, o);
		break;
	case RC_OBS_TCP:
		rc_pair_observe_tcp(p, o);
		break;
	case RC_OBS_FRAGMENTS:
		rc_pair_observe_fragments(p, o, keys);
		break;
	case RC_OBS_SHORT: /* not even an ID to pair it by */
		break;
	}
}

uint64_t rc_pair_last_tls(const struct rc_pair *p)
{
	return p->last_tls;
}

const struct rc_pair_stats *rc_pair_stats(const struct rc_pair *p)
{
	return &p->stats;
}
