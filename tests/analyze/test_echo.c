#include "analyze/engine.h"
#include "tests/analyze/build.h"

#define RESOLVER "198.51.100.53"
#define RESOLVER2 "198.51.100.54"
#define RESOLVER6 "2001:db8::53"
#define SERVER "203.0.113.2"
#define NAME "www.broken.example"
#define CLIENTS 600u
#define TIMEOUT_NS (10 * RC_NS_PER_S)
#define HOLD_NS (2 * RC_NS_PER_S)

static const char *qname = NAME;

struct storm {
	struct rc_engine *engine;
	uint64_t frame;
	unsigned failures, echoes, told_upstream;
	unsigned of_resolver6;     /* echoes, at that address */
	uint64_t decided_alone[4]; /* frames of the questions of some that must be */
	unsigned n_alone;
};

/* Whoever the verdict was made for, it speaks of this failure. */
static void check(const struct rc_failure *f)
{
	const struct rc_exchange *x = f->exchange;
	assert_string_equal(f->cause->slug, "upstream.timeout");
	assert_int_equal(f->confidence, RC_CONF_PROVEN);
	size_t at = 0;
	while (at < f->n_evidence && f->evidence[at].frame != x->end_frame)
		at++;
	assert_true(at < f->n_evidence);
	const struct rc_evidence *own = &f->evidence[at];
	assert_int_equal(own->frame, x->end_frame);
	assert_int_equal(own->query_frame, x->first_frame);
	assert_int_equal(own->ts_ns, x->end_ns);
	assert_int_equal(own->rtt_ns, x->end_ns - x->first_ns);
	assert_true(rc_addr_equal(&own->from, &x->asker));
	for (size_t i = 0; i < f->n_evidence; i++)
		assert_true(f->evidence[i].name == NULL ||
			    rc_name_equal(f->evidence[i].name, f->qname));
	char asked[RC_ADDR_TEXT_MAX], gave[RC_ADDR_TEXT_MAX + 32];
	char name[RC_NAME_TEXT_MAX + 1], of[RC_NAME_TEXT_MAX + 32];
	rc_addr_format(&x->server, asked);
	snprintf(gave, sizeof gave, " gave %s a usable answer", asked);
	rc_name_format(f->qname, name);
	snprintf(of, sizeof of, "No server of %s gave ", name);
	assert_non_null(strstr(f->explanation, of));
	/* Decided for itself, it tells what the resolver remembers: the address of that time. */
	assert_true(strcmp(name, RESOLVER) == 0 || strstr(f->explanation, gave) != NULL);
	assert_true(rc_addr_equal(&own->to, &x->server));
	assert_int_equal(f->n_fix, 1);
	assert_int_equal(f->n_next_steps, 1);
}

static void on_failure(void *context, const struct rc_failure *f)
{
	struct storm *s = context;
	s->failures++;
	s->told_upstream += f->visibility.upstream_seen;
	for (unsigned i = 0; i < s->n_alone; i++)
		if (f->exchange->first_frame == s->decided_alone[i])
			assert_false(f->echoed);
	if (!f->echoed)
		return;
	s->echoes++;
	struct rc_addr other = addr(RESOLVER6);
	s->of_resolver6 += rc_addr_equal(&f->exchange->server, &other);
	check(f);
}

static void end(struct storm *s)
{
	rc_engine_finish(s->engine);
	rc_engine_free(s->engine);
}

static void send_at(struct storm *s, int64_t us, const char *src, unsigned src_port,
		    const char *dst, unsigned dst_port, const struct dns *d)
{
	struct rc_obs o = obs_seeded(SEED, T0 + us * RC_NS_PER_US, src, src_port, dst, dst_port, d);
	o.frame = ++s->frame;
	rc_engine_observe(s->engine, &o, 1);
}

static void ask(struct storm *s, int64_t us, const char *asker, const char *server, unsigned port,
		unsigned flags)
{
	static struct dns d;
	dns_query(&d, (uint16_t)port, flags, qname, RC_TYPE_A);
	send_at(s, us, asker, port, server, 53, &d);
}

