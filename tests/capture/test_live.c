/*
 * Live capture over a pair of virtual interfaces in a network namespace of its own. Needs root and
 * iproute2; otherwise the cases are skipped, with a message.
 */
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "base/limits.h"
#include "decode/decoder.h"
#include "tests/capture/packets.h"

#define MS INT64_C(1000000)

static bool have_links;
static struct seen seen;

static int make_links(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNET) != 0) {
		print_message("skipping live capture: no right to make a network namespace\n");
		return 0;
	}
	int rc = system("{ echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6;"
			"  ip link add rca0 type veth peer name rca1 &&"
			"  ip link add rcb0 type veth peer name rcb1 &&"
			"  for i in rca0 rca1 rcb0 rcb1; do ip link set $i up || exit 1; done; }"
			"  >/dev/null 2>&1");
	have_links = rc == 0;
	if (rc)
		print_message("skipping live capture: cannot make veth interfaces\n");
	return 0;
}

static int64_t now_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void send_frame(const char *iface, const uint8_t *data, uint32_t len)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	assert_true(fd >= 0);
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_ifindex = (int)if_nametoindex(iface)};
	assert_int_equal(sendto(fd, data, len, 0, (struct sockaddr *)&to, sizeof to), (int)len);
	close(fd);
}

static struct rc_capture *open_live(const char *const *ifaces, size_t n, const char *filter)
{
	struct rc_capture *c = NULL;
	struct rc_capture_config config = {.ifaces = ifaces,
					   .n_ifaces = n,
					   .filter = filter,
					   .to_ns = INT64_MAX,
					   .on_error = see_error,
					   .error_context = &seen};
	struct rc_buf carriers = rc_buf_init(RC_FILTER_TEXT_MAX);
	rc_decoder_carriers(&carriers);
	rc_buf_putc(&carriers, '\0');
	config.carriers = carriers.data;
	seen = (struct seen){.n = 0};
	assert_int_equal(rc_capture_open(&config, &c), RC_OK);
	rc_buf_free(&carriers);
	return c;
}

/* Reads until want frames came or a second has passed. */
static void collect(struct rc_capture *c, size_t want, uint8_t (*copies)[FRAME_MAX])
{
	int64_t end = now_ns() + 1000 * MS, now;
	struct rc_frame frames[64];
	size_t n;
	while (seen.n < want && now_ns() < end && rc_capture_next(c, frames, 64, &n, &now) == RC_OK)
		for (size_t i = 0; i < n && seen.n < SEEN_MAX; i++) {
			if (copies)
				memcpy(copies[seen.n], frames[i].data, frames[i].caplen);
			seen.first_byte[seen.n] = frames[i].data[frames[i].caplen - 1];
			seen.frames[seen.n++] = frames[i];
		}
}

static void default_filter_passes_every_encapsulation_in_the_kernel(void **state)
{
	static uint8_t copies[SEEN_MAX][FRAME_MAX];
	const char *iface = "rca0";
	size_t want = 0;
	(void)state;
	if (!have_links)
		skip();
	struct rc_capture *c = open_live(&iface, 1, NULL);
	for (size_t i = 0; i < N_ENCAPSULATIONS; i++) {
		struct frame f;
		write_frame(&f, encapsulations[i].headers);
		f.data[f.len - 1] = (uint8_t)i;
		send_frame("rca1", f.data, f.len);
		want += encapsulations[i].pass;
	}
	/* One more to know that all came. */
	struct frame last;
	write_frame(&last, "E4u");
	last.data[last.len - 1] = 0xff;
	send_frame("rca1", last.data, last.len);
	collect(c, want + 1, copies);
	size_t k = 0;
	for (size_t i = 0; i < N_ENCAPSULATIONS; i++) {
		struct frame f;
		if (!encapsulations[i].pass)
			continue;
		write_frame(&f, encapsulations[i].headers);
		f.data[f.len - 1] = (uint8_t)i;
		if (k >= seen.n || seen.first_byte[k] != i)
			fail_msg("%s: lost", encapsulations[i].name);
		assert_int_equal(seen.frames[k].caplen, f.len);
		assert_memory_equal(copies[k], f.data, f.len);
		assert_int_equal(seen.frames[k].linktype, 1);
		assert_int_equal(seen.frames[k].number, k + 1);
		k++;
	}
	assert_int_equal(seen.n, want + 1);
	rc_capture_close(c);
}

