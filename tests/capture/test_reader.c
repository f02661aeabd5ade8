#include "base/time.h"
#include "tests/capture/build.h"

static struct bytes file;
static struct seen seen;

static void begin(bool big)
{
	file.len = 0;
	file.big = big;
}

static void run_built(void)
{
	run_bytes(&seen, file.data, file.len);
}

static void pcap_reads_in_either_byte_order_and_resolution(void **state)
{
	static const struct {
		uint32_t magic, frac;
		int64_t ns;
	} cases[] = {{0xa1b2c3d4, 123456, 123456000}, {0xa1b23c4d, 123456789, 123456789}};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		begin(i & 1);
		add_pcap_header(&file, cases[i / 2].magic, 113);
		add_pcap_record(&file, 1700000000, cases[i / 2].frac, "abc", 3, 99);
		add_pcap_record(&file, 4294967295u, 0, "", 0, 0);
		run_built();
		assert_int_equal(seen.n, 2);
		assert_false(seen.failed);
		assert_int_equal(seen.frames[0].ts_ns, 1700000000000000000 + cases[i / 2].ns);
		assert_int_equal(seen.frames[0].caplen, 3);
		assert_int_equal(seen.frames[0].len, 99);
		assert_int_equal(seen.frames[0].linktype, 113);
		assert_int_equal(seen.frames[0].number, 1);
		assert_int_equal(seen.first_byte[0], 'a');
		assert_int_equal(seen.frames[1].ts_ns, 4294967295000000000);
		assert_int_equal(seen.frames[1].number, 2);
	}
}

static void pcap_with_long_record_headers_reads(void **state)
{
	(void)state;
	begin(false);
	add_pcap_header(&file, 0xa1b2cd34, 1);
	for (int i = 0; i < 2; i++) {
		add_pcap_record(&file, 10, 5, "", 0, 2);
		memcpy(file.data + file.len - 8, &(uint32_t){htole32(2)}, 4);
		add(&file, "\0\0\0\0\0\0\0\0xy", 10);
	}
	run_built();
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.first_byte[1], 'x');
	assert_false(seen.failed);
}

static void pcap_longer_than_the_wire_counts_as_long_as_captured(void **state)
{
	(void)state;
	begin(false);
	add_pcap_header(&file, 0xa1b2c3d4, 1);
	add_pcap_record(&file, 1, 1, "abcd", 4, 2);
	run_built();
	assert_int_equal(seen.frames[0].len, 4);
}

static void pcap_frame_check_bits_are_no_part_of_the_link_type(void **state)
{
	(void)state;
	begin(false);
	add_pcap_header(&file, 0xa1b2c3d4, 0x44000001);
	add_pcap_record(&file, 1, 1, "abcd", 4, 4);
	run_built();
	assert_int_equal(seen.frames[0].linktype, 1);
}

static void pcap_absurd_length_is_damage_after_what_was_whole(void **state)
{
	(void)state;
	begin(false);
	add_pcap_header(&file, 0xa1b2c3d4, 1);
	add_pcap_record(&file, 1, 1, "abcd", 4, 4);
	add32(&file, 2);
	add32(&file, 2);
	add32(&file, 262145);
	add32(&file, 262145);
	run_built();
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.n_errors, 1);
	assert_string_equal(seen.why, "damaged record at byte 44");
	assert_true(seen.failed);
}

static void pcap_largest_record_reads_across_buffers(void **state)
{
	static uint8_t big[262144];
	(void)state;
	memset(big, 7, sizeof big);
	begin(false);
	add_pcap_header(&file, 0xa1b2c3d4, 1);
	add_pcap_record(&file, 1, 1, "abcd", 4, 4);
	add_pcap_record(&file, 2, 1, big, sizeof big, sizeof big);
	add_pcap_record(&file, 3, 1, "abcd", 4, 4);
	run_built();
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.first_byte[1], 7);
	assert_false(seen.failed);
}

