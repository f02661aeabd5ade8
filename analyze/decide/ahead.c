#include "analyze/decide/ahead.h"

#include <stdlib.h>

#include "analyze/decide/look.h"
#include "base/err.h"

#define AHEAD 16u /* failures: so many steps of each chain are fetched */
#define CHAINS_MAX (2 + RC_LOOK_ADDRS_MAX)

struct chain {
	uint64_t key, pos; /* the record fetched last; 0 the chain's begin */
	bool by_server;
};

struct failure {
	unsigned n_chains;
	struct chain chains[CHAINS_MAX];
};

struct rc_ahead {
	uint64_t seed;
	uint64_t cursor;                /* in the hold, behind the failures taken up */
	uint64_t taken, decided;        /* failures */
	struct failure failures[AHEAD]; /* the last taken up */
};

int rc_ahead_new(uint64_t seed, struct rc_ahead **ret_ahead)
{
	struct rc_ahead *a = calloc(1, sizeof *a);
	if (a == NULL)
		return RC_E_NOMEM;
	a->seed = seed;
	*ret_ahead = a;
	return RC_OK;
}

void rc_ahead_free(struct rc_ahead *a)
{
	free(a);
}

static void add_chain(struct rc_ahead *a, struct failure *f, struct rc_recorder *recorder,
		      const struct rc_addr *addr, uint64_t name_hash, bool by_server)
{
	uint64_t key = rc_recorder_key(recorder, rc_addr_hash(a->seed, addr), name_hash);
	rc_recorder_prefetch_key(recorder, key);
	f->chains[f->n_chains++] = (struct chain){key, 0, by_server};
}

static void take_up(struct rc_ahead *a, const struct rc_exchange *x, const struct rc_echo *echo,
		    struct rc_recorder *recorder, const struct rc_hosts *hosts)
{
	struct rc_addr addrs[RC_LOOK_ADDRS_MAX];
	size_t n = rc_hosts_addresses(hosts, &x->server, addrs, RC_LOOK_ADDRS_MAX);
	struct failure *f = &a->failures[a->taken++ % AHEAD];
	rc_echo_prefetch(echo, x, addrs, n);
	f->n_chains = 0;
	add_chain(a, f, recorder, &x->server, x->name_hash, true);
	add_chain(a, f, recorder, &x->asker, x->name_hash, false);
	for (size_t i = 0; i < n; i++)
		add_chain(a, f, recorder, &addrs[i], x->name_hash, false);
}

/* False at its end. */
static bool go_on(struct chain *c, struct rc_recorder *recorder)
{
	if (c->pos == 0) {
		c->pos = rc_recorder_first(recorder, c->key, c->by_server);
	} else {
		const struct rc_record *r = rc_recorder_at(recorder, c->pos);
		if (r == NULL)
			return false;
		c->pos = c->by_server ? r->prev_server : r->prev_asker;
	}
	rc_recorder_prefetch(recorder, c->pos);
	return c->pos != 0;
}

void rc_ahead_step(struct rc_ahead *a, const struct rc_hold *hold, const struct rc_echo *echo,
		   struct rc_recorder *recorder, const struct rc_hosts *hosts)
{
	for (unsigned i = 0; i < AHEAD; i++) {
		struct failure *f = &a->failures[i];
		for (unsigned k = 0; k < f->n_chains;)
			if (go_on(&f->chains[k], recorder))
				k++;
			else
				f->chains[k] = f->chains[--f->n_chains];
	}
	if (a->taken < a->decided)
		a->taken = a->decided;
	/* At most two for each decided: then what is taken up next has been fetched. */
	for (unsigned i = 0; i < 2 && a->taken - a->decided < AHEAD; i++) {
		const struct rc_held *held = rc_hold_next(hold, &a->cursor);
		if (held == NULL)
			break;
		rc_hold_prefetch(hold, a->cursor);
		take_up(a, &held->x, echo, recorder, hosts);
	}
	a->decided++;
}
