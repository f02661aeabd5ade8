/* A truncated answer, and what its asker's way to TCP comes to. */
#include "tests/analyze/sim.h"

#define NAME "www.example"
#define CUT_SHORT (RECURSED | RC_FLAG_TC)

static void tcp(struct sim *s, int64_t ms, enum rc_tcp_event event, const char *client)
{
	bool from_server = event != RC_TCP_SYN;
	struct rc_obs o = from_server ? obs_tcp(T0 + ms * MS, event, RESOLVER, 53, client, 4000)
				      : obs_tcp(T0 + ms * MS, event, client, 4000, RESOLVER, 53);
	send_obs(s, &o);
}

static void truncated(struct sim *s, int64_t ms)
{
	ask(s, ms, CLIENT, RESOLVER, 10, QUERY, NAME);
	reply(s, ms + 1, RESOLVER, CLIENT, 10, CUT_SHORT, NAME);
}

/* Something else goes on meanwhile, so that time passes. */
static void end_later(struct sim *s, int64_t ms)
{
	warm_up(s, ms);
	finish(s);
}

static void assert_blocked(const struct sim *s, enum rc_confidence confidence, const char *how)
{
	assert_int_equal(s->n, 1);
	assert_cause(s, 0, "upstream.tcp_blocked");
	assert_int_equal(s->seen[0].confidence, confidence);
	assert_int_equal(s->seen[0].n_evidence, 2);
	assert_int_equal(s->seen[0].x.transport, RC_UDP);
	assert_non_null(strstr(s->seen[0].text, how));
	assert_non_null(strstr(s->seen[0].text, "between " CLIENT " and " RESOLVER));
}

static void a_refused_connection_is_a_failure(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT);
	tcp(&s, LATE + 3, RC_TCP_RESET, CLIENT);
	end_later(&s, LATE + 20000);
	assert_blocked(&s, RC_CONF_PROVEN, "was refused");
}

static void an_unanswered_connection_is_a_failure(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT);
	tcp(&s, LATE + 1002, RC_TCP_SYN, CLIENT);
	end_later(&s, LATE + 20000);
	assert_blocked(&s, RC_CONF_PROVEN, "got no answer");
}

static void one_syn_alone_is_less_sure(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT);
	end_later(&s, LATE + 20000);
	assert_blocked(&s, RC_CONF_LIKELY, "got no answer");
}

/* The hold is over before it is clear: then it is held on. */
static void a_connection_under_way_is_waited_for(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 1500, RC_TCP_SYN, CLIENT);
	warm_up(&s, LATE + 2500); /* behind the hold: nothing is said yet */
	assert_int_equal(s.n, 0);
	tcp(&s, LATE + 3000, RC_TCP_ESTABLISHED, CLIENT);
	end_later(&s, LATE + 20000);
	assert_int_equal(s.n, 0);
}

static void whoever_gets_through_has_not_failed(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT);
	tcp(&s, LATE + 3, RC_TCP_ESTABLISHED, CLIENT);
	end_later(&s, LATE + 20000);
	assert_int_equal(s.n, 0);
}

/* Nor has who does not try, who is somebody else, or who is answered otherwise. */
static void without_a_retry_nothing_is_known(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT2);
	tcp(&s, LATE + 3, RC_TCP_RESET, CLIENT2);
	end_later(&s, LATE + 20000);
	assert_int_equal(s.n, 0);
}

static void an_answer_that_comes_after_all_counts(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT);
	tcp(&s, LATE + 3, RC_TCP_RESET, CLIENT);
	ask(&s, LATE + 5, CLIENT, RESOLVER, 11, QUERY, NAME);
	reply_a(&s, LATE + 6, RESOLVER, CLIENT, 11, RECURSED, NAME);
	end_later(&s, LATE + 20000);
	assert_int_equal(s.n, 0);
}

/* What ended with the capture had no time to be answered. */
static void the_end_of_the_capture_is_no_silence(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	truncated(&s, LATE);
	tcp(&s, LATE + 2, RC_TCP_SYN, CLIENT);
	end_later(&s, LATE + 100);
	assert_int_equal(s.n, 0);
}

