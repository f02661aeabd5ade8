/*
 * DNSKEY sets against DS sets or trust anchors (RFC 4035 5.2), and why they do not fit: a key that
 * was changed after signing is recognised by undoing the change and trying again.
 */
#include "analyze/dnssec/keys.h"

#include <string.h>

#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"
#include "analyze/dnssec/sig.h"

struct ds {
	ldns_rr *rr;
	uint16_t tag;
	uint8_t algorithm, digest_type;
	const ldns_rdf *digest;
};

static bool read_ds(ldns_rr *rr, struct ds *ret_ds)
{
	if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DS || ldns_rr_rd_count(rr) != 4)
		return false;
	*ret_ds = (struct ds){
		.rr = rr,
		.tag = (uint16_t)rc_dnssec_rdf_int(ldns_rr_rdf(rr, 0)),
		.algorithm = (uint8_t)rc_dnssec_rdf_int(ldns_rr_rdf(rr, 1)),
		.digest_type = (uint8_t)rc_dnssec_rdf_int(ldns_rr_rdf(rr, 2)),
		.digest = ldns_rr_rdf(rr, 3),
	};
	return true;
}

static bool digest_known(uint8_t type)
{
	return type == LDNS_SHA1 || type == LDNS_SHA256 || type == LDNS_SHA384;
}

ldns_rr_list *rc_dnssec_ds_usable(const ldns_rr_list *set)
{
	bool strong = false;
	struct ds ds;
	ldns_rr_list *usable = ldns_rr_list_new();
	for (int pass = 0; usable && pass < 2; pass++) {
		for (size_t i = 0; i < ldns_rr_list_rr_count(set); i++) {
			if (!read_ds(ldns_rr_list_rr(set, i), &ds) ||
			    !rc_dnssec_algorithm_known(ds.algorithm) ||
			    !digest_known(ds.digest_type))
				continue;
			strong |= ds.digest_type != LDNS_SHA1;
			/* RFC 4509 3: SHA-1 does not count beside better ones. */
			if (pass == 1 && (!strong || ds.digest_type != LDNS_SHA1))
				ldns_rr_list_push_rr(usable, ds.rr);
		}
	}
	if (usable && ldns_rr_list_rr_count(usable) == 0) {
		ldns_rr_list_free(usable);
		usable = NULL;
	}
	return usable;
}

/* The digest alone; tag and algorithm are compared by the caller. */
static bool digest_fits(struct rc_dnssec_run *run, const struct ds *ds, const ldns_rr *key)
{
	if (run->checks_left == 0 || !digest_known(ds->digest_type))
		return false;
	run->checks_left--;
	ldns_rr *made = ldns_key_rr2ds(key, (ldns_hash)ds->digest_type);
	bool fits = made && ldns_rr_rd_count(made) == 4 &&
		    ldns_rdf_compare(ldns_rr_rdf(made, 3), ds->digest) == 0;
	ldns_rr_free(made);
	return fits;
}

/* The key with other flags or another algorithm; NULL without memory. Caller frees. */
static ldns_rr *changed_key(const ldns_rr *key, uint16_t flags, uint8_t algorithm)
{
	ldns_rr *rr = ldns_rr_clone(key);
	if (!rr)
		return NULL;
	ldns_rdf *new_flags = ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, flags);
	ldns_rdf *new_algorithm = ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, algorithm);
	if (!new_flags || !new_algorithm) {
		ldns_rdf_free(new_flags);
		ldns_rdf_free(new_algorithm);
		ldns_rr_free(rr);
		return NULL;
	}
	ldns_rdf_deep_free(ldns_rr_set_rdf(rr, new_flags, 0));
	ldns_rdf_deep_free(ldns_rr_set_rdf(rr, new_algorithm, 2));
	return rr;
}

static bool digest_fits_changed(struct rc_dnssec_run *run, const struct ds *ds,
				const struct rc_dnssec_key *key, uint16_t flags, uint8_t algorithm)
{
	ldns_rr *rr = changed_key(key->rr, flags, algorithm);
	bool fits = rr && digest_fits(run, ds, rr);
	ldns_rr_free(rr);
	return fits;
}

/* Does the DS or the DNSKEY anchor name this key? */
static bool names_key(struct rc_dnssec_run *run, ldns_rr *link, const struct rc_dnssec_key *key)
{
	struct ds ds;
	if (read_ds(link, &ds))
		return ds.tag == key->tag && ds.algorithm == key->algorithm &&
		       digest_fits(run, &ds, key->rr);
	return ldns_rr_get_type(link) == LDNS_RR_TYPE_DNSKEY && ldns_rr_compare(link, key->rr) == 0;
}

