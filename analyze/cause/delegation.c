/*
 * Delegations that lead nowhere: addresses nobody can have, nameserver names without addresses, and
 * zones whose servers can only be found through themselves.
 */
#include "analyze/infer/delegation.h"
#include "analyze/cause/rule.h"
#include "analyze/cause/witness.h"
#include "analyze/infer/zones.h"
#include "base/time.h"

#define AT_ONCE_NS RC_NS_PER_S /* what is told without waiting for a server comes sooner */
#define TLS_STEPS_MAX 64u      /* connections looked at, the latest */
#define FAMILY_ASKED_MIN 2u    /* answers that it got over the one family: that works */

/* A zone on the way whose servers help has addresses in that range too, used or not. */
static bool is_range_of_working_zone(const struct rc_case *c, const struct rc_addr *addr)
{
	int range = rc_addr_special_range(addr);
	for (size_t i = 0; i < c->n_zones; i++)
		for (size_t k = 0; c->zones[i].usable > 0 && k < c->zones[i].n_addrs; k++)
			if (rc_addr_special_range(&c->zones[i].addrs[k]) == range)
				return true;
	return false;
}

/* A server in that range keeps up a connection for DNS over TLS: nobody sees what it answers, but that it does. */
static bool is_range_of_tls_server(const struct rc_case *c, const struct rc_addr *addr)
{
	int range = rc_addr_special_range(addr);
	uint64_t pos = c->tls_pos;
	for (unsigned i = 0; i < TLS_STEPS_MAX; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || r->x.name_hash != RC_TLS_HASH)
			return false;
		if (rc_exchange_answered(&r->x) && rc_addr_special_range(&r->x.server) == range)
			return true;
		pos = r->link;
	}
	return false;
}

/* The zone right above has its servers in that range as well, and they work: all of it is on one host. */
static bool is_range_of_parent(const struct rc_case *c, const struct rc_zone_view *z,
			       const struct rc_addr *addr)
{
	const struct rc_zone_view *parent = NULL;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *p = &c->zones[i];
		if (p->n_addrs + p->n_servers > 0 && p->name.labels < z->name.labels &&
		    rc_name_in(&z->name, &p->name) &&
		    (parent == NULL || p->name.labels > parent->name.labels))
			parent = p;
	}
	for (size_t i = 0; parent != NULL && i < parent->n_addrs + parent->n_servers; i++) {
		const struct rc_addr *a = i < parent->n_addrs
						  ? &parent->addrs[i]
						  : &parent->servers[i - parent->n_addrs].addr;
		const struct rc_host *h = rc_hosts_find(c->hosts, a);
		if (rc_addr_special_range(a) == rc_addr_special_range(addr) && h != NULL &&
		    h->answered > 0)
			return true;
	}
	return false;
}

bool rc_case_addr_is_unroutable(const struct rc_case *c, const struct rc_zone_view *z,
				const struct rc_addr *addr)
{
	if (rc_addr_special(addr) == NULL)
		return false;
	if (rc_addr_is_nowhere(addr))
		return !is_range_of_parent(c, z, addr);
	/* Private and documentation ranges are in use in many networks: does a server in this one answer? */
	return !rc_hosts_range_in_use(c->hosts, addr) && !is_range_of_working_zone(c, addr) &&
	       !is_range_of_tls_server(c, addr);
}

/* The exchange whose answer names the servers of the zone, asked for them or beside what it answers; NULL if there is none. */
static const struct rc_link *names_servers(const struct rc_case *c, const struct rc_name *zone)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_msg *m = c->links[i].answer;
		bool asked = m != NULL && m->qtype == RC_TYPE_NS && (m->has & RC_HAS_ANSWER_QTYPE);
		if (m == NULL || !(asked || (m->has & RC_HAS_AUTH_NS)))
			continue;
		struct rc_rr_iter it = rc_rr_begin(m, asked ? RC_ANSWER : RC_AUTHORITY);
		struct rc_rr rr;
		struct rc_name owner;
		while (rc_rr_next(&it, &rr) && rr.section <= RC_AUTHORITY)
			if (rr.type == RC_TYPE_NS && rc_rr_owner(m, &rr, &owner) &&
			    rc_name_equal(&owner, zone))
				return &c->links[i];
	}
	return NULL;
}

