#include "analyze/infer/book.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define WAYS 8u
#define BURST_PAGES (WAYS / 2)
/* A failure is judged so much later at most: timeout and hold. */
#define BURST_NS (15 * RC_NS_PER_S)
#define NONE SIZE_MAX
#define ALIAS_RRS 8u /* records looked through for an alias and its signature: they come first */
#define TTL_MAX_S 604800u /* RFC 8767 4 and what resolvers keep at most: 7 days */

struct entry {
	uint64_t content; /* hash of the message behind its ID */
	int64_t first_ns; /* this content first seen */
	uint64_t frame;   /* then */
	uint16_t source;
	struct rc_addr asker, server;
	int64_t seen_ns;
	int64_t expires_ns;
	uint64_t blob_pos;
	uint32_t blob_len;
	bool dnssec_ok;
};

/* The keys of a set lie together: where there is nothing, one line of memory says so. */
struct rc_book {
	uint64_t *keys; /* of zone and kind; 0 free */
	struct entry *entries;
	uint64_t mask;
	uint8_t *blobs;
	uint64_t blob_size, blob_head;
	uint64_t seed;
	struct rc_book_stats stats;
};

int rc_book_new(size_t bytes, uint64_t seed, struct rc_book **ret_book)
{
	struct rc_book *b = calloc(1, sizeof *b);
	if (b == NULL)
		return RC_E_NOMEM;
	uint64_t sets = 16;
	while (sets * 2 * WAYS * (sizeof(struct entry) + sizeof *b->keys) <= bytes / 8)
		sets *= 2;
	b->mask = sets - 1;
	b->seed = seed;
	b->blob_size = bytes / 8 * 7;
	b->blob_head = 1;
	b->keys = calloc(sets * WAYS, sizeof *b->keys);
	b->entries = calloc(sets * WAYS, sizeof *b->entries);
	b->blobs = malloc(b->blob_size);
	if (b->keys == NULL || b->entries == NULL || b->blobs == NULL) {
		rc_book_free(b);
		return RC_E_NOMEM;
	}
	*ret_book = b;
	return RC_OK;
}

void rc_book_free(struct rc_book *b)
{
	if (b == NULL)
		return;
	free(b->keys);
	free(b->entries);
	free(b->blobs);
	free(b);
}

static uint64_t key_of(const struct rc_book *b, uint64_t zone_hash, enum rc_book_kind kind)
{
	uint64_t key = rc_hash_u64(b->seed, zone_hash, (uint64_t)kind);
	return key == 0 ? 1 : key;
}

static bool is_held(const struct rc_book *b, size_t at)
{
	return b->keys[at] != 0 && b->entries[at].blob_pos + b->blob_size >= b->blob_head;
}

/*
 * Servers turn the order of what they give, and leave out another part of it each time: many versions of one page within
 * the time in which failures are judged. Then the latest gives way, so that what was there before them stays; NONE if
 * there are not that many.
 */
static size_t place_in_burst(const struct rc_book *b, uint64_t key, int64_t now_ns)
{
	size_t set = (key & b->mask) * WAYS, latest = NONE;
	unsigned n = 0;
	for (size_t i = set; i < set + WAYS; i++) {
		if (b->keys[i] != key || !is_held(b, i) ||
		    now_ns - b->entries[i].first_ns > BURST_NS)
			continue;
		n++;
		if (latest == NONE || b->entries[i].first_ns > b->entries[latest].first_ns)
			latest = i;
	}
	return n >= BURST_PAGES ? latest : NONE;
}

/* Where the content stands, else a free place, else that of the one not seen for longest, freed. */
static size_t place_for(struct rc_book *b, uint64_t key, uint64_t content, bool dnssec_ok,
			int64_t now_ns)
{
	size_t set = (key & b->mask) * WAYS, oldest = set;
	for (size_t i = set; i < set + WAYS; i++) {
		/* What was asked for without DO=1 does not show what is left out with it. */
		if (b->keys[i] == key && b->entries[i].content == content &&
		    (b->entries[i].dnssec_ok || !dnssec_ok))
			return i;
		if (b->keys[i] == 0 || b->entries[i].seen_ns < b->entries[oldest].seen_ns)
			oldest = i;
		if (b->keys[oldest] == 0)
			break;
	}
	size_t burst = place_in_burst(b, key, now_ns);
	oldest = burst != NONE ? burst : oldest;
	if (is_held(b, oldest) && b->entries[oldest].expires_ns > now_ns && b->keys[oldest] != key)
		b->stats.evicted++;
	b->keys[oldest] = 0;
	return oldest;
}

