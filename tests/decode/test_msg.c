#include "tests/decode/wire.h"

static struct wire w;

#define RESPONSE 0x8180u /* QR RD RA */

/* Type A, algorithm 13, two labels, TTL 300, until 2, from 1, by key 12345. */
#define RRSIG_FIXED "\000\001\015\002\000\000\001\054\000\000\000\002\000\000\000\001\060\071"

static void header_and_question_are_read(void **state)
{
	(void)state;
	put_header(&w, 0x0110, 1, 0, 0, 0);
	put_question(&w, "WWW.Example.com", RC_TYPE_AAAA);
	struct rc_msg *m = decode(&w);
	char text[RC_NAME_TEXT_MAX + 1];
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_int_equal(m->id, 0x1234);
	assert_int_equal(m->flags, RC_FLAG_RD | RC_FLAG_CD);
	assert_false(rc_msg_is_response(m));
	assert_true(m->has_question);
	rc_name_format(&m->qname, text);
	assert_string_equal(text, "www.example.com");
	assert_int_equal(m->qtype, RC_TYPE_AAAA);
	assert_int_equal(m->qclass, RC_CLASS_IN);
	assert_true(m->qname_hash == rc_name_hash(7, &m->qname));
	assert_int_equal(m->end_off, w.len);
	assert_int_equal(m->section_off[RC_QUESTION], 12);
	assert_int_equal(m->section_off[RC_ANSWER], w.len);
	assert_false(m->edns.present);
	assert_false(m->tsig.present);
}

static void opcode_and_rcode_are_taken_from_the_flags(void **state)
{
	(void)state;
	put_header(&w, 0xa809, 0, 0, 0, 0);
	struct rc_msg *m = decode(&w);
	assert_int_equal(m->opcode, RC_OPCODE_UPDATE);
	assert_int_equal(m->rcode, RC_RCODE_NOTAUTH);
	assert_true(rc_msg_is_response(m));
}

static void header_alone_is_a_message_without_question(void **state)
{
	(void)state;
	put_header(&w, 0x8105, 0, 0, 0, 0);
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_false(m->has_question);
	assert_int_equal(m->qname.len, 0);
	assert_true(m->qname_hash == 0);
}

static void fewer_than_12_octets_are_no_message(void **state)
{
	(void)state;
	struct rc_msg m;
	put_header(&w, 0, 0, 0, 0, 0);
	for (uint32_t len = 0; len < 12; len++) {
		assert_false(rc_msg_decode(w.data, len, len, 0, &m));
		assert_fault(&m, RC_FAULT_HEADER_SHORT, 0);
		assert_false(rc_msg_decode(w.data, len, 12, 0, &m));
		assert_fault(&m, RC_FAULT_CUT, 0);
	}
	assert_true(rc_msg_decode(w.data, 12, 12, 0, &m));
}

static void first_of_two_questions_counts(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 2, 1, 0, 0);
	put_question(&w, "one.example", RC_TYPE_A);
	put_question(&w, "two.example", RC_TYPE_MX);
	put_rr_literal(&w, RC_TYPE_A, "\300\000\002\001");
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_int_equal(m->qtype, RC_TYPE_A);
	assert_int_equal(m->has, RC_HAS_ANSWER_QTYPE);
}

/* A response with a record of every kind the walk knows. */
static void put_full_response(void)
{
	put_header(&w, RESPONSE, 1, 2, 2, 2);
	put_question(&w, "www.example.com", RC_TYPE_A);
	put_rr_literal(&w, RC_TYPE_CNAME, "\001a\300\020");
	put_rr_literal(&w, RC_TYPE_A, "\300\000\002\001");
	put_rr_literal(&w, RC_TYPE_NS, "\002ns\300\020");
	put_rr_literal(&w, RC_TYPE_DS, "\060\071\010\001abcd");
	put_rr_literal(&w, RC_TYPE_AAAA, "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001");
	put_opt(&w, 0x8000, "\0\003\0\001x", 5);
}

static void message_cut_at_any_octet_keeps_what_was_before(void **state)
{
	(void)state;
	put_full_response();
	for (uint32_t len = 12; len < w.len; len++) {
		struct rc_msg *m = decode_cut(&w, len);
		assert_string_equal(rc_fault_slug(m->fault), "cut");
		assert_in_range(m->fault_off, 12, len);
		assert_in_range(m->end_off, 12, len);
		assert_int_equal(m->has_question, len >= 12 + 17 + 4);
		struct rc_rr rr;
		struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
		while (rc_rr_next(&it, &rr))
			assert_in_range(rr.rdata_off + rr.rdata_len, 12, m->end_off);
		assert_true(it.pos == m->end_off);
	}
	assert_fault(decode(&w), RC_FAULT_NONE, 0);
}

