/*
 * The DNSSEC checker against small signed zones: a root and "example", made and signed here, each
 * fault put in by one change. Keys are made once; times are packet times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "analyze/dnssec/cache.h"
#include "analyze/dnssec/dnssec.h"
#include "base/err.h"
#include "base/time.h"

#define NOW_S 1795226704u
#define DAY_S 86400u
#define MSGS_MAX 80u

static const char *const zone_names[2] = {".", "example."};

/* Per zone: key 0 is the KSK, 1 the ZSK. */
static ldns_key *zone_keys[2][2];

/* A message under construction. */
struct part {
	const char *qname;
	uint16_t qtype;
	bool nxdomain, referral, no_do, told; /* told: by a resolver */
	int64_t age_s;
	ldns_rr_list *answer, *authority;
};

struct scene {
	struct part parts[MSGS_MAX];
	size_t n;
	struct rc_dnssec *dnssec;
	struct rc_arena *arena;
	int64_t clock_s; /* the packets' time is so far ahead of the traffic's */
	struct rc_dnssec_result result;
};

enum { ROOT, EXAMPLE };
enum { KSK, ZSK };
enum { PART_ROOT_KEYS, PART_REFERRAL, PART_KEYS, PART_ANSWER };

static ldns_rr *record(const char *text)
{
	ldns_rr *rr = NULL;
	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 300, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static ldns_rr *sign_between(int zone, int key, ldns_rr_list *rrs, uint32_t from_s, uint32_t to_s)
{
	ldns_key_list *keys = ldns_key_list_new();
	ldns_key_set_inception(zone_keys[zone][key], from_s);
	ldns_key_set_expiration(zone_keys[zone][key], to_s);
	ldns_key_list_push_key(keys, zone_keys[zone][key]);
	ldns_rr_list *sigs = ldns_sign_public(rrs, keys);
	assert_non_null(sigs);
	ldns_rr *sig = ldns_rr_list_pop_rr(sigs);
	assert_non_null(sig);
	ldns_rr_list_free(sigs);
	free(keys->_keys);
	free(keys);
	return sig;
}

static ldns_rr *sign(int zone, int key, ldns_rr_list *rrs)
{
	return sign_between(zone, key, rrs, NOW_S - DAY_S, NOW_S + DAY_S);
}

/* Puts one record and its signature into a section. */
static void put_signed(int zone, ldns_rr_list *section, ldns_rr *rr)
{
	ldns_rr_list *set = ldns_rr_list_new();
	ldns_rr_list_push_rr(set, rr);
	ldns_rr *sig = sign(zone, ZSK, set);
	ldns_rr_list_free(set);
	ldns_rr_list_push_rr(section, rr);
	ldns_rr_list_push_rr(section, sig);
}

static void put_text(int zone, ldns_rr_list *section, const char *text)
{
	put_signed(zone, section, record(text));
}

static ldns_rr_list *dnskeys_of(int zone)
{
	ldns_rr_list *rrs = ldns_rr_list_new();
	ldns_rr_list_push_rr(rrs, ldns_key2rr(zone_keys[zone][KSK]));
	ldns_rr_list_push_rr(rrs, ldns_key2rr(zone_keys[zone][ZSK]));
	return rrs;
}

static struct part *add_part(struct scene *s, const char *qname, uint16_t qtype)
{
	assert_true(s->n < MSGS_MAX);
	struct part *part = &s->parts[s->n++];
	*part = (struct part){.qname = qname, .qtype = qtype};
	part->answer = ldns_rr_list_new();
	part->authority = ldns_rr_list_new();
	return part;
}

static void put_keys(int zone, struct part *part, ldns_rr_list *keys)
{
	ldns_rr *sig = sign(zone, KSK, keys);
	ldns_rr_list_cat(part->answer, keys);
	ldns_rr_list_push_rr(part->answer, sig);
	ldns_rr_list_free(keys);
}

static ldns_rr *ds_of(int zone, int key)
{
	ldns_rr *dnskey = ldns_key2rr(zone_keys[zone][key]);
	ldns_rr *ds = ldns_key_rr2ds(dnskey, LDNS_SHA256);
	ldns_rr_set_ttl(ds, 300);
	ldns_rr_free(dnskey);
	return ds;
}

static struct part *add_referral(struct scene *s)
{
	struct part *part = add_part(s, "www.example.", LDNS_RR_TYPE_A);
	part->referral = true;
	ldns_rr_list_push_rr(part->authority, record("example. NS ns.example."));
	return part;
}

static void open_scene(struct scene *s)
{
	ldns_rr *anchor = ds_of(ROOT, KSK);
	char *text = ldns_rr2str(anchor);
	*s = (struct scene){0};
	assert_int_equal(rc_dnssec_new(text, &s->dnssec), 0);
	assert_int_equal(rc_arena_new(16u << 20, &s->arena), 0);
	free(text);
	ldns_rr_free(anchor);
	put_keys(ROOT, add_part(s, ".", LDNS_RR_TYPE_DNSKEY), dnskeys_of(ROOT));
}

/* Root keys, referral with DS, keys: all that is sound before the answer. */
static void open_chain(struct scene *s)
{
	open_scene(s);
	put_signed(ROOT, add_referral(s)->authority, ds_of(EXAMPLE, KSK));
	put_keys(EXAMPLE, add_part(s, "example.", LDNS_RR_TYPE_DNSKEY), dnskeys_of(EXAMPLE));
}

/* ... and a sound answer. */
static void open_sound(struct scene *s)
{
	open_chain(s);
	put_text(EXAMPLE, add_part(s, "www.example.", LDNS_RR_TYPE_A)->answer,
		 "www.example. A 192.0.2.1");
}

static ldns_rr *take(ldns_rr_list *section, ldns_rr_type type)
{
	ldns_rr *found = NULL;
	ldns_rr_list *rest = ldns_rr_list_new();
	ldns_rr *rr;
	while ((rr = ldns_rr_list_pop_rr(section)) != NULL) {
		if (!found && ldns_rr_get_type(rr) == type)
			found = rr;
		else
			ldns_rr_list_push_rr(rest, rr);
	}
	while ((rr = ldns_rr_list_pop_rr(rest)) != NULL)
		ldns_rr_list_push_rr(section, rr);
	ldns_rr_list_free(rest);
	assert_non_null(found);
	return found;
}

static void drop(ldns_rr_list *section, ldns_rr_type type)
{
	ldns_rr_free(take(section, type));
}

/* Flips a bit in the last RDATA field of a record: a signature, a key, a digest. */
static void damage(ldns_rr *rr)
{
	ldns_rdf *rdf = ldns_rr_rdf(rr, ldns_rr_rd_count(rr) - 1);
	ldns_rdf_data(rdf)[ldns_rdf_size(rdf) - 1] ^= 1;
}

static ldns_rr *find(ldns_rr_list *section, ldns_rr_type type)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == type)
			return ldns_rr_list_rr(section, i);
	fail();
	return NULL;
}

/* Signs the only set of an answer anew, for other times. */
static void resign(struct part *part, int key, uint32_t from_s, uint32_t to_s)
{
	drop(part->answer, LDNS_RR_TYPE_RRSIG);
	ldns_rr *sig = sign_between(EXAMPLE, key, part->answer, from_s, to_s);
	ldns_rr_list_push_rr(part->answer, sig);
}

