/*
 * The wiring: capture -> decode -> analyze -> emit. The only file that knows them all.
 */
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"
#include "capture/capture.h"
#include "decode/decoder.h"
#include "emit/schema.h"
#include "pipeline.h"
#include "run.h"

#define SETS (RC_ENGINE_SETS + 3u)  /* of counters: those of capture, decoder and output, too */
#define TRUST_ANCHOR_MAX (1u << 20) /* bytes of a --trust-anchor file */
#define DECODER_SHARE 8u /* of --memory: fragments and streams need far less than analysis */
#define HOLD_LIVE_NS (RC_NS_PER_S / 2)
#define HOLD_FILES_NS (60 * RC_NS_PER_S)
#define STATS_LIVE_NS (60 * RC_NS_PER_S)
#define PROGRESS_EVERY_NS RC_NS_PER_S

static struct rc_capture *volatile signalled; /* what INT and TERM stop */

struct run {
	const struct rc_options *options;
	struct rc_capture *capture;
	struct rc_decoder *decoder;
	struct rc_engine *engine;
	struct rc_emit *emit;
	struct rc_pipeline *pipeline;
	struct rc_frame frames[RC_BATCH_FRAMES];
	size_t n_first; /* of the batch read to choose the seed, and what reading it said */
	int64_t first_now_ns;
	int first_err;
	char *trust_anchor;
	bool live, told, undecoded;
	char hostname[256];
	uint64_t dropped, failures;
	int64_t began_clock_ns, progress_clock_ns;
	bool progress_shown;
	pthread_mutex_t complaining; /* errors may come from the thread that reads */
};

/* Called with the lock of complaints. */
static void clear_progress(struct run *run)
{
	if (run->progress_shown)
		fputs("\r\033[K", stderr);
	run->progress_shown = false;
}

static void complain(void *context, const char *what, const char *why)
{
	struct run *run = context;
	pthread_mutex_lock(&run->complaining);
	clear_progress(run);
	fprintf(stderr, "rcause: %s: %s\n", what, why);
	run->told = true;
	pthread_mutex_unlock(&run->complaining);
}

static void on_signal(int number)
{
	struct rc_capture *capture = signalled;
	(void)number;
	if (capture != NULL)
		rc_capture_stop(capture);
}

