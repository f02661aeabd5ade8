#include "base/err.h"
#include "tests/decode/frames.h"

static void decoder_udp_message_carries_what_the_headers_say(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = ether(0x0800, query4());
	struct rc_frame frame = {.ts_ns = 123456789,
				 .number = 42,
				 .data = b.data,
				 .caplen = b.len,
				 .len = b.len,
				 .linktype = 1,
				 .source = 3};
	assert_message(f, rc_decoder_feed(f->decoder, &frame, f->obs, OBS_MAX), 0x1234);
	const struct rc_obs *o = &f->obs[0];
	assert_int_equal(o->transport, RC_UDP);
	assert_int_equal(o->flags, 0);
	assert_true(o->ts_ns == 123456789);
	assert_int_equal(o->frame, 42);
	assert_int_equal(o->source, 3);
	assert_int_equal(o->src_port, 4000);
	assert_int_equal(o->dst_port, 53);
	assert_int_equal(o->ip_id, 77);
	assert_int_equal(o->ip_ttl, 64);
	assert_int_equal(o->vlan, 0);
	assert_false(o->from_server);
	assert_true(rc_addr_is_v4(&o->src));
	assert_int_equal(o->src.bytes[15], 1);
	assert_int_equal(o->dst.bytes[15], 2);
	feeder_free(f);
}

static void decoder_every_frame_has_one_fate(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	feed(f, 1, ether(0x0800, query4()));
	feed(f, 1, ether(0x0806, query4()));                               /* ARP */
	feed(f, 101, ip4(1, 2, 17, udp(5, 6, query4())));                  /* other port */
	feed(f, 101, ip4(1, 2, 89, query4()));                             /* OSPF */
	feed(f, 101, ip4(1, 2, 6, tcp(4000, 53, 1, 1, TCP_ACK, NULL, 0))); /* bare ACK */
	feed(f, 101, ip4(1, 2, 6, tcp(4000, 53, 1, 1, TCP_SYN, NULL, 0)));
	feed(f, 101, ip4(1, 2, 6, tcp(4000, 443, 1, 1, TCP_SYN, NULL, 0)));
	feed(f, 101, ip4(1, 2, 17, udp(4000, 53, (struct bytes){.len = 5}))); /* no header */
	feed(f, 101, (struct bytes){.len = 0});
	struct rc_counter_set set = rc_decoder_counters(f->decoder);
	uint64_t fates = 0;
	for (size_t i = 0; i < set.n; i++)
		if (strncmp(set.desc[i].name, "frames_", 7) == 0)
			fates += rc_counter_value(&set, i);
	assert_int_equal(fates, f->frames);
	assert_int_equal(counter(f, "frames"), f->frames);
	assert_int_equal(counter(f, "frames_dns"), 1);
	assert_int_equal(counter(f, "frames_tcp"), 2);
	assert_int_equal(counter(f, "frames_other_port"), 2);
	assert_int_equal(counter(f, "frames_no_message"), 1);
	assert_int_equal(counter(f, "fault_header_short"), 1);
	feeder_free(f);
}

static void assert_same(const struct rc_obs *a, const struct rc_obs *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->transport, b->transport);
	assert_int_equal(a->flags, b->flags);
	assert_true(a->ts_ns == b->ts_ns && a->encaps == b->encaps);
	assert_int_equal(a->src_port, b->src_port);
	assert_int_equal(a->dst_port, b->dst_port);
	assert_int_equal(a->ip_id, b->ip_id);
	assert_int_equal(a->ip_ttl, b->ip_ttl);
	assert_int_equal(a->vlan, b->vlan);
	assert_int_equal(a->from_server, b->from_server);
	assert_int_equal(a->inner_vlan, b->inner_vlan);
	assert_int_equal(a->source, b->source);
	assert_memory_equal(a->src_mac, b->src_mac, sizeof a->src_mac);
	assert_memory_equal(a->dst_mac, b->dst_mac, sizeof a->dst_mac);
	assert_true(rc_addr_equal(&a->src, &b->src) && rc_addr_equal(&a->dst, &b->dst));
	assert_int_equal(a->msg.len, b->msg.len);
	assert_int_equal(a->msg.fault, b->msg.fault);
	assert_int_equal(a->msg.fault_off, b->msg.fault_off);
	assert_int_equal(a->msg.id, b->msg.id);
	assert_true(a->msg.qname_hash == b->msg.qname_hash);
}

