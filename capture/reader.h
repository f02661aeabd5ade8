/*
 * Reads one capture file: finds its format by magic and hands out frames that point into the
 * stream's buffer. Frames are good until the next rc_reader_read. A new format is one row in
 * reader.c.
 */
#ifndef RC_CAPTURE_READER_H
#define RC_CAPTURE_READER_H

#include "base/frame.h"
#include "capture/stream.h"

#define RC_READER_WHY_MAX 160u

struct rc_format;

/* Classic pcap: what its file header says. */
struct rc_pcap_state {
	bool big;
	int64_t ns_per_tick; /* of the second word of a record's time */
	size_t header_len;   /* of a record */
	uint16_t linktype;
};

struct rc_pcapng_iface {
	int64_t offset_s; /* if_tsoffset */
	uint8_t tsresol;  /* if_tsresol as in the file */
	uint16_t linktype;
	uint32_t snaplen;  /* 0: no limit */
	uint64_t drops[2]; /* by the last statistics block: of the interface, of the system */
};

struct rc_pcapng_state {
	bool big;
	struct rc_pcapng_iface *ifaces; /* of this section; owned */
	size_t n_ifaces, cap_ifaces;
	int64_t last_ts_ns; /* for simple packet blocks, which carry no time */
};

struct rc_reader {
	struct rc_stream stream;
	const struct rc_format *format; /* NULL until the first bytes were seen */
	uint64_t number;                /* of the last frame handed out */
	size_t need;                    /* bytes the parser waits for at the read position */
	bool in_packet;                 /* those bytes are (or may be) a packet record */
	union {
		struct rc_pcap_state pcap;
		struct rc_pcapng_state pcapng;
	} as;
	uint64_t drops[2]; /* packets lost when the file was made, as it says: interface, system */
	char why[RC_READER_WHY_MAX]; /* one phrase for the last error */
};

/*
 * A parser looks at buffered bytes only.
 * match: the first 4 bytes are this format's magic.
 * header_len: bytes that start needs.
 * parse: writes up to max frames and moves the stream on. RC_OK when max was reached; RC_E_AGAIN
 * when reader->need more bytes must be there first; RC_E_FORMAT for a damaged record at the read
 * position (which it leaves alone, so that the next call says so again); RC_E_NOMEM.
 */
struct rc_format {
	const char *name;
	bool (*match)(const uint8_t head[4]);
	size_t header_len;
	int (*start)(struct rc_reader *r);
	int (*parse)(struct rc_reader *r, struct rc_frame *frames, size_t max, size_t *ret_n);
	void (*stop)(struct rc_reader *r);
};

extern const struct rc_format rc_format_pcap;
extern const struct rc_format rc_format_pcapng;

/* Opens a file; errors as rc_stream_open. Its format is found by the first read. */
int rc_reader_open(const char *path, size_t buffer_bytes, struct rc_reader *r);
void rc_reader_close(struct rc_reader *r);

/*
 * Reads up to max frames (at least one on RC_OK); source is left 0. RC_E_AGAIN on a silent pipe,
 * RC_E_EOF at a clean end, else an error with r->why set, after which the file is over.
 */
int rc_reader_read(struct rc_reader *r, struct rc_frame *frames, size_t max, size_t *ret_n);

#endif
