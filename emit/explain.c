#include "emit/explain.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyze/cause.h"
#include "base/err.h"
#include "decode/codes.h"

#define COLUMNS 100u
#define ROW_TEXTS 3u /* rc_cause.fix, rc_cause.next_steps */

/* What a code means for someone who looks for the cause of a failure. */
struct family {
	const struct rc_code_table *table;
	const char *title, *prefix; /* "ede9", "rcode 2" */
};

static const struct family families[] = {
	{&rc_rcodes, "RCODE", "rcode"},
	{&rc_ede_codes, "Extended DNS Error", "ede"},
	{&rc_tsig_errors, "TSIG error", "tsig"},
};
#define N_FAMILIES (sizeof families / sizeof *families)

/* Prints text with {placeholders} as <placeholders>, wrapped behind indent columns. */
static void print_wrapped(FILE *out, const char *label, unsigned indent, const char *text)
{
	unsigned column = (unsigned)fprintf(out, "%-*s", (int)indent, label);
	for (const char *p = text; *p != '\0'; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		if (column > indent && column + 1 + len > COLUMNS)
			column = (unsigned)fprintf(out, "\n%*s", (int)indent, "") - 1;
		else if (column > indent)
			column += (unsigned)fprintf(out, " ");
		for (size_t i = 0; i < len; i++)
			fputc(p[i] == '{' ? '<' : p[i] == '}' ? '>' : p[i], out);
		column += (unsigned)len;
		p += len;
	}
	fputc('\n', out);
}

static void print_list(FILE *out, const char *label, const char *const texts[ROW_TEXTS])
{
	for (size_t i = 0; i < ROW_TEXTS && texts[i] != NULL; i++)
		print_wrapped(out, i == 0 ? label : "", 14, texts[i]);
}

static void print_evidence(FILE *out, enum rc_confidence confidence, const char *text)
{
	char label[16];
	snprintf(label, sizeof label, "  %s", rc_confidence_name(confidence));
	print_wrapped(out, label, 14, text);
}

/* What it may be taken for, and what is different there. */
static void print_rival(FILE *out, const struct rc_rival *rival)
{
	char text[512];
	snprintf(text, sizeof text, "%s: there %s.", rival->slug, rival->fact);
	print_wrapped(out, "  not", 14, text);
}

static void print_cause(FILE *out, const struct rc_cause *cause)
{
	fprintf(out, "%s: %s\n", cause->slug, cause->title);
	print_wrapped(out, "  when", 14, cause->when);
	for (int k = RC_CONF_PROVEN; k > RC_CONF_NONE; k--)
		if (cause->truth[k] != NULL)
			print_evidence(out, (enum rc_confidence)k, cause->truth[k]);
	for (size_t i = 0; i < RC_RIVALS_MAX && cause->rivals[i].slug != NULL; i++)
		print_rival(out, &cause->rivals[i]);
	print_wrapped(out, "  who acts", 14, rc_party_name(cause->responsible));
	print_list(out, "  what to do", cause->fix);
	print_list(out, "  look at", cause->next_steps);
	if (cause->reference != NULL)
		print_wrapped(out, "  see", 14, cause->reference);
	fputc('\n', out);
}

static void print_code(FILE *out, const struct family *family, const struct rc_code *code)
{
	fprintf(out, "%s %u, %s\n", family->title, code->value, code->name);
	print_wrapped(out, "  means", 14, code->meaning);
	print_wrapped(out, "  see", 14, code->reference);
	fputc('\n', out);
}

/* A number that is the whole of text, or -1. */
static long read_number(const char *text)
{
	char *end;
	if (!isdigit((unsigned char)*text))
		return -1;
	long value = strtol(text, &end, 10);
	return *end == '\0' && value <= UINT16_MAX ? value : -1;
}

static size_t explain_number(FILE *out, const struct family *family, long number)
{
	const struct rc_code *code = number < 0 ? NULL
						: rc_code_find(family->table, (uint16_t)number);
	if (code != NULL)
		print_code(out, family, code);
	return code != NULL;
}

static size_t explain_code(FILE *out, const struct family *family, const char *word)
{
	size_t len = strlen(family->prefix), found = 0;
	if (strncasecmp(word, family->prefix, len) == 0)
		return explain_number(out, family,
				      read_number(word + len + strspn(word + len, " =:")));
	found = explain_number(out, family, read_number(word));
	for (size_t i = 0; found == 0 && i < family->table->n; i++) {
		if (strcasecmp(family->table->rows[i].name, word) == 0) {
			print_code(out, family, &family->table->rows[i]);
			found++;
		}
	}
	return found;
}

