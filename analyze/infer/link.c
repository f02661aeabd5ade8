#include "analyze/infer/link.h"

/* What is merged instead of the links themselves. */
struct key {
	int64_t first_ns;
	const struct rc_link *link;
};

/* Runs of keys, one behind the other: where each ends. */
struct runs {
	struct key *keys, *spare;
	size_t *end;
	size_t n;
};

static bool is_before(const struct key *a, const struct key *b)
{
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns;
	return a->link->x->first_frame < b->link->x->first_frame;
}

static void reverse(struct key *keys, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct key other = keys[i];
		keys[i] = keys[n - 1 - i];
		keys[n - 1 - i] = other;
	}
}

/* Where the run that begins at a place ends; one that is newest first is turned. */
static size_t end_of_run(struct key *keys, size_t from, size_t n)
{
	size_t i = from + 1;
	while (i < n && is_before(&keys[i], &keys[i - 1]))
		i++;
	reverse(keys + from, i - from);
	while (i < n && !is_before(&keys[i], &keys[i - 1]))
		i++;
	return i;
}

/* Two runs beside each other; of equal keys those of the first come first. */
static void merge(const struct key *from, size_t mid, size_t end, struct key *to)
{
	size_t a = 0, b = mid;
	while (a < mid && b < end)
		*to++ = is_before(&from[b], &from[a]) ? from[b++] : from[a++];
	while (a < mid)
		*to++ = from[a++];
	while (b < end)
		*to++ = from[b++];
}

static void merge_all(struct runs *r)
{
	while (r->n > 1) {
		size_t n = 0, at = 0;
		for (size_t i = 0; i < r->n; i += 2) {
			size_t mid = r->end[i], end = i + 1 < r->n ? r->end[i + 1] : mid;
			merge(r->keys + at, mid - at, end - at, r->spare + at);
			r->end[n++] = at = end;
		}
		struct key *merged = r->spare;
		r->spare = r->keys;
		r->keys = merged;
		r->n = n;
	}
}

bool rc_links_sort(struct rc_arena *arena, struct rc_link *links, size_t n)
{
	struct runs r = {rc_arena_take(arena, n * sizeof *r.keys + 1),
			 rc_arena_take(arena, n * sizeof *r.keys + 1),
			 rc_arena_take(arena, n * sizeof *r.end + 1), 0};
	struct rc_link *as_found = rc_arena_take(arena, n * sizeof *links + 1);
	if (r.keys == NULL || r.spare == NULL || r.end == NULL || as_found == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		as_found[i] = links[i];
		r.keys[i] = (struct key){links[i].x->first_ns, &as_found[i]};
	}
	for (size_t at = 0; at < n;)
		r.end[r.n++] = at = end_of_run(r.keys, at, n);
	merge_all(&r);
	for (size_t i = 0; i < n; i++)
		links[i] = *r.keys[i].link;
	return true;
}
