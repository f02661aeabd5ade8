/*
 * The answer itself: RRsets, aliases, wildcards, denials (RFC 4035 5.3-5.4).
 */
#include "analyze/dnssec/answer.h"

#include "analyze/dnssec/chain.h"
#include "analyze/dnssec/denial.h"
#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"
#include "analyze/dnssec/sig.h"

struct question {
	struct rc_name name;
	uint16_t type;
	const struct rc_dnssec_zone *zone;
};

static const struct rc_dnssec_set *dname_for(const struct rc_dnssec_run *run,
					     const struct rc_dnssec_view *view,
					     const struct rc_name *name)
{
	for (size_t i = view->first; i < view->first + view->n; i++) {
		const struct rc_dnssec_set *set = &run->sets[i];
		if (set->type == RC_TYPE_DNAME && set->section == RC_ANSWER &&
		    ldns_rr_list_rr_count(set->rrs) != 0 && set->owner.labels < name->labels &&
		    rc_name_in(name, &set->owner))
			return set;
	}
	return NULL;
}

/* The RRset that answers, or the alias on the way; NULL in a denial. */
static const struct rc_dnssec_set *answer_set(const struct rc_dnssec_run *run,
					      const struct rc_dnssec_view *view,
					      const struct question *q)
{
	const struct rc_dnssec_set *set = rc_dnssec_set_find(run, view, RC_ANSWER, &q->name,
							     q->type);
	/* What is asked for one type, as for DS of the zone above, answers no question for all. */
	bool any = q->type == RC_TYPE_ANY && view->msg->qtype == RC_TYPE_ANY;
	for (size_t i = view->first; !set && any && i < view->first + view->n; i++)
		if (run->sets[i].section == RC_ANSWER &&
		    ldns_rr_list_rr_count(run->sets[i].rrs) != 0 &&
		    rc_name_equal(&run->sets[i].owner, &q->name))
			set = &run->sets[i];
	if (!set)
		set = dname_for(run, view, &q->name);
	if (!set)
		set = rc_dnssec_set_find(run, view, RC_ANSWER, &q->name, RC_TYPE_CNAME);
	return set;
}

/* Where an alias in this message leads. A DNAME comes with the CNAME that it makes (RFC 6672 3.1). */
static bool alias_target(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			 const struct question *q, struct rc_name *ret_name)
{
	if (q->type == RC_TYPE_CNAME || q->type == RC_TYPE_ANY ||
	    rc_dnssec_set_find(run, view, RC_ANSWER, &q->name, q->type))
		return false;
	const struct rc_dnssec_set *set = rc_dnssec_set_find(run, view, RC_ANSWER, &q->name,
							     RC_TYPE_CNAME);
	return set && rc_dnssec_name(ldns_rr_rdf(ldns_rr_list_rr(set->rrs, 0), 0), ret_name);
}

enum role { UNRELATED, ANSWERS, DENIES };

/* What a message says of the question. */
static enum role role_of(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			 const struct question *q)
{
	const struct rc_msg *msg = view->msg;
	bool same = rc_name_equal(&msg->qname, &q->name);
	if (answer_set(run, view, q))
		return ANSWERS;
	/* With QNAME minimisation an ancestor's NXDOMAIN ends the matter (RFC 8020). */
	if (!same &&
	    (msg->rcode != RC_RCODE_NXDOMAIN || msg->counts[RC_ANSWER] != 0 ||
	     !rc_name_in(&q->name, &msg->qname) || !rc_name_in(&msg->qname, &q->zone->name)))
		return UNRELATED;
	if ((same && msg->qtype != q->type && msg->rcode != RC_RCODE_NXDOMAIN) ||
	    msg->counts[RC_ANSWER] != 0 || rc_dnssec_is_referral(run, view, NULL))
		return UNRELATED;
	const struct rc_dnssec_set *soa = rc_dnssec_set_of_type(run, view, RC_AUTHORITY,
								RC_TYPE_SOA);
	bool ours = !soa ? (msg->flags & RC_FLAG_AA) != 0 || rc_dnssec_denies_barely(msg)
			 : rc_name_equal(&soa->owner, &q->zone->name);
	return ours ? DENIES : UNRELATED;
}

static struct rc_dnssec_verdict judge_denial(struct rc_dnssec_run *run,
					     const struct rc_dnssec_view *view,
					     const struct question *q)
{
	const struct rc_dnssec_zone *zone = q->zone;
	const struct rc_dnssec_set *soa = rc_dnssec_set_find(run, view, RC_AUTHORITY, &zone->name,
							     RC_TYPE_SOA);
	struct rc_dnssec_claim claim = {.kind = view->msg->rcode == RC_RCODE_NXDOMAIN
							? RC_DNSSEC_NO_NAME
							: RC_DNSSEC_NO_TYPE,
					.name = &view->msg->qname,
					.type = q->type,
					.zone = &zone->name};
	struct rc_dnssec_verdict verdict = {.state = RC_DNSSEC_V_OK}, denial;
	if (soa)
		verdict = rc_dnssec_set_judge(run, soa, &zone->name, zone->keys, false);
	if (verdict.state == RC_DNSSEC_V_FAULT)
		return verdict;
	denial = rc_dnssec_denial_judge(run, view, &claim, zone->keys);
	return denial.state == RC_DNSSEC_V_OK ? verdict : denial;
}

