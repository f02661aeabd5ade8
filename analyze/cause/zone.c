/*
 * The zone at its servers: not loaded, different from server to server.
 */
#include "analyze/cause/alive.h"
#include "analyze/cause/asked_server.h"
#include "analyze/cause/rule.h"
#include "analyze/infer/rollover.h"
#include "base/time.h"

#define REFRESH_STEPS_MAX 16u /* of what a resolver asked for a name */

/* Through a resolver: every server of the zone answers SERVFAIL about it, and for what else it is asked well. */
static enum rc_confidence fail_for_it_alone(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	if (!rc_fail_for_zone_alone(c))
		return RC_CONF_NONE;
	f->zone = z->name.len > 0 ? &z->name : NULL;
	f->server = z->n_servers == 1 ? &z->servers[0].addr : NULL;
	f->explanation = rc_say(c,
				"The servers of %s answer SERVFAIL about it, and are "
				"authoritative for other zones, or say so (EDE): it seems that "
				"they have not loaded this one or let it expire.",
				rc_say_zone(c, z));
	rc_prove_zone(c, f, c->failed_zone, RC_OUT_SERVFAIL);
	return RC_CONF_LIKELY;
}

/* Through a resolver: every server of the zone answers SERVFAIL, and one says why. */
static enum rc_confidence servers_say(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	const struct rc_link *proof = NULL;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != c->failed_zone || link->outcome == RC_OUT_UNKNOWN)
			continue;
		if (link->outcome != RC_OUT_SERVFAIL || rc_flag(&link->x->answer, RC_FLAG_RA))
			return RC_CONF_NONE;
		if (link->answer != NULL && (rc_msg_ede_codes(link->answer) & rule->ede))
			proof = link;
	}
	if (proof == NULL || z->name.len == 0 || c->lineage_cut)
		return fail_for_it_alone(c, f);
	f->zone = &z->name;
	f->server = &proof->x->server;
	f->explanation = rc_say(c,
				"The servers of %s answer SERVFAIL and say (EDE) that they have "
				"not loaded the zone or let it expire.",
				rc_say_zone(c, z));
	rc_prove(c, f, proof->x, &proof->name->name, NULL, "SERVFAIL with an EDE that says so");
	rc_prove_zone(c, f, c->failed_zone, RC_OUT_SERVFAIL);
	return RC_CONF_PROVEN;
}

/*
 * It gives clients what it asks others for. The failures of such a one may be its own and have RA=0 all the same: stubby,
 * and dnsdist without a server that lives.
 */
static bool is_proxy(const struct rc_case *c, const struct rc_addr *server)
{
	const struct rc_host *h = rc_hosts_find(c->hosts, server);
	return h != NULL && h->served > 0 && h->answered_aa == 0;
}

