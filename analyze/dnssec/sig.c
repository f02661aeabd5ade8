/*
 * Signatures: RFC 4034 3, RFC 4035 5.3.
 */
#include "analyze/dnssec/sig.h"

#include "analyze/dnssec/proofs.h"
#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"
#include "base/time.h"

bool rc_dnssec_algorithm_known(uint8_t algorithm)
{
	/* What BIND, Unbound, Knot Resolver and PowerDNS validate. RSAMD5, DSA and GOST are retired
	 * (RFC 8624 3.1, RFC 9906); a zone signed only with those is insecure to them. */
	switch (algorithm) {
	case LDNS_RSASHA1:
	case LDNS_RSASHA1_NSEC3:
	case LDNS_RSASHA256:
	case LDNS_RSASHA512:
	case LDNS_ECDSAP256SHA256:
	case LDNS_ECDSAP384SHA384:
	case LDNS_ED25519:
	case LDNS_ED448:
		return true;
	default:
		return false;
	}
}

struct rc_dnssec_keys *rc_dnssec_keys_read(struct rc_dnssec_run *run, const ldns_rr_list *rrs)
{
	size_t n = ldns_rr_list_rr_count(rrs);
	struct rc_dnssec_keys *keys = rc_arena_alloc(run->arena, sizeof(*keys));
	struct rc_dnssec_key *rows = rc_arena_alloc(run->arena, (n + 1) * sizeof(*rows));
	if (!keys || !rows)
		return NULL;
	keys->keys = rows;
	for (size_t i = 0; i < n; i++) {
		ldns_rr *rr = ldns_rr_list_rr(rrs, i);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_DNSKEY || ldns_rr_rd_count(rr) != 4)
			continue;
		rows[keys->n++] = (struct rc_dnssec_key){
			.rr = rr,
			.flags = (uint16_t)rc_dnssec_rdf_int(ldns_rr_dnskey_flags(rr)),
			.tag = ldns_calc_keytag(rr),
			.protocol = (uint8_t)rc_dnssec_rdf_int(ldns_rr_dnskey_protocol(rr)),
			.algorithm = (uint8_t)rc_dnssec_rdf_int(ldns_rr_dnskey_algorithm(rr))};
	}
	return keys;
}

enum rc_dnssec_proof rc_dnssec_verify(struct rc_dnssec_run *run, const ldns_rr_list *rrs,
				      const ldns_rr *sig, ldns_rr *key)
{
	if (run->checks_left == 0)
		return RC_DNSSEC_P_UNCHECKED;
	run->checks_left--; /* remembered or not: what is said must not hang on what else came by */
	struct rc_dnssec_proof_id id = rc_dnssec_proof_id(rrs, sig, key);
	enum rc_dnssec_proof proof = rc_dnssec_proofs_find(run->dnssec->proofs, &id);
	if (proof != RC_DNSSEC_P_UNCHECKED)
		return proof;
	ldns_rr_list *keys = ldns_rr_list_new();
	ldns_rr_list *good = ldns_rr_list_new();
	if (keys && good && ldns_rr_list_push_rr(keys, key)) {
		ldns_status status = ldns_verify_rrsig_keylist_notime(rrs, sig, keys, good);
		if (status == LDNS_STATUS_OK)
			proof = RC_DNSSEC_P_GOOD;
		else if (status != LDNS_STATUS_MEM_ERR)
			proof = RC_DNSSEC_P_BAD;
	}
	ldns_rr_list_free(keys);
	ldns_rr_list_free(good);
	rc_dnssec_proofs_put(run->dnssec->proofs, &id, proof);
	return proof;
}

/* One RRSIG taken apart, for the phrases too. */
struct sig {
	const struct rc_dnssec_set *set;
	ldns_rr *rr;
	uint16_t tag;
	uint8_t algorithm, labels;
	uint32_t inception_s, expiration_s;
	struct rc_name signer;
};

