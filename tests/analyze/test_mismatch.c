/* Replies that do not fit what their asker asked. */
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
	begin(&s);
	warm_up(&s, 0);
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
	begin(&s);
	warm_up(&s, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 5, ELSEWHERE, CLIENT, 10, RECURSED, NAME);
	end_later(&s);
	assert_mismatch(&s, RC_CONF_LIKELY, "from another address");
}

static void a_reply_with_another_id_may_be_forged(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin(&s);
	warm_up(&s, 0);
	for (int64_t ms = LATE; ms <= LATE + 1000; ms += 1000) {
		ask(&s, ms, CLIENT, RESOLVER, 10, QUERY, NAME);
		dns_query(&d, 11, RECURSED, NAME, RC_TYPE_A);
		say(&s, ms + 5, RESOLVER, CLIENT, 10, &d);
	}
	end_later(&s);
	assert_mismatch(&s, RC_CONF_LIKELY, "with another ID");
}

/* The true reply counts, whatever came before it. */
static void a_reply_that_fits_makes_it_good(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply_a(&s, LATE + 5, ELSEWHERE, CLIENT, 10, RECURSED, NAME);
	reply_a(&s, LATE + 6, RESOLVER, CLIENT, 10, RECURSED, NAME);
	end_later(&s);
	assert_int_equal(s.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_from_another_address_is_not_taken),
		cmocka_unit_test(an_asker_that_does_not_ask_again_may_have_taken_it),
		cmocka_unit_test(a_reply_with_another_id_may_be_forged),
		cmocka_unit_test(a_reply_that_fits_makes_it_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
