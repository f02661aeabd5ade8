#include "emit/json.h"

#include <string.h>

#include "base/time.h"
#include "decode/rr.h"

#define REPLACEMENT 0xfffdu /* U+FFFD REPLACEMENT CHARACTER */

static void put_unit(struct rc_buf *out, unsigned unit)
{
	static const char digits[] = "0123456789abcdef";
	char text[6] = {'\\',
			'u',
			digits[unit >> 12 & 15],
			digits[unit >> 8 & 15],
			digits[unit >> 4 & 15],
			digits[unit & 15]};
	rc_buf_add(out, text, sizeof text);
}

static void put_code_point(struct rc_buf *out, uint32_t c)
{
	if (c > 0xffff) { /* RFC 8259 7: a surrogate pair */
		put_unit(out, 0xd800u + ((c - 0x10000) >> 10));
		c = 0xdc00u + ((c - 0x10000) & 0x3ff);
	}
	put_unit(out, c);
}

/* Octets of the UTF-8 sequence at p (RFC 3629 4: no overlong forms, no surrogates), 0 if it is none. */
static size_t utf8_read(const unsigned char *p, size_t left, uint32_t *ret_c)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
		if ((p[0] & forms[f].mask) != forms[f].lead)
			continue;
		size_t n = f + 2;
		uint32_t c = p[0] & (unsigned char)~forms[f].mask;
		if (n > left)
			return 0;
		for (size_t i = 1; i < n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		if (c < forms[f].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return 0;
		*ret_c = c;
		return n;
	}
	return 0;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static size_t put_special(struct rc_buf *out, const unsigned char *p, size_t left)
{
	uint32_t c = p[0];
	if (c == '"' || c == '\\') {
		char text[2] = {'\\', (char)c};
		rc_buf_add(out, text, sizeof text);
		return 1;
	}
	size_t n = 1;
	if (c == 0) {
		c = REPLACEMENT;
	} else if (c >= 0x80) {
		n = utf8_read(p, left, &c);
		if (n == 0) {
			c = REPLACEMENT;
			n = 1;
		}
	}
	put_code_point(out, c);
	return n;
}

void rc_json_string(struct rc_buf *out, const void *text, size_t len)
{
	const unsigned char *p = text;
	rc_buf_putc(out, '"');
	for (size_t i = 0; i < len;) {
		size_t run = 0;
		while (i + run < len && is_plain(p[i + run]))
			run++;
		rc_buf_add(out, p + i, run);
		i += run;
		if (i < len)
			i += put_special(out, p + i, len - i);
	}
	rc_buf_putc(out, '"');
}

void rc_json_number(struct rc_buf *out, int64_t value)
{
	char text[20];
	size_t at = sizeof text;
	if (value > RC_JSON_INT_MAX)
		value = RC_JSON_INT_MAX;
	if (value < -RC_JSON_INT_MAX)
		value = -RC_JSON_INT_MAX;
	uint64_t left = (uint64_t)(value < 0 ? -value : value);
	do {
		text[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		text[--at] = '-';
	rc_buf_add(out, text + at, sizeof text - at);
}

static void put_text(struct rc_buf *out, const char *text)
{
	rc_json_string(out, text, strlen(text));
}

static void put_addr(struct rc_buf *out, const struct rc_addr *addr)
{
	char text[RC_ADDR_TEXT_MAX];
	put_text(out, rc_addr_format(addr, text));
}

static void put_name(struct rc_buf *out, const struct rc_name *name)
{
	char text[RC_NAME_TEXT_MAX + 1];
	rc_json_string(out, text, rc_name_format(name, text));
}

static void put_time(struct rc_buf *out, int64_t ts_ns)
{
	char text[RC_TIME_TEXT_LEN + 1];
	rc_time_format(ts_ns, text);
	rc_json_string(out, text, RC_TIME_TEXT_LEN);
}

struct writer {
	struct rc_buf *out;
	const struct rc_event *event;
	struct rc_json_scratch *scratch;
	unsigned dataset; /* bit */
};

static void put_table(struct writer *w, const struct rc_field_table *table, const void *base);

static void put_rdata(struct writer *w, const struct rc_rr *rr)
{
	struct rc_buf *text = &w->scratch->rdata;
	rc_buf_clear(text);
	rc_rr_format_rdata(w->event->msg, rr, text);
	rc_json_string(w->out, text->data, text->failed ? 0 : text->len);
}

static void put_counters(struct writer *w, const struct rc_items *items)
{
	const struct rc_counter_set *sets = items->items;
	rc_buf_putc(w->out, '{');
	for (size_t s = 0; s < items->n; s++) {
		if (s > 0)
			rc_buf_putc(w->out, ',');
		put_text(w->out, sets[s].module);
		rc_buf_puts(w->out, ":{");
		for (size_t i = 0; i < sets[s].n; i++) {
			uint64_t value = rc_counter_value(&sets[s], i);
			if (i > 0)
				rc_buf_putc(w->out, ',');
			put_text(w->out, sets[s].desc[i].name);
			rc_buf_putc(w->out, ':');
			rc_json_number(w->out,
				       value > INT64_MAX ? RC_JSON_INT_MAX : (int64_t)value);
		}
		rc_buf_putc(w->out, '}');
	}
	rc_buf_putc(w->out, '}');
}

/* What a list holds, by kind; the items themselves are written by put_item. */
static size_t list_length(const struct rc_field *f, const void *at)
{
	switch (f->kind) {
	case RC_KIND_TEXTS:
		return ((const struct rc_texts *)at)->n;
	case RC_KIND_ADDRS:
		return ((const struct rc_addrs *)at)->n;
	case RC_KIND_NAMES:
		return ((const struct rc_names *)at)->n;
	default:
		return ((const struct rc_items *)at)->n;
	}
}

static void put_item(struct writer *w, const struct rc_field *f, const void *at, size_t i)
{
	switch (f->kind) {
	case RC_KIND_TEXTS:
		put_text(w->out, ((const struct rc_texts *)at)->items[i]);
		break;
	case RC_KIND_ADDRS:
		put_addr(w->out, &((const struct rc_addrs *)at)->items[i]);
		break;
	case RC_KIND_NAMES:
		put_name(w->out, &((const struct rc_names *)at)->items[i]);
		break;
	default:
		put_table(w, f->items,
			  (const char *)((const struct rc_items *)at)->items +
				  i * f->items->item_size);
	}
}

static void put_list(struct writer *w, const struct rc_field *f, const void *at)
{
	size_t n = list_length(f, at);
	rc_buf_putc(w->out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			rc_buf_putc(w->out, ',');
		put_item(w, f, at, i);
	}
	rc_buf_putc(w->out, ']');
}

static bool is_present(const struct rc_field *f, const void *at)
{
	const struct rc_name *name;
	switch (f->kind) {
	case RC_KIND_TEXT:
	case RC_KIND_ADDR:
		return *(const void *const *)at != NULL;
	case RC_KIND_MNEMONIC:
		return ((const struct rc_mnemonic *)at)->text != NULL;
	case RC_KIND_NUMBER:
	case RC_KIND_TIME:
		return *(const int64_t *)at != RC_NONE;
	case RC_KIND_BOOL:
		return *(const int8_t *)at >= 0;
	case RC_KIND_NAME:
		name = *(const struct rc_name *const *)at;
		return name != NULL && name->len > 0;
	case RC_KIND_NAME_IN:
		return ((const struct rc_name *)at)->len > 0;
	case RC_KIND_BYTES:
		return ((const struct rc_bytes *)at)->data != NULL &&
		       ((const struct rc_bytes *)at)->len > 0;
	case RC_KIND_ADDR_IN:
	case RC_KIND_RDATA:
		return true;
	default:
		return list_length(f, at) > 0;
	}
}

static void put_value(struct writer *w, const struct rc_field *f, const void *at)
{
	const struct rc_bytes *bytes = at;
	switch (f->kind) {
	case RC_KIND_TEXT:
		put_text(w->out, *(const char *const *)at);
		break;
	case RC_KIND_MNEMONIC:
		put_text(w->out, ((const struct rc_mnemonic *)at)->text);
		break;
	case RC_KIND_NUMBER:
		rc_json_number(w->out, *(const int64_t *)at);
		break;
	case RC_KIND_TIME:
		put_time(w->out, *(const int64_t *)at);
		break;
	case RC_KIND_BOOL:
		rc_buf_puts(w->out, *(const int8_t *)at ? "true" : "false");
		break;
	case RC_KIND_ADDR:
		put_addr(w->out, *(const struct rc_addr *const *)at);
		break;
	case RC_KIND_ADDR_IN:
		put_addr(w->out, at);
		break;
	case RC_KIND_NAME:
		put_name(w->out, *(const struct rc_name *const *)at);
		break;
	case RC_KIND_NAME_IN:
		put_name(w->out, at);
		break;
	case RC_KIND_BYTES:
		rc_json_string(w->out, bytes->data, bytes->len);
		break;
	case RC_KIND_RDATA:
		put_rdata(w, at);
		break;
	case RC_KIND_COUNTERS:
		put_counters(w, at);
		break;
	default:
		put_list(w, f, at);
	}
}

static unsigned depth_of(const char *path)
{
	unsigned depth = 0;
	for (; *path != '\0'; path++)
		depth += *path == '.';
	return depth;
}

/* Where the part of `path` behind the objects it shares with `last` begins; counts those objects. */
static const char *unshared(const char *last, const char *path, unsigned *ret_shared)
{
	const char *rest = path;
	*ret_shared = 0;
	for (const char *p = path; *p != '\0' && *p == *last; p++, last++) {
		if (*p == '.') {
			rest = p + 1;
			(*ret_shared)++;
		}
	}
	return rest;
}

static void put_key(struct rc_buf *out, const char *last, unsigned depth, const char *path)
{
	unsigned shared;
	const char *rest = unshared(last, path, &shared), *dot;
	for (; depth > shared; depth--)
		rc_buf_putc(out, '}');
	if (*last != '\0')
		rc_buf_putc(out, ',');
	while ((dot = strchr(rest, '.')) != NULL) {
		rc_json_string(out, rest, (size_t)(dot - rest));
		rc_buf_puts(out, ":{");
		rest = dot + 1;
	}
	rc_json_string(out, rest, strlen(rest));
	rc_buf_putc(out, ':');
}

static void put_table(struct writer *w, const struct rc_field_table *table, const void *base)
{
	const char *last = "";
	unsigned depth = 0;
	rc_buf_putc(w->out, '{');
	for (size_t i = 0; i < table->n; i++) {
		const struct rc_field *f = &table->fields[i];
		const void *at = (const char *)base + f->offset;
		if ((f->in & w->dataset) == 0 || !is_present(f, at))
			continue;
		put_key(w->out, last, depth, f->path);
		put_value(w, f, at);
		last = f->path;
		depth = depth_of(last);
	}
	for (; depth > 0; depth--)
		rc_buf_putc(w->out, '}');
	rc_buf_putc(w->out, '}');
}

void rc_json_event(struct rc_buf *out, const struct rc_event *event,
		   struct rc_json_scratch *scratch)
{
	struct writer w = {
		.out = out, .event = event, .scratch = scratch, .dataset = 1u << event->dataset};
	put_table(&w, &rc_event_fields, event);
	rc_buf_putc(out, '\n');
}
