#include "decode/stream_state.h"

#include "base/limits.h"
#include "base/time.h"

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10 };

struct segment {
	uint32_t seq, ack;
	uint8_t flags;
	const uint8_t *data;
	uint32_t len, wire_len; /* captured, sent */
};

int rc_streams_init(struct rc_streams *s, uint64_t seed, size_t memory_bytes,
		    const struct rc_ports *ports, struct rc_decode_stats *stats,
		    struct rc_scratch *scratch)
{
	*s = (struct rc_streams){.ports = ports, .stats = stats, .scratch = scratch};
	size_t n = memory_bytes / 2 / sizeof(struct rc_piece);
	int err = rc_table_init(&s->table, seed, memory_bytes / 2, sizeof(struct rc_stream),
				sizeof(struct rc_stream_key));
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
	rc_pieces_clear(&s->pool, &stream->dir[RC_STREAM_CLIENT].pieces);
	rc_pieces_clear(&s->pool, &stream->dir[RC_STREAM_SERVER].pieces);
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
	stream->dir[RC_STREAM_CLIENT].pieces = stream->dir[RC_STREAM_SERVER]
						       .pieces = RC_PIECES_EMPTY;
	stream->over = false;
	stream->unanswered = (struct rc_unanswered){.n = 0};
	s->stats->streams++;
}

/* The key of p's connection; true if p was sent by its side a. */
static bool make_key(const struct rc_streams *s, const struct rc_packet *p,
		     struct rc_stream_key *ret_key)
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
	struct rc_stream_key key;
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
		stream->dir[RC_STREAM_CLIENT].pieces = stream->dir[RC_STREAM_SERVER]
							       .pieces = RC_PIECES_EMPTY;
		reset_stream(s, stream);
		bool both = rc_ports_has(&s->ports->dns, p->src_port) &&
			    rc_ports_has(&s->ports->dns, p->dst_port);
		bool client_speaks = (flags & (SYN | ACK)) != (SYN | ACK);
		stream->b_is_client = both && from_a != client_speaks;
	}
	bool b_is_client = stream && stream->b_is_client;
	*ret_dir = from_a != b_is_client ? RC_STREAM_CLIENT : RC_STREAM_SERVER;
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

static void begin(struct rc_stream_direction *d, uint32_t isn, uint32_t base)
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
	struct rc_stream_direction *d = &stream->dir[dir], *other = &stream->dir[!dir];
	if (d->has_isn && d->isn == g->seq)
		return;
	if (d->known || (dir == RC_STREAM_CLIENT && other->known))
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

bool rc_stream_keep(struct rc_streams *s, struct rc_stream_direction *d, uint32_t seq,
		    const uint8_t *data, uint32_t len)
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

static void take_data(struct rc_streams *s, struct rc_stream_direction *d, struct segment *g)
{
	struct rc_stream_run *run = &s->run;
	int32_t ahead = rc_stream_distance(g->seq, d->base);
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
	run->force = !rc_stream_keep(s, d, g->seq, g->data, g->len);
}

static void take_ack(struct rc_stream_direction *other, const struct segment *g)
{
	if (!(g->flags & ACK))
		return;
	if (!other->has_acked || rc_stream_distance(g->ack, other->acked) > 0)
		other->acked = g->ack;
	other->has_acked = true;
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
		rc_stream_set_event(&s->run, RC_TCP_RESET, dir);
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
		bool established = g.flags & ACK && dir == RC_STREAM_SERVER;
		if (established || dir == RC_STREAM_CLIENT)
			rc_stream_set_event(&s->run, established ? RC_TCP_ESTABLISHED : RC_TCP_SYN,
					    dir);
		take_syn(s, stream, dir, &g);
		g.seq++;
	}
	take_ack(&stream->dir[!dir], &g);
	struct rc_stream_direction *d = &stream->dir[dir];
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
