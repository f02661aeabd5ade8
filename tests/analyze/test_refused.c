/* Refusals, and errors that are about what was asked: what else it takes to say so. */
#include "tests/analyze/scene.h"

#define NOT_HOSTED "policy.not_authoritative"
#define SNOOPING "policy.nonrecursive_refused"
#define TRANSFER "policy.transfer_refused"
#define UPDATE "policy.update_refused"
#define QTYPE "policy.qtype_refused"
#define UNSUPPORTED "unsupported.qtype"
#define VERSION "unsupported.edns_version"
#define NO_EDNS "protocol.edns_unsupported"
#define MALFORMED "protocol.malformed_query"

/* It answers for the zone with authority, at another time. */
static void host_zone(void)
{
	struct rc_exchange x = s.x;
	x.answer = (struct rc_msg_facts){.flags = RC_FLAG_QR | RC_FLAG_AA};
	record(&x, "example");
}

/* It hands the question on, and is told the same. */
static void hand_on(uint16_t rcode)
{
	s.asked[0].state = RC_X_ANSWERED;
	s.asked[0].answer.rcode = rcode & 0xf;
	s.c.forwarded = &s.links[0];
}

static void ask_type(uint16_t qtype)
{
	ask_before(-1);
	s.asked[0].qtype = qtype;
}

static void refused_without_rd(void)
{
	begin_alone(RC_RCODE_REFUSED);
	s.x.query.flags = s.x.answer.flags = 0;
}

static void told_not_authoritative(void)
{
	begin_alone(RC_RCODE_NOTAUTH);
	s.x.answer.flags = 0;
}

static void who_does_not_host_a_zone_is_asked_as_an_authoritative_server(void **state)
{
	(void)state;
	assert_but(refused_without_rd, (void)0, NOT_HOSTED, RC_CONF_LIKELY);
	assert_but(refused_without_rd, s.c.ede = RC_EDE(NOT_AUTHORITATIVE), NOT_HOSTED,
		   RC_CONF_PROVEN);
	assert_but(refused_without_rd, s.c.ede = RC_EDE(PROHIBITED), NOT_HOSTED, RC_CONF_NONE);
	assert_but(refused_without_rd, s.x.query.flags = RC_FLAG_RD, NOT_HOSTED, RC_CONF_NONE);
	assert_but(refused_without_rd, s.x.answer.flags = RC_FLAG_RA, NOT_HOSTED, RC_CONF_NONE);
	assert_but(refused_without_rd, s.x.query.tsig = true, NOT_HOSTED, RC_CONF_NONE);
	assert_but(refused_without_rd, s.x.qtype = RC_TYPE_AXFR, NOT_HOSTED, RC_CONF_NONE);
	assert_but(refused_without_rd, s.x.marks = RC_X_CUT, NOT_HOSTED, RC_CONF_LIKELY);
	assert_but(refused_without_rd, host_zone(), NOT_HOSTED, RC_CONF_NONE);

	assert_but(told_not_authoritative, (void)0, NOT_HOSTED, RC_CONF_LIKELY);
	assert_but(told_not_authoritative, s.x.marks = RC_X_CUT, NOT_HOSTED, RC_CONF_POSSIBLE);
	assert_but(told_not_authoritative, s.x.qtype = RC_TYPE_AXFR, NOT_HOSTED, RC_CONF_POSSIBLE);
	assert_but(told_not_authoritative,
		   (s.x.qtype = RC_TYPE_AXFR, s.x.answer.flags = RC_FLAG_RA), NOT_HOSTED,
		   RC_CONF_POSSIBLE);
	assert_but(told_not_authoritative, (s.x.qtype = RC_TYPE_AXFR, s.c.others.not_hosted = 1),
		   NOT_HOSTED, RC_CONF_LIKELY);
	assert_but(told_not_authoritative, s.x.answer.flags = RC_FLAG_RA, NOT_HOSTED, RC_CONF_NONE);
	assert_but(told_not_authoritative, s.x.query.tsig = true, NOT_HOSTED, RC_CONF_NONE);
	assert_but(told_not_authoritative, s.c.ede = RC_EDE(PROHIBITED), NOT_HOSTED, RC_CONF_NONE);
}

static void refused_a_look(void)
{
	refused_without_rd();
	s.x.answer.flags = RC_FLAG_RA;
}

