/*
 * The client's side alone: what clients are told, and what others get, says more than the answer.
 */
#include "tests/analyze/sim.h"

#define OTHER_RESOLVER "198.51.100.55"
#define CHECKING_OFF (QUERY | RC_FLAG_CD)
#define DAY 86400
#define NAME "www.example"

/* A question with DO=1, of any type. */
static void ask_do(struct sim *s, int64_t ms, const char *server, unsigned id, unsigned flags,
		   unsigned type)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, NAME, type);
	dns_opt(&d, true, -1);
	send_message(s, ms, CLIENT, 20000 + id, server, 53, &d);
}

/* SERVFAIL from a resolver, with an extended error if ede is not negative. */
static void fail_saying(struct sim *s, int64_t ms, const char *server, unsigned id, int ede,
			const char *text)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_SERVFAIL, NAME, RC_TYPE_A);
	dns_opt_said(&d, false, ede, text);
	say(s, ms, server, CLIENT, id, &d);
}

/* The name's address by a signature that ended so many seconds before the packet; 0: no signature. */
static void tell_address(struct sim *s, int64_t ms, unsigned id, int64_t ended_s)
{
	static struct dns d;
	struct dns sig = {.len = 0};
	uint32_t now_s = (uint32_t)((T0 + ms * MS) / RC_NS_PER_S);
	dns_query(&d, (uint16_t)id, RECURSED | RC_FLAG_CD, NAME, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, NAME, "203.0.113.80");
	if (ended_s != 0) {
		dns_u16(&sig, RC_TYPE_A);
		dns_u8(&sig, 13); /* ECDSAP256SHA256 */
		dns_u8(&sig, 2);
		dns_u32(&sig, 300);
		dns_u32(&sig, (uint32_t)(now_s - ended_s));
		dns_u32(&sig, now_s - 60 * DAY);
		dns_u16(&sig, 4711);
		dns_name(&sig, "example");
		for (unsigned i = 0; i < 64; i++)
			dns_u8(&sig, i);
		dns_rr(&d, RC_ANSWER, NAME, RC_TYPE_RRSIG, 300, &sig);
	}
	dns_opt(&d, true, -1);
	say(s, ms, RESOLVER, CLIENT, id, &d);
}

static void fails_at(struct sim *s, int64_t ms, const char *server, unsigned id)
{
	ask(s, ms, CLIENT, server, id, QUERY, NAME);
	fail_saying(s, ms + 5, server, id, -1, "");
}

static void an_expired_signature_shows_in_what_the_client_is_told(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fails_at(&s, LATE, RESOLVER, 1);
	ask_do(&s, LATE + 100, RESOLVER, 2, CHECKING_OFF, RC_TYPE_A);
	tell_address(&s, LATE + 105, 2, 20 * DAY);
	finish(&s);
	assert_only(&s, "dnssec.signature_expired", RC_CONF_LIKELY);
	assert_string_equal(s.seen[0].zone, "example");
	assert_false(s.seen[0].cached);
}

static void a_sound_signature_leaves_the_fault_open(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fails_at(&s, LATE, RESOLVER, 1);
	ask_do(&s, LATE + 100, RESOLVER, 2, CHECKING_OFF, RC_TYPE_A);
	tell_address(&s, LATE + 105, 2, -20 * DAY);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "dnssec.validation_failed");
}

/* After seconds, as where it reached no server: what it gives unchecked it may have been given since. */
static void who_works_for_long_need_not_have_failed_at_the_check(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool waited = i % 2 == 1;
		struct sim s;
		int64_t end = LATE + (waited ? 8000 : 5);
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
		fail_saying(&s, end, RESOLVER, 1, i < 2 ? 22 : -1, "");
		ask_do(&s, end + 100, RESOLVER, 2, CHECKING_OFF, RC_TYPE_A);
		tell_address(&s, end + 105, 2, -20 * DAY);
		finish(&s);
		assert_int_equal(s.n, 1);
		bool check = strcmp(s.seen[0].cause->slug, "dnssec.validation_failed") == 0;
		assert_int_equal(check && s.seen[0].confidence == RC_CONF_LIKELY, !waited);
	}
}

