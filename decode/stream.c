#include "decode/stream.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode/resync.h"
#include "decode/unanswered.h"

enum { PREFIX_LEN = 2 };
enum { FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10 };
enum { CLIENT, SERVER };

struct key {
	struct rc_addr a, b; /* client and server; if both have DNS ports, in numeric order */
	uint16_t a_port, b_port;
};

struct direction {
	struct rc_pieces pieces;
	uint32_t base;  /* position of the next octet to be read: if synced, of a length prefix */
	uint32_t isn;   /* initial sequence number */
	uint32_t acked; /* highest acknowledgement by the other side */
	uint32_t fin;   /* position of the FIN */
	uint64_t frame; /* of the last segment held back, and its time */
	int64_t ts_ns;
	bool known; /* base is set */
	bool synced;
	bool gap;   /* the next message comes after one */
	bool lossy; /* messages may have been missed */
	bool torn;  /* ... and that since it began */
	bool has_isn, has_acked, has_fin, fin_told;
};

struct rc_stream {
	struct rc_table_row row;
	struct key key;
	struct direction dir[2];
	bool b_is_client; /* both have DNS ports, and b spoke first */
	bool over;        /* closed or reset: kept to know late copies */
	struct rc_unanswered unanswered;
};

struct segment {
	uint32_t seq, ack;
	uint8_t flags;
	const uint8_t *data;
	uint32_t len, wire_len; /* captured, sent */
};

enum step { STEP_FOUND, STEP_AGAIN, STEP_NOTHING };

/* a - b in sequence space: negative when a is before b */
static int32_t distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

int rc_streams_init(struct rc_streams *s, uint64_t seed, size_t memory_bytes,
		    const struct rc_ports *ports, struct rc_decode_stats *stats,
		    struct rc_scratch *scratch)
{
	*s = (struct rc_streams){.ports = ports, .stats = stats, .scratch = scratch};
	size_t n = memory_bytes / 2 / sizeof(struct rc_piece);
	int err = rc_table_init(&s->table, seed, memory_bytes / 2, sizeof(struct rc_stream),
				sizeof(struct key));
	if (!err)
		err = rc_pieces_pool_init(&s->pool, n ? (uint32_t)n : 1);
	return err;
}

void rc_streams_free(struct rc_streams *s)
{
	rc_table_free(&s->table);
	rc_pieces_pool_free(&s->pool);
}

static void clear(struct rc_streams *s, struct rc_stream *stream)
{
	rc_pieces_clear(&s->pool, &stream->dir[CLIENT].pieces);
	rc_pieces_clear(&s->pool, &stream->dir[SERVER].pieces);
}

static void forget(struct rc_streams *s, struct rc_stream *stream)
{
	clear(s, stream);
	rc_table_remove(&s->table, stream);
}

void rc_streams_expire(struct rc_streams *s, int64_t now_ns, uint32_t max)
{
	for (struct rc_stream *oldest; max-- && (oldest = rc_table_oldest(&s->table));) {
		if (!rc_packet_older(oldest->row.ts_ns, now_ns, RC_STREAM_IDLE_S * RC_NS_PER_S))
			break;
		if (!oldest->over)
			s->stats->streams_expired++;
		forget(s, oldest);
	}
}

/* --- finding the stream --- */

static void reset_stream(struct rc_streams *s, struct rc_stream *stream)
{
	clear(s, stream);
	memset(stream->dir, 0, sizeof stream->dir);
	stream->dir[CLIENT].pieces = stream->dir[SERVER].pieces = RC_PIECES_EMPTY;
	stream->over = false;
	stream->unanswered = (struct rc_unanswered){.n = 0};
	s->stats->streams++;
}

