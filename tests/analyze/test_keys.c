/* Resolvers that ask for keys, or for where signatures end, again and again: they reject what they are given. */
#include "analyze/cause/keys.h"

#include "analyze/infer/anchor_signal.h"
#include "analyze/infer/rollover.h"
#include "tests/analyze/scene.h"

#define ASKED 5u
#define TTL_S 30u

static struct rc_exchange asked[ASKED];
static struct rc_link links[ASKED];
static struct rc_followed root, zone, question;
static struct rc_msg keys, denial;
static struct dns built_keys, built_denial; /* the octets of the messages */
static struct rc_host *resolver;
static struct rc_anchor_signals *signals;
static struct rc_root_keys k;

static void build_keys(const char *owner, uint32_t ttl_s)
{
	static const struct dns rdata = {.data = {1, 1, 3, 8, 0xaa, 0xbb, 0xcc, 0xdd}, .len = 8};
	dns_query(&built_keys, 1, RC_FLAG_QR | RC_FLAG_AA, owner, RC_TYPE_DNSKEY);
	dns_rr(&built_keys, RC_ANSWER, owner, RC_TYPE_DNSKEY, ttl_s, &rdata);
	assert_true(rc_msg_decode(built_keys.data, built_keys.len, built_keys.len, SEED, &keys));
}

/* It was given these keys so many times, 10 ms apart, each 5 ms after it asked; all that is seen verifies. */
static void give(struct rc_followed *name, const char *owner, unsigned n)
{
	begin_alone(RC_RCODE_SERVFAIL);
	resolver = enter_asker(s.hosts, RESOLVER);
	build_keys(owner, TTL_S);
	*name = (struct rc_followed){.name = name_of(owner)};
	for (unsigned i = 0; i < ASKED; i++) {
		asked[i] = (struct rc_exchange){.asker = s.resolver,
						.server = s.addrs[0],
						.qtype = RC_TYPE_DNSKEY,
						.name_hash = rc_name_hash(SEED, &name->name),
						.state = RC_X_ANSWERED,
						.first_ns = T0 + 10 * i * MS,
						.end_ns = T0 + (10 * i + 5) * MS};
		links[i] = (struct rc_link){
			.x = &asked[i], .name = name, .outcome = RC_OUT_USABLE, .answer = &keys};
	}
	s.c.links = links;
	s.c.n_links = n;
	s.x.end_ns = s.c.to_ns = T0 + 100 * MS;
	s.c.dnssec_done = true;
	s.c.dnssec.status = RC_DNSSEC_SECURE;
	s.c.signals = signals;
}

/* Of the root twice for this question. */
static void give_root_keys(void)
{
	give(&root, ".", 2);
}

static void end(void)
{
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
}

static bool distrusts_root(void)
{
	bool distrusts = rc_distrusts_root(&s.c, &k);
	end();
	return distrusts;
}

#define assert_root(set, otherwise, wanted) \
	do { \
		set(); \
		otherwise; \
		assert_int_equal(distrusts_root(), wanted); \
	} while (0)

static void who_asks_for_the_keys_of_the_root_again_rejects_them(void **state)
{
	(void)state;
	assert_root(give_root_keys, (void)0, true);
	assert_true(k.whole);
	assert_null(k.before);
	assert_ptr_equal(k.proof, &links[1]);
	assert_root(give_root_keys, s.x.query.flags |= RC_FLAG_CD, false);
	assert_root(give_root_keys, asked[0].qtype = asked[1].qtype = RC_TYPE_NS, false);
	assert_root(give_root_keys, links[1].outcome = RC_OUT_TIMEOUT, false);
	assert_root(give_root_keys, links[1].answer = NULL, false);
	assert_root(give_root_keys, keys.fault = RC_FAULT_TRAILING, false);
}

