#include "analyze/cause/keys.h"

#include "analyze/infer/rollover.h"
#include "base/time.h"

#define KEYS_AGAIN_MIN 3u   /* of one zone, for one question: answers, not attempts */
#define CUTS_AGAIN_MIN 4u   /* looks for a DS, for one question; each answered */
#define DENIALS_MAX 2u      /* what denies the name, and what denies a cut at a name of that */
#define OWNER_STEPS_MAX 16u /* records of such a name */
#define KEPT_MAX_NS (60 * RC_NS_PER_S) /* caches are flushed now and then */
/* Who asks for the keys so often on average rejects what it is given. */
#define BURST_NS (2 * RC_NS_PER_S)

/* How long, at least, a resolver keeps what this answer gives; by its first record. */
static int64_t kept_ns(const struct rc_msg *answer)
{
	if (answer == NULL)
		return 0;
	struct rc_rr_iter it = rc_rr_begin(answer, RC_ANSWER);
	struct rc_rr rr;
	if (!rc_rr_next(&it, &rr) || rr.section != RC_ANSWER)
		return 0;
	return (int64_t)rr.ttl_s * RC_NS_PER_S < KEPT_MAX_NS ? (int64_t)rr.ttl_s * RC_NS_PER_S
							     : KEPT_MAX_NS;
}

/* Where it was given the same for a question before this one, so lately that it would still have it. NULL if not. */
static const struct rc_exchange *given_before(const struct rc_case *c, const struct rc_link *link)
{
	int64_t since_ns = link->answer != NULL ? c->from_ns - kept_ns(link->answer) : INT64_MAX;
	uint64_t pos = link->record->prev_asker;
	for (unsigned n = 0; n < RC_CHAIN_STEPS_MAX; n++) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || r->x.first_ns < since_ns)
			return NULL;
		if (r->x.name_hash == link->x->name_hash && r->x.qtype == link->x->qtype &&
		    rc_exchange_answered(&r->x) && r->x.end_ns <= c->from_ns &&
		    r->x.answer.rcode == RC_RCODE_NOERROR && !(r->x.answer.flags & RC_FLAG_TC) &&
		    rc_case_is_resolver(c, &r->x.asker))
			return &r->x;
		pos = r->prev_asker;
	}
	return NULL;
}

/*
 * The resolver, by whichever of its addresses, did not give anybody anything that it has to check between these times, as
 * far as the latest such answer tells.
 */
static bool serves_nothing_checked(const struct rc_case *c, int64_t since_ns, int64_t until_ns)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_host *h = rc_hosts_find(c->hosts, &c->resolver[i]);
		if (h != NULL && h->served_checked > 0 && h->checked_ns > since_ns &&
		    h->checked_ns <= until_ns)
			return false;
	}
	return true;
}

static bool asks_root_keys(const struct rc_link *link)
{
	return link->x->qtype == RC_TYPE_DNSKEY && link->name->name.labels == 0;
}

/*
 * Are these no more answers than queries that failed before the first answer came? Each of these may have been sent
 * once more by who waited for it, and had not heard that another was answered meanwhile.
 */
static bool makes_up_for_lost(const struct rc_case *c, const struct rc_link *first)
{
	unsigned lost = 0, given = 0;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (!asks_root_keys(link))
			continue;
		given += link->outcome == RC_OUT_USABLE;
		lost += link->outcome != RC_OUT_USABLE && link->x->first_ns < first->x->end_ns;
	}
	return given <= lost;
}

