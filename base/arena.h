/*
 * Region allocator: what is allocated for one failure or one event is freed whole. Bounded: above
 * its maximum rc_arena_alloc gives NULL, and the caller goes without.
 */
#ifndef RC_BASE_ARENA_H
#define RC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct rc_arena;

/*
 * Makes an arena that holds up to max_bytes, in blocks that are kept over resets.
 * RC_E_NOMEM when the first block cannot be had. Free with rc_arena_free.
 */
int rc_arena_new(size_t max_bytes, struct rc_arena **ret_arena);
void rc_arena_free(struct rc_arena *arena);

/* Frees everything allocated from it, keeps the memory for the next user. */
void rc_arena_reset(struct rc_arena *arena);

/* Zeroed memory, aligned for any type, until the next reset; NULL when the maximum is reached. */
void *rc_arena_alloc(struct rc_arena *arena, size_t bytes);

/* The same without zeroing it: for large arrays of which little is used. */
void *rc_arena_take(struct rc_arena *arena, size_t bytes);

/* Formatted string in the arena; "" when the maximum is reached. */
const char *rc_arena_printf(struct rc_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Copy of len bytes, NULL when the maximum is reached. */
void *rc_arena_copy(struct rc_arena *arena, const void *data, size_t len);

#endif
