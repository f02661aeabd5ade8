#include "tests/decode/frames.h"

enum { C_ISN = 1000, S_ISN = 0xffffff00 }; /* the server's numbers wrap within the tests */

static struct bytes prefixed(struct bytes message)
{
	struct bytes b = {.len = 0};
	put_u16(&b, message.len);
	put(&b, message.data, message.len);
	return b;
}

static void append(struct bytes *b, struct bytes more)
{
	put(b, more.data, more.len);
}

/* Sends data from the client, off octets behind its SYN. */
static size_t client(struct feeder *f, uint32_t off, unsigned flags, const void *data, uint32_t len)
{
	return feed(f, 101,
		    ip4(1, 2, 6, tcp(4000, 53, C_ISN + 1 + off, S_ISN + 1, flags, data, len)));
}

static size_t server(struct feeder *f, uint32_t off, unsigned flags, const void *data, uint32_t len)
{
	return feed(f, 101,
		    ip4(2, 1, 6, tcp(53, 4000, S_ISN + 1 + off, C_ISN + 1, flags, data, len)));
}

/* The client acknowledges off octets of the server's. */
static size_t client_acks(struct feeder *f, uint32_t off)
{
	return feed(f, 101,
		    ip4(1, 2, 6, tcp(4000, 53, C_ISN + 1, S_ISN + 1 + off, TCP_ACK, NULL, 0)));
}

static void handshake(struct feeder *f)
{
	assert_int_equal(client(f, (uint32_t)-1, TCP_SYN, NULL, 0), 1);
	assert_int_equal(f->obs[0].kind, RC_OBS_TCP);
	assert_int_equal(f->obs[0].tcp_event, RC_TCP_SYN);
	assert_false(f->obs[0].from_server);
	assert_int_equal(server(f, (uint32_t)-1, TCP_SYN | TCP_ACK, NULL, 0), 1);
	assert_int_equal(f->obs[0].tcp_event, RC_TCP_ESTABLISHED);
	assert_true(f->obs[0].from_server);
}

static void stream_whole_message_is_not_copied(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes q = prefixed(dns(7, false, 1));
	uint64_t slot = f->frames % BATCH_FRAMES;
	assert_message(f, client(f, 0, TCP_ACK, q.data, q.len), 7);
	assert_ptr_equal(f->obs[0].msg.wire, f->kept[slot].data + 40 + 2);
	assert_int_equal(f->obs[0].flags, 0);
	assert_int_equal(f->obs[0].transport, RC_TCP);
	feeder_free(f);
}

static void stream_any_segmentation_gives_the_same_messages(void **state)
{
	(void)state;
	struct bytes all = prefixed(dns_big(1, 300));
	append(&all, prefixed(dns(2, true, 1)));
	append(&all, prefixed(dns_big(3, 500)));
	for (uint32_t size = 1; size < 700; size += size < 40 ? 1 : 37) {
		struct feeder *f = feeder_new(0);
		unsigned found = 0;
		handshake(f);
		for (uint32_t off = 0; off < all.len; off += size) {
			uint32_t len = all.len - off < size ? all.len - off : size;
			size_t n = server(f, off, TCP_ACK, all.data + off, len);
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(f->obs[i].msg.id, ++found);
				assert_int_equal(f->obs[i].msg.fault, RC_FAULT_NONE);
			}
		}
		assert_int_equal(found, 3);
		feeder_free(f);
	}
}

static void stream_many_messages_of_a_segment_wait_for_room(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes all = {.len = 0};
	for (unsigned i = 0; i < 20; i++)
		append(&all, prefixed(dns(i, false, 1)));
	struct bytes b = ip4(1, 2, 6, tcp(4000, 53, C_ISN + 1, 0, TCP_ACK, all.data, all.len));
	struct rc_frame frame = {
		.number = 3, .data = b.data, .caplen = b.len, .len = b.len, .linktype = 101};
	unsigned found = 0;
	size_t n = rc_decoder_feed(f->decoder, &frame, f->obs, 3);
	for (;; n = rc_decoder_feed(f->decoder, NULL, f->obs, 3)) {
		for (size_t i = 0; i < n; i++)
			assert_int_equal(f->obs[i].msg.id, found++);
		if (n < 3)
			break;
	}
	assert_int_equal(found, 20);
	feeder_free(f);
}

