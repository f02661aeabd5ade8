/*
 * BPF filters: compiled once per link type for files, and the default filter of live captures.
 */
#ifndef RC_CAPTURE_FILTER_H
#define RC_CAPTURE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/frame.h"

#define RC_FILTER_WHY_MAX 256u /* PCAP_ERRBUF_SIZE */

struct rc_filter;

/*
 * Checks the expression; text is copied. RC_E_SYNTAX (why says what libpcap says) when it is valid
 * for no link type, RC_E_NOMEM. Free with rc_filter_free (NULL allowed).
 */
int rc_filter_new(const char *text, char why[RC_FILTER_WHY_MAX], struct rc_filter **ret_filter);
void rc_filter_free(struct rc_filter *filter);

/*
 * Whether a frame passes. The first frame of a link type costs a compilation. RC_E_SYNTAX, with why,
 * when the expression makes no sense for its link type; RC_E_FULL above RC_FILTER_LINKTYPES_MAX.
 */
int rc_filter_match(struct rc_filter *filter, const struct rc_frame *frame,
		    char why[RC_FILTER_WHY_MAX], bool *ret_pass);

/*
 * The default live filter: DNS, IP fragments, ICMP and ICMPv6 errors, and carriers, the BPF terms of what
 * may hold such packets (NULL none). vlan: look behind up to two tags with the BPF vlan keyword, which only some
 * link types know; without it tagged frames pass whole. RC_E_FULL if size is too small.
 */
int rc_filter_write_default(const uint16_t *ports, size_t n_ports, const char *carriers, bool vlan,
			    char *text, size_t size);

/* LINKTYPE_ numbers of files and DLT_ numbers of libpcap; the same but for a few. */
uint16_t rc_filter_linktype_of_dlt(int dlt);
int rc_filter_dlt_of_linktype(uint16_t linktype);

#endif
