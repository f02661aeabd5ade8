/* DNSSEC: what the records on the wire prove (analyze/dnssec/), else what EDE, CD=1 and the shape of the lineage say. */
#include "analyze/cause/asked_server.h"
#include "analyze/cause/keys.h"
#include "analyze/cause/late.h"
#include "analyze/cause/records.h"
#include "analyze/cause/rule.h"
#include "analyze/cause/shape.h"
#include "analyze/cause/witness.h"
#include "base/time.h"

#define EDE_OF_TIME \
	(RC_EDE(SIGNATURE_EXPIRED) | RC_EDE(SIGNATURE_NOT_YET_VALID) | \
	 RC_EDE(SIGNATURE_WINDOW_INVERTED))
#define EDE_OF_VALIDATION \
	(RC_EDE(DNSSEC_INDETERMINATE) | RC_EDE(DNSSEC_BOGUS) | RC_EDE(DNSKEY_MISSING))
#define EDE_DNSSEC (RC_WITNESS_EXACT | EDE_OF_VALIDATION)
#define FETCH_NS RC_NS_PER_S /* a fetch that servers answer takes less */

static const char own_ede[] = "the resolver's EDE to another query";
static const char others_ede[] = "the EDE of another resolver";

static bool checking_disabled(struct rc_case *c)
{
	return rc_flag(&c->x->query, RC_FLAG_CD) && !rc_checks_unasked(c);
}

/* The fault that the texts of the failing answer name: read once for all rules. */
static uint32_t own_fault(struct rc_case *c)
{
	if (!c->ede_read)
		c->ede_fault = rc_witness_fault(c->answer);
	c->ede_read = true;
	return c->ede_fault;
}

/* Do an answer's extended errors, whose texts name this fault, say what the rule is about? */
static bool says(const struct rc_rule *rule, const struct rc_msg *answer, uint32_t fault)
{
	uint64_t codes = rc_msg_ede_codes(answer);
	/* That a key signs nothing is said (Cloudflare) beside what is wrong with the signatures by others. */
	if (codes & EDE_OF_TIME)
		codes &= ~RC_EDE(RRSIGS_MISSING);
	return fault == RC_WITNESS_NONE ? (codes & rule->ede) != 0 : fault == rule->param;
}

/* What no algorithm that is known protects counts as unsigned (RFC 4035 5.2): its anchor may not fit (dnsmasq). */
static bool is_mere_code(const struct rc_rule *rule, uint32_t fault)
{
	return rule->param == RC_DNSSEC_ALGORITHM_UNSUPPORTED && fault == RC_WITNESS_NONE;
}

static enum rc_confidence by_itself(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	f->zone = rc_witness_zone_kept(c, c->answer);
	f->explanation = rc_say(c,
				"%s fails validation at %s: %s. The resolver says so itself (EDE); "
				"the records are not in the capture.",
				rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server),
				rule->cause.title);
	rc_prove_self(c, f, "the resolver's EDE");
	f->vague = true;
	/* For others the same signatures are in time: it may be this one's clock that is not. */
	const struct rc_others *t = &c->others;
	bool alone = t->elsewhere_ok > 0 &&
		     (t->elsewhere_failed == 0 || t->elsewhere_validated > 0);
	bool doubted = rc_fault_is_of_time(rule->param) && (alone || rc_may_share_clock(c));
	doubted |= rule->param == RC_DNSSEC_RRSIG_MISSING &&
		   !rc_validates(c); /* and asks for none */
	doubted |= is_mere_code(rule, own_fault(c));
	/* Of what it holds it tells, perhaps a delegation, which has no signatures of its own. */
	doubted |= !rc_flag(&c->x->query, RC_FLAG_RD);
	return rc_witness_cap(c, c->answer,
			      doubted ? RC_CONF_POSSIBLE
				      : rc_witness_cap_by_want(c, RC_CONF_LIKELY));
}

