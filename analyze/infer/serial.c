#include "analyze/infer/serial.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/time.h"

#define SLOTS 1024u
#define LAG_NS (2 * RC_NS_PER_S) /* NOTIFY and transfer take less where they work */

struct rc_serial_table {
	uint64_t seed;
	struct rc_serials_stats stats;
	uint64_t hashes[SLOTS]; /* of the zones: side by side, most looks at them end there */
	struct rc_zone_serials zones[SLOTS];
};

int rc_serials_new(uint64_t seed, struct rc_serial_table **ret_table)
{
	struct rc_serial_table *t = calloc(1, sizeof *t);
	if (t == NULL)
		return RC_E_NOMEM;
	t->seed = seed;
	*ret_table = t;
	return RC_OK;
}

void rc_serials_free(struct rc_serial_table *t)
{
	free(t);
}

/* The SOA of the zone an answer is from: asked for, or in a negative answer (RFC 2308 3). */
static bool read_soa(const struct rc_msg *m, struct rc_name *ret_zone, uint32_t *ret_serial)
{
	struct rc_rr_iter it = rc_rr_begin(m, RC_ANSWER);
	struct rc_rr rr;
	for (unsigned n = 0; n < RC_RR_LOOKED_MAX && rc_rr_next(&it, &rr); n++) {
		if (rr.section == RC_ADDITIONAL)
			return false;
		if (rr.type != RC_TYPE_SOA || rr.rdata_len < 22)
			continue;
		struct rc_cursor rd = rc_rr_rdata(m, &rr);
		rc_cursor_skip(&rd, (uint32_t)rr.rdata_len - 20); /* RFC 1035 3.3.13 */
		*ret_serial = rc_cursor_u32(&rd);
		return rc_rr_owner(m, &rr, ret_zone);
	}
	return false;
}

const struct rc_zone_serials *rc_serials_note(struct rc_serial_table *t,
					      const struct rc_exchange *x,
					      const struct rc_msg *answer)
{
	struct rc_name name;
	uint32_t value;
	bool asked = x->qtype == RC_TYPE_SOA && (answer->has & RC_HAS_ANSWER_QTYPE);
	if (!(answer->flags & RC_FLAG_AA) || (!asked && !(answer->has & RC_HAS_AUTH_SOA)) ||
	    !read_soa(answer, &name, &value))
		return NULL;
	uint64_t hash = rc_name_hash(t->seed, &name);
	uint64_t *known = &t->hashes[hash % SLOTS];
	struct rc_zone_serials *z = &t->zones[hash % SLOTS];
	struct rc_serial now = {value, *x, answer->qname};
	if (*known != hash || !rc_name_equal(&z->name, &name)) {
		t->stats.evicted += *known != 0;
		*known = hash;
		*z = (struct rc_zone_serials){.name = name, .newest = now, .newest_ns = x->end_ns};
		return NULL;
	}
	if (rc_serial_before(z->newest.value, value)) {
		/* What was newest may still be there: its server shows it again, if so. */
		z->newest = now;
		z->newest_ns = x->end_ns;
		z->behind = z->lagging = 0;
	}
	if (!rc_serial_before(value, z->newest.value) ||
	    rc_addr_equal(&x->server, &z->newest.x.server))
		return NULL;
	z->older = now;
	z->behind++;
	z->lagging += x->end_ns - z->newest_ns >= LAG_NS;
	return z;
}

const struct rc_zone_serials *rc_serials_find(const struct rc_serial_table *t,
					      const struct rc_name *zone)
{
	uint64_t hash = rc_name_hash(t->seed, zone);
	const struct rc_zone_serials *z = &t->zones[hash % SLOTS];
	return t->hashes[hash % SLOTS] == hash && z->behind > 0 && rc_name_equal(&z->name, zone)
		       ? z
		       : NULL;
}

const struct rc_serials_stats *rc_serials_stats(const struct rc_serial_table *t)
{
	return &t->stats;
}
