/*
 * A failure to write about: a real message decoded, hostile where an attacker chooses the bytes.
 */
#ifndef RC_TESTS_EMIT_SAMPLE_H
#define RC_TESTS_EMIT_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyze/verdict.h"
#include "base/err.h"
#include "base/time.h"

#define SAMPLE_START_NS INT64_C(1795225424123456789)

struct sample {
	uint8_t wire[512];
	uint32_t len;
	struct rc_msg msg;
	struct rc_exchange x;
	struct rc_name zone;
	struct rc_addr chain[2];
	struct rc_evidence evidence[2];
	const char *fix[2], *next_steps[1], *not_seen[1];
	const struct rc_cause *alternatives[1];
	struct rc_failure failure;
	struct rc_incident incident;
};

static inline struct rc_addr sample_addr(const char *text)
{
	struct rc_addr a;
	assert_int_equal(rc_addr_parse(text, &a), RC_OK);
	return a;
}

static inline void sample_put(struct sample *s, const void *data, size_t n)
{
	memcpy(s->wire + s->len, data, n);
	s->len += (uint32_t)n;
}

#define SAMPLE_PUT(s, text) sample_put(s, text, sizeof(text) - 1)

/* SERVFAIL, QR RD RA, for a name of 0x01 " \ 0xff . example A, with an answer and an EDE option. */
static inline void sample_wire(struct sample *s, const void *ede_text, size_t ede_len)
{
	uint8_t opt[] = {0,
			 0,
			 41,
			 0x04,
			 0xd0,
			 0,
			 0,
			 0x80,
			 0,
			 0,
			 (uint8_t)(ede_len + 6),
			 0,
			 15,
			 0,
			 (uint8_t)(ede_len + 2),
			 0,
			 9};
	s->len = 0;
	SAMPLE_PUT(s, "\xf2\x97\x81\x82\x00\x01\x00\x02\x00\x00\x00\x01");
	SAMPLE_PUT(s, "\x04\x01\"\\\xff\x07"
		      "EXAMPLE\x00\x00\x01\x00\x01");
	SAMPLE_PUT(s, "\xc0\x0c\x00\x01\x00\x01\xff\xff\xff\xff\x00\x04\xc0\x00\x02\x63");
	SAMPLE_PUT(s, "\xc0\x0c\xff\x00\x00\x01\x00\x00\x00\x3c\x00\x03"
		      "\x00\"\xff");
	sample_put(s, opt, sizeof opt);
	sample_put(s, ede_text, ede_len);
}

static inline void sample_failure(struct sample *s)
{
	s->fix[0] = "Sign the zone again.";
	s->fix[1] = "Tell its \"owner\".";
	s->next_steps[0] = "dig @192.0.2.53 example DNSKEY +cd";
	s->not_seen[0] = "the resolver's own queries";
	s->alternatives[0] = rc_cause_at(1);
	s->failure = (struct rc_failure){
		.sequence = 1,
		.decided_ns = s->x.end_ns + RC_NS_PER_S,
		.exchange = &s->x,
		.qname = &s->msg.qname,
		.answer = &s->msg,
		.cause = rc_cause_at(0),
		.confidence = RC_CONF_LIKELY,
		.responsible = RC_PARTY_ZONE_OWNER,
		.side = RC_SIDE_CLIENT,
		.zone = &s->zone,
		.explanation = "No server of the zone gave a usable answer.",
		.fix = s->fix,
		.n_fix = 2,
		.next_steps = s->next_steps,
		.n_next_steps = 1,
		.evidence = s->evidence,
		.n_evidence = 2,
		.alternatives = s->alternatives,
		.n_alternatives = 1,
		.chain = s->chain,
		.n_chain = 2,
		.visibility = {.not_seen = s->not_seen, .n_not_seen = 1},
		.scope = {.resolvers_failing = 1, .resolvers_ok = 2, .clients = 3},
		.incident = UINT64_C(0xfedcba9876543210),
	};
	s->incident = (struct rc_incident){
		.id = 7,
		.now_ns = s->x.end_ns,
		.cause = rc_cause_at(0),
		.confidence = RC_CONF_PROVEN,
		.zone = &s->zone,
		.first_ns = s->x.first_ns,
		.last_ns = s->x.end_ns,
		.failures = UINT64_C(1) << 60,
		.clients = 1024,
		.clients_at_least = true,
		.names = 2,
		.resolvers = 1,
		.summary = "Everything below example fails.",
		.example = &s->x,
		.example_name = &s->msg.qname,
	};
}

static inline void sample_make(struct sample *s, const void *ede_text, size_t ede_len)
{
	memset(s, 0, sizeof *s);
	sample_wire(s, ede_text, ede_len);
	assert_true(rc_msg_decode(s->wire, s->len, s->len, 1, &s->msg));
	assert_int_equal(s->msg.fault, RC_FAULT_NONE);
	assert_int_equal(rc_name_parse("example", &s->zone), RC_OK);
	s->chain[0] = sample_addr("192.0.2.53");
	s->chain[1] = sample_addr("2001:db8::53");
	s->x = (struct rc_exchange){
		.first_ns = SAMPLE_START_NS,
		.last_ns = SAMPLE_START_NS,
		.end_ns = SAMPLE_START_NS + 23456789,
		.first_frame = 11,
		.end_frame = 12,
		.asker = sample_addr("192.0.2.10"),
		.server = sample_addr("192.0.2.53"),
		.asker_port = 54321,
		.server_port = 53,
		.id = s->msg.id,
		.qtype = s->msg.qtype,
		.qclass = s->msg.qclass,
		.attempts = 2,
		.state = RC_X_ANSWERED,
		.vlan = 42,
		.marks = RC_X_ICMP | RC_X_LATE,
		.icmp_type = 3,
		.icmp_code = 1,
		.query = {.flags = RC_FLAG_RD, .edns = true, .do_bit = true, .udp_size = 1232},
		.answer = {.flags = s->msg.flags,
			   .rcode = s->msg.rcode & 0xfffu,
			   .edns = true,
			   .do_bit = true,
			   .udp_size = 1232,
			   .options = s->msg.edns.options,
			   .counts = {2, 0, 1}},
	};
	s->evidence[0] = (struct rc_evidence){.frame = 12,
					      .query_frame = 11,
					      .ts_ns = s->x.end_ns,
					      .from = s->x.asker,
					      .to = s->x.server,
					      .name = &s->msg.qname,
					      .qtype = RC_TYPE_A,
					      .outcome = "answered",
					      .rcode = RC_RCODE_SERVFAIL,
					      .rtt_ns = 23456789,
					      .fact = "the answer is SERVFAIL"};
	s->evidence[1] = (struct rc_evidence){.from = s->x.server,
					      .to = sample_addr("198.51.100.1"),
					      .qtype = 65280,
					      .outcome = "timeout",
					      .rcode = -1,
					      .rtt_ns = -1,
					      .fact = "nothing came"};
	sample_failure(s);
}

static inline const char *sample_source(void *context, uint16_t source)
{
	(void)context;
	return source == 0 ? "day \"one\".pcap" : NULL;
}

#endif
