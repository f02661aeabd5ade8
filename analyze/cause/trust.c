/*
 * DNSSEC faults of one resolver, or of its cache: everything verifies, but not there.
 */
#include "analyze/cause/keys.h"
#include "analyze/cause/late.h"
#include "analyze/cause/rule.h"
#include "analyze/infer/rollover.h"
#include "analyze/pair/chain.h"
#include "base/time.h"

#define GIVEN_STEPS_MAX 16u /* earlier questions for a name looked through */

static void prove_root(struct rc_case *c, struct rc_finding *f, const struct rc_root_keys *k)
{
	rc_prove(c, f, k->proof->x, &k->proof->name->name, NULL,
		 c->foreign_root ? "the root's DNSKEY set, given for this question"
				 : "the root's DNSKEY set, which verifies with the trust anchor");
	if (k->before != NULL)
		rc_prove(c, f, k->before, &k->proof->name->name, NULL,
			 "the same, given for an earlier question");
	if (k->signal != NULL)
		rc_prove(c, f, rc_arena_copy(c->arena, &k->signal->x, sizeof k->signal->x), NULL,
			 NULL,
			 rc_say(c, "the resolver tells its anchor: key %u", k->signal->tags[0]));
	rc_prove_client(c, f);
}

static const char *say_verifies(struct rc_case *c, const struct rc_root_keys *k)
{
	if (k->whole && rc_case_dnssec(c)->status == RC_DNSSEC_INSECURE)
		return rc_say(c, "all signatures verify down to a zone above %s that has none",
			      rc_say_name(c, c->qname));
	if (k->whole)
		return rc_say(c, "all signatures down to %s verify", rc_say_name(c, c->qname));
	return c->foreign_root ? "it is given them each time" : "they verify";
}

/* The resolver asks for the root's keys again and again, and nothing is seen to be wrong with them: a clock, or an anchor. */
static enum rc_confidence by_root_keys(struct rc_case *c, struct rc_finding *f)
{
	struct rc_root_keys k;
	if (!rc_distrusts_root(c, &k) || k.anchor == RC_ANCHOR_BAD)
		return RC_CONF_NONE;
	bool told = k.anchor == RC_ANCHOR_GOOD;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c,
		"%s validates nothing, not even the root's keys, though %s%s: its clock is "
		"wrong%s.",
		rc_say_addr(c, &c->x->server), say_verifies(c, &k),
		told ? " and it has told the root that it has the right trust anchor" : "",
		told ? "" : ", or its trust anchor");
	prove_root(c, f, &k);
	return told ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

/* Some copy of what was signed is out of date by packet time too: the resolver may hold that one. */
static bool is_out_of_date(const struct rc_dnssec_result *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].fault == RC_DNSSEC_SIGNATURE_EXPIRED ||
		    r->findings[i].fault == RC_DNSSEC_SIGNATURE_NOT_YET_VALID)
			return true;
	return false;
}

/* Without a clock nothing below a signed root validates, not even that a zone is unsigned. */
bool rc_may_share_clock(struct rc_case *c)
{
	return rc_case_dnssec(c)->clock == RC_DNSSEC_CLOCK_ALONE && c->server_host != NULL &&
	       c->server_host->served == 0;
}

/* The sensor runs on the resolver's host, or has its time from the same place. */
static enum rc_confidence by_shared_clock(struct rc_case *c, struct rc_finding *f)
{
	f->server = &c->x->server;
	f->explanation = rc_say(
		c,
		"%s calls signatures out of date, and at the time of the packets not one that it "
		"was given is valid: the resolver's clock and the sensor's may both be wrong.",
		rc_say_addr(c, &c->x->server));
	rc_prove_self(c, f, "EDE 7 or 8, and no signature of any zone is valid at packet time");
	return RC_CONF_POSSIBLE;
}

/* Keys that sign the answer, or those above them, were fetched for this question. */
static bool fetched_keys(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->x->qtype == RC_TYPE_DNSKEY && link->outcome == RC_OUT_USABLE &&
		    link->name->name.labels > 0 && rc_name_in(c->qname, &link->name->name))
			return true;
	}
	return false;
}

/*
 * All that the resolver was given for the question is in time: down from the anchor, or from what it has validated
 * before and does not fetch again.
 */
static bool is_in_time(struct rc_case *c)
{
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	if (r->clock != RC_DNSSEC_CLOCK_FITS)
		return false;
	if (r->status == RC_DNSSEC_INDETERMINATE)
		return r->n_findings == 0 && c->final != NULL && c->final->answer != NULL &&
		       (c->final->answer->has & RC_HAS_ANSWER_RRSIG) && fetched_keys(c);
	return r->status == RC_DNSSEC_SECURE && !is_out_of_date(r);
}

