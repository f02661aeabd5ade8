#include "pipeline.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"

#define OBS_MAX 256u                   /* of one part */
#define PART_BYTES ((size_t)256 << 10) /* of its messages; the largest has 64 KiB */
#define RING 32u                       /* parts between the threads: some 2000 packets */
#define STEP 8u                        /* parts handed over at a time: waking a thread costs much */
#define DROPS_EVERY_NS (100 * RC_NS_PER_MS) /* asking the kernel costs a system call */
#define PROGRESS_EVERY 64u                  /* batches */
#define NO_TIME INT64_MIN

enum stage { READ, FRAMES, EXPIRE, ENDED };

/* A part and what it lends. */
struct slot {
	struct rc_part part;
	struct rc_obs *obs;
	uint8_t *bytes; /* copies of messages, with a thread */
	size_t used;
	void *capture_counts, *decoder_counts;
};

struct rc_pipeline {
	struct rc_pipeline_config config;
	bool live;
	atomic_bool stopped;

	/* Reading and decoding: of the thread, if there is one. */
	enum stage stage;
	struct rc_frame frames[RC_BATCH_FRAMES];
	size_t n_frames, at; /* frames of the batch, the next one */
	bool more;           /* the decoder has more of the frame before */
	bool final;
	int64_t now_ns, start_ns, end_ns, next_stats_ns, next_drops_ns;
	int64_t passed_ns;  /* time passed last: less than end_ns once a clock was set back */
	uint32_t last_link; /* UINT32_MAX before the first */
	uint64_t batches;
	size_t lacking;             /* frames up to the next step of time */
	const struct rc_obs *carry; /* observations that the part before had no bytes for */
	size_t n_carry;

	/* The ring: parts from freed to ready are the taker's, the others the reader's. */
	struct slot slots[RING];
	size_t n_slots;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t ready, freed; /* under the lock */
	uint64_t taken, limit; /* the taker's: parts taken, ready when last looked */
	bool ended;            /* the last part was taken */
};

/* --- one part --- */

static size_t counters_size(const struct rc_counter_set *set)
{
	size_t size = 0;
	for (size_t i = 0; i < set->n; i++)
		if (set->desc[i].offset + sizeof(uint64_t) > size)
			size = set->desc[i].offset + sizeof(uint64_t);
	return size;
}

static struct rc_counter_set keep_counters(struct rc_counter_set set, void *copy)
{
	memcpy(copy, set.base, counters_size(&set));
	set.base = copy;
	return set;
}

/* Packets lost before they reached us: every counter of capture that speaks of drops. */
static uint64_t count_drops(struct rc_pipeline *p)
{
	struct rc_counter_set set = rc_capture_counters(p->config.capture);
	uint64_t dropped = 0;
	for (size_t i = 0; i < set.n; i++)
		if (strstr(set.desc[i].name, "drop") != NULL)
			dropped += rc_counter_value(&set, i);
	return dropped;
}

static void add_stats(struct rc_pipeline *p, struct slot *s)
{
	s->part.has_stats = true;
	s->part.capture = keep_counters(rc_capture_counters(p->config.capture), s->capture_counts);
	s->part.decoder = keep_counters(rc_decoder_counters(p->config.decoder), s->decoder_counts);
	if (p->start_ns != NO_TIME) {
		s->part.start_ns = p->start_ns;
		s->part.end_ns = p->end_ns;
	}
}

static void pass_time(struct rc_pipeline *p, int64_t now_ns)
{
	if (p->start_ns == NO_TIME) {
		p->start_ns = now_ns;
		if (p->config.stats_interval_ns > 0)
			p->next_stats_ns = now_ns + p->config.stats_interval_ns;
	}
	if (now_ns > p->end_ns)
		p->end_ns = now_ns;
	p->passed_ns = now_ns;
}

/* What is next due at a time that a clock was set back from would not be for long. */
static int64_t due_within(int64_t due_ns, int64_t now_ns, int64_t interval_ns)
{
	return due_ns != INT64_MAX && due_ns - interval_ns > now_ns ? now_ns + interval_ns : due_ns;
}

/* The batch is through: what goes behind its observations. */
static void end_batch(struct rc_pipeline *p, struct slot *s)
{
	p->stage = p->final ? ENDED : READ;
	s->part.last = p->final;
	if (p->final) {
		add_stats(p, s);
	} else if (p->n_frames > 0 || p->live) {
		pass_time(p, p->now_ns);
		s->part.passes_time = p->lacking == 0 || p->live;
		s->part.now_ns = p->now_ns;
		p->next_stats_ns = due_within(p->next_stats_ns, p->now_ns,
					      p->config.stats_interval_ns);
		if (s->part.passes_time && p->now_ns >= p->next_stats_ns) {
			add_stats(p, s);
			p->next_stats_ns = p->now_ns + p->config.stats_interval_ns;
		}
	}
	if (p->config.progress && ++p->batches % PROGRESS_EVERY == 0) {
		rc_capture_progress(p->config.capture, &s->part.done, &s->part.total);
		s->part.has_progress = true;
	}
}

