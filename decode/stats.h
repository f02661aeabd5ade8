/*
 * What the decoder counts: the fate of every frame, each encapsulation, each kind of malformed
 * message, and all that bounded state dropped. The lists here and in encap.h and msg.h make the
 * counter table (rc_decoder_counters).
 */
#ifndef RC_DECODE_STATS_H
#define RC_DECODE_STATS_H

#include <stdint.h>

#include "decode/encap.h"
#include "decode/msg.h"

/* What became of a frame: each frame counts in exactly one. */
#define RC_FATE_LIST(X) \
	X(RC_FATE_DNS, "frames_dns", "frames that gave DNS messages") \
	X(RC_FATE_TCP, "frames_tcp", "TCP segments of DNS ports that completed no message") \
	X(RC_FATE_TLS, "frames_tls", \
	  "TCP segments of DNS over TLS: what they carry cannot be read") \
	X(RC_FATE_ICMP, "frames_icmp", "ICMP errors that quote DNS packets") \
	X(RC_FATE_ICMP_OTHER, "frames_icmp_other", "other ICMP messages") \
	X(RC_FATE_FRAGMENT, "frames_fragment", "IP fragments that completed no datagram") \
	X(RC_FATE_OTHER_PORT, "frames_other_port", "UDP and TCP packets of other ports") \
	X(RC_FATE_OTHER_PROTOCOL, "frames_other_protocol", "IP packets of other protocols") \
	X(RC_FATE_NOT_IP, "frames_not_ip", "frames that carry no IP, such as ARP") \
	X(RC_FATE_ENCRYPTED, "frames_encrypted", "frames encrypted at the link or IP layer") \
	X(RC_FATE_LINK_UNKNOWN, "frames_link_unknown", "frames of a link type without a row") \
	X(RC_FATE_CUT, "frames_cut", "frames whose snap length ends inside a header") \
	X(RC_FATE_BAD_HEADER, "frames_bad_header", "frames with a contradictory header") \
	X(RC_FATE_TOO_DEEP, "frames_too_deep", "frames with too many nested headers") \
	X(RC_FATE_NO_MESSAGE, "frames_no_message", "DNS port, but too short for a DNS header")

enum rc_fate {
#define X(name, counter, help) name,
	RC_FATE_LIST(X)
#undef X
		RC_FATE_COUNT
};

#define RC_DECODE_COUNT_LIST(X) \
	X(frames, "frames given to the decoder") \
	X(messages_udp, "DNS messages over UDP") \
	X(messages_tcp, "DNS messages over TCP") \
	X(messages_cut, "DNS messages of which the capture lacks bytes") \
	X(icmp_no_ports, "ICMP errors whose quote is too short to show ports") \
	X(udp_length_bad, "UDP lengths above the IP payload's") \
	X(fragments, "IP fragments seen") \
	X(fragments_overlap, "fragments that overlap earlier ones (the first wins)") \
	X(fragments_bad, "fragments of impossible size or position") \
	X(fragments_duplicate, "fragments of a datagram that was already complete") \
	X(fragments_cut, "datagrams whose first fragment was cut by the snap length") \
	X(fragments_reassembled, "datagrams reassembled") \
	X(fragments_ignored, "fragmented datagrams of other ports") \
	X(fragments_incomplete, "datagrams of DNS ports that never completed") \
	X(fragments_no_first, \
	  "datagrams that never completed and whose first fragment is missing") \
	X(fragments_evicted, "unfinished datagrams dropped for want of memory") \
	X(streams, "TCP connections of DNS ports") \
	X(streams_midway, "TCP connections whose start is not in the capture") \
	X(streams_expired, "TCP connections forgotten because they were idle") \
	X(streams_evicted, "open TCP connections forgotten for want of memory") \
	X(segments_repeated, "TCP segments that bring nothing new") \
	X(segments_out_of_order, "TCP segments held until earlier ones come") \
	X(segments_dropped, "TCP segments dropped for want of memory") \
	X(stream_gaps, "gaps in TCP streams") \
	X(stream_resyncs, "TCP streams picked up again in the middle") \
	X(stream_skipped_bytes, "TCP octets in which no message boundary was found") \
	X(stream_incomplete, "DNS messages over TCP that their sender never finished") \
	X(scratch_full, "reassembled messages dropped because a batch held too many")

struct rc_decode_stats {
	uint64_t fate[RC_FATE_COUNT];
	uint64_t encap[RC_ENCAP_COUNT];
	uint64_t fault[RC_FAULT_COUNT];
#define X(name, help) uint64_t name;
	RC_DECODE_COUNT_LIST(X)
#undef X
};

#endif
