/*
 * Forwarders that hand a question back to each other, or to themselves.
 */
#include "analyze/cause/rule.h"

#define LOOP_HOPS_MAX 4u /* forwarders that a question may come back by */
#define SELF_MIN 2u /* questions of a server to itself: one alone may be a program's on its host */
/* Exchanges looked at for that: forwarders in a circle multiply a question. */
#define LOOP_STEPS_MAX 4096u

/* The next, from pos on, that put the question to this server by then and was not answered yet; NULL if there is none. */
static const struct rc_exchange *next_asked(const struct rc_case *c, const struct rc_addr *server,
					    int64_t by_ns, uint64_t *pos, unsigned *steps)
{
	for (; *steps > 0; (*steps)--) {
		const struct rc_record *r = rc_recorder_at(c->recorder, *pos);
		if (r == NULL || r->x.first_ns < by_ns - c->timeout_ns)
			return NULL;
		*pos = r->prev_server;
		bool open = !rc_exchange_answered(&r->x) || r->x.end_ns >= by_ns;
		if (open && r->x.first_ns <= by_ns && r->x.name_hash == c->x->name_hash &&
		    r->x.qtype == c->x->qtype && rc_flag(&r->x.query, RC_FLAG_RD) &&
		    rc_addr_equal(&r->x.server, server))
			return &r->x;
	}
	return NULL;
}

/*
 * Did x come by way of this forwarder, which somebody else had asked before? Who asks only for itself, be it on a
 * server's host, forwards nothing.
 */
static bool came_by(const struct rc_case *c, const struct rc_exchange *x,
		    const struct rc_addr *forwarder, unsigned hops, unsigned *steps)
{
	bool is_it = rc_addr_equal(&x->asker, forwarder);
	uint64_t pos = rc_recorder_newest_by_server(c->recorder, &x->asker, c->x->name_hash);
	const struct rc_exchange *q;
	while ((q = next_asked(c, &x->asker, x->first_ns, &pos, steps)) != NULL) {
		if (rc_case_is_resolver(c, &q->asker))
			continue;
		if (is_it || (hops > 1 && came_by(c, q, forwarder, hops - 1, steps)))
			return true;
	}
	return false;
}

/* What the resolver asks there it asks for somebody else. */
static bool is_forwarded(const struct rc_case *c, const struct rc_exchange *x, unsigned *steps)
{
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_addr *own = &c->resolver[i];
		uint64_t pos = rc_recorder_newest_by_server(c->recorder, own, c->x->name_hash);
		const struct rc_exchange *q;
		while ((q = next_asked(c, own, x->first_ns, &pos, steps)) != NULL)
			if (q->first_ns >= c->x->first_ns || !rc_addr_equal(&q->asker, &x->server))
				return true;
	}
	return false;
}

/*
 * In vain it has put the question to its own address, from there, since it was asked: the first time, and how often. At a
 * loopback address anybody asks from the same.
 */
static const struct rc_exchange *asked_of_itself(const struct rc_case *c, unsigned *ret_n)
{
	const struct rc_exchange *first = NULL;
	unsigned steps = LOOP_STEPS_MAX;
	*ret_n = 0;
	for (size_t i = 0; i < c->n_resolver; i++) {
		const struct rc_addr *own = &c->resolver[i];
		uint64_t pos = rc_recorder_newest_by_server(c->recorder, own, c->x->name_hash);
		const struct rc_exchange *q;
		if (rc_recorder_newest_by_asker(c->recorder, own, c->x->name_hash) == 0)
			continue; /* it asked nobody */
		while (!rc_addr_is_loopback(own) &&
		       (q = next_asked(c, own, c->to_ns, &pos, &steps)) != NULL) {
			if (q->first_ns < c->x->first_ns || !rc_addr_equal(&q->asker, own))
				continue;
			first = q;
			++*ret_n;
		}
	}
	return first;
}

/* It forwards to itself, which is seen on its own host only. */
static enum rc_confidence hands_to_itself(struct rc_case *c, struct rc_finding *f)
{
	unsigned n;
	if (c->n_links > 0 || rc_case_is_resolver(c, &c->x->asker))
		return RC_CONF_NONE;
	const struct rc_exchange *q = asked_of_itself(c, &n);
	if (n < SELF_MIN)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s forwards %s to itself, again and again, and to nobody else.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "what is asked of it");
	rc_prove(c, f, rc_arena_copy(c->arena, q, sizeof *q), c->qname, NULL,
		 "and what it asks of itself");
	return RC_CONF_LIKELY;
}

static enum rc_confidence test_loop(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	const struct rc_link *link = c->forwarded;
	unsigned steps = LOOP_STEPS_MAX;
	(void)rule;
	if (link == NULL)
		return hands_to_itself(c, f);
	if (link->outcome == RC_OUT_USABLE || !is_forwarded(c, link->x, &steps))
		return RC_CONF_NONE;
	/* Asked for somebody else, that one asks back: or what it asks came by that one. */
	bool asks_back = link->x->first_ns < c->x->first_ns &&
			 rc_addr_equal(&link->x->server, &c->x->asker);
	if (!asks_back && !came_by(c, c->x, &link->x->server, LOOP_HOPS_MAX, &steps))
		return RC_CONF_NONE;
	f->server = &link->x->server;
	f->explanation = rc_say(
		c, "%s forwards %s to %s, which waits for the answer to it: nobody resolves it.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_addr(c, &link->x->server));
	rc_prove_self(c, f, "what is asked of it");
	rc_prove(c, f, link->x, c->qname, NULL, "and what it asks where that came from");
	return RC_CONF_PROVEN;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "resolver.forwarding_loop",
				.title = "forwarders hand it back to each other",
				.when = "A forwarder hands the question on to itself, or to one "
					"that it came by, and that waits for the answer to it.",
				RC_TRUTH("A forwarder that somebody asks hands the question on, "
					 "and before it has an answer is asked the same by the one "
					 "that it asked, or by one behind that.",
					 "It puts the question to itself several times, and to "
					 "nobody else.",
					 NULL,
					 {"upstream.timeout", "the question does not come back"},
					 {"delegation.loop",
					  "it is the names of nameservers that need one another"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Forward {zone} in one direction only: take it out of the "
					"forwarding of {resolver} or of {server}."},
				.next_steps = {"dig @{server} {qname} {qtype} +norecurse"},
				.reference = "RFC 1034 5.3.3",
			},
		.rank = 405,
		.rcodes = RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_REFUSED) | RC_ON_SILENCE,
		.test = test_loop,
	},
};

const struct rc_rule_family rc_rules_loop = {rules, sizeof rules / sizeof *rules};
