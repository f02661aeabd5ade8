/*
 * Link layers: one row per LINKTYPE_ number (tcpdump.org/linktypes) in one table.
 */
#ifndef RC_DECODE_LINK_H
#define RC_DECODE_LINK_H

#include "decode/packet.h"

/*
 * Reads the link-layer header of type p->proto at the cursor and says what follows;
 * RC_LAYER_END with RC_FATE_LINK_UNKNOWN when the type has no row.
 */
enum rc_layer rc_link_step(struct rc_packet *p);

#endif
