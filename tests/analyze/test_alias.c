/* Aliases that lead in circles, on and on, or to a name that is too long. */
#include "tests/analyze/scene.h"

#define MANY 8u      /* more than any zone needs: resolvers give up soon behind these */
#define TOO_MANY 11u /* resolvers give up */
#define LABEL "a234567890123456789012345678901234567890123456789012345678901"

static struct rc_msg messages[2];
static struct dns built[2]; /* the octets of the messages */
static struct rc_followed followed[2];

static void build(unsigned i, uint16_t rcode)
{
	dns_query(&built[i], 1, RC_FLAG_QR | RC_FLAG_AA | rcode, "www.example", RC_TYPE_A);
}

static const struct rc_msg *built_message(unsigned i)
{
	assert_true(rc_msg_decode(built[i].data, built[i].len, built[i].len, SEED, &messages[i]));
	return &messages[i];
}

static void put_alias(unsigned i, const char *owner, const char *target)
{
	dns_rr_name(&built[i], RC_ANSWER, owner, RC_TYPE_CNAME, target);
}

/* From www.example to n1.example, n2.example, and so on: so many aliases. */
static const struct rc_msg *chain_of(unsigned n)
{
	char owner[32] = "www.example", target[32];
	build(0, 0);
	for (unsigned i = 1; i <= n; i++) {
		snprintf(target, sizeof target, "n%u.example", i);
		put_alias(0, owner, target);
		memcpy(owner, target, sizeof owner);
	}
	return built_message(0);
}

static const struct rc_msg *circle(void)
{
	build(0, 0);
	put_alias(0, "www.example", "mail.example");
	put_alias(0, "mail.example", "www.example");
	return built_message(0);
}

/* A resolver was given the message when it asked for the name, and failed. */
static void give(const struct rc_msg *message)
{
	begin_alone(RC_RCODE_SERVFAIL);
	assert_int_equal(rc_arena_new(1u << 18, &s.c.arena), RC_OK);
	s.c.n_links = 1;
	s.links[0].answer = message;
	s.links[0].outcome = RC_OUT_USABLE;
	followed[0] = s.name;
	followed[0].role = RC_ROLE_QUESTION;
	s.links[0].name = &followed[0];
}

