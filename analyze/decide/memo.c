#include "analyze/decide/memo.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/time.h"

#define WAYS 8u
#define NAME_HELD_NS (30 * RC_NS_PER_S) /* failure caches in use: BIND 1 s, Unbound 5 s */
#define FRESH_NS RC_NS_PER_S /* in a storm the verdict on one zone is the same over and over */

enum kind { OF_NAME, OF_ZONE, OF_APEX, OF_CHILDREN, OF_ALL, OF_QUESTION };

struct rc_memo {
	struct rc_memo_entry *entries;
	uint64_t mask;
	uint64_t seed;
};

int rc_memo_new(size_t bytes, uint64_t seed, struct rc_memo **ret_memo)
{
	struct rc_memo *m = calloc(1, sizeof *m);
	if (m == NULL)
		return RC_E_NOMEM;
	uint64_t sets = 8;
	while (sets * 2 * WAYS * sizeof(struct rc_memo_entry) <= bytes)
		sets *= 2;
	m->mask = sets - 1;
	m->seed = seed;
	m->entries = calloc(sets * WAYS, sizeof *m->entries);
	if (m->entries == NULL) {
		free(m);
		return RC_E_NOMEM;
	}
	*ret_memo = m;
	return RC_OK;
}

void rc_memo_free(struct rc_memo *m)
{
	if (m == NULL)
		return;
	free(m->entries);
	free(m);
}

static uint64_t key_of(const struct rc_memo *m, const struct rc_addr *server, uint64_t name_hash,
		       enum kind kind)
{
	uint64_t h = rc_hash_bytes(m->seed, server->bytes, sizeof server->bytes);
	uint64_t key = rc_hash_u64(m->seed, h, name_hash ^ (uint64_t)kind * RC_HASH_K0);
	return key == 0 ? 1 : key;
}

static struct rc_memo_entry *find(const struct rc_memo *m, uint64_t key)
{
	struct rc_memo_entry *set = &m->entries[(key & m->mask) * WAYS];
	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

/* The entry of this key, else a free one, else the oldest of its set. */
static struct rc_memo_entry *place(struct rc_memo *m, uint64_t key)
{
	struct rc_memo_entry *set = &m->entries[(key & m->mask) * WAYS], *oldest = set;
	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key || set[i].key == 0)
			return &set[i];
		if (set[i].at_ns < oldest->at_ns)
			oldest = &set[i];
	}
	return oldest;
}

static uint64_t key_of_question(const struct rc_memo *m, const struct rc_addr *server,
				uint64_t name_hash, uint16_t qtype)
{
	return key_of(m, server, rc_hash_u64(m->seed, name_hash, qtype), OF_QUESTION);
}

/* A type of the name may fail for a reason of its own: that verdict is not lost to that on another type. */
static void set_aside(struct rc_memo *m, const struct rc_case *c)
{
	const struct rc_memo_entry *e = find(m, key_of(m, &c->x->server, c->x->name_hash, OF_NAME));
	if (e == NULL || e->qtype == c->x->qtype)
		return;
	struct rc_memo_entry aside = *e;
	aside.key = key_of_question(m, &c->x->server, c->x->name_hash, e->qtype);
	*place(m, aside.key) = aside;
}

/* The verdict on the name, but that on the very type where another type failed since for another reason. */
static const struct rc_memo_entry *find_of_name(const struct rc_memo *m, const struct rc_case *c,
						const struct rc_addr *server)
{
	const struct rc_memo_entry *e = find(m, key_of(m, server, c->x->name_hash, OF_NAME));
	if (e == NULL || e->qtype == c->x->qtype)
		return e;
	const struct rc_memo_entry *own = find(
		m, key_of_question(m, server, c->x->name_hash, c->x->qtype));
	return own != NULL && c->x->end_ns - own->at_ns <= NAME_HELD_NS ? own : e;
}

static bool names_question(const struct rc_case *c, const char *text)
{
	char name[RC_NAME_TEXT_MAX + 1];
	if (c->qname->labels == 0)
		return false;
	rc_name_format(c->qname, name);
	return strstr(text, name) != NULL;
}

