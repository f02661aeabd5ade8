#include "analyze/infer/turns.h"

#include <limits.h>

#include "analyze/infer/around.h"
#include "base/time.h"

#define TURNS_MIN 3u /* names refused, and answers: more than a policy or two about names */
#define FULL_MIN 8u  /* open at a server that has no room for more: smaller quotas are hardly set */
#define WORKED_NS (2 * RC_NS_PER_MS) /* from memory it answers sooner */
#define TURNED_NS (2 * RC_NS_PER_S)  /* so long before at most */
/* Names refused in a row, right beside some that were answered: no list of names looks so. */
#define LIMIT_MIN 10u
#define LET_IN_MIN 3u         /* questions that stand: fewer may be lost */
#define TURNS_CLIENTS_MAX 16u /* clients told apart, the first of them */
#define TURNS_NAMES_MAX 32u   /* names refused lately that are looked for among those answered */

/* What one client got for names other than the one in question. */
struct served_by_turns {
	const struct rc_addr *client;
	unsigned ok,
		refused; /* refused: names, each counted when it is another than the one before */
	uint64_t refused_name;
	bool served; /* at some time */
};

/* A server that refuses by turns, whoever asks, and the names that it has refused lately. */
struct turns {
	struct served_by_turns clients[TURNS_CLIENTS_MAX];
	size_t n_clients;
	uint64_t refused[TURNS_NAMES_MAX];
	size_t n_refused;
	bool contradicted; /* a name was refused, and then answered */
	/* Names right beside the one in question, of its client: answered first, then refused, up to the next answer. */
	struct {
		unsigned ok, refused;
		bool over;
	} beside;
	/* Others open at the least with one that was refused, at the most with one that it worked on. */
	unsigned least_refused, most_worked;
};

static struct served_by_turns *client_of(const struct rc_case *c, struct turns *t,
					 const struct rc_addr *client)
{
	for (size_t i = 0; i < t->n_clients; i++)
		if (rc_addr_equal(t->clients[i].client, client))
			return &t->clients[i];
	if (t->n_clients == TURNS_CLIENTS_MAX)
		return NULL;
	t->clients[t->n_clients] = (struct served_by_turns){
		.client = client, .served = rc_hosts_served(c->hosts, client, &c->x->server)};
	return &t->clients[t->n_clients++];
}

static void note_beside(const struct rc_case *c, struct turns *t, const struct rc_record *r,
			bool refused)
{
	struct rc_name name, parent, own;
	if (t->beside.over || !rc_addr_equal(&r->x.asker, &c->x->asker) || c->qname->labels < 2)
		return;
	rc_record_name(r, &name);
	if (name.labels != c->qname->labels)
		return;
	rc_name_parent(&name, 1, &parent);
	rc_name_parent(c->qname, 1, &own);
	if (!rc_name_equal(&parent, &own))
		return;
	bool ok = rc_exchange_answered_well(&r->x);
	t->beside.over = ok && t->beside.refused > 0;
	t->beside.ok += ok && !t->beside.over;
	t->beside.refused += refused;
}

static void note_turn(const struct rc_case *c, struct turns *t, const struct rc_record *r)
{
	const struct rc_exchange *x = &r->x;
	struct served_by_turns *s = client_of(c, t, &x->asker);
	bool refused = x->answer.rcode == RC_RCODE_REFUSED;
	note_beside(c, t, r, refused);
	if (refused && x->load < t->least_refused)
		t->least_refused = x->load;
	if (rc_exchange_answered_well(x) && rc_exchange_took_ns(x) >= WORKED_NS &&
	    x->load > t->most_worked)
		t->most_worked = x->load;
	if (s != NULL && refused) {
		s->refused += s->refused_name != x->name_hash;
		s->refused_name = x->name_hash;
	} else if (s != NULL && rc_exchange_answered_well(x)) {
		s->ok++;
	}
	if (refused) {
		t->refused[t->n_refused++ % TURNS_NAMES_MAX] = x->name_hash;
		return;
	}
	size_t n = t->n_refused < TURNS_NAMES_MAX ? t->n_refused : TURNS_NAMES_MAX;
	for (size_t i = 0; i < n && rc_exchange_answered_well(x); i++)
		t->contradicted = t->contradicted || t->refused[i] == x->name_hash;
}

static enum rc_turns find_turns(const struct rc_case *c)
{
	struct turns t = {.least_refused = UINT_MAX};
	unsigned by_turns = 0, shut = 0;
	bool own = false;
	const struct rc_record *r;
	struct rc_around near = rc_around(c, RC_AROUND_NEAR, c->x->end_ns + RC_NS_PER_S);
	while ((r = rc_around_next_answer(&near)) != NULL)
		note_turn(c, &t, r);
	for (size_t i = 0; i < t.n_clients; i++) {
		const struct served_by_turns *s = &t.clients[i];
		bool mixed = s->ok >= TURNS_MIN && s->refused >= TURNS_MIN;
		by_turns += mixed;
		shut += s->served && s->refused >= TURNS_MIN;
		own = own || (mixed && rc_addr_equal(s->client, &c->x->asker));
	}
	/* What it gave up itself some time ago counts as open still. */
	if (shut > 1 && t.least_refused >= FULL_MIN && t.least_refused >= t.most_worked / 2)
		return RC_TURNS_FULL;
	/* As many as it lets through, then none, and nothing stands there that would take the room. */
	bool limit = t.beside.ok >= TURNS_MIN && t.beside.refused >= LIMIT_MIN &&
		     t.least_refused < RC_LOAD_BUSY;
	if (!t.contradicted || by_turns == 0)
		return limit ? RC_TURNS_OWN : RC_TURNS_NONE;
	if (by_turns == 1)
		return own ? RC_TURNS_OWN : RC_TURNS_NONE;
	return RC_TURNS_ALL;
}

enum rc_turns rc_case_turns(struct rc_case *c)
{
	bool refused = c->x->answer.rcode == RC_RCODE_REFUSED;
	/* A look at so many records is worth it where somebody is refused who is served as well. */
	const struct rc_host *h = c->server_host;
	int64_t turned_ns = h != NULL ? h->turned_s * RC_NS_PER_S : 0;
	if (!c->turns_known && refused && turned_ns >= c->x->first_ns - TURNED_NS)
		c->turns = find_turns(c);
	c->turns_known = true;
	return c->turns;
}

bool rc_case_is_let_in(struct rc_case *c)
{
	unsigned standing = 0;
	const struct rc_record *r;
	if (c->x->answer.rcode != RC_RCODE_REFUSED || !rc_case_is_busy(c))
		return false;
	struct rc_around near = rc_around(c, RC_AROUND_NEAR, c->x->first_ns);
	while ((r = rc_around_next(&near)) != NULL) {
		const struct rc_exchange *x = &r->x;
		bool answered = rc_exchange_answered(x);
		if (!rc_addr_equal(&x->asker, &c->x->asker) ||
		    !rc_addr_equal(&x->server, &c->x->server) ||
		    c->x->first_ns - x->first_ns > c->timeout_ns)
			continue;
		if (answered && x->answer.rcode == RC_RCODE_REFUSED)
			break;
		standing += (!answered || x->end_ns > c->x->end_ns) && x->transport == RC_UDP &&
			    (x->query.flags & RC_FLAG_RD);
	}
	return standing >= LET_IN_MIN;
}