/* In sight of its own queries it asked nobody: it repeats what it met with, be that what another tells or not. */
static void what_another_says_is_a_sign_where_the_resolver_repeats_itself(void **state)
{
	(void)state;
	for (unsigned visible = 0; visible < 2; visible++) {
		struct sim s;
		begin(&s);
		if (visible)
			warm_up(&s, 0);
		fails_at(&s, LATE, RESOLVER, 1);
		ask(&s, LATE + 100, CLIENT, OTHER_RESOLVER, 2, QUERY, NAME);
		fail_saying(&s, LATE + 105, OTHER_RESOLVER, 2, 6, "");
		finish(&s);
		assert_cause(&s, 0, "dnssec.validation_failed");
		assert_int_equal(s.seen[0].confidence, visible ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* Servers may answer one type and not another: where its queries are in sight, they tell. */
static void another_type_without_the_check_is_a_sign(void **state)
{
	static struct dns d;
	(void)state;
	for (unsigned visible = 0; visible < 2; visible++) {
		struct sim s;
		begin(&s);
		if (visible)
			warm_up(&s, 0);
		fails_at(&s, LATE, RESOLVER, 1);
		ask_do(&s, LATE + 100, RESOLVER, 2, CHECKING_OFF, RC_TYPE_AAAA);
		dns_query(&d, 2, RECURSED | RC_FLAG_CD, NAME, RC_TYPE_AAAA);
		dns_rr_soa(&d, RC_AUTHORITY, "example");
		say(&s, LATE + 105, RESOLVER, CLIENT, 2, &d);
		finish(&s);
		assert_cause(&s, 0, "dnssec.validation_failed");
		assert_int_equal(s.seen[0].confidence, visible ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/*
 * Its zone may be unsigned by right, and what should prove that fail: another resolver that misses signatures makes it
 * likely, and one that resolves it speaks against it.
 */
static void an_answer_without_signature_lacks_it(void **state)
{
	enum { ALONE, MISSED, RESOLVED };
	(void)state;
	for (unsigned elsewhere = ALONE; elsewhere <= RESOLVED; elsewhere++) {
		struct sim s;
		begin(&s);
		fails_at(&s, LATE, RESOLVER, 1);
		ask_do(&s, LATE + 100, RESOLVER, 2, CHECKING_OFF, RC_TYPE_A);
		tell_address(&s, LATE + 105, 2, 0);
		if (elsewhere != ALONE)
			ask(&s, LATE + 110, CLIENT, OTHER_RESOLVER, 3, QUERY, NAME);
		if (elsewhere == MISSED)
			fail_saying(&s, LATE + 115, OTHER_RESOLVER, 3, 10, "");
		if (elsewhere == RESOLVED)
			reply_a(&s, LATE + 115, OTHER_RESOLVER, CLIENT, 3, RECURSED, NAME);
		finish(&s);
		assert_cause(&s, 0,
			     elsewhere == RESOLVED ? "dnssec.validation_failed"
						   : "dnssec.rrsig_missing");
		assert_int_equal(s.seen[0].confidence,
				 elsewhere == ALONE ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

static void a_negative_answer_without_proof_lacks_it(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	fails_at(&s, LATE, RESOLVER, 1);
	ask_do(&s, LATE + 100, RESOLVER, 2, CHECKING_OFF, RC_TYPE_A);
	dns_query(&d, 2, RECURSED | RC_FLAG_CD | RC_RCODE_NXDOMAIN, NAME, RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, "example");
	dns_opt(&d, true, -1);
	say(&s, LATE + 105, RESOLVER, CLIENT, 2, &d);
	ask(&s, LATE + 110, CLIENT, OTHER_RESOLVER, 3, QUERY, NAME);
	fail_saying(&s, LATE + 115, OTHER_RESOLVER, 3, 12, "");
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "dnssec.denial_missing");
}

/* Without CD=1 a resolver that does not validate gives the same. */
static void an_unsigned_answer_of_another_resolver_says_nothing(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fails_at(&s, LATE, OTHER_RESOLVER, 1);
	ask_do(&s, LATE + 100, RESOLVER, 2, QUERY, RC_TYPE_A);
	tell_address(&s, LATE + 105, 2, 0);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "unknown.upstream_not_visible");
}

/* Knot Resolver says the same of keys that are not there, and of servers that do not serve the zone. */
static void a_word_that_stands_for_lame_servers_too_is_taken_for_less(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned unchecked = 0; unchecked < 2; unchecked++) {
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
		fail_saying(&s, LATE + 5, RESOLVER, 1, 0, "O4TP: couldn't validate RRSIGs");
		if (unchecked) {
			ask(&s, LATE + 100, CLIENT, RESOLVER, 2, CHECKING_OFF, NAME);
			reply(&s, LATE + 105, RESOLVER, CLIENT, 2,
			      RECURSED | RC_FLAG_CD | RC_RCODE_SERVFAIL, NAME);
		}
		finish(&s);
		assert_cause(&s, 0,
			     unchecked ? "unknown.upstream_not_visible" : "dnssec.dnskey_missing");
		assert_int_equal(s.seen[0].confidence, unchecked ? RC_CONF_NONE : RC_CONF_POSSIBLE);
	}
}

/* That validation fails is surer, and says less. */
static void a_fault_that_is_suspected_is_told_before_a_code_that_names_none(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
	fail_saying(&s, LATE + 5, RESOLVER, 1, 6, "");
	ask(&s, LATE + 100, CLIENT, OTHER_RESOLVER, 2, QUERY, NAME);
	fail_saying(&s, LATE + 105, OTHER_RESOLVER, 2, 0, "O4TP: couldn't validate RRSIGs");
	finish(&s);
	assert_cause(&s, 0, "dnssec.dnskey_missing");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

/* Of another type of the name it is said with less weight, and not if it may be about servers. */
static void what_is_said_of_another_type_is_possible_here(void **state)
{
	static const struct {
		int ede;
		const char *text, *cause;
	} rows[] = {{7, "", "dnssec.signature_expired"},
		    {12, "AHXI", "unknown.upstream_not_visible"}};
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		static struct dns d;
		struct sim s;
		begin(&s);
		fails_at(&s, LATE, RESOLVER, 1);
		ask_do(&s, LATE + 100, OTHER_RESOLVER, 2, QUERY, RC_TYPE_AAAA);
		dns_query(&d, 2, RECURSED | RC_RCODE_SERVFAIL, NAME, RC_TYPE_AAAA);
		dns_opt_said(&d, false, rows[i].ede, rows[i].text);
		say(&s, LATE + 105, OTHER_RESOLVER, CLIENT, 2, &d);
		finish(&s);
		assert_cause(&s, 0, rows[i].cause);
		assert_int_equal(s.seen[0].confidence, i == 0 ? RC_CONF_POSSIBLE : RC_CONF_NONE);
	}
}

/* Knot Resolver 6 says EDE 10 of keys whose signatures do not verify, too. */
static void no_valid_signature_over_keys_is_no_missing_one(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
	fail_saying(&s, LATE + 5, RESOLVER, 1, 10, "7N4Z: no valid RRSIGs for DNSKEY");
	finish(&s);
	assert_only(&s, "dnssec.signature_invalid", RC_CONF_POSSIBLE);
}

static void the_word_of_another_resolver_counts(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	fails_at(&s, LATE, RESOLVER, 1);
	ask(&s, LATE + 100, CLIENT, OTHER_RESOLVER, 2, QUERY, NAME);
	fail_saying(&s, LATE + 105, OTHER_RESOLVER, 2, 7, "");
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "dnssec.signature_expired");
	assert_cause(&s, 1, "dnssec.signature_expired");
}

/* RFC 8914 4.10: "no supported matching DNSKEY": none at all, or none that the DS fits. */
static void ede_9_without_text_names_no_fault(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
	fail_saying(&s, LATE + 5, RESOLVER, 1, 9, "");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "dnssec.validation_failed");
}

static void ede_9_is_told_by_the_text_of_another_resolver(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
	fail_saying(&s, LATE + 5, RESOLVER, 1, 9, "");
	ask(&s, LATE + 100, CLIENT, OTHER_RESOLVER, 2, QUERY, NAME);
	fail_saying(&s, LATE + 105, OTHER_RESOLVER, 2, 9, "NMJZ: no matching SEP");
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "dnssec.ds_mismatch");
	assert_cause(&s, 1, "dnssec.ds_mismatch");
}

static void another_type_that_validates_points_to_validation(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	fails_at(&s, LATE, RESOLVER, 1);
	ask_do(&s, LATE + 100, RESOLVER, 2, QUERY, RC_TYPE_AAAA);
	dns_query(&d, 2, RECURSED | RC_FLAG_AD, NAME, RC_TYPE_AAAA);
	dns_rr_soa(&d, RC_AUTHORITY, "example");
	say(&s, LATE + 105, RESOLVER, CLIENT, 2, &d);
	finish(&s);
	assert_only(&s, "dnssec.validation_failed", RC_CONF_POSSIBLE);
}

/* The resolver answers CLIENT about another name. */
static void serve(struct sim *s, int64_t ms, unsigned id)
{
	ask(s, ms, CLIENT, RESOLVER, id, QUERY, "good.test");
	reply_a(s, ms + 1, RESOLVER, CLIENT, id, RECURSED, "good.test");
}

static void a_name_left_unanswered_twice_by_a_resolver_at_work_times_out_upstream(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	serve(&s, 0, 1);
	ask(&s, LATE, CLIENT, RESOLVER, 2, QUERY, NAME);
	ask(&s, LATE + 8000, CLIENT, RESOLVER, 3, QUERY | RC_FLAG_CD, NAME);
	serve(&s, LATE + 60000, 4);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "upstream.timeout");
	assert_cause(&s, 1, "upstream.timeout");
	assert_int_equal(s.seen[0].confidence, RC_CONF_POSSIBLE);
}

static void a_single_unanswered_question_is_silence(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	serve(&s, 0, 1);
	ask(&s, LATE, CLIENT, RESOLVER, 2, QUERY, NAME);
	serve(&s, LATE + 60000, 4);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "no_answer.server_silent");
}

static void a_quick_repeat_of_a_slow_failure_is_the_same(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	serve(&s, 0, 1);
	ask(&s, LATE, CLIENT, RESOLVER, 2, QUERY, NAME);
	fail_saying(&s, LATE + 9990, RESOLVER, 2, -1, "");
	fails_at(&s, LATE + 10100, RESOLVER, 3);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "upstream.timeout");
	assert_cause(&s, 1, "upstream.timeout");
	assert_int_equal(s.seen[1].confidence, RC_CONF_POSSIBLE);
}

