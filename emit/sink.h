/*
 * Sinks: where lines and reports go. One row each in emit/sink.c. A sink keeps what it could not
 * write (a full disk) up to RC_SINK_BUFFER_MAX and tries again at every flush; above that, events are
 * lost and counted. The first error is told once; a reader that went away (EPIPE) ends the sink.
 */
#ifndef RC_EMIT_SINK_H
#define RC_EMIT_SINK_H

#include "base/buf.h"
#include "emit/emit.h"

enum { /* what a sink takes */
       RC_SINK_LINES = 1u << 0,
       RC_SINK_REPORT = 1u << 1,
};

struct rc_sink;

struct rc_sink_type {
	const char *scheme; /* "json": what stands before the first ':' of -o */
	unsigned takes;
	/* NULL: not built in. target: what stands behind the scheme. 0 or an error; *ret_why one phrase. */
	int (*open)(struct rc_sink *sink, const char *target, const char **ret_why);
	void (*write)(struct rc_sink *sink, const char *data, size_t len); /* whole lines */
	void (*flush)(struct rc_sink *sink);
	void (*close)(struct rc_sink *sink);
};

struct rc_sink {
	const struct rc_sink_type *type;
	const char *name; /* as the user gave it */
	int fd;
	struct rc_buf buf;
	bool failed; /* an error was told or a reader went away */
	bool gone;   /* nothing can be written any more */
	bool tty;
	uint64_t lost; /* lines */
	rc_emit_error_fn on_error;
	void *error_context;
};

/* Opens the sink that text names ("json:-"). Errors were told through on_error. */
int rc_sink_open(struct rc_sink *sink, const char *text, rc_emit_error_fn on_error,
		 void *error_context);
void rc_sink_close(struct rc_sink *sink);

#endif