static void who_is_not_to_be_looked_into_is_a_resolver(void **state)
{
	(void)state;
	assert_but(refused_a_look, (void)0, SNOOPING, RC_CONF_POSSIBLE);
	assert_but(refused_a_look, s.c.others.same_server_ok = 1, SNOOPING, RC_CONF_LIKELY);
	assert_but(refused_a_look, s.c.others.same_client_ok = 1, SNOOPING, RC_CONF_LIKELY);
	assert_but(refused_a_look, s.c.ede = RC_EDE(NOT_AUTHORITATIVE), SNOOPING, RC_CONF_PROVEN);
	assert_but(refused_a_look, s.x.query.flags = RC_FLAG_RD, SNOOPING, RC_CONF_NONE);
	assert_but(refused_a_look, s.x.qtype = RC_TYPE_AXFR, SNOOPING, RC_CONF_NONE);
	assert_but(refused_a_look, s.x.answer.flags = 0, SNOOPING, RC_CONF_NONE);
}

static void transfer_refused(void)
{
	refused_without_rd();
	s.x.qtype = RC_TYPE_AXFR;
	s.x.transport = RC_TCP;
}

static void transfer_not_authoritative(void)
{
	transfer_refused();
	s.x.answer.rcode = RC_RCODE_NOTAUTH;
}

static void who_refuses_a_transfer_has_the_zone(void **state)
{
	(void)state;
	assert_but(transfer_refused, (void)0, TRANSFER, RC_CONF_LIKELY);
	assert_but(transfer_refused, host_zone(), TRANSFER, RC_CONF_PROVEN);
	assert_but(transfer_refused, s.c.ede = RC_EDE(PROHIBITED), TRANSFER, RC_CONF_PROVEN);
	assert_but(transfer_refused, s.x.answer.flags = RC_FLAG_RA, TRANSFER, RC_CONF_LIKELY);
	assert_but(transfer_refused, s.x.qtype = RC_TYPE_A, TRANSFER, RC_CONF_NONE);
	/* AXFR is not defined over UDP (RFC 5936 4.2), IXFR is. */
	assert_but(transfer_refused, (host_zone(), s.x.transport = RC_UDP), TRANSFER,
		   RC_CONF_POSSIBLE);
	assert_but(transfer_refused,
		   (host_zone(), s.x.transport = RC_UDP, s.x.qtype = RC_TYPE_IXFR), TRANSFER,
		   RC_CONF_PROVEN);

	assert_but(transfer_not_authoritative, (void)0, TRANSFER, RC_CONF_POSSIBLE);
	assert_but(transfer_not_authoritative, host_zone(), TRANSFER, RC_CONF_LIKELY);
	assert_but(transfer_not_authoritative, (host_zone(), s.x.transport = RC_UDP), TRANSFER,
		   RC_CONF_LIKELY);
	assert_but(transfer_not_authoritative, s.c.others.not_hosted = 1, TRANSFER, RC_CONF_NONE);
	assert_but(transfer_not_authoritative, (host_zone(), s.c.others.not_hosted = 1), TRANSFER,
		   RC_CONF_LIKELY);
	assert_but(transfer_not_authoritative, s.x.answer.flags = RC_FLAG_RA, TRANSFER,
		   RC_CONF_NONE);
}

static void update_refused(void)
{
	refused_without_rd();
	s.x.opcode = RC_OPCODE_UPDATE;
}

static void update_not_authoritative(void)
{
	update_refused();
	s.x.answer.rcode = RC_RCODE_NOTAUTH;
}

static void who_refuses_an_update_has_the_zone_and_nothing_against_the_key(void **state)
{
	(void)state;
	assert_but(update_refused, (void)0, UPDATE, RC_CONF_LIKELY);
	assert_but(update_refused, host_zone(), UPDATE, RC_CONF_PROVEN);
	assert_but(update_not_authoritative, (void)0, UPDATE, RC_CONF_NONE);
	assert_but(update_not_authoritative, host_zone(), UPDATE, RC_CONF_LIKELY);
	assert_but(update_not_authoritative, (host_zone(), s.x.query.tsig = true), UPDATE,
		   RC_CONF_LIKELY);
	assert_but(update_not_authoritative, (host_zone(), s.x.answer.tsig_error = RC_RCODE_BADKEY),
		   UPDATE, RC_CONF_NONE);

	static const char slug[] = "update.not_authoritative";
	assert_but(update_not_authoritative, (void)0, slug, RC_CONF_POSSIBLE);
	assert_but(update_not_authoritative, s.x.answer.flags = RC_FLAG_RA, slug, RC_CONF_LIKELY);
	assert_but(update_not_authoritative, (s.x.answer.flags = RC_FLAG_RA, s.x.marks = RC_X_CUT),
		   slug, RC_CONF_POSSIBLE);
	assert_but(update_not_authoritative, host_zone(), slug, RC_CONF_NONE);
	assert_but(update_not_authoritative, s.x.answer.tsig_error = RC_RCODE_BADKEY, slug,
		   RC_CONF_NONE);
	assert_but(update_not_authoritative, s.x.query.tsig = true, slug, RC_CONF_POSSIBLE);
}

