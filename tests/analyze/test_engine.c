#include "tests/analyze/sim.h"

/* --- what is a failure ----------------------------------------------------------------------- */

static void an_answered_question_gives_no_event(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	warm_up(&s, LATE);
	finish(&s);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.transactions, 2);
}

static void the_resolvers_own_exchanges_give_no_event(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_memory_equal(s.seen[0].client.bytes, addr(CLIENT).bytes, 16);
	assert_int_equal(s.upstream, 0);
}

/* Its client asked before the capture began, and was answered in it: what is asked for such a client is no client's. */
static void who_answers_an_unseen_question_asks_as_a_resolver(void **state)
{
	(void)state;
	for (unsigned answers = 0; answers < 2; answers++) {
		struct sim s;
		begin_warm(&s);
		ask(&s, LATE, FORWARDER, ZONE_SERVER, 10, FETCH, "www.example");
		reply(&s, LATE + 5, ZONE_SERVER, FORWARDER, 10, RC_FLAG_QR | RC_RCODE_REFUSED,
		      "www.example");
		if (answers)
			servfail(&s, LATE + 10, FORWARDER, CLIENT, 3, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1 - answers);
	}
}

/* A host that asks the resolver on itself has the resolver's address. */
static void a_client_on_the_resolvers_own_host_gets_its_event(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, "127.0.0.1", "127.0.0.1", 1, QUERY, "good.test");
	reply_a(&s, LATE + 1, "127.0.0.1", "127.0.0.1", 1, RECURSED, "good.test");
	ask(&s, LATE + 10, "127.0.0.1", "127.0.0.1", 2, QUERY, "www.example");
	servfail(&s, LATE + 20, "127.0.0.1", "127.0.0.1", 2, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
}

static void a_question_at_the_very_end_says_nothing(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	finish(&s);
	assert_int_equal(s.n, 0);
}

/* --- policy ---------------------------------------------------------------------------------- */

/* It may be that this client alone is not wanted: asked with EDNS, and answering with it, a resolver could say so. */
static void refused_with_ra_0_is_recursion_unavailable(void **state)
{
	(void)state;
	for (unsigned edns = 0; edns < 3; edns++) {
		static struct dns d;
		struct sim s;
		begin(&s);
		dns_query(&d, 10, QUERY, "www.test", RC_TYPE_A);
		if (edns)
			dns_opt(&d, false, -1);
		send_message(&s, LATE, CLIENT, 20010, ZONE_SERVER, 53, &d);
		dns_query(&d, 10, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED, "www.test",
			  RC_TYPE_A);
		if (edns == 2)
			dns_opt(&d, false, -1);
		say(&s, LATE + 5, ZONE_SERVER, CLIENT, 10, &d);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "policy.recursion_unavailable");
		assert_int_equal(s.seen[0].confidence,
				 edns == 2 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

static void refused_while_others_are_served_is_about_the_client(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, "www.test");
	reply_a(&s, LATE + 5, RESOLVER, CLIENT2, 10, RECURSED, "www.test");
	ask(&s, LATE + 10, CLIENT, RESOLVER, 11, QUERY, "www.test");
	reply(&s, LATE + 11, RESOLVER, CLIENT, 11, RC_FLAG_QR | RC_FLAG_RD | RC_RCODE_REFUSED,
	      "www.test");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "policy.client_not_allowed");
}

static void an_ede_that_says_blocked_is_believed(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "ads.test");
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "ads.test", RC_TYPE_A);
	dns_opt(&d, false, 15);
	say(&s, LATE + 5, RESOLVER, CLIENT, 10, &d);
	finish(&s);
	assert_only(&s, "policy.blocked", RC_CONF_PROVEN);
}

/* --- transactions ---------------------------------------------------------------------------- */

static void a_tsig_error_names_its_cause(void **state)
{
	static const struct {
		unsigned error;
		const char *slug;
	} errors[] = {{16, "tsig.bad_signature"}, {17, "tsig.bad_key"}, {18, "tsig.bad_time"}};
	struct sim s;
	static struct dns d;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 3; i++) {
		unsigned id = 10 + i;
		dns_query(&d, (uint16_t)id, FETCH, "example", RC_TYPE_SOA);
		dns_tsig(&d, 0);
		send_message(&s, LATE + id, CLIENT, 20000 + id, ZONE_SERVER, 53, &d);
		dns_query(&d, (uint16_t)id, RC_FLAG_QR | RC_RCODE_NOTAUTH, "example", RC_TYPE_SOA);
		dns_tsig(&d, errors[i].error);
		say(&s, LATE + id, ZONE_SERVER, CLIENT, id, &d);
	}
	finish(&s);
	assert_int_equal(s.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_cause(&s, i, errors[i].slug);
		assert_int_equal(s.seen[i].confidence, RC_CONF_PROVEN);
	}
}

static void an_update_refused_is_about_the_update(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, ZONE_SERVER, 10, RC_OPCODE_UPDATE << 11, "example");
	reply(&s, LATE + 5, ZONE_SERVER, CLIENT, 10,
	      RC_FLAG_QR | RC_OPCODE_UPDATE << 11 | RC_RCODE_REFUSED, "example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "policy.update_refused");
}

static void an_opcode_not_implemented_is_unsupported(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, ZONE_SERVER, 10, RC_OPCODE_UPDATE << 11, "example");
	reply(&s, LATE + 5, ZONE_SERVER, CLIENT, 10,
	      RC_FLAG_QR | RC_OPCODE_UPDATE << 11 | RC_RCODE_NOTIMP, "example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "unsupported.update");
}

