/*
 * event.id: a fingerprint of what every sensor that saw the same packets sees alike.
 */
#ifndef RC_EMIT_EVENT_ID_H
#define RC_EMIT_EVENT_ID_H

#include "emit/event.h"

/* Of an exchange; event->dataset is set. qname: NULL none. */
void rc_event_identify(struct rc_event *event, const struct rc_exchange *x,
		       const struct rc_name *qname);

/* Of three words. */
void rc_event_identify_words(struct rc_event *event, uint64_t a, uint64_t b, uint64_t c);

#endif