const struct rc_link *rc_root_keys_again(const struct rc_case *c,
					 const struct rc_exchange **ret_before)
{
	const struct rc_link *first = NULL, *proof = NULL;
	*ret_before = NULL;
	for (size_t i = 0; i < c->n_links; i++) {
		if (!asks_root_keys(&c->links[i]))
			continue;
		proof = &c->links[i];
		if (first == NULL && proof->outcome == RC_OUT_USABLE)
			first = proof; /* what failed before had to be asked once more */
	}
	/* A resolver whose anchor holds has them cached. */
	if (proof == NULL || proof->outcome != RC_OUT_USABLE)
		return NULL;
	if (first == proof)
		*ret_before = given_before(c, proof);
	else if (makes_up_for_lost(c, first))
		return NULL;
	const struct rc_exchange *given = first == proof ? *ret_before : first->x;
	/* With an anchor that does not hold it has nothing for anybody. */
	bool again = given != NULL && serves_nothing_checked(c, given->end_ns, c->x->end_ns);
	return again ? proof : NULL;
}

/* Has it told the root which anchors it has (RFC 8145 5.1), and is one of them a key of the root's set? */
static enum rc_anchor anchor_of(const struct rc_case *c, const struct rc_msg *keys,
				const struct rc_anchor_signal **ret_signal)
{
	const struct rc_anchor_signal *s = NULL;
	for (size_t i = 0; i < c->n_resolver && s == NULL; i++)
		s = rc_anchor_signals_find(c->signals, &c->resolver[i]);
	if (s == NULL)
		return RC_ANCHOR_UNKNOWN;
	*ret_signal = s;
	struct rc_rr_iter it = rc_rr_begin(keys, RC_ANSWER);
	struct rc_rr rr;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
		for (unsigned i = 0; i < s->n_tags && rr.section == RC_ANSWER; i++)
			if (rr.type == RC_TYPE_DNSKEY && rc_read_key_tag(keys, &rr) == s->tags[i])
				return RC_ANCHOR_GOOD;
	return RC_ANCHOR_BAD;
}

/* It has asked for keys or delegations of zones below the root. */
static bool is_past_root(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->qtype == RC_TYPE_DNSKEY && c->links[i].name->name.labels > 0)
			return true;
	return false;
}

bool rc_distrusts_root(struct rc_case *c, struct rc_root_keys *k)
{
	*k = (struct rc_root_keys){.signal = NULL};
	k->proof = rc_root_keys_again(c, &k->before);
	/* Of keys of which a part is not there it is not known which they are. */
	if (rc_flag(&c->x->query, RC_FLAG_CD) || k->proof == NULL || k->proof->answer == NULL ||
	    k->proof->answer->fault != RC_FAULT_NONE)
		return false;
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	k->whole = r->status == RC_DNSSEC_SECURE ||
		   (r->status == RC_DNSSEC_INSECURE && r->n_findings == 0);
	bool root_alone = k->before == NULL && r->status == RC_DNSSEC_INDETERMINATE &&
			  r->n_findings == 0 && !is_past_root(c);
	k->anchor = anchor_of(c, k->proof->answer, &k->signal);
	return k->whole || root_alone;
}

/* While it waits for it still: what comes long after may come too late. */
static bool gives_keys(const struct rc_link *link, const struct rc_followed *zone)
{
	return link->name == zone && link->x->qtype == RC_TYPE_DNSKEY &&
	       link->outcome == RC_OUT_USABLE && rc_exchange_took_ns(link->x) < RC_SLOW_NS;
}

/*
 * The keys of a zone below the root that it was given again and again for this question, by whichever server; NULL if
 * there are none. It rejects them.
 */
static const struct rc_link *zone_keys_again(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *keys = &c->links[i];
		int64_t given_ns = INT64_MAX, held_ns = 0;
		unsigned n = 1;
		if (keys->x->qtype != RC_TYPE_DNSKEY || keys->name->name.labels == 0)
			continue;
		for (size_t k = i; k < c->n_links; k++)
			if (gives_keys(&c->links[k], keys->name) &&
			    c->links[k].x->end_ns < given_ns) {
				given_ns = c->links[k].x->end_ns;
				held_ns = kept_ns(c->links[k].answer);
			}
		/* Before that it asked again because nobody had answered yet, and later since it had to let go of them. */
		for (size_t k = i; k < c->n_links; k++)
			n += gives_keys(&c->links[k], keys->name) &&
			     c->links[k].x->first_ns >= given_ns &&
			     c->links[k].x->first_ns - given_ns < held_ns;
		if (n >= KEYS_AGAIN_MIN)
			return keys;
	}
	return NULL;
}