/* Shows the exchange whose answer delegates the zone. */
static void prove_referral(struct rc_case *c, struct rc_finding *f, const struct rc_name *zone,
			   const char *fact)
{
	const struct rc_link *link = names_servers(c, zone);
	if (link != NULL)
		rc_prove(c, f, link->x, &link->name->name, NULL, fact);
}

/* The answer refers to the servers of the zone. */
static bool delegates(const struct rc_link *link, const struct rc_zone_view *z)
{
	struct rc_name target;
	return link->answer != NULL && rc_referral_target(link->answer, &target) &&
	       rc_name_equal(&target, &z->name);
}

/* The snap length cut the delegation: addresses may have been in the rest. */
static bool is_delegation_cut(const struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < c->n_links; i++)
		if ((c->links[i].x->marks & RC_X_CUT) && delegates(&c->links[i], z))
			return true;
	return false;
}

/*
 * The delegation was seen as the parent gives it, and the resolver knows no address that the capture does
 * not show: none of its questions for the zone went to a server of unknown zone.
 */
static bool is_whole(const struct rc_case *c, const struct rc_zone_view *z)
{
	struct rc_book_page page;
	bool seen = rc_book_find(c->book, rc_name_hash(c->seed, &z->name), RC_BOOK_REFERRAL,
				 c->x->first_ns, c->to_ns, &page, 1) > 0;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->superseded)
			continue;
		if (link->zone + 1 == c->n_zones && !rc_exchange_answered(link->x) &&
		    rc_name_in(&link->name->name, &z->name))
			return false;
		seen = seen || delegates(link, z);
	}
	return seen;
}

/* Without exchanges of its own a failure shows nothing new: a remembered verdict says more. */
static enum rc_confidence if_seen(const struct rc_case *c, enum rc_confidence confidence)
{
	return c->n_links > 0 ? confidence : RC_CONF_POSSIBLE;
}

static enum rc_confidence test_glue(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	const struct rc_zone_view *z = rc_zones_unhelpful(c);
	size_t never = 0;
	if (z == NULL || z->n_addrs + z->n_mapped == 0 || is_delegation_cut(c, z))
		return RC_CONF_NONE;
	for (size_t i = 0; i < z->n_addrs; i++)
		if (!rc_case_addr_is_unroutable(c, z, &z->addrs[i]))
			return RC_CONF_NONE;
		else if (rc_addr_is_nowhere(&z->addrs[i]))
			never++;
	const char *what = z->n_addrs == 0 ? "an IPv4-mapped IPv6 address"
					   : rc_say(c, "%s (%s)", rc_say_addr(c, &z->addrs[0]),
						    rc_addr_special(&z->addrs[0]));
	f->zone = &z->name;
	f->server = z->n_addrs == 1 ? &z->addrs[0] : NULL;
	f->explanation = rc_say(
		c, "The delegation of %s gives only addresses where no server can be: %s.",
		rc_say_name(c, &z->name), what);
	prove_referral(c, f, &z->name, rc_say(c, "the delegation gives %s", what));
	rc_prove_client(c, f);
	/* A network may well have private addresses in use, just not in sight. */
	return if_seen(c, never < z->n_addrs ? RC_CONF_LIKELY : RC_CONF_PROVEN);
}

/* The deepest zone known that a name lies in; the root counts too. */
static const struct rc_zone_view *zone_of(const struct rc_case *c, const struct rc_name *name)
{
	const struct rc_zone_view *best = NULL;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if (z->known_cut && z->name.len > 0 && rc_name_in(name, &z->name) &&
		    (best == NULL || z->name.labels > best->name.labels))
			best = z;
	}
	return best;
}