static void a_resolver_that_names_its_servers_rcode_is_believed(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
	fail_saying(&s, LATE + 5, RESOLVER, 1, 23, "192.0.2.1:53 rcode=REFUSED for www.example. A");
	finish(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_LIKELY);
}

/* What a tap saw; IPv6 has no identification. */
static void seen_at(struct sim *s, uint16_t tap, int64_t ms, const char *src, unsigned src_port,
		    const char *dst, unsigned dst_port, unsigned id, unsigned flags)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, NAME, RC_TYPE_A);
	struct rc_obs o = obs_seeded(s->seed, T0 + ms * MS, src, src_port, dst, dst_port, &d);
	o.source = tap;
	o.ip_id = 0;
	send_obs(s, &o);
}

static void the_clock_of_another_tap_may_be_some_ms_ahead(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
	fail_saying(&s, LATE + 3, RESOLVER, 1, -1, "");
	seen_at(&s, 1, LATE + 6, RESOLVER, 20002, ZONE_SERVER, 53, 2, FETCH);
	seen_at(&s, 1, LATE + 7, ZONE_SERVER, 53, RESOLVER, 20002, 2,
		RC_FLAG_QR | RC_RCODE_REFUSED);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "delegation.lame_refused");
}

static void a_question_and_its_answer_seen_by_two_taps_are_one(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	seen_at(&s, 0, LATE, CLIENT, 20001, RESOLVER, 53, 1, QUERY);
	seen_at(&s, 0, LATE + 2, RESOLVER, 53, CLIENT, 20001, 1, RECURSED | RC_RCODE_SERVFAIL);
	fails_at(&s, LATE + 3, OTHER_RESOLVER, 2); /* meanwhile */
	seen_at(&s, 1, LATE + 9, CLIENT, 20001, RESOLVER, 53, 1, QUERY);
	seen_at(&s, 1, LATE + 11, RESOLVER, 53, CLIENT, 20001, 1, RECURSED | RC_RCODE_SERVFAIL);
	finish(&s);
	assert_int_equal(s.n, 2);
}