static void answer(struct storm *s, int64_t us, const char *server, const char *asker,
		   unsigned port, unsigned rcode)
{
	static struct dns d;
	dns_begin(&d, (uint16_t)port, RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA | rcode);
	dns_question(&d, qname, RC_TYPE_A);
	send_at(s, us, server, 53, asker, port, &d);
}

static const char *client(unsigned n)
{
	static char text[32];
	snprintf(text, sizeof text, "10.0.%u.%u", n / 250, n % 250 + 1);
	return text;
}

/* The resolver is seen to get answers: then silence says something. */
static void warm_up(struct storm *s, int64_t us, const char *resolver)
{
	static struct dns d;
	dns_query(&d, 900, 0, "works.example", RC_TYPE_A);
	send_at(s, us, resolver, 900, "203.0.113.9", 53, &d);
	dns_begin(&d, 900, RC_FLAG_QR | RC_FLAG_AA);
	dns_question(&d, "works.example", RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, "works.example", "192.0.2.1");
	send_at(s, us + 1000, "203.0.113.9", 53, resolver, 900, &d);
}

static void begin_with(struct storm *s, const struct rc_resolver_decl *resolvers, size_t n)
{
	*s = (struct storm){.frame = 0};
	struct rc_engine_config config = {.seed = SEED,
					  .memory_bytes = RC_MEMORY_MIN,
					  .timeout_ns = TIMEOUT_NS,
					  .hold_ns = HOLD_NS,
					  .resolvers = resolvers,
					  .n_resolvers = n};
	struct rc_engine_output out = {.context = s, .on_failure = on_failure};
	assert_int_equal(rc_engine_new(&config, &out, &s->engine), RC_OK);
	warm_up(s, 0, RESOLVER);
}

static void begin(struct storm *s)
{
	begin_with(s, NULL, 0);
}

/* One asks, the resolver tries twice in vain and gives up after two seconds. */
static void fetch(struct storm *s, int64_t us)
{
	ask(s, us, "10.9.9.9", RESOLVER, 1000, RC_FLAG_RD);
	ask(s, us + 1000, RESOLVER, SERVER, 2000, 0);
	ask(s, us + 500000, RESOLVER, SERVER, 2001, 0);
	answer(s, us + 2000000, RESOLVER, "10.9.9.9", 1000, RC_RCODE_SERVFAIL);
}

/* Many ask one after the other and are answered from the failure cache. */
static void repeat(struct storm *s, int64_t us, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++, us += 1000) {
		ask(s, us, client(i), RESOLVER, 3000 + i, RC_FLAG_RD);
		answer(s, us + 100 + i % 3, RESOLVER, client(i), 3000 + i, RC_RCODE_SERVFAIL);
	}
}

static void one_verdict_speaks_for_many_and_of_each(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, CLIENTS);
	end(&s);
	assert_int_equal(s.failures, CLIENTS + 1);
	assert_true(s.echoes > CLIENTS / 2);
	assert_int_equal(s.told_upstream, 1);
}

/* One resolver, and the asked address is told. How many at the second address an echo speaks for. */
static unsigned storm_at_two_addresses(void)
{
	struct rc_addr addrs[2] = {addr(RESOLVER), addr(RESOLVER6)};
	struct rc_resolver_decl decl = {"r", addrs, 2};
	struct storm s;
	char text[32];
	begin_with(&s, &decl, 1);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	for (unsigned i = 1; i <= 50; i++) {
		snprintf(text, sizeof text, "2001:db8:1::%x", i);
		ask(&s, 8500000 + 1000 * (int64_t)i, text, RESOLVER6, 3000 + i, RC_FLAG_RD);
		answer(&s, 8500100 + 1000 * (int64_t)i, RESOLVER6, text, 3000 + i,
		       RC_RCODE_SERVFAIL);
	}
	end(&s);
	assert_int_equal(s.failures, 451);
	assert_int_equal(s.told_upstream, 1);
	return s.of_resolver6;
}

static void one_verdict_speaks_at_all_addresses_of_a_resolver(void **state)
{
	(void)state;
	assert_int_equal(storm_at_two_addresses(), 50 - 1); /* the last as the input ends */
}

