/*
 * Names that a resolver is told not to give.
 */
#include "analyze/cause/asked_server.h"
#include "analyze/cause/rule.h"
#include "analyze/cause/witness.h"
#include "analyze/pair/chain.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode/rr.h"

#define TOLD_STEPS_MAX 16u /* exchanges looked through for what a resolver was told itself */
/* It failed before, the type is none, or it is about the servers: what they did, and not what it would. */
#define EDE_OF_ELSE \
	(RC_EDE(CACHED_ERROR) | RC_EDE(NOT_SUPPORTED) | RC_EDE(NO_REACHABLE_AUTHORITY) | \
	 RC_EDE(NETWORK_ERROR) | RC_EDE(INVALID_QUERY_TYPE))
#define DROPPED_MIN 2u /* one packet may be lost */

/* Of what the resolver was given for the question nothing can be wrong, as far as DNSSEC goes. */
static bool is_sound(struct rc_case *c)
{
	if (!rc_asks_dnssec(c))
		return true;
	enum rc_dnssec_status status = rc_case_dnssec(c)->status;
	return status == RC_DNSSEC_SECURE || status == RC_DNSSEC_INSECURE;
}

/*
 * It asks for the name and has no sound answer yet, or does not get on with what is above: else what was asked there was
 * for other names.
 */
static bool waits_for_somebody(struct rc_case *c)
{
	if (c->final != NULL && c->failed_zone == RC_ZONE_NONE)
		return !is_sound(c);
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name->role != RC_ROLE_ANCESTOR ||
		    c->links[i].outcome != RC_OUT_USABLE)
			return true;
	return false;
}

/*
 * It drops the name: again and again it leaves it without an answer and waits for nobody, while it answers this client
 * other names, and most of what is asked meanwhile. An answer that it has may fall to a limit of rates instead.
 */
static enum rc_confidence drops_name(struct rc_case *c, struct rc_finding *f)
{
	struct rc_rate r;
	bool seldom = rc_hosts_rate(c->hosts, &c->x->server, &r) && r.asked < RC_FLOOD_MIN;
	if (!c->upstream_visible || waits_for_somebody(c) || !rc_flag(&c->x->query, RC_FLAG_RD) ||
	    c->x->transport != RC_UDP || c->x->attempts + c->others.silent < DROPPED_MIN ||
	    c->others.same_server_ok + c->others.same_client_ok > 0 || !rc_case_is_served(c) ||
	    !rc_case_are_others_answered(c) ||
	    (!seldom && (c->final != NULL || rc_case_load_is_at_work(c, c->x->first_ns))) ||
	    (c->x->marks & (RC_X_LOST | RC_X_LATE)))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->zone = c->qname;
	f->explanation = rc_say(c,
				"%s drops %s: it leaves it unanswered again and again, though it "
				"waits for nobody, while it answers %s other names.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->asker));
	rc_prove_self(c, f, "no answer, and nobody is waited for");
	return RC_CONF_POSSIBLE;
}

static bool gives_private(const struct rc_msg *m)
{
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	struct rc_addr addr;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
		if (rr.section == RC_ANSWER && rc_rr_addr(m, &rr, &addr) &&
		    rc_addr_is_inside(&addr))
			return true;
	return false;
}

/*
 * It had a complete answer, and would not give it: REFUSED says as much. So does a private address in it, which
 * protection against DNS rebinding keeps back (Unbound's private-address, BIND's deny-answer-addresses, Knot Resolver's
 * rebinding).
 */
static enum rc_confidence keeps_back(struct rc_case *c, struct rc_finding *f)
{
	bool has_private = c->final->answer != NULL && gives_private(c->final->answer);
	bool refused = rc_rcode_is(c, RC_RCODE_REFUSED);
	if ((!has_private && !refused) || rc_flag(&c->x->query, RC_FLAG_CD) ||
	    !rc_flag(&c->x->answer, RC_FLAG_RA) || c->others.same_server_type_ok > 0 ||
	    (rc_asks_dnssec(c) && rc_case_dnssec(c)->status == RC_DNSSEC_BOGUS))
		return RC_CONF_NONE;
	f->explanation = rc_say(
		c, "%s keeps %s back, of which it was given a complete answer%s.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		has_private ? " with a private address (protection against DNS rebinding)" : "");
	rc_prove(c, f, c->final->x, &c->final->name->name, NULL,
		 has_private ? "a complete answer, with a private address" : "a complete answer");
	rc_prove_client(c, f);
	return has_private && is_sound(c) ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

/*
 * Some call it blocked when the servers that they ask refuse them: no server of the zone helped, and none says of itself
 * that it blocks the name; or the text says so.
 */
static bool blames_servers(const struct rc_case *c, uint64_t codes)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	if (rc_witness_outcome(c->answer) != RC_OUT_COUNT)
		return true;
	if (!rc_rcode_is(c, RC_RCODE_SERVFAIL) || z == NULL || z->asked == 0 || z->usable > 0)
		return false;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].zone == c->failed_zone &&
		    (rc_msg_ede_codes(c->links[i].answer) & codes) != 0)
			return false;
	return true;
}

