/*
 * Captures of one direction: queries about this and that, and nothing that comes back. A server that is silent looks
 * the same, but that its clients ask again.
 */
#ifndef RC_ANALYZE_ONE_WAY_H
#define RC_ANALYZE_ONE_WAY_H

#include "analyze/pair/pair.h"

enum rc_one_way {
	RC_TWO_WAYS,
	RC_PERHAPS_SILENT,  /* little was asked: its servers may as well be silent */
	RC_PERHAPS_ONE_WAY, /* several servers, or several domains: hardly all dead */
	RC_ONE_WAY,         /* many of both */
};

/* What was asked while nothing was answered yet: a bit for each, by hash. Zero at the beginning. */
struct rc_one_way_signs {
	uint64_t servers, servers_of_clients;
	uint64_t domains; /* of clients' questions: by the last two labels of the name */
	/* Servers that were asked without RD, as by a resolver, and those of them that one asked the same anew. */
	uint64_t walked, asked_again;
};

/*
 * A query, while nothing was answered yet, with the hashes of its two ends. before: the one that its server was asked
 * for the name before it, by hash, or NULL.
 */
void rc_one_way_note(struct rc_one_way_signs *signs, const struct rc_record *record,
		     const struct rc_record *before, uint64_t asker_hash, uint64_t server_hash);

enum rc_one_way rc_one_way_of(const struct rc_one_way_signs *signs,
			      const struct rc_pair_stats *pairs);

#endif
