#include "tests/emit/sample.h"

#include <jansson.h>

#include "decode/rr.h"
#include "emit/json.h"

#define REPLACED "\xef\xbf\xbd"

static json_t *parse(const struct rc_buf *text)
{
	json_error_t error;
	json_t *value = json_loadb(text->data, text->len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
				   &error);
	if (value == NULL)
		fail_msg("%s at %d in %.*s", error.text, error.position, (int)text->len,
			 text->data);
	return value;
}

static void check_string(const void *in, size_t len, const char *want)
{
	struct rc_buf out = rc_buf_init(4096);
	rc_json_string(&out, in, len);
	assert_false(out.failed);
	for (size_t i = 0; i < out.len; i++)
		assert_in_range(out.data[i], 0x20, 0x7e);
	json_t *back = parse(&out);
	assert_string_equal(json_string_value(back), want);
	assert_int_equal(json_string_length(back), strlen(want));
	json_decref(back);
	rc_buf_free(&out);
}

static void every_octet_alone_parses_back(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		char in[3] = {'a', (char)c, 'b'}, same[4] = {'a', (char)c, 'b', 0};
		check_string(in, 3, c == 0 || c >= 0x80 ? "a" REPLACED "b" : same);
	}
	check_string("", 0, "");
}

static void utf8_beyond_ascii_survives(void **state)
{
	static const char *const texts[] = {"caf\xc3\xa9",      "\xc2\x80",         "\xdf\xbf",
					    "\xe0\xa0\x80",     "\xed\x9f\xbf",     "\xee\x80\x80",
					    "\xf0\x90\x8d\x88", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		check_string(texts[i], strlen(texts[i]), texts[i]);
}

static void what_is_not_utf8_is_replaced_octet_by_octet(void **state)
{
	(void)state;
	check_string("\xc0\x80", 2, REPLACED REPLACED);                           /* overlong NUL */
	check_string("\xe0\x9f\xbf", 3, REPLACED REPLACED REPLACED);              /* overlong */
	check_string("\xed\xa0\x80", 3, REPLACED REPLACED REPLACED);              /* surrogate */
	check_string("\xf4\x90\x80\x80", 4, REPLACED REPLACED REPLACED REPLACED); /* > U+10FFFF */
	check_string("\xe2\x82", 2, REPLACED REPLACED);                           /* ends early */
	check_string("\xe2\x82x", 3, REPLACED REPLACED "x");
}

static void integers_stay_within_what_readers_keep(void **state)
{
	static const struct {
		int64_t in;
		const char *want;
	} cases[] = {{0, "0"},
		     {-1, "-1"},
		     {9007199254740991, "9007199254740991"},
		     {9007199254740992, "9007199254740991"},
		     {INT64_MAX, "9007199254740991"},
		     {INT64_MIN, "-9007199254740991"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rc_buf out = rc_buf_init(64);
		rc_json_number(&out, cases[i].in);
		assert_int_equal(out.len, strlen(cases[i].want));
		assert_memory_equal(out.data, cases[i].want, out.len);
		rc_buf_free(&out);
	}
}

/* --- whole events: every leaf is what the table's member says, and there is no other --- */
struct world {
	struct sample sample;
	struct rc_observer observer;
	struct rc_event event;
	struct rc_json *json;
	struct rc_buf out;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	if (w == NULL)
		return -1;
	w->observer.source_name = sample_source;
	w->observer.hostname = "sensor.example";
	w->observer.iface = "eth \"0\"";
	rc_event_init(&w->event, &w->observer);
	if (rc_json_new(&w->event, &w->json) != RC_OK)
		return -1;
	w->out = rc_buf_init(RC_EVENT_MAX);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	rc_buf_free(&w->out);
	rc_json_free(w->json);
	free(w);
	return 0;
}

static json_t *write_event(struct world *w)
{
	w->event.sequence = 1;
	rc_buf_clear(&w->out);
	rc_json_event(w->json, &w->out, &w->event);
	assert_false(w->out.failed);
	assert_int_equal(w->out.data[w->out.len - 1], '\n');
	for (size_t i = 0; i + 1 < w->out.len; i++)
		assert_in_range(w->out.data[i], 0x20, 0x7e);
	return parse(&w->out);
}

static json_t *find(json_t *object, const char *path)
{
	const char *dot;
	char key[64];
	for (; object != NULL && (dot = strchr(path, '.')) != NULL; path = dot + 1) {
		snprintf(key, sizeof key, "%.*s", (int)(dot - path), path);
		object = json_object_get(object, key);
	}
	return json_object_get(object, path);
}

static const char *text_at(json_t *event, const char *path)
{
	return json_string_value(find(event, path));
}

static size_t count_leaves(const json_t *value)
{
	size_t n = 0, i;
	const char *key;
	json_t *inner;
	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, inner)
			n += count_leaves(inner);
		return n;
	}
	if (json_is_array(value)) {
		json_array_foreach(value, i, inner) n += count_leaves(inner);
		return n;
	}
	return 1;
}

