#include "analyze/decide/kept.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/time.h"

/* Could belong to an address: a full stop does where something of it follows. */
static bool is_of_addr(const char *c)
{
	return isalnum((unsigned char)c[0]) || c[0] == ':' ||
	       (c[0] == '.' && isalnum((unsigned char)c[1]));
}

/* Where a text has this address, and not as part of another; NULL nowhere. */
static const char *find_addr(const char *text, const char *addr)
{
	size_t len = strlen(addr);
	const char *at = text;
	while ((at = strstr(at, addr)) != NULL) {
		if ((at == text || !is_of_addr(at - 1)) && !is_of_addr(at + len))
			return at;
		at += len;
	}
	return NULL;
}

/* A text with each mention of one address as another. */
static const char *readdress(struct rc_arena *arena, const char *text, const char *from,
			     const char *to)
{
	const char *at = find_addr(text, from);
	if (at == NULL)
		return text;
	const char *rest = readdress(arena, at + strlen(from), from, to);
	return rc_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, rest);
}

static const char *const *readdress_all(struct rc_arena *arena, const char *const *texts, size_t n,
					const char *from, const char *to)
{
	const char **out = rc_arena_alloc(arena, n * sizeof *out);
	for (size_t i = 0; out != NULL && i < n; i++)
		out[i] = readdress(arena, texts[i], from, to);
	return out == NULL ? texts : out;
}

static bool reads_as(const struct rc_name *name, const struct rc_addr *addr)
{
	char text[RC_NAME_TEXT_MAX + 1], address[RC_ADDR_TEXT_MAX];
	rc_name_format(name, text);
	return find_addr(text, rc_addr_format(addr, address)) != NULL;
}

/* Copies n octets into the pool; NULL when it is full. */
static void *pool_add(struct rc_kept *k, const void *data, size_t len)
{
	void *p = k->pool + k->used;
	if (len > k->room - k->used)
		return NULL;
	memcpy(p, data, len);
	k->used += len;
	return p;
}

static bool pool_text(struct rc_kept *k, const char **text)
{
	return *text == NULL || (*text = pool_add(k, *text, strlen(*text) + 1)) != NULL;
}

static bool pool_name(struct rc_kept *k, const struct rc_name **name)
{
	if (*name == NULL)
		return true;
	if (k->qname != NULL && rc_name_equal(k->qname, *name))
		*name = k->qname;
	else
		*name = pool_add(k, *name, offsetof(struct rc_name, wire) + (*name)->len);
	return *name != NULL;
}

static bool pool_texts(struct rc_kept *k, const char **to, size_t max, const char *const *from,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i == max)
			return false;
		to[i] = from[i];
		if (!pool_text(k, &to[i]))
			return false;
	}
	return true;
}

static bool keep_evidence(struct rc_kept *k, const struct rc_case *c, const struct rc_failure *f)
{
	k->own_evidence = -1;
	for (size_t i = 0; i < f->n_evidence; i++) {
		struct rc_evidence *to = &k->evidence[i];
		bool own = to->query_frame == c->x->first_frame && to->frame == c->x->end_frame &&
			   to->source == c->x->end_source;
		if (own && k->own_evidence >= 0)
			return false;
		if (own)
			k->own_evidence = (int8_t)i;
		if (!pool_name(k, &to->name) || !pool_text(k, &to->fact))
			return false;
	}
	k->failure.evidence = k->evidence;
	return true;
}

/* The failure's own duration is the one thing of it that explanations tell: where it stands. */
static bool find_took(struct rc_kept *k, const struct rc_case *c)
{
	k->took_len = 0;
	if (c->took == NULL)
		return true;
	const char *at = strstr(k->failure.explanation, c->took);
	if (at == NULL || strstr(at + 1, c->took) != NULL)
		return false;
	k->took_off = (uint16_t)(at - k->failure.explanation);
	k->took_len = (uint16_t)strlen(c->took);
	return true;
}

bool rc_kept_make(struct rc_kept *k, uint8_t *pool, size_t room, const struct rc_case *c,
		  const struct rc_failure *f)
{
	k->pool = pool;
	k->room = room;
	k->used = 0;
	k->qname = NULL;
	k->failure = *f;
	k->failure.echoed = true;
	k->asked = c->x->server;
	k->looks_asked = reads_as(c->qname, &k->asked);
	k->evidence = pool_add(k, f->evidence, f->n_evidence * sizeof *f->evidence);
	k->qname = pool_add(k, f->qname, offsetof(struct rc_name, wire) + f->qname->len);
	if (k->evidence == NULL || k->qname == NULL || !pool_name(k, &k->failure.zone) ||
	    !pool_text(k, &k->failure.explanation) || !find_took(k, c))
		return false;
	if (f->server != NULL) {
		k->server = *f->server;
		k->failure.server = &k->server;
	}
	for (size_t i = 0; i < f->n_alternatives && i < RC_KEPT_LISTS_MAX; i++)
		k->alternatives[i] = f->alternatives[i];
	k->failure.alternatives = k->alternatives;
	k->failure.fix = k->fix;
	k->failure.next_steps = k->next_steps;
	k->failure.visibility.not_seen = k->not_seen;
	return f->n_alternatives <= RC_KEPT_LISTS_MAX &&
	       pool_texts(k, k->fix, RC_KEPT_LISTS_MAX, f->fix, f->n_fix) &&
	       pool_texts(k, k->next_steps, RC_KEPT_LISTS_MAX, f->next_steps, f->n_next_steps) &&
	       pool_texts(k, k->not_seen, RC_KEPT_NOT_SEEN_MAX, f->visibility.not_seen,
			  f->visibility.n_not_seen) &&
	       keep_evidence(k, c, f);
}

/* The verdict was made for another address of the same server: the texts tell the one that was asked. */
static void tell_address(const struct rc_kept *k, struct rc_arena *arena, struct rc_failure *f)
{
	char from[RC_ADDR_TEXT_MAX], to[RC_ADDR_TEXT_MAX];
	const struct rc_addr *server = &f->exchange->server;
	rc_addr_format(&k->asked, from);
	rc_addr_format(server, to);
	f->explanation = readdress(arena, f->explanation, from, to);
	f->fix = readdress_all(arena, f->fix, f->n_fix, from, to);
	f->next_steps = readdress_all(arena, f->next_steps, f->n_next_steps, from, to);
	f->visibility.not_seen = readdress_all(arena, f->visibility.not_seen,
					       f->visibility.n_not_seen, from, to);
	if (f->server != NULL && rc_addr_equal(f->server, &k->asked))
		f->server = server;
}

void rc_kept_tell(struct rc_kept *k, struct rc_arena *arena, const struct rc_exchange *x,
		  struct rc_failure *f)
{
	*f = k->failure;
	f->exchange = x;
	if (k->own_evidence >= 0) {
		struct rc_evidence *own = &k->evidence[k->own_evidence];
		own->frame = x->end_frame;
		own->query_frame = x->first_frame;
		own->source = x->end_source;
		own->ts_ns = x->end_ns;
		own->from = x->asker;
		own->to = x->server;
		own->rtt_ns = rc_exchange_took_ns(x);
	}
	if (k->took_len > 0) {
		char took[32];
		rc_duration_format(rc_exchange_took_ns(x), took, sizeof took);
		f->explanation = rc_arena_printf(
			arena, "%.*s%s%s", (int)k->took_off, k->failure.explanation, took,
			k->failure.explanation + k->took_off + k->took_len);
	}
	if (!rc_addr_equal(&k->asked, &x->server))
		tell_address(k, arena, f);
}