static void a_silent_link_returns_with_the_time_of_day(void **state)
{
	const char *ifaces[] = {"rca0", "rcb0"};
	(void)state;
	if (!have_links)
		skip();
	for (size_t n_ifaces = 1; n_ifaces <= 2; n_ifaces++) {
		struct rc_capture *c = open_live(ifaces, n_ifaces, NULL);
		struct rc_frame frames[64];
		size_t n = 9;
		int64_t reached, before = now_ns();
		assert_int_equal(rc_capture_next(c, frames, 64, &n, &reached), RC_OK);
		int64_t took = now_ns() - before;
		assert_int_equal(n, 0);
		assert_true(took >= 50 * MS && took < 500 * MS);
		assert_true(reached > before - 500 * MS && reached <= now_ns());
		rc_capture_close(c);
	}
}

static void a_frame_leaves_within_a_second_with_its_own_time(void **state)
{
	const char *iface = "rca0";
	struct frame f;
	(void)state;
	if (!have_links)
		skip();
	struct rc_capture *c = open_live(&iface, 1, NULL);
	write_frame(&f, "E4u");
	int64_t sent = now_ns();
	send_frame("rca1", f.data, f.len);
	collect(c, 1, NULL);
	assert_int_equal(seen.n, 1);
	assert_true(now_ns() - sent < 1000 * MS);
	assert_true(seen.frames[0].ts_ns >= sent && seen.frames[0].ts_ns < sent + 100 * MS);
	assert_true(rc_capture_is_live(c));
	rc_capture_close(c);
}

static void interfaces_are_merged_by_time(void **state)
{
	const char *ifaces[] = {"rca0", "rcb0"};
	struct frame f;
	(void)state;
	if (!have_links)
		skip();
	struct rc_capture *c = open_live(ifaces, 2, NULL);
	write_frame(&f, "E4u");
	for (uint8_t i = 0; i < 200; i++) {
		f.data[f.len - 1] = i;
		send_frame(i % 3 ? "rcb1" : "rca1", f.data, f.len);
	}
	collect(c, 200, NULL);
	assert_int_equal(seen.n, 200);
	for (size_t i = 0; i < 200; i++) {
		assert_int_equal(seen.first_byte[i], i);
		assert_int_equal(seen.frames[i].source, i % 3 ? 1 : 0);
	}
	rc_capture_close(c);
}

static void a_filter_of_the_user_replaces_the_default(void **state)
{
	const char *iface = "rca0";
	struct frame f;
	(void)state;
	if (!have_links)
		skip();
	struct rc_capture *c = open_live(&iface, 1, "tcp port 443");
	write_frame(&f, "E4u");
	send_frame("rca1", f.data, f.len);
	write_frame(&f, "E4w");
	f.data[f.len - 1] = 'w';
	send_frame("rca1", f.data, f.len);
	collect(c, 1, NULL);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.first_byte[0], 'w');
	rc_capture_close(c);
}

static void a_bad_filter_or_interface_says_why(void **state)
{
	struct rc_capture *c;
	const char *iface = "rca0", *missing = "rc-missing";
	(void)state;
	if (!have_links)
		skip();
	struct rc_capture_config config = {.ifaces = &iface,
					   .n_ifaces = 1,
					   .filter = "port and and",
					   .on_error = see_error,
					   .error_context = &seen};
	seen = (struct seen){.n = 0};
	assert_int_equal(rc_capture_open(&config, &c), RC_E_SYNTAX);
	assert_int_equal(seen.n_errors, 1);
	config.ifaces = &missing;
	config.filter = NULL;
	assert_int_equal(rc_capture_open(&config, &c), RC_E_NOT_FOUND);
	assert_int_equal(seen.n_errors, 2);
	assert_string_equal(seen.what, "rc-missing");
}