/*
 * Do all ways to an address of its servers lead back to the zone? Every zone is looked at once: an attacker
 * can make delegations fan out.
 */
static bool leads_back(const struct rc_case *c, const struct rc_zone_view *start)
{
	const struct rc_zone_view *reached[RC_LINEAGE_NAMES_MAX];
	size_t n = 0, next = 0;
	bool back = false;
	reached[n++] = start;
	for (; next < n; next++) {
		const struct rc_zone_view *z = reached[next];
		if (z->n_addrs + z->n_mapped > 0 || z->n_ns == 0)
			return false;
		for (size_t i = 0; i < z->n_ns; i++) {
			const struct rc_zone_view *to = zone_of(c, &z->ns[i]);
			bool known = false;
			if (to == NULL)
				return false;
			back = back || to == start;
			for (size_t k = 0; k < n && !known; k++)
				known = reached[k] == to;
			if (!known && n == RC_LINEAGE_NAMES_MAX)
				return false;
			if (!known)
				reached[n++] = to;
		}
	}
	return back;
}

/*
 * Its parent was seen to delegate it, and nobody else was asked about it: a server of its own, that refers
 * to itself, had an address that the capture does not show. A server that no referral or address names for
 * the zone above only looks like the parent.
 */
static enum rc_confidence by_parent(const struct rc_case *c, const struct rc_zone_view *z)
{
	enum rc_confidence confidence = RC_CONF_LIKELY;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		const struct rc_zone_view *asked = link->zone == RC_ZONE_NONE
							   ? NULL
							   : &c->zones[link->zone];
		bool above = asked != NULL && asked->known_cut &&
			     asked->name.labels < z->name.labels &&
			     rc_zone_has_addr(asked, &link->x->server);
		if (link->superseded || !rc_name_in(&link->name->name, &z->name))
			continue;
		if (!above)
			return RC_CONF_POSSIBLE;
		confidence = RC_CONF_PROVEN;
	}
	return confidence;
}

static enum rc_confidence test_loop(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	const struct rc_zone_view *z = rc_zones_unhelpful(c);
	if (z == NULL || z->name.labels == 0 || !is_whole(c, z) || is_delegation_cut(c, z) ||
	    !leads_back(c, z))
		return RC_CONF_NONE;
	f->zone = &z->name;
	f->explanation = rc_say(c,
				"The servers of %s can only be found by asking the servers of %s: "
				"there is no address for %s anywhere above.",
				rc_say_name(c, &z->name), rc_say_name(c, &z->name),
				rc_say_name(c, &z->ns[0]));
	prove_referral(c, f, &z->name, "the delegation, without an address for its servers");
	for (size_t i = 0; i < z->n_ns; i++) {
		const struct rc_zone_view *other = zone_of(c, &z->ns[i]);
		if (other != z)
			prove_referral(c, f, &other->name,
				       "the delegation of the zone its servers' names lie in");
	}
	rc_prove_client(c, f);
	/* What a resolver in the parent's place tells of the delegation may be a part of it. */
	for (size_t i = 0; i < c->n_links; i++)
		if (rc_exchange_is_of_a_cache(c->links[i].x))
			return RC_CONF_POSSIBLE;
	return if_seen(c, by_parent(c, z));
}

static bool asks_over_ipv4(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_resolver; i++)
		if (rc_addr_is_v4(&c->resolver[i]))
			return true;
	return false;
}

#define EDE_REJECTS \
	(RC_EDE(DNSSEC_INDETERMINATE) | RC_EDE(DNSSEC_BOGUS) | RC_EDE(DNSKEY_MISSING) | \
	 RC_EDE(RRSIGS_MISSING))

enum lookup { LOOKUP_NONE, LOOKUP_OPEN, LOOKUP_SILENT, LOOKUP_NEGATIVE, LOOKUP_FAILED };

/*
 * What became of the address lookups for a nameserver's name; open: the resolver did not wait for them, or may have
 * had its other address. Where the delegation was cut, one for AAAA says nothing: an address of IPv4 may have stood there.
 */
