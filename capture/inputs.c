/*
 * From the user's paths to sources: files, standard input, directories.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "capture/source.h"

#define PROBE_BUFFER_BYTES (64u << 10)

int rc_source_add(struct rc_capture *c, const char *name, struct rc_source **ret_source)
{
	if (c->n_sources == RC_SOURCES_MAX)
		return RC_E_FULL;
	if (c->n_sources == c->cap_sources) {
		size_t cap = c->cap_sources ? c->cap_sources * 2 : 4;
		struct rc_source *grown = realloc(c->sources, cap * sizeof *grown);
		if (!grown)
			return RC_E_NOMEM;
		c->sources = grown;
		c->cap_sources = cap;
	}
	char *copy = strdup(name);
	if (!copy)
		return RC_E_NOMEM;
	struct rc_source *s = &c->sources[c->n_sources];
	*s = (struct rc_source){.name = copy, .index = (uint16_t)c->n_sources};
	c->n_sources++;
	*ret_source = s;
	return RC_OK;
}

/*
 * Looks at the first packet of a plain file, to know when its turn comes, and closes it again: half a
 * year of hourly files must not be open at once. A damaged first packet is told when it is read.
 */
static int probe(struct rc_source *s, struct rc_reader *r)
{
	struct rc_frame frame;
	size_t n;
	int rc = rc_reader_open(s->name, PROBE_BUFFER_BYTES, r);
	if (rc)
		return rc;
	s->total = r->stream.raw_size;
	s->first_ns = INT64_MIN;
	if (r->stream.regular) {
		rc = rc_reader_read(r, &frame, 1, &n);
		if (rc == RC_OK)
			s->first_ns = frame.ts_ns;
		/* Once the format is known, what is wrong is told at its place in the reading. */
		if (r->format)
			rc = RC_OK;
	}
	return rc;
}

/* In a directory, what is no capture is passed over; a file named by the user is an error then. */
static int add_file(struct rc_capture *c, const char *path, bool in_directory)
{
	struct rc_source *s;
	struct rc_reader *r = malloc(sizeof *r);
	int rc = r ? rc_source_add(c, path, &s) : RC_E_NOMEM;
	if (rc) {
		rc_source_tell(c, path, rc == RC_E_FULL ? "too many files" : rc_err_text(rc));
		free(r);
		return rc;
	}
	rc = probe(s, r);
	if (rc == RC_OK && !r->stream.regular) {
		/* A pipe cannot be opened twice. */
		s->reader = r;
		s->state = RC_SOURCE_OPEN;
		c->n_open++;
		return RC_OK;
	}
	if (rc && (rc != RC_E_FORMAT || !in_directory))
		rc_source_tell(c, path, r->why);
	if (rc && in_directory) {
		free(s->name);
		c->n_sources--;
	}
	if (rc)
		s->state = RC_SOURCE_ENDED;
	rc_reader_close(r);
	free(r);
	return rc;
}

static int by_time_then_name(const void *a, const void *b)
{
	const struct rc_source *x = a, *y = b;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int add_entries(struct rc_capture *c, const char *path, DIR *dir)
{
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		struct stat st;
		char *file;
		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&file, "%s/%s", path, entry->d_name) < 0)
			return RC_E_NOMEM;
		int rc = RC_OK;
		if (stat(file, &st) == 0 && S_ISREG(st.st_mode))
			rc = add_file(c, file, true);
		free(file);
		if (rc == RC_E_NOMEM || rc == RC_E_FULL)
			return rc;
	}
	return RC_OK;
}

static int add_directory(struct rc_capture *c, const char *path)
{
	size_t before = c->n_sources;
	DIR *dir = opendir(path);
	if (!dir) {
		int rc = errno == EACCES ? RC_E_PERMISSION : RC_E_IO;
		rc_source_tell(c, path, strerror(errno));
		return rc;
	}
	int rc = add_entries(c, path, dir);
	closedir(dir);
	if (c->n_sources == before) {
		rc_source_tell(c, path, "the directory holds no captures");
		return rc ? rc : RC_E_NOT_FOUND;
	}
	qsort(c->sources + before, c->n_sources - before, sizeof *c->sources, by_time_then_name);
	for (size_t i = before; i < c->n_sources; i++)
		c->sources[i].index = (uint16_t)i;
	return RC_OK;
}

int rc_source_add_path(struct rc_capture *c, const char *path)
{
	struct stat st;
	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_directory(c, path);
	return add_file(c, path, false);
}
