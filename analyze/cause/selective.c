/*
 * Servers that live, and let this kind of query or this resolver down: EDNS they cannot stand, a rate
 * they do not serve.
 */
#include "analyze/cause/alive.h"
#include "analyze/cause/rule.h"
#include "analyze/infer/contrast.h"
#include "base/time.h"

#define NEAR_NS (5 * RC_NS_PER_S) /* a limiter's state is forgotten after some seconds */
#define SCAN_MAX 384u             /* records after the first unanswered one looked through */
#define OTHERS_MIN 10u            /* questions to other servers: so many show what is lost */
#define RUN_MIN 24u               /* questions: three of four lost make no such run */
#define LOST_MIN 2u               /* questions to other servers: one may be lost any time */
#define CERTAIN_MIN 3u            /* with the trait failed, without worked: no accident any more */
/* By these a resolver says that what it was given had to be signed. */
#define EDE_UNSIGNED (RC_EDE(DNSKEY_MISSING) | RC_EDE(RRSIGS_MISSING) | RC_EDE(NSEC_MISSING))

/* The zone holds a DS at its parent: then a resolver that validates cannot do without EDNS. */
static bool has_ds(struct rc_case *c, const struct rc_name *zone)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_msg *m = c->links[i].answer;
		if (m == NULL || c->links[i].again)
			continue;
		struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
		struct rc_rr rr;
		struct rc_name owner;
		for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
			if (rr.type == RC_TYPE_DS && rc_rr_owner(m, &rr, &owner) &&
			    rc_name_equal(&owner, zone))
				return true;
	}
	return false;
}

static const char *trait_text(struct rc_case *c, uint64_t trait)
{
	char code[RC_CODE_TEXT_MAX];
	if (trait == RC_TRAIT_EDNS)
		return "EDNS (an OPT record)";
	if (trait == RC_TRAIT_DO)
		return "the DO bit";
	return rc_say(c, "the EDNS option %s",
		      rc_code_name(&rc_options, (uint16_t)__builtin_ctzll(trait), code));
}

/* Where to look: the zone that failed; else one that answers only without what validation needs. */
static size_t suspect_zone(struct rc_case *c)
{
	if (c->failed_zone != RC_ZONE_NONE)
		return c->failed_zone;
	size_t deepest = RC_ZONE_NONE;
	for (size_t i = 0; i < c->n_zones; i++) {
		const struct rc_zone_view *z = &c->zones[i];
		if (z->known_cut && z->role != RC_ROLE_NAMESERVER && z->name.labels > 0 &&
		    (deepest == RC_ZONE_NONE || z->name.labels > c->zones[deepest].name.labels))
			deepest = i;
	}
	if (deepest == RC_ZONE_NONE)
		return RC_ZONE_NONE;
	bool is_signed = (c->ede & EDE_UNSIGNED) || has_ds(c, &c->zones[deepest].name);
	return is_signed ? deepest : RC_ZONE_NONE;
}

/* Every server asked says that it does not know the EDNS version: there is none below 0. */
static const struct rc_link *refuses_version_0(const struct rc_case *c)
{
	const struct rc_link *proof = NULL;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != c->failed_zone || link->outcome == RC_OUT_UNKNOWN)
			continue;
		if (link->x->answer.rcode != RC_RCODE_BADVERS || link->x->query.edns_version != 0)
			return NULL;
		proof = link;
	}
	return proof;
}

/* The resolver's own exchange is the one that failed: its clients are not in sight. */
static enum rc_confidence by_itself(struct rc_case *c, struct rc_finding *f)
{
	if (!c->x->query.edns || c->x->query.edns_version != 0 ||
	    rc_flag(&c->x->query, RC_FLAG_RD) || rc_flag(&c->x->answer, RC_FLAG_RA))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s answers BADVERS to EDNS version 0, which every server that "
				"knows EDNS must take.",
				rc_say_addr(c, &c->x->server));
	rc_prove_self(c, f, "BADVERS to EDNS version 0");
	return RC_CONF_PROVEN;
}

