/*
 * The wiring: capture -> decode -> analyze -> emit. The only file that knows them all.
 */
#include <errno.h>
#include <grp.h>
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
#include "run.h"

#define OBS_MAX 256u                /* observations handed on at a time */
#define SETS_MAX 16u                /* counter sets of all modules */
#define TRUST_ANCHOR_MAX (1u << 20) /* bytes of a --trust-anchor file */
#define DECODER_SHARE 8u /* of --memory: fragments and streams need far less than analysis */
#define HOLD_LIVE_NS (RC_NS_PER_S / 2)
#define HOLD_FILES_NS (60 * RC_NS_PER_S)
#define STATS_LIVE_NS (60 * RC_NS_PER_S)
#define PROGRESS_EVERY_NS RC_NS_PER_S
#define DROPS_EVERY_NS (100 * RC_NS_PER_MS) /* asking the kernel costs a system call */
#define NO_TIME INT64_MIN

static struct rc_capture *volatile signalled; /* what INT and TERM stop */

struct run {
	const struct rc_options *options;
	struct rc_capture *capture;
	struct rc_decoder *decoder;
	struct rc_engine *engine;
	struct rc_emit *emit;
	struct rc_obs *obs;
	struct rc_frame frames[RC_BATCH_FRAMES];
	size_t n_first; /* of the batch read to choose the seed, and what reading it said */
	int64_t first_now_ns;
	int first_err;
	bool first_taken;
	char *trust_anchor;
	bool live, told, undecoded;
	char hostname[256];
	uint32_t last_link; /* link type of the last frame; UINT32_MAX before the first */
	int64_t start_ns, now_ns, next_stats_ns, stats_interval_ns, next_drops_ns;
	uint64_t dropped, failures, batches;
	int64_t began_clock_ns, progress_clock_ns;
	bool progress_shown;
};

static void clear_progress(struct run *run)
{
	if (run->progress_shown)
		fputs("\r\033[K", stderr);
	run->progress_shown = false;
}

static void complain(void *context, const char *what, const char *why)
{
	struct run *run = context;
	clear_progress(run);
	fprintf(stderr, "rcause: %s: %s\n", what, why);
	run->told = true;
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
	int err = rc_capture_open(&config, &run->capture);
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

static size_t collect_counters(struct run *run, struct rc_counter_set sets[SETS_MAX])
{
	size_t n = 0;
	sets[n++] = rc_capture_counters(run->capture);
	sets[n++] = rc_decoder_counters(run->decoder);
	size_t of_engine = rc_engine_counters(run->engine, sets + n, SETS_MAX - n - 1);
	n += of_engine < SETS_MAX - n - 1 ? of_engine : SETS_MAX - n - 1;
	sets[n++] = rc_emit_counters(run->emit);
	return n;
}

static void send_stats(struct run *run, bool final)
{
	struct rc_counter_set sets[SETS_MAX];
	size_t n = collect_counters(run, sets);
	bool none = run->start_ns == NO_TIME; /* an input without packets has no time */
	rc_emit_stats(run->emit, none ? 0 : run->start_ns, none ? 0 : run->now_ns, final, sets, n);
}

/* Packets lost before they reached us: every counter of capture that speaks of drops. */
static void pass_drops(struct run *run)
{
	struct rc_counter_set set = rc_capture_counters(run->capture);
	uint64_t dropped = 0;
	for (size_t i = 0; i < set.n; i++) {
		if (strstr(set.desc[i].name, "drop") != NULL)
			dropped += rc_counter_value(&set, i);
	}
	if (dropped > run->dropped)
		rc_engine_dropped(run->engine, dropped - run->dropped);
	run->dropped = dropped;
}

static int64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * RC_NS_PER_S + t.tv_nsec;
}

static void show_progress(struct run *run)
{
	uint64_t done, total;
	if (clock_ns() - run->progress_clock_ns < PROGRESS_EVERY_NS)
		return;
	run->progress_clock_ns = clock_ns();
	rc_capture_progress(run->capture, &done, &total);
	fprintf(stderr, "\r\033[K%llu MB", (unsigned long long)(done >> 20));
	if (total >= done && total > 0)
		fprintf(stderr, " of %llu MB, %.0f %%", (unsigned long long)(total >> 20),
			100.0 * (double)done / (double)total);
	fprintf(stderr, ", %llu failures", (unsigned long long)run->failures);
	fflush(stderr);
	run->progress_shown = true;
}

/* n observations go to the analysis, and on their way to those who want the malformed ones. */
static void observe(struct run *run, size_t n)
{
	if (run->options->emit & RC_EMIT_MALFORMED)
		for (size_t i = 0; i < n; i++)
			rc_emit_malformed(run->emit, &run->obs[i]);
	rc_engine_observe(run->engine, run->obs, n);
}

static void feed_frame(struct run *run, const struct rc_frame *frame, size_t *n)
{
	size_t got, room;
	do {
		if (*n == OBS_MAX) {
			observe(run, *n);
			*n = 0;
		}
		room = OBS_MAX - *n;
		got = rc_decoder_feed(run->decoder, frame, run->obs + *n, room);
		*n += got;
		frame = NULL; /* what is left of it */
	} while (got == room);
}

static void expire(struct run *run, int64_t now_ns)
{
	size_t got;
	rc_decoder_batch(run->decoder);
	do {
		got = rc_decoder_expire(run->decoder, now_ns, run->obs, OBS_MAX);
		observe(run, got);
	} while (got == OBS_MAX);
}