/* Its answer does not say why: to others it does, or another resolver that fails too. */
static enum rc_confidence by_another(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	const struct rc_record *other = rc_witness_other(c);
	const struct rc_msg *answer = other == NULL ? NULL : rc_case_decode(c, other);
	uint32_t fault = answer == NULL ? RC_WITNESS_NONE : rc_witness_fault(answer);
	if (answer == NULL || !rc_witness_is_exact(answer, fault) || !says(rule, answer, fault))
		return RC_CONF_NONE;
	bool here = rc_addr_equal(&other->x.server, &c->x->server);
	f->zone = rc_witness_zone_kept(c, answer);
	f->explanation = here ? rc_say(c,
				       "%s fails validation at %s, which says why to others (EDE): "
				       "%s. The records are not in the capture.",
				       rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server),
				       rule->cause.title)
			      : rc_say(c,
				       "%s fails at %s, and at %s too, which says why (EDE): %s. "
				       "The records are not in the capture.",
				       rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server),
				       rc_say_addr(c, &other->x.server), rule->cause.title);
	rc_prove_client(c, f);
	rc_prove(c, f, &other->x, c->qname, NULL, here ? own_ede : others_ede);
	f->vague = true;
	/* That one may have a fault of its own, if there are some that resolve the name; so may one that waits long. */
	bool alone = c->others.elsewhere_ok > 0 || rc_exchange_took_ns(c->x) >= RC_WAITS_NS;
	bool doubted = (alone && !here) || other->x.qtype != c->x->qtype ||
		       is_mere_code(rule, fault);
	return rc_witness_cap(c, answer, doubted ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
}

/* Its answer does not say why; what it told the zone's reporting agent does (RFC 9567). */
static enum rc_confidence by_report(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	f->explanation = rc_say(c,
				"%s fails validation at %s: %s. The resolver reports so to the "
				"zone's reporting agent; the records are not in the capture.",
				rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server),
				rule->cause.title);
	rc_prove_client(c, f);
	f->vague = true;
	return RC_CONF_LIKELY;
}

/*
 * One calls a signature expired, another not yet valid, at the same time: no time lies between its begin and its end. Who
 * says the one and later the other has set its clock.
 */
static bool times_contradict(struct rc_case *c)
{
	static const uint64_t times = RC_EDE(SIGNATURE_EXPIRED) | RC_EDE(SIGNATURE_NOT_YET_VALID);
	uint64_t codes = c->ede & times;
	if (c->n_links > 0)
		return false;
	for (unsigned i = 0; i < c->others.n_said; i++) {
		const struct rc_record *r = c->others.said[i];
		uint64_t said = rc_msg_ede_codes(rc_case_decode(c, r)) & times;
		uint64_t before = rc_addr_equal(&r->x.server, &c->x->server) ? c->ede : 0;
		for (unsigned k = 0; k < i; k++)
			if (rc_addr_equal(&c->others.said[k]->x.server, &r->x.server))
				before |= rc_msg_ede_codes(rc_case_decode(c, c->others.said[k]));
		if (said != times && (before & times & ~said) != 0)
			return false;
		codes |= said;
	}
	return codes == times;
}

static enum rc_confidence by_contradiction(const struct rc_rule *rule, struct rc_case *c,
					   struct rc_finding *f)
{
	const struct rc_record *other = c->others.n_said > 0 ? c->others.said[0] : NULL;
	f->explanation = rc_say(
		c,
		"%s fails validation at %s: by what is said of it (EDE), a signature has expired "
		"and has not begun to be valid, which holds of one that ends before it begins.",
		rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server));
	rc_prove_client(c, f);
	if (other != NULL)
		rc_prove(c, f, &other->x, c->qname, NULL, "EDE 7 or 8 of another");
	f->vague = true;
	return rule->param == RC_DNSSEC_SIGNATURE_WINDOW_INVERTED ? RC_CONF_LIKELY
								  : RC_CONF_POSSIBLE;
}

/*
 * Validators differ in what they make of many iterations: some take the zone for unsigned, others fail what its denials
 * prove (RFC 9276 3.2). It was given such a denial, no server let it down, and it names nothing else.
 */
