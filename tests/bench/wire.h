/*
 * Traffic for the benchmark, the bytes of it: DNS messages with compressed names, and frames around
 * them. Sizes are the generator's own: it writes what it has made itself.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 1600u
#define MESSAGE_MAX 1440u
#define SUFFIXES_MAX 64u

enum type {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_MX = 15,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_OPT = 41,
	TYPE_DS = 43,
	TYPE_RRSIG = 46,
	TYPE_DNSKEY = 48,
	TYPE_NSEC3 = 50,
	TYPE_HTTPS = 65,
};

enum { QR = 0x8000, AA = 0x0400, TC = 0x0200, RD = 0x0100, RA = 0x0080, AD = 0x0020, CD = 0x0010 };
enum rcode { NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5 };
enum section { ANSWER = 1, AUTHORITY = 2, ADDITIONAL = 3 };

struct name {
	uint8_t len; /* with the root label */
	uint8_t wire[255];
};

/* labels: dotted, without the root; "" is the root. */
struct name name_of(const char *labels);
/* A name below another: label must be at most 63 octets. */
struct name name_below(const char *label, const struct name *parent);
void name_print(const struct name *name, char text[256]);

struct message {
	uint8_t wire[MESSAGE_MAX];
	size_t len;
	size_t rdata; /* where the open record's RDATA begins */
	struct {
		uint64_t hash;
		uint16_t off;
	} suffixes[SUFFIXES_MAX];
	unsigned n_suffixes;
};

void message_begin(struct message *m, uint16_t id, uint16_t flags, const struct name *qname,
		   uint16_t qtype);
/* A record: begin, its RDATA by the put functions, end. */
void record_begin(struct message *m, enum section section, const struct name *owner, uint16_t type,
		  uint32_t ttl_s);
void record_end(struct message *m);
void put_u8(struct message *m, unsigned value);
void put_u16(struct message *m, unsigned value);
void put_u32(struct message *m, uint32_t value);
void put_name(struct message *m, const struct name *name, bool compress);
/* Octets that look random and follow from the key. */
void put_noise(struct message *m, uint64_t key, size_t len);
/* An OPT record; options: already in wire form. */
void put_opt(struct message *m, uint16_t udp_size, bool dnssec_ok, const uint8_t *options,
	     size_t options_len);

struct address {
	bool v6;
	uint8_t bytes[16]; /* the first four of IPv4 */
};

struct end {
	struct address address;
	uint16_t port;
	uint8_t mac[6];
};

struct frame {
	int64_t ts_us;
	uint64_t sequence; /* orders frames of one time */
	uint32_t len;
	uint8_t bytes[FRAME_MAX];
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_PSH = 8, TCP_ACK = 16 };

void frame_udp(struct frame *f, const struct end *from, const struct end *to,
	       const struct message *m);
/* payload: a message to go with its length prefix, or NULL. */
void frame_tcp(struct frame *f, const struct end *from, const struct end *to, uint32_t seq,
	       uint32_t ack, unsigned flags, const struct message *payload);

/* A mix of 64 bits; also the generator's hash. */
static inline uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

#endif