/* Of a file time passes in steps of so many frames, wherever the buffers it was read through end. */
static int read_frames(struct rc_pipeline *p)
{
	const struct rc_frame *first = p->config.frames;
	if (p->lacking == 0 || p->live)
		p->lacking = RC_BATCH_FRAMES;
	if (atomic_load(&p->stopped))
		return RC_E_EOF;
	if (first == NULL)
		return rc_capture_next(p->config.capture, p->frames, p->lacking, &p->n_frames,
				       &p->now_ns);
	p->config.frames = NULL;
	if (p->config.err != RC_OK)
		return p->config.err;
	p->n_frames = p->config.n_frames;
	p->now_ns = p->config.now_ns;
	memcpy(p->frames, first, p->n_frames * sizeof *first);
	return RC_OK;
}

/* Reads a batch, and what goes before its observations. */
static void begin_batch(struct rc_pipeline *p, struct slot *s)
{
	p->final = read_frames(p) != RC_OK;
	rc_decoder_batch(p->config.decoder);
	p->at = 0;
	p->stage = FRAMES;
	if (!p->final) {
		p->lacking -= p->n_frames;
	} else if (p->lacking > 0) { /* the last step of time, before what expires */
		s->part.passes_time = p->start_ns != NO_TIME && !p->live;
		s->part.now_ns = p->passed_ns;
	}
	if (p->final) {
		p->n_frames = 0;
		p->now_ns = INT64_MAX;
		p->stage = EXPIRE;
	} else if (p->n_frames > 0 && p->start_ns == NO_TIME) {
		pass_time(p, p->frames[0].ts_ns);
		s->part.starts = true;
		s->part.start_ns = p->start_ns;
	}
	p->next_drops_ns = due_within(p->next_drops_ns, p->now_ns, DROPS_EVERY_NS);
	if (p->now_ns < p->next_drops_ns)
		return;
	s->part.tells_drops = true;
	s->part.dropped = count_drops(p);
	p->next_drops_ns = p->final ? INT64_MAX : p->now_ns + DROPS_EVERY_NS;
}

/*
 * Takes up observations that were written behind those of the part: counts their bytes, and copies them
 * if the decoder may use its own again before they are looked at. False if the part is full before the
 * last of them: they are carried over.
 */
static inline bool take_up(struct rc_pipeline *p, struct slot *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rc_obs *o = &s->obs[s->part.n];
		if (o->msg.len > PART_BYTES - s->used) {
			p->carry = o;
			p->n_carry = n - i;
			return false;
		}
		if (p->config.threaded) {
			if (o->msg.len > 0)
				memcpy(s->bytes + s->used, o->msg.wire, o->msg.len);
			o->msg.wire = s->bytes + s->used;
		}
		s->used += o->msg.len;
		s->part.n++;
	}
	return true;
}

static bool take_carried(struct rc_pipeline *p, struct slot *s)
{
	size_t n = p->n_carry;
	p->n_carry = 0;
	memmove(s->obs, p->carry, n * sizeof *s->obs);
	return take_up(p, s, n);
}

/* Decodes the frames of the batch; false if the part is full before its end. */
static bool decode_frames(struct rc_pipeline *p, struct slot *s)
{
	while (p->more || p->at < p->n_frames) {
		size_t room = OBS_MAX - s->part.n;
		if (room == 0)
			return false;
		const struct rc_frame *frame = p->more ? NULL : &p->frames[p->at++];
		if (frame != NULL && frame->linktype != p->last_link) {
			p->last_link = frame->linktype;
			p->config.on_link(p->config.context, frame);
		}
		size_t got = rc_decoder_feed(p->config.decoder, frame, s->obs + s->part.n, room);
		p->more = got == room;
		if (!take_up(p, s, got))
			return false;
	}
	return true;
}

/* Gives out what will not be completed any more; false if the part is full before. */
static bool expire(struct rc_pipeline *p, struct slot *s)
{
	size_t room = OBS_MAX - s->part.n;
	if (room == 0)
		return false;
	size_t got = rc_decoder_expire(p->config.decoder, p->now_ns, s->obs + s->part.n, room);
	return take_up(p, s, got) && got < room;
}