static void quick_here_after_ms_there(struct sim *s, int64_t ms)
{
	ask(s, LATE, CLIENT, OTHER_RESOLVER, 1, QUERY, NAME);
	fails_at(s, LATE + 1, RESOLVER, 2);
	fail_saying(s, LATE + ms, OTHER_RESOLVER, 1, -1, "");
}

static const struct seen *seen_at_server(const struct sim *s, const char *server)
{
	struct rc_addr want = addr(server);
	for (size_t i = 0; i < s->n; i++)
		if (rc_addr_equal(&s->seen[i].x.server, &want))
			return &s->seen[i];
	fail();
	return NULL;
}

static void a_quick_failure_is_a_timeout_where_another_resolver_waits_in_vain(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	quick_here_after_ms_there(&s, 1600);
	finish(&s);
	const struct seen *here = seen_at_server(&s, RESOLVER);
	assert_string_equal(here->cause->slug, "upstream.timeout");
	assert_int_equal(here->confidence, RC_CONF_POSSIBLE);
}

/* One that waits longer may wait for a server of its own, or try again what failed; two do not by chance. */
static void a_long_wait_of_one_says_nothing_and_of_two_a_timeout(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned others = 1; others <= 2; others++) {
		begin(&s);
		if (others == 2)
			ask(&s, LATE, CLIENT, FORWARDER, 3, QUERY, NAME); /* in vain */
		ask(&s, LATE, CLIENT, OTHER_RESOLVER, 1, QUERY, NAME);
		fails_at(&s, LATE + 4900, RESOLVER, 2);
		fail_saying(&s, LATE + 5000, OTHER_RESOLVER, 1, -1, "");
		finish(&s);
		assert_string_equal(seen_at_server(&s, RESOLVER)->cause->slug,
				    others == 2 ? "upstream.timeout"
						: "unknown.upstream_not_visible");
	}
}