/* The key of p's connection; true if p was sent by its side a. */
static bool make_key(const struct rc_streams *s, const struct rc_packet *p, struct key *ret_key)
{
	bool src_dns = rc_ports_has(&s->ports->dns, p->src_port);
	bool dst_dns = rc_ports_has(&s->ports->dns, p->dst_port);
	bool from_a = dst_dns;
	if (src_dns && dst_dns) {
		int order = memcmp(&p->src, &p->dst, sizeof p->src);
		from_a = order < 0 || (order == 0 && p->src_port <= p->dst_port);
	}
	memset(ret_key, 0, sizeof *ret_key);
	ret_key->a = from_a ? p->src : p->dst;
	ret_key->b = from_a ? p->dst : p->src;
	ret_key->a_port = from_a ? p->src_port : p->dst_port;
	ret_key->b_port = from_a ? p->dst_port : p->src_port;
	return from_a;
}

static struct rc_stream *find_or_add(struct rc_streams *s, const struct rc_packet *p, bool add,
				     unsigned *ret_dir, uint8_t flags)
{
	struct key key;
	bool from_a = make_key(s, p, &key);
	uint64_t hash = rc_table_hash(&s->table, &key);
	struct rc_stream *stream = rc_table_find(&s->table, hash, &key), *oldest;
	if (!stream && add) {
		while (!(stream = rc_table_add(&s->table, hash, &key, p->ts_ns))) {
			oldest = rc_table_oldest(&s->table);
			if (!oldest->over)
				s->stats->streams_evicted++;
			forget(s, oldest);
		}
		stream->dir[CLIENT].pieces = stream->dir[SERVER].pieces = RC_PIECES_EMPTY;
		reset_stream(s, stream);
		bool both = rc_ports_has(&s->ports->dns, p->src_port) &&
			    rc_ports_has(&s->ports->dns, p->dst_port);
		bool client_speaks = (flags & (SYN | ACK)) != (SYN | ACK);
		stream->b_is_client = both && from_a != client_speaks;
	}
	bool b_is_client = stream && stream->b_is_client;
	*ret_dir = from_a != b_is_client ? CLIENT : SERVER;
	return stream;
}

/* --- segments in --- */

static bool read_header(struct rc_packet *p, struct segment *ret_segment)
{
	enum { HEADER_LEN = 20, PORTS_LEN = 4 };
	struct rc_cursor *c = &p->c;
	uint32_t start = c->pos - PORTS_LEN;
	ret_segment->seq = rc_cursor_u32(c);
	ret_segment->ack = rc_cursor_u32(c);
	uint32_t header_len = (rc_cursor_u8(c) >> 4) * 4u;
	ret_segment->flags = rc_cursor_u8(c);
	rc_cursor_skip(c, 6); /* window, checksum, urgent pointer */
	if (!c->failed && header_len < HEADER_LEN) {
		p->fate = RC_FATE_BAD_HEADER;
		return false;
	}
	rc_cursor_seek(c, start + header_len);
	ret_segment->wire_len = rc_packet_wire_left(p);
	uint32_t len = rc_cursor_left(c);
	ret_segment->len = len < ret_segment->wire_len ? len : ret_segment->wire_len;
	ret_segment->data = rc_cursor_bytes(c, ret_segment->len);
	return !c->failed;
}

static void begin(struct direction *d, uint32_t isn, uint32_t base)
{
	d->isn = isn;
	d->has_isn = true;
	d->base = base;
	d->known = d->synced = true;
}

/* SYN and SYN+ACK: where the streams begin (RFC 9293 3.4). Data on a SYN is RFC 7413's. */
static void take_syn(struct rc_streams *s, struct rc_stream *stream, unsigned dir,
		     const struct segment *g)
{
	struct direction *d = &stream->dir[dir], *other = &stream->dir[!dir];
	if (d->has_isn && d->isn == g->seq)
		return;
	if (d->known || (dir == CLIENT && other->known))
		reset_stream(s, stream);
	begin(d, g->seq, g->seq + 1);
	if (g->flags & ACK && !other->known)
		begin(other, g->ack - 1, g->ack);
}

