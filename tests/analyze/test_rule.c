#include <ctype.h>

#include "analyze/cause/rule.h"
#include "tests/analyze/build.h"

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 32 || *text > 126)
			return false;
	return true;
}

/* family.word_word: lower case, digits, one dot. */
static bool is_slug(const char *text)
{
	unsigned dots = 0;
	for (const char *c = text; *c != '\0'; c++) {
		dots += *c == '.';
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_' &&
		    *c != '.')
			return false;
	}
	return dots == 1 && text[0] != '.' && text[strlen(text) - 1] != '.';
}

static void every_slug_is_well_formed_and_unique(void **state)
{
	const struct rc_cause *c;
	size_t n = 0;
	(void)state;
	for (; (c = rc_cause_at(n)) != NULL; n++) {
		if (!is_slug(c->slug))
			fail_msg("%s", c->slug);
		assert_ptr_equal(rc_cause_find(c->slug), c); /* the first of this name */
	}
	assert_int_equal(n, rc_cause_count());
	assert_true(n > 50);
	assert_null(rc_cause_find("no.such_cause"));
	assert_null(rc_cause_find(""));
}

static void every_row_is_complete_and_ascii(void **state)
{
	const struct rc_cause *c;
	(void)state;
	for (size_t i = 0; (c = rc_cause_at(i)) != NULL; i++) {
		const char *texts[] = {c->title, c->when, c->reference, c->fix[0],
				       c->next_steps[0]};
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			if (texts[k] == NULL || texts[k][0] == '\0' || !is_ascii(texts[k]))
				fail_msg("%s: text %zu", c->slug, k);
		bool unknown = strncmp(c->slug, "unknown.", 8) == 0, some = unknown;
		for (int k = RC_CONF_POSSIBLE; k <= RC_CONF_PROVEN; k++) {
			assert_true(c->truth[k] == NULL || is_ascii(c->truth[k]));
			some = some || c->truth[k] != NULL;
		}
		if (!some || c->rivals[0].slug == NULL)
			fail_msg("%s: no evidence named, or no rival", c->slug);
		for (size_t k = 0; k < RC_RIVALS_MAX && c->rivals[k].slug != NULL; k++) {
			assert_non_null(rc_cause_find(c->rivals[k].slug));
			assert_string_not_equal(c->rivals[k].slug, c->slug);
			assert_true(is_ascii(c->rivals[k].fact));
		}
		assert_true(c->responsible < RC_PARTY_COUNT);
		assert_true(c->severity >= RC_SEVERITY_INFO && c->severity <= RC_SEVERITY_CRITICAL);
	}
}

static void every_rule_can_be_reached(void **state)
{
	const struct rc_rule *r;
	size_t n = 0;
	(void)state;
	for (; (r = rc_rule_at(n)) != NULL; n++) {
		assert_non_null(r->test);
		assert_true(r->rcodes != 0);
	}
	assert_true(n <= 128); /* as many as the decider holds */
}

static bool is_placeholder(const char *text, size_t len)
{
	static const char *const known[] = {"zone",     "server", "client",
					    "resolver", "qname",  "qtype"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i]) == len && strncmp(known[i], text, len) == 0)
			return true;
	return false;
}

static void every_placeholder_is_known(void **state)
{
	const struct rc_cause *c;
	(void)state;
	for (size_t i = 0; (c = rc_cause_at(i)) != NULL; i++) {
		for (size_t k = 0; k < 6; k++) {
			const char *text = k < 3 ? c->fix[k] : c->next_steps[k - 3];
			if (text == NULL)
				continue;
			assert_true(is_ascii(text));
			while ((text = strchr(text, '{')) != NULL) {
				size_t len = strcspn(++text, "}");
				if (text[len] != '}' || !is_placeholder(text, len))
					fail_msg("%s: {%s", c->slug, text);
			}
		}
		assert_null(strchr(c->title, '{'));
		assert_null(strchr(c->when, '{'));
	}
}

/* Texts end where the first NULL stands. */
static void texts_stand_without_gaps(void **state)
{
	const struct rc_cause *c;
	(void)state;
	for (size_t i = 0; (c = rc_cause_at(i)) != NULL; i++)
		for (size_t k = 1; k < 3; k++) {
			assert_true(c->fix[k] == NULL || c->fix[k - 1] != NULL);
			assert_true(c->next_steps[k] == NULL || c->next_steps[k - 1] != NULL);
		}
}

static void placeholders_are_filled_or_shown_as_unknown(void **state)
{
	struct rc_exchange x = {
		.asker = addr("192.0.2.1"), .server = addr("192.0.2.53"), .qtype = 28};
	struct rc_name qname = name_of("www.{zone}.example"), zone = name_of("example");
	struct rc_case c = {.x = &x, .qname = &qname};
	struct rc_finding f = {.zone = NULL};
	(void)state;
	assert_int_equal(rc_arena_new(65536, &c.arena), RC_OK);
	assert_string_equal(rc_say_expand(&c, &f, false, "no placeholder"), "no placeholder");
	assert_string_equal(rc_say_expand(&c, &f, false, "{zone} at {server}, {client}"),
			    "the zone of www.{zone}.example at 192.0.2.53, 192.0.2.1");
	assert_string_equal(rc_say_expand(&c, &f, true, "dig {zone} SOA"),
			    "dig www.{zone}.example SOA");
	c.qname = NULL;
	assert_string_equal(rc_say_expand(&c, &f, true, "dig {zone} SOA"), "dig <zone> SOA");
	c.qname = &qname;
	f.zone = &zone;
	assert_string_equal(rc_say_expand(&c, &f, false, "{zone}{zone}"), "exampleexample");
	/* What a name holds is not expanded again. */
	assert_string_equal(rc_say_expand(&c, &f, false, "dig {qname} {qtype}"),
			    "dig www.{zone}.example AAAA");
	assert_string_equal(rc_say_expand(&c, &f, false, "an {open brace"), "an {open brace");
	rc_arena_free(c.arena);
}

static void every_name_of_a_party_and_confidence_is_there(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RC_PARTY_COUNT; i++)
		assert_true(is_ascii(rc_party_name((enum rc_party)i)));
	assert_string_equal(rc_confidence_name(RC_CONF_NONE), "none");
	assert_string_equal(rc_confidence_name(RC_CONF_PROVEN), "proven");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_slug_is_well_formed_and_unique),
		cmocka_unit_test(every_row_is_complete_and_ascii),
		cmocka_unit_test(every_rule_can_be_reached),
		cmocka_unit_test(every_placeholder_is_known),
		cmocka_unit_test(texts_stand_without_gaps),
		cmocka_unit_test(placeholders_are_filled_or_shown_as_unknown),
		cmocka_unit_test(every_name_of_a_party_and_confidence_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
