/*
 * From the trust anchor down, zone by zone (RFC 4035 5): the parent's word on the DS, then the
 * DNSKEY set.
 */
#include "analyze/dnssec/chain.h"

#include "analyze/dnssec/denial.h"
#include "analyze/dnssec/keys.h"
#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"
#include "analyze/dnssec/sig.h"

bool rc_dnssec_older(int64_t a_ns, int64_t b_ns, int64_t by_ns)
{
	return a_ns < b_ns && (uint64_t)b_ns - (uint64_t)a_ns > (uint64_t)by_ns;
}

static bool asks(const struct rc_dnssec_view *view, const struct rc_name *name, uint16_t type)
{
	return view->msg->qtype == type && rc_name_equal(&view->msg->qname, name);
}

enum hint { NO_HINT, ASKED_DS, SHOWN };

/* Does any message hint at a zone of that name? A DS question is the weakest: resolvers ask it of any
 * name when they look for a reason why something is not signed. */
static enum hint cut_hint(const struct rc_dnssec_run *run, const struct rc_name *name)
{
	if (rc_dnssec_signs(run, name))
		return SHOWN;
	for (size_t i = 0; i < run->n_sets; i++) {
		const struct rc_dnssec_set *set = &run->sets[i];
		bool apex = set->type == RC_TYPE_NS || set->type == RC_TYPE_SOA ||
			    set->type == RC_TYPE_DS || set->type == RC_TYPE_DNSKEY;
		if (apex && ldns_rr_list_rr_count(set->rrs) != 0 &&
		    rc_name_equal(&set->owner, name))
			return SHOWN;
	}
	for (size_t i = 0; i < run->n_views; i++)
		if (asks(&run->views[i], name, RC_TYPE_DS))
			return ASKED_DS;
	return NO_HINT;
}

static const struct rc_dnssec_set *ds_in(const struct rc_dnssec_run *run,
					 const struct rc_dnssec_view *view,
					 const struct rc_name *zone)
{
	const struct rc_dnssec_set *set = rc_dnssec_set_find(run, view, RC_AUTHORITY, zone,
							     RC_TYPE_DS);
	return set ? set : rc_dnssec_set_find(run, view, RC_ANSWER, zone, RC_TYPE_DS);
}

enum absence { NOT_ABSENT, REFERRAL_WITHOUT, DENIED };

/* A message of the parent's side that has no DS: a referral, or an answer to a DS question. */
static enum absence ds_absent(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			      const struct rc_name *zone)
{
	if (ds_in(run, view, zone))
		return NOT_ABSENT;
	if (rc_dnssec_is_referral(run, view, zone))
		return REFERRAL_WITHOUT;
	if (!asks(view, zone, RC_TYPE_DS) || view->msg->counts[RC_ANSWER] != 0)
		return NOT_ABSENT;
	/* The child's own servers know nothing of the DS (RFC 4035 3.1.4.1). */
	const struct rc_dnssec_set *soa = rc_dnssec_set_of_type(run, view, RC_AUTHORITY,
								RC_TYPE_SOA);
	/* A resolver with data of its own, or a filter, says so without any SOA. */
	if (soa == NULL)
		return rc_dnssec_denies_barely(view->msg) ? DENIED : NOT_ABSENT;
	return soa->owner.labels < zone->labels && rc_name_in(zone, &soa->owner) ? DENIED
										 : NOT_ABSENT;
}

static int64_t newest_link_ns(const struct rc_dnssec_run *run, const struct rc_name *zone)
{
	int64_t newest_ns = INT64_MIN;
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		if ((ds_in(run, view, zone) || ds_absent(run, view, zone) != NOT_ABSENT) &&
		    view->ts_ns > newest_ns)
			newest_ns = view->ts_ns;
	}
	return newest_ns;
}

/* What the messages say of one delegation. */
struct link {
	struct rc_dnssec_tally ds, denial;
	struct rc_dnssec_tally soa;         /* of denials that prove that there is no DS */
	const struct rc_dnssec_set *ds_set; /* verified, else as seen */
	bool ds_good;
	bool bare_ds;     /* a DS without signature, and nothing shows that its zone signs */
	bool asked;       /* a DS question was answered, so a missing proof is final */
	bool bare_denial; /* of what would be a zone right below, by a resolver that proves nothing */
	struct rc_dnssec_verdict insecure; /* why, from the denial */
	size_t insecure_msg;               /* which holds it */
	bool absent;
};