/* Makes room in the pool by forgetting what the streams longest unused hold back. */
static bool make_room(struct rc_streams *s, const struct rc_stream *keep, uint32_t need)
{
	struct rc_stream *stream = rc_table_oldest(&s->table);
	for (unsigned i = 0; i < RC_STREAM_EVICT_SCAN && stream && s->pool.left < need; i++) {
		struct rc_stream *newer = rc_table_newer(&s->table, stream);
		if (stream != keep && (stream->dir[0].pieces.n || stream->dir[1].pieces.n)) {
			if (!stream->over)
				s->stats->streams_evicted++;
			forget(s, stream);
		}
		stream = newer;
	}
	return s->pool.left >= need;
}

/* Keeps octets until what is missing comes; false when there is no room. */
static bool keep(struct rc_streams *s, struct direction *d, uint32_t seq, const uint8_t *data,
		 uint32_t len)
{
	uint32_t added;
	make_room(s, s->run.stream, 2 * (len / RC_PIECE_DATA + 2));
	int err = rc_pieces_insert(&s->pool, &d->pieces, RC_STREAM_PIECES_MAX, seq, data, len,
				   &added);
	if (err)
		s->stats->segments_dropped++;
	d->frame = s->run.frame;
	d->ts_ns = s->run.ts_ns;
	return !err;
}

static void take_data(struct rc_streams *s, struct direction *d, struct segment *g)
{
	struct rc_stream_run *run = &s->run;
	int32_t ahead = distance(g->seq, d->base);
	if (!d->known || ahead > (int32_t)RC_STREAM_WINDOW || ahead < -(int32_t)RC_STREAM_WINDOW) {
		rc_pieces_clear(&s->pool, &d->pieces);
		d->synced = false;
		d->gap = d->known;
		d->lossy = d->lossy || d->known;
		d->torn = d->torn || d->known;
		d->known = true;
		d->base = g->seq;
		ahead = 0;
	}
	if (ahead < 0) {
		uint32_t old = (uint32_t)-ahead;
		if (old >= g->wire_len) {
			s->stats->segments_repeated++;
			return;
		}
		uint32_t skip = old < g->len ? old : g->len;
		g->data += skip;
		g->len -= skip;
		g->wire_len -= old;
		g->seq = d->base;
		ahead = 0;
	}
	if (ahead == 0 && d->pieces.n == 0) {
		run->data = g->data;
		run->left = g->len;
		run->wire = g->wire_len;
		return;
	}
	if (ahead > 0)
		s->stats->segments_out_of_order++;
	run->force = !keep(s, d, g->seq, g->data, g->len);
}

static void take_ack(struct direction *other, const struct segment *g)
{
	if (!(g->flags & ACK))
		return;
	if (!other->has_acked || distance(g->ack, other->acked) > 0)
		other->acked = g->ack;
	other->has_acked = true;
}

static void set_event(struct rc_stream_run *run, enum rc_tcp_event event, unsigned dir)
{
	run->has_event = true;
	run->event = event;
	run->from_server = dir == SERVER;
	run->event_reverse = run->turned;
}

enum rc_layer rc_streams_segment(struct rc_streams *s, struct rc_packet *p)
{
	struct segment g;
	unsigned dir;
	p->fate = RC_FATE_TCP;
	s->run = (struct rc_stream_run){.frame = p->frame, .ts_ns = p->ts_ns};
	if (!read_header(p, &g))
		return RC_LAYER_END;
	rc_streams_expire(s, p->ts_ns, 2);
	bool add = g.flags & SYN || (g.wire_len && !(g.flags & RST));
	struct rc_stream *stream = find_or_add(s, p, add, &dir, g.flags);
	if (g.flags & RST) {
		set_event(&s->run, RC_TCP_RESET, dir);
		if (stream) {
			clear(s, stream);
			stream->over = true;
		}
		return RC_LAYER_TCP;
	}
	if (!stream)
		return RC_LAYER_END;
	rc_table_touch(&s->table, stream, p->ts_ns);
	s->run.stream = stream;
	s->run.dir = dir;
	if (g.flags & SYN) {
		bool established = g.flags & ACK && dir == SERVER;
		if (established || dir == CLIENT)
			set_event(&s->run, established ? RC_TCP_ESTABLISHED : RC_TCP_SYN, dir);
		take_syn(s, stream, dir, &g);
		g.seq++;
	}
	take_ack(&stream->dir[!dir], &g);
	struct direction *d = &stream->dir[dir];
	if (g.flags & FIN && !d->has_fin) {
		d->has_fin = true;
		d->fin = g.seq + g.wire_len;
	}
	if (g.wire_len) {
		if (!d->known && !stream->dir[!dir].known)
			s->stats->streams_midway++;
		take_data(s, d, &g);
	}
	return RC_LAYER_TCP;
}

