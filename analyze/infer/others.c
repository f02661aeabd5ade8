#include <stdlib.h>

#include "analyze/infer/case.h"
#include "base/time.h"

#define WAITED_NS (2 * RC_NS_PER_S) /* no answer by then: as good as none */
/* So long one or two queries are waited for: PowerDNS 1.5 s, Knot Resolver 2 s. */
#define GAVE_UP_NS (2500 * RC_NS_PER_MS)
#define OTHERS_STEPS_MAX 64u  /* exchanges of the same name compared with */
#define OTHERS_STEPS_FEW 4u   /* ... in a storm, where all fare alike */
#define SERVICE_STEPS_MAX 16u /* ... at another resolver: the latest like this one counts */
#define SHUT_OUT_MIN 3u       /* refusals in a row, ... */
/* ... so long: a rate limit lets something through meanwhile. */
#define SHUT_OUT_NS (5 * RC_NS_PER_S)

/* An answer that fails half way along an alias chain; the longest shows most of it. */
static void note_aliases(struct rc_case *c, const struct rc_record *r)
{
	const struct rc_record *best = c->others.alias_failed;
	if (rc_exchange_answered(&r->x) && r->x.answer.rcode == RC_RCODE_SERVFAIL &&
	    (r->x.answer.has & RC_HAS_ANSWER_CNAME) && r->blob_pos != 0 &&
	    (best == NULL || r->x.answer.counts[0] > best->x.answer.counts[0]))
		c->others.alias_failed = r;
}

/* It failed as this one did, or for another type, and says why. */
static void note_said(struct rc_case *c, const struct rc_record *r)
{
	struct rc_others *t = &c->others;
	bool said = rc_exchange_answered(&r->x) && r->x.answer.rcode == RC_RCODE_SERVFAIL &&
		    r->blob_pos != 0 && (r->x.answer.options >> RC_OPTION_EDE & 1);
	if (!said || ((r->x.query.flags ^ c->x->query.flags) & RC_FLAG_CD))
		return;
	if (r->x.qtype != c->x->qtype && t->said_of_type == NULL)
		t->said_of_type = r;
	if (r->x.qtype != c->x->qtype || t->n_said == RC_SAID_MAX)
		return;
	for (unsigned i = 0; i < t->n_said; i++)
		if (t->said[i] == r)
			return;
	t->said[t->n_said++] = r;
}

/* The question was answered after the failure: what is said of one later than that is said of another fault. */
static bool is_answered_since(const struct rc_case *c, const struct rc_exchange *x)
{
	return x->qtype == c->x->qtype && x->first_ns > c->x->end_ns &&
	       rc_exchange_answered_well(x) && !((x->query.flags ^ c->x->query.flags) & RC_FLAG_CD);
}

/* What its errors to other types of the name say of this one. */
static void compare_errors(struct rc_case *c, const struct rc_exchange *o)
{
	if (!rc_exchange_answered(o) || o->qtype == c->x->qtype || o->opcode != RC_OPCODE_QUERY)
		return;
	c->others.addresses_alike += o->qtype == RC_TYPE_A && rc_exchange_answered(c->x) &&
				     o->answer.rcode == c->x->answer.rcode;
	c->others.not_hosted += o->answer.rcode == RC_RCODE_REFUSED &&
				!(o->answer.flags & RC_FLAG_RA) && !rc_exchange_is_transfer(o);
}

/*
 * Answers with CD=1 among exchanges without it, from the newest to the oldest: they tell of the check where those next to
 * them failed, and the failure too, with no answer between. Else they are of the time before the fault, or after it.
 */
struct unchecked {
	bool given;         /* the exchange without CD after them was answered */
	bool over;          /* ... and is before the failure */
	unsigned n, n_open; /* open: of which those before are not known yet */
	const struct rc_exchange *latest, *latest_open;
};

/* Of the failure's own type, and of others. */
enum { OWN_TYPE, OTHER_TYPES, TYPES };

