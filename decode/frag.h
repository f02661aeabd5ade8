/*
 * Reassembly of IPv4 (RFC 791 3.2) and IPv6 (RFC 8200 4.5) fragments. Octets that came first win over
 * what overlaps them. Bounded: a full table or pool drops the oldest datagram, with a counter.
 */
#ifndef RC_DECODE_FRAG_H
#define RC_DECODE_FRAG_H

#include "base/limits.h"
#include "base/time.h"
#include "decode/packet.h"
#include "decode/pieces.h"
#include "decode/ports.h"
#include "decode/scratch.h"
#include "decode/stats.h"
#include "decode/table.h"

struct rc_frags {
	struct rc_table table;
	struct rc_pieces_pool pool;
	const struct rc_ports *ports;
	struct rc_decode_stats *stats;
	struct rc_scratch *scratch;
};

/* ports, stats and scratch are borrowed for its life. RC_E_NOMEM. Free with rc_frags_free. */
int rc_frags_init(struct rc_frags *f, uint64_t seed, size_t memory_bytes,
		  const struct rc_ports *ports, struct rc_decode_stats *stats,
		  struct rc_scratch *scratch);
void rc_frags_free(struct rc_frags *f);

/*
 * Takes the fragment at p's cursor. When it completes its datagram, p stands at the datagram's
 * payload (in scratch), RC_OBS_REASSEMBLED is set, and the layer is that of the payload; else
 * RC_LAYER_END.
 */
enum rc_layer rc_frags_add(struct rc_frags *f, struct rc_packet *p);

/* True if a datagram's time is over at now_ns. */
static inline bool rc_frags_due(const struct rc_frags *f, int64_t now_ns)
{
	const struct rc_table_row *oldest = rc_table_oldest(&f->table);
	return oldest && rc_packet_older(oldest->ts_ns, now_ns, RC_FRAG_TIMEOUT_S * RC_NS_PER_S);
}

/*
 * Takes out the next datagram of a DNS port whose time is over at now_ns: *ret_packet is the packet
 * of its first fragment, standing at its payload as far as there is no hole. False when there is none.
 */
bool rc_frags_expire(struct rc_frags *f, int64_t now_ns, struct rc_packet *ret_packet);

#endif
