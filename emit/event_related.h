/*
 * related.ip and related.hosts of an event: what it speaks of, each once, and the first only where there are too many.
 */
#ifndef RC_EMIT_EVENT_RELATED_H
#define RC_EMIT_EVENT_RELATED_H

#include "emit/event.h"

/* Enters an address in related.ip; it is copied. */
static inline void rc_event_relate(struct rc_event *e, const struct rc_addr *addr)
{
	uint64_t high = rc_hash_word(addr->bytes), low = rc_hash_word(addr->bytes + 8);
	for (size_t i = 0; i < e->related.n; i++) {
		const uint8_t *known = e->related_ip[i].bytes;
		if (rc_hash_word(known + 8) == low && rc_hash_word(known) == high)
			return;
	}
	if (e->related.n < RC_EVENT_RELATED_MAX)
		e->related_ip[e->related.n++] = *addr;
	e->related.items = e->related_ip;
}

/* Enters a name in related.hosts, once; *name stays where it is until the event is written. */
static inline void rc_event_relate_host(struct rc_event *e, const struct rc_name *name)
{
	if (name->len <= 1) /* none, or the root */
		return;
	for (size_t i = 0; i < e->hosts.n; i++) {
		if (e->host[i] == name || rc_name_equal(e->host[i], name))
			return;
	}
	if (e->hosts.n < RC_EVENT_HOSTS_MAX)
		e->host[e->hosts.n++] = name;
	e->hosts.items = e->host;
}

#endif
