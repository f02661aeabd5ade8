#include "analyze/infer/book.h"
#include "tests/analyze/build.h"

#define BYTES (64u << 10)
#define PAGES_MAX 8u

static struct rc_book *new_book(void)
{
	struct rc_book *b;
	assert_int_equal(rc_book_new(BYTES, SEED, &b), RC_OK);
	return b;
}

/* An answer with one NS record; the target tells versions apart. */
static void note(struct rc_book *b, const struct rc_msg *m, int64_t ts_ns)
{
	static struct rc_obs o;
	o.ts_ns = ts_ns;
	o.msg = *m;
	rc_book_note(b, &o, true);
}

static void note_ns(struct rc_book *b, const char *zone, const char *target, uint32_t ttl_s,
		    int64_t ts_ns)
{
	static struct dns d, rdata;
	struct rc_msg m;
	dns_query(&d, (uint16_t)ts_ns, RC_FLAG_QR | RC_FLAG_AA, zone, RC_TYPE_NS);
	rdata.len = 0;
	dns_name(&rdata, target);
	dns_rr(&d, RC_ANSWER, zone, RC_TYPE_NS, ttl_s, &rdata);
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	note(b, &m, ts_ns);
}

static size_t find(const struct rc_book *b, const char *zone, enum rc_book_kind kind, int64_t ts_ns,
		   struct rc_book_page *pages, size_t max)
{
	struct rc_name name = name_of(zone);
	return rc_book_find(b, rc_name_hash(SEED, &name), kind, ts_ns, INT64_MAX, pages, max);
}

static void a_page_comes_back_as_entered(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	struct rc_msg m;
	(void)state;
	note_ns(b, "example", "ns1.example", 300, T0);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 1, pages, PAGES_MAX), 1);
	assert_int_equal(pages[0].first_ns, T0);
	assert_true(rc_msg_decode(pages[0].wire, pages[0].len_bytes, pages[0].len_bytes, SEED, &m));
	assert_int_equal(m.fault, RC_FAULT_NONE);
	assert_int_equal(m.qtype, RC_TYPE_NS);
	assert_int_equal(find(b, "example", RC_BOOK_DS, T0 + 1, pages, PAGES_MAX), 0);
	assert_int_equal(find(b, "other", RC_BOOK_NS, T0 + 1, pages, PAGES_MAX), 0);
	rc_book_free(b);
}

static void a_page_ends_with_its_ttl(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	(void)state;
	note_ns(b, "example", "ns1.example", 300, T0);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 299 * RC_NS_PER_S, pages, PAGES_MAX),
			 1);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 301 * RC_NS_PER_S, pages, PAGES_MAX),
			 0);
	rc_book_free(b);
}

static void a_ttl_above_a_week_is_a_week(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	const int64_t week_ns = 604800 * RC_NS_PER_S;
	(void)state;
	note_ns(b, "example", "ns1.example", UINT32_MAX, T0);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + week_ns, pages, PAGES_MAX), 1);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + week_ns + 1, pages, PAGES_MAX), 0);
	rc_book_free(b);
}

static void the_same_message_again_is_one_page_that_lives_longer(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	(void)state;
	note_ns(b, "example", "ns1.example", 300, T0);
	note_ns(b, "example", "ns1.example", 300, T0 + 200 * RC_NS_PER_S);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 450 * RC_NS_PER_S, pages, PAGES_MAX),
			 1);
	assert_int_equal(pages[0].first_ns, T0);
	assert_int_equal(pages[0].seen_ns, T0 + 200 * RC_NS_PER_S);
	assert_int_equal(rc_book_stats(b)->messages, 1);
	assert_int_equal(rc_book_stats(b)->refreshed, 1);
	rc_book_free(b);
}

/* What somebody asked for without DO=1 does not show what is left out with it: the same with DO=1 is a page of its own. */
static void the_same_with_and_without_do_is_two_pages(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	static struct dns d, rdata;
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		bool with_do = i > 0;
		dns_query(&d, (uint16_t)i, RC_FLAG_QR | RC_FLAG_AA, "example", RC_TYPE_NS);
		rdata.len = 0;
		dns_name(&rdata, "ns1.example");
		dns_rr(&d, RC_ANSWER, "example", RC_TYPE_NS, 300, &rdata);
		dns_opt(&d, with_do, -1);
		struct rc_obs o = obs_message(T0 + i, "203.0.113.1", 53, "198.51.100.53", 4000, &d);
		rc_book_note(b, &o, with_do);
	}
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 9, pages, PAGES_MAX), 2);
	assert_true(pages[0].dnssec_ok);
	assert_int_equal(pages[0].first_ns, T0 + 1);
	assert_false(pages[1].dnssec_ok);
	assert_int_equal(rc_book_stats(b)->messages, 2);
	rc_book_free(b);
}