static struct rc_dnssec_verdict judge_set(struct rc_dnssec_run *run,
					  const struct rc_dnssec_view *view,
					  const struct question *q, const struct rc_dnssec_set *set)
{
	const struct rc_dnssec_zone *zone = q->zone;
	struct rc_dnssec_verdict verdict = rc_dnssec_set_judge(run, set, &zone->name, zone->keys,
							       false);
	if (verdict.state == RC_DNSSEC_V_FAULT || !verdict.wildcard)
		return verdict;
	struct rc_dnssec_claim claim = {.kind = RC_DNSSEC_NO_CLOSER,
					.name = &set->owner,
					.type = set->type,
					.labels = verdict.labels,
					.zone = &zone->name};
	struct rc_dnssec_verdict denial = rc_dnssec_denial_judge(run, view, &claim, zone->keys);
	return denial.state == RC_DNSSEC_V_OK ? verdict : denial;
}

/*
 * Did servers of the zone itself speak lately: was there a referral to it, or its SOA? Otherwise
 * what comes unsigned may be of a zone below, whose delegation was in the resolver's cache. What a
 * resolver tells (AA=0) may be of any zone: only its own authority section shows of which.
 */
static bool zone_spoke(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
		       const struct rc_name *zone)
{
	bool told = (view->msg->flags & RC_FLAG_AA) == 0;
	size_t end = told ? view->first + view->n : run->n_sets;
	for (size_t i = told ? view->first : 0; i < end; i++) {
		const struct rc_dnssec_set *set = &run->sets[i];
		if ((set->type == RC_TYPE_NS || set->type == RC_TYPE_SOA) &&
		    rc_name_equal(&set->owner, zone) &&
		    !rc_dnssec_older(run->views[set->view].ts_ns, view->ts_ns, RC_DNSSEC_RECENT_NS))
			return true;
	}
	return false;
}

/* By its authority section what this message tells is of the zone, not of one that it delegates. */
static bool names_zone(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
		       const struct rc_name *zone)
{
	if (rc_dnssec_set_find(run, view, RC_AUTHORITY, zone, RC_TYPE_SOA))
		return true;
	return (view->msg->flags & RC_FLAG_AA) != 0 && view->msg->counts[RC_ANSWER] != 0 &&
	       rc_dnssec_set_find(run, view, RC_AUTHORITY, zone, RC_TYPE_NS);
}

/* Does a message show that no zone begins at this name below the zone? */
static bool is_no_cut(const struct rc_dnssec_run *run, const struct rc_name *name,
		      const struct rc_name *zone)
{
	for (size_t i = 0; i < run->n_views; i++)
		if (rc_name_in(&run->views[i].msg->qname, name) &&
		    names_zone(run, &run->views[i], zone))
			return true;
	return false;
}

/*
 * Servers that serve the zone may serve one that it delegates, unsigned: they answer for that without any referral, and
 * whether a resolver looked for its DS long ago is not known.
 */
static bool may_be_delegated(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			     const struct question *q)
{
	const struct rc_dnssec_set *set = answer_set(run, view, q);
	const struct rc_name *owner = set ? &set->owner : &view->msg->qname;
	if (set ? ldns_rr_list_rr_count(set->sigs) != 0 : names_zone(run, view, &q->zone->name))
		return false;
	for (unsigned above = 0; owner->labels > q->zone->name.labels + above; above++) {
		struct rc_name name;
		rc_name_parent(owner, above, &name);
		if (!is_no_cut(run, &name, &q->zone->name))
			return true;
	}
	return false;
}

/* Something is not signed: is it sure that it had to be? */
static void judge_missing(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			  const struct question *q, struct rc_dnssec_verdict *verdict)
{
	verdict->doubtful |= may_be_delegated(run, view, q);
	const struct rc_name *zone = &q->zone->name;
	bool root = zone->labels == 0 && q->name.labels > 1;
	verdict->weak = root || !zone_spoke(run, view, zone);
	/* Nothing seen says that the zone is signed, or top-level zones hold no such names. */
	if (!q->zone->is_signed || (verdict->weak && zone->labels < 2))
		verdict->state = RC_DNSSEC_V_UNKNOWN;
}

