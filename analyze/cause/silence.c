/*
 * No usable answer from the server asked.
 */
#include "analyze/cause/reply.h"

/* Who takes a connection and ends it runs, and its port is open. */
static const struct rc_advice closes = {
	.fix = {"Find out why {server} ends TCP connections without an answer: its limits on them, "
		"or a "
		"firewall or proxy before it."},
	.next_steps = {"dig @{server} {qname} {qtype} +tcp"},
};

static enum rc_confidence test_unreachable(const struct rc_rule *rule, struct rc_case *c,
					   struct rc_finding *f)
{
	(void)rule;
	uint32_t marks = c->x->marks;
	f->server = &c->x->server;
	if (marks & RC_X_ICMP_HARD) {
		f->explanation = rc_say(
			c, "The network says that %s cannot be reached (ICMP type %u, code %u).",
			rc_say_addr(c, &c->x->server), c->x->icmp_type, c->x->icmp_code);
		rc_prove_self(c, f, "ICMP unreachable that quotes the query");
		return RC_CONF_PROVEN;
	}
	if (!(marks & (RC_X_RESET | RC_X_CLOSED | RC_X_NO_CONNECT)))
		return RC_CONF_NONE;
	f->explanation = rc_say(c, "%s ended the TCP connection without an answer.",
				rc_say_addr(c, &c->x->server));
	f->advice = marks & RC_X_NO_CONNECT ? NULL : &closes;
	rc_prove_self(c, f, marks & RC_X_RESET ? "TCP reset" : "the connection was closed");
	/* It was reached. A resolver closes connections whose questions it has no answer for, at work out of sight, too. */
	bool closed = !(marks & (RC_X_RESET | RC_X_NO_CONNECT)) &&
		      rc_flag(&c->x->query, RC_FLAG_RD);
	if (closed && c->server_host != NULL && c->server_host->answered > 0)
		return RC_CONF_NONE; /* it left the question unanswered */
	return closed || c->n_links > 0 ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static enum rc_confidence test_late(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	if (!(c->x->marks & RC_X_LATE) || c->others.other_server_ok > 0)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	bool answered = rc_is_answered(c);
	/* The answer itself is not in the capture, nor need another one be that was taken: ICMP says that it came. */
	bool unseen = !answered && c->x->sign_frame != 0 && !rc_is_mismatched(c->x) &&
		      !(c->x->marks & RC_X_ICMP);
	bool left = answered || unseen; /* else it may have waited on */
	f->explanation = rc_say(c, "%s answered %s, but only after %s%s.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				left ? "the client had given up"
				     : "the deadline, when hardly any client still waits",
				unseen ? "; the answer itself is not in the capture" : "");
	rc_prove_self(c, f,
		      unseen ? "the client's port was closed when an answer came (ICMP)"
		      : left ? "the client's port was closed when the answer came"
			     : "an answer came after the deadline");
	if (unseen)
		return c->x->attempts == 1 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
	/* Of several attempts another one's answer may have been taken before, and have been lost to the capture. */
	return left && c->x->attempts == 1 ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}

/* The capture has one direction only: nothing at all comes from any server, though clients go on. */
static enum rc_confidence test_one_way(const struct rc_rule *rule, struct rc_case *c,
				       struct rc_finding *f)
{
	(void)rule;
	if (c->one_way != RC_ONE_WAY && c->one_way != RC_PERHAPS_ONE_WAY)
		return RC_CONF_NONE;
	f->explanation = rc_say(
		c,
		"The capture holds no packet from %s at all: it seems to have one direction only.",
		rc_say_addr(c, &c->x->server));
	rc_prove_self(c, f, "query without any packet the other way in the capture");
	return c->one_way == RC_ONE_WAY ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static const struct rc_advice stood_still = {
	.fix = {"Find out why {server} stood still: its log and restarts, its load, the network "
		"before "
		"it."},
	.next_steps = {"dig @{server} {qname} {qtype}", "ping {server}"},
};

/* It hung, was started again, or was cut off: nobody heard of it. */
static enum rc_confidence in_hush(struct rc_case *c, struct rc_finding *f,
				  const struct rc_hush *hush)
{
	bool over = hush->ms != UINT32_MAX;
	int64_t took_ns = over ? hush->ms * RC_NS_PER_MS : c->x->end_ns - hush->from_ns;
	f->explanation = rc_say(
		c,
		"%s sent nothing to anybody for %s%s, while %s and others asked it: "
		"it stood still, was started again, or was cut off%s.",
		rc_say_addr(c, &c->x->server), rc_say_duration(c, took_ns), over ? "" : " and more",
		rc_say_addr(c, &c->x->asker),
		c->upstream_visible ? "" : ", or waited for servers that are out of sight");
	f->advice = &stood_still;
	rc_prove_self(c, f, "no answer, like all that was asked there at that time");
	return c->upstream_visible ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static enum rc_confidence test_silent(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	(void)rule;
	const struct rc_host *h = c->server_host;
	bool answers_others = h != NULL && h->answered > 0;
	bool speaks = answers_others || (c->x->marks & RC_X_GAP);
	if (speaks && (c->x->marks & RC_X_LOST))
		return RC_CONF_NONE; /* its answer may just not have been captured */
	if (rc_is_mismatched(c->x) || (c->x->marks & RC_X_FRAGMENTS_LOST))
		return RC_CONF_NONE; /* it said something */
	f->server = &c->x->server;
	struct rc_hush hush;
	if (rc_case_hush(c, &hush))
		return in_hush(c, f, &hush);
	f->explanation = answers_others
				 ? rc_say(c,
					  "%s left this question of %s unanswered (%u %s), while "
					  "it answers others.",
					  rc_say_addr(c, &c->x->server),
					  rc_say_addr(c, &c->x->asker), c->x->attempts,
					  c->x->attempts == 1 ? "attempt" : "attempts")
				 : rc_say(c, "%s answers nothing (%u %s of %s)%s.",
					  rc_say_addr(c, &c->x->server), c->x->attempts,
					  c->x->attempts == 1 ? "attempt" : "attempts",
					  rc_say_addr(c, &c->x->asker),
					  c->one_way == RC_TWO_WAYS
						  ? ""
						  : ", or the capture has one direction only");
	rc_prove_self(c, f, "no answer");
	/* Who asks others is there, be it that it has answered nobody yet. */
	return answers_others || c->upstream_visible ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "no_answer.unreachable",
				.title = "the server cannot be reached",
				.when = "An ICMP unreachable quotes the query, or TCP is refused "
					"or reset.",
				RC_TRUTH("An ICMP unreachable that quotes the query.",
					 "The TCP connection was reset without an answer, or "
					 "closed where no resolver was asked.",
					 "It was closed by one that was asked to recurse and "
					 "answers nobody, or ended by a resolver that was at work "
					 "on the question.",
					 {"no_answer.server_silent",
					  "nothing comes back at all, or one that answers others "
					  "closes the connection"},
					 {"upstream.unreachable", "the asker is a forwarder or "
								  "resolver at work for a client"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Start the DNS service on {server}, or let its port "
					"through the firewall."},
				.next_steps = {"dig @{server} {qname} {qtype}",
					       "ss -lntup 'sport = :53'"},
				.reference = "RFC 1122 3.2.2.1",
			},
		.rank = 700,
		.flags = RC_RULE_GONE,
		.rcodes = RC_ON_SILENCE,
		.opcodes = RC_OPCODES_ALL,
		.test = test_unreachable,
	},
	{
		.cause =
			{
				.slug = "no_answer.late_response",
				.title = "the answer came too late",
				.when = "An answer to the query came after the deadline, or after "
					"the client had closed its port.",
				RC_TRUTH("The client asked once, and its port was closed when the "
					 "answer came.",
					 "It asked more than once; or the answer came after the "
					 "deadline; or ICMP alone shows that one came.",
					 "ICMP alone shows it, and it asked more than once.",
					 {"no_answer.server_silent", "no answer comes at all"},
					 {"upstream.timeout",
					  "the resolver's own servers are silent"}),
				.responsible = RC_PARTY_RESOLVER_OPERATOR,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Find out what slows {server} down: its upstream servers, "
					"its load, or the network."},
				.next_steps =
					{"dig @{server} {qname} {qtype} +tries=1 +timeout=30"},
				.reference = "RFC 1035 7.3",
			},
		.rank = 710,
		.flags = RC_RULE_ANSWER,
		.rcodes = RC_ON_SILENCE | RC_ON(RC_RCODE_NOERROR) | RC_ON(RC_RCODE_NXDOMAIN),
		.opcodes = RC_OPCODES_ALL,
		.test = test_late,
	},
	{
		.cause =
			{
				.slug = "no_answer.one_way_capture",
				.title = "the capture has one direction only",
				.when = "Queries to several servers, about several domains, and "
					"not one packet the other way in the whole capture.",
				RC_TRUTH(NULL,
					 "Questions about eight domains and more, or to eight "
					 "servers, or about several domains to four; not one "
					 "packet the other way in the whole capture, and nobody "
					 "asks again.",
					 "The same, but about several domains to two servers, or "
					 "about one to four.",
					 {"no_answer.server_silent",
					  "some server answers, or little is asked, or it is asked "
					  "again"}),
				.responsible = RC_PARTY_NOBODY,
				.severity = RC_SEVERITY_INFO,
				.fix = {"Mirror both directions of the link to the sensor."},
				.next_steps = {"tcpdump -ni IFACE src port 53"},
				.reference = "docs/causes.md",
			},
		.rank = 690,
		.rcodes = RC_ON_SILENCE,
		.opcodes = RC_OPCODES_ALL,
		.test = test_one_way,
	},
	{
		.cause =
			{
				.slug = "no_answer.server_silent",
				.title = "the server does not answer",
				.when = "No answer to any attempt, and no ICMP error.",
				RC_TRUTH(
					NULL,
					"No answer from a server that answers nobody; or in a time "
					"of a second and more in which it sent nothing and waited "
					"for nobody, though eight answers were due.",
					"No answer from a server that answers others; or from any "
					"of those asked, about little, in a capture without any "
					"answer.",
					{"policy.client_not_allowed",
					 "the server answers others the same, and this client "
					 "never"},
					{"policy.rate_limited",
					 "it answers this client at other times"},
					{"resolver.overload", "many questions are open there"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_HIGH,
				.fix = {"Find out whether {server} runs, is overloaded, or drops "
					"queries of {client}."},
				.next_steps = {"dig @{server} {qname} {qtype}", "ping {server}"},
				.reference = "RFC 1035 7.3",
			},
		.rank = 720,
		.flags = RC_RULE_SILENCE,
		.rcodes = RC_ON_SILENCE,
		.opcodes = RC_OPCODES_ALL,
		.test = test_silent,
	},
};

const struct rc_rule_family rc_rules_silence = {rules, sizeof rules / sizeof *rules};
