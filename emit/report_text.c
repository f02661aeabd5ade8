#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "emit/report_group.h"

#define COLUMNS 100u
#define MARGIN 12u         /* where the text of a labelled line begins */
#define SCRATCH_MAX 16384u /* a paragraph: a few names and texts */

struct page {
	struct rc_buf *out;
	struct rc_buf text; /* one paragraph before it is wrapped */
	const struct rc_report *report;
	bool colour;
};

static void put_plain(struct rc_buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rc_buf_putc(out, text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?');
}

/* Writes text behind a label, wrapped at COLUMNS; a word longer than a line stands alone. */
static void put_wrapped(struct page *page, const char *label, const char *text, size_t len)
{
	size_t column = MARGIN, at = 0;
	rc_buf_printf(page->out, "%-*s", (int)MARGIN, label);
	while (at < len) {
		size_t word = 0;
		while (at + word < len && text[at + word] != ' ')
			word++;
		if (column > MARGIN && column + 1 + word > COLUMNS) {
			rc_buf_printf(page->out, "\n%*s", (int)MARGIN, "");
			column = MARGIN;
		} else if (column > MARGIN) {
			rc_buf_putc(page->out, ' ');
			column++;
		}
		put_plain(page->out, text + at, word);
		column += word;
		for (at += word; at < len && text[at] == ' ';)
			at++;
	}
	rc_buf_putc(page->out, '\n');
}

/* The paragraph gathered in page->text. */
static void put_text(struct page *page, const char *label)
{
	put_wrapped(page, label, page->text.data, page->text.len);
	rc_buf_clear(&page->text);
}

static void put_lines(struct page *page, const char *label, const struct rc_report_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		put_wrapped(page, i == 0 ? label : "", lines->text[i], strlen(lines->text[i]));
}

/* "1,234 failures", "1 failure" */
static void add_count(struct rc_buf *to, uint64_t n, const char *one, const char *many)
{
	char digits[24], grouped[32];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
	size_t at = 0;
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			grouped[at++] = ',';
		grouped[at++] = digits[i];
	}
	grouped[at] = '\0';
	rc_buf_printf(to, "%s %s", grouped, n == 1 ? one : many);
}

/* "2026-11-21 01:43:44.123" */
static void add_time(struct rc_buf *to, int64_t ts_ns)
{
	char text[RC_TIME_TEXT_LEN + 1];
	rc_time_format(ts_ns, text);
	text[10] = ' ';
	rc_buf_printf(to, "%.23s", text);
}

static void add_name(struct rc_buf *to, const struct rc_name *name)
{
	char text[RC_NAME_TEXT_MAX + 1];
	rc_buf_add(to, text, rc_name_format(name, text));
}

static void add_addr(struct rc_buf *to, const struct rc_addr *addr)
{
	char text[RC_ADDR_TEXT_MAX];
	rc_buf_puts(to, rc_addr_format(addr, text));
}

static void add_subject(struct rc_buf *to, const struct rc_report_group *g)
{
	if (g->zone.len == 1)
		rc_buf_puts(to, "the root zone");
	else if (g->zone.len > 1)
		add_name(to, &g->zone);
	else
		add_addr(to, &g->server);
}

static const char *source_name(const struct rc_report *report, uint16_t source)
{
	const char *name = report->source_name == NULL
				   ? NULL
				   : report->source_name(report->source_context, source);
	return name == NULL ? "?" : name;
}

static bool several_sources(const struct rc_report *report)
{
	return report->source_name != NULL &&
	       report->source_name(report->source_context, 1) != NULL;
}

static void put_sources(struct page *page)
{
	const struct rc_report *report = page->report;
	uint32_t n = 0;
	const char *name;
	if (report->source_name == NULL)
		return;
	while (n < RC_SOURCES_MAX &&
	       (name = report->source_name(report->source_context, (uint16_t)n)) != NULL) {
		if (n < RC_REPORT_SAMPLES)
			rc_buf_printf(&page->text, "%s%s", n > 0 ? ", " : "", name);
		n++;
	}
	if (n > RC_REPORT_SAMPLES)
		rc_buf_printf(&page->text, " and %u more", n - RC_REPORT_SAMPLES);
	put_text(page, "Read");
}

