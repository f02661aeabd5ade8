/*
 * Observations as decode would hand them over. Each record: a flags octet, an octet that picks
 * addresses and ports, two octets of time, a length octet and so many octets of message. What the
 * engine says is read through: texts are ASCII, claims have evidence, sequences count.
 */
#include <stdlib.h>

#include "analyze/engine.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/time.h"

#define SEED 1u
#define START_NS (INT64_C(1795226704) * RC_NS_PER_S)
#define RECORDS_MAX 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { /* the flags octet */
       FLAG_KIND = 3,
       FLAG_TCP = 4,
       FLAG_FROM_SERVER = 8,
       FLAG_HARD = 16,
       FLAG_BACKWARDS = 32,
       FLAG_LONG_TIME = 64,
       FLAG_DROPPED = 128,
};

struct told {
	uint64_t sequence;
	volatile uint64_t read; /* so that every octet is looked at */
};

static void read_text(struct told *t, const char *text)
{
	if (text == NULL)
		abort();
	for (; *text != '\0'; text++) {
		if (*text < 32 || *text > 126)
			abort(); /* explanations are ASCII */
		t->read += (unsigned char)*text;
	}
}

static void read_verdict(struct told *t, const struct rc_failure *f)
{
	if (f->cause == NULL || f->exchange == NULL || f->qname == NULL || f->incident == 0)
		abort();
	if (f->confidence > RC_CONF_NONE && f->n_evidence == 0)
		abort(); /* a claim without proof */
	read_text(t, f->explanation);
	for (size_t i = 0; i < f->n_fix; i++)
		read_text(t, f->fix[i]);
	for (size_t i = 0; i < f->n_next_steps; i++)
		read_text(t, f->next_steps[i]);
	for (size_t i = 0; i < f->visibility.n_not_seen; i++)
		read_text(t, f->visibility.not_seen[i]);
	for (size_t i = 0; i < f->n_evidence; i++) {
		read_text(t, f->evidence[i].fact);
		read_text(t, f->evidence[i].outcome);
		if (f->evidence[i].name != NULL)
			for (unsigned k = 0; k < f->evidence[i].name->len; k++)
				t->read += f->evidence[i].name->wire[k];
	}
	for (size_t i = 0; i < f->n_alternatives; i++)
		read_text(t, f->alternatives[i]->slug);
	for (size_t i = 0; i < f->n_chain; i++)
		t->read += f->chain[i].bytes[15];
}

static void on_failure(void *context, const struct rc_failure *f)
{
	struct told *t = context;
	if (f->sequence != ++t->sequence)
		abort();
	read_verdict(t, f);
}

static void on_incident(void *context, const struct rc_incident *in)
{
	struct told *t = context;
	if (in->failures == 0 || in->clients == 0 || in->resolvers == 0)
		abort();
	read_text(t, in->summary);
}

static struct rc_addr address(unsigned n)
{
	const uint8_t bytes[4] = {192, 0, 2, (uint8_t)(n + 1)};
	return rc_addr_v4(bytes);
}

/* Few addresses and ports, so that records have to do with one another. */
static void read_ends(struct rc_obs *o, unsigned flags, unsigned selector)
{
	struct rc_addr client = address(selector & 7), server = address(selector >> 3 & 7);
	uint16_t port = (uint16_t)(40000 + (selector >> 6));
	/* Hard is said of ICMP alone: of a TCP event it means that it is one of DNS over TLS. */
	bool tls = (flags & FLAG_HARD) && o->transport == RC_TCP && o->kind != RC_OBS_MESSAGE;
	uint16_t service = tls ? 853 : 53;
	o->flags |= tls ? RC_OBS_TLS : 0;
	o->from_server = o->kind == RC_OBS_MESSAGE ? rc_msg_is_response(&o->msg)
						   : (flags & FLAG_FROM_SERVER) != 0;
	o->src = o->from_server ? server : client;
	o->dst = o->from_server ? client : server;
	o->src_port = o->from_server ? service : port;
	o->dst_port = o->from_server ? port : service;
	o->src_mac[5] = o->src.bytes[15] / 2;
}

static bool read_obs(struct rc_cursor *c, int64_t *now_ns, uint64_t frame, struct rc_obs *o,
		     bool *ret_dropped)
{
	unsigned flags = rc_cursor_u8(c), selector = rc_cursor_u8(c);
	int64_t step_ns = rc_cursor_u16(c) *
			  (flags & FLAG_LONG_TIME ? RC_NS_PER_MS * 10 : RC_NS_PER_US * 10);
	uint32_t len = rc_cursor_u8(c);
	if (len > rc_cursor_left(c))
		len = rc_cursor_left(c);
	const uint8_t *wire = rc_cursor_bytes(c, len);
	*o = (struct rc_obs){
		.kind = (uint8_t)(flags & FLAG_KIND),
		.transport = flags & FLAG_TCP ? RC_TCP : RC_UDP,
		.frame = frame,
		.ip_id = (uint16_t)(frame / 4 + 1),
		.icmp_type = 3,
		.icmp_hard = (flags & FLAG_HARD) != 0,
		.tcp_event = (uint8_t)(selector >> 6),
	};
	*ret_dropped = (flags & FLAG_DROPPED) != 0;
	*now_ns += step_ns;
	o->ts_ns = flags & FLAG_BACKWARDS ? *now_ns - 3 * step_ns : *now_ns;
	bool decoded = wire != NULL && rc_msg_decode(wire, len, len, SEED, &o->msg);
	if (!decoded)
		o->msg = (struct rc_msg){.len = 0};
	if (o->kind == RC_OBS_TCP)
		o->transport = RC_TCP;
	read_ends(o, flags, selector);
	return !c->failed && (decoded || o->kind != RC_OBS_MESSAGE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told told = {.sequence = 0};
	struct rc_engine_config config = {
		.seed = SEED,
		.memory_bytes = RC_MEMORY_MIN,
		.timeout_ns = 5 * RC_NS_PER_S,
		.hold_ns = RC_NS_PER_S,
		.include_nxdomain = true,
	};
	struct rc_engine_output output = {
		.context = &told, .on_failure = on_failure, .on_incident = on_incident};
	struct rc_engine *engine;
	struct rc_cursor c = rc_cursor_init(data, size > UINT32_MAX ? 0 : (uint32_t)size);
	int64_t now_ns = START_NS;
	if (rc_engine_new(&config, &output, &engine) != RC_OK)
		return 0;
	for (uint64_t frame = 1; frame <= RECORDS_MAX && rc_cursor_left(&c) > 0; frame++) {
		struct rc_obs obs;
		bool dropped;
		if (!read_obs(&c, &now_ns, frame, &obs, &dropped))
			continue;
		rc_engine_observe(engine, &obs, 1);
		if (dropped)
			rc_engine_dropped(engine, 1);
	}
	rc_engine_finish(engine);
	rc_engine_free(engine);
	return 0;
}
