/*
 * What an event tells of the messages of an exchange: dns.*, rcause.dns.*.
 */
#ifndef RC_EMIT_EVENT_DNS_H
#define RC_EMIT_EVENT_DNS_H

#include "emit/event.h"

/* Fills event->flag_sets; once, before the others. */
void rc_event_make_flag_sets(struct rc_event *event);

/* qname and msg (the answer) are borrowed until the event is written, and may be NULL. */
void rc_event_fill_dns(struct rc_event *event, const struct rc_exchange *exchange,
		       const struct rc_name *qname, const struct rc_msg *msg);

#endif