static struct rc_capture *to_stop;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	rc_capture_stop(to_stop);
}

static void stop_from_a_signal_handler_ends_a_blocked_read(void **state)
{
	const char *iface = "rca0";
	struct rc_frame frames[64];
	size_t n;
	int64_t now;
	(void)state;
	if (!have_links)
		skip();
	to_stop = open_live(&iface, 1, NULL);
	signal(SIGALRM, on_alarm);
	struct itimerval soon = {.it_value = {.tv_usec = 20000}};
	int64_t before = now_ns();
	setitimer(ITIMER_REAL, &soon, NULL);
	/* What the kernel still holds is read before the end. */
	int rc = RC_OK;
	while (rc == RC_OK && now_ns() - before < 2000 * MS)
		rc = rc_capture_next(to_stop, frames, 64, &n, &now);
	assert_int_equal(rc, RC_E_EOF);
	assert_int_equal(rc_capture_next(to_stop, frames, 64, &n, &now), RC_E_EOF);
	assert_false(rc_capture_failed(to_stop));
	rc_capture_close(to_stop);
}

static void an_interface_that_vanishes_does_not_stop_the_others(void **state)
{
	const char *ifaces[] = {"rca0", "rcb0"};
	struct rc_frame frames[64];
	size_t n;
	int64_t now;
	struct frame f;
	(void)state;
	if (!have_links)
		skip();
	struct rc_capture *c = open_live(ifaces, 2, NULL);
	assert_int_equal(system("ip link del rcb0"), 0);
	for (int i = 0; i < 10 && seen.n_errors == 0; i++)
		assert_int_equal(rc_capture_next(c, frames, 64, &n, &now), RC_OK);
	assert_int_equal(seen.n_errors, 1);
	assert_string_equal(seen.what, "rcb0");
	assert_true(rc_capture_failed(c));
	write_frame(&f, "E4u");
	send_frame("rca1", f.data, f.len);
	collect(c, 1, NULL);
	assert_int_equal(seen.n, 1);
	assert_int_equal(system("ip link del rca0"), 0);
	int rc = RC_OK;
	for (int i = 0; i < 10 && rc == RC_OK; i++)
		rc = rc_capture_next(c, frames, 64, &n, &now);
	assert_int_equal(rc, RC_E_EOF);
	assert_int_equal(seen.n_errors, 2);
	rc_capture_close(c);
}

static void find_loopback(void *context, const char *name, const char *text)
{
	if (strcmp(name, "lo") == 0 && strstr(text, "loopback"))
		*(bool *)context = true;
}

static void interfaces_are_listed(void **state)
{
	bool found = false;
	(void)state;
	if (!have_links)
		skip();
	assert_int_equal(rc_capture_list_interfaces(find_loopback, &found), RC_OK);
	assert_true(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_filter_passes_every_encapsulation_in_the_kernel),
		cmocka_unit_test(a_silent_link_returns_with_the_time_of_day),
		cmocka_unit_test(a_frame_leaves_within_a_second_with_its_own_time),
		cmocka_unit_test(interfaces_are_merged_by_time),
		cmocka_unit_test(a_filter_of_the_user_replaces_the_default),
		cmocka_unit_test(a_bad_filter_or_interface_says_why),
		cmocka_unit_test(stop_from_a_signal_handler_ends_a_blocked_read),
		cmocka_unit_test(interfaces_are_listed),
		cmocka_unit_test(an_interface_that_vanishes_does_not_stop_the_others),
	};
	return cmocka_run_group_tests(tests, make_links, NULL);
}