static uint8_t *encode(const struct part *part, size_t *ret_len)
{
	uint8_t *wire = NULL;
	ldns_pkt *pkt = ldns_pkt_query_new(ldns_dname_new_frm_str(part->qname),
					   (ldns_rr_type)part->qtype, LDNS_RR_CLASS_IN, 0);
	ldns_pkt_set_qr(pkt, true);
	ldns_pkt_set_aa(pkt, !part->referral && !part->told);
	ldns_pkt_set_ra(pkt, part->told);
	ldns_pkt_set_edns_udp_size(pkt, 1232);
	ldns_pkt_set_edns_do(pkt, !part->no_do);
	ldns_pkt_set_rcode(pkt, part->nxdomain ? LDNS_RCODE_NXDOMAIN : LDNS_RCODE_NOERROR);
	ldns_pkt_push_rr_list(pkt, LDNS_SECTION_ANSWER, part->answer);
	ldns_pkt_push_rr_list(pkt, LDNS_SECTION_AUTHORITY, part->authority);
	assert_int_equal(ldns_pkt2wire(&wire, pkt, ret_len), LDNS_STATUS_OK);
	ldns_rr_list_free(part->answer);
	ldns_rr_list_free(part->authority);
	ldns_pkt_free(pkt);
	return wire;
}

/* Encodes, checks, forgets the messages. The result lives until close_scene. */
static struct rc_dnssec_cache *cache; /* of all tests */

/* What is remembered of the judgement says at any time what would be said anew; at first it is made, then found. */
static void assert_remembered(const struct scene *s, const struct rc_dnssec_question *asked)
{
	static const int64_t shifts_s[] = {0, -1, 1, -9000, 9000, -100000, 100000};
	struct rc_dnssec_question q = *asked;
	struct rc_dnssec_result fresh, found;
	struct rc_arena *arena;
	assert_int_equal(rc_arena_new(1u << 24, &arena), RC_OK);
	for (unsigned i = 0; i < 2 * sizeof shifts_s / sizeof *shifts_s; i++) {
		q.now_ns = asked->now_ns +
			   shifts_s[i % (sizeof shifts_s / sizeof *shifts_s)] * RC_NS_PER_S;
		rc_dnssec_check(s->dnssec, &q, arena, &fresh);
		rc_dnssec_cache_check(cache, s->dnssec, &q, arena, &found);
		assert_int_equal(found.status, fresh.status);
		assert_int_equal(found.clock, fresh.clock);
		assert_true(rc_name_equal(&found.zone, &fresh.zone));
		assert_int_equal(found.n_findings > 0, fresh.n_findings > 0);
		if (fresh.n_findings > 0) {
			assert_int_equal(found.findings[0].fault, fresh.findings[0].fault);
			assert_string_equal(found.findings[0].detail, fresh.findings[0].detail);
		}
		if (fresh.n_not_seen > 0)
			assert_string_equal(found.not_seen[0], fresh.not_seen[0]);
		rc_arena_reset(arena);
	}
	rc_arena_free(arena);
}

static void judge(struct scene *s, const char *qname, uint16_t qtype)
{
	static struct rc_msg msgs[MSGS_MAX];
	struct rc_dnssec_msg in[MSGS_MAX];
	uint8_t *wires[MSGS_MAX];
	struct rc_name name;
	assert_int_equal(rc_name_parse(qname, &name), 0);
	for (size_t i = 0; i < s->n; i++) {
		size_t len = 0;
		wires[i] = encode(&s->parts[i], &len);
		assert_true(rc_msg_decode(wires[i], (uint32_t)len, (uint32_t)len, 1, &msgs[i]));
		assert_int_equal(msgs[i].fault, RC_FAULT_NONE);
		in[i].msg = &msgs[i];
		in[i].ts_ns = (NOW_S + s->clock_s - s->parts[i].age_s) * RC_NS_PER_S;
	}
	const struct rc_dnssec_question q = {&name, qtype, (NOW_S + s->clock_s) * RC_NS_PER_S, in,
					     s->n};
	rc_dnssec_check(s->dnssec, &q, s->arena, &s->result);
	assert_remembered(s, &q);
	for (size_t i = 0; i < s->n; i++)
		free(wires[i]);
}

static void close_scene(struct scene *s)
{
	rc_arena_free(s->arena);
	rc_dnssec_free(s->dnssec);
}

static void expect_status(struct scene *s, enum rc_dnssec_status status)
{
	judge(s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s->result.status, status);
	assert_int_equal(s->result.n_findings, 0);
	close_scene(s);
}

static void assert_zone(const struct rc_name *zone, const char *text)
{
	struct rc_name name;
	assert_int_equal(rc_name_parse(text, &name), 0);
	assert_true(rc_name_equal(zone, &name));
}

static void expect_fault(struct scene *s, enum rc_dnssec_fault fault, const char *zone, size_t msg)
{
	judge(s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s->result.status, RC_DNSSEC_BOGUS);
	assert_true(s->result.n_findings >= 1);
	assert_int_equal(s->result.findings[0].fault, fault);
	assert_int_equal(s->result.findings[0].msg, msg);
	assert_true(s->result.findings[0].conclusive);
	assert_true(s->result.findings[0].detail[0] != '\0');
	assert_zone(&s->result.findings[0].zone, zone);
	close_scene(s);
}

/* --- what is sound --- */

static void sound_chain_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void sound_chain_with_repeated_messages_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	put_text(EXAMPLE, add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
		 "www.example. A 192.0.2.1");
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void delegation_without_ds_is_insecure(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	put_text(ROOT, add_referral(&s)->authority, "example. NSEC foo. NS RRSIG NSEC");
	ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
			     record("www.example. A 192.0.2.1"));
	expect_status(&s, RC_DNSSEC_INSECURE);
}

/* The NSEC3 whose owner is the hash of name plus `from`, next hash plus `to`. */
static void put_nsec3(int zone, ldns_rr_list *section, const char *name, int from, int to,
		      unsigned flags, unsigned iterations, const char *types)
{
	char text[512];
	ldns_rdf *dname = ldns_dname_new_frm_str(name);
	ldns_rdf *hashed = ldns_nsec3_hash_name(dname, LDNS_SHA1, (uint16_t)iterations, 0, NULL);
	assert_non_null(hashed);
	char *hash = ldns_rdf2str(hashed), *next = strdup(hash);
	hash[strcspn(hash, ".")] = next[strcspn(next, ".")] = '\0';
	/* The fifth character moves: far enough from the hash, and never past an end. */
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	size_t at = 0;
	while (at < 31 && (hash[at] == '0' || hash[at] == 'v'))
		at++;
	size_t digit = (size_t)(strchr(digits, hash[at]) - digits);
	hash[at] = digits[digit + (size_t)from];
	next[at] = digits[digit + (size_t)to];
	const char *suffix = zone == ROOT ? "" : "example";
	snprintf(text, sizeof(text), "%s.%s%s NSEC3 1 %u %u - %s %s", hash, suffix,
		 zone == ROOT ? "" : ".", flags, iterations, next, types);
	put_text(zone, section, text);
	ldns_rdf_deep_free(dname);
	ldns_rdf_deep_free(hashed);
	free(hash);
	free(next);
}

