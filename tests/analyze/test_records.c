/* What fails validation: how sure the rules are of what the check of the records found. */
#include "analyze/cause/rule.h"
#include "analyze/cause/witness.h"
#include "tests/analyze/build.h"

#define RESOLVER "198.51.100.53"
#define ZONE_SERVER "203.0.113.2"
#define OTHER_SERVER "203.0.113.3"

/* A resolver that validates was given a record of a zone by one of its two servers, and the zone's keys by the same. */
struct scene {
	struct rc_exchange x, asked_keys, asked_name;
	struct rc_name qname, ns[2];
	struct rc_followed zone_name, name;
	struct rc_msg keys, answer, given;
	struct rc_link links[2];
	struct rc_zone_view zone;
	struct rc_addr addrs[1], resolver;
	struct rc_dnssec_finding finding;
	struct rc_origin shown;
	struct rc_serial_table *serials;
	struct rc_arena *arena;
	struct rc_case c;
};

static void begin(struct scene *s)
{
	*s = (struct scene){.x = {.state = RC_X_ANSWERED,
				  .answer = {.rcode = RC_RCODE_SERVFAIL, .flags = RC_FLAG_RA}}};
	s->qname = s->name.name = name_of("www.example");
	s->zone_name.name = s->zone.name = s->finding.zone = name_of("example");
	s->addrs[0] = s->asked_keys.server = s->asked_name.server = s->shown.server = addr(
		ZONE_SERVER);
	s->resolver = s->x.server = s->shown.asker = addr(RESOLVER);
	s->zone.addrs = s->addrs;
	s->zone.n_addrs = 1;
	s->zone.ns = s->ns;
	s->zone.n_ns = 2;
	s->zone.known_cut = true;
	s->asked_keys.qtype = RC_TYPE_DNSKEY;
	s->asked_name.qtype = RC_TYPE_A;
	s->asked_name.query.do_bit = true;
	s->answer.flags = RC_FLAG_AA;
	s->links[0] = (struct rc_link){.x = &s->asked_keys,
				       .name = &s->zone_name,
				       .answer = &s->keys,
				       .outcome = RC_OUT_USABLE};
	s->links[1] = (struct rc_link){.x = &s->asked_name,
				       .name = &s->name,
				       .answer = &s->answer,
				       .outcome = RC_OUT_USABLE};
	s->shown.link = &s->links[1];
	s->shown.msg = &s->answer;
	s->finding.conclusive = true;
	assert_int_equal(rc_serials_new(SEED, &s->serials), RC_OK);
	assert_int_equal(rc_arena_new(1u << 16, &s->arena), RC_OK);
	s->c = (struct rc_case){.x = &s->x,
				.qname = &s->qname,
				.serials = s->serials,
				.arena = s->arena,
				.resolver = &s->resolver,
				.n_resolver = 1,
				.links = s->links,
				.n_links = 2,
				.zones = &s->zone,
				.n_zones = 1,
				.failed_zone = RC_ZONE_NONE,
				.final = &s->links[1],
				.weighing = true,
				.silence_known = true,
				.ede_read = true,
				.ede_fault = RC_WITNESS_NONE,
				.answer = &s->given,
				.dnssec_done = true,
				.dnssec = {.status = RC_DNSSEC_BOGUS,
					   .clock = RC_DNSSEC_CLOCK_FITS,
					   .findings = &s->finding,
					   .n_findings = 1},
				.dnssec_origins = &s->shown};
}

/* What the rule of the one fault says where the other was found. */
static enum rc_confidence judge_found(struct scene *s, enum rc_dnssec_fault fault,
				      enum rc_dnssec_fault found)
{
	const struct rc_rule *rule = NULL;
	struct rc_finding f = {.explanation = NULL};
	for (size_t i = 0; (rule = rc_rule_at(i)) != NULL; i++)
		if (strncmp(rule->cause.slug, "dnssec.", 7) == 0 && rule->param == fault)
			break;
	assert_non_null(rule);
	s->finding.fault = found;
	enum rc_confidence confidence = rule->test(rule, &s->c, &f);
	rc_serials_free(s->serials);
	rc_arena_free(s->arena);
	begin(s);
	return confidence;
}

