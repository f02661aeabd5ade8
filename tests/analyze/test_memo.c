#include "analyze/decide/memo.h"
#include "analyze/decide/repeat.h"
#include "tests/analyze/build.h"

#define SERVER "192.0.2.53"
#define AGE_NS (900 * RC_NS_PER_S)

static const struct rc_rule rule = {.cause = {.slug = "upstream.timeout"}};
static const struct rc_rule resolver_rule = {.cause = {.slug = "dnssec.trust_anchor"},
					     .flags = RC_RULE_RESOLVER};

/* A case is looked at by its exchange, name and seed. */
struct scene {
	struct rc_case c;
	struct rc_exchange x;
	struct rc_name qname;
};

static const struct rc_case *about(struct scene *s, const char *server, const char *name,
				   int64_t end_ns)
{
	s->qname = name_of(name);
	s->x = (struct rc_exchange){.server = addr(server),
				    .name_hash = rc_name_hash(SEED, &s->qname),
				    .end_ns = end_ns};
	s->c = (struct rc_case){
		.seed = SEED, .x = &s->x, .qname = &s->qname, .failed_zone = RC_ZONE_NONE};
	return &s->c;
}

static struct rc_memo *new_memo(void)
{
	struct rc_memo *m;
	assert_int_equal(rc_memo_new(1, SEED, &m), RC_OK);
	return m;
}

static const struct rc_memo_entry *find(struct rc_memo *m, const char *server, const char *name,
					int64_t end_ns, bool *by_zone)
{
	struct scene s;
	return rc_memo_find(m, about(&s, server, name, end_ns), AGE_NS, by_zone);
}

/* What is told of a name says that name: of another it has to be said whose it was, and only once. */
static void whose_explanation_it_was_is_remembered(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name zone = name_of("example");
	struct rc_finding f = {.explanation = "www.example fails", .zone = &zone};
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "mail.example", T0 + 1, &by_zone);
	assert_true(by_zone && e->names_question && !e->of_other);
	f = (struct rc_finding){.explanation = "mail.example fails as another does: ...",
				.of_other = "www.example fails",
				.zone = &zone};
	rc_memo_put(m, about(&s, SERVER, "mail.example", T0), &rule, RC_CONF_PROVEN, &f);
	e = find(m, SERVER, "ftp.example", T0 + 1, &by_zone);
	assert_true(by_zone && e->of_other);
	assert_string_equal(e->explanation, "www.example fails");
	f = (struct rc_finding){.explanation = "no server of it answers", .zone = &zone};
	rc_memo_put(m, about(&s, SERVER, "ftp.example", T0), &rule, RC_CONF_PROVEN, &f);
	e = find(m, SERVER, "ftp.example", T0 + 1, &by_zone);
	assert_false(e->names_question || e->of_other);
	rc_memo_free(m);
}

static void a_verdict_is_found_for_its_server_and_name_alone(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "why"};
	struct scene s;
	bool by_zone = true;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "www.example", T0 + 1, &by_zone);
	assert_non_null(e);
	assert_false(by_zone);
	assert_ptr_equal(e->rule, &rule);
	assert_string_equal(e->explanation, "why");
	assert_false(e->has_zone);
	assert_null(find(m, SERVER, "mail.example", T0 + 1, &by_zone));
	assert_null(find(m, SERVER, "example", T0 + 1, &by_zone));
	assert_null(find(m, "192.0.2.54", "www.example", T0 + 1, &by_zone));
	rc_memo_free(m);
}

static void a_verdict_is_found_for_other_addresses_of_the_resolver(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name zone = name_of("example");
	struct rc_finding about_zone = {.explanation = "zone", .zone = &zone};
	struct rc_finding about_name = {.explanation = "name"};
	struct rc_addr addrs[2] = {addr("2001:db8::53"), addr(SERVER)};
	struct scene s;
	bool by_zone = true;
	(void)state;
	rc_memo_put(m, about(&s, "2001:db8::53", "a.example", T0), &rule, RC_CONF_PROVEN,
		    &about_zone);
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &about_name);
	about(&s, "2001:db8::53", "www.example", T0 + 1);
	s.c.n_resolver = 2;
	s.c.resolver = addrs;
	const struct rc_memo_entry *e = rc_memo_find(m, &s.c, AGE_NS, &by_zone);
	assert_non_null(e);
	assert_string_equal(e->explanation, "name");
	assert_false(by_zone);
	about(&s, SERVER, "b.example", T0 + 1);
	assert_null(rc_memo_find(m, &s.c, AGE_NS, &by_zone));
	s.c.n_resolver = 2;
	s.c.resolver = addrs;
	e = rc_memo_find(m, &s.c, AGE_NS, &by_zone);
	assert_non_null(e);
	assert_string_equal(e->explanation, "zone");
	assert_true(by_zone);
	rc_memo_free(m);
}

