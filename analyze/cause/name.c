/*
 * NXDOMAIN, when it is asked for (--include nxdomain).
 */
#include "analyze/cause/rule.h"
#include "base/time.h"

#define SEARCH_WINDOW_NS (10 * RC_NS_PER_S)

/*
 * A stub appends its search list to what the user typed: the same client asked for a proper beginning
 * of this name (two labels or more) just before or after.
 */
static const struct rc_exchange *find_search_original(struct rc_case *c, struct rc_name *ret_name)
{
	for (unsigned keep = c->qname->labels; keep-- > 2;) {
		struct rc_name suffix, head = *c->qname;
		rc_name_parent(c->qname, keep, &suffix);
		head.len = (uint8_t)(c->qname->len - suffix.len + 1);
		head.wire[head.len - 1] = 0;
		head.labels = (uint8_t)keep;
		uint64_t hash = rc_name_hash(c->seed, &head);
		const struct rc_record *r = rc_recorder_at(
			c->recorder, rc_recorder_newest_by_asker(c->recorder, &c->x->asker, hash));
		if (r != NULL && r->x.name_hash == hash &&
		    rc_addr_equal(&r->x.asker, &c->x->asker) &&
		    r->x.first_ns - c->x->first_ns < SEARCH_WINDOW_NS &&
		    c->x->first_ns - r->x.first_ns < SEARCH_WINDOW_NS) {
			*ret_name = head;
			return &r->x;
		}
	}
	return NULL;
}

static enum rc_confidence test_search(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	(void)rule;
	struct rc_name *head = rc_arena_alloc(c->arena, sizeof *head);
	const struct rc_exchange *original = head == NULL ? NULL : find_search_original(c, head);
	if (original == NULL)
		return RC_CONF_NONE;
	f->explanation = rc_say(c,
				"%s does not exist; %s most likely made it by appending its search "
				"list to %s, which it asked too.",
				rc_say_name(c, c->qname), rc_say_addr(c, &c->x->asker),
				rc_say_name(c, head));
	rc_prove_self(c, f, "NXDOMAIN");
	rc_prove(c, f, original, head, NULL,
		 "the same client asked for the name without the suffix");
	return RC_CONF_LIKELY;
}

/* A resolver's NXDOMAIN, whole, of a name that is no alias on the way to another. */
static bool is_resolvers_own(const struct rc_case *c)
{
	return c->answer != NULL && c->answer->fault == RC_FAULT_NONE &&
	       rc_flag(&c->x->answer, RC_FLAG_RA) && !rc_flag(&c->x->answer, RC_FLAG_TC) &&
	       c->answer->counts[RC_ANSWER] == 0;
}

/* Whose SOA record goes with a denial. */
enum denier {
	DENIER_NONE,
	DENIER_ZONE, /* of a zone above the name */
	DENIER_NAME, /* of the name itself, which would then exist; smartdns has it so of whatever it hands on */
	DENIER_POLICY, /* of one that the name is not in, as that of a response policy zone */
};

/* BIND puts that of a response policy zone into the additional section, by default. */
static enum denier denier_of(const struct rc_case *c, const struct rc_msg *answer)
{
	struct rc_rr_iter it = rc_rr_begin(answer, RC_AUTHORITY);
	struct rc_rr rr;
	struct rc_name owner;
	while (rc_rr_next(&it, &rr))
		if (rr.type == RC_TYPE_SOA && rc_rr_owner(answer, &rr, &owner))
			return rc_name_equal(&owner, c->qname) ? DENIER_NAME
			       : rc_name_in(c->qname, &owner)  ? DENIER_ZONE
							       : DENIER_POLICY;
	return DENIER_NONE;
}

/* It was told so, with authority, or by the SOA record of a zone above the name. */
static bool is_told_so(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (rc_exchange_answered(link->x) && link->x->name_hash == c->x->name_hash &&
		    link->x->answer.rcode == RC_RCODE_NXDOMAIN &&
		    (rc_flag(&link->x->answer, RC_FLAG_AA) ||
		     (link->answer != NULL && denier_of(c, link->answer) == DENIER_ZONE)))
			return true;
	}
	return false;
}

/* It was given, for this very question, what it says there is not; and nobody told it so. */
static bool is_given_otherwise(const struct rc_case *c)
{
	bool given = false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		if (x->name_hash != c->x->name_hash || !rc_exchange_answered(x))
			continue;
		if (x->answer.rcode == RC_RCODE_NXDOMAIN)
			return false;
		given = given || (&c->links[i] == c->final && x->qtype == c->x->qtype &&
				  (x->answer.has & RC_HAS_ANSWER_QTYPE));
	}
	return given;
}

/* Another resolver has the name, or denies it as well (by a SOA record): not the one that this one asked. */
static bool is_said_elsewhere(const struct rc_case *c, uint16_t rcode)
{
	const struct rc_exchange *x = c->others.elsewhere_example;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x == x)
			return false;
	return c->others.elsewhere_ok > 0 && x != NULL && x->answer.rcode == rcode &&
	       (rcode == RC_RCODE_NOERROR || (x->answer.has & RC_HAS_AUTH_SOA));
}

/*
 * No zone denies it (RFC 2308 2.1 wants its SOA record), and the resolver asked nobody about it; or that is not to be
 * seen, but another resolver gives what was asked for.
 */
static bool is_denied_by_nobody(const struct rc_case *c)
{
	bool doubted = c->upstream_visible ? c->n_links == 0
					   : is_said_elsewhere(c, RC_RCODE_NOERROR);
	return !(c->x->answer.has & RC_HAS_AUTH_SOA) && doubted && c->qname->labels > 1;
}