static bool fails_iterations(const struct rc_case *c, const struct rc_dnssec_result *r)
{
	return r->status == RC_DNSSEC_INSECURE &&
	       r->findings[0].fault == RC_DNSSEC_NSEC3_ITERATIONS && c->final != NULL &&
	       !rc_link_is_hollow(c->final) && !c->lineage_cut && c->failed_zone == RC_ZONE_NONE &&
	       (c->ede & ~RC_EDE(OTHER)) == 0 && rc_rcode_is(c, RC_RCODE_SERVFAIL) &&
	       rc_asks_dnssec(c) && c->others.same_server_type_ok == 0;
}

static enum rc_confidence test_fault(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	if (checking_disabled(c) || (!(c->ede & EDE_DNSSEC) && rc_met_silence_alone(c)))
		return RC_CONF_NONE;
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	bool doubted = r->clock == RC_DNSSEC_CLOCK_ALONE;
	bool judged = r->status == RC_DNSSEC_BOGUS || r->status == RC_DNSSEC_INDETERMINATE;
	bool found = r->n_findings > 0 && r->findings[0].fault == rule->param;
	if (r->n_findings > 0 && judged && !doubted)
		return found ? rc_by_records(c, f) : RC_CONF_NONE;
	if ((r->status == RC_DNSSEC_SECURE && !doubted) || !rc_is_answered(c))
		return RC_CONF_NONE;
	bool timed = rc_fault_is_of_time(rule->param) ||
		     rule->param == RC_DNSSEC_SIGNATURE_WINDOW_INVERTED;
	if (timed && own_fault(c) == RC_WITNESS_NONE && times_contradict(c))
		return by_contradiction(rule, c, f);
	if (rc_witness_is_exact(c->answer, own_fault(c)))
		return says(rule, c->answer, own_fault(c)) ? by_itself(rule, c, f) : RC_CONF_NONE;
	if (rc_reported(c, rule->ede & RC_WITNESS_EXACT))
		return by_report(rule, c, f);
	struct rc_shape shape;
	if (rc_shape_find(c, &shape))
		return shape.fault == rule->param ? rc_by_shape(c, f, &shape, rule->ede)
						  : RC_CONF_NONE;
	enum rc_confidence told = c->n_links == 0 ? by_another(rule, c, f) : RC_CONF_NONE;
	if (told != RC_CONF_NONE)
		return told;
	/* One of several that the code stands for. */
	if (c->ede & rule->ede)
		return by_itself(rule, c, f) != RC_CONF_NONE ? RC_CONF_POSSIBLE : RC_CONF_NONE;
	if (!found || (!doubted && !fails_iterations(c, r)))
		return RC_CONF_NONE;
	return rc_confidence_cap(rc_by_records(c, f), doubted ? RC_CONF_PROVEN : RC_CONF_LIKELY);
}

static const struct rc_record *another_says(const struct rc_rule *rule, struct rc_case *c)
{
	const struct rc_record *other = rc_witness_other(c);
	bool says_it = other != NULL &&
		       (rc_msg_ede_codes(rc_case_decode(c, other)) & rule->ede) != 0;
	return says_it ? other : NULL;
}

