/*
 * What NSEC3 records prove: RFC 5155 8, RFC 6840 4, RFC 9276 3.2.
 */
#include "analyze/dnssec/denial.h"

#include <string.h>

#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"

#define HASH_LEN 20u /* SHA-1, the only algorithm (RFC 5155 11) */
/* RFC 9276 3.2: what BIND, Unbound, Knot Resolver and PowerDNS agreed on. */
#define ITERATIONS_MAX 150u
#define OPT_OUT 0x01u

struct nsec3 {
	const struct rc_dnssec_set *set;
	const ldns_rr *rr;
	uint8_t owner[HASH_LEN], next[HASH_LEN];
	uint8_t flags;
};

/* One message, one set of parameters. */
struct search {
	struct rc_dnssec_run *run;
	const struct rc_dnssec_view *view;
	const struct rc_name *zone;
	struct rc_dnssec_denial_proof *proof;
	const ldns_rr *params; /* the first NSEC3 whose algorithm is known */
};

/* RFC 4648 7, without padding; 32 characters are 20 octets. */
static bool unbase32(const uint8_t *text, size_t len, uint8_t ret_hash[HASH_LEN])
{
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;
	if (len != HASH_LEN * 8 / 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = text[i], value;
		if (c >= '0' && c <= '9')
			value = (uint8_t)(c - '0');
		else if (c >= 'a' && c <= 'v')
			value = (uint8_t)(c - 'a' + 10);
		else
			return false;
		bits = bits << 5 | value;
		n_bits += 5;
		if (n_bits >= 8) {
			n_bits -= 8;
			ret_hash[n++] = (uint8_t)(bits >> n_bits);
		}
	}
	return true;
}

static bool nsec3_at(const struct rc_dnssec_run *run, size_t i, const struct rc_name *zone,
		     struct nsec3 *ret_nsec3)
{
	const struct rc_dnssec_set *set = &run->sets[i];
	struct rc_name parent;
	if (set->type != RC_TYPE_NSEC3 || set->section != RC_AUTHORITY || set->owner.labels == 0 ||
	    ldns_rr_list_rr_count(set->rrs) == 0)
		return false;
	rc_name_parent(&set->owner, 1, &parent);
	const ldns_rr *rr = ldns_rr_list_rr(set->rrs, 0);
	if (!rc_name_equal(&parent, zone) || ldns_rr_rd_count(rr) < 5 ||
	    rc_dnssec_rdf_int(ldns_rr_rdf(rr, 0)) != LDNS_SHA1)
		return false;
	const ldns_rdf *next = ldns_rr_rdf(rr, 4);
	struct rc_cursor c = rc_cursor_init(ldns_rdf_data(next), (uint32_t)ldns_rdf_size(next));
	if (rc_cursor_u8(&c) != HASH_LEN)
		return false;
	const uint8_t *hash = rc_cursor_bytes(&c, HASH_LEN);
	if (!hash || !unbase32(set->owner.wire + 1, set->owner.wire[0], ret_nsec3->owner))
		return false;
	memcpy(ret_nsec3->next, hash, HASH_LEN);
	ret_nsec3->set = set;
	ret_nsec3->rr = rr;
	ret_nsec3->flags = (uint8_t)rc_dnssec_rdf_int(ldns_rr_rdf(rr, 1));
	return true;
}

/* RFC 5155 8.2: all records of a response share algorithm, iterations and salt. */
static bool same_params(const ldns_rr *a, const ldns_rr *b)
{
	return ldns_rdf_compare(ldns_rr_rdf(a, 2), ldns_rr_rdf(b, 2)) == 0 &&
	       ldns_rdf_compare(ldns_rr_rdf(a, 3), ldns_rr_rdf(b, 3)) == 0;
}

