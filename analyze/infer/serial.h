/*
 * The serials that the servers of a zone show: the newest, and an older one that another server still
 * shows. One zone per hash slot, the latest seen stays.
 */
#ifndef RC_ANALYZE_SERIAL_H
#define RC_ANALYZE_SERIAL_H

#include "analyze/exchange.h"

struct rc_serial {
	uint32_t value;
	struct rc_exchange x; /* that showed it last */
	struct rc_name name;  /* what it asked for */
};

struct rc_zone_serials {
	struct rc_name name;
	int64_t newest_ns; /* since when the newest is known */
	struct rc_serial newest, older;
	uint32_t behind;  /* times the older one was shown since */
	uint32_t lagging; /* ... of them, later than a transfer takes */
};

struct rc_serials_stats {
	uint64_t evicted; /* zones forgotten for others */
};

struct rc_serial_table;

/* RC_E_NOMEM. Free with rc_serials_free. */
int rc_serials_new(uint64_t seed, struct rc_serial_table **ret_table);
void rc_serials_free(struct rc_serial_table *table);

/* An authoritative answer passes. The zone's entry if it shows an older serial, else NULL. Borrowed until the next. */
const struct rc_zone_serials *rc_serials_note(struct rc_serial_table *table,
					      const struct rc_exchange *x,
					      const struct rc_msg *answer);

/* The entry of a zone that two servers show different serials of; NULL if none do. Borrowed until the next note. */
const struct rc_zone_serials *rc_serials_find(const struct rc_serial_table *table,
					      const struct rc_name *zone);

const struct rc_serials_stats *rc_serials_stats(const struct rc_serial_table *table);

#endif
