#include "capture/codec.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#ifdef RC_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef RC_HAVE_LIBZSTD
#include <zstd.h>
#endif
#ifdef RC_HAVE_LIBLZMA
#include <lzma.h>
#endif
#ifdef RC_HAVE_LIBLZ4
#include <lz4frame.h>
#endif

#include "base/err.h"
#include "base/limits.h"

#if defined RC_HAVE_ZLIB || defined RC_HAVE_LIBZSTD || defined RC_HAVE_LIBLZMA || \
	defined RC_HAVE_LIBLZ4
static void advance(struct rc_codec_io *io, size_t consumed, size_t produced)
{
	io->in += consumed;
	io->in_len -= consumed;
	io->out += produced;
	io->out_len -= produced;
}
#endif

#ifdef RC_HAVE_ZLIB
#define GZIP_WINDOW_BITS (15 + 16) /* the largest window, gzip wrapper only */

static int gzip_start(void **ret_state)
{
	z_stream *z = calloc(1, sizeof *z);
	if (!z)
		return RC_E_NOMEM;
	if (inflateInit2(z, GZIP_WINDOW_BITS) != Z_OK) {
		free(z);
		return RC_E_NOMEM;
	}
	*ret_state = z;
	return RC_OK;
}

static int gzip_step(void *state, struct rc_codec_io *io)
{
	z_stream *z = state;
	if (io->between)
		inflateReset(z);
	z->next_in = (Bytef *)(uintptr_t)io->in;
	z->avail_in = io->in_len > UINT_MAX ? UINT_MAX : (uInt)io->in_len;
	z->next_out = io->out;
	z->avail_out = io->out_len > UINT_MAX ? UINT_MAX : (uInt)io->out_len;
	int rc = inflate(z, Z_NO_FLUSH);
	advance(io, (size_t)(z->next_in - io->in), (size_t)(z->next_out - io->out));
	io->between = rc == Z_STREAM_END;
	switch (rc) {
	case Z_OK:
	case Z_STREAM_END:
	case Z_BUF_ERROR:
		return RC_OK;
	case Z_MEM_ERROR:
		return RC_E_NOMEM;
	default:
		return RC_E_FORMAT;
	}
}

static void gzip_stop(void *state)
{
	inflateEnd(state);
	free(state);
}
#else
#define gzip_start NULL
#define gzip_step NULL
#define gzip_stop NULL
#endif

#ifdef RC_HAVE_LIBZSTD
static int zstd_start(void **ret_state)
{
	ZSTD_DCtx *d = ZSTD_createDCtx();
	if (!d)
		return RC_E_NOMEM;
	*ret_state = d;
	return RC_OK;
}

static int zstd_step(void *state, struct rc_codec_io *io)
{
	ZSTD_inBuffer in = {.src = io->in, .size = io->in_len};
	ZSTD_outBuffer out = {.dst = io->out, .size = io->out_len};
	size_t rc = ZSTD_decompressStream(state, &out, &in);
	advance(io, in.pos, out.pos);
	io->between = rc == 0;
	return ZSTD_isError(rc) ? RC_E_FORMAT : RC_OK;
}

static void zstd_stop(void *state)
{
	ZSTD_freeDCtx(state);
}
#else
#define zstd_start NULL
#define zstd_step NULL
#define zstd_stop NULL
#endif

#ifdef RC_HAVE_LIBLZMA
static int xz_start(void **ret_state)
{
	lzma_stream *x = calloc(1, sizeof *x);
	if (!x)
		return RC_E_NOMEM;
	*ret_state = x;
	return RC_OK;
}

static int xz_step(void *state, struct rc_codec_io *io)
{
	lzma_stream *x = state;
	if (io->between && lzma_stream_decoder(x, RC_CODEC_MEMORY_MAX, 0) != LZMA_OK)
		return RC_E_NOMEM;
	x->next_in = io->in;
	x->avail_in = io->in_len;
	x->next_out = io->out;
	x->avail_out = io->out_len;
	lzma_ret rc = lzma_code(x, LZMA_RUN);
	advance(io, io->in_len - x->avail_in, io->out_len - x->avail_out);
	io->between = rc == LZMA_STREAM_END;
	switch (rc) {
	case LZMA_OK:
	case LZMA_STREAM_END:
	case LZMA_BUF_ERROR:
		return RC_OK;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return RC_E_NOMEM;
	default:
		return RC_E_FORMAT;
	}
}

static void xz_stop(void *state)
{
	lzma_end(state);
	free(state);
}
#else
#define xz_start NULL
#define xz_step NULL
#define xz_stop NULL
#endif

#ifdef RC_HAVE_LIBLZ4
static int lz4_start(void **ret_state)
{
	LZ4F_dctx *d = NULL;
	if (LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)))
		return RC_E_NOMEM;
	*ret_state = d;
	return RC_OK;
}

static int lz4_step(void *state, struct rc_codec_io *io)
{
	size_t produced = io->out_len;
	size_t consumed = io->in_len;
	size_t rc = LZ4F_decompress(state, io->out, &produced, io->in, &consumed, NULL);
	if (LZ4F_isError(rc))
		return RC_E_FORMAT;
	advance(io, consumed, produced);
	io->between = rc == 0;
	return RC_OK;
}

static void lz4_stop(void *state)
{
	LZ4F_freeDecompressionContext(state);
}
#else
#define lz4_start NULL
#define lz4_step NULL
#define lz4_stop NULL
#endif

/* zstd has two rows: files of parallel writers start with a skippable frame (RFC 8878 3.1.2). */
static const struct rc_codec codecs[] = {
	{"gzip", "zlib", {0x1f, 0x8b}, 2, gzip_start, gzip_step, gzip_stop},
	{"zstd", "libzstd", {0x28, 0xb5, 0x2f, 0xfd}, 4, zstd_start, zstd_step, zstd_stop},
	{"zstd", "libzstd", {0x50, 0x2a, 0x4d, 0x18}, 4, zstd_start, zstd_step, zstd_stop},
	{"xz", "liblzma", {0xfd, '7', 'z', 'X', 'Z', 0}, 6, xz_start, xz_step, xz_stop},
	{"lz4", "liblz4", {0x04, 0x22, 0x4d, 0x18}, 4, lz4_start, lz4_step, lz4_stop},
};

const struct rc_codec *rc_codec_find(const uint8_t *head, size_t len)
{
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (len >= codecs[i].magic_len &&
		    memcmp(head, codecs[i].magic, codecs[i].magic_len) == 0)
			return &codecs[i];
	return NULL;
}
