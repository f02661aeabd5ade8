#include "decode/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* a - b for positions that wrap: negative when a lies before b */
static int32_t distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

int rc_pieces_pool_init(struct rc_pieces_pool *pool, uint32_t n)
{
	struct rc_piece *mem = malloc(n * sizeof *mem);
	if (!mem)
		return RC_E_NOMEM;
	*pool = (struct rc_pieces_pool){
		.mem = mem, .n = n, .fresh = 0, .free = RC_PIECE_NONE, .left = n};
	return RC_OK;
}

void rc_pieces_pool_free(struct rc_pieces_pool *pool)
{
	free(pool->mem);
	pool->mem = NULL;
}

static uint32_t take(struct rc_pieces_pool *pool)
{
	uint32_t i = pool->free;
	if (i != RC_PIECE_NONE)
		pool->free = pool->mem[i].next;
	else if (pool->fresh < pool->n)
		i = pool->fresh++;
	if (i != RC_PIECE_NONE)
		pool->left--;
	return i;
}

static void give_back(struct rc_pieces_pool *pool, uint32_t i)
{
	pool->mem[i].next = pool->free;
	pool->free = i;
	pool->left++;
}

static void fill(uint8_t *to, const uint8_t *data, uint32_t len)
{
	if (data)
		memcpy(to, data, len);
	else
		memset(to, 0, len);
}

/* Fills a hole behind piece `before` (RC_PIECE_NONE: at the front), growing that piece if it can. */
static int put(struct rc_pieces_pool *pool, struct rc_pieces *list, uint32_t max, uint32_t before,
	       uint32_t off, const uint8_t *data, uint32_t len, uint32_t *ret_last)
{
	uint32_t last = before;
	while (len) {
		struct rc_piece *prev = last == RC_PIECE_NONE ? NULL : &pool->mem[last];
		uint32_t n;
		if (prev && prev->off + prev->len == off && prev->len < RC_PIECE_DATA) {
			uint32_t room = RC_PIECE_DATA - prev->len;
			n = len < room ? len : room;
			fill(prev->data + prev->len, data, n);
			prev->len += n;
		} else {
			uint32_t i = list->n < max ? take(pool) : RC_PIECE_NONE;
			if (i == RC_PIECE_NONE)
				return RC_E_FULL;
			struct rc_piece *piece = &pool->mem[i];
			n = len < RC_PIECE_DATA ? len : RC_PIECE_DATA;
			piece->off = off;
			piece->len = n;
			piece->next = prev ? prev->next : list->head;
			fill(piece->data, data, n);
			if (prev)
				prev->next = i;
			else
				list->head = i;
			list->n++;
			last = i;
		}
		off += n;
		len -= n;
		if (data)
			data += n;
		*ret_last = last;
	}
	return RC_OK;
}

int rc_pieces_insert(struct rc_pieces_pool *pool, struct rc_pieces *list, uint32_t max,
		     uint32_t off, const uint8_t *data, uint32_t len, uint32_t *ret_added)
{
	uint32_t before = RC_PIECE_NONE, next = list->head;
	int err = RC_OK;
	*ret_added = 0;
	while (len && !err) {
		/* skip the pieces that begin at or before off; drop of the data what they hold */
		for (; next != RC_PIECE_NONE && distance(pool->mem[next].off, off) <= 0;
		     next = pool->mem[next].next) {
			const struct rc_piece *piece = &pool->mem[next];
			int32_t covered = distance(piece->off + piece->len, off);
			uint32_t n = covered < 0 ? 0 : (uint32_t)covered;
			n = n < len ? n : len;
			off += n;
			len -= n;
			if (data)
				data += n;
			before = next;
		}
		uint32_t n = len;
		if (next != RC_PIECE_NONE) {
			uint32_t hole = (uint32_t)distance(pool->mem[next].off, off);
			n = n < hole ? n : hole;
		}
		err = put(pool, list, max, before, off, data, n, &before);
		if (!err) {
			*ret_added += n;
			off += n;
			len -= n;
			if (data)
				data += n;
		}
	}
	return err;
}

uint32_t rc_pieces_contiguous(const struct rc_pieces_pool *pool, const struct rc_pieces *list,
			      uint32_t off)
{
	uint32_t end = off;
	for (uint32_t i = list->head; i != RC_PIECE_NONE; i = pool->mem[i].next) {
		const struct rc_piece *piece = &pool->mem[i];
		if (distance(piece->off, end) > 0)
			break;
		if (distance(piece->off + piece->len, end) > 0)
			end = piece->off + piece->len;
	}
	return end - off;
}

uint32_t rc_pieces_copy(const struct rc_pieces_pool *pool, const struct rc_pieces *list,
			uint32_t off, uint8_t *ret_data, uint32_t len)
{
	uint32_t done = 0;
	for (uint32_t i = list->head; i != RC_PIECE_NONE && done < len; i = pool->mem[i].next) {
		const struct rc_piece *piece = &pool->mem[i];
		int32_t skip = distance(off + done, piece->off);
		if (skip < 0)
			break;
		if ((uint32_t)skip >= piece->len)
			continue;
		uint32_t n = piece->len - (uint32_t)skip;
		n = n < len - done ? n : len - done;
		memcpy(ret_data + done, piece->data + skip, n);
		done += n;
	}
	return done;
}

bool rc_pieces_next(const struct rc_pieces_pool *pool, const struct rc_pieces *list, uint32_t off,
		    uint32_t *ret_off)
{
	for (uint32_t i = list->head; i != RC_PIECE_NONE; i = pool->mem[i].next) {
		const struct rc_piece *piece = &pool->mem[i];
		if (distance(piece->off + piece->len, off) <= 0)
			continue;
		*ret_off = distance(piece->off, off) > 0 ? piece->off : off;
		return true;
	}
	return false;
}

void rc_pieces_drop(struct rc_pieces_pool *pool, struct rc_pieces *list, uint32_t off)
{
	while (list->head != RC_PIECE_NONE) {
		struct rc_piece *piece = &pool->mem[list->head];
		if (distance(piece->off, off) >= 0)
			break;
		if (distance(piece->off + piece->len, off) > 0) {
			uint32_t n = (uint32_t)distance(off, piece->off);
			memmove(piece->data, piece->data + n, piece->len - n);
			piece->off = off;
			piece->len -= n;
			break;
		}
		uint32_t next = piece->next;
		give_back(pool, list->head);
		list->head = next;
		list->n--;
	}
}

void rc_pieces_clear(struct rc_pieces_pool *pool, struct rc_pieces *list)
{
	while (list->head != RC_PIECE_NONE) {
		uint32_t next = pool->mem[list->head].next;
		give_back(pool, list->head);
		list->head = next;
	}
	list->n = 0;
}