static bool read_sig(const struct rc_dnssec_set *set, ldns_rr *rr, struct sig *ret_sig)
{
	if (ldns_rr_rd_count(rr) != 9)
		return false;
	struct sig sig = {
		.set = set,
		.rr = rr,
		.tag = (uint16_t)rc_dnssec_rdf_int(ldns_rr_rrsig_keytag(rr)),
		.algorithm = (uint8_t)rc_dnssec_rdf_int(ldns_rr_rrsig_algorithm(rr)),
		.labels = (uint8_t)rc_dnssec_rdf_int(ldns_rr_rrsig_labels(rr)),
		.inception_s = rc_dnssec_rdf_int(ldns_rr_rrsig_inception(rr)),
		.expiration_s = rc_dnssec_rdf_int(ldns_rr_rrsig_expiration(rr)),
	};
	if (!rc_dnssec_name(ldns_rr_rrsig_signame(rr), &sig.signer))
		return false;
	*ret_sig = sig;
	return true;
}

/* "RRSIG of www.example.com A by key 123" */
static const char *sig_text(struct rc_dnssec_run *run, const struct sig *sig)
{
	return rc_arena_printf(run->arena, "RRSIG of %s %s by key %u",
			       rc_dnssec_text(run, &sig->set->owner),
			       rc_dnssec_type_text(run, sig->set->type), (unsigned)sig->tag);
}

/*
 * Times first: they need no key, and no key can repair them. A window that ends before it begins is
 * expired to a resolver once both ends have passed.
 */
static struct rc_dnssec_verdict judge_times(struct rc_dnssec_run *run, const struct sig *sig)
{
	struct rc_dnssec_verdict verdict = {.state = RC_DNSSEC_V_OK};
	uint32_t now = (uint32_t)(run->now_ns / RC_NS_PER_S);
	bool expired = rc_serial_before(sig->expiration_s, now),
	     early = rc_serial_before(now, sig->inception_s);
	bool inverted = rc_serial_before(sig->expiration_s, sig->inception_s);
	uint32_t off_s = 0;
	if (!expired && !early)
		return verdict;
	const char *text = sig_text(run, sig);
	if (expired && !early) {
		off_s = now - sig->expiration_s;
		verdict = rc_dnssec_fault(
			RC_DNSSEC_SIGNATURE_EXPIRED,
			rc_arena_printf(run->arena, "%s expired at %s, %s before%s", text,
					rc_dnssec_time_text(run, sig->expiration_s),
					rc_dnssec_span_text(run, off_s),
					inverted ? " (and before its own inception)" : ""));
	} else if (inverted) {
		verdict = rc_dnssec_fault(
			RC_DNSSEC_SIGNATURE_WINDOW_INVERTED,
			rc_arena_printf(
				run->arena, "%s expires %s before its own inception", text,
				rc_dnssec_span_text(run, sig->inception_s - sig->expiration_s)));
	} else {
		off_s = sig->inception_s - now;
		verdict = rc_dnssec_fault(
			RC_DNSSEC_SIGNATURE_NOT_YET_VALID,
			rc_arena_printf(run->arena, "%s begins at %s, %s later", text,
					rc_dnssec_time_text(run, sig->inception_s),
					rc_dnssec_span_text(run, off_s)));
	}
	verdict.doubtful = !inverted &&
			   off_s <= rc_dnssec_forgiven_s(sig->inception_s, sig->expiration_s);
	return verdict;
}

