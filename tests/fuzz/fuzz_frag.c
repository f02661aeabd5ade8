/*
 * A row of IP fragments of few datagrams: each four octets of control (family and ID, offset, size
 * and the bits "more" and "time passes"), then data taken from the rest of the input.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void header4(uint8_t *out, const uint8_t control[4], uint32_t len)
{
	memset(out, 0, 20);
	out[0] = 0x45;
	out[2] = (uint8_t)((20 + len) >> 8);
	out[3] = (uint8_t)(20 + len);
	out[5] = control[0] & 3;
	out[6] = (uint8_t)((control[3] & 0x80 ? 0x20 : 0) | (control[1] >> 4 & 0x1f));
	out[7] = (uint8_t)(control[1] << 4 | (control[2] & 15));
	out[9] = 17;
	out[12] = out[16] = 10;
}

static void header6(uint8_t *out, const uint8_t control[4], uint32_t len)
{
	memset(out, 0, 48);
	out[0] = 0x60;
	out[4] = (uint8_t)((8 + len) >> 8);
	out[5] = (uint8_t)(8 + len);
	out[6] = 44;
	out[40] = control[0] & 4 ? 17 : 60;
	out[42] = (uint8_t)(control[1] >> 1);
	out[43] = (uint8_t)(control[1] << 7 | (control[2] & 15) << 3 | control[3] >> 7);
	out[47] = control[0] & 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t ports[] = {53};
	const struct rc_decoder_config config = {.seed = 1, .ports = ports, .n_ports = 1};
	struct rc_decoder *decoder;
	struct rc_obs obs[2];
	int64_t ts_ns = 0;
	size_t n;
	if (size > 65536 || rc_decoder_new(&config, &decoder))
		return 0;
	for (size_t pos = 0; pos + 4 < size;) {
		const uint8_t *control = data + pos;
		pos += 4;
		uint32_t want = (control[3] & 0x3fu) * 8u + (control[2] >> 4);
		uint32_t len = size - pos < want ? (uint32_t)(size - pos) : want;
		uint32_t header = control[0] & 8 ? 48 : 20;
		uint8_t *packet = malloc(header + len);
		if (!packet)
			break;
		if (header == 48)
			header6(packet, control, len);
		else
			header4(packet, control, len);
		memcpy(packet + header, data + pos, len);
		pos += len;
		ts_ns += control[3] & 0x40 ? INT64_C(20000000000) : 1000;
		struct rc_frame frame = {.ts_ns = ts_ns,
					 .number = 1,
					 .data = packet,
					 .caplen = header + len,
					 .len = header + len + (control[0] & 16 ? 8 : 0),
					 .linktype = 101};
		rc_decoder_batch(decoder);
		n = rc_decoder_feed(decoder, &frame, obs, 2);
		while (n == 2)
			n = rc_decoder_feed(decoder, NULL, obs, 2);
		free(packet);
	}
	rc_decoder_batch(decoder);
	while (rc_decoder_expire(decoder, INT64_MAX, obs, 2) == 2)
		continue;
	rc_decoder_free(decoder);
	return 0;
}