static void of_two_versions_the_newest_comes_first(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	(void)state;
	note_ns(b, "example", "ns1.example", 300, T0);
	note_ns(b, "example", "ns2.example", 300, T0 + 5);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 9, pages, PAGES_MAX), 2);
	assert_int_equal(pages[0].seen_ns, T0 + 5);
	assert_int_equal(pages[1].seen_ns, T0);
	rc_book_free(b);
}

static void if_one_page_is_asked_for_it_is_the_newest(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page page;
	(void)state;
	note_ns(b, "example", "ns1.example", 300, T0);
	note_ns(b, "example", "ns2.example", 300, T0 + 5);
	assert_int_equal(find(b, "example", RC_BOOK_NS, T0 + 9, &page, 1), 1);
	assert_int_equal(page.seen_ns, T0 + 5);
	rc_book_free(b);
}

/* What came after the failure that is judged takes no room from what came before. */
static void pages_seen_later_take_no_place(void **state)
{
	struct rc_name name = name_of("example");
	struct rc_book *b = new_book();
	struct rc_book_page page;
	(void)state;
	note_ns(b, "example", "ns1.example", 300, T0);
	note_ns(b, "example", "ns2.example", 300, T0 + 5);
	assert_int_equal(
		rc_book_find(b, rc_name_hash(SEED, &name), RC_BOOK_NS, T0, T0 + 4, &page, 1), 1);
	assert_int_equal(page.first_ns, T0);
	rc_book_free(b);
}

/* A server that gives another version each time does not drive out what was there when the failure happened. */
static void many_versions_at_a_time_leave_the_first(void **state)
{
	struct rc_name name = name_of("example");
	uint64_t hash = rc_name_hash(SEED, &name);
	struct rc_book_page pages[PAGES_MAX];
	char target[32];
	(void)state;
	for (int64_t every_ns = 1; every_ns <= 20 * RC_NS_PER_S; every_ns += 20 * RC_NS_PER_S - 1) {
		struct rc_book *b = new_book();
		for (int i = 0; i < 30; i++) {
			snprintf(target, sizeof target, "ns%d.example", i);
			note_ns(b, "example", target, 3600, T0 + i * every_ns);
		}
		/* Those that come now and then replace what is old. */
		size_t n = rc_book_find(b, hash, RC_BOOK_NS, T0, T0 + every_ns, pages, PAGES_MAX);
		assert_int_equal(n, every_ns == 1 ? 2 : 0);
		/* The latest is there in any case. */
		n = rc_book_find(b, hash, RC_BOOK_NS, T0 + 30, TIME_MAX, pages, PAGES_MAX);
		assert_true(n > 0);
		assert_int_equal(pages[0].first_ns, T0 + 29 * every_ns);
		rc_book_free(b);
	}
}

/* Versions seen in any order, some twice, some at the same time, some no longer valid. */
static void fewer_pages_are_the_first_of_all_and_counted_alike(void **state)
{
	struct rc_name name = name_of("example");
	struct rc_book_page all[PAGES_MAX], some[PAGES_MAX];
	uint64_t hash = rc_name_hash(SEED, &name);
	char target[32];
	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct rc_book *b = new_book();
		uint64_t random = round + 1;
		for (unsigned i = 0; i < 12; i++) {
			random = random * UINT64_C(6364136223846793005) + 1;
			snprintf(target, sizeof target, "ns%u.example", (unsigned)(random >> 60));
			note_ns(b, "example", target, (uint32_t)(random >> 40) % 40,
				T0 + (int64_t)(random >> 20) % 8 * RC_NS_PER_S);
		}
		int64_t now_ns = T0 + 9 * RC_NS_PER_S;
		size_t n = rc_book_find(b, hash, RC_BOOK_NS, now_ns, INT64_MAX, all, PAGES_MAX);
		for (size_t max = 0; max <= PAGES_MAX; max++) {
			size_t few = rc_book_find(b, hash, RC_BOOK_NS, now_ns, INT64_MAX, some,
						  max);
			assert_int_equal(few, n < max ? n : max);
			for (size_t i = 0; i < few; i++)
				assert_int_equal(some[i].pos, all[i].pos);
			for (int64_t by_ns = T0; by_ns < now_ns; by_ns += RC_NS_PER_S) {
				size_t shown = 0;
				few = rc_book_find(b, hash, RC_BOOK_NS, now_ns, by_ns, some, max);
				for (size_t i = 0; i < n && shown < max; i++)
					if (all[i].first_ns <= by_ns)
						assert_int_equal(some[shown++].pos, all[i].pos);
				assert_int_equal(few, shown);
				assert_int_equal(
					rc_book_count(b, hash, RC_BOOK_NS, now_ns, by_ns, max),
					shown);
			}
		}
		for (size_t i = 1; i < n; i++)
			assert_true(all[i - 1].seen_ns >= all[i].seen_ns);
		rc_book_free(b);
	}
}

