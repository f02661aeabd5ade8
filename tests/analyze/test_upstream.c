/* Every server of a zone failed the same way: what else it takes to be sure that this is why. */
#include "tests/analyze/scene.h"

static enum rc_confidence judge(enum rc_outcome outcome)
{
	static const struct {
		enum rc_outcome outcome;
		const char *slug;
	} slugs[] = {{RC_OUT_TIMEOUT, "upstream.timeout"},
		     {RC_OUT_SERVFAIL, "upstream.servfail"},
		     {RC_OUT_REFUSED, "delegation.lame_refused"},
		     {RC_OUT_LAME, "delegation.lame_referral"},
		     {RC_OUT_ICMP, "upstream.unreachable"}};
	size_t row = 0;
	while (slugs[row].outcome != outcome)
		row++;
	return judge_as(slugs[row].slug);
}

static void lose_lineage(void)
{
	s.c.lineage_cut = true;
}

static void lose_packets(void)
{
	s.x.marks = RC_X_GAP;
}

static void ask_for_a_nameserver(void)
{
	s.zone.role = RC_ROLE_NAMESERVER;
}

static void fare_otherwise_with_one(void)
{
	s.servers[1].worst = RC_OUT_FORMERR;
}

static void hand_on_what_others_are_walked_for(void)
{
	enter_asker(s.hosts, RESOLVER)->got_referrals = 1;
	s.asked[0].query.flags = s.asked[1].query.flags = RC_FLAG_RD;
}

static void ask_over_tcp(void)
{
	s.asked[0].transport = s.asked[1].transport = RC_TCP;
}

static void all_servers_that_fail_alike_prove_it_where_nothing_else_may_be_why(void **state)
{
	static const enum rc_outcome outcomes[] = {RC_OUT_TIMEOUT, RC_OUT_SERVFAIL, RC_OUT_REFUSED,
						   RC_OUT_LAME};
	static void (*const doubts[])(void) = {lose_lineage,
					       lose_packets,
					       ask_for_a_nameserver,
					       fare_otherwise_with_one,
					       hand_on_what_others_are_walked_for,
					       ask_over_tcp};
	(void)state;
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		begin(outcomes[i]);
		assert_int_equal(judge(outcomes[i]), RC_CONF_PROVEN);
		for (size_t k = 0; k < sizeof doubts / sizeof *doubts; k++) {
			begin(outcomes[i]);
			doubts[k]();
			assert_int_equal(judge(outcomes[i]), RC_CONF_LIKELY);
		}
		begin(outcomes[i]); /* one of three */
		fare_otherwise_with_one();
		s.servers[2].worst = RC_OUT_FORMERR;
		s.zone.n_servers = 3;
		assert_int_equal(judge(outcomes[i]), RC_CONF_POSSIBLE);
		begin(outcomes[i]);
		s.servers[0].worst = s.servers[1].worst = RC_OUT_FORMERR;
		assert_int_equal(judge(outcomes[i]), RC_CONF_NONE);
		begin(outcomes[i]); /* what servers say to a transfer is about the transfer */
		s.x.qtype = RC_TYPE_AXFR;
		assert_int_equal(judge(outcomes[i]),
				 outcomes[i] == RC_OUT_TIMEOUT ? RC_CONF_PROVEN : RC_CONF_NONE);
		begin(outcomes[i]); /* lame is who was delegated the zone */
		s.zone.known_cut = false;
		bool lame = outcomes[i] == RC_OUT_REFUSED || outcomes[i] == RC_OUT_LAME;
		assert_int_equal(judge(outcomes[i]), lame ? RC_CONF_LIKELY : RC_CONF_PROVEN);
		begin(outcomes[i]); /* a forwarder that never walks has no others to ask */
		s.asked[0].query.flags = s.asked[1].query.flags = RC_FLAG_RD;
		assert_int_equal(judge(outcomes[i]), RC_CONF_PROVEN);
	}
}