static void add_traffic(struct page *page, uint64_t n, const char *one, const char *many)
{
	if (n == UINT64_MAX)
		return;
	if (page->text.len > 0)
		rc_buf_puts(&page->text, ", ");
	add_count(&page->text, n, one, many);
}

/* What is said of failures leaves these out: where only one direction is tapped, that is all of them. */
static void put_orphans(struct page *page)
{
	const struct rc_report *report = page->report;
	if (report->orphans == 0 || report->orphans == UINT64_MAX)
		return;
	add_count(&page->text, report->orphans, "answer", "answers");
	rc_buf_puts(&page->text, report->orphans == 1 ? " to a question" : " to questions");
	rc_buf_puts(&page->text, " not in this input");
	if (report->orphan_errors > 0 && report->orphan_errors != UINT64_MAX) {
		rc_buf_puts(&page->text, ", of them ");
		add_count(&page->text, report->orphan_errors, "error", "errors");
	}
	put_text(page, "Unjudged");
}

static void put_head(struct page *page)
{
	const struct rc_report *report = page->report;
	rc_buf_puts(page->out, "Why DNS queries failed: report of rcause\n\n");
	put_sources(page);
	if (report->have_stats && report->start_ns != 0) {
		char took[24];
		add_time(&page->text, report->start_ns);
		rc_buf_puts(&page->text, " to ");
		add_time(&page->text, report->now_ns);
		rc_duration_format(report->now_ns - report->start_ns, took, sizeof took);
		rc_buf_printf(&page->text, " UTC (%s)", took);
		put_text(page, "Period");
	}
	add_traffic(page, report->packets, "packet", "packets");
	add_traffic(page, report->messages, "DNS message", "DNS messages");
	add_traffic(page, report->exchanges, "exchange", "exchanges");
	if (page->text.len > 0)
		put_text(page, "Traffic");
	if (report->failures == 0) {
		rc_buf_puts(&page->text, report->messages == 0
						 ? "none: there was no DNS in this input"
						 : "none");
	} else {
		add_count(&page->text, report->failures, "failure", "failures");
		rc_buf_puts(&page->text, ", of ");
		add_count(&page->text, report->n_groups, "kind", "kinds");
	}
	put_text(page, "Failures");
	put_orphans(page);
}

static void put_outcomes(struct page *page, const struct rc_report_group *g)
{
	struct rc_buf *t = &page->text;
	char unknown[RC_CODE_TEXT_MAX];
	uint64_t rest = g->failures - g->unanswered;
	add_count(t, g->failures, "query failed: ", "queries failed: ");
	t->len--; /* the words end in a blank for one that may follow */
	for (size_t i = 0; i < g->n_rcodes; i++) {
		rc_buf_puts(t, i > 0 ? ", " : " ");
		add_count(t, g->rcodes[i].n, "", "");
		rc_buf_puts(t, rc_code_name(&rc_rcodes, g->rcodes[i].rcode, unknown));
		rest -= g->rcodes[i].n;
	}
	if (rest > 0) {
		rc_buf_puts(t, ", ");
		add_count(t, rest, "with another code", "with other codes");
	}
	if (g->unanswered > 0) {
		rc_buf_puts(t, g->n_rcodes > 0 ? ", " : " ");
		add_count(t, g->unanswered, "without an answer", "without an answer");
	}
	if (g->cached > 0) {
		rc_buf_puts(t, "; ");
		add_count(t, g->cached, "of them came", "of them came");
		rc_buf_puts(t, " from the resolver's failure cache");
	}
	put_text(page, "   What");
}

static void put_since(struct page *page, const struct rc_report_group *g)
{
	char took[24];
	add_time(&page->text, g->first_ns);
	if (g->failures > 1) {
		rc_buf_puts(&page->text, " until ");
		add_time(&page->text, g->last_ns);
		rc_duration_format(g->last_ns - g->first_ns, took, sizeof took);
		rc_buf_printf(&page->text, " (%s)", took);
	}
	put_text(page, "   When");
}