static enum lookup lookup_of(const struct rc_case *c, const struct rc_name *ns, bool cut,
			     const struct rc_link **ret_proof)
{
	enum lookup result = LOOKUP_NONE;
	bool asked_v4 = false, nxdomain = false, under_way = false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		bool address = link->x->qtype == RC_TYPE_A ||
			       (link->x->qtype == RC_TYPE_AAAA && !cut);
		if (!address || link->superseded || !rc_name_equal(&link->name->name, ns))
			continue;
		if (!rc_exchange_answered(link->x)) {
			result = result == LOOKUP_NONE ? LOOKUP_SILENT : result;
			continue;
		}
		asked_v4 = asked_v4 || link->x->qtype == RC_TYPE_A;
		nxdomain = nxdomain || link->x->answer.rcode == RC_RCODE_NXDOMAIN;
		bool nodata = link->x->answer.rcode == RC_RCODE_NOERROR &&
			      rc_flag(&link->x->answer, RC_FLAG_AA) &&
			      !rc_flag(&link->x->answer, RC_FLAG_TC) &&
			      link->x->answer.counts[0] == 0;
		if (nxdomain || nodata) {
			*ret_proof = link;
			result = LOOKUP_NEGATIVE;
		} else if (link->outcome == RC_OUT_UNKNOWN) {
			under_way = true;
		} else if (link->outcome != RC_OUT_USABLE && result != LOOKUP_NEGATIVE) {
			*ret_proof = link;
			result = LOOKUP_FAILED;
		}
	}
	/* It may remember an address of IPv4, and look for one of IPv6 only. */
	bool half = result == LOOKUP_NEGATIVE && !nxdomain && !asked_v4 && asks_over_ipv4(c);
	if (!half && (result != LOOKUP_NONE || !under_way))
		return result;
	*ret_proof = NULL;
	return LOOKUP_OPEN;
}

/* Somebody asked one of its servers for the name: it may have been the resolver, by an address not known as its own. */
static bool is_asked_by_any(const struct rc_case *c, const struct rc_zone_view *z)
{
	for (size_t i = 0; i < z->n_addrs; i++) {
		uint64_t pos = rc_recorder_newest_by_server(c->recorder, &z->addrs[i],
							    c->x->name_hash);
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r != NULL && rc_addr_equal(&r->x.server, &z->addrs[i]))
			return true;
	}
	return false;
}

/* All its servers have addresses of one family, and the resolver asks over the other alone. */
static enum rc_confidence by_family(struct rc_case *c, const struct rc_zone_view *z,
				    struct rc_finding *f)
{
	bool v4 = rc_addr_is_v4(&z->addrs[0]);
	unsigned asked = 0;
	for (size_t i = 0; i < z->n_addrs; i++)
		if (rc_addr_is_v4(&z->addrs[i]) != v4)
			return RC_CONF_NONE;
	for (size_t i = 0; i < c->n_resolver; i++)
		if (rc_addr_is_v4(&c->resolver[i]) == v4)
			return RC_CONF_NONE;
	for (size_t i = 0; i < c->n_links; i++)
		asked += rc_exchange_answered(c->links[i].x);
	if (asked < FAMILY_ASKED_MIN || z->n_mapped > 0 || is_asked_by_any(c, z))
		return RC_CONF_NONE;
	f->zone = &z->name;
	f->explanation = rc_say(c,
				"The servers of %s have IPv%u addresses only, and %s is seen to "
				"ask over IPv%u alone.",
				rc_say_name(c, &z->name), v4 ? 4 : 6, rc_say_addr(c, &c->x->server),
				v4 ? 6 : 4);
	prove_referral(c, f, &z->name, "the delegation, with addresses of one family only");
	rc_prove_client(c, f);
	return RC_CONF_POSSIBLE;
}

