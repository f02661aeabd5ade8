/*
 * What a resolver does by itself.
 */
#include "analyze/cause/alive.h"
#include "analyze/cause/keys.h"
#include "analyze/cause/late.h"
#include "analyze/cause/rule.h"
#include "analyze/infer/delegation.h"
#include "base/time.h"

#define SLOW_NS RC_NS_PER_S   /* an answer that takes longer may come too late */
#define LIMIT_RATE_MIN 12u    /* questions in a second: below that no limit is set */
#define PRIMING_STEPS_MAX 16u /* of what a resolver asked the root */
#define EDE_OF_POLICY \
	(RC_EDE(BLOCKED) | RC_EDE(CENSORED) | RC_EDE(FILTERED) | \
	 RC_EDE(PROHIBITED)) /* no failure, a refusal */
#define SILENT_LOAD_MIN 6u /* many questions for one that drops: Unbound's quotas begin at eight */
#define UNASKED_NS RC_NS_PER_MS       /* a limit that is reached answers in less */
#define NEARBY_NS (50 * RC_NS_PER_MS) /* servers of a network of one's own fail within it */

/*
 * Servers of the zone that the question lies in, as far down as it is known, are known too, and at least one of them works
 * in this capture: of one below a top-level domain, which works for all that is not delegated as well.
 */
static bool zone_works(const struct rc_case *c)
{
	const struct rc_zone_view *zone = NULL;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if (z->known_cut && z->name.labels >= 2 && z->role != RC_ROLE_NAMESERVER &&
		    (zone == NULL || z->name.labels > zone->name.labels))
			zone = z;
	}
	for (size_t k = 0; zone != NULL && k < zone->n_addrs; k++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &zone->addrs[k]);
		if (h != NULL && h->answered_aa > 0)
			return true;
	}
	return false;
}

/*
 * It gave the question up before any server could have let it down. Where it is not seen whom it asks, one nearby may
 * have: within milliseconds, unless it asked nobody.
 */
static bool gave_up_early(const struct rc_case *c)
{
	int64_t took_ns = rc_exchange_took_ns(c->x);
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].outcome != RC_OUT_UNKNOWN &&
		    c->links[i].outcome != RC_OUT_TIMEOUT && c->links[i].outcome != RC_OUT_USABLE)
			return false;
	bool nearby = !c->upstream_visible && rc_rcode_is(c, RC_RCODE_SERVFAIL) &&
		      took_ns >= UNASKED_NS && took_ns < NEARBY_NS;
	return took_ns < RC_EARLY_NS && !nearby;
}

/*
 * It asks somebody for this question: not just about a top-level domain, well answered and with nothing to follow, as it
 * does for itself and for anybody.
 */
static bool asks_for_question(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_followed *name = c->links[i].name;
		if (name->role != RC_ROLE_ANCESTOR || name->name.labels > 1 ||
		    c->links[i].outcome != RC_OUT_USABLE)
			return true;
	}
	return false;
}

/* It drops what it has no room for: nothing is asked for this question, and many others are open. */
static enum rc_confidence drops_unasked(struct rc_case *c, struct rc_finding *f)
{
	bool cached = c->others.same_client_ok + c->others.same_server_ok > 0;
	struct rc_hush hush;
	if (!c->upstream_visible || asks_for_question(c) || cached ||
	    c->x->load < SILENT_LOAD_MIN || !rc_flag(&c->x->query, RC_FLAG_RD) ||
	    c->x->transport != RC_UDP || !rc_case_load_is_at_work(c, c->x->first_ns) ||
	    rc_case_hush(c, &hush) || rc_left_behind_silence(c) != NULL)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s dropped %s without asking anybody, while %u other questions "
				"were open there: it has no room for more.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				c->x->load);
	rc_prove_self(c, f, rc_say(c, "no answer, with %u other questions open", c->x->load));
	return RC_CONF_POSSIBLE;
}

