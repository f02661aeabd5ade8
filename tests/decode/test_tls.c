/* DNS over TLS: what its connections come to, and nothing of what they carry. */
#include "tests/decode/frames.h"

static struct bytes to_server(unsigned flags, const void *data, uint32_t len)
{
	return ip4(1, 2, 6, tcp(4000, 853, 1, 1, flags, data, len));
}

static struct bytes from_server(unsigned flags, const void *data, uint32_t len)
{
	return ip4(2, 1, 6, tcp(853, 4000, 1, 2, flags, data, len));
}

static void assert_event(struct feeder *f, struct bytes frame, enum rc_tcp_event event, bool server)
{
	assert_int_equal(feed(f, 101, frame), 1);
	const struct rc_obs *o = &f->obs[0];
	assert_int_equal(o->kind, RC_OBS_TCP);
	assert_int_equal(o->transport, RC_TCP);
	assert_true(o->flags & RC_OBS_TLS);
	assert_int_equal(o->tcp_event, event);
	assert_int_equal(o->from_server, server);
	assert_int_equal(o->msg.len, 0);
}

static void tls_connections_give_events(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	assert_event(f, to_server(TCP_SYN, NULL, 0), RC_TCP_SYN, false);
	assert_event(f, from_server(TCP_SYN | TCP_ACK, NULL, 0), RC_TCP_ESTABLISHED, true);
	assert_event(f, from_server(TCP_ACK, "\x17\x03\x03", 3), RC_TCP_ESTABLISHED, true);
	assert_event(f, from_server(TCP_RST, NULL, 0), RC_TCP_RESET, true);
	assert_event(f, to_server(TCP_RST, NULL, 0), RC_TCP_RESET, false);
	assert_int_equal(counter(f, "frames_tls"), 5);
	assert_int_equal(counter(f, "messages_tcp"), 0);
	feeder_free(f);
}

static void tls_segments_that_say_nothing_new_give_nothing(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	assert_int_equal(feed(f, 101, to_server(TCP_ACK, NULL, 0)), 0);
	assert_int_equal(feed(f, 101, to_server(TCP_ACK, "\x17\x03\x03", 3)), 0);
	assert_int_equal(feed(f, 101, from_server(TCP_ACK, NULL, 0)), 0);
	assert_int_equal(feed(f, 101, from_server(TCP_SYN, NULL, 0)), 0);
	assert_int_equal(counter(f, "frames_tls"), 4);
	/* Both ports: who asks is not known. Another protocol: port 853 of UDP is DTLS. */
	assert_int_equal(feed(f, 101, ip4(1, 2, 6, tcp(853, 853, 1, 1, TCP_SYN, NULL, 0))), 0);
	assert_int_equal(feed(f, 101, ip4(1, 2, 17, udp(4000, 853, query4()))), 0);
	assert_int_equal(counter(f, "frames_other_port"), 2);
	feeder_free(f);
}

/* Cut anywhere, or with a header length below the least, it gives nothing and reads nothing behind. */
static void tls_headers_that_are_damaged_give_nothing(void **state)
{
	(void)state;
	enum { IP4_HEADER = 20, FLAGS_END = 14 };
	struct feeder *f = feeder_new(0);
	struct bytes whole = to_server(TCP_SYN, NULL, 0);
	for (size_t len = IP4_HEADER + 4; len < IP4_HEADER + FLAGS_END; len++) {
		struct rc_frame cut = {.data = whole.data,
				       .caplen = (uint32_t)len,
				       .len = (uint32_t)whole.len,
				       .linktype = 101,
				       .number = 1};
		assert_int_equal(rc_decoder_feed(f->decoder, &cut, f->obs, 8), 0);
	}
	whole.data[IP4_HEADER + 12] = 4 << 4;
	assert_int_equal(feed(f, 101, whole), 0);
	feeder_free(f);
}

static void icmp_that_quotes_a_connection_for_tls_is_told(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes quote = to_server(TCP_SYN, NULL, 0), b = {.len = 0};
	put_u8(&b, 3);
	put_u8(&b, 13);
	put_zeros(&b, 6);
	put(&b, quote.data, quote.len);
	assert_int_equal(feed(f, 101, ip4(3, 1, 1, b)), 1);
	assert_int_equal(f->obs[0].kind, RC_OBS_ICMP);
	assert_true(f->obs[0].flags & RC_OBS_TLS);
	assert_int_equal(f->obs[0].dst_port, 853);
	assert_false(f->obs[0].from_server);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_connections_give_events),
		cmocka_unit_test(tls_segments_that_say_nothing_new_give_nothing),
		cmocka_unit_test(tls_headers_that_are_damaged_give_nothing),
		cmocka_unit_test(icmp_that_quotes_a_connection_for_tls_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
