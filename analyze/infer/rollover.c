#include "analyze/infer/rollover.h"

#include "analyze/infer/delegation.h"

#define SIGNERS_MAX 8u
#define PAGES 8u
#define SCAN_MAX 2048u /* records looked through for what signed before */
#define READ_MAX 64u   /* ... answers of the zone read for that */

/* Of an answer to the question or its aliases. */
struct rc_signer {
	struct rc_name zone;
	uint16_t tag;
	const struct rc_link *link;
};

uint16_t rc_read_key_tag(const struct rc_msg *m, const struct rc_rr *rr)
{
	struct rc_cursor rd = rc_rr_rdata(m, rr);
	uint32_t sum = 0;
	for (uint32_t i = 0; i < rr->rdata_len; i++)
		sum += i & 1 ? rc_cursor_u8(&rd) : (uint32_t)rc_cursor_u8(&rd) << 8;
	return (uint16_t)(sum + (sum >> 16));
}

/* Of the keys of a DNSKEY answer. */
struct tags {
	uint16_t tags[RC_RR_LOOKED_MAX];
	unsigned n;
};

static struct tags tags_of(const struct rc_msg *keys)
{
	struct tags t = {.n = 0};
	struct rc_rr_iter it = rc_rr_begin(keys, RC_ANSWER);
	struct rc_rr rr;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++)
		if (rr.section == RC_ANSWER && rr.type == RC_TYPE_DNSKEY)
			t.tags[t.n++] = rc_read_key_tag(keys, &rr);
	return t;
}

static bool has_tag(const struct tags *t, uint16_t tag)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->tags[i] == tag)
			return true;
	return false;
}

static bool has_key(const struct rc_msg *m, uint16_t tag)
{
	struct tags t = tags_of(m);
	return has_tag(&t, tag);
}

/* Who signed what the resolver was given for the question and its aliases. */
static size_t collect_signers(struct rc_case *c)
{
	size_t n = 0;
	struct rc_signer *signers = c->signers;
	if (signers != NULL)
		return c->n_signers;
	signers = c->signers = rc_arena_take(c->arena, SIGNERS_MAX * sizeof *signers);
	for (size_t i = 0; i < c->n_links && signers != NULL; i++) {
		const struct rc_link *link = &c->links[i];
		struct rc_rr rr;
		if (link->answer == NULL || link->again || link->name->role == RC_ROLE_NAMESERVER ||
		    link->x->qtype == RC_TYPE_DNSKEY || !(link->answer->has & RC_HAS_DNSSEC))
			continue;
		struct rc_rr_iter it = rc_rr_begin(link->answer, RC_ANSWER);
		for (unsigned k = 0; k < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); k++) {
			struct rc_signer s = {.link = link};
			struct rc_rrsig sig;
			bool known = false;
			if (!rc_rr_rrsig(link->answer, &rr, &sig) ||
			    !rc_rr_rdata_name(link->answer, &rr, RC_RRSIG_SIGNER_OFF, &s.zone))
				continue;
			s.tag = sig.tag;
			for (size_t j = 0; j < n && !known; j++)
				known = signers[j].tag == s.tag &&
					rc_name_equal(&signers[j].zone, &s.zone);
			if (!known && n < SIGNERS_MAX)
				signers[n++] = s;
		}
	}
	return c->n_signers = n;
}

/* The latest DNSKEY answer that the resolver got before it answered. */
static const struct rc_record *own_keys(struct rc_case *c, uint64_t zone_hash, uint64_t *ret_pos)
{
	const struct rc_record *best = NULL;
	for (size_t a = 0; a < c->n_resolver; a++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[a], zone_hash,
							  RC_CHAIN_STEPS_MAX);
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			bool keys = r->x.qtype == RC_TYPE_DNSKEY && rc_exchange_answered(&r->x) &&
				    r->x.end_ns <= c->to_ns && !(r->x.answer.flags & RC_FLAG_TC) &&
				    r->x.answer.counts[0] > 0;
			if (keys && (best == NULL || r->x.end_ns > best->x.end_ns)) {
				best = r;
				*ret_pos = chain.pos;
			}
		}
	}
	return best;
}