/* Where the alias leads it was asked for at its other address. */
static void a_verdict_behind_an_alias_is_found_at_other_addresses_of_the_resolver(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "why"};
	struct rc_addr addrs[] = {addr(SERVER), addr("2001:db8::53")};
	struct scene s;
	bool by_zone = false;
	(void)state;
	rc_memo_put(m, about(&s, "2001:db8::53", "www.test", T0), &rule, RC_CONF_PROVEN, &f);
	struct rc_followed alias = {.name = name_of("www.test"), .role = RC_ROLE_ALIAS};
	alias.hash = rc_name_hash(SEED, &alias.name);
	about(&s, SERVER, "www.example", T0 + 1);
	s.c.names = &alias;
	s.c.n_recalled = 1;
	s.c.resolver = addrs;
	s.c.n_resolver = 1;
	assert_null(rc_memo_find(m, &s.c, AGE_NS, &by_zone));
	s.c.n_resolver = 2;
	assert_non_null(rc_memo_find(m, &s.c, AGE_NS, &by_zone));
	assert_true(by_zone);
	rc_memo_free(m);
}

static void a_verdict_about_a_zone_is_found_for_names_in_it(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name zone = name_of("example");
	struct rc_finding f = {.explanation = "why", .zone = &zone};
	struct scene s;
	bool by_zone = false;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "deep.down.example", T0, &by_zone);
	assert_non_null(e);
	assert_true(by_zone);
	assert_true(rc_name_equal(&e->zone, &zone));
	assert_null(find(m, SERVER, "www.other", T0, &by_zone));
	assert_null(find(m, SERVER, ".", T0, &by_zone));
	rc_memo_free(m);
}

/* The DS that a zone gives for one below it is no matter of its other names. */
static void a_verdict_about_a_delegation_is_found_below_it_alone(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name zone = name_of("example"), cut = name_of("sub.example");
	struct rc_finding f = {.explanation = "why", .zone = &zone, .cut = &cut};
	struct scene s;
	bool by_zone = false;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.sub.example", T0), &rule, RC_CONF_PROVEN, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "mail.sub.example", T0, &by_zone);
	assert_non_null(e);
	assert_true(by_zone);
	assert_true(rc_name_equal(&e->zone, &zone));
	assert_true(e->has_cut);
	assert_true(rc_name_equal(&e->cut, &cut));
	assert_null(find(m, SERVER, "www.example", T0, &by_zone));
	rc_memo_free(m);
}

static void a_verdict_about_the_root_zone_does_not_explain_everything(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name root = name_of(".");
	struct rc_finding f = {.explanation = "why", .zone = &root};
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	assert_null(find(m, SERVER, "www.other", T0, &by_zone));
	rc_memo_free(m);
}

static void a_verdict_about_the_resolver_is_found_for_all_its_names(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "why"};
	struct scene s;
	bool by_zone = false;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &resolver_rule, RC_CONF_PROVEN, &f);
	assert_non_null(find(m, SERVER, "www.other", T0, &by_zone));
	assert_true(by_zone);
	assert_null(find(m, "192.0.2.54", "www.other", T0, &by_zone));
	rc_memo_free(m);
}

static void a_verdict_grows_old(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "why"};
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	assert_non_null(find(m, SERVER, "www.example", T0 + AGE_NS, &by_zone));
	assert_null(find(m, SERVER, "www.example", T0 + AGE_NS + 1, &by_zone));
	rc_memo_free(m);
}

static void the_newer_verdict_replaces_the_older(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "first"};
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	f.explanation = "second";
	rc_memo_put(m, about(&s, SERVER, "www.example", T0 + 1), &rule, RC_CONF_LIKELY, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "www.example", T0 + 2, &by_zone);
	assert_string_equal(e->explanation, "second");
	assert_int_equal(e->confidence, RC_CONF_LIKELY);
	rc_memo_free(m);
}

