/*
 * Captures of one direction: queries about this and that, and nothing that comes back. A server that is silent looks
 * the same, but that its clients ask again.
 */
#ifndef RC_ANALYZE_ONE_WAY_H
#define RC_ANALYZE_ONE_WAY_H

#include "analyze/pair/pair.h"

enum rc_one_way {
	RC_TWO_WAYS,
	RC_PERHAPS_SILENT, /* little was asked, of one server or about one domain: they may as well be silent */
	RC_ONE_WAY
};

/* What was asked while nothing was answered yet: a bit for each, by hash. Zero at the beginning. */
struct rc_one_way_signs {
	uint64_t servers;
	uint64_t domains; /* by the last two labels of the name */
};

/* A query, while nothing was answered yet. server_hash: of its server. */
void rc_one_way_note(struct rc_one_way_signs *signs, const struct rc_record *record,
		     uint64_t server_hash);

enum rc_one_way rc_one_way_of(const struct rc_one_way_signs *signs,
			      const struct rc_pair_stats *pairs);

#endif