static void put(struct rc_memo *m, uint64_t key, const struct rc_case *c,
		const struct rc_rule *rule, enum rc_confidence confidence,
		const struct rc_finding *f)
{
	struct rc_memo_entry *e = place(m, key);
	e->key = key;
	e->at_ns = c->x->end_ns;
	e->rule = rule;
	e->qtype = c->x->qtype;
	e->confidence = confidence;
	e->vague = f->vague;
	e->advice = f->advice;
	e->has_zone = f->zone != NULL;
	e->has_cut = f->cut != NULL;
	e->has_server = f->server != NULL;
	if (e->has_zone)
		e->zone = *f->zone;
	if (e->has_cut)
		e->cut = *f->cut;
	if (e->has_server)
		e->server = *f->server;
	e->n_evidence = 0;
	for (size_t i = 0; i < f->n_evidence && e->n_evidence < RC_MEMO_EVIDENCE; i++) {
		e->evidence[e->n_evidence] = f->evidence[i];
		e->evidence[e->n_evidence].name = NULL;
		e->evidence[e->n_evidence].fact = "part of the original failure";
		e->n_evidence++;
	}
	const char *text = f->of_other != NULL ? f->of_other : f->explanation;
	e->of_other = f->of_other != NULL;
	e->names_question = !e->of_other && names_question(c, text);
	size_t len = strlen(text);
	if (len >= RC_MEMO_TEXT_MAX)
		len = RC_MEMO_TEXT_MAX - 1;
	memcpy(e->explanation, text, len);
	e->explanation[len] = '\0';
}

void rc_memo_put(struct rc_memo *m, const struct rc_case *c, const struct rc_rule *rule,
		 enum rc_confidence confidence, const struct rc_finding *f)
{
	uint64_t key = key_of(m, &c->x->server, c->x->name_hash, OF_NAME);
	bool mere = confidence < RC_CONF_LIKELY && c->upstream_visible &&
		    !(rule->flags & (RC_RULE_REPEATS | RC_RULE_RESOLVER));
	const struct rc_memo_entry *e = mere ? find(m, key) : NULL;
	if (e != NULL && e->confidence > confidence && c->x->end_ns - e->at_ns <= RC_NEAR_NS)
		return;
	set_aside(m, c);
	put(m, key, c, rule, confidence, f);
	if (mere)
		return;
	if ((rule->flags & RC_RULE_RESOLVER) && f->zone == NULL) {
		struct rc_name root;
		rc_name_parent(c->qname, c->qname->labels, &root);
		put(m, key_of(m, &c->x->server, rc_name_hash(c->seed, &root), OF_ZONE), c, rule,
		    confidence, f);
	}
	const struct rc_name *top = f->cut != NULL ? f->cut
						   : f->zone; /* of all names that it concerns */
	if (top != NULL && top->labels > 0)
		put(m, key_of(m, &c->x->server, rc_name_hash(c->seed, top), OF_ZONE), c, rule,
		    confidence, f);
}

/*
 * What the resolver met with in the name's zone since, if that was something else: the older failure of the name it no longer
 * holds by itself, only the zone's.
 */
static const struct rc_memo_entry *newer_of_zone(const struct rc_memo *m, const struct rc_case *c,
						 const struct rc_addr *server,
						 const struct rc_memo_entry *e)
{
	if (!e->has_zone || e->has_cut || e->zone.labels == 0 ||
	    c->x->end_ns - e->at_ns <= NAME_HELD_NS)
		return NULL;
	const struct rc_memo_entry *of_zone = find(
		m, key_of(m, server, rc_name_hash(c->seed, &e->zone), OF_ZONE));
	bool other = of_zone != NULL && of_zone->rule != e->rule && of_zone->at_ns > e->at_ns;
	return other && of_zone->confidence >= RC_CONF_LIKELY ? of_zone : NULL;
}