/* Two that are silent may be no resolvers at all. */
static void silence_of_two_says_nothing(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 3, QUERY, NAME);
	ask(&s, LATE, CLIENT, OTHER_RESOLVER, 1, QUERY, NAME);
	fails_at(&s, LATE + 4900, RESOLVER, 2);
	finish(&s);
	assert_string_equal(seen_at_server(&s, RESOLVER)->cause->slug,
			    "unknown.upstream_not_visible");
}

/* Another resolver's answer without checking (CD=1) shows why the name fails there: so it does here, of another type. */
static void what_fails_validation_elsewhere_fails_it_here(void **state)
{
	static const char name[] = "www.shop.example", alias[] = "shop.test";
	(void)state;
	for (unsigned aliased = 0; aliased < 2; aliased++) {
		static struct dns d;
		struct sim s;
		begin(&s);
		ask(&s, LATE, CLIENT, OTHER_RESOLVER, 1, QUERY, name);
		servfail(&s, LATE + 5, OTHER_RESOLVER, CLIENT, 1, name);
		ask(&s, LATE + 10, CLIENT, OTHER_RESOLVER, 2, CHECKING_OFF, name);
		dns_query(&d, 2, RECURSED | RC_FLAG_CD, name, RC_TYPE_A);
		if (aliased)
			dns_rr_name(&d, RC_ANSWER, name, RC_TYPE_CNAME, alias);
		dns_rr_a(&d, RC_ANSWER, aliased ? alias : name, "203.0.113.80");
		say(&s, LATE + 15, OTHER_RESOLVER, CLIENT, 2, &d);
		ask(&s, LATE + 20, CLIENT2, RESOLVER, 3, QUERY, "mail.shop.example");
		servfail(&s, LATE + 25, RESOLVER, CLIENT2, 3, "mail.shop.example");
		finish(&s);
		assert_string_equal(seen_at_server(&s, RESOLVER)->cause->slug,
				    aliased ? "unknown.upstream_not_visible"
					    : "dnssec.validation_failed");
		assert_int_equal(seen_at_server(&s, RESOLVER)->confidence,
				 aliased ? RC_CONF_NONE : RC_CONF_POSSIBLE);
	}
}

/* A resolver that answers what it need not check, and nothing else: whose fault it is, validation fails. */
static void who_gives_only_what_it_need_not_check_fails_validation(void **state)
{
	(void)state;
	for (unsigned checked = 0; checked < 2; checked++) {
		struct sim s;
		begin(&s);
		ask(&s, LATE - 50, CLIENT2, RESOLVER, 1, CHECKING_OFF, "good.test");
		reply_a(&s, LATE - 45, RESOLVER, CLIENT2, 1, RECURSED | RC_FLAG_CD, "good.test");
		if (checked) {
			ask(&s, LATE - 40, CLIENT2, RESOLVER, 2, QUERY, "fine.test");
			reply_a(&s, LATE - 35, RESOLVER, CLIENT2, 2, RECURSED, "fine.test");
		}
		fails_at(&s, LATE, RESOLVER, 3);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0,
			     checked ? "unknown.upstream_not_visible" : "dnssec.validation_failed");
		assert_int_equal(s.seen[0].confidence, checked ? RC_CONF_NONE : RC_CONF_POSSIBLE);
	}
}

static void two_quick_failures_stay_unknown(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	quick_here_after_ms_there(&s, 900);
	finish(&s);
	assert_int_equal(seen_at_server(&s, RESOLVER)->confidence, RC_CONF_NONE);
}

/* The same client gets the name from a third resolver, so its servers can be reached. */
static void anothers_wait_says_nothing_of_a_name_that_a_third_resolves(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 3, QUERY, NAME);
	quick_here_after_ms_there(&s, 1600);
	reply_a(&s, LATE + 1700, FORWARDER, CLIENT, 3, RECURSED, NAME);
	finish(&s);
	assert_int_equal(seen_at_server(&s, RESOLVER)->confidence, RC_CONF_NONE);
}

