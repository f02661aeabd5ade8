#include "analyze/decide/incident.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/distinct.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define UPDATE_NS (60 * RC_NS_PER_S) /* an update at most this often, if anything came */
#define IDLE_NS (300 * RC_NS_PER_S)  /* silent this long: over */
#define CHECK_NS (5 * RC_NS_PER_S)
#define VERB_MAX 96u
#define SUMMARY_MAX (RC_NAME_TEXT_MAX + VERB_MAX + 256u)
/* Ids and counts must not depend on a seed: the same on every sensor. */
#define ID_SEED UINT64_C(0x7263617573652d31)

struct incident {
	struct rc_incident told;
	struct rc_name zone, example_name, good_name;
	struct rc_addr server;
	struct rc_exchange example;
	struct rc_evidence evidence[RC_INCIDENT_EVIDENCE];
	char verb[VERB_MAX];
	struct rc_distinct clients, names, resolvers;
	int64_t told_ns;
	uint64_t told_failures;
	bool open;
};

struct rc_incidents {
	struct incident *all;
	uint64_t *ids; /* of all, closed ones too: there are many, and they are large */
	size_t max;
	size_t used; /* places ever used: the rest need no look */
	rc_incident_fn fn;
	void *context;
	int64_t next_check_ns;
	struct rc_incident_stats stats;
};

int rc_incidents_new(size_t bytes, rc_incident_fn fn, void *context,
		     struct rc_incidents **ret_incidents)
{
	struct rc_incidents *s = calloc(1, sizeof *s);
	if (s == NULL)
		return RC_E_NOMEM;
	s->max = bytes / sizeof(struct incident) + 16;
	s->fn = fn;
	s->context = context;
	s->next_check_ns = INT64_MIN;
	s->all = calloc(s->max, sizeof *s->all);
	s->ids = calloc(s->max, sizeof *s->ids);
	if (s->all == NULL || s->ids == NULL) {
		rc_incidents_free(s);
		return RC_E_NOMEM;
	}
	*ret_incidents = s;
	return RC_OK;
}

void rc_incidents_free(struct rc_incidents *s)
{
	if (s == NULL)
		return;
	free(s->all);
	free(s->ids);
	free(s);
}

static void count(struct rc_distinct *set, const void *data, size_t len)
{
	if (!set->more)
		rc_distinct_add(set, rc_hash_id(ID_SEED, data, len));
}

static uint64_t id_of(const struct rc_failure *f, const struct rc_addr *server)
{
	uint64_t id = rc_hash_id(ID_SEED, f->cause->slug, strlen(f->cause->slug));
	if (f->zone != NULL)
		return rc_hash_id(id, f->zone->wire, f->zone->len);
	return rc_hash_id(id, server->bytes, sizeof server->bytes);
}

static void summarise(const struct incident *in, char *summary)
{
	static const char *const verbs[] = {"began", "goes on", "is over"};
	static const char *const states[] = {"is", "is still", "was"};
	char subject[RC_NAME_TEXT_MAX + 1], server[RC_ADDR_TEXT_MAX];
	const struct rc_incident *t = &in->told;
	if (t->zone != NULL)
		rc_name_format(t->zone, subject);
	else
		rc_addr_format(t->server, subject);
	if (t->degraded) {
		snprintf(summary, SUMMARY_MAX, "%s %s degraded: its server %s %s.", subject,
			 states[t->state], rc_addr_format(t->server, server), in->verb);
		return;
	}
	snprintf(summary, SUMMARY_MAX, "Incident at %s %s: %s (%llu %s, %s%u %s).", subject,
		 verbs[t->state], t->cause->title, (unsigned long long)t->failures,
		 t->failures == 1 ? "failure" : "failures", t->clients_at_least ? "at least " : "",
		 t->clients, t->clients == 1 ? "client" : "clients");
}

