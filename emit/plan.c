#include "emit/plan.h"

#include <stdlib.h>

#include "base/err.h"
#include "emit/json.h"

#define TEXTS_MAX (64u << 10) /* octets of all their texts */

/* Of one plan, while it is made. */
struct maker {
	struct rc_plans *plans;
	struct rc_plan *plan;
	const char *blank;           /* values that are the same in every event; NULL none */
	unsigned dataset;            /* bit */
	const struct rc_field *last; /* row before */
	const struct rc_field *ahead,
		*first;       /* row before those of the step being made, first of them */
	struct rc_step *step; /* being made, of fixed values so far; NULL: none */
	int err;
};

static unsigned count_objects(const char *path)
{
	unsigned n = 0;
	for (; *path != '\0'; path++)
		n += *path == '.';
	return n;
}

static unsigned shared_objects(const struct rc_field *last, const struct rc_field *f)
{
	unsigned shared = 0;
	const char *a = last == NULL ? "" : last->path, *b = f->path;
	for (; *b != '\0' && *b == *a; a++, b++)
		shared += *b == '.';
	return shared;
}

static struct rc_presence presence(size_t offset, size_t size, const void *absent)
{
	struct rc_presence p = {.offset = (uint32_t)offset};
	memset(&p.mask, 0xff, size);
	memcpy(&p.absent, absent, size);
	return p;
}

static struct rc_presence presence_of(const struct rc_field *f)
{
	static const void *const pointer = NULL;
	static const int64_t number = RC_NONE;
	static const uint64_t set = 0;
	static const int32_t code = -1;
	static const int8_t flag = -1;
	static const size_t length = 0;
	switch (f->kind) {
	case RC_KIND_TEXT:
	case RC_KIND_WORD:
	case RC_KIND_ADDR:
	case RC_KIND_NAME:
	case RC_KIND_PLAIN: /* its pointer stands first */
		return presence(f->offset, sizeof pointer, &pointer);
	case RC_KIND_NUMBER:
	case RC_KIND_DIGITS:
	case RC_KIND_TIME:
		return presence(f->offset, sizeof number, &number);
	case RC_KIND_CODE:
		return presence(f->offset, sizeof code, &code);
	case RC_KIND_SET:
		return presence(f->offset, sizeof set, &set);
	case RC_KIND_BOOL:
		return presence(f->offset, sizeof flag, &flag);
	case RC_KIND_BYTES:
		return presence(f->offset + offsetof(struct rc_bytes, len), sizeof length, &length);
	case RC_KIND_TEXTS:
	case RC_KIND_ADDRS:
	case RC_KIND_NAMES:
	case RC_KIND_ITEMS:
	case RC_KIND_COUNTERS:
		return presence(f->offset + offsetof(struct rc_items, n), sizeof length, &length);
	case RC_KIND_MESSAGE:
	case RC_KIND_ADDR_IN:
	case RC_KIND_RDATA:
		break;
	}
	return (struct rc_presence){.mask = 0, .absent = 1, .offset = (uint32_t)f->offset};
}

/* A value that can be written whatever it is: if it must be there, it is not looked at. */
static bool is_plain_value(const struct rc_field *f)
{
	switch (f->kind) {
	case RC_KIND_NUMBER:
	case RC_KIND_DIGITS:
	case RC_KIND_TIME:
	case RC_KIND_BOOL:
	case RC_KIND_CODE:
	case RC_KIND_MESSAGE:
	case RC_KIND_ADDR_IN:
	case RC_KIND_RDATA:
		return true;
	default:
		return false;
	}
}

/* --- text --- */

/* The key with the objects around it, which are opened. */
static void add_key(struct rc_buf *texts, const struct rc_field *f, unsigned depth,
		    uint8_t from[RC_PLAN_DEPTH_MAX + 1])
{
	const char *rest = f->path, *dot;
	size_t start = texts->len;
	unsigned at = 0;
	for (; (dot = strchr(rest, '.')) != NULL; rest = dot + 1, at++) {
		from[at] = (uint8_t)(texts->len - start);
		if (at < depth)
			continue;
		rc_buf_putc(texts, '"');
		rc_buf_add(texts, rest, (size_t)(dot - rest));
		rc_buf_puts(texts, "\":{");
	}
	from[at] = (uint8_t)(texts->len - start);
	rc_buf_putc(texts, '"');
	rc_buf_puts(texts, rest);
	rc_buf_puts(texts, "\":");
}

