/*
 * What each address has shown itself to be: resolver, authoritative server, asker; and which
 * addresses are one resolver. Bounded: a set-associative table, least recently used entry out.
 *
 * Only addresses that answered, or that asked the way resolvers do (RD=0), get an entry; clients are
 * many and attackers can make up more.
 */
#ifndef RC_ANALYZE_HOSTS_H
#define RC_ANALYZE_HOSTS_H

#include <stdbool.h>

#include "analyze/exchange.h"
#include "analyze/pair/few.h"
#include "base/prefetch.h"

#define RC_GROUP_NONE 0u
#define RC_GROUP_ADDRS_MAX 16u /* addresses of one resolver */
#define RC_SERVICES_MAX 16u    /* resolvers compared with one another: a site has a few */
/* Addresses that ask as resolvers do, of which it is not known whose they are. */
#define RC_LONE_MAX 16u

#define RC_LOAD_BUSY 4u /* open questions that make a resolver busy: quotas in use are far above */

struct rc_hosts_stats {
	uint64_t evicted; /* addresses lost to newer ones */
};

/* What each answer of a server looks at stands first, in one line of memory: there are more servers than the cache holds. */
struct rc_host {
	_Alignas(RC_LINE_BYTES) struct rc_addr addr;
	int64_t last_ns;           /* last seen */
	int64_t answered_query_ns; /* when the latest question that it answered was asked */
	uint32_t answered;         /* answers it gave, any RCODE */
	uint32_t answered_ra;      /* ... with RA=1 */
	uint32_t answered_aa;      /* ... NOERROR or NXDOMAIN with AA=1 */
	uint32_t served;           /* ... NOERROR or NXDOMAIN to RD=1 with RA=1 */
	uint32_t truncated;        /* answers over UDP with TC=1 */
	uint16_t group;            /* resolver it belongs to, RC_GROUP_NONE if alone */
	uint8_t mac[6];            /* link-layer source of its packets, zero unknown */
	bool used;                 /* the entry is taken */
	bool recurses;        /* works for clients: answered RD=1 with RA=1, or asked on for one */
	bool answered_unseen; /* answered so, to a question that was not seen: nobody knows to whom */
	bool asked_do : 1;    /* a query with RD=0 and DO=1 */
	bool takes_edns : 1;     /* answered NOERROR or NXDOMAIN to a query with EDNS */
	uint32_t answered_ad;    /* answers with RA=1 and AD=1: it validates, and can */
	uint32_t served_checked; /* those served with CD=0: nothing that it would not validate */
	uint32_t asked_rd0;      /* queries it sent with RD=0 */
	uint32_t asked_rd1;      /* ... with RD=1 (counted once it has an entry) */
	uint32_t asked_keys;     /* queries with RD=0 for DNSKEY: it validates */
	uint32_t asked_keys_cd;  /* ... of them with CD=1: it asks all it validates so */
	uint32_t fetches;        /* queries it sent for names it had just been asked */
	uint32_t got_answers;    /* answers it got as an asker */
	uint32_t got_referrals;  /* ... of them referrals, to RD=0 */
	uint32_t got_cached;     /* ... of them from a resolver, to RD=0 */
	uint32_t unanswered;     /* questions to it that got no answer */
	uint32_t failed_idle;    /* SERVFAIL to RD=1 with RA=1 at once, when it was not busy */
	uint32_t turned_s;  /* when it last refused one that it had served: seconds since 1970 */
	uint32_t slips;     /* answers it truncated over UDP that turned out small over TCP */
	int64_t slip_ns;    /* the latest of these */
	uint64_t slip_name; /* its name hash */
	struct rc_few servers_asked; /* with RD=0 */
	int64_t checked_ns;          /* when it last gave what counts as served_checked */
	uint16_t asked_source;       /* where its last query was captured */
	uint16_t
		worked_load; /* most other questions open there with one that it worked on and answered */
	/* Learning the service address behind an egress address: see rc_hosts_note_fetch. */
	struct rc_addr partner;
	uint64_t partner_name; /* name hash of the last hit: each name counts once in a row */
	uint16_t partner_hits, partner_misses;
	uint16_t for_others; /* fetches for other resolvers than the one it was joined to */
	bool asks_itself; /* programs on its host ask from it what it, by another address, is asked */
	bool is_common;   /* several resolvers ask from it, so that it is none's own */
};

struct rc_hosts;

/* RC_E_NOMEM. Free with rc_hosts_free. */
int rc_hosts_new(size_t bytes, uint64_t seed, struct rc_hosts **ret_hosts);
void rc_hosts_free(struct rc_hosts *hosts);

/* The ends of an exchange by their rc_addr_hash under the seed of the hosts. */
struct rc_host_keys {
	uint64_t asker, server;
};

/*
 * Fetches into the cache what the notes of a query with this name, or of its answer, will look at, in two
 * steps (0, then 1): the second looks at what the first fetched.
 */
void rc_hosts_prefetch(const struct rc_hosts *hosts, const struct rc_host_keys *keys,
		       uint64_t name_hash, bool answer, unsigned step);

