#include "tests/emit/sample.h"

#include "emit/fields.h"

struct world {
	struct sample sample;
	struct rc_observer observer;
	struct rc_event event, other;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	if (w == NULL)
		return -1;
	w->observer.source_name = sample_source;
	sample_make(&w->sample, "expired", 7);
	rc_event_init(&w->event, &w->observer);
	rc_event_init(&w->other, &w->observer);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	free(w);
	return 0;
}

static void fill_transaction(struct world *w)
{
	rc_event_from_transaction(&w->event, &w->sample.x, &w->sample.msg.qname, &w->sample.msg);
}

static uint64_t flag(const char *name)
{
	size_t n = 0;
	while (strcmp(rc_event_flag_name(n), name) != 0)
		n++;
	return UINT64_C(1) << n;
}

static void unanswered_query_has_no_response_code(void **state)
{
	struct world *w = *state;
	w->sample.x.state = RC_X_UNANSWERED;
	w->sample.failure.answer = NULL;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	assert_string_equal(w->event.dns_type, "query");
	assert_int_equal(w->event.response_code, -1);
	assert_int_equal(w->event.rcode, RC_NONE);
	assert_int_equal(w->event.answer_frame, RC_NONE);
	assert_int_equal(w->event.answers.n, 0);
	assert_string_equal(w->event.outcome, "failure");
	assert_int_equal(w->event.header_flags, flag("RD") | flag("DO")); /* of the query */
}

/* n addresses, each of the name that was asked for. */
static void answer_addresses(struct sample *s, uint8_t n)
{
	static uint8_t wire[2048];
	uint32_t len = 17;
	memcpy(wire,
	       "\xf2\x97\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00"
	       "\x00\x00\x01\x00\x01",
	       len);
	for (wire[7] = 0; wire[7] < n; wire[7]++, len += 15)
		memcpy(wire + len, "\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x63",
		       15);
	assert_true(rc_msg_decode(wire, len, len, 1, &s->msg));
}

static void answers_that_are_too_many_are_cut_and_said_to_be(void **state)
{
	struct world *w = *state;
	answer_addresses(&w->sample, RC_EVENT_ANSWERS_MAX);
	fill_transaction(w);
	assert_int_equal(w->event.answers.n, RC_EVENT_ANSWERS_MAX);
	assert_int_equal(w->event.truncated, -1);
	answer_addresses(&w->sample, RC_EVENT_ANSWERS_MAX + 1);
	fill_transaction(w);
	assert_int_equal(w->event.answers.n, RC_EVENT_ANSWERS_MAX);
	assert_int_equal(w->event.truncated, 1);
}

static void nothing_of_an_earlier_event_stays(void **state)
{
	struct world *w = *state;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	w->sample.x.vlan = 0;
	w->sample.x.marks = 0;
	w->sample.x.state = RC_X_UNANSWERED;
	rc_event_from_transaction(&w->event, &w->sample.x, NULL, NULL);
	assert_null(w->event.cause);
	assert_int_equal(w->event.vlan, RC_NONE);
	assert_null(w->event.qname);
	assert_int_equal(w->event.icmp_type, RC_NONE);
	assert_int_equal(w->event.evidence.n, 0);
	assert_int_equal(w->event.ede.n, 0);
	assert_int_equal(w->event.hosts.n, 0);
	assert_int_equal(w->event.marks, 0);
}

static void each_header_flag_is_told_by_its_name(void **state)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} flags[] = {{RC_FLAG_AA, "AA"}, {RC_FLAG_TC, "TC"}, {RC_FLAG_RD, "RD"},
		     {RC_FLAG_RA, "RA"}, {RC_FLAG_AD, "AD"}, {RC_FLAG_CD, "CD"}};
	struct world *w = *state;
	for (unsigned word = 0; word < 0x10000; word += 3) {
		uint64_t want = 0;
		for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
			want |= word & flags[i].bit ? flag(flags[i].name) : 0;
		w->sample.x.query.flags = (uint16_t)word;
		w->sample.x.query.do_bit = word & 1;
		fill_transaction(w);
		assert_int_equal(w->event.query_flags, want | (word & 1 ? flag("DO") : 0));
	}
}

/* A server that knows no EDNS copies no DO. */
static void header_flags_of_an_answer_are_its_own(void **state)
{
	struct world *w = *state;
	w->sample.x.query.do_bit = true;
	w->sample.x.answer.do_bit = false;
	w->sample.x.answer.flags = RC_FLAG_QR | RC_FLAG_RD;
	fill_transaction(w);
	assert_int_equal(w->event.header_flags, flag("RD"));
	assert_true(w->event.query_flags & flag("DO"));
}

