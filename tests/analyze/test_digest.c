#include "analyze/infer/digest.h"
#include "tests/analyze/build.h"

#define BYTES (64u << 10) /* less than the ring takes anyhow */
#define MANY 4000u

static struct rc_digests *new_digests(void)
{
	struct rc_digests *d;
	assert_int_equal(rc_digests_new(BYTES, SEED, &d), RC_OK);
	return d;
}

static void referral(struct dns *d, const char *zone, const char *server)
{
	dns_query(d, 1, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(d, RC_AUTHORITY, zone, RC_TYPE_NS, server);
	dns_rr_name(d, RC_AUTHORITY, zone, RC_TYPE_NS, "ns2.example");
	dns_rr_a(d, RC_ADDITIONAL, server, "203.0.113.2");
	dns_rr_a(d, RC_ADDITIONAL, "ns2.example", "203.0.113.3");
}

static const struct rc_digest *get(struct rc_digests *digests, enum rc_digest_of of, uint64_t pos,
				   const struct dns *d)
{
	return rc_digests_get(digests, of, pos, d->data, d->len, d->len);
}

static void assert_name(const struct rc_name *stored, const char *text)
{
	struct rc_name name, expected = name_of(text);
	assert_non_null(stored);
	rc_digest_name(stored, &name);
	assert_true(rc_name_equal(&name, &expected));
}

static void assert_referral(const struct rc_digest *digest, const char *zone, const char *server)
{
	struct rc_name name = name_of(server);
	struct rc_addr first = addr("203.0.113.2"), second = addr("203.0.113.3");
	assert_non_null(digest);
	assert_int_equal(digest->msg.counts[RC_AUTHORITY], 2);
	assert_int_equal(digest->n_cuts, 2);
	assert_name(digest->cuts[0].zone, zone);
	assert_name(digest->cuts[1].zone, zone);
	assert_name(digest->cuts[0].server, server);
	assert_int_equal(digest->cuts[0].server_hash, rc_name_hash(SEED, &name));
	assert_name(digest->cuts[1].server, "ns2.example");
	assert_int_equal(digest->n_addrs, 2);
	assert_name(digest->addrs[0].owner, server);
	assert_int_equal(digest->addrs[0].hash, rc_name_hash(SEED, &name));
	assert_true(rc_addr_equal(&digest->addrs[0].addr, &first));
	assert_name(digest->addrs[1].owner, "ns2.example");
	assert_true(rc_addr_equal(&digest->addrs[1].addr, &second));
}

static void a_referral_tells_its_cut_its_servers_and_their_addresses(void **state)
{
	static struct dns d;
	struct rc_digests *digests = new_digests();
	(void)state;
	referral(&d, "example", "ns1.example");
	assert_referral(get(digests, RC_DIGEST_PAGE, 1, &d), "example", "ns1.example");
	rc_digests_free(digests);
}

static void a_message_is_read_once(void **state)
{
	static struct dns d;
	struct rc_digests *digests = new_digests();
	(void)state;
	referral(&d, "example", "ns1.example");
	for (unsigned i = 0; i < 3; i++)
		assert_referral(get(digests, RC_DIGEST_PAGE, 1, &d), "example", "ns1.example");
	assert_int_equal(rc_digests_stats(digests)->made, 1);
	assert_int_equal(rc_digests_stats(digests)->reused, 2);
	rc_digests_free(digests);
}

static uint64_t shows(const char *qname, const char *zone, const char *server, const char *address)
{
	static struct dns d;
	struct rc_digests *digests = new_digests();
	dns_query(&d, 1, RC_FLAG_QR, qname, RC_TYPE_A);
	if (zone != NULL)
		dns_rr_name(&d, RC_AUTHORITY, zone, RC_TYPE_NS, server);
	if (address != NULL)
		dns_rr_a(&d, RC_ADDITIONAL, server, address);
	uint64_t hash = get(digests, RC_DIGEST_PAGE, 1, &d)->shows;
	rc_digests_free(digests);
	return hash;
}

static void what_it_shows_does_not_hang_on_what_was_asked(void **state)
{
	(void)state;
	uint64_t hash = shows("a.example", "example", "ns1.example", "203.0.113.2");
	assert_int_not_equal(hash, 0);
	assert_int_equal(shows("b.example", "example", "ns1.example", "203.0.113.2"), hash);
	assert_int_not_equal(shows("a.example", "example", "ns1.example", "203.0.113.3"), hash);
	assert_int_not_equal(shows("a.example", "example", "ns1.example", NULL), hash);
	assert_int_not_equal(shows("a.example", "example", "ns2.example", "203.0.113.2"), hash);
	assert_int_not_equal(shows("a.example", "a.example", "ns1.example", "203.0.113.2"), hash);
	assert_int_equal(shows("a.example", NULL, NULL, NULL), 0);
}

static void pages_and_answers_are_kept_apart(void **state)
{
	static struct dns page, answer;
	struct rc_digests *digests = new_digests();
	(void)state;
	referral(&page, "example", "ns1.example");
	referral(&answer, "other.example", "ns1.other.example");
	get(digests, RC_DIGEST_PAGE, 64, &page);
	get(digests, RC_DIGEST_ANSWER, 64, &answer);
	assert_referral(get(digests, RC_DIGEST_PAGE, 64, &page), "example", "ns1.example");
	assert_referral(get(digests, RC_DIGEST_ANSWER, 64, &answer), "other.example",
			"ns1.other.example");
	rc_digests_free(digests);
}

/* More than the ring holds: each is right when made and when it is asked for again. */
static void what_was_overwritten_is_read_again(void **state)
{
	static struct dns d;
	char zone[32], server[48];
	struct rc_digests *digests = new_digests();
	(void)state;
	for (uint64_t n = 0; n < 2 * MANY; n++) {
		uint64_t pos = n < MANY ? n : 2 * MANY - 1 - n; /* and back */
		snprintf(zone, sizeof zone, "z%u.example", (unsigned)pos);
		snprintf(server, sizeof server, "ns1.%s", zone);
		referral(&d, zone, server);
		assert_referral(get(digests, RC_DIGEST_ANSWER, 64 + 8 * pos, &d), zone, server);
	}
	assert_true(rc_digests_stats(digests)->made > MANY);
	assert_true(rc_digests_stats(digests)->reused > 0);
	rc_digests_free(digests);
}

static void a_soa_shows_a_cut_where_it_is_the_zones_own(void **state)
{
	static struct dns d;
	struct rc_digests *digests = new_digests();
	(void)state;
	dns_query(&d, 1, RC_FLAG_QR | RC_FLAG_AA, "nothing.example", RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, "example");
	const struct rc_digest *digest = get(digests, RC_DIGEST_ANSWER, 64, &d);
	assert_int_equal(digest->n_cuts, 1);
	assert_name(digest->cuts[0].zone, "example");
	assert_null(digest->cuts[0].server);
	dns_query(&d, 1, RC_FLAG_QR, "nothing.example", RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, "example");
	assert_int_equal(get(digests, RC_DIGEST_ANSWER, 128, &d)->n_cuts, 0);
	rc_digests_free(digests);
}

static void records_are_read_up_to_a_ceiling(void **state)
{
	static struct dns d;
	struct rc_digests *digests = new_digests();
	(void)state;
	dns_query(&d, 1, RC_FLAG_QR | RC_FLAG_AA, "example", RC_TYPE_NS);
	for (unsigned i = 0; i < 2 * RC_RR_LOOKED_MAX; i++)
		dns_rr_name(&d, RC_ANSWER, "example", RC_TYPE_NS, "ns1.example");
	assert_int_equal(get(digests, RC_DIGEST_PAGE, 1, &d)->n_cuts, RC_RR_LOOKED_MAX);
	rc_digests_free(digests);
}

static void the_hash_of_the_records_is_the_messages(void **state)
{
	static struct dns d;
	struct rc_msg m;
	struct rc_digests *digests = new_digests();
	(void)state;
	referral(&d, "example", "ns1.example");
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	uint64_t expected = rc_msg_content_hash(&m, SEED);
	assert_int_equal(rc_digests_content(digests, RC_DIGEST_PAGE, 1, &m), expected);
	get(digests, RC_DIGEST_PAGE, 1, &d);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(rc_digests_content(digests, RC_DIGEST_PAGE, 1, &m), expected);
	rc_digests_free(digests);
}

static void less_than_a_header_has_no_digest(void **state)
{
	static struct dns d = {.len = 5};
	struct rc_digests *digests = new_digests();
	(void)state;
	assert_null(get(digests, RC_DIGEST_PAGE, 1, &d));
	assert_null(get(digests, RC_DIGEST_PAGE, 1, &d));
	rc_digests_free(digests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_referral_tells_its_cut_its_servers_and_their_addresses),
		cmocka_unit_test(a_message_is_read_once),
		cmocka_unit_test(what_it_shows_does_not_hang_on_what_was_asked),
		cmocka_unit_test(pages_and_answers_are_kept_apart),
		cmocka_unit_test(what_was_overwritten_is_read_again),
		cmocka_unit_test(a_soa_shows_a_cut_where_it_is_the_zones_own),
		cmocka_unit_test(records_are_read_up_to_a_ceiling),
		cmocka_unit_test(the_hash_of_the_records_is_the_messages),
		cmocka_unit_test(less_than_a_header_has_no_digest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
