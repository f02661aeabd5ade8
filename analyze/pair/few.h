/*
 * How many different addresses, as far as it matters: none to four, by their hashes. Hashes cut to 16 bits fall
 * together once in 65536, so that it does not hang on the seed what is told.
 */
#ifndef RC_ANALYZE_FEW_H
#define RC_ANALYZE_FEW_H

#include <stdbool.h>
#include <stdint.h>

#define RC_FEW_MAX 4u /* the most that anything is decided by: DEAF_SERVERS_MIN (decide/caps.c) */

struct rc_few {
	uint16_t tags[RC_FEW_MAX]; /* 0: none */
};

/* hash: of the address, under the seed. */
static inline uint16_t rc_few_tag(uint64_t hash)
{
	uint16_t tag = (uint16_t)hash;
	return tag == 0 ? 1 : tag;
}

static inline void rc_few_note(struct rc_few *few, uint64_t hash)
{
	uint16_t tag = rc_few_tag(hash);
	for (unsigned i = 0; i < RC_FEW_MAX; i++) {
		if (few->tags[i] == 0)
			few->tags[i] = tag;
		if (few->tags[i] == tag)
			return;
	}
}

/* How many are not among the others. */
static inline unsigned rc_few_beside(const struct rc_few *few, const struct rc_few *others)
{
	unsigned n = 0;
	for (unsigned i = 0; i < RC_FEW_MAX && few->tags[i] != 0; i++) {
		bool among = false;
		for (unsigned k = 0; k < RC_FEW_MAX; k++)
			among = among || others->tags[k] == few->tags[i];
		n += !among;
	}
	return n;
}

static inline void rc_few_join(struct rc_few *few, const struct rc_few *other)
{
	for (unsigned i = 0; i < RC_FEW_MAX && other->tags[i] != 0; i++)
		rc_few_note(few, other->tags[i]);
}

/* At most RC_FEW_MAX. */
static inline unsigned rc_few_count(const struct rc_few *few)
{
	unsigned n = 0;
	while (n < RC_FEW_MAX && few->tags[n] != 0)
		n++;
	return n;
}

#endif
