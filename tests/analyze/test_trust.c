/* A resolver's own clock: what the check of signatures found, against what the resolver says of them. */
#include "analyze/cause/rule.h"
#include "tests/analyze/build.h"

#define EDE_SIGNATURE_EXPIRED 7u

static const struct rc_rule *clock_rule(void)
{
	for (size_t i = 0; rc_rule_at(i) != NULL; i++)
		if (strcmp(rc_rule_at(i)->cause.slug, "dnssec.clock_skew") == 0)
			return rc_rule_at(i);
	fail();
	return NULL;
}

struct scene {
	struct rc_exchange x, asked_keys, asked_name;
	struct rc_name qname;
	struct rc_followed zone, name;
	struct rc_msg answer;
	struct rc_link links[2];
	struct rc_dnssec_finding finding;
	struct rc_case c;
};

/* Unbound says EDE 7 of a name whose answer and keys it has just fetched. */
static void set(struct scene *s, enum rc_dnssec_status status)
{
	*s = (struct scene){.x = {.state = RC_X_ANSWERED, .answer = {.rcode = RC_RCODE_SERVFAIL}}};
	s->qname = name_of("www.example");
	s->name.name = s->qname;
	s->zone.name = name_of("example");
	s->asked_keys.qtype = RC_TYPE_DNSKEY;
	s->asked_name.qtype = RC_TYPE_A;
	s->answer.has = RC_HAS_ANSWER_RRSIG;
	s->links[0] = (struct rc_link){
		.x = &s->asked_keys, .name = &s->zone, .outcome = RC_OUT_USABLE};
	s->links[1] = (struct rc_link){.x = &s->asked_name,
				       .name = &s->name,
				       .answer = &s->answer,
				       .outcome = RC_OUT_USABLE};
	s->c = (struct rc_case){.x = &s->x,
				.qname = &s->qname,
				.ede = RC_EDE(EDE_SIGNATURE_EXPIRED),
				.links = s->links,
				.n_links = 2,
				.final = &s->links[1],
				.weighing = true,
				.dnssec_done = true,
				.dnssec = {.status = status, .clock = RC_DNSSEC_CLOCK_FITS}};
}

static enum rc_confidence judge(struct scene *s)
{
	struct rc_finding f = {.explanation = NULL};
	const struct rc_rule *rule = clock_rule();
	return rule->test(rule, &s->c, &f);
}

static void signatures_in_time_that_are_called_expired_tell_of_a_clock(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_SECURE);
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_OFF; /* the sensor's own is in doubt */
	assert_int_equal(judge(&s), RC_CONF_NONE);
}

/* Another server has a copy that has expired: the resolver may hold that one. */
static void a_copy_that_has_expired_acquits_the_clock(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_SECURE);
	s.finding.fault = RC_DNSSEC_SIGNATURE_EXPIRED;
	s.c.dnssec.findings = &s.finding;
	s.c.dnssec.n_findings = 1;
	assert_int_equal(judge(&s), RC_CONF_NONE);
	s.finding.fault = RC_DNSSEC_DS_MISMATCH; /* of some other copy: nothing about time */
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
}

/* A warm resolver does not fetch again what lies above, which it has validated. */
static void the_keys_of_the_zone_do_where_those_above_are_held(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_INDETERMINATE);
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
	s.asked_keys.qtype =
		RC_TYPE_NS; /* nor were its own fetched: what signs the answer is not known */
	assert_int_equal(judge(&s), RC_CONF_NONE);
	set(&s, RC_DNSSEC_INDETERMINATE);
	s.answer.has = 0; /* not signed */
	assert_int_equal(judge(&s), RC_CONF_NONE);
	set(&s, RC_DNSSEC_INDETERMINATE);
	s.c.dnssec.findings = &s.finding;
	s.c.dnssec.n_findings = 1;
	assert_int_equal(judge(&s), RC_CONF_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_in_time_that_are_called_expired_tell_of_a_clock),
		cmocka_unit_test(a_copy_that_has_expired_acquits_the_clock),
		cmocka_unit_test(the_keys_of_the_zone_do_where_those_above_are_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
