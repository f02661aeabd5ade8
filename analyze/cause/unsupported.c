/*
 * What the server does not implement, and queries it cannot read.
 */
#include <stdlib.h>

#include "analyze/cause/rule.h"
#include "base/time.h"

#define SAME_TIME_NS (2 * RC_NS_PER_S) /* so near the server is as it was */

static const char *request_text(struct rc_case *c)
{
	char text[RC_CODE_TEXT_MAX];
	if (c->x->opcode != RC_OPCODE_QUERY)
		return rc_say(c, "%s", rc_code_name(&rc_opcodes, c->x->opcode, text));
	if (rc_exchange_is_of_other_class(c->x))
		return rc_say(c, "class %s", rc_code_name(&rc_classes, c->x->qclass, text));
	return rc_say_type(c, c->x->qtype);
}

static enum rc_confidence say_unsupported(struct rc_case *c, struct rc_finding *f,
					  enum rc_confidence confidence)
{
	char code[RC_CODE_TEXT_MAX];
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s answered %s to %s: it does not support what was asked.",
				rc_say_addr(c, &c->x->server),
				rc_code_name(&rc_rcodes, c->x->answer.rcode, code),
				request_text(c));
	rc_prove_self(c, f,
		      rc_say(c, "%s answered %s", request_text(c),
			     rc_code_name(&rc_rcodes, c->x->answer.rcode, code)));
	return confidence;
}

static enum rc_confidence test_opcode(const struct rc_rule *rule, struct rc_case *c,
				      struct rc_finding *f)
{
	(void)rule;
	/* Nobody has a right to refuse an opcode that hardly anybody implements but by not doing it. */
	return say_unsupported(c, f,
			       rc_rcode_is(c, RC_RCODE_NOTIMP) ? RC_CONF_PROVEN : RC_CONF_LIKELY);
}

/* NOTIMP, or the FORMERR that some servers answer instead, to a zone transfer. */
static enum rc_confidence test_transfer(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	if (c->x->qtype != rule->param)
		return RC_CONF_NONE;
	switch (c->x->answer.rcode) {
	case RC_RCODE_NOTIMP:
		return say_unsupported(c, f, RC_CONF_PROVEN);
	case RC_RCODE_FORMERR:
		return say_unsupported(c, f, RC_CONF_LIKELY);
	case RC_RCODE_REFUSED:
		/* AXFR is not defined over UDP (RFC 5936 4.2). */
		return c->x->qtype == RC_TYPE_AXFR && c->x->transport == RC_UDP
			       ? say_unsupported(c, f, RC_CONF_LIKELY)
			       : RC_CONF_NONE;
	case RC_RCODE_NOTAUTH:
		return RC_CONF_NONE; /* it would, for a zone of its own */
	default: /* SERVFAIL: what resolvers answer, which have no zones to transfer */
		return rc_flag(&c->x->answer, RC_FLAG_RA) ? say_unsupported(c, f, RC_CONF_LIKELY)
							  : RC_CONF_NONE;
	}
}

/* Types that stand for something else than data (RFC 6895 3.1): 128-255, and OPT. */
static bool is_meta_type(uint16_t type)
{
	return type == RC_TYPE_OPT || (type >= 128 && type <= 255);
}

/* Nobody who serves names does without these: an error to one is about the name, or the asker. */
static bool is_ordinary(uint16_t type)
{
	static const uint16_t types[] = {RC_TYPE_A,   RC_TYPE_NS, RC_TYPE_CNAME, RC_TYPE_SOA,
					 RC_TYPE_PTR, RC_TYPE_MX, RC_TYPE_TXT,   RC_TYPE_AAAA};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i] == type)
			return true;
	return false;
}

/* It asked others for this type. What it asks them beside that, for other clients of the same name, has no part in it. */
static bool is_passed_on(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->qtype == c->x->qtype)
			return true;
	return false;
}

static const struct rc_advice of_class = {
	.fix = {"Ask in class IN: hardly any server serves another."},
	.next_steps = {"dig @{server} {qname} {qtype} IN"},
};

