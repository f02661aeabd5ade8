#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "capture/capture.h"

/* Where the numbers differ on Linux (pcap-common.c of libpcap explains why). */
static const struct {
	uint16_t linktype;
	int dlt;
} renumbered[] = {
	{100, DLT_ATM_RFC1483}, {101, DLT_RAW},      {102, DLT_SLIP_BSDOS},
	{103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP}, {246, DLT_PFSYNC},
};

#define N_RENUMBERED (sizeof renumbered / sizeof renumbered[0])

uint16_t rc_filter_linktype_of_dlt(int dlt)
{
	for (size_t i = 0; i < N_RENUMBERED; i++)
		if (renumbered[i].dlt == dlt)
			return renumbered[i].linktype;
	return (uint16_t)dlt;
}

int rc_filter_dlt_of_linktype(uint16_t linktype)
{
	for (size_t i = 0; i < N_RENUMBERED; i++)
		if (renumbered[i].linktype == linktype)
			return renumbered[i].dlt;
	return linktype;
}

struct compiled {
	uint16_t linktype;
	struct bpf_program program;
};

struct rc_filter {
	char *text;
	size_t n, last; /* rows used; the row of the last frame */
	struct compiled row[RC_FILTER_LINKTYPES_MAX];
};

static int compile(const char *text, int dlt, char why[RC_FILTER_WHY_MAX],
		   struct bpf_program *ret_program)
{
	int rc = RC_OK;
	pcap_t *dead = pcap_open_dead(dlt, (int)RC_FRAME_MAX);
	if (!dead)
		return RC_E_NOMEM;
	if (pcap_compile(dead, ret_program, text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(why, RC_FILTER_WHY_MAX, "%s", pcap_geterr(dead));
		rc = RC_E_SYNTAX;
	}
	pcap_close(dead);
	return rc;
}

int rc_filter_new(const char *text, char why[RC_FILTER_WHY_MAX], struct rc_filter **ret_filter)
{
	/* Some primitives exist on some link types only: valid on one of these is valid syntax. */
	static const int common[] = {DLT_EN10MB, DLT_RAW, DLT_IEEE802_11_RADIO};
	int rc = RC_E_SYNTAX;
	char first_why[RC_FILTER_WHY_MAX] = "";
	for (size_t i = 0; rc == RC_E_SYNTAX && i < sizeof common / sizeof common[0]; i++) {
		struct bpf_program program;
		rc = compile(text, common[i], i == 0 ? first_why : why, &program);
		if (rc == RC_OK)
			pcap_freecode(&program);
	}
	if (rc) {
		memcpy(why, first_why, sizeof first_why);
		return rc;
	}
	struct rc_filter *filter = calloc(1, sizeof *filter);
	if (!filter)
		return RC_E_NOMEM;
	filter->text = strdup(text);
	if (!filter->text) {
		free(filter);
		return RC_E_NOMEM;
	}
	*ret_filter = filter;
	return RC_OK;
}

void rc_filter_free(struct rc_filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->n; i++)
		pcap_freecode(&filter->row[i].program);
	free(filter->text);
	free(filter);
}

static int find_row(struct rc_filter *filter, uint16_t linktype, char why[RC_FILTER_WHY_MAX])
{
	for (filter->last = 0; filter->last < filter->n; filter->last++)
		if (filter->row[filter->last].linktype == linktype)
			return RC_OK;
	filter->last = 0;
	if (filter->n == RC_FILTER_LINKTYPES_MAX) {
		snprintf(why, RC_FILTER_WHY_MAX, "too many link types for one filter");
		return RC_E_FULL;
	}
	struct compiled *row = &filter->row[filter->n];
	int rc = compile(filter->text, rc_filter_dlt_of_linktype(linktype), why, &row->program);
	if (rc)
		return rc;
	row->linktype = linktype;
	filter->last = filter->n++;
	return RC_OK;
}

int rc_filter_match(struct rc_filter *filter, const struct rc_frame *frame,
		    char why[RC_FILTER_WHY_MAX], bool *ret_pass)
{
	if (filter->n == 0 || filter->row[filter->last].linktype != frame->linktype) {
		int rc = find_row(filter, frame->linktype, why);
		if (rc)
			return rc;
	}
	struct pcap_pkthdr head = {.caplen = frame->caplen, .len = frame->len};
	*ret_pass = pcap_offline_filter(&filter->row[filter->last].program, &head, frame->data) !=
		    0;
	return RC_OK;
}

/*
 * What passes besides the DNS ports and what carries them, each with its reason. `port` looks at unfragmented packets and
 * first IPv4 fragments with no IPv6 extension header before the transport.
 */
static const char *const passed[] = {
	"tcp port 853",                    /* DNS over TLS (RFC 7858) */
	"ip[6:2] & 0x3fff != 0",           /* IPv4 fragments, first and later */
	"ip6 proto (0 or 43 or 44 or 60)", /* IPv6 extension headers, fragments among them */
	"icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12", /* errors quoting a packet (RFC 1812 4.3) */
	"(ip6[6] = 58 and ip6[40] < 128)",             /* ICMPv6 errors (RFC 4443 2.1) */
};

/* SNAP and IP in 802.2 LLC: as `ether proto` finds neither. Ethernet only, as `vlan` is. */
static const char llc_passed[] = "ether[12:2] <= 1500 and (ether[14] = 0xaa or ether[14] = 6)";

static void write_untagged(struct rc_buf *buf, const uint16_t *ports, size_t n_ports,
			   const char *carriers)
{
	rc_buf_puts(buf, "port (");
	for (size_t i = 0; i < n_ports; i++)
		rc_buf_printf(buf, i ? " or %u" : "%u", ports[i]);
	rc_buf_puts(buf, ")");
	for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
		rc_buf_printf(buf, " or %s", passed[i]);
	if (carriers)
		rc_buf_printf(buf, " or %s", carriers);
}

int rc_filter_write_default(const uint16_t *ports, size_t n_ports, const char *carriers, bool vlan,
			    char *text, size_t size)
{
	static const uint16_t dns_port = 53;
	struct rc_buf buf = rc_buf_init(RC_FILTER_TEXT_MAX);
	int rc = RC_E_FULL;
	if (n_ports == 0) {
		ports = &dns_port;
		n_ports = 1;
	}
	write_untagged(&buf, ports, n_ports, carriers);
	if (vlan) {
		rc_buf_printf(&buf, " or (%s)", llc_passed);
		/*
		 * Each `vlan` moves the offsets of all that follows it, so the order is part of the
		 * meaning: untagged, then one tag, then two. On Linux the first also looks at the tag
		 * that the kernel has taken out of the frame.
		 */
		for (int depth = 0; depth < 2; depth++) {
			rc_buf_puts(&buf, " or (vlan and (");
			write_untagged(&buf, ports, n_ports, carriers);
		}
		rc_buf_puts(&buf, "))))");
	} else {
		rc_buf_puts(&buf, " or ether proto (0x8100 or 0x88a8 or 0x9100)");
	}
	if (!buf.failed && buf.len < size) {
		memcpy(text, buf.data, buf.len);
		text[buf.len] = '\0';
		rc = RC_OK;
	}
	rc_buf_free(&buf);
	return rc;
}