/* Knot DNS and PowerDNS answer NOTAUTH for a zone that they host, too, where the update is not allowed. */
static void notauth_of_an_authoritative_server_may_be_a_refusal(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned resolver = 0; resolver < 2; resolver++) {
		const char *server = resolver ? RESOLVER : ROOT_SERVER;
		begin_warm(&s);
		ask(&s, LATE, CLIENT, server, 10, RC_OPCODE_UPDATE << 11, "example");
		reply(&s, LATE + 1, server, CLIENT, 10,
		      RC_FLAG_QR | RC_OPCODE_UPDATE << 11 | RC_RCODE_NOTAUTH, "example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "update.not_authoritative");
		assert_int_equal(s.seen[0].confidence,
				 resolver ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
}

/* --- upstream -------------------------------------------------------------------------------- */

static void silence_of_all_servers_is_proven(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	finish(&s);
	assert_only(&s, "upstream.timeout", RC_CONF_PROVEN);
	assert_string_equal(s.seen[0].zone, "example");
	assert_true(s.seen[0].visibility.upstream_seen);
	assert_false(s.seen[0].visibility.kernel_drops);
}

/* Asked is only one of the two servers of "example"; of the other it is known whether it lives. */
static void silence_of_some_does_not_prove_that_all_are_silent(void **state)
{
	(void)state;
	for (unsigned lives = 0; lives < 2; lives++) {
		struct sim s;
		begin_warm(&s);
		if (lives) {
			ask(&s, 100, FORWARDER, ZONE_SERVER2, 9, FETCH, "www.example");
			reply_a(&s, 101, ZONE_SERVER2, FORWARDER, 9, AUTHORITY, "www.example");
		}
		ask_below(&s, LATE, 1, "www.example");
		ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
		ask(&s, LATE + 811, RESOLVER, ZONE_SERVER, 4, FETCH, "www.example");
		servfail(&s, LATE + 3000, RESOLVER, CLIENT, 1, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "upstream.timeout");
		assert_int_equal(s.seen[0].confidence, lives ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

/* The delegation is not seen: who else serves the zone is not known, and this one is not always silent. */
static void silence_of_one_that_answered_before_proves_nothing_of_an_unknown_zone(void **state)
{
	(void)state;
	for (unsigned lived = 0; lived < 2; lived++) {
		struct sim s;
		begin_warm(&s);
		if (lived) {
			ask(&s, 100, RESOLVER, ZONE_SERVER, 9, FETCH, "mail.example");
			reply_a(&s, 101, ZONE_SERVER, RESOLVER, 9, AUTHORITY, "mail.example");
		}
		ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
		ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
		ask(&s, LATE + 811, RESOLVER, ZONE_SERVER, 4, FETCH, "www.example");
		servfail(&s, LATE + 3000, RESOLVER, CLIENT, 1, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "upstream.timeout");
		assert_int_equal(s.seen[0].confidence, lived ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

/* Neither the delegation is seen nor that it asks more than once: it may know others, and fail for another reason. */
static void silence_to_one_query_proves_nothing_of_an_unknown_zone(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
	ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
	servfail(&s, LATE + 1600, RESOLVER, CLIENT, 1, "www.example");
	finish(&s);
	assert_only(&s, "upstream.timeout", RC_CONF_LIKELY);
}

static void silence_in_a_window_with_drops_is_at_most_possible(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	rc_engine_dropped(s.engine, 0);
	dead_zone(&s, LATE, 10, "www.example");
	rc_engine_dropped(s.engine, 5);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_true(s.seen[0].confidence <= RC_CONF_POSSIBLE);
	assert_true(s.seen[0].visibility.kernel_drops);
}

static void drops_before_the_first_look_count_from_the_start(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	rc_engine_dropped(s.engine, 5);
	finish(&s);
	assert_true(s.seen[0].visibility.kernel_drops);
}

static void drops_elsewhere_in_time_take_nothing_away(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	rc_engine_dropped(s.engine, 5);
	rc_engine_advance(s.engine, T0 + 59000 * MS);
	rc_engine_dropped(s.engine, 0);
	dead_zone(&s, 60000, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_false(s.seen[0].visibility.kernel_drops);
	assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
}

/* A later loss must not hide the earlier one while its failures wait for their decision. */
static void drops_are_remembered_over_later_drops(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	rc_engine_dropped(s.engine, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	rc_engine_advance(s.engine, T0 + (LATE + 200) * MS);
	rc_engine_dropped(s.engine, 5);
	for (int64_t ms = LATE + 1000; ms < LATE + 30000; ms += 500) {
		rc_engine_advance(s.engine, T0 + ms * MS);
		rc_engine_dropped(s.engine, ms == LATE + 11000 ? 5 : 0);
	}
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_true(s.seen[0].visibility.kernel_drops);
}

static void silence_at_the_end_of_the_capture_is_at_most_possible(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1000, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 3000, CLIENT, RESOLVER, 10, QUERY, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_true(s.seen[0].visibility.capture_end);
	assert_true(s.seen[0].confidence <= RC_CONF_POSSIBLE);
}

static void a_repeat_is_cached_and_keeps_its_cause(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	ask(&s, LATE + 4000, CLIENT2, RESOLVER, 30, QUERY, "www.example");
	servfail(&s, LATE + 4001, RESOLVER, CLIENT2, 30, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_false(s.seen[0].cached);
	assert_cause(&s, 1, "upstream.timeout");
	assert_true(s.seen[1].cached);
	assert_int_equal(s.seen[1].incident, s.seen[0].incident);
	assert_int_equal(s.incidents[RC_INCIDENT_OPEN], 1);
	assert_int_equal(s.incidents[RC_INCIDENT_CLOSE], 1);
}

/* What is told from memory comes at once: whoever takes two seconds to fail again waits for somebody, be that not seen. */
static void a_slow_repeat_is_not_from_memory(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	ask(&s, LATE + 4000, CLIENT2, RESOLVER, 30, QUERY, "www.example");
	servfail(&s, LATE + 6000, RESOLVER, CLIENT2, 30, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 1, "upstream.timeout");
	assert_false(s.seen[1].cached);
	assert_int_equal(s.seen[1].confidence, RC_CONF_LIKELY);
}

/*
 * It has answered the name in between, or was given it for itself: what it remembers from before then may not be why it fails
 * again.
 */
static void a_failure_after_an_answer_is_not_proven_by_one_before(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 3; how++) {
		bool answered = how == 1, given = how == 2;
		struct sim s;
		begin_warm(&s);
		dead_zone(&s, LATE, 10, "www.example");
		if (answered) {
			ask(&s, LATE + 8000, CLIENT2, RESOLVER, 20, QUERY, "www.example");
			reply_a(&s, LATE + 8001, RESOLVER, CLIENT2, 20, RECURSED, "www.example");
		}
		if (given) {
			ask(&s, LATE + 8000, RESOLVER, ZONE_SERVER, 20, FETCH, "www.example");
			reply_a(&s, LATE + 8001, ZONE_SERVER, RESOLVER, 20, AUTHORITY,
				"www.example");
		}
		ask(&s, LATE + 12000, CLIENT, RESOLVER, 30, QUERY, "www.example");
		servfail(&s, LATE + 12000, RESOLVER, CLIENT, 30, "www.example");
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 1, "upstream.timeout");
		assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
		assert_int_equal(s.seen[1].confidence, how > 0 ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

/* Addresses for documentation, but others of the range answer in this very capture. */
/* Its zone is mended, and verifies by what is asked now: the resolver still holds what made it fail before. */
static void who_rejects_what_verifies_fails_as_it_did_before(void **state)
{
	static struct dns d;
	(void)state;
	for (unsigned before = 0; before < 2; before++) {
		struct sim s;
		begin_warm(&s);
		if (before) {
			ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
			dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
			dns_opt(&d, false, 7);
			say(&s, LATE + 5, RESOLVER, CLIENT, 10, &d);
		}
		ask(&s, LATE + 9000, CLIENT2, FORWARDER, 20, QUERY, "www.example");
		reply_a(&s, LATE + 9005, FORWARDER, CLIENT2, 20, RECURSED, "www.example");
		ask_below(&s, LATE + 10000, 30, "www.example");
		ask(&s, LATE + 10010, RESOLVER, ZONE_SERVER, 33, FETCH, "www.example");
		reply_a(&s, LATE + 10011, ZONE_SERVER, RESOLVER, 33, AUTHORITY, "www.example");
		servfail(&s, LATE + 10012, RESOLVER, CLIENT, 30, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1 + before);
		assert_cause(&s, before, before ? "dnssec.signature_expired" : "resolver.internal");
		assert_int_equal(s.seen[before].confidence, RC_CONF_LIKELY);
		assert_int_equal(s.seen[before].cached, before);
	}
}

/* SERVFAIL for the client's www.example, with this EDE. */
static void fail_with(struct sim *s, int64_t ms, const char *server, unsigned id, int ede)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_opt(&d, false, ede);
	say(s, ms, server, CLIENT, id, &d);
}

/* It says itself that a signature has expired: that no server answered a while ago is another matter. */
static void what_a_resolver_says_now_stands_before_what_it_met_with(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	ask(&s, LATE + 20000, CLIENT, RESOLVER, 20, QUERY, "www.example");
	fail_with(&s, LATE + 20005, RESOLVER, 20, 7);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "upstream.timeout");
	assert_cause(&s, 1, "dnssec.signature_expired");
}

/* What the resolver remembers is a failure that was seen, though not why it came about. */
static void a_repeat_of_what_nothing_explains_stays_unexplained(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	servfail(&s, LATE + 300, RESOLVER, CLIENT, 10, "www.example");
	ask(&s, LATE + 400, CLIENT2, RESOLVER, 11, QUERY, "www.example");
	servfail(&s, LATE + 401, RESOLVER, CLIENT2, 11, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.seen[1].cause->slug, s.seen[0].cause->slug);
}

/* What it remembers it would tell: to whom it says nothing, and asks nobody, it fails for another reason. */
static void silence_without_a_question_is_no_memory(void **state)
{
	static struct sim s;
	const char *name = "www.example";
	(void)state;
	for (unsigned told = 0; told < 2; told++) {
		begin_warm(&s);
		dead_zone(&s, LATE, 1, name);
		ask(&s, LATE + 4000, CLIENT2, RESOLVER, 99, QUERY, name);
		if (told)
			servfail(&s, LATE + 4001, RESOLVER, CLIENT2, 99, name);
		ask(&s, LATE + 30000, CLIENT2, RESOLVER, 120, QUERY, "www.other");
		reply_a(&s, LATE + 30001, RESOLVER, CLIENT2, 120, RECURSED, "www.other");
		finish(&s);
		assert_int_equal(s.n, 2);
		assert_cause(&s, 0, "upstream.timeout");
		assert_int_equal(strcmp(s.seen[1].cause->slug, "upstream.timeout") == 0, told);
	}
}

/* It was told so from memory by the resolver that it forwards to, and remembers it itself. */
static void a_forwarder_repeats_what_it_was_told_from_memory(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	dead_zone(&s, LATE, 10, "www.example");
	ask(&s, LATE + 3500, CLIENT2, FORWARDER, 30, QUERY, "www.example");
	ask(&s, LATE + 3501, FORWARDER, RESOLVER, 31, QUERY, "www.example");
	servfail(&s, LATE + 3501, RESOLVER, FORWARDER, 31, "www.example");
	servfail(&s, LATE + 3502, FORWARDER, CLIENT2, 30, "www.example");
	ask(&s, LATE + 4300, CLIENT2, FORWARDER, 32, QUERY, "www.example");
	servfail(&s, LATE + 4302, FORWARDER, CLIENT2, 32, "www.example");
	warm_up(&s, LATE + 9000);
	finish(&s);
	assert_int_equal(s.n, 3);
	assert_cause(&s, 1, "upstream.timeout");
	assert_cause(&s, 2, "upstream.timeout");
	for (size_t i = 1; i < 3; i++) {
		const char *memory = strstr(s.seen[i].text, "(answered from");
		assert_non_null(memory);
		assert_null(strstr(memory + 1, "(answered from"));
	}
	assert_true(s.seen[2].cached);
}

/* It says only that it remembers a failure (EDE 13), which is in sight, be it a while ago. */
static void a_failure_called_cached_is_told_by_the_one_in_sight(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	ask(&s, LATE + 45000, CLIENT, RESOLVER, 20, QUERY, "www.example");
	fail_with(&s, LATE + 45000, RESOLVER, 20, 13);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 1, "upstream.timeout");
	assert_true(s.seen[1].cached);
}

/* Unsupported algorithms make a zone unsigned: that a resolver fails for them is its word alone. */
static void algorithms_that_only_a_code_names_are_a_mere_sign(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	fail_with(&s, LATE + 20, RESOLVER, 10, 2);
	finish(&s);
	assert_only(&s, "dnssec.algorithm_unsupported", RC_CONF_POSSIBLE);
}

/* A forwarder hands on what it is told, and calls it a failure when it is asked again. */
static void handed_on_and_repeated(unsigned rcode, const char *slug)
{
	static struct dns d;
	struct sim s;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, "www.example");
	dns_query(&d, 11, QUERY, "www.example", RC_TYPE_A);
	dns_opt(&d, false, -1);
	send_message(&s, LATE + 1, FORWARDER, 20011, ZONE_SERVER, 53, &d);
	reply(&s, LATE + 2, ZONE_SERVER, FORWARDER, 11, RC_FLAG_QR | rcode, "www.example");
	reply(&s, LATE + 3, FORWARDER, CLIENT, 10, RECURSED | rcode, "www.example");
	ask(&s, LATE + 500, CLIENT, FORWARDER, 12, QUERY, "www.example");
	fail_with(&s, LATE + 500, FORWARDER, 12, 13);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, slug);
	assert_cause(&s, 1, slug);
	assert_true(s.seen[1].cached);
}

static void what_is_handed_on_is_remembered(void **state)
{
	(void)state;
	handed_on_and_repeated(RC_RCODE_REFUSED, "policy.recursion_unavailable");
	handed_on_and_repeated(RC_RCODE_FORMERR, "protocol.edns_unsupported");
}

/* The first of the two that get no answer cannot be read; the second is sound. */
static void what_is_wrong_with_a_query_is_not_remembered_of_the_next(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
	d.data[5] = 2; /* questions */
	send_message(&s, LATE, CLIENT, 20010, RESOLVER, 53, &d);
	ask(&s, LATE + 20000, CLIENT2, RESOLVER, 11, QUERY, "www.example");
	warm_up(&s, LATE + 40000);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "protocol.malformed_query");
	assert_string_not_equal(s.seen[1].cause->slug, "protocol.malformed_query");
}

/* Nobody ever answered the forwarder, which says of a repeat only that it remembers the failure (EDE 13). */
static void a_failure_called_cached_by_who_is_never_answered_is_of_the_dead(void **state)
{
	static struct dns d;
	struct sim s;
	unsigned told = 0;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 6; i++) {
		char name[] = "w0.example";
		int64_t ms = LATE + (i < 3 ? i * 10 : 5000 + i * 10);
		name[1] = (char)('0' + i % 3);
		ask(&s, ms, CLIENT, FORWARDER, 10 + i, QUERY, name);
		if (i < 3)
			ask(&s, ms + 1, FORWARDER, "198.51.100.77", 30 + i, QUERY, name);
		dns_query(&d, (uint16_t)(10 + i), RECURSED | RC_RCODE_SERVFAIL, name, RC_TYPE_A);
		dns_opt(&d, false, i < 3 ? 22 : 13);
		say(&s, ms + (i < 3 ? 2000 : 0), FORWARDER, CLIENT, 10 + i, &d);
	}
	warm_up(&s, LATE + 30000);
	finish(&s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.seen[i].x.server.bytes[15] != 54)
			continue;
		assert_cause(&s, i, "upstream.timeout");
		told++;
	}
	assert_int_equal(told, 6);
}

/* The first in sight repeats one that is not, and so does what repeats it. */
static void a_repeat_of_a_cached_failure_is_one_too(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	for (unsigned i = 0; i < 2; i++) {
		ask(&s, LATE + 100 * i, CLIENT, RESOLVER, 10 + i, QUERY, "www.example");
		servfail(&s, LATE + 100 * i + 1, RESOLVER, CLIENT, 10 + i, "www.example");
	}
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_cause(&s, 0, "resolver.cached_failure");
	assert_cause(&s, 1, "resolver.cached_failure");
	assert_true(s.seen[1].cached);
}

/* Who asks for the root's servers begins with an empty cache, also of failures. */
static void a_resolver_that_primes_remembers_no_failure(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	static struct dns d;
	warm_up(&s, 0);
	dns_query(&d, 9, FETCH, "", RC_TYPE_NS);
	send_message(&s, 500, RESOLVER, 20009, ROOT_SERVER, 53, &d);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	servfail(&s, LATE + 1, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_string_equal(s.seen[s.n - 1].cause->slug, "unknown.no_evidence");
}

/*
 * The resolver has no room: eight questions wait for silent servers, and one more gets no answer. Five seconds later it
 * asks about a name above that one. Returns which failure the one more is.
 */
static size_t full_resolver(struct sim *s, const char *asked_later)
{
	const char *name = "www.shop.test";
	begin(s);
	warm_up(s, 0);
	for (unsigned i = 0; i < 8; i++) {
		char waiting[] = "w0.example";
		waiting[1] = (char)('0' + i);
		ask(s, LATE + i, CLIENT, RESOLVER, 10 + i, QUERY, waiting);
		ask(s, LATE + i, RESOLVER, ZONE_SERVER, 30 + i, FETCH, waiting);
	}
	ask(s, LATE + 100, "198.51.100.3", RESOLVER, 50, QUERY, name);
	ask(s, LATE + 5000, RESOLVER, ROOT_SERVER, 51, FETCH, asked_later);
	reply_a(s, LATE + 5001, ROOT_SERVER, RESOLVER, 51, AUTHORITY, asked_later);
	warm_up(s, LATE + 20000);
	finish(s);
	size_t i = 0;
	while (i < s->n && s->seen[i].x.id != 50)
		i++;
	assert_true(i < s->n);
	return i;
}

static void what_is_asked_of_a_top_level_domain_is_no_work_for_one_question(void **state)
{
	struct sim s;
	(void)state;
	assert_cause(&s, full_resolver(&s, "test"), "resolver.overload");
}

static void a_question_that_is_at_work_is_not_dropped_for_want_of_room(void **state)
{
	struct sim s;
	(void)state;
	size_t i = full_resolver(&s, "shop.test");
	assert_string_not_equal(s.seen[i].cause->slug, "resolver.overload");
}

/* With the clients' side alone: one of five questions fails soon, for want of room or by a server nearby. */
static void what_a_server_nearby_fails_is_not_told_as_want_of_room(void **state)
{
	static const int64_t took_ms[] = {0, 8, 80};
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct sim s;
		begin(&s);
		for (unsigned n = 0; n < 4; n++) {
			char waiting[] = "w0.example";
			waiting[1] = (char)('0' + n);
			ask(&s, LATE + n, CLIENT, RESOLVER, 10 + n, QUERY, waiting);
		}
		ask(&s, LATE + 9, CLIENT2, RESOLVER, 50, QUERY, "www.test");
		servfail(&s, LATE + 9 + took_ms[i], RESOLVER, CLIENT2, 50, "www.test");
		finish(&s);
		assert_true(s.n > 0);
		assert_int_equal(s.seen[0].x.id, 50);
		assert_cause(&s, 0,
			     took_ms[i] == 8 ? "unknown.upstream_not_visible"
					     : "resolver.overload");
	}
}

/* A resolver that works on as many questions at another time has room for them. */
static void who_takes_as_much_at_other_times_is_not_full(void **state)
{
	static const int64_t took_ms[] = {
		0, 30}; /* a client's answer among the others: from memory, or worked on */
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct sim s;
		begin(&s);
		for (unsigned n = 0; n < 6; n++) {
			char waiting[] = "w0.example";
			waiting[1] = (char)('0' + n);
			ask(&s, LATE + n, CLIENT, RESOLVER, 10 + n, QUERY, waiting);
		}
		ask(&s, LATE + 10, CLIENT2, RESOLVER, 50, QUERY, "www.other");
		reply_a(&s, LATE + 10 + took_ms[i], RESOLVER, CLIENT2, 50, RECURSED, "www.other");
		ask(&s, LATE + 50, CLIENT2, RESOLVER, 51, QUERY, "www.test");
		servfail(&s, LATE + 50, RESOLVER, CLIENT2, 51, "www.test");
		finish(&s);
		assert_true(s.n > 0);
		assert_int_equal(s.seen[0].x.id, 51);
		assert_cause(&s, 0, i == 0 ? "resolver.overload" : "unknown.upstream_not_visible");
	}
}

/* What a resolver fails at once when it has little to do, too, is no want of room. */
static void who_fails_at_once_when_idle_is_not_full(void **state)
{
	(void)state;
	for (unsigned idle = 0; idle < 2; idle++) {
		struct sim s;
		begin(&s);
		ask(&s, LATE - 100, CLIENT2, RESOLVER, 9, QUERY, "www.other");
		reply(&s, LATE - 99, RESOLVER, CLIENT2, 9,
		      RECURSED | (idle ? RC_RCODE_SERVFAIL : RC_RCODE_NXDOMAIN), "www.other");
		for (unsigned n = 0; n < 6; n++) {
			char waiting[] = "w0.example";
			waiting[1] = (char)('0' + n);
			ask(&s, LATE + n, CLIENT, RESOLVER, 10 + n, QUERY, waiting);
		}
		ask(&s, LATE + 50, CLIENT2, RESOLVER, 51, QUERY, "www.test");
		servfail(&s, LATE + 50, RESOLVER, CLIENT2, 51, "www.test");
		finish(&s);
		assert_int_equal(s.seen[idle].x.id, 51);
		assert_cause(&s, idle, idle ? "unknown.upstream_not_visible" : "resolver.overload");
	}
}

static void a_range_in_use_in_the_capture_is_not_called_unroutable(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	dead_zone(&s, LATE, 10, "www.example");
	ask(&s, LATE + 4000, CLIENT2, RESOLVER, 30, QUERY, "www.example");
	servfail(&s, LATE + 4001, RESOLVER, CLIENT2, 30, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_not_equal(s.seen[i].cause->slug, "delegation.glue_unroutable");
}

static void servers_that_refuse_make_a_lame_delegation(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(&s, LATE + 9, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER2, 13, FETCH, "www.example");
	reply(&s, LATE + 14, ZONE_SERVER2, RESOLVER, 13, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	servfail(&s, LATE + 15, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_only(&s, "delegation.lame_refused", RC_CONF_PROVEN);
}

static void one_server_that_helped_acquits_the_zone(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, "www.example");
	ask(&s, LATE + 6, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	reply(&s, LATE + 9, ZONE_SERVER, RESOLVER, 12, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER2, 13, FETCH, "www.example");
	reply_a(&s, LATE + 14, ZONE_SERVER2, RESOLVER, 13, AUTHORITY, "www.example");
	servfail(&s, LATE + 15, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "delegation.lame_refused");
	assert_true(s.seen[0].confidence < RC_CONF_PROVEN);
}

static void a_forwarders_failure_is_its_resolvers(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT2, FORWARDER, 50, QUERY, "good.test");
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 51, QUERY, "good.test");
	reply_a(&s, LATE + 2, RESOLVER, FORWARDER, 51, RECURSED, "good.test");
	reply_a(&s, LATE + 3, FORWARDER, CLIENT2, 50, RECURSED, "good.test");
	int64_t ms = LATE + 1000;
	ask(&s, ms, CLIENT, FORWARDER, 10, QUERY, "www.example");
	ask(&s, ms + 1, FORWARDER, RESOLVER, 11, QUERY, "www.example");
	ask(&s, ms + 2, RESOLVER, ROOT_SERVER, 12, FETCH, "www.example");
	refer(&s, ms + 5, 12, "www.example");
	ask(&s, ms + 6, RESOLVER, ZONE_SERVER, 13, FETCH, "www.example");
	ask(&s, ms + 806, RESOLVER, ZONE_SERVER2, 14, FETCH, "www.example");
	ask(&s, ms + 1606, RESOLVER, ZONE_SERVER, 15, FETCH, "www.example");
	servfail(&s, ms + 3000, RESOLVER, FORWARDER, 11, "www.example");
	servfail(&s, ms + 3001, FORWARDER, CLIENT, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].n_chain, 2);
}

static void declared_addresses_are_one_resolver_before_it_ever_answered(void **state)
{
	struct sim s;
	struct rc_addr addrs[2] = {addr(RESOLVER), addr("198.51.100.99")};
	struct rc_resolver_decl decl = {"r", addrs, 2};
	(void)state;
	begin_with(&s, SEED, &decl, 1);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, "198.51.100.99", ROOT_SERVER, 11, FETCH, "www.example");
	static struct dns d;
	dns_query(&d, 11, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
	say(&s, LATE + 9, ROOT_SERVER, "198.51.100.99", 11, &d);
	ask(&s, LATE + 10, "198.51.100.99", ZONE_SERVER, 12, FETCH, "www.example");
	ask(&s, LATE + 900, "198.51.100.99", ZONE_SERVER, 13, FETCH, "www.example");
	rc_engine_advance(s.engine, T0 + 60000 * MS);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
}

/* --- silence and the unknown ----------------------------------------------------------------- */

/* Asked behind the last query of the fetch, and answered before the client that began it. */
static void a_client_joins_a_fetch_at_another_address_of_the_resolver(void **state)
{
	static const char other[] = "2001:db8::53", client[] = "2001:db8::1";
	struct sim s;
	struct rc_addr addrs[2] = {addr(RESOLVER), addr(other)};
	struct rc_resolver_decl decl = {"r", addrs, 2};
	static struct dns d;
	(void)state;
	begin_with(&s, SEED, &decl, 1);
	warm_up(&s, 0);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.example");
	refer(&s, LATE + 10, 11, "www.example");
	ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
	ask(&s, LATE + 811, RESOLVER, ZONE_SERVER2, 13, FETCH, "www.example");
	ask(&s, LATE + 2000, client, other, 20, QUERY, "www.example");
	dns_query(&d, 20, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	say(&s, LATE + 2999, other, client, 20, &d);
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	say(&s, LATE + 3000, RESOLVER, CLIENT, 10, &d);
	rc_engine_advance(s.engine, T0 + 60000 * MS);
	finish(&s);
	assert_int_equal(s.n, 2);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "upstream.timeout");
	assert_false(s.seen[0].cached);
}

/* The network says that the server of the zone that is asked is out of reach. */
static void tell_out_of_reach(struct sim *s, int64_t ms, unsigned id, const char *server)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, FETCH, "www.example", RC_TYPE_A);
	struct rc_obs o = obs_seeded(s->seed, T0 + ms * MS, RESOLVER, 20000 + id, server, 53, &d);
	o.kind = RC_OBS_ICMP;
	o.icmp_type = o.icmp_code = 3;
	o.icmp_hard = true;
	send_obs(s, &o);
}

/* What the one that answers was asked before may be what it fails for. */
static void one_out_of_reach_says_little_where_another_that_answers_is_not_asked(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned lives = 0; lives < 2; lives++) {
		begin_warm(&s);
		if (lives) {
			ask(&s, 100, CLIENT2, RESOLVER, 20, QUERY, "other.example");
			ask(&s, 101, RESOLVER, ZONE_SERVER2, 21, FETCH, "other.example");
			reply_a(&s, 105, ZONE_SERVER2, RESOLVER, 21, AUTHORITY, "other.example");
			reply_a(&s, 106, RESOLVER, CLIENT2, 20, RECURSED, "other.example");
		}
		ask_below(&s, LATE, 10, "www.example");
		ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
		tell_out_of_reach(&s, LATE + 12, 12, ZONE_SERVER);
		servfail(&s, LATE + 13, RESOLVER, CLIENT, 10, "www.example");
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "upstream.unreachable");
		assert_int_equal(s.seen[0].confidence, lives ? RC_CONF_POSSIBLE : RC_CONF_PROVEN);
	}
}