static enum rc_confidence test_qtype(const struct rc_rule *rule, struct rc_case *c,
				     struct rc_finding *f)
{
	(void)rule;
	if (rc_exchange_is_transfer(c->x) || c->forwarded != NULL)
		return RC_CONF_NONE;
	if (rc_exchange_is_of_other_class(c->x)) {
		f->advice = &of_class;
		return say_unsupported(
			c, f, rc_rcode_is(c, RC_RCODE_NOTIMP) ? RC_CONF_PROVEN : RC_CONF_LIKELY);
	}
	bool meta = is_meta_type(c->x->qtype) && c->x->qtype != RC_TYPE_ANY;
	/* Who answers this client anything knows of addresses: that is about the name (policy.blocked). */
	bool served = rc_case_is_served(c);
	bool base = served &&
		    (c->x->qtype == RC_TYPE_A || (!meta && c->others.addresses_alike > 0));
	if (rc_rcode_is(c, RC_RCODE_NOTIMP) && !is_passed_on(c) && !base) {
		enum rc_confidence most = meta || c->others.same_client_types_ok > 0
						  ? RC_CONF_PROVEN
					  : served && is_ordinary(c->x->qtype) ? RC_CONF_POSSIBLE
									       : RC_CONF_LIKELY;
		return say_unsupported(c, f, most);
	}
	/* Knot Resolver fails ANY out of hand; others, too, what they have failed in before. */
	if (c->x->qtype == RC_TYPE_ANY && rc_rcode_is(c, RC_RCODE_SERVFAIL) &&
	    rc_flag(&c->x->answer, RC_FLAG_RA) && !is_passed_on(c) && c->upstream_visible &&
	    c->others.same_server_failed == 0 && rc_exchange_took_ns(c->x) < RC_SOON_NS)
		return say_unsupported(c, f,
				       c->others.same_client_types_ok > 0 ? RC_CONF_LIKELY
									  : RC_CONF_POSSIBLE);
	if (meta && (rc_rcode_is(c, RC_RCODE_FORMERR) || rc_rcode_is(c, RC_RCODE_SERVFAIL)))
		return say_unsupported(c, f, RC_CONF_LIKELY);
	return RC_CONF_NONE;
}

static enum rc_confidence test_edns_version(const struct rc_rule *rule, struct rc_case *c,
					    struct rc_finding *f)
{
	(void)rule;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "The query asks for EDNS version %u, which %s does not know.",
				c->x->query.edns_version, rc_say_addr(c, &c->x->server));
	rc_prove_self(c, f, "error to a query with an EDNS version above 0, RFC 6891 6.1.3");
	if (c->x->query.edns_version == 0)
		return RC_CONF_NONE;
	return rc_rcode_is(c, RC_RCODE_BADVERS) ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}

static enum rc_confidence test_edns(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	bool plain_works = c->others.same_client_without_edns_ok > 0;
	/* Who fails for a time fails whatever the query carries. */
	if (plain_works && rc_rcode_is(c, RC_RCODE_SERVFAIL))
		plain_works = llabs(c->others.without_edns_example->first_ns - c->x->first_ns) <
			      SAME_TIME_NS;
	bool works = c->others.same_server_alike_ok + c->others.same_client_alike_ok > 0 ||
		     rc_case_is_shut_out(c);
	if (!c->x->query.edns || c->x->query.edns_version > 0 || is_meta_type(c->x->qtype) ||
	    c->x->query.fault != RC_FAULT_NONE || c->x->qdcount != 1 || c->n_links > 0 || works)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	/* Any error will do if the same question without EDNS works, but for what resolvers say. */
	if (!rc_rcode_is(c, RC_RCODE_FORMERR) || c->x->answer.edns) {
		bool badvers = rc_rcode_is(c, RC_RCODE_BADVERS);
		/* A resolver at work (RD=0): upstream.edns_broken. */
		badvers = badvers && rc_flag(&c->x->query, RC_FLAG_RD);
		if (rc_flag(&c->x->answer, RC_FLAG_RA) || (!plain_works && !badvers))
			return RC_CONF_NONE;
		f->explanation = rc_say(
			c, "%s fails a query with EDNS%s.", rc_say_addr(c, &c->x->server),
			plain_works ? ", and answers the same without it" : " version 0");
		rc_prove_self(c, f,
			      badvers ? "BADVERS to EDNS version 0" : "error to a query with EDNS");
		if (plain_works)
			rc_prove(c, f, c->others.without_edns_example, c->qname, NULL,
				 "the same question without EDNS was answered");
		return badvers ? RC_CONF_PROVEN : RC_CONF_LIKELY;
	}
	if (!plain_works && c->others.without_edns_formerr > 0)
		return RC_CONF_NONE; /* it says so to any query */
	f->explanation = rc_say(c,
				"%s answered FORMERR to a query with EDNS, and without an OPT "
				"record of its own: it does not know EDNS.",
				rc_say_addr(c, &c->x->server));
	rc_prove_self(c, f, "well-formed query with OPT answered FORMERR without OPT");
	if (!plain_works)
		return RC_CONF_LIKELY;
	rc_prove(c, f, c->others.without_edns_example, c->qname, NULL,
		 "the same question without EDNS was answered");
	return RC_CONF_PROVEN;
}

