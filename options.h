/*
 * The command line: one row of a table for each option (options.c).
 */
#ifndef RC_OPTIONS_H
#define RC_OPTIONS_H

#include "analyze/engine.h"
#include "emit/emit.h"

#define RC_EXIT_FAILED 1
#define RC_EXIT_USAGE 2

enum rc_mode {
	RC_MODE_RUN,
	RC_MODE_HELP,
	RC_MODE_VERSION,
	RC_MODE_INTERFACES,
	RC_MODE_EXPLAIN,
	RC_MODE_CAUSES,
	RC_MODE_CAUSES_JSON,
	RC_MODE_SCHEMA,
};

#define RC_OPTION_REPEATS_MAX 4096u /* -r, -i, -o: as many as there may be sources */
#define RC_OPTION_PORTS_MAX 16u     /* the decoder's limit */
#define RC_OPTION_RESOLVERS_MAX 64u
#define RC_OPTION_RESOLVER_ADDRS_MAX 32u

struct rc_option_list {
	const char **items;
	size_t n;
};

struct rc_options {
	enum rc_mode mode;
	struct rc_option_list files, ifaces, sinks;
	char **words; /* behind the options: BPF filter or what to explain */
	size_t n_words;
	char *filter; /* the words joined; NULL none */
	unsigned emit;
	bool include_nxdomain;
	uint16_t ports[RC_OPTION_PORTS_MAX];
	size_t n_ports;
	int64_t timeout_ns, hold_ns, stats_interval_ns; /* hold, stats: -1 not given */
	int64_t from_ns, to_ns;
	size_t memory_bytes;
	int buffer_kib;
	unsigned threads; /* 1: all in one; 2: one of its own to read and decode */
	const char *user, *trust_anchor_path;
	struct rc_resolver_decl *resolvers;
	size_t n_resolvers;
	bool quiet, verbose;
};

/*
 * Reads the command line. RC_OK, or RC_E_SYNTAX after one line on standard error. Free with
 * rc_options_free in either case.
 */
int rc_options_parse(int argc, char **argv, struct rc_options *ret_options);
void rc_options_free(struct rc_options *options);

/* The text of --help, from the table. */
void rc_options_usage(void);

#endif
