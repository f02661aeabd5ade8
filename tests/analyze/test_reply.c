/* Replies that do not fit what their asker asked, or come in part. */
#include "tests/analyze/sim.h"

#define NAME "www.example"
#define ELSEWHERE "198.51.100.99"

static void end_later(struct sim *s)
{
	warm_up(s, LATE + 20000);
	finish(s);
}

static void assert_mismatch(const struct sim *s, enum rc_confidence confidence, const char *how)
{
	assert_int_equal(s->n, 1);
	assert_cause(s, 0, "upstream.mismatched_reply");
	assert_int_equal(s->seen[0].confidence, confidence);
	assert_non_null(strstr(s->seen[0].text, how));
}

static void a_reply_from_another_address_is_not_taken(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 5, ELSEWHERE, CLIENT, 10, RECURSED, NAME);
	ask(&s, LATE + 1000, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 1005, ELSEWHERE, CLIENT, 10, RECURSED, NAME);
	end_later(&s);
	assert_mismatch(&s, RC_CONF_PROVEN, "from another address");
	assert_non_null(strstr(s.seen[0].text, "bind its service"));
}

/* A translator behind the point of the capture may have set it right. */
static void an_asker_that_does_not_ask_again_may_have_taken_it(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 5, ELSEWHERE, CLIENT, 10, RECURSED, NAME);
	end_later(&s);
	assert_mismatch(&s, RC_CONF_LIKELY, "from another address");
}

static void a_reply_to_one_client_says_nothing_of_another(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 5, ELSEWHERE, CLIENT2, 10, RECURSED, NAME);
	ask_below(&s, LATE + 100, 11, NAME);
	ask(&s, LATE + 200, RESOLVER, ZONE_SERVER, 20, FETCH, NAME);
	reply_a(&s, LATE + 210, ZONE_SERVER, RESOLVER, 20, AUTHORITY, NAME);
	end_later(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "upstream.mismatched_reply");
	assert_string_not_equal(s.seen[1].cause->slug, "upstream.mismatched_reply");
}

static void a_reply_with_another_id_may_be_forged(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	for (int64_t ms = LATE; ms <= LATE + 1000; ms += 1000) {
		ask(&s, ms, CLIENT, RESOLVER, 10, QUERY, NAME);
		dns_query(&d, 11, RECURSED, NAME, RC_TYPE_A);
		say(&s, ms + 5, RESOLVER, CLIENT, 10, &d);
	}
	end_later(&s);
	assert_mismatch(&s, RC_CONF_LIKELY, "with another ID");
}

/* A client that gets its answers otherwise may have been answered a question that was not captured. */
static void a_reply_with_another_id_says_little_to_a_client_that_is_served(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 9, QUERY, "good.test");
	reply_a(&s, LATE + 1, RESOLVER, CLIENT, 9, RECURSED, "good.test");
	ask(&s, LATE + 10, CLIENT, RESOLVER, 10, QUERY, NAME);
	dns_query(&d, 11, RECURSED, NAME, RC_TYPE_A);
	say(&s, LATE + 15, RESOLVER, CLIENT, 10, &d);
	end_later(&s);
	assert_mismatch(&s, RC_CONF_POSSIBLE, "with another ID");
}

/* The true reply counts, whatever came before it. */
static void a_reply_that_fits_makes_it_good(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 5, ELSEWHERE, CLIENT, 10, RECURSED, NAME);
	reply_a(&s, LATE + 6, RESOLVER, CLIENT, 10, RECURSED, NAME);
	end_later(&s);
	assert_int_equal(s.n, 0);
}

/* The first fragment of a reply, and no other: told when the rest can no longer come. */
static void first_fragment(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RECURSED, name, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
	struct rc_obs o = obs_seeded(s->seed, T0 + ms * MS, RESOLVER, 53, CLIENT, 20000 + id, &d);
	o.kind = RC_OBS_FRAGMENTS;
	send_obs(s, &o);
}

static void a_reply_of_which_a_part_is_lost_is_asked_for_again(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	ask(&s, LATE + 1000, CLIENT, RESOLVER, 10, QUERY, NAME);
	first_fragment(&s, LATE + 5, 10, NAME);
	end_later(&s);
	assert_only(&s, "upstream.fragments_lost", RC_CONF_LIKELY);
	assert_true(s.seen[0].visibility.fragments_missing);
}