static void put(struct rc_book *b, uint64_t zone_hash, enum rc_book_kind kind,
		const struct rc_obs *obs, uint32_t ttl_s, bool dnssec_ok)
{
	const struct rc_msg *msg = &obs->msg;
	int64_t now_ns = obs->ts_ns;
	uint64_t key = key_of(b, zone_hash, kind);
	uint64_t content = rc_msg_content_hash(msg, b->seed);
	size_t at = place_for(b, key, content, dnssec_ok, now_ns);
	struct entry *e = &b->entries[at];
	e->seen_ns = now_ns;
	e->expires_ns = now_ns + (int64_t)(ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S) * RC_NS_PER_S;
	if (is_held(b, at)) {
		b->stats.refreshed++;
		return;
	}
	if (b->blob_size - b->blob_head % b->blob_size < msg->len)
		b->blob_head += b->blob_size - b->blob_head % b->blob_size;
	memcpy(b->blobs + b->blob_head % b->blob_size, msg->wire, msg->len);
	b->keys[at] = key;
	e->first_ns = now_ns;
	e->frame = obs->frame;
	e->source = obs->source;
	e->dnssec_ok = dnssec_ok;
	e->asker = obs->dst;
	e->server = obs->src;
	e->content = content;
	e->blob_pos = b->blob_head;
	e->blob_len = msg->len;
	b->blob_head += msg->len;
	b->stats.messages++;
}

/* A referral: NS records for a zone below the server's, and no answer (RFC 9499 "referral"). */
static bool note_referral(struct rc_book *b, const struct rc_obs *obs, bool dnssec_ok)
{
	const struct rc_msg *msg = &obs->msg;
	struct rc_rr_iter it = rc_rr_begin(msg, RC_AUTHORITY);
	struct rc_rr rr;
	while (rc_rr_next(&it, &rr) && rr.section == RC_AUTHORITY) {
		struct rc_name zone;
		if (rr.type != RC_TYPE_NS)
			continue;
		if (!rc_rr_owner(msg, &rr, &zone))
			return false;
		if (rc_name_in(&msg->qname, &zone))
			put(b, rc_name_hash(b->seed, &zone), RC_BOOK_REFERRAL, obs, rr.ttl_s,
			    dnssec_ok);
		return zone.labels == 0 && msg->qname.labels > 0;
	}
	return false;
}

/* How many labels above its owner a signed CNAME was made from a wildcard (RFC 4035 5.3.4); 0 if not so. */
static unsigned labels_above(const struct rc_msg *msg, const struct rc_name *owner)
{
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_rr rr;
	for (unsigned n = 0; n < ALIAS_RRS && rc_rr_next(&it, &rr); n++) {
		struct rc_name signed_name;
		struct rc_rrsig sig;
		if (rr.section != RC_ANSWER)
			break;
		if (!rc_rr_rrsig(msg, &rr, &sig) || sig.covered != RC_TYPE_CNAME ||
		    !rc_rr_owner(msg, &rr, &signed_name) || !rc_name_equal(&signed_name, owner))
			continue;
		return sig.labels < owner->labels ? (unsigned)owner->labels - sig.labels : 0;
	}
	return 0;
}

/* One message tells of an alias for all names: each further name would tell the same, as long as that one holds. */
static bool is_known(struct rc_book *b, uint64_t zone_hash, int64_t until_ns)
{
	uint64_t key = key_of(b, zone_hash, RC_BOOK_ALIAS);
	uint64_t set = (key & b->mask) * WAYS;
	for (uint64_t at = set; at < set + WAYS; at++)
		if (b->keys[at] == key && is_held(b, at) && b->entries[at].expires_ns > until_ns)
			return true;
	return false;
}

/* The first alias of an answer, if it is one of all the names below a name. */
static void note_alias(struct rc_book *b, const struct rc_obs *obs, bool dnssec_ok)
{
	const struct rc_msg *msg = &obs->msg;
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_name owner;
	struct rc_rr rr;
	for (unsigned n = 0; n < ALIAS_RRS && rc_rr_next(&it, &rr); n++) {
		if (rr.section != RC_ANSWER)
			return;
		if (rr.type != RC_TYPE_DNAME && rr.type != RC_TYPE_CNAME)
			continue;
		if (!rc_rr_owner(msg, &rr, &owner))
			return;
		unsigned above = rr.type == RC_TYPE_CNAME ? labels_above(msg, &owner) : 0;
		if (rr.type == RC_TYPE_CNAME && above == 0)
			return;
		struct rc_name below = owner;
		if (above > 0)
			rc_name_parent(&owner, above, &below);
		uint64_t hash = rc_name_hash(b->seed, &below);
		uint32_t ttl_s = rr.ttl_s < TTL_MAX_S ? rr.ttl_s : TTL_MAX_S;
		if (!is_known(b, hash, obs->ts_ns + (int64_t)ttl_s * RC_NS_PER_S / 2))
			put(b, hash, RC_BOOK_ALIAS, obs, rr.ttl_s, dnssec_ok);
		return;
	}
}

