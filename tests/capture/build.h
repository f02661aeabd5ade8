/*
 * Builds capture files, packets and their surroundings for the tests of capture/.
 */
#ifndef RC_TESTS_CAPTURE_BUILD_H
#define RC_TESTS_CAPTURE_BUILD_H

#include <endian.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/err.h"
#include "capture/capture.h"

#define BYTES_MAX 400000u
#define SEEN_MAX 4096u

struct bytes {
	uint8_t data[BYTES_MAX];
	size_t len;
	bool big; /* byte order of the words added */
};

static inline void add(struct bytes *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	if (b->len + len > BYTES_MAX)
		abort();
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static inline void add16(struct bytes *b, uint32_t v)
{
	uint16_t w = b->big ? htobe16((uint16_t)v) : htole16((uint16_t)v);
	add(b, &w, 2);
}

static inline void add32(struct bytes *b, uint32_t v)
{
	uint32_t w = b->big ? htobe32(v) : htole32(v);
	add(b, &w, 4);
}

static inline void add_pcap_header(struct bytes *b, uint32_t magic, uint32_t linktype)
{
	add32(b, magic);
	add16(b, 2);
	add16(b, 4);
	add32(b, 0);
	add32(b, 0);
	add32(b, 262144);
	add32(b, linktype);
}

static inline void add_pcap_record(struct bytes *b, uint32_t s, uint32_t frac, const void *data,
				   uint32_t caplen, uint32_t len)
{
	add32(b, s);
	add32(b, frac);
	add32(b, caplen);
	add32(b, len);
	add(b, data, caplen);
}

/* A pcapng block around a body that is a multiple of 4 long. */
static inline void add_block(struct bytes *b, uint32_t type, const struct bytes *body)
{
	add32(b, type);
	add32(b, (uint32_t)body->len + 12);
	add(b, body->data, body->len);
	add32(b, (uint32_t)body->len + 12);
}

static inline void add_section(struct bytes *b)
{
	static struct bytes body;
	body.len = 0;
	body.big = b->big;
	add32(&body, 0x1a2b3c4d);
	add16(&body, 1);
	add16(&body, 0);
	add32(&body, 0xffffffff);
	add32(&body, 0xffffffff);
	add_block(b, 0x0a0d0d0a, &body);
}

/* tsresol 0xff: no option; offset 0: no option. */
static inline void add_iface(struct bytes *b, uint32_t linktype, uint8_t tsresol, uint32_t offset)
{
	static struct bytes body;
	body.len = 0;
	body.big = b->big;
	add16(&body, linktype);
	add16(&body, 0);
	add32(&body, 0);
	if (tsresol != 0xff) {
		add16(&body, 9);
		add16(&body, 1);
		add(&body, (uint8_t[4]){tsresol}, 4);
	}
	if (offset) {
		add16(&body, 14);
		add16(&body, 8);
		add32(&body, body.big ? 0 : offset);
		add32(&body, body.big ? offset : 0);
	}
	add32(&body, 0);
	add_block(b, 1, &body);
}

static inline void add_packet(struct bytes *b, uint32_t iface, uint64_t ticks, const void *data,
			      uint32_t len)
{
	static struct bytes body;
	body.len = 0;
	body.big = b->big;
	add32(&body, iface);
	add32(&body, (uint32_t)(ticks >> 32));
	add32(&body, (uint32_t)ticks);
	add32(&body, len);
	add32(&body, len);
	add(&body, data, len);
	add(&body, "\0\0\0", (4 - len % 4) % 4);
	add_block(b, 6, &body);
}

/* A directory of its own for each test program. */
static inline const char *test_path(const char *name)
{
	static char dir[64], path[4][512];
	static unsigned turn;
	if (!*dir) {
		snprintf(dir, sizeof dir, "/tmp/rcause-test-XXXXXX");
		if (!mkdtemp(dir))
			abort();
	}
	char *p = path[turn++ % 4];
	snprintf(p, sizeof path[0], "%s%s%s", dir, *name ? "/" : "", name);
	return p;
}

static inline const char *write_file(const char *name, const void *data, size_t len)
{
	const char *path = test_path(name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
		abort();
	return path;
}

/* What a run of the capture gave. */
struct seen {
	size_t n, n_errors;
	struct rc_frame frames[SEEN_MAX];
	uint8_t first_byte[SEEN_MAX]; /* read while the frame was valid */
	char what[512], why[512];     /* of the last error */
	int open_rc;
	bool failed;
};

static inline void see_error(void *context, const char *what, const char *why)
{
	struct seen *seen = context;
	seen->n_errors++;
	snprintf(seen->what, sizeof seen->what, "%s", what);
	snprintf(seen->why, sizeof seen->why, "%s", why);
}

static inline void run(struct seen *seen, struct rc_capture_config config)
{
	struct rc_capture *c;
	struct rc_frame frames[64];
	size_t n;
	int64_t now;
	*seen = (struct seen){.n = 0};
	if (config.to_ns == 0)
		config.to_ns = INT64_MAX;
	config.on_error = see_error;
	config.error_context = seen;
	seen->open_rc = rc_capture_open(&config, &c);
	if (seen->open_rc)
		return;
	while (rc_capture_next(c, frames, 64, &n, &now) == RC_OK)
		for (size_t i = 0; i < n && seen->n < SEEN_MAX; i++) {
			uint8_t sum = 0;
			for (uint32_t k = 0; k < frames[i].caplen; k++)
				sum ^= frames[i].data[k];
			seen->first_byte[seen->n] = frames[i].caplen ? frames[i].data[0] : sum;
			seen->frames[seen->n++] = frames[i];
		}
	seen->failed = rc_capture_failed(c);
	rc_capture_close(c);
}

static inline void run_file(struct seen *seen, const char *path)
{
	run(seen, (struct rc_capture_config){.files = &path, .n_files = 1});
}

static inline void run_bytes(struct seen *seen, const void *data, size_t len)
{
	run_file(seen, write_file("bytes", data, len));
}

static inline int remove_all(void **state)
{
	char command[600];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", test_path(""));
	return system(command);
}

#endif