static void delegation_in_an_opt_out_span_is_insecure(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	struct part *part = add_referral(&s);
	put_nsec3(ROOT, part->authority, ".", 0, 1, 1, 0, "NS SOA RRSIG DNSKEY NSEC3PARAM");
	put_nsec3(ROOT, part->authority, "example.", -1, 1, 1, 0, "NS");
	ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
			     record("www.example. A 192.0.2.1"));
	expect_status(&s, RC_DNSSEC_INSECURE);
}

/* BIND and PowerDNS take no such proof, others do. */
static void proof_that_there_is_no_ds_with_a_broken_soa_is_inconclusive(void **state)
{
	(void)state;
	for (int broken = 0; broken < 2; broken++) {
		struct scene s;
		open_scene(&s);
		struct part *part = add_part(&s, "example.", LDNS_RR_TYPE_DS);
		put_text(ROOT, part->authority, ". SOA ns. host. 1 2 3 4 5");
		if (broken)
			damage(find(part->authority, LDNS_RR_TYPE_RRSIG));
		put_text(ROOT, part->authority, "example. NSEC foo. NS RRSIG NSEC");
		ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
				     record("www.example. A 192.0.2.1"));
		judge(&s, "www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.n_findings, broken);
		assert_int_equal(s.result.status,
				 broken ? RC_DNSSEC_INDETERMINATE : RC_DNSSEC_INSECURE);
		if (broken) {
			assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_SIGNATURE_INVALID);
			assert_zone(&s.result.findings[0].zone, ".");
		}
		close_scene(&s);
	}
}

static void broken_signature_below_an_insecure_delegation_does_not_matter(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	put_text(ROOT, add_referral(&s)->authority, "example. NSEC foo. NS RRSIG NSEC");
	put_text(EXAMPLE, add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
		 "www.example. A 192.0.2.1");
	damage(find(s.parts[2].answer, LDNS_RR_TYPE_RRSIG));
	expect_status(&s, RC_DNSSEC_INSECURE);
}

static void put_soa(struct part *part)
{
	put_text(EXAMPLE, part->authority, "example. SOA ns.example. host.example. 1 2 3 4 5");
}

static void nodata_with_nsec_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_chain(&s);
	struct part *part = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
	put_soa(part);
	put_text(EXAMPLE, part->authority, "www.example. NSEC example. AAAA RRSIG NSEC");
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void empty_nonterminal_with_nsec_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_chain(&s);
	struct part *part = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
	put_soa(part);
	put_text(EXAMPLE, part->authority, "ns.example. NSEC a.www.example. A RRSIG NSEC");
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void open_nxdomain(struct scene *s)
{
	open_chain(s);
	struct part *part = add_part(s, "www.example.", LDNS_RR_TYPE_A);
	part->nxdomain = true;
	put_soa(part);
}

static void nxdomain_with_nsec_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_text(EXAMPLE, s.parts[PART_ANSWER].authority, "ns.example. NSEC zz.example. A");
	put_text(EXAMPLE, s.parts[PART_ANSWER].authority, "example. NSEC a.example. NS SOA");
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void put_nxdomain_nsec3(struct scene *s, unsigned flags, unsigned iterations)
{
	ldns_rr_list *section = s->parts[PART_ANSWER].authority;
	put_nsec3(EXAMPLE, section, "example.", 0, 1, flags, iterations, "NS SOA RRSIG DNSKEY");
	put_nsec3(EXAMPLE, section, "www.example.", -1, 1, flags, iterations, "A");
	put_nsec3(EXAMPLE, section, "*.example.", -1, 1, flags, iterations, "A");
}

static void nxdomain_with_nsec3_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_nxdomain_nsec3(&s, 0, 10);
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void nxdomain_with_opt_out_is_insecure(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_nxdomain_nsec3(&s, 1, 0);
	expect_status(&s, RC_DNSSEC_INSECURE);
}

static void nsec3_above_150_iterations_is_insecure_and_named(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_nxdomain_nsec3(&s, 0, 151);
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INSECURE);
	assert_int_equal(s.result.n_findings, 1);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_NSEC3_ITERATIONS);
	close_scene(&s);
}

/* An answer made from *.example. */
static struct part *open_wildcard(struct scene *s)
{
	open_chain(s);
	struct part *part = add_part(s, "www.example.", LDNS_RR_TYPE_A);
	put_text(EXAMPLE, part->answer, "*.example. A 192.0.2.1");
	for (size_t i = 0; i < 2; i++) {
		ldns_rr *rr = ldns_rr_list_rr(part->answer, i);
		ldns_rdf_deep_free(ldns_rr_owner(rr));
		ldns_rr_set_owner(rr, ldns_dname_new_frm_str("www.example."));
	}
	return part;
}

static void wildcard_answer_with_its_proof_is_secure(void **state)
{
	(void)state;
	struct scene s;
	put_text(EXAMPLE, open_wildcard(&s)->authority, "ns.example. NSEC zz.example. A");
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void wildcard_answer_with_nsec3_is_secure(void **state)
{
	(void)state;
	struct scene s;
	put_nsec3(EXAMPLE, open_wildcard(&s)->authority, "www.example.", -1, 1, 0, 0, "A");
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void alias_within_the_zone_is_followed(void **state)
{
	(void)state;
	struct scene s;
	open_chain(&s);
	struct part *part = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
	put_text(EXAMPLE, part->answer, "www.example. CNAME web.example.");
	put_text(EXAMPLE, part->answer, "web.example. A 192.0.2.1");
	expect_status(&s, RC_DNSSEC_SECURE);
}

/* --- what was not seen --- */

static bool says_not_seen(const struct scene *s, const char *text)
{
	for (size_t i = 0; i < s->result.n_not_seen; i++)
		if (strcmp(s->result.not_seen[i], text) == 0)
			return true;
	return false;
}

static void nothing_seen_is_indeterminate_and_named(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	assert_int_equal(s.result.n_findings, 0);
	assert_true(says_not_seen(&s, "answer to www.example A"));
	close_scene(&s);
}

static void unsigned_answer_of_an_unknown_zone_is_no_fault(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	struct part *part = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
	ldns_rr_list_push_rr(part->answer, record("www.example. A 192.0.2.1"));
	ldns_rr_list_push_rr(part->authority, record("example. NS ns.example."));
	expect_status(&s, RC_DNSSEC_INDETERMINATE);
}

static void unsigned_answer_below_an_unseen_delegation_is_no_fault(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
			     record("www.example. A 192.0.2.1"));
	expect_status(&s, RC_DNSSEC_INDETERMINATE);
}

static void missing_dnskey_message_is_indeterminate(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list_deep_free(s.parts[PART_KEYS].answer);
	ldns_rr_list_deep_free(s.parts[PART_KEYS].authority);
	s.parts[PART_KEYS] = s.parts[PART_ANSWER];
	s.n--;
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	assert_int_equal(s.result.n_findings, 0);
	assert_true(says_not_seen(&s, "DNSKEY of example"));
	close_scene(&s);
}

static void expired_signature_shows_without_any_chain(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S - 3 * DAY_S, NOW_S - DAY_S);
	for (size_t i = 0; i < PART_ANSWER; i++) {
		ldns_rr_list_deep_free(s.parts[i].answer);
		ldns_rr_list_deep_free(s.parts[i].authority);
	}
	s.parts[0] = s.parts[PART_ANSWER];
	s.n = 1;
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	assert_int_equal(s.result.n_findings, 1);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_SIGNATURE_EXPIRED);
	assert_true(says_not_seen(&s, "DNSKEY of ."));
	assert_int_equal(s.result.clock, RC_DNSSEC_CLOCK_UNTESTED);
	close_scene(&s);
}

