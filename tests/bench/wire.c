#include "wire.h"

#include <string.h>

enum { HEADER = 12, POINTER = 0xc000, CLASS_IN = 1 };
enum { ETHERNET = 14, IP4 = 20, IP6 = 40, UDP = 8, TCP_HEADER = 20 };
enum { PROTO_TCP = 6, PROTO_UDP = 17 };

struct name name_of(const char *labels)
{
	struct name n = {.len = 0};
	while (*labels != '\0') {
		size_t len = strcspn(labels, ".");
		n.wire[n.len++] = (uint8_t)len;
		memcpy(n.wire + n.len, labels, len);
		n.len = (uint8_t)(n.len + len);
		labels += len + (labels[len] == '.');
	}
	n.wire[n.len++] = 0;
	return n;
}

struct name name_below(const char *label, const struct name *parent)
{
	struct name n = {.len = 0};
	size_t len = strlen(label);
	if (len == 0)
		return *parent;
	n.wire[0] = (uint8_t)len;
	memcpy(n.wire + 1, label, len);
	memcpy(n.wire + 1 + len, parent->wire, parent->len);
	n.len = (uint8_t)(1 + len + parent->len);
	return n;
}

void name_print(const struct name *name, char text[256])
{
	size_t at = 0;
	for (unsigned i = 0; name->wire[i] != 0; i += 1u + name->wire[i]) {
		memcpy(text + at, name->wire + i + 1, name->wire[i]);
		at += name->wire[i];
		text[at++] = '.';
	}
	if (at == 0)
		text[at++] = '.';
	text[at] = '\0';
}

void put_u8(struct message *m, unsigned value)
{
	m->wire[m->len++] = (uint8_t)value;
}

void put_u16(struct message *m, unsigned value)
{
	put_u8(m, value >> 8);
	put_u8(m, value);
}

void put_u32(struct message *m, uint32_t value)
{
	put_u16(m, value >> 16);
	put_u16(m, value);
}

static void set_u16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void put_noise(struct message *m, uint64_t key, size_t len)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t octets = mix(key + i);
		size_t n = len - i < 8 ? len - i : 8;
		memcpy(m->wire + m->len, &octets, n);
		m->len += n;
	}
}

static uint64_t hash_of(const uint8_t *suffix, size_t len)
{
	uint64_t hash = len;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ suffix[i]) * UINT64_C(0x100000001b3);
	return hash;
}

void put_name(struct message *m, const struct name *name, bool compress)
{
	unsigned i = 0;
	for (; name->wire[i] != 0; i += 1u + name->wire[i]) {
		uint64_t hash = hash_of(name->wire + i, name->len - i);
		for (unsigned k = 0; compress && k < m->n_suffixes; k++) {
			if (m->suffixes[k].hash == hash) {
				put_u16(m, POINTER | m->suffixes[k].off);
				return;
			}
		}
		if (m->n_suffixes < SUFFIXES_MAX) {
			m->suffixes[m->n_suffixes].hash = hash;
			m->suffixes[m->n_suffixes++].off = (uint16_t)m->len;
		}
		memcpy(m->wire + m->len, name->wire + i, 1u + name->wire[i]);
		m->len += 1u + name->wire[i];
	}
	put_u8(m, 0);
}

void message_begin(struct message *m, uint16_t id, uint16_t flags, const struct name *qname,
		   uint16_t qtype)
{
	m->len = 0;
	m->n_suffixes = 0;
	put_u16(m, id);
	put_u16(m, flags);
	put_u16(m, 1);
	put_u16(m, 0);
	put_u32(m, 0);
	put_name(m, qname, true);
	put_u16(m, qtype);
	put_u16(m, CLASS_IN);
}

void record_begin(struct message *m, enum section section, const struct name *owner, uint16_t type,
		  uint32_t ttl_s)
{
	uint8_t *count = m->wire + 4 + 2 * section;
	set_u16(count, (uint16_t)((count[0] << 8 | count[1]) + 1));
	put_name(m, owner, true);
	put_u16(m, type);
	put_u16(m, CLASS_IN);
	put_u32(m, ttl_s);
	put_u16(m, 0);
	m->rdata = m->len;
}

void record_end(struct message *m)
{
	set_u16(m->wire + m->rdata - 2, (unsigned)(m->len - m->rdata));
}