/* NOTAUTH to a signed request, with no word about the key. */
static void signed_in_vain(void)
{
	begin_alone(RC_RCODE_NOTAUTH);
	s.x.query.tsig = true;
}

static void what_is_wrong_with_a_signature_the_answer_says(void **state)
{
	(void)state;
	assert_but(signed_in_vain, (void)0, "tsig.bad_key", RC_CONF_POSSIBLE);
	assert_but(signed_in_vain, (void)0, "tsig.bad_signature", RC_CONF_NONE);
	assert_but(signed_in_vain, s.x.query.tsig = false, "tsig.bad_key", RC_CONF_NONE);
	assert_but(signed_in_vain, s.x.opcode = RC_OPCODE_UPDATE, "tsig.bad_key", RC_CONF_NONE);
	assert_but(signed_in_vain, s.x.answer.tsig = true, "tsig.bad_key", RC_CONF_NONE);
	assert_but(signed_in_vain,
		   (s.x.answer.tsig = true, s.x.answer.tsig_error = RC_RCODE_BADKEY),
		   "tsig.bad_key", RC_CONF_PROVEN);
	assert_but(signed_in_vain,
		   (s.x.answer.tsig = true, s.x.answer.tsig_error = RC_RCODE_BADKEY),
		   "tsig.bad_signature", RC_CONF_NONE);
}

static void type_refused(void)
{
	begin_alone(RC_RCODE_REFUSED);
	s.c.others.same_client_ok = s.c.others.same_client_types_ok = 1;
}

static void a_type_is_refused_where_others_of_the_name_are_answered(void **state)
{
	(void)state;
	assert_but(type_refused, (void)0, QTYPE, RC_CONF_POSSIBLE);
	assert_but(type_refused, s.x.qtype = RC_TYPE_ANY, QTYPE, RC_CONF_LIKELY);
	assert_but(type_refused, s.x.qtype = RC_TYPE_RRSIG, QTYPE, RC_CONF_LIKELY);
	assert_but(type_refused, s.x.qtype = RC_TYPE_AXFR, QTYPE, RC_CONF_NONE);
	assert_but(type_refused, s.c.others.same_client_types_ok = 0, QTYPE, RC_CONF_NONE);
	assert_but(type_refused, s.c.others.same_client_ok = 2, QTYPE, RC_CONF_NONE);
	assert_but(type_refused, (s.c.turns_known = true, s.c.turns = RC_TURNS_OWN), QTYPE,
		   RC_CONF_NONE);
	assert_but(type_refused, hand_on(RC_RCODE_REFUSED), QTYPE, RC_CONF_NONE);
	assert_but(type_refused, hand_on(RC_RCODE_NOERROR), QTYPE, RC_CONF_POSSIBLE);
}

static void type_not_implemented(void)
{
	begin_alone(RC_RCODE_NOTIMP);
	s.x.qtype = RC_TYPE_MX;
}

static void any_fails(void)
{
	begin_alone(RC_RCODE_SERVFAIL);
	s.x.qtype = RC_TYPE_ANY;
}

static void meta_type_is_an_error(void)
{
	begin_alone(RC_RCODE_FORMERR);
	s.x.qtype = 250;
}