/* Some resolvers (BIND, PowerDNS) take a denial of the DS only if its SOA verifies too, as that of any other type. */
static void judge_soa(struct rc_dnssec_run *run, const struct rc_dnssec_zone *parent,
		      const struct rc_dnssec_view *view, struct link *link)
{
	const struct rc_dnssec_set *soa = rc_dnssec_set_find(run, view, RC_AUTHORITY, &parent->name,
							     RC_TYPE_SOA);
	if (soa == NULL)
		return;
	struct rc_dnssec_verdict verdict = rc_dnssec_set_judge(run, soa, &parent->name,
							       parent->keys, false);
	rc_dnssec_tally_add(&link->soa, &verdict, view);
}

static void judge_absence(struct rc_dnssec_run *run, const struct rc_dnssec_zone *parent,
			  const struct rc_name *name, const struct rc_dnssec_view *view,
			  struct link *link)
{
	enum absence absence = ds_absent(run, view, name);
	if (absence == NOT_ABSENT)
		return;
	struct rc_dnssec_claim claim = {
		.kind = RC_DNSSEC_NO_DS, .name = name, .type = RC_TYPE_DS, .zone = &parent->name};
	struct rc_dnssec_verdict verdict = rc_dnssec_denial_judge(run, view, &claim, parent->keys);
	/* A referral need not carry the proof when the resolver asked without DO; it then asks for
	 * the DS. A proof that is there, with signatures out of their time, is as final as that of
	 * an answer. */
	bool fault = verdict.state == RC_DNSSEC_V_FAULT;
	bool unproven = verdict.fault == RC_DNSSEC_DENIAL_MISSING ||
			verdict.fault == RC_DNSSEC_DENIAL_INVALID;
	if (absence == REFERRAL_WITHOUT && fault && unproven)
		return;
	link->asked |= absence == DENIED || fault;
	link->bare_denial |= fault && rc_dnssec_denies_barely(view->msg) &&
			     name->labels == parent->name.labels + 1;
	if (verdict.state == RC_DNSSEC_V_OK || verdict.state == RC_DNSSEC_V_INSECURE) {
		link->insecure = verdict;
		link->insecure_msg = view->index;
		link->absent = verdict.state == RC_DNSSEC_V_OK && verdict.absent;
		judge_soa(run, parent, view, link);
	}
	rc_dnssec_tally_add(&link->denial, &verdict, view);
}

/* Delegated, with DO=1, without a DS or a proof that there is none: a zone that is signed gives either (RFC 4035 3.1.4). */
static bool is_delegated_unsigned(const struct rc_dnssec_run *run, const struct rc_name *name)
{
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		if (view->msg->edns.do_bit && rc_dnssec_is_referral(run, view, name) &&
		    !ds_in(run, view, name) &&
		    !rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_NSEC) &&
		    !rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_NSEC3))
			return true;
	}
	return false;
}

/*
 * A DS without signature is a fault where the zone that gives it is signed. It may as well be a zone of which nothing
 * is seen: above a name two labels below the parent, or without any signature of its own.
 */
static void judge_bare_ds(const struct rc_dnssec_run *run, const struct rc_dnssec_zone *parent,
			  const struct rc_name *name, const struct rc_dnssec_view *view,
			  struct rc_dnssec_verdict *verdict)
{
	bool right_above = name->labels == parent->name.labels + 1;
	bool missing = verdict->state == RC_DNSSEC_V_FAULT &&
		       verdict->fault == RC_DNSSEC_RRSIG_MISSING;
	if (!missing || !view->msg->edns.do_bit || (parent->is_signed && right_above))
		return;
	if (parent->is_signed && parent->name.labels != 0 && !is_delegated_unsigned(run, name))
		verdict->doubtful = true;
	else
		verdict->state = RC_DNSSEC_V_UNKNOWN;
}

