#include "emit/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/hash.h"
#include "emit/report_group.h"

#define INDEX_MASK (2 * RC_REPORT_GROUPS_MAX - 1)
_Static_assert((RC_REPORT_GROUPS_MAX & (RC_REPORT_GROUPS_MAX - 1)) == 0, "a power of two");

int rc_report_new(rc_source_name_fn source_name, void *source_context,
		  struct rc_report **ret_report)
{
	struct rc_report *report = calloc(1, sizeof *report);
	if (report == NULL)
		return RC_E_NOMEM;
	report->source_name = source_name;
	report->source_context = source_context;
	report->packets = report->messages = report->exchanges = UINT64_MAX;
	report->orphans = report->orphan_errors = UINT64_MAX;
	/* Zones are chosen by attackers; the seed decides places in the index, never what is written. */
	if (getrandom(&report->seed, sizeof report->seed, GRND_NONBLOCK) < 0)
		report->seed = (uint64_t)(uintptr_t)report;
	*ret_report = report;
	return RC_OK;
}

void rc_report_free(struct rc_report *report)
{
	if (report == NULL)
		return;
	for (size_t i = 0; i < report->n_groups; i++)
		free(report->groups[i]);
	for (size_t i = 0; i < report->n_degraded; i++)
		free(report->degraded[i]);
	free(report);
}

static const struct rc_addr *subject_server(const struct rc_failure *f)
{
	return f->server != NULL ? f->server : &f->exchange->server;
}

static bool has_zone(const struct rc_failure *f)
{
	return f->zone != NULL && f->zone->len > 0;
}

static uint64_t group_hash(const struct rc_report *report, const struct rc_failure *f)
{
	uint64_t seed = rc_hash_bytes(report->seed, f->cause->slug, strlen(f->cause->slug));
	return has_zone(f) ? rc_hash_bytes(seed, f->zone->wire, f->zone->len)
			   : rc_hash_bytes(~seed, subject_server(f)->bytes, 16);
}

static bool group_is(const struct rc_report_group *g, uint64_t hash, const struct rc_failure *f)
{
	if (g->hash != hash || g->cause != f->cause)
		return false;
	if (has_zone(f))
		return rc_name_equal(&g->zone, f->zone);
	return g->zone.len == 0 && rc_addr_equal(&g->server, subject_server(f));
}

/* The group of f, made if there is room; NULL if not. */
static struct rc_report_group *find_group(struct rc_report *report, const struct rc_failure *f)
{
	uint64_t hash = group_hash(report, f);
	size_t slot = hash & INDEX_MASK;
	for (; report->index[slot] != 0; slot = (slot + 1) & INDEX_MASK) {
		struct rc_report_group *g = report->groups[report->index[slot] - 1];
		if (group_is(g, hash, f))
			return g;
	}
	struct rc_report_group *g = report->n_groups == RC_REPORT_GROUPS_MAX ? NULL
									     : calloc(1, sizeof *g);
	if (g == NULL)
		return NULL;
	g->hash = hash;
	g->cause = f->cause;
	g->server = *subject_server(f);
	if (has_zone(f))
		g->zone = *f->zone;
	g->first_ns = INT64_MAX;
	g->last_ns = INT64_MIN;
	g->all_cached = true;
	report->groups[report->n_groups++] = g;
	report->index[slot] = (uint16_t)report->n_groups;
	return g;
}

static void add_parties(const struct rc_report *report, struct rc_report_group *g,
			const struct rc_failure *f)
{
	const struct rc_exchange *x = f->exchange;
	if (rc_distinct_add(&g->clients, rc_hash_bytes(report->seed, x->asker.bytes, 16)) &&
	    g->clients.n <= RC_REPORT_SAMPLES)
		g->client[g->clients.n - 1] = x->asker;
	if (rc_distinct_add(&g->servers, rc_hash_bytes(report->seed, x->server.bytes, 16)) &&
	    g->servers.n <= RC_REPORT_SAMPLES)
		g->asked[g->servers.n - 1] = x->server;
	if (f->qname != NULL && f->qname->len > 0 &&
	    rc_distinct_add(&g->names, rc_name_hash(report->seed, f->qname)) &&
	    g->names.n <= RC_REPORT_SAMPLES)
		g->name[g->names.n - 1] = *f->qname;
}

