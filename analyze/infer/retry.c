#include "analyze/infer/retry.h"

#include "analyze/pair/chain.h"
#include "base/time.h"

/* After the answer: as pairing takes a TCP query for its retry. */
#define SOON_NS (10 * RC_NS_PER_S)
#define GIVEN_NS (3 * RC_NS_PER_S) /* to a server to answer a SYN: it was repeated after one */
#define STEPS_MAX 32u              /* connections, and questions for the name, of the asker */

/* It got the answer from this server after all. */
static bool is_answered_later(struct rc_recorder *recorder, const struct rc_exchange *x)
{
	struct rc_chain chain = rc_chain_by_asker(recorder, &x->asker, x->name_hash, STEPS_MAX);
	const struct rc_record *r;
	chain.since_ns = x->end_ns;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (r->x.qtype == x->qtype && rc_exchange_answered(&r->x) &&
		    !(r->x.answer.flags & RC_FLAG_TC) && rc_addr_equal(&r->x.server, &x->server))
			return true;
	return false;
}

static enum rc_retry state_of(const struct rc_exchange *connection, int64_t now_ns)
{
	bool over = connection->state == RC_X_UNANSWERED;
	int64_t until_ns = over ? connection->end_ns : now_ns;
	if (rc_exchange_answered(connection))
		return RC_RETRY_NONE;
	if (rc_is_refused(connection) || until_ns - connection->first_ns >= GIVEN_NS)
		return RC_RETRY_FAILED;
	return over ? RC_RETRY_NONE : RC_RETRY_PENDING; /* the capture ended before it was clear */
}

enum rc_retry rc_retry_find(struct rc_recorder *recorder, const struct rc_exchange *x,
			    int64_t now_ns, const struct rc_exchange **ret_connection)
{
	const struct rc_exchange *failed = NULL;
	const struct rc_record *r;
	bool pending = false;
	*ret_connection = NULL;
	if (!rc_is_truncated(x) || (x->marks & RC_X_TC_RETRIED))
		return RC_RETRY_NONE;
	struct rc_chain chain = rc_chain_by_asker(recorder, &x->asker, RC_CONNECT_HASH, STEPS_MAX);
	chain.since_ns = x->end_ns;
	while ((r = rc_chain_next(&chain)) != NULL) {
		if (r->x.first_ns > x->end_ns + SOON_NS || r->x.server_port != x->server_port ||
		    !rc_addr_equal(&r->x.server, &x->server))
			continue;
		enum rc_retry state = state_of(&r->x, now_ns);
		if (state == RC_RETRY_NONE)
			return RC_RETRY_NONE;
		pending = pending || state == RC_RETRY_PENDING;
		if (state == RC_RETRY_FAILED)
			failed = &r->x; /* the first, in the end */
	}
	if (failed == NULL)
		return pending ? RC_RETRY_PENDING : RC_RETRY_NONE;
	if (is_answered_later(recorder, x))
		return RC_RETRY_NONE;
	*ret_connection = failed;
	return RC_RETRY_FAILED;
}
