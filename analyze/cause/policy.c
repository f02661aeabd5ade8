/*
 * Refusals: what the server could answer and will not.
 */
#include "analyze/cause/asked_server.h"
#include "analyze/cause/rule.h"

static const char *server_text(struct rc_case *c)
{
	return rc_say_addr(c, &c->x->server);
}

/* RD=1 and RA=0 where the server has nothing of its own to say. */
static enum rc_confidence test_recursion(const struct rc_rule *rule, struct rc_case *c,
					 struct rc_finding *f)
{
	(void)rule;
	const struct rc_msg_facts *a = &c->x->answer;
	if (!rc_flag(&c->x->query, RC_FLAG_RD) || rc_flag(a, RC_FLAG_RA) ||
	    rc_exchange_is_transfer(c->x) || rc_case_has_ede(c, RC_EDE_PROHIBITED))
		return RC_CONF_NONE;
	if (rc_recursion_for_others(c) != RC_CONF_NONE)
		return RC_CONF_NONE; /* a matter of who asks */
	f->server = &c->x->server;
	bool refused = a->rcode == RC_RCODE_REFUSED;
	f->explanation = rc_say(c,
				"%s does not offer recursion (RA=0) and has no answer of its own "
				"for %s, yet %s asked it to recurse (RD=1).",
				server_text(c), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->asker));
	rc_prove_self(c, f,
		      refused ? "REFUSED with RA=0 to a query with RD=1"
			      : "empty answer or referral with RA=0 to a query with RD=1");
	if (rc_case_has_ede(c, RC_EDE_NOT_AUTHORITATIVE))
		return RC_CONF_PROVEN;
	/* A resolver that clears RA for clients it does not want refuses so, too: with EDNS it may say so. */
	bool silent = refused && (!c->x->query.edns || !a->edns) && !rc_server_is_authoritative(c);
	return silent ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static enum rc_confidence test_not_authoritative(const struct rc_rule *rule, struct rc_case *c,
						 struct rc_finding *f)
{
	(void)rule;
	bool rd = rc_flag(&c->x->query, RC_FLAG_RD);
	bool notauth = rc_rcode_is(c, RC_RCODE_NOTAUTH);
	bool transfer = rc_exchange_is_transfer(c->x);
	bool resolver = rc_flag(&c->x->answer, RC_FLAG_RA) && !transfer;
	if ((!notauth && (rd || transfer)) || resolver || rc_server_hosts_zone(c) ||
	    c->x->query.tsig || rc_case_has_ede(c, RC_EDE_PROHIBITED))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s does not host a zone that %s lies in.", server_text(c),
				rc_say_name(c, c->qname));
	rc_prove_self(c, f, notauth ? "NOTAUTH" : "REFUSED with RA=0 to a query with RD=0");
	if (rc_case_has_ede(c, RC_EDE_NOT_AUTHORITATIVE))
		return RC_CONF_PROVEN;
	bool cut = (c->x->marks & RC_X_CUT) != 0; /* a TSIG record would stand last */
	bool either = transfer && c->others.not_hosted == 0;
	return notauth && (cut || either) ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static enum rc_confidence test_nonrecursive(const struct rc_rule *rule, struct rc_case *c,
					    struct rc_finding *f)
{
	(void)rule;
	if (rc_flag(&c->x->query, RC_FLAG_RD) || rc_exchange_is_transfer(c->x) ||
	    !rc_server_recurses(c))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c,
				"%s is a resolver and refuses queries without RD (cache snooping).",
				server_text(c));
	rc_prove_self(c, f, "REFUSED by a resolver (RA=1) to a query with RD=0");
	if (rc_case_has_ede(c, RC_EDE_NOT_AUTHORITATIVE))
		return RC_CONF_PROVEN;
	return c->others.same_client_ok + c->others.same_server_ok > 0 ? RC_CONF_LIKELY
								       : RC_CONF_POSSIBLE;
}

