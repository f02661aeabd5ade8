/*
 * One frame: two octets of link type, then its octets; the last octet says how many the snap length
 * took away.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t ports[] = {53};
	const struct rc_decoder_config config = {.seed = 1, .ports = ports, .n_ports = 1};
	static struct rc_decoder *decoder;
	struct rc_obs obs[4];
	if (size < 3 || size > 65536 || (!decoder && rc_decoder_new(&config, &decoder)))
		return 0;
	uint32_t len = (uint32_t)size - 3;
	uint8_t *copy = malloc(len ? len : 1); /* so that a sanitizer sees its end */
	if (!copy)
		return 0;
	memcpy(copy, data + 2, len);
	static int64_t ts_ns;
	struct rc_frame frame = {.ts_ns = ts_ns += 1000000,
				 .number = 1,
				 .data = copy,
				 .caplen = len,
				 .len = len + data[size - 1],
				 .linktype = (uint16_t)(data[0] << 8 | data[1])};
	rc_decoder_batch(decoder);
	size_t n = rc_decoder_feed(decoder, &frame, obs, 4);
	while (n == 4)
		n = rc_decoder_feed(decoder, NULL, obs, 4);
	free(copy);
	return 0;
}
