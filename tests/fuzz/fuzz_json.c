/*
 * JSON strings: the input is text off the wire. What is written is ASCII, reads back with jansson, and
 * says the same whether the worst case fits the buffer or not.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "emit/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rc_buf roomy = rc_buf_init(6 * size + 64);
	rc_json_string(&roomy, data, size);
	require(!roomy.failed);
	for (size_t i = 0; i < roomy.len; i++)
		require(roomy.data[i] >= 0x20 && roomy.data[i] < 0x7f);
	json_t *back = json_loadb(roomy.data, roomy.len, JSON_DECODE_ANY, NULL);
	require(json_is_string(back));
	json_decref(back);

	struct rc_buf exact = rc_buf_init(roomy.len), short_of = rc_buf_init(roomy.len - 1);
	rc_json_string(&exact, data, size);
	require(!exact.failed && exact.len == roomy.len);
	require(memcmp(exact.data, roomy.data, roomy.len) == 0);
	rc_json_string(&short_of, data, size);
	require(short_of.failed);
	rc_buf_free(&roomy);
	rc_buf_free(&exact);
	rc_buf_free(&short_of);
	return 0;
}
