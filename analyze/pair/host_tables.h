/*
 * Inside hosts: their entries (hosts.c), and which addresses are one resolver (joining.c).
 */
#ifndef RC_ANALYZE_HOST_TABLES_H
#define RC_ANALYZE_HOST_TABLES_H

#include "analyze/pair/refused.h"
#include "analyze/pair/traffic.h"
#include "base/pages.h"
#include "base/prefetch.h"

#define RC_HOST_WAYS 8u
#define RC_GROUPS_MAX 1024u     /* resolvers of several addresses; a large site has some dozens */
#define RC_RECENT_NAMES 65536u  /* client questions remembered for learning: one per hash slot */
#define RC_LOAD_SLOTS 65536u    /* far more than servers asked at a time */
#define RC_SERVED_PAIRS 131072u /* pairs remembered; what is forgotten only weakens a claim */
#define RC_STATION_SETS 512u /* of RC_HOST_WAYS cards; in a full one the newest replaces another */
#define RC_STATION_ADDRS_MAX 6u /* IPv4 and IPv6, service and egress; more is a router */

struct rc_group {
	struct rc_addr addrs[RC_GROUP_ADDRS_MAX];
	size_t n;
};

/* The last client question per name: whom it was put to, and when. Half a line, as each query writes one. */
struct rc_recent {
	int64_t ts_ns;
	struct rc_addr server;
	unsigned name : 31, several : 1; /* of its hash; put to several servers at that time */
	uint8_t mac[4]; /* it went to: the last octets, in which cards differ; zero unknown */
};

/* Addresses seen behind one link-layer address: one host has few, a router has many. */
struct rc_station {
	uint8_t mac[6];
	uint8_t n; /* above RC_STATION_ADDRS_MAX: a router */
	struct rc_addr addrs[RC_STATION_ADDRS_MAX];
};

/* What is looked into at random for each message, on the same large pages. */
struct rc_host_tables {
	_Alignas(RC_LINE_BYTES) struct rc_recent recent[RC_RECENT_NAMES]; /* by hash of the name */
	struct rc_load load[RC_LOAD_SLOTS]; /* by hash of the address */
	struct rc_hearing hearing[RC_HEARING_SLOTS];
	struct rc_refused refused[RC_REFUSED_SLOTS];
	/* Upper halves of hashes of client and server pairs that worked; a later pair overwrites. */
	uint32_t served[RC_SERVED_PAIRS];
	struct rc_station stations[RC_STATION_SETS][RC_HOST_WAYS];
};

struct rc_hosts {
	uint64_t ranges; /* special-purpose ranges in use, by number */
	void *memory;    /* of the tables */
	struct rc_host_tables *tables;
	struct rc_addr services[RC_SERVICES_MAX];
	size_t n_services;
	struct rc_addr lone[RC_LONE_MAX];
	size_t n_lone;        /* ever; the last RC_LONE_MAX are held */
	void *entries_memory; /* of the entries */
	struct rc_host *entries;
	uint64_t *marks; /* by set: an octet of each entry's hash, 0 where there is none */
	uint64_t mask;   /* of sets */
	uint64_t seed;
	struct rc_group *groups; /* index 0 unused */
	size_t n_groups;
	size_t n_declared; /* groups up to here stay as they are */
	bool on_host;      /* programs ask at a loopback address: the capture is of that host */
	uint64_t resolvers;
	struct rc_hosts_stats stats;
};

static inline bool rc_acts_as_resolver(const struct rc_host *host)
{
	return host != NULL &&
	       (host->answered_ra > 0 || host->fetches > 0 || host->answered_unseen);
}

/* The entry of an address, made where there is none; hash: its rc_addr_hash. */
struct rc_host *rc_hosts_enter(struct rc_hosts *h, const struct rc_addr *addr, uint64_t hash,
			       int64_t now_ns);

/* The group that lists the address, RC_GROUP_NONE if none does. What is known of groups outlives an entry. */
uint16_t rc_hosts_group_listing(const struct rc_hosts *h, const struct rc_addr *addr);

/* Takes a host's link-layer address that is new or has changed. */
void rc_hosts_take_mac(struct rc_hosts *h, struct rc_host *host, const uint8_t mac[6]);

/* With each message: hardly ever has it changed. */
static inline void rc_hosts_note_mac(struct rc_hosts *h, struct rc_host *host, const uint8_t mac[6])
{
	static const uint8_t none[6];
	if (memcmp(host->mac, mac, sizeof host->mac) != 0 && memcmp(mac, none, sizeof none) != 0)
		rc_hosts_take_mac(h, host, mac);
}

/* No host asks itself over the wire: what asks another address of its own card is behind a router. */
void rc_hosts_note_neighbours(struct rc_hosts *h, const struct rc_host *asker,
			      const struct rc_addr *server);

/* An egress address and a resolver on one network card are one resolver. */
void rc_hosts_join_by_mac(struct rc_hosts *h, const struct rc_host *host);

/* Questions open at a server (and at others that share its hash slot). */
uint32_t rc_hosts_open(const struct rc_hosts *h, const struct rc_addr *server);

/* A client's question, for rc_hosts_note_fetch. */
void rc_hosts_note_recent(struct rc_hosts *h, const struct rc_exchange *x,
			  const uint8_t server_mac[6]);

/*
 * A query with RD=1 for what somebody has just asked, and waits for: handed on by a forwarder that was asked at a
 * loopback address of the host captured on, or at its address of the other family.
 */
bool rc_hosts_is_relay(const struct rc_hosts *h, const struct rc_exchange *x);

/* A query with RD=0, or a relay: does it fetch what clients just asked of another address? */
void rc_hosts_note_fetch(struct rc_hosts *h, struct rc_host *egress, const struct rc_exchange *x,
			 bool fetch);

#endif
