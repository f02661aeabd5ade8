/*
 * TCP streams of DNS ports (RFC 9293; DNS over TCP: RFC 1035 4.2.2, RFC 7766): messages with a length
 * prefix, however they are cut into segments. Segments come out of order, twice, or never; a stream
 * may begin in the middle. A message that lies whole in one segment in order is not copied.
 */
#ifndef RC_DECODE_STREAM_H
#define RC_DECODE_STREAM_H

#include "decode/obs.h"
#include "decode/packet.h"
#include "decode/pieces.h"
#include "decode/ports.h"
#include "decode/scratch.h"
#include "decode/stats.h"
#include "decode/table.h"

struct rc_stream;

/* One thing a segment gave. */
struct rc_stream_item {
	bool is_event; /* else a message */
	enum rc_tcp_event event;
	bool from_server;
	bool reverse;   /* it travelled against the segment that brought it to light */
	uint64_t frame; /* of a message: the last frame it came in, and its time */
	int64_t ts_ns;
	const uint8_t *wire; /* message octets, in the frame or in scratch */
	uint32_t len, full_len;
	uint32_t flags; /* RC_OBS_CUT, _REASSEMBLED, _RESYNC, _UNASKED */
};

/* What of the current segment has not been given out yet. */
struct rc_stream_run {
	struct rc_stream *stream;
	uint64_t frame; /* of the segment, and its time */
	int64_t ts_ns;
	unsigned dir; /* now being read: 0 client to server, 1 server to client */
	bool turned;  /* dir is not the segment's own any more */
	bool has_event, from_server, event_reverse;
	enum rc_tcp_event event; /* to be given next; reverse: against the segment */
	const uint8_t *data;     /* the segment's octets from the direction's base on */
	uint32_t left;           /* of them captured */
	uint32_t wire;           /* of them sent; 0: go on with the pieces */
	bool force;              /* wait for nothing that is missing */
};

struct rc_streams {
	struct rc_table table;
	struct rc_pieces_pool pool;
	const struct rc_ports *ports;
	struct rc_decode_stats *stats;
	struct rc_scratch *scratch;
	struct rc_stream_run run;
};

/* ports, stats and scratch are borrowed for its life. RC_E_NOMEM. Free with rc_streams_free. */
int rc_streams_init(struct rc_streams *s, uint64_t seed, size_t memory_bytes,
		    const struct rc_ports *ports, struct rc_decode_stats *stats,
		    struct rc_scratch *scratch);
void rc_streams_free(struct rc_streams *s);

/*
 * Takes the segment whose header, behind the ports, is at p's cursor; p's octets must stay valid until
 * the next batch. What it gives is then read with rc_streams_next until that returns false.
 */
enum rc_layer rc_streams_segment(struct rc_streams *s, struct rc_packet *p);
bool rc_streams_next(struct rc_streams *s, struct rc_stream_item *ret_item);

/* Forgets up to max streams that were idle for too long at now_ns. */
void rc_streams_expire(struct rc_streams *s, int64_t now_ns, uint32_t max);

#endif
