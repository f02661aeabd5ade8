#include "analyze/cause/witness.h"

#include <ctype.h>

#include "analyze/cause/rule.h"

/* Codes whose texts are about validation. */
#define EDE_OF_VALIDATION \
	(RC_WITNESS_EXACT | RC_EDE(OTHER) | RC_EDE(DNSSEC_INDETERMINATE) | RC_EDE(DNSSEC_BOGUS) | \
	 RC_EDE(DNSKEY_MISSING))
/* ... about the servers asked, be it for keys, or by the code for what is blocked (sdns, of servers that refuse). */
#define EDE_OF_SERVERS \
	(RC_EDE(DNSKEY_MISSING) | RC_EDE(BLOCKED) | RC_EDE(NO_REACHABLE_AUTHORITY) | \
	 RC_EDE(NETWORK_ERROR))

/*
 * Knot Resolver's marks for keys that it could not get, and for a negative answer without proof, be it to the question or
 * to that for keys: either way of a zone that lacks them, or of servers that do not serve it.
 */
static const char no_usable_keys[] = "O4TP", no_proof[] = "AHXI";

/* ... and for keys that no signature beside them holds for, whichever: most often one that does not verify. */
static const char no_valid_signature_of_keys[] = "7N4Z";

/* sdns, with the code for what has expired, of a signature that may as well not be valid yet. */
static const char either_end[] = "validity period check failed";

/* Technitium, with the code for what is bogus, of signatures that do not verify, and of nothing else. */
static const char attack[] = "Attack detected! ";

