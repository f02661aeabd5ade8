#include "analyze/infer/contrast.h"

#include "base/time.h"

/* Servers of the zone compared: those of one zone behave alike or not at all. */
#define SERVERS_MAX 8u
#define STEPS_MAX 48u /* records looked at per server and name */

/* Resolvers ask anew sooner, without what may have been the reason. */
#define MEANWHILE_NS (4 * RC_NS_PER_S)
#define ASKERS_MAX 8u
#define WORKED_MAX 8u

struct worked {
	const struct rc_exchange *x;
	const struct rc_name *name;
};

struct sides {
	uint64_t failed_all, worked_any; /* traits of all that failed, of any that worked */
	int64_t failed_first_ns, failed_last_ns;
	bool silent_all; /* all that failed had no answer */
	/* Only who failed himself shows that it was not about who asked. */
	struct asker {
		struct rc_addr addr;
		uint64_t traits; /* of all its failures */
	} askers[ASKERS_MAX];
	size_t n_askers;
	struct worked worked[WORKED_MAX];
	size_t n_worked;
	struct rc_contrast found;
};

static uint64_t traits_of(const struct rc_exchange *x)
{
	uint64_t options = x->query.options & (RC_TRAIT_DO - 1);
	return options | (x->query.edns ? RC_TRAIT_EDNS : 0) | (x->query.do_bit ? RC_TRAIT_DO : 0);
}

static bool is_failure(const struct rc_link *link)
{
	switch (link->outcome) {
	case RC_OUT_TIMEOUT:
	case RC_OUT_FORMERR:
	case RC_OUT_SERVFAIL:
	case RC_OUT_NOTIMP:
	case RC_OUT_REFUSED:
	case RC_OUT_OTHER_RCODE:
	case RC_OUT_MALFORMED:
		return true;
	default:
		return false;
	}
}

/* Without checking (CD=1) a resolver answers what it would not answer otherwise. */
static bool is_good(const struct rc_exchange *x)
{
	return rc_exchange_answered_well(x) && !(x->answer.flags & RC_FLAG_TC) &&
	       (!(x->answer.flags & RC_FLAG_RA) || !(x->query.flags & RC_FLAG_CD));
}

static bool has_failed(const struct rc_case *c, const struct sides *s, const struct rc_addr *asker)
{
	if (rc_case_is_resolver(c, asker))
		return true;
	for (size_t i = 0; i < s->n_askers; i++)
		if (rc_addr_equal(&s->askers[i].addr, asker))
			return (s->askers[i].traits & s->found.trait) != 0;
	return false;
}

/* One of them answers queries with EDNS, about other names or at other times. */
static bool take_edns(const struct rc_case *c, const struct rc_addr *const *servers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, servers[i]);
		if (h != NULL && h->takes_edns)
			return true;
	}
	return false;
}

/* While one was silent that takes EDNS, and not before or long after: else it was down for a time, whatever it was asked. */
static bool is_meanwhile(const struct sides *s, const struct rc_exchange *x)
{
	return x->first_ns >= s->failed_first_ns && x->first_ns - s->failed_last_ns < MEANWHILE_NS;
}

static void note_failed(struct sides *s, const struct rc_exchange *x)
{
	if (s->found.failed == 0 || x->first_ns < s->failed_first_ns)
		s->failed_first_ns = x->first_ns;
	if (s->found.failed == 0 || x->first_ns > s->failed_last_ns)
		s->failed_last_ns = x->first_ns;
	s->found.failed++;
}

static void note_failed_other(struct sides *s, const struct rc_exchange *x)
{
	for (size_t i = 0; i < s->n_askers; i++) {
		if (rc_addr_equal(&s->askers[i].addr, &x->asker)) {
			s->askers[i].traits &= traits_of(x);
			return;
		}
	}
	if (s->n_askers < ASKERS_MAX)
		s->askers[s->n_askers++] = (struct asker){.addr = x->asker, .traits = traits_of(x)};
}

static void note_worked(struct sides *s, const struct rc_exchange *x, const struct rc_name *name)
{
	s->worked_any |= traits_of(x);
	if (s->n_worked < WORKED_MAX)
		s->worked[s->n_worked++] = (struct worked){x, name};
}

/* What anybody asked this server about one name. */
static void look_at(struct rc_case *c, struct sides *s, const struct rc_addr *server,
		    const struct rc_followed *name)
{
	struct rc_chain chain = rc_chain_by_server(c->recorder, server, name->hash, STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL) {
		const struct rc_exchange *x = &r->x;
		bool near = x->first_ns < c->to_ns + RC_NEAR_NS &&
			    x->first_ns > c->from_ns - RC_NEAR_NS;
		if (!near || x->opcode != RC_OPCODE_QUERY)
			continue;
		if (is_good(x))
			note_worked(s, x, &name->name);
		else if (x->state != RC_X_PENDING && !rc_case_is_resolver(c, &x->asker))
			note_failed_other(s, x);
	}
}

/* The failing exchanges with the zone's servers; returns how many servers are worth a look. */
static size_t collect_failed(struct rc_case *c, size_t zone, struct sides *s,
			     const struct rc_addr **servers)
{
	size_t n = 0;
	s->failed_all = UINT64_MAX;
	s->silent_all = true;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		bool known = false;
		if (link->zone != zone || !is_failure(link))
			continue;
		note_failed(s, link->x);
		s->failed_all &= traits_of(link->x);
		s->silent_all = s->silent_all && link->outcome == RC_OUT_TIMEOUT;
		if (s->found.fails == NULL)
			s->found.fails = link;
		for (size_t k = 0; k < n && !known; k++)
			known = rc_addr_equal(servers[k], &link->x->server);
		if (!known && n < SERVERS_MAX && rc_case_has_answered(c, &link->x->server))
			servers[n++] = &link->x->server;
	}
	return n;
}

/* Without EDNS there is neither DO nor an option: the widest difference is the one to name. */
static uint64_t widest(uint64_t traits)
{
	if (traits & RC_TRAIT_EDNS)
		return RC_TRAIT_EDNS;
	uint64_t options = traits & (RC_TRAIT_DO - 1);
	return options != 0 ? options & (~options + 1) : traits & RC_TRAIT_DO;
}

bool rc_contrast_find(struct rc_case *c, size_t zone, struct rc_contrast *ret_contrast)
{
	struct sides s = {.failed_all = 0};
	const struct rc_addr *servers[SERVERS_MAX];
	const struct rc_name *apex = &c->zones[zone].name;
	size_t n = collect_failed(c, zone, &s, servers);
	if (n == 0 || s.failed_all == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < c->n_names; k++)
			if (apex->len > 0 ? rc_name_in(&c->names[k].name, apex)
					  : c->names[k].role == RC_ROLE_QUESTION)
				look_at(c, &s, servers[i], &c->names[k]);
	s.found.trait = widest(s.failed_all & ~s.worked_any);
	bool may_be_down = s.silent_all && s.found.trait == RC_TRAIT_EDNS &&
			   take_edns(c, servers, n);
	for (size_t i = 0; i < s.n_worked; i++) {
		const struct rc_exchange *x = s.worked[i].x;
		if (!has_failed(c, &s, &x->asker) || (may_be_down && !is_meanwhile(&s, x)))
			continue;
		s.found.worked++;
		s.found.works = x;
		s.found.works_name = s.worked[i].name;
		s.found.interleaved = s.found.interleaved || (s.failed_first_ns < x->first_ns &&
							      s.failed_last_ns > x->first_ns);
	}
	if (s.found.worked == 0 || s.found.trait == 0)
		return false;
	*ret_contrast = s.found;
	return true;
}
