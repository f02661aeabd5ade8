/* The bare libpcap loop that rcause is measured against: reads a capture file and does nothing. */
#include <pcap/pcap.h>
#include <stdio.h>

static void ignore(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	(void)user;
	(void)header;
	(void)bytes;
}

int main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *in = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
	if (in == NULL) {
		fprintf(stderr, "null: cannot read the capture\n");
		return 1;
	}
	int status = pcap_loop(in, -1, ignore, NULL);
	pcap_close(in);
	return status == 0 ? 0 : 1;
}