static enum rc_confidence test_transfer(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	(void)rule;
	bool refused = rc_rcode_is(c, RC_RCODE_REFUSED);
	bool relayed_or_resolver = rc_flag(&c->x->answer, RC_FLAG_RA) && !refused;
	if (!rc_exchange_is_transfer(c->x) || relayed_or_resolver)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->zone = c->qname;
	f->explanation = rc_say(c, "%s does not let %s transfer the zone %s.", server_text(c),
				rc_say_addr(c, &c->x->asker), rc_say_name(c, c->qname));
	rc_prove_self(c, f,
		      refused ? "zone transfer answered REFUSED"
			      : "zone transfer answered NOTAUTH");
	if (refused && c->x->transport != RC_TCP && c->x->qtype == RC_TYPE_AXFR)
		return RC_CONF_POSSIBLE;
	/* Unbound and dnsmasq refuse what they do not host as well. */
	bool hosts = rc_server_hosts_zone(c);
	if (refused)
		return hosts || rc_case_has_ede(c, RC_EDE_PROHIBITED) ? RC_CONF_PROVEN
								      : RC_CONF_LIKELY;
	/* Knot and PowerDNS say NOTAUTH for both "not yours" and "not mine"; what it refuses to answer at all is not its. */
	if (hosts)
		return RC_CONF_LIKELY;
	return c->others.not_hosted > 0 ? RC_CONF_NONE : RC_CONF_POSSIBLE;
}

static enum rc_confidence test_update(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	(void)rule;
	f->server = &c->x->server;
	f->zone = c->qname;
	f->explanation = rc_say(c, "%s does not permit %s to update the zone %s.", server_text(c),
				rc_say_addr(c, &c->x->asker), rc_say_name(c, c->qname));
	if (rc_rcode_is(c, RC_RCODE_REFUSED)) {
		rc_prove_self(c, f, "UPDATE answered REFUSED");
		/* PowerDNS and Knot Resolver refuse what they do not host as well. */
		return rc_server_hosts_zone(c) ? RC_CONF_PROVEN : RC_CONF_LIKELY;
	}
	rc_prove_self(c, f, "UPDATE answered NOTAUTH by a server that hosts the zone");
	bool tsig = c->x->answer.tsig_error != 0;
	return rc_server_hosts_zone(c) && !tsig ? RC_CONF_LIKELY : RC_CONF_NONE;
}

static enum rc_confidence test_notify(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	(void)rule;
	char code[RC_CODE_TEXT_MAX];
	f->server = &c->x->server;
	f->zone = c->qname;
	f->explanation = rc_say(c, "%s does not take the NOTIFY for %s from %s (%s).",
				server_text(c), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->asker),
				rc_code_name(&rc_rcodes, c->x->answer.rcode, code));
	rc_prove_self(c, f, "error in answer to NOTIFY");
	return RC_CONF_PROVEN;
}

static const struct rc_advice of_class = {
	.fix = {"Ask in class IN. What a server tells of itself in class CH (RFC 4892), its "
		"operator may keep back: then nothing is wrong."},
	.next_steps = {"dig @{server} {qname} {qtype} IN"},
};

static enum rc_confidence refuses_class(struct rc_case *c, struct rc_finding *f)
{
	char code[RC_CODE_TEXT_MAX];
	const char *class = rc_code_name(&rc_classes, c->x->qclass, code);
	f->server = &c->x->server;
	f->advice = &of_class;
	f->explanation = rc_say(c, "%s refuses queries of class %s.", server_text(c), class);
	rc_prove_self(c, f, rc_say(c, "class %s answered REFUSED", class));
	return RC_CONF_LIKELY;
}