const struct rc_link *rc_distrusted_keys(struct rc_case *c)
{
	const struct rc_link *keys = zone_keys_again(c);
	if (rc_flag(&c->x->query, RC_FLAG_CD) || keys == NULL || c->final == NULL)
		return NULL;
	const struct rc_dnssec_result *r = rc_case_dnssec(c);
	bool sound = r->status == RC_DNSSEC_SECURE || r->status == RC_DNSSEC_INSECURE;
	return sound && r->n_findings == 0 ? keys : NULL;
}

bool rc_distrusts_keys(struct rc_case *c)
{
	struct rc_root_keys k;
	return rc_distrusts_root(c, &k) || rc_distrusted_keys(c) != NULL;
}

/* It told the root of its anchors (RFC 8145), as who has none that holds does not. */
static bool has_told(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_resolver; i++)
		if (rc_anchor_signals_find(c->signals, &c->resolver[i]) != NULL)
			return true;
	return false;
}

bool rc_distrusted_root_before(const struct rc_case *c, const struct rc_exchange **ret_keys)
{
	int64_t since_ns;
	unsigned n = rc_case_root_keys_before(c, KEPT_MAX_NS, ret_keys, &since_ns);
	if (n < KEYS_AGAIN_MIN)
		return false;
	bool burst = (*ret_keys)->first_ns - since_ns < n * BURST_NS;
	/* One that asked so often may have been mended since the failure; of others nothing good is known at all. */
	return !has_told(c) &&
	       serves_nothing_checked(c, (*ret_keys)->first_ns, burst ? c->x->first_ns : INT64_MAX);
}

/*
 * Delegations it looked for, since it was given that, at a name that owns a record of a denial: no lineage follows such
 * names. The latest denial of one of these in *ret_denial.
 */
static unsigned count_cuts_at(struct rc_case *c, const struct rc_name *owner,
			      const struct rc_msg **ret_denial)
{
	unsigned n = 0;
	uint64_t hash = rc_name_hash(c->seed, owner);
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], hash,
							  OWNER_STEPS_MAX);
		chain.since_ns = c->final->x->end_ns;
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			if (r->x.qtype != RC_TYPE_DS || !rc_exchange_answered(&r->x))
				continue;
			n++;
			*ret_denial = *ret_denial == NULL ? rc_case_decode(c, r) : *ret_denial;
		}
	}
	return n;
}

/* Denied in turn, it goes on at the names in that. */
static unsigned count_cuts_at_denial(struct rc_case *c)
{
	const struct rc_msg *m = c->final->answer, *next = NULL;
	unsigned cuts = 0;
	for (unsigned step = 0; step < DENIALS_MAX && m != NULL; step++, m = next, next = NULL) {
		struct rc_rr_iter it = rc_rr_begin(m, RC_AUTHORITY);
		struct rc_rr rr;
		struct rc_name owner;
		for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
			if (rr.type == RC_TYPE_NSEC3 && rc_rr_owner(m, &rr, &owner))
				cuts += count_cuts_at(c, &owner, &next);
	}
	return cuts;
}

bool rc_checks_unasked(struct rc_case *c)
{
	unsigned n = 0;
	if (c->final == NULL || !rc_rcode_is(c, RC_RCODE_SERVFAIL))
		return false;
	for (size_t i = 0; i < c->n_links; i++)
		n += c->links[i].x->qtype == RC_TYPE_DS && c->links[i].outcome == RC_OUT_USABLE;
	return n + count_cuts_at_denial(c) >= CUTS_AGAIN_MIN;
}
