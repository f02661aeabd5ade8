/* What became of a question put to a server of a zone, and which zone failed for it: rc_zones_judge. */
#include "analyze/infer/digest.h"
#include "analyze/infer/trail.h"
#include "analyze/infer/zones.h"
#include "analyze/pair/pair.h"
#include "tests/analyze/scene.h"

#define LINKS 4u
#define S RC_NS_PER_S

static struct rc_book *book;
static struct rc_exchange asked[LINKS];
static struct rc_link links[LINKS];
static struct rc_followed question, alias;
static struct rc_msg messages[LINKS];
static struct dns built[LINKS]; /* the octets of the messages */

/* The zone book has that example is served at SERVER1 and SERVER2. */
static void note_delegation(void)
{
	struct dns d;
	dns_query(&d, 1, RC_FLAG_QR, "example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns2.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", SERVER1);
	dns_rr_a(&d, RC_ADDITIONAL, "ns2.example", SERVER2);
	struct rc_obs o = obs_message(T0 - S, "9.9.9.99", 53, RESOLVER, 40000, &d);
	rc_book_note(book, &o, false);
}

/* The resolver put the question to SERVER1, which does not answer; it has waited for three seconds. */
static void ask_server(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	assert_int_equal(rc_book_new(1u << 16, SEED, &book), RC_OK);
	assert_int_equal(rc_digests_new(1u << 20, SEED, &s.c.digests), RC_OK);
	assert_int_equal(rc_trails_new(SEED, &s.c.trails), RC_OK);
	assert_int_equal(rc_arena_new(1u << 20, &s.c.arena), RC_OK);
	note_delegation();
	question = s.name;
	question.role = RC_ROLE_QUESTION;
	question.wanted = true;
	question.hash = s.x.name_hash;
	alias = question;
	alias.role = RC_ROLE_ALIAS;
	static struct rc_followed names[2];
	names[0] = question;
	names[1] = (struct rc_followed){.name = name_of("example"), .role = RC_ROLE_ANCESTOR};
	names[1].hash = rc_name_hash(SEED, &names[1].name);
	s.c.names = names;
	s.c.n_names = 2;
	s.c.book = book;
	s.c.to_ns = T0 + 3 * S;
	s.c.links = links;
	s.c.n_links = 1;
	for (unsigned i = 0; i < LINKS; i++) {
		asked[i] = (struct rc_exchange){.asker = s.resolver,
						.server = s.addrs[0],
						.qtype = RC_TYPE_A,
						.state = RC_X_UNANSWERED,
						.attempts = 1,
						.first_ns = T0 + (int64_t)i * S,
						.last_ns = T0 + (int64_t)i * S};
		links[i] = (struct rc_link){.x = &asked[i], .name = &names[0]};
	}
}

/* The server's answer, from its header on. */
static void answer(unsigned i, uint16_t flags)
{
	asked[i].state = RC_X_ANSWERED;
	asked[i].end_ns = asked[i].first_ns + MS;
	asked[i].answer.flags = flags & 0xff00u;
	asked[i].answer.rcode = flags & 15u;
	dns_query(&built[i], 1, RC_FLAG_QR | flags, "www.example", RC_TYPE_A);
}

static void given(unsigned i)
{
	assert_true(rc_msg_decode(built[i].data, built[i].len, built[i].len, SEED, &messages[i]));
	links[i].answer = &messages[i];
	asked[i].answer.has = messages[i].has & 0x7ffu;
	memcpy(asked[i].answer.counts, messages[i].counts + RC_ANSWER,
	       sizeof asked[i].answer.counts);
}

static void judge(void)
{
	rc_zones_judge(&s.c);
}

static void end(void)
{
	rc_book_free(book);
	rc_digests_free(s.c.digests);
	rc_trails_free(s.c.trails);
	rc_arena_free(s.c.arena);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
}