static size_t check_table(const struct rc_event *e, const struct rc_field_table *table,
			  const void *base, json_t *object);

static size_t check_text(json_t *found, const char *want)
{
	if (want == NULL) {
		assert_null(found);
		return 0;
	}
	assert_non_null(found);
	assert_string_equal(json_string_value(found), want);
	return 1;
}

static size_t check_addr(json_t *found, const struct rc_addr *addr)
{
	char text[RC_ADDR_TEXT_MAX];
	return check_text(found, addr == NULL ? NULL : rc_addr_format(addr, text));
}

static size_t check_name(json_t *found, const struct rc_name *name)
{
	char text[RC_NAME_TEXT_MAX + 1];
	if (name != NULL && name->len > 0)
		rc_name_format(name, text);
	return check_text(found, name == NULL || name->len == 0 ? NULL : text);
}

static size_t check_number(json_t *found, int64_t want)
{
	if (want == RC_NONE) {
		assert_null(found);
		return 0;
	}
	assert_true(json_is_integer(found));
	assert_int_equal(json_integer_value(found),
			 want > RC_JSON_INT_MAX ? RC_JSON_INT_MAX : want);
	return 1;
}

static size_t check_time(json_t *found, int64_t want)
{
	char text[RC_TIME_TEXT_LEN + 1];
	if (want != RC_NONE)
		rc_time_format(want, text);
	return check_text(found, want == RC_NONE ? NULL : text);
}

static size_t check_code(const struct rc_field *f, json_t *found, int32_t code)
{
	char text[RC_CODE_TEXT_MAX];
	return check_text(found, code < 0 ? NULL : rc_code_name(f->codes, (uint16_t)code, text));
}

static size_t check_digits(json_t *found, int64_t want)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)want);
	return check_text(found, want == RC_NONE ? NULL : text);
}

static size_t check_plain(json_t *found, const struct rc_plain *plain)
{
	char text[64];
	snprintf(text, sizeof text, "%.*s", (int)plain->len,
		 plain->text == NULL ? "" : plain->text);
	return check_text(found, plain->text == NULL ? NULL : text);
}

static size_t check_message(const struct rc_event *e, json_t *found)
{
	char text[RC_NAME_TEXT_MAX + 512], rcode[RC_CODE_TEXT_MAX], type[RC_CODE_TEXT_MAX];
	char name[RC_NAME_TEXT_MAX + 1] = "a message without a question", addr[RC_ADDR_TEXT_MAX];
	const char *because = e->message.because;
	if (e->message.text != NULL)
		return check_text(found, e->message.text);
	if (e->qname != NULL)
		rc_name_format(e->qname, name);
	snprintf(text, sizeof text, "%s for %s%s%s from %s%s%s",
		 e->response_code < 0 ? "No answer"
				      : rc_code_name(&rc_rcodes, (uint16_t)e->response_code, rcode),
		 name, e->qname == NULL ? "" : " ",
		 e->qname == NULL ? "" : rc_code_name(&rc_types, (uint16_t)e->qtype, type),
		 rc_addr_format(e->server.ip, addr), because == NULL ? "" : ": ",
		 because == NULL ? "" : because);
	return check_text(found, text);
}

static size_t check_set(const struct rc_field *f, json_t *found, uint64_t set)
{
	char text[RC_CODE_TEXT_MAX];
	size_t n = 0;
	if (set == 0)
		assert_null(found);
	for (unsigned bit = 0; bit < 64; bit++) {
		if ((set >> bit & 1) == 0)
			continue;
		check_text(json_array_get(found, n++),
			   f->codes == NULL ? f->choice(bit)
					    : rc_code_name(f->codes, (uint16_t)bit, text));
	}
	assert_int_equal(json_array_size(found), n);
	return n;
}