/* The resolver's word alone: no zone's SOA record goes with it, and nobody is seen to have told it so. */
static bool is_bare_word(const struct rc_case *c)
{
	return !is_told_so(c) && !is_said_elsewhere(c, RC_RCODE_NXDOMAIN) && c->qname->labels > 1 &&
	       denier_of(c, c->answer) != DENIER_ZONE;
}

static enum rc_confidence test_blocked(const struct rc_rule *rule, struct rc_case *c,
				       struct rc_finding *f)
{
	f->server = &c->x->server;
	if (c->ede & rule->ede) {
		f->explanation = rc_say(c, "%s says that %s does not exist because it blocks it.",
					rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
		rc_prove_self(c, f, "NXDOMAIN with an EDE that says it is blocked");
		return RC_CONF_PROVEN;
	}
	if (!is_resolvers_own(c))
		return RC_CONF_NONE;
	enum denier denier = denier_of(c, c->answer);
	if (denier != DENIER_POLICY && is_told_so(c))
		return RC_CONF_NONE;
	bool found = is_said_elsewhere(c, RC_RCODE_NOERROR), given = is_given_otherwise(c);
	bool denied = is_said_elsewhere(c, RC_RCODE_NXDOMAIN); /* by a zone, then */
	bool made_up = denier == DENIER_POLICY || (denier == DENIER_NAME && !denied);
	if (!made_up && !given && (denied || !is_denied_by_nobody(c)))
		return RC_CONF_NONE;
	f->explanation = rc_say(
		c, "%s says by itself that %s does not exist: %s.", rc_say_addr(c, &c->x->server),
		rc_say_name(c, c->qname),
		given     ? "it was given what was asked for"
		: made_up ? "the SOA record in its answer is of no zone that could deny it"
		: c->upstream_visible
			? "its answer has no SOA record, and it asked nobody"
			: "its answer has no SOA record, and another gives what was asked for");
	rc_prove_self(c, f,
		      made_up ? "NXDOMAIN with a SOA record of another zone, or of the name itself"
		      : given ? "NXDOMAIN"
			      : "NXDOMAIN without a SOA record");
	if (given)
		rc_prove(c, f, c->final->x, c->qname, NULL, "the answer that it was given");
	/* Out of sight it may repeat what a server of other views denied: dnsmasq does so without the SOA record. */
	bool sure = denier == DENIER_POLICY || given || (found && (made_up || c->upstream_visible));
	return sure ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static enum rc_confidence test_none(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	f->explanation = rc_say(c, "%s does not exist.", rc_say_name(c, c->qname));
	rc_prove_self(c, f, "NXDOMAIN");
	/* That it is blocked would stand last. */
	bool unsure = (c->x->marks & RC_X_CUT) != 0 || (is_resolvers_own(c) && is_bare_word(c));
	return unsure ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "name.search_suffix",
				.title = "a search list made up the name",
				.when = "NXDOMAIN for a name that begins with another name the "
					"same client asked at the time.",
				RC_TRUTH(NULL,
					 "NXDOMAIN for a name that begins with one the same client "
					 "asked within seconds.",
					 NULL, {"name.does_not_exist", "no such name was asked"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_INFO,
				.fix = {"Write names with a trailing dot, or shorten the search "
					"list of {client}."},
				.next_steps = {"cat /etc/resolv.conf"},
				.reference = "RFC 1535",
			},
		.rank = 800,
		.rcodes = RC_ON(RC_RCODE_NXDOMAIN),
		.test = test_search,
	},
	{
		.cause =
			{
				.slug = "name.blocked",
				.title = "the name is blocked",
				.when = "NXDOMAIN with EDE 4, 15, 16, 17 or 18; a resolver's "
					"NXDOMAIN whose SOA record is of no zone that could deny "
					"the name, or that has none though it asked nobody.",
				RC_TRUTH(
					"NXDOMAIN with EDE 4, 15, 16, 17 or 18.",
					"A resolver's NXDOMAIN whose SOA record is of a zone that "
					"the name is not in, or though it was given what was asked "
					"for; one by the SOA record of the name itself, or without "
					"one and without asking anybody, of a name that another "
					"resolver finds.",
					"A resolver's NXDOMAIN by the SOA record of the name "
					"itself, or without one, for which it asked nobody; or of "
					"a name that another resolver finds, where whom it asks is "
					"not seen.",
					{"name.does_not_exist",
					 "there is no such EDE, and a zone above denies it"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_INFO,
				.fix = {"If {qname} should resolve, take it off the block list of "
					"{server}."},
				.next_steps = {"dig @{server} {qname} {qtype}"},
				.reference = "RFC 8914 4.16",
			},
		.rank = 790,
		.rcodes = RC_ON(RC_RCODE_NXDOMAIN),
		.ede = RC_EDE(FORGED_ANSWER) | RC_EDE(BLOCKED) | RC_EDE(CENSORED) |
		       RC_EDE(FILTERED) | RC_EDE(PROHIBITED),
		.test = test_blocked,
	},
	{
		.cause =
			{
				.slug = "name.does_not_exist",
				.title = "the name does not exist",
				.when = "NXDOMAIN.",
				RC_TRUTH(NULL, "NXDOMAIN.",
					 "A resolver's NXDOMAIN without the SOA record of a zone "
					 "above, that no other resolver denies, and of which "
					 "nobody is seen to have told it.",
					 {"name.search_suffix",
					  "the client asked for its beginning too"},
					 {"name.blocked", "an EDE says so"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_INFO,
				.fix = {"Correct the name, or create it in its zone."},
				.next_steps = {"dig {qname} {qtype} +trace"},
				.reference = "RFC 2308",
			},
		.rank = 810,
		.rcodes = RC_ON(RC_RCODE_NXDOMAIN),
		.test = test_none,
	},
};

const struct rc_rule_family rc_rules_name = {rules, sizeof rules / sizeof *rules};
