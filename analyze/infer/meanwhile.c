#include "analyze/infer/meanwhile.h"

#include "analyze/infer/around.h"
#include "base/time.h"

/* Where more is open at a time, a second is too many records to look through. */
#define LOAD_MAX 24u
/* Questions of others without an answer: the server is silent, whoever asks. */
#define SILENT_MIN 3u
/* Answers that it would have sent in a hush: e^-8 is how likely it is that none were due. */
#define DUE_MIN UINT64_C(8)
#define WAITED_NS (200 * RC_NS_PER_MS) /* longer than most answers take */
#define DEAF_OTHERS_MIN 2u             /* servers of other zones that are silent as well */
#define STARTS_NS (20 * RC_NS_PER_MS)  /* before and after: at that time */
#define BACK_MIN_NS RC_NS_PER_S        /* so far back they have to reach */
#define NAME_STEPS_MAX 64u /* exchanges of the name looked through for others who ask for it */
#define LEFT_MIN 3u  /* names that a client has to get nothing of, before that is no accident */
#define LEFT_MANY 5u /* ... where no other client is seen to get any of them */
#define LEFT_MAX 8u  /* of its questions are looked at */
#define LEFT_LOAD_MAX 256u /* where more is open, there would be too many to look so far for */
#define SLOW_NS (20 * RC_NS_PER_MS) /* from memory answers come sooner, refusals as well */
#define SLOW_MIN 3u
#define AT_IT_NS (2 * RC_NS_PER_S)       /* in an outage much asked for, somebody asks in so long */
#define TAKEN_UP_NS (500 * RC_NS_PER_MS) /* no resolver lets a question lie so long */
#define ALIVE_NS (2 * RC_NS_PER_S)       /* so soon after each the server answers somebody else */

/* What the server was asked for other names between this question's attempts, or right after. */
struct tally {
	unsigned answered, left;
	unsigned left_others; /* ... of others than this client */
};

static struct tally asked_meanwhile(const struct rc_case *c)
{
	struct tally t = {0};
	const struct rc_record *r;
	if (c->x->load > LOAD_MAX)
		return t;
	struct rc_around near = rc_around(c, RC_AROUND_NEAR, c->x->last_ns + RC_NS_PER_S);
	while ((r = rc_around_next(&near)) != NULL) {
		if (r->x.last_ns < c->x->first_ns || r->x.name_hash == c->x->name_hash ||
		    !rc_addr_equal(&r->x.server, &c->x->server))
			continue;
		bool ok = rc_exchange_answered(&r->x) && r->x.end_ns < c->x->last_ns + RC_NS_PER_S;
		t.answered += ok;
		t.left += !ok;
		t.left_others += !ok && !rc_addr_equal(&r->x.asker, &c->x->asker);
	}
	return t;
}

bool rc_case_are_others_answered(const struct rc_case *c)
{
	struct tally t = asked_meanwhile(c);
	return t.answered > t.left;
}

bool rc_case_is_slow_to_all(const struct rc_case *c)
{
	unsigned slow = 0;
	const struct rc_record *r;
	struct rc_around near = rc_around(c, RC_AROUND_NEAR, c->x->first_ns + RC_NS_PER_S);
	while ((r = rc_around_next_answer(&near)) != NULL) {
		if (rc_exchange_took_ns(&r->x) < SLOW_NS)
			return false;
		slow += rc_exchange_answered_well(&r->x);
	}
	return slow >= SLOW_MIN;
}

/* The address sent nothing from the first attempt to the last. */
static bool is_hushed(const struct rc_case *c, const struct rc_addr *addr, struct rc_hush *ret_hush)
{
	return rc_hosts_hush(c->hosts, addr, c->x->first_ns, ret_hush) &&
	       (ret_hush->ms == UINT32_MAX ||
		c->x->last_ns < ret_hush->from_ns + ret_hush->ms * RC_NS_PER_MS);
}

/* By then it had asked, and heard nothing for some time. */
static bool has_waited(const struct rc_case *c, const struct rc_addr *addr, int64_t at_ns)
{
	struct rc_deaf deaf;
	return rc_hosts_deaf(c->hosts, addr, at_ns, at_ns, &deaf) &&
	       at_ns - deaf.from_ns >= WAITED_NS;
}