static void a_type_is_unsupported_where_that_is_not_about_the_name_or_who_asks(void **state)
{
	(void)state;
	assert_but(type_not_implemented, (void)0, UNSUPPORTED, RC_CONF_LIKELY);
	assert_but(type_not_implemented, s.c.others.same_client_types_ok = 1, UNSUPPORTED,
		   RC_CONF_PROVEN);
	assert_but(type_not_implemented, serve_client(), UNSUPPORTED, RC_CONF_POSSIBLE);
	assert_but(type_not_implemented, (serve_client(), s.x.qtype = RC_TYPE_RRSIG), UNSUPPORTED,
		   RC_CONF_LIKELY);
	assert_but(type_not_implemented, (serve_client(), s.x.qtype = RC_TYPE_A), UNSUPPORTED,
		   RC_CONF_NONE);
	assert_but(type_not_implemented, s.x.qtype = RC_TYPE_A, UNSUPPORTED, RC_CONF_LIKELY);
	assert_but(type_not_implemented, (serve_client(), s.c.others.addresses_alike = 1),
		   UNSUPPORTED, RC_CONF_NONE);
	assert_but(type_not_implemented, s.c.others.addresses_alike = 1, UNSUPPORTED,
		   RC_CONF_LIKELY);
	assert_but(type_not_implemented,
		   (serve_client(), s.c.others.addresses_alike = 1, s.x.qtype = 250), UNSUPPORTED,
		   RC_CONF_PROVEN);
	assert_but(type_not_implemented, ask_type(RC_TYPE_MX), UNSUPPORTED, RC_CONF_NONE);
	assert_but(type_not_implemented, ask_type(RC_TYPE_DS), UNSUPPORTED, RC_CONF_LIKELY);
	assert_but(type_not_implemented, hand_on(RC_RCODE_NOTIMP), UNSUPPORTED, RC_CONF_NONE);

	assert_but(any_fails, (void)0, UNSUPPORTED, RC_CONF_POSSIBLE);
	assert_but(any_fails, s.c.others.same_client_types_ok = 1, UNSUPPORTED, RC_CONF_LIKELY);
	assert_but(any_fails, s.x.qtype = RC_TYPE_MX, UNSUPPORTED, RC_CONF_NONE);
	assert_but(any_fails, s.x.answer.rcode = RC_RCODE_FORMERR, UNSUPPORTED, RC_CONF_NONE);
	assert_but(any_fails, s.x.answer.flags = 0, UNSUPPORTED, RC_CONF_NONE);
	assert_but(any_fails, ask_type(RC_TYPE_ANY), UNSUPPORTED, RC_CONF_NONE);
	assert_but(any_fails, s.c.upstream_visible = false, UNSUPPORTED, RC_CONF_NONE);
	assert_but(any_fails, s.c.others.same_server_failed = 1, UNSUPPORTED, RC_CONF_NONE);
	assert_but(any_fails, s.x.end_ns = T0 + RC_SOON_NS, UNSUPPORTED, RC_CONF_NONE);

	assert_but(meta_type_is_an_error, (void)0, UNSUPPORTED, RC_CONF_LIKELY);
	assert_but(meta_type_is_an_error, s.x.answer.rcode = RC_RCODE_SERVFAIL, UNSUPPORTED,
		   RC_CONF_LIKELY);
	assert_but(meta_type_is_an_error, s.x.answer.rcode = RC_RCODE_REFUSED, UNSUPPORTED,
		   RC_CONF_NONE);
	assert_but(meta_type_is_an_error, s.x.qtype = 256, UNSUPPORTED, RC_CONF_NONE);
	assert_but(meta_type_is_an_error, s.x.qtype = RC_TYPE_OPT, UNSUPPORTED, RC_CONF_LIKELY);
}

static void bad_version(void)
{
	begin_alone(RC_RCODE_BADVERS);
	s.x.answer.flags = 0;
	s.x.query.edns = true;
}

static void fault_with_edns(void)
{
	bad_version();
	s.x.answer.rcode = RC_RCODE_FORMERR;
}

/* The same question without EDNS is answered. */
static void fault_by_edns(void)
{
	fault_with_edns();
	s.c.others.same_client_without_edns_ok = 1;
	s.c.others.without_edns_example = &s.asked[0];
}