static enum rc_confidence judge(struct scene *s, enum rc_dnssec_fault fault)
{
	return judge_found(s, fault, fault);
}

static void end(struct scene *s)
{
	rc_serials_free(s->serials);
	rc_arena_free(s->arena);
}

static void records_that_leave_no_other_reading_prove_their_fault(void **state)
{
	static const enum rc_dnssec_fault faults[] = {
		RC_DNSSEC_RRSIG_MISSING, RC_DNSSEC_DENIAL_MISSING, RC_DNSSEC_DNSKEY_MISSING,
		RC_DNSSEC_SIGNATURE_EXPIRED, RC_DNSSEC_SIGNATURE_INVALID};
	struct scene s;
	(void)state;
	begin(&s);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		assert_int_equal(judge(&s, faults[i]), RC_CONF_PROVEN);
		s.x.query.flags = RC_FLAG_CD; /* nothing was to be checked */
		assert_int_equal(judge(&s, faults[i]), RC_CONF_NONE);
		s.asked_name.query.do_bit = false; /* nor does it check, as far as is seen */
		assert_int_equal(judge(&s, faults[i]), RC_CONF_POSSIBLE);
		s.c.others.same_server_ok = 1;
		assert_int_equal(judge(&s, faults[i]), RC_CONF_LIKELY);
		s.c.dnssec.status = RC_DNSSEC_INDETERMINATE; /* the chain was not seen whole */
		assert_int_equal(judge(&s, faults[i]), RC_CONF_LIKELY);
		s.finding.conclusive = false;
		assert_int_equal(judge(&s, faults[i]), RC_CONF_LIKELY);
	}
	end(&s);
}

/* PowerDNS: with the answer in hand it looks for the zone's cut by several DS queries, and gives up; CD=1 or not. */
static void who_looks_for_a_cut_again_and_again_checks_unasked(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	for (unsigned n = 3; n <= 4; n++) {
		struct rc_exchange asked_cut = {.qtype = RC_TYPE_DS};
		struct rc_link links[5];
		for (unsigned i = 0; i < n; i++)
			links[i] = (struct rc_link){
				.x = &asked_cut, .name = &s.name, .outcome = RC_OUT_USABLE};
		links[n] = s.links[1];
		s.x.query.flags = RC_FLAG_CD;
		s.c.links = links;
		s.c.n_links = n + 1;
		s.shown.link = s.c.final = &links[n];
		assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING),
				 n == 4 ? RC_CONF_LIKELY : RC_CONF_NONE);
	}
	end(&s);
}

/* Says that there is no such name, by an NSEC3 record of that owner. */
static void deny(struct dns *d, const char *name, unsigned type, const char *owner)
{
	const struct dns rdata = {.len = 0};
	dns_query(d, 1, RC_FLAG_QR, name, type);
	dns_rr(d, RC_AUTHORITY, owner, RC_TYPE_NSEC3, 60, &rdata);
}

/* The resolver has asked for that, and was given this. */
static void look_for(struct scene *s, int64_t ts_ns, const char *name, uint16_t type,
		     const struct dns *given)
{
	struct rc_record *r;
	struct rc_name owner = name_of(name);
	uint64_t hash = rc_name_hash(SEED, &owner);
	uint64_t key = rc_recorder_key(s->c.recorder, rc_addr_hash(SEED, &s->resolver), hash);
	rc_recorder_add(s->c.recorder, ts_ns, &owner, key, 1, &r);
	r->x.asker = s->resolver;
	r->x.name_hash = hash;
	r->x.qtype = type;
	r->x.state = RC_X_ANSWERED;
	rc_recorder_keep_answer(s->c.recorder, r, given->data, (uint32_t)given->len);
}

/*
 * What it was given denies the name, and it looks for a cut at the hashed names in that, and in what denies these: no
 * lineage follows them.
 */
