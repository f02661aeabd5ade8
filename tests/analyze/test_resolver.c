/*
 * What a resolver does by itself: it has no room, limits its work, fails with a good answer in hand, or remembers a
 * failure. Each test has one that does, and says what else would speak against it.
 */
#include "tests/analyze/scene.h"

#define BUSY 30u /* questions open: too many to look for what they wait for */
#define SILENT_LOAD 6u
#define RATE_MIN 12u

static struct rc_host *resolver; /* what it is known for is set by the tests */

/* A resolver, seen at work, answers SERVFAIL at once. */
static void fail_at_once(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	resolver = enter_asker(s.hosts, RESOLVER);
}

/* A server of the zone that the name lies in has answered with authority. */
static struct rc_zone_view zones[2];

static void know_zone(void)
{
	zones[0] = s.zone;
	zones[0].name = name_of("example.test");
	zones[1] = zones[0];
	zones[1].name = name_of("sub.example.test");
	zones[1].n_addrs = 0;
	s.c.zones = zones;
	s.c.n_zones = 1;
	enter_asker(s.hosts, SERVER1)->answered_aa = 1;
}

static void know_deeper_zone(bool first)
{
	s.c.n_zones = 2;
	if (first) {
		struct rc_zone_view deeper = zones[1];
		zones[1] = zones[0];
		zones[0] = deeper;
	}
}

static void take(int64_t ns)
{
	s.x.end_ns = s.c.to_ns = T0 + ns;
}

/* --- resolver.overload --- */

static void fail_with_much_open(void)
{
	fail_at_once();
	s.x.load = BUSY;
}

static void follow(enum rc_role role, const char *name, enum rc_outcome outcome)
{
	s.name.role = role;
	s.name.name = name_of(name);
	s.links[0].outcome = outcome;
	s.c.n_links = 1;
}