static void edns_is_unsupported_where_nothing_else_is_wrong_and_nobody_gets_it_so(void **state)
{
	static void (*const all[])(void) = {bad_version, fault_with_edns, fault_by_edns};
	(void)state;
	assert_but(bad_version, (void)0, NO_EDNS, RC_CONF_PROVEN);
	assert_but(bad_version, s.x.query.flags = 0, NO_EDNS, RC_CONF_NONE);
	assert_but(bad_version, s.x.answer.flags = RC_FLAG_RA, NO_EDNS, RC_CONF_NONE);
	assert_but(bad_version, s.x.answer.rcode = RC_RCODE_SERVFAIL, NO_EDNS, RC_CONF_NONE);
	assert_but(fault_with_edns, (void)0, NO_EDNS, RC_CONF_LIKELY);
	assert_but(fault_with_edns, s.c.others.without_edns_formerr = 1, NO_EDNS, RC_CONF_NONE);
	assert_but(fault_with_edns, s.x.answer.edns = true, NO_EDNS, RC_CONF_NONE);
	assert_but(fault_by_edns, (void)0, NO_EDNS, RC_CONF_PROVEN);
	assert_but(fault_by_edns, s.c.others.without_edns_formerr = 1, NO_EDNS, RC_CONF_PROVEN);
	assert_but(fault_by_edns, s.x.answer.edns = true, NO_EDNS, RC_CONF_LIKELY);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_but(all[i], s.x.query.edns = false, NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], s.x.query.edns_version = 1, NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], s.x.qtype = RC_TYPE_ANY, NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], s.x.query.fault = RC_FAULT_CUT, NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], s.x.qdcount = 2, NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], ask_before(1), NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], s.c.others.same_server_alike_ok = 1, NO_EDNS, RC_CONF_NONE);
		assert_but(all[i], s.c.others.same_client_alike_ok = 1, NO_EDNS, RC_CONF_NONE);
	}
	assert_but(bad_version, (void)0, VERSION, RC_CONF_NONE);
	assert_but(bad_version, s.x.query.edns_version = 1, VERSION, RC_CONF_PROVEN);
	assert_but(fault_with_edns, s.x.query.edns_version = 1, VERSION, RC_CONF_LIKELY);
}

static void fault_found(void)
{
	begin_alone(RC_RCODE_FORMERR);
}

static void a_query_is_malformed_by_what_it_has_itself(void **state)
{
	(void)state;
	assert_but(fault_found, (void)0, MALFORMED, RC_CONF_NONE);
	assert_but(fault_found, s.x.query.fault = RC_FAULT_CUT, MALFORMED, RC_CONF_NONE);
	assert_but(fault_found, s.x.query.fault = RC_FAULT_CUT + 1, MALFORMED, RC_CONF_PROVEN);
	assert_but(fault_found, s.x.qdcount = 2, MALFORMED, RC_CONF_PROVEN);
	assert_but(fault_found, (s.x.qdcount = 0, s.x.opcode = RC_OPCODE_UPDATE), MALFORMED,
		   RC_CONF_NONE);
	assert_but(fault_found, s.x.query.counts[0] = 1, MALFORMED, RC_CONF_LIKELY);
	assert_but(fault_found, s.x.query.counts[1] = 1, MALFORMED, RC_CONF_LIKELY);
	assert_but(fault_found, (s.x.query.counts[1] = 1, s.x.opcode = RC_OPCODE_UPDATE), MALFORMED,
		   RC_CONF_NONE);
	assert_but(fault_found, (s.x.query.counts[1] = 1, s.x.qtype = RC_TYPE_IXFR), MALFORMED,
		   RC_CONF_NONE);
	assert_but(fault_found, s.x.qtype = RC_TYPE_IXFR, MALFORMED, RC_CONF_LIKELY);
	assert_but(fault_found, (s.x.qtype = RC_TYPE_IXFR, s.x.answer.rcode = RC_RCODE_NOTIMP),
		   MALFORMED, RC_CONF_NONE);
}

static void damaged(void)
{
	fault_found();
	s.x.query.fault = RC_FAULT_NAME_SHORT;
}

static void damaged_and_dropped(void)
{
	damaged();
	serve_client();
	s.x.state = RC_X_UNANSWERED;
}

static void bad_option(void)
{
	fault_found();
	s.x.query.fault = RC_FAULT_OPTION_BAD;
}

static void that_it_is_malformed_is_proven_by_formerr_alone(void **state)
{
	(void)state;
	assert_but(damaged, (void)0, MALFORMED, RC_CONF_PROVEN);
	assert_but(damaged, s.x.answer.rcode = RC_RCODE_REFUSED, MALFORMED, RC_CONF_LIKELY);
	assert_but(bad_option, (void)0, MALFORMED, RC_CONF_LIKELY);
	assert_but(bad_option, s.x.answer.edns = true, MALFORMED, RC_CONF_PROVEN);
	assert_but(damaged_and_dropped, (void)0, MALFORMED, RC_CONF_LIKELY);
	assert_but(damaged_and_dropped, s.c.one_way = RC_ONE_WAY, MALFORMED, RC_CONF_POSSIBLE);
	assert_but(damaged_and_dropped, s.x.marks = RC_X_AT_END, MALFORMED, RC_CONF_POSSIBLE);
	assert_but(damaged_and_dropped, s.c.server_host = NULL, MALFORMED, RC_CONF_POSSIBLE);
}

