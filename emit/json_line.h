/*
 * Evidence whose text is kept: in a storm one exchange of a resolver proves many failures, and its line
 * is the same in each of them. A table of fixed size; who comes last stays.
 */
#ifndef RC_EMIT_JSON_LINE_H
#define RC_EMIT_JSON_LINE_H

#include "emit/event_items.h"

#define RC_LINES_KNOWN 128u   /* most repeat within some dozens of lines; 1.1 KB each */
#define RC_LINE_FACT_MAX 128u /* octets of a fact, with its NUL; longer ones are written anew */
#define RC_LINE_TEXT_MAX 640u /* octets of a line */

struct rc_known_line {
	struct rc_event_evidence item;
	struct rc_name name; /* what item.name points to */
	char fact[RC_LINE_FACT_MAX];
	size_t len; /* 0: none */
	char text[RC_LINE_TEXT_MAX];
};

/* The text of an item that looks the same, NULL if there is none. */
const struct rc_known_line *rc_line_find(const struct rc_known_line *lines,
					 const struct rc_event_evidence *item);

/* Keeps an item's text, unless it is too long. */
void rc_line_learn(struct rc_known_line *lines, const struct rc_event_evidence *item,
		   const char *text, size_t len);

#endif