/* Another type of the name may fail for another reason, which says nothing of this one. */
static void each_type_of_a_name_keeps_its_own_verdict(void **state)
{
	static const struct rc_rule other_rule = {.cause = {.slug = "dnssec.denial_invalid"}};
	struct rc_finding f = {.explanation = "of the address"};
	struct rc_memo *m = new_memo();
	struct scene s;
	bool by_zone;
	(void)state;
	about(&s, SERVER, "www.example", T0);
	s.x.qtype = RC_TYPE_A;
	rc_memo_put(m, &s.c, &rule, RC_CONF_PROVEN, &f);
	f.explanation = "of the text";
	about(&s, SERVER, "www.example", T0 + RC_NS_PER_S);
	s.x.qtype = RC_TYPE_TXT;
	rc_memo_put(m, &s.c, &other_rule, RC_CONF_PROVEN, &f);
	assert_string_equal(rc_memo_find(m, &s.c, AGE_NS, &by_zone)->explanation, "of the text");
	about(&s, SERVER, "www.example", T0 + 2 * RC_NS_PER_S);
	s.x.qtype = RC_TYPE_A;
	assert_string_equal(rc_memo_find(m, &s.c, AGE_NS, &by_zone)->explanation, "of the address");
	s.x.qtype = RC_TYPE_MX;
	assert_string_equal(rc_memo_find(m, &s.c, AGE_NS, &by_zone)->explanation, "of the text");
	about(&s, SERVER, "www.example", T0 + 60 * RC_NS_PER_S); /* no failure cache holds it */
	s.x.qtype = RC_TYPE_A;
	assert_string_equal(rc_memo_find(m, &s.c, AGE_NS, &by_zone)->explanation, "of the text");
	rc_memo_free(m);
}

/* The failure of one question is held for seconds; what ails its zone for longer. */
static void what_the_zone_met_with_since_replaces_an_old_verdict_on_the_name(void **state)
{
	static const struct rc_rule other_rule = {.cause = {.slug = "dnssec.ds_mismatch"}};
	struct rc_name zone = name_of("example");
	struct rc_finding f = {.explanation = "old", .zone = &zone};
	struct rc_memo *m = new_memo();
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	f.explanation = "new";
	rc_memo_put(m, about(&s, SERVER, "mail.example", T0 + 5 * RC_NS_PER_S), &other_rule,
		    RC_CONF_LIKELY, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "www.example", T0 + 10 * RC_NS_PER_S,
					     &by_zone);
	assert_string_equal(e->explanation, "old");
	assert_false(by_zone);
	e = find(m, SERVER, "www.example", T0 + 31 * RC_NS_PER_S, &by_zone);
	assert_string_equal(e->explanation, "new");
	assert_true(by_zone);
	rc_memo_free(m);
}

static void texts_and_evidence_are_cut_to_their_room(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_evidence evidence[RC_EVIDENCE_MAX] = {{.frame = 1}};
	struct scene s;
	char text[2 * RC_MEMO_TEXT_MAX];
	bool by_zone;
	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	struct rc_finding f = {
		.explanation = text, .evidence = evidence, .n_evidence = RC_EVIDENCE_MAX};
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	const struct rc_memo_entry *e = find(m, SERVER, "www.example", T0, &by_zone);
	assert_int_equal(strlen(e->explanation), RC_MEMO_TEXT_MAX - 1);
	assert_int_equal(e->n_evidence, RC_MEMO_EVIDENCE);
	assert_int_equal(e->evidence[0].frame, 1);
	rc_memo_free(m);
}

static void a_full_memo_keeps_the_newest(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "why"};
	struct scene s;
	char name[32];
	bool by_zone;
	unsigned held = 0;
	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		rc_memo_put(m, about(&s, SERVER, name, T0 + i), &rule, RC_CONF_PROVEN, &f);
		assert_non_null(find(m, SERVER, name, T0 + i, &by_zone));
	}
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "n%u.example", i);
		held += find(m, SERVER, name, T0 + 2000, &by_zone) != NULL;
	}
	assert_in_range(held, 32, 64);
	rc_memo_free(m);
}

