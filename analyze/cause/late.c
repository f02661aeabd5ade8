#include "analyze/cause/late.h"

#include "analyze/cause/asked_server.h"

#define EDE_NO_SERVER (RC_EDE(NO_REACHABLE_AUTHORITY) | RC_EDE(NETWORK_ERROR))
/* No resolver thinks so long; all wait longer for an answer. */
#define UNHEARD_NS (200 * RC_NS_PER_MS)
#define ALL_SILENT_MIN 3u /* questions of a resolver: so many in a row are not lost by chance */
#define DISCARD_NS (1900 * RC_NS_PER_MS) /* Unbound's discard-timeout, the shortest there is */

/* When the resolver did the next thing for this failure after that time: it asked, or it gave up. */
static int64_t next_step_ns(const struct rc_case *c, int64_t after_ns)
{
	int64_t next_ns = c->to_ns;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		int64_t at_ns = x->first_ns > after_ns ? x->first_ns : x->last_ns;
		if (at_ns > after_ns && at_ns < next_ns)
			next_ns = at_ns;
	}
	return next_ns;
}

/*
 * Answers pass by here, and the resolver goes on as after silence: what reaches it is taken further, or
 * rejected, at once. Something between here and there loses them, or drops them.
 */
enum rc_confidence rc_by_unheard(struct rc_case *c, struct rc_finding *f)
{
	unsigned answers = 0, again = 0;
	/* What another host, which may not be this resolver at all, was answered got through: to that host. */
	if (c->final == NULL || c->adopted || c->lineage_cut || (c->ede & ~EDE_NO_SERVER) ||
	    c->others.same_server_ok + c->others.same_client_ok > 0)
		return RC_CONF_NONE;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->name != c->final->name || link->x->qtype != c->final->x->qtype)
			continue;
		again += answers > 0;
		if (link->outcome != RC_OUT_USABLE || link->zone != c->final->zone)
			continue;
		if (rc_link_is_hollow(link) ||
		    next_step_ns(c, link->x->end_ns) - link->x->end_ns < UNHEARD_NS)
			return RC_CONF_NONE;
		answers++;
	}
	if (answers == 0 || (again == 0 && !rc_is_answered(c)) ||
	    (rc_asks_dnssec(c) && rc_case_dnssec(c)->status == RC_DNSSEC_BOGUS))
		return RC_CONF_NONE;
	f->server = NULL;
	f->explanation = rc_say(
		c,
		"Answers for %s pass by on their way to %s, which %s as if none came: they are "
		"lost, or dropped, behind the point of this capture.",
		rc_say_name(c, &c->final->name->name), rc_say_addr(c, &c->x->server),
		again > 0 ? "goes on asking" : "waits and gives up");
	rc_prove(c, f, c->final->x, &c->final->name->name, NULL,
		 "an answer that the resolver does not act on");
	rc_prove_client(c, f);
	return again > 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

/* Until when it waited for what this link asked: the answer, or what it asked anew. */
static int64_t waited_until_ns(const struct rc_case *c, const struct rc_link *link)
{
	int64_t until_ns = c->final->x->end_ns;
	if (rc_exchange_answered(link->x) && link->x->end_ns < until_ns)
		until_ns = link->x->end_ns;
	for (const struct rc_link *next = link + 1; next < c->links + c->n_links; next++) {
		if (next->x->first_ns >= until_ns)
			break;
		if (next->name == link->name && next->x->qtype == link->x->qtype &&
		    next->x->first_ns > link->x->last_ns)
			return next->x->first_ns;
	}
	return until_ns;
}

static const struct rc_advice cut_off = {
	.fix = {"Mend the way of {resolver} to the servers that it asks: meanwhile it heard from "
		"none."},
	.next_steps = {"dig @{server} {zone} SOA"},
	.network = true,
};

