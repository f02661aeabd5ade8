#include "analyze/decide/caps.h"

#include "base/time.h"

#define DEAF_SERVERS_MIN 4 /* so many are asked in vain where none can be heard */
/* So many records behind silent queries are looked through for what their resolver asked next. */
#define BEGINS_NS (5 * RC_NS_PER_S) /* a resolver asks at once */
#define WAY_STEPS_MAX 128u

static bool hears(const struct rc_case *c, const struct rc_addr *addr)
{
	const struct rc_host *h = rc_hosts_find(c->hosts, addr);
	return h != NULL && h->got_answers > 0;
}

/* How far silence may be believed, by what is heard at the addresses that asked in vain. */
static enum rc_confidence hearing(const struct rc_case *c)
{
	bool some_hears = false, heard = false, deaf = false, unsure = false;
	for (size_t i = 0; i < c->n_resolver; i++)
		some_hears = some_hears || hears(c, &c->resolver[i]);
	if (!some_hears)
		return c->n_links > 0 ? RC_CONF_POSSIBLE : RC_CONF_PROVEN;
	/* Answers by IPv6, say, may take a way that is not tapped. */
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		bool elsewhere = c->failed_zone != RC_ZONE_NONE &&
				 c->links[i].zone != c->failed_zone;
		if (c->links[i].outcome != RC_OUT_TIMEOUT || elsewhere)
			continue;
		const struct rc_host *h = rc_hosts_find(c->hosts, &x->asker);
		bool asked_many = h != NULL && rc_few_count(&h->servers_asked) >= DEAF_SERVERS_MIN;
		if (hears(c, &x->asker))
			heard = true;
		else if (asked_many && !heard)
			return RC_CONF_POSSIBLE;
		else if (asked_many)
			deaf = true;
		else
			unsure = true;
	}
	/* Silence that can be heard is there; what another way may have brought is not known. */
	return deaf || (unsure && !heard) ? RC_CONF_LIKELY : RC_CONF_PROVEN;
}

/*
 * Did anybody act on the silence of the zone's servers? Who gets no answer asks again, or gives up and says so. Else the
 * capture may have lost the answers, the one to the client among them, though it does not say yet that it lost any.
 */
static bool is_acted_on(const struct rc_case *c)
{
	const struct rc_exchange *silent = NULL; /* the first of them */
	if (rc_is_answered(c) || c->x->attempts > 1)
		return true;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != c->failed_zone)
			continue;
		bool later = silent != NULL &&
			     link->x->first_ns - silent->first_ns >= RC_PATIENCE_NS;
		if (later || (link->outcome == RC_OUT_TIMEOUT && link->x->attempts > 1))
			return true;
		if (silent == NULL && link->outcome == RC_OUT_TIMEOUT)
			silent = link->x;
	}
	return silent == NULL;
}

/* Is it the server that was asked, or another of its zone? */
static bool is_server(const struct rc_case *c, const struct rc_link *link,
		      const struct rc_addr *addr)
{
	return rc_addr_equal(addr, &link->x->server) ||
	       (link->zone < c->n_zones && rc_zone_has_addr(&c->zones[link->zone], addr));
}

/*
 * It asks somebody else for a name below the one that it asked for in vain: it was told who that is, by an address of
 * it that is not known as its own, or by an answer that the capture has not.
 */
static bool asks_below(const struct rc_case *c, const struct rc_link *silent, unsigned *steps)
{
	uint64_t pos = rc_recorder_next(c->recorder, silent->pos);
	for (; *steps > 0 && pos != 0; (*steps)--) {
		const struct rc_record *r = rc_recorder_at(c->recorder, pos);
		if (r == NULL || r->x.first_ns > c->to_ns)
			return false;
		pos = rc_recorder_next(c->recorder, pos);
		struct rc_name name;
		if (r->name_labels <= silent->name->name.labels ||
		    (r->x.query.flags & RC_FLAG_RD) || !rc_case_is_resolver(c, &r->x.asker) ||
		    is_server(c, silent, &r->x.server))
			continue;
		rc_record_name(r, &name);
		if (rc_name_in(&name, &silent->name->name))
			return true;
	}
	return false;
}

/*
 * A query left unanswered in the zone at fault kept its resolver from nothing. Only names on the way down have others
 * below them that it goes on to: below the question itself there is nothing that it is asked for.
 */
