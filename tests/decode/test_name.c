#include "tests/decode/wire.h"

#include "decode/name.h"

static struct wire w;

static void start(void)
{
	put_header(&w, 0, 0, 0, 0, 0);
}

static enum rc_name_fault read_at(uint32_t off, struct rc_name *name, uint32_t *ret_end)
{
	struct rc_cursor c = rc_cursor_init(w.data, w.len);
	rc_cursor_seek(&c, off);
	struct rc_cursor skip = c;
	enum rc_name_fault fault = rc_name_read(&c, name);
	assert_int_equal(rc_name_skip(&skip), fault); /* the two walks agree in all cases */
	assert_int_equal(skip.pos, c.pos);
	*ret_end = c.pos;
	return fault;
}

static void assert_reads(uint32_t off, const char *text, uint32_t end)
{
	struct rc_name name;
	char out[RC_NAME_TEXT_MAX + 1];
	uint32_t at;
	assert_int_equal(read_at(off, &name, &at), RC_NAME_OK);
	size_t len = rc_name_format(&name, out);
	assert_int_equal(len, strlen(out));
	assert_string_equal(out, text);
	assert_int_equal(at, end);
}

static void assert_refuses(uint32_t off, enum rc_name_fault fault)
{
	struct rc_name name, before;
	uint32_t at;
	memset(&name, 0x5a, sizeof name);
	before = name;
	assert_int_equal(read_at(off, &name, &at), fault);
	assert_int_equal(at, off);
	assert_memory_equal(&name, &before, sizeof name);
}

static struct rc_name parsed(const char *text)
{
	struct rc_name name;
	assert_int_equal(rc_name_parse(text, &name), RC_OK);
	return name;
}

static void every_ascii_letter_is_lowered_and_nothing_else(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first += 32) {
		struct rc_name name;
		uint32_t at;
		start();
		put_u8(&w, 32);
		for (unsigned i = 0; i < 32; i++)
			put_u8(&w, first + i);
		put_u8(&w, 0);
		assert_int_equal(read_at(12, &name, &at), RC_NAME_OK);
		assert_int_equal(name.wire[0], 32);
		for (unsigned i = 0; i < 32; i++) {
			unsigned octet = first + i;
			unsigned want = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
			assert_int_equal(name.wire[1 + i], want);
		}
	}
}

static void names_of_every_short_length_are_lowered_to_the_end(void **state)
{
	(void)state;
	for (unsigned len = 1; len <= 40; len++) {
		struct rc_name name;
		uint32_t at;
		start();
		put_u8(&w, len);
		for (unsigned i = 0; i < len; i++)
			put_u8(&w, 'A' + i % 26);
		put_u8(&w, 0);
		assert_int_equal(read_at(12, &name, &at), RC_NAME_OK);
		assert_int_equal(name.len, len + 2);
		for (unsigned i = 0; i < len; i++)
			assert_int_equal(name.wire[1 + i], 'a' + i % 26);
	}
}

static void compressed_name_ends_behind_its_first_pointer(void **state)
{
	(void)state;
	start();
	put_name(&w, "Example.COM"); /* 12..24 */
	put_u8(&w, 3);
	put_literal(&w, "WWW"); /* 25..28 */
	put_u16(&w, 0xc00c);
	put_u8(&w, 1);
	put_literal(&w, "a"); /* 31..32 */
	put_u16(&w, 0xc019);
	put_u16(&w, 0xc014); /* 35: to "com" */
	assert_reads(12, "example.com", 25);
	assert_reads(25, "www.example.com", 31);
	assert_reads(31, "a.www.example.com", 35);
	assert_reads(35, "com", 37);
}

static void root_is_a_dot(void **state)
{
	(void)state;
	start();
	put_u8(&w, 0);
	assert_reads(12, ".", 13);
}

static void pointer_to_itself_is_a_fault(void **state)
{
	(void)state;
	start();
	put_u16(&w, 0xc00c);
	assert_refuses(12, RC_NAME_POINTER);
}

static void pointer_into_its_own_labels_is_a_fault(void **state)
{
	(void)state;
	start();
	put_u8(&w, 1);
	put_literal(&w, "a");
	put_u16(&w, 0xc00c);
	assert_refuses(12, RC_NAME_POINTER);
}

static void pointers_in_a_circle_are_a_fault(void **state)
{
	(void)state;
	start();
	put_u16(&w, 0xc00e);
	put_u16(&w, 0xc00c);
	assert_refuses(12, RC_NAME_POINTER);
	assert_refuses(14, RC_NAME_POINTER);
}

static void pointer_forward_is_a_fault(void **state)
{
	(void)state;
	start();
	put_u16(&w, 0xc00e);
	put_name(&w, "a");
	assert_refuses(12, RC_NAME_POINTER);
}

