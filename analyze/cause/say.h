/*
 * What rules tell: the exchanges that prove a finding, and texts in the case's arena.
 */
#ifndef RC_ANALYZE_CAUSE_SAY_H
#define RC_ANALYZE_CAUSE_SAY_H

#include "analyze/infer/case.h"

struct rc_finding;

/*
 * Adds an exchange as evidence (nothing while rules are weighed); fact is one phrase (arena or static).
 * outcome NULL: by its RCODE.
 */
void rc_prove(struct rc_case *c, struct rc_finding *f, const struct rc_exchange *x,
	      const struct rc_name *name, const char *outcome, const char *fact);

/* Adds the failed exchange itself. */
void rc_prove_self(struct rc_case *c, struct rc_finding *f, const char *fact);

/* The same, where it proves no more than how the client fared. */
void rc_prove_client(struct rc_case *c, struct rc_finding *f);

/* It was a forwarder whose exchange that is, with a client of its own: says so. */
void rc_prove_forwarder(struct rc_finding *f);

/* The message that shows it; one from the zone book was an answer to the resolver some time before. */
void rc_prove_origin(struct rc_case *c, struct rc_finding *f, const struct rc_origin *o,
		     const char *fact);

/* Adds a TCP connection that never came about; nothing if it is told already. */
void rc_prove_connection(struct rc_case *c, struct rc_finding *f,
			 const struct rc_exchange *connection);

/* Adds the exchanges with servers of a zone (index into c->zones) that ended with this outcome. */
void rc_prove_zone(struct rc_case *c, struct rc_finding *f, size_t zone, enum rc_outcome outcome);

/* Adds the two exchanges that show different serials of a zone. */
void rc_prove_serials(struct rc_case *c, struct rc_finding *f,
		      const struct rc_zone_serials *serials);

/* Adds what the resolver reported of this question (RFC 9567). */
void rc_prove_report(struct rc_case *c, struct rc_finding *f);

/* "the zone example.com", else the name asked. Text in the case's arena. */
const char *rc_say_zone(struct rc_case *c, const struct rc_zone_view *zone);

/* Text in the case's arena; "" while rules are weighed. */
const char *rc_say_name(struct rc_case *c, const struct rc_name *name);
const char *rc_say_addr(struct rc_case *c, const struct rc_addr *addr);
const char *rc_say_type(struct rc_case *c, uint16_t type);
const char *rc_say_duration(struct rc_case *c, int64_t ns);
#define rc_say(c, ...) ((c)->weighing ? "" : rc_arena_printf((c)->arena, __VA_ARGS__))

/*
 * Expands {zone} {server} {client} {resolver} {qname} {qtype} in a text of a cause row. A zone that is not
 * known is told by the name asked for: in a command, by that name itself. What cannot be told so either
 * becomes <zone> and so on.
 */
const char *rc_say_expand(struct rc_case *c, const struct rc_finding *f, bool command,
			  const char *text);

#endif
