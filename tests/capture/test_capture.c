#include <sys/stat.h>

#include "tests/capture/build.h"

static struct bytes file;
static struct seen seen;

/* A file of packets at these seconds, each holding the letter. */
static const char *write_times(const char *name, char letter, const uint32_t *times, size_t n)
{
	file.len = 0;
	add_pcap_header(&file, 0xa1b2c3d4, 1);
	for (size_t i = 0; i < n; i++)
		add_pcap_record(&file, times[i], 0, &letter, 1, 1);
	return write_file(name, file.data, file.len);
}

static void assert_order(const char *letters)
{
	assert_int_equal(seen.n, strlen(letters));
	for (size_t i = 0; i < seen.n; i++)
		assert_int_equal(seen.first_byte[i], letters[i]);
}

static void files_are_merged_by_time_then_source_then_number(void **state)
{
	(void)state;
	const char *paths[3] = {
		write_times("m1", 'a', (const uint32_t[]){1, 4, 4, 9}, 4),
		write_times("m2", 'b', (const uint32_t[]){4, 5, 9}, 3),
		write_times("m3", 'c', (const uint32_t[]){0, 4}, 2),
	};
	run(&seen, (struct rc_capture_config){.files = paths, .n_files = 3});
	assert_order("caaabcbab");
	assert_int_equal(seen.frames[2].number, 2);
	assert_int_equal(seen.frames[4].source, 1);
	assert_false(seen.failed);
}

static void a_file_out_of_order_keeps_its_own_order(void **state)
{
	(void)state;
	const char *paths[2] = {
		write_times("o1", 'a', (const uint32_t[]){3, 1, 5}, 3),
		write_times("o2", 'b', (const uint32_t[]){2, 4}, 2),
	};
	run(&seen, (struct rc_capture_config){.files = paths, .n_files = 2});
	assert_order("baaba");
	assert_int_equal(seen.frames[2].number, 2);
}

static void merging_loses_nothing_over_many_batches(void **state)
{
	static uint32_t even[1500], odd[1500];
	(void)state;
	for (uint32_t i = 0; i < 1500; i++) {
		even[i] = 2 * i;
		odd[i] = 2 * i + 1;
	}
	const char *paths[2] = {write_times("even", 'e', even, 1500),
				write_times("odd", 'o', odd, 1500)};
	run(&seen, (struct rc_capture_config){.files = paths, .n_files = 2});
	assert_int_equal(seen.n, 3000);
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(seen.frames[i].ts_ns, (int64_t)i * 1000000000);
		assert_int_equal(seen.first_byte[i], i & 1 ? 'o' : 'e');
		assert_int_equal(seen.frames[i].number, i / 2 + 1);
	}
}

static void one_bad_file_does_not_stop_the_others(void **state)
{
	(void)state;
	write_times("good", 'a', (const uint32_t[]){1, 2, 3}, 3);
	write_file("cut", file.data, file.len - 1);
	const char *paths[3] = {test_path("good"), test_path("cut"), test_path("missing")};
	run(&seen, (struct rc_capture_config){.files = paths, .n_files = 3});
	assert_int_equal(seen.open_rc, RC_OK);
	assert_order("aaaaa");
	assert_int_equal(seen.n_errors, 2);
	assert_string_equal(seen.why, "ends in the middle of packet 3");
	assert_true(seen.failed);
}

static void a_directory_gives_its_captures_in_order_of_time(void **state)
{
	(void)state;
	const char *dir = test_path("d");
	assert_int_equal(mkdir(dir, 0700), 0);
	write_times("d/a-late", 'z', (const uint32_t[]){7}, 1);
	write_times("d/b-early", 'x', (const uint32_t[]){1, 2}, 2);
	write_times("d/c-middle", 'y', (const uint32_t[]){3, 7}, 2);
	write_file("d/notes.txt", "no capture", 10);
	write_file("d/.hidden", file.data, file.len);
	run_file(&seen, test_path("d"));
	assert_order("xxyyz");
	assert_int_equal(seen.frames[4].source, 2);
	assert_int_equal(seen.n_errors, 0);
}

static void a_directory_without_captures_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(mkdir(test_path("empty"), 0700), 0);
	run_file(&seen, test_path("empty"));
	assert_int_equal(seen.open_rc, RC_E_NOT_FOUND);
	assert_string_equal(seen.why, "the directory holds no captures");
}

static void the_window_keeps_both_its_ends(void **state)
{
	(void)state;
	const char *path = write_times("w", 'a', (const uint32_t[]){1, 2, 3, 4, 5}, 5);
	run(&seen,
	    (struct rc_capture_config){
		    .files = &path, .n_files = 1, .from_ns = 2000000000, .to_ns = 4000000000});
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.frames[0].number, 2);
}

static void a_filter_is_compiled_for_each_link_type(void **state)
{
	/* An IPv4 header with protocol UDP, from port 1000 to 53. */
	static const uint8_t packet[34] =
		"\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\x45\0\0\x1c\0\0\0\0\x40\x11"
		"\0\0\x7f\0\0\1\x7f\0\0\1";
	static const uint8_t ports[8] = {0x03, 0xe8, 0, 53, 0, 8, 0, 0};
	uint8_t dns[42], other[42];
	(void)state;
	memcpy(dns, packet, 34);
	memcpy(dns + 34, ports, 8);
	memcpy(other, dns, 42);
	other[37] = 54;
	file.len = 0;
	add_section(&file);
	add_iface(&file, 1, 0xff, 0);
	add_iface(&file, 101, 0xff, 0);
	add_packet(&file, 0, 1, other, 42);
	add_packet(&file, 0, 2, dns, 42);
	add_packet(&file, 1, 3, dns + 14, 28);
	add_packet(&file, 1, 4, other + 14, 28);
	const char *path = write_file("f", file.data, file.len);
	run(&seen, (struct rc_capture_config){.files = &path, .n_files = 1, .filter = "port 53"});
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.frames[0].number, 2);
	assert_int_equal(seen.frames[1].number, 3);
	assert_false(seen.failed);
}

