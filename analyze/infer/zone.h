/*
 * A zone on the way from the question, as far as a failure's lineage shows it, and how its servers
 * behaved.
 */
#ifndef RC_ANALYZE_ZONE_H
#define RC_ANALYZE_ZONE_H

#include "analyze/infer/link.h"
#include "base/addr.h"

#define RC_ZONE_NONE SIZE_MAX

/* How one server of a zone behaved. */
struct rc_server_view {
	struct rc_addr addr;
	unsigned count[RC_OUT_COUNT];
	enum rc_outcome worst; /* of its failing outcomes, the most frequent; USABLE if all were */
};

/* A zone on the way, as far as its servers were asked or named. */
struct rc_zone_view {
	struct rc_name name;
	enum rc_role role;  /* NAMESERVER if only reached through a nameserver's name */
	bool known_cut;     /* a referral or an apex record shows that it is a zone */
	struct rc_name *ns; /* names of its servers */
	uint64_t *ns_hash;  /* seeded, of each */
	size_t n_ns;
	uint32_t ns_found;     /* bit for each whose address is known */
	struct rc_addr *addrs; /* servers named for it by referral, glue and address answers */
	size_t n_addrs;
	struct rc_server_view
		*servers; /* those asked about questions that nobody answered usably */
	size_t n_servers;
	unsigned n_mapped; /* AAAA records with an IPv4-mapped address: no server can have one */
	unsigned asked, usable;    /* exchanges with its servers */
	unsigned failed_questions; /* questions that no server of it answered usably */
	bool failed_on_way; /* ... one of them at least was not for a nameserver's name only */
	unsigned count[RC_OUT_COUNT]; /* outcomes over those questions */
};

/* Is it among the addresses that the zone's servers are named with? */
static inline bool rc_zone_has_addr(const struct rc_zone_view *zone, const struct rc_addr *addr)
{
	for (size_t i = 0; i < zone->n_addrs; i++)
		if (rc_addr_equal(&zone->addrs[i], addr))
			return true;
	return false;
}

/*
 * All servers that the zone is delegated to are known by their addresses, and this is none of them: it serves a zone that
 * has moved elsewhere.
 */
static inline bool rc_zone_has_left(const struct rc_zone_view *zone, const struct rc_addr *server)
{
	bool alike = false; /* of the same family */
	for (size_t i = 0; i < zone->n_addrs; i++)
		alike = alike || rc_addr_is_v4(&zone->addrs[i]) == rc_addr_is_v4(server);
	return zone->n_ns > 0 && zone->n_ns < 32 &&
	       zone->ns_found == (UINT32_C(1) << zone->n_ns) - 1 && alike &&
	       !rc_zone_has_addr(zone, server);
}

#endif
