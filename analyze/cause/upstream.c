/*
 * Upstream: every server of a zone on the way failed the same way.
 */
#include "analyze/cause/alive.h"
#include "analyze/cause/late.h"
#include "analyze/cause/reply.h"
#include "analyze/cause/retry.h"
#include "analyze/cause/rule.h"
#include "analyze/cause/servers.h"
#include "analyze/cause/tls.h"
#include "analyze/cause/witness.h"
#include "analyze/infer/delegation.h"
#include "base/time.h"

#define OTHERS_STEPS_MAX 32u /* exchanges of one name at one server looked through */

/* All addresses known of its servers are such that no server can be there. */
static bool doubtful_addresses(const struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < z->n_addrs; i++)
		if (!rc_case_addr_is_unroutable(c, z, &z->addrs[i]))
			return false;
	for (size_t i = 0; i < z->n_servers; i++)
		if (!rc_case_addr_is_unroutable(c, z, &z->servers[i].addr))
			return false;
	return z->n_addrs + z->n_servers > 0;
}

/*
 * Some server that left these questions unanswered answered others that were asked later: then it lives, and
 * what it is silent about may be this resolver, this kind of query, or this zone.
 */
static bool is_selective(const struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < z->n_servers; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &z->servers[i].addr);
		if (h != NULL && z->servers[i].count[RC_OUT_TIMEOUT] > 0 &&
		    h->answered_query_ns >= c->from_ns)
			return true;
	}
	return false;
}

/* A server that refuses this resolver answers the same name for somebody else, or says it prohibits it. */
static bool serves_others(struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_msg *m = c->links[i].answer;
		bool refused = c->links[i].zone == c->failed_zone && m != NULL &&
			       c->links[i].outcome == RC_OUT_REFUSED;
		if (refused && (rc_msg_ede_codes(m) & RC_EDE(PROHIBITED)))
			return true;
	}
	for (size_t i = 0; i < z->n_servers; i++) {
		struct rc_chain chain = rc_chain_by_server(c->recorder, &z->servers[i].addr,
							   c->x->name_hash, OTHERS_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (rc_flag(&r->x.answer, RC_FLAG_AA) &&
			    r->x.answer.rcode != RC_RCODE_REFUSED)
				return true;
	}
	return false;
}

/* The resolver says what its servers did to it, and its own queries are not in sight. */
static enum rc_confidence by_witness(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	struct rc_name zone;
	if (c->n_links > 0 || rc_witness_outcome(c->answer) != (enum rc_outcome)rule->param)
		return RC_CONF_NONE;
	if (rc_witness_zone(c->answer, c->qname, &zone))
		f->zone = rc_arena_copy(c->arena, &zone, sizeof zone);
	f->explanation = rc_say(c,
				"%s could not resolve %s and says of the servers that it asked "
				"(EDE): %s; its own queries are not in the capture.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				rule->cause.title);
	rc_prove_self(c, f, "the resolver's EDE");
	f->vague = true;
	return RC_CONF_LIKELY;
}

static bool answers_with_alias(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].zone == c->failed_zone && c->links[i].answer != NULL &&
		    c->links[i].outcome == RC_OUT_SERVFAIL &&
		    (c->links[i].answer->has & RC_HAS_ANSWER_CNAME))
			return true;
	return false;
}

/* A resolver in turn (RA=1) passes on what failed behind it. */
static bool is_passed_on(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].zone == c->failed_zone && c->links[i].outcome == RC_OUT_SERVFAIL &&
		    rc_flag(&c->links[i].x->answer, RC_FLAG_RA))
			return true;
	return false;
}

/* It asks the servers of the failed zone itself, instead of another resolver. */
static bool walks(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].zone == c->failed_zone &&
		    !(c->links[i].x->query.flags & RC_FLAG_RD))
			return true;
	return false;
}