static void a_bad_filter_is_a_syntax_error_that_says_why(void **state)
{
	(void)state;
	const char *path = write_times("s", 'a', (const uint32_t[]){1}, 1);
	run(&seen,
	    (struct rc_capture_config){.files = &path, .n_files = 1, .filter = "port and and"});
	assert_int_equal(seen.open_rc, RC_E_SYNTAX);
	assert_int_equal(seen.n_errors, 1);
	assert_string_equal(seen.what, "port and and");
	assert_true(strlen(seen.why) > 0);
}

static void a_filter_that_fits_only_some_link_types_fails_those_files(void **state)
{
	(void)state;
	file.len = 0;
	add_section(&file);
	add_iface(&file, 1, 0xff, 0);
	add_iface(&file, 101, 0xff, 0);
	add_packet(&file, 0, 1, "\1\2\3\4\5\6aaaaaa\x08\0", 14);
	add_packet(&file, 1, 2, "b", 1);
	const char *path = write_file("l", file.data, file.len);
	run(&seen, (struct rc_capture_config){
			   .files = &path, .n_files = 1, .filter = "ether dst 1:2:3:4:5:6"});
	assert_int_equal(seen.open_rc, RC_OK);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.first_byte[0], 1);
	assert_int_equal(seen.n_errors, 1);
	assert_true(seen.failed);
}

/* Runs a reader on standard input fed in pieces by a child. */
static void standard_input_reads_as_it_comes(void **state)
{
	int ends[2], saved = dup(STDIN_FILENO);
	(void)state;
	write_times("p", 'a', (const uint32_t[]){1, 2, 3}, 3);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], file.data, 30), 30);
	dup2(ends[0], STDIN_FILENO);
	struct rc_capture *c;
	const char *path = "-";
	struct rc_capture_config config = {.files = &path, .n_files = 1, .to_ns = INT64_MAX};
	assert_int_equal(rc_capture_open(&config, &c), RC_OK);
	struct rc_frame frames[64];
	size_t n = 9;
	int64_t now;
	assert_int_equal(rc_capture_next(c, frames, 64, &n, &now), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(write(ends[1], file.data + 30, file.len - 30), (int)file.len - 30);
	assert_int_equal(rc_capture_next(c, frames, 64, &n, &now), RC_OK);
	assert_int_equal(n, 3);
	assert_int_equal(now, 3000000000);
	rc_capture_stop(c);
	assert_int_equal(rc_capture_next(c, frames, 64, &n, &now), RC_E_EOF);
	assert_false(rc_capture_failed(c));
	rc_capture_close(c);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
}

static uint64_t counter(struct rc_capture *c, const char *name)
{
	struct rc_counter_set set = rc_capture_counters(c);
	for (size_t i = 0; i < set.n; i++)
		if (strcmp(set.desc[i].name, name) == 0)
			return rc_counter_value(&set, i);
	fail_msg("no counter %s", name);
	return 0;
}

static void counters_names_and_progress_tell_what_was_read(void **state)
{
	(void)state;
	const char *paths[2] = {write_times("n1", 'a', (const uint32_t[]){1, 5}, 2),
				write_times("n2", 'b', (const uint32_t[]){2, 3}, 2)};
	struct rc_capture_config config = {.files = paths, .n_files = 2, .to_ns = 3000000000};
	struct rc_capture *c;
	struct rc_frame frames[64];
	size_t n, sum = 0;
	int64_t now;
	uint64_t done, total;
	assert_int_equal(rc_capture_open(&config, &c), RC_OK);
	while (rc_capture_next(c, frames, 64, &n, &now) == RC_OK)
		sum += n;
	assert_int_equal(sum, 3);
	assert_int_equal(counter(c, "frames"), 3);
	assert_int_equal(counter(c, "bytes"), 3);
	assert_int_equal(counter(c, "outside_window"), 1);
	assert_int_equal(counter(c, "inputs_failed"), 0);
	rc_capture_progress(c, &done, &total);
	assert_int_equal(done, total);
	assert_int_equal(total, 2 * file.len);
	assert_string_equal(rc_capture_source_name(c, 1), paths[1]);
	assert_null(rc_capture_source_name(c, 2));
	assert_false(rc_capture_is_live(c));
	rc_capture_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_merged_by_time_then_source_then_number),
		cmocka_unit_test(a_file_out_of_order_keeps_its_own_order),
		cmocka_unit_test(merging_loses_nothing_over_many_batches),
		cmocka_unit_test(one_bad_file_does_not_stop_the_others),
		cmocka_unit_test(a_directory_gives_its_captures_in_order_of_time),
		cmocka_unit_test(a_directory_without_captures_is_an_error),
		cmocka_unit_test(the_window_keeps_both_its_ends),
		cmocka_unit_test(a_filter_is_compiled_for_each_link_type),
		cmocka_unit_test(a_bad_filter_is_a_syntax_error_that_says_why),
		cmocka_unit_test(a_filter_that_fits_only_some_link_types_fails_those_files),
		cmocka_unit_test(standard_input_reads_as_it_comes),
		cmocka_unit_test(counters_names_and_progress_tell_what_was_read),
	};
	return cmocka_run_group_tests(tests, NULL, remove_all);
}