static void silence_proves_nothing_where_a_server_lives_or_nobody_waited(void **state)
{
	(void)state;
	begin(RC_OUT_TIMEOUT); /* another, which it is not seen to ask, has answered at other times */
	s.zone.n_addrs = 3;
	enter_asker(s.hosts, SERVER3)->answered = 1;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_LIKELY);
	begin(RC_OUT_TIMEOUT);
	s.zone.n_addrs = 3;
	enter_asker(s.hosts, SERVER3);
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_PROVEN);
	begin(RC_OUT_TIMEOUT); /* who else serves the zone is not seen, and one of these has lived */
	s.zone.known_cut = false;
	enter_asker(s.hosts, SERVER1)->answered = 1;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_LIKELY);
	begin(RC_OUT_TIMEOUT); /* it has died since */
	enter_asker(s.hosts, SERVER1)->answered = 1;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_PROVEN);
	begin(RC_OUT_TIMEOUT); /* meanwhile it answered another question */
	enter_asker(s.hosts, SERVER1)->answered_query_ns = T0 + MS;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_LIKELY);
	begin(RC_OUT_TIMEOUT);
	s.x.end_ns = T0 + RC_NS_PER_S;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_POSSIBLE);
	begin(RC_OUT_TIMEOUT); /* the client gave up, not the resolver */
	s.x.end_ns = T0 + RC_NS_PER_S;
	s.x.state = RC_X_UNANSWERED;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_PROVEN);
	begin(RC_OUT_TIMEOUT); /* delegation.glue_unroutable */
	for (unsigned i = 0; i < 2; i++)
		s.addrs[i] = s.servers[i].addr = addr(i == 0 ? "240.0.0.1" : "240.0.0.2");
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_LIKELY);
	begin(RC_OUT_TIMEOUT);
	s.addrs[0] = s.servers[0].addr = addr("240.0.0.1");
	s.addrs[1] = s.servers[1].addr = addr("9.9.9.9");
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_PROVEN);
}

