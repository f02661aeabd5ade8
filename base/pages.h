/*
 * Large memory that is looked into at random: with pages of 2 MiB each look costs one miss less, and
 * first use a hundredth of the page faults.
 */
#ifndef RC_BASE_PAGES_H
#define RC_BASE_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define RC_PAGE_BYTES ((size_t)2 << 20)

/* Asks the kernel for such pages where whole ones fit in; it may decline. p may be NULL. */
static inline void rc_pages_enlarge(void *p, size_t bytes)
{
	size_t ahead = (RC_PAGE_BYTES - (uintptr_t)p % RC_PAGE_BYTES) % RC_PAGE_BYTES;
	if (p == NULL || bytes < ahead + RC_PAGE_BYTES)
		return;
	bytes = (bytes - ahead) / RC_PAGE_BYTES * RC_PAGE_BYTES;
	(void)madvise((char *)p + ahead, bytes, MADV_HUGEPAGE);
}

#endif
