/*
 * A case: one failed exchange with everything in the capture that bears on it. Built for failures
 * only; lives in an arena that is reset after the decision. Cause rules read it (analyze/cause/).
 */
#ifndef RC_ANALYZE_CASE_H
#define RC_ANALYZE_CASE_H

#include "analyze/infer/others.h"
#include "analyze/infer/sources.h"
#include "analyze/infer/zone.h"
#include "analyze/pair/chain.h"
#include "analyze/pair/pair.h"
#include "analyze/verdict.h"
#include "base/arena.h"

struct rc_client_answer;
struct rc_origin;

/* Whom a server refuses some questions, and answers others at the same time. */
enum rc_turns {
	RC_TURNS_NONE,
	RC_TURNS_OWN,  /* this client alone */
	RC_TURNS_ALL,  /* several */
	RC_TURNS_FULL, /* several, for whatever is new, as long as much is open: it has no room */
};

struct rc_case {
	struct rc_arena *arena;
	struct rc_recorder *recorder;
	const struct rc_hosts *hosts;
	const struct rc_book *book;
	const struct rc_serial_table *serials;
	const struct rc_error_reports *reports;
	const struct rc_anchor_signals *signals;
	const struct rc_failing_table *failing;
	struct rc_dnssec *dnssec_anchors;
	struct rc_dnssec_cache *judgements;
	struct rc_digests *digests;
	struct rc_trails *trails;
	uint64_t tls_pos; /* as rc_pair_last_tls says */
	uint64_t seed;
	int64_t timeout_ns;

	const struct rc_exchange *x; /* the failed exchange */
	const struct rc_name *qname;
	const struct rc_msg *answer;  /* NULL when unanswered */
	int64_t from_ns, to_ns;       /* the time the resolver worked on it */
	int64_t packet_ns, shared_ns; /* as of the sources, and so: */
	bool well_known, fetch_known;
	/* With any other from_ns and to_ns within these the lineage would be the same. */
	int64_t from_min_ns, from_max_ns, to_min_ns, to_max_ns;
	const struct rc_host *server_host; /* NULL if the server never showed itself */
	struct rc_addr *resolver;          /* all addresses of the server, the asked one first */
	size_t n_resolver;
	bool upstream_visible; /* the server is seen asking others in this capture */
	bool other_tap;        /* ... by another tap than its client */
	bool translated;       /* among them those of the server behind an address translation */
	bool adopted; /* ... it seems, by this one name: from an address nobody has, or at another time */

	struct rc_followed *names;
	size_t n_names;
	struct rc_answers_seen *seen; /* of each name; of use to lineage.c while it collects */
	size_t n_recalled; /* names, with those of aliases in memory that led to nothing asked */
	struct rc_link *links; /* in time order */
	size_t n_links;
	bool lineage_cut; /* a ceiling was hit */

	struct rc_zone_view *zones;
	size_t n_zones;
	size_t failed_zone; /* the deepest cut no server of which helped; RC_ZONE_NONE */

	const struct rc_link *final;     /* a usable final answer to the question; NULL */
	const struct rc_link *forwarded; /* the same question put to another resolver; NULL */

	bool own_fetch; /* no client is in sight: the exchange stands for the resolver's own work */
	enum rc_one_way one_way; /* of the whole capture */
	uint64_t ede;            /* bit per EDE code of the answer (codes below 64) */
	bool ede_read;           /* its texts were read, by the rules of DNSSEC: */
	uint32_t ede_fault;      /* what they say */
	struct rc_others others;
	const struct rc_error_report *report; /* of this name by the resolver (RFC 9567); NULL */

	struct rc_client_answer
		*client_answers; /* filled by rc_case_find_client_answers (client_answers.h) */
	size_t n_client_answers;
	bool client_answers_known;

	bool own_anchor; /* the user gave trust anchors: a root that does not match is a fault */
	bool weighing;   /* only how sure rules are is wanted yet: texts and evidence stay empty */
	bool names_client; /* a text names the client */
	/* The server leaves all that this client asks unanswered (meanwhile.h). */
	enum rc_confidence ignored;
	bool hangs_on_first; /* a rule says something since the name was never asked before */
	bool hangs_on_load;  /* a rule looked at how busy the server was */
	const char *took;    /* how long the failure took, as a text has it; NULL if none does */