static void set_signals(void)
{
	struct sigaction stop = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
	sigemptyset(&stop.sa_mask);
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

static void on_failure(void *context, const struct rc_failure *failure)
{
	((struct run *)context)->failures++;
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

static const char *source_name(void *context, uint16_t source)
{
	return rc_capture_source_name(((struct run *)context)->capture, source);
}

static int open_capture(struct run *run)
{
	const struct rc_options *o = run->options;
	struct rc_capture_config config = {
		.files = o->files.items,
		.n_files = o->files.n,
		.ifaces = o->ifaces.items,
		.n_ifaces = o->ifaces.n,
		.filter = o->filter,
		.ports = o->ports,
		.n_ports = o->n_ports,
		.buffer_kib = o->buffer_kib,
		.from_ns = o->from_ns,
		.to_ns = o->to_ns,
		.on_error = complain,
		.error_context = run,
	};
	struct rc_buf carriers = rc_buf_init(RC_FILTER_TEXT_MAX);
	rc_decoder_carriers(&carriers);
	rc_buf_putc(&carriers, '\0');
	config.carriers = carriers.data;
	int err = carriers.failed ? RC_E_NOMEM : rc_capture_open(&config, &run->capture);
	rc_buf_free(&carriers);
	if (err != RC_OK) {
		if (!run->told)
			complain(run, err == RC_E_SYNTAX ? "filter" : "capture", rc_err_text(err));
		return err == RC_E_SYNTAX ? RC_EXIT_USAGE : RC_EXIT_FAILED;
	}
	run->live = rc_capture_is_live(run->capture);
	signalled = run->capture;
	return 0;
}

static int drop_privileges(struct run *run)
{
	const char *name = run->options->user;
	if (name == NULL)
		return 0;
	errno = 0;
	const struct passwd *pw = getpwnam(name);
	if (pw == NULL) {
		complain(run, name, errno != 0 ? strerror(errno) : "no such user");
		return RC_EXIT_FAILED;
	}
	uid_t uid = pw->pw_uid;
	gid_t gid = pw->pw_gid;
	if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0) {
		complain(run, name, strerror(errno));
		return RC_EXIT_FAILED;
	}
	if (uid != 0 && setuid(0) == 0) {
		complain(run, name, "privileges could be taken back");
		return RC_EXIT_FAILED;
	}
	return 0;
}

static int read_trust_anchor(struct run *run)
{
	const char *path = run->options->trust_anchor_path;
	int status = RC_EXIT_FAILED;
	if (path == NULL)
		return 0;
	FILE *in = fopen(path, "re");
	if (in == NULL) {
		complain(run, path, strerror(errno));
		return RC_EXIT_FAILED;
	}
	run->trust_anchor = calloc(1, TRUST_ANCHOR_MAX + 1);
	size_t n = run->trust_anchor == NULL ? 0
					     : fread(run->trust_anchor, 1, TRUST_ANCHOR_MAX, in);
	if (run->trust_anchor == NULL)
		complain(run, path, rc_err_text(RC_E_NOMEM));
	else if (ferror(in))
		complain(run, path, strerror(errno));
	else if (n == TRUST_ANCHOR_MAX)
		complain(run, path, "too long for a trust anchor");
	else
		status = 0;
	fclose(in);
	return status;
}

/*
 * Hash seeds: random on a live network. A file must give the same bytes each time, whatever a full table
 * then evicts, so its seed comes from its own first packets.
 */
static int choose_seed(struct run *run, uint64_t *ret_seed)
{
	if (run->live) {
		if (getrandom(ret_seed, sizeof *ret_seed, 0) == (ssize_t)sizeof *ret_seed)
			return 0;
		complain(run, "getrandom", strerror(errno));
		return RC_EXIT_FAILED;
	}
	int64_t now_ns;
	uint64_t seed = RC_HASH_K0;
	run->first_err = rc_capture_next(run->capture, run->frames, RC_BATCH_FRAMES, &run->n_first,
					 &now_ns);
	run->first_now_ns = now_ns;
	for (size_t i = 0; run->first_err == RC_OK && i < run->n_first; i++)
		seed = rc_hash_bytes(seed ^ (uint64_t)run->frames[i].ts_ns, run->frames[i].data,
				     run->frames[i].caplen);
	*ret_seed = seed;
	return 0;
}

static int open_engine(struct run *run)
{
	const struct rc_options *o = run->options;
	uint64_t seed;
	if (choose_seed(run, &seed) != 0)
		return RC_EXIT_FAILED;
	size_t decoder_bytes = o->memory_bytes / DECODER_SHARE;
	struct rc_decoder_config decoder = {.seed = seed,
					    .ports = o->ports,
					    .n_ports = o->n_ports,
					    .memory_bytes = decoder_bytes};
	struct rc_engine_config engine = {
		.written_elsewhere = o->threads > 1,
		.seed = seed,
		.memory_bytes = o->memory_bytes - decoder_bytes,
		.timeout_ns = o->timeout_ns,
		.hold_ns = o->hold_ns >= 0 ? o->hold_ns
			   : run->live     ? HOLD_LIVE_NS
					   : HOLD_FILES_NS,
		.include_nxdomain = o->include_nxdomain,
		.want_transactions = (o->emit & RC_EMIT_TRANSACTIONS) != 0,
		.want_upstream = (o->emit & RC_EMIT_UPSTREAM) != 0,
		.resolvers = o->resolvers,
		.n_resolvers = o->n_resolvers,
		.trust_anchor = run->trust_anchor,
	};
	struct rc_engine_output output = {run, on_failure, on_incident, on_transaction,
					  on_upstream};
	int err = rc_decoder_new(&decoder, &run->decoder);
	if (err != RC_OK) {
		complain(run, "decoder", rc_err_text(err));
		return RC_EXIT_FAILED;
	}
	err = rc_engine_new(&engine, &output, &run->engine);
	if (err == RC_E_SYNTAX && o->trust_anchor_path != NULL)
		complain(run, o->trust_anchor_path,
			 "holds no DS or DNSKEY records that can be read");
	else if (err != RC_OK)
		complain(run, "--memory", rc_err_text(err));
	return err == RC_OK ? 0 : RC_EXIT_FAILED;
}

static int open_emit(struct run *run)
{
	const struct rc_options *o = run->options;
	/* A file's events must not depend on where it is read. */
	if (run->live && gethostname(run->hostname, sizeof run->hostname - 1) != 0)
		run->hostname[0] = '\0';
	struct rc_emit_config config = {
		.sinks = o->sinks.items,
		.n_sinks = o->sinks.n,
		.what = o->emit,
		.hostname = run->hostname[0] == '\0' ? NULL : run->hostname,
		.ifaces = o->ifaces.items,
		.n_ifaces = o->ifaces.n,
		.source_name = source_name,
		.source_context = run,
		.on_error = complain,
		.error_context = run,
	};
	run->told = false;
	int err = rc_emit_open(&config, &run->emit);
	if (err != RC_OK && !run->told)
		complain(run, "output", rc_err_text(err));
	if (err == RC_E_SYNTAX || err == RC_E_UNSUPPORTED)
		return RC_EXIT_USAGE;
	return err == RC_OK ? 0 : RC_EXIT_FAILED;
}

/* The counters of all modules; part says how those of the first stood. */
static void collect_counters(struct run *run, const struct rc_part *part,
			     struct rc_counter_set sets[SETS])
{
	sets[0] = part->capture;
	sets[1] = part->decoder;
	rc_engine_counters(run->engine, sets + 2);
	sets[SETS - 1] = rc_emit_counters(run->emit);
}

static void send_stats(struct run *run, const struct rc_part *part)
{
	struct rc_counter_set sets[SETS];
	collect_counters(run, part, sets);
	rc_emit_stats(run->emit, part->start_ns, part->end_ns, part->last, sets, SETS);
}

static int64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * RC_NS_PER_S + t.tv_nsec;
}

