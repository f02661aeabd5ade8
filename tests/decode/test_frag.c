#include "tests/decode/frames.h"

enum { MORE = 0x2000 };

/* Octets off..off+len of a datagram's payload as IPv4 fragment. */
static struct bytes part(const struct bytes *payload, unsigned id, unsigned off, unsigned len)
{
	bool more = off + len < payload->len;
	return ip4_fragment(2, 1, 17, id, off / 8 | (more ? MORE : 0), payload->data + off,
			    more ? len : payload->len - off);
}

static struct bytes part6(const struct bytes *payload, unsigned id, unsigned off, unsigned len)
{
	struct bytes b = {.len = 0};
	bool more = off + len < payload->len;
	put_hex(&b, "11 00");
	put_u16(&b, off | (more ? 1 : 0));
	put_u32(&b, id);
	put(&b, payload->data + off, more ? len : payload->len - off);
	return ip6(2, 1, 44, b);
}

static struct bytes big(unsigned id)
{
	return udp(53, 4000, dns_big(id, 2000));
}

static void frag_order_does_not_matter(void **state)
{
	(void)state;
	static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					      {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct feeder *f = feeder_new(0);
	for (unsigned i = 0; i < 12; i++) {
		struct bytes b = big(100 + i);
		size_t n = 0;
		for (unsigned k = 0; k < 3; k++) {
			unsigned off = orders[i % 6][k] * 800;
			assert_int_equal(n, 0);
			n = feed(f, 101, i < 6 ? part(&b, i, off, 800) : part6(&b, i, off, 800));
		}
		assert_message(f, n, 100 + i);
		assert_int_equal(f->obs[0].msg.len, b.len - 8);
		assert_true(f->obs[0].flags & RC_OBS_REASSEMBLED);
		assert_int_equal(f->obs[0].frame, 3 * i + 3);
		assert_memory_equal(f->obs[0].msg.wire, b.data + 8, b.len - 8);
	}
	feeder_free(f);
}

static void frag_first_octets_win(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes good = big(5), evil = big(5);
	memset(evil.data + 400, 'E', 800);
	assert_int_equal(feed(f, 101, part(&good, 9, 800, 800)), 0);
	assert_int_equal(feed(f, 101, part(&good, 9, 0, 408)), 0);
	assert_int_equal(feed(f, 101, part(&evil, 9, 400, 800)), 0); /* only 408..800 is new */
	assert_int_equal(feed(f, 101, part(&good, 9, 1600, 800)), 1);
	const uint8_t *payload = f->obs[0].msg.wire - 8;
	assert_memory_equal(payload, good.data, 408);
	assert_memory_equal(payload + 408, evil.data + 408, 392);
	assert_memory_equal(payload + 800, good.data + 800, good.len - 800);
	assert_int_equal(counter(f, "fragments_overlap"), 1);
	feeder_free(f);
}

static void frag_copies_give_one_message(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	size_t n = 0;
	for (unsigned off = 0; off < b.len; off += 800)
		for (unsigned twice = 0; twice < 2; twice++)
			n += feed(f, 101, part(&b, 9, off, 800));
	assert_int_equal(n, 1);
	for (unsigned off = 0; off < b.len; off += 800)
		assert_int_equal(feed(f, 101, part(&b, 9, off, 800)), 0);
	assert_int_equal(rc_decoder_expire(f->decoder, INT64_MAX, f->obs, OBS_MAX), 0);
	feeder_free(f);
}

static void frag_identification_may_be_used_again(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	for (unsigned i = 0; i < 3; i++) {
		struct bytes b = big(i);
		feed(f, 101, part(&b, 9, 0, 1600));
		assert_message(f, feed(f, 101, part(&b, 9, 1600, 800)), i);
		f->ts_ns += 2 * RC_NS_PER_S;
	}
	feeder_free(f);
}

static void frag_datagrams_do_not_mix(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes a = big(1), b = big(2);
	assert_int_equal(feed(f, 101, part(&a, 1, 0, 1600)), 0);
	assert_int_equal(feed(f, 101, part(&b, 2, 1600, 800)), 0);
	assert_message(f, feed(f, 101, part(&b, 2, 0, 1600)), 2);
	assert_message(f, feed(f, 101, part(&a, 1, 1600, 800)), 1);
	feeder_free(f);
}

static void frag_that_never_completes_is_told(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	feed(f, 101, part(&b, 9, 0, 1600));
	int64_t sent_ns = f->ts_ns;
	f->ts_ns += 29 * RC_NS_PER_S;
	assert_int_equal(rc_decoder_expire(f->decoder, f->ts_ns, f->obs, OBS_MAX), 0);
	f->ts_ns += RC_NS_PER_S;
	assert_int_equal(rc_decoder_expire(f->decoder, f->ts_ns, f->obs, OBS_MAX), 1);
	const struct rc_obs *o = &f->obs[0];
	assert_int_equal(o->kind, RC_OBS_FRAGMENTS);
	assert_int_equal(o->src_port, 53);
	assert_true(o->from_server);
	assert_int_equal(o->frame, 1);
	assert_true(o->ts_ns == sent_ns);
	assert_int_equal(o->msg.id, 5);
	assert_int_equal(o->msg.fault, RC_FAULT_CUT);
	assert_true(o->msg.has_question);
	assert_int_equal(rc_decoder_expire(f->decoder, INT64_MAX, f->obs, OBS_MAX), 0);
	feeder_free(f);
}

static void frag_time_passes_with_frames_too(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct rc_obs obs[1];
	struct bytes b = big(5), q = query4();
	for (unsigned i = 0; i < 3; i++)
		feed(f, 101, part(&b, i, 0, 1600));
	struct rc_frame frame = {.ts_ns = f->ts_ns + 31 * RC_NS_PER_S,
				 .number = 4,
				 .data = q.data,
				 .caplen = q.len,
				 .len = q.len,
				 .linktype = 101};
	/* one at a time: lost datagrams first, then the frame's own message */
	assert_int_equal(rc_decoder_feed(f->decoder, &frame, obs, 1), 1);
	assert_int_equal(obs[0].kind, RC_OBS_FRAGMENTS);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(rc_decoder_feed(f->decoder, NULL, obs, 1), 1);
		assert_int_equal(obs[0].kind, RC_OBS_FRAGMENTS);
	}
	assert_int_equal(rc_decoder_feed(f->decoder, NULL, obs, 1), 1);
	assert_int_equal(obs[0].kind, RC_OBS_MESSAGE);
	assert_int_equal(rc_decoder_feed(f->decoder, NULL, obs, 1), 0);
	feeder_free(f);
}

