#include "analyze/infer/case.h"

/* What the versions of a zone are told by: its SOA, asked for or in a negative answer (RFC 2308 3). */

bool rc_read_soa(const struct rc_msg *m, struct rc_name *ret_zone, uint32_t *ret_serial)
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

/* RFC 1982 3.2 */
bool rc_serial_is_older(uint32_t a, uint32_t b)
{
	return a != b && (int32_t)(a - b) < 0;
}

bool rc_case_serials(const struct rc_case *c, struct rc_serials *ret_serials)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *a = &c->links[i];
		struct rc_serials s = {.older = a, .newer = a};
		struct rc_name zone;
		uint32_t serial;
		bool on_path = a->answer != NULL && (a->answer->flags & RC_FLAG_AA) &&
			       a->name->role != RC_ROLE_NAMESERVER;
		if (!on_path || !rc_read_soa(a->answer, &s.zone, &s.older_serial))
			continue;
		for (size_t k = i + 1; k < c->n_links; k++) {
			const struct rc_link *b = &c->links[k];
			if (b->answer == NULL || !(b->answer->flags & RC_FLAG_AA) ||
			    rc_addr_equal(&b->x->server, &a->x->server) ||
			    !rc_read_soa(b->answer, &zone, &serial) ||
			    !rc_name_equal(&zone, &s.zone) || serial == s.older_serial)
				continue;
			s.newer = b;
			s.newer_serial = serial;
			if (rc_serial_is_older(serial, s.older_serial)) {
				s.newer_serial = s.older_serial;
				s.older_serial = serial;
				s.newer = a;
				s.older = b;
			}
			*ret_serials = s;
			return true;
		}
	}
	return false;
}
