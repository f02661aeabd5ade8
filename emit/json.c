#include "emit/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/err.h"
#include "base/time.h"
#include "decode/rr.h"

#define DEPTH_MAX 6u    /* objects around a field */
#define KEY_MAX 112u    /* "a":{"b":{"leaf": of one path */
#define PIECE 16u       /* keys and words are copied in pieces of so many octets */
#define TABLES_MAX 8u   /* the table of events and its sub-tables */
#define TIME_SECONDS 8u /* seconds whose text is kept; the times of one event lie close together */
#define SECOND_LEN 20u  /* "2026-11-21T01:43:44." */
#define ADDRS_KNOWN 64u /* addresses whose text is kept: an event names the same ones many times */
#define ADDR_PIECES 3u  /* pieces that hold any address */

/* How a step's absence is seen: most kinds have one word that says it. */
enum test { TEST_KIND, TEST_WORD, TEST_NEVER };

/* A row of a field table, ready to be written. */
struct step {
	const struct rc_field *field;
	uint64_t absent;          /* TEST_WORD: what the word at test_off holds then */
	uint32_t test_off;        /* in the event or item */
	uint8_t test;             /* enum test */
	uint8_t direct_len;       /* octets of direct */
	const struct plan *items; /* RC_KIND_ITEMS */
	uint8_t depth;            /* objects around it */
	uint8_t shared;           /* of them, those it shares with the step before */
	uint8_t len;
	uint8_t from[DEPTH_MAX + 1]; /* where in key to begin when so many objects are open */
	char key[KEY_MAX + PIECE];   /* read in whole pieces */
	char direct[DEPTH_MAX + 1 + KEY_MAX + PIECE]; /* the same behind the step before this one */
};

struct plan {
	const struct rc_field_table *table;
	const struct step *steps;
	size_t n;
};

struct second {
	int64_t s;
	char text[SECOND_LEN];
};

/* An address, as it stands in JSON without its quotes. */
struct known_addr {
	struct rc_addr addr;
	size_t len; /* 0: none */
	char text[ADDR_PIECES * PIECE];
};

/* The name written last, as it stands in JSON. */
struct known_name {
	struct rc_name name; /* len 0: none */
	size_t text_len;
	char text[RC_NAME_TEXT_MAX + 2];
};

struct rc_json {
	struct step *steps; /* of all plans */
	struct plan events[RC_DS_COUNT];
	struct plan items[TABLES_MAX];
	size_t n_items;
	struct rc_buf rdata;
	struct second seconds[TIME_SECONDS];
	struct known_addr addrs[ADDRS_KNOWN];
	struct known_name name;
};

struct writer {
	struct rc_buf *out;
	struct rc_json *json;
	const struct rc_event *event;
};

/* --- plans --- */

static unsigned shared_objects(const char *last, const char *path)
{
	unsigned shared = 0;
	for (; *path != '\0' && *path == *last; path++, last++)
		shared += *path == '.';
	return shared;
}

static void plan_key(struct step *step)
{
	const char *rest = step->field->path, *dot;
	char *at = step->key;
	while ((dot = strchr(rest, '.')) != NULL) {
		step->from[step->depth++] = (uint8_t)(at - step->key);
		*at++ = '"';
		at = mempcpy(at, rest, (size_t)(dot - rest));
		at = mempcpy(at, "\":{", 3);
		rest = dot + 1;
	}
	step->from[step->depth] = (uint8_t)(at - step->key);
	*at++ = '"';
	at = mempcpy(at, rest, strlen(rest));
	at = mempcpy(at, "\":", 2);
	step->len = (uint8_t)(at - step->key);
}

