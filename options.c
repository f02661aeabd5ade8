#include "options.h"

#include <getopt.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"

#define TIMEOUT_DEFAULT_NS (45 * RC_NS_PER_S) /* Unbound's slowest SERVFAILs take as long */
#define SECONDS_MAX 86400.0
#define THREADS_MAX 2u
#define NOT_BUILT "not built in yet"

/* Takes one option's argument; NULL, or one phrase saying why not. */
typedef const char *(*apply_fn)(struct rc_options *o, const char *arg);

struct option_row {
	const char *name; /* long name */
	char letter;      /* 0: none */
	int has_arg;
	const char *arg, *help; /* help NULL: hidden */
	apply_fn apply;
};

static const char *add(struct rc_option_list *list, const char *arg)
{
	if (list->n >= RC_OPTION_REPEATS_MAX)
		return "given too often";
	if (*arg == '\0')
		return "is empty";
	if (list->items == NULL)
		list->items = calloc(RC_OPTION_REPEATS_MAX, sizeof *list->items);
	if (list->items == NULL)
		return "out of memory";
	list->items[list->n++] = arg;
	return NULL;
}

static const char *on_iface(struct rc_options *o, const char *arg)
{
	return add(&o->ifaces, arg);
}

static const char *on_read(struct rc_options *o, const char *arg)
{
	return add(&o->files, arg);
}

static const char *on_output(struct rc_options *o, const char *arg)
{
	const char *why;
	return rc_emit_check_sink(arg, &why) == RC_OK ? add(&o->sinks, arg) : why;
}

/* Calls each for every part between commas; stops at the first error. */
static const char *each_part(struct rc_options *o, const char *arg, apply_fn each)
{
	char part[128];
	const char *why = NULL;
	for (const char *p = arg; why == NULL;) {
		size_t len = strcspn(p, ",");
		if (len == 0 || len >= sizeof part)
			return "has an empty or too long part";
		memcpy(part, p, len);
		part[len] = '\0';
		why = each(o, part);
		if (p[len] == '\0')
			break;
		p += len + 1;
	}
	return why;
}

static const char *emit_part(struct rc_options *o, const char *part)
{
	static const struct {
		const char *name;
		unsigned bit;
	} kinds[] = {
		{"failures", RC_EMIT_FAILURES},
		{"incidents", RC_EMIT_INCIDENTS},
		{"stats", RC_EMIT_STATS},
		{"upstream", RC_EMIT_UPSTREAM},
		{"transactions", RC_EMIT_TRANSACTIONS},
		{"malformed", RC_EMIT_MALFORMED},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].name, part) == 0) {
			o->emit |= kinds[i].bit;
			return NULL;
		}
	}
	return "use failures, incidents, stats, upstream, transactions, malformed";
}

static const char *on_emit(struct rc_options *o, const char *arg)
{
	o->emit = 0;
	return each_part(o, arg, emit_part);
}

static const char *on_include(struct rc_options *o, const char *arg)
{
	o->include_nxdomain = true;
	return strcmp(arg, "nxdomain") == 0 ? NULL : "only nxdomain can be included";
}

/* A whole number in [least, most]; false if it is none. */
static bool parse_number(const char *text, unsigned long long least, unsigned long long most,
			 unsigned long long *ret_value)
{
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	unsigned long long value = strtoull(text, &end, 10);
	if (*end != '\0' || value < least || value > most)
		return false;
	*ret_value = value;
	return true;
}

static const char *port_part(struct rc_options *o, const char *part)
{
	unsigned long long port;
	if (o->n_ports == RC_OPTION_PORTS_MAX)
		return "too many ports";
	if (!parse_number(part, 1, 65535, &port))
		return "not a port number";
	o->ports[o->n_ports++] = (uint16_t)port;
	return NULL;
}

static const char *on_port(struct rc_options *o, const char *arg)
{
	o->n_ports = 0;
	return each_part(o, arg, port_part);
}

static const char *parse_seconds(const char *arg, int64_t *ret_ns)
{
	char *end;
	double s = strtod(arg, &end);
	if (end == arg || *end != '\0' || !isfinite(s) || s < 0 || s > SECONDS_MAX)
		return "not a number of seconds";
	*ret_ns = (int64_t)(s * 1e9);
	return NULL;
}

static const char *on_timeout(struct rc_options *o, const char *arg)
{
	const char *why = parse_seconds(arg, &o->timeout_ns);
	return why == NULL && o->timeout_ns == 0 ? "must be above 0" : why;
}

static const char *on_hold(struct rc_options *o, const char *arg)
{
	return parse_seconds(arg, &o->hold_ns);
}

static const char *on_stats_interval(struct rc_options *o, const char *arg)
{
	return parse_seconds(arg, &o->stats_interval_ns);
}

