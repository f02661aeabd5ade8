#include "analyze/cause/records.h"
#include "analyze/cause/asked_server.h"

#include "analyze/infer/rollover.h"
#include "analyze/pair/chain.h"

#define ASKED_STEPS_MAX 32u            /* questions for where an alias leads */
#define LET_DOWN_NS (60 * RC_NS_PER_S) /* no longer does a resolver remember who failed it */
#define PLAIN_MIN 8u /* questions without DO=1: a few may go to servers without EDNS */

/* Of all that the resolver is seen to ask servers, for whatever name, it wants signatures for nothing. */
static bool wants_no_signatures(const struct rc_case *c)
{
	uint32_t plain = 0;
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && h->asked_do)
			return false;
		plain += h != NULL ? h->asked_rd0 : 0;
	}
	return plain >= PLAIN_MIN;
}

bool rc_validates(const struct rc_case *c)
{
	return c->n_links == 0 ? !wants_no_signatures(c) : rc_asks_dnssec(c);
}

/* One server alone, as far as is seen, serves the zone, or this one gave the keys as well: no other version of it. */
static bool is_of_one_server(const struct rc_case *c, const struct rc_origin *o,
			     const struct rc_name *zone)
{
	for (size_t i = 0; i < c->n_zones; i++)
		if (c->zones[i].n_ns == 1 && rc_name_equal(&c->zones[i].name, zone))
			return true;
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->qtype == RC_TYPE_DNSKEY && c->links[i].answer != NULL &&
		    rc_addr_equal(&c->links[i].x->server, &o->server) &&
		    rc_name_equal(&c->links[i].name->name, zone))
			return true;
	return false;
}

static bool lacks_signature(uint32_t fault)
{
	return fault == RC_DNSSEC_RRSIG_MISSING || fault == RC_DNSSEC_DENIAL_MISSING;
}

/* What the packets' time says of signatures weighs as much as the packets' time. */
static enum rc_confidence cap_by_clock(const struct rc_dnssec_result *r,
				       enum rc_confidence confidence)
{
	enum rc_confidence most = r->clock == RC_DNSSEC_CLOCK_ALONE  ? RC_CONF_POSSIBLE
				  : r->clock == RC_DNSSEC_CLOCK_FITS ? RC_CONF_PROVEN
								     : RC_CONF_LIKELY;
	bool doubted = r->clock == RC_DNSSEC_CLOCK_ALONE ||
		       rc_fault_is_of_time(r->findings[0].fault);
	return doubted ? rc_confidence_cap(confidence, most) : confidence;
}

static const char *doubt_text(const struct rc_dnssec_result *r)
{
	if (r->clock == RC_DNSSEC_CLOCK_ALONE)
		return " But no signature that was seen is valid at the time of the packets: the "
		       "clock of the sensor may be wrong.";
	return r->clock == RC_DNSSEC_CLOCK_OFF && rc_fault_is_of_time(r->findings[0].fault)
		       ? " That holds at a time that fits most signatures; the time of the packets "
			 "fits none."
		       : "";
}

enum giver { OF_ZONE, OF_ANOTHER, UNKNOWN };

/* Was it given by a server that the zone is known to be delegated to? */
static enum giver giver_of(const struct rc_case *c, const struct rc_origin *o,
			   const struct rc_name *zone)
{
	for (size_t i = 0; i < c->n_zones; i++) {
		if (!rc_name_equal(&c->zones[i].name, zone))
			continue;
		if (c->zones[i].n_addrs == 0)
			return UNKNOWN;
		return rc_zone_has_addr(&c->zones[i], &o->server) ? OF_ZONE : OF_ANOTHER;
	}
	return UNKNOWN;
}

/* A zone of somebody's own, that nobody delegates: whoever resolves it must not validate it. */
static const struct rc_advice exempt = {
	.fix = {"Have {resolver} not validate {zone} (Unbound: domain-insecure, BIND: "
		"validate-except, others: a negative trust anchor), or use a name that is "
		"delegated."},
	.next_steps = {"dig @{resolver} {qname} {qtype} +cd", "dig {zone} DS +dnssec"},
};

