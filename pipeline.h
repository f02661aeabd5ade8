/*
 * From capture to observations, in parts: what the frames read at a time held, and what goes with them
 * (packet time, drops, counters). With a thread of its own, reading and decoding go on while the parts
 * before are analysed; the parts are the same either way, and so is everything that follows from them.
 */
#ifndef RC_PIPELINE_H
#define RC_PIPELINE_H

#include "capture/capture.h"
#include "decode/decoder.h"

struct rc_pipeline;

struct rc_pipeline_config {
	struct rc_capture *capture; /* both are the pipeline's until it ended */
	struct rc_decoder *decoder;
	bool threaded;             /* read and decode in a thread of its own, if one can be had */
	bool progress;             /* parts say how far the input has been read */
	int64_t stats_interval_ns; /* packet time between parts that bring counters; 0: only the last */
	/* A batch read before, its frames still valid (NULL: none), and what reading it said. */
	const struct rc_frame *frames;
	size_t n_frames;
	int64_t now_ns;
	int err;
	/* A frame of another link type than the one before it; called while reading. */
	void (*on_link)(void *context, const struct rc_frame *frame);
	void *context;
};

/* Taken in the order of the fields. */
struct rc_part {
	bool starts; /* the input's first packet: time begins at start_ns */
	bool tells_drops;
	uint64_t dropped;   /* packets lost so far; if tells_drops */
	struct rc_obs *obs; /* borrowed until the next part is taken */
	size_t n;
	bool passes_time;
	int64_t now_ns;           /* time reached; if passes_time */
	bool last;                /* the input ended with it */
	bool has_stats;           /* also the last one */
	int64_t start_ns, end_ns; /* time of the first packet, reached; both 0 if none */
	struct rc_counter_set capture, decoder; /* as they stood; if has_stats */
	bool has_progress;
	uint64_t done, total; /* bytes read, in all (0 unknown); if has_progress */
};

/* RC_E_NOMEM. Free with rc_pipeline_free. */
int rc_pipeline_new(const struct rc_pipeline_config *config, struct rc_pipeline **ret_pipeline);

/* Ends the thread, whatever it still had to read: takes at most as long as one read. */
void rc_pipeline_free(struct rc_pipeline *pipeline);

/* The next part, waiting for it; NULL behind the last. */
const struct rc_part *rc_pipeline_next(struct rc_pipeline *pipeline);

/* Nothing more is to be read; some parts and the last one still come. */
void rc_pipeline_stop(struct rc_pipeline *pipeline);

#endif