/*
 * It says that the name does not exist, by the SOA of a zone that the name does not lie in: no zone says so (RFC 2308
 * 2.1), but policies do; or of one that the name would be the apex of, as some write who hand on what they were told. Behind
 * an alias it is the target that does not exist.
 */
static enum rc_confidence is_made_up(const struct rc_msg *m)
{
	struct rc_rr_iter it = rc_rr_begin(m, RC_AUTHORITY);
	struct rc_rr rr;
	struct rc_name owner;
	if (m->has & RC_HAS_ANSWER_CNAME)
		return RC_CONF_NONE;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
		if (rr.section == RC_AUTHORITY && rr.type == RC_TYPE_SOA &&
		    rc_rr_owner(m, &rr, &owner))
			return rc_name_equal(&owner, &m->qname) ? RC_CONF_POSSIBLE
			       : rc_name_in(&m->qname, &owner)  ? RC_CONF_NONE
								: RC_CONF_LIKELY;
	return RC_CONF_NONE;
}

/* Whoever answered it was told so itself, by a zone. */
static bool is_handed_on(const struct rc_case *c, const struct rc_exchange *x)
{
	struct rc_chain chain = rc_chain_by_asker(c->recorder, &x->server, x->name_hash,
						  TOLD_STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (rc_exchange_answered(&r->x) && r->x.answer.rcode == RC_RCODE_NXDOMAIN &&
		    (r->x.answer.has & RC_HAS_AUTH_SOA))
			return true;
	return false;
}

struct blocked_upstream {
	const struct rc_link *link; /* NULL: none */
	bool said;                  /* by EDE; otherwise by the look of it */
	enum rc_confidence confidence;
};

/*
 * A resolver that it hands its questions to blocks the name, or one above it: what that makes up instead is not signed, and
 * who validates cannot take it. EDE says so, or the look of it.
 */
static struct blocked_upstream find_blocked_upstream(const struct rc_case *c, uint64_t codes)
{
	struct blocked_upstream found = {.confidence = RC_CONF_NONE};
	for (size_t i = 0; i < c->n_links && rc_rcode_is(c, RC_RCODE_SERVFAIL); i++) {
		const struct rc_link *link = &c->links[i];
		uint16_t rcode = link->x->answer.rcode;
		if (link->answer == NULL || link->name->role == RC_ROLE_NAMESERVER ||
		    !rc_flag(&link->x->query, RC_FLAG_RD) ||
		    !rc_flag(&link->x->answer, RC_FLAG_RA) ||
		    (rcode != RC_RCODE_NXDOMAIN && rcode != RC_RCODE_NOERROR))
			continue;
		if (rc_msg_ede_codes(link->answer) & codes)
			return (struct blocked_upstream){link, true, RC_CONF_PROVEN};
		if (found.link != NULL || rcode != RC_RCODE_NXDOMAIN || !link->x->query.do_bit ||
		    (link->answer->has & RC_HAS_DNSSEC))
			continue;
		enum rc_confidence made_up = is_made_up(link->answer);
		if (made_up == RC_CONF_LIKELY ||
		    (made_up == RC_CONF_POSSIBLE && !is_handed_on(c, link->x)))
			found = (struct blocked_upstream){link, false, made_up};
	}
	return found;
}

static enum rc_confidence is_blocked_upstream(const struct blocked_upstream *b, struct rc_case *c,
					      struct rc_finding *f)
{
	const struct rc_link *link = b->link;
	f->server = &link->x->server;
	f->explanation = rc_say(c, "%s, which %s hands its questions to, %s %s by policy.",
				rc_say_addr(c, &link->x->server), rc_say_addr(c, &link->x->asker),
				b->said ? "blocks" : "seems to block",
				rc_say_name(c, &link->name->name));
	rc_prove(c, f, link->x, &link->name->name, NULL,
		 b->said ? "the answer carries an EDE that says it is blocked"
			 : "NXDOMAIN, unsigned, by the SOA of no zone that could say so");
	rc_prove_client(c, f);
	return b->confidence;
}

static enum rc_confidence test_blocked(const struct rc_rule *rule, struct rc_case *c,
				       struct rc_finding *f)
{
	if (rc_relays_upstream(c))
		return RC_CONF_NONE;
	if (!rc_is_answered(c))
		return drops_name(c, f);
	f->server = &c->x->server;
	f->zone = c->qname;
	f->explanation = rc_say(c, "%s blocks %s by policy.", rc_say_addr(c, &c->x->server),
				rc_say_name(c, c->qname));
	bool served = rc_case_is_served(c);
	served = served || c->others.served_refused > 0;
	bool refused_at_once = c->n_links == 0 && served && rc_flag(&c->x->query, RC_FLAG_RD) &&
			       !rc_exchange_is_transfer(c->x) && !(c->ede & EDE_OF_ELSE);
	if (c->ede & rule->ede) {
		if (blames_servers(c, rule->ede))
			return RC_CONF_NONE;
		rc_prove_self(c, f, "the answer carries an EDE that says it is blocked");
		/* Some say so of a client that they do not serve (CoreDNS's acl). */
		return !served && c->others.same_server_ok > 0 ? RC_CONF_POSSIBLE : RC_CONF_PROVEN;
	}
	struct blocked_upstream upstream = find_blocked_upstream(c, rule->ede);
	if (upstream.link != NULL)
		return is_blocked_upstream(&upstream, c, f);
	if (c->final != NULL)
		return keeps_back(c, f);
	/*
	 * Knot Resolver's policy.REFUSE and policy.DROP say EDE 18, for names as for clients: which others get. Access
	 * lists of others say it of the client, to whom they do not offer recursion.
	 */
	if (refused_at_once && c->others.same_server_type_ok == 0 &&
	    rc_case_has_ede(c, RC_EDE_PROHIBITED) && rc_flag(&c->x->answer, RC_FLAG_RA)) {
		rc_prove_self(c, f, "EDE 18 (Prohibited), and nobody is seen to be asked");
		bool given = c->others.same_client_ok > c->others.same_client_types_ok;
		return given ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
	}
	/* No server is without addresses: NOTIMP is a word of dnsdist's rules, or of a hook, for a name. */
	bool notimp = rc_rcode_is(c, RC_RCODE_NOTIMP) &&
		      (c->x->qtype == RC_TYPE_A || c->others.addresses_alike > 0);
	if (!refused_at_once || !(notimp || rc_rcode_is(c, RC_RCODE_REFUSED)) ||
	    !rc_server_recurses(c) || c->others.same_server_ok > 0 ||
	    c->others.same_client_ok > 0 || rc_case_turns(c) != RC_TURNS_NONE)
		return RC_CONF_NONE;
	/* It may have no room: it takes up nothing new while much, or for once something, is open. */
	struct rc_work work = rc_case_work(c, c->x->end_ns);
	bool no_room = work.known && work.open > 1 && c->x->load > 1 && c->others.earlier == 0;
	if (no_room && work.started == 0 && rc_case_is_busy(c))
		return RC_CONF_NONE;
	if (notimp) {
		rc_prove_self(
			c, f,
			c->x->qtype == RC_TYPE_A
				? "NOTIMP to type A, while other names are answered"
				: "NOTIMP, to type A as well, while other names are answered");
		return RC_CONF_POSSIBLE;
	}
	rc_prove_self(c, f,
		      c->upstream_visible
			      ? "REFUSED and nothing asked upstream, while other names are answered"
			      : "REFUSED, while other names are answered");
	/* Out of sight it may have asked somebody, be it nearby, and handed that one's refusal on. */
	bool unseen = !c->upstream_visible;
	/* CoreDNS and dnsdist: no zone or pool of theirs holds the name, or a rule refuses it. */
	bool no_recursion = !rc_flag(&c->x->answer, RC_FLAG_RA);
	return unseen || no_recursion || no_room ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "policy.blocked",
				.title = "the name is blocked by policy",
				.when = "EDE 4, 15, 16 or 17; or one name that a resolver refuses "
					"or drops while it serves others: at once, or for the "
					"answer that it was given.",
				RC_TRUTH(
					"EDE 4, 15, 16 or 17 in the answer, or in one that a "
					"forwarder was given by its resolver.",
					"REFUSED by a resolver, or EDE 18 with RA=1, at once and "
					"with "
					"nothing asked upstream, for a name that nobody gets, "
					"while the client's other names are answered, and no EDE "
					"(13, 21, 22, 23, 30) that says otherwise; or REFUSED or "
					"SERVFAIL by one that was given a sound answer with a "
					"private address; or SERVFAIL by a forwarder that was "
					"given "
					"an unsigned NXDOMAIN by the SOA of no zone that could say "
					"so.",
					"The EDE, to a client that gets nothing while others get "
					"the name; REFUSED by a resolver whose own queries are "
					"not seen, or while others of its questions wait, or "
					"after a complete answer; or with RA=0; NOTIMP to type A; "
					"or several attempts without an answer by one that waits "
					"for nobody, and other names answered between them; or "
					"SERVFAIL by a forwarder that was given an unsigned "
					"NXDOMAIN by the SOA of the name itself.",
					{"policy.client_not_allowed",
					 "none of the client's names is answered"},
					{"policy.recursion_unavailable",
					 "RA=0, and the client gets RA=1 for no name"},
					{"resolver.overload",
					 "nothing new is taken up, and EDE is absent"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_LOW,
				.fix = {"If {qname} should resolve, take it off the block list "
					"(RPZ, local-zone, filter) of {server}."},
				.next_steps = {"dig @{server} {qname} {qtype}"},
				.reference = "RFC 8914 4.16",
			},
		.rank = 202,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_SERVFAIL) |
			  RC_ON(RC_RCODE_NOTIMP) | RC_ON_SILENCE,
		.ede = RC_EDE(FORGED_ANSWER) | RC_EDE(BLOCKED) | RC_EDE(CENSORED) |
		       RC_EDE(FILTERED),
		.test = test_blocked,
	},
};

const struct rc_rule_family rc_rules_blocked = {rules, sizeof rules / sizeof *rules};
