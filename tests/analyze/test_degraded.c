#include "analyze/decide/degraded.h"
#include "tests/analyze/sim.h"

/* One name resolved: the first server of "example" lets it down, the second helps. */
static void half_dead(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, name);
	ask(s, ms + 1, RESOLVER, ROOT_SERVER, id + 1, FETCH, name);
	refer(s, ms + 10, id + 1, name);
	ask(s, ms + 11, RESOLVER, ZONE_SERVER, id + 2, FETCH, name);
	ask(s, ms + 411, RESOLVER, ZONE_SERVER2, id + 3, FETCH, name);
	reply_a(s, ms + 415, ZONE_SERVER2, RESOLVER, id + 3, AUTHORITY, name);
	reply_a(s, ms + 416, RESOLVER, CLIENT, id, RECURSED, name);
}

static void one_dead_server_of_two_is_no_failure_but_degrades_the_zone(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	half_dead(&s, LATE, 10, "www.example");
	half_dead(&s, LATE + 1000, 20, "mail.example");
	half_dead(&s, LATE + 2000, 30, "ftp.example");
	finish(&s);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.degraded, 1);
	assert_string_equal(s.degraded_by, "upstream.timeout");
	assert_non_null(strstr(s.summary, ZONE_SERVER));
	assert_ptr_equal(strstr(s.summary, "example"), s.summary);
}

static void a_packet_lost_once_or_twice_degrades_nothing(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	half_dead(&s, LATE, 10, "www.example");
	half_dead(&s, LATE + 1000, 20, "mail.example");
	finish(&s);
	assert_int_equal(s.degraded, 0);
}

static void a_server_that_answers_again_is_not_dead(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	half_dead(&s, LATE, 10, "www.example");
	half_dead(&s, LATE + 1000, 20, "mail.example");
	half_dead(&s, LATE + 2000, 30, "ftp.example");
	ask(&s, LATE + 3000, RESOLVER, ZONE_SERVER, 40, FETCH, "news.example");
	reply_a(&s, LATE + 3005, ZONE_SERVER, RESOLVER, 40, AUTHORITY, "news.example");
	finish(&s);
	assert_int_equal(s.degraded, 0);
}

static void a_zone_nobody_helps_with_fails_and_is_not_degraded(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 4; i++)
		dead_zone(&s, LATE + 4000 * i, 10 + 10 * i, "www.example");
	finish(&s);
	assert_int_equal(s.n, 4);
	assert_int_equal(s.degraded, 0);
}

static void a_server_that_refuses_its_zone_degrades_it(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 3; i++) {
		int64_t ms = LATE + 1000 * i;
		unsigned id = 10 + 10 * i;
		ask(&s, ms, RESOLVER, ROOT_SERVER, id, FETCH, "www.example");
		refer(&s, ms + 1, id, "www.example");
		ask(&s, ms + 2, RESOLVER, ZONE_SERVER, id + 1, FETCH, "www.example");
		reply(&s, ms + 3, ZONE_SERVER, RESOLVER, id + 1, RC_FLAG_QR | RC_RCODE_REFUSED,
		      "www.example");
		ask(&s, ms + 4, RESOLVER, ZONE_SERVER2, id + 2, FETCH, "www.example");
		reply_a(&s, ms + 5, ZONE_SERVER2, RESOLVER, id + 2, AUTHORITY, "www.example");
	}
	finish(&s);
	assert_int_equal(s.degraded, 1);
	assert_string_equal(s.degraded_by, "delegation.lame_refused");
}

/* An answer without data, and the SOA of "example" with this serial. */
static void say_serial(struct sim *s, int64_t ms, const char *server, unsigned id, uint32_t serial)
{
	static struct dns d;
	struct dns rdata = {.len = 0};
	ask(s, ms, RESOLVER, server, id, FETCH, "none.example");
	dns_query(&d, (uint16_t)id, AUTHORITY, "none.example", RC_TYPE_A);
	dns_name(&rdata, "ns1.example");
	dns_name(&rdata, "hostmaster.example");
	dns_u32(&rdata, serial);
	for (uint32_t i = 1; i <= 4; i++)
		dns_u32(&rdata, i);
	dns_rr(&d, RC_AUTHORITY, "example", RC_TYPE_SOA, 60, &rdata);
	say(s, ms + 1, server, RESOLVER, id, &d);
}

static void a_server_with_an_old_serial_degrades_its_zone(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	say_serial(&s, LATE, ZONE_SERVER, 10, UINT32_C(4294967295));
	for (unsigned i = 0; i < 3; i++) {
		say_serial(&s, LATE + 3000 * i + 100, ZONE_SERVER2, 11 + 2 * i, 5);
		say_serial(&s, LATE + 3000 * i + 3000, ZONE_SERVER, 12 + 2 * i,
			   UINT32_C(4294967295));
	}
	finish(&s);
	assert_int_equal(s.degraded, 1);
	assert_string_equal(s.degraded_by, "zone.serial_mismatch");
	assert_non_null(strstr(s.summary, "serial 4294967295 while another serves 5."));
	assert_string_equal(s.degraded_name, "none.example");
}

static void a_transfer_under_way_is_no_mismatch(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	say_serial(&s, LATE, ZONE_SERVER, 10, 4);
	say_serial(&s, LATE + 100, ZONE_SERVER2, 11, 5);
	for (unsigned i = 0; i < 4; i++)
		say_serial(&s, LATE + 200 + 100 * i, ZONE_SERVER, 12 + i, 4);
	say_serial(&s, LATE + 3000, ZONE_SERVER, 20, 5);
	finish(&s);
	assert_int_equal(s.degraded, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_dead_server_of_two_is_no_failure_but_degrades_the_zone),
		cmocka_unit_test(a_packet_lost_once_or_twice_degrades_nothing),
		cmocka_unit_test(a_server_that_answers_again_is_not_dead),
		cmocka_unit_test(a_zone_nobody_helps_with_fails_and_is_not_degraded),
		cmocka_unit_test(a_server_that_refuses_its_zone_degrades_it),
		cmocka_unit_test(a_server_with_an_old_serial_degrades_its_zone),
		cmocka_unit_test(a_transfer_under_way_is_no_mismatch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