/* There, texts do not say which is which: the first at the other address is decided for itself. */
static void a_name_that_reads_as_the_address_stays_what_it_is(void **state)
{
	(void)state;
	qname = RESOLVER;
	assert_int_equal(storm_at_two_addresses(), 50 - 2);
	qname = NAME;
}

static void a_name_that_begins_as_the_address_is_no_mention_of_it(void **state)
{
	static const char *const names[] = {RESOLVER "0.example", RESOLVER ".example"};
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		qname = names[i];
		assert_int_equal(storm_at_two_addresses(), 50 - 1);
	}
	qname = NAME;
}

static void few_failures_are_decided_each(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 200);
	end(&s);
	assert_int_equal(s.failures, 201);
	assert_int_equal(s.echoes, 0);
}

static void a_client_served_elsewhere_is_decided_alone(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	ask(&s, 8500000, "10.8.8.8", RESOLVER2, 1500, RC_FLAG_RD);
	answer(&s, 8500500, RESOLVER2, "10.8.8.8", 1500, RC_RCODE_NOERROR);
	ask(&s, 8501000, "10.8.8.8", RESOLVER, 1501, RC_FLAG_RD);
	s.decided_alone[s.n_alone++] = s.frame;
	answer(&s, 8501500, RESOLVER, "10.8.8.8", 1501, RC_RCODE_SERVFAIL);
	repeat(&s, 8502000, 400, 100);
	end(&s);
	assert_int_equal(s.failures, 502);
	assert_true(s.echoes > 200);
}

/* It answers somebody: a resolver. */
static void serve(struct storm *s, int64_t us, const char *server)
{
	static struct dns d;
	dns_query(&d, 901, RC_FLAG_RD, "works.example", RC_TYPE_A);
	send_at(s, us, "10.9.9.7", 901, server, 53, &d);
	dns_begin(&d, 901, RC_FLAG_QR | RC_FLAG_RD | RC_FLAG_RA);
	dns_question(&d, "works.example", RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, "works.example", "192.0.2.1");
	send_at(s, us + 1000, server, 53, "10.9.9.7", 901, &d);
}

/* Another resolver is known to fail too: a client that asked both is told the same as the others. */
static void a_client_failed_elsewhere_too_is_like_the_others(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	warm_up(&s, 2900000, RESOLVER2);
	serve(&s, 3000000, RESOLVER);
	serve(&s, 3100000, RESOLVER2);
	ask(&s, 4000000, "10.9.9.8", RESOLVER2, 1000, RC_FLAG_RD);
	ask(&s, 4001000, RESOLVER2, SERVER, 2000, 0);
	ask(&s, 4500000, RESOLVER2, SERVER, 2001, 0);
	answer(&s, 6000000, RESOLVER2, "10.9.9.8", 1000, RC_RCODE_SERVFAIL);
	fetch(&s, 5000000 + 2000000);
	repeat(&s, 9100000, 0, 400);
	for (unsigned i = 400; i < 500; i++) {
		ask(&s, 9500000 + 1000 * i, client(i), RESOLVER2, 6000 + i, RC_FLAG_RD);
		answer(&s, 9500100 + 1000 * i, RESOLVER2, client(i), 6000 + i, RC_RCODE_SERVFAIL);
		repeat(&s, 9500200 + 1000 * i, i, 1);
	}
	/* What became of its question elsewhere is not known. */
	ask(&s, 10100000, "10.8.8.8", RESOLVER2, 1500, RC_FLAG_RD);
	ask(&s, 10101000, "10.8.8.8", RESOLVER, 1501, RC_FLAG_RD);
	s.decided_alone[s.n_alone++] = s.frame;
	answer(&s, 10101500, RESOLVER, "10.8.8.8", 1501, RC_RCODE_SERVFAIL);
	end(&s);
	assert_int_equal(s.failures,
			 2 + 400 + 2 * 100 + 1); /* the input ends before that one is old enough */
	assert_true(s.echoes > 300);
}

