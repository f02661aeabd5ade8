#include "tests/capture/build.h"

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

#define PACKETS 2000u

static struct bytes plain, packed;
static struct seen seen;

#ifdef RC_HAVE_ZLIB
static size_t pack_gzip(const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	z_stream z = {.zalloc = NULL};
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}
#else
#define pack_gzip NULL
#endif

#ifdef RC_HAVE_LIBZSTD
static size_t pack_zstd(const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	/* With a checksum, so that damage is always noticed. */
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	size_t n = ZSTD_compress2(c, out, room, in, len);
	ZSTD_freeCCtx(c);
	assert_false(ZSTD_isError(n));
	return n;
}
#else
#define pack_zstd NULL
#endif

#ifdef RC_HAVE_LIBLZMA
static size_t pack_xz(const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	size_t n = 0;
	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, in, len, out, &n, room),
			 LZMA_OK);
	return n;
}
#else
#define pack_xz NULL
#endif

#ifdef RC_HAVE_LIBLZ4
static size_t pack_lz4(const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	LZ4F_preferences_t prefs = {
		.frameInfo = {.contentChecksumFlag = LZ4F_contentChecksumEnabled}};
	size_t n = LZ4F_compressFrame(out, room, in, len, &prefs);
	assert_false(LZ4F_isError(n));
	return n;
}
#else
#define pack_lz4 NULL
#endif

static const struct packer {
	const char *name, *library;
	uint8_t magic[6];
	size_t (*pack)(const uint8_t *in, size_t len, uint8_t *out, size_t room);
} packers[] = {
	{"gzip", "zlib", {0x1f, 0x8b}, pack_gzip},
	{"zstd", "libzstd", {0x28, 0xb5, 0x2f, 0xfd}, pack_zstd},
	{"xz", "liblzma", {0xfd, '7', 'z', 'X', 'Z', 0}, pack_xz},
	{"lz4", "liblz4", {0x04, 0x22, 0x4d, 0x18}, pack_lz4},
};

#define N_PACKERS (sizeof packers / sizeof packers[0])

/* A capture that does not shrink to nothing. */
static int make_plain(void **state)
{
	uint32_t x = 1;
	(void)state;
	plain.len = 0;
	add_pcap_header(&plain, 0xa1b2c3d4, 1);
	for (uint32_t i = 0; i < PACKETS; i++) {
		uint8_t data[40];
		for (size_t k = 0; k < sizeof data; k++) {
			x = x * 1103515245 + 12345;
			data[k] = (uint8_t)(x >> 16);
		}
		add_pcap_record(&plain, i, 0, data, sizeof data, sizeof data);
	}
	return 0;
}

static void pack(const struct packer *p, size_t from, size_t to)
{
	packed.len += p->pack(plain.data + from, to - from, packed.data + packed.len,
			      BYTES_MAX - packed.len);
}

static void every_compression_reads_like_the_plain_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++) {
		if (!packers[i].pack)
			continue;
		packed.len = 0;
		pack(&packers[i], 0, plain.len);
		run_bytes(&seen, packed.data, packed.len);
		assert_int_equal(seen.n, PACKETS);
		assert_int_equal(seen.first_byte[PACKETS - 1], plain.data[plain.len - 40]);
		assert_false(seen.failed);
	}
}

static void members_one_after_another_are_one_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++) {
		if (!packers[i].pack)
			continue;
		packed.len = 0;
		pack(&packers[i], 0, 30);
		pack(&packers[i], 30, 5000);
		pack(&packers[i], 5000, plain.len);
		run_bytes(&seen, packed.data, packed.len);
		assert_int_equal(seen.n, PACKETS);
		assert_false(seen.failed);
	}
}

static void cut_data_gives_what_decoded_and_one_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++) {
		if (!packers[i].pack)
			continue;
		packed.len = 0;
		pack(&packers[i], 0, plain.len / 2);
		size_t first = packed.len;
		pack(&packers[i], plain.len / 2, plain.len);
		for (size_t cut = 1; cut < packed.len; cut += 997) {
			run_bytes(&seen, packed.data, packed.len - cut);
			assert_int_equal(seen.n_errors, 1);
			assert_true(seen.n < PACKETS || cut < 32);
			if (packed.len - cut > first) {
				assert_true(seen.n >= PACKETS / 2 - 1);
				assert_non_null(strstr(seen.why, packers[i].name));
				assert_non_null(strstr(seen.why, "cut off"));
			}
		}
	}
}

static void damaged_data_gives_one_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++) {
		if (!packers[i].pack)
			continue;
		packed.len = 0;
		pack(&packers[i], 0, plain.len);
		for (size_t at = 100; at < packed.len; at += 4999) {
			packed.data[at] ^= 0xff;
			run_bytes(&seen, packed.data, packed.len);
			assert_int_equal(seen.n_errors, 1);
			packed.data[at] ^= 0xff;
		}
	}
}

static void a_missing_library_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++) {
		char why[128];
		if (packers[i].pack)
			continue;
		run_bytes(&seen, packers[i].magic, sizeof packers[i].magic);
		snprintf(why, sizeof why, "compressed with %s; this build lacks %s",
			 packers[i].name, packers[i].library);
		assert_string_equal(seen.why, why);
		assert_int_equal(seen.open_rc, RC_E_UNSUPPORTED);
	}
}

static void compressed_text_is_no_capture(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++) {
		if (!packers[i].pack)
			continue;
		packed.len = packers[i].pack((const uint8_t *)"hello, world", 12, packed.data,
					     BYTES_MAX);
		run_bytes(&seen, packed.data, packed.len);
		assert_string_equal(seen.why, "is not a pcap or pcapng capture");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_compression_reads_like_the_plain_file),
		cmocka_unit_test(members_one_after_another_are_one_file),
		cmocka_unit_test(cut_data_gives_what_decoded_and_one_error),
		cmocka_unit_test(damaged_data_gives_one_error),
		cmocka_unit_test(a_missing_library_is_named),
		cmocka_unit_test(compressed_text_is_no_capture),
	};
	return cmocka_run_group_tests(tests, make_plain, remove_all);
}
