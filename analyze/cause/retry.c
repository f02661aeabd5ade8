#include "analyze/cause/retry.h"

#include "analyze/infer/retry.h"
#include "base/time.h"

#define AT_ONCE_NS RC_NS_PER_S /* after the answer: the connection is about nothing else */

static const struct rc_advice advice = {
	.fix = {"Let TCP port 53 through between {client} and {server}, and have {server} answer "
		"there."},
	.next_steps = {"dig @{server} {qname} {qtype} +tcp"},
};

enum rc_confidence rc_by_failed_retry(struct rc_case *c, struct rc_finding *f)
{
	const struct rc_exchange *connection;
	if (rc_retry_find(c->recorder, c->x, c->packet_ns, &connection) != RC_RETRY_FAILED)
		return RC_CONF_NONE;
	bool refused = rc_is_refused(connection);
	f->server = &c->x->server;
	f->advice = &advice;
	f->explanation = rc_say(c,
				"%s truncated its answer for %s (TC=1), and the TCP connection to "
				"it that followed %s.",
				rc_say_addr(c, &c->x->server), rc_say_name(c, c->qname),
				refused ? "was refused" : "got no answer");
	rc_prove_self(c, f, "truncated: the rest is to be had over TCP");
	rc_prove_connection(c, f, connection);
	bool surely = connection->first_ns - c->x->end_ns <= AT_ONCE_NS &&
		      (refused || connection->attempts > 1);
	return surely ? RC_CONF_PROVEN : RC_CONF_LIKELY;
}