static enum rc_confidence test_overload(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	(void)rule;
	if (!rc_is_answered(c))
		return drops_unasked(c, f);
	enum rc_turns turns = rc_case_turns(c);
	bool by_turns = turns == RC_TURNS_ALL || turns == RC_TURNS_FULL;
	bool earlier = c->others.earlier > 0 && turns != RC_TURNS_FULL;
	if (!rc_flag(&c->x->answer, RC_FLAG_RA) || !rc_flag(&c->x->query, RC_FLAG_RD) ||
	    c->forwarded != NULL || c->final != NULL || c->ede != 0 || earlier ||
	    !rc_case_is_busy(c) || !gave_up_early(c) || !rc_case_load_is_at_work(c, c->x->end_ns))
		return RC_CONF_NONE;
	if (!by_turns && c->server_host != NULL && c->server_host->worked_load >= c->x->load)
		return RC_CONF_NONE; /* it takes as much at other times */
	if (c->server_host != NULL && c->server_host->failed_idle > 0 && !c->upstream_visible)
		return RC_CONF_NONE; /* it fails so for other reasons, which are out of sight */
	c->hangs_on_first = c->hangs_on_first || turns != RC_TURNS_FULL;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c,
		"%s gave up %s after %s, before any server could have failed it, while %u other "
		"questions were open there: a limit on concurrent work is reached.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_duration(c, rc_exchange_took_ns(c->x)), c->x->load);
	rc_prove_self(c, f, rc_say(c, "failed at once with %u other questions open", c->x->load));
	return RC_CONF_POSSIBLE;
}

/* It was asked as much in a second as a limit that is in use lets through. */
static bool is_much_asked(const struct rc_case *c)
{
	struct rc_rate rate;
	return rc_hosts_rate(c->hosts, &c->x->server, &rate) && rate.asked >= LIMIT_RATE_MIN;
}

/* A name never asked before cannot be in the failure cache, and its zone works: what is left is a limit. */
static enum rc_confidence test_rate(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	if (c->n_links > 0 || c->ede != 0 || !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    !c->upstream_visible || c->others.earlier > 0 || !zone_works(c) ||
	    rc_exchange_took_ns(c->x) >= RC_AT_ONCE_NS || !is_much_asked(c))
		return RC_CONF_NONE;
	c->hangs_on_first = true;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s refused to work on %s: it answered SERVFAIL after %s without "
				"asking anybody, for a name new to it in a zone that works.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				rc_say_duration(c, rc_exchange_took_ns(c->x)));
	rc_prove_self(c, f, "SERVFAIL at once for a new name, no query upstream");
	return RC_CONF_POSSIBLE;
}

/* It has asked for the root's servers (RFC 8109), as one does whose cache is empty: it remembers nothing from before. */
static bool has_begun_in_sight(const struct rc_case *c)
{
	static const struct rc_name root = {.len = 1};
	uint64_t hash = rc_name_hash(c->seed, &root);
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], hash,
							  PRIMING_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (r->x.qtype == RC_TYPE_NS && !(r->x.query.flags & RC_FLAG_RD) &&
			    r->x.first_ns < c->x->first_ns)
				return true;
	}
	return false;
}

/* Answered at once, nothing asked: a failure remembered from before the capture. */
static enum rc_confidence test_cached(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	if (c->n_links > 0 || !rc_flag(&c->x->answer, RC_FLAG_RA))
		return RC_CONF_NONE;
	bool said = (c->ede & rule->ede) != 0;
	/* What failed before in sight is remembered from there, whatever it was. */
	bool instant = c->upstream_visible && !rc_case_question_cut(c) && c->others.earlier == 0 &&
		       !(c->ede & EDE_OF_POLICY) && rc_exchange_took_ns(c->x) < RC_AT_ONCE_NS;
	if (!said && (!instant || has_begun_in_sight(c)))
		return RC_CONF_NONE;
	c->hangs_on_first = c->hangs_on_first || !said;
	f->vague = f->generic = said; /* of what it repeats, it says nothing */
	f->server = &c->x->server;
	f->cached = true;
	f->explanation = rc_say(c,
				"%s answered SERVFAIL for %s after %s without asking any server: a "
				"failure it remembers from before; %s.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				rc_say_duration(c, rc_exchange_took_ns(c->x)),
				c->others.earlier == 0
					? "the original is not in the capture"
					: "what caused that one is not known either");
	rc_prove_self(c, f, said ? "EDE 13 (Cached Error)" : "SERVFAIL at once, no query upstream");
	return said && c->others.earlier == 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

/* It asks nobody, others resolve the name meanwhile, and no rate that a limit could be about is near. */
static enum rc_confidence unasked(struct rc_case *c, struct rc_finding *f)
{
	if (!c->upstream_visible || c->others.elsewhere_name_ok == 0 ||
	    c->others.elsewhere_failed > 0 || c->others.same_server_ok > 0 || is_much_asked(c) ||
	    c->ede != 0 || !zone_works(c) || rc_flag(&c->x->query, RC_FLAG_CD) ||
	    rc_exchange_took_ns(c->x) >= RC_AT_ONCE_NS)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c,
		"%s answered SERVFAIL for %s after %s without asking anybody, while other "
		"resolvers resolve it: something of its own keeps it from it.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_duration(c, rc_exchange_took_ns(c->x)));
	rc_prove_self(c, f, "SERVFAIL at once, no query upstream");
	rc_prove(c, f, c->others.elsewhere_example, c->qname, NULL,
		 "another resolver answers for the same name");
	return RC_CONF_POSSIBLE;
}

/* It takes a server for one of the root's that is none. */
static enum rc_confidence by_false_root(struct rc_case *c, struct rc_finding *f,
					const struct rc_exchange *root)
{
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s asks %s as a server of the root, which it is not: the root "
				"hints of %s are wrong, or another answers in the root's place.",
				rc_say_addr(c, &c->x->server), rc_say_addr(c, &root->server),
				rc_say_addr(c, &c->x->server));
	rc_prove_client(c, f);
	rc_prove(c, f, root, NULL, NULL, "asked for the root, and no authority for it");
	return RC_CONF_LIKELY;
}

