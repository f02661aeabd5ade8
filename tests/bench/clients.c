/* Clients: who asks, what, and what they are told; the label of a failure. */
#include <stdio.h>
#include <string.h>

#include "traffic.h"

#define HOSTS 8u

struct client {
	struct end end;
	uint16_t id, udp_size; /* 0: no EDNS */
	bool dnssec_ok, cookie, tcp;
};

static struct address client_address(struct traffic *g, uint32_t number)
{
	struct address a = {.v6 = number % 20 < 3, .bytes = {0}};
	if (g->scattered)
		return address_of(KEY_CLIENT + number, a.v6);
	if (a.v6) {
		static const uint8_t net6[4] = {0x2a, 0x10, 0x3d, 0x81};
		memcpy(a.bytes, net6, sizeof net6);
		a.bytes[6] = (uint8_t)(number >> 8);
		a.bytes[7] = (uint8_t)number;
		a.bytes[15] = 2;
		return a;
	}
	a.bytes[0] = 10;
	a.bytes[1] = (uint8_t)(64 + (number >> 16));
	a.bytes[2] = (uint8_t)(number >> 8);
	a.bytes[3] = (uint8_t)number;
	return a;
}

/*
 * Ends that collide under hashes that add or exclusive-or the fields or look at some of their bits:
 * address, port and ID change against one another, half of the addresses in their upper bits only.
 */
static void make_hostile(struct client *c, uint32_t number)
{
	uint16_t low = (uint16_t)(number & 0x7fff);
	struct address *a = &c->end.address;
	memset(a, 0, sizeof *a);
	a->bytes[0] = (uint8_t)(number % 2 != 0 ? 10 : 11 + (low >> 8));
	a->bytes[1] = (uint8_t)(number % 2 != 0 ? 64 : low);
	a->bytes[2] = (uint8_t)(number % 2 != 0 ? low >> 8 : 0);
	a->bytes[3] = (uint8_t)(number % 2 != 0 ? low : 1);
	c->end.port = (uint16_t)(0x8000 + low);
	c->id = (uint16_t)(0xffff - low);
}

static struct client choose_client(struct traffic *g, bool denied)
{
	struct client c = {.id = (uint16_t)random64(g)};
	double u = unit(g);
	uint32_t number = denied ? g->clients + below(g, DENIED_CLIENTS)
				 : (uint32_t)(u * u * g->clients); /* few ask much */
	c.end = end_of(client_address(g, number), (uint16_t)(1024 + below(g, 64512)),
		       STATION_CLIENTS);
	if (g->profile->hostile && !denied)
		make_hostile(&c, (uint32_t)g->queries);
	uint64_t habits = mix(number + (UINT64_C(7) << 32));
	if (habits % 100 < 70) {
		c.udp_size = habits / 100 % 10 < 7 ? 1232 : 4096;
		c.dnssec_ok = habits / 1000 % 100 < 14;
		c.cookie = habits / 100000 % 100 < 30;
	}
	c.tcp = chance(g, 20);
	return c;
}

static uint16_t choose_type(struct traffic *g)
{
	static const struct {
		uint16_t type;
		unsigned share;
	} types[] = {{TYPE_A, 55}, {TYPE_AAAA, 25}, {TYPE_HTTPS, 12},
		     {TYPE_MX, 3}, {TYPE_TXT, 3},   {TYPE_NS, 2}};
	unsigned at = below(g, 100), i = 0;
	while (at >= types[i].share)
		at -= types[i++].share;
	return types[i].type;
}

static struct question question_of(struct zone zone, const char *host, uint16_t type)
{
	struct question q = {.zone = zone, .type = type, .exists = true};
	bool apex = type == TYPE_MX || type == TYPE_NS || type == TYPE_TXT;
	q.name = name_below(apex ? "" : host, &zone.name);
	q.hash = zone.hash + type;
	for (const char *at = apex ? "" : host; *at != '\0'; at++)
		q.hash = mix(q.hash + (unsigned char)*at);
	q.hash = mix(q.hash);
	q.alias = !apex && host[0] != '\0' && mix(zone.hash + (unsigned char)host[0]) % 100 < 30;
	q.data = type == TYPE_AAAA ? q.hash % 2 == 0 : type == TYPE_HTTPS ? q.hash % 5 == 0 : true;
	return q;
}