static void message_that_ends_too_early_is_the_senders_fault(void **state)
{
	(void)state;
	put_full_response();
	uint32_t full = w.len;
	for (w.len = 12; w.len < full; w.len++) {
		enum rc_fault fault = decode(&w)->fault;
		assert_true(fault == RC_FAULT_QUESTION_SHORT || fault == RC_FAULT_NAME_SHORT ||
			    fault == RC_FAULT_RR_SHORT || fault == RC_FAULT_RDATA_SHORT);
	}
}

static void walk_notes_what_the_sections_hold(void **state)
{
	(void)state;
	put_full_response();
	assert_int_equal(decode(&w)->has, RC_HAS_ANSWER_CNAME | RC_HAS_ANSWER_QTYPE |
						  RC_HAS_AUTH_NS | RC_HAS_AUTH_DS |
						  RC_HAS_ADDL_ADDR | RC_HAS_DNSSEC);
}

static void any_and_transfers_are_answered_by_any_type(void **state)
{
	(void)state;
	static const uint16_t qtypes[] = {RC_TYPE_ANY, RC_TYPE_AXFR, RC_TYPE_IXFR, RC_TYPE_MX};
	for (size_t i = 0; i < 4; i++) {
		put_header(&w, RESPONSE, 1, 1, 0, 0);
		put_question(&w, "example", qtypes[i]);
		put_rr_literal(&w, RC_TYPE_A, "\300\000\002\001");
		bool has = (decode(&w)->has & RC_HAS_ANSWER_QTYPE) != 0;
		assert_int_equal(has, qtypes[i] != RC_TYPE_MX);
	}
}

static void iterator_gives_every_record_with_its_section(void **state)
{
	(void)state;
	static const enum rc_section sections[] = {RC_ANSWER,    RC_ANSWER,     RC_AUTHORITY,
						   RC_AUTHORITY, RC_ADDITIONAL, RC_ADDITIONAL};
	static const uint16_t types[] = {RC_TYPE_CNAME, RC_TYPE_A,    RC_TYPE_NS,
					 RC_TYPE_DS,    RC_TYPE_AAAA, RC_TYPE_OPT};
	put_full_response();
	struct rc_msg *m = decode(&w);
	struct rc_rr rr;
	for (size_t from = 0; from <= 4; from += 2) {
		struct rc_rr_iter it = rc_rr_begin(m, sections[from]);
		for (size_t i = from; i < 6; i++) {
			assert_true(rc_rr_next(&it, &rr));
			assert_int_equal(rr.section, sections[i]);
			assert_int_equal(rr.type, types[i]);
		}
		assert_false(rc_rr_next(&it, &rr));
		assert_false(rc_rr_next(&it, &rr));
	}
}

static void iterator_steps_over_empty_sections(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_A);
	put_rr_literal(&w, RC_TYPE_A, "\300\000\002\001");
	struct rc_msg *m = decode(&w);
	struct rc_rr rr;
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	assert_true(rc_rr_next(&it, &rr));
	assert_int_equal(rr.section, RC_ADDITIONAL);
	assert_false(rc_rr_next(&it, &rr));
}

static void iterator_follows_a_name_through_octets_behind_the_last_record(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 0, 2, 0, 0);
	put_literal(&w, "\001\040\000"); /* its one octet is the length of a label, too */
	put_rr_fixed(&w, 65280, RC_CLASS_IN, 0, 0);
	put_u16(&w, 0xc00d);
	put_rr_fixed(&w, 65280, RC_CLASS_IN, 0, 0);
	while (w.len < 14 + 32 + 1)
		put_u8(&w, 0);
	struct rc_msg *m = decode(&w);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	assert_true(rc_rr_next(&it, &rr));
	assert_true(rc_rr_next(&it, &rr));
	assert_true(it.pos == m->end_off && m->end_off < w.len);
}

