#include "analyze/infer/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define SLOTS 256u /* reports are sent once per failure and TTL: few are under way at a time */

#define FAILING 64u /* servers asked by hand while they fail: a few */
#define NEAR_NS (60 * RC_NS_PER_S)
#define SIGNALS 64u /* resolvers tell at start and once a day, and a site has a few */

/* Of which top-level domains the names are that a server without recursion failed for lately. */
struct fails {
	struct rc_addr server;
	int64_t last_ns;
	uint64_t tops; /* bit per hash */
};

struct rc_reports {
	uint64_t seed;
	struct fails fails[FAILING];
	struct rc_signal signals[SIGNALS];
	struct rc_failing failing[FAILING];
	struct rc_report slots[SLOTS];
};

int rc_reports_new(uint64_t seed, struct rc_reports **ret_reports)
{
	struct rc_reports *r = calloc(1, sizeof *r);
	if (r == NULL)
		return RC_E_NOMEM;
	r->seed = seed;
	*ret_reports = r;
	return RC_OK;
}

void rc_reports_free(struct rc_reports *r)
{
	free(r);
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

bool rc_is_report(const struct rc_name *name)
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

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The key tags of _ta-TAG-TAG...; 0 if the name is none such below the root. */
static unsigned read_tags(const struct rc_name *name, uint16_t *tags)
{
	static const uint8_t mark[] = {'_', 't', 'a'};
	const uint8_t *label = name->wire;
	unsigned n = 0;
	if (name->labels != 1 || label[0] < 8 || memcmp(label + 1, mark, sizeof mark) != 0)
		return 0;
	for (unsigned at = 4; at + 5 <= label[0] + 1u && n < RC_SIGNAL_TAGS_MAX; at += 5) {
		unsigned tag = 0;
		for (unsigned i = 1; i <= 4; i++) {
			int digit = hex_digit(label[at + i]);
			if (label[at] != '-' || digit < 0)
				return 0;
			tag = tag << 4 | (unsigned)digit;
		}
		tags[n++] = (uint16_t)tag;
	}
	return n;
}

static size_t signal_slot(const struct rc_reports *r, const struct rc_addr *asker)
{
	return rc_hash_bytes(r->seed, asker->bytes, sizeof asker->bytes) % SIGNALS;
}

const struct rc_signal *rc_reports_signal(const struct rc_reports *r, const struct rc_addr *asker)
{
	const struct rc_signal *s = &r->signals[signal_slot(r, asker)];
	return s->n_tags > 0 && rc_addr_equal(&s->x.asker, asker) ? s : NULL;
}

static void note_top(struct rc_reports *r, const struct rc_exchange *x, const struct rc_name *name)
{
	struct fails *f = &r->fails[rc_addr_hash(r->seed, &x->server) % FAILING];
	struct rc_name top;
	if (name->labels == 0)
		return;
	rc_name_parent(name, name->labels - 1u, &top);
	if (!rc_addr_equal(&f->server, &x->server) || x->first_ns >= f->last_ns + NEAR_NS)
		*f = (struct fails){.server = x->server};
	f->last_ns = x->first_ns;
	f->tops |= UINT64_C(1) << rc_name_hash(r->seed, &top) % 64;
}

void rc_reports_note_failing(struct rc_reports *r, const struct rc_exchange *x,
			     const struct rc_name *name, uint64_t ede)
{
	uint64_t hash = rc_name_hash(r->seed, name);
	struct rc_failing *f = &r->failing[hash % FAILING];
	note_top(r, x, name);
	if (f->hash != hash || (f->ede & ~ede) == 0) /* one that says why stays */
		*f = (struct rc_failing){hash, ede, *x, *name};
}

const struct rc_failing *rc_reports_failing(const struct rc_reports *r, const struct rc_name *name)
{
	uint64_t hash = rc_name_hash(r->seed, name);
	const struct rc_failing *f = &r->failing[hash % FAILING];
	return f->hash == hash && rc_name_equal(&f->name, name) ? f : NULL;
}

bool rc_reports_fails_apart(const struct rc_reports *r, const struct rc_addr *server, int64_t at_ns)
{
	const struct fails *f = &r->fails[rc_addr_hash(r->seed, server) % FAILING];
	bool several = (f->tops & (f->tops - 1)) != 0;
	return several && rc_addr_equal(&f->server, server) && at_ns < f->last_ns + NEAR_NS;
}

void rc_reports_note(struct rc_reports *r, const struct rc_exchange *x, const struct rc_name *name)
{
	struct rc_name subject;
	uint16_t qtype, code;
	struct rc_signal signal = {.x = *x};
	signal.n_tags = read_tags(name, signal.tags);
	if (signal.n_tags > 0)
		r->signals[signal_slot(r, &x->asker)] = signal;
	if (!rc_is_report(name))
		return;
	unsigned mark = second_mark(name);
	read_number(label_at(name, 1), &qtype);
	read_number(label_at(name, mark - 1), &code);
	read_subject(name, mark, &subject);
	uint64_t hash = rc_name_hash(r->seed, &subject);
	r->slots[hash % SLOTS] = (struct rc_report){hash, qtype, code, *x, *name};
}

const struct rc_report *rc_reports_find(const struct rc_reports *r, const struct rc_name *name,
					uint16_t qtype)
{
	uint64_t hash = rc_name_hash(r->seed, name);
	const struct rc_report *found = &r->slots[hash % SLOTS];
	return found->hash == hash && found->qtype == qtype ? found : NULL;
}