#define assert_told(slug, set, otherwise, wanted) \
	do { \
		set; \
		otherwise; \
		assert_int_equal(judge_as(slug), RC_CONF_##wanted); \
		rc_arena_free(s.c.arena); \
	} while (0)

#define assert_loop(set, otherwise, wanted) assert_told("zone.cname_loop", set, otherwise, wanted)

static void aliases_that_lead_back_are_a_loop(void **state)
{
	(void)state;
	assert_loop(give(circle()), (void)0, PROVEN);
	assert_loop(give(circle()), followed[0].role = RC_ROLE_ALIAS, PROVEN);
	assert_loop(give(circle()), followed[0].role = RC_ROLE_NAMESERVER, NONE);
	assert_loop(give(circle()), s.links[0].answer = NULL, NONE);
	assert_loop(give(circle()), s.qname = name_of("ftp.example"), NONE);
	assert_loop(give(chain_of(2)), (void)0, NONE);
}

/* What led there from the question was remembered: the resolver asked for what it leads to alone. */
static void a_loop_may_begin_behind_what_was_remembered(void **state)
{
	(void)state;
	assert_loop(give(circle()),
		    (s.qname = name_of("ftp.example"), followed[0].role = RC_ROLE_ALIAS), PROVEN);
	assert_loop(give(circle()),
		    (s.qname = name_of("ftp.example"), followed[0].role = RC_ROLE_ALIAS,
		     followed[0].name = name_of("ftp.example")),
		    NONE);
}

static void a_chain_without_an_end_does_not_end(void **state)
{
	(void)state;
	assert_loop(give(chain_of(MANY)), (void)0, LIKELY);
	assert_loop(give(chain_of(MANY - 1)), (void)0, NONE);
	assert_loop(give(chain_of(70)), (void)0, LIKELY); /* more than is kept */
}

/* Resolvers do not follow each chain to its end; but who gives it to CD=1 follows. */
static void a_chain_with_an_end_may_be_longer_than_resolvers_follow(void **state)
{
	(void)state;
	assert_loop(give(chain_of(TOO_MANY)), s.c.final = s.links, LIKELY);
	assert_loop(give(chain_of(TOO_MANY - 1)), s.c.final = s.links, NONE);
	assert_loop(give(chain_of(TOO_MANY)), (s.c.final = s.links, s.c.others.cd_ok = 1), NONE);
	assert_loop(give(chain_of(TOO_MANY)), (s.c.final = s.links, s.x.state = RC_X_UNANSWERED),
		    NONE);
}

/* The resolver's own queries are not needed where it tells its client. */
static void tell_client(const struct rc_msg *message)
{
	give(message);
	s.c.n_links = 0;
	s.links[0].answer = NULL;
	s.c.answer = message;
}

static void what_the_client_is_told_shows_a_loop(void **state)
{
	(void)state;
	assert_loop(tell_client(circle()), (void)0, PROVEN);
	assert_loop(tell_client(circle()), s.c.upstream_visible = false, PROVEN);
	assert_loop(tell_client(chain_of(0)), (void)0, NONE);
}

/* One alias is shown by a server, the next to the client. */
static void what_is_told_and_what_is_seen_add_up(void **state)
{
	(void)state;
	build(0, 0);
	put_alias(0, "www.example", "mail.example");
	give(built_message(0));
	build(1, 0);
	put_alias(1, "mail.example", "www.example");
	s.c.answer = built_message(1);
	assert_int_equal(judge_as("zone.cname_loop"), RC_CONF_PROVEN);
	rc_arena_free(s.c.arena);
}

static void only_aliases_of_the_answer_count(void **state)
{
	(void)state;
	build(0, 0);
	put_alias(0, "www.example", "mail.example");
	dns_rr_a(&built[0], RC_ANSWER, "mail.example", "192.0.2.1");
	dns_rr_name(&built[0], RC_AUTHORITY, "mail.example", RC_TYPE_CNAME, "www.example");
	assert_loop(give(built_message(0)), (void)0, NONE);
}

/* The resolver says so itself. */
static void say(const char *text)
{
	build(0, RC_RCODE_SERVFAIL);
	dns_opt_said(&built[0], false, 0, text);
	tell_client(built_message(0));
	s.c.ede = RC_EDE(OTHER);
}

static void a_resolver_may_say_that_it_gave_up(void **state)
{
	(void)state;
	assert_loop(say("max. restarts reached"), (void)0, LIKELY);
	assert_loop(say("something else"), (void)0, NONE);
	assert_loop(say("max. restarts reached"), s.c.failed_zone = 0, NONE);
	assert_loop(say("max. restarts reached"), s.c.final = s.links, NONE);
}

/* --- zone.alias_too_long --- */

#define assert_long(set, otherwise, wanted) \
	assert_told("zone.alias_too_long", set, otherwise, wanted)

/* A DNAME of example to a target of so many labels of 61 octets; the question is for four more of them. */
static const struct rc_msg *stretch_as(uint16_t type, const char *owner, unsigned labels)
{
	char target[256] = "test";
	for (unsigned i = 0; i < labels; i++)
		snprintf(target, sizeof target, "%.*s.test", (int)((i + 1) * sizeof LABEL - 1),
			 LABEL "." LABEL "." LABEL);
	build(0, RC_RCODE_YXDOMAIN);
	dns_rr_name(&built[0], RC_ANSWER, owner, type, target);
	return built_message(0);
}

static const struct rc_msg *stretch(const char *owner, unsigned labels)
{
	return stretch_as(RC_TYPE_DNAME, owner, labels);
}

static void fail_long(const struct rc_msg *message)
{
	tell_client(message);
	s.qname = name_of(LABEL "." LABEL ".example");
	s.x.answer.rcode = RC_RCODE_YXDOMAIN;
}

static void a_dname_makes_a_name_too_long(void **state)
{
	(void)state;
	assert_long(fail_long(stretch("example", 3)), (void)0, PROVEN);
	assert_long(fail_long(stretch("example", 3)), s.x.answer.rcode = RC_RCODE_SERVFAIL, PROVEN);
	assert_long(fail_long(stretch("example", 1)), (void)0, LIKELY); /* as it says */
	assert_long(fail_long(stretch("example", 1)), s.x.answer.rcode = RC_RCODE_SERVFAIL, NONE);
	assert_long(fail_long(stretch("test", 3)), s.x.answer.rcode = RC_RCODE_SERVFAIL, NONE);
	assert_long(fail_long(stretch("example", 3)),
		    (s.qname = name_of("example"), s.x.answer.rcode = RC_RCODE_SERVFAIL), NONE);
	assert_long(fail_long(stretch_as(RC_TYPE_CNAME, "example", 3)),
		    s.x.answer.rcode = RC_RCODE_SERVFAIL, NONE);
	assert_long(fail_long(NULL), (void)0, LIKELY);
	assert_long(fail_long(NULL), s.x.answer.rcode = RC_RCODE_SERVFAIL, NONE);
}

/* A server said so to its resolver; without the DNAME that may mean anything. */
static void hear(const struct rc_msg *message)
{
	give(message);
	s.qname = followed[0].name = name_of(LABEL "." LABEL ".example");
	s.asked[0].answer.rcode = RC_RCODE_YXDOMAIN;
	s.asked[0].answer.flags = RC_FLAG_AA;
}

static void a_server_of_the_zone_says_that_a_name_is_too_long(void **state)
{
	(void)state;
	assert_long(hear(stretch("example", 3)), (void)0, PROVEN);
	assert_long(hear(stretch("example", 3)), s.asked[0].answer.rcode = 0, NONE);
	assert_long(hear(NULL), (void)0, POSSIBLE);
	assert_long(hear(NULL), s.asked[0].answer.flags = 0, LIKELY);
	assert_long(hear(NULL), s.asked[0].answer.counts[0] = 1, LIKELY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aliases_that_lead_back_are_a_loop),
		cmocka_unit_test(a_loop_may_begin_behind_what_was_remembered),
		cmocka_unit_test(a_chain_without_an_end_does_not_end),
		cmocka_unit_test(a_chain_with_an_end_may_be_longer_than_resolvers_follow),
		cmocka_unit_test(what_the_client_is_told_shows_a_loop),
		cmocka_unit_test(what_is_told_and_what_is_seen_add_up),
		cmocka_unit_test(only_aliases_of_the_answer_count),
		cmocka_unit_test(a_resolver_may_say_that_it_gave_up),
		cmocka_unit_test(a_dname_makes_a_name_too_long),
		cmocka_unit_test(a_server_of_the_zone_says_that_a_name_is_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