/* Who else serves the zone is not seen, and the resolver asks by IPv6 as well. */
static void one_out_of_reach_proves_little_of_servers_of_another_family(void **state)
{
	static const char other[] = "2001:db8::53", root[] = "2001:db8::1";
	struct rc_addr addrs[2] = {addr(RESOLVER), addr(other)};
	struct rc_resolver_decl decl = {"r", addrs, 2};
	struct sim s;
	(void)state;
	for (unsigned both = 0; both < 2; both++) {
		begin_with(&s, SEED, &decl, 1);
		warm_up(&s, 0);
		if (both) {
			ask(&s, 100, other, root, 21, FETCH, "good.test");
			reply_a(&s, 105, root, other, 21, AUTHORITY, "good.test");
		}
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		ask(&s, LATE + 1, RESOLVER, ZONE_SERVER, 12, FETCH, "www.example");
		tell_out_of_reach(&s, LATE + 2, 12, ZONE_SERVER);
		servfail(&s, LATE + 3, RESOLVER, CLIENT, 10, "www.example");
		finish(&s);
		assert_cause(&s, 0, "upstream.unreachable");
		assert_int_equal(s.seen[0].confidence, both ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	}
}

static void icmp_says_unreachable(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	static struct dns d;
	dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	struct rc_obs o = obs_seeded(s.seed, T0 + (LATE + 1) * MS, CLIENT, 20010, RESOLVER, 53, &d);
	o.kind = RC_OBS_ICMP;
	o.icmp_type = o.icmp_code = 3;
	o.icmp_hard = true;
	send_obs(&s, &o);
	finish(&s);
	assert_only(&s, "no_answer.unreachable", RC_CONF_PROVEN);
}

/* The resolver is being started again: what it meets with afterwards is not why this question failed. */
static void what_came_back_did_not_fail_for_what_the_server_met_with_later(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
	ask(&s, LATE, CLIENT2, RESOLVER, 10, QUERY, "www.example");
	struct rc_obs o = obs_seeded(s.seed, T0 + (LATE + 1) * MS, CLIENT2, 20010, RESOLVER, 53,
				     &d);
	o.kind = RC_OBS_ICMP;
	o.icmp_type = o.icmp_code = 3;
	o.icmp_hard = true;
	send_obs(&s, &o);
	ask_below(&s, LATE + 1000, 30, "www.example");
	ask(&s, LATE + 1010, RESOLVER, ZONE_SERVER, 32, FETCH, "www.example");
	reply(&s, LATE + 1012, ZONE_SERVER, RESOLVER, 32, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	ask(&s, LATE + 1013, RESOLVER, ZONE_SERVER2, 33, FETCH, "www.example");
	reply(&s, LATE + 1015, ZONE_SERVER2, RESOLVER, 33, RC_FLAG_QR | RC_RCODE_REFUSED,
	      "www.example");
	servfail(&s, LATE + 1016, RESOLVER, CLIENT, 30, "www.example");
	finish(&s);
	assert_int_equal(s.n, 2);
	struct rc_addr sent_back = addr(CLIENT2);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i,
			     rc_addr_equal(&s.seen[i].client, &sent_back)
				     ? "no_answer.unreachable"
				     : "delegation.lame_refused");
}

/* Whom it asks is out of sight: a resolver that waits in vain closes its client's connection in the end. */
static void a_closed_connection_says_little_of_who_was_asked_to_recurse(void **state)
{
	static const enum rc_tcp_event events[] = {RC_TCP_CLOSED, RC_TCP_RESET};
	struct sim s;
	(void)state;
	for (unsigned k = 0; k < 4; k++) {
		static struct dns d;
		bool recurse = k % 2 == 0, reset = k / 2 != 0;
		begin(&s);
		dns_query(&d, 10, recurse ? QUERY : FETCH, "www.example", RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, T0 + LATE * MS, CLIENT, 4000, RESOLVER, 53,
					     &d);
		o.transport = RC_TCP;
		send_obs(&s, &o);
		o = obs_tcp(T0 + (LATE + 900) * MS, events[reset], RESOLVER, 53, CLIENT, 4000);
		o.from_server = true;
		send_obs(&s, &o);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "no_answer.unreachable");
		assert_int_equal(s.seen[0].confidence,
				 recurse && !reset ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
		assert_non_null(strstr(s.seen[0].text, "ends TCP connections without an answer"));
	}
}

/* It can be reached, and answers others: it leaves this question unanswered. */
static void who_answers_others_and_closes_the_connection_is_reached(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	for (unsigned reset = 0; reset < 2; reset++) {
		begin(&s);
		ask(&s, 0, CLIENT2, RESOLVER, 1, QUERY, "good.test");
		reply_a(&s, 6, RESOLVER, CLIENT2, 1, RECURSED, "good.test");
		dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, T0 + LATE * MS, CLIENT, 4000, RESOLVER, 53,
					     &d);
		o.transport = RC_TCP;
		send_obs(&s, &o);
		o = obs_tcp(T0 + (LATE + 900) * MS, reset ? RC_TCP_RESET : RC_TCP_CLOSED, RESOLVER,
			    53, CLIENT, 4000);
		o.from_server = true;
		send_obs(&s, &o);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, reset ? "no_answer.unreachable" : "no_answer.server_silent");
	}
}