/* A signature that is not valid then; seconds modulo 2^32. */
static bool is_outdated(const struct rc_msg *m, const struct rc_rr *rr, uint32_t now_s)
{
	struct rc_rrsig sig;
	return rc_rr_rrsig(m, rr, &sig) && (rc_serial_before(sig.expiration_s, now_s) ||
					    rc_serial_before(now_s, sig.inception_s));
}

/* An answer that holds a signature that is not valid when it comes. */
static bool gives_outdated(const struct rc_msg *m, int64_t at_ns)
{
	uint32_t now_s = (uint32_t)(at_ns / RC_NS_PER_S);
	struct rc_rr rr;
	if (m == NULL || m->wire == NULL)
		return false;
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	for (unsigned k = 0; k < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); k++)
		if (is_outdated(m, &rr, now_s))
			return true;
	return false;
}

/* ... that it was given before for a name: it may still hold it, and go by it. */
static bool was_given_outdated_for(struct rc_case *c, const struct rc_name *name)
{
	uint64_t hash = rc_name_hash(c->seed, name);
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], hash,
							  GIVEN_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (r->x.end_ns <= c->to_ns &&
			    gives_outdated(rc_case_decode(c, r), r->x.end_ns))
				return true;
	}
	return false;
}

/* What the resolver was given for the question, also on the way, or earlier of the name or a zone that may hold it. */
static bool was_given_outdated(struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (gives_outdated(c->links[i].answer, c->links[i].x->end_ns))
			return true;
	for (unsigned n = 0; n + 1 < c->qname->labels; n++) {
		struct rc_name name;
		rc_name_parent(c->qname, n, &name);
		if (was_given_outdated_for(c, &name))
			return true;
	}
	return false;
}

/* It fetches the root's keys again and again, and calls their signatures out of date: but they are in time. */
static enum rc_confidence by_dates_of_root(struct rc_case *c, struct rc_finding *f)
{
	struct rc_root_keys k;
	if (rc_case_dnssec(c)->clock != RC_DNSSEC_CLOCK_FITS || !rc_distrusts_root(c, &k) ||
	    k.anchor == RC_ANCHOR_BAD)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s calls a signature out of date and validates nothing, not even "
				"the root's keys, though %s at the time of the packets: its clock "
				"is wrong.",
				rc_say_addr(c, &c->x->server), say_verifies(c, &k));
	prove_root(c, f, &k);
	return RC_CONF_LIKELY;
}

/* EDE says a signature is outside its time, but by packet time it is not: the resolver's clock is wrong. */
static enum rc_confidence test_clock(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	if (rc_flag(&c->x->query, RC_FLAG_CD))
		return RC_CONF_NONE;
	if (!(c->ede & rule->ede))
		return by_root_keys(c, f);
	if (rc_may_share_clock(c))
		return by_shared_clock(c, f);
	if (was_given_outdated(c))
		return RC_CONF_NONE;
	if (!is_in_time(c))
		return by_dates_of_root(c, f);
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s calls signatures of %s out of date, yet they are valid at the "
				"time of the packets: its clock is wrong.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "EDE 7 or 8 against signatures that are valid at packet time");
	return RC_CONF_LIKELY;
}

static const struct rc_advice of_zone = {
	.fix = {"Take the trust anchor for {zone} out of the configuration of {resolver}, or renew "
		"it.",
		"If it has none, flush {zone} there, with its DS."},
	.next_steps = {"dig {zone} DNSKEY +cd", "dig @{resolver} {qname} {qtype} +cd"},
};

static enum rc_confidence by_zone_keys(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_link *keys = rc_distrusted_keys(c);
	if (keys == NULL)
		return RC_CONF_NONE;
	f->zone = &keys->name->name;
	f->server = &c->x->server;
	f->advice = &of_zone;
	f->explanation = rc_say(c,
				"%s asks for the keys of %s again and again and rejects what is "
				"below, though by the root's keys nothing is wrong with %s: it "
				"seems to have a trust anchor of its own for %s, which is wrong, "
				"or to hold an old DS.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, f->zone),
				rc_say_name(c, c->qname), rc_say_name(c, f->zone));
	rc_prove(c, f, keys->x, f->zone, NULL, "the first of the same questions for the keys");
	rc_prove_client(c, f);
	return RC_CONF_POSSIBLE;
}

