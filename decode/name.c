#include "decode/name.h"

#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

#define LABELS_MAX 127u     /* 127 labels of one octet and the root fill 255 octets */
#define POINTER_BITS 0xc0u  /* RFC 1035 4.1.4: both upper bits of a length octet */
#define POINTER_OFFSET 0x3f /* the rest of that octet: upper bits of the offset */

/* A stretch of labels that lie together; the name is its runs in order, and the root label. */
struct run {
	uint32_t off; /* in the message */
	uint8_t len;  /* octets */
};

#define BEHIND_END UINT_MAX

static inline unsigned octet_at(const struct rc_cursor *c, size_t pos)
{
	return (unsigned)rc_cursor_octet_at(c, pos);
}

/* True for the length of a label: neither the root's, nor a pointer, nor BEHIND_END. */
static inline bool is_label(unsigned octet)
{
	return octet - 1 < RC_LABEL_MAX;
}

/*
 * Walks a name and notes its runs (unless runs is NULL). A pointer must go before the run it ends:
 * what is earlier cannot come back to it, so the walk ends, and a name that points into itself (an
 * endless one) is found.
 */
static inline enum rc_name_fault walk(struct rc_cursor *c, struct run *runs, unsigned *ret_runs,
				      unsigned *ret_labels)
{
	size_t pos = c->pos, start = pos, end = 0;
	size_t room = RC_NAME_MAX; /* octets that the name may still have, at start */
	unsigned labels = 0, n = 0;
	unsigned octet;

	if (c->failed)
		return RC_NAME_SHORT;
	for (;;) {
		/* One test a label: of the end of the message and of the name's length together. */
		struct rc_cursor run = rc_cursor_until(c, (uint32_t)(start + room + 1));
		while (is_label(octet = octet_at(&run, pos))) {
			pos += 1 + octet;
			labels++;
		}
		if (octet == BEHIND_END)
			return pos > c->len || pos - start <= room ? RC_NAME_SHORT
								   : RC_NAME_TOO_LONG;
		if (octet == 0)
			break;
		if (octet < POINTER_BITS)
			return RC_NAME_LABEL_TYPE;
		unsigned low = octet_at(c, pos + 1);
		if (low == BEHIND_END)
			return RC_NAME_SHORT;
		size_t target = (octet & POINTER_OFFSET) << 8 | low;
		if (target >= start || target < RC_DNS_HEADER_LEN || n == RC_NAME_POINTERS_MAX)
			return RC_NAME_POINTER;
		if (end == 0)
			end = pos + 2;
		if (runs != NULL)
			runs[n] = (struct run){.off = (uint32_t)start,
					       .len = (uint8_t)(pos - start)};
		n++;
		room -= pos - start;
		start = pos = target;
	}
	if (pos - start == room)
		return RC_NAME_TOO_LONG;
	c->pos = (uint32_t)(end == 0 ? pos + 1 : end);
	if (runs != NULL) {
		runs[n] = (struct run){.off = (uint32_t)start, .len = (uint8_t)(pos + 1 - start)};
		*ret_runs = n + 1;
		*ret_labels = labels;
	}
	return RC_NAME_OK;
}

static inline uint64_t lower8(uint64_t octets)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low7 = octets & (0x7f * ones);
	uint64_t from_a = low7 + (0x80 - 'A') * ones;       /* bit 7 where low7 >= 'A' */
	uint64_t behind_z = low7 + (0x80 - 'Z' - 1) * ones; /* bit 7 where low7 > 'Z' */
	uint64_t upper = from_a & ~behind_z & ~octets & (0x80 * ones);
	return octets | upper >> 2; /* 0x80 >> 2 is 'a' - 'A' */
}