void rc_tell_deaf(struct rc_case *c, struct rc_finding *f)
{
	struct rc_deaf deaf;
	if (!rc_case_is_deaf(c, &deaf))
		return;
	bool over = deaf.ms != UINT32_MAX;
	int64_t ns = over ? deaf.ms * RC_NS_PER_MS : c->x->end_ns - deaf.from_ns;
	f->advice = &cut_off;
	f->explanation = rc_say(c, "%s For %s%s, it heard from no server of other zones either.",
				f->explanation, rc_say_duration(c, ns), over ? "" : " and more");
}

bool rc_is_ready_too_late(const struct rc_case *c)
{
	return !rc_is_answered(c) && c->final != NULL &&
	       c->final->x->end_ns - c->x->last_ns >= DISCARD_NS;
}

/*
 * It got what it asked for, but only after waiting as long as resolvers wait for silent servers: by then some
 * let the client go without an answer (Unbound after 1.9 s), and others have spent the time that they give a
 * question as a whole (Knot Resolver 6 s, PowerDNS 7 s).
 */
enum rc_confidence rc_by_slow_servers(struct rc_case *c, struct rc_finding *f,
				      enum rc_outcome outcome)
{
	const struct rc_link *slowest = NULL;
	int64_t until_ns = c->from_ns, total_ns = 0, longest_ns = 0;
	/* Where packets were dropped, the client's answer may just not have been captured. */
	bool looked = !(c->x->marks & RC_X_LOST) && c->final != NULL &&
		      (c->others.same_server_ok == 0 || rc_is_ready_too_late(c));
	if (looked && rc_is_answered(c))
		looked = c->to_ns - c->from_ns >= RC_WAITS_NS &&
			 !(rc_asks_dnssec(c) && rc_case_dnssec(c)->status == RC_DNSSEC_BOGUS);
	for (size_t i = 0; i < c->n_links && looked; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->name->role == RC_ROLE_NAMESERVER)
			continue;
		int64_t from_ns = link->x->first_ns, to_ns = waited_until_ns(c, link);
		slowest = to_ns - from_ns > longest_ns ? link : slowest;
		longest_ns = to_ns - from_ns > longest_ns ? to_ns - from_ns : longest_ns;
		from_ns = from_ns > until_ns ? from_ns : until_ns;
		total_ns += to_ns > from_ns ? to_ns - from_ns : 0;
		until_ns = to_ns > until_ns ? to_ns : until_ns;
	}
	if (slowest == NULL || total_ns < RC_SLOW_NS ||
	    (rc_is_answered(c) && total_ns < (c->to_ns - c->from_ns) / 2) ||
	    (slowest->outcome == RC_OUT_ICMP) != (outcome == RC_OUT_ICMP))
		return RC_CONF_NONE;
	const struct rc_zone_view *z = &c->zones[slowest->zone];
	f->zone = z->name.len > 0 ? &z->name : NULL;
	f->server = &slowest->x->server;
	f->explanation = rc_say(
		c,
		"%s got an answer for %s only after %s of waiting for servers, most of "
		"it for %s%s: too late for %s.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_duration(c, total_ns), rc_say_addr(c, f->server),
		outcome == RC_OUT_ICMP ? ", which the network says is unreachable" : "",
		rc_is_answered(c) ? "the rest of its work" : "the client");
	rc_tell_deaf(c, f);
	rc_prove(c, f, slowest->x, &slowest->name->name, NULL, "the longest wait");
	rc_prove_client(c, f);
	return RC_CONF_LIKELY;
}

/*
 * This one fails soon, others wait in vain for the same: the network may have told this one that
 * nobody is there (ICMP, no route), or it knows from before that no answer comes.
 */
