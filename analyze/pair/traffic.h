/*
 * How an address has fared of late: what was asked of it in a second, when it sent nothing to anybody, when it heard nothing,
 * whom it refused what.
 */
#ifndef RC_ANALYZE_TRAFFIC_H
#define RC_ANALYZE_TRAFFIC_H

#include "analyze/pair/hearing.h"
#include "analyze/pair/hosts.h"
#include "analyze/pair/load.h"

/* Its busiest second of late. False if nothing was asked of it (or of another server that shares its hash slot). */
bool rc_hosts_rate(const struct rc_hosts *hosts, const struct rc_addr *server,
		   struct rc_rate *ret_rate);

/* The time around at_ns in which it sent nothing (nor did another that shares its hash slot). False if there is none. */
bool rc_hosts_hush(const struct rc_hosts *hosts, const struct rc_addr *addr, int64_t at_ns,
		   struct rc_hush *ret_hush);

/*
 * The time in which, from from_ns to to_ns and maybe longer, none of the servers that it asks answered it. False if one
 * did. Known of those that have an entry, as resolvers do.
 */
bool rc_hosts_deaf(const struct rc_hosts *hosts, const struct rc_addr *asker, int64_t from_ns,
		   int64_t to_ns, struct rc_deaf *ret_deaf);

/* As the servers of rc_deaf are noted, so that both can be compared. */
void rc_hosts_note_few(const struct rc_hosts *hosts, struct rc_few *few,
		       const struct rc_addr *addr);

/* Within that time before or after, the server refused this client another name. */
bool rc_hosts_refused_another(const struct rc_hosts *hosts, const struct rc_exchange *x,
			      int64_t within_ns);

#endif