static void close_unchecked(struct unchecked *u)
{
	if (u->n == 0)
		u->latest = u->latest_open;
	u->n += u->n_open;
	u->n_open = 0;
	u->given = false;
}

static void note_checked(const struct rc_case *c, const struct rc_exchange *o, struct unchecked *u)
{
	unsigned first = o->qtype == c->x->qtype ? OWN_TYPE : OTHER_TYPES;
	if (!rc_exchange_answered_well(o)) {
		close_unchecked(&u[first]);
		return;
	}
	for (unsigned i = first; i < TYPES;
	     i++) { /* one of its own type parts all others as well */
		u[i].given = true;
		u[i].n_open = 0;
		u[i].over = o->first_ns <= c->x->first_ns;
		u[i].n = u[i].over ? u[i].n : 0;
	}
}

static void note_unchecked(struct rc_case *c, const struct rc_exchange *o, struct unchecked *u)
{
	struct unchecked *of = &u[o->qtype == c->x->qtype ? OWN_TYPE : OTHER_TYPES];
	if (!rc_exchange_answered_well(o))
		c->others.cd_failed++;
	else if (!of->given && !of->over && of->n_open++ == 0)
		of->latest_open = o;
}

static void count_unchecked(struct rc_others *t, struct unchecked *u)
{
	for (unsigned i = 0; i < TYPES; i++) {
		close_unchecked(&u[i]);
		t->cd_ok += u[i].n;
		if (u[i].n > 0 &&
		    (t->cd_example == NULL || u[i].latest->first_ns > t->cd_example->first_ns))
			t->cd_example = u[i].latest;
	}
}

/* From the newest to the oldest: an answer after the failure parts it from later refusals, one before it from earlier. */
static void note_refused(struct rc_case *c, const struct rc_exchange *o, bool ok)
{
	struct rc_others *t = &c->others;
	if (t->refused.all || !(o->query.flags & RC_FLAG_RD) || !rc_exchange_answered(o))
		return;
	if (ok && o->first_ns > c->x->first_ns)
		t->refused.n = 0;
	else if (ok)
		t->refused.all = true;
	else if (o->answer.rcode == RC_RCODE_REFUSED) {
		t->refused.from_ns = o->first_ns;
		if (t->refused.n++ == 0)
			t->refused.until_ns = o->first_ns;
	}
}

bool rc_case_is_shut_out(const struct rc_case *c)
{
	const struct rc_others *t = &c->others;
	int64_t from_ns = c->x->first_ns, until_ns = from_ns;
	if (t->refused.n + 1 < SHUT_OUT_MIN || c->x->answer.rcode != RC_RCODE_REFUSED)
		return false;
	if (t->refused.from_ns < from_ns)
		from_ns = t->refused.from_ns;
	if (t->refused.until_ns > until_ns)
		until_ns = t->refused.until_ns;
	return until_ns - from_ns >= SHUT_OUT_NS && t->others_given_ns > from_ns && c->n_links == 0;
}

/* The same type, with EDNS or not as here. */
static bool is_alike(const struct rc_case *c, const struct rc_exchange *o)
{
	return o->query.edns == c->x->query.edns && o->query.options == c->x->query.options &&
	       o->query.do_bit == c->x->query.do_bit && o->qtype == c->x->qtype;
}

/*
 * The same question worked, before the failure was told. SERVFAIL is about the resolver's work, whoever asks; other
 * failures may be about this client and the way it asks.
 */
static void note_given(struct rc_case *c, const struct rc_exchange *o)
{
	bool like_this = rc_addr_equal(&o->asker, &c->x->asker) && is_alike(c, o);
	bool of_work = rc_exchange_answered(c->x) && c->x->answer.rcode == RC_RCODE_SERVFAIL;
	if (rc_exchange_answered_well(o) && o->end_ns <= c->x->end_ns &&
	    o->end_ns > c->others.question_given_ns &&
	    (like_this || (of_work && o->qtype == c->x->qtype)))
		c->others.question_given_ns = o->end_ns;
}