static void add_distinct(struct rc_buf *to, const struct rc_distinct *set, const char *one,
			 const char *many)
{
	if (set->more)
		rc_buf_puts(to, "more than ");
	add_count(to, set->n, one, many);
}

static void put_whom(struct page *page, const struct rc_report_group *g)
{
	struct rc_buf *t = &page->text;
	add_distinct(t, &g->clients, "client", "clients");
	for (size_t i = 0; i < g->clients.n && i < RC_REPORT_SAMPLES; i++) {
		rc_buf_puts(t, i == 0 ? " (" : ", ");
		add_addr(t, &g->client[i]);
	}
	rc_buf_puts(t, g->clients.n > RC_REPORT_SAMPLES ? ", ...) asking " : ") asking ");
	add_distinct(t, &g->servers, "server", "servers");
	for (size_t i = 0; i < g->servers.n && i < RC_REPORT_SAMPLES; i++) {
		rc_buf_puts(t, i == 0 ? " (" : ", ");
		add_addr(t, &g->asked[i]);
	}
	rc_buf_puts(t, g->servers.n > RC_REPORT_SAMPLES ? ", ...)" : ")");
	if (g->names.n > 0) {
		rc_buf_puts(t, " for ");
		add_distinct(t, &g->names, "name", "names");
	}
	for (size_t i = 0; i < g->names.n && i < RC_REPORT_SAMPLES; i++) {
		rc_buf_puts(t, i == 0 ? ": " : ", ");
		add_name(t, &g->name[i]);
	}
	if (g->names.n > RC_REPORT_SAMPLES)
		rc_buf_puts(t, ", ...");
	put_text(page, "   For whom");
}

static void put_proof(struct page *page, const struct rc_report_proof *p, const char *label)
{
	struct rc_buf *t = &page->text;
	char unknown[RC_CODE_TEXT_MAX], took[24];
	uint64_t frame = p->frame != 0 ? p->frame : p->query_frame;
	if (frame != 0)
		rc_buf_printf(t, "frame %" PRIu64, frame);
	if (p->frame != 0 && p->query_frame != 0 && p->query_frame != p->frame)
		rc_buf_printf(t, " (asked in %" PRIu64 ")", p->query_frame);
	if (frame != 0 && several_sources(page->report))
		rc_buf_printf(t, " of %s", source_name(page->report, p->source));
	if (frame != 0)
		rc_buf_puts(t, ": ");
	add_addr(t, &p->from);
	rc_buf_puts(t, " asked ");
	add_addr(t, &p->to);
	if (p->name.len > 0) {
		rc_buf_puts(t, " for ");
		add_name(t, &p->name);
		rc_buf_printf(t, " %s", rc_code_name(&rc_types, p->qtype, unknown));
	}
	if (p->rcode >= 0)
		rc_buf_printf(t, ": %s", rc_code_name(&rc_rcodes, (uint16_t)p->rcode, unknown));
	else if (p->outcome != NULL)
		rc_buf_printf(t, ": %s", p->outcome);
	if (p->rtt_ns >= 0 && p->rcode >= 0) {
		rc_duration_format(p->rtt_ns, took, sizeof took);
		rc_buf_printf(t, " after %s", took);
	}
	if (p->fact[0] != '\0')
		rc_buf_printf(t, "; %s", p->fact);
	put_text(page, label);
}

static void put_caveats(struct page *page, const struct rc_report_group *g)
{
	const struct rc_visibility *v = &g->visibility;
	bool doubtful = g->confidence <
			RC_CONF_PROVEN; /* a proof stands, whatever else was missed */
	const struct {
		bool holds;
		const char *text;
	} caveats[] = {
		{!v->upstream_seen && doubtful,
		 "the resolver's own queries are not in this capture"},
		{v->one_way, "only one direction of the traffic was seen"},
		{v->kernel_drops, "packets were dropped meanwhile"},
		{v->capture_start && doubtful, "the capture began too late to see all of it"},
		{v->capture_end, "the capture ended before all of it was seen"},
		{v->cut, "packets were cut by the snap length"},
		{v->fragments_missing, "fragments are missing"},
		{v->history_evicted, "older packets had to be forgotten (see --memory)"},
	};
	struct rc_buf *t = &page->text;
	for (size_t i = 0; i < sizeof caveats / sizeof *caveats; i++) {
		if (caveats[i].holds)
			rc_buf_printf(t, "%s%s", t->len > 0 ? "; " : "", caveats[i].text);
	}
	if (t->len > 0)
		put_text(page, "   Mind");
	put_lines(page, "   Not seen", &g->not_seen);
	for (size_t i = 0; i < g->n_alternatives; i++)
		rc_buf_printf(t, "%s%s (%s)", i > 0 ? ", " : "", g->alternatives[i]->slug,
			      g->alternatives[i]->title);
	if (g->n_alternatives > 0)
		put_text(page, "   Or else");
}

