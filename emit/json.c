#include "emit/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "decode/rr.h"
#include "emit/json_known.h"
#include "emit/json_line.h"
#include "emit/plan.h"

/* Octets of a value that is not asked room for: of an address, with its rest. */
#define VALUE_MAX 80u
#define NAMES_KNOWN 16u /* names of an event whose place in it is kept */
/* Of presentation format only \ is escaped. */
#define NAME_MAX (2 * RC_NAME_TEXT_MAX + 2 * RC_JSON_PIECE)

/* Of what is not written for each field: kept out of the registers of the loop over them. */
#define SELDOM __attribute__((noinline))

/* A name that the event holds already, at off in its text. */
struct told_name {
	const struct rc_name *name;
	uint64_t event; /* number of the event it was told in */
	uint32_t off, len;
};

struct rc_json {
	struct rc_plans plans;
	struct rc_buf rdata;
	uint64_t n_events;
	struct rc_known known;
	struct rc_known_codes codes[RC_PLAN_TABLES_MAX];
	struct told_name names[NAMES_KNOWN];
	struct rc_known_line lines[RC_LINES_KNOWN];
	unsigned rcodes, types; /* among the plans' tables of codes */
};

/*
 * Values are written at a pointer that is handed on: behind it there is always room for what of the
 * event needs no asking. Who writes more asks with need() before. NULL: out has failed.
 */
struct writer {
	struct rc_buf *out;
	struct rc_json *json;
	const struct rc_event *event;
	char *end; /* of the buffer, less RC_JSON_ROOM */
};

void rc_json_free(struct rc_json *j)
{
	if (j == NULL)
		return;
	rc_plan_free(&j->plans);
	rc_buf_free(&j->rdata);
	free(j);
}

/* Octets that a plan may write without asking for room. */
static size_t plan_room(const struct rc_plan *plan)
{
	size_t room = plan->text_len;
	for (size_t i = 0; i < plan->n; i++)
		room += plan->steps[i].kind == RC_KIND_NAME ? NAME_MAX : VALUE_MAX;
	return room;
}

/* Octets that may be written between two questions for room. */
static size_t room_needed(const struct rc_plans *plans)
{
	size_t most = 0, items = 0;
	for (size_t d = 0; d < RC_DS_COUNT; d++) {
		size_t n = plan_room(&plans->events[d]);
		most = n > most ? n : most;
	}
	for (size_t i = 0; i < plans->n_items; i++)
		items += plan_room(&plans->items[i]);
	return most + items + VALUE_MAX;
}

int rc_json_new(const struct rc_event *event, struct rc_json **ret_json)
{
	struct rc_json *j = calloc(1, sizeof *j);
	int err = j == NULL ? RC_E_NOMEM : rc_plan_make(event, &j->plans);
	if (err == RC_OK && room_needed(&j->plans) > RC_JSON_ROOM)
		err = RC_E_RANGE;
	if (err != RC_OK) {
		rc_json_free(j);
		return err;
	}
	j->rcodes = rc_plan_codes(&j->plans, &rc_rcodes);
	j->types = rc_plan_codes(&j->plans, &rc_types);
	j->rdata = rc_buf_init(RC_RDATA_TEXT_MAX);
	rc_known_init(&j->known);
	*ret_json = j;
	return RC_OK;
}

/* --- room --- */

static SELDOM char *grow(struct writer *w, char *at, size_t n)
{
	w->out->len = (size_t)(at - w->out->data);
	at = rc_buf_reserve(w->out, n + RC_JSON_ROOM);
	w->end = w->out->data + w->out->cap - RC_JSON_ROOM;
	return at;
}

/* Room for n octets besides what is always there. */
static inline char *need(struct writer *w, char *at, size_t n)
{
	if (at <= w->end && n <= (size_t)(w->end - at))
		return at;
	return grow(w, at, n);
}

/* --- values --- */