static struct rc_dnssec_verdict judge_view(struct rc_dnssec_run *run,
					   const struct rc_dnssec_view *view,
					   const struct question *q)
{
	const struct rc_dnssec_set *set = answer_set(run, view, q);
	struct rc_dnssec_verdict verdict = set ? judge_set(run, view, q, set)
					       : judge_denial(run, view, q);
	if (verdict.state != RC_DNSSEC_V_FAULT)
		return verdict;
	if (verdict.fault == RC_DNSSEC_RRSIG_MISSING || verdict.fault == RC_DNSSEC_DENIAL_MISSING)
		judge_missing(run, view, q, &verdict);
	/* A stale key set in a cache explains it as well: not conclusive. */
	if (verdict.fault == RC_DNSSEC_DNSKEY_MISSING && q->zone->keys &&
	    rc_dnssec_older(q->zone->keys->ts_ns, view->ts_ns, RC_DNSSEC_FRESH_NS))
		verdict.doubtful = true;
	return verdict;
}

struct outcome {
	enum rc_dnssec_status status;
	bool has_alias;
	struct rc_name alias;
};

static void report_reason(struct rc_dnssec_run *run, const struct rc_dnssec_verdict *verdict,
			  const struct rc_dnssec_view *view, const struct rc_name *zone)
{
	if (!verdict->has_reason)
		return;
	struct rc_dnssec_verdict fault = rc_dnssec_fault(verdict->fault, verdict->detail);
	struct rc_dnssec_tally tally = {.n_insecure = 1};
	rc_dnssec_tally_add(&tally, &fault, view);
	rc_dnssec_tally_report(run, &tally, zone);
}

static enum rc_dnssec_status status_of(struct rc_dnssec_run *run, const struct question *q,
				       const struct rc_dnssec_tally *tally)
{
	bool secure = q->zone->status == RC_DNSSEC_SECURE;
	if (tally->n_fault != 0)
		rc_dnssec_tally_report(run, tally, &q->zone->name);
	if (tally->n_ok != 0)
		return secure ? RC_DNSSEC_SECURE : RC_DNSSEC_INDETERMINATE;
	if (tally->n_insecure != 0)
		return secure ? RC_DNSSEC_INSECURE : RC_DNSSEC_INDETERMINATE;
	bool bogus = tally->n_fault != 0 && tally->n_unknown == 0 && !tally->weak;
	return bogus && secure ? RC_DNSSEC_BOGUS : RC_DNSSEC_INDETERMINATE;
}

/* Unsigned, and by its authority section of a zone below, or of no zone that it names. */
static bool is_unsigned_answer(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			       const struct question *q)
{
	const struct rc_msg *msg = view->msg;
	if (!rc_name_equal(&msg->qname, &q->name) || msg->qtype != q->type ||
	    rc_dnssec_is_referral(run, view, NULL))
		return false;
	for (size_t i = view->first; i < view->first + view->n; i++)
		if (ldns_rr_list_rr_count(run->sets[i].sigs) != 0)
			return false;
	if (answer_set(run, view, q))
		return true;
	const struct rc_dnssec_set *soa = rc_dnssec_set_of_type(run, view, RC_AUTHORITY,
								RC_TYPE_SOA);
	return !soa ||
	       (soa->owner.labels > q->zone->name.labels && rc_name_in(&q->name, &soa->owner));
}

/* The zone proves that there is nothing at a name above the question, yet somebody answered it, unsigned. */
static enum rc_dnssec_status judge_undelegated(struct rc_dnssec_run *run, const struct question *q,
					       const struct rc_dnssec_view *denial,
					       const struct rc_dnssec_view *given)
{
	const struct rc_name *cut = &denial->msg->qname;
	bool positive = answer_set(run, given, q) != NULL;
	struct rc_dnssec_verdict verdict = rc_dnssec_fault(
		positive ? RC_DNSSEC_RRSIG_MISSING : RC_DNSSEC_DENIAL_MISSING,
		rc_arena_printf(run->arena,
				"the answer is not signed, and %s proves that there is no %s",
				q->zone->name.labels == 0 ? "the root"
							  : rc_dnssec_text(run, &q->zone->name),
				rc_dnssec_text(run, cut)));
	struct rc_dnssec_tally tally = {0};
	rc_dnssec_tally_add(&tally, &verdict, given);
	tally.worst.undelegated = true;
	rc_dnssec_tally_report(run, &tally, cut);
	return q->zone->status == RC_DNSSEC_SECURE && !tally.weak ? RC_DNSSEC_BOGUS
								  : RC_DNSSEC_INDETERMINATE;
}

