#include "emit/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"

static void tell(struct rc_sink *sink, const char *why)
{
	if (!sink->failed && sink->on_error != NULL)
		sink->on_error(sink->error_context, sink->name, why);
	sink->failed = true;
}

static uint64_t count_lines(const char *data, size_t len)
{
	uint64_t n = 0;
	for (const char *end = data + len; data < end; data++)
		n += *data == '\n';
	return n;
}

static int file_open(struct rc_sink *sink, const char *target, const char **ret_why)
{
	sink->buf = rc_buf_init(RC_SINK_BUFFER_MAX);
	if (*target == '\0') {
		*ret_why = "no path given";
		return RC_E_SYNTAX;
	}
	if (strcmp(target, "-") == 0) {
		sink->fd = STDOUT_FILENO;
	} else {
		int mode = sink->type->takes & RC_SINK_LINES ? O_APPEND : O_TRUNC;
		sink->fd = open(target, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0666);
		if (sink->fd < 0) {
			*ret_why = strerror(errno);
			return RC_E_IO;
		}
	}
	sink->tty = isatty(sink->fd) == 1;
	return RC_OK;
}

/* Waits until a non-blocking descriptor (a terminal or pipe shared with others) takes more. */
static bool wait_writable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

static void file_failed(struct rc_sink *sink, int err)
{
	if (err == EPIPE && sink->fd == STDOUT_FILENO)
		sink->failed = true; /* the reader has enough: end quietly, as filters do */
	else
		tell(sink, strerror(err));
	if (err != EPIPE)
		return;
	sink->lost += count_lines(sink->buf.data, sink->buf.len);
	sink->gone = true;
	rc_buf_clear(&sink->buf);
}

static void file_flush(struct rc_sink *sink)
{
	size_t done = 0;
	while (!sink->gone && done < sink->buf.len) {
		ssize_t n = write(sink->fd, sink->buf.data + done, sink->buf.len - done);
		if (n >= 0) {
			done += (size_t)n;
		} else if (errno == EAGAIN && wait_writable(sink->fd)) {
			continue;
		} else if (errno != EINTR) {
			int err = errno;
			memmove(sink->buf.data, sink->buf.data + done, sink->buf.len - done);
			sink->buf.len -= done;
			file_failed(sink, err);
			return;
		}
	}
	sink->buf.len = 0;
}

static void file_write(struct rc_sink *sink, const char *data, size_t len)
{
	if (sink->gone || len > sink->buf.max - sink->buf.len) {
		sink->lost += count_lines(data, len);
		return;
	}
	rc_buf_add(&sink->buf, data, len);
	if (sink->buf.failed) {
		sink->buf.failed = false;
		sink->lost += count_lines(data, len);
		tell(sink, rc_err_text(RC_E_NOMEM));
	}
	if (sink->buf.len >= RC_SINK_FLUSH)
		file_flush(sink);
}

static void file_close(struct rc_sink *sink)
{
	file_flush(sink);
	sink->lost += count_lines(sink->buf.data, sink->buf.len);
	/* A network file system may report a failed write only here. */
	if (sink->fd != STDOUT_FILENO && close(sink->fd) != 0 && errno != EINTR)
		tell(sink, strerror(errno));
	rc_buf_free(&sink->buf);
}

#define FILE_SINK file_open, file_write, file_flush, file_close
#define NOT_BUILT NULL, NULL, NULL, NULL

static const struct rc_sink_type types[] = {
	{"json", RC_SINK_LINES, FILE_SINK},   {"report", RC_SINK_REPORT, FILE_SINK},
	{"html", RC_SINK_REPORT, NOT_BUILT},  {"evidence", RC_SINK_REPORT, NOT_BUILT},
	{"prom", RC_SINK_LINES, NOT_BUILT},   {"metrics", RC_SINK_LINES, NOT_BUILT},
	{"syslog", RC_SINK_LINES, NOT_BUILT}, {"syslog+tls", RC_SINK_LINES, NOT_BUILT},
	{"tcp", RC_SINK_LINES, NOT_BUILT},    {"syslog+unix", RC_SINK_LINES, NOT_BUILT},
	{"unix", RC_SINK_LINES, NOT_BUILT},   {"kafka", RC_SINK_LINES, NOT_BUILT},
};

#define N_TYPES (sizeof types / sizeof *types)

static const struct rc_sink_type *find_type(const char *text)
{
	size_t len = strcspn(text, ":");
	for (size_t i = 0; i < N_TYPES && text[len] == ':'; i++) {
		if (strlen(types[i].scheme) == len && memcmp(types[i].scheme, text, len) == 0)
			return &types[i];
	}
	return NULL;
}

int rc_emit_check_sink(const char *text, const char **ret_why)
{
	const struct rc_sink_type *type = find_type(text);
	if (type == NULL) {
		*ret_why = "no such sink; use json:PATH or report:PATH";
		return RC_E_SYNTAX;
	}
	if (type->open == NULL) {
		*ret_why = "not built in yet";
		return RC_E_UNSUPPORTED;
	}
	return RC_OK;
}

int rc_sink_open(struct rc_sink *sink, const char *text, rc_emit_error_fn on_error,
		 void *error_context)
{
	const char *why = NULL;
	*sink = (struct rc_sink){
		.name = text, .fd = -1, .on_error = on_error, .error_context = error_context};
	int err = rc_emit_check_sink(text, &why);
	if (err == RC_OK) {
		sink->type = find_type(text);
		err = sink->type->open(sink, strchr(text, ':') + 1, &why);
	}
	if (err != RC_OK)
		tell(sink, why);
	return err;
}

void rc_sink_close(struct rc_sink *sink)
{
	if (sink->fd >= 0)
		sink->type->close(sink);
	sink->fd = -1;
}