static void add_outcome(struct rc_report_group *g, const struct rc_exchange *x)
{
	size_t i = 0;
	if (!rc_exchange_answered(x)) {
		g->unanswered++;
		return;
	}
	while (i < g->n_rcodes && g->rcodes[i].rcode != x->answer.rcode)
		i++;
	if (i == RC_REPORT_RCODES)
		return;
	if (i == g->n_rcodes)
		g->rcodes[g->n_rcodes++].rcode = x->answer.rcode;
	g->rcodes[i].n++;
}

static void add_visibility(struct rc_visibility *all, const struct rc_visibility *v)
{
	all->upstream_seen |= v->upstream_seen;
	all->one_way |= v->one_way;
	all->capture_start |= v->capture_start;
	all->capture_end |= v->capture_end;
	all->kernel_drops |= v->kernel_drops;
	all->cut |= v->cut;
	all->fragments_missing |= v->fragments_missing;
	all->history_evicted |= v->history_evicted;
}

static void copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from == NULL ? "" : from);
}

static void copy_lines(struct rc_report_lines *to, const char *const *from, size_t n)
{
	to->n = n < RC_REPORT_LINES ? n : RC_REPORT_LINES;
	for (size_t i = 0; i < to->n; i++)
		copy_text(to->text[i], sizeof to->text[i], from[i]);
}

static void copy_proof(struct rc_report_proof *to, const struct rc_evidence *from)
{
	*to = (struct rc_report_proof){
		.frame = from->frame,
		.query_frame = from->query_frame,
		.source = from->source,
		.ts_ns = from->ts_ns,
		.rtt_ns = from->rtt_ns,
		.from = from->from,
		.to = from->to,
		.qtype = from->qtype,
		.outcome = from->outcome,
		.rcode = from->rcode,
	};
	if (from->name != NULL)
		to->name = *from->name;
	copy_text(to->fact, sizeof to->fact, from->fact);
}

/* Explanation, remedies and proof come from the most certain failure, the first of those alike. */
static void take_verdict(struct rc_report_group *g, const struct rc_failure *f)
{
	g->confidence = f->confidence;
	g->responsible = f->responsible;
	copy_text(g->explanation, sizeof g->explanation,
		  f->explanation == NULL ? f->cause->title : f->explanation);
	copy_lines(&g->fix, f->fix, f->n_fix);
	copy_lines(&g->next_steps, f->next_steps, f->n_next_steps);
	copy_lines(&g->not_seen, f->visibility.not_seen, f->visibility.n_not_seen);
	g->n_alternatives = f->n_alternatives < RC_REPORT_LINES ? f->n_alternatives
								: RC_REPORT_LINES;
	for (size_t i = 0; i < g->n_alternatives; i++)
		g->alternatives[i] = f->alternatives[i];
	g->n_proofs = f->n_evidence < RC_REPORT_PROOFS ? f->n_evidence : RC_REPORT_PROOFS;
	for (size_t i = 0; i < g->n_proofs; i++)
		copy_proof(&g->proofs[i], &f->evidence[i]);
}

static void widen_scope(struct rc_scope *all, const struct rc_scope *scope)
{
	if (scope->resolvers_failing > all->resolvers_failing)
		all->resolvers_failing = scope->resolvers_failing;
	if (scope->resolvers_ok > all->resolvers_ok)
		all->resolvers_ok = scope->resolvers_ok;
}