/* --- messages out --- */

static void give(struct direction *d, struct rc_stream_item *item, const uint8_t *wire,
		 uint32_t len, uint32_t full_len, uint32_t flags)
{
	*item = (struct rc_stream_item){.wire = wire, .len = len, .full_len = full_len};
	item->flags = flags | (d->gap ? RC_OBS_RESYNC : 0u) | (len < full_len ? RC_OBS_CUT : 0u);
	d->gap = false;
}

static void lose_sync(struct direction *d)
{
	d->synced = false;
	d->gap = d->lossy = d->torn = true;
}

static void advance(struct rc_stream_run *run, struct direction *d, uint32_t n)
{
	d->base += n;
	run->data += n;
	run->left -= n;
	run->wire -= n;
}

/* Reads nothing more of the segment: the next octet wanted is at base. */
static enum step leave_segment(struct rc_stream_run *run, struct direction *d, uint32_t base,
			       bool synced)
{
	d->base = base;
	if (!synced)
		lose_sync(d);
	run->left = run->wire = 0;
	return STEP_NOTHING;
}

/* The snap length took the end of the segment, and of the message at base. */
static enum step cut_message(struct rc_stream_run *run, struct direction *d, uint32_t message_len,
			     struct rc_stream_item *ret_item)
{
	const uint8_t *data = run->data + PREFIX_LEN;
	uint32_t len = run->left - PREFIX_LEN, end = PREFIX_LEN + message_len;
	uint32_t wire = run->wire;
	bool found = len >= RC_DNS_HEADER_LEN;
	if (found)
		give(d, ret_item, data, len, message_len, 0);
	leave_segment(run, d, d->base + (wire > end ? wire : end), wire <= end);
	return found ? STEP_FOUND : STEP_NOTHING;
}

/* In order, nothing held back: straight from the segment. */
static enum step from_segment(struct rc_streams *s, struct direction *d, bool from_server,
			      struct rc_stream_item *ret_item)
{
	struct rc_stream_run *run = &s->run;
	uint32_t end = d->base + run->wire;
	if (!d->synced && run->left >= PREFIX_LEN + RC_DNS_HEADER_LEN) {
		uint32_t skip = rc_resync_find(run->data, run->left, from_server);
		if (skip == RC_RESYNC_NONE) {
			s->stats->stream_skipped_bytes += run->wire;
			return leave_segment(run, d, end, false);
		}
		s->stats->stream_resyncs++;
		s->stats->stream_skipped_bytes += skip;
		advance(run, d, skip);
		d->synced = d->gap = true;
	}
	if (d->synced && run->left >= PREFIX_LEN) {
		struct rc_cursor c = rc_cursor_init(run->data, run->left);
		uint32_t len = rc_cursor_u16(&c);
		if (run->left >= PREFIX_LEN + len) {
			if (len)
				give(d, ret_item, run->data + PREFIX_LEN, len, len, 0);
			advance(run, d, PREFIX_LEN + len);
			return len ? STEP_FOUND : STEP_AGAIN;
		}
		if (run->left < run->wire)
			return cut_message(run, d, len, ret_item);
	}
	if (run->left < run->wire || !keep(s, d, d->base, run->data, run->left))
		return leave_segment(run, d, end, false);
	return leave_segment(run, d, d->base, true);
}

