/* Zones, name servers and resolvers, and their addresses: all follow from their numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "traffic.h"

static const struct {
	const char *name;
	unsigned share; /* of 100 zones */
} tlds[] = {{"com", 50}, {"net", 10}, {"org", 9}, {"de", 8}, {"uk", 5},  {"fr", 4},
	    {"nl", 4},   {"br", 3},   {"jp", 3},  {"io", 2}, {"info", 2}};

const char *tld_name(unsigned tld)
{
	return tlds[tld].name;
}

/* A word that no other number below 2^24 has. */
static void word_of(uint32_t number, char *word)
{
	static const char *const endings[] = {"", "", "", "shop", "media", "-online", "cloud"};
	uint32_t left = number * 0x9e3775u & 0xffffffu; /* odd: a permutation */
	for (int i = 0; i < 4; i++, left /= 80) {
		*word++ = "bcdfghklmnprstvz"[left % 16];
		*word++ = "aeiou"[left / 16 % 5];
	}
	strcpy(word, endings[mix(number) % 7]);
}

unsigned tld_of(uint64_t hash)
{
	unsigned at = (unsigned)(hash % 100), i = 0;
	while (at >= tlds[i].share)
		at -= tlds[i++].share;
	return i;
}

struct zone zone_of(uint32_t number, enum fault fault)
{
	struct zone z = {.fault = fault};
	char word[32];
	if (fault != SOUND)
		number += ZONES + (fault == LAME ? DEAD_ZONES : 0);
	z.hash = mix(number);
	z.tld = tld_of(z.hash);
	z.servers = 2 + (unsigned)(z.hash >> 20) % 3;
	z.is_signed = fault == SOUND && (z.hash >> 24) % 100 < 25;
	double rank = exp((double)(z.hash >> 40) / (double)(1u << 24) * log(PROVIDERS));
	z.provider = fault == SOUND ? (unsigned)rank : PROVIDERS + number - ZONES;
	word_of(number, word);
	struct name tld = name_of(tlds[z.tld].name);
	z.name = name_below(word, &tld);
	return z;
}

struct address address_of(uint64_t hash, bool v6)
{
	static const uint8_t first[] = {23, 37,  45,  52,  64,  77,  81,
					93, 104, 151, 162, 185, 193, 212};
	struct address a = {.v6 = v6};
	hash = mix(hash);
	memcpy(a.bytes, &hash, 8);
	a.bytes[0] = first[a.bytes[0] % sizeof first];
	a.bytes[3] = (uint8_t)(1 + a.bytes[3] % 254);
	if (v6) {
		memcpy(a.bytes + 8, a.bytes, 8);
		a.bytes[0] = 0x2a;
		a.bytes[1] = (uint8_t)(a.bytes[1] & 0x0f);
	}
	return a;
}

uint64_t provider_hash(unsigned provider)
{
	return mix(provider + (UINT64_C(1) << 32));
}

struct name server_name(unsigned provider, unsigned server)
{
	char word[32], label[8];
	word_of(ZONES * 2 + provider, word);
	struct name tld = name_of(tlds[tld_of(provider_hash(provider))].name);
	struct name domain = name_below(word, &tld);
	snprintf(label, sizeof label, "ns%u", server + 1);
	return name_below(label, &domain);
}

struct end end_of(struct address address, uint16_t port, unsigned station)
{
	struct end e = {.address = address, .port = port, .mac = {0x02, 0, 0x5e, 0, 0}};
	e.mac[5] = (uint8_t)station;
	return e;
}

struct end server_end(uint32_t key, bool v6)
{
	return end_of(address_of(key, v6), 53, STATION_INTERNET);
}

struct end resolver_end(unsigned resolver, bool v6, uint16_t port)
{
	struct address a = {.v6 = v6, .bytes = {193, 110, 157, (uint8_t)(8 + resolver)}};
	static const uint8_t net6[4] = {0x2a, 0x10, 0x3d, 0x80};
	if (v6) {
		memset(&a.bytes, 0, sizeof a.bytes);
		memcpy(a.bytes, net6, sizeof net6);
		a.bytes[15] = (uint8_t)(8 + resolver);
	}
	return end_of(a, port, STATION_RESOLVER + resolver);
}

uint32_t zone_server(const struct zone *z, unsigned n)
{
	return KEY_SERVER + z->provider * 4 + n % z->servers;
}

/* The TLD's servers know the addresses of servers below the TLD. */
bool has_glue(const struct zone *z)
{
	return tld_of(provider_hash(z->provider)) == z->tld;
}
