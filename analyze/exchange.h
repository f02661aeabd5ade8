/*
 * An exchange: one question of one asker to one server, all attempts at it, and its outcome.
 */
#ifndef RC_ANALYZE_EXCHANGE_H
#define RC_ANALYZE_EXCHANGE_H

#include "decode/obs.h"

enum rc_exchange_state {
	RC_X_PENDING, /* no answer yet, the deadline has not come */
	RC_X_ANSWERED,
	RC_X_UNANSWERED, /* the deadline passed, or the capture ended (RC_X_AT_END) */
};

enum {                           /* rc_exchange.marks: what else happened to it */
       RC_X_ICMP = 1u << 0,      /* an ICMP error quoted an attempt and was meant for the asker */
       RC_X_ICMP_HARD = 1u << 1, /* ... and said that it did not arrive */
       RC_X_RESET = 1u << 2,     /* the TCP connection was reset by the server */
       RC_X_CLOSED = 1u << 3,    /* closed by the server, or reset once it had closed or answered */
       RC_X_NO_CONNECT = 1u << 4, /* the TCP handshake never completed */
       RC_X_LATE = 1u << 5,     /* an answer came after the deadline or after a resolver gave up */
       RC_X_WRONG_ID = 1u << 6, /* a reply to this question came with another ID */
       RC_X_WRONG_QUESTION = 1u << 7, /* a reply with its ID and ports had another question */
       RC_X_WRONG_SOURCE = 1u << 8,   /* a reply with its ID and question had another source */
       RC_X_FRAGMENTS_LOST = 1u << 9, /* part of the reply came, the rest of its fragments never */
       RC_X_MALFORMED = 1u << 10,     /* the answer does not decode to its end */
       RC_X_TC_RETRIED = 1u << 11,    /* truncated, and asked again over TCP: another exchange */
       RC_X_IS_TC_RETRY = 1u << 12,   /* asked over TCP because of a truncated answer */
       RC_X_JUDGED = 1u
		     << 13, /* with another: of a fetch that was judged, or its translated twin */
       RC_X_AT_END = 1u << 14,   /* the capture ended before the deadline */
       RC_X_AT_START = 1u << 15, /* began within the first moments of the capture */
       RC_X_DROPS = 1u << 16,    /* the kernel dropped packets while it ran */
       RC_X_CUT = 1u << 17,      /* the answer was cut by the snap length */
       RC_X_EARLY = 1u << 18,    /* given up before its deadline for want of memory */
       RC_X_IP6 = 1u << 19,
       RC_X_MIRRORED = 1u << 20, /* copies of its packets were left out as mirror duplicates */
       RC_X_REPEATED = 1u << 21, /* answered again, no copy of the tap's; not refused yet (ICMP) */
       RC_X_GAP = 1u << 22,      /* octets of its TCP stream are missing, where the answer may be */
       RC_X_SENT_BACK = 1u << 23, /* the query came back, without QR: a broken server's reply */
       RC_X_MISMATCH = RC_X_WRONG_ID | RC_X_WRONG_QUESTION | RC_X_WRONG_SOURCE | RC_X_SENT_BACK,
       RC_X_LOST = RC_X_DROPS | RC_X_GAP, /* the capture may not hold what there was */
};

/* What a message carried, as far as it outlives its packet. Packed: some million are held at a time. */
struct rc_msg_facts {
	uint16_t flags;      /* the header's flags word */
	uint16_t rcode : 12; /* as of rc_msg */
	bool edns : 1, do_bit : 1, tsig : 1, unused : 1;
	uint16_t udp_size;  /* EDNS payload size; 0 without EDNS */
	uint16_t counts[3]; /* answer, authority, additional */
	uint16_t has : 11;  /* RC_HAS_* */
	uint16_t fault : 5; /* enum rc_fault */
	uint16_t len;       /* octets of the message */
	uint16_t tsig_error;
	uint8_t edns_version;
	uint8_t cookie_len;
	uint64_t options; /* EDNS options present, bit = code */
} __attribute__((packed, aligned(4)));

_Static_assert(RC_FAULT_COUNT <= 1u << 5, "a fault fits its bits");
_Static_assert(RC_HAS_DNSSEC == 1u << 10, "what a message has fits its bits");

/* Of a frame's number: a source of a million packets a second has them in 9 years. */
#define RC_FRAME_BITS 48u
#define RC_FRAME_MASK ((UINT64_C(1) << RC_FRAME_BITS) - 1)