/*
 * Behind a preamble (LINKTYPE_ETHERNET_MPACKET) the same Ethernet frame is read layer by layer: whatever
 * its headers hold, and wherever it is cut or padded.
 */
static void decoder_short_way_through_headers_ends_where_the_long_one_does(void **state)
{
	static const unsigned values[] = {0x00, 0x01, 0x08, 0x11, 0x35,
					  0x45, 0x46, 0x60, 0x80, 0xff};
	const unsigned n_values = sizeof values / sizeof *values;
	(void)state;
	struct feeder *f = feeder_new(0);
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct bytes plain = v6 ? ether(0x86dd, query6()) : ether(0x0800, query4());
		put_zeros(&plain, 3); /* padding */
		for (unsigned i = 0; i < 64 * n_values + plain.len; i++) {
			struct bytes b = plain;
			uint32_t caplen = b.len;
			if (i < 64 * n_values)
				b.data[i / n_values] = (uint8_t)values[i % n_values];
			else
				caplen = i - 64 * n_values;
			struct bytes behind = wrap("55555555555555d5", b);
			size_t n = feed_cut(f, 1, &b, caplen);
			struct rc_obs o = f->obs[0];
			assert_int_equal(feed_cut(f, 274, &behind, caplen + 8), n);
			if (n > 0)
				assert_same(&o, &f->obs[0]);
		}
	}
	assert_true(counter(f, "messages_udp") > 300);
	feeder_free(f);
}

static void decoder_counters_have_unique_names(void **state)
{
	(void)state;
	struct rc_counter_set set = rc_decoder_counters(NULL);
	assert_null(set.base);
	for (size_t i = 0; i < set.n; i++) {
		assert_non_null(set.desc[i].help);
		for (size_t k = i + 1; k < set.n; k++) {
			assert_string_not_equal(set.desc[i].name, set.desc[k].name);
			assert_true(set.desc[i].offset != set.desc[k].offset);
		}
	}
}

static void decoder_cut_message_is_flagged(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = ip4(2, 1, 17, udp(53, 4000, dns_big(9, 300)));
	for (uint32_t caplen = 20 + 8 + 12; caplen < b.len; caplen++) {
		assert_int_equal(feed_cut(f, 101, &b, caplen), 1);
		assert_int_equal(f->obs[0].msg.id, 9);
		assert_int_equal(f->obs[0].msg.len, caplen - 28);
		assert_int_equal(f->obs[0].msg.fault, RC_FAULT_CUT);
		assert_true(f->obs[0].flags & RC_OBS_CUT);
	}
	assert_true(counter(f, "messages_cut") > 0);
	feeder_free(f);
}

static void decoder_udp_length_ends_the_message(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = udp(4000, 53, dns(7, false, 1));
	uint32_t len = q.len;
	put_zeros(&q, 10);
	assert_message(f, feed(f, 101, ip4(1, 2, 17, q)), 7);
	assert_int_equal(f->obs[0].msg.len, len - 8);
	feeder_free(f);
}

static void decoder_udp_length_beyond_the_packet_is_not_the_captures_doing(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes q = udp(4000, 53, dns(7, false, 1));
	q.data[4] = 2;
	assert_int_equal(feed(f, 101, ip4(1, 2, 17, q)), 1);
	assert_false(f->obs[0].flags & RC_OBS_CUT);
	assert_int_equal(f->obs[0].msg.fault, RC_FAULT_NONE);
	assert_int_equal(counter(f, "messages_cut"), 0);
	assert_int_equal(counter(f, "udp_length_bad"), 1);
	feeder_free(f);
}

static void decoder_message_without_a_header_is_told_as_such(void **state)
{
	(void)state;
	struct feeder *f = feeder_new(0);
	struct bytes b = dns(7, true, 1);
	for (b.len = 0; b.len < 12; b.len++) {
		assert_int_equal(feed(f, 101, ip4(2, 1, 17, udp(53, 4000, b))), 1);
		assert_int_equal(f->obs[0].kind, RC_OBS_SHORT);
		assert_int_equal(f->obs[0].msg.fault, RC_FAULT_HEADER_SHORT);
		assert_true(f->obs[0].from_server);
	}
	assert_int_equal(counter(f, "fault_header_short"), 12);
	assert_int_equal(counter(f, "frames_no_message"), 12);
	/* cut by the capture, not short by itself */
	b = ip4(2, 1, 17, udp(53, 4000, dns(7, true, 1)));
	assert_int_equal(feed_cut(f, 101, &b, 28 + 11), 0);
	assert_int_equal(counter(f, "fault_header_short"), 12);
	feeder_free(f);
}

