/* The serials that the servers of a zone show. */
#include "analyze/infer/serial.h"
#include "analyze/infer/zone.h"
#include "tests/analyze/build.h"

#define FIRST "203.0.113.1"
#define SECOND "203.0.113.2"

static struct rc_serial_table *new_table(void)
{
	struct rc_serial_table *t;
	assert_int_equal(rc_serials_new(SEED, &t), RC_OK);
	return t;
}

/* A server answers for the SOA of a zone. */
static const struct rc_zone_serials *show(struct rc_serial_table *t, int64_t ts_ns,
					  const char *server, unsigned flags, const char *zone,
					  uint32_t serial)
{
	static struct dns d;
	struct dns rdata = {.len = 0};
	struct rc_msg m;
	struct rc_exchange x = {.end_ns = ts_ns,
				.server = addr(server),
				.qtype = RC_TYPE_SOA,
				.state = RC_X_ANSWERED};
	dns_query(&d, 1, RC_FLAG_QR | flags, zone, RC_TYPE_SOA);
	dns_name(&rdata, "ns");
	dns_name(&rdata, "hostmaster");
	dns_u32(&rdata, serial);
	for (unsigned i = 0; i < 4; i++)
		dns_u32(&rdata, 3600);
	dns_rr(&d, RC_ANSWER, zone, RC_TYPE_SOA, 60, &rdata);
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	return rc_serials_note(t, &x, &m);
}

static void an_older_serial_at_another_server_is_told(void **state)
{
	struct rc_serial_table *t = new_table();
	struct rc_name zone = name_of("example.com");
	(void)state;
	assert_null(show(t, T0, FIRST, RC_FLAG_AA, "example.com", 8));
	assert_null(show(t, T0, FIRST, RC_FLAG_AA, "example.com", 7)); /* its own, out of order */
	assert_null(show(t, T0, SECOND, 0, "example.com", 7));         /* out of a cache */
	assert_null(rc_serials_find(t, &zone));
	const struct rc_zone_serials *z = show(t, T0 + 1, SECOND, RC_FLAG_AA, "example.com", 7);
	assert_non_null(z);
	assert_ptr_equal(rc_serials_find(t, &zone), z);
	assert_int_equal(z->newest.value, 8);
	assert_int_equal(z->older.value, 7);
	assert_int_equal(z->behind, 1);
	assert_int_equal(z->lagging, 0);
	rc_serials_free(t);
}

/* RFC 1982: 1 is newer than the largest there is. A transfer takes a moment. */
static void serials_wrap_round_and_lag_once_a_transfer_had_its_time(void **state)
{
	struct rc_serial_table *t = new_table();
	(void)state;
	show(t, T0, FIRST, RC_FLAG_AA, "example.com", UINT32_MAX);
	show(t, T0, SECOND, RC_FLAG_AA, "example.com", 1);
	const struct rc_zone_serials *z = show(t, T0 + RC_NS_PER_S, FIRST, RC_FLAG_AA,
					       "example.com", UINT32_MAX);
	assert_non_null(z);
	assert_int_equal(z->newest.value, 1);
	assert_int_equal(z->lagging, 0);
	show(t, T0 + 2 * RC_NS_PER_S, FIRST, RC_FLAG_AA, "example.com", UINT32_MAX);
	assert_int_equal(z->behind, 2);
	assert_int_equal(z->lagging, 1);
	rc_serials_free(t);
}

static void a_table_that_is_full_counts_what_it_forgets(void **state)
{
	struct rc_serial_table *t = new_table();
	char zone[32];
	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(zone, sizeof zone, "z%u.example", i);
		show(t, T0, FIRST, RC_FLAG_AA, zone, 1);
	}
	assert_true(rc_serials_stats(t)->evicted >= 5000 - 1024);
	rc_serials_free(t);
}

/* Of a delegation that is known in part nobody knows whom it leaves out. */
static void who_is_none_of_the_servers_named_has_been_left(void **state)
{
	struct rc_addr addrs[] = {addr("192.0.2.1"), addr("2001:db8::1")};
	struct rc_zone_view z = {.addrs = addrs, .n_addrs = 2, .n_ns = 2, .ns_found = 3};
	struct rc_addr here = addr("192.0.2.1"), left = addr("192.0.2.2");
	(void)state;
	assert_false(rc_zone_has_left(&z, &here));
	assert_true(rc_zone_has_left(&z, &left));
	z.ns_found = 1;
	assert_false(rc_zone_has_left(&z, &left));
	z.ns_found = 3;
	z.addrs = &addrs[1]; /* its other family may not be in sight */
	z.n_addrs = 1;
	assert_false(rc_zone_has_left(&z, &left));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_older_serial_at_another_server_is_told),
		cmocka_unit_test(serials_wrap_round_and_lag_once_a_transfer_had_its_time),
		cmocka_unit_test(a_table_that_is_full_counts_what_it_forgets),
		cmocka_unit_test(who_is_none_of_the_servers_named_has_been_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