static void plan_test(struct step *step)
{
	_Static_assert(offsetof(struct rc_mnemonic, text) == 0, "read as a pointer");
	step->test = TEST_WORD;
	step->test_off = (uint32_t)step->field->offset;
	switch (step->field->kind) {
	case RC_KIND_TEXT:
	case RC_KIND_ADDR:
	case RC_KIND_MNEMONIC: /* its text stands first */
		step->absent = (uint64_t)(uintptr_t)NULL;
		break;
	case RC_KIND_NUMBER:
	case RC_KIND_TIME:
		step->absent = (uint64_t)RC_NONE;
		break;
	case RC_KIND_TEXTS:
	case RC_KIND_ADDRS:
	case RC_KIND_NAMES:
	case RC_KIND_ITEMS:
	case RC_KIND_COUNTERS:
		step->test_off += (uint32_t)offsetof(struct rc_items, n);
		break;
	case RC_KIND_ADDR_IN:
	case RC_KIND_RDATA:
		step->test = TEST_NEVER;
		break;
	default:
		step->test = TEST_KIND;
	}
}

/* What stands between the value of the step before and this one's. */
static void plan_direct(struct step *step, const struct step *before)
{
	char *at = step->direct;
	for (unsigned open = before == NULL ? 0 : before->depth; open > step->shared; open--)
		*at++ = '}';
	if (before != NULL)
		*at++ = ',';
	at = mempcpy(at, step->key + step->from[step->shared],
		     (size_t)step->len - step->from[step->shared]);
	step->direct_len = (uint8_t)(at - step->direct);
}

/* The plan of a sub-table, made when it is first met. */
static const struct plan *plan_items(struct rc_json *j, const struct rc_field_table *table,
				     struct step **next);

static struct plan make_plan(struct rc_json *j, const struct rc_field_table *table,
			     unsigned datasets, struct step **next)
{
	struct plan plan = {.table = table};
	size_t n = 0;
	for (size_t i = 0; i < table->n; i++)
		n += (table->fields[i].in & datasets) != 0;
	struct step *steps = *next;
	*next += n;
	plan.steps = steps;
	for (size_t i = 0; i < table->n; i++) {
		if ((table->fields[i].in & datasets) == 0)
			continue;
		struct step *step = &steps[plan.n];
		step->field = &table->fields[i];
		plan_key(step);
		plan_test(step);
		if (plan.n > 0)
			step->shared = (uint8_t)shared_objects(steps[plan.n - 1].field->path,
							       step->field->path);
		plan_direct(step, plan.n > 0 ? step - 1 : NULL);
		if (step->field->kind == RC_KIND_ITEMS)
			step->items = plan_items(j, step->field->items, next);
		plan.n++;
	}
	return plan;
}

static const struct plan *plan_items(struct rc_json *j, const struct rc_field_table *table,
				     struct step **next)
{
	for (size_t i = 0; i < j->n_items; i++)
		if (j->items[i].table == table)
			return &j->items[i];
	struct plan *plan = &j->items[j->n_items++];
	*plan = make_plan(j, table, ~0u, next);
	return plan;
}

/* Rows of the table and of its sub-tables; RC_E_RANGE if a key is longer or deeper than planned for. */
static int measure(const struct rc_field_table *table, size_t *n_rows, size_t *n_tables)
{
	(*n_tables)++;
	for (size_t i = 0; i < table->n; i++) {
		unsigned depth = 0;
		size_t len = strlen("\"\":");
		for (const char *p = table->fields[i].path; *p != '\0'; p++) {
			depth += *p == '.';
			len += *p == '.' ? strlen("\":{\"") : 1;
		}
		if (depth > DEPTH_MAX || len > KEY_MAX)
			return RC_E_RANGE;
		(*n_rows)++;
		if (table->fields[i].kind == RC_KIND_ITEMS &&
		    measure(table->fields[i].items, n_rows, n_tables) != RC_OK)
			return RC_E_RANGE;
	}
	return RC_OK;
}

