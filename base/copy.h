/*
 * Copying and clearing some dozens to some hundreds of octets by the C library's functions. For sizes it
 * knows a bound of gcc writes `rep movs` and `rep stos` instead, which take dozens of cycles to begin.
 */
#ifndef RC_BASE_COPY_H
#define RC_BASE_COPY_H

#include <stddef.h>
#include <string.h>

/* The empty asm hides from the compiler what it knows of n. */
static inline void rc_copy(void *to, const void *from, size_t n)
{
	__asm__("" : "+r"(n));
	memcpy(to, from, n);
}

static inline void rc_clear(void *to, size_t n)
{
	__asm__("" : "+r"(n));
	memset(to, 0, n);
}

#endif