/* An answer is kept for a second at the least, as a rule, and one that is worked on is given to all that wait for it. */
static bool has_in_hand(const struct rc_case *c, const struct rc_exchange *o)
{
	return rc_exchange_answered_well(o) && o->qtype == c->x->qtype &&
	       !(o->answer.flags & RC_FLAG_TC) && o->end_ns > c->x->first_ns - RC_NS_PER_S &&
	       o->end_ns < c->x->first_ns + RC_SLOW_NS;
}

static void compare_at_server(struct rc_case *c, const struct rc_exchange *o, struct unchecked *u)
{
	struct rc_others *t = &c->others;
	bool ok = rc_exchange_answered_well(o);
	compare_errors(c, o);
	t->earlier += o->first_ns < c->x->first_ns;
	t->silent += !rc_exchange_answered(o);
	t->without_edns_formerr += rc_exchange_answered(o) && o->opcode == RC_OPCODE_QUERY &&
				   !o->query.edns && o->answer.rcode == RC_RCODE_FORMERR;
	if (ok && o->qtype != c->x->qtype && !(o->query.flags & RC_FLAG_CD) &&
	    (o->answer.flags & RC_FLAG_AD)) {
		t->validated++;
		t->validated_example = o;
	}
	if (o->query.flags & ~c->x->query.flags &
	    RC_FLAG_CD) { /* without checking it is another question */
		note_unchecked(c, o, u);
		return;
	}
	if (o->query.flags & RC_FLAG_CD)
		ok ? t->cd_ok++ : t->cd_failed++;
	else
		note_checked(c, o, u);
	if (o->query.flags & RC_FLAG_CD && ok && t->cd_example == NULL)
		t->cd_example = o;
	note_given(c, o);
	t->in_hand = t->in_hand || has_in_hand(c, o);
	if (ok && o->end_ns <= c->x->end_ns && o->end_ns > t->given_ns)
		t->given_ns = o->end_ns;
	if (rc_addr_equal(&o->asker, &c->x->asker)) {
		note_refused(c, o, ok);
		bool slip = ok && (o->answer.flags & RC_FLAG_TC) && o->answer.counts[0] == 0 &&
			    o->answer.counts[1] == 0;
		t->slipped += slip;
		if (slip)
			t->slip_example = o;
		t->same_client_ok += ok && !slip;
		t->same_client_types_ok += ok && !slip && o->qtype != c->x->qtype;
		t->same_client_alike_ok += ok && !slip && is_alike(c, o);
		if (ok && c->x->query.edns && !o->query.edns && o->qtype == c->x->qtype) {
			const struct rc_exchange *known = t->without_edns_example;
			t->same_client_without_edns_ok++;
			if (known == NULL || llabs(o->first_ns - c->x->first_ns) <
						     llabs(known->first_ns - c->x->first_ns))
				t->without_edns_example = o;
		}
		return;
	}
	ok ? t->same_server_ok++ : t->same_server_failed++;
	if (ok && o->end_ns > t->others_given_ns)
		t->others_given_ns = o->end_ns;
	bool refused = rc_exchange_answered(o) && o->answer.rcode == RC_RCODE_REFUSED &&
		       rc_hosts_served(c->hosts, &o->asker, &o->server);
	t->served_refused += refused;
	int64_t gap_ns = llabs(o->first_ns - c->x->first_ns);
	if ((ok || refused) && (t->nearest_gap_ns == 0 || gap_ns + 1 < t->nearest_gap_ns)) {
		t->nearest_gap_ns = gap_ns + 1; /* 0 is none */
		t->others_refused = refused;
	}
	t->same_server_type_ok += ok && o->qtype == c->x->qtype;
	t->got_before += ok && o->qtype == c->x->qtype && o->end_ns >= c->from_ns &&
			 o->end_ns < c->x->last_ns;
	t->same_server_alike_ok += ok && is_alike(c, o);
	if (ok && t->ok_example == NULL)
		t->ok_example = o;
}