static const char *parse_addrs(const char *text, struct rc_resolver_decl *decl)
{
	struct rc_addr *addrs = calloc(RC_OPTION_RESOLVER_ADDRS_MAX, sizeof *addrs);
	if (addrs == NULL)
		return "out of memory";
	decl->addrs = addrs;
	for (const char *p = text;;) {
		char part[RC_ADDR_TEXT_MAX];
		size_t len = strcspn(p, ",");
		if (decl->n_addrs == RC_OPTION_RESOLVER_ADDRS_MAX)
			return "too many addresses";
		snprintf(part, sizeof part, "%.*s", (int)len, p);
		if (len >= sizeof part || rc_addr_parse(part, &addrs[decl->n_addrs]) != RC_OK)
			return "not an IP address";
		decl->n_addrs++;
		if (p[len] == '\0')
			return NULL;
		p += len + 1;
	}
}

static const char *on_resolver(struct rc_options *o, const char *arg)
{
	const char *equals = strchr(arg, '=');
	if (equals == NULL || equals == arg)
		return "use NAME=ADDR[,ADDR...]";
	if (o->resolvers == NULL)
		o->resolvers = calloc(RC_OPTION_RESOLVERS_MAX, sizeof *o->resolvers);
	if (o->resolvers == NULL)
		return "out of memory";
	if (o->n_resolvers == RC_OPTION_RESOLVERS_MAX)
		return "too many resolvers";
	struct rc_resolver_decl *decl = &o->resolvers[o->n_resolvers];
	decl->name = strndup(arg, (size_t)(equals - arg));
	if (decl->name == NULL)
		return "out of memory";
	o->n_resolvers++;
	return parse_addrs(equals + 1, decl);
}

static const char *on_trust_anchor(struct rc_options *o, const char *arg)
{
	o->trust_anchor_path = arg;
	return NULL;
}

static const char *on_memory(struct rc_options *o, const char *arg)
{
	static const char units[] = "KMG";
	char digits[24];
	size_t len = strlen(arg);
	const char *unit = len == 0 ? NULL : strchr(units, arg[len - 1]);
	unsigned long long value;
	unsigned shift = 0;
	if (len == 0 || len >= sizeof digits)
		return "not a size";
	if (unit != NULL) {
		shift = 10u * (unsigned)(unit - units + 1);
		len--;
	}
	memcpy(digits, arg, len);
	digits[len] = '\0';
	if (!parse_number(digits, 1, (SIZE_MAX >> 1) >> shift, &value))
		return "not a size; use a number of bytes, or with K, M or G";
	o->memory_bytes = (size_t)value << shift;
	return o->memory_bytes < RC_MEMORY_MIN ? "too small: at least 16M" : NULL;
}

static const char *on_threads(struct rc_options *o, const char *arg)
{
	unsigned long long value;
	if (!parse_number(arg, 1, THREADS_MAX, &value))
		return "use 1 or 2";
	o->threads = (unsigned)value;
	return NULL;
}

static const char *on_buffer(struct rc_options *o, const char *arg)
{
	unsigned long long value;
	if (!parse_number(arg, 1, INT32_MAX, &value))
		return "not a number of KiB";
	o->buffer_kib = (int)value;
	return NULL;
}

static const char *on_from(struct rc_options *o, const char *arg)
{
	return rc_time_parse(arg, &o->from_ns) == RC_OK ? NULL : "not an RFC 3339 time";
}

static const char *on_to(struct rc_options *o, const char *arg)
{
	return rc_time_parse(arg, &o->to_ns) == RC_OK ? NULL : "not an RFC 3339 time";
}

static const char *on_user(struct rc_options *o, const char *arg)
{
	o->user = arg;
	return NULL;
}

static const char *on_format(struct rc_options *o, const char *arg)
{
	(void)o;
	if (strcmp(arg, "ecs") == 0)
		return NULL;
	return strcmp(arg, "ocsf") == 0 ? NOT_BUILT : "use ecs or ocsf";
}

static const char *on_not_built(struct rc_options *o, const char *arg)
{
	(void)o;
	(void)arg;
	return NOT_BUILT;
}

static const char *set_mode(struct rc_options *o, enum rc_mode mode)
{
	if (o->mode != RC_MODE_RUN && o->mode != mode)
		return "does not go together with the option before";
	o->mode = mode;
	return NULL;
}

static const char *on_explain(struct rc_options *o, const char *arg)
{
	(void)arg;
	return set_mode(o, RC_MODE_EXPLAIN);
}

static const char *on_causes(struct rc_options *o, const char *arg)
{
	if (arg == NULL)
		return set_mode(o, RC_MODE_CAUSES);
	return strcmp(arg, "json") == 0 ? set_mode(o, RC_MODE_CAUSES_JSON) : "use --causes=json";
}

