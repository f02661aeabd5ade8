/*
 * One analysis from its options to its exit status, and what of it can be told without packets (run.c).
 */
#ifndef RC_RUN_H
#define RC_RUN_H

#include "options.h"

/*
 * Opens the inputs, analyses until they end or a signal stops it, and delivers what was found. Returns
 * the process's exit status; errors have been told on standard error.
 */
int rc_run(const struct rc_options *options);

/* The schema of the events on standard output, with the counters of all modules. Returns the exit status. */
int rc_run_schema(void);

#endif