/* The resolver came past the zone of the verdict, to one below whose servers fail it: that is its own failure. */
static void what_fails_below_does_not_repeat_the_zone_above(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name zone = name_of("example");
	struct rc_finding f = {.explanation = "why", .zone = &zone};
	struct rc_zone_view below = {.name = name_of("shop.example")};
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	about(&s, SERVER, "www.shop.example", T0 + 1);
	assert_non_null(rc_memo_find(m, &s.c, AGE_NS, &by_zone));
	s.c.zones = &below;
	s.c.failed_zone = 0;
	assert_null(rc_memo_find(m, &s.c, AGE_NS, &by_zone));
	below.name = zone;
	assert_non_null(rc_memo_find(m, &s.c, AGE_NS, &by_zone));
	rc_memo_free(m);
}

/* An anchor of the resolver's own for one zone explains no failure elsewhere. */
static void what_a_resolver_has_for_one_zone_is_no_matter_of_others(void **state)
{
	struct rc_memo *m = new_memo();
	struct rc_name zone = name_of("example");
	struct rc_finding f = {.explanation = "why", .zone = &zone};
	struct scene s;
	bool by_zone;
	(void)state;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &resolver_rule, RC_CONF_POSSIBLE, &f);
	assert_non_null(find(m, SERVER, "mail.example", T0 + 1, &by_zone));
	assert_null(find(m, SERVER, "www.test", T0 + 1, &by_zone));
	f.zone = NULL;
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &resolver_rule, RC_CONF_POSSIBLE, &f);
	assert_non_null(find(m, SERVER, "www.test", T0 + 1, &by_zone));
	rc_memo_free(m);
}