/* It asks others: it is there, and has answered nobody in the capture yet. */
static void a_resolver_at_work_is_not_silent_for_sure(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned at_work = 0; at_work < 2; at_work++) {
		begin(&s);
		ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
		if (at_work)
			ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.other");
		reply(&s, LATE + 2, ROOT_SERVER, CLIENT2, 12, AUTHORITY, "www.third");
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_true(s.n >= 1);
		assert_cause(&s, 0, "no_answer.server_silent");
		assert_int_equal(s.seen[0].confidence, at_work ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
	}
}

/* The answer may lie in what the capture lost of the connection. */
static void a_gap_in_the_connection_leaves_the_answer_open(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned gap = 0; gap < 2; gap++) {
		static struct dns d;
		begin(&s);
		struct rc_obs o = obs_tcp(T0 + LATE * MS, RC_TCP_SYN, CLIENT, 4000, RESOLVER, 53);
		send_obs(&s, &o);
		o = obs_tcp(T0 + LATE * MS, RC_TCP_ESTABLISHED, RESOLVER, 53, CLIENT, 4000);
		o.from_server = true;
		send_obs(&s, &o);
		dns_query(&d, 10, QUERY, "www.example", RC_TYPE_A);
		o = obs_seeded(s.seed, T0 + (LATE + 2) * MS, CLIENT, 4000, RESOLVER, 53, &d);
		o.transport = RC_TCP;
		send_obs(&s, &o);
		o = obs_tcp(T0 + (LATE + 5) * MS, RC_TCP_GAP, RESOLVER, 53, CLIENT, 4000);
		o.from_server = true;
		if (gap)
			send_obs(&s, &o);
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, gap ? "unknown.capture_loss" : "no_answer.server_silent");
		assert_int_equal((s.seen[0].x.marks & RC_X_GAP) != 0, gap);
	}
}