/* Held a while, they are decided when the server has long begun to ask anew. */
static void what_the_server_asked_after_the_failure_does_not_count(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, CLIENTS);
	for (unsigned i = 0; i < 300; i++)
		ask(&s, 10300000 + 1000 * (int64_t)i, RESOLVER, SERVER, 7000 + i, 0);
	end(&s);
	assert_int_equal(s.failures, CLIENTS + 1);
	assert_true(s.echoes > CLIENTS / 2);
}

static void a_new_query_of_the_server_ends_it(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	/* The first to be decided after this has to look at it. */
	ask(&s, 13000000, client(401), RESOLVER, 1600, RC_FLAG_RD);
	s.decided_alone[s.n_alone++] = s.frame;
	ask(&s, 13000100, RESOLVER, SERVER, 2002, 0);
	answer(&s, 13900000, RESOLVER, client(401), 1600, RC_RCODE_SERVFAIL);
	end(&s);
	assert_int_equal(s.failures, 402);
	assert_int_equal(s.told_upstream, 2);
}

/* However many wait for one fetch: each is told what its resolver tried. */
static void all_who_wait_for_a_fetch_see_it(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	ask(&s, 5000000, "10.9.9.9", RESOLVER, 1000, RC_FLAG_RD);
	ask(&s, 5001000, RESOLVER, SERVER, 2000, 0);
	ask(&s, 5500000, RESOLVER, SERVER, 2001, 0);
	for (unsigned i = 0; i < CLIENTS; i++)
		ask(&s, 6000000 + 1000 * (int64_t)i, client(i), RESOLVER, 3000 + i, RC_FLAG_RD);
	answer(&s, 7000000, RESOLVER, "10.9.9.9", 1000, RC_RCODE_SERVFAIL);
	for (unsigned i = 0; i < CLIENTS; i++)
		answer(&s, 7000010 + (int64_t)i, RESOLVER, client(i), 3000 + i, RC_RCODE_SERVFAIL);
	end(&s);
	assert_int_equal(s.failures, CLIENTS + 1);
	assert_int_equal(s.told_upstream, CLIENTS + 1);
	assert_true(s.echoes >= CLIENTS - 260); /* however long each had waited */
}

/* Whoever began the fetch is answered last: in a storm too, nobody before is told less of it. */
static void the_first_answered_see_the_whole_fetch_too(void **state)
{
	struct storm s;
	const unsigned joined = 100;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	ask(&s, 8500000, "10.9.9.9", RESOLVER, 1000, RC_FLAG_RD);
	ask(&s, 8501000, RESOLVER, SERVER, 2002, 0);
	ask(&s, 9000000, RESOLVER, SERVER, 2003, 0);
	for (unsigned i = 0; i < joined; i++)
		ask(&s, 9100000 + 1000 * (int64_t)i, client(400 + i), RESOLVER, 4000 + i,
		    RC_FLAG_RD);
	for (unsigned i = joined; i-- > 0;)
		answer(&s, 9900000 + (int64_t)(joined - i), RESOLVER, client(400 + i), 4000 + i,
		       RC_RCODE_SERVFAIL);
	answer(&s, 9900200, RESOLVER, "10.9.9.9", 1000, RC_RCODE_SERVFAIL);
	end(&s);
	assert_int_equal(s.failures, 1 + 400 + joined + 1);
	assert_int_equal(s.told_upstream, 1 + joined + 1);
}

/* Questions that are not like those of the storm, though of its name, and what is odd about each. */
static void with_two_questions(struct dns *d)
{
	dns_question(d, "other.example", RC_TYPE_A);
}

static void with_octets_behind(struct dns *d)
{
	dns_u32(d, 0);
}

static void of_edns_to_come(struct dns *d)
{
	size_t opt_at = d->len;
	dns_opt(d, false, -1);
	d->data[opt_at + 6] =
		1; /* RFC 6891 6.1.3: the version, behind the upper bits of the RCODE */
}

