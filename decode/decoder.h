/*
 * From frames to observations: link layer, encapsulation, IP (with fragment reassembly), UDP, TCP
 * (with stream reassembly), ICMP errors, DNS. Holds only bounded state for fragments and streams;
 * does no I/O, reads no clock, never logs. Packet time alone expires its state.
 */
#ifndef RC_DECODE_DECODER_H
#define RC_DECODE_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/counter.h"
#include "base/frame.h"
#include "decode/obs.h"

struct rc_decoder_config {
	uint64_t seed;         /* for hashes: of names (rc_msg.qname_hash) and of tables */
	const uint16_t *ports; /* DNS ports, host order; copied */
	size_t n_ports;        /* 1..16 */
	size_t memory_bytes;   /* ceiling for fragments and TCP streams together */
};

struct rc_decoder;

/* RC_E_NOMEM, RC_E_RANGE (ports). Free with rc_decoder_free. */
int rc_decoder_new(const struct rc_decoder_config *config, struct rc_decoder **ret_decoder);
void rc_decoder_free(struct rc_decoder *decoder);

/*
 * Starts a batch: observations handed out before are no longer valid (their bytes may be reused).
 * Frames given after this must stay valid until the next call of it.
 */
void rc_decoder_batch(struct rc_decoder *decoder);

/*
 * Decodes one frame and writes its observations to obs. Usually 0 or 1; a TCP segment may hold many
 * messages, and what does not fit in max waits: call again with frame NULL until it returns less than
 * max. max must be at least 1.
 */
size_t rc_decoder_feed(struct rc_decoder *decoder, const struct rc_frame *frame, struct rc_obs *obs,
		       size_t max);

/*
 * Lets packet time pass without a frame (and at the end of the input with now_ns = INT64_MAX): gives
 * out fragments that never completed. Same return as rc_decoder_feed; call until less than max.
 */
size_t rc_decoder_expire(struct rc_decoder *decoder, int64_t now_ns, struct rc_obs *obs,
			 size_t max);

/* True if frames of this LINKTYPE_ number can be decoded. */
bool rc_decoder_knows_link(uint16_t linktype);

/* Counters: frames by what became of them, encapsulations, faults by reason, evictions. */
struct rc_counter_set rc_decoder_counters(const struct rc_decoder *decoder);

/*
 * Appends the terms of a BPF filter, joined by `or`, that let through what carries packets inside: one
 * number or more of each encapsulation, but not VLAN tags, which a filter can look through.
 */
void rc_decoder_carriers(struct rc_buf *buf);

#endif