void rc_json_number(struct rc_buf *out, int64_t value)
{
	char *at = rc_buf_reserve(out, RC_DIGITS_MAX + 1);
	if (at != NULL)
		out->len += (size_t)(rc_put_number(at, value) - at);
}

/* Where the worst case does not fit, the text itself still may. */
static SELDOM char *put_tight(struct writer *w, char *at, const void *text, size_t len)
{
	w->out->len = (size_t)(at - w->out->data);
	rc_json_string(w->out, text, len);
	return w->out->failed ? NULL : grow(w, w->out->data + w->out->len, 0);
}

static SELDOM char *put_octets(struct writer *w, char *at, const void *text, size_t len)
{
	size_t worst = RC_JSON_ESCAPED_MAX * len + RC_JSON_PIECE + 2;
	if (at > w->end || worst > (size_t)(w->end - at)) {
		if (worst + RC_JSON_ROOM > w->out->max - (size_t)(at - w->out->data))
			return put_tight(w, at, text, len);
		at = grow(w, at, worst);
		if (at == NULL)
			return NULL;
	}
	*at++ = '"';
	at = rc_json_escape(at, text, len);
	*at++ = '"';
	return at;
}

static SELDOM char *put_text(struct writer *w, char *at, const char *text)
{
	return put_octets(w, at, text, strlen(text));
}

static inline char *put_plain(char *at, const struct rc_plain *plain)
{
	*at++ = '"';
	at = rc_put_pieces(at, plain->text, plain->len);
	*at++ = '"';
	return at;
}

static inline char *put_word(struct writer *w, char *at, const char *word)
{
	struct rc_known_word *known = rc_known_word_slot(&w->json->known, word);
	if (known->word != word && !rc_known_learn_word(known, word))
		return put_text(w, at, word);
	return rc_put_pieces(at, known->text, known->len);
}

/* By table `table` of the plans. */
static inline char *put_code(struct writer *w, char *at, unsigned table, uint16_t code)
{
	return rc_known_put_code(&w->json->codes[table], at, w->json->plans.codes[table], code);
}

static inline char *put_addr(struct writer *w, char *at, const struct rc_addr *addr)
{
	return rc_known_put_addr(&w->json->known, at, addr);
}

static SELDOM char *tell_name(struct writer *w, struct told_name *told, char *at,
			      const struct rc_name *name)
{
	char *start = at;
	size_t len = rc_name_format(name, at);
	if (name->labels == 0 || len == name->len - 2u) { /* every octet stands for itself */
		at += len;
	} else {
		char text[RC_NAME_TEXT_MAX + 1];
		memcpy(text, at, len);
		at = rc_json_escape(at, text, len);
	}
	*told = (struct told_name){name, w->json->n_events, (uint32_t)(start - w->out->data),
				   (uint32_t)(at - start)};
	return at;
}

/* Without the quotes. One event holds the same name many times: question, owners, hosts, evidence. */
static inline char *put_name_text(struct writer *w, char *at, const struct rc_name *name)
{
	uint64_t head = name->len < sizeof head ? 0 : rc_hash_word(name->wire);
	uint64_t hash = (head + name->len) * RC_HASH_K0 >> 32;
	struct told_name *told = &w->json->names[hash % NAMES_KNOWN];
	if (told->event != w->json->n_events ||
	    (told->name != name && !rc_name_equal(told->name, name)))
		return tell_name(w, told, at, name);
	return rc_put_pieces(at, w->out->data + told->off, told->len);
}

static inline char *put_name(struct writer *w, char *at, const struct rc_name *name)
{
	*at++ = '"';
	at = put_name_text(w, at, name);
	*at++ = '"';
	return at;
}

#define PUT_LITERAL(at, text) (memcpy(at, text, sizeof(text) - 1), (at) + sizeof(text) - 1)

/* A value with its quotes, of which the first gives way to a space and the last to what follows. */
#define UNQUOTED(at, put) \
	do { \
		char *const quote = (at); \
		(at) = (put)-1; \
		*quote = ' '; \
	} while (0)

