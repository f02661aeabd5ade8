/*
 * A failure and its case put together by hand, for the tests of rules: what a rule makes of it, and of it with one thing
 * changed.
 */
#ifndef RC_TESTS_ANALYZE_SCENE_H
#define RC_TESTS_ANALYZE_SCENE_H

#include "analyze/cause/rule.h"
#include "tests/analyze/build.h"

#define CLIENT "198.51.100.1"
#define RESOLVER "198.51.100.53"
#define SERVER1 "9.9.9.1" /* of a range that is in use, unlike those for documentation */
#define SERVER2 "9.9.9.2"
#define SERVER3 "9.9.9.3"
#define SERVERS 3u

/* A resolver asked two servers of example twice each for www.example, and gave up after three seconds. */
struct scene {
	struct rc_exchange x, asked[SERVERS];
	struct rc_name qname;
	struct rc_followed name;
	struct rc_msg answer;
	struct rc_link links[SERVERS];
	struct rc_server_view servers[SERVERS];
	struct rc_addr addrs[SERVERS], resolver;
	struct rc_zone_view zone;
	struct rc_hosts *hosts;
	struct rc_recorder *recorder;
	struct rc_case c;
};

static struct scene s;

static inline uint16_t rcode_of(enum rc_outcome outcome)
{
	return outcome == RC_OUT_SERVFAIL  ? RC_RCODE_SERVFAIL
	       : outcome == RC_OUT_REFUSED ? RC_RCODE_REFUSED
					   : RC_RCODE_NOERROR;
}

static inline void begin(enum rc_outcome outcome)
{
	static const char *const addrs[] = {SERVER1, SERVER2, SERVER3};
	s = (struct scene){.x = {.state = RC_X_ANSWERED,
				 .query = {.flags = RC_FLAG_RD},
				 .answer = {.rcode = RC_RCODE_SERVFAIL, .flags = RC_FLAG_RA},
				 .first_ns = T0,
				 .end_ns = T0 + 3 * RC_NS_PER_S}};
	s.resolver = s.x.server = addr(RESOLVER);
	s.qname = s.name.name = name_of("www.example");
	s.x.name_hash = rc_name_hash(SEED, &s.qname);
	for (unsigned i = 0; i < SERVERS; i++) {
		s.addrs[i] = s.servers[i].addr = s.asked[i].server = addr(addrs[i]);
		s.servers[i].worst = outcome;
		s.servers[i].count[outcome] = 2;
		s.asked[i].asker = s.resolver;
		s.asked[i].attempts = 2;
		if (outcome != RC_OUT_TIMEOUT)
			s.asked[i].state = RC_X_ANSWERED;
		s.asked[i].answer.rcode = (uint16_t)(rcode_of(outcome) & 0xf);
		s.links[i] = (struct rc_link){
			.x = &s.asked[i], .name = &s.name, .outcome = outcome};
	}
	s.zone = (struct rc_zone_view){.name = name_of("example"),
				       .known_cut = true,
				       .addrs = s.addrs,
				       .n_addrs = 2,
				       .servers = s.servers,
				       .n_servers = 2};
	s.zone.count[outcome] = 4;
	assert_int_equal(rc_hosts_new(1u << 16, SEED, &s.hosts), RC_OK);
	s.recorder = new_recorder();
	s.c = (struct rc_case){.x = &s.x,
			       .qname = &s.qname,
			       .hosts = s.hosts,
			       .recorder = s.recorder,
			       .seed = SEED,
			       .from_ns = T0,
			       .to_ns = s.x.end_ns,
			       .resolver = &s.resolver,
			       .n_resolver = 1,
			       .upstream_visible = true,
			       .links = s.links,
			       .n_links = 2,
			       .zones = &s.zone,
			       .n_zones = 1,
			       .failed_zone = 0,
			       .weighing = true};
}

static inline enum rc_confidence judge_as(const char *slug)
{
	const struct rc_rule *rule = NULL;
	struct rc_finding f = {.explanation = NULL};
	for (size_t i = 0; (rule = rc_rule_at(i)) != NULL; i++)
		if (strcmp(rule->cause.slug, slug) == 0)
			break;
	assert_non_null(rule);
	enum rc_confidence confidence = rule->test(rule, &s.c, &f);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return confidence;
}

/* A server answered a client well. */
static inline void serve(const char *client, const char *server)
{
	struct rc_exchange x = {.asker = addr(client),
				.server = addr(server),
				.state = RC_X_ANSWERED,
				.query = {.flags = RC_FLAG_RD},
				.answer = {.flags = RC_FLAG_QR | RC_FLAG_RA},
				.first_ns = T0 - RC_NS_PER_S,
				.end_ns = T0 - RC_NS_PER_S + MS};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	rc_hosts_note_answer(s.hosts, &x, &keys, (const uint8_t[6]){0});
}

static inline void serve_client(void)
{
	serve(CLIENT, RESOLVER);
	s.c.server_host = rc_hosts_find(s.hosts, &s.resolver);
}

/* Nobody is asked for it. */
static inline void begin_alone(uint16_t rcode)
{
	begin(RC_OUT_USABLE);
	s.x.asker = addr(CLIENT);
	s.x.answer.rcode = rcode & 0xfffu;
	s.x.attempts = s.x.qdcount = 1;
	s.x.end_ns = s.c.to_ns = T0 + MS;
	s.x.last_ns = T0;
	s.x.qtype = RC_TYPE_A;
	s.c.n_links = s.c.n_zones = 0;
	s.c.failed_zone = RC_ZONE_NONE;
	s.c.server_host = enter_asker(s.hosts, RESOLVER);
}

/* The resolver asks for the name, since so long before the client did. */
static inline void ask_before(int64_t before_ns)
{
	s.c.n_links = 1;
	s.asked[0].first_ns = T0 - before_ns;
	s.links[0].outcome = RC_OUT_UNKNOWN;
}

/* The recorder holds this exchange about a name. */
static inline void record(const struct rc_exchange *x, const char *qname)
{
	struct rc_record *r;
	struct rc_name name = name_of(qname);
	uint64_t hash = rc_name_hash(SEED, &name);
	uint64_t asker = rc_recorder_key(s.recorder, rc_addr_hash(SEED, &x->asker), hash);
	uint64_t server = rc_recorder_key(s.recorder, rc_addr_hash(SEED, &x->server), hash);
	rc_recorder_add(s.recorder, x->first_ns, &name, asker, server, &r);
	r->x = *x;
	r->x.name_hash = hash;
}

/* So many questions of the resolver for the zone of the name were left unanswered before. */
static inline void find_silent(unsigned n)
{
	s.c.n_zones = s.c.n_names = 1;
	s.c.names = &s.name;
	for (unsigned i = 0; i < n; i++) {
		struct rc_exchange x = s.asked[0];
		x.state = RC_X_UNANSWERED;
		x.first_ns = x.last_ns = T0 - (int64_t)(900 - 100 * i) * MS;
		record(&x, "other.example");
	}
	s.x.first_frame = 9;
	record(&s.x, "www.example");
}

/* What the rule makes of a scene with one thing otherwise. */
#define assert_but(set, otherwise, slug, wanted) \
	do { \
		set(); \
		otherwise; \
		assert_int_equal(judge_as(slug), wanted); \
	} while (0)

#endif