/* Where something below is seen to be wrong, or may be, the root's keys need not be what it rejects. */
static void nothing_else_may_be_wrong(void **state)
{
	(void)state;
	assert_root(give_root_keys, s.c.dnssec.status = RC_DNSSEC_BOGUS, false);
	assert_root(give_root_keys, s.c.dnssec.status = RC_DNSSEC_INSECURE, true);
	assert_true(k.whole);
	assert_root(give_root_keys,
		    (s.c.dnssec.status = RC_DNSSEC_INSECURE, s.c.dnssec.n_findings = 1), false);
}

/* The chain is not in sight: it did not get further than the root. */
static void know_nothing(void)
{
	give_root_keys();
	s.c.dnssec.status = RC_DNSSEC_INDETERMINATE;
}

static void who_gets_no_further_than_the_root_rejects_its_keys(void **state)
{
	(void)state;
	assert_root(know_nothing, (void)0, true);
	assert_false(k.whole);
	assert_root(know_nothing, s.c.dnssec.n_findings = 1, false);
	zone.name = name_of("example");
	assert_root(know_nothing, (s.c.n_links = 3, links[2].name = &zone), false);
	assert_root(know_nothing,
		    (s.c.n_links = 3, links[2].name = &zone, asked[2].qtype = RC_TYPE_A), true);
}

/* A question that failed may have been put again by who had not heard that another was answered. */
static void what_was_lost_is_asked_for_again(void **state)
{
	(void)state;
	assert_root(give_root_keys, (s.c.n_links = 3, links[0].outcome = RC_OUT_TIMEOUT), true);
	assert_root(give_root_keys,
		    (s.c.n_links = 4, links[0].outcome = links[1].outcome = RC_OUT_TIMEOUT), false);
	assert_root(give_root_keys,
		    (s.c.n_links = 4, links[0].outcome = links[2].outcome = RC_OUT_TIMEOUT), true);
	assert_root(give_root_keys,
		    (s.c.n_links = 4, links[0].outcome = links[1].outcome = RC_OUT_TIMEOUT,
		     asked[1].qtype = RC_TYPE_NS),
		    true);
}

/* Who gives its clients what it has checked since trusts the root. */
static void check(unsigned n, int64_t ms)
{
	resolver->served_checked = n;
	resolver->checked_ns = T0 + ms * MS;
}

static void who_serves_what_it_has_checked_trusts_the_root(void **state)
{
	(void)state;
	assert_root(give_root_keys, check(1, 20), false);
	assert_root(give_root_keys, check(0, 20), true);
	assert_root(give_root_keys, check(1, 5), true);   /* before it asked again */
	assert_root(give_root_keys, check(1, 101), true); /* it was mended */
}

/* Given once for this question, and once for one before. */
static struct rc_exchange earlier;

static void give_once(void)
{
	give_root_keys();
	s.c.n_links = 1;
	earlier = asked[0];
	earlier.first_ns = T0 - 10 * RC_NS_PER_S;
	earlier.end_ns = earlier.first_ns + MS;
}

static void remember(void)
{
	record(&earlier, ".");
	record(&asked[0], ".");
	links[0].record = rc_recorder_at(
		s.recorder,
		rc_recorder_newest_by_asker(s.recorder, &s.resolver, asked[0].name_hash));
}

#define assert_given(otherwise, wanted) assert_root(give_once, (otherwise, remember()), wanted)

static void who_still_has_the_keys_rejects_them_too_when_it_asks_again(void **state)
{
	(void)state;
	assert_given((void)0, true);
	assert_non_null(k.before);
	assert_given(earlier.qtype = RC_TYPE_NS, false);
	assert_given(earlier.state = RC_X_UNANSWERED, false);
	assert_given(earlier.answer.rcode = RC_RCODE_SERVFAIL, false);
	assert_given(earlier.answer.flags = RC_FLAG_TC, false);
	assert_given(earlier.end_ns = T0 + 1, false);
	assert_given(earlier.first_ns = T0 - (TTL_S + 1) * RC_NS_PER_S, false);
	assert_given(build_keys(".", 5), false);
	assert_given((build_keys(".", 3600), earlier.first_ns = T0 - 90 * RC_NS_PER_S), false);
	assert_given(check(1, -5000), false); /* it trusted the root in between */
}