void rc_report_failure(struct rc_report *report, const struct rc_failure *failure)
{
	report->failures++;
	struct rc_report_group *g = find_group(report, failure);
	if (g == NULL) {
		report->overflow++;
		return;
	}
	bool better = g->failures == 0 || failure->confidence > g->confidence ||
		      (failure->confidence == g->confidence && g->all_cached && !failure->cached);
	g->failures++;
	g->cached += failure->cached;
	g->all_cached &= failure->cached;
	if (failure->exchange->first_ns < g->first_ns)
		g->first_ns = failure->exchange->first_ns;
	if (failure->exchange->end_ns > g->last_ns)
		g->last_ns = failure->exchange->end_ns;
	add_parties(report, g, failure);
	add_outcome(g, failure->exchange);
	add_visibility(&g->visibility, &failure->visibility);
	widen_scope(&g->scope, &failure->scope);
	if (better)
		take_verdict(g, failure);
}

/* The entry of a degraded zone, made if there is room; NULL if not. */
static struct rc_report_degraded *find_degraded(struct rc_report *report,
						const struct rc_incident *incident)
{
	for (size_t i = 0; i < report->n_degraded; i++)
		if (report->degraded[i]->id == incident->id)
			return report->degraded[i];
	struct rc_report_degraded *d = report->n_degraded == RC_REPORT_DEGRADED_MAX
					       ? NULL
					       : calloc(1, sizeof *d);
	if (d != NULL)
		report->degraded[report->n_degraded++] = d;
	return d;
}

void rc_report_incident(struct rc_report *report, const struct rc_incident *incident)
{
	struct rc_report_degraded *d = incident->degraded ? find_degraded(report, incident) : NULL;
	if (d == NULL) {
		report->degraded_overflow += incident->degraded &&
					     incident->state == RC_INCIDENT_OPEN;
		return;
	}
	d->id = incident->id;
	d->cause = incident->cause;
	d->failures = incident->failures;
	d->first_ns = incident->first_ns;
	d->last_ns = incident->last_ns;
	d->confidence = incident->confidence;
	if (incident->zone != NULL)
		d->zone = *incident->zone;
	if (incident->server != NULL)
		d->server = *incident->server;
	copy_text(d->summary, sizeof d->summary, incident->summary);
	for (size_t i = 0; i < incident->n_evidence && i < RC_REPORT_DEGRADED_PROOFS; i++) {
		copy_proof(&d->proofs[i], &incident->evidence[i]);
		d->n_proofs = i + 1;
	}
}

/* The counter of that name in any module, or UINT64_MAX. */
static uint64_t find_counter(const struct rc_counter_set *sets, size_t n_sets, const char *name)
{
	for (size_t s = 0; s < n_sets; s++) {
		for (size_t i = 0; i < sets[s].n && sets[s].base != NULL; i++) {
			if (strcmp(sets[s].desc[i].name, name) == 0)
				return rc_counter_value(&sets[s], i);
		}
	}
	return UINT64_MAX;
}

void rc_report_stats(struct rc_report *report, int64_t start_ns, int64_t now_ns,
		     const struct rc_counter_set *sets, size_t n_sets)
{
	report->have_stats = true;
	report->start_ns = start_ns;
	report->now_ns = now_ns;
	report->packets = find_counter(sets, n_sets, "frames");
	report->messages = find_counter(sets, n_sets, "queries") +
			   find_counter(sets, n_sets, "answers");
	report->exchanges = find_counter(sets, n_sets, "exchanges");
	report->orphans = find_counter(sets, n_sets, "orphan_answers") -
			  find_counter(sets, n_sets, "early_answers");
	report->orphan_errors = find_counter(sets, n_sets, "orphan_errors") -
				find_counter(sets, n_sets, "early_errors");
	report->dropped = 0;
	for (size_t s = 0; s < n_sets; s++) {
		for (size_t i = 0; i < sets[s].n && sets[s].base != NULL; i++) {
			if (strcmp(sets[s].module, "capture") == 0 &&
			    strstr(sets[s].desc[i].name, "drop") != NULL)
				report->dropped += rc_counter_value(&sets[s], i);
		}
	}
}