static size_t check_list(const struct rc_event *e, const struct rc_field *f, const void *at,
			 json_t *found)
{
	const struct rc_texts *texts = at;
	const struct rc_addrs *addrs = at;
	const struct rc_names *names = at;
	const struct rc_items *items = at;
	size_t n = f->kind == RC_KIND_TEXTS   ? texts->n
		   : f->kind == RC_KIND_ADDRS ? addrs->n
		   : f->kind == RC_KIND_NAMES ? names->n
					      : items->n;
	size_t leaves = 0;
	if (n == 0) {
		assert_null(found);
		return 0;
	}
	assert_int_equal(json_array_size(found), n);
	for (size_t i = 0; i < n; i++) {
		json_t *item = json_array_get(found, i);
		if (f->kind == RC_KIND_TEXTS)
			leaves += check_text(item, texts->items[i]);
		else if (f->kind == RC_KIND_ADDRS)
			leaves += check_addr(item, &addrs->items[i]);
		else if (f->kind == RC_KIND_NAMES)
			leaves += check_name(item, names->items[i]);
		else
			leaves += check_table(e, f->items,
					      (const char *)items->items + i * f->items->item_size,
					      item);
	}
	return leaves;
}

static size_t check_counters(const struct rc_items *items, json_t *found)
{
	const struct rc_counter_set *sets = items->items;
	size_t leaves = 0;
	for (size_t s = 0; s < items->n; s++) {
		for (size_t i = 0; i < sets[s].n; i++) {
			json_t *module = json_object_get(found, sets[s].module);
			leaves += check_number(json_object_get(module, sets[s].desc[i].name),
					       (int64_t)rc_counter_value(&sets[s], i));
		}
	}
	return leaves;
}

static size_t check_field(const struct rc_event *e, const struct rc_field *f, const void *at,
			  json_t *found)
{
	const struct rc_bytes *bytes = at;
	struct rc_buf rdata = rc_buf_init(4096);
	size_t leaves;
	switch (f->kind) {
	case RC_KIND_TEXT:
	case RC_KIND_WORD:
		return check_text(found, *(const char *const *)at);
	case RC_KIND_PLAIN:
		return check_plain(found, at);
	case RC_KIND_MESSAGE:
		return check_message(e, found);
	case RC_KIND_DIGITS:
		return check_digits(found, *(const int64_t *)at);
	case RC_KIND_CODE:
		return check_code(f, found, *(const int32_t *)at);
	case RC_KIND_SET:
		return check_set(f, found, *(const uint64_t *)at);
	case RC_KIND_NUMBER:
		return check_number(found, *(const int64_t *)at);
	case RC_KIND_TIME:
		return check_time(found, *(const int64_t *)at);
	case RC_KIND_BOOL:
		if (*(const int8_t *)at < 0)
			assert_null(found);
		else
			assert_true(*(const int8_t *)at ? json_is_true(found)
							: json_is_false(found));
		return *(const int8_t *)at >= 0;
	case RC_KIND_ADDR:
		return check_addr(found, *(const struct rc_addr *const *)at);
	case RC_KIND_ADDR_IN:
		return check_addr(found, at);
	case RC_KIND_NAME:
		return check_name(found, *(const struct rc_name *const *)at);
	case RC_KIND_BYTES:
		assert_int_equal(found != NULL, bytes->len > 0);
		return bytes->len > 0;
	case RC_KIND_RDATA:
		rc_rr_format_rdata(e->msg, at, &rdata);
		rc_buf_putc(&rdata, '\0');
		leaves = check_text(found, rdata.data);
		rc_buf_free(&rdata);
		return leaves;
	case RC_KIND_COUNTERS:
		return check_counters(at, found);
	default:
		return check_list(e, f, at, found);
	}
}

static size_t check_table(const struct rc_event *e, const struct rc_field_table *table,
			  const void *base, json_t *object)
{
	size_t leaves = 0;
	for (size_t i = 0; i < table->n; i++) {
		const struct rc_field *f = &table->fields[i];
		if (f->in & 1u << e->dataset)
			leaves += check_field(e, f, (const char *)base + f->offset,
					      find(object, f->path));
	}
	return leaves;
}