/* It puts one question to the failed zone more than once. */
static bool asks_again(const struct rc_case *c)
{
	const struct rc_link *last = NULL;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != c->failed_zone)
			continue;
		if (link->x->attempts > 1 ||
		    (last != NULL && link->name == last->name && link->x->qtype == last->x->qtype))
			return true;
		last = link;
	}
	return false;
}

/*
 * Only forwarded, by a resolver that walks delegations as well: what it knows of the zone from before may
 * have kept it from that.
 */
static bool walks_too(const struct rc_case *c)
{
	bool referred = false;
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		referred = referred || (h != NULL && h->got_referrals > 0);
	}
	return referred && !walks(c);
}

/* Over UDP nothing is seen to have been asked: a truncated answer, maybe to another address, may be out of sight. */
static bool is_over_tcp_alone(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].zone == c->failed_zone && c->links[i].x->transport != RC_TCP)
			return false;
	return true;
}

/*
 * Resolvers where the zone's servers should be: that is what the delegation names, or what the network puts in the
 * way of all questions. It does the latter where other zones' servers answer so, too.
 */
static enum rc_confidence by_resolvers(struct rc_case *c, struct rc_finding *f)
{
	bool root = c->zones[c->failed_zone].known_cut && c->zones[c->failed_zone].name.labels == 0;
	unsigned here = 0, elsewhere = root;
	for (size_t i = 0; i < c->n_links; i++) {
		bool resolver = rc_exchange_is_of_a_cache(c->links[i].x);
		here += resolver && c->links[i].zone == c->failed_zone;
		elsewhere += resolver && c->links[i].zone != c->failed_zone;
	}
	if (here == 0 || elsewhere == 0)
		return here > 0 ? RC_CONF_LIKELY : RC_CONF_PROVEN;
	f->explanation = rc_say(c,
				"%s Servers of other zones answer as resolvers do (RA=1), too: "
				"something on the way seems to answer in their place.",
				f->explanation);
	return RC_CONF_POSSIBLE;
}

/*
 * It asked one server of the failed zone, has no answer in sight, and asked another of them so soon that it did not wait
 * for one: the answer that sent it on may be out of sight.
 */
static bool went_on_unanswered(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *first = &c->links[i];
		if (first->zone != c->failed_zone || first->outcome != RC_OUT_UNKNOWN ||
		    rc_exchange_answered(first->x))
			continue;
		for (size_t k = i + 1; k < c->n_links; k++)
			if (c->links[k].zone == c->failed_zone && c->links[k].name == first->name &&
			    c->links[k].x->qtype == first->x->qtype &&
			    !rc_addr_equal(&c->links[k].x->server, &first->x->server) &&
			    c->links[k].outcome != RC_OUT_UNKNOWN)
				return true;
	}
	return false;
}

/* What is asked without RD, and handed on so, a resolver may refuse that recurses for others: it is not to be looked into. */
static bool is_refused_a_look(const struct rc_case *c, const struct rc_zone_view *z)
{
	if (rc_flag(&c->x->query, RC_FLAG_RD))
		return false;
	for (size_t i = 0; i < z->n_servers; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &z->servers[i].addr);
		if (h != NULL && h->served > 0)
			return true;
	}
	return false;
}

