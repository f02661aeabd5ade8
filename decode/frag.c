#include "decode/frag.h"

#include "base/err.h"
#include "decode/ip.h"
#include "decode/obs.h"

struct key {
	struct rc_addr src, dst;
	uint32_t id;
	uint16_t proto; /* IPv4: part of the identity (RFC 791 3.2); IPv6: 0 */
	uint16_t ip6;
};

struct datagram {
	struct rc_table_row row;
	struct key key;
	struct rc_pieces pieces;
	uint32_t have;    /* octets */
	uint32_t end;     /* behind the furthest octet seen */
	uint32_t total;   /* octets, 0 while the last fragment is missing */
	uint32_t cut_off; /* from here on the snap length took octets; UINT32_MAX: nowhere */
	bool first_seen;
	bool done;              /* given out: what still comes is a copy, or behind a cut */
	bool ignored;           /* of no interest: neither DNS nor an encapsulation */
	struct rc_packet first; /* of the fragment at offset 0 */
};

int rc_frags_init(struct rc_frags *f, uint64_t seed, size_t memory_bytes,
		  const struct rc_ports *ports, struct rc_decode_stats *stats,
		  struct rc_scratch *scratch)
{
	*f = (struct rc_frags){.ports = ports, .stats = stats, .scratch = scratch};
	size_t n = memory_bytes / 4 * 3 / sizeof(struct rc_piece);
	int err = rc_table_init(&f->table, seed, memory_bytes / 4, sizeof(struct datagram),
				sizeof(struct key));
	if (!err)
		err = rc_pieces_pool_init(&f->pool, n ? (uint32_t)n : 1);
	return err;
}

void rc_frags_free(struct rc_frags *f)
{
	rc_table_free(&f->table);
	rc_pieces_pool_free(&f->pool);
}

static void forget(struct rc_frags *f, struct datagram *d)
{
	rc_pieces_clear(&f->pool, &d->pieces);
	rc_table_remove(&f->table, d);
}

static void evict(struct rc_frags *f, struct datagram *d)
{
	if (!d->done && !d->ignored)
		f->stats->fragments_evicted++;
	forget(f, d);
}

static void restart(struct rc_frags *f, struct datagram *d)
{
	rc_pieces_clear(&f->pool, &d->pieces);
	d->have = d->end = d->total = 0;
	d->cut_off = UINT32_MAX;
	d->first_seen = d->done = d->ignored = false;
}

static struct datagram *find_or_add(struct rc_frags *f, const struct rc_packet *p)
{
	struct key key;
	memset(&key, 0, sizeof key);
	key.src = p->src;
	key.dst = p->dst;
	key.id = p->fragment.id;
	key.ip6 = (p->flags & RC_OBS_IP6) != 0;
	key.proto = key.ip6 ? 0 : p->fragment.proto;
	uint64_t hash = rc_table_hash(&f->table, &key);
	struct datagram *d = rc_table_find(&f->table, hash, &key);
	if (d) {
		/* An identification may soon be used again; copies come at once (mirror ports). */
		if (d->done &&
		    rc_packet_older(d->row.ts_ns, p->ts_ns, RC_FRAG_DONE_S * RC_NS_PER_S)) {
			restart(f, d);
			rc_table_touch(&f->table, d, p->ts_ns);
		}
		return d;
	}
	while (!(d = rc_table_add(&f->table, hash, &key, p->ts_ns)))
		evict(f, rc_table_oldest(&f->table));
	d->pieces = RC_PIECES_EMPTY;
	restart(f, d);
	return d;
}

/* The ports of the datagram's UDP or TCP header are neither DNS nor an encapsulation. */
static bool of_no_interest(const struct rc_frags *f, const struct rc_packet *p)
{
	enum { PORTS_LEN = 4 };
	if (p->fragment.off || rc_cursor_left(&p->c) < PORTS_LEN ||
	    (p->fragment.proto != RC_IP_UDP && p->fragment.proto != RC_IP_TCP))
		return false;
	return !rc_ports_has(&f->ports->any, rc_cursor_peek_u16(&p->c, 0)) &&
	       !rc_ports_has(&f->ports->any, rc_cursor_peek_u16(&p->c, 2));
}

/* Position and size agree with each other and with what came before (RFC 791 3.2, RFC 8200 4.5). */
static bool is_sound(const struct datagram *d, const struct rc_fragment *fragment, uint32_t len)
{
	enum { UNIT = 8, PAYLOAD_MAX = 65535 };
	uint32_t end = fragment->off + len;
	if (len == 0 || end > PAYLOAD_MAX || (fragment->more && len % UNIT))
		return false;
	if (d->total && (end > d->total || (!fragment->more && end != d->total)))
		return false;
	return fragment->more || d->end <= end;
}