/* Sorts the DNSKEY sets seen of the zone into those with the key and those without. */
static bool compare_sets(struct rc_case *c, const struct rc_signer *s, uint64_t zone_hash,
			 struct rc_rollover *r)
{
	struct rc_book_page pages[PAGES];
	size_t n = rc_book_find(c->book, zone_hash, RC_BOOK_DNSKEY, c->x->first_ns, INT64_MAX,
				pages, PAGES);
	bool with = false, without = false;
	for (size_t i = 0; i < n; i++) {
		struct rc_msg *m = rc_arena_alloc(c->arena, sizeof *m);
		if (m == NULL || !rc_msg_decode(pages[i].wire, pages[i].len_bytes,
						pages[i].len_bytes, c->seed, m))
			continue;
		if (has_key(m, s->tag)) {
			if (!with || pages[i].first_ns < r->with.first_ns)
				r->with = pages[i];
			with = true;
		} else if (!without || rc_case_is_resolver(c, &pages[i].asker) ||
			   !rc_case_is_resolver(c, &r->without.asker)) {
			r->without = pages[i];
			without = true;
		}
	}
	r->both_alive = with && without && r->without.seen_ns > r->with.first_ns &&
			!rc_delegation_has_moved(c, &s->zone, &r->without.server);
	return with && without;
}

/* Signed by the zone: with that key, or with one of the set. */
struct signed_by {
	bool new, old;
	uint16_t old_tag;
};

static struct signed_by who_signed(const struct rc_msg *m, const struct rc_name *zone,
				   uint16_t new_tag, const struct tags *keys)
{
	struct signed_by by = {.new = false};
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_name signer;
	struct rc_rr rr;
	struct rc_rrsig sig;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++) {
		if (!rc_rr_rrsig(m, &rr, &sig) ||
		    !rc_rr_rdata_name(m, &rr, RC_RRSIG_SIGNER_OFF, &signer) ||
		    !rc_name_equal(&signer, zone))
			continue;
		by.new = by.new || sig.tag == new_tag;
		if (sig.tag != new_tag && !by.old && has_tag(keys, sig.tag)) {
			by.old = true;
			by.old_tag = sig.tag;
		}
	}
	return by;
}

/* The server was asked for this failure too. */
static bool is_asked_now(const struct rc_case *c, const struct rc_addr *server)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (rc_addr_equal(&c->links[i].x->server, server))
			return true;
	return false;
}

/* An answer in the zone, but not its keys, which the resolver got of a server that it still asks, or that it left. */
static bool bears_on(const struct rc_case *c, const struct rc_record *r, const struct rc_name *zone)
{
	struct rc_name name;
	if (!rc_exchange_answered(&r->x) || r->blob_pos == 0 || r->x.qtype == RC_TYPE_DNSKEY ||
	    !(r->x.answer.has & RC_HAS_DNSSEC) || !rc_case_is_resolver(c, &r->x.asker) ||
	    !(is_asked_now(c, &r->x.server) || rc_delegation_has_moved(c, zone, &r->x.server)))
		return false;
	rc_record_name(r, &name);
	return name.len > 0 && rc_name_in(&name, zone);
}

/* Answers were signed with a key of the set until they were with the other, and never since. */
static bool was_rekeyed(struct rc_case *c, uint64_t from, const struct tags *keys,
			struct rc_rollover *r)
{
	bool changed = false;
	unsigned read = 0;
	for (unsigned i = 0; i < SCAN_MAX && read < READ_MAX && from != 0; i++) {
		const struct rc_record *record = rc_recorder_at(c->recorder, from);
		const struct rc_digest *d = bears_on(c, record, &r->zone)
						    ? rc_case_answer(c, record)
						    : NULL;
		struct signed_by by = {.new = false};
		read += d != NULL;
		if (d != NULL)
			by = who_signed(&d->msg, &r->zone, r->tag, keys);
		if (by.old && changed)
			return false; /* both are in use */
		changed = changed || by.new;
		if (by.old && !by.new && record->x.end_ns <= r->link->x->end_ns) {
			struct rc_name name;
			rc_record_name(record, &name);
			r->before = &record->x;
			r->before_name = rc_arena_copy(c->arena, &name, sizeof name);
			r->old_tag = by.old_tag;
		}
		from = rc_recorder_next(c->recorder, from);
	}
	return r->before != NULL;
}

