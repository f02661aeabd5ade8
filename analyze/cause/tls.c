#include "analyze/cause/tls.h"

#include "analyze/infer/tls.h"

static const struct rc_advice advice = {
	.fix = {"Bring DNS over TLS at {server} back, or let TCP port 853 through between "
		"{resolver} and it."},
	.next_steps = {"kdig +tls @{server} {qname} {qtype}"},
};

static const char *fact_of(struct rc_case *c, const struct rc_exchange *x)
{
	if (x->marks & RC_X_ICMP_HARD)
		return rc_say(
			c, "ICMP unreachable (type %u, code %u) to a connection for DNS over TLS",
			x->icmp_type, x->icmp_code);
	if (x->marks & RC_X_RESET)
		return "a connection for DNS over TLS, reset";
	return rc_say(c, "no answer to %u %s for DNS over TLS", x->attempts,
		      x->attempts == 1 ? "SYN" : "SYNs");
}

/* Was the name, or one that it is an alias of, asked for in plain? */
static bool is_asked_in_plain(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].name->role == RC_ROLE_QUESTION ||
		    c->links[i].name->role == RC_ROLE_ALIAS)
			return true;
	return false;
}

static const char *say_what_came(struct rc_case *c, const struct rc_tls_use *use, bool timeout)
{
	const char *what = timeout ? "got no answer" : "were refused";
	if (use->given_up)
		return rc_say(c, "%s shortly before, and none was tried since", what);
	return what;
}

/* Nobody knows of a question sent in secret: where anything else may have carried it, these are mere signs. */
enum rc_confidence rc_by_tls(const struct rc_rule *rule, struct rc_case *c, struct rc_finding *f)
{
	struct rc_tls_use use;
	bool timeout = rule->param == RC_OUT_TIMEOUT;
	if (c->own_fetch || (!timeout && rule->param != RC_OUT_ICMP) || is_asked_in_plain(c))
		return RC_CONF_NONE;
	rc_tls_look(c, &use);
	if (use.n_shown == 0 || (use.given_up && (use.alive != NULL || c->upstream_visible)))
		return RC_CONF_NONE;
	const struct rc_exchange *last = use.shown[0];
	bool refused = use.given_up ? rc_is_refused(last) : use.refused > 0;
	if (timeout == refused)
		return RC_CONF_NONE;
	f->server = rc_arena_copy(c->arena, &last->server, sizeof last->server);
	f->advice = &advice;
	f->explanation = rc_say(
		c, "%s could ask nobody for %s: its connections for DNS over TLS to %s %s.",
		rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
		rc_say_addr(c, &last->server), say_what_came(c, &use, timeout));
	rc_prove_client(c, f);
	for (unsigned i = 0; i < use.n_shown; i++)
		rc_prove(c, f, use.shown[i], NULL, timeout ? "timeout" : "tcp_failed",
			 fact_of(c, use.shown[i]));
	return use.alive == NULL && use.opened ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}