/* It has told the root of its anchors, by their tags. */
static void tell(const char *text)
{
	struct rc_exchange x = {.asker = s.resolver};
	struct rc_name name = name_of(text);
	rc_anchor_signals_note(signals, &x, &name);
}

static void who_told_of_its_anchors_has_one_of_the_keys_or_none(void **state)
{
	char text[16];
	struct rc_rr rr;
	(void)state;
	assert_root(give_root_keys, (void)0, true);
	assert_int_equal(k.anchor, RC_ANCHOR_UNKNOWN);
	assert_root(give_root_keys, tell("_ta-0001"), true);
	assert_int_equal(k.anchor, RC_ANCHOR_BAD);
	struct rc_rr_iter it = rc_rr_begin(&keys, RC_ANSWER);
	assert_true(rc_rr_next(&it, &rr));
	snprintf(text, sizeof text, "_ta-%04x", rc_read_key_tag(&keys, &rr));
	assert_root(give_root_keys, tell(text), true);
	assert_int_equal(k.anchor, RC_ANCHOR_GOOD);
}

/* --- the keys of a zone --- */

/* Of example three times, and an answer to the question. */
static void give_zone_keys(void)
{
	give(&zone, "example", 4);
	question.name = s.qname;
	links[3].name = &question;
	asked[3].qtype = RC_TYPE_A;
	s.c.final = &links[3];
}

static bool distrusts_keys(void)
{
	bool distrusts = rc_distrusted_keys(&s.c) != NULL;
	end();
	return distrusts;
}

#define assert_keys(otherwise, wanted) \
	do { \
		give_zone_keys(); \
		otherwise; \
		assert_int_equal(distrusts_keys(), wanted); \
	} while (0)

static void who_asks_for_the_keys_of_a_zone_again_and_again_rejects_them(void **state)
{
	(void)state;
	assert_keys((void)0, true);
	assert_keys(s.c.n_links = 2, false);
	assert_keys(zone.name = name_of("."), false); /* told as the root's */
	assert_keys(asked[2].qtype = RC_TYPE_DS, false);
	assert_keys(links[2].name = &question, false);
	assert_keys(links[2].outcome = RC_OUT_TIMEOUT, false);
	assert_keys(asked[2].end_ns = asked[2].first_ns + RC_SLOW_NS, false);
	assert_keys(asked[2].first_ns = T0 + 4 * MS, false);           /* not answered yet */
	assert_keys(asked[2].first_ns = T0 + 40 * RC_NS_PER_S, false); /* too old by then */
	assert_keys(s.x.query.flags |= RC_FLAG_CD, false);
	assert_keys(s.c.final = NULL, false);
}

static void what_is_seen_of_the_zone_has_to_be_sound(void **state)
{
	(void)state;
	assert_keys(s.c.dnssec.status = RC_DNSSEC_INSECURE, true);
	assert_keys(s.c.dnssec.status = RC_DNSSEC_BOGUS, false);
	assert_keys(s.c.dnssec.status = RC_DNSSEC_INDETERMINATE, false);
	assert_keys(s.c.dnssec.n_findings = 1, false);
}

/* --- where signatures end --- */

/* With an answer in hand it looks for a DS four times. */
static void look_for_cuts(void)
{
	give(&zone, "example", 5);
	for (unsigned i = 0; i < 4; i++)
		asked[i].qtype = RC_TYPE_DS;
	asked[4].qtype = RC_TYPE_A;
	asked[4].first_ns = asked[4].end_ns = T0;
	s.c.final = &links[4];
}

static bool checks_unasked(void)
{
	bool checks = rc_checks_unasked(&s.c);
	end();
	return checks;
}