static void so_does_who_looks_for_one_at_the_owners_of_the_denial(void **state)
{
	const char *first = "lt31r7g6qtdjojdcol7crqq3r528unp1.example",
		   *second = "eno7smn7gksh2rln05kbi8cotfk30m20.example";
	struct scene s;
	struct dns denial, given;
	(void)state;
	begin(&s);
	for (unsigned at_first = 1; at_first <= 4; at_first += 3)
		for (unsigned n = 3; n <= 4; n++) {
			struct rc_recorder *recorder = s.c.recorder = new_recorder();
			assert_int_equal(rc_digests_new(1u << 16, SEED, &s.c.digests), RC_OK);
			struct rc_digests *digests = s.c.digests;
			deny(&given, "www.example", RC_TYPE_A, first);
			assert_true(
				rc_msg_decode(given.data, given.len, given.len, SEED, &s.answer));
			deny(&denial, first, RC_TYPE_DS, second);
			s.c.seed = SEED;
			for (unsigned i = 0; i < n; i++)
				look_for(&s, T0 + i, i < at_first ? first : second, RC_TYPE_DS,
					 &denial);
			s.x.query.flags = RC_FLAG_CD;
			assert_int_equal(judge(&s, RC_DNSSEC_DENIAL_INVALID),
					 n == 4 ? RC_CONF_LIKELY : RC_CONF_NONE);
			rc_digests_free(digests);
			rc_recorder_free(recorder);
		}
	end(&s);
}

static void what_hangs_on_the_time_is_as_sure_as_the_clock(void **state)
{
	static const enum rc_dnssec_clock doubts[] = {RC_DNSSEC_CLOCK_UNTESTED,
						      RC_DNSSEC_CLOCK_OFF};
	struct scene s;
	(void)state;
	begin(&s);
	for (size_t i = 0; i < 2; i++) {
		s.c.dnssec.clock = doubts[i];
		assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_EXPIRED), RC_CONF_LIKELY);
		s.c.dnssec.clock = doubts[i];
		assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_NOT_YET_VALID), RC_CONF_LIKELY);
		s.c.dnssec.clock = doubts[i];
		assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_INVALID), RC_CONF_PROVEN);
	}
	/* At any other time nothing would be wrong. */
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_ALONE;
	assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_INVALID), RC_CONF_POSSIBLE);
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_ALONE;
	assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_POSSIBLE);
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_ALONE;
	assert_int_equal(judge_found(&s, RC_DNSSEC_RRSIG_MISSING, RC_DNSSEC_SIGNATURE_INVALID),
			 RC_CONF_NONE);
	for (unsigned rd = 0; rd < 2; rd++) { /* what the resolver says weighs more then */
		s.c.dnssec.clock = RC_DNSSEC_CLOCK_ALONE;
		s.x.query.flags = rd == 1 ? RC_FLAG_RD : 0; /* else it tells what it holds */
		s.c.ede_fault = RC_DNSSEC_RRSIG_MISSING;
		s.c.ede = RC_EDE(RRSIGS_MISSING);
		s.given.edns.n_ede = 1;
		s.given.edns.ede[0].code = 10;
		assert_int_equal(
			judge_found(&s, RC_DNSSEC_RRSIG_MISSING, RC_DNSSEC_SIGNATURE_INVALID),
			rd == 1 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
	}
	end(&s);
}

/* Nothing that it was given itself shows the fault: unless it was told the same at another time. */
static void what_another_resolver_was_given_proves_nothing_of_this_one(void **state)
{
	static const uint16_t types[] = {RC_TYPE_DS, RC_TYPE_A}; /* asked for by this one */
	struct rc_recorder *recorder = new_recorder();
	struct dns given;
	struct scene s;
	(void)state;
	begin(&s);
	s.shown.link = NULL;
	assert_int_equal(judge(&s, RC_DNSSEC_DS_MISMATCH), RC_CONF_PROVEN);
	for (unsigned i = 0; i < 2; i++) {
		dns_query(&given, 1, RC_FLAG_QR, "www.example", types[i]);
		s.c.recorder = recorder;
		s.c.seed = SEED;
		s.c.to_ns = T0 + 1;
		look_for(&s, T0, "www.example", types[i], &given);
		s.shown.link = NULL;
		s.shown.asker = addr("198.51.100.54");
		s.answer.qname = name_of("www.example");
		s.answer.qtype = RC_TYPE_DS;
		assert_int_equal(judge(&s, RC_DNSSEC_DS_MISMATCH),
				 i == 0 ? RC_CONF_PROVEN : RC_CONF_LIKELY);
		rc_recorder_free(recorder);
		recorder = new_recorder();
	}
	rc_recorder_free(recorder);
	end(&s);
}

