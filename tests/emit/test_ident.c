#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/err.h"
#include "emit/ident.h"

/* The first three are of the specification's own baseline. */
static const struct {
	const char *a, *b;
	uint16_t a_port, b_port;
	uint8_t proto;
	const char *id;
} vectors[] = {
	{"1.2.3.4", "5.6.7.8", 1122, 3344, 17, "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg="},
	{"1.2.3.4", "5.6.7.8", 1122, 3344, 6, "1:wCb3OG7yAFWelaUydu0D+125CLM="},
	{"192.168.1.52", "8.8.8.8", 54585, 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
	{"192.0.2.10", "192.0.2.53", 54321, 53, 17, "1:kYmluywLq9iKlw38ZkUZEL8i9DQ="},
	{"2001:db8::10", "2001:db8::53", 54321, 53, 17, "1:Q8c/WyOJVlSb89BGbWZcNYQCXps="},
};

static void community_id_equals_the_published_vectors_in_both_directions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		char text[RC_COMMUNITY_ID_LEN + 1] = {0};
		struct rc_addr a, b;
		assert_int_equal(rc_addr_parse(vectors[i].a, &a), RC_OK);
		assert_int_equal(rc_addr_parse(vectors[i].b, &b), RC_OK);
		rc_ident_community(&a, vectors[i].a_port, &b, vectors[i].b_port, vectors[i].proto,
				   text);
		assert_string_equal(text, vectors[i].id);
		rc_ident_community(&b, vectors[i].b_port, &a, vectors[i].a_port, vectors[i].proto,
				   text);
		assert_string_equal(text, vectors[i].id);
	}
}

static void event_id_is_the_head_of_sha1(void **state)
{
	struct rc_ident in = {"abc", 3};
	char text[RC_EVENT_ID_LEN + 1] = {0};
	(void)state;
	rc_ident_event(&in, text); /* FIPS 180-4's example */
	assert_string_equal(text, "a9993e364706816aba3e25717850c26c");
}

/* Around the ends of blocks the padding differs; OpenSSL's own digest is the oracle. */
static void event_id_of_any_length_equals_the_librarys_digest(void **state)
{
	(void)state;
	for (size_t len = 0; len <= RC_IDENT_MAX; len++) {
		struct rc_ident in = {.n = len};
		uint8_t sum[EVP_MAX_MD_SIZE];
		char text[RC_EVENT_ID_LEN + 1] = {0}, want[2 * 16 + 1];
		for (size_t i = 0; i < len; i++)
			in.bytes[i] = (uint8_t)(i * 7 + len);
		assert_int_equal(EVP_Digest(in.bytes, len, sum, NULL, EVP_sha1(), NULL), 1);
		for (size_t i = 0; i < 16; i++)
			snprintf(want + 2 * i, 3, "%02x", sum[i]);
		rc_ident_event(&in, text);
		assert_string_equal(text, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(community_id_equals_the_published_vectors_in_both_directions),
		cmocka_unit_test(event_id_is_the_head_of_sha1),
		cmocka_unit_test(event_id_of_any_length_equals_the_librarys_digest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
