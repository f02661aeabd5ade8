/*
 * Is the packets' time that of the traffic? A sensor may have no clock, and captures are made anonymous: but
 * where signatures of several zones were seen, some of them are valid when they are handed out.
 */
#include "analyze/dnssec/clock.h"

#include <string.h>

#include "analyze/dnssec/sets.h"
#include "base/time.h"

#define WINDOWS_MAX 64u
/* Nobody signs for a time so far from now, while a zone left alone may have expired for years. */
#define FUTURE_S (180u * 86400u)

/* Seconds modulo 2^32, as in RRSIG (RFC 4034 3.1.5). */
struct window {
	size_t signer; /* the first window of the same signer */
	struct rc_name name;
	uint32_t from_s, to_s;
};

static bool holds(const struct window *w, uint32_t at_s)
{
	return !rc_serial_before(at_s, w->from_s) && !rc_serial_before(w->to_s, at_s);
}

/* One that ends before it begins holds at no time. */
static bool read_window(const ldns_rr *sig, struct window *w)
{
	if (ldns_rr_rd_count(sig) != 9 || !rc_dnssec_name(ldns_rr_rrsig_signame(sig), &w->name))
		return false;
	w->from_s = rc_dnssec_rdf_int(ldns_rr_rrsig_inception(sig));
	w->to_s = rc_dnssec_rdf_int(ldns_rr_rrsig_expiration(sig));
	return !rc_serial_before(w->to_s, w->from_s);
}

static size_t read_windows(const struct rc_dnssec_run *run, struct window *windows)
{
	size_t n = 0;
	for (size_t i = 0; i < run->n_sets; i++) {
		const ldns_rr_list *sigs = run->sets[i].sigs;
		size_t n_sigs = sigs == NULL ? 0 : ldns_rr_list_rr_count(sigs);
		for (size_t k = 0; k < n_sigs && n < WINDOWS_MAX; k++) {
			struct window *w = &windows[n];
			if (!read_window(ldns_rr_list_rr(sigs, k), w))
				continue;
			w->signer = 0;
			while (!rc_name_equal(&windows[w->signer].name, &w->name))
				w->signer++;
			n++;
		}
	}
	return n;
}

/* Marks the signers with a signature that is valid at that time, and counts them. */
static unsigned signers_at(const struct window *windows, size_t n, uint32_t at_s, bool *marks)
{
	unsigned signers = 0;
	memset(marks, 0, WINDOWS_MAX * sizeof *marks);
	for (size_t i = 0; i < n; i++) {
		if (!holds(&windows[i], at_s) || marks[windows[i].signer])
			continue;
		marks[windows[i].signer] = true;
		signers++;
	}
	return signers;
}

/* When most zones have valid signatures: the latest such time that is the begin of one. */
static uint32_t fitting_time(const struct window *windows, size_t n, unsigned *ret_signers)
{
	uint32_t best_s = 0;
	bool marks[WINDOWS_MAX];
	*ret_signers = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t at_s = windows[i].from_s;
		unsigned signers = signers_at(windows, n, at_s, marks);
		if (signers < *ret_signers ||
		    (signers == *ret_signers && rc_serial_before(at_s, best_s)))
			continue;
		*ret_signers = signers;
		best_s = at_s;
	}
	return best_s;
}

/* How the zones without a valid signature miss the time. */
struct missed {
	unsigned early, late; /* signatures */
	unsigned far;         /* ... of them early by FUTURE_S */
	bool top;             /* the root, or a zone right below it, is among them */
};

static struct missed missed_by(const struct window *windows, size_t n, uint32_t now_s,
			       const bool *valid)
{
	struct missed m = {.top = false};
	for (size_t i = 0; i < n; i++) {
		if (valid[windows[i].signer])
			continue;
		bool early = rc_serial_before(now_s, windows[i].from_s);
		if (early && windows[i].from_s - now_s >= FUTURE_S)
			m.far++;
		if (early)
			m.early++;
		else
			m.late++;
		m.top = m.top || windows[i].name.labels <= 1;
	}
	return m;
}

enum rc_dnssec_clock rc_dnssec_clock_check(struct rc_dnssec_run *run, int64_t *ret_fitting_ns)
{
	struct window *windows = rc_arena_take(run->arena, WINDOWS_MAX * sizeof *windows);
	uint32_t now_s = (uint32_t)(run->now_ns / RC_NS_PER_S);
	bool valid[WINDOWS_MAX];
	unsigned most;
	if (windows == NULL)
		return RC_DNSSEC_CLOCK_UNTESTED;
	size_t n = read_windows(run, windows);
	unsigned fit = signers_at(windows, n, now_s, valid);
	uint32_t fitting_s = fitting_time(windows, n, &most);
	struct missed m = missed_by(windows, n, now_s, valid);
	/* Whose signer has died may have several zones that expire; that of a top-level domain has not. */
	bool off = most >= fit + 2 && (m.early == 0 || m.late == 0) &&
		   (fit == 0 || m.late == 0 || m.top);
	bool all_future = n > 0 && m.far == n;
	if (!off && !all_future)
		return fit > 0 ? RC_DNSSEC_CLOCK_FITS : RC_DNSSEC_CLOCK_UNTESTED;
	*ret_fitting_ns = (int64_t)fitting_s * RC_NS_PER_S;
	return RC_DNSSEC_CLOCK_OFF;
}