/* Owners that repeat are not walked again: neither their places nor what is wrong may differ for it. */
static void owners_that_repeat_are_as_good_as_the_first(void **state)
{
	(void)state;
	static const unsigned owners[] = {0xc00c, 0xc010, 0xc010, 0xc00c, 0xc010, 0xc00c};
	struct rc_rr rr;
	struct rc_name name;
	put_header(&w, RESPONSE, 1, 6, 0, 2);
	put_question(&w, "www.example", RC_TYPE_A);
	for (size_t i = 0; i < 6; i++) {
		put_u16(&w, owners[i]);
		put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_IN, 0, 4);
		put_u32(&w, 0);
	}
	put_u8(&w, 0); /* the root between them */
	put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_IN, 0, 4);
	put_u32(&w, 0);
	uint32_t off = w.len;
	put_u16(&w, 0xc000 | off); /* to itself */
	put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_IN, 0, 0);
	struct rc_msg *m = decode(&w);
	assert_int_equal(m->fault, RC_FAULT_POINTER);
	assert_int_equal(m->fault_off, off);
	assert_int_equal(m->end_off, off);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	for (size_t i = 0; i < 6; i++) {
		assert_true(rc_rr_next(&it, &rr));
		assert_true(rc_rr_owner(m, &rr, &name));
		assert_int_equal(name.labels, owners[i] == 0xc00c ? 2 : 1);
		assert_int_equal(rr.rdata_off - rr.owner_off, 12);
	}
	assert_true(rc_rr_next(&it, &rr));
	assert_int_equal(rr.rdata_off - rr.owner_off, 11);
	assert_false(rc_rr_next(&it, &rr));
}

/* Without a question the pointer that is known from the start is one like any other. */
static void pointer_to_the_first_name_needs_a_question(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 0, 1, 0, 0);
	put_rr_literal(&w, RC_TYPE_A, "\300\000\002\001");
	struct rc_msg *m = decode(&w);
	assert_int_equal(m->fault, RC_FAULT_POINTER);
	assert_int_equal(m->fault_off, 12);
}

static void owner_and_names_in_rdata_are_read_through_pointers(void **state)
{
	(void)state;
	struct rc_name name;
	struct rc_rr rr;
	char text[RC_NAME_TEXT_MAX + 1];
	put_header(&w, RESPONSE, 1, 1, 0, 0);
	put_question(&w, "example.com", RC_TYPE_MX);
	put_rr_literal(&w, RC_TYPE_MX, "\000\012\004MAIL\300\014");
	struct rc_msg *m = decode(&w);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	assert_true(rc_rr_next(&it, &rr));
	assert_true(rc_rr_owner(m, &rr, &name));
	rc_name_format(&name, text);
	assert_string_equal(text, "example.com");
	assert_true(rc_rr_rdata_name(m, &rr, 2, &name));
	rc_name_format(&name, text);
	assert_string_equal(text, "mail.example.com");
	assert_false(rc_rr_rdata_name(m, &rr, 9, &name));
	assert_false(rc_rr_rdata_name(m, &rr, 100, &name));
}

static void the_fixed_part_of_an_rrsig_is_read_where_it_is_whole(void **state)
{
	(void)state;
	struct rc_rr rr;
	struct rc_rrsig sig;
	struct rc_name signer;
	put_header(&w, RESPONSE, 1, 3, 0, 0);
	put_question(&w, "example.com", RC_TYPE_A);
	put_rr_literal(&w, RC_TYPE_RRSIG, RRSIG_FIXED "\300\014s");
	put_rr_literal(&w, RC_TYPE_RRSIG, "\000\001\015\002\000\000\001\054\000\000\000\002");
	put_rr_literal(&w, RC_TYPE_A, RRSIG_FIXED);
	struct rc_msg *m = decode(&w);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	assert_true(rc_rr_next(&it, &rr));
	assert_true(rc_rr_rrsig(m, &rr, &sig));
	assert_int_equal(sig.covered, RC_TYPE_A);
	assert_int_equal(sig.algorithm, 13);
	assert_int_equal(sig.labels, 2);
	assert_int_equal(sig.original_ttl_s, 300);
	assert_int_equal(sig.expiration_s, 2);
	assert_int_equal(sig.inception_s, 1);
	assert_int_equal(sig.tag, 0x3039);
	assert_true(rc_rr_rdata_name(m, &rr, RC_RRSIG_SIGNER_OFF, &signer));
	assert_int_equal(signer.labels, 2);
	assert_true(rc_rr_next(&it, &rr));
	assert_false(rc_rr_rrsig(m, &rr, &sig)); /* cut behind the expiration */
	assert_true(rc_rr_next(&it, &rr));
	assert_false(rc_rr_rrsig(m, &rr, &sig)); /* of another type */
}