/* The entry of an address, NULL if it has none. Valid until the next rc_hosts_* call that writes. */
struct rc_host *rc_hosts_find(const struct rc_hosts *hosts, const struct rc_addr *addr);

/* Declares that these addresses are one resolver. */
void rc_hosts_declare(struct rc_hosts *hosts, const struct rc_addr *addrs, size_t n);

/* server_mac: link-layer destination of the query, zero unknown. fetch: the asker was itself asked this name a
 * moment ago, so it asks for others. Returns how many other questions are open at the server. */
uint32_t rc_hosts_note_query(struct rc_hosts *hosts, const struct rc_exchange *x,
			     const struct rc_host_keys *keys, const uint8_t server_mac[6],
			     bool fetch);
/* server_mac: link-layer source of the answer, zero unknown. Returns how many questions are open at the
 * server now. */
uint32_t rc_hosts_note_answer(struct rc_hosts *hosts, const struct rc_exchange *x,
			      const struct rc_host_keys *keys, const uint8_t server_mac[6]);
void rc_hosts_note_silence(struct rc_hosts *hosts, const struct rc_exchange *x);
/* The header flags and RCODE of an answer whose question was not seen show, too, who resolves for others. */
void rc_hosts_note_orphan(struct rc_hosts *hosts, const struct rc_addr *server, uint16_t flags,
			  uint16_t rcode, int64_t ts_ns);

/* This server answered this client well, some time (as far as remembered). */
bool rc_hosts_served(const struct rc_hosts *hosts, const struct rc_addr *client,
		     const struct rc_addr *server);

/* A server in the same special-purpose range (rc_addr_special) has answered in this capture. */
bool rc_hosts_range_in_use(const struct rc_hosts *hosts, const struct rc_addr *addr);

/* Addresses at which resolvers serve clients, the first RC_SERVICES_MAX seen. Borrowed. */
size_t rc_hosts_services(const struct rc_hosts *hosts, const struct rc_addr **ret_addrs);

/*
 * Addresses that ask with RD=0, serve nobody, and are not known to be any resolver's: the latest RC_LONE_MAX to
 * appear. Writes as many at most, returns how many.
 */
size_t rc_hosts_lone(const struct rc_hosts *hosts, struct rc_addr *addrs);

/* The same, whosever they are. */
size_t rc_hosts_fetchers(const struct rc_hosts *hosts, struct rc_addr *addrs);

/* The resolver that this address seems to fetch for, by the names that clients had just asked. False if none. */
bool rc_hosts_partner(const struct rc_hosts *hosts, const struct rc_addr *addr,
		      struct rc_addr *ret_partner);

/*
 * The server that clients put a question for this name to, when it was last asked. False if that is not known, or
 * if they asked several at that time.
 */
bool rc_hosts_asked_last(const struct rc_hosts *hosts, uint64_t name_hash,
			 struct rc_addr *ret_server);

/* A resolver: answers others with RA=1, or declared, or joined to one that does. */
bool rc_hosts_is_resolver(const struct rc_hosts *hosts, const struct rc_addr *addr);

/*
 * The host asks for a resolver that programs ask at a loopback address: the capture was taken on that very host, from
 * which people and other programs may ask as well.
 */
bool rc_hosts_is_inside(const struct rc_hosts *hosts, const struct rc_host *host);

/* It answers others, at this address or at another of its network card. */
bool rc_hosts_serves_beside(const struct rc_hosts *hosts, const struct rc_host *host);

/* The resolver that the host belongs to, if it does, has this address too. */
bool rc_hosts_are_one(const struct rc_hosts *hosts, const struct rc_host *host,
		      const struct rc_addr *other);

/*
 * It walks delegations: RD=0 queries to several servers, by either family, and few others that others are to resolve.
 */
bool rc_hosts_iterates(const struct rc_hosts *hosts, const struct rc_addr *addr);

/* It was seen to be referred from server to server, so it can be nothing but a resolver. */
bool rc_hosts_walks(const struct rc_hosts *hosts, const struct rc_addr *addr);

/*
 * It walks delegations for clients that are not in sight: none are, or it has asked a good deal, and never what a
 * client in sight had just asked a resolver.
 */
bool rc_hosts_works_apart(const struct rc_hosts *hosts, const struct rc_addr *addr);

/*
 * The address of the other family on the same network card, if that card has just these two and both ask as
 * resolvers do: a resolver with IPv4 and IPv6. False if there is none.
 */
bool rc_hosts_twin(const struct rc_hosts *hosts, const struct rc_addr *addr,
		   struct rc_addr *ret_twin);

/*
 * All addresses of the resolver that has this one, itself first. Writes at most max, returns how many
 * (at least 1).
 */
size_t rc_hosts_addresses(const struct rc_hosts *hosts, const struct rc_addr *addr,
			  struct rc_addr *addrs, size_t max);

/* Addresses at which resolvers work for clients, be it in vain. */
uint64_t rc_hosts_resolvers(const struct rc_hosts *hosts);
const struct rc_hosts_stats *rc_hosts_stats(const struct rc_hosts *hosts);

#endif