static void check_event(struct world *w)
{
	json_t *event = write_event(w);
	size_t leaves = check_table(&w->event, &rc_event_fields, &w->event, event);
	assert_int_equal(leaves, count_leaves(event));
	assert_true(leaves > 15);
	json_decref(event);
}

static void every_leaf_of_every_dataset_parses_back(void **state)
{
	struct world *w = *state;
	static const uint64_t counts[2] = {5, UINT64_C(1) << 62};
	static const struct rc_counter_desc desc[] = {{"small", "a", 0}, {"huge", "b", 8}};
	struct rc_counter_set set = {"test", desc, 2, counts};

	sample_make(&w->sample, "expired", 7);
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	check_event(w);
	rc_event_from_failure(&w->event, RC_DS_UPSTREAM, &w->sample.failure);
	check_event(w);
	rc_event_from_incident(&w->event, &w->sample.incident);
	check_event(w);
	rc_event_from_transaction(&w->event, &w->sample.x, &w->sample.msg.qname, &w->sample.msg);
	check_event(w);
	rc_event_from_stats(&w->event, 0, SAMPLE_START_NS, true, &set, 1);
	check_event(w);
}

static void hostile_name_and_ede_text_parse_back(void **state)
{
	static const char ede[] = "\"}\n\x00\x7f\xc3\xa9\xff";
	struct world *w = *state;
	sample_make(&w->sample, ede, sizeof ede - 1);
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	json_t *event = write_event(w);
	assert_string_equal(text_at(event, "dns.question.name"), "\\001\\\"\\\\\\255.example");
	json_t *option = json_array_get(find(event, "rcause.dns.ede"), 0);
	assert_int_equal(json_integer_value(json_object_get(option, "code")), 9);
	assert_string_equal(text_at(option, "text"), "\"}\n" REPLACED "\x7f\xc3\xa9" REPLACED);
	json_decref(event);
}

/* What a reader must find for octets from the wire: invalid ones and NUL are U+FFFD, by another way. */
static size_t replaced(const uint8_t *in, size_t len, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < len;) {
		size_t size = 0;
		for (size_t k = 1; k <= 4 && k <= len - i && size == 0; k++) {
			json_t *one = in[i] == 0 ? NULL : json_stringn((const char *)in + i, k);
			size = one == NULL ? 0 : k;
			json_decref(one);
		}
		if (size == 0)
			memcpy(out + n, REPLACED, 3);
		else
			memcpy(out + n, in + i, size);
		n += size == 0 ? 3 : size;
		i += size == 0 ? 1 : size;
	}
	return n;
}

static uint32_t chance(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Half of the octets are plain, so that runs of every length and what ends them occur. */
static void fill(uint8_t *at, size_t len, uint32_t *state)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(chance(state) % 2 ? 'a' + chance(state) % 26 : chance(state));
}

static void random_octets_read_back_as_an_oracle_says(void **state)
{
	uint32_t seed = 1;
	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t in[80];
		char want[3 * sizeof in];
		size_t len = chance(&seed) % sizeof in;
		struct rc_buf out = rc_buf_init(round % 2 ? 4096 : 6 * sizeof in);
		fill(in, len, &seed);
		size_t want_len = replaced(in, len, want);
		rc_json_string(&out, in, len);
		for (size_t i = 0; i < out.len; i++)
			assert_in_range(out.data[i], 0x20, 0x7e);
		json_t *back = parse(&out);
		assert_int_equal(json_string_length(back), want_len);
		assert_memory_equal(json_string_value(back), want, want_len);
		json_decref(back);
		rc_buf_free(&out);
	}
}

static void random_name(struct rc_name *name, uint32_t *state)
{
	name->labels = (uint8_t)(chance(state) % 8);
	name->len = 0;
	for (unsigned i = 0; i < name->labels; i++) {
		uint8_t len = (uint8_t)(1 + chance(state) % 31);
		name->wire[name->len++] = len;
		fill(name->wire + name->len, len, state);
		name->len = (uint8_t)(name->len + len);
	}
	name->wire[name->len++] = 0;
}