/* The cause of that slug, else all below it ("dnssec" or "dnssec."). */
static size_t explain_causes(FILE *out, const char *word)
{
	const struct rc_cause *cause = rc_cause_find(word);
	size_t found = 0, len = strlen(word);
	if (cause != NULL) {
		print_cause(out, cause);
		return 1;
	}
	for (size_t i = 0; len > 0 && (cause = rc_cause_at(i)) != NULL; i++) {
		if (strncmp(cause->slug, word, len) == 0 &&
		    (word[len - 1] == '.' || cause->slug[len] == '.')) {
			print_cause(out, cause);
			found++;
		}
	}
	return found;
}

/*
 * Explains every code that word names: a mnemonic ("SERVFAIL"), a number ("9": RCODE and EDE), a number
 * with its table ("EDE 9", "ede9", "rcode=2"), a cause's slug or the beginning of one ("dnssec").
 * False if nothing matches.
 */
static bool explain(FILE *out, const char *word)
{
	size_t found = explain_causes(out, word);
	for (size_t i = 0; i < N_FAMILIES; i++)
		found += explain_code(out, &families[i], word);
	return found > 0;
}

/* An overview of all of it. */
static void explain_all(FILE *out)
{
	for (size_t f = 0; f < N_FAMILIES - 1; f++) {
		fprintf(out, "%s (rcause --explain %s<number> or its name)\n", families[f].title,
			families[f].prefix);
		for (size_t i = 0; i < families[f].table->n; i++) {
			const struct rc_code *code = &families[f].table->rows[i];
			char label[64];
			snprintf(label, sizeof label, "  %5u  %s", code->value, code->name);
			fprintf(out, "%s\n", label);
		}
		fputc('\n', out);
	}
	fprintf(out, "Causes (rcause --explain <slug>)\n");
	rc_causes_text(out);
}

void rc_causes_text(FILE *out)
{
	const struct rc_cause *cause;
	for (size_t i = 0; (cause = rc_cause_at(i)) != NULL; i++)
		fprintf(out, "%-34s %-18s %s\n", cause->slug, rc_party_name(cause->responsible),
			cause->title);
}

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *texts_json(const char *const texts[ROW_TEXTS])
{
	json_t *list = json_array();
	for (size_t i = 0; i < ROW_TEXTS && texts[i] != NULL; i++)
		json_array_append_new(list, json_string(texts[i]));
	return list;
}

static json_t *truth_json(const struct rc_cause *cause)
{
	json_t *truth = json_object();
	for (int k = RC_CONF_PROVEN; k > RC_CONF_NONE; k--)
		if (cause->truth[k] != NULL)
			json_object_set_new(truth, rc_confidence_name((enum rc_confidence)k),
					    json_string(cause->truth[k]));
	return truth;
}

static json_t *rivals_json(const struct rc_cause *cause)
{
	json_t *list = json_array();
	for (size_t i = 0; i < RC_RIVALS_MAX && cause->rivals[i].slug != NULL; i++)
		json_array_append_new(list, json_pack("{s:s,s:s}", "slug", cause->rivals[i].slug,
						      "there", cause->rivals[i].fact));
	return list;
}

int rc_causes_json(FILE *out)
{
	json_t *list = json_array();
	const struct rc_cause *cause;
	int err = RC_OK;
	for (size_t i = 0; (cause = rc_cause_at(i)) != NULL; i++) {
		json_t *row = json_pack(
			"{s:s,s:s,s:s,s:o,s:o,s:s,s:i,s:o,s:o,s:o}", "slug", cause->slug, "title",
			cause->title, "when", cause->when, "evidence", truth_json(cause), "rivals",
			rivals_json(cause), "responsible", rc_party_name(cause->responsible),
			"severity", (int)cause->severity, "fix", texts_json(cause->fix),
			"next_steps", texts_json(cause->next_steps), "reference",
			text_or_null(cause->reference));
		if (row == NULL || json_array_append_new(list, row) != 0)
			err = RC_E_NOMEM;
	}
	if (err == RC_OK && (json_dumpf(list, out, JSON_INDENT(1) | JSON_ENSURE_ASCII) != 0 ||
			     fputc('\n', out) == EOF))
		err = RC_E_IO;
	json_decref(list);
	return err;
}

const char *rc_explain_words(FILE *out, char *const *words, size_t n)
{
	const char *unknown = NULL;
	if (n == 0)
		explain_all(out);
	for (size_t i = 0; i < n; i++) {
		char joined[64];
		const char *word = words[i];
		const char *next = i + 1 < n ? words[i + 1] : "";
		bool number = *next >= '0' && *next <= '9';
		if (number && (strcasecmp(word, "ede") == 0 || strcasecmp(word, "rcode") == 0)) {
			snprintf(joined, sizeof joined, "%s%s", word, next);
			word = joined;
			i++;
		}
		if (!explain(out, word) && unknown == NULL)
			unknown = words[i];
	}
	return unknown;
}