/* A link type that decode has no row for: told once per change, its frames are only counted. */
static void check_link(struct run *run, const struct rc_frame *frame)
{
	char why[64];
	run->last_link = frame->linktype;
	if (rc_decoder_knows_link(frame->linktype))
		return;
	snprintf(why, sizeof why, "link type %u is not supported", frame->linktype);
	complain(run, rc_capture_source_name(run->capture, frame->source), why);
	run->undecoded = true;
}

static void handle_batch(struct run *run, const struct rc_frame *frames, size_t n_frames)
{
	size_t n = 0;
	rc_decoder_batch(run->decoder);
	for (size_t i = 0; i < n_frames; i++) {
		if (frames[i].linktype != run->last_link && !run->undecoded)
			check_link(run, &frames[i]);
		feed_frame(run, &frames[i], &n);
	}
	if (n > 0)
		observe(run, n);
}

static void pass_time(struct run *run, int64_t now_ns, bool silent)
{
	if (run->start_ns == NO_TIME) {
		run->start_ns = now_ns;
		run->next_stats_ns = run->stats_interval_ns > 0 ? now_ns + run->stats_interval_ns
								: INT64_MAX;
	}
	if (now_ns > run->now_ns)
		run->now_ns = now_ns;
	if (silent)
		expire(run, now_ns);
	rc_engine_advance(run->engine, now_ns);
	if (now_ns >= run->next_stats_ns) {
		send_stats(run, false);
		run->next_stats_ns = now_ns + run->stats_interval_ns;
	}
}

/* The next batch; the first one of a file was read to choose the seed. */
static int next_batch(struct run *run, size_t *ret_n, int64_t *ret_now_ns)
{
	if (run->live || run->first_taken)
		return rc_capture_next(run->capture, run->frames, RC_BATCH_FRAMES, ret_n,
				       ret_now_ns);
	run->first_taken = true;
	*ret_n = run->n_first;
	*ret_now_ns = run->first_now_ns;
	return run->first_err;
}

static void loop(struct run *run)
{
	bool progress = !run->live && !run->options->quiet && isatty(STDERR_FILENO) == 1;
	size_t n;
	int64_t now_ns;
	while (!rc_emit_done(run->emit) && next_batch(run, &n, &now_ns) == RC_OK) {
		if (n > 0 && run->start_ns == NO_TIME)
			pass_time(run, run->frames[0].ts_ns, false);
		if (now_ns >= run->next_drops_ns) {
			pass_drops(run);
			run->next_drops_ns = now_ns + DROPS_EVERY_NS;
		}
		handle_batch(run, run->frames, n);
		if (n > 0 || run->live)
			pass_time(run, now_ns, n == 0);
		if (run->live)
			rc_emit_flush(run->emit);
		if (progress && (++run->batches & 63) == 0)
			show_progress(run);
	}
	clear_progress(run);
}

static void finish(struct run *run)
{
	pass_drops(run);
	expire(run, INT64_MAX);
	rc_engine_finish(run->engine);
	send_stats(run, true);
}

static void print_counters(struct run *run)
{
	struct rc_counter_set sets[SETS_MAX];
	size_t n = collect_counters(run, sets);
	char took[24];
	rc_duration_format(clock_ns() - run->began_clock_ns, took, sizeof took);
	fprintf(stderr, "rcause: %llu failures, took %s\n", (unsigned long long)run->failures,
		took);
	for (size_t s = 0; s < n; s++) {
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
	struct run run = {.options = options,
			  .start_ns = NO_TIME,
			  .now_ns = NO_TIME,
			  .last_link = UINT32_MAX};
	int status = RC_EXIT_FAILED;
	run.next_stats_ns = INT64_MAX;
	run.began_clock_ns = run.progress_clock_ns = clock_ns();
	set_signals();
	run.obs = calloc(OBS_MAX, sizeof *run.obs);
	if (run.obs == NULL) {
		complain(&run, "memory", rc_err_text(RC_E_NOMEM));
		return RC_EXIT_FAILED;
	}
	if ((status = open_capture(&run)) != 0 || (status = drop_privileges(&run)) != 0 ||
	    (status = read_trust_anchor(&run)) != 0 || (status = open_emit(&run)) != 0 ||
	    (status = open_engine(&run)) != 0)
		goto out;
	run.stats_interval_ns = options->stats_interval_ns >= 0 ? options->stats_interval_ns
				: run.live                      ? STATS_LIVE_NS
								: 0;
	loop(&run);
	finish(&run);
	if (options->verbose)
		print_counters(&run);
	if (rc_capture_failed(run.capture) || run.undecoded)
		status = RC_EXIT_FAILED;
out:
	if (rc_emit_close(run.emit) != RC_OK)
		status = RC_EXIT_FAILED;
	rc_engine_free(run.engine);
	rc_decoder_free(run.decoder);
	signalled = NULL;
	rc_capture_close(run.capture);
	free(run.trust_anchor);
	free(run.obs);
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
	struct rc_counter_set sets[SETS_MAX];
	int err = rc_decoder_new(&decoder_config, &run.decoder);
	if (err == RC_OK)
		err = rc_engine_new(&engine_config, &output, &run.engine);
	if (err == RC_OK)
		err = rc_schema_write(stdout, sets, collect_counters(&run, sets));
	if (err != RC_OK)
		fprintf(stderr, "rcause: --schema: %s\n", rc_err_text(err));
	rc_engine_free(run.engine);
	rc_decoder_free(run.decoder);
	return err == RC_OK ? 0 : RC_EXIT_FAILED;
}
