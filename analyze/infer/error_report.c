#include "analyze/infer/error_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

#define SLOTS 256u /* reports are sent once per failure and TTL: few are under way at a time */

struct rc_error_reports {
	uint64_t seed;
	struct rc_error_report slots[SLOTS];
};

int rc_error_reports_new(uint64_t seed, struct rc_error_reports **ret_reports)
{
	struct rc_error_reports *t = calloc(1, sizeof *t);
	if (t == NULL)
		return RC_E_NOMEM;
	t->seed = seed;
	*ret_reports = t;
	return RC_OK;
}

void rc_error_reports_free(struct rc_error_reports *t)
{
	free(t);
}

static bool is_mark(const uint8_t *label)
{
	static const uint8_t mark[] = {3, '_', 'e', 'r'};
	return memcmp(label, mark, sizeof mark) == 0;
}

/*
 * A label of digits only, as a number; false if it is none or too large. Several types in one query are
 * joined by hyphens: the first counts.
 */
static bool read_number(const uint8_t *label, uint16_t *ret_number)
{
	uint32_t value = 0;
	for (unsigned i = 1; i <= label[0] && !(i > 1 && label[i] == '-'); i++) {
		if (label[i] < '0' || label[i] > '9' || value > UINT16_MAX)
			return false;
		value = value * 10 + (uint32_t)(label[i] - '0');
	}
	*ret_number = (uint16_t)value;
	return label[0] > 0 && value <= UINT16_MAX;
}

/* The label that many labels into the name. */
static const uint8_t *label_at(const struct rc_name *name, unsigned n)
{
	const uint8_t *label = name->wire;
	while (n-- > 0)
		label += label[0] + 1u;
	return label;
}

/* Which label the second mark is, counted from 0; 0 if there is none. */
static unsigned second_mark(const struct rc_name *name)
{
	for (unsigned n = name->labels; n-- > 3;)
		if (label_at(name, n)[0] == 3 && is_mark(label_at(name, n)))
			return n;
	return 0;
}

bool rc_is_error_report(const struct rc_name *name)
{
	uint16_t number;
	if (name->len < 12 || !is_mark(name->wire) || !read_number(label_at(name, 1), &number))
		return false;
	unsigned mark = second_mark(name);
	return mark > 0 && read_number(label_at(name, mark - 1), &number);
}

/* The labels between the type and the code. */
static void read_subject(const struct rc_name *name, unsigned mark, struct rc_name *ret_name)
{
	const uint8_t *from = label_at(name, 2), *to = label_at(name, mark - 1);
	size_t len = (size_t)(to - from);
	memcpy(ret_name->wire, from, len);
	ret_name->wire[len] = 0;
	ret_name->len = (uint8_t)(len + 1);
	ret_name->labels = (uint8_t)(mark - 3);
}

void rc_error_reports_note(struct rc_error_reports *t, const struct rc_exchange *x,
			   const struct rc_name *name)
{
	struct rc_name subject;
	uint16_t qtype, code;
	if (!rc_is_error_report(name))
		return;
	unsigned mark = second_mark(name);
	read_number(label_at(name, 1), &qtype);
	read_number(label_at(name, mark - 1), &code);
	read_subject(name, mark, &subject);
	uint64_t hash = rc_name_hash(t->seed, &subject);
	t->slots[hash % SLOTS] = (struct rc_error_report){hash, qtype, code, *x, *name};
}

const struct rc_error_report *rc_error_reports_find(const struct rc_error_reports *t,
						    const struct rc_name *name, uint16_t qtype)
{
	uint64_t hash = rc_name_hash(t->seed, name);
	const struct rc_error_report *found = &t->slots[hash % SLOTS];
	return found->hash == hash && found->qtype == qtype ? found : NULL;
}
