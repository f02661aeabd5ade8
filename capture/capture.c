#include "capture/capture.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/time.h"
#include "capture/source.h"

#define COUNT(field, help) \
	{ \
#field, help, offsetof(struct rc_capture_counts, field) \
	}

static const struct rc_counter_desc counters[] = {
	COUNT(frames, "frames handed on"),
	COUNT(bytes, "bytes of the frames handed on, as captured"),
	COUNT(filtered, "frames of files that the filter left out"),
	COUNT(outside_window, "frames outside the time window"),
	COUNT(kernel_drops, "packets the kernel dropped because its buffer was full"),
	COUNT(interface_drops, "packets the interface or its driver dropped"),
	COUNT(inputs_failed, "inputs that failed, were cut or damaged"),
};

static int64_t time_of_day_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * RC_NS_PER_S + ts.tv_nsec;
}

static int open_files(struct rc_capture *c, const struct rc_capture_config *config)
{
	char why[RC_FILTER_WHY_MAX];
	int rc = RC_OK;
	if (config->filter) {
		rc = rc_filter_new(config->filter, why, &c->filter);
		if (rc == RC_E_SYNTAX)
			rc_source_tell(c, config->filter, why);
		if (rc)
			return rc;
	}
	bool any = false;
	for (size_t i = 0; i < config->n_files; i++) {
		int failed = rc_source_add_path(c, config->files[i]);
		any = any || !failed;
		rc = failed ? failed : rc;
	}
	return any ? RC_OK : rc;
}

static int open_ifaces(struct rc_capture *c, const struct rc_capture_config *config)
{
	char why[RC_SOURCE_WHY_MAX];
	int rc = RC_OK;
	bool any = false;
	for (size_t i = 0; i < config->n_ifaces; i++) {
		struct rc_source *s;
		int failed = i < RC_LIVE_IFACES_MAX ? rc_source_add(c, config->ifaces[i], &s)
						    : RC_E_FULL;
		if (failed) {
			rc_source_tell(c, config->ifaces[i], rc_err_text(failed));
			rc = failed;
			continue;
		}
		failed = rc_iface_open(s->name, config, why, sizeof why, &s->iface);
		s->state = failed ? RC_SOURCE_ENDED : RC_SOURCE_OPEN;
		if (failed) {
			rc_source_tell(c, s->name, why);
			rc = failed;
		}
		/* A bad filter is the user's mistake on every interface alike. */
		if (failed == RC_E_SYNTAX)
			return failed;
		any = any || !failed;
	}
	return any ? RC_OK : rc;
}

int rc_capture_open(const struct rc_capture_config *config, struct rc_capture **ret_capture)
{
	struct rc_capture *c = calloc(1, sizeof *c);
	if (!c)
		return RC_E_NOMEM;
	c->from_ns = config->from_ns;
	c->to_ns = config->to_ns;
	c->on_error = config->on_error;
	c->error_context = config->error_context;
	c->live = config->n_ifaces > 0;
	c->now_ns = 0;
	atomic_init(&c->stopped, false);
	c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int rc = RC_E_IO;
	if (c->wake_fd < 0)
		goto out;
	rc = c->live ? open_ifaces(c, config) : open_files(c, config);
	if (rc)
		goto out;
	rc = rc_merge_start(c);
out:
	if (rc)
		rc_capture_close(c);
	else
		*ret_capture = c;
	return rc;
}

void rc_capture_close(struct rc_capture *capture)
{
	if (!capture)
		return;
	for (size_t i = 0; i < capture->n_sources; i++) {
		rc_source_end(capture, &capture->sources[i]);
		free(capture->sources[i].queue);
		free(capture->sources[i].name);
	}
	free(capture->sources);
	free(capture->heap);
	free(capture->idle);
	rc_filter_free(capture->filter);
	if (capture->wake_fd >= 0)
		close(capture->wake_fd);
	free(capture);
}

static void take_drops(struct rc_capture *c)
{
	for (size_t i = 0; i < c->n_sources; i++) {
		uint64_t kernel, interface;
		if (!c->sources[i].iface)
			continue;
		rc_iface_drops(c->sources[i].iface, &kernel, &interface);
		c->counts.kernel_drops += kernel;
		c->counts.interface_drops += interface;
	}
}