/* "SERVFAIL for www.example.com A from 192.0.2.53: DNSSEC signature expired" */
static SELDOM char *put_message(struct writer *w, char *at)
{
	const struct rc_event *e = w->event;
	const char *because = e->message.because;
	if (e->message.text != NULL)
		return put_text(w, at, e->message.text);
	size_t worst = because == NULL ? 0 : RC_JSON_ESCAPED_MAX * strlen(because);
	at = need(w, at,
		  NAME_MAX + 4 * VALUE_MAX + worst); /* so that the buffer stays where it is */
	if (at == NULL)
		return NULL;
	if (e->response_code < 0)
		at = PUT_LITERAL(at, "\"No answer");
	else
		at = put_code(w, at, w->json->rcodes, (uint16_t)e->response_code) - 1;
	at = PUT_LITERAL(at, " for ");
	if (e->qname != NULL) {
		at = put_name_text(w, at, e->qname);
		UNQUOTED(at, put_code(w, at, w->json->types, (uint16_t)e->qtype));
	} else {
		at = PUT_LITERAL(at, "a message without a question");
	}
	at = PUT_LITERAL(at, " from");
	UNQUOTED(at, put_addr(w, at, e->server.ip));
	if (because != NULL) {
		*at++ = ':';
		UNQUOTED(at, put_word(w, at, because));
	}
	*at++ = '"';
	return at;
}

static SELDOM char *put_rdata(struct writer *w, char *at, const struct rc_rr *rr)
{
	struct rc_buf *text = &w->json->rdata;
	struct rc_addr addr;
	if (rc_rr_addr(w->event->msg, rr, &addr))
		return put_addr(w, at, &addr);
	rc_buf_clear(text);
	rc_rr_format_rdata(w->event->msg, rr, text);
	return put_octets(w, at, text->data, text->failed ? 0 : text->len);
}

static SELDOM char *put_counters(struct writer *w, char *at, const struct rc_items *items)
{
	const struct rc_counter_set *sets = items->items;
	char next = '{';
	for (size_t s = 0; s < items->n; s++, next = ',') {
		*at++ = next;
		at = put_word(w, at, sets[s].module);
		if (at == NULL)
			return NULL;
		*at++ = ':';
		char inner = '{';
		for (size_t i = 0; i < sets[s].n; i++, inner = ',') {
			uint64_t value = rc_counter_value(&sets[s], i);
			*at++ = inner;
			at = put_text(w, at, sets[s].desc[i].name);
			at = at == NULL ? NULL : need(w, at, VALUE_MAX);
			if (at == NULL)
				return NULL;
			*at++ = ':';
			at = rc_put_number(at, value > INT64_MAX ? INT64_MAX : (int64_t)value);
		}
		*at++ = '}';
	}
	*at++ = '}';
	return at;
}

static SELDOM char *learn_set(struct writer *w, struct rc_known_set *known, char *at,
			      const struct rc_step *step, uint64_t set)
{
	const size_t start = (size_t)(at - w->out->data);
	uint64_t left = set;
	char next = '[';
	for (unsigned n = 0; left != 0 && n < RC_OPTIONS_MAX; left &= left - 1, n++) {
		unsigned bit = (unsigned)__builtin_ctzll(left);
		at = need(w, at, VALUE_MAX);
		if (at == NULL)
			return NULL;
		*at++ = next;
		next = ',';
		at = step->field->codes != NULL ? put_code(w, at, step->table, (uint16_t)bit)
						: put_word(w, at, step->field->choice(bit));
	}
	*at++ = ']';
	size_t len = (size_t)(at - w->out->data) - start;
	if (len <= sizeof known->text) {
		*known = (struct rc_known_set){set, step->offset, (uint32_t)len, {0}};
		memcpy(known->text, w->out->data + start, len);
	}
	return at;
}

