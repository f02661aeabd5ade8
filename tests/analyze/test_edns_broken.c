/* Servers that fail what carries EDNS, or a part of it, and answer the rest. */
#include "tests/analyze/scene.h"

#define ASKER "198.51.100.99" /* somebody else */

static struct rc_msg message;
static struct dns built; /* the octets of the message */
static struct rc_zone_view zones[2];

/* What was answered well: without EDNS. */
static struct rc_exchange works;

/* The servers answer FORMERR to three queries with EDNS; between these and behind them one without is answered. */
static void choke(void)
{
	begin(RC_OUT_FORMERR);
	assert_int_equal(rc_arena_new(1u << 16, &s.c.arena), RC_OK);
	enter_asker(s.hosts, SERVER1)->answered = 1;
	s.name.hash = s.x.name_hash;
	s.c.names = &s.name;
	s.c.n_names = 1;
	s.c.n_links = 3;
	for (unsigned i = 0; i < SERVERS; i++) {
		s.asked[i].server = s.addrs[i % 2];
		s.asked[i].first_ns = T0 + i * 10 * MS;
		s.asked[i].query.edns = true;
	}
	zones[0] = zones[1] = s.zone;
	s.c.zones = zones;
	works = s.asked[0];
	works.query.edns = false;
	works.answer = (struct rc_msg_facts){.flags = RC_FLAG_QR | RC_FLAG_AA};
}

static void answer_at(int64_t ms)
{
	struct rc_exchange x = works;
	x.first_ns = x.last_ns = T0 + ms * MS;
	x.end_ns = x.first_ns + MS;
	record(&x, "www.example");
}

/* So many were answered between the failing ones, and so many behind these. */
static enum rc_confidence judge_edns(unsigned between, unsigned behind)
{
	while (between-- > 0)
		answer_at(5);
	while (behind-- > 0)
		answer_at(50);
	enum rc_confidence confidence = judge_as("upstream.edns_broken");
	rc_arena_free(s.c.arena);
	return confidence;
}

