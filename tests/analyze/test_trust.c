/* A resolver's own clock: what the check of signatures found, against what the resolver says of them. */
#include "analyze/cause/rule.h"
#include "tests/analyze/build.h"

static const struct rc_rule *rule_of(const char *slug)
{
	for (size_t i = 0; rc_rule_at(i) != NULL; i++)
		if (strcmp(rc_rule_at(i)->cause.slug, slug) == 0)
			return rc_rule_at(i);
	fail();
	return NULL;
}

struct scene {
	struct rc_exchange x, asked_keys, asked_name;
	struct rc_name qname;
	struct rc_followed zone, name;
	struct rc_msg answer;
	struct rc_link links[2];
	struct rc_dnssec_finding finding;
	struct rc_case c;
};

/* Unbound says EDE 7 of a name whose answer and keys it has just fetched. */
static void set(struct scene *s, enum rc_dnssec_status status)
{
	*s = (struct scene){.x = {.state = RC_X_ANSWERED,
				  .query = {.flags = RC_FLAG_RD},
				  .answer = {.rcode = RC_RCODE_SERVFAIL, .flags = RC_FLAG_RA}}};
	s->qname = name_of("www.example");
	s->name.name = s->qname;
	s->zone.name = name_of("example");
	s->asked_keys.qtype = RC_TYPE_DNSKEY;
	s->asked_name.qtype = RC_TYPE_A;
	s->answer.has = RC_HAS_ANSWER_RRSIG;
	s->links[0] = (struct rc_link){
		.x = &s->asked_keys, .name = &s->zone, .outcome = RC_OUT_USABLE};
	s->links[1] = (struct rc_link){.x = &s->asked_name,
				       .name = &s->name,
				       .answer = &s->answer,
				       .outcome = RC_OUT_USABLE};
	s->c = (struct rc_case){.x = &s->x,
				.qname = &s->qname,
				.ede = RC_EDE(SIGNATURE_EXPIRED),
				.links = s->links,
				.n_links = 2,
				.final = &s->links[1],
				.weighing = true,
				.dnssec_done = true,
				.dnssec = {.status = status, .clock = RC_DNSSEC_CLOCK_FITS}};
}

static enum rc_confidence judge(struct scene *s)
{
	struct rc_finding f = {.explanation = NULL};
	const struct rc_rule *rule = rule_of("dnssec.clock_skew");
	return rule->test(rule, &s->c, &f);
}

static void signatures_in_time_that_are_called_expired_tell_of_a_clock(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_SECURE);
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_OFF; /* the sensor's own is in doubt */
	assert_int_equal(judge(&s), RC_CONF_NONE);
}

/* Another server has a copy that has expired: the resolver may hold that one. */
static void a_copy_that_has_expired_acquits_the_clock(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_SECURE);
	s.finding.fault = RC_DNSSEC_SIGNATURE_EXPIRED;
	s.c.dnssec.findings = &s.finding;
	s.c.dnssec.n_findings = 1;
	assert_int_equal(judge(&s), RC_CONF_NONE);
	s.finding.fault = RC_DNSSEC_DS_MISMATCH; /* of some other copy: nothing about time */
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
}

/* What it asked on the way, as of a server with an old copy of the zone, is part of what it judges. */
static void a_signature_given_on_the_way_that_has_expired_acquits_the_clock(void **state)
{
	static struct dns d;
	struct scene s;
	uint32_t now_s = (uint32_t)(T0 / RC_NS_PER_S);
	(void)state;
	for (unsigned i = 0; i < 3; i++) { /* in time, over, not begun */
		struct dns sig = {.len = 0};
		dns_u16(&sig, RC_TYPE_NSEC);
		dns_u8(&sig, 13);
		dns_u8(&sig, 2);
		dns_u32(&sig, 300);
		dns_u32(&sig, i == 1 ? now_s - 3600 : now_s + 7200);
		dns_u32(&sig, i == 2 ? now_s + 3600 : now_s - 7200);
		dns_u16(&sig, 12345);
		dns_name(&sig, "example");
		set(&s, RC_DNSSEC_SECURE);
		dns_query(&d, 1, RC_FLAG_QR, "n.www.example", RC_TYPE_A);
		dns_rr(&d, RC_AUTHORITY, "www.example", RC_TYPE_RRSIG, 300, &sig);
		assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &s.answer));
		s.asked_name.end_ns = T0;
		assert_int_equal(judge(&s), i == 0 ? RC_CONF_LIKELY : RC_CONF_NONE);
	}
}

