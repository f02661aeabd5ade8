/* How much a verdict may claim: by what the capture may have missed. */
#include "analyze/decide/caps.h"

#include "base/time.h"
#include "tests/analyze/build.h"

#define RESOLVER "192.0.2.53"
#define RESOLVER6 "2001:db8::53"
#define SERVER "203.0.113.2"
#define SERVER6 "2001:db8:1::2"
#define LINKS_MAX 2u

static const struct rc_rule silent = {.flags = RC_RULE_SILENCE};
static const struct rc_rule other = {.flags = 0};

/* A failure with an unanswered query of its resolver over each family. */
struct scene {
	struct rc_hosts *hosts;
	struct rc_exchange x, asked[LINKS_MAX];
	struct rc_link links[LINKS_MAX];
	struct rc_addr resolver[LINKS_MAX];
	struct rc_case c;
};

static void begin(struct scene *s)
{
	*s = (struct scene){.x = {.state = RC_X_ANSWERED}};
	assert_int_equal(rc_hosts_new(1 << 16, SEED, &s->hosts), RC_OK);
	s->resolver[0] = addr(RESOLVER);
	s->resolver[1] = addr(RESOLVER6);
	for (size_t i = 0; i < LINKS_MAX; i++) {
		s->asked[i] = (struct rc_exchange){.first_ns = T0,
						   .asker = s->resolver[i],
						   .server = addr(i == 0 ? SERVER : SERVER6)};
		s->links[i] = (struct rc_link){.x = &s->asked[i], .outcome = RC_OUT_TIMEOUT};
	}
	s->c = (struct rc_case){.x = &s->x,
				.hosts = s->hosts,
				.resolver = s->resolver,
				.n_resolver = LINKS_MAX,
				.links = s->links,
				.n_links = LINKS_MAX};
}

/* Some server answers this address something. */
static void hears(struct scene *s, const char *asker, const char *server)
{
	static const uint8_t mac[6];
	struct rc_exchange x = {.first_ns = T0,
				.end_ns = T0 + 1,
				.state = RC_X_ANSWERED,
				.asker = addr(asker),
				.server = addr(server)};
	struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker), rc_addr_hash(SEED, &x.server)};
	rc_hosts_note_query(s->hosts, &x, &keys, mac, false);
	rc_hosts_note_answer(s->hosts, &x, &keys, mac);
}

/* It asks so many other servers, and nobody answers. */
static void asks_in_vain(struct scene *s, const char *asker, unsigned n)
{
	static const uint8_t mac[6];
	for (unsigned i = 0; i < n; i++) {
		uint8_t bytes[4] = {198, 51, 100, (uint8_t)(10 * i)};
		struct rc_exchange x = {
			.first_ns = T0, .asker = addr(asker), .server = rc_addr_v4(bytes)};
		struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker),
					    rc_addr_hash(SEED, &x.server)};
		rc_hosts_note_query(s->hosts, &x, &keys, mac, false);
	}
}

static enum rc_confidence silence(struct scene *s, enum rc_confidence confidence)
{
	return rc_cap_by_silence(&silent, &s->c, confidence);
}

static void silence_proves_where_others_are_heard(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, "203.0.113.9");
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	rc_hosts_free(s.hosts);
}

static void silence_where_nobody_is_ever_heard_is_possible_at_most(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	assert_int_equal(rc_cap_by_silence(&other, &s.c, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.c.n_links = 0; /* not by silence of a server */
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	rc_hosts_free(s.hosts);
}

/* Answers by IPv6 may take another way than those by IPv4. */
static void silence_at_an_address_that_hears_nobody_is_no_proof(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, "203.0.113.9");
	s.c.links = &s.links[1];
	s.c.n_links = 1;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	asks_in_vain(&s, RESOLVER6, 12);
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	rc_hosts_free(s.hosts);
}

/* One server is silent where others are heard; what the other said, by a way that is not tapped, nobody knows. */
static void silence_beside_a_way_that_is_not_heard_is_no_proof(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, "203.0.113.9");
	asks_in_vain(&s, RESOLVER6, 12);
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	s.links[1].outcome = RC_OUT_USABLE; /* nothing is missing of it */
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.links[1].outcome = RC_OUT_TIMEOUT;
	s.c.n_links = 1; /* it did not ask by that way */
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	rc_hosts_free(s.hosts);
}

