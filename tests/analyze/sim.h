/*
 * A small internet for the tests of the engine: clients, a resolver, a forwarder, servers of the root
 * and of "example"; stories are told in milliseconds, and what the engine says is kept.
 */
#ifndef RC_TESTS_ANALYZE_SIM_H
#define RC_TESTS_ANALYZE_SIM_H

#include "analyze/engine.h"
#include "tests/analyze/build.h"

#define CLIENT "198.51.100.1"
#define CLIENT2 "198.51.100.2"
#define RESOLVER "198.51.100.53"
#define FORWARDER "198.51.100.54"
#define ROOT_SERVER "203.0.113.1"
#define ZONE_SERVER "203.0.113.2"
#define ZONE_SERVER2 "203.0.113.3"
#define TIMEOUT_NS (10 * RC_NS_PER_S)
#define HOLD_NS (2 * RC_NS_PER_S)
#define LATE 5000 /* ms: when stories begin, away from the start of the capture */
#define SEEN_MAX 64u

#define QUERY RC_FLAG_RD
#define FETCH 0u
#define RECURSED (RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA)
#define AUTHORITY (RC_FLAG_QR | RC_FLAG_AA)

/* What one verdict said, as text to compare. */
struct seen {
	const struct rc_cause *cause;
	enum rc_confidence confidence;
	enum rc_side side;
	enum rc_party responsible;
	bool cached;
	size_t n_evidence, n_chain;
	struct rc_exchange x;
	struct rc_visibility visibility;
	unsigned resolvers_ok;         /* as of the scope */
	struct rc_addr client, server; /* the server is the subject's */
	enum rc_fault fault;
	uint64_t incident;
	char zone[RC_NAME_TEXT_MAX + 1];
	char text[512];
};

struct sim {
	struct rc_engine *engine;
	uint64_t seed;
	struct seen seen[SEEN_MAX];
	size_t n;
	unsigned incidents[3], transactions, upstream;
	unsigned degraded;       /* degraded zones told */
	char summary[512];       /* the latest of these */
	const char *degraded_by; /* its slug */
	char degraded_name[RC_NAME_TEXT_MAX + 1];
};

static inline void on_failure(void *context, const struct rc_failure *f)
{
	struct sim *s = context;
	assert_true(s->n < SEEN_MAX);
	struct seen *v = &s->seen[s->n++];
	assert_int_equal(f->sequence, s->n);
	*v = (struct seen){
		.cause = f->cause,
		.confidence = f->confidence,
		.side = f->side,
		.responsible = f->responsible,
		.cached = f->cached,
		.n_evidence = f->n_evidence,
		.n_chain = f->n_chain,
		.x = *f->exchange,
		.visibility = f->visibility,
		.resolvers_ok = f->scope.resolvers_ok,
		.client = f->exchange->asker,
		.fault = f->answer != NULL ? f->answer->fault : RC_FAULT_NONE,
		.incident = f->incident,
	};
	if (f->server != NULL)
		v->server = *f->server;
	if (f->zone != NULL)
		rc_name_format(f->zone, v->zone);
	snprintf(v->text, sizeof v->text, "%s|%d|%llx|%s|%s|%zu|%lld", f->cause->slug,
		 (int)f->confidence, (unsigned long long)f->incident, f->explanation,
		 f->n_fix > 0 ? f->fix[0] : "", f->n_evidence, (long long)f->decided_ns);
	assert_non_null(f->explanation);
	for (const char *c = f->explanation; *c != '\0'; c++)
		assert_in_range(*c, 32, 126);
}

static inline void on_incident(void *context, const struct rc_incident *in)
{
	struct sim *s = context;
	s->incidents[in->state]++;
	assert_true(in->failures > 0);
	if (in->degraded && in->state == RC_INCIDENT_OPEN) {
		s->degraded++;
		s->degraded_by = in->cause->slug;
		snprintf(s->summary, sizeof s->summary, "%s", in->summary);
		rc_name_format(in->evidence[0].name, s->degraded_name);
	}
}

static inline void on_transaction(void *context, const struct rc_exchange *x,
				  const struct rc_name *name, const struct rc_msg *answer)
{
	struct sim *s = context;
	(void)x, (void)name, (void)answer;
	s->transactions++;
}

static inline void on_upstream(void *context, const struct rc_failure *f)
{
	struct sim *s = context;
	(void)f;
	s->upstream++;
}

static inline void begin_as(struct sim *s, const struct rc_engine_config *config)
{
	*s = (struct sim){.seed = config->seed};
	struct rc_engine_output out = {s, on_failure, on_incident, on_transaction, on_upstream};
	assert_int_equal(rc_engine_new(config, &out, &s->engine), RC_OK);
}