/* The first that a text holds counts. */
static const struct {
	const char *text;
	uint32_t fault;
} faults[] = {
	/* Unbound */
	{"signature expired", RC_DNSSEC_SIGNATURE_EXPIRED},
	{"signature before inception", RC_DNSSEC_SIGNATURE_NOT_YET_VALID},
	{"inception after expiration", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED},
	{"crypto failed", RC_DNSSEC_SIGNATURE_INVALID},
	{"DS hash mismatches", RC_DNSSEC_DS_MISMATCH},
	{"no keys have a DS", RC_DNSSEC_DS_MISMATCH},
	{"not secured by DNSKEY that matches DS", RC_DNSSEC_DS_MISMATCH},
	{"DNSKEY RRset did not match DS", RC_DNSSEC_DNSKEY_MISSING},
	{"signatures from unknown keys", RC_DNSSEC_DNSKEY_MISSING},
	{"no signatures over NSEC", RC_DNSSEC_DENIAL_INVALID},
	{"no signatures", RC_DNSSEC_RRSIG_MISSING},
	{"signature missing", RC_DNSSEC_RRSIG_MISSING},
	{"signature for expected key and algorithm missing", RC_DNSSEC_RRSIG_MISSING},
	{"missing verification of DNSKEY signature", RC_DNSSEC_RRSIG_MISSING},
	{"signer name ", RC_DNSSEC_SIGNATURE_INVALID},
	{"signature too short", RC_DNSSEC_SIGNATURE_INVALID},
	{"signature covers wrong type", RC_DNSSEC_SIGNATURE_INVALID},
	{"signature has wrong ", RC_DNSSEC_SIGNATURE_INVALID},
	{"signature labelcount ", RC_DNSSEC_SIGNATURE_INVALID},
	{"no DNSSEC records", RC_DNSSEC_DENIAL_MISSING},
	{"no NSEC3 records", RC_DNSSEC_DENIAL_MISSING},
	{"no NSECs or NSEC3s", RC_DNSSEC_DENIAL_MISSING},
	{"no valid NSEC3s", RC_DNSSEC_DENIAL_INVALID},
	{"no NSEC3 closest encloser", RC_DNSSEC_DENIAL_INVALID},
	{"no NSEC3 next closer", RC_DNSSEC_DENIAL_INVALID},
	{"without ZSK flag", RC_DNSSEC_NO_ZONE_KEY_BIT},
	{"proof failed", RC_DNSSEC_DENIAL_INVALID},
	{"prove absence of DS", RC_DNSSEC_DENIAL_INVALID},
	{"did not prove no DS", RC_DNSSEC_DENIAL_INVALID},
	{"no DS but also no proof of that", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC3 has DS in bitmap", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC3 from child zone", RC_DNSSEC_DENIAL_INVALID},
	{"not opt-out", RC_DNSSEC_DENIAL_INVALID},
	{"is not b32.signer name", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC3 salt ", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC3 algorithm mismatch", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC3 iterations mismatch", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC next owner overreaches", RC_DNSSEC_DENIAL_INVALID},
	{"zone has no known algorithms", RC_DNSSEC_ALGORITHM_UNSUPPORTED},
	{"unknown algorithm", RC_DNSSEC_ALGORITHM_UNSUPPORTED},
	/* Knot Resolver: a stable mark of four characters for each place in its code */
	{"JZAJ", RC_DNSSEC_RRSIG_MISSING},
	{no_valid_signature_of_keys, RC_DNSSEC_SIGNATURE_INVALID},
	{"EZDC", RC_DNSSEC_RRSIG_MISSING},
	{"XXAP", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED},
	{"4UBF", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED},
	{"NMJZ", RC_DNSSEC_DS_MISMATCH},
	{no_usable_keys, RC_DNSSEC_DNSKEY_MISSING},
	{"Z4I6", RC_DNSSEC_DENIAL_INVALID},
	{"AUO2", RC_DNSSEC_NSEC3_ITERATIONS},
	{"DYRH", RC_DNSSEC_DENIAL_INVALID}, /* more NSEC3 records than any proof needs */
	/* BIND from 9.21 on, Cloudflare, Google, Technitium */
	{"DNSKEY found but not matching DS", RC_DNSSEC_DS_MISMATCH},
	{"no DNSKEY found", RC_DNSSEC_DNSKEY_MISSING},
	{"o SEP matching the DS", RC_DNSSEC_DS_MISMATCH},
	{"No DNSKEY matches DS", RC_DNSSEC_DS_MISMATCH},
	{"returned no DNSKEYs", RC_DNSSEC_DNSKEY_MISSING},
	{"using DNSKEY ids", RC_DNSSEC_SIGNATURE_INVALID},
	{"RRSIG with malformed signature", RC_DNSSEC_SIGNATURE_INVALID},
	{"proof of non-existence of", RC_DNSSEC_DENIAL_INVALID},
	/* sdns */
	{"No KSK DNSKEY matches DS", RC_DNSSEC_DS_MISMATCH},
	{"DNSKEY does not match DS", RC_DNSSEC_DS_MISMATCH},
	{"dns: bad signature", RC_DNSSEC_SIGNATURE_INVALID},
	{"zone appears unsigned", RC_DNSSEC_RRSIG_MISSING},
	{"No DNSKEY records found", RC_DNSSEC_DNSKEY_MISSING},
	{"lacks NSEC/NSEC3 proof", RC_DNSSEC_DENIAL_MISSING},
	{"NSEC record indicates queried type exists", RC_DNSSEC_DENIAL_INVALID},
	{"Incomplete NSEC proof", RC_DNSSEC_DENIAL_INVALID},
	{"Invalid NSEC type bitmap", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC missing NS bit", RC_DNSSEC_DENIAL_INVALID},
	{"NSEC3 opt-out validation failed", RC_DNSSEC_DENIAL_INVALID},
};

/* Unbound's words for a zone without keys, and for keys that it could not fetch. */
static const char no_keys[] = "No DNSKEY record";

/* The rcode that a server gave, or its silence: Cloudflare, Google, Technitium, PowerDNS, sdns; Unbound of keys. */
static const struct {
	const char *text;
	enum rc_outcome outcome;
} outcomes[] = {
	{"rcode=REFUSED", RC_OUT_REFUSED},
	{"rcode=SERVFAIL", RC_OUT_SERVFAIL},
	{"rcode=FORMERR", RC_OUT_FORMERR},
	{"rcode=NOTIMP", RC_OUT_NOTIMP},
	{"RCODE=Refused", RC_OUT_REFUSED},
	{"RCODE=ServerFailure", RC_OUT_SERVFAIL},
	{"RCODE=FormatError", RC_OUT_FORMERR},
	{"RCODE=NotImplemented", RC_OUT_NOTIMP},
	{"got REFUSED", RC_OUT_REFUSED},
	{"got SERVFAIL", RC_OUT_SERVFAIL},
	{"got FORMERR", RC_OUT_FORMERR},
	{"got NOTIMPL", RC_OUT_NOTIMP},
	{"Upstream server refused", RC_OUT_REFUSED},
	{"upstream server timeout", RC_OUT_TIMEOUT},
	{"timed out", RC_OUT_TIMEOUT},
	{"time limit exceeded", RC_OUT_TIMEOUT},
	{"imeout waiting for answer", RC_OUT_TIMEOUT},
	{"Query timeout exceeded", RC_OUT_TIMEOUT},
	{": TimedOut", RC_OUT_TIMEOUT},
	{"nreachable", RC_OUT_ICMP},
	{"onnection refused", RC_OUT_ICMP},
	{"ConnectionRefused", RC_OUT_ICMP},
	{": ConnectionReset", RC_OUT_ICMP},
};

/* What stands before the name of a zone in a text. */
static const char *const zone_marks[] = {"for key ",
					 "for validation ",
					 "delegation ",
					 "matching the DS found for ",
					 "No DNSKEY matches DS RRs of ",
					 "not matching DS ",
					 "no DNSKEY found ",
					 "for DNSKEY ",
					 "returned no DNSKEYs for "};

static const uint8_t *text_of(const struct rc_msg *m, const struct rc_ede *ede)
{
	struct rc_cursor c = rc_cursor_init(m->wire, m->len);
	rc_cursor_seek(&c, ede->text_off);
	return rc_cursor_bytes(&c, ede->text_len);
}

static const uint8_t *find(const struct rc_msg *m, const struct rc_ede *ede, const char *text)
{
	const uint8_t *hay = text_of(m, ede);
	return hay == NULL ? NULL : memmem(hay, ede->text_len, text, strlen(text));
}

static bool has_code(const struct rc_ede *ede, uint64_t codes)
{
	return ede->code < 64 && (codes >> ede->code & 1) != 0;
}

/* An answer without keys came: its server is named. Of a fetch that failed the reason is, or nothing. */
static bool says_no_keys(const struct rc_msg *m, const struct rc_ede *ede)
{
	const uint8_t *end = text_of(m, ede), *at = find(m, ede, no_keys);
	if (at == NULL)
		return false;
	end += ede->text_len;
	at += sizeof no_keys - 1;
	if (end - at > 1 && at[1] == '[') {
		const uint8_t *close = memchr(at, ']', (size_t)(end - at));
		at = close == NULL ? end : close + 1;
	}
	return end - at >= 6 && memcmp(at, " from ", 6) == 0;
}

uint32_t rc_witness_fault(const struct rc_msg *answer)
{
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		for (size_t k = 0; k < sizeof faults / sizeof *faults; k++)
			if (has_code(ede, EDE_OF_VALIDATION) &&
			    find(answer, ede, faults[k].text) != NULL)
				return faults[k].fault;
		if (has_code(ede, EDE_OF_VALIDATION) && says_no_keys(answer, ede))
			return RC_DNSSEC_DNSKEY_MISSING;
		if (ede->code == RC_EDE_DNSSEC_BOGUS && find(answer, ede, attack) != NULL)
			return RC_DNSSEC_SIGNATURE_INVALID;
	}
	return RC_WITNESS_NONE;
}