/* Of the servers that were asked, these ended so: what speaks against that they are why, the most first. */
static enum rc_confidence how_sure(struct rc_case *c, const struct rc_zone_view *z,
				   enum rc_outcome outcome, unsigned these, unsigned all)
{
	bool silent = outcome == RC_OUT_TIMEOUT, nobody = silent || outcome == RC_OUT_ICMP;
	enum rc_confidence by_share = 2 * these >= all ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
	if (nobody && doubtful_addresses(c, z))
		return RC_CONF_LIKELY; /* delegation.glue_unroutable may be nearer the truth */
	/* No resolver gives up on silence so soon after its fetch began, unless it has no room for it. */
	if (silent && rc_is_answered(c) && c->x->end_ns - c->from_ns < RC_SLOW_NS)
		return RC_CONF_POSSIBLE;
	/* Half way along an alias chain they do serve the zone; or it is this one alone that they have not got (zone.not_loaded). */
	if (outcome == RC_OUT_SERVFAIL &&
	    (answers_with_alias(c) || is_passed_on(c) || rc_fail_for_zone_alone(c)))
		return RC_CONF_LIKELY;
	if ((outcome == RC_OUT_REFUSED && serves_others(c, z)) || walks_too(c) ||
	    is_over_tcp_alone(c))
		return RC_CONF_LIKELY;
	enum rc_confidence left = nobody ? rc_left_by_who_lives(c, z, outcome) : RC_CONF_PROVEN;
	if (left == RC_CONF_POSSIBLE)
		return left;
	if (left == RC_CONF_LIKELY || (silent && is_selective(c, z)) || these < all ||
	    c->lineage_cut || (c->x->marks & RC_X_LOST))
		return by_share;
	/* Lame is who was delegated the zone. Where that is not seen, the root's, or somebody in their place, may say so. */
	bool lame = outcome == RC_OUT_REFUSED || outcome == RC_OUT_LAME;
	/* One server of a zone not known, and asked no more than once: who else the resolver knows is not seen. */
	bool lone = silent && z->name.len == 0 && all == 1 && walks(c) && !asks_again(c);
	bool unsure = z->role == RC_ROLE_NAMESERVER || (lame && !z->known_cut) || lone ||
		      (!silent && went_on_unanswered(c));
	return unsure ? RC_CONF_LIKELY : RC_CONF_PROVEN;
}

static enum rc_confidence test_zone(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	unsigned these, all;
	enum rc_outcome outcome = (enum rc_outcome)rule->param;
	enum rc_confidence confidence;
	if (z == NULL && (confidence = rc_by_tls(rule, c, f)) != RC_CONF_NONE)
		return confidence;
	if (z == NULL)
		return by_witness(rule, c, f);
	/* What servers say to a transfer that a resolver hands on is about that, not about their zone. */
	bool transfer = rc_exchange_is_transfer(c->x) && outcome != RC_OUT_TIMEOUT &&
			outcome != RC_OUT_ICMP;
	if (z->count[outcome] == 0 || transfer ||
	    (outcome == RC_OUT_REFUSED && is_refused_a_look(c, z)))
		return RC_CONF_NONE;
	rc_count_servers(z, outcome, &these, &all);
	bool says_wrong = outcome == RC_OUT_REFUSED || outcome == RC_OUT_LAME ||
			  outcome == RC_OUT_SERVFAIL;
	if (these == 0 || (says_wrong && rc_case_false_root(c) != NULL)) /* resolver.internal */
		return RC_CONF_NONE;
	f->zone = z->name.len > 0 ? &z->name : NULL;
	f->server = z->n_servers == 1 ? &z->servers[0].addr : NULL;
	f->explanation = rc_say(c, "No server of %s gave %s a usable answer: %s.",
				rc_say_zone(c, z), rc_say_addr(c, &c->x->server),
				rc_say_servers(c, z, outcome, rule->cause.title));
	rc_prove_zone(c, f, c->failed_zone, outcome);
	if (outcome == RC_OUT_LAME && (confidence = by_resolvers(c, f)) != RC_CONF_PROVEN)
		return confidence;
	if (!c->weighing && outcome == RC_OUT_TIMEOUT)
		rc_tell_deaf(c, f);
	if (!c->weighing) /* told is what was weighed: how sure it is does not change */
		return RC_CONF_PROVEN;
	return how_sure(c, z, outcome, these, all);
}

static enum rc_confidence test_timeout(const struct rc_rule *rule, struct rc_case *c,
				       struct rc_finding *f)
{
	enum rc_confidence confidence = test_zone(rule, c, f);
	if (confidence == RC_CONF_NONE)
		confidence = rc_by_unheard(c, f);
	if (confidence == RC_CONF_NONE)
		confidence = rc_by_all_silent(c, f);
	if (confidence == RC_CONF_NONE)
		confidence = rc_by_silence_before(c, f);
	if (confidence == RC_CONF_NONE)
		confidence = rc_by_slow_servers(c, f, RC_OUT_TIMEOUT);
	return confidence != RC_CONF_NONE ? confidence : rc_by_timing(c, f);
}