static void queries_alone_are_a_one_way_capture(void **state)
{
	struct sim s;
	(void)state;
	static const char *const names[] = {"www.a.example", "a.test",    "www.b.test", "c.test",
					    "www.d.test",    "e.test",    "f.test",     "g.test",
					    "h.test",        "www.i.test"};
	enum { ASKED = sizeof names / sizeof *names };
	begin(&s);
	for (unsigned i = 0; i < ASKED; i++)
		ask(&s, LATE + i, CLIENT, RESOLVER, 10 + i, QUERY, names[i]);
	rc_engine_advance(s.engine, T0 + 60000 * MS);
	finish(&s);
	assert_int_equal(s.n, ASKED);
	for (unsigned i = 0; i < ASKED; i++) {
		assert_cause(&s, i, "no_answer.one_way_capture");
		assert_true(s.seen[i].confidence < RC_CONF_PROVEN);
	}
}

/* Once each time, as monitors ask: the server may be silent, or its answers are not captured. */
static void one_server_asked_little_may_be_silent(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 5; i++)
		ask(&s, LATE + 1000 * (int64_t)i, CLIENT, RESOLVER, 10 + i, QUERY, "www.example");
	finish(&s);
	assert_int_equal(s.n, 5);
	for (unsigned i = 0; i < 5; i++) {
		assert_cause(&s, i, "no_answer.server_silent");
		assert_int_equal(s.seen[i].confidence, RC_CONF_POSSIBLE);
		assert_true(s.seen[i].visibility.one_way);
	}
}

