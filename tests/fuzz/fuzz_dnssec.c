/*
 * Messages of a resolution, each behind two octets of length as over TCP; what the last one asks is
 * judged.
 */
#include <stdlib.h>

#include "analyze/dnssec/dnssec.h"
#include "base/time.h"

#define MSGS_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_messages(const uint8_t *data, size_t size, struct rc_msg *msgs,
			    struct rc_dnssec_msg *in)
{
	size_t n = 0;
	struct rc_cursor c = rc_cursor_init(data, size > UINT32_MAX ? 0 : (uint32_t)size);
	while (n < MSGS_MAX && rc_cursor_left(&c) > 2) {
		uint32_t len = rc_cursor_u16(&c), full_len = len;
		if (len > rc_cursor_left(&c))
			len = rc_cursor_left(&c);
		const uint8_t *wire = rc_cursor_bytes(&c, len);
		if (!rc_msg_decode(wire, len, full_len, 1, &msgs[n]))
			continue;
		in[n].msg = &msgs[n];
		in[n].ts_ns = (int64_t)(1795226704 + n) * RC_NS_PER_S;
		n++;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char anchor[] =
		". IN DS 20831 8 2 "
		"c7a8d8dd9e8765f440a12cb81b67c4ba644933872bccc3900bf5f8c30f8ad6c2\n";
	struct rc_dnssec_msg in[MSGS_MAX];
	struct rc_dnssec *dnssec = NULL;
	struct rc_arena *arena = NULL;
	struct rc_dnssec_result result;
	struct rc_msg *msgs = calloc(MSGS_MAX, sizeof(*msgs));
	if (!msgs || rc_dnssec_new(anchor, &dnssec) < 0 || rc_arena_new(16u << 20, &arena) < 0)
		goto out;
	size_t n = read_messages(data, size, msgs, in);
	if (n == 0 || !msgs[n - 1].has_question)
		goto out;
	const struct rc_dnssec_question q = {&msgs[n - 1].qname, msgs[n - 1].qtype, in[n - 1].ts_ns,
					     in, n};
	rc_dnssec_check(dnssec, &q, arena, &result);
	if (result.n_findings == 0 && result.status == RC_DNSSEC_BOGUS)
		abort(); /* a verdict without its reason */
out:
	rc_arena_free(arena);
	rc_dnssec_free(dnssec);
	free(msgs);
	return 0;
}
