#include "analyze/cause/say.h"

#include <strings.h>

#include "analyze/cause/rule.h"
#include "analyze/infer/retry.h"
#include "base/time.h"

#define PROOFS_MAX 8u /* exchanges shown per zone */

void rc_prove(struct rc_case *c, struct rc_finding *f, const struct rc_exchange *x,
	      const struct rc_name *name, const char *outcome, const char *fact)
{
	if (c->weighing || f->n_evidence == RC_EVIDENCE_MAX)
		return;
	bool answered = rc_exchange_answered(x);
	bool sign = !answered && x->sign_frame != 0;
	/* The packet that ended it: the answer, or the reset of a connection that never came about. */
	bool ended = answered || (!sign && (x->marks & RC_X_NO_CONNECT) && x->end_frame != 0);
	struct rc_evidence *e = &f->evidence[f->n_evidence++];
	*e = (struct rc_evidence){
		.frame = ended  ? x->end_frame
			 : sign ? x->sign_frame
				: x->last_frame,
		.query_frame = x->first_frame,
		.source = ended  ? x->end_source
			  : sign ? x->sign_source
				 : x->last_source,
		.ts_ns = ended  ? x->end_ns
			 : sign ? x->sign_ns
				: x->last_ns,
		.from = x->asker,
		.to = x->server,
		.name = name,
		.qtype = x->name_hash == RC_CONNECT_HASH ? c->x->qtype : x->qtype,
		.outcome = outcome != NULL ? outcome
			   : answered      ? "answered"
					   : "timeout",
		.rcode = answered ? x->answer.rcode : -1,
		.rtt_ns = answered ? rc_exchange_took_ns(x) : -1,
		.fact = fact,
	};
}

void rc_prove_self(struct rc_case *c, struct rc_finding *f, const char *fact)
{
	if (!c->own_fetch) /* which has no packets of its own */
		rc_prove(c, f, c->x, c->qname, NULL, fact);
}

static const char client_answer[] = "the client's answer",
		  client_silence[] = "the client got no answer";

void rc_prove_client(struct rc_case *c, struct rc_finding *f)
{
	rc_prove_self(c, f, rc_is_answered(c) ? client_answer : client_silence);
}

void rc_prove_forwarder(struct rc_finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		struct rc_evidence *e = &f->evidence[i];
		if (e->fact == client_answer)
			e->fact = "the forwarder's answer";
		else if (e->fact == client_silence)
			e->fact = "the forwarder got no answer";
	}
}