/*
 * Who says FORMERR could not read it; another error may be for who asks, or for what. Of one that got no answer it is not
 * known that it was not dropped on the way, or that its server is there.
 */
static enum rc_confidence malformed_at_most(const struct rc_case *c, enum rc_fault fault)
{
	bool of_opt = fault == RC_FAULT_OPT_TWICE || fault == RC_FAULT_OPT_OWNER ||
		      fault == RC_FAULT_OPTION_SHORT || fault == RC_FAULT_OPTION_BAD;
	if (rc_is_answered(c)) /* who knows no EDNS says so to any OPT, and without one */
		return rc_rcode_is(c, RC_RCODE_FORMERR) && (!of_opt || c->x->answer.edns)
			       ? RC_CONF_PROVEN
			       : RC_CONF_LIKELY;
	bool may_be_answered = c->one_way != RC_TWO_WAYS ||
			       (c->x->marks & (RC_X_LOST | RC_X_AT_END | RC_X_EARLY));
	bool is_there = c->server_host != NULL && c->server_host->answered > 0;
	return may_be_answered || !is_there ? RC_CONF_POSSIBLE : RC_CONF_LIKELY;
}

static enum rc_confidence test_malformed(const struct rc_rule *rule, struct rc_case *c,
					 struct rc_finding *f)
{
	(void)rule;
	enum rc_fault fault = (enum rc_fault)c->x->query.fault;
	bool damaged = fault != RC_FAULT_NONE && fault != RC_FAULT_CUT;
	bool no_question = c->x->opcode == RC_OPCODE_QUERY && c->x->qdcount != 1;
	/* What else a query can have that its opcode does not allow (RFC 1035 4.1.1). */
	bool query = c->x->opcode == RC_OPCODE_QUERY, ixfr = c->x->qtype == RC_TYPE_IXFR;
	bool stray = query && !ixfr && (c->x->query.counts[0] > 0 || c->x->query.counts[1] > 0);
	/* What it has, an IXFR says by an SOA (RFC 1995 3). */
	bool no_soa = query && ixfr && c->x->query.counts[1] == 0 &&
		      rc_rcode_is(c, RC_RCODE_FORMERR);
	if (!damaged && !no_question && !stray && !no_soa)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	const char *what = damaged       ? rc_fault_text(fault)
			   : no_question ? rc_say(c, "%u questions instead of one", c->x->qdcount)
			   : no_soa ? "an IXFR without the SOA of the version that the client has"
				    : "records in sections that a query leaves empty";
	f->explanation = rc_say(c, "The query itself is malformed: %s.", what);
	rc_prove(c, f, c->x, c->qname, NULL, rc_say(c, "malformed query: %s", what));
	return rc_confidence_cap(damaged || no_question ? RC_CONF_PROVEN : RC_CONF_LIKELY,
				 malformed_at_most(c, fault));
}

#define TRANSFER_RCODES \
	(RC_ON(RC_RCODE_NOTIMP) | RC_ON(RC_RCODE_FORMERR) | RC_ON(RC_RCODE_REFUSED) | \
	 RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_NOTAUTH))
