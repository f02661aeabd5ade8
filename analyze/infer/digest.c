#include "analyze/infer/digest.h"

#include <stdlib.h>

#include "base/blocks.h"
#include "base/err.h"
#include "base/hash.h"
#include "decode/rr.h"

#define ALIGN _Alignof(uint64_t)
#define SLOT_SHARE 16u /* one part in so many of the memory finds the others */
#define NAME_BYTES_MAX sizeof(struct rc_name)
#define NAMES_BYTES_MAX (2 * RC_RR_LOOKED_MAX * NAME_BYTES_MAX)
/* One digest at most, with a name's slack behind it. */
#define DIGEST_BYTES_MAX \
	(sizeof(struct rc_digest) + NAMES_BYTES_MAX + \
	 RC_RR_LOOKED_MAX * (sizeof(struct rc_digest_cut) + sizeof(struct rc_digest_addr)) + \
	 2 * NAME_BYTES_MAX)

struct rc_digests {
	struct rc_blocks kept; /* by position and kind of the message */
	uint64_t seed;
	struct rc_digest_cut cuts[RC_RR_LOOKED_MAX]; /* of the one being made */
	struct rc_digest_addr addrs[RC_RR_LOOKED_MAX];
	struct rc_digests_stats stats;
};

int rc_digests_new(size_t bytes, uint64_t seed, struct rc_digests **ret_digests)
{
	struct rc_digests *d = calloc(1, sizeof *d);
	if (d == NULL)
		return RC_E_NOMEM;
	uint64_t slots = 16;
	while (slots * 2 * sizeof(struct rc_blocks_slot) <= bytes / SLOT_SHARE)
		slots *= 2;
	size_t size = (bytes - bytes / SLOT_SHARE) / ALIGN * ALIGN,
	       least = (2 * DIGEST_BYTES_MAX + ALIGN - 1) / ALIGN * ALIGN;
	d->seed = seed;
	if (rc_blocks_init(&d->kept, slots, size < least ? least : size, ALIGN) != RC_OK) {
		rc_digests_free(d);
		return RC_E_NOMEM;
	}
	*ret_digests = d;
	return RC_OK;
}

void rc_digests_free(struct rc_digests *d)
{
	if (d == NULL)
		return;
	rc_blocks_free(&d->kept);
	free(d);
}

static uint64_t key_of(enum rc_digest_of of, uint64_t pos)
{
	return pos << 1 | (of == RC_DIGEST_PAGE);
}

static struct rc_digest *find(struct rc_digests *d, uint64_t key)
{
	return rc_blocks_find(&d->kept, rc_hash_u64(d->seed, key, 0), key);
}

static uint8_t *align(uint8_t *at)
{
	return at + (ALIGN - (uintptr_t)at % ALIGN) % ALIGN;
}

/* Stores a name as long as it is; that of the record before serves again. */
static const struct rc_name *store(uint8_t **at, const struct rc_name *before,
				   const struct rc_name *name)
{
	if (before != NULL && rc_name_equal(before, name))
		return before;
	uint8_t *stored = *at;
	size_t len = offsetof(struct rc_name, wire) + name->len;
	memcpy(stored, name, len);
	*at += len;
	return (const struct rc_name *)stored;
}

/* NS records, and the SOA of a negative answer. */
static bool read_cut(const struct rc_digests *d, const struct rc_msg *msg, const struct rc_rr *rr,
		     const struct rc_digest_cut *before, uint8_t **at, struct rc_digest_cut *cut)
{
	struct rc_name owner, target;
	bool soa = rr->type == RC_TYPE_SOA && (msg->flags & RC_FLAG_AA);
	if ((rr->type != RC_TYPE_NS && !soa) || !rc_rr_owner(msg, rr, &owner))
		return false;
	*cut = (struct rc_digest_cut){.server = NULL};
	cut->zone = store(at, before == NULL ? NULL : before->zone, &owner);
	if (rr->type == RC_TYPE_NS && rc_rr_rdata_name(msg, rr, 0, &target)) {
		cut->server = store(at, NULL, &target);
		cut->server_hash = rc_name_hash(d->seed, &target);
	}
	return true;
}