/* The keys of the zone that the nameserver's name lies in, asked for on the way to its address; NULL if that was asked for. */
static const struct rc_link *keys_above(const struct rc_case *c, const struct rc_name *ns)
{
	const struct rc_link *keys = NULL;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->superseded || !rc_name_in(ns, &link->name->name))
			continue;
		if (rc_name_equal(ns, &link->name->name))
			return NULL;
		if (link->x->qtype == RC_TYPE_DNSKEY && link->outcome == RC_OUT_USABLE &&
		    !rc_name_in(c->qname, &link->name->name) &&
		    (keys == NULL || link->name->name.labels > keys->name->name.labels))
			keys = link;
	}
	return keys;
}

static const struct rc_advice mend_zone_of_servers = {
	.fix = {"Mend DNSSEC of the zone that the servers of {zone} are named in, or name others."},
	.next_steps = {"dig {zone} NS +trace", "dig {zone} NS +short | xargs -n1 delv"},
};

const struct rc_link *rc_case_keys_of_servers(const struct rc_case *c)
{
	const struct rc_zone_view *z = c->ede & EDE_REJECTS ? rc_zones_unhelpful(c) : NULL;
	const struct rc_link *keys = NULL;
	if (z == NULL || z->asked > 0 || z->n_ns == 0 || z->name.labels == 0)
		return NULL;
	for (size_t i = 0; i < z->n_ns; i++)
		if ((keys = keys_above(c, &z->ns[i])) == NULL)
			return NULL;
	return keys;
}

/* Knot Resolver takes no address out of a zone that fails validation, and says that of the question. */
static enum rc_confidence by_keys(struct rc_case *c, const struct rc_zone_view *z,
				  const struct rc_link *keys, struct rc_finding *f)
{
	f->zone = &z->name;
	f->explanation = rc_say(
		c,
		"The servers of %s are named in %s: %s asked for the keys of that zone, went no "
		"further, and says that validation fails: it takes no addresses from there.",
		rc_say_name(c, &z->name), rc_say_name(c, &keys->name->name),
		rc_say_addr(c, &c->x->server));
	f->advice = &mend_zone_of_servers;
	prove_referral(c, f, &z->name, "the delegation, to names in another zone");
	rc_prove(c, f, keys->x, &keys->name->name, NULL, "the keys, and no address asked for");
	rc_prove_client(c, f);
	return RC_CONF_LIKELY;
}

static enum rc_confidence test_names(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	(void)rule;
	const struct rc_zone_view *z = rc_zones_unhelpful(c);
	unsigned negative = 0, failed = 0, silent = 0, open = 0;
	const struct rc_link *keys = rc_case_keys_of_servers(c);
	if (keys != NULL)
		return by_keys(c, z, keys, f);
	if (z != NULL && z->n_addrs > 0)
		return by_family(c, z, f);
	/* Where the root's servers are resolvers know from their hints. */
	if (z == NULL || z->n_mapped > 0 || z->n_ns == 0 || z->name.labels == 0)
		return RC_CONF_NONE;
	/* A server that has the zone above as well need not refer to this one: what the zone says of itself counts. */
	bool whole = is_whole(c, z), cut = is_delegation_cut(c, z);
	if (!whole && names_servers(c, &z->name) == NULL)
		return RC_CONF_NONE;
	prove_referral(c, f, &z->name,
		       whole ? "the delegation, without an address for its servers"
			     : "the zone's own NS records, without an address for its servers");
	for (size_t i = 0; i < z->n_ns; i++) {
		const struct rc_link *proof = NULL;
		enum lookup lookup = lookup_of(c, &z->ns[i], cut, &proof);
		open += lookup == LOOKUP_OPEN;
		negative += lookup == LOOKUP_NEGATIVE;
		failed += lookup == LOOKUP_FAILED;
		silent += lookup == LOOKUP_SILENT;
		if (proof != NULL)
			rc_prove(c, f, proof->x, &proof->name->name, NULL,
				 lookup == LOOKUP_NEGATIVE
					 ? "this nameserver name has no address"
					 : "this nameserver name could not be looked up");
	}
	rc_prove_client(c, f);
	f->zone = &z->name;
	f->explanation = rc_say(c, "The names of the servers of %s have no addresses: %s%s.",
				rc_say_name(c, &z->name), rc_say_name(c, &z->ns[0]),
				z->n_ns > 1 ? " and the others" : "");
	if (cut || !whole) /* addresses and further names may stand elsewhere */
		return negative == z->n_ns ? if_seen(c, RC_CONF_LIKELY) : RC_CONF_NONE;
	if (negative == z->n_ns)
		return if_seen(c, RC_CONF_PROVEN);
	if (negative + failed > 0)
		return open == 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
	/* Nothing looked up: it has known so for a while, and says so at once. */
	bool at_once = rc_exchange_took_ns(c->x) < AT_ONCE_NS;
	return silent > 0 || (at_once && open == 0) ? RC_CONF_POSSIBLE : RC_CONF_NONE;
}