static const char *copy_text(struct rc_case *c, const char *text, size_t len)
{
	char *copy = rc_arena_take(c->arena, len + 1);
	if (copy == NULL)
		return "";
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void rc_prove_report(struct rc_case *c, struct rc_finding *f)
{
	char code[RC_CODE_TEXT_MAX];
	const struct rc_error_report *r = rc_arena_copy(c->arena, c->report, sizeof *c->report);
	if (r != NULL)
		rc_prove(c, f, &r->x, &r->name, NULL,
			 rc_say(c, "the resolver reports EDE %u (%s) of it, RFC 9567", r->code,
				rc_code_name(&rc_ede_codes, r->code, code)));
}

/* RFC 792, RFC 4443: it was sent round until its hops were used up. */
static bool is_time_exceeded(const struct rc_exchange *x)
{
	return x->icmp_type == (rc_addr_is_v4(&x->server) ? 11 : 3);
}

static const char *fact_of(struct rc_case *c, const struct rc_link *link)
{
	const struct rc_exchange *x = link->x;
	switch (link->outcome) {
	case RC_OUT_TIMEOUT:
		return rc_exchange_answered(x) ? rc_say(c, "answered after %s, too late",
							rc_say_duration(c, rc_exchange_took_ns(x)))
		       : x->attempts == 1      ? "no answer to 1 query"
					       : rc_say(c, "no answer to %u queries", x->attempts);
	case RC_OUT_ICMP:
		return rc_say(c, "ICMP %s (type %u, code %u)",
			      is_time_exceeded(x) ? "time exceeded" : "unreachable", x->icmp_type,
			      x->icmp_code);
	case RC_OUT_TCP_FAILED:
		return rc_is_truncated(x)
			       ? "truncated (TC=1), and the TCP connection that followed failed"
			       : "the TCP connection failed";
	case RC_OUT_MISMATCHED:
		return x->marks & RC_X_WRONG_ID         ? "a reply came with another ID"
		       : x->marks & RC_X_WRONG_QUESTION ? "a reply came with another question"
		       : x->marks & RC_X_SENT_BACK      ? "the query came back as it was (QR=0)"
		       : !rc_exchange_answered(x)       ? "a reply came from another address"
		       : !link->answer->has_question    ? "a reply came without a question"
		       : link->answer->counts[RC_QUESTION] > 1
			       ? "a reply came with several questions"
			       : "a reply came with records of other names alone";
	case RC_OUT_FRAGMENTS:
		return "the reply's fragments never completed";
	case RC_OUT_LAME:
		return x->answer.rcode == RC_RCODE_NOTAUTH
			       ? "it says that it is not authoritative (NOTAUTH)"
			       : "not authoritative: no answer and no referral downwards";
	default:
		return rc_outcome_word(link->outcome);
	}
}

void rc_prove_origin(struct rc_case *c, struct rc_finding *f, const struct rc_origin *o,
		     const char *fact)
{
	if (o->client != NULL) {
		rc_prove(c, f, o->client->x, o->client->name, NULL, fact);
		return;
	}
	/* The book keeps copies of what the lineage has too: then the exchange says more. */
	const struct rc_link *link = o->link;
	for (size_t i = 0; link == NULL && i < c->n_links; i++)
		if (c->links[i].x->end_frame == o->frame && c->links[i].x->end_source == o->source)
			link = &c->links[i];
	if (link != NULL) {
		rc_prove(c, f, link->x, &link->name->name, NULL, fact);
		return;
	}
	if (f->n_evidence == RC_EVIDENCE_MAX)
		return;
	f->evidence[f->n_evidence++] = (struct rc_evidence){
		.frame = o->frame,
		.source = o->source,
		.ts_ns = o->ts_ns,
		.from = o->asker,
		.to = o->server,
		.name = &o->msg->qname,
		.qtype = o->msg->qtype,
		.outcome = "seen_before",
		.rcode = o->msg->rcode,
		.rtt_ns = -1,
		.fact = fact,
	};
}

void rc_prove_connection(struct rc_case *c, struct rc_finding *f,
			 const struct rc_exchange *connection)
{
	bool refused = rc_is_refused(connection);
	for (size_t i = 0; i < f->n_evidence; i++) /* of several questions that it was to serve */
		if (f->evidence[i].query_frame == connection->first_frame &&
		    f->evidence[i].source == connection->first_source)
			return;
	rc_prove(c, f, connection, NULL, refused ? "tcp_failed" : "timeout",
		 refused ? "the connection that followed"
			 : rc_say(c, "no answer to %u %s", connection->attempts,
				  connection->attempts == 1 ? "SYN" : "SYNs"));
}

/* Of an answer that sent its asker to TCP: the connection that failed. */
static void prove_retry(struct rc_case *c, struct rc_finding *f, const struct rc_exchange *x)
{
	const struct rc_exchange *connection;
	if (rc_retry_find(c->recorder, x, c->packet_ns, &connection) == RC_RETRY_FAILED)
		rc_prove_connection(c, f, connection);
}

void rc_prove_zone(struct rc_case *c, struct rc_finding *f, size_t zone, enum rc_outcome outcome)
{
	unsigned shown = 0;
	if (c->weighing)
		return;
	rc_prove_client(c, f);
	for (size_t i = 0; i < c->n_links && shown < PROOFS_MAX; i++) {
		const struct rc_link *link = &c->links[i];
		if (link->zone != zone || link->outcome != outcome)
			continue;
		rc_prove(c, f, link->x, &link->name->name, rc_outcome_word(outcome),
			 fact_of(c, link));
		if (outcome == RC_OUT_TCP_FAILED)
			prove_retry(c, f, link->x);
		shown++;
	}
}

const char *rc_say_zone(struct rc_case *c, const struct rc_zone_view *z)
{
	return z->name.len > 0 ? rc_say(c, "the zone %s", rc_say_name(c, &z->name))
			       : rc_say(c, "%s", rc_say_name(c, c->qname));
}

static void prove_serial(struct rc_case *c, struct rc_finding *f, const struct rc_zone_serials *z,
			 const struct rc_serial *serial)
{
	const struct rc_name *zone = rc_arena_copy(c->arena, &z->name, sizeof z->name);
	const struct rc_name *asked = rc_arena_copy(c->arena, &serial->name, sizeof serial->name);
	rc_prove(c, f, &serial->x, asked, NULL,
		 rc_say(c, "serial %u of %s", serial->value, rc_say_name(c, zone)));
}

void rc_prove_serials(struct rc_case *c, struct rc_finding *f, const struct rc_zone_serials *z)
{
	prove_serial(c, f, z, &z->older);
	prove_serial(c, f, z, &z->newest);
}

const char *rc_say_name(struct rc_case *c, const struct rc_name *name)
{
	char text[RC_NAME_TEXT_MAX + 1];
	if (name == NULL || name->len == 0)
		return "(no name)";
	if (c->weighing)
		return "";
	return copy_text(c, text, rc_name_format(name, text));
}

const char *rc_say_addr(struct rc_case *c, const struct rc_addr *addr)
{
	char text[RC_ADDR_TEXT_MAX];
	c->names_client = c->names_client || (!c->weighing && addr == &c->x->asker);
	return c->weighing ? "" : copy_text(c, text, rc_addr_put(addr, text));
}

const char *rc_say_type(struct rc_case *c, uint16_t type)
{
	char text[RC_CODE_TEXT_MAX];
	const char *name = rc_code_name(&rc_types, type, text);
	return c->weighing ? "" : copy_text(c, name, strlen(name));
}

const char *rc_say_duration(struct rc_case *c, int64_t ns)
{
	char text[32];
	if (c->weighing)
		return "";
	/* Less than nothing where the clock of the sensor was set back. */
	const char *said = copy_text(c, text,
				     rc_duration_format(ns < 0 ? 0 : ns, text, sizeof text));
	if (ns == rc_exchange_took_ns(c->x))
		c->took = said;
	return said;
}

/* Which zone it is may not be known, but what was asked for lies in it: and dig finds it by that. */
static const char *zone_of(struct rc_case *c, const struct rc_finding *f, bool command)
{
	if (f->zone != NULL)
		return rc_say_name(c, f->zone);
	if (c->qname == NULL || c->qname->len == 0)
		return NULL;
	return rc_say(c, command ? "%s" : "the zone of %s", rc_say_name(c, c->qname));
}

static const char *value_of(struct rc_case *c, const struct rc_finding *f, bool command,
			    const char *key, size_t len)
{
	if (strncmp(key, "zone", len) == 0)
		return zone_of(c, f, command);
	if (strncmp(key, "server", len) == 0)
		return rc_say_addr(c, f->server != NULL ? f->server : &c->x->server);
	if (strncmp(key, "resolver", len) == 0)
		return rc_say_addr(c, &c->x->server);
	if (strncmp(key, "client", len) == 0)
		return rc_say_addr(c, &c->x->asker);
	if (strncmp(key, "qname", len) == 0)
		return rc_say_name(c, c->qname);
	if (strncmp(key, "qtype", len) == 0)
		return rc_say_type(c, c->x->qtype);
	return NULL;
}

const char *rc_say_expand(struct rc_case *c, const struct rc_finding *f, bool command,
			  const char *text)
{
	const char *open = strchr(text, '{');
	const char *close = open == NULL ? NULL : strchr(open, '}');
	if (close == NULL)
		return text;
	const char *value = value_of(c, f, command, open + 1, (size_t)(close - open - 1));
	if (value == NULL)
		value = rc_say(c, "<%.*s>", (int)(close - open - 1), open + 1);
	return rc_say(c, "%.*s%s%s", (int)(open - text), text, value,
		      rc_say_expand(c, f, command, close + 1));
}
