/*
 * The RDATA of an OPT record, in a response to a question of the root.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Header with one question and one additional record; question; OPT up to its RDLENGTH. */
static const uint8_t head[] = {0, 1, 0x81, 0x82, 0, 1, 0,  0, 0,   0, 0, 1,    0,
			       0, 1, 0,    1,    0, 0, 41, 4, 208, 0, 0, 0x80, 0};

#define HEAD_LEN (sizeof head + 2)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rc_msg m;
	if (size > RC_MSG_MAX - HEAD_LEN)
		return 0;
	uint8_t *message = malloc(HEAD_LEN + size);
	if (message == NULL)
		return 0;
	memcpy(message, head, sizeof head);
	message[sizeof head] = (uint8_t)(size >> 8);
	message[sizeof head + 1] = (uint8_t)size;
	if (size > 0)
		memcpy(message + HEAD_LEN, data, size);
	uint32_t len = (uint32_t)(HEAD_LEN + size);
	bool header = rc_msg_decode(message, len, len, 1, &m);
	bool right = header && m.edns.present && m.edns.do_bit && m.edns.udp_size == 1232 &&
		     m.edns.rdata_off == HEAD_LEN && m.edns.rdata_len == size && m.end_off == len &&
		     m.edns.n_ede <= RC_EDE_MAX && m.edns.n_options <= size / 4 &&
		     m.rcode == RC_RCODE_SERVFAIL &&
		     (m.fault == RC_FAULT_NONE || m.fault == RC_FAULT_OPTION_SHORT ||
		      m.fault == RC_FAULT_OPTION_BAD);
	for (unsigned i = 0; right && i < m.edns.n_ede; i++)
		right = m.edns.ede[i].text_off >= HEAD_LEN &&
			m.edns.ede[i].text_off + m.edns.ede[i].text_len <= len &&
			m.edns.ede[i].text_len <= RC_EDE_TEXT_MAX;
	if (!right)
		abort();
	free(message);
	return 0;
}
