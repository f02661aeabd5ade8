/*
 * The upstream side alone: what a resolver worked on in vain is told once, by the question.
 */
#include "tests/analyze/sim.h"

#define THIRD_SERVER "203.0.113.4"
#define DAY 86400
#define KEY_TAG 59409 /* RFC 4034 B, of the key in answer_expired_keys */

/* The resolver was referred twice and asks three servers: it can be nothing else. */
static void walk(struct sim *s)
{
	for (unsigned i = 0; i < 2; i++) {
		const char *name = i == 0 ? "a.example" : "b.example";
		ask(s, 10 * i, RESOLVER, ROOT_SERVER, 800 + 3 * i, FETCH, name);
		refer(s, 10 * i + 1, 800 + 3 * i, name);
		ask(s, 10 * i + 2, RESOLVER, i == 0 ? ZONE_SERVER : THIRD_SERVER, 801 + 3 * i,
		    FETCH, name);
		reply_a(s, 10 * i + 3, i == 0 ? ZONE_SERVER : THIRD_SERVER, RESOLVER, 801 + 3 * i,
			AUTHORITY, name);
	}
}

/* The resolver's side of a resolution in which no server of "example" answers. */
static void work_in_vain(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask(s, ms, RESOLVER, ROOT_SERVER, id, FETCH, name);
	refer(s, ms + 1, id, name);
	ask(s, ms + 2, RESOLVER, ZONE_SERVER, id + 1, FETCH, name);
	ask(s, ms + 802, RESOLVER, ZONE_SERVER2, id + 2, FETCH, name);
	ask(s, ms + 1602, RESOLVER, ZONE_SERVER, id + 3, FETCH, name);
}

static void work_in_vain_is_told_once(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	work_in_vain(&s, LATE, 1, "www.example");
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
	assert_string_equal(s.seen[0].zone, "example");
	assert_int_equal(s.seen[0].side, RC_SIDE_UPSTREAM);
	assert_true(s.seen[0].n_evidence >= 3);
}

static void each_question_is_told(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	work_in_vain(&s, LATE, 1, "www.example");
	work_in_vain(&s, LATE + 5, 11, "mail.example");
	work_in_vain(&s, LATE + 30000, 21, "www.example"); /* asked anew */
	ask(&s, LATE + 90000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 3);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "upstream.timeout");
}

/* Clients of another resolver are in sight; in the second story one has asked it what this one fetches next. */
static void a_resolver_whose_clients_are_out_of_sight_is_told_beside_one_with_clients(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned asked_for = 0; asked_for < 2; asked_for++) {
		begin(&s);
		const char *first = asked_for ? "n0.example" : "n.elsewhere";
		ask(&s, 0, CLIENT, FORWARDER, 900, QUERY, first);
		reply_a(&s, 1, FORWARDER, CLIENT, 900, RECURSED, first);
		walk(&s);
		for (unsigned i = 0; i < 80; i++) {
			char name[32];
			snprintf(name, sizeof name, "n%u.example", i);
			ask(&s, 30 + 5 * i, RESOLVER, ZONE_SERVER, 1000 + i, FETCH, name);
			reply_a(&s, 31 + 5 * i, ZONE_SERVER, RESOLVER, 1000 + i, AUTHORITY, name);
		}
		work_in_vain(&s, LATE, 1, "www.example");
		ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
		finish(&s);
		assert_int_equal(s.n, !asked_for);
		if (!asked_for)
			assert_cause(&s, 0, "upstream.timeout");
	}
}

static void work_that_another_server_saved_is_no_failure(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	work_in_vain(&s, LATE, 1, "www.example");
	ask(&s, LATE + 2402, RESOLVER, ZONE_SERVER2, 9, FETCH, "www.example");
	reply_a(&s, LATE + 2410, ZONE_SERVER2, RESOLVER, 9, AUTHORITY, "www.example");
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 0);
}

static void ask_do(struct sim *s, int64_t ms, const char *server, unsigned id, const char *name,
		   unsigned type, unsigned flags)
{
	static struct dns d;
	dns_query(&d, (uint16_t)id, flags, name, type);
	dns_opt(&d, true, -1);
	send_message(s, ms, RESOLVER, 20000 + id, server, 53, &d);
}

/* A step on the way down, asked twice until the server said where to go on; then as below. */
static void step_down(struct sim *s)
{
	begin(s);
	walk(s);
	ask(s, LATE, RESOLVER, ROOT_SERVER, 1, FETCH, "example");
	ask(s, LATE + 400, RESOLVER, ROOT_SERVER, 2, FETCH, "example");
	refer(s, LATE + 401, 2, "example");
	ask(s, LATE + 402, RESOLVER, ZONE_SERVER, 3, FETCH, "ns2.example");
	ask(s, LATE + 403, RESOLVER, ZONE_SERVER2, 4, FETCH, "ns1.example");
}

