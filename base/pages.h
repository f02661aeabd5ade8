/*
 * Large memory that is looked into at random: with pages of 2 MiB each look costs one miss less, and
 * first use a hundredth of the page faults.
 */
#ifndef RC_BASE_PAGES_H
#define RC_BASE_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* Gives the pages that lie whole in this memory back to the kernel: it reads as zero afterwards. */
static inline void rc_pages_release(void *p, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t ahead = (page - (uintptr_t)p % page) % page;
	if (bytes < ahead + page)
		return;
	(void)madvise((char *)p + ahead, (bytes - ahead) / page * page, MADV_DONTNEED);
}

#endif