static void stream_order_does_not_matter(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes all = prefixed(dns_big(1, 1000));
	append(&all, prefixed(dns(2, true, 1)));
	assert_int_equal(server(f, 800, TCP_ACK, all.data + 800, all.len - 800), 0);
	assert_int_equal(server(f, 400, TCP_ACK, all.data + 400, 400), 0);
	assert_int_equal(server(f, 0, TCP_ACK, all.data, 400), 2);
	assert_int_equal(f->obs[0].msg.id, 1);
	assert_int_equal(f->obs[1].msg.id, 2);
	assert_true(f->obs[0].flags & RC_OBS_REASSEMBLED);
	assert_memory_equal(f->obs[0].msg.wire, all.data + 2, f->obs[0].msg.len);
	feeder_free(f);
}

static void stream_repeats_and_overlaps_bring_nothing_twice(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes a = prefixed(dns(1, false, 1)), both = a;
	append(&both, prefixed(dns(2, false, 1)));
	assert_int_equal(client(f, 0, TCP_ACK, a.data, a.len), 1);
	assert_int_equal(client(f, 0, TCP_ACK, a.data, a.len), 0);
	assert_int_equal(client(f, a.len - 1, TCP_ACK, "x", 1), 0); /* keep-alive */
	assert_message(f, client(f, 0, TCP_ACK, both.data, both.len), 2);
	assert_int_equal(counter(f, "segments_repeated"), 2);
	feeder_free(f);
}

