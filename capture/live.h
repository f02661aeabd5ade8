/*
 * One live interface through libpcap (TPACKET_V3 on Linux). It never waits: the caller polls.
 *
 * Frames are copied out of the kernel's ring, as libpcap gives a block back to the kernel within the
 * very call that delivers its last packet. They are good until the next rc_iface_read.
 */
#ifndef RC_CAPTURE_LIVE_H
#define RC_CAPTURE_LIVE_H

#include <stdint.h>

#include "base/frame.h"
#include "capture/capture.h"

/*
 * A packet waits at most this long in the kernel's open block (the read timeout) and a little on its
 * way: older than this, no packet of another interface can come any more.
 */
#define RC_LIVE_TIMEOUT_MS 100
#define RC_LIVE_HOLD_NS (150 * INT64_C(1000000))

struct rc_iface;

/*
 * Starts capturing. RC_E_PERMISSION, RC_E_NOT_FOUND, RC_E_SYNTAX (the filter), RC_E_IO, RC_E_NOMEM,
 * each with why. Free with rc_iface_close (NULL allowed).
 */
int rc_iface_open(const char *name, const struct rc_capture_config *config, char *why,
		  size_t why_size, struct rc_iface **ret_iface);
void rc_iface_close(struct rc_iface *iface);

/* Up to max frames. RC_E_AGAIN when there is none now; RC_E_IO, with why, when it is over. */
int rc_iface_read(struct rc_iface *iface, struct rc_frame *frames, size_t max, size_t *ret_n,
		  char *why, size_t why_size);

/* Descriptor to poll for reading. */
int rc_iface_fd(const struct rc_iface *iface);

/* Drops since the last call: in the kernel's ring, at the interface. */
void rc_iface_drops(struct rc_iface *iface, uint64_t *ret_kernel, uint64_t *ret_interface);

#endif