/* Two servers may be silent about one domain, or both be dead; about two domains, or four servers, hardly. */
static void several_servers_without_a_word_are_a_one_way_capture(void **state)
{
	static const char *const servers[] = {RESOLVER, ROOT_SERVER, ZONE_SERVER, ZONE_SERVER2};
	static const struct {
		unsigned servers;
		const char *other_name, *cause;
	} cases[] = {
		{2, "www.other.test", "no_answer.one_way_capture"},
		{2, "mail.other.example", "no_answer.server_silent"},
		{4, "mail.other.example", "no_answer.one_way_capture"},
	};
	struct sim s;
	(void)state;
	for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
		begin(&s);
		for (unsigned i = 0; i < 4; i++)
			ask(&s, LATE + i, CLIENT, servers[i % cases[k].servers], 10 + i, QUERY,
			    i == 3 ? cases[k].other_name : "www.other.example");
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_int_equal(s.n, 4);
		for (unsigned i = 0; i < 4; i++)
			assert_cause(&s, i, cases[k].cause);
	}
}

/*
 * The uplink of a resolver is down: it puts the same to most servers anew. Where but one of them is dead, the others are
 * not asked again.
 */
static void a_resolver_that_asks_most_servers_again_gets_no_answers(void **state)
{
	static const char *const servers[] = {"203.0.113.1", "203.0.113.2", "203.0.113.3",
					      "203.0.113.4", "203.0.113.5"};
	struct sim s;
	(void)state;
	for (unsigned dead = 1; dead <= 5; dead += 4) {
		begin(&s);
		for (unsigned i = 0; i < 10; i++) {
			char name[] = "w0.d0.test";
			name[1] = name[4] = (char)('0' + i);
			ask(&s, LATE + i, RESOLVER, servers[i % 5], 10 + i, FETCH, name);
			if (i % 5 < dead)
				ask(&s, LATE + 1000 + i, RESOLVER, servers[i % 5], 30 + i, FETCH,
				    name);
		}
		rc_engine_advance(s.engine, T0 + 60000 * MS);
		finish(&s);
		assert_true(s.n > 0);
		for (unsigned i = 0; i < s.n; i++)
			assert_int_equal(
				strcmp(s.seen[i].cause->slug, "no_answer.one_way_capture") == 0,
				dead == 1);
	}
}

