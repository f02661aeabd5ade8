#include "emit/json_known.h"

#include "base/plain.h"

void rc_known_init(struct rc_known *known)
{
	for (size_t i = 0; i < RC_SECONDS_KNOWN; i++)
		known->seconds[i].s = INT64_MIN;
}

bool rc_known_learn_word(struct rc_known_word *known, const char *word)
{
	size_t len = strlen(word);
	if (len + 2 > sizeof known->text || rc_plain_len(word, len) != len)
		return false;
	known->word = word;
	known->len = len + 2;
	known->text[0] = '"';
	memcpy(known->text + 1, word, len);
	known->text[len + 1] = '"';
	return true;
}

char *rc_known_learn_code(struct rc_known_codes *known, char *at, const struct rc_code_table *codes,
			  uint16_t code)
{
	char unknown[RC_CODE_TEXT_MAX];
	const char *name = rc_code_name(codes, code, unknown);
	size_t len = strlen(name) + 2;
	*at = '"';
	memcpy(at + 1, name, len - 2);
	at[len - 1] = '"';
	if (code < RC_CODES_KNOWN && len <= sizeof known->text[code]) {
		memcpy(known->text[code], at, len);
		known->len[code] = (uint8_t)len;
	}
	return at + len;
}

void rc_known_learn_addr(struct rc_known_addr *known, const struct rc_addr *addr)
{
	known->addr = *addr;
	known->text[0] = '"';
	known->len = rc_addr_put(addr, known->text + 1) + 2;
	known->text[known->len - 1] = '"';
}

void rc_known_learn_second(struct rc_known_second *known, int64_t s)
{
	char text[RC_TIME_TEXT_LEN + 1];
	rc_time_format(s * RC_NS_PER_S, text);
	memcpy(known->text, text, RC_SECOND_LEN);
	known->s = s;
}

char *rc_known_put_old_time(char *at, int64_t ts_ns)
{
	*at++ = '"';
	rc_time_format(ts_ns, at);
	at += RC_TIME_TEXT_LEN;
	*at++ = '"';
	return at;
}
