/*
 * Rate limits of the server asked: what it leaves out, truncates or refuses of what it answers at other times.
 */
#include "analyze/cause/alive.h"
#include "analyze/cause/rule.h"
#include "base/time.h"

/* Asked much in that second, it left a good part without an answer, of what it answers at other times. */
static bool is_flooded(struct rc_case *c, struct rc_finding *f, const char *what)
{
	struct rc_rate r;
	struct rc_hush hush;
	if (!rc_hosts_rate(c->hosts, &c->x->server, &r) || r.asked < RC_FLOOD_MIN ||
	    rc_case_hush(c, &hush) || r.answered == 0 || r.answered >= r.asked ||
	    c->x->first_ns < r.from_ns - RC_NS_PER_S ||
	    c->x->first_ns > r.from_ns + 2 * RC_NS_PER_S || rc_case_is_slow_to_all(c))
		return false;
	f->explanation = rc_say(c,
				"%s answers %s %s at other times; in the second in which it was "
				"asked %u times it answered %u: a rate limit.",
				rc_say_addr(c, &c->x->server), rc_say_addr(c, &c->x->asker), what,
				r.asked, r.answered);
	return true;
}

/* Asked much in that second, it refused what it answers this client at other times. */
static enum rc_confidence refuses_by_turns(struct rc_case *c, struct rc_finding *f)
{
	struct rc_rate r;
	if (!rc_rcode_is(c, RC_RCODE_REFUSED) || c->n_links > 0 ||
	    rc_case_turns(c) == RC_TURNS_FULL || /* it counts what is open, not what is asked */
	    !rc_hosts_rate(c->hosts, &c->x->server, &r) || r.asked < RC_FLOOD_MIN)
		return RC_CONF_NONE;
	rc_prove_self(c, f, rc_say(c, "REFUSED, in a time of %u questions in a second", r.asked));
	return RC_CONF_POSSIBLE;
}

/*
 * Asked much in that second, it left a part without an answer that it need not ask anybody for, or had an answer to: it
 * counts this client's questions, whatever their names.
 */
static enum rc_confidence drops_in_flood(struct rc_case *c, struct rc_finding *f)
{
	bool could = c->n_links == 0 || c->final != NULL;
	bool many = (c->x->attempts == 1 && c->others.silent == 0) ||
		    !rc_case_are_others_answered(c); /* else it is about the name */
	if (!c->upstream_visible || !could || !many || c->failed_zone != RC_ZONE_NONE ||
	    c->x->transport != RC_UDP || !rc_flag(&c->x->query, RC_FLAG_RD) ||
	    c->others.earlier > 0 || !rc_case_is_served(c) ||
	    rc_case_load_is_at_work(c, c->x->first_ns) || !is_flooded(c, f, "other questions"))
		return RC_CONF_NONE;
	rc_prove_self(c, f, "no answer");
	return RC_CONF_POSSIBLE;
}

static enum rc_confidence test_rate(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	if (rc_relays_upstream(c))
		return RC_CONF_NONE;
	bool well = c->others.same_client_ok > c->others.same_client_types_ok;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s answers %s only some of the time: a rate limit.",
				rc_say_addr(c, &c->x->server), rc_say_addr(c, &c->x->asker));
	if (c->ede & rule->ede) {
		f->explanation = rc_say(c, "%s says that %s asks it too much.",
					rc_say_addr(c, &c->x->server),
					rc_say_addr(c, &c->x->asker));
		rc_prove_self(c, f, "the answer carries an EDE of a rate limit or quota");
		return RC_CONF_PROVEN;
	}
	if (rc_is_answered(c))
		return well || rc_case_turns(c) == RC_TURNS_OWN ? refuses_by_turns(c, f)
								: RC_CONF_NONE;
	/* Response rate limiting drops some answers and truncates others so that TCP gets through. */
	if (!well)
		return drops_in_flood(c, f);
	rc_prove_self(c, f, "no answer");
	/* For that zone's servers, which give it nothing. */
	bool waits = c->failed_zone != RC_ZONE_NONE || rc_left_behind_silence(c) != NULL;
	if (c->others.slipped == 0)
		return !waits && is_flooded(c, f, "this question") ? RC_CONF_POSSIBLE
								   : RC_CONF_NONE;
	rc_prove(c, f, c->others.slip_example, c->qname, "truncated",
		 rc_say(c, "%s got an empty truncated answer (RRL slip)",
			c->others.slip_example->qtype == c->x->qtype
				? "the same question"
				: "another question for the name"));
	return RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "policy.rate_limited",
				.title = "the server limits the rate of its answers",
				.when = "Some identical questions of a client answered, others "
					"dropped, and some answered empty with TC=1 (RRL slip).",
				RC_TRUTH("EDE 31 or 32 in the answer.",
					 "No answer, while the same question of the client gets "
					 "empty truncated answers and whole ones (RRL slip).",
					 "No answer, or REFUSED, to a question that the client "
					 "gets answered at other times, or no answer to one that "
					 "takes no work, in a second with ten questions and more; "
					 "or "
					 "REFUSED to ten names in a row right beside some that it "
					 "answered just before.",
					 {"no_answer.server_silent",
					  "nothing of the client is answered"},
					 {"resolver.overload", "the open questions are of several "
							       "names, none of them known before"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Let {client} cache answers or ask over TCP; raise the "
					"limit or exempt {client} if its rate is legitimate."},
				.next_steps = {"dig @{server} {qname} {qtype} +tcp"},
				.reference = "RFC 8914",
			},
		.rank = 201,
		.flags = RC_RULE_SILENCE,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_SERVFAIL) | RC_ON_SILENCE,
		.ede = RC_EDE(RATE_LIMITED) | RC_EDE(OVER_QUOTA),
		.test = test_rate,
	},
};

const struct rc_rule_family rc_rules_limit = {rules, sizeof rules / sizeof *rules};
