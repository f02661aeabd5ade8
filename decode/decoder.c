#include "decode/decoder.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"
#include "decode/encap.h"
#include "decode/frag.h"
#include "decode/icmp.h"
#include "decode/ip.h"
#include "decode/link.h"
#include "decode/ports.h"
#include "decode/quick.h"
#include "decode/stats.h"
#include "decode/stream.h"
#include "decode/tls.h"

enum { LINKTYPE_ETHERNET = 1, ETHERTYPE_IP4 = 0x0800, ETHERTYPE_IP6 = 0x86dd };
enum { UDP_HEADER = 8 };

struct rc_decoder {
	struct rc_decode_stats stats;
	struct rc_ports ports;
	uint64_t seed;
	struct rc_scratch scratch;
	struct rc_frags frags;
	struct rc_streams streams;
	struct rc_packet packet; /* the one whose stream items are being given out */
	bool more;               /* streams may still give items of it */
	bool gave;               /* it gave a message */
	bool held;               /* frame was not looked at yet: lost fragments go first */
	struct rc_frame frame;
};

/* --- life --- */

static void set_ports(struct rc_ports *ports, const struct rc_decoder_config *config)
{
	for (size_t i = 0; i < config->n_ports; i++) {
		rc_ports_set(&ports->dns, config->ports[i]);
		rc_ports_set(&ports->any, config->ports[i]);
	}
	for (unsigned i = 0; i < RC_ENCAP_COUNT; i++)
		for (unsigned k = 0; rc_encaps[i].key == RC_ENCAP_KEY_UDP_PORT && k < 3; k++)
			if (rc_encaps[i].values[k])
				rc_ports_set(&ports->any, rc_encaps[i].values[k]);
}

int rc_decoder_new(const struct rc_decoder_config *config, struct rc_decoder **ret_decoder)
{
	if (config->n_ports < 1 || config->n_ports > RC_PORTS_MAX)
		return RC_E_RANGE;
	struct rc_decoder *d = calloc(1, sizeof *d);
	if (!d)
		return RC_E_NOMEM;
	size_t memory = config->memory_bytes;
	memory = memory < RC_DECODE_MEMORY_MIN ? RC_DECODE_MEMORY_MIN : memory;
	d->seed = config->seed;
	d->scratch.size = memory / 4 < RC_SCRATCH_MAX ? memory / 4 : RC_SCRATCH_MAX;
	d->scratch.data = malloc(d->scratch.size);
	set_ports(&d->ports, config);
	int err = d->scratch.data ? RC_OK : RC_E_NOMEM;
	if (!err)
		err = rc_frags_init(&d->frags, config->seed, memory / 4, &d->ports, &d->stats,
				    &d->scratch);
	if (!err)
		err = rc_streams_init(&d->streams, config->seed, memory / 2, &d->ports, &d->stats,
				      &d->scratch);
	if (err) {
		rc_decoder_free(d);
		return err;
	}
	*ret_decoder = d;
	return RC_OK;
}

void rc_decoder_free(struct rc_decoder *d)
{
	if (!d)
		return;
	rc_frags_free(&d->frags);
	rc_streams_free(&d->streams);
	free(d->scratch.data);
	free(d);
}

void rc_decoder_batch(struct rc_decoder *d)
{
	d->scratch.used = 0;
}

/* --- observations --- */

static void fill(const struct rc_decoder *d, const struct rc_packet *p, enum rc_obs_kind kind,
		 enum rc_transport transport, struct rc_obs *obs)
{
	obs->kind = (uint8_t)kind;
	obs->transport = (uint8_t)transport;
	obs->flags = (uint8_t)p->flags;
	obs->ts_ns = p->ts_ns;
	obs->frame = p->frame;
	obs->source = p->source;
	obs->src_port = p->src_port;
	obs->dst_port = p->dst_port;
	obs->ip_id = p->ip_id;
	obs->vlan = p->vlan;
	obs->inner_vlan = p->inner_vlan;
	obs->encaps = p->encaps;
	obs->ip_ttl = p->ip_ttl;
	memcpy(obs->src_mac, p->src_mac, sizeof obs->src_mac);
	memcpy(obs->dst_mac, p->dst_mac, sizeof obs->dst_mac);
	obs->src = p->src;
	obs->dst = p->dst;
	obs->from_server = rc_ports_has(&d->ports.dns, p->src_port);
}

static void no_message(struct rc_obs *obs)
{
	memset(&obs->msg, 0, sizeof obs->msg);
}