bool rc_case_hush(const struct rc_case *c, struct rc_hush *hush)
{
	const struct rc_host *h = c->server_host;
	struct rc_hush beside;
	if (rc_exchange_answered(c->x) || h == NULL || !is_hushed(c, &c->x->server, hush) ||
	    !hush->many || c->x->end_ns - hush->from_ns < RC_HUSH_MIN_NS ||
	    (uint64_t)hush->asked * h->answered < DUE_MIN * ((uint64_t)h->answered + h->unanswered))
		return false;
	for (size_t i = 0; i < c->n_resolver; i++)
		if ((!rc_addr_equal(&c->resolver[i], &c->x->server) &&
		     !is_hushed(c, &c->resolver[i], &beside)) ||
		    has_waited(c, &c->resolver[i], hush->from_ns))
			return false;
	return true;
}

bool rc_case_is_nobody_answered(const struct rc_case *c)
{
	struct rc_hush hush;
	if (rc_case_hush(c, &hush))
		return true;
	struct tally t = asked_meanwhile(c);
	return t.answered == 0 && t.left_others >= SILENT_MIN;
}

/* A question that a client got no answer to, and what others got meanwhile. */
struct left {
	uint64_t name_hash;
	int64_t first_ns;
	bool alive;  /* the server answered somebody else right after it */
	bool given;  /* another client got the name */
	bool shared; /* ... or met with no more than this one */
};

/* The client's questions for different names that were left unanswered for good; false if it got any answer. */
static bool find_left(const struct rc_case *c, struct rc_around far, struct left *left,
		      size_t *ret_n)
{
	const struct rc_record *r;
	*ret_n = 0;
	while ((r = rc_around_next(&far)) != NULL) {
		const struct rc_exchange *x = &r->x;
		if (!rc_is_connection(x) && rc_addr_equal(&x->server, &c->x->server) &&
		    rc_addr_equal(&x->asker, &c->x->asker)) {
			bool known = x->state != RC_X_UNANSWERED || (x->marks & RC_X_ICMP_HARD);
			if (rc_exchange_answered(x))
				return false;
			for (size_t i = 0; i < *ret_n; i++)
				known = known || left[i].name_hash == x->name_hash;
			if (!known && *ret_n < LEFT_MAX)
				left[(*ret_n)++] = (struct left){.name_hash = x->name_hash,
								 .first_ns = x->first_ns};
		}
	}
	return *ret_n >= LEFT_MIN;
}

/* Nobody else asked the server for the name while this client did. */
static bool asks_alone(const struct rc_case *c)
{
	struct rc_chain chain = rc_chain_by_server(c->recorder, &c->x->server, c->x->name_hash,
						   NAME_STEPS_MAX);
	const struct rc_record *r;
	chain.since_ns = c->x->first_ns - c->timeout_ns;
	while ((r = rc_chain_next(&chain)) != NULL)
		if (!rc_addr_equal(&r->x.asker, &c->x->asker) &&
		    r->x.first_ns < c->x->last_ns + TAKEN_UP_NS)
			return false;
	return chain.left > 0;
}

/* The server asks others what this client alone has just asked it: it is at work for it. */
static bool is_at_work(const struct rc_case *c)
{
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_exchange *x = c->links[i].x;
		if (c->links[i].name->role == RC_ROLE_QUESTION && x->first_ns >= c->x->first_ns &&
		    x->first_ns < c->x->last_ns + TAKEN_UP_NS)
			return asks_alone(c);
	}
	return false;
}

enum rc_confidence rc_case_is_ignored(const struct rc_case *c)
{
	struct left left[LEFT_MAX];
	size_t n = 0, alive = 0, given = 0, alone = 0;
	const struct rc_host *h = c->server_host;
	if (h == NULL || h->served == 0 || rc_exchange_answered(c->x) ||
	    c->x->load > LEFT_LOAD_MAX || rc_case_is_served(c) || is_at_work(c))
		return RC_CONF_NONE;
	const struct rc_record *r;
	struct rc_around far = rc_around(c, RC_AROUND_FAR, INT64_MAX);
	if (!find_left(c, far, left, &n))
		return RC_CONF_NONE;
	while ((r = rc_around_next(&far)) != NULL) {
		if (!rc_addr_equal(&r->x.server, &c->x->server))
			continue;
		bool other = !rc_addr_equal(&r->x.asker, &c->x->asker);
		bool good = rc_exchange_answered(&r->x) && (r->x.answer.rcode == RC_RCODE_NOERROR ||
							    r->x.answer.rcode == RC_RCODE_NXDOMAIN);
		for (size_t k = 0; k < n; k++) {
			if (other && !good && left[k].name_hash == r->x.name_hash)
				left[k].shared = true;
			if (!rc_exchange_answered(&r->x))
				continue;
			int64_t after_ns = r->x.end_ns - left[k].first_ns;
			left[k].alive = left[k].alive || (after_ns > 0 && after_ns <= ALIVE_NS);
			left[k].given = left[k].given ||
					(good && left[k].name_hash == r->x.name_hash &&
					 rc_case_is_near(c, &r->x));
		}
	}
	for (size_t k = 0; k < n; k++) {
		alive += left[k].alive;
		given += left[k].alive && left[k].given;
		alone += left[k].alive && !left[k].shared;
	}
	if (alive >= LEFT_MIN && given > 0)
		return RC_CONF_LIKELY;
	return alone >= LEFT_MANY ? RC_CONF_POSSIBLE : RC_CONF_NONE;
}