/* Without validation it is another question: that it is answered elsewhere is no other fate of the same. */
static void an_answer_elsewhere_without_checking_is_no_resolver_that_succeeds(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned checked = 0; checked < 2; checked++) {
		begin(&s);
		fails_at(&s, LATE, RESOLVER, 2);
		ask(&s, LATE + 20, CLIENT, OTHER_RESOLVER, 3, checked ? QUERY : CHECKING_OFF, NAME);
		reply_a(&s, LATE + 25, OTHER_RESOLVER, CLIENT, 3,
			checked ? RECURSED : RECURSED | RC_FLAG_CD, NAME);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_int_equal(s.seen[0].resolvers_ok, checked);
	}
}

/* Another resolver that says why may have a fault of its own: some resolve the name; so may one that waits long. */
static void the_word_of_another_resolver_says_less_where_it_may_stand_alone(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned waits = 0; waits < 2; waits++) {
		begin(&s);
		ask(&s, LATE - 500, CLIENT2, FORWARDER, 3, QUERY, "good.test");
		reply_a(&s, LATE - 499, FORWARDER, CLIENT2, 3, RECURSED, "good.test");
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, NAME);
		ask(&s, LATE + 100, CLIENT, OTHER_RESOLVER, 2, QUERY, NAME);
		fail_saying(&s, LATE + 105, OTHER_RESOLVER, 2, 7, "");
		if (!waits) {
			ask(&s, LATE + 200, CLIENT2, FORWARDER, 4, QUERY, NAME);
			reply_a(&s, LATE + 205, FORWARDER, CLIENT2, 4, RECURSED, NAME);
		}
		fail_saying(&s, LATE + (waits ? 9000 : 300), RESOLVER, 1, -1, "");
		finish(&s);
		assert_int_equal(seen_at_server(&s, RESOLVER)->confidence, RC_CONF_POSSIBLE);
	}
}

/* Others have been given the name when this client asks again: whatever servers did before, they gave it in the end. */
static void what_others_got_meanwhile_is_kept_from_the_client_by_no_zone(void **state)
{
	static const char stranger[] = "198.51.100.3";
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, NAME);
	ask(&s, LATE + 1, stranger, RESOLVER, 20, QUERY, NAME);
	ask(&s, LATE + 2, RESOLVER, ROOT_SERVER, 11, FETCH, NAME);
	refer(&s, LATE + 5, 11, NAME);
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, FETCH, NAME);
	reply_a(&s, LATE + 8, ZONE_SERVER, RESOLVER, 12, AUTHORITY, NAME);
	reply_a(&s, LATE + 9, RESOLVER, CLIENT2, 10, RECURSED, NAME);
	/* One more server is asked for another type, and refuses. */
	static struct dns d;
	dns_query(&d, 13, FETCH, "example", RC_TYPE_DNSKEY);
	send_message(&s, LATE + 10, RESOLVER, 20013, ZONE_SERVER2, 53, &d);
	dns_query(&d, 13, RC_FLAG_QR | RC_RCODE_REFUSED, "example", RC_TYPE_DNSKEY);
	say(&s, LATE + 11, ZONE_SERVER2, RESOLVER, 13, &d);
	ask(&s, LATE + 4000, stranger, RESOLVER, 20, QUERY, NAME);
	warm_up(&s, LATE + 20000);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "policy.client_not_allowed");
}

/* The resolver asks a server as one of the root's, which it is not: no zone is badly delegated by that. */
static void a_server_that_is_none_of_the_roots_is_no_lame_delegation(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, NAME);
	dns_query(&d, 11, FETCH, "", RC_TYPE_NS);
	send_message(&s, LATE + 1, RESOLVER, 20011, ROOT_SERVER, 53, &d);
	dns_query(&d, 11, RC_FLAG_QR | RC_RCODE_REFUSED, "", RC_TYPE_NS);
	say(&s, LATE + 2, ROOT_SERVER, RESOLVER, 11, &d);
	ask(&s, LATE + 3, RESOLVER, ROOT_SERVER, 12, FETCH, NAME);
	reply(&s, LATE + 4, ROOT_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED, NAME);
	servfail(&s, LATE + 5, RESOLVER, CLIENT, 10, NAME);
	finish(&s);
	assert_only(&s, "resolver.internal", RC_CONF_LIKELY);
}

