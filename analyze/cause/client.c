/*
 * What a server denies one client that others get.
 */
#include "analyze/cause/alive.h"
#include "analyze/cause/asked_server.h"
#include "analyze/cause/late.h"

/* The resolver asked somebody for this question; not just for the same of somebody else, before. */
static bool asked_for_it(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->first_ns >= c->x->first_ns)
			return true;
	return c->n_links > 0 && rc_exchange_took_ns(c->x) >= RC_SOON_NS;
}

/* shown: what its answer to this client proves. */
static enum rc_confidence answers_nothing_but(struct rc_case *c, struct rc_finding *f,
					      const char *rcode, const char *shown)
{
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s answers %s nothing but %s, though it serves others.",
				rc_say_addr(c, &c->x->server), rc_say_addr(c, &c->x->asker), rcode);
	rc_prove_self(c, f, shown);
	rc_prove(c, f, c->others.ok_example, c->qname, NULL,
		 "the same name was answered for another client");
	return RC_CONF_POSSIBLE;
}

/* SERVFAIL at once and without any work, for a name that others get: Knot Resolver's way to drop. */
static enum rc_confidence fails_only(struct rc_case *c, struct rc_finding *f)
{
	bool served = rc_case_is_served(c);
	bool prohibited = rc_case_has_ede(c, RC_EDE_PROHIBITED);
	if (asked_for_it(c) || served || c->others.same_client_ok > 0)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	if (prohibited) {
		f->explanation = rc_say(c, "%s answers %s with SERVFAIL and EDE 18 (Prohibited).",
					rc_say_addr(c, &c->x->server),
					rc_say_addr(c, &c->x->asker));
		rc_prove_self(c, f, "SERVFAIL with EDE 18 (Prohibited), nothing asked upstream");
		if (c->others.same_server_ok == 0)
			return RC_CONF_POSSIBLE;
		rc_prove(c, f, c->others.ok_example, c->qname, NULL,
			 "the same name was answered for another client");
		return RC_CONF_LIKELY;
	}
	if (c->n_links > 0)
		return RC_CONF_NONE;
	if (c->others.same_server_type_ok == 0 || c->others.same_server_failed > 0 ||
	    !c->upstream_visible)
		return RC_CONF_NONE;
	return answers_nothing_but(c, f, "SERVFAIL", "SERVFAIL, and nothing asked upstream");
}

/*
 * FORMERR, without recursion and at once, to a sound question that others get answered with recursion: Unbound 1.17 answers
 * so whom it is to refuse all but its own zones (refuse_non_local).
 */
static enum rc_confidence finds_fault_only(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_msg_facts *q = &c->x->query;
	if (q->fault != RC_FAULT_NONE || c->x->qdcount != 1 || !rc_flag(q, RC_FLAG_RD) ||
	    q->edns_version > 0 || rc_flag(&c->x->answer, RC_FLAG_RA) || c->n_links > 0 ||
	    !rc_server_recurses(c) || rc_case_is_served(c) || c->others.same_client_ok > 0 ||
	    c->others.same_server_alike_ok == 0)
		return RC_CONF_NONE;
	return answers_nothing_but(c, f, "FORMERR", "FORMERR with RA=0 to a well-formed query");
}

/* What it asked since is not answered, or took longer than it takes to leave somebody out. */
static bool waits_for_somebody(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		if (x->first_ns >= c->x->first_ns &&
		    (!rc_exchange_answered(x) || rc_exchange_took_ns(x) >= RC_NS_PER_S))
			return true;
	}
	return false;
}

/*
 * Again and again it leaves out this one, waits for nobody, and goes on answering others. What it asks for the name it asks
 * for them.
 */
static bool is_left_out(const struct rc_case *c)
{
	const struct rc_host *h = c->server_host;
	return !rc_is_answered(c) && c->upstream_visible && c->x->transport == RC_UDP &&
	       c->x->attempts + c->others.silent >= 2 && c->others.same_server_alike_ok > 0 &&
	       h != NULL && h->answered_query_ns > c->x->first_ns &&
	       (c->n_links == 0 || c->final != NULL) && !waits_for_somebody(c) &&
	       !rc_is_ready_too_late(c) && !(c->x->marks & (RC_X_LOST | RC_X_LATE | RC_X_EARLY));
}

