#include "decode/codes.h"

#include <stdio.h>

#define TABLE(title_, prefix_, rows_) \
	{ \
		.title = (title_), .prefix = (prefix_), .rows = (rows_), \
		.n = sizeof(rows_) / sizeof *(rows_) \
	}

static const struct rc_code opcodes[] = {
	{RC_OPCODE_QUERY, "QUERY", "asks for records", "RFC 1035"},
	{RC_OPCODE_IQUERY, "IQUERY", "inverse query; obsolete, servers answer NOTIMP", "RFC 3425"},
	{RC_OPCODE_STATUS, "STATUS", "server status; never specified, servers answer NOTIMP",
	 "RFC 1035"},
	{RC_OPCODE_NOTIFY, "NOTIFY", "a primary tells a secondary that its zone has changed",
	 "RFC 1996"},
	{RC_OPCODE_UPDATE, "UPDATE", "dynamic update: changes records of a zone", "RFC 2136"},
	{RC_OPCODE_DSO, "DSO", "DNS Stateful Operations: session control over TCP or TLS",
	 "RFC 8490"},
};
const struct rc_code_table rc_opcodes = TABLE("OPCODE", "OPCODE", opcodes);

static const struct rc_code rcodes[] = {
	{RC_RCODE_NOERROR, "NOERROR",
	 "no error; with an empty answer section the name exists but not this type (NODATA)",
	 "RFC 1035"},
	{RC_RCODE_FORMERR, "FORMERR",
	 "the server could not parse the query, or dislikes EDNS or something it carried",
	 "RFC 1035"},
	{RC_RCODE_SERVFAIL, "SERVFAIL",
	 "the server failed to answer: DNSSEC validation, unreachable or broken upstream servers, "
	 "a zone not loaded, overload",
	 "RFC 1035"},
	{RC_RCODE_NXDOMAIN, "NXDOMAIN", "the name does not exist, with any type", "RFC 1035"},
	{RC_RCODE_NOTIMP, "NOTIMP", "the server does not support this kind of query", "RFC 1035"},
	{RC_RCODE_REFUSED, "REFUSED",
	 "policy: the client may not ask this, recursion is off, or the server does not host the "
	 "zone",
	 "RFC 1035"},
	{RC_RCODE_YXDOMAIN, "YXDOMAIN",
	 "a name exists when it should not (update prerequisite), or DNAME made the name too long",
	 "RFC 2136, RFC 6672"},
	{RC_RCODE_YXRRSET, "YXRRSET", "records exist when they should not (update prerequisite)",
	 "RFC 2136"},
	{RC_RCODE_NXRRSET, "NXRRSET", "records that should exist do not (update prerequisite)",
	 "RFC 2136"},
	{RC_RCODE_NOTAUTH, "NOTAUTH",
	 "the server is not authoritative for the zone; with TSIG, the request was not "
	 "authenticated (see the TSIG error)",
	 "RFC 2136, RFC 8945"},
	{RC_RCODE_NOTZONE, "NOTZONE", "an update names something outside the zone it is for",
	 "RFC 2136"},
	{RC_RCODE_DSOTYPENI, "DSOTYPENI", "the DSO type is not implemented", "RFC 8490"},
	{RC_RCODE_BADVERS, "BADVERS", "the server does not support the query's EDNS version",
	 "RFC 6891"},
	{RC_RCODE_BADKEY, "BADKEY", "the server does not know the TSIG key", "RFC 8945"},
	{RC_RCODE_BADTIME, "BADTIME", "the TSIG time is outside the window: clocks differ",
	 "RFC 8945"},
	{RC_RCODE_BADMODE, "BADMODE", "bad TKEY mode", "RFC 2930"},
	{RC_RCODE_BADNAME, "BADNAME", "the TKEY name is already in use", "RFC 2930"},
	{RC_RCODE_BADALG, "BADALG", "the TKEY algorithm is not supported", "RFC 2930"},
	{RC_RCODE_BADTRUNC, "BADTRUNC", "the TSIG signature is truncated too far", "RFC 8945"},
	{RC_RCODE_BADCOOKIE, "BADCOOKIE",
	 "the DNS cookie is missing or wrong; the client should repeat with the one it got",
	 "RFC 7873"},
};
const struct rc_code_table rc_rcodes = TABLE("RCODE", "RCODE", rcodes);

static const struct rc_code tsig_errors[] = {
	{RC_RCODE_NOERROR, "NOERROR", "the request was authenticated", "RFC 8945"},
	{16, "BADSIG", "the signature does not verify: the two sides hold different secrets",
	 "RFC 8945"},
	{RC_RCODE_BADKEY, "BADKEY",
	 "the server does not know a key of this name and algorithm, or not for this client",
	 "RFC 8945"},
	{RC_RCODE_BADTIME, "BADTIME",
	 "the time signed is outside the window (usually 300 s): one of the clocks is wrong",
	 "RFC 8945"},
	{RC_RCODE_BADMODE, "BADMODE", "bad TKEY mode", "RFC 2930"},
	{RC_RCODE_BADNAME, "BADNAME", "the TKEY name is already in use", "RFC 2930"},
	{RC_RCODE_BADALG, "BADALG", "the TKEY algorithm is not supported", "RFC 2930"},
	{RC_RCODE_BADTRUNC, "BADTRUNC", "the signature is shorter than the server's policy allows",
	 "RFC 8945"},
};
const struct rc_code_table rc_tsig_errors = TABLE("TSIG error", "RCODE", tsig_errors);

static const struct rc_code classes[] = {
	{RC_CLASS_IN, "IN", "Internet", "RFC 1035"},
	{RC_CLASS_CH, "CH", "Chaosnet; today for version.bind and the like", "RFC 1035"},
	{RC_CLASS_HS, "HS", "Hesiod", "RFC 1035"},
	{RC_CLASS_NONE, "NONE", "in UPDATE: no such records, or delete this record", "RFC 2136"},
	{RC_CLASS_ANY, "ANY", "any class; in UPDATE: delete all of a name or type",
	 "RFC 1035, RFC 2136"},
};
const struct rc_code_table rc_classes = TABLE("CLASS", "CLASS", classes);

const struct rc_code *rc_code_find(const struct rc_code_table *table, uint16_t value)
{
	size_t low = 0, high = table->n;
	/* The tables begin with 0 or 1 and have no gaps at first: the codes that are common. */
	for (size_t back = 0; back < 2 && value >= back && value - back < high; back++)
		if (table->rows[value - back].value == value)
			return &table->rows[value - back];
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (table->rows[middle].value == value)
			return &table->rows[middle];
		if (table->rows[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *rc_code_name(const struct rc_code_table *table, uint16_t value,
			 char text[RC_CODE_TEXT_MAX])
{
	const struct rc_code *row = rc_code_find(table, value);
	if (row != NULL)
		return row->name;
	snprintf(text, RC_CODE_TEXT_MAX, "%s%u", table->prefix, value);
	return text;
}
