/*
 * Inside pairing: messages (pair.c), answers that fit no open question (orphan.c), and what goes with messages:
 * ICMP errors, TCP connections, lost fragments (side.c).
 */
#ifndef RC_ANALYZE_PAIR_INTERNAL_H
#define RC_ANALYZE_PAIR_INTERNAL_H

#include "analyze/pair/early.h"
#include "analyze/pair/pair.h"
#include "analyze/pair/pending.h"
#include "base/hash.h"

/* Copies of a packet come this close, repeats do not. */
#define RC_MIRROR_WINDOW_NS (50 * RC_NS_PER_MS)

struct rc_pair {
	struct rc_recorder *recorder;
	struct rc_pending pending;
	struct rc_early *early;
	uint64_t seed;
	uint64_t cursor; /* the last record looked at for expiry */
	uint64_t next;   /* the one behind it, 0 not known, and its first query */
	int64_t next_ns;
	int64_t quiet_ns;  /* nothing can be due before, if time does not leap */
	uint64_t last_tls; /* as rc_pair_last_tls says */
	int64_t timeout_ns;
	int64_t now_ns;
	int64_t before_leap_ns, leap_ns; /* the latest leap of time, from and to; alike: none */
	struct rc_pair_output out;
	struct rc_pair_stats stats;
};

/* The two ends of an observation, by who asks. */
struct rc_ends {
	const struct rc_addr *asker, *server;
	uint16_t asker_port, server_port;
};

static inline struct rc_ends rc_ends_of(const struct rc_obs *o, bool from_server)
{
	if (from_server)
		return (struct rc_ends){&o->dst, &o->src, o->dst_port, o->src_port};
	return (struct rc_ends){&o->src, &o->dst, o->src_port, o->dst_port};
}

/* From the hashes of the two addresses. */
static inline uint64_t rc_tag_of(const struct rc_pair *p, const struct rc_pair_keys *hosts,
				 const struct rc_ends *e, uint8_t transport, uint16_t id,
				 bool connection)
{
	uint64_t ports = (uint64_t)e->asker_port << 48 | (uint64_t)e->server_port << 32 |
			 (uint64_t)transport << 24 | (uint64_t)connection << 16 | id;
	uint64_t h = rc_hash_u64(p->seed, hosts->asker_host ^ ports, hosts->server_host);
	return h == 0 ? 1 : h;
}

static inline bool rc_same_ends(const struct rc_exchange *x, const struct rc_ends *e)
{
	return x->asker_port == e->asker_port && x->server_port == e->server_port &&
	       rc_addr_equal(&x->asker, e->asker) && rc_addr_equal(&x->server, e->server);
}

static inline bool rc_same_question(const struct rc_exchange *x, const struct rc_msg *m)
{
	return x->name_hash == m->qname_hash && x->qtype == m->qtype && x->qclass == m->qclass;
}

/*
 * The open record of these ends and ID, 0 if there is none. With a question it must be the same question;
 * *ret_other (may be NULL) gets a record that fits but for the question.
 */
uint64_t rc_pair_find(struct rc_pair *p, uint64_t tag, const struct rc_ends *e,
		      const struct rc_msg *question, uint64_t *ret_other);

/* A packet that says what became of the question without being its answer. */
static inline void rc_pair_note_sign(struct rc_exchange *x, const struct rc_obs *o)
{
	x->sign_ns = o->ts_ns;
	x->sign_frame = o->frame & RC_FRAME_MASK;
	x->sign_source = o->source;
}

/* Takes a record out of the table, if it is in it. */
void rc_pair_unlist(struct rc_pair *p, struct rc_record *r, uint64_t pos);

/*
 * Writes a record begun by this observation and enters it in the table; returns its position. What the
 * message says is left to the caller.
 */
uint64_t rc_pair_add_record(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e,
			    const struct rc_pair_keys *keys, const struct rc_name *name,
			    uint64_t name_hash, struct rc_record **ret_record);

/* The tag of a message between these ends. */
uint64_t rc_pair_tag(const struct rc_pair *p, const struct rc_ends *e, const struct rc_obs *o);

/* The keys of a TCP connection's record: hash is RC_CONNECT_HASH or RC_TLS_HASH. */
struct rc_pair_keys rc_pair_connection_keys(const struct rc_pair *p, const struct rc_ends *e,
					    uint64_t hash);

/* The message is the answer to an open record, or a further one of a zone transfer. */
void rc_pair_take_answer(struct rc_pair *p, struct rc_record *r, uint64_t pos,
			 const struct rc_obs *o, const struct rc_pair_keys *keys);

/* A further query (or SYN) of an open record: a repeat, or a copy made by the mirror. */
void rc_pair_note_attempt(struct rc_pair *p, struct rc_record *r, const struct rc_obs *o);

/*
 * An answer that no open question fits: a copy, a repeat, a late one, one that fits but for its ID, its source or
 * its question (other: the position of such a record, 0 none), or one that came before its question: kept for it.
 */
void rc_pair_observe_orphan(struct rc_pair *p, const struct rc_obs *o, const struct rc_ends *e,
			    const struct rc_pair_keys *keys, uint64_t other);

/* A query from a DNS port: is it one of those that were put to it, sent back as it was? Then it is marked so. */
bool rc_pair_is_sent_back(struct rc_pair *p, const struct rc_obs *o);

/* Gives the record, begun by the query, its answer, or the ICMP error about it, if that came before. */
void rc_pair_take_early(struct rc_pair *p, struct rc_record *r, uint64_t pos,
			const struct rc_obs *query, const struct rc_pair_keys *keys);

void rc_pair_observe_icmp(struct rc_pair *p, const struct rc_obs *o);
void rc_pair_observe_tcp(struct rc_pair *p, const struct rc_obs *o);
void rc_pair_observe_fragments(struct rc_pair *p, const struct rc_obs *o,
			       const struct rc_pair_keys *keys);

#endif
