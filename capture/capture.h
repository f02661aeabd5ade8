/*
 * Packets in: capture files (merged by packet time), standard input, live interfaces, behind one
 * reader that hands out batches of frames.
 *
 * Errors of one file do not stop the others: they are told through on_error, one call each, and
 * rc_capture_failed says afterwards whether there was any. What was read before damage has been
 * handed out. Nothing is printed here.
 */
#ifndef RC_CAPTURE_CAPTURE_H
#define RC_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/frame.h"

/* what: the file, interface or option; why: one phrase. Both borrowed for the call. */
typedef void (*rc_capture_error_fn)(void *context, const char *what, const char *why);

struct rc_capture_config {
	const char *const
		*files; /* paths, "-" for standard input; a directory gives its capture files */
	size_t n_files;
	const char *const *ifaces; /* live; not together with files */
	size_t n_ifaces;
	const char *filter;    /* BPF expression, NULL for none (files) or the default (live) */
	const uint16_t *ports; /* DNS ports, for the default live filter */
	size_t n_ports;
	const char
		*carriers; /* BPF terms of what may carry DNS inside, for that filter; NULL none */
	int buffer_kib;    /* kernel buffer per interface, 0 for the default */
	int snaplen;       /* live; 0 for the default (262144) */
	bool no_promiscuous;
	int64_t from_ns, to_ns; /* frames outside are skipped; 0 and INT64_MAX for all */
	rc_capture_error_fn on_error;
	void *error_context;
};

struct rc_capture;

/*
 * Opens everything. RC_OK if at least one input could be opened (errors of the others were told);
 * RC_E_SYNTAX for a bad filter, else the error of the last input. Free with rc_capture_close.
 */
int rc_capture_open(const struct rc_capture_config *config, struct rc_capture **ret_capture);
void rc_capture_close(struct rc_capture *capture);

/*
 * Reads the next frames in packet-time order (several files: merged; ties by source, then number).
 * Writes up to max frames; their bytes stay valid until the next call. RC_OK with *ret_n 0 on a silent
 * live link (it returns at least every 100 ms) or when a signal came; RC_E_EOF when all inputs ended.
 * *ret_now_ns: packet time reached (0 before the first frame of a file); on a silent live link the
 * time of day less 150 ms, as packets up to that old may still wait in the kernel's buffer.
 */
int rc_capture_next(struct rc_capture *capture, struct rc_frame *frames, size_t max, size_t *ret_n,
		    int64_t *ret_now_ns);

/*
 * Ends the input: rc_capture_next returns RC_E_EOF, live once what the kernel already holds has been handed
 * out (0.15 s at most). Async-signal-safe.
 */
void rc_capture_stop(struct rc_capture *capture);

/* True once any input failed, was cut or damaged. */
bool rc_capture_failed(const struct rc_capture *capture);

/* Path or interface name of a source index, as given by the user; NULL out of range. */
const char *rc_capture_source_name(const struct rc_capture *capture, uint16_t source);
bool rc_capture_is_live(const struct rc_capture *capture);

/* Bytes read so far and in all (0 if unknown), for a progress line. */
void rc_capture_progress(const struct rc_capture *capture, uint64_t *ret_done, uint64_t *ret_total);

/* Counters: frames, bytes, kernel and interface drops, skipped by time, damaged files. */
struct rc_counter_set rc_capture_counters(struct rc_capture *capture);

/*
 * Lists interfaces, one call each ("eth0", "Ethernet, up, 192.0.2.1"). Error: RC_E_PERMISSION, RC_E_IO.
 */
int rc_capture_list_interfaces(void (*each)(void *context, const char *name, const char *text),
			       void *context);

#endif
