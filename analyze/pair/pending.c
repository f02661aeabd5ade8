#include "analyze/pair/pending.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/pages.h"

#define SLOTS_MIN 1024u

/* A table stands where the one of half its size does not. */
static struct rc_pending_slot *other_place(const struct rc_pending *t)
{
	return t->slots == t->memory ? t->memory + t->largest : t->memory;
}

static void set_size(struct rc_pending *t, uint64_t slots)
{
	t->mask = slots - 1;
	t->enough = slots == t->largest ? t->limit : slots / 2;
}

int rc_pending_init(struct rc_pending *t, size_t bytes)
{
	uint64_t largest = SLOTS_MIN;
	while (largest * 3 * sizeof *t->slots <= bytes)
		largest *= 2;
	*t = (struct rc_pending){.limit = largest / 4 * 3, .largest = largest};
	t->memory = calloc(largest / 2 * 3, sizeof *t->memory);
	if (t->memory == NULL)
		return RC_E_NOMEM;
	rc_pages_enlarge(t->memory, largest / 2 * 3 * sizeof *t->memory);
	t->slots = t->memory;
	for (uint64_t slots = largest; slots > SLOTS_MIN; slots /= 2)
		t->slots = other_place(t);
	set_size(t, SLOTS_MIN);
	return RC_OK;
}

void rc_pending_free(struct rc_pending *t)
{
	free(t->memory);
	*t = (struct rc_pending){.memory = NULL};
}

static void put(struct rc_pending *t, struct rc_pending_slot slot)
{
	uint64_t i = slot.tag & t->mask;
	while (t->slots[i].tag != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = slot;
}

static void grow(struct rc_pending *t)
{
	struct rc_pending_slot *old = t->slots;
	uint64_t n = t->mask + 1;
	t->slots = other_place(t);
	set_size(t, n * 2);
	for (uint64_t i = 0; i < n; i++)
		if (old[i].tag != 0)
			put(t, old[i]);
	memset(old, 0, n * sizeof *old);
}

bool rc_pending_insert(struct rc_pending *t, uint64_t tag, uint64_t pos, unsigned most)
{
	if (t->used >= t->enough && t->mask + 1 < t->largest)
		grow(t);
	uint64_t i = tag & t->mask;
	for (; t->slots[i].tag != 0; i = (i + 1) & t->mask)
		if (t->slots[i].tag == tag && most-- <= 1)
			return false;
	t->slots[i] = (struct rc_pending_slot){tag, pos};
	t->used++;
	return true;
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
