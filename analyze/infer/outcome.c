#include "analyze/infer/outcome.h"

const char *rc_outcome_word(enum rc_outcome outcome)
{
	static const char *const words[RC_OUT_COUNT] = {
		[RC_OUT_USABLE] = "answered",         [RC_OUT_TIMEOUT] = "timeout",
		[RC_OUT_ICMP] = "icmp_unreachable",   [RC_OUT_TCP_FAILED] = "tcp_failed",
		[RC_OUT_REFUSED] = "refused",         [RC_OUT_SERVFAIL] = "servfail",
		[RC_OUT_FORMERR] = "formerr",         [RC_OUT_NOTIMP] = "notimp",
		[RC_OUT_OTHER_RCODE] = "other_rcode", [RC_OUT_LAME] = "lame",
		[RC_OUT_TRUNCATED] = "truncated",     [RC_OUT_MISMATCHED] = "mismatched",
		[RC_OUT_MALFORMED] = "malformed",     [RC_OUT_FRAGMENTS] = "fragments_lost",
		[RC_OUT_UNKNOWN] = "under_way",
	};
	return words[outcome];
}