/* A server takes a connection, and the question. */
static void ask_over_tcp(struct sim *s, int64_t ms, const char *server, unsigned id)
{
	static struct dns d;
	struct rc_obs syn = obs_tcp(T0 + ms * MS, RC_TCP_SYN, RESOLVER, 20000 + id, server, 53);
	struct rc_obs open = obs_tcp(T0 + (ms + 1) * MS, RC_TCP_ESTABLISHED, server, 53, RESOLVER,
				     20000 + id);
	send_obs(s, &syn);
	send_obs(s, &open);
	dns_query(&d, (uint16_t)(id + 100), FETCH, NAME, RC_TYPE_A);
	struct rc_obs o = obs_seeded(s->seed, T0 + (ms + 2) * MS, RESOLVER, 20000 + id, server, 53,
				     &d);
	o.transport = RC_TCP;
	send_obs(s, &o);
}

/* A server says over UDP to come over TCP, and takes the question there; then it closes, or says nothing. */
static void truncate_and_take(struct sim *s, int64_t ms, const char *server, unsigned id)
{
	ask(s, ms, RESOLVER, server, id, FETCH, NAME);
	reply(s, ms + 1, server, RESOLVER, id, AUTHORITY | RC_FLAG_TC, NAME);
	ask_over_tcp(s, ms + 2, server, id);
}

/* What a forwarder got over TCP counts, and so does why: the truncated answer before it is half of the way. */
static void a_forwarder_that_went_on_over_tcp_is_told_why(void **state)
{
	static struct dns d;
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, NAME);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 11, QUERY, NAME);
	reply(&s, LATE + 2, RESOLVER, FORWARDER, 11, CUT_SHORT, NAME);
	for (int tcp = 0; tcp < 2; tcp++) {
		unsigned flags = tcp ? RECURSED | RC_RCODE_SERVFAIL : QUERY;
		const char *from = tcp ? RESOLVER : FORWARDER, *to = tcp ? FORWARDER : RESOLVER;
		dns_query(&d, 12, flags, NAME, RC_TYPE_A);
		struct rc_obs o = obs_seeded(s.seed, T0 + (LATE + 3 + tcp * 3100) * MS, from,
					     tcp ? 53 : 20012, to, tcp ? 20012 : 53, &d);
		o.transport = RC_TCP;
		send_obs(&s, &o);
		if (!tcp) {
			ask(&s, LATE + 4, RESOLVER, ROOT_SERVER, 14, FETCH, NAME);
			refer(&s, LATE + 10, 14, NAME);
			for (unsigned i = 0; i < 3; i++)
				ask(&s, LATE + 11 + i * 800, RESOLVER,
				    i % 2 ? ZONE_SERVER2 : ZONE_SERVER, 15 + i, FETCH, NAME);
		}
	}
	servfail(&s, LATE + 3105, FORWARDER, CLIENT, 10, NAME);
	end_later(&s, LATE + 20000);
	assert_true(s.n > 0);
	assert_cause(&s, 0, "upstream.timeout");
	assert_string_equal(s.seen[0].zone, "example");
}

/* Its first attempt is still under way when it gives up, because of what it got by the next. */
static void a_forwarder_that_asked_anew_is_told_why(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask(&s, LATE, CLIENT, FORWARDER, 10, QUERY, NAME);
	ask(&s, LATE + 1, FORWARDER, RESOLVER, 11, QUERY, NAME);
	ask(&s, LATE + 4, RESOLVER, ROOT_SERVER, 14, FETCH, NAME);
	refer(&s, LATE + 10, 14, NAME);
	for (unsigned i = 0; i < 2; i++) {
		const char *server = i == 0 ? ZONE_SERVER : ZONE_SERVER2;
		ask(&s, LATE + 11 + i * 2, RESOLVER, server, 15 + i, FETCH, NAME);
		reply(&s, LATE + 12 + i * 2, server, RESOLVER, 15 + i,
		      RC_FLAG_QR | RC_RCODE_REFUSED, NAME);
	}
	ask(&s, LATE + 20, FORWARDER, RESOLVER, 12, QUERY, NAME);
	servfail(&s, LATE + 21, RESOLVER, FORWARDER, 12, NAME);
	servfail(&s, LATE + 22, FORWARDER, CLIENT, 10, NAME);
	servfail(&s, LATE + 30, RESOLVER, FORWARDER, 11, NAME);
	end_later(&s, LATE + 20000);
	assert_true(s.n > 0);
	assert_cause(&s, 0, "delegation.lame_refused");
	assert_string_equal(s.seen[0].zone, "example");
}