static bool is_unsure(const struct rc_msg *answer)
{
	static const char *const unsure[] = {no_usable_keys, no_proof, no_valid_signature_of_keys,
					     either_end};
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++)
		for (size_t k = 0; k < sizeof unsure / sizeof *unsure; k++)
			if (find(answer, &answer->edns.ede[i], unsure[k]) != NULL)
				return true;
	return false;
}

enum rc_confidence rc_witness_cap(const struct rc_case *c, const struct rc_msg *answer,
				  enum rc_confidence most)
{
	bool no_help = c->others.cd_failed > 0 && c->others.cd_ok == 0;
	if (!is_unsure(answer))
		return most;
	return no_help ? RC_CONF_NONE : rc_confidence_cap(most, RC_CONF_POSSIBLE);
}

enum rc_confidence rc_witness_cap_by_want(const struct rc_case *c, enum rc_confidence most)
{
	const struct rc_zone_view *z = rc_failed_zone(c);
	bool want = z != NULL && c->final == NULL && z->usable == 0;
	return want ? rc_confidence_cap(most, RC_CONF_POSSIBLE) : most;
}

const struct rc_record *rc_witness_other(struct rc_case *c)
{
	const struct rc_record *best = NULL;
	unsigned most = 0;
	for (unsigned i = 0; i < c->others.n_said; i++) {
		const struct rc_record *r = c->others.said[i];
		const struct rc_msg *answer = rc_case_decode(c, r);
		if (answer == NULL)
			continue;
		bool exact = rc_witness_is_exact(answer, rc_witness_fault(answer));
		bool here = rc_addr_equal(&r->x.server, &c->x->server);
		unsigned grade = 1u + (exact ? 2u : 0u) + (here ? 1u : 0u);
		best = grade > most ? r : best;
		most = grade > most ? grade : most;
	}
	const struct rc_record *of_type = c->others.said_of_type;
	if (best == NULL && of_type != NULL && !is_unsure(rc_case_decode(c, of_type)))
		return of_type;
	return best;
}

