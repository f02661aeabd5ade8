/*
 * Decompressors of capture files, told apart by magic: one row each. A format whose library this
 * build lacks keeps its row, so that the message can name it.
 */
#ifndef RC_CAPTURE_CODEC_H
#define RC_CAPTURE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RC_CODEC_MAGIC_MAX 6u

/* Input and output of one step; the codec advances both pairs. */
struct rc_codec_io {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
	bool between; /* what was consumed ends a member: the file may end here */
};

struct rc_codec {
	const char *name;    /* "gzip" */
	const char *library; /* "zlib" */
	uint8_t magic[RC_CODEC_MAGIC_MAX];
	uint8_t magic_len;
	/* RC_E_NOMEM. NULL when the library is missing. */
	int (*start)(void **ret_state);
	/*
	 * Decodes some. RC_OK (also when it needs more input or room), RC_E_FORMAT for damage,
	 * RC_E_NOMEM. After an error it must not be called again. Output produced before the error
	 * counts.
	 */
	int (*step)(void *state, struct rc_codec_io *io);
	void (*stop)(void *state);
};

/* The codec whose magic starts these bytes; NULL for none. */
const struct rc_codec *rc_codec_find(const uint8_t *head, size_t len);

#endif