/* An answer to the resolver, to an earlier question for the name, with a signature that ends at that time. */
static void record_signed(struct scene *s, const struct rc_addr *resolver, uint32_t end_s)
{
	static struct dns d;
	struct dns sig = {.len = 0};
	struct rc_record *r;
	dns_u16(&sig, RC_TYPE_AAAA);
	dns_u8(&sig, 13);
	dns_u8(&sig, 2);
	dns_u32(&sig, 300);
	dns_u32(&sig, end_s);
	dns_u32(&sig, end_s - 7200);
	dns_u16(&sig, 12345);
	dns_name(&sig, "example");
	dns_query(&d, 1, RC_FLAG_QR, "www.example", RC_TYPE_AAAA);
	dns_rr(&d, RC_ANSWER, "www.example", RC_TYPE_RRSIG, 300, &sig);
	uint64_t hash = rc_name_hash(SEED, &s->qname);
	uint64_t asker = rc_recorder_key(s->c.recorder, rc_addr_hash(SEED, resolver), hash);
	rc_recorder_add(s->c.recorder, T0 - RC_NS_PER_S, &s->qname, asker, asker, &r);
	r->x = (struct rc_exchange){.asker = *resolver,
				    .name_hash = hash,
				    .first_ns = T0 - RC_NS_PER_S,
				    .end_ns = T0 - RC_NS_PER_S,
				    .state = RC_X_ANSWERED};
	rc_recorder_keep_answer(s->c.recorder, r, d.data, (uint32_t)d.len);
}

/* It may go by the address that it holds, when it is asked for another type. */
static void a_signature_given_before_that_has_expired_acquits_the_clock(void **state)
{
	struct rc_addr resolver = addr("192.0.2.53");
	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		struct scene s;
		set(&s, RC_DNSSEC_SECURE);
		s.c.seed = SEED;
		s.c.to_ns = T0;
		s.c.resolver = &resolver;
		s.c.n_resolver = 1;
		s.c.recorder = new_recorder();
		assert_int_equal(rc_arena_new((size_t)1 << 20, &s.c.arena), RC_OK);
		assert_int_equal(rc_digests_new((size_t)1 << 20, SEED, &s.c.digests), RC_OK);
		uint32_t now_s = (uint32_t)(T0 / RC_NS_PER_S);
		record_signed(&s, &resolver, over > 0 ? now_s - 3600 : now_s + 3600);
		assert_int_equal(judge(&s), over > 0 ? RC_CONF_NONE : RC_CONF_LIKELY);
		rc_digests_free(s.c.digests);
		rc_arena_free(s.c.arena);
		rc_recorder_free(s.c.recorder);
	}
}

/* A warm resolver does not fetch again what lies above, which it has validated. */
static void the_keys_of_the_zone_do_where_those_above_are_held(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_INDETERMINATE);
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
	s.asked_keys.qtype =
		RC_TYPE_NS; /* nor were its own fetched: what signs the answer is not known */
	assert_int_equal(judge(&s), RC_CONF_NONE);
	set(&s, RC_DNSSEC_INDETERMINATE);
	s.answer.has = 0; /* not signed */
	assert_int_equal(judge(&s), RC_CONF_NONE);
	set(&s, RC_DNSSEC_INDETERMINATE);
	s.c.dnssec.findings = &s.finding;
	s.c.dnssec.n_findings = 1;
	assert_int_equal(judge(&s), RC_CONF_NONE);
}

