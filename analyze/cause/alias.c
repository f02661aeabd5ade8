/*
 * Aliases that lead nowhere: in circles, on and on, to a name that is too long.
 */
#include "analyze/cause/rule.h"
#include "analyze/cause/witness.h"

#define ALIASES_MAX 64u
#define CHAIN_LONG 8u /* resolvers give up after 11 to 16 */
#define CHAIN_TOO_LONG 11u

/* One alias seen on the way. */
struct alias {
	struct rc_name owner, target;
	const struct rc_exchange *x; /* that showed it */
	const struct rc_name *asked;
};

static size_t read_aliases(const struct rc_msg *answer, const struct rc_exchange *x,
			   const struct rc_name *asked, struct alias *aliases, size_t n)
{
	struct rc_rr_iter it = rc_rr_begin(answer, RC_ANSWER);
	struct rc_rr rr;
	while (n < ALIASES_MAX && rc_rr_next(&it, &rr) && rr.section == RC_ANSWER) {
		struct alias *a = &aliases[n];
		bool known = false;
		if (rr.type != RC_TYPE_CNAME || !rc_rr_owner(answer, &rr, &a->owner) ||
		    !rc_rr_rdata_name(answer, &rr, 0, &a->target))
			continue;
		for (size_t k = 0; k < n && !known; k++)
			known = rc_name_equal(&aliases[k].owner, &a->owner);
		a->x = x;
		a->asked = asked;
		n += !known;
	}
	return n;
}

static size_t collect_aliases(struct rc_case *c, struct alias *aliases)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		bool on_path = link->name->role == RC_ROLE_QUESTION ||
			       link->name->role == RC_ROLE_ALIAS;
		if (on_path && link->answer != NULL && (link->answer->has & RC_HAS_ANSWER_CNAME))
			n = read_aliases(link->answer, link->x, &link->name->name, aliases, n);
	}
	/* What it knows of aliases from before it tells its client, too, as far as it got. */
	if (c->answer != NULL && (c->answer->has & RC_HAS_ANSWER_CNAME))
		n = read_aliases(c->answer, c->x, c->qname, aliases, n);
	/* Its own queries are not in sight: resolvers give their clients the chain as far as they got. */
	const struct rc_record *told = c->upstream_visible ? NULL : c->others.alias_failed;
	const struct rc_msg *answer = n == 0 && told != NULL ? rc_case_decode(c, told) : NULL;
	return answer == NULL
		       ? n
		       : read_aliases(answer, rc_arena_copy(c->arena, &told->x, sizeof told->x),
				      c->qname, aliases, 0);
}

/* The resolver says that it gave up following aliases (BIND, EDE 0). */
static enum rc_confidence gave_up_aliases(struct rc_case *c, struct rc_finding *f)
{
	if (c->final != NULL || c->failed_zone != RC_ZONE_NONE ||
	    !rc_witness_gave_up_aliases(c->answer))
		return RC_CONF_NONE;
	f->explanation = rc_say(c,
				"%s gave up following the aliases of %s, as it says (EDE): they "
				"lead in a circle, or on and on.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "the resolver's EDE");
	f->vague = true;
	return RC_CONF_LIKELY;
}

/* How many aliases lead on from a name, one more than there are if they form a loop; the last of them. */
static size_t follow(const struct alias *aliases, size_t n, const struct rc_name *at,
		     const struct alias **ret_last)
{
	size_t steps = 0;
	for (bool on = true; on && steps <= n;) {
		on = false;
		for (size_t i = 0; i < n && !on; i++) {
			on = rc_name_equal(&aliases[i].owner, at);
			*ret_last = on ? &aliases[i] : *ret_last;
		}
		if (on) {
			at = &(*ret_last)->target;
			steps++;
		}
	}
	return steps;
}

/* One alias leads to the next and back, or the chain does not end. */
static enum rc_confidence test_cname_loop(const struct rc_rule *rule, struct rc_case *c,
					  struct rc_finding *f)
{
	(void)rule;
	bool told = c->answer != NULL && (c->answer->has & RC_HAS_ANSWER_CNAME);
	bool seen = told || c->n_links > 0 ||
		    (!c->upstream_visible && c->others.alias_failed != NULL);
	/* A chain that servers tell to its end may be longer than the resolver cares to follow. */
	bool ends = c->final != NULL;
	bool follows = seen && (!ends || (rc_is_answered(c) && c->others.cd_ok == 0));
	struct alias *aliases = follows ? rc_arena_take(c->arena, ALIASES_MAX * sizeof *aliases)
					: NULL;
	size_t n = aliases == NULL ? 0 : collect_aliases(c, aliases);
	const struct alias *last = NULL;
	size_t steps = follow(aliases, n, c->qname, &last);
	/* What leads there from the question was remembered, of another type's answer. */
	for (size_t i = 0; i < c->n_links && n > 0 && steps == 0; i++)
		if (c->links[i].name->role == RC_ROLE_ALIAS)
			steps = follow(aliases, n, &c->links[i].name->name, &last);
	bool loop = steps > n; /* more steps than aliases: some was taken twice */
	if (!loop && steps < (ends ? CHAIN_TOO_LONG : CHAIN_LONG))
		return gave_up_aliases(c, f);
	f->explanation = rc_say(
		c,
		loop   ? "The aliases of %s lead back to where they began."
		: ends ? "The chain of aliases of %s is longer than resolvers follow."
		       : "The chain of aliases of %s does not end.",
		rc_say_name(c, c->qname));
	const char *fact = loop ? "this CNAME leads back to a name already followed"
				: "yet another CNAME";
	if (last->x != c->x)
		rc_prove(c, f, last->x, last->asked, NULL, fact);
	if (last->x == c->x)
		rc_prove_self(c, f, fact);
	else
		rc_prove_client(c, f);
	f->vague = c->n_links == 0; /* what servers said of it before proves more */
	return loop ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}

/* A DNAME that makes of the name one longer than names may be (RFC 6672 2.2). */
static bool overflows(const struct rc_msg *m, const struct rc_name *qname,
		      struct rc_name *ret_owner, struct rc_name *ret_target)
{
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++) {
		if (rr.section != RC_ANSWER)
			break;
		if (rr.type == RC_TYPE_DNAME && rc_rr_owner(m, &rr, ret_owner) &&
		    rc_rr_rdata_name(m, &rr, 0, ret_target) && rc_name_in(qname, ret_owner) &&
		    qname->len + ret_target->len > RC_NAME_MAX + ret_owner->len)
			return true;
	}
	return false;
}