/* An RCODE of updates in answer to a query. */
static void odd(void)
{
	begin_alone(RC_RCODE_NOTZONE);
}

static void an_rcode_that_fits_no_query_is_an_answer_to_a_sound_one(void **state)
{
	static const char slug[] = "upstream.mismatched_reply";
	(void)state;
	assert_but(odd, (void)0, slug, RC_CONF_LIKELY);
	assert_but(odd, s.x.answer.rcode = RC_RCODE_SERVFAIL, slug, RC_CONF_NONE);
	assert_but(odd, s.x.answer.rcode = RC_RCODE_BADVERS, slug, RC_CONF_NONE);
	assert_but(odd, s.x.answer.rcode = RC_RCODE_YXDOMAIN, slug, RC_CONF_NONE);
	assert_but(odd, s.x.query.fault = RC_FAULT_CUT, slug, RC_CONF_NONE);
	assert_but(odd, s.x.query.tsig = true, slug, RC_CONF_NONE);
	assert_but(odd, s.x.qdcount = 0, slug, RC_CONF_NONE);
	assert_but(odd, s.x.qtype = RC_TYPE_IXFR, slug, RC_CONF_NONE);
	assert_but(odd, ask_before(1), slug, RC_CONF_NONE);
}

/* So do the servers of a zone. */
static void odd_servers(void)
{
	begin(RC_OUT_OTHER_RCODE);
	s.asked[0].answer.rcode = s.asked[1].answer.rcode = RC_RCODE_NOTZONE;
}

static void servers_that_answer_what_fits_no_query_are_those_of_the_zone(void **state)
{
	static const char slug[] = "upstream.mismatched_reply";
	(void)state;
	assert_but(odd_servers, (void)0, slug, RC_CONF_LIKELY);
	assert_but(odd_servers, s.asked[1].answer.rcode = RC_RCODE_BADVERS, slug, RC_CONF_LIKELY);
	assert_but(odd_servers,
		   s.asked[0].answer.rcode = s.asked[1].answer.rcode = RC_RCODE_BADVERS, slug,
		   RC_CONF_NONE);
	assert_but(odd_servers, s.links[0].zone = s.links[1].zone = 7, slug, RC_CONF_NONE);
	assert_but(odd_servers, s.links[0].outcome = s.links[1].outcome = RC_OUT_UNKNOWN, slug,
		   RC_CONF_NONE);
	assert_but(odd_servers, s.servers[0].worst = s.servers[1].worst = RC_OUT_SERVFAIL, slug,
		   RC_CONF_NONE);
	assert_but(odd_servers, s.x.qtype = RC_TYPE_AXFR, slug, RC_CONF_NONE);
	assert_but(odd_servers, s.servers[1].worst = RC_OUT_SERVFAIL, slug, RC_CONF_LIKELY);
	assert_but(
		odd_servers,
		(s.zone.n_servers = 3, s.servers[1].worst = s.servers[2].worst = RC_OUT_SERVFAIL),
		slug, RC_CONF_POSSIBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_host_a_zone_is_asked_as_an_authoritative_server),
		cmocka_unit_test(who_is_not_to_be_looked_into_is_a_resolver),
		cmocka_unit_test(who_refuses_a_transfer_has_the_zone),
		cmocka_unit_test(who_refuses_an_update_has_the_zone_and_nothing_against_the_key),
		cmocka_unit_test(what_is_wrong_with_a_signature_the_answer_says),
		cmocka_unit_test(a_type_is_refused_where_others_of_the_name_are_answered),
		cmocka_unit_test(
			a_type_is_unsupported_where_that_is_not_about_the_name_or_who_asks),
		cmocka_unit_test(
			edns_is_unsupported_where_nothing_else_is_wrong_and_nobody_gets_it_so),
		cmocka_unit_test(a_query_is_malformed_by_what_it_has_itself),
		cmocka_unit_test(that_it_is_malformed_is_proven_by_formerr_alone),
		cmocka_unit_test(an_rcode_that_fits_no_query_is_an_answer_to_a_sound_one),
		cmocka_unit_test(servers_that_answer_what_fits_no_query_are_those_of_the_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