/* What its next step meets with is told of that one, if it fails. */
static void a_step_that_was_helped_on_is_no_failure(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned fails = 0; fails < 2; fails++) {
		step_down(&s);
		ask(&s, LATE + 404, RESOLVER, ZONE_SERVER, 5, FETCH, "www.example");
		if (!fails)
			reply_a(&s, LATE + 405, ZONE_SERVER, RESOLVER, 5, AUTHORITY, "www.example");
		else
			ask(&s, LATE + 1204, RESOLVER, ZONE_SERVER2, 6, FETCH, "www.example");
		ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
		finish(&s);
		assert_int_equal(s.n, fails);
		if (fails)
			assert_int_equal(s.seen[0].x.id, 5);
	}
}

/* The way down came to a good end; what was asked beside it is told by itself. */
static void what_is_asked_beside_a_step_is_not_lost_with_it(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	ask(&s, LATE, RESOLVER, ROOT_SERVER, 1, FETCH, "example");
	refer(&s, LATE + 1, 1, "example");
	for (unsigned i = 0; i < 3; i++)
		ask_do(&s, LATE + 2 + 800 * i, i == 1 ? ZONE_SERVER2 : ZONE_SERVER, 2 + i,
		       "example", RC_TYPE_DNSKEY, FETCH);
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 1);
	assert_cause(&s, 0, "upstream.timeout");
	assert_int_equal(s.seen[0].x.qtype, RC_TYPE_DNSKEY);
}

/* Nobody was referred here: someone asks servers by hand, and each refusal is an answer to him. */
static void who_was_never_referred_is_a_client(void **state)
{
	static const char *const servers[] = {ROOT_SERVER, ZONE_SERVER, ZONE_SERVER2, THIRD_SERVER};
	struct sim s;
	(void)state;
	begin(&s);
	for (unsigned i = 0; i < 4; i++) {
		ask(&s, LATE + 10 * i, CLIENT, servers[i], i + 1, FETCH, "www.elsewhere");
		reply(&s, LATE + 10 * i + 1, servers[i], CLIENT, i + 1,
		      RC_FLAG_QR | RC_RCODE_REFUSED, "www.elsewhere");
	}
	finish(&s);
	assert_int_equal(s.n, 4);
	for (size_t i = 0; i < s.n; i++)
		assert_cause(&s, i, "policy.not_authoritative");
}

/* The zone's server answers with a signature that ended long ago. */
static void answer_expired(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	static struct dns d;
	struct dns sig = {.len = 0};
	uint32_t now_s = (uint32_t)((T0 + ms * MS) / RC_NS_PER_S);
	dns_query(&d, (uint16_t)id, AUTHORITY, name, RC_TYPE_A);
	dns_rr_a(&d, RC_ANSWER, name, "203.0.113.80");
	dns_u16(&sig, RC_TYPE_A);
	dns_u8(&sig, 13);
	dns_u8(&sig, 2);
	dns_u32(&sig, 300);
	dns_u32(&sig, now_s - 20 * DAY);
	dns_u32(&sig, now_s - 60 * DAY);
	dns_u16(&sig, 4711);
	dns_name(&sig, "example");
	for (unsigned i = 0; i < 64; i++)
		dns_u8(&sig, i);
	dns_rr(&d, RC_ANSWER, name, RC_TYPE_RRSIG, 300, &sig);
	dns_opt(&d, true, -1);
	say(s, ms, ZONE_SERVER, RESOLVER, id, &d);
}

static void data_that_cannot_validate_is_told_of_a_validator(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	ask_do(&s, 50, ROOT_SERVER, 600, ".", RC_TYPE_DNSKEY, FETCH);
	ask_do(&s, LATE, ZONE_SERVER, 1, "www.example", RC_TYPE_A, FETCH);
	answer_expired(&s, LATE + 1, 1, "www.example");
	ask_do(&s, LATE + 2, ZONE_SERVER, 2, "example", RC_TYPE_DNSKEY, FETCH);
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_only(&s, "dnssec.signature_expired", RC_CONF_LIKELY);
	assert_int_equal(s.seen[0].side, RC_SIDE_UPSTREAM);
}

static void who_asks_for_no_keys_does_not_validate(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	ask_do(&s, LATE, ZONE_SERVER, 1, "www.example", RC_TYPE_A, FETCH);
	answer_expired(&s, LATE + 1, 1, "www.example");
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 0);
}

