#include "emit/json_line.h"

#include <string.h>

static size_t slot_of(const struct rc_event_evidence *item)
{
	uint64_t key = (uint64_t)item->frame * RC_HASH_K0 ^ (uint64_t)item->query_frame;
	return (key ^ rc_hash_word(item->to.bytes + 8)) * RC_HASH_K1 >> 32 & (RC_LINES_KNOWN - 1);
}

static bool is_name(const struct rc_known_line *line, const struct rc_name *name)
{
	if (name == NULL || line->item.name == NULL)
		return name == line->item.name;
	return rc_name_equal(&line->name, name);
}

static bool is_fact(const struct rc_known_line *line, const char *fact)
{
	if (fact == NULL || line->item.fact == NULL)
		return fact == line->item.fact;
	return strcmp(line->fact, fact) == 0;
}

/* Files and outcomes are words, which stay as they are: where they lie tells them apart. */
static bool is_same(const struct rc_known_line *line, const struct rc_event_evidence *b)
{
	const struct rc_event_evidence *a = &line->item;
	return a->frame == b->frame && a->query_frame == b->query_frame && a->ts_ns == b->ts_ns &&
	       a->rtt_ns == b->rtt_ns && a->file == b->file && rc_addr_equal(&a->from, &b->from) &&
	       rc_addr_equal(&a->to, &b->to) && a->qtype == b->qtype && a->rcode == b->rcode &&
	       a->outcome == b->outcome && is_name(line, b->name) && is_fact(line, b->fact);
}

const struct rc_known_line *rc_line_find(const struct rc_known_line *lines,
					 const struct rc_event_evidence *item)
{
	_Static_assert((RC_LINES_KNOWN & (RC_LINES_KNOWN - 1)) == 0, "masked");
	const struct rc_known_line *line = &lines[slot_of(item)];
	return line->len > 0 && is_same(line, item) ? line : NULL;
}

void rc_line_learn(struct rc_known_line *lines, const struct rc_event_evidence *item,
		   const char *text, size_t len)
{
	struct rc_known_line *line = &lines[slot_of(item)];
	size_t fact_len = item->fact == NULL ? 0 : strlen(item->fact);
	if (len > sizeof line->text || fact_len >= sizeof line->fact)
		return;
	line->item = *item;
	if (item->name != NULL) {
		line->name.len = item->name->len;
		memcpy(line->name.wire, item->name->wire, item->name->len);
	}
	if (item->fact != NULL)
		memcpy(line->fact, item->fact, fact_len + 1);
	memcpy(line->text, text, len);
	line->len = len;
}