static bool hash_name(struct search *search, const struct rc_name *name, uint8_t ret_hash[HASH_LEN])
{
	struct rc_dnssec_run *run = search->run;
	if (run->hashes_left == 0) {
		search->proof->unchecked = true;
		return false;
	}
	run->hashes_left--;
	bool done = false;
	ldns_rdf *dname = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name->len, name->wire);
	ldns_rdf *hashed = dname ? ldns_nsec3_hash_name_frm_nsec3(search->params, dname) : NULL;
	struct rc_name text;
	if (hashed && rc_dnssec_name(hashed, &text))
		done = unbase32(text.wire + 1, text.wire[0], ret_hash);
	ldns_rdf_deep_free(dname);
	ldns_rdf_deep_free(hashed);
	return done;
}

static bool covers(const struct nsec3 *nsec3, const uint8_t hash[HASH_LEN])
{
	bool above = memcmp(nsec3->owner, hash, HASH_LEN) < 0;
	bool below = memcmp(hash, nsec3->next, HASH_LEN) < 0;
	if (memcmp(nsec3->owner, nsec3->next, HASH_LEN) < 0)
		return above && below;
	return (above || below) && memcmp(nsec3->owner, hash, HASH_LEN) != 0;
}

/* The NSEC3 that matches (or covers) the name's hash. */
static bool find(struct search *search, const struct rc_name *name, bool cover,
		 struct nsec3 *ret_nsec3)
{
	uint8_t hash[HASH_LEN];
	if (!hash_name(search, name, hash))
		return false;
	for (size_t i = search->view->first; i < search->view->first + search->view->n; i++) {
		if (!nsec3_at(search->run, i, search->zone, ret_nsec3) ||
		    !same_params(ret_nsec3->rr, search->params))
			continue;
		if (cover ? covers(ret_nsec3, hash) : memcmp(ret_nsec3->owner, hash, HASH_LEN) == 0)
			return true;
	}
	return false;
}

static const char *about(struct search *search, const char *what, const struct rc_name *name)
{
	return rc_arena_printf(search->run->arena, "%s %s", what,
			       rc_dnssec_text(search->run, name));
}

/* RFC 5155 8.3: the closest encloser matches and the next closer name is covered. */
static bool prove_encloser(struct search *search, const struct rc_name *name,
			   struct rc_name *ret_encloser)
{
	struct nsec3 at;
	struct rc_name closer, encloser;
	for (unsigned up = 1; up + search->zone->labels <= name->labels; up++) {
		rc_name_parent(name, up, &encloser);
		if (!find(search, &encloser, false, &at))
			continue;
		/* RFC 5155 8.3: nothing below a DNAME or a delegation is denied. */
		if (rc_dnssec_bitmap_has(at.rr, RC_TYPE_DNAME) ||
		    (rc_dnssec_bitmap_has(at.rr, RC_TYPE_NS) &&
		     !rc_dnssec_bitmap_has(at.rr, RC_TYPE_SOA))) {
			search->proof->detail = about(
				search,
				"the closest encloser is an alias or a delegation:", &encloser);
			return false;
		}
		rc_dnssec_denial_use(search->proof, at.set);
		rc_name_parent(name, up - 1, &closer);
		if (!find(search, &closer, true, &at)) {
			search->proof->detail = about(
				search, "no NSEC3 covers the next closer name", &closer);
			return false;
		}
		rc_dnssec_denial_use(search->proof, at.set);
		search->proof->opt_out = (at.flags & OPT_OUT) != 0;
		*ret_encloser = encloser;
		return true;
	}
	search->proof->detail = about(search, "no NSEC3 matches an ancestor of", name);
	return false;
}