/* Asked over TCP at once, by one that remembers that this server truncates. */
static bool truncated_before(const struct rc_case *c, const struct rc_link *link)
{
	const struct rc_host *server = link->outcome == RC_OUT_TCP_FAILED
					       ? rc_hosts_find(c->hosts, &link->x->server)
					       : NULL;
	return server != NULL && server->truncated > 0;
}

/* Truncated over UDP, and TCP does not get through. */
static enum rc_confidence test_tcp(const struct rc_rule *rule, struct rc_case *c,
				   struct rc_finding *f)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	enum rc_confidence confidence = rc_by_failed_retry(c, f);
	bool truncated = false, before = false;
	if (confidence != RC_CONF_NONE || z == NULL || z->count[RC_OUT_TCP_FAILED] == 0)
		return confidence;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		if (c->links[i].zone != c->failed_zone)
			continue;
		truncated = truncated || rc_flag(&x->answer, RC_FLAG_TC) ||
			    (x->marks & RC_X_IS_TC_RETRY);
		before = before || truncated_before(c, &c->links[i]);
	}
	if (!truncated && !before)
		return RC_CONF_NONE;
	confidence = test_zone(rule, c, f);
	return truncated ? confidence : rc_confidence_cap(confidence, RC_CONF_LIKELY);
}

/* It answers the question that was asked, if with other names: most resolvers take that for no records. */
static bool may_be_taken(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_msg *m = c->links[i].answer;
		if (c->links[i].outcome == RC_OUT_MISMATCHED && m != NULL && m->has_question &&
		    m->counts[RC_QUESTION] == 1)
			return true;
	}
	return false;
}

static enum rc_confidence test_mismatched(const struct rc_rule *rule, struct rc_case *c,
					  struct rc_finding *f)
{
	enum rc_confidence confidence = rc_confidence_cap(
		test_zone(rule, c, f), may_be_taken(c) ? RC_CONF_LIKELY : RC_CONF_PROVEN);
	if (confidence == RC_CONF_NONE)
		confidence = rc_by_own_mismatch(c, f);
	if (confidence != RC_CONF_NONE)
		return confidence;
	/* What cannot be read matches nothing either. Resolvers may take some of it all the same. */
	struct rc_rule malformed = {.cause = {.title = "what comes back is malformed"},
				    .param = RC_OUT_MALFORMED};
	if (rc_failed_zone(c) != NULL)
		confidence = rc_confidence_cap(test_zone(&malformed, c, f), RC_CONF_LIKELY);
	return confidence != RC_CONF_NONE ? confidence : rc_by_odd_rcode(c, f);
}

static enum rc_confidence test_fragments(const struct rc_rule *rule, struct rc_case *c,
					 struct rc_finding *f)
{
	enum rc_confidence confidence = test_zone(rule, c, f);
	return confidence != RC_CONF_NONE ? confidence : rc_by_own_fragments(c, f);
}