/* Closes what f does not share with the row before it, which is there. */
static void add_closers(struct rc_buf *texts, const struct rc_field *last, const struct rc_field *f)
{
	unsigned shared = shared_objects(last, f);
	for (unsigned open = last == NULL ? 0 : count_objects(last->path); open > shared; open--)
		rc_buf_putc(texts, '}');
	rc_buf_putc(texts, ',');
}

static void add_value(struct rc_buf *texts, const struct rc_field *f, const char *at)
{
	const struct rc_texts *list = (const struct rc_texts *)at;
	const char *text;
	switch (f->kind) {
	case RC_KIND_NUMBER:
		rc_json_number(texts, *(const int64_t *)at);
		break;
	case RC_KIND_TEXTS:
		for (size_t i = 0; i < list->n; i++) {
			rc_buf_putc(texts, i == 0 ? '[' : ',');
			rc_json_string(texts, list->items[i], strlen(list->items[i]));
		}
		rc_buf_putc(texts, ']');
		break;
	default: /* RC_KIND_TEXT, RC_KIND_WORD */
		text = *(const char *const *)at;
		rc_json_string(texts, text, strlen(text));
	}
}

/* --- steps --- */

static void add_rest(struct rc_buf *texts)
{
	static const char rest[2 * RC_JSON_PIECE];
	rc_buf_add(texts, rest, sizeof rest);
}

/* Ends the step that is being made: with its key the joint is known, too. */
static void close_step(struct maker *m)
{
	struct rc_buf *texts = &m->plans->texts;
	struct rc_step *step = m->step;
	if (step == NULL)
		return;
	size_t skip = step->from[step->shared];
	step->key_len = (uint16_t)(texts->len - step->key_off);
	add_rest(texts);
	step->joint_off = (uint32_t)texts->len;
	add_closers(texts, m->ahead, m->first);
	if (rc_buf_reserve(texts, step->key_len) !=
	    NULL) /* so that what is added stays where it is */
		rc_buf_add(texts, texts->data + step->key_off + skip, step->key_len - skip);
	step->joint_len = (uint16_t)(texts->len - step->joint_off);
	add_rest(texts);
	m->plan->text_len += step->key_len + RC_PLAN_DEPTH_MAX + 1u;
	m->ahead = m->last;
	m->step = NULL;
}

/* The step that f is put into: the one that is being made, if there is one. */
static void open_step(struct maker *m, const struct rc_field *f)
{
	struct rc_buf *texts = &m->plans->texts;
	uint8_t from[RC_PLAN_DEPTH_MAX + 1];
	if (m->step != NULL) {
		add_closers(texts, m->last, f);
		add_key(texts, f, shared_objects(m->last, f), from);
		return;
	}
	m->step = &m->plan->steps[m->plan->n++];
	m->first = f;
	m->step->kind = RC_PLAN_TEXT;
	m->step->present.absent = 1;
	m->step->shared = (uint8_t)shared_objects(m->ahead, f);
	m->step->key_off = (uint32_t)texts->len;
	add_key(texts, f, 0, m->step->from);
}

uint8_t rc_plan_codes(struct rc_plans *plans, const struct rc_code_table *codes)
{
	size_t i = 0;
	while (i < plans->n_codes && plans->codes[i] != codes)
		i++;
	if (i == plans->n_codes)
		plans->codes[plans->n_codes++] = codes;
	return (uint8_t)i;
}

static uint8_t place_items(struct rc_plans *plans, const struct rc_field_table *table)
{
	size_t i = 0;
	while (i < plans->n_items && plans->items[i].table != table)
		i++;
	if (i == plans->n_items)
		plans->items[plans->n_items++].table = table;
	return (uint8_t)i;
}

static void plan_value(struct maker *m, const struct rc_field *f, struct rc_presence present)
{
	m->step->present = present;
	m->step->kind = (uint8_t)f->kind;
	m->step->offset = (uint32_t)f->offset;
	m->step->field = f;
	if (f->codes != NULL)
		m->step->table = rc_plan_codes(m->plans, f->codes);
	else if (f->items != NULL)
		m->step->table = place_items(m->plans, f->items);
}

