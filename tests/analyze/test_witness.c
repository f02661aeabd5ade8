#include "analyze/cause/witness.h"
#include "tests/analyze/build.h"

/* A SERVFAIL with this extended error. */
static const struct rc_msg *said(int code, const char *text)
{
	static struct dns d;
	static struct rc_msg m;
	dns_query(&d, 1, RC_FLAG_QR | RC_RCODE_SERVFAIL, "www.example.com", RC_TYPE_A);
	dns_opt_said(&d, false, code, text);
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	return &m;
}

static void a_text_names_its_fault(void **state)
{
	static const struct {
		int code;
		const char *text;
		uint32_t fault;
	} rows[] = {
		{9, "validation failure <a. A IN>: no keys have a DS with algorithm RSASHA256",
		 RC_DNSSEC_DS_MISMATCH},
		{9, "validation failure <a. A IN>: signature crypto failed from 192.0.2.1",
		 RC_DNSSEC_SIGNATURE_INVALID},
		{6, "validation failure <a. A IN>: no signatures over NSEC3s from 192.0.2.1",
		 RC_DNSSEC_DENIAL_INVALID},
		{6, "validation failure <a. A IN>: use of key for crypto failed",
		 RC_DNSSEC_SIGNATURE_INVALID},
		{6, "NSEC3 salt mismatch for DS example.com.", RC_DNSSEC_DENIAL_INVALID},
		{10, "validation failure <a. A IN>: no signatures from 192.0.2.1",
		 RC_DNSSEC_RRSIG_MISSING},
		{9, "DNSKEY found but not matching DS example.com/DNSKEY", RC_DNSSEC_DS_MISMATCH},
		{9, "no SEP matching the DS found for example.com.", RC_DNSSEC_DS_MISMATCH},
		{10, "JZAJ", RC_DNSSEC_RRSIG_MISSING},
		{9, "NMJZ: no matching SEP", RC_DNSSEC_DS_MISMATCH},
		{9, "Attack detected! No SEP matching the DS found for example.com",
		 RC_DNSSEC_DS_MISMATCH},
		{9, "DNSKEY RRset did not match DS RRset by name", RC_DNSSEC_DNSKEY_MISSING},
		{6, "signature for expected key and algorithm missing from 192.0.2.1",
		 RC_DNSSEC_RRSIG_MISSING},
		{6, "signer name mismatches key name", RC_DNSSEC_SIGNATURE_INVALID},
		{6, "failed to verify www.example.com. A: using DNSKEY ids = [46436]",
		 RC_DNSSEC_SIGNATURE_INVALID},
		{6, "proof of non-existence of example.com. A", RC_DNSSEC_DENIAL_INVALID},
		{6, "NSEC3s: covering NSEC3 was not opt-out in an opt-out zone",
		 RC_DNSSEC_DENIAL_INVALID},
		{6, "no NSECs or NSEC3s when attempting to prove no DS", RC_DNSSEC_DENIAL_MISSING},
		{7, "not all NSEC3 records secure from 192.0.2.1", RC_WITNESS_NONE},
		{9, "No KSK DNSKEY matches DS records from parent", RC_DNSSEC_DS_MISMATCH},
		{9, "No DNSKEY records found for example.com.", RC_DNSSEC_DNSKEY_MISSING},
		{0, "dns: bad signature", RC_DNSSEC_SIGNATURE_INVALID},
		{6, "Wildcard-expanded answer lacks NSEC/NSEC3 proof of no closer match",
		 RC_DNSSEC_DENIAL_MISSING},
		{12, "Incomplete NSEC proof for name non-existence", RC_DNSSEC_DENIAL_INVALID},
		/* of the root's keys too, by a resolver whose anchor is wrong */
		{9, "No DNSKEY found to validate RRSIG", RC_WITNESS_NONE},
		{6, "NSEC3 opt-out validation failed", RC_DNSSEC_DENIAL_INVALID},
		{6, "Attack detected! www.example.com A IN", RC_DNSSEC_SIGNATURE_INVALID},
		{7, "Attack detected! www.example.com A IN", RC_WITNESS_NONE},
		{9, "Attack detected! www.example.com/A", RC_WITNESS_NONE},
		{27, "DYRH: too many NSEC3 records", RC_DNSSEC_DENIAL_INVALID},
		{6, "Z4I6", RC_DNSSEC_DENIAL_INVALID},
		{6, "I74V", RC_WITNESS_NONE},
		{6, "", RC_WITNESS_NONE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rc_witness_fault(said(rows[i].code, rows[i].text)) != rows[i].fault)
			fail_msg("%s", rows[i].text);
}

static void a_reason_behind_long_names_is_read(void **state)
{
	char text[700];
	(void)state;
	memset(text, 'x', sizeof text);
	strcpy(text + 600, ": DS hash mismatches key");
	assert_int_equal(rc_witness_fault(said(6, text)), RC_DNSSEC_DS_MISMATCH);
}

static void a_text_counts_only_under_a_code_of_its_kind(void **state)
{
	(void)state;
	assert_int_equal(rc_witness_fault(said(15, "signature expired")), RC_WITNESS_NONE);
	assert_int_equal(rc_witness_outcome(said(17, "rcode=REFUSED")), RC_OUT_COUNT);
	assert_int_equal(rc_witness_outcome(said(6, "timed out")), RC_OUT_COUNT);
}

static void the_rcode_met_upstream_is_read(void **state)
{
	(void)state;
	assert_int_equal(rc_witness_outcome(said(23, "[192.0.2.1] rcode=REFUSED for a/a")),
			 RC_OUT_REFUSED);
	assert_int_equal(rc_witness_outcome(said(23, "192.0.2.1:53 rcode=SERVFAIL for a. A")),
			 RC_OUT_SERVFAIL);
	assert_int_equal(rc_witness_outcome(said(22, "Timeout waiting for answer(s)")),
			 RC_OUT_TIMEOUT);
	assert_int_equal(
		rc_witness_outcome(said(22, "ns1 (192.0.2.1) returned RCODE=Refused for a")),
		RC_OUT_REFUSED);
	assert_int_equal(rc_witness_outcome(said(23, "Socket error for a: ConnectionRefused")),
			 RC_OUT_ICMP);
	assert_int_equal(rc_witness_outcome(said(23, "Socket error for a: TimedOut")),
			 RC_OUT_TIMEOUT);
	assert_int_equal(rc_witness_outcome(said(23, "Socket error for a: ConnectionReset")),
			 RC_OUT_ICMP);
	assert_int_equal(rc_witness_outcome(said(22, "Query timeout exceeded")), RC_OUT_TIMEOUT);
	assert_int_equal(rc_witness_outcome(said(15, "Upstream server refused the query")),
			 RC_OUT_REFUSED);
	assert_int_equal(rc_witness_outcome(said(22, "")), RC_OUT_COUNT);
	assert_int_equal(rc_witness_outcome(NULL), RC_OUT_COUNT);
}

static void an_alias_that_does_not_end_is_given_up(void **state)
{
	(void)state;
	assert_true(rc_witness_gave_up_aliases(said(0, "max. restarts reached")));
	assert_true(rc_witness_gave_up_aliases(said(0, "CNAME loop detected at example.com.")));
	assert_false(rc_witness_gave_up_aliases(said(22, "CNAME loop detected at example.com.")));
}

static void a_cookie_is_wanted_by_its_text_alone(void **state)
{
	(void)state;
	assert_true(rc_witness_wants_cookie(said(0, "DNS Cookie needed for UDP replies")));
	assert_false(rc_witness_wants_cookie(said(0, "Resolver exception")));
	assert_false(rc_witness_wants_cookie(said(18, "DNS Cookie needed for UDP replies")));
}

static void texts_that_disagree_name_no_outcome(void **state)
{
	static struct dns d;
	struct rc_msg m;
	(void)state;
	dns_query(&d, 1, RC_FLAG_QR | RC_RCODE_SERVFAIL, "www.example.com", RC_TYPE_A);
	dns_count(&d, RC_ADDITIONAL);
	dns_bytes(&d, "\0\0\051\004\320\0\0\0\0\0\052", 11);
	dns_bytes(&d, "\0\017\0\017\0\027rcode=REFUSED", 19);
	dns_bytes(&d, "\0\017\0\023\0\027192.0.2 timed out", 23);
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	assert_int_equal(m.edns.n_ede, 2);
	assert_int_equal(rc_witness_outcome(&m), RC_OUT_COUNT);
}

static void a_zone_named_must_hold_the_name(void **state)
{
	struct rc_name name = name_of("www.example.com"), zone;
	(void)state;
	assert_true(rc_witness_zone(
		said(9, "no signatures from 192.0.2.1 for key Example.COM. while"), &name, &zone));
	struct rc_name want = name_of("example.com");
	assert_true(rc_name_equal(&zone, &want));
	assert_true(rc_witness_zone(said(9, "DNSKEY found but not matching DS example.com/DNSKEY"),
				    &name, &zone));
	assert_true(rc_name_equal(&zone, &want));
	assert_true(rc_witness_zone(said(7, "example.com/DNSKEY"), &name, &zone));
	assert_true(rc_name_equal(&zone, &want));
	assert_true(rc_witness_zone(said(7, "com/SOA"), &name, &zone));
	assert_false(rc_witness_zone(said(7, "www.example.com/A"), &name, &zone));
	assert_false(rc_witness_zone(said(7, "example.com/DS"), &name, &zone)); /* its parent's */
	assert_false(rc_witness_zone(said(7, "no example.com/SOA"), &name, &zone));
	struct rc_name host = name_of("1.0/25.2.0.192.in-addr.arpa"),
		       cut = name_of("0/25.2.0.192.in-addr.arpa");
	assert_true(rc_witness_zone(said(10, "for DNSKEY 0/25.2.0.192.in-addr.arpa., id = 1"),
				    &host, &zone));
	assert_true(rc_name_equal(&zone, &cut));
	assert_true(rc_witness_zone(said(22, "delegation com"), &name, &zone));
	assert_false(rc_witness_zone(said(22, "delegation example.net"), &name, &zone));
	assert_false(rc_witness_zone(said(22, "delegation "), &name, &zone));
	assert_false(rc_witness_zone(said(22, "example.com"), &name, &zone));
}

/* Unbound names the server that gave an answer without keys, and no server where none did. */
static void keys_that_could_not_be_fetched_are_not_called_missing(void **state)
{
	static const struct {
		const char *text;
		uint32_t fault;
		enum rc_outcome outcome;
	} rows[] = {
		{"No DNSKEY record from 192.0.2.1 for key example.com.", RC_DNSSEC_DNSKEY_MISSING,
		 RC_OUT_COUNT},
		{"No DNSKEY record [misc failure] from 192.0.2.1 for key example.com.",
		 RC_DNSSEC_DNSKEY_MISSING, RC_OUT_COUNT},
		{"No DNSKEY record for key example.com.", RC_WITNESS_NONE, RC_OUT_COUNT},
		{"No DNSKEY record [all servers for this domain failed, at zone example.com. from "
		 "192.0.2.1 got REFUSED] for key example.com.",
		 RC_WITNESS_NONE, RC_OUT_REFUSED},
		{"No DNSKEY record [exceeded the maximum number of sends upstream server timeout] "
		 "for key example.com.",
		 RC_WITNESS_NONE, RC_OUT_TIMEOUT},
		{"No DNSKEY record [cut sho", RC_WITNESS_NONE, RC_OUT_COUNT},
		{"No DNSKEY record", RC_WITNESS_NONE, RC_OUT_COUNT},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct rc_msg *m = said(9, rows[i].text);
		assert_int_equal(rc_witness_fault(m), rows[i].fault);
		assert_int_equal(rc_witness_outcome(m), rows[i].outcome);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_names_its_fault),
		cmocka_unit_test(a_reason_behind_long_names_is_read),
		cmocka_unit_test(a_text_counts_only_under_a_code_of_its_kind),
		cmocka_unit_test(the_rcode_met_upstream_is_read),
		cmocka_unit_test(an_alias_that_does_not_end_is_given_up),
		cmocka_unit_test(a_cookie_is_wanted_by_its_text_alone),
		cmocka_unit_test(texts_that_disagree_name_no_outcome),
		cmocka_unit_test(a_zone_named_must_hold_the_name),
		cmocka_unit_test(keys_that_could_not_be_fetched_are_not_called_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