/* A resolver that does not take a question up says nothing of what is wrong with the zone's keys, given it for others. */
static void silence_about_a_question_not_taken_up_is_only_perhaps_due_to_dnssec(void **state)
{
	static const struct rc_rule *rule;
	(void)state;
	rule = rule_of("dnssec.ds_mismatch");
	/* Failed; silent, of keys alone; silent, at the question. */
	for (unsigned i = 0; i < 3; i++) {
		struct rc_finding f = {.explanation = NULL};
		struct rc_origin origin = {.ts_ns = T0};
		struct rc_evidence evidence[RC_EVIDENCE_MAX];
		struct scene s;
		set(&s, RC_DNSSEC_BOGUS);
		f.evidence = evidence;
		origin.msg = &s.answer;
		origin.link = &s.links[0];
		s.finding = (struct rc_dnssec_finding){
			.fault = RC_DNSSEC_DS_MISMATCH, .conclusive = true, .detail = ""};
		s.finding.zone = s.zone.name; /* whose keys it has just fetched */
		s.links[0].answer = &s.answer;
		s.zone.role = RC_ROLE_ANCESTOR;
		s.asked_keys.query.do_bit = true;
		s.x.state = i == 0 ? RC_X_ANSWERED : RC_X_UNANSWERED;
		s.c.ede = 0;
		s.c.n_links = i == 2 ? 2 : 1;
		s.c.failed_zone = RC_ZONE_NONE;
		s.c.dnssec.findings = &s.finding;
		s.c.dnssec.n_findings = 1;
		s.c.dnssec_origins = &origin;
		enum rc_confidence confidence = rule->test(rule, &s.c, &f);
		assert_int_equal(confidence, i == 1 ? RC_CONF_POSSIBLE : RC_CONF_PROVEN);
	}
}

/* It gets no further: nothing below is known to be in time, but what it rejects is. */
static void root_keys_in_time_asked_for_again_tell_of_a_clock(void **state)
{
	struct scene s;
	(void)state;
	set(&s, RC_DNSSEC_INDETERMINATE);
	s.zone.name = (struct rc_name){.len = 1};
	s.links[0].answer = &s.answer;
	s.links[1] = s.links[0];
	s.c.final = NULL;
	assert_int_equal(judge(&s), RC_CONF_LIKELY);
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_OFF;
	assert_int_equal(judge(&s), RC_CONF_NONE);
	s.c.dnssec.clock = RC_DNSSEC_CLOCK_FITS;
	s.c.dnssec.findings = &s.finding; /* something is wrong with them */
	s.c.dnssec.n_findings = 1;
	assert_int_equal(judge(&s), RC_CONF_NONE);
}

#define RESOLVER "192.0.2.53"
#define KEYS_TTL_S 3600u

/* The root's keys as the resolver was given them: once for this question, and before it at these times. */
struct root_scene {
	struct scene scene;
	struct rc_recorder *recorder;
	struct rc_anchor_signals *signals;
	struct rc_addr resolver;
	struct dns d;
	struct rc_followed root;
};

static const struct rc_record *given_keys(struct root_scene *s, int64_t ts_ns)
{
	struct rc_record *r;
	struct rc_exchange x = {
		.first_ns = ts_ns,
		.end_ns = ts_ns + MS,
		.asker = s->resolver,
		.server = addr("198.41.0.4"),
		.qtype = RC_TYPE_DNSKEY,
		.state = RC_X_ANSWERED,
		.name_hash = rc_name_hash(SEED, &s->root.name),
	};
	uint64_t asker = rc_recorder_key(s->recorder, rc_addr_hash(SEED, &x.asker), x.name_hash);
	uint64_t server = rc_recorder_key(s->recorder, rc_addr_hash(SEED, &x.server), x.name_hash);
	rc_recorder_add(s->recorder, ts_ns, &s->root.name, asker, server, &r);
	r->x = x;
	return r;
}