static void a_signature_is_missed_by_the_zones_own_servers_alone(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	s.x.marks = RC_X_GAP; /* it may have been in what the capture lost */
	assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_LIKELY);
	/* Another that is authoritative has a zone below, which the capture does not show the cut of. */
	s.shown.server = addr(OTHER_SERVER);
	assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_NONE);
	s.shown.server = addr(OTHER_SERVER);
	s.answer.flags = 0;
	assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_LIKELY);
	s.zone.n_addrs = 0; /* it is not known who the zone's servers are */
	assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_LIKELY);
	end(&s);
}

/* Told without DO=1, an answer of a resolver has no signatures, whatever the resolver has. */
static void what_another_was_told_without_do_lacks_nothing(void **state)
{
	static const enum rc_dnssec_fault lacks[] = {RC_DNSSEC_RRSIG_MISSING,
						     RC_DNSSEC_DENIAL_MISSING};
	const struct rc_client_answer told = {.x = NULL};
	struct rc_recorder *recorder = new_recorder();
	struct scene s;
	(void)state;
	begin(&s);
	for (size_t i = 0; i < 2; i++)
		for (unsigned do_bit = 0; do_bit < 2; do_bit++) {
			enum rc_confidence most = do_bit ? RC_CONF_PROVEN : RC_CONF_NONE;
			s.shown.client = &told;
			s.shown.link = NULL;
			s.answer.edns.do_bit = do_bit;
			assert_int_equal(judge(&s, lacks[i]), most);
			/* Out of the zone book. */
			s.shown.link = NULL;
			s.answer.flags = RC_FLAG_RA;
			s.shown.asker = addr("198.51.100.54");
			s.c.recorder = recorder;
			s.answer.edns.do_bit = do_bit;
			assert_int_equal(judge(&s, lacks[i]),
					 rc_confidence_cap(most, RC_CONF_LIKELY));
			s.shown.link = NULL;
			s.answer.flags =
				RC_FLAG_RA; /* it was the resolver itself that was told so */
			s.answer.edns.do_bit = do_bit;
			assert_int_equal(judge(&s, lacks[i]), RC_CONF_PROVEN);
			s.shown.link = NULL; /* and a server of the zone leaves nothing out */
			s.shown.asker = addr("198.51.100.54");
			s.c.recorder = recorder;
			s.answer.edns.do_bit = do_bit;
			assert_int_equal(judge(&s, lacks[i]), RC_CONF_LIKELY);
		}
	s.shown.client = &told;
	s.shown.link = NULL;
	assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_INVALID), RC_CONF_PROVEN);
	rc_recorder_free(recorder);
	end(&s);
}

/* Another server may have another version of the zone, with the key. */
static void a_key_is_missed_where_the_record_and_the_keys_are_of_one_version(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	s.asked_keys.server = addr(OTHER_SERVER);
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	s.asked_keys.server = addr(OTHER_SERVER);
	s.zone.n_ns = 1;
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_PROVEN);
	s.asked_keys.server = addr(OTHER_SERVER);
	s.zone.n_ns = 1;
	s.zone.name = name_of("other");
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	/* Those that it has were fetched before, or are another zone's. */
	s.asked_keys.qtype = RC_TYPE_DS;
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	s.links[0].answer = NULL;
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	s.zone_name.name = name_of("other");
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	s.zone.n_ns = 1;
	s.asked_keys.qtype = RC_TYPE_DS;
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	s.zone.n_ns = 1;
	s.zone_name.name = name_of("other");
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	/* What else the server of the record gave are not the zone's keys. */
	s.asked_keys.server = addr(OTHER_SERVER);
	s.name.name = s.zone.name;
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	s.asked_keys.server = addr(OTHER_SERVER);
	s.asked_name.qtype = RC_TYPE_DNSKEY;
	assert_int_equal(judge(&s, RC_DNSSEC_DNSKEY_MISSING), RC_CONF_LIKELY);
	end(&s);
}