/* The client gets some names here, as those of the server's own zones, and is denied what others get. */
static bool is_given_less(struct rc_case *c, struct rc_finding *f)
{
	bool refused = rc_rcode_is(c, RC_RCODE_REFUSED);
	if (!(refused ? c->n_links == 0 : is_left_out(c)) || !rc_flag(&c->x->query, RC_FLAG_RD) ||
	    !rc_case_is_served(c) || c->others.same_server_type_ok == 0 ||
	    c->others.same_client_ok > 0)
		return false;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s answers %s for others and %s %s, which gets other names there: "
				"it may not ask for all of them.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				refused ? "refuses it to" : "leaves it unanswered for",
				rc_say_addr(c, &c->x->asker));
	rc_prove_self(c, f, refused ? "REFUSED" : "no answer, and nobody is waited for");
	rc_prove(c, f, c->others.ok_example, c->qname, NULL,
		 "the same name was answered for another client");
	return true;
}

/* The client is served well by turns, others are refused as well, its question is at work, or it asks as others do not. */
static bool is_not_about_client(const struct rc_case *c)
{
	/* Who does not know a version of EDNS may drop it. */
	if (!rc_is_answered(c) && c->x->query.edns_version > 0)
		return true;
	/* Authoritative servers give some zones to some clients alone. By the same code resolvers mean names, too. */
	bool by_zone = rc_case_has_ede(c, RC_EDE_PROHIBITED) && rc_server_is_authoritative(c) &&
		       !rc_flag(&c->x->answer, RC_FLAG_RA);
	bool served = c->others.same_client_ok > 0 || (rc_case_is_served(c) && !by_zone);
	return (served && !rc_case_is_shut_out(c)) || (c->others.others_refused && !by_zone) ||
	       (!rc_is_answered(c) && (rc_failed_zone(c) != NULL || rc_is_ready_too_late(c)));
}

static enum rc_confidence denies_what_others_get(struct rc_case *c, struct rc_finding *f)
{
	char rcode[RC_CODE_TEXT_MAX];
	rc_prove_self(c, f,
		      rc_is_answered(c)
			      ? rc_say(c, "%s", rc_code_name(&rc_rcodes, c->x->answer.rcode, rcode))
			      : "no answer");
	rc_prove(c, f, c->others.ok_example, c->qname, NULL,
		 "the same name was answered for another client");
	/* Silence proves little where the answer may be missed, where so much is asked, or where others had theirs before. */
	bool flood = c->others.silent >= RC_FLOOD_MIN;
	bool missed = (c->x->marks & (RC_X_LOST | RC_X_AT_END | RC_X_EARLY)) != 0;
	bool before = c->others.ok_example->end_ns < c->x->first_ns;
	/* What a resolver that is not seen at work may wait for in vain, as it did not for them at another time. */
	bool waits = !c->upstream_visible && c->others.got_before == 0;
	if (!rc_is_answered(c) && (missed || flood || before || waits))
		return RC_CONF_POSSIBLE;
	bool served = c->others.same_client_ok > 0 || rc_case_is_served(c);
	return rc_case_has_ede(c, RC_EDE_PROHIBITED) && !served ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}

/* It goes on serving others, and asks nobody for this client. Out of sight it may, in vain: then it is the question. */
static enum rc_confidence leaves_without_answer(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_host *h = c->server_host;
	if (h == NULL || h->served == 0 || h->answered_query_ns <= c->x->first_ns ||
	    rc_is_taken_up(c) || !c->upstream_visible)
		return RC_CONF_NONE;
	rc_prove_self(c, f, "no answer and nobody asked, while the server answers others");
	return RC_CONF_POSSIBLE;
}

/* Nobody is seen to get what it is refused. */
static enum rc_confidence refuses(struct rc_case *c, struct rc_finding *f)
{
	if (rc_case_has_ede(c, RC_EDE_PROHIBITED)) {
		f->explanation = rc_say(
			c, "%s refuses to serve the client %s (EDE 18, Prohibited).",
			rc_say_addr(c, &c->x->server), rc_say_addr(c, &c->x->asker));
		rc_prove_self(c, f, "REFUSED with EDE 18 (Prohibited)");
		/* Offered recursion, it may be the name alone that it is refused: Knot Resolver says so of both. */
		return rc_flag(&c->x->answer, RC_FLAG_RA) && !rc_case_is_refused_more(c)
			       ? RC_CONF_POSSIBLE
			       : RC_CONF_LIKELY;
	}
	if (!rc_flag(&c->x->query, RC_FLAG_RD))
		return RC_CONF_NONE;
	enum rc_confidence recursion = rc_recursion_for_others(c);
	bool seen = recursion == RC_CONF_LIKELY; /* else it is only seen to ask for somebody */
	if (!seen)
		f->explanation = rc_say(c,
					"%s refuses to serve the client %s, though it seems to "
					"resolve names for somebody.",
					rc_say_addr(c, &c->x->server),
					rc_say_addr(c, &c->x->asker));
	rc_prove_self(c, f,
		      seen ? "REFUSED, while the server answers others with recursion"
			   : "REFUSED, by one that asks other servers itself");
	/* Of one name alone it may be what another server, out of sight, has told it. */
	bool name_alone = !rc_case_is_refused_more(c);
	return name_alone ? rc_confidence_cap(recursion, RC_CONF_POSSIBLE) : recursion;
}