/* Nobody knows what the other server said: of its answer there is the beginning. */
static void silence_before_an_answer_that_is_cut_is_possible_at_most(void **state)
{
	struct scene s;
	struct rc_followed question = {.role = RC_ROLE_QUESTION};
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, "203.0.113.9");
	hears(&s, RESOLVER6, "203.0.113.9");
	for (size_t i = 0; i < LINKS_MAX; i++)
		s.links[i].name = &question;
	s.asked[1].state = RC_X_ANSWERED;
	s.links[1].outcome = RC_OUT_UNKNOWN;
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_LIKELY);
	s.asked[1].marks = RC_X_CUT;
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_POSSIBLE);
	question.role = RC_ROLE_ANCESTOR;
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_LIKELY);
	question.role = RC_ROLE_QUESTION;
	s.asked[1].qtype = RC_TYPE_DS;
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_LIKELY);
	s.asked[1].qtype = 0;
	s.asked[1].state = RC_X_UNANSWERED; /* the query is cut */
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_LIKELY);
	s.asked[1].state = RC_X_ANSWERED;
	s.links[0].zone = 1; /* nobody is silent before */
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_LIKELY);
	s.links[0].zone = 0;
	s.links[0].outcome = RC_OUT_USABLE;
	assert_int_equal(silence(&s, RC_CONF_LIKELY), RC_CONF_LIKELY);
	rc_hosts_free(s.hosts);
}

/* What is heard of the zone above does not make the silence of the zone below more certain. */
static void only_the_silence_of_the_zone_at_fault_counts(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, "203.0.113.9");
	s.c.failed_zone = 1;
	s.links[1].zone = 1;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	s.links[0].zone = 1;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.c.links = &s.links[1];
	s.c.n_links = 1;
	s.c.failed_zone = RC_ZONE_NONE; /* of whichever */
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	rc_hosts_free(s.hosts);
}

static void silence_beside_loss_is_possible_at_most(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, "203.0.113.9");
	s.x.marks = RC_X_DROPS;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	s.x.marks = 0;
	s.c.one_way = RC_ONE_WAY;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	s.c.one_way = RC_TWO_WAYS;
	s.x.marks = RC_X_AT_END; /* an answer that did come may come at the end */
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.x.state = RC_X_UNANSWERED;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	rc_hosts_free(s.hosts);
}

static void no_cap_raises_a_verdict(void **state)
{
	static const enum rc_confidence all[] = {RC_CONF_NONE, RC_CONF_POSSIBLE, RC_CONF_LIKELY,
						 RC_CONF_PROVEN};
	struct scene s;
	(void)state;
	begin(&s);
	struct rc_case *hop[] = {&s.c};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_true(silence(&s, all[i]) <= all[i]);
		assert_true(rc_cap_by_loss(&s.c, all[i]) <= all[i]);
		assert_true(rc_cap_by_lineage(hop, 0, all[i]) <= all[i]);
	}
	rc_hosts_free(s.hosts);
}

