/*
 * rcause: why did this DNS query fail? What the command line asks for, each in one function.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "capture/capture.h"
#include "decode/codes.h"
#include "emit/explain.h"
#include "run.h"

static void print_interface(void *context, const char *name, const char *text)
{
	(void)context;
	printf("%-15s %s\n", name, text);
}

static int list_interfaces(void)
{
	int err = rc_capture_list_interfaces(print_interface, NULL);
	if (err != RC_OK)
		fprintf(stderr, "rcause: -D: %s\n", rc_err_text(err));
	return err == RC_OK ? 0 : RC_EXIT_FAILED;
}

static int explain(const struct rc_options *options)
{
	const char *unknown = rc_explain_words(stdout, options->words, options->n_words);
	if (unknown != NULL)
		fprintf(stderr, "rcause: --explain: %s: no such RCODE, EDE code or cause\n",
			unknown);
	return unknown == NULL ? 0 : RC_EXIT_USAGE;
}

static int run_mode(const struct rc_options *options)
{
	switch (options->mode) {
	case RC_MODE_HELP:
		rc_options_usage();
		return 0;
	case RC_MODE_VERSION:
		printf("rcause %s, event schema %d, IANA DNS parameters of %s\n", RC_VERSION,
		       RC_SCHEMA_VERSION, RC_CODES_DATE);
		return 0;
	case RC_MODE_INTERFACES:
		return list_interfaces();
	case RC_MODE_EXPLAIN:
		return explain(options);
	case RC_MODE_CAUSES:
		rc_causes_text(stdout);
		return 0;
	case RC_MODE_CAUSES_JSON:
		return rc_causes_json(stdout) == RC_OK ? 0 : RC_EXIT_FAILED;
	case RC_MODE_SCHEMA:
		return rc_run_schema();
	default:
		return rc_run(options);
	}
}

int main(int argc, char **argv)
{
	struct rc_options options;
	int status = RC_EXIT_USAGE;
	if (rc_options_parse(argc, argv, &options) == RC_OK) {
		status = run_mode(&options);
		if (options.mode != RC_MODE_RUN && (fflush(stdout) != 0 || ferror(stdout))) {
			fprintf(stderr, "rcause: standard output: %s\n", strerror(errno));
			status = RC_EXIT_FAILED;
		}
	}
	rc_options_free(&options);
	return status;
}