/* What only this client is denied: others are served, or EDE 18 says it. */
static enum rc_confidence test_client(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	(void)rule;
	bool answered = rc_is_answered(c);
	/* Who may not ask is told before anybody is asked. */
	bool resolved = answered && c->final != NULL && c->final->x->first_ns >= c->x->first_ns;
	if (rc_exchange_is_transfer(c->x) || rc_relays_upstream(c) || resolved)
		return RC_CONF_NONE;
	if (rc_rcode_is(c, RC_RCODE_SERVFAIL))
		return fails_only(c, f);
	if (rc_rcode_is(c, RC_RCODE_FORMERR))
		return finds_fault_only(c, f);
	/* Knot DNS refuses so; others mean that they do not host the zone. */
	bool may_be_signed = c->x->query.tsig || (c->x->marks & RC_X_CUT) != 0;
	if (rc_rcode_is(c, RC_RCODE_NOTAUTH) && (may_be_signed || c->others.same_server_ok == 0))
		return RC_CONF_NONE;
	if (rc_case_turns(c) != RC_TURNS_NONE)
		return RC_CONF_NONE; /* so it is with what it has room for */
	if (!rc_case_has_ede(c, RC_EDE_PROHIBITED) && rc_case_is_let_in(c))
		return RC_CONF_NONE;
	if (!c->ignored && rc_left_behind_silence(c) != NULL)
		return RC_CONF_NONE; /* nobody gets an answer from there */
	if (is_given_less(c, f))
		return rc_case_has_ede(c, RC_EDE_PROHIBITED) ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s refuses to serve the client %s, though it serves others.",
				rc_say_addr(c, &c->x->server), rc_say_addr(c, &c->x->asker));
	if (c->ignored) {
		rc_prove_self(c, f, "no answer, like the client's other questions here");
		return c->ignored;
	}
	if (is_not_about_client(c) || (!answered && rc_case_is_nobody_answered(c)))
		return RC_CONF_NONE;
	if (answered ? c->others.same_server_ok > 0 : c->others.same_server_alike_ok > 0)
		return denies_what_others_get(c, f);
	return answered ? refuses(c, f) : leaves_without_answer(c, f);
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "policy.client_not_allowed",
				.title = "the client is not allowed to ask this server",
				.when = "REFUSED to this client while the server serves others, or "
					"EDE 18.",
				RC_TRUTH(
					"REFUSED with EDE 18 for a name that the server answers "
					"others, and this client never had an answer.",
					"REFUSED or NOTAUTH or silence for such a name, or silence "
					"to "
					"all that the client asks, what others get among it, while "
					"the server answers them; or "
					"SERVFAIL with EDE 18; or REFUSED all along to a client "
					"that was served before; or REFUSED while the server "
					"recurses for others, of several names; or EDE 18 alone, "
					"or for what others "
					"get to a client that gets other names.",
					"Silence, with nobody asked in sight, while the server "
					"answers others' later questions; SERVFAIL at once, or "
					"FORMERR with RA=0, for what others get; silence for what "
					"they get at other times, where its own queries are not "
					"seen; SERVFAIL with EDE "
					"18; REFUSED by a server that walks delegations, or of one "
					"name alone (by EDE 18 as well, with RA=1), or for what "
					"others get to a client "
					"that gets other names; or silence to such a client, asked "
					"again, with nobody waited for.",
					{"policy.recursion_unavailable", "nobody is served"},
					{"policy.blocked",
					 "other names are answered for this client"},
					{"no_answer.server_silent", "others get no answer either"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Add the network of {client} to the access list of "
					"{server} (allow-query, allow-recursion, access-control), "
					"or point {client} elsewhere."},
				.next_steps = {"dig @{server} {qname} {qtype}"},
				.reference = "RFC 8914 4.19",
			},
		.rank = 220,
		.flags = RC_RULE_CLIENT,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_SERVFAIL) |
			  RC_ON(RC_RCODE_FORMERR) | RC_ON(RC_RCODE_NOTAUTH) | RC_ON_SILENCE,
		.test = test_client,
	},
};

const struct rc_rule_family rc_rules_client = {rules, sizeof rules / sizeof *rules};