/* It validates, though it may have to ask some servers as if it did not: those that choke on EDNS. */
static bool has_asked_keys(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && h->asked_keys > 0)
			return true;
	}
	return false;
}

static const struct rc_advice no_servers = {
	.fix = {"Give {resolver} servers to forward to (dnsmasq: server= or resolv-file), or have "
		"it resolve by itself."},
	.next_steps = {"dig @{resolver} {qname} {qtype}"},
};

/* One that offers recursion, asks nobody, and says that it cannot yet: a forwarder without servers (dnsmasq). */
static enum rc_confidence says_not_ready(struct rc_case *c, struct rc_finding *f)
{
	if (!rc_case_has_ede(c, RC_EDE_NOT_READY) || !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    !rc_flag(&c->x->query, RC_FLAG_RD) || rc_exchange_is_transfer(c->x))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->advice = &no_servers;
	f->explanation = rc_say(c,
				"%s offers recursion and says that it is not ready (EDE 14): it "
				"has no server to ask for %s.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "EDE 14 (Not Ready) with RA=1, and nobody is seen to be asked");
	return RC_CONF_LIKELY;
}

static const struct rc_advice no_edns = {
	.fix = {"Let {resolver} ask with EDNS (DO=1), or have it not validate."},
	.next_steps = {"dig @{resolver} {qname} {qtype} +cd"},
};

/* It misses the signatures that it has not asked for, and most of the others resolve the name. */
static enum rc_confidence asks_for_no_signatures(struct rc_case *c, struct rc_finding *f)
{
	if (!rc_case_has_ede(c, RC_EDE_RRSIGS_MISSING) || rc_asks_dnssec(c) || c->lineage_cut ||
	    c->others.elsewhere_ok <= c->others.elsewhere_failed ||
	    !rc_flag(&c->x->answer, RC_FLAG_RA) || (c->x->marks & RC_X_LOST))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->advice = &no_edns;
	f->explanation = rc_say(c,
				"%s misses signatures of %s (EDE 10), and asks for none (DO=0), "
				"while most other resolvers resolve it.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "EDE 10 (RRSIGs Missing)");
	rc_prove(c, f, c->links[0].x, &c->links[0].name->name, NULL, "asked with DO=0");
	rc_prove(c, f, c->others.elsewhere_example, c->qname, NULL,
		 "another resolver answers the same question");
	return RC_CONF_LIKELY;
}

/* The resolver got an answer about where aliases lead to. */
static bool got_target(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link != c->final && link->name->role == RC_ROLE_ALIAS && link->name->wanted &&
		    link->x->qtype == c->x->qtype && link->outcome == RC_OUT_USABLE &&
		    !rc_exchange_refers(link->x))
			return true;
	}
	return false;
}

/*
 * By an alias the answer goes on in another zone: of that resolvers do not take this server's word. They ask the target's
 * own servers, or remember that these are of no use.
 */
