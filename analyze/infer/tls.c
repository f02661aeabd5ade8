#include "analyze/infer/tls.h"

#include "base/time.h"

#define STEPS_MAX 64u /* connections of one address, the latest */
/* Without an answer for so long: longer than any round trip. */
#define UNHEARD_NS (500 * RC_NS_PER_MS)
/* A server that failed is left alone: Knot Resolver, Unbound. */
#define GIVEN_UP_NS (60 * RC_NS_PER_S)

static void show(struct rc_tls_use *u, const struct rc_exchange *x)
{
	if (u->n_shown < RC_TLS_SHOWN_MAX)
		u->shown[u->n_shown++] = x;
}

/* A connection that did not come about by the time of the failure. */
static void note_failed(const struct rc_case *c, const struct rc_exchange *x, struct rc_tls_use *u)
{
	bool refused = rc_is_refused(x);
	int64_t tried_ns = refused && x->end_ns > x->last_ns ? x->end_ns : x->last_ns;
	if (!refused && c->to_ns - x->first_ns < UNHEARD_NS)
		return;
	if (tried_ns < c->from_ns) {
		bool first = u->unanswered + u->refused == 0 && u->n_shown == 0;
		if (first && tried_ns >= c->from_ns - GIVEN_UP_NS) {
			u->given_up = true;
			show(u, x);
		}
		return;
	}
	if (u->given_up)
		u->n_shown = 0;
	u->given_up = false;
	u->refused += refused;
	u->unanswered += !refused;
	u->opened = u->opened || x->first_ns >= c->from_ns;
	show(u, x);
}

/* Connections from the latest on: those begun later than the failure are of no account. */
static void note(const struct rc_case *c, const struct rc_exchange *x, struct rc_tls_use *u)
{
	if (x->first_ns > c->to_ns)
		return;
	if (!rc_exchange_answered(x))
		note_failed(c, x, u);
	else if (x->end_ns >= c->from_ns - GIVEN_UP_NS && u->alive == NULL)
		u->alive = x;
}

static void look_at(const struct rc_case *c, const struct rc_addr *asker, struct rc_tls_use *u)
{
	struct rc_chain chain = rc_chain_by_asker(c->recorder, asker, RC_TLS_HASH, STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		note(c, &r->x, u);
}

/*
 * A service at a loopback address asks from another address of its host. Where one host alone, with an address of each
 * family at most, has such connections in the capture, they are that host's.
 */
static void look_on_host(const struct rc_case *c, struct rc_tls_use *u)
{
	const struct rc_addr *host[2] = {NULL, NULL};
	struct rc_tls_use found = {.alive = NULL};
	uint64_t pos = c->tls_pos;
	for (unsigned i = 0; i < STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || r->x.name_hash != RC_TLS_HASH)
			break;
		const struct rc_addr **same = &host[rc_addr_is_v4(&r->x.asker)];
		pos = r->link;
		if (*same == NULL)
			*same = &r->x.asker;
		else if (!rc_addr_equal(*same, &r->x.asker))
			return;
		note(c, &r->x, &found);
	}
	*u = found;
}

void rc_tls_look(const struct rc_case *c, struct rc_tls_use *ret_use)
{
	*ret_use = (struct rc_tls_use){.alive = NULL};
	for (size_t a = 0; a < c->n_resolver; a++)
		look_at(c, &c->resolver[a], ret_use);
	if (ret_use->n_shown == 0 && ret_use->alive == NULL && rc_addr_is_loopback(&c->x->server))
		look_on_host(c, ret_use);
}
