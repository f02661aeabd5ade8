#include "analyze/cause/witness.h"

#include <ctype.h>

/* Codes whose texts are about validation (RFC 8914 4; 25 and 27 of the registry), and OTHER. */
#define VALIDATION_CODES UINT64_C(0x0a001fe7)
#define NETWORK_CODES (UINT64_C(1) << 22 | UINT64_C(1) << 23)

/* The first that a text holds counts. */
static const struct {
	const char *text;
	uint32_t fault;
} faults[] = {
	/* Unbound */
	{"signature expired", RC_DNSSEC_SIGNATURE_EXPIRED},
	{"signature before inception", RC_DNSSEC_SIGNATURE_NOT_YET_VALID},
	{"inception after expiration", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED},
	{"signature crypto failed", RC_DNSSEC_SIGNATURE_INVALID},
	{"DS hash mismatches", RC_DNSSEC_DS_MISMATCH},
	{"no keys have a DS", RC_DNSSEC_DS_MISMATCH},
	{"not secured by DNSKEY that matches DS", RC_DNSSEC_DS_MISMATCH},
	{"No DNSKEY record", RC_DNSSEC_DNSKEY_MISSING},
	{"no DNSKEY rrset", RC_DNSSEC_DNSKEY_MISSING},
	{"signatures from unknown keys", RC_DNSSEC_DNSKEY_MISSING},
	{"no signatures over NSEC", RC_DNSSEC_DENIAL_INVALID},
	{"no signatures", RC_DNSSEC_RRSIG_MISSING},
	{"signature missing", RC_DNSSEC_RRSIG_MISSING},
	{"no DNSSEC records", RC_DNSSEC_DENIAL_MISSING},
	{"no NSEC3 records", RC_DNSSEC_DENIAL_MISSING},
	{"no NSEC3 closest encloser", RC_DNSSEC_DENIAL_INVALID},
	{"no NSEC3 next closer", RC_DNSSEC_DENIAL_INVALID},
	{"without ZSK flag", RC_DNSSEC_NO_ZONE_KEY_BIT},
	{"proof failed", RC_DNSSEC_DENIAL_INVALID},
	{"zone has no known algorithms", RC_DNSSEC_ALGORITHM_UNSUPPORTED},
	{"unknown algorithm", RC_DNSSEC_ALGORITHM_UNSUPPORTED},
	/* Knot Resolver: a stable mark of four characters for each place in its code */
	{"JZAJ", RC_DNSSEC_RRSIG_MISSING},
	{"7N4Z", RC_DNSSEC_RRSIG_MISSING},
	{"EZDC", RC_DNSSEC_RRSIG_MISSING},
	{"XXAP", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED},
	{"4UBF", RC_DNSSEC_SIGNATURE_WINDOW_INVERTED},
	{"NMJZ", RC_DNSSEC_DS_MISMATCH},
	{"O4TP", RC_DNSSEC_DNSKEY_MISSING},
	{"AUO2", RC_DNSSEC_NSEC3_ITERATIONS},
	/* BIND from 9.21 on, Cloudflare, Google */
	{"DNSKEY found but not matching DS", RC_DNSSEC_DS_MISMATCH},
	{"no DNSKEY found", RC_DNSSEC_DNSKEY_MISSING},
	{"no SEP matching the DS", RC_DNSSEC_DS_MISMATCH},
	{"No DNSKEY matches DS", RC_DNSSEC_DS_MISMATCH},
};

/* Cloudflare and Google name the rcode that a server gave, PowerDNS and Cloudflare its silence. */
static const struct {
	const char *text;
	enum rc_outcome outcome;
} outcomes[] = {
	{"rcode=REFUSED", RC_OUT_REFUSED},
	{"rcode=SERVFAIL", RC_OUT_SERVFAIL},
	{"rcode=FORMERR", RC_OUT_FORMERR},
	{"rcode=NOTIMP", RC_OUT_NOTIMP},
	{"timed out", RC_OUT_TIMEOUT},
	{"time limit exceeded", RC_OUT_TIMEOUT},
	{"imeout waiting for answer", RC_OUT_TIMEOUT},
	{"unreachable", RC_OUT_ICMP},
	{"onnection refused", RC_OUT_ICMP},
};

/* What stands before the name of a zone in a text. */
static const char *const zone_marks[] = {"for key ", "delegation ", "matching the DS found for ",
					 "No DNSKEY matches DS RRs of "};

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

uint64_t rc_witness_codes(const struct rc_msg *answer)
{
	uint64_t codes = 0;
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++)
		if (answer->edns.ede[i].code < 64)
			codes |= UINT64_C(1) << answer->edns.ede[i].code;
	return codes;
}

uint32_t rc_witness_fault(const struct rc_msg *answer)
{
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		for (size_t k = 0; k < sizeof faults / sizeof *faults; k++)
			if (has_code(ede, VALIDATION_CODES) &&
			    find(answer, ede, faults[k].text) != NULL)
				return faults[k].fault;
	}
	return RC_WITNESS_NONE;
}

enum rc_outcome rc_witness_outcome(const struct rc_msg *answer)
{
	enum rc_outcome said = RC_OUT_COUNT;
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		for (size_t k = 0; k < sizeof outcomes / sizeof *outcomes; k++) {
			if (!has_code(ede, NETWORK_CODES) ||
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

bool rc_witness_gave_up_aliases(const struct rc_msg *answer)
{
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++)
		if (answer->edns.ede[i].code == 0 &&
		    find(answer, &answer->edns.ede[i], "max. restarts reached") != NULL)
			return true;
	return false;
}

/* Reads the name that begins at text, up to a blank or a comma. */
static bool read_name(const uint8_t *text, size_t len, struct rc_name *ret_name)
{
	char word[RC_NAME_TEXT_MAX + 1];
	size_t n = 0;
	while (n < len && n < RC_NAME_TEXT_MAX && isgraph(text[n]) && text[n] != ',')
		n++;
	memcpy(word, text, n);
	word[n] = '\0';
	return n > 0 && rc_name_parse(word, ret_name) == 0;
}

bool rc_witness_zone(const struct rc_msg *answer, const struct rc_name *name,
		     struct rc_name *ret_zone)
{
	for (unsigned i = 0; answer != NULL && i < answer->edns.n_ede; i++) {
		const struct rc_ede *ede = &answer->edns.ede[i];
		const uint8_t *text = text_of(answer, ede);
		for (size_t k = 0; k < sizeof zone_marks / sizeof *zone_marks; k++) {
			struct rc_name zone;
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
