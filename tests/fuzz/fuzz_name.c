/*
 * Names: the input is a message's octets from offset 12 on; a name is read at every offset.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "decode/name.h"

#define NAMES_MAX 512u /* offsets tried, so that long inputs stay fast */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What was read must survive printing and parsing, and lie where the operations say it lies. */
static void check(const struct rc_name *name)
{
	char text[RC_NAME_TEXT_MAX + 1];
	struct rc_name again, parent;
	require(name->len >= 1 && name->labels <= 127);
	size_t len = rc_name_format(name, text);
	require(len <= RC_NAME_TEXT_MAX && strlen(text) == len);
	require(rc_name_parse(text, &again) == RC_OK && rc_name_equal(name, &again));
	require(again.labels == name->labels && rc_name_hash(3, &again) == rc_name_hash(3, name));
	unsigned up = name->labels / 2u;
	rc_name_parent(name, up, &parent);
	require(rc_name_in(name, &parent));
	require(rc_name_common_labels(name, &parent) == name->labels - up);
	require((rc_name_compare(name, &parent) > 0) == (up > 0));
	require(rc_name_compare(&parent, &parent) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > RC_MSG_MAX - RC_DNS_HEADER_LEN)
		return 0;
	uint32_t len = (uint32_t)size + RC_DNS_HEADER_LEN;
	uint8_t *message = calloc(len, 1); /* its own block, so that a sanitizer sees its end */
	if (message == NULL)
		return 0;
	if (size > 0)
		memcpy(message + RC_DNS_HEADER_LEN, data, size);
	for (uint32_t off = 0; off < len && off < NAMES_MAX; off++) {
		struct rc_cursor c = rc_cursor_init(message, len);
		rc_cursor_seek(&c, off);
		struct rc_cursor skip = c;
		struct rc_name name;
		enum rc_name_fault fault = rc_name_read(&c, &name);
		require(rc_name_skip(&skip) == fault && skip.pos == c.pos);
		require((fault == RC_NAME_OK) == (c.pos > off));
		if (fault == RC_NAME_OK)
			check(&name);
	}
	free(message);
	return 0;
}
