#include "capture/live.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"
#include "capture/filter.h"

struct rc_iface {
	pcap_t *pcap;
	int fd;
	int snaplen;
	uint16_t linktype;
	int64_t ns_per_tick;
	uint64_t number;
	uint32_t drops_seen, ifdrops_seen;
	struct rc_frame *frames; /* where the batch being read goes; borrowed for the call */
	size_t n;
	size_t used; /* bytes of copy */
	uint8_t copy[RC_LIVE_COPY_BYTES];
};

/* A libpcap status to ours. */
static int activate_error(int status)
{
	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return RC_E_PERMISSION;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return RC_E_NOT_FOUND;
	default:
		return RC_E_IO;
	}
}

static int activate(struct rc_iface *iface, const struct rc_capture_config *config, char *why,
		    size_t why_size)
{
	pcap_t *p = iface->pcap;
	pcap_set_snaplen(p, iface->snaplen);
	pcap_set_promisc(p, !config->no_promiscuous);
	pcap_set_timeout(p, RC_LIVE_TIMEOUT_MS);
	int buffer_kib = config->buffer_kib > 0 ? config->buffer_kib : (int)RC_LIVE_BUFFER_KIB;
	if (buffer_kib > RC_LIVE_BUFFER_KIB_MAX)
		buffer_kib = RC_LIVE_BUFFER_KIB_MAX;
	pcap_set_buffer_size(p, buffer_kib * 1024);
	/* Not every interface has nanoseconds; pcap_get_tstamp_precision says what came of it. */
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	int status = pcap_activate(p);
	if (status >= 0)
		return RC_OK;
	const char *detail = pcap_geterr(p);
	snprintf(why, why_size, "%s%s%s", pcap_statustostr(status), *detail ? ": " : "", detail);
	return activate_error(status);
}

/* The user's filter, or the default one: behind VLAN tags where this link type can have them. */
static int set_filter(struct rc_iface *iface, const struct rc_capture_config *config, char *why,
		      size_t why_size)
{
	char text[RC_FILTER_TEXT_MAX];
	struct bpf_program program;
	int rc = RC_E_SYNTAX;
	for (int vlan = 1; vlan >= 0 && rc == RC_E_SYNTAX; vlan--) {
		const char *expression = config->filter;
		if (!expression) {
			rc = rc_filter_write_default(config->ports, config->n_ports,
						     config->carriers, vlan, text, sizeof text);
			if (rc) {
				snprintf(why, why_size, "too many DNS ports for a filter");
				return rc;
			}
			expression = text;
		}
		rc = pcap_compile(iface->pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN)
			     ? RC_E_SYNTAX
			     : RC_OK;
	}
	if (rc) {
		snprintf(why, why_size, "%s", pcap_geterr(iface->pcap));
		return rc;
	}
	if (pcap_setfilter(iface->pcap, &program) != 0) {
		snprintf(why, why_size, "%s", pcap_geterr(iface->pcap));
		rc = RC_E_IO;
	}
	pcap_freecode(&program);
	return rc;
}

static int start(struct rc_iface *iface, const struct rc_capture_config *config, char *why,
		 size_t why_size)
{
	char text[PCAP_ERRBUF_SIZE];
	int rc = activate(iface, config, why, why_size);
	if (rc)
		return rc;
	rc = set_filter(iface, config, why, why_size);
	if (rc)
		return rc;
	iface->linktype = rc_filter_linktype_of_dlt(pcap_datalink(iface->pcap));
	iface->ns_per_tick = pcap_get_tstamp_precision(iface->pcap) == PCAP_TSTAMP_PRECISION_NANO
				     ? 1
				     : RC_NS_PER_US;
	/* A blocking TPACKET_V3 read does not return on a silent link. */
	if (pcap_setnonblock(iface->pcap, 1, text) != 0) {
		snprintf(why, why_size, "%s", text);
		return RC_E_IO;
	}
	iface->fd = pcap_get_selectable_fd(iface->pcap);
	if (iface->fd < 0) {
		snprintf(why, why_size, "cannot be waited for with poll");
		return RC_E_UNSUPPORTED;
	}
	return RC_OK;
}

int rc_iface_open(const char *name, const struct rc_capture_config *config, char *why,
		  size_t why_size, struct rc_iface **ret_iface)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct rc_iface *iface = calloc(1, sizeof *iface);
	if (!iface) {
		snprintf(why, why_size, "%s", rc_err_text(RC_E_NOMEM));
		return RC_E_NOMEM;
	}
	iface->snaplen = config->snaplen > 0 && config->snaplen <= (int)RC_FRAME_MAX
				 ? config->snaplen
				 : (int)RC_FRAME_MAX;
	int rc = RC_E_IO;
	iface->pcap = pcap_create(name, text);
	if (iface->pcap)
		rc = start(iface, config, why, why_size);
	else
		snprintf(why, why_size, "%s", text);
	if (rc) {
		rc_iface_close(iface);
		return rc;
	}
	*ret_iface = iface;
	return RC_OK;
}

void rc_iface_close(struct rc_iface *iface)
{
	if (!iface)
		return;
	if (iface->pcap)
		pcap_close(iface->pcap);
	free(iface);
}

static void take(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	struct rc_iface *iface = (struct rc_iface *)(void *)user;
	uint32_t caplen = head->caplen < RC_FRAME_MAX ? head->caplen : RC_FRAME_MAX;
	uint8_t *copy = iface->copy + iface->used;
	memcpy(copy, bytes, caplen);
	iface->used += caplen;
	iface->frames[iface->n++] = (struct rc_frame){
		.ts_ns = (int64_t)head->ts.tv_sec * RC_NS_PER_S +
			 (int64_t)head->ts.tv_usec * iface->ns_per_tick,
		.number = ++iface->number,
		.data = copy,
		.caplen = caplen,
		.len = head->len < caplen ? caplen : head->len,
		.linktype = iface->linktype,
	};
}

int rc_iface_read(struct rc_iface *iface, struct rc_frame *frames, size_t max, size_t *ret_n,
		  char *why, size_t why_size)
{
	iface->frames = frames;
	iface->n = 0;
	iface->used = 0;
	while (iface->n < max) {
		/* No more than fit even if each is of the largest size. */
		size_t fit = (sizeof iface->copy - iface->used) / RC_FRAME_MAX;
		size_t want = max - iface->n < fit ? max - iface->n : fit;
		size_t before = iface->n;
		if (want == 0)
			break;
		int rc = pcap_dispatch(iface->pcap, (int)want, take, (u_char *)iface);
		if (rc < 0 && rc != PCAP_ERROR_BREAK && iface->n == 0) {
			snprintf(why, why_size, "%s", pcap_geterr(iface->pcap));
			return RC_E_IO;
		}
		if (iface->n == before)
			break;
	}
	*ret_n = iface->n;
	return iface->n ? RC_OK : RC_E_AGAIN;
}

int rc_iface_fd(const struct rc_iface *iface)
{
	return iface->fd;
}

void rc_iface_drops(struct rc_iface *iface, uint64_t *ret_kernel, uint64_t *ret_interface)
{
	struct pcap_stat stat;
	*ret_kernel = *ret_interface = 0;
	if (pcap_stats(iface->pcap, &stat) != 0)
		return;
	/* 32-bit counters that wrap: the difference does not. */
	*ret_kernel = (uint32_t)(stat.ps_drop - iface->drops_seen);
	*ret_interface = (uint32_t)(stat.ps_ifdrop - iface->ifdrops_seen);
	iface->drops_seen = stat.ps_drop;
	iface->ifdrops_seen = stat.ps_ifdrop;
}