static inline char *put_set(struct writer *w, char *at, const struct rc_step *step, uint64_t set)
{
	struct rc_known_set *known = rc_known_set_slot(&w->json->known, step->offset, set);
	if (known->set != set || known->offset != step->offset)
		return learn_set(w, known, at, step, set);
	return rc_put_pieces(at, known->text, known->len);
}

static char *put_steps(struct writer *w, char *at, const struct rc_plan *plan, const void *base);

/* A line of evidence, which may have stood in an earlier event; that of the failure itself has not. */
static SELDOM char *put_evidence(struct writer *w, char *at, const struct rc_plan *plan,
				 const void *base)
{
	const struct rc_event_evidence *item = base;
	struct rc_known_line *lines = w->json->lines;
	bool own = item->query_frame == w->event->query_frame;
	const struct rc_known_line *known = own ? NULL : rc_line_find(lines, item);
	if (known != NULL) {
		at = need(w, at, sizeof known->text);
		return at == NULL ? NULL : mempcpy(at, known->text, known->len);
	}
	size_t start = (size_t)(at - w->out->data);
	at = put_steps(w, at, plan, base);
	if (at != NULL && !own)
		rc_line_learn(lines, item, w->out->data + start,
			      (size_t)(at - w->out->data) - start);
	return at;
}

/* --- lists: of their last comma the end is made, for empty ones are absent --- */

static SELDOM char *put_addrs(struct writer *w, char *at, const struct rc_addrs *list)
{
	at = need(w, at, list->n * VALUE_MAX);
	if (at == NULL)
		return NULL;
	*at++ = '[';
	for (size_t i = 0; i < list->n; i++) {
		at = put_addr(w, at, &list->items[i]);
		*at++ = ',';
	}
	at[-1] = ']';
	return at;
}

static SELDOM char *put_names(struct writer *w, char *at, const struct rc_names *list)
{
	*at++ = '[';
	for (size_t i = 0; i < list->n; i++) {
		at = need(w, at, NAME_MAX);
		if (at == NULL)
			return NULL;
		at = put_name(w, at, list->items[i]);
		*at++ = ',';
	}
	at[-1] = ']';
	return at;
}

static SELDOM char *put_texts(struct writer *w, char *at, const struct rc_texts *list, bool words)
{
	*at++ = '[';
	for (size_t i = 0; i < list->n; i++) {
		at = need(w, at, VALUE_MAX);
		if (at == NULL)
			return NULL;
		at = words ? put_word(w, at, list->items[i]) : put_text(w, at, list->items[i]);
		if (at == NULL)
			return NULL;
		*at++ = ',';
	}
	at[-1] = ']';
	return at;
}

static SELDOM char *put_items(struct writer *w, char *at, const struct rc_plan *plan,
			      const struct rc_items *list)
{
	const char *item = list->items;
	const char *const end = item + list->n * plan->table->item_size;
	const bool evidence = plan->table == &rc_evidence_fields;
	*at++ = '[';
	for (; item != end; item += plan->table->item_size) {
		at = need(w, at, VALUE_MAX);
		if (at == NULL)
			return NULL;
		at = evidence ? put_evidence(w, at, plan, item) : put_steps(w, at, plan, item);
		if (at == NULL)
			return NULL;
		*at++ = ',';
	}
	at[-1] = ']';
	return at;
}

/* --- events --- */