	bool turns_known; /* a rule asked whom the server refuses by turns (turns.h): */
	enum rc_turns turns;
	bool unheard_known; /* a rule asked what the zone left unanswered before (alive.h): */
	const struct rc_zone_view *unheard; /* the zone, if it did; NULL */
	const struct rc_exchange *unheard_example;

	/* Found out of the lineage when a rule asks first; with more addresses anew (rc_case_suppose). */
	bool silence_known;        /* it was asked if the zone's servers were all silent: */
	bool silence_alone;        /* they were, so nothing was there to validate */
	struct rc_signer *signers; /* of what the resolver was given (rollover.c); NULL not yet */
	size_t n_signers;
	bool dnssec_done;
	bool foreign_root; /* no trust anchor was given that the root's keys match: none was checked */
	struct rc_dnssec_result dnssec;
	struct rc_origin *dnssec_origins; /* of each message given to the check */
	const struct rc_name
		*dnssec_server; /* it is about this nameserver's name; NULL: the question */
};

/* Builds the case of a failed exchange. answer may be NULL. Borrowed until the arena is reset. NULL only
 * if the arena is exhausted. */
struct rc_case *rc_case_build(const struct rc_case_sources *sources, const struct rc_exchange *x,
			      const struct rc_name *qname, const struct rc_msg *answer);

/*
 * The case of a resolver with one address, taken together with an address of the other family of which nothing else
 * is known, that asked for its name meanwhile while nobody else was asked for it. NULL if there is none.
 */
struct rc_case *rc_case_widen(const struct rc_case *c);

/*
 * The case as it would be if its resolver asked from these addresses as well. NULL if the arena is exhausted, or a
 * resolver has not so many.
 */
struct rc_case *rc_case_suppose(const struct rc_case *c, const struct rc_addr *addrs, size_t n);

static inline bool rc_case_has_ede(const struct rc_case *c, unsigned code)
{
	return code < 64 && (c->ede >> code & 1) != 0;
}

/* It had many other questions open. A verdict that asks for this speaks for none with another answer to it. */
static inline bool rc_case_is_busy(struct rc_case *c)
{
	c->hangs_on_load = true;
	return c->x->load >= RC_LOAD_BUSY;
}

/* The resolver took its next step so soon after that time that it must have got what it waited for. */
bool rc_case_went_on(const struct rc_case *c, int64_t after_ns);

/* Is it one of the addresses of the resolver that failed? */
bool rc_case_is_resolver(const struct rc_case *c, const struct rc_addr *addr);

/* Has this server been seen to answer anybody? */
static inline bool rc_case_has_answered(const struct rc_case *c, const struct rc_addr *server)
{
	const struct rc_host *h = rc_hosts_find(c->hosts, server);
	return h != NULL && h->answered > 0;
}

/* Is it the failed exchange itself, as the recorder holds it? */
static inline bool rc_case_is_itself(const struct rc_case *c, const struct rc_exchange *x)
{
	return x->first_frame == c->x->first_frame && x->first_source == c->x->first_source;
}

/* The frames end before the question does: what was asked is not known. */
static inline bool rc_case_question_cut(const struct rc_case *c)
{
	return c->qname->len == 0 && (c->x->marks & RC_X_CUT) != 0;
}

/* The zone on the way whose servers show different serials, or this one, if they do; NULL if there is none. */
const struct rc_zone_serials *rc_case_serials(const struct rc_case *c);
const struct rc_zone_serials *rc_case_serials_of(const struct rc_case *c,
						 const struct rc_name *zone);

/*
 * The kept answer of a record, or a page of the zone book, with what it says of delegations: borrowed until
 * the next one. NULL when there is none.
 */
const struct rc_digest *rc_case_answer(const struct rc_case *c, const struct rc_record *record);
const struct rc_digest *rc_case_page(const struct rc_case *c, const struct rc_book_page *page);

/* The same, without that; borrowed until the arena is reset. */
const struct rc_msg *rc_case_decode(struct rc_case *c, const struct rc_record *record);
const struct rc_msg *rc_case_decode_page(struct rc_case *c, const struct rc_book_page *page);

#endif