static void an_odd_question_is_decided_alone(void **state)
{
	static void (*const odd[])(struct dns *) = {with_two_questions, with_octets_behind,
						    of_edns_to_come};
	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		static struct dns d;
		struct storm s;
		begin(&s);
		fetch(&s, 5000000);
		repeat(&s, 8000000, 0, 400);
		dns_query(&d, 1501, RC_FLAG_RD, qname, RC_TYPE_A);
		odd[i](&d);
		send_at(&s, 8450000, "10.8.8.8", 1501, RESOLVER, 53, &d);
		s.decided_alone[s.n_alone++] = s.frame;
		answer(&s, 8450500, RESOLVER, "10.8.8.8", 1501, RC_RCODE_SERVFAIL);
		repeat(&s, 8460000, 400, 100);
		end(&s);
		assert_int_equal(s.failures, 502);
		assert_true(s.echoes > 200);
	}
}

/* Refused a moment ago, it may not be one of those that the resolver works for. */
static void a_client_that_was_refused_is_decided_alone(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	ask(&s, 8450000, "10.8.8.8", RESOLVER, 1500, RC_FLAG_RD);
	answer(&s, 8450500, RESOLVER, "10.8.8.8", 1500, RC_RCODE_REFUSED);
	ask(&s, 8451000, "10.8.8.8", RESOLVER, 1501, RC_FLAG_RD);
	s.decided_alone[s.n_alone++] = s.frame;
	answer(&s, 8451500, RESOLVER, "10.8.8.8", 1501, RC_RCODE_SERVFAIL);
	repeat(&s, 8460000, 400, 100);
	end(&s);
	assert_int_equal(s.failures, 503);
	assert_true(s.echoes > 200);
}

/* The server gives somebody the name: the first that is decided after that is so for itself. */
static void an_answer_to_anybody_ends_it(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	s.decided_alone[s.n_alone++] = s.frame + 1;
	repeat(&s, 9000000, 400, 400);
	ask(&s, 10500000, "10.8.8.8", RESOLVER, 1500, RC_FLAG_RD);
	answer(&s, 10600000, RESOLVER, "10.8.8.8", 1500, RC_RCODE_NOERROR);
	end(&s);
	assert_int_equal(s.failures, 801);
	assert_true(s.echoes > 100);
}

/* A storm goes on about another name: seconds later a verdict is made anew. */
static void a_verdict_speaks_for_a_few_seconds(void **state)
{
	struct storm s;
	(void)state;
	begin(&s);
	fetch(&s, 5000000);
	repeat(&s, 8000000, 0, 400);
	qname = "www.other.example";
	fetch(&s, 10000000);
	repeat(&s, 13500000, 0, 400);
	qname = NAME;
	ask(&s, 13920000, client(500), RESOLVER, 1501, RC_FLAG_RD);
	s.decided_alone[s.n_alone++] = s.frame;
	answer(&s, 13920100, RESOLVER, client(500), 1501, RC_RCODE_SERVFAIL);
	end(&s);
	assert_int_equal(s.failures, 803);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_verdict_speaks_for_many_and_of_each),
		cmocka_unit_test(one_verdict_speaks_at_all_addresses_of_a_resolver),
		cmocka_unit_test(a_name_that_reads_as_the_address_stays_what_it_is),
		cmocka_unit_test(a_name_that_begins_as_the_address_is_no_mention_of_it),
		cmocka_unit_test(few_failures_are_decided_each),
		cmocka_unit_test(a_client_served_elsewhere_is_decided_alone),
		cmocka_unit_test(a_client_failed_elsewhere_too_is_like_the_others),
		cmocka_unit_test(what_the_server_asked_after_the_failure_does_not_count),
		cmocka_unit_test(a_new_query_of_the_server_ends_it),
		cmocka_unit_test(all_who_wait_for_a_fetch_see_it),
		cmocka_unit_test(the_first_answered_see_the_whole_fetch_too),
		cmocka_unit_test(an_odd_question_is_decided_alone),
		cmocka_unit_test(a_client_that_was_refused_is_decided_alone),
		cmocka_unit_test(an_answer_to_anybody_ends_it),
		cmocka_unit_test(a_verdict_speaks_for_a_few_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
