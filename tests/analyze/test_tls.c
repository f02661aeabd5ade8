/* A forwarder that asks over TLS: its questions cannot be read, what became of its connections can. */
#include "tests/analyze/sim.h"

#define TARGET "203.0.113.9"
#define SLOW_MS 4000 /* after which the forwarder gives up */

static void connection_of(struct sim *s, int64_t ms, enum rc_tcp_event event, const char *host,
			  unsigned port)
{
	bool from_server = event != RC_TCP_SYN;
	struct rc_obs o = from_server ? obs_tcp(T0 + ms * MS, event, TARGET, 853, host, port)
				      : obs_tcp(T0 + ms * MS, event, host, port, TARGET, 853);
	o.flags |= RC_OBS_TLS;
	o.from_server = from_server;
	send_obs(s, &o);
}

static void connection(struct sim *s, int64_t ms, enum rc_tcp_event event, unsigned port)
{
	connection_of(s, ms, event, FORWARDER, port);
}

static void ask_in_vain(struct sim *s, int64_t ms, unsigned id, int64_t took_ms)
{
	ask(s, ms, CLIENT, FORWARDER, id, QUERY, "www.example");
	servfail(s, ms + took_ms, FORWARDER, CLIENT, id, "www.example");
}

static void connections_without_an_answer_are_a_timeout(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, "www.example");
	connection(&s, LATE + 1, RC_TCP_SYN, 4000);
	connection(&s, LATE + 1001, RC_TCP_SYN, 4000);
	servfail(&s, LATE + SLOW_MS, FORWARDER, CLIENT, 10, "www.example");
	finish(&s);
	assert_only(&s, "upstream.timeout", RC_CONF_LIKELY);
	assert_int_equal(s.seen[0].n_evidence, 2);
	assert_non_null(strstr(s.seen[0].text, "TLS to " TARGET " got no answer"));
	assert_non_null(strstr(s.seen[0].text, "let TCP port 853 through"));
}

static void connections_refused_are_unreachable(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, "www.example");
	connection(&s, LATE + 1, RC_TCP_SYN, 4000);
	connection(&s, LATE + 2, RC_TCP_RESET, 4000);
	servfail(&s, LATE + 3, FORWARDER, CLIENT, 10, "www.example");
	finish(&s);
	assert_only(&s, "upstream.unreachable", RC_CONF_LIKELY);
}

/* A forwarder leaves a server alone that has just failed: then it asks nobody. */
static void a_server_given_up_shortly_before_is_a_mere_sign(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	connection(&s, LATE - 2000, RC_TCP_SYN, 4000);
	connection(&s, LATE - 1999, RC_TCP_RESET, 4000);
	ask_in_vain(&s, LATE, 10, 1);
	finish(&s);
	assert_only(&s, "upstream.unreachable", RC_CONF_POSSIBLE);
	assert_non_null(strstr(s.seen[0].text, "none was tried since"));
}

/* What was asked over it, and answered, nobody can read. */
static void a_connection_that_lives_leaves_the_cause_unknown(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	connection(&s, LATE - 2000, RC_TCP_SYN, 4000);
	connection(&s, LATE - 1999, RC_TCP_ESTABLISHED, 4000);
	ask_in_vain(&s, LATE, 10, 5);
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "unknown.upstream_not_visible");
	assert_non_null(strstr(s.seen[0].text, "asks " TARGET " over TLS"));
}

/* Its opening lies before the capture: the server's data shows it. */
static void a_connection_met_in_the_middle_lives(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	connection(&s, LATE - 10, RC_TCP_ESTABLISHED, 4000);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, "www.example");
	connection(&s, LATE + 1, RC_TCP_SYN, 4001);
	servfail(&s, LATE + SLOW_MS, FORWARDER, CLIENT, 10, "www.example");
	finish(&s);
	assert_only(&s, "upstream.timeout", RC_CONF_POSSIBLE);
}

/* Whoever asks in plain only tries TLS by the way (RFC 9539). */
static void a_question_asked_in_plain_is_judged_by_that(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, "www.example");
	connection(&s, LATE + 1, RC_TCP_SYN, 4000);
	connection(&s, LATE + 2, RC_TCP_RESET, 4000);
	ask(&s, LATE + 1, FORWARDER, TARGET, 11, QUERY, "www.example");
	servfail(&s, LATE + 9, TARGET, FORWARDER, 11, "www.example");
	servfail(&s, LATE + 10, FORWARDER, CLIENT, 10, "www.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "upstream.unreachable");
}