static void a_referral_is_kept_for_the_zone_it_delegates(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	static struct dns d;
	struct rc_msg m;
	(void)state;
	dns_query(&d, 1, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "example", RC_TYPE_NS, "ns1.example");
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	note(b, &m, T0);
	assert_int_equal(find(b, "example", RC_BOOK_REFERRAL, T0, pages, PAGES_MAX), 1);
	assert_int_equal(find(b, "www.example", RC_BOOK_REFERRAL, T0, pages, PAGES_MAX), 0);
	rc_book_free(b);
}

/* A warm resolver does not ask again what it was told once: that the delegation is not signed. */
static void that_there_is_no_ds_is_kept_if_the_zone_above_says_so(void **state)
{
	static const char *const says[] = {"example", "child.example"};
	struct rc_book_page pages[PAGES_MAX];
	static struct dns d;
	struct rc_msg m;
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct rc_book *b = new_book();
		dns_query(&d, 1, RC_FLAG_QR | RC_FLAG_AA, "child.example", RC_TYPE_DS);
		dns_rr_soa(&d, RC_AUTHORITY, says[i]);
		assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
		note(b, &m, T0);
		assert_int_equal(find(b, "child.example", RC_BOOK_DS, T0, pages, PAGES_MAX),
				 i == 0);
		rc_book_free(b);
	}
}

static void a_referral_sideways_is_not_kept(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	static struct dns d;
	struct rc_msg m;
	(void)state;
	dns_query(&d, 1, RC_FLAG_QR, "www.example", RC_TYPE_A);
	dns_rr_name(&d, RC_AUTHORITY, "victim", RC_TYPE_NS, "ns1.evil");
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	note(b, &m, T0);
	assert_int_equal(find(b, "victim", RC_BOOK_REFERRAL, T0, pages, PAGES_MAX), 0);
	rc_book_free(b);
}

static void failures_and_damaged_or_truncated_answers_are_not_kept(void **state)
{
	static const unsigned flags[] = {RC_FLAG_QR | RC_RCODE_SERVFAIL, RC_FLAG_QR | RC_FLAG_TC};
	struct rc_book *b = new_book();
	static struct dns d;
	struct rc_msg m;
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		dns_query(&d, 1, i < 2 ? flags[i] : (unsigned)RC_FLAG_QR, "example", RC_TYPE_NS);
		dns_rr_name(&d, RC_ANSWER, "example", RC_TYPE_NS, "ns1.example");
		uint32_t len = i < 2 ? d.len : d.len - 3;
		assert_true(rc_msg_decode(d.data, len, d.len, SEED, &m));
		note(b, &m, T0);
	}
	assert_int_equal(rc_book_stats(b)->messages, 0);
	rc_book_free(b);
}

static void a_full_book_keeps_the_newest_and_stays_sound(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	char zone[32];
	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(zone, sizeof zone, "zone%u.example", i);
		note_ns(b, zone, "ns1.example", 3600, T0 + i);
		assert_int_equal(find(b, zone, RC_BOOK_NS, T0 + i, pages, PAGES_MAX), 1);
	}
	unsigned held = 0;
	for (unsigned i = 0; i < 5000; i++) {
		struct rc_msg m;
		struct rc_name name;
		snprintf(zone, sizeof zone, "zone%u.example", i);
		name = name_of(zone);
		if (find(b, zone, RC_BOOK_NS, T0 + 5000, pages, PAGES_MAX) == 0)
			continue;
		held++;
		assert_true(rc_msg_decode(pages[0].wire, pages[0].len_bytes, pages[0].len_bytes,
					  SEED, &m));
		assert_true(rc_name_equal(&m.qname, &name));
	}
	assert_true(held > 50);
	assert_true(rc_book_stats(b)->evicted > 1000);
	rc_book_free(b);
}