static inline struct rc_engine_config sim_config(uint64_t seed)
{
	return (struct rc_engine_config){
		.seed = seed,
		.memory_bytes = RC_MEMORY_MIN,
		.timeout_ns = TIMEOUT_NS,
		.hold_ns = HOLD_NS,
		.want_transactions = true,
	};
}

static inline void begin_with(struct sim *s, uint64_t seed,
			      const struct rc_resolver_decl *resolvers, size_t n)
{
	struct rc_engine_config config = sim_config(seed);
	config.resolvers = resolvers;
	config.n_resolvers = n;
	begin_as(s, &config);
}

/* NXDOMAIN is a failure, too. */
static inline void begin_with_names(struct sim *s)
{
	struct rc_engine_config config = sim_config(SEED);
	config.include_nxdomain = true;
	begin_as(s, &config);
}

static inline void begin(struct sim *s)
{
	begin_with(s, SEED, NULL, 0);
}

static inline void finish(struct sim *s)
{
	rc_engine_finish(s->engine);
	rc_engine_free(s->engine);
}

static inline void send_obs(struct sim *s, const struct rc_obs *o)
{
	rc_engine_observe(s->engine, o, 1);
}

static inline void send_message(struct sim *s, int64_t ms, const char *src, unsigned src_port,
				const char *dst, unsigned dst_port, const struct dns *d)
{
	struct rc_obs o = obs_seeded(s->seed, T0 + ms * MS, src, src_port, dst, dst_port, d);
	send_obs(s, &o);
}

/* A query; its port follows from its ID. */
static inline void ask(struct sim *s, int64_t ms, const char *asker, const char *server,
		       unsigned id, unsigned flags, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, RC_TYPE_A);
	send_message(s, ms, asker, 20000 + id, server, 53, &d);
}

static inline void say(struct sim *s, int64_t ms, const char *server, const char *asker,
		       unsigned id, const struct dns *d)
{
	send_message(s, ms, server, 53, asker, 20000 + id, d);
}

/* An answer with nothing but its question. */
static inline void reply(struct sim *s, int64_t ms, const char *server, const char *asker,
			 unsigned id, unsigned flags, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, RC_TYPE_A);
	say(s, ms, server, asker, id, &d);
}

/* A resolver fails its asker. */
static inline void servfail(struct sim *s, int64_t ms, const char *server, const char *asker,
			    unsigned id, const char *name)
{
	reply(s, ms, server, asker, id, RECURSED | RC_RCODE_SERVFAIL, name);
}

static inline void reply_a(struct sim *s, int64_t ms, const char *server, const char *asker,
			   unsigned id, unsigned flags, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
	say(s, ms, server, asker, id, &d);
}

static inline void refer(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns2.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
	dns_rr_a(&d, RC_ADDITIONAL, "ns2.example", ZONE_SERVER2);
	say(s, ms, ROOT_SERVER, RESOLVER, id, &d);
}

/* A client asks for a name in "example", and the resolver is referred to its servers: IDs id and id + 1. */
static inline void ask_below(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, name);
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, id + 1, FETCH, name);
	refer(s, ms + 5, id + 1, name);
}

/* The resolver at work for others before: it gets answers, and gives them. */
static inline void warm_up(struct sim *s, int64_t ms)
{
	ask(s, ms, CLIENT2, RESOLVER, 900, QUERY, "good.test");
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, 901, FETCH, "good.test");
	reply_a(s, ms + 5, ROOT_SERVER, RESOLVER, 901, AUTHORITY, "good.test");
	reply_a(s, ms + 6, RESOLVER, CLIENT2, 900, RECURSED, "good.test");
}

/* What most stories begin with. */
static inline void begin_warm(struct sim *s)
{
	begin(s);
	warm_up(s, 0);
}

/* A resolution in which no server of "example" answers; the client gets SERVFAIL after 3 s. */
static inline void dead_zone(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, name);
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, id + 1, FETCH, name);
	refer(s, ms + 10, id + 1, name);
	ask(s, ms + 11, RESOLVER, ZONE_SERVER, id + 2, FETCH, name);
	ask(s, ms + 811, RESOLVER, ZONE_SERVER2, id + 3, FETCH, name);
	ask(s, ms + 1611, RESOLVER, ZONE_SERVER, id + 4, FETCH, name);
	servfail(s, ms + 3000, RESOLVER, CLIENT, id, name);
}

static inline void assert_cause(const struct sim *s, size_t i, const char *slug)
{
	assert_true(i < s->n);
	assert_string_equal(s->seen[i].cause->slug, slug);
}

/* One failure was told, for this cause and so surely. */
static inline void assert_only(const struct sim *s, const char *slug, enum rc_confidence confidence)
{
	assert_int_equal(s->n, 1);
	assert_cause(s, 0, slug);
	assert_int_equal(s->seen[0].confidence, confidence);
}

#endif
