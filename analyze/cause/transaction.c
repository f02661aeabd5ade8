/*
 * TSIG, dynamic update and cookies: the answer names the cause itself.
 */
#include "analyze/cause/asked_server.h"
#include "analyze/cause/rule.h"
#include "analyze/cause/witness.h"

static enum rc_confidence test_tsig(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	const struct rc_msg_facts *a = &c->x->answer;
	if (!c->x->query.tsig)
		return RC_CONF_NONE;
	f->server = &c->x->server;
	if (a->tsig_error == rule->param) {
		f->explanation = rc_say(
			c, "%s answered NOTAUTH with TSIG error %u to the signed %s of %s: %s.",
			rc_say_addr(c, &c->x->server), a->tsig_error,
			c->x->opcode == RC_OPCODE_UPDATE ? "update" : "request",
			rc_say_addr(c, &c->x->asker), rule->cause.title);
		rc_prove_self(c, f, rc_say(c, "TSIG record with error %u", a->tsig_error));
		return RC_CONF_PROVEN;
	}
	/* Some servers (PowerDNS) leave the TSIG record out of the error; an unknown key is the usual case. */
	if (!a->tsig && rule->param == RC_RCODE_BADKEY && c->x->opcode == RC_OPCODE_QUERY) {
		f->explanation = rc_say(c,
					"%s answered NOTAUTH to a TSIG-signed request and gave no "
					"TSIG error; most likely it does not know the key.",
					rc_say_addr(c, &c->x->server));
		rc_prove_self(c, f,
			      "NOTAUTH to a request that carries TSIG, without a TSIG record");
		return RC_CONF_POSSIBLE;
	}
	return RC_CONF_NONE;
}

static enum rc_confidence test_prerequisite(const struct rc_rule *rule, struct rc_case *c,
					    struct rc_finding *f)
{
	(void)rule;
	char code[RC_CODE_TEXT_MAX];
	f->zone = c->qname;
	f->server = &c->x->server;
	f->explanation = rc_say(
		c, "The update of %s was not done since a prerequisite in it did not hold (%s).",
		rc_say_name(c, c->qname), rc_code_name(&rc_rcodes, c->x->answer.rcode, code));
	rc_prove_self(c, f, "RCODE of a failed prerequisite, RFC 2136 3.2");
	return RC_CONF_PROVEN;
}

static enum rc_confidence test_out_of_zone(const struct rc_rule *rule, struct rc_case *c,
					   struct rc_finding *f)
{
	(void)rule;
	f->zone = c->qname;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "The update names the zone %s but has records outside of it.",
				rc_say_name(c, c->qname));
	rc_prove_self(c, f, "NOTZONE, RFC 2136 3.1.1 and 3.4.1");
	return RC_CONF_PROVEN;
}

static enum rc_confidence test_update_notauth(const struct rc_rule *rule, struct rc_case *c,
					      struct rc_finding *f)
{
	(void)rule;
	if (c->x->answer.tsig_error != 0)
		return RC_CONF_NONE;
	f->zone = c->qname;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s is not authoritative for %s, so it cannot update it.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname));
	rc_prove_self(c, f, "NOTAUTH to an UPDATE without TSIG error");
	if (rc_server_hosts_zone(c))
		return RC_CONF_NONE; /* it does host the zone: Knot and PowerDNS refuse so */
	bool cut = (c->x->marks & RC_X_CUT) != 0; /* a TSIG record would stand last */
	return rc_server_recurses(c) && !cut ? RC_CONF_LIKELY : RC_CONF_POSSIBLE;
}

static enum rc_confidence test_bad_cookie(const struct rc_rule *rule, struct rc_case *c,
					  struct rc_finding *f)
{
	(void)rule;
	bool refused = rc_rcode_is(c, RC_RCODE_REFUSED);
	if (refused && !rc_witness_wants_cookie(c->answer))
		return RC_CONF_NONE;
	f->server = &c->x->server;
	f->explanation = rc_say(c, "%s requires a valid server cookie over UDP, and the query %s.",
				rc_say_addr(c, &c->x->server),
				c->x->query.cookie_len > 8   ? "carried one it does not accept"
				: c->x->query.cookie_len > 0 ? "carried only a client cookie"
							     : "carried none");
	rc_prove_self(c, f,
		      refused ? "REFUSED, and the text of its EDE wants a cookie"
			      : "BADCOOKIE, RFC 7873 5.2.3");
	return refused ? RC_CONF_LIKELY : RC_CONF_PROVEN;
}