static void servers_that_truncate_and_fail_over_tcp_are_not_silent(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, NAME);
	truncate_and_take(&s, LATE + 10, ZONE_SERVER, 12);
	struct rc_obs fin = obs_tcp(T0 + (LATE + 20) * MS, RC_TCP_CLOSED, ZONE_SERVER, 53, RESOLVER,
				    20012);
	send_obs(&s, &fin);
	truncate_and_take(&s, LATE + 30, ZONE_SERVER2, 13);
	servfail(&s, LATE + 3000, RESOLVER, CLIENT, 10, NAME);
	end_later(&s, LATE + 20000);
	assert_only(&s, "upstream.tcp_blocked", RC_CONF_PROVEN);
}

/* That it has AA, and nothing else to tell, does not make it a server of the zone above: where it is named is not seen. */
static void a_truncated_answer_does_not_tell_whose_server_gives_it(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned known = 0; known < 2; known++) {
		begin_warm(&s);
		ask_below(&s, LATE, 10, NAME);
		truncate_and_take(&s, LATE + 10, known ? ZONE_SERVER : "203.0.113.99", 12);
		struct rc_obs rst = obs_tcp(T0 + (LATE + 20) * MS, RC_TCP_RESET,
					    known ? ZONE_SERVER : "203.0.113.99", 53, RESOLVER,
					    20012);
		send_obs(&s, &rst);
		servfail(&s, LATE + 3000, RESOLVER, CLIENT, 10, NAME);
		end_later(&s, LATE + 20000);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "upstream.tcp_blocked");
		assert_string_equal(s.seen[0].zone, known ? "example" : "");
	}
}

/* Told to come over TCP by one server, a resolver may go to another one. */
static void another_server_that_fails_over_tcp_is_not_silent_either(void **state)
{
	struct sim s;
	(void)state;
	begin_warm(&s);
	ask_below(&s, LATE, 10, NAME);
	ask(&s, LATE + 10, RESOLVER, ZONE_SERVER, 12, FETCH, NAME);
	reply(&s, LATE + 11, ZONE_SERVER, RESOLVER, 12, AUTHORITY | RC_FLAG_TC, NAME);
	ask_over_tcp(&s, LATE + 12, ZONE_SERVER2, 13);
	servfail(&s, LATE + 3000, RESOLVER, CLIENT, 10, NAME);
	end_later(&s, LATE + 20000);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.tcp_blocked");
}

/* The resolver puts the name to both servers of the zone; over UDP both truncate, and both refuse connections. */
static void in_vain(struct sim *s, int64_t ms, unsigned id, const char *name, bool udp)
{
	static const char *const servers[] = {ZONE_SERVER, ZONE_SERVER2};
	ask_below(s, ms, id, name);
	for (unsigned i = 0; i < 2; i++) {
		int64_t at = ms + 6 + 10 * (int64_t)i;
		unsigned port = 30000 + id + i;
		if (udp) {
			ask(s, at, RESOLVER, servers[i], id + 2 + i, FETCH, name);
			reply(s, at + 1, servers[i], RESOLVER, id + 2 + i, AUTHORITY | RC_FLAG_TC,
			      name);
		}
		struct rc_obs o = obs_tcp(T0 + (at + 2) * MS, RC_TCP_SYN, RESOLVER, port,
					  servers[i], 53);
		send_obs(s, &o);
		o = obs_tcp(T0 + (at + 3) * MS, RC_TCP_RESET, servers[i], 53, RESOLVER, port);
		send_obs(s, &o);
	}
	servfail(s, ms + 30, RESOLVER, CLIENT, id, name);
}