/* What a CNAME's signature was made over has as many labels as it says (RFC 4034 3.1.3). */
static void note_alias_at(struct rc_book *b, const char *name, unsigned type, const char *owner,
			  int labels, int64_t ts_ns)
{
	static struct dns d, rdata;
	struct rc_msg m;
	dns_query(&d, 7, RC_FLAG_QR | RC_FLAG_AA, name, RC_TYPE_A);
	dns_rr_name(&d, RC_ANSWER, owner, type, "target.test");
	rdata.len = 0;
	dns_u16(&rdata, type);
	dns_u8(&rdata, 13);
	dns_u8(&rdata, (unsigned)labels);
	dns_bytes(&rdata, "0123456789abcd", 14);
	dns_name(&rdata, "example");
	dns_bytes(&rdata, "sig", 3);
	if (labels > 0)
		dns_rr(&d, RC_ANSWER, owner, RC_TYPE_RRSIG, 300, &rdata);
	assert_true(rc_msg_decode(d.data, d.len, d.len, SEED, &m));
	note(b, &m, ts_ns);
}

static void note_alias(struct rc_book *b, const char *name, unsigned type, const char *owner,
		       int labels)
{
	note_alias_at(b, name, type, owner, labels, T0);
}

/* By then the resolver asks anew, and holds it for as long again. */
static void an_alias_told_again_late_is_kept_for_longer(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	(void)state;
	note_alias_at(b, "www.d.example", RC_TYPE_DNAME, "d.example", 0, T0);
	note_alias_at(b, "api.d.example", RC_TYPE_DNAME, "d.example", 0, T0 + 3000 * RC_NS_PER_S);
	assert_int_equal(
		find(b, "d.example", RC_BOOK_ALIAS, T0 + 4000 * RC_NS_PER_S, pages, PAGES_MAX), 1);
	rc_book_free(b);
}

static void an_alias_of_all_names_below_one_is_kept_for_that(void **state)
{
	struct rc_book *b = new_book();
	struct rc_book_page pages[PAGES_MAX];
	(void)state;
	note_alias(b, "www.d.example", RC_TYPE_DNAME, "d.example", 0);
	note_alias(b, "mail.d.example", RC_TYPE_DNAME, "d.example", 0); /* says nothing new */
	note_alias(b, "a.w.example", RC_TYPE_CNAME, "a.w.example", 2);
	note_alias(b, "plain.p.example", RC_TYPE_CNAME, "plain.p.example", 3);
	note_alias(b, "bare.q.example", RC_TYPE_CNAME, "bare.q.example", 0);
	assert_int_equal(find(b, "d.example", RC_BOOK_ALIAS, T0, pages, PAGES_MAX), 1);
	assert_int_equal(find(b, "w.example", RC_BOOK_ALIAS, T0, pages, PAGES_MAX), 1);
	assert_int_equal(find(b, "p.example", RC_BOOK_ALIAS, T0, pages, PAGES_MAX), 0);
	assert_int_equal(find(b, "q.example", RC_BOOK_ALIAS, T0, pages, PAGES_MAX), 0);
	rc_book_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_comes_back_as_entered),
		cmocka_unit_test(a_page_ends_with_its_ttl),
		cmocka_unit_test(a_ttl_above_a_week_is_a_week),
		cmocka_unit_test(the_same_message_again_is_one_page_that_lives_longer),
		cmocka_unit_test(the_same_with_and_without_do_is_two_pages),
		cmocka_unit_test(of_two_versions_the_newest_comes_first),
		cmocka_unit_test(if_one_page_is_asked_for_it_is_the_newest),
		cmocka_unit_test(pages_seen_later_take_no_place),
		cmocka_unit_test(many_versions_at_a_time_leave_the_first),
		cmocka_unit_test(fewer_pages_are_the_first_of_all_and_counted_alike),
		cmocka_unit_test(a_referral_is_kept_for_the_zone_it_delegates),
		cmocka_unit_test(that_there_is_no_ds_is_kept_if_the_zone_above_says_so),
		cmocka_unit_test(a_referral_sideways_is_not_kept),
		cmocka_unit_test(an_alias_of_all_names_below_one_is_kept_for_that),
		cmocka_unit_test(an_alias_told_again_late_is_kept_for_longer),
		cmocka_unit_test(failures_and_damaged_or_truncated_answers_are_not_kept),
		cmocka_unit_test(a_full_book_keeps_the_newest_and_stays_sound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