static struct question choose_sound(struct traffic *g)
{
	static const char *const hosts[HOSTS] = {"www", "www", "www",  "",
						 "api", "cdn", "mail", "static"};
	return question_of(zone_of(zipf(g, ZONES), SOUND), hosts[below(g, HOSTS)], choose_type(g));
}

static struct question choose_missing(struct traffic *g)
{
	char label[24];
	uint64_t r = random64(g);
	struct zone zone = zone_of(g->profile->flood ? 70 + below(g, 3) : zipf(g, ZONES), SOUND);
	unsigned digits = g->profile->flood ? 12 : 4;
	for (unsigned i = 0; i < digits; i++, r /= 36)
		label[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[r % 36];
	label[digits] = '\0';
	struct question q = question_of(zone, label, chance(g, 800) ? TYPE_A : TYPE_AAAA);
	q.hash = mix(q.hash + r);
	q.exists = q.alias = false;
	return q;
}

static struct question choose_failing(struct traffic *g)
{
	static const char *const hosts[] = {"www", "api", "mail"};
	char label[16];
	if (g->profile->one_zone) {
		snprintf(label, sizeof label, "host%u", zipf(g, g->profile->crowd ? 20 : 2000));
		return question_of(zone_of(0, DEAD), label, TYPE_A);
	}
	bool lame = chance(g, 120);
	struct zone zone = zone_of(zipf(g, lame ? LAME_ZONES : DEAD_ZONES), lame ? LAME : DEAD);
	return question_of(zone, hosts[below(g, 3)], chance(g, 700) ? TYPE_A : TYPE_AAAA);
}

static const char *address_print(const struct address *a, char text[48])
{
	if (!a->v6) {
		snprintf(text, 48, "%u.%u.%u.%u", a->bytes[0], a->bytes[1], a->bytes[2],
			 a->bytes[3]);
		return text;
	}
	for (int i = 0, at = 0; i < 16; i += 2)
		at += snprintf(text + at, 48u - (size_t)at, "%s%x", i > 0 ? ":" : "",
			       a->bytes[i] << 8 | a->bytes[i + 1]);
	return text;
}

static void write_label(struct traffic *g, int64_t t, const struct client *c,
			const struct end *server, const struct question *q, const char *rcode,
			const char *cause)
{
	char client[48], resolver[48], qname[256];
	const char *type = q->type == TYPE_A      ? "A"
			   : q->type == TYPE_AAAA ? "AAAA"
						  : "TYPE"; /* stands for any */
	if (g->labels == NULL)
		return;
	name_print(&q->name, qname);
	fprintf(g->labels,
		"{\"t\": %lld.%06lld, \"client\": \"%s\", \"server\": \"%s\", \"qname\": \"%s\", "
		"\"qtype\": \"%s\", \"rcode\": \"%s\", \"cause\": \"%s\", \"also_ok\": [], "
		"\"id\": %u, \"sport\": %u}\n",
		(long long)(t / 1000000), (long long)(t % 1000000),
		address_print(&c->end.address, client), address_print(&server->address, resolver),
		qname, type, rcode, cause, c->id, c->end.port);
}

static void put_client_opt(struct message *m, const struct client *c, bool answer, bool denied)
{
	uint8_t options[64] = {0, 10, 0, 8};
	size_t len = 0;
	uint64_t cookie = mix(c->end.port + ((uint64_t)c->id << 32));
	if (c->udp_size == 0)
		return;
	if (c->cookie) {
		memcpy(options + 4, &cookie, 8);
		len = 12;
	}
	if (c->cookie && answer) {
		static const uint8_t version[8] = {1, 0, 0, 0, 0x69, 0x5b, 0x70, 0x80};
		options[3] = 24;
		memcpy(options + 12, version, 8);
		cookie = mix(cookie);
		memcpy(options + 20, &cookie, 8);
		len = 28;
	}
	if (denied) {
		static const uint8_t prohibited[] = {0, 15, 0,
						     2, 0,  18}; /* EDE 18, RFC 8914 4.19 */
		memcpy(options + len, prohibited, sizeof prohibited);
		len += sizeof prohibited;
	}
	put_opt(m, answer ? 1232 : c->udp_size, c->dnssec_ok, options, len);
}

/* A question over a TCP connection of its own. */
static void talk_tcp(struct traffic *g, int64_t t, int64_t answer_us, const struct client *c,
		     const struct end *server, const struct message *query,
		     const struct message *answer)
{
	uint32_t a = (uint32_t)random64(g), b = (uint32_t)random64(g);
	uint32_t a2 = a + 3 + (uint32_t)query->len, b2 = b + 3 + (uint32_t)answer->len;
	const struct end *e = &c->end;
	int64_t rtt_us = 200 + below(g, 800);
	frame_tcp(frame_at(g, t - 2 * rtt_us), e, server, a, 0, TCP_SYN, NULL);
	frame_tcp(frame_at(g, t - rtt_us), server, e, b, a + 1, TCP_SYN | TCP_ACK, NULL);
	frame_tcp(frame_at(g, t - rtt_us / 2), e, server, a + 1, b + 1, TCP_ACK, NULL);
	frame_tcp(frame_at(g, t), e, server, a + 1, b + 1, TCP_PSH | TCP_ACK, query);
	frame_tcp(frame_at(g, answer_us), server, e, b + 1, a2, TCP_PSH | TCP_ACK, answer);
	frame_tcp(frame_at(g, answer_us + rtt_us), e, server, a2, b2, TCP_FIN | TCP_ACK, NULL);
	frame_tcp(frame_at(g, answer_us + rtt_us + 50), server, e, b2, a2 + 1, TCP_FIN | TCP_ACK,
		  NULL);
	frame_tcp(frame_at(g, answer_us + 2 * rtt_us), e, server, a2 + 1, b2 + 1, TCP_ACK, NULL);
}

void ask(struct traffic *g, int64_t t)
{
	const struct profile *p = g->profile;
	unsigned kind = below(g, 1000), resolver = below(g, RESOLVERS);
	bool failing = kind < p->servfail, denied = false, missing = false;
	if (!failing && (kind -= p->servfail) < p->nxdomain)
		missing = true;
	else if (!failing && kind - p->nxdomain < p->refused)
		denied = true;
	struct client c = choose_client(g, denied);
	struct end server = resolver_end(resolver, c.end.address.v6, 53);
	struct question q = failing   ? choose_failing(g)
			    : missing ? choose_missing(g)
				      : choose_sound(g);
	int64_t asked_us = t, answer_us = t;
	if (failing)
		answer_us = fail_once(g, resolver, t + 100, &q);
	else if (!denied && !(p->flood && missing ? false : chance(g, p->hits)))
		answer_us = resolve(g, resolver, t + 100, &q);
	answer_us += between(g, 30, 400);

	enum rcode rcode = failing ? SERVFAIL : denied ? REFUSED : missing ? NXDOMAIN : NOERROR;
	struct message query, answer;
	message_begin(&query, c.id, RD | (c.udp_size > 0 ? AD : 0), &q.name, q.type);
	put_client_opt(&query, &c, false, false);
	message_begin(&answer, c.id, (uint16_t)(QR | RD | (denied ? 0 : RA) | rcode), &q.name,
		      q.type);
	if (!failing && !denied)
		put_answer(&answer, &q, 1 + below(g, 300), c.dnssec_ok, false);
	put_client_opt(&answer, &c, true, denied);
	if (!c.tcp && answer.len > (c.udp_size > 0 ? 1232u : 512u)) {
		struct message cut;
		message_begin(&cut, c.id, QR | RD | RA | TC, &q.name, q.type);
		put_client_opt(&cut, &c, true, false);
		send_udp(g, t, &c.end, &server, &query);
		send_udp(g, answer_us, &server, &c.end, &cut);
		asked_us = answer_us + 3 * MS;
		answer_us = asked_us + 100;
		c.tcp = true;
	}
	if (c.tcp) {
		asked_us += 2500; /* after the handshake */
		answer_us += 2500;
		talk_tcp(g, asked_us, answer_us, &c, &server, &query, &answer);
	} else {
		send_udp(g, asked_us, &c.end, &server, &query);
		send_udp(g, answer_us, &server, &c.end, &answer);
	}
	if (failing)
		write_label(g, asked_us, &c, &server, &q, "SERVFAIL",
			    q.zone.fault == DEAD ? "upstream.timeout" : "delegation.lame_refused");
	if (denied)
		write_label(g, asked_us, &c, &server, &q, "REFUSED", "policy.client_not_allowed");
	g->queries++;
}