static void plan_field(struct maker *m, const struct rc_field *f)
{
	struct rc_presence present = presence_of(f);
	bool is_fixed = m->blank != NULL && present.mask != 0 &&
			rc_plan_is_there(&present, m->blank);
	if (present.offset + sizeof present.mask > m->plan->table->item_size)
		m->err = RC_E_RANGE;
	if ((f->must & m->dataset) != 0 && is_plain_value(f)) {
		present.mask = 0;
		present.absent = 1;
	}
	if (!is_fixed && present.mask != 0) /* what stands before it is there without it */
		close_step(m);
	open_step(m, f);
	m->step->depth = (uint8_t)count_objects(f->path);
	m->last = f;
	if (is_fixed) {
		add_value(&m->plans->texts, f, m->blank + f->offset);
	} else {
		plan_value(m, f, present);
		close_step(m);
	}
}

/* A step of the kind RC_PLAN_END. */
static void plan_end(struct maker *m)
{
	static const struct rc_field none = {.path = ""};
	struct rc_buf *texts = &m->plans->texts;
	struct rc_step *step = &m->plan->steps[m->plan->n++];
	*step = (struct rc_step){.kind = RC_PLAN_END, .present.absent = 1};
	step->key_off = step->joint_off = (uint32_t)texts->len;
	add_closers(texts, m->last, &none);
	step->joint_len = (uint16_t)(texts->len - step->joint_off);
	m->plan->text_len += RC_PLAN_DEPTH_MAX + 1u;
	add_rest(texts);
}

static int make_plan(struct rc_plans *plans, const struct rc_field_table *table, unsigned datasets,
		     const char *blank, struct rc_plan *plan)
{
	struct maker m = {.plans = plans, .plan = plan, .blank = blank, .dataset = datasets};
	*plan = (struct rc_plan){.table = table, .steps = plans->steps + plans->n_steps};
	for (size_t i = 0; i < table->n; i++)
		if (table->fields[i].in & datasets)
			plan_field(&m, &table->fields[i]);
	close_step(&m);
	plan_end(&m);
	plans->n_steps += plan->n;
	return plans->texts.failed ? RC_E_NOMEM : m.err;
}

/* RC_E_RANGE if a table and its sub-tables are more than planned for. */
static int measure(const struct rc_field_table *table, size_t *n_rows, size_t *n_tables)
{
	(*n_tables)++;
	for (size_t i = 0; i < table->n; i++) {
		const struct rc_field *f = &table->fields[i];
		size_t key = strlen(f->path) + 4 * count_objects(f->path);
		if (count_objects(f->path) > RC_PLAN_DEPTH_MAX || key > UINT8_MAX)
			return RC_E_RANGE;
		(*n_rows)++;
		if (f->kind == RC_KIND_ITEMS && measure(f->items, n_rows, n_tables) != RC_OK)
			return RC_E_RANGE;
	}
	return RC_OK;
}

int rc_plan_make(const struct rc_event *event, struct rc_plans *ret_plans)
{
	struct rc_plans plans = {.texts = rc_buf_init(TEXTS_MAX)};
	size_t n_rows = 0, n_tables = 0;
	int err = measure(&rc_event_fields, &n_rows, &n_tables);
	if (err != RC_OK || n_tables > RC_PLAN_TABLES_MAX)
		return RC_E_RANGE;
	plans.steps = calloc((n_rows + n_tables) * RC_DS_COUNT, sizeof *plans.steps);
	if (plans.steps == NULL)
		return RC_E_NOMEM;
	for (unsigned d = 0; err == RC_OK && d < RC_DS_COUNT; d++)
		err = make_plan(&plans, &rc_event_fields, 1u << d,
				rc_event_blank(event, (enum rc_dataset)d), &plans.events[d]);
	for (size_t i = 0; err == RC_OK && i < plans.n_items; i++) /* one may add more */
		err = make_plan(&plans, plans.items[i].table, ~0u, NULL, &plans.items[i]);
	if (err != RC_OK) {
		rc_plan_free(&plans);
		return err;
	}
	for (size_t i = 0; i < plans.n_steps; i++) {
		struct rc_step *step = &plans.steps[i];
		step->joint = plans.texts.data + step->joint_off;
		step->key = plans.texts.data + step->key_off;
	}
	*ret_plans = plans;
	return RC_OK;
}

void rc_plan_free(struct rc_plans *plans)
{
	rc_buf_free(&plans->texts);
	free(plans->steps);
}