static void name_in_rdata_does_not_run_into_the_next_record(void **state)
{
	(void)state;
	struct rc_name name;
	struct rc_rr rr;
	put_header(&w, RESPONSE, 1, 2, 0, 0);
	put_question(&w, "example", RC_TYPE_NS);
	put_rr_literal(&w, RC_TYPE_NS, "\002n"); /* goes on behind RDATA */
	uint32_t off = w.len - 2;
	put_rr_literal(&w, RC_TYPE_NS, "\300\014");
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_RDATA_BAD, off);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	assert_true(rc_rr_next(&it, &rr));
	assert_false(rc_rr_rdata_name(m, &rr, 0, &name));
	assert_true(rc_rr_next(&it, &rr)); /* the walk went on */
	assert_true(rc_rr_rdata_name(m, &rr, 0, &name));
}

static void assert_rdata(unsigned type, const char *rdata, size_t len, bool fits)
{
	put_header(&w, RESPONSE, 1, 1, 0, 0);
	put_question(&w, "example", type);
	put_rr(&w, type, rdata, len);
	assert_string_equal(rc_fault_slug(decode(&w)->fault), fits ? "none" : "rdata_bad");
}

#define FITS(type, text) assert_rdata((type), (text), sizeof(text) - 1, true)
#define FAILS(type, text) assert_rdata((type), (text), sizeof(text) - 1, false)

static void rdata_is_checked_against_its_type(void **state)
{
	(void)state;
	FAILS(RC_TYPE_A, "");
	FAILS(RC_TYPE_A, "abc");
	FAILS(RC_TYPE_A, "abcde");
	FAILS(RC_TYPE_AAAA, "abcdefghijklmno");
	FITS(RC_TYPE_CNAME, "\001a\000");
	FAILS(RC_TYPE_CNAME, "\001a\000x");
	FAILS(RC_TYPE_CNAME, "\100a\000");
	FITS(RC_TYPE_SOA, "\300\014\300\014aaaabbbbccccddddeeee");
	FAILS(RC_TYPE_SOA, "\300\014\300\014aaaabbbbccccddddeee");
	FAILS(RC_TYPE_SOA, "\300\014\300\014aaaabbbbccccddddeeeef");
	FAILS(RC_TYPE_SRV, "aabbcc");
	FITS(RC_TYPE_SRV, "aabbcc\000");
	FAILS(RC_TYPE_DS, "\000\001\010");
	FAILS(RC_TYPE_DNSKEY, "\001\000\003");
	FITS(RC_TYPE_RRSIG, "\000\001\010\002aaaabbbbccccdd\300\014sig");
	FAILS(RC_TYPE_RRSIG, "\000\001\010\002aaaabbbbccccdd");
	FITS(RC_TYPE_NSEC, "\300\014\000\001\100");
	FAILS(RC_TYPE_NSEC, "\300\014\000\000");
	FAILS(RC_TYPE_NSEC, "\300\014\000\002\100");
	FAILS(RC_TYPE_NSEC, "\300\014\001\001\100\000\001\100"); /* windows descend */
	FITS(RC_TYPE_NSEC3, "\001\000\000\000\000\001x\000\001\100");
	FAILS(RC_TYPE_NSEC3, "\001\000\000\000\002\001");
	FITS(RC_TYPE_TXT, "\001a\000");
	FAILS(RC_TYPE_TXT, "");
	FAILS(RC_TYPE_TXT, "\002a");
	FAILS(RC_TYPE_HTTPS, "\000\001\000\000\003\000\002\001\273\000\001\000\000"); /* keys */
	FITS(RC_TYPE_HTTPS, "\000\001\000\000\003\000\002\001\273");
	FAILS(RC_TYPE_HTTPS, "\000\001\000\000\003\000\003\001\273\000"); /* a port of 3 octets */
	FITS(RC_TYPE_HTTPS, "\000\001\000\000\001\000\003\002h2");
	FAILS(RC_TYPE_HTTPS, "\000\001\000\000\001\000\003\001h2"); /* two lengths, one too long */
	FAILS(RC_TYPE_HTTPS, "\000\001\000\000\001\000\001\000");   /* an empty protocol */
	FAILS(RC_TYPE_HTTPS, "\000\001\000\000\004\000\003\001\002\003"); /* IPv4 hint */
	FITS(RC_TYPE_HTTPS, "\000\001\000\002\233\000\003\001\002\003");  /* unknown key */
	FITS(65280, "anything");
	FITS(65280, "");
}