static void header_flags_stand_in_the_order_of_ecs(void **state)
{
	static const char *const all[] = {"AA", "TC", "RD", "RA", "AD", "CD", "DO"};
	struct world *w = *state;
	w->sample.x.answer.flags = 0xffff;
	fill_transaction(w);
	assert_int_equal(w->event.header_flags, (1 << 7) - 1);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(rc_event_flag_name(i), all[i]);
	assert_null(rc_event_flag_name(7));
}

static void outcome_follows_what_was_seen(void **state)
{
	static const struct {
		uint8_t state;
		uint16_t rcode;
		uint32_t marks;
		const char *outcome;
	} cases[] = {
		{RC_X_ANSWERED, RC_RCODE_NOERROR, 0, "success"},
		{RC_X_ANSWERED, RC_RCODE_NXDOMAIN, 0, "failure"},
		{RC_X_ANSWERED, RC_RCODE_SERVFAIL, RC_X_AT_END, "failure"},
		{RC_X_UNANSWERED, 0, 0, "failure"},
		{RC_X_UNANSWERED, 0, RC_X_AT_END, "unknown"},
	};
	struct world *w = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		w->sample.x.state = cases[i].state;
		w->sample.x.answer.rcode = cases[i].rcode & 0xfffu;
		w->sample.x.marks = cases[i].marks;
		fill_transaction(w);
		assert_string_equal(w->event.outcome, cases[i].outcome);
	}
}

static void duration_is_end_minus_start_and_never_negative(void **state)
{
	struct world *w = *state;
	fill_transaction(w);
	assert_int_equal(w->event.duration_ns, 23456789);
	assert_int_equal(w->event.timestamp_ns, w->sample.x.end_ns);
	w->sample.x.end_ns = w->sample.x.first_ns - 5;
	fill_transaction(w);
	assert_int_equal(w->event.duration_ns, 0);
}

static void id_depends_on_the_packets_alone(void **state)
{
	struct world *w = *state;
	struct rc_observer other = w->observer;
	other.hostname = "elsewhere";
	other.iface = "eth9";
	other.source_name = NULL;
	fill_transaction(w);
	rc_event_init(&w->other, &other);
	w->sample.x.first_frame = 99;
	w->sample.x.vlan = 7;
	rc_event_from_transaction(&w->other, &w->sample.x, &w->sample.msg.qname, &w->sample.msg);
	assert_string_equal(w->event.id.text, w->other.id.text);
	w->sample.x.id++;
	rc_event_from_transaction(&w->other, &w->sample.x, &w->sample.msg.qname, &w->sample.msg);
	assert_string_not_equal(w->event.id.text, w->other.id.text);
	w->sample.x.id--;
	rc_event_from_failure(&w->other, RC_DS_FAILURE, &w->sample.failure);
	assert_string_not_equal(w->event.id.text, w->other.id.text);
}

static void related_addresses_are_told_once(void **state)
{
	struct world *w = *state;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	/* client, server, the answer's address, a server of the evidence, the second of the chain */
	assert_int_equal(w->event.related.n, 5);
	for (size_t i = 0; i < w->event.related.n; i++) {
		for (size_t j = 0; j < i; j++)
			assert_false(rc_addr_equal(&w->event.related.items[i],
						   &w->event.related.items[j]));
	}
	assert_int_equal(w->event.resolved.n, 1);
	assert_int_equal(w->event.hosts.n, 1);
}

static void lists_stop_at_their_ceiling(void **state)
{
	struct world *w = *state;
	struct rc_evidence *many = calloc(300, sizeof *many);
	assert_non_null(many);
	for (unsigned i = 0; i < 300; i++) {
		uint8_t v4[4] = {10, 0, (uint8_t)(i >> 8), (uint8_t)i};
		many[i] = (struct rc_evidence){.to = rc_addr_v4(v4), .rcode = -1, .rtt_ns = -1};
	}
	w->sample.failure.evidence = many;
	w->sample.failure.n_evidence = 300;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	assert_int_equal(w->event.evidence.n, RC_EVIDENCE_MAX);
	assert_true(w->event.related.n <= RC_EVENT_RELATED_MAX);
	free(many);
}

static void incident_id_is_the_same_in_failure_and_incident(void **state)
{
	struct world *w = *state;
	w->sample.incident.id = w->sample.failure.incident;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	rc_event_from_incident(&w->other, &w->sample.incident);
	assert_int_equal(w->event.incident.len, 16);
	assert_memory_equal(w->event.incident.text, "fedcba9876543210", 16);
	assert_memory_equal(w->other.incident.text, w->event.incident.text, 16);
	assert_null(w->other.outcome);
	w->sample.failure.incident = 0;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	assert_null(w->event.incident.text);
}