int rc_json_new(struct rc_json **ret_json)
{
	size_t n_rows = 0, n_tables = 0;
	int err = measure(&rc_event_fields, &n_rows, &n_tables);
	if (err != RC_OK || n_tables > TABLES_MAX)
		return RC_E_RANGE;
	struct rc_json *j = calloc(1, sizeof *j);
	struct step *next = calloc(n_rows * RC_DS_COUNT, sizeof *next);
	if (j == NULL || next == NULL) {
		free(j);
		free(next);
		return RC_E_NOMEM;
	}
	j->steps = next;
	j->rdata = rc_buf_init(RC_RDATA_TEXT_MAX);
	for (unsigned d = 0; d < RC_DS_COUNT; d++)
		j->events[d] = make_plan(j, &rc_event_fields, 1u << d, &next);
	for (size_t i = 0; i < TIME_SECONDS; i++)
		j->seconds[i].s = INT64_MIN;
	*ret_json = j;
	return RC_OK;
}

void rc_json_free(struct rc_json *j)
{
	if (j == NULL)
		return;
	rc_buf_free(&j->rdata);
	free(j->steps);
	free(j);
}

/* --- values --- */

/* Copies n octets in whole pieces: from and to must have room for the rest of the last one. */
static inline char *put_pieces(char *to, const char *from, size_t n)
{
	for (size_t done = 0; done < n; done += PIECE)
		memcpy(to + done, from + done, PIECE);
	return to + n;
}

void rc_json_number(struct rc_buf *out, int64_t value)
{
	char *at = rc_buf_reserve(out, RC_DIGITS_MAX + 1), *start = at;
	if (at == NULL)
		return;
	if (value > RC_JSON_INT_MAX)
		value = RC_JSON_INT_MAX;
	if (value < -RC_JSON_INT_MAX)
		value = -RC_JSON_INT_MAX;
	if (value < 0)
		*at++ = '-';
	at = rc_digits_put(at, (uint64_t)(value < 0 ? -value : value));
	out->len += (size_t)(at - start);
}

static void put_text(struct rc_buf *out, const char *text)
{
	rc_json_string(out, text, strlen(text));
}

/* A word of the program's own tables: there is nothing in it to escape. */
static void put_word(struct rc_buf *out, const char *word)
{
	size_t len = strlen(word);
	char *at = rc_buf_reserve(out, len + 2);
	if (at == NULL)
		return;
	at[0] = '"';
	memcpy(at + 1, word, len);
	at[len + 1] = '"';
	out->len += len + 2;
}

static const struct known_addr *know_addr(struct rc_json *json, const struct rc_addr *addr)
{
	size_t slot = rc_addr_hash(0, addr) % ADDRS_KNOWN;
	struct known_addr *known = &json->addrs[slot];
	if (known->len == 0 || !rc_addr_equal(&known->addr, addr)) {
		known->addr = *addr;
		known->len = rc_addr_put(addr, known->text);
	}
	return known;
}

static void put_addr(struct writer *w, const struct rc_addr *addr)
{
	char *at = rc_buf_reserve(w->out, sizeof w->json->addrs->text + 2);
	if (at == NULL)
		return;
	const struct known_addr *known = know_addr(w->json, addr);
	memcpy(at + 1, known->text, sizeof known->text);
	at[0] = at[known->len + 1] = '"';
	w->out->len += known->len + 2;
}

/* One event holds the same name many times: question, owners, hosts, evidence. */
static void put_name(struct writer *w, const struct rc_name *name)
{
	struct known_name *known = &w->json->name;
	if (!rc_name_equal(&known->name, name)) {
		char text[RC_NAME_TEXT_MAX + 1];
		size_t start = w->out->len;
		rc_json_string(w->out, text, rc_name_format(name, text));
		size_t len = w->out->len - start;
		known->name.len = 0;
		if (w->out->failed || len > sizeof known->text)
			return;
		known->name.len = name->len;
		memcpy(known->name.wire, name->wire, name->len);
		memcpy(known->text, w->out->data + start, len);
		known->text_len = len;
		return;
	}
	rc_buf_add(w->out, known->text, known->text_len);
}

