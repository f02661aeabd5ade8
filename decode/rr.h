/*
 * What a resource record holds: an address, or its RDATA in print, from one table of types (decode/rr.c): presentation
 * format as in zone files (RFC 1035 5, RFC 3597 for unknown types).
 */
#ifndef RC_DECODE_RR_H
#define RC_DECODE_RR_H

#include "base/addr.h"
#include "base/buf.h"
#include "decode/msg.h"

/*
 * Appends the RDATA of rr to buf: "192.0.2.1", "10 mail.example.com", "20326 8 2 e06d44b8...". RDATA
 * that does not fit its type prints in RFC 3597 form (\# 4 0a000001). ASCII only.
 */
void rc_rr_format_rdata(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_buf *buf);

/*
 * The address in an A or AAAA record of class IN (RFC 1035 3.4.1, RFC 3596 2.2). False, and nothing written, for any other
 * record, and where the RDATA has another length or is cut.
 */
bool rc_rr_addr(const struct rc_msg *msg, const struct rc_rr *rr, struct rc_addr *ret_addr);

#endif