/* The octet at base + contiguous is missing, others behind it are there: *ret_next the first. */
static bool is_lost(const struct rc_streams *s, const struct direction *d, uint32_t contiguous,
		    uint32_t *ret_next)
{
	uint32_t hole = d->base + contiguous;
	if (!rc_pieces_next(&s->pool, &d->pieces, hole, ret_next))
		return false;
	/* The receiver has it, or there is no more room to wait for it. */
	return s->run.force || (d->has_acked && distance(d->acked, hole) > 0);
}

/* Goes on behind a hole; what there is of a message before it is given out. */
static enum step jump(struct rc_streams *s, struct direction *d, uint32_t contiguous,
		      uint32_t message_len, uint32_t next, struct rc_stream_item *ret_item)
{
	enum step step = STEP_AGAIN;
	s->stats->stream_gaps++;
	if (contiguous < PREFIX_LEN || !d->synced) {
		d->base = next;
		lose_sync(d);
		return step;
	}
	uint32_t len = contiguous - PREFIX_LEN, end = d->base + PREFIX_LEN + message_len;
	if (len >= RC_DNS_HEADER_LEN) {
		uint8_t *wire = rc_scratch_take(s->scratch, len);
		if (wire) {
			rc_pieces_copy(&s->pool, &d->pieces, d->base + PREFIX_LEN, wire, len);
			give(d, ret_item, wire, len, message_len, RC_OBS_REASSEMBLED);
			step = STEP_FOUND;
		} else {
			s->stats->scratch_full++;
		}
	}
	d->base = end;
	d->gap = d->lossy = d->torn = true;
	if (distance(next, end) > 0) {
		d->base = next;
		d->synced = false;
	}
	return step;
}

/* Looks for a message boundary in what is held back. */
static enum step resync_pieces(struct rc_streams *s, struct direction *d, bool from_server,
			       uint32_t contiguous)
{
	uint8_t octets[RC_PIECE_DATA];
	uint32_t next;
	if (contiguous < PREFIX_LEN + RC_DNS_HEADER_LEN) {
		if (!is_lost(s, d, contiguous, &next))
			return STEP_NOTHING;
		s->stats->stream_skipped_bytes += contiguous;
		return jump(s, d, contiguous, 0, next, NULL);
	}
	uint32_t n = rc_pieces_copy(&s->pool, &d->pieces, d->base, octets, sizeof octets);
	uint32_t skip = rc_resync_find(octets, n, from_server);
	if (skip == RC_RESYNC_NONE) {
		skip = n;
		lose_sync(d);
	} else {
		s->stats->stream_resyncs++;
		d->synced = d->gap = true;
	}
	s->stats->stream_skipped_bytes += skip;
	d->base += skip;
	return STEP_AGAIN;
}

static enum step from_pieces(struct rc_streams *s, struct direction *d, bool from_server,
			     struct rc_stream_item *ret_item)
{
	uint8_t prefix[PREFIX_LEN];
	uint32_t len = 0, next;
	rc_pieces_drop(&s->pool, &d->pieces, d->base);
	if (!d->pieces.n)
		return STEP_NOTHING;
	uint32_t contiguous = rc_pieces_contiguous(&s->pool, &d->pieces, d->base);
	if (!d->synced)
		return resync_pieces(s, d, from_server, contiguous);
	if (contiguous >= PREFIX_LEN) {
		rc_pieces_copy(&s->pool, &d->pieces, d->base, prefix, PREFIX_LEN);
		struct rc_cursor c = rc_cursor_init(prefix, PREFIX_LEN);
		len = rc_cursor_u16(&c);
		if (contiguous - PREFIX_LEN >= len) {
			uint8_t *wire = rc_scratch_take(s->scratch, len);
			if (wire)
				rc_pieces_copy(&s->pool, &d->pieces, d->base + PREFIX_LEN, wire,
					       len);
			else
				s->stats->scratch_full++;
			if (wire && len)
				give(d, ret_item, wire, len, len, RC_OBS_REASSEMBLED);
			d->base += PREFIX_LEN + len;
			return wire && len ? STEP_FOUND : STEP_AGAIN;
		}
	}
	if (!is_lost(s, d, contiguous, &next))
		return STEP_NOTHING;
	return jump(s, d, contiguous, len, next, ret_item);
}