static void tell(struct rc_case *c, struct rc_finding *f, const struct rc_dnssec_result *r,
		 const struct rc_origin *shown)
{
	const struct rc_dnssec_finding *d = &r->findings[0];
	f->zone = &d->zone;
	f->cut = d->cut.len > 0 ? &d->cut : NULL;
	f->advice = d->undelegated ? &exempt : NULL;
	const char *qname = rc_say_name(c, c->qname), *zone = rc_say_name(c, &d->zone);
	if (c->dnssec_server == NULL)
		f->explanation = rc_say(c, "%s fails validation in the zone %s: %s.%s", qname, zone,
					d->detail, doubt_text(r));
	else
		f->explanation = rc_say(c,
					"%s cannot be resolved: the addresses of %s, a server of "
					"its zone, fail validation in the zone %s: %s.%s",
					qname, rc_say_name(c, c->dnssec_server), zone, d->detail,
					doubt_text(r));
	rc_prove_origin(c, f, shown, d->detail);
	f->vague = shown->client != NULL; /* not what the resolver itself was given */
	rc_prove_client(c, f);
	if (c->others.cd_ok > 0)
		rc_prove(c, f, c->others.cd_example, c->qname, NULL,
			 "with CD=1 the same name is answered");
	if (rc_case_serials(c) != NULL)
		rc_prove_serials(c, f, rc_case_serials(c));
}

/* It may be no fault of the zone at all that this answer comes without signatures. */
static bool may_lack_rightly(const struct rc_case *c, const struct rc_dnssec_finding *d,
			     const struct rc_origin *shown, enum giver giver)
{
	/* A cut above it that was lost would make it another zone's, which may be unsigned. */
	bool below = (shown->msg->flags & RC_FLAG_AA) && giver == OF_ANOTHER;
	if (d->fault == RC_DNSSEC_RRSIG_MISSING && below)
		return true;
	/* What a resolver told somebody else without DO=1 it may have with signatures. */
	bool held = shown->link == NULL && (shown->msg->flags & RC_FLAG_RA);
	bool to_other = shown->client != NULL || (held && !rc_case_is_resolver(c, &shown->asker));
	return to_other && !shown->msg->edns.do_bit && lacks_signature(d->fault);
}

/* What the resolver has may be whole all the same: other copies of the answer, or the keys of another server of the zone. */
static bool may_be_whole_elsewhere(const struct rc_case *c, const struct rc_dnssec_finding *d,
				   const struct rc_origin *shown, enum giver giver)
{
	if (d->fault == RC_DNSSEC_RRSIG_MISSING)
		return (c->x->marks & RC_X_LOST) || giver != OF_ZONE;
	return d->fault == RC_DNSSEC_DNSKEY_MISSING &&
	       (!rc_case_has_fresh_keys(c, &d->zone) || !is_of_one_server(c, shown, &d->zone));
}

/* Some other client waits for the same name there, for whom it may be asked. */
static bool is_asked_for_others(const struct rc_case *c, const struct rc_link *link)
{
	struct rc_chain chain = rc_chain_by_server(c->recorder, &c->x->server, link->name->hash,
						   ASKED_STEPS_MAX);
	const struct rc_record *r;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (r->x.first_ns <= link->x->first_ns &&
		    (!rc_exchange_answered(&r->x) || r->x.end_ns >= link->x->first_ns))
			return true;
	return false;
}

/* Nobody gave it anything of the name when it asked last, lately. */
static bool was_let_down(const struct rc_case *c, uint64_t name_hash)
{
	const struct rc_exchange *last = NULL;
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], name_hash,
							  ASKED_STEPS_MAX);
		chain.since_ns = c->from_ns - LET_DOWN_NS;
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			if (r->x.first_ns > c->to_ns)
				continue;
			if (rc_rcode_is_usable(r->x.answer.rcode) && r->x.answer.counts[0] > 0)
				return false;
			last = &r->x;
		}
	}
	return last != NULL;
}

static bool is_asked_for(const struct rc_case *c, const struct rc_followed *name)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name == name && !is_asked_for_others(c, &c->links[i]))
			return true;
	return false;
}

/* With its failure it tells of an alias out of the zone to where it was let down. */
static bool tells_way_past(const struct rc_case *c, const struct rc_name *zone)
{
	if (c->answer == NULL || !(c->answer->has & RC_HAS_ANSWER_CNAME))
		return false;
	struct rc_rr_iter it = rc_rr_begin(c->answer, RC_ANSWER);
	struct rc_name target;
	struct rc_rr rr;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
		if (rr.section == RC_ANSWER && rr.type == RC_TYPE_CNAME &&
		    rc_rr_rdata_name(c->answer, &rr, 0, &target) && !rc_name_in(&target, zone) &&
		    was_let_down(c, rc_name_hash(c->seed, &target)))
			return true;
	return false;
}