static enum rc_confidence test_qtype(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	(void)rule;
	if (rc_exchange_is_transfer(c->x) || rc_relays_upstream(c))
		return RC_CONF_NONE;
	if (rc_exchange_is_of_other_class(c->x))
		return refuses_class(c, f);
	bool unusual = c->x->qtype == RC_TYPE_ANY || c->x->qtype == RC_TYPE_RRSIG;
	/* Where this type is answered too, at another time, it is not the type that it refuses. */
	if (c->others.same_client_types_ok == 0 ||
	    c->others.same_client_ok > c->others.same_client_types_ok ||
	    rc_case_turns(c) != RC_TURNS_NONE)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c, "%s refuses queries of type %s; other types of the same name are answered.",
		server_text(c), rc_say_type(c, c->x->qtype));
	rc_prove_self(c, f, rc_say(c, "type %s answered REFUSED", rc_say_type(c, c->x->qtype)));
	return unusual ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "policy.recursion_unavailable",
				.title = "recursion is not offered",
				.when = "RD=1 answered REFUSED (or empty, or by a referral) with "
					"RA=0, by a server that recurses for nobody.",
				RC_TRUTH("RA=0 and EDE 20 in answer to RD=1.",
					 "REFUSED, an empty answer or a referral with RA=0, from a "
					 "server that nobody is seen to get RA=1 from, and that "
					 "walks no delegations itself.",
					 "REFUSED without EDNS, where EDE could not say more, from "
					 "one that is not seen to answer for zones of its own.",
					 {"policy.client_not_allowed",
					  "others get RA=1 from the same server: BIND clears RA "
					  "for clients outside allow-recursion"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Point {client} at a resolver: {server} serves its own "
					"zones only.",
					"If {server} is meant to resolve for {client}, switch "
					"recursion on there."},
				.next_steps = {"dig @{server} {qname} {qtype} +norecurse",
					       "dig @{server} . NS"},
				.reference = "RFC 1035 4.1.1",
			},
		.rank = 210,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_NOERROR),
		.test = test_recursion,
	},
	{
		.cause =
			{
				.slug = "policy.not_authoritative",
				.title = "the server does not host the zone",
				.when = "RD=0 answered REFUSED with RA=0, or NOTAUTH.",
				RC_TRUTH("REFUSED or NOTAUTH with EDE 20.",
					 "REFUSED with RD=0 and RA=0, or NOTAUTH, from a server "
					 "never seen answering for the zone.",
					 "NOTAUTH to a zone transfer, and no other refusal for the "
					 "zone: it may be an access list.",
					 {"policy.client_not_allowed",
					  "another client is answered the same"},
					 {"policy.transfer_refused",
					  "the server has answered with AA for the zone"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Ask a server that the parent of the zone delegates to, or "
					"correct the delegation if it names {server}."},
				.next_steps = {"dig {qname} NS +trace"},
				.reference = "RFC 8914 4.21",
			},
		.rank = 230,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_NOTAUTH),
		.test = test_not_authoritative,
	},
	{
		.cause =
			{
				.slug = "policy.nonrecursive_refused",
				.title = "a resolver refuses queries without RD",
				.when = "RD=0 answered REFUSED by a resolver (RA=1).",
				RC_TRUTH("REFUSED to RD=0 with EDE 20, from a resolver.",
					 "REFUSED to RD=0 from a resolver that answers the same "
					 "name otherwise.",
					 "REFUSED to RD=0 from a resolver.",
					 {"policy.not_authoritative", "the server never sets RA"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Set RD in queries to {server}, or permit cache snooping "
					"there (Unbound: access-control ... allow_snoop)."},
				.next_steps = {"dig @{server} {qname} {qtype} +recurse"},
				.reference = "RFC 8914 4.21",
			},
		.rank = 205,
		.rcodes = RC_ON(RC_RCODE_REFUSED),
		.test = test_nonrecursive,
	},
	{
		.cause =
			{
				.slug = "policy.transfer_refused",
				.title = "the zone transfer is not allowed",
				.when = "AXFR or IXFR answered REFUSED, or NOTAUTH by a server "
					"that hosts the zone.",
				RC_TRUTH("REFUSED with EDE 18, or from a server seen answering "
					 "with AA for the zone.",
					 "REFUSED otherwise; or NOTAUTH from a server seen "
					 "answering with AA for the zone.",
					 "NOTAUTH otherwise, or REFUSED to AXFR over UDP.",
					 {"policy.not_authoritative",
					  "NOTAUTH, and the server was never seen answering for "
					  "the zone"},
					 {"unsupported.axfr", "NOTIMP or FORMERR"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Permit {client} (or its TSIG key) to transfer {zone} from "
					"{server}, if it is a secondary."},
				.next_steps = {"dig @{server} {zone} AXFR"},
				.reference = "RFC 5936 2.2.1",
			},
		.rank = 200,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_NOTAUTH),
		.test = test_transfer,
	},
	{
		.cause =
			{
				.slug = "policy.update_refused",
				.title = "the dynamic update is not allowed",
				.when = "UPDATE answered REFUSED, or NOTAUTH by a server that "
					"hosts the zone.",
				RC_TRUTH("REFUSED from a server seen answering with AA for the "
					 "zone.",
					 "REFUSED from any other; or NOTAUTH, without TSIG error, "
					 "from a server seen answering with AA for the zone.",
					 NULL,
					 {"update.not_authoritative",
					  "the server was never seen answering for the zone"},
					 {"tsig.bad_key", "the answer has a TSIG error"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Permit {client} (or its TSIG key) to update {zone}, or "
					"stop it from trying."},
				.next_steps = {"nsupdate -y KEY"},
				.reference = "RFC 2136 3.3",
			},
		.rank = 115,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_NOTAUTH),
		.opcodes = RC_ON(RC_OPCODE_UPDATE),
		.test = test_update,
	},
	{
		.cause =
			{
				.slug = "policy.notify_refused",
				.title = "the NOTIFY is not accepted",
				.when = "NOTIFY answered REFUSED, NOTAUTH, NXDOMAIN or SERVFAIL.",
				RC_TRUTH("An error in answer to a NOTIFY.", NULL, NULL,
					 {"unsupported.notify", "NOTIMP"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Configure {client} as a primary of {zone} on {server}, or "
					"take {server} off its notify list."},
				.next_steps = {"dig @{server} {zone} SOA"},
				.reference = "RFC 1996 3",
			},
		.rank = 115,
		.rcodes = RC_ON(RC_RCODE_REFUSED) | RC_ON(RC_RCODE_NOTAUTH) |
			  RC_ON(RC_RCODE_NXDOMAIN) | RC_ON(RC_RCODE_SERVFAIL) |
			  RC_ON(RC_RCODE_FORMERR),
		.opcodes = RC_ON(RC_OPCODE_NOTIFY),
		.test = test_notify,
	},
	{
		.cause =
			{
				.slug = "policy.qtype_refused",
				.title = "the server refuses this type, or class",
				.when = "REFUSED to one type while the same client gets other "
					"types of the same name from the same server; or to "
					"another class than IN.",
				RC_TRUTH(NULL,
					 "REFUSED to ANY or RRSIG, while the same client gets "
					 "other types of the name; or to another class than IN.",
					 "The same with an ordinary type.",
					 {"policy.client_not_allowed",
					  "no type is answered for this client"},
					 {"protocol.edns_unsupported",
					  "the same type is answered without EDNS"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Ask for the types needed instead of {qtype} (RFC 8482), "
					"or permit it on {server}."},
				.next_steps = {"dig @{server} {qname} A",
					       "dig @{server} {qname} {qtype}"},
				.reference = "RFC 8482",
			},
		.rank = 204,
		.rcodes = RC_ON(RC_RCODE_REFUSED),
		.opcodes = RC_ON(RC_OPCODE_QUERY) | RC_OTHER_CLASS,
		.test = test_qtype,
	},
};

const struct rc_rule_family rc_rules_policy = {rules, sizeof rules / sizeof *rules};
