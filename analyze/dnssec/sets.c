/*
 * From messages to RRsets.
 */
#include "analyze/dnssec/sets.h"

#include <string.h>

#include "analyze/dnssec/report.h"

bool rc_dnssec_name(const ldns_rdf *rdf, struct rc_name *ret_name)
{
	if (!rdf || ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME)
		return false;
	struct rc_cursor c = rc_cursor_init(ldns_rdf_data(rdf), (uint32_t)ldns_rdf_size(rdf));
	return rc_name_read(&c, ret_name) == RC_NAME_OK;
}

uint32_t rc_dnssec_rdf_int(const ldns_rdf *rdf)
{
	if (!rdf || ldns_rdf_size(rdf) > sizeof(uint32_t))
		return 0;
	struct rc_cursor c = rc_cursor_init(ldns_rdf_data(rdf), (uint32_t)ldns_rdf_size(rdf));
	uint32_t value = 0;
	while (rc_cursor_left(&c) != 0)
		value = value << 8 | rc_cursor_u8(&c);
	return value;
}

/* The question and what follows it are the same: a repeat from the same or a like server. */
static bool same_message(const struct rc_msg *a, const struct rc_msg *b)
{
	uint32_t a_off = a->section_off[RC_ANSWER], b_off = b->section_off[RC_ANSWER];
	return a->qtype == b->qtype && a->len == b->len && a_off == b_off && a->flags == b->flags &&
	       a_off != 0 && a_off <= a->len && rc_name_equal(&a->qname, &b->qname) &&
	       memcmp(a->wire + a_off, b->wire + b_off, a->len - a_off) == 0;
}

/* A resolver uses no message that is damaged, and truncated ones are asked again over TCP. */
static bool readable(const struct rc_msg *msg)
{
	return rc_msg_is_response(msg) && msg->has_question && msg->qclass == RC_CLASS_IN &&
	       (msg->fault == RC_FAULT_NONE || msg->fault == RC_FAULT_TRAILING) &&
	       (msg->flags & RC_FLAG_TC) == 0 && rc_rcode_is_usable(msg->rcode) &&
	       (uint32_t)msg->counts[RC_ANSWER] + msg->counts[RC_AUTHORITY] <= RC_DNSSEC_RRS_MAX;
}

static struct rc_dnssec_set *set_get(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
				     enum rc_section section, const struct rc_name *owner,
				     uint16_t type)
{
	for (size_t i = view->first; i < run->n_sets; i++) {
		struct rc_dnssec_set *set = &run->sets[i];
		if (set->type == type && set->section == section &&
		    rc_name_equal(&set->owner, owner))
			return set;
	}
	if (run->n_sets == run->max_sets)
		return NULL;
	struct rc_dnssec_set *set = &run->sets[run->n_sets];
	*set = (struct rc_dnssec_set){.owner = *owner, .type = type, .section = section};
	set->view = (size_t)(view - run->views);
	set->rrs = ldns_rr_list_new();
	set->sigs = ldns_rr_list_new();
	run->n_sets++;
	return set->rrs && set->sigs ? set : NULL;
}

bool rc_dnssec_signs(const struct rc_dnssec_run *run, const struct rc_name *zone)
{
	for (size_t i = 0; i < run->n_signers; i++)
		if (rc_name_equal(&run->signers[i], zone))
			return true;
	return false;
}

static void note_signer(struct rc_dnssec_run *run, const ldns_rr *sig)
{
	struct rc_name signer;
	if (run->n_signers < RC_DNSSEC_SIGNERS_MAX &&
	    rc_dnssec_name(ldns_rr_rrsig_signame(sig), &signer) && !rc_dnssec_signs(run, &signer))
		run->signers[run->n_signers++] = signer;
}

/* Puts the record into its RRset; false when it cannot be read or kept. */
static bool add_rr(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
		   const struct rc_rr *rr)
{
	struct rc_name owner;
	ldns_rr *parsed = NULL;
	size_t pos = rr->off;
	if (!rc_rr_owner(view->msg, rr, &owner) ||
	    ldns_wire2rr(&parsed, view->msg->wire, view->msg->len, &pos,
			 rr->section == RC_ANSWER ? LDNS_SECTION_ANSWER : LDNS_SECTION_AUTHORITY) !=
		    LDNS_STATUS_OK)
		return false;
	uint16_t type = rr->type;
	if (type == RC_TYPE_RRSIG)
		type = (uint16_t)rc_dnssec_rdf_int(ldns_rr_rrsig_typecovered(parsed));
	struct rc_dnssec_set *set = set_get(run, view, rr->section, &owner, type);
	if (!set ||
	    !ldns_rr_list_push_rr(rr->type == RC_TYPE_RRSIG ? set->sigs : set->rrs, parsed)) {
		ldns_rr_free(parsed);
		return false;
	}
	if (rr->type == RC_TYPE_RRSIG)
		note_signer(run, parsed);
	return true;
}