static inline char *put_value(struct writer *w, char *at, const struct rc_step *step,
			      const void *value)
{
	const struct rc_bytes *bytes = value;
	switch (step->kind) {
	case RC_KIND_TEXT:
		return put_text(w, at, *(const char *const *)value);
	case RC_KIND_WORD:
		return put_word(w, at, *(const char *const *)value);
	case RC_KIND_PLAIN:
		return put_plain(at, value);
	case RC_KIND_MESSAGE:
		return put_message(w, at);
	case RC_KIND_NUMBER:
		return rc_put_number(at, *(const int64_t *)value);
	case RC_KIND_DIGITS:
		return rc_put_digits(at, *(const int64_t *)value);
	case RC_KIND_TIME:
		return rc_known_put_time(&w->json->known, at, *(const int64_t *)value);
	case RC_KIND_BOOL:
		return rc_put_bool(at, *(const int8_t *)value);
	case RC_KIND_ADDR:
		return put_addr(w, at, *(const struct rc_addr *const *)value);
	case RC_KIND_ADDR_IN:
		return put_addr(w, at, value);
	case RC_KIND_NAME:
		return put_name(w, at, *(const struct rc_name *const *)value);
	case RC_KIND_CODE:
		return put_code(w, at, step->table, (uint16_t) * (const int32_t *)value);
	case RC_KIND_BYTES:
		return put_octets(w, at, bytes->data, bytes->len);
	case RC_KIND_RDATA:
		return put_rdata(w, at, value);
	case RC_KIND_SET:
		return put_set(w, at, step, *(const uint64_t *)value);
	case RC_KIND_TEXTS:
		return put_texts(w, at, value, step->field->choice != NULL);
	case RC_KIND_ADDRS:
		return put_addrs(w, at, value);
	case RC_KIND_NAMES:
		return put_names(w, at, value);
	case RC_KIND_ITEMS:
		return put_items(w, at, &w->json->plans.items[step->table], value);
	case RC_KIND_COUNTERS:
		return put_counters(w, at, value);
	case RC_PLAN_TEXT:
		return at;
	case RC_PLAN_END:
		return NULL;
	default:
		__builtin_unreachable();
	}
}

/* Objects open behind the step before. */
static inline unsigned objects_before(const struct rc_plan *plan, const struct rc_step *step)
{
	return step == plan->steps ? 0 : step[-1].depth;
}

/* Behind fields left out: closes objects down to `shared` ones, opens those of the field, writes its key. */
static inline char *put_key(char *at, const struct rc_step *step, unsigned open, unsigned shared)
{
	static const char closers[] = "}}}}}},       ";
	unsigned from = step->from[shared];
	memcpy(at, closers + RC_PLAN_DEPTH_MAX - (open - shared), 8);
	return rc_put_pieces(at + (open - shared) + 1, step->key + from,
			     (size_t)step->key_len - from);
}

/* From the first step that is not there: passes those left out, writes the key of the one that is. */
static inline char *put_gap(char *at, const struct rc_plan *plan, const struct rc_step **step,
			    const void *base)
{
	const struct rc_step *next = *step;
	unsigned open = objects_before(plan, next), shared = open;
	do {
		shared = next->shared < shared ? next->shared : shared;
		next++;
	} while (!rc_plan_is_there(&next->present, base));
	*step = next;
	return put_key(at, next, open, next->shared < shared ? next->shared : shared);
}

static char *put_steps(struct writer *w, char *at, const struct rc_plan *plan, const void *base)
{
	const struct rc_step *step = plan->steps;
	const size_t start = (size_t)(at - w->out->data);
	for (;; step++) {
		if (rc_plan_is_there(&step->present, base))
			at = rc_put_pieces(at, step->joint, step->joint_len);
		else
			at = put_gap(at, plan, &step, base);
		char *next = put_value(w, at, step, (const char *)base + step->offset);
		if (next == NULL)
			break;
		at = next;
	}
	if (step->kind != RC_PLAN_END)
		return NULL;
	char *first = w->out->data + start;
	if (at == first + 1) /* nothing was there */
		at++;
	*first = '{'; /* instead of the first comma, and of the last one: */
	at[-1] = '}';
	return at;
}

void rc_json_event(struct rc_json *json, struct rc_buf *out, const struct rc_event *event)
{
	struct writer w = {.out = out, .json = json, .event = event};
	json->n_events++;
	char *at = rc_buf_reserve(out, RC_JSON_ROOM);
	if (at == NULL)
		return;
	w.end = out->data + out->cap - RC_JSON_ROOM;
	at = put_steps(&w, at, &json->plans.events[event->dataset], event);
	if (at == NULL)
		return;
	*at++ = '\n';
	out->len = (size_t)(at - out->data);
}
