/*
 * Proof that something does not exist: RFC 4035 5.4, RFC 5155 8, RFC 6840 4. First whether the
 * records of a message would prove it, then whether those that are needed are signed.
 */
#include "analyze/dnssec/denial.h"

#include "analyze/dnssec/report.h"
#include "analyze/dnssec/sets.h"
#include "analyze/dnssec/sig.h"

void rc_dnssec_denial_use(struct rc_dnssec_denial_proof *proof, const struct rc_dnssec_set *set)
{
	for (size_t i = 0; i < proof->n_used; i++)
		if (proof->used[i] == set)
			return;
	if (proof->n_used < RC_DNSSEC_USED_MAX)
		proof->used[proof->n_used++] = set;
}

/* RFC 4034 4.1.2: windows of at most 32 octets. */
bool rc_dnssec_bitmap_has(const ldns_rr *rr, uint16_t type)
{
	size_t at = ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC3 ? 5 : 1;
	const ldns_rdf *bitmap = at < ldns_rr_rd_count(rr) ? ldns_rr_rdf(rr, at) : NULL;
	if (!bitmap)
		return false;
	struct rc_cursor c = rc_cursor_init(ldns_rdf_data(bitmap), (uint32_t)ldns_rdf_size(bitmap));
	while (rc_cursor_left(&c) != 0) {
		uint8_t window = rc_cursor_u8(&c), len = rc_cursor_u8(&c);
		const uint8_t *bits = rc_cursor_bytes(&c, len);
		if (!bits)
			return false;
		if (window == type >> 8)
			return (type & 0xff) >> 3 < len &&
			       (bits[(type & 0xff) >> 3] & 0x80 >> (type & 7)) != 0;
	}
	return false;
}

const char *rc_dnssec_match_fault(const ldns_rr *rr, const struct rc_dnssec_claim *claim,
				  struct rc_dnssec_denial_proof *proof)
{
	bool cut = rc_dnssec_bitmap_has(rr, RC_TYPE_NS),
	     apex = rc_dnssec_bitmap_has(rr, RC_TYPE_SOA);
	switch (claim->kind) {
	case RC_DNSSEC_NO_DS:
		proof->absent = !cut;
		if (apex && claim->name->labels != 0)
			return "it is the child's own record (SOA bit), not the parent's";
		return rc_dnssec_bitmap_has(rr, RC_TYPE_DS) ? "its type bitmap has DS" : "";
	case RC_DNSSEC_NO_TYPE:
		/* RFC 6840 4.1: the parent's record at a cut denies only what the parent holds. */
		if (cut && !apex && claim->type != RC_TYPE_DS)
			return "it is the parent's record of a delegation";
		if (claim->type == RC_TYPE_DS && apex && claim->name->labels != 0)
			return "it is the child's own record (SOA bit), not the parent's";
		if (rc_dnssec_bitmap_has(rr, claim->type))
			return "its type bitmap has the type that the answer denies";
		return rc_dnssec_bitmap_has(rr, RC_TYPE_CNAME) ? "its type bitmap has CNAME" : "";
	default:
		return "it shows that the name exists";
	}
}

static struct rc_dnssec_verdict missing(struct rc_dnssec_run *run,
					const struct rc_dnssec_claim *claim)
{
	bool name_only = claim->kind == RC_DNSSEC_NO_NAME;
	const char *what = claim->kind == RC_DNSSEC_NO_CLOSER
				   ? "the wildcard is the closest match of"
			   : claim->kind == RC_DNSSEC_NO_DS ? "there is no DS of"
							    : "there is no";
	const char *type = name_only || claim->kind == RC_DNSSEC_NO_DS
				   ? ""
				   : rc_arena_printf(run->arena, " %s",
						     rc_dnssec_type_text(run, claim->type));
	return rc_dnssec_fault(RC_DNSSEC_DENIAL_MISSING,
			       rc_arena_printf(run->arena,
					       "no NSEC or NSEC3 of %s proves that %s %s%s",
					       rc_dnssec_text(run, claim->zone), what,
					       rc_dnssec_text(run, claim->name), type));
}

/* Are the records that make the proof signed? What fails in time keeps its name. */
static struct rc_dnssec_verdict judge_used(struct rc_dnssec_run *run,
					   const struct rc_dnssec_claim *claim,
					   const struct rc_dnssec_keys *keys,
					   const struct rc_dnssec_denial_proof *proof)
{
	struct rc_dnssec_verdict result = {.state = RC_DNSSEC_V_OK};
	for (size_t i = 0; i < proof->n_used; i++) {
		const struct rc_dnssec_set *set = proof->used[i];
		struct rc_dnssec_verdict verdict = rc_dnssec_set_judge(run, set, claim->zone, keys,
								       false);
		/* RFC 4035 5.4, RFC 5155 8.1: an NSEC made from a wildcard proves nothing here. */
		if (verdict.wildcard && set->type == RC_TYPE_NSEC3)
			verdict = rc_dnssec_fault(RC_DNSSEC_DENIAL_INVALID,
						  "an NSEC3 is made from a wildcard");
		if (verdict.state == RC_DNSSEC_V_UNKNOWN)
			result = verdict;
		if (verdict.state != RC_DNSSEC_V_FAULT)
			continue;
		if (verdict.fault == RC_DNSSEC_SIGNATURE_INVALID ||
		    verdict.fault == RC_DNSSEC_RRSIG_MISSING)
			verdict.fault = RC_DNSSEC_DENIAL_INVALID;
		return verdict;
	}
	return result;
}

static struct rc_dnssec_verdict too_many(struct rc_dnssec_run *run,
					 const struct rc_dnssec_claim *claim, unsigned iterations)
{
	struct rc_dnssec_verdict verdict = {.state = RC_DNSSEC_V_INSECURE,
					    .fault = RC_DNSSEC_NSEC3_ITERATIONS,
					    .has_reason = true};
	verdict.detail = rc_arena_printf(run->arena,
					 "NSEC3 of %s has %u iterations: resolvers treat its "
					 "denials as unsigned, or fail them",
					 rc_dnssec_text(run, claim->zone), iterations);
	return verdict;
}

struct rc_dnssec_verdict rc_dnssec_denial_judge(struct rc_dnssec_run *run,
						const struct rc_dnssec_view *view,
						const struct rc_dnssec_claim *claim,
						const struct rc_dnssec_keys *keys)
{
	struct rc_dnssec_denial_proof proof = {0};
	bool nsec = rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_NSEC) != NULL;
	bool nsec3 = rc_dnssec_set_of_type(run, view, RC_AUTHORITY, RC_TYPE_NSEC3) != NULL;
	if (!nsec && !nsec3)
		return missing(run, claim);
	if (nsec)
		rc_dnssec_nsec_prove(run, view, claim, &proof);
	if (nsec3 && !proof.holds)
		rc_dnssec_nsec3_prove(run, view, claim, &proof);
	if (proof.unchecked)
		return (struct rc_dnssec_verdict){.state = RC_DNSSEC_V_UNKNOWN};
	if (!proof.holds && proof.too_many == 0)
		return rc_dnssec_fault(RC_DNSSEC_DENIAL_INVALID,
				       proof.detail ? proof.detail : "the proof is incomplete");
	struct rc_dnssec_verdict verdict = judge_used(run, claim, keys, &proof);
	if (verdict.state != RC_DNSSEC_V_OK)
		return verdict;
	if (proof.too_many != 0)
		return too_many(run, claim, proof.too_many);
	if (proof.opt_out)
		verdict.state = RC_DNSSEC_V_INSECURE;
	verdict.absent = proof.absent;
	return verdict;
}