static void put_scope(struct page *page, const struct rc_report_group *g)
{
	struct rc_buf *t = &page->text;
	if (g->scope.resolvers_ok == 0)
		return;
	add_count(t, g->scope.resolvers_ok, "other resolver succeeds", "other resolvers succeed");
	rc_buf_puts(t, " with the same");
	if (g->scope.resolvers_failing > 1) {
		rc_buf_puts(t, ", ");
		add_count(t, g->scope.resolvers_failing, "fails", "fail");
	}
	put_text(page, "   Scope");
}

static const char *const surely[] = {"cause not established", "possibly", "likely", "proven"};

static void put_group(struct page *page, const struct rc_report_group *g, size_t number)
{
	static const char *const who[] = {
		[RC_PARTY_ZONE_OWNER] = "the owner of the zone",
		[RC_PARTY_PARENT_ZONE] = "the operator of the parent zone",
		[RC_PARTY_RESOLVER_OPERATOR] = "the operator of the resolver",
		[RC_PARTY_SERVER_OPERATOR] = "the operator of the server",
		[RC_PARTY_NETWORK] = "whoever runs the network in between",
		[RC_PARTY_CLIENT] = "the client",
		[RC_PARTY_NOBODY] = "nobody",
	};
	rc_buf_printf(page->out, "\n%s%zu. ", page->colour ? "\033[1m" : "", number);
	rc_buf_printf(&page->text, "%c%s: ", toupper((unsigned char)g->cause->title[0]),
		      g->cause->title + 1);
	add_subject(&page->text, g);
	put_plain(page->out, page->text.data, page->text.len);
	rc_buf_clear(&page->text);
	rc_buf_printf(page->out, "%s\n", page->colour ? "\033[0m" : "");
	rc_buf_printf(&page->text, "%s (%s)", g->cause->slug, surely[g->confidence]);
	put_text(page, "   Cause");
	put_outcomes(page, g);
	put_wrapped(page, "   Why", g->explanation, strlen(g->explanation));
	put_since(page, g);
	put_whom(page, g);
	put_scope(page, g);
	rc_buf_puts(&page->text, g->responsible < RC_PARTY_COUNT ? who[g->responsible] : "?");
	put_text(page, "   Who acts");
	put_lines(page, "   To do", &g->fix);
	put_lines(page, "   Check", &g->next_steps);
	for (size_t i = 0; i < g->n_proofs; i++)
		put_proof(page, &g->proofs[i], i == 0 ? "   Proof" : "");
	put_caveats(page, g);
}

/* Heavier first: more failures, then worse, then earlier; the rest is fixed by the slug. */
static int compare_groups(const void *a, const void *b)
{
	const struct rc_report_group *x = *(const struct rc_report_group *const *)a;
	const struct rc_report_group *y = *(const struct rc_report_group *const *)b;
	uint64_t wx = x->failures * (uint64_t)x->cause->severity;
	uint64_t wy = y->failures * (uint64_t)y->cause->severity;
	if (wx != wy)
		return wx > wy ? -1 : 1;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	int order = strcmp(x->cause->slug, y->cause->slug);
	if (order == 0)
		order = rc_name_compare(&x->zone, &y->zone);
	return order != 0 ? order : memcmp(x->server.bytes, y->server.bytes, 16);
}

struct total {
	const struct rc_cause *cause;
	uint64_t failures;
};

static int compare_totals(const void *a, const void *b)
{
	const struct total *x = a, *y = b;
	if (x->failures != y->failures)
		return x->failures > y->failures ? -1 : 1;
	return strcmp(x->cause->slug, y->cause->slug);
}

