/*
 * What others got near in time: the same question of other clients and at other servers.
 */
#ifndef RC_ANALYZE_OTHERS_H
#define RC_ANALYZE_OTHERS_H

#include "analyze/pair/hosts.h"
#include "analyze/pair/recorder.h"
#include "base/time.h"

struct rc_case;

#define RC_NEAR_NS (120 * RC_NS_PER_S) /* near enough in time to compare with what others got */
#define RC_SAID_MAX 4u                 /* answers of others that say why: the first found do */
#define RC_WAITED_MAX 2u

/* What others got for the same question. Counts of exchanges near in time. */
struct rc_others {
	unsigned same_server_ok;       /* other clients, this server, same name: answered well */
	unsigned same_server_type_ok;  /* ... of them with the same type */
	unsigned same_server_alike_ok; /* ... of these, EDNS or not as here */
	unsigned earlier;              /* times this server was asked the same name before */
	unsigned same_server_failed;
	unsigned served_refused; /* ... of them, REFUSED to a client that it serves otherwise */
	int64_t nearest_gap_ns; /* from the nearest in time of other clients that got it here, or were refused it; 0 none */
	bool others_refused; /* that one was refused it, and is served otherwise */
	int64_t given_ns; /* when it last gave anybody something of the name, by the end of the failure; 0 never */
	int64_t question_given_ns; /* ... the answer; 0 never */
	bool in_hand; /* it gave anybody the answer so near to when this was asked that it had it then */
	int64_t others_given_ns; /* when another client last got it, be it after the failure; 0 never */
	/* This client, this server, this name: refused one after the other around the failure, and nothing given between. */
	struct {
		unsigned n;
		int64_t from_ns, until_ns;
		bool all; /* what came before is of another time */
	} refused;
	unsigned same_client_ok; /* this client, this server, other times or types of this name */
	unsigned same_client_types_ok;        /* ... of them, other types */
	unsigned same_client_alike_ok;        /* ... this type, EDNS or not as here */
	unsigned same_client_without_edns_ok; /* ... this very question without EDNS */
	unsigned
		without_edns_formerr; /* answers FORMERR of this server for the name, to anybody, without EDNS */
	unsigned cd_ok;               /* CD=1 for this name at this server: answered well */
	unsigned cd_failed;
	unsigned
		got_before; /* other clients got this very answer before this one asked for the last time */
	unsigned silent;          /* exchanges of this name at this server without an answer */
	unsigned validated;       /* other types of this name at this server: answered with AD=1 */
	unsigned other_server_ok; /* this client, other servers: answered well */
	unsigned
		other_server_cd_ok; /* ... with another CD flag: without validation, where this one had it */
	unsigned other_server_failed;
	unsigned elsewhere_ok; /* other resolvers that answered this question well, whoever asked */
	unsigned elsewhere_validated; /* ... of those that did, who set AD for it or for others */
	unsigned elsewhere_failed;    /* ... that did not */
	unsigned
		elsewhere_name_ok; /* other resolvers that answered any question for the name well */
	/* The same question failed at other resolvers like one that waits for servers in vain: the first two found. */
	const struct rc_exchange *elsewhere_waited[RC_WAITED_MAX];
	unsigned n_elsewhere_waited;
	unsigned
		addresses_alike; /* type A of this name at this server: the same RCODE, another type here */
	unsigned
		not_hosted; /* other types of this name at this server, no transfers: REFUSED, RA=0 */
	unsigned slipped;   /* this client, this server: empty truncated answers, not retried */
	const struct rc_exchange *slip_example;
	const struct rc_exchange *ok_example, *cd_example, *without_edns_example,
		*elsewhere_example;
	const struct rc_exchange *validated_example;
	/* The same question failed for others here, or at other resolvers, and the answer says why (EDE). */
	const struct rc_record *said[RC_SAID_MAX];
	unsigned n_said;
	const struct rc_record *said_of_type; /* ... another type of the name; NULL if none did */
	/* The same name failed, here or for this client at another server, with aliases in the answer. */
	const struct rc_record *alias_failed;
};

/* Compares with what others got. Called by rc_case_build. */
void rc_others_compare(struct rc_case *c);

/* The client gets answers here at other times, at whichever address of the resolver. */
bool rc_case_is_served(const struct rc_case *c);

/*
 * Is this client refused the name for good, by a server that gives it to others meanwhile? It may have served the client
 * before or after: but not by turns, as a rate limit does.
 */
bool rc_case_is_shut_out(const struct rc_case *c);

/*
 * Others wait for the same in vain: one that gives up after the time that a query or two may take, or two, of which
 * one is seen to be alive. A longer wait of one alone may be for a server of its own, or for what it tries again and
 * again.
 */
bool rc_case_do_others_wait(const struct rc_case *c);

/* Did the exchange run near the failure in time? */
bool rc_case_is_near(const struct rc_case *c, const struct rc_exchange *x);

#endif
