/*
 * A failure, what was told of one before it, and what the rules make of it: for the tests of what is handed on.
 */
#ifndef RC_TESTS_ANALYZE_REPEAT_H
#define RC_TESTS_ANALYZE_REPEAT_H

#include "analyze/decide/repeat.h"
#include "base/arena.h"
#include "tests/analyze/scene.h"

#define S RC_NS_PER_S

/* What was told of an earlier failure, and what the rules make of the one at hand. */
static struct rc_rule was, now;
static struct rc_finding told;
static struct rc_evidence shown[1], room[RC_EVIDENCE_MAX];
static enum rc_confidence told_as;
static const char *told_of;
static int64_t ago_ns;
static struct rc_weighed o;
static struct rc_name example;

static inline void sees(const char *slug, enum rc_confidence confidence)
{
	now.cause.slug = slug;
	o.rule = &now;
	o.confidence = confidence;
	o.finding.explanation = "it fails";
}

static inline void met(const char *slug, uint16_t flags)
{
	was.cause.slug = slug;
	was.flags = flags;
}

/* The question fails at once, and nobody is asked; five seconds ago it failed as well, and it was proven why. */
static inline void repeat(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.c.weighing = false;
	s.x.end_ns = s.c.to_ns = T0 + MS / 2;
	s.c.n_names = 1;
	s.c.names = &s.name;
	s.name.role = RC_ROLE_QUESTION;
	example = name_of("example");
	was = now = (struct rc_rule){
		.cause = {.slug = "upstream.timeout", .responsible = RC_PARTY_SERVER_OPERATOR}};
	shown[0] = (struct rc_evidence){.from = s.x.asker, .ts_ns = T0 - 5 * S};
	told = (struct rc_finding){.explanation = "why", .evidence = shown, .n_evidence = 1};
	told_as = RC_CONF_PROVEN;
	told_of = "www.example";
	ago_ns = 5 * S;
	o = (struct rc_weighed){.rule = &now, .finding = {.evidence = room}};
}

/* It was told of another name, and of the zone of both. */
static inline void tell_of_zone(void)
{
	told_of = "mail.example";
	told.zone = &example;
}

static inline struct rc_memo *remember(void (*put)(struct rc_memo *memo, const struct rc_case *c,
						   const struct rc_rule *rule,
						   enum rc_confidence confidence,
						   const struct rc_finding *f))
{
	struct rc_memo *memo;
	assert_int_equal(rc_memo_new(1, SEED, &memo), RC_OK);
	assert_int_equal(rc_arena_new(1u << 16, &s.c.arena), RC_OK);
	struct rc_name name = name_of(told_of);
	struct rc_exchange x = s.x;
	struct rc_case c = s.c;
	x.name_hash = rc_name_hash(SEED, &name);
	x.end_ns = T0 - ago_ns;
	c.x = &x;
	c.qname = &name;
	put(memo, &c, &was, told_as, &told);
	return memo;
}

static inline void end(struct rc_memo *memo)
{
	rc_memo_free(memo);
	rc_arena_free(s.c.arena);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
}

/* How sure the earlier verdict is of this failure. */
static inline enum rc_confidence taken_over(void)
{
	return o.rule == &was ? o.confidence : RC_CONF_NONE;
}

#define assert_at(how, set, otherwise, wanted) \
	do { \
		set(); \
		otherwise; \
		assert_int_equal(how(), wanted); \
	} while (0)
#define PROVEN RC_CONF_PROVEN
#define LIKELY RC_CONF_LIKELY
#define POSSIBLE RC_CONF_POSSIBLE
#define NONE RC_CONF_NONE

#endif