#define INSIDE "127.0.0.53"

/* A service at a loopback address asks from its host's address. */
static void a_stub_resolver_asks_from_its_host(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, "127.0.0.1", INSIDE, 10, QUERY, "www.example");
	connection(&s, LATE + 1, RC_TCP_SYN, 4000);
	connection(&s, LATE + 2, RC_TCP_RESET, 4000);
	connection(&s, LATE + 20000, RC_TCP_SYN, 4001); /* time passes */
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.unreachable");
	assert_non_null(strstr(s.seen[0].text, INSIDE " could ask nobody"));
}

static void connections_of_several_hosts_are_nobodys(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	ask(&s, LATE, "127.0.0.1", INSIDE, 10, QUERY, "www.example");
	connection(&s, LATE + 1, RC_TCP_SYN, 4000);
	connection(&s, LATE + 2, RC_TCP_RESET, 4000);
	connection_of(&s, LATE + 3, RC_TCP_SYN, CLIENT2, 4000);
	connection(&s, LATE + 20000, RC_TCP_SYN, 4001); /* time passes */
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_string_not_equal(s.seen[0].cause->slug, "upstream.unreachable");
}

/* No answer of DNS at all, but a reset: what servers send does reach the capture. */
static void a_reset_shows_that_both_directions_are_captured(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	connection(&s, LATE - 1000, RC_TCP_SYN, 4000);
	connection(&s, LATE - 999, RC_TCP_RESET, 4000);
	for (unsigned i = 0; i < 4; i++)
		ask(&s, LATE + 1000 * i, CLIENT, RESOLVER, 10 + i, QUERY, "www.example");
	connection(&s, LATE + 20000, RC_TCP_SYN, 4001); /* time passes */
	finish(&s);
	assert_int_equal(s.n, 4);
	for (size_t i = 0; i < s.n; i++) {
		assert_cause(&s, i, "no_answer.server_silent");
		assert_false(s.seen[i].visibility.one_way);
	}
}

/* The root answers from another range than that of the zone's server, which is silent, and of TARGET. */
static void dead_zone_in_a_range_of_its_own(struct sim *s)
{
	static struct dns d;
	const char *name = "www.example", *root = "198.51.100.9";
	ask(s, LATE, CLIENT, RESOLVER, 10, QUERY, name);
	ask(s, LATE + 1, RESOLVER, root, 11, FETCH, name);
	dns_query(&d, 11, RC_FLAG_QR, name, RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	dns_rr_a(&d, RC_ADDITIONAL, "ns1.example", ZONE_SERVER);
	say(s, LATE + 2, root, RESOLVER, 11, &d);
	ask(s, LATE + 3, RESOLVER, ZONE_SERVER, 12, FETCH, name);
	ask(s, LATE + 803, RESOLVER, ZONE_SERVER, 13, FETCH, name);
	servfail(s, LATE + 3000, RESOLVER, CLIENT, 10, name);
	finish(s);
	assert_int_equal(s->n, 1);
}

static void a_server_that_talks_tls_shows_that_its_range_is_in_use(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	dead_zone_in_a_range_of_its_own(&s);
	assert_cause(&s, 0, "delegation.glue_unroutable");
	begin(&s);
	connection_of(&s, 0, RC_TCP_SYN, CLIENT2, 4000);
	dead_zone_in_a_range_of_its_own(&s);
	assert_cause(&s, 0, "delegation.glue_unroutable");
	begin(&s);
	connection_of(&s, 0, RC_TCP_SYN, CLIENT2, 4000);
	connection_of(&s, 1, RC_TCP_ESTABLISHED, CLIENT2, 4000);
	dead_zone_in_a_range_of_its_own(&s);
	assert_cause(&s, 0, "upstream.timeout");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_talks_tls_shows_that_its_range_is_in_use),
		cmocka_unit_test(connections_without_an_answer_are_a_timeout),
		cmocka_unit_test(connections_refused_are_unreachable),
		cmocka_unit_test(a_server_given_up_shortly_before_is_a_mere_sign),
		cmocka_unit_test(a_connection_that_lives_leaves_the_cause_unknown),
		cmocka_unit_test(a_connection_met_in_the_middle_lives),
		cmocka_unit_test(a_question_asked_in_plain_is_judged_by_that),
		cmocka_unit_test(a_stub_resolver_asks_from_its_host),
		cmocka_unit_test(connections_of_several_hosts_are_nobodys),
		cmocka_unit_test(a_reset_shows_that_both_directions_are_captured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