bool rc_witness_suspects(struct rc_case *c)
{
	const struct rc_record *other = c->n_links == 0 ? rc_witness_other(c) : NULL;
	return is_unsure(c->answer) || (other != NULL && is_unsure(rc_case_decode(c, other)));
}

bool rc_witness_is_exact(const struct rc_msg *answer, uint32_t fault)
{
	return fault != RC_WITNESS_NONE || (rc_msg_ede_codes(answer) & RC_WITNESS_EXACT) != 0;
}

enum rc_outcome rc_witness_outcome(const struct rc_msg *answer)
{
	enum rc_outcome said = RC_OUT_COUNT;
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		for (size_t k = 0; k < sizeof outcomes / sizeof *outcomes; k++) {
			if (!has_code(ede, EDE_OF_SERVERS) ||
			    find(answer, ede, outcomes[k].text) == NULL)
				continue;
			if (said != RC_OUT_COUNT && said != outcomes[k].outcome)
				return RC_OUT_COUNT;
			said = outcomes[k].outcome;
			break;
		}
	}
	return said;
}

/* This text stands beside the code for what has no other. */
static bool says_other(const struct rc_msg *answer, const char *text)
{
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++)
		if (answer->edns.ede[i].code == RC_EDE_OTHER &&
		    find(answer, &answer->edns.ede[i], text) != NULL)
			return true;
	return false;
}

bool rc_witness_gave_up_aliases(const struct rc_msg *answer)
{
	/* BIND, Technitium */
	return says_other(answer, "max. restarts reached") ||
	       says_other(answer, "CNAME loop detected");
}

bool rc_witness_wants_cookie(const struct rc_msg *answer)
{
	return says_other(answer, "DNS Cookie needed");
}

/* Reads the name that begins at text, up to a blank or a comma, or to the type that some set behind it ("/A"). */
static bool read_name(const uint8_t *text, size_t len, struct rc_name *ret_name)
{
	char word[RC_NAME_TEXT_MAX + 1];
	size_t n = 0;
	while (n < len && n < RC_NAME_TEXT_MAX && isgraph(text[n]) && text[n] != ',')
		n++;
	memcpy(word, text, n);
	word[n] = '\0';
	char *type = strrchr(word, '/');
	if (type != NULL && strchr(type, '.') == NULL)
		*type = '\0';
	return word[0] != '\0' && rc_name_parse(word, ret_name) == 0;
}

/* BIND from 9.20 on names the set whose signature fails, and nothing else: of these the owner is the zone. */
static bool read_apex_set(const struct rc_msg *answer, const struct rc_ede *ede,
			  struct rc_name *ret_zone)
{
	static const char *const types[] = {"/DNSKEY", "/SOA"};
	const uint8_t *text = text_of(answer, ede);
	for (size_t i = 0; text != NULL && i < sizeof types / sizeof *types; i++) {
		size_t len = strlen(types[i]);
		if (ede->text_len > len && memcmp(text + ede->text_len - len, types[i], len) == 0 &&
		    memchr(text, ' ', ede->text_len) == NULL)
			return read_name(text, ede->text_len, ret_zone);
	}
	return false;
}

bool rc_witness_zone(const struct rc_msg *answer, const struct rc_name *name,
		     struct rc_name *ret_zone)
{
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		const uint8_t *text = text_of(answer, ede);
		struct rc_name zone;
		if (read_apex_set(answer, ede, &zone) && rc_name_in(name, &zone)) {
			*ret_zone = zone;
			return true;
		}
		for (size_t k = 0; k < sizeof zone_marks / sizeof *zone_marks; k++) {
			const uint8_t *at = find(answer, ede, zone_marks[k]);
			if (at == NULL)
				continue;
			at += strlen(zone_marks[k]);
			if (read_name(at, ede->text_len - (size_t)(at - text), &zone) &&
			    rc_name_in(name, &zone)) {
				*ret_zone = zone;
				return true;
			}
		}
	}
	return false;
}

const struct rc_name *rc_witness_zone_kept(struct rc_case *c, const struct rc_msg *answer)
{
	struct rc_name zone;
	return rc_witness_zone(answer, c->qname, &zone)
		       ? rc_arena_copy(c->arena, &zone, sizeof zone)
		       : NULL;
}
