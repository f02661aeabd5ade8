/*
 * The list of interfaces (-D).
 */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "capture/capture.h"

#define INTERFACE_TEXT_MAX 1024u

static const struct {
	bpf_u_int32 mask, value;
	const char *text;
} flags[] = {
	{PCAP_IF_LOOPBACK, PCAP_IF_LOOPBACK, "loopback"},
	{PCAP_IF_WIRELESS, PCAP_IF_WIRELESS, "wireless"},
	{PCAP_IF_UP, PCAP_IF_UP, "up"},
	{PCAP_IF_UP, 0, "down"},
	{PCAP_IF_CONNECTION_STATUS, PCAP_IF_CONNECTION_STATUS_DISCONNECTED, "no link"},
};

static void add(struct rc_buf *buf, const char *text)
{
	if (buf->len > 0)
		rc_buf_puts(buf, ", ");
	rc_buf_puts(buf, text);
}

static void add_address(struct rc_buf *buf, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	const char *shown = NULL;
	if (sa && sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof in);
		shown = inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
	} else if (sa && sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		shown = inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
	}
	if (shown)
		add(buf, shown);
}

static void describe(const pcap_if_t *iface, struct rc_buf *buf)
{
	rc_buf_clear(buf);
	if (iface->description)
		add(buf, iface->description);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if ((iface->flags & flags[i].mask) == flags[i].value)
			add(buf, flags[i].text);
	for (const pcap_addr_t *a = iface->addresses; a; a = a->next)
		add_address(buf, a->addr);
}

int rc_capture_list_interfaces(void (*each)(void *context, const char *name, const char *text),
			       void *context)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *list = NULL;
	if (pcap_findalldevs(&list, why) != 0)
		return RC_E_IO;
	struct rc_buf buf = rc_buf_init(INTERFACE_TEXT_MAX);
	for (const pcap_if_t *iface = list; iface; iface = iface->next) {
		describe(iface, &buf);
		each(context, iface->name, buf.len > 0 ? buf.data : "");
	}
	rc_buf_free(&buf);
	pcap_freealldevs(list);
	return RC_OK;
}