/* Before it is decided, another resolver is refused by the same servers over and over. */
static void connections_of_others_do_not_hide_the_resolvers(void **state)
{
	static const char *const servers[] = {ZONE_SERVER, ZONE_SERVER2};
	struct sim s;
	(void)state;
	begin_warm(&s);
	in_vain(&s, LATE, 10, NAME, true);
	for (unsigned i = 0; i < 600; i++) {
		int64_t ns = T0 + (LATE + 40) * MS + (int64_t)i * MS / 2;
		struct rc_obs o = obs_tcp(ns, RC_TCP_SYN, FORWARDER, 40000 + i, servers[i & 1], 53);
		send_obs(&s, &o);
		o = obs_tcp(ns + MS / 4, RC_TCP_RESET, servers[i & 1], 53, FORWARDER, 40000 + i);
		send_obs(&s, &o);
	}
	end_later(&s, LATE + 20000);
	assert_only(&s, "upstream.tcp_blocked", RC_CONF_PROVEN);
}

/* Resolvers remember who truncates, and go to TCP at once. */
static void servers_that_truncated_before_refuse_tcp_alone(void **state)
{
	(void)state;
	for (unsigned udp = 0; udp < 2; udp++) {
		struct sim s;
		begin_warm(&s);
		if (udp)
			in_vain(&s, LATE, 10, NAME, true);
		in_vain(&s, LATE + 5000, 40, "other.example", false);
		end_later(&s, LATE + 20000);
		assert_int_equal(s.n, 1 + udp);
		assert_cause(&s, udp, udp ? "upstream.tcp_blocked" : "upstream.unreachable");
		assert_int_equal(s.seen[udp].confidence, RC_CONF_LIKELY);
		if (udp)
			assert_int_equal(s.seen[0].confidence, RC_CONF_PROVEN);
	}
}

/*
 * A resolver that goes to TCP at once, as it was told to before. Its SYN is repeated, and may get through when the client has
 * its failure already.
 */
static void a_connection_that_comes_about_too_late_has_failed(void **state)
{
	(void)state;
	for (unsigned late = 0; late < 2; late++) {
		struct sim s;
		begin_warm(&s);
		ask_below(&s, LATE, 10, NAME);
		const char *servers[] = {ZONE_SERVER, ZONE_SERVER2};
		for (unsigned k = 0; k < 2; k++) {
			struct rc_obs o = obs_tcp(T0 + (LATE + 10) * MS, RC_TCP_SYN, RESOLVER,
						  20020 + k, servers[k], 53);
			send_obs(&s, &o);
		}
		servfail(&s, LATE + 3000, RESOLVER, CLIENT, 10, NAME);
		for (unsigned k = 0; k < 2 && late; k++) {
			struct rc_obs o = obs_tcp(T0 + (LATE + 4000) * MS, RC_TCP_ESTABLISHED,
						  servers[k], 53, RESOLVER, 20020 + k);
			send_obs(&s, &o);
		}
		end_later(&s, LATE + 20000);
		assert_int_equal(s.n, 1);
		assert_cause(&s, 0, "upstream.timeout");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_connection_is_a_failure),
		cmocka_unit_test(an_unanswered_connection_is_a_failure),
		cmocka_unit_test(one_syn_alone_is_less_sure),
		cmocka_unit_test(a_connection_under_way_is_waited_for),
		cmocka_unit_test(whoever_gets_through_has_not_failed),
		cmocka_unit_test(without_a_retry_nothing_is_known),
		cmocka_unit_test(an_answer_that_comes_after_all_counts),
		cmocka_unit_test(the_end_of_the_capture_is_no_silence),
		cmocka_unit_test(servers_that_truncate_and_fail_over_tcp_are_not_silent),
		cmocka_unit_test(a_forwarder_that_went_on_over_tcp_is_told_why),
		cmocka_unit_test(a_forwarder_that_asked_anew_is_told_why),
		cmocka_unit_test(another_server_that_fails_over_tcp_is_not_silent_either),
		cmocka_unit_test(a_truncated_answer_does_not_tell_whose_server_gives_it),
		cmocka_unit_test(a_connection_that_comes_about_too_late_has_failed),
		cmocka_unit_test(connections_of_others_do_not_hide_the_resolvers),
		cmocka_unit_test(servers_that_truncated_before_refuse_tcp_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