/* It asked for the root's keys again and again before, and rejects what it was given. */
static enum rc_confidence by_keys_before(struct rc_case *c, struct rc_finding *f)
{
	static const struct rc_name root = {.len = 1};
	bool checks = rc_rcode_is(c, RC_RCODE_SERVFAIL) && !rc_flag(&c->x->query, RC_FLAG_CD) &&
		      !(c->ede & (RC_EDE(SIGNATURE_EXPIRED) | RC_EDE(SIGNATURE_NOT_YET_VALID)));
	const struct rc_exchange *keys;
	if (!checks || c->final == NULL || !rc_distrusted_root_before(c, &keys))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c,
		"%s rejects %s, of which it was given a complete answer; it has asked for the keys "
		"of the root again and again before, and validated nothing: its trust anchor is "
		"wrong or out of date (or its clock is years off, which looks the same).",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove(c, f, keys, &root, NULL, "the root's DNSKEY set, the last of several times");
	rc_prove_client(c, f);
	return RC_CONF_POSSIBLE;
}

/* The same, and nothing says that it is the clock. */
static enum rc_confidence test_anchor(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	struct rc_root_keys k;
	(void)rule;
	if (!rc_is_answered(c) || rc_root_keys_again(c, &k.before) == NULL) {
		enum rc_confidence of_zone_keys = by_zone_keys(c, f);
		return of_zone_keys != RC_CONF_NONE ? of_zone_keys : by_keys_before(c, f);
	}
	if ((c->ede & (RC_EDE(SIGNATURE_EXPIRED) | RC_EDE(SIGNATURE_NOT_YET_VALID))) ||
	    !rc_distrusts_root(c, &k) || k.anchor == RC_ANCHOR_GOOD)
		return RC_CONF_NONE;
	bool told = k.anchor == RC_ANCHOR_BAD;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c,
		"%s asks for the keys of the root again and again and validates nothing, though "
		"%s%s: its trust anchor is wrong or out of date%s.",
		rc_say_addr(c, &c->x->server), say_verifies(c, &k),
		told ? ", and the anchor that it tells the root of is no key of the root" : "",
		told ? "" : " (or its clock is years off, which looks the same)");
	prove_root(c, f, &k);
	return told ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static void prove_page(struct rc_finding *f, const struct rc_book_page *p,
		       const struct rc_name *zone, const char *fact)
{
	if (f->n_evidence == RC_EVIDENCE_MAX)
		return;
	f->evidence[f->n_evidence++] = (struct rc_evidence){
		.frame = p->frame,
		.source = p->source,
		.ts_ns = p->first_ns,
		.from = p->asker,
		.to = p->server,
		.name = zone,
		.qtype = RC_TYPE_DNSKEY,
		.outcome = "seen_before",
		.rcode = RC_RCODE_NOERROR,
		.rtt_ns = -1,
		.fact = fact,
	};
}

/* What both ways of seeing a key change have to show first: the signature, and the set that lacks its key. */
static void prove_rollover(struct rc_case *c, struct rc_finding *f, const struct rc_rollover *r)
{
	f->zone = rc_arena_copy(c->arena, &r->zone, sizeof r->zone);
	f->server = &c->x->server;
	rc_prove(c, f, r->link->x, &r->link->name->name, NULL,
		 rc_say(c, "signed by key %u", r->tag));
	if (r->own != NULL)
		rc_prove(c, f, r->own, r->own_name, NULL,
			 rc_say(c, "the resolver's DNSKEY set, without key %u", r->tag));
}

/* No set with the new key is in sight: but the zone signed with a key of the cached set before. */
static enum rc_confidence by_key_change(struct rc_case *c, struct rc_finding *f)
{
	struct rc_rollover r;
	if (!rc_case_key_change(c, &r) || rc_case_serials_of(c, &r.zone) != NULL)
		return RC_CONF_NONE;
	prove_rollover(c, f, &r);
	f->explanation = rc_say(
		c,
		"%s is signed by key %u, and what %s gave before was by key %u: it has changed its "
		"key, and the DNSKEY set that %s fetched before does not have the new one.",
		rc_say_name(c, c->qname), r.tag, rc_say_name(c, &r.zone), r.old_tag,
		rc_say_addr(c, &c->x->server));
	rc_prove(c, f, r.before, r.before_name, NULL,
		 rc_say(c, "signed by key %u of that set", r.old_tag));
	rc_prove_client(c, f);
	return RC_CONF_LIKELY;
}

/*
 * The zone changed its keys, and the resolver goes on with the set it has cached. If both sets are still
 * handed out, it is the servers of the zone that differ (zone.serial_mismatch).
 */