bool rc_case_do_others_wait(const struct rc_case *c)
{
	const struct rc_others *t = &c->others;
	bool alive = false, gave_up = false;
	for (unsigned i = 0; i < t->n_elsewhere_waited; i++) {
		const struct rc_exchange *x = t->elsewhere_waited[i];
		const struct rc_host *h = rc_hosts_find(c->hosts, &x->server);
		bool answered = rc_exchange_answered(x);
		alive = alive || answered || (h != NULL && h->served > 0);
		gave_up = gave_up || (answered && rc_exchange_took_ns(x) < GAVE_UP_NS);
	}
	return gave_up || (t->n_elsewhere_waited == RC_WAITED_MAX && alive);
}

bool rc_case_is_near(const struct rc_case *c, const struct rc_exchange *o)
{
	/* One that still waits counts as unanswered once it has waited as this one did. */
	bool over = o->state != RC_X_PENDING || c->x->end_ns - o->last_ns >= WAITED_NS;
	return o->first_ns - c->x->first_ns < RC_NEAR_NS &&
	       c->x->first_ns - o->first_ns < RC_NEAR_NS && over;
}

bool rc_case_is_served(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_resolver; i++)
		if (rc_hosts_served(c->hosts, &c->x->asker, &c->resolver[i]))
			return true;
	return false;
}

/*
 * It failed as late as resolvers do that nobody answers, or left its clients without an answer. BIND's 12 s
 * mean a fetch that waits for itself.
 */
static bool waited_in_vain(const struct rc_exchange *x)
{
	int64_t took_ns = rc_exchange_took_ns(x);
	if (!rc_exchange_answered(x))
		return true;
	return x->answer.rcode == RC_RCODE_SERVFAIL && (x->answer.flags & RC_FLAG_RA) &&
	       took_ns >= RC_SLOW_NS && !rc_waits_for_itself(took_ns);
}

/* One more resolver that waited for the same in vain, unless it is known already, by this address or another. */
static void note_waited(struct rc_case *c, const struct rc_exchange *x)
{
	struct rc_others *t = &c->others;
	for (unsigned i = 0; i < t->n_elsewhere_waited; i++) {
		const struct rc_addr *known = &t->elsewhere_waited[i]->server;
		const struct rc_host *host = rc_hosts_find(c->hosts, known);
		if (rc_addr_equal(known, &x->server) ||
		    (host != NULL && rc_hosts_are_one(c->hosts, host, &x->server)))
			return;
	}
	if (t->n_elsewhere_waited < RC_WAITED_MAX)
		t->elsewhere_waited[t->n_elsewhere_waited++] = x;
}

/*
 * What another resolver made of the name, when anybody asked it near in time: the latest exchange with the
 * same type counts, else the latest with any.
 */
static const struct rc_exchange *asked_elsewhere(struct rc_case *c, const struct rc_addr *service)
{
	struct rc_chain chain = rc_chain_by_server(c->recorder, service, c->x->name_hash,
						   SERVICE_STEPS_MAX);
	const struct rc_exchange *other = NULL, *same = NULL;
	unsigned first = c->others.n_said;
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL) {
		if (!rc_case_is_near(c, &r->x) ||
		    ((r->x.query.flags ^ c->x->query.flags) & (RC_FLAG_CD | RC_FLAG_RD)))
			continue;
		other = other == NULL ? &r->x : other;
		if (is_answered_since(c, &r->x))
			c->others.n_said = first;
		note_said(c, r);
		if (r->x.qtype != c->x->qtype)
			continue;
		same = same == NULL ? &r->x : same;
		if (c->upstream_visible && c->others.n_said > first && r->x.first_ns > c->x->end_ns)
			continue; /* unless it is answered between, it is said of the same time */
		if (c->upstream_visible) /* how others waited says nothing more */
			break;
		if (waited_in_vain(&r->x))
			note_waited(c, &r->x);
		if (c->well_known && c->others.n_elsewhere_waited == RC_WAITED_MAX)
			break;
	}
	return same != NULL ? same : other;
}