static void a_servfail_alone_is_an_honest_unknown(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	servfail(&s, LATE + 500, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_only(&s, "unknown.upstream_not_visible", RC_CONF_NONE);
	assert_true(s.seen[0].visibility.n_not_seen > 0);
}

/* What the snap length took away is the capture's doing, not the server's. */
static void an_answer_cut_by_the_capture_is_not_malformed(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	dns_query(&d, 10, RECURSED | RC_RCODE_SERVFAIL, "www.example", RC_TYPE_A);
	dns_rr_soa(&d, RC_AUTHORITY, "example");
	struct rc_obs o = obs_raw(T0 + (LATE + 5) * MS, RESOLVER, 53, CLIENT, 20010);
	o.flags = RC_OBS_CUT;
	assert_true(rc_msg_decode(d.data, d.len - 10, d.len, s.seed, &o.msg));
	assert_int_equal(o.msg.fault, RC_FAULT_CUT);
	send_obs(&s, &o);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_true(s.seen[0].visibility.cut);
	assert_int_equal(s.seen[0].x.marks & RC_X_MALFORMED, 0);
	assert_int_equal(s.seen[0].fault, RC_FAULT_CUT);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void story(struct sim *s, uint64_t seed)
{
	begin_with(s, seed, NULL, 0);
	warm_up(s, 0);
	dead_zone(s, LATE, 10, "www.example");
	dead_zone(s, LATE + 3500, 110, "mail.example");
	for (unsigned i = 0; i < 10; i++) {
		ask(s, LATE + 10000 + i, CLIENT, ZONE_SERVER, 200 + i, QUERY, "www.test");
		reply(s, LATE + 10005 + i, ZONE_SERVER, CLIENT, 200 + i,
		      RC_FLAG_QR | RC_RCODE_REFUSED, "www.test");
		ask(s, LATE + 10050 + i, CLIENT2, RESOLVER, 220 + i, QUERY, "www.example");
		servfail(s, LATE + 10051 + i, RESOLVER, CLIENT2, 220 + i, "www.example");
	}
	ask(s, LATE + 12000, CLIENT, RESOLVER, 300, QUERY, "silent.test");
	rc_engine_advance(s->engine, T0 + 400000 * MS);
	finish(s);
}

static void verdicts_do_not_depend_on_the_seed(void **state)
{
	static struct sim a, b;
	(void)state;
	story(&a, 1);
	story(&b, UINT64_C(0xfedcba9876543210));
	assert_true(a.n > 20);
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++)
		assert_string_equal(a.seen[i].text, b.seen[i].text);
	assert_memory_equal(a.incidents, b.incidents, sizeof a.incidents);
}

static void times_at_the_ends_of_the_range_do_no_harm(void **state)
{
	static const int64_t times[] = {-TIME_MAX, 0, -1, T0, TIME_MAX - 1, TIME_MAX, -TIME_MAX};
	struct sim s;
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		begin(&s);
		static struct dns d;
		for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
			unsigned id = (unsigned)k;
			dns_query(&d, (uint16_t)id, QUERY, "www.example", RC_TYPE_A);
			struct rc_obs q = obs_seeded(s.seed, times[(i + k) % 7], CLIENT, 20000 + id,
						     RESOLVER, 53, &d);
			send_obs(&s, &q);
			dns_query(&d, (uint16_t)id, RECURSED | RC_RCODE_SERVFAIL, "www.example",
				  RC_TYPE_A);
			struct rc_obs a = obs_seeded(s.seed, times[(i * k) % 7], RESOLVER, 53,
						     CLIENT, 20000 + id, &d);
			send_obs(&s, &a);
			rc_engine_dropped(s.engine, 1);
		}
		finish(&s);
		assert_true(s.n > 0);
	}
}

/* Every packet of a capture without a clock has the time 0. */
static void a_capture_whose_times_are_all_zero_is_understood(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin(&s);
	const char *asker[] = {CLIENT2, RESOLVER};
	const char *server[] = {RESOLVER, ROOT_SERVER};
	for (unsigned i = 0; i < 2; i++) {
		dns_query(&d, (uint16_t)i, i == 0 ? QUERY : FETCH, "good.test", RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, 0, asker[i], 20000 + i, server[i], 53, &d);
		send_obs(&s, &o);
	}
	for (unsigned i = 2; i-- > 0;) {
		dns_query(&d, (uint16_t)i,
			  i == 0 ? RECURSED | RC_RCODE_SERVFAIL : RC_FLAG_QR | RC_RCODE_REFUSED,
			  "good.test", RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, 0, server[i], 53, asker[i], 20000 + i, &d);
		send_obs(&s, &o);
	}
	finish(&s);
	assert_int_equal(s.n, 1); /* the resolver's own exchange is evidence */
	assert_true(s.seen[0].visibility.upstream_seen);
}

/* Delegations that lead to one another, each through many names: not every way is gone. */
static void delegations_that_fan_out_are_judged_in_bounded_time(void **state)
{
	enum { ZONES = 7, NAMES = 14 };
	struct sim s;
	static struct dns d;
	char zone[32], name[64];
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.z0.test");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 11, FETCH, "www.z0.test");
	dns_query(&d, 11, RC_FLAG_QR, "www.z0.test", RC_TYPE_A);
	for (unsigned z = 0; z < ZONES; z++) {
		snprintf(zone, sizeof zone, "z%u.test", z);
		for (unsigned k = 0; k < NAMES; k++) {
			snprintf(name, sizeof name, "n%u.z%u.test", k, (z + 1) % ZONES);
			dns_rr_name(&d, RC_AUTHORITY, zone, RC_TYPE_NS, name);
		}
	}
	say(&s, LATE + 5, ROOT_SERVER, RESOLVER, 11, &d);
	servfail(&s, LATE + 15, RESOLVER, CLIENT, 10, "www.z0.test");
	finish(&s);
	assert_int_equal(s.n, 1);
}

/* Answers full of records, as a hostile server can send them. */
static void answers_full_of_records_are_judged_in_bounded_time(void **state)
{
	struct sim s;
	static struct dns d;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 10, QUERY, "www.example");
	for (unsigned i = 0; i < 30; i++) {
		unsigned id = 100 + i;
		ask(&s, LATE + 1 + i, RESOLVER, ROOT_SERVER, id, FETCH, "www.example");
		dns_query(&d, (uint16_t)id, RC_FLAG_QR, "www.example", RC_TYPE_A);
		char name[256] = "";
		for (unsigned k = 0; k < 50; k++)
			strcat(name, "a.");
		strcat(name, "t");
		uint32_t at = d.len + 11; /* the first record's RDATA, for compression */
		dns_count(&d, RC_AUTHORITY);
		dns_u8(&d, 0);
		dns_u16(&d, RC_TYPE_NS), dns_u16(&d, RC_CLASS_IN), dns_u32(&d, 60);
		dns_u16(&d, 103);
		dns_name(&d, name);
		for (unsigned k = 0; k < 4000; k++) {
			dns_count(&d, RC_AUTHORITY);
			dns_u16(&d, 0xc000 | at);
			dns_u16(&d, RC_TYPE_NS), dns_u16(&d, RC_CLASS_IN), dns_u32(&d, 60);
			dns_u16(&d, 2);
			dns_u16(&d, 0xc000 | at);
		}
		say(&s, LATE + 2 + i, ROOT_SERVER, RESOLVER, id, &d);
	}
	servfail(&s, LATE + 900, RESOLVER, CLIENT, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
}

static void memory_below_the_least_is_refused(void **state)
{
	struct rc_engine_config config = {.memory_bytes = RC_ENGINE_MEMORY_MIN - 1};
	struct rc_engine_output out = {.context = NULL};
	struct rc_engine *engine = NULL;
	(void)state;
	assert_int_equal(rc_engine_new(&config, &out, &engine), RC_E_RANGE);
	assert_null(engine);
}

static void output_functions_may_be_missing(void **state)
{
	struct sim s = {.seed = SEED};
	struct rc_engine_config config = {.seed = SEED,
					  .memory_bytes = RC_MEMORY_MIN,
					  .timeout_ns = TIMEOUT_NS,
					  .want_transactions = true,
					  .want_upstream = true};
	struct rc_engine_output out = {.context = NULL};
	(void)state;
	assert_int_equal(rc_engine_new(&config, &out, &s.engine), RC_OK);
	warm_up(&s, 0);
	dead_zone(&s, LATE, 10, "www.example");
	finish(&s);
}

/* The resolver drops the reply to who began the fetch, and answers who joined it at the end. */
static void who_joins_a_silent_clients_fetch_shares_its_cause(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, RESOLVER, 1, QUERY, "www.example");
	ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 2, FETCH, "www.example");
	refer(&s, LATE + 10, 2, "www.example");
	ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
	ask(&s, LATE + 3011, RESOLVER, ZONE_SERVER2, 4, FETCH, "www.example");
	ask(&s, LATE + 6011, RESOLVER, ZONE_SERVER, 5, FETCH, "www.example");
	ask(&s, LATE + 8990, CLIENT2, RESOLVER, 50, QUERY, "www.example");
	servfail(&s, LATE + 9000, RESOLVER, CLIENT2, 50, "www.example");
	warm_up(&s, LATE + 10500);
	warm_up(&s, LATE + 15500);
	finish(&s);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.seen[0].x.id, 50);
	assert_cause(&s, 0, "upstream.timeout");
	assert_cause(&s, 1, "upstream.timeout");
}