static bool judge_step(struct rc_dnssec_run *run, const struct question *q, struct outcome *out)
{
	struct rc_dnssec_tally tally = {0};
	struct rc_dnssec_verdict no_name;
	const struct rc_dnssec_view *denial = NULL, *given = NULL, *beside = NULL;
	int64_t newest_ns = INT64_MIN;
	bool seen = false, judged = q->zone->status != RC_DNSSEC_INSECURE && !q->zone->no_ds;
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		if (role_of(run, view, q) != UNRELATED && view->ts_ns > newest_ns)
			newest_ns = view->ts_ns;
	}
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		enum role role = role_of(run, view, q);
		if (rc_dnssec_older(view->ts_ns, newest_ns, RC_DNSSEC_RECENT_NS))
			continue;
		given = judged && is_unsigned_answer(run, view, q) ? view : given;
		if (role == UNRELATED)
			continue;
		seen = true;
		out->has_alias |= alias_target(run, view, q, &out->alias);
		if (!judged)
			continue;
		struct rc_dnssec_verdict verdict = judge_view(run, view, q);
		if (role == DENIES && verdict.state == RC_DNSSEC_V_OK &&
		    !rc_name_equal(&view->msg->qname, &q->name))
			denial = view;
		report_reason(run, &verdict, view, &q->zone->name);
		/* That another type is proven to have no name mends no denial of this one. */
		if (role == DENIES && verdict.state == RC_DNSSEC_V_OK &&
		    rc_name_equal(&view->msg->qname, &q->name) && view->msg->qtype != q->type) {
			beside = view;
			no_name = verdict;
			continue;
		}
		rc_dnssec_tally_add(&tally, &verdict, view);
	}
	if (beside && tally.n_fault == 0)
		rc_dnssec_tally_add(&tally, &no_name, beside);
	if (denial && given) {
		out->status = judge_undelegated(run, q, denial, given);
		return true;
	}
	out->status = !seen    ? RC_DNSSEC_INDETERMINATE
		      : judged ? status_of(run, q, &tally)
			       : q->zone->status;
	return seen;
}

/*
 * The answer was never asked for: who walks down by NS (QNAME minimisation) and validates each step goes no further than
 * to the first that fails. What it would have got behind that nobody knows.
 */
static bool judge_walk(struct rc_dnssec_run *run, const struct question *q)
{
	struct rc_dnssec_tally tally = {0};
	const struct rc_dnssec_zone *zone = q->zone;
	if (zone->status == RC_DNSSEC_INSECURE || zone->no_ds)
		return false;
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		const struct rc_dnssec_set *set = rc_dnssec_set_find(run, view, RC_ANSWER,
								     &zone->name, RC_TYPE_NS);
		if (!set || view->msg->qtype != RC_TYPE_NS || (view->msg->flags & RC_FLAG_AA) == 0)
			continue;
		struct rc_dnssec_verdict verdict = rc_dnssec_set_judge(run, set, &zone->name,
								       zone->keys, false);
		verdict.doubtful = true;
		rc_dnssec_tally_add(&tally, &verdict, view);
	}
	return tally.n_ok + tally.n_insecure == 0 && !tally.weak &&
	       rc_dnssec_tally_report(run, &tally, &zone->name);
}

/* BOGUS decides, then INDETERMINATE, then INSECURE. */
static enum rc_dnssec_status worse(enum rc_dnssec_status a, enum rc_dnssec_status b)
{
	static const unsigned ranks[] = {[RC_DNSSEC_SECURE] = 0,
					 [RC_DNSSEC_INSECURE] = 1,
					 [RC_DNSSEC_INDETERMINATE] = 2,
					 [RC_DNSSEC_BOGUS] = 3};
	return ranks[a] > ranks[b] ? a : b;
}

enum rc_dnssec_status rc_dnssec_answer_judge(struct rc_dnssec_run *run, const struct rc_name *qname,
					     uint16_t qtype, struct rc_name *ret_zone)
{
	enum rc_dnssec_status status = RC_DNSSEC_SECURE;
	struct question q = {.name = *qname, .type = qtype};
	for (unsigned step = 0; step < RC_DNSSEC_ALIASES_MAX; step++) {
		q.zone = rc_dnssec_chain_walk(run, &q.name, qtype);
		if (!q.zone)
			return RC_DNSSEC_INDETERMINATE;
		if (q.zone->name.labels >= ret_zone->labels || step != 0)
			*ret_zone = q.zone->name;
		if (q.zone->broken)
			return worse(status, q.zone->status);
		struct outcome out = {0};
		if (!judge_step(run, &q, &out) && !judge_walk(run, &q))
			rc_dnssec_not_seen(run, "answer to", &q.name,
					   rc_arena_printf(run->arena, " %s",
							   rc_dnssec_type_text(run, qtype)));
		status = worse(status, out.status);
		if (status == RC_DNSSEC_BOGUS || !out.has_alias)
			return status;
		q.name = out.alias;
	}
	return worse(status, RC_DNSSEC_INDETERMINATE);
}
