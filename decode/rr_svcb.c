#include "base/addr.h"
#include "decode/rr_text.h"

enum value {
	VALUE_KEYS, /* list of keys */
	VALUE_IDS,  /* list of character-strings, none of them empty (RFC 9460 7.1.1) */
	VALUE_PATH, /* list of character-strings, perhaps none */
	VALUE_NONE,
	VALUE_U16,
	VALUE_U16S,
	VALUE_A,
	VALUE_AAAA,
	VALUE_BASE64,
	VALUE_TEXT,
};

/* IANA's Service Parameter Keys (RFC 9460 14.3.2), by number. */
static const struct {
	const char *name;
	enum value value;
} keys[] = {
	{"mandatory", VALUE_KEYS},
	{"alpn", VALUE_IDS},
	{"no-default-alpn", VALUE_NONE},
	{"port", VALUE_U16},
	{"ipv4hint", VALUE_A},
	{"ech", VALUE_BASE64},
	{"ipv6hint", VALUE_AAAA},
	{"dohpath", VALUE_TEXT},
	{"ohttp", VALUE_NONE},
	{"tls-supported-groups", VALUE_U16S},
	{"docpath", VALUE_PATH},
	{"pvd", VALUE_TEXT},
	{"oots", VALUE_TEXT},
};

#define KEYS (sizeof keys / sizeof *keys)

static bool strings_fit(struct rc_cursor c, uint8_t min_len)
{
	while (!c.failed && rc_cursor_left(&c) > 0) {
		uint8_t len = rc_cursor_u8(&c);
		rc_cursor_skip(&c, len);
		if (len < min_len)
			return false;
	}
	return !c.failed;
}

static bool value_fits(enum value value, struct rc_cursor c)
{
	uint32_t len = rc_cursor_left(&c);
	switch (value) {
	case VALUE_NONE:
		return len == 0;
	case VALUE_U16:
		return len == 2;
	case VALUE_KEYS:
	case VALUE_U16S:
		return len > 0 && len % 2 == 0;
	case VALUE_A:
		return len > 0 && len % 4 == 0;
	case VALUE_AAAA:
		return len > 0 && len % 16 == 0;
	case VALUE_IDS:
		return len > 0 && strings_fit(c, 1);
	case VALUE_PATH:
		return strings_fit(c, 0);
	default:
		return true;
	}
}

bool rc_svcparam_fits(uint16_t key, struct rc_cursor value)
{
	return key >= KEYS || value_fits(keys[key].value, value);
}

static void put_key(struct rc_buf *buf, uint16_t key)
{
	if (key < KEYS)
		rc_buf_puts(buf, keys[key].name);
	else
		rc_buf_printf(buf, "key%u", key);
}

/* An item of a comma-separated list: commas and backslashes are escaped once more (RFC 9460 A.1). */
static void put_id(struct rc_buf *buf, struct rc_cursor id)
{
	while (rc_cursor_left(&id) > 0) {
		struct rc_cursor octet = rc_text_part(&id, 1);
		uint8_t value = rc_cursor_peek_u8(&octet, 0);
		if (value == ',' || value == '\\')
			rc_buf_puts(buf, "\\\\");
		rc_text_escaped(buf, octet);
	}
}

static void put_item(struct rc_buf *buf, enum value value, struct rc_cursor *c)
{
	char text[RC_ADDR_TEXT_MAX];
	struct rc_addr addr;
	switch (value) {
	case VALUE_KEYS:
		put_key(buf, rc_cursor_u16(c));
		break;
	case VALUE_A:
		addr = rc_addr_v4(rc_cursor_bytes(c, 4));
		rc_buf_puts(buf, rc_addr_format(&addr, text));
		break;
	case VALUE_AAAA:
		addr = rc_addr_v6(rc_cursor_bytes(c, 16));
		rc_buf_puts(buf, rc_addr_format(&addr, text));
		break;
	case VALUE_IDS:
	case VALUE_PATH:
		put_id(buf, rc_text_part(c, rc_cursor_u8(c)));
		break;
	default:
		rc_buf_printf(buf, "%u", rc_cursor_u16(c));
		break;
	}
}

static void put_value(struct rc_buf *buf, enum value value, struct rc_cursor c)
{
	bool strings = value == VALUE_IDS || value == VALUE_PATH;
	if (value == VALUE_NONE)
		return;
	rc_buf_putc(buf, '=');
	if (value == VALUE_TEXT) {
		rc_text_quoted(buf, c);
		return;
	}
	if (value == VALUE_BASE64) {
		rc_text_base64(buf, c);
		return;
	}
	if (strings)
		rc_buf_putc(buf, '"');
	for (bool first = true; rc_cursor_left(&c) > 0; first = false) {
		if (!first)
			rc_buf_putc(buf, ',');
		put_item(buf, value, &c);
	}
	if (strings)
		rc_buf_putc(buf, '"');
}

void rc_text_svcparams(struct rc_buf *buf, struct rc_cursor c)
{
	for (bool first = true; rc_cursor_left(&c) > 0; first = false) {
		uint16_t key = rc_cursor_u16(&c);
		struct rc_cursor value = rc_text_part(&c, rc_cursor_u16(&c));
		if (!first)
			rc_buf_putc(buf, ' ');
		put_key(buf, key);
		if (key < KEYS)
			put_value(buf, keys[key].value, value);
		else if (rc_cursor_left(&value) > 0)
			put_value(buf, VALUE_TEXT, value);
	}
}