static void put_time(struct writer *w, int64_t ts_ns)
{
	char *at = rc_buf_reserve(w->out, RC_TIME_TEXT_LEN + 3);
	int64_t s = ts_ns / RC_NS_PER_S, ns = ts_ns % RC_NS_PER_S;
	struct second *second = &w->json->seconds[(uint64_t)s % TIME_SECONDS];
	if (at == NULL)
		return;
	if (ts_ns < 0) { /* before 1970: not worth keeping */
		rc_time_format(ts_ns, at + 1);
	} else {
		if (second->s != s) {
			char text[RC_TIME_TEXT_LEN + 1];
			rc_time_format(ts_ns, text);
			memcpy(second->text, text, SECOND_LEN);
			second->s = s;
		}
		memcpy(at + 1, second->text, SECOND_LEN);
		*rc_digits_nine(at + 1 + SECOND_LEN, (uint32_t)ns) = 'Z';
	}
	at[0] = at[RC_TIME_TEXT_LEN + 1] = '"';
	w->out->len += RC_TIME_TEXT_LEN + 2;
}

static void put_rdata(struct writer *w, const struct rc_rr *rr)
{
	struct rc_buf *text = &w->json->rdata;
	rc_buf_clear(text);
	rc_rr_format_rdata(w->event->msg, rr, text);
	rc_json_string(w->out, text->data, text->failed ? 0 : text->len);
}

static void put_counters(struct writer *w, const struct rc_items *items)
{
	const struct rc_counter_set *sets = items->items;
	rc_buf_putc(w->out, '{');
	for (size_t s = 0; s < items->n; s++) {
		if (s > 0)
			rc_buf_putc(w->out, ',');
		put_text(w->out, sets[s].module);
		rc_buf_puts(w->out, ":{");
		for (size_t i = 0; i < sets[s].n; i++) {
			uint64_t value = rc_counter_value(&sets[s], i);
			if (i > 0)
				rc_buf_putc(w->out, ',');
			put_text(w->out, sets[s].desc[i].name);
			rc_buf_putc(w->out, ':');
			rc_json_number(w->out,
				       value > INT64_MAX ? RC_JSON_INT_MAX : (int64_t)value);
		}
		rc_buf_putc(w->out, '}');
	}
	rc_buf_putc(w->out, '}');
}

static void put_steps(struct writer *w, const struct plan *plan, const void *base);

static void put_list(struct writer *w, const struct step *step, const void *at)
{
	const struct rc_field *f = step->field;
	const struct rc_items *items = at; /* every list: {pointer, length} */
	char next = '[';
	for (size_t i = 0; i < items->n; i++) {
		rc_buf_putc(w->out, next);
		next = ',';
		switch (f->kind) {
		case RC_KIND_TEXTS:
			if (f->choice != NULL)
				put_word(w->out, ((const struct rc_texts *)at)->items[i]);
			else
				put_text(w->out, ((const struct rc_texts *)at)->items[i]);
			break;
		case RC_KIND_ADDRS:
			put_addr(w, &((const struct rc_addrs *)at)->items[i]);
			break;
		case RC_KIND_NAMES:
			put_name(w, &((const struct rc_names *)at)->items[i]);
			break;
		default:
			put_steps(w, step->items,
				  (const char *)items->items + i * f->items->item_size);
		}
	}
	rc_buf_putc(w->out, ']');
}

static bool is_present_kind(enum rc_kind kind, const void *at)
{
	const struct rc_name *name;
	switch (kind) {
	case RC_KIND_BOOL:
		return *(const int8_t *)at >= 0;
	case RC_KIND_NAME:
		name = *(const struct rc_name *const *)at;
		return name != NULL && name->len > 0;
	case RC_KIND_NAME_IN:
		return ((const struct rc_name *)at)->len > 0;
	default: /* RC_KIND_BYTES */
		return ((const struct rc_bytes *)at)->data != NULL &&
		       ((const struct rc_bytes *)at)->len > 0;
	}
}