static void show_progress(struct run *run, const struct rc_part *part)
{
	if (clock_ns() - run->progress_clock_ns < PROGRESS_EVERY_NS)
		return;
	run->progress_clock_ns = clock_ns();
	pthread_mutex_lock(&run->complaining);
	fprintf(stderr, "\r\033[K%llu MB", (unsigned long long)(part->done >> 20));
	if (part->total >= part->done && part->total > 0)
		fprintf(stderr, " of %llu MB, %.0f %%", (unsigned long long)(part->total >> 20),
			100.0 * (double)part->done / (double)part->total);
	fprintf(stderr, ", %llu failures", (unsigned long long)run->failures);
	fflush(stderr);
	run->progress_shown = true;
	pthread_mutex_unlock(&run->complaining);
}

/* A link type that decode has no row for: told once, its frames are only counted. */
static void check_link(void *context, const struct rc_frame *frame)
{
	struct run *run = context;
	char why[64];
	if (run->undecoded || rc_decoder_knows_link(frame->linktype))
		return;
	snprintf(why, sizeof why, "link type %u is not supported", frame->linktype);
	complain(run, rc_capture_source_name(run->capture, frame->source), why);
	run->undecoded = true;
}

static int open_pipeline(struct run *run)
{
	const struct rc_options *o = run->options;
	struct rc_pipeline_config config = {
		.capture = run->capture,
		.decoder = run->decoder,
		.threaded = o->threads > 1,
		.progress = !run->live && !o->quiet && isatty(STDERR_FILENO) == 1,
		.stats_interval_ns = o->stats_interval_ns >= 0 ? o->stats_interval_ns
				     : run->live               ? STATS_LIVE_NS
							       : 0,
		.frames = run->live ? NULL : run->frames,
		.n_frames = run->n_first,
		.now_ns = run->first_now_ns,
		.err = run->first_err,
		.on_link = check_link,
		.context = run,
	};
	int err = rc_pipeline_new(&config, &run->pipeline);
	if (err != RC_OK)
		complain(run, "memory", rc_err_text(err));
	return err == RC_OK ? 0 : RC_EXIT_FAILED;
}

static void take_part(struct run *run, const struct rc_part *part)
{
	if (part->starts)
		rc_engine_advance(run->engine, part->start_ns);
	if (part->tells_drops && part->dropped > run->dropped)
		rc_engine_dropped(run->engine, part->dropped - run->dropped);
	if (part->tells_drops)
		run->dropped = part->dropped;
	if (run->options->emit & RC_EMIT_MALFORMED)
		for (size_t i = 0; i < part->n; i++)
			rc_emit_malformed(run->emit, &part->obs[i]);
	if (part->n > 0)
		rc_engine_observe(run->engine, part->obs, part->n);
	if (part->passes_time)
		rc_engine_advance(run->engine, part->now_ns);
	if (part->last)
		rc_engine_finish(run->engine);
	if (part->has_stats)
		send_stats(run, part);
	if (run->live)
		rc_emit_flush(run->emit);
	if (part->has_progress)
		show_progress(run, part);
}