static struct rc_dnssec_verdict mismatch(const char *detail)
{
	return rc_dnssec_fault(RC_DNSSEC_DS_MISMATCH, detail);
}

/* One DS and one key that do not fit: a verdict if they come near each other, else UNKNOWN. */
static struct rc_dnssec_verdict explain_pair(struct rc_dnssec_run *run, const struct ds *ds,
					     const struct rc_dnssec_key *key)
{
	unsigned flags = key->flags, tag = key->tag, algorithm = key->algorithm;
	if ((flags & RC_DNSKEY_ZONE) == 0 &&
	    (digest_fits_changed(run, ds, key, (uint16_t)(flags | RC_DNSKEY_ZONE), ds->algorithm) ||
	     digest_fits_changed(run, ds, key, (uint16_t)(flags | RC_DNSKEY_ZONE | RC_DNSKEY_SEP),
				 ds->algorithm)))
		return rc_dnssec_fault(
			RC_DNSSEC_NO_ZONE_KEY_BIT,
			rc_arena_printf(run->arena,
					"the key that DS %u names is published with flags %u, "
					"without the zone key bit",
					(unsigned)ds->tag, flags));
	if (digest_fits(run, ds, key->rr)) {
		if (ds->tag != tag && ds->algorithm == algorithm)
			return mismatch(rc_arena_printf(
				run->arena,
				"DS has key tag %u, but the DNSKEY of its digest has key tag %u",
				(unsigned)ds->tag, tag));
		return mismatch(rc_arena_printf(
			run->arena,
			"DS %u has algorithm %u, but the DNSKEY of its digest (key %u) "
			"has algorithm %u",
			(unsigned)ds->tag, (unsigned)ds->algorithm, tag, algorithm));
	}
	if (ds->algorithm != algorithm &&
	    digest_fits_changed(run, ds, key, key->flags, ds->algorithm))
		return rc_dnssec_fault(
			rc_dnssec_algorithm_known(key->algorithm) ? RC_DNSSEC_DS_MISMATCH
								  : RC_DNSSEC_ALGORITHM_UNSUPPORTED,
			rc_arena_printf(run->arena,
					"DNSKEY %u is published with algorithm %u; the DS %u was "
					"made for the same key with algorithm %u",
					tag, algorithm, (unsigned)ds->tag,
					(unsigned)ds->algorithm));
	if (ds->tag == tag && ds->algorithm == algorithm)
		return mismatch(rc_arena_printf(
			run->arena, "digest of DS %u (type %u) differs from that of DNSKEY %u",
			(unsigned)ds->tag, (unsigned)ds->digest_type, tag));
	if (ds->tag == tag)
		return mismatch(rc_arena_printf(
			run->arena, "DS %u has algorithm %u, DNSKEY %u has algorithm %u",
			(unsigned)ds->tag, (unsigned)ds->algorithm, tag, algorithm));
	return (struct rc_dnssec_verdict){.state = RC_DNSSEC_V_UNKNOWN};
}

static const char *tag_list(struct rc_dnssec_run *run, const struct rc_dnssec_keys *keys)
{
	const char *text = "";
	for (size_t i = 0; i < keys->n && i < 8; i++)
		text = rc_arena_printf(run->arena, "%s%s%u", text, i == 0 ? "" : ", ",
				       (unsigned)keys->keys[i].tag);
	return text;
}

/* No DS tag is in the set. A set without any secure entry point lost its key, else it has another. */
static struct rc_dnssec_verdict explain_absent(struct rc_dnssec_run *run,
					       const struct rc_dnssec_zone *zone,
					       const struct ds *ds,
					       const struct rc_dnssec_keys *keys)
{
	bool sep = false;
	for (size_t i = 0; i < keys->n; i++)
		sep |= (keys->keys[i].flags & RC_DNSKEY_SEP) != 0;
	return rc_dnssec_fault(
		sep ? RC_DNSSEC_DS_MISMATCH : RC_DNSSEC_DNSKEY_MISSING,
		rc_arena_printf(run->arena, "DS %u of %s names no key of the DNSKEY set (keys %s)",
				(unsigned)ds->tag, rc_dnssec_text(run, &zone->name),
				tag_list(run, keys)));
}

