/*
 * Seeded 64-bit hash for in-memory tables. Keys are chosen by attackers, so every table mixes in a
 * seed drawn at start (rc_hash_seed). The hash never reaches the output: a replayed file must give
 * the same bytes under any seed. Costs about 1 ns per 16 bytes.
 *
 * The mixing step is the 64x64->128 bit folded multiply of wyhash (public domain, Wang Yi).
 */
#ifndef RC_BASE_HASH_H
#define RC_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RC_HASH_K0 UINT64_C(0xa0761d6478bd642f)
#define RC_HASH_K1 UINT64_C(0xe7037ed1a0b428db)

__extension__ typedef unsigned __int128 rc_u128;

static inline uint64_t rc_hash_mix(uint64_t a, uint64_t b)
{
	rc_u128 product = (rc_u128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Hash of one or two words under a seed. */
static inline uint64_t rc_hash_u64(uint64_t seed, uint64_t a, uint64_t b)
{
	/* Two rounds: one multiplication alone leaves counting keys in lumps under many seeds. */
	rc_u128 product = (rc_u128)(a ^ seed ^ RC_HASH_K0) * (b ^ RC_HASH_K1);
	return rc_hash_mix((uint64_t)product ^ seed ^ RC_HASH_K0,
			   (uint64_t)(product >> 64) ^ RC_HASH_K1);
}

/* Hash of len bytes under a seed. */
static inline uint64_t rc_hash_bytes(uint64_t seed, const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ RC_HASH_K0, a, b;
	size_t left = len;
	for (; left > 16; left -= 16, p += 16) {
		memcpy(&a, p, 8);
		memcpy(&b, p + 8, 8);
		h = rc_hash_mix(a ^ RC_HASH_K1, b ^ h);
	}
	a = b = 0;
	if (left > 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + 8, left - 8);
	} else {
		memcpy(&a, p, left);
	}
	return rc_hash_mix(rc_hash_mix(a ^ RC_HASH_K1, b ^ h) ^ seed, len ^ RC_HASH_K1);
}

#endif