static void ask_servers(struct rc_hosts *h, unsigned n, bool do_bit)
{
	for (unsigned i = 0; i < n; i++) {
		struct rc_exchange x = {.asker = addr(RESOLVER),
					.server = addr(ZONE_SERVER),
					.qtype = RC_TYPE_A,
					.qdcount = 1,
					.name_hash = i + 1,
					.query = {.do_bit = do_bit}};
		struct rc_host_keys keys = {rc_addr_hash(SEED, &x.asker),
					    rc_addr_hash(SEED, &x.server)};
		rc_hosts_note_query(h, &x, &keys, (const uint8_t[6]){0}, false);
	}
}

static enum rc_confidence judge_by_hosts(struct scene *s, struct rc_hosts *h)
{
	s->c.hosts = h;
	s->c.n_links = 0;
	return judge(s, RC_DNSSEC_SIGNATURE_INVALID);
}

/* Nothing was asked for this question. A few plain ones for others may be to servers without EDNS. */
static void a_resolver_that_never_wants_signatures_is_known_by_its_questions(void **state)
{
	struct scene s;
	struct rc_hosts *h;
	(void)state;
	assert_int_equal(rc_hosts_new(1u << 16, SEED, &h), RC_OK);
	begin(&s);
	assert_int_equal(judge_by_hosts(&s, h), RC_CONF_PROVEN);
	ask_servers(h, 7, false);
	assert_int_equal(judge_by_hosts(&s, h), RC_CONF_PROVEN);
	ask_servers(h, 1, false);
	assert_int_equal(judge_by_hosts(&s, h), RC_CONF_POSSIBLE);
	ask_servers(h, 1, true);
	assert_int_equal(judge_by_hosts(&s, h), RC_CONF_PROVEN);
	end(&s);
	rc_hosts_free(h);
}

#define TARGET "www.elsewhere"

/* Somebody asks a server for where the alias leads, and waits still, or is told that it failed. */
static void ask_for_target(struct rc_recorder *recorder, const char *asker, const char *server,
			   enum rc_exchange_state state)
{
	struct rc_name name = name_of(TARGET);
	uint64_t hash = rc_name_hash(SEED, &name);
	struct rc_addr from = addr(asker), to = addr(server);
	struct rc_record *r;
	rc_recorder_add(recorder, T0, &name,
			rc_recorder_key(recorder, rc_addr_hash(SEED, &from), hash),
			rc_recorder_key(recorder, rc_addr_hash(SEED, &to), hash), &r);
	r->x.asker = from;
	r->x.server = to;
	r->x.name_hash = hash;
	r->x.state = (uint8_t)state;
	r->x.answer.rcode = RC_RCODE_REFUSED;
}

/* It went on to where the alias leads: it accepts the zone (a negative trust anchor), or has validated nothing yet. */
static void what_it_followed_an_alias_out_of_is_not_why_it_fails(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 3; i++) {
		struct rc_recorder *recorder = s.c.recorder = new_recorder();
		struct rc_followed target = {
			.name = name_of(TARGET), .role = RC_ROLE_ALIAS, .wanted = true};
		struct rc_zone_view zones[2] = {s.zone, {.name = name_of("elsewhere")}};
		struct rc_exchange asked_target = {.first_ns = T0 + 1};
		struct rc_link links[3] = {
			s.links[0], s.links[1], {.x = &asked_target, .name = &target}};
		target.hash = rc_name_hash(SEED, &target.name);
		s.c.names = &target;
		s.c.zones = zones;
		s.c.links = links;
		s.c.n_names = 1;
		s.c.n_zones = 2;
		s.c.n_links = 3;
		s.c.failed_zone = 1;
		if (i == 1)
			s.x.state = RC_X_PENDING;
		if (i == 2) /* for whom it may have been asked */
			ask_for_target(recorder, "192.0.2.2", RESOLVER, RC_X_PENDING);
		assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_EXPIRED), i == 0   ? RC_CONF_POSSIBLE
									 : i == 1 ? RC_CONF_NONE
										  : RC_CONF_PROVEN);
		rc_recorder_free(recorder);
	}
	end(&s);
}