static inline uint8_t lower1(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

typedef uint8_t octets16 __attribute__((vector_size(16)));
typedef int8_t signed16 __attribute__((vector_size(16)));

static inline octets16 fill16(uint8_t octet)
{
	return (octets16){octet, octet, octet, octet, octet, octet, octet, octet,
			  octet, octet, octet, octet, octet, octet, octet, octet};
}

/* 'A' to 'Z', moved to the upper end of the signed numbers, are those above a bound. */
static inline octets16 lower16(octets16 octets)
{
	signed16 moved = (signed16)(octets + fill16(INT8_MAX - 'Z'));
	octets16 upper = (octets16)(moved > (signed16)fill16(INT8_MAX - 26));
	return octets | (upper & fill16('a' - 'A'));
}

static inline void lower_copy16(uint8_t *to, const uint8_t *from)
{
	octets16 octets;
	memcpy(&octets, from, sizeof octets);
	octets = lower16(octets);
	memcpy(to, &octets, sizeof octets);
}

/* Copies in lower case. Length octets are at most 63, below 'A', so they need no care. */
static inline void lower_copy(uint8_t *to, const uint8_t *from, unsigned len)
{
	uint64_t octets;
	unsigned i = 0;
	if (len < sizeof octets) {
		for (; i < len; i++)
			to[i] = lower1(from[i]);
		return;
	}
	if (len >= sizeof(octets16)) {
		for (; i < len - (unsigned)sizeof(octets16); i += (unsigned)sizeof(octets16))
			lower_copy16(to + i, from + i);
		lower_copy16(to + len - sizeof(octets16), from + len - sizeof(octets16));
		return;
	}
	for (; i < len; i += (unsigned)sizeof octets) {
		if (i > len - (unsigned)sizeof octets) /* the last word overlaps the one before */
			i = len - (unsigned)sizeof octets;
		memcpy(&octets, from + i, sizeof octets);
		octets = lower8(octets);
		memcpy(to + i, &octets, sizeof octets);
	}
}

/* A name without pointers, as that of the question nearly always is. False: it takes the long way. */
static inline bool read_plain(struct rc_cursor *c, struct rc_name *ret_name)
{
	struct rc_cursor name = rc_cursor_until(c, c->pos + RC_NAME_MAX);
	size_t pos = name.pos;
	unsigned labels = 0;
	unsigned octet;
	while (is_label(octet = octet_at(&name, pos))) {
		pos += 1 + octet;
		labels++;
	}
	if (octet != 0 || name.failed)
		return false;
	unsigned len = (unsigned)pos + 1 - name.pos;
	lower_copy(ret_name->wire, rc_cursor_bytes(c, len), len);
	ret_name->len = (uint8_t)len;
	ret_name->labels = (uint8_t)labels;
	return true;
}

/* A name of several runs, or a damaged one. */
static enum rc_name_fault read_runs(struct rc_cursor *c, struct rc_name *ret_name)
{
	struct run runs[RC_NAME_POINTERS_MAX + 1];
	unsigned n_runs, labels, len = 0;
	enum rc_name_fault fault = walk(c, runs, &n_runs, &labels);
	if (fault != RC_NAME_OK)
		return fault;
	for (unsigned i = 0; i < n_runs; i++) {
		struct rc_cursor at = *c;
		rc_cursor_seek(&at, runs[i].off);
		lower_copy(ret_name->wire + len, rc_cursor_bytes(&at, runs[i].len), runs[i].len);
		len += runs[i].len;
	}
	ret_name->len = (uint8_t)len;
	ret_name->labels = (uint8_t)labels;
	return RC_NAME_OK;
}

enum rc_name_fault rc_name_read(struct rc_cursor *c, struct rc_name *ret_name)
{
	return read_plain(c, ret_name) ? RC_NAME_OK : read_runs(c, ret_name);
}

enum rc_name_fault rc_name_skip(struct rc_cursor *c)
{
	return walk(c, NULL, NULL, NULL);
}

uint32_t rc_name_end(const uint8_t *message, uint32_t len, uint32_t pos)
{
	struct rc_cursor c = rc_cursor_init(message, len);
	rc_cursor_seek(&c, pos);
	return walk(&c, NULL, NULL, NULL) == RC_NAME_OK ? c.pos : 0;
}

/* One octet of a label in presentation format: plain, \X or \DDD. */
static int parse_octet(const char **at, uint8_t *ret_octet)
{
	const char *p = *at;
	unsigned value = (unsigned char)*p++;
	if (value == '\\') {
		value = (unsigned char)*p++;
		if (value == '\0')
			return RC_E_SYNTAX;
		if (value >= '0' && value <= '9') {
			value -= '0';
			for (int i = 0; i < 2; i++, p++) {
				if (*p < '0' || *p > '9')
					return RC_E_SYNTAX;
				value = value * 10 + (unsigned)(*p - '0');
			}
			if (value > UINT8_MAX)
				return RC_E_RANGE;
		}
	}
	*at = p;
	*ret_octet = (uint8_t)value;
	return RC_OK;
}

int rc_name_parse(const char *text, struct rc_name *ret_name)
{
	struct rc_name name = {.len = 0};
	unsigned at_label = 0, len = 1; /* the open label's length octet; octets used with it */

	if (strcmp(text, ".") == 0)
		text++;
	else if (*text == '\0')
		return RC_E_SYNTAX;
	while (*text != '\0') {
		uint8_t octet;
		bool dot = *text == '.';
		int err = dot ? RC_OK : parse_octet(&text, &octet);
		if (err != RC_OK)
			return err;
		unsigned label_len = len - at_label - 1;
		if (dot && label_len == 0)
			return RC_E_SYNTAX;
		if (len == RC_NAME_MAX || (!dot && label_len == RC_LABEL_MAX))
			return RC_E_RANGE;
		if (dot) {
			name.wire[at_label] = (uint8_t)label_len;
			name.labels++;
			at_label = len++;
			text++;
		} else {
			name.wire[len++] = lower1(octet);
		}
	}
	if (len - at_label > 1) { /* no dot at the end: close the last label, add the root */
		if (len == RC_NAME_MAX)
			return RC_E_RANGE;
		name.wire[at_label] = (uint8_t)(len - at_label - 1);
		name.labels++;
		at_label = len++;
	}
	name.wire[at_label] = 0;
	name.len = (uint8_t)len;
	*ret_name = name;
	return RC_OK;
}

/* Octets that print as they are: 33 to 126 but for the special ones of RFC 1035 5.1. */
static bool is_plain(uint8_t octet)
{
	static const uint64_t plain[4] = {UINT64_C(0xf7ffbcea00000000),
					  UINT64_C(0x7fffffffeffffffe)};
	return plain[octet >> 6] >> (octet & 63) & 1;
}

static char *format_octet(char *at, uint8_t octet)
{
	*at++ = '\\';
	if (octet < 33 || octet > 126) {
		*at++ = (char)('0' + octet / 100);
		*at++ = (char)('0' + octet / 10 % 10);
		*at++ = (char)('0' + octet % 10);
	} else {
		*at++ = (char)octet;
	}
	return at;
}

/* Sixteen octets at once: the compiler makes of it what the machine has. */
typedef uint8_t octets __attribute__((vector_size(16)));

/* Letters, digits, hyphens and underscores: what nearly every name is made of. */
static octets are_host_octets(octets v)
{
	return (octets)((octets)(v - 'a') < 26) | (octets)((octets)(v - '0') < 10) |
	       (octets)(v == '-') | (octets)(v == '_');
}

/* A name of such octets alone: copied whole, with dots where the lengths of labels are. 0: it is not one. */
static size_t format_host(const struct rc_name *name, char text[RC_NAME_TEXT_MAX + 1])
{
	octets v, odd = {0};
	if (name->labels == 0 || name->len > RC_NAME_MAX - sizeof v)
		return 0;
	size_t len = name->len - 2u; /* without the first length and the root label */
	for (size_t i = 0; i < len; i += sizeof v)
		memcpy(text + i, name->wire + 1 + i, sizeof v);
	memset(text + len, '-', sizeof v);
	for (size_t dot = name->wire[0]; dot < len; dot += 1u + name->wire[dot + 1])
		text[dot] = '-';
	for (size_t i = 0; i < len; i += sizeof v) {
		memcpy(&v, text + i, sizeof v);
		odd |= ~are_host_octets(v);
	}
	uint64_t halves[2];
	memcpy(halves, &odd, sizeof halves);
	if ((halves[0] | halves[1]) != 0)
		return 0;
	for (size_t dot = name->wire[0]; dot < len; dot += 1u + name->wire[dot + 1])
		text[dot] = '.';
	text[len] = '\0';
	return len;
}

size_t rc_name_format(const struct rc_name *name, char text[RC_NAME_TEXT_MAX + 1])
{
	size_t len = format_host(name, text);
	if (len > 0)
		return len;
	char *at = text;
	unsigned pos = 0;
	for (unsigned i = 0; i < name->labels; i++) {
		unsigned label_len = name->wire[pos++];
		if (i > 0)
			*at++ = '.';
		for (unsigned end = pos + label_len; pos < end; pos++) {
			if (is_plain(name->wire[pos]))
				*at++ = (char)name->wire[pos];
			else
				at = format_octet(at, name->wire[pos]);
		}
	}
	if (name->labels == 0 && name->len > 0)
		*at++ = '.';
	*at = '\0';
	return (size_t)(at - text);
}

bool rc_name_equal(const struct rc_name *a, const struct rc_name *b)
{
	return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

/* Offset in wire behind the first n labels. */
static unsigned behind_labels(const struct rc_name *name, unsigned n)
{
	unsigned pos = 0;
	while (n-- > 0)
		pos += 1u + name->wire[pos];
	return pos;
}

bool rc_name_in(const struct rc_name *name, const struct rc_name *ancestor)
{
	if (ancestor->len == 0 || ancestor->len > name->len || ancestor->labels > name->labels)
		return false;
	unsigned pos = behind_labels(name, (unsigned)name->labels - ancestor->labels);
	return name->len - pos == ancestor->len &&
	       memcmp(name->wire + pos, ancestor->wire, ancestor->len) == 0;
}

void rc_name_parent(const struct rc_name *name, unsigned n, struct rc_name *ret_parent)
{
	unsigned pos = behind_labels(name, n);
	unsigned len = name->len - pos;
	memmove(ret_parent->wire, name->wire + pos, len); /* ret_parent may be name itself */
	ret_parent->len = (uint8_t)len;
	ret_parent->labels = (uint8_t)(name->labels - n);
}

/* Offsets of all labels. */
static void label_offsets(const struct rc_name *name, uint8_t offsets[LABELS_MAX])
{
	unsigned pos = 0;
	for (unsigned i = 0; i < name->labels; i++) {
		offsets[i] = (uint8_t)pos;
		pos += 1u + name->wire[pos];
	}
}

/* Order of two labels as octet strings, the shorter first (RFC 4034 6.1). */
static int label_compare(const uint8_t *a, const uint8_t *b)
{
	unsigned common = a[0] < b[0] ? a[0] : b[0];
	int order = memcmp(a + 1, b + 1, common);
	return order != 0 ? order : (int)a[0] - (int)b[0];
}

/* Labels in common from the root; the order of the first pair that differs goes to *ret_order. */
static unsigned common_labels(const struct rc_name *a, const struct rc_name *b, int *ret_order)
{
	uint8_t a_at[LABELS_MAX], b_at[LABELS_MAX];
	unsigned n = a->labels < b->labels ? a->labels : b->labels, i;
	label_offsets(a, a_at);
	label_offsets(b, b_at);
	int order = 0;
	for (i = 0; i < n && order == 0; i++)
		order = label_compare(a->wire + a_at[a->labels - 1 - i],
				      b->wire + b_at[b->labels - 1 - i]);
	*ret_order = order;
	return order == 0 ? i : i - 1;
}

unsigned rc_name_common_labels(const struct rc_name *a, const struct rc_name *b)
{
	int order;
	return common_labels(a, b, &order);
}

int rc_name_compare(const struct rc_name *a, const struct rc_name *b)
{
	int order;
	common_labels(a, b, &order);
	return order != 0 ? order : (int)a->labels - (int)b->labels;
}

uint64_t rc_name_hash(uint64_t seed, const struct rc_name *name)
{
	return rc_hash_bytes(seed, name->wire, name->len);
}