static bool read_addr(const struct rc_digests *d, const struct rc_msg *msg, const struct rc_rr *rr,
		      const struct rc_digest_addr *before, uint8_t **at,
		      struct rc_digest_addr *addr)
{
	struct rc_name owner;
	if (!rc_rr_addr(msg, rr, &addr->addr) || !rc_rr_owner(msg, rr, &owner))
		return false;
	addr->type = rr->type;
	addr->owner = store(at, before == NULL ? NULL : before->owner, &owner);
	addr->hash = before != NULL && addr->owner == before->owner ? before->hash
								    : rc_name_hash(d->seed, &owner);
	return true;
}

static uint64_t shows(const struct rc_digests *d, const struct rc_digest *digest)
{
	uint64_t h = d->seed;
	if (digest->n_cuts + digest->n_addrs == 0)
		return 0;
	for (uint32_t i = 0; i < digest->n_cuts; i++) {
		const struct rc_digest_cut *cut = &digest->cuts[i];
		if (i == 0 || cut->zone != digest->cuts[i - 1].zone)
			h = rc_hash_u64(h, rc_name_hash(d->seed, cut->zone), digest->n_cuts);
		h = rc_hash_u64(h, cut->server_hash, cut->server != NULL);
	}
	for (uint32_t i = 0; i < digest->n_addrs; i++) {
		const struct rc_digest_addr *a = &digest->addrs[i];
		h = rc_hash_u64(h, a->hash, rc_addr_hash(a->type, &a->addr));
	}
	return h == 0 ? 1 : h;
}

/* Names first, then the arrays: how many there are is known at the end. */
static void read_message(struct rc_digests *d, uint8_t **at, struct rc_digest *digest)
{
	const struct rc_msg *msg = &digest->msg;
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_rr rr;
	uint32_t cuts = 0, addrs = 0;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++) {
		if (rr.section != RC_ADDITIONAL)
			cuts += read_cut(d, msg, &rr, cuts > 0 ? &d->cuts[cuts - 1] : NULL, at,
					 &d->cuts[cuts]);
		addrs += read_addr(d, msg, &rr, addrs > 0 ? &d->addrs[addrs - 1] : NULL, at,
				   &d->addrs[addrs]);
	}
	*at = align(*at);
	digest->cuts = memcpy(*at, d->cuts, cuts * sizeof *d->cuts);
	*at += cuts * sizeof *d->cuts;
	digest->addrs = memcpy(*at, d->addrs, addrs * sizeof *d->addrs);
	*at += addrs * sizeof *d->addrs;
	digest->n_cuts = cuts;
	digest->n_addrs = addrs;
}

const struct rc_digest *rc_digests_get(struct rc_digests *d, enum rc_digest_of of, uint64_t pos,
				       const uint8_t *wire, uint32_t len, uint32_t full_len)
{
	uint64_t key = key_of(of, pos);
	struct rc_digest *digest = find(d, key);
	if (digest != NULL) {
		d->stats.reused++;
		return digest;
	}
	uint8_t *start = rc_blocks_room(&d->kept, DIGEST_BYTES_MAX);
	uint8_t *at = start + sizeof(struct rc_digest);
	digest = (struct rc_digest *)start;
	if (!rc_msg_decode(wire, len, full_len, d->seed, &digest->msg))
		return NULL;
	read_message(d, &at, digest);
	digest->content = 0;
	digest->shows = shows(d, digest);
	rc_blocks_keep(&d->kept, rc_hash_u64(d->seed, key, 0), key, (size_t)(align(at) - start));
	d->stats.made++;
	return digest;
}

uint64_t rc_digests_content(struct rc_digests *d, enum rc_digest_of of, uint64_t pos,
			    const struct rc_msg *msg)
{
	struct rc_digest *digest = find(d, key_of(of, pos));
	if (digest == NULL)
		return rc_msg_content_hash(msg, d->seed);
	if (digest->content == 0)
		digest->content = rc_msg_content_hash(&digest->msg, d->seed);
	return digest->content;
}

const struct rc_digests_stats *rc_digests_stats(const struct rc_digests *d)
{
	return &d->stats;
}