static void compare_resolver(struct rc_case *c, const struct rc_addr *service)
{
	const struct rc_exchange *x = asked_elsewhere(c, service);
	if (x == NULL)
		return;
	bool ok = rc_exchange_answered_well(x);
	if (ok)
		c->others.elsewhere_example = x;
	c->others.elsewhere_name_ok += ok;
	if (x->qtype != c->x->qtype)
		return;
	ok ? c->others.elsewhere_ok++ : c->others.elsewhere_failed++;
	const struct rc_host *host = rc_hosts_find(c->hosts, service);
	c->others.elsewhere_validated += ok && host != NULL && host->answered_ad > 0;
}

static void fetch_services(const struct rc_case *c, const struct rc_addr *services, size_t n)
{
	uint64_t keys[RC_CHAINS_FETCHED_MAX];
	n = n < RC_CHAINS_FETCHED_MAX ? n : RC_CHAINS_FETCHED_MAX;
	for (size_t i = 0; i < n; i++)
		keys[i] = rc_recorder_key(c->recorder, rc_addr_hash(c->seed, &services[i]),
					  c->x->name_hash);
	rc_recorder_prefetch_firsts(c->recorder, keys, n, true);
}

static bool is_service(const struct rc_case *c, const struct rc_addr *server)
{
	const struct rc_addr *services;
	size_t n = rc_hosts_services(c->hosts, &services);
	for (size_t i = 0; i < n; i++)
		if (rc_addr_equal(&services[i], server))
			return true;
	return false;
}

static void compare_with_resolvers(struct rc_case *c)
{
	const struct rc_addr *services;
	size_t n = rc_hosts_services(c->hosts, &services);
	if (n == 0)
		return;
	fetch_services(c, services, n);
	for (size_t i = 0; i < n; i++) {
		if (!rc_case_is_resolver(c, &services[i]))
			compare_resolver(c, &services[i]);
	}
}

void rc_others_compare(struct rc_case *c)
{
	const struct rc_record *r;
	struct rc_chain chain = rc_chain_by_server(c->recorder, &c->x->server, c->x->name_hash,
						   c->well_known ? OTHERS_STEPS_FEW
								 : OTHERS_STEPS_MAX);
	struct unchecked unchecked[TYPES] = {{.given = false}};
	while ((r = rc_chain_next(&chain)) != NULL) {
		if (!rc_case_is_near(c, &r->x))
			continue;
		note_aliases(c, r);
		if (rc_case_is_itself(c, &r->x)) {
			note_checked(c, c->x, unchecked);
			continue;
		}
		if (is_answered_since(c, &r->x))
			c->others.n_said = 0;
		if (r->x.first_ns > c->x->end_ns) /* of what failed before its verdict is kept */
			note_said(c, r);
		compare_at_server(c, &r->x, unchecked);
	}
	count_unchecked(&c->others, unchecked);
	chain = rc_chain_by_asker(c->recorder, &c->x->asker, c->x->name_hash, OTHERS_STEPS_MAX);
	while ((r = rc_chain_next(&chain)) != NULL) {
		if (rc_addr_equal(&r->x.server, &c->x->server) || !rc_case_is_near(c, &r->x))
			continue;
		note_aliases(c, r);
		if (rc_exchange_answered_well(&r->x)) {
			bool alike = !((r->x.query.flags ^ c->x->query.flags) & RC_FLAG_CD);
			alike ? c->others.other_server_ok++ : c->others.other_server_cd_ok++;
		} else {
			c->others.other_server_failed++;
			if (r->x.qtype == c->x->qtype && waited_in_vain(&r->x))
				note_waited(c, &r->x);
			if (r->x.first_ns <= c->x->end_ns || !is_service(c, &r->x.server))
				note_said(
					c,
					r); /* else it is looked at with all that is asked there */
		}
	}
	compare_with_resolvers(c);
}