static bool read_view(struct rc_dnssec_run *run, struct rc_dnssec_view *view)
{
	struct rc_rr rr;
	struct rc_rr_iter it = rc_rr_begin(view->msg, RC_ANSWER);
	while (rc_rr_next(&it, &rr) && rr.section != RC_ADDITIONAL) {
		if (run->n_rrs == RC_DNSSEC_RRS_TOTAL_MAX) {
			rc_dnssec_not_seen(run, "more records than are kept", NULL, "");
			return false;
		}
		if (rr.class == RC_CLASS_IN && !add_rr(run, view, &rr))
			return false;
		run->n_rrs++;
	}
	return true;
}

static void free_sets_from(struct rc_dnssec_run *run, size_t first)
{
	for (size_t i = first; i < run->n_sets; i++) {
		ldns_rr_list_deep_free(run->sets[i].rrs);
		ldns_rr_list_deep_free(run->sets[i].sigs);
	}
	run->n_sets = first;
}

static bool is_repeat(const struct rc_dnssec_run *run, const struct rc_dnssec_msg *in)
{
	for (size_t i = 0; i < run->n_views; i++) {
		struct rc_dnssec_view *view = &run->views[i];
		if (same_message(view->msg, in->msg)) {
			view->ts_ns = in->ts_ns;
			return true;
		}
	}
	return false;
}

bool rc_dnssec_sets_read(struct rc_dnssec_run *run, const struct rc_dnssec_msg *msgs, size_t n)
{
	size_t rrs = 0;
	for (size_t i = 0; i < n; i++)
		if (readable(msgs[i].msg))
			rrs += (size_t)msgs[i].msg->counts[RC_ANSWER] +
			       msgs[i].msg->counts[RC_AUTHORITY];
	run->max_sets = rrs < RC_DNSSEC_SETS_MAX ? rrs : RC_DNSSEC_SETS_MAX;
	run->views = rc_arena_take(run->arena, (n + 1) * sizeof(*run->views));
	run->sets = rc_arena_take(run->arena, (run->max_sets + 1) * sizeof(*run->sets));
	run->signers = rc_arena_take(run->arena, RC_DNSSEC_SIGNERS_MAX * sizeof(*run->signers));
	if (!run->views || !run->sets || !run->signers)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!readable(msgs[i].msg) || is_repeat(run, &msgs[i]))
			continue;
		struct rc_dnssec_view *view = &run->views[run->n_views];
		*view = (struct rc_dnssec_view){.index = i, .msg = msgs[i].msg};
		view->ts_ns = msgs[i].ts_ns;
		view->first = run->n_sets;
		if (!read_view(run, view)) {
			free_sets_from(run, view->first);
			continue;
		}
		view->n = run->n_sets - view->first;
		run->n_views++;
	}
	return true;
}

void rc_dnssec_sets_free(struct rc_dnssec_run *run)
{
	free_sets_from(run, 0);
}

const struct rc_dnssec_set *rc_dnssec_set_find(const struct rc_dnssec_run *run,
					       const struct rc_dnssec_view *view,
					       enum rc_section section, const struct rc_name *owner,
					       uint16_t type)
{
	for (size_t i = view->first; i < view->first + view->n; i++) {
		const struct rc_dnssec_set *set = &run->sets[i];
		if (set->type == type && set->section == section &&
		    ldns_rr_list_rr_count(set->rrs) != 0 && rc_name_equal(&set->owner, owner))
			return set;
	}
	return NULL;
}

const struct rc_dnssec_set *rc_dnssec_set_of_type(const struct rc_dnssec_run *run,
						  const struct rc_dnssec_view *view,
						  enum rc_section section, uint16_t type)
{
	for (size_t i = view->first; i < view->first + view->n; i++) {
		const struct rc_dnssec_set *set = &run->sets[i];
		if (set->type == type && set->section == section &&
		    ldns_rr_list_rr_count(set->rrs) != 0)
			return set;
	}
	return NULL;
}

bool rc_dnssec_is_referral(const struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			   const struct rc_name *zone)
{
	const struct rc_msg *msg = view->msg;
	return msg->rcode == RC_RCODE_NOERROR && msg->counts[RC_ANSWER] == 0 &&
	       (msg->flags & RC_FLAG_AA) == 0 &&
	       !rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_SOA) &&
	       (zone ? rc_dnssec_set_find(run, view, RC_AUTHORITY, zone, RC_TYPE_NS)
		     : rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_NS)) != NULL;
}

bool rc_dnssec_denies_barely(const struct rc_msg *msg)
{
	return msg->rcode == RC_RCODE_NXDOMAIN && (msg->flags & RC_FLAG_RA) != 0 &&
	       msg->counts[RC_ANSWER] + msg->counts[RC_AUTHORITY] == 0;
}