/* Reads the UDP header behind its ports: what is there and what was sent of the payload. */
static void read_udp_payload(struct rc_packet *p)
{
	uint32_t wire_len = rc_packet_wire_left(p);
	uint32_t len = rc_cursor_u16(&p->c);
	rc_cursor_skip(&p->c, 2); /* checksum: often left to the network card */
	/* 0: a jumbogram (RFC 2675 4) or left to the network card; counts from the ports on */
	p->udp_len = len >= UDP_HEADER ? len - UDP_HEADER : 0;
	if (len == 0 && wire_len >= UDP_HEADER - 4)
		p->udp_len = wire_len - (UDP_HEADER - 4);
}

static bool decode_udp(struct rc_decoder *d, const struct rc_packet *p, struct rc_msg *ret_msg)
{
	struct rc_cursor c = p->c;
	uint32_t left = rc_cursor_left(&c);
	uint32_t len = left < p->udp_len ? left : p->udp_len;
	const uint8_t *wire = rc_cursor_bytes(&c, len);
	return rc_msg_decode(wire, len, p->udp_len, d->seed, ret_msg);
}

static size_t give_udp(struct rc_decoder *d, struct rc_packet *p, struct rc_obs *obs)
{
	bool decoded = decode_udp(d, p, &obs->msg);
	d->stats.fault[obs->msg.fault]++;
	if (!decoded) {
		d->stats.fate[RC_FATE_NO_MESSAGE]++;
		fill(d, p, RC_OBS_SHORT, RC_UDP, obs);
		return obs->msg.fault == RC_FAULT_HEADER_SHORT;
	}
	fill(d, p, RC_OBS_MESSAGE, RC_UDP, obs);
	if (obs->msg.len < p->udp_len) {
		obs->flags |= RC_OBS_CUT;
		d->stats.messages_cut++;
	}
	d->stats.messages_udp++;
	d->stats.fate[RC_FATE_DNS]++;
	return 1;
}

static void mark_tls(const struct rc_packet *p, struct rc_obs *obs)
{
	obs->flags |= RC_OBS_TLS;
	obs->from_server = p->src_port == RC_TLS_PORT;
}

static size_t give_tls(struct rc_decoder *d, struct rc_packet *p, struct rc_obs *obs)
{
	enum rc_tcp_event event;
	p->fate = RC_FATE_TLS;
	if (!rc_tls_event(p, &event))
		return 0;
	fill(d, p, RC_OBS_TCP, RC_TCP, obs);
	no_message(obs);
	mark_tls(p, obs);
	obs->tcp_event = (uint8_t)event;
	return 1;
}

static size_t give_icmp(struct rc_decoder *d, struct rc_packet *p, struct rc_obs *obs)
{
	enum { LENGTH_AND_CHECKSUM = 4 };
	struct rc_icmp icmp;
	if (!rc_icmp_read(p, &d->stats, &icmp))
		return 0;
	struct rc_packet *quote = &icmp.quote;
	quote->src_port = rc_cursor_u16(&quote->c);
	quote->dst_port = rc_cursor_u16(&quote->c);
	bool udp = quote->proto == RC_IP_UDP;
	bool dns = rc_ports_has(&d->ports.dns, quote->src_port) ||
		   rc_ports_has(&d->ports.dns, quote->dst_port);
	if (!dns && (udp || !rc_tls_is(quote))) {
		p->fate = RC_FATE_ICMP_OTHER;
		return 0;
	}
	fill(d, quote, RC_OBS_ICMP, udp ? RC_UDP : RC_TCP, obs);
	if (!dns)
		mark_tls(quote, obs);
	obs->icmp_from = p->src;
	obs->icmp_type = icmp.type;
	obs->icmp_code = icmp.code;
	obs->icmp_hard = icmp.hard;
	no_message(obs);
	if (udp && rc_cursor_left(&quote->c) > LENGTH_AND_CHECKSUM) {
		read_udp_payload(quote);
		if (!decode_udp(d, quote, &obs->msg))
			no_message(obs);
	}
	if (obs->msg.len && obs->msg.len < quote->udp_len)
		obs->flags |= RC_OBS_CUT;
	return 1;
}