static void fill(struct rc_pipeline *p, struct slot *s)
{
	s->part = (struct rc_part){.obs = s->obs};
	s->used = 0;
	if (p->n_carry > 0 && !take_carried(p, s))
		return;
	if (p->stage == READ)
		begin_batch(p, s);
	if (s->part.passes_time)
		return;
	if (p->stage == FRAMES) {
		if (!decode_frames(p, s))
			return;
		if (p->n_frames == 0 && p->live)
			p->stage = EXPIRE; /* a silent link */
	}
	if (p->stage == EXPIRE && !expire(p, s))
		return;
	end_batch(p, s);
}

/* --- the thread --- */

/* Hands over the parts that are filled; waits until half of all are free. */
static void hand_over(struct rc_pipeline *p, uint64_t filled, bool wait)
{
	pthread_mutex_lock(&p->lock);
	p->ready = filled;
	pthread_cond_broadcast(&p->changed);
	while (wait && filled - p->freed > p->n_slots / 2) /* sleeping pays for some time only */
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

static void *read_all(void *context)
{
	struct rc_pipeline *p = context;
	uint64_t filled = 0, handed = 0, freed = 0;
	while (p->stage != ENDED) {
		if (filled - freed == p->n_slots) {
			hand_over(p, filled, true);
			handed = filled;
			pthread_mutex_lock(&p->lock);
			freed = p->freed;
			pthread_mutex_unlock(&p->lock);
		}
		fill(p, &p->slots[filled % p->n_slots]);
		filled++;
		/* Nobody may wait for a further packet to see those that came. */
		bool urgent = p->live || p->n_frames < RC_BATCH_FRAMES;
		if (urgent || filled - handed >= STEP || p->stage == ENDED) {
			hand_over(p, filled, false);
			handed = filled;
		}
	}
	return NULL;
}

/* Signals are left to the first thread. Without a thread to be had the parts are made as they are asked for. */
static void start_thread(struct rc_pipeline *p)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	p->has_thread = pthread_create(&p->thread, NULL, read_all, p) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

const struct rc_part *rc_pipeline_next(struct rc_pipeline *p)
{
	if (p->ended)
		return NULL;
	struct slot *s = &p->slots[0];
	if (!p->has_thread) {
		fill(p, s);
	} else {
		if (p->taken == p->limit || p->taken % STEP == 0) {
			pthread_mutex_lock(&p->lock);
			p->freed = p->taken;
			pthread_cond_broadcast(&p->changed);
			while (p->ready == p->taken)
				pthread_cond_wait(&p->changed, &p->lock);
			p->limit = p->ready;
			pthread_mutex_unlock(&p->lock);
		}
		s = &p->slots[p->taken++ % p->n_slots];
	}
	p->ended = s->part.last;
	return &s->part;
}

void rc_pipeline_stop(struct rc_pipeline *p)
{
	atomic_store(&p->stopped, true);
}

/* --- life --- */

static int slot_new(struct rc_pipeline *p, struct slot *s)
{
	struct rc_counter_set capture = rc_capture_counters(p->config.capture);
	struct rc_counter_set decoder = rc_decoder_counters(p->config.decoder);
	s->obs = calloc(OBS_MAX, sizeof *s->obs);
	s->bytes = malloc(PART_BYTES);
	s->capture_counts = malloc(counters_size(&capture));
	s->decoder_counts = malloc(counters_size(&decoder));
	return s->obs == NULL || s->bytes == NULL || s->capture_counts == NULL ||
			       s->decoder_counts == NULL
		       ? RC_E_NOMEM
		       : RC_OK;
}

int rc_pipeline_new(const struct rc_pipeline_config *config, struct rc_pipeline **ret_pipeline)
{
	struct rc_pipeline *p = calloc(1, sizeof *p);
	int err = RC_OK;
	if (p == NULL)
		return RC_E_NOMEM;
	p->config = *config;
	p->live = rc_capture_is_live(config->capture);
	p->start_ns = p->end_ns = NO_TIME;
	p->next_stats_ns = INT64_MAX;
	p->last_link = UINT32_MAX;
	atomic_init(&p->stopped, false);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	for (size_t n = config->threaded ? RING : 1; err == RC_OK && p->n_slots < n; p->n_slots++)
		err = slot_new(p, &p->slots[p->n_slots]);
	if (err != RC_OK) {
		rc_pipeline_free(p);
		return err;
	}
	if (config->threaded)
		start_thread(p);
	*ret_pipeline = p;
	return RC_OK;
}

void rc_pipeline_free(struct rc_pipeline *p)
{
	if (p == NULL)
		return;
	rc_pipeline_stop(p);
	while (p->has_thread && rc_pipeline_next(p) != NULL)
		continue;
	if (p->has_thread)
		pthread_join(p->thread, NULL);
	for (size_t i = 0; i < RING; i++) {
		free(p->slots[i].obs);
		free(p->slots[i].bytes);
		free(p->slots[i].capture_counts);
		free(p->slots[i].decoder_counts);
	}
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->changed);
	free(p);
}