static enum rc_confidence test_edns(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	struct rc_contrast k;
	bool handed_on = rc_rcode_is(c, RC_RCODE_BADVERS);
	if (handed_on && c->n_links == 0)
		return by_itself(c, f);
	size_t zone = suspect_zone(c);
	if (zone == RC_ZONE_NONE)
		return RC_CONF_NONE;
	const struct rc_zone_view *z = &c->zones[zone];
	const struct rc_link *badvers = zone == c->failed_zone ? refuses_version_0(c) : NULL;
	f->zone = z->name.len > 0 ? &z->name : NULL;
	if (badvers != NULL) {
		f->server = &badvers->x->server;
		f->explanation = rc_say(c,
					"The servers of %s answer BADVERS to EDNS version 0, which "
					"every server that knows EDNS must take.",
					rc_say_zone(c, z));
		rc_prove_zone(c, f, zone, RC_OUT_OTHER_RCODE);
		return RC_CONF_PROVEN;
	}
	if (handed_on || !rc_contrast_find(c, zone, &k))
		return RC_CONF_NONE;
	f->server = &k.works->server;
	f->explanation = rc_say(c,
				"The servers of %s fail every query that carries %s (%u of %u, %s) "
				"and answer without it.",
				rc_say_zone(c, z), trait_text(c, k.trait), k.failed, k.failed,
				rc_outcome_word(k.fails->outcome));
	rc_prove(c, f, k.works, k.works_name, NULL,
		 rc_say(c, "answered: the query is without %s", trait_text(c, k.trait)));
	rc_prove_zone(c, f, zone, k.fails->outcome);
	return k.interleaved && k.failed >= CERTAIN_MIN && k.worked > 1 && k.trait != RC_TRAIT_DO
		       ? RC_CONF_PROVEN
		       : RC_CONF_LIKELY;
}

/*
 * What the server did at that time with this resolver's other questions of the same type for the zone. What cannot be
 * read is none of it: it tells of a broken server, not of one that counts questions.
 */
struct meanwhile {
	unsigned answered, slipped, silent;
	bool mixed;                /* silent about other names too, or not always about this one */
	bool again;                /* silent after an answer: else it came back, from an outage */
	unsigned asked, lost;      /* of the server, whatever it was */
	unsigned run, longest_run; /* ... in a row */
	unsigned others_asked, others_lost; /* of servers of other zones that answer later ones */
	int64_t until_ns;                   /* how far it was looked */
	const struct rc_exchange *answer, *slip;
	struct rc_name answer_name, slip_name;
};

/* How much is lost at all, on the way, and how much this server alone leaves unanswered. */
static void count_lost(const struct rc_case *c, const struct rc_link *link,
		       const struct rc_record *r, struct meanwhile *m)
{
	bool lost = !rc_exchange_answered(&r->x);
	m->until_ns = r->x.first_ns;
	if (!rc_case_is_resolver(c, &r->x.asker) || r->x.transport != RC_UDP)
		return;
	if (rc_addr_equal(&r->x.server, &link->x->server)) {
		m->asked++;
		m->lost += lost;
		m->run = lost ? m->run + 1 : 0;
		m->longest_run = m->run > m->longest_run ? m->run : m->longest_run;
		return;
	}
	const struct rc_host *h = rc_hosts_find(c->hosts, &r->x.server);
	bool lives = h != NULL && h->answered_query_ns > r->x.first_ns;
	if (!lives || rc_zone_has_addr(&c->zones[link->zone], &r->x.server))
		return;
	m->others_asked++;
	m->others_lost += lost;
}

