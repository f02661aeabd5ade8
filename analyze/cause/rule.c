#include "analyze/cause/rule.h"

#include <string.h>

static const struct rc_rule_family *const families[] = {
#define X(name) &rc_rules_##name,
	RC_RULE_FAMILIES(X)
#undef X
};

const struct rc_rule *rc_rule_at(size_t index)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (index < families[i]->n)
			return &families[i]->rules[index];
		index -= families[i]->n;
	}
	return NULL;
}

size_t rc_cause_count(void)
{
	size_t n = 0;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		n += families[i]->n;
	return n;
}

const struct rc_cause *rc_cause_at(size_t index)
{
	const struct rc_rule *rule = rc_rule_at(index);
	return rule == NULL ? NULL : &rule->cause;
}

const struct rc_cause *rc_cause_find(const char *slug)
{
	const struct rc_cause *cause;
	for (size_t i = 0; (cause = rc_cause_at(i)) != NULL; i++)
		if (strcmp(cause->slug, slug) == 0)
			return cause;
	return NULL;
}

const char *rc_confidence_name(enum rc_confidence confidence)
{
	static const char *const names[] = {"none", "possible", "likely", "proven"};
	return names[confidence];
}

const char *rc_party_name(enum rc_party party)
{
	static const char *const names[] = {
#define X(name, text) text,
		RC_PARTY_LIST(X)
#undef X
	};
	return names[party];
}