/* Waits until an interface has packets, a held frame is due, or a signal comes. */
static void wait_live(const struct rc_capture *c)
{
	struct pollfd fds[RC_LIVE_IFACES_MAX + 1];
	nfds_t n = 0;
	int timeout_ms = RC_LIVE_TIMEOUT_MS;
	if (!atomic_load(&c->stopped))
		fds[n++] = (struct pollfd){.fd = c->wake_fd, .events = POLLIN};
	for (size_t i = 0; i < c->n_idle; i++)
		fds[n++] = (struct pollfd){.fd = rc_iface_fd(c->idle[i]->iface), .events = POLLIN};
	if (c->n_heap > 0)
		timeout_ms /= 10;
	poll(fds, n, timeout_ms);
}

static struct rc_source *only_source(struct rc_capture *c)
{
	return c->n_sources == 1 ? &c->sources[0] : NULL;
}

static int next_frames(struct rc_capture *c, struct rc_frame *frames, size_t max, size_t *ret_n)
{
	struct rc_source *only = only_source(c);
	return only ? rc_source_read(c, only, frames, max, ret_n)
		    : rc_merge_next(c, frames, max, ret_n);
}

static int next_live(struct rc_capture *c, struct rc_frame *frames, size_t max, size_t *ret_n)
{
	int64_t now = time_of_day_ns();
	if (now >= c->next_stats_ns) {
		take_drops(c);
		c->next_stats_ns = now + RC_NS_PER_S;
	}
	int rc = next_frames(c, frames, max, ret_n);
	if (rc == RC_E_AGAIN) {
		wait_live(c);
		rc = next_frames(c, frames, max, ret_n);
	}
	/* What the kernel's open blocks may still hold is not older than this. */
	if (rc == RC_E_AGAIN) {
		int64_t silent_ns = time_of_day_ns() - RC_LIVE_HOLD_NS;
		c->now_ns = silent_ns > c->now_ns ? silent_ns : c->now_ns;
	}
	return rc;
}

/* After a stop: what the kernel already has is still read, until its open blocks must have come. */
static bool is_drained(struct rc_capture *c)
{
	if (c->drain_until_ns == 0)
		c->drain_until_ns = time_of_day_ns() + RC_LIVE_HOLD_NS;
	return time_of_day_ns() >= c->drain_until_ns;
}

int rc_capture_next(struct rc_capture *capture, struct rc_frame *frames, size_t max, size_t *ret_n,
		    int64_t *ret_now_ns)
{
	struct rc_capture *c = capture;
	size_t n = 0;
	int rc = RC_E_EOF;
	bool stopped = atomic_load(&c->stopped);
	if (c->live && (!stopped || !is_drained(c)))
		rc = next_live(c, frames, max, &n);
	else if (!stopped)
		rc = next_frames(c, frames, max, &n);
	if (rc == RC_E_AGAIN)
		rc = !stopped || (c->live && !is_drained(c)) ? RC_OK : RC_E_EOF;
	if (rc)
		return rc;
	/* Small steps back are disorder; a large one is a clock that was set. */
	for (size_t i = 0; i < n; i++)
		if (frames[i].ts_ns > c->now_ns || frames[i].ts_ns < c->now_ns - RC_NS_PER_S)
			c->now_ns = frames[i].ts_ns;
	*ret_n = n;
	*ret_now_ns = c->now_ns;
	return RC_OK;
}

void rc_capture_stop(struct rc_capture *capture)
{
	uint64_t one = 1;
	int saved = errno;
	atomic_store(&capture->stopped, true);
	ssize_t n = write(capture->wake_fd, &one, sizeof one);
	(void)n; /* a full counter wakes just as well */
	errno = saved;
}

bool rc_capture_failed(const struct rc_capture *capture)
{
	return capture->failed;
}

const char *rc_capture_source_name(const struct rc_capture *capture, uint16_t source)
{
	return source < capture->n_sources ? capture->sources[source].name : NULL;
}

bool rc_capture_is_live(const struct rc_capture *capture)
{
	return capture->live;
}

void rc_capture_progress(const struct rc_capture *capture, uint64_t *ret_done, uint64_t *ret_total)
{
	uint64_t done = 0, total = 0;
	bool known = true;
	for (size_t i = 0; i < capture->n_sources; i++) {
		const struct rc_source *s = &capture->sources[i];
		done += s->reader ? s->reader->stream.raw_done : s->done;
		known = known && (s->total > 0 || s->state == RC_SOURCE_ENDED);
		total += s->total;
	}
	*ret_done = done;
	*ret_total = known ? total : 0;
}

struct rc_counter_set rc_capture_counters(struct rc_capture *capture)
{
	struct rc_counter_set set = {
		.module = "capture", .desc = counters, .n = sizeof counters / sizeof counters[0]};
	if (capture) {
		take_drops(capture);
		set.base = &capture->counts;
	}
	return set;
}
