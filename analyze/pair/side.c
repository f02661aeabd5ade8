#include "analyze/pair/internal.h"
#include "base/time.h"

#define AGAIN_NS (6 * RC_NS_PER_S) /* within which a question that failed is asked again */
#define AGAIN_STEPS_MAX 32u
#define QUOTED_STEPS_MAX 16u     /* records looked at for the one that a quoted message answers */
#define CONNECTION_STEPS_MAX 64u /* queries of one TCP connection marked by its reset */

static uint64_t connection_hash(const struct rc_obs *o)
{
	return o->flags & RC_OBS_TLS ? RC_TLS_HASH : RC_CONNECT_HASH;
}

static uint64_t find_connection(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e)
{
	struct rc_pair_keys keys = rc_pair_connection_keys(p, e, connection_hash(o));
	return rc_pair_find(p, keys.tag, e, NULL, NULL);
}

/*
 * The record a quoted or incomplete DNS message belongs to: pending, or of the newest of that name, which may
 * have been asked once more since. Quoted TCP ends before the message: the connection.
 */
static uint64_t find_quoted(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e)
{
	if (o->transport == RC_TCP)
		return find_connection(p, o, e);
	if (o->msg.len < RC_DNS_HEADER_LEN)
		return 0;
	uint64_t tag = rc_pair_tag(p, e, o);
	const struct rc_msg *question = o->msg.has_question ? &o->msg : NULL;
	uint64_t pos = rc_pair_find(p, tag, e, question, NULL);
	if (pos != 0 || question == NULL)
		return pos;
	pos = rc_recorder_newest_by_asker(p->recorder, e->asker, o->msg.qname_hash);
	for (unsigned i = 0; i < QUOTED_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(p->recorder, pos);
		if (r == NULL)
			break;
		if (r->x.id == o->msg.id && rc_same_ends(&r->x, e))
			return pos;
		pos = r->prev_asker;
	}
	return 0;
}

/*
 * Of an error that quotes an answer: nobody takes it. That it is too big for the way, or that its fragments did not
 * come in time, says nothing of who asked (RFC 792, RFC 4443).
 */
static bool is_refusal(const struct rc_obs *o)
{
	return o->icmp_hard && o->icmp_type == (rc_addr_is_v4(&o->src) ? 3 : 1);
}

void rc_pair_observe_icmp(struct rc_pair *p, const struct rc_obs *o)
{
	struct rc_ends e = rc_ends_of(o, o->from_server);
	uint64_t pos = find_quoted(p, o, &e);
	struct rc_record *r = rc_recorder_at(p->recorder, pos);
	if (r == NULL) {
		p->stats.icmp_unmatched++;
		if (!o->from_server && o->transport == RC_UDP && o->msg.len >= RC_DNS_HEADER_LEN)
			rc_early_keep(p->early, o, rc_pair_tag(p, &e, o));
		return;
	}
	p->stats.icmp_matched++;
	if (o->from_server && rc_is_connection(&r->x))
		return;
	if (o->from_server && !is_refusal(o))
		return;
	if (o->from_server && (r->x.marks & RC_X_REPEATED)) {
		/* Each attempt was answered, and what the asker refuses is the answer that it needs no more. */
		r->x.marks &= ~(uint32_t)RC_X_REPEATED;
		return;
	}
	if (o->from_server) {
		/* The asker no longer listens for this answer: it came too late for it. */
		bool told = (r->x.marks & RC_X_LATE) != 0;
		bool unseen = r->x.state == RC_X_PENDING;
		/* An answer that says that it failed would have helped nobody in time either. */
		if (unseen && !rc_rcode_is_usable(o->msg.rcode))
			return;
		if (unseen && r->x.sign_frame == 0)
			rc_pair_note_sign(&r->x, o);
		if (r->x.state != RC_X_UNANSWERED) /* else the answer was looked at when it came */
			r->x.marks |= RC_X_LATE;
		if (!told && rc_exchange_answered(&r->x))
			p->out.on_refused_answer(p->out.context, pos);
		return;
	}
	if (!(r->x.marks & RC_X_ICMP)) {
		rc_pair_note_sign(&r->x, o);
		r->x.icmp_type = o->icmp_type;
		r->x.icmp_code = o->icmp_code;
	}
	r->x.marks |= RC_X_ICMP | (o->icmp_hard ? RC_X_ICMP_HARD : 0u);
}

