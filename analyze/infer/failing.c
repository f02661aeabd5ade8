#include "analyze/infer/failing.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define SLOTS 64u /* servers asked by hand while they fail: a few */
#define NEAR_NS (60 * RC_NS_PER_S)

/* Of which top-level domains the names are that a server without recursion failed for lately. */
struct fails {
	struct rc_addr server;
	int64_t last_ns;
	uint64_t tops; /* bit per hash */
};

struct rc_failing_table {
	uint64_t seed;
	struct fails fails[SLOTS];
	struct rc_failing slots[SLOTS];
};

int rc_failing_new(uint64_t seed, struct rc_failing_table **ret_table)
{
	struct rc_failing_table *t = calloc(1, sizeof *t);
	if (t == NULL)
		return RC_E_NOMEM;
	t->seed = seed;
	*ret_table = t;
	return RC_OK;
}

void rc_failing_free(struct rc_failing_table *t)
{
	free(t);
}

static void note_top(struct rc_failing_table *t, const struct rc_exchange *x,
		     const struct rc_name *name)
{
	struct fails *f = &t->fails[rc_addr_hash(t->seed, &x->server) % SLOTS];
	struct rc_name top;
	if (name->labels == 0)
		return;
	rc_name_parent(name, name->labels - 1u, &top);
	if (!rc_addr_equal(&f->server, &x->server) || x->first_ns >= f->last_ns + NEAR_NS)
		*f = (struct fails){.server = x->server};
	f->last_ns = x->first_ns;
	f->tops |= UINT64_C(1) << rc_name_hash(t->seed, &top) % 64;
}

void rc_failing_note(struct rc_failing_table *t, const struct rc_exchange *x,
		     const struct rc_name *name, uint64_t ede)
{
	uint64_t hash = rc_name_hash(t->seed, name);
	struct rc_failing *f = &t->slots[hash % SLOTS];
	note_top(t, x, name);
	if (f->hash != hash || (f->ede & ~ede) == 0) /* one that says why stays */
		*f = (struct rc_failing){hash, ede, *x, *name};
}

const struct rc_failing *rc_failing_find(const struct rc_failing_table *t,
					 const struct rc_name *name)
{
	uint64_t hash = rc_name_hash(t->seed, name);
	const struct rc_failing *f = &t->slots[hash % SLOTS];
	return f->hash == hash && rc_name_equal(&f->name, name) ? f : NULL;
}

bool rc_failing_is_apart(const struct rc_failing_table *t, const struct rc_addr *server,
			 int64_t at_ns)
{
	const struct fails *f = &t->fails[rc_addr_hash(t->seed, server) % SLOTS];
	bool several = (f->tops & (f->tops - 1)) != 0;
	return several && rc_addr_equal(&f->server, server) && at_ns < f->last_ns + NEAR_NS;
}