/* --- signatures --- */

static void expired_signature_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S - 3 * DAY_S, NOW_S - DAY_S);
	expect_fault(&s, RC_DNSSEC_SIGNATURE_EXPIRED, "example", PART_ANSWER);
}

/* --- whether the packets' time is the traffic's --- */

static const int64_t wrong_clocks_s[] = {-3650 * (int64_t)DAY_S, 3650 * (int64_t)DAY_S,
					 -(int64_t)NOW_S};

static void a_signature_out_of_time_beside_valid_ones_tries_the_clock(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S - 3 * DAY_S, NOW_S - DAY_S);
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.clock, RC_DNSSEC_CLOCK_FITS);
	close_scene(&s);
}

/* Nothing is wrong but the time of all: that is no fault of one zone. */
static void a_clock_that_is_years_off_proves_no_signature_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong_clocks_s / sizeof *wrong_clocks_s; i++) {
		struct scene s;
		open_sound(&s);
		s.clock_s = wrong_clocks_s[i];
		judge(&s, "www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.clock, RC_DNSSEC_CLOCK_ALONE);
		assert_int_equal(s.result.status, RC_DNSSEC_SECURE);
		assert_int_equal(s.result.n_findings, 1);
		assert_int_equal(s.result.findings[0].fault,
				 wrong_clocks_s[i] > 0 ? RC_DNSSEC_SIGNATURE_EXPIRED
						       : RC_DNSSEC_SIGNATURE_NOT_YET_VALID);
		assert_false(s.result.findings[0].conclusive);
		close_scene(&s);
	}
}

static void what_else_is_wrong_is_found_whatever_the_clock_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong_clocks_s / sizeof *wrong_clocks_s; i++) {
		struct scene s;
		open_sound(&s);
		damage(find(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG));
		s.clock_s = wrong_clocks_s[i];
		judge(&s, "www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.clock, RC_DNSSEC_CLOCK_OFF);
		assert_int_equal(s.result.status, RC_DNSSEC_BOGUS);
		assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_SIGNATURE_INVALID);
		assert_true(s.result.findings[0].conclusive);
		close_scene(&s);
	}
}

/* Of one zone alone: it may have been left to expire years ago, but is not signed for years to come. */
static void a_far_future_is_no_time_to_sign_for(void **state)
{
	static const struct {
		int64_t clock_s;
		enum rc_dnssec_clock clock;
	} cases[] = {
		{-3650 * (int64_t)DAY_S, RC_DNSSEC_CLOCK_ALONE},
		{-20 * (int64_t)DAY_S, RC_DNSSEC_CLOCK_UNTESTED},
		{3650 * (int64_t)DAY_S, RC_DNSSEC_CLOCK_UNTESTED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene s;
		open_sound(&s);
		for (size_t k = 0; k < PART_ANSWER; k++) {
			ldns_rr_list_deep_free(s.parts[k].answer);
			ldns_rr_list_deep_free(s.parts[k].authority);
		}
		s.parts[0] = s.parts[PART_ANSWER];
		s.n = 1;
		s.clock_s = cases[i].clock_s;
		judge(&s, "www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.n_findings, 1);
		assert_int_equal(s.result.clock, cases[i].clock);
		close_scene(&s);
	}
}

/* Against the other zone's signatures it has expired, whatever time it is. */
static void what_expired_before_others_began_is_found_whatever_the_clock_says(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S - 5 * DAY_S, NOW_S - 3 * DAY_S);
	s.clock_s = wrong_clocks_s[0];
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.clock, RC_DNSSEC_CLOCK_OFF);
	assert_int_equal(s.result.status, RC_DNSSEC_BOGUS);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_SIGNATURE_EXPIRED);
	assert_int_equal(s.result.findings[0].msg, PART_ANSWER);
	close_scene(&s);
}

static void expiry_that_some_resolvers_forgive_is_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S - 3 * DAY_S, NOW_S - 1800);
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_SIGNATURE_EXPIRED);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static void signature_not_yet_valid_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S + DAY_S, NOW_S + 3 * DAY_S);
	expect_fault(&s, RC_DNSSEC_SIGNATURE_NOT_YET_VALID, "example", PART_ANSWER);
}

static void window_that_is_inverted_and_past_counts_as_expired(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S - DAY_S, NOW_S - 3 * DAY_S);
	expect_fault(&s, RC_DNSSEC_SIGNATURE_EXPIRED, "example", PART_ANSWER);
}

static void inverted_window_around_now_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_ANSWER], ZSK, NOW_S + DAY_S, NOW_S - DAY_S);
	expect_fault(&s, RC_DNSSEC_SIGNATURE_WINDOW_INVERTED, "example", PART_ANSWER);
}

static void damaged_signature_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	damage(find(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG));
	expect_fault(&s, RC_DNSSEC_SIGNATURE_INVALID, "example", PART_ANSWER);
}

static void missing_signature_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	drop(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG);
	put_text(EXAMPLE, s.parts[PART_ANSWER].authority, "example. NS ns.example.");
	expect_fault(&s, RC_DNSSEC_RRSIG_MISSING, "example", PART_ANSWER);
}

/* Its servers may serve a zone www.example as well, whose delegation was looked at long ago. */
static void missing_signature_of_what_may_be_delegated_is_not_conclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	drop(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG);
	put_text(EXAMPLE, add_part(&s, "mail.example.", LDNS_RR_TYPE_A)->authority,
		 "example. SOA ns. mail. 1 3600 600 86400 300");
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_RRSIG_MISSING);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static void missing_signature_of_what_has_no_delegation_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	drop(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG);
	put_text(EXAMPLE, add_part(&s, "www.example.", LDNS_RR_TYPE_AAAA)->authority,
		 "example. SOA ns. mail. 1 3600 600 86400 300");
	expect_fault(&s, RC_DNSSEC_RRSIG_MISSING, "example", PART_ANSWER);
}

static void missing_signature_without_do_is_not_conclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	drop(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG);
	s.parts[PART_ANSWER].no_do = true;
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_RRSIG_MISSING);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

/* A resolver does not show of which zone its answer is: there may be an unsigned one below. */
static void missing_signature_that_a_resolver_tells_of_is_not_conclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	drop(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG);
	s.parts[PART_ANSWER].told = true;
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	close_scene(&s);
}

static void missing_proof_that_a_resolver_tells_of_shows_its_zone(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	s.parts[PART_ANSWER].told = true;
	expect_fault(&s, RC_DNSSEC_DENIAL_MISSING, "example", PART_ANSWER);
}

static void one_good_server_makes_a_fault_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	put_text(EXAMPLE, add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
		 "www.example. A 192.0.2.2");
	damage(find(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG));
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_SECURE);
	assert_int_equal(s.result.n_findings, 1);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static void second_good_signature_repairs_a_bad_one(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr *bad = ldns_rr_clone(find(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG));
	damage(bad);
	ldns_rr_list_push_rr(s.parts[PART_ANSWER].answer, bad);
	expect_status(&s, RC_DNSSEC_SECURE);
}

/* --- keys and DS --- */