/* A forwarder that refuses at once what it could send to none of its servers, and says so (dnsmasq). */
static enum rc_confidence could_not_send(struct rc_case *c, struct rc_finding *f)
{
	if (c->n_links > 0 || !rc_rcode_is(c, RC_RCODE_REFUSED) ||
	    !rc_case_has_ede(c, RC_EDE_NETWORK_ERROR) || !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    rc_exchange_took_ns(c->x) >= RC_SOON_NS)
		return RC_CONF_NONE;
	f->explanation = rc_say(c,
				"%s refuses %s at once and says that the network is why (EDE 23): "
				"it has no way to the servers that it forwards to.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "REFUSED with EDE 23 (Network Error), and nobody is seen to be asked");
	return RC_CONF_LIKELY;
}

static enum rc_confidence test_unreachable(const struct rc_rule *rule, struct rc_case *c,
					   struct rc_finding *f)
{
	enum rc_confidence confidence = could_not_send(c, f);
	struct rc_finding scratch = {.evidence = f->evidence};
	if (confidence != RC_CONF_NONE || rc_rcode_is(c, RC_RCODE_REFUSED))
		return confidence;
	confidence = test_zone(rule, c, f);
	if (confidence != RC_CONF_NONE)
		return confidence;
	struct rc_rule tcp = {.cause = rule->cause, .param = RC_OUT_TCP_FAILED};
	if (test_tcp(&tcp, c, &scratch) != RC_CONF_NONE)
		return RC_CONF_NONE;
	/* Who asks over TCP alone may have been told to over UDP, before the capture began. */
	confidence = test_zone(&tcp, c, f);
	if (confidence == RC_CONF_NONE)
		confidence = rc_by_slow_servers(c, f, RC_OUT_ICMP);
	return rc_confidence_cap(confidence, RC_CONF_LIKELY);
}

#define BOTH (RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE)
#define RELAYED (BOTH | RC_ON(RC_RCODE_FORMERR) | RC_ON(RC_RCODE_NOTIMP) | RC_ON(RC_RCODE_REFUSED))

#define ROW(slug_, title_, when_, truth_, party_, fix_, next_, ref_, rank_, flags_, rcodes_, \
	    outcome_, test_) \
	{ \
		.cause = {.slug = slug_, \
			  .title = title_, \
			  .when = when_, \
			  truth_, \
			  .responsible = party_, \
			  .severity = RC_SEVERITY_HIGH, \
			  .fix = {fix_}, \
			  .next_steps = {next_}, \
			  .reference = ref_}, \
		.rank = rank_, .flags = flags_, .rcodes = rcodes_, .param = outcome_, \
		.test = test_, \
	}