/* The resolver fails before it could have given up on a server: it was not that server's silence. */
static void silence_is_hardly_why_a_resolver_fails_at_once(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, NAME);
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, FETCH, NAME);
	ask(&s, LATE + 400, RESOLVER, ZONE_SERVER, 13, FETCH, NAME);
	servfail(&s, LATE + 700, RESOLVER, CLIENT, 10, NAME);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_true(s.seen[0].confidence <= RC_CONF_POSSIBLE);
}

/* It was given a complete answer, and is busy: no want of room makes it fail that. Another type it gives. */
static void who_has_the_answer_fails_for_no_want_of_room(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 5; i++) {
		char name[] = "w0.test";
		name[1] = (char)('0' + i);
		ask(&s, LATE + i, CLIENT2, RESOLVER, 40 + i, QUERY, name);
		ask(&s, LATE + i, RESOLVER, ROOT_SERVER, 50 + i, FETCH, name);
	}
	dns_query(&d, 30, QUERY, NAME, RC_TYPE_MX);
	send_message(&s, LATE + 10, CLIENT2, 20030, RESOLVER, 53, &d);
	dns_query(&d, 30, RECURSED, NAME, RC_TYPE_MX);
	say(&s, LATE + 11, RESOLVER, CLIENT2, 30, &d);
	ask_below(&s, LATE + 20, 10, NAME);
	ask(&s, LATE + 26, RESOLVER, ZONE_SERVER, 12, FETCH, NAME);
	reply_a(&s, LATE + 27, ZONE_SERVER, RESOLVER, 12, AUTHORITY, NAME);
	servfail(&s, LATE + 28, RESOLVER, CLIENT, 10, NAME);
	finish(&s);
	assert_true(s.n > 0);
	assert_int_equal(s.seen[0].x.id, 10);
	assert_cause(&s, 0, "resolver.internal");
}

static void given(struct sim *s, int64_t ms, const char *server, unsigned id)
{
	ask(s, ms, CLIENT2, server, id, QUERY, NAME);
	reply_a(s, ms + 1, server, CLIENT2, id, RECURSED, NAME);
}

static void given_unchecked(struct sim *s, int64_t ms, unsigned id, unsigned type)
{
	static struct dns d;
	ask_do(s, ms, RESOLVER, id, CHECKING_OFF, type);
	dns_query(&d, (uint16_t)id, RECURSED | RC_FLAG_CD, NAME, type);
	dns_rr_a(&d, RC_ANSWER, NAME, "203.0.113.80");
	say(s, ms + 1, RESOLVER, CLIENT, id, &d);
}

/* Among failures it points to the check; next to an answer without CD it is of the time before the fault, or after it. */
static void an_answer_with_cd_at_another_time_says_nothing_of_the_check(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 5; how++) {
		bool before = how == 1, after = how == 2, of_other_type = how == 3,
		     later = how == 4;
		struct sim s;
		begin(&s);
		if (before) {
			given(&s, LATE - 1000, RESOLVER, 5);
			given_unchecked(&s, LATE - 900, 6, RC_TYPE_A);
		}
		fails_at(&s, LATE, RESOLVER, 1);
		if (after || later || of_other_type)
			given(&s, LATE + 800, RESOLVER, 5);
		if (!before)
			given_unchecked(&s, LATE + 900, 6, of_other_type ? RC_TYPE_MX : RC_TYPE_A);
		if (later)
			fails_at(&s, LATE + 1000, RESOLVER, 2);
		finish(&s);
		assert_cause(&s, 0,
			     how == 0 ? "dnssec.validation_failed"
				      : "unknown.upstream_not_visible");
	}
}

/* The question is answered between: another fault has come since. */
static void what_is_said_after_an_answer_is_said_of_another_fault(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		bool answered = how & 1;
		const char *server = how & 2 ? OTHER_RESOLVER : RESOLVER;
		struct sim s;
		begin(&s);
		given(&s, LATE - 1000, server, 5);
		fails_at(&s, LATE, RESOLVER, 1);
		if (answered)
			given(&s, LATE + 500, server, 6);
		ask(&s, LATE + 1000, CLIENT, server, 2, QUERY, NAME);
		fail_saying(&s, LATE + 1005, server, 2, 7, "");
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 0,
			     answered ? "unknown.upstream_not_visible"
				      : "dnssec.signature_expired");
		assert_cause(&s, 1, "dnssec.signature_expired");
	}
}