static enum rc_confidence by_anothers_wait(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_others *t = &c->others;
	if (!rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    t->elsewhere_name_ok + t->other_server_ok + t->other_server_cd_ok + t->same_server_ok +
			    t->same_client_ok + t->cd_ok >
		    0 ||
	    !rc_case_do_others_wait(c))
		return RC_CONF_NONE;
	f->server = NULL;
	f->explanation = rc_say(
		c,
		"%s fails for %s soon, and %s waits for an answer to the same question in vain: "
		"perhaps no server can be reached; their own queries are not in the capture.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_addr(c, &t->elsewhere_waited[0]->server));
	rc_prove_client(c, f);
	for (unsigned i = 0; i < t->n_elsewhere_waited; i++)
		rc_prove(c, f, t->elsewhere_waited[i], c->qname, NULL,
			 rc_exchange_answered(t->elsewhere_waited[i])
				 ? "another resolver: SERVFAIL after a long wait"
				 : "another resolver: no answer");
	return RC_CONF_POSSIBLE;
}

/*
 * The client's side alone: a resolver at work takes as long over this name as resolvers
 * take when nobody answers them (PowerDNS 1.5 s and 3 s, Knot Resolver from 2.8 s, BIND 10 s), or stays
 * silent as Unbound does then. BIND's 12 s mean something else: a fetch that waits for itself.
 */
enum rc_confidence rc_by_timing(struct rc_case *c, struct rc_finding *f)
{
	int64_t took_ns = rc_exchange_took_ns(c->x);
	struct rc_hush hush;
	bool served = rc_hosts_served(c->hosts, &c->x->asker, &c->x->server);
	if (c->upstream_visible || (c->ede & ~EDE_NO_SERVER) != 0 ||
	    !rc_flag(&c->x->query, RC_FLAG_RD) ||
	    !(served || rc_flag(&c->x->answer, RC_FLAG_RA) || rc_has_waited_for_others(c)))
		return RC_CONF_NONE;
	if (rc_is_answered(c) && took_ns < RC_SLOW_NS)
		return by_anothers_wait(c, f);
	if (rc_is_answered(c) ? rc_waits_for_itself(took_ns)
			      : c->x->attempts + c->others.silent < 2 || c->others.in_hand ||
					rc_case_hush(c, &hush) || rc_case_is_slow_to_all(c))
		return RC_CONF_NONE;
	f->server = NULL;
	f->explanation =
		rc_is_answered(c)
			? rc_say(c,
				 "%s gave up %s after %s, as long as it takes when no server "
				 "answers; its own queries are not in the capture.",
				 rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				 rc_say_duration(c, took_ns))
			: rc_say(c,
				 "%s answers %s, but not for %s: most likely no server answers it "
				 "in time; its own queries are not in the capture.",
				 rc_say_addr(c, &c->x->server), rc_say_addr(c, &c->x->asker),
				 rc_say_name(c, c->qname));
	rc_prove_self(c, f,
		      rc_is_answered(c) ? "SERVFAIL after a long wait"
					: "no answer to repeated queries");
	return RC_CONF_POSSIBLE;
}

enum rc_confidence rc_by_all_silent(struct rc_case *c, struct rc_finding *f)
{
	uint32_t asked = 0;
	if (c->n_links > 0 || !rc_rcode_is(c, RC_RCODE_SERVFAIL) ||
	    (c->ede & ~RC_EDE(CACHED_ERROR)))
		return RC_CONF_NONE;
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && (h->got_answers > 0 || h->served > 0 || h->asked_rd0 > 0))
			return RC_CONF_NONE;
		asked += h != NULL ? h->asked_rd1 : 0;
	}
	if (asked < ALL_SILENT_MIN)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s gave %s up without asking anybody: none of the %u questions "
				"that it put to servers got an answer.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname), asked);
	rc_prove_self(c, f, "SERVFAIL, and nothing that its server asks is answered");
	return RC_CONF_POSSIBLE;
}

/* Nobody answered the question: there was nothing to validate, whatever the zones above would have made of it. */
static bool is_silence_alone(const struct rc_case *c)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	bool asked = false;
	if (z == NULL || c->final != NULL || z->usable > 0)
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != c->failed_zone)
			continue;
		if (link->outcome != RC_OUT_TIMEOUT && link->outcome != RC_OUT_ICMP)
			return false;
		asked = asked ||
			(link->name->role == RC_ROLE_QUESTION && link->x->qtype == c->x->qtype);
	}
	return asked;
}

bool rc_met_silence_alone(struct rc_case *c)
{
	if (!c->silence_known)
		c->silence_alone = is_silence_alone(c);
	c->silence_known = true;
	return c->silence_alone;
}