static void tunnel_path_and_inner_vlan_are_told(void **state)
{
	struct world *w = *state;
	fill_transaction(w);
	assert_int_equal(w->event.encaps.n, 0);
	assert_int_equal(w->event.inner_vlan, RC_NONE);
	w->sample.x.inner_vlan = 4094;
	w->sample.x.encaps = 1 << 5 | 2; /* the first row in the table, then the second */
	fill_transaction(w);
	assert_int_equal(w->event.vlan, 42);
	assert_int_equal(w->event.inner_vlan, 4094);
	assert_int_equal(w->event.encaps.n, 2);
	assert_string_equal(w->event.encaps.items[0], rc_encap_name(0));
	assert_string_equal(w->event.encaps.items[1], rc_encap_name(1));
}

static void malformed_message_names_reason_place_and_frame(void **state)
{
	struct world *w = *state;
	struct rc_obs obs = {.kind = RC_OBS_MESSAGE,
			     .ts_ns = SAMPLE_START_NS,
			     .frame = 7,
			     .src = w->sample.x.server,
			     .dst = w->sample.x.asker,
			     .src_port = 53,
			     .dst_port = 54321,
			     .vlan = 42,
			     .msg = w->sample.msg};
	obs.msg.fault = RC_FAULT_OPTION_SHORT;
	obs.msg.fault_off = 77;
	obs.msg.fault_section = RC_ADDITIONAL;
	rc_event_from_malformed(&w->event, &obs);
	assert_string_equal(w->event.dataset_name, "rcause.malformed");
	assert_string_equal(w->event.fault, "option_short");
	assert_int_equal(w->event.fault_off, 77);
	assert_string_equal(w->event.fault_section, "additional");
	assert_string_equal(w->event.dns_type, "answer");
	assert_true(rc_addr_equal(w->event.asker.ip, &w->sample.x.asker)); /* as in all events */
	assert_int_equal(w->event.server.port, 53);
	assert_int_equal(w->event.answer_frame, 7);
	assert_int_equal(w->event.query_frame, RC_NONE);
	assert_string_equal(w->event.message.text,
			    "Malformed message from 192.0.2.53: an EDNS option goes past the end "
			    "of the OPT record");
	obs.msg.flags &= (uint16_t)~RC_FLAG_QR;
	rc_event_from_malformed(&w->event, &obs);
	assert_string_equal(w->event.dns_type, "query");
	assert_int_equal(w->event.query_frame, 7);
	assert_int_equal(w->event.response_code, -1);
	assert_true(rc_addr_equal(w->event.asker.ip, &w->sample.x.server));
}

static void message_without_a_header_tells_nothing_of_one(void **state)
{
	struct world *w = *state;
	struct rc_obs obs = {.kind = RC_OBS_SHORT,
			     .src = w->sample.x.server,
			     .dst = w->sample.x.asker,
			     .from_server = true,
			     .frame = 7,
			     .msg = {.fault = RC_FAULT_HEADER_SHORT}};
	rc_event_from_malformed(&w->event, &obs);
	assert_string_equal(w->event.fault, "header_short");
	assert_string_equal(w->event.fault_section, "header");
	assert_null(w->event.dns_type);
	assert_int_equal(w->event.dns_id, RC_NONE);
	assert_int_equal(w->event.op_code, -1);
	assert_int_equal(w->event.response_code, -1);
	assert_int_equal(w->event.rcode, RC_NONE);
	assert_int_equal(w->event.counts[0], RC_NONE);
	assert_int_equal(w->event.answer_frame, 7);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(unanswered_query_has_no_response_code),
		CASE(answers_that_are_too_many_are_cut_and_said_to_be),
		CASE(nothing_of_an_earlier_event_stays),
		CASE(each_header_flag_is_told_by_its_name),
		CASE(header_flags_of_an_answer_are_its_own),
		CASE(header_flags_stand_in_the_order_of_ecs),
		CASE(outcome_follows_what_was_seen),
		CASE(duration_is_end_minus_start_and_never_negative),
		CASE(id_depends_on_the_packets_alone),
		CASE(related_addresses_are_told_once),
		CASE(lists_stop_at_their_ceiling),
		CASE(incident_id_is_the_same_in_failure_and_incident),
		CASE(tunnel_path_and_inner_vlan_are_told),
		CASE(malformed_message_names_reason_place_and_frame),
		CASE(message_without_a_header_tells_nothing_of_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