static void mark_open(struct rc_pair *p, struct rc_record *c, uint32_t mark)
{
	uint64_t pos = c->x.name_hash == RC_CONNECT_HASH ? c->link : 0;
	for (unsigned i = 0; i < CONNECTION_STEPS_MAX; i++) {
		struct rc_record *r = rc_recorder_at(p->recorder, pos);
		if (r == NULL)
			return;
		if (r->x.state == RC_X_PENDING)
			r->x.marks |= mark;
		pos = r->link;
	}
}

/* The server closed this connection, or has answered over it: who resets it then has had enough of it, and is there. */
static bool was_served(const struct rc_pair *p, const struct rc_record *c)
{
	if (c->x.marks & RC_X_CLOSED)
		return true;
	uint64_t pos = c->x.name_hash == RC_CONNECT_HASH ? c->link : 0;
	for (unsigned i = 0; i < CONNECTION_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(p->recorder, pos);
		if (r == NULL)
			return false;
		if (rc_exchange_answered(&r->x))
			return true;
		pos = r->link;
	}
	return false;
}

static uint64_t add_connection(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e,
			       struct rc_record **ret_connection)
{
	uint64_t hash = connection_hash(o);
	struct rc_pair_keys keys = rc_pair_connection_keys(p, e, hash);
	struct rc_name none = {.len = 0};
	uint64_t pos = rc_pair_add_record(p, o, e, &keys, &none, hash, ret_connection);
	if (hash == RC_TLS_HASH) {
		(*ret_connection)->link = p->last_tls & RC_RECORD_POS_MASK;
		p->last_tls = pos;
	}
	return keys.tag;
}

/* A SYN that the capture has behind its SYN+ACK, as queues of a card are read by turns: what that began is its connection. */
static bool is_syn_of(const struct rc_exchange *x, const struct rc_obs *o)
{
	int64_t early_ns = o->ts_ns - x->end_ns;
	return x->state == RC_X_ANSWERED && x->first_frame == x->end_frame &&
	       x->first_source == x->end_source && early_ns <= RC_DISORDER_NS &&
	       early_ns >= -RC_DISORDER_NS;
}

void rc_pair_observe_tcp(struct rc_pair *p, const struct rc_obs *o)
{
	struct rc_ends e = rc_ends_of(o, o->from_server);
	uint64_t pos = find_connection(p, o, &e);
	struct rc_record *c = rc_recorder_at(p->recorder, pos);

	if (o->tcp_event == RC_TCP_SYN) {
		if (c != NULL && c->x.state == RC_X_PENDING) {
			rc_pair_note_attempt(p, c, o);
			return;
		}
		if (c != NULL && is_syn_of(&c->x, o)) {
			memcpy(c->x.asker_mac, o->src_mac, sizeof c->x.asker_mac);
			p->stats.tcp_connections++;
			return;
		}
		if (c != NULL)
			rc_pair_unlist(p, c, pos); /* the ports are used again */
		uint64_t tag = add_connection(p, o, &e, &c);
		p->stats.tcp_connections++;
		const struct rc_obs *reset = rc_early_is_near(p->early, o->ts_ns)
						     ? rc_early_take(p->early, o, tag)
						     : NULL;
		if (reset != NULL)
			rc_pair_observe_tcp(p, reset);
		return;
	}
	bool lives = o->tcp_event == RC_TCP_ESTABLISHED;
	bool tls_lives = (o->flags & RC_OBS_TLS) && lives;
	if (c == NULL && lives) { /* its opening was not seen, not yet, or is long past */
		add_connection(p, o, &e, &c);
		memset(c->x.asker_mac, 0, sizeof c->x.asker_mac);
	}
	if (c == NULL && o->tcp_event == RC_TCP_RESET && o->from_server)
		rc_early_keep(p->early, o, rc_pair_connection_keys(p, &e, connection_hash(o)).tag);
	if (c == NULL)
		return;
	p->stats.tcp_replies += o->from_server;
	if (o->tcp_event == RC_TCP_ESTABLISHED && (tls_lives || c->x.state == RC_X_PENDING)) {
		c->x.state = RC_X_ANSWERED;
		c->x.end_ns = o->ts_ns;
		c->x.end_frame = o->frame & RC_FRAME_MASK;
		c->x.end_source = o->source;
	} else if (o->tcp_event == RC_TCP_RESET && o->from_server) {
		c->x.marks |= RC_X_RESET;
		if (c->x.state == RC_X_PENDING) {
			c->x.state = RC_X_UNANSWERED;
			c->x.marks |= RC_X_NO_CONNECT;
			c->x.end_ns = o->ts_ns;
			c->x.end_frame = o->frame & RC_FRAME_MASK;
			c->x.end_source = o->source;
			p->stats.tcp_failed++;
		}
		mark_open(p, c, was_served(p, c) ? RC_X_CLOSED : RC_X_RESET);
	} else if (o->tcp_event == RC_TCP_CLOSED) {
		c->x.marks |= RC_X_CLOSED;
		mark_open(p, c, RC_X_CLOSED);
	} else if (o->tcp_event == RC_TCP_GAP) {
		mark_open(p, c, RC_X_GAP);
	}
}