static void pointer_into_the_header_is_a_fault(void **state)
{
	(void)state;
	start();
	put_u16(&w, 0xc00b);
	assert_refuses(12, RC_NAME_POINTER);
}

static void chain_of_pointers_has_an_end(void **state)
{
	(void)state;
	start();
	put_u8(&w, 0);
	uint32_t last = 12;
	for (unsigned i = 0; i < RC_NAME_POINTERS_MAX; i++) {
		unsigned target = last;
		last = w.len;
		put_u16(&w, 0xc000 | target);
	}
	assert_reads(last, ".", last + 2);
	put_u16(&w, 0xc000 | last);
	assert_refuses(w.len - 2, RC_NAME_POINTER);
}

static void label_types_01_and_10_are_faults(void **state)
{
	(void)state;
	start();
	put_u8(&w, 0x40);
	put_u8(&w, 0);
	assert_refuses(12, RC_NAME_LABEL_TYPE);
	w.data[12] = 0x80;
	assert_refuses(12, RC_NAME_LABEL_TYPE);
	w.data[12] = 0xbf;
	assert_refuses(12, RC_NAME_LABEL_TYPE);
}

static void name_cut_anywhere_is_short(void **state)
{
	(void)state;
	start();
	put_name(&w, "example.com");
	uint32_t full = w.len;
	for (w.len = 12; w.len < full; w.len++)
		assert_refuses(12, RC_NAME_SHORT);
	start();
	put_u8(&w, 0xc0); /* half a pointer */
	assert_refuses(12, RC_NAME_SHORT);
}

/* 255 octets: three labels of 63, one of `last`, the root. */
static void put_long(unsigned last)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned len = i < 3 ? 63 : last;
		put_u8(&w, len);
		for (unsigned j = 0; j < len; j++)
			put_u8(&w, 255);
	}
	put_u8(&w, 0);
}

static void name_of_255_octets_fits_and_256_do_not(void **state)
{
	(void)state;
	struct rc_name name;
	char out[RC_NAME_TEXT_MAX + 1];
	uint32_t at;
	start();
	put_long(61);
	assert_int_equal(read_at(12, &name, &at), RC_NAME_OK);
	assert_int_equal(name.len, 255);
	assert_int_equal(name.labels, 4);
	assert_int_equal(rc_name_format(&name, out), 250 * 4 + 3);
	start();
	put_long(62);
	assert_refuses(12, RC_NAME_TOO_LONG);
}

static void pointers_do_not_stretch_a_name_over_255_octets(void **state)
{
	(void)state;
	start();
	put_long(61);
	uint32_t off = w.len;
	put_u8(&w, 1);
	put_literal(&w, "x");
	put_u16(&w, 0xc00c);
	assert_refuses(off, RC_NAME_TOO_LONG);
}

static void name_of_127_labels_survives_all_operations(void **state)
{
	(void)state;
	struct rc_name name, parent;
	uint32_t at;
	start();
	for (unsigned i = 0; i < 127; i++) {
		put_u8(&w, 1);
		put_literal(&w, "a");
	}
	put_u8(&w, 0);
	assert_int_equal(read_at(12, &name, &at), RC_NAME_OK);
	assert_int_equal(name.labels, 127);
	rc_name_parent(&name, 127, &parent);
	assert_int_equal(parent.len, 1);
	assert_int_equal(rc_name_common_labels(&name, &name), 127);
	assert_true(rc_name_in(&name, &parent));
}

static void parse_and_format_are_inverse(void **state)
{
	(void)state;
	static const char *const texts[] = {".",
					    "com",
					    "www.example.com",
					    "a\\.b.example",
					    "\\000\\032\\127\\255.x",
					    "\\\"\\(\\)\\;\\@\\$\\\\.x",
					    "_dmarc.xn--mnchen-3ya.de"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char out[RC_NAME_TEXT_MAX + 1];
		struct rc_name name = parsed(texts[i]);
		rc_name_format(&name, out);
		assert_string_equal(out, texts[i]);
	}
}

static void parse_lowers_and_takes_a_final_dot(void **state)
{
	(void)state;
	struct rc_name a = parsed("WWW.Example."), b = parsed("www.example");
	assert_true(rc_name_equal(&a, &b));
	assert_int_equal(a.labels, 2);
	assert_int_equal(a.len, 13);
}

