/*
 * A captured frame: what capture hands to decode.
 */
#ifndef RC_BASE_FRAME_H
#define RC_BASE_FRAME_H

#include <stdint.h>

struct rc_frame {
	int64_t ts_ns; /* packet time */
	uint64_t
		number; /* 1-based frame number in its file or on its interface, as Wireshark counts */
	const uint8_t *data; /* borrowed until the next read from the source it came from */
	uint32_t caplen;     /* bytes present */
	uint32_t len; /* bytes on the wire; >= caplen, else the record was odd and len is caplen */
	uint16_t
		linktype; /* LINKTYPE_ number as in capture files (tcpdump.org/linktypes), not DLT_ */
	uint16_t source; /* index of the file or interface in the capture's list of sources */
};

#endif