static ldns_rr *ds_in(struct scene *s)
{
	return find(s->parts[PART_REFERRAL].authority, LDNS_RR_TYPE_DS);
}

/* Signs the DS anew after a change of it. */
static void resign_ds(struct scene *s)
{
	ldns_rr_list *section = s->parts[PART_REFERRAL].authority, *set = ldns_rr_list_new();
	drop(section, LDNS_RR_TYPE_RRSIG);
	ldns_rr_list_push_rr(set, ds_in(s));
	ldns_rr_list_push_rr(section, sign(ROOT, ZSK, set));
	ldns_rr_list_free(set);
}

static void expect_mismatch(struct scene *s, const char *word)
{
	judge(s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s->result.status, RC_DNSSEC_BOGUS);
	assert_int_equal(s->result.findings[0].fault, RC_DNSSEC_DS_MISMATCH);
	assert_true(s->result.findings[0].conclusive);
	assert_non_null(strstr(s->result.findings[0].detail, word));
	assert_zone(&s->result.findings[0].zone, "example");
	close_scene(s);
}

static void ds_with_another_digest_is_a_mismatch(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	damage(ds_in(&s));
	resign_ds(&s);
	expect_mismatch(&s, "digest of DS");
}

static void ds_with_another_tag_is_a_mismatch(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(ds_in(&s), 0))[0] ^= 1;
	resign_ds(&s);
	expect_mismatch(&s, "key tag");
}

static void ds_with_another_algorithm_is_a_mismatch(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(ds_in(&s), 1))[0] = LDNS_RSASHA256;
	resign_ds(&s);
	expect_mismatch(&s, "algorithm 8");
}

static void ds_with_an_unassigned_algorithm_makes_the_zone_insecure(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(ds_in(&s), 1))[0] = 100;
	resign_ds(&s);
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INSECURE);
	assert_int_equal(s.result.n_findings, 1);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_ALGORITHM_UNSUPPORTED);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static void ds_signed_wrongly_is_the_parents_fault(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	damage(find(s.parts[PART_REFERRAL].authority, LDNS_RR_TYPE_RRSIG));
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.n_findings, 1);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_SIGNATURE_INVALID);
	assert_true(s.result.findings[0].conclusive);
	assert_zone(&s.result.findings[0].zone, ".");
	assert_zone(&s.result.findings[0].cut, "example");
	close_scene(&s);
}

static void ds_without_signature_is_the_parents_fault(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	drop(s.parts[PART_REFERRAL].authority, LDNS_RR_TYPE_RRSIG);
	expect_fault(&s, RC_DNSSEC_RRSIG_MISSING, ".", PART_REFERRAL);
}

/* The zone that gives it is not seen at all, or seen to exist: it may be unsigned. */
static void ds_without_signature_of_an_unknown_parent_is_no_fault(void **state)
{
	(void)state;
	for (unsigned seen = 0; seen < 2; seen++) {
		struct scene s;
		open_scene(&s);
		if (seen)
			add_referral(&s);
		ldns_rr *ds = ds_of(EXAMPLE, KSK);
		ldns_rdf_deep_free(ldns_rr_owner(ds));
		ldns_rr_set_owner(ds, ldns_dname_new_frm_str("www.example."));
		ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_DS)->answer, ds);
		ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
				     record("www.example. A 192.0.2.1"));
		judge(&s, "www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
		assert_int_equal(s.result.n_findings, 0);
		close_scene(&s);
	}
}

/*
 * Two labels below a zone that is signed, its servers delegate a name without a word on a DS, and give one without
 * signature: a zone between, on the same servers, is not signed. Without such a delegation it may be so.
 */
static void ds_without_signature_beside_a_bare_delegation_is_no_fault(void **state)
{
	(void)state;
	for (unsigned bare = 0; bare < 2; bare++) {
		struct scene s;
		open_chain(&s);
		if (bare) {
			struct part *part = add_part(&s, "www.sub.example.", LDNS_RR_TYPE_A);
			part->referral = true;
			ldns_rr_list_push_rr(part->authority,
					     record("www.sub.example. NS ns.www.sub.example."));
		}
		ldns_rr *ds = ds_of(EXAMPLE, KSK);
		ldns_rdf_deep_free(ldns_rr_owner(ds));
		ldns_rr_set_owner(ds, ldns_dname_new_frm_str("www.sub.example."));
		ldns_rr_list_push_rr(add_part(&s, "www.sub.example.", LDNS_RR_TYPE_DS)->answer, ds);
		ldns_rr_list_push_rr(add_part(&s, "www.sub.example.", LDNS_RR_TYPE_A)->answer,
				     record("www.sub.example. A 192.0.2.1"));
		judge(&s, "www.sub.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.n_findings, bare ? 0 : 1);
		assert_true(bare || !s.result.findings[0].conclusive);
		close_scene(&s);
	}
}

static void empty_dnskey_answer_is_a_missing_key(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list_deep_free(s.parts[PART_KEYS].answer);
	s.parts[PART_KEYS].answer = ldns_rr_list_new();
	expect_fault(&s, RC_DNSSEC_DNSKEY_MISSING, "example", PART_KEYS);
}

/* Replaces the DNSKEY answer by these keys, signed by the KSK. */
static void empty_dnskey_answer_of_a_lame_server_is_no_missing_key(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	put_signed(ROOT, add_referral(&s)->authority, ds_of(EXAMPLE, KSK));
	add_part(&s, "example.", LDNS_RR_TYPE_DNSKEY)->referral = true;
	expect_status(&s, RC_DNSSEC_INDETERMINATE);
}

static void set_keys(struct scene *s, ldns_rr_list *keys)
{
	ldns_rr_list_deep_free(s->parts[PART_KEYS].answer);
	s->parts[PART_KEYS].answer = ldns_rr_list_new();
	put_keys(EXAMPLE, &s->parts[PART_KEYS], keys);
}

static void signing_key_outside_the_set_is_a_missing_key(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list *keys = dnskeys_of(EXAMPLE);
	ldns_rr_free(ldns_rr_list_pop_rr(keys));
	set_keys(&s, keys);
	expect_fault(&s, RC_DNSSEC_DNSKEY_MISSING, "example", PART_ANSWER);
}

static void old_key_set_makes_a_missing_key_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list *keys = dnskeys_of(EXAMPLE);
	ldns_rr_free(ldns_rr_list_pop_rr(keys));
	set_keys(&s, keys);
	s.parts[PART_KEYS].age_s = 3600;
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_DNSKEY_MISSING);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static ldns_rr *answer_key(struct scene *s, size_t at)
{
	return ldns_rr_list_rr(s->parts[PART_KEYS].answer, at);
}

static void key_signing_key_removed_is_a_missing_key(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list *section = s.parts[PART_KEYS].answer;
	ldns_rr *entry = ldns_rr_list_set_rr(section, ldns_rr_clone(answer_key(&s, 1)), 0);
	ldns_rr_free(entry);
	ldns_rr_free(take(section, LDNS_RR_TYPE_DNSKEY)); /* one of the two alike */
	expect_fault(&s, RC_DNSSEC_DNSKEY_MISSING, "example", PART_KEYS);
}

static void dnskey_set_signed_by_no_key_of_a_ds_lacks_a_signature(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_KEYS], ZSK, NOW_S - DAY_S, NOW_S + DAY_S);
	expect_fault(&s, RC_DNSSEC_RRSIG_MISSING, "example", PART_KEYS);
}