#define OTHER_OPCODES \
	(RC_OPCODES_ALL & ~(RC_ON(RC_OPCODE_QUERY) | RC_OTHER_CLASS | RC_ON(RC_OPCODE_UPDATE) | \
			    RC_ON(RC_OPCODE_NOTIFY)))

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "unsupported.axfr",
				.title = "the server does not do AXFR",
				.when = "NOTIMP or FORMERR to AXFR; or a resolver (RA=1) answers "
					"it with an error; or AXFR over UDP.",
				RC_TRUTH("NOTIMP to AXFR.",
					 "FORMERR; or SERVFAIL from a resolver (RA=1); or REFUSED "
					 "over UDP, which AXFR is not defined for.",
					 NULL, {"policy.transfer_refused", "REFUSED over TCP"},
					 {"policy.not_authoritative", "NOTAUTH"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Ask an authoritative server of {zone} for the transfer, "
					"over TCP."},
				.next_steps = {"dig {qname} NS", "dig @{server} {qname} AXFR"},
				.reference = "RFC 5936 4",
			},
		.rank = 130,
		.rcodes = TRANSFER_RCODES,
		.param = RC_TYPE_AXFR,
		.test = test_transfer,
	},
	{
		.cause =
			{
				.slug = "unsupported.ixfr",
				.title = "the server does not do IXFR",
				.when = "NOTIMP or FORMERR to IXFR; or a resolver (RA=1) answers "
					"it with an error.",
				RC_TRUTH("NOTIMP to IXFR.",
					 "FORMERR; or SERVFAIL from a resolver (RA=1).", NULL,
					 {"policy.transfer_refused", "REFUSED"},
					 {"policy.not_authoritative", "NOTAUTH"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Let the secondary use AXFR with this primary, or ask a "
					"server that does IXFR."},
				.next_steps = {"dig @{server} {qname} IXFR=1 +tcp"},
				.reference = "RFC 1995",
			},
		.rank = 130,
		.rcodes = TRANSFER_RCODES,
		.param = RC_TYPE_IXFR,
		.test = test_transfer,
	},
	{
		.cause =
			{
				.slug = "unsupported.update",
				.title = "the server does not do dynamic update",
				.when = "NOTIMP to an UPDATE.",
				RC_TRUTH("NOTIMP to an UPDATE.", NULL, NULL,
					 {"policy.update_refused", "REFUSED or NOTAUTH"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Send updates to a primary server that takes them, or "
					"switch them off at {client}."},
				.next_steps = {"dig {qname} SOA +short"},
				.reference = "RFC 2136 2.2",
			},
		.rank = 130,
		.rcodes = RC_ON(RC_RCODE_NOTIMP),
		.opcodes = RC_ON(RC_OPCODE_UPDATE),
		.test = test_opcode,
	},
	{
		.cause =
			{
				.slug = "unsupported.notify",
				.title = "the server does not do NOTIFY",
				.when = "NOTIMP to a NOTIFY.",
				RC_TRUTH("NOTIMP to a NOTIFY.", NULL, NULL,
					 {"policy.notify_refused", "any other error"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Take {server} off the list of servers that {client} "
					"notifies."},
				.next_steps = {"dig @{server} {qname} SOA"},
				.reference = "RFC 1996",
			},
		.rank = 130,
		.rcodes = RC_ON(RC_RCODE_NOTIMP),
		.opcodes = RC_ON(RC_OPCODE_NOTIFY),
		.test = test_opcode,
	},
	{
		.cause =
			{
				.slug = "unsupported.opcode",
				.title = "the server does not know the opcode",
				.when = "NOTIMP (or REFUSED, FORMERR) to an OPCODE other than "
					"QUERY, UPDATE and NOTIFY.",
				RC_TRUTH("NOTIMP to such an OPCODE.",
					 "REFUSED or FORMERR to it: hardly any server implements "
					 "these.",
					 NULL,
					 {"protocol.malformed_query", "the query does not decode"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Find out why {client} sends this opcode: IQUERY and "
					"STATUS are obsolete, DSO needs a server that speaks it."},
				.next_steps = {"dig @{server} {qname} +opcode=QUERY"},
				.reference = "RFC 1035 4.1.1",
			},
		.rank = 130,
		.rcodes = RC_ON(RC_RCODE_NOTIMP) | RC_ON(RC_RCODE_REFUSED) |
			  RC_ON(RC_RCODE_FORMERR),
		.opcodes = OTHER_OPCODES,
		.test = test_opcode,
	},
	{
		.cause =
			{
				.slug = "unsupported.qtype",
				.title = "the server does not know the type asked for",
				.when = "NOTIMP to an ordinary query, or an error to a QTYPE of "
					"the meta range (128-255) or to another class than IN.",
				RC_TRUTH("NOTIMP to a meta type or to another class than IN, or "
					 "while the client gets other types from this server.",
					 "NOTIMP to an ordinary type; FORMERR or SERVFAIL to a "
					 "meta type; these or NOTAUTH to another class than IN; "
					 "SERVFAIL to ANY by a resolver that asks nobody and gives "
					 "other types.",
					 "SERVFAIL to ANY by a resolver that asks nobody, where "
					 "nothing else is asked of the name.",
					 {"policy.qtype_refused", "REFUSED"},
					 {"policy.blocked",
					  "NOTIMP to type A, while other names are answered"},
					 {"upstream.notimp",
					  "the NOTIMP comes from behind a forwarder"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Find out why {client} asks for type {qtype}; most meta "
					"types are not for queries."},
				.next_steps = {"dig @{server} {qname} {qtype}"},
				.reference = "RFC 6895 3.1",
			},
		.rank = 140,
		.rcodes = RC_ON(RC_RCODE_NOTIMP) | RC_ON(RC_RCODE_FORMERR) |
			  RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_NOTAUTH),
		.opcodes = RC_ON(RC_OPCODE_QUERY) | RC_OTHER_CLASS,
		.test = test_qtype,
	},
	{
		.cause =
			{
				.slug = "unsupported.edns_version",
				.title = "the server does not know the EDNS version",
				.when = "BADVERS to a query with EDNS version above 0.",
				RC_TRUTH("BADVERS to a query with a version above 0.",
					 "another error to such a query.", NULL,
					 {"protocol.edns_unsupported",
					  "the version asked for is 0"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Use EDNS version 0, the only one there is."},
				.next_steps = {"dig @{server} {qname} {qtype} +edns=0"},
				.reference = "RFC 6891 6.1.3",
			},
		.rank = 100,
		.rcodes = RC_ON(RC_RCODE_BADVERS) | RC_ON(RC_RCODE_FORMERR) |
			  RC_ON(RC_RCODE_NOTIMP),
		.opcodes = RC_OPCODES_ALL,
		.test = test_edns_version,
	},
	{
		.cause =
			{
				.slug = "protocol.malformed_query",
				.title = "the query is malformed",
				.when = "An error to a query that does not decode, or that has no "
					"or several questions.",
				RC_TRUTH("The query does not decode, or has no or several "
					 "questions, and was answered FORMERR.",
					 "It was answered with another error, or not at all by a "
					 "server that answers others. Or it decodes, but has "
					 "records where a query has none; or is an IXFR without an "
					 "SOA, answered FORMERR.",
					 "It got no answer, and no other query did, or the capture "
					 "may lack the answer.",
					 {"protocol.edns_unsupported", "the query is well-formed"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Mend or replace the software on {client} that made this "
					"query."},
				.next_steps = {"tshark -r CAPTURE -V -Y 'frame.number == FRAME'"},
				.reference = "RFC 1035 4.1.1",
			},
		.rank = 90,
		.rcodes = RC_ON(RC_RCODE_FORMERR) | RC_ON(RC_RCODE_NOTIMP) |
			  RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_REFUSED) | RC_ON_SILENCE,
		.opcodes = RC_OPCODES_ALL,
		.test = test_malformed,
	},
	{
		.cause =
			{
				.slug = "protocol.edns_unsupported",
				.title = "the server does not know EDNS",
				.when = "FORMERR without OPT to a well-formed query with OPT; the "
					"same question without EDNS answered proves it.",
				RC_TRUTH("FORMERR without OPT, and the same question without EDNS "
					 "is answered; or BADVERS to version 0.",
					 "FORMERR without OPT alone; or another error, and the "
					 "same question without EDNS is answered.",
					 NULL,
					 {"protocol.malformed_query", "the query does not decode"},
					 {"upstream.edns_broken",
					  "the asker is a resolver at work for a client"}),
				.responsible = RC_PARTY_SERVER_OPERATOR,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Update {server} to software that implements EDNS (RFC "
					"6891)."},
				.next_steps = {"dig @{server} {qname} {qtype} +noedns",
					       "dig @{server} {qname} {qtype} +edns=0"},
				.reference = "RFC 6891 7",
			},
		.rank = 150,
		.rcodes = RC_ON(RC_RCODE_FORMERR) | RC_ON(RC_RCODE_BADVERS) |
			  RC_ON(RC_RCODE_SERVFAIL) | RC_ON(RC_RCODE_REFUSED),
		.test = test_edns,
	},
};

const struct rc_rule_family rc_rules_unsupported = {rules, sizeof rules / sizeof *rules};
