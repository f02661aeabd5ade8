/*
 * Fetching memory into the cache ahead of its use.
 */
#ifndef RC_BASE_PREFETCH_H
#define RC_BASE_PREFETCH_H

#include <stddef.h>
#include <stdint.h>

#define RC_LINE_BYTES 64u

/*
 * The line of p, for reading or writing. An empty asm makes it an effect: gcc takes a function that only
 * fetches ahead for one without any, and drops its calls.
 */
static inline void rc_prefetch(const void *p)
{
	__builtin_prefetch(p, 1);
	__asm__ volatile("");
}

/* The first line's begin in memory that has a line more than is needed. */
static inline void *rc_lines_begin(void *p)
{
	return (char *)p + (RC_LINE_BYTES - (uintptr_t)p % RC_LINE_BYTES) % RC_LINE_BYTES;
}

/* The lines of len bytes at p. */
static inline void rc_prefetch_bytes(const void *p, size_t len)
{
	for (size_t i = 0; i < len; i += RC_LINE_BYTES)
		rc_prefetch((const char *)p + i);
}

#endif