static void read_link(struct rc_dnssec_run *run, const struct rc_dnssec_zone *parent,
		      const struct rc_name *name, struct link *link)
{
	int64_t newest_ns = newest_link_ns(run, name);
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		if (rc_dnssec_older(view->ts_ns, newest_ns, RC_DNSSEC_RECENT_NS))
			continue;
		const struct rc_dnssec_set *set = ds_in(run, view, name);
		if (!set) {
			judge_absence(run, parent, name, view, link);
			continue;
		}
		struct rc_dnssec_verdict verdict = rc_dnssec_set_judge(run, set, &parent->name,
								       parent->keys, false);
		bool fault = verdict.state == RC_DNSSEC_V_FAULT;
		judge_bare_ds(run, parent, name, view, &verdict);
		link->bare_ds |= fault && verdict.state == RC_DNSSEC_V_UNKNOWN;
		rc_dnssec_tally_add(&link->ds, &verdict, view);
		if (!link->ds_set || (verdict.state == RC_DNSSEC_V_OK && !link->ds_good))
			link->ds_set = set;
		link->ds_good |= verdict.state == RC_DNSSEC_V_OK;
	}
}

static void report_unsupported(struct rc_dnssec_run *run, struct rc_dnssec_zone *zone,
			       const struct rc_dnssec_set *ds)
{
	ldns_rr *rr = ldns_rr_list_rr(ds->rrs, 0);
	struct rc_dnssec_tally tally = {.n_insecure = 1};
	struct rc_dnssec_verdict verdict = rc_dnssec_fault(
		RC_DNSSEC_ALGORITHM_UNSUPPORTED,
		rc_arena_printf(run->arena,
				"no DS of %s can be used: key algorithm %u, digest type %u; "
				"resolvers treat the zone as unsigned",
				rc_dnssec_text(run, &zone->name),
				(unsigned)rc_dnssec_rdf_int(ldns_rr_rdf(rr, 1)),
				(unsigned)rc_dnssec_rdf_int(ldns_rr_rdf(rr, 2))));
	rc_dnssec_tally_add(&tally, &verdict, &run->views[ds->view]);
	rc_dnssec_tally_report(run, &tally, &zone->name);
}

/* A DS set was seen: it holds, fails, or could not be verified. */
static void apply_ds(struct rc_dnssec_run *run, const struct rc_dnssec_zone *parent,
		     struct rc_dnssec_zone *zone, const struct link *link)
{
	struct rc_dnssec_tally ds = link->ds;
	zone->disputed = link->denial.n_ok + link->denial.n_insecure != 0;
	ds.doubtful |= zone->disputed;
	ds.cut = &zone->name;
	if (rc_dnssec_tally_report(run, &ds, &parent->name) && ds.n_unknown == 0) {
		zone->broken = true;
		zone->status = parent->status == RC_DNSSEC_SECURE && !ds.weak
				       ? RC_DNSSEC_BOGUS
				       : RC_DNSSEC_INDETERMINATE;
		return;
	}
	if (link->bare_ds && ds.n_ok == 0) { /* no resolver goes by it, unless it has to */
		zone->no_ds = true;
		zone->status = RC_DNSSEC_INDETERMINATE;
		return;
	}
	zone->ds = rc_dnssec_ds_usable(link->ds_set->rrs);
	zone->ds_ns = run->views[link->ds_set->view].ts_ns;
	zone->status = link->ds_good ? parent->status : RC_DNSSEC_INDETERMINATE;
	if (!zone->ds) {
		report_unsupported(run, zone, link->ds_set);
		zone->no_ds = true;
		if (zone->status == RC_DNSSEC_SECURE)
			zone->status = RC_DNSSEC_INSECURE;
	}
}

