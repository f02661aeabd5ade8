/*
 * A whole capture file, as -r takes it: pcap or pcapng, plain or packed, then everything behind it:
 * decode, analysis, every kind of event as JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analyze/engine.h"
#include "base/err.h"
#include "base/time.h"
#include "capture/capture.h"
#include "decode/decoder.h"
#include "emit/emit.h"

#define OBS_MAX 64u
#define FRAMES_MAX 20000u /* a packed input may unpack to very many */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct rc_capture *capture;
	struct rc_decoder *decoder;
	struct rc_engine *engine;
	struct rc_emit *emit;
	struct rc_obs *obs;
};

static void on_error(void *context, const char *what, const char *why)
{
	(void)context;
	if (what == NULL || why == NULL || *why == '\0')
		abort();
}

static const char *source_name(void *context, uint16_t source)
{
	return rc_capture_source_name(((struct run *)context)->capture, source);
}

static void on_failure(void *context, const struct rc_failure *failure)
{
	rc_emit_failure(((struct run *)context)->emit, failure);
}

static void on_upstream(void *context, const struct rc_failure *failure)
{
	rc_emit_upstream(((struct run *)context)->emit, failure);
}

static void on_incident(void *context, const struct rc_incident *incident)
{
	rc_emit_incident(((struct run *)context)->emit, incident);
}

static void on_transaction(void *context, const struct rc_exchange *exchange,
			   const struct rc_name *qname, const struct rc_msg *answer)
{
	rc_emit_transaction(((struct run *)context)->emit, exchange, qname, answer);
}

static int open_all(struct run *run, const char *path)
{
	static const uint16_t ports[] = {53, 5353};
	static const char *const sinks[] = {"json:/dev/null", "report:/dev/null"};
	const struct rc_capture_config capture = {.files = &path,
						  .n_files = 1,
						  .ports = ports,
						  .n_ports = 2,
						  .to_ns = INT64_MAX,
						  .on_error = on_error};
	const struct rc_decoder_config decoder = {.seed = 1, .ports = ports, .n_ports = 2};
	const struct rc_engine_config engine = {.seed = 1,
						.memory_bytes = RC_MEMORY_MIN,
						.timeout_ns = 5 * RC_NS_PER_S,
						.hold_ns = RC_NS_PER_S,
						.include_nxdomain = true,
						.want_transactions = true,
						.want_upstream = true};
	const struct rc_engine_output output = {run, on_failure, on_incident, on_transaction,
						on_upstream};
	const struct rc_emit_config emit = {.sinks = sinks,
					    .n_sinks = 2,
					    .what = ~0u,
					    .source_name = source_name,
					    .source_context = run,
					    .on_error = on_error};
	int err = rc_capture_open(&capture, &run->capture);
	if (err == RC_OK)
		err = rc_decoder_new(&decoder, &run->decoder);
	if (err == RC_OK)
		err = rc_engine_new(&engine, &output, &run->engine);
	if (err == RC_OK)
		err = rc_emit_open(&emit, &run->emit);
	run->obs = calloc(OBS_MAX, sizeof *run->obs);
	return run->obs == NULL ? RC_E_NOMEM : err;
}

static void feed(struct run *run, const struct rc_frame *frame)
{
	size_t n;
	do {
		n = rc_decoder_feed(run->decoder, frame, run->obs, OBS_MAX);
		for (size_t i = 0; i < n; i++)
			rc_emit_malformed(run->emit, &run->obs[i]);
		rc_engine_observe(run->engine, run->obs, n);
		frame = NULL;
	} while (n == OBS_MAX);
}

static void read_all(struct run *run)
{
	struct rc_frame frames[RC_BATCH_FRAMES];
	size_t n, total = 0;
	int64_t now_ns;
	while (total < FRAMES_MAX &&
	       rc_capture_next(run->capture, frames, RC_BATCH_FRAMES, &n, &now_ns) == RC_OK) {
		rc_decoder_batch(run->decoder);
		for (size_t i = 0; i < n; i++)
			feed(run, &frames[i]);
		rc_engine_advance(run->engine, now_ns);
		total += n;
	}
	rc_decoder_batch(run->decoder);
	do {
		n = rc_decoder_expire(run->decoder, INT64_MAX, run->obs, OBS_MAX);
		rc_engine_observe(run->engine, run->obs, n);
	} while (n == OBS_MAX);
	rc_engine_finish(run->engine);
	struct rc_counter_set set = rc_decoder_counters(run->decoder);
	rc_emit_stats(run->emit, 0, now_ns, true, &set, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = {.capture = NULL};
	char path[64];
	int fd = memfd_create("capture", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (open_all(&run, path) == RC_OK)
		read_all(&run);
	rc_emit_close(run.emit);
	rc_engine_free(run.engine);
	rc_decoder_free(run.decoder);
	rc_capture_close(run.capture);
	free(run.obs);
	close(fd);
	return 0;
}