static void prove_wildcard(struct search *search, const struct rc_dnssec_claim *claim,
			   const struct rc_name *encloser)
{
	struct rc_dnssec_denial_proof *proof = search->proof;
	struct rc_name wildcard = {.labels = (uint8_t)(encloser->labels + 1),
				   .len = (uint8_t)(encloser->len + 2)};
	struct nsec3 at;
	if (encloser->len + 2u > RC_NAME_MAX) {
		proof->holds = true; /* no such name can be */
		return;
	}
	wildcard.wire[0] = 1;
	wildcard.wire[1] = '*';
	memcpy(wildcard.wire + 2, encloser->wire, encloser->len);
	if (claim->kind == RC_DNSSEC_NO_NAME) {
		proof->holds = find(search, &wildcard, true, &at);
		if (proof->holds)
			rc_dnssec_denial_use(proof, at.set);
		else
			proof->detail = about(search, "no NSEC3 covers the wildcard", &wildcard);
		return;
	}
	if (!find(search, &wildcard, false, &at)) {
		/* An opt-out span may hide an unsigned delegation, which has no DS. A name that does
		 * not exist has none either. */
		proof->holds = proof->opt_out;
		if (!proof->holds && claim->kind == RC_DNSSEC_NO_DS) {
			proof->holds = find(search, &wildcard, true, &at);
			proof->absent = proof->holds;
			if (proof->holds)
				rc_dnssec_denial_use(proof, at.set);
		}
		proof->detail = about(search, "no NSEC3 matches", claim->name);
		return;
	}
	proof->opt_out = false;
	const char *fault = rc_dnssec_match_fault(at.rr, claim, proof);
	rc_dnssec_denial_use(proof, at.set);
	proof->holds = *fault == '\0';
	proof->detail = rc_arena_printf(search->run->arena, "NSEC3 of %s: %s",
					rc_dnssec_text(search->run, &wildcard), fault);
}

static void prove(struct search *search, const struct rc_dnssec_claim *claim)
{
	struct rc_dnssec_denial_proof *proof = search->proof;
	struct nsec3 at;
	struct rc_name encloser, closer;
	if (claim->kind == RC_DNSSEC_NO_CLOSER) {
		/* RFC 5155 8.8: the wildcard's parent is the closest encloser. */
		rc_name_parent(claim->name, claim->name->labels - claim->labels - 1u, &closer);
		proof->holds = find(search, &closer, true, &at);
		if (proof->holds) {
			rc_dnssec_denial_use(proof, at.set);
			proof->opt_out = (at.flags & OPT_OUT) != 0;
		} else {
			proof->detail = about(search, "no NSEC3 covers the next closer name",
					      &closer);
		}
		return;
	}
	if (find(search, claim->name, false, &at)) {
		const char *fault = rc_dnssec_match_fault(at.rr, claim, proof);
		rc_dnssec_denial_use(proof, at.set);
		proof->holds = *fault == '\0';
		proof->detail = rc_arena_printf(search->run->arena, "NSEC3 of %s: %s",
						rc_dnssec_text(search->run, claim->name), fault);
		return;
	}
	if (prove_encloser(search, claim->name, &encloser))
		prove_wildcard(search, claim, &encloser);
}

void rc_dnssec_nsec3_prove(struct rc_dnssec_run *run, const struct rc_dnssec_view *view,
			   const struct rc_dnssec_claim *claim,
			   struct rc_dnssec_denial_proof *proof)
{
	struct search search = {.run = run, .view = view, .zone = claim->zone, .proof = proof};
	struct nsec3 at;
	*proof = (struct rc_dnssec_denial_proof){0};
	for (size_t i = view->first; i < view->first + view->n && !search.params; i++)
		if (nsec3_at(run, i, claim->zone, &at))
			search.params = at.rr;
	if (!search.params) {
		proof->detail = rc_arena_printf(run->arena, "no NSEC3 of %s can be used",
						rc_dnssec_text(run, claim->zone));
		return;
	}
	unsigned iterations = rc_dnssec_rdf_int(ldns_rr_rdf(search.params, 2));
	if (iterations > ITERATIONS_MAX) {
		rc_dnssec_denial_use(proof, at.set);
		proof->too_many = iterations;
		return;
	}
	prove(&search, claim);
	if (proof->unchecked)
		rc_dnssec_not_seen(run, "more NSEC3 hashes than are computed", NULL, "");
}