static void addresses_of_other_classes_are_not_checked(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 1, 0, 0);
	put_question(&w, "example", RC_TYPE_A);
	put_u16(&w, 0xc00c);
	put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_CH, 0, 3);
	put_literal(&w, "\000\001\002");
	assert_fault(decode(&w), RC_FAULT_NONE, 0);
}

static void update_may_leave_rdata_empty(void **state)
{
	(void)state;
	for (unsigned opcode = 0; opcode <= RC_OPCODE_UPDATE; opcode += RC_OPCODE_UPDATE) {
		put_header(&w, opcode << 11, 1, 1, 1, 0);
		put_question(&w, "example", RC_TYPE_SOA);
		put_u16(&w, 0xc00c);
		put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_NONE, 0,
			     0); /* prerequisite: no such records */
		put_u16(&w, 0xc00c);
		put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_NONE, 0, 4); /* delete this one */
		put_literal(&w, "\300\000\002\001");
		assert_string_equal(rc_fault_slug(decode(&w)->fault),
				    opcode == RC_OPCODE_UPDATE ? "none" : "rdata_bad");
	}
}

static void first_fault_is_kept(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 2, 0, 0);
	put_question(&w, "example", RC_TYPE_A);
	put_rr_literal(&w, RC_TYPE_A, "abc");
	uint32_t off = w.len - 3;
	put_rr_literal(&w, RC_TYPE_NS, "\300\014x");
	put_u8(&w, 0); /* trailing */
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_RDATA_BAD, off);
	assert_int_equal(m->fault_section, RC_ANSWER);
}

static void faults_of_names_keep_their_reason(void **state)
{
	(void)state;
	static const struct {
		const char *owner;
		enum rc_fault fault;
	} cases[] = {{"\100", RC_FAULT_LABEL_TYPE}, {"\300\377", RC_FAULT_POINTER}};
	for (size_t i = 0; i < 2; i++) {
		put_header(&w, RESPONSE, 1, 0, 1, 0);
		put_question(&w, "example", RC_TYPE_A);
		uint32_t off = w.len;
		put_bytes(&w, cases[i].owner, strlen(cases[i].owner));
		put_rr_fixed(&w, RC_TYPE_A, RC_CLASS_IN, 0, 0);
		struct rc_msg *m = decode(&w);
		assert_fault(m, cases[i].fault, off);
		assert_int_equal(m->fault_section, RC_AUTHORITY);
		assert_true(m->has_question);
		assert_int_equal(m->section_off[RC_ADDITIONAL], 0);
	}
}

static void damaged_question_is_no_question(void **state)
{
	(void)state;
	put_header(&w, 0, 1, 0, 0, 0);
	put_literal(&w, "\300\014");
	put_u32(&w, 0x10001);
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_POINTER, 12);
	assert_false(m->has_question);
	assert_int_equal(m->qname.len, 0);
}

static void octets_behind_the_last_record_are_trailing(void **state)
{
	(void)state;
	put_full_response();
	uint32_t end = w.len;
	put_u8(&w, 0);
	assert_fault(decode(&w), RC_FAULT_TRAILING, end);
	assert_fault(decode_cut(&w, end), RC_FAULT_TRAILING, end);
}

static void stateful_operations_have_no_trailing_octets(void **state)
{
	(void)state;
	put_header(&w, RC_OPCODE_DSO << 11, 0, 0, 0, 0);
	put_u32(&w, 0x10008);
	assert_fault(decode(&w), RC_FAULT_NONE, 0);
}

static void walk_ends_at_its_ceiling(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 0, RC_RR_MAX + 1, 0, 0);
	for (unsigned i = 0; i <= RC_RR_MAX; i++) {
		put_u8(&w, 0);
		put_rr_fixed(&w, 65280, RC_CLASS_IN, 0, 0);
	}
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_TOO_MANY, 12 + RC_RR_MAX * 11);
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	unsigned n = 0;
	while (rc_rr_next(&it, &rr))
		n++;
	assert_int_equal(n, RC_RR_MAX);
}