static void pcapng_interfaces_keep_their_link_type_and_clock(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		begin(big);
		add_section(&file);
		add_iface(&file, 1, 0xff, 0);
		add_iface(&file, 101, 9, 0);
		add_iface(&file, 276, 0x80 | 10, 0);
		add_iface(&file, 0, 3, 100);
		add_packet(&file, 1, 1700000000123456789u, "abcde", 5);
		add_packet(&file, 0, 1700000000123456u, "abcdef", 6);
		add_packet(&file, 2, (1700000000ull << 10) + 512, "x", 1);
		add_packet(&file, 3, 5001, "", 0);
		run_built();
		assert_int_equal(seen.n, 4);
		assert_false(seen.failed);
		assert_int_equal(seen.frames[0].ts_ns, 1700000000123456789);
		assert_int_equal(seen.frames[0].linktype, 101);
		assert_int_equal(seen.frames[0].caplen, 5);
		assert_int_equal(seen.frames[1].ts_ns, 1700000000123456000);
		assert_int_equal(seen.frames[1].linktype, 1);
		assert_int_equal(seen.frames[2].ts_ns, 1700000000500000000);
		assert_int_equal(seen.frames[3].ts_ns, 105001000000);
		assert_int_equal(seen.frames[3].number, 4);
	}
}

static void pcapng_sections_change_byte_order_and_forget_interfaces(void **state)
{
	(void)state;
	begin(false);
	add_section(&file);
	add_iface(&file, 1, 0xff, 0);
	add_packet(&file, 0, 1, "a", 1);
	file.big = true;
	add_section(&file);
	add_iface(&file, 113, 0xff, 0);
	add_packet(&file, 0, 2, "b", 1);
	add_packet(&file, 1, 3, "c", 1);
	run_built();
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.frames[1].linktype, 113);
	assert_int_equal(seen.frames[1].number, 2);
	assert_int_equal(seen.n_errors, 1);
	assert_non_null(strstr(seen.why, "damaged record at byte "));
}

static void pcapng_other_blocks_are_skipped_and_old_packets_read(void **state)
{
	static struct bytes body;
	(void)state;
	begin(false);
	add_section(&file);
	add_iface(&file, 1, 0xff, 0);
	body.len = 2000;
	add_block(&file, 0x0badbeef, &body);
	body.len = 0;
	add32(&body, 0); /* interface 0, drops 0 */
	add32(&body, 0);
	add32(&body, 77);
	add32(&body, 4);
	add32(&body, 60);
	add(&body, "wxyz", 4);
	add_block(&file, 2, &body);
	body.len = 0;
	add32(&body, 3);
	add(&body, "pqr\0", 4);
	add_block(&file, 3, &body);
	run_built();
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.frames[0].ts_ns, 77000);
	assert_int_equal(seen.frames[0].len, 60);
	assert_int_equal(seen.first_byte[1], 'p');
	assert_int_equal(seen.frames[1].caplen, 3);
	assert_int_equal(seen.frames[1].ts_ns, 77000);
	assert_false(seen.failed);
}

static void pcapng_numbers_count_the_blocks_that_wireshark_counts(void **state)
{
	static struct bytes body;
	(void)state;
	begin(false);
	add_section(&file);
	add_iface(&file, 1, 0xff, 0);
	body.len = 24;
	add_block(&file, 9, &body); /* a journal entry is a frame */
	add_block(&file, 5, &body); /* interface statistics are none */
	add_packet(&file, 0, 1, "a", 1);
	run_built();
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.frames[0].number, 2);
}

static void pcapng_times_out_of_range_are_clamped(void **state)
{
	(void)state;
	begin(false);
	add_section(&file);
	add_iface(&file, 1, 0, 0);
	add_packet(&file, 0, UINT64_MAX, "a", 1);
	run_built();
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.frames[0].ts_ns, RC_TIME_MAX_NS);
}

/* Cut at every byte: whole packets before the cut come out, and one error unless the cut is clean. */
static void cut_everywhere(const size_t *ends, size_t n_ends)
{
	for (size_t len = 0; len <= file.len; len++) {
		size_t whole = 0;
		bool clean = len == file.len;
		for (size_t i = 0; i < n_ends; i++) {
			whole += i > 0 && ends[i] <= len;
			clean = clean || ends[i] == len;
		}
		run_bytes(&seen, file.data, len);
		assert_int_equal(seen.n, whole);
		assert_int_equal(seen.n_errors, clean ? 0 : 1);
		if (!clean && len > ends[0]) {
			char why[64];
			snprintf(why, sizeof why, "ends in the middle of packet %zu", whole + 1);
			assert_string_equal(seen.why, why);
		}
	}
}