static int store(struct rc_frags *f, struct datagram *d, struct rc_packet *p, uint32_t wire_len)
{
	uint32_t len = rc_cursor_left(&p->c), off = p->fragment.off, added, filled = 0;
	len = len < wire_len ? len : wire_len;
	/* Twice the pieces of the data: holes on both sides of older ones split them. */
	uint32_t need = 2 * (wire_len / RC_PIECE_DATA + 2);
	struct datagram *oldest;
	while (f->pool.left < need && (oldest = rc_table_oldest(&f->table)) != d)
		evict(f, oldest);
	int err = rc_pieces_insert(&f->pool, &d->pieces, RC_FRAG_PIECES_MAX, off,
				   rc_cursor_bytes(&p->c, len), len, &added);
	if (!err && wire_len > len) {
		err = rc_pieces_insert(&f->pool, &d->pieces, RC_FRAG_PIECES_MAX, off + len, NULL,
				       wire_len - len, &filled);
		d->cut_off = d->cut_off < off + len ? d->cut_off : off + len;
	}
	if (added + filled < wire_len)
		f->stats->fragments_overlap++;
	d->have += added + filled;
	d->end = d->end > off + wire_len ? d->end : off + wire_len;
	if (!p->fragment.more)
		d->total = off + wire_len;
	return err;
}

/* p goes on with the payload of the complete datagram. */
static enum rc_layer complete(struct rc_frags *f, struct datagram *d, struct rc_packet *p)
{
	uint8_t *payload = rc_scratch_take(f->scratch, d->total);
	if (!payload) {
		f->stats->scratch_full++;
		evict(f, d);
		return rc_packet_end(p, RC_FATE_FRAGMENT);
	}
	rc_pieces_copy(&f->pool, &d->pieces, 0, payload, d->total);
	p->c = rc_cursor_init(payload, d->cut_off < d->total ? d->cut_off : d->total);
	p->wire_end = d->total;
	p->flags |= RC_OBS_REASSEMBLED;
	p->proto = d->first.fragment.proto;
	p->ext = d->first.ext;
	rc_pieces_clear(&f->pool, &d->pieces);
	d->done = true;
	rc_table_touch(&f->table, d, p->ts_ns);
	f->stats->fragments_reassembled++;
	return p->flags & RC_OBS_IP6 ? RC_LAYER_IP6_EXT : RC_LAYER_IPPROTO;
}

/*
 * The snap length cut the first fragment: the datagram can never be whole, so what is there of its
 * beginning goes on at once.
 */
static enum rc_layer cut_short(struct rc_frags *f, struct datagram *d, struct rc_packet *p)
{
	rc_pieces_clear(&f->pool, &d->pieces);
	d->done = true;
	rc_table_touch(&f->table, d, p->ts_ns);
	f->stats->fragments_cut++;
	return p->flags & RC_OBS_IP6 ? RC_LAYER_IP6_EXT : RC_LAYER_IPPROTO;
}

enum rc_layer rc_frags_add(struct rc_frags *f, struct rc_packet *p)
{
	uint32_t wire_len = rc_packet_wire_left(p);
	struct datagram *d = find_or_add(f, p);
	f->stats->fragments++;
	p->fate = RC_FATE_FRAGMENT;
	if (d->done) {
		f->stats->fragments_duplicate++;
		return RC_LAYER_END;
	}
	if (d->ignored)
		return RC_LAYER_END;
	if (!is_sound(d, &p->fragment, wire_len)) {
		f->stats->fragments_bad++;
		return RC_LAYER_END;
	}
	if (of_no_interest(f, p)) {
		f->stats->fragments_ignored++;
		d->ignored = true;
		rc_pieces_clear(&f->pool, &d->pieces);
		return RC_LAYER_END;
	}
	if (p->fragment.off == 0 && rc_cursor_left(&p->c) < wire_len)
		return cut_short(f, d, p);
	if (p->fragment.off == 0 && !d->first_seen) {
		d->first_seen = true;
		d->first = *p;
	}
	if (store(f, d, p, wire_len)) {
		evict(f, d);
		return RC_LAYER_END;
	}
	return d->total && d->have == d->total ? complete(f, d, p) : RC_LAYER_END;
}

/* The first fragment's packet, standing at what there is of the payload, in scratch. */
static bool lost(struct rc_frags *f, struct datagram *d, struct rc_packet *ret_packet)
{
	uint32_t len = rc_pieces_contiguous(&f->pool, &d->pieces, 0);
	len = len < d->cut_off ? len : d->cut_off;
	uint8_t *payload = rc_scratch_take(f->scratch, len);
	if (!payload) {
		f->stats->scratch_full++;
		return false;
	}
	rc_pieces_copy(&f->pool, &d->pieces, 0, payload, len);
	*ret_packet = d->first;
	ret_packet->c = rc_cursor_init(payload, len);
	ret_packet->wire_end = d->total ? d->total : d->end;
	ret_packet->proto = d->first.fragment.proto;
	return true;
}

bool rc_frags_expire(struct rc_frags *f, int64_t now_ns, struct rc_packet *ret_packet)
{
	bool found = false;
	while (!found && rc_frags_due(f, now_ns)) {
		struct datagram *d = rc_table_oldest(&f->table);
		if (!d->done && !d->ignored) {
			if (!d->first_seen)
				f->stats->fragments_no_first++;
			else
				found = lost(f, d, ret_packet);
		}
		forget(f, d);
	}
	return found;
}