/* A resolver whose own queries are not in sight; somebody has asked a server of the zone directly, which fails. */
static enum rc_confidence asked_by_hand(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	const struct rc_failing *failing = NULL;
	for (unsigned n = 0; n < c->qname->labels && failing == NULL; n++) {
		struct rc_name name;
		rc_name_parent(c->qname, n, &name);
		failing = rc_failing_find(c->failing, &name);
	}
	if (failing == NULL || c->upstream_visible || c->others.cd_ok > 0 ||
	    !rc_case_is_near(c, &failing->x) || is_proxy(c, &failing->x.server))
		return RC_CONF_NONE;
	failing = rc_arena_copy(c->arena, failing, sizeof *failing);
	bool said = failing != NULL && (failing->ede & rule->ede) != 0;
	if (failing == NULL)
		return RC_CONF_NONE;
	f->server = &failing->x.server;
	f->explanation = rc_say(
		c,
		"%s cannot resolve %s, and %s, asked directly for %s, answers SERVFAIL without "
		"recursion: it has not loaded the zone or let it expire.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_addr(c, &failing->x.server), rc_say_name(c, &failing->name));
	rc_prove(c, f, &failing->x, &failing->name, NULL,
		 said ? "SERVFAIL with RA=0 and an EDE that says so" : "SERVFAIL with RA=0");
	rc_prove_client(c, f);
	return said ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static bool is_refresh(const struct rc_exchange *x)
{
	return x->qtype == RC_TYPE_SOA || rc_exchange_is_transfer(x);
}

/* Somebody asked this server for it. */
static bool is_asked_of(const struct rc_case *c, const struct rc_addr *server,
			const struct rc_exchange *x)
{
	struct rc_chain chain = rc_chain_by_server(c->recorder, server, x->name_hash,
						   REFRESH_STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (r->x.qtype == x->qtype)
			return true;
	return false;
}

/* A client asked the resolver for it, at whichever of its addresses. */
static bool is_asked_for(const struct rc_case *c, const struct rc_exchange *x)
{
	for (size_t i = 0; i < c->n_resolver; i++)
		if (is_asked_of(c, &c->resolver[i], x))
			return true;
	return false;
}

static bool is_in_vain(const struct rc_exchange *x)
{
	return !rc_exchange_answered(x) || x->answer.rcode != RC_RCODE_NOERROR;
}

/*
 * The latest that was asked from this address, for the name, as a secondary asks its primary (RFC 1035 4.3.5). Who asks
 * other servers for what else is there has no copy, and was led to the SOA by a question for it, or for an alias.
 */
static const struct rc_record *last_refresh(const struct rc_case *c, const struct rc_addr *asker,
					    uint64_t hash)
{
	struct rc_chain chain = rc_chain_by_asker(c->recorder, asker, hash, REFRESH_STEPS_MAX);
	const struct rc_record *r, *refresh = NULL;
	while ((r = rc_chain_next(&chain)) != NULL) {
		bool fetch = !(r->x.query.flags & RC_FLAG_RD);
		if (fetch && !is_refresh(&r->x))
			return NULL;
		if (fetch && refresh == NULL)
			refresh = r;
	}
	return refresh;
}

/*
 * What the resolver asked as a secondary and did not get: no question of a client leads to an SOA of a zone above
 * it. NULL if it has not.
 */
static const struct rc_record *refresh_in_vain(const struct rc_case *c, struct rc_name *ret_zone)
{
	for (unsigned n = 0; n < c->qname->labels; n++) {
		rc_name_parent(c->qname, n, ret_zone);
		uint64_t hash = rc_name_hash(c->seed, ret_zone);
		for (size_t a = 0; a < c->n_resolver; a++) {
			const struct rc_record *r = last_refresh(c, &c->resolver[a], hash);
			if (r != NULL)
				return is_in_vain(&r->x) && !is_asked_for(c, &r->x) ? r : NULL;
		}
	}
	return NULL;
}

/* A resolver that is a secondary of the zone, and has no copy of it. */
static enum rc_confidence of_own_copy(struct rc_case *c, struct rc_finding *f)
{
	struct rc_name zone;
	for (size_t i = 0; i < c->n_links; i++)
		if (!is_refresh(c->links[i].x))
			return RC_CONF_NONE;
	if (c->x->qtype == RC_TYPE_SOA || rc_exchange_took_ns(c->x) >= RC_AT_ONCE_NS)
		return RC_CONF_NONE;
	const struct rc_record *r = refresh_in_vain(c, &zone);
	if (r == NULL)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->zone = rc_arena_copy(c->arena, &zone, sizeof zone);
	f->explanation = rc_say(c,
				"%s answers SERVFAIL at once: it holds a copy of %s itself, and "
				"has not got it from %s.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, &zone),
				rc_say_addr(c, &r->x.server));
	rc_prove_self(c, f, "SERVFAIL at once, and no query upstream for the name");
	rc_prove(c, f, rc_arena_copy(c->arena, &r->x, sizeof r->x), f->zone, NULL,
		 "asks for the zone as a secondary does, in vain");
	return RC_CONF_LIKELY;
}

/* Asked to recurse it fails for names that no zone but the root has in common, and was never seen to be authoritative. */
static bool fails_for_all(const struct rc_case *c)
{
	return rc_flag(&c->x->query, RC_FLAG_RD) && !rc_server_is_authoritative(c) &&
	       rc_failing_is_apart(c->failing, &c->x->server, c->x->first_ns);
}

/* An authoritative server asked directly, which fails for its own zone. */
static enum rc_confidence test_not_loaded(const struct rc_rule *rule, struct rc_case *c,
					  struct rc_finding *f)
{
	if (c->failed_zone != RC_ZONE_NONE)
		return servers_say(rule, c, f);
	if (of_own_copy(c, f) != RC_CONF_NONE)
		return RC_CONF_LIKELY;
	if (rc_flag(&c->x->answer, RC_FLAG_RA))
		return asked_by_hand(rule, c, f);
	if (c->upstream_visible || c->n_links > 0)
		return RC_CONF_NONE;
	bool said = (c->ede & rule->ede) != 0;
	if (!said &&
	    (is_proxy(c, &c->x->server) || fails_for_all(c) || rc_has_waited_for_others(c)))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->zone = c->qname;
	f->explanation = rc_say(c,
				"%s answers SERVFAIL without recursion (RA=0): it is configured "
				"for a zone that holds %s, but has not loaded it or let it expire.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f,
		      said ? "SERVFAIL with RA=0 and an EDE that says so" : "SERVFAIL with RA=0");
	if (said)
		return RC_CONF_PROVEN;
	return rc_server_is_authoritative(c) ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static bool fails_validation(struct rc_case *c)
{
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	return r->n_findings > 0 && r->status != RC_DNSSEC_INSECURE;
}

/*
 * Servers of one zone hand out different versions of it: different serials on the way, or DNSKEY sets by
 * turns. What one version signs another's keys do not verify.
 */
static enum rc_confidence test_serials(const struct rc_rule *rule, struct rc_case *c,
				       struct rc_finding *f)
{
	(void)rule;
	struct rc_rollover r;
	bool checks = rc_asks_dnssec(c) && !rc_flag(&c->x->query, RC_FLAG_CD);
	bool keys = checks && rc_case_rollover(c, &r);
	const struct rc_zone_serials *s = rc_case_serials(c);
	keys = keys && (r.both_alive || s != NULL);
	if (!keys && s == NULL)
		return RC_CONF_NONE;
	f->zone = s != NULL ? rc_arena_copy(c->arena, &s->name, sizeof s->name)
			    : rc_arena_copy(c->arena, &r.zone, sizeof r.zone);
	f->server = s != NULL ? rc_arena_copy(c->arena, &s->older.x.server, sizeof(struct rc_addr))
			      : NULL;
	f->explanation = s != NULL
				 ? rc_say(c,
					  "The servers of %s serve different versions of it: "
					  "serial %u and %u.",
					  rc_say_name(c, f->zone), s->older.value, s->newest.value)
				 : rc_say(c,
					  "The servers of %s serve different versions of it: one "
					  "publishes key %u, the other does not.",
					  rc_say_name(c, f->zone), r.tag);
	if (s != NULL)
		rc_prove_serials(c, f, s);
	if (keys)
		rc_prove(c, f, r.link->x, &r.link->name->name, NULL,
			 rc_say(c, "signed by key %u, which only one of the sets has", r.tag));
	rc_prove_client(c, f);
	return keys || (checks && fails_validation(c)) ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "zone.not_loaded",
				.title = "the server has not loaded its zone",
				.when = "SERVFAIL with RA=0 from a server that was asked directly; "
					"EDE 14 or 24 proves it.",
				RC_TRUTH("SERVFAIL with RA=0 and EDE 14 or 24: to the client "
					 "itself, or to a resolver that all servers of the zone "
					 "answer SERVFAIL.",
					 "SERVFAIL with RA=0 from a server seen answering with AA "
					 "for other zones, to the client or, by all servers of the "
					 "zone, to a resolver; at once from a resolver that asks "
					 "for "
					 "the zone as a secondary does, in vain; or, where a "
					 "resolver's own queries are not in sight, with EDE 14 or "
					 "24 to somebody else.",
					 "SERVFAIL with RA=0, to the client or to somebody else.",
					 {"upstream.servfail",
					  "through a resolver, and the servers are not seen to "
					  "answer for other zones"},
					 {"protocol.edns_unsupported",
					  "the same without EDNS is answered"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Look in the log of {server} why the zone does not load "
					"(syntax, missing file, expired secondary)."},
				.next_steps = {"dig @{server} {qname} SOA +norecurse"},
				.reference = "RFC 8914 4.15, 4.25",
			},
		.rank = 250,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL),
		.ede = RC_NO_ZONE_EDE,
		.test = test_not_loaded,
	},
	{
		.cause =
			{
				.slug = "zone.serial_mismatch",
				.title = "the zone's servers serve different versions",
				.when = "Servers of one zone show different SOA serials, the older "
					"one still after the time a transfer takes.",
				RC_TRUTH(NULL,
					 "Serials that differ, or DNSKEY sets handed out by turns, "
					 "and what one version signs fails with the other's keys; "
					 "for a degraded zone: the older serial still shown "
					 "seconds after the newer.",
					 "Serials that differ, and nothing else explains the "
					 "failure.",
					 {"dnssec.stale_dnskey",
					  "the older set is no longer handed out"},
					 {"dnssec.dnskey_missing", "all servers show one serial"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Find out why {server} does not transfer {zone}: NOTIFY, "
					"access list or TSIG key of the transfer, or a serial that "
					"went backwards."},
				.next_steps = {"dig {zone} +nssearch",
					       "dig @{server} {zone} SOA +norecurse"},
				.reference = "RFC 1034 4.3.5",
			},
		.rank = 282,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_NXDOMAIN) | RC_ON_SILENCE,
		.test = test_serials,
	},
};

const struct rc_rule_family rc_rules_zone = {rules, sizeof rules / sizeof *rules};