/* Analyses all there is; *ret_last is borrowed from the pipeline. */
static void loop(struct run *run, const struct rc_part **ret_last)
{
	const struct rc_part *part;
	if (rc_emit_done(run->emit))
		rc_pipeline_stop(run->pipeline);
	while ((part = rc_pipeline_next(run->pipeline)) != NULL) {
		take_part(run, part);
		if (rc_emit_done(run->emit))
			rc_pipeline_stop(run->pipeline);
		*ret_last = part;
	}
	pthread_mutex_lock(&run->complaining);
	clear_progress(run);
	pthread_mutex_unlock(&run->complaining);
}

static void print_counters(struct run *run, const struct rc_part *last)
{
	struct rc_counter_set sets[SETS];
	collect_counters(run, last, sets);
	char took[24];
	rc_duration_format(clock_ns() - run->began_clock_ns, took, sizeof took);
	fprintf(stderr, "rcause: %llu failures, took %s\n", (unsigned long long)run->failures,
		took);
	for (size_t s = 0; s < SETS; s++) {
		for (size_t i = 0; i < sets[s].n; i++) {
			uint64_t value = rc_counter_value(&sets[s], i);
			if (value > 0)
				fprintf(stderr, "  %-10s %-28s %12llu  %s\n", sets[s].module,
					sets[s].desc[i].name, (unsigned long long)value,
					sets[s].desc[i].help);
		}
	}
}

int rc_run(const struct rc_options *options)
{
	struct run run = {.options = options};
	const struct rc_part *last = NULL;
	int status = RC_EXIT_FAILED;
	run.began_clock_ns = run.progress_clock_ns = clock_ns();
	pthread_mutex_init(&run.complaining, NULL);
	set_signals();
	if ((status = open_capture(&run)) != 0 || (status = drop_privileges(&run)) != 0 ||
	    (status = read_trust_anchor(&run)) != 0 || (status = open_emit(&run)) != 0 ||
	    (status = open_engine(&run)) != 0 || (status = open_pipeline(&run)) != 0)
		goto out;
	loop(&run, &last);
	if (options->verbose)
		print_counters(&run, last);
out:
	rc_pipeline_free(run.pipeline);
	if (rc_emit_close(run.emit) != RC_OK ||
	    (run.capture != NULL && rc_capture_failed(run.capture)) || run.undecoded)
		status = status == 0 ? RC_EXIT_FAILED : status;
	rc_engine_free(run.engine);
	rc_decoder_free(run.decoder);
	signalled = NULL;
	rc_capture_close(run.capture);
	pthread_mutex_destroy(&run.complaining);
	free(run.trust_anchor);
	return status;
}

int rc_run_schema(void)
{
	struct rc_decoder_config decoder_config = {.ports = (const uint16_t[]){53},
						   .n_ports = 1,
						   .memory_bytes = (size_t)RC_MEMORY_MIN};
	struct rc_engine_config engine_config = {.memory_bytes = (size_t)RC_MEMORY_MIN,
						 .timeout_ns = RC_NS_PER_S};
	struct rc_engine_output output = {.context = NULL};
	struct run run = {.options = NULL};
	struct rc_part part = {.last = true};
	struct rc_counter_set sets[SETS];
	int err = rc_decoder_new(&decoder_config, &run.decoder);
	if (err == RC_OK)
		err = rc_engine_new(&engine_config, &output, &run.engine);
	if (err == RC_OK) {
		part.capture = rc_capture_counters(NULL);
		part.decoder = rc_decoder_counters(run.decoder);
		collect_counters(&run, &part, sets);
		err = rc_schema_write(stdout, sets, SETS);
	}
	if (err != RC_OK)
		fprintf(stderr, "rcause: --schema: %s\n", rc_err_text(err));
	rc_engine_free(run.engine);
	rc_decoder_free(run.decoder);
	return err == RC_OK ? 0 : RC_EXIT_FAILED;
}
