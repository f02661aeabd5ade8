#include "analyze/cause/servers.h"

/*
 * What a server did on the whole: a reply that did not match or was not whole explains the silence of
 * its other attempts; else what it did most.
 */
static enum rc_outcome outcome_of(const struct rc_server_view *s)
{
	static const enum rc_outcome telling[] = {RC_OUT_FRAGMENTS, RC_OUT_MISMATCHED,
						  RC_OUT_TCP_FAILED, RC_OUT_ICMP};
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		if (s->count[telling[i]] > 0)
			return telling[i];
	return s->worst;
}

void rc_count_servers(const struct rc_zone_view *z, enum rc_outcome outcome, unsigned *ret_these,
		      unsigned *ret_all)
{
	*ret_these = *ret_all = 0;
	for (size_t i = 0; i < z->n_servers; i++) {
		enum rc_outcome o = outcome_of(&z->servers[i]);
		*ret_these += o == outcome;
		*ret_all += o != RC_OUT_UNKNOWN;
	}
}

/* What one server did, or each of several. */
static const char *const deeds[RC_OUT_COUNT] = {
	[RC_OUT_USABLE] = "answered some of what it was asked",
	[RC_OUT_TIMEOUT] = "sent no answer",
	[RC_OUT_ICMP] = "could not be reached",
	[RC_OUT_TCP_FAILED] = "failed over TCP",
	[RC_OUT_REFUSED] = "refused it",
	[RC_OUT_SERVFAIL] = "answered SERVFAIL",
	[RC_OUT_FORMERR] = "answered FORMERR",
	[RC_OUT_NOTIMP] = "answered NOTIMP",
	[RC_OUT_OTHER_RCODE] = "answered another error",
	[RC_OUT_LAME] = "gave no authoritative answer",
	[RC_OUT_TRUNCATED] = "truncated the answer",
	[RC_OUT_MISMATCHED] = "sent replies that do not match",
	[RC_OUT_MALFORMED] = "sent malformed replies",
	[RC_OUT_FRAGMENTS] = "sent replies of which fragments are lost",
};

const char *rc_say_servers(struct rc_case *c, const struct rc_zone_view *z, enum rc_outcome outcome,
			   const char *title)
{
	unsigned counts[RC_OUT_COUNT] = {0}, these, all;
	if (c->weighing) /* nobody reads it */
		return "";
	rc_count_servers(z, outcome, &these, &all);
	if (these == all)
		return rc_say(c, "%u of %u asked, %s", these, all, title);
	for (size_t i = 0; i < z->n_servers; i++)
		counts[outcome_of(&z->servers[i])]++;
	const char *said = rc_say(c, "of %u asked %u %s", all, these, deeds[outcome]);
	for (unsigned o = 0; o < RC_OUT_UNKNOWN; o++)
		if (counts[o] > 0 && o != outcome)
			said = rc_say(c, "%s, %u %s", said, counts[o], deeds[o]);
	return said;
}