static enum rc_confidence test_validation(const struct rc_rule *rule, struct rc_case *c,
					  struct rc_finding *f)
{
	struct rc_shape shape;
	if (checking_disabled(c))
		return RC_CONF_NONE;
	f->zone = rc_witness_zone_kept(c, c->answer);
	f->explanation = rc_say(c,
				"%s fails DNSSEC validation at %s; the records that would show how "
				"are not in the capture.",
				rc_say_name(c, c->qname), rc_say_addr(c, &c->x->server));
	f->vague = f->generic = true;
	/* What the resolver itself lacks says more, or how its questions for the keys of the answer it has fared. */
	bool no_keys = c->final != NULL && c->failed_zone != RC_ZONE_NONE;
	/* It waited for servers: with CD=1 the name may be had by now, or because there are no keys to wait for. */
	bool let_down = !(c->ede & EDE_DNSSEC) && rc_exchange_took_ns(c->x) >= RC_WAITS_NS;
	/* Nobody gave it the keys, and it says how not: the name itself is not had either. */
	bool no_help = c->n_links == 0 && c->others.cd_ok == 0 &&
		       rc_witness_outcome(c->answer) != RC_OUT_COUNT;
	enum rc_confidence most = no_keys || let_down || no_help || rc_distrusts_keys(c) ||
						  rc_witness_suspects(c) ||
						  rc_case_keys_of_servers(c) != NULL
					  ? RC_CONF_POSSIBLE
					  : rc_witness_cap_by_want(c, RC_CONF_LIKELY);
	rc_prove_self(c, f,
		      c->ede & rule->ede ? "EDE says validation failed" : "SERVFAIL with CD=0");
	if (c->others.cd_ok > 0) {
		rc_prove(c, f, c->others.cd_example, c->qname, NULL,
			 "with CD=1 the same name is answered");
		/* The shape says more, or its servers, which may answer another type. */
		bool of_type = c->others.cd_example->qtype == c->x->qtype || !c->upstream_visible;
		bool doubted = rc_shape_find(c, &shape) || !of_type;
		return doubted ? RC_CONF_POSSIBLE : most;
	}
	if ((c->ede & rule->ede) || rc_reported(c, rule->ede))
		return most;
	const struct rc_record *other = c->n_links == 0 ? another_says(rule, c) : NULL;
	if (other != NULL) {
		bool here = rc_addr_equal(&other->x.server, &c->x->server);
		rc_prove(c, f, &other->x, c->qname, NULL, here ? own_ede : others_ede);
		bool doubted = c->others.elsewhere_ok > 0 || other->x.qtype != c->x->qtype ||
			       (c->upstream_visible && !here); /* it repeats what it met with */
		return doubted ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
	}
	bool soon = c->n_links == 0 && rc_exchange_took_ns(c->x) < FETCH_NS;
	if (soon && c->ede == 0 && c->others.cd_failed == 0 && rc_server_gives_only_unchecked(c))
		return RC_CONF_POSSIBLE;
	if (soon && c->others.validated > 0) {
		rc_prove(c, f, c->others.validated_example, c->qname, NULL,
			 "another type of the name is answered, validated (AD=1)");
		return RC_CONF_POSSIBLE;
	}
	if (c->failed_zone == RC_ZONE_NONE && c->final != NULL && c->final->x->query.do_bit &&
	    rc_case_dnssec(c)->status == RC_DNSSEC_INDETERMINATE)
		return RC_CONF_POSSIBLE;
	return RC_CONF_NONE;
}

#define ROW(slug_, title_, when_, truth_, party_, fix_, next_, ref_, fault_, ede_) \
	{ \
		.cause = {.slug = slug_, \
			  .title = title_, \
			  .when = when_, \
			  truth_, \
			  .responsible = party_, \
			  .severity = RC_SEVERITY_HIGH, \
			  .fix = {fix_}, \
			  .next_steps = {next_, "dig @{resolver} {qname} {qtype} +cd"}, \
			  .reference = ref_}, \
		.rank = 300, .rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE, .param = fault_, \
		.ede = ede_, .test = test_fault, \
	}

