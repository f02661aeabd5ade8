/*
 * The short way through the headers of what nearly all frames are.
 */
#ifndef RC_DECODE_QUICK_H
#define RC_DECODE_QUICK_H

#include "base/frame.h"
#include "decode/obs.h"

/*
 * True for UDP in IP without options, extensions or fragments, in Ethernet without tags, nothing of it cut
 * and all lengths in agreement: fills in what decode says of the frame, its link and its ends, and gives
 * the payload. False for all else, which is to be read layer by layer; *ret_obs may be written in part.
 */
bool rc_quick_udp(const struct rc_frame *frame, struct rc_obs *ret_obs,
		  struct rc_cursor *ret_payload);

#endif