/* The zone above says that there is no DS. The child's own servers know nothing of it (RFC 4035 3.1.4.1). */
static void note_no_ds(struct rc_book *b, const struct rc_obs *obs, bool dnssec_ok)
{
	const struct rc_msg *msg = &obs->msg;
	struct rc_rr_iter it = rc_rr_begin(msg, RC_AUTHORITY);
	struct rc_name zone;
	struct rc_rr rr;
	while (rc_rr_next(&it, &rr) && rr.section == RC_AUTHORITY) {
		if (rr.type != RC_TYPE_SOA)
			continue;
		if (rc_rr_owner(msg, &rr, &zone) && zone.labels < msg->qname.labels &&
		    rc_name_in(&msg->qname, &zone))
			put(b, msg->qname_hash, RC_BOOK_DS, obs, rr.ttl_s, dnssec_ok);
		return;
	}
}

bool rc_book_note(struct rc_book *b, const struct rc_obs *obs, bool dnssec_ok)
{
	const struct rc_msg *msg = &obs->msg;
	if (msg->fault != RC_FAULT_NONE || !msg->has_question || msg->len > b->blob_size / 4 ||
	    msg->rcode != RC_RCODE_NOERROR || (msg->flags & RC_FLAG_TC))
		return false;
	if (msg->counts[RC_ANSWER] == 0) {
		if (msg->qtype == RC_TYPE_DS && (msg->has & RC_HAS_AUTH_SOA))
			note_no_ds(b, obs, dnssec_ok);
		return (msg->has & RC_HAS_AUTH_NS) && note_referral(b, obs, dnssec_ok);
	}
	enum rc_book_kind kind;
	if (msg->qtype == RC_TYPE_DNSKEY)
		kind = RC_BOOK_DNSKEY;
	else if (msg->qtype == RC_TYPE_DS)
		kind = RC_BOOK_DS;
	else if (msg->qtype == RC_TYPE_NS)
		kind = RC_BOOK_NS;
	else {
		bool wild = (msg->has & RC_HAS_ANSWER_CNAME) && (msg->has & RC_HAS_ANSWER_RRSIG);
		if (wild || (msg->has & RC_HAS_ANSWER_DNAME))
			note_alias(b, obs, dnssec_ok);
		return false;
	}
	struct rc_rr_iter it = rc_rr_begin(msg, RC_ANSWER);
	struct rc_rr rr;
	if (rc_rr_next(&it, &rr) && rr.section == RC_ANSWER)
		put(b, msg->qname_hash, kind, obs, rr.ttl_s, dnssec_ok);
	return false;
}

/* Of this key, valid at the one time and shown by the other. */
static bool is_shown(const struct rc_book *b, size_t at, uint64_t key, int64_t now_ns,
		     int64_t by_ns)
{
	return b->keys[at] == key && is_held(b, at) && b->entries[at].expires_ns >= now_ns &&
	       b->entries[at].first_ns <= by_ns;
}

/* Places of the pages still valid, at most WAYS: those seen last first. */
static size_t places_of(const struct rc_book *b, uint64_t zone_hash, enum rc_book_kind kind,
			int64_t now_ns, int64_t by_ns, size_t *places)
{
	uint64_t key = key_of(b, zone_hash, kind);
	size_t set = (key & b->mask) * WAYS, n = 0;
	for (size_t i = set; i < set + WAYS; i++) {
		if (!is_shown(b, i, key, now_ns, by_ns))
			continue;
		size_t at = n++;
		for (; at > 0 && b->entries[places[at - 1]].seen_ns < b->entries[i].seen_ns; at--)
			places[at] = places[at - 1];
		places[at] = i;
	}
	return n;
}

size_t rc_book_find(const struct rc_book *b, uint64_t zone_hash, enum rc_book_kind kind,
		    int64_t now_ns, int64_t by_ns, struct rc_book_page *pages, size_t max)
{
	size_t places[WAYS], n = places_of(b, zone_hash, kind, now_ns, by_ns, places);
	n = n < max ? n : max;
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &b->entries[places[i]];
		pages[i] = (struct rc_book_page){
			.wire = b->blobs + e->blob_pos % b->blob_size,
			.len_bytes = e->blob_len,
			.pos = e->blob_pos,
			.content = e->content,
			.first_ns = e->first_ns,
			.seen_ns = e->seen_ns,
			.frame = e->frame,
			.source = e->source,
			.asker = e->asker,
			.server = e->server,
			.dnssec_ok = e->dnssec_ok,
		};
	}
	return n;
}

size_t rc_book_count(const struct rc_book *b, uint64_t zone_hash, enum rc_book_kind kind,
		     int64_t now_ns, int64_t by_ns, size_t max)
{
	uint64_t key = key_of(b, zone_hash, kind);
	size_t set = (key & b->mask) * WAYS, n = 0;
	for (size_t i = set; i < set + WAYS; i++)
		n += is_shown(b, i, key, now_ns, by_ns);
	return n < max ? n : max;
}

const struct rc_book_stats *rc_book_stats(const struct rc_book *b)
{
	return &b->stats;
}