static void frag_without_the_first_is_only_counted(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	feed(f, 101, part(&b, 9, 1600, 800));
	assert_int_equal(rc_decoder_expire(f->decoder, INT64_MAX, f->obs, OBS_MAX), 0);
	assert_int_equal(counter(f, "fragments_no_first"), 1);
	feeder_free(f);
}

static void frag_of_other_ports_is_let_go(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = udp(2049, 4000, dns_big(1, 2000));
	feed(f, 101, part(&b, 9, 0, 1600));
	assert_int_equal(feed(f, 101, part(&b, 9, 1600, 800)), 0);
	assert_int_equal(rc_decoder_expire(f->decoder, INT64_MAX, f->obs, OBS_MAX), 0);
	assert_int_equal(counter(f, "fragments_ignored"), 1);
	feeder_free(f);
}

static void frag_empty_ones_bring_nothing_and_hold_nothing(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	feed(f, 101, ip4_fragment(2, 1, 17, 9, MORE, b.data, 0));
	assert_int_equal(counter(f, "fragments_bad"), 1);
	assert_int_equal(feed(f, 101, part(&b, 9, 0, 1600)), 0);
	feed(f, 101, ip4_fragment(2, 1, 17, 9, 1600 / 8, b.data, 0)); /* an empty last one */
	assert_message(f, feed(f, 101, part(&b, 9, 1600, 800)), 5);
	feeder_free(f);
}

