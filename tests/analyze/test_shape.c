/* Unsigned answers that a resolver rejects, with no key in sight. */
#include "tests/analyze/sim.h"

#define NAME "www.example"

/* Asks the zone's server with DO=1, and gets an answer, or that there is none, without any signature. */
static void fetch_unsigned(struct sim *s, int64_t ms, unsigned id, unsigned type, bool negative)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, FETCH, NAME, type);
	dns_opt(&d, true, -1);
	send_message(s, ms, RESOLVER, 20000 + id, ZONE_SERVER, 53, &d);
	dns_query(&d, (uint16_t)id, AUTHORITY, NAME, type);
	if (negative)
		dns_rr_soa(&d, RC_AUTHORITY, "example");
	else
		dns_rr_a(&d, RC_ANSWER, NAME, "203.0.113.80");
	dns_opt(&d, true, -1);
	say(s, ms + 1, ZONE_SERVER, RESOLVER, id, &d);
}

static void rejected(struct sim *s, bool negative, bool looked_for_ds)
{
	begin(s);
	warm_up(s, 0);
	ask(s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	fetch_unsigned(s, LATE + 1, 11, RC_TYPE_A, negative);
	if (looked_for_ds)
		fetch_unsigned(s, LATE + 3, 12, RC_TYPE_DS, true);
	servfail(s, LATE + 5, RESOLVER, CLIENT, 10, NAME);
	finish(s);
	assert_int_equal(s->n, 1);
}

/* It holds the zone to be signed: else it would not look for a zone below that may do without. */
static void an_unsigned_answer_and_no_cut_below_lacks_its_signature(void **state)
{
	static struct sim s;
	(void)state;
	rejected(&s, false, true);
	assert_cause(&s, 0, "dnssec.rrsig_missing");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

static void an_unsigned_denial_and_no_cut_below_lacks_its_proof(void **state)
{
	static struct sim s;
	(void)state;
	rejected(&s, true, true);
	assert_cause(&s, 0, "dnssec.denial_missing");
	assert_int_equal(s.seen[0].confidence, RC_CONF_LIKELY);
}

/* An alias of an unsigned zone leads into a signed one, which has not got the type: there are signatures. */
static void an_answer_with_signatures_in_its_authority_section_lacks_none(void **state)
{
	static struct sim s;
	struct dns d, rdata = {.len = 0};
	(void)state;
	begin(&s);
	dns_query(&d, 1, QUERY | RC_FLAG_CD, NAME, RC_TYPE_A);
	dns_opt(&d, true, -1);
	send_message(&s, LATE, CLIENT2, 20001, RESOLVER, 53, &d);
	dns_query(&d, 1, RECURSED | RC_FLAG_CD, NAME, RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, NAME, RC_TYPE_CNAME, "www.other");
	dns_rr_soa(&d, RC_AUTHORITY, "other");
	dns_u32(&rdata, RC_TYPE_SOA << 16 | 13u << 8 | 1); /* RFC 4034 3.1 */
	for (unsigned i = 0; i < 3; i++)
		dns_u32(&rdata, 60);
	dns_u16(&rdata, 7);
	dns_name(&rdata, "other");
	dns_u32(&rdata, 0);
	dns_rr(&d, RC_AUTHORITY, "other", RC_TYPE_RRSIG, 60, &rdata);
	dns_opt(&d, true, -1);
	say(&s, LATE + 1, RESOLVER, CLIENT2, 1, &d);
	ask(&s, LATE + 10, CLIENT, RESOLVER, 2, QUERY, NAME);
	servfail(&s, LATE + 11, RESOLVER, CLIENT, 2, NAME);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "dnssec.rrsig_missing");
}

static void an_unsigned_answer_alone_says_nothing(void **state)
{
	static struct sim s;
	(void)state;
	rejected(&s, false, false);
	assert_string_not_equal(s.seen[0].cause->slug, "dnssec.rrsig_missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unsigned_answer_and_no_cut_below_lacks_its_signature),
		cmocka_unit_test(an_unsigned_denial_and_no_cut_below_lacks_its_proof),
		cmocka_unit_test(an_answer_with_signatures_in_its_authority_section_lacks_none),
		cmocka_unit_test(an_unsigned_answer_alone_says_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