#define assert_broken(otherwise, wanted) \
	do { \
		choke(); \
		otherwise; \
		assert_int_equal(judge_edns(1, 1), RC_CONF_##wanted); \
	} while (0)

static void ask_for_signatures(void)
{
	for (unsigned i = 0; i < SERVERS; i++)
		s.asked[i].query.do_bit = true;
	works.query.edns = true;
}

/* By turns, and more than once: else it may have been an outage, or an accident. */
static void what_fails_with_edns_and_works_without_is_proven_by_turns(void **state)
{
	(void)state;
	assert_broken((void)0, PROVEN);
	assert_broken(s.c.n_links = 2, LIKELY);
	assert_broken(ask_for_signatures(), LIKELY); /* the DO bit makes answers large, too */
	choke();
	assert_int_equal(judge_edns(0, 2), RC_CONF_LIKELY);
	choke();
	assert_int_equal(judge_edns(1, 0), RC_CONF_LIKELY);
}

static void what_works_with_edns_too_or_fails_without_is_no_matter_of_edns(void **state)
{
	(void)state;
	assert_broken(works.query.edns = true, NONE);
	assert_broken(s.asked[1].query.edns = false, NONE);
	assert_broken(works.answer.rcode = RC_RCODE_FORMERR, NONE);
	assert_broken(works.asker = addr(ASKER), NONE); /* it may be about who asks */
	assert_broken(works.opcode = RC_OPCODE_NOTIFY, NONE);
	assert_broken(works.answer.flags |= RC_FLAG_TC, NONE);
	assert_broken(s.x.answer.rcode = RC_RCODE_BADVERS, NONE); /* somebody's word, handed on */
}

/* The servers refuse the EDNS version: there is none below 0. */
static void refuse_version(void)
{
	for (unsigned i = 0; i < SERVERS; i++) {
		s.asked[i].answer.rcode = RC_RCODE_BADVERS;
		s.links[i].outcome = RC_OUT_OTHER_RCODE;
	}
	works.answer.rcode = RC_RCODE_BADVERS;
}

static void badvers_to_version_0_is_broken(void **state)
{
	(void)state;
	assert_broken(refuse_version(), PROVEN);
	assert_broken((refuse_version(), s.asked[1].query.edns_version = 1), NONE);
	assert_broken((refuse_version(), s.asked[1].answer.rcode = RC_RCODE_SERVFAIL), NONE);
	assert_broken((refuse_version(), s.asked[1].answer.rcode = RC_RCODE_SERVFAIL,
		       s.links[1].outcome = RC_OUT_UNKNOWN),
		      PROVEN);
	assert_broken((refuse_version(), s.c.failed_zone = 1), NONE);
}

/* A resolver's own exchange, of which no client is in sight. */
static void ask_version(void)
{
	begin_alone(RC_RCODE_BADVERS);
	s.x.query.flags = s.x.answer.flags = 0;
	s.x.query.edns = true;
}

#define assert_refused(otherwise, wanted) \
	assert_but(ask_version, otherwise, "upstream.edns_broken", RC_CONF_##wanted)

static void badvers_to_a_resolver_is_broken_where_it_asked_version_0(void **state)
{
	(void)state;
	assert_refused((void)0, PROVEN);
	assert_refused(s.x.query.edns = false, NONE);
	assert_refused(s.x.query.edns_version = 1, NONE);
	assert_refused(s.x.query.flags = RC_FLAG_RD, NONE);
	assert_refused(s.x.answer.flags = RC_FLAG_RA, NONE);
}

/* The zone's servers answered in the end, without EDNS and so without the signatures that there had to be. */
static void miss_signatures(void)
{
	s.c.failed_zone = RC_ZONE_NONE;
	s.c.ede = RC_EDE(RRSIGS_MISSING);
}

static void an_answer_without_edns_is_of_no_use_where_it_had_to_be_signed(void **state)
{
	(void)state;
	assert_broken(miss_signatures(), PROVEN);
	assert_broken((miss_signatures(), s.c.ede = RC_EDE(DNSSEC_BOGUS)), NONE);
	assert_broken((miss_signatures(), zones[0].known_cut = false), NONE);
	assert_broken((miss_signatures(), zones[0].role = RC_ROLE_NAMESERVER), NONE);
	assert_broken((miss_signatures(), zones[0].name = name_of(".")), NONE);
}

/* The deepest of the zones on the way is looked at, whichever comes first. */
static void know_deeper(unsigned which)
{
	miss_signatures();
	zones[which].name = name_of("www.example");
	s.c.n_zones = 2;
	for (unsigned i = 0; i < SERVERS; i++)
		s.links[i].zone = which;
}

static void the_deepest_zone_is_the_one_that_answers(void **state)
{
	(void)state;
	assert_broken(know_deeper(0), PROVEN);
	assert_broken(know_deeper(1), PROVEN);
	assert_broken((know_deeper(0), zones[0].known_cut = false), NONE);
}

/* The resolver has been given a DS. */
static void hold_ds(const char *owner, uint16_t type)
{
	static const struct dns rdata = {.data = {0, 1, 8, 2, 0xaa, 0xbb, 0xcc, 0xdd}, .len = 8};
	miss_signatures();
	s.c.ede = 0;
	dns_query(&built, 1, RC_FLAG_QR | RC_FLAG_AA, owner, type);
	dns_rr(&built, RC_ANSWER, owner, type, 300, &rdata);
	assert_true(rc_msg_decode(built.data, built.len, built.len, SEED, &message));
	s.links[0].answer = &message;
}

static void a_ds_says_that_it_had_to_be_signed(void **state)
{
	(void)state;
	assert_broken(hold_ds("example", RC_TYPE_DS), PROVEN);
	assert_broken(hold_ds("test", RC_TYPE_DS), NONE);
	assert_broken(hold_ds("example", RC_TYPE_DNSKEY), NONE);
	assert_broken((hold_ds("example", RC_TYPE_DS), s.links[0].answer = NULL), NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fails_with_edns_and_works_without_is_proven_by_turns),
		cmocka_unit_test(what_works_with_edns_too_or_fails_without_is_no_matter_of_edns),
		cmocka_unit_test(badvers_to_version_0_is_broken),
		cmocka_unit_test(badvers_to_a_resolver_is_broken_where_it_asked_version_0),
		cmocka_unit_test(an_answer_without_edns_is_of_no_use_where_it_had_to_be_signed),
		cmocka_unit_test(the_deepest_zone_is_the_one_that_answers),
		cmocka_unit_test(a_ds_says_that_it_had_to_be_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