#define BOTH (RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE)

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "delegation.glue_unroutable",
				.title = "the delegation gives impossible addresses",
				.when = "All addresses of a zone's servers are special-purpose "
					"(RFC 6890), in a range where nothing answers in this "
					"capture.",
				RC_TRUTH("All addresses of the zone's servers are of ranges where "
					 "nothing can answer.",
					 "All are special-purpose, and nothing of their ranges "
					 "answers in this capture.",
					 "The failure is answered without anything asked.",
					 {"upstream.timeout", "an ordinary address is among them"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Have the parent of {zone} delegate to public addresses of "
					"its servers."},
				.next_steps = {"dig {zone} NS +trace"},
				.reference = "RFC 6890",
			},
		.rank = 400,
		.rcodes = BOTH,
		.test = test_glue,
	},
	{
		.cause =
			{
				.slug = "delegation.loop",
				.title = "the delegation needs itself",
				.when = "The names of a zone's servers lie in the zone itself, or "
					"in one that needs it, and no address is given above.",
				RC_TRUTH("The delegations seen give names inside of each other's "
					 "zones only, and no address, and all questions for the "
					 "zone went to servers above it.",
					 "The same, but no question for the zone was seen.",
					 "Somebody else was asked too, so an address may have been "
					 "known before the capture began; or the failure is "
					 "answered without anything asked; or the delegation was "
					 "told by a resolver (RA=1).",
					 {"delegation.ns_unresolvable",
					  "the names lie in a zone that can be asked"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Have the parent of {zone} publish glue (A, AAAA) for its "
					"servers, or name servers outside of it."},
				.next_steps = {"dig {zone} NS +trace +additional"},
				.reference = "RFC 9471",
			},
		.rank = 401,
		.rcodes = BOTH,
		.test = test_loop,
	},
	{
		.cause =
			{
				.slug = "delegation.ns_unresolvable",
				.title = "the servers' names have no addresses",
				.when = "A delegation without glue, and the address lookups for "
					"its nameserver names answered NXDOMAIN or empty, or "
					"failed.",
				RC_TRUTH("The delegation gives no address, and each name's lookup "
					 "was answered NXDOMAIN or empty.",
					 "Some lookups were, or failed; or all were, and what is "
					 "seen are the zone's own NS records instead of a "
					 "delegation; or the resolver asked for the keys of the "
					 "zone that the names lie in, and no further, and says "
					 "(EDE) that validation fails.",
					 "No lookup was answered, or none seen and the failure "
					 "came at once; or all addresses are of a family, IPv4 or "
					 "IPv6, that the resolver does not have.",
					 {"delegation.loop",
					  "the names can only be looked up in the zone itself"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Correct the nameserver names in the delegation of {zone}, "
					"or give them addresses."},
				.next_steps = {"dig {zone} NS +trace"},
				.reference = "RFC 1912 2.8",
			},
		.rank = 402,
		.rcodes = BOTH,
		.test = test_names,
	},
};

const struct rc_rule_family rc_rules_delegation = {rules, sizeof rules / sizeof *rules};