/* No DS was seen. */
static void apply_absence(struct rc_dnssec_run *run, const struct rc_dnssec_zone *parent,
			  struct rc_dnssec_zone *zone, const struct link *link)
{
	struct rc_dnssec_tally denial = link->denial, soa = link->soa;
	denial.cut = soa.cut = &zone->name;
	zone->status = RC_DNSSEC_INDETERMINATE;
	if (link->denial.n_ok + link->denial.n_insecure != 0) {
		zone->no_ds = true;
		if (rc_dnssec_tally_report(run, &soa, &parent->name))
			return;
		if (parent->status == RC_DNSSEC_SECURE)
			zone->status = RC_DNSSEC_INSECURE;
		if (link->insecure.state == RC_DNSSEC_V_INSECURE && link->insecure.has_reason) {
			struct rc_dnssec_tally tally = {.worst = link->insecure,
							.msg = link->insecure_msg,
							.n_insecure = 1,
							.n_fault = 1};
			rc_dnssec_tally_report(run, &tally, &parent->name);
		}
		return;
	}
	if (rc_dnssec_tally_report(run, &denial, &parent->name) && link->asked) {
		zone->broken = true;
		if (parent->status == RC_DNSSEC_SECURE && !link->denial.weak)
			zone->status = RC_DNSSEC_BOGUS;
		return;
	}
	zone->no_ds = link->denial.n_unknown != 0;
	rc_dnssec_not_seen(run, "DS of", &zone->name, "");
}

/* With neither authority nor recursion nor a SOA it is no answer of the zone: its server is lame. */
static bool dnskey_empty(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			 const struct rc_name *zone)
{
	if ((view->msg->flags & (RC_FLAG_AA | RC_FLAG_RA)) == 0 &&
	    !rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_SOA))
		return false;
	return asks(view, zone, RC_TYPE_DNSKEY) && view->msg->counts[RC_ANSWER] == 0 &&
	       !rc_dnssec_is_referral(run, view, NULL);
}

static bool add_keys(struct rc_dnssec_run *run, struct rc_dnssec_keys *all,
		     const struct rc_dnssec_set *set, int64_t ts_ns)
{
	struct rc_dnssec_keys *keys = rc_dnssec_keys_read(run, set->rrs);
	if (!keys)
		return false;
	struct rc_dnssec_key *rows = rc_arena_alloc(run->arena,
						    (all->n + keys->n + 1) * sizeof(*rows));
	if (!rows)
		return false;
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		rows[n++] = all->keys[i];
	for (size_t i = 0; i < keys->n; i++) {
		bool known = false;
		for (size_t k = 0; k < all->n && !known; k++)
			known = all->keys[k].tag == keys->keys[i].tag &&
				ldns_rr_compare(all->keys[k].rr, keys->keys[i].rr) == 0;
		if (!known)
			rows[n++] = keys->keys[i];
	}
	all->keys = rows;
	all->n = n;
	if (ts_ns > all->ts_ns)
		all->ts_ns = ts_ns;
	return true;
}

static int64_t newest_dnskey_ns(const struct rc_dnssec_run *run, const struct rc_name *zone)
{
	int64_t newest_ns = INT64_MIN;
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		if ((rc_dnssec_set_find(run, view, RC_ANSWER, zone, RC_TYPE_DNSKEY) ||
		     dnskey_empty(run, view, zone)) &&
		    view->ts_ns > newest_ns)
			newest_ns = view->ts_ns;
	}
	return newest_ns;
}

static void judge_keys(struct rc_dnssec_run *run, struct rc_dnssec_zone *zone)
{
	struct rc_dnssec_tally tally = {0};
	struct rc_dnssec_keys all = {.ts_ns = INT64_MIN};
	int64_t newest_ns = newest_dnskey_ns(run, &zone->name);
	for (size_t i = 0; i < run->n_views; i++) {
		const struct rc_dnssec_view *view = &run->views[i];
		struct rc_dnssec_verdict verdict;
		if (rc_dnssec_older(view->ts_ns, newest_ns, RC_DNSSEC_RECENT_NS))
			continue;
		const struct rc_dnssec_set *set = rc_dnssec_set_find(run, view, RC_ANSWER,
								     &zone->name, RC_TYPE_DNSKEY);
		if (set)
			verdict = rc_dnssec_dnskey_judge(run, zone, set);
		else if (zone->ds && dnskey_empty(run, view, &zone->name))
			verdict = rc_dnssec_fault(
				RC_DNSSEC_DNSKEY_MISSING,
				rc_arena_printf(run->arena,
						"%s has a DS, but no DNSKEY is in the answer",
						rc_dnssec_text(run, &zone->name)));
		else
			continue;
		verdict.doubtful |= zone->disputed ||
				    rc_dnssec_older(view->ts_ns, zone->ds_ns, RC_DNSSEC_FRESH_NS);
		rc_dnssec_tally_add(&tally, &verdict, view);
		if (verdict.state == RC_DNSSEC_V_OK && !add_keys(run, &all, set, view->ts_ns))
			return;
	}
	if (all.n != 0)
		zone->keys = rc_arena_copy(run->arena, &all, sizeof(all));
	if (rc_dnssec_tally_report(run, &tally, &zone->name) && tally.n_unknown == 0) {
		zone->broken = true;
		if (zone->status == RC_DNSSEC_SECURE)
			zone->status = tally.weak ? RC_DNSSEC_INDETERMINATE : RC_DNSSEC_BOGUS;
	} else if (!zone->keys && tally.n_unknown == 0) {
		rc_dnssec_not_seen(run, "DNSKEY of", &zone->name, "");
	}
}