static const struct rc_rule rules[] = {
	{
		.cause =
			{
				.slug = "tsig.bad_key",
				.title = "the server does not know the TSIG key",
				.when = "NOTAUTH with TSIG error 17 (BADKEY); NOTAUTH to a signed "
					"request without any TSIG record makes it possible.",
				RC_TRUTH("NOTAUTH whose TSIG record has error 17.", NULL,
					 "NOTAUTH to a signed request, without any TSIG record.",
					 {"tsig.bad_signature", "the TSIG record has error 16"},
					 {"policy.not_authoritative",
					  "the request carries no TSIG"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Configure the same TSIG key name and algorithm on "
					"{client} and {server}."},
				.next_steps =
					{"dig @{server} {qname} SOA -y hmac-sha256:KEYNAME:SECRET"},
				.reference = "RFC 8945 5.2.1",
			},
		.rank = 100,
		.rcodes = RC_ON(RC_RCODE_NOTAUTH),
		.opcodes = RC_OPCODES_ALL,
		.param = RC_RCODE_BADKEY,
		.test = test_tsig,
	},
	{
		.cause =
			{
				.slug = "tsig.bad_signature",
				.title = "the TSIG signature does not verify",
				.when = "NOTAUTH with TSIG error 16 (BADSIG): the key name is "
					"known, the secret or the message differs.",
				RC_TRUTH("NOTAUTH whose TSIG record has error 16.", NULL, NULL,
					 {"tsig.bad_key", "the TSIG record has error 17"},
					 {"tsig.bad_time", "it has error 18"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Compare the secret of the TSIG key on {client} and "
					"{server}."},
				.next_steps =
					{"dig @{server} {qname} SOA -y hmac-sha256:KEYNAME:SECRET"},
				.reference = "RFC 8945 5.2.2",
			},
		.rank = 100,
		.rcodes = RC_ON(RC_RCODE_NOTAUTH),
		.opcodes = RC_OPCODES_ALL,
		.param = RC_RCODE_BADSIG,
		.test = test_tsig,
	},
	{
		.cause =
			{
				.slug = "tsig.bad_time",
				.title = "the TSIG time lies outside the allowed window",
				.when = "NOTAUTH with TSIG error 18 (BADTIME): the clocks of the "
					"two hosts differ by more than the fudge.",
				RC_TRUTH("NOTAUTH whose TSIG record has error 18.", NULL, NULL,
					 {"tsig.bad_signature", "the TSIG record has error 16"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_MEDIUM,
				.fix = {"Set the clocks of {client} and {server} right (NTP)."},
				.next_steps = {"date -u"},
				.reference = "RFC 8945 5.2.3",
			},
		.rank = 100,
		.rcodes = RC_ON(RC_RCODE_NOTAUTH),
		.opcodes = RC_OPCODES_ALL,
		.param = RC_RCODE_BADTIME,
		.test = test_tsig,
	},
	{
		.cause =
			{
				.slug = "update.prerequisite_failed",
				.title = "a prerequisite of the update does not hold",
				.when = "YXDOMAIN, YXRRSET, NXRRSET or NXDOMAIN in answer to an "
					"UPDATE.",
				RC_TRUTH("One of the RCODEs that only prerequisites have, in "
					 "answer to an UPDATE.",
					 NULL, NULL,
					 {"policy.update_refused", "REFUSED or NOTAUTH"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Correct the prerequisites of the update, or the data they "
					"expect in {zone}."},
				.next_steps = {"dig @{server} {zone} SOA"},
				.reference = "RFC 2136 3.2",
			},
		.rank = 110,
		.rcodes = RC_ON(RC_RCODE_YXDOMAIN) | RC_ON(RC_RCODE_YXRRSET) |
			  RC_ON(RC_RCODE_NXRRSET) | RC_ON(RC_RCODE_NXDOMAIN),
		.opcodes = RC_ON(RC_OPCODE_UPDATE),
		.test = test_prerequisite,
	},
	{
		.cause =
			{
				.slug = "update.out_of_zone",
				.title = "the update has records outside its zone",
				.when = "NOTZONE in answer to an UPDATE.",
				RC_TRUTH("NOTZONE in answer to an UPDATE.", NULL, NULL,
					 {"update.not_authoritative",
					  "NOTAUTH: the zone itself is not hosted"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Send the update for the zone that holds the records."},
				.next_steps = {"dig @{server} {zone} SOA"},
				.reference = "RFC 2136 3.1.1",
			},
		.rank = 110,
		.rcodes = RC_ON(RC_RCODE_NOTZONE),
		.opcodes = RC_ON(RC_OPCODE_UPDATE),
		.test = test_out_of_zone,
	},
	{
		.cause =
			{
				.slug = "update.not_authoritative",
				.title = "the server asked to update the zone does not host it",
				.when = "NOTAUTH to an UPDATE without TSIG error, from a server "
					"not seen answering for the zone.",
				RC_TRUTH(NULL, "NOTAUTH from a server seen to be a resolver.",
					 "NOTAUTH from another, never seen to answer for this "
					 "zone: it may host it and refuse so.",
					 {"policy.update_refused",
					  "the server has answered with AA for the zone: Knot DNS "
					  "and PowerDNS refuse by NOTAUTH"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_LOW,
				.fix = {"Send the update to the primary server of {zone} (the "
					"MNAME of its SOA)."},
				.next_steps = {"dig {zone} SOA +short"},
				.reference = "RFC 2136 3.1.2",
			},
		.rank = 120,
		.rcodes = RC_ON(RC_RCODE_NOTAUTH),
		.opcodes = RC_ON(RC_OPCODE_UPDATE),
		.test = test_update_notauth,
	},
	{
		.cause =
			{
				.slug = "protocol.bad_cookie",
				.title = "the query had no valid DNS cookie",
				.when = "BADCOOKIE: the server wants a valid server cookie over "
					"UDP; or REFUSED, and it says so (EDE).",
				RC_TRUTH("BADCOOKIE.", "REFUSED, and the text of its EDE says so.",
					 NULL,
					 {"protocol.edns_unsupported",
					  "another RCODE, and the query without EDNS is answered"}),
				.responsible = RC_PARTY_CLIENT,
				.severity = RC_SEVERITY_INFO,
				.fix = {"Nothing, if the client repeats the query with the cookie "
					"it was given; else use a client that supports cookies, or "
					"TCP."},
				.next_steps = {"dig @{server} {qname} {qtype} +cookie"},
				.reference = "RFC 7873 5.2.3",
			},
		.rank = 100,
		.rcodes = RC_ON(RC_RCODE_BADCOOKIE) | RC_ON(RC_RCODE_REFUSED),
		.opcodes = RC_OPCODES_ALL,
		.test = test_bad_cookie,
	},
};

const struct rc_rule_family rc_rules_transaction = {rules, sizeof rules / sizeof *rules};