static void look_meanwhile(struct rc_case *c, const struct rc_link *link,
			   const struct rc_name *zone, struct meanwhile *m)
{
	uint64_t pos = link->pos;
	for (unsigned i = 0; i < SCAN_MAX && (pos = rc_recorder_next(c->recorder, pos)) != 0; i++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		struct rc_name name;
		if (r == NULL || r->x.first_ns > link->x->first_ns + NEAR_NS)
			return;
		count_lost(c, link, r, m);
		/* One that drops a type altogether counts no questions. */
		if (!rc_addr_equal(&r->x.server, &link->x->server) ||
		    !rc_case_is_resolver(c, &r->x.asker) || r->x.transport != RC_UDP ||
		    r->x.qtype != link->x->qtype)
			continue;
		rc_record_name(r, &name);
		if (name.len == 0 || !rc_name_in(&name, zone))
			continue;
		m->mixed = m->mixed ||
			   (r->x.name_hash == link->x->name_hash) == rc_exchange_answered(&r->x);
		if (!rc_exchange_answered(&r->x)) {
			m->silent++;
			m->again = m->answered > 0;
		} else if (rc_flag(&r->x.answer, RC_FLAG_TC)) {
			m->slipped += r->x.answer.counts[0] == 0;
			m->slip = &r->x;
			m->slip_name = name;
		} else if (!(r->x.marks & RC_X_MALFORMED) ||
			   r->x.answer.fault == RC_FAULT_TRAILING) {
			if (rc_exchange_took_ns(&r->x) >= RC_SLOW_NS)
				continue; /* by a server that is slow at times */
			m->answered += rc_rcode_is_usable(r->x.answer.rcode);
			m->answer = &r->x;
			m->answer_name = name;
		}
	}
}

static bool was_slipped(const struct rc_case *c, const struct rc_addr *server)
{
	const struct rc_host *h = rc_hosts_find(c->hosts, server);
	return h != NULL && h->slips > 0 && h->slip_ns >= c->from_ns - NEAR_NS;
}

/*
 * Much was asked in one second around the failure, be it the busiest or right behind the question, and a good part of it
 * left unanswered.
 */
static bool was_busy(const struct rc_case *c, const struct rc_link *link, const struct meanwhile *m)
{
	struct rc_rate r;
	int64_t span_ns = m->until_ns - link->x->first_ns;
	if (m->asked >= RC_LIMIT_RATE_MIN && m->lost * 10 > m->asked * 2 &&
	    span_ns * RC_LIMIT_RATE_MIN < (int64_t)m->asked * RC_NS_PER_S)
		return true;
	return rc_hosts_rate(c->hosts, &link->x->server, &r) && r.asked >= RC_LIMIT_RATE_MIN &&
	       r.answered * 10 < r.asked * 8 && r.from_ns >= c->from_ns - NEAR_NS &&
	       r.from_ns <= c->to_ns + NEAR_NS;
}

/*
 * The network loses no such part of what the resolver asks: servers of other zones answer, or this one is silent to more
 * questions in a row than are lost by chance.
 */
static bool is_its_own_doing(const struct meanwhile *m)
{
	bool others_lose = m->others_lost >= LOST_MIN && m->others_lost * 10 >= m->others_asked;
	return !others_lose && (m->others_asked >= OTHERS_MIN || m->longest_run >= RUN_MIN);
}

/* It answered nothing that was asked since, if anything ever: a look at each exchange would find nothing either. */
static bool is_silent_since(const struct rc_case *c, const struct rc_link *link)
{
	const struct rc_host *h = rc_hosts_find(c->hosts, &link->x->server);
	return h == NULL || h->answered_query_ns <= link->x->first_ns;
}

/* In the zone at fault; or where the resolver had its answer once, and asked again in vain. */
static const struct rc_link *first_silent(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		bool in_vain = c->failed_zone == RC_ZONE_NONE && c->final != NULL &&
			       link->zone == c->final->zone &&
			       link->x->first_ns >= c->final->x->end_ns;
		if ((link->zone == c->failed_zone || in_vain) && link->outcome == RC_OUT_TIMEOUT &&
		    !rc_exchange_answered(link->x) && /* else it is slow */
		    !is_silent_since(c, link))
			return link;
	}
	return NULL;
}