static void stream_answers_may_come_in_another_order(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes queries = prefixed(dns(1, false, 1)), answers = prefixed(dns(3, true, 1));
	append(&queries, prefixed(dns(2, false, 1)));
	append(&queries, prefixed(dns(3, false, 1)));
	append(&answers, prefixed(dns(1, true, 1)));
	assert_int_equal(client(f, 0, TCP_ACK, queries.data, queries.len), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(f->obs[i].msg.id, i + 1);
	assert_int_equal(server(f, 0, TCP_ACK, answers.data, answers.len), 2);
	assert_int_equal(f->obs[0].msg.id, 3);
	assert_int_equal(f->obs[1].msg.id, 1);
	/* the second query stays open: the server's FIN leaves it without an answer */
	assert_int_equal(server(f, answers.len, TCP_ACK | TCP_FIN, NULL, 0), 1);
	assert_int_equal(f->obs[0].tcp_event, RC_TCP_CLOSED);
	feeder_free(f);
}

static void stream_transfer_of_many_messages_is_read_whole(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	enum { MESSAGES = 100, SEGMENT = 1400 };
	struct bytes all = {.len = 0};
	unsigned found = 0;
	handshake(f);
	for (unsigned i = 0; i < MESSAGES; i++)
		append(&all, prefixed(dns_big(7, 500)));
	for (uint32_t off = 0; off < all.len; off += SEGMENT) {
		uint32_t len = all.len - off < SEGMENT ? all.len - off : SEGMENT;
		size_t n = server(f, off, TCP_ACK, all.data + off, len);
		for (size_t i = 0; i < n; i++)
			found += f->obs[i].msg.id == 7 && f->obs[i].msg.fault == RC_FAULT_NONE;
	}
	assert_int_equal(found, MESSAGES);
	feeder_free(f);
}

static void stream_lost_body_gives_a_cut_message_and_goes_on(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes first = prefixed(dns_big(1, 1000)), all = first;
	append(&all, prefixed(dns(2, true, 1)));
	assert_int_equal(server(f, 0, TCP_ACK, all.data, 400), 0);
	assert_int_equal(server(f, 800, TCP_ACK, all.data + 800, all.len - 800), 0);
	/* the client has it all: what is missing was lost by the capture, not by the network */
	assert_int_equal(client_acks(f, all.len), 2);
	assert_int_equal(f->obs[0].msg.id, 1);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
	assert_true(f->obs[0].flags & RC_OBS_CUT);
	assert_int_equal(f->obs[0].msg.len, 398);
	assert_int_equal(f->obs[0].src_port, 53);
	assert_true(f->obs[0].from_server);
	assert_int_equal(f->obs[1].msg.id, 2);
	assert_int_equal(f->obs[1].msg.fault, RC_FAULT_NONE);
	assert_true(f->obs[1].flags & RC_OBS_RESYNC);
	assert_int_equal(counter(f, "stream_gaps"), 1);
	feeder_free(f);
}

static void stream_message_behind_a_gap_has_its_own_frame_and_time(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes all = prefixed(dns(1, true, 1));
	uint32_t first = all.len;
	append(&all, prefixed(dns(2, true, 1)));
	assert_int_equal(server(f, first, TCP_ACK, all.data + first, all.len - first), 0);
	uint64_t frame = f->frames;
	int64_t ts_ns = f->ts_ns;
	f->ts_ns += RC_NS_PER_MS;
	assert_message(f, client_acks(f, all.len), 2);
	assert_int_equal(f->obs[0].frame, frame);
	assert_true(f->obs[0].ts_ns == ts_ns);
	assert_int_equal(f->obs[0].src_port, 53);
	feeder_free(f);
}

static void stream_unacknowledged_gap_waits(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes all = prefixed(dns(1, true, 1));
	uint32_t first = all.len;
	append(&all, prefixed(dns(2, true, 1)));
	assert_int_equal(server(f, first, TCP_ACK, all.data + first, all.len - first), 0);
	assert_int_equal(client_acks(f, 0), 0);
	assert_int_equal(server(f, 0, TCP_ACK, all.data, first), 2);
	assert_int_equal(f->obs[0].msg.id, 1);
	feeder_free(f);
}

static void stream_begins_midway_at_a_boundary(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = prefixed(dns(7, false, 1));
	assert_message(f, client(f, 5000, TCP_ACK, q.data, q.len), 7);
	assert_true(f->obs[0].flags & RC_OBS_RESYNC);
	assert_message(f, client(f, 5000 + q.len, TCP_ACK, q.data, q.len), 7);
	assert_int_equal(f->obs[0].flags & RC_OBS_RESYNC, 0);
	assert_int_equal(counter(f, "streams_midway"), 1);
	feeder_free(f);
}

static void stream_begins_midway_inside_a_message(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes all = prefixed(dns_big(1, 300));
	append(&all, prefixed(dns_big(2, 300)));
	append(&all, prefixed(dns(3, true, 1)));
	assert_int_equal(server(f, 100, TCP_ACK, all.data + 100, all.len - 100), 2);
	assert_int_equal(f->obs[0].msg.id, 2);
	assert_true(f->obs[0].flags & RC_OBS_RESYNC);
	assert_int_equal(f->obs[1].msg.id, 3);
	feeder_free(f);
}

static void stream_prefix_in_its_own_segment_is_found_midway(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = prefixed(dns(7, false, 1));
	assert_int_equal(client(f, 0, TCP_ACK, q.data, 2), 0);
	assert_message(f, client(f, 2, TCP_ACK, q.data + 2, q.len - 2), 7);
	feeder_free(f);
}

static void stream_data_on_the_syn_is_read(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = prefixed(dns(7, false, 1));
	assert_int_equal(client(f, (uint32_t)-1, TCP_SYN, q.data, q.len), 2);
	assert_int_equal(f->obs[0].tcp_event, RC_TCP_SYN);
	assert_int_equal(f->obs[1].kind, RC_OBS_MESSAGE);
	assert_int_equal(f->obs[1].msg.id, 7);
	/* not accepted: sent again after the handshake */
	assert_int_equal(server(f, (uint32_t)-1, TCP_SYN | TCP_ACK, NULL, 0), 1);
	assert_int_equal(client(f, 0, TCP_ACK, q.data, q.len), 0);
	feeder_free(f);
}

static void stream_new_connection_on_the_same_ports_starts_afresh(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = prefixed(dns(7, false, 1));
	handshake(f);
	assert_int_equal(client(f, 0, TCP_ACK, q.data, 20), 0);
	struct bytes syn = ip4(1, 2, 6, tcp(4000, 53, 99, 0, TCP_SYN, NULL, 0));
	assert_int_equal(feed(f, 101, syn), 1);
	struct bytes b = ip4(1, 2, 6, tcp(4000, 53, 100, 0, TCP_ACK, q.data, q.len));
	assert_message(f, feed(f, 101, b), 7);
	assert_int_equal(f->obs[0].flags, 0);
	feeder_free(f);
}

static void stream_reset_tells_who_sent_it(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	handshake(f);
	assert_int_equal(server(f, 0, TCP_RST, NULL, 0), 1);
	assert_int_equal(f->obs[0].tcp_event, RC_TCP_RESET);
	assert_true(f->obs[0].from_server);
	assert_int_equal(client(f, 0, TCP_RST, NULL, 0), 1);
	assert_false(f->obs[0].from_server);
	feeder_free(f);
}

static void stream_close_with_an_open_query_is_told(void **state)
{
	(void)state;
	struct bytes q = prefixed(dns(7, false, 1)), r = prefixed(dns(7, true, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	client(f, 0, TCP_ACK, q.data, q.len);
	assert_int_equal(server(f, 0, TCP_FIN | TCP_ACK, NULL, 0), 1);
	assert_int_equal(f->obs[0].kind, RC_OBS_TCP);
	assert_int_equal(f->obs[0].tcp_event, RC_TCP_CLOSED);
	assert_true(f->obs[0].from_server);
	assert_int_equal(server(f, 0, TCP_FIN | TCP_ACK, NULL, 0), 0); /* once */
	feeder_free(f);

	f = feeder_new(0);
	handshake(f);
	client(f, 0, TCP_ACK, q.data, q.len);
	assert_message(f, server(f, 0, TCP_FIN | TCP_ACK, r.data, r.len), 7);
	feeder_free(f);
}

/* Its client has given up before: it waited for nothing any more. */
static void stream_close_after_its_client_is_not_told(void **state)
{
	(void)state;
	struct bytes q = prefixed(dns(7, false, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	client(f, 0, TCP_ACK, q.data, q.len);
	assert_int_equal(client(f, q.len, TCP_FIN | TCP_ACK, NULL, 0), 0);
	assert_int_equal(server(f, 0, TCP_FIN | TCP_ACK, NULL, 0), 0);
	feeder_free(f);
}

static void stream_close_behind_a_gap_accuses_nobody(void **state)
{
	(void)state;
	struct bytes q = prefixed(dns(7, false, 1)), r = prefixed(dns(8, true, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	client(f, 0, TCP_ACK, q.data, q.len);
	assert_int_equal(server(f, 100, TCP_FIN | TCP_ACK, r.data, r.len), 0);
	assert_int_equal(client_acks(f, 100 + r.len + 1), 2);
	assert_int_equal(f->obs[0].msg.id, 8);
	assert_int_equal(f->obs[1].kind, RC_OBS_TCP);
	assert_int_equal(f->obs[1].tcp_event, RC_TCP_GAP);
	assert_true(f->obs[1].from_server);
	assert_int_equal(f->obs[1].src_port, 53);
	assert_int_equal(f->obs[1].dst_port, 4000);
	feeder_free(f);
}

static void stream_gap_without_an_open_query_is_not_told(void **state)
{
	(void)state;
	struct bytes q = prefixed(dns(7, false, 1)), r = prefixed(dns(7, true, 1));
	struct bytes behind = prefixed(dns(8, true, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	client(f, 0, TCP_ACK, q.data, q.len);
	assert_message(f, server(f, 0, TCP_ACK, r.data, r.len), 7);
	assert_int_equal(server(f, r.len + 100, TCP_ACK, behind.data, behind.len), 0);
	assert_message(f, client_acks(f, r.len + 100 + behind.len), 8);
	feeder_free(f);
}

/* The capture lost a query, or began after it: an answer that no query stands for is no stranger's. */
static void stream_answers_may_belong_to_queries_that_are_missing(void **state)
{
	(void)state;
	struct bytes q = prefixed(dns(7, false, 1)), r = prefixed(dns(7, true, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	assert_int_equal(client(f, 100, TCP_ACK, q.data, q.len), 0);
	/* the server acknowledges what is missing */
	assert_int_equal(
		feed(f, 101,
		     ip4(2, 1, 6, tcp(53, 4000, S_ISN + 1, C_ISN + 101 + q.len, TCP_ACK, NULL, 0))),
		1);
	assert_message(f, server(f, 0, TCP_ACK, r.data, r.len), 7);
	assert_true(f->obs[0].flags & RC_OBS_UNASKED);
	feeder_free(f);

	f = feeder_new(0);
	assert_message(f, client(f, 0, TCP_ACK, q.data, q.len), 7);
	assert_message(f, server(f, 0, TCP_ACK, r.data, r.len), 7);
	assert_true(f->obs[0].flags & RC_OBS_UNASKED);
	feeder_free(f);

	f = feeder_new(0);
	handshake(f);
	assert_message(f, client(f, 0, TCP_ACK, q.data, q.len), 7);
	assert_message(f, server(f, 0, TCP_ACK, r.data, r.len), 7);
	assert_int_equal(f->obs[0].flags & RC_OBS_UNASKED, 0);

	/* queues of a card read by turns: the server has what the capture has not yet */
	struct bytes next = prefixed(dns(8, false, 1)), early = prefixed(dns(8, true, 1));
	struct bytes b = ip4(2, 1, 6,
			     tcp(53, 4000, S_ISN + 1 + r.len, C_ISN + 1 + q.len + next.len, TCP_ACK,
				 early.data, early.len));
	assert_message(f, feed(f, 101, b), 8);
	assert_true(f->obs[0].flags & RC_OBS_UNASKED);
	assert_message(f, client(f, q.len, TCP_ACK, next.data, next.len), 8);
	feeder_free(f);
}

static void stream_cut_segment_gives_a_cut_message_and_stays_in_step(void **state)
{
	(void)state;
	struct bytes r = prefixed(dns_big(7, 500)), next = prefixed(dns(8, true, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	struct bytes b = ip4(2, 1, 6, tcp(53, 4000, S_ISN + 1, 0, TCP_ACK, r.data, r.len));
	assert_int_equal(feed_cut(f, 101, &b, 128), 1);
	assert_int_equal(f->obs[0].msg.id, 7);
	assert_int_equal(f->obs[0].msg.len, 128 - 40 - 2);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
	assert_message(f, server(f, r.len, TCP_ACK, next.data, next.len), 8);
	feeder_free(f);
}

static void stream_idle_ones_are_forgotten(void **state)
{
	(void)state;
	struct bytes q = prefixed(dns(7, false, 1));
	struct feeder *f = feeder_new(0);
	handshake(f);
	client(f, 0, TCP_ACK, q.data, 10);
	f->ts_ns += 121 * RC_NS_PER_S;
	rc_decoder_expire(f->decoder, f->ts_ns, f->obs, OBS_MAX);
	assert_int_equal(counter(f, "streams_expired"), 1);
	assert_int_equal(client(f, 10, TCP_ACK, q.data + 10, q.len - 10), 0);
	feeder_free(f);
}

static void stream_memory_is_bounded(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = prefixed(dns(7, false, 1));
	for (unsigned port = 1024; port < 9000; port++) {
		struct bytes b = ip4(1, 2, 6, tcp(port, 53, 1, 0, TCP_SYN, NULL, 0));
		feed(f, 101, b);
		b = ip4(1, 2, 6, tcp(port, 53, 2, 0, TCP_ACK, q.data, 10));
		feed(f, 101, b);
	}
	assert_true(counter(f, "streams_evicted") > 1000);
	struct bytes b = ip4(1, 2, 6, tcp(8999, 53, 12, 0, TCP_ACK, q.data + 10, q.len - 10));
	assert_message(f, feed(f, 101, b), 7);
	feeder_free(f);
}

static void stream_held_back_octets_are_bounded(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(8 << 20);
	handshake(f);
	struct bytes q = prefixed(dns(7, true, 1));
	for (unsigned i = 0; i < 200; i++) /* whole messages, each behind a hole */
		server(f, 1000 + i * 1000, TCP_ACK, q.data, q.len);
	assert_true(counter(f, "segments_dropped") > 0);
	assert_true(counter(f, "messages_tcp") >= 64);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_whole_message_is_not_copied),
		cmocka_unit_test(stream_any_segmentation_gives_the_same_messages),
		cmocka_unit_test(stream_many_messages_of_a_segment_wait_for_room),
		cmocka_unit_test(stream_order_does_not_matter),
		cmocka_unit_test(stream_repeats_and_overlaps_bring_nothing_twice),
		cmocka_unit_test(stream_answers_may_come_in_another_order),
		cmocka_unit_test(stream_transfer_of_many_messages_is_read_whole),
		cmocka_unit_test(stream_lost_body_gives_a_cut_message_and_goes_on),
		cmocka_unit_test(stream_message_behind_a_gap_has_its_own_frame_and_time),
		cmocka_unit_test(stream_unacknowledged_gap_waits),
		cmocka_unit_test(stream_begins_midway_at_a_boundary),
		cmocka_unit_test(stream_begins_midway_inside_a_message),
		cmocka_unit_test(stream_prefix_in_its_own_segment_is_found_midway),
		cmocka_unit_test(stream_data_on_the_syn_is_read),
		cmocka_unit_test(stream_new_connection_on_the_same_ports_starts_afresh),
		cmocka_unit_test(stream_reset_tells_who_sent_it),
		cmocka_unit_test(stream_close_with_an_open_query_is_told),
		cmocka_unit_test(stream_close_after_its_client_is_not_told),
		cmocka_unit_test(stream_close_behind_a_gap_accuses_nobody),
		cmocka_unit_test(stream_gap_without_an_open_query_is_not_told),
		cmocka_unit_test(stream_answers_may_belong_to_queries_that_are_missing),
		cmocka_unit_test(stream_cut_segment_gives_a_cut_message_and_stays_in_step),
		cmocka_unit_test(stream_idle_ones_are_forgotten),
		cmocka_unit_test(stream_memory_is_bounded),
		cmocka_unit_test(stream_held_back_octets_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
