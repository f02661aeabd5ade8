/*
 * What is known of a stream: written by the segments that come in (stream.c), read and moved on by the messages that
 * go out (stream_messages.c).
 */
#ifndef RC_DECODE_STREAM_STATE_H
#define RC_DECODE_STREAM_STATE_H

#include "decode/stream.h"
#include "decode/unanswered.h"

enum { RC_STREAM_CLIENT, RC_STREAM_SERVER };

struct rc_stream_key {
	struct rc_addr a, b; /* client and server; if both have DNS ports, in numeric order */
	uint16_t a_port, b_port;
};

struct rc_stream_direction {
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
	struct rc_stream_key key;
	struct rc_stream_direction dir[2];
	bool b_is_client; /* both have DNS ports, and b spoke first */
	bool over;        /* closed or reset: kept to know late copies */
	struct rc_unanswered unanswered;
};

/* a - b in sequence space: negative when a is before b */
static inline int32_t rc_stream_distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static inline void rc_stream_set_event(struct rc_stream_run *run, enum rc_tcp_event event,
				       unsigned dir)
{
	run->has_event = true;
	run->event = event;
	run->from_server = dir == RC_STREAM_SERVER;
	run->event_reverse = run->turned;
}

/* Keeps octets of the segment at hand until what is missing comes; false when there is no room (stream.c). */
bool rc_stream_keep(struct rc_streams *s, struct rc_stream_direction *d, uint32_t seq,
		    const uint8_t *data, uint32_t len);

#endif