bool rc_case_key_change(struct rc_case *c, struct rc_rollover *ret_rollover)
{
	size_t n = collect_signers(c);
	for (size_t i = 0; i < n; i++) {
		struct rc_rollover r = {.zone = c->signers[i].zone,
					.tag = c->signers[i].tag,
					.link = c->signers[i].link};
		uint64_t pos;
		const struct rc_record *own = own_keys(c, rc_name_hash(c->seed, &r.zone), &pos);
		const struct rc_msg *keys = own == NULL || own->x.end_ns >= r.link->x->first_ns
						    ? NULL
						    : rc_case_decode(c, own);
		if (keys == NULL)
			continue;
		struct tags tags = tags_of(keys);
		if (has_tag(&tags, r.tag) ||
		    !was_rekeyed(c, rc_recorder_back(c->recorder, pos), &tags, &r))
			continue;
		r.own = &own->x;
		r.own_name = rc_arena_copy(c->arena, &r.zone, sizeof r.zone);
		*ret_rollover = r;
		return true;
	}
	return false;
}

bool rc_case_lacks_key(struct rc_case *c, const struct rc_name *zone)
{
	size_t n = collect_signers(c);
	uint64_t pos;
	const struct rc_record *own = own_keys(c, rc_name_hash(c->seed, zone), &pos);
	const struct rc_msg *keys = own == NULL ? NULL : rc_case_decode(c, own);
	for (size_t i = 0; i < n && keys != NULL; i++)
		if (rc_name_equal(&c->signers[i].zone, zone) && !has_key(keys, c->signers[i].tag))
			return true;
	return false;
}

bool rc_case_rollover(struct rc_case *c, struct rc_rollover *ret_rollover)
{
	size_t n = collect_signers(c);
	for (size_t i = 0; i < n; i++) {
		struct rc_rollover r = {.zone = c->signers[i].zone,
					.tag = c->signers[i].tag,
					.link = c->signers[i].link};
		uint64_t hash = rc_name_hash(c->seed, &r.zone);
		if (!compare_sets(c, &c->signers[i], hash, &r))
			continue;
		uint64_t pos;
		const struct rc_record *own = own_keys(c, hash, &pos);
		if (own != NULL) {
			const struct rc_msg *m = rc_case_decode(c, own);
			if (m == NULL || has_key(m, r.tag))
				continue;
			r.own = &own->x;
			/* Published already when the resolver got the other set: from another server. */
			r.both_alive = r.both_alive || own->x.end_ns > r.with.first_ns;
			r.own_name = rc_arena_copy(c->arena, &r.zone, sizeof r.zone);
		} else if (!rc_case_is_resolver(c, &r.without.asker)) {
			continue;
		}
		*ret_rollover = r;
		return true;
	}
	return false;
}

bool rc_case_has_fresh_keys(const struct rc_case *c, const struct rc_name *zone)
{
	for (size_t i = 0; i < c->n_links; i++)
		if (c->links[i].x->qtype == RC_TYPE_DNSKEY && c->links[i].answer != NULL &&
		    rc_name_equal(&c->links[i].name->name, zone))
			return true;
	return false;
}

static bool gives_keys(const struct rc_case *c, const struct rc_exchange *x, int64_t since_ns)
{
	return rc_exchange_gives_keys(x) && x->end_ns <= c->x->end_ns && x->end_ns >= since_ns;
}

unsigned rc_case_root_keys_before(const struct rc_case *c, int64_t kept_ns,
				  const struct rc_exchange **ret_last, int64_t *ret_since_ns)
{
	static const struct rc_name root = {.len = 1};
	uint64_t hash = rc_name_hash(c->seed, &root);
	unsigned n = 0;
	*ret_last = NULL;
	*ret_since_ns = c->x->first_ns;
	for (size_t i = 0; i < c->n_resolver; i++) {
		struct rc_chain chain = rc_chain_by_asker(c->recorder, &c->resolver[i], hash,
							  RC_CHAIN_STEPS_MAX);
		int64_t next_ns = INT64_MAX; /* when it asked again */
		const struct rc_record *r;
		while ((r = rc_chain_next(&chain)) != NULL) {
			if (r->x.end_ns > next_ns ||
			    !gives_keys(c, &r->x, c->x->first_ns - kept_ns))
				continue;
			n++;
			next_ns = r->x.first_ns;
			if (next_ns < *ret_since_ns)
				*ret_since_ns = next_ns;
			if (*ret_last == NULL || r->x.end_ns > (*ret_last)->end_ns)
				*ret_last = &r->x;
		}
	}
	return n;
}