static void frag_missing_last_one_is_told_with_what_the_first_holds(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	feed(f, 101, part(&b, 9, 800, 800));
	feed(f, 101, part(&b, 9, 0, 800));
	assert_int_equal(rc_decoder_expire(f->decoder, INT64_MAX, f->obs, OBS_MAX), 1);
	assert_int_equal(f->obs[0].kind, RC_OBS_FRAGMENTS);
	assert_int_equal(f->obs[0].msg.id, 5);
	assert_int_equal(f->obs[0].msg.len, 1600 - 8);
	assert_int_equal(counter(f, "fragments_incomplete"), 1);
	feeder_free(f);
}

static void frag_impossible_ones_are_refused(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	feed(f, 101, ip4_fragment(2, 1, 17, 9, MORE, b.data, 9));     /* no multiple of 8 */
	feed(f, 101, ip4_fragment(2, 1, 17, 9, 0x1fff, b.data, 800)); /* ends above 65535 */
	assert_int_equal(counter(f, "fragments_bad"), 2);
	feed(f, 101, part(&b, 9, 1600, 800));                            /* the last ... */
	feed(f, 101, ip4_fragment(2, 1, 17, 9, 10, b.data, 80));         /* ... and another */
	feed(f, 101, ip4_fragment(2, 1, 17, 9, 400 | MORE, b.data, 80)); /* behind the last */
	assert_int_equal(counter(f, "fragments_bad"), 4);
	assert_message(f, feed(f, 101, part(&b, 9, 0, 1600)), 5);
	feeder_free(f);
}

static void frag_cut_first_gives_what_there_is(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5), first = part(&b, 9, 0, 1600);
	assert_int_equal(feed_cut(f, 101, &first, 96), 1);
	assert_int_equal(f->obs[0].msg.id, 5);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
	assert_true(f->obs[0].flags & RC_OBS_CUT);
	assert_int_equal(feed(f, 101, part(&b, 9, 1600, 800)), 0);
	assert_int_equal(rc_decoder_expire(f->decoder, INT64_MAX, f->obs, OBS_MAX), 0);
	feeder_free(f);
}

static void frag_cut_later_one_cuts_the_message_there(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5), second = part(&b, 9, 800, 800);
	feed(f, 101, part(&b, 9, 0, 800));
	feed_cut(f, 101, &second, 96);
	assert_int_equal(feed(f, 101, part(&b, 9, 1600, 800)), 1);
	assert_int_equal(f->obs[0].msg.len, 800 + 96 - 20 - 8);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
	assert_true(f->obs[0].flags & RC_OBS_CUT);
	feeder_free(f);
}

static void frag_memory_is_bounded(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = big(5);
	for (unsigned id = 0; id < 3000; id++)
		feed(f, 101, part(&b, id, 0, 1600));
	assert_true(counter(f, "fragments_evicted") > 1000);
	/* the youngest is still there */
	assert_message(f, feed(f, 101, part(&b, 2999, 1600, 800)), 5);
	feeder_free(f);
}

static void frag_pieces_of_one_datagram_are_bounded(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(8 << 20);
	static const uint8_t eight[8];
	for (unsigned i = 0; i < 4000; i += 2) /* every second unit: none can be joined */
		feed(f, 101, ip4_fragment(2, 1, 17, 9, (4000 - i) | MORE, eight, 8));
	assert_true(counter(f, "fragments_evicted") >= 2000 / 257);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frag_order_does_not_matter),
		cmocka_unit_test(frag_first_octets_win),
		cmocka_unit_test(frag_copies_give_one_message),
		cmocka_unit_test(frag_identification_may_be_used_again),
		cmocka_unit_test(frag_datagrams_do_not_mix),
		cmocka_unit_test(frag_that_never_completes_is_told),
		cmocka_unit_test(frag_time_passes_with_frames_too),
		cmocka_unit_test(frag_without_the_first_is_only_counted),
		cmocka_unit_test(frag_of_other_ports_is_let_go),
		cmocka_unit_test(frag_empty_ones_bring_nothing_and_hold_nothing),
		cmocka_unit_test(frag_missing_last_one_is_told_with_what_the_first_holds),
		cmocka_unit_test(frag_impossible_ones_are_refused),
		cmocka_unit_test(frag_cut_first_gives_what_there_is),
		cmocka_unit_test(frag_cut_later_one_cuts_the_message_there),
		cmocka_unit_test(frag_memory_is_bounded),
		cmocka_unit_test(frag_pieces_of_one_datagram_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
