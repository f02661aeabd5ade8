#include "analyze/dnssec/proofs.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct place {
	struct rc_dnssec_proof_id id;
	bool used, good;
};

struct rc_dnssec_proofs {
	struct place places[RC_DNSSEC_PROOFS];
};

struct rc_dnssec_proofs *rc_dnssec_proofs_new(void)
{
	return calloc(1, sizeof(struct rc_dnssec_proofs));
}

void rc_dnssec_proofs_free(struct rc_dnssec_proofs *proofs)
{
	free(proofs);
}

/* With its length, so that what ends one field cannot begin the next. */
static void add(ldns_sha256_CTX *hash, const void *data, size_t size)
{
	ldns_sha256_update(hash, (const uint8_t *)&size, sizeof size);
	ldns_sha256_update(hash, data, size);
}

/* The TTL is no part of it: what is signed is the original one, in the signature. */
static void add_rr(ldns_sha256_CTX *hash, const ldns_rr *rr)
{
	uint32_t kind[] = {ldns_rr_get_type(rr), ldns_rr_get_class(rr),
			   (uint32_t)ldns_rr_rd_count(rr)};
	add(hash, kind, sizeof kind);
	const ldns_rdf *owner = ldns_rr_owner(rr);
	add(hash, ldns_rdf_data(owner), ldns_rdf_size(owner));
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
		add(hash, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
	}
}

struct rc_dnssec_proof_id rc_dnssec_proof_id(const ldns_rr_list *rrs, const ldns_rr *sig,
					     const ldns_rr *key)
{
	struct rc_dnssec_proof_id id;
	uint8_t digest[LDNS_SHA256_DIGEST_LENGTH];
	ldns_sha256_CTX hash;
	ldns_sha256_init(&hash);
	add_rr(&hash, key);
	add_rr(&hash, sig);
	for (size_t i = 0; i < ldns_rr_list_rr_count(rrs); i++)
		add_rr(&hash, ldns_rr_list_rr(rrs, i));
	ldns_sha256_final(digest, &hash);
	memcpy(id.octets, digest, sizeof id.octets);
	return id;
}

static size_t place_of(const struct rc_dnssec_proof_id *id)
{
	uint64_t word;
	memcpy(&word, id->octets, sizeof word);
	return word % RC_DNSSEC_PROOFS;
}

enum rc_dnssec_proof rc_dnssec_proofs_find(const struct rc_dnssec_proofs *proofs,
					   const struct rc_dnssec_proof_id *id)
{
	const struct place *p = &proofs->places[place_of(id)];
	if (!p->used || memcmp(&p->id, id, sizeof *id) != 0)
		return RC_DNSSEC_P_UNCHECKED;
	return p->good ? RC_DNSSEC_P_GOOD : RC_DNSSEC_P_BAD;
}

void rc_dnssec_proofs_put(struct rc_dnssec_proofs *proofs, const struct rc_dnssec_proof_id *id,
			  enum rc_dnssec_proof proof)
{
	if (proof != RC_DNSSEC_P_UNCHECKED)
		proofs->places[place_of(id)] = (struct place){
			.id = *id, .used = true, .good = proof == RC_DNSSEC_P_GOOD};
}