static void zone_key_bit_cleared_in_the_signing_key_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(answer_key(&s, 1), 0))[0] = 0;
	expect_fault(&s, RC_DNSSEC_NO_ZONE_KEY_BIT, "example", PART_KEYS);
}

static void zone_key_bit_cleared_in_the_entry_key_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(answer_key(&s, 0), 0))[0] = 0;
	ldns_rdf_data(ldns_rr_rdf(answer_key(&s, 0), 0))[1] = 0;
	expect_fault(&s, RC_DNSSEC_NO_ZONE_KEY_BIT, "example", PART_KEYS);
}

static void zone_key_bit_missing_and_signed_so_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list *keys = dnskeys_of(EXAMPLE);
	ldns_rdf_data(ldns_rr_rdf(ldns_rr_list_rr(keys, 1), 0))[0] = 0;
	set_keys(&s, keys);
	expect_fault(&s, RC_DNSSEC_NO_ZONE_KEY_BIT, "example", PART_ANSWER);
}

static void signing_key_published_with_an_unassigned_algorithm_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(answer_key(&s, 1), 2))[0] = 100;
	expect_fault(&s, RC_DNSSEC_ALGORITHM_UNSUPPORTED, "example", PART_KEYS);
}

static void entry_key_published_with_an_unassigned_algorithm_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rdf_data(ldns_rr_rdf(answer_key(&s, 0), 2))[0] = 100;
	expect_fault(&s, RC_DNSSEC_ALGORITHM_UNSUPPORTED, "example", PART_KEYS);
}

static void signing_key_altered_after_signing_is_an_invalid_signature(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	damage(answer_key(&s, 1));
	expect_fault(&s, RC_DNSSEC_SIGNATURE_INVALID, "example", PART_KEYS);
}

static void expired_dnskey_signature_comes_before_the_answers(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	resign(&s.parts[PART_KEYS], KSK, NOW_S - 3 * DAY_S, NOW_S - DAY_S);
	damage(find(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG));
	expect_fault(&s, RC_DNSSEC_SIGNATURE_EXPIRED, "example", PART_KEYS);
}

static void root_keys_outside_the_anchors_are_found(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	rc_dnssec_free(s.dnssec);
	assert_int_equal(rc_dnssec_new(NULL, &s.dnssec), 0);
	expect_fault(&s, RC_DNSSEC_TRUST_ANCHOR, ".", PART_ROOT_KEYS);
}

/* --- denials --- */

static void denial_without_records_is_missing(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	expect_fault(&s, RC_DNSSEC_DENIAL_MISSING, "example", PART_ANSWER);
}

static void denial_with_unsigned_soa_lacks_a_signature(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	drop(s.parts[PART_ANSWER].authority, LDNS_RR_TYPE_RRSIG);
	expect_fault(&s, RC_DNSSEC_RRSIG_MISSING, "example", PART_ANSWER);
}

static void nsec_that_covers_another_span_is_invalid(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_text(EXAMPLE, s.parts[PART_ANSWER].authority, "example. NSEC ns.example. NS SOA");
	expect_fault(&s, RC_DNSSEC_DENIAL_INVALID, "example", PART_ANSWER);
}

static void nsec_without_the_wildcards_denial_is_invalid(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_text(EXAMPLE, s.parts[PART_ANSWER].authority, "ns.example. NSEC zz.example. A");
	expect_fault(&s, RC_DNSSEC_DENIAL_INVALID, "example", PART_ANSWER);
}

static void nodata_whose_bitmap_claims_the_type_is_invalid(void **state)
{
	(void)state;
	struct scene s;
	open_chain(&s);
	struct part *part = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
	put_soa(part);
	put_text(EXAMPLE, part->authority, "www.example. NSEC example. A RRSIG NSEC");
	expect_fault(&s, RC_DNSSEC_DENIAL_INVALID, "example", PART_ANSWER);
}

/* RFC 6840 4.1: what is below a DNAME is there by another name. */
static void nsec_of_a_dname_denies_nothing_below_it(void **state)
{
	(void)state;
	for (unsigned dname = 0; dname < 2; dname++) {
		struct scene s;
		open_chain(&s);
		struct part *part = add_part(&s, "a.www.example.", LDNS_RR_TYPE_A);
		part->nxdomain = true;
		put_soa(part);
		put_text(EXAMPLE, part->authority,
			 dname ? "www.example. NSEC zz.example. DNAME RRSIG NSEC"
			       : "www.example. NSEC zz.example. TXT RRSIG NSEC");
		judge(&s, "a.www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.status, dname ? RC_DNSSEC_BOGUS : RC_DNSSEC_SECURE);
		close_scene(&s);
	}
}

/* What a resolver was told of another type may prove that there is no such name; this answer says that there is. */
static void proof_for_another_type_mends_no_denial(void **state)
{
	(void)state;
	struct scene s;
	open_chain(&s);
	put_soa(add_part(&s, "www.example.", LDNS_RR_TYPE_A));
	put_text(EXAMPLE, s.parts[PART_ANSWER].authority, "ns.example. NSEC zz.example. A");
	struct part *other = add_part(&s, "www.example.", LDNS_RR_TYPE_DS);
	other->nxdomain = true;
	put_soa(other);
	put_text(EXAMPLE, other->authority, "ns.example. NSEC zz.example. A");
	put_text(EXAMPLE, other->authority, "example. NSEC a.example. NS SOA");
	expect_fault(&s, RC_DNSSEC_DENIAL_INVALID, "example", PART_ANSWER);
}

/* Who walks down by NS and validates each step gets no further; who got an answer did not mind. */
static void unsigned_ns_on_the_way_tell_where_no_answer_was_asked_for(void **state)
{
	(void)state;
	for (unsigned answered = 0; answered < 2; answered++) {
		struct scene s;
		open_chain(&s);
		ldns_rr_list_push_rr(add_part(&s, "example.", LDNS_RR_TYPE_NS)->answer,
				     record("example. NS ns.example."));
		if (answered)
			put_text(EXAMPLE, add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
				 "www.example. A 192.0.2.1");
		judge(&s, "www.example.", LDNS_RR_TYPE_A);
		assert_int_equal(s.result.status,
				 answered ? RC_DNSSEC_SECURE : RC_DNSSEC_INDETERMINATE);
		assert_int_equal(s.result.n_findings, !answered);
		if (!answered) {
			assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_RRSIG_MISSING);
			assert_false(s.result.findings[0].conclusive);
		}
		close_scene(&s);
	}
}

static void nsec3_without_cover_is_invalid(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_nsec3(EXAMPLE, s.parts[PART_ANSWER].authority, "example.", 0, 1, 0, 0, "NS SOA");
	expect_fault(&s, RC_DNSSEC_DENIAL_INVALID, "example", PART_ANSWER);
}

static void nsec3_with_damaged_signatures_is_invalid(void **state)
{
	(void)state;
	struct scene s;
	open_nxdomain(&s);
	put_nxdomain_nsec3(&s, 0, 0);
	ldns_rr_list *section = s.parts[PART_ANSWER].authority;
	for (size_t i = 2; i < ldns_rr_list_rr_count(section); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == LDNS_RR_TYPE_RRSIG)
			damage(ldns_rr_list_rr(section, i));
	expect_fault(&s, RC_DNSSEC_DENIAL_INVALID, "example", PART_ANSWER);
}