static void put_tsig(unsigned mac_len, unsigned error)
{
	put_name(&w, "key.example");
	put_rr_fixed(&w, RC_TYPE_TSIG, RC_CLASS_ANY, 0, 13 + 10 + mac_len + 6);
	put_name(&w, "hmac-sha256");
	put_u16(&w, 0);
	put_u32(&w, 1700000000);
	put_u16(&w, 300);
	put_u16(&w, mac_len);
	for (unsigned i = 0; i < mac_len; i++)
		put_u8(&w, i);
	put_u16(&w, 0x1234);
	put_u16(&w, error);
	put_u16(&w, 0);
}

static void tsig_error_and_mac_length_are_read(void **state)
{
	(void)state;
	put_header(&w, 0xa809, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_SOA);
	uint32_t off = w.len;
	put_tsig(32, RC_RCODE_BADTIME);
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_NONE, 0);
	assert_true(m->tsig.present);
	assert_int_equal(m->tsig.error, RC_RCODE_BADTIME);
	assert_int_equal(m->tsig.mac_len, 32);
	assert_int_equal(m->tsig.owner_off, off);
}

static void tsig_before_another_record_is_a_fault(void **state)
{
	(void)state;
	put_header(&w, 0xa809, 1, 0, 0, 2);
	put_question(&w, "example", RC_TYPE_SOA);
	uint32_t off = w.len;
	put_tsig(0, RC_RCODE_BADKEY);
	put_opt(&w, 0, "", 0);
	struct rc_msg *m = decode(&w);
	assert_fault(m, RC_FAULT_TSIG_PLACE, off);
	assert_int_equal(m->tsig.error, RC_RCODE_BADKEY);
}

static void tsig_that_lies_about_its_mac_is_bad_and_absent(void **state)
{
	(void)state;
	put_header(&w, 0xa809, 1, 0, 0, 1);
	put_question(&w, "example", RC_TYPE_SOA);
	put_tsig(4, 0);
	w.data[w.len - 6 - 4 - 2] = 0xff; /* MAC size */
	struct rc_msg *m = decode(&w);
	assert_string_equal(rc_fault_slug(m->fault), "rdata_bad");
	assert_false(m->tsig.present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_and_question_are_read),
		cmocka_unit_test(opcode_and_rcode_are_taken_from_the_flags),
		cmocka_unit_test(header_alone_is_a_message_without_question),
		cmocka_unit_test(fewer_than_12_octets_are_no_message),
		cmocka_unit_test(first_of_two_questions_counts),
		cmocka_unit_test(message_cut_at_any_octet_keeps_what_was_before),
		cmocka_unit_test(message_that_ends_too_early_is_the_senders_fault),
		cmocka_unit_test(walk_notes_what_the_sections_hold),
		cmocka_unit_test(any_and_transfers_are_answered_by_any_type),
		cmocka_unit_test(iterator_gives_every_record_with_its_section),
		cmocka_unit_test(iterator_steps_over_empty_sections),
		cmocka_unit_test(iterator_follows_a_name_through_octets_behind_the_last_record),
		cmocka_unit_test(owners_that_repeat_are_as_good_as_the_first),
		cmocka_unit_test(pointer_to_the_first_name_needs_a_question),
		cmocka_unit_test(owner_and_names_in_rdata_are_read_through_pointers),
		cmocka_unit_test(the_fixed_part_of_an_rrsig_is_read_where_it_is_whole),
		cmocka_unit_test(name_in_rdata_does_not_run_into_the_next_record),
		cmocka_unit_test(rdata_is_checked_against_its_type),
		cmocka_unit_test(addresses_of_other_classes_are_not_checked),
		cmocka_unit_test(update_may_leave_rdata_empty),
		cmocka_unit_test(first_fault_is_kept),
		cmocka_unit_test(faults_of_names_keep_their_reason),
		cmocka_unit_test(damaged_question_is_no_question),
		cmocka_unit_test(octets_behind_the_last_record_are_trailing),
		cmocka_unit_test(stateful_operations_have_no_trailing_octets),
		cmocka_unit_test(walk_ends_at_its_ceiling),
		cmocka_unit_test(tsig_error_and_mac_length_are_read),
		cmocka_unit_test(tsig_before_another_record_is_a_fault),
		cmocka_unit_test(tsig_that_lies_about_its_mac_is_bad_and_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
