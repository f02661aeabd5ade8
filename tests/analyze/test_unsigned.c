/* Which unsigned answers show that a zone that had to be signed is not: rc_shape_find. */
#include "analyze/cause/shape.h"
#include "analyze/infer/client_answers.h"
#include "tests/analyze/scene.h"

static struct rc_msg message;
static struct dns built; /* the octets of the message */

/* An answer without signatures, or that there is none, without proof. */
static void answer_unsigned(bool negative)
{
	dns_query(&built, 1, RC_FLAG_QR | RC_FLAG_AA, "www.example", RC_TYPE_A);
	if (negative)
		dns_rr_soa(&built, RC_AUTHORITY, "example");
	else
		dns_rr_a(&built, RC_ANSWER, "www.example", "203.0.113.80");
	dns_opt(&built, true, -1);
	assert_true(rc_msg_decode(built.data, built.len, built.len, SEED, &message));
}

/* The resolver was given one, and looked for a DS of the name then; there is none. */
static void give(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	answer_unsigned(false);
	s.c.n_links = 2;
	for (unsigned i = 0; i < 2; i++) {
		s.asked[i].query.do_bit = true;
		s.asked[i].answer.flags = RC_FLAG_AA;
		s.asked[i].state = RC_X_ANSWERED;
		s.asked[i].first_ns = T0 + (int64_t)i * 10 * MS;
		s.asked[i].end_ns = s.asked[i].first_ns + MS;
	}
	s.asked[1].qtype = RC_TYPE_DS;
	s.links[0].answer = &message;
	s.c.final = &s.links[0];
}

static struct rc_shape shape;

static bool is_found(void)
{
	bool found = rc_shape_find(&s.c, &shape);
	rc_hosts_free(s.hosts);
	rc_recorder_free(s.recorder);
	return found;
}

#define assert_found(set, otherwise, wanted) \
	do { \
		set(); \
		otherwise; \
		assert_int_equal(is_found(), wanted); \
	} while (0)

static void what_lacks_signatures_shows_it(void **state)
{
	(void)state;
	assert_found(give, (void)0, true);
	assert_int_equal(shape.fault, RC_DNSSEC_RRSIG_MISSING);
	assert_true(shape.fetched);
	assert_found(give, answer_unsigned(true), true);
	assert_int_equal(shape.fault, RC_DNSSEC_DENIAL_MISSING);
	assert_found(give, message.has |= RC_HAS_ANSWER_RRSIG, false);
	assert_found(give, message.has |= RC_HAS_AUTH_RRSIG, false);
	assert_found(give, (answer_unsigned(true), message.has |= RC_HAS_AUTH_NSEC), false);
	assert_found(give, (answer_unsigned(true), message.has = 0), false);
	assert_found(give, message.fault = RC_FAULT_TRAILING, false); /* of a part */
}

/* It had to be asked for with DO=1, of a server of the zone, and nothing else may be why. */
static void only_an_answer_that_could_be_signed_counts(void **state)
{
	(void)state;
	assert_found(give, s.c.final = NULL, false);
	assert_found(give, s.links[0].answer = NULL, false);
	assert_found(give, s.c.failed_zone = 0, false);
	assert_found(give, s.c.lineage_cut = true, false);
	assert_found(give, s.asked[0].query.do_bit = false, false);
	assert_found(give, s.asked[0].answer.flags = 0, false);
}

static void who_looks_for_a_cut_and_finds_none_holds_the_zone_to_be_signed(void **state)
{
	struct rc_followed other = {.name = name_of("example")};
	(void)state;
	assert_found(give, s.c.n_links = 1, false);
	assert_found(give, s.asked[1].qtype = RC_TYPE_AAAA, false);
	assert_found(give, s.asked[1].state = RC_X_UNANSWERED, false);
	assert_found(give, s.links[1].name = &other, false);
	assert_found(give, s.asked[1].first_ns = T0 - MS, false); /* before it had the answer */
	assert_found(give, s.asked[1].answer.has = RC_HAS_DNSSEC, false);
	assert_found(give, s.asked[1].answer.flags = 0, false);
	assert_found(give, s.asked[1].marks = RC_X_CUT, false);
}

/* A second look for a cut: one that finds signatures, or that it made earlier. */
static void one_cut_found_may_be_where_signatures_end(void **state)
{
	(void)state;
	assert_found(give, (s.c.n_links = 3, s.asked[2] = s.asked[1], s.links[2].x = &s.asked[2]),
		     true);
	assert_found(give,
		     (s.c.n_links = 3, s.asked[2] = s.asked[1], s.links[2].x = &s.asked[2],
		      s.asked[2].answer.has = RC_HAS_DNSSEC),
		     false);
	assert_found(give,
		     (s.c.n_links = 3, s.asked[2] = s.asked[1], s.links[2].x = &s.asked[2],
		      s.asked[2].first_ns = T0 - MS),
		     true);
}

/* Nobody's own queries are in sight: a client was given it, with CD=1. */
static struct rc_client_answer told;
static struct rc_exchange asked_unchecked;

static void tell(void)
{
	give();
	s.c.n_links = 0;
	asked_unchecked = s.x;
	asked_unchecked.query.flags |= RC_FLAG_CD;
	told = (struct rc_client_answer){
		.x = &asked_unchecked, .name = &s.qname, .answer = &message};
	s.c.client_answers = &told;
	s.c.n_client_answers = 1;
	s.c.client_answers_known = true;
}

static void what_is_given_unchecked_alone_shows_it(void **state)
{
	struct rc_name other = name_of("mail.example");
	(void)state;
	assert_found(tell, (void)0, true);
	assert_false(shape.fetched);
	assert_found(tell, s.c.others.elsewhere_ok = 1, false);
	assert_found(tell, s.c.n_client_answers = 0, false);
	assert_found(tell, asked_unchecked.query.flags = 0, false);
	assert_found(tell, asked_unchecked.qtype = RC_TYPE_AAAA, false);
	assert_found(tell, message.edns.do_bit = false, false);
	assert_found(tell, asked_unchecked.server = addr(SERVER1), false);
	assert_found(tell, told.name = &other, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lacks_signatures_shows_it),
		cmocka_unit_test(only_an_answer_that_could_be_signed_counts),
		cmocka_unit_test(who_looks_for_a_cut_and_finds_none_holds_the_zone_to_be_signed),
		cmocka_unit_test(one_cut_found_may_be_where_signatures_end),
		cmocka_unit_test(what_is_given_unchecked_alone_shows_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