static void tell(struct rc_incidents *s, struct incident *in, enum rc_incident_state state,
		 int64_t now_ns)
{
	char summary[SUMMARY_MAX];
	struct rc_incident *t = &in->told;
	t->state = state;
	t->now_ns = now_ns;
	t->clients = in->clients.n;
	t->clients_at_least = in->clients.more;
	t->names = in->names.n;
	t->names_at_least = in->names.more;
	t->resolvers = in->resolvers.n;
	summarise(in, summary);
	t->summary = summary;
	in->told_ns = now_ns;
	in->told_failures = t->failures;
	if (s->fn != NULL)
		s->fn(s->context, t);
	if (state == RC_INCIDENT_CLOSE) {
		in->open = false;
		s->stats.closed++;
	}
}

/* A free place, else that of the least recent one, closed. */
static struct incident *place(struct rc_incidents *s, int64_t now_ns)
{
	struct incident *oldest = NULL;
	for (size_t i = 0; i < s->used; i++) {
		struct incident *in = &s->all[i];
		if (!in->open)
			return in;
		if (oldest == NULL || in->told.last_ns < oldest->told.last_ns)
			oldest = in;
	}
	if (s->used < s->max)
		return &s->all[s->used++];
	s->stats.evicted++;
	tell(s, oldest, RC_INCIDENT_CLOSE, now_ns);
	return oldest;
}

/* The open incident of this id, else a place for it. */
static struct incident *find(struct rc_incidents *s, uint64_t id, int64_t now_ns)
{
	for (size_t i = 0; i < s->used; i++)
		if (s->ids[i] == id && s->all[i].open)
			return &s->all[i];
	struct incident *in = place(s, now_ns);
	s->ids[in - s->all] = id;
	return in;
}

static void reopen(struct rc_incidents *s, struct incident *in)
{
	in->open = true;
	in->clients.n = in->names.n = in->resolvers.n = 0;
	in->clients.more = in->names.more = in->resolvers.more = false;
	s->stats.opened++;
}

static void open_incident(struct rc_incidents *s, struct incident *in, uint64_t id,
			  const struct rc_failure *f, const struct rc_addr *server)
{
	reopen(s, in);
	in->example = *f->exchange;
	in->example_name = *f->qname;
	in->server = *server;
	if (f->zone != NULL)
		in->zone = *f->zone;
	in->told = (struct rc_incident){
		.id = id,
		.cause = f->cause,
		.confidence = f->confidence,
		.responsible = f->responsible,
		.zone = f->zone != NULL ? &in->zone : NULL,
		.server = f->zone != NULL ? NULL : &in->server,
		.first_ns = f->exchange->first_ns,
		.last_ns = f->exchange->end_ns,
		.persistent = true,
		.example = &in->example,
		.example_name = &in->example_name,
	};
}

void rc_incidents_note(struct rc_incidents *s, struct rc_failure *f, int64_t now_ns)
{
	const struct rc_addr *server = f->server != NULL ? f->server : &f->exchange->server;
	uint64_t id = id_of(f, server);
	struct incident *in = find(s, id, now_ns);
	bool fresh = !in->open;
	if (fresh)
		open_incident(s, in, id, f, server);
	in->told.failures++;
	if (f->exchange->first_ns < in->told.first_ns) /* decided after others that began later */
		in->told.first_ns = f->exchange->first_ns;
	if (f->exchange->end_ns > in->told.last_ns)
		in->told.last_ns = f->exchange->end_ns;
	if (f->confidence > in->told.confidence)
		in->told.confidence = f->confidence;
	if (f->scope.resolvers_ok > 0 || f->scope.given_ns > in->told.first_ns)
		in->told.persistent = false;
	count(&in->clients, f->exchange->asker.bytes, sizeof f->exchange->asker.bytes);
	count(&in->resolvers, f->exchange->server.bytes, sizeof f->exchange->server.bytes);
	count(&in->names, f->qname->wire, f->qname->len);
	f->incident = id;
	f->scope.clients = in->clients.n;
	if (in->resolvers.n > f->scope.resolvers_failing)
		f->scope.resolvers_failing = in->resolvers.n;
	if (fresh)
		tell(s, in, RC_INCIDENT_OPEN, now_ns);
}