/* A client wanted it unchecked: the resolver asks for keys with CD=0, for this with CD=1. */
static void what_is_asked_unchecked_is_not_rejected(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	ask_do(&s, 50, ROOT_SERVER, 600, ".", RC_TYPE_DNSKEY, FETCH);
	ask_do(&s, LATE, ZONE_SERVER, 1, "www.example", RC_TYPE_A, FETCH | RC_FLAG_CD);
	answer_expired(&s, LATE + 1, 1, "www.example");
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 0);
}

/* Resolvers look up the names of servers without checking what they get. */
static void a_name_whose_zone_keys_nobody_asks_for_is_not_checked(void **state)
{
	struct sim s;
	(void)state;
	begin(&s);
	walk(&s);
	ask_do(&s, 50, ROOT_SERVER, 600, ".", RC_TYPE_DNSKEY, FETCH);
	ask_do(&s, LATE, ZONE_SERVER, 1, "www.example", RC_TYPE_A, FETCH);
	answer_expired(&s, LATE + 1, 1, "www.example");
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 0);
}

/* The DNSKEY set of "example" with a signature that ended long ago. */
static void answer_expired_keys(struct sim *s, int64_t ms, unsigned id)
{
	static struct dns d;
	struct dns key = {.len = 0}, sig = {.len = 0};
	uint32_t now_s = (uint32_t)((T0 + ms * MS) / RC_NS_PER_S);
	dns_query(&d, (uint16_t)id, AUTHORITY, "example", RC_TYPE_DNSKEY);
	dns_u16(&key, 257);
	dns_u8(&key, 3);
	dns_u8(&key, 13);
	for (unsigned i = 0; i < 64; i++)
		dns_u8(&key, i);
	dns_rr(&d, RC_ANSWER, "example", RC_TYPE_DNSKEY, 300, &key);
	dns_u16(&sig, RC_TYPE_DNSKEY);
	dns_u8(&sig, 13);
	dns_u8(&sig, 1);
	dns_u32(&sig, 300);
	dns_u32(&sig, now_s - 20 * DAY);
	dns_u32(&sig, now_s - 60 * DAY);
	dns_u16(&sig, KEY_TAG);
	dns_name(&sig, "example");
	for (unsigned i = 0; i < 64; i++)
		dns_u8(&sig, i);
	dns_rr(&d, RC_ANSWER, "example", RC_TYPE_RRSIG, 300, &sig);
	dns_opt(&d, true, -1);
	say(s, ms, ZONE_SERVER, RESOLVER, id, &d);
}

/* The way down, then the keys, which fail; so it would not have asked for the data to validate it. */
static void fetch_keys(struct sim *s, int64_t ms, unsigned id)
{
	ask_do(s, ms, ZONE_SERVER, id, "example", RC_TYPE_DNSKEY, FETCH | RC_FLAG_CD);
	answer_expired_keys(s, ms + 1, id);
}

static void answer_signed(struct sim *s, int64_t ms, unsigned id, const char *name)
{
	ask_do(s, ms, ZONE_SERVER, id, name, RC_TYPE_A, FETCH | RC_FLAG_CD);
	answer_expired(s, ms + 1, id, name);
}

static void who_fetches_keys_first_does_not_check_what_it_asks_without(void **state)
{
	struct sim s;
	struct rc_name www = name_of("www.example");
	(void)state;
	for (unsigned keys_first = 0; keys_first < 2; keys_first++) {
		begin(&s);
		walk(&s);
		ask_do(&s, 50, ROOT_SERVER, 600, ".", RC_TYPE_DNSKEY, FETCH | RC_FLAG_CD);
		ask(&s, LATE, RESOLVER, ROOT_SERVER, 1, FETCH, "example");
		refer(&s, LATE + 1, 1, "example");
		if (!keys_first)
			answer_signed(&s, LATE + 2, 2, "www.example");
		fetch_keys(&s, LATE + 4, 3);
		fetch_keys(&s, LATE + 6, 4);
		if (keys_first)
			answer_signed(&s, LATE + 8, 5, "www.example");
		ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
		finish(&s);
		bool told = false;
		for (size_t i = 0; i < s.n; i++) {
			assert_cause(&s, i, "dnssec.signature_expired");
			told = told || s.seen[i].x.name_hash == rc_name_hash(SEED, &www);
		}
		assert_int_equal(told, !keys_first);
	}
}