static struct rc_dnssec_verdict explain_mismatch(struct rc_dnssec_run *run,
						 const struct rc_dnssec_zone *zone,
						 const struct rc_dnssec_keys *keys)
{
	struct ds ds = {0};
	if (zone->anchored)
		return rc_dnssec_fault(RC_DNSSEC_TRUST_ANCHOR,
				       rc_arena_printf(run->arena,
						       "the DNSKEY set of %s (keys %s) holds none "
						       "of the trust anchors",
						       rc_dnssec_text(run, &zone->name),
						       tag_list(run, keys)));
	struct rc_dnssec_verdict verdict = {.state = RC_DNSSEC_V_UNKNOWN};
	for (size_t i = 0; i < ldns_rr_list_rr_count(zone->ds); i++) {
		if (!read_ds(ldns_rr_list_rr(zone->ds, i), &ds))
			continue;
		for (size_t k = 0; k < keys->n; k++) {
			verdict = explain_pair(run, &ds, &keys->keys[k]);
			if (verdict.state != RC_DNSSEC_V_UNKNOWN)
				return verdict;
		}
	}
	if (run->checks_left == 0)
		return verdict;
	return explain_absent(run, zone, &ds, keys);
}

/* Does the set verify when key number `at` gets other flags or another algorithm? */
static bool verifies_changed(struct rc_dnssec_run *run, const struct rc_dnssec_set *set, size_t at,
			     uint16_t flags, uint8_t algorithm,
			     const struct rc_dnssec_keys *signers)
{
	bool good = false;
	ldns_rr_list *rrs = ldns_rr_list_new();
	ldns_rr *changed = changed_key(ldns_rr_list_rr(set->rrs, at), flags, algorithm);
	if (!rrs || !changed)
		goto out;
	for (size_t i = 0; i < ldns_rr_list_rr_count(set->rrs); i++)
		ldns_rr_list_push_rr(rrs, i == at ? changed : ldns_rr_list_rr(set->rrs, i));
	for (size_t s = 0; s < ldns_rr_list_rr_count(set->sigs) && !good; s++) {
		ldns_rr *sig = ldns_rr_list_rr(set->sigs, s);
		uint32_t tag = rc_dnssec_rdf_int(ldns_rr_rrsig_keytag(sig));
		for (size_t k = 0; k < signers->n && !good; k++)
			good = signers->keys[k].tag == tag &&
			       rc_dnssec_verify(run, rrs, sig, signers->keys[k].rr) ==
				       RC_DNSSEC_P_GOOD;
	}
out:
	ldns_rr_list_free(rrs);
	ldns_rr_free(changed);
	return good;
}

static bool signs(const ldns_rr_list *sigs, const struct rc_dnssec_key *key)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(sigs); i++)
		if (rc_dnssec_rdf_int(ldns_rr_rrsig_keytag(ldns_rr_list_rr(sigs, i))) == key->tag)
			return true;
	return false;
}

/* A tag that signatures of the zone name and its DNSKEY set lacks; 0 when there is none. */
static uint32_t absent_signer(const struct rc_dnssec_run *run, const struct rc_dnssec_zone *zone,
			      const struct rc_dnssec_keys *keys)
{
	for (size_t i = 0; i < run->n_sets; i++) {
		const ldns_rr_list *sigs = run->sets[i].sigs;
		for (size_t s = 0; s < ldns_rr_list_rr_count(sigs); s++) {
			ldns_rr *sig = ldns_rr_list_rr(sigs, s);
			uint32_t tag = rc_dnssec_rdf_int(ldns_rr_rrsig_keytag(sig));
			struct rc_name signer;
			bool known = !rc_dnssec_name(ldns_rr_rrsig_signame(sig), &signer) ||
				     !rc_name_equal(&signer, &zone->name);
			for (size_t k = 0; k < keys->n && !known; k++)
				known = keys->keys[k].tag == tag;
			if (!known)
				return tag;
		}
	}
	return 0;
}

