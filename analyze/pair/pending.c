#include "analyze/pair/pending.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/pages.h"

#define SLOTS_MIN 1024u

int rc_pending_init(struct rc_pending *t, size_t bytes)
{
	uint64_t slots = SLOTS_MIN;
	while (slots * 2 * sizeof *t->slots <= bytes)
		slots *= 2;
	*t = (struct rc_pending){.mask = slots - 1, .limit = slots / 4 * 3};
	t->slots = calloc(slots, sizeof *t->slots);
	rc_pages_enlarge(t->slots, slots * sizeof *t->slots);
	return t->slots == NULL ? RC_E_NOMEM : RC_OK;
}

void rc_pending_free(struct rc_pending *t)
{
	free(t->slots);
	*t = (struct rc_pending){.slots = NULL};
}

void rc_pending_insert(struct rc_pending *t, uint64_t tag, uint64_t pos)
{
	uint64_t i = tag & t->mask;
	while (t->slots[i].tag != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = (struct rc_pending_slot){tag, pos};
	t->used++;
}

static struct rc_pending_slot *find(const struct rc_pending *t, uint64_t tag, uint64_t pos)
{
	for (uint64_t i = tag & t->mask; t->slots[i].tag != 0; i = (i + 1) & t->mask)
		if (t->slots[i].tag == tag && t->slots[i].pos == pos)
			return &t->slots[i];
	return NULL;
}

void rc_pending_remove(struct rc_pending *t, uint64_t tag, uint64_t pos)
{
	struct rc_pending_slot *slot = find(t, tag, pos);
	if (slot == NULL)
		return;
	/* Later entries of the run move up, so that no tombstones pile up over months. */
	uint64_t hole = (uint64_t)(slot - t->slots);
	for (uint64_t j = (hole + 1) & t->mask; t->slots[j].tag != 0; j = (j + 1) & t->mask) {
		uint64_t home = t->slots[j].tag & t->mask;
		if (((j - home) & t->mask) >= ((j - hole) & t->mask)) {
			t->slots[hole] = t->slots[j];
			hole = j;
		}
	}
	t->slots[hole].tag = 0;
	t->used--;
}

void rc_pending_move(struct rc_pending *t, uint64_t tag, uint64_t old_pos, uint64_t new_pos)
{
	struct rc_pending_slot *slot = find(t, tag, old_pos);
	if (slot != NULL)
		slot->pos = new_pos;
}
