/*
 * Which side of a resolver an exchange is on: asked by a client, or by a resolver or forwarder at work for others.
 */
#ifndef RC_ANALYZE_FACING_H
#define RC_ANALYZE_FACING_H

#include "analyze/pair/hosts.h"
#include "analyze/pair/recorder.h"

/*
 * Was the asker of this new record itself asked this very name, by somebody still waiting? Then it asks for
 * others. asker_key: of the asker and the name (rc_recorder_key).
 */
bool rc_facing_is_relay(struct rc_recorder *recorder, const struct rc_record *r,
			uint64_t asker_key);

/*
 * Asked by a client: the asker is no resolver at work. An address that walks delegations while resolvers serve clients
 * in the same capture is one of them whose service address is not known.
 */
bool rc_facing_is_by_client(struct rc_recorder *recorder, const struct rc_hosts *hosts,
			    const struct rc_exchange *x);

#endif