static bool goes_on_below(const struct rc_case *c)
{
	const struct rc_link *last = NULL;
	unsigned steps = WAY_STEPS_MAX;
	for (size_t i = 0; i < c->n_links && steps > 0; i++) {
		const struct rc_link *link = &c->links[i];
		bool walks = link->pos != 0 && !(link->x->query.flags & RC_FLAG_RD) &&
			     link->outcome == RC_OUT_TIMEOUT && link->zone == c->failed_zone &&
			     link->name->name.labels > 0 && link->name->role != RC_ROLE_QUESTION;
		/* What was asked after its other servers was asked after the first of them. */
		if (!walks || (last != NULL && link->name == last->name))
			continue;
		last = link;
		if (asks_below(c, link, &steps))
			return true;
	}
	return false;
}

/* Behind the first server that was silent, another has told it something that is cut off here: that may be why. */
static bool is_told_since(const struct rc_case *c)
{
	bool silent = false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		silent = silent ||
			 (link->zone == c->failed_zone && link->outcome == RC_OUT_TIMEOUT);
		if (silent && rc_exchange_answered(link->x) && (link->x->marks & RC_X_CUT) &&
		    link->name->role == RC_ROLE_QUESTION && link->x->qtype == c->x->qtype)
			return true;
	}
	return false;
}

enum rc_confidence rc_cap_by_silence(const struct rc_rule *rule, const struct rc_case *c,
				     enum rc_confidence confidence)
{
	if (!(rule->flags & RC_RULE_SILENCE) || confidence <= RC_CONF_POSSIBLE)
		return confidence;
	bool at_end = !rc_is_answered(c) && (c->x->marks & (RC_X_AT_END | RC_X_EARLY));
	if (at_end || is_told_since(c) || c->one_way != RC_TWO_WAYS || (c->x->marks & RC_X_LOST))
		return RC_CONF_POSSIBLE;
	enum rc_confidence most = hearing(c);
	if (most > RC_CONF_LIKELY &&
	    (!is_acted_on(c) || (confidence > RC_CONF_LIKELY && goes_on_below(c))))
		most = RC_CONF_LIKELY;
	return rc_confidence_cap(confidence, most);
}

enum rc_confidence rc_cap_by_client(const struct rc_rule *rule, const struct rc_case *c,
				    enum rc_confidence confidence)
{
	bool of_client = (rule->flags & RC_RULE_CLIENT) ||
			 rc_cause_is_of(&rule->cause, "no_answer.");
	return c->ignored && !of_client ? rc_confidence_cap(confidence, RC_CONF_POSSIBLE)
					: confidence;
}

enum rc_confidence rc_cap_by_loss(const struct rc_case *c, enum rc_confidence confidence)
{
	bool doubtful = !rc_is_answered(c) && (c->x->marks & RC_X_LOST) &&
			!(c->x->marks & (RC_X_ICMP_HARD | RC_X_RESET));
	return doubtful ? rc_confidence_cap(confidence, RC_CONF_POSSIBLE) : confidence;
}

/* What was said is there in part only: the rest may have told another story. */
static bool has_cut_answers(const struct rc_case *c)
{
	if (c->n_links > 0 && (c->x->marks & RC_X_CUT))
		return true;
	for (size_t i = 0; i < c->n_links; i++)
		if (rc_exchange_answered(c->links[i].x) && (c->links[i].x->marks & RC_X_CUT))
			return true;
	return false;
}

/* Nobody was asked for long after the client's last attempt: what it met with then may have been another's question. */
static bool began_long_after(const struct rc_case *c)
{
	return !rc_is_answered(c) && c->n_links > 0 &&
	       c->links[0].x->first_ns - c->x->last_ns >= BEGINS_NS;
}

enum rc_confidence rc_cap_by_lineage(struct rc_case *const *hop, size_t last,
				     enum rc_confidence confidence)
{
	if (began_long_after(hop[0]))
		return rc_confidence_cap(confidence, RC_CONF_POSSIBLE);
	for (size_t i = 0; i <= last && confidence > RC_CONF_LIKELY; i++)
		if (hop[i]->adopted || has_cut_answers(hop[i]))
			confidence = RC_CONF_LIKELY;
	return confidence;
}