/* No key of that tag and algorithm: is it there in another guise? */
static struct rc_dnssec_verdict explain_no_key(struct rc_dnssec_run *run, const struct sig *sig,
					       const struct rc_dnssec_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct rc_dnssec_key *key = &keys->keys[i];
		/* The tag is a sum over the RDATA (RFC 4034 appendix B), which bit 7 is part of. */
		uint16_t with_bit = (uint16_t)(key->tag + RC_DNSKEY_ZONE);
		if ((key->flags & RC_DNSKEY_ZONE) == 0 && key->algorithm == sig->algorithm &&
		    (key->tag == sig->tag || with_bit == sig->tag ||
		     (uint16_t)(with_bit + 1) == sig->tag))
			return rc_dnssec_fault(
				RC_DNSSEC_NO_ZONE_KEY_BIT,
				rc_arena_printf(run->arena,
						"%s: that key has flags %u, no zone key bit",
						sig_text(run, sig), (unsigned)key->flags));
	}
	for (size_t i = 0; i < keys->n; i++) {
		const struct rc_dnssec_key *key = &keys->keys[i];
		uint16_t with_algorithm = (uint16_t)(key->tag - key->algorithm + sig->algorithm);
		if (key->algorithm != sig->algorithm && with_algorithm == sig->tag &&
		    !rc_dnssec_algorithm_known(key->algorithm))
			return rc_dnssec_fault(
				RC_DNSSEC_ALGORITHM_UNSUPPORTED,
				rc_arena_printf(run->arena,
						"%s (algorithm %u): that key is published with "
						"algorithm %u",
						sig_text(run, sig), (unsigned)sig->algorithm,
						(unsigned)key->algorithm));
	}
	return rc_dnssec_fault(
		RC_DNSSEC_DNSKEY_MISSING,
		rc_arena_printf(run->arena, "%s, which is not in the DNSKEY set of %s",
				sig_text(run, sig), rc_dnssec_text(run, &sig->signer)));
}

static struct rc_dnssec_verdict judge_keys(struct rc_dnssec_run *run, const struct sig *sig,
					   const struct rc_dnssec_set *set,
					   const struct rc_dnssec_keys *keys)
{
	bool found = false;
	for (size_t i = 0; i < keys->n; i++) {
		const struct rc_dnssec_key *key = &keys->keys[i];
		if (key->tag != sig->tag || key->algorithm != sig->algorithm ||
		    (key->flags & RC_DNSKEY_ZONE) == 0 || key->protocol != 3)
			continue;
		found = true;
		switch (rc_dnssec_verify(run, set->rrs, sig->rr, key->rr)) {
		case RC_DNSSEC_P_GOOD:
			return (struct rc_dnssec_verdict){
				.state = RC_DNSSEC_V_OK,
				.labels = sig->labels,
			};
		case RC_DNSSEC_P_UNCHECKED:
			return (struct rc_dnssec_verdict){.state = RC_DNSSEC_V_UNKNOWN};
		case RC_DNSSEC_P_BAD:
			break;
		}
	}
	if (!found)
		return explain_no_key(run, sig, keys);
	return rc_dnssec_fault(
		RC_DNSSEC_SIGNATURE_INVALID,
		rc_arena_printf(run->arena, "%s does not verify", sig_text(run, sig)));
}

/* Labels of the owner that count for RRSIG labels: not the root, not a leading asterisk. */
static unsigned owner_labels(const struct rc_name *owner)
{
	bool wildcard = owner->labels != 0 && owner->wire[0] == 1 && owner->wire[1] == '*';
	return owner->labels - (wildcard ? 1u : 0u);
}

