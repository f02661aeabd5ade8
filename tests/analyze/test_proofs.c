#include "analyze/dnssec/proofs.h"

#include "base/limits.h"
#include "tests/analyze/build.h"

#define SIG "www.example. 300 IN RRSIG A 13 2 300 20261222000000 20261122000000 4711 example. "
#define KEY "example. 300 IN DNSKEY 256 3 13 "

static ldns_rr *record(const char *text)
{
	ldns_rr *rr;
	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static struct rc_dnssec_proof_id id_of(const char *a, const char *b, const char *sig,
				       const char *key)
{
	ldns_rr_list *rrs = ldns_rr_list_new();
	ldns_rr *s = record(sig), *k = record(key);
	ldns_rr_list_push_rr(rrs, record(a));
	if (b != NULL)
		ldns_rr_list_push_rr(rrs, record(b));
	struct rc_dnssec_proof_id id = rc_dnssec_proof_id(rrs, s, k);
	ldns_rr_list_deep_free(rrs);
	ldns_rr_free(s);
	ldns_rr_free(k);
	return id;
}

static bool same(struct rc_dnssec_proof_id a, struct rc_dnssec_proof_id b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static void all_that_is_checked_makes_the_id(void **state)
{
	(void)state;
	const char *a = "www.example. 300 IN A 192.0.2.1", *b = "www.example. 300 IN A 192.0.2.2";
	struct rc_dnssec_proof_id id = id_of(a, b, SIG "AAAA", KEY "AAAA");
	assert_true(same(id, id_of(a, b, SIG "AAAA", KEY "AAAA")));
	assert_true(same(id, id_of("www.example. 17 IN A 192.0.2.1", b, SIG "AAAA", KEY "AAAA")));
	assert_false(same(id, id_of(a, NULL, SIG "AAAA", KEY "AAAA")));
	assert_false(same(id, id_of(a, "www.example. 300 IN A 192.0.2.3", SIG "AAAA", KEY "AAAA")));
	assert_false(same(id, id_of("ww.example. 300 IN A 192.0.2.1", b, SIG "AAAA", KEY "AAAA")));
	assert_false(same(id, id_of(a, b, SIG "AAAB", KEY "AAAA")));
	assert_false(same(id, id_of(a, b, SIG "AAAA", KEY "AAAB")));
}

static struct rc_dnssec_proof_id numbered(uint64_t n, uint8_t last)
{
	struct rc_dnssec_proof_id id = {{0}};
	memcpy(id.octets, &n, sizeof n);
	id.octets[RC_DNSSEC_PROOF_ID - 1] = last;
	return id;
}

static void a_proof_is_told_of_its_own_check_alone(void **state)
{
	(void)state;
	struct rc_dnssec_proofs *proofs = rc_dnssec_proofs_new();
	struct rc_dnssec_proof_id good = numbered(1, 0), bad = numbered(2, 0),
				  beside = numbered(1, 1), over = numbered(1 + RC_DNSSEC_PROOFS, 0);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &good), RC_DNSSEC_P_UNCHECKED);
	rc_dnssec_proofs_put(proofs, &good, RC_DNSSEC_P_GOOD);
	rc_dnssec_proofs_put(proofs, &bad, RC_DNSSEC_P_BAD);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &good), RC_DNSSEC_P_GOOD);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &bad), RC_DNSSEC_P_BAD);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &beside), RC_DNSSEC_P_UNCHECKED);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &over), RC_DNSSEC_P_UNCHECKED);
	rc_dnssec_proofs_put(proofs, &over, RC_DNSSEC_P_BAD);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &over), RC_DNSSEC_P_BAD);
	assert_int_equal(rc_dnssec_proofs_find(proofs, &good), RC_DNSSEC_P_UNCHECKED);
	rc_dnssec_proofs_put(proofs, &good, RC_DNSSEC_P_UNCHECKED); /* it could not be made */
	assert_int_equal(rc_dnssec_proofs_find(proofs, &over), RC_DNSSEC_P_BAD);
	rc_dnssec_proofs_free(proofs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_checked_makes_the_id),
		cmocka_unit_test(a_proof_is_told_of_its_own_check_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