/* Told that some are out of reach, a resolver turns to the next at once, if it can. */
static void who_is_out_of_reach_proves_nothing_while_another_lives(void **state)
{
	static const char *const askers[] = {RESOLVER, "2001:db8::53"};
	(void)state;
	begin(RC_OUT_ICMP);
	assert_int_equal(judge(RC_OUT_ICMP), RC_CONF_PROVEN);
	for (unsigned v6 = 0; v6 < 2; v6++)
		for (unsigned asks = 0; asks < 2; asks++) {
			begin(RC_OUT_ICMP);
			s.resolver = addr(askers[v6]);
			enter_asker(s.hosts, askers[v6])->asked_rd0 = asks;
			s.zone.n_addrs = 3;
			enter_asker(s.hosts, SERVER3)->answered = 1;
			assert_int_equal(judge(RC_OUT_ICMP),
					 asks && !v6 ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
		}
}

static void one_try_at_one_server_of_an_unknown_zone_proves_no_silence(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		begin(RC_OUT_TIMEOUT);
		s.zone.known_cut = false;
		s.zone.n_addrs = 0;
		s.zone.name.len = i == 1 ? s.zone.name.len : 0;
		s.zone.n_servers = i == 2 ? 2 : 1;
		s.c.n_links = i == 2 ? 2 : 1;
		s.asked[0].attempts = i == 3 ? 2 : 1;
		s.asked[1].attempts = 1;
		s.links[1].name = NULL; /* the other is asked for something else */
		s.asked[0].query.flags = i == 4 ? RC_FLAG_RD : 0;
		assert_int_equal(judge(RC_OUT_TIMEOUT), i == 0 ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

static void a_servfail_on_the_way_of_an_alias_or_from_behind_is_of_somebody_else(void **state)
{
	(void)state;
	for (unsigned other = 0; other < 2; other++) {
		begin(RC_OUT_SERVFAIL);
		s.c.n_links = 3;
		s.links[2].zone = other ? 7 : 0; /* of another zone it says nothing here */
		s.asked[2].answer.flags = RC_FLAG_RA;
		assert_int_equal(judge(RC_OUT_SERVFAIL), other ? RC_CONF_PROVEN : RC_CONF_LIKELY);
		begin(RC_OUT_SERVFAIL);
		s.c.n_links = 3;
		s.links[2].zone = other ? 7 : 0;
		s.links[2].answer = &s.answer;
		s.answer.has = RC_HAS_ANSWER_CNAME;
		assert_int_equal(judge(RC_OUT_SERVFAIL), other ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
}

/* Both servers answer for other zones, and are not seen to have ever answered for this one. */
static void serve_other_zones(void)
{
	begin(RC_OUT_SERVFAIL);
	s.asked[0].name_hash = s.asked[1].name_hash = s.x.name_hash;
	enter_asker(s.hosts, SERVER1)->answered_aa = 1;
	enter_asker(s.hosts, SERVER2)->answered_aa = 1;
}

/* One of them did. */
static void answer_before(const char *qname, unsigned flags, unsigned rcode)
{
	struct rc_exchange x = s.asked[0];
	x.answer = (struct rc_msg_facts){.flags = (uint16_t)flags,
					 .rcode = (uint16_t)(rcode & 0xf)};
	record(&x, qname);
}

static void who_fails_for_one_zone_alone_may_not_have_loaded_it(void **state)
{
	static const char slug[] = "upstream.servfail";
	(void)state;
	assert_but(serve_other_zones, (void)0, slug, RC_CONF_LIKELY);
	assert_but(serve_other_zones, rc_hosts_find(s.hosts, &s.addrs[0])->answered_aa = 0, slug,
		   RC_CONF_PROVEN);
	assert_but(serve_other_zones, answer_before("www.example", RC_FLAG_AA, RC_RCODE_NOERROR),
		   slug, RC_CONF_PROVEN);
	assert_but(serve_other_zones, answer_before("example", RC_FLAG_AA, RC_RCODE_NOERROR), slug,
		   RC_CONF_PROVEN);
	assert_but(serve_other_zones, answer_before("www.example", 0, RC_RCODE_NOERROR), slug,
		   RC_CONF_LIKELY);
	assert_but(serve_other_zones, answer_before("www.example", RC_FLAG_AA, RC_RCODE_SERVFAIL),
		   slug, RC_CONF_LIKELY);
	assert_but(serve_other_zones, s.links[1].outcome = RC_OUT_REFUSED, slug, RC_CONF_PROVEN);
	assert_but(
		serve_other_zones,
		(s.c.n_links = 3, s.links[2].outcome = RC_OUT_UNKNOWN, s.links[2].x = &s.asked[0]),
		slug, RC_CONF_LIKELY);
}

/* A server that is asked so much may limit its answers: one that has given any. */
static void ask_much(enum rc_outcome outcome, unsigned answered)
{
	begin(outcome);
	enter_asker(s.hosts, SERVER1)->answered = answered;
	struct rc_exchange x = {.asker = s.resolver, .server = s.addrs[0], .qdcount = 1};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	for (unsigned i = 0; i < 500; i++)
		rc_hosts_note_query(s.hosts, &x, &keys, (const uint8_t[6]){0}, false);
}

static void who_is_asked_much_and_has_answered_may_limit_its_answers(void **state)
{
	(void)state;
	ask_much(RC_OUT_TIMEOUT, 1);
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_LIKELY);
	ask_much(RC_OUT_TIMEOUT, 0);
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_PROVEN);
	ask_much(RC_OUT_ICMP, 1);
	assert_int_equal(judge(RC_OUT_ICMP), RC_CONF_PROVEN);
}

static void refuse(void)
{
	begin(RC_OUT_REFUSED);
}

/* A server that left questions open and one that answered others are not the same. */
static void silence_is_selective_only_of_who_is_silent(void **state)
{
	(void)state;
	begin(RC_OUT_TIMEOUT);
	s.servers[1].worst = RC_OUT_SERVFAIL;
	s.servers[1].count[RC_OUT_TIMEOUT] = 0;
	enter_asker(s.hosts, SERVER2)->answered_query_ns = T0 + MS;
	assert_int_equal(judge(RC_OUT_TIMEOUT), RC_CONF_LIKELY); /* one of two, and no less */
	/* Refused as prohibited, not said beside an answer. */
	assert_but(refuse,
		   (s.links[0].answer = &s.answer, s.answer.edns.n_ede = 1,
		    s.answer.edns.ede[0].code = RC_EDE_PROHIBITED,
		    s.links[0].outcome = RC_OUT_SERVFAIL),
		   "delegation.lame_refused", RC_CONF_PROVEN);
	/* Another resolver's failure is no SERVFAIL of the zone. */
	begin(RC_OUT_SERVFAIL);
	s.links[0].outcome = RC_OUT_USABLE;
	s.links[0].answer = &s.answer;
	s.answer.has = RC_HAS_ANSWER_CNAME;
	assert_int_equal(judge(RC_OUT_SERVFAIL), RC_CONF_PROVEN);
	begin(RC_OUT_SERVFAIL);
	s.links[0].outcome = RC_OUT_USABLE;
	s.asked[0].answer.flags = RC_FLAG_RA;
	assert_int_equal(judge(RC_OUT_SERVFAIL), RC_CONF_PROVEN);
}

/* Some exchange of the name at a server of the zone. */
static enum rc_confidence judge_refusal_beside(const char *server, unsigned flags, unsigned rcode)
{
	begin(RC_OUT_REFUSED);
	struct rc_exchange x = s.asked[0];
	x.asker = addr("198.51.100.99");
	x.server = addr(server);
	x.answer = (struct rc_msg_facts){.flags = (uint16_t)flags,
					 .rcode = (uint16_t)(rcode & 0xf)};
	record(&x, "www.example");
	return judge(RC_OUT_REFUSED);
}

static void who_serves_others_is_not_lame(void **state)
{
	(void)state;
	assert_int_equal(judge_refusal_beside(SERVER1, RC_FLAG_AA, RC_RCODE_NOERROR),
			 RC_CONF_LIKELY);
	assert_int_equal(judge_refusal_beside(SERVER1, RC_FLAG_AA, RC_RCODE_REFUSED),
			 RC_CONF_PROVEN);
	assert_int_equal(judge_refusal_beside(SERVER1, 0, RC_RCODE_NOERROR), RC_CONF_PROVEN);
	assert_int_equal(judge_refusal_beside(SERVER3, RC_FLAG_AA, RC_RCODE_NOERROR),
			 RC_CONF_PROVEN);
	for (unsigned other = 0; other < 2; other++) { /* it says that it prohibits it */
		begin(RC_OUT_REFUSED);
		s.links[0].answer = &s.answer;
		s.links[0].zone = other ? 7 : 0;
		s.answer.edns.n_ede = 1;
		s.answer.edns.ede[0].code = RC_EDE_PROHIBITED;
		assert_int_equal(judge(RC_OUT_REFUSED), other ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
	for (unsigned served = 0; served < 2; served++) { /* a resolver is not to be looked into */
		begin(RC_OUT_REFUSED);
		s.x.query.flags = 0;
		enter_asker(s.hosts, SERVER2)->served = served;
		assert_int_equal(judge(RC_OUT_REFUSED), served ? RC_CONF_NONE : RC_CONF_PROVEN);
	}
}

static void resolvers_in_the_place_of_servers_may_be_in_the_way_of_all(void **state)
{
	(void)state;
	for (unsigned elsewhere = 0; elsewhere < 3; elsewhere++) {
		begin(RC_OUT_LAME);
		s.asked[elsewhere == 2 ? 2 : 1].answer.flags = RC_FLAG_RA;
		if (elsewhere > 0) {
			s.c.n_links = 3;
			s.links[2].zone = 7;
			s.asked[2].answer.flags = RC_FLAG_RA;
		}
		assert_int_equal(judge(RC_OUT_LAME), elsewhere == 0   ? RC_CONF_LIKELY
						     : elsewhere == 1 ? RC_CONF_POSSIBLE
								      : RC_CONF_PROVEN);
	}
}

/* Two servers of the zone say SERVFAIL, and one that it has not loaded the zone. */
static void begin_not_loaded(void)
{
	begin(RC_OUT_SERVFAIL);
	s.links[0].answer = &s.answer;
	s.answer.edns.n_ede = 1;
	s.answer.edns.ede[0].code = 14;
}

static void a_server_that_says_so_has_not_loaded_its_zone_if_all_of_them_fail(void **state)
{
	static const char slug[] = "zone.not_loaded";
	(void)state;
	begin_not_loaded();
	assert_int_equal(judge_as(slug), RC_CONF_PROVEN);
	begin_not_loaded();
	s.answer.edns.n_ede = 0;
	assert_int_equal(judge_as(slug), RC_CONF_NONE);
	begin_not_loaded();
	s.links[1].outcome = RC_OUT_REFUSED;
	assert_int_equal(judge_as(slug), RC_CONF_NONE);
	begin_not_loaded(); /* what has not ended, or is of another zone, changes nothing */
	s.links[1].outcome = RC_OUT_UNKNOWN;
	assert_int_equal(judge_as(slug), RC_CONF_PROVEN);
	begin_not_loaded();
	s.links[1].outcome = RC_OUT_REFUSED;
	s.links[1].zone = 7;
	assert_int_equal(judge_as(slug), RC_CONF_PROVEN);
	begin_not_loaded(); /* a resolver says what another said */
	s.asked[0].answer.flags = RC_FLAG_RA;
	assert_int_equal(judge_as(slug), RC_CONF_NONE);
	begin_not_loaded();
	s.zone.name.len = 0;
	assert_int_equal(judge_as(slug), RC_CONF_NONE);
	begin_not_loaded();
	s.c.lineage_cut = true;
	assert_int_equal(judge_as(slug), RC_CONF_NONE);
}

/* Nobody goes on to the next server before he has an answer, or waited for one: what sent him on is not seen. */
static void a_server_left_without_an_answer_in_sight_makes_it_less_sure(void **state)
{
	static const enum rc_outcome outcomes[] = {RC_OUT_SERVFAIL, RC_OUT_REFUSED, RC_OUT_LAME,
						   RC_OUT_ICMP};
	(void)state;
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		for (unsigned left = 0; left < 2; left++) {
			begin(outcomes[i]);
			if (left) {
				s.links[0].outcome = s.servers[0].worst = RC_OUT_UNKNOWN;
				s.servers[0].count[outcomes[i]] = 0;
				s.servers[0].count[RC_OUT_UNKNOWN] = 2;
				s.asked[0].state = RC_X_UNANSWERED;
			}
			assert_int_equal(judge(outcomes[i]),
					 left ? RC_CONF_LIKELY : RC_CONF_PROVEN);
		}
	}
}

/* One server of three was left, without an answer in sight; the next ones refuse. */
static void left_one(void)
{
	begin(RC_OUT_REFUSED);
	s.c.n_links = s.zone.n_servers = 3;
	s.links[0].outcome = s.servers[0].worst = RC_OUT_UNKNOWN;
	s.servers[0].count[RC_OUT_REFUSED] = 0;
	s.asked[0].state = RC_X_UNANSWERED;
}

static void who_goes_on_asks_another_server_of_the_zone_the_same(void **state)
{
	static const char slug[] = "delegation.lame_refused";
	struct rc_followed other = {.name = name_of("other.example")};
	(void)state;
	assert_but(left_one, (void)0, slug, RC_CONF_LIKELY);
	assert_but(left_one, s.asked[0].state = RC_X_ANSWERED, slug, RC_CONF_PROVEN);
	assert_but(left_one, s.links[0].zone = 7, slug, RC_CONF_PROVEN);
	assert_but(left_one, s.links[0].name = &other, slug, RC_CONF_PROVEN);
	assert_but(left_one, s.asked[0].qtype = RC_TYPE_DS, slug, RC_CONF_PROVEN);
	assert_but(left_one, s.asked[1].server = s.asked[2].server = s.addrs[0], slug,
		   RC_CONF_PROVEN);
	assert_but(left_one, s.links[1].zone = s.links[2].zone = 7, slug, RC_CONF_PROVEN);
	assert_but(left_one, s.links[1].outcome = s.links[2].outcome = RC_OUT_UNKNOWN, slug,
		   RC_CONF_PROVEN);
}

/* dnsmasq: it had no way to send it. */
static void could_not_send(void)
{
	begin_alone(RC_RCODE_REFUSED);
	s.c.ede = RC_EDE(NETWORK_ERROR);
}

static void who_refuses_at_once_for_the_network_could_not_send(void **state)
{
	static const char slug[] = "upstream.unreachable";
	(void)state;
	assert_but(could_not_send, (void)0, slug, RC_CONF_LIKELY);
	assert_but(could_not_send, ask_before(1), slug, RC_CONF_NONE);
	assert_but(could_not_send, s.c.ede = 0, slug, RC_CONF_NONE);
	assert_but(could_not_send, s.x.answer.flags = 0, slug, RC_CONF_NONE);
	assert_but(could_not_send, s.x.end_ns = T0 + RC_SOON_NS, slug, RC_CONF_NONE);
	assert_but(could_not_send, s.x.answer.rcode = RC_RCODE_SERVFAIL, slug, RC_CONF_NONE);
}

/* TCP to both servers does not get through; one told over UDP to come by it. */
static void tcp_fails(void)
{
	begin(RC_OUT_TCP_FAILED);
	s.asked[0].state = s.asked[1].state = RC_X_UNANSWERED;
	s.asked[1].marks = RC_X_IS_TC_RETRY;
}

static void who_fails_over_tcp_was_told_to_come_by_it(void **state)
{
	static const char slug[] = "upstream.tcp_blocked";
	(void)state;
	assert_but(tcp_fails, (void)0, slug, RC_CONF_PROVEN);
	assert_but(tcp_fails, s.asked[1].marks = 0, slug, RC_CONF_NONE);
	assert_but(tcp_fails, (s.asked[1].marks = 0, s.asked[0].answer.flags = RC_FLAG_TC), slug,
		   RC_CONF_PROVEN);
	assert_but(tcp_fails, (s.c.n_links = 3, s.links[1].zone = 7), slug, RC_CONF_NONE);
	/* ... before: it is remembered. */
	assert_but(tcp_fails, (s.asked[1].marks = 0, enter_asker(s.hosts, SERVER1)->truncated = 1),
		   slug, RC_CONF_LIKELY);
	assert_but(tcp_fails, (s.asked[1].marks = 0, enter_asker(s.hosts, SERVER1)->truncated = 0),
		   slug, RC_CONF_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			all_servers_that_fail_alike_prove_it_where_nothing_else_may_be_why),
		cmocka_unit_test(silence_proves_nothing_where_a_server_lives_or_nobody_waited),
		cmocka_unit_test(who_is_out_of_reach_proves_nothing_while_another_lives),
		cmocka_unit_test(one_try_at_one_server_of_an_unknown_zone_proves_no_silence),
		cmocka_unit_test(
			a_servfail_on_the_way_of_an_alias_or_from_behind_is_of_somebody_else),
		cmocka_unit_test(who_fails_for_one_zone_alone_may_not_have_loaded_it),
		cmocka_unit_test(who_is_asked_much_and_has_answered_may_limit_its_answers),
		cmocka_unit_test(silence_is_selective_only_of_who_is_silent),
		cmocka_unit_test(who_serves_others_is_not_lame),
		cmocka_unit_test(a_server_that_says_so_has_not_loaded_its_zone_if_all_of_them_fail),
		cmocka_unit_test(resolvers_in_the_place_of_servers_may_be_in_the_way_of_all),
		cmocka_unit_test(who_goes_on_asks_another_server_of_the_zone_the_same),
		cmocka_unit_test(who_refuses_at_once_for_the_network_could_not_send),
		cmocka_unit_test(who_fails_over_tcp_was_told_to_come_by_it),
		cmocka_unit_test(a_server_left_without_an_answer_in_sight_makes_it_less_sure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