#define assert_checks(set, otherwise, wanted) \
	do { \
		set(); \
		otherwise; \
		assert_int_equal(checks_unasked(), wanted); \
	} while (0)

static void who_looks_for_cuts_with_an_answer_in_hand_checks_it(void **state)
{
	(void)state;
	assert_checks(look_for_cuts, (void)0, true);
	assert_checks(look_for_cuts, asked[3].qtype = RC_TYPE_A, false);
	assert_checks(look_for_cuts, links[3].outcome = RC_OUT_TIMEOUT, false);
	assert_checks(look_for_cuts, s.c.final = NULL, false);
	assert_checks(look_for_cuts, s.x.answer.rcode = RC_RCODE_NOERROR, false);
}

/* It was told that there is no such name, and looks for a DS at the name that owns the proof of it. */
static struct rc_exchange at_owner;

static void deny(uint16_t type)
{
	static const struct dns rdata = {.data = {1, 0, 0, 0, 0, 4, 0xaa, 0xbb, 0xcc, 0xdd},
					 .len = 10};
	dns_query(&built_denial, 1, RC_FLAG_QR | RC_FLAG_AA | RC_RCODE_NXDOMAIN, "www.example",
		  RC_TYPE_A);
	dns_rr(&built_denial, RC_AUTHORITY, "h4sh.example", type, 300, &rdata);
	assert_true(rc_msg_decode(built_denial.data, built_denial.len, built_denial.len, SEED,
				  &denial));
	links[4].answer = &denial;
}

static void look_at_owner(void)
{
	look_for_cuts();
	assert_int_equal(rc_arena_new(1u << 16, &s.c.arena), RC_OK);
	s.c.n_links = 0;
	deny(RC_TYPE_NSEC3);
	at_owner = asked[0];
	at_owner.first_ns = T0 + MS;
}

#define assert_owner(otherwise, wanted) \
	do { \
		look_at_owner(); \
		otherwise; \
		for (unsigned i = 0; i < 4; i++) \
			record(&at_owner, "h4sh.example"); \
		assert_int_equal(checks_unasked(), wanted); \
		rc_arena_free(s.c.arena); \
	} while (0)

static void who_looks_for_cuts_at_a_denial_checks_it(void **state)
{
	(void)state;
	assert_owner((void)0, true);
	assert_owner(deny(RC_TYPE_NSEC), false);
	assert_owner(at_owner.qtype = RC_TYPE_A, false);
	assert_owner(at_owner.state = RC_X_UNANSWERED, false);
	assert_owner(at_owner.first_ns = T0 - MS, false); /* before it was denied */
	assert_owner(at_owner.asker = addr(CLIENT), false);
}

static int begin_signals(void **state)
{
	(void)state;
	return rc_anchor_signals_new(SEED, &signals);
}

static int end_signals(void **state)
{
	(void)state;
	rc_anchor_signals_free(signals);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_for_the_keys_of_the_root_again_rejects_them),
		cmocka_unit_test(nothing_else_may_be_wrong),
		cmocka_unit_test(who_gets_no_further_than_the_root_rejects_its_keys),
		cmocka_unit_test(what_was_lost_is_asked_for_again),
		cmocka_unit_test(who_serves_what_it_has_checked_trusts_the_root),
		cmocka_unit_test(who_still_has_the_keys_rejects_them_too_when_it_asks_again),
		cmocka_unit_test(who_told_of_its_anchors_has_one_of_the_keys_or_none),
		cmocka_unit_test(who_asks_for_the_keys_of_a_zone_again_and_again_rejects_them),
		cmocka_unit_test(what_is_seen_of_the_zone_has_to_be_sound),
		cmocka_unit_test(who_looks_for_cuts_with_an_answer_in_hand_checks_it),
		cmocka_unit_test(who_looks_for_cuts_at_a_denial_checks_it),
	};
	return cmocka_run_group_tests(tests, begin_signals, end_signals);
}
