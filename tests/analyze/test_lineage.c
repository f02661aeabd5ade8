#include "tests/analyze/sim.h"

#define PROVIDER_SERVER "203.0.113.9"

/* The delegation without glue. */
static void refer_away(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RC_FLAG_QR, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.provider.test");
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns2.provider.test");
	say(s, ms, ROOT_SERVER, RESOLVER, id, &d);
}

static void look_up(struct sim *s, int64_t ms, unsigned id, const char *name, const char *address)
{
	static struct dns d;
	ask(s, ms, RESOLVER, PROVIDER_SERVER, id, FETCH, name);
	dns_query(&d, (uint16_t)id, AUTHORITY, name, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, name, address);
	say(s, ms + 1, PROVIDER_SERVER, RESOLVER, id, &d);
}

/*
 * A storm: each fetch looks the nameservers up again. Their lookups, though more than a lineage takes, leave
 * room for all that belongs to the failure.
 */
static void a_nameserver_looked_up_over_and_over_hides_no_other(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	begin(&s);
	warm_up(&s, LATE);
	int64_t ms = LATE + 100;
	ask(&s, ms, CLIENT, RESOLVER, 1, QUERY, name);
	ask(&s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
	refer_away(&s, ms + 10, 2, name);
	ask(&s, ms + 20, RESOLVER, ZONE_SERVER, 3, FETCH, name);
	ask(&s, ms + 820, RESOLVER, ZONE_SERVER2, 4, FETCH, name);
	for (unsigned i = 0; i < 2 * RC_LINEAGE_MAX; i++) {
		bool second = i % 8 == 7;
		look_up(&s, ms + 900 + i, 2000 + i,
			second ? "ns2.provider.test" : "ns1.provider.test",
			second ? ZONE_SERVER2 : ZONE_SERVER);
	}
	reply(&s, ms + 3000, RESOLVER, CLIENT, 1, RECURSED | RC_RCODE_SERVFAIL, name);
	finish(&s);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
	assert_string_equal(s.seen[0].zone, "example");
	assert_non_null(strstr(s.seen[0].text, "2 of 2 asked"));
	assert_false(s.seen[0].visibility.history_evicted);
}

static void a_nameserver_without_an_address_stays_at_fault(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	begin(&s);
	warm_up(&s, LATE);
	int64_t ms = LATE + 100;
	ask(&s, ms, CLIENT, RESOLVER, 1, QUERY, name);
	ask(&s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
	refer_away(&s, ms + 10, 2, name);
	for (unsigned i = 0; i < 4; i++) {
		const char *server = i % 2 != 0 ? "ns1.provider.test" : "ns2.provider.test";
		ask(&s, ms + 20 + i, RESOLVER, PROVIDER_SERVER, 100 + i, FETCH, server);
		dns_query(&d, (uint16_t)(100 + i), AUTHORITY | RC_RCODE_NXDOMAIN, server,
			  RC_TYPE_A);
		dns_rr_soa(&d, RC_AUTHORITY, "provider.test");
		say(&s, ms + 30 + i, PROVIDER_SERVER, RESOLVER, 100 + i, &d);
	}
	reply(&s, ms + 40, RESOLVER, CLIENT, 1, RECURSED | RC_RCODE_SERVFAIL, name);
	finish(&s);
	assert_cause(&s, 0, "delegation.ns_unresolvable");
}

/*
 * DNS64: no address of IPv6, so those of IPv4 are asked for, and the server fails that. Asked for before
 * the answer, they are another question: a client asks for both.
 */
static void a_failure_to_find_what_dns64_needs_is_the_cause(void **state)
{
	static struct sim s;
	static struct dns d;
	const char *name = "www.example";
	(void)state;
	for (unsigned after = 0; after < 2; after++) {
		begin(&s);
		warm_up(&s, LATE);
		int64_t ms = LATE + 100;
		dns_query(&d, 1, QUERY, name, RC_TYPE_AAAA);
		send_message(&s, ms, CLIENT, 20001, RESOLVER, 53, &d);
		ask(&s, ms + 1, RESOLVER, ROOT_SERVER, 2, FETCH, name);
		refer(&s, ms + 10, 2, name);
		for (unsigned i = 0; i < 2; i++) {
			if (i == after) {
				ask(&s, ms + 20 + i, RESOLVER, ZONE_SERVER, 3, FETCH, name);
				continue;
			}
			dns_query(&d, 4, FETCH, name, RC_TYPE_AAAA);
			send_message(&s, ms + 20 + i, RESOLVER, 20004, ZONE_SERVER, 53, &d);
			dns_query(&d, 4, AUTHORITY, name, RC_TYPE_AAAA);
			dns_rr_soa(&d, RC_AUTHORITY, "example");
			say(&s, ms + 20 + i, ZONE_SERVER, RESOLVER, 4, &d);
		}
		reply(&s, ms + 30, ZONE_SERVER, RESOLVER, 3, RC_FLAG_QR | RC_RCODE_SERVFAIL, name);
		dns_query(&d, 1, RECURSED | RC_RCODE_SERVFAIL, name, RC_TYPE_AAAA);
		say(&s, ms + 31, RESOLVER, CLIENT, 1, &d);
		finish(&s);
		assert_cause(&s, 0, after ? "upstream.servfail" : "resolver.internal");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nameserver_looked_up_over_and_over_hides_no_other),
		cmocka_unit_test(a_nameserver_without_an_address_stays_at_fault),
		cmocka_unit_test(a_failure_to_find_what_dns64_needs_is_the_cause),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