static struct rc_dnssec_zone *zone_find(const struct rc_dnssec_run *run, const struct rc_name *name)
{
	for (struct rc_dnssec_zone *zone = run->zones; zone; zone = zone->next)
		if (rc_name_equal(&zone->name, name))
			return zone;
	return NULL;
}

static ldns_rr_list *anchors_of(const struct rc_dnssec_run *run, const struct rc_name *name)
{
	ldns_rr_list *found = NULL;
	const ldns_rr_list *anchors = run->dnssec->anchors;
	for (size_t i = 0; i < ldns_rr_list_rr_count(anchors); i++) {
		ldns_rr *rr = ldns_rr_list_rr(anchors, i);
		struct rc_name owner;
		if (!rc_dnssec_name(ldns_rr_owner(rr), &owner) || !rc_name_equal(&owner, name))
			continue;
		if (!found)
			found = ldns_rr_list_new();
		if (found)
			ldns_rr_list_push_rr(found, rr);
	}
	return found;
}

/* Judges the zone below parent (NULL for the root); its parent when name is no zone after all, NULL without memory. */
static struct rc_dnssec_zone *zone_judge(struct rc_dnssec_run *run, struct rc_dnssec_zone *parent,
					 const struct rc_name *name, enum hint hint)
{
	struct rc_dnssec_zone *zone = rc_arena_alloc(run->arena, sizeof(*zone));
	if (!zone)
		return NULL;
	*zone = (struct rc_dnssec_zone){
		.name = *name, .status = RC_DNSSEC_INSECURE, .ds_ns = INT64_MIN};
	zone->ds = anchors_of(run, name);
	if (zone->ds) {
		zone->anchored = true;
		zone->status = RC_DNSSEC_SECURE;
	} else if (parent && parent->status != RC_DNSSEC_INSECURE) {
		struct link link = {0};
		read_link(run, parent, name, &link);
		bool denied = link.denial.n_ok + link.denial.n_insecure != 0 && !link.absent;
		bool shown = hint == SHOWN || denied || link.bare_denial;
		if (!link.ds_set && (link.absent || !shown))
			return parent;
		if (link.ds_set)
			apply_ds(run, parent, zone, &link);
		else
			apply_absence(run, parent, zone, &link);
		zone->no_ds |= parent->no_ds;
	}
	zone->next = run->zones;
	run->zones = zone;
	if (zone->status == RC_DNSSEC_INSECURE || zone->broken || zone->no_ds)
		return zone;
	judge_keys(run, zone);
	zone->is_signed = zone->ds || zone->keys || rc_dnssec_signs(run, name);
	return zone;
}

struct rc_dnssec_zone *rc_dnssec_chain_walk(struct rc_dnssec_run *run, const struct rc_name *name,
					    uint16_t type)
{
	struct rc_dnssec_zone *zone = NULL;
	unsigned depth = name->labels;
	if (type == RC_TYPE_DS && depth != 0)
		depth--;
	for (unsigned labels = 0; labels <= depth; labels++) {
		struct rc_name candidate;
		rc_name_parent(name, name->labels - labels, &candidate);
		struct rc_dnssec_zone *known = zone_find(run, &candidate);
		enum hint hint = known || labels == 0 ? SHOWN : cut_hint(run, &candidate);
		if (hint == NO_HINT)
			continue;
		if (!known)
			known = zone_judge(run, zone, &candidate, hint);
		if (!known)
			return NULL;
		zone = known;
		if (zone->broken)
			break;
	}
	return zone;
}
