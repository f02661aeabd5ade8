/*
 * Messages out of streams: with their length prefixes, from the segment at hand or from what was held back.
 */
#include "decode/resync.h"
#include "decode/stream_state.h"

enum { PREFIX_LEN = 2 };
enum step { STEP_FOUND, STEP_AGAIN, STEP_NOTHING };

static void give(struct rc_stream_direction *d, struct rc_stream_item *item, const uint8_t *wire,
		 uint32_t len, uint32_t full_len, uint32_t flags)
{
	*item = (struct rc_stream_item){.wire = wire, .len = len, .full_len = full_len};
	item->flags = flags | (d->gap ? RC_OBS_RESYNC : 0u) | (len < full_len ? RC_OBS_CUT : 0u);
	d->gap = false;
}

static void lose_sync(struct rc_stream_direction *d)
{
	d->synced = false;
	d->gap = d->lossy = d->torn = true;
}

static void advance(struct rc_stream_run *run, struct rc_stream_direction *d, uint32_t n)
{
	d->base += n;
	run->data += n;
	run->left -= n;
	run->wire -= n;
}

/* Reads nothing more of the segment: the next octet wanted is at base. */
static enum step leave_segment(struct rc_stream_run *run, struct rc_stream_direction *d,
			       uint32_t base, bool synced)
{
	d->base = base;
	if (!synced)
		lose_sync(d);
	run->left = run->wire = 0;
	return STEP_NOTHING;
}

/* The snap length took the end of the segment, and of the message at base. */
static enum step cut_message(struct rc_stream_run *run, struct rc_stream_direction *d,
			     uint32_t message_len, struct rc_stream_item *ret_item)
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
static enum step from_segment(struct rc_streams *s, struct rc_stream_direction *d, bool from_server,
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
	if (run->left < run->wire || !rc_stream_keep(s, d, d->base, run->data, run->left))
		return leave_segment(run, d, end, false);
	return leave_segment(run, d, d->base, true);
}

/* The octet at base + contiguous is missing, others behind it are there: *ret_next the first. */
static bool is_lost(const struct rc_streams *s, const struct rc_stream_direction *d,
		    uint32_t contiguous, uint32_t *ret_next)
{
	uint32_t hole = d->base + contiguous;
	if (!rc_pieces_next(&s->pool, &d->pieces, hole, ret_next))
		return false;
	/* The receiver has it, or there is no more room to wait for it. */
	return s->run.force || (d->has_acked && rc_stream_distance(d->acked, hole) > 0);
}

/* Goes on behind a hole; what there is of a message before it is given out. */
static enum step jump(struct rc_streams *s, struct rc_stream_direction *d, uint32_t contiguous,
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
	if (rc_stream_distance(next, end) > 0) {
		d->base = next;
		d->synced = false;
	}
	return step;
}

/* Looks for a message boundary in what is held back. */
static enum step resync_pieces(struct rc_streams *s, struct rc_stream_direction *d,
			       bool from_server, uint32_t contiguous)
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

static enum step from_pieces(struct rc_streams *s, struct rc_stream_direction *d, bool from_server,
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
	struct rc_stream_direction *d = &stream->dir[dir];
	if (!d->has_fin || d->fin_told)
		return false;
	uint32_t contiguous = d->known ? rc_pieces_contiguous(&s->pool, &d->pieces, d->base) : 0;
	if (d->known && rc_stream_distance(d->fin, d->base + contiguous) > 0)
		return false;
	d->fin_told = true;
	if (contiguous)
		s->stats->stream_incomplete++;
	rc_pieces_clear(&s->pool, &d->pieces);
	stream->over = stream->dir[!dir].fin_told;
	if (dir != RC_STREAM_SERVER || stream->over || !rc_unanswered_any(&stream->unanswered))
		return false;
	*ret_item = (struct rc_stream_item){
		.is_event = true, .event = RC_TCP_CLOSED, .from_server = true};
	return true;
}

static bool take_message(struct rc_streams *s, struct rc_stream *stream,
			 struct rc_stream_item *ret_item)
{
	struct rc_stream_run *run = &s->run;
	struct rc_stream_direction *d = &stream->dir[run->dir];
	bool from_server = run->dir == RC_STREAM_SERVER;
	enum step step = STEP_AGAIN;
	while (step == STEP_AGAIN)
		step = run->wire ? from_segment(s, d, from_server, ret_item)
				 : from_pieces(s, d, from_server, ret_item);
	if (from_server && d->lossy) { /* the answers may lie in what was missed */
		if (rc_unanswered_any(&stream->unanswered))
			rc_stream_set_event(run, RC_TCP_GAP, RC_STREAM_SERVER);
		stream->unanswered = (struct rc_unanswered){.n = 0};
		d->lossy = false;
	}
	if (step != STEP_FOUND)
		return false;
	const struct rc_stream_direction *asks = &stream->dir[RC_STREAM_CLIENT];
	bool ahead = asks->has_acked && rc_stream_distance(asks->acked, asks->base) > asks->has_fin;
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