static void parse_refuses_what_is_no_name(void **state)
{
	(void)state;
	char text[600];
	struct rc_name name;
	assert_int_equal(rc_name_parse("", &name), RC_E_SYNTAX);
	assert_int_equal(rc_name_parse("..", &name), RC_E_SYNTAX);
	assert_int_equal(rc_name_parse(".a", &name), RC_E_SYNTAX);
	assert_int_equal(rc_name_parse("a..b", &name), RC_E_SYNTAX);
	assert_int_equal(rc_name_parse("a\\", &name), RC_E_SYNTAX);
	assert_int_equal(rc_name_parse("a\\25", &name), RC_E_SYNTAX);
	assert_int_equal(rc_name_parse("a\\256", &name), RC_E_RANGE);
	memset(text, 'a', sizeof text);
	text[63] = '\0';
	assert_int_equal(rc_name_parse(text, &name), RC_OK);
	text[63] = 'a';
	text[64] = '\0';
	assert_int_equal(rc_name_parse(text, &name), RC_E_RANGE);
	for (size_t i = 1; i < 254; i += 2) {
		text[i - 1] = 'a';
		text[i] = '.';
	}
	text[253] = '\0'; /* 127 labels of one octet: 255 octets */
	assert_int_equal(rc_name_parse(text, &name), RC_OK);
	assert_int_equal(name.len, 255);
	memcpy(text + 253, ".a", 3);
	assert_int_equal(rc_name_parse(text, &name), RC_E_RANGE);
}

static void name_lies_in_its_ancestors_by_whole_labels(void **state)
{
	(void)state;
	struct rc_name root = parsed("."), com = parsed("com"), example = parsed("example.com"),
		       www = parsed("www.example.com"), other = parsed("wwwexample.com"),
		       none = {.len = 0};
	assert_true(rc_name_in(&www, &example));
	assert_true(rc_name_in(&www, &com));
	assert_true(rc_name_in(&www, &root));
	assert_true(rc_name_in(&www, &www));
	assert_true(rc_name_in(&root, &root));
	assert_false(rc_name_in(&example, &www));
	assert_false(rc_name_in(&other, &example));
	assert_false(rc_name_in(&www, &none));
	assert_false(rc_name_in(&none, &root));
}

static void label_octets_that_look_like_labels_do_not_make_an_ancestor(void **state)
{
	(void)state;
	/* One label that ends in the octets of "com" with its length. */
	struct rc_name odd = parsed("x\\003com"), com = parsed("com");
	assert_false(rc_name_in(&odd, &com));
	assert_int_equal(rc_name_common_labels(&odd, &com), 0);
}

static void parent_may_be_the_name_itself(void **state)
{
	(void)state;
	struct rc_name name = parsed("a.b.example"), example = parsed("example");
	rc_name_parent(&name, 2, &name);
	assert_true(rc_name_equal(&name, &example));
	assert_int_equal(name.labels, 1);
}

static void common_labels_count_from_the_root(void **state)
{
	(void)state;
	struct rc_name a = parsed("a.b.example.com"), b = parsed("x.example.com"),
		       c = parsed("a.b.example.org"), root = parsed(".");
	assert_int_equal(rc_name_common_labels(&a, &b), 2);
	assert_int_equal(rc_name_common_labels(&a, &c), 0);
	assert_int_equal(rc_name_common_labels(&a, &root), 0);
	assert_int_equal(rc_name_common_labels(&a, &a), 4);
}

static void order_is_that_of_rfc_4034(void **state)
{
	(void)state;
	static const char *const sorted[] = {
		"example",         "a.example",      "yljkjljk.a.example",
		"Z.a.example",     "zABC.a.EXAMPLE", "z.example",
		"\\001.z.example", "*.z.example",    "\\200.z.example"};
	size_t n = sizeof sorted / sizeof *sorted;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			struct rc_name a = parsed(sorted[i]), b = parsed(sorted[j]);
			int order = rc_name_compare(&a, &b);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

static void hash_depends_on_name_and_seed_not_on_case(void **state)
{
	(void)state;
	struct rc_name a = parsed("Example.com"), b = parsed("eXAMPLE.com"),
		       c = parsed("example.org");
	assert_true(rc_name_hash(1, &a) == rc_name_hash(1, &b));
	assert_true(rc_name_hash(1, &a) != rc_name_hash(2, &a));
	assert_true(rc_name_hash(1, &a) != rc_name_hash(1, &c));
}

/* The walk as RFC 1035 4.1.4 tells it, octet by octet, to compare with. */
static enum rc_name_fault slow_read(uint32_t at, struct rc_name *ret_name, uint32_t *ret_end)
{
	uint32_t start = at, len = 0, end = 0;
	for (unsigned pointers = 0;;) {
		if (at >= w.len)
			return RC_NAME_SHORT;
		unsigned octet = w.data[at];
		if (octet >= 0xc0) {
			if (at + 1 >= w.len)
				return RC_NAME_SHORT;
			unsigned target = (octet & 0x3f) << 8 | w.data[at + 1];
			if (target >= start || target < RC_DNS_HEADER_LEN ||
			    pointers++ == RC_NAME_POINTERS_MAX)
				return RC_NAME_POINTER;
			end = end == 0 ? at + 2 : end;
			start = at = target;
			continue;
		}
		if (octet > RC_LABEL_MAX)
			return RC_NAME_LABEL_TYPE;
		if (at + 1 + octet > w.len)
			return RC_NAME_SHORT;
		if (len + 1 + octet > RC_NAME_MAX)
			return RC_NAME_TOO_LONG;
		for (unsigned i = 0; i <= octet; i++) {
			uint8_t c = w.data[at++];
			ret_name->wire[len++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
		}
		if (octet == 0)
			break;
		ret_name->labels++;
	}
	ret_name->len = (uint8_t)len;
	*ret_end = end == 0 ? at : end;
	return RC_NAME_OK;
}

static unsigned draw(unsigned below)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % below);
}