/* Given so long before this question, and for it; of that, an attempt may be lost. It gives a client something then. */
static enum rc_confidence judge_root(const char *slug, uint64_t ede, int64_t before_ns,
				     enum rc_dnssec_status status, bool lost, int64_t served_ns)
{
	static struct root_scene s;
	static const struct rc_exchange attempt = {.qtype = RC_TYPE_DNSKEY};
	struct rc_hosts *hosts;
	struct rc_finding f = {.explanation = NULL};
	s = (struct root_scene){.resolver = addr(RESOLVER), .root = {.name = {.len = 1}}};
	set(&s.scene, status);
	s.recorder = new_recorder();
	assert_int_equal(rc_anchor_signals_new(SEED, &s.signals), RC_OK);
	assert_int_equal(rc_hosts_new(1u << 16, SEED, &hosts), RC_OK);
	rc_hosts_declare(hosts, &s.resolver, 1);
	rc_hosts_find(hosts, &s.resolver)->served_checked = served_ns != 0;
	rc_hosts_find(hosts, &s.resolver)->checked_ns = served_ns;
	dns_query(&s.d, 1, RC_FLAG_QR, ".", RC_TYPE_DNSKEY);
	dns_rr(&s.d, RC_ANSWER, ".", RC_TYPE_DNSKEY, KEYS_TTL_S, &(struct dns){.len = 4});
	assert_true(rc_msg_decode(s.d.data, s.d.len, s.d.len, SEED, &s.scene.answer));
	given_keys(&s, T0 - before_ns);
	const struct rc_record *r = given_keys(&s, T0);
	struct rc_case *c = &s.scene.c;
	s.scene.links[0] = (struct rc_link){
		.x = &attempt, .name = &s.root, .outcome = RC_OUT_TIMEOUT};
	s.scene.links[lost] = (struct rc_link){.record = r,
					       .x = &r->x,
					       .name = &s.root,
					       .answer = &s.scene.answer,
					       .outcome = RC_OUT_USABLE};
	s.scene.x.end_ns = T0 + 10 * MS;
	c->recorder = s.recorder;
	c->signals = s.signals;
	c->hosts = hosts;
	c->resolver = &s.resolver;
	c->n_resolver = 1;
	c->n_links = 1u + lost;
	c->ede = ede;
	c->from_ns = T0 - MS;
	const struct rc_rule *rule = rule_of(slug);
	enum rc_confidence confidence = rule->test(rule, c, &f);
	rc_hosts_free(hosts);
	rc_anchor_signals_free(s.signals);
	rc_recorder_free(s.recorder);
	return confidence;
}

static enum rc_confidence judge_anchor(int64_t before_ns, enum rc_dnssec_status status)
{
	return judge_root("dnssec.trust_anchor", 0, before_ns, status, false, 0);
}

/* A resolver that trusts them keeps them. */
static void root_keys_fetched_for_each_question_tell_of_an_anchor(void **state)
{
	(void)state;
	assert_int_equal(judge_anchor(RC_NS_PER_S, RC_DNSSEC_SECURE), RC_CONF_POSSIBLE);
	/* Nor is what is proven to be unsigned known to be without them. */
	assert_int_equal(judge_anchor(RC_NS_PER_S, RC_DNSSEC_INSECURE), RC_CONF_POSSIBLE);
	assert_int_equal(judge_anchor(600 * RC_NS_PER_S, RC_DNSSEC_SECURE), RC_CONF_NONE);
	assert_int_equal(judge_anchor(RC_NS_PER_S, RC_DNSSEC_INDETERMINATE), RC_CONF_NONE);
}

/* It asks once more where an answer is lost; and who gives clients what it has to check holds an anchor that fits. */
static void root_keys_given_once_or_made_use_of_tell_of_none(void **state)
{
	enum rc_dnssec_status status = RC_DNSSEC_SECURE;
	(void)state;
	assert_int_equal(judge_root("dnssec.trust_anchor", 0, RC_NS_PER_S, status, true, 0),
			 RC_CONF_POSSIBLE);
	assert_int_equal(judge_root("dnssec.trust_anchor", 0, 600 * RC_NS_PER_S, status, true, 0),
			 RC_CONF_NONE);
	assert_int_equal(
		judge_root("dnssec.trust_anchor", 0, RC_NS_PER_S, status, false, T0 + 2 * MS),
		RC_CONF_NONE);
	/* That was before it fetched them for the first time, or is when its anchor has been mended. */
	assert_int_equal(judge_root("dnssec.trust_anchor", 0, RC_NS_PER_S, status, false,
				    T0 - 2 * RC_NS_PER_S),
			 RC_CONF_POSSIBLE);
	assert_int_equal(
		judge_root("dnssec.trust_anchor", 0, RC_NS_PER_S, status, false, T0 + RC_NS_PER_S),
		RC_CONF_POSSIBLE);
}

/* Who calls a signature expired and keeps no keys of the root rejects the dates of these, which are in time. */
static void root_keys_fetched_for_each_question_and_called_expired_tell_of_a_clock(void **state)
{
	uint64_t expired = RC_EDE(SIGNATURE_EXPIRED);
	(void)state;
	assert_int_equal(
		judge_root("dnssec.clock_skew", expired, RC_NS_PER_S, RC_DNSSEC_INSECURE, false, 0),
		RC_CONF_LIKELY);
	assert_int_equal(judge_root("dnssec.clock_skew", expired, 600 * RC_NS_PER_S,
				    RC_DNSSEC_INSECURE, false, 0),
			 RC_CONF_NONE);
}