/* Where another that validates finds it in order, two that call a signature expired may both have a wrong clock. */
static void what_another_resolver_validates_need_not_be_expired(void **state)
{
	(void)state;
	for (unsigned validated = 0; validated < 2; validated++) {
		static struct dns d;
		struct sim s;
		begin(&s);
		ask(&s, LATE - 900, CLIENT2, OTHER_RESOLVER, 4, QUERY, "good.test");
		reply_a(&s, LATE - 899, OTHER_RESOLVER, CLIENT2, 4, RECURSED, "good.test");
		ask(&s, LATE - 500, CLIENT2, FORWARDER, 5, QUERY, NAME);
		dns_query(&d, 5, RECURSED | (validated ? RC_FLAG_AD : 0), NAME, RC_TYPE_A);
		dns_rr_a(&d, RC_ANSWER, NAME, "203.0.113.80");
		say(&s, LATE - 499, FORWARDER, CLIENT2, 5, &d);
		for (unsigned i = 0; i < 2; i++) {
			const char *server = i == 0 ? OTHER_RESOLVER : RESOLVER;
			ask(&s, LATE + 100 * i, CLIENT, server, 1 + i, QUERY, NAME);
			fail_saying(&s, LATE + 100 * i + 5, server, 1 + i, 7, "");
		}
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 1, "dnssec.signature_expired");
		assert_int_equal(s.seen[1].confidence,
				 validated ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expired_signature_shows_in_what_the_client_is_told),
		cmocka_unit_test(a_sound_signature_leaves_the_fault_open),
		cmocka_unit_test(who_works_for_long_need_not_have_failed_at_the_check),
		cmocka_unit_test(what_another_says_is_a_sign_where_the_resolver_repeats_itself),
		cmocka_unit_test(another_type_without_the_check_is_a_sign),
		cmocka_unit_test(an_answer_without_signature_lacks_it),
		cmocka_unit_test(an_answer_elsewhere_without_checking_is_no_resolver_that_succeeds),
		cmocka_unit_test(a_negative_answer_without_proof_lacks_it),
		cmocka_unit_test(an_unsigned_answer_of_another_resolver_says_nothing),
		cmocka_unit_test(a_word_that_stands_for_lame_servers_too_is_taken_for_less),
		cmocka_unit_test(a_fault_that_is_suspected_is_told_before_a_code_that_names_none),
		cmocka_unit_test(what_is_said_of_another_type_is_possible_here),
		cmocka_unit_test(no_valid_signature_over_keys_is_no_missing_one),
		cmocka_unit_test(the_word_of_another_resolver_counts),
		cmocka_unit_test(ede_9_without_text_names_no_fault),
		cmocka_unit_test(ede_9_is_told_by_the_text_of_another_resolver),
		cmocka_unit_test(another_type_that_validates_points_to_validation),
		cmocka_unit_test(
			a_name_left_unanswered_twice_by_a_resolver_at_work_times_out_upstream),
		cmocka_unit_test(a_single_unanswered_question_is_silence),
		cmocka_unit_test(a_quick_repeat_of_a_slow_failure_is_the_same),
		cmocka_unit_test(a_quick_failure_is_a_timeout_where_another_resolver_waits_in_vain),
		cmocka_unit_test(a_long_wait_of_one_says_nothing_and_of_two_a_timeout),
		cmocka_unit_test(silence_of_two_says_nothing),
		cmocka_unit_test(what_fails_validation_elsewhere_fails_it_here),
		cmocka_unit_test(who_gives_only_what_it_need_not_check_fails_validation),
		cmocka_unit_test(two_quick_failures_stay_unknown),
		cmocka_unit_test(anothers_wait_says_nothing_of_a_name_that_a_third_resolves),
		cmocka_unit_test(a_resolver_that_names_its_servers_rcode_is_believed),
		cmocka_unit_test(the_clock_of_another_tap_may_be_some_ms_ahead),
		cmocka_unit_test(a_question_and_its_answer_seen_by_two_taps_are_one),
		cmocka_unit_test(the_word_of_another_resolver_says_less_where_it_may_stand_alone),
		cmocka_unit_test(what_others_got_meanwhile_is_kept_from_the_client_by_no_zone),
		cmocka_unit_test(a_server_that_is_none_of_the_roots_is_no_lame_delegation),
		cmocka_unit_test(silence_is_hardly_why_a_resolver_fails_at_once),
		cmocka_unit_test(who_has_the_answer_fails_for_no_want_of_room),
		cmocka_unit_test(an_answer_with_cd_at_another_time_says_nothing_of_the_check),
		cmocka_unit_test(what_is_said_after_an_answer_is_said_of_another_fault),
		cmocka_unit_test(what_another_resolver_validates_need_not_be_expired),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