/* What a segment gave, as much as fits. */
static size_t give_tcp(struct rc_decoder *d, struct rc_obs *obs, size_t max)
{
	size_t n = 0;
	struct rc_stream_item item;
	while (n < max && (d->more = rc_streams_next(&d->streams, &item))) {
		struct rc_packet *p = &d->packet;
		struct rc_obs *o = &obs[n];
		enum rc_obs_kind kind = RC_OBS_TCP;
		if (!item.is_event) {
			bool decoded = rc_msg_decode(item.wire, item.len, item.full_len, d->seed,
						     &o->msg);
			d->stats.fault[o->msg.fault]++;
			if (!decoded && o->msg.fault != RC_FAULT_HEADER_SHORT)
				continue;
			kind = decoded ? RC_OBS_MESSAGE : RC_OBS_SHORT;
			d->stats.messages_tcp += decoded;
			d->stats.messages_cut += (item.flags & RC_OBS_CUT) != 0;
			d->gave |= decoded;
		} else {
			no_message(o);
		}
		fill(d, p, kind, RC_TCP, o);
		o->flags |= (uint8_t)item.flags;
		o->tcp_event = (uint8_t)item.event;
		o->from_server = item.from_server;
		if (!item.is_event) {
			o->frame = item.frame;
			o->ts_ns = item.ts_ns;
		}
		if (item.reverse) {
			o->src = p->dst;
			o->dst = p->src;
			o->src_port = p->dst_port;
			o->dst_port = p->src_port;
			memset(o->src_mac, 0, sizeof o->src_mac);
			memset(o->dst_mac, 0, sizeof o->dst_mac);
			o->ip_id = 0;
			o->ip_ttl = 0;
		}
		n++;
	}
	if (!d->more)
		d->stats.fate[d->gave ? RC_FATE_DNS : RC_FATE_TCP]++;
	return n;
}

static size_t give_lost(struct rc_decoder *d, int64_t now_ns, struct rc_obs *obs, size_t max)
{
	size_t n = 0;
	struct rc_packet p;
	while (n < max && rc_frags_expire(&d->frags, now_ns, &p)) {
		while (p.flags & RC_OBS_IP6 && rc_ip_extensions(&p) == RC_LAYER_IP6_EXT)
			continue;
		if (p.proto != RC_IP_UDP && p.proto != RC_IP_TCP)
			continue;
		p.src_port = rc_cursor_u16(&p.c);
		p.dst_port = rc_cursor_u16(&p.c);
		if (p.c.failed || (!rc_ports_has(&d->ports.dns, p.src_port) &&
				   !rc_ports_has(&d->ports.dns, p.dst_port)))
			continue;
		bool udp = p.proto == RC_IP_UDP;
		fill(d, &p, RC_OBS_FRAGMENTS, udp ? RC_UDP : RC_TCP, &obs[n]);
		no_message(&obs[n]);
		if (udp) {
			read_udp_payload(&p);
			if (p.c.failed || !decode_udp(d, &p, &obs[n].msg))
				no_message(&obs[n]);
		}
		d->stats.fragments_incomplete++;
		n++;
	}
	return n;
}

/* --- layers --- */

static enum rc_layer step_encap(struct rc_decoder *d, struct rc_packet *p, enum rc_encap_key key,
				uint16_t value, enum rc_fate otherwise)
{
	enum rc_encap encap = rc_encap_find(key, value);
	if (encap == RC_ENCAP_COUNT)
		return rc_packet_end(p, (uint8_t)otherwise);
	p->depth++;
	d->stats.encap[encap]++;
	rc_encap_note(p, encap);
	if (rc_encaps[encap].tunnel)
		p->flags |= RC_OBS_TUNNELLED;
	return rc_encaps[encap].step(p);
}

static enum rc_layer step_udp(struct rc_decoder *d, struct rc_packet *p)
{
	p->src_port = rc_cursor_u16(&p->c);
	p->dst_port = rc_cursor_u16(&p->c);
	if (!rc_ports_has(&d->ports.any, p->src_port) && !rc_ports_has(&d->ports.any, p->dst_port))
		return rc_packet_end(p, RC_FATE_OTHER_PORT);
	read_udp_payload(p);
	if (rc_packet_wire_left(p) < p->udp_len) { /* not the capture's doing: nothing was cut */
		d->stats.udp_length_bad++;
		p->udp_len = rc_packet_wire_left(p);
	}
	if (rc_ports_has(&d->ports.dns, p->src_port) || rc_ports_has(&d->ports.dns, p->dst_port))
		return RC_LAYER_DNS;
	if (p->udp_len < rc_packet_wire_left(p))
		rc_packet_limit(p, p->udp_len);
	bool by_dst = rc_ports_has(&d->ports.any, p->dst_port);
	return step_encap(d, p, RC_ENCAP_KEY_UDP_PORT, by_dst ? p->dst_port : p->src_port,
			  RC_FATE_OTHER_PORT);
}