/* The keys of this zone were given so often for one question, and all verifies, or not: it may be held to fail by itself. */
static enum rc_confidence judge_keys_of(const char *zone, unsigned times, int64_t took_ns,
					enum rc_dnssec_status status, uint32_t ttl_s)
{
	static struct root_scene s;
	static struct rc_record r[4];
	struct rc_finding f = {.explanation = NULL};
	struct rc_link links[4];
	s = (struct root_scene){.resolver = addr(RESOLVER)};
	s.root.name = name_of(zone);
	s.recorder = new_recorder();
	set(&s.scene, status);
	struct rc_case *c = &s.scene.c;
	dns_query(&s.d, 1, RC_FLAG_QR, zone, RC_TYPE_DNSKEY);
	dns_rr(&s.d, RC_ANSWER, zone, RC_TYPE_DNSKEY, ttl_s, &(struct dns){.len = 4});
	assert_true(rc_msg_decode(s.d.data, s.d.len, s.d.len, SEED, &s.scene.answer));
	for (unsigned i = 0; i < times; i++) {
		r[i].x = (struct rc_exchange){.qtype = RC_TYPE_DNSKEY,
					      .state = RC_X_ANSWERED,
					      .first_ns = i * RC_NS_PER_S,
					      .end_ns = i * RC_NS_PER_S + took_ns};
		links[i] = (struct rc_link){.record = &r[i],
					    .x = &r[i].x,
					    .name = &s.root,
					    .answer = &s.scene.answer,
					    .outcome = RC_OUT_USABLE};
	}
	c->links = links;
	c->n_links = times;
	c->final = &links[0];
	c->recorder = s.recorder;
	c->resolver = &s.resolver;
	c->n_resolver = 1;
	c->ede = 0;
	const struct rc_rule *rule = rule_of("dnssec.trust_anchor");
	enum rc_confidence confidence = rule->test(rule, c, &f);
	assert_true(confidence == RC_CONF_NONE || f.zone == &s.root.name);
	c->server_host = &(struct rc_host){.answered_ad = 1};
	c->others = (struct rc_others){.elsewhere_ok = 1, .elsewhere_example = &r[0].x};
	c->failed_zone = RC_ZONE_NONE;
	r[0].x.query.do_bit = true;
	r[0].x.answer.counts[RC_ANSWER] = 1;
	rule = rule_of("resolver.internal");
	assert_true(confidence == RC_CONF_NONE || rule->test(rule, c, &f) == RC_CONF_POSSIBLE);
	rc_recorder_free(s.recorder);
	return confidence;
}

static enum rc_confidence judge_zone_keys(const char *zone, unsigned times, int64_t took_ns,
					  enum rc_dnssec_status status)
{
	return judge_keys_of(zone, times, took_ns, status, KEYS_TTL_S);
}

static void keys_of_a_zone_fetched_again_and_again_tell_of_an_anchor_for_it(void **state)
{
	(void)state;
	assert_int_equal(judge_zone_keys("example", 3, MS, RC_DNSSEC_SECURE), RC_CONF_POSSIBLE);
	assert_int_equal(judge_zone_keys("example", 3, MS, RC_DNSSEC_INSECURE), RC_CONF_POSSIBLE);
	assert_int_equal(judge_zone_keys("example", 2, MS, RC_DNSSEC_SECURE), RC_CONF_NONE);
	assert_int_equal(judge_zone_keys("example", 3, MS, RC_DNSSEC_BOGUS), RC_CONF_NONE);
	/* Asked again because they were held no longer. */
	assert_int_equal(judge_keys_of("example", 3, MS, RC_DNSSEC_SECURE, 1), RC_CONF_NONE);
	/* Asked again because no answer had come yet. */
	assert_int_equal(judge_zone_keys("example", 3, 3 * RC_NS_PER_S, RC_DNSSEC_SECURE),
			 RC_CONF_NONE);
}

