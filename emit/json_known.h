/*
 * Texts of values as they stand in JSON, kept because they come again in most events: words, names of
 * codes, addresses, seconds. The tables are of fixed size; who comes last stays. Texts are copied in whole
 * pieces: where they are written there must be room for 80 octets.
 */
#ifndef RC_EMIT_JSON_KNOWN_H
#define RC_EMIT_JSON_KNOWN_H

#include "base/time.h"
#include "decode/codes.h"
#include "emit/json_put.h"

#define RC_SECONDS_KNOWN 8u  /* the times of one event lie close together */
#define RC_ADDRS_KNOWN 256u  /* an event names the same ones many times */
#define RC_WORDS_KNOWN 1024u /* some dozens, by where they lie, in slots of their own */
#define RC_CODES_KNOWN 128u  /* of a table: all that are common */
#define RC_SETS_KNOWN 128u   /* lists of flags and options: few ones are common */

#define RC_SECOND_LEN 20u /* "2026-11-21T01:43:44." */

struct rc_known_second {
	int64_t s;
	char text[RC_SECOND_LEN];
};

/* With the quotes. */
struct rc_known_addr {
	struct rc_addr addr;
	size_t len; /* 0: none */
	char text[4 * RC_JSON_PIECE];
};

struct rc_known_word {
	const char *word; /* NULL: none */
	size_t len;
	char text[3 * RC_JSON_PIECE];
};

struct rc_known_codes {
	uint8_t len[RC_CODES_KNOWN]; /* 0: none */
	char text[RC_CODES_KNOWN][2 * RC_JSON_PIECE];
};

struct rc_known_set {
	uint64_t set;    /* 0: none */
	uint32_t offset; /* of its field in the event */
	uint32_t len;
	char text[3 * RC_JSON_PIECE];
};

struct rc_known {
	struct rc_known_second seconds[RC_SECONDS_KNOWN];
	struct rc_known_addr addrs[RC_ADDRS_KNOWN];
	struct rc_known_word words[RC_WORDS_KNOWN];
	struct rc_known_set sets[RC_SETS_KNOWN];
};

void rc_known_init(struct rc_known *known);

/* What the functions below do with a value that is not known; the first returns false for a word that is
 * too long to be kept or has something in it to escape. */
bool rc_known_learn_word(struct rc_known_word *known, const char *word);
char *rc_known_learn_code(struct rc_known_codes *known, char *at, const struct rc_code_table *codes,
			  uint16_t code);
void rc_known_learn_addr(struct rc_known_addr *known, const struct rc_addr *addr);
void rc_known_learn_second(struct rc_known_second *known, int64_t s);
char *rc_known_put_old_time(char *at, int64_t ts_ns);

/* Where a word is kept that stays as it is and where it is: what is there may be another one. */
static inline struct rc_known_word *rc_known_word_slot(struct rc_known *k, const char *word)
{
	uint64_t hash = (uint64_t)(uintptr_t)word * RC_HASH_K0 >> 32;
	return &k->words[hash % RC_WORDS_KNOWN];
}

/* A code by its name, which has nothing in it to escape. */
static inline char *rc_known_put_code(struct rc_known_codes *known, char *at,
				      const struct rc_code_table *codes, uint16_t code)
{
	if (code >= RC_CODES_KNOWN || known->len[code] == 0)
		return rc_known_learn_code(known, at, codes, code);
	rc_put_piece(at, known->text[code]);
	rc_put_piece(at + RC_JSON_PIECE, known->text[code] + RC_JSON_PIECE);
	return at + known->len[code];
}

static inline char *rc_known_put_addr(struct rc_known *k, char *at, const struct rc_addr *addr)
{
	uint64_t high = rc_hash_word(addr->bytes), low = rc_hash_word(addr->bytes + 8);
	uint64_t hash = ((high ^ RC_HASH_K1) * RC_HASH_K0 ^ low) * RC_HASH_K1 >> 32;
	struct rc_known_addr *known = &k->addrs[hash % RC_ADDRS_KNOWN];
	if (rc_hash_word(known->addr.bytes + 8) != low || rc_hash_word(known->addr.bytes) != high ||
	    known->len == 0)
		rc_known_learn_addr(known, addr);
	return rc_put_pieces(at, known->text, known->len);
}

static inline char *rc_known_put_time(struct rc_known *k, char *at, int64_t ts_ns)
{
	if (ts_ns < 0) /* before 1970: not worth keeping */
		return rc_known_put_old_time(at, ts_ns);
	int64_t s = (int64_t)((uint64_t)ts_ns / (uint64_t)RC_NS_PER_S);
	struct rc_known_second *second = &k->seconds[(uint64_t)s % RC_SECONDS_KNOWN];
	if (second->s != s)
		rc_known_learn_second(second, s);
	*at++ = '"';
	memcpy(at, second->text, RC_SECOND_LEN);
	at = rc_digits_nine(at + RC_SECOND_LEN, (uint32_t)(ts_ns - s * RC_NS_PER_S));
	memcpy(at, "Z\"", 2);
	return at + 2;
}

/* The same of the set of the field at `offset`. */
static inline struct rc_known_set *rc_known_set_slot(struct rc_known *k, uint32_t offset,
						     uint64_t set)
{
	uint64_t hash = (set ^ (uint64_t)offset << 32) * RC_HASH_K0 >> 32;
	return &k->sets[hash % RC_SETS_KNOWN];
}

#endif