static enum rc_confidence test_stale(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	(void)rule;
	struct rc_rollover r;
	if (!rc_asks_dnssec(c))
		return RC_CONF_NONE;
	if (!rc_case_rollover(c, &r))
		return by_key_change(c, f);
	if (r.both_alive || rc_case_serials_of(c, &r.zone) != NULL)
		return RC_CONF_NONE;
	prove_rollover(c, f, &r);
	f->explanation = rc_say(c,
				"%s is signed by key %u, which %s now publishes; the DNSKEY set "
				"that %s fetched before does not have it.",
				rc_say_name(c, c->qname), r.tag, rc_say_name(c, &r.zone),
				rc_say_addr(c, &c->x->server));
	prove_page(f, &r.with, f->zone, rc_say(c, "the DNSKEY set with key %u", r.tag));
	rc_prove_client(c, f);
	/* Unless one server is seen to have changed, it may be two servers that differ. */
	bool changed = r.own != NULL && r.own->end_ns < r.with.first_ns &&
		       (rc_addr_equal(&r.own->server, &r.with.server) ||
			rc_addr_equal(&r.own->server, &r.link->x->server));
	return changed ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "dnssec.clock_skew",
				.title = "the resolver's clock is wrong",
				.when = "EDE 7 or 8 from a resolver for signatures that are valid "
					"at packet time.",
				RC_TRUTH(
					NULL,
					"EDE 7 or 8 though everything verifies at packet time, or "
					"all that the resolver has just fetched, keys and answer, "
					"or the root's keys, again and again; or these are "
					"fetched so by a resolver that has told the root the right "
					"anchor (RFC 8145).",
					"The root's keys are fetched again and again, and verify; "
					"or EDE 7 or 8 where no signature of any zone is valid at "
					"packet time, but all are at another.",
					{"dnssec.signature_expired",
					 "the signature is out of date by packet time too"},
					{"dnssec.trust_anchor",
					 "nothing on the wire tells, unless the resolver names "
					 "its anchor (RFC 8145) or gives EDE 7 or 8"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Set the clock of {resolver} right (NTP) and flush its "
					"cache."},
				.next_steps = {"date -u", "dig @{resolver} {qname} {qtype} +cd"},
				.reference = "RFC 4035 5.3.1",
			},
		.rank = 290,
		.flags = RC_RULE_RESOLVER,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL),
		.ede = RC_EDE(SIGNATURE_EXPIRED) | RC_EDE(SIGNATURE_NOT_YET_VALID),
		.test = test_clock,
	},
	{
		.cause =
			{
				.slug = "dnssec.stale_dnskey",
				.title = "the resolver has an older DNSKEY set than the zone",
				.when = "A signature is by a key that the zone publishes now, or "
					"signs with now, and that the DNSKEY set the resolver "
					"fetched before does not have.",
				RC_TRUTH("The resolver's DNSKEY answer lacks the key that signed, "
					 "a later one has it, and one server gave both.",
					 "The same, and the two came from different servers; or no "
					 "answer with the key was seen, but the zone signed with a "
					 "key of the resolver's set before, and never since.",
					 NULL,
					 {"dnssec.dnskey_missing",
					  "no DNSKEY answer seen has the key, nor has the zone "
					  "been seen to sign with another"},
					 {"zone.serial_mismatch", "both sets are handed out at one "
								  "time, or serials differ"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Put the old keys of {zone} back until their TTL has "
					"passed: sign with a new key only after it was published "
					"that long.",
					"Flush {zone} from the cache of {resolver}."},
				.next_steps = {"dig {zone} DNSKEY +dnssec +multi",
					       "dig @{resolver} {zone} DNSKEY +cd"},
				.reference = "RFC 7583 3.2",
			},
		.rank = 280,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE,
		.test = test_stale,
	},
	{
		.cause =
			{
				.slug = "dnssec.trust_anchor",
				.title = "the resolver's trust anchor is wrong",
				.when = "Everything verifies from the root down, and the resolver "
					"keeps asking for the DNSKEY of the root, or of a zone "
					"that it may have an anchor for, and fails.",
				RC_TRUTH(NULL,
					 "The root's keys are fetched again and again, verify, and "
					 "the anchor that the resolver tells of (RFC 8145) is none "
					 "of them.",
					 "The root's keys are fetched again and again, and verify, "
					 "be it before, by a resolver that has served nothing that "
					 "it checks; or those of another zone for one question.",
					 {"dnssec.clock_skew",
					  "EDE 7 or 8, or the resolver names the right anchor (RFC "
					  "8145); otherwise a clock years off looks the same"},
					 {"resolver.internal",
					  "the resolver sets AD for other names"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_CRITICAL,
				.fix = {"Renew the root trust anchor of {resolver} "
					"(unbound-anchor, managed keys)."},
				.next_steps = {"dig @{resolver} . DNSKEY +cd",
					       "dig @{resolver} {qname} {qtype} +cd"},
				.reference = "RFC 5011",
			},
		.rank = 289,
		.flags = RC_RULE_RESOLVER,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE,
		.test = test_anchor,
	},
};

const struct rc_rule_family rc_rules_trust = {rules, sizeof rules / sizeof *rules};
