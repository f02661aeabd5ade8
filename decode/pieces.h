/*
 * Octets that came out of order: sorted, disjoint pieces of a datagram or a TCP stream, kept in
 * blocks of one pool. What is there first wins over what overlaps it later. No allocation after
 * rc_pieces_pool_init; the pool touches memory only as it is needed.
 */
#ifndef RC_DECODE_PIECES_H
#define RC_DECODE_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RC_PIECE_NONE UINT32_MAX

enum { RC_PIECE_DATA = 1492 }; /* octets of one piece: a segment or fragment at an MTU of 1500 */

struct rc_piece {
	uint32_t off;  /* position of the first octet; positions wrap like TCP sequence numbers */
	uint32_t next; /* index in the pool, RC_PIECE_NONE at the end */
	uint32_t len;  /* octets used */
	uint8_t data[RC_PIECE_DATA];
};

struct rc_pieces_pool {
	struct rc_piece *mem;
	uint32_t n;     /* pieces in mem */
	uint32_t fresh; /* those from here on were never used */
	uint32_t free;  /* list of used ones, RC_PIECE_NONE when empty */
	uint32_t left;  /* pieces that can still be had */
};

struct rc_pieces {
	uint32_t head; /* lowest position, RC_PIECE_NONE when empty */
	uint32_t n;    /* pieces */
};

#define RC_PIECES_EMPTY ((struct rc_pieces){.head = RC_PIECE_NONE, .n = 0})

/* RC_E_NOMEM. n is at least 1. Free with rc_pieces_pool_free. */
int rc_pieces_pool_init(struct rc_pieces_pool *pool, uint32_t n);
void rc_pieces_pool_free(struct rc_pieces_pool *pool);

/*
 * Inserts len octets at position off, leaving out what is there already; data NULL inserts zeros.
 * RC_E_FULL when the pool or the list (max pieces) has no room: part may have been inserted.
 * *ret_added is the number of octets that were new, also then.
 */
int rc_pieces_insert(struct rc_pieces_pool *pool, struct rc_pieces *list, uint32_t max,
		     uint32_t off, const uint8_t *data, uint32_t len, uint32_t *ret_added);

/* Octets there without a hole from position off on. */
uint32_t rc_pieces_contiguous(const struct rc_pieces_pool *pool, const struct rc_pieces *list,
			      uint32_t off);

/* Copies up to len octets from position off on, as far as there is no hole; returns how many. */
uint32_t rc_pieces_copy(const struct rc_pieces_pool *pool, const struct rc_pieces *list,
			uint32_t off, uint8_t *ret_data, uint32_t len);

/* True if there are octets at or behind position off; *ret_off is then the first such position. */
bool rc_pieces_next(const struct rc_pieces_pool *pool, const struct rc_pieces *list, uint32_t off,
		    uint32_t *ret_off);

/* Forgets everything before position off. */
void rc_pieces_drop(struct rc_pieces_pool *pool, struct rc_pieces *list, uint32_t off);

/* Forgets everything. */
void rc_pieces_clear(struct rc_pieces_pool *pool, struct rc_pieces *list);

#endif