static bool goes_on_elsewhere(const struct rc_case *c)
{
	const struct rc_zone_view *z = &c->zones[c->final->zone];
	const struct rc_msg *m = c->final->answer;
	struct rc_name target;
	struct rc_rr rr;
	if (m == NULL || !(m->has & RC_HAS_ANSWER_CNAME) || !z->known_cut || got_target(c))
		return false;
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
		if (rr.section == RC_ANSWER && rr.type == RC_TYPE_CNAME &&
		    rc_rr_rdata_name(m, &rr, 0, &target) && !rc_name_in(&target, &z->name))
			return true;
	return false;
}

/*
 * Its own servers gave it all it needed, nothing in that fails validation, and it says SERVFAIL. A
 * resolver that validates may still have stumbled over a clock, an anchor or keys of its own: unless it
 * has shown that it can validate.
 */
static enum rc_confidence test_internal(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	(void)rule;
	enum rc_confidence said = c->n_links == 0 ? says_not_ready(c, f) : RC_CONF_NONE;
	if (said != RC_CONF_NONE || rc_rcode_is(c, RC_RCODE_REFUSED))
		return said;
	if (c->n_links == 0)
		return unasked(c, f);
	const struct rc_exchange *root = rc_case_false_root(c);
	if (root != NULL)
		return by_false_root(c, f, root);
	said = asks_for_no_signatures(c, f);
	if (said != RC_CONF_NONE)
		return said;
	if (c->final == NULL || rc_link_is_hollow(c->final) || c->lineage_cut ||
	    rc_exchange_took_ns(c->final->x) > SLOW_NS || c->failed_zone != RC_ZONE_NONE ||
	    (c->ede & ~RC_EDE(OTHER)) != 0 || !rc_flag(&c->x->answer, RC_FLAG_RA) ||
	    rc_flag(&c->x->query, RC_FLAG_CD) || c->others.same_server_type_ok > 0)
		return RC_CONF_NONE;
	bool checks = rc_asks_dnssec(c), alone = c->others.elsewhere_ok > 0;
	bool can_check = c->server_host != NULL && c->server_host->answered_ad > 0;
	enum rc_dnssec_status status = checks ? rc_case_dnssec(c)->status : RC_DNSSEC_INSECURE;
	if (status == RC_DNSSEC_BOGUS || status == RC_DNSSEC_INDETERMINATE || goes_on_elsewhere(c))
		return RC_CONF_NONE;
	/* At the time of the packets it does not, and which was that of the traffic nobody knows. */
	bool untimely = checks && (rc_case_dnssec(c)->clock == RC_DNSSEC_CLOCK_ALONE ||
				   rc_case_dnssec(c)->clock == RC_DNSSEC_CLOCK_OFF);
	f->server = &c->x->server;
	f->explanation = rc_say(
		c, "%s answered SERVFAIL for %s though %s had given it a complete answer%s%s.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_addr(c, &c->final->x->server),
		status == RC_DNSSEC_SECURE && !untimely ? " that verifies" : "",
		alone ? ", and other resolvers resolve it" : "");
	rc_prove(c, f, c->final->x, &c->final->name->name, NULL,
		 "a complete answer, before the client got SERVFAIL");
	rc_prove_client(c, f);
	if (alone)
		rc_prove(c, f, c->others.elsewhere_example, c->qname, NULL,
			 "another resolver answers the same question");
	bool waited = c->x->end_ns - c->from_ns >= RC_SLOW_NS; /* it may have waited for somebody */
	/* Without an anchor that holds not even what is unsigned is known to be, and nobody is served. */
	bool serves = c->server_host != NULL && c->server_host->served_checked > 0;
	bool need_not_check = status == RC_DNSSEC_INSECURE &&
			      (serves ? !checks || !rc_distrusts_keys(c)
				      : !checks && !has_asked_keys(c));
	/* What it could check before it cannot with another anchor, clock or DS since. */
	const struct rc_exchange *keys;
	bool rejects = checks &&
		       (rc_distrusted_keys(c) != NULL || rc_distrusted_root_before(c, &keys));
	bool sure = alone && !waited && !untimely && (need_not_check || can_check) && !rejects;
	return sure ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "resolver.overload",
				.title = "the resolver is at its limit",
				.when = "SERVFAIL or REFUSED from a resolver before any server "
					"could have failed it, while many other questions are open "
					"there.",
				RC_TRUTH(NULL, NULL,
					 "SERVFAIL or REFUSED within a second, or silence with "
					 "nothing asked, while many other questions are open at "
					 "the resolver, more than it works on at other times, and "
					 "questions of its own; or REFUSED to several that it has "
					 "served, never with fewer than eight open.",
					 {"upstream.timeout", "the resolver waited as long as it "
							      "does for silent servers"},
					 {"resolver.cached_failure",
					  "the same name failed before, or others fail at once "
					  "where few questions are open"},
					 {"policy.rate_limited",
					  "the name is answered for this client at other times"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Raise the limits of {resolver} (recursive-clients, "
					"fetches-per-zone, dns-forward-max), or find out which "
					"zone or client makes it so busy."},
				.next_steps = {"rndc recursing", "dig @{resolver} {qname} {qtype}"},
				.reference = "RFC 8914 4.15",
			},
		.rank = 215,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_REFUSED) | RC_ON_SILENCE,
		.test = test_overload,
	},
	{
		.cause =
			{
				.slug = "resolver.rate_limited",
				.title = "the resolver limits its work for the zone",
				.when = "SERVFAIL at once, nothing asked upstream, for a name not "
					"asked before in a zone whose servers work, from one that "
					"is "
					"asked much.",
				RC_TRUTH(NULL, NULL,
					 "SERVFAIL at once, nothing asked upstream, for a name new "
					 "to the resolver in a zone that works, with a dozen "
					 "questions "
					 "and more in a second.",
					 {"resolver.cached_failure",
					  "the name or zone failed before"},
					 {"resolver.internal", "few questions are asked, and other "
							       "resolvers resolve the name"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Raise the limit (Unbound: ratelimit, BIND: "
					"fetches-per-zone) if the rate of questions for this zone "
					"is legitimate."},
				.next_steps = {"dig @{resolver} {qname} {qtype}"},
				.reference = "RFC 8914",
			},
		.rank = 590,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL),
		.test = test_rate,
	},
	{
		.cause =
			{
				.slug = "resolver.internal",
				.title = "the resolver fails by itself",
				.when = "SERVFAIL from one resolver after its own upstream servers "
					"gave a complete answer that validates (or needs no "
					"validation), while others resolve the name; or EDE 14 "
					"from one that offers recursion.",
				RC_TRUTH(NULL,
					 "A complete answer came from upstream, it verifies or "
					 "needs not to, another resolver resolves the same, and "
					 "this one is seen to validate (AD=1) or does not; or it "
					 "asks as one of the root's servers one that is none; or "
					 "EDE 14 with RA=1, and nothing asked; or EDE 10 from one "
					 "that asks with DO=0, while others resolve the name.",
					 "The same without another resolver; or SERVFAIL at once "
					 "with nothing asked, while others resolve the name.",
					 {"dnssec.clock_skew", "the resolver never sets AD"},
					 {"resolver.overload", "many questions are open"},
					 {"unknown.no_evidence", "no complete answer was seen"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Look in the log of {resolver} for {qname} at this time; "
					"flush the name from its cache, or restart it."},
				.next_steps = {"dig @{resolver} {qname} {qtype} +cd",
					       "rndc flushname {qname}"},
				.reference = "RFC 8914 4.1",
			},
		.rank = 585,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_REFUSED),
		.test = test_internal,
	},
	{
		.cause =
			{
				.slug = "resolver.cached_failure",
				.title = "answered from the failure cache",
				.when = "SERVFAIL at once with nothing asked upstream, or EDE 13, "
					"and the original failure is not in the capture.",
				RC_TRUTH(NULL,
					 "EDE 13, nothing asked upstream, and the name was not "
					 "asked before.",
					 "SERVFAIL at once with nothing asked upstream; or EDE 13 "
					 "for a name that was asked before.",
					 {"resolver.rate_limited",
					  "the name was never asked before, and its zone works"},
					 {"resolver.overload", "more questions are open than it "
							       "works on at other times"}),
				.responsible = RC_PARTY_NOBODY,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Look for the first failure of {qname} in an earlier "
					"capture; or ask again once the failure cache has "
					"expired."},
				.next_steps = {"dig @{resolver} {qname} {qtype} +cd"},
				.reference = "RFC 9520",
			},
		.rank = 600,
		.flags = RC_RULE_REPEATS,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL),
		.ede = RC_EDE(CACHED_ERROR),
		.test = test_cached,
	},
};

const struct rc_rule_family rc_rules_resolver = {rules, sizeof rules / sizeof *rules};