static enum rc_layer step_tcp(struct rc_decoder *d, struct rc_packet *p)
{
	p->src_port = rc_cursor_u16(&p->c);
	p->dst_port = rc_cursor_u16(&p->c);
	if (rc_ports_has(&d->ports.dns, p->src_port) || rc_ports_has(&d->ports.dns, p->dst_port))
		return RC_LAYER_TCP;
	return rc_tls_is(p) ? RC_LAYER_TLS : rc_packet_end(p, RC_FATE_OTHER_PORT);
}

static enum rc_layer step_payload(struct rc_decoder *d, struct rc_packet *p)
{
	switch (p->proto) {
	case RC_IP_UDP:
		return step_udp(d, p);
	case RC_IP_TCP:
		return step_tcp(d, p);
	case RC_IP_ICMP:
	case RC_IP_ICMP6:
		return RC_LAYER_ICMP;
	default:
		return step_encap(d, p, RC_ENCAP_KEY_IP_PROTOCOL, p->proto, RC_FATE_OTHER_PROTOCOL);
	}
}

static enum rc_layer step(struct rc_decoder *d, struct rc_packet *p, enum rc_layer layer)
{
	switch (layer) {
	case RC_LAYER_ETHERTYPE:
		if (p->proto == ETHERTYPE_IP4)
			return rc_ip_v4(p);
		if (p->proto == ETHERTYPE_IP6)
			return rc_ip_v6(p);
		return step_encap(d, p, RC_ENCAP_KEY_ETHERTYPE, p->proto, RC_FATE_NOT_IP);
	case RC_LAYER_IPPROTO:
		return step_payload(d, p);
	case RC_LAYER_IP:
		return rc_ip_step(p);
	case RC_LAYER_IP6_EXT:
		return rc_ip_extensions(p);
	case RC_LAYER_FRAGMENT:
		return rc_frags_add(&d->frags, p);
	case RC_LAYER_LINK:
		p->depth++; /* link types may name one another (PPI, PKTAP, cooked) */
		return rc_link_step(p);
	case RC_LAYER_ETHERNET:
	case RC_LAYER_LLC:
	case RC_LAYER_PPP:
		return step_encap(d, p, RC_ENCAP_KEY_LAYER, (uint16_t)layer, RC_FATE_NOT_IP);
	case RC_LAYER_DNS:
	case RC_LAYER_TCP:
	case RC_LAYER_TLS:
	case RC_LAYER_ICMP:
	case RC_LAYER_END:
		break;
	}
	return layer;
}

/* Reads headers up to what is not a header; the layer it stopped at. */
static enum rc_layer walk(struct rc_decoder *d, struct rc_packet *p, enum rc_layer layer)
{
	while (layer < RC_LAYER_DNS && layer != RC_LAYER_END) {
		if (p->depth > RC_ENCAP_DEPTH_MAX)
			return rc_packet_end(p, RC_FATE_TOO_DEEP);
		layer = step(d, p, layer);
		if (p->c.failed)
			return rc_packet_end(p, p->wire_end > p->c.len ? RC_FATE_CUT
								       : RC_FATE_BAD_HEADER);
	}
	return layer;
}

static void begin(struct rc_packet *p, const struct rc_frame *frame)
{
	p->c = rc_cursor_init(frame->data, frame->caplen);
	p->wire_end = frame->len > frame->caplen ? frame->len : frame->caplen;
	p->ts_ns = frame->ts_ns;
	p->frame = frame->number;
	p->source = frame->source;
	p->proto = frame->linktype;
	p->vlan = 0;
	p->inner_vlan = 0;
	p->encaps = 0;
	p->flags = 0;
	p->depth = 0;
	p->ext = 0;
	p->fate = RC_FATE_NOT_IP;
	memset(p->src_mac, 0, sizeof p->src_mac);
	memset(p->dst_mac, 0, sizeof p->dst_mac);
}

