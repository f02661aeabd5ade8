#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/err.h"

#define BLOCK_BYTES ((size_t)64 << 10)
#define ALIGN _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct rc_arena {
	struct block *first;
	struct block *current;
	size_t max;
	size_t total; /* bytes of all blocks */
};

static struct block *block_new(struct rc_arena *arena, size_t size)
{
	if (size > arena->max - arena->total)
		return NULL;
	struct block *b = malloc(sizeof *b + size);
	if (b == NULL)
		return NULL;
	b->next = NULL;
	b->size = size;
	b->used = 0;
	arena->total += size;
	return b;
}

int rc_arena_new(size_t max_bytes, struct rc_arena **ret_arena)
{
	struct rc_arena *arena = calloc(1, sizeof *arena);
	if (arena == NULL)
		return RC_E_NOMEM;
	arena->max = max_bytes;
	arena->first = block_new(arena, max_bytes < BLOCK_BYTES ? max_bytes : BLOCK_BYTES);
	if (arena->first == NULL) {
		free(arena);
		return RC_E_NOMEM;
	}
	arena->current = arena->first;
	*ret_arena = arena;
	return RC_OK;
}

void rc_arena_free(struct rc_arena *arena)
{
	if (arena == NULL)
		return;
	for (struct block *b = arena->first, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

void rc_arena_reset(struct rc_arena *arena)
{
	for (struct block *b = arena->first; b != NULL; b = b->next)
		b->used = 0;
	arena->current = arena->first;
}

void *rc_arena_take(struct rc_arena *arena, size_t bytes)
{
	if (bytes > arena->max)
		return NULL;
	bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
	while (arena->current->size - arena->current->used < bytes) {
		struct block *next = arena->current->next;
		if (next == NULL || next->size < bytes) {
			struct block *b = block_new(arena,
						    bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
			if (b == NULL)
				return NULL;
			b->next = next;
			arena->current->next = b;
			next = b;
		}
		arena->current = next;
	}
	void *p = arena->current->bytes + arena->current->used;
	arena->current->used += bytes;
	return p;
}

void *rc_arena_alloc(struct rc_arena *arena, size_t bytes)
{
	void *p = rc_arena_take(arena, bytes);
	return p == NULL ? NULL : memset(p, 0, bytes);
}

/*
 * What most formats are made of, %s, %.*s and %u, without printf's price. Gives the length, or SIZE_MAX
 * for a format with more in it, or when there is no room.
 */
static size_t print_simple(char *at, size_t room, const char *format, va_list ap)
{
	char *start = at, number[RC_DIGITS_MAX];
	while (*format != '\0') {
		const char *from = format;
		size_t n;
		if (*format != '%') {
			n = (size_t)(strchrnul(format, '%') - format);
			format += n;
		} else if (format[1] == 's') {
			from = va_arg(ap, const char *);
			n = strlen(from);
			format += 2;
		} else if (strncmp(format, "%.*s", 4) == 0) {
			n = (size_t)va_arg(ap, int);
			from = va_arg(ap, const char *);
			n = strnlen(from, n);
			format += 4;
		} else if (format[1] == 'u') {
			n = (size_t)(rc_digits_put(number, va_arg(ap, unsigned)) - number);
			from = number;
			format += 2;
		} else {
			return SIZE_MAX;
		}
		if (n >= room)
			return SIZE_MAX;
		at = mempcpy(at, from, n);
		room -= n;
	}
	*at = '\0';
	return (size_t)(at - start);
}

const char *rc_arena_printf(struct rc_arena *arena, const char *format, ...)
{
	struct block *b = arena->current;
	char *at = (char *)b->bytes + b->used, *text = at;
	size_t room = b->size - b->used;
	va_list ap, again;
	va_start(ap, format);
	va_copy(again, ap);
	size_t n = room == 0 ? SIZE_MAX : print_simple(at, room, format, ap);
	if (n != SIZE_MAX) {
		b->used += (n + 1 + ALIGN - 1) / ALIGN * ALIGN;
		if (b->used > b->size)
			b->used = b->size;
	} else {
		int len;
		va_end(ap);
		va_copy(ap, again);
		len = vsnprintf(NULL, 0, format, ap);
		text = len < 0 ? NULL : rc_arena_take(arena, (size_t)len + 1);
		if (text != NULL)
			vsnprintf(text, (size_t)len + 1, format, again);
	}
	va_end(again);
	va_end(ap);
	return text == NULL ? "" : text;
}

void *rc_arena_copy(struct rc_arena *arena, const void *data, size_t len)
{
	void *p = rc_arena_take(arena, len == 0 ? 1 : len);
	if (p != NULL && len > 0)
		memcpy(p, data, len);
	return p;
}