/* The right key's signature over the DNSKEY set fails: was the set changed after it was made? */
static struct rc_dnssec_verdict explain_invalid(struct rc_dnssec_run *run,
						const struct rc_dnssec_zone *zone,
						const struct rc_dnssec_set *set,
						const struct rc_dnssec_keys *keys,
						const struct rc_dnssec_keys *signers,
						struct rc_dnssec_verdict verdict)
{
	bool idle = false; /* a key that signed nothing here */
	for (size_t i = 0; i < keys->n; i++) {
		const struct rc_dnssec_key *key = &keys->keys[i];
		uint16_t flags = (uint16_t)(key->flags | RC_DNSKEY_ZONE);
		uint8_t algorithm = signers->keys[0].algorithm;
		idle |= !signs(set->sigs, key);
		if (flags != key->flags &&
		    verifies_changed(run, set, i, flags, key->algorithm, signers))
			return rc_dnssec_fault(
				RC_DNSSEC_NO_ZONE_KEY_BIT,
				rc_arena_printf(run->arena,
						"key %u was signed with the zone key bit and is "
						"published without (flags %u)",
						(unsigned)key->tag, (unsigned)key->flags));
		if (algorithm == key->algorithm ||
		    !verifies_changed(run, set, i, key->flags, algorithm, signers))
			continue;
		const char *detail = rc_arena_printf(
			run->arena,
			"key %u was signed with algorithm %u and is published with algorithm %u",
			(unsigned)key->tag, (unsigned)algorithm, (unsigned)key->algorithm);
		return rc_dnssec_fault(rc_dnssec_algorithm_known(key->algorithm)
					       ? RC_DNSSEC_SIGNATURE_INVALID
					       : RC_DNSSEC_ALGORITHM_UNSUPPORTED,
				       detail);
	}
	uint32_t absent = absent_signer(run, zone, keys);
	if (absent == 0 || idle)
		return verdict;
	return rc_dnssec_fault(
		RC_DNSSEC_DNSKEY_MISSING,
		rc_arena_printf(run->arena,
				"key %u, which signs in %s, is not in the DNSKEY set, "
				"whose own signature no longer verifies",
				(unsigned)absent, rc_dnssec_text(run, &zone->name)));
}

/* The keys that a DS or anchor names; all of them while no DS was seen. */
static struct rc_dnssec_keys *entry_keys(struct rc_dnssec_run *run,
					 const struct rc_dnssec_zone *zone,
					 const struct rc_dnssec_keys *keys)
{
	struct rc_dnssec_keys *entry = rc_arena_copy(run->arena, keys, sizeof(*keys));
	struct rc_dnssec_key *rows = rc_arena_alloc(run->arena, (keys->n + 1) * sizeof(*rows));
	if (!entry || !rows)
		return NULL;
	entry->keys = rows;
	entry->n = 0;
	for (size_t k = 0; k < keys->n; k++) {
		bool named = !zone->ds;
		for (size_t i = 0; zone->ds && i < ldns_rr_list_rr_count(zone->ds) && !named; i++)
			named = names_key(run, ldns_rr_list_rr(zone->ds, i), &keys->keys[k]);
		if (named)
			rows[entry->n++] = keys->keys[k];
	}
	return entry;
}

struct rc_dnssec_verdict rc_dnssec_dnskey_judge(struct rc_dnssec_run *run,
						const struct rc_dnssec_zone *zone,
						const struct rc_dnssec_set *set)
{
	struct rc_dnssec_verdict verdict = {.state = RC_DNSSEC_V_UNKNOWN};
	struct rc_dnssec_keys *keys = rc_dnssec_keys_read(run, set->rrs);
	struct rc_dnssec_keys *entry = keys ? entry_keys(run, zone, keys) : NULL;
	if (!entry)
		return verdict;
	if (entry->n == 0)
		return run->checks_left == 0 ? verdict : explain_mismatch(run, zone, keys);
	bool usable = false;
	for (size_t i = 0; i < entry->n; i++)
		usable |= (entry->keys[i].flags & RC_DNSKEY_ZONE) != 0;
	if (!usable)
		return rc_dnssec_fault(RC_DNSSEC_NO_ZONE_KEY_BIT,
				       rc_arena_printf(run->arena,
						       "key %u of %s has flags %u, without the "
						       "zone key bit",
						       (unsigned)entry->keys[0].tag,
						       rc_dnssec_text(run, &zone->name),
						       (unsigned)entry->keys[0].flags));
	verdict = rc_dnssec_set_judge(run, set, &zone->name, entry, zone->ds != NULL);
	if (verdict.state == RC_DNSSEC_V_FAULT && verdict.fault == RC_DNSSEC_SIGNATURE_INVALID)
		verdict = explain_invalid(run, zone, set, keys, entry, verdict);
	return verdict;
}