#define assert_outcome(otherwise, wanted) \
	do { \
		ask_server(); \
		otherwise; \
		judge(); \
		assert_int_equal(links[0].outcome, RC_OUT_##wanted); \
		end(); \
	} while (0)

static void a_server_that_is_waited_for_is_silent(void **state)
{
	(void)state;
	assert_outcome((void)0, TIMEOUT);
	assert_outcome(asked[0].last_ns = T0 + 2900 * MS, UNKNOWN);
	assert_outcome((asked[0].last_ns = T0 + 2900 * MS, asked[0].attempts = 2), TIMEOUT);
	assert_outcome((asked[0].last_ns = T0 + 2900 * MS, s.c.n_links = 2), TIMEOUT);
	assert_outcome(
		(asked[0].last_ns = T0 + 2900 * MS, s.c.n_links = 2, asked[1].qtype = RC_TYPE_AAAA),
		UNKNOWN);
	assert_outcome((asked[0].last_ns = T0 + 2900 * MS, s.c.n_links = 2, links[1].name = &alias),
		       UNKNOWN);
}

static void the_network_may_say_why(void **state)
{
	(void)state;
	assert_outcome(asked[0].marks = RC_X_ICMP_HARD, ICMP);
	assert_outcome(asked[0].marks = RC_X_GAP, UNKNOWN); /* the answer may have been there */
	assert_outcome(asked[0].marks = RC_X_WRONG_ID, MISMATCHED);
	assert_outcome((asked[0].transport = RC_TCP, asked[0].marks = RC_X_RESET), TCP_FAILED);
	assert_outcome((asked[0].transport = RC_TCP, asked[0].marks = RC_X_NO_CONNECT), TCP_FAILED);
	assert_outcome((asked[0].transport = RC_TCP, asked[0].marks = RC_X_CLOSED), TIMEOUT);
	assert_outcome(asked[0].marks = RC_X_FRAGMENTS_LOST, FRAGMENTS);
	assert_outcome((asked[0].marks = RC_X_FRAGMENTS_LOST, asked[0].sign_ns = s.c.to_ns - MS),
		       TIMEOUT); /* the resolver went on at once: it came */
	assert_outcome((asked[0].marks = RC_X_FRAGMENTS_LOST, asked[0].sign_ns = s.c.to_ns - MS,
			asked[0].attempts = 2),
		       FRAGMENTS);
}

/* A connection, without a question. */
static void a_connection_that_stands_is_silent(void **state)
{
	(void)state;
	assert_outcome(asked[0].name_hash = RC_CONNECT_HASH, TIMEOUT);
	assert_outcome((asked[0].name_hash = RC_CONNECT_HASH, asked[0].marks = RC_X_NO_CONNECT),
		       TIMEOUT);
	assert_outcome((asked[0].name_hash = RC_CONNECT_HASH, asked[0].marks = RC_X_RESET),
		       TCP_FAILED);
}

/* It was silent over UDP, and resets the connection when it is asked over TCP. */
static void reset_in_silence(void)
{
	s.c.n_links = 2;
	asked[0].marks = RC_X_RESET;
	asked[0].transport = RC_TCP;
}

static void a_silent_server_that_resets_is_as_silent(void **state)
{
	(void)state;
	assert_outcome(reset_in_silence(), TIMEOUT);
	assert_outcome((reset_in_silence(), asked[0].marks |= RC_X_NO_CONNECT), TCP_FAILED);
	assert_outcome((reset_in_silence(), asked[1].transport = RC_TCP), TCP_FAILED);
	assert_outcome((reset_in_silence(), asked[1].server = s.addrs[1]), TCP_FAILED);
	assert_outcome((reset_in_silence(), answer(1, RC_FLAG_AA)), TCP_FAILED);
	assert_outcome((reset_in_silence(), answer(1, RC_FLAG_AA), asked[1].marks = RC_X_LATE),
		       TIMEOUT);
	assert_outcome((reset_in_silence(), answer(1, RC_FLAG_AA), asked[1].end_ns = T0 + 5 * S),
		       TIMEOUT);
}

/* Told to use TCP, it gets no answer there. */
static void over_tcp(uint32_t marks)
{
	asked[0].transport = RC_TCP;
	asked[0].marks = RC_X_IS_TC_RETRY | marks;
}

static void who_sends_to_tcp_and_is_silent_there_fails(void **state)
{
	(void)state;
	assert_outcome(over_tcp(0), TCP_FAILED);
	assert_outcome((over_tcp(0), asked[0].last_ns = T0 + 2900 * MS), UNKNOWN);
	assert_outcome((over_tcp(RC_X_CLOSED), asked[0].last_ns = T0 + 2900 * MS), TCP_FAILED);
	assert_outcome(asked[0].transport = RC_TCP, TIMEOUT);
}

/* --- answers --- */

static void answer_at(int64_t ms)
{
	answer(0, RC_FLAG_AA);
	asked[0].end_ns = T0 + ms * MS;
}

static void an_answer_counts_if_it_comes_in_time(void **state)
{
	(void)state;
	assert_outcome(answer_at(1), USABLE);
	assert_outcome(answer_at(3100), TIMEOUT); /* after the client's */
	assert_outcome((answer_at(3100), s.c.n_links = 2), TIMEOUT);
	assert_outcome((answer_at(3100), s.c.to_ns = T0 + 10 * S), USABLE);
	assert_outcome((answer_at(3100), s.c.to_ns = T0 + 10 * S, s.c.n_links = 2), TIMEOUT);
	assert_outcome((answer_at(1), asked[0].marks = RC_X_LATE), TIMEOUT);
	assert_outcome((answer_at(3100), asked[0].last_ns = T0 + 2900 * MS), UNKNOWN);
}

static void an_answer_is_told_by_its_rcode(void **state)
{
	(void)state;
	assert_outcome(answer(0, RC_RCODE_REFUSED), REFUSED);
	assert_outcome(answer(0, RC_RCODE_SERVFAIL), SERVFAIL);
	assert_outcome(answer(0, RC_RCODE_FORMERR), FORMERR);
	assert_outcome(answer(0, RC_RCODE_NOTIMP), NOTIMP);
	assert_outcome(answer(0, RC_RCODE_NOTAUTH), LAME);
	assert_outcome(answer(0, 11), OTHER_RCODE);
	assert_outcome(answer(0, RC_RCODE_NXDOMAIN), USABLE);
	assert_outcome((answer(0, 0), asked[0].marks = RC_X_MALFORMED), MALFORMED);
	assert_outcome((answer(0, 0), asked[0].marks = RC_X_MALFORMED,
			asked[0].answer.fault = RC_FAULT_TRAILING),
		       USABLE);
	assert_outcome(answer(0, RC_FLAG_TC), TRUNCATED);
	assert_outcome((answer(0, RC_FLAG_TC), asked[0].marks = RC_X_TC_RETRIED), UNKNOWN);
}

static void answer_no_question(void)
{
	dns_begin(&built[0], 1, RC_FLAG_QR | RC_FLAG_AA);
	dns_rr_a(&built[0], RC_ANSWER, "www.example", "192.0.2.1");
	asked[0].state = RC_X_ANSWERED;
	asked[0].end_ns = T0 + MS;
	given(0);
}

static void answer_two_questions(void)
{
	answer(0, RC_FLAG_AA);
	dns_question(&built[0], "www.example", RC_TYPE_AAAA);
	given(0);
}

static void an_answer_has_the_question(void **state)
{
	(void)state;
	assert_outcome(answer_no_question(), MISMATCHED);
	assert_outcome(answer_two_questions(), MISMATCHED);
}

/* --- referrals --- */

static void refer(const char *zone)
{
	answer(0, 0);
	dns_rr_name(&built[0], RC_AUTHORITY, zone, RC_TYPE_NS, "ns.test");
	given(0);
}

static void deny(const char *zone, uint16_t flags)
{
	answer(0, flags);
	dns_rr_soa(&built[0], RC_AUTHORITY, zone);
	given(0);
}

static void say_nothing(uint16_t flags)
{
	answer(0, flags);
	given(0);
}

static void a_server_that_leads_nowhere_is_lame(void **state)
{
	(void)state;
	assert_outcome(refer("www.example"), USABLE);
	assert_outcome(refer("example"), LAME);
	assert_outcome(refer("."), LAME);
	assert_outcome((refer("example"), asked[0].query.flags = RC_FLAG_RD), USABLE);
	assert_outcome((refer("example"), asked[0].server = addr(SERVER3)), USABLE);
	assert_outcome((refer("."), asked[0].server = addr(SERVER3)), LAME);
	assert_outcome(say_nothing(0), LAME);
	assert_outcome(say_nothing(RC_FLAG_AA), USABLE);
	assert_outcome(say_nothing(RC_RCODE_NXDOMAIN), USABLE);
	assert_outcome((say_nothing(0), asked[0].marks = RC_X_CUT), UNKNOWN);
	assert_outcome(deny("example", 0), USABLE);
	assert_outcome(deny(".", 0), LAME); /* it has no part of the zone */
	assert_outcome(deny(".", RC_FLAG_AA), USABLE);
	assert_outcome((deny(".", 0), asked[0].server = addr(SERVER3)), USABLE);
}

static void answer_without_authority(void)
{
	answer(0, 0);
	dns_rr_a(&built[0], RC_ANSWER, "www.example", "192.0.2.1");
	given(0);
}

static void data_without_authority_is_of_use(void **state)
{
	(void)state;
	assert_outcome(answer_without_authority(), USABLE);
}

/* --- forwarded first --- */

/* It forwarded the question in vain, and asked the zone's server then. */
static void forward_first(void)
{
	s.c.n_links = 2;
	asked[0].server = addr(SERVER3);
	asked[0].query.flags = RC_FLAG_RD;
}

#define assert_superseded(otherwise, wanted) \
	do { \
		ask_server(); \
		forward_first(); \
		otherwise; \
		judge(); \
		assert_int_equal(links[0].superseded, wanted); \
		end(); \
	} while (0)

static void what_was_walked_after_counts(void **state)
{
	(void)state;
	assert_superseded((void)0, true);
	assert_superseded(asked[0].query.flags = 0, false);
	assert_superseded(asked[1].query.flags = RC_FLAG_RD, false);
	assert_superseded(answer(0, 0), false);
	assert_superseded(answer(0, RC_RCODE_SERVFAIL), true);
	assert_superseded(asked[0].server = s.resolver, false);
}

/* --- which zone failed --- */

static void the_zone_that_nobody_answered_for_failed(void **state)
{
	(void)state;
	ask_server();
	judge();
	assert_int_not_equal(s.c.failed_zone, RC_ZONE_NONE);
	const struct rc_zone_view *z = &s.c.zones[s.c.failed_zone];
	assert_int_equal(z->name.labels, 1);
	assert_int_equal(z->n_addrs, 2);
	assert_int_equal(z->n_servers, 1);
	assert_int_equal(z->asked, 1);
	assert_int_equal(z->usable, 0);
	assert_int_equal(z->count[RC_OUT_TIMEOUT], 1);
	assert_int_equal(z->servers[0].worst, RC_OUT_TIMEOUT);
	end();
}

/* One of its servers answers: the zone has not failed, and what it said is the answer. */
static void one_server_that_answers_is_enough(void **state)
{
	(void)state;
	ask_server();
	s.c.n_links = 2;
	asked[1].server = s.addrs[1];
	answer(1, RC_FLAG_AA);
	dns_rr_a(&built[1], RC_ANSWER, "www.example", "192.0.2.1");
	given(1);
	judge();
	assert_int_equal(s.c.failed_zone, RC_ZONE_NONE);
	assert_ptr_equal(s.c.final, &links[1]);
	end();
}

/* What each server met with most often; what is not known yet is no outcome. */
static void the_worst_of_a_server_is_what_it_met_with_most(void **state)
{
	(void)state;
	ask_server();
	s.c.n_links = 3;
	answer(0, RC_RCODE_SERVFAIL);
	answer(1, RC_RCODE_REFUSED);
	answer(2, RC_RCODE_REFUSED);
	judge();
	const struct rc_zone_view *z = &s.c.zones[s.c.failed_zone];
	assert_int_equal(z->n_servers, 1);
	assert_int_equal(z->servers[0].worst, RC_OUT_REFUSED);
	assert_int_equal(z->count[RC_OUT_SERVFAIL], 1);
	end();
	ask_server();
	s.c.n_links = 2;
	asked[0].marks = RC_X_GAP;
	answer(1, RC_RCODE_REFUSED);
	judge();
	assert_int_equal(s.c.zones[s.c.failed_zone].servers[0].worst, RC_OUT_REFUSED);
	end();
}

/* --- what goes on after an answer --- */

/* There is no AAAA, and an A is asked for (DNS64), in vain. */
static void ask_for_ipv4(void)
{
	ask_server();
	s.c.n_links = 2;
	s.x.qtype = asked[0].qtype = RC_TYPE_AAAA;
	deny("example", RC_FLAG_AA);
}

#define assert_final(set, otherwise, wanted) \
	do { \
		set(); \
		otherwise; \
		judge(); \
		assert_int_equal(s.c.final != NULL, wanted); \
		end(); \
	} while (0)

static void where_ipv6_has_none_the_addresses_of_ipv4_are_needed(void **state)
{
	(void)state;
	assert_final(ask_for_ipv4, (void)0, false);
	assert_final(ask_for_ipv4, s.c.n_links = 1, true);
	assert_final(ask_for_ipv4, asked[1].qtype = RC_TYPE_MX, true);
	assert_final(ask_for_ipv4, answer(1, RC_FLAG_AA), true);
	assert_final(ask_for_ipv4, deny("example", RC_FLAG_AA | RC_RCODE_NXDOMAIN), true);
	assert_final(ask_for_ipv4, asked[1].first_ns = T0 - MS, true); /* at the same time */
	assert_final(ask_for_ipv4, links[1].name = &alias, true);
}

/* The answer has an alias and where it leads, and that is asked for, in vain. */
static void ask_for_target(void)
{
	ask_server();
	s.c.n_links = 2;
	answer(0, RC_FLAG_AA);
	dns_rr_name(&built[0], RC_ANSWER, "www.example", RC_TYPE_CNAME, "www.test");
	dns_rr_a(&built[0], RC_ANSWER, "www.test", "192.0.2.1");
	given(0);
	links[1].name = &alias;
}

static void where_an_alias_leads_resolvers_ask_themselves(void **state)
{
	(void)state;
	assert_final(ask_for_target, (void)0, false);
	assert_final(ask_for_target, s.c.n_links = 1, true);
	assert_final(ask_for_target, alias.wanted = false, true);
	assert_final(ask_for_target, alias.role = RC_ROLE_ANCESTOR, true);
	assert_final(ask_for_target, asked[1].qtype = RC_TYPE_AAAA, true);
	assert_final(ask_for_target, asked[1].first_ns = T0 - MS, true);
	assert_final(ask_for_target, answer(1, RC_FLAG_AA), true);
	assert_final(ask_for_target, answer(1, RC_RCODE_SERVFAIL), false);
	assert_final(ask_for_target, asked[0].answer.has = RC_HAS_ANSWER_CNAME, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_is_waited_for_is_silent),
		cmocka_unit_test(the_network_may_say_why),
		cmocka_unit_test(a_connection_that_stands_is_silent),
		cmocka_unit_test(a_silent_server_that_resets_is_as_silent),
		cmocka_unit_test(who_sends_to_tcp_and_is_silent_there_fails),
		cmocka_unit_test(an_answer_counts_if_it_comes_in_time),
		cmocka_unit_test(an_answer_is_told_by_its_rcode),
		cmocka_unit_test(an_answer_has_the_question),
		cmocka_unit_test(a_server_that_leads_nowhere_is_lame),
		cmocka_unit_test(data_without_authority_is_of_use),
		cmocka_unit_test(what_was_walked_after_counts),
		cmocka_unit_test(the_zone_that_nobody_answered_for_failed),
		cmocka_unit_test(one_server_that_answers_is_enough),
		cmocka_unit_test(the_worst_of_a_server_is_what_it_met_with_most),
		cmocka_unit_test(where_ipv6_has_none_the_addresses_of_ipv4_are_needed),
		cmocka_unit_test(where_an_alias_leads_resolvers_ask_themselves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
