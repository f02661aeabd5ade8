/*
 * One input of a capture: a file or an interface, with a short queue of frames that were read but
 * not handed out yet. Internal to capture/.
 */
#ifndef RC_CAPTURE_SOURCE_H
#define RC_CAPTURE_SOURCE_H

#include <stdatomic.h>

#include "base/limits.h"
#include "capture/capture.h"
#include "capture/filter.h"
#include "capture/live.h"
#include "capture/reader.h"

#define RC_SOURCE_WHY_MAX 320u

enum rc_source_state {
	RC_SOURCE_CLOSED, /* a file that is opened when its first packet's time comes */
	RC_SOURCE_OPEN,
	RC_SOURCE_ENDED,
};

struct rc_source {
	char *name; /* as the user gave it; owned */
	enum rc_source_state state;
	uint16_t index;
	bool lent;                /* frames of its buffer are in the batch being filled */
	bool failed;              /* its error was told; it ends after the frames it lent */
	int64_t first_ns;         /* time of its first packet; INT64_MIN if it could not be read */
	struct rc_reader *reader; /* of a file */
	struct rc_iface *iface;   /* of an interface */
	uint64_t done, total;     /* bytes of the file */
	struct rc_frame *queue;   /* RC_BATCH_FRAMES, owned; NULL when alone */
	size_t head, tail;
};

struct rc_capture_counts {
	uint64_t frames, bytes, filtered, outside_window, kernel_drops, interface_drops;
	uint64_t inputs_failed;
};

struct rc_capture {
	struct rc_source *sources;
	size_t n_sources, cap_sources;
	size_t n_open;           /* files with a descriptor */
	struct rc_source **heap; /* those whose next frame's time is known */
	size_t n_heap;
	struct rc_source **idle; /* those that must be read before going on */
	size_t n_idle;
	struct rc_filter *filter; /* of files; NULL for none */
	int64_t from_ns, to_ns;
	int64_t now_ns; /* packet time reached */
	int64_t next_stats_ns;
	int64_t drain_until_ns; /* after a stop, live: when reading ends; 0 before */
	rc_capture_error_fn on_error;
	void *error_context;
	struct rc_capture_counts counts;
	int wake_fd;
	atomic_bool stopped;
	bool live, failed;
};

/* Tells an error of an input and remembers that there was one. */
void rc_source_tell(struct rc_capture *c, const char *what, const char *why);

/* Adds a source; name is copied. RC_E_NOMEM, RC_E_FULL at RC_SOURCES_MAX. */
int rc_source_add(struct rc_capture *c, const char *name, struct rc_source **ret_source);

/* Adds a path: a file, "-", or the capture files of a directory. Errors were told. */
int rc_source_add_path(struct rc_capture *c, const char *path);

/*
 * Reads frames of a source, filtered and numbered; opens a closed file. RC_OK with at least one frame;
 * RC_E_AGAIN; RC_E_EOF when it has ended, also by an error, which was told.
 */
int rc_source_read(struct rc_capture *c, struct rc_source *s, struct rc_frame *frames, size_t max,
		   size_t *ret_n);

/* Closes its file or interface. */
void rc_source_end(struct rc_capture *c, struct rc_source *s);

/* Puts every source where the merge expects it. RC_E_NOMEM. */
int rc_merge_start(struct rc_capture *c);

/* The frames of all sources in order of time; as rc_capture_next but without waiting. */
int rc_merge_next(struct rc_capture *c, struct rc_frame *frames, size_t max, size_t *ret_n);

#endif