/* It is given all it needs, of a zone without signatures, others resolve the name, and it fails. */
static void a_validator_that_serves_nobody_may_want_an_anchor(void **state)
{
	struct scene s;
	struct rc_hosts *hosts;
	struct rc_anchor_signals *signals;
	struct rc_recorder *recorder;
	struct rc_addr own = addr("198.51.100.53");
	const struct rc_rule *rule = rule_of("resolver.internal");
	(void)state;
	assert_int_equal(rc_hosts_new(1u << 16, 1, &hosts), RC_OK);
	recorder = new_recorder();
	assert_int_equal(rc_anchor_signals_new(1, &signals), RC_OK);
	struct rc_host_keys keys = {rc_addr_hash(1, &own), 1};
	const struct rc_exchange asked = {.asker = own, .qdcount = 1};
	rc_hosts_note_query(hosts, &asked, &keys, (const uint8_t[6]){0}, false);
	struct rc_host *host = rc_hosts_find(hosts, &own);
	assert_non_null(host);
	host->answered_ra = 1;
	for (unsigned served = 0; served < 2; served++)
		for (unsigned validates = 0; validates < 2; validates++) {
			struct rc_finding f = {.explanation = NULL};
			set(&s, RC_DNSSEC_INSECURE);
			s.links[0].x = s.links[1].x;
			s.asked_name.query.do_bit = validates;
			s.c.ede = 0;
			s.c.failed_zone = RC_ZONE_NONE;
			s.c.others.elsewhere_ok = 1;
			s.c.others.elsewhere_example = &s.asked_name;
			host->served = 1;
			host->served_checked = served;
			s.c.server_host = host;
			s.c.hosts = hosts;
			s.c.signals = signals;
			s.c.recorder = recorder;
			s.c.resolver = &own;
			s.c.n_resolver = 1;
			assert_int_equal(rule->test(rule, &s.c, &f),
					 served || !validates ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
			/* It is of another time than the packets that it verifies. */
			s.c.dnssec.clock = RC_DNSSEC_CLOCK_ALONE;
			assert_int_equal(rule->test(rule, &s.c, &f),
					 validates ? RC_CONF_POSSIBLE : RC_CONF_LIKELY);
			s.c.dnssec.clock = RC_DNSSEC_CLOCK_FITS;
			/* It validates for others, if not for this zone, whose servers choke on EDNS. */
			host->asked_keys = 1;
			assert_int_equal(rule->test(rule, &s.c, &f),
					 served ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
			host->asked_keys = 0;
		}
	rc_recorder_free(recorder);
	rc_anchor_signals_free(signals);
	rc_hosts_free(hosts);
}

/* It could validate once, but has asked for the root's keys again and again since: it may have another anchor. */
static void who_validated_before_may_have_another_anchor_since(void **state)
{
	static struct root_scene s;
	struct rc_host host = {.answered_ra = 1, .answered_ad = 1};
	struct rc_hosts *hosts;
	const struct rc_rule *rule = rule_of("resolver.internal");
	(void)state;
	assert_int_equal(rc_hosts_new(1 << 20, SEED, &hosts), RC_OK);
	for (unsigned times = 0; times <= 3; times += 3) {
		struct rc_finding f = {.explanation = NULL};
		s = (struct root_scene){.resolver = addr(RESOLVER), .root = {.name = {.len = 1}}};
		set(&s.scene, RC_DNSSEC_SECURE);
		s.recorder = new_recorder();
		assert_int_equal(rc_anchor_signals_new(SEED, &s.signals), RC_OK);
		for (unsigned i = 0; i < times; i++)
			given_keys(&s, T0 + i * 2 * MS);
		s.scene.x.first_ns = T0 + RC_NS_PER_S;
		s.scene.x.end_ns = s.scene.x.first_ns + MS;
		s.scene.asked_name.query.do_bit = true;
		struct rc_case *c = &s.scene.c;
		c->seed = SEED;
		c->hosts = hosts;
		c->recorder = s.recorder;
		c->signals = s.signals;
		c->resolver = &s.resolver;
		c->n_resolver = 1;
		c->ede = 0;
		c->from_ns = s.scene.x.first_ns;
		c->failed_zone = RC_ZONE_NONE;
		c->others.elsewhere_ok = 1;
		c->others.elsewhere_example = &s.scene.asked_name;
		c->server_host = &host;
		assert_int_equal(rule->test(rule, c, &f),
				 times == 0 ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
		rc_anchor_signals_free(s.signals);
		rc_recorder_free(s.recorder);
	}
	rc_hosts_free(hosts);
}

/* EDE 9 stands for keys that do not match as well as for keys that nobody would give. */
static void what_no_server_would_give_was_not_validated(void **state)
{
	struct scene s;
	struct rc_zone_view zone = {.name = name_of("example")};
	(void)state;
	static const char *const slugs[] = {"dnssec.denial_missing", "dnssec.validation_failed"};
	static const unsigned codes[] = {12, 6};
	for (unsigned i = 0; i < 2; i++)
		for (unsigned usable = 0; usable < 2; usable++) {
			struct rc_finding f = {.explanation = NULL};
			struct rc_msg answer = {.edns = {.n_ede = 1}};
			const struct rc_rule *rule = rule_of(slugs[i]);
			set(&s, RC_DNSSEC_INDETERMINATE);
			answer.edns.ede[0].code = (uint16_t)codes[i];
			s.c.answer = &answer;
			s.c.ede = UINT64_C(1) << codes[i];
			s.c.final = NULL;
			s.c.zones = &zone;
			s.c.n_zones = 1;
			s.c.failed_zone = 0;
			zone.usable = usable;
			assert_int_equal(rule->test(rule, &s.c, &f),
					 usable ? RC_CONF_LIKELY : RC_CONF_POSSIBLE);
		}
}

/* Another resolver, which does not set DO=1 in its answers, has told its client the records alone. */
static void what_is_told_without_do_lacks_no_signature(void **state)
{
	const struct rc_rule *rule = rule_of("dnssec.rrsig_missing");
	struct scene s;
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool wanted = i % 2 == 1, held = i >= 2; /* by the zone book */
		struct rc_evidence evidence[RC_EVIDENCE_MAX];
		struct rc_finding f = {.evidence = evidence};
		struct rc_client_answer told = {.x = &s.asked_name, .name = &s.qname};
		struct rc_msg msg = {.flags = RC_FLAG_QR | RC_FLAG_RA, .edns = {.do_bit = wanted}};
		struct rc_origin origin = {.client = held ? NULL : &told, .msg = &msg};
		set(&s, RC_DNSSEC_INDETERMINATE);
		s.c.ede = 0;
		s.c.n_links = 0;
		s.finding = (struct rc_dnssec_finding){
			.fault = RC_DNSSEC_RRSIG_MISSING, .zone = s.zone.name, .detail = ""};
		s.c.dnssec.findings = &s.finding;
		s.c.dnssec.n_findings = 1;
		s.c.dnssec_origins = &origin;
		assert_int_equal(rule->test(rule, &s.c, &f),
				 wanted ? RC_CONF_LIKELY : RC_CONF_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_in_time_that_are_called_expired_tell_of_a_clock),
		cmocka_unit_test(a_copy_that_has_expired_acquits_the_clock),
		cmocka_unit_test(a_signature_given_on_the_way_that_has_expired_acquits_the_clock),
		cmocka_unit_test(a_signature_given_before_that_has_expired_acquits_the_clock),
		cmocka_unit_test(root_keys_fetched_for_each_question_tell_of_an_anchor),
		cmocka_unit_test(root_keys_given_once_or_made_use_of_tell_of_none),
		cmocka_unit_test(
			root_keys_fetched_for_each_question_and_called_expired_tell_of_a_clock),
		cmocka_unit_test(the_keys_of_the_zone_do_where_those_above_are_held),
		cmocka_unit_test(
			silence_about_a_question_not_taken_up_is_only_perhaps_due_to_dnssec),
		cmocka_unit_test(root_keys_in_time_asked_for_again_tell_of_a_clock),
		cmocka_unit_test(keys_of_a_zone_fetched_again_and_again_tell_of_an_anchor_for_it),
		cmocka_unit_test(a_validator_that_serves_nobody_may_want_an_anchor),
		cmocka_unit_test(who_validated_before_may_have_another_anchor_since),
		cmocka_unit_test(what_no_server_would_give_was_not_validated),
		cmocka_unit_test(what_is_told_without_do_lacks_no_signature),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