/* What pairing, its timers and hosts look at stands first, together: hot path. */
struct rc_exchange {
	int64_t first_ns; /* first attempt */
	uint32_t marks;
	uint16_t attempts; /* queries sent, at least 1 */
	uint16_t
		answers; /* response messages taken as its answer: more than 1 for zone transfers */
	uint8_t state;   /* enum rc_exchange_state */
	uint8_t opcode;
	uint8_t transport; /* enum rc_transport */
	uint8_t icmp_type;
	uint16_t id;
	uint16_t
		load; /* other questions open at the server when this one was answered, else when asked */
	struct rc_addr asker, server;
	uint16_t asker_port, server_port;
	uint16_t qtype, qclass;
	uint64_t name_hash;
	int64_t last_ns; /* last attempt */
	int64_t end_ns;  /* answer, or deadline when unanswered */
	uint64_t end_frame : RC_FRAME_BITS, end_source : 16; /* frames: 0 none */
	/* All of the answer's is zero where there is none. */
	struct rc_msg_facts answer, query;
	uint64_t first_frame : RC_FRAME_BITS, first_source : 16;
	uint64_t last_frame : RC_FRAME_BITS, last_source : 16;
	uint64_t sign_frame : RC_FRAME_BITS, sign_source : 16;
	int64_t sign_ns; /* first ICMP error, else first reply that does not fit; 0 none */
	uint64_t encaps; /* of the first attempt: rc_encap_list */
	uint16_t vlan, inner_vlan; /* outermost, innermost of several; 0 none */
	uint16_t last_ip_id;       /* IPv4 identification of the last attempt, 0 for IPv6 */
	uint16_t qdcount;          /* questions in the query, as its header says */
	uint8_t asker_mac[6];      /* link-layer source of the query */
	uint8_t icmp_code;
};

/* A zone transfer (RFC 5936, 1995). */
static inline bool rc_exchange_is_transfer(const struct rc_exchange *x)
{
	return x->qtype == RC_TYPE_AXFR || x->qtype == RC_TYPE_IXFR;
}

/* For the keys of a zone, or their digests at its parent: what a validator asks besides the question. */
static inline bool rc_exchange_asks_keys(const struct rc_exchange *x)
{
	return x->qtype == RC_TYPE_DNSKEY || x->qtype == RC_TYPE_DS;
}

/* From the first attempt to the answer, or to the deadline of an exchange without one. */
static inline int64_t rc_exchange_took_ns(const struct rc_exchange *x)
{
	return x->end_ns - x->first_ns;
}

static inline bool rc_exchange_answered(const struct rc_exchange *x)
{
	return x->state == RC_X_ANSWERED;
}

static inline bool rc_exchange_answered_well(const struct rc_exchange *x)
{
	return rc_exchange_answered(x) && rc_rcode_is_usable(x->answer.rcode);
}

/* The last that was seen of it: its answer, else its last attempt. */
static inline int64_t rc_exchange_last_act_ns(const struct rc_exchange *x)
{
	return rc_exchange_answered(x) ? x->end_ns : x->last_ns;
}

/* Over UDP: its asker is sent to TCP (RFC 7766 5). */
static inline bool rc_exchange_is_truncated(const struct rc_exchange *x)
{
	return x->transport == RC_UDP && (x->answer.flags & RC_FLAG_TC);
}

/* The keys of a zone, whole. */
static inline bool rc_exchange_gives_keys(const struct rc_exchange *x)
{
	return x->qtype == RC_TYPE_DNSKEY && rc_exchange_answered(x) &&
	       x->answer.rcode == RC_RCODE_NOERROR && !(x->answer.flags & RC_FLAG_TC);
}

/* By itself it may be why a question fails: it was of no help, or is about keys. */
static inline bool rc_exchange_may_tell_why(const struct rc_exchange *x)
{
	return !rc_exchange_answered_well(x) || rc_exchange_asks_keys(x);
}

/* A referral, by what outlives the answer itself. */
static inline bool rc_exchange_refers(const struct rc_exchange *x)
{
	const struct rc_msg_facts *a = &x->answer;
	return a->rcode == RC_RCODE_NOERROR && a->counts[0] == 0 && (a->has & RC_HAS_AUTH_NS) &&
	       !(a->has & RC_HAS_AUTH_SOA);
}

/* Asked without RD, answered without authority by somebody who offers recursion. */
static inline bool rc_exchange_is_of_a_cache(const struct rc_exchange *x)
{
	return (x->query.flags & RC_FLAG_RD) == 0 &&
	       (x->answer.flags & (RC_FLAG_RA | RC_FLAG_AA)) == RC_FLAG_RA;
}

/* A question about something else than the Internet's names: of class CH, HS, ANY (RFC 1035 3.2.4). */
static inline bool rc_exchange_is_of_other_class(const struct rc_exchange *x)
{
	return x->opcode == RC_OPCODE_QUERY && x->qclass != 0 && x->qclass != RC_CLASS_IN;
}

#endif
