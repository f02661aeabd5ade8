/*
 * A row of TCP segments of one connection: each four octets of control (flags, side and "cut";
 * position; acknowledgement; size), then data taken from the rest of the input.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "decode/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS = 40, SIDE = 0x20, CUT = 0x40, FAR = 0x80 };

static void put_u32(uint8_t *out, uint32_t v)
{
	out[0] = (uint8_t)(v >> 24);
	out[1] = (uint8_t)(v >> 16);
	out[2] = (uint8_t)(v >> 8);
	out[3] = (uint8_t)v;
}

static void headers(uint8_t *out, const uint8_t control[4], uint32_t seq, uint32_t ack,
		    uint32_t len)
{
	bool server = control[0] & SIDE;
	memset(out, 0, HEADERS);
	out[0] = 0x45;
	out[2] = (uint8_t)((HEADERS + len) >> 8);
	out[3] = (uint8_t)(HEADERS + len);
	out[9] = 6;
	out[15] = server ? 2 : 1;
	out[19] = server ? 1 : 2;
	out[server ? 21 : 23] = 53;
	out[server ? 22 : 20] = 40;
	put_u32(out + 24, seq);
	put_u32(out + 28, ack);
	out[32] = 0x50;
	out[33] = control[0] & 0x1f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t ports[] = {53};
	const struct rc_decoder_config config = {.seed = 1, .ports = ports, .n_ports = 1};
	struct rc_decoder *decoder;
	struct rc_obs obs[2];
	uint32_t next[2] = {UINT32_MAX - 300, UINT32_MAX - 300};
	if (size > 65536 || rc_decoder_new(&config, &decoder))
		return 0;
	for (size_t pos = 0; pos + 4 < size;) {
		const uint8_t *control = data + pos;
		pos += 4;
		uint32_t want = control[0] & FAR ? control[3] * 16u : control[3];
		uint32_t len = size - pos < want ? (uint32_t)(size - pos) : want;
		uint8_t *packet = malloc(HEADERS + len);
		if (!packet)
			break;
		unsigned side = (control[0] & SIDE) != 0;
		int step = (int8_t)control[1] * ((control[0] & FAR) != 0 ? 1500 : 1);
		uint32_t seq = next[side] + (uint32_t)step;
		int back = (int8_t)control[2];
		uint32_t ack = next[!side] + (uint32_t)back;
		headers(packet, control, seq, ack, len);
		memcpy(packet + HEADERS, data + pos, len);
		pos += len;
		next[side] = seq + len + ((control[0] & 2) != 0);
		uint32_t gone = control[0] & CUT ? len / 2 : 0;
		struct rc_frame frame = {.ts_ns = (int64_t)pos * 1000,
					 .number = 1,
					 .data = packet,
					 .caplen = HEADERS + len - gone,
					 .len = HEADERS + len,
					 .linktype = 101};
		rc_decoder_batch(decoder);
		size_t n = rc_decoder_feed(decoder, &frame, obs, 2);
		while (n == 2)
			n = rc_decoder_feed(decoder, NULL, obs, 2);
		free(packet);
	}
	rc_decoder_free(decoder);
	return 0;
}