#define assert_overload(otherwise, wanted) \
	assert_but(fail_with_much_open, otherwise, "resolver.overload", RC_CONF_##wanted)

static void who_gives_up_at_once_with_much_open_may_have_no_room(void **state)
{
	(void)state;
	assert_overload((void)0, POSSIBLE);
	assert_true(s.c.hangs_on_first);
	assert_overload(s.x.load = RC_LOAD_BUSY - 1, NONE);
	assert_overload(s.x.answer.flags = 0, NONE);
	assert_overload(s.x.query.flags = 0, NONE);
	assert_overload(s.c.ede = RC_EDE(OTHER), NONE);
	assert_overload(s.c.others.earlier = 1, NONE);
	assert_overload(take(RC_EARLY_NS), NONE);
}

static void who_was_let_down_did_not_give_up(void **state)
{
	(void)state;
	assert_overload(s.c.final = s.links, NONE);
	assert_overload(s.c.forwarded = s.links, NONE);
	assert_overload(follow(RC_ROLE_QUESTION, "www.example", RC_OUT_SERVFAIL), NONE);
	assert_overload(follow(RC_ROLE_QUESTION, "www.example", RC_OUT_TIMEOUT), POSSIBLE);
	assert_overload(follow(RC_ROLE_QUESTION, "www.example", RC_OUT_UNKNOWN), POSSIBLE);
	assert_overload(follow(RC_ROLE_QUESTION, "www.example", RC_OUT_USABLE), POSSIBLE);
}

/* Where it is not seen whom it asks, a server nearby may have failed it. */
static void out_of_sight_a_server_nearby_may_have_failed_it(void **state)
{
	(void)state;
	assert_overload((s.c.upstream_visible = false, take(5 * MS)), NONE);
	assert_overload((s.c.upstream_visible = false, take(MS / 2)), POSSIBLE);
	assert_overload((s.c.upstream_visible = false, take(60 * MS)), POSSIBLE);
	assert_overload(take(5 * MS), POSSIBLE);
	assert_overload(
		(s.c.upstream_visible = false, s.x.answer.rcode = RC_RCODE_REFUSED, take(5 * MS)),
		POSSIBLE);
	assert_overload((s.c.upstream_visible = false, resolver->failed_idle = 1, take(MS / 2)),
			NONE);
	assert_overload(resolver->failed_idle = 1, POSSIBLE);
}

/* What it works on at other times is not too much; but where it refuses some by turns, it counts otherwise. */
static void who_works_on_as_much_at_other_times_has_room(void **state)
{
	(void)state;
	assert_overload(resolver->worked_load = BUSY, NONE);
	assert_overload(resolver->worked_load = BUSY - 1, POSSIBLE);
	assert_overload(s.c.server_host = NULL, POSSIBLE);
	assert_overload(
		(resolver->worked_load = BUSY, s.c.turns_known = true, s.c.turns = RC_TURNS_OWN),
		NONE);
	assert_overload(
		(resolver->worked_load = BUSY, s.c.turns_known = true, s.c.turns = RC_TURNS_ALL),
		POSSIBLE);
	assert_overload(
		(resolver->worked_load = BUSY, s.c.turns_known = true, s.c.turns = RC_TURNS_FULL),
		POSSIBLE);
}

/* One that refuses whatever is new says nothing of the name: it may have been asked for it before. */
static void who_has_no_room_for_anybody_may_be_asked_again(void **state)
{
	(void)state;
	assert_overload((s.c.turns_known = true, s.c.turns = RC_TURNS_FULL), POSSIBLE);
	assert_false(s.c.hangs_on_first);
	assert_overload((s.c.turns_known = true, s.c.turns = RC_TURNS_FULL, s.c.others.earlier = 1),
			POSSIBLE);
	assert_overload((s.c.turns_known = true, s.c.turns = RC_TURNS_ALL, s.c.others.earlier = 1),
			NONE);
}

static void leave_with_much_open(void)
{
	fail_with_much_open();
	s.x.state = RC_X_UNANSWERED;
}

#define assert_dropped(otherwise, wanted) \
	assert_but(leave_with_much_open, otherwise, "resolver.overload", RC_CONF_##wanted)

static void who_asks_nobody_and_sends_nothing_may_have_no_room(void **state)
{
	(void)state;
	assert_dropped((void)0, POSSIBLE);
	assert_dropped(s.c.upstream_visible = false, NONE);
	assert_dropped(s.x.load = SILENT_LOAD, POSSIBLE);
	assert_dropped(s.x.load = SILENT_LOAD - 1, NONE);
	assert_dropped(s.x.query.flags = 0, NONE);
	assert_dropped(s.x.transport = RC_TCP, NONE);
	assert_dropped(s.c.others.same_client_ok = 1, NONE); /* it had the answer in memory */
	assert_dropped(s.c.others.same_server_ok = 1, NONE);
}

/* What it asks of the root about a top-level domain it asks for anybody. */
static void who_asks_somebody_for_the_question_works_on_it(void **state)
{
	(void)state;
	assert_dropped(follow(RC_ROLE_QUESTION, "www.example", RC_OUT_TIMEOUT), NONE);
	assert_dropped(follow(RC_ROLE_QUESTION, "example", RC_OUT_USABLE), NONE);
	assert_dropped(follow(RC_ROLE_ANCESTOR, "example", RC_OUT_USABLE), POSSIBLE);
	assert_dropped(follow(RC_ROLE_ANCESTOR, "example", RC_OUT_TIMEOUT), NONE);
	assert_dropped(follow(RC_ROLE_ANCESTOR, "www.example", RC_OUT_USABLE), NONE);
}

/* --- resolver.rate_limited --- */

static void fail_new_name(void)
{
	fail_at_once();
	know_zone();
}

static void ask_much(unsigned n)
{
	struct rc_exchange x = {.asker = addr(CLIENT),
				.server = addr(RESOLVER),
				.query = {.flags = RC_FLAG_RD},
				.qdcount = 1,
				.first_ns = T0};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	while (n-- > 0)
		rc_hosts_note_query(s.hosts, &x, &keys, (const uint8_t[6]){0}, false);
}

static void fail_new_name_of_many(void)
{
	fail_new_name();
	ask_much(RATE_MIN);
}

#define assert_limited(otherwise, wanted) \
	assert_but(fail_new_name_of_many, otherwise, "resolver.rate_limited", RC_CONF_##wanted)

static void who_asks_nobody_for_a_new_name_in_a_zone_that_works_may_limit(void **state)
{
	(void)state;
	assert_limited((void)0, POSSIBLE);
	assert_true(s.c.hangs_on_first);
	assert_limited(s.c.n_links = 1, NONE);
	assert_limited(s.c.ede = RC_EDE(OTHER), NONE);
	assert_limited(s.x.answer.flags = 0, NONE);
	assert_limited(s.c.upstream_visible = false, NONE);
	assert_limited(s.c.others.earlier = 1, NONE);
	assert_limited(take(RC_AT_ONCE_NS), NONE);
	/* So little no limit is about. */
	assert_but(fail_new_name, ask_much(RATE_MIN - 1), "resolver.rate_limited", RC_CONF_NONE);
}

/* Of the zone that the name lies in as far down as is known: none above, none of a nameserver's name. */
static void only_a_zone_that_is_seen_to_work_works(void **state)
{
	(void)state;
	assert_limited(s.c.n_zones = 0, NONE);
	assert_limited(zones[0].known_cut = false, NONE);
	assert_limited(zones[0].role = RC_ROLE_NAMESERVER, NONE);
	assert_limited(zones[0].name = name_of("test"), NONE);
	assert_limited(enter_asker(s.hosts, SERVER1)->answered_aa = 0, NONE);
	assert_limited(know_deeper_zone(false), NONE);
	assert_limited(know_deeper_zone(true), NONE);
	assert_limited((know_deeper_zone(true), zones[0].role = RC_ROLE_NAMESERVER), POSSIBLE);
}

/* --- resolver.cached_failure --- */

#define assert_cached(otherwise, wanted) \
	assert_but(fail_at_once, otherwise, "resolver.cached_failure", RC_CONF_##wanted)

static void who_fails_at_once_and_asks_nobody_may_remember(void **state)
{
	(void)state;
	assert_cached((void)0, POSSIBLE);
	assert_true(s.c.hangs_on_first);
	assert_cached(s.c.n_links = 1, NONE);
	assert_cached(s.x.answer.flags = 0, NONE);
	assert_cached(s.c.upstream_visible = false, NONE);
	assert_cached(s.c.others.earlier = 1, NONE);
	assert_cached(s.c.ede = RC_EDE(BLOCKED), NONE);
	assert_cached(take(RC_AT_ONCE_NS), NONE);
	assert_cached((s.qname.len = 0, s.x.marks = RC_X_CUT), NONE); /* who knows what it was */
	assert_cached(s.x.marks = RC_X_CUT, POSSIBLE);
	assert_cached(s.qname.len = 0, POSSIBLE);
}

static void who_says_that_it_remembers_does(void **state)
{
	(void)state;
	assert_cached(s.c.ede = RC_EDE(CACHED_ERROR), LIKELY);
	assert_false(s.c.hangs_on_first);
	assert_cached((s.c.ede = RC_EDE(CACHED_ERROR), s.c.others.earlier = 1), POSSIBLE);
	assert_cached((s.c.ede = RC_EDE(CACHED_ERROR), s.c.upstream_visible = false), LIKELY);
	assert_cached((s.c.ede = RC_EDE(CACHED_ERROR), s.c.n_links = 1), NONE);
	assert_cached((s.c.ede = RC_EDE(CACHED_ERROR), s.x.answer.flags = 0), NONE);
}

/* The resolver asked the root. */
static void prime(uint16_t type, uint16_t flags, int64_t ms)
{
	record(&(struct rc_exchange){.asker = addr(RESOLVER),
				     .server = addr(SERVER1),
				     .query = {.flags = flags},
				     .qtype = type,
				     .first_ns = T0 + ms * MS},
	       ".");
}

/* An empty cache remembers nothing. */
static void who_has_just_asked_for_the_servers_of_the_root_remembers_nothing(void **state)
{
	(void)state;
	assert_cached(prime(RC_TYPE_NS, 0, -100), NONE);
	assert_cached(prime(RC_TYPE_NS, RC_FLAG_RD, -100), POSSIBLE); /* for a client */
	assert_cached(prime(RC_TYPE_DNSKEY, 0, -100), POSSIBLE);      /* once a day */
	assert_cached(prime(RC_TYPE_NS, 0, 100), POSSIBLE);
	assert_cached((prime(RC_TYPE_NS, 0, -100), s.c.ede = RC_EDE(CACHED_ERROR)), LIKELY);
}

/* --- resolver.internal --- */

#define assert_internal(set, otherwise, wanted) \
	assert_but(set, otherwise, "resolver.internal", RC_CONF_##wanted)

static void fail_as_no_other(void)
{
	fail_new_name();
	s.c.others.elsewhere_name_ok = 1;
}

static void who_asks_nobody_while_others_resolve_it_may_fail_by_itself(void **state)
{
	(void)state;
	assert_internal(fail_as_no_other, (void)0, POSSIBLE);
	assert_internal(fail_as_no_other, s.x.answer.rcode = RC_RCODE_REFUSED, NONE);
	assert_internal(fail_as_no_other, s.c.upstream_visible = false, NONE);
	assert_internal(fail_as_no_other, s.c.others.elsewhere_name_ok = 0, NONE);
	assert_internal(fail_as_no_other, s.c.others.elsewhere_failed = 1, NONE);
	assert_internal(fail_as_no_other, s.c.others.same_server_ok = 1, NONE);
	assert_internal(fail_as_no_other, s.c.ede = RC_EDE(OTHER), NONE);
	assert_internal(fail_as_no_other, s.c.n_zones = 0, NONE);
	assert_internal(fail_as_no_other, s.x.query.flags |= RC_FLAG_CD, NONE);
	assert_internal(fail_as_no_other, take(RC_AT_ONCE_NS), NONE);
	assert_internal(fail_as_no_other, ask_much(RATE_MIN), NONE); /* a limit, rather */
	assert_internal(fail_as_no_other, ask_much(RATE_MIN / 2), POSSIBLE);
}

static void say_not_ready(void)
{
	fail_at_once();
	s.c.ede = RC_EDE(NOT_READY);
}

static void who_offers_recursion_and_is_not_ready_has_nobody_to_ask(void **state)
{
	(void)state;
	assert_internal(say_not_ready, (void)0, LIKELY);
	assert_internal(say_not_ready, s.x.answer.rcode = RC_RCODE_REFUSED, LIKELY);
	assert_internal(say_not_ready, s.x.answer.flags = 0, NONE);
	assert_internal(say_not_ready, s.x.query.flags = 0, NONE);
	assert_internal(say_not_ready, s.x.qtype = RC_TYPE_AXFR, NONE);
	assert_internal(say_not_ready, s.c.n_links = 1, NONE);
}

/* It got an answer, and says that signatures are missing. */
static void miss_signatures(void)
{
	fail_at_once();
	follow(RC_ROLE_QUESTION, "www.example", RC_OUT_USABLE);
	s.c.ede = RC_EDE(RRSIGS_MISSING);
	s.c.others.elsewhere_ok = 2;
	s.c.others.elsewhere_failed = 1;
}

static void who_misses_signatures_that_it_did_not_ask_for_fails_by_itself(void **state)
{
	(void)state;
	assert_internal(miss_signatures, (void)0, LIKELY);
	assert_internal(miss_signatures, s.asked[0].query.do_bit = true, NONE);
	assert_internal(miss_signatures, s.c.lineage_cut = true, NONE);
	assert_internal(miss_signatures, s.c.others.elsewhere_ok = 1, NONE);
	assert_internal(miss_signatures, s.x.answer.flags = 0, NONE);
	assert_internal(miss_signatures, s.x.marks = RC_X_LOST, NONE);
}

/* It was given a complete answer, need not check it, and others resolve the name. */
static void hold_answer(void)
{
	fail_at_once();
	follow(RC_ROLE_QUESTION, "www.example", RC_OUT_USABLE);
	s.asked[0].end_ns = s.asked[0].first_ns = T0;
	s.asked[0].answer.counts[0] = 1;
	s.links[0].zone = 0;
	s.c.final = s.links;
	s.c.n_zones = 1;
	s.c.others.elsewhere_ok = 1;
}

static void who_fails_with_a_complete_answer_fails_by_itself(void **state)
{
	(void)state;
	assert_internal(hold_answer, (void)0, LIKELY);
	assert_internal(hold_answer, s.c.ede = RC_EDE(OTHER), LIKELY);
	assert_internal(hold_answer, s.c.ede = RC_EDE(DNSSEC_BOGUS), NONE);
	assert_internal(hold_answer, s.c.lineage_cut = true, NONE);
	assert_internal(hold_answer, s.asked[0].answer.counts[0] = 0, NONE);
	assert_internal(hold_answer, s.asked[0].end_ns = T0 + RC_NS_PER_S + 1, NONE);
	assert_internal(hold_answer, s.c.failed_zone = 0, NONE);
	assert_internal(hold_answer, s.x.answer.flags = 0, NONE);
	assert_internal(hold_answer, s.x.query.flags |= RC_FLAG_CD, NONE);
	assert_internal(hold_answer, s.c.others.same_server_type_ok = 1, NONE);
}

/* Others may have been asked at another time, the answer may have come too late, and it may validate, with what it has. */
static void it_is_sure_of_itself_only_if_others_resolve_it_and_nothing_is_checked(void **state)
{
	(void)state;
	assert_internal(hold_answer, s.c.others.elsewhere_ok = 0, POSSIBLE);
	assert_internal(hold_answer, take(RC_SLOW_NS), POSSIBLE);
	assert_internal(hold_answer, resolver->asked_keys = 1, POSSIBLE);
	assert_internal(hold_answer, (resolver->asked_keys = 1, resolver->served_checked = 1),
			LIKELY);
	assert_internal(hold_answer, s.c.server_host = NULL, LIKELY);
}

static struct rc_msg message;
static struct dns built; /* the octets of the message */

/* The answer is an alias; what it leads to was asked too. */
static void hold_alias(const char *target)
{
	hold_answer();
	dns_query(&built, 1, RC_FLAG_QR | RC_FLAG_AA, "www.example", RC_TYPE_A);
	dns_rr_name(&built, RC_ANSWER, "www.example", RC_TYPE_CNAME, target);
	assert_true(rc_msg_decode(built.data, built.len, built.len, SEED, &message));
	s.links[0].answer = &message;
	static struct rc_followed alias;
	alias = (struct rc_followed){.role = RC_ROLE_ALIAS, .wanted = true};
	s.links[1].name = &alias;
	s.links[1].outcome = RC_OUT_USABLE;
	s.asked[1].qtype = RC_TYPE_A;
	s.asked[1].answer.has = RC_HAS_ANSWER_QTYPE;
}

static void hold_alias_elsewhere(void)
{
	hold_alias("www.test");
}

static void hold_alias_inside(void)
{
	hold_alias("web.example");
}

/* What an alias leads to elsewhere, nobody takes from this server. */
static void an_alias_to_elsewhere_is_no_complete_answer(void **state)
{
	(void)state;
	assert_internal(hold_alias_inside, (void)0, LIKELY);
	assert_internal(hold_alias_elsewhere, (void)0, NONE);
	assert_internal(hold_alias_elsewhere, s.zone.known_cut = false, LIKELY);
	assert_internal(hold_alias_elsewhere, s.c.n_links = 2, LIKELY);
	assert_internal(hold_alias_elsewhere, (s.c.n_links = 2, s.asked[1].qtype = RC_TYPE_AAAA),
			NONE);
	assert_internal(hold_alias_elsewhere,
			(s.c.n_links = 2, s.links[1].outcome = RC_OUT_TIMEOUT), NONE);
	assert_internal(hold_alias_elsewhere, (s.c.n_links = 2, s.links[1].name = &s.name), NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_gives_up_at_once_with_much_open_may_have_no_room),
		cmocka_unit_test(who_was_let_down_did_not_give_up),
		cmocka_unit_test(out_of_sight_a_server_nearby_may_have_failed_it),
		cmocka_unit_test(who_works_on_as_much_at_other_times_has_room),
		cmocka_unit_test(who_has_no_room_for_anybody_may_be_asked_again),
		cmocka_unit_test(who_asks_nobody_and_sends_nothing_may_have_no_room),
		cmocka_unit_test(who_asks_somebody_for_the_question_works_on_it),
		cmocka_unit_test(who_asks_nobody_for_a_new_name_in_a_zone_that_works_may_limit),
		cmocka_unit_test(only_a_zone_that_is_seen_to_work_works),
		cmocka_unit_test(who_fails_at_once_and_asks_nobody_may_remember),
		cmocka_unit_test(who_says_that_it_remembers_does),
		cmocka_unit_test(who_has_just_asked_for_the_servers_of_the_root_remembers_nothing),
		cmocka_unit_test(who_asks_nobody_while_others_resolve_it_may_fail_by_itself),
		cmocka_unit_test(who_offers_recursion_and_is_not_ready_has_nobody_to_ask),
		cmocka_unit_test(who_misses_signatures_that_it_did_not_ask_for_fails_by_itself),
		cmocka_unit_test(who_fails_with_a_complete_answer_fails_by_itself),
		cmocka_unit_test(
			it_is_sure_of_itself_only_if_others_resolve_it_and_nothing_is_checked),
		cmocka_unit_test(an_alias_to_elsewhere_is_no_complete_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
