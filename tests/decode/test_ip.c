#include "tests/decode/frames.h"

static void ip_padding_behind_the_total_length_is_no_payload(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = udp(4000, 53, dns(7, false, 1));
	q.data[4] = q.data[5] = 0; /* no UDP length: the IP header alone says where it ends */
	struct bytes b = ip4(1, 2, 17, q);
	put_zeros(&b, 9);
	assert_message(f, feed(f, 101, b), 7);
	assert_int_equal(f->obs[0].msg.len, q.len - 8);
	b = ip6(1, 2, 17, q);
	put_zeros(&b, 9);
	assert_message(f, feed(f, 101, b), 7);
	assert_int_equal(f->obs[0].msg.len, q.len - 8);
	feeder_free(f);
}

static void ip_total_length_zero_means_what_was_captured(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = query4();
	b.data[2] = b.data[3] = 0;
	assert_message(f, feed(f, 101, b), 0x1234);
	b = query6();
	b.data[4] = b.data[5] = 0;
	assert_message(f, feed(f, 101, b), 0x1234);
	feeder_free(f);
}

static void ip_options_are_skipped(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = udp(4000, 53, dns(7, false, 1));
	struct bytes b = ip4(1, 2, 17, wrap("94 04 00 00", q));
	b.data[0] = 0x46;
	assert_message(f, feed(f, 101, b), 7);
	feeder_free(f);
}

static void ip_contradictory_header_is_counted(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = query4();
	b.data[0] = 0x44; /* a header of 16 octets */
	assert_int_equal(feed(f, 101, b), 0);
	b = query4();
	b.data[3] = 19; /* shorter than its header */
	assert_int_equal(feed(f, 101, b), 0);
	b = query4();
	b.data[0] = 0x55; /* version 5 */
	assert_int_equal(feed(f, 101, b), 0);
	assert_int_equal(counter(f, "frames_bad_header"), 3);
	feeder_free(f);
}

static void ip6_extension_headers_are_walked(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = udp(4000, 53, dns(7, false, 1));
	struct bytes b = ip6(1, 2, 0,
			     wrap("2b 00 000000000000 3c 00 000000000000 11 01"
				  "0000000000000000000000000000",
				  q));
	assert_message(f, feed(f, 101, b), 7);
	feeder_free(f);
}

static void ip6_extension_headers_are_bounded(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = udp(4000, 53, dns(7, false, 1));
	b = wrap("11 00 000000000000", b);
	for (unsigned i = 1; i < 8; i++)
		b = wrap("3c 00 000000000000", b);
	assert_int_equal(feed(f, 101, ip6(1, 2, 60, b)), 0);
	assert_int_equal(counter(f, "frames_too_deep"), 1);
	feeder_free(f);
}

static void ip6_atomic_fragment_needs_no_reassembly(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = ip6(1, 2, 44,
			     wrap("11 00 00 00 00 00 00 01", udp(4000, 53, dns(7, false, 1))));
	assert_message(f, feed(f, 101, b), 7);
	assert_message(f, feed(f, 101, b), 7);
	assert_int_equal(f->obs[0].flags & RC_OBS_REASSEMBLED, 0);
	assert_int_equal(counter(f, "fragments"), 0);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip_padding_behind_the_total_length_is_no_payload),
		cmocka_unit_test(ip_total_length_zero_means_what_was_captured),
		cmocka_unit_test(ip_options_are_skipped),
		cmocka_unit_test(ip_contradictory_header_is_counted),
		cmocka_unit_test(ip6_extension_headers_are_walked),
		cmocka_unit_test(ip6_extension_headers_are_bounded),
		cmocka_unit_test(ip6_atomic_fragment_needs_no_reassembly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