/* A filter for port 53 lets the first fragment through alone: the reply has arrived. */
static void a_reply_that_nobody_asks_for_again_has_arrived(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	ask(&s, LATE + 7000, CLIENT, RESOLVER, 11, QUERY, NAME); /* long after */
	first_fragment(&s, LATE + 5, 10, NAME);
	reply_a(&s, LATE + 7001, RESOLVER, CLIENT, 11, RECURSED, NAME);
	end_later(&s);
	assert_int_equal(s.n, 0);
}

/* Resolvers do not take what does not repeat their question. */
static void a_reply_without_a_question_is_no_answer(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, name);
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i > 0 ? ZONE_SERVER2 : ZONE_SERVER;
		ask(&s, LATE + 10 + 5 * i, RESOLVER, server, 20 + i, FETCH, name);
		dns_begin(&d, (uint16_t)(20 + i), AUTHORITY);
		say(&s, LATE + 11 + 5 * i, server, RESOLVER, 20 + i, &d);
	}
	servfail(&s, LATE + 20, RESOLVER, CLIENT, 10, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.mismatched_reply");
	assert_string_equal(s.seen[0].zone, "example");
}

/* Its two servers answer with these RCODEs. */
static void ask_odd_servers(struct sim *s, unsigned first, unsigned second)
{
	static const unsigned answer = RC_FLAG_QR | RC_FLAG_AA;
	begin_warm(s);
	ask_below(s, LATE, 10, NAME);
	ask(s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, NAME);
	reply(s, LATE + 11, ZONE_SERVER, RESOLVER, 12, answer | first, NAME);
	ask(s, LATE + 12, RESOLVER, ZONE_SERVER2, 13, FETCH, NAME);
	reply(s, LATE + 13, ZONE_SERVER2, RESOLVER, 13, answer | second, NAME);
	servfail(s, LATE + 15, RESOLVER, CLIENT, 10, NAME);
	end_later(s);
}

static void an_rcode_that_fits_no_query_fits_none(void **state)
{
	static const unsigned rcodes[] = {RC_RCODE_YXRRSET, RC_RCODE_NXRRSET, 11, 15};
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof rcodes / sizeof *rcodes; i++) {
		ask_odd_servers(&s, rcodes[i], rcodes[i]);
		assert_mismatch(&s, RC_CONF_LIKELY, "fits no query");
	}
	ask_odd_servers(&s, RC_RCODE_NXRRSET, RC_RCODE_NOTIMP); /* as well as the other */
	assert_int_equal(s.n, 1);
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* Asked by the client itself. */
static void nor_does_that_of_the_server_asked(void **state)
{
	static const char server[] = "203.0.113.77";
	struct sim s;
	(void)state;
	for (unsigned ra = 0; ra < 2; ra++) {
		begin_warm(&s);
		ask(&s, LATE, CLIENT, server, 10, QUERY, NAME);
		reply(&s, LATE + 1, server, CLIENT, 10,
		      RC_FLAG_QR | RC_FLAG_RD | (ra ? RC_FLAG_RA : 0u) | RC_RCODE_YXRRSET, NAME);
		end_later(&s);
		assert_mismatch(&s, RC_CONF_LIKELY, "does not fit");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_from_another_address_is_not_taken),
		cmocka_unit_test(an_asker_that_does_not_ask_again_may_have_taken_it),
		cmocka_unit_test(a_reply_to_one_client_says_nothing_of_another),
		cmocka_unit_test(a_reply_with_another_id_may_be_forged),
		cmocka_unit_test(a_reply_with_another_id_says_little_to_a_client_that_is_served),
		cmocka_unit_test(a_reply_that_fits_makes_it_good),
		cmocka_unit_test(a_reply_of_which_a_part_is_lost_is_asked_for_again),
		cmocka_unit_test(a_reply_that_nobody_asks_for_again_has_arrived),
		cmocka_unit_test(a_reply_without_a_question_is_no_answer),
		cmocka_unit_test(an_rcode_that_fits_no_query_fits_none),
		cmocka_unit_test(nor_does_that_of_the_server_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