static enum rc_confidence test_limited(const struct rc_rule *rule, struct rc_case *c,
				       struct rc_finding *f)
{
	(void)rule;
	const struct rc_link *link = first_silent(c);
	const struct rc_zone_view *z = link == NULL ? NULL : &c->zones[link->zone];
	struct meanwhile m = {0};
	if (link == NULL || z->name.len == 0)
		return RC_CONF_NONE;
	look_meanwhile(c, link, &z->name, &m);
	bool slipped = was_slipped(c, &link->x->server) && m.slipped > 0;
	/* Silent about the zone altogether, or about the name; or it is nothing of this server's. */
	if (!slipped && (!m.again || !m.mixed || !was_busy(c, link, &m) || !is_its_own_doing(&m)))
		return RC_CONF_NONE;
	f->zone = &z->name;
	f->server = &link->x->server;
	f->explanation = rc_say(
		c,
		"%s answers %s only part of the questions for %s that it asks at this rate: "
		"meanwhile %u others answered, %u truncated without need, %u dropped.",
		rc_say_addr(c, &link->x->server), rc_say_addr(c, &c->x->server),
		rc_say_name(c, &z->name), m.answered, m.slipped, m.silent);
	rc_prove_zone(c, f, link->zone, RC_OUT_TIMEOUT);
	if (slipped)
		rc_prove(c, f, m.slip, rc_arena_copy(c->arena, &m.slip_name, sizeof m.slip_name),
			 "truncated", "truncated at the same time, though the answer is small");
	if (m.answer != NULL)
		rc_prove(c, f, m.answer,
			 rc_arena_copy(c->arena, &m.answer_name, sizeof m.answer_name), NULL,
			 "another question for the zone, answered at the same time");
	return RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "upstream.edns_broken",
				.title = "the servers fail queries with EDNS",
				.when = "A zone's servers fail each query that carries EDNS (or "
					"one option of it) and answer the same asker without it.",
				RC_TRUTH("BADVERS to EDNS version 0 from every server; or each "
					 "query with the trait fails, before and after others "
					 "without it worked, several times.",
					 "Each query with the trait fails, and the same asker gets "
					 "an answer without it.",
					 NULL,
					 {"upstream.timeout", "no query without EDNS is answered"},
					 {"upstream.formerr", "the same"},
					 {"policy.client_not_allowed", "it depends on who asks"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Update the servers of {zone}, or the firewall before "
					"them: EDNS must be ignored where it is not understood "
					"(RFC 6891 7)."},
				.next_steps = {"dig @{server} {zone} SOA +norecurse +edns",
					       "dig @{server} {zone} SOA +norecurse +noedns"},
				.reference = "RFC 6891 7",
			},
		.rank = 285,
		.flags = RC_RULE_SILENCE,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_FORMERR) |
			  RC_ON(RC_RCODE_BADVERS) | RC_ON_SILENCE,
		.test = test_edns,
	},
	{
		.cause =
			{
				.slug = "upstream.rate_limited",
				.title = "the zone's servers limit this resolver's rate",
				.when = "Servers leave questions unanswered while they answer or "
					"needlessly truncate (RRL slip) others of the same "
					"resolver for the same zone, at a high rate.",
				RC_TRUTH(NULL,
					 "Servers leave questions of a resolver unanswered while "
					 "they truncate small answers to others of the type (RRL "
					 "slip), or answer others, at 20 questions a second and "
					 "more.",
					 NULL,
					 {"upstream.timeout",
					  "none of the zone's questions is answered meanwhile"},
					 {"upstream.tcp_blocked",
					  "the truncated answers are large"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Exempt {resolver} from response rate limiting on the "
					"servers of {zone}, or find out which client makes it ask "
					"so much."},
				.next_steps = {"dig @{server} {zone} SOA +norecurse +tcp"},
				.reference = "RFC 8914",
			},
		.rank = 405,
		.flags = RC_RULE_SILENCE,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE,
		.test = test_limited,
	},
};

const struct rc_rule_family rc_rules_selective = {rules, sizeof rules / sizeof *rules};