static const struct rc_rule rules[] = {
	ROW("upstream.timeout", "no answer came",
	    "Every server of a zone on the way left the resolver's queries unanswered.",
	    RC_TRUTH("Every server of the zone that was asked stayed silent while the resolver "
		     "waited, none of them answered anything asked later, and none that answers "
		     "was left unasked.",
		     "The same, and one of them, or one that was not asked, answers others; or "
		     "half of the servers; or EDE 22 or 23 says so; or the resolver asks over TLS, "
		     "and its connections got no answer meanwhile; or an answer came only after "
		     "such a wait, and the client got none.",
		     "Fewer than half of the servers; or only the time that the resolver took says "
		     "so, or that another took over the same question; or a forwarder fails at "
		     "once, and nothing that it ever asked was answered; or its connections for "
		     "DNS over TLS failed before, or while others live; or nobody is asked, behind "
		     "several questions that the zone's servers left unanswered.",
		     {"upstream.rate_limited",
		      "other questions for the zone are answered meanwhile"},
		     {"upstream.edns_broken", "queries without EDNS are answered"},
		     {"resolver.overload",
		      "the resolver gives up within a second, with many questions open"}),
	    RC_PARTY_SERVER_OPERATOR,
	    "Bring the servers of {zone} back, or mend the network between {resolver} and them.",
	    "dig @{server} {zone} SOA", "RFC 8914 4.23", 450, RC_RULE_SILENCE, BOTH, RC_OUT_TIMEOUT,
	    test_timeout),
	ROW("upstream.unreachable", "the network says it is unreachable",
	    "Every server of a zone on the way is answered for by ICMP unreachable or a TCP reset.",
	    RC_TRUTH("Every server of the zone that was asked ended in ICMP unreachable, or time "
		     "exceeded as in a routing loop.",
		     "Half of the servers did; or all in refused or reset TCP connections; or the "
		     "addresses are special-purpose; or the answer came too late for the client, "
		     "after asking such servers; or the resolver asks over TLS, and its "
		     "connections were refused meanwhile; or a forwarder refuses at once, with EDE "
		     "23; or a server that answers others is not asked, of a family by which the "
		     "resolver asks nobody.",
		     "Fewer than half of the servers did; or one that answers at other times is "
		     "not asked; or its connections for DNS over TLS were refused before, or while "
		     "others live.",
		     {"upstream.timeout", "there is no ICMP, or a server that is silent over UDP "
					  "takes the connection and resets it once it was asked"},
		     {"upstream.tcp_blocked", "UDP is answered, truncated"}),
	    RC_PARTY_SERVER_OPERATOR,
	    "Start the DNS service of {zone} again, or mend routing and firewalls before its "
	    "servers.",
	    "dig @{server} {zone} SOA", "RFC 8914 4.24", 440, 0, BOTH | RC_ON(RC_RCODE_REFUSED),
	    RC_OUT_ICMP, test_unreachable),
	ROW("upstream.servfail", "each answered SERVFAIL",
	    "Every server asked for a zone on the way, or the resolver forwarded to, answered "
	    "SERVFAIL.",
	    RC_TRUTH("Every server of the zone that was asked, or the resolver forwarded to, "
		     "answered SERVFAIL, without any part of an answer.",
		     "Half of the servers did; or they answer a part of an alias chain; or they "
		     "are resolvers (RA=1), that pass on what failed behind them.",
		     "Fewer than half of the servers did.",
		     {"zone.not_loaded", "the servers answer for other zones, or say so (EDE)"},
		     {"zone.cname_loop", "the SERVFAIL holds a chain of aliases"}),
	    RC_PARTY_SERVER_OPERATOR,
	    "Look in the logs of the servers of {zone} why they fail for it.",
	    "dig @{server} {zone} SOA +norecurse", "RFC 8914 4.24", 430, 0, BOTH, RC_OUT_SERVFAIL,
	    test_zone),
	ROW("upstream.formerr", "each answered FORMERR",
	    "Every server of a zone on the way answered FORMERR.",
	    RC_TRUTH("Every server of the zone that was asked answered FORMERR.",
		     "Half of the servers did.", "Fewer than half of the servers did.",
		     {"upstream.edns_broken", "the same without EDNS is answered"}),
	    RC_PARTY_SERVER_OPERATOR,
	    "Update the servers of {zone}: they reject well-formed queries.",
	    "dig @{server} {zone} SOA +norecurse +noedns", "RFC 8914 4.24", 430, 0, RELAYED,
	    RC_OUT_FORMERR, test_zone),
	ROW("upstream.notimp", "each answered NOTIMP",
	    "Every server of a zone on the way answered NOTIMP.",
	    RC_TRUTH("Every server of the zone that was asked answered NOTIMP.",
		     "Half of the servers did.", "Fewer than half of the servers did.",
		     {"unsupported.qtype", "the server is asked directly"},
		     {"upstream.edns_broken", "the same without EDNS is answered"}),
	    RC_PARTY_SERVER_OPERATOR,
	    "Update the servers of {zone}: they do not implement plain queries for {qtype}.",
	    "dig @{server} {qname} {qtype} +norecurse", "RFC 8914 4.24", 430, 0, RELAYED,
	    RC_OUT_NOTIMP, test_zone),
	ROW("upstream.tcp_blocked", "truncated over UDP, and TCP fails",
	    "Answers over UDP are truncated (TC=1), and the TCP connections that follow fail: "
	    "those of the resolver, or of the client itself.",
	    RC_TRUTH("Every server of the zone truncated its answer over UDP, and each TCP "
		     "connection after that failed; or the answer to the client is truncated, and "
		     "its connection right after that failed.",
		     "Half of the servers did; or all did so before, and are asked over TCP at "
		     "once; or the client's connection comes later, or after one SYN.",
		     "Fewer than half of the servers did.",
		     {"upstream.unreachable", "UDP is not answered either"},
		     {"upstream.rate_limited",
		      "the truncated answers are small, and others are whole"}),
	    RC_PARTY_NETWORK,
	    "Let TCP port 53 through between {resolver} and the servers of {zone}.",
	    "dig @{server} {qname} {qtype} +tcp", "RFC 7766", 420, RC_RULE_SILENCE,
	    BOTH | RC_ON(RC_RCODE_NOERROR) | RC_ON(RC_RCODE_NXDOMAIN), RC_OUT_TCP_FAILED, test_tcp),
	ROW("upstream.fragments_lost", "fragments of the replies are lost",
	    "The first fragment of replies is seen, the rest never.",
	    RC_TRUTH("Of every server's reply the first fragment was seen, and never the rest.",
		     "Of half of the servers'; or of the one asked, and its client asked again.",
		     "Of fewer.", {"upstream.timeout", "no fragment comes"},
		     {"unknown.capture_loss", "the sensor dropped packets at the time"}),
	    RC_PARTY_NETWORK,
	    "Let IP fragments through, or set the EDNS buffer size of {resolver} to 1232.",
	    "dig @{server} {qname} {qtype} +dnssec +bufsize=4096", "RFC 9715", 410, RC_RULE_SILENCE,
	    BOTH, RC_OUT_FRAGMENTS, test_fragments),
	ROW("upstream.mismatched_reply", "replies do not match the queries",
	    "Replies come with another ID, question or source address than asked, as queries, or "
	    "malformed, or have an RCODE that fits no query.",
	    RC_TRUTH(
		    "Every server's reply came with another ID, question or source address, or is "
		    "the query sent back; or that of the one asked, and its client asked again.",
		    "Half of the servers' did, or what they sent is malformed, or holds records of "
		    "other names alone, or has an RCODE of "
		    "updates or one that is not assigned; or the one asked "
		    "did, and its client did not ask again.",
		    "Fewer did.", {"upstream.timeout", "no reply comes at all"},
		    {"no_answer.server_silent", "no reply comes at all, and a client asks"}),
	    RC_PARTY_SERVER_OPERATOR,
	    "Find out whether the servers of {zone} are broken or somebody forges their answers.",
	    "dig @{server} {qname} {qtype}", "RFC 5452 9", 410, RC_RULE_ANSWER,
	    BOTH | RC_ON_ODD_RCODES, RC_OUT_MISMATCHED, test_mismatched),
	ROW("delegation.lame_refused", "each refused it",
	    "The servers that a zone is delegated to answer REFUSED for it.",
	    RC_TRUTH("Every delegated server that was asked answered REFUSED.",
		     "Half of them did; or one says EDE 18, or answers the name for others; or the "
		     "delegation is not seen.",
		     "Fewer did.", {"delegation.lame_referral", "they answer, without authority"},
		     {"policy.client_not_allowed",
		      "another asker gets the zone from the same server"},
		     {"upstream.edns_broken", "the same without EDNS is answered"}),
	    RC_PARTY_ZONE_OWNER,
	    "Configure {zone} on its servers, or have the parent delegate to servers that host it.",
	    "dig {zone} NS +trace", "RFC 9499", 430, 0, BOTH | RC_ON(RC_RCODE_REFUSED),
	    RC_OUT_REFUSED, test_zone),
	ROW("delegation.lame_referral", "each is not authoritative for it",
	    "The servers that a zone is delegated to answer without authority: upward or self "
	    "referrals, NOTAUTH, or nothing.",
	    RC_TRUTH("Every delegated server that was asked referred upward or to itself, or "
		     "answered NOTAUTH, or nothing without authority.",
		     "Half of them did; or they answer as resolvers do (RA=1); or the delegation "
		     "is not seen.",
		     "Fewer did; or the servers of other zones answer as resolvers do, too.",
		     {"delegation.lame_refused", "they refuse"}),
	    RC_PARTY_ZONE_OWNER,
	    "Configure {zone} on its servers, or have the parent delegate to servers that host it.",
	    "dig @{server} {zone} SOA +norecurse", "RFC 9499", 430, 0,
	    BOTH | RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_NOTAUTH), RC_OUT_LAME, test_zone),
};

const struct rc_rule_family rc_rules_upstream = {rules, sizeof rules / sizeof *rules};