/* To the client YXDOMAIN, or SERVFAIL where a server of the zone said so to its resolver. */
static enum rc_confidence test_too_long(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	(void)rule;
	struct rc_name *owner = rc_arena_take(c->arena, 2 * sizeof *owner);
	const struct rc_link *link = NULL;
	bool told = rc_rcode_is(c, RC_RCODE_YXDOMAIN), shown;
	if (owner == NULL)
		return RC_CONF_NONE;
	struct rc_name *target = owner + 1;
	shown = c->answer != NULL && overflows(c->answer, c->qname, owner, target);
	for (size_t i = 0; i < c->n_links && !shown; i++) {
		const struct rc_exchange *x = c->links[i].x;
		if (x->answer.rcode != RC_RCODE_YXDOMAIN)
			continue;
		link = &c->links[i];
		shown = link->answer != NULL &&
			overflows(link->answer, &link->name->name, owner, target);
	}
	if (!told && link == NULL && !shown)
		return RC_CONF_NONE;
	if (shown)
		f->zone = owner;
	f->explanation = shown ? rc_say(c,
					"The DNAME of %s points to %s: of %s it makes a name "
					"longer than the 255 octets that a name may have.",
					rc_say_name(c, owner), rc_say_name(c, target),
					rc_say_name(c, c->qname))
			       : rc_say(c,
					"The answer for %s is YXDOMAIN: a DNAME makes of it a name "
					"longer than the 255 octets that a name may have.",
					rc_say_name(c, c->qname));
	if (link != NULL)
		rc_prove(c, f, link->x, &link->name->name, NULL, "YXDOMAIN");
	rc_prove_client(c, f);
	/* RFC 6672 2.2: the zone's server says YXDOMAIN beside that DNAME; without it that may mean anything. */
	bool bare = link != NULL && (link->x->answer.flags & RC_FLAG_AA) &&
		    link->x->answer.counts[0] == 0;
	return shown ? RC_CONF_PROVEN : bare ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "zone.cname_loop",
				.title = "the aliases form a loop",
				.when = "CNAME records that lead back to a name already followed, "
					"or a chain that does not end.",
				RC_TRUTH(
					"CNAME records seen that lead back to a name already "
					"followed.",
					"A chain of eight and more that does not end, or of eleven "
					"and more that does; or the resolver's EDE text says that "
					"it gave up aliases.",
					NULL,
					{"upstream.servfail",
					 "the servers' SERVFAIL holds no alias"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Correct the CNAME records of {qname} so that they end at "
					"a name with data."},
				.next_steps = {"dig {qname} CNAME +norecurse"},
				.reference = "RFC 1034 3.6.2",
			},
		.rank = 280,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE,
		.test = test_cname_loop,
	},
	{
		.cause =
			{
				.slug = "zone.alias_too_long",
				.title = "the alias makes a name that is too long",
				.when = "YXDOMAIN in answer to a query: a DNAME makes of the name "
					"asked for one of more than 255 octets.",
				RC_TRUTH("The DNAME is seen, and what it makes of the name has "
					 "more than 255 octets.",
					 "YXDOMAIN to the client or to its resolver, and the DNAME "
					 "is not seen.",
					 "The zone's own server says YXDOMAIN without any DNAME.",
					 {"update.prerequisite_failed",
					  "YXDOMAIN answers an UPDATE"},
					 {"zone.cname_loop", "the names get longer step by step"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Ask for a shorter name, or give the DNAME of {zone} a "
					"shorter target."},
				.next_steps = {"dig {qname} DNAME +norecurse"},
				.reference = "RFC 6672 2.2",
			},
		.rank = 281,
		.rcodes = RC_ON(RC_RCODE_YXDOMAIN) | RC_ON(RC_RCODE_SERVFAIL),
		.test = test_too_long,
	},
};

const struct rc_rule_family rc_rules_alias = {rules, sizeof rules / sizeof *rules};