/*
 * It followed an alias out of the zone of the finding to where nobody helped, or had not long before. None in use does so
 * before it has accepted the alias (a negative trust anchor), or it fails for what it met there, with nothing validated.
 */
static bool went_past(const struct rc_case *c, const struct rc_dnssec_finding *d)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	for (size_t i = 0; i < c->n_names; i++) {
		const struct rc_followed *name = &c->names[i];
		if (name->role != RC_ROLE_ALIAS || !name->wanted ||
		    rc_name_in(&name->name, &d->zone))
			continue;
		bool here = z != NULL && rc_name_in(&name->name, &z->name) &&
			    !rc_name_in(&d->zone, &z->name);
		if (here ? is_asked_for(c, name) : z == NULL && was_let_down(c, name->hash))
			return true;
	}
	return z == NULL && tells_way_past(c, &d->zone);
}

/* The resolver has an answer to that question, too. */
static bool was_given_too(const struct rc_case *c, const struct rc_msg *msg)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i],
							  rc_name_hash(c->seed, &msg->qname),
							  ASKED_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL)
			if (r->x.qtype == msg->qtype && rc_exchange_answered_well(&r->x) &&
			    r->x.end_ns <= c->to_ns)
				return true;
	}
	return false;
}

/* It is about the zone's own NS, and the resolver asked on all the same: these it did not mind. */
static bool is_passed_by(const struct rc_case *c, const struct rc_dnssec_finding *d,
			 const struct rc_msg *shown)
{
	if (shown->qtype != RC_TYPE_NS || c->x->qtype == RC_TYPE_NS ||
	    shown->counts[RC_ANSWER] == 0 || !rc_name_equal(&shown->qname, &d->zone))
		return false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_followed *name = c->links[i].name;
		if (name->wanted && name->role != RC_ROLE_NAMESERVER &&
		    c->links[i].x->qtype == c->x->qtype && rc_name_in(&name->name, &d->zone))
			return true;
	}
	return false;
}

enum rc_confidence rc_by_records(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	const struct rc_dnssec_finding *d = &r->findings[0];
	const struct rc_origin *shown = &c->dnssec_origins[d->msg];
	struct rc_rollover rollover;
	if (is_passed_by(c, d, shown->msg))
		return RC_CONF_NONE;
	tell(c, f, r, shown);
	bool past = went_past(c, d);
	if (past && !rc_is_answered(c))
		return RC_CONF_NONE; /* it is at work there still, or waits for nobody */
	if (!rc_validates(c) || (!rc_is_answered(c) && !rc_is_taken_up(c)) || past)
		return RC_CONF_POSSIBLE;
	if (d->fault == RC_DNSSEC_DNSKEY_MISSING && rc_case_rollover(c, &rollover))
		return RC_CONF_LIKELY; /* somebody has seen the key published */
	/* The DS may be of keys that the zone has put in place of those that the resolver holds: dnssec.stale_dnskey. */
	bool held_keys = d->fault == RC_DNSSEC_DS_MISMATCH && !rc_case_has_fresh_keys(c, &d->zone);
	if (held_keys && (rc_case_rollover(c, &rollover) || rc_case_key_change(c, &rollover)))
		return RC_CONF_POSSIBLE;
	if (held_keys && rc_case_lacks_key(c, &d->zone))
		return RC_CONF_LIKELY;
	enum giver giver = giver_of(c, shown, &d->zone);
	if (may_lack_rightly(c, d, shown, giver))
		return RC_CONF_NONE;
	if (may_be_whole_elsewhere(c, d, shown, giver))
		return RC_CONF_LIKELY;
	/* What another resolver was given this one may have been told not to check (a negative trust anchor). */
	bool own = shown->link != NULL || shown->client != NULL ||
		   rc_case_is_resolver(c, &shown->asker) || was_given_too(c, shown->msg);
	bool proven = own && d->conclusive && r->status == RC_DNSSEC_BOGUS &&
		      c->others.same_server_ok == 0 && !rc_flag(&c->x->query, RC_FLAG_CD);
	return cap_by_clock(r, proven ? RC_CONF_PROVEN : RC_CONF_LIKELY);
}