static void a_lost_answer_is_one_that_may_have_come(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	s.x.marks = RC_X_DROPS;
	assert_int_equal(rc_cap_by_loss(&s.c, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.x.state = RC_X_UNANSWERED;
	assert_int_equal(rc_cap_by_loss(&s.c, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	s.x.marks |= RC_X_ICMP_HARD; /* there is nothing that could have answered */
	assert_int_equal(rc_cap_by_loss(&s.c, RC_CONF_PROVEN), RC_CONF_PROVEN);
	rc_hosts_free(s.hosts);
}

static void what_was_cut_or_adopted_on_the_way_is_no_proof(void **state)
{
	struct scene s, behind;
	(void)state;
	begin(&s);
	begin(&behind);
	struct rc_case *hop[] = {&s.c, &behind.c};
	assert_int_equal(rc_cap_by_lineage(hop, 1, RC_CONF_PROVEN), RC_CONF_PROVEN);
	behind.asked[1].marks = RC_X_CUT; /* a query without an answer says no more whole */
	assert_int_equal(rc_cap_by_lineage(hop, 1, RC_CONF_PROVEN), RC_CONF_PROVEN);
	behind.asked[1].state = RC_X_ANSWERED;
	assert_int_equal(rc_cap_by_lineage(hop, 1, RC_CONF_PROVEN), RC_CONF_LIKELY);
	assert_int_equal(rc_cap_by_lineage(hop, 0, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.c.adopted = true;
	assert_int_equal(rc_cap_by_lineage(hop, 0, RC_CONF_PROVEN), RC_CONF_LIKELY);
	assert_int_equal(rc_cap_by_lineage(hop, 0, RC_CONF_POSSIBLE), RC_CONF_POSSIBLE);
	s.c.adopted = false;
	s.x.marks =
		RC_X_CUT; /* what the client was told explains what it was told, if nothing else does */
	assert_int_equal(rc_cap_by_lineage(hop, 0, RC_CONF_PROVEN), RC_CONF_LIKELY);
	s.c.n_links = 0;
	assert_int_equal(rc_cap_by_lineage(hop, 0, RC_CONF_PROVEN), RC_CONF_PROVEN);
	rc_hosts_free(s.hosts);
	rc_hosts_free(behind.hosts);
}

/* Neither the resolver nor its client asks again, and nobody gives up: both may have got what the capture lost. */
static void silence_that_nobody_acts_on_is_no_proof(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	hears(&s, RESOLVER, SERVER);
	hears(&s, RESOLVER6, SERVER6);
	s.x.state = RC_X_UNANSWERED;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	s.asked[1].first_ns = T0 + RC_PATIENCE_NS;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.links[1].zone = 1; /* about something else */
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	s.asked[0].attempts = 2;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	s.links[0].outcome = RC_OUT_USABLE; /* answered the second time */
	s.links[1].zone = 0;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_LIKELY);
	s.links[0].outcome = RC_OUT_TIMEOUT;
	s.links[1].zone = 1;
	s.asked[0].attempts = 1;
	s.x.attempts = 2;
	assert_int_equal(silence(&s, RC_CONF_PROVEN), RC_CONF_PROVEN);
	rc_hosts_free(s.hosts);
}

static uint64_t record(struct rc_recorder *recorder, const struct rc_exchange *x, const char *text)
{
	struct rc_name name = name_of(text);
	struct rc_record *r;
	uint64_t pos = rc_recorder_add(recorder, x->first_ns, &name, 1, 2, &r);
	r->x = *x;
	return pos;
}

/* Silence to a query for a name, and what was asked of whom a while later. */
struct way {
	enum rc_role role;
	const char *name; /* NULL: example */
	uint16_t flags;
	size_t zone; /* 0: the one at fault */
	const char *asker, *server, *text;
	int64_t after_ns;
	uint16_t later_flags;
};

/* How sure that silence may be. */
static enum rc_confidence silence_on(const struct way *w)
{
	struct rc_addr of_zone = addr("203.0.113.3");
	struct rc_zone_view zone = {.addrs = &of_zone, .n_addrs = 1};
	const char *name = w->name != NULL ? w->name : "example";
	struct rc_followed followed = {.name = name_of(name), .role = w->role};
	struct scene s;
	begin(&s);
	hears(&s, RESOLVER, SERVER);
	s.c.recorder = new_recorder();
	s.c.to_ns = T0 + RC_NS_PER_S;
	s.c.zones = &zone;
	s.c.n_zones = s.c.n_links = 1;
	s.links[0].name = &followed;
	s.links[0].zone = w->zone;
	s.asked[0].query.flags = w->flags;
	s.links[0].pos = record(s.c.recorder, &s.asked[0], name);
	struct rc_exchange later = {.first_ns = T0 + w->after_ns,
				    .asker = addr(w->asker),
				    .server = addr(w->server),
				    .query = {.flags = w->later_flags}};
	record(s.c.recorder, &later, w->text);
	enum rc_confidence most = silence(&s, RC_CONF_PROVEN);
	rc_recorder_free(s.c.recorder);
	rc_hosts_free(s.hosts);
	return most;
}

static enum rc_confidence silence_to(enum rc_role role, const char *asker, const char *server,
				     const char *text, int64_t after_ns)
{
	return silence_on(&(struct way){.role = role,
					.asker = asker,
					.server = server,
					.text = text,
					.after_ns = after_ns});
}

/* The same where "example" is on the way to the question. */
static enum rc_confidence silence_before(const char *asker, const char *server, const char *text,
					 int64_t after_ns)
{
	return silence_to(RC_ROLE_ANCESTOR, asker, server, text, after_ns);
}

/* Who asks for names below what nobody told it of was told by somebody, out of sight. */
static void silence_that_keeps_from_nothing_is_no_proof(void **state)
{
	(void)state;
	int64_t soon_ns = RC_NS_PER_MS;
	assert_int_equal(silence_before(RESOLVER6, SERVER6, "www.example", soon_ns),
			 RC_CONF_LIKELY);
	assert_int_equal(silence_to(RC_ROLE_QUESTION, RESOLVER6, SERVER6, "www.example", soon_ns),
			 RC_CONF_PROVEN); /* another question's */
	assert_int_equal(silence_before(RESOLVER6, SERVER6, "example", soon_ns), RC_CONF_PROVEN);
	assert_int_equal(silence_before(RESOLVER6, SERVER6, "www.other", soon_ns), RC_CONF_PROVEN);
	assert_int_equal(silence_before(RESOLVER, SERVER, "www.example", soon_ns), RC_CONF_PROVEN);
	assert_int_equal(silence_before(RESOLVER, "203.0.113.3", "www.example", soon_ns),
			 RC_CONF_PROVEN);
	assert_int_equal(silence_before("192.0.2.54", SERVER6, "www.example", soon_ns),
			 RC_CONF_PROVEN);
	assert_int_equal(silence_before(RESOLVER6, SERVER6, "www.example", 2 * RC_NS_PER_S),
			 RC_CONF_PROVEN);

	const struct way plain = {.role = RC_ROLE_ANCESTOR,
				  .asker = RESOLVER6,
				  .server = SERVER6,
				  .text = "www.example",
				  .after_ns = soon_ns};
	struct way w = plain;
	assert_int_equal(silence_on(&w), RC_CONF_LIKELY);
	w.flags = RC_FLAG_RD; /* forwarded: no walk */
	assert_int_equal(silence_on(&w), RC_CONF_PROVEN);
	w = plain;
	w.later_flags = RC_FLAG_RD;
	assert_int_equal(silence_on(&w), RC_CONF_PROVEN);
	w = plain;
	w.zone = 1;
	assert_int_equal(silence_on(&w), RC_CONF_PROVEN);
	w = plain;
	w.name = "."; /* everything is below the root */
	assert_int_equal(silence_on(&w), RC_CONF_PROVEN);
}

/* That a client is never answered may be why, whatever else is wrong: but for what is about it, or says no more than that. */
static void who_is_never_answered_proves_nothing_of_others(void **state)
{
	static const struct rc_rule of_client = {.cause = {.slug = "policy.client_not_allowed"},
						 .flags = RC_RULE_CLIENT},
				    no_answer = {.cause = {.slug = "no_answer.server_silent"}},
				    of_zone = {.cause = {.slug = "upstream.timeout"}};
	struct rc_case c = {.ignored = RC_CONF_POSSIBLE};
	(void)state;
	assert_int_equal(rc_cap_by_client(&of_zone, &c, RC_CONF_PROVEN), RC_CONF_POSSIBLE);
	assert_int_equal(rc_cap_by_client(&of_client, &c, RC_CONF_LIKELY), RC_CONF_LIKELY);
	assert_int_equal(rc_cap_by_client(&no_answer, &c, RC_CONF_LIKELY), RC_CONF_LIKELY);
	c.ignored = RC_CONF_NONE;
	assert_int_equal(rc_cap_by_client(&of_zone, &c, RC_CONF_PROVEN), RC_CONF_PROVEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_proves_where_others_are_heard),
		cmocka_unit_test(silence_where_nobody_is_ever_heard_is_possible_at_most),
		cmocka_unit_test(silence_at_an_address_that_hears_nobody_is_no_proof),
		cmocka_unit_test(silence_beside_a_way_that_is_not_heard_is_no_proof),
		cmocka_unit_test(silence_before_an_answer_that_is_cut_is_possible_at_most),
		cmocka_unit_test(only_the_silence_of_the_zone_at_fault_counts),
		cmocka_unit_test(silence_beside_loss_is_possible_at_most),
		cmocka_unit_test(silence_that_nobody_acts_on_is_no_proof),
		cmocka_unit_test(silence_that_keeps_from_nothing_is_no_proof),
		cmocka_unit_test(who_is_never_answered_proves_nothing_of_others),
		cmocka_unit_test(no_cap_raises_a_verdict),
		cmocka_unit_test(a_lost_answer_is_one_that_may_have_come),
		cmocka_unit_test(what_was_cut_or_adopted_on_the_way_is_no_proof),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
