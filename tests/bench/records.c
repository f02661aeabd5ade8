/* Records as servers give them. Signatures and digests are noise. */
#include <stdio.h>

#include "traffic.h"

#define SIGNATURE_DAYS 14

void put_rrsig(struct message *m, enum section section, const struct name *owner, uint16_t covered,
	       const struct name *signer, uint64_t key)
{
	unsigned labels = 0;
	for (unsigned i = 0; owner->wire[i] != 0; i += 1u + owner->wire[i])
		labels++;
	uint32_t day = (uint32_t)(START_US / 1000000 / 86400);
	record_begin(m, section, owner, TYPE_RRSIG, 3600);
	put_u16(m, covered);
	put_u8(m, 13);
	put_u8(m, labels);
	put_u32(m, 3600);
	put_u32(m, (day + SIGNATURE_DAYS) * 86400);
	put_u32(m, (day - SIGNATURE_DAYS) * 86400);
	put_u16(m, (unsigned)(mix(signer->len + key) & 0xffff));
	put_name(m, signer, false);
	put_noise(m, key + covered, 64);
	record_end(m);
}

static void put_soa(struct message *m, const struct name *zone, uint64_t key)
{
	struct name primary = name_below("ns1", zone), mail = name_below("hostmaster", zone);
	record_begin(m, AUTHORITY, zone, TYPE_SOA, 900);
	put_name(m, &primary, true);
	put_name(m, &mail, true);
	put_u32(m, 2026010500 + (uint32_t)(key % 100));
	put_u32(m, 7200);
	put_u32(m, 3600);
	put_u32(m, 1209600);
	put_u32(m, 900);
	record_end(m);
}

void put_nsec3(struct message *m, const struct name *zone, uint64_t key, bool opt_out)
{
	static const uint8_t types[] = {0, 6, 0x40, 0x01, 0, 0x80, 0, 2}; /* A MX AAAA RRSIG */
	char label[33];
	for (int i = 0; i < 32; i++)
		label[i] = "0123456789abcdefghijklmnopqrstuv"[mix(key + (uint64_t)i) % 32];
	label[32] = '\0';
	struct name owner = name_below(label, zone);
	record_begin(m, AUTHORITY, &owner, TYPE_NSEC3, 900);
	put_u8(m, 1);
	put_u8(m, opt_out);
	put_u16(m, 0);
	put_u8(m, 0);
	put_u8(m, 20);
	put_noise(m, key, 20);
	for (size_t i = 0; i < sizeof types; i++)
		put_u8(m, types[i]);
	record_end(m);
	put_rrsig(m, AUTHORITY, &owner, TYPE_NSEC3, zone, key);
}

static void put_record(struct message *m, enum section section, const struct name *owner,
		       uint16_t type, uint32_t ttl_s, const struct question *q)
{
	struct name mail;
	struct address a;
	record_begin(m, section, owner, type, ttl_s);
	switch (type) {
	case TYPE_A:
	case TYPE_AAAA:
		a = address_of(q->hash + m->len, type == TYPE_AAAA);
		for (int i = 0; i < (a.v6 ? 16 : 4); i++)
			put_u8(m, a.bytes[i]);
		break;
	case TYPE_MX:
		mail = name_below("mx1", &q->zone.name);
		put_u16(m, 10);
		put_name(m, &mail, true);
		break;
	case TYPE_TXT:
		for (unsigned i = 0; i < 1 + q->hash % 6; i++) {
			put_u8(m, 120);
			for (unsigned k = 0; k < 120; k++)
				put_u8(m, 'a' + (unsigned)(mix(q->hash + k) % 26));
		}
		break;
	case TYPE_HTTPS:
		put_u16(m, 1);
		put_u8(m, 0);
		put_u16(m, 1); /* alpn */
		put_u16(m, 6);
		put_u32(m, 0x02683202);
		put_u16(m, 'h' << 8 | '3');
		break;
	default:
		break;
	}
	record_end(m);
}

void put_ns_set(struct message *m, enum section section, const struct zone *z)
{
	for (unsigned i = 0; i < z->servers; i++) {
		struct name server = server_name(z->provider, i);
		record_begin(m, section, &z->name, TYPE_NS, 86400);
		put_name(m, &server, true);
		record_end(m);
	}
}

void put_address(struct message *m, enum section section, const struct name *owner, uint32_t key,
		 bool v6)
{
	struct address a = address_of(key, v6);
	record_begin(m, section, owner, v6 ? TYPE_AAAA : TYPE_A, 86400);
	for (int i = 0; i < (v6 ? 16 : 4); i++)
		put_u8(m, a.bytes[i]);
	record_end(m);
}

void put_glue(struct message *m, const struct zone *z)
{
	if (!has_glue(z))
		return;
	for (unsigned i = 0; i < z->servers; i++) {
		struct name server = server_name(z->provider, i);
		put_address(m, ADDITIONAL, &server, KEY_SERVER + z->provider * 4 + i, false);
		put_address(m, ADDITIONAL, &server, KEY_SERVER + z->provider * 4 + i, true);
	}
}

/* The alias's target: a host of a delivery network, whose zone is z. */
struct question target_of(const struct question *q)
{
	char label[24];
	struct question t = {.zone = zone_of((uint32_t)(q->hash % 40), SOUND),
			     .type = q->type,
			     .exists = true,
			     .data = true,
			     .hash = mix(q->hash)};
	t.zone.is_signed = false;
	snprintf(label, sizeof label, "e%u", (unsigned)(q->hash >> 16 & 0xffff));
	t.name = name_below(label, &t.zone.name);
	return t;
}

/* What answers a question; from_zone: only what the zone itself holds. */
void put_answer(struct message *m, const struct question *q, uint32_t ttl_s, bool dnssec,
		bool from_zone)
{
	const struct name *zone = &q->zone.name;
	struct question t = *q;
	dnssec = dnssec && q->zone.is_signed;
	if (q->alias) {
		t = target_of(q);
		record_begin(m, ANSWER, &q->name, TYPE_CNAME, ttl_s);
		put_name(m, &t.name, true);
		record_end(m);
		if (dnssec)
			put_rrsig(m, ANSWER, &q->name, TYPE_CNAME, zone, q->hash);
		dnssec = false;
		if (from_zone)
			return;
	}
	if (!t.exists || !t.data) {
		put_soa(m, &t.zone.name, t.hash);
		if (dnssec) {
			put_rrsig(m, AUTHORITY, zone, TYPE_SOA, zone, q->hash);
			put_nsec3(m, zone, q->hash + 1, false);
			if (!t.exists)
				put_nsec3(m, zone, q->hash + 2, false);
		}
		return;
	}
	unsigned n = t.type == TYPE_A || t.type == TYPE_AAAA ? 1 + (unsigned)(t.hash >> 8) % 3 : 1;
	if (t.type == TYPE_NS)
		put_ns_set(m, ANSWER, &t.zone);
	else
		for (unsigned i = 0; i < n; i++)
			put_record(m, ANSWER, &t.name, t.type, ttl_s, &t);
	if (dnssec)
		put_rrsig(m, ANSWER, &q->name, q->type, zone, q->hash);
}