static const char *on_schema(struct rc_options *o, const char *arg)
{
	(void)arg;
	return set_mode(o, RC_MODE_SCHEMA);
}

static const char *on_interfaces(struct rc_options *o, const char *arg)
{
	(void)arg;
	return set_mode(o, RC_MODE_INTERFACES);
}

static const char *on_help(struct rc_options *o, const char *arg)
{
	(void)arg;
	return set_mode(o, RC_MODE_HELP);
}

static const char *on_version(struct rc_options *o, const char *arg)
{
	(void)arg;
	return set_mode(o, RC_MODE_VERSION);
}

static const char *on_quiet(struct rc_options *o, const char *arg)
{
	(void)arg;
	o->quiet = true;
	return NULL;
}

static const char *on_verbose(struct rc_options *o, const char *arg)
{
	(void)arg;
	o->verbose = true;
	return NULL;
}

#define YES required_argument
#define NO no_argument

static const struct option_row rows[] = {
	{"read", 'r', YES, "FILE",
	 "read a capture: pcap or pcapng, a directory of them, - for stdin", on_read},
	{"interface", 'i', YES, "IFACE", "capture live", on_iface},
	{"output", 'o', YES, "SINK", "json:PATH, report:PATH (- is stdout); default json:-",
	 on_output},
	{"format", 0, YES, "ecs|ocsf", "shape of JSON events; default ecs", on_format},
	{"emit", 0, YES, "LIST",
	 "failures,incidents,stats (these by default),upstream,transactions,malformed", on_emit},
	{"include", 0, YES, "nxdomain", "treat NXDOMAIN as a failure too", on_include},
	{"port", 0, YES, "N[,N]", "DNS ports; default 53", on_port},
	{"timeout", 0, YES, "SECONDS", "unanswered by then is a failure; default 45", on_timeout},
	{"hold", 0, YES, "SECONDS",
	 "how long a failure waits for later evidence; default 0.5 live, 60 for files", on_hold},
	{"resolver", 0, YES, "NAME=ADDR[,ADDR...]", "these addresses are one resolver",
	 on_resolver},
	{"trust-anchor", 0, YES, "FILE", "DS or DNSKEY records; default the root's",
	 on_trust_anchor},
	{"memory", 0, YES, "SIZE", "ceiling for all tables, with K, M or G; default 512M",
	 on_memory},
	{"threads", 0, YES, "1|2",
	 "2: read and decode in a thread of its own; default if there are two cores", on_threads},
	{"buffer-size", 'B', YES, "KIB", "kernel buffer of each interface", on_buffer},
	{"from", 0, YES, "TIME", "skip packets before this RFC 3339 time", on_from},
	{"to", 0, YES, "TIME", "skip packets after it", on_to},
	{"stats-interval", 0, YES, "SECONDS",
	 "counters so often; default 60 live, once at the end for files", on_stats_interval},
	{"user", 0, YES, "NAME", "run as this user once the inputs are open", on_user},
	{"quiet", 'q', NO, NULL, "no progress line", on_quiet},
	{"verbose", 'v', NO, NULL, "a summary on standard error at the end", on_verbose},
	{"list-interfaces", 'D', NO, NULL, "list interfaces", on_interfaces},
	{"explain", 0, NO, NULL, "explain RCODEs, EDE codes and causes named behind it",
	 on_explain},
	{"causes", 0, optional_argument, "json", "list the causes", on_causes},
	{"help", 'h', NO, NULL, "this text", on_help},
	{"version", 'V', NO, NULL, "version", on_version},
	{"schema", 0, NO, NULL, NULL, on_schema},
	{"follow", 0, NO, NULL, NULL, on_not_built},
	{"anonymize", 0, YES, NULL, NULL, on_not_built},
};

#define N_ROWS (sizeof rows / sizeof *rows)
#define VALUE_BASE 256 /* getopt's value of a row: above every letter */

void rc_options_usage(void)
{
	printf("rcause says why DNS queries failed, from packets alone.\n\n"
	       "  rcause [options] -r FILE [-r FILE ...] [FILTER]     read captures\n"
	       "  rcause [options] -i IFACE [-i IFACE ...] [FILTER]   capture live\n"
	       "  rcause --explain [CODE ...]                         explain a code or cause\n\n"
	       "FILTER is a BPF expression, as tcpdump takes it.\n\n");
	for (size_t i = 0; i < N_ROWS; i++) {
		char left[64], letter[8] = "    ";
		const char *arg = rows[i].arg == NULL ? "" : rows[i].arg;
		if (rows[i].help == NULL)
			continue;
		if (rows[i].letter != 0)
			snprintf(letter, sizeof letter, "-%c, ", rows[i].letter);
		snprintf(left, sizeof left, "%s--%s%s%s%s", letter, rows[i].name,
			 rows[i].has_arg == optional_argument ? "[="
			 : *arg != '\0'                       ? " "
							      : "",
			 arg, rows[i].has_arg == optional_argument ? "]" : "");
		if (strlen(left) > 26)
			printf("  %s\n  %-26s %s\n", left, "", rows[i].help);
		else
			printf("  %-26s %s\n", left, rows[i].help);
	}
	printf("\nExit status: 0 finished, 1 an input or output failed, 2 wrong usage.\n");
}

