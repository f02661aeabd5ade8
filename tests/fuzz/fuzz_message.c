/*
 * A whole message. The last octet says how many octets the snap length took away.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/rr.h"

#define TEXT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_record(const struct rc_msg *m, const struct rc_rr *rr, struct rc_buf *buf)
{
	struct rc_name name;
	require(rr->rdata_off + rr->rdata_len <= m->end_off);
	require(rc_rr_owner(m, rr, &name));
	rc_rr_rdata_name(m, rr, rr->type % 8, &name);
	rc_buf_clear(buf);
	rc_rr_format_rdata(m, rr, buf);
	for (size_t i = 0; i < buf->len; i++)
		require(buf->data[i] >= ' ' && buf->data[i] <= '~');
}

/* Walks from each section; the records of a whole walk end where decoding ended. */
static void check_records(const struct rc_msg *m, struct rc_buf *buf)
{
	for (enum rc_section from = RC_ANSWER; from <= RC_ADDITIONAL; from++) {
		struct rc_rr_iter it = rc_rr_begin(m, from);
		struct rc_rr rr;
		while (rc_rr_next(&it, &rr)) {
			require(rr.section >= from);
			if (from == RC_ANSWER)
				check_record(m, &rr, buf);
		}
		require(it.pos == m->end_off);
	}
}

static void check(const struct rc_msg *m, bool header)
{
	require(m->fault < RC_FAULT_COUNT && m->fault_off <= m->len && m->end_off <= m->len);
	require(header || m->fault != RC_FAULT_NONE);
	require(m->has_question == (m->qname.len > 0));
	require(m->edns.n_ede <= RC_EDE_MAX);
	for (unsigned i = 0; i < m->edns.n_ede; i++)
		require(m->edns.ede[i].text_off + m->edns.ede[i].text_len <= m->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rc_msg m;
	if (size == 0 || size > RC_MSG_MAX)
		return 0;
	uint32_t len = (uint32_t)size - 1;
	uint8_t *copy = malloc(len == 0 ? 1 : len); /* so that a sanitizer sees its end */
	if (copy == NULL)
		return 0;
	memcpy(copy, data, len);
	memset(&m, 0xa5, sizeof m); /* what decoding leaves out stays rubbish */
	bool header = rc_msg_decode(copy, len, len + data[len], 7, &m);
	check(&m, header);
	struct rc_buf buf = rc_buf_init(TEXT_MAX);
	check_records(&m, &buf);
	rc_buf_free(&buf);
	free(copy);
	return 0;
}