/* A forwarder that validates has asked for the DS of the name, in vain: no fetch of the name itself was under way. */
static void who_asks_for_a_name_joins_no_fetch_of_its_keys(void **state)
{
	static struct dns d;
	(void)state;
	for (unsigned keys = 0; keys < 2; keys++) {
		struct sim s;
		begin_warm(&s);
		dns_query(&d, 1, QUERY, "www.example", keys ? RC_TYPE_DS : RC_TYPE_A);
		send_message(&s, LATE, FORWARDER, 20001, RESOLVER, 53, &d);
		ask(&s, LATE + 1, RESOLVER, ROOT_SERVER, 2, FETCH, "www.example");
		refer(&s, LATE + 10, 2, "www.example");
		ask(&s, LATE + 11, RESOLVER, ZONE_SERVER, 3, FETCH, "www.example");
		ask(&s, LATE + 3011, RESOLVER, ZONE_SERVER2, 4, FETCH, "www.example");
		ask(&s, LATE + 6011, RESOLVER, ZONE_SERVER, 5, FETCH, "www.example");
		ask(&s, LATE + 8990, CLIENT2, RESOLVER, 50, QUERY, "www.example");
		servfail(&s, LATE + 8991, RESOLVER, CLIENT2, 50, "www.example");
		warm_up(&s, LATE + 10500);
		warm_up(&s, LATE + 15500);
		finish(&s);
		assert_true(s.n > 0);
		assert_int_equal(s.seen[0].x.id, 50);
		assert_int_equal(strcmp(s.seen[0].cause->slug, "upstream.timeout") != 0, keys);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answered_question_gives_no_event),
		cmocka_unit_test(the_resolvers_own_exchanges_give_no_event),
		cmocka_unit_test(who_answers_an_unseen_question_asks_as_a_resolver),
		cmocka_unit_test(a_client_on_the_resolvers_own_host_gets_its_event),
		cmocka_unit_test(a_question_at_the_very_end_says_nothing),
		cmocka_unit_test(refused_with_ra_0_is_recursion_unavailable),
		cmocka_unit_test(refused_while_others_are_served_is_about_the_client),
		cmocka_unit_test(an_ede_that_says_blocked_is_believed),
		cmocka_unit_test(a_tsig_error_names_its_cause),
		cmocka_unit_test(an_update_refused_is_about_the_update),
		cmocka_unit_test(an_opcode_not_implemented_is_unsupported),
		cmocka_unit_test(notauth_of_an_authoritative_server_may_be_a_refusal),
		cmocka_unit_test(silence_of_all_servers_is_proven),
		cmocka_unit_test(silence_of_some_does_not_prove_that_all_are_silent),
		cmocka_unit_test(
			silence_of_one_that_answered_before_proves_nothing_of_an_unknown_zone),
		cmocka_unit_test(silence_to_one_query_proves_nothing_of_an_unknown_zone),
		cmocka_unit_test(silence_in_a_window_with_drops_is_at_most_possible),
		cmocka_unit_test(drops_before_the_first_look_count_from_the_start),
		cmocka_unit_test(drops_elsewhere_in_time_take_nothing_away),
		cmocka_unit_test(drops_are_remembered_over_later_drops),
		cmocka_unit_test(silence_at_the_end_of_the_capture_is_at_most_possible),
		cmocka_unit_test(a_repeat_is_cached_and_keeps_its_cause),
		cmocka_unit_test(a_slow_repeat_is_not_from_memory),
		cmocka_unit_test(a_failure_after_an_answer_is_not_proven_by_one_before),
		cmocka_unit_test(who_rejects_what_verifies_fails_as_it_did_before),
		cmocka_unit_test(what_a_resolver_says_now_stands_before_what_it_met_with),
		cmocka_unit_test(a_repeat_of_what_nothing_explains_stays_unexplained),
		cmocka_unit_test(a_forwarder_repeats_what_it_was_told_from_memory),
		cmocka_unit_test(a_failure_called_cached_is_told_by_the_one_in_sight),
		cmocka_unit_test(a_failure_called_cached_by_who_is_never_answered_is_of_the_dead),
		cmocka_unit_test(what_is_wrong_with_a_query_is_not_remembered_of_the_next),
		cmocka_unit_test(what_is_handed_on_is_remembered),
		cmocka_unit_test(algorithms_that_only_a_code_names_are_a_mere_sign),
		cmocka_unit_test(a_repeat_of_a_cached_failure_is_one_too),
		cmocka_unit_test(silence_without_a_question_is_no_memory),
		cmocka_unit_test(a_resolver_that_primes_remembers_no_failure),
		cmocka_unit_test(what_is_asked_of_a_top_level_domain_is_no_work_for_one_question),
		cmocka_unit_test(a_question_that_is_at_work_is_not_dropped_for_want_of_room),
		cmocka_unit_test(what_a_server_nearby_fails_is_not_told_as_want_of_room),
		cmocka_unit_test(who_takes_as_much_at_other_times_is_not_full),
		cmocka_unit_test(who_fails_at_once_when_idle_is_not_full),
		cmocka_unit_test(a_range_in_use_in_the_capture_is_not_called_unroutable),
		cmocka_unit_test(servers_that_refuse_make_a_lame_delegation),
		cmocka_unit_test(one_server_that_helped_acquits_the_zone),
		cmocka_unit_test(a_forwarders_failure_is_its_resolvers),
		cmocka_unit_test(declared_addresses_are_one_resolver_before_it_ever_answered),
		cmocka_unit_test(a_client_joins_a_fetch_at_another_address_of_the_resolver),
		cmocka_unit_test(
			one_out_of_reach_says_little_where_another_that_answers_is_not_asked),
		cmocka_unit_test(one_out_of_reach_proves_little_of_servers_of_another_family),
		cmocka_unit_test(icmp_says_unreachable),
		cmocka_unit_test(what_came_back_did_not_fail_for_what_the_server_met_with_later),
		cmocka_unit_test(a_closed_connection_says_little_of_who_was_asked_to_recurse),
		cmocka_unit_test(who_answers_others_and_closes_the_connection_is_reached),
		cmocka_unit_test(a_gap_in_the_connection_leaves_the_answer_open),
		cmocka_unit_test(a_resolver_at_work_is_not_silent_for_sure),
		cmocka_unit_test(queries_alone_are_a_one_way_capture),
		cmocka_unit_test(one_server_asked_little_may_be_silent),
		cmocka_unit_test(several_servers_without_a_word_are_a_one_way_capture),
		cmocka_unit_test(a_resolver_that_asks_most_servers_again_gets_no_answers),
		cmocka_unit_test(a_servfail_alone_is_an_honest_unknown),
		cmocka_unit_test(an_answer_cut_by_the_capture_is_not_malformed),
		cmocka_unit_test(verdicts_do_not_depend_on_the_seed),
		cmocka_unit_test(times_at_the_ends_of_the_range_do_no_harm),
		cmocka_unit_test(a_capture_whose_times_are_all_zero_is_understood),
		cmocka_unit_test(delegations_that_fan_out_are_judged_in_bounded_time),
		cmocka_unit_test(answers_full_of_records_are_judged_in_bounded_time),
		cmocka_unit_test(memory_below_the_least_is_refused),
		cmocka_unit_test(output_functions_may_be_missing),
		cmocka_unit_test(who_joins_a_silent_clients_fetch_shares_its_cause),
		cmocka_unit_test(who_asks_for_a_name_joins_no_fetch_of_its_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