/*
 * Did its asker go on as if no reply had come? It repeats the query, asks the same anew, or has done so after such a
 * reply before.
 */
static bool is_asked_again(struct rc_pair *p, const struct rc_exchange *x, const struct rc_obs *o)
{
	uint64_t pos = rc_recorder_newest_by_asker(p->recorder, &x->asker, x->name_hash);
	bool final = (o->msg.flags & RC_FLAG_AA) || o->msg.counts[RC_ANSWER] > 0;
	if (x->attempts > 1)
		return true;
	for (unsigned i = 0; i < AGAIN_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(p->recorder, pos);
		if (r == NULL || r->x.first_ns < x->first_ns - AGAIN_NS)
			return false;
		pos = r->prev_asker;
		if (&r->x == x || r->x.name_hash != x->name_hash || r->x.qtype != x->qtype ||
		    !rc_addr_equal(&r->x.asker, &x->asker) ||
		    r->x.first_ns > x->first_ns + AGAIN_NS)
			continue;
		/* A referral leads to another server, with the same question. */
		bool there = final || rc_addr_equal(&r->x.server, &x->server);
		bool later = r->x.first_ns > o->ts_ns;
		if (there && (later || (r->x.marks & RC_X_FRAGMENTS_LOST)))
			return true;
	}
	return false;
}

/*
 * Part of a reply. Where a client does not ask again it has arrived, and only the capture has not all of it: as a filter
 * for port 53 lets no fragment through but the first. Then it is an answer that is cut. (A resolver may give up without
 * asking again: what it does instead is looked at where it matters.)
 */
void rc_pair_observe_fragments(struct rc_pair *p, const struct rc_obs *o,
			       const struct rc_pair_keys *keys)
{
	struct rc_ends e = rc_ends_of(o, o->from_server);
	uint64_t pos = find_quoted(p, o, &e);
	struct rc_record *r = rc_recorder_at(p->recorder, pos);
	p->stats.fragments_lost++;
	if (r == NULL)
		return;
	r->x.marks |= RC_X_FRAGMENTS_LOST;
	if (r->x.sign_frame == 0)
		rc_pair_note_sign(&r->x, o);
	bool by_client = (r->x.query.flags & RC_FLAG_RD) && o->from_server;
	if (!by_client || r->x.state != RC_X_PENDING || !o->msg.has_question ||
	    !rc_msg_is_response(&o->msg) || is_asked_again(p, &r->x, o))
		return;
	struct rc_obs answer = *o;
	answer.kind = RC_OBS_MESSAGE;
	answer.flags |= RC_OBS_CUT;
	rc_pair_take_answer(p, r, pos, &answer, keys);
}