static struct rc_evidence evidence_of(const struct rc_exchange *x, const struct rc_name *name,
				      const char *outcome, const char *fact)
{
	bool answered = rc_exchange_answered(x);
	return (struct rc_evidence){
		.frame = answered ? x->end_frame : x->last_frame,
		.query_frame = x->first_frame,
		.source = answered ? x->end_source : x->last_source,
		.ts_ns = rc_exchange_last_act_ns(x),
		.from = x->asker,
		.to = x->server,
		.name = name,
		.qtype = x->qtype,
		.outcome = outcome,
		.rcode = answered ? x->answer.rcode : -1,
		.rtt_ns = answered ? rc_exchange_took_ns(x) : -1,
		.fact = fact,
	};
}

static void open_degraded(struct rc_incidents *s, struct incident *in, uint64_t id,
			  const struct rc_degradation *d)
{
	reopen(s, in);
	in->example = *d->bad;
	in->example_name = *d->name;
	in->server = *d->server;
	in->zone = *d->zone;
	in->told = (struct rc_incident){
		.id = id,
		.degraded = true,
		.cause = d->cause,
		.confidence = d->confidence,
		.responsible = d->cause->responsible,
		.zone = &in->zone,
		.server = &in->server,
		.first_ns = d->first_ns,
		.last_ns = d->bad->last_ns,
		.persistent = true,
		.example = &in->example,
		.example_name = &in->example_name,
		.evidence = in->evidence,
		.n_evidence = RC_INCIDENT_EVIDENCE,
	};
	in->good_name = *d->good_name;
	in->evidence[0] = evidence_of(d->bad, &in->example_name, d->bad_outcome,
				      "the server that is at fault");
	in->evidence[1] = evidence_of(d->good, &in->good_name, "answered",
				      "another server of the zone");
}

void rc_incidents_note_degraded(struct rc_incidents *s, const struct rc_degradation *d,
				int64_t now_ns)
{
	uint64_t id = rc_hash_id(ID_SEED, d->cause->slug, strlen(d->cause->slug));
	id = rc_hash_id(id, d->zone->wire, d->zone->len);
	id = rc_hash_id(id, d->server->bytes, sizeof d->server->bytes);
	struct incident *in = find(s, id, now_ns);
	bool fresh = !in->open;
	if (fresh)
		open_degraded(s, in, id, d);
	snprintf(in->verb, sizeof in->verb, "%s", d->verb);
	in->told.failures = fresh ? d->failures : in->told.failures + 1;
	if (d->bad->last_ns > in->told.last_ns)
		in->told.last_ns = d->bad->last_ns;
	count(&in->clients, d->bad->asker.bytes, sizeof d->bad->asker.bytes);
	count(&in->resolvers, d->bad->asker.bytes, sizeof d->bad->asker.bytes);
	count(&in->names, d->name->wire, d->name->len);
	if (fresh)
		tell(s, in, RC_INCIDENT_OPEN, now_ns);
}

void rc_incidents_advance(struct rc_incidents *s, int64_t now_ns)
{
	if (now_ns < s->next_check_ns)
		return;
	s->next_check_ns = now_ns + CHECK_NS;
	for (size_t i = 0; i < s->used; i++) {
		struct incident *in = &s->all[i];
		if (!in->open)
			continue;
		if (now_ns - in->told.last_ns > IDLE_NS)
			tell(s, in, RC_INCIDENT_CLOSE, now_ns);
		else if (now_ns - in->told_ns > UPDATE_NS && in->told.failures > in->told_failures)
			tell(s, in, RC_INCIDENT_UPDATE, now_ns);
	}
}

void rc_incidents_finish(struct rc_incidents *s, int64_t now_ns)
{
	for (size_t i = 0; i < s->used; i++)
		if (s->all[i].open)
			tell(s, &s->all[i], RC_INCIDENT_CLOSE, now_ns);
}

const struct rc_incident_stats *rc_incidents_stats(const struct rc_incidents *s)
{
	return &s->stats;
}