static void pcap_cut_anywhere_gives_the_whole_packets_before(void **state)
{
	size_t ends[4];
	(void)state;
	begin(false);
	add_pcap_header(&file, 0xa1b2c3d4, 1);
	ends[0] = file.len;
	for (uint32_t i = 1; i < 4; i++) {
		add_pcap_record(&file, i, 0, "abcdefgh", i * 2, 8);
		ends[i] = file.len;
	}
	cut_everywhere(ends, 4);
}

static void pcapng_cut_anywhere_gives_the_whole_packets_before(void **state)
{
	size_t ends[4];
	(void)state;
	begin(true);
	add_section(&file);
	add_iface(&file, 1, 9, 0);
	ends[0] = file.len;
	for (uint32_t i = 1; i < 4; i++) {
		add_packet(&file, 0, i, "abcdefgh", i * 2);
		ends[i] = file.len;
	}
	/* A file that ends between section and interface is whole as well. */
	size_t section = 28;
	for (size_t len = 0; len < ends[0]; len++) {
		run_bytes(&seen, file.data, len);
		assert_int_equal(seen.n, 0);
		assert_int_equal(seen.n_errors, len == section ? 0 : 1);
	}
	static struct bytes whole;
	whole = file;
	for (size_t len = ends[0]; len <= whole.len; len++) {
		size_t n = 0;
		bool clean = false;
		for (size_t i = 0; i < 4; i++) {
			n += i > 0 && ends[i] <= len;
			clean = clean || ends[i] == len;
		}
		run_bytes(&seen, whole.data, len);
		assert_int_equal(seen.n, n);
		assert_int_equal(seen.n_errors, clean ? 0 : 1);
	}
}

static void any_damaged_byte_is_survived(void **state)
{
	(void)state;
	begin(false);
	add_section(&file);
	add_iface(&file, 1, 9, 3);
	add_packet(&file, 0, 1, "abcdefgh", 8);
	add_packet(&file, 0, 2, "abcdefgh", 8);
	for (size_t i = 0; i < file.len; i++)
		for (unsigned flip = 1; flip < 256; flip <<= 1) {
			file.data[i] ^= (uint8_t)flip;
			run_built();
			assert_true(seen.n <= 2);
			assert_true(seen.n_errors <= 1);
			file.data[i] ^= (uint8_t)flip;
		}
}

static void what_is_no_capture_is_said_in_one_phrase(void **state)
{
	(void)state;
	run_bytes(&seen, "", 0);
	assert_string_equal(seen.why, "is empty");
	assert_int_equal(seen.open_rc, RC_E_FORMAT);
	run_bytes(&seen, "hello, world", 12);
	assert_string_equal(seen.why, "is not a pcap or pcapng capture");
	assert_int_equal(seen.open_rc, RC_E_FORMAT);
	run_file(&seen, test_path("missing"));
	assert_string_equal(seen.why, "no such file");
	assert_int_equal(seen.open_rc, RC_E_NOT_FOUND);
	assert_int_equal(seen.n_errors, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_reads_in_either_byte_order_and_resolution),
		cmocka_unit_test(pcap_with_long_record_headers_reads),
		cmocka_unit_test(pcap_longer_than_the_wire_counts_as_long_as_captured),
		cmocka_unit_test(pcap_frame_check_bits_are_no_part_of_the_link_type),
		cmocka_unit_test(pcap_absurd_length_is_damage_after_what_was_whole),
		cmocka_unit_test(pcap_largest_record_reads_across_buffers),
		cmocka_unit_test(pcapng_interfaces_keep_their_link_type_and_clock),
		cmocka_unit_test(pcapng_sections_change_byte_order_and_forget_interfaces),
		cmocka_unit_test(pcapng_other_blocks_are_skipped_and_old_packets_read),
		cmocka_unit_test(pcapng_numbers_count_the_blocks_that_wireshark_counts),
		cmocka_unit_test(pcapng_times_out_of_range_are_clamped),
		cmocka_unit_test(pcap_cut_anywhere_gives_the_whole_packets_before),
		cmocka_unit_test(pcapng_cut_anywhere_gives_the_whole_packets_before),
		cmocka_unit_test(any_damaged_byte_is_survived),
		cmocka_unit_test(what_is_no_capture_is_said_in_one_phrase),
	};
	return cmocka_run_group_tests(tests, NULL, remove_all);
}
