/*
 * What the judgement leaves behind: phrases, findings, and what was not seen.
 */
#include "analyze/dnssec/report.h"

#include <string.h>

#include "base/time.h"

const char *rc_dnssec_text(struct rc_dnssec_run *run, const struct rc_name *name)
{
	char text[RC_NAME_TEXT_MAX + 1];
	rc_name_format(name, text);
	return rc_arena_printf(run->arena, "%s", text);
}

const char *rc_dnssec_type_text(struct rc_dnssec_run *run, uint16_t type)
{
	char text[RC_CODE_TEXT_MAX];
	return rc_arena_printf(run->arena, "%s", rc_code_name(&rc_types, type, text));
}

/* The largest unit that fits in. */
static const struct unit {
	uint32_t seconds;
	const char *one, *many;
} units[] = {
	{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}, {1, "s", "s"}};

static const struct unit *unit_of(uint32_t seconds)
{
	const struct unit *unit = units;
	while (unit->seconds > 1 && seconds < unit->seconds)
		unit++;
	return unit;
}

const char *rc_dnssec_span_text(struct rc_dnssec_run *run, uint32_t seconds)
{
	const struct unit *unit = unit_of(seconds);
	uint32_t n = seconds / unit->seconds;
	return rc_arena_printf(run->arena, "%u %s", n, n == 1 ? unit->one : unit->many);
}

void rc_dnssec_span_alike(uint32_t seconds, uint32_t *ret_from_s, uint32_t *ret_to_s)
{
	uint32_t unit_s = unit_of(seconds)->seconds;
	*ret_from_s = seconds / unit_s * unit_s;
	*ret_to_s = *ret_from_s + unit_s;
}

const char *rc_dnssec_time_text(struct rc_dnssec_run *run, uint32_t seconds)
{
	char text[RC_TIME_TEXT_LEN + 1];
	int64_t now_s = run->now_ns / RC_NS_PER_S;
	rc_time_format((now_s + (int32_t)(seconds - (uint32_t)now_s)) * RC_NS_PER_S, text);
	return rc_arena_printf(run->arena, "%.19sZ", text);
}

void rc_dnssec_not_seen(struct rc_dnssec_run *run, const char *what, const struct rc_name *name,
			const char *more)
{
	if (!run->not_seen || run->n_not_seen == run->max_not_seen)
		return;
	const char *text = name ? rc_arena_printf(run->arena, "%s %s%s", what,
						  rc_dnssec_text(run, name), more)
				: what;
	for (size_t i = 0; i < run->n_not_seen; i++)
		if (strcmp(run->not_seen[i], text) == 0)
			return;
	run->not_seen[run->n_not_seen++] = text;
}

struct rc_dnssec_verdict rc_dnssec_fault(enum rc_dnssec_fault fault, const char *detail)
{
	return (struct rc_dnssec_verdict){
		.state = RC_DNSSEC_V_FAULT, .fault = fault, .detail = detail};
}

/* RFC 3225: without DO in the question a server sends no signatures, and copies DO otherwise. */
static bool is_weak(const struct rc_dnssec_verdict *verdict, const struct rc_dnssec_view *view)
{
	bool missing = verdict->fault == RC_DNSSEC_RRSIG_MISSING ||
		       verdict->fault == RC_DNSSEC_DENIAL_MISSING;
	return verdict->weak || (missing && !view->msg->edns.do_bit);
}

void rc_dnssec_tally_add(struct rc_dnssec_tally *tally, const struct rc_dnssec_verdict *verdict,
			 const struct rc_dnssec_view *view)
{
	switch (verdict->state) {
	case RC_DNSSEC_V_OK:
		tally->n_ok++;
		return;
	case RC_DNSSEC_V_INSECURE:
		tally->n_insecure++;
		return;
	case RC_DNSSEC_V_UNKNOWN:
		tally->n_unknown++;
		return;
	case RC_DNSSEC_V_FAULT:
		break;
	}
	bool weak = is_weak(verdict, view);
	if (tally->n_fault != 0 && weak && !tally->weak)
		return;
	if (tally->n_fault == 0 || (tally->weak && !weak)) {
		*tally = (struct rc_dnssec_tally){.worst = *verdict,
						  .msg = view->index,
						  .n_ok = tally->n_ok,
						  .n_insecure = tally->n_insecure,
						  .n_unknown = tally->n_unknown,
						  .weak = weak};
	} else if (tally->worst.fault != verdict->fault) {
		tally->doubtful = true;
	}
	tally->doubtful |= verdict->doubtful;
	tally->n_fault++;
}

bool rc_dnssec_tally_report(struct rc_dnssec_run *run, const struct rc_dnssec_tally *tally,
			    const struct rc_name *zone)
{
	if (tally->n_fault == 0)
		return false;
	bool is_break = tally->n_ok == 0 && tally->n_insecure == 0;
	struct rc_dnssec_finding finding = {.fault = tally->worst.fault,
					    .zone = *zone,
					    .undelegated = tally->worst.undelegated,
					    .msg = tally->msg,
					    .detail = tally->worst.detail ? tally->worst.detail
									  : "",
					    .conclusive = is_break && tally->n_unknown == 0 &&
							  !tally->doubtful && !tally->weak};
	if (tally->cut)
		finding.cut = *tally->cut;
	if (is_break && run->n_breaks < run->max_findings)
		run->breaks[run->n_breaks++] = finding;
	else if (!is_break && run->n_others < run->max_findings)
		run->others[run->n_others++] = finding;
	return is_break;
}