static inline bool is_present(const struct step *step, const void *base, const void *at)
{
	uint64_t word;
	if (step->test == TEST_WORD) {
		memcpy(&word, (const char *)base + step->test_off, sizeof word);
		return word != step->absent;
	}
	return step->test == TEST_NEVER || is_present_kind(step->field->kind, at);
}

static void put_value(struct writer *w, const struct step *step, const void *at)
{
	const struct rc_bytes *bytes = at;
	switch (step->field->kind) {
	case RC_KIND_TEXT: /* a word of a table, or made here to its pattern */
		if (step->field->choice != NULL || step->field->pattern != NULL)
			put_word(w->out, *(const char *const *)at);
		else
			put_text(w->out, *(const char *const *)at);
		break;
	case RC_KIND_MNEMONIC:
		put_word(w->out, ((const struct rc_mnemonic *)at)->text);
		break;
	case RC_KIND_NUMBER:
		rc_json_number(w->out, *(const int64_t *)at);
		break;
	case RC_KIND_TIME:
		put_time(w, *(const int64_t *)at);
		break;
	case RC_KIND_BOOL:
		if (*(const int8_t *)at)
			rc_buf_add(w->out, "true", 4);
		else
			rc_buf_add(w->out, "false", 5);
		break;
	case RC_KIND_ADDR:
		put_addr(w, *(const struct rc_addr *const *)at);
		break;
	case RC_KIND_ADDR_IN:
		put_addr(w, at);
		break;
	case RC_KIND_NAME:
		put_name(w, *(const struct rc_name *const *)at);
		break;
	case RC_KIND_NAME_IN:
		put_name(w, at);
		break;
	case RC_KIND_BYTES:
		rc_json_string(w->out, bytes->data, bytes->len);
		break;
	case RC_KIND_RDATA:
		put_rdata(w, at);
		break;
	case RC_KIND_COUNTERS:
		put_counters(w, at);
		break;
	default:
		put_list(w, step, at);
	}
}

/*
 * Closes what the field does not share with the last one written (NULL: none), opens the rest, writes
 * the key. Mostly that is the field before it, and what stands between them is known.
 */
static inline void put_key(struct rc_buf *out, const struct step *step, const struct step *last,
			   unsigned shared)
{
	char *at = rc_buf_reserve(out, sizeof step->direct), *start = at;
	if (at == NULL)
		return;
	if (last == step - 1) {
		put_pieces(at, step->direct, step->direct_len);
		out->len += step->direct_len;
		return;
	}
	for (unsigned open = last == NULL ? 0 : last->depth; open > shared; open--)
		*at++ = '}';
	if (last != NULL)
		*at++ = ',';
	at = put_pieces(at, step->key + step->from[shared], (size_t)step->len - step->from[shared]);
	out->len += (size_t)(at - start);
}

static void put_steps(struct writer *w, const struct plan *plan, const void *base)
{
	const struct step *last = NULL;
	unsigned shared = 0;
	rc_buf_putc(w->out, '{');
	for (const struct step *step = plan->steps; step < plan->steps + plan->n; step++) {
		const void *at = (const char *)base + step->field->offset;
		if (step->shared < shared)
			shared = step->shared; /* over fields left out: what all of them share */
		if (!is_present(step, base, at))
			continue;
		put_key(w->out, step, last, shared);
		put_value(w, step, at);
		last = step;
		shared = step->depth;
	}
	for (unsigned open = last == NULL ? 0 : last->depth; open > 0; open--)
		rc_buf_putc(w->out, '}');
	rc_buf_putc(w->out, '}');
}

void rc_json_event(struct rc_json *json, struct rc_buf *out, const struct rc_event *event)
{
	struct writer w = {.out = out, .json = json, .event = event};
	put_steps(&w, &json->events[event->dataset], event);
	rc_buf_putc(out, '\n');
}