/* A verdict on a name as it is told of others beside it, where it is of validation, and of itself at another resolver. */
static void what_fails_validation_is_remembered_for_names_beside_it(void **state)
{
	static const struct rc_rule dnssec = {
		.cause = {.slug = "dnssec.validation_failed", .responsible = RC_PARTY_ZONE_OWNER}};
	static const struct rc_rule silent = {
		.cause = {.slug = "upstream.timeout", .responsible = RC_PARTY_SERVER_OPERATOR}};
	static const struct rc_rule loop = {
		.cause = {.slug = "zone.cname_loop", .responsible = RC_PARTY_ZONE_OWNER}};
	static const struct {
		const struct rc_rule *rule;
		enum rc_confidence confidence;
		const char *name, *beside;
		bool is_kept, is_kept_beside;
	} rows[] = {
		{&dnssec, RC_CONF_LIKELY, "www.shop.example", "mail.shop.example", true, true},
		{&dnssec, RC_CONF_POSSIBLE, "www.shop.example", "mail.shop.example", false, false},
		{&loop, RC_CONF_LIKELY, "www.shop.example", "mail.shop.example", true, false},
		{&silent, RC_CONF_LIKELY, "www.shop.example", "mail.shop.example", false, false},
		{&dnssec, RC_CONF_LIKELY, "www.co.uk", "mail.co.uk", true, false},
		{&dnssec, RC_CONF_LIKELY, "shop.example", "mall.example", true, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rc_memo *m = new_memo();
		struct rc_finding f = {.explanation = "fails"};
		struct scene s;
		rc_memo_put_sibling(m, about(&s, SERVER, rows[i].name, T0), rows[i].rule,
				    rows[i].confidence, &f);
		const struct rc_case *c = about(&s, "192.0.2.54", rows[i].name, T0 + 1);
		assert_int_equal(rc_memo_find_elsewhere(m, c) != NULL, rows[i].is_kept);
		c = about(&s, "192.0.2.54", rows[i].beside, T0 + 1);
		assert_null(rc_memo_find_elsewhere(m, c));
		assert_int_equal(rc_memo_find_sibling(m, c) != NULL, rows[i].is_kept_beside);
		rc_memo_free(m);
	}
}

/* Names beside each other that fail for different reasons are zones of their own, or as good as that. */
static void names_that_fail_for_different_reasons_say_nothing_of_those_beside_them(void **state)
{
	static const struct rc_rule expired = {.cause = {.slug = "dnssec.signature_expired"}};
	static const struct rc_rule missing = {.cause = {.slug = "dnssec.rrsig_missing"}};
	(void)state;
	for (unsigned mixed = 0; mixed < 2; mixed++) {
		struct rc_memo *m = new_memo();
		struct rc_finding f = {.explanation = "fails"};
		struct scene s;
		rc_memo_put_sibling(m, about(&s, SERVER, "a.shop.example", T0), &expired,
				    RC_CONF_LIKELY, &f);
		rc_memo_put_sibling(m, about(&s, SERVER, "b.shop.example", T0 + 1),
				    mixed ? &missing : &expired, RC_CONF_LIKELY, &f);
		const struct rc_case *c = about(&s, SERVER, "c.shop.example", T0 + 2);
		assert_int_equal(rc_memo_find_sibling(m, c) == NULL, mixed);
		rc_memo_free(m);
	}
}

/* A fault of DNSSEC, told by an extended error of the resolver's own (its EDE), by one it gave to others, or another's. */
static bool recalls_silence(uint64_t ede, const char *said_by)
{
	static const struct rc_rule dnssec_rule = {.cause = {.slug = "dnssec.signature_expired"}};
	struct rc_memo *m = new_memo();
	struct rc_finding f = {.explanation = "no server answers"};
	struct rc_evidence evidence[RC_EVIDENCE_MAX];
	struct rc_weighed o = {.rule = &dnssec_rule,
			       .confidence = RC_CONF_LIKELY,
			       .finding = {.vague = true, .evidence = evidence}};
	struct rc_addr own = addr(SERVER);
	struct scene s;
	struct rc_record said = {.prev_asker = 0};
	rc_memo_put(m, about(&s, SERVER, "www.example", T0), &rule, RC_CONF_PROVEN, &f);
	about(&s, SERVER, "www.example", T0 + 1);
	s.x.state = RC_X_ANSWERED;
	s.x.qdcount = 1;
	s.x.qclass = RC_CLASS_IN;
	s.x.answer.rcode = RC_RCODE_SERVFAIL;
	s.c.resolver = &own;
	s.c.n_resolver = 1;
	s.c.upstream_visible = true;
	s.c.ede = ede;
	assert_int_equal(rc_arena_new(1u << 16, &s.c.arena), RC_OK);
	if (said_by != NULL) {
		said.x.server = addr(said_by);
		s.c.others.said[s.c.others.n_said++] = &said;
	}
	rc_repeat_recall(m, &s.c, &o);
	rc_arena_free(s.c.arena);
	rc_memo_free(m);
	return o.rule == &rule;
}

static void another_resolvers_word_is_no_reason_to_forget_ones_own_failure(void **state)
{
	(void)state;
	assert_true(recalls_silence(0, "192.0.2.54"));
	assert_true(recalls_silence(RC_EDE(NO_REACHABLE_AUTHORITY), "192.0.2.54"));
	assert_false(recalls_silence(0, SERVER));
	assert_false(recalls_silence(RC_EDE(SIGNATURE_EXPIRED), NULL));
	assert_false(recalls_silence(RC_EDE(SIGNATURE_EXPIRED), "192.0.2.54"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_explanation_it_was_is_remembered),
		cmocka_unit_test(a_verdict_is_found_for_its_server_and_name_alone),
		cmocka_unit_test(a_verdict_is_found_for_other_addresses_of_the_resolver),
		cmocka_unit_test(
			a_verdict_behind_an_alias_is_found_at_other_addresses_of_the_resolver),
		cmocka_unit_test(a_verdict_about_a_zone_is_found_for_names_in_it),
		cmocka_unit_test(a_verdict_about_a_delegation_is_found_below_it_alone),
		cmocka_unit_test(a_verdict_about_the_root_zone_does_not_explain_everything),
		cmocka_unit_test(a_verdict_about_the_resolver_is_found_for_all_its_names),
		cmocka_unit_test(a_verdict_grows_old),
		cmocka_unit_test(the_newer_verdict_replaces_the_older),
		cmocka_unit_test(each_type_of_a_name_keeps_its_own_verdict),
		cmocka_unit_test(what_the_zone_met_with_since_replaces_an_old_verdict_on_the_name),
		cmocka_unit_test(texts_and_evidence_are_cut_to_their_room),
		cmocka_unit_test(a_full_memo_keeps_the_newest),
		cmocka_unit_test(what_fails_validation_is_remembered_for_names_beside_it),
		cmocka_unit_test(
			names_that_fail_for_different_reasons_say_nothing_of_those_beside_them),
		cmocka_unit_test(what_fails_below_does_not_repeat_the_zone_above),
		cmocka_unit_test(what_a_resolver_has_for_one_zone_is_no_matter_of_others),
		cmocka_unit_test(another_resolvers_word_is_no_reason_to_forget_ones_own_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
