/*
 * Seeded 64-bit hash for in-memory tables. Keys are chosen by attackers, so every table mixes in a
 * seed drawn at start; of a file from its first packets, so that a replay gives the same bytes, whatever a full
 * table then evicts. Costs about 1 ns per 16 bytes.
 *
 * The mixing step is the 64x64->128 bit folded multiply of wyhash (public domain, Wang Yi). What comes from a key is
 * masked by the seed in both factors: octets equal to a mask that is known make a factor zero, and then what stands
 * beside and before them, the seed too, is lost.
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

/* The seed as a mask of the other factor. */
static inline uint64_t rc_hash_turned(uint64_t seed)
{
	return (seed << 32 | seed >> 32) ^ RC_HASH_K1;
}

/* Hash of one or two words under a seed. */
static inline uint64_t rc_hash_u64(uint64_t seed, uint64_t a, uint64_t b)
{
	/* Two rounds: one multiplication alone leaves counting keys in lumps under many seeds. */
	rc_u128 product = (rc_u128)(a ^ seed ^ RC_HASH_K0) * (b ^ rc_hash_turned(seed));
	return rc_hash_mix((uint64_t)product ^ seed ^ RC_HASH_K0,
			   (uint64_t)(product >> 64) ^ RC_HASH_K1);
}

static inline uint64_t rc_hash_word(const unsigned char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

/* The last n octets before end, 1 to 8 of them, as the low octets of a word; before: readable ones ahead. */
static inline uint64_t rc_hash_tail(const unsigned char *end, size_t n, size_t before)
{
	uint32_t low, high;
	if (before + n >= 8) {
		uint64_t word = rc_hash_word(end - 8);
		return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word >> (64 - 8 * n)
								 : word << (64 - 8 * n);
	}
	if (n < 4)
		return (uint64_t)end[-(ptrdiff_t)n] |
		       (uint64_t)end[-(ptrdiff_t)((n + 1) / 2)] << 8 * (n / 2) |
		       (uint64_t)end[-1] << 8 * (n - 1);
	memcpy(&low, end - n, sizeof low);
	memcpy(&high, end - 4, sizeof high);
	return low | (uint64_t)high << 8 * (n - 4);
}

/* Hash of len bytes under a seed and a mask. */
static inline uint64_t rc_hash_masked(uint64_t seed, uint64_t mask, const void *data, size_t len)
{
	const unsigned char *p = data, *end = p + len;
	uint64_t h = seed ^ RC_HASH_K0, a = 0, b = 0;
	for (; end - p > 16; p += 16)
		h = rc_hash_mix(rc_hash_word(p) ^ mask, rc_hash_word(p + 8) ^ h);
	const size_t left = (size_t)(end - p);
	if (left > 8) {
		a = rc_hash_word(p);
		b = rc_hash_tail(end, left - 8, 8);
	} else if (left > 0) {
		a = rc_hash_tail(end, left, len - left);
	}
	return rc_hash_mix(rc_hash_mix(a ^ mask, b ^ h) ^ seed, len ^ RC_HASH_K1);
}

/* Hash of len bytes under a seed. */
static inline uint64_t rc_hash_bytes(uint64_t seed, const void *data, size_t len)
{
	return rc_hash_masked(seed, rc_hash_turned(seed), data, len);
}

/* An id: the same wherever and by whichever version it is made, so no secret protects it. */
static inline uint64_t rc_hash_id(uint64_t seed, const void *data, size_t len)
{
	return rc_hash_masked(seed, RC_HASH_K1, data, len);
}

#endif