static const struct option_row *find_row(int value)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (value == VALUE_BASE + (int)i || (value < VALUE_BASE && value == rows[i].letter))
			return &rows[i];
	}
	return NULL;
}

static int complain(const char *what, const char *value, const char *why)
{
	fprintf(stderr, "rcause: %s%s%s: %s\n", what, value == NULL ? "" : " ",
		value == NULL ? "" : value, why);
	return RC_E_SYNTAX;
}

static int read_options(int argc, char **argv, struct rc_options *o)
{
	struct option longs[N_ROWS + 1] = {{0}};
	char shorts[2 * N_ROWS + 2] = ":", name[64];
	size_t n = 1;
	int value;
	for (size_t i = 0; i < N_ROWS; i++) {
		longs[i] = (struct option){rows[i].name, rows[i].has_arg, NULL,
					   VALUE_BASE + (int)i};
		if (rows[i].letter != 0)
			shorts[n++] = rows[i].letter;
		if (rows[i].letter != 0 && rows[i].has_arg == YES)
			shorts[n++] = ':';
	}
	opterr = 0;
	while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_row *row = find_row(value == ':' ? optopt : value);
		if (row == NULL)
			return complain(argv[optind - 1], NULL, "unknown option; see --help");
		if ((value == ':' ? optopt : value) >= VALUE_BASE)
			snprintf(name, sizeof name, "--%s", row->name);
		else
			snprintf(name, sizeof name, "-%c", row->letter);
		const char *why = value == ':' ? "needs an argument" : row->apply(o, optarg);
		if (why != NULL)
			return complain(name, value == ':' ? NULL : optarg, why);
	}
	return RC_OK;
}

static int join_filter(struct rc_options *o)
{
	size_t len = 1, at = 0;
	for (size_t i = 0; i < o->n_words; i++)
		len += strlen(o->words[i]) + 1;
	o->filter = malloc(len);
	if (o->filter == NULL)
		return complain("filter", NULL, rc_err_text(RC_E_NOMEM));
	for (size_t i = 0; i < o->n_words; i++)
		at += (size_t)snprintf(o->filter + at, len - at, "%s%s", i > 0 ? " " : "",
				       o->words[i]);
	return RC_OK;
}

static int check_run(struct rc_options *o)
{
	if (o->files.n == 0 && o->ifaces.n == 0)
		return complain("usage", NULL, "rcause -r FILE or rcause -i IFACE; see --help");
	if (o->files.n > 0 && o->ifaces.n > 0)
		return complain("-r", NULL, "does not go together with -i");
	if (o->from_ns > o->to_ns)
		return complain("--from", NULL, "is later than --to");
	return o->n_words > 0 ? join_filter(o) : RC_OK;
}

static unsigned threads_of_machine(void)
{
	cpu_set_t cores;
	return sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) == 1
		       ? 1
		       : THREADS_MAX;
}

int rc_options_parse(int argc, char **argv, struct rc_options *ret_options)
{
	*ret_options = (struct rc_options){
		.emit = RC_EMIT_DEFAULT,
		.ports = {53},
		.n_ports = 1,
		.timeout_ns = TIMEOUT_DEFAULT_NS,
		.hold_ns = -1,
		.stats_interval_ns = -1,
		.to_ns = INT64_MAX,
		.memory_bytes = (size_t)RC_MEMORY_DEFAULT,
		.threads = threads_of_machine(),
	};
	int err = read_options(argc, argv, ret_options);
	if (err != RC_OK)
		return err;
	ret_options->words = argv + optind;
	ret_options->n_words = (size_t)(argc - optind);
	return ret_options->mode == RC_MODE_RUN ? check_run(ret_options) : RC_OK;
}

void rc_options_free(struct rc_options *options)
{
	for (size_t i = 0; i < options->n_resolvers; i++) {
		free((void *)(uintptr_t)options->resolvers[i].name);
		free((void *)(uintptr_t)options->resolvers[i].addrs);
	}
	free(options->resolvers);
	free(options->files.items);
	free(options->ifaces.items);
	free(options->sinks.items);
	free(options->filter);
}