/* Labels, roots, pointers and what is none of them, up to an end that may cut the last. */
static void put_drawn_names(unsigned octets)
{
	start();
	while (w.len < RC_DNS_HEADER_LEN + octets) {
		unsigned what = draw(16), len = draw(4) == 0 ? 1 + draw(RC_LABEL_MAX) : 1 + draw(4);
		if (what < 8) {
			put_u8(&w, len);
			while (len-- > 0)
				put_u8(&w, draw(3) == 0 ? draw(256) : 'A' + draw(58));
		} else if (what < 13) {
			put_u16(&w, 0xc000 | (draw(8) == 0 ? draw(0x4000) : draw(w.len)));
		} else {
			put_u8(&w, what < 15 ? 0 : draw(256));
		}
	}
}

static void names_of_all_kinds_are_read_as_octet_by_octet(void **state)
{
	(void)state;
	unsigned sound = 0, read = 0;
	for (unsigned round = 0; round < 1000; round++) {
		put_drawn_names(20 + draw(round % 4 == 0 ? 1000 : 300));
		for (uint32_t off = 0; off < w.len; off++) {
			struct rc_name name, slow = {.len = 0};
			uint32_t end, slow_end = off;
			enum rc_name_fault fault = read_at(off, &name, &end);
			assert_int_equal(fault, slow_read(off, &slow, &slow_end));
			assert_int_equal(end, slow_end);
			assert_int_equal(rc_name_end(w.data, w.len, off),
					 fault == RC_NAME_OK ? end : 0);
			read++;
			if (fault != RC_NAME_OK)
				continue;
			sound++;
			assert_int_equal(name.labels, slow.labels);
			assert_int_equal(name.len, slow.len);
			assert_memory_equal(name.wire, slow.wire, name.len);
		}
	}
	assert_true(sound > read / 100 && sound < read / 2); /* both kinds were there */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_ascii_letter_is_lowered_and_nothing_else),
		cmocka_unit_test(names_of_every_short_length_are_lowered_to_the_end),
		cmocka_unit_test(compressed_name_ends_behind_its_first_pointer),
		cmocka_unit_test(root_is_a_dot),
		cmocka_unit_test(pointer_to_itself_is_a_fault),
		cmocka_unit_test(pointer_into_its_own_labels_is_a_fault),
		cmocka_unit_test(pointers_in_a_circle_are_a_fault),
		cmocka_unit_test(pointer_forward_is_a_fault),
		cmocka_unit_test(pointer_into_the_header_is_a_fault),
		cmocka_unit_test(chain_of_pointers_has_an_end),
		cmocka_unit_test(label_types_01_and_10_are_faults),
		cmocka_unit_test(name_cut_anywhere_is_short),
		cmocka_unit_test(name_of_255_octets_fits_and_256_do_not),
		cmocka_unit_test(pointers_do_not_stretch_a_name_over_255_octets),
		cmocka_unit_test(name_of_127_labels_survives_all_operations),
		cmocka_unit_test(names_of_all_kinds_are_read_as_octet_by_octet),
		cmocka_unit_test(parse_and_format_are_inverse),
		cmocka_unit_test(parse_lowers_and_takes_a_final_dot),
		cmocka_unit_test(parse_refuses_what_is_no_name),
		cmocka_unit_test(name_lies_in_its_ancestors_by_whole_labels),
		cmocka_unit_test(label_octets_that_look_like_labels_do_not_make_an_ancestor),
		cmocka_unit_test(parent_may_be_the_name_itself),
		cmocka_unit_test(common_labels_count_from_the_root),
		cmocka_unit_test(order_is_that_of_rfc_4034),
		cmocka_unit_test(hash_depends_on_name_and_seed_not_on_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