static const struct rc_memo_entry *find_at(const struct rc_memo *m, const struct rc_case *c,
					   const struct rc_addr *server, int64_t max_age_ns,
					   bool *ret_by_zone)
{
	const struct rc_memo_entry *e = find_of_name(m, c, server);
	if (e != NULL && c->x->end_ns - e->at_ns <= max_age_ns) {
		const struct rc_memo_entry *newer = newer_of_zone(m, c, server, e);
		*ret_by_zone = newer != NULL;
		return newer != NULL ? newer : e;
	}
	const struct rc_zone_view *failed = rc_failed_zone(c);
	for (unsigned n = 0; n <= c->qname->labels && c->qname->len > 0; n++) {
		struct rc_name zone;
		rc_name_parent(c->qname, n, &zone);
		/* It came past this zone to one whose servers do not help: but not past itself. */
		if (failed != NULL && zone.labels > 0 && zone.labels < failed->name.labels)
			continue;
		e = find(m, key_of(m, server, rc_name_hash(c->seed, &zone), OF_ZONE));
		if (e != NULL && c->x->end_ns - e->at_ns <= max_age_ns) {
			*ret_by_zone = true;
			return e;
		}
	}
	return NULL;
}

/* Where aliases lead to, that the resolver was given or holds; told at this address of it. */
static const struct rc_memo_entry *find_behind_alias(const struct rc_memo *m,
						     const struct rc_case *c,
						     const struct rc_addr *server,
						     int64_t max_age_ns)
{
	for (size_t i = 0; i < c->n_recalled; i++) {
		if (c->names[i].role != RC_ROLE_ALIAS)
			continue;
		for (enum kind kind = OF_NAME; kind <= OF_ZONE; kind++) {
			const struct rc_memo_entry *e = find(
				m, key_of(m, server, c->names[i].hash, kind));
			if (e != NULL && c->x->end_ns - e->at_ns <= max_age_ns)
				return e;
		}
	}
	return NULL;
}

const struct rc_memo_entry *rc_memo_find(const struct rc_memo *m, const struct rc_case *c,
					 int64_t max_age_ns, bool *ret_by_zone)
{
	const struct rc_memo_entry *e = find_at(m, c, &c->x->server, max_age_ns, ret_by_zone);
	bool by_zone;
	/* A resolver's addresses share its memory: the same name tells more than a zone, the latest the most. */
	for (size_t i = 0; i < c->n_resolver; i++) {
		if (rc_addr_equal(&c->resolver[i], &c->x->server)) /* it is e already */
			continue;
		const struct rc_memo_entry *other = find_at(m, c, &c->resolver[i], max_age_ns,
							    &by_zone);
		if (other == NULL || (e != NULL && by_zone) ||
		    (e != NULL && !*ret_by_zone && other->at_ns <= e->at_ns))
			continue;
		*ret_by_zone = by_zone;
		e = other;
	}
	if (e != NULL)
		return e;
	e = find_behind_alias(m, c, &c->x->server, max_age_ns);
	for (size_t i = 0; i < c->n_resolver && e == NULL; i++)
		e = find_behind_alias(m, c, &c->resolver[i], max_age_ns);
	if (e != NULL)
		*ret_by_zone = true;
	return e;
}

/* Below a top-level domain of two letters, a short name is most likely a registry's (co.uk, com.au). */
static bool is_registry(const struct rc_name *name)
{
	return name->labels == 2 && name->wire[0] <= 3 && name->len == name->wire[0] + 5;
}

static const struct rc_addr any_server;

/* The name itself, of the first kind, and its parent, of the second. */
static unsigned families_of(const struct rc_memo *m, const struct rc_case *c, bool anywhere,
			    enum kind own, enum kind above, uint64_t *ret_keys)
{
	const struct rc_addr *server = anywhere ? &any_server : &c->x->server;
	unsigned n = 0;
	for (unsigned up = 0; up < 2 && c->qname->len > 0; up++) {
		struct rc_name name;
		if (c->qname->labels < up + 2)
			break;
		rc_name_parent(c->qname, up, &name);
		if (!is_registry(&name))
			ret_keys[n++] = key_of(m, server, rc_name_hash(c->seed, &name),
					       up == 0 ? own : above);
	}
	return n;
}

/* Of the name itself, at any resolver. */
static uint64_t key_of_name(const struct rc_memo *m, const struct rc_case *c)
{
	return key_of(m, &any_server, c->x->name_hash, OF_ALL);
}

