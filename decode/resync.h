/*
 * Finding a message boundary in the middle of a DNS-over-TCP stream.
 */
#ifndef RC_DECODE_RESYNC_H
#define RC_DECODE_RESYNC_H

#include <stdbool.h>
#include <stdint.h>

#define RC_RESYNC_NONE UINT32_MAX

/*
 * The offset of the first length prefix in data behind which stands what looks like a DNS message
 * from a server or from a client; RC_RESYNC_NONE when there is none. At offset 0, where segments and
 * messages mostly begin together, a plausible header is enough; further in, the question must be there
 * too, or the messages must fill the rest.
 */
uint32_t rc_resync_find(const uint8_t *data, uint32_t len, bool from_server);

#endif
