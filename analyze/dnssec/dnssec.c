/*
 * The checker's outside: trust anchors, and one run over the messages of a failure.
 */
#include <stdlib.h>
#include <string.h>

#include "analyze/dnssec/answer.h"
#include "analyze/dnssec/clock.h"
#include "analyze/dnssec/proofs.h"
#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"
#include "base/err.h"

/* Of each kind; a chain has few zones, and only the first finding matters. */
#define FINDINGS_MAX 64u
#define NOT_SEEN_MAX 64u
#define ANCHOR_LINE_MAX 4096u

/* https://data.iana.org/root-anchors/root-anchors.xml, 2024-07-18 */
static const char iana_anchors[] =
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
	". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r");
	return *line == '\0' || *line == ';' || *line == '#';
}

static int add_anchor(struct rc_dnssec *dnssec, const char *line)
{
	ldns_rr *rr = NULL;
	if (ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
		return RC_E_SYNTAX;
	ldns_rr_type type = ldns_rr_get_type(rr);
	if (type != LDNS_RR_TYPE_DS && type != LDNS_RR_TYPE_DNSKEY) {
		ldns_rr_free(rr);
		return RC_E_SYNTAX;
	}
	if (!ldns_rr_list_push_rr(dnssec->anchors, rr)) {
		ldns_rr_free(rr);
		return RC_E_NOMEM;
	}
	return 0;
}

static int read_anchors(struct rc_dnssec *dnssec, const char *text)
{
	char line[ANCHOR_LINE_MAX];
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		if (len >= sizeof(line))
			return RC_E_SYNTAX;
		memcpy(line, text, len);
		line[len] = '\0';
		text += len + (text[len] == '\n');
		int err = is_blank(line) ? 0 : add_anchor(dnssec, line);
		if (err < 0)
			return err;
	}
	return ldns_rr_list_rr_count(dnssec->anchors) != 0 ? 0 : RC_E_SYNTAX;
}

int rc_dnssec_new(const char *anchors, struct rc_dnssec **ret_dnssec)
{
	int err = RC_E_NOMEM;
	struct rc_dnssec *dnssec = calloc(1, sizeof(*dnssec));
	if (!dnssec)
		return err;
	dnssec->anchors = ldns_rr_list_new();
	dnssec->proofs = rc_dnssec_proofs_new();
	if (!dnssec->anchors || !dnssec->proofs)
		goto fail;
	err = read_anchors(dnssec, anchors ? anchors : iana_anchors);
	if (err < 0)
		goto fail;
	*ret_dnssec = dnssec;
	return 0;
fail:
	rc_dnssec_free(dnssec);
	return err;
}

void rc_dnssec_free(struct rc_dnssec *dnssec)
{
	if (!dnssec)
		return;
	ldns_rr_list_deep_free(dnssec->anchors);
	rc_dnssec_proofs_free(dnssec->proofs);
	free(dnssec);
}

static bool prepare(struct rc_dnssec_run *run)
{
	run->max_findings = FINDINGS_MAX;
	run->max_not_seen = NOT_SEEN_MAX;
	run->breaks = rc_arena_take(run->arena, 2 * FINDINGS_MAX * sizeof(*run->breaks));
	run->others = rc_arena_take(run->arena, FINDINGS_MAX * sizeof(*run->others));
	run->not_seen = rc_arena_take(run->arena, NOT_SEEN_MAX * sizeof(*run->not_seen));
	return run->breaks && run->others && run->not_seen;
}

/* Judges at a time; *ret_fitting_ns: if the result's clock is off, a time that fits the signatures. */
static struct rc_dnssec_result judge_at(struct rc_dnssec *dnssec,
					const struct rc_dnssec_question *q, int64_t now_ns,
					struct rc_arena *arena, int64_t *ret_fitting_ns)
{
	struct rc_dnssec_run run = {.dnssec = dnssec,
				    .arena = arena,
				    .now_ns = now_ns,
				    .checks_left = RC_DNSSEC_CHECKS_MAX,
				    .hashes_left = RC_DNSSEC_HASHES_MAX};
	struct rc_dnssec_result result = {.status = RC_DNSSEC_INDETERMINATE};
	rc_name_parent(q->name, q->name->labels, &result.zone);
	if (prepare(&run) && rc_dnssec_sets_read(&run, q->msgs, q->n)) {
		result.status = rc_dnssec_answer_judge(&run, q->name, q->type, &result.zone);
		if (run.checks_left == 0)
			rc_dnssec_not_seen(&run, "more signatures than are checked", NULL, "");
		for (size_t i = 0; i < run.n_others; i++)
			run.breaks[run.n_breaks + i] = run.others[i];
		result.findings = run.breaks;
		result.n_findings = run.n_breaks + run.n_others;
		result.not_seen = run.not_seen;
		result.n_not_seen = run.n_not_seen;
		if (result.n_findings > 0)
			result.clock = rc_dnssec_clock_check(&run, ret_fitting_ns);
	}
	for (struct rc_dnssec_zone *zone = run.zones; zone; zone = zone->next)
		ldns_rr_list_free(zone->ds);
	rc_dnssec_sets_free(&run);
	return result;
}

void rc_dnssec_check(struct rc_dnssec *dnssec, const struct rc_dnssec_question *q,
		     struct rc_arena *arena, struct rc_dnssec_result *ret_result)
{
	int64_t fitting_ns;
	struct rc_dnssec_result seen, *r = ret_result;
	*r = judge_at(dnssec, q, q->now_ns, arena, &fitting_ns);
	if (r->clock != RC_DNSSEC_CLOCK_OFF)
		return;
	seen = *r;
	*r = judge_at(dnssec, q, fitting_ns, arena, &fitting_ns);
	r->clock = RC_DNSSEC_CLOCK_OFF;
	if (r->n_findings > 0)
		return;
	r->clock = RC_DNSSEC_CLOCK_ALONE;
	r->findings = seen.findings;
	r->n_findings = 1;
	r->findings[0].conclusive = false;
}