bool rc_case_is_deaf(const struct rc_case *c, struct rc_deaf *ret_deaf)
{
	struct rc_few own = {{0}};
	const struct rc_exchange *last = NULL;
	bool known = false;
	for (size_t i = 0; i < c->n_links; i++) {
		const struct rc_link *link = &c->links[i];
		const struct rc_exchange *x = link->x;
		bool elsewhere = c->failed_zone != RC_ZONE_NONE && link->zone != c->failed_zone;
		if (elsewhere || link->outcome != RC_OUT_TIMEOUT)
			continue;
		bool same = last != NULL && rc_addr_equal(&last->asker, &x->asker) &&
			    rc_deaf_covers(ret_deaf, x->first_ns, x->last_ns);
		if (!same && !rc_hosts_deaf(c->hosts, &x->asker, x->first_ns, x->last_ns, ret_deaf))
			return false;
		last = x;
		unsigned n = rc_few_count(&own);
		rc_hosts_note_few(c->hosts, &own, &x->server);
		if (rc_few_count(&own) > n)
			known = known || rc_case_has_answered(c, &x->server);
	}
	return known && c->x->end_ns - ret_deaf->from_ns >= RC_DEAF_MIN_MS * RC_NS_PER_MS &&
	       rc_few_beside(&ret_deaf->servers, &own) >= DEAF_OTHERS_MIN;
}

bool rc_case_is_refused_more(const struct rc_case *c)
{
	return rc_hosts_refused_another(c->hosts, c->x, RC_NEAR_NS);
}

unsigned rc_case_unheard_before(const struct rc_case *c, const struct rc_zone_view *z,
				const struct rc_exchange **ret_example)
{
	unsigned silent = 0;
	int64_t until_ns = rc_exchange_answered(c->x) ? c->x->end_ns : c->x->last_ns;
	const struct rc_record *r;
	struct rc_around far = rc_around(c, RC_AROUND_FAR, until_ns - RC_PATIENCE_NS);
	while ((r = rc_around_next(&far)) != NULL) {
		if (!rc_case_is_resolver(c, &r->x.asker) || !rc_zone_has_addr(z, &r->x.server))
			continue;
		bool answered = rc_exchange_answered(&r->x);
		if (answered && r->x.end_ns > until_ns && rc_exchange_took_ns(&r->x) < RC_SLOW_NS)
			continue; /* not yet */
		bool heard = (r->x.marks & RC_X_ICMP_HARD) || (answered && r->x.end_ns <= until_ns);
		silent = heard ? 0 : silent + 1;
		*ret_example = heard ? *ret_example : &r->x;
	}
	/* What it gave up some time ago it has told; now it may have another reason. */
	bool at_it = silent > 0 && until_ns - (*ret_example)->first_ns <= AT_IT_NS;
	return at_it ? silent : 0;
}

/* Do the records reach back to what the resolver had begun by then: all there are, or from well before? */
static bool reaches_back(const struct rc_case *c, const struct rc_around *near, int64_t at_ns)
{
	const struct rc_record *r = rc_recorder_at(c->recorder, near->pos);
	if (r == NULL)
		return false;
	bool all = rc_recorder_back(c->recorder, near->pos) == near->pos &&
		   rc_recorder_since(c->recorder) == INT64_MIN;
	return all || at_ns - r->x.first_ns >= BACK_MIN_NS;
}

struct rc_work rc_case_work(const struct rc_case *c, int64_t at_ns)
{
	struct rc_work w = {.known = false};
	const struct rc_record *r;
	if (!c->upstream_visible || c->x->load > LOAD_MAX)
		return w;
	struct rc_around near = rc_around(c, RC_AROUND_NEAR, at_ns + STARTS_NS);
	w.known = reaches_back(c, &near, at_ns);
	while (w.known && (r = rc_around_next(&near)) != NULL) {
		if (!rc_case_is_resolver(c, &r->x.asker))
			continue;
		bool waits = !rc_exchange_answered(&r->x) || r->x.end_ns >= at_ns;
		w.open += waits && r->x.first_ns <= at_ns && at_ns - r->x.first_ns < c->timeout_ns;
		w.started += at_ns - r->x.first_ns <= STARTS_NS;
	}
	return w;
}