/* Layer by layer. Not inlined, so that the short way of nearly all frames need not spare its registers. */
static __attribute__((noinline)) size_t decode(struct rc_decoder *d, const struct rc_frame *frame,
					       struct rc_obs *obs, size_t max)
{
	struct rc_packet *p = &d->packet;
	enum rc_layer layer = RC_LAYER_LINK;
	size_t n = 0;
	begin(p, frame);
	d->stats.frames++;
	if (frame->linktype == LINKTYPE_ETHERNET)
		layer = rc_encap_ethernet(p);
	layer = walk(d, p, layer);
	switch (layer) {
	case RC_LAYER_DNS:
		return give_udp(d, p, obs);
	case RC_LAYER_TCP:
		d->gave = false;
		if (rc_streams_segment(&d->streams, p) == RC_LAYER_TCP)
			return give_tcp(d, obs, max);
		if (p->c.failed)
			p->fate = p->wire_end > p->c.len ? RC_FATE_CUT : RC_FATE_BAD_HEADER;
		break;
	case RC_LAYER_TLS:
		n = give_tls(d, p, obs);
		break;
	case RC_LAYER_ICMP:
		n = give_icmp(d, p, obs);
		break;
	default:
		break;
	}
	d->stats.fate[p->fate]++;
	return n;
}

/* A message whose headers are what nearly all are; false if they are not. */
static bool decode_quick(struct rc_decoder *d, const struct rc_frame *frame, struct rc_obs *o,
			 size_t *ret_n)
{
	struct rc_cursor c;
	if (!rc_quick_udp(frame, o, &c))
		return false;
	o->from_server = rc_ports_has(&d->ports.dns, o->src_port);
	if (!o->from_server && !rc_ports_has(&d->ports.dns, o->dst_port))
		return false;
	uint32_t len = rc_cursor_left(&c);
	bool decoded = rc_msg_decode(rc_cursor_bytes(&c, len), len, len, d->seed, &o->msg);
	o->kind = decoded ? RC_OBS_MESSAGE : RC_OBS_SHORT;
	o->transport = RC_UDP;
	d->stats.frames++;
	d->stats.fault[o->msg.fault]++;
	d->stats.messages_udp += decoded;
	d->stats.fate[decoded ? RC_FATE_DNS : RC_FATE_NO_MESSAGE]++;
	*ret_n = decoded || o->msg.fault == RC_FAULT_HEADER_SHORT;
	return true;
}

/* The frame waits until there is room for what goes before it. */
static size_t hold(struct rc_decoder *d, const struct rc_frame *frame, size_t n)
{
	if (frame != &d->frame)
		d->frame = *frame;
	d->held = true;
	return n;
}

size_t rc_decoder_feed(struct rc_decoder *d, const struct rc_frame *frame, struct rc_obs *obs,
		       size_t max)
{
	size_t n = 0;
	if (d->more)
		n = give_tcp(d, obs, max);
	if (!frame && d->held)
		frame = &d->frame;
	if (!frame)
		return n;
	if (n < max && rc_frags_due(&d->frags, frame->ts_ns))
		n += give_lost(d, frame->ts_ns, obs + n, max - n);
	if (n == max)
		return hold(d, frame, n);
	d->held = false;
	size_t got;
	if (!decode_quick(d, frame, obs + n, &got))
		got = decode(d, frame, obs + n, max - n);
	return n + got;
}

size_t rc_decoder_expire(struct rc_decoder *d, int64_t now_ns, struct rc_obs *obs, size_t max)
{
	rc_streams_expire(&d->streams, now_ns, UINT32_MAX);
	return give_lost(d, now_ns, obs, max);
}

/* --- counters --- */

static const struct rc_counter_desc counters[] = {
#define X(name, help) {#name, help, offsetof(struct rc_decode_stats, name)},
	RC_DECODE_COUNT_LIST(X)
#undef X
#define X(name, counter, help) {counter, help, offsetof(struct rc_decode_stats, fate[name])},
		RC_FATE_LIST(X)
#undef X
#define X(name, counter, help, key, v0, v1, v2, tunnel, step) \
	{"encap_" counter, help, offsetof(struct rc_decode_stats, encap[RC_ENCAP_##name])},
			RC_ENCAP_LIST(X)
#undef X
#define X(name, slug, text) \
	{"fault_" slug, "DNS messages: " text, offsetof(struct rc_decode_stats, fault[name])},
				RC_FAULT_LIST(X)
#undef X
};

struct rc_counter_set rc_decoder_counters(const struct rc_decoder *d)
{
	return (struct rc_counter_set){.module = "decode",
				       .desc = counters,
				       .n = sizeof counters / sizeof *counters,
				       .base = d ? &d->stats : NULL};
}
