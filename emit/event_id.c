#include "emit/event_id.h"

#include <string.h>

static inline void add_u8(struct rc_ident *in, unsigned value)
{
	in->bytes[in->n++] = (uint8_t)value;
}

static inline void add_u16(struct rc_ident *in, uint16_t value)
{
	rc_ident_u16(in->bytes + in->n, value);
	in->n += 2;
}

static inline void add_u64(struct rc_ident *in, uint64_t value)
{
	rc_ident_u64(in->bytes + in->n, value);
	in->n += 8;
}

static inline void add_addr(struct rc_ident *in, const struct rc_addr *addr)
{
	memcpy(in->bytes + in->n, addr->bytes, sizeof addr->bytes);
	in->n += sizeof addr->bytes;
}

static void finish(struct rc_event *e, struct rc_ident *in)
{
	rc_ident_event(in, e->id_text);
	e->id = (struct rc_plain){e->id_text, RC_EVENT_ID_LEN};
}

void rc_event_identify(struct rc_event *event, const struct rc_exchange *x,
		       const struct rc_name *qname)
{
	struct rc_ident in;
	in.n = 0; /* the octets need no clearing */
	add_u8(&in, event->dataset);
	add_u64(&in, (uint64_t)x->first_ns);
	add_addr(&in, &x->asker);
	add_addr(&in, &x->server);
	add_u16(&in, x->asker_port);
	add_u16(&in, x->server_port);
	add_u8(&in, x->transport);
	add_u16(&in, x->id);
	add_u16(&in, x->qtype);
	add_u16(&in, x->qclass);
	if (qname != NULL) {
		memcpy(in.bytes + in.n, qname->wire, qname->len);
		in.n += qname->len;
	}
	finish(event, &in);
}

void rc_event_identify_words(struct rc_event *event, uint64_t a, uint64_t b, uint64_t c)
{
	struct rc_ident in;
	in.n = 0;
	add_u8(&in, event->dataset);
	add_u64(&in, a);
	add_u64(&in, b);
	add_u64(&in, c);
	finish(event, &in);
}
