/*
 * The zone book: what a warm resolver will not ask again. Keeps, for as long as their TTLs let a
 * resolver use them, the messages that carried a zone's referral (NS, glue, DS or its denial), DS,
 * DNSKEY and NS sets, and aliases of all the names below one: DNAME, and signed wildcards, from which
 * resolvers answer for names never asked before (RFC 8198). Bounded: a set-associative index, least
 * recently seen out; messages in a ring.
 */
#ifndef RC_ANALYZE_BOOK_H
#define RC_ANALYZE_BOOK_H

#include "decode/obs.h"

enum rc_book_kind {
	RC_BOOK_REFERRAL,
	RC_BOOK_DS,
	RC_BOOK_DNSKEY,
	RC_BOOK_NS,
	RC_BOOK_ALIAS, /* by the DNAME's owner, or the name right above the wildcard */
};

struct rc_book_stats {
	uint64_t messages;  /* written */
	uint64_t refreshed; /* seen again unchanged */
	uint64_t evicted;   /* entries lost to newer ones before their TTL ran out */
};

struct rc_book_page {
	const uint8_t *wire;
	uint32_t len_bytes;
	uint64_t pos;              /* of the message in the book: never comes again */
	uint64_t content;          /* seeded hash of its records (rc_msg_content_hash) */
	int64_t first_ns, seen_ns; /* first and last time this message was seen */
	uint64_t frame;            /* first time */
	uint16_t source;
	struct rc_addr asker, server;
	bool dnssec_ok; /* asked for with DO=1: what has no signature here has none */
};

struct rc_book;

/* RC_E_NOMEM. Free with rc_book_free. */
int rc_book_new(size_t bytes, uint64_t seed, struct rc_book **ret_book);
void rc_book_free(struct rc_book *book);

/* Enters an upstream answer if it holds something for the book. dnssec_ok: its query had DO=1. True
 * for a referral upwards, to the root: the server does not serve what it was asked for. */
bool rc_book_note(struct rc_book *book, const struct rc_obs *obs, bool dnssec_ok);

/*
 * The pages of a zone (by seeded name hash) and kind first seen at by_ns or before and still valid at
 * now_ns, newest first. Borrowed until the next note. Returns how many were written, at most max.
 */
size_t rc_book_find(const struct rc_book *book, uint64_t zone_hash, enum rc_book_kind kind,
		    int64_t now_ns, int64_t by_ns, struct rc_book_page *pages, size_t max);

/* How many rc_book_find would write. */
size_t rc_book_count(const struct rc_book *book, uint64_t zone_hash, enum rc_book_kind kind,
		     int64_t now_ns, int64_t by_ns, size_t max);

const struct rc_book_stats *rc_book_stats(const struct rc_book *book);

#endif