void rc_memo_put_sibling(struct rc_memo *m, const struct rc_case *c, const struct rc_rule *rule,
			 enum rc_confidence confidence, const struct rc_finding *f)
{
	uint64_t keys[4];
	unsigned n = families_of(m, c, false, OF_APEX, OF_CHILDREN, keys);
	if (rc_cause_is_of(&rule->cause, "dnssec."))
		n += families_of(m, c, true, OF_APEX, OF_CHILDREN, keys + n);
	for (unsigned i = 0; i < n; i++) {
		const struct rc_memo_entry *e = find(m, keys[i]);
		bool lately = e != NULL && c->x->end_ns - e->at_ns <= RC_NEAR_NS;
		bool says_more = lately &&
				 (e->confidence > confidence || (!e->vague && f->generic));
		bool mixed = lately && (e->mixed || (e->rule != rule && !e->vague && !f->generic));
		if (says_more)
			continue;
		put(m, keys[i], c, rule, confidence, f);
		struct rc_memo_entry *kept = find(m, keys[i]);
		kept->vague = f->generic;
		kept->mixed = mixed;
	}
	if (rule->cause.responsible == RC_PARTY_ZONE_OWNER && confidence >= RC_CONF_LIKELY)
		put(m, key_of_name(m, c), c, rule, confidence, f);
}

static const struct rc_memo_entry *find_lately(const struct rc_memo *m, const struct rc_case *c,
					       uint64_t key, enum rc_confidence least)
{
	const struct rc_memo_entry *e = find(m, key);
	bool lately = e != NULL && c->x->end_ns - e->at_ns <= RC_NEAR_NS;
	return lately && e->confidence >= least ? e : NULL;
}

const struct rc_memo_entry *rc_memo_find_elsewhere(const struct rc_memo *m, const struct rc_case *c)
{
	return find_lately(m, c, key_of_name(m, c), RC_CONF_LIKELY);
}

const struct rc_memo_entry *rc_memo_find_sibling(const struct rc_memo *m, const struct rc_case *c)
{
	const struct rc_memo_entry *e = NULL;
	struct rc_name above;
	uint64_t keys[4];
	unsigned n = families_of(m, c, false, OF_CHILDREN, OF_APEX, keys);
	n += families_of(m, c, true, OF_CHILDREN, OF_APEX, keys + n);
	for (unsigned i = 0; i < n && e == NULL; i++)
		e = find_lately(m, c, keys[i], RC_CONF_POSSIBLE);
	if (e != NULL || c->qname->labels < 3)
		return e;
	/* Two names with one parent may be zones of their own: mere signs of the one say nothing of the other. */
	rc_name_parent(c->qname, 1, &above);
	uint64_t key = key_of(m, &any_server, rc_name_hash(c->seed, &above), OF_CHILDREN);
	e = is_registry(&above) ? NULL : find_lately(m, c, key, RC_CONF_LIKELY);
	return e == NULL || e->mixed ? NULL : e;
}

static uint64_t key_of_zone(const struct rc_memo *m, const struct rc_case *c,
			    const struct rc_name *zone)
{
	return key_of(m, &any_server, rc_name_hash(c->seed, zone), OF_ZONE);
}

void rc_memo_put_for_resolvers(struct rc_memo *m, const struct rc_case *c,
			       const struct rc_rule *rule, enum rc_confidence confidence,
			       const struct rc_finding *f)
{
	if (f->cut != NULL || (f->zone != NULL && f->zone->labels == 0))
		return;
	uint64_t key = f->zone != NULL ? key_of_zone(m, c, f->zone) : key_of_name(m, c);
	const struct rc_memo_entry *e = find(m, key);
	int64_t age_ns = e == NULL ? INT64_MAX : c->x->end_ns - e->at_ns;
	if (age_ns >= FRESH_NS && (age_ns > RC_NEAR_NS || e->confidence <= confidence))
		put(m, key, c, rule, confidence, f);
}

const struct rc_memo_entry *rc_memo_find_of_zone(const struct rc_memo *m, const struct rc_case *c,
						 const struct rc_name *zone)
{
	return find_lately(m, c, key_of_zone(m, c, zone), RC_CONF_POSSIBLE);
}
