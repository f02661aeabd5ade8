/*
 * What decode says of each DNS message in a capture file, one JSON object a line, for diff.py to hold
 * against tshark. The files go the whole way that they go in the program: reader, decoder.
 *
 *   dump PORT[,PORT...] FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/err.h"
#include "capture/capture.h"
#include "decode/decoder.h"

#define OBS_MAX 64u
#define PORTS_MAX 16u

static void print_hex(const char *key, const uint8_t *data, size_t len)
{
	printf("\"%s\":\"", key);
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
	putchar('"');
}

static void print_name(const char *key, const struct rc_name *name)
{
	print_hex(key, name->wire, name->len);
}

static void print_options(const struct rc_msg *m)
{
	struct rc_cursor c = rc_cursor_init(m->wire, m->edns.rdata_off + m->edns.rdata_len);
	const char *comma = "";
	rc_cursor_seek(&c, m->edns.rdata_off);
	printf("\"options\":[");
	for (unsigned i = 0; i < m->edns.n_options; i++) {
		uint16_t code = rc_cursor_u16(&c), len = rc_cursor_u16(&c);
		rc_cursor_skip(&c, len);
		printf("%s[%u,%u]", comma, code, len);
		comma = ",";
	}
	printf("],\"ede\":[");
	for (unsigned i = 0; i < m->edns.n_ede; i++) {
		const struct rc_ede *e = &m->edns.ede[i];
		printf("%s{\"code\":%u,", i > 0 ? "," : "", e->code);
		print_hex("text", m->wire + e->text_off, e->text_len);
		putchar('}');
	}
	putchar(']');
}

static void print_edns(const struct rc_msg *m)
{
	if (!m->edns.present) {
		printf("\"edns\":null,");
		return;
	}
	printf("\"edns\":{\"size\":%u,\"version\":%u,\"do\":%d,\"flags\":%u,", m->edns.udp_size,
	       m->edns.version, m->edns.do_bit, m->edns.flags);
	print_options(m);
	printf("},");
}

static void print_records(const struct rc_msg *m)
{
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	const char *comma = "";
	printf("\"records\":[");
	while (rc_rr_next(&it, &rr)) {
		struct rc_name owner = {.len = 0};
		(void)rc_rr_owner(m, &rr, &owner);
		printf("%s{\"section\":%d,", comma, rr.section);
		print_name("owner", &owner);
		printf(",\"off\":%u,\"type\":%u,\"class\":%u,\"ttl\":%u,\"rdata\":[%u,%u]}", rr.off,
		       rr.type, rr.class, rr.ttl_s, rr.rdata_off, rr.rdata_len);
		comma = ",";
	}
	printf("],");
}

static void print_message(const struct rc_msg *m)
{
	printf("\"id\":%u,\"flags\":%u,\"opcode\":%u,\"rcode\":%u,\"counts\":[%u,%u,%u,%u],", m->id,
	       m->flags, m->opcode, m->rcode, m->counts[0], m->counts[1], m->counts[2],
	       m->counts[3]);
	if (m->has_question) {
		printf("\"question\":{");
		print_name("name", &m->qname);
		printf(",\"type\":%u,\"class\":%u},", m->qtype, m->qclass);
	} else {
		printf("\"question\":null,");
	}
	print_records(m);
	print_edns(m);
	printf("\"fault\":\"%s\",\"fault_off\":%u,\"end\":%u,", rc_fault_slug(m->fault),
	       m->fault_off, m->end_off);
	print_hex("wire", m->wire, m->len);
}

static void print_obs(const struct rc_obs *o)
{
	static const char *const kinds[] = {[RC_OBS_MESSAGE] = "message",
					    [RC_OBS_ICMP] = "icmp",
					    [RC_OBS_TCP] = "tcp",
					    [RC_OBS_FRAGMENTS] = "fragments",
					    [RC_OBS_SHORT] = "short"};
	char src[RC_ADDR_TEXT_MAX], dst[RC_ADDR_TEXT_MAX];
	rc_addr_format(&o->src, src);
	rc_addr_format(&o->dst, dst);
	printf("{\"kind\":\"%s\",\"frame\":%llu,\"transport\":\"%s\",\"src\":\"%s\",\"sport\":%u,"
	       "\"dst\":\"%s\",\"dport\":%u,\"cut\":%s,\"resync\":%s",
	       kinds[o->kind], (unsigned long long)o->frame, o->transport == RC_TCP ? "tcp" : "udp",
	       src, o->src_port, dst, o->dst_port, o->flags & RC_OBS_CUT ? "true" : "false",
	       o->flags & RC_OBS_RESYNC ? "true" : "false");
	if (o->kind == RC_OBS_MESSAGE) {
		putchar(',');
		print_message(&o->msg);
	}
	puts("}");
}

static void print_all(struct rc_decoder *decoder, const struct rc_frame *frame, struct rc_obs *obs)
{
	size_t n;
	do {
		n = rc_decoder_feed(decoder, frame, obs, OBS_MAX);
		for (size_t i = 0; i < n; i++)
			if (obs[i].kind != RC_OBS_TCP)
				print_obs(&obs[i]);
		frame = NULL;
	} while (n == OBS_MAX);
}

static void on_error(void *context, const char *what, const char *why)
{
	(void)context;
	fprintf(stderr, "dump: %s: %s\n", what, why);
}

static size_t read_ports(const char *text, uint16_t ports[PORTS_MAX])
{
	size_t n = 0;
	for (char *end; n < PORTS_MAX && *text != '\0'; text = *end == ',' ? end + 1 : end) {
		unsigned long port = strtoul(text, &end, 10);
		if (end == text || port == 0 || port > UINT16_MAX)
			return 0;
		ports[n++] = (uint16_t)port;
	}
	return n;
}

int main(int argc, char **argv)
{
	static struct rc_obs obs[OBS_MAX];
	uint16_t ports[PORTS_MAX];
	size_t n_ports = argc == 3 ? read_ports(argv[1], ports) : 0, n;
	int64_t now_ns;
	struct rc_capture *capture = NULL;
	struct rc_decoder *decoder = NULL;
	struct rc_frame frames[RC_BATCH_FRAMES];
	const struct rc_capture_config in = {.files = (const char *const *)&argv[2],
					     .n_files = 1,
					     .to_ns = INT64_MAX,
					     .on_error = on_error};
	const struct rc_decoder_config config = {
		.seed = 1, .ports = ports, .n_ports = n_ports, .memory_bytes = 64u << 20};
	if (n_ports == 0) {
		fprintf(stderr, "usage: dump PORT[,PORT...] FILE\n");
		return 2;
	}
	bool failed = rc_capture_open(&in, &capture) != RC_OK ||
		      rc_decoder_new(&config, &decoder) != RC_OK;
	while (!failed && rc_capture_next(capture, frames, RC_BATCH_FRAMES, &n, &now_ns) == RC_OK) {
		rc_decoder_batch(decoder);
		for (size_t i = 0; i < n; i++)
			print_all(decoder, &frames[i], obs);
	}
	failed = failed || rc_capture_failed(capture);
	rc_decoder_free(decoder);
	rc_capture_close(capture);
	return failed ? 1 : 0;
}
