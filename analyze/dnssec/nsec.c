/*
 * What NSEC records prove: RFC 4034 4, RFC 4035 5.4.
 */
#include "analyze/dnssec/denial.h"

#include <string.h>

#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"

struct nsec {
	const struct rc_dnssec_set *set;
	const ldns_rr *rr;
	struct rc_name next;
};

static bool nsec_at(const struct rc_dnssec_run *run, size_t i, const struct rc_name *zone,
		    struct nsec *ret_nsec)
{
	const struct rc_dnssec_set *set = &run->sets[i];
	if (set->type != RC_TYPE_NSEC || set->section != RC_AUTHORITY ||
	    ldns_rr_list_rr_count(set->rrs) == 0 || !rc_name_in(&set->owner, zone))
		return false;
	ret_nsec->set = set;
	ret_nsec->rr = ldns_rr_list_rr(set->rrs, 0);
	return ldns_rr_rd_count(ret_nsec->rr) != 0 &&
	       rc_dnssec_name(ldns_rr_rdf(ret_nsec->rr, 0), &ret_nsec->next);
}

static bool find_match(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
		       const struct rc_name *name, const struct rc_name *zone,
		       struct nsec *ret_nsec)
{
	for (size_t i = view->first; i < view->first + view->n; i++)
		if (nsec_at(run, i, zone, ret_nsec) && rc_name_equal(&ret_nsec->set->owner, name))
			return true;
	return false;
}

/* Is the name strictly between the owner and the next name? The last NSEC points to the apex. */
static bool covers(const struct nsec *nsec, const struct rc_name *name)
{
	const struct rc_name *owner = &nsec->set->owner;
	bool last = rc_name_compare(&nsec->next, owner) <= 0;
	/* RFC 6840 4.1: an NSEC of a delegation or a DNAME says nothing of names below it. */
	bool cut = rc_dnssec_bitmap_has(nsec->rr, RC_TYPE_NS) &&
		   !rc_dnssec_bitmap_has(nsec->rr, RC_TYPE_SOA);
	if (rc_name_in(name, owner) && (cut || rc_dnssec_bitmap_has(nsec->rr, RC_TYPE_DNAME)))
		return false;
	return rc_name_compare(owner, name) < 0 && (last || rc_name_compare(name, &nsec->next) < 0);
}

static bool find_cover(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
		       const struct rc_name *name, const struct rc_name *zone,
		       struct nsec *ret_nsec)
{
	for (size_t i = view->first; i < view->first + view->n; i++)
		if (nsec_at(run, i, zone, ret_nsec) && covers(ret_nsec, name))
			return true;
	return false;
}

static bool make_wildcard(const struct rc_name *parent, struct rc_name *ret_name)
{
	if (parent->len + 2u > RC_NAME_MAX)
		return false;
	ret_name->wire[0] = 1;
	ret_name->wire[1] = '*';
	memcpy(ret_name->wire + 2, parent->wire, parent->len);
	ret_name->len = (uint8_t)(parent->len + 2);
	ret_name->labels = (uint8_t)(parent->labels + 1);
	return true;
}

/* The wildcard that could have answered: below the closest encloser, which the cover shows. */
static bool closest_wildcard(const struct nsec *cover, const struct rc_name *name,
			     struct rc_name *ret_name)
{
	unsigned a = rc_name_common_labels(&cover->set->owner, name);
	unsigned b = rc_name_common_labels(&cover->next, name);
	struct rc_name encloser;
	rc_name_parent(name, name->labels - (a > b ? a : b), &encloser);
	return make_wildcard(&encloser, ret_name);
}

static void prove_uncovered(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			    const struct rc_dnssec_claim *claim, const struct nsec *cover,
			    struct rc_dnssec_denial_proof *proof)
{
	struct nsec at;
	struct rc_name wildcard;
	rc_dnssec_denial_use(proof, cover->set);
	if (claim->kind == RC_DNSSEC_NO_CLOSER) {
		proof->holds = true;
		return;
	}
	bool empty = rc_name_in(&cover->next, claim->name); /* an empty non-terminal */
	if (empty) {
		proof->holds = claim->kind != RC_DNSSEC_NO_NAME;
		proof->absent = true;
		proof->detail = "its NSEC shows a name below it, so the name exists";
		return;
	}
	if (!closest_wildcard(cover, claim->name, &wildcard))
		return;
	if (claim->kind == RC_DNSSEC_NO_NAME) {
		proof->holds = find_cover(run, view, &wildcard, claim->zone, &at);
		if (proof->holds)
			rc_dnssec_denial_use(proof, at.set);
		else
			proof->detail = rc_arena_printf(run->arena,
							"no NSEC covers the wildcard %s",
							rc_dnssec_text(run, &wildcard));
		return;
	}
	if (!find_match(run, view, &wildcard, claim->zone, &at)) {
		/* A name that does not exist has no DS, whatever the RCODE. */
		proof->holds = claim->kind == RC_DNSSEC_NO_DS &&
			       find_cover(run, view, &wildcard, claim->zone, &at);
		proof->absent = true;
		if (proof->holds)
			rc_dnssec_denial_use(proof, at.set);
		else
			proof->detail = rc_arena_printf(run->arena,
							"the NSEC covers %s: it denies the name, "
							"not the type",
							rc_dnssec_text(run, claim->name));
		return;
	}
	const char *fault = rc_dnssec_match_fault(at.rr, claim, proof);
	rc_dnssec_denial_use(proof, at.set);
	proof->holds = *fault == '\0';
	proof->detail = rc_arena_printf(run->arena, "NSEC of %s: %s",
					rc_dnssec_text(run, &wildcard), fault);
}

void rc_dnssec_nsec_prove(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			  const struct rc_dnssec_claim *claim, struct rc_dnssec_denial_proof *proof)
{
	struct nsec at;
	struct rc_name name = *claim->name;
	if (claim->kind == RC_DNSSEC_NO_CLOSER)
		rc_name_parent(claim->name, claim->name->labels - claim->labels - 1u, &name);
	if (find_match(run, view, claim->name, claim->zone, &at)) {
		const char *fault = rc_dnssec_match_fault(at.rr, claim, proof);
		rc_dnssec_denial_use(proof, at.set);
		proof->holds = *fault == '\0';
		proof->detail = rc_arena_printf(run->arena, "NSEC of %s: %s",
						rc_dnssec_text(run, claim->name), fault);
		return;
	}
	if (find_cover(run, view, &name, claim->zone, &at)) {
		prove_uncovered(run, view, claim, &at, proof);
		return;
	}
	proof->detail = rc_arena_printf(run->arena, "no NSEC matches or covers %s",
					rc_dnssec_text(run, &name));
}