void put_opt(struct message *m, uint16_t udp_size, bool dnssec_ok, const uint8_t *options,
	     size_t options_len)
{
	struct name root = name_of("");
	record_begin(m, ADDITIONAL, &root, TYPE_OPT, dnssec_ok ? 0x8000 : 0);
	set_u16(m->wire + m->rdata - 8, udp_size);
	if (options_len > 0)
		memcpy(m->wire + m->len, options, options_len);
	m->len += options_len;
	record_end(m);
}

/* --- frames --- */

static uint64_t sum_of(const uint8_t *bytes, size_t len, uint64_t sum)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (unsigned)bytes[i] << 8 | bytes[i + 1];
	return len % 2 != 0 ? sum + ((unsigned)bytes[len - 1] << 8) : sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Link and network header; returns where the payload of len octets goes. */
static uint8_t *begin_frame(struct frame *f, const struct end *from, const struct end *to,
			    unsigned proto, size_t len)
{
	uint8_t *p = f->bytes;
	bool v6 = from->address.v6;
	memcpy(p, to->mac, 6);
	memcpy(p + 6, from->mac, 6);
	set_u16(p + 12, v6 ? 0x86dd : 0x0800);
	p += ETHERNET;
	f->len = (uint32_t)((unsigned)(ETHERNET + (v6 ? IP6 : IP4)) + len);
	memset(p, 0, v6 ? IP6 : IP4);
	if (v6) {
		p[0] = 0x60;
		set_u16(p + 4, (unsigned)len);
		p[6] = (uint8_t)proto;
		p[7] = 61;
		memcpy(p + 8, from->address.bytes, 16);
		memcpy(p + 24, to->address.bytes, 16);
		return p + IP6;
	}
	p[0] = 0x45;
	set_u16(p + 2, (unsigned)(IP4 + len));
	set_u16(p + 4, (unsigned)mix(f->sequence) | 1);
	p[8] = 61;
	p[9] = (uint8_t)proto;
	memcpy(p + 12, from->address.bytes, 4);
	memcpy(p + 16, to->address.bytes, 4);
	set_u16(p + 10, fold(sum_of(p, IP4, 0)));
	return p + IP4;
}

static uint16_t checksum_of(const struct frame *f, bool v6, unsigned proto, size_t len)
{
	const uint8_t *ip = f->bytes + ETHERNET;
	const uint8_t *payload = ip + (v6 ? IP6 : IP4);
	uint64_t sum = sum_of(v6 ? ip + 8 : ip + 12, v6 ? 32 : 8, proto + len);
	uint16_t checksum = fold(sum_of(payload, len, sum));
	return checksum == 0 ? 0xffff : checksum;
}

void frame_udp(struct frame *f, const struct end *from, const struct end *to,
	       const struct message *m)
{
	size_t len = UDP + m->len;
	uint8_t *p = begin_frame(f, from, to, PROTO_UDP, len);
	set_u16(p, from->port);
	set_u16(p + 2, to->port);
	set_u16(p + 4, (unsigned)len);
	set_u16(p + 6, 0);
	memcpy(p + UDP, m->wire, m->len);
	set_u16(p + 6, checksum_of(f, from->address.v6, PROTO_UDP, len));
}

void frame_tcp(struct frame *f, const struct end *from, const struct end *to, uint32_t seq,
	       uint32_t ack, unsigned flags, const struct message *payload)
{
	size_t len = TCP_HEADER + (payload == NULL ? 0 : 2 + payload->len);
	uint8_t *p = begin_frame(f, from, to, PROTO_TCP, len);
	memset(p, 0, TCP_HEADER);
	set_u16(p, from->port);
	set_u16(p + 2, to->port);
	set_u16(p + 4, seq >> 16);
	set_u16(p + 6, seq & 0xffff);
	set_u16(p + 8, ack >> 16);
	set_u16(p + 10, ack & 0xffff);
	p[12] = TCP_HEADER / 4 << 4;
	p[13] = (uint8_t)flags;
	set_u16(p + 14, 64240);
	if (payload != NULL) {
		set_u16(p + TCP_HEADER, (unsigned)payload->len);
		memcpy(p + TCP_HEADER + 2, payload->wire, payload->len);
	}
	set_u16(p + 16, checksum_of(f, from->address.v6, PROTO_TCP, len));
}