static void keys_that_are_asked_for_again_were_rejected(void **state)
{
	struct sim s;
	struct rc_name zone = name_of("example");
	(void)state;
	for (unsigned times = 2; times <= 4; times++) {
		begin(&s);
		walk(&s);
		ask_do(&s, 50, ROOT_SERVER, 600, ".", RC_TYPE_DNSKEY, FETCH | RC_FLAG_CD);
		ask(&s, LATE, RESOLVER, ROOT_SERVER, 1, FETCH, "example");
		refer(&s, LATE + 1, 1, "example");
		for (unsigned i = 0; i < times; i++)
			fetch_keys(&s, LATE + 4 + 2 * i, 3 + i);
		ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
		finish(&s);
		assert_only(&s, "dnssec.signature_expired", RC_CONF_LIKELY);
		assert_int_equal(s.seen[0].x.name_hash, rc_name_hash(SEED, &zone));
		assert_int_equal(s.seen[0].x.qtype, RC_TYPE_DNSKEY);
	}
}

/* NOERROR without authority and with nothing in it: some resolvers take it, others ask the next server. */
static void an_empty_answer_lets_down_who_asks_on(void **state)
{
	struct sim s;
	(void)state;
	for (unsigned asks_on = 0; asks_on < 2; asks_on++) {
		begin(&s);
		walk(&s);
		ask(&s, LATE, RESOLVER, ROOT_SERVER, 1, FETCH, "www.example");
		refer(&s, LATE + 1, 1, "www.example");
		ask(&s, LATE + 2, RESOLVER, ZONE_SERVER, 2, FETCH, "www.example");
		reply(&s, LATE + 3, ZONE_SERVER, RESOLVER, 2, RC_FLAG_QR, "www.example");
		if (asks_on) {
			ask(&s, LATE + 4, RESOLVER, ZONE_SERVER2, 3, FETCH, "www.example");
			reply(&s, LATE + 5, ZONE_SERVER2, RESOLVER, 3, RC_FLAG_QR, "www.example");
		}
		ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
		finish(&s);
		assert_int_equal(s.n, asks_on);
		if (asks_on) /* and some take the last of them */
			assert_only(&s, "delegation.lame_referral", RC_CONF_LIKELY);
	}
}

/* Its hints name a server that is none of the root's. */
static void what_the_resolver_itself_does_wrong_is_told_of_its_address(void **state)
{
	static struct dns d;
	struct sim s;
	struct rc_addr resolver = addr(RESOLVER);
	(void)state;
	begin(&s);
	walk(&s);
	dns_query(&d, 1, FETCH, ".", RC_TYPE_NS);
	send_message(&s, LATE, RESOLVER, 20001, ZONE_SERVER, 53, &d);
	dns_query(&d, 1, RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_REFUSED, ".", RC_TYPE_NS);
	say(&s, LATE + 1, ZONE_SERVER, RESOLVER, 1, &d);
	for (unsigned i = 0; i < 2; i++) {
		ask(&s, LATE + 10 + 2 * i, RESOLVER, ZONE_SERVER, 2 + i, FETCH, "www.example");
		reply(&s, LATE + 11 + 2 * i, ZONE_SERVER, RESOLVER, 2 + i,
		      RC_FLAG_QR | RC_FLAG_RA | RC_RCODE_REFUSED, "www.example");
	}
	ask(&s, LATE + 60000, RESOLVER, ROOT_SERVER, 700, FETCH, "c.example");
	finish(&s);
	assert_int_equal(s.n, 2);
	for (size_t i = 0; i < s.n; i++) {
		assert_cause(&s, i, "resolver.internal");
		assert_true(rc_addr_equal(&s.seen[i].server, &resolver));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_in_vain_is_told_once),
		cmocka_unit_test(each_question_is_told),
		cmocka_unit_test(
			a_resolver_whose_clients_are_out_of_sight_is_told_beside_one_with_clients),
		cmocka_unit_test(work_that_another_server_saved_is_no_failure),
		cmocka_unit_test(a_step_that_was_helped_on_is_no_failure),
		cmocka_unit_test(what_is_asked_beside_a_step_is_not_lost_with_it),
		cmocka_unit_test(who_was_never_referred_is_a_client),
		cmocka_unit_test(data_that_cannot_validate_is_told_of_a_validator),
		cmocka_unit_test(who_asks_for_no_keys_does_not_validate),
		cmocka_unit_test(what_is_asked_unchecked_is_not_rejected),
		cmocka_unit_test(a_name_whose_zone_keys_nobody_asks_for_is_not_checked),
		cmocka_unit_test(who_fetches_keys_first_does_not_check_what_it_asks_without),
		cmocka_unit_test(keys_that_are_asked_for_again_were_rejected),
		cmocka_unit_test(an_empty_answer_lets_down_who_asks_on),
		cmocka_unit_test(what_the_resolver_itself_does_wrong_is_told_of_its_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