static void wildcard_answer_without_its_proof_lacks_a_denial(void **state)
{
	(void)state;
	struct scene s;
	open_wildcard(&s);
	expect_fault(&s, RC_DNSSEC_DENIAL_MISSING, "example", PART_ANSWER);
}

/* --- hostility --- */

/* It need not ask for the DS any more: the referral has the proof that there is none, out of its time. */
static void proof_in_a_referral_that_expired_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s);
	struct part *part = add_referral(&s);
	ldns_rr_list *set = ldns_rr_list_new();
	ldns_rr_list_push_rr(set, record("example. NSEC foo. NS RRSIG NSEC"));
	ldns_rr_list_push_rr(part->authority,
			     sign_between(ROOT, ZSK, set, NOW_S - 9 * DAY_S, NOW_S - 2 * DAY_S));
	ldns_rr_list_cat(part->authority, set);
	ldns_rr_list_free(set);
	expect_fault(&s, RC_DNSSEC_SIGNATURE_EXPIRED, ".", PART_REFERRAL);
}

/* The root has no "example": what somebody answers for it must not be unsigned. */
static void open_undelegated(struct scene *s)
{
	open_scene(s);
	struct part *part = add_part(s, "example.", LDNS_RR_TYPE_DS);
	part->nxdomain = true;
	put_text(ROOT, part->authority, ". SOA ns. mail. 1 2 3 4 5");
	put_text(ROOT, part->authority, ". NSEC foo. NS SOA RRSIG NSEC DNSKEY");
}

static void unsigned_answer_in_a_zone_that_is_denied_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_undelegated(&s);
	ldns_rr_list_push_rr(add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer,
			     record("www.example. A 192.0.2.1"));
	expect_fault(&s, RC_DNSSEC_RRSIG_MISSING, "example.", 2);
}

static void unsigned_denial_in_a_zone_that_is_denied_is_found(void **state)
{
	(void)state;
	struct scene s;
	open_undelegated(&s);
	struct part *part = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
	part->nxdomain = true;
	ldns_rr_list_push_rr(part->authority, record("example. SOA ns. mail. 1 2 3 4 5"));
	expect_fault(&s, RC_DNSSEC_DENIAL_MISSING, "example.", 2);
}

/* A forwarder filters: it denies the zone with nothing but NXDOMAIN. */
static void bare_denial_of_a_delegation_by_a_resolver_is_found(void **state)
{
	(void)state;
	for (unsigned told = 0; told < 2; told++) {
		struct scene s;
		open_scene(&s);
		struct part *ds = add_part(&s, "example.", LDNS_RR_TYPE_DS);
		struct part *a = add_part(&s, "www.example.", LDNS_RR_TYPE_A);
		ds->nxdomain = a->nxdomain = true;
		ds->told = ds->referral = a->told = a->referral = true;
		if (told) {
			expect_fault(&s, RC_DNSSEC_DENIAL_MISSING, ".", 1);
			continue;
		}
		ds->told = a->told = false; /* a server that is lame */
		expect_status(&s, RC_DNSSEC_INDETERMINATE);
	}
}

static void denial_of_what_lies_above_is_secure(void **state)
{
	(void)state;
	struct scene s;
	open_undelegated(&s);
	expect_status(&s, RC_DNSSEC_SECURE);
}

static void more_signatures_than_are_checked_are_indeterminate(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	ldns_rr_list *section = s.parts[PART_ANSWER].answer;
	ldns_rr *sig = take(section, LDNS_RR_TYPE_RRSIG);
	for (unsigned i = 0; i <= RC_DNSSEC_SIGS_MAX; i++) {
		ldns_rr *copy = ldns_rr_clone(sig);
		ldns_rdf_data(ldns_rr_rdf(copy, 8))[10] = (uint8_t)i;
		damage(copy);
		ldns_rr_list_push_rr(section, copy);
	}
	ldns_rr_free(sig);
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	assert_true(says_not_seen(&s, "more signatures than are checked"));
	for (size_t i = 0; i < s.result.n_findings; i++)
		assert_false(s.result.findings[i].conclusive);
	close_scene(&s);
}

static void many_bad_answers_end_at_the_ceiling(void **state)
{
	(void)state;
	struct scene s;
	char text[64];
	open_sound(&s);
	damage(find(s.parts[PART_ANSWER].answer, LDNS_RR_TYPE_RRSIG));
	for (unsigned i = 0; i < MSGS_MAX - 4; i++) {
		snprintf(text, sizeof(text), "www.example. A 192.0.2.%u", i + 2);
		ldns_rr_list *section = add_part(&s, "www.example.", LDNS_RR_TYPE_A)->answer;
		put_text(EXAMPLE, section, text);
		ldns_rr *sig = find(section, LDNS_RR_TYPE_RRSIG);
		for (unsigned k = 0; k < 4; k++) {
			damage(sig);
			ldns_rr *copy = ldns_rr_clone(sig);
			ldns_rdf_data(ldns_rr_rdf(copy, 8))[10] ^= (uint8_t)(k + 1);
			damage(sig);
			ldns_rr_list_push_rr(section, copy);
		}
		damage(sig);
	}
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	assert_true(says_not_seen(&s, "more signatures than are checked"));
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static void parent_servers_that_differ_on_the_ds_are_inconclusive(void **state)
{
	(void)state;
	struct scene s;
	open_sound(&s);
	damage(ds_in(&s));
	resign_ds(&s);
	put_text(ROOT, add_referral(&s)->authority, "example. NSEC foo. NS RRSIG NSEC");
	judge(&s, "www.example.", LDNS_RR_TYPE_A);
	assert_int_equal(s.result.findings[0].fault, RC_DNSSEC_DS_MISMATCH);
	assert_false(s.result.findings[0].conclusive);
	close_scene(&s);
}

static void anchors_that_are_no_keys_are_refused(void **state)
{
	(void)state;
	struct rc_dnssec *dnssec = NULL;
	assert_int_equal(rc_dnssec_new(". IN A 192.0.2.1\n", &dnssec), RC_E_SYNTAX);
	assert_int_equal(rc_dnssec_new("; nothing\n\n", &dnssec), RC_E_SYNTAX);
	assert_int_equal(rc_dnssec_new("junk", &dnssec), RC_E_SYNTAX);
	assert_null(dnssec);
}

static int make_keys(void **state)
{
	(void)state;
	if (rc_dnssec_cache_new(1u << 22, 1, &cache) != RC_OK)
		return -1;
	for (int zone = 0; zone < 2; zone++) {
		for (int k = 0; k < 2; k++) {
			ldns_key *key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
			if (!key)
				return -1;
			ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(zone_names[zone]));
			ldns_key_set_flags(key, k == KSK ? 257 : 256);
			ldns_key_set_origttl(key, 300);
			ldns_rr *rr = ldns_key2rr(key);
			ldns_key_set_keytag(key, ldns_calc_keytag(rr));
			ldns_rr_free(rr);
			zone_keys[zone][k] = key;
		}
	}
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	rc_dnssec_cache_free(cache);
	for (int zone = 0; zone < 2; zone++)
		for (int k = 0; k < 2; k++)
			ldns_key_deep_free(zone_keys[zone][k]);
	return 0;
}