static const struct rc_rule rules[] = {
	ROW("dnssec.signature_expired", "a signature has expired",
	    "Every RRSIG needed ends before the packet's time; or EDE 7.",
	    RC_TRUTH("The chain from the anchor down was seen, every RRSIG of the set ended before "
		     "the packet's time, others are valid then, and no other client got the name.",
		     "The same with a part of the chain unseen, or with no other signature to try "
		     "the packet's time by; or EDE 7.",
		     "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on "
		     "to where nobody helped; or nothing but the "
		     "packet's time says so, and signatures of several zones are not valid then.",
		     {"dnssec.clock_skew", "the signature is valid at packet time"},
		     {"dnssec.signature_window_inverted", "it ends before it begins"}),
	    RC_PARTY_ZONE_OWNER, "Sign {zone} again and find out why re-signing stopped.",
	    "dig {zone} SOA +dnssec +multi", "RFC 4035 5.3.1", RC_DNSSEC_SIGNATURE_EXPIRED,
	    RC_EDE(SIGNATURE_EXPIRED)),
	ROW("dnssec.signature_not_yet_valid", "a signature is not valid yet",
	    "Every RRSIG needed begins after the packet's time; or EDE 8.",
	    RC_TRUTH("The chain from the anchor down was seen, every RRSIG of the set begins after "
		     "the packet's time, others are valid then, and no other client got the name.",
		     "The same with a part of the chain unseen, or with no other signature to try "
		     "the packet's time by; or EDE 8.",
		     "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on "
		     "to where nobody helped; or nothing but the "
		     "packet's time says so, and signatures of several zones are not valid then.",
		     {"dnssec.clock_skew", "the signature is valid at packet time"}),
	    RC_PARTY_ZONE_OWNER, "Set the signer's clock right and sign {zone} again.",
	    "dig {zone} SOA +dnssec +multi", "RFC 4035 5.3.1", RC_DNSSEC_SIGNATURE_NOT_YET_VALID,
	    RC_EDE(SIGNATURE_NOT_YET_VALID)),
	ROW("dnssec.signature_window_inverted", "a signature ends before it begins",
	    "An RRSIG's expiration lies before its inception; or EDE 25.",
	    RC_TRUTH(
		    "The chain from the anchor down was seen, and the RRSIG ends before it begins.",
		    "The same with a part of the chain unseen; or EDE 25; or EDE 7 of one resolver "
		    "and 8 of another.",
		    "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on to "
		    "where nobody helped.",
		    {"dnssec.signature_expired", "the window is sound, and over"}),
	    RC_PARTY_ZONE_OWNER, "Sign {zone} again with sound dates.",
	    "dig {zone} SOA +dnssec +multi", "RFC 4034 3.1.5", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED,
	    RC_EDE(SIGNATURE_WINDOW_INVERTED)),
	ROW("dnssec.signature_invalid", "a signature does not verify",
	    "The DNSKEY that an RRSIG names is there, and verification fails.",
	    RC_TRUTH(
		    "The chain from the anchor down was seen, the key that the RRSIG names is in "
		    "the DNSKEY set, and verification fails.",
		    "The same with a part of the chain unseen; or the resolver's EDE text says so.",
		    "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on to "
		    "where nobody helped.",
		    {"dnssec.dnskey_missing", "no key has the RRSIG's tag and algorithm"},
		    {"zone.serial_mismatch", "servers of the zone hand out different versions"}),
	    RC_PARTY_ZONE_OWNER,
	    "Sign {zone} again; look for servers or middleboxes that alter its records.",
	    "delv @{server} {qname} {qtype}", "RFC 4035 5.3.3", RC_DNSSEC_SIGNATURE_INVALID, 0),
	ROW("dnssec.ds_mismatch", "the parent's DS matches no key of the zone",
	    "No DS of the parent fits any DNSKEY of the child by tag, algorithm and digest.",
	    RC_TRUTH("The DS set verifies, the DNSKEY set was seen, and no DS fits any key by tag, "
		     "algorithm and digest.",
		     "The same with a part of the chain above unseen; or the resolver's EDE text "
		     "says so.",
		     "EDE 9 without text, which also stands for dnssec.dnskey_missing.",
		     {"dnssec.dnskey_missing",
		      "the zone answers no DNSKEY, or a key fits the DS and another is missing"}),
	    RC_PARTY_ZONE_OWNER,
	    "Give the parent the DS of the key that signs {zone}, or put the old key back.",
	    "dig {zone} DS +short; dig {zone} DNSKEY +short", "RFC 4035 5.2", RC_DNSSEC_DS_MISMATCH,
	    RC_EDE(DNSKEY_MISSING)),
	ROW("dnssec.dnskey_missing", "a key needed is not published",
	    "A DS exists but the zone answers no DNSKEY, or the key that signed is not in the set; "
	    "or EDE 9.",
	    RC_TRUTH(
		    "The DS set verifies and the DNSKEY answer is empty; or the DNSKEY set "
		    "verifies and lacks the key that signed, and nobody saw it with that key.",
		    "The same with a part of the chain unseen, or with a DNSKEY set older than the "
		    "answer, or from another of its servers; or the resolver's EDE text says so.",
		    "EDE 9 without text, which also stands for dnssec.ds_mismatch; or Knot "
		    "Resolver's O4TP, which servers that are lame may bring about.",
		    {"dnssec.stale_dnskey", "another DNSKEY answer has the key, or the zone signed "
					    "with a key of the set before"},
		    {"dnssec.ds_mismatch", "no DS fits any key"},
		    {"zone.serial_mismatch",
		     "DNSKEY sets with and without the key are handed out by turns"}),
	    RC_PARTY_ZONE_OWNER,
	    "Publish the DNSKEY that signs {zone}, or have the parent remove the DS.",
	    "dig {zone} DNSKEY +dnssec", "RFC 4035 5.2", RC_DNSSEC_DNSKEY_MISSING,
	    RC_EDE(DNSKEY_MISSING)),
	ROW("dnssec.rrsig_missing", "an answer of a signed zone has no signature",
	    "A DS or DNSKEY shows that the zone is signed, or the zone above proves that there is "
	    "none, DO was set, and the RRset has no RRSIG; or EDE 10.",
	    RC_TRUTH("A DS above shows that the zone is signed, what was asked with DO=1 comes "
		     "without RRSIG from every server, and messages of these show that no zone "
		     "begins between.",
		     "The same with a part of the chain unseen, or without sign that it is no zone "
		     "of its own, in a capture that lost packets, or "
		     "from servers that the zone is not seen to be delegated to; or EDE 10, be it "
		     "another resolver's and an answer with CD=1 and DO=1 without RRSIG; or an "
		     "answer that the resolver looked for a DS after, and found none.",
		     "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on "
		     "to where nobody helped; or such an answer alone.",
		     {"dnssec.denial_missing", "the answer is negative"},
		     {"upstream.edns_broken",
		      "the servers fail queries with OPT, so the resolver asked without"}),
	    RC_PARTY_ZONE_OWNER,
	    "Serve {zone} signed from every server, or have the parent remove the DS.",
	    "dig @{server} {qname} {qtype} +dnssec", "RFC 4035 3.1.1", RC_DNSSEC_RRSIG_MISSING,
	    RC_EDE(RRSIGS_MISSING)),
	ROW("dnssec.denial_missing", "a negative answer has no proof",
	    "NXDOMAIN or NODATA without NSEC or NSEC3 of a signed zone, or of one that the zone "
	    "above proves not to be there; or EDE 12.",
	    RC_TRUTH(
		    "A negative answer of such a zone, asked with DO=1, without NSEC or NSEC3.",
		    "The same with a part of the chain unseen; or EDE 12, be it another resolver's "
		    "and such an answer with CD=1; or one that the resolver looked for a DS after.",
		    "The resolver asks with DO=0; or Knot Resolver's AHXI; or CD=1 alone.",
		    {"dnssec.denial_invalid", "there are such records"},
		    {"dnssec.rrsig_missing", "the answer is positive"}),
	    RC_PARTY_ZONE_OWNER, "Sign {zone} again so that its NSEC or NSEC3 chain is whole.",
	    "dig @{server} {qname} {qtype} +dnssec", "RFC 4035 3.1.3", RC_DNSSEC_DENIAL_MISSING,
	    RC_EDE(NSEC_MISSING)),
	ROW("dnssec.denial_invalid", "the proof of a negative answer is wrong",
	    "NSEC or NSEC3 records are there but do not prove what was answered, or their "
	    "signatures fail.",
	    RC_TRUTH(
		    "NSEC or NSEC3 records of a zone shown to be signed that do not cover what was "
		    "asked, or fail to verify.",
		    "The same with a part of the chain unseen; or the resolver's EDE text says so.",
		    "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on to "
		    "where nobody helped.",
		    {"dnssec.denial_missing", "there are no such records"}),
	    RC_PARTY_ZONE_OWNER, "Sign {zone} again so that its NSEC or NSEC3 chain is whole.",
	    "dig @{server} {qname} {qtype} +dnssec", "RFC 5155 8", RC_DNSSEC_DENIAL_INVALID, 0),
	ROW("dnssec.no_zone_key_bit", "the keys are not zone keys",
	    "The DNSKEYs that should sign have the Zone Key bit clear; or EDE 11.",
	    RC_TRUTH("The key that should sign is in the DNSKEY set with the Zone Key bit clear.",
		     "The same with a part of the chain unseen; or EDE 11.",
		     "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on "
		     "to where nobody helped.",
		     {"dnssec.dnskey_missing", "the key is not there at all"}),
	    RC_PARTY_ZONE_OWNER, "Publish the keys of {zone} with flags 256 or 257 and sign again.",
	    "dig {zone} DNSKEY", "RFC 4034 2.1.1", RC_DNSSEC_NO_ZONE_KEY_BIT,
	    RC_EDE(NO_ZONE_KEY_BIT)),
	ROW("dnssec.algorithm_unsupported", "algorithms nobody supports",
	    "DS or DNSKEY records have only algorithms or digests that are unassigned or retired; "
	    "or EDE 1, 2.",
	    RC_TRUTH(
		    "Keys or DS of unassigned or retired algorithms only, and the resolver answers "
		    "SERVFAIL.",
		    "The same with a part of the chain unseen; or EDE 1 or 2.",
		    "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on to "
		    "where nobody helped.",
		    {"dnssec.signature_invalid", "the algorithm is known, and verification fails"}),
	    RC_PARTY_ZONE_OWNER, "Sign {zone} with a current algorithm (13 or 8).",
	    "dig {zone} DNSKEY +multi", "RFC 8624", RC_DNSSEC_ALGORITHM_UNSUPPORTED,
	    RC_EDE(UNSUPPORTED_DNSKEY_ALGORITHM) | RC_EDE(UNSUPPORTED_DS_DIGEST)),
	ROW("dnssec.nsec3_iterations_too_high", "too many NSEC3 iterations",
	    "NSEC3 records with more iterations than resolvers take; or EDE 27.",
	    RC_TRUTH("NSEC3 records with more iterations than RFC 9276 and resolvers take, and "
		     "nothing else wrong.",
		     "The same, where some resolvers still take them, or take the zone for "
		     "unsigned; or EDE 27.",
		     "The resolver does not ask for DNSSEC records (DO=0), or an alias led it on "
		     "to where nobody helped.",
		     {"dnssec.denial_invalid", "the iterations are low, and the proof fails"}),
	    RC_PARTY_ZONE_OWNER, "Set the NSEC3 iterations of {zone} to 0.",
	    "dig {zone} NSEC3PARAM", "RFC 9276", RC_DNSSEC_NSEC3_ITERATIONS,
	    RC_EDE(NSEC3_ITERATIONS)),
	{
		.cause =
			{
				.slug = "dnssec.validation_failed",
				.title = "DNSSEC validation fails, how is not visible",
				.when = "CD=1 works where CD=0 fails, or EDE 5, 6 or 9, or a full "
					"upstream answer that the resolver rejects; the records to "
					"judge it are not in the capture.",
				RC_TRUTH(NULL, "CD=1 works where CD=0 fails; or EDE 5 or 6.",
					 "A complete answer from upstream that the resolver "
					 "rejects, with keys not seen; or another type of the name "
					 "validates; or the resolver answers nothing but what it "
					 "is asked with CD=1, or says that it waited for servers "
					 "in vain (EDE 22, 23), or how it got no keys (EDE 9).",
					 {"resolver.internal", "what came from upstream verifies"}),
				.responsible = RC_PARTY_ZONE_OWNER,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Check the zone's DNSSEC with a tool that asks for all "
					"records (delv, DNSViz)."},
				.next_steps = {"dig @{resolver} {qname} {qtype} +cd",
					       "delv {qname} {qtype}"},
				.reference = "RFC 4035 5",
			},
		.rank = 350,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL),
		.ede = EDE_OF_VALIDATION,
		.test = test_validation,
	},
};

const struct rc_rule_family rc_rules_dnssec = {rules, sizeof rules / sizeof *rules};