static void events_of_random_names_and_texts_parse_back_and_are_stable(void **state)
{
	struct world *w = *state;
	uint32_t seed = 7;
	for (unsigned round = 0; round < 500; round++) {
		uint8_t ede[200];
		struct rc_name other;
		size_t len = chance(&seed) % sizeof ede;
		fill(ede, len, &seed);
		sample_make(&w->sample, ede, len);
		random_name(&w->sample.msg.qname, &seed);
		random_name(&w->sample.zone, &seed);
		random_name(&other, &seed);
		w->sample.evidence[1].name = &other;
		w->sample.x.first_ns -= (int64_t)chance(&seed) * RC_NS_PER_S;
		rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
		check_event(w);
		struct rc_buf first = w->out;
		w->out = rc_buf_init(RC_EVENT_MAX);
		json_decref(write_event(w));
		assert_int_equal(w->out.len, first.len);
		assert_memory_equal(w->out.data, first.data, first.len);
		rc_buf_free(&first);
	}
}

/* Half of them of few octets, so that runs of zeros and addresses told before occur. */
static struct rc_addr random_addr(uint32_t *state)
{
	uint8_t bytes[16] = {0};
	unsigned kind = chance(state) % 4;
	for (unsigned i = 0; i < sizeof bytes; i++)
		if (kind > 1 || chance(state) % 8 == 0)
			bytes[i] = (uint8_t)(kind == 3 ? chance(state) % 3 : chance(state));
	return chance(state) % 2 ? rc_addr_v4(bytes) : rc_addr_v6(bytes);
}

static int64_t random_number(uint32_t *state)
{
	return (int64_t)((uint64_t)chance(state) << 20 ^ chance(state)) >> chance(state) % 44;
}

static void random_exchange(struct sample *s, uint32_t *state)
{
	struct rc_exchange *x = &s->x;
	x->first_ns = random_number(state) * 100003; /* up to our days */
	x->end_ns = x->first_ns + random_number(state);
	x->asker = random_addr(state);
	x->server = random_addr(state);
	x->asker_port = (uint16_t)random_number(state);
	x->server_port = (uint16_t)random_number(state);
	x->id = (uint16_t)random_number(state);
	x->qtype = (uint16_t)(chance(state) >> chance(state) % 16);
	x->qclass = (uint16_t)(chance(state) >> chance(state) % 16);
	x->opcode = chance(state) % 16;
	x->vlan = (uint16_t)(chance(state) % 3);
	x->inner_vlan = (uint16_t)(chance(state) % 3);
	x->encaps = chance(state) % 4;
	x->marks = chance(state) % 2 ? 0 : chance(state);
	x->first_frame = chance(state) % 2 * chance(state);
	x->end_frame = chance(state) >> chance(state) % 24;
	x->state = chance(state) % 4 ? RC_X_ANSWERED : RC_X_UNANSWERED;
	x->query.flags = (uint16_t)chance(state);
	x->query.edns = chance(state) % 2;
	x->answer.flags = (uint16_t)chance(state);
	x->answer.do_bit = chance(state) % 2;
	x->answer.rcode = chance(state) % 2 ? chance(state) % 4 : chance(state) % 4096;
	x->answer.edns = chance(state) % 2;
	x->answer.udp_size = (uint16_t)random_number(state);
	x->answer.options = chance(state) % 2 ? chance(state) % 2 : chance(state);
	x->answer.counts[1] = (uint16_t)(chance(state) % 300);
}

/* What is kept as text from event to event, and fields that are there or not, in any order. */
static void events_of_random_exchanges_parse_back(void **state)
{
	struct world *w = *state;
	uint32_t seed = 3;
	for (unsigned round = 0; round < 4000; round++) {
		struct rc_failure *f = &w->sample.failure;
		sample_make(&w->sample, "x", 1);
		random_exchange(&w->sample, &seed);
		w->sample.evidence[0].from = random_addr(&seed);
		w->sample.evidence[1].frame = chance(&seed) % 2;
		w->sample.evidence[1].ts_ns = chance(&seed) % 2 * random_number(&seed);
		f->cause = rc_cause_at(chance(&seed) % rc_cause_count());
		f->n_evidence = chance(&seed) % 3;
		f->n_fix = chance(&seed) % 3;
		f->n_alternatives = chance(&seed) % 2;
		f->n_chain = chance(&seed) % 3;
		f->zone = chance(&seed) % 2 ? &w->sample.zone : NULL;
		f->server = chance(&seed) % 2 ? &w->sample.chain[0] : NULL;
		f->incident = chance(&seed) % 2;
		f->visibility.cut = chance(&seed) % 2;
		f->visibility.n_not_seen = chance(&seed) % 2;
		if (round % 2 == 0)
			rc_event_from_failure(&w->event, RC_DS_FAILURE, f);
		else
			rc_event_from_transaction(&w->event, &w->sample.x,
						  chance(&seed) % 8 ? &w->sample.msg.qname : NULL,
						  chance(&seed) % 2 ? &w->sample.msg : NULL);
		check_event(w);
	}
}

