/*
 * Digests: messages read once. The pages of the zone book and the answers in the flight recorder bear on
 * failure after failure; each is kept decoded, with the zones it cuts off, the servers it names and the
 * addresses it gives, in a ring as long as there is room, and read again if not.
 */
#ifndef RC_ANALYZE_DIGEST_H
#define RC_ANALYZE_DIGEST_H

#include "base/addr.h"
#include "decode/msg.h"

/* Where a message stands: position in its ring, which never comes again. */
enum rc_digest_of { RC_DIGEST_PAGE, RC_DIGEST_ANSWER };

/* A zone that an NS record, or the SOA of an authoritative answer, shows. */
struct rc_digest_cut {
	const struct rc_name *zone;   /* as long as it is: not to be copied whole */
	const struct rc_name *server; /* the same; NULL for a SOA, or a damaged name */
	uint64_t server_hash;
};

/* An address of a name, wherever it stands. */
struct rc_digest_addr {
	const struct rc_name *owner; /* as long as it is */
	uint64_t hash;
	struct rc_addr addr;
	uint16_t type;
};

struct rc_digest {
	struct rc_msg msg;                /* its octets are where they stand */
	const struct rc_digest_cut *cuts; /* in the order of the message */
	const struct rc_digest_addr *addrs;
	uint32_t n_cuts, n_addrs;
	uint64_t content; /* rc_digests_content; 0 not yet made */
	uint64_t shows;   /* seeded hash of its cuts and addresses; 0 if there are none */
};

struct rc_digests_stats {
	uint64_t made, reused;
};

struct rc_digests;

/* RC_E_NOMEM. Free with rc_digests_free. seed: of name hashes. */
int rc_digests_new(size_t bytes, uint64_t seed, struct rc_digests **ret_digests);
void rc_digests_free(struct rc_digests *digests);

/*
 * The digest of the message of len octets that stands there; full_len: what it had on the wire. NULL if
 * not even a header is there. Borrowed until the next call.
 */
const struct rc_digest *rc_digests_get(struct rc_digests *digests, enum rc_digest_of of,
				       uint64_t pos, const uint8_t *wire, uint32_t len,
				       uint32_t full_len);

/* Seeded hash of its records (rc_msg_content_hash), made at the first use. */
uint64_t rc_digests_content(struct rc_digests *digests, enum rc_digest_of of, uint64_t pos,
			    const struct rc_msg *msg);

const struct rc_digests_stats *rc_digests_stats(const struct rc_digests *digests);

/* Copies a name that is stored as long as it is. */
static inline void rc_digest_name(const struct rc_name *stored, struct rc_name *ret_name)
{
	ret_name->len = stored->len;
	ret_name->labels = stored->labels;
	memcpy(ret_name->wire, stored->wire, stored->len);
}

#endif