/* The DS of the zone, which the one above signs, was asked for as such: it is no part of what ANY asks for. */
static void what_was_asked_for_one_type_answers_no_question_for_any(void **state)
{
	(void)state;
	struct scene s;
	open_chain(&s);
	put_signed(ROOT, add_part(&s, "example.", LDNS_RR_TYPE_DS)->answer, ds_of(EXAMPLE, KSK));
	judge(&s, "example.", LDNS_RR_TYPE_ANY);
	assert_int_equal(s.result.status, RC_DNSSEC_INDETERMINATE);
	assert_int_equal(s.result.n_findings, 0);
	close_scene(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_out_of_time_beside_valid_ones_tries_the_clock),
		cmocka_unit_test(a_clock_that_is_years_off_proves_no_signature_wrong),
		cmocka_unit_test(what_else_is_wrong_is_found_whatever_the_clock_says),
		cmocka_unit_test(a_far_future_is_no_time_to_sign_for),
		cmocka_unit_test(what_expired_before_others_began_is_found_whatever_the_clock_says),
		cmocka_unit_test(sound_chain_is_secure),
		cmocka_unit_test(sound_chain_with_repeated_messages_is_secure),
		cmocka_unit_test(delegation_without_ds_is_insecure),
		cmocka_unit_test(delegation_in_an_opt_out_span_is_insecure),
		cmocka_unit_test(proof_that_there_is_no_ds_with_a_broken_soa_is_inconclusive),
		cmocka_unit_test(broken_signature_below_an_insecure_delegation_does_not_matter),
		cmocka_unit_test(nodata_with_nsec_is_secure),
		cmocka_unit_test(empty_nonterminal_with_nsec_is_secure),
		cmocka_unit_test(nxdomain_with_nsec_is_secure),
		cmocka_unit_test(nxdomain_with_nsec3_is_secure),
		cmocka_unit_test(nxdomain_with_opt_out_is_insecure),
		cmocka_unit_test(nsec3_above_150_iterations_is_insecure_and_named),
		cmocka_unit_test(wildcard_answer_with_its_proof_is_secure),
		cmocka_unit_test(wildcard_answer_with_nsec3_is_secure),
		cmocka_unit_test(alias_within_the_zone_is_followed),
		cmocka_unit_test(nothing_seen_is_indeterminate_and_named),
		cmocka_unit_test(unsigned_answer_of_an_unknown_zone_is_no_fault),
		cmocka_unit_test(unsigned_answer_below_an_unseen_delegation_is_no_fault),
		cmocka_unit_test(missing_dnskey_message_is_indeterminate),
		cmocka_unit_test(expired_signature_shows_without_any_chain),
		cmocka_unit_test(expired_signature_is_found),
		cmocka_unit_test(expiry_that_some_resolvers_forgive_is_inconclusive),
		cmocka_unit_test(signature_not_yet_valid_is_found),
		cmocka_unit_test(window_that_is_inverted_and_past_counts_as_expired),
		cmocka_unit_test(inverted_window_around_now_is_found),
		cmocka_unit_test(damaged_signature_is_found),
		cmocka_unit_test(missing_signature_is_found),
		cmocka_unit_test(missing_signature_of_what_may_be_delegated_is_not_conclusive),
		cmocka_unit_test(missing_signature_of_what_has_no_delegation_is_found),
		cmocka_unit_test(missing_signature_without_do_is_not_conclusive),
		cmocka_unit_test(missing_signature_that_a_resolver_tells_of_is_not_conclusive),
		cmocka_unit_test(missing_proof_that_a_resolver_tells_of_shows_its_zone),
		cmocka_unit_test(one_good_server_makes_a_fault_inconclusive),
		cmocka_unit_test(second_good_signature_repairs_a_bad_one),
		cmocka_unit_test(ds_with_another_digest_is_a_mismatch),
		cmocka_unit_test(ds_with_another_tag_is_a_mismatch),
		cmocka_unit_test(ds_with_another_algorithm_is_a_mismatch),
		cmocka_unit_test(ds_with_an_unassigned_algorithm_makes_the_zone_insecure),
		cmocka_unit_test(ds_signed_wrongly_is_the_parents_fault),
		cmocka_unit_test(empty_dnskey_answer_of_a_lame_server_is_no_missing_key),
		cmocka_unit_test(ds_without_signature_is_the_parents_fault),
		cmocka_unit_test(ds_without_signature_of_an_unknown_parent_is_no_fault),
		cmocka_unit_test(ds_without_signature_beside_a_bare_delegation_is_no_fault),
		cmocka_unit_test(empty_dnskey_answer_is_a_missing_key),
		cmocka_unit_test(signing_key_outside_the_set_is_a_missing_key),
		cmocka_unit_test(old_key_set_makes_a_missing_key_inconclusive),
		cmocka_unit_test(key_signing_key_removed_is_a_missing_key),
		cmocka_unit_test(dnskey_set_signed_by_no_key_of_a_ds_lacks_a_signature),
		cmocka_unit_test(zone_key_bit_cleared_in_the_signing_key_is_found),
		cmocka_unit_test(zone_key_bit_cleared_in_the_entry_key_is_found),
		cmocka_unit_test(zone_key_bit_missing_and_signed_so_is_found),
		cmocka_unit_test(signing_key_published_with_an_unassigned_algorithm_is_found),
		cmocka_unit_test(entry_key_published_with_an_unassigned_algorithm_is_found),
		cmocka_unit_test(signing_key_altered_after_signing_is_an_invalid_signature),
		cmocka_unit_test(expired_dnskey_signature_comes_before_the_answers),
		cmocka_unit_test(root_keys_outside_the_anchors_are_found),
		cmocka_unit_test(denial_without_records_is_missing),
		cmocka_unit_test(denial_with_unsigned_soa_lacks_a_signature),
		cmocka_unit_test(nsec_that_covers_another_span_is_invalid),
		cmocka_unit_test(nsec_without_the_wildcards_denial_is_invalid),
		cmocka_unit_test(nodata_whose_bitmap_claims_the_type_is_invalid),
		cmocka_unit_test(nsec_of_a_dname_denies_nothing_below_it),
		cmocka_unit_test(proof_for_another_type_mends_no_denial),
		cmocka_unit_test(unsigned_ns_on_the_way_tell_where_no_answer_was_asked_for),
		cmocka_unit_test(nsec3_without_cover_is_invalid),
		cmocka_unit_test(nsec3_with_damaged_signatures_is_invalid),
		cmocka_unit_test(wildcard_answer_without_its_proof_lacks_a_denial),
		cmocka_unit_test(proof_in_a_referral_that_expired_is_found),
		cmocka_unit_test(unsigned_answer_in_a_zone_that_is_denied_is_found),
		cmocka_unit_test(unsigned_denial_in_a_zone_that_is_denied_is_found),
		cmocka_unit_test(bare_denial_of_a_delegation_by_a_resolver_is_found),
		cmocka_unit_test(denial_of_what_lies_above_is_secure),
		cmocka_unit_test(more_signatures_than_are_checked_are_indeterminate),
		cmocka_unit_test(many_bad_answers_end_at_the_ceiling),
		cmocka_unit_test(parent_servers_that_differ_on_the_ds_are_inconclusive),
		cmocka_unit_test(anchors_that_are_no_keys_are_refused),
		cmocka_unit_test(what_was_asked_for_one_type_answers_no_question_for_any),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