/* Lines of evidence are kept: one that differs in anything must not be taken for another. */
static void evidence_that_differs_in_one_thing_is_told_as_it_is(void **state)
{
	struct world *w = *state;
	sample_make(&w->sample, "x", 1);
	struct rc_evidence *line = &w->sample.evidence[1];
	static const struct rc_name other = {.len = 3, .labels = 1, .wire = {1, 'x', 0}};
	char fact[] = "it came late";
	*line = w->sample.evidence[0];
	line->query_frame = 7;
	const struct rc_evidence as_it_was = *line;
	for (unsigned what = 0; what < 26; what++) {
		switch (what / 2) { /* each twice: written, then known */
		case 1:
			line->frame++;
			break;
		case 2:
			line->query_frame++;
			break;
		case 3:
			line->ts_ns++;
			break;
		case 4:
			line->rtt_ns++;
			break;
		case 5:
			line->source = 1;
			break;
		case 6:
			line->from.bytes[15]++;
			break;
		case 7:
			line->to.bytes[0]++;
			break;
		case 8:
			line->name = &other;
			break;
		case 9:
			line->name = NULL;
			break;
		case 10:
			line->qtype++;
			break;
		case 11:
			line->outcome = "late";
			break;
		case 12:
			line->fact = fact;
			fact[0] = (char)('a' + what % 2);
			break;
		default:
			break;
		}
		rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
		check_event(w);
		*line = as_it_was;
	}
	line->rcode = -1;
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	check_event(w);
}

static void keys_stand_in_the_order_of_the_contract(void **state)
{
	static const char *const keys[] = {"{\"@timestamp\":",
					   ",\"ecs\":{",
					   ",\"message\":",
					   ",\"event\":{\"kind\":",
					   ",\"network\":{\"type\":",
					   ",\"source\":{\"ip\":",
					   ",\"client\":{\"ip\":",
					   ",\"destination\":{\"ip\":",
					   ",\"server\":{\"ip\":",
					   ",\"dns\":{\"type\":",
					   ",\"related\":{\"ip\":",
					   ",\"observer\":{\"type\":",
					   ",\"rcause\":{\"schema\":1,"};
	struct world *w = *state;
	sample_make(&w->sample, "x", 1);
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	json_decref(write_event(w));
	w->out.data[w->out.len - 1] = '\0';
	const char *at = w->out.data;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		at = strstr(at, keys[i]);
		assert_non_null(at);
	}
}

static void a_full_buffer_is_told(void **state)
{
	struct world *w = *state;
	struct rc_buf small = rc_buf_init(200);
	sample_make(&w->sample, "x", 1);
	rc_event_from_failure(&w->event, RC_DS_FAILURE, &w->sample.failure);
	rc_json_event(w->json, &small, &w->event);
	assert_true(small.failed);
	rc_buf_free(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_octet_alone_parses_back),
		cmocka_unit_test(utf8_beyond_ascii_survives),
		cmocka_unit_test(what_is_not_utf8_is_replaced_octet_by_octet),
		cmocka_unit_test(integers_stay_within_what_readers_keep),
		cmocka_unit_test_setup_teardown(every_leaf_of_every_dataset_parses_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(hostile_name_and_ede_text_parse_back, setup,
						teardown),
		cmocka_unit_test(random_octets_read_back_as_an_oracle_says),
		cmocka_unit_test_setup_teardown(
			events_of_random_names_and_texts_parse_back_and_are_stable, setup,
			teardown),
		cmocka_unit_test_setup_teardown(events_of_random_exchanges_parse_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(evidence_that_differs_in_one_thing_is_told_as_it_is,
						setup, teardown),
		cmocka_unit_test_setup_teardown(keys_stand_in_the_order_of_the_contract, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_full_buffer_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
