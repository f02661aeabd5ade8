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
	struct rc_step *step;        /* being made; NULL: none */
	bool certain;                /* what stands before is never left out */
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

static void plan_word(struct rc_step *step, size_t size, uint64_t absent)
{
	step->test = size == sizeof(uint64_t) ? RC_PLAN_WORD64 : RC_PLAN_WORD32;
	step->absent = absent;
}

static void plan_test(struct rc_step *step)
{
	step->test_off = step->offset;
	switch ((enum rc_kind)step->kind) {
	case RC_KIND_TEXT:
	case RC_KIND_WORD:
	case RC_KIND_ADDR:
	case RC_KIND_PLAIN: /* its pointer stands first */
		plan_word(step, sizeof(void *), (uint64_t)(uintptr_t)NULL);
		break;
	case RC_KIND_NUMBER:
	case RC_KIND_DIGITS:
	case RC_KIND_TIME:
		plan_word(step, sizeof(int64_t), (uint64_t)RC_NONE);
		break;
	case RC_KIND_CODE:
		plan_word(step, sizeof(int32_t), (uint32_t)-1);
		break;
	case RC_KIND_SET:
		plan_word(step, sizeof(uint64_t), 0);
		break;
	case RC_KIND_TEXTS:
	case RC_KIND_ADDRS:
	case RC_KIND_NAMES:
	case RC_KIND_ITEMS:
	case RC_KIND_COUNTERS:
		step->test_off += (uint32_t)offsetof(struct rc_items, n);
		plan_word(step, sizeof(size_t), 0);
		break;
	case RC_KIND_BOOL:
		step->test = RC_PLAN_FLAG;
		break;
	case RC_KIND_NAME:
		step->test = RC_PLAN_NAME;
		break;
	case RC_KIND_BYTES:
		step->test = RC_PLAN_BYTES;
		break;
	case RC_KIND_MESSAGE:
	case RC_KIND_ADDR_IN:
	case RC_KIND_RDATA:
		step->test = RC_PLAN_NEVER;
	}
}

bool rc_plan_has_octets(const struct rc_step *step, const void *at)
{
	const struct rc_bytes *bytes = at;
	if (step->test == RC_PLAN_BYTES)
		return bytes->data != NULL && bytes->len > 0;
	const struct rc_name *name = *(const struct rc_name *const *)at;
	return name != NULL && name->len > 0;
}

/* --- text --- */

/* The key with the objects around it from depth on, which are opened. */
static void add_key(struct rc_buf *texts, const struct rc_field *f, unsigned depth,
		    uint8_t *ret_from)
{
	const char *rest = f->path, *dot;
	size_t start = texts->len;
	unsigned at = 0;
	for (; (dot = strchr(rest, '.')) != NULL; rest = dot + 1, at++) {
		if (ret_from != NULL)
			ret_from[at] = (uint8_t)(texts->len - start);
		if (at < depth)
			continue;
		rc_buf_putc(texts, '"');
		rc_buf_add(texts, rest, (size_t)(dot - rest));
		rc_buf_puts(texts, "\":{");
	}
	if (ret_from != NULL)
		ret_from[at] = (uint8_t)(texts->len - start);
	rc_buf_putc(texts, '"');
	rc_buf_puts(texts, rest);
	rc_buf_puts(texts, "\":");
}