static struct rc_dnssec_verdict judge_sig(struct rc_dnssec_run *run, const struct sig *sig,
					  const struct rc_dnssec_set *set,
					  const struct rc_name *zone,
					  const struct rc_dnssec_keys *keys)
{
	if (!rc_name_equal(&sig->signer, zone))
		return rc_dnssec_fault(RC_DNSSEC_SIGNATURE_INVALID,
				       rc_arena_printf(run->arena, "%s names the signer %s, not %s",
						       sig_text(run, sig),
						       rc_dnssec_text(run, &sig->signer),
						       rc_dnssec_text(run, zone)));
	struct rc_dnssec_verdict verdict = judge_times(run, sig);
	if (verdict.state != RC_DNSSEC_V_OK)
		return verdict;
	if (!rc_dnssec_algorithm_known(sig->algorithm))
		return rc_dnssec_fault(RC_DNSSEC_ALGORITHM_UNSUPPORTED,
				       rc_arena_printf(run->arena,
						       "%s uses algorithm %u, which resolvers do "
						       "not support",
						       sig_text(run, sig),
						       (unsigned)sig->algorithm));
	unsigned labels = owner_labels(&set->owner);
	if (sig->labels > labels)
		return rc_dnssec_fault(RC_DNSSEC_SIGNATURE_INVALID,
				       rc_arena_printf(run->arena,
						       "%s counts more labels than its owner has",
						       sig_text(run, sig)));
	if (!keys)
		return (struct rc_dnssec_verdict){.state = RC_DNSSEC_V_UNKNOWN,
						  .wildcard = sig->labels < labels,
						  .labels = sig->labels};
	verdict = judge_keys(run, sig, set, keys);
	verdict.wildcard = sig->labels < labels;
	return verdict;
}

/* Which of several failed signatures came closest to being good. */
static unsigned rank(const struct rc_dnssec_verdict *verdict)
{
	static const unsigned ranks[RC_DNSSEC_FAULT_COUNT] = {
		[RC_DNSSEC_SIGNATURE_EXPIRED] = 6,
		[RC_DNSSEC_SIGNATURE_NOT_YET_VALID] = 6,
		[RC_DNSSEC_SIGNATURE_WINDOW_INVERTED] = 6,
		[RC_DNSSEC_SIGNATURE_INVALID] = 5,
		[RC_DNSSEC_NO_ZONE_KEY_BIT] = 4,
		[RC_DNSSEC_ALGORITHM_UNSUPPORTED] = 3,
		[RC_DNSSEC_DNSKEY_MISSING] = 2,
	};
	return ranks[verdict->fault];
}

static bool has_key(const struct rc_dnssec_keys *keys, const struct sig *sig)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->keys[i].tag == sig->tag && keys->keys[i].algorithm == sig->algorithm)
			return true;
	return false;
}

struct rc_dnssec_verdict rc_dnssec_set_judge(struct rc_dnssec_run *run,
					     const struct rc_dnssec_set *set,
					     const struct rc_name *zone,
					     const struct rc_dnssec_keys *keys, bool only_keys)
{
	struct rc_dnssec_verdict worst = {.state = RC_DNSSEC_V_UNKNOWN}, unknown = worst;
	size_t n_faults = 0, n_unknown = 0, n_judged = 0;
	for (size_t i = 0; i < ldns_rr_list_rr_count(set->sigs); i++) {
		struct sig sig;
		if (!read_sig(set, ldns_rr_list_rr(set->sigs, i), &sig) ||
		    (only_keys && !has_key(keys, &sig)))
			continue;
		if (n_judged++ == RC_DNSSEC_SIGS_MAX) {
			rc_dnssec_not_seen(run, "more signatures than are checked", NULL, "");
			return unknown;
		}
		struct rc_dnssec_verdict verdict = judge_sig(run, &sig, set, zone, keys);
		if (verdict.state == RC_DNSSEC_V_OK)
			return verdict;
		if (verdict.state == RC_DNSSEC_V_UNKNOWN) {
			unknown = verdict;
			n_unknown++;
			continue;
		}
		bool doubtful = verdict.doubtful ||
				(n_faults != 0 && (worst.doubtful || worst.fault != verdict.fault));
		if (n_faults++ == 0 || rank(&verdict) > rank(&worst))
			worst = verdict;
		worst.doubtful = doubtful;
	}
	if (n_unknown != 0)
		return unknown;
	if (n_faults != 0)
		return worst;
	return rc_dnssec_fault(RC_DNSSEC_RRSIG_MISSING,
			       rc_arena_printf(run->arena, "%s %s has no RRSIG%s",
					       rc_dnssec_text(run, &set->owner),
					       rc_dnssec_type_text(run, set->type),
					       only_keys ? " by a key that a DS names" : ""));
}