/* The side's FIN is reached. True if it is the server's, which leaves queries without an answer while its client waits. */
static bool finish(struct rc_streams *s, struct rc_stream *stream, unsigned dir,
		   struct rc_stream_item *ret_item)
{
	struct direction *d = &stream->dir[dir];
	if (!d->has_fin || d->fin_told)
		return false;
	uint32_t contiguous = d->known ? rc_pieces_contiguous(&s->pool, &d->pieces, d->base) : 0;
	if (d->known && distance(d->fin, d->base + contiguous) > 0)
		return false;
	d->fin_told = true;
	if (contiguous)
		s->stats->stream_incomplete++;
	rc_pieces_clear(&s->pool, &d->pieces);
	stream->over = stream->dir[!dir].fin_told;
	if (dir != SERVER || stream->over || !rc_unanswered_any(&stream->unanswered))
		return false;
	*ret_item = (struct rc_stream_item){
		.is_event = true, .event = RC_TCP_CLOSED, .from_server = true};
	return true;
}

static bool take_message(struct rc_streams *s, struct rc_stream *stream,
			 struct rc_stream_item *ret_item)
{
	struct rc_stream_run *run = &s->run;
	struct direction *d = &stream->dir[run->dir];
	bool from_server = run->dir == SERVER;
	enum step step = STEP_AGAIN;
	while (step == STEP_AGAIN)
		step = run->wire ? from_segment(s, d, from_server, ret_item)
				 : from_pieces(s, d, from_server, ret_item);
	if (from_server && d->lossy) { /* the answers may lie in what was missed */
		if (rc_unanswered_any(&stream->unanswered))
			set_event(run, RC_TCP_GAP, SERVER);
		stream->unanswered = (struct rc_unanswered){.n = 0};
		d->lossy = false;
	}
	if (step != STEP_FOUND)
		return false;
	const struct direction *asks = &stream->dir[CLIENT];
	bool ahead = asks->has_acked && distance(asks->acked, asks->base) > asks->has_fin;
	if (from_server && (asks->torn || !asks->has_isn || ahead))
		ret_item->flags |= RC_OBS_UNASKED;
	ret_item->from_server = from_server;
	ret_item->frame = run->turned ? d->frame : run->frame;
	ret_item->ts_ns = run->turned ? d->ts_ns : run->ts_ns;
	rc_unanswered_note(&stream->unanswered, ret_item->wire, ret_item->len);
	return true;
}

static bool take_event(struct rc_stream_run *run, struct rc_stream_item *ret_item)
{
	if (!run->has_event)
		return false;
	run->has_event = false;
	*ret_item = (struct rc_stream_item){
		.is_event = true,
		.event = run->event,
		.from_server = run->from_server,
		.reverse = run->event_reverse,
	};
	return true;
}

bool rc_streams_next(struct rc_streams *s, struct rc_stream_item *ret_item)
{
	struct rc_stream_run *run = &s->run;
	if (take_event(run, ret_item))
		return true;
	while (run->stream) {
		if (take_message(s, run->stream, ret_item) ||
		    finish(s, run->stream, run->dir, ret_item)) {
			ret_item->reverse = run->turned;
			return true;
		}
		if (run->turned)
			run->stream = NULL;
		run->turned = true;
		run->force = false;
		run->dir = !run->dir;
	}
	return take_event(run, ret_item);
}
