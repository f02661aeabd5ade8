#include "analyze/infer/anchor_signal.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

#define SLOTS 64u /* resolvers tell at start and once a day, and a site has a few */

struct rc_anchor_signals {
	uint64_t seed;
	struct rc_anchor_signal slots[SLOTS];
};

int rc_anchor_signals_new(uint64_t seed, struct rc_anchor_signals **ret_signals)
{
	struct rc_anchor_signals *t = calloc(1, sizeof *t);
	if (t == NULL)
		return RC_E_NOMEM;
	t->seed = seed;
	*ret_signals = t;
	return RC_OK;
}

void rc_anchor_signals_free(struct rc_anchor_signals *t)
{
	free(t);
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
	for (unsigned at = 4; at + 5 <= label[0] + 1u && n < RC_ANCHOR_TAGS_MAX; at += 5) {
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

static size_t slot_of(const struct rc_anchor_signals *t, const struct rc_addr *asker)
{
	return rc_hash_bytes(t->seed, asker->bytes, sizeof asker->bytes) % SLOTS;
}

void rc_anchor_signals_note(struct rc_anchor_signals *t, const struct rc_exchange *x,
			    const struct rc_name *name)
{
	struct rc_anchor_signal signal = {.x = *x};
	signal.n_tags = read_tags(name, signal.tags);
	if (signal.n_tags > 0)
		t->slots[slot_of(t, &x->asker)] = signal;
}

const struct rc_anchor_signal *rc_anchor_signals_find(const struct rc_anchor_signals *t,
						      const struct rc_addr *asker)
{
	const struct rc_anchor_signal *s = &t->slots[slot_of(t, asker)];
	return s->n_tags > 0 && rc_addr_equal(&s->x.asker, asker) ? s : NULL;
}