/* What stands between the value of the row before, which is there, and this one's. */
static void add_joint(struct rc_buf *texts, const struct rc_field *last, const struct rc_field *f)
{
	unsigned shared = shared_objects(last, f);
	for (unsigned open = last == NULL ? 0 : count_objects(last->path); open > shared; open--)
		rc_buf_putc(texts, '}');
	rc_buf_putc(texts, ',');
	add_key(texts, f, shared, NULL);
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

/* Ends the step that is being made: its text, of which steps are copied in whole pieces. */
static void close_step(struct maker *m)
{
	static const char rest[RC_JSON_PIECE];
	struct rc_buf *texts = &m->plans->texts;
	if (m->step == NULL)
		return;
	m->step->text_len = (uint16_t)(texts->len - m->step->text_off);
	m->plan->text_len += m->step->text_len + RC_PLAN_DEPTH_MAX + 1;
	rc_buf_add(texts, rest, sizeof rest);
	m->step = NULL;
}

/* The step that f is put into: the one that is being made, if nothing between can be left out. */
static void open_step(struct maker *m, const struct rc_field *f)
{
	struct rc_buf *texts = &m->plans->texts;
	if (m->step != NULL && m->certain) {
		add_joint(texts, m->last, f);
		return;
	}
	close_step(m);
	m->step = &m->plan->steps[m->plan->n++];
	m->step->kind = RC_PLAN_TEXT;
	m->step->test = RC_PLAN_NEVER;
	m->step->joined = m->certain;
	m->step->shared = (uint8_t)shared_objects(m->last, f);
	m->step->text_off = (uint32_t)texts->len;
	if (m->certain)
		add_joint(texts, m->last, f);
	else
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

static void plan_field(struct maker *m, const struct rc_field *f)
{
	struct rc_step value = {
		.kind = (uint8_t)f->kind, .offset = (uint32_t)f->offset, .field = f};
	plan_test(&value);
	bool is_fixed = m->blank != NULL && value.test != RC_PLAN_NEVER &&
			rc_plan_is_present(&value, m->blank);
	bool is_list = f->kind == RC_KIND_ITEMS || f->kind == RC_KIND_COUNTERS ||
		       f->kind == RC_KIND_ADDRS || f->kind == RC_KIND_NAMES ||
		       f->kind == RC_KIND_TEXTS;
	bool must = is_fixed || value.test == RC_PLAN_NEVER ||
		    ((f->must & m->dataset) != 0 && !is_list); /* which an empty list is not */
	if (!must) { /* what stands before ends here; behind it nothing is certain */
		close_step(m);
		m->certain = false;
	}
	open_step(m, f);
	m->step->depth = (uint8_t)count_objects(f->path);
	if (is_fixed) {
		add_value(&m->plans->texts, f, m->blank + f->offset);
	} else {
		m->step->kind = value.kind;
		m->step->test = must ? (uint8_t)RC_PLAN_NEVER : value.test;
		m->step->offset = value.offset;
		m->step->test_off = value.test_off;
		m->step->absent = value.absent;
		m->step->field = f;
		if (f->codes != NULL)
			m->step->table = rc_plan_codes(m->plans, f->codes);
		else if (f->items != NULL)
			m->step->table = place_items(m->plans, f->items);
		close_step(m);
	}
	m->certain = must;
	m->last = f;
}

static void make_plan(struct rc_plans *plans, const struct rc_field_table *table, unsigned datasets,
		      const char *blank, struct rc_plan *plan)
{
	struct maker m = {
		.plans = plans, .plan = plan, .blank = blank, .dataset = datasets, .certain = true};
	*plan = (struct rc_plan){.table = table, .steps = plans->steps + plans->n_steps};
	for (size_t i = 0; i < table->n; i++)
		if (table->fields[i].in & datasets)
			plan_field(&m, &table->fields[i]);
	close_step(&m);
	plans->n_steps += plan->n;
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
	if (measure(&rc_event_fields, &n_rows, &n_tables) != RC_OK || n_tables > RC_PLAN_TABLES_MAX)
		return RC_E_RANGE;
	plans.steps = calloc(n_rows * RC_DS_COUNT, sizeof *plans.steps);
	if (plans.steps == NULL)
		return RC_E_NOMEM;
	for (unsigned d = 0; d < RC_DS_COUNT; d++)
		make_plan(&plans, &rc_event_fields, 1u << d,
			  rc_event_blank(event, (enum rc_dataset)d), &plans.events[d]);
	for (size_t i = 0; i < plans.n_items; i++) /* a sub-table may add more */
		make_plan(&plans, plans.items[i].table, ~0u, NULL, &plans.items[i]);
	if (plans.texts.failed) {
		rc_plan_free(&plans);
		return RC_E_NOMEM;
	}
	for (size_t i = 0; i < plans.n_steps; i++)
		plans.steps[i].text = plans.texts.data + plans.steps[i].text_off;
	*ret_plans = plans;
	return RC_OK;
}

void rc_plan_free(struct rc_plans *plans)
{
	rc_buf_free(&plans->texts);
	free(plans->steps);
}