static void put_totals(struct page *page)
{
	const struct rc_report *report = page->report;
	size_t n = rc_cause_count();
	struct total *totals = calloc(n + 1, sizeof *totals);
	if (totals == NULL || report->n_groups == 0) {
		free(totals);
		return;
	}
	for (size_t c = 0; c < n; c++) {
		totals[c].cause = rc_cause_at(c);
		for (size_t i = 0; i < report->n_groups; i++) {
			if (report->groups[i]->cause == totals[c].cause)
				totals[c].failures += report->groups[i]->failures;
		}
	}
	qsort(totals, n, sizeof *totals, compare_totals);
	rc_buf_puts(page->out, "\nFailures by cause\n");
	for (size_t c = 0; c < n && totals[c].failures > 0; c++)
		rc_buf_printf(page->out, "%10" PRIu64 "  %-34s %s\n", totals[c].failures,
			      totals[c].cause->slug, totals[c].cause->title);
	free(totals);
}

/* Zones with a bad server that others make up for: what will fail next. */
static void put_degraded(struct page *page)
{
	const struct rc_report *report = page->report;
	if (report->n_degraded > 0)
		rc_buf_puts(page->out,
			    "\nDegraded zones: a server of theirs is bad, others help\n");
	for (size_t i = 0; i < report->n_degraded; i++) {
		const struct rc_report_degraded *d = report->degraded[i];
		struct rc_buf *t = &page->text;
		rc_buf_putc(page->out, '\n');
		if (d->zone.len > 1)
			add_name(t, &d->zone);
		else
			rc_buf_puts(t, d->zone.len == 1 ? "the root zone" : "a zone");
		rc_buf_puts(t, " at ");
		add_addr(t, &d->server);
		put_plain(page->out, t->data, t->len);
		rc_buf_clear(t);
		rc_buf_putc(page->out, '\n');
		rc_buf_printf(t, "%s (%s)", d->cause->slug, surely[d->confidence]);
		put_text(page, "   Cause");
		put_wrapped(page, "   What", d->summary, strlen(d->summary));
		for (size_t k = 0; k < d->n_proofs; k++)
			put_proof(page, &d->proofs[k], k == 0 ? "   Proof" : "");
	}
}

static void put_remarks(struct page *page)
{
	const struct rc_report *report = page->report;
	if (report->degraded_overflow > 0) {
		rc_buf_putc(page->out, '\n');
		add_count(&page->text, report->degraded_overflow, "degraded zone is",
			  "degraded zones are");
		rc_buf_puts(&page->text, " not shown; the JSON events have all");
		put_text(page, "Left out");
	}
	if (report->overflow > 0) {
		rc_buf_putc(page->out, '\n');
		add_count(&page->text, report->overflow, "failure is", "failures are");
		rc_buf_printf(
			&page->text,
			" not shown: a report holds %u kinds at most; the JSON events have all",
			RC_REPORT_GROUPS_MAX);
		put_text(page, "Left out");
	}
	if (report->dropped > 0) {
		rc_buf_putc(page->out, '\n');
		add_count(&page->text, report->dropped, "packet was", "packets were");
		rc_buf_puts(&page->text, " dropped before rcause could read them (see -B)");
		put_text(page, "Lost");
	}
}

void rc_report_write(struct rc_report *report, bool colour, struct rc_buf *out)
{
	struct page page = {
		.out = out, .text = rc_buf_init(SCRATCH_MAX), .report = report, .colour = colour};
	size_t n = report->n_groups;
	struct rc_report_group **sorted = calloc(n + 1, sizeof(struct rc_report_group *));
	put_head(&page);
	if (sorted != NULL) {
		memcpy(sorted, report->groups, n * sizeof(struct rc_report_group *));
		qsort(sorted, n, sizeof(struct rc_report_group *), compare_groups);
	}
	for (size_t i = 0; i < n; i++)
		put_group(&page, sorted == NULL ? report->groups[i] : sorted[i], i + 1);
	put_degraded(&page);
	put_totals(&page);
	put_remarks(&page);
	free(sorted);
	rc_buf_free(&page.text);
}