static void decoder_takes_its_ports_from_the_configuration(void **state)
{
	(void)state;
	static const uint16_t ports[] = {5353, 54};
	struct rc_decoder_config config = {.seed = 1, .ports = ports, .n_ports = 2};
	struct rc_decoder *d;
	struct rc_obs obs[2];
	assert_int_equal(rc_decoder_new(&config, &d), 0);
	for (unsigned port = 53; port < 56; port++) {
		struct bytes b = ip4(1, 2, 17, udp(port, 4000, dns(7, true, 1)));
		struct rc_frame frame = {
			.data = b.data, .caplen = b.len, .len = b.len, .linktype = 101};
		assert_int_equal(rc_decoder_feed(d, &frame, obs, 2), port == 54);
	}
	assert_true(obs[0].from_server);
	rc_decoder_free(d);
	config.n_ports = 0;
	assert_int_equal(rc_decoder_new(&config, &d), RC_E_RANGE);
	config.n_ports = 17;
	assert_int_equal(rc_decoder_new(&config, &d), RC_E_RANGE);
	rc_decoder_free(NULL);
}

static void decoder_full_scratch_is_counted_and_freed_by_the_next_batch(void **state)
{
	(void)state;
	enum { MORE = 0x2000, FIRST = 30000 };
	struct feeder *f = feeder_new(0);
	struct bytes payload = udp(53, 4000, dns_big(9, 60000));
	size_t n = 0;
	for (unsigned id = 0; id < 8; id++) {
		feed(f, 101, ip4_fragment(2, 1, 17, id, MORE, payload.data, FIRST));
		n += feed(f, 101,
			  ip4_fragment(2, 1, 17, id, FIRST / 8, payload.data + FIRST,
				       payload.len - FIRST));
	}
	assert_int_equal(n, 4); /* of 256 KiB */
	assert_int_equal(counter(f, "scratch_full"), 4);
	rc_decoder_batch(f->decoder);
	feed(f, 101, ip4_fragment(2, 1, 17, 9, MORE, payload.data, FIRST));
	assert_int_equal(feed(f, 101,
			      ip4_fragment(2, 1, 17, 9, FIRST / 8, payload.data + FIRST,
					   payload.len - FIRST)),
			 1);
	feeder_free(f);
}

static void decoder_extreme_times_are_harmless(void **state)
{
	(void)state;
	static const int64_t times[] = {INT64_MIN, -1, 0, INT64_MAX, INT64_MIN, INT64_MAX};
	struct feeder *f = feeder_new(0);
	struct bytes b = udp(53, 4000, dns_big(9, 2000));
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		f->ts_ns = times[i];
		feed(f, 101, ip4_fragment(2, 1, 17, (unsigned)i, 0x2000, b.data, 800));
		feed(f, 101, ip4(1, 2, 6, tcp(4000, 53, 1, 0, TCP_SYN, NULL, 0)));
		rc_decoder_expire(f->decoder, times[i], f->obs, OBS_MAX);
	}
	assert_int_equal(counter(f, "fragments"), 6);
	feeder_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoder_udp_message_carries_what_the_headers_say),
		cmocka_unit_test(decoder_every_frame_has_one_fate),
		cmocka_unit_test(decoder_short_way_through_headers_ends_where_the_long_one_does),
		cmocka_unit_test(decoder_counters_have_unique_names),
		cmocka_unit_test(decoder_cut_message_is_flagged),
		cmocka_unit_test(decoder_udp_length_ends_the_message),
		cmocka_unit_test(decoder_udp_length_beyond_the_packet_is_not_the_captures_doing),
		cmocka_unit_test(decoder_message_without_a_header_is_told_as_such),
		cmocka_unit_test(decoder_takes_its_ports_from_the_configuration),
		cmocka_unit_test(decoder_full_scratch_is_counted_and_freed_by_the_next_batch),
		cmocka_unit_test(decoder_extreme_times_are_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
