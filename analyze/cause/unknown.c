/*
 * What is said when nothing can be said: which part of the story the capture does not hold.
 */
#include "analyze/cause/rule.h"
#include "analyze/infer/tls.h"

#define SAID_MAX 80u /* octets of its text: the event has the whole of it beside this */

static bool capture_lost(const struct rc_case *c)
{
	return (c->x->marks & RC_X_LOST) != 0;
}

static const char *outcome_text(struct rc_case *c)
{
	char code[RC_CODE_TEXT_MAX];
	if (!rc_is_answered(c))
		return "no answer";
	return rc_say(c, "%s", rc_code_name(&rc_rcodes, c->x->answer.rcode, code));
}

/* What the server itself says of it (RFC 8914), be it too little to name a cause. */
static const char *own_words(struct rc_case *c)
{
	char text[SAID_MAX + 1];
	if (c->weighing || c->answer == NULL || c->answer->edns.n_ede == 0)
		return "";
	const struct rc_ede *ede = &c->answer->edns.ede[0];
	const struct rc_code *code = rc_code_find(&rc_ede_codes, ede->code);
	struct rc_cursor cursor = rc_cursor_init(c->answer->wire, c->answer->len);
	size_t len = ede->text_len < SAID_MAX ? ede->text_len : SAID_MAX;
	rc_cursor_seek(&cursor, ede->text_off);
	const uint8_t *said = rc_cursor_bytes(&cursor, (uint32_t)len);
	len = said == NULL ? 0 : len;
	for (size_t i = 0; i < len; i++)
		text[i] = said[i] > ' ' && said[i] < 127 ? (char)said[i] : ' ';
	text[len] = '\0';
	return rc_say(c, " It says itself: EDE %u (%s)%s%s.", ede->code,
		      code != NULL ? code->name : "not assigned", len > 0 ? ": " : "", text);
}

/* These two never claim anything: confidence NONE with an explanation is what the engine falls back to. */
static enum rc_confidence test_loss(const struct rc_rule *rule, struct rc_case *c,
				    struct rc_finding *f)
{
	(void)rule;
	if (rc_case_question_cut(c)) {
		f->explanation = rc_say(c,
					"%s from %s; the capture holds too little of each frame to "
					"say what was asked.",
					outcome_text(c), rc_say_addr(c, &c->x->server));
		rc_prove_self(c, f, "the frame is cut within the question");
		return RC_CONF_NONE;
	}
	if (!capture_lost(c))
		return RC_CONF_NONE;
	bool gap = (c->x->marks & RC_X_GAP) != 0;
	f->explanation = rc_say(
		c, "%s for %s; %s, so what is missing may just not have been captured.",
		outcome_text(c), rc_say_name(c, c->qname),
		gap ? "segments of its TCP connection are not in the capture"
		    : "the sensor dropped packets at that time");
	rc_prove_self(c, f,
		      gap ? "octets of the server's TCP stream are missing in the capture"
			  : "packets were dropped by the kernel while this ran");
	return RC_CONF_NONE;
}

static const struct rc_advice over_tls = {
	.fix = {"Look in the log of {resolver}, or at {server}: what is asked over TLS cannot be "
		"read from packets."},
	.next_steps = {"kdig +tls @{server} {qname} {qtype}"},
};

/* A forwarder over TLS: why it fails stays between it and the server that it asks. */
static bool asks_over_tls(struct rc_case *c, struct rc_finding *f)
{
	struct rc_tls_use use;
	rc_tls_look(c, &use);
	if (use.alive == NULL)
		return false;
	f->server = rc_arena_copy(c->arena, &use.alive->server, sizeof use.alive->server);
	f->advice = &over_tls;
	f->explanation = rc_say(c,
				"%s for %s from %s, which asks %s over TLS: what it asked and got "
				"there cannot be read.%s",
				outcome_text(c), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->server), rc_say_addr(c, &use.alive->server),
				own_words(c));
	rc_prove_self(c, f, "the client's exchange is all there is to read");
	return true;
}

static enum rc_confidence test_upstream(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	(void)rule;
	if (c->upstream_visible || c->x->opcode != RC_OPCODE_QUERY)
		return RC_CONF_NONE;
	if (asks_over_tls(c, f))
		return RC_CONF_NONE;
	f->explanation = rc_say(c,
				"%s for %s from %s; none of that server's own queries are in the "
				"capture, so its reason is not visible.%s",
				outcome_text(c), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->server), own_words(c));
	rc_prove_self(c, f, "the client's exchange is all there is");
	return RC_CONF_NONE;
}

static enum rc_confidence test_evidence(const struct rc_rule *rule, struct rc_case *c,
					struct rc_finding *f)
{
	(void)rule;
	f->explanation = rc_say(c, "%s for %s from %s; nothing in the capture says why.%s",
				outcome_text(c), rc_say_name(c, c->qname),
				rc_say_addr(c, &c->x->server), own_words(c));
	rc_prove_self(c, f, "no packet that explains it was found");
	return RC_CONF_NONE;
}

#define ROW(slug_, title_, when_, truth_, party_, fix_, next_, rank_, test_) \
	{ \
		.cause = {.slug = slug_, \
			  .title = title_, \
			  .when = when_, \
			  truth_, \
			  .responsible = party_, \
			  .severity = RC_SEVERITY_MEDIUM, \
			  .fix = {fix_}, \
			  .next_steps = {next_}, \
			  .reference = "docs/causes.md"}, \
		.rank = rank_, .rcodes = RC_ON_ANY, .opcodes = RC_OPCODES_ALL, .test = test_, \
	}

static const struct rc_rule rules[] = {
	ROW("unknown.capture_loss", "packets were lost in the capture",
	    "Nothing else explains it, and the kernel dropped packets while it ran, or segments of "
	    "its TCP connection are missing; or the frames are cut within the question.",
	    RC_TRUTH(NULL, NULL, NULL,
		     {"no_answer.server_silent", "no packet was dropped by the sensor meanwhile"}),
	    RC_PARTY_NOBODY,
	    "Give the sensor a larger buffer (-B) or a narrower filter, and capture whole frames.",
	    "ethtool -S IFACE", 900, test_loss),
	ROW("unknown.upstream_not_visible", "the server's own queries are not in the capture",
	    "Nothing the server asked others is in the capture, and its answer says no more.",
	    RC_TRUTH(NULL, NULL, NULL,
		     {"unknown.no_evidence", "the server's own queries are in the capture"}),
	    RC_PARTY_RESOLVER_OPERATOR,
	    "Capture the upstream side of {server} too, or declare its other addresses with "
	    "--resolver.",
	    "dig @{server} {qname} {qtype} +cd", 910, test_upstream),
	ROW("unknown.no_evidence", "nothing in the capture says why",
	    "The server's upstream side is visible, and none of it explains the failure.",
	    RC_TRUTH(NULL, NULL, NULL,
		     {"unknown.upstream_not_visible",
		      "none of the server's own queries is in the capture"},
		     {"resolver.internal", "a complete answer from upstream was seen"}),
	    RC_PARTY_RESOLVER_OPERATOR, "Look in the log of {server} for {qname} at this time.",
	    "dig @{server} {qname} {qtype} +cd", 920, test_evidence),
};

const struct rc_rule_family rc_rules_unknown = {rules, sizeof rules / sizeof *rules};