/* It tells its client of the alias, and remembers that nobody helped with where that leads. */
static void nor_is_what_leads_to_where_it_was_let_down_before(void **state)
{
	static struct dns d;
	struct scene s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 2; i++) {
		struct rc_recorder *recorder = s.c.recorder = new_recorder();
		dns_query(&d, 1, RC_FLAG_QR, "www.example", RC_TYPE_A);
		dns_rr_name(&d, RC_ANSWER, "www.example", RC_TYPE_CNAME, TARGET);
		assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &s.given));
		s.c.seed = SEED;
		s.c.from_ns = s.c.to_ns = T0 + 1;
		if (i == 1)
			ask_for_target(recorder, RESOLVER, OTHER_SERVER, RC_X_ANSWERED);
		assert_int_equal(judge(&s, RC_DNSSEC_SIGNATURE_EXPIRED),
				 i == 1 ? RC_CONF_POSSIBLE : RC_CONF_PROVEN);
		rc_recorder_free(recorder);
	}
	end(&s);
}

/* The NS of the zone itself fail validation, be it that the resolver asked for them or that a name led to them. */
static void show_own_ns(struct scene *s)
{
	s->shown.msg = &s->keys;
	s->keys.qtype = RC_TYPE_NS;
	s->keys.qname = s->finding.zone;
	s->keys.counts[RC_ANSWER] = 1;
	s->name.wanted = true;
	s->x.qtype = s->asked_name.qtype = RC_TYPE_A;
}

/* Who asks on below the zone for what was asked has not minded them: they are not why that fails. */
static void what_the_resolver_went_on_from_is_not_why_it_fails(void **state)
{
	struct scene s;
	(void)state;
	begin(&s);
	show_own_ns(&s);
	assert_int_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_NONE);
	for (unsigned i = 0; i < 8; i++) {
		struct rc_name elsewhere = name_of("www.elsewhere");
		show_own_ns(&s);
		switch (i) {
		case 0: /* the keys, or what was asked itself */
			s.keys.qtype = RC_TYPE_DNSKEY;
			break;
		case 1:
			s.x.qtype = s.asked_name.qtype = RC_TYPE_NS;
			break;
		case 2: /* a referral */
			s.keys.counts[RC_ANSWER] = 0;
			break;
		case 3: /* the NS of another name */
			s.keys.qname = s.qname;
			break;
		case 4: /* it did not ask on: */
			s.name.wanted = false;
			break;
		case 5:
			s.name.role = RC_ROLE_NAMESERVER;
			break;
		case 6:
			s.asked_name.qtype = RC_TYPE_AAAA;
			break;
		default:
			s.name.name = elsewhere;
			break;
		}
		assert_int_not_equal(judge(&s, RC_DNSSEC_RRSIG_MISSING), RC_CONF_NONE);
	}
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_that_leave_no_other_reading_prove_their_fault),
		cmocka_unit_test(who_looks_for_a_cut_again_and_again_checks_unasked),
		cmocka_unit_test(so_does_who_looks_for_one_at_the_owners_of_the_denial),
		cmocka_unit_test(what_hangs_on_the_time_is_as_sure_as_the_clock),
		cmocka_unit_test(what_another_resolver_was_given_proves_nothing_of_this_one),
		cmocka_unit_test(a_signature_is_missed_by_the_zones_own_servers_alone),
		cmocka_unit_test(what_another_was_told_without_do_lacks_nothing),
		cmocka_unit_test(a_resolver_that_never_wants_signatures_is_known_by_its_questions),
		cmocka_unit_test(what_it_followed_an_alias_out_of_is_not_why_it_fails),
		cmocka_unit_test(nor_is_what_leads_to_where_it_was_let_down_before),
		cmocka_unit_test(a_key_is_missed_where_the_record_and_the_keys_are_of_one_version),
		cmocka_unit_test(what_the_resolver_went_on_from_is_not_why_it_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
